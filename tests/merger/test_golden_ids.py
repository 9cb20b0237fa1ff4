"""Golden ids of clusters, against the stated rule said slowly."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmquality.merger.golden_ids import NONE, assign_golden, new_ids

Case = tuple[list[int], list[int], list[int], list[int], list[int], list[bool]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n, n_goldens = draw(st.integers(0, 9)), draw(st.integers(0, 5))
    raw = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    numbers = {c: i for i, c in enumerate(dict.fromkeys(raw))}
    some = st.lists(st.integers(NONE, n_goldens - 1), min_size=n, max_size=n)
    current, home = draw(some), draw(some)
    home = [NONE if c == NONE else c if h == NONE else h for c, h in zip(current, home, strict=True)]
    born = sorted(draw(st.lists(st.integers(1, 2), min_size=n_goldens, max_size=n_goldens)))
    size = draw(st.lists(st.integers(0, 3), min_size=n_goldens, max_size=n_goldens))
    elsewhere = [g not in current and draw(st.booleans()) for g in range(n_goldens)]
    return [numbers[c] for c in raw], current, home, born, size, elsewhere


def oracle(case: Case) -> dict[int, int | None]:
    """The golden number of each cluster, None for a new one."""
    cluster, current, home, born, size, elsewhere = case
    records = range(len(cluster))
    where: dict[int, list[int]] = {}  # of each golden id the records that say where it goes
    for g in range(len(born)):
        under = [r for r in records if current[r] == g]
        own = [r for r in under if home[r] == g] or under or [r for r in records if home[r] == g]
        if own and not elsewhere[g]:
            where[g] = own

    def strength(g: int, c: int) -> tuple[int, int]:
        mine = [r for r in where[g] if cluster[r] == c]
        return -len(mine), min(mine)

    heir = {g: min({cluster[r] for r in own}, key=lambda c, g=g: strength(g, c)) for g, own in where.items()}
    out: dict[int, int | None] = dict.fromkeys(cluster)
    order = sorted(where, key=lambda g: (g not in current, born[g], -size[g], strength(g, heir[g])[1]))
    for g in order:
        if out[heir[g]] is None:
            out[heir[g]] = g
    left = {(*strength(g, c), g, c) for g in where if g not in out.values() for c in {cluster[r] for r in where[g]}}
    for _, _, g, c in sorted(left):
        if out[c] is None and g not in out.values():
            out[c] = g
    return out


def assigned(case: Case) -> tuple[list[int], list[int], list[int]]:
    cluster, current, home, born, size, elsewhere = (np.array(x, dtype=np.int64) for x in case)
    found = assign_golden(cluster, current, home, born, size, elsewhere.astype(np.bool_))
    return found.golden.tolist(), found.home.tolist(), found.founder.tolist()


@settings(max_examples=400, deadline=None)
@given(cases())
def test_the_rule(case: Case) -> None:
    cluster, _, home, born, _, _ = case
    golden, homes, founders = assigned(case)
    expected = oracle(case)
    assert {c: g if g < len(born) else None for c, g in enumerate(golden)} == expected
    assert len(set(golden)) == len(golden)
    new = [c for c in sorted(expected) if expected[c] is None]
    assert [golden[c] for c in new] == list(range(len(born), len(born) + len(new)))
    assert founders == [cluster.index(c) for c in new]
    for r, h in enumerate(homes):
        mine = golden[cluster[r]]
        assert h == (mine if mine >= len(born) or home[r] == NONE else home[r])


@settings(max_examples=150, deadline=None)
@example(([0, 1], [1, 1], [0, 0], [1, 1], [0, 0], [False, False]))
@given(cases())
def test_once_more_changes_nothing(case: Case) -> None:
    cluster, _, _, born, size, elsewhere = case
    golden, homes, _ = assigned(case)
    n_new = max([g - len(born) + 1 for g in golden if g >= len(born)], default=0)
    now = [golden[c] for c in cluster]
    again = (cluster, now, homes, born + [3] * n_new, size + [0] * n_new, elsewhere + [False] * n_new)
    sizes = Counter(now)
    again = (*again[:4], [sizes[g] for g in range(len(again[3]))], again[5])
    assert assigned(again)[:2] == (golden, homes)


def test_of_two_ids_that_want_one_cluster_the_other_goes_where_the_rest_of_its_records_are() -> None:
    # 0 is the oldest and takes cluster 0 with most records of 1 and of 2; cluster 1 has records of both
    cluster = [0, 0, 0, 0, 0, 1, 1, 2]
    home = [0, 1, 1, 2, 2, 1, 2, 2]
    golden, _, _ = assigned((cluster, home, home, [1, 2, 3], [1, 3, 4], [False] * 3))
    assert golden == [0, 1, 2]


def test_new_ids_are_nobodys_and_the_same_everywhere() -> None:
    ids = new_ids(["1", "2", "1", "", "王\ud800"], lambda _: False)
    assert len(set(ids)) == 5
    assert new_ids(["1", "2", "1", "", "王\ud800"], lambda _: False) == ids
    assert new_ids(["1"], lambda x: x == ids[0]) == [ids[2]]
    assert all(len(x) == 17 and x.isascii() and x.islower() for x in ids)
