"""The usual American address, in one look: number, street, unit, city, state, ZIP code, with their commas.

Streets and cities are read once, alone, by the grammar of `addresses_latin` and remembered. A test holds what comes
out to what that grammar says of the whole. The same expression serves a column at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import polars as pl

from crmquality.normalizer.address_words import UNITS, states, telling_words
from crmquality.normalizer.addresses_latin import read_any
from crmquality.tables import Normalized

_UNIT: Final = "APT|APARTMENT|STE|SUITE|UNIT"
_USUAL: Final = (
    "([0-9]{1,6}) ([A-Z0-9][A-Z0-9 .]{1,40}?)"
    rf"(?:,? (?:({_UNIT})\.? #?([0-9]{{1,4}}[A-Z]?)|# ?([0-9]{{1,4}}[A-Z]?)))?"
    ", ([A-Z][A-Z .]{1,30}), ([A-Z][A-Z ]{1,20}),? ([0-9]{5}(?:-[0-9]{4})?)"
)
_WHOLE: Final = re.compile(_USUAL + r"\Z")


@lru_cache(maxsize=65_536)
def _street(text: str) -> tuple[str, str] | None:
    """A street as it is to be written, and its key; None where it is not certain alone."""
    if not telling_words().isdisjoint(text.replace(".", "").split()):
        return None  # a word before a number that is its unit's
    answer, sure = read_any(f"1 {text}, SPRINGFIELD, IL 62701", region="US")
    parts = answer.parts
    street, key = parts["street"], parts["road_key"]
    alone = parts["number"] == "1" and not (parts["unit"] or parts["detail"] or parts["note"])
    if not (sure and alone and street and key) or answer.value != f"1 {street}, SPRINGFIELD, IL 62701":
        return None
    return street, key


@lru_cache(maxsize=65_536)
def _city(text: str) -> str | None:
    """A city as it is to be written; None where it is not certain alone."""
    answer, sure = read_any(f"1 MAIN ST, {text}, IL 62701", region="US")
    city = answer.parts["city"]
    return city if sure and city and answer.value == f"1 MAIN ST, {city}, IL 62701" else None


@lru_cache(maxsize=1024)
def _state(text: str) -> str | None:
    return states()["US"].get(text)


def read_usual_latin(value: str) -> Normalized | None:
    """What `addresses_latin.read_latin` answers, where an American address is of the usual form; None where it is not.

    >>> answer = read_usual_latin("123 N. Main Street, Apt 4B, Springfield, Illinois 62701")
    >>> answer.value, answer.parts["key"]
    ('123 N MAIN ST, APT 4B, SPRINGFIELD, IL 62701', '123 n main st|4b')
    >>> read_usual_latin("PO Box 12") is None
    True
    """
    found = _WHOLE.match(value.upper())
    if found is None:
        return None
    number, street, word, apartment, hashed, city, state, postcode = found.groups()
    known, town, code = _street(street), _city(city), _state(state)
    if known is None or town is None or code is None:
        return None
    road, key = known
    room = apartment or hashed
    unit = f"{UNITS[word]} {room}" if word else f"# {room}" if room else None
    room_key = room.lower() if room else None
    line = f"{number} {road}, {unit}" if unit else f"{number} {road}"
    parts = {
        "number": number,
        "street": road,
        "unit": unit,
        "city": town,
        "state": code,
        "postcode": postcode,
        "country": "US",
        "detail": None,
        "note": None,
        "others": None,
        "road_key": key,
        "street_key": f"{number} {key}",
        "room_key": room_key,
        "key": f"{number} {key}|{room_key or ''}",
    }
    return Normalized(f"{line}, {town}, {code} {postcode}", parts)


def latin_column(values: pl.Series) -> pl.DataFrame:
    """The column form of `addresses.normalize_address` in the United States, for addresses of the usual form.

    >>> latin_column(pl.Series(["1 Main Street, Boston, MA 02110", "Boston"]))["value"].to_list()
    ['1 MAIN ST, BOSTON, MA 02110', None]
    """
    names = ["number", "name", "word", "apartment", "hashed", "town", "region", "postcode"]
    # a capital of a letter beyond ASCII can be ASCII
    plain = values.str.contains("^[ -~]+$") & ~values.str.contains("\n", literal=True)
    found = values.str.to_uppercase().str.extract_groups(f"^{_USUAL}$").struct.rename_fields(names).struct.unnest()
    streets = {text: _street(text) for text in found["name"].unique().drop_nulls().to_list()}
    cities = {text: _city(text) for text in found["town"].unique().drop_nulls().to_list()}
    roads = {text: known for text, known in streets.items() if known is not None}
    towns = {text: (known,) for text, known in cities.items() if known is not None}
    codes = {text: (code,) for text, code in states()["US"].items()}
    table = (
        found.join(_table("name", roads, "street", "road_key"), on="name", how="left", maintain_order="left")
        .join(_table("town", towns, "city"), on="town", how="left", maintain_order="left")
        .join(_table("region", codes, "state"), on="region", how="left", maintain_order="left")
    )
    room = pl.coalesce("apartment", "hashed")
    unit = pl.when(pl.col("word").is_not_null()).then(
        pl.col("word").replace_strict(UNITS, default=None, return_dtype=pl.String) + " " + room
    ).otherwise("# " + room)  # fmt: skip
    key = pl.col("number") + " " + pl.col("road_key")
    return table.select(
        known=plain & pl.col("street").is_not_null() & pl.col("city").is_not_null() & pl.col("state").is_not_null(),
        value=pl.concat_str(
            "number",
            pl.lit(" "),
            "street",
            (", " + unit).fill_null(""),
            pl.lit(", "),
            "city",
            pl.lit(", "),
            "state",
            pl.lit(" "),
            "postcode",
        ),
        issues=pl.lit(None, dtype=pl.String),
        **{name: pl.col(name) for name in ("number", "street", "city", "state", "postcode", "road_key")},
        unit=unit,
        country=pl.lit("US"),
        street_key=key,
        room_key=room.str.to_lowercase(),
        key=key + "|" + room.str.to_lowercase().fill_null(""),
    )


def _table(on: str, known: Mapping[str, tuple[str, ...]], *columns: str) -> pl.DataFrame:
    """A dictionary as a table to join with."""
    return pl.DataFrame(
        {on: list(known), **{name: [row[i] for row in known.values()] for i, name in enumerate(columns)}},
        schema=dict.fromkeys((on, *columns), pl.String),
    )
