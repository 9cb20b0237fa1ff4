"""Identity numbers of residents of mainland China (GB 11643-1999), and the permits that are built like them.

A resident identity number has 18 places: 6 of the division that first issued it (GB/T 2260), 8 of the birth date, 3 of
a sequence that is odd for men, and a check digit (ISO 7064 MOD 11-2). Permits of residents of Hong Kong, Macao and
Taiwan have the same form with 810000, 820000 and 830000 in front (State Council order of 2018). Numbers of 15 digits,
issued until 1999, have a year of two digits and no check digit.

The permanent residence card of foreigners has since December 2023 a 9, two digits of the province, three of the
nationality (ISO 3166-1 numeric), and the rest alike (National Immigration Administration). Until then it had 15 places:
nationality (alpha-3), 4 digits of the place, a birth date of six digits, a sequence, and a check digit as in passports.

Divisions come and go, and people keep their numbers: whether a code is still given out is a part and at most a hint.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from operator import mul
from typing import Final

from crmquality.normalizer.identifiers_text import (
    DIGIT_LIKE,
    Cell,
    Form,
    empty,
    is_filler,
    read_cell,
    with_parts,
)
from crmquality.reference import read_table
from crmquality.tables import Normalized

EARLIEST_BIRTH_YEAR: Final = 1880
"""Numbers were first issued in 1984: whoever has one was born in living memory of that year."""
LATEST_BIRTH_YEAR: Final = 2039
"""A kernel asks no clock: a bound that outlives this release. Whether a birth lies after today, the validator says."""

_RIC: Final = re.compile(r"[1-9][0-9]{16}[0-9X]\Z")
_OLD_FOREIGN: Final = re.compile(r"[A-Z]{3}[0-9]{12}\Z")
_FIFTEEN: Final = re.compile(r"[1-9][0-9]{14}\Z")
_FITS: Final = re.compile(r"(?:[1-9][0-9]{16}[0-9X]|[1-9][0-9]{14}|[A-Z]{3}[0-9]{12})\Z")
_MASKED_RIC: Final = re.compile(r"[0-9*]{17}[0-9X*]\Z")
# A travel permit, a passport, an identity card of Taiwan or Hong Kong: sound perhaps, but of no resident number's form
_OTHER_DOCUMENT: Final = re.compile(
    r"(?:(?P<permit_hk>H[0-9]{8}(?:[0-9]{2})?)|(?P<permit_mo>M[0-9]{8}(?:[0-9]{2})?)"
    r"|(?P<passport_cn>E[0-9A-HJ-NP-Z][0-9]{7}|G[0-9]{8})|(?P<tw_id>[A-Z][1289][0-9]{8})|(?P<hk_id>[A-Z][0-9]{6}[0-9A]))\Z"
)
_SAYS_PERMIT_TW: Final = re.compile("台胞|臺胞|(?:台湾|臺灣|台灣).{0,8}通行")
_EIGHT: Final = re.compile(r"[0-9]{8}(?:[0-9]{2}[A-Z0-9]?)?\Z")
# the weights 2^17 ... 2^1 modulo 11; of characters, whose codes are 48 more than their digits
_WEIGHTS: Final = tuple(pow(2, 17 - i, 11) for i in range(17))
_CHECK: Final = {(r + 48 * sum(_WEIGHTS)) % 11: c for r, c in enumerate("10X98765432")}
_PERMITS: Final = frozenset({"810000", "820000", "830000"})
LAG: Final = 2
"""Years in which registers go on giving out the code of a division that has ended."""
# 71: an old code of Taiwan, found in numbers of people who settled on the mainland
_PROVINCE: Final = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
_AGED: Final = "996"
"""The sequences 996 to 999 of 15 digits were kept for people a hundred years old when numbers were first given."""


@cache
def divisions() -> frozenset[str]:
    """The codes of six digits that are given out today."""
    codes = {row["code"] for row in read_table("divisions.csv")}
    # 市辖区, the city's own seat, is a code (440301) and no place: no table of places has it
    return frozenset(codes | {f"{c[:4]}01" for c in codes if c.endswith("00") and not c.endswith("0000")})


@cache
def ended_divisions() -> dict[str, int]:
    """The codes that ended, as far as they are listed, and the last year each was given out."""
    years: dict[str, int] = {}
    for row in read_table("retired_divisions.csv"):
        years[row["code"]] = max(years.get(row["code"], 0), int(row["year"]))
    return years


@cache
def ended_prefectures() -> frozenset[str]:
    """The first four digits of prefectures that ended, as far as they are listed: so did the codes of their counties.

    >>> "4403" in ended_prefectures()
    False
    """
    current = {code[:4] for code in divisions()}
    return frozenset({c[:4] for c in ended_divisions() if c[4:] in ("", "00")} - current)


@lru_cache(maxsize=8192)
def division_status(code: str) -> str:
    """Whether a division's code of six digits (GB/T 2260) is `current`, `retired`, or `unknown`.

    >>> division_status("440305"), division_status("110103"), division_status("999999")
    ('current', 'retired', 'unknown')
    """
    if code in divisions():
        return "current"
    ended = code in ended_divisions() or code[:4] in ended_prefectures()
    return "retired" if ended and code[4:] != "00" else "unknown"


_STATUS_ISSUES: Final = {"current": (), "retired": ("region_retired",), "unknown": ("unknown_region",)}


def division_issues(code: str) -> tuple[str, ...]:
    """What is to be said of a division's code: nothing, retired, or not known.

    >>> division_issues("440305"), division_issues("110103"), division_issues("999999")
    ((), ('region_retired',), ('unknown_region',))
    """
    return _STATUS_ISSUES[division_status(code)]


class Head:
    """What the first six digits say: worked out once for each division."""

    __slots__ = ("division", "ended", "issues", "kind", "nationality", "status", "weight")

    def __init__(self, code: str) -> None:
        self.weight = sum(map(mul, code.encode(), _WEIGHTS))
        self.division: str | None = code
        self.nationality: str | None = None
        self.status: str | None = None
        self.ended = f"{LATEST_BIRTH_YEAR + 1}"  # births from this year on are later than the division
        self.issues: tuple[str, ...] = ()
        self.kind = "resident"
        if code in _PERMITS:
            self.kind = "hmt_resident"
        elif code[0] == "9":
            self.kind, self.division, self.nationality = "foreign_resident", None, code[3:]
            self.issues = () if _PROVINCE.match(code[1:3]) else ("unknown_region",)
        else:
            self.status = division_status(code)
            self.issues = _STATUS_ISSUES[self.status]
            if self.status == "retired":
                self.ended = f"{ended_divisions().get(code, LATEST_BIRTH_YEAR) + LAG + 1}"


head_of: Final = lru_cache(maxsize=8192)(Head)
"""The `Head` of six digits."""


@lru_cache(maxsize=65_536)
def _birth(digits: str) -> tuple[str | None, int]:
    """The date of eight digits, and their share of the check digit's sum."""
    weight = sum(map(mul, digits.encode(), _WEIGHTS[6:]))
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None, weight
    return (born.isoformat() if EARLIEST_BIRTH_YEAR <= born.year <= LATEST_BIRTH_YEAR else None), weight


