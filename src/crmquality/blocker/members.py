"""Which records are in which blocks, as one sorted table that is never written again.

A block is named by a 64-bit hash whose lowest bits are the number of its rule, so that one binary search over one
array finds the blocks of all rules and levels, and a block says itself which rule's cap it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from crmquality.blocker.budget import Int64
from crmquality.blocker.keys import Hashes, Int32, Mask, mix

_Number = TypeVar("_Number", np.int32, np.int64, np.uint64)

RULE_BITS: Final = 6  # 64 rules; 58 bits of hash are left
OF_RULE: Final = np.uint64((1 << RULE_BITS) - 1)
NOT_OF_RULE: Final = ~OF_RULE
CHUNK_PAIRS: Final = 1_000_000
_SORTED_AT_ONCE: Final = 2_000_000
_PARTS: Final = 16  # the sort of a part stays in the processor's cache


def named(made: Hashes, rule: npt.NDArray[np.uint64] | np.uint64) -> Hashes:
    """The names of blocks: their hashes with the number of the rule in the lowest bits."""
    return made & NOT_OF_RULE | rule


def narrower(block: Hashes, by: Hashes) -> Hashes:
    """The names of the blocks one level below, by the hashes of a narrowing key."""
    return named(mix(block & NOT_OF_RULE, by), block & OF_RULE)


def rules_of(block: Hashes) -> npt.NDArray[np.intp]:
    """The number of the rule of each block."""
    return (block & OF_RULE).astype(np.intp)


def is_in(values: Hashes | Int64, among: Hashes | Int64) -> Mask:
    """Which values are in a sorted array without repeats."""
    if not among.size:
        return np.zeros(values.size, np.bool_)
    at = np.minimum(np.searchsorted(among, values), among.size - 1)
    found: Mask = among[at] == values
    return found


def distinct(values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """The values in ascending order, each once (`np.unique` of integers takes three times as long)."""
    ordered = np.sort(values)
    first = np.ones(values.size, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    out: npt.NDArray[_Number] = ordered[first]
    return out


def spread(first: Int64, count: Int64) -> Int64:
    """The places of runs: `count[i]` of them from `first[i]`, run after run.

    >>> spread(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    return np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))


