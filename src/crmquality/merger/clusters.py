"""From links to clusters: connected components, and a careful rebuild of the few that break a guard.

Links are transitive only as long as nothing speaks against it. Components are made first, in linear time. One that
breaks no guard is done. One that does is taken apart and built again from its strongest link down, and a link that
would join what must stay apart is refused and reported. The result is that of the rebuild on everything, because a
part of a component that breaks no guard breaks none either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
import polars as pl

from crmquality.errors import SchemaError, unknown
from crmquality.merger.decisions import effective_frame, read_decisions
from crmquality.merger.evidence import PairEvidence
from crmquality.merger.guards import UNKNOWN_RECORD, CannotLink, Constraint, Guard, IntArray
from crmquality.tables import DECISIONS, LINKS, RECORD_ID, RECORD_ID_L, RECORD_ID_R, TableSchema, empty

FrameT = TypeVar("FrameT")

REFUSED: Final[TableSchema] = {**LINKS, "guard": pl.String, "origin": pl.String}
"""The columns of refused links: those of links, the guard's name, and the table the link came from."""


@dataclass(frozen=True)
class Clustered(Generic[FrameT]):
    """What clustering gives.

    Attributes:
        clusters: `record_id`, `entity_id` (the smallest record id of the cluster), every record once, by record id.
        refused: links and decisions that were not followed, by their record ids: the columns of links, `guard` (the
            name of the guard that refused it, "evidence" where the other pairs between the two clusters speak against
            it, "decisions" for a "non-link" of a person, "unknown_record" where a record is not in the table) and
            `origin` ("links" or "decisions"). A decision refused by "decisions" contradicts another decision.
    """

    clusters: FrameT
    refused: FrameT


def cluster(
    records: pl.DataFrame,
    links: pl.DataFrame,
    *,
    record_id: str = RECORD_ID,
    guards: Sequence[Guard] = (),
    decisions: pl.DataFrame | None = None,
) -> Clustered[pl.DataFrame]:
    """The clusters that links make, as far as guards and people's decisions allow.

    Of several decisions on a pair one counts: see `merger.decisions`. A "non-link" always holds. A "link" holds against
    every guard, and gives way only to a "non-link". All other links are followed in descending match weight, ties by
    record ids, each unless the union would break a guard, or the weights of all scored pairs between the two clusters
    add up to less than nothing (see `merger.evidence`).

    Args:
        records: the records, with `record_id` and the columns of the guards.
        links: the columns of `tables.LINKS`; rows decided "link" join, the weights of all rows are evidence.
        record_id: the column of the record's id, unique and never null.
        guards: what must not come together.
        decisions: the columns of `tables.DECISIONS`, and `by`, `at`, `reason` where they are known; "link" and
            "non-link" count.

    Returns:
        Clusters and refused links; neither depends on the order of any row but that of decisions of one time on one
        pair.

    Raises:
        SchemaError: for columns that are missing, record ids that are null or repeated, and decisions in other words.

    >>> records = pl.DataFrame({"record_id": [1, 2, 3], "norm_id_number": ["x", None, "y"]})
    >>> links = pl.DataFrame({"record_id_l": [1, 2], "record_id_r": [2, 3], "match_weight": [9.0, 7.0],
    ...                       "match_probability": [0.99, 0.98], "decision": ["link", "link"]})
    >>> cluster(records, links).clusters["entity_id"].to_list()
    [1, 1, 1]
    >>> from crmquality.merger.guards import Contradiction
    >>> found = cluster(records, links, guards=(Contradiction("norm_id_number"),))
    >>> found.clusters["entity_id"].to_list(), found.refused["guard"].to_list()
    ([1, 1, 3], ['contradiction:norm_id_number'])
    """
    links = _contract("links", links, LINKS)
    decisions = read_decisions(decisions if decisions is not None else pl.DataFrame())
    needed = dict.fromkeys((record_id, *(c for g in guards for c in g.columns())))
    if missing := [unknown("column", c, records.columns) for c in needed if c not in records.columns]:
        raise SchemaError(missing)
    check_ids(records[record_id])
    ordered = records.select(list(needed)).sort(record_id)
    ids = ordered[record_id]
    edges = edges_of(ids, links, decisions)
    known = edges.filter(pl.col("a").is_not_null() & pl.col("b").is_not_null() & (pl.col("a") != pl.col("b")))
    together = _strongest_first(known.filter(pl.col("decision") == "link"))
    apart = known.filter((pl.col("decision") == "non-link") & (pl.col("origin") == "decisions"))
    cannot = CannotLink(apart["a"].to_numpy(), apart["b"].to_numpy())
    constraints = [*(g.bind(ordered) for g in guards), _evidence(known)]
    root, refused = _components(len(ids), together, cannot, constraints)
    clusters = pl.DataFrame({RECORD_ID: ids, "entity_id": ids.gather(root)})
    unknown_side = pl.col("a").is_null() | pl.col("b").is_null()
    said = (pl.col("decision") == "link") | (pl.col("origin") == "decisions")
    strangers = edges.filter(unknown_side & said).with_columns(guard=pl.lit(UNKNOWN_RECORD))
    return Clustered(clusters, _refused_table(ids, refused, strangers))


