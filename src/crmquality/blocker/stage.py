"""The blocker: normalized records in, the pairs worth comparing out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import polars as pl

from crmquality.blocker.budget import Blocks, Int64, Levels, fitting_caps, group, lowered_caps, window_pairs
from crmquality.blocker.keys import BlockingKey, BlockingRule, Hashes, Int32, KeyReader, Mask, hashes, one_value
from crmquality.blocker.pairs import Partition, Seen, n_near_pairs, overlap, several_pairs, single_pairs
from crmquality.blocker.report import BlockingReport, RuleReport
from crmquality.blocker.why import makes, rows_of_shared_blocks, rule_tried, smallest_shared
from crmquality.declarations import Declaration
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.lift import text_series
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R, RuleTried

Link: TypeAlias = Literal["all", "between", "within"]

CHUNK_SIZE: Final = 500_000  # pairs; measured: smaller costs calls, bigger falls out of the processor's cache
MIN_MAX_PAIRS: Final = 100_000  # every pair of 447 records: a small table is never worth cutting
MAX_RECORDS: Final = 2**28  # two ranks and the number of a rule are packed into 63 bits
MAX_RULES: Final = 64
_LIMITS: Final = ("max_pairs_per_record", "max_rare_pairs_per_record", "max_block_size", "window")
SMALL_BLOCKS: Final = (40, 30, 20, 15, 10)  # records of one customer, more likely than of a default value
GROWTH: Final = 10  # times the budget: what caps that were found on a smaller table may make before they are lowered
MAX_OVERLAP: Final = 10.0  # a pair that is found again costs a look too, about a tenth of a comparison
NEIGHBOR_KEYS: Final = 2  # further keys that put a neighborhood in order


@dataclass(frozen=True)
class Blocker(Declaration):
    """The third stage: which pairs are compared.

    A pair is made by the first rule that its two records share, rules with one value per record before rules with
    several. The cost is bounded however bad the data are: see `max_block_size` and `max_pairs_per_record`.

    Attributes:
        rules: what two records must share.
        max_pairs_per_record: the budget, over all rules: about so many pairs times the records, each pair once, and
            never below 100,000.
            The default keeps a million records at 20 million comparisons, about a minute of one core.
        max_block_size: a block of more records (or of as many pairs as so many records make) is narrowed by the
            rule's `narrow_by`, then cut to a sorted neighborhood. In customer data a block of thousands is nearly
            always a default value, not a person.
        max_rare_pairs_per_record: the budget of the rules that take rare values only, likewise. Measured on the
            labelled sets, pairs that only such a rule makes are matches far less often than others: a tenth is enough.
        window: how many next records a record of a sorted neighborhood is paired with.
        caps: the largest block that each rule keeps whole, in the order of the rules, where a run before found them: so
            that which pairs are compared depends on the records alone, not on how many there are. What is over its
            cap and cannot be narrowed makes no pairs, and a table that would make ten times the budget is still cut
            to it. Empty: found by the budget.
        link: "all" pairs, pairs "between" different sources only, or "within" one source only.
        record_id: the column of unique ids, of any type that has an order.
        source: the column of the source; null is a source of its own. Needed for "between" and "within".

    >>> blocker = Blocker((BlockingRule("mobile", (BlockingKey("norm_mobile"),)),))
    >>> blocker.block([{"record_id": 2, "norm_mobile": "+86138"}, {"record_id": 1, "norm_mobile": "+86138"}])
    [{'record_id_l': 1, 'record_id_r': 2, 'blocking_rule': 'mobile'}]
    """

    rules: tuple[BlockingRule, ...]
    max_pairs_per_record: int = 20
    max_rare_pairs_per_record: int = 5
    max_block_size: int = 1_000
    window: int = 10
    caps: tuple[int, ...] = ()
    link: Link = "all"
    record_id: str = RECORD_ID
    source: str | None = None

    def faults(self) -> list[str]:
        """Faults of the rules, rules of one name, limits below 1, a source that is needed and not named."""
        names = [r.name for r in self.rules]
        out = [f"two rules are named {n!r}" for n in sorted({n for n in names if names.count(n) > 1})]
        if not self.rules:
            out.append("a blocker needs a rule")
        if len(self.rules) > MAX_RULES:
            out.append(f"{len(self.rules)} rules; at most {MAX_RULES} are supported")
        limits = {n: getattr(self, n) for n in _LIMITS}
        out += [f"{n} is {v}; expected 1 or more" for n, v in limits.items() if v < 1]
        if self.caps and (len(self.caps) != len(self.rules) or min(self.caps) < 1):
            out.append(f"{len(self.caps)} caps for {len(self.rules)} rules; expected one of 1 or more for each")
        if self.link not in get_args(Link):
            out.append(unknown("link", str(self.link), get_args(Link)))
        elif self.link != "all" and self.source is None:
            out.append(f"link={self.link!r} needs the column of the source")
        return out + [x for r in self.rules for x in r.faults()]

    def block(self, records: object) -> object:
        """The candidate pairs of a table.

        Args:
            records: normalized records, a table of any kind that `frames` reads.

        Returns:
            `record_id_l`, `record_id_r` (of the type of the ids, l < r), `blocking_rule`; each pair once; a table of
            the same kind.

        Raises:
            ConfigError: for a blocker with faults.
            SchemaError: for a column that is not there, and ids that are missing, not unique or without an order.
        """
        frame, restore = to_polars(records)
        return restore(self.pairs_frame(frame))

    def pairs_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`block` on a polars frame."""
        return self.plan(frame).frame()

    def iter_pairs(self, frame: pl.DataFrame, chunk_size: int = CHUNK_SIZE) -> Iterator[tuple[Int32, Int32, int]]:
        """The candidate pairs in chunks, never all at once: see `BlockingPlan.pairs`.

        >>> frame = pl.DataFrame({"record_id": ["b", "a", "c"], "m": ["1", "1", None]})
        >>> blocker = Blocker((BlockingRule("m", (BlockingKey("m"),)),))
        >>> [(left.tolist(), right.tolist(), rule) for left, right, rule in blocker.iter_pairs(frame)]
        [([0], [1], 0)]
        """
        return self.plan(frame).pairs(chunk_size)

    def count(self, records: object) -> BlockingReport:
        """What the rules would make, counted without making a pair: `n_new_pairs` is left open."""
        return self.plan(to_polars(records)[0]).report

    def report(self, records: object) -> BlockingReport:
        """What the rules make, with the new pairs of each rule: makes every pair once, and keeps none."""
        return self.plan(to_polars(records)[0]).full_report()

    def shared_rules(self, records: object, id_l: object, id_r: object) -> tuple[str, ...]:
        """The rules that put two records in one block: none says why they were never compared.

        Looks at the two records alone, so a pair that shares a rule here and is still no candidate was lost to
        cutting, which the report tells. Sources do not matter here.

        Args:
            records: normalized records, a table of any kind that `frames` reads.
            id_l: the id of one record.
            id_r: the id of the other.

        Raises:
            ConfigError, SchemaError: as for `block`; SchemaError also for an id that is not there.

        >>> rules = (BlockingRule("m", (BlockingKey("m"),)), BlockingRule("n", (BlockingKey("n"),)))
        >>> Blocker(rules).shared_rules([{"record_id": 1, "m": "a", "n": "x"}, {"record_id": 2, "m": "a"}], 1, 2)
        ('m',)
        """
        frame, _ = to_polars(records)
        one = replace(self, link="all")
        one.plan(frame.clear())  # the faults of declaration and columns
        both = frame.filter(pl.col(self.record_id).is_in([id_l, id_r]))
        if both.height != 2:
            raise SchemaError(f"column {self.record_id!r}: expected two records of these ids, found {both.height}")
        return tuple(r.name for r in self.rules if replace(one, rules=(r,)).plan(both).report.n_pairs)

    def with_caps(self, report: BlockingReport) -> Blocker:
        """The same with the caps that a run found."""
        found = {r.rule: r.cap for r in report.rules}
        return replace(self, caps=tuple(found[r.name] for r in self.rules))

    def plan(self, frame: pl.DataFrame) -> BlockingPlan:
        """The blocks, cut to the budget and counted, from which pairs can be made as often as wanted.

        Raises:
            ConfigError: for a blocker with faults.
            SchemaError: as for `block`.
        """
        faults = self.faults()
        if faults:
            raise ConfigError(faults)
        ids, reader, source, row_of = self._reading(frame)
        parts, report = self._partitions(reader, source)
        return BlockingPlan(ids, tuple(r.name for r in self.rules), report, parts, source, row_of)

    def rules_tried(self, frame: pl.DataFrame, left: int, right: int, report: BlockingReport) -> tuple[RuleTried, ...]:
        """What each rule makes of two rows, in the order in which a pair is given to a rule: the first `made` has it.

        Args:
            frame: the normalized records, all of them.
            left: the number of one row.
            right: of the other.
            report: of the plan that was made of these records: how far each rule was cut.
        """
        limits = {r.rule: r for r in report.rules}
        out = []
        for rule in sorted(self.rules, key=_place):
            tried, limit = rule_tried(rule, frame, left, right), limits.get(rule.name)
            if tried.outcome == "made" and not self._may_pair(frame, left, right):
                tried = replace(tried, outcome="sources")
            elif tried.outcome == "made" and limit is not None and (limit.n_narrowed or limit.n_windowed):
                size = self._lost_in_a_block_of(rule, frame, left, right, limit.cap)
                if size:
                    tried = replace(tried, outcome="cut", block_size=size, limit=limit.cap)
            out.append(tried)
        return tuple(out)

    def _may_pair(self, frame: pl.DataFrame, left: int, right: int) -> bool:
        if self.link == "all" or self.source is None:
            return True
        same = text_series(frame[self.source][[left, right]]).n_unique() == 1
        return same == (self.link == "within")

    def _lost_in_a_block_of(self, rule: BlockingRule, frame: pl.DataFrame, left: int, right: int, cap: int) -> int:
        """How many records are in the block of two rows that was cut between them; 0 where they are a pair."""
        mine = frame[self.record_id][[left, right]]
        ids, reader, source, row_of = self._reading(frame.filter(rows_of_shared_blocks(rule, frame, left, right)))
        of = ids if row_of is None else ids.gather(row_of)
        a, b = (int((of == x).arg_true()[0]) for x in mine.cast(of.dtype))
        level = self._levels(rule, reader, source)
        level.split(cap)
        part = self._cut(0, rule, level, cap, reader, source)
        return 0 if makes(part, a, b) else smallest_shared(level.levels[0], a, b)

    def _reading(self, frame: pl.DataFrame) -> tuple[pl.Series, KeyReader, Int32 | None, Int32 | None]:
        """Ids in order, what reads keys in the order of ranks, sources by rank, and the place in order of each rank."""
        ids, rows = self._ordered_ids(frame)
        source_column = self.source if self.link != "all" else None
        columns = {c for r in self.rules for c in r.columns} | ({source_column} if source_column else set())
        needed = frame.select(sorted(columns))
        source: Int32 | None = None
        row_of: Int32 | None = None
        if source_column is not None:
            of = _source_codes(needed[source_column])[rows]
            if self.link == "between":  # ranks: by source, then id
                row_of = np.argsort(of, kind="stable").astype(np.int32)
                rows, source = rows[row_of], of[row_of]
        ordered = needed if _is_identity(rows) else needed[rows]
        fixed = hashes(text_series(ordered[source_column])) if source_column and self.link == "within" else None
        return ids, KeyReader(ordered, fixed), source, row_of

    def _ordered_ids(self, frame: pl.DataFrame) -> tuple[pl.Series, Int64]:
        """The ids in order, and the row of each."""
        wanted = [self.record_id, *([self.source] if self.source and self.link != "all" else [])]
        wanted += [c for r in self.rules for c in r.columns]
        missing = [unknown("column", c, frame.columns) for c in dict.fromkeys(wanted) if c not in frame.columns]
        if missing:
            raise SchemaError(missing)
        ids = frame[self.record_id]
        if ids.dtype.is_nested() or ids.dtype == pl.Object:
            raise SchemaError(f"column {self.record_id!r} is of type {ids.dtype}; expected ids with an order")
        if ids.dtype == pl.Categorical or isinstance(ids.dtype, pl.Enum):
            ids = ids.cast(pl.String)
        if frame.height > MAX_RECORDS:
            raise SchemaError(f"{frame.height:,} records; at most {MAX_RECORDS:,} are supported in one table")
        if ids.null_count():
            raise SchemaError(f"column {self.record_id!r}: {ids.null_count():,} ids are missing")
        if ids.is_sorted():
            rows = np.arange(frame.height)
        else:
            rows = ids.arg_sort().to_numpy().astype(np.int64)
            ids = ids[rows]
        n_again = int((ids == ids.shift()).sum())
        if n_again:
            raise SchemaError(f"column {self.record_id!r}: {n_again:,} ids repeat another; expected unique ids")
        return ids, rows

    def _partitions(self, reader: KeyReader, source: Int32 | None) -> tuple[tuple[Partition, ...], BlockingReport]:
        n = reader.frame.height
        rules = sorted(enumerate(self.rules), key=lambda x: _place(x[1]))
        levels = [self._levels(rule, reader, source) for _, rule in rules]
        if self.caps:
            max_pairs = GROWTH * self._budget(n)
            caps = list(lowered_caps(levels, [self.caps[i] for i, _ in rules], max_pairs))
        else:
            caps, max_pairs = self._caps([r for _, r in rules], levels, source, n)
        parts, reports = [], []
        covered = np.zeros(n, np.bool_)
        for (i, rule), level, cap in zip(rules, levels, caps, strict=True):
            part = self._cut(i, rule, level, cap, reader, source)
            parts.append(part)
            mine = _covered(part, n)
            covered |= mine
            reports.append(_rule_report(rule.name, level, part, cap, source, int(mine.sum())))
        report = BlockingReport(
            rules=tuple(reports),
            n_records=n,
            n_records_covered=int(covered.sum()),
            n_possible_pairs=_n_possible(n, source, reader.fixed),
            max_pairs=max_pairs,
            max_block_size=self.max_block_size,
            window=self.window,
        )
        return tuple(parts), report

    def _budget(self, n: int) -> int:
        return sum(
            max(MIN_MAX_PAIRS, per_record * n)
            for rare, per_record in ((False, self.max_pairs_per_record), (True, self.max_rare_pairs_per_record))
            if any(r.rare_only == rare for r in self.rules)
        )

    def _levels(self, rule: BlockingRule, reader: KeyReader, source: Int32 | None) -> Levels:
        """The blocks that a rule asks for, not yet cut."""
        narrow_by = [partial(_key_hashes, reader, k) for k in rule.narrow_by]
        return Levels(
            group(reader.entries(rule), source), narrow_by, source, 0 if rule.rare_only or self.caps else self.window
        )

    def _caps(
        self, rules: Sequence[BlockingRule], levels: Sequence[Levels], source: Int32 | None, n: int
    ) -> tuple[list[int], int]:
        """The cap of each rule, and the budget of all: rules that take rare values only share one of their own."""
        caps = [1] * len(rules)
        total = 0
        for rare, per_record in ((False, self.max_pairs_per_record), (True, self.max_rare_pairs_per_record)):
            places = [i for i, r in enumerate(rules) if r.rare_only == rare]
            budget = max(MIN_MAX_PAIRS, per_record * n) if places else 0
            some = [levels[i] for i in places]
            fitting = fitting_caps(some, budget, self.max_block_size)
            if places and not rare:
                fitting = self._with_small_blocks(some, fitting, budget, source, n)
            for place, cap in zip(places, fitting, strict=True):
                caps[place] = cap
            total += budget
        return caps, total

    def _with_small_blocks(
        self, levels: Sequence[Levels], caps: tuple[int, ...], budget: int, source: Int32 | None, n: int
    ) -> tuple[int, ...]:
        """The caps raised so that small blocks stay whole, where rules make the same pairs over and over.

        A customer who is there twenty times is a block of twenty under every rule. The sum over the rules then exceeds
        a budget that the distinct pairs do not; so these are estimated before a small block is cut.
        """
        for small in SMALL_BLOCKS:
            if min(caps) >= min(small, self.max_block_size):
                break
            raised = tuple(max(cap, min(small, self.max_block_size)) for cap in caps)
            parts = [_bare(x, cap) for x, cap in zip(levels, raised, strict=True)]
            n_made = sum(x.n_pairs(cap) for x, cap in zip(levels, raised, strict=True))
            if n_made <= budget * min(overlap(parts, source, n), MAX_OVERLAP):
                return raised
        return caps

    def _cut(
        self, i: int, rule: BlockingRule, level: Levels, cap: int, reader: KeyReader, source: Int32 | None
    ) -> Partition:
        whole, near = level.cut(cap)
        if near.record.size:
            used = {*rule.keys, *rule.narrow_by}
            others = [k for r in self.rules for k in r.keys if not k.several and k not in used]
            near = _in_neighborhood_order(near, list(dict.fromkeys(others))[:NEIGHBOR_KEYS], reader.frame)
        return Partition(i, rule.several, whole, near, level.window(cap))


