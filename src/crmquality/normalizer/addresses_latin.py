"""Addresses in Latin letters: the form of the United States, and what of it holds in Britain, Australia and Canada.

Read from the end: country, postcode, state; then the parts between the commas: which one has the street, which one is
a unit, which one is the city. Everything is written in capitals and with the abbreviations of USPS Publication 28
(Street is ST, Suite is STE), so that two spellings of one address are one string. The city is where a comma or a state
says so; no list of cities is used.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.address_words import (
    DIRECTIONS,
    LONE_UNITS,
    UNIT_ORDER,
    UNITS,
    abbreviations,
    country_names,
    place_names,
    telling_words,
)
from crmquality.normalizer.addresses_latin_end import POSTCODE_BEFORE_CITY, take_end
from crmquality.normalizer.addresses_latin_words import (
    FLOOR_SIGN,
    NO,
    Parsed,
    city_name,
    has_type,
    split_city,
    street_name,
    take_number,
    take_units,
)
from crmquality.normalizer.addresses_pinyin import (
    CHINESE,
    chinese_answer,
    take_divisions,
    take_lane,
)
from crmquality.normalizer.text import clean
from crmquality.normalizer.transliteration import fold
from crmquality.tables import Normalized

_NUMBER_LAST: Final = re.compile(r"(?!POSTFACH)(.*[^\W\d].*?) ([0-9]{1,4}(?:[-/][0-9]{1,4})? ?[A-Z]?)$")
_NUMBER_FIRST: Final = frozenset({"US", "GB", "CA", "AU", "NZ", "IE", "SG", "CN", "HK", "IN", "FR"})
_DASH: Final = re.compile(r" [-–—] ")
_MILITARY: Final = frozenset({"APO", "FPO", "DPO"})

_FLATS: Final = frozenset({"GB", "IE"})
_FLAT: Final = re.compile(r"[0-9]{1,3}/[0-9]{1,3}\Z")
_ROUTE_BOX: Final = (
    (
        re.compile(
            r"(?:RURAL (?:ROUTE|RTE?)|R ?R|RFD(?: ROUTE)?|RD) ?#? ?([0-9]{1,4}[A-Z]?)(?: BOX #?([0-9A-Z-]{1,8}))?\Z"
        ),
        "RR",
    ),
    (
        re.compile(
            r"(?:H ?C|HIGHWAY CONTRACT(?: ROUTE)?|HCR|STAR ROUTE) ?#? ?([0-9]{1,4}[A-Z]?)(?: BOX #?([0-9A-Z-]{1,8}))?\Z"
        ),
        "HC",
    ),
    (re.compile(r"PSC ([0-9]{1,5}) BOX ([0-9A-Z-]{1,8})\Z"), "PSC"),
    (re.compile(r"CMR ([0-9]{1,5}) BOX ([0-9A-Z-]{1,8})\Z"), "CMR"),
    (re.compile(r"UNIT ([0-9]{1,5}) BOX ([0-9A-Z-]{1,8})\Z"), "UNIT"),
)
_LONE_BOX: Final = re.compile(r"BOX #?[0-9A-Z-]{1,8}\Z")
_LONE_NUMBER: Final = re.compile(r"(?:NO )?[0-9]{1,5}(?: ?[A-Z]| BIS| TER)?\Z")
_URBANIZATION: Final = re.compile(r"(URB(?:ANIZACION)? .+?) ([0-9]{1,5}[A-Z]?) (.+)\Z")
_ORDINAL: Final = re.compile("(?<=[0-9])(?:st|nd|rd|th)$")
_NOTE: Final = re.compile(r"(?:C/O|ATTN|ATTENTION|CARE OF|FAO)\b[: ]*(.+)")
_TELEPHONE: Final = re.compile(
    r"(?:(?:TEL|PHONE|PH|MOBILE|CELL)[:. ]*)?\+?[0-9]{0,3}[ .-]?\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}\Z"
)
_PO_BOX: Final = re.compile(r"\b(?:P ?O ?BOX|POST OFFICE BOX|P ?O ?B|GPO BOX|LOCKED BAG|BOX) ?#? ?([0-9A-Z-]{1,10})\b")
_JOINED: Final = re.compile(" (?:AND|AT) |[&@/]|CORNER|CNR")
_CORNER: Final = re.compile(r"^(?:(?:THE )?CORNER OF|INTERSECTION OF|CNR(?: OF)?|COR(?:NER)?) ")
_CROSSING: Final = re.compile(r" (?:AND|&|AT|@|/) ")
_NEW_LINE: Final = re.compile(r"\s*[\r\n]+\s*")
_PUNCTUATION: Final = re.compile(r"(?<![0-9])\.|\.(?![0-9])|[\"()]")
_ODD: Final = re.compile(r"[.\"()#]|  ")
_HASH: Final = re.compile(r"#\s*(?=[0-9A-Z])")
_NO_POINT: Final = re.compile(r"\bNO\. ?(?=[0-9])")


def _read_street(segment: str, parsed: Parsed, region: str | None, alone: bool) -> None:
    if segment[0] in "RHPCUS":
        for pattern, name in _ROUTE_BOX:
            if route := pattern.match(segment):
                parsed.street = f"{name} {route.group(1)}" + (f" BOX {route.group(2)}" if route.group(2) else "")
                return
    if ("BOX" in segment or "BAG" in segment or "OB " in segment or "O B " in segment) and (
        box := _PO_BOX.search(segment)
    ):
        parsed.street = f"PO BOX {box.group(1)}"
        if before := segment[: box.start()].strip():
            parsed.names.append(before)
        if after := segment[box.end() :].strip():
            if parsed.city is None and (parsed.state or parsed.postcode):
                parsed.city = city_name(after)
            else:
                parsed.details.append(after)
        return
    if _JOINED.search(segment) and _read_crossing(segment, parsed):
        return
    words = take_units(segment.split(" "), parsed.units)
    words = take_number(words, parsed, region)
    if (
        region is not None
        and region not in _NUMBER_FIRST
        and not parsed.number
        and (found := _NUMBER_LAST.match(" ".join(words)))
    ):
        words, parsed.number, parsed.last = found.group(1).split(" "), found.group(2).replace(" ", ""), True
    if alone and parsed.city is None and (parsed.number or parsed.state or parsed.postcode):
        words, city = split_city(words)
        parsed.city = city_name(" ".join(city)) if city else None
    if words:
        parsed.street = street_name(words, region)


def _read_crossing(segment: str, parsed: Parsed) -> bool:
    """Two streets that cross, without a number: MAIN ST & 5TH AVE."""
    corner = _CORNER.match(segment)
    sides = _CROSSING.split(segment[corner.end() :] if corner else segment)
    if len(sides) != 2 or (segment[0].isdigit() and not corner):
        return False
    if not all(has_type(side.split(" ")) for side in sides):
        return False
    parsed.street = " & ".join(street_name(side.split(" ")) for side in sides)
    return True


def _is_street(segment: str) -> bool:
    if segment[0].isdigit():
        return " " in segment
    words = segment.split(" ")
    return has_type(words) or bool(_PO_BOX.search(segment)) or (words[0] in NO and len(words) > 2)


def _read_segments(segments: list[str], parsed: Parsed, region: str | None) -> None:
    """Which part is the street, which ones are units, which one is the city."""
    rest: list[str] = []
    if len(segments) > 1:
        segments = _gathered(segments, parsed, region)
    for segment in segments:
        if segment in LONE_UNITS and rest:
            parsed.units.append(LONE_UNITS[segment])
            continue
        words = segment.split(" ")
        left = (
            words
            if _ROUTE_BOX[-1][0].match(segment)
            else take_units(words, parsed.units)
            if words[0] in UNITS
            or FLOOR_SIGN.match(segment)
            or segment[0] == "#"
            or words[-1] in {"FLOOR", "FL", "FLR"}
            else words
        )
        if left:
            rest.append(" ".join(left))
    where = next((i for i, segment in enumerate(rest) if segment[0].isdigit() and " " in segment), None)
    if where is None:
        where = next((i for i, segment in enumerate(rest) if _is_street(segment)), None)
    if where is not None and where == len(rest) - 1 and len(rest) > 1 and not rest[where][0].isdigit() and parsed.state:
        where = 0 if _is_street(rest[0]) else where
    if where is None and len(rest) > 1:
        where = 0
    if where is None:
        if rest and (parsed.state or parsed.postcode):
            parsed.city = city_name(rest[-1])
        else:
            parsed.details += rest
        return
    after = rest[where + 1 :]
    if after:
        parsed.city = city_name(after[-1])
        parsed.details += after[:-1]
    parsed.names += rest[:where]
    # a bare number and what follows it: 12, High Street
    _read_street(rest[where], parsed, region, alone=not after)


def _gathered(segments: list[str], parsed: Parsed, region: str | None) -> list[str]:
    """The parts without notes; a number or a box apart from its street or route belongs to it."""
    kept: list[str] = []
    for segment in segments:
        if segment[0] in "CAF" and (found := _NOTE.match(segment)):
            parsed.notes.append(found.group(1))
        elif region in _FLATS and _FLAT.match(segment):
            parsed.units.append(f"FLAT {segment}")
        elif segment[-1].isdigit() and _TELEPHONE.match(segment):
            parsed.notes.append(segment)
        elif kept and (
            (_LONE_BOX.match(segment) and any(pattern.match(kept[-1]) for pattern, _ in _ROUTE_BOX[:2]))
            or (_LONE_NUMBER.match(kept[-1]) and not segment[0].isdigit() and segment.split(" ")[0] not in UNITS)
        ):
            kept[-1] += " " + segment
        elif found := _URBANIZATION.match(segment):
            kept += [found.group(1), f"{found.group(2)} {found.group(3)}"]
        else:
            kept.append(segment)
    return kept or segments[-1:]


def _room_key(units: list[str]) -> str | None:
    values = [unit.rpartition(" ")[2].lower() for unit in units if not unit.startswith("FL ")] or [
        _ORDINAL.sub("", unit.replace(" ", "").lower()) for unit in units
    ]
    return "-".join(values) or None


def _spaced(text: str) -> str:
    if not _ODD.search(text):
        return text.strip()
    text = _PUNCTUATION.sub(lambda match: "" if "." in match.group() else " ", text)
    return " ".join(_HASH.sub(" #", text).split())


def read_any(value: str | None, *, region: str | None) -> tuple[Normalized, bool]:
    """One reading of an address in Latin letters, as `addresses.normalize_address` documents it.

    Args:
        value: the cell.
        region: ISO 3166 alpha-2 code of the country it is in, unless it names another.

    Returns:
        The answer, and whether its value is known to read the same again.
    """
    text, issues = clean(_NEW_LINE.sub(", ", value) if value and ("\n" in value or "\r" in value) else value)
    if text is None:
        return Normalized(None, {}, issues), True
    text = text.upper().replace(";", ",")
    if "NO." in text:
        text = _NO_POINT.sub("NO ", text)
    if " - " in text or not text.isascii():
        text = _DASH.sub(", ", text)
    segments = [part for piece in text.split(",") if (part := _spaced(piece))]
    if not segments:
        return Normalized(None, {}, issues), True
    parsed = Parsed()
    parsed.country, parsed.postcode, parsed.state = take_end(segments, region)
    segments = [segment for segment in segments if segment]
    chinese = (parsed.country or region) in CHINESE and bool(segments)
    if chinese:
        segments, parsed.lane = take_lane(segments)
        parsed.divisions = take_divisions(segments, fill=True)
    if segments:
        _read_segments(segments, parsed, parsed.country or region)
    if chinese:
        answer = _answer(parsed, region, issues)
        return chinese_answer(answer, parsed.divisions, parsed.lane, parsed.units), False
    answer = _answer(parsed, region, issues)
    return answer, answer.value == value or _reads_the_same(parsed)


def _reads_the_same(parsed: Parsed) -> bool:
    """Whether no word of what was read could be taken for anything else, when it is read again."""
    if parsed.names or parsed.details or parsed.country or len(parsed.units) > 1 or not parsed.street:
        return False
    telling = telling_words()
    name, _, kind = parsed.street.rpartition(" ")
    if kind in DIRECTIONS:
        name, _, kind = name.rpartition(" ")
    words = name.split(" ")
    if kind not in abbreviations() or not telling.isdisjoint(words) or not name.replace(" ", "").isalnum():
        return False
    if parsed.number is None:
        # a street alone, with nothing that could be its city
        return not (parsed.city or parsed.state or parsed.postcode or parsed.units or words[-1].isdigit())
    if not parsed.number.isdigit() or words[0].isdigit():
        return False
    if parsed.city is None:
        return True
    city = parsed.city.split(" ")
    names = place_names()
    return (
        parsed.city.replace(" ", "").isalpha()
        and telling.isdisjoint(city)
        and names.isdisjoint((parsed.city, city[-1]))
    )


def _fold(text: str) -> str:
    return text.lower() if text.isascii() and text.replace(" ", "").isalnum() else fold(text)


def _answer(parsed: Parsed, region: str | None, issues: tuple[str, ...]) -> Normalized:
    if parsed.street is None and parsed.city and parsed.city.split(" ")[-1] in _MILITARY:
        parsed.city = parsed.city.split(" ")[-1]
    if len(parsed.units) > 1:
        parsed.units.sort(key=lambda one: UNIT_ORDER.get(one.partition(" ")[0], 2))
    unit = " ".join(parsed.units) or None
    place, home = parsed.country or region, (parsed.number, parsed.street)
    line = " ".join(piece for piece in (home[::-1] if parsed.last else home) if piece)
    state = " ".join(piece for piece in (parsed.state, parsed.postcode) if piece)
    city = parsed.city
    if place in POSTCODE_BEFORE_CITY and parsed.postcode and city and not parsed.state:
        city, state = f"{parsed.postcode} {city}", ""
    written = parsed.country if parsed.country and parsed.country != region else None
    country = country_names().get(written, written) if written else None
    lane = f"LANE {parsed.lane}" if parsed.lane else None
    divisions = parsed.divisions.written
    pieces = [*parsed.names, line, lane, unit, *parsed.details, city, *divisions, state, country]
    value = ", ".join(piece for piece in pieces if piece)
    road = (_fold(parsed.street) or None) if parsed.street else None
    street = None
    if road and (parsed.number or road.startswith("po box")):
        street = f"{parsed.number.lower()} {road}" if parsed.number else road
    room = _room_key(parsed.units)
    detail = ", ".join(parsed.names + parsed.details) or None
    below = street or road or (_fold(detail) if detail else "")
    key = f"{below}|{room or ''}" if below or room else None
    parts = {
        "number": parsed.number,
        "street": parsed.street,
        "unit": unit,
        "city": parsed.city,
        "state": parsed.state,
        "postcode": parsed.postcode,
        "country": parsed.country or region,
        "detail": detail,
        "note": "; ".join(parsed.notes) or None,
        "others": None,
        "road_key": road,
        "street_key": street,
        "room_key": room,
        "key": key,
    }
    return Normalized(value or None, parts, (*issues, "annotation_removed") if parsed.notes else issues)
