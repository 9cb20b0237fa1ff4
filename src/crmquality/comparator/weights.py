"""From levels to weights: u by sampling and by exact frequencies, term frequencies, and the score of a pair."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.basic_conditions import Equal
from crmquality.comparator.encoded import Encoded
from crmquality.comparator.estimate import Floats, level_table, log_of, log_priors
from crmquality.comparator.levels import Comparison
from crmquality.comparator.model import Change, LinkModel
from crmquality.comparator.similarity import Codes
from crmquality.comparator.term_frequency import Adjustment, Frequencies, value_counts

SAMPLE_PAIRS: Final = 400_000
"""Pairs drawn for u. A level that one pair in 10,000 reaches is seen 40 times: a standard error of a quarter bit."""
U_PSEUDO: Final = 100.0
"""Pseudo-pairs behind the declared u of a comparison: none becomes zero, and a table of ten records, with its 45 pairs,
learns little of u from itself."""

SEEN: Final = 10
"""So many drawn pairs at a level tell its u within a third. Where fewer are at a level that is declared weaker than
equality, its u keeps its declared proportion to that of equality: what the sample is too small to see is not
impossible, and a close value is no better evidence than the same one."""


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

    A closest level that is plain equality is counted from all pairs, by the values' frequencies. With `entities`,
    pairs of one entity are left out, and frequencies are counted per entity.
    """
    gammas = drawn.gammas
    if entities is not None:
        gammas = gammas[entities[drawn.left] != entities[drawn.right]]
    defaults = LinkModel.default(comparisons)
    numbers = []
    for k, (c, declared, old) in enumerate(zip(comparisons, defaults.comparisons, model.comparisons, strict=True)):
        counts = np.bincount(gammas[:, k].astype(np.intp) + 1, minlength=len(declared.u) + 1)[1:].astype(np.float64)
        u = (counts + U_PSEUDO * np.array(declared.u)) / (counts.sum() + U_PSEUDO)
        top = c.levels[0]
        if top.tf is not None and top.when == Equal(top.tf):
            chance = _chance_of_equality(value_counts(table.codes(top.tf), entities), top.u)
            least = np.minimum(chance * np.array(declared.u) / declared.u[-1], SEEN / max(counts.sum(), 1.0))
            weaker = np.array(declared.m) / np.array(declared.u) < declared.m[-1] / declared.u[-1]
            u = np.where(weaker & (counts < SEEN), np.maximum(u, least), u)
            u[:-1] *= (1 - chance) / u[:-1].sum()
            u[-1] = chance
        numbers.append(replace(old, u=tuple((u / u.sum()).tolist())))
    return replace(model, comparisons=tuple(numbers))


def _chance_of_equality(counts: Floats, declared: float) -> float:
    """How often two who have a value have the same one: coincidences among all pairs, smoothed as the other levels are.

    Where nobody shares a value, the declared chance is an upper bound, and half a coincidence the lower one.
    """
    total = float(counts.sum())
    pairs, same = total * (total - 1) / 2, float((counts * (counts - 1)).sum()) / 2
    smoothed = (same + U_PSEUDO * declared) / (pairs + U_PSEUDO)
    return max(smoothed, min(declared, 0.5 / max(pairs, 1.0)))


