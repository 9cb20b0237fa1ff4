"""What a comparison is: levels of agreement, from closest to "else", each a condition on a pair of records.

Conditions are declarations: small frozen values that can be combined, printed and stored. Each is symmetric by its
definition. A null never fulfils a condition, except `Missing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.encoded import Encoded, Unit
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
from crmquality.declarations import Declaration
from crmquality.errors import unknown

Gammas: TypeAlias = NDArray[np.int8]
MISSING = -1


class Condition(Protocol):
    """What a pair of records must fulfil to be at a level."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        ...

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Which pairs fulfil it; `left` and `right` are row numbers of `table`."""
        ...

    def faults(self) -> list[str]:
        """What is wrong with it."""
        ...


def _both(a: Codes, b: Codes) -> Mask:
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


@dataclass(frozen=True)
class Contains(OfColumn):
    """One value stands inside the other."""

    min_length: int = 2

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Substring on distinct pairs of values."""
        return _on_present(table, self.column, left, right, lambda w, a, b: contains(w, a, b, self.min_length))


@dataclass(frozen=True)
class SharesWord(OfColumn):
    """The values, read as words with a space between, have a word in common."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Common words on distinct pairs of values."""
        return _on_present(table, self.column, left, right, shares_word)


@dataclass(frozen=True)
class InitialOf(OfColumn):
    """One value is a single character, the other begins with it."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """First characters on pairs of values."""
        return _on_present(table, self.column, left, right, initial_of)


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


@dataclass(frozen=True)
class Missing(OfColumn):
    """The value is missing on at least one side."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """A null on either side."""
        codes = table.codes(self.column)
        return ~_both(codes[left], codes[right])


@dataclass(frozen=True)
class Different(OfColumn):
    """Both values are there and not the same."""

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Unequal codes."""
        codes = table.codes(self.column)
        a, b = codes[left], codes[right]
        out: Mask = _both(a, b) & (a != b)
        return out


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


class _Test(Protocol):
    def __call__(self, words: Dictionary, a: Codes, b: Codes, /) -> Mask: ...


def _on_present(table: Encoded, column: str, left: Codes, right: Codes, test: _Test) -> Mask:
    codes = table.codes(column)
    a, b = codes[left], codes[right]
    out = _both(a, b)
    todo = np.flatnonzero(out)
    out[todo] = test(table.words(column), a[todo], b[todo])
    return out


@dataclass(frozen=True)
class ComparisonLevel(Declaration):
    """One level of a comparison.

    Attributes:
        label: what a person reads: "same mobile".
        when: the condition of a pair at this level that no closer level took.
        m: the default probability that a matching pair is at this level, before anything was learned.
        u: the default probability that two records of different entities are.
        tf: the column whose values' frequencies adjust u at this level, or None. It must be equal on both sides there.
        related: whether two related entities (a family, sister companies) are often at this level, where the
            comparison as a whole is not shared: the same family name, the same trade name in another line of business.
        label_zh: the label in Chinese.
    """

    label: str
    when: Condition
    m: float
    u: float
    tf: str | None = None
    related: bool = False
    label_zh: str = ""

    def faults(self) -> list[str]:
        """Probabilities that are none, and the condition's faults."""
        bad = [n for n in ("m", "u") if not 0 < getattr(self, n) < 1]
        return [f"level {self.label!r}: {n} must lie between 0 and 1" for n in bad] + self.when.faults()


@dataclass(frozen=True)
class Comparison(Declaration):
    """How one thing about two records is compared.

    A pair is at the first level whose condition it fulfils. Levels are numbered from the last, 1, upwards: higher is
    closer; 0 is "else", none of them; -1 is missing. Missing values are no evidence: they add nothing to the weight.

    Attributes:
        name: of the comparison; its column is `gamma_<name>`.
        levels: closest first; "else" is implied.
        present: columns of which at least one must be there on both sides, else the pair is at "missing".
        across: pairs of columns of which it is enough that one record has the one and the other record the other: a
            name and a mailbox, a number and a masked number.
        unless: columns that are the direct evidence: where both sides have one, the pair is at "missing" here, so
            that nothing counts twice.
        shared: whether different entities that belong together (a household, a company) often share this.
    """

    name: str
    levels: tuple[ComparisonLevel, ...]
    present: tuple[str, ...] = ()
    shared: bool = True
    across: tuple[tuple[str, str], ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it reads."""
        used = [c for level in self.levels for c in (*level.when.columns, *((level.tf,) if level.tf else ()))]
        named = (*self.present, *(c for pair in self.across for c in pair), *self.unless)
        return tuple(dict.fromkeys((*named, *used)))

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of each gamma from 0 up."""
        return ("else", *(level.label for level in reversed(self.levels)))

    def faults(self) -> list[str]:
        """No levels, levels of one name, probabilities that leave nothing for "else"."""
        out = [f"comparison {self.name!r}: {f}" for level in self.levels for f in level.faults()]
        if not self.levels:
            out.append(f"comparison {self.name!r} has no levels")
        if not self.present and not self.across:
            out.append(f"comparison {self.name!r} does not say which columns must be present")
        labels = [level.label for level in self.levels]
        out += [
            f"comparison {self.name!r}: two levels are called {x!r}" for x in {x for x in labels if labels.count(x) > 1}
        ]
        for which in ("m", "u"):
            total = sum(getattr(level, which) for level in self.levels)
            if total >= 1:
                out.append(f"comparison {self.name!r}: the {which} of its levels add up to {total:g}, must be below 1")
        return out

    def gammas(self, table: Encoded, left: Codes, right: Codes) -> Gammas:
        """The level of each pair; `left` and `right` are row numbers of `table`."""
        out = np.full(len(left), MISSING, dtype=np.int8)
        todo = np.flatnonzero(self._there(table, left, right))
        for gamma, level in zip(range(len(self.levels), 0, -1), self.levels, strict=True):
            hit = level.when.holds(table, left[todo], right[todo])
            out[todo[hit]] = gamma
            todo = todo[~hit]
        out[todo] = 0
        return out

    def _there(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Which pairs have what is compared, and nothing more direct."""
        pairs = [(c, c) for c in self.present] + [x for a, b in self.across for x in ((a, b), (b, a))]
        found = (_both(table.codes(a)[left], table.codes(b)[right]) for a, b in pairs)
        there = reduce(np.logical_or, found, np.zeros(len(left), dtype=np.bool_))
        for c in self.unless:
            there &= ~_both(table.codes(c)[left], table.codes(c)[right])
        return there


def missing_columns(comparisons: Sequence[Comparison], known: Sequence[str]) -> list[str]:
    """A sentence for every column that a comparison reads and the table does not have."""
    return [
        f"comparison {c.name!r}: {unknown('column', column, known)}"
        for c in comparisons
        for column in c.columns
        if column not in known
    ]
