"""A cell of any column as text, and exactly that cell back.

The table of changes holds cells of every column in two columns of text. A cell of a text column is there as it is, so
that null, an empty string and white space stay three things. Cells of other types are written so that a person can
read them and `decode` gives the same cell: a moment that has no such text (a time of day, a year beyond 9999) is its
number in the column's unit after an `@`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from crmquality.lift import text_series

_DAY: Final = "%Y-%m-%d"
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S%.f"
_MOMENT_SHORT: Final = "%Y-%m-%dT%H:%M"
PER_SECOND: Final = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_FIRST_DAY: Final = date(1, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
_LAST_DAY: Final = date(9999, 12, 31).toordinal() - date(1970, 1, 1).toordinal()


def is_plain(dtype: pl.DataType) -> bool:
    """Whether cells of this type can be fields: everything but lists, structs and Python objects."""
    return not (dtype.is_nested() or dtype == pl.Object or dtype == pl.Unknown)


def nulled(cells: pl.Series, where: pl.Series) -> pl.Series:
    """The cells, null where `where` is true; for any type.

    >>> nulled(pl.Series("n", [1, 2]), pl.Series([True, False])).to_list()
    [None, 2]
    """
    return pl.DataFrame({"cell": cells, "where": where}).select(pl.when(~pl.col("where")).then("cell")).to_series()


def comparable(ids: pl.Series, others: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Two columns of ids as one type: as text where their types differ, so that "1" is the id 1, and 1.5 is not.

    >>> [ids.to_list() for ids in comparable(pl.Series(["1", "01"]), pl.Series([1]))]
    [['1', '01'], ['1']]
    """
    return (ids, others) if ids.dtype == others.dtype else (text_series(ids), text_series(others))


def encode(cells: pl.Series) -> pl.Series:
    """Cells of any plain type as text; null stays null.

    >>> encode(pl.Series([1.0, None])).to_list(), encode(pl.Series(["", " "])).to_list()
    (['1.0', None], ['', ' '])
    """
    dtype = cells.dtype
    if dtype == pl.String:
        return cells
    if dtype == pl.Binary:
        return cells.bin.encode("hex")
    if not dtype.is_temporal():
        return cells.cast(pl.String)
    numbers = "@" + cells.to_physical().cast(pl.String)
    if not isinstance(dtype, pl.Date | pl.Datetime):
        return numbers
    shown = _within_calendar(cells)
    if isinstance(dtype, pl.Datetime):
        utc = shown if dtype.time_zone is None else shown.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        text = utc.dt.to_string(_MOMENT) + ("" if dtype.time_zone is None else "Z")
    else:
        text = shown.dt.to_string(_DAY)
    return numbers.zip_with(shown.is_null() | decode(text, dtype).ne_missing(shown), text)


def _within_calendar(cells: pl.Series) -> pl.Series:
    """Moments of the years 1 to 9999 as they are, others as null: polars panics when it writes those as text."""
    days = cells.to_physical()
    if isinstance(cells.dtype, pl.Datetime):
        days = days // (86_400 * PER_SECOND[cells.dtype.time_unit])
    return nulled(cells, ~days.is_between(_FIRST_DAY, _LAST_DAY).fill_null(True))


def decode(text: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Text as cells of a type: what `encode` was given, or null where the type cannot hold the text exactly.

    >>> decode(pl.Series(["5", "+5", "x", None]), pl.Int64()).to_list()
    [5, None, None, None]
    """
    if dtype == pl.String:
        return text
    if dtype == pl.Binary:
        return text.str.decode("hex", strict=False)
    if dtype == pl.Boolean:
        return nulled(text == "true", ~text.is_in(["true", "false"]).fill_null(False))
    if dtype.is_temporal():
        return _decode_temporal(text, dtype)
    held = text.cast(dtype, strict=False)
    if dtype.is_numeric():
        same = (_number(held.cast(pl.String)) == _number(text)).fill_null(False)
        return nulled(held, ~same)
    return held


def _number(text: pl.Series) -> pl.Series:
    """One spelling for a number that is written with and without zeros after the point."""
    return text.str.replace(r"^(-?[0-9]+\.[0-9]*?)0+$", "${1}").str.strip_suffix(".")


def _decode_temporal(text: pl.Series, dtype: pl.DataType) -> pl.Series:
    numbers = text.str.extract(r"^@(-?[0-9]+)$").cast(pl.Int64, strict=False)
    physical = numbers.cast(pl.Int32, strict=False) if dtype == pl.Date else numbers
    found = [physical.cast(dtype)]
    if dtype == pl.Date:
        found.append(text.str.to_date(_DAY, strict=False))
    elif isinstance(dtype, pl.Datetime):
        bare = text if dtype.time_zone is None else text.str.extract(r"^(.*)Z$")
        unit = dtype.time_unit
        for pattern in (_MOMENT, _MOMENT_SHORT, _DAY):
            moment = (
                bare.str.to_date(pattern, strict=False).cast(pl.Datetime(unit))
                if pattern == _DAY
                else bare.str.to_datetime(pattern, time_unit=unit, strict=False)
            )
            if dtype.time_zone is not None:
                moment = moment.dt.replace_time_zone("UTC").dt.convert_time_zone(dtype.time_zone)
            found.append(moment)
    return pl.select(pl.coalesce(*(pl.lit(f) for f in found))).to_series()
