"""A table as integers: what comparing looks up, so that each distinct value is read once."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.similarity import Codes, Dictionary
from crmquality.lift import text_series

Unit: TypeAlias = Literal["number", "days"]

_DECIMAL: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
"""What Python and polars read alike; of other texts each accepts some that the other does not."""
_DAY_OF_1970: Final = dt.date(1970, 1, 1).toordinal()


class Encoded:
    """A normalized table as integer codes, one per distinct value, -1 for null; a column is encoded when asked for.

    Args:
        frame: the table; rows keep their order.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._codes: dict[str, Codes] = {}
        self._words: dict[str, Dictionary] = {}
        self._joint: dict[tuple[str, ...], tuple[Codes, ...]] = {}
        self._numbers: dict[tuple[str, Unit], NDArray[np.float64]] = {}

    @property
    def height(self) -> int:
        """The number of records."""
        return self._frame.height

    def codes(self, column: str) -> Codes:
        """The code of each record's value."""
        if column not in self._codes:
            series = text_series(self._frame[column])
            values = series.drop_nulls().unique().sort()
            self._words[column] = Dictionary(values)
            self._codes[column] = _coded(series, values)
        return self._codes[column]

    def words(self, column: str) -> Dictionary:
        """The distinct values behind the codes of a column."""
        self.codes(column)
        return self._words[column]

    def joint_codes(self, columns: tuple[str, ...]) -> tuple[Codes, ...]:
        """The codes of several columns in one dictionary, so that they can be compared with each other."""
        if columns not in self._joint:
            stacked = pl.concat([text_series(self._frame[c]).alias("v") for c in columns])
            self._joint[columns] = tuple(np.split(_coded(stacked, stacked.drop_nulls().unique()), len(columns)))
        return self._joint[columns]

    def numbers(self, column: str, unit: Unit) -> NDArray[np.float64]:
        """The values of a column as numbers (dates as days since 1970), NaN where they are none."""
        if (column, unit) not in self._numbers:
            self._numbers[column, unit] = _numbers(text_series(self._frame[column]), unit)
        return self._numbers[column, unit]


def number_of(text: str, unit: Unit) -> float:
    """One value as a number, or a date as days since 1970, NaN where it is none: as `Encoded.numbers` reads it.

    >>> number_of("2.5", "number"), number_of("1970-01-31", "days"), number_of("1954-11", "days")
    (2.5, 30.0, nan)
    """
    if unit == "number":
        return float(text) if _DECIMAL.fullmatch(text) else float(_numbers(pl.Series([text]), unit)[0])
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return float(dt.date.fromisoformat(text).toordinal() - _DAY_OF_1970)
        except ValueError:  # the year 0, which only polars knows, or no date to anybody
            return float(_numbers(pl.Series([text]), unit)[0])
    return float(_numbers(pl.Series([text]), unit)[0]) if text.count("-") > 1 else float("nan")


def _numbers(series: pl.Series, unit: Unit) -> NDArray[np.float64]:
    if unit == "number":
        parsed = series.cast(pl.Float64, strict=False)
    else:
        parsed = series.str.to_date("%Y-%m-%d", strict=False).to_physical().cast(pl.Float64)
    return parsed.fill_null(float("nan")).to_numpy()


def _coded(series: pl.Series, values: pl.Series) -> Codes:
    """The place of each value in `values`, -1 for null: by hashing, at half the cost of ranking."""
    places = pl.DataFrame({"v": values, "code": np.arange(len(values), dtype=np.int32)})
    found = series.to_frame("v").join(places, on="v", how="left", maintain_order="left")["code"]
    out: Codes = found.fill_null(-1).to_numpy()
    return out
