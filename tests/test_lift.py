"""Lifting: a column is its cells, whatever their type, and a kernel that breaks breaks nothing."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmquality.errors import ConfigError
from crmquality.lift import as_text, call, lift, load_kernel, text_series
from crmquality.normalizer.text import normalize_text
from crmquality.tables import Normalized

TEXT = st.one_of(st.none(), st.text(max_size=6))


def shout(value):
    """A kernel that breaks on some values."""
    if value == "b":
        raise ValueError(value)
    upper = None if value is None else value.upper()
    return Normalized(upper, {"first": upper[:1] if upper else None}, ("changed",) if upper != value else ())


@given(st.lists(TEXT, max_size=12))
def test_a_column_is_the_kernel_cell_by_cell(cells):
    frame = lift(pl.Series("x", cells, dtype=pl.String), shout, "x", ("first", "unheard_of"))
    assert frame.columns == ["norm_x", "norm_x_first", "norm_x_unheard_of", "issues_x"]
    expected = [call(shout, c) for c in cells]
    assert frame["norm_x"].to_list() == [a.value for a in expected]
    assert frame["norm_x_first"].to_list() == [a.parts.get("first") for a in expected]
    assert frame["norm_x_unheard_of"].null_count() == len(cells)
    assert frame["issues_x"].to_list() == [" ".join(a.issues) or None for a in expected]


def shout_in_columns(values):
    """The column form of `shout` for lower-case ASCII letters but b."""
    v = pl.col("v")
    return (
        values.alias("v")
        .to_frame()
        .select(
            (v.str.contains(r"\A[a-z]+\z") & ~v.str.contains("b")).alias("known"),
            v.str.to_uppercase().alias("value"),
            v.str.slice(0, 1).str.to_uppercase().alias("first"),
            pl.lit("changed").alias("issues"),
        )
    )


@given(st.lists(st.one_of(TEXT, st.text("abZ", max_size=3)), max_size=12))
def test_a_column_form_changes_no_answer(cells):
    series = pl.Series("x", cells, dtype=pl.String)
    parts = ("first", "unheard_of")
    assert lift(series, shout, "x", parts, shout_in_columns).equals(lift(series, shout, "x", parts))


def test_the_kernel_is_asked_only_what_its_column_form_leaves():
    asked = []

    def kernel(value):
        asked.append(value)
        return shout(value)

    lift(pl.Series(["a", "b", "Z", "a", None]), kernel, "x", ("first",), shout_in_columns)
    assert sorted(asked, key=str) == [None, "Z", "b"]


def test_a_value_that_breaks_its_kernel_is_unreadable():
    assert call(shout, "b") == Normalized(None, issues=("unreadable",))


def test_each_distinct_value_is_asked_once():
    asked = []

    def kernel(value):
        asked.append(value)
        return Normalized(value)

    lift(pl.Series(["a", "b", "a", None, None, "b"]), kernel, "x", ())
    assert sorted(asked, key=str) == [None, "a", "b"]


COLUMNS = [
    pl.Series([1, None, -3]),
    pl.Series([1.0, 2.5, None, float("nan"), 1e20, 13800138000.0]),
    pl.Series([True, False, None]),
    pl.Series([b"a", b"\xff", None]),
    pl.Series([dt.date(1, 1, 1), dt.date(9999, 12, 31), None]),
    pl.Series([dt.datetime(2024, 1, 31, 12, 5), None, dt.datetime(1899, 1, 1, 0, 0, 0, 7)]),
    pl.Series([dt.datetime(2024, 1, 31, tzinfo=ZoneInfo("Asia/Shanghai")), None]),
    pl.Series([dt.time(1, 2), None]),
    pl.Series([dt.timedelta(days=2, seconds=1), None]),
    pl.Series([Decimal("1.50"), None]),
    pl.Series([["a", "b"], None, []]),
    pl.Series([{"a": 1}, None]),
    pl.Series([None, None]),
    pl.Series(["y", None, "x"], dtype=pl.Enum(["y", "x"])),
    pl.Series(["y", None, "x"], dtype=pl.Categorical),
    pl.Series([object, None], dtype=pl.Object),
]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda c: str(c.dtype))
def test_any_column_is_text_cell_by_cell(column):
    text = text_series(column.alias("x"))
    assert text.dtype == pl.String
    assert text.name == "x"
    assert text.to_list() == [as_text(v) for v in column.to_list()]


@pytest.mark.parametrize(
    "column",
    [
        pl.Series([10**8, 0, -(10**8), None], dtype=pl.Date),
        pl.Series([10**18, 0, -(10**18), None], dtype=pl.Datetime("us")),
        pl.Series([10**18, 0, -(10**18), None], dtype=pl.Datetime("us", "Asia/Shanghai")),
        pl.Series([9 * 10**18, 0, -9 * 10**18, None], dtype=pl.Duration("ms")),
    ],
    ids=lambda c: str(c.dtype),
)
def test_times_that_no_calendar_has_are_missing(column):
    assert [t is not None for t in text_series(column).to_list()] == [False, True, False, False]


@given(
    st.one_of(
        st.none(),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.text(),
        st.binary(),
        st.decimals(),
        st.dates(),
        st.datetimes(),
        st.complex_numbers(),
        st.lists(st.integers()),
    )
)
def test_any_object_is_text_or_missing(value):
    text = as_text(value)
    assert text is None or isinstance(text, str)
    if value is None or (isinstance(value, float | Decimal | complex) and "nan" in repr(value).lower()):
        assert text is None


def test_an_object_that_cannot_say_what_it_is_is_missing():
    class Broken:
        def __str__(self):
            raise RuntimeError

    class Worse:
        def __ne__(self, other):
            raise RuntimeError

    assert as_text(Broken()) is None
    assert as_text(Worse()) is None
    assert as_text(10**5000) is None  # Python refuses to write it


def test_a_kernel_is_found_by_its_name():
    assert load_kernel("crmquality.normalizer.text:normalize_text")("  A ") == normalize_text("  A ")
    for wrong in ("crmquality.normalizer.text:nothing", "no.such.module:f", "text", ":f", ""):
        with pytest.raises(ConfigError, match=r"expected 'package\.module:function'"):
            load_kernel(wrong)
