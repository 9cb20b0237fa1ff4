"""What is known of a mail domain: whether it can receive mail at all, who runs it, and what somebody meant to type.

Validity is email-validator's answer, asked once per domain and remembered for the last few thousand of them: a table
has millions of addresses and a few thousand domains.
"""

from __future__ import annotations

from functools import cache, lru_cache
from types import ModuleType
from typing import Final, NamedTuple

from crmquality.reference import read_table


class Domain(NamedTuple):
    """A valid mail domain.

    Attributes:
        name: in Unicode, lower case.
        ascii: the same in ASCII (IDNA 2008).
        free: whether anybody gets a mailbox there.
        disposable: whether mailboxes there live for minutes.
        same_as: the domain whose mailboxes it shares, itself if none.
        ignores_dots: whether z.s@ and zs@ are one mailbox.
        plus_tag: whether zs+news@ is delivered to zs@.
        suggestion: the domain that was probably meant, if this looks like a slip of typing.
    """

    name: str
    ascii: str
    free: bool
    disposable: bool
    same_as: str
    ignores_dots: bool
    plus_tag: bool
    suggestion: str | None


# Domains with so many mailboxes that a neighbour of theirs is a slip more often than a domain of its own.
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
    "hotmail": "hotmail.com",
    "outlook": "outlook.com",
    "yahoo": "yahoo.com",
    "icloud": "icloud.com",
    "protonmail": "protonmail.com",
}
# What fingers make of .com. Some are countries (.co, .cm, .om): after the name of a large domain still a slip.
_COM_SLIPS: Final = frozenset(
    {"con", "cm", "co", "om", "cmo", "ocm", "comm", "como", "comn", "coml", "comc", "ccom", "coom", "cim", "cpm", "xom"}
    | {"vom", "dom", "ckm", "clm", "cop", "cox", "c0m", "col", "cmn", "cok"}
)


@cache
def validator() -> ModuleType:
    """email-validator, loaded when the first domain is asked for."""
    import email_validator

    return email_validator


@cache
def _known() -> dict[str, dict[str, str]]:
    return {row["domain"]: row for row in read_table("email_domains.csv")}


@lru_cache(maxsize=8192)
def domain_of(text: str) -> Domain | None:
    """What is known of a domain as typed, or None where email-validator refuses it. No network is asked.

    >>> domain_of("GoogleMail.com").same_as, domain_of("163.con").suggestion, domain_of("localhost") is None
    ('gmail.com', '163.com', True)
    """
    lib = validator()
    try:
        valid = lib.validate_email(f"a@{text}", check_deliverability=False)
    except (lib.EmailNotValidError, ValueError, IndexError):  # UnicodeError is a ValueError
        return None
    name, ascii_name = valid.domain, valid.ascii_domain
    known = _known().get(ascii_name, {})
    return Domain(
        name,
        ascii_name,
        known.get("kind") == "free",
        _is_disposable(ascii_name),
        known.get("same_as") or ascii_name,
        bool(known.get("ignores_dots")),
        bool(known.get("plus_tag")),
        suggest_domain(ascii_name),
    )


def _is_disposable(name: str) -> bool:
    """A throw-away service, or any name below it: they sell sub-domains."""
    labels = name.split(".")
    return any(
        _known().get(".".join(labels[i:]), {}).get("kind") == "disposable" for i in range(max(1, len(labels) - 1))
    )


def suggest_domain(domain: str) -> str | None:
    """The large mail domain that was meant, where a domain is one slip away from it and not a known one itself.

    >>> [suggest_domain(d) for d in ("gmial.com", "qq.con", "hotmail.co", "vip.163.cmo", "gmailcom")]
    ['gmail.com', 'qq.com', 'hotmail.com', 'vip.163.com', 'gmail.com']
    >>> suggest_domain("ymail.com"), suggest_domain("ibm.com")
    (None, None)
    """
    if domain in _known() or len(domain) > 40:
        return None
    vip = "vip." if domain.startswith("vip.") else ""
    name, dot, ending = domain.removeprefix("vip.").partition(".")
    if not dot:
        return next((vip + large for large in _LARGE.values() if large.replace(".", "") == name), None)
    slip = ending in _COM_SLIPS
    if name in _LARGE:
        meant = _LARGE[name]
        return vip + meant if meant.endswith(".com") == slip and (slip or ending == "com") else None
    if not slip and ending != "com":
        return None
    near = [n for n in _LARGE if _may_be_slip(name, n) and _one_edit(name, n)]
    # 164.com is next to 163.com alone; 129.com next to three of them, and then nobody knows.
    meant = _LARGE[near[0]] if len(near) == 1 else ""
    return vip + meant if meant.endswith(".com") else None


def _may_be_slip(name: str, large: str) -> bool:
    """Short names have too many honest neighbours; and the first letter is nearly always right."""
    return name[0] == large[0] and (len(large) >= 5 or (large.isdecimal() and name.isdecimal()))


def _one_edit(a: str, b: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns one into the other."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    x, y = a[start:], b[start:]
    if len(a) == len(b):
        return x[1:] == y[1:] or (x[:2] == y[1::-1] and x[2:] == y[2:])
    return x[1:] == y if len(x) > len(y) else x == y[1:]
