"""The schemes of python-stdnum, by their dotted names, under the contract of a kernel.

A crash of one of its modules counts as a wrong format. Where it is stricter than the authority, its answer is
overruled, each time with the source:

    tw.ubn   since April 2023 the sum need only be divisible by 5 (Ministry of Finance of Taiwan, 2022)
    us.itin  4th and 5th digit also 50 to 65 (Internal Revenue Service)
    ch.vat   MWST, TVA, IVA may be left out where the register's number stands alone (MWSTG; UID register)
    no.mva   the same with MVA (Brønnøysund register)
    kr.rrn   since October 2020 the last digits are random: the check digit is doubtful (Ministry of the Interior)
    iban     countries that write IBANs but are not in SWIFT's registry: length and check digits, `unknown_region`
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol, cast

from crmquality.normalizer.identifiers_text import DIGIT_LIKE, is_filler, main_piece, masked_code, unusable
from crmquality.normalizer.text import clean
from crmquality.tables import Normalized

_NOT_SCHEMES: Final = frozenset({"exceptions", "numdb", "util"})
_FAULTS: Final = {
    "InvalidChecksum": "invalid_check_digit",
    "InvalidLength": "invalid_length",
    "InvalidFormat": "invalid_format",
    "InvalidComponent": "invalid_format",
}
_WITH_COUNTRY: Final = frozenset({"eu.vat", "vatin", "iban"})
_DOUBTFUL: Final = frozenset({"kr.rrn"})
_SPLIT: Final = re.compile("[\u3400-\u9fff:;,|\u3001\n]+|/|\\s{2,}")
_FLOAT: Final = re.compile(r"([0-9]{5,21})\.0{1,3}\Z")
_MOST_TOKENS: Final = 16
_CAPITALS: Final = re.compile("[^0-9A-Z]+")
_SCIENTIFIC: Final = re.compile(r"[1-9](?:\.[0-9]+)?E\+[0-9]{1,2}\Z", re.IGNORECASE)

# Not in the registry that python-stdnum carries; lengths as their banks write them
_OTHER_IBANS: Final = (
    dict.fromkeys(("AO", "CV", "GW", "MZ"), 25)
    | dict.fromkeys(("DZ", "IR"), 26)
    | dict.fromkeys(("CF", "CG", "CM", "GA", "GQ", "KM", "MG", "TD"), 27)
    | dict.fromkeys(("BF", "BJ", "CI", "MA", "ML", "NE", "SN", "TG"), 28)
)


class NumberModule(Protocol):
    """A module of python-stdnum."""

    def compact(self, number: str) -> str:
        """The number without separators."""
        ...

    def validate(self, number: str) -> str:
        """The compact number, or an exception."""
        ...


@cache
def module_names() -> frozenset[str]:
    """Every module of python-stdnum by its dotted name; listed, not imported."""
    found: set[str] = set()
    spec = find_spec("stdnum")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for module in pkgutil.iter_modules([folder]):
            if not module.ispkg:
                found.add(module.name)
                continue
            for inner in pkgutil.iter_modules([f"{folder}/{module.name}"]):
                found.add(f"{module.name.rstrip('_')}.{inner.name.rstrip('_')}")
    return frozenset(found - _NOT_SCHEMES)


def _load(scheme: str) -> NumberModule:
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
    return cast(NumberModule, module)


@cache
def _inner_names(folder: str) -> frozenset[str]:
    spec = find_spec("stdnum")
    places = (spec.submodule_search_locations or ()) if spec else ()
    return frozenset(m.name for place in places for m in pkgutil.iter_modules([f"{place}/{folder}"]))


def is_alias(scheme: str) -> bool:
    """Whether the scheme is another name that a package of python-stdnum gives to one of its modules: `es.vat`.

    >>> is_alias("es.vat"), is_alias("xx.vat")
    (True, False)
    """
    if not re.fullmatch(r"[a-z]{2}\.[a-z_]+", scheme):
        return False
    try:
        return hasattr(_load(scheme), "validate")
    except (ImportError, AttributeError):
        return False


def rule_of_module(scheme: str) -> Callable[[str | None], Normalized]:
    """The kernel of a scheme of python-stdnum.

    >>> rule_of_module("us.ein")("EIN: 04-2103594").value, rule_of_module("us.ssn")("***-**-6789").parts
    ('042103594', {'masked': '*****6789'})
    """
    module = _load(scheme)

    def validate(text: str) -> tuple[str | None, str | None]:
        number, fault = _validate(module, text)
        if fault is None:
            return number, None
        return _overruled(scheme, module, text) or (number, fault)

    def rule(value: str | None, /) -> Normalized:
        text, issues = clean(value)
        if text is None:
            return Normalized(None, {}, issues)
        number, fault = validate(text)
        if fault is None and number:
            filler = is_filler(number) and number.count(number[0]) == len(number)
            return _filler(number, issues) if filler else _answer(scheme, number, issues)
        return _second_look(scheme, validate, text, (number, fault), issues)

    return rule


def _second_look(
    scheme: str,
    validate: Callable[[str], tuple[str | None, str | None]],
    text: str,
    first: tuple[str | None, str | None],
    issues: tuple[str, ...],
) -> Normalized:
    """A cell that is not simply a number: with a label or a note, with several, damaged, masked, or wrong."""
    number, fault = first
    piece, dropped = main_piece(text)
    if dropped:
        second, its_fault = validate(piece)
        if its_fault is None and second:
            return _answer(scheme, second, (*issues, "annotation_removed"))
    sound = [n for n, f in map(validate, _SPLIT.split(text)[:20]) if f is None and n]
    sound = sound or _among_words(piece, validate)
    if sound:
        found, *others = dict.fromkeys(sound)
        code = "several_identifiers" if others else "annotation_removed"
        answer = _answer(scheme, found, (*issues, code))
        return Normalized(found, {**answer.parts, **({"others": " ".join(others)} if others else {})}, answer.issues)
    if (damaged := _FLOAT.match(text)) and validate(damaged[1])[1] is None:
        return _answer(scheme, damaged[1], (*issues, "spreadsheet_damage"))
    if _SCIENTIFIC.match(text):
        return unusable(text, (*issues, "spreadsheet_damage"))
    bare = _CAPITALS.sub("", text.upper())
    if is_filler(bare) and bare.count(bare[0]) == len(bare):
        return _filler(bare, issues)
    if fault == "invalid_check_digit" and number and (scheme != "iban" or number[2:4].isdigit()):
        doubtful = scheme in _DOUBTFUL
        return _answer(scheme, number, (*issues, "doubtful_check_digit" if doubtful else fault))
    if masked := masked_code(piece):
        return Normalized(None, {"masked": masked}, (*issues, "masked"))
    letters, its_fault = validate(piece.upper().translate(DIGIT_LIKE))
    if its_fault is None and letters:
        parts: dict[str, str | None] = {"compact": number or text, "suggestion": letters}
        return Normalized(None, parts, (*issues, fault or "invalid_format", "letters_for_digits"))
    return unusable(number or text, (*issues, fault or "invalid_format"))


def _among_words(piece: str, validate: Callable[[str], tuple[str | None, str | None]]) -> list[str]:
    """The number among words without digits: a bank's name, the name of the number in another language."""
    tokens = piece.split()
    with_digits = [i for i, token in enumerate(tokens) if any(c.isdigit() for c in token)]
    if len(tokens) > _MOST_TOKENS or not with_digits:
        return []
    first, last = with_digits[0], with_digits[-1]
    for start in range(first, -1, -1):
        for end in range(last + 1, len(tokens) + 1):
            number, fault = validate(" ".join(tokens[start:end]))
            if fault is None and number:
                return [number]
    return []


