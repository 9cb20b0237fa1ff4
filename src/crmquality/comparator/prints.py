"""Fingerprints of the values of a table: what is asked of thousands of records before a string of any is read.

Of every value three numbers are kept. Its `mark` is a hash of 32 bits: values of different marks differ. Its `bag` says
how often it holds which characters, in 64 bits: sixteen kinds of characters, each counted up to four, as so many bits
of four. An edit of a string adds one bit at most, and takes one away. Its `length` is twice the number of its
characters, and one more where it holds white space.

Marks are of Python's own hash, which is another one in every process: fingerprints live where they were made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.lift import text_series

MISSING: Final = 0
"""The mark of a missing value; no value has it."""
_KINDS: Final = 16
_ROWS_AT_ONCE: Final = 50_000
_NIBBLE: Final = bytes(i & 15 for i in range(256))
_COUNTED: Final = (0, 1, 3, 7, 15)
_SPACE: Final = re.compile(r"\s")
_SHIFTS: Final = (np.arange(_KINDS, dtype=np.uint64) * np.uint64(4))[None, :]
_THERMOMETER: Final = np.array(_COUNTED, dtype=np.uint64)


def mark_of(value: str | None) -> int:
    """The mark of one value.

    >>> mark_of(None), mark_of("a") == mark_of("a"), mark_of("a") == mark_of("b")
    (0, True, False)
    """
    return MISSING if value is None else hash(value) & 0xFFFFFFFF or 1


def bag_of(value: str | None) -> int:
    """The bag of one value.

    >>> (bag_of("13800138000") ^ bag_of("13800138001")).bit_count(), bag_of(None)
    (1, 0)
    """
    if not value:
        return 0
    kinds = value.encode("utf-32-le", "surrogatepass")[::4].translate(_NIBBLE)
    out = 0
    for kind in set(kinds):
        out |= _COUNTED[min(kinds.count(kind), 4)] << 4 * kind
    return out


def length_of(value: str | None) -> int:
    """The length of one value, doubled, and one more where it holds white space.

    >>> length_of("abc"), length_of("a b"), length_of(None)
    (6, 7, 0)
    """
    if value is None:
        return 0
    return 2 * len(value) + (_SPACE.search(value) is not None)


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints of a table, row by row.

    Attributes:
        marks: shape (n, columns), uint32.
        bags: shape (n, close columns), uint64.
        lengths: shape (n, close columns), uint32.
    """

    marks: NDArray[np.uint32]
    bags: NDArray[np.uint64]
    lengths: NDArray[np.uint32]

    @classmethod
    def of(cls, frame: pl.DataFrame, columns: Sequence[str], close: Sequence[str]) -> Prints:
        """The fingerprints of a frame.

        Args:
            frame: the records.
            columns: of which marks are kept.
            close: of which bags and lengths are kept, too: those whose close values count.
        """
        n = frame.height
        marks = np.zeros((n, len(columns)), np.uint32)
        bags, lengths = np.zeros((n, len(close)), np.uint64), np.zeros((n, len(close)), np.uint32)
        for i, column in enumerate(columns):
            text = text_series(frame[column])
            there = text.is_not_null().to_numpy()
            values = text.drop_nulls()
            found = np.fromiter(map(hash, values.to_list()), np.int64, len(values)).astype(np.uint32)
            found[found == MISSING] = 1
            marks[there, i] = found
            if column in close:
                j = close.index(column)
                bags[there, j], lengths[there, j] = _bags(values), _lengths(values)
        return cls(marks, bags, lengths)

    @classmethod
    def of_records(
        cls, records: Sequence[Mapping[str, str | None]], columns: Sequence[str], close: Sequence[str]
    ) -> Prints:
        """The same of a few records, which is faster than by columns."""
        n = len(records)
        return cls(
            np.array([[mark_of(r.get(c)) for c in columns] for r in records], np.uint32).reshape(n, len(columns)),
            np.array([[bag_of(r.get(c)) for c in close] for r in records], np.uint64).reshape(n, len(close)),
            np.array([[length_of(r.get(c)) for c in close] for r in records], np.uint32).reshape(n, len(close)),
        )

    def take(self, rows: NDArray[np.int32]) -> Prints:
        """Those of some rows."""
        return Prints(self.marks[rows], self.bags[rows], self.lengths[rows])

    def above(self, other: Prints) -> Prints:
        """These, and under them others."""
        return Prints(
            np.concatenate([self.marks, other.marks]),
            np.concatenate([self.bags, other.bags]),
            np.concatenate([self.lengths, other.lengths]),
        )

    @property
    def n_bytes(self) -> int:
        """What they take in memory."""
        return self.marks.nbytes + self.bags.nbytes + self.lengths.nbytes


def _lengths(values: pl.Series) -> NDArray[np.uint32]:
    n = values.str.len_chars().to_numpy()
    # What Python calls a space and Rust's regex does not: the four separators U+001C to U+001F.
    space = values.str.contains(r"[\s\x1c-\x1f]").to_numpy()
    out: NDArray[np.uint32] = (n * 2 + space).astype(np.uint32)
    return out


def _bags(values: pl.Series) -> NDArray[np.uint64]:
    out = np.zeros(len(values), np.uint64)
    for begin in range(0, len(values), _ROWS_AT_ONCE):
        part = values[begin : begin + _ROWS_AT_ONCE]
        text = "".join(part.to_list()).encode("utf-32-le")
        kinds = np.frombuffer(text, np.uint8)[::4] & 15
        owner = np.repeat(np.arange(len(part)), part.str.len_chars().to_numpy())
        counts = np.bincount(owner * _KINDS + kinds, minlength=_KINDS * len(part)).reshape(-1, _KINDS)
        bits = _THERMOMETER[np.minimum(counts, 4)] << _SHIFTS
        out[begin : begin + len(part)] = np.bitwise_or.reduce(bits, axis=1)
    return out


class Seen:
    """One record against the fingerprints of candidates: what all conditions look at, worked out once.

    Every array has a row per column and in it a number per candidate.

    Attributes:
        n: how many candidates there are.
        there: of each column whether the record has a value.
        present: of each column, which candidates have a value.
        both: of each column, which candidates have a value, where the record has one, too.
        equal: of each column, which candidates have the same value.
        more: of each close column, how many characters a candidate has that the record lacks, at least.
        less: and the other way round.
        length: of each close column, the number of characters.
        several: whether there is white space.
        own_length: of the record, shape (close columns, 1).
        own_several: of the record, likewise.
    """

    def __init__(self, prints: Prints, record: Mapping[str, str | None], columns: Sequence[str], close: Sequence[str]):
        own = [mark_of(record.get(c)) for c in columns]
        self.n = len(prints.marks)
        self.there = [mark != MISSING for mark in own]
        self.own = own
        self.marks = np.ascontiguousarray(prints.marks.T)
        self.present = self.marks != MISSING
        self.equal = self.marks == np.array(own, np.uint32)[:, None]
        self.equal &= self.present
        self.both = self.present & np.array(self.there)[:, None]
        bags = prints.bags.T
        mine = np.array([bag_of(record.get(c)) for c in close], np.uint64)[:, None]
        self.more = np.bitwise_count(bags & ~mine)
        self.less = np.bitwise_count(mine & ~bags)
        lengths = prints.lengths.T
        self.length = lengths >> 1
        self.several = lengths & 1 == 1
        own_lengths = np.array([length_of(record.get(c)) for c in close], np.int64)[:, None]
        self.own_length = own_lengths >> 1
        self.own_several = own_lengths & 1 == 1