@dataclass(frozen=True, repr=False)
class BlockingPlan:
    """Blocks that fit the budget, ready to make pairs.

    Attributes:
        record_ids: the ids in order; a pair names records by their place here.
        rule_names: by index of the rule.
        report: the counts, with `n_new_pairs` left open.
    """

    record_ids: pl.Series
    rule_names: tuple[str, ...]
    report: BlockingReport
    _parts: tuple[Partition, ...] = field(default=())
    _source: Int32 | None = None
    _row_of: Int32 | None = None

    def __repr__(self) -> str:
        return f"BlockingPlan({self.report.n_records:,} records, {len(self.rule_names)} rules)"

    def pairs(self, chunk_size: int = CHUNK_SIZE) -> Iterator[tuple[Int32, Int32, int]]:
        """The candidate pairs in chunks of about `chunk_size`, in an order that does not depend on the input's.

        Yields:
            left, right: places in `record_ids`, int32 of one shape, left < right; and the index of the rule. Each pair
            comes once, with the first rule that makes it.
        """
        n = self.record_ids.len()
        single = [p for p in self._parts if not p.several]
        seen = [Seen(p, n) for p in single]
        for left, right, rule in single_pairs(single, seen, self._source, chunk_size):
            yield *self._rows(left, right), rule
        several = [p for p in self._parts if p.several]
        if several:
            for left, right, rule in several_pairs(several, seen, self._source, chunk_size, n):
                yield *self._rows(left, right), rule

    def _rows(self, left: Int32, right: Int32) -> tuple[Int32, Int32]:
        if self._row_of is None:
            return left, right
        left, right = self._row_of[left], self._row_of[right]
        return np.minimum(left, right), np.maximum(left, right)

    def frame(self) -> pl.DataFrame:
        """All pairs as `CandidatePairs`."""
        chunks = list(self.pairs())
        none = np.zeros(0, np.int32)
        left = np.concatenate([none, *(c[0] for c in chunks)])
        right = np.concatenate([none, *(c[1] for c in chunks)])
        rule = np.repeat(np.array([c[2] for c in chunks], np.int64), [c[0].size for c in chunks])
        names = pl.Series(self.rule_names, dtype=pl.String)
        return pl.DataFrame(
            {
                RECORD_ID_L: self.record_ids.gather(left),
                RECORD_ID_R: self.record_ids.gather(right),
                "blocking_rule": names.gather(rule),
            }
        )

    def full_report(self) -> BlockingReport:
        """The report with the new pairs of each rule: makes every pair once, and keeps none."""
        count = dict.fromkeys(self.rule_names, 0)
        for left, _, rule in self.pairs():
            count[self.rule_names[rule]] += left.size
        return self.report.with_new_pairs(count)