def check_ids(ids: pl.Series) -> None:
    """Record ids are what every table hangs on: none missing, none twice.

    Raises:
        SchemaError: with the counts.
    """
    faults = []
    if ids.null_count():
        faults.append(f"{ids.null_count()} of {len(ids)} record ids are null in column {ids.name!r}; expected none")
    if repeated := len(ids) - ids.n_unique():
        faults.append(f"{repeated} record ids are repeated in column {ids.name!r}; expected each once")
    if faults:
        raise SchemaError(faults)


def _contract(name: str, table: pl.DataFrame, schema: TableSchema) -> pl.DataFrame:
    if not table.columns and not table.height:
        return empty(schema)
    if missing := [c for c in schema if c not in table.columns]:
        raise SchemaError([f"{name}: {unknown('column', c, table.columns)}" for c in missing])
    return table.select(list(schema))


def edges_of(ids: pl.Series, links: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Links and the decisions that count, each with the codes `a` and `b` of its records; null for a stranger."""
    sides = pl.col(RECORD_ID_L, RECORD_ID_R).cast(ids.dtype, strict=False)
    said = effective_frame(decisions.with_columns(sides)).filter(pl.col("decision") != "review")
    parts = [
        table.with_columns(sides, pl.col("decision").cast(pl.String), origin=pl.lit(name))
        for name, table in (("links", links), ("decisions", said.select(list(DECISIONS))))
    ]
    parts[0] = parts[0].with_columns(pl.col("match_weight", "match_probability").cast(pl.Float64).fill_nan(None))
    edges = pl.concat(parts, how="diagonal")
    lookup = pl.DataFrame({"id": ids, "code": np.arange(len(ids), dtype=np.int64)})
    for side, code in ((RECORD_ID_L, "a"), (RECORD_ID_R, "b")):
        edges = edges.join(lookup.rename({"code": code}), left_on=side, right_on="id", how="left")
    return edges


def _evidence(known: pl.DataFrame) -> PairEvidence:
    """The weights of all scored pairs, the highest where a pair has several."""
    scored = known.filter((pl.col("origin") == "links") & pl.col("match_weight").is_not_null())
    pairs = scored.select(a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"), weight="match_weight")
    once = pairs.group_by("a", "b").agg(pl.col("weight").max()).sort("a", "b")
    return PairEvidence(once["a"].to_numpy(), once["b"].to_numpy(), once["weight"].to_numpy())


def _strongest_first(edges: pl.DataFrame) -> pl.DataFrame:
    """One row per pair, people's links first, then descending weight, then ids."""
    pairs = edges.with_columns(a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"))
    return (
        pairs.group_by("a", "b")
        .agg(pl.col("match_weight", "match_probability").max(), must=(pl.col("origin") == "decisions").any())
        .sort("must", "match_weight", "a", "b", descending=[True, True, False, False], nulls_last=True)
    )


def _components(
    n_records: int, edges: pl.DataFrame, cannot: CannotLink, constraints: Sequence[Constraint]
) -> tuple[IntArray, pl.DataFrame]:
    """The smallest code of each record's cluster, and the refused edges with their guard."""
    a, b = edges["a"].to_numpy(), edges["b"].to_numpy()
    from scipy.sparse import coo_array  # here, not above: a quarter of the time to import this package
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n_records, n_records))
    _, found = connected_components(graph.tocsr(), directed=False)
    label = found.astype(np.int64)
    broken = np.unique(np.concatenate([c.broken(label) for c in (cannot, *constraints)]))
    refused = edges.clear().with_columns(guard=pl.lit(None, dtype=pl.String))
    if broken.size:
        again = np.isin(label[a], broken)
        refused, roots = _rebuild(edges.filter(pl.Series(again)), cannot, constraints)
        members = np.flatnonzero(np.isin(label, broken))
        label[members] = [n_records + roots.get(m, m) for m in members.tolist()]
        # What later unions brought together after all was not refused: evidence, unlike a guard, can turn.
        refused = refused.filter(pl.Series(label[refused["a"].to_numpy()] != label[refused["b"].to_numpy()]))
    return _smallest(label), refused


