"""The stage: scores that explanations add up to, models that are data, decisions in bands."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import Comparator, Comparison, ComparisonLevel, Edits, Encoded, Equal, LinkModel
from crmquality.comparator.learn import learn, score
from crmquality.comparator.term_frequency import Counted
from crmquality.comparator.weights import Scorer, draw, estimate_u, probability, sample_pairs, value_counts
from crmquality.errors import ConfigError, ModelError, SchemaError


def comparison(name, *, shared):
    levels = (
        ComparisonLevel("same", Equal(name), 0.8, 0.01, tf=name),
        ComparisonLevel("one edit", Edits(name, 1, 3), 0.1, 0.01),
    )
    return Comparison(name, levels, present=(name,), shared=shared)


STAGE = Comparator(
    (comparison("name", shared=False), comparison("phone", shared=True), comparison("city", shared=True))
)
CELL = st.one_of(st.none(), st.sampled_from(["anna", "anne", "bert", "berta", "carl"]))
TABLES = st.lists(st.fixed_dictionaries({"name": CELL, "phone": CELL, "city": CELL}), min_size=2, max_size=9)


def frame_of(rows):
    return pl.DataFrame(rows, schema=dict.fromkeys(("name", "phone", "city"), pl.String)).with_row_index("record_id")


def all_pairs(n):
    left, right = np.triu_indices(n, k=1)
    return left.astype(np.int32), right.astype(np.int32)


@settings(deadline=None, max_examples=60)
@given(TABLES)
def test_an_explanation_adds_up_to_the_weight_and_is_symmetric(rows):
    frame = frame_of(rows)
    table = Encoded(frame)
    left, right = all_pairs(frame.height)
    pairs = STAGE.compare_chunks(table, [(left, right, 0)])
    model = STAGE.learn(table, frame["record_id"], pairs, float(len(left))).model
    scorer = Scorer(model, STAGE.comparisons, table, Counted())
    weights = scorer.weights(pairs.gammas[pairs.pattern], left, right)
    for a, b, weight in zip(left.tolist(), right.tolist(), weights, strict=True):
        one, other = STAGE.explain_rows(frame, scorer, a, b), STAGE.explain_rows(frame, scorer, b, a)
        assert one.match_weight == pytest.approx(weight, abs=1e-9)
        assert sum(p.bits + p.tf_bits for p in one.parts) == pytest.approx(weight, abs=1e-9)
        assert one == other
        assert one.parts[-1].bits <= 1e-9  # being related never speaks for a match


@settings(deadline=None, max_examples=60)
@given(TABLES, st.integers(-20, 20))
def test_dropping_hopeless_patterns_loses_no_pair(rows, floor):
    frame = frame_of(rows)
    table = Encoded(frame)
    left, right = all_pairs(frame.height)
    pairs = STAGE.compare_chunks(table, [(left, right, 0)])
    scorer = Scorer(LinkModel.default(STAGE.comparisons), STAGE.comparisons, table, Counted())
    kept, weights = score(pairs, scorer, floor)
    plain = scorer.weights(pairs.gammas[pairs.pattern], left, right)
    assert sorted(zip(kept.left.tolist(), kept.right.tolist(), strict=True)) == [
        (a, b) for a, b, w in zip(left.tolist(), right.tolist(), plain, strict=True) if w >= floor
    ]
    assert np.allclose(weights, plain[plain >= floor])


def test_few_records_that_are_all_one_leave_some_probability_to_the_unrelated():
    rows = [{"name": None, "phone": p, "city": c} for p, c in ((None, "anna"), (None, "anna"), ("anna", None))]
    frame = frame_of([*rows, {"name": None, "phone": "anna", "city": "anna"}])
    table = Encoded(frame)
    pairs = STAGE.compare_chunks(table, [(*all_pairs(4), 0)])
    model = STAGE.learn(table, frame["record_id"], pairs, 6.0).model
    assert 0 < model.unrelated_prior < 1


@pytest.mark.parametrize("n", [0, 1, 2])
def test_no_pairs_can_be_learned_from(n):
    frame = frame_of([{"name": "anna", "phone": None, "city": None}] * n)
    pairs = STAGE.compare_chunks(Encoded(frame), [])
    assert pairs.gammas.shape == (0, 3)
    learned = STAGE.learn(Encoded(frame), frame["record_id"], pairs, n * (n - 1) / 2)
    assert learned.entities.tolist() == list(range(n))
    assert all(np.isfinite([*c.m, *c.u]).all() and min(c.m) > 0 for c in learned.model.comparisons)


def test_chunks_do_not_matter():
    rng = np.random.default_rng(5)
    rows = [{c: str(rng.choice(["anna", "anne", "bert"])) for c in ("name", "phone", "city")} for _ in range(30)]
    table = Encoded(frame_of(rows))
    left, right = all_pairs(30)
    whole = STAGE.compare_chunks(table, [(left, right, 0)])
    cut = STAGE.compare_chunks(table, [(left[i : i + 7], right[i : i + 7], 0) for i in range(0, len(left), 7)])
    assert (whole.gammas == cut.gammas).all()
    assert (whole.pattern == cut.pattern).all()
    assert (whole.counts == cut.counts).all()


def learned_u(frame, entities=None):
    table = Encoded(frame)
    drawn = draw(STAGE.comparisons, table, frame["record_id"])
    return estimate_u(LinkModel.default(STAGE.comparisons), STAGE.comparisons, table, drawn, entities).comparisons


def test_u_is_the_chance_of_agreement():
    frame = frame_of([{"name": n, "phone": None, "city": "x"} for n in ["anna"] * 300 + ["bert"] * 200])
    # 300 * 299 / 2 + 200 * 199 / 2 pairs of 500 * 499 / 2 agree; beside them a hundred of which 0.01 agree
    assert learned_u(frame)[0].u[-1] == pytest.approx((44_850 + 19_900 + 1) / (124_750 + 100))
    # nobody has a phone: the declared numbers stay
    assert learned_u(frame)[1].u == pytest.approx((0.98, 0.01, 0.01))


def test_a_small_table_hardly_moves_the_declared_u():
    rows = [{"name": n, "phone": n, "city": n} for n in ("anna", "bert", "carl")]
    assert learned_u(frame_of(rows))[0].u[-1] == pytest.approx(0.01, rel=0.05)


def test_what_only_one_entity_has_is_no_coincidence():
    # 200 entities of five records each, every one with a number of its own
    frame = frame_of([{"name": f"n{i % 200}", "phone": None, "city": None} for i in range(1000)])
    entities = np.arange(1000, dtype=np.int32) % 200
    by_record, by_entity = learned_u(frame)[0].u[-1], learned_u(frame, entities)[0].u[-1]
    assert by_record == pytest.approx(0.004, rel=0.01)  # 4 of 999 others are of the same entity
    assert by_entity == pytest.approx(1 / (200 * 199 / 2 + 100))  # no coincidence, one pseudo-coincidence


def test_values_are_counted_per_entity():
    codes = np.array([0, 0, 0, 1, 2, -1], dtype=np.int32)
    assert value_counts(codes).tolist() == [3, 1, 1]
    entities = np.array([0, 0, 0, 1, 2, 3], dtype=np.int32)
    assert value_counts(codes, entities).tolist() == [1, 1, 1]
    assert value_counts(codes[5:]).tolist() == []


def test_a_weight_is_the_same_from_both_sides_where_the_frequency_is_another_columns():
    level = ComparisonLevel("same name", Equal("name"), 0.8, 0.001, tf="phone")
    stage = Comparator((Comparison("name", (level,), present=("name",)),))
    rows = [{"name": "anna", "phone": p, "city": None} for p in ("rare", *["often"] * 9, None)]
    table = Encoded(frame_of(rows))
    scorer = Scorer(LinkModel.default(stage.comparisons), stage.comparisons, table, Counted())
    a, b = (np.array(x, dtype=np.int32) for x in ([0, 0, 1, 1], [1, 10, 10, 2]))
    gammas = stage.comparisons[0].gammas(table, a, b)[:, None]
    weights = scorer.weights(gammas, a, b)
    assert (weights == scorer.weights(gammas, b, a)).all()
    # of two values, the commoner one counts: nine have it, eight beside the pair's own
    assert weights[0] == weights[2] == weights[3] < weights[1]
    assert (weights <= scorer.best_case(gammas)).all()


def test_a_rare_value_counts_more():
    rows = [{"name": n, "phone": None, "city": None} for n in ["anna"] * 20 + ["zoe", "zoe"]]
    frame = frame_of(rows)
    scorer = Scorer(LinkModel.default(STAGE.comparisons), STAGE.comparisons, Encoded(frame), Counted())
    common, rare = STAGE.explain_rows(frame, scorer, 0, 1), STAGE.explain_rows(frame, scorer, 20, 21)
    assert rare.match_weight > common.match_weight + 3


def test_sampled_pairs_depend_on_ids_only():
    ids = pl.Series([f"r{i}" for i in range(3000)])
    left, right = sample_pairs(ids, 5000)
    assert (left < right).all()
    assert len(left) == 3000
    again = sample_pairs(ids, 5000)
    assert (left == again[0]).all()
    assert (right == again[1]).all()
    every = sample_pairs(ids[:10], 5000)
    assert len(every[0]) == 45


def test_a_model_is_numbers_and_says_what_it_belongs_to():
    frame = frame_of([{"name": "anna", "phone": "bert", "city": None}] * 3)
    table = Encoded(frame)
    pairs = STAGE.compare_chunks(table, [(*all_pairs(3), 0)])
    model = learn(STAGE.comparisons, table, frame["record_id"], pairs, 3.0, 2.0).model
    assert LinkModel.from_dict(model.to_dict()) == model
    assert "anna" not in str(model)
    assert model.diagnostics is not None
    assert any("too few" in m for m in model.diagnostics.messages)
    other = Comparator((comparison("name", shared=True),))
    with pytest.raises(ModelError, match="other comparisons"):
        model.check(other.comparisons)
    with pytest.raises(ModelError, match="LinkModel"):
        LinkModel.from_dict({"match_prior": 1})


def test_the_stage_runs_alone_on_plain_rows():
    records = [
        {"record_id": 1, "name": "anna", "phone": "bert", "city": "carl"},
        {"record_id": 2, "name": "anna", "phone": "bert", "city": "carl"},
        {"record_id": 3, "name": "carl", "phone": None, "city": "carl"},
    ]
    pairs = [{"record_id_l": 1, "record_id_r": 2}, {"record_id_l": 1, "record_id_r": 3}]
    vectors = STAGE.compare(records, pairs)
    assert [(v["gamma_name"], v["gamma_phone"], v["gamma_city"]) for v in vectors] == [(2, 2, 2), (0, -1, 2)]
    links = STAGE.link(records, pairs)
    assert links[0]["match_weight"] > 0 > links[1]["match_weight"]
    assert links[1]["decision"] == "non-link"
    with pytest.raises(SchemaError, match="1 of the pairs"):
        STAGE.compare(records, [{"record_id_l": 1, "record_id_r": 9}])
    with pytest.raises(SchemaError, match="unknown column 'name'"):
        STAGE.compare([{"record_id": 1, "nam": "x"}], pairs)


def test_bands():
    assert probability(np.array([0.0]))[0] == 0.5
    assert STAGE.decide(STAGE.link_weight) == "link"
    assert STAGE.decide(STAGE.review_weight) == "review"
    assert STAGE.decide(STAGE.review_weight - 0.1) == "non-link"
    assert Comparator(STAGE.comparisons, link_probability=0.1, review_probability=0.5).faults()
    assert Comparator.from_dict(STAGE.to_dict()) == STAGE


def test_a_comparator_with_faults_is_refused_before_anything_is_read():
    rows = [{"record_id": 1, "name": "anna", "phone": None, "city": None}]
    pairs = [{"record_id_l": 1, "record_id_r": 1}]
    with pytest.raises(ConfigError, match="needs a comparison"):
        Comparator().compare(rows, pairs)
    many = tuple(comparison(f"c{i}", shared=True) for i in range(32))
    assert not any("patterns" in f for f in Comparator(many[:30]).faults())  # 4 ** 30
    with pytest.raises(ConfigError, match="10\\^19 patterns"):
        Comparator(many).link(rows, pairs)


def test_a_weight_at_the_floor_is_kept_as_it_is_decided():
    frame = frame_of([{"name": n, "phone": n, "city": n} for n in ("anna", "anna", "bert")])
    table = Encoded(frame)
    left, right = all_pairs(3)
    pairs = STAGE.compare_chunks(table, [(left, right, 0)])
    scorer = Scorer(LinkModel.default(STAGE.comparisons), STAGE.comparisons, table, Counted())
    weight = float(scorer.weights(pairs.gammas[pairs.pattern], left, right)[0])
    kept, _ = score(pairs, scorer, weight + 1e-12)
    assert kept.left.tolist() == [0]
