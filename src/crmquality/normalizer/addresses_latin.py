"""Addresses in Latin letters: the form of the United States, and what of it holds in Britain, Australia and Canada.

Read from the end: country, postcode, state; then the parts between the commas: which one has the street, which one is
a unit, which one is the city. Everything is written in capitals and with the abbreviations of USPS Publication 28
(Street is ST, Suite is STE), so that two spellings of one address are one string. The city is where a comma or a state
says so; no list of cities is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from crmquality.normalizer.text import clean
from crmquality.normalizer.transliteration import fold
from crmquality.reference import read_table
from crmquality.tables import Normalized

_COUNTRIES: Final = {
    "USA": "US", "UNITED STATES": "US", "UNITED STATES OF AMERICA": "US", "US": "US",
    "UK": "GB", "UNITED KINGDOM": "GB", "GREAT BRITAIN": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB",
    "AUSTRALIA": "AU", "CANADA": "CA", "NEW ZEALAND": "NZ", "IRELAND": "IE", "SINGAPORE": "SG", "CHINA": "CN",
    "PR CHINA": "CN", "PRC": "CN", "HONG KONG": "HK", "GERMANY": "DE", "DEUTSCHLAND": "DE", "FRANCE": "FR", "JAPAN": "JP",
    "INDIA": "IN", "NETHERLANDS": "NL", "SPAIN": "ES", "ITALY": "IT", "SWITZERLAND": "CH", "AUSTRIA": "AT",
}  # fmt: skip
_COUNTRY_NAMES: Final = {code: name for name, code in reversed(_COUNTRIES.items()) if len(name) > 3 or code == "US"} | {
    "US": "UNITED STATES",
    "GB": "UNITED KINGDOM",
    "CN": "CHINA",
    "DE": "GERMANY",
}
# Without a comma before them, only what is not also the last word of a street or a city.
_AFTER_A_SPACE: Final = ("UNITED STATES OF AMERICA", "UNITED STATES", "USA", "UNITED KINGDOM", "UK", "AUSTRALIA", "CANADA")
_LAST_WORDS: Final = frozenset(name.rpartition(" ")[2] for name in _AFTER_A_SPACE)
_POSTCODES: Final = {
    "US": re.compile(r"(?<![\w-])([0-9]{5})(?:[- ]?([0-9]{4}))?$"),
    "GB": re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})$"),
    "CA": re.compile(r"\b([A-Z][0-9][A-Z])[ -]?([0-9][A-Z][0-9])$"),
    "AU": re.compile(r"(?<![\w-])([0-9]{4})()$"),
}
_ANY_POSTCODE: Final = re.compile(r"(?<![\w-])([0-9]{4,6})()$")
_POSTCODE_FIRST: Final = re.compile(r"(?:[A-Z]{1,2}-)?([0-9]{4,5})((?: [^\W\d]+)+)$")
_NUMBER_LAST: Final = re.compile(r"([^0-9]+) ([0-9]{1,4} ?[A-Z]?)$")
_NUMBER_WORDS: Final = {"ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5", "SIX": "6", "SEVEN": "7", "EIGHT": "8", "NINE": "9", "TEN": "10"}
_NUMBER_FIRST: Final = frozenset({"US", "GB", "CA", "AU", "NZ", "IE", "SG", "CN", "HK", "IN", "FR"})
# A number, words with letters, at most one comma and a state: nothing that could be read in two ways.
_PLAIN: Final = re.compile(r"[0-9]{1,5} [A-Za-z]+(?: [A-Za-z]+){1,3}(?:, [A-Za-z]+(?: [A-Za-z]{3,})?, [A-Z]{2} [0-9]{5})?\Z")
_DASH: Final = re.compile(r" [-–—] ")
_UNIT_ORDER: Final = {"BLDG": 0, "TOWER": 0, "FL": 1}
# The nine states and Puerto Rico whose ZIP codes begin with 0 (and the Virgin Islands, and military mail of Europe):
# a spreadsheet has taken the zero away.
_ZERO_STATES: Final = frozenset({"CT", "MA", "ME", "NH", "NJ", "RI", "VT", "PR", "VI", "AE"})
_LOST_ZERO: Final = re.compile(r"(?<![\w-])([0-9]{3,4})$")
_MILITARY: Final = frozenset({"APO", "FPO", "DPO"})

_DIRECTIONS: Final = {
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "NORTHEAST": "NE", "NORTHWEST": "NW", "SOUTHEAST": "SE",
    "SOUTHWEST": "SW", "N": "N", "S": "S", "E": "E", "W": "W", "NE": "NE", "NW": "NW", "SE": "SE", "SW": "SW",
}  # fmt: skip
_ORDINALS: Final = {
    "FIRST": "1ST", "SECOND": "2ND", "THIRD": "3RD", "FOURTH": "4TH", "FIFTH": "5TH", "SIXTH": "6TH", "SEVENTH": "7TH",
    "EIGHTH": "8TH", "NINTH": "9TH", "TENTH": "10TH", "ELEVENTH": "11TH", "TWELFTH": "12TH", "THIRTEENTH": "13TH",
    "FOURTEENTH": "14TH", "FIFTEENTH": "15TH", "SIXTEENTH": "16TH", "SEVENTEENTH": "17TH", "EIGHTEENTH": "18TH",
    "NINETEENTH": "19TH", "TWENTIETH": "20TH",
}  # fmt: skip
_WORDS: Final = {"SAINT": "ST", "MOUNT": "MT", "FORT": "FT"} | _ORDINALS
_UNITS: Final = {
    "APT": "APT", "APARTMENT": "APT", "APPT": "APT", "STE": "STE", "SUITE": "STE", "UNIT": "UNIT", "FLAT": "FLAT",
    "FL": "FL", "FLOOR": "FL", "FLR": "FL", "LEVEL": "FL", "RM": "RM", "ROOM": "RM", "BLDG": "BLDG", "BUILDING": "BLDG",
    "LOT": "LOT", "SPC": "SPC", "SPACE": "SPC", "TRLR": "TRLR", "TRAILER": "TRLR", "DEPT": "DEPT", "DEPARTMENT": "DEPT",
    "PH": "PH", "PENTHOUSE": "PH", "OFC": "OFC", "OFFICE": "OFC", "SHOP": "SHOP", "BLOCK": "BLDG", "BLK": "BLDG",
    "TOWER": "TOWER", "#": "#",
}  # fmt: skip
_LONE_UNITS: Final = {
    "PH": "PH", "PENTHOUSE": "PH", "BSMT": "BSMT", "BASEMENT": "BSMT", "REAR": "REAR", "FRNT": "FRNT", "FRONT": "FRNT",
    "LOWR": "LOWR", "UPPR": "UPPR", "LOBBY": "LBBY", "LBBY": "LBBY",
}  # fmt: skip
# USPS lists them as types; as the last word of a British or Australian street they are rare, as a city's they are not.
_UNIT_VALUE: Final = re.compile(r"#?(?:[0-9]{1,5}[A-Z]{0,2}(?:-[0-9A-Z]{1,4})?|[A-Z]{1,2}-?[0-9]{1,5}|[A-Z]|[0-9]{1,3}(?:ST|ND|RD|TH))\Z")
_FLOOR: Final = re.compile(r"(?:[0-9]{1,3}(?:ST|ND|RD|TH)|GROUND|TOP)\Z")
_NUMBER: Final = re.compile(r"[0-9]{1,6}[A-Z]?(?:[-/][0-9]{1,5}[A-Z]?)?\Z")
_SLASH_NUMBER: Final = re.compile(r"([0-9]{1,5}[A-Z]?)/([0-9]{1,5}[A-Z]?(?:-[0-9]{1,5})?)\Z")
_FRACTION: Final = re.compile(r"[1-9]/[1-9]\Z")
_PO_BOX: Final = re.compile(r"\b(?:P ?O ?(?:BOX|B)|POST OFFICE BOX|POBOX|GPO BOX|LOCKED BAG|BOX) ?#? ?([0-9A-Z-]{1,10})\b")
_CORNER: Final = re.compile(r"^(?:(?:THE )?CORNER OF|INTERSECTION OF|CNR(?: OF)?|COR(?:NER)?) ")
_CROSSING: Final = re.compile(r" (?:AND|&|AT|@|/) ")
_NEW_LINE: Final = re.compile(r"\s*[\r\n]+\s*")
_PUNCTUATION: Final = re.compile(r"[.\"()]+")
_HASH: Final = re.compile(r"#\s*(?=[0-9A-Z])")
_NO: Final = frozenset({"NO", "NUMBER", "NR", "NUM"})
_PREFIX_TYPE_END: Final = re.compile(r"(?:[A-Z]|[0-9]{1,4}[A-Z]?)\Z")


@cache
def _types() -> dict[str, str]:
    """Names and abbreviations of street types, and the abbreviation of each in USPS Publication 28."""
    return {row["name"]: row["abbreviation"] for row in read_table("street_types.csv")}


@cache
def _states() -> dict[str, dict[str, str]]:
    """By country: codes and names of states and provinces, and the code of each."""
    found: dict[str, dict[str, str]] = {}
    for row in read_table("states.csv"):
        codes = found.setdefault(row["country"], {})
        codes[row["code"]] = codes[row["name"]] = row["code"]
    found["CA"] |= {"PQ": "QC", "NEWFOUNDLAND": "NL", "PEI": "PE"}
    found["US"] |= {"D C": "DC"}
    return found


@dataclass(slots=True)
class _Parsed:
    """What has been read."""

    number: str | None = None
    street: str | None = None
    units: list[str] = field(default_factory=list)
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = None
    names: list[str] = field(default_factory=list)
    """What stands before the street: a house, a building, a company."""
    details: list[str] = field(default_factory=list)
    """What stands between the street and the city: a locality, a suburb."""


def _take_country(segments: list[str]) -> str | None:
    """The country that ends an address, taken off it."""
    last = segments[-1]
    if len(segments) > 1 and last in _COUNTRIES:
        segments.pop()
        return _COUNTRIES[last]
    if last[last.rfind(" ") + 1 :] in _LAST_WORDS:
        for name in _AFTER_A_SPACE:
            if last.endswith(" " + name):
                segments[-1] = last[: -len(name) - 1]
                return _COUNTRIES[name]
    return None


def _take_postcode(segments: list[str], region: str | None) -> tuple[str | None, str | None]:
    """The postcode that ends an address, and the country whose form it has; taken off the address."""
    last = segments[-1]
    if not last[-1:].isalnum():
        return None, None
    wanted = (region,) if region in _POSTCODES else ("US", "GB", "CA", "AU") if region is None else ()
    for country in wanted:
        if found := _POSTCODES[country].search(last):
            if country in {"US", "AU"} and not _after_words(segments, found.start()):
                continue
            if country == "AU" and region is None and last[: found.start()].strip().rpartition(" ")[2] not in _states()["AU"]:
                continue
            first, second = found.group(1), found.group(2)
            segments[-1] = last[: found.start()].strip()
            if country in {"GB", "CA"}:
                return f"{first} {second}", country
            return f"{first}-{second}" if second else first, country
    if region is None or region in _POSTCODES:
        return None, None
    if len(segments) > 1 and (found := _POSTCODE_FIRST.match(last)):
        segments[-1] = found.group(2).strip()
        return found.group(1), None
    if (found := _ANY_POSTCODE.search(last)) and _after_words(segments, found.start()):
        segments[-1] = last[: found.start()].strip()
        return found.group(1), None
    return None, None


def _after_words(segments: list[str], start: int) -> bool:
    """Whether a number at the end is no street number: letters stand before it, in its part or in an earlier one."""
    before = segments[-1][:start].strip()
    if not before:
        return len(segments) > 1
    return len(segments) > 1 or (" " in before and not before.rsplit(" ", 1)[1].isdigit() and before.rsplit(" ", 1)[1] not in _types_numbered())


@cache
def _types_numbered() -> frozenset[str]:
    """Types that a number follows: HIGHWAY 10001 is no ZIP code."""
    return frozenset({"HWY", "HIGHWAY", "ROUTE", "RTE", "RT", "ROAD", "RD", "COUNTY", "BOX", "FM", "#", "APT", "STE", "SUITE", "UNIT"})


def _take_state(segments: list[str], country: str, sure: bool) -> str | None:
    """The state that ends an address, taken off it.

    Args:
        segments: the parts between commas.
        country: whose states.
        sure: whether a postcode stood after it.
    """
    codes = _states()[country]
    last = segments[-1]
    if last in codes:
        if len(segments) > 1 or (sure and country != "GB"):
            segments.pop()
            return codes[last]
        return None
    if country == "GB":
        return None
    words = last.split(" ")
    for size in (1, 2, 3, 4):
        if size >= len(words):
            break
        tail = " ".join(words[-size:])
        if tail in codes and (sure or (len(segments) > 1 and size == 1 and len(tail) <= 3) or (len(tail) <= 3 and tail not in _types())):
            if size == 1 and not sure and tail in _DIRECTIONS:
                continue
            segments[-1] = " ".join(words[:-size])
            return codes[tail]
    return None


def _take_units(words: list[str], units: list[str]) -> list[str]:
    """The words without the designators of units and their values."""
    kept: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        following = words[position + 1] if position + 1 < len(words) else ""
        if word in _UNITS and _UNIT_VALUE.match(following) and (kept or position + 2 <= len(words)):
            units.append(f"{_UNITS[word]} {following.lstrip('#')}")
            position += 2
        elif word[0] == "#" and len(word) > 1:
            units.append(f"# {word[1:]}")
            position += 1
        elif following in {"FLOOR", "FL", "FLR", "LEVEL"} and _FLOOR.match(word):
            units.append(f"FL {word}")
            position += 2
        elif word in _LONE_UNITS and kept and position == len(words) - 1 and len(kept) > 1:
            units.append(_LONE_UNITS[word])
            position += 1
        else:
            kept.append(word)
            position += 1
    return kept


def _take_number(words: list[str], parsed: _Parsed, region: str | None) -> list[str]:
    """The words after the street number."""
    if len(words) > 1 and words[0] in _NO and words[1][0].isdigit():
        words = words[1:]
    if len(words) > 2 and words[0] in _NUMBER_WORDS and words[-1] in _types():
        words = [_NUMBER_WORDS[words[0]], *words[1:]]
    if not words or not words[0][0].isdigit():
        return words
    if len(words) > 1 and region != "US" and (split := _SLASH_NUMBER.match(words[0])):
        parsed.units.append(f"UNIT {split.group(1)}")
        parsed.number = split.group(2)
        return words[1:]
    if len(words) > 1 and _NUMBER.match(words[0]):
        parsed.number = words[0]
        if len(words) > 2 and _FRACTION.match(words[1]):
            parsed.number += " " + words[1]
            return words[2:]
        return words[1:]
    return words


def _street(words: list[str]) -> str:
    """A street's name with its type, directions and numerals in one form."""
    types = _types()
    last = len(words) - 1
    out = [_WORDS.get(word, word) if index < last else _ORDINALS.get(word, word) for index, word in enumerate(words)]
    if last > 0 and out[last] in _DIRECTIONS and (last > 1 or out[0] not in types):
        out[last] = _DIRECTIONS[out[last]]
        last -= 1
    if last > 0 and out[last] in types:
        out[last] = types[out[last]]
    elif last > 0 and _PREFIX_TYPE_END.match(out[last]) and out[last - 1] in types:
        out[last - 1] = types[out[last - 1]]
    if len(out) > 1 and out[0] in _DIRECTIONS and (len(out) > 2 or out[1] not in types.values()):
        out[0] = _DIRECTIONS[out[0]]
    return " ".join(out)


