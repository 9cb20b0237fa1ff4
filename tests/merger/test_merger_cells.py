"""Cells as text and back, for every plain type, bit for bit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.merger.cells import decode, encode, is_plain, nulled

INT64 = st.integers(-(2**63) + 1, 2**63 - 1)


def round_trip(cells: pl.Series) -> None:
    text = encode(cells)
    assert text.dtype == pl.String
    assert text.is_null().equals(cells.is_null())
    back = decode(text, cells.dtype)
    assert back.dtype == cells.dtype
    assert back.equals(cells, null_equal=True)


@settings(max_examples=35, deadline=None)
@given(st.lists(st.none() | INT64, max_size=8), st.data())
def test_numbers_and_moments_come_back(values: list[int | None], data: st.DataObject) -> None:
    whole = pl.Series(values, dtype=pl.Int64)
    round_trip(whole)
    for dtype in (pl.Int8, pl.UInt64, pl.Int128):
        round_trip(whole.cast(dtype, strict=False))
    round_trip((whole % 10_000_000_000).cast(pl.Decimal(20, 4), strict=False))
    for unit in ("ms", "us", "ns"):
        for zone in (None, "Asia/Shanghai", "America/New_York"):
            round_trip(whole.cast(pl.Datetime(unit, zone)))
            round_trip((whole % (86_400 * 40_000 * 1_000_000)).cast(pl.Datetime(unit, zone)))
        round_trip(whole.cast(pl.Duration(unit)))
    round_trip((whole % (86_400 * 10**9)).cast(pl.Time))
    round_trip(whole.cast(pl.Int32, strict=False).cast(pl.Date))
    round_trip((whole % 40_000).cast(pl.Int32).cast(pl.Date))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.floats(), max_size=8))
def test_floats_come_back_with_the_sign_of_zero(values: list[float | None]) -> None:
    for dtype in (pl.Float64, pl.Float32):
        cells = pl.Series(values, dtype=pl.Float64).cast(dtype)
        round_trip(cells)
        back = decode(encode(cells), cells.dtype).drop_nulls().to_numpy()
        assert (np.signbit(back) == np.signbit(cells.drop_nulls().to_numpy()))[~np.isnan(back)].all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.text(), max_size=6), st.lists(st.none() | st.binary(max_size=9), max_size=6))
def test_text_bytes_and_categories_come_back(texts: list[str | None], blobs: list[bytes | None]) -> None:
    cells = pl.Series(texts, dtype=pl.String)
    assert encode(cells).to_list() == texts
    round_trip(cells)
    round_trip(cells.cast(pl.Categorical))
    round_trip(cells.cast(pl.Enum(sorted({t for t in texts if t is not None}))))
    round_trip(pl.Series(blobs, dtype=pl.Binary))


def test_other_types_come_back() -> None:
    round_trip(pl.Series([True, False, None]))
    round_trip(pl.Series([None, None]))
    round_trip(pl.Series([Decimal("1.50"), None]))


def test_people_can_read_them() -> None:
    assert encode(pl.Series([dt.date(9999, 12, 31), None])).to_list() == ["9999-12-31", None]
    moment = dt.datetime(2024, 3, 5, 1, 2, 3)
    assert encode(pl.Series([moment])).to_list() == ["2024-03-05T01:02:03"]
    zoned = pl.Series([moment]).dt.replace_time_zone("Asia/Shanghai")
    assert encode(zoned).to_list() == ["2024-03-04T17:02:03Z"]


@pytest.mark.parametrize(
    ("text", "dtype", "cell"),
    [
        ("5", pl.Float64(), 5.0),
        ("5.50", pl.Float64(), 5.5),
        ("+8613800138000", pl.Int64(), None),
        ("+8613800138000", pl.Float64(), None),
        ("110101199003074477", pl.Float64(), None),  # 18 digits: a float holds a neighbor
        ("0571", pl.Int64(), None),
        ("1.23456", pl.Decimal(9, 2), None),
        ("2024-03-05", pl.Date(), dt.date(2024, 3, 5)),
        ("2024-03", pl.Date(), None),
        ("2024-03-05", pl.Datetime("us"), dt.datetime(2024, 3, 5)),
        ("2024-03-05T10:00", pl.Datetime("us"), dt.datetime(2024, 3, 5, 10)),
        ("2024-03-05T10:00", pl.Datetime("us", "UTC"), None),  # of which zone?
        ("x", pl.Enum(["a"]), None),
        ("yes", pl.Boolean(), None),
        ("zz", pl.Binary(), None),
    ],
)
def test_a_type_holds_what_it_can_hold_exactly(text: str, dtype: pl.DataType, cell: object) -> None:
    assert decode(pl.Series([text]), dtype).to_list() == [cell]


def test_nested_cells_are_no_fields() -> None:
    assert not is_plain(pl.List(pl.Int64))
    assert not is_plain(pl.Struct({"a": pl.Int64}))
    assert not is_plain(pl.Object())
    assert is_plain(pl.Binary())


def test_nulled_takes_any_type() -> None:
    for cells in (pl.Series([b"a", b"b"]), pl.Series(["a", "b"], dtype=pl.Categorical), pl.Series([None, None])):
        assert nulled(cells, pl.Series([True, False])).to_list() == [None, cells[1]]
