"""What a run gives: tables in the caller's own kind, the model, and explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar, cast

import polars as pl

from crmquality.blocker import Blocker, BlockingReport
from crmquality.comparator import Bands, Comparator, Explanation, LinkModel
from crmquality.comparator.weights import Scorer
from crmquality.errors import SchemaError
from crmquality.evaluation.causes import ErrorAnalysis, find_causes
from crmquality.frames import Restore, to_polars
from crmquality.lift import as_text
from crmquality.merger import Merger
from crmquality.merger.cells import comparable
from crmquality.merger.golden import field_names
from crmquality.merger.guards import UNKNOWN_RECORD
from crmquality.merger.why import standing
from crmquality.report import QualityReport
from crmquality.review import without_answered
from crmquality.tables import RECORD_ID_L, RECORD_ID_R
from crmquality.validator import Finding

FrameT = TypeVar("FrameT")

TABLES: tuple[str, ...] = (
    "golden",
    "xref",
    "findings",
    "links",
    "review",
    "bridges",
    "changes",
    "clusters",
    "contradictions",
    "normalized",
)


@dataclass(frozen=True)
class Event:
    """Something that a run has finished: for progress, timing and cancelling (raise from the callback).

    Attributes:
        stage: normalize, validate, block_and_compare, learn, link, cluster, merge or report.
        counts: how many of what.
    """

    stage: str
    counts: Mapping[str, int]


class CheckedRecord(NamedTuple):
    """What checking one record gives.

    Attributes:
        record: the record with canonical values, parts and issue codes beside every field.
        findings: what is wrong with it, by field and code.
    """

    record: dict[str, object]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is found that is an error."""
        return all(f.severity != "error" for f in self.findings)

    @property
    def by_field(self) -> dict[str, tuple[Finding, ...]]:
        """For each field that has any its findings, errors first: what a form shows beside its boxes."""
        order = ("error", "warning", "info")
        found = sorted(self.findings, key=lambda f: (f.field, order.index(f.severity), f.code))
        return {name: tuple(group) for name, group in groupby(found, key=lambda f: f.field)}


@dataclass(frozen=True)
class Evidence:
    """What an explanation needs: the normalized records, and the scorer that scored them, which holds no text.

    Attributes:
        comparator: with the bands of the run.
        records: normalized.
        scorer: of the run.
        record_ids: of the records.
        blocker: asked again for two records, under the limits of the report.
        inside: links that no blocking rule made, between records that were linked through others.
        refused: links that were not followed.
        decisions: of people.
        merger: of the run.
    """

    comparator: Comparator
    records: pl.DataFrame
    scorer: Scorer
    record_ids: pl.Series
    blocker: Blocker
    inside: pl.DataFrame
    refused: pl.DataFrame
    decisions: pl.DataFrame | None
    merger: Merger