def _place(rule: BlockingRule) -> tuple[bool, bool]:
    """What rules are ordered by: those with one value per record first."""
    return rule.several, rule.rare_only


def _bare(level: Levels, cap: int) -> Partition:
    """A rule's blocks under a cap, for counting: no order within neighborhoods yet."""
    whole, near = level.cut(cap)
    return Partition(0, True, whole, near, level.window(cap))


def _key_hashes(reader: KeyReader, key: BlockingKey) -> Hashes:
    return reader.key(key)[0]


def _source_codes(source: pl.Series) -> Int32:
    """A number per source, in the order of their names; null comes first."""
    text = text_series(source)
    names = text.unique().sort()
    codes = pl.Series(np.arange(names.len(), dtype=np.int32))
    return text.replace_strict(names, codes, return_dtype=pl.Int32).to_numpy()


def _is_identity(rows: Int64) -> bool:
    return bool((rows == np.arange(rows.size)).all())


def _in_neighborhood_order(near: Blocks, keys: Sequence[BlockingKey], frame: pl.DataFrame) -> Blocks:
    """The same blocks with the records of each in the order of further keys, then of record."""
    block = np.repeat(np.arange(near.n_pairs.size), near.size)
    some = frame[near.record]
    columns = [one_value(some[k.column], k).alias(str(i)) for i, k in enumerate(keys)]
    table = pl.DataFrame([pl.Series("block", block), *columns, pl.Series("record", near.record)])
    return Blocks(table.sort(table.columns)["record"].to_numpy(), near.start, near.n_pairs, near.n_parent_pairs)