def _has_type(words: list[str]) -> bool:
    types = _types()
    return len(words) > 1 and any(word in types for word in words[-3:])


def _split_city(words: list[str]) -> tuple[list[str], list[str]]:
    """A street without commas, and the city behind its type: MAIN ST SPRINGFIELD."""
    types = _types()
    for index in range(len(words) - 1, 0, -1):
        if words[index] in types:
            end = index + 1
            if end < len(words) and words[end] in _DIRECTIONS and len(words[end]) <= 2:
                end += 1
            rest = words[end:]
            if rest and all(word.isalpha() and len(word) > 2 for word in rest):
                return words[:end], rest
            return words, []
    return words, []


def _read_street(segment: str, parsed: _Parsed, region: str | None, alone: bool) -> None:
    if " " in segment and (box := _PO_BOX.search(segment)):
        parsed.street = f"PO BOX {box.group(1)}"
        if before := segment[: box.start()].strip():
            parsed.names.append(before)
        if after := segment[box.end() :].strip():
            if parsed.city is None and (parsed.state or parsed.postcode):
                parsed.city = _city(after)
            else:
                parsed.details.append(after)
        return
    corner = _CORNER.match(segment)
    crossing = _CROSSING.split(segment[corner.end() :] if corner else segment)
    if len(crossing) == 2 and (corner or not segment[0].isdigit()) and all(_has_type(side.split(" ")) for side in crossing):
        parsed.street = " & ".join(_street(side.split(" ")) for side in crossing)
        return
    words = _take_units(segment.split(" "), parsed.units)
    words = _take_number(words, parsed, region)
    if region is not None and region not in _NUMBER_FIRST and not parsed.number and (found := _NUMBER_LAST.match(" ".join(words))):
        words, parsed.number = found.group(1).split(" "), found.group(2).replace(" ", "")
    if alone and parsed.city is None and (parsed.number or parsed.state or parsed.postcode):
        words, city = _split_city(words)
        parsed.city = _city(" ".join(city)) if city else None
    if words:
        parsed.street = _street(words)


