"""The border, over every kind of table: same rows in, same kind out."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality import frames
from crmquality.errors import ConfigError, SchemaError
from crmquality.frames import to_polars
from crmquality.frames.other_tables import from_eager
from crmquality.normalizer import FieldNormalizer, Normalizer

ROWS = [
    {
        "id": 3,
        "name": "欧阳娜娜",
        "phone": "0086-138 0013 8001",
        "score": 1.5,
        "vip": True,
        "seen": dt.datetime(2026, 1, 2, 3, 4, 5),
    },
    {"id": 1, "name": "José", "phone": None, "score": None, "vip": False, "seen": dt.datetime(2025, 12, 31)},
    {"id": 2, "name": None, "phone": "", "score": -2.0, "vip": True, "seen": None},
]


def test_the_rows_arrive_as_they_are(constructor, rows_of):
    frame, _ = to_polars(constructor(ROWS))
    assert isinstance(frame, pl.DataFrame)
    assert frame.to_dicts() == ROWS


def test_there_and_back_is_the_same_kind_and_the_same_rows(constructor, rows_of, kind_of):
    table = constructor(ROWS)
    kind = kind_of(table)
    frame, restore = to_polars(table)
    back = restore(frame)
    assert kind_of(back) == kind
    assert rows_of(back) == ROWS


def test_another_table_comes_back_as_the_same_kind(constructor, rows_of, kind_of):
    table = constructor(ROWS)
    kind = kind_of(table)
    _, restore = to_polars(table)
    links = pl.DataFrame(
        {
            "record_id_l": [1, None],
            "decision": ["link", None],
            "match_weight": [1.25, None],
            "name": [None, None],  # a name of the input, with another type
            "at": [dt.datetime(2026, 1, 1), None],
            "sure": [None, True],
        }
    )
    back = restore(links)
    assert kind_of(back) == kind
    assert rows_of(back) == links.to_dicts()


def test_a_table_without_rows(constructor, rows_of, kind_of):
    table = constructor(ROWS)
    kind = kind_of(table)
    frame, restore = to_polars(table)
    back = restore(frame.clear())
    assert kind_of(back) == kind
    assert rows_of(back) == []


def test_a_stage_takes_and_gives_every_kind(constructor, rows_of, kind_of):
    stage = Normalizer((FieldNormalizer("name"), FieldNormalizer("phone")))
    table = constructor(ROWS)
    kind = kind_of(table)
    out = stage.normalize(table)
    assert kind_of(out) == kind
    expected = stage.normalize_frame(pl.DataFrame(ROWS)).to_dicts()
    assert rows_of(out) == expected


def test_a_missing_column_is_named_whatever_the_kind(constructor):
    stage = Normalizer((FieldNormalizer("nmae"),))
    with pytest.raises(SchemaError, match="Did you mean 'name'"):
        stage.normalize(constructor(ROWS))


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_ROW = st.fixed_dictionaries(
    {"a": st.none() | _TEXT, "b": st.none() | st.integers(-(2**53), 2**53), "z": st.integers(0, 9)}
)


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(_ROW, min_size=1, max_size=6))
def test_any_text_survives_every_kind(constructors, rows_of, rows):
    for name, make in constructors.items():
        frame, restore = to_polars(make(rows))
        found = rows_of(restore(frame))
        assert [{k: row.get(k) for k in ("a", "b", "z")} for row in found] == rows, name


@pytest.mark.parametrize(
    ("thing", "hint"),
    [
        ("customers.csv", "reads no files"),
        (b"customers.csv", "reads no files"),
        (Path("customers.csv"), "reads no files"),
        ({"name": "王芳"}, "for one record pass a list"),
        (pl.Series("name", ["王芳"]), "to_frame"),
        (None, "got a NoneType"),
        (7, "got a int"),
        (["王芳"], "row 0 is a str"),
        ([{"name": "王芳"}, None], "row 1 is a NoneType"),
    ],
)
def test_what_is_not_a_table_is_refused_without_its_content(thing, hint):
    with pytest.raises(SchemaError) as caught:
        to_polars(thing)
    assert hint in str(caught.value)
    assert "王芳" not in str(caught.value)
    assert "customers" not in str(caught.value)


def test_no_rows_make_a_table_without_columns():
    frame, restore = to_polars([])
    assert frame.shape == (0, 0)
    assert restore(frame) == []


def test_a_column_without_a_name_keeps_its_name():
    rows = [{"id": 1, "": "王芳"}, {"id": 2, "": None}]
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    for table in (rows, pl.DataFrame(rows), pandas.DataFrame(rows), arrow.Table.from_pylist(rows)):
        inside, restore = to_polars(table)
        assert inside.to_dicts() == rows
        assert to_polars(restore(inside))[0].columns == ["id", ""]


def test_keys_that_are_the_same_as_text_are_refused():
    with pytest.raises(SchemaError, match="column '1' occurs more than once"):
        to_polars([{1: "a", "1": "b"}])


def test_a_lazy_frame_comes_back_lazy():
    frame, restore = to_polars(pl.LazyFrame({"a": [1]}))
    assert isinstance(frame, pl.DataFrame)
    assert isinstance(restore(frame), pl.LazyFrame)


def test_a_polars_frame_is_not_copied():
    table = pl.DataFrame({"a": [1]})
    frame, restore = to_polars(table)
    assert frame is table
    assert restore(frame) is table


def test_a_wrapped_frame_comes_back_wrapped():
    _, restore = to_polars(nw.from_native(pl.DataFrame({"a": [1]})))
    assert isinstance(restore(pl.DataFrame({"b": [2]})), nw.DataFrame)


def test_duckdb_answers_in_the_connection_of_the_relation():
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    connection = duckdb.connect()
    connection.execute("CREATE TABLE customers AS SELECT 1 AS id, '王芳' AS name")
    connection.execute("CREATE TABLE orders AS SELECT 1 AS id, 'paid' AS state")
    frame, restore = to_polars(connection.table("customers"))
    back = restore(frame.with_columns(norm_name=pl.lit("王芳")))
    del frame
    joined = back.join(connection.table("orders").set_alias("o"), "id")
    assert joined.fetchall() == [(1, "王芳", "王芳", "paid")]
    assert connection.sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall() == [(0,)]
    with pytest.raises(SchemaError, match="without columns"):
        restore(pl.DataFrame())


def test_duckdb_without_pyarrow_says_what_to_install(monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match="pip install pyarrow"):
        to_polars(duckdb.sql("SELECT 1 AS id"))


def test_views_of_short_strings_go_from_stage_to_stage():
    """A process that dies here has a pyarrow whose casts to views are broken (apache/arrow#49740)."""
    pa = pytest.importorskip("pyarrow")
    flat = pa.table({"text": ["a", None], "bytes": [b"a", None]})
    table = flat.cast(pa.schema([("text", pa.string_view()), ("bytes", pa.binary_view())]))
    for _ in range(3):
        frame, restore = to_polars(table)
        assert frame.rows() == [("a", b"a"), (None, None)]
        table = restore(frame)
    assert table.schema.types == [pa.string_view(), pa.binary_view()]


def test_pyarrow_types_come_back():
    pa = pytest.importorskip("pyarrow")
    table = pa.table(
        {
            "view": pa.array(["a", None], pa.string_view()),
            "large": pa.array(["a", None], pa.large_string()),
            "category": pa.array(["a", None]).dictionary_encode(),
            "small": pa.array([1, None], pa.int8()),
            "day": pa.array([dt.date(2026, 1, 1), None]),
            "nothing": pa.nulls(2),
            "months": pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
            "pairs": pa.array([{"a": 1}, None]),
        }
    )
    frame, restore = to_polars(table)
    assert frame.schema["category"] == pl.String
    back = restore(frame)
    for field in table.schema:
        if field.name != "months":
            assert back.schema.field(field.name).type == field.type, field.name
    assert frame["months"].null_count() == 1


def test_pyarrow_columns_with_one_name_are_refused():
    pa = pytest.importorskip("pyarrow")
    with pytest.raises(SchemaError, match="column 'a' occurs more than once"):
        to_polars(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]))


def test_a_lazy_table_of_another_engine_is_refused(monkeypatch):
    monkeypatch.setattr(frames, "_is_lazy", lambda frame: True)
    with pytest.raises(SchemaError, match="collect it first, or run a Spark table by SparkEngine"):
        to_polars(object())


def test_any_other_table_in_memory_goes_by_arrow():
    pa = pytest.importorskip("pyarrow")
    frame, restore = from_eager(pa.table({"a": ["x", None]}))  # stands for modin and cuDF, which take the same way
    assert frame["a"].to_list() == ["x", None]
    back = restore(frame.with_columns(b=pl.lit(1)))
    assert isinstance(back, pa.Table)
    assert back.to_pylist() == [{"a": "x", "b": 1}, {"a": None, "b": 1}]
