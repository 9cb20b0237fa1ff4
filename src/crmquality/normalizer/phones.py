"""Phone numbers: what stands in a phone cell, as E.164.

A cell holds more than a number: labels, names, a second number, an extension, the damage of a spreadsheet. The order
of the steps is a contract: a plain number of mainland China, one Unicode form, damage, masks, letters for digits,
numbers with their extensions, placeholders, what is wrong with the rest. Nothing is guessed: digits that are hidden,
cut off or look like letters give no number, only a code.

Parts of a number:

| part | what it is |
|---|---|
| `e164` | the number without its extension: `+861062781234` |
| `national` | the national significant number: `1062781234` |
| `kind` | a `PhoneKind`: mobile, virtual, fixed_line, toll_free, shared_cost, premium, service ... |
| `region` | ISO 3166 country of the number |
| `area`, `city` | area code of a landline of mainland China (`010`), and the cities it serves, with spaces between |
| `extension` | digits behind the number |
| `others` | further numbers of the cell, as `value` would be, with spaces between |
| `all` | `value` and `others`: what records may be matched by. Absent where the number only fills the box |
| `fax` | those of the numbers that a fax answers, by what the cell says |
| `note` | the words of the cell that are no label; 传真 and 微信 stay, for they say what the number is good for |
| `masked` | a number with hidden digits: `138****8001` |
| `digits` | the digits as typed, where there is no valid number |
| `suggestion` | the number that letters among the digits (O755) probably stand for; then there is no value |
| `placeholder` | digits that only fill the box |

A mobile of mainland China with an extension (13512345678-9100) is a relay that many people share in turn: its kind is
`virtual`, and it is never equal to the bare number.

A number that people type to fill a box (13800000000, 010-12345678) but that phonenumbers calls valid stays the value,
with the code `placeholder` and without `all`, so that no two records meet by it; it gives way to any other number of
the cell. 13800138000 is known to be nobody's, and is no value.

Sources: ITU-T E.164 (numbers), RFC 3966 (`;ext=`), libphonenumber's metadata by way of phonenumbers (validity).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from crmquality.errors import ConfigError, unknown
from crmquality.normalizer.numbering_plans import PhoneKind, library
from crmquality.normalizer.phone_cells import Cell, Run, digits_only, is_of_fax, note_of, read_cell, says_dead
from crmquality.normalizer.phone_damage import read_letters, unmistakable
from crmquality.normalizer.phone_numbers import (
    CN_DOUBTFUL,
    CN_MOBILE,
    CN_NOBODYS,
    Number,
    in_china,
    is_filler,
    is_filler_number,
    is_nobodys,
)
from crmquality.normalizer.phone_reading import Reading, extended, extension_issue, one_number, parts_of
from crmquality.normalizer.text import clean, is_placeholder
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
    "completed_phone",
    "extension",
    "virtual_number",
    "service_number",
    "fax_number",
    "out_of_service",
    "missing_area_code",
    "possible_phone",
    "invalid_phone",
)

# The fast paths: what most cells hold. Each gives what the long way gives, which a test holds them to.
_BARE_MOBILE: Final = re.compile(rf"(\+86)?({CN_MOBILE}\d{{8}})\Z", re.ASCII)
_PLAIN_CN: Final = re.compile(
    r"(?:\(?(?:\+|00)?86\)?[ \-]?)?(?:"
    rf"(?P<prefix>{CN_MOBILE})(?P<mark>[ \-]?)(?P<middle>\d{{4}})(?P=mark)(?P<last>\d{{4}})"
    r"|(?P<hotline>[48]00)[ \-]?(?P<first>\d{3,4})[ \-]?(?P<rest>\d{3,4})"
    r"|(?P<bracket>\()?0?(?P<area>10|2\d|[3-9]\d\d)(?(bracket)\)[ \-]?|[ \-]?)(?P<local>[2-8]\d{2,3}[ \-]?\d{4})"
    r")(?: ?(?:转|分机|ext\.?|;ext=|(?P<hyphen>-)) ?(?P<extension>\d{1,6}))?\Z",
    re.ASCII,
)
_PLAIN: Final = re.compile(r"([+(]{0,2}\d[\d \-()]{4,28}\d)(?: ?(?:转|分机|ext\.?) ?(\d{1,6}))?\Z", re.ASCII)
_MOBILE: Final = rf"{CN_MOBILE}\d{{8}}"
_MOBILES: Final = re.compile(rf"{_MOBILE}(?: ?[/、;,，； ] ?{_MOBILE}){{1,4}}\Z", re.ASCII)
_BETWEEN: Final = re.compile(r"[/、;,，； ]+")
_SHEET: Final = re.compile(rf"(?:({_MOBILE})\.0{{1,6}}|'({_MOBILE})'?|=?\"({_MOBILE})\"|=({_MOBILE}))\Z", re.ASCII)
_MASKED: Final = re.compile(r"1[3-9]\d\*{4}\d{4}\Z", re.ASCII)
_WIDE: Final = re.compile(r"[0-9 ()+\-０-９＋（）－]{7,24}(?:(?:转|分机|ext\.?)[ 0-9０-９]{1,7})?\Z")
_TO_ASCII: Final = str.maketrans("０１２３４５６７８９＋（）－", "0123456789+()-")
_WORD: Final = r"[A-WYZa-wyz\u4e00-\u67cf\u67d1-\u9fff():,.]"  # no x and no 某, which hide digits
_NOTED: Final = re.compile(
    rf"(?P<front>(?:{_WORD}| ){{0,24}}?)[ (]{{0,4}}(?<![A-Za-z])"
    rf"(?P<prefix>{CN_MOBILE})(?P<mark>[ \-]?)(?P<middle>\d{{4}})(?P=mark)(?P<last>\d{{4}})(?![A-Za-z])\)?"
    rf"(?P<back>(?:{_WORD}|[ 。]){{0,24}})\Z",
    re.ASCII,
)
_NOT_WORDS: Final = re.compile(r"[qQ扣身证證邮郵工编編房]|mail|[〇零一壹幺二贰三叁四肆五伍六陆七柒八捌九玖 \-]{7}")
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
        elif (plain := _plain_chinese(value)) is not None or (
            region == "CN" and (plain := _in_china(value)) is not None
        ):
            return plain
    if region != "CN" and region is not None and (fault := region_fault(region)):
        raise ConfigError(fault)
    if value is None:
        return _NONE
    if plain_text := _PLAIN.match(value):
        number = one_number(plain_text[1], region, plain_text[2])
        if number is not None and not is_filler_number(number) and not is_nobodys(number):
            return Normalized(number.value, parts_of(number), extension_issue(number))
    return _read(value, region)


def _plain_chinese(value: str) -> Normalized | None:
    """The answer to digits and marks of one number of mainland China; None where it needs a longer look."""
    match = _PLAIN_CN.match(value)
    if match is None:
        return None
    prefix, extension = match["prefix"], match["extension"]
    if prefix:
        if extension and match["hyphen"] and len(extension) < 3:
            return None
        number = _mobile(f"{prefix}{match['middle']}{match['last']}")
    elif match["hotline"]:
        number = _hotline(match["hotline"], match["first"] + match["rest"])
    else:
        number = in_china(match["area"], match["local"])
        if number is not None and is_filler(number.national):
            return None
    if number is None:
        return None
    if extension:
        number = extended(number, extension)
    return Normalized(number.value, parts_of(number), extension_issue(number))


def _mobile(national: str) -> Number | None:
    """A mobile of mainland China whose prefix is known, None where it only fills the box."""
    if national.endswith("00000000") or national in CN_NOBODYS:
        return None
    return Number("+86" + national, national, "mobile", "CN")


def _hotline(start: str, rest: str) -> Number | None:
    national = start + rest
    if len(rest) != 7 or national in CN_DOUBTFUL or is_filler(national):
        return None
    return Number("+86" + national, national, "shared_cost" if start == "400" else "toll_free", "CN")


def _in_china(value: str) -> Normalized | None:
    """The answer to the other common cells of mainland China, None where it needs a longer look."""
    if value.isascii():
        if value.isdecimal():
            return _digits(value)
        if match := _SHEET.match(value):
            number = _mobile(match[1] or match[2] or match[3] or match[4])
            return None if number is None else Normalized(number.value, parts_of(number), ("spreadsheet_damage",))
        if _MASKED.match(value):
            return Normalized(None, {"masked": value}, ("masked",))
    elif _WIDE.match(value):
        narrow = value.translate(_TO_ASCII)
        plain = _plain_chinese(narrow)
        return None if plain is None else Normalized(plain.value, plain.parts, ("full_width", *plain.issues))
    if len(value) > 22 and _MOBILES.match(value):
        return _mobiles(value)
    return None


def _digits(value: str) -> Normalized | None:
    if len(value) > 15 or is_placeholder(value):
        return None
    return Reading("CN").answer(value, Cell((Run(value, None),), ("", ""), None, False, False, False), ())


def _mobiles(value: str) -> Normalized | None:
    found = [f"+86{each}" for each in dict.fromkeys(_BETWEEN.split(value))]
    first = _mobile(found[0][3:])
    if first is None or len(found) == 1 or any(_mobile(each[3:]) is None for each in found):
        return None
    parts = parts_of(first) | {"others": " ".join(found[1:]), "all": " ".join(found)}
    wide = not value.isascii() and ("，" in value or "；" in value)
    return Normalized(found[0], parts, ("full_width", "several_phones") if wide else ("several_phones",))


def _noted(text: str, issues: tuple[str, ...]) -> Normalized | None:
    """The answer to a cleaned cell of words and one plain mobile of mainland China; None for all others."""
    match = _NOTED.match(text)
    if match is None or _NOT_WORDS.search(match["front"]) or _NOT_WORDS.search(match["back"]):
        return None
    number = _mobile(f"{match['prefix']}{match['middle']}{match['last']}")
    if number is None or is_of_fax(match["front"], match["back"]):
        return None
    note, annotated = note_of((match["front"], match["back"]))
    parts = parts_of(number)
    if note:
        parts["note"] = note
        if says_dead(note):
            return Normalized(number.value, parts, (*issues, "annotation_removed", "out_of_service"))
    return Normalized(number.value, parts, (*issues, "annotation_removed") if annotated else issues)


def _read(value: str, region: str | None) -> Normalized:
    text, issues = clean(digits_only(unmistakable(value)))
    if text is None:
        return Normalized(None, issues=issues)
    if region == "CN" and (noted := _noted(text, issues)) is not None:
        return noted
    return _read_long(text, issues, region)


def _read_long(text: str, issues: tuple[str, ...], region: str | None) -> Normalized:
    answer = Reading(region).answer(text, read_cell(text), issues)
    if answer.value is None and "letters_for_digits" in answer.issues:
        return _with_suggestion(answer, text, region)
    return answer


def _with_suggestion(answer: Normalized, text: str, region: str | None) -> Normalized:
    """The number that letters among digits probably stand for: for a person to confirm, never a value."""
    meant = read_letters(text)
    number = Reading(region).answer(meant, read_cell(meant), ()) if meant != text else answer
    if number.value is None:
        return answer
    return Normalized(None, {**answer.parts, "suggestion": number.value}, answer.issues)


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
