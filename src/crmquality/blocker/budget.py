"""How many pairs the rules make, counted before any is made, and how blocks are cut until they fit a budget.

A block that is too big is narrowed by further keys, level after level; what is still too big on the last level is cut
to a sorted neighborhood (Hernández and Stolfo 1995): its records in order, each paired with the few next to it. One
cap on the size of a block holds for all rules, so the biggest blocks are cut first; what it leaves of the budget goes
to the rules in their order. All sizes on all levels are known, so the pairs that any cap leaves can be summed, and the
largest cap within the budget found, without making a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from crmquality.blocker.keys import Entries, Hashes, Int32, Mask, mix

Int64: TypeAlias = npt.NDArray[np.int64]

NO_PARENT: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of two records or more, one after the other.

    Attributes:
        record: the records, block after block, ascending within each unless a neighborhood says otherwise.
        start: where each block starts in `record`, and the end; shape (n_blocks + 1,).
        n_pairs: the pairs each block can make; shape (n_blocks,).
        n_parent_pairs: those of the block of the level above that it was split from.
    """

    record: Int32
    start: Int64
    n_pairs: Int64
    n_parent_pairs: Int64

    @property
    def size(self) -> Int64:
        """Records per block."""
        return np.diff(self.start)

    def take(self, chosen: Mask) -> Blocks:
        """Some of the blocks."""
        if chosen.all():
            return self
        size = self.size
        start = np.concatenate(([0], np.cumsum(size[chosen])))
        record = self.record[np.repeat(chosen, size)]
        return Blocks(record, start, self.n_pairs[chosen], self.n_parent_pairs[chosen])


def together(parts: Sequence[Blocks]) -> Blocks:
    """The blocks of several levels as one table."""
    filled = [p for p in parts if p.n_pairs.size] or list(parts[:1])
    if len(filled) == 1:
        return filled[0]
    return Blocks(
        np.concatenate([p.record for p in filled]),
        np.concatenate(([0], np.cumsum(np.concatenate([p.size for p in filled])))),
        np.concatenate([p.n_pairs for p in filled]),
        np.concatenate([p.n_parent_pairs for p in filled]),
    )


def group(entries: Entries, source: Int32 | None) -> Blocks:
    """The blocks of two records or more, in the order of their first entry.

    Args:
        entries: record and block hash, in ascending order of record.
        source: per record, ascending; where given, pairs are counted between different sources only.

    >>> blocks = group(Entries(np.arange(5, dtype=np.int32), np.array([7, 9, 7, 8, 7], np.uint64)), None)
    >>> blocks.record.tolist(), blocks.start.tolist(), blocks.n_pairs.tolist()
    ([0, 2, 4], [0, 3], [3])
    """
    return _group(entries, source)[0]


def _group(entries: Entries, source: Int32 | None) -> tuple[Blocks, Int64]:
    """The blocks, and for each the index of its first entry."""
    order = np.argsort(entries.block)
    start, size = _runs(entries.block[order])
    first = np.minimum.reduceat(order, start) if order.size else order
    kept = size > 1
    packed = np.repeat(first[kept], size[kept]) << 32 | order[np.repeat(kept, size)]
    packed.sort()
    record, block = entries.record[packed & 0xFFFFFFFF], packed >> 32
    again = np.flatnonzero((record[1:] == record[:-1]) & (block[1:] == block[:-1])) + 1
    if again.size:  # a record with one value twice, in two columns for example
        record, block = np.delete(record, again), np.delete(block, again)
    start, size = _runs(block)
    kept = size > 1
    return _counted(record, np.append(start, record.size), source).take(kept), block[start[kept]]


def _runs(values: Hashes | Int64) -> tuple[Int64, Int64]:
    """Where each run of equal values starts, and how long it is."""
    new = np.flatnonzero(values[1:] != values[:-1]) + 1
    start = np.concatenate(([0], new)) if values.size else new
    return start, np.diff(np.append(start, values.size))


def _counted(record: Int32, start: Int64, source: Int32 | None) -> Blocks:
    size = np.diff(start)
    n_pairs = size * (size - 1) // 2
    if source is not None and size.size:
        run_start = source_runs(record, start, source)
        run_size = np.diff(np.append(run_start, record.size))
        n_pairs = (size * size - np.add.reduceat(run_size * run_size, np.searchsorted(run_start, start[:-1]))) // 2
    return Blocks(record, start, n_pairs, np.full(size.size, NO_PARENT))


def source_runs(record: Int32, start: Int64, source: Int32) -> Int64:
    """Where each run of one source within a block starts; there must be a block."""
    of = source[record]
    new = of[1:] != of[:-1]
    new[start[1:-1] - 1] = True
    return np.concatenate(([0], np.flatnonzero(new) + 1))


def narrowed(blocks: Blocks, by: Hashes, above: int, source: Int32 | None) -> Blocks:
    """The sub-blocks of every block of more than `above` pairs, by one further key.

    Args:
        blocks: the level above.
        by: the hash of the narrowing key of every record; null has a hash of its own.
        above: blocks of at most so many pairs are not split.
        source: as in `group`.
    """
    chosen = blocks.take(blocks.n_pairs > above)
    packed = chosen.record.astype(np.int64) << 32 | np.repeat(np.arange(chosen.n_pairs.size), chosen.size)
    packed.sort()  # ascending records, as `group` wants its entries
    record, block = (packed >> 32).astype(np.int32), packed & 0xFFFFFFFF
    made, first = _group(Entries(record, mix(block.astype(np.uint64), by[record])), source)
    return Blocks(made.record, made.start, made.n_pairs, chosen.n_pairs[block[first]])


