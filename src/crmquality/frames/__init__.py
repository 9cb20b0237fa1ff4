"""The border: the caller's table in, the same kind of table out.

| the caller has | inside | the caller gets |
|---|---|---|
| polars DataFrame | itself | DataFrame |
| polars LazyFrame | collected | LazyFrame, of a result that is already there |
| pandas 2 or 3 DataFrame | column by column, without pyarrow | DataFrame, with the input's index and dtypes |
| pyarrow Table | by Arrow | Table, with the input's types |
| DuckDB relation (needs pyarrow) | collected | a relation in the same connection |
| narwhals DataFrame or LazyFrame | what it wraps | the same wrapper |
| any other table in memory that narwhals reads | by Arrow | the same kind |
| an iterable of dicts | columns in the order of first appearance | a list of dicts |

**Missing.** None, NaN, NaT and pandas.NA are one thing inside, null. Only a float column that is polars' or Arrow's own
keeps its NaN, which there is another value than null; every kernel reads both as missing.

**Mixed.** Python objects of several types, or of a type that polars does not have, become text, cell by cell what
`lift.as_text` gives; integers among floats become floats. A cell never raises.

**pandas.** The index belongs to the table. Other than 0, 1, 2 ..., it becomes columns inside, under its own names or
else `index`, `level_0` ... (so `record_id="index"` works), and is the index again of every output that has all columns
of the input; golden records have it only where a stage names it. A column of an output that has the name and the polars
type of a column of the input gets its pandas dtype back (flavor of string, nullable integer, category ...) where that
can hold its values; any other column gets numpy's dtype, or a nullable one where integers or booleans are missing.
Missing objects come back as None.

Nothing here imports pandas, pyarrow or DuckDB: narwhals finds the ones that the caller has imported. Every way back can
be pickled, but the one to DuckDB: a relation lives in its connection.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias, cast

import narwhals as nw
import polars as pl
from narwhals import dependencies

from crmquality.errors import SchemaError
from crmquality.frames.cells import column_of
from crmquality.frames.names import column_names
from crmquality.frames.other_tables import from_duckdb, from_eager, from_pyarrow, without_objects
from crmquality.frames.pandas_tables import ToPandas, from_pandas

__all__ = ["Restore", "column_of", "to_polars", "without_index"]

Restore: TypeAlias = Callable[[pl.DataFrame], object]

_READERS: Final[tuple[tuple[Callable[[object], bool], Callable[[Any], tuple[pl.DataFrame, Restore]]], ...]] = (
    (dependencies.is_pandas_dataframe, from_pandas),
    (dependencies.is_pyarrow_table, from_pyarrow),
    (dependencies.is_duckdb_relation, from_duckdb),
    (dependencies.is_into_dataframe, from_eager),
)
_is_column: Callable[[object], bool] = dependencies.is_into_series
_is_lazy: Callable[[object], bool] = dependencies.is_into_lazyframe


def to_polars(frame: object) -> tuple[pl.DataFrame, Restore]:
    """The caller's table as polars, and the function that turns a polars table into the caller's kind.

    Args:
        frame: a table of any kind in this module's list.

    Returns:
        The same rows in the same order, and `restore`, which takes any polars table, not only this one.

    Raises:
        SchemaError: for what is not a table (a path, one record, a column), and for column names that occur twice.
        ConfigError: for a DuckDB relation where pyarrow is not installed.

    >>> frame, restore = to_polars([{"id": 1, "name": "王芳"}, {"id": 2, "phone": 13800138000}])
    >>> frame.columns, frame.height
    (['id', 'name', 'phone'], 2)
    >>> restore(frame.select("id"))
    [{'id': 1}, {'id': 2}]
    """
    if isinstance(frame, pl.DataFrame):
        return without_objects(frame), _same
    if isinstance(frame, pl.LazyFrame):
        return without_objects(frame.collect()), pl.DataFrame.lazy
    if isinstance(frame, nw.DataFrame | nw.LazyFrame):
        inside, restore = to_polars(nw.to_native(frame))
        return inside, partial(_wrapped, restore)
    for is_kind, reader in _READERS:
        if is_kind(frame):
            return reader(frame)
    return _from_rows(frame), pl.DataFrame.to_dicts


def without_index(frame: pl.DataFrame, restore: Restore, named: Collection[str]) -> pl.DataFrame:
    """A table without what was the index of a pandas frame: it says where a row stands, and nothing of a customer.

    Args:
        frame: the table.
        restore: the way back that came with it.
        named: columns that stay, because somebody named them: an index can hold the record ids.
    """
    if isinstance(restore, partial) and restore.func is _wrapped:
        return without_index(frame, restore.args[0], named)
    index = restore.index if isinstance(restore, ToPandas) else ()
    return frame.drop([c for c in index if c not in named], strict=False)


def _same(out: pl.DataFrame) -> pl.DataFrame:
    return out


def _wrapped(restore: Restore, out: pl.DataFrame) -> object:
    return nw.from_native(cast("Any", restore(out)))


def _from_rows(frame: object) -> pl.DataFrame:
    refusal = _refusal(frame)
    if refusal is not None:
        raise SchemaError(refusal)
    rows = list(cast("Iterable[Mapping[str, object]]", frame))
    for position, row in enumerate(rows):
        if not isinstance(cast(object, row), Mapping):
            raise SchemaError(f"row {position} is a {type(row).__name__}: expected every row to be a dict")
    keys = list(dict.fromkeys(key for row in rows for key in row))
    names = column_names(keys)
    return pl.DataFrame(
        {name: column_of(name, [row.get(k) for row in rows]) for k, name in zip(keys, names, strict=True)}
    )


def _refusal(frame: object) -> str | None:
    """Why this is not a table; never with what is in it."""
    kind = type(frame).__name__
    if isinstance(frame, str | bytes) or hasattr(type(frame), "__fspath__"):
        return (
            f"expected a table, got a {kind}: crmquality reads no files, so read it first, "
            "for example with polars.read_csv or pandas.read_excel"
        )
    if isinstance(frame, Mapping):
        return (
            f"expected a table, got a {kind}: for one record pass a list with that record in it, or call the method "
            "for one record (normalize_record, check); for a dict of columns pass polars.DataFrame(columns)"
        )
    if _is_column(frame):
        return f"expected a table, got one column (a {kind}): call its to_frame()"
    if _is_lazy(frame):
        return f"expected a table in memory, got a lazy {kind}: collect it first, or run a Spark table by SparkEngine"
    if not isinstance(frame, Iterable):
        return (
            f"expected a table, got a {kind}: pass a pandas, polars, pyarrow or DuckDB table, or an iterable of dicts"
        )
    return None
