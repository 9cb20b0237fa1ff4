"""Emails: the address in a cell.

The value is the address as email-validator normalizes it: the domain in lower case and in Unicode, the part before
the @ as typed, because only its own server may say that two spellings are one mailbox. What may be said of large
providers is in part `mailbox`, the form to compare: lower case, ASCII domain, without the dots and tags that the
provider ignores, and under one name where a provider has several. Nothing is rewritten on suspicion: `gmial.com` keeps
its value and gets a `suggestion`; `qq,com`, which can be no address, has only the suggestion.

Parts:

| part | what it is |
|---|---|
| `local`, `domain` | before and after the @, in lower case |
| `mailbox` | the form that is equal for one mailbox |
| `ascii` | the address with its domain in ASCII (punycode), where that differs |
| `suggestion` | the address that was probably meant |
| `others` | further addresses of the cell, with spaces between |
| `display_name`, `note` | the name before `<...>`; other words of the cell |
| `role`, `disposable`, `free` | `true` for a mailbox of an office, of a throw-away service, of a free provider |
| `qq` | the QQ number, in digits@qq.com |
| `mobile` | the mobile number in E.164, in 13812345678@139.com, @189.cn, @wo.cn |
| `placeholder` | the address that only fills the box; then there is no value |

Sources: RFC 5321 and 5322 (addresses), RFC 6531 and IDNA 2008 (international ones), RFC 2142 (role names), the
providers' own help pages (dots and tags).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmquality.normalizer.email_cells import Cell, read_cell
from crmquality.normalizer.email_domains import Domain, domain_of, suggest_domain, validator
from crmquality.normalizer.phone_numbers import is_filler, resolve
from crmquality.normalizer.text import clean
from crmquality.reference import read_lines
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
    "role_address",
    "disposable_domain",
    "invalid_email",
)

# RFC 5322's dot-atom. An apostrophe in front is a spreadsheet's, whatever the RFC allows.
_ADDRESS: Final = re.compile(
    r"((?!')[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*)@([A-Za-z0-9.\-]{1,253})\Z",
    re.ASCII,
)
_QQ: Final = re.compile(r"[1-9]\d{4,10}\Z", re.ASCII)
_MOBILE: Final = re.compile(r"1[3-9]\d{9}\Z", re.ASCII)
_MOBILE_DOMAINS: Final = frozenset({"139.com", "189.cn", "wo.cn"})
_MAX_LOCAL: Final = 64
_MAX_ADDRESS: Final = 254
_MAX_OTHERS: Final = 12


class _Address(NamedTuple):
    """A valid address: its own spelling before the @, and its domain."""

    local: str
    domain: Domain

    @property
    def value(self) -> str:
        """The normalized address."""
        return f"{self.local}@{self.domain.name}"


@cache
def _roles() -> frozenset[str]:
    return frozenset(read_lines("role_mailboxes.txt"))


@cache
def _fillers() -> frozenset[str]:
    return frozenset(read_lines("email_placeholders.txt"))


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
    """
    if value is None:
        return Normalized(None)
    address = _plain(value)
    if address is not None:
        if not _is_filler(address):
            return _describe(address, {})
        return Normalized(None, {"placeholder": address.value}, ("placeholder",))
    text, issues = clean(value)
    if text is None:
        return Normalized(None, issues=issues)
    return _read(text, issues)


def _plain(text: str) -> _Address | None:
    """An address of ASCII letters and nothing around it: what email-validator says, with the domain remembered."""
    match = _ADDRESS.match(text)
    if match is None or len(match[1]) > _MAX_LOCAL or len(text) > _MAX_ADDRESS:
        return None
    domain = domain_of(match[2].lower())
    if domain is None:
        return None
    local = match[1]
    if not local.islower() and local.lower() in _case_insensitive():
        local = local.lower()
    return _Address(local, domain) if len(local) + 1 + len(domain.ascii) <= _MAX_ADDRESS else None


@cache
def _case_insensitive() -> frozenset[str]:
    """RFC 2142's names, whose case nobody may tell apart."""
    return frozenset(validator().rfc_constants.CASE_INSENSITIVE_MAILBOX_NAMES)


def _by_library(text: str) -> _Address | None:
    """email-validator's own answer for an address of any script; no network is asked."""
    lib = validator()
    try:
        valid = lib.validate_email(text, check_deliverability=False, strict=True)
    except (lib.EmailNotValidError, ValueError, IndexError):  # UnicodeError is a ValueError
        return None
    domain = domain_of(valid.ascii_domain)
    return None if domain is None else _Address(valid.local_part, domain)