# Of each sequence of three digits: its share of the check digit's sum
_SEQUENCE: Final = {f"{n:03}": sum(map(mul, f"{n:03}".encode(), _WEIGHTS[14:])) for n in range(1000)}


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
    return bool(_RIC.match(code)) and ric_check_digit(code[:17]) == code[17] and _birth(code[6:14])[0] is not None


def upgrade_ric(code: str) -> str | None:
    """The 18 digits of a number of 15, or None where its date is none.

    >>> upgrade_ric("110105491231002"), upgrade_ric("110105499931002")
    ('11010519491231002X', None)
    >>> upgrade_ric("110105851231998")
    '110105188512319980'
    """
    century = "18" if code[12:] >= _AGED and int(code[6:8]) + 1800 >= EARLIEST_BIRTH_YEAR else "19"
    first = code[:6] + century + code[6:]
    return first + ric_check_digit(first) if _birth(first[6:14])[0] else None


def _is_sound(code: str) -> bool:
    if len(code) == 15:
        return code.isdigit() and upgrade_ric(code) is not None
    return is_ric(code)


RESIDENT: Final = Form(_FITS.match, _is_sound, DIGIT_LIKE, (15, 18))


def normalize_ric(value: str | None) -> Normalized:
    """A resident identity number of mainland China, or a permit of the same form.

    Returns:
        18 characters; of foreigners' cards before 2023, 15. Parts: `key`, `birth_date` (ISO), `sex` (M, F), `division`
        (6 digits), `division_status` (current, retired, unknown), `kind` (resident, hmt_resident, foreign_resident),
        `nationality` (of foreign residents, ISO 3166-1: numeric, on old cards alpha-3); `others` and `note` of the
        cell; where there is no value, `masked`, `compact`, `placeholder`, and `suggestion`: what it would be with
        letters read as digits, or with the check digit that is missing.

    >>> answer = normalize_ric("110105 19491231 002x")
    >>> answer.value, answer.parts["birth_date"], answer.parts["sex"], answer.parts["division"]
    ('11010519491231002X', '1949-12-31', 'F', '110105')
    >>> normalize_ric("110105491231002").value, normalize_ric("110105491231002").issues
    ('11010519491231002X', ('upgraded',))
    >>> normalize_ric("110105********002X").parts
    {'masked': '110105********002X', 'division': '110105', 'sex': 'F'}
    >>> normalize_ric("1101O519491231OO2X").parts["suggestion"]
    '11010519491231002X'
    """
    if value is not None and _RIC.match(value):  # most cells, at a tenth of the cost
        return read_ric(value, ())
    return resident_answer(read_cell(value, RESIDENT))


