"""From blocks to pairs, in chunks, each pair once.

Records are numbered by rank: the order of their ids, or of source and id where pairs are between sources. Every entry
of a block is paired with a contiguous span of its block, so pairs are made by repeating and counting, with no loop.
Rules with one value per record come first: a pair is left out where an earlier rule has both records in one block,
which is one comparison of integers. Rules with several values per record follow, all at once and record by record, so
that a pair found by several values or rules falls into one chunk, where a sort of integers finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import numpy as np

from crmquality.blocker.budget import Blocks, Int64, source_runs
from crmquality.blocker.keys import Int32, Mask

OVERLAP_RECORDS: Final = 5_000
MIN_MEASURED: Final = 1_000  # of fewer pairs nothing can be measured

Sides: TypeAlias = Callable[[Int32], tuple[Int32, Int32]]


@dataclass(frozen=True, slots=True)
class Partition:
    """One rule's blocks, as cut.

    Attributes:
        rule: the index of the rule.
        several: whether a record can be in several blocks.
        whole: blocks whose pairs are all made.
        near: blocks in the order of a sorted neighborhood.
        window: how many next records a record in `near` is paired with.
    """

    rule: int
    several: bool
    whole: Blocks
    near: Blocks
    window: int


@dataclass(frozen=True, slots=True)
class Spans:
    """Which entries are paired: place `own[i]` of `record` with the places from `first[i]`, `count[i]` of them.

    `checked`: whether spans also hold partners that are no pair (of lower rank, or of the same source).
    """

    record: Int32
    own: Int64
    first: Int64
    count: Int64
    checked: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some pairs of spans: place `own[i]` of `record` with the next `count[i]` places of `place`."""

    record: Int32
    own: Int64
    count: Int64
    place: Int64

    def ranks(self) -> tuple[Int32, Int32]:
        """The two records of every pair."""
        return np.repeat(self.record[self.own], self.count), self.record[self.place]

    def sides(self, per_record: Int32) -> tuple[Int32, Int32]:
        """What the two records of every pair have, looked up once per entry: entries are few, and adjacent."""
        per_entry = per_record[self.record]
        return np.repeat(per_entry[self.own], self.count), per_entry[self.place]


def spans(part: Partition, source: Int32 | None) -> Spans:
    """The spans of a rule's blocks."""
    whole, near = part.whole, part.near
    place = np.arange(whole.record.size)
    first, end = place + 1, np.repeat(whole.start[1:], whole.size)
    if source is not None and place.size:
        run_start = source_runs(whole.record, whole.start, source)
        run_end = np.append(run_start[1:], place.size)
        first = np.repeat(run_end, run_end - run_start)
    record = whole.record
    checked = bool(near.record.size)
    if checked:
        near_place = np.arange(near.record.size)
        near_first = np.maximum(np.repeat(near.start[:-1], near.size), near_place - part.window)
        near_end = np.minimum(np.repeat(near.start[1:], near.size), near_place + part.window + 1)
        first = np.concatenate((first, near_first + record.size))
        end = np.concatenate((end, near_end + record.size))
        record = np.concatenate((record, near.record))
    count = end - first
    paired = count > 0
    return Spans(record, np.flatnonzero(paired), first[paired], count[paired], checked)


def n_near_pairs(near: Blocks, window: int, source: Int32 | None) -> int:
    """The pairs of sorted neighborhoods, counted exactly."""
    block = np.repeat(np.arange(near.n_pairs.size), near.size)
    total = 0
    for distance in range(1, window + 1):
        same_block = block[distance:] == block[:-distance]
        if source is not None:
            of = source[near.record]
            same_block &= of[distance:] != of[:-distance]
        total += int(np.count_nonzero(same_block))
    return total


