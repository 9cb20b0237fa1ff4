"""What a batch means to a state: which records are new, corrected, deleted, late or the same as before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.errors import SchemaError
from crmquality.lift import text_series
from crmquality.merger.decisions import instants
from crmquality.state import NONE, State
from crmquality.tables import RECORD_ID, norm_column

OP: Final = "op"
UPSERT: Final = "upsert"
DELETE: Final = "delete"


@dataclass(frozen=True)
class Incoming:
    """A batch, sorted by what it does.

    Attributes:
        upserts: the rows that are new or differ from what is known, one per record, by record id.
        slots: the slot of the record that each of them replaces, -1 for a new one.
        deleted: the slots of records that are deleted.
        homes: the golden number that each of the upserts had when it was deleted, -1 for the others.
        deletions: the table of deletions afterwards.
        n_unchanged: rows that say what is known.
        n_late: rows that are older than what is known.
    """

    upserts: pl.DataFrame
    slots: NDArray[np.int64]
    deleted: NDArray[np.int64]
    homes: NDArray[np.int64]
    deletions: pl.DataFrame
    n_unchanged: int
    n_late: int


def read_ops(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """A batch without its column `op`, and whether each row deletes; without such a column none does.

    Raises:
        SchemaError: for other words.
    """
    if OP not in frame.columns:
        return frame, pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    words = text_series(frame[OP]).str.strip_chars().str.to_lowercase().fill_null(UPSERT)
    if strange := int((~words.is_in([UPSERT, DELETE])).sum()):
        raise SchemaError(f"column 'op': {strange:,} rows hold neither {UPSERT!r} nor {DELETE!r}")
    return frame.drop(OP), words == DELETE


def sort_out(
    state: State,
    batch: pl.DataFrame,
    deletes: pl.Series,
    columns: Sequence[str],
    record_id: str,
    updated_at: str | None,
) -> Incoming:
    """What a batch does to a state.

    Of several rows of one record the latest counts, by `updated_at`, and of one time, or without times, the last. A
    row that is older than what is known of its record, its deletion included, does nothing.

    Args:
        state: what is known.
        batch: normalized rows.
        deletes: whether each row deletes its record.
        columns: the caller's columns, by which a row is the same as before.
        record_id: the column of the record ids; an empty state does not know it.
        updated_at: the column of times.
    """
    ids = batch[record_id]
    known = state.slots_of(ids) if state.n_records else np.full(batch.height, NONE, dtype=np.int64)
    rank = _ranks(_times_before(state, ids, known, updated_at), _times_of(batch, updated_at))
    # Beside the batch and not in it: its columns may have any name.
    plan = pl.DataFrame(
        {
            "id": ids,
            "row": np.arange(batch.height, dtype=np.int64),
            "deletes": deletes,
            "slot": known,
            "before": rank[: batch.height],
            "now": rank[batch.height :],
        }
    )
    # Without a time a row is as late as what was known when it came: it counts, and so does whatever comes after it.
    plan = plan.with_columns((pl.col("now") == 0).cast(pl.Int64).cum_sum().over("id").alias("untimed"))
    late = (pl.col("untimed") == 0) & (pl.col("before") > 0) & (pl.col("now") < pl.col("before"))
    timely = plan.filter(~late)
    last = timely.sort("untimed", "now", "row").unique("id", keep="last", maintain_order=True).sort("id")
    gone, came = last.filter("deletes"), last.filter(~pl.col("deletes"))
    same = _same_as_known(state, batch[came["row"]], came["slot"].to_numpy(), columns)
    new = came.filter(~same)
    return Incoming(
        batch[new["row"]],
        new["slot"].to_numpy(),
        gone.filter(pl.col("slot") != NONE)["slot"].to_numpy(),
        _homes(state, new["id"]),
        _deletions(state, gone, batch[gone["row"]], came["id"], updated_at),
        int(same.sum()),
        plan.height - timely.height,
    )


def _times(cells: pl.Series, canonical: pl.Series | None = None) -> pl.Series:
    """When rows were true, as numbers that compare; null for unknown.

    Text is read as it was written, zone and fractions of a second included, else by its canonical form, which has
    neither; what is a number counts as one.

    Args:
        cells: of the column of times, of any type.
        canonical: its normalized form.
    """
    if cells.dtype.is_numeric():
        return cells.cast(pl.Float64).fill_nan(None)
    if isinstance(cells.dtype, pl.Datetime):
        return cells.cast(pl.Datetime("us", cells.dtype.time_zone)).to_physical().cast(pl.Float64)
    if cells.dtype == pl.Date:
        return cells.cast(pl.Datetime("us")).to_physical().cast(pl.Float64)
    text = text_series(cells).str.strip_chars()
    found = [instants(text), text.cast(pl.Float64, strict=False)]
    if canonical is not None:
        found.insert(1, instants(_whole_date(canonical)))
    return (
        pl.DataFrame([x.cast(pl.Float64).alias(str(i)) for i, x in enumerate(found)])
        .select(pl.coalesce(pl.all()).fill_nan(None).alias("t"))
        .to_series()
    )


def _whole_date(canonical: pl.Series) -> pl.Series:
    """ISO dates, a year or a month as its first day."""
    n = pl.col("t").str.len_chars()
    whole = pl.when(n == 4).then(pl.col("t") + "-01-01").when(n == 7).then(pl.col("t") + "-01").otherwise("t")
    return canonical.alias("t").to_frame().select(whole).to_series()


def _times_of(frame: pl.DataFrame, column: str | None) -> pl.Series:
    """When the rows of a table were true; null for all where there is no such column."""
    if column is None or column not in frame.columns:
        return pl.repeat(None, frame.height, dtype=pl.Float64, eager=True)
    norm = norm_column(column)
    return _times(frame[column], text_series(frame[norm]) if norm in frame.columns else None)


def _times_before(state: State, ids: pl.Series, known: NDArray[np.int64], column: str | None) -> pl.Series:
    """When what is known of each row's record was true: the record, or its deletion."""
    kept = pl.repeat(None, len(ids), dtype=pl.Float64, eager=True)
    if column is not None and state.n_records:
        read = state._rows.select(c for c in (column, norm_column(column)) if c in state._rows.columns)
        times = _times_of(read[np.where(known == NONE, 0, known)], column)
        kept = times.alias("t").to_frame().select(pl.when(pl.Series(known != NONE)).then("t")).to_series()
    if not state.deletions.height:
        return kept
    ids = ids.cast(state.deletions[RECORD_ID].dtype, strict=False).alias(RECORD_ID)
    deleted = ids.to_frame().join(state.deletions, on=RECORD_ID, how="left", maintain_order="left")["updated_at"]
    return pl.DataFrame({"t": kept, "deleted": _times(deleted)}).select(pl.coalesce("t", "deleted")).to_series()