def _filler(number: str, issues: tuple[str, ...]) -> Normalized:
    return Normalized(None, {"placeholder": number}, (*issues, "placeholder"))


def _answer(scheme: str, number: str, issues: tuple[str, ...]) -> Normalized:
    parts: dict[str, str | None] = {"key": _key(scheme, number)}
    if scheme in _WITH_COUNTRY and number[:2].isalpha():
        parts["country"] = number[:2]
        if scheme == "iban" and number[:2] in _OTHER_IBANS:
            issues = (*issues, "unknown_region")
    return Normalized(number, parts, issues)


def _key(scheme: str, number: str) -> str:
    """What different spellings of one identity share: the head office's BIC, a number of a register without its tax."""
    if scheme == "bic":
        return number.removesuffix("XXX") if len(number) == 11 else number
    if scheme == "ch.vat":
        return number[:12]
    if scheme in {"eu.vat", "vatin"} and number.startswith("GR"):
        return "EL" + number[2:]  # Greece is EL in VAT numbers, GR everywhere else
    return number.removesuffix("MVA") if scheme == "no.mva" else number


def _overruled(scheme: str, module: NumberModule, text: str) -> tuple[str, None] | None:
    """The number, where python-stdnum refuses what its authority gives out."""
    if scheme in {"ch.vat", "no.mva"}:
        number, fault = _validate(_load("ch.uid" if scheme == "ch.vat" else "no.orgnr"), text)
        return (number, None) if fault is None and number else None
    number = _guarded(module.compact, text) or ""
    if not number.isascii():
        return None
    if scheme == "tw.ubn" and len(number) == 8 and number.isdigit():
        total = sum(sum(divmod(int(c) * w, 10)) for c, w in zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True))
        return (number, None) if total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0) else None
    if scheme == "us.itin" and re.fullmatch("9[0-9]{2}(?:5[0-9]|6[0-5])[0-9]{4}", number):
        return number, None
    if scheme == "iban" and _OTHER_IBANS.get(number[:2]) == len(number) and re.fullmatch("[A-Z]{2}[0-9A-Z]+", number):
        rest = int("".join(str(int(c, 36)) for c in number[4:] + number[:4]))
        return (number, None) if rest % 97 == 1 and number[2:4].isdigit() else None
    return None


def _validate(module: NumberModule, text: str) -> tuple[str | None, str | None]:
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
