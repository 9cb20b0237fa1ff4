"""What is known of a mail domain: whether it can receive mail at all, who runs it, and what somebody meant to type.

A domain is valid when email-validator says so. For names of ASCII letters, digits and hyphens its rules fit in one
pattern, proven equal by test; a name with other letters, and punycode, goes to the library. Nothing is asked of the
network. Answers are remembered for the last few thousand domains: a table has millions of addresses and far fewer
domains.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from types import ModuleType
from typing import Final, NamedTuple

from crmquality.normalizer.email_typos import disposable_domains, is_free, known_domains, suggest_domain
from crmquality.normalizer.web_hosts import registrable_domain
from crmquality.reference import read_lines

__all__ = [
    "COUNTS",
    "SPECIAL_USE",
    "Domain",
    "domain_of",
    "filler_locals",
    "is_valid_ascii",
    "suggest_domain",
    "validator",
]

COUNTS: Final = frozenset(run[i:j] for run in ("1234567890", "9876543210") for i in range(10) for j in range(i + 3, 11))
"""123, 2345, 654321 ... what fingers count."""
FILLER_WORDS: Final = frozenset(
    """abc abcd admin asd asdf company demo domain email example foo fake mail na name nil no noemail nomail none nope
    nothing null qwe qwer sample temp test unknown user xyz""".split()  # noqa: SIM905 - words read better as words
)
"""Words that on both sides of the @ fill a box: none@none.com. Names such as hello@hello.com are a company's."""


class Domain(NamedTuple):
    """A valid mail domain.

    Attributes:
        name: in Unicode, lower case.
        ascii: the same in ASCII (IDNA 2008).
        free: whether anybody gets a mailbox there.
        disposable: whether mailboxes there live for minutes.
        same_as: the domain whose mailboxes it shares, itself if none.
        ignored: the signs before the @ that the provider ignores: z.s@ and zs@ are one mailbox.
        plus_tag: whether zs+news@ is delivered to zs@.
        suggestion: the domain that was probably meant, if this looks like a slip of typing.
        own: the registrable domain of an organization with mailboxes of its own; None for free and disposable ones.
        fillers: the local parts that only fill a box here, beside those that do so everywhere; None for all of them.
        label: its first label, in ASCII.
        length: of its longer form, in bytes.
    """

    name: str
    ascii: str
    free: bool
    disposable: bool
    same_as: str
    ignored: str
    plus_tag: bool
    suggestion: str | None
    own: str | None
    fillers: frozenset[str] | None
    label: str
    length: int


# IANA's special-use names that no mail reaches: email-validator's list, equal by test.
SPECIAL_USE: Final = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})
# Hostnames of RFC 1123 with a dot and a last letter; labels with hyphens third and fourth are reserved (RFC 5890).
_ASCII_DOMAIN: Final = re.compile(
    r"(?:(?![a-z0-9-]{2}--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?![a-z0-9-]{2}--)(?:[a-z0-9](?:[a-z0-9-]{0,61}))?[a-z]\Z",
    re.ASCII,
)
_MAX_DOMAIN: Final = 253
_LOOK_ALIKE: Final = str.maketrans(
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u03bf\u03b1\u03bd\u03c1",
    "aceopxyijshdqwoavp",
)
"""Letters of Cyrillic and Greek that look like Latin ones."""
_MICROSOFT: Final = frozenset({"hotmail", "live", "outlook", "windowslive"})
"""One service with plus tags in every country."""


@cache
def validator() -> ModuleType:
    """email-validator, loaded when the first domain is asked for that the pattern does not answer."""
    import email_validator

    return email_validator


def is_valid_ascii(text: str) -> bool:
    """Whether email-validator takes a lower-case ASCII domain without punycode; False says nothing of one with it.

    >>> is_valid_ascii("qq.com"), is_valid_ascii("localhost"), is_valid_ascii("acme.local"), is_valid_ascii("a..b")
    (True, False, False, False)
    """
    match = _ASCII_DOMAIN.match(text)
    return match is not None and len(text) <= _MAX_DOMAIN and text.rpartition(".")[2] not in SPECIAL_USE


@lru_cache(maxsize=16_384)
def domain_of(text: str) -> Domain | None:
    """What is known of a domain as typed, or None where email-validator refuses it. No network is asked.

    >>> domain_of("GoogleMail.com").same_as, domain_of("163.con").suggestion, domain_of("localhost") is None
    ('gmail.com', '163.com', True)
    >>> domain_of("mail.acme.com.cn").own, domain_of("vip.163.com").own
    ('acme.com.cn', None)
    """
    lower = text.lower()
    if is_valid_ascii(lower):
        return _describe(lower, lower)
    if lower.isascii() and "xn--" not in lower:
        return None
    lib = validator()
    try:
        valid = lib.validate_email(f"a@{text}", check_deliverability=False)
    except (lib.EmailNotValidError, ValueError, IndexError):  # UnicodeError is a ValueError
        return None
    return _describe(valid.domain, valid.ascii_domain)


def _describe(name: str, ascii_name: str) -> Domain:
    known = known_domains().get(ascii_name, {})
    label = ascii_name.partition(".")[0]
    free = is_free(ascii_name)
    disposable = not free and _is_disposable(ascii_name)
    own = None if free or disposable else registrable_domain(name)
    return Domain(
        name,
        ascii_name,
        free,
        disposable,
        known.get("same_as") or ascii_name,
        known.get("ignored") or "",
        bool(known.get("plus_tag")) or (free and label in _MICROSOFT),
        suggest_domain(ascii_name) or _of_one_script(name),
        None if own is None or is_free(own) else own,
        _fillers(label, ascii_name, free),
        label,
        max(len(ascii_name), len(name.encode())),
    )


@cache
def _listed_fillers() -> dict[str, frozenset[str] | None]:
    """Local parts that fill a box, by domain, and under no domain those that do so everywhere."""
    table: dict[str, set[str]] = {}
    for line in read_lines("email_placeholders.txt"):
        local, _, domain = line.partition("@")
        table.setdefault(domain, set()).add(local)
    return {domain: None if "" in locals_ else frozenset(locals_) for domain, locals_ in table.items()}


def filler_locals() -> frozenset[str]:
    """Local parts that fill a box at any domain: none@, xxx@."""
    return _listed_fillers()[""] or frozenset()


def _fillers(label: str, domain: str, free: bool) -> frozenset[str] | None:
    """What fills a box at one domain: listed names, and its own name on both sides, where that is nobody's."""
    listed = _listed_fillers().get(domain, frozenset())
    if listed is None or (label.strip("x") == "" and len(label) > 1):
        return None
    both = free or label in FILLER_WORDS or label == label[0] * len(label) or label in COUNTS
    return listed | {label} if both else listed


def _of_one_script(name: str) -> str | None:
    """The ASCII name that Cyrillic or Greek letters among Latin ones only look like."""
    if name.isascii() or not name.translate(_LOOK_ALIKE).isascii():
        return None
    mixed = any(not label.isascii() and any("a" <= c <= "z" for c in label) for label in name.split("."))
    meant = name.translate(_LOOK_ALIKE)
    return meant if mixed and is_valid_ascii(meant) else None


def _is_disposable(name: str) -> bool:
    """A throw-away service, or any name below it: they sell sub-domains."""
    listed = disposable_domains()
    while "." in name:
        if name in listed:
            return True
        name = name.partition(".")[2]
    return False
