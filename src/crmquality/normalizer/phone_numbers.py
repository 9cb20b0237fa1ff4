"""One phone number: from the digits somebody typed to E.164, or nothing.

Whether a number is valid is phonenumbers' answer and nobody else's. Common numbers of mainland China are answered by
tables that are proven equal to it by test, because the library takes some 20 microseconds a number; everything else
is asked. Only what the library refuses is repaired, by a few rules that need no guess: a country code without its
plus, typed twice, or behind a foreign prefix; Mexico's retired mobile 1.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmquality.normalizer.numbering_plans import PhoneKind, kind_and_region, library
from crmquality.reference import read_table


class Number(NamedTuple):
    """One number as it is dialled from anywhere.

    Attributes:
        e164: `+` and all digits, without an extension.
        national: the national significant number, without trunk prefix.
        kind: what kind of line it is.
        region: ISO 3166 country, or 001 for numbers of no country.
        extension: digits behind the number, if any.
    """

    e164: str
    national: str
    kind: PhoneKind
    region: str
    extension: str | None = None

    @property
    def value(self) -> str:
        """E.164, with `;ext=` where there is an extension (RFC 3966)."""
        return self.e164 if self.extension is None else f"{self.e164};ext={self.extension}"


CN_MOBILE: Final = r"1(?:[38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])"
"""Mobile prefixes in service: a subset of phonenumbers' own pattern; a prefix missing here goes to the library."""

_CN: Final = re.compile(
    r"(?:(?:\+|00)?86)?(?:"
    rf"0?(?P<mobile>{CN_MOBILE}\d{{8}})"
    r"|(?P<shared>400\d{7})|(?P<free>800\d{7})"
    r"|0?(?P<area>10|2\d|[3-9]\d\d)(?P<local>[2-8]\d{6,7}))\Z",
    re.ASCII,
)
# Longer than any number of the plan, and no carrier's prefix before it: the library need not be asked.
_CN_TOO_LONG: Final = re.compile(r"(?:0[1-9]|1[3-689])\d{12,}\Z", re.ASCII)
# A national significant number behind its trunk prefix, or as it stands: no carrier's or country's prefix to take off.
_CN_BARE: Final = re.compile(r"(?:0([1-9]\d{4,13})|(?:1[3-689]|[2-79]\d|8[0-57-9])\d{3,12})\Z", re.ASCII)
_US_PLAIN: Final = re.compile(r"(?:\+?1[ .\-]?)?\(?([2-9]\d\d)\)?[ .\-]{0,2}([2-9]\d\d)[ .\-]?(\d{4})\Z", re.ASCII)
_MARKS: Final = str.maketrans("", "", " -()")
_RARE_MARKS: Final = str.maketrans("", "", "/.")
_FOREIGN_MARKS: Final = re.compile(r"[^\d+]", re.ASCII)
_CN_LOCAL: Final = re.compile(r"[2-8]\d{6,7}\Z", re.ASCII)
_DAY: Final = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z", re.ASCII)
"""20230102: a day sooner than the number of somebody whose area nobody wrote."""
_CN_MOBILE_FORM: Final = re.compile(r"(?:(?:\+|00)?86)?1[3-9]\d{9}\Z", re.ASCII)
# +86+138, 086 138, 000 86 138, 86 86 138, 0086 0086 010 ...: the country code in every wrong way.
_CN_WITH_CODE: Final = re.compile(
    r"(?:[+0]{0,4}86\+?(?:[0+]{0,2}86)?0?(1[3-9]\d{9})|(?:\+|00)?86(?:\+|00)?86(0?(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}))\Z",
    re.ASCII,
)
# Short numbers by the plan of mainland China, also those the library does not list: emergencies and inquiries (1XX),
# operators (10XXX), posts and hotlines (11XXX, 12XXX), companies and cities (95XXX, 96XXX, some with a sixth digit).
_CN_SERVICE: Final = re.compile(r"(?:11[0-9]|12[0-4]|10[01]\d{2}|11[68]\d{2,3}|12[0-9]\d{2}|9[56]\d{3,4})\Z", re.ASCII)
_SERVICE_OF_AREA: Final = re.compile(r"(?:10|2\d|[3-9]\d\d)(?:9[56]\d{3,4}|10[01]\d{2}|12[0-9]\d{2})\Z", re.ASCII)
# A relay's number in the 950 range, longer than E.164 numbers of the plan are.
_CN_RELAY: Final = re.compile(r"(?:\+?86)?950\d{9,13}\Z", re.ASCII)
# A country code typed twice: +86 86 138..., 0086 0086 138..., +86 +86 ...
_TWICE: Final = re.compile(r"(?:\+|00)?(\d{2,3})(?:\+|00)?\1(\d{6,12})\Z", re.ASCII)
# Mexico dropped the 1 of mobiles abroad, and 01, 044 and 045 at home, in August 2019; people did not.
_MEXICO_OLD: Final = re.compile(r"(?:(?:\+|00)?521|(?P<home>01|04[45]))(?P<national>\d{10})\Z", re.ASCII)
_NEIGHBOURS: Final = re.compile(r"[( ]*(?:852|853|886)[) \-]*\d")
_CHINESE_REGIONS: Final = frozenset({"CN", "HK", "MO", "TW"})
_LONGEST: Final = 40
"""More digits and marks than any number has: 15 digits (E.164) with a mark around each."""
CN_NOBODYS: Final = frozenset({"13800138000"})
"""Numbers known to be nobody's: China Mobile's message center, which half of all Chinese forms show as the example."""
CN_DOUBTFUL: Final = frozenset({"4000000000", "4001234567", "8000000000", "8001234567"})
"""Hotlines that people type to fill a box."""


