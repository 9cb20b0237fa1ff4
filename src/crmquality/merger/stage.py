"""The merger: links in, clusters out; clusters in, golden records, cross-reference and changes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar, cast

import polars as pl

from crmquality.declarations import Declaration
from crmquality.errors import SchemaError, unknown
from crmquality.frames import to_polars, without_index
from crmquality.merger.cells import comparable
from crmquality.merger.changes import cell_changes
from crmquality.merger.choice import Members
from crmquality.merger.clusters import Clustered, check_ids, cluster
from crmquality.merger.fixed import IGNORED, read_fixed
from crmquality.merger.golden import (
    Unit,
    arrange,
    check_columns,
    check_names,
    decide,
    field_names,
    golden_table,
    units_of,
)
from crmquality.merger.guards import Guard
from crmquality.merger.survivorship import SurvivorshipRule, trust_faults
from crmquality.merger.values import VALUES, field_values
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
        ignored: the rows of the fixed values that changed nothing: `golden_id`, `field`, and the `reason`, which is
            `unknown_golden_id` or `does_not_fit`; see `merger.fixed`.
    """

    golden: FrameT
    xref: FrameT
    changes: FrameT
    ignored: FrameT


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
        trust: sources and the weights of their records, for rules that name none of their own; see
            `merger.survivorship`.
        half_life_days: after how many days a record is trusted half as much, for rules that do not say.

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
    trust: tuple[tuple[str, float], ...] = ()
    half_life_days: float | None = None

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
        faults += trust_faults(self.trust, self.half_life_days) + self._trust_faults()
        guards = [g.name for g in self.guards]
        faults += [f"guard {n} is repeated" for n in _repeated(guards)]
        return faults + [x for part in (*self.rules, *self.guards) for x in part.faults()]

    def _trust_faults(self) -> list[str]:
        trusting = [r for r in self.rules if r.trust]
        aging = [r for r in self.rules if r.half_life_days is not None]
        faults = []
        if self.source is None and (self.trust or trusting):
            faults.append("trust needs the name of the source's column in 'source'")
        if self.updated_at is None and (self.half_life_days is not None or aging):
            faults.append("half_life_days needs the name of the column of times in 'updated_at'")
        if not self.trust and (aging or self.half_life_days is not None):
            bare = [f"survivorship of {r.field!r}: half_life_days" for r in aging if not r.trust]
            bare += ["half_life_days"] if self.half_life_days is not None and not trusting else []
            faults += [f"{which} needs the weights of sources in 'trust'" for which in bare]
        return faults

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
            decisions: the columns of `tables.DECISIONS`, and `by`, `at`, `reason` where they are known, or None; see
                `merger.decisions`.

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

    def merge(self, records: FrameT, clusters: object, fixed: object = None) -> Merged[FrameT]:
        """Golden records, cross-reference and changes of records whose clusters are known.

        Args:
            records: a table of any kind that `frames` reads, best with the normalizer's columns.
            clusters: the columns of `tables.CLUSTERS`, every record once.
            fixed: golden values that a person has fixed: `golden_id`, `field`, `value`, perhaps `at`; see
                `merger.fixed`. Or None.

        Returns:
            Four tables of the kind of `records`.

        Raises:
            SchemaError: for columns that are missing, record ids that are null or repeated, records without a cluster,
                and fixed values of fields that are not there.

        >>> records = [{"record_id": 1, "city": "上海"}, {"record_id": 2, "city": "北京"}]
        >>> clusters = [{"record_id": 1, "entity_id": 1}, {"record_id": 2, "entity_id": 1}]
        >>> fixed = [{"golden_id": 1, "field": "city", "value": "北京", "by": "a steward", "at": "2024-05-01"}]
        >>> merged = Merger().merge(records, clusters, fixed)
        >>> merged.golden[0]["city"], merged.golden[0]["city_from"], [c["rule"] for c in merged.changes]
        ('北京', None, ['fixed'])
        """
        frame, restore = to_polars(records)
        people = None if fixed is None else to_polars(fixed)[0]
        out = self.merge_frame(without_index(frame, restore, self.columns), to_polars(clusters)[0], people)
        tables = (cast(FrameT, restore(t)) for t in (out.golden, out.xref, out.changes, out.ignored))
        return Merged(*tables)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is named here: the record's own, and those of rules and groups."""
        own = (self.record_id, self.source, self.updated_at)
        ruled = [c for r in self.rules for c in (r.field, r.verified)]
        return tuple(dict.fromkeys(c for c in (*own, *ruled, *(f for g in self.groups for f in g)) if c is not None))

    def merge_frame(
        self, records: pl.DataFrame, clusters: pl.DataFrame, fixed: pl.DataFrame | None = None
    ) -> Merged[pl.DataFrame]:
        """`merge` on polars frames."""
        fields, members = self._arranged(records, clusters)
        people = None if fixed is None else read_fixed(fixed, fields, members)
        golden: dict[str, pl.Series] = {}
        origin: dict[str, pl.Series] = {}
        changes: dict[str, pl.DataFrame] = {}
        unfit: list[int] = []
        for unit in self._units(fields):
            for each in decide(records, unit, members):
                decided, left_out = (each, []) if people is None else people.put(each)
                unfit += left_out
                golden[decided.field], origin[decided.field] = decided.golden, decided.origin
                changes[decided.field] = cell_changes(decided, members)
        parts = [changes[f] for f in fields]
        nothing = empty(CHANGES, records.schema[self.record_id])
        return Merged(
            golden_table(members, golden, origin, fields),
            xref_table(members),
            pl.concat(parts, rechunk=False) if parts else nothing,
            empty(IGNORED, members.golden_ids.dtype) if people is None else people.ignored(unfit),
        )

    def values(
        self,
        records: FrameT,
        clusters: object,
        fixed: object = None,
        *,
        golden_ids: Sequence[object] | None = None,
        fields: Sequence[str] | None = None,
    ) -> FrameT:
        """Every value that any member has, what became of it and why: the provenance of golden records.

        Nothing is kept from merging for it: the choice is made again, for as many golden records as are asked for.
        Rows that have not `won` are the losers; rows in `conflict` are what members disagree about.

        Args:
            records: as for `merge`.
            clusters: as for `merge`.
            fixed: as for `merge`.
            golden_ids: the golden records to tell of; None for all.
            fields: the fields to tell of; None for all.

        Returns:
            A table of the kind of `records`, by field and golden id, the value that won before the others and these
            best first: `golden_id`, `field`, `value` (as text), `record_id` and `source` of the best record that has
            the value (null for a fixed value that no record has), `n_records` that have it, whether it `won`, the
            `reason` (see `merger.values.Why`), and whether the field is in `conflict`: its members have two valid
            values or more, only one of which may survive, and nobody has fixed it. Spellings of one canonical value
            are one value; the time stamp `updated_at` is never in conflict.

        Raises:
            SchemaError: as for `merge`, and for fields that are not there.

        >>> records = [
        ...     {"record_id": 1, "city": "上海", "source": "crm"},
        ...     {"record_id": 2, "city": "北京", "source": "web"},
        ...     {"record_id": 3, "city": "北京", "source": "erp"},
        ... ]
        >>> clusters = [{"record_id": r, "entity_id": 1} for r in (1, 2, 3)]
        >>> for row in Merger(source="source").values(records, clusters):
        ...     print(row["value"], row["record_id"], row["source"], row["n_records"], row["won"], row["reason"])
        北京 2 web 2 True most_frequent
        上海 1 crm 1 False most_frequent
        """
        frame, restore = to_polars(records)
        people = None if fixed is None else to_polars(fixed)[0]
        inside = without_index(frame, restore, self.columns)
        table = self.values_frame(inside, to_polars(clusters)[0], people, golden_ids=golden_ids, fields=fields)
        return cast(FrameT, restore(table))

    def values_frame(
        self,
        records: pl.DataFrame,
        clusters: pl.DataFrame,
        fixed: pl.DataFrame | None = None,
        *,
        golden_ids: Sequence[object] | None = None,
        fields: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """`values` on polars frames."""
        if golden_ids is not None:
            records, clusters = self._only(records, clusters, golden_ids)
        known, members = self._arranged(records, clusters)
        if strangers := [f for f in fields or () if f not in known]:
            raise SchemaError([f"fields: {unknown('field', f, known)}" for f in strangers])
        people = None if fixed is None else read_fixed(fixed, known, members)
        tables: dict[str, pl.DataFrame] = {}
        for unit in self._units(known):
            if fields is None or any(f in fields for f in unit.fields):
                decided = [d if people is None else people.put(d)[0] for d in decide(records, unit, members)]
                found = field_values(unit, decided, members, self.updated_at)
                tables |= dict(zip(unit.fields, found, strict=True))
        parts = [tables[f] for f in known if f in tables and (fields is None or f in fields)]
        return pl.concat(parts) if parts else empty(VALUES, records.schema[self.record_id])

    def _only(
        self, records: pl.DataFrame, clusters: pl.DataFrame, golden_ids: Sequence[object]
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The clusters of some golden ids, and their records."""
        self._check(records)
        check_columns(clusters, [("clusters", c) for c in CLUSTERS])
        known, wanted = comparable(clusters["entity_id"], pl.Series(golden_ids, strict=False))
        clusters = clusters.filter(known.is_in(wanted.to_list()))
        ids = clusters.select(pl.col(RECORD_ID).cast(records.schema[self.record_id], strict=False))
        return records.join(ids, left_on=self.record_id, right_on=RECORD_ID, how="semi"), clusters

    def _arranged(self, records: pl.DataFrame, clusters: pl.DataFrame) -> tuple[list[str], Members]:
        """The fields, and the records by cluster."""
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
            aging=self.half_life_days is not None or any(r.half_life_days is not None for r in self.rules),
        )
        return fields, members

    def _units(self, fields: Sequence[str]) -> list[Unit]:
        fallback = SurvivorshipRule(
            "", source_priority=self.source_priority, trust=self.trust, half_life_days=self.half_life_days
        )
        return units_of(fields, self._rules(), self.groups, fallback)

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
