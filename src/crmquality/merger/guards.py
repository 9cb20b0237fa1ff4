"""Guards: what must never come together in one cluster, whatever the links say.

A guard is a declaration. Bound to the records of one run it becomes a `Constraint`, which answers two questions: which
components break it (all at once, by arrays), and whether two clusters may be joined (one at a time, for the few
components that do). A guard has to be monotone: what a part of a cluster breaks, the whole cluster breaks too. The
rebuild of a component relies on it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.declarations import Declaration
from crmquality.lift import text_series
from crmquality.merger.cells import nulled
from crmquality.tables import SOURCE

IntArray: TypeAlias = NDArray[np.int64]

NO_VALUE: Final = -1
SEVERAL_VALUES: Final = -2
DECISIONS: Final = "decisions"
UNKNOWN_RECORD: Final = "unknown_record"

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\Z")


class Constraint(Protocol):
    """A guard bound to the records of one run; records are the integers 0 to n - 1, clusters their roots."""

    @property
    def name(self) -> str:
        """The guard's name in the table of refused links."""
        ...

    def broken(self, label: IntArray) -> IntArray:
        """The labels whose records may not all be together.

        Args:
            label: the component of each record, shape (n_records,).
        """
        ...

    def allows(self, a: int, b: int) -> bool:
        """Whether the clusters with the roots `a` and `b` may be joined."""
        ...

    def join(self, kept: int, gone: int) -> None:
        """The cluster of root `gone` is now part of the cluster of root `kept`."""
        ...


class Guard(Declaration):
    """The base of guards; a user's own guard is a frozen dataclass that inherits from it.

    Raises:
        NotImplementedError: from `bind`, where a subclass does not say what it forbids.
    """

    @property
    def name(self) -> str:
        """What the review list calls this guard."""
        return self.type_name

    def columns(self) -> tuple[str, ...]:
        """The columns of the records that this guard reads."""
        return ()

    def bind(self, records: pl.DataFrame) -> Constraint:
        """This guard for these records, one row per record in the order of their codes."""
        raise NotImplementedError(f"{self.type_name} has no bind")


@dataclass(frozen=True)
class Contradiction(Guard):
    """Two records with different values of a unique identifier are two entities.

    Missing values contradict nothing. Decisions of people overrule it: a cluster they made of two values takes in
    only records without a value.

    Attributes:
        column: the column of a unique identifier, usually `norm_<field>`.
        unless_issues: issue codes (in `issues`) that make a value count as missing, for identifiers that were damaged
            on the way: a wrong check digit is no proof of another person.
        issues: the column of the issue codes, needed for `unless_issues`.

    >>> Contradiction("norm_id_number").name
    'contradiction:norm_id_number'
    """

    column: str
    unless_issues: tuple[str, ...] = ()
    issues: str | None = None

    @property
    def name(self) -> str:
        """`contradiction:<column>`."""
        return f"contradiction:{self.column}"

    def columns(self) -> tuple[str, ...]:
        """The identifier's column, and that of its issues where they count."""
        return (self.column, self.issues) if self.issues and self.unless_issues else (self.column,)

    def faults(self) -> list[str]:
        """Issue codes that are none, or that have no column."""
        faults = [f"{self.name}: {c!r} is not an issue code" for c in self.unless_issues if not _CODE.match(c)]
        if self.unless_issues and self.issues is None:
            faults.append(f"{self.name}: unless_issues needs the column of the issue codes in 'issues'")
        return faults

    def bind(self, records: pl.DataFrame) -> Constraint:
        """At most one value of `column` in a cluster."""
        values = records[self.column]
        if self.issues and self.unless_issues:
            values = nulled(values, has_issue(records[self.issues], self.unless_issues))
        return SameValue(self.name, value_codes(values))


