"""Clusters against a slow oracle, and the law that they partition, respect decisions and do not depend on order."""

from __future__ import annotations

import random
from itertools import combinations, product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import SchemaError
from crmquality.merger.clusters import REFUSED, Clustered, cluster
from crmquality.merger.evidence import MOST_BITS
from crmquality.merger.guards import Contradiction, Guard, MaxSize, OneToOne
from crmquality.tables import DECISIONS, LINKS

SCHEMA = {**LINKS, "record_id_l": pl.Int64, "record_id_r": pl.Int64}
DECIDED = {**DECISIONS, "record_id_l": pl.Int64, "record_id_r": pl.Int64}


def links_of(*pairs: tuple[int, int, float | None], decision: str = "link") -> pl.DataFrame:
    return pl.DataFrame([(a, b, w, 0.9, decision) for a, b, w in pairs], schema=SCHEMA, orient="row")


def decisions_of(*rows: tuple[int, int, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=DECIDED, orient="row")


def records_of(n: int, **columns: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame({"record_id": list(range(n)), **columns})


def entities(found: Clustered[pl.DataFrame]) -> list[int]:
    return found.clusters.sort("record_id")["entity_id"].to_list()


def refusals(found: Clustered[pl.DataFrame]) -> list[tuple[int, int, str, str]]:
    return found.refused.select("record_id_l", "record_id_r", "guard", "origin").rows()


def last_words(decisions: pl.DataFrame) -> dict[tuple[int, int], str]:
    return {(min(a, b), max(a, b)): d for a, b, d in decisions.rows() if a != b}


# ----------------------------------------------------------------------------- oracle


class Oracle:
    """All links from the strongest down, every pair of every union checked against every guard, no components."""

    def __init__(self, records: pl.DataFrame, guards: tuple[Guard, ...]) -> None:
        self.rows = {r["record_id"]: r for r in records.to_dicts()}
        self.guards = guards
        self.cluster_of = {i: {i} for i in self.rows}
        self.refused: set[tuple[int, int, str, str]] = set()

    def run(self, links: pl.DataFrame, decisions: pl.DataFrame) -> None:
        weights: dict[tuple[int, int], list[float]] = {}
        for a, b, w, _, decision in links.rows():
            if decision == "link" and a != b:
                weights.setdefault((min(a, b), max(a, b)), []).append(float("-inf") if w is None else w)
        self.evidence: dict[tuple[int, int], float] = {}
        for a, b, w, _, _ in links.rows():
            if w is not None and a != b:
                pair = (min(a, b), max(a, b))
                self.evidence[pair] = max(self.evidence.get(pair, float("-inf")), w)
        said = last_words(decisions)
        self.apart = {p for p, d in said.items() if d == "non-link"}
        must = {p for p, d in said.items() if d == "link"}
        pairs = sorted({*weights, *must}, key=lambda p: (p not in must, -max(weights.get(p, [float("-inf")])), p))
        for a, b in pairs:
            left, right = self.cluster_of[a], self.cluster_of[b]
            if left is right:
                continue
            name = self.why_not(left, right, by_people=(a, b) in must)
            if name is not None:
                self.refused.add((a, b, name, "decisions" if (a, b) in must else "links"))
                continue
            union = left | right
            for member in union:
                self.cluster_of[member] = union
        self.refused = {r for r in self.refused if self.cluster_of[r[0]] is not self.cluster_of[r[1]]}

    def why_not(self, left: set[int], right: set[int], *, by_people: bool) -> str | None:
        if any((min(a, b), max(a, b)) in self.apart for a, b in product(left, right)):
            return "decisions"
        for guard in () if by_people else self.guards:
            pairs = [(self.rows[a], self.rows[b]) for a, b in product(left, right)]
            if isinstance(guard, MaxSize):
                breaks = len(left) + len(right) > guard.n
            elif isinstance(guard, Contradiction):
                both = [(a[guard.column], b[guard.column]) for a, b in pairs]
                breaks = any(x is not None and y is not None and x != y for x, y in both)
            else:
                assert isinstance(guard, OneToOne)
                breaks = any(a[guard.source] is not None and a[guard.source] == b[guard.source] for a, b in pairs)
            if breaks:
                return guard.name
        between = [self.evidence.get((min(a, b), max(a, b)), 0.0) for a, b in product(left, right)]
        against = sum(max(-MOST_BITS, min(MOST_BITS, w)) for w in between) < 0
        return "evidence" if against and not by_people else None


Case = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, tuple[Guard, ...]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n = draw(st.integers(1, 12))
    record = st.integers(0, n - 1)
    records = pl.DataFrame(
        {
            "record_id": list(range(n)),
            "norm_id": draw(st.lists(st.sampled_from([None, None, "x", "y"]), min_size=n, max_size=n)),
            "source": draw(st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=n, max_size=n)),
        },
        schema={"record_id": pl.Int64, "norm_id": pl.String, "source": pl.String},
    )
    weight = st.sampled_from([None, 1.0, 2.0, 2.0, 3.5, 8.0, -1.0, -4.5, -30.0])
    decision = st.sampled_from(["link", "link", "link", "review", "non-link"])
    links = draw(st.lists(st.tuples(record, record, weight, st.just(0.5), decision), max_size=24))
    decisions = draw(st.lists(st.tuples(record, record, st.sampled_from(["link", "non-link", "review"])), max_size=5))
    options: list[Guard] = [Contradiction("norm_id"), OneToOne("source"), MaxSize(draw(st.integers(2, 5)))]
    guards = tuple(g for g in options if draw(st.booleans()))
    return (
        records,
        pl.DataFrame(links, schema=SCHEMA, orient="row"),
        pl.DataFrame(decisions, schema=DECIDED, orient="row"),
        guards,
    )


@settings(max_examples=150, deadline=None)
@given(cases())
def test_law_8_clusters_equal_the_oracle(case: Case) -> None:
    records, links, decisions, guards = case
    found = cluster(records, links, guards=guards, decisions=decisions)
    oracle = Oracle(records, guards)
    oracle.run(links, decisions)
    assert entities(found) == [min(oracle.cluster_of[i]) for i in range(records.height)]
    assert set(refusals(found)) == oracle.refused
    assert len(refusals(found)) == len(oracle.refused)


@settings(max_examples=80, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_law_8_partition_decisions_and_order(case: Case, rng: random.Random) -> None:
    records, links, decisions, guards = case
    found = cluster(records, links, guards=guards, decisions=decisions)
    ids = found.clusters["record_id"].to_list()
    assert ids == sorted(records["record_id"].to_list())
    entity = dict(found.clusters.rows())
    assert all(entity[e] == e and e <= r for r, e in entity.items())

    contradicted = {(a, b) for a, b, guard, origin in refusals(found) if origin == "decisions"}
    for (a, b), decision in last_words(decisions).items():
        if decision == "non-link":
            assert entity[a] != entity[b]
        elif decision == "link" and (a, b) not in contradicted:
            assert entity[a] == entity[b]
    assert all(entity[a] != entity[b] for a, b, _, _ in refusals(found))

    def shuffled(table: pl.DataFrame) -> pl.DataFrame:
        rows = list(range(table.height))
        rng.shuffle(rows)
        return table[rows]

    swapped = shuffled(links).rename({"record_id_l": "record_id_r", "record_id_r": "record_id_l"}).select(links.columns)
    timed = decisions.with_row_index("day").with_columns(at=pl.date(2025, 3, 1 + pl.col("day")))
    again = cluster(shuffled(records), swapped, guards=guards, decisions=shuffled(timed))
    assert again.clusters.equals(found.clusters)
    assert again.refused.equals(found.refused)


def test_a_link_refused_by_evidence_that_turned_is_not_reported() -> None:
    # 1 joins 3 first; 0 is refused to both, because of 3, until 2 stands with 0 and speaks for 1.
    links = links_of((1, 3, 9.0), (0, 1, 8.0), (0, 3, -30.0), (0, 2, 8.0), (1, 2, 3.5))
    found = cluster(records_of(4), links)
    assert entities(found) == [0, 0, 0, 0]
    assert found.refused.height == 0


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_large_broken_components_equal_the_oracle(seed: int) -> None:
    rng = random.Random(seed)
    n = 150
    records = records_of(
        n,
        norm_id=[rng.choice([None, None, "x", "y", "z"]) for _ in range(n)],
        source=[f"s{rng.randrange(12)}" for _ in range(n)],
    )
    weights = [1.0, 2.0, 3.0, 20.0, -0.5]
    links = links_of(*((rng.randrange(n), rng.randrange(n), rng.choice(weights)) for _ in range(300)))
    decisions = decisions_of(
        *((rng.randrange(n), rng.randrange(n), rng.choice(["link", "non-link", "non-link"])) for _ in range(30))
    )
    guards = (Contradiction("norm_id"), OneToOne("source"), MaxSize(20))
    found = cluster(records, links, guards=guards, decisions=decisions)
    oracle = Oracle(records, guards)
    oracle.run(links, decisions)
    assert entities(found) == [min(oracle.cluster_of[i]) for i in range(n)]
    assert set(refusals(found)) == oracle.refused


# --------------------------------------------------------------------------- examples


def test_only_links_join() -> None:
    links = pl.concat([links_of((0, 1, 9.0)), links_of((1, 2, 8.0), decision="review")])
    assert entities(cluster(records_of(3), links)) == [0, 0, 2]


def test_a_link_does_not_outweigh_the_pairs_around_it() -> None:
    two_customers = links_of((0, 1, 15.0), (2, 3, 14.0), (1, 2, 3.0))
    against = links_of((0, 2, -6.0), (0, 3, -6.0), (1, 3, -6.0), decision="non-link")
    found = cluster(records_of(4), pl.concat([two_customers, against]))
    assert entities(found) == [0, 0, 2, 2]
    assert refusals(found) == [(1, 2, "evidence", "links")]
    assert entities(cluster(records_of(4), two_customers)) == [0, 0, 0, 0]


def test_one_pair_against_does_not_outweigh_the_rest() -> None:
    links = links_of((0, 1, 15.0), (2, 3, 14.0), (1, 2, 9.0), (0, 2, 8.0))
    against = links_of((1, 3, -40.0), decision="non-link")
    assert entities(cluster(records_of(4), pl.concat([links, against]))) == [0, 0, 0, 0]


def test_people_outweigh_the_evidence() -> None:
    against = links_of((0, 1, -30.0), decision="non-link")
    found = cluster(records_of(2), against, decisions=decisions_of((0, 1, "link")))
    assert entities(found) == [0, 0]


def test_no_links_no_records() -> None:
    assert entities(cluster(records_of(2), links_of())) == [0, 1]
    assert entities(cluster(records_of(2), pl.DataFrame())) == [0, 1]
    found = cluster(records_of(0), links_of(), guards=(Contradiction("record_id"), OneToOne("record_id"), MaxSize(2)))
    assert found.clusters.height == 0
    assert found.refused.columns == list(REFUSED)


def test_the_weakest_link_of_a_contradiction_is_refused() -> None:
    records = records_of(4, norm_id=["x", None, None, "y"])
    links = links_of((0, 1, 9.0), (1, 2, 5.0), (2, 3, 7.0))
    found = cluster(records, links, guards=(Contradiction("norm_id"),))
    assert entities(found) == [0, 0, 2, 2]
    assert refusals(found) == [(1, 2, "contradiction:norm_id", "links")]
    assert found.refused["match_weight"].to_list() == [5.0]


def test_people_overrule_guards_and_the_cluster_takes_no_third_value() -> None:
    records = records_of(5, norm_id=["x", "y", None, "x", None])
    links = links_of((0, 3, 9.0), (1, 2, 8.0), (3, 4, 1.0))
    found = cluster(records, links, guards=(Contradiction("norm_id"),), decisions=decisions_of((1, 0, "link")))
    assert entities(found) == [0, 0, 0, 3, 3]
    assert refusals(found) == [(0, 3, "contradiction:norm_id", "links")]


def test_a_non_link_cuts_the_weakest_link_of_the_way_between() -> None:
    links = links_of((0, 1, 3.0), (1, 2, 9.0), (2, 3, 8.0))
    found = cluster(records_of(4), links, decisions=decisions_of((3, 0, "non-link")))
    assert entities(found) == [0, 1, 1, 1]
    assert refusals(found) == [(0, 1, "decisions", "links")]


def test_contradictory_decisions_are_reported_and_the_non_link_holds() -> None:
    decisions = decisions_of((0, 1, "link"), (1, 2, "link"), (0, 2, "non-link"))
    found = cluster(records_of(3), links_of((0, 1, 9.0)), decisions=decisions)
    assert entities(found) == [0, 0, 2]
    assert refusals(found) == [(1, 2, "decisions", "decisions")]


def test_of_several_decisions_on_a_pair_the_latest_counts_and_a_person_outranks_a_rule() -> None:
    rows = [
        (0, 1, "non-link", "li", "2025-03-02"),
        (1, 0, "link", "wang", "2025-03-01"),
        (2, 3, "link", "li", "2025-03-01"),
        (2, 3, "non-link", "rule:other_birth_date", "2025-03-09"),
        (4, 5, "non-link", "li", None),
        (5, 4, "review", "li", None),
    ]
    decisions = pl.DataFrame(rows, schema={**DECIDED, "by": pl.String, "at": pl.String}, orient="row")
    links = links_of((0, 1, 9.0), (4, 5, 9.0))
    for said in (decisions, decisions.with_columns(reason=pl.lit("looked at both"))):
        found = cluster(records_of(6), links, decisions=said)
        assert entities(found) == [0, 1, 2, 2, 4, 4]
        assert refusals(found) == [(0, 1, "decisions", "links")]


def test_unknown_records_are_reported() -> None:
    decisions = decisions_of((1, 98, "non-link"), (0, 1, "review"))
    found = cluster(records_of(2), links_of((0, 99, 9.0)), decisions=decisions)
    assert entities(found) == [0, 1]
    assert refusals(found) == [(0, 99, "unknown_record", "links"), (1, 98, "unknown_record", "decisions")]


@pytest.mark.parametrize("dtype", [pl.Int32, pl.UInt64, pl.String])
def test_ids_keep_the_callers_type(dtype: pl.DataType) -> None:
    records = records_of(12).cast({"record_id": dtype})
    found = cluster(records, links_of((2, 10, 9.0), (3, 3, 1.0)))
    assert found.clusters.schema == {"record_id": dtype, "entity_id": dtype}
    assert found.refused.schema["record_id_l"] == dtype
    entity = dict(found.clusters.cast(pl.String).rows())
    assert entity["10"] == entity["2"] == ("10" if dtype == pl.String else "2")  # smallest in the order of the type


def test_long_paths_and_stars_need_no_recursion() -> None:
    n = 20_000
    path = links_of(*((i, i + 1, float(i % 7)) for i in range(n - 1)))
    star = links_of(*((0, i, float(i % 7)) for i in range(1, n)))
    for links in (path, star):
        assert set(entities(cluster(records_of(n), links))) == {0}
        sizes = cluster(records_of(n), links, guards=(MaxSize(10),)).clusters["entity_id"].value_counts()["count"]
        assert 7 <= max(sizes.to_list()) <= 10


def test_every_pair_in_a_guarded_cluster_is_compatible() -> None:
    rng = random.Random(7)
    records = records_of(60, norm_id=[rng.choice([None, "x", "y"]) for _ in range(60)])
    links = links_of(*((rng.randrange(60), rng.randrange(60), rng.random()) for _ in range(90)))
    found = cluster(records, links, guards=(Contradiction("norm_id"),))
    joined = found.clusters.join(records, on="record_id")
    for _, group in joined.group_by("entity_id"):
        assert all(None in pair or pair[0] == pair[1] for pair in combinations(group["norm_id"].to_list(), 2))


def test_faults_of_the_tables() -> None:
    with pytest.raises(SchemaError, match="unknown column 'norm_idd'"):
        cluster(records_of(1, norm_id=["x"]), links_of(), guards=(Contradiction("norm_idd"),))
    with pytest.raises(SchemaError, match="links: unknown column 'match_weight'"):
        cluster(records_of(1), links_of().drop("match_weight"))
    with pytest.raises(SchemaError, match="1 record ids are repeated"):
        cluster(pl.DataFrame({"record_id": [1, 1]}), links_of())
    with pytest.raises(SchemaError, match="1 of 2 record ids are null"):
        cluster(pl.DataFrame({"record_id": [1, None]}), links_of())
