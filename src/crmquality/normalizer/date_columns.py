"""Dates a column at a time: whole days, the year first, in the forms that nearly all have; the rest is left alone."""

from __future__ import annotations

from functools import partial
from typing import Final

import polars as pl

from crmquality.normalizer.date_frames import framed_dates
from crmquality.normalizer.date_readings import ANY_DATE, BIRTH, DateOrder, SerialKind, Window
from crmquality.normalizer.dates import PLACEHOLDERS, normalize_birth_date, normalize_date
from crmquality.tables import Kernel

_ISO: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_COMMON: Final = (
    "^[0-9]{4}(?:-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|[.][0-9]{1,2}[.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日"
    "|[0-9]{4})$"
)
_PARTS: Final = "^([0-9]{4})[^0-9]?([0-9]{1,2})[^0-9]?([0-9]{1,2})"


def normalize_date_column(
    values: pl.Series, *, order: DateOrder | None = None, serial: SerialKind | None = None
) -> pl.DataFrame:
    """The column form of `normalize_date`.

    Args:
        values: distinct values, none missing.
        order: as of the kernel; a date with its year first has no other.
        serial: as of the kernel; then only dates with signs between are read here.

    Returns:
        `known`, `value`, the parts, `issues`; one row for each value, in order.

    >>> normalize_date_column(pl.Series(["1979年8月4日", "4.8.1979"])).select("known", "value", "swapped").rows()
    [(True, '1979-08-04', '1979-04-08'), (False, None, None)]
    """
    return _together(values, serial, ANY_DATE, partial(normalize_date, order=order, serial=serial))


def normalize_birth_date_column(
    values: pl.Series, *, order: DateOrder | None = None, serial: SerialKind | None = None
) -> pl.DataFrame:
    """The column form of `normalize_birth_date`; see `normalize_date_column`.

    >>> normalize_birth_date_column(pl.Series(["1979/8/4", "1970-01-01"])).select("known", "value").rows()
    [(True, '1979-08-04'), (False, None)]
    """
    return _together(values, serial, BIRTH, partial(normalize_birth_date, order=order, serial=serial))


def _together(values: pl.Series, serial: SerialKind | None, window: Window, kernel: Kernel) -> pl.DataFrame:
    """Bare dates, and those with something around them."""
    told = _dates(values, serial, window)
    if serial is not None or told["known"].all():
        return told
    framed = framed_dates(values.filter(~told["known"]), kernel, lambda days: _dates(days, None, window))
    known = pl.lit(value=True).alias("known")
    rows = [told.with_columns(values.alias("v")).filter("known"), framed.with_columns(known)]
    together = pl.concat(rows, how="diagonal")
    together = values.alias("v").to_frame().join(together, on="v", how="left", maintain_order="left")
    return together.select(pl.col("known").fill_null(value=False), pl.exclude("v", "known"))


def _dates(values: pl.Series, serial: SerialKind | None, window: Window) -> pl.DataFrame:
    text = pl.col("v")
    formed = text.str.contains(_COMMON if serial is None else _ISO)
    frame = values.alias("v").to_frame().with_columns(pl.when(formed).then(text.str.extract_groups(_PARTS)).alias("p"))
    frame = frame.select("v", pl.col("p").struct.rename_fields(["year", "month", "day"])).unnest("p")
    frame = frame.with_columns(pl.col("month").str.zfill(2), pl.col("day").str.zfill(2))
    year, month, day = pl.col("year"), pl.col("month"), pl.col("day")
    frame = frame.with_columns(iso=pl.concat_str(year, month, day, separator="-"), y=year.cast(pl.Int32))
    iso = pl.col("iso")
    known = (
        iso.str.to_date("%Y-%m-%d", strict=False).is_not_null()
        & pl.col("y").is_between(window.first, window.last)
        # eight digits are a date of our time, or none
        & (text.str.contains("[^0-9]") | pl.col("y").is_between(1800, 2199))
        & iso.is_in(sorted(PLACEHOLDERS)).not_()
    ).fill_null(value=False)
    swapped = pl.concat_str(year, day, month, separator="-")
    return frame.select(
        known.alias("known"),
        *(pl.when(known).then(part).alias(name) for name, part in (("value", iso), ("year", year))),
        pl.when(known).then(month).alias("month"),
        pl.when(known).then(day).alias("day"),
        pl.when(known & (day <= "12") & (day != month)).then(swapped).alias("swapped"),
        pl.lit(None, dtype=pl.String).alias("issues"),
    )
