from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.evaluation.causes import true_pairs

SCHEMA = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), cq.Email("email"))
PIPELINE = cq.Pipeline.from_schema(SCHEMA)
NAMES = ["王芳", "李娜", "John Smith", "李小娜", None]
MOBILES = ["13812345678", "13987654321", "13812345679", None]
EMAILS = ["fang@qq.com", "lina@163.com", None]
ROW = st.fixed_dictionaries(
    {"name": st.sampled_from(NAMES), "mobile": st.sampled_from(MOBILES), "email": st.sampled_from(EMAILS)}
)


@given(st.lists(st.integers(-1, 3), max_size=25), st.integers(1, 400))
def test_true_pairs_are_all_pairs_of_an_entity_or_some_of_them(entity, at_most):
    left, right, n = true_pairs(np.array(entity, dtype=np.int64), at_most)
    pairs = set(zip(left.tolist(), right.tolist(), strict=True))
    every = {(a, b) for a, b in itertools.combinations(range(len(entity)), 2) if entity[a] == entity[b] >= 0}
    assert n == len(every)
    assert len(pairs) == len(left) == min(n, at_most)
    assert pairs <= every


def test_many_true_pairs_are_drawn_evenly():
    left, right, n = true_pairs(np.zeros(20_000, dtype=np.int64), 1000)
    assert n == 20_000 * 19_999 // 2
    assert (left < right).all()
    assert right.max() < 20_000
    assert abs(np.median(right) - 20_000 / np.sqrt(2)) < 50  # half of all pairs end before


def _oracle(result, truth, blocker, comparator):
    """Pair by pair, from the public tables."""
    entity = {x["record_id"]: x["entity_id"] for x in truth}
    cluster = dict(result.clusters.select("record_id", "entity_id").rows())
    links = {
        (a, b): (d, rule)
        for a, b, d, rule in result.links.select("record_id_l", "record_id_r", "decision", "blocking_rule").rows()
    }
    guards = {(a, b): guard for a, b, guard in result.review.select("record_id_l", "record_id_r", "guard").rows()}
    candidates = set(blocker.block(result.normalized).select("record_id_l", "record_id_r").rows())
    rules, missed, groups = {}, {}, {"true_pairs": [], "false_links": [], "missed_pairs": []}
    for a, b in itertools.combinations(sorted(entity), 2):
        if a not in cluster or b not in cluster:
            continue
        same, together = entity[a] == entity[b], cluster[a] == cluster[b]
        decision, rule = links.get((a, b), (None, None))
        if decision == "link":
            n, n_true, n_merged = rules.get(rule, (0, 0, 0))
            rules[rule] = (n + 1, n_true + same, n_merged + (together and not same))
            if not same:
                groups["false_links"].append((a, b))
        if same:
            groups["true_pairs"].append((a, b))
            if not together:
                groups["missed_pairs"].append((a, b))
                below = "below review" if (a, b) in candidates else "not a candidate"
                reason = {"review": "in review", "link": f"refused: {guards.get((a, b))}"}.get(decision, below)
                missed[reason] = missed.get(reason, 0) + 1
    levels = {}
    for which, pairs in groups.items():
        table = pl.DataFrame(pairs, schema={"record_id_l": pl.Int64, "record_id_r": pl.Int64}, orient="row")
        compared = comparator.compare(result.normalized, table)
        for c in comparator.comparisons:
            for gamma, n in compared[f"gamma_{c.name}"].value_counts().rows():
                levels[which, c.name, gamma] = n
    return rules, missed, levels, {k: len(v) for k, v in groups.items()}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(ROW, min_size=6, max_size=14), st.lists(st.sampled_from("abc"), min_size=14, max_size=14), st.booleans()
)
def test_it_is_what_looking_at_every_pair_finds(rows, entities, decided):
    rows = [{"record_id": i, **row} for i, row in enumerate(rows)]
    # a record that the truth lacks, and one that the run lacks
    truth = [{"record_id": i, "entity_id": e} for i, e in enumerate(entities[: len(rows) - 1])]
    truth.append({"record_id": 99, "entity_id": "a"})
    decisions = [{"record_id_l": 0, "record_id_r": 1, "decision": "non-link"}] if decided else None
    result = PIPELINE.with_default_model().run(pl.DataFrame(rows), decisions=decisions)
    found = result.error_analysis(truth)
    rules, missed, levels, n = _oracle(result, truth, PIPELINE.blocker, PIPELINE.comparator)
    assert {r.rule: (r.n_links, r.n_true_links, r.n_false_merges) for r in found.rules} == rules
    assert {m.reason: m.pairs.n for m in found.missed if m.pairs.n} == missed
    assert found.n_true_pairs == found.n_looked_at == n["true_pairs"]
    for x in found.levels:
        for which in ("true_pairs", "false_links", "missed_pairs"):
            assert getattr(x, which).n == levels.get((which, x.comparison, x.gamma), 0)
            assert getattr(x, which).of == n[which]
    for which in ("rules", "missed", "levels"):
        assert found.table(which).height == len(getattr(found, which))


PEOPLE = [
    {"record_id": 0, "name": "王芳", "mobile": "13812345678", "email": "secret@example.org"},
    {"record_id": 1, "name": "王芳", "mobile": "13812345678", "email": None},
    {"record_id": 2, "name": "李娜", "mobile": "13812345678", "email": "lina@163.com"},
    {"record_id": 3, "name": "赵雷", "mobile": None, "email": "zhao@qq.com"},
]


def test_a_false_link_is_laid_at_its_rule_and_the_field_that_agrees():
    truth = [{"record_id": i, "entity_id": e} for i, e in enumerate("abcb")]
    found = PIPELINE.with_default_model().run(PEOPLE).error_analysis(truth)
    assert sum(r.n_links - r.n_true_links for r in found.rules) >= 1
    (never,) = [m for m in found.missed if m.reason == "not a candidate"]
    assert (never.pairs.n, never.pairs.of) == (1, 1)
    name = [x for x in found.levels if x.comparison == "name"]
    assert sum(x.false_links.n for x in name) == name[0].false_links.of
    assert max(name, key=lambda x: x.false_links.n).gamma > 0
    text = str(found)
    assert "name agrees" in text
    assert "95% interval" in text
    for shown in (text, repr(found), found._repr_html_()):
        assert not [v for p in PEOPLE for v in p.values() if isinstance(v, str) and v in shown]


def test_a_truth_that_does_not_fit_is_refused():
    result = PIPELINE.with_default_model().run(PEOPLE)
    with pytest.raises(cq.SchemaError, match="entity_id"):
        result.error_analysis([{"record_id": 1}])


def test_two_sources_are_asked_for_their_own_candidates():
    schema = replace(SCHEMA, source="source")
    pipeline = cq.Pipeline.from_schema(schema)
    pipeline = replace(pipeline, blocker=replace(pipeline.blocker, link="between")).with_default_model()
    rows = [{**row, "source": "xy"[i % 2]} for i, row in enumerate(PEOPLE)]
    truth = [{"record_id": i, "entity_id": "a"} for i in range(4)]
    found = pipeline.run(rows).error_analysis(truth)
    assert {m.reason: m.pairs.n for m in found.missed}["not a candidate"] >= 2  # pairs of one source
