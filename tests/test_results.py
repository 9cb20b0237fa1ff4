"""Results: tables of the caller's kind, explanations, and what is shown of them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.results import TABLES

SCHEMA = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), cq.Email("email"))
PIPELINE = cq.Pipeline.from_schema(SCHEMA)
PEOPLE = [("王芳", "13812345678", "fang@qq.com"), ("李娜", "13987654321", None), ("John Smith", None, "js@x.org")]


def rows_of(ids):
    """As many records as ids: every person again and again."""
    keys = ("name", "mobile", "email")
    return [{"record_id": i, **dict(zip(keys, PEOPLE[n % 3], strict=True))} for n, i in enumerate(ids)]


@pytest.fixture(scope="module")
def result():
    return PIPELINE.run(rows_of(range(12)))


@pytest.mark.parametrize("kind", [pl.DataFrame, pd.DataFrame, pl.LazyFrame, list])
def test_every_table_is_of_the_kind_that_went_in(kind):
    rows = rows_of(range(4))
    result = PIPELINE.run(rows if kind is list else kind(rows))
    for name in TABLES:
        assert isinstance(getattr(result, name), kind), name


def test_a_table_that_is_changed_by_its_owner_leaves_the_result_alone():
    result = PIPELINE.run(pd.DataFrame(rows_of(range(4))))
    result.golden["name"] = "somebody"
    result.xref.drop(result.xref.index, inplace=True)
    assert set(result.golden["name"]) == {"王芳", "李娜", "John Smith"}
    assert len(result.xref) == 4


def test_what_is_shown_adds_up(result):
    text = repr(result)
    shown = {line.rsplit(maxsplit=1)[0].strip(): line.rsplit(maxsplit=1)[1] for line in text.splitlines()[:3]}
    assert shown == {"records in": "12", "golden records out": "3", "records merged away": "9"}
    assert text.splitlines()[0].split()[-1] in result._repr_html_()
    assert f"{len(result.review)}" in text


def test_examples_of_duplicates_go_from_the_least_to_the_most_sure(result):
    for n in (0, 1, 2, 5, 100):
        found = result.duplicates(n)
        assert len(found) == min(n, sum(link["decision"] == "link" for link in result.links))
        weights = [e.match_weight for *_, e in found]
        assert weights == pytest.approx(sorted(weights))
        assert all(e.decision == "link" for *_, e in found)
    assert PIPELINE.run(rows_of(range(3))).duplicates() == []


def test_where_golden_values_come_from():
    frame = pd.DataFrame(rows_of(range(6)), index=[f"row {i}" for i in range(6)])
    frame.loc["row 3", "email"] = "other@qq.com"
    frame["created"] = range(6)
    result = PIPELINE.run(frame)
    told = result.values(0)
    assert isinstance(told, pd.DataFrame)
    assert set(told["field"]) == {"name", "mobile", "email", "created"}
    emails = told[told["field"] == "email"]
    assert emails["value"].tolist() == ["other@qq.com", "fang@qq.com"]
    assert emails["reason"].tolist() == ["longest"] * 2
    golden = result.golden.set_index("golden_id")
    every = result.values()
    assert set(every["golden_id"]) == set(golden.index)
    for row in every[every["won"]].to_dict("records"):
        assert str(golden.loc[row["golden_id"], row["field"]]) == row["value"]
        assert golden.loc[row["golden_id"], f"{row['field']}_from"] == row["record_id"]
    conflicts = result.conflicts
    assert conflicts[["golden_id", "field"]].drop_duplicates().values.tolist() == [[0, "email"]]
    for stranger in (3, 99, "0.0", "x", 0.5, object(), [0]):
        with pytest.raises(cq.SchemaError, match="no golden record"):
            result.values(stranger)


IDS = [
    range(6),
    [f"r{i}" for i in range(6)],
    [0.5 + i for i in range(6)],
    pl.Series([*"fedcba"], dtype=pl.Enum([*"bdface"])),
    pl.Series([*"fedcba"], dtype=pl.Categorical),
    pl.Series([bytes([255 - i]) for i in range(6)]),
    pl.Series(range(6), dtype=pl.UInt8),
    pl.Series(range(6), dtype=pl.Date),
]


@pytest.mark.parametrize("ids", IDS, ids=lambda x: str(getattr(x, "dtype", type(next(iter(x))).__name__)))
def test_ids_of_any_type_are_found_and_strangers_refused(ids):
    ids = pl.Series("record_id", ids)
    frame = pl.DataFrame(rows_of(range(6))).with_columns(ids)
    result = PIPELINE.run(frame)
    assert result.n_golden == 3
    pairs = result.links.filter(pl.col("decision") == "link")
    assert pairs.height == 3
    for left, right, weight in pairs.select("record_id_l", "record_id_r", "match_weight").iter_rows():
        assert result.explain(left, right).match_weight == pytest.approx(weight)
        assert result.explain(right, left) == result.explain(left, right)
    first = pairs["record_id_l"][0]
    for stranger in ("nobody", None, -1, 10**30, 2.25, object(), [1], np.datetime64("2020")):
        with pytest.raises(cq.SchemaError, match="not in the table"):
            result.explain(first, stranger)


@settings(max_examples=6, deadline=None)  # that parts add up: tests/comparator/test_stage.py
@given(st.permutations(range(9)), st.booleans())
def test_explanations_add_up_to_the_links_in_any_order(order, learned):
    rows = [rows_of(range(9))[i] for i in order]
    result = (PIPELINE if learned else PIPELINE.with_default_model()).run(rows)
    assert [(x["record_id"], x["golden_id"]) for x in result.xref] == [(i, i % 3) for i in range(9)]
    for link in result.links:
        explanation = result.explain(link["record_id_l"], link["record_id_r"])
        assert sum(p.bits + p.tf_bits for p in explanation.parts) == pytest.approx(link["match_weight"])
        assert explanation.match_probability == pytest.approx(link["match_probability"])
        assert explanation.decision == link["decision"]


def test_a_merge_that_hangs_on_one_weak_link_is_named():
    people = [("王芳", "13812345678"), ("李娜", "13987654321"), ("陈明", "13612345678"), ("赵雷", "13712345678")]
    rows = [
        {
            "record_id": i,
            "name": people[i % 4][0],
            "mobile": people[i % 4][1],
            "email": None if i % 3 else f"{i % 4}@x.org",
        }
        for i in range(24)
    ]
    rows.append({"record_id": 99, "name": "王芬", "mobile": "13812345679", "email": None})  # close to 王芳, no more
    result = PIPELINE.run(rows)
    linked = {frozenset((x["record_id_l"], x["record_id_r"])) for x in result.links if x["decision"] == "link"}
    entity = {x["record_id"]: x["entity_id"] for x in result.clusters}
    for bridge in result.bridges:
        ends = bridge["record_id_l"], bridge["record_id_r"]
        assert frozenset(ends) in linked
        assert entity[ends[0]] == entity[ends[1]]
        assert bridge["n_records_l"] + bridge["n_records_r"] == sum(e == entity[ends[0]] for e in entity.values())
    assert [b["mean_weight"] for b in result.bridges] == sorted(b["mean_weight"] for b in result.bridges)
    assert f"merges that hang on one weak link  {len(result.bridges)}" in repr(result)


def test_decisions_that_exclude_each_other_are_seen():
    rows = rows_of(range(6))
    said = [(0, 1, "link", "2025-03-01"), (1, 2, "link", "2025-03-01"), (2, 0, "non-link", "2025-03-02")]
    said = [dict(zip(("record_id_l", "record_id_r", "decision", "at"), x, strict=True)) for x in said]
    result = PIPELINE.run(rows, decisions=[*said, said[0] | {"record_id_r": 99}])
    assert [(x["record_id_l"], x["decision"], x["record_id_r"]) for x in result.contradictions] == [
        (0, "link", 1),
        (1, "link", 2),
        (0, "non-link", 2),
    ]
    shown = {line.rsplit(maxsplit=1)[0].strip(): line.rsplit(maxsplit=1)[-1] for line in repr(result).splitlines()}
    assert shown["decisions contradicted by others"] == "1"
    assert shown["decisions about unknown records"] == "1"
    back = {"record_id_l": 1, "record_id_r": 0, "decision": "review", "at": "2025-03-03"}
    result = PIPELINE.run(rows, decisions=[back, *said])
    assert result.contradictions == []
    assert "decisions" not in repr(result)
    ids = pl.DataFrame(rows).with_columns(pl.col("record_id").cast(pl.String).cast(pl.Categorical))
    assert PIPELINE.run(ids).contradictions.schema["record_id_l"] == pl.String
