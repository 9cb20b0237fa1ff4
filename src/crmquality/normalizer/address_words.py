"""The words of addresses in Latin letters: street types, states, countries, directions, units.

Canonical forms are the abbreviations of USPS Publication 28, in capitals.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from crmquality.reference import read_table

DIRECTIONS: Final = {
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "NORTHEAST": "NE", "NORTHWEST": "NW", "SOUTHEAST": "SE",
    "SOUTHWEST": "SW", "N": "N", "S": "S", "E": "E", "W": "W", "NE": "NE", "NW": "NW", "SE": "SE", "SW": "SW",
}  # fmt: skip
ORDINALS: Final = {
    "FIRST": "1ST", "SECOND": "2ND", "THIRD": "3RD", "FOURTH": "4TH", "FIFTH": "5TH", "SIXTH": "6TH", "SEVENTH": "7TH",
    "EIGHTH": "8TH", "NINTH": "9TH", "TENTH": "10TH", "ELEVENTH": "11TH", "TWELFTH": "12TH", "THIRTEENTH": "13TH",
    "FOURTEENTH": "14TH", "FIFTEENTH": "15TH", "SIXTEENTH": "16TH", "SEVENTEENTH": "17TH", "EIGHTEENTH": "18TH",
    "NINETEENTH": "19TH", "TWENTIETH": "20TH",
}  # fmt: skip
WORDS: Final = {"SAINT": "ST", "MOUNT": "MT", "FORT": "FT"} | ORDINALS
UNITS: Final = {
    "APT": "APT", "APARTMENT": "APT", "APPT": "APT", "STE": "STE", "SUITE": "STE", "UNIT": "UNIT", "FLAT": "FLAT",
    "FL": "FL", "FLOOR": "FL", "FLR": "FL", "LEVEL": "FL", "RM": "RM", "ROOM": "RM", "BLDG": "BLDG", "BUILDING": "BLDG",
    "LOT": "LOT", "SPC": "SPC", "SPACE": "SPC", "TRLR": "TRLR", "TRAILER": "TRLR", "DEPT": "DEPT", "DEPARTMENT": "DEPT",
    "PH": "PH", "PENTHOUSE": "PH", "OFC": "OFC", "OFFICE": "OFC", "SHOP": "SHOP", "BLOCK": "BLDG", "BLK": "BLDG",
    "TOWER": "TOWER", "#": "#",
}  # fmt: skip
LONE_UNITS: Final = {
    "PH": "PH", "PENTHOUSE": "PH", "BSMT": "BSMT", "BASEMENT": "BSMT", "REAR": "REAR", "FRNT": "FRNT", "FRONT": "FRNT",
    "LOWR": "LOWR", "UPPR": "UPPR", "LOBBY": "LBBY", "LBBY": "LBBY",
}  # fmt: skip
NUMBER_WORDS: Final = {
    "ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5", "SIX": "6", "SEVEN": "7", "EIGHT": "8", "NINE": "9",
    "TEN": "10",
}  # fmt: skip
NUMBERED: Final = frozenset(
    {"HWY", "HIGHWAY", "ROUTE", "RTE", "RT", "ROAD", "RD", "COUNTY", "BOX", "FM", "#", "APT", "STE", "SUITE", "UNIT"}
)
"""Words that a number follows: HIGHWAY 10001 is no ZIP code."""
UNIT_ORDER: Final = {"BLDG": 0, "TOWER": 0, "FL": 1}
"""Units from the larger to the smaller; the others are the smallest."""


_US_STATES_TOO: Final = frozenset({"GEORGIA"})
"""Names of countries that in the United States are states."""


@cache
def countries() -> dict[str, str]:
    """Names of countries in capitals and without points, their alpha-3 and alpha-2 codes, to the alpha-2 code."""
    found: dict[str, str] = {"TAIWAN ROC": "TW", "ROC": "TW", "US OF A": "US"}
    for row in read_table("countries.csv"):
        for name in (row["alpha_2"], row["alpha_3"], row["name"], *row["others"].split("|")):
            if name and name.upper() not in _US_STATES_TOO:
                found[" ".join(name.upper().replace(".", "").replace(",", " ").split())] = row["alpha_2"]
    return found


@cache
def country_names() -> dict[str, str]:
    """The name of each country in capitals, by its alpha-2 code."""
    return {row["alpha_2"]: row["name"].upper().replace(".", "") for row in read_table("countries.csv")}


@cache
def han_countries() -> dict[str, str]:
    """Chinese names of countries, and the ISO 3166 alpha-2 code of each."""
    found: dict[str, str] = {}
    for row in read_table("countries.csv"):
        for name in (row["name_zh"], *row["others"].split("|")):
            if name and "\u4e00" <= name[0] <= "\u9fff":
                found[name] = row["alpha_2"]
    return found


_STATES_IN_SHORT: Final = {
    "D C": "DC", "N H": "NH", "N J": "NJ", "N M": "NM", "N C": "NC", "N D": "ND", "N Y": "NY", "S C": "SC",
    "S D": "SD", "R I": "RI", "W VA": "WV", "CALIF": "CA", "MASS": "MA", "PENN": "PA", "PENNA": "PA", "CONN": "CT",
    "ILL": "IL", "FLA": "FL", "TEX": "TX", "ARIZ": "AZ", "COLO": "CO", "MICH": "MI", "MINN": "MN", "WIS": "WI",
    "WISC": "WI", "ORE": "OR", "OREG": "OR", "TENN": "TN", "OKLA": "OK", "NEBR": "NE", "KANS": "KS", "ALA": "AL",
    "ARK": "AR", "MONT": "MT", "NEV": "NV", "WYO": "WY", "WASH": "WA", "N CAR": "NC", "S CAR": "SC", "N DAK": "ND",
    "S DAK": "SD", "N MEX": "NM",
}  # fmt: skip
"""What states were abbreviated to before the two letters."""
_COUNTIES_IN_SHORT: Final = {
    "BEDS": "BEDFORDSHIRE", "BERKS": "BERKSHIRE", "BUCKS": "BUCKINGHAMSHIRE", "CAMBS": "CAMBRIDGESHIRE",
    "GLOS": "GLOUCESTERSHIRE", "HANTS": "HAMPSHIRE", "HERTS": "HERTFORDSHIRE", "LANCS": "LANCASHIRE",
    "LEICS": "LEICESTERSHIRE", "LINCS": "LINCOLNSHIRE", "MIDDX": "MIDDLESEX", "NORTHANTS": "NORTHAMPTONSHIRE",
    "NOTTS": "NOTTINGHAMSHIRE", "OXON": "OXFORDSHIRE", "STAFFS": "STAFFORDSHIRE", "WARKS": "WARWICKSHIRE",
    "WILTS": "WILTSHIRE", "WORCS": "WORCESTERSHIRE", "YORKS": "YORKSHIRE",
}  # fmt: skip


@cache
def street_types() -> dict[str, str]:
    """Names and abbreviations of street types, and the abbreviation of each in USPS Publication 28."""
    return {row["name"]: row["abbreviation"] for row in read_table("street_types.csv")}


@cache
def states() -> dict[str, dict[str, str]]:
    """By country: codes and names of states and provinces, and the code of each."""
    found: dict[str, dict[str, str]] = {}
    for row in read_table("states.csv"):
        codes = found.setdefault(row["country"], {})
        codes[row["code"]] = codes[row["name"]] = row["code"]
    found["CA"] |= {"PQ": "QC", "NEWFOUNDLAND": "NL", "PEI": "PE"}
    found["US"] |= _STATES_IN_SHORT
    found["GB"] |= _COUNTIES_IN_SHORT
    return found


@cache
def state_endings(country: str) -> frozenset[str]:
    """The last words of the codes and names of a country's states."""
    return frozenset(name.rpartition(" ")[2] for name in states()[country])


@cache
def abbreviations() -> frozenset[str]:
    """The abbreviations of street types."""
    return frozenset(street_types().values())


@cache
def telling_words() -> frozenset[str]:
    """Words that are more than a name: units, and what joins or numbers."""
    joins = {"AND", "AT", "OF", "NO", "NUMBER", "CORNER", "CNR", "BAG", "POBOX", "PO", "BOX", "FLOOR", "LEVEL"}
    return frozenset(joins) | UNITS.keys() | LONE_UNITS.keys() | NUMBER_WORDS.keys()


@cache
def place_names() -> frozenset[str]:
    """Names and codes of states and countries, and types of streets: what may end an address and is no city."""
    regions = {name for codes in states().values() for name in codes}
    return frozenset(street_types()) | countries().keys() | regions
