"""Identity numbers of persons and companies: one spelling, the facts a number holds, and what is wrong with it.

    scheme                 what
    cn.ric                 resident identity number (GB 11643), also of 15 digits; residence permits; foreigners' 9...
    cn.uscc                unified social credit code (GB 32100)
    cn.org_code            organization code (GB 11714)
    cn.tax                 taxpayer number: 15 characters of old, 18 of today, 17 and 20 of self-employed persons
    cn.registration_no     business registration number of 15 digits
    hk.id, tw.id           identity cards of Hong Kong and Taiwan
    luhn                   bank cards and whatever else ends with a Luhn digit
    iban, lei, eu.vat ...  every module of python-stdnum, by its dotted name (`us.ein`, `au.tfn`, `gb.vat`, `vatin`)

The schemes of China are our own: python-stdnum 2.2 raises KeyError for a known province with an unknown county, refuses
numbers whose division is younger than the birth, residence permits and 15 digits, and knows no authority but digits in
a credit code. Its answers are overruled for no other scheme; a crash of one of its modules counts as a wrong format.

A number whose only fault is the check digit, the birth date or the division keeps its `value`: one wrong digit is still
evidence, and whether it may stay is for the validator to say. A text that cannot be such a number has no value; what
was there is in the part `compact`. A masked or half lost number has no value either, and a part `masked` instead.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol, cast

from crmquality.errors import ConfigError, did_you_mean
from crmquality.normalizer.identifiers_cn import (
    normalize_org_code,
    normalize_registration_no,
    normalize_tax_number,
    normalize_uscc,
)
from crmquality.normalizer.identifiers_residents import normalize_hk_id, normalize_ric, normalize_tw_id
from crmquality.normalizer.identifiers_text import digits_only, main_piece, unusable
from crmquality.normalizer.text import clean
from crmquality.tables import Normalized

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "annotation_removed",
    "invalid_length",
    "invalid_format",
    "invalid_check_digit",
    "upgraded",
    "masked",
    "repaired",
    "spreadsheet_damage",
    "unknown_region",
    "region_retired",
    "invalid_birth_date",
    "other_scheme",
)

_NOT_SCHEMES: Final = frozenset({"exceptions", "numdb", "util"})
_FAULTS: Final = {
    "InvalidChecksum": "invalid_check_digit",
    "InvalidLength": "invalid_length",
    "InvalidFormat": "invalid_format",
    "InvalidComponent": "invalid_format",
}


class _Rule(Protocol):
    def __call__(self, value: str | None, /) -> Normalized: ...


class _NumberModule(Protocol):
    def compact(self, number: str) -> str: ...

    def validate(self, number: str) -> str: ...


def normalize_luhn(value: str | None) -> Normalized:
    """A number that ends with a Luhn check digit (ISO/IEC 7812-1, annex B): a bank card, an IMEI.

    >>> normalize_luhn("6222 0212 3456 7890 128").issues
    ()
    >>> normalize_luhn("4111-1111-1111-1112").issues
    ('invalid_check_digit',)
    """
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues)
    piece, dropped = main_piece(text)
    issues = (*issues, "annotation_removed") if dropped else issues
    digits = digits_only(piece)
    if digits is None:
        return unusable(piece, (*issues, "invalid_format"))
    if len(digits) < 2:
        return unusable(digits, (*issues, "invalid_length"))
    doubled = (int(d) * 2 for d in digits[-2::-2])
    total = sum(int(d) for d in digits[::-2]) + sum(d - 9 if d > 9 else d for d in doubled)
    return Normalized(digits, {"key": digits}, issues if total % 10 == 0 else (*issues, "invalid_check_digit"))


_OWN: Final[dict[str, _Rule]] = {
    "cn.ric": normalize_ric,
    "cn.uscc": normalize_uscc,
    "cn.org_code": normalize_org_code,
    "cn.tax": normalize_tax_number,
    "cn.registration_no": normalize_registration_no,
    "hk.id": normalize_hk_id,
    "tw.id": normalize_tw_id,
    "luhn": normalize_luhn,
}


@cache
def known_schemes() -> tuple[str, ...]:
    """Every scheme by name, sorted. Modules of python-stdnum are listed, not imported.

    >>> "cn.ric" in known_schemes(), "us.ein" in known_schemes(), "hk.id" in known_schemes()
    (True, True, True)
    """
    found = set(_OWN)
    spec = find_spec("stdnum")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for module in pkgutil.iter_modules([folder]):
            if not module.ispkg:
                found.add(module.name)
                continue
            for inner in pkgutil.iter_modules([f"{folder}/{module.name}"]):
                found.add(f"{module.name.rstrip('_')}.{inner.name.rstrip('_')}")
    return tuple(sorted(found - _NOT_SCHEMES))


def scheme_fault(scheme: str) -> str | None:
    """What is wrong with the name of a scheme, one sentence, or None.

    >>> scheme_fault("cn.ric"), scheme_fault("eu.vat")
    (None, None)
    >>> scheme_fault("cn.rics")
    "unknown scheme 'cn.rics'; known are cn.org_code, cn.registration_no, cn.ric, cn.tax, cn.uscc, hk.id, luhn, tw.id
    and every module of python-stdnum by its dotted name. Did you mean 'cn.ric'?"
    """
    if scheme in _OWN or scheme in known_schemes() or _is_alias(scheme):
        return None
    own = ", ".join(sorted(_OWN))
    hint = did_you_mean(scheme, known_schemes())
    return f"unknown scheme {scheme!r}; known are {own} and every module of python-stdnum by its dotted name.{hint}"


def normalize_identifier(value: str | None, *, scheme: str) -> Normalized:
    """An identity number in its canonical spelling.

    Args:
        value: the cell; labels (`身份证号:`), spaces, hyphens and full width are cleaned away.
        scheme: one of `known_schemes()`.

    Returns:
        The compact number. Parts: `key` (equal for all spellings of one identity; of a Chinese organization the
        organization code, whichever of its numbers was given), `compact` and `masked` where there is no value, and by
        scheme `birth_date`, `sex`, `division`, `org_code`, `authority`, `kind`, `nationality`, `country`.

    Raises:
        ConfigError: for a scheme that is not known; never for a value.

    >>> normalize_identifier("身份证：11010519491231002x", scheme="cn.ric").value
    '11010519491231002X'
    >>> normalize_identifier("gb82 west 1234 5698 7654 32", scheme="iban").value
    'GB82WEST12345698765432'
    >>> normalize_identifier("04-2103594", scheme="us.ein").value
    '042103594'
    """
    return _rule(scheme)(value)


@cache
def _rule(scheme: str) -> _Rule:
    own = _OWN.get(scheme)
    if own is not None:
        return own
    fault = scheme_fault(scheme)
    if fault is not None:
        raise ConfigError(fault)
    return _of_module(_load(scheme), country=scheme in {"eu.vat", "vatin", "iban"})


def _load(scheme: str) -> _NumberModule:
    head, _, tail = scheme.partition(".")
    # "in" and "is" are words of Python: their packages end with an underscore
    folder = f"{head}_" if head in {"in", "is"} else head
    name = f"{tail}_" if f"{tail}_" in _inner_names(folder) else tail
    if not tail:
        module: object = import_module(f"stdnum.{head}")
    elif name in _inner_names(folder):
        module = import_module(f"stdnum.{folder}.{name}")
    else:
        module = getattr(import_module(f"stdnum.{folder}"), tail)
    return cast(_NumberModule, module)


@cache
def _inner_names(folder: str) -> frozenset[str]:
    spec = find_spec("stdnum")
    places = (spec.submodule_search_locations or ()) if spec else ()
    return frozenset(m.name for place in places for m in pkgutil.iter_modules([f"{place}/{folder}"]))


def _is_alias(scheme: str) -> bool:
    """Whether the scheme is another name that a package of python-stdnum gives to one of its modules: `es.vat`."""
    if not re.fullmatch(r"[a-z]{2}\.[a-z_]+", scheme):
        return False
    try:
        return hasattr(_load(scheme), "validate")
    except (ImportError, AttributeError):
        return False


def _of_module(module: _NumberModule, *, country: bool) -> _Rule:
    """The contract of a kernel around a module of python-stdnum."""

    def rule(value: str | None, /) -> Normalized:
        text, issues = clean(value)
        if text is None:
            return Normalized(None, {}, issues)
        number, fault = _validate(module, text)
        if fault is not None:
            piece, dropped = main_piece(text)
            second, its_fault = _validate(module, piece) if dropped else (number, fault)
            if its_fault is None:
                number, fault, issues = second, None, (*issues, "annotation_removed")
        if fault == "invalid_check_digit" and number:
            return Normalized(number, {"key": number}, (*issues, fault))
        if fault is not None or not number:
            return unusable(number or text, (*issues, fault or "invalid_format"))
        parts: dict[str, str | None] = {"key": number}
        if country and number[:2].isalpha():
            parts["country"] = number[:2]
        return Normalized(number, parts, issues)

    return rule


def _validate(module: _NumberModule, text: str) -> tuple[str | None, str | None]:
    """The compact number and the code of its fault. A module that crashes has met a format it does not know."""
    number = _guarded(module.compact, text)
    try:
        number = module.validate(text)
    except Exception as error:
        fault = _FAULTS.get(type(error).__name__, "invalid_format")
        steady = number and _guarded(module.compact, number) == number and clean(number) == (number, ())
        return number, fault if steady else "invalid_format"
    # a number that its own scheme reads differently the second time, or that reads as an empty box, is no number
    if not number or _guarded(module.validate, number) != number or clean(number) != (number, ()):
        return number, "invalid_format"
    return number, None


def _guarded(function: Callable[[str], str], text: str) -> str | None:
    try:
        return function(text)
    except Exception:
        return None
