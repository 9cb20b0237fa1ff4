"""The pipeline and each stage alone, on every kind of table: the same kind out, the same answers for all kinds."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

import crmquality as cq
from crmquality.results import TABLES

ROWS = [
    {
        "编号": 7,
        "来源": "门店",
        "姓名": "欧阳娜娜",
        "手机": "138 1234 5678",
        "邮箱": "nana@qq.com",
        "公司": "北京小米科技有限责任公司",
        "更新时间": dt.datetime(2024, 5, 1, 10, 0),
        "首次到店": dt.datetime(2020, 1, 2, 3, 4, 5),
        "等级": "金",
        "积分": 12.5,
        "标签": ["老客户", "VIP"],
    },
    {
        "编号": 12,
        "来源": "网店",
        "姓名": "歐陽娜娜 女士",
        "手机": "0086-13812345678",
        "邮箱": "NaNa@QQ.com",
        "公司": None,
        "更新时间": dt.datetime(2024, 6, 1, 10, 0),
        "首次到店": None,
        "等级": None,
        "积分": None,
        "标签": [],
    },
    {
        "编号": 3,
        "来源": "网店",
        "姓名": "张伟",
        "手机": None,
        "邮箱": "无",
        "公司": "上海某某贸易有限公司",
        "更新时间": None,
        "首次到店": dt.datetime(2021, 1, 1),
        "等级": "银",
        "积分": 0.0,
        "标签": ["新"],
    },
    {
        "编号": 100,
        "来源": "门店",
        "姓名": "王芳",
        "手机": "13900001111",
        "邮箱": None,
        "公司": None,
        "更新时间": dt.datetime(2023, 1, 1),
        "首次到店": dt.datetime(2022, 1, 1),
        "等级": "金",
        "积分": 3.0,
        "标签": ["新"],
    },
]
EXTRA = ("首次到店", "等级", "积分", "标签")
SCHEMA = cq.Schema(
    cq.PersonName("姓名"),
    cq.Phone("手机", region="CN"),
    cq.Email("邮箱"),
    cq.OrganizationName("公司"),
    record_id="编号",
    source="来源",
    updated_at="更新时间",
)
PIPELINE = cq.Pipeline.from_schema(SCHEMA)
DECISIONS = [
    {"record_id_l": 7, "record_id_r": 12, "decision": "non-link"},
    {"record_id_l": 100, "record_id_r": 3, "decision": "link"},
]
LABELS = [{"record_id": 7, "field": "姓名", "correct": True}, {"record_id": 12, "field": "手机", "correct": False}]


def with_ids(rows: list[dict[str, Any]], id_type: type) -> list[dict[str, Any]]:
    return [{k: id_type(v) if k in {"编号", "record_id_l", "record_id_r"} else v for k, v in r.items()} for r in rows]


@cache
def expected(id_type: type) -> cq.Result[pl.DataFrame]:
    """What the engine itself says: polars in, nothing converted."""
    return PIPELINE.run(pl.DataFrame(with_ids(ROWS, id_type)))


@cache
def run(constructor: Callable[[list[dict[str, Any]]], Any]) -> cq.Result[Any]:
    """One run for all that is asked of a kind of table; nobody changes it."""
    return PIPELINE.run(constructor(ROWS))


def in_order(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Changes are by field in the order of the columns, which for dicts without missing cells is that of the rows."""
    return rows | {"changes": sorted(rows["changes"], key=lambda c: (c["field"], c["golden_id"], c["record_id"]))}


def test_a_run_gives_the_same_tables_for_every_kind(constructor, rows_of, kind_of):
    kind = kind_of(constructor(ROWS))
    result, wanted = run(constructor), expected(int)
    for name in TABLES:
        out = getattr(result, name)
        assert kind_of(out) == kind, name
        assert rows_of(out) == getattr(wanted, name).to_dicts(), name
    assert (result.model, result.report, result.blocking) == (wanted.model, wanted.report, wanted.blocking)
    assert result.explain(7, 12) == wanted.explain(7, 12)
    assert len(rows_of(result.xref)) == len(ROWS)


def test_ids_may_be_text_and_the_order_of_the_rows_changes_nothing(constructor, rows_of, kind_of):
    table = constructor(with_ids(ROWS[::-1], str))
    kind = kind_of(table)
    result, wanted = PIPELINE.run(table), expected(str)
    for name in TABLES:
        assert kind_of(getattr(result, name)) == kind, name
    assert in_order({name: rows_of(getattr(result, name)) for name in TABLES}) == in_order(
        {name: getattr(wanted, name).to_dicts() for name in TABLES}
    )
    assert (result.model, result.report) == (wanted.model, wanted.report)
    assert result.explain("7", "12") == wanted.explain("7", "12")


def test_columns_that_the_schema_does_not_name_are_kept(constructor, rows_of):
    result = run(constructor)
    normalized, golden = rows_of(result.normalized), rows_of(result.golden)
    by_id = {r["编号"]: r for r in ROWS}
    for row in normalized:
        assert {c: row[c] for c in EXTRA} == {c: by_id[row["编号"]][c] for c in EXTRA}
    best = {r["golden_id"]: r for r in golden}
    assert best[7]["首次到店"] == dt.datetime(2020, 1, 2, 3, 4, 5)
    assert (best[7]["等级"], best[7]["积分"], best[7]["积分_from"]) == ("金", 12.5, 7)
    assert list(rows_of(result.normalized)[0])[: len(ROWS[0])] == list(ROWS[0])