@cache
def areas_of_china() -> dict[str, tuple[frozenset[int], str]]:
    """The area codes of mainland China without their 0: how long their local numbers are, and the cities they serve.

    >>> areas_of_china()["24"]
    (frozenset({8}), '沈阳市 抚顺市 本溪市 铁岭市')
    """
    return {
        row["area_code"][1:]: (frozenset(map(int, row["lengths"].split())), row["cities"])
        for row in read_table("area_codes_cn.csv")
    }


def area_of(number: Number) -> tuple[str, str] | None:
    """The area code of a landline of mainland China with its 0, and the cities it serves, separated by spaces.

    >>> area_of(resolve("010 6278 1234", "CN"))
    ('010', '北京市')
    >>> area_of(resolve("13912345678", "CN")) is None
    True
    """
    if number.kind not in ("fixed_line", "service") or number.region != "CN":
        return None
    national = number.national
    code = national[:2] if national.startswith(("10", "2")) else national[:3]
    known = areas_of_china().get(code)
    return None if known is None else ("0" + code, known[1])


def resolve(text: str, region: str | None) -> Number | None:
    """The number a text of digits and marks means in a region, or None where phonenumbers finds none.

    Args:
        text: digits, perhaps a leading plus, spaces, hyphens, dots, brackets, slashes; no extension, no words.
        region: ISO 3166 country, or None where only numbers with a country code count.

    >>> resolve("0086-138 1234 5678", "CN")
    Number(e164='+8613812345678', national='13812345678', kind='mobile', region='CN', extension=None)
    >>> resolve("123-456-7890", "US") is None
    True
    """
    if len(text) > _LONGEST:
        return None
    if region == "CN" or text.startswith("+86"):
        compact = text.translate(_MARKS)
        number = _chinese(compact)
        if number is not None:
            return number
        if _CN_TOO_LONG.match(compact.translate(_RARE_MARKS)):
            return None
        if region == "CN" and (bare := _CN_BARE.match(compact)):
            national = bare[1] or compact
            found = kind_and_region(86, national)
            return None if found is None else _of_service(Number("+86" + national, national, *found))
    elif region == "US" and (plain := _US_PLAIN.match(text)):
        national = plain[1] + plain[2] + plain[3]
        found = kind_and_region(1, national)
        return None if found is None else Number("+1" + national, national, *found)
    return by_library(text, region)