def _city(text: str) -> str:
    """A city with Saint, Mount and Fort in one form."""
    return " ".join(_WORDS.get(word, word) if word not in _ORDINALS else word for word in text.split(" "))


def _is_street(segment: str) -> bool:
    if segment[0].isdigit():
        return " " in segment
    words = segment.split(" ")
    return _has_type(words) or bool(_PO_BOX.search(segment)) or (words[0] in _NO and len(words) > 2)


def _read_segments(segments: list[str], parsed: _Parsed, region: str | None) -> None:
    """Which part is the street, which ones are units, which one is the city."""
    rest: list[str] = []
    for segment in segments:
        words = segment.split(" ")
        left = _take_units(words, parsed.units) if words[0] in _UNITS or segment[0] == "#" or words[-1] in {"FLOOR", "FL", "FLR"} else words
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
            parsed.city = _city(rest[-1])
        else:
            parsed.details += rest
        return
    after = rest[where + 1 :]
    if after:
        parsed.city = _city(after[-1])
        parsed.details += after[:-1]
    parsed.names += rest[:where]
    # a bare number and what follows it: 12, High Street
    _read_street(rest[where], parsed, region, alone=not after)


def _room_key(units: list[str]) -> str | None:
    values = [unit.rpartition(" ")[2].lower() for unit in units if not unit.startswith("FL ")] or [
        unit.replace(" ", "").lower() for unit in units
    ]
    return "-".join(values) or None


