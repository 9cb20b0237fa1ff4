"""The cap that a budget leaves, against trying every cap."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.blocker import Blocker, BlockingKey, BlockingRule, stage
from crmquality.blocker.budget import Levels, fitting_caps, group
from crmquality.blocker.keys import Entries

K = BlockingKey
MAX_BLOCK_SIZE = 30


def levels(columns: list[list[int]], window: int) -> Levels:
    block, *narrow = (np.array(c, np.uint64) for c in columns)
    top = group(Entries(np.arange(block.size, dtype=np.int32), block), None)
    return Levels(top, [partial(lambda h: h, h) for h in narrow], None, window)


columns = st.integers(0, 40).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 3), min_size=n, max_size=n), min_size=1, max_size=3)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(columns, min_size=1, max_size=3), st.integers(1, 5), st.integers(0, 400))
def test_the_caps_are_the_largest_that_fit(tables, window, budget) -> None:
    made = [levels(t, window) for t in tables]
    caps = fitting_caps(made, budget, MAX_BLOCK_SIZE)
    tried = [levels(t, window) for t in tables]
    for t in tried:
        t.split(1)
    fits = [c for c in range(1, MAX_BLOCK_SIZE + 1) if sum(t.n_pairs(c) for t in tried) <= budget]
    assert fits == list(range(1, max(fits) + 1))
    assert min(caps) >= max(fits)
    # what the common cap leaves of the budget goes to the rules in their order, as much as fits
    for i in range(len(tried)):
        raised = [*caps[: i + 1], *[max(fits)] * (len(tried) - i - 1)]
        assert sum(t.n_pairs(c) for t, c in zip(tried, raised, strict=True)) <= budget
        raised[i] += 1
        assert caps[i] == MAX_BLOCK_SIZE or sum(t.n_pairs(c) for t, c in zip(tried, raised, strict=True)) > budget
    for rule, cap in zip(made, caps, strict=True):
        whole, near = rule.cut(cap)
        assert int(whole.n_pairs.sum()) <= rule.n_pairs(cap)
        assert (near.n_pairs > cap * (cap - 1) // 2).all()
        kept = np.concatenate((whole.record, near.record)).tolist()
        assert len(kept) == len(set(kept))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(*[st.sampled_from(["x", "x", "y", "x y z", None])] * 3, st.sampled_from("pq")), max_size=40),
    st.integers(1, 3),
    st.sampled_from(["all", "between", "within"]),
)
def test_no_more_pairs_than_the_budget_ever(rows, max_pairs_per_record, link) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abcs", pl.String), orient="row").with_row_index("record_id")
    rules = (
        BlockingRule("a", (K("a"),), (K("c"),)),
        BlockingRule("b", (K("b", "words"),), (K("c"),)),
        BlockingRule("ab", (K("a", also=("b",)), K("c", "first_word"))),
    )
    blocker = Blocker(rules, max_pairs_per_record=max_pairs_per_record, window=3, link=link, source="s")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "MIN_MAX_PAIRS", 0)
        report = blocker.report(frame)
    assert report.max_pairs == max_pairs_per_record * len(rows)
    assert report.n_pairs <= sum(r.n_pairs for r in report.rules) <= report.max_pairs
    assert all(r.n_new_pairs <= r.n_pairs <= r.n_pairs_before for r in report.rules)
