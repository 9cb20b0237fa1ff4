"""The words of one part of an address in Latin letters: units, street number, street."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from crmquality.normalizer.address_words import (
    DIRECTIONS,
    LONE_UNITS,
    NUMBER_WORDS,
    ORDINALS,
    UNITS,
    WORDS,
    abbreviations,
    street_types,
)
from crmquality.normalizer.addresses_pinyin import (
    NO_DIVISIONS,
    Divisions,
)

_UNIT_VALUE: Final = re.compile(
    r"#?(?:[0-9]{1,5}[A-Z]{0,2}(?:-[0-9A-Z]{1,4})?|[A-Z]{1,2}-?[0-9]{1,5}|[A-Z]|[0-9]{1,3}(?:ST|ND|RD|TH))\Z"
)
FLOOR_SIGN: Final = re.compile(r"([0-9]{1,3})/?F\Z")
_FLOOR: Final = re.compile(r"(?:[0-9]{1,3}(?:ST|ND|RD|TH)|GROUND|TOP)\Z")
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?[A-Z]?(?:[-/][0-9]{1,5}[A-Z]?)?\Z")
_GRID: Final = re.compile(r"[NSEW][0-9]{1,3}(?:[NSEW][0-9]{1,6})?\Z|[0-9]{1,5}[NSEW][0-9]{1,5}\Z")
_SLASH_UNIT: Final = re.compile(r"U(?:NIT)?([0-9]{1,5}[A-Z]?)/([0-9]{1,5}[A-Z]?)\Z")
_UNIT_AND_NUMBER: Final = re.compile(r"([0-9]{1,4}[A-Z]?)-([0-9]{1,6})\Z")
_AGAIN: Final = frozenset({"BIS", "TER", "QUATER"})
_STRASSE: Final = frozenset({"DE", "AT", "CH", "LI"})
_STR: Final = re.compile(r"STR\Z")
_HIGHWAYS: Final = (
    (re.compile(r"(?:C ?R|CO RD|CNTY RD|COUNTY RD|CO ROAD|CNTY ROAD) (?=[0-9])"), "COUNTY RD "),
    (re.compile(r"(?:C ?H|CO HWY|CNTY HWY|CO HIGHWAY) (?=[0-9])"), "COUNTY HWY "),
    (re.compile(r"(?:S ?R|ST RTE?|ST ROUTE|STATE RT|STATE ROAD RTE) (?=[0-9])"), "STATE RTE "),
    (re.compile(r"(?:S ?H|ST HWY|ST HIGHWAY) (?=[0-9])"), "STATE HWY "),
    (re.compile(r"(?:U ?S|U ?S (?:RTE?|ROUTE|HIGHWAY|HWY)) (?=[0-9])"), "US HWY "),
    (re.compile(r"(?:INTERSTATE(?: (?:HWY|HIGHWAY))? |I ?H? ?-? ?)(?=[0-9])"), "INTERSTATE "),
    (re.compile(r"(?:F ?M|FARM TO MARKET)(?: (?:RD|ROAD))? (?=[0-9])"), "FM "),
)
_HIGHWAY_WORDS: Final = frozenset(
    {
        "C",
        "CO",
        "CNTY",
        "COUNTY",
        "CR",
        "CH",
        "S",
        "SR",
        "ST",
        "STATE",
        "SH",
        "U",
        "US",
        "I",
        "IH",
        "INTERSTATE",
        "F",
        "FM",
        "FARM",
    }
)
_I_ROAD: Final = re.compile(r"IH?-?[0-9]{1,3}\Z")
_SLASH_NUMBER: Final = re.compile(r"([0-9]{1,5}[A-Z]?)/([0-9]{1,5}[A-Z]?(?:-[0-9]{1,5})?)\Z")
_FRACTION: Final = re.compile(r"[1-9]/[1-9]\Z")
NO: Final = frozenset({"NO", "NUMBER", "NR", "NUM"})
_PREFIX_TYPE_END: Final = re.compile(r"(?:[A-Z]|[0-9]{1,4}[A-Z]?)\Z")


@dataclass(slots=True)
class Parsed:
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
    last: bool = False
    """Whether the number stood behind the street."""
    lane: str | None = None
    divisions: Divisions = NO_DIVISIONS
    notes: list[str] = field(default_factory=list)
    """Who is to receive it, and phone numbers."""


def take_units(words: list[str], units: list[str]) -> list[str]:
    """The words without the designators of units and their values."""
    kept: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        following = words[position + 1] if position + 1 < len(words) else ""
        if following in NO and word in UNITS and position + 2 < len(words) and _UNIT_VALUE.match(words[position + 2]):
            words = [*words[: position + 1], *words[position + 2 :]]  # APT NO 4
            following = words[position + 1]
        if word in UNITS and _UNIT_VALUE.match(following) and (kept or position + 2 <= len(words)):
            units.append(f"{UNITS[word]} {following.lstrip('#')}")
            position += 2
        elif word in UNITS and (split := _SLASH_NUMBER.match(following)) and position + 2 < len(words):
            units.append(f"{UNITS[word]} {split.group(1)}")
            kept.append(split.group(2))
            position += 2
        elif word[0] == "#" and len(word) > 1:
            units.append(f"# {word[1:]}")
            position += 1
        elif floor := FLOOR_SIGN.match(word):
            units.append(f"FL {floor.group(1)}")
            position += 1
        elif following in {"FLOOR", "FL", "FLR", "LEVEL"} and (
            _FLOOR.match(word) or (word.isdigit() and len(words) == position + 2)
        ):
            units.append(f"FL {word}")
            position += 2
        elif word in LONE_UNITS and kept and position == len(words) - 1 and len(kept) > 1:
            units.append(LONE_UNITS[word])
            position += 1
        else:
            kept.append(word)
            position += 1
    return kept


def take_number(words: list[str], parsed: Parsed, region: str | None) -> list[str]:
    """The words after the street number."""
    if len(words) > 1 and words[0].isdigit() and len(words[0]) <= 6 and "/" not in words[1]:
        parsed.number = words[0]
        if len(words) > 2 and region != "US" and words[1] in _AGAIN:
            parsed.number += " " + words[1]
            return words[2:]
        return words[1:]
    if len(words) > 1 and words[0] in NO and words[1][0].isdigit():
        words = words[1:]
    if len(words) > 2 and words[0] in NUMBER_WORDS and words[-1] in street_types():
        words = [NUMBER_WORDS[words[0]], *words[1:]]
    if len(words) > 1 and (_GRID.match(words[0]) or (split := _SLASH_UNIT.match(words[0]))):
        parsed.number = split.group(2) if (split := _SLASH_UNIT.match(words[0])) else words[0]
        parsed.units += [f"UNIT {split.group(1)}"] if split else []
        return take_number([parsed.number, *words[1:]], parsed, region) if split else words[1:]
    if not words or not words[0][0].isdigit():
        return words
    if region == "CA" and len(words) > 1 and (split := _UNIT_AND_NUMBER.match(words[0])):
        parsed.units.append(f"UNIT {split.group(1)}")
        parsed.number = split.group(2)
        return words[1:]
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


def street_name(words: list[str], region: str | None = None) -> str:
    """A street's name with its type, directions and numerals in one form."""
    if region in _STRASSE:
        return " ".join(_STR.sub("STRASSE", word) for word in words)
    types = street_types()
    if words[0] in _HIGHWAY_WORDS or _I_ROAD.match(words[0]):
        line = " ".join(words)
        for pattern, name in _HIGHWAYS:
            if found := pattern.match(line):
                words = (name + line[found.end() :]).split(" ")
                break
    last = len(words) - 1
    out = [WORDS.get(word, word) if index < last else ORDINALS.get(word, word) for index, word in enumerate(words)]
    if last > 0 and out[last] in DIRECTIONS and (last > 1 or out[0] not in types):
        out[last] = DIRECTIONS[out[last]]
        last -= 1
    if last > 0 and out[last] in types:
        out[last] = types[out[last]]
    elif last > 0 and _PREFIX_TYPE_END.match(out[last]) and out[last - 1] in types:
        out[last - 1] = types[out[last - 1]]
    if len(out) > 1 and out[0] in DIRECTIONS and (len(out) > 2 or out[1] not in abbreviations()):
        out[0] = DIRECTIONS[out[0]]
    return " ".join(out)


def has_type(words: list[str]) -> bool:
    """Whether one of the last words is a type of street."""
    types = street_types()
    return len(words) > 1 and any(word in types for word in words[-3:])


def split_city(words: list[str]) -> tuple[list[str], list[str]]:
    """A street without commas, and the city behind its type: MAIN ST SPRINGFIELD."""
    types = street_types()
    for index in range(len(words) - 1, 0, -1):
        if words[index] in types:
            end = index + 1
            if end < len(words) and words[end] in DIRECTIONS and len(words[end]) <= 2:
                end += 1
            rest = words[end:]
            if rest and all(word.isalpha() and len(word) > 2 for word in rest):
                return words[:end], rest
            return words, []
    return words, []


def city_name(text: str) -> str:
    """A city with Saint, Mount and Fort in one form."""
    return " ".join(WORDS.get(word, word) if word not in ORDINALS else word for word in text.split(" "))
