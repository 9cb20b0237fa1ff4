"""Conditions on pairs of records: the same value, a close one, one inside the other, several conditions together.

Conditions are declarations: small frozen values that can be combined, printed and stored. Each is symmetric by its
definition. A null never fulfils a condition, except `Missing`. Each has two forms with one answer: `holds` for columns
of pairs, and `holds_for` for two records, where setting up columns would take longer than the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from crmquality.comparator.encoded import Encoded, Unit, number_of
from crmquality.comparator.similarity import (
    METRICS,
    Codes,
    Dictionary,
    Mask,
    Metric,
    contains,
    initial_of,
    shares_word,
    similar,
    within_edits,
)
from crmquality.comparator.similarity_of_two import are_similar, are_within_edits, have_word_in_common
from crmquality.declarations import Declaration
from crmquality.errors import unknown

Row: TypeAlias = Mapping[str, str | None]
"""A record by column: the text of each value, as `Encoded` reads it."""


class Condition(Protocol):
    """What a pair of records must fulfil to be at a level."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        ...

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Which pairs fulfil it; `left` and `right` are row numbers of `table`."""
        ...

    def holds_for(self, left: Row, right: Row) -> bool:
        """Whether two records fulfil it: the answer of `holds`."""
        ...

    def faults(self) -> list[str]:
        """What is wrong with it."""
        ...


def both(a: Codes, b: Codes) -> Mask:
    """Where neither of two codes is null."""
    out: Mask = (a >= 0) & (b >= 0)
    return out


@dataclass(frozen=True)
class OfColumn(Declaration):
    """A condition on one column.

    Attributes:
        column: the column.
    """

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)


@dataclass(frozen=True)
class OfConditions(Declaration):
    """A condition made of conditions.

    Attributes:
        conditions: at least one.
    """

    conditions: tuple[Condition, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All their columns."""
        return tuple(dict.fromkeys(c for x in self.conditions for c in x.columns))

    def faults(self) -> list[str]:
        """Theirs, and that there is none."""
        none = [] if self.conditions else [f"{self.type_name} needs a condition"]
        return none + [f for c in self.conditions for f in c.faults()]


@dataclass(frozen=True)
class Equal(OfColumn):
    """The same value."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Equal codes."""
        codes = table.codes(self.column)
        a = codes[left]
        out: Mask = (a == codes[right]) & (a >= 0)
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """The same text."""
        value = left[self.column]
        return value is not None and value == right[self.column]


@dataclass(frozen=True)
class EqualAcross(Declaration):
    """A value of one record in any of the columns equals a value of the other in any of them."""

    across: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns."""
        return self.across

    def faults(self) -> list[str]:
        """No columns."""
        return [] if self.across else ["EqualAcross needs a column"]

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Any left column equal to any right column."""
        codes = table.joint_codes(self.across)
        out = np.zeros(len(left), dtype=np.bool_)
        for a in codes:
            x = a[left]
            for b in codes:
                out |= (x == b[right]) & (x >= 0)
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """A text in common."""
        theirs = [right[c] for c in self.across]
        for c in self.across:  # noqa: SIM110  # any() of a generator takes twice as long
            if left[c] is not None and left[c] in theirs:
                return True
        return False


@dataclass(frozen=True)
class Swapped(Declaration):
    """Two columns hold each other's values: given and family name the wrong way round."""

    first: str
    second: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Both columns."""
        return (self.first, self.second)

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """first = second and second = first."""
        a, b = table.joint_codes((self.first, self.second))
        x, y = a[left], b[left]
        out: Mask = (x == b[right]) & (y == a[right]) & (x >= 0) & (y >= 0)
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """first = second and second = first."""
        x, y = left[self.first], left[self.second]
        return x is not None and y is not None and x == right[self.second] and y == right[self.first]


@dataclass(frozen=True)
class Similar(OfColumn):
    """Values at least so similar by a metric."""

    metric: Metric
    at_least: float

    def faults(self) -> list[str]:
        """A metric that is not known, a cutoff outside 0 to 1."""
        out = [] if self.metric in METRICS else [unknown("metric", self.metric, METRICS)]
        return out if 0 < self.at_least <= 1 else [*out, f"at_least of {self.column} must be above 0 and at most 1"]

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """The metric on distinct pairs of values."""
        return _on_present(
            table, self.column, left, right, lambda w, a, b: similar(w, a, b, self.metric, self.at_least)
        )

    def holds_for(self, left: Row, right: Row) -> bool:
        """The metric on two values."""
        x, y = left[self.column], right[self.column]
        return x is not None and y is not None and are_similar(x, y, self.metric, self.at_least)


@dataclass(frozen=True)
class Edits(OfColumn):
    """Values at most so many edits apart; a swap of neighbors is one edit (optimal string alignment)."""

    at_most: int = 1
    min_length: int = 3

    def faults(self) -> list[str]:
        """A distance that nothing but equal values has."""
        return [] if self.at_most >= 1 else [f"at_most of {self.column} must be 1 or more"]

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """The distance on distinct pairs of values."""
        return _on_present(
            table, self.column, left, right, lambda w, a, b: within_edits(w, a, b, self.at_most, self.min_length)
        )

    def holds_for(self, left: Row, right: Row) -> bool:
        """The distance of two values."""
        x, y = left[self.column], right[self.column]
        return x is not None and y is not None and are_within_edits(x, y, self.at_most, self.min_length)


@dataclass(frozen=True)
class Contains(OfColumn):
    """One value stands inside the other."""

    min_length: int = 2

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Substring on distinct pairs of values."""
        return _on_present(table, self.column, left, right, lambda w, a, b: contains(w, a, b, self.min_length))

    def holds_for(self, left: Row, right: Row) -> bool:
        """Substring."""
        x, y = left[self.column], right[self.column]
        if x is None or y is None:
            return False
        return x == y or (min(len(x), len(y)) >= self.min_length and (x in y or y in x))