def pairs_of(cap: int) -> int:
    """The pairs of a block of `cap` records: what a block may make under this cap, whatever its size.

    >>> pairs_of(1000)
    499500
    """
    return cap * (cap - 1) // 2


class Levels:
    """The blocks of one rule, and what its narrowing keys split them into.

    Args:
        top: the blocks as the rule asks for them.
        narrow_by: gives the hashes of each narrowing key, made only when needed.
        source: as in `group`.
        window: how many next records a record of a sorted neighborhood is paired with.
    """

    def __init__(
        self, top: Blocks, narrow_by: Sequence[Callable[[], Hashes]], source: Int32 | None, window: int
    ) -> None:
        self.levels = [top]
        self._narrow_by = narrow_by
        self._source = source
        self._window = window

    def split(self, cap: int) -> None:
        """Know the sub-blocks of everything above a cap."""
        above = pairs_of(cap)
        levels = self.levels[:1]
        for by in self._narrow_by:
            if not (levels[-1].n_pairs > above).any():
                levels.append(levels[-1].take(levels[-1].n_pairs < 0))
                continue
            levels.append(narrowed(levels[-1], by(), above, self._source))
        self.levels = levels

    def window(self, cap: int) -> int:
        """The window under a cap: never more than a whole block would cost, nothing at all under a cap of one."""
        return min(self._window, cap - 1)

    def n_pairs(self, cap: int) -> int:
        """At most so many pairs are left by a cap not below the one split for (exact for `link="all"`)."""
        above = pairs_of(cap)
        whole = sum(int(b.n_pairs[(b.n_pairs <= above) & (b.n_parent_pairs > above)].sum()) for b in self.levels)
        last = self.levels[-1]
        over = last.n_pairs > above
        return whole + int(np.minimum(window_pairs(last.size[over], self.window(cap)), last.n_pairs[over]).sum())

    def n_narrowed(self, cap: int) -> int:
        """The blocks that narrowing keys split under a cap."""
        return int((self.levels[0].n_pairs > pairs_of(cap)).sum()) if self._narrow_by else 0

    def cut(self, cap: int) -> tuple[Blocks, Blocks]:
        """The blocks that stay whole under a cap, and those to be cut to a neighborhood."""
        above = pairs_of(cap)
        whole = together([b.take((b.n_pairs <= above) & (b.n_parent_pairs > above)) for b in self.levels])
        last = self.levels[-1]
        return whole, last.take(last.n_pairs > above)


def window_pairs(size: Int64, window: int) -> Int64:
    """The pairs of each neighborhood of `size` records: those at most `window` places apart.

    >>> window_pairs(np.array([2, 5, 100]), 2).tolist()
    [1, 7, 197]
    """
    reach = np.minimum(window, size - 1)
    pairs: Int64 = size * reach - reach * (reach + 1) // 2
    return pairs


def fitting_caps(rules: Sequence[Levels], budget: int, max_block_size: int) -> tuple[int, ...]:
    """The cap on the size of a block of each rule, at most `max_block_size`, that leaves at most `budget` pairs.

    The largest one cap for all rules; what then is left of the budget goes to the rules in their order, so that the
    first, most trusted, rules are the last to be cut. Leaves every rule split as far as its cap needs.
    """

    def n_pairs(cap: int) -> int:
        return sum(r.n_pairs(cap) for r in rules)

    low = high = max_block_size
    for rule in rules:
        rule.split(low)
    while low > 1 and n_pairs(low) > budget:
        high, low = low, max(1, low // 4)
        for rule in rules:
            rule.split(low)
    common = _largest(low, high, n_pairs, budget)
    if common == max_block_size:
        return (common,) * len(rules)
    caps, left = [], budget - n_pairs(common)
    for rule in rules:
        base = rule.n_pairs(common)
        caps.append(_largest(common, max_block_size, rule.n_pairs, base + left))
        left -= rule.n_pairs(caps[-1]) - base
    return tuple(caps)


def lowered_caps(rules: Sequence[Levels], caps: Sequence[int], budget: int) -> tuple[int, ...]:
    """Given caps, all lowered to one where they would leave more than `budget` pairs; splits every rule as needed."""

    def under(common: int) -> list[int]:
        return [min(cap, common) for cap in caps]

    def split(common: int) -> None:
        for rule, cap in zip(rules, under(common), strict=True):
            rule.split(cap)

    def n_pairs(common: int) -> int:
        return sum(rule.n_pairs(cap) for rule, cap in zip(rules, under(common), strict=True))

    low = high = max(caps)
    split(low)
    while low > 1 and n_pairs(low) > budget:
        high, low = low, max(1, low // 4)
        split(low)
    return tuple(under(_largest(low, high, n_pairs, budget)))


def _largest(low: int, high: int, n_pairs: Callable[[int], int], budget: int) -> int:
    """The largest cap from `low`, which fits, to `high` that fits; `n_pairs` never falls as the cap rises."""
    while low < high:
        middle = (low + high + 1) // 2
        if n_pairs(middle) <= budget:
            low = middle
        else:
            high = middle - 1
    return low
