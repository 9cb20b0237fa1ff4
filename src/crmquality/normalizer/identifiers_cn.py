"""Numbers of organizations in China, which are one family: the nine characters of the organization code link them.

    91110000 600037341 L     unified social credit code (GB 32100-2015): authority, category, division, code, check
             600037341       organization code (GB 11714-1997)
      110000 600037341       taxpayer number until 2015: division, organization code
    110000000012341          business registration number until 2015: its own, it holds no organization code
    11010519491231002X [00]  taxpayer number of a self-employed person: the resident identity number and two digits of a
                             sequence; of 15 digits also with 00000 (State Taxation Administration, 2015, no. 66)
    L 91110000600037341L     taxpayer number of whoever pays tax for a time: L before either of the two

People write any of them into one box. Each kernel reads the whole family; a number that is of another scheme than the
box says keeps its value and gets `other_scheme`. A letter that is not in an alphabet (O for 0) is never guessed.
"""

from __future__ import annotations

import re
from operator import mul
from typing import Final

from crmquality.normalizer.identifiers_residents import division_issues, division_status, is_ric, upgrade_ric
from crmquality.normalizer.identifiers_text import Cell, Form, empty, is_filler, masked_code, read_cell, with_parts
from crmquality.tables import Normalized

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: no I, O, S, V, Z."""

# The authorities of GB 32100-2015, table 1, and its later amendments: 1 institutional organization, 2 foreign affairs,
# 3 justice, 4 culture, 5 civil affairs, 6 tourism, 7 religion, 8 trade unions, 9 market supervision, A military,
# N agriculture, Y others.
_USCC: Final = re.compile(r"[1-9ANY][0-9A-HJ-NP-RTUWXY][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}\Z")
_ORG_CODE: Final = re.compile(r"[0-9A-Z]{8}[0-9X]\Z")
_OLD_TAX: Final = re.compile(r"[1-9][0-9]{5}[0-9A-Z]{8}[0-9X]\Z")
_SELF_EMPLOYED: Final = re.compile(r"(?:[1-9][0-9]{16}[0-9X](?:[0-9]{2})?|[1-9][0-9]{14}(?:[0-9]{2}|00000))\Z")
_TEMPORARY: Final = re.compile(r"L(?=[0-9A-Z]{15,20}\Z)")
_FIFTEEN: Final = re.compile(r"[0-9]{15}\Z")
_USCC_VALUE: Final = {c: i for i, c in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))
_ORG_VALUE: Final = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


_WEIGHT_OF: Final = tuple({c: v * w for c, v in _USCC_VALUE.items()} for w in _USCC_WEIGHTS)
# Letters that the standard left out because they look like digits
_LEFT_OUT: Final = {ord("O"): "0", ord("I"): "1", ord("Z"): "2", ord("S"): "5"}


def uscc_check_character(first: str) -> str:
    """The check character of the first 17 of a unified social credit code (modulo 31, weights 3^i).

    >>> uscc_check_character("91110000600037341")
    'L'
    """
    return USCC_ALPHABET[-sum(map(mul, map(_USCC_VALUE.__getitem__, first), _USCC_WEIGHTS)) % 31]


def org_code_check_character(first: str) -> str:
    """The check character of the first 8 of an organization code (modulo 11, X for ten).

    >>> org_code_check_character("60003734")
    '1'
    """
    return "0123456789X"[-sum(map(mul, map(_ORG_VALUE.__getitem__, first), _ORG_WEIGHTS)) % 11]


def registration_check_digit(first: str) -> str:
    """The check digit of the first 14 of a business registration number (ISO 7064 MOD 11,10).

    >>> registration_check_digit("11000000001234")
    '1'
    """
    check = 10
    for digit in first:
        check = ((check + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - check) % 10)


def normalize_uscc(value: str | None) -> Normalized:
    """A unified social credit code.

    Returns:
        18 characters, or another number of the family with `other_scheme`. Parts: `key` and `org_code` (the
        organization code), `authority` (first character: who registered it), `category` (second: what it is, within
        that authority), `division` (6 digits), `division_status` (current, retired, unknown), `kind` (uscc, org_code,
        tax_15, registration_no, self_employed, temporary); `others` and `note` of the cell; where there is no value,
        `masked`, `compact`, `placeholder`, and `suggestion`: what it would be with letters read as digits.

    >>> answer = normalize_uscc("91-110000-600037341-l")
    >>> answer.value, answer.parts["key"], answer.parts["division"], answer.parts["authority"]
    ('91110000600037341L', '600037341', '110000', '9')
    >>> normalize_uscc("60003734-1").parts["key"], normalize_uscc("60003734-1").issues
    ('600037341', ('other_scheme',))
    >>> normalize_uscc("91110000600037341I").issues
    ('invalid_format', 'letters_for_digits')
    """
    # most cells, at a third of the cost: what has the form and the check character has no second reading
    if value is not None and _USCC.match(value):
        found = _read_uscc(value, ())
        if "invalid_check_digit" not in found.issues:
            return found
    return _normalize(value, "uscc")


def normalize_org_code(value: str | None) -> Normalized:
    """An organization code of nine characters; parts as of `normalize_uscc`.

    >>> normalize_org_code("60003734-1").value, normalize_org_code("60003734-2").issues
    ('600037341', ('invalid_check_digit',))
    """
    return _normalize(value, "org_code")


def normalize_tax_number(value: str | None) -> Normalized:
    """A taxpayer number of any age; parts as of `normalize_uscc`.

    >>> normalize_tax_number("110000600037341").parts["key"], normalize_tax_number("91110000600037341L").parts["key"]
    ('600037341', '600037341')
    >>> normalize_tax_number("11010519491231002X00").parts["key"]
    '11010519491231002X'
    """
    return _normalize(value, "tax")


def normalize_registration_no(value: str | None) -> Normalized:
    """A business registration number of 15 digits; parts as of `normalize_uscc`.

    >>> normalize_registration_no("110000000012341").parts["division"]
    '110000'
    """
    return _normalize(value, "registration_no")


def normalize_organization_id(value: str | None) -> Normalized:
    """Whatever number an organization in China shows: its credit, organization, tax or registration number.

    Part `kind` tells which, and `key` links all but the registration number, which holds no organization code.

    >>> numbers = ("91110000600037341L", "60003734-1", "110000600037341")
    >>> [(a.parts["kind"], a.parts["key"]) for a in map(normalize_organization_id, numbers)]
    [('uscc', '600037341'), ('org_code', '600037341'), ('tax_15', '600037341')]
    """
    if value is not None and _USCC.match(value):
        found = _read_uscc(value, ())
        if "invalid_check_digit" not in found.issues:
            return found
    return _normalize(value, "organization")


_LENGTHS: Final = {
    "uscc": (18,),
    "org_code": (9,),
    "tax": (15, 18, 20),
    "registration_no": (15,),
    "organization": (9, 15, 18),
}
_ALSO: Final = {
    "tax": frozenset({"uscc", "tax_15", "self_employed", "temporary"}),
    "organization": frozenset({"uscc", "org_code", "tax_15", "registration_no", "self_employed", "temporary"}),
}


def _fits(code: str) -> object:
    return (
        (len(code) == 18 and _USCC.match(code))
        or (len(code) == 9 and _ORG_CODE.match(code))
        or _FIFTEEN.match(code)
        or _OLD_TAX.match(code)
        or _SELF_EMPLOYED.match(code)
        or (_TEMPORARY.match(code) and _fits(code[1:]))
    )


def _is_sound(code: str) -> bool:
    return len(code) != 18 or is_ric(code) or (bool(_USCC.match(code)) and uscc_check_character(code[:17]) == code[17])


_FORMS: Final = {wanted: Form(_fits, _is_sound, _LEFT_OUT, lengths) for wanted, lengths in _LENGTHS.items()}


def _normalize(value: str | None, wanted: str) -> Normalized:
    cell = read_cell(value, _FORMS[wanted])
    if cell.code is None:
        return empty(cell)
    found = _read_family(cell.code, cell.issues, wanted)
    if found is None:
        return _refused(cell, _LENGTHS[wanted])
    if "invalid_check_digit" in found.issues:
        found = _doubt_letters(found, wanted)
    if found.value is not None and found.parts["kind"] not in _ALSO.get(wanted, {wanted}):
        found = Normalized(found.value, found.parts, (*found.issues, "other_scheme"))
    return with_parts(found, cell)


def _doubt_letters(found: Normalized, wanted: str) -> Normalized:
    """A wrong check digit that is right with O and I read as digits: said, and not done."""
    code = found.value or ""
    alike = code.translate(_LEFT_OUT)
    if alike == code:
        return found
    other = _read_family(alike, (), wanted)
    if other is None or other.value is None or "invalid_check_digit" in other.issues:
        return found
    return Normalized(code, {**found.parts, "suggestion": alike}, (*found.issues, "letters_for_digits"))


def _refused(cell: Cell, lengths: tuple[int, ...]) -> Normalized:
    code = cell.code or ""
    issue = "invalid_format" if len(code) in lengths else "invalid_length"
    return Normalized(None, {"compact": code, **cell.parts}, (*cell.issues, issue))


def _read_family(code: str, issues: tuple[str, ...], wanted: str) -> Normalized | None:
    """What a code is; where two readings are possible, the one whose check digit is right, then the wanted one."""
    if len(code) == 9:
        fault = () if org_code_check_character(code[:8]) == code[8] else ("invalid_check_digit",)
        return Normalized(code, {"key": code, "org_code": code, "kind": "org_code"}, (*issues, *fault))
    if len(code) == 15:
        return _read_15(code, issues, wanted)
    if code[0] == "L":
        inner = _read_family(code[1:], issues, "tax")
        return inner and Normalized(code, {**inner.parts, "kind": "temporary"}, inner.issues)
    if len(code) == 18 and _USCC.match(code):
        found = _read_uscc(code, issues)
        if "invalid_check_digit" not in found.issues or not is_ric(code):
            return found
    return _read_self_employed(code, issues) if _SELF_EMPLOYED.match(code) else None


def _read_uscc(code: str, issues: tuple[str, ...]) -> Normalized:
    division = code[2:8]
    key = code[8:17]
    parts: dict[str, str | None] = {
        "key": key,
        "org_code": key,
        "authority": code[0],
        "category": code[1],
        "division": division,
        "division_status": _status(division),
        "kind": "uscc",
    }
    total = 0
    for weights, character in zip(_WEIGHT_OF, code, strict=False):  # 17 weights, the check character has none
        total += weights[character]
    if USCC_ALPHABET[-total % 31] != code[17]:
        if is_filler(code):
            return Normalized(None, {"placeholder": code}, (*issues, "placeholder"))
        if code.isdigit() and code.endswith("000"):  # a spreadsheet keeps 15 digits and writes zeros for the rest
            return Normalized(None, {"masked": code[:15] + "***"}, (*issues, "spreadsheet_damage"))
        if "XXX" in code:
            return Normalized(None, {"masked": masked_code(code)}, (*issues, "masked"))
        issues = (*issues, "invalid_check_digit")
    return Normalized(code, parts, issues + _division_issues(division))


def _status(division: str) -> str:
    # 100000 is the whole country: the number of an organization that a ministry registered
    return "current" if division == "100000" else division_status(division)


def _division_issues(division: str) -> tuple[str, ...]:
    return () if division == "100000" else division_issues(division)


def _read_15(code: str, issues: tuple[str, ...], wanted: str) -> Normalized | None:
    is_tax = bool(_OLD_TAX.match(code)) and org_code_check_character(code[6:14]) == code[14]
    is_registration = code.isdigit() and registration_check_digit(code[:14]) == code[14]
    is_person = code.isdigit() and upgrade_ric(code) is not None and not division_issues(code[:6])
    if wanted == "registration_no" and code.isdigit() and not is_tax:
        kind = "registration_no"
    elif is_tax:
        kind = "tax_15"
    elif is_registration and not (is_person and wanted == "tax"):
        kind = "registration_no"
    elif is_person:
        return _read_self_employed(code, issues)
    elif _OLD_TAX.match(code):
        kind = "tax_15"
    else:
        return None
    parts: dict[str, str | None] = {
        "key": code,
        "division": code[:6],
        "division_status": _status(code[:6]),
        "kind": kind,
    }
    if kind == "tax_15":
        parts.update(key=code[6:], org_code=code[6:])
    right = is_tax if kind == "tax_15" else is_registration
    if not right and wanted in {"uscc", "org_code"} and _division_issues(code[:6]) == ("unknown_region",):
        return None  # a piece of a longer number
    return Normalized(code, parts, (*issues, *(() if right else ("invalid_check_digit",)), *_division_issues(code[:6])))


def _read_self_employed(code: str, issues: tuple[str, ...]) -> Normalized | None:
    short = len(code) in {15, 17} or (len(code) == 20 and code.endswith("00000") and not is_ric(code[:18]))
    person = upgrade_ric(code[:15]) if short else code[:18]
    if person is None:
        return None
    fault = () if is_ric(person) else ("invalid_check_digit",)
    return Normalized(code, {"key": person, "division": code[:6], "kind": "self_employed"}, (*issues, *fault))
