"""The schema: what the columns of a table mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from crmquality.blocker import Blocker
from crmquality.blocker.stage import Link
from crmquality.comparator import Comparator
from crmquality.declarations import Declaration
from crmquality.errors import SchemaError, unknown
from crmquality.kinds import across, agreement
from crmquality.kinds.base import Kind
from crmquality.kinds.email import Email
from crmquality.kinds.forms import FormSchema, form_schema
from crmquality.kinds.phone import Phone
from crmquality.merger import Merger, SurvivorshipRule
from crmquality.normalizer import FieldNormalizer, Normalizer
from crmquality.tables import RECORD_ID
from crmquality.validator import AnyOf, Before, NotInFuture, ValidationRule, Validator

TIMESTAMP = "crmquality.normalizer.dates:normalize_timestamp"


@dataclass(frozen=True, init=False)
class Schema(Declaration):
    """What the columns of a table mean: one kind per field, and which columns are ids, sources and times.

    Columns that the schema does not name are kept and never read.

    Attributes:
        fields: the kinds.
        record_id: the column of unique record ids.
        source: the column that names the system a record came from.
        created_at: the column of the time a record was made.
        updated_at: the column of the time it was last changed; the newest value survives a merge.
        contact_points: columns of which a record needs at least one; by default all phones and emails.
        link: which duplicates are looked for: "all", those "within" a source, or "between" sources, which then are
            taken to hold no duplicates of their own.
        trust: how much the records of each source are trusted, such as `{"crm": 2.0, "web": 0.5}`; see
            `merger.survivorship`.
        half_life_days: after how many days a record is trusted half as much, by `updated_at`.
        groups: fields that survive a merge together, from one record, such as the columns of an address.
        survivorship: rules in place of those of the kinds.

    Raises:
        SchemaError: with every fault of every field at once.

    >>> import crmquality as cq
    >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"))
    >>> cq.Schema.from_dict(schema.to_dict()) == schema
    True
    >>> cq.Schema(cq.Phone("mobile", region="CM1"), cq.NationalId("id", scheme="cn.rci"))
    Traceback (most recent call last):
    crmquality.errors.SchemaError: 2 faults:
    ...
    """

    fields: tuple[Kind, ...]
    record_id: str = RECORD_ID
    source: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    contact_points: tuple[str, ...] | None = None
    link: Link = "all"
    trust: tuple[tuple[str, float], ...] = ()
    half_life_days: float | None = None
    groups: tuple[tuple[str, ...], ...] = ()
    survivorship: tuple[SurvivorshipRule, ...] = ()

    def __init__(
        self,
        *kinds: Kind,
        record_id: str = RECORD_ID,
        source: str | None = None,
        created_at: str | None = None,
        updated_at: str | None = None,
        contact_points: tuple[str, ...] | list[str] | None = None,
        link: Link = "all",
        trust: Mapping[str, float] | Iterable[tuple[str, float]] = (),
        half_life_days: float | None = None,
        groups: Iterable[Iterable[str]] = (),
        survivorship: Iterable[SurvivorshipRule] = (),
        fields: tuple[Kind, ...] = (),
    ) -> None:
        set_field = object.__setattr__
        set_field(self, "fields", (*kinds, *fields))
        set_field(self, "record_id", record_id)
        set_field(self, "source", source)
        set_field(self, "created_at", created_at)
        set_field(self, "updated_at", updated_at)
        set_field(self, "contact_points", None if contact_points is None else tuple(contact_points))
        set_field(self, "link", link)
        pairs = trust.items() if isinstance(trust, Mapping) else trust
        set_field(self, "trust", tuple(tuple(pair) if isinstance(pair, list) else pair for pair in pairs))
        set_field(self, "half_life_days", half_life_days)
        set_field(self, "groups", tuple(group if isinstance(group, str) else tuple(group) for group in groups))
        if isinstance(cast(object, survivorship), SurvivorshipRule):
            raise SchemaError("survivorship: expected several rules, got one; put it in a list")
        set_field(self, "survivorship", tuple(survivorship))
        faults = self.faults()
        if faults:
            raise SchemaError(faults)

    def faults(self) -> list[str]:
        """Faults of the fields, columns named twice, contact points that are no fields."""
        strangers = [k for k in self.fields if not isinstance(k, Kind)]
        if strangers:
            return [f"a field must be a kind such as cq.Phone(...), not a {type(k).__name__}" for k in strangers]
        out = [] if self.fields else ["a schema needs at least one field"]
        out += [fault for kind in self.fields for fault in kind.faults()]
        names = [k.name for k in self.fields]
        special = [c for c in (self.record_id, self.source, self.created_at, self.updated_at) if c]
        out += [
            f"column {n!r} is declared twice"
            for n in sorted({n for n in names + special if (names + special).count(n) > 1})
        ]
        out += [f"contact_points: {unknown('field', c, names)}" for c in self.contact_points or () if c not in names]
        if self.link not in get_args(Link):
            out.append(f"link: {unknown('word', str(self.link), get_args(Link))}")
        elif self.link != "all" and self.source is None:
            out.append(f"link={self.link!r} needs the column of the source")
        times = [c for c in (self.created_at, self.updated_at) if c]
        if any(isinstance(g, str) for g in self.groups):
            return [*out, "groups: each group is several fields, such as groups=[('street', 'city')]"]
        out += [f"groups: {unknown('field', f, names)}" for g in self.groups for f in g if f not in names]
        ruled = [r.field for r in self.survivorship]
        out += [f"survivorship: field {f!r} has two rules" for f in sorted({f for f in ruled if ruled.count(f) > 1})]
        out += [f"survivorship: {unknown('field', f, names + times)}" for f in ruled if f not in names + times]
        return out or self.merger().faults()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the schema names."""
        special = (self.record_id, self.source, self.created_at, self.updated_at)
        return (*(c for c in special if c), *(k.name for k in self.fields))

    def check_columns(self, columns: list[str]) -> None:
        """Refuse a table that lacks a column.

        Raises:
            SchemaError: for every missing column at once, with a "did you mean".
        """
        faults = [unknown("column", c, columns) for c in self.columns if c not in columns]
        if faults:
            raise SchemaError(faults)

    def normalizer(self) -> Normalizer:
        """The first stage."""
        times = tuple(FieldNormalizer(c, TIMESTAMP) for c in (self.created_at, self.updated_at) if c)
        return Normalizer((*(k.normalizer() for k in self.fields), *times), across.derived_columns(self.fields))

    def validator(self) -> Validator:
        """The second stage."""
        rules = [rule for kind in self.fields for rule in kind.rules()]
        rules += agreement.validation_rules(self.fields, self.created_at)
        points = self.contact_points
        if points is None:
            points = tuple(k.name for k in self.fields if isinstance(k, Phone | Email))
        if points:
            rules.append(AnyOf(points))
        if self.created_at and self.updated_at:
            rules.append(Before(self.created_at, self.updated_at))
        rules += [NotInFuture(c) for c in (self.created_at, self.updated_at) if c]
        return Validator(tuple(rules), record_id=self.record_id, source=self.source)

    def json_schema(self, *rules: ValidationRule) -> FormSchema:
        """The simple rules as JSON Schema (draft 2020-12), for a web form; see `kinds.forms`.

        Args:
            rules: rules beside those of the schema.

        Returns:
            The schema, and the rules that it cannot hold.

        >>> import crmquality as cq
        >>> form = cq.Schema(cq.PersonName("name", required=True), cq.Email("email")).json_schema()
        >>> form.schema["required"], form.schema["properties"]["email"]["format"]
        (['name'], 'idn-email')
        """
        return form_schema(self.fields, (*self.validator().rules, *rules))

    def blocker(self) -> Blocker:
        """The third stage."""
        rules = across.blocking_rules(self.fields)
        return Blocker(rules, record_id=self.record_id, source=self.source, link=self.link)

    def comparator(self) -> Comparator:
        """The fourth stage."""
        return Comparator(across.comparisons(self.fields), record_id=self.record_id)

    def merger(self) -> Merger:
        """The fifth stage."""
        rules = agreement.survivorship_rules(self.fields)
        first = {group[0] for group in self.groups if group}
        merger = Merger(
            # a kind that asks for nothing special leaves its group to the merger: the fullest record first
            rules=tuple(r for r in rules if r.field not in first or r != SurvivorshipRule(r.field)),
            groups=self.groups,
            guards=tuple(g for k in self.fields for g in k.guards()),
            record_id=self.record_id,
            source=self.source,
            updated_at=self.updated_at,
            trust=self.trust,
            half_life_days=self.half_life_days,
        )
        return merger.with_rules(*self.survivorship)

    def __repr__(self) -> str:
        inner = [repr(k) for k in self.fields]
        for name in ("record_id", "source", "created_at", "updated_at", "contact_points", "link"):
            value = cast("Mapping[str, object]", vars(self))[name]
            if value is not None and (name, value) != ("link", "all"):
                inner.append(f"{name}={value!r}")
        for name in ("trust", "half_life_days", "groups", "survivorship"):
            value = cast("Mapping[str, object]", vars(self))[name]
            if value not in (None, ()):
                inner.append(f"{name}={value!r}")
        return "Schema(\n    " + ",\n    ".join(inner) + ",\n)"
