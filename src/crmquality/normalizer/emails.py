"""Emails: the address in a cell.

The value is the address as email-validator normalizes it: the domain in lower case and in Unicode, the part before
the @ as typed, because only its own server may say that two spellings are one mailbox. What may be said of large
providers is in part `mailbox`, the form to compare: lower case, ASCII domain, without the dots and tags that the
provider ignores, and under one name where a provider has several. Nothing is rewritten on suspicion: `gmial.com` keeps
its value and gets a `suggestion`; `qq,com`, which can be no address, has only the suggestion.

Parts:

| part | what it is |
|---|---|
| `local`, `domain` | before and after the @, in lower case; the domain in Unicode |
| `mailbox` | the form that is equal for one mailbox |
| `ascii`, `domain_ascii` | the address and its domain in ASCII (punycode), where that differs |
| `own_domain` | the registrable domain of an organization's own mailboxes; absent for free and throw-away ones |
| `suggestion` | the address that was probably meant |
| `others` | further addresses of the cell, with spaces between |
| `display_name`, `note` | the name before `<...>`; other words of the cell |
| `role`, `disposable`, `free` | `true` for a mailbox of an office, of a throw-away service, of a free provider |
| `qq` | the QQ number, in digits@qq.com and digits@vip.qq.com |
| `mobile` | the mobile number in E.164, in 13812345678@139.com, @189.cn, @wo.cn |
| `probable_mobile` | the mobile number that names a mailbox elsewhere: 13812345678@163.com |
| `placeholder` | the address that only fills the box; then there is no value |
| `masked` | the address of which a part is hidden (zh***@qq.com); then there is no value |
| `unusual` | a quoted local part or an IP address for a domain, as RFC 5321 allows them; then there is no value |

Quoted local parts and address literals are legal on the wire, but RFC 5321 (4.1.2) tells hosts to define no mailbox
that needs quotes, and no large provider or web form takes either: what a table holds of them is damage or a joke, so
they have no value but stay in `unusual`. Needless quotes are only taken off. Comments (RFC 5322) go into the note.
Yahoo's `-` tags stay in the mailbox: what stands before the hyphen is a name of its own, not the account's.

Sources: RFC 5321 and 5322 (addresses), RFC 6531 and IDNA 2008 (international ones), RFC 2142 (role names), the
providers' own help pages (dots and tags).
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from crmquality.normalizer.email_cells import Cell, read_cell
from crmquality.normalizer.email_domains import Domain, domain_of, suggest_domain, validator
from crmquality.normalizer.email_mailboxes import (
    RFC_2142,
    UNATTENDED,
    is_filler_address,
    is_masked,
    is_role,
    mailbox,
    numbers,
)
from crmquality.normalizer.text import clean, is_placeholder
from crmquality.tables import Normalized

__all__ = ["ISSUES", "normalize_email"]

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "repaired",
    "display_name_removed",
    "annotation_removed",
    "several_emails",
    "domain_typo",
    "local_typo",
    "role_address",
    "no_reply_address",
    "disposable_domain",
    "masked",
    "unusual_email",
    "invalid_email",
)

# RFC 5322's dot-atom. An apostrophe, star, equals sign or grave in front is a spreadsheet's or a form's mark, and
# seven digits and a slash are a telephone number beside the address.
_ADDRESS: Final = re.compile(
    r"((?![*='`]|\d{7,}[/|])[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*)@([A-Za-z0-9.\-]{1,253})\Z",
    re.ASCII,
)
_INTERNATIONAL: Final = re.compile(
    _ADDRESS.pattern.rpartition("@")[0] + r"@([^\s@<>()\[\],;:。、，；·]{1,253})\Z", re.ASCII
)
_STUCK: Final = re.compile(
    "[a-z0-9-][\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af][a-z0-9-]", re.I
)
_COMMON_ENDINGS: Final = frozenset({"com", "cn", "net", "org", "edu", "gov", "hk", "tw", "de", "uk", "jp"})
_UNUSUAL: Final = re.compile(r"\"[^\"]{1,80}\"@|@\[[^\]]{2,80}\]\Z|\\")
_NONE: Final = frozenset("no not without 无 没 没有 暂无 未有 无需 不用 不要 不需要".split())  # noqa: SIM905
_MAX_LOCAL: Final = 64
_MAX_ADDRESS: Final = 254


_Address: TypeAlias = tuple[str, Domain]
"""A valid address: its own spelling before the @, and its domain."""


def _value(address: _Address) -> str:
    return f"{address[0]}@{address[1].name}"


def normalize_email(value: str | None) -> Normalized:
    """The email address in a cell, or None where there is no valid one.

    Args:
        value: the cell.

    Returns:
        The address; parts as in this module's table.

    >>> answer = normalize_email("张三 <Zhang.San+crm@Gmail.com>")
    >>> answer.value, answer.parts["mailbox"], answer.parts["display_name"]
    ('Zhang.San+crm@gmail.com', 'zhangsan@gmail.com', '张三')
    >>> answer = normalize_email("12345678901@qq,com")
    >>> answer.value, answer.parts["suggestion"], answer.issues
    (None, '12345678901@qq.com', ('domain_typo', 'invalid_email'))
    >>> normalize_email("zhang [at] acme [dot] com [dot] cn").parts["own_domain"]
    'acme.com.cn'
    >>> normalize_email("13812345678@139.com").parts["mobile"], normalize_email("zh***@qq.com").issues
    ('+8613812345678', ('masked', 'invalid_email'))
    """
    if value is None:
        return Normalized(None)
    address = _plain(value)
    if address is not None:
        return _answer(*address)
    text, issues = clean(value)
    if text is None:
        return Normalized(None, issues=issues)
    return _read(text, issues)


def _plain(text: str) -> _Address | None:
    """An address of ASCII letters and nothing around it: what email-validator says, with the domain remembered."""
    match = _ADDRESS.match(text)
    if match is None:
        return None
    local, host = match.groups()
    if host[-2:-1] == ".":  # the library asks for a dot; there is no top-level domain of one letter
        return None
    domain = domain_of(host)
    if domain is None or len(local) > _MAX_LOCAL or len(local) + domain.length >= _MAX_ADDRESS:
        return None
    if domain.name != domain.ascii and not _is_whole(domain.name):
        return None
    if not local.islower() and local.lower() in RFC_2142:
        local = local.lower()
    return local, domain


def _is_whole(host: str) -> bool:
    """Whether a host in Unicode is one, and no words are stuck to it: qq.com张三 and qq.com.张三 are none."""
    labels = host.split(".")
    if _STUCK.search(host):
        return False
    return labels[-1].isascii() or _COMMON_ENDINGS.isdisjoint(labels[:-1])


def _by_library(text: str) -> _Address | None:
    """email-validator's own answer for an address of any script; no network is asked."""
    if text.isascii() and "xn--" not in text.lower():
        return None
    lib = validator()
    try:
        valid = lib.validate_email(text, check_deliverability=False, strict=True)
    except (lib.EmailNotValidError, ValueError, IndexError):  # UnicodeError is a ValueError
        return None
    domain = domain_of(valid.ascii_domain)
    if domain is None:
        return None
    address = (str(valid.local_part), domain)
    # What reads as something else when it is read again is no answer
    again = _value(address)
    return address if clean(again)[0] == again and read_cell(again).candidates == (again,) else None


