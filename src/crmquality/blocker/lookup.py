"""The blocks of a set of records, kept: a set that grows batch by batch, and is asked about one record at a time.

Two records are a candidate pair when they are in one block, of some rule at some level, that makes at most as many
pairs as a block at the rule's cap: level 0 is the rule's keys, level j these and the first j keys of its `narrow_by`.
That depends on the set of records alone, so it can be kept while the set changes, and is what `BlockingPlan.pairs`
gives under the same caps. A level is only kept for the records of blocks that are over their cap on the level above,
or would be with one record more; so what a new record meets is found without looking at any other record.

The hash of polars may change with its version: an index lives in memory, and is built again, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from crmquality.blocker.budget import Int64, pairs_of
from crmquality.blocker.keys import BlockingRule, Hashes, Int32, KeyReader, Mask, hashes
from crmquality.blocker.members import Members, Merged, distinct, is_in, named, narrower, rules_of, spread
from crmquality.blocker.record_keys import RecordKeys, mix_of_two
from crmquality.blocker.stage import MAX_RECORDS, Blocker
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.lift import text_series

FEW: Final = 50  # records that are read one by one
_ASKED_AT_ONCE: Final = 100_000  # pairs, each of some twenty blocks


@dataclass(frozen=True, slots=True)
class Moves:
    """What a change of the set made of the candidate pairs; records are slots.

    Attributes:
        left: of the new candidate pairs, each once, the smaller slot: pairs of an added record, and pairs of records
            that stayed whose block shrank back under its cap.
        right: the larger slot.
        lost_among: records that stayed, of blocks that outgrew their cap: pairs that are no candidates any more are
            among these, or have a removed record.
    """

    left: Int32
    right: Int32
    lost_among: Int32


class Layout:
    """What an index knows of its blocker: the rules that make pairs, their caps, what each level is narrowed by."""

    def __init__(self, blocker: Blocker) -> None:
        faults = blocker.faults()
        if faults:
            raise ConfigError(faults)
        caps = blocker.caps or (blocker.max_block_size,) * len(blocker.rules)
        self.cap_of = tuple(caps)
        self.caps = np.array(caps, np.int64)
        self.rules: dict[int, BlockingRule] = {i: r for i, r in enumerate(blocker.rules) if caps[i] > 1}
        self.narrow_keys = tuple(dict.fromkeys(k for r in self.rules.values() for k in r.narrow_by))
        self.n_levels = max((len(r.narrow_by) for r in self.rules.values()), default=0)
        self.narrow_by = np.full((len(blocker.rules), self.n_levels), -1)
        for i, rule in self.rules.items():
            self.narrow_by[i, : len(rule.narrow_by)] = [self.narrow_keys.index(k) for k in rule.narrow_by]
        self.link = blocker.link
        self.source = blocker.source if blocker.link != "all" else None
        self.of_record = RecordKeys(self.rules, self.source, self.link == "within")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, each once."""
        wanted = [c for r in self.rules.values() for c in r.columns]
        return tuple(dict.fromkeys([*([self.source] if self.source else []), *wanted]))

    def read(self, frame: pl.DataFrame, first_slot: int) -> tuple[Members, Hashes, Hashes | None]:
        """The members of the blocks of level 0, the hashes of narrowing keys, those of sources between which to pair.

        Raises:
            SchemaError: for a column that is not there.
        """
        missing = [unknown("column", c, frame.columns) for c in self.columns if c not in frame.columns]
        if missing:
            raise SchemaError(missing)
        if frame.height <= FEW:
            return self._read_few(frame.select(self.columns), first_slot)
        source = hashes(text_series(frame[self.source])) if self.source else None
        reader = KeyReader(frame, source if self.link == "within" else None)
        parts = []
        for i, rule in self.rules.items():
            entries = reader.entries(rule)
            parts.append((named(entries.block, np.uint64(i)), entries.record + np.int32(first_slot)))
        narrow = np.empty((len(self.narrow_keys), frame.height), np.uint64)
        for i, key in enumerate(self.narrow_keys):
            narrow[i] = reader.key(key)[0]
        return Members.of(parts), narrow, source if self.link == "between" else None

    def _read_few(self, frame: pl.DataFrame, first_slot: int) -> tuple[Members, Hashes, Hashes | None]:
        """`read` of a few records, one by one: setting up columns takes as long as reading a hundred."""
        place = {
            key: at
            for n, r in self.rules.items()
            for key, at in zip(r.narrow_by, self.of_record.narrow_by[n], strict=True)
        }
        narrow = np.empty((len(self.narrow_keys), frame.height), np.uint64)
        source = np.empty(frame.height, np.uint64)
        parts = []
        for i, row in enumerate(frame.iter_rows(named=True)):
            made, blocks = self.of_record.read(row)
            parts.append((np.array(list(blocks), np.uint64), np.full(len(blocks), first_slot + i, np.int32)))
            narrow[:, i] = [made[place[key]] for key in self.narrow_keys]
            source[i] = made[1]
        return Members.of(parts), narrow, source if self.link == "between" else None


