"""From one value to a column: a scalar kernel, applied once per distinct value.

The kernel stays the only place where a rule about a value is written. Lifting it never changes an answer, it only
saves the second call on the same value.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias, cast

import polars as pl

from crmquality.declarations import JSON
from crmquality.errors import ConfigError
from crmquality.tables import Kernel, Normalized, issues_column, norm_column

ColumnForm: TypeAlias = Callable[[pl.Series], pl.DataFrame]
"""A kernel said in column expressions, for the values that it is sure of: see `normalizer.columns`."""

UNREADABLE = "unreadable"
PIECE = 10_000  # distinct values lifted at a time
_DAYS: Final = (dt.date.min.toordinal() - 719_163, dt.date.max.toordinal() - 719_163)
"""The days since 1970 that Python knows as dates, years 1 to 9999; beyond, polars ends the process's thread."""
_SECONDS: Final = (-62_135_596_800, 253_402_300_799)
"""The first and the last second of those days."""
_DAY: Final = 86_400


def load_kernel(reference: str, parameters: Mapping[str, JSON] | None = None) -> Kernel:
    """The kernel that `"package.module:function"` names, with its parameters bound.

    Raises:
        ConfigError: when there is no such function.
    """
    module, _, name = reference.partition(":")
    try:
        function = cast("Callable[..., Normalized]", getattr(importlib.import_module(module), name))
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"no kernel {reference!r}: expected 'package.module:function'") from error
    return partial(function, **dict(parameters or {}))


def as_text(value: object) -> str | None:
    """Any cell as the text a kernel takes: None and NaN are missing, everything else is what a person would type.

    >>> as_text(13800138000.0), as_text(float("nan")), as_text(True), as_text(" a ")
    ('13800138000', None, 'true', ' a ')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return _text_of_other(value)


def _text_of_other(value: object) -> str | None:
    try:
        missing = value != value  # pandas.NaT, Decimal('NaN')
        if missing is True:
            return None
        text = str(value)
    except Exception:  # an object of the caller's that cannot say what it is: a missing cell, never an exception
        return None
    return None if text in {"<NA>", "NaT"} else text


def text_series(series: pl.Series) -> pl.Series:
    """A column of any type as text, cell by cell what `as_text` gives; times beyond the year 9999 are missing."""
    if series.dtype == pl.String:
        return series
    if series.dtype == pl.Null:
        return series.cast(pl.String)
    if series.dtype.is_integer() or series.dtype == pl.Categorical or isinstance(series.dtype, pl.Enum):
        return series.cast(pl.String)
    if series.dtype == pl.Date:
        days = pl.col(series.name)
        known = series.to_frame().select(pl.when(days.to_physical().is_between(*_DAYS)).then(days)).to_series()
        return known.dt.to_string("%Y-%m-%d")
    if isinstance(series.dtype, pl.Datetime):
        series = _in_calendar(series, series.dtype)
    try:
        cells = series.to_list()
    except (OverflowError, ValueError):  # a time that Python cannot hold
        cells = [_cell(series, i) for i in range(len(series))]
    return pl.Series(series.name, [as_text(v) for v in cells], dtype=pl.String)


def _in_calendar(series: pl.Series, dtype: pl.Datetime) -> pl.Series:
    """The times that Python can hold, null for others: old polars panics on them instead of raising."""
    if dtype.time_unit == "ns":  # 64 bits of nanoseconds end in 2262
        return series
    scale = {"ms": 10**3, "us": 10**6}[dtype.time_unit]
    margin = _DAY if dtype.time_zone else 0  # a zone may push an edge over the edge
    low, high = (_SECONDS[0] + margin) * scale, (_SECONDS[1] + 1 - margin) * scale - 1
    times = pl.col(series.name)
    return series.to_frame().select(pl.when(times.to_physical().is_between(low, high)).then(times)).to_series()


def _cell(series: pl.Series, i: int) -> object:
    try:
        return series[i]
    except (OverflowError, ValueError):
        return None


def call(kernel: Kernel, value: str | None) -> Normalized:
    """The kernel's answer; a value that breaks it is unreadable, and says so, instead of ending the run."""
    try:
        return kernel(value)
    except Exception:  # law 15: any cell yields a row. Kernels are total by test; this guards what they call
        return Normalized(None, issues=(UNREADABLE,))


def lift(
    series: pl.Series, kernel: Kernel, field: str, parts: Sequence[str], column_form: ColumnForm | None = None
) -> pl.DataFrame:
    """A column through a kernel: `norm_<field>`, `norm_<field>_<part>` for each of `parts`, `issues_<field>`.

    Args:
        series: the raw column, of any type.
        kernel: the scalar rule.
        field: the field's name, for the names of the columns.
        parts: the parts to keep, in this order; a part the kernel does not give is null.
        column_form: the same rule for whole columns; what it does not answer, the kernel does.
    """
    text = text_series(series).alias("v")
    distinct = text.unique()
    pieces = []
    if column_form is not None:
        answered, distinct = _by_column_form(distinct, column_form, field, parts)
        pieces.append(answered)
    # In pieces: a million answers held at once cost the garbage collector as much time as the kernel
    pieces += [_answers(distinct[i : i + PIECE], kernel, field, parts) for i in range(0, len(distinct), PIECE)]
    table = pl.concat(pieces) if pieces else _answers(distinct, kernel, field, parts)
    return text.to_frame().join(table, on="v", how="left", nulls_equal=True, maintain_order="left").drop("v")


def _by_column_form(
    distinct: pl.Series, column_form: ColumnForm, field: str, parts: Sequence[str]
) -> tuple[pl.DataFrame, pl.Series]:
    """What a column form answers, as `_answers` would give it, and the values it leaves to the kernel."""
    values = distinct.drop_nulls()
    told = column_form(values).with_columns(values)
    names = {
        norm_column(field): "value",
        **{norm_column(field, part): part for part in parts},
        issues_column(field): "issues",
    }
    columns = [
        (pl.col(name) if name in told.columns else pl.lit(None, dtype=pl.String)).alias(column)
        for column, name in names.items()
    ]
    answered = told.filter("known").select("v", *columns)
    rest = values.filter(~told["known"])
    return answered, rest.extend(distinct.filter(distinct.is_null()))


def _answers(values: pl.Series, kernel: Kernel, field: str, parts: Sequence[str]) -> pl.DataFrame:
    """The values, in `v`, and the kernel's answers beside them."""
    answers = [call(kernel, v) for v in values.to_list()]
    columns: dict[str, pl.Series] = {
        "v": values,
        norm_column(field): pl.Series([a.value for a in answers], dtype=pl.String),
    }
    for part in parts:
        columns[norm_column(field, part)] = pl.Series([a.parts.get(part) for a in answers], dtype=pl.String)
    columns[issues_column(field)] = pl.Series([" ".join(a.issues) or None for a in answers], dtype=pl.String)
    return pl.DataFrame(columns)
