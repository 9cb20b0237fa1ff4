"""What people and rules have decided: every answer kept, and which one holds.

A decision is a row: two records, "link" (one customer), "non-link" (two) or "review" (unsure), and, where the caller
gives them, by whom, when and why. Rows are only ever added. Which of several rows of a pair holds is worked out anew
each time:

- what a person said outranks what a rule said, whenever the rule said it: `by` begins with `rule:` for a rule;
- of persons, and else of rules, the latest by `at` holds, and of one time the one that arrived last. A row without a
  time is as late as the latest row of its pair that arrived before it: without any times the order of arrival counts;
- a row that is there twice, time and all, was said once;
- "review" takes an answer back: it is the answer that holds, and it neither joins nor separates.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias, TypeVar, cast, get_args

import polars as pl

from crmquality.errors import SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.lift import text_series
from crmquality.tables import DECISIONS, RECORD_ID_L, RECORD_ID_R, Decision, TableSchema, empty

FrameT = TypeVar("FrameT")

SAID: Final[TableSchema] = {**DECISIONS, "by": pl.String, "at": pl.String, "reason": pl.String}
"""The columns of decisions that are kept: `by` a person, or `rule:<name>`; `at` a time as ISO 8601 text; `reason` in
words. All three may be null."""
RULE: Final = "rule:"
"""How the `by` of a decision begins that a rule has made."""

_DAYS: Final = (date.min.toordinal() - 719_163, date.max.toordinal() - 719_163)  # since 1970
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S%.f"
_PLAIN_DAY: Final = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_PLAIN_MOMENT: Final = (
    r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{6})?Z?$"
)
"""What is read by the column, as `datetime.fromisoformat` reads it."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PAIR: Final = (RECORD_ID_L, RECORD_ID_R)
_AT: Final = list(SAID).index("at")
_Row: TypeAlias = tuple[object, ...]


def effective_decisions(decisions: FrameT) -> FrameT:
    """The decision that holds for each pair; see the top of this module for which one that is.

    Args:
        decisions: the columns of `tables.DECISIONS`, and `by`, `at` and `reason` where they are known; in order of
            arrival.

    Returns:
        The columns of `SAID`, a row per pair, the smaller id left, by ids; a table of the same kind. Rows that decide
        nothing, or of one record alone, are left out.

    Raises:
        SchemaError: for columns that are missing, decisions in other words, and times that are none.

    >>> rows = [
    ...     {"record_id_l": 1, "record_id_r": 2, "decision": "link", "by": "rule:same_mobile", "at": "2025-03-02"},
    ...     {"record_id_l": 2, "record_id_r": 1, "decision": "non-link", "by": "li", "at": "2025-03-01"},
    ...     {"record_id_l": 4, "record_id_r": 3, "decision": "link", "by": "li", "at": "2025-03-02"},
    ...     {"record_id_l": 3, "record_id_r": 4, "decision": "review", "by": "wang", "at": "2025-03-03"},
    ... ]
    >>> [(x["record_id_l"], x["record_id_r"], x["decision"], x["by"]) for x in effective_decisions(rows)]
    [(1, 2, 'non-link', 'li'), (3, 4, 'review', 'wang')]
    """
    frame, restore = to_polars(decisions)
    return cast(FrameT, restore(effective_frame(frame)))


def effective_frame(decisions: pl.DataFrame) -> pl.DataFrame:
    """`effective_decisions` on a polars frame; a row with an id that is null stands for itself."""
    said = read_decisions(decisions)
    turned = pl.col(RECORD_ID_L) > pl.col(RECORD_ID_R)
    once = pl.col("at").is_null() | pl.struct(list(SAID)).is_first_distinct()
    rows = said.with_row_index("row").filter(once)
    rows = rows.with_columns(
        pl.when(turned).then(RECORD_ID_R).otherwise(RECORD_ID_L).alias(RECORD_ID_L),
        pl.when(turned).then(RECORD_ID_L).otherwise(RECORD_ID_R).alias(RECORD_ID_R),
        instants(rows["at"]).alias("instant"),
        person=~pl.col("by").str.starts_with(RULE).fill_null(False),
    )
    null = pl.any_horizontal(pl.col(c).is_null() for c in _PAIR)
    rows = rows.filter(
        pl.col("decision").is_not_null() & (null | (pl.col(RECORD_ID_L) != pl.col(RECORD_ID_R)))
    ).with_columns(alone=pl.when(null).then("row"))
    key = [*_PAIR, "alone"]
    late = pl.col("instant")
    if 0 < rows["instant"].null_count() < rows.height:
        late = late.fill_null(late.cum_max().forward_fill().over(*key, "person"))
    return (
        rows.with_columns(late=late)
        .sort("person", "late", "row", nulls_last=False)
        .unique(key, keep="last", maintain_order=True)
        .sort(*_PAIR, "row")
        .select(list(SAID))
    )


