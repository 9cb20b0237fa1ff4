"""What a steward takes back: a merge, one record of it, or everything that is known of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from crmquality.comparator.term_frequency import TermFrequencies
from crmquality.errors import SchemaError
from crmquality.fitted import FittedPipeline
from crmquality.incoming import DELETE, OP
from crmquality.lift import text_series
from crmquality.linking import check_state
from crmquality.merger.decisions import SAID
from crmquality.state import NONE, Int64, State
from crmquality.state_changes import ADDED, CHANGE, REMOVED, changes_between
from crmquality.step import Step
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R


@dataclass(frozen=True, repr=False)
class Forgotten:
    """What forgetting gives.

    Attributes:
        state: the state, in which nothing of the records is left.
        golden_changes: the golden records that the caller has to change or delete; see `Step`.
        xref_changes: the references to delete, and those of records that are somebody else's now.
        removed: `table`, `n_rows`: how many rows were removed, by the name of the state's table.
        changes: what to do to stored tables, by name: the keys (`State.keys`) of the rows that go, without values, and
            the rows that come, with a column `change` ("removed", "added").
    """

    state: State
    golden_changes: pl.DataFrame
    xref_changes: pl.DataFrame
    removed: pl.DataFrame
    changes: Mapping[str, pl.DataFrame]

    def __repr__(self) -> str:
        return f"Forgotten({self.removed['n_rows'].sum():,} rows, {self.state!r})"


def split(
    fitted: FittedPipeline,
    state: State,
    golden_id: str,
    members: Iterable[object],
    *,
    by: str | None = None,
    at: date | str | None = None,
    reason: str | None = None,
) -> Step[pl.DataFrame]:
    """See `FittedPipeline.split`."""
    check_state(state)
    ids = state.members(golden_id)[state.record_id] if state.resolve(golden_id) is not None else None
    if ids is None:
        raise SchemaError("split: no record is under this golden id; expected one that resolve() leads to records")
    wanted = _known_ids(state, members, "split")
    strangers = int((~wanted.is_in(ids.implode())).sum())
    if strangers:
        raise SchemaError(f"split: {strangers:,} of the members are not records of this golden id")
    rest = ids.filter(~ids.is_in(wanted.implode()))
    if not len(wanted) or not len(rest):
        raise SchemaError("split: expected some of the records of this golden id, and not all of them")
    apart = _pairs(wanted, rest, "non-link")
    together = _pairs(wanted[:1], wanted[1:], "link")
    said = pl.concat([apart, together]).with_columns(by=pl.lit(by, pl.String), reason=pl.lit(reason, pl.String))
    return _decided(fitted, state, said, at)


def unmerge(
    fitted: FittedPipeline,
    state: State,
    record_id: object,
    *,
    by: str | None = None,
    at: date | str | None = None,
    reason: str | None = None,
) -> Step[pl.DataFrame]:
    """See `FittedPipeline.unmerge`."""
    check_state(state)
    wanted = _known_ids(state, [record_id], "unmerge")
    golden = int(state._golden[int(state.slots_of(wanted)[0])])
    ids = state.ids.gather(np.flatnonzero(state._alive & (state._golden == golden)))
    rest = ids.filter(~ids.is_in(wanted.implode())).sort()
    if not len(rest):
        raise SchemaError("unmerge: the record is alone under its golden id: there is nothing to take back")
    said = _pairs(wanted, rest, "non-link").with_columns(by=pl.lit(by, pl.String), reason=pl.lit(reason, pl.String))
    return _decided(fitted, state, said, at)


def _decided(fitted: FittedPipeline, state: State, said: pl.DataFrame, at: date | str | None) -> Step[pl.DataFrame]:
    nothing = state.records.select(state.settings.columns).clear()
    return fitted.update(state, nothing, decisions=said, at=at)


def _pairs(left: pl.Series, right: pl.Series, decision: str) -> pl.DataFrame:
    pairs = left.alias(RECORD_ID_L).to_frame().join(right.alias(RECORD_ID_R).to_frame(), how="cross")
    return pairs.with_columns(decision=pl.lit(decision))


def _known_ids(state: State, ids: Iterable[object], what: str) -> pl.Series:
    """Some record ids in the state's type.

    Raises:
        SchemaError: for those that are not there.
    """
    given = _several(ids, what)
    wanted = pl.Series(RECORD_ID, given, strict=False) if given else pl.Series(RECORD_ID, [], dtype=state.ids.dtype)
    found = wanted.cast(state.ids.dtype, strict=False)
    slots = state.slots_of(found)
    missing = int((slots == NONE).sum()) if state.n_records else len(given)
    if missing:
        raise SchemaError(f"{what}: {missing:,} of the record ids are not in the state")
    return found.unique(maintain_order=True)


def _several(ids: Iterable[object], what: str) -> list[object]:
    """The ids that were given.

    Raises:
        SchemaError: for one id by itself.
    """
    if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable):
        one = "text" if isinstance(ids, (str, bytes)) else type(ids).__name__
        raise SchemaError(f"{what}: expected several record ids, got one {one}; put it in a list")
    return list(ids)


def forget(fitted: FittedPipeline, state: State, record_ids: Iterable[object]) -> Forgotten:
    """See `FittedPipeline.forget`."""
    check_state(state)
    named = _several(record_ids, "forget")
    if not named:
        raise SchemaError("forget: no record ids were given")
    ids = pl.Series(RECORD_ID, named, strict=False).cast(state.ids.dtype, strict=False)
    there = ids.gather(np.flatnonzero(state.slots_of(ids) != NONE)) if state.n_records else ids.clear()
    mentioned = _mentioned(state, ids)
    if not len(there) and not mentioned:
        raise SchemaError(f"forget: {len(named):,} record ids are not in the state, nor in its history")
    goldens = _goldens_of(state, ids, there)
    values = _values_of(state, there)
    batch = there.alias(state.record_id).to_frame().with_columns(pl.lit(DELETE).alias(OP))
    step = fitted.update(state, batch if batch.height else pl.DataFrame())
    left = _without(step.state, ids, goldens, values)
    tables = changes_between(state, left, None).tables
    counts = {name: table.filter(pl.col(CHANGE) == REMOVED).height for name, table in tables.items()}
    changes = {name: _without_values(table, left.keys[name]) for name, table in tables.items()}
    removed = pl.DataFrame(
        {"table": list(counts), "n_rows": list(counts.values())}, schema={"table": pl.String, "n_rows": pl.Int64}
    ).filter(pl.col("n_rows") > 0, pl.col("table") != "settings")
    return Forgotten(left, step.golden_changes, step.xref_changes, removed, changes)


def _without_values(change: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """What was removed by its key alone; who is forgotten is not told once more."""
    gone = change.filter(pl.col(CHANGE) == REMOVED).select(*key, CHANGE)
    came = change.filter(pl.col(CHANGE) == ADDED)
    return pl.concat([gone, came], how="diagonal").select(change.columns if came.height else [*key, CHANGE])


def _mentioned(state: State, ids: pl.Series) -> bool:
    """Whether ids are in what is kept beside the records."""
    tables = state._tables
    columns = [("events", RECORD_ID), ("deletions", RECORD_ID), ("decisions", RECORD_ID_L), ("decisions", RECORD_ID_R)]
    return any(tables[t][c].is_in(ids.implode()).any() for t, c in columns if tables[t].height)


def _goldens_of(state: State, ids: pl.Series, there: pl.Series) -> Int64:
    """The golden ids that some records are or ever were under, by number; of them those in `there` are not deleted."""
    slots = state.slots_of(there) if len(there) else np.zeros(0, np.int64)
    events = state._tables["events"].filter(pl.col(RECORD_ID).is_in(ids.implode()))
    named = pl.concat([events["golden_id"], events["from_golden_id"]]).drop_nulls()
    before = np.flatnonzero(state.golden_ids["golden_id"].is_in(named.implode()).to_numpy())
    return np.unique(np.concatenate([state._golden[slots], state._home[slots], before]))


def _values_of(state: State, ids: pl.Series) -> pl.DataFrame:
    """The values of some records that are in the table of frequencies: `column`, `value`."""
    rows = state._rows[state.slots_of(ids)] if len(ids) else state._rows.clear()
    known = state.term_frequencies.table
    parts = [
        pl.DataFrame({"value": text_series(rows[c])}).select(pl.lit(c).alias("column"), "value").drop_nulls().unique()
        for c in known["column"].unique().to_list()
        if c in rows.columns
    ]
    return pl.concat([pl.DataFrame(schema={"column": pl.String, "value": pl.String}), *parts])


def _without(state: State, ids: pl.Series, goldens: Int64, values: pl.DataFrame) -> State:
    """A state without a word of some records that are deleted already."""
    slots = np.flatnonzero(state._alive)
    place = np.full(len(state._alive), NONE, np.int32)
    place[slots] = np.arange(slots.size)
    rows = state._rows[slots].rechunk()
    named, tables = ids.implode(), state._tables
    decisions = tables["decisions"].filter(
        ~(pl.col(RECORD_ID_L).is_in(named) | pl.col(RECORD_ID_R).is_in(named)).fill_null(False)
    )
    events = tables["events"].filter(~pl.col(RECORD_ID).is_in(named).fill_null(False))
    names = state.golden_ids["golden_id"]
    kept = {*names.gather(np.unique(np.concatenate([state._golden[slots], state._home[slots]]))).to_list()}
    kept |= {*events["golden_id"].drop_nulls().to_list(), *events["from_golden_id"].drop_nulls().to_list()}
    kept |= {*tables["deletions"].filter(~pl.col(RECORD_ID).is_in(named))["home_id"].drop_nulls().to_list()}
    gone = {name for name in names.gather(goldens).to_list() if name not in kept}
    stays = np.array([name not in gone for name in names.to_list()], dtype=np.bool_)
    number = np.cumsum(stays) - 1
    golden_ids = state.golden_ids.filter(pl.Series(stays)).with_columns(
        pl.when(~pl.col("successor_id").is_in(list(gone))).then("successor_id").alias("successor_id")
    )
    frequencies = state.term_frequencies
    unused = [
        part.join(pl.DataFrame({"value": text_series(rows[str(column[0])])}), on="value", how="anti")
        for column, part in values.partition_by("column", as_dict=True).items()
    ]
    if unused:
        table = frequencies.table.join(pl.concat(unused), on=["column", "value"], how="anti", maintain_order="left")
        frequencies = TermFrequencies(table, frequencies.means)
    return replace(
        state,
        _rows=rows,
        _alive=np.ones(slots.size, np.bool_),
        _golden=number[state._golden[slots]].astype(np.int64),
        _home=number[state._home[slots]].astype(np.int64),
        _left=place[state._left],
        _right=place[state._right],
        golden_ids=golden_ids,
        decisions=decisions.select("arrival", *SAID),
        fixed_values=state.fixed_values.filter(~pl.col("golden_id").is_in(list(gone))),
        deletions=tables["deletions"].filter(~pl.col(RECORD_ID).is_in(named)),
        events=events,
        term_frequencies=frequencies,
        _blocks=None,
    )
