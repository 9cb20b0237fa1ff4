"""What the first users stumbled over: an analyst in a notebook, a form's developer, the engineer of a nightly job."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import narwhals as nw
import polars as pl
import pytest

import crmquality as cq
from crmquality.results import TABLES

SCHEMA = cq.Schema(
    cq.PersonName("姓名", required=True),
    cq.Phone("手机", region="CN"),
    cq.Email("邮箱"),
    source="来源",
    updated_at="更新时间",
    record_id="编号",
)
PIPELINE = cq.Pipeline.from_schema(SCHEMA)
ROWS = [
    {
        "编号": i,
        "来源": "crm",
        "姓名": name,
        "手机": phone,
        "邮箱": email,
        "更新时间": "2024-05-01",
    }
    for i, (name, phone, email) in enumerate(
        [
            ("欧阳娜娜", "13812345678", "nana@qq.com"),
            ("张伟", "13900001111", None),
            ("歐陽娜娜 女士", "0086-138 1234 5678", "NANA@qq.com"),
            ("王芳", None, "wf@example.org"),
        ]
    )
]


def tables(result):
    """Every table as rows, whatever the columns' types."""
    return {name: pl.DataFrame(getattr(result, name)).to_dicts() for name in TABLES}


class Rude:
    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None


def test_ids_of_a_category_give_the_answers_of_their_text():
    text = pl.DataFrame([r | {"编号": "zyxw"[r["编号"]]} for r in ROWS])
    wanted = tables(PIPELINE.run(text))
    assert len({r["golden_id"] for r in wanted["xref"]}) == 3
    for dtype in (pl.Enum(["w", "z", "x", "y"]), pl.Enum(["x", "y", "z", "w"]), pl.Categorical):
        frame = text.with_columns(pl.col("编号").cast(dtype))
        assert tables(PIPELINE.run(frame)) == wanted
        assert tables(PIPELINE.run(frame.reverse())) == wanted


def test_a_column_that_the_golden_table_has_itself_is_refused_before_anything_is_done():
    said = []
    with pytest.raises(cq.SchemaError, match=r"'n_records'.*rename"):
        PIPELINE.run([r | {"n_records": 1} for r in ROWS], on_event=said.append)
    assert not said


@pytest.mark.parametrize("stranger", [99, None, "x", 1.5, [1], object(), Rude(), float("nan"), b"1"])
def test_explain_of_an_id_that_is_not_there_says_which_and_what_it_wants(stranger):
    result = PIPELINE.run(ROWS)
    for ids, side in (((stranger, 0), "record_id_l"), ((0, stranger), "record_id_r")):
        with pytest.raises(cq.SchemaError, match=rf"{side} is not in the table.*'编号'"):
            result.explain(*ids)
    named = PIPELINE.run([r | {"编号": f"r{r['编号']}"} for r in ROWS])
    with pytest.raises(cq.SchemaError, match=r"record_id_l"):
        named.explain(stranger, "r0")


def test_an_explanation_in_chinese_is_in_chinese():
    text = PIPELINE.run(ROWS).explain(0, 2).text("zh")
    assert not any(word in text for word in ("prior", "related"))


def test_a_pipeline_prints_as_what_it_is_about():
    for shown in (repr(PIPELINE), repr(PIPELINE.with_default_model())):
        assert "姓名, 手机, 邮箱" in shown
        assert len(shown) < 300


def test_an_empty_batch_of_rows_is_an_empty_result():
    for empty in ([], iter([]), pl.DataFrame()):
        result = PIPELINE.with_default_model().run(empty, decisions=[], checked_cells=[])
        assert all(not rows for rows in tables(result).values())
        assert (result.n_records, result.n_golden) == (0, 0)


def test_a_table_without_ids_is_told_what_to_do():
    with pytest.raises(cq.SchemaError, match=r"unknown column '编号'.*needs an id"):
        PIPELINE.run([{k: v for k, v in r.items() if k != "编号"} for r in ROWS])


def test_a_schema_that_finds_no_duplicates_says_so():
    plain = cq.Schema(cq.Category("性别"), cq.Number("年龄"))
    apart = cq.Schema(replace(cq.PersonName("姓名"), match=False), replace(cq.Email("邮箱"), match=False))
    for schema in (plain, apart):
        with pytest.raises(cq.SchemaError, match=r"find duplicates; expected .* schema\.normalizer\(\)"):
            cq.Pipeline.from_schema(schema)
        schema.normalizer()
        schema.validator()


@pytest.mark.parametrize("record", [None, [], "x", [{"姓名": "张伟"}], pl.DataFrame({"姓名": ["张伟"]}), 7])
def test_what_is_not_one_record_is_refused_in_words(record):
    with pytest.raises(cq.SchemaError, match=r"expected one record as a dict, got a"):
        PIPELINE.check_record(record)


def test_a_form_gets_json_and_chinese():
    clean, findings = PIPELINE.check_record({"姓名": "王总", "手机": 13812345678.0, "邮箱": "nana@gmial.com"})
    said = json.loads(json.dumps({"clean": clean, "findings": [asdict(f) for f in findings]}))
    assert said["clean"]["norm_手机"] == "+8613812345678"
    assert {f["code"] for f in said["findings"]} >= {"domain_typo", "given_name_unknown"}
    assert all(any("一" <= c <= "鿿" for c in f["message_zh"]) for f in said["findings"])


