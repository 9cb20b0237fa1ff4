"""The most that each of many candidates can weigh, from fingerprints alone: who stays below a floor is never read.

A condition is asked whether it surely holds and whether it may hold; a pair is then at one of a few levels of each
comparison, and the best of these, with the rarity of the record's own values, bounds its weight from above. The bound
never loses a pair: what fingerprints cannot tell, may be. (But two different values of one mark count as the same, a
chance of 1 in 4 billion for each value that is looked at.)

Labels, relations and change are in the bound as in the weight (`Scorer.log_odds_parts`), except that a related pair is
bounded as an unrelated one: that correction is never positive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import exp, inf, log
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.basic_conditions import (
    Condition,
    Different,
    Equal,
    EqualAcross,
    Every,
    Missing,
    Near,
    Some,
    Swapped,
)
from crmquality.comparator.closeness import CLOSE, Closeness, close_columns
from crmquality.comparator.conditions import AsShown, CommonWords, Spells
from crmquality.comparator.levels import Comparison
from crmquality.comparator.model import Change, LinkModel
from crmquality.comparator.prints import Prints, Seen

Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Rarity: TypeAlias = Callable[[str, str], float]
"""Of a column and a value: what its rarity adds to a weight, natural logarithm, not yet limited by u."""
Asked: TypeAlias = "tuple[Mask | None, Mask | None]"
"""Where a condition surely holds, and where it may; None for nowhere."""
Close: TypeAlias = "Sequence[Asked]"
"""Of each condition on close values, where it holds: see `closeness`."""
Ask: TypeAlias = Callable[[Seen, Close], Asked]

_BIT: Final = log(2)


class _Level(NamedTuple):
    """One level in numbers; logarithms are natural.

    Attributes:
        ask: its condition; of "else" none, it holds where nothing else does.
        tf: the column whose rarity counts.
        m: probability for a match.
        log_u: of the probability by chance.
        log_all_m: of m as change blurs it.
        plain: what it adds to the log odds of a match that has not changed, and of one that has, without rarity.
    """

    ask: Ask | None
    tf: str | None
    m: float
    log_u: float
    log_all_m: float
    plain: tuple[float, float]


class _Compiled(NamedTuple):
    """A comparison, ready to be asked.

    Attributes:
        there: whether the pair has what is compared.
        levels: closest first, "else" last.
        share: how often this is among what changes together.
        scale: how much of the weight counts.
    """

    there: Ask
    levels: tuple[_Level, ...]
    share: float
    scale: float

    def most(self, level: _Level, tf: float) -> tuple[float, float]:
        """What a level adds at most, where the value is no rarer than so.

        What adds to the odds does not fall with rarity, but where labels let a comparison count for less; the log of
        a sum of exponentials is convex, so it is greatest at an end.
        """
        odds = self.odds(level, tf)
        if self.scale >= 1:
            return odds
        common = self.odds(level, level.log_u)
        return max(odds[0], common[0]), max(odds[1], common[1])

    def odds(self, level: _Level, tf: float) -> tuple[float, float]:
        """What a level adds to the log odds of a match that has not changed, and of one that has."""
        tf = max(tf, level.log_u)  # nothing comes by chance more often than always
        by_pair = level.m * exp(tf - level.log_u)
        labelled = (self.scale - 1) * (level.log_all_m - level.log_u + tf)
        return log(by_pair) + labelled, log(self.share + (1 - self.share) * by_pair) + labelled


class Screen:
    """What bounds the weights of candidates.

    Args:
        model: the numbers.
        comparisons: what they belong to.
        rarity: of the values.
        rarest: of a column: the rarity of a value that only one has.
        also: further columns of which marks are kept.

    Attributes:
        columns: of which marks are kept.
        close: of which bags and lengths are kept.
    """

    def __init__(
        self,
        model: LinkModel,
        comparisons: Sequence[Comparison],
        rarity: Rarity,
        rarest: Callable[[str], float],
        also: Sequence[str] = (),
    ) -> None:
        self.columns = tuple(dict.fromkeys([*(c for x in comparisons for c in x.columns), *also]))
        self.close = close_columns(comparisons)
        self._rarity, self._rarest = rarity, rarest
        change = model.change or Change(0.0, (0.0,) * len(comparisons))
        at = {c: i for i, c in enumerate(self.columns)}
        self._closeness = close = Closeness(at, {c: i for i, c in enumerate(self.close)})
        self._compiled = []
        for c, numbers, share in zip(comparisons, model.comparisons, change.shares, strict=True):
            asks = [*(_compile(level.when, at, close) for level in c.levels), None]
            made = _Compiled(_there(c, at), (), share, numbers.scale)
            levels = []
            for level, ask, m, u in zip((*c.levels, None), asks, numbers.m[::-1], numbers.u[::-1], strict=True):
                blur = change.prior * share
                one = _Level(ask, level.tf if level else None, m, log(u), log((1 - blur) * m + blur * u), (0.0, 0.0))
                levels.append(one._replace(plain=made.odds(one, 0.0)))
            self._compiled.append(made._replace(levels=tuple(levels)))
        self._prior = log(model.match_prior) - log(model.unrelated_prior) + model.offset
        self._unchanged = log(1 - change.prior)
        self._changed = log(change.prior) if change.prior > 0 else -inf

    def prints(self, frame: pl.DataFrame) -> Prints:
        """The fingerprints of a frame, of the columns that this asks for."""
        return Prints.of(frame, self.columns, self.close)

    def bounds(self, prints: Prints, record: Mapping[str, str | None]) -> Floats:
        """The most bits that each candidate can weigh against a record.

        Args:
            prints: of the candidates.
            record: its normalized values, as text.

        Returns:
            Shape (n,).
        """
        seen = Seen(prints, record, self.columns, self.close)
        close = self._closeness.asked(seen)
        nowhere, everywhere = np.zeros((2, seen.n), np.bool_)
        everywhere[:] = True
        there: list[Mask] = []
        may: list[Mask] = []
        sure: list[Mask] = []
        odds: list[tuple[float, float]] = []
        starts: list[int] = []
        for c in self._compiled:
            found = c.there(seen, close)[0]
            if found is None:
                continue
            there.append(found)
            starts.append(len(may))
            may.append(everywhere)
            sure.append(nowhere)
            odds.append((0.0, 0.0))
            for level in c.levels:
                surely, maybe = (None, everywhere) if level.ask is None else level.ask(seen, close)
                if maybe is not None:
                    may.append(maybe)
                    sure.append(nowhere if surely is None else surely)
                    odds.append(level.plain if level.tf is None else c.most(level, self._rarity_of(level.tf, record)))
        total = np.array([[self._unchanged], [self._changed]]) + np.zeros(seen.n)
        if may:
            possible = _possible(np.array(there), np.array(may), np.array(sure), starts)
            each = np.where(possible, np.array(odds).T[:, :, None], -np.inf)
            total += np.maximum.reduceat(each, starts, axis=1).sum(axis=1)
        out: Floats = (np.logaddexp(total[0], total[1]) + self._prior) / _BIT
        return out

    def _rarity_of(self, column: str, record: Mapping[str, str | None]) -> float:
        value = record.get(column)
        return self._rarest(column) if value is None else self._rarity(column, value)


def _possible(there: Mask, may: Mask, sure: Mask, starts: Sequence[int]) -> Mask:
    """Which rows are possible: what may hold where no closer level surely does; the first of each comparison: missing.

    Args:
        there: of each comparison, where it has what is compared.
        may: of "missing" and each level, where it may hold.
        sure: where it surely does.
        starts: the first row of each comparison.
    """
    number = np.repeat(np.arange(1, len(starts) + 1, dtype=np.int8), np.diff([*starts, len(may)]))[:, None]
    reached = np.maximum.accumulate(sure * number, axis=0)  # the comparison of the last level that surely holds
    out = there[number[:, 0] - 1]
    out[starts] ^= True
    out &= may
    out[1:] &= reached[:-1] != number[1:]
    return out


def _and(a: Mask | None, b: Mask | None) -> Mask | None:
    return None if a is None or b is None else a & b


def _or(a: Mask | None, b: Mask | None) -> Mask | None:
    return b if a is None else a if b is None else a | b


def _there(c: Comparison, at: Mapping[str, int]) -> Ask:
    """Whether the pair has what is compared, and nothing more direct."""
    pairs = [(at[x], at[x]) for x in c.present] + [(at[a], at[b]) for x, y in c.across for a, b in ((x, y), (y, x))]
    unless = [at[x] for x in c.unless]

    def ask(seen: Seen, close: Close) -> Asked:
        found: Mask | None = None
        for own, other in pairs:
            if seen.there[own]:
                found = _or(found, seen.present[other])
        for x in unless:
            if found is not None and seen.there[x]:
                found = found & ~seen.present[x]
        return found, found

    return ask


def _compile(condition: Condition, at: Mapping[str, int], close: Closeness) -> Ask:
    """A condition as a question to fingerprints."""
    if isinstance(condition, Every):
        return _every([_compile(x, at, close) for x in condition.conditions])
    if isinstance(condition, Some):
        return _some([_compile(x, at, close) for x in condition.conditions])
    if isinstance(condition, AsShown | Spells):
        return _either_way(condition, at)
    if isinstance(condition, EqualAcross | Swapped):
        return _crossed(condition, at)
    if isinstance(condition, Equal | Missing | Different | Near | CommonWords):
        return _simple(condition, at[condition.column])
    if isinstance(condition, CLOSE):
        nth = close.add(condition)
        return lambda seen, found: found[nth]
    return lambda seen, close: (None, np.ones(seen.n, np.bool_))  # a condition of the caller's own: it may hold


def _every(parts: Sequence[Ask]) -> Ask:
    def ask(seen: Seen, close: Close) -> Asked:
        sure, maybe = parts[0](seen, close)
        for part in parts[1:]:
            if maybe is None:
                break
            also_sure, also_maybe = part(seen, close)
            sure, maybe = _and(sure, also_sure), _and(maybe, also_maybe)
        return (sure if maybe is not None else None), maybe

    return ask


def _some(parts: Sequence[Ask]) -> Ask:
    def ask(seen: Seen, close: Close) -> Asked:
        sure, maybe = parts[0](seen, close)
        for part in parts[1:]:
            also_sure, also_maybe = part(seen, close)
            sure, maybe = _or(sure, also_sure), _or(maybe, also_maybe)
        return sure, maybe

    return ask


def _simple(condition: Equal | Missing | Different | Near | CommonWords, i: int) -> Ask:
    def equal(seen: Seen, close: Close) -> Asked:
        return (seen.equal[i], seen.equal[i]) if seen.there[i] else (None, None)

    def missing(seen: Seen, close: Close) -> Asked:
        found = ~seen.present[i] if seen.there[i] else np.ones(seen.n, np.bool_)
        return found, found

    def different(seen: Seen, close: Close) -> Asked:
        found = seen.present[i] & ~seen.equal[i] if seen.there[i] else None
        return found, found

    def both(seen: Seen, close: Close) -> Asked:
        return None, (seen.present[i] if seen.there[i] else None)

    if isinstance(condition, Equal):
        return equal
    if isinstance(condition, Missing):
        return missing
    return different if isinstance(condition, Different) else both


def _crossed(condition: EqualAcross | Swapped, at: Mapping[str, int]) -> Ask:
    every = isinstance(condition, Swapped)
    columns = [at[c] for c in condition.columns]
    pairs = list(zip(columns, reversed(columns), strict=True)) if every else list(product(columns, columns))

    def ask(seen: Seen, close: Close) -> Asked:
        found: Mask | None = None
        for n, (own, other) in enumerate(pairs):
            hit = seen.marks[other] == seen.own[own] if seen.there[own] else None
            found = hit if n == 0 else _and(found, hit) if every else _or(found, hit)
        return found, found

    return ask


def _either_way(condition: AsShown | Spells, at: Mapping[str, int]) -> Ask:
    """Conditions on some columns of one record and some of the other, whichever is which."""
    columns = [at[c] for c in condition.columns]
    both = isinstance(condition, AsShown)  # two masked values can agree as well
    ways = [(columns[:-1], columns[-1:]), (columns[-1:], columns[:-1])]
    ways += [(columns[-1:], columns[-1:])] if both else []

    def ask(seen: Seen, close: Close) -> Asked:
        maybe: Mask | None = None
        for own, other in ways:
            if all(seen.there[i] for i in own):
                maybe = _or(maybe, np.logical_and.reduce(seen.present[other], axis=0))
        return None, maybe

    return ask
