"""The match weight of one pair by itself, in plain Python: for a form that asks of a few candidates.

The numbers are those of `weights.Scorer`, in the same order of thought; only the column form's arrays are gone, which
for one pair take a hundred times as long to set up as to compute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias

from crmquality.comparator.basic_conditions import Row
from crmquality.comparator.explain import Explanation, LogOdds, explanation
from crmquality.comparator.levels import MISSING, Comparison
from crmquality.comparator.model import LinkModel
from crmquality.comparator.similarity import EPSILON
from crmquality.tables import Decision

_BIT: Final = math.log(2)
_Test: TypeAlias = Callable[[Row, Row], bool]


class ValueFrequencies(Protocol):
    """How common single values are: `TermFrequencies`, or what answers like it."""

    def count(self, column: str, value: str, /) -> float:
        """How many entities have a value; 1 for one that nobody was seen to share."""
        ...

    def mean(self, column: str, /) -> float:
        """How many others have the value of whoever has one, on average, at least one."""
        ...


class PairScorer:
    """Scores single pairs of records; what does not depend on the pair is computed once, here.

    Args:
        model: the learned numbers.
        comparisons: what they belong to.
        frequencies: of the values whose rarity counts.

    >>> from crmquality.comparator import Comparison, ComparisonLevel, Equal, LinkModel
    >>> same = ComparisonLevel("same name", Equal("name"), 0.9, 0.001, tf="name")
    >>> comparisons = (Comparison("name", (same,), present=("name",)),)
    >>> class Two:
    ...     def count(self, column: str, value: str) -> float:
    ...         return {"wei": 41.0}.get(value, 1.0)
    ...     def mean(self, column: str) -> float:
    ...         return 10.0
    >>> scorer = PairScorer(LinkModel.default(comparisons), comparisons, Two())
    >>> [round(scorer.weight({"name": x}, {"name": x}), 1) for x in ("na", "wei", None)]
    [-3.5, -8.8, -16.6]
    >>> scorer.gammas({"name": "na"}, {"name": "wei"}), scorer.weight_at_least({"name": "na"}, {"name": "wei"}, 0.0)
    ((0,), None)
    """

    def __init__(self, model: LinkModel, comparisons: Sequence[Comparison], frequencies: ValueFrequencies) -> None:
        model.check(comparisons)
        self.model = model
        self.comparisons = tuple(comparisons)
        self._frequencies = frequencies
        self._prior = math.log(model.match_prior) - math.log(model.unrelated_prior) + model.offset
        change = 0.0 if model.change is None else model.change.prior
        self._unchanged, self._changed = (math.log(p) if p > 0 else -math.inf for p in (1 - change, change))
        self._related = tuple(r.prior / model.unrelated_prior for r in model.relations)
        self._weighed = tuple(_Weighed.of(model, k, c, frequencies) for k, c in enumerate(comparisons))
        self._order = tuple(sorted(self._weighed, key=lambda w: -w.worth_asking))

    def gammas(self, left: Row, right: Row) -> tuple[int, ...]:
        """The level of every comparison, in their order."""
        return tuple(c.gamma_of(left, right) for c in self.comparisons)

    def weight(self, left: Row, right: Row) -> float:
        """The match weight in bits: log2 of the posterior odds."""
        weight = self.weight_at_least(left, right, -math.inf)
        assert weight is not None  # nothing is below
        return weight

    def weight_at_least(self, left: Row, right: Row, floor: float) -> float | None:
        """The match weight in bits, None where it is below a floor, which is mostly known before all is compared.

        Comparing stops as soon as the pair could not reach the floor with the closest level and the rarest values in
        all that is still to compare. What can take most from it for little work comes first.

        Args:
            left: a record; it has all columns of the comparisons.
            right: the other.
            floor: in bits.
        """
        needed = floor * _BIT - self._prior
        hopeless = needed - _BIT - EPSILON  # a sum of two is at most twice the greater one
        unchanged, changed = self._unchanged, self._changed
        there = []
        for weighed in self._order:
            if weighed.is_there(left, right):
                there.append(weighed)
                unchanged += weighed.most[0]
                changed += weighed.most[1]
        met = []
        for weighed in there:
            if unchanged < hopeless and changed < hopeless:
                return None
            level = weighed.level(left, right)
            tf = 0.0 if level.tf is None else self._rarity(level.tf, level, left, right)
            met.append((level, tf))
            odds, most = level.plain if tf == 0.0 else level.odds(tf), weighed.most
            unchanged += odds[0] - most[0]
            changed += odds[1] - most[1]
        match = _log_sum(unchanged, changed)
        if match < needed - EPSILON:
            return None
        weight = (self._prior + match + self._correction(met)) / _BIT
        return weight if weight >= floor else None

    def explain(self, left: Row, right: Row, decide: Decision, link_weight: float) -> Explanation:
        """Why the pair has its weight.

        Args:
            left: a record.
            right: the other.
            decide: what was decided.
            link_weight: the bits from which a pair is a link.
        """
        gammas = self.gammas(left, right)
        unchanged, changed = self._unchanged, self._changed
        met, level_parts, tf_parts = [], [0.0] * len(gammas), [0.0] * len(gammas)
        for k, gamma in enumerate(gammas):
            if gamma == MISSING:
                continue
            level = self._weighed[k].levels[gamma]
            tf = 0.0 if level.tf is None else self._rarity(level.tf, level, left, right)
            odds = level.odds(tf)
            met.append((level, tf))
            unchanged += odds[0]
            changed += odds[1]
            level_parts[k], tf_parts[k] = level.part, level.scale * tf
        together = _log_sum(unchanged, changed) - sum(level_parts) - sum(tf_parts)
        parts = LogOdds(self._prior, level_parts, tf_parts, together, self._correction(met))
        return explanation(self.model, self.comparisons, gammas, parts, decide, link_weight)

    def _rarity(self, column: str, level: _Level, left: Row, right: Row) -> float:
        """What the rarity of the value adds: of two values, that of the commoner one; see `Scorer`."""
        one, other = left[column], right[column]
        have = 0.0 if one is None else self._frequencies.count(column, one)
        if other is not None and other != one:
            have = max(have, self._frequencies.count(column, other))
        return max(level.log_mean - math.log(max(have - 1, 1.0)), level.log_u)

    def _correction(self, met: Sequence[tuple[_Level, float]]) -> float:
        """What is taken off because the pair agrees as related entities do; never positive."""
        factors = (level.of_relatives(tf) if tf else level.plain_relatives for level, tf in met)
        related = list(zip(self._related, *factors, strict=True))
        odds = sum(map(math.prod, related))
        if odds < math.inf:
            return -math.log1p(odds)
        return -_log_sum(0.0, *(sum(map(math.log, x)) for x in related))


class _Level(NamedTuple):
    """One level in numbers; logarithms are natural.

    Attributes:
        tf: the column whose values' frequencies adjust it.
        log_mean: of that column's frequencies.
        log_u: of how often two who are not one are at this level.
        part: what the level adds to the log odds, as far as labels let it count.
        scale: how much counts of that, and of the frequency's adjustment.
        labelled: how much of the part is the labels' doing.
        ratio: m over u.
        share: how often this is among what changed.
        relatives: for each relation, the numbers of its likelihood against unrelated records, which is the first times
            the rarity of the value, and the second, and the third by the rarity.
        plain: `odds` without an adjustment.
        plain_relatives: `of_relatives` without one.
    """

    tf: str | None
    log_mean: float
    log_u: float
    part: float
    scale: float
    labelled: float
    ratio: float
    share: float
    relatives: tuple[tuple[float, float, float], ...]
    plain: tuple[float, float] = (0.0, 0.0)
    plain_relatives: tuple[float, ...] = ()

    def odds(self, tf: float) -> tuple[float, float]:
        """What it adds to the log odds of a match against unrelated records: unchanged, and changed."""
        ratio = self.ratio * math.exp(tf)
        labelled = self.labelled + (self.scale - 1) * tf
        return math.log(ratio) + labelled, math.log(self.share + (1 - self.share) * ratio) + labelled

    def of_relatives(self, tf: float) -> tuple[float, ...]:
        """By what it multiplies the odds of each relation against unrelated records."""
        rarity = math.exp(tf)
        return tuple(x * rarity + y + z / rarity for x, y, z in self.relatives)

    def prepared(self) -> _Level:
        """The same with what it adds where no frequency adjusts it."""
        return self._replace(plain=self.odds(0.0), plain_relatives=self.of_relatives(0.0))

    def most(self) -> tuple[float, float]:
        """What it adds at most to the odds, whatever the values are.

        The logarithm of a sum of exponentials is convex in their exponent: it is greatest at an end.
        """
        if self.tf is None:
            return self.plain
        common, rare = self.odds(self.log_u), self.odds(max(self.log_mean, self.log_u))
        return max(common[0], rare[0]), max(common[1], rare[1])


class _Weighed(NamedTuple):
    """One comparison in numbers.

    Attributes:
        is_there: whether two records have what it compares.
        tests: the condition of each level, closest first, and its numbers.
        levels: the numbers by gamma, from 0 up.
        most: what any level adds at most to the odds of an unchanged match, and of a changed one.
    """

    is_there: _Test
    tests: tuple[tuple[_Test, _Level], ...]
    levels: tuple[_Level, ...]
    most: tuple[float, float]

    @classmethod
    def of(cls, model: LinkModel, k: int, c: Comparison, frequencies: ValueFrequencies) -> _Weighed:
        """The numbers of the comparison at place `k`."""
        columns = (None, *(level.tf for level in reversed(c.levels)))
        levels = tuple(_level(model, k, gamma, tf, frequencies) for gamma, tf in enumerate(columns))
        tests = tuple((level.when.holds_for, x) for level, x in zip(c.levels, reversed(levels), strict=False))
        unchanged, changed = zip(*(x.most() for x in levels), strict=True)
        return cls(c.is_there, tests, levels, (max(unchanged), max(changed)))

    @property
    def worth_asking(self) -> float:
        """How much less than at most it adds where two records disagree, by how many conditions that takes to know."""
        return (self.most[0] - self.levels[0].plain[0]) / (1 + len(self.tests))

    def level(self, left: Row, right: Row) -> _Level:
        """The level of two records that have what is compared."""
        for holds, level in self.tests:
            if holds(left, right):
                return level
        return self.levels[0]


def _level(model: LinkModel, k: int, gamma: int, tf: str | None, frequencies: ValueFrequencies) -> _Level:
    c = model.comparisons[k]
    m, u = c.m[gamma], c.u[gamma]
    changes, changed = (0.0, 0.0) if model.change is None else (model.change.prior, model.change.shares[k])
    part = math.log(((1 - changes * changed) * m + changes * changed * u) / u)
    relatives = []
    for r in model.relations:
        share, kin = (0.0, 0.0) if c.kin is None else (r.shares[k], c.kin[gamma])
        together, by_chance = share * kin / u, 1 - share
        # of what relates, the commoner the value, the more are related by it: see `Scorer.log_odds_parts`
        relatives.append((0.0, together, by_chance) if r.anchor == c.name else (together, by_chance, 0.0))
    return _Level(
        tf,
        0.0 if tf is None else math.log(frequencies.mean(tf)),
        math.log(u),
        c.scale * part,
        c.scale,
        (c.scale - 1) * part,
        m / u,
        changed,
        tuple(relatives),
    ).prepared()


def _log_sum(*logs: float) -> float:
    """The logarithm of a sum of what logarithms are given of."""
    most = max(logs)
    return most + math.log(sum(math.exp(x - most) for x in logs))
