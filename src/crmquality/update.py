"""The second day: batches of new, corrected and deleted records, and people's answers, into what is known.

A batch is compared with what is known through the blocking keys, at the cost of the batch. What changes is worked out
anew, and nothing else: the components of the link graph that a changed record, link or decision is in. Clusters are
made of whole components and of nothing outside them, and whether two records are linked depends on the set of records
and not on their order; so any order and any cutting of the batches gives the entities of one run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.blocker.lookup import BlockIndex
from crmquality.comparator.learn import components
from crmquality.errors import SchemaError, unknown
from crmquality.fitted import FittedPipeline
from crmquality.frames import Restore, to_polars, without_index
from crmquality.hiding import check_key, hidden_frequencies, hidden_rows, sign_of
from crmquality.incoming import OP, Incoming, read_ops, sort_out
from crmquality.lift import text_series
from crmquality.linking import Linking
from crmquality.merger.decisions import SAID, add_frame, effective_frame, read_times
from crmquality.merger.golden import check_names, field_names
from crmquality.merger.golden_ids import assign_golden, new_ids
from crmquality.privacy import pseudonym
from crmquality.running import as_cells, with_columns_of
from crmquality.state import FIXED, GOLDEN_IDS, NONE, Int64, Mask, State
from crmquality.state_changes import CHANGE
from crmquality.step import Moved, Step, step_of
from crmquality.tables import RECORD_ID_L, RECORD_ID_R

Floats = NDArray[np.float64]

MAX_CHUNKS: Final = 16  # pieces of a table in memory; more make every look-up slower
MAX_DEAD_SHARE: Final = 0.25  # of the slots; more are worth moving everything


@dataclass(frozen=True)
class _Read:
    """A batch, normalized."""

    rows: pl.DataFrame
    deletes: pl.Series
    columns: tuple[str, ...]
    findings: pl.DataFrame


@dataclass(frozen=True)
class _Grown:
    """A state with the records and links that are there now, and golden ids as before.

    Attributes:
        linking: what links it.
        state: the state.
        touched: slots whose component has changed.
        n_new_links: how many links at the end of its links are new.
    """

    linking: Linking
    state: State
    touched: Mask
    n_new_links: int


def update(
    fitted: FittedPipeline,
    state: State,
    batch: object,
    *,
    decisions: object = None,
    fixed: object = None,
    at: date | str | None = None,
    as_of: datetime | None = None,
    key: bytes | None = None,
) -> Step[object]:
    """A batch into a state; see `FittedPipeline.update`."""
    linking, given_state = Linking.of(fitted, state), state
    if key is not None and not state.settings.linked_with:
        linking = replace(linking, frequencies=hidden_frequencies(linking.frequencies, key))
        state = replace(state, settings=replace(state.settings, hidden=sign_of(key)))
    time = None if at is None else read_times(pl.Series("at", [at]), "at")[0]
    given = [None if table is None else to_polars(table) for table in (batch, decisions, fixed)]
    restore = next((way_back for _, way_back in filter(None, given)), to_polars([])[1])
    frame, answers, values = (None if found is None else found[0] for found in given)
    if frame is not None:
        named = [OP, *linking.merger.columns, *(f.field for f in linking.pipeline.normalizer.fields)]
        frame = without_index(frame, restore, named)
    read = _read(linking, state, pl.DataFrame() if frame is None else frame, as_of, key)
    record_ids = state.ids if _names_records(state) else read.rows[linking.merger.record_id]
    said = _decided(state.decisions, answers, record_ids.dtype, time)
    kept = _fixed(state, values, read.columns, time, key)
    merger = linking.merger
    incoming = sort_out(state, read.rows, read.deletes, read.columns, merger.record_id, merger.updated_at)
    grown = _grown(linking, state, incoming, read.columns, said)
    grown = replace(grown, state=replace(grown.state, fixed_values=kept, deletions=incoming.deletions))
    return replace(_resolved(state, grown, time, read.findings, restore, incoming), _before=given_state)


def relink(fitted: FittedPipeline, state: State, *, at: date | str | None = None) -> Step[object]:
    """The records of a state linked anew; see `FittedPipeline.relink`."""
    time = None if at is None else read_times(pl.Series("at", [at]), "at")[0]
    linking = Linking.of(fitted, State())
    if not linking.frequencies.means or state.settings.hidden is not None:
        linking = replace(linking, frequencies=state.term_frequencies)
    if not state.n_records:
        bare = replace(state, settings=replace(state.settings, linked_with=""))
        return replace(update(fitted, bare, pl.DataFrame(), at=at), _before=state)
    record_id = linking.merger.record_id
    if record_id != state.record_id:
        raise SchemaError(f"the record ids of this state are in column {state.record_id!r}, not in {record_id!r}")
    raw = state.records.select(state.settings.columns)
    linking.pipeline.check_columns(raw.columns)
    hidden = state.settings.hidden is not None  # what is hashed cannot be normalized again
    rows = state.records if hidden else linking.pipeline.normalizer.normalize_frame(_cells(linking, raw))
    slots = state.slots_of(rows[record_id])
    bare = replace(
        state,
        _rows=rows,
        _alive=np.ones(rows.height, np.bool_),
        _golden=state._golden[slots],
        _home=state._home[slots],
        settings=replace(state.settings, linked_with=""),
        term_frequencies=linking.frequencies,
    )
    grown = _all_anew(linking, bare)
    none_at_all = np.zeros(0, np.int64)
    nothing = Incoming(rows.clear(), none_at_all, none_at_all, none_at_all, state.deletions, 0, 0)
    none = linking.pipeline.validator.validate_frame(rows.clear())
    return replace(_resolved(state, grown, time, none, to_polars(rows)[1], nothing), _replaced=None)


# ---------------------------------------------------------------------------------------------------------- reading


def _read(linking: Linking, state: State, frame: pl.DataFrame, as_of: datetime | None, key: bytes | None) -> _Read:
    """The batch with canonical values, and the findings of its rows.

    Raises:
        SchemaError: for columns that are missing, and ids that are missing or of another type than the state's.
        ConfigError: for a key that is not the state's.
    """
    pipeline, record_id = linking.pipeline, linking.merger.record_id
    frame, deletes = read_ops(with_columns_of(pipeline, frame))
    if frame.height and deletes.all():  # whoever deletes knows the id and no more
        missing = [c for c in with_columns_of(pipeline, pl.DataFrame()).columns if c not in (record_id, *frame.columns)]
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in missing)
    pipeline.check_columns(frame.columns)
    if CHANGE in frame.columns:
        raise SchemaError(f"the changes of a state have a column {CHANGE!r} of their own: rename that column")
    check_names(field_names(frame, (record_id, linking.merger.source)))
    frame = frame.with_columns(_ids(frame[record_id], state))
    columns = tuple(dict.fromkeys([*state.settings.columns, *frame.columns]))
    rows = pipeline.normalizer.normalize_frame(_cells(linking, frame))
    validator = pipeline.validator
    of_rows = replace(validator, rules=tuple(r for r in validator.rules if r.grain == "row"))
    findings = of_rows.validate_frame(rows.filter(~deletes), as_of=as_of)
    if not deletes.all():
        check_key(state, key)
    return _Read(rows if key is None else hidden_rows(linking, rows, columns, key), deletes, columns, findings)


def _cells(linking: Linking, frame: pl.DataFrame) -> pl.DataFrame:
    return as_cells(frame, [f.field for f in linking.pipeline.normalizer.fields])


def _ids(ids: pl.Series, state: State) -> pl.Series:
    if ids.dtype == pl.Categorical or isinstance(ids.dtype, pl.Enum):
        ids = ids.cast(pl.String)
    faults = []
    if ids.null_count():
        faults.append(f"column {ids.name!r}: {ids.null_count():,} record ids are missing")
    if _names_records(state) and ids.dtype != state.ids.dtype:
        cast = ids.cast(state.ids.dtype, strict=False)
        if len(ids) and (
            strange := int((text_series(cast) != text_series(ids)).fill_null(True).sum()) - ids.null_count()
        ):
            faults.append(f"column {ids.name!r}: {strange:,} record ids are not of the state's type {state.ids.dtype}")
        ids = cast
    if faults:
        raise SchemaError(faults)
    return ids


def _names_records(state: State) -> bool:
    """Whether ids are anywhere in a state, so that new ones must be of their type: all records may be deleted."""
    return bool(state._rows.height or state.events.height or state.deletions.height)


def _decided(known: pl.DataFrame, frame: pl.DataFrame | None, dtype: pl.DataType, at: str | None) -> pl.DataFrame:
    """All decisions, with those that have arrived; the very same table where none has."""
    if frame is None:
        return known
    sides = pl.col(RECORD_ID_L, RECORD_ID_R).cast(dtype, strict=False)
    n_null = _n_null_ids(frame)
    came = frame.with_columns(sides) if {RECORD_ID_L, RECORD_ID_R} <= set(frame.columns) else frame
    if strange := _n_null_ids(came) - n_null:
        raise SchemaError(f"decisions: {strange:,} record ids are not of the state's type {dtype}")
    whole = add_frame(known.select(list(SAID)).with_columns(sides), came, at)
    if whole.height == known.height:
        return known
    return whole.with_columns(pl.int_range(pl.len()).alias("arrival")).select("arrival", *SAID)


def _n_null_ids(frame: pl.DataFrame) -> int:
    return sum(frame[c].null_count() for c in (RECORD_ID_L, RECORD_ID_R) if c in frame.columns)


def _fixed(
    state: State, frame: pl.DataFrame | None, columns: tuple[str, ...], at: str | None, key: bytes | None
) -> pl.DataFrame:
    """All fixed values, with those that have arrived; the very same table where none has.

    Raises:
        SchemaError: for columns that are missing, and golden ids and fields that are not known.
        ConfigError: where the state holds no values and there is no key.
    """
    if frame is None or not frame.height:
        return state.fixed_values
    faults = [
        f"fixed: {unknown('column', c, frame.columns)}"
        for c in ("golden_id", "field", "value")
        if c not in frame.columns
    ]
    if not faults:
        fields = text_series(frame["field"])
        faults += [
            f"fixed: {unknown('field', f, columns)}" for f in fields.unique().drop_nulls().sort() if f not in columns
        ]
        strange = int(
            (~text_series(frame["golden_id"]).is_in(state.golden_ids["golden_id"].implode())).fill_null(True).sum()
        )
        faults += [f"fixed: {strange:,} rows name a golden id that the state has never given"] if strange else []
        faults += [f"fixed: {n} rows name no field" for n in [fields.null_count()] if n]
    if faults:
        raise SchemaError(faults)
    none = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    said = {c: text_series(frame[c]) if c in frame.columns else none for c in ("golden_id", "field", "value", "by")}
    check_key(state, key)
    if key is not None:
        said["value"] = pl.Series([pseudonym(v, key) for v in said["value"].to_list()], dtype=pl.String)
    times = read_times(frame["at"], "fixed: {n:,} rows of column 'at'") if "at" in frame.columns else none
    came = pl.DataFrame({**said, "at": times if at is None else times.fill_null(at)})
    came = came.join(state.fixed_values, on=came.columns, how="anti", nulls_equal=True).unique(maintain_order=True)
    if not came.height:
        return state.fixed_values
    whole = pl.concat([state.fixed_values.select(came.columns), came])
    return whole.with_columns(pl.int_range(pl.len()).alias("arrival")).select(list(FIXED))


# ---------------------------------------------------------------------------------------------------------- linking


def _grown(linking: Linking, state: State, incoming: Incoming, columns: tuple[str, ...], said: pl.DataFrame) -> _Grown:
    """The state with the batch's records and their links."""
    came, n_before = incoming.upserts, len(state._alive)
    replaced = incoming.slots[incoming.slots != NONE]
    dead = np.concatenate([replaced, incoming.deleted])
    alive = np.concatenate([state._alive, np.ones(came.height, np.bool_)])
    alive[dead] = False
    carried = np.where(incoming.slots == NONE, 0, incoming.slots)
    known = incoming.slots != NONE

    def extended(numbers: Int64, of_new: Int64) -> Int64:
        return np.concatenate([numbers, np.where(known, numbers[carried], of_new) if n_before else of_new])

    rows = _stacked(state._rows, came)
    grown = replace(
        state,
        _rows=rows,
        _alive=alive,
        _golden=extended(state._golden, np.full(came.height, NONE)),
        _home=extended(state._home, incoming.homes),
        decisions=said,
        settings=replace(state.settings, columns=columns, record_id=linking.merger.record_id),
        term_frequencies=linking.frequencies,
    )
    touched = np.zeros(len(alive), np.bool_)
    touched[n_before:] = True
    touched |= _touched_by_decisions(state, grown, dead)
    if came.height > state.n_records or not state._rows.width:
        anew = _all_anew(linking, grown)
        return replace(anew, touched=anew.touched | (touched & alive))
    blocks = state._blocks if state._blocks is not None else _blocks_of(linking, state)
    blocks, moves = blocks.changed(came, dead)
    keep = alive[state._left] & alive[state._right]
    among = np.zeros(len(alive), np.bool_)
    among[moves.lost_among] = True
    asked = np.flatnonzero(keep & among[state._left] & among[state._right])
    keep[asked] = blocks.are_candidates(state._left[asked], state._right[asked])
    touched[state._left[~keep]] = touched[state._right[~keep]] = True
    left, right, weight = linking.links_among(rows, moves.left, moves.right)
    touched[left] = touched[right] = True
    grown = replace(
        grown,
        _left=np.concatenate([state._left[keep], left]),
        _right=np.concatenate([state._right[keep], right]),
        _weight=np.concatenate([state._weight[keep], weight]),
        _blocks=blocks,
    )
    return _Grown(linking, grown, touched & alive, len(left))


