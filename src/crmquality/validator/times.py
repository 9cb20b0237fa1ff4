"""Points in time as text, compared at the precision that is known.

A date may say a year, a month, a day, a minute or a second. ISO 8601 text sorts as time does, and a shorter text is a
span: `2024-05` is neither before nor after `2024-05-03`. So times stay text here, and nothing is ever filled up with
first days and midnights that nobody stated.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, cast

import polars as pl

from crmquality.errors import ConfigError
from crmquality.validator.rules import over_distinct

_LENGTH: Final = len("2024-05-03T06:12:00")
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK: Final = r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
_PLAIN: Final = rf"(?:[0-9]{{4}}|[0-9]{{4}}-[0-9]{{2}}|{_DAY}|{_DAY}{_CLOCK})"
_ZONED: Final = rf"{_DAY}{_CLOCK}(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})"
_PLAIN_CELL: Final = re.compile(_PLAIN)
_ZONED_CELL: Final = re.compile(_ZONED)


def moment(cell: str | None, zone: tzinfo | None = None) -> str | None:
    """A cell as ISO 8601 text up to the second, `YYYY[-MM[-DD[THH:MM[:SS]]]]`, or None where it is no such thing.

    Args:
        cell: a date, a month, a year, or a date and time with or without an offset.
        zone: where a time with an offset is brought to; UTC when None. A time without one is taken as it stands.

    >>> moment("1954-11"), moment("2024-05-03 06:12:00.5"), moment("2024-05-03T06:12+08:00"), moment("soon")
    ('1954-11', '2024-05-03T06:12:00', '2024-05-02T22:12', None)
    """
    if cell is None:
        return None
    if _PLAIN_CELL.fullmatch(cell):
        return cell[:_LENGTH].replace(" ", "T")
    if not _ZONED_CELL.fullmatch(cell):
        return None
    try:
        local = datetime.fromisoformat(cell).astimezone(zone or UTC)
    except (ValueError, OverflowError):
        return None
    seconds = cell[16:17] == ":"
    return local.replace(tzinfo=None).isoformat(timespec="seconds" if seconds else "minutes")


def moments(cells: pl.Series, zone: tzinfo | None = None) -> pl.Series:
    """`moment` on a column.

    >>> moments(pl.Series(["1954-11", "soon", None])).to_list()
    ['1954-11', None, None]
    """
    plain = cells.str.contains(rf"\A{_PLAIN}\z")
    out = cells.str.slice(0, _LENGTH).str.replace(" ", "T", literal=True, n=1)
    zoned = cells.str.contains(rf"\A{_ZONED}\z")
    if zoned.any():
        told = over_distinct(cells.set(~zoned, None), lambda cell: moment(cell, zone), pl.String())
        out = out.zip_with(plain, told)
        plain = plain | zoned
    return out.set(~plain, None)


def check_as_of(as_of: datetime | None) -> None:
    """Refuse a caller's present that is no time: dates and text look like one.

    Raises:
        ConfigError: with what was given instead.

    >>> check_as_of("2024-05-03")
    Traceback (most recent call last):
    crmquality.errors.ConfigError: as_of is a str; expected a datetime.datetime, with or without a time zone
    """
    given = cast(object, as_of)
    if given is not None and (not isinstance(given, datetime) or given != given):  # pandas.NaT is a datetime
        raise ConfigError(
            f"as_of is a {type(given).__name__}; expected a datetime.datetime, with or without a time zone"
        )


def text_of(time: datetime) -> str:
    """The caller's present as it stands on the caller's own clock.

    >>> text_of(datetime(2024, 5, 3, 6, 12))
    '2024-05-03T06:12:00'
    """
    return time.replace(tzinfo=None).isoformat(timespec="seconds")


def days_before(time: datetime, days: float) -> str:
    """The moment so many days before; the first of all where there is none so early.

    >>> days_before(datetime(2024, 5, 3), 2)
    '2024-05-01T00:00:00'
    """
    try:
        return text_of(time - timedelta(days=days))
    except OverflowError:
        return text_of(datetime.min)


def earlier(left: str, right: str) -> bool:
    """Whether a moment lies before another, as far as both are known.

    >>> earlier("2024-05", "2024-05-03"), earlier("2024-05-02", "2024-05-03T06:12"), earlier("2023", "2024-05")
    (False, True, True)
    """
    n = min(len(left), len(right))
    return left[:n] < right[:n]


def earlier_column(left: pl.Series, right: pl.Series | str, *, reverse: bool = False) -> pl.Series:
    """`earlier(left, right)` on columns of moments, or the other way round; null where one is missing.

    >>> earlier_column(pl.Series(["2023", "2024", None]), "2024-05-03").to_list()
    [True, False, None]
    >>> earlier_column(pl.Series(["2023", "2025", None]), "2024-05-03", reverse=True).to_list()
    [False, True, None]
    """
    table = left.alias("l").to_frame().with_columns(r=pl.lit(right, pl.String) if isinstance(right, str) else right)
    n = pl.min_horizontal(pl.col("l").str.len_bytes(), pl.col("r").str.len_bytes())
    both = pl.col("l").is_not_null() & pl.col("r").is_not_null()
    one, two = pl.col("l").str.slice(0, n), pl.col("r").str.slice(0, n)
    return table.select(pl.when(both).then(two < one if reverse else one < two)).to_series()
