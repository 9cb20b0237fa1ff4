"""A table as integers: what comparing looks up, so that each distinct value is read once."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.similarity import Codes, Dictionary
from crmquality.lift import text_series

Unit: TypeAlias = Literal["number", "days"]


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
            series = text_series(self._frame[column])
            if unit == "number":
                parsed = series.cast(pl.Float64, strict=False)
            else:
                parsed = series.str.to_date("%Y-%m-%d", strict=False).to_physical().cast(pl.Float64)
            self._numbers[column, unit] = parsed.fill_null(float("nan")).to_numpy()
        return self._numbers[column, unit]


def _coded(series: pl.Series, values: pl.Series) -> Codes:
    """The place of each value in `values`, -1 for null: by hashing, at half the cost of ranking."""
    places = pl.DataFrame({"v": values, "code": np.arange(len(values), dtype=np.int32)})
    found = series.to_frame("v").join(places, on="v", how="left", maintain_order="left")["code"]
    out: Codes = found.fill_null(-1).to_numpy()
    return out