def stages(records: Any) -> dict[str, Any]:
    """What each stage gives, one after the other."""
    out: dict[str, Any] = {"normalized": PIPELINE.normalizer.normalize(records)}
    out["findings"] = PIPELINE.validator.validate(out["normalized"])
    out["pairs"] = PIPELINE.blocker.block(out["normalized"])
    out["vectors"] = PIPELINE.comparator.compare(out["normalized"], out["pairs"])
    out["links"] = PIPELINE.comparator.link(out["normalized"], out["pairs"])
    clustered = PIPELINE.merger.cluster(out["normalized"], out["links"])
    out["clusters"], out["refused"] = clustered.clusters, clustered.refused
    merged = PIPELINE.merger.merge(out["normalized"], out["clusters"])
    return out | {"golden": merged.golden, "xref": merged.xref, "changes": merged.changes}


@cache
def expected_of_stages() -> dict[str, pl.DataFrame]:
    """What the stages say of polars."""
    return stages(pl.DataFrame(with_ids(ROWS, str)))


def test_each_stage_alone_gives_the_same_tables_for_every_kind(constructor, rows_of, kind_of):
    table = constructor(with_ids(ROWS, str))  # of text, which has more forms than numbers have
    kind = kind_of(table)
    made, wanted = stages(table), expected_of_stages()
    for name, out in made.items():
        assert kind_of(out) == kind, name
        assert rows_of(out) == wanted[name].to_dicts(), name
    assert {r["编号"] for r in rows_of(made["normalized"])} == {str(r["编号"]) for r in ROWS}
    ids = [(r["record_id_l"], r["record_id_r"]) for r in rows_of(made["pairs"])]
    assert ids
    assert all(left < right for left, right in ids)


@cache
def decided() -> cq.Result[list[dict[str, Any]]]:
    """A run on rows, with decisions and labels that are rows too."""
    return PIPELINE.run(ROWS, decisions=DECISIONS, checked_cells=LABELS)


def test_people_decide():
    assert {r["record_id"]: r["golden_id"] for r in decided().xref} == {3: 3, 7: 7, 12: 12, 100: 3}


def test_decisions_and_labels_may_be_of_another_kind_than_the_records(constructor):
    result = PIPELINE.run(ROWS, decisions=constructor(DECISIONS), checked_cells=constructor(LABELS))
    assert result.xref == decided().xref
    assert result.report == decided().report


@pytest.mark.parametrize("kind", ["polars-lazy", "pandas", "pyarrow-dictionary", "duckdb", "dicts-generator"])
def test_records_may_be_of_another_kind_than_the_decisions(constructors, rows_of, kind):
    if kind not in constructors:
        pytest.skip(f"needs the library of {kind}")
    result = PIPELINE.run(constructors[kind](ROWS), decisions=DECISIONS, checked_cells=pl.DataFrame(LABELS))
    assert rows_of(result.xref) == decided().xref


def test_a_table_without_rows_gives_tables_without_rows(constructors, rows_of, kind_of):
    for name, make in constructors.items():
        if name.startswith("dicts"):
            continue  # without a row there is no column either: see tests/test_users.py
        full = make(ROWS)
        table = full.limit(0) if name.startswith("duckdb") else full[:0] if name.startswith("pyarrow") else full.head(0)
        kind = kind_of(table)
        result = PIPELINE.run(table)
        for each in TABLES:
            out = getattr(result, each)
            assert kind_of(out) == kind, (name, each)
            assert rows_of(out) == [], (name, each)


def test_a_result_survives_pickling(constructors, rows_of, kind_of):
    for name, make in constructors.items():
        if name.startswith("duckdb"):
            continue  # a relation lives in its connection
        result = run(make)
        again = pickle.loads(pickle.dumps(result))
        assert kind_of(again.golden) == kind_of(result.golden), name
        for each in TABLES:
            assert rows_of(getattr(again, each)) == rows_of(getattr(result, each)), (name, each)
        assert again.explain(7, 12) == result.explain(7, 12)


AGAIN = cq.Pipeline.from_schema(
    cq.Schema(cq.PersonName("姓名"), cq.Phone("手机", region="CN"), cq.Email("邮箱"), record_id="golden_id")
)


def test_golden_records_do_not_go_as_they_are_into_the_next_run(constructor):
    with pytest.raises(cq.SchemaError, match="'n_records'"):
        AGAIN.run(run(constructor).golden)


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "duckdb", "dicts"])
def test_golden_records_go_on_into_the_next_run(constructors, rows_of, kind):
    if kind not in constructors:
        pytest.skip(f"needs the library of {kind}")
    golden = rows_of(run(constructors[kind]).golden)
    kept = [{k: v for k, v in r.items() if k != "n_records" and not k.endswith("_from")} for r in golden]
    ids = [r["record_id"] for r in AGAIN.run(kept).xref]
    assert all(a < b for a, b in pairwise(ids))