@dataclass(frozen=True, slots=True)
class Members:
    """Members of blocks.

    Attributes:
        block: the name of the block, ascending; shape (n,).
        slot: the record, ascending within a block, each once; shape (n,).
    """

    block: Hashes
    slot: Int32

    @classmethod
    def of(cls, parts: Sequence[tuple[Hashes, Int32]]) -> Members:
        """Members in any order of blocks, of one block in ascending order of slots; repeats are left out."""
        block = np.concatenate([np.zeros(0, np.uint64), *(b for b, _ in parts)])
        slot = np.concatenate([np.zeros(0, np.int32), *(s for _, s in parts)])
        if block.size <= _SORTED_AT_ONCE:
            order = np.argsort(block, kind="stable")
            return cls(block[order], slot[order])._each_once()
        at = 0
        sorted_block, sorted_slot = np.empty_like(block), np.empty_like(slot)
        part_of = (block >> np.uint64(64 - _PARTS.bit_length() + 1)).astype(np.uint8)
        for part in range(_PARTS):
            chosen = np.flatnonzero(part_of == part)
            some = block[chosen]
            order = np.argsort(some, kind="stable")
            sorted_block[at : at + some.size] = some[order]
            sorted_slot[at : at + some.size] = slot[chosen[order]]
            at += some.size
        return cls(sorted_block, sorted_slot)._each_once()

    def _each_once(self) -> Members:
        again = np.flatnonzero((self.block[1:] == self.block[:-1]) & (self.slot[1:] == self.slot[:-1])) + 1
        return Members(np.delete(self.block, again), np.delete(self.slot, again)) if again.size else self

    def blocks(self) -> tuple[Hashes, Int64, Int64]:
        """The names of the blocks, ascending, where each starts and how many members it has."""
        new = np.flatnonzero(self.block[1:] != self.block[:-1]) + 1
        start = np.concatenate(([0], new)) if self.block.size else new
        return self.block[start], start, np.diff(np.append(start, self.block.size))

    def bounds(self, block: Hashes) -> tuple[Int64, Int64]:
        """Where blocks start and end; the names had best ascend."""
        if not self.block.size:
            return np.zeros(block.size, np.int64), np.zeros(block.size, np.int64)
        low = np.searchsorted(self.block, block)
        high = low.copy()
        there = np.flatnonzero(self.block[np.minimum(low, self.block.size - 1)] == block)
        high[there] = np.searchsorted(self.block, block[there], "right")
        return low, high

    def without(self, gone: Mask) -> tuple[Members, Hashes]:
        """The members that stay, and the names of the blocks that lose some.

        Args:
            gone: per slot.
        """
        out = gone[self.slot]
        blocks = distinct(self.block[out])
        if not blocks.size:
            return self, blocks
        stay = ~out
        return Members(self.block[stay], self.slot[stay]), blocks

    def merged(self, new: Members) -> Merged:
        """With further members, each of a slot above those its block has."""
        block, start, count = new.blocks()
        low, high = self.bounds(block)
        at = np.repeat(high, count)
        if not self.block.size:
            members = new
        else:
            members = Members(np.insert(self.block, at, new.block), np.insert(self.slot, at, new.slot))
        return Merged(members, at + np.arange(at.size), block, low + start, high + start + count)

    def over(self, low: Int64, high: Int64, cap: Int64, source: Hashes | None) -> Mask:
        """Which blocks make more pairs than as many records as their cap would.

        Args:
            low: where each starts.
            high: where each ends.
            cap: of the rule of each.
            source: per slot, where pairs are between sources.
        """
        out = high - low > cap
        if source is None or not out.any():
            return out
        big = np.flatnonzero(out)
        size = high[big] - low[big]
        nth = np.repeat(np.arange(big.size), size)
        of = source[self.slot[spread(low[big], size)]]
        order = np.lexsort((of, nth))
        nth, of = nth[order], of[order]
        start = np.flatnonzero(np.concatenate(([True], (nth[1:] != nth[:-1]) | (of[1:] != of[:-1]))))
        n_of_source = np.diff(np.append(start, nth.size))
        within = np.add.reduceat(n_of_source**2, np.searchsorted(nth[start], np.arange(big.size)))
        out[big] = (size**2 - within) // 2 > cap[big] * (cap[big] - 1) // 2
        return out

    def pairs(self, own: Int64, first: Int64, source: Hashes | None) -> tuple[Int32, Int32]:
        """Pairs of members with earlier members of their blocks, each pair of slots once.

        Args:
            own: the places of the members.
            first: of each, the first place it is paired with, all the way to its own.
            source: per slot, where pairs are between sources.

        Returns:
            left, right: left < right, in the order of right, then left.
        """
        order = np.argsort(self.slot[own], kind="stable")
        own, first = own[order], first[order]
        right_of, count = self.slot[own].astype(np.int64), own - first
        ends = np.cumsum(count)
        made = [np.zeros(0, np.int64)]
        a = 0
        while a < own.size:  # all pairs of one record fall into one chunk, where a sort finds those made again
            done = int(ends[a - 1]) if a else 0
            b = max(int(np.searchsorted(ends, done + CHUNK_PAIRS, "right")), a + 1)
            b = int(np.searchsorted(right_of, right_of[b - 1], "right"))
            left = self.slot[spread(first[a:b], count[a:b])]
            right = np.repeat(right_of[a:b], count[a:b])
            if source is not None:
                kept = source[left] != source[right]
                left, right = left[kept], right[kept]
            made.append(distinct(right << 32 | left))
            a = b
        packed = np.concatenate(made)
        return (packed & 0xFFFFFFFF).astype(np.int32), (packed >> 32).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Merged:
    """Members of blocks, with further ones.

    Attributes:
        members: all.
        place: of each further one in these.
        block: the blocks that got members, ascending.
        low: where each starts.
        high: where each ends.
    """

    members: Members
    place: Int64
    block: Hashes
    low: Int64
    high: Int64
