"""Questions about a state: what a person should be asked first, and why two records are where they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from crmquality.comparator import Explanation
from crmquality.comparator.encoded import Encoded
from crmquality.errors import SchemaError
from crmquality.fitted import FittedPipeline
from crmquality.linking import Linking
from crmquality.merger.bridges import doubtful_bridges
from crmquality.merger.clusters import Clustered
from crmquality.merger.values import VALUES
from crmquality.merger.why import standing
from crmquality.review import QUEUE, review_queue
from crmquality.running import review_pairs
from crmquality.state import NONE, Int64, State
from crmquality.step import members_of
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R
from crmquality.update import holding


def review_queue_of(fitted: FittedPipeline, state: State) -> pl.DataFrame:
    """See `FittedPipeline.review_queue`."""
    linking = Linking.of(fitted, state)
    if not state._rows.width:
        return pl.DataFrame(schema=QUEUE)
    slots = np.flatnonzero(state._alive)
    slots = slots[state.ids.gather(slots).arg_sort().to_numpy()]
    known, clustered, scores, holds = _clusters(linking, state, slots)
    clusters = _entities(state, slots)
    review = review_pairs(known, clusters, clustered.refused)
    bridges = doubtful_bridges(clusters, scores, holds, doubt=linking.pipeline.comparator.review_probability)
    return review_queue(clusters, review, bridges, scores, holds)


def explain_of(fitted: FittedPipeline, state: State, record_id_l: object, record_id_r: object) -> Explanation:
    """See `FittedPipeline.explain`."""
    linking = Linking.of(fitted, state)
    asked = pl.Series(RECORD_ID, [record_id_l, record_id_r], strict=False)
    slots = state.slots_of(asked) if state.n_records else np.full(2, NONE)
    if (slots == NONE).any():
        missing = [side for side, slot in zip((RECORD_ID_L, RECORD_ID_R), slots.tolist(), strict=True) if slot == NONE]
        raise SchemaError([f"explain: {side} is not in the state" for side in missing])
    slots = slots[state.ids.gather(slots).arg_sort().to_numpy()]
    two = state._rows[slots]
    why = linking.pipeline.comparator.explain_rows(two, linking.scorer(Encoded(two)), 0, 1)
    if slots[0] == slots[1]:
        return why
    goldens = np.unique(state._golden[slots])
    near = np.flatnonzero(state._alive & np.isin(state._golden, goldens))
    near = near[state.ids.gather(near).arg_sort().to_numpy()]
    _, clustered, scores, holds = _clusters(linking, state, near)
    rules = linking.pipeline.blocker.rules_tried(two, 0, 1, linking.pipeline.blocker.count(two))
    one, other = state.ids.gather(slots).to_list()
    found = standing(one, other, _entities(state, near), scores, clustered.refused, holds)
    return replace(why, rules=rules, standing=found)


def values_of(fitted: FittedPipeline, state: State, golden_id: str | None) -> pl.DataFrame:
    """See `FittedPipeline.values`."""
    linking = Linking.of(fitted, state)
    now = None if golden_id is None else state.resolve(golden_id)
    if golden_id is not None and now is None:
        raise SchemaError("values: no record is under this golden id; expected one that resolve() leads to records")
    here = state._alive if now is None else state._alive & (state._golden == state._number_of[now])
    if not state._rows.width:
        return pl.DataFrame(schema=VALUES)
    return linking.merger.values_frame(*members_of(linking, state, np.flatnonzero(here)))


def _entities(state: State, slots: Int64) -> pl.DataFrame:
    """The golden id of some records, as clusters."""
    names = state.golden_ids["golden_id"]
    return pl.DataFrame({RECORD_ID: state.ids.gather(slots), "entity_id": names.gather(state._golden[slots])})


def _clusters(
    linking: Linking, state: State, slots: Int64
) -> tuple[pl.DataFrame, Clustered[pl.DataFrame], pl.DataFrame, pl.DataFrame]:
    """Some records by id, clustered again: links between them, clusters, all scored pairs, decisions that hold."""
    place = np.full(len(state._alive), NONE, np.int32)
    place[slots] = np.arange(slots.size)
    inside = (place[state._left] != NONE) & (place[state._right] != NONE)
    one, other = place[state._left[inside]], place[state._right[inside]]
    left, right = np.minimum(one, other), np.maximum(one, other)
    holds = holding(state.decisions, state.ids.dtype)
    ids = state.ids.gather(slots)
    holds = holds.filter(pl.col(RECORD_ID_L).is_in(ids.implode()) & pl.col(RECORD_ID_R).is_in(ids.implode()))
    clustered, scores = linking.cluster(
        state._rows.select(linking.columns)[slots], left, right, state._weight[inside], holds
    )
    known = linking.pipeline.comparator.links_table(ids.gather(left), ids.gather(right), state._weight[inside])
    return known, clustered, scores, holds
