"""Which values may be close, from fingerprints: all conditions of one sort at once, for asking costs more than numbers.

An edit adds one bit to a bag at most and takes one away, so values of bags that differ in more are not within so many
edits. The bounds on similarities follow from how many characters of either value the other lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.basic_conditions import (
    Condition,
    Contains,
    Edits,
    Every,
    InitialOf,
    SharesWord,
    Similar,
    Some,
)
from crmquality.comparator.conditions import LooksAlike
from crmquality.comparator.levels import Comparison
from crmquality.comparator.prints import Seen
from crmquality.comparator.similarity import EPSILON

Mask: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]
CloseCondition: TypeAlias = Edits | Similar | Contains | LooksAlike | InitialOf | SharesWord

CLOSE: Final = (Edits, Similar, Contains, LooksAlike, InitialOf, SharesWord)
PREFIX: Final = 0.4
"""The most that a common prefix takes of what is missing to 1 in Jaro-Winkler's similarity (Winkler 1990)."""


def close_columns(comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """The columns whose close values are at a level: of them bags and lengths are kept."""
    found = [c for x in comparisons for level in x.levels for c in _close(level.when)]
    return tuple(dict.fromkeys(found))


def _close(condition: Condition) -> list[str]:
    if isinstance(condition, Every | Some):
        return [c for part in condition.conditions for c in _close(part)]
    return list(condition.columns) if isinstance(condition, CLOSE) else []


class _Sort(NamedTuple):
    """The conditions of one sort.

    Attributes:
        may: where they may hold, from bags and lengths.
        members: their numbers.
        marks: the place of the column of each among the marks.
        bags: among the bags.
        limits: the number that each is decided by.
        equal_holds: whether equal values fulfil them; else they surely do not.
    """

    may: Callable[[Seen, Places, Floats], Mask]
    members: list[int]
    marks: Places
    bags: Places
    limits: Floats
    equal_holds: bool


class Closeness:
    """Conditions on close values, to be asked all at once.

    Args:
        at: the place of each column among the marks.
        close: among the bags.
    """

    def __init__(self, at: Mapping[str, int], close: Mapping[str, int]) -> None:
        self._at, self._close = at, close
        self._conditions: list[CloseCondition] = []

    def add(self, condition: CloseCondition) -> int:
        """The number of a condition in what `asked` gives; all are added before the first is asked."""
        if condition not in self._conditions:
            self._conditions.append(condition)
        return self._conditions.index(condition)

    @cached_property
    def _sorts(self) -> tuple[_Sort, ...]:
        sorts: dict[Callable[[Seen, Places, Floats], Mask], list[int]] = {}
        for n, condition in enumerate(self._conditions):
            sorts.setdefault(_sort(condition), []).append(n)
        out = []
        for may, members in sorts.items():
            chosen = [self._conditions[n] for n in members]
            marks, bags = ([places[c.column] for c in chosen] for places in (self._at, self._close))
            limits = np.array([_limit(c) for c in chosen])
            equal_holds = not isinstance(chosen[0], LooksAlike | InitialOf)
            out.append(_Sort(may, members, np.array(marks), np.array(bags), limits, equal_holds))
        return tuple(out)

    def asked(self, seen: Seen) -> list[tuple[Mask | None, Mask | None]]:
        """Of each condition where it surely holds, and where it may: equal values are close, but for look-alikes."""
        out: list[tuple[Mask | None, Mask | None]] = [(None, None)] * len(self._conditions)
        for sort in self._sorts:
            found = sort.may(seen, sort.bags, sort.limits)
            found &= seen.both[sort.marks]
            equal = seen.equal[sort.marks]
            if sort.equal_holds:
                found |= equal
                rows = zip(equal, found, strict=True)
                for n, row in zip(sort.members, rows, strict=True):
                    out[n] = row
            else:
                found &= ~equal
                for n, maybe in zip(sort.members, found, strict=True):
                    out[n] = None, maybe
        return out


def _limit(condition: CloseCondition) -> float:
    """The number that a condition is decided by."""
    if isinstance(condition, Similar):
        return condition.at_least
    return condition.at_most if isinstance(condition, Edits) else 1  # one character that looks alike is one edit


def _sort(condition: CloseCondition) -> Callable[[Seen, Places, Floats], Mask]:
    """What asks conditions of one sort."""
    if isinstance(condition, Similar):
        return {"jaro_winkler": _jaro_winkler, "ratio": _ratio}.get(condition.metric, _words)
    if isinstance(condition, LooksAlike):
        return _alike
    if isinstance(condition, Contains):
        return _inside
    if isinstance(condition, SharesWord):
        return _shared_word
    return _initial if isinstance(condition, InitialOf) else _within_edits


def _within_edits(seen: Seen, j: Places, edits: Floats) -> Mask:
    out: Mask = np.maximum(seen.more[j], seen.less[j]) <= edits[:, None]
    return out


def _alike(seen: Seen, j: Places, edits: Floats) -> Mask:
    return _within_edits(seen, j, edits)  # a sort of its own: equal values do not look alike


def _inside(seen: Seen, j: Places, limits: Floats) -> Mask:
    out: Mask = np.minimum(seen.more[j], seen.less[j]) == 0
    return out


def _ratio(seen: Seen, j: Places, least: Floats) -> Mask:
    apart = np.add(seen.more[j], seen.less[j], dtype=np.float64)
    out: Mask = apart <= (1 - least + EPSILON)[:, None] * (seen.length[j] + seen.own_length[j]) + EPSILON
    return out


def _words(seen: Seen, j: Places, least: Floats) -> Mask:
    """Of single words, words make no difference; of others, their order does not show in a bag."""
    out: Mask = _ratio(seen, j, least) | seen.several[j] | seen.own_several[j]
    return out


def _jaro_winkler(seen: Seen, j: Places, least: Floats) -> Mask:
    own, other = np.maximum(seen.own_length[j], 1.0), np.maximum(seen.length[j], 1.0)
    matches = np.minimum(own - seen.less[j], other - seen.more[j])
    jaro = (matches / own + matches / other + 1) / 3
    out: Mask = jaro >= ((least - PREFIX) / (1 - PREFIX) - EPSILON)[:, None]
    return out


def _shared_word(seen: Seen, j: Places, limits: Floats) -> Mask:
    out: Mask = seen.several[j] | seen.own_several[j]
    return out


def _initial(seen: Seen, j: Places, limits: Floats) -> Mask:
    out: Mask = (seen.length[j] == 1) ^ (seen.own_length[j] == 1)
    return out
