"""Where golden values come from: every value that any member has, what became of it, and why.

The table is made when somebody asks, for all golden records or for some. One row is one value of one field of one
golden record. What is counted as one value is the canonical form, or the cell itself where nobody normalized it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import numpy as np
import polars as pl

from crmquality.merger.cells import encode
from crmquality.merger.choice import BoolArray, Choice, IntArray, Members, best_first, ranked
from crmquality.merger.golden import Decided, Unit, take
from crmquality.merger.survivorship import Criterion
from crmquality.tables import RECORD_ID, SOURCE, TableSchema

Why: TypeAlias = Criterion | Literal["record_id", "only_value", "all_agree", "union", "limit", "fixed"]
"""Why a value won or lost. Won: `only_value`, one record has a value; `all_agree`, several records have this value and
none has another; a criterion, by which the last other value fell. Lost: the criterion at which the value's best record
fell. `record_id` where only the tie-break told them apart. In a union: `union`, kept beside others; `limit`, one more
than the limit; `valid`, left out because there are valid ones. `fixed` where a person has fixed the value."""

VALUES: Final[TableSchema] = {
    "golden_id": pl.String,
    "field": pl.String,
    "value": pl.String,
    RECORD_ID: pl.String,
    SOURCE: pl.String,
    "n_records": pl.Int64,
    "won": pl.Boolean,
    "reason": pl.String,
    "conflict": pl.Boolean,
}
_REASONS: Final = ("only_value", "all_agree", "union", "limit", "valid", "fixed")
_ONLY, _AGREE, _UNION, _LIMIT, _INVALID, _FIXED = range(6)


def field_values(unit: Unit, decided: Sequence[Decided], members: Members, never: str | None) -> list[pl.DataFrame]:
    """The values of a unit's fields, one table for each: the columns of `VALUES`.

    Args:
        unit: the fields that were decided together.
        decided: what became of them.
        members: the records.
        never: the field whose differences are no conflict: the time stamp.
    """
    rows = best_first(unit.rule, unit.candidates([d.cells for d in decided]), members)
    return [_table(unit, d, rows, members, conflicts=d.field != never) for d in decided]


def _table(unit: Unit, decided: Decided, rows: IntArray, members: Members, *, conflicts: bool) -> pl.DataFrame:
    cells = decided.cells
    rows = rows[cells.shown.is_not_null().to_numpy()[rows]]
    values = (
        pl.DataFrame({"cluster": members.cluster[rows], "row": rows, "valid": cells.valid[rows]})
        .with_columns(cells.shown.gather(rows).alias("value"))
        .group_by("cluster", "value", maintain_order=True)
        .agg(pl.col("row").first(), n_records=pl.len().cast(pl.Int64), valid=pl.col("valid").any())
    )
    told = _united(unit, decided, values, members) if decided.choice is None else _one(decided, decided.choice, values)
    in_conflict = (pl.col("valid").sum().over("cluster") >= 2) if conflicts and decided.choice is not None else False
    told = told.with_columns(encode(told["value"]).alias("value"), conflict=in_conflict)
    if decided.fixed is not None:
        told = _with_fixed(told, decided, decided.fixed)
    told = told.sort("cluster", pl.col("won").not_(), maintain_order=True)
    at = told["row"].to_numpy()
    source = pl.repeat(None, len(at), dtype=pl.String, eager=True) if members.source is None else members.source
    return told.select(
        members.golden_ids.gather(told["cluster"]).alias("golden_id"),
        pl.lit(decided.field).alias("field"),
        "value",
        take(members.ids, at).alias(RECORD_ID),
        (source if members.source is None else take(source, at)).alias(SOURCE),
        "n_records",
        "won",
        "reason",
        "conflict",
    )


def _one(decided: Decided, choice: Choice, values: pl.DataFrame) -> pl.DataFrame:
    """`won` and `reason` where one value survives."""
    names = (*_REASONS, *decided.rule.order, "record_id")
    golden = take(decided.cells.shown, choice.winner).gather(values["cluster"])
    fell_at = choice.fell_at[values["row"].to_numpy()].astype(np.int64)
    told = values.with_columns(
        won=(values["value"] == golden).fill_null(False),
        fell_at=pl.Series(fell_at),
    )
    last = pl.col("fell_at").filter(~pl.col("won")).max().over("cluster")
    alone = pl.when(pl.col("n_records") == 1).then(_ONLY).otherwise(_AGREE)
    won = pl.when(last.is_null()).then(alone).otherwise(last + len(_REASONS))
    code = pl.when("won").then(won).otherwise(pl.col("fell_at") + len(_REASONS))
    return told.with_columns(reason=_named(told, code, names)).drop("fell_at")


def _united(unit: Unit, decided: Decided, values: pl.DataFrame, members: Members) -> pl.DataFrame:
    """`won` and `reason` where several values survive."""
    kept = ranked(unit.rule, unit.candidates([decided.cells]), members).select("cluster", "value", kept="row")
    told = values.join(kept, on=["cluster", "value"], how="left", maintain_order="left")
    told = told.with_columns(won=pl.col("kept").is_not_null(), row=pl.coalesce("kept", "row")).drop("kept")
    alone = pl.when(pl.col("n_records") == 1).then(_ONLY).otherwise(_AGREE)
    left_out = ~pl.col("valid") & pl.col("valid").any().over("cluster") & pl.lit("valid" in unit.rule.order)
    lost = pl.when(left_out).then(_INVALID).otherwise(_LIMIT)
    won = pl.when(pl.len().over("cluster") == 1).then(alone).otherwise(_UNION)
    return told.with_columns(reason=_named(told, pl.when("won").then(won).otherwise(lost), _REASONS))


def _named(table: pl.DataFrame, code: pl.Expr, names: Sequence[str]) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(table.select(code.cast(pl.UInt32)).to_series())


def _with_fixed(told: pl.DataFrame, decided: Decided, fixed: BoolArray) -> pl.DataFrame:
    """Clusters whose value is fixed: the fixed value has won, also where no member has it, and there is no conflict."""
    clusters = np.flatnonzero(fixed)
    values = pl.DataFrame({"cluster": clusters, "fixed": encode(decided.golden.gather(clusters))})
    told = told.join(values.with_columns(is_fixed=True), on="cluster", how="left", maintain_order="left")
    same = pl.col("value") == pl.col("fixed")
    own = told.filter(same).select("cluster")
    told = told.with_columns(
        won=pl.when("is_fixed").then(same.fill_null(False)).otherwise("won"),
        reason=pl.when("is_fixed").then(pl.lit("fixed")).otherwise("reason"),
        conflict=pl.col("conflict") & pl.col("is_fixed").is_null(),
    ).drop("fixed", "is_fixed")
    added = values.join(own, on="cluster", how="anti").select(
        "cluster",
        pl.col("fixed").alias("value"),
        row=pl.lit(-1, dtype=pl.Int64),
        n_records=pl.lit(0, dtype=pl.Int64),
        valid=pl.lit(True),
        won=pl.lit(True),
        reason=pl.lit("fixed"),
        conflict=pl.lit(False),
    )
    return pl.concat([told, added.select(told.columns)])