def _answer(local: str, domain: Domain) -> Normalized:
    """What is said of an address that stands alone."""
    lower = local.lower()
    if is_filler_address(lower, domain):
        return Normalized(None, {"placeholder": f"{local}@{domain.name}"}, ("placeholder",))
    if "*" in lower and is_masked(lower, domain.free):
        return Normalized(None, {"masked": f"{local}@{domain.name}"}, ("masked", "invalid_email"))
    return _describe(local, domain, {})


def _alone(text: str, issues: tuple[str, ...]) -> Normalized | None:
    """The answer for a cleaned address with at most a mark of punctuation around it; what `_read` says, sooner."""
    bare = text.lstrip("<,;:").rstrip(">.,;:!?")
    if not bare.isascii() and (match := _INTERNATIONAL.match(bare)) and _is_whole(match[2]):
        domain = domain_of(match[2].lower())
        bare_ascii = bare if domain is None else f"{match[1]}@{domain.ascii}"
        address = _plain(bare_ascii)
    else:
        address = _plain(bare)
    if address is None:
        return None
    answer = _answer(*address)
    if issues or bare != text:
        done = issues if bare == text else (*issues, "repaired")
        answer = Normalized(answer.value, answer.parts, (*done, *answer.issues))
    return answer


def _read(text: str, issues: tuple[str, ...]) -> Normalized:
    if (alone := _alone(text, issues)) is not None:
        return alone
    codes = dict.fromkeys(issues)
    if _UNUSUAL.search(text) and (unusual := _read_unusual(text, codes)) is not None:
        return unusual
    if "@" not in text and (number := _QQ_NUMBER.match(text)):
        meant = f"{number[1]}@qq.com"
        return Normalized(None, {"qq": number[1], "suggestion": meant, "note": text}, (*codes, "invalid_email"))
    if hidden := _ALL_HIDDEN.match(text):
        return Normalized(None, {"masked": hidden[1]}, (*codes, "masked", "invalid_email"))
    cell = read_cell(text)
    found: list[_Address] = []
    fillers: list[str] = []
    masked: list[str] = []
    unread: list[str] = []
    for candidate in cell.candidates:
        local = candidate.partition("@")[0].lower()
        if is_masked(local, False):
            masked.append(candidate)
            continue
        address = _plain(candidate) or _by_library(candidate)
        if address is None:
            unread.append(candidate)
        elif is_masked(local, address[1].free):
            masked.append(_value(address))
        elif is_filler_address(address[0].lower(), address[1]):
            fillers.append(_value(address))
        elif address not in found:
            found.append(address)
    if fillers or (not found and not masked and _is_broken_filler(text, cell)):
        codes["placeholder"] = None
    if cell.repaired and (found or fillers):
        codes["repaired"] = None
    words = _words(cell, codes, found, unread)
    if masked:
        words["masked"] = " ".join(masked)
        codes["masked"] = None
    if found:
        if len(found) > 1:
            codes["several_emails"] = None
            words["others"] = " ".join(map(_value, found[1:]))
        return _describe(*found[0], codes, words)
    return _explain(cell, codes, fillers, words)


