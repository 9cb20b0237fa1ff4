"""Law 10, as far as one run goes: every record has exactly one row, and its golden id is there."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.merger import Merger
from crmquality.tables import XREF


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=12))
def test_law_10_every_record_has_one_row(labels: list[int]) -> None:
    ids = list(range(len(labels)))
    first = {k: labels.index(k) for k in labels}
    clusters = pl.DataFrame(
        {"record_id": ids, "entity_id": [first[k] for k in labels]},
        schema_overrides={"record_id": pl.Int64, "entity_id": pl.Int64},
    )
    records = clusters.select("record_id", source=pl.lit("crm"), name=pl.lit("x"))
    merged = Merger(source="source").merge_frame(records.reverse(), clusters)
    assert merged.xref.columns == list(XREF)
    assert merged.xref["record_id"].to_list() == ids
    assert set(merged.xref["golden_id"]) == set(merged.golden["golden_id"])
    assert merged.golden["golden_id"].is_unique().all()
    created = merged.xref.filter(pl.col("event") == "created")
    assert created["record_id"].to_list() == sorted(first.values())
    assert set(merged.xref["event"]) <= {"created", "joined"}
    assert merged.golden["n_records"].sum() == len(ids)


def test_a_golden_id_that_is_no_members_own() -> None:
    records = pl.DataFrame({"record_id": ["a", "b", "c"]})
    clusters = pl.DataFrame({"record_id": ["a", "b", "c"], "entity_id": ["z", "z", "y"]})
    xref = Merger().merge_frame(records, clusters).xref
    assert xref.drop("source").rows() == [("a", "z", "joined"), ("b", "z", "joined"), ("c", "y", "created")]
    assert xref["source"].to_list() == [None, None, None]


def test_golden_ids_of_another_type() -> None:
    records = pl.DataFrame({"record_id": [1, 2, 3]})
    clusters = pl.DataFrame({"record_id": [1, 2, 3], "entity_id": ["2", "2", "g"]})
    xref = Merger().merge_frame(records, clusters).xref
    assert xref.drop("source").rows() == [(1, "2", "joined"), (2, "2", "created"), (3, "g", "created")]
