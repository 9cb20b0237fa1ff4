"""What a comparison is: levels of agreement, from closest to "else", each a condition on a pair of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.basic_conditions import Condition, Row, both
from crmquality.comparator.encoded import Encoded
from crmquality.comparator.similarity import Codes, Mask
from crmquality.declarations import Declaration
from crmquality.errors import unknown

Gammas: TypeAlias = NDArray[np.int8]
MISSING = -1


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

    def gamma_of(self, left: Row, right: Row) -> int:
        """The level of one pair of records: what `gammas` gives for them."""
        if not self.is_there(left, right):
            return MISSING
        gamma = len(self.levels)
        for level in self.levels:
            if level.when.holds_for(left, right):
                return gamma
            gamma -= 1
        return 0

    def is_there(self, left: Row, right: Row) -> bool:
        """Whether two records have what is compared, and nothing more direct: else they are at "missing"."""
        for c in self.unless:
            if left[c] is not None and right[c] is not None:
                return False
        for c in self.present:
            if left[c] is not None and right[c] is not None:
                return True
        for a, b in self.across:
            if (left[a] is not None and right[b] is not None) or (left[b] is not None and right[a] is not None):
                return True
        return False

    def _there(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Which pairs have what is compared, and nothing more direct."""
        pairs = [(c, c) for c in self.present] + [x for a, b in self.across for x in ((a, b), (b, a))]
        found = (both(table.codes(a)[left], table.codes(b)[right]) for a, b in pairs)
        there = reduce(np.logical_or, found, np.zeros(len(left), dtype=np.bool_))
        for c in self.unless:
            there &= ~both(table.codes(c)[left], table.codes(c)[right])
        return there


def missing_columns(comparisons: Sequence[Comparison], known: Sequence[str]) -> list[str]:
    """A sentence for every column that a comparison reads and the table does not have."""
    return [
        f"comparison {c.name!r}: {unknown('column', column, known)}"
        for c in comparisons
        for column in c.columns
        if column not in known
    ]
