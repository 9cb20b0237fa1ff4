"""The merger: links in, clusters out; clusters in, golden records, cross-reference and changes out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar, cast

import polars as pl

from crmquality.declarations import Declaration
from crmquality.frames import to_polars, without_index
from crmquality.merger.changes import cell_changes
from crmquality.merger.clusters import Clustered, check_ids, cluster
from crmquality.merger.golden import (
    arrange,
    check_columns,
    check_names,
    decide,
    field_names,
    golden_table,
    units_of,
)
from crmquality.merger.guards import Guard
from crmquality.merger.survivorship import SurvivorshipRule
from crmquality.merger.xref import xref_table
from crmquality.tables import CHANGES, CLUSTERS, RECORD_ID, empty

FrameT = TypeVar("FrameT")


@dataclass(frozen=True)
class Merged(Generic[FrameT]):
    """What merging gives.

    Attributes:
        golden: one row per cluster by `golden_id`: the caller's fields, `<field>_from` (the record that the value came
            from), `n_records`.
        xref: one row per record by `record_id`: `source`, `record_id`, `golden_id`, `event`.
        changes: one row per cell that its golden value would alter, by field, golden id and record id; see
            `merger.changes`.
    """

    golden: FrameT
    xref: FrameT
    changes: FrameT


@dataclass(frozen=True)
class Merger(Declaration):
    """The last stage: which records are one customer, and what is true of that customer.

    Attributes:
        rules: how fields survive; a field without a rule gets `SurvivorshipRule(field)`.
        guards: what must not come together in a cluster.
        source_priority: sources, best first, for rules that name none of their own.
        groups: fields that must come from one record, such as the parts of an address. The rule of a group's first
            field ranks the records; without one, the fullest valid record comes first.
        record_id: the column of the record's id, unique and never null.
        source: the column of the record's source, or None.
        updated_at: the column that says how recent a record is (date, datetime, number or ISO 8601 text; anything else
            counts as unknown), or None.

    >>> merger = Merger(updated_at="updated_at")
    >>> records = [
    ...     {"record_id": 1, "name": "Ann Lee", "email": None, "updated_at": "2024-01-31"},
    ...     {"record_id": 2, "name": "Anne Lee", "email": "ann@x.org", "updated_at": "2023-05-01"},
    ... ]
    >>> links = [{"record_id_l": 1, "record_id_r": 2, "match_weight": 12.5, "match_probability": 0.9998,
    ...           "decision": "link"}]
    >>> clustered = merger.cluster(records, links)
    >>> clustered.clusters
    [{'record_id': 1, 'entity_id': 1}, {'record_id': 2, 'entity_id': 1}]
    >>> merged = merger.merge(records, clustered.clusters)
    >>> golden = merged.golden[0]
    >>> golden["name"], golden["name_from"], golden["email"], golden["email_from"], golden["n_records"]
    ('Ann Lee', 1, 'ann@x.org', 2, 2)
    >>> [(c["record_id"], c["field"], c["rule"]) for c in merged.changes]
    [(2, 'name', 'most_recent'), (1, 'email', 'filled'), (2, 'updated_at', 'most_recent')]
    """

    rules: tuple[SurvivorshipRule, ...] = ()
    guards: tuple[Guard, ...] = ()
    source_priority: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    record_id: str = RECORD_ID
    source: str | None = None
    updated_at: str | None = None

    def faults(self) -> list[str]:
        """Faults of rules and guards, and whatever is said twice or contradicts something else."""
        names = [r.field for r in self.rules]
        grouped = [f for group in self.groups for f in group]
        faults = [f"field {n!r} has two survivorship rules" for n in _repeated(names)]
        faults += [f"field {n!r} is in two groups, or twice in one" for n in _repeated(grouped)]
        faults += [f"a group needs at least two fields, got {len(g)}" for g in self.groups if len(g) < 2]
        unions = {r.field for r in self.rules if r.strategy == "union"}
        faults += [f"field {n!r} is in a group, which comes from one record: no union" for n in grouped if n in unions]
        identity = [c for c in (self.record_id, self.source) if c is not None]
        faults += [f"column {n!r} identifies the record: no survivorship" for n in (*names, *grouped) if n in identity]
        columns = [*identity, *([] if self.updated_at is None else [self.updated_at])]
        faults += [f"column {n!r} cannot be two of record_id, source and updated_at" for n in _repeated(columns)]
        faults += [f"source {n!r} is repeated in source_priority" for n in _repeated(self.source_priority)]
        if self.source is None and (self.source_priority or any(r.source_priority for r in self.rules)):
            faults.append("source_priority needs the name of the source's column in 'source'")
        guards = [g.name for g in self.guards]
        faults += [f"guard {n} is repeated" for n in _repeated(guards)]
        return faults + [x for part in (*self.rules, *self.guards) for x in part.faults()]

    def with_rules(self, *rules: SurvivorshipRule) -> Merger:
        """This merger with other rules: each takes the place of the rule of its field, or is added.

        >>> merger = Merger((SurvivorshipRule("name"), SurvivorshipRule("email")))
        >>> [r.order for r in merger.with_rules(SurvivorshipRule("name", ("longest",))).rules][0]
        ('longest',)
        """
        new = {r.field: r for r in rules}
        kept = tuple(new.pop(r.field, r) for r in self.rules)
        return replace(self, rules=(*kept, *new.values()))

    def cluster(self, records: FrameT, links: object, decisions: object = None) -> Clustered[FrameT]:
        """The clusters that links make, as far as guards and people's decisions allow.

        Args:
            records: a table of any kind that `frames` reads.
            links: the columns of `tables.LINKS`; rows decided "link" join, the weights of all rows are evidence.
            decisions: the columns of `tables.DECISIONS`, or None.

        Returns:
            `clusters` and `refused`, tables of the kind of `records`.

        Raises:
            SchemaError: for columns that are missing, and record ids that are null or repeated.
        """
        frame, restore = to_polars(records)
        people = None if decisions is None else to_polars(decisions)[0]
        out = self.cluster_frame(frame, to_polars(links)[0], people)
        return Clustered(cast(FrameT, restore(out.clusters)), cast(FrameT, restore(out.refused)))

    def cluster_frame(
        self, records: pl.DataFrame, links: pl.DataFrame, decisions: pl.DataFrame | None = None
    ) -> Clustered[pl.DataFrame]:
        """`cluster` on polars frames."""
        return cluster(records, links, record_id=self.record_id, guards=self.guards, decisions=decisions)

    def merge(self, records: FrameT, clusters: object) -> Merged[FrameT]:
        """Golden records, cross-reference and changes of records whose clusters are known.

        Args:
            records: a table of any kind that `frames` reads, best with the normalizer's columns.
            clusters: the columns of `tables.CLUSTERS`, every record once.

        Returns:
            Three tables of the kind of `records`.

        Raises:
            SchemaError: for columns that are missing, record ids that are null or repeated, records without a cluster.
        """
        frame, restore = to_polars(records)
        out = self.merge_frame(without_index(frame, restore, self.columns), to_polars(clusters)[0])
        golden, xref, changes = (cast(FrameT, restore(t)) for t in (out.golden, out.xref, out.changes))
        return Merged(golden, xref, changes)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is named here: the record's own, and those of rules and groups."""
        own = (self.record_id, self.source, self.updated_at)
        ruled = [c for r in self.rules for c in (r.field, r.verified)]
        return tuple(dict.fromkeys(c for c in (*own, *ruled, *(f for g in self.groups for f in g)) if c is not None))

    def merge_frame(self, records: pl.DataFrame, clusters: pl.DataFrame) -> Merged[pl.DataFrame]:
        """`merge` on polars frames."""
        self._check(records)
        if not clusters.columns:
            clusters = empty(CLUSTERS, records.schema[self.record_id])
        check_columns(clusters, [("clusters", c) for c in CLUSTERS])
        fields = field_names(records, (self.record_id, self.source))
        check_names(fields, [*(r.field for r in self.rules), *(f for group in self.groups for f in group)])
        members = arrange(
            records,
            clusters,
            fields,
            record_id=self.record_id,
            source=self.source,
            updated_at=self.updated_at,
            verified=sorted({r.verified for r in self.rules if r.verified is not None}),
        )
        golden: dict[str, pl.Series] = {}
        origin: dict[str, pl.Series] = {}
        changes: dict[str, pl.DataFrame] = {}
        for unit in units_of(fields, self._rules(), self.groups, self.source_priority):
            for decided in decide(records, unit, members):
                golden[decided.field], origin[decided.field] = decided.golden, decided.origin
                changes[decided.field] = cell_changes(decided, members)
        parts = [changes[f] for f in fields]
        nothing = empty(CHANGES, records.schema[self.record_id])
        return Merged(
            golden_table(members, golden, origin, fields),
            xref_table(members),
            pl.concat(parts, rechunk=False) if parts else nothing,
        )

    def _rules(self) -> tuple[SurvivorshipRule, ...]:
        """The rules, and one for the time stamp: a golden record is as recent as its most recent member."""
        if self.updated_at is None or any(r.field == self.updated_at for r in self.rules):
            return self.rules
        return (*self.rules, SurvivorshipRule(self.updated_at, ("most_recent",)))

    def _check(self, records: pl.DataFrame) -> None:
        needed = [("record_id", self.record_id)]
        needed += [(who, c) for who, c in (("source", self.source), ("updated_at", self.updated_at)) if c is not None]
        for rule in self.rules:
            needed.append((f"survivorship of {rule.field!r}", rule.field))
            if rule.verified is not None:
                needed.append((f"survivorship of {rule.field!r}", rule.verified))
        needed += [("groups", f) for group in self.groups for f in group]
        check_columns(records, needed)
        check_ids(records[self.record_id])


def _repeated(names: tuple[str, ...] | list[str]) -> list[str]:
    return sorted({n for n in names if names.count(n) > 1})
