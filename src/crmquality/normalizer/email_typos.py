"""Which mail domain somebody meant to type. A suggestion is for a person to confirm; nothing here changes a value.

Two rules. An ending that exists nowhere and is one slip away from `com`, `net` or `org` is that slip, whatever stands
before it (acme.con). A name that is one slip away from one of the few dozen names that hold most of the world's
mailboxes is meant to be that one: two letters swapped, one left out, one doubled, one hit beside the right key. Short
names have honest neighbours (qq, 163, sina), so of those only a doubled, swapped or neighboring key counts, and what
two names are equally near to is left alone. Known mail domains (ymail.com, 163.net, mail.com) are never suspected.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from crmquality.reference import read_lines, read_table

__all__ = ["disposable_domains", "is_free", "known_domains", "suggest_domain", "suggest_ending"]

# Domains with so many mailboxes that a neighbor of theirs is a slip more often than a domain of its own.
_LARGE: Final = {
    "qq": "qq.com",
    "163": "163.com",
    "126": "126.com",
    "139": "139.com",
    "189": "189.cn",
    "sina": "sina.com",
    "sohu": "sohu.com",
    "yeah": "yeah.net",
    "aliyun": "aliyun.com",
    "foxmail": "foxmail.com",
    "gmail": "gmail.com",
    "googlemail": "googlemail.com",
    "hotmail": "hotmail.com",
    "outlook": "outlook.com",
    "yahoo": "yahoo.com",
    "icloud": "icloud.com",
    "protonmail": "protonmail.com",
}
# Names with large domains whose neighbors are too many to suspect; only their endings are looked at.
_ENDING_ONLY: Final = {
    "21cn": "21cn.com",
    "188": "188.com",
    "263": "263.net",
    "aol": "aol.com",
    "live": "live.com",
    "msn": "msn.com",
    "tom": "tom.com",
    "wo": "wo.cn",
}
_NAMES: Final = _LARGE | _ENDING_ONLY
# Real endings that are slips of .com behind a large name: Colombia, Cameroon, Oman.
_COUNTRY_SLIPS: Final = frozenset({"co", "cm", "om"})
# Top-level domains one letter away from com, net and org (IANA's root zone, 2026-08): no slips.
_REAL_ENDINGS: Final = frozenset(
    "bom cam cm co com mom om bet et ne nec net new next ntt pet vet ong org".split()  # noqa: SIM905
)
# Below .cn these labels are nothing but slips of com; others (co.cn, cm.cn) may be somebody's.
_SECOND_SLIPS: Final = frozenset({"con", "cmo", "ocm", "comm", "vom", "cpm", "xom", "coom", "conm"})
# Real domains, some of them of companies, that are one slip away from a large one.
_HONEST: Final = frozenset(
    """129.com 138.com 168.com 169.com 173.com 188.com 189.com 263.com 39.com 63.com cloud.com email.com fmail.com
    gail.com gmall.com hmail.com mail.com q.com sino.com soho.com sogo.com tmail.com yeah.com ymail.com yahu.com
    zmail.com
    """.split()  # noqa: SIM905
)
_KEYS: Final = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS: Final = frozenset("aeiou")
_LONGEST: Final = 40


@cache
def known_domains() -> dict[str, dict[str, str]]:
    """The listed mail domains, by name."""
    return {row["domain"]: row for row in read_table("email_domains.csv")}


@cache
def disposable_domains() -> frozenset[str]:
    """The domains of throw-away mailboxes."""
    return frozenset(read_lines("disposable_domains.txt"))


_FAMILIES: Final = frozenset({"aol", "gmx", "hotmail", "live", "outlook", "windowslive", "yahoo", "yandex", "ymail"})


def is_free(domain: str) -> bool:
    """Whether anybody gets a mailbox there: a listed domain, or the one a listed provider has in some country.

    >>> is_free("qq.com"), is_free("aol.co.uk"), is_free("yahoo.co"), is_free("acme.com")
    (True, True, False, False)
    """
    if domain in known_domains():
        return True
    name, _, ending = domain.partition(".")
    if name not in _FAMILIES:
        return False
    second, _, country = ending.rpartition(".")
    return len(country) == 2 and second in ("", "co", "com") and not (second == "" and country in _COUNTRY_SLIPS)


@cache
def _near_keys() -> dict[str, frozenset[str]]:
    """The keys around each key."""
    rows = {c: (y, x + y * 0.4) for y, row in enumerate(_KEYS) for x, c in enumerate(row)}
    return {
        c: frozenset(d for d, (y2, x2) in rows.items() if c != d and abs(y - y2) <= 1 and abs(x - x2) <= 1)
        for c, (y, x) in rows.items()
    }


def suggest_domain(domain: str) -> str | None:
    """The mail domain that was meant, where a domain is one slip away from it and not a known one itself.

    Args:
        domain: lower case, ASCII; it need not be a valid one.

    >>> [suggest_domain(d) for d in ("gmial.com", "qq.con", "hotmail.co", "vip.163.cmo", "gmailcom", "acme.con")]
    ['gmail.com', 'qq.com', 'hotmail.com', 'vip.163.com', 'gmail.com', 'acme.com']
    >>> [suggest_domain(d) for d in ("ymail.com", "ibm.com", "163.net", "aol.co.uk", "sina.cn")]
    [None, None, None, None, None]
    >>> [suggest_domain(d) for d in ("qq.cn", "gmail.com.cn", "l63.com", "qq.com.com", "acme.comcom")]
    ['qq.com', 'gmail.com', '163.com', 'qq.com', 'acme.com']
    """
    if len(domain) > _LONGEST or domain in _HONEST or is_free(domain) or not domain.isascii():
        return None
    if domain.startswith("www.") and domain.count(".") > 1:
        return suggest_domain(domain[4:]) or domain[4:]
    if domain.startswith("mail.") and domain[5:] in _LARGE.values():
        return domain[5:]
    if domain.startswith("vip."):
        meant = suggest_domain(domain[4:])
        return None if meant is None else "vip." + meant
    return _undotted(domain) or _elsewhere(domain) or _respelled(domain)


_LETTERS_FOR_DIGITS: Final = str.maketrans("liozsb", "110256")


def _elsewhere(domain: str) -> str | None:
    """A large name under an ending where it has no mailboxes (qq.cn, gmail.com.cn), or with letters for its digits."""
    name, _, ending = domain.partition(".")
    digits = name.translate(_LETTERS_FOR_DIGITS)
    if digits != name and digits.isdecimal() and digits in _NAMES:
        meant = f"{digits}.{ending}"
        return meant if is_free(meant) else None
    return _LARGE[name] if name in _LARGE and ending in ("cn", "com.cn") else None


@cache
def _by_ends() -> dict[str, list[str]]:
    """The large names by what one slip leaves of them: their first or last two letters, of short ones one."""
    table: dict[str, list[str]] = {}
    for name in _LARGE:
        n = 1 if len(name) < 5 else 2
        for key in ("^" + name[:n], name[-n:] + "$"):
            table.setdefault(key, []).append(name)
    return table


def _undotted(domain: str) -> str | None:
    """A large domain with its dot moved, doubled or left out, or without its ending: gmailcom, qq.c.om, 163con, 126."""
    if domain in _LARGE:
        return _LARGE[domain]
    joined = domain.replace(".", "")
    for name in _by_ends().get("^" + joined[:1], []) + _by_ends().get("^" + joined[:2], []):
        if not joined.startswith(name):
            continue
        large = _LARGE[name]
        rest, ending = joined[len(name) :], large.partition(".")[2]
        if rest == ending or ("." not in domain and _mended_ending(rest) == ending):
            return None if is_free(domain.partition(".")[2]) else large
    return None


def _respelled(domain: str) -> str | None:
    name, _, ending = domain.partition(".")
    if not ending:
        return None
    right = _mended_ending(ending)
    names = [name] if name in _NAMES else _near_names(name)
    for candidate in names:
        large = _NAMES[candidate]
        if ending in _COUNTRY_SLIPS and large.endswith(".com"):
            right = "com"
        meant = f"{candidate}.{right or ending}"
        if meant != domain and (meant == large or is_free(meant)):
            return meant if len(names) == 1 else None
    if len(names) == 1 and names[0] == name and right is None:
        return None
    return f"{name}.{right}" if right and right != ending and ending not in _COUNTRY_SLIPS else _mended_tail(domain)


def _mended_tail(domain: str) -> str | None:
    """The slip in the ending of a longer name: shop.acme.con, acme.com.con."""
    rest, _, last = domain.rpartition(".")
    if "." not in rest:
        return None
    second = rest.rpartition(".")[2]
    if last == "cn" and second in _SECOND_SLIPS:
        return f"{rest.rpartition('.')[0]}.com.cn"
    right = _mended_ending(last)
    return f"{rest}.{right}" if right else None


def suggest_ending(domain: str) -> str | None:
    """A name with the ending that was meant, where its own exists nowhere and is one slip away from a common one.

    >>> suggest_ending("www.acme.con"), suggest_ending("acme.con.cn"), suggest_ending("acme.co")
    ('www.acme.com', 'acme.com.cn', None)
    """
    rest, _, last = domain.rpartition(".")
    name, _, second = rest.rpartition(".")
    if last == "cn" and name and second in _SECOND_SLIPS:
        return f"{name}.com.cn"
    right = _ending_slips().get(last)
    return f"{rest}.{right}" if right and rest else None


@cache
def _ending_slips() -> dict[str, str]:
    """Endings that exist nowhere and are one slip away from com, net or org; those of several are left out."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    found: dict[str, set[str]] = {}
    for right in ("com", "net", "org"):
        swapped = {right[:i] + right[i + 1] + right[i] + right[i + 2 :] for i in range(2)}
        shorter = {right[:i] + right[i + 1 :] for i in range(3)}
        longer = {right[:i] + c + right[i:] for i in range(4) for c in letters}
        other = {right[:i] + c + right[i + 1 :] for i in range(3) for c in letters}
        for slip in (swapped | shorter | longer | other) - _REAL_ENDINGS:
            if len(slip) >= 3:
                found.setdefault(slip, set()).add(right)
    slips = {slip: next(iter(rights)) for slip, rights in found.items() if len(rights) == 1}
    twice = {"comcom": "com", "com.com": "com", "cncn": "cn", "cn.cn": "cn", "netnet": "net"}
    return (
        slips
        | twice
        | {"comcn": "com.cn", "con.cn": "com.cn", "comcm": "com.cn", "com.c": "com.cn", "com.ch.cn": "com.cn"}
    )


