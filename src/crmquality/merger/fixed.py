"""Values that a person has fixed: they are the golden ones, whatever the members say, and stay so.

A table with `golden_id`, `field` and `value`, and `at` where the caller keeps it; other columns (who, why) are the
caller's own and not read. Of several rows about one golden value the one with the latest `at` counts, rows without a
known `at` before all others, and of equal ones the last row. A missing or blank value says that the customer has none.

A value is text as the golden record shows it; where the field holds numbers or dates, what `cells.encode` writes of
one. It is taken as it is and not normalized.

**Ids.** A golden id that no cluster has, but a record, means the cluster of that record: golden ids are record ids by
default, so what was fixed of a customer that has been merged into another is kept by the other. A row about neither is
ignored and told, and so is a value that the type of its field cannot hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np
import polars as pl

from crmquality.errors import SchemaError, unknown
from crmquality.lift import text_series
from crmquality.merger.cells import comparable, decode, encode, is_plain, nulled
from crmquality.merger.choice import IntArray, Members
from crmquality.merger.golden import Decided, moments, take
from crmquality.tables import TableSchema

Ignored: TypeAlias = Literal["unknown_golden_id", "does_not_fit"]
"""Why a row of fixed values changes nothing: neither a cluster nor a record has its golden id; the field's type cannot
hold its value."""

FIXED: Final[TableSchema] = {"golden_id": pl.String, "field": pl.String, "value": pl.String}
IGNORED: Final[TableSchema] = {"golden_id": pl.String, "field": pl.String, "reason": pl.String}


@dataclass(frozen=True)
class Fixed:
    """The fixed values of some clusters.

    Attributes:
        given: the `golden_id` and `field` of every row, as the caller gave them.
        rows: `row` in the caller's table, `field`, `cluster` (null where there is none) and `value`; the rows that
            count come last.
    """

    given: pl.DataFrame
    rows: pl.DataFrame

    def put(self, decided: Decided) -> tuple[Decided, list[int]]:
        """A decided field with what is fixed of it, and the rows whose values its type cannot hold."""
        rows = self.rows.filter((pl.col("field") == decided.field) & pl.col("cluster").is_not_null())
        if not rows.height:
            return decided, []
        golden = decided.golden.cast(pl.String) if decided.golden.dtype == pl.Null else decided.golden
        held = decode(rows["value"], golden.dtype)
        fits = held.is_not_null() | rows["value"].is_null()
        last = rows.select("cluster", place=pl.int_range(pl.len())).filter(fits).unique("cluster", keep="last")
        at: IntArray = np.full(len(golden), -1, dtype=np.int64)
        at[last["cluster"].to_numpy()] = last["place"].to_numpy()
        fixed = pl.Series(at >= 0)
        golden = golden.zip_with(~fixed, take(held, at))
        put = replace(decided, golden=golden, origin=nulled(decided.origin, fixed), fixed=at >= 0)
        return put, rows.filter(~fits)["row"].to_list()

    def ignored(self, unfit: Sequence[int]) -> pl.DataFrame:
        """The rows that changed nothing, in their order: `golden_id`, `field`, `reason`."""
        strangers = self.rows.filter(pl.col("cluster").is_null())["row"].to_list()
        reasons: dict[int, Ignored] = dict.fromkeys(unfit, "does_not_fit")
        reasons |= dict.fromkeys(strangers, "unknown_golden_id")
        rows = sorted(reasons)
        return self.given[rows].with_columns(pl.Series("reason", [reasons[r] for r in rows], dtype=pl.String))


def read_fixed(fixed: pl.DataFrame, fields: Sequence[str], members: Members) -> Fixed:
    """The caller's table of fixed values, each at its cluster.

    Raises:
        SchemaError: for columns that are missing or hold lists, and for fields that the records do not have.
    """
    if not fixed.columns:
        fixed = pl.DataFrame(schema=FIXED)
    faults = [f"fixed: {unknown('column', c, fixed.columns)}" for c in FIXED if c not in fixed.columns]
    faults += [
        f"fixed: column {c!r} must hold single values"
        for c in (*FIXED, "at")
        if c in fixed.columns and not is_plain(fixed.schema[c])
    ]
    if not faults:
        named = text_series(fixed["field"])
        faults = [
            f"fixed: {unknown('field', f, fields)}" for f in named.unique().drop_nulls().sort() if f not in fields
        ]
        faults += [f"fixed: {named.null_count()} rows name no field"] if named.null_count() else []
    if faults:
        raise SchemaError(faults)
    value = fixed["value"]
    text = encode(value) if value.dtype.is_temporal() or value.dtype == pl.Binary else text_series(value)
    rows = pl.DataFrame(
        {
            "row": np.arange(fixed.height, dtype=np.int64),
            "field": named,
            "cluster": _clusters_of(fixed["golden_id"], members),
            "value": nulled(text, (text.str.strip_chars() == "").fill_null(True)),
            "at": moments(fixed["at"]) if "at" in fixed.columns else pl.Series([None] * fixed.height, dtype=pl.Int8),
        }
    )
    given = fixed.select("golden_id", pl.Series("field", named))
    return Fixed(given, rows.sort("at", "row", nulls_last=False).drop("at"))


def _clusters_of(ids: pl.Series, members: Members) -> pl.Series:
    clusters = pl.Series(np.arange(len(members.golden_ids), dtype=np.int64))
    own = _found(ids, members.golden_ids, clusters)
    return own.zip_with(own.is_not_null(), _found(ids, members.ids, pl.Series(members.cluster)))


def _found(ids: pl.Series, keys: pl.Series, clusters: pl.Series) -> pl.Series:
    wanted, keys = comparable(ids, keys)
    known = pl.DataFrame({"id": keys, "cluster": clusters})
    return pl.DataFrame({"id": wanted}).join(known, on="id", how="left", maintain_order="left")["cluster"]