@dataclass(frozen=True, repr=False)
class Result(Generic[FrameT]):
    """What a run gives. Every table is of the kind that went in, made anew each time it is asked for.

    Attributes:
        model: the learned numbers; keep them for the next run.
        report: the scorecard.
        blocking: what each blocking rule made, and what was cut.
        bands: from which probability pairs were links or in review, and the error rates to expect.
        n_records: how many records went in.
        n_golden: how many golden records came out.
    """

    model: LinkModel
    report: QualityReport
    blocking: BlockingReport
    bands: Bands
    n_records: int
    n_golden: int
    _tables: Mapping[str, pl.DataFrame] = field(compare=False)
    _restore: Restore = field(compare=False)
    _evidence: Evidence = field(compare=False)

    def _table(self, name: str) -> FrameT:
        return cast(FrameT, self._restore(self._tables[name]))

    @property
    def golden(self) -> FrameT:
        """One row per entity: the best value of each field, and `<field>_from`, the record it came from."""
        return self._table("golden")

    @property
    def xref(self) -> FrameT:
        """One row per record: which golden record it belongs to."""
        return self._table("xref")

    @property
    def findings(self) -> FrameT:
        """What is wrong with which field of which record, and what to do; never a value."""
        return self._table("findings")

    @property
    def links(self) -> FrameT:
        """Pairs at or above review: match weight in bits, match probability, decision, blocking rule."""
        return self._table("links")

    @property
    def review(self) -> FrameT:
        """Pairs a person should look at: not merged, and too likely to be left alone; likeliest first."""
        return self._table("review")

    @property
    def bridges(self) -> FrameT:
        """Doubtful merges: links that alone hold two parts of a cluster together, of little evidence; weakest first.

        Beside the link: how many records either part has, how many scored pairs are between the two, and their mean
        weight in bits. Listed where a pair of that mean weight would be wrong with `review_probability` or more.
        """
        return self._table("bridges")

    @property
    def changes(self) -> FrameT:
        """Every cell that its golden value would alter; `undo` takes it back."""
        return self._table("changes")

    @property
    def clusters(self) -> FrameT:
        """One row per record: its entity."""
        return self._table("clusters")

    @property
    def contradictions(self) -> FrameT:
        """Decisions that exclude each other: a chain of "link", and the "non-link" of its ends, which was followed.

        One row per decision of the shortest proof, by `contradiction` and `step`; `contradictions_text` of
        `merger.contradictions` says them in words.
        """
        return self._table("contradictions")

    @property
    def normalized(self) -> FrameT:
        """The records with canonical values, parts and issue codes beside every field, by record id."""
        return self._table("normalized")

    def values(self, golden_id: object = None) -> FrameT:
        """Where golden values come from: every value that any member has, what became of it and why.

        Made when it is asked for. The value that won comes first; those that have not `won` lost at their `reason`. The
        columns are those of `Merger.values`.

        Args:
            golden_id: of one golden record; without it the values of all.

        Raises:
            SchemaError: when there is no such golden record.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Email("email"), cq.Text("title"), record_id="id")
        >>> rows = [{"id": i, "name": "Mary Shaw", "email": "m@x.org", "title": t} for i, t in enumerate(["Dr", "VP"])]
        >>> result = cq.Pipeline.from_schema(schema).with_default_model().run(rows)
        >>> [(v["value"], v["n_records"], v["won"], v["reason"]) for v in result.values(0)]
        [('Mary Shaw', 2, True, 'all_agree'), ('m@x.org', 2, True, 'all_agree'), ('Dr', 1, True, 'record_id'),
         ('VP', 1, False, 'record_id')]
        >>> [(v["golden_id"], v["field"], v["value"]) for v in result.conflicts]
        [(0, 'title', 'Dr'), (0, 'title', 'VP')]
        """
        if golden_id is not None:
            known, asked = comparable(self._tables["golden"]["golden_id"], pl.Series([golden_id], strict=False))
            if not known.is_in(asked.to_list()).any():
                raise SchemaError("values: no golden record has this golden_id; expected one of `Result.golden`")
        return cast(FrameT, self._restore(self._values(None if golden_id is None else [golden_id])))

    @property
    def conflicts(self) -> FrameT:
        """What members disagree about: of `values`, the fields of the schema in which they have several valid values.

        Spellings of one canonical value agree. Lists of values, such as phones that are united, cannot disagree.
        """
        merger = self._evidence.merger
        said = {*(r.field for r in merger.rules), *(f for group in merger.groups for f in group)}
        told = self._values(None).filter("conflict")
        return cast(FrameT, self._restore(told.filter(pl.col("field").is_in(said)) if said else told))

    def _values(self, golden_ids: list[object] | None) -> pl.DataFrame:
        e = self._evidence
        columns = field_names(e.records, (e.merger.record_id, e.merger.source))
        not_merged = set(columns) - set(self._tables["golden"].columns)  # the index of a pandas frame
        return e.merger.values_frame(e.records.drop(not_merged), self._tables["clusters"], golden_ids=golden_ids)

    def explain(self, record_id_l: object, record_id_r: object) -> Explanation:
        """Why two records were linked, or not: the parts of their match weight, and what became of the pair.

        Any two records can be asked for: `rules` says which blocking rule made them a pair, or what kept each rule
        from it; `bits_to_link` and `against` what a link wants; `standing` whether they are one entity, through which
        links, or what refused the link.

        Raises:
            SchemaError: when a record is not in the table.

        >>> import crmquality as cq
        >>> rows = [
        ...     {"record_id": 1, "name": "王芳", "mobile": "13812345678"},
        ...     {"record_id": 2, "name": "李娜", "mobile": None},
        ... ]
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"))
        >>> why = cq.Pipeline.from_schema(schema).with_default_model().run(rows).explain(1, 2)
        >>> print("\\n".join(why.text().splitlines()[-2:]))
        not compared: no blocking rule made the pair; nearest: 'phone' (norm_mobile_all missing on a side)
        apart: no link
        """
        given = ((record_id_l, RECORD_ID_L), (record_id_r, RECORD_ID_R))
        a, b = sorted(self._row(r, side) for r, side in given)
        e = self._evidence
        why = e.comparator.explain_rows(e.records, e.scorer, a, b)
        if a == b:
            return why
        links = self._tables["links"].select(e.inside.columns)
        tables = (self._tables["clusters"], pl.concat([links, e.inside]), e.refused, e.decisions)
        found = standing(e.record_ids[a], e.record_ids[b], *tables)
        return replace(why, rules=e.blocker.rules_tried(e.records, a, b, self.blocking), standing=found)

    def duplicates(self, n: int = 5) -> Sequence[tuple[object, object, Explanation]]:
        """Linked pairs with their explanations: `n` of them, evenly from the least to the most sure."""
        links = (
            self._tables["links"].filter(pl.col("decision") == "link").sort("match_weight", RECORD_ID_L, RECORD_ID_R)
        )
        n = min(n, links.height)
        chosen = links[[i * (links.height - 1) // max(n - 1, 1) for i in range(n)]]
        return [(a, b, self.explain(a, b)) for a, b in zip(chosen[RECORD_ID_L], chosen[RECORD_ID_R], strict=True)]

    def review_queue(self, n: int = 20, answered: object = None) -> FrameT:
        """What to ask a person first: pairs of entities that may be one, and entities that may be two.

        Ranked by what an answer is worth: the pairs of records that it is expected to put right. See `review`.

        Args:
            n: how many.
            answered: decisions that were made since the run: what they settle is not asked again.

        Returns:
            The columns of `review.QUEUE`. `explain` says of a row's two records what speaks for and against;
            `review.answers_to_decisions` turns the rows, with `answer` filled, into decisions for the next run.

        >>> import crmquality as cq
        >>> from crmquality.review import answers_to_decisions, question_text
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), record_id="id")
        >>> rows = [{"id": i, "name": name, "mobile": "138 1234 5678"} for i, name in enumerate(["王芳", "王"])]
        >>> pipeline = cq.Pipeline.from_schema(schema).with_default_model()
        >>> result = pipeline.run(rows)
        >>> queue = result.review_queue()
        >>> print(question_text(queue[0]))
        Are 0 and 1 one customer? Chance 0.87; no splits 1 and 1 records, which this link alone holds together.
        >>> said = answers_to_decisions(queue, ["not the same"], by="li", at="2025-03-01")
        >>> again = pipeline.run(rows, decisions=said)
        >>> result.n_golden, again.n_golden, again.review_queue()
        (1, 2, [])
        """
        queue = self._tables["queue"]
        if answered is not None:
            queue = without_answered(queue, self._tables["clusters"], to_polars(answered)[0])
        return cast(FrameT, self._restore(queue.head(n)))

    def next_to_label(self, n: int = 10, labelled: object = None) -> FrameT:
        """The pairs whose answers teach most, for a person to label and `Pipeline.fit(labels=...)` to learn from.

        Args:
            n: how many.
            labelled: pairs that have an answer already and are not asked about again: `record_id_l`, `record_id_r`.

        Returns:
            Rows of `links`, the most informative first: pairs that could be either, of the agreement patterns that
            many pairs show, one pair of a pattern.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Email("email"), record_id="id")
        >>> names = ["王芳", "王芳", "李娜", "李娜", "张伟"]
        >>> rows = [{"id": i, "name": name, "email": f"a{i // 2}@example.org"} for i, name in enumerate(names)]
        >>> result = cq.Pipeline.from_schema(schema).with_default_model().run(rows)
        >>> [(x["record_id_l"], x["record_id_r"]) for x in result.next_to_label(1)]
        [(0, 1)]
        """
        links = self._tables["links"]
        if labelled is not None:
            done = to_polars(labelled)[0].select(pl.col(RECORD_ID_L, RECORD_ID_R).cast(links.schema[RECORD_ID_L]))
            both = pl.concat(
                [done, done.select(pl.col(RECORD_ID_R).alias(RECORD_ID_L), pl.col(RECORD_ID_L).alias(RECORD_ID_R))]
            )
            links = links.join(both, on=[RECORD_ID_L, RECORD_ID_R], how="anti")
        e = self._evidence
        return cast(FrameT, self._restore(e.comparator.next_to_label(e.records, links, n)))

    def error_analysis(self, truth: object) -> ErrorAnalysis:
        """The errors of the run by their causes: blocking rules, reasons for missed pairs, levels of each field.

        Blocking is done again, to know which missed pairs were candidates.

        Args:
            truth: a table with `record_id` and `entity_id`, of any kind.

        Raises:
            SchemaError: as for `evaluate`.

        >>> import crmquality as cq
        >>> rows = [{"record_id": i, "name": n} for i, n in enumerate(["Mary Shaw", "Mary Shaw", "Li Na"])]
        >>> truth = [{"record_id": i, "entity_id": e} for i, e in enumerate("aaa")]
        >>> result = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"))).with_default_model().run(rows)
        >>> [(m.reason, m.pairs.n) for m in result.error_analysis(truth).missed if m.pairs.n]
        [('not a candidate', 2), ('below review', 1)]
        """
        e, t = self._evidence, self._tables
        plan = e.blocker.plan(e.records)
        made = (e.comparator.comparisons, plan.rule_names, plan.pairs())
        return find_causes(truth, t["clusters"], t["links"], e.refused, e.records, e.record_ids, *made)

    def _row(self, record_id: object, side: str) -> int:
        ids = self._evidence.record_ids
        try:
            wanted = pl.Series([record_id]).cast(ids.dtype, strict=False).item()
            same = wanted is not None and as_text(wanted) == as_text(record_id)  # 1.5 is not the id 1
            found = (ids == pl.Series([wanted], dtype=ids.dtype)).arg_true() if same else ids[:0]
        except Exception:  # an object of the caller's that polars cannot hold, or not as an id
            found = ids[:0]
        if len(found) != 1:
            column = self._evidence.comparator.record_id
            raise SchemaError(f"explain: {side} is not in the table; expected an id of its column {column!r}")
        return int(found[0])

    def _summary(self) -> list[tuple[str, str]]:
        t = self._tables
        merged = self.n_records - self.n_golden
        out = [
            ("records in", f"{self.n_records:,}"),
            ("golden records out", f"{self.n_golden:,}"),
            ("records merged away", f"{merged:,}"),
            ("pairs compared", f"{self.blocking.n_pairs:,}"),
            ("pairs for a person to review", f"{t['review'].height:,}"),
            ("merges that hang on one weak link", f"{t['bridges'].height:,}"),
            ("findings", f"{t['findings'].height:,}"),
            ("cells changed by merging", f"{t['changes'].height:,}"),
        ]
        if t["contradictions"].height:
            out.append(("decisions contradicted by others", f"{t['contradictions']['contradiction'].n_unique():,}"))
        strange = (pl.col("guard") == UNKNOWN_RECORD) & (pl.col("origin") == "decisions")
        if unknown := self._evidence.refused.filter(strange).height:
            out.append(("decisions about unknown records", f"{unknown:,}"))
        diagnostics = self.model.diagnostics
        return out + [("note", m) for m in (diagnostics.messages if diagnostics else ())]

    def __repr__(self) -> str:
        width = max(len(k) for k, _ in self._summary())
        return "\n".join(f"{k:<{width}}  {v}" for k, v in self._summary())

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(k)}</td><td style='text-align:right'>{escape(v)}</td></tr>" for k, v in self._summary()
        )
        return f"<table>{rows}</table>{self.report._repr_html_()}"
