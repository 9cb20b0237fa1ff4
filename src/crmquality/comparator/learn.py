"""Learning a model from a table: u, then EM, then once more with the entities that came out.

The first round counts values per record and takes random pairs for unrelated, which is wrong by the duplicates among
them: a customer who is in the table seven times makes its own mailbox look common. The second round counts per
entity and leaves pairs of one entity out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from crmquality.comparator.encoded import Encoded
from crmquality.comparator.estimate import MIN_PAIRS, Floats, Patterns, fit
from crmquality.comparator.levels import Comparison
from crmquality.comparator.model import LinkModel
from crmquality.comparator.pairs import ComparedPairs
from crmquality.comparator.similarity import EPSILON, Codes
from crmquality.comparator.weights import Scorer, draw, estimate_u

ROUNDS: Final = 2
CHUNK: Final = 500_000


@dataclass(frozen=True)
class Learned:
    """A model, and the entities it saw: the ones by which its term frequencies are counted.

    Attributes:
        model: the numbers.
        entities: an entity number per record.
    """

    model: LinkModel
    entities: Codes


def learn(
    comparisons: Sequence[Comparison],
    table: Encoded,
    record_ids: pl.Series,
    pairs: ComparedPairs,
    n_possible: float,
    link_weight: float,
) -> Learned:
    """The model that the table itself supports.

    Args:
        comparisons: what was compared.
        table: the records.
        record_ids: theirs, for drawing pairs in hashed order.
        pairs: candidate pairs, compared.
        n_possible: how many pairs the table has in all (between sources only, where that is what is linked).
        link_weight: the weight in bits from which a pair counts as one entity in the next round.
    """
    n = table.height
    one_each = min(0.1, 1 / max(n, 1))  # a duplicate, or a relative, per record or so: EM finds its own
    start = replace(LinkModel.default(comparisons), match_prior=one_each)
    drawn = draw(comparisons, table, record_ids)
    counts = Patterns(pairs.gammas, pairs.counts.astype(np.float64), max(n_possible, float(len(pairs)), 1.0))
    model: LinkModel = start
    entities: Codes | None = None
    for _ in range(ROUNDS):
        model = estimate_u(model, comparisons, table, drawn, entities).with_relations(one_each)
        model = fit(model, comparisons, counts)
        entities = components(n, *linked(pairs, Scorer(model, comparisons, table, entities), link_weight))
    return Learned(_with_messages(model, n), entities if entities is not None else np.arange(n, dtype=np.int32))


def linked(pairs: ComparedPairs, scorer: Scorer, at_least: float) -> tuple[Codes, Codes]:
    """The pairs at or above a weight."""
    scored, weights = score(pairs, scorer, at_least)
    del weights
    return scored.left, scored.right


def score(pairs: ComparedPairs, scorer: Scorer, at_least: float) -> tuple[ComparedPairs, Floats]:
    """The pairs whose weight reaches a floor, and their weights in bits.

    A pattern that cannot reach the floor whatever its values is dropped before any value is looked at.
    """
    at_least -= EPSILON  # as for decisions: a sum of parts may miss the floor by its last bit
    pairs = pairs.where(scorer.best_case(pairs.gammas)[pairs.pattern] >= at_least - EPSILON)
    weights = np.zeros(len(pairs))
    for begin in range(0, len(pairs), CHUNK):
        part = slice(begin, begin + CHUNK)
        weights[part] = scorer.weights(pairs.gammas[pairs.pattern[part]], pairs.left[part], pairs.right[part])
    keep = weights >= at_least
    return pairs.where(keep), weights[keep]


def components(n: int, left: Codes, right: Codes) -> Codes:
    """Connected components: a number per record."""
    from scipy.sparse import coo_matrix  # here, not above: a quarter of the time to import this package
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    _, labels = connected_components(graph, directed=False)
    out: Codes = labels.astype(np.int32)
    return out


def _with_messages(model: LinkModel, n_records: int) -> LinkModel:
    diagnostics = model.diagnostics
    if diagnostics is None:
        return model
    messages = []
    if diagnostics.expected_matches < MIN_PAIRS:
        messages.append(
            f"about {diagnostics.expected_matches:.0f} matching pairs among {n_records} records: too few to learn m "
            "from, the declared m carry the score"
        )
    if not diagnostics.converged:
        messages.append(f"EM did not converge in {diagnostics.n_iterations} steps")
    return replace(model, diagnostics=replace(diagnostics, messages=tuple(messages)))
