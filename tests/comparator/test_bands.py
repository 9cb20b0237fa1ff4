"""Bands by error rates: what is declared, narrowed as far as a bound asks, against trying every threshold."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.comparator import Comparator
from crmquality.comparator.bands import Bands, bands_of, bits
from crmquality.comparator.weights import probability

# whole and half bits: many ties, and nothing that only rounding keeps apart
WEIGHTS = st.lists(st.integers(-40, 80).map(lambda n: n / 2), max_size=30)
BOUND = st.sampled_from([0.001, 0.01, 0.03, 0.1, 0.3, 0.7])


def _links(weights, threshold):
    return [w for w in weights if w >= threshold - 1e-9]


def _wrong(weights):
    return sum(float(probability(np.array(-w))) for w in weights) / len(weights) if weights else 0.0


@settings(deadline=None, max_examples=200)
@given(WEIGHTS, BOUND)
def test_a_link_is_what_the_lowest_threshold_within_the_bound_makes_one(weights, bound):
    found = bands_of(np.array(weights), 0.5, 0.1, max_wrong_links=bound)
    tried = [_links(weights, t) for t in sorted({*weights, 100.0}) if t >= 0]
    most = max((links for links in tried if _wrong(links) <= bound), key=len)
    assert sorted(_links(weights, bits(found.link_probability))) == sorted(most)
    assert found.n_links == len(most)
    assert found.expected_wrong_links == pytest.approx(_wrong(most))
    assert found.expected_wrong_links <= bound + 1e-12
    assert 0.5 <= found.link_probability <= max(0.5, 1 - bound)


@settings(deadline=None, max_examples=200)
@given(WEIGHTS, BOUND)
def test_review_begins_where_what_lies_below_is_within_the_bound(weights, bound):
    found = bands_of(np.array(weights), 0.5, 0.1, max_missed_links=bound)
    total = sum(float(probability(np.array(w))) for w in weights)

    def missed(threshold):
        below = sum(float(probability(np.array(w))) for w in weights if w < threshold - 1e-9)
        return below / total if weights else 0.0

    assert found.expected_missed_links == pytest.approx(missed(bits(found.review_probability)))
    assert found.expected_missed_links <= bound + 1e-12
    within = [t for t in {*weights, bits(0.1)} if t <= bits(0.1) and missed(t) <= bound - 1e-12]
    n_review = min((len(_links(weights, t)) for t in within), default=found.n_review + found.n_links)
    assert found.n_review + found.n_links <= n_review
    assert 0 < found.review_probability <= 0.1


@settings(deadline=None, max_examples=100)
@given(WEIGHTS, st.none() | BOUND, st.none() | BOUND, st.randoms(use_true_random=False))
def test_bands_keep_the_order_of_the_declaration_and_do_not_depend_on_that_of_pairs(weights, wrong, missed, order):
    found = bands_of(np.array(weights), 0.5, 0.1, wrong, missed)
    shuffled = weights.copy()
    order.shuffle(shuffled)
    assert bands_of(np.array(shuffled), 0.5, 0.1, wrong, missed) == found
    decided = Comparator().with_bands(found)
    assert not [f for f in decided.faults() if "probabilit" in f or "share" in f]
    assert decided.max_wrong_links is decided.max_missed_links is None
    assert (found.expected_missed_links is None) == (missed is None)


def test_without_a_bound_the_declaration_holds():
    assert bands_of(np.array([3.0, -1.0]), 0.8, 0.2) == Bands(0.8, 0.2, 1, 1, pytest.approx(1 / 9))
    assert bands_of(np.zeros(0), 0.8, 0.2, 0.01, 0.01) == Bands(0.99, 0.2, 0, 0, 0.0, 0.0)


def test_a_declared_threshold_is_never_lowered_by_a_bound_it_fulfils():
    sure = np.full(1000, 30.0)
    assert bands_of(np.append(sure, -2.0), 0.5, 0.1, max_wrong_links=0.5).link_probability == 0.5


@pytest.mark.parametrize("bound", [0, 1, -0.1, 1.5, float("nan")])
def test_a_bound_is_a_share(bound):
    for name in ("max_wrong_links", "max_missed_links"):
        faults = replace(Comparator(), **{name: bound}).faults()
        assert any(f.startswith(f"{name} is a share between 0 and 1") for f in faults)


def test_bounds_are_part_of_the_declaration():
    comparator = replace(Comparator(), max_wrong_links=0.01, max_missed_links=0.05)
    assert Comparator.from_dict(comparator.to_dict()) == comparator
    assert "max_wrong_links" not in Comparator().to_dict()


PEOPLE = [
    {"record_id": i, "name": name, "mobile": mobile, "email": email}
    for i, (name, mobile, email) in enumerate(
        [
            ("王芳", "13812345678", "fang@qq.com"),
            ("王芳", "13812345678", None),
            ("李娜", "13987654321", None),
            ("李娜", None, "lina@163.com"),
            ("李小娜", "13987654321", "lina@163.com"),
            ("陈明", "13612345678", None),
            ("赵雷", "13612345678", None),
        ]
    )
]
SCHEMA = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), cq.Email("email"))


def test_a_run_uses_and_tells_its_bands():
    pipeline = cq.Pipeline.from_schema(SCHEMA)
    plain = pipeline.run(pl.DataFrame(PEOPLE))
    assert (plain.bands.link_probability, plain.bands.review_probability) == (0.5, 0.1)
    assert plain.bands.expected_missed_links is None
    strict = replace(pipeline, comparator=replace(pipeline.comparator, max_wrong_links=1e-4, max_missed_links=1e-4))
    result = strict.run(pl.DataFrame(PEOPLE))
    assert result.bands.expected_wrong_links <= 1e-4
    assert result.bands.expected_missed_links <= 1e-4
    assert result.bands.link_probability >= plain.bands.link_probability
    assert result.bands.review_probability <= plain.bands.review_probability
    linked = result.links.filter(pl.col("decision") == "link")
    assert linked.height == result.bands.n_links < plain.bands.n_links
    assert result.links.height == result.bands.n_links + result.bands.n_review
    for a, b, decision in result.links.select("record_id_l", "record_id_r", "decision").iter_rows():
        assert result.explain(a, b).decision == decision


def test_a_table_of_pairs_is_decided_by_the_same_bands():
    normalized = cq.Pipeline.from_schema(SCHEMA).run(pl.DataFrame(PEOPLE)).normalized
    pairs = pl.DataFrame({"record_id_l": [0, 2, 2, 5], "record_id_r": [1, 4, 3, 6]})
    comparator = SCHEMA.comparator()
    plain = comparator.link(normalized, pairs)
    strict = replace(comparator, max_wrong_links=1e-6).link(normalized, pairs)
    links = strict.filter(pl.col("decision") == "link")
    assert (1 - links["match_probability"]).mean() <= 1e-6 if links.height else True
    assert links.height < plain.filter(pl.col("decision") == "link").height
