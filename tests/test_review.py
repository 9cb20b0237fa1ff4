"""The review queue against a slow oracle; answers as decisions, and what they do."""

import io
import itertools
from math import isclose, sqrt

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.merger.bridges import doubtful_bridges
from crmquality.merger.clusters import cluster
from crmquality.merger.guards import Contradiction
from crmquality.review import (
    ANSWERS,
    GUARD_BITS,
    QUEUE,
    STRONGEST_BITS,
    answers_to_decisions,
    question_text,
    review_queue,
    without_answered,
)
from crmquality.tables import LINKS

N = 9
IDS = {"record_id_l": pl.Int64, "record_id_r": pl.Int64}
PAIR = st.sampled_from(list(itertools.combinations(range(N), 2)))
WEIGHT = st.sampled_from([-14.0, -3.0, -1.0, 0.5, 2.0, 3.5, 6.0, 22.0])
SAID = st.dictionaries(PAIR, st.sampled_from(["link", "non-link", "review"]), max_size=3)


@st.composite
def cases(draw):
    """Records with an identifier, scored pairs, decisions; clusters, and the pairs between them that are left."""
    weights = draw(st.dictionaries(PAIR, WEIGHT, min_size=5, max_size=20))
    said = draw(SAID)
    codes = draw(st.lists(st.sampled_from([None, None, "x", "y"]), min_size=N, max_size=N))
    rows = [(a, b, w, 1 / (1 + 2**-w), "link" if w >= 2 else "review") for (a, b), w in weights.items()]
    links = pl.DataFrame(rows, schema={**LINKS, **IDS}, orient="row")
    decisions = pl.DataFrame(
        [(b, a, d) for (a, b), d in said.items()], schema={**IDS, "decision": pl.String}, orient="row"
    )
    records = pl.DataFrame({"record_id": range(N), "code": codes}, schema_overrides={"code": pl.String})
    found = cluster(records, links, guards=(Contradiction("code"),), decisions=decisions)
    guard = found.refused.filter(pl.col("origin") == "links").select(*IDS, "guard")
    entity = dict(found.clusters.rows())
    review = links.join(guard, on=list(IDS), how="left")
    apart = [entity[a] != entity[b] and w > -10 for a, b, w in review.select(*IDS, "match_weight").rows()]
    bridges = doubtful_bridges(found.clusters, links, decisions)
    return found.clusters, review.filter(pl.Series(apart, dtype=pl.Boolean)), bridges, links, decisions


def _chance(weight):
    return 1 / (1 + 2**-weight)


def _oracle(clusters, review, bridges, links, decisions):
    entity = dict(clusters.rows())
    members = {e: [r for r in entity if entity[r] == e] for e in entity.values()}
    said = {(min(a, b), max(a, b)): d for a, b, d in decisions.rows()}
    weights = {(a, b): w for a, b, w, *_ in links.rows()}
    out = []
    for e, f in itertools.combinations(sorted(members), 2):
        asked = [r for r in review.to_dicts() if {entity[r["record_id_l"]], entity[r["record_id_r"]]} == {e, f}]
        answers = [d for (a, b), d in said.items() if {entity[a], entity[b]} == {e, f}]
        if not asked or {"link", "non-link"} & set(answers):
            continue
        asked.sort(key=lambda r: (-r["match_weight"], r["record_id_l"], r["record_id_r"]))
        first = asked[0]
        guard = next((r["guard"] for r in asked if r["guard"]), None)
        between = [weights.get((min(a, b), max(a, b))) for a in members[e] for b in members[f]]
        known = sorted(w for w in between if w is not None)
        strongest, others = known[-1], [max(-10.0, min(10.0, w)) for w in known[:-1]]
        against = max(0.0, -sum(others) + 10.0 * between.count(None))
        if guard and guard != "evidence":
            strongest -= GUARD_BITS
        else:
            strongest = min(strongest, STRONGEST_BITS)
        chance = _chance(min(0.0, strongest - sqrt(against)))
        worth = chance * len(between)
        out.append(("pair", first["record_id_l"], first["record_id_r"], chance, worth, guard or "band", bool(answers)))
    for r in bridges.to_dicts():
        answer = said.get((r["record_id_l"], r["record_id_r"]))
        chance = _chance(r["mean_weight"])
        worth = (1 - chance) * r["n_records_l"] * r["n_records_r"]
        if answer not in ("link", "non-link"):
            out.append(("cluster", r["record_id_l"], r["record_id_r"], chance, worth, "bridge", answer is not None))
    return out