def _words(cell: Cell, codes: dict[str, None], found: list[_Address], unread: list[str]) -> dict[str, str | None]:
    """The words of a cell beside its addresses."""
    words: dict[str, str | None] = {}
    if cell.display_name:
        words["display_name"] = cell.display_name
        codes["display_name_removed"] = None
    note = cell.note
    if found and unread:  # what could not be read is not lost
        note = " ".join((note, *unread)).strip()
    if note:
        words["note"] = note
    if cell.annotated and found:
        codes["annotation_removed"] = None
    return words


def _read_unusual(text: str, codes: dict[str, None]) -> Normalized | None:
    """An address that RFC 5321 allows and mail services do not: it is kept, but it is no value."""
    lib = validator()
    try:
        valid = lib.validate_email(
            text, check_deliverability=False, strict=True, allow_quoted_local=True, allow_domain_literal=True
        )
    except (lib.EmailNotValidError, ValueError, IndexError):
        return None
    plain = _plain(valid.normalized)
    if plain is not None:  # "john"@example.com: the quotes say nothing
        answer = _answer(*plain)
        return Normalized(answer.value, answer.parts, tuple(dict.fromkeys((*codes, "repaired", *answer.issues))))
    return Normalized(None, {"unusual": valid.normalized}, (*codes, "unusual_email", "invalid_email"))


