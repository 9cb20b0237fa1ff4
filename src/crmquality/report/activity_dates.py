"""Columns of dates as days: the first and the last one that a cell can mean, as the caller's clock counts them.

A cell may say a year, a month, a day or a moment. Whatever is asked about it is asked of whole days: a moment with an
offset is brought to the caller's zone first, as in `validator.times`, and a month stands for all of its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timezone, tzinfo
from functools import partial, reduce
from operator import or_
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.lift import call, text_series
from crmquality.normalizer.dates import PLACEHOLDERS, normalize_timestamp
from crmquality.report.metrics import filled
from crmquality.tables import norm_column
from crmquality.validator import column_cells
from crmquality.validator.rules import over_distinct
from crmquality.validator.times import moment, moments

IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

_EPOCH: Final = date(1970, 1, 1).toordinal()
NO_DAY: Final = -1_000_000
"""Before every day of the calendar: no day is known."""
LAST_DAY: Final = date.max.toordinal() - _EPOCH
_FIRST_DAY: Final = date.min.toordinal() - _EPOCH
_PER_DAY: Final = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_OFFSET: Final = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})\s*\z"
_MOMENT: Final = (
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])\z"
)
# A clock that names no offset says nothing about the day; without it there are few distinct cells
_CLOCK: Final = (
    r"\A([0-9]{4}(?:[-/.][0-9]{1,2}[-/.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日)) "
    r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?\z"
)
_NOTHING: Final = ""
_NO_DATES: Final = sorted(PLACEHOLDERS)


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """A column of dates as days since 1970-01-01; arrays of one entry per row.

    Attributes:
        first: the first day that the cell can mean, or `NO_DAY`.
        last: the last one; another than the first where only the month or the year is known.
        unreadable: whether there is something in the cell, and no date.
    """

    first: IntArray
    last: IntArray
    unreadable: BoolArray


def day_number(day: date) -> int:
    """A day as days since 1970-01-01.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return date(day.year, day.month, day.day).toordinal() - _EPOCH


def read_days(frame: pl.DataFrame, name: str, zone: tzinfo | None = None) -> Days:
    """A column as days: its normalized form where there is one; else times, ISO 8601, or what the kernel reads.

    Days that systems write where there is none (1900-01-01, 1970-01-01 ...) are no dates, and nothing unreadable.

    Args:
        frame: the table; it has the column, or its normalized one.
        name: the field, or the column.
        zone: where moments with an offset are brought to; UTC when None. Others are taken as they stand.

    >>> table = pl.DataFrame({"at": ["2024-02", "2024-05-03T06:12:00+08:00", "2024年5月3日", "soon", "1900-01-01"]})
    >>> days = read_days(table, "at")
    >>> (days.last - days.first).tolist(), [date.fromordinal(int(d) + _EPOCH).isoformat() for d in days.last[:3]]
    ([28, 0, 0, 0, 0], ['2024-02-29', '2024-05-02', '2024-05-03'])
    >>> days.unreadable.tolist()
    [False, False, False, True, False]
    """
    normalized = norm_column(name) in frame.columns
    if not normalized and (frame[name].dtype == pl.Date or isinstance(frame[name].dtype, pl.Datetime)):
        return _of_times(frame[name], zone)
    cells = column_cells(frame, name)
    there = filled(frame, name)
    if normalized:
        times = _with_offsets(frame, name, moments(cells, zone), zone)
    else:
        days = _days_with_offset(cells, zone)
        times = days.zip_with(days.is_not_null(), moments(cells.set(days.is_not_null(), None), zone))
        # Written any other way: by the kernel, once per distinct cell
        rest = times.is_null() & cells.is_not_null()
        if rest.any():
            plain = cells.set(~rest, None).str.replace(_CLOCK, "$1")
            told = over_distinct(plain, partial(_reading, zone=zone), pl.String())
            there &= ~(rest & (told == _NOTHING).fill_null(False))
            times = times.zip_with(~rest, told.set(told == _NOTHING, None))
    # As written, before it is brought to another clock: the first second of Unix is the day before in New York
    return _of_text(times, there & ~cells.str.slice(0, 10).is_in(_NO_DATES).fill_null(value=False))


def _reading(cell: str | None, zone: tzinfo | None) -> str | None:
    """What the kernel reads, as a moment; an empty text for a placeholder."""
    if cell is None:
        return None
    answer = call(normalize_timestamp, cell)
    if answer.value is None:
        return _NOTHING if "placeholder" in answer.issues else None
    utc = answer.parts.get("utc")
    return moment(answer.value) if utc is None else moment(f"{utc}+00:00", zone)