@settings(max_examples=80, deadline=None)
@given(cases())
def test_the_queue_is_that_of_the_oracle(case):
    found = review_queue(*case)
    assert found.columns == list(QUEUE)
    assert found["rank"].to_list() == list(range(1, found.height + 1))
    expected = {row[:3]: row[3:] for row in _oracle(*case)}
    columns = ("kind", *IDS, "probability", "worth", "why", "unsure")
    assert {row[:3] for row in found.select(columns).rows()} == set(expected)
    for row in found.select(columns).rows():
        chance, worth, why, unsure = expected[row[:3]]
        assert isclose(row[3], chance)
        assert isclose(row[4], worth)
        assert row[5:] == (why, unsure)
    order = [(unsure, -worth) for unsure, worth in found.select("unsure", "worth").rows()]
    assert order == sorted(order)
    sizes = dict(case[0]["entity_id"].value_counts().rows())
    for row in found.to_dicts():
        n = row["n_records_l"] + row["n_records_r"]
        whole = sizes[row["entity_id_l"]] + (sizes[row["entity_id_r"]] if row["kind"] == "pair" else 0)
        assert n == whole
        assert (row["entity_id_l"] == row["entity_id_r"]) == (row["kind"] == "cluster")


@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(0, 99))
def test_the_queue_does_not_depend_on_the_order_of_rows(case, seed):
    clusters, *tables, decisions = case
    shuffled = [t.sample(fraction=1.0, shuffle=True, seed=seed) for t in tables]
    assert review_queue(clusters, *shuffled, decisions).equals(review_queue(*case))


@settings(max_examples=30, deadline=None)
@given(cases(), SAID)
def test_what_is_answered_later_is_left_out_as_if_it_had_been_known(case, later):
    *tables, _ = case
    said = pl.DataFrame([(a, b, d) for (a, b), d in later.items()], schema={**IDS, "decision": pl.String}, orient="row")
    left = without_answered(review_queue(*tables), tables[0], said)
    pairs = ["kind", *IDS]
    assert set(left.select(pairs).rows()) == set(review_queue(*tables, said).select(pairs).rows())
    assert left["rank"].is_sorted()


def test_every_word_means_what_it_says():
    for decision, words in ANSWERS.items():
        for word in words:
            for spelled in (word, f" {word.upper()} ", f"{word}。"):
                (row,) = answers_to_decisions([{"record_id_l": 1, "record_id_r": 2, "answer": spelled}])
                assert row["decision"] == decision
    full_width = [{"record_id_l": 1, "record_id_r": 2, "answer": "ＮＯ"}]
    assert answers_to_decisions(full_width)[0]["decision"] == "non-link"
    rows = [{"record_id_l": i, "record_id_r": 9} for i in range(5)]
    said = answers_to_decisions(rows, [True, False, 1.0, None, "  "])
    assert [(x["record_id_l"], x["decision"]) for x in said] == [(0, "link"), (1, "non-link"), (2, "link")]