def _explain(cell: Cell, codes: dict[str, None], fillers: list[str], words: dict[str, str | None]) -> Normalized:
    """Why there is no address, and the one that was probably meant."""
    if "placeholder" in codes and "masked" not in codes:
        return Normalized(None, {"placeholder": fillers[0]} if fillers else {}, tuple(codes))
    codes["invalid_email"] = None
    if "masked" in codes:
        return Normalized(None, words, tuple(codes))
    meant = _repair(cell.suggestion) if cell.suggestion else None
    wrong_domain = cell.wrong_domain
    if meant is None and cell.candidates:
        meant = _repair(cell.candidates[0])
        wrong_domain = meant is not None and meant.rpartition("@")[2] != cell.candidates[0].rpartition("@")[2].lower()
    if meant is not None:
        words["suggestion"] = meant
        if wrong_domain:
            codes = {**{c: None for c in codes if c != "invalid_email"}, "domain_typo": None, "invalid_email": None}
    return Normalized(None, words, tuple(codes))


_DOTS: Final = re.compile(r"\.{2}")
_LETTERS_ONLY: Final = re.compile(r"[a-z0-9]@[a-z0-9]\.[a-z](?:\.[a-z])?\Z", re.IGNORECASE)  # a@b.c
_QQ_NUMBER: Final = re.compile(
    r"(?:qq|扣扣|企鹅|企鵝)(?:号码?|號碼?|邮箱|郵箱|mail)?[ :#]{0,3}([1-9]\d{4,10})\Z", re.I | re.ASCII
)
_ALL_HIDDEN: Final = re.compile(r"(?:.{0,20}[ <:])?([*●•○■□×…]{1,30}@[A-Za-z0-9][A-Za-z0-9.\-]{1,80}[A-Za-z])>?\Z")


def _repair(text: str) -> str | None:
    """A valid address out of a suspected one, with its domain as suggested; None where it still is none."""
    local, _, domain = text.rpartition("@")
    domain = _DOTS.sub(".", domain.lower()).strip(".-")
    if not domain.startswith(("docomo.", "ezweb.")):  # their old addresses had such dots
        local = _DOTS.sub(".", local).strip(".")
    address = _plain(f"{local}@{suggest_domain(domain) or domain}")
    if address is None or is_filler_address(address[0].lower(), address[1]):
        return None
    return _value(address)


def _describe(
    local: str, domain: Domain, codes: dict[str, None], words: dict[str, str | None] | None = None
) -> Normalized:
    lower = local.lower()
    name = domain.name
    parts: dict[str, str | None] = {"local": lower, "domain": name, "mailbox": mailbox(lower, domain)}
    if domain.ascii != name:
        parts["ascii"] = f"{local}@{domain.ascii}"
        parts["domain_ascii"] = domain.ascii
    if domain.own is not None:
        parts["own_domain"] = domain.own
    if words:
        parts |= words
    if domain.suggestion is not None:
        parts["suggestion"] = f"{local}@{domain.suggestion}"
        codes["domain_typo"] = None
    if domain.free:
        parts["free"] = "true"
        if lower.isdecimal():
            numbers(lower, domain.ascii, parts)
        elif lower.startswith("www.") and len(lower) > 6:
            parts["suggestion"] = f"{local[4:]}@{name}"
            codes["local_typo"] = None
    elif domain.disposable:
        parts["disposable"] = "true"
        codes["disposable_domain"] = None
    if is_role(lower, domain.free):
        parts["role"] = "true"
        codes["role_address"] = None
        if lower in UNATTENDED:
            codes["no_reply_address"] = None
    return Normalized(f"{local}@{name}", parts, tuple(codes) if codes else ())


def _is_broken_filler(text: str, cell: Cell) -> bool:
    """xxx@xxx, a@a, no@no: both sides alike and no dot; @ alone; 没有邮箱, no email, 邮箱:."""
    if text.strip("@ .") == "":
        return True
    if "@" not in text and cell.suggestion is None:
        return not cell.note or cell.note.lower() in _NONE or is_placeholder(cell.note)
    if _LETTERS_ONLY.match(text):
        return True
    sides = [c.partition("@") for c in cell.candidates if c.count("@") == 1]
    return any(left.lower() == right.lower() for left, _, right in sides)
