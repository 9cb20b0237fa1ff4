"""Pairs inside components: all of them where customers are small, those around each link where a chain is long."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import inside
from crmquality.comparator.inside import inside_pairs
from crmquality.comparator.learn import components

LINKS = st.integers(1, 14).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] < p[1]),
            unique=True,
            max_size=20,
        ),
    )
)


def pairs_of(n, links, weights=None):
    left, right = (np.array([p[side] for p in links], dtype=np.int32) for side in (0, 1))
    weights = np.ones(len(links)) if weights is None else np.array(weights)
    component = components(n, left, right)
    found = inside_pairs(component, left, right, weights)
    return component, list(zip(*(rows.tolist() for rows in found), strict=True))


@settings(deadline=None)
@given(LINKS)
def test_a_small_component_is_complete(case):
    n, links = case
    component, found = pairs_of(n, links)
    sizes = np.bincount(component)
    together = {
        (a, b) for a, b in combinations(range(n), 2) if component[a] == component[b] and sizes[component[a]] > 2
    }
    assert sorted(found) == sorted(together)


@settings(deadline=None)
@given(LINKS)
def test_in_a_large_component_links_and_friends_of_friends(case):
    n, links = case
    before, inside.LARGE = inside.LARGE, 1
    try:
        _, found = pairs_of(n, links)
    finally:
        inside.LARGE = before
    near = {i: {b if a == i else a for a, b in links if i in (a, b)} for i in range(n)}
    expected = {(a, b) for a, b in combinations(range(n), 2) if b in near[a] or near[a] & near[b]}
    assert sorted(found) == sorted(expected)


def test_a_hub_does_not_explode():
    n = 5_000
    links = [(0, i) for i in range(1, n)]
    _, found = pairs_of(n, links, [float(i) for i in range(1, n)])
    assert len(found) < n * inside.FRIENDS
    assert {(0, i) for i in range(1, n)} <= set(found)
