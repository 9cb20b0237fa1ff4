"""The order of the stages, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar, cast

from crmquality.blocker import Blocker
from crmquality.comparator import Comparator, LinkModel
from crmquality.comparator.levels import missing_columns
from crmquality.declarations import Declaration
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.fitted import FittedPipeline
from crmquality.frames import to_polars
from crmquality.merger import Merger
from crmquality.normalizer import Normalizer
from crmquality.report import Target
from crmquality.report.targets import DEFAULT_TARGETS
from crmquality.results import CheckedRecord, Result
from crmquality.running import OnEvent, Run, read_labels, resolve, with_columns_of
from crmquality.schema import Schema
from crmquality.tables import issues_column, norm_column
from crmquality.validator import ValidationRule, Validator

__all__ = ["FittedPipeline", "Pipeline"]

FrameT = TypeVar("FrameT")


@dataclass(frozen=True, repr=False)
class Pipeline(Declaration):
    """Five stages in their order. Any of them can be swapped: `dataclasses.replace(pipeline, blocker=...)`.

    Attributes:
        normalizer: values.
        validator: findings.
        blocker: candidate pairs.
        comparator: links.
        merger: clusters and golden records.
        targets: of the scorecard.

    Raises:
        ConfigError: with every fault of every stage at once.

    >>> import crmquality as cq
    >>> schema = cq.Schema(cq.PersonName("name"), cq.Email("email"), record_id="id")
    >>> rows = [
    ...     {"id": 1, "name": "欧阳娜娜", "email": "nana@example.org"},
    ...     {"id": 2, "name": "歐陽娜娜 女士", "email": "NANA@example.org"},
    ...     {"id": 3, "name": "John Smith", "email": "js@example.org"},
    ... ]
    >>> result = cq.Pipeline.from_schema(schema).run(rows)
    >>> [(x["record_id"], x["golden_id"]) for x in result.xref]
    [(1, 1), (2, 1), (3, 3)]
    """

    normalizer: Normalizer
    validator: Validator
    blocker: Blocker
    comparator: Comparator
    merger: Merger
    targets: tuple[Target, ...] = DEFAULT_TARGETS

    def __post_init__(self) -> None:
        faults = self.faults()
        if faults:
            raise ConfigError(faults)

    @classmethod
    def from_schema(cls, schema: Schema) -> Pipeline:
        """All five stages from what the columns mean.

        Raises:
            SchemaError: when no field can find duplicates.
        """
        blocker = schema.blocker()
        if not blocker.rules:
            raise SchemaError(
                "no field of the schema can find duplicates; expected at least one that tells customers apart and is "
                "not match=False, such as PersonName, OrganizationName, Phone, Email, Address or NationalId. To clean "
                "and check alone, use schema.normalizer() and schema.validator()"
            )
        return cls(schema.normalizer(), schema.validator(), blocker, schema.comparator(), schema.merger())

    def faults(self) -> list[str]:
        """The faults of every stage."""
        stages = (self.normalizer, self.validator, self.blocker, self.comparator, self.merger, *self.targets)
        ids = {s.record_id for s in (self.validator, self.blocker, self.comparator, self.merger)}
        out = [f for s in stages for f in s.faults()]
        return [*out, f"the stages name different record ids: {', '.join(sorted(ids))}"] if len(ids) > 1 else out

    def check_columns(self, columns: list[str]) -> None:
        """Refuse a table that lacks a column that any stage reads.

        Raises:
            SchemaError: for every missing column at once.
        """
        made = {d.column for d in self.normalizer.derived}
        for f in self.normalizer.fields:
            made |= {norm_column(f.field), issues_column(f.field), *(norm_column(f.field, p) for p in f.parts)}
        known = [*columns, *made]
        raw = [f.field for f in self.normalizer.fields]
        raw += [c for c in (self.merger.source, self.merger.updated_at) if c]
        faults = [unknown("column", c, columns) for c in dict.fromkeys(raw) if c not in columns]
        if self.merger.record_id not in columns:
            fault = unknown("column", self.merger.record_id, columns)
            faults.append(f"{fault} Every record needs an id: name its column as record_id, or number the rows")
        if not faults:
            faults = missing_columns(self.comparator.comparisons, known)
            read = [*self.validator.columns, *(c for r in self.blocker.rules for c in r.columns)]
            faults += [unknown("column", c, known) for c in dict.fromkeys(read) if c not in known]
        if faults:
            raise SchemaError(faults)

    def fit(self, records: object, *, labels: object = None, on_event: OnEvent | None = None) -> FittedPipeline:
        """Learn a model from a table.

        Args:
            records: a table of any kind that `frames` reads.
            labels: what people know of it, if anything: pairs (`record_id_l`, `record_id_r`, `decision`, "link" or
                "non-link"), or entities (`record_id`, `entity_id`) of some of the records. They correct what was
                learned without them, by more the more there are. `Result.next_to_label` says which pairs to ask about.
                To have them followed as well, give pairs to `run` as `decisions`.
            on_event: called when a stage is done.

        Returns:
            The same stages with the model.

        Raises:
            SchemaError: for every missing column at once, and for labels of records that are not in the table.
        """
        known = None if labels is None else read_labels(to_polars(labels)[0])
        run = Run(self, with_columns_of(self, to_polars(records)[0]), on_event)
        learned = run.learned()
        return run.fitted(learned if known is None else run.taught(learned, known))

    def with_model(self, model: LinkModel) -> FittedPipeline:
        """The same stages with a model that was learned before, or `LinkModel.default(...)`.

        A model is numbers and holds no values, so it does not know which names are common: every value counts as one
        of average rarity, unless `FittedPipeline.with_frequencies` counts them in a table.

        Raises:
            ModelError: when the model belongs to other comparisons.
        """
        model.check(self.comparator.comparisons)
        return FittedPipeline(self, model)

    def with_default_model(self) -> FittedPipeline:
        """The same stages with each level's declared m and u: works before any data exist."""
        return FittedPipeline(self, LinkModel.default(self.comparator.comparisons))

    def run(
        self,
        records: FrameT,
        *,
        decisions: object = None,
        checked_cells: object = None,
        as_of: datetime | None = None,
        on_event: OnEvent | None = None,
    ) -> Result[FrameT]:
        """Learn from the table and resolve it.

        Args:
            records: a table of any kind that `frames` reads; it is not changed.
            decisions: what people or rules decided: `record_id_l`, `record_id_r`, `decision` ("link", "non-link", or
                "review" for unsure), and `by`, `at`, `reason` where they are known. Of several on a pair the latest
                counts: see `merger.decisions`. Those that exclude each other are in `Result.contradictions`.
            checked_cells: for the accuracy of the scorecard, cells that people have checked: `record_id`, `field`,
                `correct`.
            as_of: the time of the run, for dates in the future and rules such as `Stale`; without it these are not
                checked.
            on_event: called when a stage is done.

        Raises:
            SchemaError: for every missing column at once, for record ids that are missing or not unique, and for
                decisions and checked cells that cannot be read.
            ConfigError: for an `as_of` that is no time.
        """
        return resolve(self, None, records, decisions, checked_cells, as_of, on_event)

    def with_rules(self, *rules: ValidationRule) -> Pipeline:
        """The same pipeline with more validation rules, such as `Rule`, one expression or function of your own.

        >>> import crmquality as cq
        >>> adult = cq.Rule("age >= 18", types={"age": "number"}, code="minor", message_zh="未满 18 岁。")
        >>> pipeline = cq.contacts(region="CN", columns=["姓名", "手机"]).with_rules(adult)
        >>> [f.code for f in pipeline.check_record({"姓名": "李娜", "手机": "13912345678", "age": 17}).findings]
        ['minor']
        """
        return replace(self, validator=self.validator.with_rules(*rules))

    def check_record(self, record: Mapping[str, object], *, as_of: datetime | None = None) -> CheckedRecord:
        """One record, for a form: its normalized form and its findings, the same as its row of a table would get.

        Returns:
            `record` and `findings`, which can be unpacked, and the findings `by_field`.

        Raises:
            SchemaError: for what is not one record.
            ConfigError: for an `as_of` that is no time.

        >>> import crmquality as cq
        >>> form = cq.contacts(region="CN", columns=["姓名", "邮箱"])
        >>> checked = form.check_record({"姓名": "李娜", "邮箱": "lina#qq.com"})
        >>> checked.ok, [f.message_zh for f in checked.by_field["邮箱"]]
        (False, ['至少应填写一项的字段全部缺少可用的值。应为：邮箱。', '该值不是有效的邮箱地址。'])
        """
        if not isinstance(cast(object, record), Mapping):
            raise SchemaError(f"expected one record as a dict, got a {type(record).__name__}; run takes a whole table")
        normalized = self.normalizer.normalize_record(record)
        return CheckedRecord(normalized, self.validator.validate_record(normalized, as_of=as_of))

    def __repr__(self) -> str:
        return f"Pipeline({self.summary()})"

    def summary(self) -> str:
        """What it holds, in a line: the fields, and how many rules."""
        counts = {
            "validation": len(self.validator.rules),
            "blocking": len(self.blocker.rules),
            "survivorship": len(self.merger.rules),
        }
        said = ", ".join(f"{n} {what} rules" for what, n in counts.items())
        return f"{', '.join(f.field for f in self.normalizer.fields)}; {said}; see to_dict()"