def resident_answer(cell: Cell) -> Normalized:
    """The answer of a cell that was read for a resident's number."""
    code = cell.code
    if code is None:
        return _masked(cell) if "masked" in cell.parts else _without_check_digit(cell)
    if len(code) == 18:
        return with_parts(read_ric(code, cell.issues), cell)
    if not code.isdigit():
        return with_parts(_read_old_foreign(code, cell.issues), cell)
    longer = upgrade_ric(code)
    if longer is None:
        return Normalized(None, {"compact": code, **cell.parts}, (*cell.issues, "invalid_birth_date"))
    return with_parts(read_ric(longer, (*cell.issues, "upgraded")), cell)


def read_ric(code: str, issues: tuple[str, ...]) -> Normalized:
    """A code of 18 places."""
    head = head_of(code[:6])
    born, weight = _birth(code[6:14])
    parts: dict[str, str | None] = {
        "key": code,
        "birth_date": born,
        "sex": "M" if code[16] in "13579" else "F",
        "division": head.division,
        "division_status": head.status,
        "kind": head.kind,
    }
    if head.nationality is not None:
        parts["nationality"] = head.nationality
    right = _CHECK[(head.weight + weight + _SEQUENCE[code[14:17]]) % 11] == code[17]
    if born is not None and right:
        return Normalized(code, parts, issues + (head.issues if born < head.ended else ("region_before_birth",)))
    return _doubtful(code, parts, issues, right=right)


def _doubtful(code: str, parts: dict[str, str | None], issues: tuple[str, ...], *, right: bool) -> Normalized:
    """A number whose check digit is wrong, or whose birth date is none."""
    head, born = head_of(code[:6]), parts["birth_date"]
    if born is None and is_filler(code):
        return Normalized(None, {"placeholder": code}, (*issues, "placeholder"))
    if not right:
        if code.endswith("000"):  # a spreadsheet keeps 15 digits of a number and writes zeros for the rest
            parts.update(key=None, sex=None, masked=code[:15] + "***")
            return Normalized(None, parts, (*issues, "spreadsheet_damage"))
        issues = (*issues, "invalid_check_digit")
    if born is None:
        issues = (*issues, "invalid_birth_date")
    elif born >= head.ended:
        return Normalized(code, parts, (*issues, "region_before_birth"))
    return Normalized(code, parts, issues + head.issues)


def _masked(cell: Cell) -> Normalized:
    """What a masked number still shows."""
    pattern = cell.parts["masked"] or ""
    parts = dict(cell.parts)
    if _MASKED_RIC.match(pattern):
        if pattern[:6].isdigit() and pattern[0] != "9":
            parts["division"] = pattern[:6]
        if pattern[6:14].isdigit() and (born := _birth(pattern[6:14])[0]):
            parts["birth_date"] = born
        if pattern[16].isdigit() and "spreadsheet_damage" not in cell.issues:
            parts["sex"] = "M" if pattern[16] in "13579" else "F"
    return Normalized(None, parts, cell.issues)


def _without_check_digit(cell: Cell) -> Normalized:
    """17 digits with a birth date in them have lost their last character, most often an X."""
    code = cell.parts.get("compact") or ""
    if len(code) == 17 and code.isascii() and code.isdigit() and _birth(code[6:14])[0] and code[0] != "0":
        return Normalized(None, {**cell.parts, "suggestion": code + ric_check_digit(code)}, cell.issues)
    kind = _OTHER_DOCUMENT.match(code)
    name = kind.lastgroup if kind else "permit_tw" if _SAYS_PERMIT_TW.search(cell.text) and _EIGHT.match(code) else None
    if name is not None:
        issues = tuple(i for i in cell.issues if not i.startswith("invalid"))
        return Normalized(None, {**cell.parts, "kind": name}, (*issues, "other_scheme"))
    return empty(cell)


_MRZ_VALUE: Final = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}


def machine_readable_check_digit(first: str) -> str:
    """The check digit of a machine-readable travel document (ICAO 9303, part 3): weights 7, 3, 1.

    >>> machine_readable_check_digit("L898902C3")
    '6'
    """
    return str(sum(_MRZ_VALUE[c] * (7, 3, 1)[i % 3] for i, c in enumerate(first)) % 10)


def _read_old_foreign(code: str, issues: tuple[str, ...]) -> Normalized:
    """A foreigner's card until 2023. Its birth year has two digits, so there is no birth date among the parts."""
    if machine_readable_check_digit(code[:14]) != code[14]:
        issues = (*issues, "invalid_check_digit")
    if not (1 <= int(code[9:11]) <= 12 and 1 <= int(code[11:13]) <= 31):
        issues = (*issues, "invalid_birth_date")
    if not _PROVINCE.match(code[3:5]):
        issues = (*issues, "unknown_region")
    parts: dict[str, str | None] = {
        "key": code,
        "sex": "M" if code[13] in "13579" else "F",
        "kind": "foreign_resident",
        "nationality": code[:3],
    }
    return Normalized(code, parts, issues)