def _rebuild(
    edges: pl.DataFrame, cannot: CannotLink, constraints: Sequence[Constraint]
) -> tuple[pl.DataFrame, dict[int, int]]:
    """Constrained union-find: refused edges with their guard, and the root of every record that has an edge."""
    parent: dict[int, int] = {}
    size: dict[int, int] = {}

    def find(x: int) -> int:
        up = parent.setdefault(x, x)
        while up != x:
            parent[x] = parent[up]
            x = parent[x]
            up = parent[x]
        return x

    both: tuple[Constraint, ...] = (cannot, *constraints)
    people_only: tuple[Constraint, ...] = (cannot,)
    rows: list[int] = []
    names: list[str] = []
    for row, (left, right, must) in enumerate(edges.select("a", "b", "must").iter_rows()):
        x, y = find(left), find(right)
        if x == y:
            continue
        name = next((c.name for c in (people_only if must else both) if not c.allows(x, y)), None)
        if name is not None:
            rows.append(row)
            names.append(name)
            continue
        kept, gone = (x, y) if size.get(x, 1) >= size.get(y, 1) else (y, x)
        parent[gone] = kept
        size[kept] = size.get(kept, 1) + size.pop(gone, 1)
        for c in both:
            c.join(kept, gone)
    return edges[rows].with_columns(guard=pl.Series(names, dtype=pl.String)), {x: find(x) for x in list(parent)}


def _smallest(label: IntArray) -> IntArray:
    """Labels of any numbering as the smallest position that bears them."""
    if not label.size:
        return label
    first = np.empty(int(label.max()) + 1, dtype=np.int64)
    first[label[::-1]] = np.arange(len(label) - 1, -1, -1)  # numpy keeps the last of repeated assignments
    return first[label]


def _refused_table(ids: pl.Series, refused: pl.DataFrame, strangers: pl.DataFrame) -> pl.DataFrame:
    known = refused.select(
        ids.gather(refused["a"]).alias(RECORD_ID_L),
        ids.gather(refused["b"]).alias(RECORD_ID_R),
        "match_weight",
        "match_probability",
        pl.lit("link").alias("decision"),
        "guard",
        pl.when("must").then(pl.lit("decisions")).otherwise(pl.lit("links")).alias("origin"),
    )
    return pl.concat([known, strangers.select(known.columns)]).sort(known.columns)
