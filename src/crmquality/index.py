"""An index: the known records in memory, so that one more can be checked against them while somebody types it.

A check answers as a run over the table with this record would: the same candidates, weights and thresholds, so a form
finds what the next batch would have found. What fingerprints tell (`comparator.screen`) leaves a few candidates of
hundreds, and only these are read and scored.

Threads may check at any time, while one adds or removes: all that a check reads is one immutable snapshot, and a change
puts another in its place. Few records that were added since the index was built stand beside the others until there are
enough of them to be worth folding in. Until then they do not count in the sizes of the blocks of the others, nor do
removed ones cease to: where a block is exactly at its cap, a pair more or less is made than a run would make.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from math import log
from typing import Final, NamedTuple, Protocol, TypeAlias, cast

import numpy as np
import polars as pl

from crmquality.blocker import Blocker
from crmquality.checked import Checked, Match, Policy, judge
from crmquality.comparator import Comparator, LinkModel
from crmquality.comparator.bands import bits
from crmquality.comparator.one_pair import PairScorer
from crmquality.comparator.prints import mark_of
from crmquality.comparator.screen import Screen
from crmquality.comparator.similarity import EPSILON
from crmquality.comparator.term_frequency import TermFrequencies, tf_columns
from crmquality.errors import ConfigError, SchemaError
from crmquality.frames import to_polars
from crmquality.known import GoldenOf, Keeper, Part, Snapshot
from crmquality.lift import as_text
from crmquality.merger import Contradiction, Merger
from crmquality.normalizer import Normalizer
from crmquality.shelf import text_row
from crmquality.validator import Finding, Validator

Row: TypeAlias = Mapping[str, str | None]

ABSENT: Final = frozenset({"required_missing", "any_of_missing"})
"""Findings that say that a field is empty: of a record that is still being typed they say nothing."""
READ_AT_ONCE: Final = 20
"""So many candidates are read at once: a look at fingerprints takes as long as scoring two dozen."""
_SLACK: Final = 1e-6  # bounds are sums in another order than weights


class Stages(Protocol):
    """The stages of a pipeline, as far as an index needs them."""

    @property
    def normalizer(self) -> Normalizer:
        """The first stage."""
        ...

    @property
    def validator(self) -> Validator:
        """The second stage."""
        ...

    @property
    def blocker(self) -> Blocker:
        """The third stage."""
        ...

    @property
    def comparator(self) -> Comparator:
        """The fourth stage."""
        ...

    @property
    def merger(self) -> Merger:
        """The fifth stage."""
        ...


class Fitted(Protocol):
    """A fitted pipeline."""

    @property
    def pipeline(self) -> Stages:
        """The stages."""
        ...

    @property
    def model(self) -> LinkModel:
        """The learned numbers."""
        ...

    @property
    def frequencies(self) -> TermFrequencies:
        """How common values are."""
        ...


class _Identifier(NamedTuple):
    """A unique identifier, as a guard of the merger declares it."""

    field: str
    column: str
    issues: str | None
    unless: frozenset[str]

    def of(self, row: Row) -> str | None:
        """The value of a record where it is sound."""
        value = row.get(self.column)
        if value is None or not value.strip():
            return None
        codes = (row.get(self.issues) or "") if self.issues else ""
        return value if self.unless.isdisjoint(codes.split(" ")) else None


class _Candidate(NamedTuple):
    """A record that was scored."""

    slot: int
    weight: float
    same: tuple[str, ...]
    different: tuple[str, ...]
    row: Row


class Index:
    """The known records, to check one more against; made by `FittedPipeline.index`.

    It lives in memory and in one process: it is not stored, but built again.

    >>> import crmquality as cq
    >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), source="source")
    >>> fitted = cq.Pipeline.from_schema(schema).with_default_model()
    >>> known = [{"record_id": 1, "source": "crm", "name": "欧阳娜娜", "mobile": "13800138001"}]
    >>> index = Index.build(fitted, fitted.pipeline.normalizer.normalize_frame(pl.DataFrame(known)))
    >>> checked = index.check({"name": "歐陽娜娜 女士", "mobile": "0086-138-0013-8001"})
    >>> checked.verdict, [m.record_id for m in checked.matches], checked.text("zh")
    ('block', [1], '该客户已存在。')
    >>> index.add({"record_id": 2, "source": "web", "name": "张伟", "mobile": "139 1234 5678"})
    >>> index.check({"name": "张伟", "mobile": "13912345678"}).matches[0].record_id
    2
    """

    def __init__(self, looker: _Looker, snapshot: Snapshot) -> None:
        self._looker = looker
        self._snapshot = snapshot
        self._writing = threading.Lock()

    @classmethod
    def build(
        cls,
        fitted: Fitted,
        records: pl.DataFrame,
        golden_of: GoldenOf = None,
        *,
        policy: Policy | None = None,
        carry: Iterable[str] | None = None,
        hide: Callable[[dict[str, object]], Mapping[str, object]] | None = None,
    ) -> Index:
        """The index of a table.

        Args:
            fitted: the pipeline, its model and frequencies.
            records: normalized: what `Normalizer.normalize_frame` gives.
            golden_of: the golden id of each record: a table of `record_id` and `golden_id`, or a mapping.
            policy: when a form is warned or stopped.
            carry: columns of the records that matches show; by default the source, where there is one.
            hide: what is done to a normalized record before it is compared or kept, where the table holds hashes.

        Raises:
            ConfigError: for a policy with faults.
            SchemaError: for columns that are missing, and record ids that are missing or repeated.
        """
        merger = fitted.pipeline.merger
        if carry is None:
            carry = [merger.source] if merger.source else []
        carried = (carry,) if isinstance(carry, str) else tuple(carry)
        looker = _Looker(fitted, policy or Policy(), carried, hide)
        return cls(looker, looker.keeper.snapshot(records, golden_of))

    def __len__(self) -> int:
        return len(self._snapshot)

    def __contains__(self, record_id: object) -> bool:
        return self._snapshot.slot_of(record_id) is not None

    def __repr__(self) -> str:
        return f"Index({len(self):,} records)"

    def __reduce__(self) -> str:
        raise TypeError("an index lives in one process: store the state, and build the index from it again")

    @property
    def n_bytes(self) -> int:
        """What blocks, fingerprints and texts take in memory; ids and carried columns come on top."""
        return self._snapshot.base.n_bytes + self._snapshot.recent.n_bytes

    def check(
        self,
        record: Mapping[str, object],
        *,
        ignore: object = None,
        partial: bool = False,
        as_of: datetime | None = None,
    ) -> Checked:
        """One record against all that are known.

        Args:
            record: raw, as it was typed; a field that is absent counts as missing.
            ignore: the id of the known record that is being edited: neither it nor others of its customer are matches.
                A record that has a known id by itself is taken for an edit of that one.
            partial: somebody is still typing: findings about what is missing are left out. Leave out the field that is
                being typed, too: half a number is a wrong one.
            as_of: the caller's present, for rules about age and future.

        Returns:
            The normalized record, its findings, whom it could be, and the verdict.

        Raises:
            SchemaError: for what is not one record.
            ConfigError: for an `as_of` that is no time.
        """
        if not isinstance(cast(object, record), Mapping):
            raise SchemaError(f"expected one record as a dict, got a {type(record).__name__}")
        looker, snapshot = self._looker, self._snapshot
        normalized = looker.stages.normalizer.normalize_record(record)
        findings = looker.stages.validator.validate_record(normalized, as_of=as_of)
        if partial:
            findings = tuple(f for f in findings if not _is_of_nothing(f, normalized))
        own = snapshot.slot_of(ignore if ignore is not None else record.get(looker.stages.merger.record_id))
        matches = looker.matches(snapshot, looker.compared(normalized), own)
        verdict, reasons = judge(findings, matches, *looker.judging)
        return Checked(normalized, findings, matches, verdict, reasons)

    def add(self, records: object, golden_of: GoldenOf = None) -> None:
        """Know more records, at once and in all threads; one with a known id takes the place of that one.

        Args:
            records: raw: one record as a dict, or a table of any kind.
            golden_of: as for `build`; without it their customers are not known until an index is built again.

        Raises:
            SchemaError: for columns that are missing, and record ids that are missing or repeated.
        """
        rows = [records] if isinstance(records, Mapping) else to_polars(records)[0].rows(named=True)
        looker = self._looker
        normalized = [looker.compared(looker.stages.normalizer.normalize_record(row)) for row in rows]
        with self._writing:
            self._snapshot = self._looker.keeper.with_more(self._snapshot, normalized, golden_of)

    def remove(self, record_ids: object) -> int:
        """Forget records, at once and in all threads.

        Args:
            record_ids: an id, or several; unknown ones are passed over.

        Returns:
            How many were known.
        """
        ids = (
            record_ids if isinstance(record_ids, Iterable) and not isinstance(record_ids, str | bytes) else [record_ids]
        )
        with self._writing:
            before = self._snapshot
            slots = frozenset(slot for slot in map(before.slot_of, ids) if slot is not None)
            if slots:
                self._snapshot = self._looker.keeper.settled(before.without(slots))
        return len(slots)

    def settle(self) -> None:
        """Fold in now what was added and removed; it takes a second for a million records, and checks go on."""
        with self._writing:
            self._snapshot = self._looker.keeper.folded(self._snapshot)


class _Looker:
    """What does not change while records come and go: the pipeline, and how the records are searched."""

    def __init__(
        self,
        fitted: Fitted,
        policy: Policy,
        carried: tuple[str, ...],
        hide: Callable[[dict[str, object]], Mapping[str, object]] | None,
    ) -> None:
        self.stages = fitted.pipeline
        self.hide = hide
        comparator, frequencies = self.stages.comparator, fitted.frequencies
        self.carried = carried
        block = policy.block_probability if policy.block_probability is not None else comparator.link_probability
        warn = policy.warn_probability if policy.warn_probability is not None else comparator.review_probability
        faults = policy.faults() or replace(policy, block_probability=block, warn_probability=min(warn, block)).faults()
        if faults:
            raise ConfigError([f"policy: {fault}" for fault in faults])
        self.judging = (policy, block, min(warn, block))
        self.floor = min(comparator.review_weight, bits(min(warn, block))) - EPSILON
        self.scorer = PairScorer(fitted.model, comparator.comparisons, frequencies)

        rarest = {c: log(frequencies.mean(c)) for c in tf_columns(comparator.comparisons)}

        def rarity(column: str, value: str) -> float:
            others = frequencies.count(column, value) - 1
            return rarest[column] - log(others) if others > 1 else rarest[column]

        self.identifiers = tuple(_identifiers(self.stages))
        unique = [i.column for i in self.identifiers]
        self.screen = Screen(fitted.model, comparator.comparisons, rarity, rarest.__getitem__, unique)
        issues = [i.issues for i in self.identifiers if i.issues is not None]
        self.columns = tuple(dict.fromkeys([*self.screen.columns, *issues]))
        self.keeper = Keeper(self.stages.blocker, self.screen, self.columns, self.stages.merger.record_id, carried)

    def compared(self, normalized: dict[str, object]) -> Mapping[str, object]:
        """A normalized record as the known ones are."""
        return normalized if self.hide is None else self.hide(normalized)

    def matches(self, snapshot: Snapshot, normalized: Mapping[str, object], own: int | None) -> tuple[Match, ...]:
        """Whom a record could be: a match per customer, best first."""
        row = text_row(normalized, self.columns)
        found: list[_Candidate] = []
        for part, first in ((snapshot.base, 0), (snapshot.recent, len(snapshot.base))):
            if len(part):
                found += self._search(part, first, normalized, row)
        mine = None if own is None else snapshot.golden_id(own)
        groups: dict[object, list[Match]] = {}
        rows = [(self._match(snapshot, row, c), c.slot) for c in found if c.slot != own and c.slot not in snapshot.gone]
        for match, slot in sorted(rows, key=lambda x: (-len(x[0].same), -x[0].match_weight, x[0].record_id)):
            if match.golden_id is None:
                groups[("slot", slot)] = [match]
            elif match.golden_id != mine:
                groups.setdefault(("golden", match.golden_id), []).append(match)
        return tuple(replace(best, also=tuple(also)) if also else best for best, *also in groups.values())

    def _search(self, part: Part, first: int, normalized: Mapping[str, object], row: Row) -> Iterator[_Candidate]:
        """The candidates of a part that reach the floor, or have the same unique identifier."""
        slots = part.blocks.candidates(normalized)
        if not slots.size:
            return
        own = [(i, value) for i in self.identifiers if (value := i.of(row)) is not None]
        if slots.size > READ_AT_ONCE:
            prints = part.prints.take(slots)
            near = self.screen.bounds(prints, row) >= self.floor - _SLACK
            for identifier, value in own:
                near |= prints.marks[:, self.screen.columns.index(identifier.column)] == mark_of(value)
            slots = slots[near]
        for slot in slots.tolist():
            other = part.rows.row(slot)
            pairs = [(i.field, value, i.of(other)) for i, value in own]
            same = tuple(name for name, x, y in pairs if x == y)
            floor = -np.inf if same else self.floor
            weight = self.scorer.weight_at_least(row, other, floor)
            if weight is not None:
                different = tuple(name for name, x, y in pairs if y is not None and x != y)
                yield _Candidate(first + slot, weight, same, different, other)

    def _match(self, snapshot: Snapshot, row: Row, candidate: _Candidate) -> Match:
        part, place = snapshot.part_of(candidate.slot)
        weight = candidate.weight
        decision = self.stages.comparator.decide(weight)
        explain = partial(self.scorer.explain, row, candidate.row, decision, self.stages.comparator.link_weight)
        return Match(
            part.ids[place],
            part.golden[place],
            weight,
            1 / (1 + 2.0 ** -max(min(weight, 1000.0), -1000.0)),
            decision,
            candidate.same,
            candidate.different,
            {c: part.shown[c][place] for c in self.carried},
            _explain=explain,
        )


def _identifiers(stages: Stages) -> Iterator[_Identifier]:
    """The unique identifiers: what the merger's guards say that two records of one customer cannot have different."""
    maker = {c: f.field for f in stages.normalizer.fields for c in (f.field, *f.made)}
    for guard in stages.merger.guards:
        if isinstance(guard, Contradiction):
            name = maker.get(guard.column, guard.column)
            yield _Identifier(name, guard.column, guard.issues, frozenset(guard.unless_issues))


def _is_of_nothing(finding: Finding, record: Mapping[str, object]) -> bool:
    """Whether a finding is about a field that is not typed yet."""
    typed = as_text(record.get(finding.field))
    return finding.code in ABSENT or typed is None or not typed.strip()
