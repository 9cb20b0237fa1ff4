"""String similarities over pairs of codes: each distinct pair of values is compared once, after an exact prefilter.

The prefilters never change an answer: each is an upper bound that holds for every pair of strings, proven against the
plain definition by the tests. Cutoffs are decided with an epsilon (`score >= at_least - EPSILON`), because engines
differ in the last bit, and the cutoffs inside string libraries are not exact at the boundary.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Codes: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]
Metric: TypeAlias = Literal["jaro_winkler", "ratio", "token_sort", "token_set"]

EPSILON: Final = 1e-9
_VALUES_AT_ONCE: Final = 100_000  # whose characters stand apart in memory, 20 bytes each
METRICS: Final[tuple[Metric, ...]] = ("jaro_winkler", "ratio", "token_sort", "token_set")


class Dictionary:
    """The distinct values of a column, by code, with what the prefilters need to know of each.

    Attributes:
        values: the values in code order.
    """

    def __init__(self, values: pl.Series) -> None:
        self.values = values

    @cached_property
    def strings(self) -> NDArray[np.object_]:
        """The values as Python strings."""
        out = np.empty(len(self.values), dtype=object)
        out[:] = self.values.to_list()
        return out

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """The number of characters of each value."""
        return self.values.str.len_chars().to_numpy().astype(np.int32)

    @cached_property
    def several(self) -> Mask:
        """Whether a value is more, or less, than one word: two different single words have none in common."""
        return self.values.str.contains(r"\s").to_numpy()

    @cached_property
    def word_sets(self) -> csr_array:
        """Which words of two letters or more each value holds: a row per value, a column per word."""
        from scipy.sparse import csr_array  # here, not above: a quarter of the time to import this package

        held = pl.DataFrame({"v": np.arange(len(self.values)), "w": self.values.str.split(" ")}).explode("w")
        held = held.filter(pl.col("w").str.len_chars() > 1).unique().sort("v", "w")
        word = held["w"].rank("dense").to_numpy().astype(np.int64) - 1
        shape = (len(self.values), int(word.max()) + 1 if len(word) else 1)
        return csr_array((np.ones(held.height, dtype=np.int32), (held["v"].to_numpy(), word)), shape=shape)

    @cached_property
    def masks(self) -> NDArray[np.uint64]:
        """A 64-bit set of each value's characters: two characters may share a bit, so an absent bit is sure."""
        out = np.zeros(len(self.values), dtype=np.uint64)
        for begin in range(0, len(self.values), _VALUES_AT_ONCE):
            length = self.lengths[begin : begin + _VALUES_AT_ONCE]
            text = "".join(self.values[begin : begin + _VALUES_AT_ONCE].to_list())
            characters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
            bits = np.uint64(1) << (characters * np.uint64(0x9E3779B1) >> np.uint64(7) & np.uint64(63))
            filled = np.flatnonzero(length)
            if len(filled):
                out[begin + filled] = np.bitwise_or.reduceat(bits, (np.cumsum(length) - length)[filled])
        return out

    @cached_property
    def prefixes(self) -> NDArray[np.int32]:
        """The first four characters of each value as code points, -1 beyond its end; shape (n, 4)."""
        out = np.full((len(self.values), 4), -1, dtype=np.int32)
        for i in range(4):
            column = self.values.str.slice(i, 1)
            codes = {c: ord(c) for c in column.unique().to_list() if c}
            out[:, i] = column.replace_strict(codes, default=-1, return_dtype=pl.Int32).to_numpy()
        return out