def _all_anew(linking: Linking, state: State) -> _Grown:
    """A state with every candidate pair compared: where most of it is new, the shorter way."""
    slots = np.flatnonzero(state._alive).astype(np.int32)
    linking, (left, right, weight) = linking.all_links(state._rows[slots])
    grown = replace(state, _left=slots[left], _right=slots[right], _weight=weight, _blocks=None)
    return _Grown(linking, grown, state._alive, len(left))


def _blocks_of(linking: Linking, state: State) -> BlockIndex:
    blocks = BlockIndex.build(linking.pipeline.blocker, state._rows)
    dead = np.flatnonzero(~state._alive)
    return blocks.changed(state._rows.clear(), dead)[0] if dead.size else blocks


def _stacked(known: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """The rows of both; a column that has another type in each is text."""
    if not known.height or not came.height:
        return came if not known.height else known
    mine, theirs = [], []
    for column in dict.fromkeys([*known.columns, *came.columns]):
        a = (
            known[column]
            if column in known.columns
            else pl.repeat(None, known.height, dtype=came.schema[column], eager=True)
        )
        b = (
            came[column]
            if column in came.columns
            else pl.repeat(None, came.height, dtype=known.schema[column], eager=True)
        )
        if a.dtype != b.dtype:
            if b.null_count() == len(b):
                b = pl.repeat(None, len(b), dtype=a.dtype, eager=True)
            elif a.null_count() == len(a):
                a = pl.repeat(None, len(a), dtype=b.dtype, eager=True)
            else:
                a, b = text_series(a), text_series(b)
        mine.append(a.alias(column))
        theirs.append(b.alias(column))
    out = pl.DataFrame(mine).vstack(pl.DataFrame(theirs))
    return out.rechunk() if out.n_chunks() > MAX_CHUNKS else out


def holding(decisions: pl.DataFrame, dtype: pl.DataType) -> pl.DataFrame:
    """The decisions that hold, with ids of the records' type."""
    sides = pl.col(RECORD_ID_L, RECORD_ID_R).cast(dtype, strict=False)
    return effective_frame(decisions.select(list(SAID)).with_columns(sides))


def _touched_by_decisions(before: State, after: State, dead: Int64) -> Mask:
    """The slots of pairs whose decision is another than before, or that hold a record that came, changed or went."""
    touched = np.zeros(len(after._alive), np.bool_)
    if not after.decisions.height:
        return touched
    pair = [RECORD_ID_L, RECORD_ID_R, "decision"]
    now = holding(after.decisions, after.ids.dtype).select(pair)
    if after.decisions is before.decisions:
        other = now.clear()
    else:
        then = holding(before.decisions, after.ids.dtype).select(pair)
        other = pl.concat([now.join(then, on=pair, how="anti"), then.join(now, on=pair, how="anti")])
    changed = (
        pl.concat([before.ids.gather(dead), after.ids[len(before._alive) :]]) if before._rows.height else after.ids
    )
    near = now.filter(pl.col(RECORD_ID_L).is_in(changed.implode()) | pl.col(RECORD_ID_R).is_in(changed.implode()))
    for table in (other, near):
        for side in (RECORD_ID_L, RECORD_ID_R):
            slots = after.slots_of(table[side])
            touched[slots[slots != NONE]] = True
    return touched


# --------------------------------------------------------------------------------------------------------- resolving


def _resolved(
    before: State, grown: _Grown, at: str | None, findings: pl.DataFrame, restore: Restore, incoming: Incoming
) -> Step[object]:
    """The step: clusters of what was touched, golden ids, and all that follows from them."""
    linking, state = grown.linking, grown.state
    holds = holding(state.decisions, state.ids.dtype)
    slots, cluster, refused = _clustered(linking, state, grown.touched, holds)
    current = state._golden[slots]
    n_golden = state.golden_ids.height
    outside = state._alive.copy()
    outside[slots] = False
    elsewhere = np.bincount(state._golden[outside], minlength=n_golden).astype(np.int64) > 0
    born = state.golden_ids["born"].to_numpy().astype(np.int64)
    assigned = assign_golden(cluster, current, state._home[slots], born, before._sizes, elsewhere)
    step = before.settings.step + 1
    taken = before._number_of
    made = new_ids(text_series(state.ids.gather(slots[assigned.founder])).to_list(), taken.__contains__)
    # New ids are numbered in their own order, as a state that is read from tables has them.
    place = np.argsort(np.argsort(np.array(made, dtype=np.str_)))
    number = np.concatenate([np.arange(n_golden), n_golden + place]).astype(np.int64)
    golden, home = state._golden.copy(), state._home.copy()
    golden[slots], home[slots] = number[assigned.golden[cluster] if slots.size else slots], number[assigned.home]
    new = pl.DataFrame(
        {"golden_id": sorted(made), "born": [step] * len(made), "successor_id": [None] * len(made)}, schema=GOLDEN_IDS
    )
    after = replace(
        state,
        _golden=golden,
        _home=home,
        golden_ids=_with_successors(before, pl.concat([state.golden_ids, new]), state._alive, golden, current, slots),
    )
    changed = bool(
        incoming.upserts.height
        or incoming.deleted.size
        or after.decisions is not before.decisions
        or after.fixed_values is not before.fixed_values
        or not after.deletions.equals(before.deletions)
        or not before.settings.linked_with
        or before.settings.linked_with != after.settings.linked_with
    )
    settings = linking.settings(after.settings)
    after = replace(after, settings=settings if changed else replace(settings, step=before.settings.step))
    moved = Moved(slots, current, incoming.deleted, state._alive, grown.n_new_links)
    return step_of(linking, before, _compact(after), after, moved, holds, refused, at, findings, restore, incoming)


def _clustered(linking: Linking, state: State, touched: Mask, holds: pl.DataFrame) -> tuple[Int64, Int64, pl.DataFrame]:
    """The slots of all components that were touched, by record id; their clusters; and what was refused in them."""
    linked = linking.is_link(state._weight)
    must = holds.filter(pl.col("decision") == "link")
    one, other = (state.slots_of(must[side]) for side in (RECORD_ID_L, RECORD_ID_R))
    both = (one != NONE) & (other != NONE)
    left = np.concatenate([state._left[linked], one[both].astype(np.int32)])
    right = np.concatenate([state._right[linked], other[both].astype(np.int32)])
    component = components(len(state._alive), left, right)
    wanted = np.zeros(int(component.max(initial=-1)) + 1, np.bool_)
    wanted[component[touched]] = True
    slots = np.flatnonzero(wanted[component] & state._alive)
    slots = slots[state.ids.gather(slots).arg_sort().to_numpy()]
    place = np.full(len(state._alive), NONE, np.int64)
    place[slots] = np.arange(slots.size)
    alone = np.bincount(component[slots], minlength=wanted.size)[component[slots]] < 2
    inside = slots[~alone]
    nearby = np.full(len(state._alive), NONE, np.int32)
    nearby[inside] = np.arange(inside.size)
    near = (nearby[state._left] != NONE) & (nearby[state._right] != NONE)
    ids = state.ids.gather(inside)
    decided = holds.filter(pl.col(RECORD_ID_L).is_in(ids.implode()) & pl.col(RECORD_ID_R).is_in(ids.implode()))
    pair = (
        np.stack([nearby[state._left[near]], nearby[state._right[near]]]) if near.any() else np.zeros((2, 0), np.int32)
    )
    low, high = pair.min(axis=0).astype(np.int32), pair.max(axis=0).astype(np.int32)
    found, _ = linking.cluster(state._rows.select(linking.columns)[inside], low, high, state._weight[near], decided)
    firsts = pl.DataFrame({"id": ids}).with_row_index("first")
    entity = found.clusters.rename({found.clusters.columns[0]: "id"}).join(
        firsts, left_on="entity_id", right_on="id", how="left", maintain_order="left"
    )
    root = np.arange(slots.size)
    root[place[inside]] = place[inside[entity["first"].to_numpy().astype(np.int64)]]
    _, cluster = np.unique(root, return_inverse=True)
    return slots, cluster.astype(np.int64), found.refused


def _with_successors(
    before: State, golden_ids: pl.DataFrame, alive: Mask, golden: Int64, current: Int64, slots: Int64
) -> pl.DataFrame:
    """The golden ids, each that has no records any more with the one that most of its records went to."""
    n = golden_ids.height
    size = np.bincount(golden[alive], minlength=n)
    had = np.concatenate([before._sizes, np.zeros(n - len(before._sizes), np.int64)])
    gone = np.flatnonzero((had > 0) & (size == 0))
    back = np.flatnonzero((had == 0) & (size > 0))
    if not gone.size and not back.size:
        return golden_ids
    went = pl.DataFrame({"old": current, "new": golden[slots], "row": np.arange(slots.size)}).filter(
        pl.col("old").is_in(gone.tolist())
    )
    most = (
        went.group_by("old", "new")
        .agg(pl.len().alias("n"), pl.col("row").min())
        .sort("old", "n", "row", descending=[False, True, False])
        .unique("old", keep="first", maintain_order=True)
    )
    successor = golden_ids["successor_id"].to_list()
    names = golden_ids["golden_id"]
    for i in (*gone.tolist(), *back.tolist()):
        successor[i] = None
    for old, new in most.select("old", "new").iter_rows():
        successor[old] = names[new]
    return golden_ids.with_columns(pl.Series("successor_id", successor, dtype=pl.String))


def _compact(state: State) -> State:
    """The same state without dead slots, where there are many."""
    dead = len(state._alive) - state.n_records
    if dead <= MAX_DEAD_SHARE * len(state._alive):
        return state
    slots = np.flatnonzero(state._alive)
    place = np.full(len(state._alive), NONE, np.int32)
    place[slots] = np.arange(slots.size)
    return replace(
        state,
        _rows=state._rows[slots],
        _alive=np.ones(slots.size, np.bool_),
        _golden=state._golden[slots],
        _home=state._home[slots],
        _left=place[state._left],
        _right=place[state._right],
        _blocks=None,
    )
