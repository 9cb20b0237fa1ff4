"""What one update did: the golden records, references and cells that changed, and how to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
import polars as pl

from crmquality.frames import Restore
from crmquality.incoming import Incoming
from crmquality.lift import text_series
from crmquality.merger import Merged
from crmquality.merger.contradictions import CONTRADICTIONS, contradictions_frame
from crmquality.merger.fixed import IGNORED
from crmquality.schema import TIMESTAMP
from crmquality.state import EVENTS, NONE, Int64, Mask, State
from crmquality.state_changes import Replaced, StateChanges, changes_between
from crmquality.tables import CHANGES, RECORD_ID, RECORD_ID_L, RECORD_ID_R, SOURCE, empty, issues_column, norm_column

if TYPE_CHECKING:
    from crmquality.linking import Linking

FrameT = TypeVar("FrameT")


@dataclass(frozen=True)
class Moved:
    """What an update looked at again.

    Attributes:
        slots: of the records whose components were resolved, by record id.
        current: their golden numbers before, -1 for a new record.
        deleted: slots of deleted records.
        alive: the slots that are there.
        n_new_links: how many of the last links are new.
    """

    slots: Int64
    current: Int64
    deleted: Int64
    alive: Mask
    n_new_links: int


@dataclass(frozen=True, repr=False)
class Step(Generic[FrameT]):
    """What an update gives. Tables are of the kind of the batch.

    Attributes:
        state: the state from now on.
        golden_changes: the golden records that changed: `op` ("upsert", or "delete" where no record is left),
            `successor_id` (for a deleted one that was merged away), and the columns of a golden record.
        xref_changes: the records whose golden id changed: `source`, `record_id`, `golden_id`, `event` ("created",
            "joined", "moved", "merged", "split", "deleted"), `from_golden_id`.
        source_changes: what the systems should change to be in line, as far as it is new: `source` and the columns of
            `tables.CHANGES`: the record's cell holds `before`, the golden value is `after`. Where `rule` is
            "normalized" they differ in spelling alone; `merger.changes.Reason` has the others. When a row was made or
            changed is for its system to say, so such times are not among them.
        review: pairs that have come up for a person: the columns of links, `guard`, `golden_id_l`, `golden_id_r`.
        refused: links and decisions that were not followed; see `merger.Clustered`.
        ignored: fixed values that changed nothing: `golden_id`, `field`, `reason` (`does_not_fit`: the field's type).
        contradictions: of all decisions those that exclude each other, with the shortest chain that proves it; see
            `merger.contradictions`.
        findings: of the rows of the batch; rules that look at a whole table are not among them.
        n_unchanged: rows of the batch that said what was known.
        n_late: rows that were older than what was known.
        counts: what a log says of it: `records_new`, `records_corrected`, `records_deleted`, `records_unchanged`,
            `records_late`; `golden_created`, `golden_joined` (known ones that new records came to), `golden_merged`
            (ids merged away), `golden_split` (ids split off), `golden_deleted` (no record is left); `review` (pairs)
            and `source_changes` (cells).
    """

    state: State
    golden_changes: FrameT
    xref_changes: FrameT
    source_changes: FrameT
    review: FrameT
    refused: FrameT
    ignored: FrameT
    contradictions: FrameT
    findings: FrameT
    n_unchanged: int
    n_late: int
    counts: Mapping[str, int] = field(default_factory=dict)
    _before: State = field(default_factory=State)
    _replaced: Replaced | None = None

    def __repr__(self) -> str:
        return f"Step({self.state!r}, from {self._before!r})"

    @property
    def changes(self) -> StateChanges:
        """What was done to the tables of the state; `changes.undo(state)` takes it back."""
        return changes_between(self._before, self.state, self._replaced)


def step_of(
    linking: Linking,
    before: State,
    compacted: State,
    after: State,
    moved: Moved,
    holds: pl.DataFrame,
    refused: pl.DataFrame,
    at: str | None,
    findings: pl.DataFrame,
    restore: Restore,
    incoming: Incoming,
) -> Step[object]:
    """The step from one state to the next.

    Args:
        linking: what linked.
        before: the state before.
        compacted: the state after, as it is kept.
        after: the same in the slots of `moved`.
        moved: what was looked at.
        holds: the decisions that hold.
        refused: links that were not followed.
        at: the caller's time.
        findings: of the batch.
        restore: the way to the caller's kind of table.
        incoming: the batch.
    """
    changed = moved.current != after._golden[moved.slots]
    events = _events(before, after, moved, changed, incoming, at)
    dirty = _dirty(before, after, moved, changed, incoming)
    old, new = _merged(linking, before, dirty), _merged(linking, after, dirty)
    state = compacted
    if events.height:
        known = before.events if before.events.height else events.clear()
        state = replace(compacted, events=pl.concat([known, events]))
    golden = _golden_changes(after, old, new)
    cells, review = _source_changes(linking, old, new), _review(linking, after, moved, refused, holds)
    return Step(
        state,
        restore(golden),
        restore(_xref_changes(linking, before, after, events)),
        restore(cells),
        restore(review),
        restore(refused),
        restore(pl.DataFrame(schema=IGNORED) if new is None else new.ignored),
        restore(contradictions_frame(holds) if holds.height else empty(CONTRADICTIONS, after.ids.dtype)),
        restore(findings),
        incoming.n_unchanged,
        incoming.n_late,
        _counts(incoming, events, golden, review, cells),
        before,
        (np.concatenate([incoming.slots[incoming.slots != NONE], incoming.deleted]), incoming.upserts.height),
    )


def _counts(
    incoming: Incoming, events: pl.DataFrame, golden: pl.DataFrame, review: pl.DataFrame, cells: pl.DataFrame
) -> dict[str, int]:
    def ids(event: str, column: str) -> int:
        return events.filter(pl.col("event") == event)[column].n_unique()

    n_new = int((incoming.slots == NONE).sum())
    created = events.filter(pl.col("event") == "created")["golden_id"]
    joined = events.filter((pl.col("event") == "joined") & ~pl.col("golden_id").is_in(created.implode()))
    return {
        "records_new": n_new,
        "records_corrected": incoming.upserts.height - n_new,
        "records_deleted": int(incoming.deleted.size),
        "records_unchanged": incoming.n_unchanged,
        "records_late": incoming.n_late,
        "golden_created": created.len(),
        "golden_joined": joined["golden_id"].n_unique(),
        "golden_merged": ids("merged", "from_golden_id"),
        "golden_split": ids("split", "golden_id"),
        "golden_deleted": golden.filter((pl.col("op") == "delete") & pl.col("successor_id").is_null()).height,
        "review": review.height,
        "source_changes": cells.height,
    }


def _events(
    before: State, after: State, moved: Moved, changed: Mask, incoming: Incoming, at: str | None
) -> pl.DataFrame:
    """What became of the golden id of every record for which it is another now."""
    slots, current = moved.slots[changed], moved.current[changed]
    now = after._golden[slots]
    n_before = len(before._sizes)
    size = np.bincount(after._golden[after._alive], minlength=after.golden_ids.height)
    is_new = current == NONE
    made = now >= n_before
    was_empty = np.concatenate([before._sizes, np.zeros(len(size) - n_before, np.int64)]) == 0
    first = np.zeros(slots.size, np.bool_)
    first[np.unique(now, return_index=True)[1]] = True
    event = np.full(slots.size, "moved", dtype=object)
    event[~is_new & (size[np.maximum(current, 0)] == 0)] = "merged"
    event[~is_new & was_empty[now]] = "split"
    event[is_new] = "joined"
    event[is_new & made & first] = "created"
    names = after.golden_ids["golden_id"]
    ids = after.ids
    gone = moved.deleted
    record = pl.concat([ids.gather(slots), before.ids.gather(gone)]) if gone.size else ids.gather(slots)
    none = np.full(gone.size, NONE)
    return (
        pl.DataFrame(
            {
                "step": pl.repeat(before.settings.step + 1, len(record), dtype=pl.Int64, eager=True),
                "at": pl.repeat(at, len(record), dtype=pl.String, eager=True),
                RECORD_ID: record,
                "event": pl.Series([*event.tolist(), *["deleted"] * gone.size], dtype=pl.String),
                "golden_id": _named(names, np.concatenate([now, none])),
                "from_golden_id": _named(names, np.concatenate([current, before._golden[gone]])),
            }
        )
        .select(list(EVENTS))
        .sort(RECORD_ID)
    )


def _named(names: pl.Series, numbers: Int64) -> pl.Series:
    at = pl.DataFrame({"n": numbers}).select(pl.when(pl.col("n") >= 0).then("n").cast(pl.UInt32)).to_series()
    return names.gather(at)


def _dirty(before: State, after: State, moved: Moved, changed: Mask, incoming: Incoming) -> Int64:
    """The numbers of the golden ids with other members, other cells, or other fixed values than before."""
    came = after._golden[len(before._alive) :] if len(after._alive) > len(before._alive) else after._golden[:0]
    left = moved.current[changed]
    gone = before._golden[np.concatenate([moved.deleted, incoming.slots[incoming.slots != NONE]])]
    parts = [after._golden[moved.slots[changed]], left[left != NONE], came[came != NONE], gone]
    if after.fixed_values is not before.fixed_values:
        new = after.fixed_values.join(before.fixed_values, on="arrival", how="anti")["golden_id"]
        names = [after.resolve(x) for x in new.unique().to_list()]
        parts.append(np.array([after._number_of[x] for x in names if x is not None], dtype=np.int64))
    return np.unique(np.concatenate(parts)).astype(np.int64)


def _merged(linking: Linking, state: State, numbers: Int64) -> Merged[pl.DataFrame] | None:
    """The golden records of some golden ids."""
    wanted = np.zeros(state.golden_ids.height, np.bool_)
    wanted[numbers[numbers < wanted.size]] = True
    slots = np.flatnonzero(state._alive)
    slots = slots[wanted[state._golden[slots]]] if slots.size else slots
    if not slots.size:
        return None
    return golden_of(linking, state, slots)


def golden_of(linking: Linking, state: State, slots: Int64) -> Merged[pl.DataFrame]:
    """The golden records of all records of some golden ids, with what stewards have fixed."""
    return linking.merger.merge_frame(*members_of(linking, state, slots))


def members_of(linking: Linking, state: State, slots: Int64) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame | None]:
    """What golden records are made of: records, clusters, and what stewards have fixed."""
    fields = [f.field for f in linking.pipeline.normalizer.fields]
    made = {c for f in fields for c in (norm_column(f), issues_column(f))}
    wanted = [c for c in state._rows.columns if c in state.settings.columns or c in made]
    members = state._rows.select(wanted)[slots]
    names = state.golden_ids["golden_id"].gather(state._golden[slots])
    clusters = pl.DataFrame({RECORD_ID: members[linking.merger.record_id], "entity_id": names})
    fixed = state.fixed_values
    if fixed.height:
        now = {x: state.resolve(x) for x in fixed["golden_id"].unique().to_list()}
        fixed = fixed.with_columns(
            pl.Series("golden_id", [now[x] for x in fixed["golden_id"].to_list()], dtype=pl.String)
        )
        fixed = fixed.filter(pl.col("golden_id").is_in(names.unique().implode()))
    return members, clusters, fixed.drop("arrival") if fixed.height else None


def _golden_changes(after: State, old: Merged[pl.DataFrame] | None, new: Merged[pl.DataFrame] | None) -> pl.DataFrame:
    """The rows that are new or other than before, and the ids that have no records any more."""
    successors = after.golden_ids.select("golden_id", "successor_id")
    if new is None and old is None:
        return pl.DataFrame(schema={"op": pl.String, "golden_id": pl.String, "successor_id": pl.String})
    if new is None:
        rows, ids = None, pl.Series([], dtype=pl.String)
    else:
        rows, ids = new.golden, new.golden["golden_id"]
        if old is not None:
            known = old.golden if old.golden.schema == rows.schema else _as_in(old.golden, rows)
            rows = rows.join(known, on=rows.columns, how="anti", nulls_equal=True)
        rows = rows.with_columns(op=pl.lit("upsert"), successor_id=pl.lit(None, dtype=pl.String))
    parts = [] if rows is None else [rows]
    if old is not None:
        gone = old.golden.filter(~pl.col("golden_id").is_in(ids.implode())).select("golden_id")
        parts.append(gone.join(successors, on="golden_id", how="left").with_columns(op=pl.lit("delete")))
    table = pl.concat(parts, how="diagonal")
    first = ["op", "golden_id", "successor_id"]
    return table.select(*first, *(c for c in table.columns if c not in first)).sort("golden_id")


def _as_in(table: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """A table with the columns of another and their types; what it does not have is null."""
    none = pl.repeat(None, table.height, dtype=pl.String, eager=True)
    columns = [(table[name] if name in table.columns else none).alias(name) for name in other.columns]
    made = [text_series(x) if t == pl.String else x for x, t in zip(columns, other.dtypes, strict=True)]
    return pl.DataFrame([x.cast(t, strict=False) for x, t in zip(made, other.dtypes, strict=True)])


def _xref_changes(linking: Linking, before: State, after: State, events: pl.DataFrame) -> pl.DataFrame:
    source = linking.merger.source
    found = after.slots_of(events[RECORD_ID])
    if source is None or not events.height:
        sources = pl.repeat(None, events.height, dtype=pl.String, eager=True)
    else:
        sources = _named(text_series(after._rows[source]), found)
        if before.n_records and source in before._rows.columns:
            gone = before.slots_of(events[RECORD_ID])
            then = _named(text_series(before._rows[source]), gone)
            sources = sources.zip_with(pl.Series(found != NONE), then)
    return events.with_columns(sources.alias(SOURCE)).select(SOURCE, RECORD_ID, "golden_id", "event", "from_golden_id")


def _source_changes(
    linking: Linking, old: Merged[pl.DataFrame] | None, new: Merged[pl.DataFrame] | None
) -> pl.DataFrame:
    """The cells that differ from their golden values, where they did not, or from other ones, before."""
    if new is None:
        return pl.DataFrame(schema={SOURCE: pl.String, **CHANGES})
    times = [f.field for f in linking.pipeline.normalizer.fields if f.kernel == TIMESTAMP]
    cells = new.changes.filter(~pl.col("field").is_in([*times, linking.merger.updated_at or ""]))
    if old is not None and old.changes.height:
        cells = cells.join(old.changes, on=[RECORD_ID, "field", "before", "after"], how="anti", nulls_equal=True)
    sources = new.xref.select(RECORD_ID, SOURCE)
    return cells.join(sources, on=RECORD_ID, how="left", maintain_order="left").select(SOURCE, *CHANGES)


def _review(linking: Linking, after: State, moved: Moved, refused: pl.DataFrame, holds: pl.DataFrame) -> pl.DataFrame:
    """New links between different customers, and links that were refused; but for those that somebody has answered."""
    n = moved.n_new_links
    end = len(after._left)
    left, right, weight = after._left[end - n :], after._right[end - n :], after._weight[end - n :]
    ids = after.ids
    one, other = ids.gather(left), ids.gather(right)
    comparator = linking.pipeline.comparator
    table = comparator.links_table(one, other, weight)
    guards = refused.filter(pl.col("origin") == "links").drop("origin", "decision")
    known = comparator.links_table(guards[RECORD_ID_L], guards[RECORD_ID_R], guards["match_weight"].to_numpy())
    table = _ordered(pl.concat([table, known.cast(table.schema)])).unique(
        [RECORD_ID_L, RECORD_ID_R], maintain_order=True
    )
    table = table.join(
        _ordered(guards).select(RECORD_ID_L, RECORD_ID_R, "guard"), on=[RECORD_ID_L, RECORD_ID_R], how="left"
    )
    said = holds.filter(pl.col("decision") != "review").select(pl.col(RECORD_ID_L, RECORD_ID_R).cast(ids.dtype))
    table = table.join(said, on=[RECORD_ID_L, RECORD_ID_R], how="anti")
    names = after.golden_ids["golden_id"]
    for side, name in ((RECORD_ID_L, "golden_id_l"), (RECORD_ID_R, "golden_id_r")):
        slots = after.slots_of(table[side])
        table = table.with_columns(names.gather(after._golden[slots]).alias(name))
    return table.filter(pl.col("golden_id_l") != pl.col("golden_id_r")).sort(
        ["match_probability", RECORD_ID_L, RECORD_ID_R], descending=[True, False, False]
    )


def _ordered(table: pl.DataFrame) -> pl.DataFrame:
    """The smaller id left."""
    return table.with_columns(
        pl.min_horizontal(RECORD_ID_L, RECORD_ID_R).alias(RECORD_ID_L),
        pl.max_horizontal(RECORD_ID_L, RECORD_ID_R).alias(RECORD_ID_R),
    )
