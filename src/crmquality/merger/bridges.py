"""Doubtful bridges: links that alone hold two parts of a cluster together, while little else speaks for it.

A bridge of a graph is an edge without which it falls into two parts (Tarjan, 1974). In the graph of a cluster's links a
bridge is all that makes the two parts one customer, and what a person should look at first is a bridge whose **mean
evidence** is small: the mean weight of all scored pairs between the two parts, the bridge among them.

No pair is walked. In a preorder of a spanning tree the records below an edge are neighbors, so sums over the pairs that
leave them are differences of running sums: each pair counts at both its ends, and twice less at their lowest common
ancestor. An edge is a bridge if it is the only link that leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.merger.clusters import edges_of
from crmquality.merger.decisions import read_decisions
from crmquality.merger.evidence import EPSILON, MOST_BITS
from crmquality.merger.guards import IntArray
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R, TableSchema

BRIDGES: Final[TableSchema] = {
    RECORD_ID_L: pl.String,
    RECORD_ID_R: pl.String,
    "match_weight": pl.Float64,
    "match_probability": pl.Float64,
    "n_records_l": pl.Int64,
    "n_records_r": pl.Int64,
    "n_pairs": pl.Int64,
    "mean_weight": pl.Float64,
}
"""The link, its weight in bits, the records of the part on either side, the scored pairs between the two parts, the
link among them, and their mean weight."""


def doubtful_bridges(
    clusters: pl.DataFrame, links: pl.DataFrame, decisions: pl.DataFrame | None = None, *, doubt: float = 0.1
) -> pl.DataFrame:
    """The links that alone hold a cluster together and whose evidence leaves a doubt, weakest first.

    Args:
        clusters: the columns of `tables.CLUSTERS`.
        links: the columns of `tables.LINKS`: rows decided "link" hold together, the weights of all rows are evidence.
        decisions: the columns of `tables.DECISIONS`: what a person has linked holds together too, and is no doubt.
        doubt: from which chance to be wrong: a pair of the mean weight would be no match with this probability. The
            chance to be a match from which a pair that was not linked goes to review is the natural one.

    Returns:
        The columns of `BRIDGES`.

    >>> clusters = pl.DataFrame({"record_id": [1, 2, 3, 4], "entity_id": [1, 1, 1, 1]})
    >>> links = pl.DataFrame({"record_id_l": [1, 2, 3, 1], "record_id_r": [2, 3, 4, 3],
    ...                       "match_weight": [9.0, 5.0, 9.0, -1.0], "match_probability": [0.998, 0.97, 0.998, 0.33],
    ...                       "decision": ["link", "link", "link", "non-link"]})
    >>> doubtful_bridges(clusters, links).select("record_id_l", "record_id_r", "n_records_l", "mean_weight").rows()
    [(2, 3, 2, 2.0)]
    """
    ids = clusters[RECORD_ID]
    label = clusters["entity_id"].rank("dense").cast(pl.Int64).to_numpy() - 1
    pairs = _pairs_inside(ids, label, links, decisions)
    limit = -float(np.log2(doubt / (1 - doubt)))
    # a mean is below the limit only where a pair is; in the other clusters there is nothing to look for
    pairs = pairs.filter((pl.col("weight") < limit - EPSILON).any().over("label"))
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    records, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    left, right = codes[: len(a)], codes[len(a) :]
    held = pairs["held"].to_numpy()
    tree = _spanning_tree(len(records), left[held], right[held])
    scored = pairs["weight"].is_not_null().to_numpy()
    crossing = tree.crossing(left, right, np.stack([held, scored, pairs["weight"].fill_null(0.0).to_numpy()]))
    n_held, n_pairs = crossing[:2].round().astype(np.int64)
    mean = crossing[2] / np.maximum(n_pairs, 1)
    found = np.flatnonzero((n_held == 1) & (n_pairs > 0) & (mean < limit - EPSILON))
    above, below = tree.node[tree.parent[found]], tree.node[found]
    n_below = tree.size[found]
    n_rest = np.bincount(label, minlength=1)[label[records[below]]] - n_below
    first = above < below
    table = pl.DataFrame(
        {
            "a": records[np.minimum(above, below)],
            "b": records[np.maximum(above, below)],
            "n_records_l": np.where(first, n_rest, n_below),
            "n_records_r": np.where(first, n_below, n_rest),
            "n_pairs": n_pairs[found],
            "mean_weight": mean[found],
        }
    ).join(pairs.filter(~pl.col("must")), on=["a", "b"])
    return (
        table.with_columns(ids.gather(table["a"]).alias(RECORD_ID_L), ids.gather(table["b"]).alias(RECORD_ID_R))
        .select(list(BRIDGES))
        .sort("mean_weight", RECORD_ID_L, RECORD_ID_R)
    )


def _pairs_inside(ids: pl.Series, label: IntArray, links: pl.DataFrame, decisions: pl.DataFrame | None) -> pl.DataFrame:
    """Each pair of a cluster once: its weight as evidence, whether it holds it together, or a person said so."""
    edges = edges_of(ids, links, read_decisions(decisions if decisions is not None else pl.DataFrame()))
    edges = edges.filter(pl.col("a").is_not_null() & pl.col("b").is_not_null() & (pl.col("a") != pl.col("b")))
    labels = pl.Series("label", label)
    edges = edges.with_columns(labels.gather(edges["a"])).filter(labels.gather(edges["b"]) == pl.col("label"))
    said = pl.col("origin") == "decisions"
    return (
        edges.with_columns(a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"))
        .group_by("a", "b")
        .agg(
            pl.col("label").first(),
            pl.col("match_weight", "match_probability").max(),
            weight=pl.col("match_weight").max().clip(-MOST_BITS, MOST_BITS),
            held=(pl.col("decision") == "link").any(),
            must=((pl.col("decision") == "link") & said).any(),
        )
        .sort("a", "b")
    )


@dataclass(frozen=True)
class _Tree:
    """A spanning tree in preorder, under a root at place 0 that is no record.

    Attributes:
        place: of each node, shape (n,).
        node: at each place, shape (n + 1,); -1 for the root.
        parent: the place above each place.
        depth: of each place.
        size: how many records are in the subtree of each place; they stand from it on, without a gap.
    """

    place: IntArray
    node: IntArray
    parent: IntArray
    depth: IntArray
    size: IntArray

    def crossing(self, left: IntArray, right: IntArray, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each place, the sums of the values of pairs with one end in its subtree.

        Args:
            left: nodes, shape (n_pairs,).
            right: nodes.
            values: of the pairs, shape (n_sums, n_pairs).
        """
        one, two = self.place[left], self.place[right]
        one, two = np.minimum(one, two), np.maximum(one, two)
        meet = self._lowest_common_ancestor(one, two)
        end = np.arange(len(self.node)) + self.size
        end[0] = len(self.node)
        out = []
        for value in values:
            at = np.zeros(len(self.node) + 1)
            for places, times in ((one, 1), (two, 1), (meet, -2)):
                at[1:] += times * np.bincount(places, weights=value, minlength=len(self.node))
            running = np.cumsum(at)
            out.append(running[end] - running[:-1])
        return np.stack(out)

    def _lowest_common_ancestor(self, one: IntArray, two: IntArray) -> IntArray:
        """Of two places, one < two: what is above the highest of the places behind the first up to the second."""
        highest = [np.arange(len(self.depth))]
        while (step := 2 ** (len(highest) - 1)) * 2 <= len(self.depth):
            here, there = highest[-1][:-step], highest[-1][step:]
            highest.append(np.where(self.depth[there] < self.depth[here], there, here))
        level = np.frexp(two - one)[1] - 1  # the largest power of two that fits between them
        out = np.zeros(len(one), dtype=np.int64)
        for k, table in enumerate(highest):
            at = np.flatnonzero(level == k)
            here, there = table[one[at] + 1], table[two[at] + 1 - 2**k]
            out[at] = self.parent[np.where(self.depth[there] < self.depth[here], there, here)]
        return out


def _spanning_tree(n: int, left: IntArray, right: IntArray) -> _Tree:
    """Depth first, the smallest node first."""
    one, two = np.concatenate([left, right]), np.concatenate([right, left])
    order = np.lexsort((-two, one))
    starts = np.searchsorted(one[order], np.arange(n + 1)).tolist()
    neighbors = two[order].tolist()
    place, node, parent, depth = [-1] * n, [-1], [0], [0]
    stack = [(root, 0) for root in range(n - 1, -1, -1)]
    while stack:
        current, above = stack.pop()
        if place[current] >= 0:
            continue
        place[current] = len(node)
        stack += [(x, len(node)) for x in neighbors[starts[current] : starts[current + 1]] if place[x] < 0]
        node.append(current)
        parent.append(above)
        depth.append(depth[above] + 1)
    size = [1] * len(node)
    for at in range(n, 0, -1):
        size[parent[at]] += size[at]
    return _Tree(*(np.array(x, dtype=np.int64) for x in (place, node, parent, depth, size)))