def distinct_pairs(a: Codes, b: Codes) -> tuple[Codes, Codes, NDArray[np.intp]]:
    """Each unordered pair of codes once, smaller code first, and where each input pair went."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    keys, inverse = np.unique(low.astype(np.int64) << 32 | high, return_inverse=True)
    return (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32), inverse


def similar(words: Dictionary, a: Codes, b: Codes, metric: Metric, at_least: float) -> Mask:
    """Which pairs of values are at least so similar.

    Args:
        words: the column's distinct values.
        a: codes of the left values.
        b: codes of the right values.
        metric: `jaro_winkler` (Winkler 1990, prefix weight 0.1), `ratio` (normalized insertions and deletions),
            `token_sort`, `token_set` (the same over sorted words, and over shared against remaining words).
        at_least: the cutoff, 0 to 1.
    """
    hit: Mask = a == b
    todo = np.flatnonzero(~hit)
    if metric == "jaro_winkler":
        todo = todo[_jaro_winkler_bound(words, a[todo], b[todo]) >= at_least - EPSILON]
    else:  # of two single words, words make no difference: the plain ratio
        words_matter = metric != "ratio" and (words.several[a[todo]] | words.several[b[todo]])
        todo = todo[words_matter | (_ratio_bound(words, a[todo], b[todo]) >= at_least - EPSILON)]
    low, high, inverse = distinct_pairs(a[todo], b[todo])
    hit[todo] = (_scores(words, low, high, metric, at_least) >= at_least - EPSILON)[inverse]
    return hit


def within_edits(words: Dictionary, a: Codes, b: Codes, at_most: int, min_length: int) -> Mask:
    """Which pairs are at most so many edits apart (optimal string alignment: a swap of neighbors is one edit).

    Pairs whose shorter value has fewer than `min_length` characters are only within reach when they are equal.
    """
    hit: Mask = a == b
    todo = np.flatnonzero(~hit)
    la, lb = words.lengths[a[todo]], words.lengths[b[todo]]
    todo = todo[(np.abs(la - lb) <= at_most) & (np.minimum(la, lb) >= min_length)]
    ma, mb = words.masks[a[todo]], words.masks[b[todo]]
    todo = todo[(np.bitwise_count(ma & ~mb) <= at_most) & (np.bitwise_count(mb & ~ma) <= at_most)]
    low, high, inverse = distinct_pairs(a[todo], b[todo])
    if len(low):
        left, right = words.strings[low], words.strings[high]
        distances = process.cpdist(left, right, scorer=OSA.distance, score_cutoff=at_most)
        hit[todo] = (distances <= at_most)[inverse]
    return hit


def contains(words: Dictionary, a: Codes, b: Codes, min_length: int) -> Mask:
    """Which pairs have one value inside the other, the inner one at least `min_length` characters long."""
    hit: Mask = a == b
    todo = np.flatnonzero(~hit)
    la, lb = words.lengths[a[todo]], words.lengths[b[todo]]
    ma, mb = words.masks[a[todo]], words.masks[b[todo]]
    outside = np.where(la <= lb, ma & ~mb, mb & ~ma)
    todo = todo[(np.minimum(la, lb) >= min_length) & (outside == 0)]
    low, high, inverse = distinct_pairs(a[todo], b[todo])
    values = zip(words.strings[low], words.strings[high], strict=True)
    hit[todo] = np.array([x in y or y in x for x, y in values], dtype=np.bool_)[inverse]
    return hit


def shares_word(words: Dictionary, a: Codes, b: Codes) -> Mask:
    """Which pairs, read as words with a space between, have a word in common."""
    hit: Mask = a == b
    todo = np.flatnonzero(~hit & (words.several[a] | words.several[b]))
    low, high, inverse = distinct_pairs(a[todo], b[todo])
    values = zip(words.strings[low], words.strings[high], strict=True)
    hit[todo] = np.array([not set(x.split()).isdisjoint(y.split()) for x, y in values], dtype=np.bool_)[inverse]
    return hit


def initial_of(words: Dictionary, a: Codes, b: Codes) -> Mask:
    """Which pairs are a single character and a longer value that begins with it."""
    first = words.prefixes[:, 0]
    la, lb = words.lengths[a], words.lengths[b]
    one: Mask = (la == 1) ^ (lb == 1)
    same: Mask = one & (first[a] == first[b])
    return same


def _scores(words: Dictionary, a: Codes, b: Codes, metric: Metric, at_least: float) -> NDArray[np.float64]:
    if not len(a):
        return np.zeros(0)
    left: Sequence[str] = words.strings[a]  # type: ignore[assignment]  # an object array of str is a sequence of str
    right: Sequence[str] = words.strings[b]  # type: ignore[assignment]
    if metric == "jaro_winkler":
        cutoff = at_least - 1e-6
        return process.cpdist(left, right, scorer=JaroWinkler.similarity, score_cutoff=cutoff, dtype=np.float64)
    scorer = {"ratio": fuzz.ratio, "token_sort": fuzz.token_sort_ratio, "token_set": fuzz.token_set_ratio}[metric]
    return process.cpdist(left, right, scorer=scorer, score_cutoff=100 * at_least - 1e-4, dtype=np.float64) / 100


def _jaro_winkler_bound(words: Dictionary, a: Codes, b: Codes) -> NDArray[np.float64]:
    """No similarity is above this: characters of one that the other lacks can't match, and the prefix is real."""
    la, lb = words.lengths[a].astype(np.float64), words.lengths[b].astype(np.float64)
    ma, mb = words.masks[a], words.masks[b]
    matches = np.minimum(la - np.bitwise_count(ma & ~mb), lb - np.bitwise_count(mb & ~ma))
    jaro = (matches / np.maximum(la, 1) + matches / np.maximum(lb, 1) + 1) / 3
    jaro = np.where(matches <= 0, 0.0, jaro)
    pa, pb = words.prefixes[a], words.prefixes[b]
    same = np.logical_and.accumulate((pa == pb) & (pa >= 0), axis=1).sum(axis=1)
    return np.asarray(jaro + 0.1 * same * (1 - jaro))


def _ratio_bound(words: Dictionary, a: Codes, b: Codes) -> NDArray[np.float64]:
    la, lb = words.lengths[a].astype(np.float64), words.lengths[b].astype(np.float64)
    ma, mb = words.masks[a], words.masks[b]
    common = np.minimum(la - np.bitwise_count(ma & ~mb), lb - np.bitwise_count(mb & ~ma))
    return np.asarray(2 * common / np.maximum(la + lb, 1))