def _spaced(text: str) -> str:
    text = _PUNCTUATION.sub(lambda match: "" if "." in match.group() else " ", text)
    return " ".join(_HASH.sub(" #", text).split())


def read_latin(value: str | None, *, region: str | None) -> tuple[Normalized, bool]:
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
    if " - " in text or not text.isascii():
        text = _DASH.sub(", ", text)
    segments = [part for piece in text.split(",") if (part := _spaced(piece))]
    if not segments:
        return Normalized(None, {}, issues), True
    parsed = _Parsed()
    parsed.country = _take_country(segments)
    country = parsed.country or region
    if segments:
        _read_end(segments, parsed, country)
    segments = [segment for segment in segments if segment]
    if segments:
        _read_segments(segments, parsed, country)
    answer = _answer(parsed, region, issues)
    if parsed.street is None or parsed.units or parsed.names or parsed.details or not _PLAIN.match(text):
        return answer, False
    return answer, parsed.street.rpartition(" ")[2] in _types()


def _read_end(segments: list[str], parsed: _Parsed, country: str | None) -> None:
    parsed.postcode, found = _take_postcode(segments, country)
    while segments and not segments[-1]:
        segments.pop()
    if not segments:
        return
    place = country or found
    for candidate in ((place,) if place in _states() else ("US", "CA", "AU") if place is None else ()):
        parsed.state = _take_state(segments, candidate, parsed.postcode is not None)
        if parsed.state:
            place = candidate
            break
    if parsed.postcode is None and place in {"US", None} and (lost := _LOST_ZERO.search(segments[-1] if segments else "")):
        _restore_zero(segments, parsed, lost)
    if parsed.postcode is None and place == "AU" and parsed.state is None:
        return
    while segments and not segments[-1]:
        segments.pop()