def _ranks(before: pl.Series, now: pl.Series) -> NDArray[np.int64]:
    """Times on both sides as numbers from 1, 0 for unknown."""
    both = pl.concat([before.alias("t"), now.alias("t")])
    return both.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()


def _same_as_known(state: State, came: pl.DataFrame, slots: NDArray[np.int64], columns: Sequence[str]) -> pl.Series:
    """Whether each row says of its record what is known: every cell as text, so that a table's way does not matter."""
    out = slots != NONE
    at = np.flatnonzero(out)
    if not at.size:
        return pl.Series(out, dtype=pl.Boolean)
    known, new = state._rows[slots[at]], came[at]
    equal = np.ones(at.size, dtype=np.bool_)
    for column in columns:
        a = text_series(known[column]) if column in known.columns else pl.Series([None] * at.size, dtype=pl.String)
        b = text_series(new[column]) if column in new.columns else pl.Series([None] * at.size, dtype=pl.String)
        equal &= a.eq_missing(b).to_numpy()
    out[at] = equal
    return pl.Series(out, dtype=pl.Boolean)


def _deleted_home(state: State, ids: pl.Series) -> pl.Series:
    """The golden id that each of some records had when it was deleted, null for the others."""
    if not state.deletions.height:
        return pl.repeat(None, len(ids), dtype=pl.String, eager=True)
    known = ids.cast(state.deletions[RECORD_ID].dtype, strict=False).alias(RECORD_ID).to_frame()
    return known.join(state.deletions, on=RECORD_ID, how="left", maintain_order="left")["home_id"]


def _homes(state: State, ids: pl.Series) -> NDArray[np.int64]:
    """The numbers of these golden ids: who comes back is who it was."""
    names = _deleted_home(state, ids).to_list()
    return np.array([NONE if name is None else state._number_of.get(name, NONE) for name in names], dtype=np.int64)


def _deletions(
    state: State, gone: pl.DataFrame, rows: pl.DataFrame, came: pl.Series, updated_at: str | None
) -> pl.DataFrame:
    """Who is deleted, since when, and under which golden id it would come back; a record that did is not deleted."""
    ids, slots = gone["id"].alias(RECORD_ID), gone["slot"].to_numpy()
    names = state.golden_ids["golden_id"]
    homes = [names[int(state._home[slot])] if slot != NONE else None for slot in slots.tolist()]
    home = pl.Series("home_id", homes, dtype=pl.String)
    since = text_series(rows[updated_at]) if updated_at in rows.columns else [None] * gone.height
    new = pl.DataFrame(
        [
            ids,
            pl.Series("updated_at", since, dtype=pl.String),
            home.zip_with(home.is_not_null(), _deleted_home(state, ids)),
        ]
    )
    if not state.deletions.height:
        return new
    kept = state.deletions.cast({RECORD_ID: ids.dtype})
    back = pl.concat([ids.to_frame(), came.alias(RECORD_ID).to_frame()])
    return pl.concat([kept.join(back, on=RECORD_ID, how="anti"), new]).sort(RECORD_ID)
