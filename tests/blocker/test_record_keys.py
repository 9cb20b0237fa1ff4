"""The keys of one record, made without a table, are those of the table."""

from __future__ import annotations

from typing import get_args

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.blocker.keys import (
    NEEDS_LENGTH,
    SEVERAL_VALUES,
    BlockingKey,
    BlockingRule,
    KeyReader,
    Transform,
    mix,
    one_value,
    values,
)
from crmquality.blocker.members import named
from crmquality.blocker.record_keys import RecordKeys, mix_of_two, one_value_of, values_of

K = BlockingKey

ONE = tuple(K("c", t, 2 if t in NEEDS_LENGTH else None) for t in get_args(Transform) if t not in SEVERAL_VALUES)
SEVERAL = tuple(K("c", t, 2 if t in NEEDS_LENGTH else None) for t in get_args(Transform) if t in SEVERAL_VALUES)
SPLIT = tuple(K("c", k.transform, k.length, split=True) for k in (*ONE, *SEVERAL))

unicode = st.characters(exclude_categories=["Cs"])
cells = st.one_of(
    st.text(unicode, max_size=8),
    st.text("ab里é \t\x1c\x85\u3000-", max_size=12),
    st.text("ab ", max_size=90),
    st.from_regex(r"\d{4}(-\d\d(-\d\d)?)?[ T\n]?.?", fullmatch=True),
)


@pytest.mark.parametrize("key", ONE, ids=lambda k: k.transform)
@settings(deadline=None)
@given(cells)
def test_one_value(key: BlockingKey, cell: str) -> None:
    assert one_value_of(key)(cell) == one_value(pl.Series([cell]), key)[0]


@pytest.mark.parametrize("key", [*SEVERAL, *SPLIT], ids=lambda k: k.transform + (" split" if k.split else ""))
@settings(deadline=None)
@given(cells)
def test_several_values(key: BlockingKey, cell: str) -> None:
    expected = set(values(pl.DataFrame({"c": [cell]}), key)["v"])
    assert (set(values_of(key)(cell)) if cell else set()) == expected


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_mix(a: int, b: int) -> None:
    assert mix_of_two(a, b) == int(mix(np.array([a], np.uint64), np.array([b], np.uint64))[0])


RULES = (
    BlockingRule("a", (K("a"),), (K("b"), K("n"))),
    BlockingRule("words and a", (K("b", "words"), K("a"))),
    BlockingRule("a and b", (K("a"), K("b", "prefix", 1)), (K("n"),)),
    BlockingRule("any", (K("a", also=("b", "n"), split=True),)),
    BlockingRule("n", (K("n"),)),
)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "a": st.none() | st.text("xy 里", max_size=3),
            "b": st.none() | st.text("xy ", max_size=5),
            "n": st.none() | st.integers(0, 3),
            "s": st.sampled_from([None, "p", "q"]),
        },
    ),
    st.booleans(),
)
def test_the_blocks_of_a_record(record: dict[str, object], fixed: bool) -> None:
    schema = {"a": pl.String, "b": pl.String, "n": pl.Int64, "s": pl.String}
    frame = pl.DataFrame([{c: record.get(c) for c in schema}], schema=schema)
    made, blocks = RecordKeys(dict(enumerate(RULES)), "s", fixed).read(record)
    reader = KeyReader(frame, frame["s"].hash(0).to_numpy() if fixed else None)
    expected: dict[int, int] = {}
    for i, rule in enumerate(RULES):
        expected |= dict.fromkeys(named(reader.entries(rule).block, np.uint64(i)).tolist(), i)
    assert blocks == expected
    assert made[:2] == [pl.Series([None], dtype=pl.String).hash(0)[0], frame["s"].hash(0)[0]]


def test_half_a_surrogate_pair_is_read_as_a_column_would() -> None:
    keys = RecordKeys({0: BlockingRule("a", (K("a", "prefix", 1),))}, None, False)
    assert keys.read({"a": "\ud800x"}) == keys.read({"a": "\ufffd"})
    assert keys.read({"a": "\ud83d\ude00x"}) == keys.read({"a": "\U0001f600"})