def add_decisions(known: FrameT, new: object, *, at: date | str | None = None) -> FrameT:
    """The known decisions and the new ones after them: nothing is taken away, and nothing is kept twice.

    A new row with a time is left out where the very same row is there. Rows without a time are left out where they are
    what was last said of their pair, so that the same rows twice in a row change nothing.

    Args:
        known: decisions, or an empty table.
        new: decisions that have arrived, in their order.
        at: the time of new rows that have none.

    Returns:
        The columns of `SAID`, in order of arrival; a table of the kind of `known`.

    Raises:
        SchemaError: as for `effective_decisions`.

    >>> first = [{"record_id_l": 1, "record_id_r": 2, "decision": "link", "by": "li"}]
    >>> kept = add_decisions(add_decisions([], first, at="2025-03-01"), first, at="2025-03-01")
    >>> [(x["decision"], x["by"], x["at"]) for x in kept]
    [('link', 'li', '2025-03-01')]
    """
    frame, restore = to_polars(known)
    return cast(FrameT, restore(add_frame(frame, to_polars(new)[0], at)))


def add_frame(known: pl.DataFrame, new: pl.DataFrame, at: date | str | None = None) -> pl.DataFrame:
    """`add_decisions` on polars frames."""
    old, came = read_decisions(known), read_decisions(new)
    if at is not None:
        when = read_times(pl.Series("at", [at]), "at")
        came = came.with_columns(pl.col("at").fill_null(when[0]))
    if not old.height or not came.height:
        whole = came if not old.height else old
    else:
        whole = pl.concat([old, came], how="vertical_relaxed")
    timed = pl.col("at").is_not_null()
    again = timed & ~pl.struct(list(SAID)).is_first_distinct()
    repeated = pl.Series([False] * old.height + _repeats(old, came), dtype=pl.Boolean)
    return whole.filter(~again & ~repeated)


def _repeats(old: pl.DataFrame, came: pl.DataFrame) -> list[bool]:
    """Which new rows without a time say again what was last said of their pair, for all such rows of the pair at once.

    The same batch twice adds nothing. It adds to a pair the rows without a time, and those with one that are new; so
    what it added the first time stands at the pair's end, and is a part of what comes, in its order.
    """
    open_pairs = {_key(row) for row in came.iter_rows() if row[_AT] is None}
    if not open_pairs:
        return [False] * came.height
    before, after = _by_pair(old, open_pairs), _by_pair(came, open_pairs)
    done = {pair for pair, rows in after.items() if _ends_with(before.get(pair, []), rows)}
    return [row[_AT] is None and _key(row) in done for row in came.iter_rows()]


def _by_pair(said: pl.DataFrame, pairs: Collection[frozenset[object]]) -> dict[frozenset[object], list[_Row]]:
    out: dict[frozenset[object], list[_Row]] = {}
    for row in said.iter_rows():
        if _key(row) in pairs:
            out.setdefault(_key(row), []).append(row)
    return out


def _ends_with(before: Sequence[_Row], after: Sequence[_Row]) -> bool:
    """Whether all that has come with a time is known, and the last rows of the pair are a part of what has come."""
    if not {row for row in after if row[_AT] is not None} <= set(before):
        return False
    n_untimed = sum(row[_AT] is None for row in after)
    start = len(before)
    while n_untimed and start:
        start -= 1
        n_untimed -= before[start][_AT] is None
    come = iter(after)
    return not n_untimed and all(row in come for row in before[start:])


def _key(row: _Row) -> frozenset[object]:
    return frozenset(row[:2])


def read_decisions(decisions: pl.DataFrame) -> pl.DataFrame:
    """The columns of `SAID` in the order of the rows; a table without columns holds no decision.

    Raises:
        SchemaError: for columns that are missing, rows that decide in other words, and times that are none: nobody
            would see them ignored.
    """
    if not decisions.columns and not decisions.height:
        return empty(SAID)
    if missing := [c for c in DECISIONS if c not in decisions.columns]:
        raise SchemaError([f"decisions: {unknown('column', c, decisions.columns)}" for c in missing])
    out: dict[str, pl.Series] = {}
    for c in SAID:
        if c not in decisions.columns:
            out[c] = pl.repeat(None, decisions.height, dtype=pl.String, eager=True)
        elif c not in _PAIR:
            out[c] = text_series(decisions[c])
    out |= _ids(decisions)
    words = list(get_args(Decision))
    if strange := int((out["decision"].is_not_null() & ~out["decision"].is_in(words)).sum()):
        raise SchemaError(f"decisions: {strange:,} rows of column 'decision' hold none of: {', '.join(words)}")
    if "at" in decisions.columns:
        out["at"] = read_times(decisions["at"], "decisions: {n:,} rows of column 'at'")
    return pl.DataFrame(out).select(list(SAID))


