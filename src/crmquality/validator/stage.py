"""The validator: a normalized table in, the Findings table out. It knows rules and columns, and no kind of field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import polars as pl

from crmquality.declarations import Declaration
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.lift import as_text, text_series
from crmquality.tables import RECORD_ID
from crmquality.validator.entities import ENTITY
from crmquality.validator.findings import Finding, finding, findings_table
from crmquality.validator.rules import ValidationRule, resolve
from crmquality.validator.times import check_as_of


@dataclass(frozen=True)
class Validator(Declaration):
    """The second stage: rules, and what they find.

    Attributes:
        rules: the rules; their order does not matter.
        record_id: the column of the record id, of any type.
        source: the column of the source, where there is one.

    >>> from crmquality.validator import IssueCodes, Required, Validator
    >>> stage = Validator((Required("name"),)).with_rules(IssueCodes("mobile"))
    >>> record = {"record_id": 7, "norm_name": None, "norm_mobile": None, "issues_mobile": "invalid_phone"}
    >>> [(f.record_id, f.field, f.code, f.severity) for f in stage.validate_record(record)]
    [(7, 'mobile', 'invalid_phone', 'error'), (7, 'name', 'required_missing', 'error')]
    """

    rules: tuple[ValidationRule, ...] = ()
    record_id: str = RECORD_ID
    source: str | None = None

    def faults(self) -> list[str]:
        """The faults of every rule."""
        rules = [rule for rule in self.rules if isinstance(rule, ValidationRule)]
        alien = [f"{type(rule).__name__} is not a ValidationRule" for rule in self.rules if rule not in rules]
        return alien + [f"{rule.type_name}: {fault}" for rule in rules for fault in rule.faults()]

    def with_rules(self, *rules: ValidationRule) -> Validator:
        """The same validator with more rules.

        >>> from crmquality.validator import Required
        >>> len(Validator().with_rules(Required("name"), Required("mobile")).rules)
        2
        """
        return replace(self, rules=(*self.rules, *rules))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rules need, each once, by field (see `rules.resolve`) or by their own name."""
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.columns))

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """The fields and codes that the rules can flag: what a scorecard may call checked.

        >>> from crmquality.validator import IssueCodes, Required
        >>> Validator((Required("name"), IssueCodes("name"))).checks
        (('name', '*'), ('name', 'required_missing'))
        """
        return tuple(sorted({check for rule in self.rules for check in rule.checks}))

    def skipped(
        self, as_of: datetime | None = None, *, record: bool = False, clusters: bool = False
    ) -> tuple[ValidationRule, ...]:
        """The rules that are not checked: those that need the present, without `as_of`; of entities; sets, on a record.

        Args:
            as_of: as for `validate`.
            record: True for `validate_record`.
            clusters: whether `validate` is given clusters.

        >>> from crmquality.validator import NotInFuture, Required
        >>> Validator((Required("name"), NotInFuture("birth_date"))).skipped()
        (NotInFuture(field='birth_date'),)
        """
        return tuple(
            rule
            for rule in self.rules
            if (rule.needs_as_of and as_of is None)
            or (rule.grain == "set" and record)
            or (rule.grain == "entity" and (record or not clusters))
        )

    def validate(self, normalized: object, *, as_of: datetime | None = None, clusters: object = None) -> object:
        """The findings of a normalized table.

        Args:
            normalized: a table of any kind that `frames` reads, with the record id and the columns that the rules need.
            as_of: the caller's present, for rules about age and future. Without it they are skipped; see `skipped`.
            clusters: which records are one customer (`record_id`, `entity_id`), for rules about entities. Without it
                they are skipped.

        Returns:
            The Findings table (`tables.FINDINGS`), of the same kind, sorted by record, source, field and code; the
            record id in the caller's type; no value of any cell.

        Raises:
            ConfigError: for every fault of a rule, and an `as_of` that is no time.
            SchemaError: for every column that is not there.
        """
        frame, restore = to_polars(normalized)
        entities = None if clusters is None else to_polars(clusters)[0]
        return restore(self.validate_frame(frame, as_of=as_of, clusters=entities))

    def validate_frame(
        self, frame: pl.DataFrame, *, as_of: datetime | None = None, clusters: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """`validate` on polars frames."""
        self._require_no_faults()
        check_as_of(as_of)
        named = [name for name in (self.record_id, self.source) if name is not None and name not in frame.columns]
        absent = [name for name in self.columns if resolve(name, frame.columns) is None]
        if named or absent:
            raise SchemaError([unknown("column", name, frame.columns) for name in dict.fromkeys(named + absent)])
        seen = frame if clusters is None else self._with_entities(frame, clusters)
        flagged = [hit for rule in self.rules for hit in rule.check(seen, as_of)]
        none = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
        return findings_table(flagged, frame[self.record_id], text_series(frame[self.source]) if self.source else none)

    def with_entity_findings(
        self, findings: pl.DataFrame, frame: pl.DataFrame, clusters: pl.DataFrame, *, as_of: datetime | None = None
    ) -> pl.DataFrame:
        """Findings of `validate_frame` and, once it is known who is who, those of the rules about entities beside them.

        Args:
            findings: what was found before.
            frame: the table that was checked.
            clusters: `record_id`, `entity_id`.
            as_of: the caller's present.
        """
        rules = tuple(rule for rule in self.rules if rule.grain == "entity")
        if not rules:
            return findings
        more = replace(self, rules=rules).validate_frame(frame, as_of=as_of, clusters=clusters)
        return findings if more.is_empty() else pl.concat([findings, more]).sort(more.columns, maintain_order=True)

    def validate_record(self, record: Mapping[str, object], *, as_of: datetime | None = None) -> tuple[Finding, ...]:
        """The findings of one normalized record, for a form: what `validate` says of its row.

        Args:
            record: what `Normalizer.normalize_record` gives. A column that is absent counts as missing.
            as_of: the caller's present.

        Returns:
            Findings sorted by field and code. Rules of sets and of entities find nothing here; see `skipped`.

        Raises:
            ConfigError: for every fault of a rule.
        """
        self._require_no_faults()
        check_as_of(as_of)
        flags = {flag for rule in self.rules if rule.grain == "row" for flag in rule.check_record(record, as_of)}
        source = as_text(record.get(self.source)) if self.source else None
        return tuple(finding(flag, record.get(self.record_id), source) for flag in sorted(flags))

    def _with_entities(self, frame: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
        """The table with the entity of each record beside it; a record in no cluster is of no entity."""
        key = self.record_id if self.record_id in clusters.columns else RECORD_ID
        absent = [
            unknown("column of clusters", c, clusters.columns) for c in (key, "entity_id") if c not in clusters.columns
        ]
        if absent:
            raise SchemaError(absent)
        ids = frame.select(pl.col(self.record_id).alias("id"))
        known = clusters.select(pl.col(key).cast(ids.schema["id"], strict=False).alias("id"), "entity_id").unique("id")
        return frame.with_columns(
            ids.join(known, on="id", how="left", maintain_order="left")["entity_id"].alias(ENTITY)
        )

    @cached_property
    def _faults(self) -> tuple[str, ...]:
        return tuple(self.faults())

    def _require_no_faults(self) -> None:
        if self._faults:
            raise ConfigError(self._faults)