def _mended_ending(ending: str) -> str | None:
    """The ending that was meant, or None where this one may be right."""
    found = _ending_slips().get(ending)
    if found is None and ending.endswith(".cn") and ending[:-3] in _SECOND_SLIPS:
        return "com.cn"
    return found


def _near_names(name: str) -> list[str]:
    ends = _by_ends()
    near: set[str] = set()
    for key in ("^" + name[:2], name[-2:] + "$"):
        near.update(ends.get(key, ()))
    if len(name) < 6:
        for key in ("^" + name[:1], name[-1:] + "$"):
            near.update(ends.get(key, ()))
    return [large for large in near if _is_slip(name, large)]


def _is_slip(typed: str, meant: str) -> bool:
    """Whether one slip of the fingers makes one word of the other."""
    gap = len(typed) - len(meant)
    if not typed or abs(gap) > 1:
        return False
    if gap == 0:
        return _is_changed(typed, meant)
    return _is_doubled(typed, meant) if gap == 1 else _is_shortened(typed, meant)


def _common(a: str, b: str) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _is_changed(typed: str, meant: str) -> bool:
    """Two letters swapped, one letter moved in a long word, or one hit beside its key."""
    at = _common(typed, meant)
    rest, right = typed[at:], meant[at:]
    if not rest:
        return False
    if rest[:2] == right[1::-1] and rest[2:] == right[2:]:
        return len(meant) > 2
    if rest[1:] == right[1:]:
        return _is_plausible(typed, meant, at)
    if len(meant) < 5 or at == 0 or sorted(rest) != sorted(right):
        return False
    last = len(rest) - _common(rest[::-1], right[::-1])
    part, whole = rest[:last], right[:last]
    return part[1:] + part[0] == whole or part[-1] + part[:-1] == whole


