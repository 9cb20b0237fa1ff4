"""Records kept for single look-ups: a few of a million are read in microseconds, without a table's overhead.

What comparing reads of a record stands in one text, value after value, in one array of bytes: a record is a slice of
it. That takes less memory than columns of strings, whose every value has sixteen bytes of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.lift import as_text, text_series

ROWS_AT_ONCE: Final = 50_000  # whose texts are held a second time while a shelf is filled
_MISSING: Final = "\x00"
_END: Final = "\x1f"
_ESCAPE: Final = "\x1b"
_ESCAPED: Final = {"\x1b": "\x1b1", "\x1f": "\x1b2", "\x00": "\x1b3"}
"""Signs that no normalized value holds; a column that no kernel made may."""
_TRANSLATED: Final = str.maketrans(_ESCAPED)


@dataclass(frozen=True, slots=True, repr=False)
class Shelf:
    """The values of some columns, record by record.

    >>> shelf = Shelf.of(pl.DataFrame({"a": ["x", None], "b": [1, 2]}), ("a", "b"))
    >>> len(shelf), shelf.row(1)
    (2, {'a': None, 'b': '2'})
    """

    columns: tuple[str, ...]
    _text: bytes
    _ends: NDArray[np.int64]

    @classmethod
    def of(cls, frame: pl.DataFrame, columns: Sequence[str]) -> Shelf:
        """The records of a frame."""
        if not columns:
            return cls((), b"", np.zeros(frame.height, np.int64))
        texts, ends = [], []
        for begin in range(0, frame.height, ROWS_AT_ONCE):
            part = frame[begin : begin + ROWS_AT_ONCE]
            cells = [_safe(text_series(part[c])).fill_null(_MISSING).alias(str(i)) for i, c in enumerate(columns)]
            joined = pl.DataFrame(cells).select(pl.concat_str(pl.all(), separator=_END)).to_series()
            texts.append("".join(joined.to_list()).encode())
            ends.append(joined.str.len_bytes().cast(pl.Int64).to_numpy())
        return cls(tuple(columns), b"".join(texts), np.cumsum(np.concatenate([np.zeros(0, np.int64), *ends])))

    @classmethod
    def of_records(cls, records: Sequence[Mapping[str, str | None]], columns: Sequence[str]) -> Shelf:
        """The same of a few records, which is faster than by columns."""
        texts = [_END.join(_cell(r.get(c)) for c in columns).encode("utf-8", "replace") for r in records]
        ends = np.cumsum(np.array([len(t) for t in texts], np.int64))
        return cls(tuple(columns), b"".join(texts), ends)

    def __len__(self) -> int:
        return len(self._ends)

    def row(self, slot: int) -> dict[str, str | None]:
        """One record, as text."""
        begin = int(self._ends[slot - 1]) if slot else 0
        text = self._text[begin : int(self._ends[slot])].decode()
        cells = text.split(_END)
        plain = [None if c == _MISSING else c for c in cells]
        if _ESCAPE in text:
            plain = [None if c is None else _plain(c) for c in plain]
        return dict(zip(self.columns, plain, strict=False))

    def above(self, other: Shelf) -> Shelf:
        """These records, and after them others of the same columns."""
        start = self._ends[-1] if len(self) else 0
        return Shelf(self.columns, self._text + other._text, np.concatenate([self._ends, other._ends + start]))

    @property
    def n_bytes(self) -> int:
        """What it takes in memory."""
        return len(self._text) + self._ends.nbytes


def text_row(record: Mapping[str, object], columns: Sequence[str]) -> dict[str, str | None]:
    """One record as `Shelf.row` would give it.

    >>> text_row({"b": 2.0}, ("a", "b"))
    {'a': None, 'b': '2'}
    """
    return {c: as_text(record.get(c)) for c in columns}


def _safe(values: pl.Series) -> pl.Series:
    if not values.str.contains(f"[{_ESCAPE}{_END}{_MISSING}]").any():
        return values
    return values.str.replace_many(list(_ESCAPED), list(_ESCAPED.values()))


def _cell(value: str | None) -> str:
    if value is None:
        return _MISSING
    return value.translate(_TRANSLATED)


def _plain(cell: str) -> str:
    for sign, escaped in reversed(_ESCAPED.items()):
        cell = cell.replace(escaped, sign)
    return cell