def _chinese(compact: str) -> Number | None:
    """Common numbers of mainland China, by table; None sends the text on to the library."""
    match = _CN.match(compact)
    if match is None:
        return None
    kind = match.lastgroup
    if kind == "mobile":
        return Number("+86" + match["mobile"], match["mobile"], "mobile", "CN")
    if kind == "shared":
        return Number("+86" + match["shared"], match["shared"], "shared_cost", "CN")
    if kind == "free":
        return Number("+86" + match["free"], match["free"], "toll_free", "CN")
    return in_china(match["area"], match["local"])


def in_china(area: str, local: str) -> Number | None:
    """A landline of mainland China, by area code without its 0 and by local number; None where it has a wrong length.

    >>> in_china("10", "6278-1234").e164, in_china("571", "8765432")
    ('+861062781234', None)
    """
    known = areas_of_china().get(area)
    if len(local) > 7:
        local = local.replace("-", "").replace(" ", "")
    if known is None or len(local) not in known[0]:
        return None
    return Number("+86" + area + local, area + local, "fixed_line", "CN")


def by_library(text: str, region: str | None) -> Number | None:
    """phonenumbers' own answer: the number if it is valid, else None."""
    lib = library()
    try:
        parsed = lib.parse(text, region)
    except lib.NumberParseException:
        return None
    national = lib.national_significant_number(parsed)
    found = kind_and_region(parsed.country_code, national)
    if found is None:
        return None
    kind, country = found
    return _of_service(Number(f"+{parsed.country_code}{national}", national, kind, country, parsed.extension or None))


def _of_service(number: Number) -> Number:
    """010-95588 is the bank's hotline as it is dialled from afar: no line of anybody in Beijing."""
    if number.region == "CN" and number.kind == "fixed_line" and _SERVICE_OF_AREA.match(number.national):
        return number._replace(kind="service")
    return number


def repair(text: str, region: str | None) -> Number | None:
    """The number a refused text means after one of the repairs that need no guess, or None.

    >>> repair("86 138 1234 5678", "US").e164, repair("+86 86 13812345678", "CN").e164
    ('+8613812345678', '+8613812345678')
    """
    if len(text) > _LONGEST:
        return None
    for candidate in _repairs(text, region):
        number = _chinese(candidate) if candidate.startswith("+86") else None
        number = number or by_library(candidate, None)
        if number is not None:
            return number
    return None


def _repairs(text: str, region: str | None) -> list[str]:
    compact = _FOREIGN_MARKS.sub("", text)
    out = []
    digits = compact.lstrip("+")
    if len(digits) > 10 and digits.startswith("00") and digits[2] != "0" and text.lstrip("+( ").startswith("00"):
        out.append("+" + digits[2:])
    if chinese := _CN_WITH_CODE.match(compact):
        out.append("+86" + (chinese[1] or chinese[2]))
    twice = _TWICE.match(compact)
    if twice and twice[1] != "86" and compact.startswith(("+", "00")) and int(twice[1]) in _calling_codes():
        out.append(f"+{twice[1]}{twice[2]}")
    mexican = _MEXICO_OLD.match(compact)
    if mexican and (region == "MX" or (not mexican["home"] and compact.startswith(("+", "00")))):
        out.append("+52" + mexican["national"])
    if region in _CHINESE_REGIONS and _NEIGHBOURS.match(text):
        out.append("+" + digits)
    return out


@cache
def _calling_codes() -> frozenset[int]:
    return frozenset(library().COUNTRY_CODE_TO_REGION_CODE)


def completed(before: Number, digits: str) -> Number | None:
    """010-62345678/79: the number that gives only its last digits, because the others are those of the one before.

    >>> first = resolve("010-62345678", "CN")
    >>> completed(first, "79").e164, completed(first, "62345680").e164, completed(first, "2345680")
    ('+861062345679', '+861062345680', None)
    """
    area = area_of(before)
    n_local = len(before.national) - len(area[0]) + 1 if area else len(before.national) - 2
    if before.region == "CN" and 4 < len(digits) != n_local:
        return None
    if len(digits) > min(8, n_local) or not digits.isdecimal():
        return None
    national = before.national[: -len(digits)] + digits
    country_code = before.e164[1 : -len(before.national)]
    found = kind_and_region(int(country_code), national)
    if found is None or found[1] != before.region or (found[0] != before.kind and before.kind != "virtual"):
        return None
    return Number(f"+{country_code}{national}", national, *found)


