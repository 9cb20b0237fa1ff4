"""Compared pairs, kept small: the numbers of two rows, a pattern and a rule each, fourteen bytes a pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.encoded import Encoded
from crmquality.comparator.levels import Comparison
from crmquality.comparator.similarity import Codes

MAX_PATTERNS: Final = 2**62
"""So many patterns have numbers that fit 63 bits."""


@dataclass(frozen=True)
class ComparedPairs:
    """Pairs of rows and the agreement pattern of each.

    Attributes:
        left: row numbers, shape (n,).
        right: row numbers, greater than left.
        pattern: row number in `gammas`, shape (n,).
        gammas: one row per distinct pattern, one column per comparison, sorted; shape (n_patterns, n_comparisons).
        counts: how many pairs show each pattern.
        rule: which blocking rule made the pair.
    """

    left: Codes
    right: Codes
    pattern: Codes
    gammas: NDArray[np.int8]
    counts: NDArray[np.int64]
    rule: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.left)

    def where(self, keep: NDArray[np.bool_]) -> ComparedPairs:
        """Only some of the pairs; patterns keep their numbers."""
        pattern = self.pattern[keep]
        counts = np.bincount(pattern, minlength=len(self.gammas))
        return ComparedPairs(self.left[keep], self.right[keep], pattern, self.gammas, counts, self.rule[keep])


def compare(
    table: Encoded, comparisons: Sequence[Comparison], chunks: Iterable[tuple[Codes, Codes, int]]
) -> ComparedPairs:
    """The pattern of every pair, chunk by chunk: only row numbers and pattern numbers outlive a chunk.

    Args:
        table: the records.
        comparisons: what to compare, at least one; `MAX_PATTERNS` at most, which `Comparator.faults` checks.
        chunks: left rows, right rows and the number of the rule that made them.
    """
    radix = np.cumprod([1, *(len(c.levels) + 2 for c in comparisons[:-1])], dtype=np.int64)
    lefts, rights, keys, rules = [], [], [], []
    for left, right, rule in chunks:
        key = np.zeros(len(left), dtype=np.int64)
        for c, r in zip(comparisons, radix, strict=True):
            key += (c.gammas(table, left, right).astype(np.int64) + 1) * r
        distinct, inverse = np.unique(key, return_inverse=True)
        lefts.append(left)
        rights.append(right)
        keys.append((distinct, inverse.astype(np.int32)))
        rules.append(np.full(len(left), rule, dtype=np.int16))
    known = np.unique(np.concatenate([d for d, _ in keys])) if keys else np.zeros(0, dtype=np.int64)
    pattern = [np.searchsorted(known, d).astype(np.int32)[i] for d, i in keys]
    gammas = np.column_stack(
        [known // r % (len(c.levels) + 2) - 1 for c, r in zip(comparisons, radix, strict=True)]
    ).astype(np.int8)
    joined = _join(pattern, np.int32)
    return ComparedPairs(
        _join(lefts, np.int32),
        _join(rights, np.int32),
        joined,
        gammas,
        np.bincount(joined, minlength=len(known)),
        _join(rules, np.int16),
    )


Item = TypeVar("Item", np.int32, np.int16)


def _join(parts: list[NDArray[Item]], item: type[Item]) -> NDArray[Item]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=item)
