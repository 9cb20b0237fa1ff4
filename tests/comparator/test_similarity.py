"""Every fast path against the plain definition it stands for."""

from functools import reduce
from operator import or_

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from crmquality.comparator import similarity
from crmquality.comparator.similarity import (
    METRICS,
    Dictionary,
    contains,
    distinct_pairs,
    initial_of,
    shares_word,
    similar,
    within_edits,
)

WORDS = st.lists(
    st.text(alphabet="abcdeéß 北京小大米科技", min_size=1, max_size=9), min_size=2, max_size=8, unique=True
)
PLAIN = {
    "jaro_winkler": JaroWinkler.similarity,
    "ratio": lambda a, b: fuzz.ratio(a, b) / 100,
    "token_sort": lambda a, b: fuzz.token_sort_ratio(a, b) / 100,
    "token_set": lambda a, b: fuzz.token_set_ratio(a, b) / 100,
}


def all_pairs(words):
    n = len(words)
    left, right = np.divmod(np.arange(n * n), n)
    return Dictionary(pl.Series(words)), left.astype(np.int32), right.astype(np.int32)


@pytest.mark.parametrize("metric", METRICS)
@given(words=WORDS, at_least=st.sampled_from([0.6, 0.75, 0.8, 0.85, 0.92, 1.0]))
def test_similar_is_the_metric_on_the_sorted_pair(metric, words, at_least):
    dictionary, left, right = all_pairs(words)
    found = similar(dictionary, left, right, metric, at_least)
    for a, b, hit in zip(left, right, found, strict=True):
        low, high = min(a, b), max(a, b)
        expected = a == b or PLAIN[metric](words[low], words[high]) >= at_least - 1e-9
        assert hit == expected


def test_similar_decides_exactly_at_the_boundary():
    # Jaro-Winkler of these is 0.85 exactly; the library's own cutoff of 0.85 says no
    dictionary, left, right = all_pairs(["pevo", "povo"])
    assert similar(dictionary, left, right, "jaro_winkler", 0.85).all()


@given(words=WORDS, at_most=st.integers(1, 2), min_length=st.integers(1, 5))
def test_within_edits_is_optimal_string_alignment(words, at_most, min_length):
    dictionary, left, right = all_pairs(words)
    found = within_edits(dictionary, left, right, at_most, min_length)
    for a, b, hit in zip(left, right, found, strict=True):
        near = OSA.distance(words[a], words[b]) <= at_most and min(len(words[a]), len(words[b])) >= min_length
        assert hit == (a == b or near)


@given(words=WORDS, min_length=st.integers(1, 4))
def test_contains_is_substring(words, min_length):
    dictionary, left, right = all_pairs(words)
    found = contains(dictionary, left, right, min_length)
    for a, b, hit in zip(left, right, found, strict=True):
        x, y = sorted((words[a], words[b]), key=len)
        assert hit == (a == b or (len(x) >= min_length and x in y))


@given(words=st.lists(st.text(max_size=6), max_size=8))
def test_a_mask_holds_the_bit_of_every_character(words):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "_VALUES_AT_ONCE", 3)
        masks = Dictionary(pl.Series(words, dtype=pl.String)).masks
    expected = [reduce(or_, (1 << (ord(c) * 0x9E3779B1 >> 7 & 63) for c in word), 0) for word in words]
    assert masks.tolist() == expected


@given(words=WORDS)
def test_shares_word_and_initial(words):
    dictionary, left, right = all_pairs(words)
    shared, initial = shares_word(dictionary, left, right), initial_of(dictionary, left, right)
    for a, b, hit, first in zip(left, right, shared, initial, strict=True):
        x, y = words[a], words[b]
        assert hit == (a == b or not set(x.split()).isdisjoint(y.split()))
        assert first == ((len(x) == 1) != (len(y) == 1) and x[0] == y[0])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30))
def test_distinct_pairs_restore_every_pair(pairs):
    a = np.array([x for x, _ in pairs], dtype=np.int32)
    b = np.array([y for _, y in pairs], dtype=np.int32)
    low, high, inverse = distinct_pairs(a, b)
    assert [(low[i], high[i]) for i in inverse] == [(min(p), max(p)) for p in pairs]
    assert len(set(zip(low.tolist(), high.tolist(), strict=True))) == len(low)
