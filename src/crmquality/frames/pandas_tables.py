"""pandas 2 and 3 to polars and back, column by column and without pyarrow. pandas is never imported here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from narwhals import dependencies

from crmquality.errors import SchemaError
from crmquality.frames.cells import column_of
from crmquality.frames.names import column_names


def from_pandas(frame: Any) -> tuple[pl.DataFrame, Callable[[pl.DataFrame], object]]:
    """A pandas frame as polars, and the way back; what becomes of the index and the dtypes, `frames` documents.

    Raises:
        SchemaError: for columns of several levels, and names that occur twice or name both a column and the index.
    """
    pandas = dependencies.get_pandas()
    if isinstance(frame.columns, pandas.MultiIndex):
        raise SchemaError("the columns of the pandas frame have several levels: flatten them to single names first")
    column_names(frame.columns)
    index_names = list(frame.index.names)
    flat, index = _without_index(pandas, frame)
    labels = list(flat.columns)
    names = column_names(labels)
    inside = pl.DataFrame({name: _to_series(name, flat.iloc[:, i]) for i, name in enumerate(names)})
    known = {name: (inside.schema[name], flat.dtypes.iloc[i]) for i, name in enumerate(names)}
    relabel = {name: label for name, label in zip(names, labels, strict=True) if name != label}
    return inside, ToPandas(pandas.DataFrame, known, relabel, tuple(index), tuple(index_names))


@dataclass(frozen=True)
class ToPandas:
    """The way back, as a value that can be pickled.

    Attributes:
        make: pandas.DataFrame itself, so that whoever unpickles this loads pandas.
        known: the polars type and the pandas dtype of each column of the input.
        relabel: the labels that are no strings, by their text.
        index: the columns that are the index.
        index_names: what the index calls them.
    """

    make: Callable[..., Any]
    known: Mapping[str, tuple[pl.DataType, Any]]
    relabel: Mapping[str, object]
    index: tuple[str, ...]
    index_names: tuple[object, ...]

    def __call__(self, out: pl.DataFrame) -> object:
        """The table as a pandas frame."""
        pandas = dependencies.get_pandas()
        made = {c.name: _from_series(pandas, c, self.known.get(c.name)) for c in out.get_columns()}
        table = self.make(made, index=pandas.RangeIndex(out.height), columns=list(out.columns))
        if self.index and set(self.known) <= set(out.columns):
            table = table.set_index(list(self.index))
            table.index.names = list(self.index_names)
        return table.rename(columns=self.relabel) if self.relabel else table


def _without_index(pandas: Any, frame: Any) -> tuple[Any, list[str]]:
    """The frame with its index as columns, and their names; a default index is nothing but row numbers."""
    index = frame.index
    if isinstance(index, pandas.RangeIndex) and index.name is None and (index.start, index.step) == (0, 1):
        return frame, []
    taken = sorted(str(name) for name in index.names if name is not None and name in frame.columns)
    if taken:
        raise SchemaError([f"{name!r} names both a column and the index of the pandas frame" for name in taken])
    flat = frame.reset_index()
    return flat, column_names(flat.columns)[: index.nlevels]


def _to_series(name: str, series: Any) -> pl.Series:
    try:
        made = _by_dtype(name, series)
    except Exception:  # a dtype, or a value in it, that polars does not have: its cells as Python objects
        made = None
    return column_of(name, series.to_list()) if made is None else made


def _by_dtype(name: str, series: Any) -> pl.Series | None:
    """The column by its dtype, without a look at single cells; None where only the cells can tell."""
    dtype = series.dtype
    kind = getattr(dtype, "kind", "O")
    if hasattr(dtype, "categories"):
        distinct = column_of(name, list(dtype.categories))
        codes = pl.Series(series.cat.codes.to_numpy().astype("int64"))
        return distinct.gather(codes.set(codes < 0, None)).rename(name)
    if getattr(dtype, "storage", None) == "pyarrow" or hasattr(dtype, "pyarrow_dtype"):
        made = pl.Series(name, series.array.__arrow_array__())
        made = made.cast(pl.String) if made.dtype == pl.Categorical else made
        return made.fill_nan(None) if made.dtype.is_float() else made
    if type(dtype).__module__.startswith("numpy"):
        return _from_array(name, series.to_numpy(), kind)
    if kind == "M" and getattr(dtype, "tz", None) is not None:
        zone = getattr(dtype.tz, "key", None) or getattr(dtype.tz, "zone", None) or str(dtype.tz)
        instants = _from_array(name, series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(), kind)
        return None if instants is None else instants.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    if kind in "biuf":  # pandas' nullable numbers
        filled = pl.Series(name, series.fillna(kind != "b" and 0).to_numpy(dtype=dtype.numpy_dtype))
        filled = filled.set(pl.Series(series.isna().to_numpy()), None)
        return filled.fill_nan(None) if kind == "f" else filled
    return None


def _from_array(name: str, values: Any, kind: str) -> pl.Series | None:
    if kind in "mM":
        flavor, _, unit = values.dtype.name.partition("[")
        return pl.Series(name, values if unit in {"ms]", "us]", "ns]"} else values.astype(f"{flavor}[ms]"))
    if kind == "f":
        return pl.Series(name, values if values.dtype.itemsize in {4, 8} else values.astype("float64")).fill_nan(None)
    return pl.Series(name, values) if kind in "biu" else None


def _from_series(pandas: Any, column: pl.Series, known: tuple[pl.DataType, Any] | None) -> Any:
    """A column of an output; with the pandas dtype in `known` where its polars dtype still is the one in `known`."""
    wanted = known[1] if known is not None and known[0] == column.dtype else None
    if wanted is not None and str(wanted) == "object":
        return pandas.Series(column.to_list(), dtype=object)
    made = _new_series(pandas, column)
    if wanted is None or made.dtype == wanted:
        return made
    if hasattr(wanted, "categories") and not made.dropna().isin(wanted.categories).all():
        return made
    try:
        back = made.astype(wanted)
    except Exception:  # the output holds what the input's dtype cannot, for example missing integers
        return made
    return back if back.isna().sum() == made.isna().sum() else made


def _new_series(pandas: Any, column: pl.Series) -> Any:
    dtype = column.dtype
    if dtype.is_integer() or dtype == pl.Boolean:
        if not column.null_count():
            return pandas.Series(column.to_numpy(writable=True))
        array = pandas.arrays.BooleanArray if dtype == pl.Boolean else pandas.arrays.IntegerArray
        filled = column.fill_null(False if dtype == pl.Boolean else 0)
        return pandas.Series(array(filled.to_numpy(writable=True), column.is_null().to_numpy(writable=True)))
    if dtype.is_float() or dtype == pl.Duration:
        return pandas.Series(column.to_numpy(writable=True))
    if isinstance(dtype, pl.Datetime):
        zone = dtype.time_zone
        instants = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if zone else column
        naive = pandas.Series(instants.to_numpy(writable=True))
        return naive.dt.tz_localize("UTC").dt.tz_convert(zone) if zone else naive
    if isinstance(dtype, pl.Enum):
        return pandas.Series(pandas.Categorical(column.to_list(), categories=dtype.categories.to_list()))
    if dtype == pl.Categorical:
        return pandas.Series(pandas.Categorical(column.to_list()))
    if dtype == pl.String:
        return pandas.Series(column.to_list(), dtype=pandas.Series([""]).dtype)  # object on pandas 2, str on 3
    return pandas.Series(column.to_list(), dtype=object)
