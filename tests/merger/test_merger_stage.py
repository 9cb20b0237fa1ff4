"""The stage as a declaration, and on the frames of its callers."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmquality.declarations import Declaration
from crmquality.merger import Contradiction, MaxSize, Merger, OneToOne, SurvivorshipRule

MERGER = Merger(
    (SurvivorshipRule("name", ("valid", "longest")), SurvivorshipRule("phone", strategy="union", limit=2)),
    (Contradiction("norm_id"), MaxSize(50), OneToOne("source")),
    ("crm", "erp"),
    (("city", "road"),),
    source="source",
    updated_at="updated_at",
    trust=(("crm", 2.0), ("erp", 1)),
    half_life_days=365.25,
)
RECORDS = [
    {"record_id": 2, "source": "crm", "name": "Ann"},
    {"record_id": 1, "source": "erp", "name": "Ann Lee"},
    {"record_id": 3, "source": "crm", "name": "Bo"},
]
LINKS = [
    {"record_id_l": 1, "record_id_r": 2, "match_weight": 9.0, "match_probability": 0.99, "decision": "link"},
    {"record_id_l": 2, "record_id_r": 3, "match_weight": 7.0, "match_probability": 0.98, "decision": "link"},
]
DECISIONS = [{"record_id_l": 3, "record_id_r": 2, "decision": "non-link"}]


def test_a_merger_is_data() -> None:
    assert MERGER.faults() == []
    assert Declaration.from_dict(MERGER.to_dict()) == MERGER
    assert Merger().to_dict() == {"type": "Merger"}


def test_with_rules_replaces_and_adds() -> None:
    name, email = SurvivorshipRule("name", ("longest",)), SurvivorshipRule("email")
    other = MERGER.with_rules(name, email)
    assert other.rules == (name, MERGER.rules[1], email)
    assert MERGER.rules[0].order == ("valid", "longest")


@pytest.mark.parametrize(
    ("merger", "fault"),
    [
        (Merger((SurvivorshipRule("a"), SurvivorshipRule("a"))), "field 'a' has two survivorship rules"),
        (Merger(groups=(("a", "b"), ("b", "c"))), "field 'b' is in two groups"),
        (Merger(groups=(("a",),)), "a group needs at least two fields, got 1"),
        (Merger((SurvivorshipRule("a", strategy="union"),), groups=(("a", "b"),)), "no union"),
        (Merger((SurvivorshipRule("record_id"),)), "column 'record_id' identifies the record"),
        (Merger(source="s", groups=(("s", "a"),)), "column 's' identifies the record"),
        (Merger(source="record_id"), "cannot be two of"),
        (Merger(source="s", source_priority=("x", "x")), "'x' is repeated in source_priority"),
        (Merger(source_priority=("x",)), "needs the name of the source's column"),
        (Merger(trust=(("x", 1.0),)), "trust needs the name of the source's column"),
        (Merger((SurvivorshipRule("a", trust=(("x", 1.0),)),)), "trust needs the name of the source's column"),
        (Merger(source="s", trust=(("x", 1.0),), half_life_days=9), "needs the name of the column of times"),
        (Merger(source="s", updated_at="t", half_life_days=9), "half_life_days needs the weights of sources"),
        (
            Merger((SurvivorshipRule("a", half_life_days=9),), updated_at="t"),
            "survivorship of 'a': half_life_days needs the weights",
        ),
        (Merger(source="s", trust=(("x", -1.0), ("y", 1.0))), "the trust in source 'x'"),
        (Merger(guards=(MaxSize(3), MaxSize(3))), "guard max_size:3 is repeated"),
        (Merger(guards=(MaxSize(0),)), "max_size: n is 0"),
        (Merger((SurvivorshipRule("a", limit=1),)), "limit is 1"),
    ],
)
def test_faults(merger: Merger, fault: str) -> None:
    assert len(merger.faults()) == 1
    assert fault in merger.faults()[0]


def test_all_faults_at_once() -> None:
    merger = Merger((SurvivorshipRule("a", limit=0),), (MaxSize(1),), ("x", "x"), (("a",),))
    assert len(merger.faults()) == 5


@pytest.mark.parametrize("kind", [list, pl.DataFrame, pd.DataFrame, pa.Table.from_pylist])
def test_the_same_kind_comes_back(kind: type) -> None:
    records, links, decisions = kind(RECORDS), kind(LINKS), kind(DECISIONS)
    merger = Merger(source="source")
    clustered = merger.cluster(records, links, decisions)
    merged = merger.merge(records, clustered.clusters)
    values = merger.values(records, clustered.clusters)
    tables = (clustered.clusters, clustered.refused, merged.golden, merged.xref, merged.changes, merged.ignored, values)
    assert all(type(t) is type(records) for t in tables)
    assert pl.DataFrame(clustered.clusters).rows() == [(1, 1), (2, 1), (3, 3)]
    assert pl.DataFrame(clustered.refused)["guard"].to_list() == ["decisions"]
    assert pl.DataFrame(merged.golden)["name"].to_list() == ["Ann Lee", "Bo"]


def test_no_links_as_an_empty_list() -> None:
    clustered = Merger().cluster(RECORDS, [])
    assert [c["entity_id"] for c in clustered.clusters] == [1, 2, 3]
    assert clustered.refused == []


def test_another_name_of_the_record_id() -> None:
    records = pl.DataFrame(RECORDS).rename({"record_id": "id"})
    merger = Merger(record_id="id")
    merged = merger.merge(records, merger.cluster(records, pl.DataFrame(LINKS)).clusters)
    assert merged.xref.columns == ["source", "record_id", "golden_id", "event"]
    assert merged.xref["golden_id"].to_list() == [1, 1, 1]