@dataclass(frozen=True)
class SharesWord(OfColumn):
    """The values, read as words with a space between, have a word in common."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Common words on distinct pairs of values."""
        return _on_present(table, self.column, left, right, shares_word)

    def holds_for(self, left: Row, right: Row) -> bool:
        """Common words."""
        x, y = left[self.column], right[self.column]
        return x is not None and y is not None and have_word_in_common(x, y)


@dataclass(frozen=True)
class InitialOf(OfColumn):
    """One value is a single character, the other begins with it."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """First characters on pairs of values."""
        return _on_present(table, self.column, left, right, initial_of)

    def holds_for(self, left: Row, right: Row) -> bool:
        """The first character."""
        x, y = left[self.column], right[self.column]
        return x is not None and y is not None and (len(x) == 1) != (len(y) == 1) and x[:1] == y[:1]


@dataclass(frozen=True)
class Near(OfColumn):
    """Numbers, or dates in days, at most so far apart."""

    within: float
    unit: Unit = "number"

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """The absolute difference; NaN is never near."""
        numbers = table.numbers(self.column, self.unit)
        with np.errstate(invalid="ignore"):
            near: Mask = np.asarray(np.abs(numbers[left] - numbers[right]) <= self.within + 1e-9)
        return near

    def holds_for(self, left: Row, right: Row) -> bool:
        """The absolute difference."""
        x, y = left[self.column], right[self.column]
        if x is None or y is None:
            return False
        return abs(number_of(x, self.unit) - number_of(y, self.unit)) <= self.within + 1e-9


@dataclass(frozen=True)
class Missing(OfColumn):
    """The value is missing on at least one side."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """A null on either side."""
        codes = table.codes(self.column)
        return ~both(codes[left], codes[right])

    def holds_for(self, left: Row, right: Row) -> bool:
        """A null on either side."""
        return left[self.column] is None or right[self.column] is None


@dataclass(frozen=True)
class Different(OfColumn):
    """Both values are there and not the same."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Unequal codes."""
        codes = table.codes(self.column)
        a, b = codes[left], codes[right]
        out: Mask = both(a, b) & (a != b)
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """Two texts."""
        x, y = left[self.column], right[self.column]
        return x is not None and y is not None and x != y


@dataclass(frozen=True)
class Every(OfConditions):
    """Every one of several conditions."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """One after the other, each only on what is left."""
        alive = np.arange(len(left))
        for condition in self.conditions:
            alive = alive[condition.holds(table, left[alive], right[alive])]
        out = np.zeros(len(left), dtype=np.bool_)
        out[alive] = True
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """One after the other until one fails."""
        for condition in self.conditions:  # noqa: SIM110  # as above
            if not condition.holds_for(left, right):
                return False
        return True


@dataclass(frozen=True)
class Some(OfConditions):
    """At least one of several conditions."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """One after the other, each only on what none has fulfilled yet."""
        out = np.zeros(len(left), dtype=np.bool_)
        for condition in self.conditions:
            todo = np.flatnonzero(~out)
            out[todo] = condition.holds(table, left[todo], right[todo])
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """One after the other until one holds."""
        for condition in self.conditions:  # noqa: SIM110  # as above
            if condition.holds_for(left, right):
                return True
        return False


class _Test(Protocol):
    def __call__(self, words: Dictionary, a: Codes, b: Codes, /) -> Mask: ...


def _on_present(table: Encoded, column: str, left: Codes, right: Codes, test: _Test) -> Mask:
    codes = table.codes(column)
    a, b = codes[left], codes[right]
    out = both(a, b)
    todo = np.flatnonzero(out)
    out[todo] = test(table.words(column), a[todo], b[todo])
    return out
