"""What the pairs between two clusters say of joining them: a link alone does not outweigh everything else.

One link joins two clusters only if the weights of all scored pairs between them do not speak against it together. Each
weight is the log odds that the two records are one entity, so their mean is above zero where, over all pairs, one
entity is the likelier story. That is the greedy form of correlation clustering (Bansal, Blum, Chawla 2004), followed
from the strongest link down; without a single pair against, it gives connected components.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmquality.merger.guards import IntArray

EVIDENCE: Final = "evidence"
MOST_BITS: Final = 10.0
"""What one pair may say for or against, in bits: odds of 1,000 to 1, about what a wrong cell in an identifier, or a
shared one, is worth. Five and twenty change F1 on no labelled set by more than 0.002."""
EPSILON: Final = 1e-9


class PairEvidence:
    """A constraint: two clusters are joined only if the pairs between them do not speak against it.

    Args:
        left: the codes of one side of the scored pairs.
        right: of the other.
        weights: match weights in bits, prior included.
    """

    def __init__(self, left: IntArray, right: IntArray, weights: NDArray[np.float64]) -> None:
        self.name = EVIDENCE
        self._pairs = (left, right, np.clip(weights, -MOST_BITS, MOST_BITS))
        self._between: dict[int, dict[int, float]] = {}

    def broken(self, label: IntArray) -> IntArray:
        """The labels with a pair that speaks against it; only there are the weights looked at again."""
        left, right, weights = self._pairs
        within = label[left] == label[right]
        out = np.unique(label[left[within & (weights < 0)]])
        needed = within & np.isin(label[left], out)
        between = self._between
        for a, b, weight in zip(left[needed].tolist(), right[needed].tolist(), weights[needed].tolist(), strict=True):
            between.setdefault(a, {})[b] = weight
            between.setdefault(b, {})[a] = weight
        return out

    def allows(self, a: int, b: int) -> bool:
        """Whether the weights between the two add up to no less than zero."""
        return self._between.get(a, {}).get(b, 0.0) >= -EPSILON

    def join(self, kept: int, gone: int) -> None:
        """What spoke of `gone` speaks of `kept`."""
        moved = self._between.pop(gone, None)
        if moved is None:
            return
        mine = self._between.setdefault(kept, {})
        mine.pop(gone, None)
        for other, weight in moved.items():
            if other != kept:
                mine[other] = mine.get(other, 0.0) + weight
                theirs = self._between[other]
                del theirs[gone]
                theirs[kept] = mine[other]