def expand(s: Spans, low: int, high: int, ends: Int64) -> Chunk:
    """Pairs number `low` to `high` of the spans.

    Args:
        s: the spans.
        low: the first pair.
        high: one past the last pair.
        ends: the running sum of `s.count`.
    """
    a, b = int(np.searchsorted(ends, low, "right")), int(np.searchsorted(ends, high, "left")) + 1
    own, count, first = s.own[a:b], s.count[a:b].copy(), s.first[a:b].copy()
    skipped = low - int(ends[a] - count[0])
    count[-1] -= int(ends[b - 1]) - high
    count[0] -= skipped
    first[0] += skipped
    start = min(int(own.min()), int(first.min()))
    end = max(int(own.max()) + 1, int((first + count).max()))
    place = np.repeat(first - start - (np.cumsum(count) - count), count)
    place += np.arange(high - low)
    return Chunk(s.record[start:end], own - start, count, place)


def overlap(parts: Sequence[Partition], source: Int32 | None, n_records: int) -> float:
    """How many times over rules make their pairs: the sum of their pairs over the distinct ones, at least 1.

    Measured on some records, evenly by rank, and all their partners.

    Args:
        parts: the rules.
        source: per record, where pairs are between sources.
        n_records: in the table.
    """
    chosen = np.zeros(n_records, np.bool_)
    chosen[:: max(1, n_records // OVERLAP_RECORDS)] = True
    made = [_partners(p, chosen, source) for p in parts]
    n_made = sum(m.size for m in made)
    return n_made / np.unique(np.concatenate(made)).size if n_made >= MIN_MEASURED else 1.0


def _partners(part: Partition, chosen: Mask, source: Int32 | None) -> Int64:
    """The pairs of the chosen records with all others of their blocks, packed as record and partner."""
    out = [np.zeros(0, np.int64)]
    for blocks, window in ((part.whole, None), (part.near, part.window)):
        own = np.flatnonzero(chosen[blocks.record])
        if not own.size:
            continue
        block = np.searchsorted(blocks.start, own, "right") - 1
        first, end = blocks.start[block], blocks.start[block + 1]
        if window is not None:
            first, end = np.maximum(first, own - window), np.minimum(end, own + window + 1)
        count = end - first
        place = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
        left, right = np.repeat(blocks.record[own], count).astype(np.int64), blocks.record[place]
        kept = left != right
        if source is not None:
            kept &= source[left] != source[right]
        out.append(np.unique(left[kept] << 32 | right[kept]))
    return np.concatenate(out)


class Seen:
    """Which pairs a rule with one value per record makes, as one or two integers per record."""

    def __init__(self, part: Partition, n_records: int) -> None:
        self.block: Int32 = np.arange(-1, -n_records - 1, -1, dtype=np.int32)  # in no block: a number of its own
        self.place: Int32 | None = None
        self.window = part.window
        for blocks in (part.whole, part.near):
            self.block[blocks.record] = np.repeat(np.minimum.reduceat(blocks.record, blocks.start[:-1]), blocks.size)
        if part.near.record.size:
            self.place = np.zeros(n_records, np.int32)
            self.place[part.near.record] = np.arange(part.near.record.size, dtype=np.int32)

    def holds(self, sides: Sides) -> Mask:
        """Whether each pair is one of the rule's."""
        left, right = sides(self.block)
        same: Mask = left == right
        if self.place is not None:
            left, right = sides(self.place)
            same &= np.abs(left - right) <= self.window
        return same

    def holds_all_of(self, later: Seen) -> bool:
        """Whether every pair of another rule is surely one of this rule's: the same blocks, all whole here."""
        return self.place is None and np.array_equal(self.block, later.block)


def single_pairs(
    parts: Sequence[Partition], seen: Sequence[Seen], source: Int32 | None, chunk_size: int
) -> Iterator[tuple[Int32, Int32, int]]:
    """The pairs of rules with one value per record: ranks left and right, index of the rule."""
    for i, part in enumerate(parts):
        if any(earlier.holds_all_of(seen[i]) for earlier in seen[:i]):
            continue
        s = spans(part, source)
        ends = np.cumsum(s.count)
        total = int(ends[-1]) if ends.size else 0
        for low in range(0, total, chunk_size):
            chunk = expand(s, low, min(low + chunk_size, total), ends)
            left, right = chunk.ranks()
            out = left_out(chunk.sides, left >= right if s.checked else None, source, seen[:i])
            if out is not None and out.any():
                kept = ~out
                left, right = left[kept], right[kept]
            if left.size:
                yield left, right, part.rule


def left_out(sides: Sides, backward: Mask | None, source: Int32 | None, seen: Sequence[Seen]) -> Mask | None:
    """Which pairs are no pair after all, or one that an earlier rule makes; None for none of them.

    Args:
        sides: gives what the two records of every pair have.
        backward: where spans were to be checked, the pairs in the wrong order; else None.
        source: per record, where pairs are between sources.
        seen: the earlier rules.
    """
    out = backward
    if backward is not None and source is not None:
        left, right = sides(source)
        out = backward | (left == right)
    for rule in seen:
        held = rule.holds(sides)
        out = held if out is None else np.logical_or(out, held, out=out)
    return out


def several_pairs(
    parts: Sequence[Partition], seen: Sequence[Seen], source: Int32 | None, chunk_size: int, n_records: int
) -> Iterator[tuple[Int32, Int32, int]]:
    """The pairs of rules with several values per record that no rule of `seen` makes; the first such rule has them."""
    made = [spans(p, source) for p in parts]
    shift = np.cumsum([0] + [m.record.size for m in made])
    record = np.concatenate([m.record for m in made])
    own = np.concatenate([m.own + by for m, by in zip(made, shift, strict=False)])
    order = np.argsort(record[own], kind="stable")
    count = np.concatenate([m.count for m in made])[order]
    first = np.concatenate([m.first + by for m, by in zip(made, shift, strict=False)])[order]
    nth = np.repeat(np.arange(len(parts)), [m.own.size for m in made])[order]
    s = Spans(record, own[order], first, count, any(m.checked for m in made))
    for low, high, a, b, ends in _by_owner(s, chunk_size):
        rule = np.repeat(nth[a:b], s.count[a:b])
        left, right, rule = _first_rule(*expand(s, low, high, ends).ranks(), rule, n_records)
        out = left_out(
            partial(_both, left.astype(np.int64), right.astype(np.int64)),
            left >= right if s.checked else None,
            source,
            seen,
        )
        if out is not None:
            kept = ~out
            left, right, rule = left[kept], right[kept], rule[kept]
        for i, part in enumerate(parts):
            mine = rule == i
            if mine.any():
                yield left[mine], right[mine], part.rule


def _both(left: Int64, right: Int64, per_record: Int32) -> tuple[Int32, Int32]:
    return per_record[left], per_record[right]


def _by_owner(s: Spans, chunk_size: int) -> Iterator[tuple[int, int, int, int, Int64]]:
    """Chunks that hold all pairs of each of their owners: pairs low to high, spans a to b, running sum of counts."""
    if not s.own.size:
        return
    ends = np.cumsum(s.count)
    owner = s.record[s.own]
    last = np.append(np.flatnonzero(owner[1:] != owner[:-1]), owner.size - 1)  # the last span of each owner
    owner_ends = ends[last]
    low = a = 0
    while a < owner.size:
        at = int(np.searchsorted(owner_ends, low + chunk_size, "right")) - 1
        at = max(at, int(np.searchsorted(last, a)))
        b = int(last[at]) + 1
        high = int(ends[b - 1])
        yield low, high, a, b, ends
        low, a = high, b


def _first_rule(left: Int32, right: Int32, rule: Int64, n_records: int) -> tuple[Int32, Int32, Int64]:
    """Each pair once, with the smallest of its rules, in order of the pair."""
    rank_bits, rule_bits = n_records.bit_length(), int(rule.max()).bit_length()
    packed = (left.astype(np.int64) << rank_bits | right) << rule_bits | rule
    packed.sort(kind="stable")
    pair = packed >> rule_bits
    new = np.concatenate(([True], pair[1:] != pair[:-1]))
    pair, packed = pair[new], packed[new]
    ranks = (pair >> rank_bits).astype(np.int32), (pair & ((1 << rank_bits) - 1)).astype(np.int32)
    return *ranks, packed & ((1 << rule_bits) - 1)
