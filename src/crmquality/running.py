"""One run: the stages on one table, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import polars as pl

from crmquality.blocker import BlockingReport
from crmquality.blocker.stage import Link
from crmquality.comparator import Encoded, LinkModel
from crmquality.comparator.learn import Learned, components, linked
from crmquality.comparator.term_frequency import Counted, Frequencies
from crmquality.comparator.weights import Scorer
from crmquality.errors import SchemaError, unknown
from crmquality.fitted import FittedPipeline
from crmquality.frames import to_polars, without_index
from crmquality.lift import text_series
from crmquality.merger import Merger
from crmquality.merger.bridges import doubtful_bridges
from crmquality.merger.contradictions import CONTRADICTIONS, contradictions_frame
from crmquality.merger.decisions import effective_frame, read_decisions
from crmquality.merger.golden import check_names, field_names
from crmquality.merger.guards import OneToOne
from crmquality.report import QualityReport, quality_report
from crmquality.report.scorecard import checked_cell_faults
from crmquality.results import Event, Evidence, Result
from crmquality.review import review_queue
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R, empty, issues_column, norm_column
from crmquality.validator import Required
from crmquality.validator.times import check_as_of

if TYPE_CHECKING:
    from crmquality.pipeline import Pipeline

FrameT = TypeVar("FrameT")
OnEvent = Callable[[Event], None]


def resolve(
    pipeline: Pipeline,
    fitted: FittedPipeline | None,
    records: FrameT,
    decisions: object,
    checked_cells: object,
    as_of: datetime | None,
    on_event: OnEvent | None,
) -> Result[FrameT]:
    """A table through all stages: learned from it, or by what was learned before; see `Pipeline.run`."""
    frame, restore = to_polars(records)
    frame = with_columns_of(pipeline, frame)
    check_as_of(as_of)  # this and the next two before the long work, not after it
    people = None if decisions is None else read_decisions(to_polars(decisions)[0])
    checked = None if checked_cells is None else to_polars(checked_cells)[0]
    if checked is not None and (faults := checked_cell_faults(checked)):
        raise SchemaError(faults)
    run = Run(pipeline, frame, on_event)
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


class Run:
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


def read_labels(labels: pl.DataFrame) -> pl.DataFrame:
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
