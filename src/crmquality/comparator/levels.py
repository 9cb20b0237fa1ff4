"""What a comparison is: levels of agreement, from closest to "else", each a condition on a pair of records.

Conditions are declarations: small frozen values that can be combined, printed and stored. Each is symmetric by its
definition. A null never fulfils a condition, except `Missing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal, Protocol, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

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


class Encoded:
    """A normalized table as integer codes, one per distinct value, -1 for null; a column is encoded when asked for.

    Args:
        frame: the table; rows keep their order.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._codes: dict[str, Codes] = {}
        self._words: dict[str, Dictionary] = {}
        self._joint: dict[tuple[str, ...], tuple[Codes, ...]] = {}
        self._numbers: dict[str, NDArray[np.float64]] = {}

    @property
    def height(self) -> int:
        """The number of records."""
        return self._frame.height

    def codes(self, column: str) -> Codes:
        """The code of each record's value."""
        if column not in self._codes:
            series = self._frame[column].cast(pl.String)
            values = series.drop_nulls().unique().sort()
            self._words[column] = Dictionary(values)
            self._codes[column] = _coded(series, values)
        return self._codes[column]

    def words(self, column: str) -> Dictionary:
        """The distinct values behind the codes of a column."""
        self.codes(column)
        return self._words[column]

    def joint_codes(self, columns: tuple[str, ...]) -> tuple[Codes, ...]:
        """The codes of several columns in one dictionary, so that they can be compared with each other."""
        if columns not in self._joint:
            stacked = pl.concat([self._frame[c].cast(pl.String).alias("v") for c in columns])
            self._joint[columns] = tuple(np.split(_coded(stacked, stacked.drop_nulls().unique()), len(columns)))
        return self._joint[columns]

    def numbers(self, column: str, unit: Unit) -> NDArray[np.float64]:
        """The values of a column as numbers (dates as days since 1970), NaN where they are none."""
        if column not in self._numbers:
            series = self._frame[column].cast(pl.String)
            if unit == "number":
                parsed = series.cast(pl.Float64, strict=False)
            else:
                parsed = series.str.to_date("%Y-%m-%d", strict=False).to_physical().cast(pl.Float64)
            self._numbers[column] = parsed.fill_null(float("nan")).to_numpy()
        return self._numbers[column]


def _coded(series: pl.Series, values: pl.Series) -> Codes:
    """The place of each value in `values`, -1 for null: by hashing, at half the cost of ranking."""
    places = pl.DataFrame({"v": values, "code": np.arange(len(values), dtype=np.int32)})
    found = series.to_frame("v").join(places, on="v", how="left", maintain_order="left")["code"]
    out: Codes = found.fill_null(-1).to_numpy()
    return out


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
class Equal(Declaration):
    """The same value."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

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
class Similar(Declaration):
    """Values at least so similar by a metric."""

    column: str
    metric: Metric
    at_least: float

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

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
class Edits(Declaration):
    """Values at most so many edits apart; a swap of neighbours is one edit (optimal string alignment)."""

    column: str
    at_most: int = 1
    min_length: int = 3

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """The distance on distinct pairs of values."""
        return _on_present(
            table, self.column, left, right, lambda w, a, b: within_edits(w, a, b, self.at_most, self.min_length)
        )


@dataclass(frozen=True)
class Contains(Declaration):
    """One value stands inside the other."""

    column: str
    min_length: int = 2

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Substring on distinct pairs of values."""
        return _on_present(table, self.column, left, right, lambda w, a, b: contains(w, a, b, self.min_length))


@dataclass(frozen=True)
class SharesWord(Declaration):
    """The values, read as words with a space between, have a word in common."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Common words on distinct pairs of values."""
        return _on_present(table, self.column, left, right, shares_word)


@dataclass(frozen=True)
class InitialOf(Declaration):
    """One value is a single character, the other begins with it."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """First characters on pairs of values."""
        return _on_present(table, self.column, left, right, initial_of)


Unit: TypeAlias = Literal["number", "days"]


@dataclass(frozen=True)
class Near(Declaration):
    """Numbers, or dates in days, at most so far apart."""

    column: str
    within: float
    unit: Unit = "number"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """The absolute difference; NaN is never near."""
        numbers = table.numbers(self.column, self.unit)
        with np.errstate(invalid="ignore"):
            near: Mask = np.asarray(np.abs(numbers[left] - numbers[right]) <= self.within + 1e-9)
        return near


@dataclass(frozen=True)
class Missing(Declaration):
    """The value is missing on at least one side."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """A null on either side."""
        codes = table.codes(self.column)
        return ~_both(codes[left], codes[right])


@dataclass(frozen=True)
class Different(Declaration):
    """Both values are there and not the same."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Unequal codes."""
        codes = table.codes(self.column)
        a, b = codes[left], codes[right]
        out: Mask = _both(a, b) & (a != b)
        return out


@dataclass(frozen=True)
class Every(Declaration):
    """Every one of several conditions."""

    conditions: tuple[Condition, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All their columns."""
        return tuple(dict.fromkeys(c for x in self.conditions for c in x.columns))

    def faults(self) -> list[str]:
        """Theirs."""
        return [f for c in self.conditions for f in c.faults()]

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """One after the other, each only on what is left."""
        alive = np.arange(len(left))
        for condition in self.conditions:
            alive = alive[condition.holds(table, left[alive], right[alive])]
        out = np.zeros(len(left), dtype=np.bool_)
        out[alive] = True
        return out


@dataclass(frozen=True)
class Some(Declaration):
    """At least one of several conditions."""

    conditions: tuple[Condition, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All their columns."""
        return tuple(dict.fromkeys(c for x in self.conditions for c in x.columns))

    def faults(self) -> list[str]:
        """Theirs."""
        return [f for c in self.conditions for f in c.faults()]

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
        shared: whether different entities that belong together (a household, a company) often share this.
    """

    name: str
    levels: tuple[ComparisonLevel, ...]
    present: tuple[str, ...] = ()
    shared: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it reads."""
        used = [c for level in self.levels for c in (*level.when.columns, *((level.tf,) if level.tf else ()))]
        return tuple(dict.fromkeys((*self.present, *used)))

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of each gamma from 0 up."""
        return ("else", *(level.label for level in reversed(self.levels)))

    def faults(self) -> list[str]:
        """No levels, levels of one name, probabilities that leave nothing for "else"."""
        out = [f"comparison {self.name!r}: {f}" for level in self.levels for f in level.faults()]
        if not self.levels:
            out.append(f"comparison {self.name!r} has no levels")
        if not self.present:
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
        there = reduce(np.logical_or, (_both(table.codes(c)[left], table.codes(c)[right]) for c in self.present))
        todo = np.flatnonzero(there)
        for gamma, level in zip(range(len(self.levels), 0, -1), self.levels, strict=True):
            hit = level.when.holds(table, left[todo], right[todo])
            out[todo[hit]] = gamma
            todo = todo[~hit]
        out[todo] = 0
        return out


def missing_columns(comparisons: Sequence[Comparison], known: Sequence[str]) -> list[str]:
    """A sentence for every column that a comparison reads and the table does not have."""
    return [
        f"comparison {c.name!r}: {unknown('column', column, known)}"
        for c in comparisons
        for column in c.columns
        if column not in known
    ]
