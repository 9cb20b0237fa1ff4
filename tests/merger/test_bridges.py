"""Doubtful bridges against taking out every link and looking at what falls apart."""

import itertools
from math import log2

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.merger.bridges import BRIDGES, doubtful_bridges
from crmquality.merger.clusters import cluster
from crmquality.merger.evidence import MOST_BITS
from crmquality.tables import LINKS, empty

N = 9
WEIGHT = st.sampled_from([-12.0, -3.0, -0.5, 0.5, 1.0, 2.5, 3.0, 6.0, 14.0])
PAIR = st.sampled_from(list(itertools.combinations(range(N), 2)))
GRAPH = st.dictionaries(PAIR, st.tuples(WEIGHT, st.booleans()), max_size=20)


def _links(graph):
    rows = [
        (a, b, weight, 1 / (1 + 2**-weight), "link" if linked else "review")
        for (a, b), (weight, linked) in graph.items()
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(LINKS, pl.Float64) | _IDS | {"decision": pl.String}, orient="row")


_IDS = {"record_id_l": pl.Int64, "record_id_r": pl.Int64}
RECORDS = pl.DataFrame({"record_id": range(N)})


def _reached(start, edges):
    found, todo = {start}, [start]
    while todo:
        x = todo.pop()
        near = {b for a, b in edges if a == x} | {a for a, b in edges if b == x}
        todo += near - found
        found |= near
    return found


def _oracle(entity, graph, must, limit):
    """Take out each link: do its ends fall apart, and what do the pairs between the parts say?"""
    inside = {p: v for p, v in graph.items() if entity[p[0]] == entity[p[1]]}
    edges = {p for p, (_, linked) in inside.items() if linked} | {p for p in must if entity[p[0]] == entity[p[1]]}
    out = {}
    for p, (weight, linked) in inside.items():
        if not linked or p in must:
            continue
        left, right = (_reached(x, edges - {p}) for x in p)
        if left & right:
            continue
        between = [
            max(-MOST_BITS, min(MOST_BITS, w)) for (a, b), (w, _) in inside.items() if (a in left) != (b in left)
        ]
        mean = sum(between) / len(between)
        if mean < limit - 1e-9:
            out[p] = (weight, len(left), len(right), len(between), pytest.approx(mean))
    return out


@settings(deadline=None, max_examples=250)
@given(GRAPH, st.sets(PAIR, max_size=2), st.sampled_from([0.05, 0.1, 0.3]), st.randoms(use_true_random=False))
def test_it_finds_what_taking_out_every_link_finds(graph, must, doubt, order):
    links = _links(graph)
    decisions = pl.DataFrame([(a, b, "link") for a, b in must], schema={**_IDS, "decision": pl.String}, orient="row")
    clusters = cluster(RECORDS, links, decisions=decisions).clusters
    found = doubtful_bridges(clusters, links, decisions, doubt=doubt)
    entity = dict(clusters.rows())
    expected = _oracle(entity, graph, must, -log2(doubt / (1 - doubt)))
    assert {(a, b): (w, *rest) for a, b, w, _, *rest in found.rows()} == expected
    assert found["mean_weight"].is_sorted()
    shuffled = links.sample(fraction=1.0, shuffle=True, seed=order.randrange(1000))
    assert doubtful_bridges(clusters, shuffled, decisions, doubt=doubt).equals(found)


def test_two_customers_held_by_one_link():
    graph = dict.fromkeys([(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)], (9.0, True))
    graph[2, 3] = (4.0, True)
    graph |= {(a, b): (0.1, False) for a in range(3) for b in range(3, 6) if (a, b) != (2, 3)}
    links = _links(graph)
    clusters = cluster(RECORDS, links).clusters
    (row,) = doubtful_bridges(clusters, links).to_dicts()
    assert (row["record_id_l"], row["record_id_r"], row["n_records_l"], row["n_records_r"]) == (2, 3, 3, 3)
    assert row["n_pairs"] == 9
    assert row["mean_weight"] == pytest.approx((4 + 0.8) / 9)


def test_without_links_there_is_none_and_the_columns_are_there():
    clusters = cluster(RECORDS, empty(LINKS)).clusters
    found = doubtful_bridges(clusters, empty(LINKS))
    assert found.columns == list(BRIDGES)
    assert found.height == 0
    nobody = pl.DataFrame(schema={"record_id": pl.Int64, "entity_id": pl.Int64})
    assert doubtful_bridges(nobody, empty(LINKS)).height == 0


def test_a_long_chain_takes_no_long_time_and_no_recursion():
    n = 30_000
    links = pl.DataFrame(
        {"record_id_l": range(n - 1), "record_id_r": range(1, n), "match_weight": 1.0, "match_probability": 2 / 3}
    ).with_columns(decision=pl.lit("link"))
    clusters = pl.DataFrame({"record_id": range(n), "entity_id": [0] * n})
    found = doubtful_bridges(clusters, links)
    assert found.height == n - 1
    assert (found["n_records_l"] + found["n_records_r"] == n).all()
