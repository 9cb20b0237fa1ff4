"""Why a pair is a candidate or not: the same answer as the plan gives for every pair, whatever was cut."""

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.blocker import Blocker, BlockingKey, BlockingRule
from crmquality.blocker import stage as blocker_stage

CELL = st.sampled_from([None, "", "a", "b", "a b", "b a", "ab"])
ROWS = st.lists(st.fixed_dictionaries({"m": CELL, "n": CELL, "source": st.sampled_from([None, "x", "y"])}), max_size=9)
RULES = (
    BlockingRule("any", (BlockingKey("m", also=("n",), split=True),)),
    BlockingRule("m", (BlockingKey("m"),), (BlockingKey("n", "prefix", 1),)),
    BlockingRule("both", (BlockingKey("m", "prefix", 1), BlockingKey("n", "words"))),
    BlockingRule("rare n", (BlockingKey("n"),), rare_only=True),
)


@settings(max_examples=25, deadline=None)
@given(ROWS, st.sampled_from(["all", "between", "within"]), st.integers(1, 60), st.integers(2, 6), st.integers(1, 3))
def test_every_pair_gets_the_rule_that_the_plan_gives_it(rows, link, budget, size, window):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("m", "n", "source"), pl.String)).with_row_index("record_id")
    blocker = Blocker(
        RULES, link=link, source="source", max_block_size=size, window=window, max_pairs_per_record=1,
        max_rare_pairs_per_record=1,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocker_stage, "MIN_MAX_PAIRS", budget)
        plan = blocker.plan(frame)
        made = {(a, b): rule for a, b, rule in plan.frame().iter_rows()}
        for a, b in combinations(range(frame.height), 2):
            tried = blocker.rules_tried(frame, a, b, plan.report)
            assert blocker.rules_tried(frame, b, a, plan.report) == tried
            first = next((t.rule for t in tried if t.outcome == "made"), None)
            assert first == made.get((a, b))
            for t in tried:
                assert (t.n_shared == t.n_keys) == (t.outcome in {"made", "cut", "sources"})
                if t.outcome == "cut":
                    assert t.block_size > 1


def test_what_is_missing_and_what_differs_is_said_by_column():
    frame = pl.DataFrame({"record_id": [1, 2], "m": ["a", "b"], "n": ["x", None], "source": ["s", "s"]})
    rule = BlockingRule("m + n", (BlockingKey("m"), BlockingKey("n")))
    blocker = Blocker((rule,))
    (tried,) = blocker.rules_tried(frame, 0, 1, blocker.count(frame))
    assert (tried.outcome, tried.missing, tried.different, tried.n_shared) == ("missing", ("n",), ("m",), 0)