@dataclass(frozen=True, slots=True, repr=False)
class BlockIndex:
    """The blocks of a set of records, kept while the set changes. See the module for what a candidate pair is.

    A record is its slot: the rows of the table it was built from are slots 0, 1, ...; added rows get the next ones,
    and removed slots are not given again. An index is a value: a change makes a new one and leaves the old as it was,
    so that any number of threads may read. It lives in memory only: see the module.

    >>> from crmquality.blocker.keys import BlockingKey
    >>> blocker = Blocker((BlockingRule("mobile", (BlockingKey("mobile"),)),))
    >>> index = BlockIndex.build(blocker, pl.DataFrame({"mobile": ["138", "139", "138"]}))
    >>> index.candidates({"mobile": "138"}).tolist()
    [0, 2]
    >>> index, moves = index.changed(pl.DataFrame({"mobile": ["139"]}), removed=[0])
    >>> moves.left.tolist(), moves.right.tolist(), index.candidates({"mobile": "138"}).tolist()
    ([1], [3], [2])
    """

    n_slots: int
    _layout: Layout
    _members: Members
    _over: Hashes  # the blocks over their cap, ascending
    _over_names: frozenset[int]  # the same, for one record
    _expanded: Hashes  # the blocks whose members are kept on the next level too, ascending
    _narrow: Hashes  # of every slot, the hash of each narrowing key; shape (n_keys, n_slots)
    _source: Hashes | None  # of every slot, where pairs are between sources

    def __repr__(self) -> str:
        return f"BlockIndex({self.n_slots:,} slots, {self._members.slot.size:,} memberships)"

    @classmethod
    def build(cls, blocker: Blocker, frame: pl.DataFrame) -> BlockIndex:
        """The index of a table, under the caps of the blocker (`max_block_size` for every rule where it has none).

        Args:
            blocker: whose rules, caps, link and source are taken; the column of ids is not read.
            frame: normalized records.

        Raises:
            ConfigError: for a blocker with faults.
            SchemaError: for a column that is not there.
        """
        layout = Layout(blocker)
        none = np.zeros(0, np.uint64)
        source = none if layout.link == "between" else None
        no_members = Members(none, np.zeros(0, np.int32))
        empty = cls(
            0, layout, no_members, none, frozenset(), none, np.zeros((len(layout.narrow_keys), 0), np.uint64), source
        )
        return empty._grown(frame, np.zeros(0, np.bool_)).index

    @property
    def n_bytes(self) -> int:
        """The memory of the arrays."""
        hashes_kept = (self._members.block, self._over, self._expanded, self._narrow)
        n_source = 0 if self._source is None else self._source.nbytes
        return sum(a.nbytes for a in hashes_kept) + self._members.slot.nbytes + n_source

    def changed(
        self, added: pl.DataFrame, removed: Sequence[int] | npt.NDArray[np.integer]
    ) -> tuple[BlockIndex, Moves]:
        """The index of the set with some records more and some less, and what that made of the candidate pairs.

        A corrected record is removed and added.

        Args:
            added: normalized records, which get the slots from `n_slots`.
            removed: slots; one that was removed before is passed over.

        Raises:
            SchemaError: for a column that is not there, a slot that never was, and more slots than can be.
        """
        gone = np.zeros(self.n_slots, np.bool_)
        slots = np.asarray(removed, np.int64)
        if slots.size and (slots.min() < 0 or slots.max() >= self.n_slots):
            raise SchemaError(f"a slot to remove is not one of the {self.n_slots:,} that were given")
        gone[slots] = True
        change = self._grown(added, gone)
        return change.index, self._moves(change)

    def _grown(self, added: pl.DataFrame, gone: Mask) -> _Change:
        n = self.n_slots + added.height
        if n > MAX_RECORDS:
            raise SchemaError(f"{n:,} slots; at most {MAX_RECORDS:,} are supported in one index: build it again")
        top, narrow, source = self._layout.read(added, self.n_slots)
        if self.n_slots:
            narrow = np.concatenate([self._narrow, narrow], axis=1)
            if self._source is not None and source is not None:
                source = np.concatenate([self._source, source])
        stayed, shrunk = self._members.without(gone) if gone.any() else (self._members, self._over[:0])
        new, expanded = self._expand(stayed, top, narrow)
        grown = stayed.merged(new)
        members, touched, low, high = grown.members, grown.block, grown.low, grown.high
        if shrunk.size:
            only = shrunk[~is_in(shrunk, touched)]
            bounds = members.bounds(only)
            touched = np.concatenate((touched, only))
            low, high = np.concatenate((low, bounds[0])), np.concatenate((high, bounds[1]))
        is_over = members.over(low, high, self._layout.caps[rules_of(touched)], source)
        still = self._over[~is_in(self._over, np.sort(touched))]
        over = distinct(np.concatenate((still, touched[is_over])))
        index = BlockIndex(n, self._layout, members, over, frozenset(over.tolist()), expanded, narrow, source)
        return _Change(index, grown, touched, low, high, is_over)

    def _expand(self, stayed: Members, top: Members, narrow: Hashes) -> tuple[Members, Hashes]:
        """All memberships that added records bring, on every level that is kept, and the blocks that are expanded."""
        new = level = top
        expanded = self._expanded
        for depth in range(self._layout.n_levels):
            block, _, count = level.blocks()
            rule = rules_of(block)
            low, high = stayed.bounds(block)
            is_open = is_in(block, expanded)
            opened = ~is_open & (self._layout.narrow_by[rule, depth] >= 0)
            opened &= high - low + count >= self._layout.caps[rule]
            old = spread(low[opened], (high - low)[opened])
            chosen = np.repeat(is_open | opened, count)
            above = np.concatenate((stayed.block[old], level.block[chosen]))
            slot = np.concatenate((stayed.slot[old], level.slot[chosen]))
            if not slot.size:
                break
            by = narrow[self._layout.narrow_by[rules_of(above), depth], slot]
            level = Members.of([(narrower(above, by), slot)])
            new = new.merged(level).members
            expanded = distinct(np.concatenate((expanded, block[opened])))
        return new, expanded

    def _moves(self, change: _Change) -> Moves:
        index, low, is_over = change.index, change.low, change.is_over
        members, size = index._members, change.high - change.low
        was_over = is_in(change.touched, self._over)
        outgrown = is_over & ~was_over
        lost = distinct(members.slot[spread(low[outgrown], size[outgrown])])
        own = change.grown.place[members.slot[change.grown.place] >= self.n_slots]
        of = np.searchsorted(change.grown.low, own, "right") - 1
        own, first = own[~is_over[of]], low[of[~is_over[of]]]
        back = was_over & ~is_over
        if back.any():
            own = np.concatenate((own, spread(low[back], size[back])))
            first = np.concatenate((first, np.repeat(low[back], size[back])))
        left, right = members.pairs(own, first, index._source)
        if back.any():
            old = np.flatnonzero(right < self.n_slots)
            known = old[self.are_candidates(left[old], right[old])]
            left, right = np.delete(left, known), np.delete(right, known)
        return Moves(left, right, lost[lost < self.n_slots])

    def are_candidates(self, left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]) -> Mask:
        """Which pairs of slots are candidate pairs.

        Looks once at every membership of every record, so ask about many pairs at once.

        Args:
            left: one slot of each pair.
            right: the other; in any order.
        """
        left, right = np.asarray(left, np.int64), np.asarray(right, np.int64)
        out = np.zeros(left.size, np.bool_)
        wanted = np.zeros(self.n_slots, np.bool_)
        wanted[left] = wanted[right] = True
        at = np.flatnonzero(wanted[self._members.slot])
        some = Members(self._members.block[at], self._members.slot[at])
        block, _, count = some.blocks()
        shared = (count > 1) & ~is_in(block, self._over)
        code = np.repeat(np.arange(block.size), count)[np.repeat(shared, count)]
        slot = some.slot[np.repeat(shared, count)].astype(np.int64)
        members = code << 32 | slot
        order = np.argsort(slot, kind="stable")
        code, slot = code[order], slot[order]
        for a in range(0, left.size, _ASKED_AT_ONCE):
            mine, other = left[a : a + _ASKED_AT_ONCE], right[a : a + _ASKED_AT_ONCE]
            first = np.searchsorted(slot, mine)
            n_blocks = np.searchsorted(slot, mine, "right") - first
            asked = code[spread(first, n_blocks)] << 32 | np.repeat(other, n_blocks)
            nth = np.repeat(np.arange(a, a + mine.size), n_blocks)
            out[nth[is_in(asked, members)]] = True
        if self._source is not None:
            out &= self._source[left] != self._source[right]
        out &= left != right
        return out

    def candidates(self, record: Mapping[str, object]) -> Int32:
        """The slots of the records that one more record would be paired with, ascending; nothing is kept of it.

        Args:
            record: a normalized record; a column that it lacks has no value.
        """
        members, narrow_by, cap_of = self._members, self._layout.of_record.narrow_by, self._layout.cap_of
        made, blocks = self._layout.of_record.read(record)
        found, over = [members.slot[:0]], self._over_names
        wanted = [(block, rule, 0) for block, rule in blocks.items()]
        while wanted and members.block.size:
            asked = [x for w in wanted if (x := w if w[0] not in over else self._not_over(*w, made)) is not None]
            names = np.array([block for block, _, _ in asked], np.uint64)
            low = members.block.searchsorted(names)
            hit = (members.block.take(low, mode="clip") == names).nonzero()[0]
            high = members.block.searchsorted(names[hit], "right")
            wanted = []
            for i, start, end in zip(hit.tolist(), low[hit].tolist(), high.tolist(), strict=True):
                block, rule, depth = asked[i]
                slots = members.slot[start:end]
                if end - start < cap_of[rule] or not self._would_be_over(slots, made[1], rule):
                    found.append(slots)
                elif depth < len(narrow_by[rule]):
                    wanted.append((_below(block, made[narrow_by[rule][depth]]), rule, depth + 1))
        return self._met(np.concatenate(found), made[1])

    def _not_over(self, block: int, rule: int, depth: int, made: list[int]) -> tuple[int, int, int] | None:
        """The block itself, or the first on the levels below it that is not over its cap: its name, rule and level."""
        places = self._layout.of_record.narrow_by[rule]
        while block in self._over_names:
            if depth == len(places):
                return None
            block = _below(block, made[places[depth]])
            depth += 1
        return block, rule, depth

    def _would_be_over(self, slots: Int32, source: int, rule: int) -> bool:
        """Whether a block of as many records as its cap, or more, is over it with one more, of a source."""
        if self._source is None:
            return True
        of = np.append(self._source[slots], np.uint64(source))
        count = np.unique(of, return_counts=True)[1]
        return bool((of.size**2 - (count**2).sum()) // 2 > pairs_of(self._layout.cap_of[rule]))

    def _met(self, slots: Int32, source: int) -> Int32:
        """The slots in order, each once, without those of the same source where pairs are between sources."""
        slots.sort()
        slots = slots[np.concatenate((slots[:1] >= 0, slots[1:] != slots[:-1]))]
        return slots if self._source is None else slots[self._source[slots] != np.uint64(source)]


def _below(block: int, by: int) -> int:
    """`narrower` of one block."""
    return mix_of_two(block & ~63, by) & ~63 | block & 63


@dataclass(frozen=True, slots=True)
class _Change:
    """An index, and what is new in it.

    Attributes:
        index: after the change.
        grown: the memberships that were added.
        touched: the blocks that gained members, ascending, as in `grown`; then those that only lost some.
        low: where each starts.
        high: where each ends.
        is_over: whether each is over its cap.
    """

    index: BlockIndex
    grown: Merged
    touched: Hashes
    low: Int64
    high: Int64
    is_over: Mask
