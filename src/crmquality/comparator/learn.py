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

from crmquality.comparator import support
from crmquality.comparator.encoded import Encoded
from crmquality.comparator.estimate import Floats, Patterns, fit
from crmquality.comparator.levels import Comparison
from crmquality.comparator.model import Diagnostics, LinkModel, Note
from crmquality.comparator.pairs import ComparedPairs
from crmquality.comparator.similarity import EPSILON, Codes
from crmquality.comparator.term_frequency import Counted
from crmquality.comparator.weights import SAMPLE_PAIRS, SEEN, Scorer, draw, estimate_u

ROUNDS: Final = 2
CHUNK: Final = 500_000
TELLING_BITS: Final = 5.0
"""A level that is declared to make a match so much likelier, 32 times, is one that tells customers apart."""


@dataclass(frozen=True)
class Learned:
    """A model, and the entities it saw: the ones by which its term frequencies are counted.

    Attributes:
        model: the numbers.
        entities: an entity number per record.
    """

    model: LinkModel
    entities: Codes

    @property
    def frequencies(self) -> Counted:
        """How common the values of the table are, counted per entity."""
        return Counted(self.entities)


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
    present, agree = support.shares_of(comparisons, drawn)
    alone = support.informative(present, agree, counts)
    notes = support.column_notes(comparisons, present, agree, counts)
    model: LinkModel = start
    entities: Codes | None = None
    said: list[Note] = []
    for _ in range(ROUNDS):
        said = []
        if not len(pairs):
            model, said = _with_diagnostics(start), [support.NOTHING]
        elif support.is_one_entity(present, agree, n):
            model, said = fit(start.with_relations(one_each), comparisons, counts, keep_m=True), [support.ONE_ENTITY]
            notes = []  # that all agree on each column is what this says
        elif len(alone) == 1:
            model = estimate_u(start, comparisons, table, drawn, entities)
            model = fit(_half_by_chance(model, start, alone[0], counts), comparisons, counts)
            said = [support.one_comparison(comparisons[alone[0]].name)]
        else:
            model = estimate_u(model, comparisons, table, drawn, entities).with_relations(one_each)
            before, model = model, fit(model, comparisons, counts)
            if strangers := support.strangers(comparisons, model):
                model = fit(_with_declared_m(before, start, one_each), comparisons, counts, keep_m=True)
                said = [support.no_matches(strangers)]
        entities = components(n, *linked(pairs, Scorer(model, comparisons, table, Counted(entities)), link_weight))
    said += [*support.model_notes(model, n), *notes]
    if model.diagnostics is not None:
        model = replace(model, diagnostics=replace(model.diagnostics, notes=tuple(said)))
    return Learned(model, entities if entities is not None else np.arange(n, dtype=np.int32))


def _half_by_chance(model: LinkModel, start: LinkModel, k: int, counts: Patterns) -> LinkModel:
    """The model of one comparison alone: of the pairs at a level that tells, half at most agree by chance.

    What all pairs show bounds u from above, whoever they are; the declared u bounds it too. That is for equality, and
    for the telling levels that a sample of pairs is too small to see.
    """
    c, declared = model.comparisons[k], start.comparisons[k]
    u, m_declared, u_declared = np.array(c.u), np.array(declared.m), np.array(declared.u)
    seen = np.bincount(counts.gammas[:, k].astype(np.intp) + 1, counts.counts, minlength=len(u) + 1)[1:]
    half = np.maximum(seen, 1) / 2 / counts.n_possible
    rare = (np.log2(m_declared / u_declared) >= TELLING_BITS) & (seen * SAMPLE_PAIRS < SEEN * counts.n_possible)
    u = np.where(rare, np.minimum(np.minimum(u, u_declared), half), u)
    u[-1] = min(declared.u[-1], c.u[-1] / 2)  # of equality the frequencies tell more, in the second round by entity
    numbers = list(model.comparisons)
    numbers[k] = replace(c, u=tuple((u / u.sum()).tolist()))
    return replace(model, comparisons=tuple(numbers), relations=())


def _with_declared_m(model: LinkModel, start: LinkModel, prior: float) -> LinkModel:
    """The model with the declared m, and what changes as declared; u and the relations stay."""
    numbers = (replace(c, m=d.m, kin=d.kin) for c, d in zip(model.comparisons, start.comparisons, strict=True))
    return replace(model, match_prior=prior, change=start.change, comparisons=tuple(numbers)).with_relations(prior)


def _with_diagnostics(model: LinkModel) -> LinkModel:
    return replace(model, diagnostics=Diagnostics(converged=True, n_iterations=0, n_pairs=0, expected_matches=0.0))


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
