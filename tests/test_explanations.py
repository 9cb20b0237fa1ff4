"""Explanations of any two records: compared or not, what a link lacks, and what became of the pair."""

import json
from datetime import date
from itertools import combinations

import polars as pl
import pytest

import crmquality as cq

SCHEMA = cq.Schema(
    cq.PersonName("name"),
    cq.Phone("mobile", region="CN"),
    cq.Email("email"),
    cq.NationalId("id_number", scheme="cn.ric"),
)
PIPELINE = cq.Pipeline.from_schema(SCHEMA).with_default_model()
KEYS = ("record_id", "name", "mobile", "email", "id_number")
ROWS = [
    (1, "欧阳娜娜", "13812345678", "ouyang@acme.cn", None),
    (2, "欧阳娜娜", "13812345678", "nana7@example.net", None),
    (3, "欧阳娜娜", None, "nana7@example.net", None),
    (4, "诸葛孔明", "13987654321", None, "11010519491231002X"),
    (5, "诸葛孔明", "13987654321", None, "440524188001010014"),
    (6, "John Smith", None, "js@example.com", None),
    (7, None, "13700001234", None, None),
]


def run(rows=ROWS, decisions=None, pipeline=PIPELINE):
    return pipeline.run([dict(zip(KEYS, row, strict=True)) for row in rows], decisions=decisions)


def decision(a, b, word):
    return [{"record_id_l": a, "record_id_r": b, "decision": word}]


@pytest.fixture(scope="module")
def result():
    return run()


def test_every_two_records_have_an_answer_that_agrees_with_the_tables(result):
    entity = {x["record_id"]: x["entity_id"] for x in result.clusters}
    found = {(x["record_id_l"], x["record_id_r"]): x for x in result.links}
    for a, b in combinations(entity, 2):
        why = result.explain(a, b)
        assert why == result.explain(b, a)
        assert why.standing.together == (entity[a] == entity[b])
        link = found.get((a, b))
        assert link is None or why.blocking_rule == link["blocking_rule"]
        assert (why.bits_to_link == 0) == (why.decision == "link")
        if why.decision != "link":
            line = result._evidence.comparator.link_weight
            assert why.match_weight + why.bits_to_link == pytest.approx(line)
        assert json.loads(json.dumps(why.to_dict(), allow_nan=False)) == why.to_dict()
        for language in ("en", "zh"):
            shown = why.text(language)
            assert not any(str(cell) in shown for row in ROWS for cell in row[1:] if cell)


def test_not_compared_says_which_rules_nearly_did(result):
    why = result.explain(6, 7)
    assert why.blocking_rule is None
    assert {r.outcome for r in why.rules} == {"missing"}
    assert "not compared: no blocking rule made the pair; nearest:" in why.text()
    assert "未比较：没有分块规则找到这一对；最接近的：" in why.text("zh")
    assert why.standing == result.explain(7, 6).standing
    assert (why.standing.together, why.standing.reason) == (False, "no_link")


def test_a_block_over_the_limit_is_named_with_its_size():
    blocker = cq.Blocker((cq.BlockingRule("name", (cq.BlockingKey("norm_name_key"),)),), max_block_size=3, window=1)
    one = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name")))
    pipeline = cq.Pipeline(one.normalizer, one.validator, blocker, one.comparator, one.merger).with_default_model()
    rows = [{"record_id": i, "name": "王芳"} for i in range(9)]
    why = pipeline.run(rows).explain(0, 8)
    assert [(r.outcome, r.block_size, r.limit) for r in why.rules] == [("cut", 9, 3)]
    assert "their block of 9 records is over the limit of 3" in why.text()
    assert "同一分块有 9 条记录，超过上限 3" in why.text("zh")


def test_a_link_that_a_guard_refused_names_the_guard(result):
    why = result.explain(4, 5)
    assert why.decision == "link"
    assert (why.standing.reason, why.standing.guard) == ("guard", "contradiction:norm_id_number_key")
    assert why.against[0].comparison == "id_number"
    assert "apart although a link: the two entities have different values of norm_id_number_key" in why.text()
    assert "得分达到关联线，但分属两个实体" in why.text("zh")


def test_together_without_a_link_shows_the_shortest_chain(result):
    why = result.explain(1, 3)
    assert (why.decision, why.standing.reason) != ("link", "chain")
    assert [(x.record_id_l, x.record_id_r) for x in why.standing.chain] == [(1, 2), (2, 3)]
    assert "through 2: 1 - 2" in why.text()
    assert "经由 2 个关联" in why.text("zh")
    assert why.against[0].comparison == "email"
    assert "not a link: lacks" in why.text()


def test_what_a_person_said_is_said():
    apart = run(decisions=decision(1, 2, "non-link"))
    assert apart.explain(1, 2).standing.reason == "decision"
    assert "a person said so" in apart.explain(1, 2).text()
    together = run(decisions=decision(6, 7, "link"))
    assert (together.explain(6, 7).standing.together, together.explain(6, 7).standing.reason) == (True, "decision")
    assert "人工决定" in together.explain(7, 6).text("zh")
    chain = run(decisions=decision(3, 6, "link")).explain(6, 2).standing.chain
    assert [(x.record_id_l, x.record_id_r, x.decided) for x in chain] == [(2, 3, False), (3, 6, True)]


def test_ids_of_other_types_are_text_in_json():
    rows = [(date(2020, 1, i), *ROWS[i - 1][1:]) for i in range(1, 8)]
    pairs = [(date(2020, 1, 5), date(2020, 1, 6), "link"), (date(2020, 1, 6), date(2020, 1, 7), "link")]
    people = pl.DataFrame(pairs, schema=["record_id_l", "record_id_r", "decision"], orient="row")
    why = run(rows, decisions=people).explain(date(2020, 1, 5), date(2020, 1, 7))
    assert [x.decided for x in why.standing.chain] == [True, True]
    chain = json.loads(json.dumps(why.to_dict()))["standing"]["chain"]
    assert [x["record_id_l"] for x in chain] == ["2020-01-05", "2020-01-06"]


def test_a_record_and_itself_are_asked_of_no_rule(result):
    why = result.explain(1, 1)
    assert why.rules == ()
    assert why.standing is None