def _read(text: str, issues: tuple[str, ...]) -> Normalized:
    cell = read_cell(text)
    codes = dict.fromkeys(issues)
    found: list[_Address] = []
    fillers: list[str] = []
    for candidate in cell.candidates[:_MAX_OTHERS]:
        address = _plain(candidate) or _by_library(candidate)
        if address is None:
            continue
        if _is_filler(address):
            fillers.append(address.value)
        elif address not in found:
            found.append(address)
    if fillers or (not found and _is_broken_filler(cell.candidates)):
        codes["placeholder"] = None
    if cell.repaired and (found or fillers):
        codes["repaired"] = None
    words: dict[str, str | None] = {}
    if cell.display_name:
        words["display_name"] = cell.display_name
        codes["display_name_removed"] = None
    if cell.note:
        words["note"] = cell.note
    if cell.annotated and found:
        codes["annotation_removed"] = None
    if found:
        if len(found) > 1:
            codes["several_emails"] = None
            words["others"] = " ".join(a.value for a in found[1:])
        return _describe(found[0], codes, words)
    return _explain(cell, codes, fillers, words)


def _explain(cell: Cell, codes: dict[str, None], fillers: list[str], words: dict[str, str | None]) -> Normalized:
    """Why there is no address, and the one that was probably meant."""
    if "placeholder" in codes:
        return Normalized(None, {"placeholder": fillers[0]} if fillers else {}, tuple(codes))
    meant = _repair_domain(cell.suggestion) if cell.suggestion else None
    wrong_domain = cell.wrong_domain
    if meant is None and cell.candidates:
        meant, wrong_domain = _repair_domain(cell.candidates[0]), True
    if meant is not None:
        words["suggestion"] = meant
        if wrong_domain:
            codes["domain_typo"] = None
    codes["invalid_email"] = None
    return Normalized(None, words, tuple(codes))


def _repair_domain(text: str) -> str | None:
    """A valid address out of a suspected one, with its domain as suggested; None where it still is none."""
    local, _, domain = text.rpartition("@")
    address = _plain(f"{local}@{suggest_domain(domain.lower()) or domain}")
    return None if address is None or _is_filler(address) else address.value


def _describe(address: _Address, codes: dict[str, None], words: dict[str, str | None] | None = None) -> Normalized:
    local, domain = address
    lower = local.lower()
    value = f"{local}@{domain.name}"
    parts: dict[str, str | None] = {"local": lower, "domain": domain.name, "mailbox": _mailbox(lower, domain)}
    if domain.ascii != domain.name:
        parts["ascii"] = f"{local}@{domain.ascii}"
    if words:
        parts |= words
    if domain.suggestion is not None:
        parts["suggestion"] = f"{local}@{domain.suggestion}"
        codes["domain_typo"] = None
    if domain.free:
        parts["free"] = "true"
        _add_numbers(lower, domain.ascii, parts)
    if domain.disposable:
        parts["disposable"] = "true"
        codes["disposable_domain"] = None
    if lower in _roles():
        parts["role"] = "true"
        codes["role_address"] = None
    return Normalized(value, parts, tuple(codes))


def _mailbox(local: str, domain: Domain) -> str:
    name = local
    if domain.plus_tag:
        name = name.partition("+")[0] or name
    if domain.ignores_dots:
        name = name.replace(".", "") or name
    return f"{name}@{domain.same_as}"


def _add_numbers(local: str, domain: str, parts: dict[str, str | None]) -> None:
    """The QQ or mobile number that a provider makes into a mailbox."""
    if domain == "qq.com":
        if _QQ.match(local):
            parts["qq"] = local
    elif domain in _MOBILE_DOMAINS and _MOBILE.match(local):
        number = resolve(local, "CN")
        if number is not None:
            parts["mobile"] = number.e164


def _is_filler(address: _Address) -> bool:
    """Whether an address only fills a box: a listed one, a@a.com, 123456@qq.com, or a QQ number that cannot be."""
    local, domain = address.local.lower(), address.domain
    fillers = _fillers()
    if f"{local}@" in fillers or f"@{domain.ascii}" in fillers or f"{local}@{domain.ascii}" in fillers:
        return True
    same = local == local[0] * len(local)
    if local == domain.ascii.partition(".")[0] and (same or local in ("abc", "xyz", "test") or _is_count(local)):
        return True
    if domain.ascii in _MOBILE_DOMAINS and is_filler(local):
        return True
    if not domain.free or not local.isdecimal() or domain.name.startswith("vip."):
        return False
    if domain.ascii == "qq.com":  # QQ numbers have five digits or more, and 88888 belongs to somebody
        return len(local) < 5 or _is_count(local)
    return same or _is_count(local)


def _is_count(text: str) -> bool:
    return len(text) >= 3 and text in "1234567890"


def _is_broken_filler(candidates: tuple[str, ...]) -> bool:
    """xxx@xxx, a@a, no@no: both sides alike and no dot."""
    return any(c.count("@") == 1 and c.partition("@")[0].lower() == c.partition("@")[2].lower() for c in candidates)