def lacks_area_code(digits: str, region: str | None) -> bool:
    """Whether digits can only be dialled inside an area: a landline without its area code.

    >>> lacks_area_code("62781234", "CN"), lacks_area_code("5552671", "US"), lacks_area_code("138", "CN")
    (True, True, False)
    """
    if region is None or not digits.isdecimal() or len(digits) > 15:
        return False
    if region == "CN":
        return bool(_CN_LOCAL.match(digits)) and not _DAY.match(digits)
    return bool(_possibility(digits, region) == library().ValidationResult.IS_POSSIBLE_LOCAL_ONLY)


def is_possible(text: str, region: str | None) -> bool:
    """Whether a text that is no valid number has the length of one: a new range, or a mistyped digit.

    The library calls nearly every length possible in China; there, only the form of a mobile counts.
    """
    compact = text.translate(_MARKS)
    if compact.startswith("+86") or (region == "CN" and not compact.startswith("+")):
        return bool(_CN_MOBILE_FORM.match(compact))
    return bool(_possibility(text, region) == library().ValidationResult.IS_POSSIBLE)


def _possibility(text: str, region: str | None) -> int | None:
    lib = library()
    try:
        answer: int = lib.is_possible_number_with_reason(lib.parse(text, region))
    except lib.NumberParseException:
        return None
    return answer


def is_short_number(digits: str, region: str | None) -> bool:
    """Whether digits are a short number of a region: 95555, 10086, 12315, 911. Nobody's own, and not dialled abroad.

    >>> is_short_number("95555", "CN"), is_short_number("95555", None)
    (True, False)
    """
    if region is None or not 3 <= len(digits) <= 6 or not digits.isdecimal():
        return False
    if region == "CN" and _CN_SERVICE.match(digits):
        return True
    lib = library()
    country = lib.country_code_for_region(region)
    short = lib.PhoneNumber(country_code=country, national_number=int(digits))
    # The library's own number object drops leading zeros: 00112 would pass for 112.
    return not digits.startswith("0") and bool(lib.is_valid_short_number_for_region(short, region))


def is_relay(digits: str, region: str | None) -> bool:
    """Whether digits are a relay's number of mainland China that is no E.164 number: 95013 and up to ten more digits.

    >>> is_relay("950131234567890", "CN"), is_relay("95555", "CN")
    (True, False)
    """
    return bool(_CN_RELAY.match(digits)) and (region == "CN" or digits.startswith("+86"))


def is_nobodys(number: Number) -> bool:
    """Whether a number is known to be nobody's, by list: 13800138000."""
    return number.region == "CN" and number.national in CN_NOBODYS


def is_filler(digits: str) -> bool:
    """Whether digits only fill a box: one digit repeated (five times or more), or a count from 0, 1, 8 or 9.

    >>> [is_filler(d) for d in ("11111111111", "12345678", "87654321", "23456789", "000")]
    [True, True, True, False, False]
    """
    if len(digits) < 5:
        return False
    if digits == digits[0] * len(digits):
        return True
    if len(digits) > 15 or not digits.startswith(("12345", "01234", "98765", "87654")) or digits == "12345":
        return False  # 12345 is the hotline of every Chinese city hall
    return digits in "01234567890123456789" or digits in "98765432109876543210"


def is_filler_number(number: Number) -> bool:
    """Whether a valid number is one that people type to fill a box: by its digits, or by its subscriber's in China.

    88888888 behind an area code and 13888888888 are real numbers, and dear ones: they pass.

    >>> [is_filler_number(resolve(n, "CN")) for n in ("13800000000", "010-12345678", "010-88888888", "13888888888")]
    [True, True, False, False]
    """
    national = number.national
    if number.region != "CN":
        return is_filler(national)
    if number.kind in ("mobile", "virtual"):
        return national.endswith("00000000")
    if is_filler(national) or national in CN_DOUBTFUL:
        return True
    area = area_of(number)
    local = national[len(area[0]) - 1 :] if area else ""
    return local.startswith(("0", "1")) and is_filler(local)
