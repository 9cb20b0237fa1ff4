"""Any cell of any type becomes a row, never an exception (law 15), and reads as the record path reads it (law 2)."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.frames import column_of, to_polars
from crmquality.lift import as_text, text_series


class Rude:
    """An object that cannot even say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("secret")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("secret")

    __hash__ = None


class Level(enum.IntEnum):
    LOW = 1


class Color(enum.StrEnum):
    RED = "red"


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "not me"


EAST = dt.timezone(dt.timedelta(hours=8))
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1, None, 2], pl.Int64, [1, None, 2]),
        ([1, 2.5], pl.Float64, [1.0, 2.5]),
        ([2**53 + 1, 2.5], pl.String, ["9007199254740993", "2.5"]),
        ([2**63, 1], pl.String, ["9223372036854775808", "1"]),
        ([True, None], pl.Boolean, [True, None]),
        ([True, 1], pl.String, ["true", "1"]),
        (["a", 1, None], pl.String, ["a", "1", None]),
        ([None, float("nan")], pl.String, [None, None]),
        ([], pl.String, []),
        (["\ud800a", "b"], pl.String, ["�a", "b"]),
        (["\ud83d\ude00"], pl.String, ["😀"]),
        (["a\x00b"], pl.String, ["a\x00b"]),
        ([b"\xff", b"a"], pl.Binary, [b"\xff", b"a"]),
        ([b"a", "b"], pl.String, ["a", "b"]),
        ([dt.date(2026, 1, 1), dt.datetime(2026, 1, 1)], pl.String, ["2026-01-01", "2026-01-01 00:00:00"]),
        ([dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)], pl.String, None),
        ([dt.datetime(2026, 1, 1, tzinfo=EAST)], pl.String, ["2026-01-01 00:00:00+08:00"]),
        ([dt.datetime(2026, 1, 1, tzinfo=SHANGHAI)], pl.Datetime("us", "Asia/Shanghai"), None),
        ([Decimal("1.20"), Decimal("NaN")], pl.Decimal(38, 2), [Decimal("1.20"), None]),
        ([Decimal("sNaN"), Decimal("Infinity")], pl.String, [None, "Infinity"]),
        ([Decimal("1E500")], pl.String, ["1E+500"]),
        ([["a", "b"], []], pl.List(pl.String), [["a", "b"], []]),
        ([["a"], [1]], pl.String, ["['a']", "[1]"]),
        ([{"a": 1}, {"b": 2}], pl.String, ["{'a': 1}", "{'b': 2}"]),
        ([Rude(), "x"], pl.String, [None, "x"]),
        ([Rude()], pl.String, [None]),
        ([Level.LOW, 2], None, None),
        ([Color.RED, "blue"], pl.String, ["red", "blue"]),
        ([Text("mine"), "a"], pl.String, ["mine", "a"]),
        ([1j], pl.String, ["1j"]),
    ],
)  # fmt: skip
def test_a_column_of_python_objects(values, dtype, expected):
    column = column_of("a", values)
    assert column.name == "a"
    assert len(column) == len(values)
    if dtype is not None:
        assert column.dtype == dtype
    if expected is not None:
        assert column.to_list() == expected


_CELL = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.text(st.characters(categories=["Cs"]), max_size=2),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.binary(max_size=4),
    st.dates(),
    st.datetimes(timezones=st.none() | st.just(dt.UTC) | st.just(EAST) | st.just(SHANGHAI)),
    st.times(),
    st.timedeltas(),
    st.decimals(),
    st.fractions(),
    st.complex_numbers(),
    st.lists(st.text(max_size=2) | st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.sets(st.integers(), max_size=2),
    st.builds(Rude),
    st.sampled_from([Level.LOW, Color.RED, Text("mine"), object, len]),
)


@settings(max_examples=300, deadline=None)
@given(cells=st.lists(_CELL, max_size=4) | _CELL.map(lambda cell: [cell, cell]))
def test_any_cell_yields_a_row(cells):
    frame, restore = to_polars([{"id": i, "a": cell} for i, cell in enumerate(cells)])
    assert frame.height == len(cells)
    assert len(restore(frame)) == len(cells)
    if cells:
        assert text_series(frame["a"]).dtype == pl.String


_READABLE = st.one_of(
    st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.integers(), st.booleans()
)


@settings(max_examples=200, deadline=None)
@given(cells=st.lists(_READABLE, min_size=1, max_size=4))
def test_a_cell_reads_in_a_column_as_it_reads_alone(cells):
    assert text_series(column_of("a", cells)).to_list() == [as_text(c) for c in cells]


def test_objects_in_a_polars_frame_are_columns_too():
    table = pl.DataFrame({"id": [1, 2], "a": pl.Series([Rude(), 7], dtype=pl.Object)})
    frame, _ = to_polars(table)
    assert frame["a"].to_list() == [None, "7"]


def test_a_numpy_scalar_is_a_plain_cell():
    np = pytest.importorskip("numpy")
    cells = [np.int64(7), np.float32(1.5), np.bool_(True), np.str_("x"), np.datetime64("2026-01-01T00:00:00.5", "ns")]
    assert column_of("a", cells).to_list() == ["7", "1.5", "true", "x", "2026-01-01 00:00:00.500000"]
    assert column_of("a", [np.int64(7), np.int8(1)]).dtype == pl.Int64
    assert column_of("a", [np.longdouble("nan"), np.longdouble(2)]).to_list() == [None, 2.0]
    assert column_of("a", [np.clongdouble(2), np.array([1, 2]), np.array(3)]).to_list()[1:] == ["[1, 2]", "3"]
    assert column_of("a", [np.timedelta64("NaT"), np.void(b"x")]).null_count() == 1
