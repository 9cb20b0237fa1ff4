"""pandas at the border: dtypes, the index, labels. Passes on pandas 2 and on pandas 3."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from crmquality.errors import SchemaError
from crmquality.frames import to_polars

pd = pytest.importorskip("pandas")


def _there_and_back(frame):
    inside, restore = to_polars(frame)
    return inside, restore(inside)


DTYPES = {
    "int": (lambda: pd.Series([1, 2, 3]), pl.Int64),
    "int8": (lambda: pd.Series(np.array([1, 2, 3], dtype="int8")), pl.Int8),
    "uint64": (lambda: pd.Series(np.array([1, 2, 2**64 - 1], dtype="uint64")), pl.UInt64),
    "float": (lambda: pd.Series([1.5, np.nan, 3.0]), pl.Float64),
    "float32": (lambda: pd.Series(np.array([1.5, np.nan, 3.0], dtype="float32")), pl.Float32),
    "float16": (lambda: pd.Series(np.array([1.5, np.nan, 3.0], dtype="float16")), pl.Float64),
    "bool": (lambda: pd.Series([True, False, True]), pl.Boolean),
    "nullable int": (lambda: pd.Series([1, None, 2**62 + 1], dtype="Int64"), pl.Int64),
    "nullable small int": (lambda: pd.Series([1, None, 3], dtype="UInt8"), pl.UInt8),
    "nullable float": (lambda: pd.Series([1.5, None, 3], dtype="Float64"), pl.Float64),
    "nullable bool": (lambda: pd.Series([True, None, False], dtype="boolean"), pl.Boolean),
    "category": (lambda: pd.Series(pd.Categorical(["u", None, "v"], categories=["w", "v", "u"])), pl.String),
    "ordered": (lambda: pd.Series(pd.Categorical(["u", None, "v"], categories=["v", "u"], ordered=True)), pl.String),
    "numeric category": (lambda: pd.Series(pd.Categorical([10, None, 20])), pl.Int64),
    "empty category": (lambda: pd.Series(pd.Categorical([None, None, None])), pl.String),
    "datetime": (lambda: pd.Series(pd.to_datetime(["2026-01-01", None, "2025-02-03"])), pl.Datetime),
    "seconds": (lambda: pd.Series(np.array(["2026-01-01", "NaT", "1500-01-03"], "datetime64[s]")), pl.Datetime("ms")),
    "zone": (lambda: pd.Series(pd.to_datetime(["2026-01-01", None]).tz_localize("Asia/Shanghai")), pl.Datetime),
    "offset": (lambda: pd.Series(pd.to_datetime(["2026-01-01", None]).tz_localize("+08:00")), pl.String),
    "timedelta": (lambda: pd.Series(pd.to_timedelta([1, None, 2], unit="D")), pl.Duration),
    "period": (lambda: pd.Series(pd.PeriodIndex(["2026-01", None], freq="M")), pl.String),
    "sparse": (lambda: pd.Series(pd.arrays.SparseArray([1.0, np.nan, 2.0])), pl.Float64),
    "complex": (lambda: pd.Series([1j, 2j]), pl.String),
    "dates": (lambda: pd.Series([dt.date(2026, 1, 1), None], dtype=object), pl.Date),
    "decimals": (lambda: pd.Series([Decimal("1.20"), None], dtype=object), pl.Decimal(38, 2)),
    "objects of bool": (lambda: pd.Series([True, None, False], dtype=object), pl.Boolean),
    "objects of int": (lambda: pd.Series([1, None, 3], dtype=object), pl.Int64),
    "nothing": (lambda: pd.Series([None, None], dtype=object), pl.String),
}


@pytest.mark.parametrize("name", DTYPES)
def test_a_dtype_comes_back(name):
    make, inside_dtype = DTYPES[name]
    table = pd.DataFrame({"a": make()})
    inside, back = _there_and_back(table)
    assert inside.schema["a"] == inside_dtype
    pd.testing.assert_frame_equal(back, table)


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
@pytest.mark.parametrize("missing", [pd.NA, np.nan])
def test_a_string_dtype_comes_back(storage, missing):
    if storage == "pyarrow":
        pytest.importorskip("pyarrow")
    table = pd.DataFrame({"a": pd.Series(["王芳", None, ""], dtype=pd.StringDtype(storage, na_value=missing))})
    inside, back = _there_and_back(table)
    assert inside["a"].to_list() == ["王芳", None, ""]
    pd.testing.assert_frame_equal(back, table)


def test_arrow_dtypes_come_back():
    pa = pytest.importorskip("pyarrow")
    kinds = {
        "text": (["a", None], pa.string()),
        "category": (["a", None], pa.dictionary(pa.int32(), pa.string())),
        "int": ([1, None], pa.int16()),
        "float": ([1.5, None], pa.float64()),
        "instant": ([dt.datetime(2026, 1, 1), None], pa.timestamp("s")),
        "day": ([dt.date(2026, 1, 1), None], pa.date32()),
        "list": ([["a"], None], pa.list_(pa.string())),
    }
    table = pd.DataFrame(
        {k: pd.Series(pd.array(pa.array(v, t), dtype=pd.ArrowDtype(t))) for k, (v, t) in kinds.items()}
    )
    inside, back = _there_and_back(table)
    assert inside.schema["text"] == inside.schema["category"] == pl.String
    assert inside.schema["int"] == pl.Int16
    assert list(back.dtypes) == list(table.dtypes)
    assert back["text"].tolist() == table["text"].tolist()


def test_every_missing_cell_is_null():
    mixed = [None, np.nan, float("nan"), pd.NaT, pd.NA, np.datetime64("NaT"), np.float32("nan"), Decimal("NaN"), "x"]
    inside, back = _there_and_back(pd.DataFrame({"a": pd.Series(mixed, dtype=object)}))
    assert inside["a"].to_list() == [None] * 8 + ["x"]
    assert back["a"].dtype == object
    assert back["a"].tolist() == [None] * 8 + ["x"]


def test_cells_of_several_types_are_text():
    cells = [
        13800138000,
        13800138001.0,
        "010-1234",
        True,
        dt.date(2026, 1, 1),
        np.int64(7),
        b"x",
        pd.Timestamp("2026-01-01"),
    ]
    inside, _ = to_polars(pd.DataFrame({"a": pd.Series(cells, dtype=object)}))
    assert inside["a"].to_list() == [
        "13800138000", "13800138001", "010-1234", "true", "2026-01-01", "7", "x", "2026-01-01 00:00:00",
    ]  # fmt: skip


def test_a_float_column_of_phones_reads_as_digits():
    inside, _ = to_polars(pd.DataFrame({"a": [13800138000.0, np.nan]}))
    assert inside["a"].to_list() == [13800138000.0, None]


def test_a_default_index_is_only_row_numbers():
    inside, back = _there_and_back(pd.DataFrame({"a": [1, 2]}))
    assert inside.columns == ["a"]
    assert isinstance(back.index, pd.RangeIndex)


def test_a_named_index_is_a_column_inside_and_the_index_again():
    table = pd.DataFrame({"name": ["a", "b"]}, index=pd.Index(["rec-1", "rec-0"], name="rec_id"))
    inside, restore = to_polars(table)
    assert inside.to_dicts() == [{"rec_id": "rec-1", "name": "a"}, {"rec_id": "rec-0", "name": "b"}]
    pd.testing.assert_frame_equal(restore(inside), table)
    more = restore(inside.with_columns(norm_name=pl.lit("x")).reverse())
    assert list(more.index) == ["rec-0", "rec-1"]
    assert list(more.columns) == ["name", "norm_name"]


def test_an_output_that_is_not_the_records_keeps_all_columns():
    table = pd.DataFrame({"name": ["a", "b"]}, index=pd.Index([7, 8], name="record_id"))
    _, restore = to_polars(table)
    clusters = restore(pl.DataFrame({"record_id": [7, 8], "entity_id": [7, 7]}))
    assert list(clusters.columns) == ["record_id", "entity_id"]
    assert isinstance(clusters.index, pd.RangeIndex)


@pytest.mark.parametrize(
    ("index", "names"),
    [
        (pd.Index([5, 9]), ["index"]),
        (pd.RangeIndex(10, 12), ["index"]),
        (pd.RangeIndex(0, 2, name="n"), ["n"]),
        (pd.MultiIndex.from_tuples([("crm", 1), ("erp", 1)]), ["level_0", "level_1"]),
        (pd.MultiIndex.from_tuples([("crm", 1), ("erp", 1)], names=["source", None]), ["source", "level_1"]),
        (pd.to_datetime(["2026-01-01", "2026-01-02"]), ["index"]),
    ],
)
def test_no_index_is_lost(index, names):
    table = pd.DataFrame({"a": ["x", "y"]}, index=index)
    inside, back = _there_and_back(table)
    assert inside.columns == [*names, "a"]
    assert back.index.names == table.index.names
    assert list(back.index) == list(table.index)


def test_an_unnamed_index_gives_way_to_a_column_named_index():
    table = pd.DataFrame({"index": ["x", "y"]}, index=[5, 9])
    inside, back = _there_and_back(table)
    assert inside.columns == ["level_0", "index"]
    pd.testing.assert_frame_equal(back, table)


def test_a_name_of_both_a_column_and_the_index_is_refused():
    table = pd.DataFrame({"id": [1], "a": [1]}, index=pd.Index([1], name="id"))
    with pytest.raises(SchemaError, match="'id' names both"):
        to_polars(table)


def test_labels_that_are_no_strings_come_back():
    table = pd.DataFrame([["x", 1]], columns=[0, "n"])
    inside, back = _there_and_back(table)
    assert inside.columns == ["0", "n"]
    pd.testing.assert_frame_equal(back, table)


@pytest.mark.parametrize("columns", [["a", "a"], [1, "1"]])
def test_a_name_that_occurs_twice_is_refused(columns):
    with pytest.raises(SchemaError, match="occurs more than once"):
        to_polars(pd.DataFrame([[1, 2]], columns=columns))


def test_columns_of_several_levels_are_refused():
    table = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    with pytest.raises(SchemaError, match="flatten"):
        to_polars(table)


def test_a_column_of_the_output_takes_the_old_dtype_only_where_it_fits():
    table = pd.DataFrame({"n": [1, 2], "c": pd.Categorical(["u", "v"]), "s": ["a", "b"]})
    _, restore = to_polars(table)
    out = restore(pl.DataFrame({"n": [1, None, 3], "c": ["u", "new", None], "s": [1, 2, 3]}))
    assert str(out["n"].dtype) == "Int64"
    assert out["c"].tolist()[:2] == ["u", "new"]
    assert out["c"].isna().tolist() == [False, False, True]
    assert str(out["s"].dtype) == "int64"


def test_new_columns_of_text_have_the_default_dtype():
    _, restore = to_polars(pd.DataFrame({"a": [1]}))
    out = restore(pl.DataFrame({"text": ["x", None], "none": pl.Series([None, None], dtype=pl.String)}))
    assert out["text"].dtype == out["none"].dtype == pd.Series(["x"]).dtype


def test_polars_categories_become_categories():
    _, restore = to_polars(pd.DataFrame({"a": [1]}))
    out = restore(
        pl.DataFrame(
            {
                "c": pl.Series(["x", None], dtype=pl.Categorical),
                "e": pl.Series(["x", None], dtype=pl.Enum(["y", "x"])),
                "t": pl.Series([dt.time(1), None]),
                "l": [["a"], None],
            }
        )
    )
    assert out["c"].tolist()[0] == "x"
    assert list(out["e"].cat.categories) == ["y", "x"]
    assert out["t"].tolist() == [dt.time(1), None]
    assert out["l"].tolist() == [["a"], None]


def test_what_comes_back_can_be_written_to():
    table = pd.DataFrame({"i": [1, 2], "f": [1.0, 2.0], "n": pd.array([1, None], dtype="Int64")})
    _, back = _there_and_back(table)
    back.loc[0, ["i", "f", "n"]] = [9, 9.0, 9]
    assert back.loc[0, "i"] == 9
    assert table.loc[0, "i"] == 1
