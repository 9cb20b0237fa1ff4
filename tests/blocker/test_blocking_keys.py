"""What each transform takes of a value."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmquality.blocker import BlockingKey
from crmquality.blocker.keys import MAX_QGRAMS, one_value, values
from crmquality.blocker.phonetic import phonetic_code

K = BlockingKey


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (K("c"), "里娟丽", "里娟丽"),
        (K("c"), "", None),
        (K("c", "prefix", 2), "里娟丽", "里娟"),
        (K("c", "prefix", 5), "li", "li"),
        (K("c", "suffix", 1), "里娟丽", "丽"),
        (K("c", "first_word"), " ann  lee ", "ann"),
        (K("c", "last_word"), " ann  lee ", "lee"),
        (K("c", "last_word"), "  ", None),
        (K("c", "year"), "1990-02-03", "1990"),
        (K("c", "year"), "1990", "1990"),
        (K("c", "year"), "19900", None),
        (K("c", "month_day"), "1990-02-03", "02-03"),
        (K("c", "month_day"), "1990-02", None),
        (K("c", "month_day"), "1990-02-03T10:00:00", "02-03"),
        (K("c", "phonetic"), "Knight", phonetic_code("night")),
        (K("c", "phonetic"), "里", None),
    ],
)
def test_one_value(key: BlockingKey, value: str, expected: str | None) -> None:
    assert one_value(pl.Series([value, None]), key).to_list() == [expected, None]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (K("c", "words"), [(0, "b"), (0, "a"), (0, "b"), (2, "c")]),
        (K("c", "word_pairs"), [(0, "a b"), (2, "c")]),
        (K("c", "qgrams", 3), [(0, "b a"), (0, " a "), (0, "a b"), (2, "c")]),
        (K("c", also=("d",)), [(0, "b a b"), (0, "x"), (1, "y z"), (2, "c"), (2, "c")]),
        (K("c", also=("d",), split=True), [(0, w) for w in "babx"] + [(1, "y"), (1, "z"), (2, "c"), (2, "c")]),
        (K("d", "prefix", 1, split=True), [(0, "x"), (1, "y"), (1, "z"), (2, "c")]),
    ],
)
def test_several_values(key: BlockingKey, expected: list[tuple[int, str]]) -> None:
    frame = pl.DataFrame({"c": ["b a b", None, "c"], "d": ["x", "y z", "c"]})
    made = values(frame, key).rows()
    assert sorted(made) == sorted(expected)
    assert [r for r, _ in made] == sorted(r for r, _ in made)


def test_a_long_cell_makes_few_keys() -> None:
    frame = pl.DataFrame({"c": ["ab" * 20_000, " ".join(str(i) for i in range(5_000))]})
    assert values(frame, K("c", "qgrams", 3)).height == 2 * MAX_QGRAMS
    assert values(frame, K("c", "word_pairs")).height == 1 + 66
    assert len(phonetic_code("ab" * 20_000) or "") == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Catherine", "Kathryn"),
        ("Philip", "Filip"),
        ("Knight", "Night"),
        ("Schmidt", "Smith"),
        ("Muñoz", "munos"),
        ("O'Brien", "OBrian"),
        ("Jackson", "Jaxson"),
        ("Smith-Jones", "smith jones"),
        ("Wright", "Rite"),
    ],
)
def test_words_that_sound_alike(one: str, other: str) -> None:
    assert phonetic_code(one) == phonetic_code(other)


@given(st.text())
def test_a_code_for_any_text(text: str) -> None:
    code = phonetic_code(text)
    assert code is None or code
