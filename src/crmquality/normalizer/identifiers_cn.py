"""Numbers of organizations in China, which are one family: the nine characters of the organization code link them.

    91110000 600037341 L     unified social credit code (GB 32100-2015): authority, category, division, code, check
             600037341       organization code (GB 11714-1997)
      110000 600037341       taxpayer number until 2015: division, organization code
    110000000012341          business registration number until 2015: its own, it holds no organization code
    11010519491231002X [00]  taxpayer number of a self-employed person: the resident identity number, with 00 at times

People write any of them into one box. Each kernel reads the whole family; a number that is of another scheme than the
box says keeps its value and gets `other_scheme`. A letter that is not in an alphabet (O for 0) is never guessed.
"""

from __future__ import annotations

import re
from operator import mul
from typing import Final

from crmquality.normalizer.identifiers_residents import division_issues, is_ric, upgrade_ric
from crmquality.normalizer.identifiers_text import compact_code, unusable
from crmquality.tables import Normalized

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: no I, O, S, V, Z."""

# The authorities of GB 32100-2015, table 1, and its later amendments: 1 institutional organization, 2 foreign affairs,
# 3 justice, 4 culture, 5 civil affairs, 6 tourism, 7 religion, 8 trade unions, 9 market supervision, A military,
# N agriculture, Y others.
_USCC: Final = re.compile(r"[1-9ANY][0-9A-HJ-NP-RTUWXY][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}\Z")
_ORG_CODE: Final = re.compile(r"[0-9A-Z]{8}[0-9X]\Z")
_OLD_TAX: Final = re.compile(r"[1-9][0-9]{5}[0-9A-Z]{8}[0-9X]\Z")
_SELF_EMPLOYED: Final = re.compile(r"(?:[0-9]{17}[0-9X](?:[0-9]{2})?|[0-9]{15}[0-9]{2})\Z")
_USCC_VALUE: Final = {c: i for i, c in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))
_ORG_VALUE: Final = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_LONG_X: Final = re.compile("X{4,}")


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
        organization code), `authority` (first character), `division` (6 digits), `kind` (uscc, org_code, tax_15,
        registration_no, self_employed), `masked`, `compact`.

    >>> answer = normalize_uscc("91-110000-600037341-l")
    >>> answer.value, answer.parts["key"], answer.parts["division"], answer.parts["authority"]
    ('91110000600037341L', '600037341', '110000', '9')
    >>> normalize_uscc("60003734-1").parts["key"], normalize_uscc("60003734-1").issues
    ('600037341', ('other_scheme',))
    >>> normalize_uscc("91110000600037341I").issues
    ('invalid_format',)
    """
    # most cells, at a third of the cost: what has the form and the check character has no second reading
    if value is not None and _USCC.match(value) and "XXXX" not in value:
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


def _normalize(value: str | None, wanted: str) -> Normalized:
    code, issues = compact_code(value)
    if code is None or issues[-1:] == ("invalid_format",):
        return Normalized(None, {} if code is None else {"compact": code}, issues)
    masked = _LONG_X.sub(lambda m: "*" * len(m.group()), code)
    if "*" in masked:
        return Normalized(None, {"masked": masked}, (*issues, "masked"))
    found = _read_family(code, issues, wanted)
    if found is None:
        lengths = {"uscc": (18,), "org_code": (9,), "tax": (15, 18, 20), "registration_no": (15,)}[wanted]
        return unusable(code, (*issues, "invalid_format" if len(code) in lengths else "invalid_length"))
    kind = found.parts["kind"]
    if kind == wanted or (wanted == "tax" and kind in {"uscc", "tax_15", "self_employed"}):
        return found
    return Normalized(found.value, found.parts, (*found.issues, "other_scheme"))


def _read_family(code: str, issues: tuple[str, ...], wanted: str) -> Normalized | None:
    """What a code is; where two readings are possible, the one whose check digit is right, then the wanted one."""
    if len(code) == 9 and _ORG_CODE.match(code):
        fault = () if org_code_check_character(code[:8]) == code[8] else ("invalid_check_digit",)
        return Normalized(code, {"key": code, "org_code": code, "kind": "org_code"}, (*issues, *fault))
    if len(code) == 15:
        return _read_15(code, issues, wanted)
    if len(code) == 18 and _USCC.match(code):
        found = _read_uscc(code, issues)
        if "invalid_check_digit" not in found.issues or not is_ric(code):
            return found
    if _SELF_EMPLOYED.match(code):
        return _read_self_employed(code, issues)
    return None


def _read_uscc(code: str, issues: tuple[str, ...]) -> Normalized:
    parts: dict[str, str | None] = {
        "key": code[8:17],
        "org_code": code[8:17],
        "authority": code[0],
        "division": code[2:8],
        "kind": "uscc",
    }
    if uscc_check_character(code[:17]) != code[17]:
        issues = (*issues, "invalid_check_digit")
    # 100000 is the whole country: the number of an organization that a ministry registered
    return Normalized(code, parts, issues if code[2:8] == "100000" else issues + division_issues(code[2:8]))


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
    parts = {"key": code, "division": code[:6], "kind": kind}
    if kind == "tax_15":
        parts.update(key=code[6:], org_code=code[6:])
    right = is_tax if kind == "tax_15" else is_registration
    return Normalized(code, parts, (*issues, *(() if right else ("invalid_check_digit",)), *division_issues(code[:6])))


def _read_self_employed(code: str, issues: tuple[str, ...]) -> Normalized | None:
    person = upgrade_ric(code[:15]) if len(code) < 18 else code[:18]
    if person is None:
        return None
    fault = () if is_ric(person) else ("invalid_check_digit",)
    return Normalized(code, {"key": person, "division": code[:6], "kind": "self_employed"}, (*issues, *fault))
