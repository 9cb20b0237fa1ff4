from __future__ import annotations

import dataclasses
import itertools
import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from crmquality.errors import SchemaError
from crmquality.evaluation import Evaluation, evaluate, wilson_interval


def _table(ids, groups, column):
    return [{"record_id": i, column: g} for i, g in zip(ids, groups, strict=True)]


def _oracle(found: dict[int, str], truth: dict[int, str]) -> dict[str, float]:
    """The definitions, pair by pair and record by record."""
    records = sorted(truth)
    cluster = {r: ("found", found[r]) if r in found else ("alone", r) for r in records}
    common = found_pairs = true_pairs = 0
    for a, b in itertools.combinations(records, 2):
        together, same = cluster[a] == cluster[b], truth[a] == truth[b]
        common, found_pairs, true_pairs = common + (together and same), found_pairs + together, true_pairs + same
    b_precision, b_recall = [], []
    for r in records:
        mates = {s for s in records if cluster[s] == cluster[r]}
        kin = {s for s in records if truth[s] == truth[r]}
        b_precision.append(len(mates & kin) / len(mates))
        b_recall.append(len(mates & kin) / len(kin))
    entities = {frozenset(s for s in records if truth[s] == truth[r]) for r in records}
    clusters = {frozenset(s for s in records if cluster[s] == cluster[r]) for r in records}
    precision = common / found_pairs if found_pairs else 1.0
    recall = common / true_pairs if true_pairs else 1.0
    bp, br = sum(b_precision) / len(records), sum(b_recall) / len(records)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "b_cubed_precision": bp,
        "b_cubed_recall": br,
        "b_cubed_f1": 2 * bp * br / (bp + br),
        "exact_entities": len(entities & clusters) / len(entities),
        "n_records": len(records),
        "n_entities": len(entities),
        "n_clusters": len(clusters),
        "n_exact_entities": len(entities & clusters),
        "n_true_pairs": true_pairs,
        "n_found_pairs": found_pairs,
        "n_common_pairs": common,
        "largest_entity": max(map(len, entities)),
        "largest_cluster": max(map(len, clusters)),
        "n_records_not_found": len(set(records) - set(found)),
        "n_records_not_in_truth": len(set(found) - set(records)),
    }


