"""The change log: what golden values would alter in the caller's own table, and how to take it back.

`before` and `after` are cells as `cells.encode` writes them. Text is there as it is, so null, an empty string and white
space stay three things. A change is logged where the golden value is not what the cell holds, be it another value, the
canonical spelling, or a gap that is filled. Together with the golden record the log holds every value that any member
ever had.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, TypeVar, cast

import numpy as np
import polars as pl

from crmquality.errors import SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.merger.cells import decode, encode
from crmquality.merger.choice import IntArray, Members
from crmquality.merger.golden import Decided
from crmquality.merger.survivorship import Criterion
from crmquality.tables import CHANGES, RECORD_ID

Reason: TypeAlias = Criterion | Literal["record_id", "normalized", "filled", "emptied", "union", "fixed"]
"""Why a cell changes: the criterion at which its value lost; "record_id" where only the tie-break told them apart;
"normalized" for another spelling of the golden value; "filled" where it held nothing; "emptied" where it held a
placeholder or white space and no member knows better; "union" for a joined list; "fixed" for whatever differs from a
value that a person has fixed."""

FrameT = TypeVar("FrameT")


def cell_changes(decided: Decided, members: Members) -> pl.DataFrame:
    """The cells of one field that its golden values would alter, by golden id and record id."""
    raw = decided.cells.raw
    golden = decided.golden.gather(pl.Series(members.cluster))
    held = golden if golden.dtype == raw.dtype else decode(golden, raw.dtype)
    altered = raw.ne_missing(held) | (held.is_null() & golden.is_not_null())
    rows = altered.arg_true()
    at = rows.cast(pl.Int64).to_numpy()
    return pl.DataFrame(
        {
            "golden_id": members.golden_ids.gather(pl.Series(members.cluster[at])),
            RECORD_ID: members.ids.gather(rows),
            "field": pl.repeat(decided.field, len(at), dtype=pl.String, eager=True),
            "before": encode(raw.gather(rows)),
            "after": encode(golden.gather(rows)),
            "rule": _reasons(decided, golden, members.cluster, at),
        }
    )


def _reasons(decided: Decided, golden: pl.Series, cluster: IntArray, rows: IntArray) -> pl.Series:
    order: tuple[str, ...] = decided.rule.order
    names = [*order, "record_id", "normalized", "filled", "emptied", "union", "fixed"]
    normalized, filled, emptied, union, fixed = range(len(order) + 1, len(names))
    shown, after = decided.cells.shown.gather(pl.Series(rows)), golden.gather(pl.Series(rows))
    code = np.full(len(rows), union) if decided.choice is None else decided.choice.fell_at[rows].astype(np.int64)
    same = (encode(shown) == encode(after)).fill_null(False).to_numpy()
    absent = ~decided.cells.present[rows]
    code = np.where(same, normalized, code)
    code = np.where(absent, np.where(after.is_null().to_numpy(), emptied, filled), code)
    if decided.fixed is not None:
        code = np.where(decided.fixed[cluster[rows]], fixed, code)
    return pl.Series(names).gather(pl.Series(code))


def apply_changes(records: FrameT, changes: object, *, record_id: str = RECORD_ID) -> FrameT:
    """The records with the golden values in the cells that the changes name.

    The table keeps its rows, their order and its types. A value that a column's type cannot hold exactly (E.164 in a
    column of integers) is left out: make the column text first where it should go in. Of several changes to one cell
    the last counts.

    Args:
        records: a table of any kind that `frames` reads.
        changes: the columns of `tables.CHANGES`, all or some rows.
        record_id: the column of the record's id.

    Returns:
        A table of the same kind.

    Raises:
        SchemaError: for columns that are missing.

    >>> records = [{"record_id": 1, "name": " Ann"}, {"record_id": 2, "name": ""}]
    >>> changes = [{"golden_id": 1, "record_id": 2, "field": "name", "before": "", "after": "Ann", "rule": "filled"}]
    >>> applied = apply_changes(records, changes)
    >>> applied
    [{'record_id': 1, 'name': ' Ann'}, {'record_id': 2, 'name': 'Ann'}]
    >>> undo(applied, changes) == records
    True
    """
    return _public(apply_frame, records, changes, record_id)


def undo(records: FrameT, changes: object, *, record_id: str = RECORD_ID) -> FrameT:
    """The records as they were before `apply_changes`, bit for bit.

    Only the cells that the changes name are touched, so some rows of the changes take back a part. Of several changes
    to one cell the first counts: the logs of several runs, in the order of the runs, lead back to before the first.

    Args:
        records: the table that `apply_changes` gave.
        changes: the columns of `tables.CHANGES`.
        record_id: the column of the record's id.

    Returns:
        A table of the same kind.

    Raises:
        SchemaError: for columns that are missing.
    """
    return _public(undo_frame, records, changes, record_id)


def apply_frame(records: pl.DataFrame, changes: pl.DataFrame, record_id: str = RECORD_ID) -> pl.DataFrame:
    """`apply_changes` on polars frames."""

    def write(cells: pl.Series, found: pl.DataFrame) -> pl.Series:
        held = decode(found["after"], cells.dtype)
        fits = found["hit"] & (held.is_not_null() | found["after"].is_null())
        return held.zip_with(fits, cells)

    return _rewrite(records, changes, record_id, "last", write)


def undo_frame(records: pl.DataFrame, changes: pl.DataFrame, record_id: str = RECORD_ID) -> pl.DataFrame:
    """`undo` on polars frames."""

    def write(cells: pl.Series, found: pl.DataFrame) -> pl.Series:
        return decode(found["before"], cells.dtype).zip_with(found["hit"], cells)

    return _rewrite(records, changes, record_id, "first", write)


def _public(
    inner: Callable[[pl.DataFrame, pl.DataFrame, str], pl.DataFrame], records: FrameT, changes: object, record_id: str
) -> FrameT:
    frame, restore = to_polars(records)
    return cast(FrameT, restore(inner(frame, to_polars(changes)[0], record_id)))


def _rewrite(
    records: pl.DataFrame,
    changes: pl.DataFrame,
    record_id: str,
    keep: Literal["first", "last"],
    write: Callable[[pl.Series, pl.DataFrame], pl.Series],
) -> pl.DataFrame:
    """Each changed column rewritten; of several changes to a cell, the first or the last one counts."""
    if not changes.height:
        return records
    _check(records, changes, record_id)
    ids = records.select(pl.col(record_id).alias(RECORD_ID))
    columns = []
    for field in changes["field"].drop_nulls().unique().sort().to_list():
        part = changes.filter(pl.col("field") == field).select(
            pl.col(RECORD_ID).cast(ids.schema[RECORD_ID], strict=False), pl.col("before", "after"), hit=True
        )
        if part[RECORD_ID].is_duplicated().any():
            part = part.unique(RECORD_ID, keep=keep, maintain_order=True)
        found = ids.join(part, on=RECORD_ID, how="left", maintain_order="left")
        columns.append(write(records[field], found.with_columns(pl.col("hit").fill_null(False))).alias(field))
    return records.with_columns(columns)


def _check(records: pl.DataFrame, changes: pl.DataFrame, record_id: str) -> None:
    faults = [f"changes: {unknown('column', c, changes.columns)}" for c in CHANGES if c not in changes.columns]
    fields: Sequence[str] = [] if faults else changes["field"].drop_nulls().unique().sort().to_list()
    faults += [unknown("column", c, records.columns) for c in (record_id, *fields) if c not in records.columns]
    if faults:
        raise SchemaError(faults)
