"""Golden records by example: which columns are fields, what is shown, what is refused."""

from __future__ import annotations

import polars as pl
import pytest

from crmquality.errors import SchemaError
from crmquality.merger import Merger, SurvivorshipRule
from crmquality.merger.golden import field_names


def merged(records: pl.DataFrame, entity: list[int], merger: Merger | None = None) -> pl.DataFrame:
    clusters = pl.DataFrame({"record_id": records["record_id"], "entity_id": entity})
    return (merger or Merger()).merge_frame(records, clusters).golden


def test_the_shape() -> None:
    records = pl.DataFrame({"source": ["a", "b"], "record_id": [1, 2], "name": ["x", None], "age": [None, 3]})
    golden = merged(records, [1, 1], Merger(source="source"))
    assert golden.columns == ["golden_id", "name", "age", "name_from", "age_from", "n_records"]
    assert golden.rows() == [(1, "x", 3, 1, 2, 2)]
    assert golden.schema["age"] == pl.Int64


def test_the_normalizers_columns_are_no_fields() -> None:
    columns = ["record_id", "name", "norm_name", "norm_name_family", "issues_name", "norm_score", "list"]
    records = pl.DataFrame({c: ["x"] for c in columns}).with_columns(pl.lit([1]).alias("list"))
    assert field_names(records, ["record_id"]) == ["name", "norm_score"]


def test_what_is_shown_of_a_cell() -> None:
    records = pl.DataFrame(
        {
            "record_id": [1, 2, 3, 4, 5],
            "phone": [" 1", "oops", "N/A", " ", None],
            "norm_phone": ["+1", None, None, None, None],
            "issues_phone": [None, "invalid_phone", "placeholder", None, None],
            "other": ["-", "n/a", " ", "", None],
        }
    )
    golden = merged(records, [1, 2, 3, 4, 5])
    assert golden["phone"].to_list() == ["+1", "oops", None, None, None]
    assert golden["other"].to_list() == ["-", "n/a", None, None, None]  # what nobody normalized, nobody judged


def test_numbers_that_were_normalized_are_shown_as_text() -> None:
    records = pl.DataFrame({"record_id": [1, 2], "phone": [13800138000.0, 5.0], "norm_phone": ["+8613800138000", None]})
    assert merged(records, [1, 2])["phone"].to_list() == ["+8613800138000", "5"]


def test_a_group_comes_from_one_record_with_its_gaps() -> None:
    records = pl.DataFrame(
        {
            "record_id": [1, 2, 3],
            "city": ["北京市", "上海市", None],
            "road": [None, "南京东路", None],
            "postcode": ["100000", None, "200001"],
        }
    )
    merger = Merger(groups=(("city", "road", "postcode"),))
    row = merged(records, [1, 1, 1], merger).row(0, named=True)
    assert (row["city"], row["road"], row["postcode"]) == ("北京市", None, "100000")
    assert (row["city_from"], row["road_from"], row["postcode_from"]) == (1, None, 1)
    row = merged(records, [1, 1, 1], merger.with_rules(SurvivorshipRule("city", ("longest",)))).row(0, named=True)
    assert (row["city"], row["road"], row["postcode"]) == ("北京市", None, "100000")  # 9 characters against 7
    assert merged(records, [1, 1, 1]).row(0, named=True)["road"] == "南京东路"


def test_the_time_stamp_is_that_of_the_most_recent_member() -> None:
    records = pl.DataFrame({"record_id": [1, 2], "note": ["long", "x"], "t": ["2020-01-01", "2024-01-01"]})
    golden = merged(records, [1, 1], Merger(updated_at="t"))
    assert golden.select("note", "t", "t_from").rows() == [("x", "2024-01-01", 2)]


def test_the_order_of_rows_and_clusters_does_not_matter() -> None:
    records = pl.DataFrame({"record_id": ["b", "a", "c"], "name": ["B", "A", "C"]})
    clusters = pl.DataFrame({"record_id": ["c", "zz", "a", "b"], "entity_id": ["a", "zz", "a", "b"]})
    golden = Merger().merge_frame(records, clusters).golden
    assert golden.rows() == [("a", "A", "a", 2), ("b", "B", "b", 1)]


def test_no_records_and_no_fields() -> None:
    empty = pl.DataFrame(schema={"record_id": pl.Int64, "name": pl.String})
    assert merged(empty, []).height == 0
    assert Merger().merge_frame(empty, pl.DataFrame()).xref.height == 0
    bare = Merger().merge_frame(pl.DataFrame({"record_id": [1]}), pl.DataFrame({"record_id": [1], "entity_id": [1]}))
    assert bare.golden.rows() == [(1, 1)]
    assert bare.changes.height == 0


def test_refusals() -> None:
    records = pl.DataFrame({"record_id": [1, 2], "name": ["a", "b"], "list": [[1], [2]]})
    with pytest.raises(SchemaError, match="1 records have no cluster"):
        Merger().merge_frame(records, pl.DataFrame({"record_id": [1], "entity_id": [1]}))
    with pytest.raises(SchemaError, match="1 records are in two clusters"):
        Merger().merge_frame(records, pl.DataFrame({"record_id": [1, 2, 2], "entity_id": [1, 1, 2]}))
    with pytest.raises(SchemaError, match="clusters: unknown column 'entity_id'"):
        Merger().merge_frame(records, pl.DataFrame({"record_id": [1, 2]}))
    with pytest.raises(SchemaError, match="column 'list' cannot survive"):
        merged(records, [1, 2], Merger((SurvivorshipRule("list"),)))
    with pytest.raises(SchemaError, match="rename that column"):
        merged(records.rename({"list": "name_from"}).with_columns(name_from=pl.lit("x")), [1, 2])
    with pytest.raises(SchemaError) as error:
        merged(records, [1, 2], Merger((SurvivorshipRule("nmae"),), source="sorce", groups=(("name", "x"),)))
    assert len(error.value.faults) == 3
