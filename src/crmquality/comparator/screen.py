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
    Contains,
    Different,
    Edits,
    Equal,
    EqualAcross,
    Every,
    InitialOf,
    Missing,
    Near,
    SharesWord,
    Similar,
    Some,
    Swapped,
)
from crmquality.comparator.conditions import AsShown, CommonWords, LooksAlike, Spells
from crmquality.comparator.levels import Comparison
from crmquality.comparator.model import Change, LinkModel
from crmquality.comparator.prints import Prints, Seen
from crmquality.comparator.similarity import EPSILON

Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Rarity: TypeAlias = Callable[[str, str], float]
"""Of a column and a value: what its rarity adds to a weight, natural logarithm, not yet limited by u."""
Asked: TypeAlias = "tuple[Mask | None, Mask | None]"
"""Where a condition surely holds, and where it may; None for nowhere."""
Ask: TypeAlias = Callable[[Seen], Asked]

_CLOSE: Final = (Edits, Similar, Contains, LooksAlike, InitialOf, SharesWord)
_BIT: Final = log(2)
_PREFIX: Final = 0.4
"""The most that a common prefix takes of what is missing to 1 in Jaro-Winkler's similarity (Winkler 1990)."""


def close_columns(comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """The columns whose close values are at a level: of them bags and lengths are kept."""
    found = [c for x in comparisons for level in x.levels for c in _close(level.when)]
    return tuple(dict.fromkeys(found))


def _close(condition: Condition) -> list[str]:
    if isinstance(condition, Every | Some):
        return [c for part in condition.conditions for c in _close(part)]
    return list(condition.columns) if isinstance(condition, _CLOSE) else []


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
        close = {c: i for i, c in enumerate(self.close)}
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
        rows: list[Mask] = []
        unchanged: list[float] = []
        changed: list[float] = []
        starts: list[int] = []
        for c in self._compiled:
            there, _ = c.there(seen)
            if there is None:
                continue
            starts.append(len(rows))
            rows.append(~there)
            odds = [(0.0, 0.0)]
            for level in c.levels:
                sure, maybe = level.ask(seen) if level.ask is not None else (None, there)
                if maybe is None:
                    continue
                rows.append(there & maybe)
                odds.append(level.plain if level.tf is None else c.most(level, self._rarity_of(level.tf, record)))
                if sure is not None:
                    there = there & ~sure
            unchanged += [x for x, _ in odds]
            changed += [y for _, y in odds]
        total = np.array([[self._unchanged], [self._changed]]) + np.zeros(seen.n)
        if rows:
            each = np.where(np.array(rows), np.array([unchanged, changed])[:, :, None], -np.inf)
            total += np.maximum.reduceat(each, starts, axis=1).sum(axis=1)
        out: Floats = (np.logaddexp(total[0], total[1]) + self._prior) / _BIT
        return out

    def _rarity_of(self, column: str, record: Mapping[str, str | None]) -> float:
        value = record.get(column)
        return self._rarest(column) if value is None else self._rarity(column, value)


def _and(a: Mask | None, b: Mask | None) -> Mask | None:
    return None if a is None or b is None else a & b


def _or(a: Mask | None, b: Mask | None) -> Mask | None:
    return b if a is None else a if b is None else a | b


def _there(c: Comparison, at: Mapping[str, int]) -> Ask:
    """Whether the pair has what is compared, and nothing more direct."""
    pairs = [(at[x], at[x]) for x in c.present] + [(at[a], at[b]) for x, y in c.across for a, b in ((x, y), (y, x))]
    unless = [at[x] for x in c.unless]

    def ask(seen: Seen) -> Asked:
        found: Mask | None = None
        for own, other in pairs:
            if seen.there[own]:
                found = _or(found, seen.present[other])
        for x in unless:
            if found is not None and seen.there[x]:
                found = found & ~seen.present[x]
        return found, found

    return ask


def _compile(condition: Condition, at: Mapping[str, int], close: Mapping[str, int]) -> Ask:
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
    if isinstance(condition, _CLOSE):
        return _similar(condition, at[condition.column], close[condition.column])
    return lambda seen: (None, np.ones(seen.n, np.bool_))  # a condition of the caller's own: it may hold


def _every(parts: Sequence[Ask]) -> Ask:
    def ask(seen: Seen) -> Asked:
        sure, maybe = parts[0](seen)
        for part in parts[1:]:
            if maybe is None:
                break
            also_sure, also_maybe = part(seen)
            sure, maybe = _and(sure, also_sure), _and(maybe, also_maybe)
        return (sure if maybe is not None else None), maybe

    return ask


def _some(parts: Sequence[Ask]) -> Ask:
    def ask(seen: Seen) -> Asked:
        sure, maybe = parts[0](seen)
        for part in parts[1:]:
            also_sure, also_maybe = part(seen)
            sure, maybe = _or(sure, also_sure), _or(maybe, also_maybe)
        return sure, maybe

    return ask


def _simple(condition: Equal | Missing | Different | Near | CommonWords, i: int) -> Ask:
    def equal(seen: Seen) -> Asked:
        return (seen.equal[i], seen.equal[i]) if seen.there[i] else (None, None)

    def missing(seen: Seen) -> Asked:
        found = ~seen.present[i] if seen.there[i] else np.ones(seen.n, np.bool_)
        return found, found

    def different(seen: Seen) -> Asked:
        found = seen.present[i] & ~seen.equal[i] if seen.there[i] else None
        return found, found

    def both(seen: Seen) -> Asked:
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

    def ask(seen: Seen) -> Asked:
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

    def ask(seen: Seen) -> Asked:
        maybe: Mask | None = None
        for own, other in ways:
            if all(seen.there[i] for i in own):
                maybe = _or(maybe, np.logical_and.reduce(seen.present[other], axis=0))
        return None, maybe

    return ask


def _similar(condition: Condition, i: int, j: int) -> Ask:
    """Conditions on close values: equal ones surely are, and only those of like bags may be."""
    may = _may_be(condition, j)
    equal_holds = not isinstance(condition, LooksAlike | InitialOf)

    def ask(seen: Seen) -> Asked:
        if not seen.there[i]:
            return None, None
        maybe = seen.present[i] & may(seen)
        return (seen.equal[i], maybe | seen.equal[i]) if equal_holds else (None, maybe & ~seen.equal[i])

    return ask


def _may_be(condition: Condition, j: int) -> Callable[[Seen], Mask]:
    """Which candidates' values are close enough as far as bags and lengths tell."""

    def within_edits(seen: Seen) -> Mask:
        out: Mask = (seen.more[j] <= edits) & (seen.less[j] <= edits)
        return out

    def inside(seen: Seen) -> Mask:
        out: Mask = (seen.more[j] == 0) | (seen.less[j] == 0)
        return out

    def ratio(seen: Seen) -> Mask:
        apart = seen.more[j].astype(np.float64) + seen.less[j]
        out: Mask = apart <= (1 - least + EPSILON) * (seen.length[j] + seen.own_length[j]) + EPSILON
        return out

    def words(seen: Seen) -> Mask:
        if seen.own_several[j]:
            return np.ones(seen.n, np.bool_)
        out: Mask = ratio(seen) | seen.several[j]
        return out

    def jaro_winkler(seen: Seen) -> Mask:
        own, other = max(seen.own_length[j], 1), np.maximum(seen.length[j].astype(np.float64), 1)
        matches = np.minimum(own - seen.less[j].astype(np.float64), other - seen.more[j])
        jaro = (matches / own + matches / other + 1) / 3
        out: Mask = jaro >= (least - _PREFIX) / (1 - _PREFIX) - EPSILON
        return out

    def shared_word(seen: Seen) -> Mask:
        out: Mask = np.ones(seen.n, np.bool_) if seen.own_several[j] else seen.several[j]
        return out

    def initial(seen: Seen) -> Mask:
        out: Mask = seen.length[j] > 1 if seen.own_length[j] == 1 else seen.length[j] == 1
        return out

    if isinstance(condition, Similar):
        least = condition.at_least
        return {"jaro_winkler": jaro_winkler, "ratio": ratio}.get(condition.metric, words)
    if isinstance(condition, Contains):
        return inside
    if isinstance(condition, SharesWord):
        return shared_word
    if isinstance(condition, InitialOf):
        return initial
    edits = condition.at_most if isinstance(condition, Edits) else 1  # one character that looks alike is one edit
    return within_edits
