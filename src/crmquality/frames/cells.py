"""Cells of any Python type as one polars column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, cast

import polars as pl

from crmquality.lift import as_text

_EXACT_IN_A_FLOAT: Final = 2**53
_DECIMAL_DIGITS: Final = 18  # before the point, and after it: polars has 38 in all
_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "bool"),
    (float, "float"),
    (str, "str"),
    (dt.date, "date"),
    (dt.time, "time"),
    (dt.timedelta, "timedelta"),
    (bytes, "bytes"),
)


def column_of(name: str, values: Sequence[object]) -> pl.Series:
    """Python objects as a column: of their type where they have one in common, else as text.

    None, NaN, NaT and pandas.NA are null; a column of nothing else is text. Text is what `lift.as_text` gives, in valid
    Unicode. Lists of strings stay lists; dicts, sets and other objects are text, because a struct of polars loses keys
    that not all of them have.

    >>> column_of("id", [1, None, 2]).dtype, column_of("id", [1, float("nan"), "A2"]).to_list()
    (Int64, ['1', None, 'A2'])
    """
    cells = [_cell(v) for v in values]
    kinds = {_kind(v) for v in cells if v is not None}
    if not kinds:
        return pl.Series(name, cells, dtype=pl.String)
    if kinds == {"int", "float"} and all(abs(v) <= _EXACT_IN_A_FLOAT for v in cells if isinstance(v, int)):
        cells, kinds = [None if v is None else float(cast(float, v)) for v in cells], {"float"}
    if len(kinds) == 1 and "" not in kinds:
        try:
            return pl.Series(name, cells, strict=True)
        except Exception:  # half a surrogate pair, a subclass with its own ideas: what polars cannot hold, text can
            return _text_column(name, cells)
    return _text_column(name, cells)


def _text_column(name: str, cells: Sequence[object]) -> pl.Series:
    return pl.Series(name, [_valid(as_text(c)) for c in cells], dtype=pl.String)


def _valid(text: str | None) -> str | None:
    """The text in valid Unicode: halves of a surrogate pair are joined, lone halves become U+FFFD."""
    return None if text is None else str.__str__(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cell(value: object) -> object:
    """A cell without numpy's and pandas' wrappers; every kind of missing is None."""
    if value is None or type(value) is str or type(value) is int:
        return value
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, Decimal) and value.is_nan():
        return None
    module, name = type(value).__module__, type(value).__name__
    if name in {"NAType", "NaTType"} and module.startswith("pandas."):
        return None
    if module == "numpy" and not isinstance(value, str | bytes) and getattr(value, "ndim", 1) == 0:
        return _from_numpy(value, name)
    if module == "numpy" and name == "ndarray" and getattr(value, "ndim", 0) == 1:  # pandas' form of a list
        return cast(Any, value).tolist()
    return value


def _from_numpy(scalar: Any, name: str) -> object:
    if name in {"datetime64", "timedelta64"}:  # as nanoseconds, item() is a bare integer
        return scalar.astype(f"{name}[us]").item()
    plain = scalar.item()
    if type(plain) is type(scalar):  # long double
        plain = float(plain.real)
    return None if plain != plain else plain


def _kind(value: object) -> str:
    """The type of column a cell wants, "" for text: only types that polars gives back as they were."""
    if type(value) is str:
        return "str"
    if isinstance(value, int) and not isinstance(value, bool):
        return "int" if -(2**63) <= value < 2**63 else ""
    if isinstance(value, dt.datetime):
        return _kind_of_instant(value)
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        short = isinstance(exponent, int) and exponent >= -_DECIMAL_DIGITS and value.adjusted() < _DECIMAL_DIGITS
        return "decimal" if short else ""
    if isinstance(value, list):
        return "list" if all(type(v) is str for v in value) else ""
    return next((kind for cls, kind in _TYPES if isinstance(value, cls)), "")


def _kind_of_instant(value: dt.datetime) -> str:
    """Times of one zone make a column; polars knows no bare offset, and moving it to UTC would move the day."""
    zone = value.tzinfo
    if zone is None or zone is dt.UTC:
        return f"datetime {zone}"
    key = getattr(zone, "key", None) or getattr(zone, "zone", None)  # zoneinfo, pytz
    return f"datetime {key}" if key else ""
