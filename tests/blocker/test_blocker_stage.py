"""The blocker's border: faults, columns, kinds of ids, the report."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from crmquality.blocker import Blocker, BlockingKey, BlockingRule
from crmquality.errors import ConfigError, SchemaError

K = BlockingKey
MOBILE = Blocker((BlockingRule("mobile", (K("m"),)),))


def test_a_column_of_one_value_for_a_million_rows_is_bounded_and_reported() -> None:
    n = 1_000_000
    frame = pl.DataFrame({"record_id": np.arange(n)}).with_columns(
        m=pl.lit("000"), name=(pl.col("record_id") * 7919 % 500_000).cast(pl.String)
    )
    blocker = Blocker((BlockingRule("m", (K("m"),)), BlockingRule("name", (K("name"),))))
    report = blocker.report(frame)
    assert report.rules[0].n_pairs == n * 10 - 55
    assert report.rules[0].n_windowed == 1
    assert report.rules[0].n_pairs_before == n * (n - 1) // 2
    # the neighborhood is in the order of the names, so equal names are next to each other
    assert [r.n_new_pairs for r in report.rules] == [n * 10 - 55, 0]
    assert report.n_pairs <= report.max_pairs
    assert "1 cut to a neighborhood" in str(report)


def test_a_budget_lowers_the_cap_until_it_holds() -> None:
    n = 20_000
    i = np.arange(n)
    frame = pl.DataFrame({"record_id": i, "big": i % 30, "small": i % 5000, "half": i // 10_000}).cast(
        {"big": pl.String, "small": pl.String, "half": pl.String}
    )
    rules = (
        BlockingRule("big", (K("big"),), narrow_by=(K("half"),)),
        BlockingRule("small", (K("small"),)),
    )
    free = Blocker(rules, max_pairs_per_record=1000).count(frame)
    assert free.cap == 1000
    assert free.rules[0].n_pairs == free.rules[0].n_pairs_before
    halved = Blocker(rules, max_pairs_per_record=200).count(frame)
    assert halved.cap < 1000
    assert halved.rules[0].n_narrowed == 30
    assert halved.rules[0].n_windowed == 0
    assert halved.n_pairs <= halved.max_pairs == 4_000_000
    tight = Blocker(rules, max_pairs_per_record=5).count(frame)
    assert tight.n_pairs <= tight.max_pairs == 100_000
    assert "over budget" in str(tight)
    assert Blocker(rules, max_pairs_per_record=5).report(frame).n_pairs <= 100_000


def test_a_record_without_the_narrowing_value_stays_with_those_that_have_none() -> None:
    frame = pl.DataFrame({"record_id": range(6), "m": ["x"] * 6, "by": ["1", None, "1", None, "2", None]})
    blocker = Blocker((BlockingRule("m", (K("m"),), narrow_by=(K("by"),)),), max_block_size=3)
    assert {r[:2] for r in blocker.pairs_frame(frame).rows()} == {(0, 2), (1, 3), (1, 5), (3, 5)}


def test_equal_rules_make_their_pairs_once() -> None:
    frame = pl.DataFrame({"record_id": range(100), "m": ["x"] * 100})
    report = Blocker((BlockingRule("one", (K("m"),)), BlockingRule("two", (K("m"),)))).report(frame)
    assert [r.n_new_pairs for r in report.rules] == [4950, 0]


def test_a_lopsided_block_between_sources_is_counted_by_its_pairs() -> None:
    frame = pl.DataFrame({"record_id": range(3000), "m": ["x"] * 3000, "source": ["a"] * 2999 + ["b"]})
    blocker = Blocker(MOBILE.rules, link="between", source="source")
    assert blocker.pairs_frame(frame).height == 2999


@pytest.mark.parametrize(
    "ids",
    [
        ["b", "a", "é"],
        [3.5, -1.0, 2.0],
        [True, False, None],
        pl.Series(["z", "y", "x"], dtype=pl.Categorical),
        pl.Series([3, 2, 1], dtype=pl.Date),
    ],
)
def test_ids_of_any_type_with_an_order(ids) -> None:
    frame = pl.DataFrame({"record_id": ids, "m": ["1", "1", "1"]})
    if frame["record_id"].null_count():
        frame = frame.drop_nulls()
    pairs = MOBILE.pairs_frame(frame)
    n = frame.height
    assert pairs.height == n * (n - 1) // 2
    assert (pairs["record_id_l"].cast(pairs["record_id_l"].dtype) < pairs["record_id_r"]).all()


def test_wrong_ids_and_columns_raise_before_any_work() -> None:
    with pytest.raises(SchemaError, match="1 ids repeat"):
        MOBILE.pairs_frame(pl.DataFrame({"record_id": [1, 1], "m": ["x", "x"]}))
    with pytest.raises(SchemaError, match="1 ids are missing"):
        MOBILE.pairs_frame(pl.DataFrame({"record_id": [1, None], "m": ["x", "x"]}))
    with pytest.raises(SchemaError, match="expected ids with an order"):
        MOBILE.pairs_frame(pl.DataFrame({"record_id": [[1], [2]], "m": ["x", "x"]}))
    with pytest.raises(SchemaError, match=r"unknown column 'm'.*Did you mean"):
        MOBILE.pairs_frame(pl.DataFrame({"record_id": [1], "mm": ["x"]}))


def test_faults_are_listed_all_at_once() -> None:
    rules = (
        BlockingRule("x", (K("a", "prefix"), K("a", "words"), K("b", "qgrams", 0)), narrow_by=(K("c", split=True),)),
        BlockingRule("x", ()),
        BlockingRule("y", (K("a", "prefx"), K("a", "exact", 3), K("a", also=("a",)))),
    )
    blocker = Blocker(rules, max_block_size=0, link="between")
    assert len(blocker.faults()) == 11
    assert any("Did you mean 'prefix'" in f for f in blocker.faults())
    with pytest.raises(ConfigError):
        blocker.block([])
    assert Blocker(()).faults() == ["a blocker needs a rule"]


def test_no_rows_and_no_values_make_no_pairs() -> None:
    schema = {"record_id": pl.String, "m": pl.String, "w": pl.String, "source": pl.String}
    rules = (BlockingRule("m", (K("m"),), (K("w"),)), BlockingRule("w", (K("w", "words"),)))
    for link in ("all", "between", "within"):
        blocker = Blocker(rules, link=link, source="source")
        for rows in ([], [("1", None, None, None)], [("1", None, "", None), ("2", "", " ", "s")]):
            frame = pl.DataFrame(rows, schema=schema, orient="row")
            pairs = blocker.pairs_frame(frame)
            assert pairs.schema == {"record_id_l": pl.String, "record_id_r": pl.String, "blocking_rule": pl.String}
            assert pairs.is_empty()
            assert str(blocker.report(frame))
            assert blocker.report(frame).table.height == 2


def test_any_column_type_can_be_a_key() -> None:
    frame = pl.DataFrame({"record_id": [1, 2, 3], "m": [5, 5, None], "d": [1.5, float("nan"), float("nan")]})
    rules = (BlockingRule("m", (K("m"),)), BlockingRule("d", (K("d"),)))
    assert Blocker(rules).pairs_frame(frame).rows() == [(1, 2, "m")]


def test_a_blocker_goes_to_a_dict_and_back() -> None:
    rules = (BlockingRule("w", (K("w", "words", also=("v",), split=True),), narrow_by=(K("b", "year"),)),)
    blocker = Blocker(rules, max_block_size=7)
    assert Blocker.from_dict(blocker.to_dict()) == blocker


def test_no_value_is_in_a_report_or_a_repr() -> None:
    frame = pl.DataFrame({"record_id": ["secret1", "secret2"], "m": ["secret", "secret"]})
    plan = MOBILE.plan(frame)
    assert "secret" not in repr(plan) + str(plan.report) + repr(plan.report) + str(plan.full_report().table)


def test_shared_rules_say_why_a_pair_was_never_compared() -> None:
    frame = pl.DataFrame({"record_id": [1, 2, 3], "m": ["x", "x", "y"], "w": ["a b", "b c", "a"], "s": ["p", "p", "q"]})
    rules = (BlockingRule("m", (K("m"),)), BlockingRule("w", (K("w", "words"),)))
    blocker = Blocker(rules, link="between", source="s")
    assert blocker.shared_rules(frame, 1, 2) == ("m", "w")
    assert blocker.shared_rules(frame, 3, 1) == ("w",)
    assert blocker.shared_rules(frame, 2, 3) == ()
    with pytest.raises(SchemaError, match="found 1"):
        blocker.shared_rules(frame, 2, 9)


def test_rare_values_alone_make_pairs_and_common_ones_do_not():
    names = ["zoe", "zoe", *(["ann"] * 60)]
    frame = pl.DataFrame({"record_id": range(len(names)), "norm_name": names})
    rule = BlockingRule("rare name", (BlockingKey("norm_name"),), rare_only=True)
    pairs = Blocker((rule,), max_block_size=50).pairs_frame(frame)
    assert pairs.rows() == [(0, 1, "rare name")]


def test_rare_rules_have_a_budget_of_their_own():
    n = 60_000
    frame = pl.DataFrame({"record_id": range(n), "a": [i // 3 for i in range(n)], "b": [i % 1_000 for i in range(n)]})
    frame = frame.rename({"a": "norm_a", "b": "norm_b"})
    main = BlockingRule("a", (BlockingKey("norm_a"),))
    rare = BlockingRule("b", (BlockingKey("norm_b"),), rare_only=True)  # 1,000 blocks of 60: 1.77 million pairs
    alone = Blocker((main,)).pairs_frame(frame)
    both = Blocker((main, rare)).pairs_frame(frame)
    assert both.filter(pl.col("blocking_rule") == "a").equals(alone)
    assert both.filter(pl.col("blocking_rule") == "b").height == 0
    assert BlockingRule("b", (BlockingKey("b"),), narrow_by=(BlockingKey("a"),), rare_only=True).faults()


def test_a_customer_who_is_there_twenty_times_is_not_cut_for_rules_that_say_the_same():
    rows = [{"record_id": i, **dict.fromkeys("abcdefghij", f"{i // 20}")} for i in range(20_000)]
    rules = tuple(BlockingRule(c, (BlockingKey(c),)) for c in "abcdefghij")
    report = Blocker(rules).report(pl.DataFrame(rows))
    assert report.n_pairs == 1000 * 190  # all of them, though ten rules count them ten times
    assert sum(r.n_pairs for r in report.rules) > report.max_pairs >= report.n_pairs


def test_blocks_of_strangers_are_cut_however_small():
    dice = np.random.default_rng(1)
    frame = pl.DataFrame({"record_id": np.arange(2_000)})
    frame = frame.with_columns(pl.Series(c, dice.integers(0, 70, 2_000).astype(str)) for c in "abcdefghij")
    rules = tuple(BlockingRule(c, (BlockingKey(c),)) for c in "abcdefghij")
    report = Blocker(rules, max_pairs_per_record=10).report(frame)
    assert report.n_pairs <= 1.05 * report.max_pairs


def test_caps_of_a_run_before_hold_whatever_the_table() -> None:
    rules = (
        BlockingRule("m", (BlockingKey("m"),), narrow_by=(BlockingKey("n"),)),
        BlockingRule("n", (BlockingKey("n"),)),
    )
    rows = [{"record_id": i, "m": "a", "n": "x" if i < 3 else str(i)} for i in range(6)]
    capped = Blocker(rules, caps=(3, 2))
    assert {(p["record_id_l"], p["record_id_r"]) for p in capped.block(rows)} == {(0, 1), (0, 2), (1, 2)}
    assert {p["blocking_rule"] for p in capped.block(rows)} == {"m"}
    whole = Blocker(rules, caps=(6, 2))
    assert len(whole.block(rows)) == 15


def test_caps_found_by_a_run_are_those_of_its_report() -> None:
    rules = (BlockingRule("m", (BlockingKey("m"),)), BlockingRule("n", (BlockingKey("n"),), rare_only=True))
    blocker = Blocker(rules, max_block_size=7)
    rows = [{"record_id": i, "m": i % 2, "n": i % 3} for i in range(12)]
    assert blocker.with_caps(blocker.count(rows)).caps == (7, 7)
    assert blocker.with_caps(blocker.count(rows)).block(rows) == blocker.block(rows)


@pytest.mark.parametrize("caps", [(1, 2, 3), (0,)])
def test_caps_are_one_for_each_rule(caps: tuple[int, ...]) -> None:
    faults = Blocker((BlockingRule("m", (BlockingKey("m"),)),), caps=caps).faults()
    assert faults == [f"{len(caps)} caps for 1 rules; expected one of 1 or more for each"]


def test_given_caps_are_lowered_where_a_table_would_make_ten_times_the_budget() -> None:
    rules = (BlockingRule("m", (BlockingKey("m"),)), BlockingRule("n", (BlockingKey("n"),)))
    rows = pl.DataFrame(
        {"record_id": range(4000), "m": [i // 1000 for i in range(4000)], "n": [i // 10 for i in range(4000)]}
    )
    report = Blocker(rules, caps=(1000, 10)).count(rows)
    assert report.n_pairs <= report.max_pairs == 1_000_000
    assert [r.cap for r in report.rules] == [999, 10]
