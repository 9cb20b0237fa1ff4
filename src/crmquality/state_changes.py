"""What a step did to the tables of a state, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.errors import SchemaError
from crmquality.lift import text_series
from crmquality.state import TABLES, State

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGE: Final = "change"

Replaced: TypeAlias = tuple[NDArray[np.int64], int]
"""The slots of the records that were replaced or deleted, and how many rows at the end of the next state are new."""


@dataclass(frozen=True, repr=False)
class StateChanges:
    """What an update did to the tables of a state, to bring stored tables up to date or to take it back.

    Attributes:
        tables: by the name of the table the rows that were removed and added, with a column `change` ("removed",
            "added"); a row that changed is both. Tables that stayed are left out.
    """

    tables: Mapping[str, pl.DataFrame]
    # What was removed and added where columns came or changed their type, which one table of both cannot hold.
    _retyped: Mapping[str, tuple[pl.DataFrame, pl.DataFrame]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"StateChanges({', '.join(f'{name}: {t.height:,} rows' for name, t in self.tables.items())})"

    def undo(self, state: State) -> State:
        """The state before, bit for bit, from the state after.

        Raises:
            SchemaError: where the state is not the one that these changes made.
        """
        return self._turned(state, ADDED, REMOVED)

    def apply(self, state: State) -> State:
        """The state after, from the state before.

        Raises:
            SchemaError: where the state is not the one that these changes were made of.
        """
        return self._turned(state, REMOVED, ADDED)

    def _turned(self, state: State, gone: str, came: str) -> State:
        tables = cast("dict[str, pl.DataFrame]", state.to_tables())
        for name, change in self.tables.items():
            now = tables[name]
            if name in self._retyped:
                removed, added = self._retyped[name]
                out, back = (removed, added) if gone == REMOVED else (added, removed)
            else:
                out = change.filter(pl.col(CHANGE) == gone).drop(CHANGE)
                back = change.filter(pl.col(CHANGE) == came).drop(CHANGE)
            left = now
            if now.height and out.height:
                key = [state.record_id] if name == "records" else now.columns
                gone_by_key = out.select(key).cast({k: now.schema[k] for k in key})
                left = now.join(gone_by_key, on=key, how="anti", nulls_equal=True)
            if left.height != now.height - out.height:
                raise SchemaError(f"these changes are not those of this state: its table {name!r} has other rows")
            if not left.height or not back.height:
                tables[name] = left if left.height else back
            else:
                tables[name] = pl.concat([left, back], how="diagonal_relaxed")
        return State.from_tables(tables)


def changes_between(before: State, after: State, replaced: Replaced | None) -> StateChanges:
    """The rows of each table that are in one state and not in the other.

    Args:
        before: a state.
        after: the next one.
        replaced: which records went and came, where that is known: then the others are not looked at.
    """
    tables, retyped = {}, {}
    for name in TABLES:
        if name == "records":
            gone, came = _records(before, after, replaced)
        else:
            gone, came = _differing(before.table(name), after.table(name))
        other_columns = bool(gone.width and came.width) and gone.schema != came.schema
        if gone.height or came.height or other_columns:
            tables[name] = _marked(gone, came)
            if other_columns:
                retyped[name] = (gone, came)
    return StateChanges(tables, retyped)


def _records(before: State, after: State, replaced: Replaced | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    if replaced is None or before._rows.schema != after._rows.schema:
        return _differing(before.table("records"), after.table("records"))
    slots, n_added = replaced
    record_id = after.record_id
    if not after._rows.width:
        return before._rows, after._rows
    return before._rows[slots].sort(record_id), after._rows.tail(n_added).sort(record_id)


def _differing(a: pl.DataFrame, b: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of each of two tables that are not in the other; all, where they do not have the same columns."""
    if a.equals(b):
        return a.clear(), b.clear()
    if not a.height or not b.height or a.schema != b.schema:
        return a, b
    key = a.columns
    return a.join(b, on=key, how="anti", nulls_equal=True), b.join(a, on=key, how="anti", nulls_equal=True)


def _marked(gone: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Both in one table; a column that has another type in each is text."""
    parts = [t.with_columns(pl.lit(word).alias(CHANGE)) for t, word in ((gone, REMOVED), (came, ADDED)) if t.width]
    retyped = [c for c in gone.columns if c in came.columns and gone.schema[c] != came.schema[c]]
    parts = [t.with_columns(text_series(t[c]).alias(c) for c in retyped) for t in parts]
    return pl.concat(parts, how="diagonal").select(pl.all().exclude(CHANGE), CHANGE)