def _restore_zero(segments: list[str], parsed: _Parsed, lost: re.Match[str]) -> None:
    """MA 2110 is MA 02110: a spreadsheet took the zero."""
    before = segments[-1][: lost.start()].strip()
    trial = [*segments[:-1], before] if before else segments[:-1]
    if not trial:
        return
    state = _take_state(trial, "US", sure=True)
    if state in _ZERO_STATES:
        parsed.state = state
        parsed.postcode = lost.group(1).zfill(5)
        segments[:] = trial


def _answer(parsed: _Parsed, region: str | None, issues: tuple[str, ...]) -> Normalized:
    if parsed.street is None and parsed.city and parsed.city.split(" ")[-1] in _MILITARY:
        parsed.city = parsed.city.split(" ")[-1]
    parsed.units.sort(key=lambda one: _UNIT_ORDER.get(one.partition(" ")[0], 2))
    unit = " ".join(parsed.units) or None
    line = " ".join(piece for piece in (parsed.number, parsed.street) if piece)
    state = " ".join(piece for piece in (parsed.state, parsed.postcode) if piece)
    written = parsed.country if parsed.country and parsed.country != region else None
    country = _COUNTRY_NAMES.get(written, written) if written else None
    pieces = [*parsed.names, line, unit, *parsed.details, parsed.city, state, country]
    value = ", ".join(piece for piece in pieces if piece)
    road = fold(parsed.street) if parsed.street else None
    street = None
    if road and (parsed.number or road.startswith("po box")):
        street = f"{fold(parsed.number)} {road}" if parsed.number else road
    room = _room_key(parsed.units)
    detail = ", ".join(parsed.names + parsed.details) or None
    key = None
    if road or detail or room:
        key = "|".join([street or road or fold(detail or ""), room or ""])
    parts = {
        "number": parsed.number,
        "street": parsed.street,
        "unit": unit,
        "city": parsed.city,
        "state": parsed.state,
        "postcode": parsed.postcode,
        "country": parsed.country or region,
        "detail": detail,
        "road_key": road,
        "street_key": street,
        "room_key": room,
        "key": key,
    }
    return Normalized(value or None, parts, issues)
