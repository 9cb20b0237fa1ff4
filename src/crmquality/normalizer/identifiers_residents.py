"""Identity numbers of residents: mainland China (GB 11643-1999), Hong Kong and Taiwan.

A resident identity number has 18 places: 6 of the division that first issued it (GB/T 2260), 8 of the birth date, 3 of
a sequence that is odd for men, and a check digit (ISO 7064 MOD 11-2). Permits of residents of Hong Kong, Macao and
Taiwan have the same form with 810000, 820000 and 830000 in front (State Council order of 2018). The permanent residence
card of foreigners of 2023 has a 9, two digits of the province, three of the nationality, and the rest alike. Numbers of
15 digits, issued until 1999, have a year of two digits and no check digit.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from operator import mul
from typing import Final

from crmquality.normalizer.identifiers_text import compact_code, unusable
from crmquality.reference import read_table
from crmquality.tables import Normalized

EARLIEST_BIRTH_YEAR: Final = 1880
"""Numbers were first issued in 1984: whoever has one was born in living memory of that year."""
LATEST_BIRTH_YEAR: Final = 2039
"""A kernel asks no clock: a bound that outlives this release. Whether a birth lies after today, the validator says."""

_RIC: Final = re.compile(r"[1-9][0-9]{16}[0-9X]\Z", re.ASCII)
_MASKED_RIC: Final = re.compile(r"(?=.*[0-9])[0-9*]{14}(?:[0-9*]|[0-9*]{3}[0-9*X])\Z")
_SCIENTIFIC: Final = re.compile(r"\s*'?([1-9])\.([0-9]{2,15})[Ee]\+?(14|17)\s*\Z", re.ASCII)
_X_INSIDE: Final = re.compile(r"X(?=.)|(?<=X)X")
# the weights 2^17 ... 2^1 modulo 11; of characters, whose codes are 48 more than their digits
_WEIGHTS: Final = tuple(pow(2, 17 - i, 11) for i in range(17))
_CHECK: Final = {(r + 48 * sum(_WEIGHTS)) % 11: c for r, c in enumerate("10X98765432")}
_PERMITS: Final = frozenset({"810000", "820000", "830000"})
# 71: an old code of Taiwan, found in numbers of people who settled on the mainland
_PROVINCE: Final = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")


@cache
def _divisions() -> frozenset[str]:
    codes = {row["code"] for row in read_table("divisions.csv")}
    # 市辖区, the city's own seat, is a code (440301) and no place: no table of places has it
    return frozenset(codes | {f"{c[:4]}01" for c in codes if c.endswith("00") and not c.endswith("0000")})


@cache
def _retired_divisions() -> frozenset[str]:
    return frozenset(row["code"] for row in read_table("retired_divisions.csv"))


@lru_cache(maxsize=8192)
def division_issues(code: str) -> tuple[str, ...]:
    """What is to be said of a division's code of six digits (GB/T 2260): nothing, retired, or not known.

    >>> division_issues("440305"), division_issues("110103"), division_issues("999999")
    ((), ('region_retired',), ('unknown_region',))
    """
    if code in _divisions():
        return ()
    return ("region_retired",) if code in _retired_divisions() else ("unknown_region",)


@lru_cache(maxsize=65_536)
def _birth_date(digits: str) -> str | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born.isoformat() if EARLIEST_BIRTH_YEAR <= born.year <= LATEST_BIRTH_YEAR else None


def ric_check_digit(first: str) -> str:
    """The check digit of the first 17 digits of a resident identity number.

    >>> ric_check_digit("11010519491231002")
    'X'
    """
    return _CHECK[sum(map(mul, first.encode(), _WEIGHTS)) % 11]


def is_ric(code: str) -> bool:
    """Whether a compact code is a resident identity number with a birth date and the right check digit.

    >>> is_ric("11010519491231002X"), is_ric("91110000600037341L")
    (True, False)
    """
    return bool(_RIC.match(code)) and ric_check_digit(code[:17]) == code[17] and _birth_date(code[6:14]) is not None


def upgrade_ric(code: str) -> str | None:
    """The 18 digits of a number of 15, or None where its date is none.

    The sequences 996 to 999 were kept for people who were a hundred years old when numbers were first given.

    >>> upgrade_ric("110105491231002"), upgrade_ric("110105499931002")
    ('11010519491231002X', None)
    """
    century = "18" if code[12:] >= "996" and int(code[6:8]) + 1800 >= EARLIEST_BIRTH_YEAR else "19"
    first = code[:6] + century + code[6:]
    return first + ric_check_digit(first) if _birth_date(first[6:14]) else None


def normalize_ric(value: str | None) -> Normalized:
    """A resident identity number of mainland China.

    Returns:
        18 characters. Parts: `key`, `birth_date` (ISO), `sex` (M, F), `division` (6 digits), `kind` (resident,
        hmt_resident, foreign_resident), `nationality` (ISO 3166-1 numeric, of foreign residents), `masked`, `compact`.

    >>> answer = normalize_ric("110105 19491231 002x")
    >>> answer.value, answer.parts["birth_date"], answer.parts["sex"], answer.parts["division"]
    ('11010519491231002X', '1949-12-31', 'F', '110105')
    >>> normalize_ric("110105491231002").value, normalize_ric("110105491231002").issues
    ('11010519491231002X', ('upgraded',))
    >>> normalize_ric("110105********002X").parts["masked"]
    '110105********002X'
    """
    if value is not None and _RIC.match(value):  # most cells, at a tenth of the cost
        return _read_ric(value, ())
    if value is not None and len(value) < 64 and (damaged := _SCIENTIFIC.match(value)):
        digits = damaged[1] + damaged[2]
        length = int(damaged[3]) + 1
        return Normalized(None, {"masked": digits[:length].ljust(length, "*")}, ("spreadsheet_damage",))
    code, issues = compact_code(value)
    if code is None or issues[-1:] == ("invalid_format",):
        return Normalized(None, {} if code is None else {"compact": code}, issues)
    if _RIC.match(code):
        return _read_ric(code, issues)
    if len(code) == 15 and code.isdigit():
        longer = upgrade_ric(code)
        if longer is None:
            return unusable(code, (*issues, "invalid_birth_date"))
        return _read_ric(longer, (*issues, "upgraded"))
    masked = _X_INSIDE.sub("*", code)
    if "*" in masked and _MASKED_RIC.match(masked):
        return Normalized(None, {"masked": masked}, (*issues, "masked"))
    fault = "invalid_format" if len(code) in {15, 18} else "masked" if "*" in code else "invalid_length"
    return unusable(code, (*issues, fault))


def _read_ric(code: str, issues: tuple[str, ...]) -> Normalized:
    division = code[:6]
    born = _birth_date(code[6:14])
    parts: dict[str, str | None] = {
        "key": code,
        "birth_date": born,
        "sex": "M" if code[16] in "13579" else "F",
        "division": division,
        "kind": "resident",
    }
    if ric_check_digit(code[:17]) != code[17]:
        if code.endswith("000"):  # a spreadsheet keeps 15 digits of a number and writes zeros for the rest
            parts.update(key=None, sex=None, masked=code[:15] + "***")
            return Normalized(None, parts, (*issues, "spreadsheet_damage"))
        issues = (*issues, "invalid_check_digit")
    if born is None:
        issues = (*issues, "invalid_birth_date")
    if division in _PERMITS:
        parts["kind"] = "hmt_resident"
    elif code[0] == "9":
        parts.update(kind="foreign_resident", division=None, nationality=code[3:6])
        if not _PROVINCE.match(code[1:3]):
            issues = (*issues, "unknown_region")
    else:
        issues = issues + division_issues(division)
    return Normalized(code, parts, issues)


_HK: Final = re.compile(r"([A-Z]{1,2})([0-9]{6})([0-9A])\Z")


def normalize_hk_id(value: str | None) -> Normalized:
    """An identity card of Hong Kong: one or two letters, six digits, a check digit modulo 11 (A for ten).

    >>> normalize_hk_id("a123456(3)").value, normalize_hk_id("A123456(4)").issues
    ('A1234563', ('invalid_check_digit',))
    """
    code, issues = compact_code(value)
    if code is None or issues[-1:] == ("invalid_format",):
        return Normalized(None, {} if code is None else {"compact": code}, issues)
    found = _HK.match(code)
    if found is None:
        return _masked_or_unusable(code, issues, (8, 9))
    # a missing first letter counts as a space, 36; letters count from A = 10
    letters = [36, *(ord(c) - 55 for c in found[1])][-2:]
    weighted = zip([*letters, *map(int, found[2])], range(9, 1, -1), strict=True)
    check = "0123456789A"[-sum(n * w for n, w in weighted) % 11]
    return Normalized(code, {"key": code}, issues if check == found[3] else (*issues, "invalid_check_digit"))


_TW: Final = re.compile(r"[A-Z][1289A-D][0-9]{8}\Z")
_TW_LETTERS: Final = {letter: 10 + i for i, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}


def normalize_tw_id(value: str | None) -> Normalized:
    """An identity card of Taiwan (letter, 1 or 2) or a resident certificate (letter, 8 or 9; until 2020 A to D).

    Parts: `sex`, `kind` (citizen, resident).

    >>> normalize_tw_id("a123456789").value, normalize_tw_id("A123456789").parts["sex"]
    ('A123456789', 'M')
    >>> normalize_tw_id("A123456780").issues
    ('invalid_check_digit',)
    """
    code, issues = compact_code(value)
    if code is None or issues[-1:] == ("invalid_format",):
        return Normalized(None, {} if code is None else {"compact": code}, issues)
    if not _TW.match(code):
        return _masked_or_unusable(code, issues, (10,))
    first = _TW_LETTERS[code[0]]
    second = _TW_LETTERS[code[1]] % 10 if code[1].isalpha() else int(code[1])
    numbers = [first // 10, first % 10, second, *map(int, code[2:])]
    total = sum(n * w for n, w in zip(numbers, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True))
    parts: dict[str, str | None] = {
        "key": code,
        "sex": "M" if code[1] in "18AC" else "F",
        "kind": "citizen" if code[1] in "12" else "resident",
    }
    return Normalized(code, parts, issues if total % 10 == 0 else (*issues, "invalid_check_digit"))


def _masked_or_unusable(code: str, issues: tuple[str, ...], lengths: tuple[int, ...]) -> Normalized:
    if "*" in code:
        return Normalized(None, {"masked": code}, (*issues, "masked"))
    return unusable(code, (*issues, "invalid_format" if len(code) in lengths else "invalid_length"))
