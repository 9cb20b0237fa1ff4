"""The blocks of a set that changes, against the definition of a candidate pair and against a blocking plan."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.blocker import Blocker, BlockingKey, BlockingRule
from crmquality.blocker.budget import pairs_of
from crmquality.blocker.lookup import BlockIndex
from crmquality.errors import ConfigError, SchemaError

K = BlockingKey
Row = dict[str, Any]
Pairs = set[tuple[int, int]]

RULES = (
    BlockingRule("a", (K("a"),), (K("b"), K("words", "first_word"))),
    BlockingRule("words", (K("words", "words"),), (K("a"), K("b"))),
    BlockingRule("rare b", (K("b"),), rare_only=True),
    BlockingRule("a or b, word", (K("a", also=("b",)), K("words", "last_word")), (K("b", "prefix", 1),)),
    BlockingRule("a again", (K("a"), K("b")), (K("words"),)),
)
SCHEMA = {"record_id": pl.Int64, "a": pl.String, "b": pl.String, "words": pl.String, "source": pl.String}

rows = st.fixed_dictionaries(
    {
        "a": st.sampled_from([None, "x", "y"]),
        "b": st.sampled_from([None, "", "x", "yx"]),
        "words": st.sampled_from([None, "u", "u v", "v u", "w"]),
        "source": st.sampled_from([None, "p", "q"]),
    }
)
blockers = st.builds(
    lambda rules, caps, link: Blocker(
        tuple(RULES[i] for i in rules), caps=tuple(caps[: len(rules)]), link=link, source="source"
    ),
    st.lists(st.sampled_from(range(len(RULES))), min_size=1, unique=True),
    st.lists(st.integers(1, 8), min_size=len(RULES), max_size=len(RULES)),
    st.sampled_from(["all", "between", "within"]),
)
tables = st.lists(rows, max_size=14)
steps = st.lists(st.tuples(st.lists(rows, max_size=6), st.lists(st.integers(0, 30), max_size=6)), max_size=4)


def frame_of(records: list[Row]) -> pl.DataFrame:
    return pl.DataFrame([{**r, "record_id": i} for i, r in enumerate(records)], schema=SCHEMA)


def values_of(row: Row, key: BlockingKey) -> set[str]:
    out: set[str] = set()
    for cell in (row[c] for c in key.columns):
        words = (cell or "").split()
        if key.transform == "words":
            out |= set(words)
        elif words:
            out.add({"exact": cell, "prefix": cell[:1], "first_word": words[0], "last_word": words[-1]}[key.transform])
    return out


def oracle(records: dict[int, Row], blocker: Blocker) -> Pairs:
    """The definition, said slowly."""
    out: Pairs = set()
    for rule, cap in zip(blocker.rules, blocker.caps, strict=True):
        for level in range(len(rule.narrow_by) + 1):
            blocks: dict[tuple[object, ...], set[int]] = {}
            for slot, row in records.items():
                narrow = tuple(min(values_of(row, k), default=None) for k in rule.narrow_by[:level])
                source = row["source"] if blocker.link == "within" else None
                for keys in product(*(values_of(row, k) for k in rule.keys)):
                    blocks.setdefault((*keys, narrow, source), set()).add(slot)
            for members in blocks.values():
                pairs = set(combinations(sorted(members), 2))
                if blocker.link == "between":
                    pairs = {(x, y) for x, y in pairs if records[x]["source"] != records[y]["source"]}
                if len(pairs) <= pairs_of(cap):
                    out |= pairs
    return out


def planned(records: dict[int, Row], blocker: Blocker) -> Pairs:
    slots = list(records)
    plan = blocker.plan(frame_of(list(records.values())))
    return {(slots[x], slots[y]) for left, right, _ in plan.pairs() for x, y in zip(left, right, strict=True)}


def asked(index: BlockIndex) -> Pairs:
    """The candidate pairs, by asking about every pair of slots."""
    every = np.array(list(combinations(range(index.n_slots), 2)), np.int64).reshape(-1, 2)
    return {(int(x), int(y)) for x, y in every[index.are_candidates(every[:, 1], every[:, 0])]}


@settings(max_examples=150, deadline=None)
@given(blockers, tables)
def test_a_built_index_has_the_pairs_of_the_plan(blocker: Blocker, table: list[Row]) -> None:
    records = dict(enumerate(table))
    expected = oracle(records, blocker)
    assert planned(records, blocker) == expected
    assert asked(BlockIndex.build(blocker, frame_of(table))) == expected


@settings(max_examples=200, deadline=None)
@given(blockers, tables, steps)
def test_any_history_ends_at_the_pairs_of_the_set(
    blocker: Blocker, table: list[Row], history: list[tuple[list[Row], list[int]]]
) -> None:
    index = BlockIndex.build(blocker, frame_of(table))
    records = dict(enumerate(table))
    held = asked(index)
    for added, places in history:
        removed = sorted({p % index.n_slots for p in places}) if index.n_slots else []
        before, old_pairs = index, held
        index, moves = index.changed(frame_of(added), removed)
        new = list(zip(moves.left.tolist(), moves.right.tolist(), strict=True))
        assert len(set(new)) == len(new)
        assert not set(new) & held
        assert all(x < y for x, y in new)
        lost = set(moves.lost_among.tolist())
        assert all(x < before.n_slots for x in lost)
        held = {(x, y) for x, y in held if x not in removed and y not in removed}
        doubtful = sorted((x, y) for x, y in held if x in lost and y in lost)
        if doubtful:
            left, right = np.array(doubtful).T
            held -= {p for p, kept in zip(doubtful, index.are_candidates(left, right), strict=True) if not kept}
        held |= set(new)
        records = {s: r for s, r in records.items() if s not in removed}
        records |= dict(enumerate(added, before.n_slots))
        assert held == oracle(records, blocker) == asked(index)
        assert asked(before) == old_pairs


@settings(max_examples=200, deadline=None)
@given(blockers, tables, steps, rows)
def test_a_record_meets_what_it_would_be_paired_with(
    blocker: Blocker, table: list[Row], history: list[tuple[list[Row], list[int]]], record: Row
) -> None:
    index = BlockIndex.build(blocker, frame_of(table))
    for added, places in history:
        index, _ = index.changed(frame_of(added), [p % index.n_slots for p in places] if index.n_slots else [])
    _, moves = index.changed(frame_of([record]), [])
    found = index.candidates({k: v for k, v in record.items() if v is not None})
    assert found.tolist() == sorted(moves.left.tolist())
    assert (moves.right == index.n_slots).all()
    assert found.dtype == moves.left.dtype == np.int32


@settings(deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_pairs_do_not_depend_on_the_cutting_of_batches(table: list[Row], random: Any) -> None:
    blocker = Blocker(RULES, caps=(3, 4, 2, 3, 2))
    index = BlockIndex.build(blocker, frame_of([]))
    at = 0
    while at < len(table):
        size = random.randint(1, 5)
        index, _ = index.changed(frame_of(table[at : at + size]), [])
        at += size
    assert asked(index) == asked(BlockIndex.build(blocker, frame_of(table)))


def test_a_block_that_outgrows_its_cap_and_shrinks_back() -> None:
    blocker = Blocker((BlockingRule("a", (K("a"),)),), max_block_size=3)
    three = [{"a": "x"}] * 3
    index = BlockIndex.build(blocker, pl.DataFrame(three))
    assert index.candidates({"a": "x"}).tolist() == []
    grown, moves = index.changed(pl.DataFrame(three[:1]), [])
    assert (moves.left.size, moves.lost_among.tolist()) == (0, [0, 1, 2])
    assert not grown.are_candidates(np.array([0]), np.array([1])).any()
    _, moves = grown.changed(pl.DataFrame(schema={"a": pl.String}), [1])
    assert list(zip(moves.left.tolist(), moves.right.tolist(), strict=True)) == [(0, 2), (0, 3), (2, 3)]
    assert index.are_candidates(np.array([0]), np.array([1])).all()


def test_many_members_are_sorted_in_parts() -> None:
    n = 600_000
    code = np.arange(n) % 150_000
    frame = pl.DataFrame({c: (code + i).astype(str) for i, c in enumerate("abcd")})
    blocker = Blocker(tuple(BlockingRule(c, (K(c),)) for c in "abcd"))
    index = BlockIndex.build(blocker, frame)
    assert index.candidates(frame.row(7, named=True)).tolist() == [7, 150_007, 300_007, 450_007]
    assert index.n_bytes == 4 * n * 12


def test_faults() -> None:
    blocker = Blocker((BlockingRule("a", (K("a"),)),))
    with pytest.raises(ConfigError):
        BlockIndex.build(Blocker(()), pl.DataFrame({"a": ["x"]}))
    with pytest.raises(SchemaError, match="'a'"):
        BlockIndex.build(blocker, pl.DataFrame({"b": ["x"]}))
    index = BlockIndex.build(blocker, pl.DataFrame({"a": ["x"]}))
    with pytest.raises(SchemaError, match="slot"):
        index.changed(pl.DataFrame({"a": ["x"]}), [1])
    assert repr(index) == "BlockIndex(1 slots, 1 memberships)"


def test_the_number_of_members_by_cap() -> None:
    """Only blocks that a further record would bring over their cap are kept on the next level."""
    rule = BlockingRule("a", (K("a"),), (K("b"),))
    frame = pl.DataFrame({"a": ["x"] * 3 + ["y"] * 2, "b": list("uuvuv")})
    kept = [len(BlockIndex.build(Blocker((rule,), caps=(c,)), frame)._members.slot) for c in (4, 3, 2)]
    assert kept == [5, 8, 10]
    assert Counter(BlockIndex.build(Blocker((rule,), caps=(1,)), frame)._members.slot.tolist()) == {}