class Scorer:
    """Turns patterns and values into match weights: one set of numbers for the score and its explanation.

    Args:
        model: the learned numbers.
        comparisons: what they belong to.
        table: the records.
        frequencies: how common the values are.
    """

    def __init__(
        self, model: LinkModel, comparisons: Sequence[Comparison], table: Encoded, frequencies: Frequencies
    ) -> None:
        self.model = model
        self._change = model.change or Change(0.0, (0.0,) * len(comparisons))
        changed = [self._change.prior * share for share in self._change.shares]
        self._all_m: list[tuple[float, ...]] = [
            tuple(((1 - p) * np.array(c.m) + p * np.array(c.u)).tolist())
            for p, c in zip(changed, model.comparisons, strict=True)
        ]
        self.adjustments: dict[str, Adjustment] = {}
        self._columns: list[dict[int, str]] = []
        for c in comparisons:
            levels = zip(range(len(c.levels), 0, -1), c.levels, strict=True)
            self._columns.append({gamma: level.tf for gamma, level in levels if level.tf is not None})
            for column in self._columns[-1].values():
                if column not in self.adjustments:
                    self.adjustments[column] = frequencies.of(table, column)

    def log_odds_parts(
        self, gammas: NDArray[np.int8], left: Codes, right: Codes
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """The parts of each pair's log odds of a match, natural logarithms.

        Returns:
            The level's weight per pair and comparison, shape (n, k); the term frequency's adjustment of it, shape
            (n, k), both as far as labels let them count; the correction for what agrees or changes together in one
            entity, shape (n,); and the correction, never positive, for pairs that agree as related entities do, shape
            (n,).
        """
        n, width = gammas.shape
        level, tf = np.zeros((n, width)), np.zeros((n, width))
        model, change = self.model, self._change
        related = log_priors(model, n)
        unrelated = np.full(n, np.log(model.unrelated_prior))
        match = np.repeat(log_of([1 - change.prior, change.prior]), n).reshape(2, n)
        apart = np.zeros(n)
        for k, c in enumerate(model.comparisons):
            index = gammas[:, k].astype(np.intp)
            m, u, all_m = (level_table(x)[index + 1] for x in (c.m, c.u, self._all_m[k]))
            tf[:, k] = self._rarity(k, index, u, left, right)
            chance = np.where(index >= 0, u * np.exp(-tf[:, k]), 1.0)
            level[:, k] = np.log(all_m / u)
            apart += np.log(all_m)
            match += np.log(np.stack([m, change.shares[k] * chance + (1 - change.shares[k]) * m]))
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
        scale = np.array([c.scale for c in model.comparisons])
        return level * scale, tf * scale, np.logaddexp(match[0], match[1]) - apart, unrelated - everything

    def _rarity(self, k: int, index: NDArray[np.intp], u: Floats, left: Codes, right: Codes) -> Floats:
        """What the rarity of the value adds to each pair's weight: of two values, that of the commoner one.

        What counts is how many others have the value: one less than have it, and never nobody (see `term_frequency`).
        """
        out = np.zeros(len(index))
        for gamma, column in self._columns[k].items():
            at = np.flatnonzero(index == gamma)
            tf = self.adjustments[column]
            a, b = left[at], right[at]
            others = np.maximum(np.maximum(tf.counts[tf.codes[a]], tf.counts[tf.codes[b]]) - 1, 1)
            common = np.log(others.astype(np.float64) / tf.mean)
            out[at] = np.maximum(-common, np.log(u[at]))  # nothing comes by chance more often than always
        return out

    @property
    def prior(self) -> float:
        """log prior odds of a match against an unrelated pair, with what labels add."""
        return float(np.log(self.model.match_prior) - np.log(self.model.unrelated_prior)) + self.model.offset

    def best_case(self, gammas: NDArray[np.int8]) -> Floats:
        """A weight in bits that no pair of each pattern exceeds, whatever its values are: the rarest, and unrelated."""
        change = self._change
        odds = np.repeat(self.prior + log_of([1 - change.prior, change.prior]), len(gammas)).reshape(2, len(gammas))
        labelled = np.zeros(len(gammas))
        for k, c in enumerate(self.model.comparisons):
            index = gammas[:, k].astype(np.intp) + 1
            best = level_table(c.m) / level_table(c.u)
            least = level_table(self._all_m[k]) / level_table(c.u)
            most = least.copy()
            for gamma, column in self._columns[k].items():
                tf = self.adjustments[column]
                best[gamma + 1] *= tf.mean  # of a value that one has
                most[gamma + 1] *= tf.mean
                least[gamma + 1] *= max(tf.mean / max(float(tf.counts.max()), 1.0), c.u[gamma])
            labelled += (c.scale - 1) * np.log(most if c.scale > 1 else least)[index]
            by_pair = best[index]
            odds += np.log(np.stack([by_pair, change.shares[k] + (1 - change.shares[k]) * by_pair]))
        return np.asarray((labelled + np.logaddexp(odds[0], odds[1])) / np.log(2))

    def weights(self, gammas: NDArray[np.int8], left: Codes, right: Codes) -> Floats:
        """Match weights in bits: log2 of the posterior odds, shape (n,)."""
        level, tf, together, related = self.log_odds_parts(gammas, left, right)
        out: Floats = (self.prior + level.sum(axis=1) + tf.sum(axis=1) + together + related) / np.log(2)
        return out


def probability(weight_bits: Floats) -> Floats:
    """The match probability of a match weight in bits.

    >>> probability(np.array([0.0, 10.0])).round(4).tolist()
    [0.5, 0.999]
    """
    out: Floats = 1 / (1 + np.exp2(-np.clip(weight_bits, -1000, 1000)))
    return out
