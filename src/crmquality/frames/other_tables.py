"""pyarrow tables, DuckDB relations and what else narwhals reads, to polars and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, cast

import narwhals as nw
import polars as pl

from crmquality.errors import ConfigError, SchemaError
from crmquality.frames.cells import column_of
from crmquality.frames.names import column_names

# Before version 25, pyarrow's cast to a view leaves a buffer out, and whoever exports the result dies of it
# (apache/arrow#49740). So polars never sees a view of the caller's, and makes the views that go back itself.
_FLAT: Final = {"string_view": "large_string", "binary_view": "large_binary"}


def without_objects(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its columns of Python objects as columns of polars' own types.

    >>> without_objects(pl.DataFrame({"a": pl.Series([1, "x"], dtype=pl.Object)})).dtypes
    [String]
    """
    names = [name for name, dtype in frame.schema.items() if dtype == pl.Object]
    return frame.with_columns(column_of(name, frame[name].to_list()) for name in names) if names else frame


def from_pyarrow(table: Any) -> tuple[pl.DataFrame, Callable[[pl.DataFrame], object]]:
    """A pyarrow table as polars, and the way back; dictionaries of strings are strings inside."""
    names = column_names(table.column_names)
    inside = pl.DataFrame({name: _from_arrow(name, table.column(i)) for i, name in enumerate(names)})
    known = {name: (inside.schema[name], table.schema.field(i).type) for i, name in enumerate(names)}
    return inside, partial(_to_pyarrow, known)


def _to_pyarrow(known: Mapping[str, tuple[pl.DataType, Any]], out: pl.DataFrame) -> object:
    made = out.to_arrow(compat_level=pl.CompatLevel.oldest())
    for i, (name, dtype) in enumerate(out.schema.items()):
        if name in known and known[name][0] == dtype and made.schema.field(i).type != known[name][1]:
            made = _cast_column(made, i, out[name], known[name][1])
    return made


def _from_arrow(name: str, column: Any) -> pl.Series:
    flat = _FLAT.get(str(column.type))
    try:
        made = pl.Series(name, column if flat is None else column.cast(flat))
    except Exception:  # a type of Arrow that polars does not have (unions, intervals of months)
        return column_of(name, column.to_pylist())
    return made.cast(pl.String) if made.dtype == pl.Categorical else made


def _cast_column(table: Any, position: int, column: pl.Series, arrow_type: Any) -> Any:
    try:
        if str(arrow_type) in _FLAT:
            view = column.to_arrow(compat_level=pl.CompatLevel.newest())
            return table.set_column(position, column.name, view)
        return table.set_column(position, column.name, table.column(position).cast(arrow_type))
    except Exception:  # the output holds what the input's type cannot: polars' type stays
        return table


def from_duckdb(relation: Any) -> tuple[pl.DataFrame, Callable[[pl.DataFrame], object]]:
    """A DuckDB relation as polars, and the way back into its connection.

    A relation does not tell its connection, but it can query in it; DuckDB then finds `crmquality_output` by its name.

    Raises:
        ConfigError: when pyarrow is not installed.
    """
    column_names(relation.columns)
    try:
        inside = nw.from_native(relation).collect("polars").to_native()
    except ModuleNotFoundError as error:
        raise ConfigError("a DuckDB relation is read through Arrow: pip install pyarrow") from error

    def restore(crmquality_output: pl.DataFrame) -> object:
        if not crmquality_output.width:
            raise SchemaError("DuckDB has no table without columns")
        made = relation.query("crmquality_input", "SELECT * FROM crmquality_output")
        relation.query("crmquality_input", "DROP VIEW IF EXISTS crmquality_input")  # DuckDB 1 leaves it behind
        return made

    return without_objects(cast(pl.DataFrame, inside)), restore


def from_eager(frame: object) -> tuple[pl.DataFrame, Callable[[pl.DataFrame], object]]:
    """Any other table in memory that narwhals reads, and the way back by Arrow."""
    table = nw.from_native(cast("Any", frame), eager_only=True)
    column_names(table.columns)
    return without_objects(table.to_polars()), partial(_to_eager, table.implementation)


def _to_eager(backend: nw.Implementation, out: pl.DataFrame) -> object:
    return nw.to_native(nw.from_arrow(out, backend=cast("Any", backend)))
