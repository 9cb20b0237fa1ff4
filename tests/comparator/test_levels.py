"""Levels: null semantics, symmetry, order of levels, declarations."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import (
    AsShown,
    CommonWords,
    Comparison,
    ComparisonLevel,
    Contains,
    Different,
    Edits,
    Encoded,
    Equal,
    EqualAcross,
    Every,
    InitialOf,
    LooksAlike,
    Missing,
    Near,
    SharesWord,
    Similar,
    Some,
    Swapped,
)

CONDITIONS = (
    Equal("a"),
    EqualAcross(("a", "b")),
    Swapped("a", "b"),
    Similar("a", "jaro_winkler", 0.8),
    Similar("a", "token_set", 0.8),
    Edits("a", 1, 2),
    Contains("a", 1),
    SharesWord("a"),
    InitialOf("a"),
    Near("n", 2),
    Near("d", 31, "days"),
    Missing("b"),
    Different("b"),
    Every((Equal("a"), Different("b"))),
    Some((Equal("a"), Equal("b"))),
    LooksAlike("a"),
    CommonWords("a", 0.5),
    AsShown("a", "b"),
)
TEXT = st.one_of(st.none(), st.text(alphabet="ab 米", min_size=1, max_size=4))
NUMBER = st.one_of(st.none(), st.sampled_from(["1", "2.5", "4", "x", "1e3"]))
DATE = st.one_of(st.none(), st.sampled_from(["2024-01-31", "2024-02-01", "1954-11", "0000-00-00"]))
ROWS = st.lists(st.fixed_dictionaries({"a": TEXT, "b": TEXT, "n": NUMBER, "d": DATE}), min_size=2, max_size=6)


def every_pair(rows):
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abnd", pl.String))
    n = frame.height
    left, right = np.divmod(np.arange(n * n), n)
    return Encoded(frame), left.astype(np.int32), right.astype(np.int32)


@settings(deadline=None)  # the first call loads scipy
@given(ROWS)
def test_conditions_are_symmetric_and_need_values(rows):
    table, left, right = every_pair(rows)
    for condition in CONDITIONS:
        there = condition.holds(table, left, right)
        back = condition.holds(table, right, left)
        assert (there == back).all(), condition
        if isinstance(condition, Missing):
            continue
        for i in np.flatnonzero(there):
            both = [rows[left[i]], rows[right[i]]]
            assert all(any(r[c] is not None for c in condition.columns) for r in both)


@given(ROWS)
def test_simple_conditions_against_plain_python(rows):
    table, left, right = every_pair(rows)
    plain = {
        Equal("a"): lambda x, y: x["a"] is not None and x["a"] == y["a"],
        Missing("b"): lambda x, y: x["b"] is None or y["b"] is None,
        Different("b"): lambda x, y: None not in (x["b"], y["b"]) and x["b"] != y["b"],
        Swapped("a", "b"): lambda x, y: None not in (x["a"], x["b"]) and (x["a"], x["b"]) == (y["b"], y["a"]),
        EqualAcross(("a", "b")): lambda x, y: bool({x["a"], x["b"]} & {y["a"], y["b"]} - {None}),
    }
    for condition, expected in plain.items():
        found = condition.holds(table, left, right)
        assert found.tolist() == [expected(rows[a], rows[b]) for a, b in zip(left, right, strict=True)]


def level(label, when, tf=None):
    return ComparisonLevel(label, when, 0.3, 0.01, tf=tf)


def test_the_first_level_that_holds_is_the_level():
    c = Comparison("x", (level("same", Equal("a")), level("near", Similar("a", "jaro_winkler", 0.8))), present=("a",))
    frame = pl.DataFrame({"a": ["smith", "smith", "smyth", "jones", None]})
    left = np.zeros(4, dtype=np.int32)
    right = np.arange(1, 5, dtype=np.int32)
    assert c.gammas(Encoded(frame), left, right).tolist() == [2, 1, 0, -1]
    assert c.labels == ("else", "near", "same")


def test_a_comparison_is_data():
    c = Comparison("x", tuple(level(str(i), w) for i, w in enumerate(CONDITIONS[:3])), present=("a",), shared=False)
    assert Comparison.from_dict(c.to_dict()) == c
    for condition in CONDITIONS:
        assert type(condition).from_dict(condition.to_dict()) == condition


def test_numbers_and_days_of_one_column_are_two_readings():
    table = Encoded(pl.DataFrame({"x": ["2024", "2024-01-31", "2024-02-01", "2025"]}))
    left, right = np.array([0, 1, 0], dtype=np.int32), np.array([3, 2, 1], dtype=np.int32)
    assert Near("x", 1).holds(table, left, right).tolist() == [True, False, False]
    assert Near("x", 1, "days").holds(table, left, right).tolist() == [False, True, False]


def test_columns_of_any_type_are_encoded():
    frame = pl.DataFrame(
        {
            "float": [1.5, float("nan"), float("nan"), None, 1.5],
            "list": [["a"], ["b"], ["b"], None, ["a"]],
            "bytes": [b"\xff", b"a", b"a", None, b"\xff"],
            "category": pl.Series(["y", "x", "x", None, "y"], dtype=pl.Enum(["y", "x"])),
            "nothing": [None] * 5,
            "flag": [True, False, False, None, True],
        }
    )
    table = Encoded(frame)
    pairs = (np.array([0, 1, 3, 0], dtype=np.int32), np.array([4, 2, 3, 1], dtype=np.int32))
    expected = {c: [True, True, False, False] for c in frame.columns}
    expected |= {"float": [True, False, False, False], "nothing": [False] * 4}
    assert {c: Equal(c).holds(table, *pairs).tolist() for c in frame.columns} == expected


def test_conditions_say_what_is_wrong_with_them():
    assert Every(()).faults() == ["Every needs a condition"]
    assert Some((Similar("a", "ratio", 0.0), Edits("b", 0))).faults() == [
        "at_least of a must be above 0 and at most 1",
        "at_most of b must be 1 or more",
    ]
    assert EqualAcross(()).faults()


def test_faults_come_all_at_once():
    bad = Comparison(
        "x",
        (
            ComparisonLevel("a", Similar("a", "jaro_winkle", 2.0), 0.7, 0.0),
            ComparisonLevel("a", Equal("a"), 0.7, 0.1),
        ),
    )
    text = "\n".join(bad.faults())
    for expected in ("jaro_winkler", "at_least", "u must lie", "two levels", "add up to 1.4", "must be present"):
        assert expected in text