_PARTITION = st.dictionaries(st.integers(0, 11), st.sampled_from("abcd"), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(found=_PARTITION, truth=_PARTITION)
def test_it_is_what_the_definitions_say(found, truth):
    if not set(found) & set(truth):
        return
    result = evaluate(
        _table(*zip(*found.items(), strict=True), "golden_id"), _table(*zip(*truth.items(), strict=True), "entity_id")
    )
    figures = result.to_dict()
    for name, expected in _oracle(found, truth).items():
        assert figures[name] == pytest.approx(expected, abs=1e-12), name


@settings(max_examples=50, deadline=None)
@given(found=_PARTITION, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_bit(found, order):
    truth = _table(range(12), "aaabbbccdddd", "entity_id")
    clusters = _table(*zip(*found.items(), strict=True), "golden_id")
    one = evaluate(clusters, truth)
    order.shuffle(clusters)
    order.shuffle(truth)
    assert evaluate(clusters, truth) == one


@settings(max_examples=50, deadline=None)
@given(part=_PARTITION)
def test_the_truth_is_perfect(part):
    rows = _table(*zip(*part.items(), strict=True), "entity_id")
    result = evaluate(rows, rows)
    assert result.precision == result.recall == result.f1 == result.b_cubed_f1 == result.exact_entities == 1.0
    assert result.precision_interval[1] == result.f1_interval[1] == 1.0


@given(trials=st.integers(1, 10**9), share=st.floats(0, 1))
def test_an_interval_holds_its_share(trials, share):
    successes = round(trials * share)
    low, high = wilson_interval(successes, trials)
    assert 0.0 <= low <= successes / trials <= high <= 1.0


@given(trials=st.integers(1, 10**6), share=st.floats(0, 1), confidence=st.sampled_from([0.8, 0.95, 0.99]))
def test_an_interval_is_that_of_scipy(trials, share, confidence):
    successes = round(trials * share)
    expected = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    assert wilson_interval(successes, trials, confidence) == pytest.approx((expected.low, expected.high), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(found=_PARTITION)
def test_the_intervals_hold_their_figures(found):
    result = evaluate(
        _table(*zip(*found.items(), strict=True), "golden_id"), _table(range(12), "aaabbbccdddd", "entity_id")
    )
    for name in ("recall", "f1", "exact_entities"):
        low, high = getattr(result, f"{name}_interval")
        assert low - 1e-12 <= getattr(result, name) <= high + 1e-12


def test_ids_compare_as_text_whatever_the_kind_of_table():
    truth = pl.DataFrame({"record_id": [1, 2, 3], "entity_id": [7, 7, 8]})
    found = pl.LazyFrame({"record_id": ["1", "2", "3"], "cluster_id": ["x", "x", "y"], "more": [0, 0, 0]})
    assert evaluate(found, truth).f1 == 1.0
    pd = pytest.importorskip("pandas")
    assert (
        evaluate(
            pd.DataFrame({"golden_id": ["x", "x", "y"]}, index=pd.Index([1.0, 2.0, 3.0], name="record_id")), truth
        ).f1
        == 1
    )


def test_the_golden_id_comes_first():
    truth = _table([1, 2], "aa", "entity_id")
    found = [{"record_id": 1, "cluster_id": 1, "golden_id": "g"}, {"record_id": 2, "cluster_id": 2, "golden_id": "g"}]
    assert evaluate(found, truth).recall == 1.0


def test_a_clustering_without_rows_finds_nothing():
    result = evaluate([], _table([1, 2, 3], "aab", "entity_id"))
    assert (result.precision, result.recall, result.n_clusters, result.n_records_not_found) == (1.0, 0.0, 3, 3)
    assert result.f1 == 0.0


def test_a_cluster_named_like_a_lonely_record_does_not_take_it_in():
    result = evaluate([{"record_id": "a", "golden_id": "b"}], _table(["a", "b"], "xy", "entity_id"))
    assert result.n_clusters == 2


def test_every_fault_at_once_with_counts_and_without_ids():
    found = [{"record_id": "secret", "golden_id": None}, {"record_id": "secret", "golden_id": "g"}, {"golden_id": "g"}]
    with pytest.raises(SchemaError) as caught:
        evaluate(found, [{"record_id": 1, "entitty_id": 2}])
    faults = caught.value.faults
    assert faults == (
        "the truth has no column entity_id; it has: entitty_id, record_id",
        "the clustering: record_id is missing in 1 of 3 rows",
        "the clustering: golden_id is missing in 1 of 3 rows",
        "the clustering: 1 of 3 rows repeat a record_id; every record stands in one cluster",
    )
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("found", "truth", "message"),
    [
        ([{"id": 1, "golden_id": 1}], [{"record_id": 1, "entity_id": 1}], "unknown column 'record_id'"),
        ([{"record_id": 1, "group": 1}], [{"record_id": 1, "entity_id": 1}], "golden_id or entity_id or cluster_id"),
        ([{"record_id": 1, "golden_id": 1}], [], "the truth has no rows"),
        ([{"record_id": 1, "golden_id": 1}], [{"record_id": "a", "entity_id": 1}], "ids of the same records"),
    ],
)
def test_tables_that_do_not_fit(found, truth, message):
    with pytest.raises(SchemaError, match=message):
        evaluate(found, truth)


LINKS = [
    {"record_id_l": 1, "record_id_r": 2, "decision": "link"},
    {"record_id_l": 2, "record_id_r": 1, "decision": "review"},  # the same pair: counts once, as a link
    {"record_id_l": 1, "record_id_r": 4, "decision": "link"},
    {"record_id_l": 1, "record_id_r": 3, "decision": "review"},
    {"record_id_l": 2, "record_id_r": 3, "decision": "non-link"},
    {"record_id_l": 2, "record_id_r": 99, "decision": "link"},  # not in the truth
    {"record_id_l": 2, "record_id_r": 2, "decision": "link"},  # no pair
]


def test_links_are_measured_before_clustering():
    truth = _table([1, 2, 3, 4], "aaab", "entity_id")
    result = evaluate(truth, truth, links=LINKS).links
    assert (result.n_links, result.n_true_links, result.n_review, result.n_true_review) == (2, 1, 1, 1)
    assert result.n_true_pairs == 3
    assert result.precision == 0.5
    assert result.recall == 1 / 3
    assert result.recall_with_review == 2 / 3
    assert evaluate(truth, truth, links=pl.DataFrame(LINKS).drop("decision")).links.n_links == 4
    assert evaluate(truth, truth, links=[]).links.precision == 1.0
    with pytest.raises(SchemaError, match="no column 'record_id_r'"):
        evaluate(truth, truth, links=[{"record_id_l": 1}])


def test_it_shows_itself():
    truth = _table([1, 2, 3, 4], "aaab", "entity_id")
    result = evaluate([*truth[:3], {"record_id": 9, "entity_id": "z"}], truth, links=LINKS)
    text = str(result)
    assert "pairwise recall        1.0000  95% interval 0.4385 to 1.0000" in text
    assert "not found" in text
    assert "link precision" in text
    page = result._repr_html_()
    assert page.startswith("<table>")
    assert page.count("<tr>") == len(text.splitlines())


def test_it_is_a_value():
    truth = _table([1, 2], "aa", "entity_id")
    result = evaluate(truth, truth)
    assert result == evaluate(truth, truth)
    assert dataclasses.replace(result, precision=0.5) != result
    figures = evaluate(truth, truth, links=LINKS).to_dict()
    assert figures["links_n_true_pairs"] == 1
    assert figures["precision_high"] == 1.0
    assert all(math.isfinite(v) for v in figures.values())
    assert isinstance(result, Evaluation)
