"""Contradictions against all simple paths of small graphs."""

from itertools import combinations, pairwise

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.merger.clusters import cluster
from crmquality.merger.contradictions import (
    CONTRADICTIONS,
    contradictions,
    contradictions_frame,
    contradictions_text,
)
from crmquality.tables import LINKS, empty

N = 8
PAIRS = list(combinations(range(N), 2))
SAID = st.dictionaries(
    st.sampled_from(PAIRS), st.sampled_from(["link", "link", "link", "non-link", "review"]), max_size=20
)


def table(said, order=None):
    rows = [(b, a, d, f"{a}-{b}") for (a, b), d in said.items()]
    if order is not None:
        order.shuffle(rows)
    schema = {"record_id_l": pl.Int64, "record_id_r": pl.Int64, "decision": pl.String, "by": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _simple_paths(start, end, links, way=()):
    if start == end:
        yield (*way, end)
        return
    for a, b in links:
        for x, y in ((a, b), (b, a)):
            if x == start and y not in way and y != start:
                yield from _simple_paths(y, end, links, (*way, start))


def _oracle(said):
    links = [p for p, d in said.items() if d == "link"]
    out = {}
    for pair, decision in said.items():
        ways = list(_simple_paths(*pair, links)) if decision == "non-link" else []
        if ways:
            out[pair] = min(ways, key=lambda w: (len(w), w))
    return out


def _chains(found):
    out = {}
    for (n,), rows in found.group_by("contradiction", maintain_order=True):
        assert n == len(out) + 1
        assert rows["step"].to_list() == list(range(1, rows.height + 1))
        assert rows["decision"].to_list() == ["link"] * (rows.height - 1) + ["non-link"]
        *chain, last = rows.select("record_id_l", "record_id_r").rows()
        assert all(x[1] == y[0] for x, y in pairwise(chain))
        assert last == (chain[0][0], chain[-1][1])
        assert rows["by"].to_list() == [f"{min(p)}-{max(p)}" for p in (*chain, last)]
        out[last] = (chain[0][0], *(x[1] for x in chain))
    return out


@settings(max_examples=250, deadline=None)
@given(SAID, st.randoms(use_true_random=False))
def test_each_contradiction_has_the_shortest_chain(said, order):
    found = contradictions_frame(table(said))
    assert found.columns == list(CONTRADICTIONS)
    assert _chains(found) == _oracle(said)
    assert list(_chains(found)) == sorted(_oracle(said))
    assert contradictions_frame(table(said, order)).equals(found)


@settings(max_examples=100, deadline=None)
@given(SAID)
def test_links_of_people_are_refused_where_there_is_a_contradiction_and_nowhere_else(said):
    records = pl.DataFrame({"record_id": range(N)})
    links = empty(LINKS, pl.Int64())
    refused = cluster(records, links, decisions=table(said)).refused
    assert bool(refused.height) == bool(contradictions_frame(table(said)).height)


def test_what_was_taken_back_proves_nothing():
    rows = [
        {"record_id_l": a, "record_id_r": b, "decision": d, "at": at}
        for a, b, d, at in [(1, 2, "link", 1), (2, 3, "link", 2), (1, 3, "non-link", 3), (3, 2, "review", 4)]
    ]
    for row in rows:
        row["at"] = f"2025-03-0{row['at']}"
    assert contradictions(rows) == []
    assert len(contradictions(rows[:3])) == 3


def test_long_chains_and_many_refusals():
    n = 20_000
    chain = pl.DataFrame({"record_id_l": range(n), "record_id_r": range(1, n + 1), "decision": ["link"] * n})
    apart = pl.DataFrame({"record_id_l": [0, 0, 5], "record_id_r": [n, 3, 9], "decision": ["non-link"] * 3})
    found = contradictions_frame(pl.concat([chain, apart]))
    assert found.group_by("contradiction").len().sort("contradiction")["len"].to_list() == [4, n + 1, 5]
    assert contradictions_frame(chain).height == 0


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, list])
def test_the_text_names_who_and_when(kind):
    rows = [
        {"record_id_l": "b", "record_id_r": "a", "decision": "link", "by": "li", "at": "2025-03-01"},
        {"record_id_l": "b", "record_id_r": "c", "decision": "link", "by": "rule:same_mobile", "at": None},
        {"record_id_l": "a", "record_id_r": "c", "decision": "non-link", "by": None, "at": None},
    ]
    found = contradictions(rows if kind is list else kind(rows))
    assert contradictions_text(found) == "a = b (li, 2025-03-01), b = c (rule:same_mobile), yet a ≠ c"
    assert contradictions_text(found, "zh") == "a = b（li，2025-03-01），b = c（rule:same_mobile），但 a ≠ c"
    assert contradictions_text([]) == ""
