"""Phone numbers: what stands in a phone cell, as E.164.

A cell holds more than a number: labels, names, a second number, an extension, the damage of a spreadsheet. The order
of the steps is a contract: a bare mobile of mainland China, one Unicode form, damage, masks, letters for digits,
numbers with their extensions, placeholders, what is wrong with the rest. Nothing is guessed: digits that are hidden,
cut off or look like letters give no number, only a code.

Parts of a number:

| part | what it is |
|---|---|
| `e164` | the number without its extension: `+861062781234` |
| `national` | the national significant number: `1062781234` |
| `kind` | a `PhoneKind`: mobile, virtual, fixed_line, toll_free, shared_cost, service ... |
| `region` | ISO 3166 country of the number |
| `area`, `city` | area code of a landline of mainland China (`010`), and the cities it serves, with spaces between |
| `extension` | digits behind the number |
| `others` | further numbers of the cell, as `value` would be, with spaces between |
| `all` | `value` and `others` |
| `note` | the words of the cell that are no label |
| `masked` | a number with hidden digits: `138****8001` |
| `digits` | the digits as typed, where there is no valid number |
| `placeholder` | the number that only fills the box, in E.164 if it is valid |

A mobile of mainland China with an extension (13512345678-9100) is a relay that many people share in turn: its kind is
`virtual`, and it is never equal to the bare number.

Sources: ITU-T E.164 (numbers), RFC 3966 (`;ext=`), libphonenumber's metadata by way of phonenumbers (validity).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from crmquality.errors import ConfigError, unknown
from crmquality.normalizer.numbering_plans import PhoneKind, library
from crmquality.normalizer.phone_cells import Cell, Run, digits_only, read_cell
from crmquality.normalizer.phone_numbers import (
    Number,
    area_of,
    by_library,
    is_filler,
    is_filler_number,
    is_possible,
    is_short_number,
    lacks_area_code,
    repair,
    resolve,
)
from crmquality.normalizer.text import clean
from crmquality.tables import Normalized

__all__ = ["ISSUES", "PhoneKind", "normalize_phone", "region_fault"]

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "annotation_removed",
    "spreadsheet_damage",
    "masked",
    "letters_for_digits",
    "several_phones",
    "extension",
    "virtual_number",
    "service_number",
    "missing_area_code",
    "possible_phone",
    "invalid_phone",
)

# A bare mobile of mainland China, the most common value of all: the same prefixes as in `phone_numbers`.
_BARE_MOBILE: Final = re.compile(r"(\+86)?(1(?:[38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])\d{8})\Z", re.ASCII)
# Digits and marks, nothing else: needs no reading. Not what starts like a count, which may be a placeholder.
_PLAIN: Final = re.compile(r"([+(]{0,2}\d[\d \-()]{4,28}\d)(?: ?(?:转|分机|ext\.?) ?(\d{1,6}))?\Z", re.ASCII)
_COUNT: Final = re.compile(r"\W*0{0,2}(?:86)?\W*(?:12345|01234|98765|87654|1-?2-?3|0-?1-?2|9-?8-?7|8-?7-?6)", re.ASCII)
_GROUPS: Final = re.compile(r"[/ ]+")
_FINE_GROUPS: Final = re.compile(r"[/ \-.]+")
_LOCAL: Final = re.compile(r"[2-8]\d{6,7}\Z")
_VANITY: Final = re.compile(r"\+?[\d\-. ()]{3,}[A-Z][A-Z\d-]{3,}\Z")
_MAX_GROUPS: Final = 24
_NONE: Final = Normalized(None)


def normalize_phone(value: str | None, *, region: str | None) -> Normalized:
    """The phone number in a cell, as E.164 with `;ext=`, or None where there is no valid one.

    Args:
        value: the cell.
        region: ISO 3166 country of numbers without a country code; None takes only numbers with one.

    Returns:
        The number; parts as in this module's table.

    Raises:
        ConfigError: when there is no such region, which `region_fault` says beforehand.

    >>> normalize_phone("手机：138-0013-8001（微信同号）", region="CN").value
    '+8613800138001'
    >>> normalize_phone("010-62781234转8001", region="CN").value
    '+861062781234;ext=8001'
    >>> answer = normalize_phone("62781234", region="CN")
    >>> answer.value, answer.parts, answer.issues
    (None, {'digits': '62781234'}, ('missing_area_code',))
    """
    if value is not None and (region == "CN" or value.startswith("+86")):
        match = _BARE_MOBILE.match(value)
        if match is not None:
            national = match[2]
            if not national.endswith("00000000") and national != "13800138000":
                e164 = "+86" + national
                parts = {"e164": e164, "national": national, "kind": "mobile", "region": "CN", "all": e164}
                return Normalized(e164, parts)
    if region != "CN" and region is not None and (fault := region_fault(region)):
        raise ConfigError(fault)
    if value is None:
        return _NONE
    if (plain := _PLAIN.match(value)) and not _COUNT.match(value):
        number = _one(plain[1], region, plain[2])
        if number is not None and not is_filler_number(number):
            return Normalized(number.value, _parts_of(number), _extension_issue(number))
    return _read(value, region)


def _read(value: str, region: str | None) -> Normalized:
    text, issues = clean(digits_only(value))
    if text is None:
        return Normalized(None, issues=issues)
    return _Reading(region).answer(text, read_cell(text), issues)


@lru_cache(maxsize=512)
def region_fault(region: str | None) -> str | None:
    """What is wrong with a region, as one sentence, or None where it is one that phonenumbers knows.

    >>> region_fault("CN"), region_fault(None)
    (None, None)
    >>> region_fault("cn")[-18:], region_fault("86")[-18:]
    ("Did you mean 'CN'?", "Did you mean 'CN'?")
    """
    if region is None or region == "CN":
        return None
    lib = library()
    if region in lib.SUPPORTED_REGIONS:
        return None
    wanted = region.strip().upper()
    calling_code = wanted.removeprefix("+")
    if calling_code.isascii() and calling_code.isdecimal() and len(calling_code) <= 3:
        wanted = lib.region_code_for_country_code(int(calling_code))
    wanted = {"UK": "GB", "CHN": "CN", "CHINA": "CN", "中国": "CN", "USA": "US"}.get(wanted, wanted)
    if wanted in lib.SUPPORTED_REGIONS:
        return f"unknown region {region!r}; expected an ISO 3166 country code in capitals. Did you mean {wanted!r}?"
    known = ("CN", "HK", "MO", "TW", "SG", "US", "GB", "DE", "FR", "JP", "KR")
    return unknown("region", region, known).replace("known: ", "known are the ISO 3166 country codes, such as ")


class _Reading:
    """One cell being read: the numbers found so far and what was noticed on the way."""

    def __init__(self, region: str | None) -> None:
        self.region = region
        self.numbers: list[Number] = []
        self.fillers: list[str] = []
        self.leftovers: list[str] = []

    def answer(self, text: str, cell: Cell, issues: tuple[str, ...]) -> Normalized:
        """What the cell says, once every run has been read."""
        for run in cell.runs:
            self._take(run)
        if not self.numbers and not cell.letters and not self.fillers and self._take_vanity(text):
            cell = cell._replace(note="", annotated=False)
        codes = dict.fromkeys(issues)
        if cell.damaged or cell.truncated:
            codes["spreadsheet_damage"] = None
        if self.fillers:
            codes["placeholder"] = None
        parts = self._describe(cell, codes) if self.numbers else self._explain(cell, codes)
        if cell.masked:
            codes["masked"] = None
            parts["masked"] = cell.masked
        note = " ".join(filter(None, (cell.note, *self.leftovers))) if self.numbers else cell.note
        if note:
            parts["note"] = note
        return Normalized(self.numbers[0].value if self.numbers else None, parts, tuple(codes))

    def _describe(self, cell: Cell, codes: dict[str, None]) -> dict[str, str | None]:
        if cell.annotated or self.leftovers:
            codes["annotation_removed"] = None
        first, *others = self.numbers
        parts = _parts_of(first)
        codes |= dict.fromkeys(_extension_issue(first))
        if others:
            codes["several_phones"] = None
            parts["others"] = " ".join(n.value for n in others)
            parts["all"] = " ".join(n.value for n in self.numbers)
        return parts

    def _explain(self, cell: Cell, codes: dict[str, None]) -> dict[str, str | None]:
        """Why there is no number: the most telling reason, and the digits as typed."""
        if self.fillers:
            return {"placeholder": self.fillers[0]}
        if cell.letters:
            codes["letters_for_digits"] = None
        if cell.letters or cell.truncated or (cell.masked and not cell.runs):
            return {}
        longest = max(cell.runs, key=lambda run: len(run.digits), default=Run("", None))
        digits = longest.digits
        parts: dict[str, str | None] = {"digits": digits} if digits else {}
        if is_short_number(digits, self.region):
            codes["service_number"] = None
            parts |= {"kind": "service", "region": self.region}
        elif lacks_area_code(digits, self.region):
            codes["missing_area_code"] = None
        elif digits and is_possible(longest.base, self.region):
            codes["possible_phone"] = None
        else:
            codes["invalid_phone"] = None
        return parts

    def _take(self, run: Run) -> None:
        digits = run.digits
        if is_filler(digits) or is_filler(digits.removeprefix("0").removeprefix("0").removeprefix("86")):
            self.fillers.append(digits)
            return
        number = _one(run.base, self.region, run.extension)
        if number is None and (repaired := repair(run.base, self.region)):
            number = _extended(repaired, run.extension)
        if number is not None:
            self._keep(number)
            return
        found, left = self._split(run, _GROUPS)
        if not found:
            found, left = self._split(run, _FINE_GROUPS)
            found = [] if left else found
        if not found and (local := self._in_same_area(run.base, run.extension, self.numbers)):
            found = [local]
        for each in found:
            self._keep(each)
        self.leftovers += left if found else [run.base] if self.numbers else []

    def _keep(self, number: Number) -> None:
        if is_filler_number(number):
            self.fillers.append(number.value)
        elif number not in self.numbers:
            self.numbers.append(number)

    def _split(self, run: Run, marks: re.Pattern[str]) -> tuple[list[Number], list[str]]:
        """The numbers of a run that holds several, and the groups that belong to none; nothing if it does not.

        The longest groups that make a number together come first. Groups too few to be a number may stand behind one
        that was typed in one piece: "13812345678 2" is a number and a note, "138 1234 5678 9" is a mistake.
        """
        groups = marks.split(run.base.strip())[:_MAX_GROUPS]
        found: list[Number] = []
        left: list[str] = []
        whole = True
        at = 0
        while len(groups) > 1 and at < len(groups):
            for end in range(min(len(groups), at + 5), at, -1):
                number = _one(" ".join(groups[at:end]), self.region, None)
                if number is not None:
                    found.append(number)
                    whole = whole and end == at + 1
                    at = end
                    break
            else:
                left.append(groups[at])
                at += 1
        if not found or (left and not whole and "/" not in run.base):
            return [], []
        for group in tuple(left):
            if local := self._in_same_area(group, None, found):
                found.append(local)
                left.remove(group)
        found[-1] = _extended(found[-1], run.extension)
        return found, left

    def _in_same_area(self, digits: str, extension: str | None, before: list[Number]) -> Number | None:
        """010-62781234/62785678: a second landline of the same area, whose code nobody types twice."""
        if not before or not _LOCAL.match(digits) or not (area := area_of(before[-1])):
            return None
        number = resolve(area[0] + digits, "CN")
        return None if number is None else _extended(number, extension)

    def _take_vanity(self, text: str) -> bool:
        """1-800-FLOWERS: letters of a dial, where they make a number that nobody but a company has."""
        if len(text) > 40 or not _VANITY.match(text):
            return False
        number = by_library(text, self.region)
        if number is None or number.kind not in ("toll_free", "shared_cost", "service"):
            return False
        self._keep(number)
        return bool(self.numbers)


def _parts_of(number: Number) -> dict[str, str | None]:
    parts: dict[str, str | None] = {
        "e164": number.e164,
        "national": number.national,
        "kind": number.kind,
        "region": number.region,
        "all": number.value,
    }
    if area := area_of(number):
        parts["area"], parts["city"] = area
    if number.extension is not None:
        parts["extension"] = number.extension
    return parts


def _one(text: str, region: str | None, extension: str | None) -> Number | None:
    """The one number a text is: as it stands, or with a hyphen before its extension, as the Chinese write it."""
    number = resolve(text, region)
    if number is not None:
        return _extended(number, extension)
    head, hyphen, tail = text.rpartition("-")
    tail = tail.strip()
    if not hyphen or extension is not None or not 1 <= len(tail) <= 6 or not tail.isdecimal():
        return None
    number = resolve(head, region)
    if number is None or number.region != "CN" or (number.kind == "mobile" and len(tail) < 3):
        return None
    return _extended(number, tail)


def _extended(number: Number, extension: str | None) -> Number:
    """The number with an extension; a mobile of mainland China becomes a relay's virtual number by it."""
    if extension is None:
        return number
    relay = number.region == "CN" and number.kind == "mobile"
    return number._replace(extension=extension, kind="virtual" if relay else number.kind)


def _extension_issue(number: Number) -> tuple[str, ...]:
    if number.extension is None:
        return ()
    return ("virtual_number",) if number.kind == "virtual" else ("extension",)
