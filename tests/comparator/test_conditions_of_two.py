"""The answer for two records is that of the column form, for every condition and any text."""

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
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
    Spells,
    Swapped,
)
from crmquality.comparator.encoded import number_of
from crmquality.comparator.similarity import METRICS

CONDITIONS = (
    Equal("a"),
    EqualAcross(("a", "b")),
    EqualAcross(("a", "b", "c")),
    Swapped("a", "b"),
    *(Similar("a", metric, cutoff) for metric in METRICS for cutoff in (0.3, 0.5, 2 / 3, 0.8, 0.9, 1.0)),
    Edits("a", 1, 2),
    Edits("a", 2, 0),
    Contains("a", 1),
    Contains("a", 0),
    SharesWord("a"),
    InitialOf("a"),
    Near("a", 2),
    Near("a", 31, "days"),
    Near("n", 2),
    Near("n", 31, "days"),
    Missing("b"),
    Different("b"),
    LooksAlike("a"),
    CommonWords("a", 0.5),
    CommonWords("a", 1.0),
    AsShown("a", "b"),
    AsShown("m", "n"),
    Spells("a", "b", "c"),
    Spells("a", "b", "c", "initial"),
    Every((Equal("a"), Different("b"))),
    Every((Some((Equal("a"), Missing("b"))), Similar("c", "ratio", 0.4))),
    Some((Equal("a"), Equal("b"))),
    Some((Every((Equal("a"), Near("n", 1))), InitialOf("b"), Missing("c"))),
    Every(()),
    Some(()),
)
# few signs, so that values meet; of many scripts and widths, with everything that some library takes for space
NAMES = st.text("ab 米末未É\u00a0\u3000\u2009\u200b\x1c\x1f\x85\n😀०م-", max_size=6)
LETTERS = st.text("abc. 1", max_size=7)
MASKED = st.text("12*", min_size=3, max_size=7)
NUMBERS = st.one_of(
    st.sampled_from(
        ["1", "2.5", "-4", "x", "1e3", "inf", "nan", " 1", "1_0", "+1", "5.", ".5", "٣", "1e999", "", "-0"]
    ),
    st.sampled_from(["2024-01-31", "2024-02-01", "1954-11", "0000-00-00", "0000-01-01", "2024-1-31", " 2024-01-31"]),
    st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,3})?", fullmatch=True),
    st.dates().map(str),
    st.from_regex(r"[+ -]?[0-9]{0,5}-[0-9]{0,2}-[0-9]{0,2}", fullmatch=True),
)
ANY = st.one_of(st.none(), NAMES, LETTERS, NUMBERS, st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
ROW = st.fixed_dictionaries(
    {
        "a": ANY,
        "b": ANY,
        "c": st.one_of(st.none(), LETTERS),
        "m": st.one_of(ANY, MASKED),
        "n": st.one_of(NUMBERS, MASKED),
    }
)


def every_pair(rows):
    n = len(rows)
    left, right = (x.astype(np.int32) for x in np.divmod(np.arange(n * n), n))
    return Encoded(pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))), left, right


@settings(deadline=None, max_examples=60)
@given(st.lists(ROW, min_size=2, max_size=6))
def test_two_records_are_as_columns_of_pairs(rows):
    table, left, right = every_pair(rows)
    pairs = [(rows[a], rows[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    for condition in CONDITIONS:
        found = [condition.holds_for(x, y) for x, y in pairs]
        assert found == condition.holds(table, left, right).tolist(), condition
        assert all(type(x) is bool for x in found)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("ab \x1c\x1f", max_size=6), min_size=2, max_size=8))
@example(["a\x1c\x1cb", "a\x1fb", "b\x1ca", "a"])
def test_separators_that_are_space_to_some_only(values):
    table, left, right = every_pair([{"a": v} for v in values])
    for condition in (SharesWord("a"), *(Similar("a", m, c) for m in METRICS for c in (0.5, 0.75, 0.9))):
        found = [condition.holds_for({"a": values[x]}, {"a": values[y]}) for x, y in zip(left, right, strict=True)]
        assert found == condition.holds(table, left, right).tolist(), condition


@pytest.mark.parametrize("unit", ["number", "days"])
@settings(deadline=None)
@given(text=st.one_of(NUMBERS, st.text("0123456789-+.eE _", max_size=12)))
def test_a_number_is_read_as_a_column_of_them(unit, text):
    expected = Encoded(pl.DataFrame({"x": [text]})).numbers("x", unit)
    np.testing.assert_array_equal([number_of(text, unit)], expected)


LEVELS = (
    ComparisonLevel("spelled", Spells("a", "b", "c"), 0.2, 0.001),
    ComparisonLevel("same", Equal("a"), 0.2, 0.001),
    ComparisonLevel("close", Similar("a", "jaro_winkler", 0.8), 0.2, 0.001),
    ComparisonLevel("other b", Different("b"), 0.2, 0.001),
)
COMPARISONS = (
    Comparison("plain", LEVELS, present=("a",)),
    Comparison("either", LEVELS, present=("a", "b")),
    Comparison("across", LEVELS, across=(("a", "b"), ("c", "n"))),
    Comparison("unless", LEVELS, present=("a",), across=(("a", "b"),), unless=("c", "m")),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(ROW, min_size=2, max_size=6))
def test_levels_of_two_records_are_those_of_columns(rows):
    table, left, right = every_pair(rows)
    for c in COMPARISONS:
        found = [c.gamma_of(rows[a], rows[b]) for a, b in zip(left, right, strict=True)]
        assert found == c.gammas(table, left, right).tolist()
