"""The similarities of two values by themselves: each with the answer of its column form in `similarity`.

What characters count as space is not everywhere the same: to Python and RapidFuzz, the four separators U+001C to U+001F
do; to what decides in the column form whether a value is one word, they do not. No normalized value holds one; where a
value does, the column form is asked.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from crmquality.comparator.similarity import EPSILON, Dictionary, Metric, shares_word, similar

_SCORERS: Final = {
    "ratio": fuzz.ratio,
    "token_sort": fuzz.token_sort_ratio,
    "token_set": fuzz.token_set_ratio,
}
_SEPARATOR: Final = re.compile("[\x1c-\x1f]")


def are_similar(one: str, other: str, metric: Metric, at_least: float) -> bool:
    """Whether two values are at least so similar.

    >>> are_similar("smith", "smyth", "jaro_winkler", 0.8), are_similar("smith", "jones", "jaro_winkler", 0.8)
    (True, False)
    """
    if one == other:
        return True
    if metric == "jaro_winkler":
        return JaroWinkler.similarity(one, other, score_cutoff=at_least - 1e-6) >= at_least - EPSILON
    close = _SCORERS[metric](one, other, score_cutoff=100 * at_least - 1e-4) / 100 >= at_least - EPSILON
    if close and metric != "ratio" and _odd(one, other):
        return bool(similar(Dictionary(pl.Series([one, other])), *_CODES, metric, at_least)[0])
    return close


def are_within_edits(one: str, other: str, at_most: int, min_length: int) -> bool:
    """Whether two values are at most so many edits apart; short ones only where they are equal.

    >>> are_within_edits("li wei", "il wei", 1, 3), are_within_edits("li", "le", 1, 3)
    (True, False)
    """
    if one == other:
        return True
    n, n_other = len(one), len(other)
    if n < min_length or n_other < min_length or not -at_most <= n - n_other <= at_most:
        return False
    return OSA.distance(one, other, score_cutoff=at_most) <= at_most


def have_word_in_common(one: str, other: str) -> bool:
    """Whether two values, read as words with a space between, have a word in common.

    >>> have_word_in_common("+861 +862", "+862"), have_word_in_common("+861", "+862")
    (True, False)
    """
    if one == other:
        return True
    words, others = one.split(), other.split()
    common = words[0] == others[0] if len(words) == len(others) == 1 else not set(words).isdisjoint(others)
    if common and _odd(one, other):
        return bool(shares_word(Dictionary(pl.Series([one, other])), *_CODES)[0])
    return common


_CODES: Final = (np.array([0], np.int32), np.array([1], np.int32))


def _odd(one: str, other: str) -> bool:
    return _SEPARATOR.search(one) is not None or _SEPARATOR.search(other) is not None