@dataclass(frozen=True)
class OneToOne(Guard):
    """A source that holds no duplicates gives at most one record to a cluster.

    Attributes:
        source: the column of the source.
        only: the sources that hold no duplicates; empty for all of them.

    >>> OneToOne("source").name
    'one_to_one:source'
    """

    source: str = SOURCE
    only: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`one_to_one:<column>`."""
        return f"one_to_one:{self.source}"

    def columns(self) -> tuple[str, ...]:
        """The source."""
        return (self.source,)

    def bind(self, records: pl.DataFrame) -> Constraint:
        """Each value of the source at most once in a cluster."""
        values = records[self.source]
        if self.only:
            values = nulled(values, ~text_series(values).is_in(list(self.only)).fill_null(False))
        return NoRepeat(self.name, value_codes(values))


@dataclass(frozen=True)
class MaxSize(Guard):
    """A cluster holds at most `n` records: a larger one is a chain of errors more often than one customer.

    >>> MaxSize(100).name
    'max_size:100'
    """

    n: int

    @property
    def name(self) -> str:
        """`max_size:<n>`."""
        return f"max_size:{self.n}"

    def faults(self) -> list[str]:
        """A size that leaves no room for a link."""
        return [f"max_size: n is {self.n}, expected at least 2"] if self.n < 2 else []

    def bind(self, records: pl.DataFrame) -> Constraint:
        """At most `n` records in a cluster."""
        return SizeLimit(self.name, self.n)


def value_codes(values: pl.Series) -> IntArray:
    """Equal values as equal integers, missing and blank ones as -1.

    >>> value_codes(pl.Series(["b", None, "a", "b", " "])).tolist()
    [0, -1, 2, 0, -1]
    """
    frame = pl.DataFrame({"v": values, "row": np.arange(len(values), dtype=np.int64)})
    missing = pl.col("v").is_null()
    if values.dtype == pl.String:
        missing = missing | (pl.col("v").str.strip_chars() == "")
    first = pl.col("row").min().over("v")
    return frame.select(pl.when(missing).then(NO_VALUE).otherwise(first).alias("c"))["c"].to_numpy()


def has_issue(issues: pl.Series, codes: Sequence[str]) -> pl.Series:
    """Whether a cell of issue codes holds one of `codes`; no code matches as a part of another.

    >>> has_issue(pl.Series(["full_width invalid_phone", "phone", None]), ("phone", "masked")).to_list()
    [False, True, False]
    """
    pattern = f"(?:^| )(?:{'|'.join(sorted(codes)) or '$.'})(?: |$)"
    return issues.cast(pl.String).str.contains(pattern).fill_null(False)


class SameValue:
    """At most one distinct value in a cluster."""

    def __init__(self, name: str, codes: IntArray) -> None:
        self.name = name
        self._codes = codes
        self._value: dict[int, int] = {}

    def broken(self, label: IntArray) -> IntArray:
        """The labels with two values."""
        rows = np.flatnonzero(self._codes >= 0)
        if not rows.size:
            return rows
        any_value = np.full(int(label.max()) + 1, NO_VALUE, dtype=np.int64)
        any_value[label[rows]] = self._codes[rows]
        return np.unique(label[rows][any_value[label[rows]] != self._codes[rows]])

    def _of(self, root: int) -> int:
        found = self._value.get(root)
        return int(self._codes[root]) if found is None else found

    def allows(self, a: int, b: int) -> bool:
        """Whether no value of one contradicts a value of the other."""
        x, y = self._of(a), self._of(b)
        return NO_VALUE in (x, y) or (x == y and x != SEVERAL_VALUES)

    def join(self, kept: int, gone: int) -> None:
        """Only decisions of people join two values."""
        x, y = self._of(kept), self._of(gone)
        self._value[kept] = y if x == NO_VALUE else x if y in (x, NO_VALUE) else SEVERAL_VALUES


class NoRepeat:
    """No value twice in a cluster."""

    def __init__(self, name: str, codes: IntArray) -> None:
        self.name = name
        self._codes = codes
        self._values: dict[int, set[int]] = {}

    def broken(self, label: IntArray) -> IntArray:
        """The labels with a value twice."""
        rows = np.flatnonzero(self._codes >= 0)
        pairs = pl.DataFrame({"label": label[rows], "code": self._codes[rows]})
        twice = pairs.group_by("label", "code").len().filter(pl.col("len") > 1)["label"]
        return twice.unique().sort().to_numpy()

    def _of(self, root: int) -> set[int]:
        found = self._values.get(root)
        if found is None:
            code = int(self._codes[root])
            found = self._values[root] = set() if code == NO_VALUE else {code}
        return found

    def allows(self, a: int, b: int) -> bool:
        """Whether the two have no value in common."""
        return self._of(a).isdisjoint(self._of(b))

    def join(self, kept: int, gone: int) -> None:
        """Small into large, so that a value moves log n times at most."""
        x, y = self._of(kept), self._of(gone)
        large, small = (x, y) if len(x) >= len(y) else (y, x)
        large |= small
        self._values[kept] = large
        del self._values[gone]


class SizeLimit:
    """At most so many records in a cluster."""

    def __init__(self, name: str, limit: int) -> None:
        self.name = name
        self._limit = limit
        self._size: dict[int, int] = {}

    def broken(self, label: IntArray) -> IntArray:
        """The labels with more records."""
        return np.flatnonzero(np.bincount(label) > self._limit) if label.size else label

    def allows(self, a: int, b: int) -> bool:
        """Whether both together are few enough."""
        return self._size.get(a, 1) + self._size.get(b, 1) <= self._limit

    def join(self, kept: int, gone: int) -> None:
        """Sizes add up."""
        self._size[kept] = self._size.get(kept, 1) + self._size.pop(gone, 1)


class CannotLink:
    """The decisions "non-link" of people: each pair stays apart, and so do the clusters around it."""

    def __init__(self, left: IntArray, right: IntArray) -> None:
        self.name = DECISIONS
        self._left = left
        self._right = right
        self._apart: dict[int, set[int]] = {}
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def broken(self, label: IntArray) -> IntArray:
        """The labels with both records of a pair."""
        return np.unique(label[self._left][label[self._left] == label[self._right]])

    def allows(self, a: int, b: int) -> bool:
        """Whether nobody has said that the two are apart."""
        return b not in self._apart.get(a, ())

    def join(self, kept: int, gone: int) -> None:
        """Whoever was apart from `gone` is apart from `kept`."""
        moved = self._apart.pop(gone, None)
        if moved is None:
            return
        for other in moved:
            others = self._apart[other]
            others.discard(gone)
            others.add(kept)
        self._apart.setdefault(kept, set()).update(moved)