@pytest.mark.parametrize("as_of", [date(2025, 1, 1), "2025-01-01", 0, pl.Series([1])])
def test_an_as_of_that_is_no_time_is_refused_before_anything_is_done(as_of):
    said = []
    with pytest.raises(cq.ConfigError, match=r"as_of is a .*; expected a datetime\.datetime"):
        PIPELINE.run(ROWS, as_of=as_of, on_event=said.append)
    assert not said
    with pytest.raises(cq.ConfigError, match=r"as_of is a"):
        PIPELINE.check_record(ROWS[0], as_of=as_of)


@pytest.mark.parametrize("as_of", [datetime(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC)])
def test_a_record_that_was_changed_in_the_future_is_found(as_of):
    rows = [ROWS[0], ROWS[1] | {"更新时间": "2099-01-01"}, ROWS[2] | {"更新时间": "2099-01-01T00:00:00+08:00"}]
    found = [(f["record_id"], f["field"]) for f in PIPELINE.run(rows, as_of=as_of).findings if f["code"] == "in_future"]
    assert found == [(1, "更新时间"), (2, "更新时间")]
    assert not [f for f in PIPELINE.run(rows).findings if f["code"] == "in_future"]
    assert "in_future" in [f.code for f in PIPELINE.check_record(rows[1], as_of=as_of)[1]]


def test_decisions_in_other_words_are_refused_before_anything_is_done_and_not_shown():
    said = []
    decisions = [{"record_id_l": 0, "record_id_r": 1, "decision": word} for word in ("secret", "link", "review", None)]
    with pytest.raises(cq.SchemaError, match=r"decisions: 1 rows .*: link, review, non-link") as caught:
        PIPELINE.run(ROWS, decisions=decisions, on_event=said.append)
    assert not said
    assert "secret" not in str(caught.value)
    assert PIPELINE.run(ROWS, decisions=[decisions[1], decisions[3]]).n_golden == 2
    assert PIPELINE.run(ROWS, decisions=decisions[1:]).n_golden == 3  # whoever is unsure has taken the link back


@pytest.mark.parametrize("wrong", [{"correct": "yes"}, {"correct": [True]}])
def test_labels_that_cannot_be_read_are_refused_before_anything_is_done(wrong):
    said = []
    label = {"record_id": 0, "field": "姓名", "correct": True}
    with pytest.raises(cq.SchemaError, match=r"checked_cells: column 'correct' is of type .*; expected true and false"):
        PIPELINE.run(ROWS, checked_cells=[label | wrong], on_event=said.append)
    with pytest.raises(cq.SchemaError, match=r"checked_cells: unknown column 'field'"):
        PIPELINE.run(ROWS, checked_cells=[{"record_id": 0, "correct": True}], on_event=said.append)
    assert not said
    for right in (True, 1, 1.0):
        shown = PIPELINE.run(ROWS, checked_cells=[label | {"correct": right}]).report.table
        assert shown.filter(metric="accuracy", field="姓名")["value"].to_list() == [1.0, 1.0]  # of all, of crm


@pytest.mark.parametrize("data", [{}, {"type": "LinkModel"}, {"diagnostics": 1}, [], None, "x"])
def test_what_is_no_model_is_refused_in_words(data):
    with pytest.raises(cq.ModelError, match=r"not what LinkModel\.to_dict gave: "):
        cq.LinkModel.from_dict(data)


def test_one_customer_everywhere_is_one_customer_and_is_told_of():
    rows = [ROWS[0] | {"编号": i} for i in range(2_000)]
    result = PIPELINE.run(rows)
    assert result.n_golden == 1
    assert "one_entity" in {n.code for n in result.model.diagnostics.notes}
    assert result.blocking.n_pairs < 20 * 2_000
    shared = [f["field"] for f in result.findings if f["code"] == "shared_value"]
    assert len(shared) == 2 * 2_000


@pytest.mark.parametrize("wrap", [lambda frame: frame, nw.from_native])
def test_the_index_of_a_pandas_frame_is_no_field_of_a_customer(wrap):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(ROWS, index=["a", "b", "c", "d"])
    result = PIPELINE.run(wrap(frame))
    wanted = tables(PIPELINE.run(ROWS))
    for name in ("golden", "xref", "changes"):
        assert pl.DataFrame(nw.to_native(getattr(result, name), pass_through=True)).to_dicts() == wanted[name]
    merged = PIPELINE.merger.merge(PIPELINE.normalizer.normalize(wrap(frame)), result.clusters)
    assert pl.DataFrame(nw.to_native(merged.changes, pass_through=True)).to_dicts() == wanted["changes"]
    assert list(nw.to_native(result.normalized, pass_through=True).index) == list("abcd")
    by_index = PIPELINE.run(frame.set_index("编号"))
    assert by_index.golden["golden_id"].tolist() == [g["golden_id"] for g in wanted["golden"]]
