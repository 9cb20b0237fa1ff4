"""Who is due for confirmation, how the statuses are spread, and how fast contact data go out of date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil, log
from typing import Final, TypeVar, cast

import polars as pl

from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.intervals import wilson
from crmquality.lift import text_series
from crmquality.report.activity_status import STATUSES
from crmquality.report.metrics import COUNTS, NO_SOURCE
from crmquality.tables import RECORD_ID, SOURCE, TableSchema

FrameT = TypeVar("FrameT")

DAYS_PER_MONTH: Final = 365.2425 / 12
"""Of the Gregorian calendar, on average."""
SUMMARY: Final[TableSchema] = {
    "status": pl.String,
    SOURCE: pl.String,
    "share": pl.Float64,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def due_for_confirmation(
    classified: FrameT, *, before: date | None = None, weight: str | None = None, unreachable: bool = False
) -> FrameT:
    """The customers whose data are to be confirmed, the most urgent first.

    Args:
        classified: what `Activity.classify` or `Activity.classify_golden` gave, of any kind that `frames` reads; its
            columns and any joined to it stay.
        before: those who are due before this day; None: those who are due by the present of the classification.
        weight: a column of numbers, such as revenue: the most valuable first, and of equals the longest overdue.
            Without it the longest overdue first. A customer of whom no activity is known is due, and stands last of
            equals.
        unreachable: whether to list those with no contact point left too: it takes somebody to find them one.

    Returns:
        The rows, of the same kind.

    Raises:
        SchemaError: for a column that is not there.
        ConfigError: for a `before` that is no day.

    >>> from datetime import date, datetime
    >>> from crmquality.report.activity import Activity
    >>> days = ["2026-05-01", "2025-07-01", None, "2025-01-01"]
    >>> rows = [{"record_id": i, "last_order": day} for i, day in enumerate(days)]
    >>> classified = Activity(180, 720, ("last_order",)).classify(rows, as_of=datetime(2026, 6, 1))
    >>> [row["record_id"] for row in due_for_confirmation(classified)]
    [3, 1, 2]
    >>> [row["record_id"] for row in due_for_confirmation(classified, before=date(2027, 1, 1))]
    [3, 1, 0, 2]
    """
    frame, restore = to_polars(classified)
    key = _key(frame, ["status", "due_on", *([] if weight is None else [weight])])
    given = cast(object, before)
    if given is not None and (not isinstance(given, date) or given != given):  # pandas.NaT is a date
        raise ConfigError(f"before is a {type(given).__name__}; expected a datetime.date")
    status, due = frame["status"].cast(pl.String), _days(frame["due_on"])
    if before is None:
        wanted = status.is_in(["to_confirm", "stale"])
        if unreachable:
            wanted |= status == "unreachable"
    else:
        wanted = due.is_null() | (due < date(before.year, before.month, before.day)).fill_null(value=False)
        if not unreachable:
            wanted &= status != "unreachable"
    value = pl.repeat(0.0, frame.height, eager=True) if weight is None else _numbers(frame[weight])
    order = pl.DataFrame({"value": value, "due": due, "id": frame[key]}).with_row_index("row").filter(wanted)
    rows = order.sort("value", "due", "id", descending=[True, False, False], nulls_last=True)["row"]
    return cast(FrameT, restore(frame[rows]))


def activity_summary(classified: FrameT) -> FrameT:
    """How many customers are of each status: over all sources and, where the table has them, in each.

    Args:
        classified: what `Activity.classify` or `Activity.classify_golden` gave, of any kind that `frames` reads.

    Returns:
        `status`, `source` (null: all of them), `share`, `numerator`, `denominator`, and the 95 % interval of the share
        (`low`, `high`), of the same kind; every status of every source, the best first.

    Raises:
        SchemaError: for a column that is not there.

    >>> rows = [{"record_id": i, "status": s} for i, s in enumerate(["active", "active", "stale", "active"])]
    >>> for row in activity_summary(rows):
    ...     print(row["status"], row["numerator"], row["denominator"], f"{row['low']:.2f} – {row['high']:.2f}")
    active 3 4 0.30 – 0.95
    to_confirm 0 4 0.00 – 0.49
    stale 1 4 0.05 – 0.70
    unreachable 0 4 0.00 – 0.49
    """
    frame, restore = to_polars(classified)
    rows = []
    for source, of_source in _by_source(frame):
        counts = dict(of_source["status"].cast(pl.String).value_counts().rows())
        for status in STATUSES:
            k, n = counts.get(status, 0), of_source.height
            low, high = wilson(k, n) or (None, None)
            rows.append((status, source, k / n if n else None, k, n, low, high))
    return cast(FrameT, restore(pl.DataFrame(rows, schema=SUMMARY, orient="row")))


def active_counts(classified: pl.DataFrame) -> pl.DataFrame:
    """Active customers among all, as counts of the scorecard (`metrics.COUNTS`).

    >>> active_counts(pl.DataFrame({"record_id": [1, 2], "status": ["active", "stale"]})).rows()
    [('active_share', None, None, 1, 2)]
    """
    rows = [
        ("active_share", None, source, int((table["status"].cast(pl.String) == "active").sum()), table.height)
        for source, table in _by_source(classified)
    ]
    return pl.DataFrame(rows, schema=COUNTS, orient="row")


def days_until_decayed(share: float, *, per_month: float) -> int:
    """After how many days so large a share of contact data is out of date, if each month the same share of the rest is.

    Args:
        share: the share that may be out of date before somebody asks the customers, between 0 and 1.
        per_month: the share that goes out of date in a month, between 0 and 1: measured on one's own confirmed records.
            What vendors quote for business contacts stands in `report.activity`.

    Returns:
        Whole days, at least 1.

    Raises:
        ConfigError: for a share that is none.

    >>> days_until_decayed(0.10, per_month=0.021), days_until_decayed(0.225, per_month=0.021)
    (152, 366)
    """
    shares = {"share": share, "per_month": per_month}
    faults = [
        f"{name} must be a number between 0 and 1"
        for name, given in shares.items()
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1
    ]
    if faults:
        raise ConfigError(faults)
    return max(1, ceil(DAYS_PER_MONTH * log(1 - share) / log(1 - per_month)))


def _by_source(classified: pl.DataFrame) -> list[tuple[str | None, pl.DataFrame]]:
    """The whole table, and the part of each source, by name; nothing by source where none is known."""
    _key(classified, ["status"])
    out: list[tuple[str | None, pl.DataFrame]] = [(None, classified)]
    if SOURCE in classified.columns and classified[SOURCE].null_count() < classified.height:
        named = classified.with_columns(text_series(classified[SOURCE]).fill_null(NO_SOURCE).alias(SOURCE))
        parts = named.partition_by(SOURCE, as_dict=True)
        out += [(str(name), part) for (name,), part in sorted(parts.items(), key=lambda item: str(item[0][0]))]
    return out


def _key(frame: pl.DataFrame, columns: Sequence[str]) -> str:
    """The column that says which customer; refuses a table without one of the columns."""
    key = "golden_id" if "golden_id" in frame.columns else RECORD_ID
    absent = [c for c in (key, *columns) if c not in frame.columns]
    if absent:
        raise SchemaError([unknown("column", c, frame.columns) for c in absent])
    return key


def _days(column: pl.Series) -> pl.Series:
    """Days as they come back from the caller's own kind of table."""
    if column.dtype == pl.Date:
        return column
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.date()
    return text_series(column).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def _numbers(column: pl.Series) -> pl.Series:
    return column.cast(pl.Float64, strict=False).fill_nan(None)
