"""The order of the stages, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import polars as pl

from crmquality.blocker import Blocker, BlockingReport
from crmquality.blocker.stage import Link
from crmquality.comparator import Comparator, Encoded, Explanation, LinkModel
from crmquality.comparator.learn import Learned, components, linked
from crmquality.comparator.levels import missing_columns
from crmquality.comparator.term_frequency import Counted, Frequencies, TermFrequencies
from crmquality.comparator.weights import Scorer
from crmquality.declarations import Declaration
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars, without_index
from crmquality.lift import text_series
from crmquality.merger import Merger
from crmquality.merger.bridges import doubtful_bridges
from crmquality.merger.contradictions import CONTRADICTIONS, contradictions_frame
from crmquality.merger.decisions import effective_frame, read_decisions
from crmquality.merger.golden import check_names, field_names
from crmquality.merger.guards import OneToOne
from crmquality.normalizer import Normalizer
from crmquality.report import QualityReport, Target, quality_report
from crmquality.report.scorecard import checked_cell_faults
from crmquality.report.targets import DEFAULT_TARGETS
from crmquality.results import CheckedRecord, Event, Evidence, Result
from crmquality.review import review_queue
from crmquality.schema import Schema
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R, empty, issues_column, norm_column
from crmquality.validator import Required, ValidationRule, Validator
from crmquality.validator.times import check_as_of

if TYPE_CHECKING:
    from crmquality.checked import Policy
    from crmquality.corrections import Forgotten
    from crmquality.index import Index
    from crmquality.state import State
    from crmquality.step import Step

FrameT = TypeVar("FrameT")
OnEvent = Callable[[Event], None]


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
        known = None if labels is None else _read_labels(to_polars(labels)[0])
        run = _Run(self, with_columns_of(self, to_polars(records)[0]), on_event)
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
        return _run(self, None, records, decisions, checked_cells, as_of, on_event)

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
        return f"Pipeline({self._summary()})"

    def _summary(self) -> str:
        counts = {
            "validation": len(self.validator.rules),
            "blocking": len(self.blocker.rules),
            "survivorship": len(self.merger.rules),
        }
        said = ", ".join(f"{n} {what} rules" for what, n in counts.items())
        return f"{', '.join(f.field for f in self.normalizer.fields)}; {said}; see to_dict()"


@dataclass(frozen=True, repr=False)
class FittedPipeline:
    """A pipeline and all it learned: what becomes of two records depends on these and on the records around them.

    Attributes:
        pipeline: the stages; after `fit`, with the blocks' caps and the bands that were found.
        model: the numbers that it scores with.
        frequencies: how common each value is.
    """

    pipeline: Pipeline
    model: LinkModel
    frequencies: TermFrequencies = field(default_factory=TermFrequencies)

    def __repr__(self) -> str:
        return f"FittedPipeline({self.pipeline._summary()}, and model)"

    def with_frequencies(self, records: object) -> FittedPipeline:
        """The same model, with the values counted in a table: who shares a rare name is likelier one than who shares a
        common one.

        Args:
            records: a table of any kind that `frames` reads.

        Raises:
            SchemaError: for every missing column at once.
        """
        run = _Run(self.pipeline, with_columns_of(self.pipeline, to_polars(records)[0]), None)
        return run.fitted(run.scored_with(self.model))

    def run(
        self,
        records: FrameT,
        *,
        decisions: object = None,
        checked_cells: object = None,
        as_of: datetime | None = None,
        on_event: OnEvent | None = None,
    ) -> Result[FrameT]:
        """Resolve a table with this model; see `Pipeline.run`.

        What a pair's fate depends on was learned before: the same records give the same customers whatever else has
        been run, and the same as in batches through `update`.
        """
        return _run(self.pipeline, self, records, decisions, checked_cells, as_of, on_event)

    def update(
        self,
        state: State,
        batch: FrameT,
        *,
        decisions: object = None,
        fixed: object = None,
        at: date | str | None = None,
        as_of: datetime | None = None,
        key: bytes | None = None,
    ) -> Step[FrameT]:
        """A batch into what is known: new, corrected and deleted records, and people's answers.

        Any order and any cutting of the batches gives the entities of one `run`, and the same batch twice changes
        nothing. Of a record that comes again the later row counts, by `updated_at` where the schema has it, else by
        arrival. A golden id never changes its meaning; see `merger.golden_ids` for who keeps it.

        Args:
            state: what is known; `State()` to begin with.
            batch: a table of any kind that `frames` reads, or None. A column `op` may say "upsert" or "delete".
            decisions: what people decided: `record_id_l`, `record_id_r`, `decision` ("link", "non-link", "review"),
                perhaps `by`, `at`, `reason`. They are kept, and hold for records to come as well.
            fixed: golden values that a person has fixed: `golden_id`, `field`, `value`, perhaps `by`, `at`.
            at: the time of this update, for the history, and for decisions and fixed values that have none.
            as_of: the time for rules about dates, as for `run`.
            key: secret and random bytes, with which a state is begun that holds no values; see `state`. Each batch
                needs the same.

        Raises:
            ConfigError: for a key that is not the state's.
            ModelError: where the state was linked with another model or other rules.
            SchemaError: for missing columns, ids of another type, and answers that cannot be read; before any work.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Email("email"))
        >>> fitted = cq.Pipeline.from_schema(schema).with_default_model()
        >>> first = fitted.update(cq.State(), [{"record_id": 1, "name": "欧阳娜娜", "email": "nana@example.org"}])
        >>> then = fitted.update(first.state, [{"record_id": 2, "name": "歐陽娜娜", "email": "NANA@example.org"}])
        >>> [(x["record_id"], x["event"]) for x in then.xref_changes], then.golden_changes[0]["n_records"]
        ([(2, 'joined')], 2)
        >>> fitted.update(then.state, [{"record_id": 2, "name": "歐陽娜娜", "email": "NANA@example.org"}]).xref_changes
        []
        """
        from crmquality.update import update  # here: it imports this module

        step = update(self, state, batch, decisions=decisions, fixed=fixed, at=at, as_of=as_of, key=key)
        return cast("Step[FrameT]", step)

    def relink(self, state: State, *, at: date | str | None = None) -> Step[pl.DataFrame]:
        """A state that was linked otherwise, gone over to this model: every record is normalized and linked anew.

        Golden ids, decisions, fixed values and history stay. Frequencies are this pipeline's, or, where it has none,
        the state's.
        """
        from crmquality.update import relink  # here: it imports this module

        return cast("Step[pl.DataFrame]", relink(self, state, at=at))

    def index(self, state: State, *, policy: Policy | None = None, carry: Iterable[str] | None = None) -> Index:
        """An in-memory index of a state, to check one record at a form against all that are known.

        Args:
            state: what is known.
            policy: when a form is warned or stopped; by default as the next update would decide.
            carry: columns of the records that matches show; by default the source, where there is one.

        Raises:
            ConfigError: for a policy with faults.
            SchemaError: for columns to carry that are not there.
            ModelError: where the state was linked with another model or other rules.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"))
        >>> fitted = cq.Pipeline.from_schema(schema).with_default_model()
        >>> state = fitted.update(cq.State(), [{"record_id": 1, "name": "欧阳娜娜", "mobile": "13800138001"}]).state
        >>> checked = fitted.index(state).check({"name": "歐陽娜娜 女士", "mobile": "0086-138-0013-8001"})
        >>> checked.verdict, [m.record_id for m in checked.matches]
        ('block', [1])
        """
        from crmquality.index import Index  # here: only who looks up needs it
        from crmquality.linking import Linking  # it imports this module

        linking = Linking.of(self, state)
        known = FittedPipeline(linking.pipeline, self.model, linking.frequencies)
        records = state.records
        if not records.width:
            records = self.pipeline.normalizer.normalize_frame(with_columns_of(self.pipeline, records))
        return Index.build(known, records, state.entities, policy=policy, carry=carry)

    def split(
        self,
        state: State,
        golden_id: str,
        members: Iterable[object],
        *,
        by: str | None = None,
        at: date | str | None = None,
        reason: str | None = None,
    ) -> Step[pl.DataFrame]:
        """Take a customer apart who is two: some of the records are one customer, and none of the others is.

        Said as decisions, which hold from now on: "non-link" between each of the members and each of the others,
        "link" among the members. Which part keeps the golden id, `merger.golden_ids` says.

        Args:
            state: what is known.
            golden_id: of the customer; one that was merged away will do.
            members: record ids, some of those under the golden id.
            by: who says so.
            at: when.
            reason: why.

        Raises:
            SchemaError: for records that are not under the golden id, and for all of them, or none.

        >>> import crmquality as cq
        >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
        >>> rows = [{"record_id": i, "name": "王芳", "email": "wf@example.org"} for i in (1, 2, 3)]
        >>> step = fitted.update(cq.State(), rows)
        >>> taken = fitted.split(step.state, step.xref_changes[0]["golden_id"], [2, 3], by="li", at="2025-03-01")
        >>> taken.xref_changes.select("record_id", "event").rows(), taken.state.decisions.height
        ([(1, 'split')], 3)
        """
        from crmquality.corrections import split  # here: it imports this module

        return split(self, state, golden_id, members, by=by, at=at, reason=reason)

    def unmerge(
        self,
        state: State,
        record_id: object,
        *,
        by: str | None = None,
        at: date | str | None = None,
        reason: str | None = None,
    ) -> Step[pl.DataFrame]:
        """Take one record out of its customer: it is none of the others that are with it now.

        Raises:
            SchemaError: for a record that is not there, or alone already.
        """
        from crmquality.corrections import unmerge  # here: it imports this module

        return unmerge(self, state, record_id, by=by, at=at, reason=reason)

    def forget(self, state: State, record_ids: Iterable[object]) -> Forgotten:
        """A state without any trace of some records, and what was removed.

        Records, links, decisions that name them, their history, deletions, frequencies of values that nobody else has,
        and golden ids that nobody else was ever under. Golden records of customers of whom other records are left are
        made of those. Nothing of it can be undone. What the caller has stored elsewhere, earlier tables of the state
        included, is the caller's to delete.

        Args:
            state: what is known.
            record_ids: the records of a person, in all sources.

        Raises:
            SchemaError: for ids of which the state has never heard.

        >>> import crmquality as cq
        >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
        >>> rows = [{"record_id": i, "name": "王芳", "email": "wf@example.org"} for i in (1, 2)]
        >>> state = fitted.update(cq.State(), rows).state
        >>> forgotten = fitted.forget(state, [1, 2])
        >>> forgotten.state.n_records, sorted(forgotten.removed["table"])
        (0, ['entities', 'events', 'golden_ids', 'links', 'records'])
        """
        from crmquality.corrections import forget  # here: it imports this module

        return forget(self, state, record_ids)

    def review_queue(self, state: State, n: int = 20) -> pl.DataFrame:
        """What to ask a person first about a state: as `Result.review_queue`; entities are golden ids.

        Every customer of more than one record is looked at, which takes as long as clustering a table of that size.
        `review.answers_to_decisions` turns the rows, with `answer` filled, into decisions for `update`.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"))
        >>> fitted = cq.Pipeline.from_schema(schema).with_default_model()
        >>> rows = [{"record_id": i, "name": name, "mobile": "138 1234 5678"} for i, name in enumerate(["王芳", "王"])]
        >>> queue = fitted.review_queue(fitted.update(cq.State(), rows).state)
        >>> queue.select("kind", "record_id_l", "record_id_r").rows()
        [('cluster', 0, 1)]
        """
        from crmquality.asking import review_queue_of  # here: it imports this module

        return review_queue_of(self, state).head(n)

    def explain(self, state: State, record_id_l: object, record_id_r: object) -> Explanation:
        """Why two records of a state are linked, or not: the parts of their match weight, and how they stand.

        Raises:
            SchemaError: for a record that is not there.

        >>> import crmquality as cq
        >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
        >>> rows = [{"record_id": i, "name": "王芳", "email": "wf@example.org"} for i in (1, 2)]
        >>> print(fitted.explain(fitted.update(cq.State(), rows).state, 1, 2).text().splitlines()[-1])
        together: linked directly
        """
        from crmquality.asking import explain_of  # here: it imports this module

        return explain_of(self, state, record_id_l, record_id_r)

    def values(self, state: State, golden_id: str | None = None) -> pl.DataFrame:
        """Where the golden values of a state come from: every value of any member, whether it won, and why.

        Args:
            state: what is known.
            golden_id: of one customer; without it those of all.

        Returns:
            The columns of `Merger.values`; see `Result.values`.

        Raises:
            SchemaError: for a golden id without records.

        >>> import crmquality as cq
        >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
        >>> state = fitted.update(cq.State(), [{"record_id": 1, "name": "王芳", "email": None}]).state
        >>> fitted.values(state, state.entities["golden_id"][0]).select("field", "value", "reason").rows()
        [('name', '王芳', 'only_value')]
        """
        from crmquality.asking import values_of  # here: it imports this module

        return values_of(self, state, golden_id)

    def golden(self, state: State) -> pl.DataFrame:
        """All golden records of a state, by golden id: as `Result.golden`, with what stewards have fixed."""
        from crmquality.linking import Linking  # here: it imports this module
        from crmquality.step import golden_of

        slots = np.flatnonzero(state._alive)
        if not slots.size:
            return pl.DataFrame(schema={"golden_id": pl.String})
        return golden_of(Linking.of(self, state), state, slots).golden


def _run(
    pipeline: Pipeline,
    fitted: FittedPipeline | None,
    records: FrameT,
    decisions: object,
    checked_cells: object,
    as_of: datetime | None,
    on_event: OnEvent | None,
) -> Result[FrameT]:
    frame, restore = to_polars(records)
    frame = with_columns_of(pipeline, frame)
    check_as_of(as_of)  # this and the next two before the long work, not after it
    people = None if decisions is None else read_decisions(to_polars(decisions)[0])
    checked = None if checked_cells is None else to_polars(checked_cells)[0]
    if checked is not None and (faults := checked_cell_faults(checked)):
        raise SchemaError(faults)
    run = _Run(pipeline, frame, on_event)
    if people is not None:
        sides = pl.col(RECORD_ID_L, RECORD_ID_R).cast(run.record_ids.dtype, strict=False)
        people = effective_frame(people.with_columns(sides))
    findings = pipeline.validator.validate_frame(run.normalized, as_of=as_of)
    run.say("validate", findings=findings.height)
    if fitted is None:
        learned = run.learned()
        model, frequencies = learned.model, cast(Frequencies, learned.frequencies)
    else:
        model, frequencies = fitted.model, fitted.frequencies
    scorer = Scorer(model, pipeline.comparator.comparisons, run.table, frequencies)
    links, bands = pipeline.comparator.links_frame(run.record_ids, run.pairs, scorer, run.rule_names)
    comparator = pipeline.comparator.with_bands(bands)
    n_links = links.filter(pl.col("decision") == "link").height
    run.say("link", links=n_links, review=links.height - n_links)
    inside = comparator.inside_frame(run.record_ids, run.table, run.pairs, scorer)
    scores = pl.concat([links.select(inside.columns), inside])
    clustered = one_to_one_merger(pipeline).cluster_frame(run.normalized, scores, people)
    run.say("cluster", entities=clustered.clusters["entity_id"].n_unique())
    findings = pipeline.validator.with_entity_findings(findings, run.normalized, clustered.clusters, as_of=as_of)
    named = [*pipeline.merger.columns, *(f.field for f in pipeline.normalizer.fields)]
    members = without_index(run.normalized.select(run.merge_columns), restore, named)
    merged = pipeline.merger.merge_frame(members, clustered.clusters)
    run.say("merge", golden=merged.golden.height, changes=merged.changes.height)
    report = _scorecard(pipeline, run.normalized, findings, clustered.clusters, checked)
    run.say("report", metrics=report.table.height)
    review = review_pairs(links, clustered.clusters, clustered.refused)
    bridges = doubtful_bridges(clustered.clusters, scores, people, doubt=pipeline.comparator.review_probability)
    tables = {
        "golden": merged.golden,
        "xref": merged.xref,
        "changes": merged.changes,
        "findings": findings,
        "links": links,
        "review": review,
        "bridges": bridges,
        "queue": review_queue(clustered.clusters, review, bridges, scores, people),
        "clusters": clustered.clusters,
        "contradictions": empty(CONTRADICTIONS, run.record_ids.dtype)
        if people is None
        else contradictions_frame(people),
        "normalized": run.normalized,
    }
    alone = inside.filter(pl.col("decision") == "link").join(links, on=[RECORD_ID_L, RECORD_ID_R], how="anti")
    own = (pipeline.blocker, alone, clustered.refused, people, pipeline.merger)
    evidence = Evidence(comparator, run.normalized, scorer, run.record_ids, *own)
    counts = (frame.height, merged.golden.height)
    blocking = run.outcome(clustered.clusters)
    return Result(model, report, blocking, bands, *counts, tables, restore, evidence)


def one_to_one_merger(pipeline: Pipeline) -> Merger:
    """The merger, which joins at most one record of a source where only records of different sources are compared.

    To look for no pair inside a source is to say that it holds no duplicates.
    """
    merger, source = pipeline.merger, pipeline.blocker.source
    one_to_one = OneToOne(source) if pipeline.blocker.link == "between" and source is not None else None
    if one_to_one is None or any(isinstance(g, OneToOne) for g in merger.guards):
        return merger
    return replace(merger, guards=(*merger.guards, one_to_one))


def _scorecard(
    pipeline: Pipeline,
    normalized: pl.DataFrame,
    findings: pl.DataFrame,
    clusters: pl.DataFrame,
    checked_cells: pl.DataFrame | None,
) -> QualityReport:
    return quality_report(
        normalized,
        findings,
        clusters,
        fields=[f.field for f in pipeline.normalizer.fields],
        required=[r.field for r in pipeline.validator.rules if isinstance(r, Required)],
        checks=pipeline.validator.checks,
        record_id=pipeline.merger.record_id,
        source=pipeline.merger.source,
        checked_cells=checked_cells,
        targets=pipeline.targets,
    )


class _Run:
    """The state of one run: what each stage has handed on."""

    def __init__(self, pipeline: Pipeline, frame: pl.DataFrame, on_event: OnEvent | None) -> None:
        pipeline.check_columns(frame.columns)
        self.pipeline = pipeline
        self.on_event = on_event
        record_id = pipeline.merger.record_id
        check_names(field_names(frame, (record_id, pipeline.merger.source)))
        self.raw_columns = frame.columns
        fields = [f.field for f in pipeline.normalizer.fields]
        self.normalized = pipeline.normalizer.normalize_frame(as_cells(_by_id(frame, record_id), fields))
        self.record_ids = self.normalized[record_id]
        self.say("normalize", records=frame.height)
        self.table = Encoded(self.normalized)
        plan = pipeline.blocker.plan(self.normalized)
        self.rule_names = plan.rule_names
        self.pairs = pipeline.comparator.compare_chunks(self.table, plan.pairs())
        made = np.bincount(self.pairs.rule, minlength=len(plan.rule_names)).tolist()
        self.blocking = plan.report.with_new_pairs(dict(zip(plan.rule_names, made, strict=True)))
        self.say("block_and_compare", pairs=len(self.pairs), patterns=len(self.pairs.gammas))

    def learned(self) -> Learned:
        """The model that this table supports."""
        out = self.pipeline.comparator.learn(
            self.table, self.record_ids, self.pairs, float(self.blocking.n_possible_pairs)
        )
        self.say("learn", em_steps=out.model.diagnostics.n_iterations if out.model.diagnostics else 0)
        return out

    def taught(self, learned: Learned, labels: pl.DataFrame) -> Learned:
        """The model, corrected by labels: pairs as they are, entities by the compared pairs among their records."""
        rows = pl.DataFrame({"id": self.record_ids}).with_row_index("row")
        columns = [c for c in (RECORD_ID_L, RECORD_ID_R, RECORD_ID) if c in labels.columns]
        for c in columns:
            ids = labels.select(pl.col(c).cast(self.record_ids.dtype, strict=False))
            found = ids.join(rows, left_on=c, right_on="id", how="left", maintain_order="left")["row"]
            if found.null_count():
                raise SchemaError(f"labels: {found.null_count():,} rows name a {c} that no record has")
            labels = labels.with_columns(found.cast(pl.Int32).alias(c))
        if RECORD_ID in columns:
            entity = np.full(len(self.record_ids), -1, dtype=np.int64)
            entity[labels[RECORD_ID].to_numpy()] = labels["entity_id"].rank("dense").to_numpy()
            known = self.pairs.where((entity[self.pairs.left] >= 0) & (entity[self.pairs.right] >= 0))
            left, right = known.left, known.right
            is_match = entity[left] == entity[right]
        else:
            a, b = labels[RECORD_ID_L].to_numpy(), labels[RECORD_ID_R].to_numpy()
            left, right = np.minimum(a, b), np.maximum(a, b)
            is_match = (labels["decision"] == "link").to_numpy()
        return self.pipeline.comparator.teach(learned, self.table, left, right, is_match)

    def fitted(self, learned: Learned) -> FittedPipeline:
        """What was learned here, in the form that holds for other tables."""
        comparator = self.pipeline.comparator
        kept = learned.frequencies.kept(comparator.comparisons, self.table)
        if comparator.max_wrong_links is not None or comparator.max_missed_links is not None:
            scorer = Scorer(learned.model, comparator.comparisons, self.table, kept)
            comparator = comparator.with_bands(
                comparator.links_frame(self.record_ids, self.pairs, scorer, self.rule_names)[1]
            )
        blocker = self.pipeline.blocker.with_caps(self.blocking)
        return FittedPipeline(replace(self.pipeline, blocker=blocker, comparator=comparator), learned.model, kept)

    def scored_with(self, model: LinkModel) -> Learned:
        """A given model, with the entities it sees here, for counting values per entity."""
        comparator = self.pipeline.comparator
        scorer = Scorer(model, comparator.comparisons, self.table, Counted())
        left, right = linked(self.pairs, scorer, comparator.link_weight)
        return Learned(model, components(self.table.height, left, right))

    @property
    def merge_columns(self) -> list[str]:
        """The caller's columns, and of the normalizer's those that merging reads."""
        fields = [f.field for f in self.pipeline.normalizer.fields]
        made = [c for f in fields for c in (norm_column(f), issues_column(f))]
        return list(dict.fromkeys([*self.raw_columns, *made]))

    def outcome(self, clusters: pl.DataFrame) -> BlockingReport:
        """The blocking report with what became of the candidate pairs."""
        entity = clusters["entity_id"].rank("dense").to_numpy().astype(np.int64)
        same = entity[self.pairs.left] == entity[self.pairs.right]
        merged = np.bincount(self.pairs.rule[same], minlength=len(self.rule_names)).tolist()
        large = np.bincount(entity) > 2
        blocker = self.pipeline.blocker
        groups = clusters.select("entity_id")
        if blocker.link != "all" and blocker.source is not None:
            groups = groups.with_columns(source=text_series(self.normalized[blocker.source]))
        pairs = _pairs_inside(groups.filter(pl.Series(large[entity])), blocker.link)
        found = int((same & large[entity[self.pairs.left]]).sum())
        return self.blocking.with_outcome(dict(zip(self.rule_names, merged, strict=True)), pairs, found)

    def say(self, stage: str, **counts: int) -> None:
        """Tell the caller that a stage is done."""
        if self.on_event is not None:
            self.on_event(Event(stage, counts))


def _read_labels(labels: pl.DataFrame) -> pl.DataFrame:
    """Labelled pairs or entities, in the columns that were found; who is unsure says nothing.

    Raises:
        SchemaError: for columns that are missing, and decisions in other words.
    """
    if RECORD_ID in labels.columns or "entity_id" in labels.columns:
        missing = [unknown("column", c, labels.columns) for c in (RECORD_ID, "entity_id") if c not in labels.columns]
        if missing:
            raise SchemaError([f"labels: {fault}" for fault in missing])
        return labels.select(RECORD_ID, "entity_id").drop_nulls()
    return effective_frame(labels).filter(pl.col("decision") != "review")


def _pairs_inside(groups: pl.DataFrame, link: Link) -> int:
    """How many pairs stand in one entity, of those that are looked for: in all sources, within one, or between two."""

    def pairs(columns: list[str]) -> int:
        sizes = groups.group_by(columns).len()["len"].cast(pl.Int64)
        return int((sizes * (sizes - 1) // 2).sum())

    if link == "all":
        return pairs(["entity_id"])
    within = pairs(["entity_id", "source"])
    return within if link == "within" else pairs(["entity_id"]) - within


def with_columns_of(pipeline: Pipeline, frame: pl.DataFrame) -> pl.DataFrame:
    """An empty batch of rows has no columns: those that are declared, without a row. Any other table as it is."""
    if frame.width:
        return frame
    fields = [f.field for f in pipeline.normalizer.fields]
    special = [c for c in (pipeline.merger.record_id, pipeline.merger.source, pipeline.merger.updated_at) if c]
    return pl.DataFrame(schema=dict.fromkeys([*special, *fields], pl.String))


def _by_id(frame: pl.DataFrame, record_id: str) -> pl.DataFrame:
    """The rows in the order of their ids, so that nothing depends on the order they came in.

    Ids of a category are text: their own order is that in which the categories were named.
    """
    ids = frame[record_id]
    if ids.dtype == pl.Categorical or isinstance(ids.dtype, pl.Enum):
        frame = frame.with_columns(ids.cast(pl.String))
    faults = []
    if ids.null_count():
        faults.append(f"column {record_id!r}: {ids.null_count():,} record ids are missing")
    repeated = int(ids.is_duplicated().sum()) - (ids.null_count() if ids.null_count() > 1 else 0)
    if repeated:
        faults.append(
            f"column {record_id!r}: {repeated:,} rows share a record id; ids must be unique over all sources, "
            "so put the source's name in front where systems count alike"
        )
    if faults:
        raise SchemaError(faults)
    return frame.sort(record_id)


def as_cells(frame: pl.DataFrame, fields: list[str]) -> pl.DataFrame:
    """Fields that hold lists, structs or objects as text: what a kernel reads, a golden record can hold."""
    odd = [f for f in fields if frame[f].dtype.is_nested() or frame[f].dtype == pl.Object]
    return frame.with_columns([text_series(frame[f]) for f in odd])


def review_pairs(links: pl.DataFrame, clusters: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """Pairs that were not merged and are too likely to be left alone: the middle band, and links a guard refused."""
    record_id = clusters.columns[0]
    guard = refused.filter(pl.col("origin") == "links").select(RECORD_ID_L, RECORD_ID_R, "guard")
    entity = {
        side: clusters.rename({record_id: side, "entity_id": f"entity_{side}"}) for side in (RECORD_ID_L, RECORD_ID_R)
    }
    out = links.join(guard, on=[RECORD_ID_L, RECORD_ID_R], how="left")
    for side, table in entity.items():
        out = out.join(table, on=side, how="left")
    apart = pl.col(f"entity_{RECORD_ID_L}") != pl.col(f"entity_{RECORD_ID_R}")
    return (
        out.filter(apart)
        .drop(f"entity_{RECORD_ID_L}", f"entity_{RECORD_ID_R}")
        .sort(["match_probability", RECORD_ID_L, RECORD_ID_R], descending=[True, False, False])
    )
