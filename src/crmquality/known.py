"""The known records as an index keeps them: immutable parts, and how further records are put beside and into them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.blocker import Blocker
from crmquality.blocker.lookup import BlockIndex
from crmquality.comparator.prints import Prints
from crmquality.comparator.screen import Screen
from crmquality.errors import SchemaError, unknown
from crmquality.lift import as_text
from crmquality.shelf import Shelf, text_row
from crmquality.tables import RECORD_ID

GoldenOf: TypeAlias = pl.DataFrame | Mapping[object, object] | None
"""The golden id of each record: a table of `record_id` and `golden_id`, or a mapping; None where nobody knows."""

FOLD_AT: Final = 2_000
"""So many changes are folded in, and a hundredth of the records where that is more: looking into two parts costs some
tenths of a millisecond with each check, folding a second for a million records."""


FEW: Final = 50
"""So many records are read one by one: setting up columns takes as long as a hundred of them."""


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """Some records: their blocks, fingerprints and texts, and what a match shows of them; a row each, by slot.

    Attributes:
        blocks: what finds candidates.
        prints: what leaves most of them out.
        rows: what is compared.
        ids: the record ids.
        golden: the golden id of each.
        shown: the columns that matches show.
        order: the slots that are in use, by ascending id; None for all, in their own order.
    """

    blocks: BlockIndex
    prints: Prints
    rows: Shelf
    ids: pl.Series
    golden: pl.Series
    shown: pl.DataFrame
    order: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def n_used(self) -> int:
        """How many slots are in use."""
        return len(self.ids) if self.order is None else len(self.order)

    @property
    def n_bytes(self) -> int:
        """What blocks, fingerprints and texts take in memory."""
        return self.blocks.n_bytes + self.prints.n_bytes + self.rows.n_bytes

    def slot_of(self, record_id: object) -> int | None:
        """Where a record is, by binary search."""
        if record_id is None or not self.n_used:
            return None
        try:
            wanted = pl.Series([record_id], strict=False).cast(self.ids.dtype, strict=False)[0]
            if wanted is None or as_text(wanted) != as_text(record_id):  # 1.5 is not the id 1
                return None
            at = bisect_left(range(self.n_used), wanted, key=self._id_at)
            return self._slot_at(at) if at < self.n_used and self._id_at(at) == wanted else None
        except Exception:  # an object of the caller's that polars cannot hold, or not as an id
            return None

    def _slot_at(self, place: int) -> int:
        return place if self.order is None else int(self.order[place])

    def _id_at(self, place: int) -> object:
        return self.ids[self._slot_at(place)]


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """What a check reads: never changed, only replaced.

    Attributes:
        base: most records.
        recent: those added since; their slots follow.
        added: what they are made of.
        recent_slots: where they are, by id.
        gone: slots of records that were removed.
    """

    base: Part
    recent: Part
    added: pl.DataFrame
    recent_slots: Mapping[object, int]
    gone: frozenset[int]

    def __len__(self) -> int:
        return self.base.n_used + len(self.recent) - len(self.gone)

    def part_of(self, slot: int) -> tuple[Part, int]:
        """The part of a slot, and the place in it."""
        first = len(self.base)
        return (self.base, slot) if slot < first else (self.recent, slot - first)

    def slot_of(self, record_id: object) -> int | None:
        """Where a record is, None where it is not known."""
        try:
            found = self.recent_slots.get(record_id)
        except TypeError:  # no id is a list or a dict
            return None
        if found is None:
            found = self.base.slot_of(record_id)
        return None if found is None or found in self.gone else found

    def golden_id(self, slot: int) -> object:
        """The golden id of a record."""
        part, place = self.part_of(slot)
        return part.golden[place]

    def without(self, slots: frozenset[int]) -> Snapshot:
        """The same without some records."""
        return replace(self, gone=self.gone | slots)


class Keeper:
    """Makes parts and puts them together.

    Args:
        blocker: whose candidates are wanted.
        screen: whose fingerprints are kept.
        columns: what is kept as text.
        record_id: the column of the record ids.
        carried: the columns that matches show.
    """

    def __init__(
        self, blocker: Blocker, screen: Screen, columns: Sequence[str], record_id: str, carried: Sequence[str]
    ) -> None:
        self._blocker, self._screen = blocker, screen
        self._columns, self._record_id, self._carried = tuple(columns), record_id, tuple(carried)
        source = [blocker.source] if blocker.source and blocker.link != "all" else []
        blocking = [c for r in blocker.rules for c in r.columns]
        typed = {record_id, *carried}
        self._texts = tuple(dict.fromkeys(c for c in (*columns, *blocking, *source) if c not in typed))
        self._kept = tuple(dict.fromkeys([*screen.columns, *columns]))
        self.wanted = tuple(dict.fromkeys([record_id, *carried, *self._texts]))

    def snapshot(self, records: pl.DataFrame, golden_of: GoldenOf) -> Snapshot:
        """A table as it is known at first."""
        if faults := [unknown("column", c, records.columns) for c in self.wanted if c not in records.columns]:
            raise SchemaError(faults)
        frame = records.select(self.wanted)
        ids = frame[self._record_id]
        if ids.dtype == pl.Categorical or isinstance(ids.dtype, pl.Enum):
            frame = frame.with_columns(ids.cast(pl.String))
        self._check_ids(frame)
        if not frame[self._record_id].is_sorted():
            frame = frame.sort(self._record_id)
        nobody = frame.clear().with_columns(pl.col(self._texts).cast(pl.String))
        return Snapshot(self._part(frame, golden_of), self._part(nobody, None), nobody, {}, frozenset())

    def with_more(self, snapshot: Snapshot, records: Sequence[Mapping[str, object]], golden_of: GoldenOf) -> Snapshot:
        """A snapshot with further records, normalized, beside the base; those of known ids are replaced."""
        frame = self._frame(records, snapshot)
        self._check_ids(frame)
        if not frame.height:
            return snapshot
        if not len(snapshot.base) and not len(snapshot.recent):
            return self.snapshot(frame, golden_of)
        ids = frame[self._record_id]
        replaced = frozenset(slot for slot in map(snapshot.slot_of, ids) if slot is not None)
        first = len(snapshot.base) + len(snapshot.recent)
        slots = {**snapshot.recent_slots, **{record_id: first + n for n, record_id in enumerate(ids)}}
        added = pl.concat([snapshot.added, frame], how="vertical_relaxed")
        recent = self._longer(snapshot.recent, frame, golden_of)
        return self.settled(Snapshot(snapshot.base, recent, added, slots, snapshot.gone | replaced))

    def settled(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot, folded where changes have become many."""
        n_changes = len(snapshot.recent) + len(snapshot.gone)
        return self.folded(snapshot) if n_changes > max(FOLD_AT, len(snapshot.base) // 100) else snapshot

    def folded(self, snapshot: Snapshot) -> Snapshot:
        """All that is known as the base. Slots that are not used any more stay empty."""
        base, first = snapshot.base, len(snapshot.base)
        removed = [slot for slot in snapshot.gone if slot < first]
        stay = np.ones(len(snapshot.recent), np.bool_)
        stay[[slot - first for slot in snapshot.gone if slot >= first]] = False
        frame = snapshot.added.filter(pl.Series(stay))
        golden = pl.DataFrame({RECORD_ID: frame[self._record_id], "golden_id": snapshot.recent.golden.filter(stay)})
        longer = self._longer(base, frame, golden, removed)
        used = np.arange(first) if base.order is None else base.order
        used = np.concatenate([np.setdiff1d(used, removed), np.arange(first, len(longer))])
        order = used[longer.ids[used].arg_sort().to_numpy()]
        nobody = snapshot.added.clear()
        return Snapshot(replace(longer, order=order), self._part(nobody, None), nobody, {}, frozenset())

    def _part(self, frame: pl.DataFrame, golden_of: GoldenOf) -> Part:
        return Part(
            BlockIndex.build(self._blocker, frame),
            self._screen.prints(frame),
            Shelf.of(frame, self._columns),
            frame[self._record_id],
            _golden(frame[self._record_id], golden_of),
            frame.select(self._carried),
        )

    def _longer(self, part: Part, frame: pl.DataFrame, golden_of: GoldenOf, removed: Sequence[int] = ()) -> Part:
        """A part with the records of a frame after its own, and without some of its own."""
        ids = frame[self._record_id]
        if frame.height <= FEW:
            rows = [text_row(r, self._kept) for r in frame.select(self._kept).rows(named=True)]
            prints = Prints.of_records(rows, self._screen.columns, self._screen.close)
            texts = Shelf.of_records(rows, self._columns)
        else:
            prints, texts = self._screen.prints(frame), Shelf.of(frame, self._columns)
        return Part(
            part.blocks.changed(frame, removed)[0],
            part.prints.above(prints),
            part.rows.above(texts),
            _after(part.ids, ids),
            _after(part.golden, _golden(ids, golden_of)),
            pl.concat([part.shown, frame.select(self._carried)], how="vertical_relaxed"),
        )

    def _frame(self, records: Sequence[Mapping[str, object]], snapshot: Snapshot) -> pl.DataFrame:
        """Normalized records as a frame; ids and what matches show have the types they have in the base."""
        own: list[pl.Series] = []
        for column, dtype in {self._record_id: snapshot.base.ids.dtype, **snapshot.base.shown.schema}.items():
            values = [_storable(r.get(column)) for r in records]
            if column == self._record_id and dtype == pl.String:
                values = [as_text(v) for v in values]
            is_open = not len(snapshot.base) or dtype == pl.Null  # no record has said yet of what type it is
            own.append(pl.Series(column, values, dtype=None if is_open else dtype, strict=False))
        texts = {c: [_storable(as_text(r.get(c))) for r in records] for c in self._texts}
        return pl.DataFrame([*own, *pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String)).get_columns()])

    def _check_ids(self, frame: pl.DataFrame) -> None:
        ids, faults = frame[self._record_id], []
        if ids.null_count():
            faults.append(f"column {self._record_id!r}: {ids.null_count():,} record ids are missing")
        if repeated := int(ids.drop_nulls().is_duplicated().sum()):
            faults.append(f"column {self._record_id!r}: {repeated:,} rows share a record id")
        if faults:
            raise SchemaError(faults)


def _storable(value: object) -> object:
    """A cell as a column holds it: halves of a surrogate pair joined, lone halves U+FFFD."""
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _after(one: pl.Series, other: pl.Series) -> pl.Series:
    """One column after another, of the type that holds both: no golden id at all has a type of its own."""
    return pl.concat([one.to_frame("v"), other.to_frame("v")], how="vertical_relaxed")["v"]


def _golden(ids: pl.Series, golden_of: GoldenOf) -> pl.Series:
    """The golden id of each record, null where it is not known."""
    if golden_of is None:
        return pl.repeat(None, len(ids), dtype=pl.Null, eager=True).alias("golden_id")
    if isinstance(golden_of, Mapping):
        return pl.Series("golden_id", [golden_of.get(i) for i in ids])
    known = golden_of.columns
    if faults := [unknown("column", c, known) for c in (RECORD_ID, "golden_id") if c not in known]:
        raise SchemaError([f"golden_of: {fault}" for fault in faults])
    named = golden_of.select(pl.col(RECORD_ID).cast(ids.dtype, strict=False).alias("id"), "golden_id").unique("id")
    return ids.alias("id").to_frame().join(named, on="id", how="left", maintain_order="left")["golden_id"]
