"""What a steward has fixed: it is golden whatever the members say, it is kept, and all of it can be taken back."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import SchemaError
from crmquality.merger import Merger, SurvivorshipRule
from crmquality.merger.changes import apply_frame, undo_frame

RECORDS = pl.DataFrame(
    {
        "record_id": [1, 2, 3, 4],
        "name": ["Ann", None, "Bo", " Bo"],
        "norm_name": ["Ann", None, "Bo", "Bo"],
        "age": [30, 31, None, 7],
        "born": [dt.date(1990, 1, 1), None, None, dt.date(2001, 2, 3)],
        "phone": ["1", "2", "3", None],
    }
)
CLUSTERS = pl.DataFrame({"record_id": [1, 2, 3, 4], "entity_id": [1, 1, 3, 3]})
PHONES = Merger((SurvivorshipRule("phone", strategy="union"),))


def table(*rows: tuple[object, str, str | None], **columns: list[object]) -> pl.DataFrame:
    fixed = pl.DataFrame(
        {"golden_id": [r[0] for r in rows], "field": [r[1] for r in rows], "value": [r[2] for r in rows]}, strict=False
    )
    return fixed.with_columns(pl.Series(name, cells) for name, cells in columns.items())


def golden(fixed: pl.DataFrame, field: str, merger: Merger = PHONES) -> list[object]:
    return merger.merge_frame(RECORDS, CLUSTERS, fixed).golden[field].to_list()


def test_a_fixed_value_is_golden_and_comes_from_nobody() -> None:
    merged = PHONES.merge_frame(RECORDS, CLUSTERS, table((1, "name", "Anna"), (3, "phone", "9")))
    assert merged.golden.select("name", "name_from", "phone", "phone_from").rows() == [
        ("Anna", None, "1; 2", "1; 2"),
        ("Bo", 4, "9", None),
    ]
    assert merged.changes.filter(pl.col("field") != "age").drop("golden_id").rows()[:3] == [
        (1, "name", "Ann", "Anna", "fixed"),
        (2, "name", None, "Anna", "fixed"),
        (4, "name", " Bo", "Bo", "normalized"),
    ]
    assert merged.ignored.rows() == []


def test_it_has_the_type_of_its_field() -> None:
    fixed = table((1, "age", "44"), (3, "born", "1999-12-31"), (1, "name", "7"))
    merged = PHONES.merge_frame(RECORDS, CLUSTERS, fixed)
    assert merged.golden["age"].to_list() == [44, 7]
    assert merged.golden["born"].to_list() == [dt.date(1990, 1, 1), dt.date(1999, 12, 31)]
    assert golden(table((1, "age", "44")).with_columns(pl.col("value").cast(pl.Int64)), "age") == [44, 7]
    assert golden(table((1, "age", "44")).with_columns(pl.col("value").cast(pl.Float64)), "age") == [44, 7]
    assert golden(table((3, "born", "2024-02-29")).with_columns(pl.col("value").str.to_date()), "born")[1] == dt.date(
        2024, 2, 29
    )
    nothing = RECORDS.with_columns(fax=pl.lit(None))
    assert Merger().merge_frame(nothing, CLUSTERS, table((1, "fax", "5"))).golden["fax"].to_list() == ["5", None]


def test_what_does_not_fit_and_who_is_not_there_is_told_without_a_value() -> None:
    fixed = table((1, "age", "forty"), (99, "name", "x"), ("x", "name", "x"), (1, "age", "40"), (3, "age", "old"))
    merged = PHONES.merge_frame(RECORDS, CLUSTERS, fixed)
    assert merged.golden["age"].to_list() == [40, 7]
    assert merged.ignored.rows() == [
        ("1", "age", "does_not_fit"),
        ("99", "name", "unknown_golden_id"),
        ("x", "name", "unknown_golden_id"),
        ("3", "age", "does_not_fit"),
    ]


def test_the_latest_counts_then_the_last_row() -> None:
    rows = ((1, "name", "a"), (1, "name", "b"), (1, "name", "c"))
    assert golden(table(*rows), "name")[0] == "c"
    assert golden(table(*rows, at=["2024-02-01", "2024-03-01", "2024-01-01"]), "name")[0] == "b"
    assert golden(table(*rows, at=["2024-02-01", "2024-02-01", None]), "name")[0] == "b"
    assert golden(table(*rows, at=[dt.datetime(2025, 1, 1), dt.datetime(2024, 1, 1), None]), "name")[0] == "a"
    assert golden(table(*rows, at=[None, None, "some day"]), "name")[0] == "c"


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_nothing_can_be_fixed_too(blank: str | None) -> None:
    merged = PHONES.merge_frame(RECORDS, CLUSTERS, table((1, "phone", blank), (1, "age", blank)))
    assert merged.golden.row(0, named=True)["phone"] is None
    assert merged.golden["age"].to_list() == [None, 7]
    assert merged.changes.filter(pl.col("field") == "phone").rows()[0] == (1, 1, "phone", "1", None, "fixed")
    told = PHONES.values_frame(RECORDS, CLUSTERS, table((1, "phone", blank)), golden_ids=[1], fields=["phone"])
    assert told.select("value", "record_id", "n_records", "won", "reason").rows() == [
        (None, None, 0, True, "fixed"),
        ("1", 1, 1, False, "fixed"),
        ("2", 2, 1, False, "fixed"),
    ]


def test_what_was_fixed_of_a_customer_merged_away_is_kept() -> None:
    """2 was a customer of its own once: its golden id is its record id."""
    assert golden(table((2, "name", "Anna")), "name") == ["Anna", "Bo"]
    both = table((1, "name", "old"), (2, "name", "new"), at=["2024-01-01", "2024-02-01"])
    assert golden(both, "name") == ["new", "Bo"]
    named = CLUSTERS.with_columns(pl.Series("entity_id", ["A", "A", "3", "3"]))
    fixed = table(("A", "name", "x"), ("3", "name", "y"), ("1.0", "age", "50"))
    merged = PHONES.merge_frame(RECORDS, named, fixed)
    assert merged.golden.sort("golden_id")["name"].to_list() == ["y", "x"]
    assert merged.ignored["reason"].to_list() == ["unknown_golden_id"]


def test_a_field_of_a_group_can_be_fixed_alone() -> None:
    records = pl.DataFrame({"record_id": [1, 2], "city": ["a", "b"], "road": ["x", None]})
    clusters = pl.DataFrame({"record_id": [1, 2], "entity_id": [1, 1]})
    merged = Merger(groups=(("city", "road"),)).merge_frame(records, clusters, table((1, "road", "y")))
    assert merged.golden.drop("golden_id", "n_records").rows() == [("a", "y", 1, None)]


def test_refusals() -> None:
    with pytest.raises(SchemaError, match=r"fixed: unknown field 'nmae'.*Did you mean 'name'"):
        golden(table((1, "nmae", "x")), "name")
    with pytest.raises(SchemaError, match="fixed: unknown field 'record_id'"):
        golden(table((1, "record_id", "7")), "name")
    with pytest.raises(SchemaError) as error:
        golden(pl.DataFrame({"golden": [1], "feild": ["name"]}), "name")
    assert len(error.value.faults) == 3
    with pytest.raises(SchemaError, match="column 'value' must hold single values"):
        golden(table((1, "name", "x")).with_columns(value=pl.lit([1])), "name")
    with pytest.raises(SchemaError, match="1 rows name no field"):
        golden(table((1, "name", "x")).with_columns(field=pl.lit(None, dtype=pl.String)), "name")
    assert golden(pl.DataFrame(), "name") == ["Ann", "Bo"]


def test_every_kind_of_table() -> None:
    rows = [{"golden_id": 1, "field": "age", "value": 5, "by": "a steward", "at": "2024-05-01"}]
    for kind in (list, pd.DataFrame, pl.DataFrame):
        merged = PHONES.merge(RECORDS.to_dicts(), CLUSTERS, kind(rows))
        assert [g["age"] for g in merged.golden] == [5, 7]
        assert merged.ignored == []
    frame = PHONES.merge(RECORDS.to_pandas(), CLUSTERS, rows)
    assert isinstance(frame.ignored, pd.DataFrame)


cells = st.sampled_from([None, "", " ", "N/A", "a", "A", "b", "5", "; "])
rows_of_fixed = st.tuples(st.integers(0, 9), st.sampled_from(["name", "note", "age", "phone", "city", "road"]), cells)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(cells, cells, st.none() | st.integers(0, 9), cells, cells, st.integers(0, 2)), max_size=7),
    st.lists(rows_of_fixed, max_size=6),
)
def test_laws(
    drawn: list[tuple[str | None, str | None, int | None, str | None, str | None, int]],
    rows: list[tuple[int, str, str | None]],
) -> None:
    """Undo gives back every bit; a value names a member or is fixed; without fixed values all else is the same."""
    n = len(drawn)
    label = [d[-1] for d in drawn]
    data = {name: [d[i] for d in drawn] for i, name in enumerate(("name", "note", "age", "phone", "city"))}
    records = pl.DataFrame(
        {
            "record_id": range(n),
            **data,
            "road": data["name"],
            "norm_name": [None if v is None else str(v).lower() for v in data["name"]],
        },
        schema={"record_id": pl.Int64, **dict.fromkeys(("name", "note"), pl.String), "age": pl.Int64}
        | dict.fromkeys(("phone", "city", "road", "norm_name"), pl.String),
    )
    clusters = pl.DataFrame(
        {"record_id": range(n), "entity_id": [label.index(k) for k in label]},
        schema={"record_id": pl.Int64, "entity_id": pl.Int64},
    )
    fixed = pl.DataFrame(rows, {"golden_id": pl.Int64, "field": pl.String, "value": pl.String}, orient="row")
    merger = Merger((SurvivorshipRule("phone", strategy="union", limit=2),), groups=(("city", "road"),))
    merged, plain = merger.merge_frame(records, clusters, fixed), merger.merge_frame(records, clusters)
    assert undo_frame(apply_frame(records, merged.changes), merged.changes).equals(records, null_equal=True)

    entity = dict(clusters.rows())
    wanted: dict[tuple[int, str], str | None] = {}
    for golden_id, field, value in rows:
        if golden_id in entity and (field != "age" or not (value or "").strip() or value == "5"):
            wanted[entity[golden_id], field] = value if (value or "").strip() else None
    assert merged.ignored.height == sum(
        g not in entity or (f == "age" and bool((v or "").strip()) and v != "5") for g, f, v in rows
    )
    for row, before in zip(merged.golden.to_dicts(), plain.golden.to_dicts(), strict=True):
        for field in ("name", "note", "age", "phone", "city", "road"):
            key = (row["golden_id"], field)
            if key in wanted:
                assert row[f"{field}_from"] is None
                assert row[field] == (int(wanted[key]) if field == "age" and wanted[key] else wanted[key])  # type: ignore[arg-type]
            else:
                assert (row[field], row[f"{field}_from"]) == (before[field], before[f"{field}_from"])
    ruled = merged.changes.filter(pl.col("rule") == "fixed").select("golden_id", "field").unique()
    assert set(ruled.rows()) <= set(wanted)
    again = merger.merge_frame(records.reverse(), clusters.reverse(), fixed)
    assert again.golden.equals(merged.golden, null_equal=True)
    assert again.changes.equals(merged.changes, null_equal=True)
