"""The scorecard: every metric with its interval, its target and a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl

from crmquality.declarations import JSON
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.intervals import wilson
from crmquality.lift import text_series
from crmquality.report.due import active_counts
from crmquality.report.metrics import (
    COUNTS,
    NO_SOURCE,
    accuracy_counts,
    cell_tallies,
    consistency_tally,
    count,
    is_cross_field,
    rows_with,
    timeliness_tally,
    uniqueness_counts,
)
from crmquality.report.render import as_html, as_text
from crmquality.report.targets import DEFAULT_TARGETS, METRICS, NOT_SHOWN, ON_REQUEST, Metric, Target, Verdict
from crmquality.tables import FINDINGS, RECORD_ID, REPORT, SOURCE, empty, issues_column, norm_column


@dataclass(frozen=True, repr=False, eq=False)
class QualityReport:
    """How good a table is, and whether that is good enough.

    Attributes:
        table: `tables.REPORT`: one row per metric, field and source; a null field or source means all of them. Shares
            and intervals are from 0 to 1. A row without a target has no verdict, unless it could not be measured.
        targets: what the verdicts were judged by.
    """

    table: pl.DataFrame
    targets: tuple[Target, ...] = DEFAULT_TARGETS

    @property
    def verdict(self) -> Verdict:
        """Of all targets together: missed if any is missed, met if every one is met, else not shown."""
        found = self.counts
        if found["missed"]:
            return "missed"
        return "met" if found["met"] and not found[NOT_SHOWN] else "not shown"

    @property
    def counts(self) -> dict[str, int]:
        """How many targets are met, missed and not shown."""
        judged = Counter(self.table.filter(pl.col("target").is_not_null())["verdict"].to_list())
        return {name: judged[name] for name in ("met", "missed", NOT_SHOWN)}

    def to_dict(self) -> dict[str, JSON]:
        """Everything as a JSON-ready dict."""
        return {
            "verdict": self.verdict,
            "targets": [target.to_dict() for target in self.targets],
            "metrics": cast("list[JSON]", self.table.to_dicts()),
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QualityReport) and self.targets == other.targets and self.table.equals(other.table)

    __hash__ = None  # type: ignore[assignment]  # equal by its table, which has no hash

    def __repr__(self) -> str:
        judged = ", ".join(f"{n} {name}" for name, n in self.counts.items())
        return f"QualityReport({self.verdict}; targets: {judged}; {self.table.height} metrics)"

    def __str__(self) -> str:
        return as_text(self.table, self.targets, self.verdict)

    def _repr_html_(self) -> str:
        return as_html(self.table, self.targets, self.verdict)


def quality_report(
    normalized: object,
    findings: object,
    clusters: object = None,
    *,
    fields: Sequence[str] | None = None,
    required: Collection[str] = (),
    checks: Collection[tuple[str, str]] | None = None,
    record_id: str = RECORD_ID,
    source: str | None = None,
    occurred_at: str | None = None,
    recorded_at: str | None = None,
    within_hours: float = 24.0,
    checked_cells: object = None,
    activity: object = None,
    targets: Sequence[Target] = DEFAULT_TARGETS,
) -> QualityReport:
    """Measure a table: completeness, validity, uniqueness, consistency, timeliness, accuracy, active customers.

    Args:
        normalized: the normalized table, of any kind that `frames` reads.
        findings: what the validator found in it.
        clusters: `record_id` and `entity_id`, for uniqueness; without them it is not shown.
        fields: the fields to measure; None: every field that has a column of issue codes.
        required: the fields that must be filled.
        checks: `Validator.checks`: what was looked at. A field that no rule looks at has no validity to show, and a
            table without a rule across columns no consistency. None: all of it was looked at.
        record_id: the table's column of the record id.
        source: the table's column of the source; with it every metric is shown per source too.
        occurred_at: the column of the time something happened; without both times timeliness is not shown.
        recorded_at: the column of the time it was recorded.
        within_hours: how soon it must be recorded.
        checked_cells: cells that people have checked: `record_id`, `field`, `correct`; without them accuracy is not
            shown.
        activity: what `Activity.classify` or `Activity.classify_golden` gave, for the share of active customers;
            without it that metric is left out.
        targets: what must be reached.

    Returns:
        The scorecard.

    Raises:
        ConfigError: for every fault of a target, and for two targets on one metric.
        SchemaError: for every column that is not there.

    >>> import polars as pl
    >>> table = pl.DataFrame({"record_id": [1, 2], "norm_name": ["张伟", None], "issues_name": [None, "placeholder"]})
    >>> report = quality_report(table, pl.DataFrame(), required=["name"])
    >>> report.verdict, report.counts
    ('missed', {'met': 0, 'missed': 1, 'not shown': 2})
    """
    frame, found = to_polars(normalized)[0], _findings(to_polars(findings)[0])
    groups = None if clusters is None else to_polars(clusters)[0]
    marked = None if checked_cells is None else to_polars(checked_cells)[0]
    if fields is None:
        fields = [c.removeprefix(issues_column("")) for c in frame.columns if c.startswith(issues_column(""))]
    names = tuple(dict.fromkeys([*fields, *required]))
    times = (occurred_at, recorded_at)
    faults = _absent(frame.columns, [record_id, source], [*names, *times])
    faults += [] if groups is None else _absent(groups.columns, ["entity_id", _id_name(groups, record_id)], [])
    faults += [] if marked is None else checked_cell_faults(marked)
    _refuse(faults, targets)

    sources = None if source is None else text_series(frame[source]).fill_null(NO_SOURCE)
    looked_at = set(names) if checks is None else {field for field, _ in checks}
    errors = rows_with(frame, found.filter(pl.col("severity") == "error"), record_id, source)
    tallies = cell_tallies(frame, names, required, looked_at, errors)
    conflicts = _conflicts(found)
    if checks is None or conflicts.height or any(is_cross_field(code) for _, code in checks):
        tallies.append(consistency_tally(frame, rows_with(frame, conflicts, record_id, source).values()))
    if occurred_at is not None and recorded_at is not None:
        tallies.append(timeliness_tally(frame, occurred_at, recorded_at, within_hours))
    counts = [count(tallies, sources)]
    ids = frame.select(pl.col(record_id).alias(RECORD_ID))
    if groups is not None:
        counts.append(uniqueness_counts(_entities(ids, groups, record_id), sources))
    if marked is not None and marked.width:
        known = ids.with_columns(pl.lit(None, pl.String).alias(SOURCE) if sources is None else sources.alias(SOURCE))
        counts.append(accuracy_counts(marked, known))
    if activity is not None:
        counts.append(active_counts(to_polars(activity)[0]))
    return QualityReport(_judged(pl.concat(counts), names, targets), tuple(targets))


def checked_cell_faults(checked_cells: pl.DataFrame) -> list[str]:
    """Why checked cells cannot be read: columns that are missing, and a `correct` that is neither boolean nor a number.

    A table without columns holds no label, and no fault.
    """
    if not checked_cells.width:
        return []
    faults = [
        f"checked_cells: {fault}" for fault in _absent(checked_cells.columns, [RECORD_ID, "field", "correct"], [])
    ]
    dtype = checked_cells.schema.get("correct", pl.Null())
    if not (dtype == pl.Boolean or dtype == pl.Null or dtype.is_numeric()):
        faults.append(f"checked_cells: column 'correct' is of type {dtype}; expected true and false")
    return faults


def _findings(table: pl.DataFrame) -> pl.DataFrame:
    """A table of no findings may have come without columns."""
    return empty(FINDINGS) if table.is_empty() else table


def _conflicts(findings: pl.DataFrame) -> pl.DataFrame:
    codes = [code for code in findings["code"].unique().to_list() if is_cross_field(code)]
    return findings.filter(pl.col("code").is_in(codes) & (pl.col("severity") != "info"))


def _id_name(clusters: pl.DataFrame, record_id: str) -> str:
    return RECORD_ID if RECORD_ID in clusters.columns else record_id


def _entities(ids: pl.DataFrame, clusters: pl.DataFrame, record_id: str) -> pl.Series:
    """The entity of each row; null for a record that is in no cluster."""
    name = _id_name(clusters, record_id)
    table = clusters.select(pl.col(name).cast(ids.schema[RECORD_ID], strict=False).alias(RECORD_ID), "entity_id")
    return ids.join(table.unique(RECORD_ID), on=RECORD_ID, how="left", maintain_order="left")["entity_id"]


def _absent(columns: Sequence[str], own: Sequence[str | None], fields: Sequence[str | None]) -> list[str]:
    """A sentence for every column that is not there; a field may be there as its normalized column alone."""
    absent = [name for name in own if name is not None and name not in columns]
    absent += [name for name in fields if name is not None and not {name, norm_column(name)} & set(columns)]
    return [unknown("column", name, columns) for name in dict.fromkeys(absent)]


def _refuse(absent: list[str], targets: Sequence[Target]) -> None:
    faults = [fault for target in targets for fault in target.faults()]
    twice = [key for key, n in Counter((t.metric, t.field, t.source) for t in targets).items() if n > 1]
    faults += [f"two targets on {metric} (field {field!r}, source {of!r})" for metric, field, of in twice]
    if faults:
        raise ConfigError(faults)
    if absent:
        raise SchemaError(absent)


def _judged(counts: pl.DataFrame, fields: Sequence[str], targets: Sequence[Target]) -> pl.DataFrame:
    """Counts as the table of the report: with what could not be measured, intervals, targets and verdicts, in order."""
    measured = {(m, f, s): (k, n) for m, f, s, k, n in counts.select(list(COUNTS)).iter_rows()}
    by_target = {(t.metric, t.field, t.source): t for t in targets}
    wanted = {*measured, *((metric, None, None) for metric in METRICS if metric not in ON_REQUEST), *by_target}
    place = {field: i for i, field in enumerate(fields)}
    order = sorted(
        wanted,
        key=lambda key: (
            METRICS.index(key[0]),
            -1 if key[1] is None else place.get(key[1], len(place)),
            key[1] or "",
            key[2] is not None,
            key[2] or "",
        ),
    )
    rows = [_row(key, measured.get(key), by_target.get(key)) for key in order]
    return pl.DataFrame(rows, schema=REPORT, orient="row")


def _row(
    key: tuple[Metric, str | None, str | None], counted: tuple[int, int] | None, target: Target | None
) -> tuple[object, ...]:
    numerator, denominator = counted or (None, None)
    ends = wilson(*counted) if counted else None
    value = counted[0] / counted[1] if counted and counted[1] else None
    low, high = ends or (None, None)
    verdict = target.verdict(value, low, high) if target else (NOT_SHOWN if value is None else None)
    return (*key, value, numerator, denominator, low, high, target.bound if target else None, verdict)
