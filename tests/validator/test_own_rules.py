"""A rule of one's own: expressions and functions say the same of a table and of a record, and lose no row."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.errors import ConfigError
from crmquality.validator import Finding, Rule, Validator


def starts_before_it_ends(record):
    if record["start"] is None or record["end"] is None:
        return None
    return record["start"] <= record["end"]


def divides(record):
    return 100 / record["n"] > 1


DATES = {"start": "date", "end": "date"}
RULES = [
    Rule(pl.col("n") >= 18, types={"n": "number"}, code="minor"),
    Rule("n >= 18 AND n < 200", types={"n": "number"}, code="sql"),
    Rule("word IN ('a', 'b')", code="one_of_two"),
    Rule(pl.col("word").str.len_chars() < 3, code="long_word"),
    Rule(pl.col("word").cast(pl.Int64) > 0, code="strict_cast"),
    Rule('"end" >= start', types=DATES, code="backwards"),
    Rule(starts_before_it_ends, ("end", "start"), types=DATES, code="backwards_too"),
    Rule(divides, ("n",), types={"n": "number"}, code="small"),
    Rule(lambda r: r["word"] != "b", ("word",), code="is_b"),
    Rule(lambda r: None, ("word",), code="no_opinion"),
    Rule(lambda r: [][1], ("word",), code="always_fails"),
]
words = st.sampled_from(["a", "b", "12", "-3", "", " ", "x" * 5, "１", "\x00", "🙂"]) | st.text(
    st.characters(codec="utf-8"), max_size=4
)
cells = {
    "norm_word": st.none() | words,
    "n": st.none() | st.sampled_from(["0", "17", "18", "1e3", "x", "9" * 400, "-0.0", " "]) | words,
    "norm_start": st.none() | st.dates().map(str) | st.sampled_from(["2024", "2024-05", "0000-01-01", "soon"]),
    "norm_end": st.none() | st.dates().map(str) | st.just("2024-05-03 06:12:00"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
@settings(max_examples=40, deadline=None)
@given(records=st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=6))
def test_a_record_alone_has_the_findings_of_its_row(rule: Rule, records: list[dict[str, str | None]]) -> None:
    frame = pl.DataFrame(records, schema=dict.fromkeys(cells, pl.String)).with_row_index("record_id")
    stage = Validator((rule,))
    by_table = [Finding(**row) for row in stage.validate_frame(frame).iter_rows(named=True)]
    by_record = [f for row in frame.iter_rows(named=True) for f in stage.validate_record(row)]
    assert by_table == by_record


def test_what_fails_is_told_of_its_record_and_the_others_are_checked() -> None:
    frame = pl.DataFrame({"record_id": range(5), "n": ["0", "50", "200", None, "x"]})
    found = Validator((Rule(divides, ("n",), types={"n": "number"}, code="small"),)).validate_frame(frame)
    assert found.select("record_id", "code").rows() == [
        (0, "rule_failed"), (2, "small"), (3, "rule_failed"), (4, "rule_failed")
    ]  # fmt: skip
    assert "ZeroDivisionError" in found["message"][0]
    strict = Rule(pl.col("n").cast(pl.Int64) < 100, code="big")
    found = Validator((strict,)).validate_frame(frame)
    assert found.select("record_id", "code").rows() == [(2, "big"), (4, "rule_failed")]
    assert "x" not in found["message"][1].replace("exception", "")


def test_no_value_is_in_a_message_not_even_of_an_exception() -> None:
    def talks(record):
        raise ValueError(f"cannot read {record['word']}")

    found = Rule(talks, ("word",)).check_record({"word": "secret"}, None)
    assert [f.code for f in found] == ["rule_failed"]
    assert "secret" not in repr(found)
    assert "secret" not in repr(Rule(pl.col("word").cast(pl.Int64) > 0).check_record({"word": "secret"}, None))


def test_a_rule_says_what_it_is_told_to_say_in_both_languages() -> None:
    rule = Rule(
        "word = 'a'", code="not_a", message="Not an a.", message_zh="不是 a。", suggestion="Enter an a.",
        suggestion_zh="请填 a。", severity="warning",
    )  # fmt: skip
    (flag,) = rule.check_record({"word": "b"}, None)
    said = (flag.field, flag.severity, flag.message, flag.message_zh, flag.suggestion, flag.suggestion_zh)
    assert said == ("word", "warning", "Not an a.", "不是 a。", "Enter an a.", "请填 a。")
    (known,) = Rule("word = 'a'", code="not_in_set").check_record({"word": "b"}, None)
    assert known.message_zh == "该值不在允许的取值范围内。"


def test_types_are_read_before_the_rule_is_asked() -> None:
    seen = []
    rule = Rule(lambda r: seen.append(r), ("n", "day", "word"), types={"n": "number", "day": "date"})
    rule.check_record({"n": "1e3", "day": "2024-05-03T06:12:00", "word": 12}, None)
    rule.check_record({"n": "ten", "day": "2024-05", "word": None}, None)
    assert seen == [
        {"n": 1000.0, "day": date(2024, 5, 3), "word": "12"},
        {"n": None, "day": None, "word": None},
    ]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (Rule(lambda r: True), "names of the fields"),
        (Rule("a >> > 3", ("a",)), "neither an expression nor a function"),
        (Rule("nowhere.module:function", ("a",)), "neither an expression nor a function"),
        (Rule(pl.col("a") > 3), "declare `types`"),
        (Rule(pl.col("a")), "true or false"),
        (Rule(pl.col("a").is_duplicated()), "other records"),
        (Rule(pl.col("a").cum_count() > 2), "other records"),
        (Rule(pl.col("a").mean() > 2, types={"a": "number"}), "other records"),
        (Rule(pl.col("a").shift() == "b"), "other records"),
        (Rule("a = 'b'", code="Not A Code"), "code of a rule"),
        (Rule("a = 'b'", types={"a": "integer"}), "type of a cell"),
        (Rule("a = 'b'", types={"b": "number"}), "field in types"),
        (Rule(pl.col("a") == pl.col("b"), ("a",)), "field of the expression"),
        (Rule("a = 'b'", severity="fatal"), "severity"),
    ],
)
def test_what_is_no_rule_is_told_before_the_first_row(rule: Rule, fault: str) -> None:
    (told,) = rule.faults()
    assert fault in told
    with pytest.raises(ConfigError):
        Validator((rule,)).validate_record({})


def test_rules_go_to_json_and_back() -> None:
    rules = (RULES[0], RULES[1], Rule(pl.col("word").is_in(["a"])), Rule("os.path:isabs", ("word",)))
    stage = Validator(rules)
    again = Validator.from_dict(json.loads(json.dumps(stage.to_dict())))
    assert again == stage
    assert [f.code for f in again.validate_record({"n": "3"})] == [f.code for f in stage.validate_record({"n": "3"})]
    assert stage != Validator((RULES[1], *rules[1:]))
    assert len({RULES[0], RULES[0]}) == 1
    for hidden in (Rule(lambda r: True, ("a",)), Rule(pl.col("a").map_elements(bool, return_dtype=pl.Boolean), ("a",))):
        with pytest.raises(ConfigError):
            hidden.to_dict()
    with pytest.raises(ConfigError):
        Rule.from_dict({"type": "Rule", "holds": {"expression": '{"AnonymousFunction": 1}'}})
    assert "lambda" not in repr(RULES[8])


def test_a_rule_in_a_pipeline_works_on_a_table_and_in_a_form() -> None:
    schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), cq.Number("age"))
    pipeline = cq.Pipeline.from_schema(schema).with_rules(
        cq.Rule("age >= 18", types={"age": "number"}, code="minor", message_zh="未满 18 岁。")
    )
    rows = [
        {"record_id": 1, "name": "李娜", "mobile": "13912345671", "age": "十七"},
        {"record_id": 2, "name": "王芳", "mobile": "13912345672", "age": "1,8"},
        {"record_id": 3, "name": "张伟", "mobile": "13912345673", "age": None},
    ]
    found = {(f["record_id"], f["code"]) for f in pipeline.run(rows).findings if f["field"] == "age"}
    assert found == {(1, "minor"), (2, "minor"), (2, "ambiguous_number")}
    checked = pipeline.check_record(rows[0])
    assert checked.ok is False
    assert checked.by_field["age"][0].message_zh == "未满 18 岁。"
    record, findings = checked
    assert record["norm_age"] == "17"
    assert len(findings) == 1
