"""Metrics: what is counted, of what. Every metric is a share: a numerator, a denominator, and a Wilson interval.

| metric | per | share of | that are |
|---|---|---|---|
| `completeness` | field | cells | neither missing nor a placeholder |
| `required_missing` | field | cells of required fields | missing or a placeholder (lower is better) |
| `validity` | field | cells that are filled | usable, and without a finding of severity error |
| `uniqueness` | | records | not surplus: one per entity |
| `consistency` | | records | without a contradiction between columns (findings of severity warning or error) |
| `timeliness` | | records with both times | recorded at most 24 hours after it happened |
| `accuracy` | field | cells that people have checked | right |
| `accuracy` | | records that people have checked | right in every checked cell |
| `active_share` | | classified records, or golden ones | active, see `report.activity` |

These are the dimensions of DAMA UK, "The Six Primary Dimensions for Data Quality Assessment" (2013). Over all fields, a
share per field is that of all cells together. What has not been looked at is not shown: there is no metric without
something counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import numpy as np
import polars as pl

from crmquality.lift import text_series
from crmquality.report.targets import Metric
from crmquality.tables import RECORD_ID, SOURCE, issues_column, norm_column
from crmquality.validator.fields import says_filled

COUNTS: Final = {
    "metric": pl.String,
    "field": pl.String,
    SOURCE: pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
}
NO_SOURCE: Final = "(none)"
"""The source of a record whose source is missing; null is all sources together."""

_SPACE: Final = " \t\r\n\u00a0\u3000"
_TIMES: Final = (
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f%z",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M%z",
)


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """A yes or no for every row, and the rows of which it is asked.

    Attributes:
        metric: the metric.
        field: the field, or None where the metric is one of records.
        counted: the rows that are counted, as booleans.
        hits: those of them that count as hits; outside `counted` it does not matter.
    """

    metric: Metric
    field: str | None
    counted: pl.Series
    hits: pl.Series


def count(tallies: Sequence[Tally], sources: pl.Series | None) -> pl.DataFrame:
    """Tallies as counts: over all sources, by source, and for metrics per field over all fields too.

    Args:
        tallies: of one table.
        sources: the source of each row as text, or None.

    Returns:
        `metric`, `field`, `source`, `numerator`, `denominator`; a null field or source means all of them.

    >>> yes = pl.Series([True, True, False])
    >>> count([Tally("completeness", "name", pl.Series([True] * 3), yes)], None).rows()[0]
    ('completeness', 'name', None, 2, 3)
    """
    if not tallies:
        return pl.DataFrame(schema=COUNTS)
    columns = {f"d{i}": t.counted.fill_null(False) for i, t in enumerate(tallies)}
    columns |= {f"n{i}": (t.hits & t.counted).fill_null(False) for i, t in enumerate(tallies)}
    flags = pl.DataFrame(columns)
    sums = [flags.sum().with_columns(pl.lit(None, pl.String).alias(SOURCE))]
    if sources is not None:
        sums.append(flags.group_by(sources.alias(SOURCE), maintain_order=True).agg(pl.all().sum()))
    totals = pl.concat(sums, how="diagonal_relaxed")
    by_field = pl.concat(
        totals.select(
            pl.lit(t.metric, pl.String).alias("metric"),
            pl.lit(t.field, pl.String).alias("field"),
            pl.col(SOURCE),
            pl.col(f"n{i}").cast(pl.Int64).alias("numerator"),
            pl.col(f"d{i}").cast(pl.Int64).alias("denominator"),
        )
        for i, t in enumerate(tallies)
    )
    over_fields = (
        by_field.filter(pl.col("field").is_not_null())
        .group_by("metric", SOURCE)
        .agg(pl.lit(None, pl.String).alias("field"), pl.col("numerator").sum(), pl.col("denominator").sum())
        .select(list(COUNTS))
    )
    return pl.concat([by_field, over_fields])


def present(frame: pl.DataFrame, field: str) -> pl.Series:
    """Whether a field has a usable value: its normalized column, or its own where it is not normalized.

    >>> present(pl.DataFrame({"a": ["abc", "x"], "norm_a": [None, "x"]}), "a").to_list()
    [False, True]
    """
    name = norm_column(field)
    text = text_series(frame[name if name in frame.columns else field])
    return (text.str.strip_chars(_SPACE) != "").fill_null(False)


def filled(frame: pl.DataFrame, field: str) -> pl.Series:
    """Whether a cell is neither missing nor a placeholder; it may still be unusable, and its issue codes say why.

    >>> codes = ["placeholder", "invalid_phone", "full_width", None]
    >>> filled(pl.DataFrame({"norm_a": ["x", None, None, None], "issues_a": codes}), "a").to_list()
    [True, True, False, False]
    """
    value, name = present(frame, field), issues_column(field)
    if name not in frame.columns:
        return value
    codes = text_series(frame[name])
    telling = [c for c in codes.unique().to_list() if says_filled(c)]
    return value | codes.is_in(telling).fill_null(False)


def cell_tallies(
    frame: pl.DataFrame,
    fields: Sequence[str],
    required: Collection[str],
    checked: Collection[str],
    errors: dict[str, pl.Series],
) -> list[Tally]:
    """Completeness, required cells missing, and validity, of each field.

    Args:
        frame: the normalized table.
        fields: the fields.
        required: the fields among them that must be filled.
        checked: the fields among them that a rule of the validator looks at.
        errors: for each field with findings of severity error, the rows that have one, as booleans.
    """
    every = pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
    out: list[Tally] = []
    for field in fields:
        full = filled(frame, field)
        out.append(Tally("completeness", field, every, full))
        if field in required:
            out.append(Tally("required_missing", field, every, ~full))
        if field in checked:
            good = present(frame, field)
            out.append(Tally("validity", field, full, good & ~errors[field] if field in errors else good))
    return out


def rows_with(frame: pl.DataFrame, findings: pl.DataFrame, record_id: str, source: str | None) -> dict[str, pl.Series]:
    """For every field with findings, which rows of the table have one.

    Args:
        frame: the normalized table.
        findings: the findings in question.
        record_id: the table's column of the record id; findings name it `record_id`.
        source: the table's column of the source, or None; then record ids alone tell rows apart.
    """
    ids = pl.DataFrame([frame[record_id].alias(RECORD_ID)]).with_row_index("row")
    keys = [RECORD_ID]
    if source is not None and SOURCE in findings.columns:
        ids, keys = ids.with_columns(text_series(frame[source]).alias(SOURCE)), [RECORD_ID, SOURCE]
    wanted = findings.select(*keys, "field").cast({RECORD_ID: ids.schema[RECORD_ID]}, strict=False).unique()
    hits = ids.join(wanted, on=keys, how="inner", nulls_equal=True).partition_by("field", as_dict=True)
    return {str(field): _mask(part["row"], frame.height) for (field,), part in hits.items()}


def _mask(rows: pl.Series, height: int) -> pl.Series:
    mask = np.zeros(height, dtype=np.bool_)
    mask[rows.to_numpy()] = True
    return pl.Series(mask)


def consistency_tally(frame: pl.DataFrame, conflicts: Iterable[pl.Series]) -> Tally:
    """Records without a contradiction.

    Args:
        frame: the normalized table.
        conflicts: rows with one, as booleans, once per field.
    """
    none = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    return Tally("consistency", None, ~none, ~reduce(or_, conflicts, none))


def is_cross_field(code: str) -> bool:
    """Whether a code speaks of a contradiction: `conflict`, `conflict_…`, `…_conflict`, `order_violation`.

    >>> [is_cross_field(code) for code in ("conflict_sex", "area_conflict", "order_violation", "invalid_phone")]
    [True, True, True, False]
    """
    return code == "conflict" or code.startswith("conflict_") or code.endswith("_conflict") or code == "order_violation"


def uniqueness_counts(entities: pl.Series, sources: pl.Series | None) -> pl.DataFrame:
    """Entities among records, over all sources and in each.

    Args:
        entities: the entity of each row; null is an entity of its own.
        sources: the source of each row as text, or None.

    >>> uniqueness_counts(pl.Series(["a", "a", "b"]), None).rows()
    [('uniqueness', None, None, 2, 3)]
    """
    entity, alone = pl.col("entity"), pl.col("entity").null_count()
    n = (entity.drop_nulls().n_unique() + alone).cast(pl.Int64)
    tallied = [n.alias("numerator"), pl.len().cast(pl.Int64).alias("denominator")]
    table = pl.DataFrame([entities.alias("entity")])
    counts = [table.select(pl.lit(None, pl.String).alias(SOURCE), *tallied)]
    if sources is not None:
        counts.append(table.group_by(sources.alias(SOURCE), maintain_order=True).agg(tallied))
    return pl.concat(counts).select(
        pl.lit("uniqueness").alias("metric"), pl.lit(None, pl.String).alias("field"), SOURCE, "numerator", "denominator"
    )


def instants(frame: pl.DataFrame, column: str) -> pl.Series:
    """A column as points in time, null where it cannot be read: a date is its midnight, an offset is brought to UTC.

    >>> instants(pl.DataFrame({"at": ["2024-05-03T06:12:00+08:00", "2024-05-03", "soon"]}), "at").to_list()
    [datetime.datetime(2024, 5, 2, 22, 12), datetime.datetime(2024, 5, 3, 0, 0), None]
    """
    name = norm_column(column)
    series = frame[name if name in frame.columns else column]
    if isinstance(series.dtype, pl.Datetime):
        local = (
            series if series.dtype.time_zone is None else series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        )
        return local.cast(pl.Datetime("us"))
    if series.dtype == pl.Date:
        return series.cast(pl.Datetime("us"))
    text = text_series(series).str.replace("T", " ", literal=True, n=1).str.replace(r"Z\z", "+00:00")
    out = pl.repeat(None, len(text), dtype=pl.Datetime("us"), eager=True)
    for form in _TIMES:  # a column is mostly of one form: the others are tried on what is left
        rest = text.set(out.is_not_null(), None)
        if rest.null_count() == len(rest):
            break
        read = rest.str.to_datetime(form, strict=False, time_unit="us")
        out = out.zip_with(out.is_not_null(), read.dt.replace_time_zone(None))
    return out


def timeliness_tally(frame: pl.DataFrame, occurred_at: str, recorded_at: str, within_hours: float) -> Tally:
    """Records that were recorded soon enough, of those where both times can be read.

    A record that is recorded before it happened is not late; `Before` finds it.

    Args:
        frame: the normalized table.
        occurred_at: the column of the time it happened.
        recorded_at: the column of the time it was recorded.
        within_hours: how soon is soon enough.
    """
    delay = instants(frame, recorded_at) - instants(frame, occurred_at)
    return Tally("timeliness", None, delay.is_not_null(), delay.dt.total_microseconds() <= within_hours * 3_600_000_000)


def accuracy_counts(checked_cells: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Checked cells that are right by field, and checked records that are right in every checked cell.

    Args:
        checked_cells: `record_id`, `field`, `correct`; a cell that two people checked is right if both say so; a null
            says nothing.
        sources: `record_id` and `source` of the table; cells of other records do not count.

    >>> checked = pl.DataFrame({"record_id": [1, 1, 2], "field": ["a", "b", "a"], "correct": [True, False, True]})
    >>> accuracy_counts(checked, pl.DataFrame({"record_id": [1, 2], "source": ["web", "web"]})).sort("field").rows()[0]
    ('accuracy', None, None, 1, 2)
    """
    checked = (
        checked_cells.select(
            pl.col(RECORD_ID).cast(sources.schema[RECORD_ID], strict=False),
            pl.col("field").cast(pl.String),
            pl.col("correct").cast(pl.Boolean, strict=False),
        )
        .drop_nulls()
        .join(sources, on=RECORD_ID, how="inner")
        .group_by(RECORD_ID, SOURCE, "field")
        .agg(pl.col("correct").all())
    )
    records = checked.group_by(RECORD_ID, SOURCE).agg(pl.col("correct").all(), pl.lit(None, pl.String).alias("field"))
    cells = pl.concat([checked, records], how="diagonal")
    tallied = [pl.col("correct").sum().cast(pl.Int64).alias("numerator"), pl.len().cast(pl.Int64).alias("denominator")]
    everywhere = cells.group_by("field").agg(pl.lit(None, pl.String).alias(SOURCE), *tallied)
    by_source = cells.filter(pl.col(SOURCE).is_not_null()).group_by("field", SOURCE).agg(tallied)
    return pl.concat([everywhere, by_source], how="diagonal").select(
        pl.lit("accuracy").alias("metric"), "field", SOURCE, "numerator", "denominator"
    )