def _ids(decisions: pl.DataFrame) -> dict[str, pl.Series]:
    """The ids of either side in one type, of which they can be ordered; ids of a category are text."""
    left, right = (decisions[c] for c in _PAIR)
    if left.dtype != right.dtype and left.dtype.is_numeric() and right.dtype.is_numeric():
        both = pl.concat([left.alias("id").to_frame(), right.alias("id").to_frame()], how="vertical_relaxed")["id"]
        left, right = both[: len(left)], both[len(left) :]
    sides = zip(_PAIR, (left, right), strict=True)
    if left.dtype != right.dtype or left.dtype in (pl.Null, pl.Categorical) or isinstance(left.dtype, pl.Enum):
        return {c: text_series(side.alias(c)) for c, side in sides}
    return {c: side.alias(c) for c, side in sides}


def read_times(times: pl.Series, where: str) -> pl.Series:
    """Times of any type as ISO 8601 text, with Z where a zone was known; text stays as it was written.

    Args:
        times: dates, datetimes or ISO 8601 text; a blank is null.
        where: begins the message of the fault; `{n}` is the number of rows.

    Raises:
        SchemaError: for what is no time.

    >>> read_times(pl.Series(["2025-03-01T08:00:00+08:00", " ", None]), "at").to_list()
    ['2025-03-01T08:00:00+08:00', None, None]
    """
    if times.dtype == pl.Date or isinstance(times.dtype, pl.Datetime):
        text = _within_calendar(times)
        strange = text.null_count() - times.null_count()
    else:
        stripped = text_series(times).alias("at").str.strip_chars().to_frame()
        text = stripped.select(pl.when(pl.col("at") != "").then("at")).to_series()
        strange = instants(text).null_count() - text.null_count()
    if strange:
        what = where.format(n=strange)
        raise SchemaError(f"{what} hold no time; expected dates, datetimes or ISO 8601 text such as 2025-03-01T09:30")
    return text


def _within_calendar(times: pl.Series) -> pl.Series:
    """Dates and datetimes as text, null beyond the years 1 to 9999, which polars panics to write."""
    at = pl.col("at")
    day = at.to_physical()
    if isinstance(times.dtype, pl.Datetime):
        day = day // (86_400 * {"ms": 10**3, "us": 10**6, "ns": 10**9}[times.dtype.time_unit])
    known = pl.when(day.is_between(*_DAYS)).then(at)
    if times.dtype == pl.Date:
        text = known.dt.to_string("%Y-%m-%d")
    elif cast(pl.Datetime, times.dtype).time_zone is None:
        text = known.dt.to_string(_MOMENT)
    else:
        text = known.dt.convert_time_zone("UTC").dt.replace_time_zone(None).dt.to_string(_MOMENT + "Z")
    return times.alias("at").to_frame().select(text).to_series()


def instants(text: pl.Series) -> pl.Series:
    """ISO 8601 text as microseconds since 1970; a time without a zone is taken as UTC, null for what is none."""
    at = pl.col("at")
    day = pl.when(at.str.contains(_PLAIN_DAY)).then(at).str.to_date("%Y-%m-%d", strict=False)
    plain = pl.when(at.str.contains(_PLAIN_MOMENT)).then(at).str.strip_suffix("Z").str.replace(" ", "T", literal=True)
    moment = plain.str.to_datetime(_MOMENT, time_unit="us", strict=False)
    found = pl.coalesce(moment, day.cast(pl.Datetime("us"))).cast(pl.Int64).alias("instant")
    table = text.alias("at").to_frame().with_columns(found)
    rest = table.filter(pl.col("instant").is_null() & at.is_not_null())["at"].unique().to_list()
    other = pl.DataFrame(
        {"at": rest, "other": [_instant(c) for c in rest]}, schema={"at": pl.String, "other": pl.Int64}
    )
    joined = table.join(other, on="at", how="left", maintain_order="left")
    return joined.select(pl.coalesce("instant", "other").alias("instant")).to_series()


def _instant(cell: str) -> int | None:
    try:
        moment = datetime.fromisoformat(cell)
        return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None
