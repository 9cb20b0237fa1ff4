"""From levels to weights: u by sampling and by exact frequencies, term frequencies, and the score of a pair."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.estimate import Floats, level_table, log_priors
from crmquality.comparator.levels import Comparison, Encoded
from crmquality.comparator.model import LinkModel
from crmquality.comparator.similarity import Codes

SAMPLE_PAIRS: Final = 400_000
"""Pairs drawn for u. A level that one pair in 10,000 reaches is seen 40 times: a standard error of a quarter bit."""
U_PSEUDO: Final = 100.0
"""Pseudo-pairs behind the declared u of a comparison: none becomes zero, and a table of ten records, with its 45 pairs,
learns little of u from itself."""


def hashed_order(record_ids: pl.Series) -> NDArray[np.intp]:
    """The row numbers in the order of a hash of the record id: random, but the same wherever these ids are."""
    texts = record_ids.cast(pl.String).to_list()
    keys = np.frombuffer(
        b"".join(hashlib.blake2b(t.encode("utf-8", "surrogatepass"), digest_size=8).digest() for t in texts),
        dtype=np.uint64,
    )
    return np.argsort(keys, kind="stable")


def sample_pairs(record_ids: pl.Series, n_pairs: int = SAMPLE_PAIRS) -> tuple[Codes, Codes]:
    """Pairs drawn at random, each record equally often: every record with the next few in hashed order.

    Returns:
        Row numbers of the left and the right records; all pairs where there are no more than `n_pairs`.
    """
    n = len(record_ids)
    if n * (n - 1) // 2 <= n_pairs:
        left, right = np.triu_indices(n, k=1)
        return left.astype(np.int32), right.astype(np.int32)
    order = hashed_order(record_ids).astype(np.int32)
    reach = max(1, min(n_pairs // n, (n - 1) // 2))
    lefts = [order for _ in range(reach)]
    rights = [np.roll(order, -d) for d in range(1, reach + 1)]
    a, b = np.concatenate(lefts)[:n_pairs], np.concatenate(rights)[:n_pairs]
    return np.minimum(a, b), np.maximum(a, b)


def value_frequencies(codes: Codes, entities: Codes | None = None) -> Floats:
    """The share of each value among the records that have one, or among entities: a value counts once in each.

    Counting per entity keeps a customer who is in the table seven times from making its own mailbox look common.
    """
    if entities is None:
        counts = np.bincount(codes[codes >= 0]).astype(np.float64)
    else:
        there = codes >= 0
        pairs = np.unique(codes[there].astype(np.int64) << 32 | entities[there])
        counts = np.bincount((pairs >> 32).astype(np.intp)).astype(np.float64)
    out: Floats = counts / max(counts.sum(), 1.0)
    return out


@dataclass(frozen=True)
class Drawn:
    """Pairs drawn at random and the levels they are at: what u is counted from.

    Attributes:
        left: row numbers.
        right: row numbers.
        gammas: shape (n, n_comparisons).
    """

    left: Codes
    right: Codes
    gammas: NDArray[np.int8]


def draw(comparisons: Sequence[Comparison], table: Encoded, record_ids: pl.Series) -> Drawn:
    """Random pairs, compared."""
    left, right = sample_pairs(record_ids)
    return Drawn(left, right, np.column_stack([c.gammas(table, left, right) for c in comparisons]))


def estimate_u(
    model: LinkModel,
    comparisons: Sequence[Comparison],
    table: Encoded,
    drawn: Drawn,
    entities: Codes | None = None,
) -> LinkModel:
    """The model with u from pairs drawn at random.

    A closest level that is plain equality is counted exactly, from the values' frequencies. With `entities`, pairs of
    one entity are left out, and frequencies are counted per entity.
    """
    gammas = drawn.gammas
    if entities is not None:
        gammas = gammas[entities[drawn.left] != entities[drawn.right]]
    defaults = LinkModel.default(comparisons)
    numbers = []
    for k, (c, declared, old) in enumerate(zip(comparisons, defaults.comparisons, model.comparisons, strict=True)):
        counts = np.bincount(gammas[:, k].astype(np.intp) + 1, minlength=len(declared.u) + 1)[1:].astype(np.float64)
        u = (counts + U_PSEUDO * np.array(declared.u)) / (counts.sum() + U_PSEUDO)
        u = _exact_top(c, table, u, entities)
        numbers.append(replace(old, u=tuple((u / u.sum()).tolist())))
    return replace(model, comparisons=tuple(numbers))


def _exact_top(c: Comparison, table: Encoded, u: Floats, entities: Codes | None) -> Floats:
    top = c.levels[0]
    if top.tf is None or top.when.columns != (top.tf,) or type(top.when).__name__ != "Equal":
        return u
    p = value_frequencies(table.codes(top.tf), entities)
    n = max(int((table.codes(top.tf) >= 0).sum()), 2)
    chance = max(float((p * p).sum()) - 1 / n, 1 / (n * n))
    out = u.copy()
    out[-1] = chance
    out[:-1] *= (1 - chance) / max(out[:-1].sum(), 1e-300)
    return out


class Scorer:
    """Turns patterns and values into match weights: one set of numbers for the score and its explanation.

    Args:
        model: the learned numbers.
        comparisons: what they belong to.
        table: the records.
        entities: an entity per record, for frequencies counted per entity; None to count records.
    """

    def __init__(
        self, model: LinkModel, comparisons: Sequence[Comparison], table: Encoded, entities: Codes | None = None
    ) -> None:
        self.model = model
        self.comparisons = comparisons
        self.adjustments: dict[tuple[int, int], NDArray[np.float32]] = {}
        for k, c in enumerate(comparisons):
            for gamma, level in zip(range(len(c.levels), 0, -1), c.levels, strict=True):
                if level.tf is not None:
                    self.adjustments[k, gamma] = _adjustment(table.codes(level.tf), entities)

    def log_odds_parts(self, gammas: NDArray[np.int8], left: Codes) -> tuple[Floats, Floats, Floats]:
        """The parts of each pair's log odds of a match, natural logarithms.

        Returns:
            The level's weight per pair and comparison, shape (n, k); the term frequency's adjustment of it, shape
            (n, k); and the correction, never positive, for pairs that agree as related entities do, shape (n,).
        """
        n, width = gammas.shape
        level, tf = np.zeros((n, width)), np.zeros((n, width))
        model = self.model
        related = log_priors(model, n)
        unrelated = np.full(n, np.log(model.unrelated_prior))
        for k, c in enumerate(model.comparisons):
            index = gammas[:, k].astype(np.intp)
            m, u = (level_table(x)[index + 1] for x in (c.m, c.u))
            for (j, gamma), adjustment in self.adjustments.items():
                if j == k:
                    at = np.flatnonzero(index == gamma)
                    tf[at, k] = -adjustment[left[at]]
            chance = np.where(index >= 0, u * np.exp(-tf[:, k]), 1.0)
            level[:, k] = np.log(m / u)
            unrelated += np.log(chance)
            kin = None if c.kin is None else level_table(c.kin)[index + 1]
            for j, r in enumerate(model.relations):
                share = r.shares[k]
                related[j] += np.log(chance if kin is None else share * kin + (1 - share) * chance)
                if r.anchor == c.name:
                    # a match is drawn by record, a related pair by pair: a switchboard that 300 people share relates
                    # 45,000 pairs, so the commoner the shared value, the likelier it is only shared
                    related[j] -= tf[:, k]
        everything = np.logaddexp.reduce(np.vstack([unrelated, related]), axis=0)
        return level, tf, unrelated - everything

    @property
    def prior(self) -> float:
        """log prior odds of a match against an unrelated pair."""
        return float(np.log(self.model.match_prior) - np.log(self.model.unrelated_prior))

    def best_case(self, gammas: NDArray[np.int8]) -> Floats:
        """A weight in bits that no pair of each pattern exceeds, whatever its values are."""
        out = np.full(len(gammas), self.prior)
        for k, c in enumerate(self.model.comparisons):
            best = np.concatenate([[0.0], np.log(np.array(c.m) / np.array(c.u))])
            for (j, gamma), adjustment in self.adjustments.items():
                if j == k:
                    best[gamma + 1] += max(0.0, -float(adjustment.min(initial=0.0)))
            out += best[gammas[:, k].astype(np.intp) + 1]
        return np.asarray(out / np.log(2))

    def weights(self, gammas: NDArray[np.int8], left: Codes) -> Floats:
        """Match weights in bits: log2 of the posterior odds, shape (n,)."""
        level, tf, correction = self.log_odds_parts(gammas, left)
        out: Floats = (self.prior + level.sum(axis=1) + tf.sum(axis=1) + correction) / np.log(2)
        return out


def _adjustment(codes: Codes, entities: Codes | None) -> NDArray[np.float32]:
    """Per record, log of its value's frequency over the mean frequency of a coincidence; 0 for null."""
    p = value_frequencies(codes, entities)
    per_value = np.log(np.maximum(p, 1e-300) / max(float((p * p).sum()), 1e-300)) if len(p) else np.zeros(1)
    out = np.where(codes >= 0, per_value[np.maximum(codes, 0)], 0.0)
    return out.astype(np.float32)


def probability(weight_bits: Floats) -> Floats:
    """The match probability of a match weight in bits.

    >>> probability(np.array([0.0, 10.0])).round(4).tolist()
    [0.5, 0.999]
    """
    out: Floats = 1 / (1 + np.exp2(-np.clip(weight_bits, -1000, 1000)))
    return out