def test_all_answers_that_are_none_are_told_at_once_and_not_shown():
    rows = [
        {"record_id_l": i, "record_id_r": 9, "answer": a} for i, a in enumerate(["y", "secret", None, "so so", "是"])
    ]
    with pytest.raises(cq.SchemaError, match=r"answers: 2 are none of 'same', .*: in rows 2, 4$") as caught:
        answers_to_decisions(rows)
    assert "secret" not in str(caught.value)
    with pytest.raises(cq.SchemaError, match="answers: unknown column 'answer'"):
        answers_to_decisions([{"record_id_l": 1, "record_id_r": 2}])
    with pytest.raises(cq.SchemaError, match="answers: 2 for 1 rows of the queue"):
        answers_to_decisions([{"record_id_l": 1, "record_id_r": 2}], ["y", "n"])
    with pytest.raises(cq.SchemaError, match="at hold no time"):
        answers_to_decisions([{"record_id_l": 1, "record_id_r": 2, "answer": "y"}], at="tomorrow")
    assert answers_to_decisions([]) == []


SCHEMA = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), cq.Email("email"))
PIPELINE = cq.Pipeline.from_schema(SCHEMA).with_default_model()
ROWS = [
    {"record_id": 1, "name": "王芳", "mobile": "13812345678", "email": "fang@qq.com"},
    {"record_id": 2, "name": "王芳", "mobile": "13812345678", "email": "fang@qq.com"},
    {"record_id": 3, "name": "王", "mobile": "13812345678", "email": None},
    {"record_id": 4, "name": "李娜", "mobile": "13987654321", "email": None},
    {"record_id": 5, "name": "李", "mobile": "13987654321", "email": None},
]


def _key(row):
    return row["kind"], row["record_id_l"], row["record_id_r"]


def test_answers_are_followed_and_not_asked_again():
    result = PIPELINE.run(ROWS)
    queue = result.review_queue()
    assert queue
    for row in queue:
        for word, together in (("同一个", True), ("不是", False)):
            said = answers_to_decisions([row | {"answer": word}], by="li", at="2025-03-01")
            again = PIPELINE.run(ROWS, decisions=said)
            entity = {x["record_id"]: x["entity_id"] for x in again.clusters}
            assert (entity[row["record_id_l"]] == entity[row["record_id_r"]]) is together
            assert _key(row) not in [_key(x) for x in again.review_queue()]
            assert _key(row) not in [_key(x) for x in result.review_queue(answered=said)]
        said = answers_to_decisions([row | {"answer": "不确定"}])
        last = PIPELINE.run(ROWS, decisions=said).review_queue()[-1]
        assert (_key(last), last["unsure"]) == (_key(row), True)
        why = result.explain(row["record_id_l"], row["record_id_r"])
        assert why.standing.together == (row["kind"] == "cluster")
    assert result.review_queue(1) == queue[:1]


def test_a_queue_goes_out_as_a_file_and_comes_back():
    result = PIPELINE.run(pd.DataFrame(ROWS))
    queue = result.review_queue()
    assert list(queue.columns) == list(QUEUE)
    queue["answer"] = ["no"] + [None] * (len(queue) - 1)
    back = pd.read_csv(io.StringIO(queue.to_csv(index=False)))
    said = answers_to_decisions(back, by="li")
    assert isinstance(said, pd.DataFrame)
    assert len(said) == 1
    again = PIPELINE.run(pd.DataFrame(ROWS), decisions=said)
    assert again.n_golden == result.n_golden + (queue["kind"][0] == "cluster")


def test_a_question_says_what_hangs_on_it():
    item = {"kind": "pair", "record_id_l": "a", "record_id_r": "b", "n_records_l": 2, "n_records_r": 3, "why": "band"}
    item["probability"] = 0.123
    assert question_text(item) == "Are a and b one customer? Chance 0.12; yes joins 2 and 3 records."
    assert "若是，则合并 2 条和 3 条记录。" in question_text(item, "zh")
    assert "曾被 evidence 拒绝" in question_text(item | {"why": "evidence"}, "zh")
    assert "no splits 2 and 3 records" in question_text(item | {"kind": "cluster", "why": "bridge"})
