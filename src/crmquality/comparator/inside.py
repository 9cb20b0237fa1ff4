"""The pairs inside a component of links: what records that were linked through others say of each other.

Blocking never made most of these pairs, or they scored too low to be a link. Two records of one customer agree with the
rest of its records, or at least do not disagree; two customers who were chained by one link disagree all over. So the
merger wants to know. In a component of k records there are k(k-1)/2 pairs: few, since customers are small. In a
component beyond `LARGE` records, which is a chain, only friends of friends are taken.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.similarity import Codes

LARGE: Final = 200
"""Records from which a component is not completed: more than any customer has, and 20,000 pairs."""
FRIENDS: Final = 20
"""Strongest links of a record that are followed in a large component: at most 190 pairs of friends."""


def inside_pairs(component: Codes, left: Codes, right: Codes, weights: NDArray[np.float64]) -> tuple[Codes, Codes]:
    """The pairs of records that are in one component, each once, linked ones included; few in large components.

    Args:
        component: a number per record.
        left: rows of the links.
        right: rows of the links.
        weights: of the links, for the choice in large components.

    Returns:
        Left and right rows, left < right. A component of two has nothing to add to its link, so it is left out.

    >>> component = np.array([0, 1, 0, 0, 1], dtype=np.int32)
    >>> rows = inside_pairs(component, *(np.zeros(0, np.int32),) * 2, np.zeros(0))
    >>> [pair.tolist() for pair in rows]
    [[0, 0, 2], [2, 3, 3]]
    """
    sizes = np.bincount(component)
    order = np.argsort(component, kind="stable").astype(np.int32)
    small = np.flatnonzero((sizes[component[order]] > 2) & (sizes[component[order]] <= LARGE))
    first = np.cumsum(sizes) - sizes
    behind = (first + sizes)[component[order[small]]] - small - 1  # how many of its component come after a record
    lefts = np.repeat(small, behind)
    starts = np.cumsum(behind) - behind
    rights = lefts + 1 + np.arange(len(lefts)) - np.repeat(starts, behind)
    large = sizes[component[left]] > LARGE
    a, b = _friends_of_friends(len(component), left[large], right[large], weights[large])
    return np.concatenate([order[lefts], a]), np.concatenate([order[rights], b])


def _friends_of_friends(n: int, left: Codes, right: Codes, weights: NDArray[np.float64]) -> tuple[Codes, Codes]:
    """Pairs that are linked, or both among the strongest links of a third."""
    if not len(left):
        return left, right
    from scipy.sparse import coo_array  # here, not above: a quarter of the time to import this package

    one, two = np.concatenate([left, right]), np.concatenate([right, left])
    order = np.lexsort((two, -np.concatenate([weights, weights]), one))
    one, two = one[order], two[order]
    rank = np.arange(len(one)) - np.searchsorted(one, one)
    one, two = one[rank < FRIENDS], two[rank < FRIENDS]
    friends = coo_array((np.ones(len(one), dtype=np.int32), (one, two)), shape=(n, n)).tocsr()
    links = coo_array((np.ones(len(left), dtype=np.int32), (left, right)), shape=(n, n))
    both = (friends.T @ friends + links + links.T).tocoo()
    row, column = both.coords
    keep = row < column
    return row[keep].astype(np.int32), column[keep].astype(np.int32)
