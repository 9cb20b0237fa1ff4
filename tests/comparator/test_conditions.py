"""Conditions that look into a value, each against a plain definition; comparisons between fields."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import AsShown, CommonWords, Comparison, ComparisonLevel, Encoded, LooksAlike, Spells
from crmquality.comparator.conditions import as_shown, looks_alike, spells

CELL = st.one_of(st.none(), st.text(alphabet="ab 未末é", max_size=8))


def pairs_of(values):
    n = len(values)
    left, right = (x.astype(np.int32) for x in np.divmod(np.arange(n * n), n))
    return Encoded(pl.DataFrame({"a": values}, schema={"a": pl.String})), left, right


@settings(deadline=None)
@given(st.lists(CELL, min_size=1, max_size=6), st.sampled_from([0.3, 0.5, 1.0]))
def test_common_words_are_those_of_the_shorter_side(values, share):
    table, left, right = pairs_of(values)

    def plain(x, y):
        if x is None or y is None:
            return False
        one, other = ({w for w in v.split(" ") if len(w) > 1} for v in (x, y))
        return bool(one & other) and len(one & other) >= share * min(len(one), len(other)) - 1e-9

    expected = [plain(values[a], values[b]) for a, b in zip(left, right, strict=True)]
    assert CommonWords("a", share).holds(table, left, right).tolist() == expected


@settings(deadline=None)
@given(st.lists(CELL, min_size=1, max_size=6))
def test_look_alikes_differ_in_one_character(values):
    table, left, right = pairs_of(values)
    found = LooksAlike("a").holds(table, left, right)
    for a, b, hit in zip(left, right, found, strict=True):
        x, y = values[a], values[b]
        assert hit == (x is not None and y is not None and looks_alike(x, y))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("周未", "周末", True),
        ("李晴", "李睛", True),
        ("未未", "末末", False),
        ("李晴", "李晴", False),
        ("戊", "戌戊", False),
    ],
)
def test_look_alikes(one, other, expected):
    assert looks_alike(one, other) == looks_alike(other, one) == expected


@pytest.mark.parametrize(
    ("value", "masked", "expected"),
    [
        ("+8613812345678", "138****5678", True),
        ("+8613912345678", "138****5678", False),
        ("11010519491231002X", "110105********002X", True),
        ("11010519491231002X", "110105********0021", False),
        ("138****5678", "1381234****", False),
        ("13812345678", "***********", False),
        ("12", "", False),
    ],
)
def test_what_is_shown_decides(value, masked, expected):
    assert as_shown(value, masked) == as_shown(masked, value) == expected


@pytest.mark.parametrize(
    ("family", "given", "mailbox", "expected"),
    [
        ("ouyang", "nana", "ouyangnana", "whole"),
        ("ouyang", "nana", "NanaOuyang_1990", "whole"),
        ("smith", "bob", "bsmith", "initial"),
        ("long", "meihua", "mlong436", "initial"),
        ("li", "na", "ln1990", None),
        ("li", "na", "lily", None),
        ("li", "na", "", None),
        ("欧阳", "娜娜", "欧阳娜娜", None),
    ],
)
def test_mailboxes_that_spell_a_name(family, given, mailbox, expected):
    assert spells(family, given, mailbox) == expected


def test_spelling_is_asked_both_ways():
    table = Encoded(pl.DataFrame({"f": ["li", None], "g": ["na", None], "m": [None, "lina"]}))
    one, two = np.array([0], np.int32), np.array([1], np.int32)
    condition = Spells("f", "g", "m", "whole")
    assert condition.holds(table, one, two).tolist() == condition.holds(table, two, one).tolist() == [True]
    assert AsShown("f", "m").holds(table, one, two).tolist() == [False]


def test_a_comparison_between_fields_is_missing_where_there_is_something_more_direct():
    level = ComparisonLevel("spelled", Spells("f", "g", "m"), 0.4, 0.001)
    c = Comparison("f ~ m", (level,), across=(("f", "m"),), unless=("f", "m"))
    assert c.faults() == []
    rows = [("li", "na", None), (None, None, "lina"), (None, None, "wang"), ("li", "na", "lina"), (None, None, None)]
    table = Encoded(pl.DataFrame(rows, schema=["f", "g", "m"], orient="row"))
    left = np.zeros(4, np.int32)
    right = np.arange(1, 5, dtype=np.int32)
    assert c.gammas(table, left, right).tolist() == c.gammas(table, right, left).tolist() == [1, 0, -1, -1]
    assert Comparison.from_dict(c.to_dict()) == c


@settings(deadline=None)
@given(st.lists(st.text("未末朱晴睛王玉李伟玮", min_size=1, max_size=3), min_size=2, max_size=8))
def test_looking_alike_is_what_two_strings_say(names):
    table = Encoded(pl.DataFrame({"name": names}))
    left, right = (np.array(x, dtype=np.int32) for x in zip(*combinations(range(len(names)), 2), strict=True))
    found = LooksAlike("name").holds(table, left, right).tolist()
    assert found == [looks_alike(names[a], names[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
