"""Every kind of table that the border reads, made from the same rows.

`constructor` runs a test once per kind; `constructors` is the whole mapping; `rows_of` reads any kind back without
crmquality's help, every missing cell as None. A kind whose library is absent is skipped. These tests need pytest,
hypothesis and the frame libraries only: they also run against the built wheel, with pandas 2 and with pandas 3.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

import narwhals as nw
import polars as pl
import pytest

Rows = list[dict[str, Any]]
Constructor = Callable[[Rows], object]


def _polars(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def _pandas(rows: Rows) -> Any:
    import pandas as pd

    return pd.DataFrame(rows)


def _pandas_of(dtype: Callable[[Any], object]) -> Constructor:
    """A pandas frame whose columns of text have another dtype."""

    def make(rows: Rows) -> object:
        import pandas as pd

        frame = pd.DataFrame(rows)
        texts = [c for c in frame.columns if all(isinstance(r.get(c), str | None) for r in rows)]
        return frame.astype(dict.fromkeys(texts, dtype(pd)))

    return make


def _arrow_string(pd: Any) -> object:
    import pyarrow as pa

    return pd.ArrowDtype(pa.string())


def _pyarrow(rows: Rows) -> Any:
    import pyarrow as pa

    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})


def _pyarrow_of(make_type: Callable[[Any], object]) -> Constructor:
    def make(rows: Rows) -> object:
        import pyarrow as pa

        table = _pyarrow(rows)
        types = [make_type(pa) if f.type == pa.string() else f.type for f in table.schema]
        return table.cast(pa.schema(list(zip(table.column_names, types, strict=True))))

    return make


def _duckdb(rows: Rows) -> Any:
    import duckdb

    return duckdb.connect().from_arrow(_pyarrow(rows))


def _duckdb_table(rows: Rows) -> Any:
    import duckdb

    connection = duckdb.connect()
    connection.register("border_rows", _pyarrow(rows))
    connection.execute("CREATE TABLE customers AS SELECT * FROM border_rows")
    return connection.table("customers")


def _without_missing(rows: Rows) -> Rows:
    return [{k: v for k, v in row.items() if v is not None} for row in rows]


CONSTRUCTORS: Mapping[str, tuple[tuple[str, ...], Constructor]] = {
    "polars": ((), _polars),
    "polars-lazy": ((), lambda rows: _polars(rows).lazy()),
    "polars-categorical": ((), lambda rows: _polars(rows).with_columns(pl.col(pl.String).cast(pl.Categorical))),
    "narwhals": ((), lambda rows: nw.from_native(_polars(rows))),
    "narwhals-lazy": ((), lambda rows: nw.from_native(_polars(rows).lazy())),
    "pandas": (("pandas",), _pandas),
    "pandas-nullable": (("pandas",), lambda rows: _pandas(rows).convert_dtypes()),
    "pandas-object": (("pandas",), _pandas_of(lambda _: object)),
    "pandas-string-python": (("pandas",), _pandas_of(lambda pd: pd.StringDtype("python"))),
    "pandas-string-pyarrow": (("pandas", "pyarrow"), _pandas_of(lambda pd: pd.StringDtype("pyarrow"))),
    "pandas-str": (("pandas", "pyarrow"), _pandas_of(lambda pd: pd.StringDtype("pyarrow", na_value=float("nan")))),
    "pandas-arrow": (("pandas", "pyarrow"), _pandas_of(_arrow_string)),
    "pandas-category": (("pandas",), _pandas_of(lambda _: "category")),
    "narwhals-pandas": (("pandas",), lambda rows: nw.from_native(_pandas(rows))),
    "pyarrow": (("pyarrow",), _pyarrow),
    "pyarrow-large-string": (("pyarrow",), _pyarrow_of(lambda pa: pa.large_string())),
    "pyarrow-string-view": (("pyarrow",), _pyarrow_of(lambda pa: pa.string_view())),
    "pyarrow-dictionary": (("pyarrow",), _pyarrow_of(lambda pa: pa.dictionary(pa.int32(), pa.string()))),
    "duckdb": (("duckdb", "pyarrow"), _duckdb),
    "duckdb-table": (("duckdb", "pyarrow"), _duckdb_table),
    "dicts": ((), list),
    "dicts-missing-keys": ((), _without_missing),
    "dicts-generator": ((), iter),
}


def _available(libraries: tuple[str, ...]) -> bool:
    return all(importlib.util.find_spec(name) for name in libraries)


@pytest.fixture(scope="session")
def constructors() -> Mapping[str, Constructor]:
    """Every kind whose library is there: name -> function from rows (a list of dicts) to a table of that kind."""
    return {name: make for name, (libraries, make) in CONSTRUCTORS.items() if _available(libraries)}


@pytest.fixture(params=list(CONSTRUCTORS))
def constructor(request: pytest.FixtureRequest) -> Constructor:
    """One kind after the other."""
    libraries, make = CONSTRUCTORS[request.param]
    if not _available(libraries):
        pytest.skip(f"needs {', '.join(libraries)}")
    return make


def _plain(value: Any) -> Any:
    missing = value is None or value != value or type(value).__name__ in {"NAType", "NaTType"}
    return None if missing else value


def _rows_of(table: Any) -> Rows:
    if isinstance(table, nw.DataFrame | nw.LazyFrame):
        return _rows_of(nw.to_native(table))
    if isinstance(table, pl.LazyFrame):
        return _rows_of(table.collect())
    module = type(table).__module__.partition(".")[0]
    if module == "polars":
        rows = table.to_dicts()
    elif module == "pandas":
        rows = table.to_dict("records")
    elif module == "pyarrow":
        rows = table.to_pylist()
    elif module in {"duckdb", "_duckdb"}:
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    else:
        rows = table
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


@pytest.fixture(scope="session")
def rows_of() -> Callable[[object], Rows]:
    """The rows of a table of any kind, every missing cell as None."""
    return _rows_of


def _kind_of(table: Any) -> str:
    if isinstance(table, nw.DataFrame | nw.LazyFrame):
        return f"narwhals {_kind_of(nw.to_native(table))}"
    cls = type(table)
    return "rows" if cls.__module__ == "builtins" else f"{cls.__module__.partition('.')[0]} {cls.__name__}"


@pytest.fixture(scope="session")
def kind_of() -> Callable[[object], str]:
    """Which kind of table it is, in words that compare; lists, generators and iterators of dicts are all "rows"."""
    return _kind_of