def _covered(part: Partition, n: int) -> Mask:
    """Which records are in a block that can make a pair."""
    out = np.zeros(n, np.bool_)
    for blocks in (part.whole, part.near) if part.window else (part.whole,):
        out[blocks.take(blocks.n_pairs > 0).record] = True
    return out


def _rule_report(
    name: str, level: Levels, part: Partition, cap: int, source: Int32 | None, n_records: int
) -> RuleReport:
    top, near = level.levels[0], part.near
    if source is None:
        n_near = int(window_pairs(near.size, part.window).sum())
    else:
        n_near = n_near_pairs(near, part.window, source)
    return RuleReport(
        rule=name,
        n_blocks=top.n_pairs.size,
        largest_block=int(top.size.max()) if top.n_pairs.size else 0,
        n_records=n_records,
        n_pairs_before=int(top.n_pairs.sum()),
        n_pairs=int(part.whole.n_pairs.sum()) + n_near,
        cap=cap,
        n_narrowed=level.n_narrowed(cap),
        n_windowed=near.n_pairs.size,
    )


def _n_possible(n: int, source: Int32 | None, fixed: Hashes | None) -> int:
    """The pairs without blocking: of all records, between sources, or within sources."""
    groups = source if source is not None else fixed
    if groups is None:
        return n * (n - 1) // 2
    size = [int(x) for x in np.unique(groups, return_counts=True)[1]]
    within = sum(s * (s - 1) // 2 for s in size)
    return n * (n - 1) // 2 - within if source is not None else within
