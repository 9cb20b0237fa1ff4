"""The three bands, link, review and non-link, and the error rates to expect of them.

A pair of match probability p that is linked is wrong with probability 1 - p; one that is left alone is missed with
probability p. So the scores themselves say which share of the links is expected to be wrong, and which share of the
matches to be missed, and a bound on either says where a band begins: Fellegi and Sunter's rule (A theory for record
linkage, 1969), with the observed scores in place of a distribution. The rates are as good as the probabilities are
calibrated, which `crmquality.calibration` measures where a truth is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.similarity import EPSILON
from crmquality.comparator.weights import probability

Floats = NDArray[np.float64]

LEAST_BITS: Final = -20.0
"""Where looking for missed matches ends: of a million pairs below, one is expected to be a match."""


@dataclass(frozen=True)
class Bands:
    """Where the bands of a run begin, and what is expected of them. Shares of pairs, before clustering.

    Attributes:
        link_probability: from here on a pair is a link.
        review_probability: from here on, below a link, a person should look.
        n_links: pairs that are links.
        n_review: pairs in review.
        expected_wrong_links: share of the links that is expected to be wrong; 0 where there is none.
        expected_missed_links: share of the matches among the candidate pairs that is expected below review; None where
            no bound asked for it, because pairs below review are not looked at then.
    """

    link_probability: float
    review_probability: float
    n_links: int
    n_review: int
    expected_wrong_links: float
    expected_missed_links: float | None = None

    def __str__(self) -> str:
        wrong = f"{self.expected_wrong_links:.2%} of {self.n_links:,} links expected wrong"
        text = f"link from {self.link_probability:.4g}, review from {self.review_probability:.4g}: {wrong}"
        missed = self.expected_missed_links
        return text if missed is None else f"{text}, {missed:.2%} of the matches missed"


def bits(p: float) -> float:
    """A probability as log2 odds.

    >>> bits(0.5), round(bits(0.999), 2)
    (0.0, 9.96)
    """
    return float(np.log2(p / (1 - p)))


def bands_of(
    weights: Floats,
    link_probability: float,
    review_probability: float,
    max_wrong_links: float | None = None,
    max_missed_links: float | None = None,
) -> Bands:
    """The bands of scored pairs: as declared, and narrower where a bound asks for it, never wider.

    The link threshold is raised to the lowest one at which the mean of 1 - p over the links is within the bound; the
    review threshold is lowered to the highest one at which the matches expected below it are. Pairs of one weight
    stay in one band.

    Args:
        weights: match weights in bits of the candidate pairs, shape (n,): all, for a bound on missed links; else those
            from review on.
        link_probability: the lowest that a link may have.
        review_probability: where review begins at the latest.
        max_wrong_links: the share of wrong ones that is allowed among the links.
        max_missed_links: the share of the matches that may be missed.

    >>> scores = np.array([8.0, 6.0, 4.0, 1.0, -1.0, -4.0, -9.0])
    >>> print(bands_of(scores, 0.5, 0.1))
    link from 0.5, review from 0.1: 10.29% of 4 links expected wrong
    >>> print(bands_of(scores, 0.5, 0.1, max_wrong_links=0.05, max_missed_links=0.01))
    link from 0.9412, review from 0.05882: 2.60% of 3 links expected wrong, 0.05% of the matches missed
    """
    ordered = np.sort(weights)
    link, review = link_probability, review_probability
    if max_wrong_links is not None:
        link = max(link, _least_link(ordered[::-1], max_wrong_links))
    p = probability(ordered)
    if max_missed_links is not None and len(ordered):
        starts = np.append(True, np.diff(ordered) > 2 * EPSILON)
        below = np.append(0.0, np.cumsum(p)[:-1])
        within = np.flatnonzero(starts & (below <= max_missed_links * p.sum()))
        review = min(review, float(p[within[-1]]))
    n_below = int(np.searchsorted(ordered, bits(review) - EPSILON))
    n_not_linked = int(np.searchsorted(ordered, bits(link) - EPSILON))
    missed = None
    if max_missed_links is not None:
        missed = float(p[:n_below].sum() / p.sum()) if len(p) else 0.0
    wrong = probability(-ordered[n_not_linked:])
    return Bands(
        link_probability=link,
        review_probability=review,
        n_links=len(wrong),
        n_review=n_not_linked - n_below,
        expected_wrong_links=float(wrong.mean()) if len(wrong) else 0.0,
        expected_missed_links=missed,
    )


def _least_link(descending: Floats, bound: float) -> float:
    """The lowest probability of a link at which the expected share of wrong links is within the bound.

    A pair whose own chance to be wrong is within the bound can always be a link, so it is never above 1 - bound.
    """
    wrong = probability(-descending)
    ends = np.append(-np.diff(descending) > 2 * EPSILON, True)[: len(wrong)]
    within = np.flatnonzero(ends & (np.cumsum(wrong) <= bound * np.arange(1, len(wrong) + 1)))
    return min(float(probability(descending[within[-1:]])[0]), 1 - bound) if len(within) else 1 - bound