def _is_plausible(typed: str, meant: str, at: int) -> bool:
    """Whether one letter may stand for another: a key beside it, and in long words any letter but the first."""
    wrong, right = typed[at], meant[at]
    near = wrong in _near_keys().get(right, ())
    if meant.isdecimal():
        return near
    if len(meant) < 5:
        return False
    if at == 0:
        return near and len(meant) >= 7
    return len(meant) >= 6 or near or wrong in meant[at - 1 : at + 2] or {wrong, right} <= _VOWELS


def _is_doubled(typed: str, meant: str) -> bool:
    """One letter too many: the same twice, one beside its key, and in long words any."""
    at = _common(typed, meant)
    if typed[at + 1 :] != meant[at:]:
        return False
    extra = typed[at]
    around = meant[max(at - 1, 0) : at + 1]
    if extra in around:
        return True
    if len(meant) < 5 or meant.isdecimal():
        return False
    if at == 0 and len(meant) < 7:
        return False
    return len(meant) >= 6 or any(extra in _near_keys().get(c, ()) for c in around)


def _is_shortened(typed: str, meant: str) -> bool:
    """One letter left out."""
    if len(meant) < 5:
        return meant == "sina" and typed == "sna"
    at = _common(typed, meant)
    return typed[at:] == meant[at + 1 :] and (at > 0 or len(meant) >= 7)
