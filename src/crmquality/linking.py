"""Linking some records among others: the stages of a fitted pipeline, on the rows of a state."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.blocker.stage import CHUNK_SIZE
from crmquality.comparator.encoded import Encoded
from crmquality.comparator.learn import score
from crmquality.comparator.similarity import EPSILON
from crmquality.comparator.term_frequency import TermFrequencies
from crmquality.comparator.weights import Scorer
from crmquality.errors import ModelError, SchemaError
from crmquality.fitted import FittedPipeline
from crmquality.merger import Merger
from crmquality.merger.clusters import Clustered
from crmquality.pipeline import Pipeline
from crmquality.running import one_to_one_merger
from crmquality.state import Int32, Mask, Settings, State

Floats = NDArray[np.float64]


def check_state(state: object) -> None:
    """Refuse what is no state.

    >>> check_state({})
    Traceback (most recent call last):
    crmquality.errors.SchemaError: expected a State, got a dict: State() to begin with, or State.from_tables
    """
    if not isinstance(state, State):
        kind = type(state).__name__
        hint = "pass step.state" if kind in ("Step", "Forgotten") else "State() to begin with, or State.from_tables"
        raise SchemaError(f"expected a State, got a {kind}: {hint}")


@dataclass(frozen=True)
class Linking:
    """What links the records of a state: a pipeline with the state's own caps, bands and frequencies.

    Attributes:
        pipeline: the stages.
        fitted: as it was given.
        frequencies: of values.
        merger: with the guard that follows from what is linked.
    """

    pipeline: Pipeline
    fitted: FittedPipeline
    frequencies: TermFrequencies
    merger: Merger

    @classmethod
    def of(cls, fitted: FittedPipeline, state: State) -> Linking:
        """What links a state: what it was linked with before, or, where it is empty, what is given.

        Raises:
            ModelError: where the state was linked with another model, other rules or another normalizer.
            SchemaError: for what is no state.
        """
        check_state(state)
        pipeline, settings = fitted.pipeline, state.settings
        frequencies = fitted.frequencies
        if settings.linked_with:
            if settings.linked_with != fingerprint(fitted):
                raise ModelError(
                    "this state was linked with another model, or with other fields, blocking rules or comparisons: "
                    "its links are not theirs. Expected the same fitted pipeline; to go over to this one, link the "
                    "state anew with relink(state), which keeps the golden ids"
                )
            pipeline = replace(
                pipeline,
                blocker=replace(pipeline.blocker, caps=settings.caps),
                comparator=replace(
                    pipeline.comparator,
                    link_probability=settings.link_probability,
                    review_probability=settings.review_probability,
                    max_wrong_links=None,
                    max_missed_links=None,
                ),
            )
            frequencies = state.term_frequencies
        elif not pipeline.blocker.caps:
            blocker = pipeline.blocker
            pipeline = replace(pipeline, blocker=replace(blocker, caps=(blocker.max_block_size,) * len(blocker.rules)))
        return cls(pipeline, fitted, frequencies, one_to_one_merger(pipeline))

    def settings(self, before: Settings) -> Settings:
        """The settings of a state that this has linked, one step on."""
        blocker, comparator = self.pipeline.blocker, self.pipeline.comparator
        return Settings(
            record_id=self.merger.record_id,
            linked_with=before.linked_with or fingerprint(self.fitted),
            caps=blocker.caps,
            link_probability=comparator.link_probability,
            review_probability=comparator.review_probability,
            means=self.frequencies.means,
            step=before.step + 1,
            columns=before.columns,
            hidden=before.hidden,
        )

    def scorer(self, table: Encoded) -> Scorer:
        """What scores pairs of a table."""
        return Scorer(self.fitted.model, self.pipeline.comparator.comparisons, table, self.frequencies)

    def all_links(self, frame: pl.DataFrame) -> tuple[Linking, tuple[Int32, Int32, Floats]]:
        """The pairs of a table that reach review, as rows, and their weights: every candidate pair is compared.

        Returns:
            This, with lower caps where the table is so large that it needed them; left and right rows, and weights.
        """
        comparator = self.pipeline.comparator
        rows = frame[self.merger.record_id].arg_sort().to_numpy().astype(np.int32)
        ordered = frame[rows]  # a plan names records by their place in the order of ids
        table = Encoded(ordered)
        plan = self.pipeline.blocker.plan(ordered)
        scored, weights = score(
            comparator.compare_chunks(table, plan.pairs()), self.scorer(table), comparator.review_weight
        )
        left, right = rows[scored.left], rows[scored.right]
        capped = replace(self, pipeline=replace(self.pipeline, blocker=self.pipeline.blocker.with_caps(plan.report)))
        return capped, (np.minimum(left, right), np.maximum(left, right), weights)

    def links_among(self, rows: pl.DataFrame, left: Int32, right: Int32) -> tuple[Int32, Int32, Floats]:
        """The same of given pairs; only the rows that they name are read."""
        slots = np.unique(np.concatenate([left, right]))
        comparator = self.pipeline.comparator
        table = Encoded(rows.select(self.columns)[slots])
        one, other = (np.searchsorted(slots, side).astype(np.int32) for side in (left, right))
        chunks = ((one[i : i + CHUNK_SIZE], other[i : i + CHUNK_SIZE], 0) for i in range(0, len(one), CHUNK_SIZE))
        pairs = comparator.compare_chunks(table, chunks)
        scored, weights = score(pairs, self.scorer(table), comparator.review_weight)
        return slots[scored.left].astype(np.int32), slots[scored.right].astype(np.int32), weights

    @property
    def columns(self) -> list[str]:
        """The columns that comparing and clustering read."""
        compared = [c for x in self.pipeline.comparator.comparisons for c in x.columns]
        guarded = [c for g in self.merger.guards for c in g.columns()]
        return list(dict.fromkeys([self.merger.record_id, *compared, *guarded]))

    def is_link(self, weights: Floats) -> Mask:
        """Which weights make a link."""
        out: Mask = weights >= self.pipeline.comparator.link_weight - EPSILON
        return out

    def cluster(
        self, frame: pl.DataFrame, left: Int32, right: Int32, weights: Floats, decisions: pl.DataFrame
    ) -> tuple[Clustered[pl.DataFrame], pl.DataFrame]:
        """The clusters of some records, all of their components, and the scored pairs that made them.

        Args:
            frame: the records, by id.
            left: rows of the pairs that reach review.
            right: rows of them.
            weights: of them.
            decisions: those that hold.
        """
        comparator = self.pipeline.comparator
        table, ids = Encoded(frame), frame[self.merger.record_id]
        linked = self.is_link(weights)
        known = comparator.links_table(ids[left], ids[right], weights)
        inside = comparator.inside_links(ids, table, left[linked], right[linked], weights[linked], self.scorer(table))
        scores = pl.concat([known, inside])
        return self.merger.cluster_frame(frame, scores, decisions), scores


def fingerprint(fitted: FittedPipeline) -> str:
    """A short hash of all that decides which records are linked, but for what a state keeps itself."""
    pipeline, model = fitted.pipeline, fitted.model.to_dict()
    model.pop("diagnostics", None)
    said = {
        "normalizer": pipeline.normalizer.to_dict(),
        "rules": [r.to_dict() for r in pipeline.blocker.rules],
        "record_id": pipeline.merger.record_id,
        "link": pipeline.blocker.link,
        "source": pipeline.blocker.source if pipeline.blocker.link != "all" else None,
        "comparisons": [c.to_dict() for c in pipeline.comparator.comparisons],
        "guards": [g.to_dict() for g in pipeline.merger.guards],
        "model": model,
    }
    text = json.dumps(said, ensure_ascii=True, sort_keys=True)
    return hashlib.blake2b(text.encode("ascii"), digest_size=12).hexdigest()