def _with_offsets(frame: pl.DataFrame, name: str, times: pl.Series, zone: tzinfo | None) -> pl.Series:
    """Normalized times are the clock as it was written; where the raw cell names its offset, they are brought over."""
    if name not in frame.columns:
        return times
    raw = frame[name]
    if isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone is not None:
        raw = text_series(raw)
    if raw.dtype != pl.String:
        return times
    zoned = raw.str.contains(_OFFSET).fill_null(False) & times.is_not_null()
    if not zoned.any():
        return times
    days = _days_with_offset(raw.set(~zoned, None), zone)
    told = over_distinct(raw.set(~zoned | days.is_not_null(), None), partial(_reading, zone=zone), pl.String())
    told = days.zip_with(days.is_not_null(), told)
    return told.zip_with(zoned & told.is_not_null() & (told != _NOTHING).fill_null(False), times)


def _days_with_offset(cells: pl.Series, zone: tzinfo | None) -> pl.Series:
    """The days of moments in ISO 8601 with an offset, as `validator.times.moment` reads them; null for other cells."""
    other = ~cells.str.contains(_MOMENT)
    none = pl.repeat(None, len(cells), dtype=pl.String, eager=True)
    if other.fill_null(value=True).all():
        return none
    text = cells.set(other, None).str.replace("T", " ", literal=True, n=1).str.replace(r"Z\z", "+00:00")
    read = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%z", strict=False, time_unit="us")
    local = _on_clock(_inside(read, _PER_DAY["us"]), pl.Datetime("us", "UTC"), zone)
    return none if local is None else local.dt.to_string("%Y-%m-%d")


def _of_text(times: pl.Series, there: pl.Series) -> Days:
    """Moments of `validator.times` as days."""
    text = times.str.slice(0, 10)
    text = text.set(text.is_in(_NO_DATES) | ~there, None)
    nothing = times.is_not_null() & text.is_null()
    text = text.set(text.str.starts_with("0000"), None)  # polars knows a year 0, the calendar does not
    cell, n = pl.col("cell"), pl.col("cell").str.len_bytes()
    padded = pl.when(n == 4).then(cell + "-01-01").when(n == 7).then(cell + "-01").when(n == 10).then(cell)
    day = pl.col("first")
    table = (
        pl.DataFrame({"cell": text})
        .with_columns(first=padded.str.to_date("%Y-%m-%d", strict=False), n=n)
        .with_columns(
            last=pl.when(pl.col("n") == 4)
            .then(pl.date(day.dt.year(), 12, 31))
            .when(pl.col("n") == 7)
            .then(day.dt.month_end())
            .otherwise(day)
        )
        .select(pl.col("first", "last").to_physical().cast(pl.Int64).fill_null(NO_DAY))
    )
    first, last = table["first"].to_numpy(), table["last"].to_numpy()
    return Days(first, last, (there & ~nothing).to_numpy() & (first == NO_DAY))


def _of_times(column: pl.Series, zone: tzinfo | None) -> Days:
    """A column of polars' own dates or times."""
    there, dtype = column.is_not_null(), column.dtype
    if isinstance(dtype, pl.Datetime):
        per_day = _PER_DAY[dtype.time_unit]
        written = [column.to_physical() // per_day]
        if dtype.time_zone is not None:
            column = _inside(column, per_day)
            written.append(column.dt.replace_time_zone(None).to_physical() // per_day)
        local = _on_clock(column, dtype, zone)
        if local is None:  # a zone of the caller's own making
            return _of_text(moments(text_series(column), zone), there)
        days = local.to_physical() // per_day
    else:
        days, written = column.to_physical().cast(pl.Int64), []
    known = days.is_between(_FIRST_DAY, LAST_DAY).fill_null(value=False)
    no_dates = [day_number(date.fromisoformat(day)) for day in _NO_DATES]
    nothing = reduce(or_, (some.is_in(no_dates).fill_null(value=False) for some in [days, *written]))
    day = days.set(~known | nothing, NO_DAY).fill_null(NO_DAY).to_numpy()
    return Days(day, day, (there & ~known & ~nothing).to_numpy())


def _inside(column: pl.Series, per_day: int) -> pl.Series:
    """Times of which no zone makes one beyond the calendar, where polars would end the thread; others are null."""
    low, high = (_FIRST_DAY + 1) * per_day, LAST_DAY * per_day
    low, high = max(low, -(2**63)), min(high, 2**63 - 1)  # 64 bits of nanoseconds end in 2262
    inside = pl.col(column.name).to_physical().is_between(low, high, closed="left")
    return column.to_frame().select(pl.when(inside).then(pl.col(column.name))).to_series()


def _on_clock(column: pl.Series, dtype: pl.Datetime, zone: tzinfo | None) -> pl.Series | None:
    """Times as the clock of the caller's zone shows them, without a zone; None for a zone that polars does not know."""
    if dtype.time_zone is None:
        return column
    if zone is None or isinstance(zone, timezone):
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return utc if zone is None else utc + zone.utcoffset(None)
    if not isinstance(zone, ZoneInfo) or not zone.key:
        return None
    try:
        return column.dt.convert_time_zone(zone.key).dt.replace_time_zone(None)
    except pl.exceptions.PolarsError:  # a zone that only the caller's machine knows
        return None
