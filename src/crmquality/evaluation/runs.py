"""Two runs over the same records, side by side: what was split, what was merged, which pairs were won and lost.

Clusters of the two runs that share a record belong together, and what belongs together tells what happened: one cluster
before and one after stayed; one before and several after were split; several before and one after were merged; several
on both sides were rearranged. Pairs are counted, never made. Records that only one run has are left out of everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from crmquality.errors import SchemaError
from crmquality.evaluation.shown import html_table, interval, share, share_of, text_table
from crmquality.evaluation.truth import CLUSTER_COLUMNS, Interval, n_pairs, read_partition, wilson_interval
from crmquality.frames import to_polars


@dataclass(frozen=True)
class ChangedPairs:
    """Pairs of records that stand together in one run and not in the other.

    Attributes:
        n_pairs: how many.
        n_true: those of one entity; None without a truth.
        n_false: those of two entities; None without a truth. Pairs of which the truth lacks a record are neither.
    """

    n_pairs: int
    n_true: int | None = None
    n_false: int | None = None

    @property
    def true_share(self) -> float | None:
        """The share of the pairs that the truth knows that is true; None where it knows none."""
        return (
            None if self.n_true is None or self.n_false is None else share_of(self.n_true, self.n_true + self.n_false)
        )

    @property
    def true_share_interval(self) -> Interval:
        """95% Wilson interval of the share."""
        return wilson_interval(self.n_true or 0, (self.n_true or 0) + (self.n_false or 0))


@dataclass(frozen=True)
class RunComparison:
    """What changed from one run to the next.

    Attributes:
        n_records: records of both runs. All figures are about these.
        n_clusters_before: clusters of the run before.
        n_clusters_after: of the run after.
        n_stayed: clusters with the same records in both runs.
        n_split: clusters of the run before that are several in the run after.
        n_merged: clusters of the run after that were several in the run before.
        n_rearranged: clusters of the run before that have become others, split and merged at once.
        n_pairs_kept: pairs that stand together in both runs.
        won: pairs that stand together only in the run after.
        lost: pairs that stand together only in the run before.
        n_records_only_before: records that only the run before has.
        n_records_only_after: records that only the run after has.
        table: what happened to which clusters, without those that stayed: `event` (split, merged or rearranged),
            `cluster_before` and `cluster_after` (their ids as text), and `n_records` that both have.
    """

    n_records: int
    n_clusters_before: int
    n_clusters_after: int
    n_stayed: int
    n_split: int
    n_merged: int
    n_rearranged: int
    n_pairs_kept: int
    won: ChangedPairs
    lost: ChangedPairs
    n_records_only_before: int
    n_records_only_after: int
    table: pl.DataFrame = field(repr=False, compare=False)

    def __str__(self) -> str:
        return text_table(_HEAD, self._rows())

    def _repr_html_(self) -> str:
        return html_table("Two runs compared", _HEAD, self._rows())

    def _rows(self) -> list[tuple[str, str, str]]:
        rows = [
            ("records", f"{self.n_records:,}", ""),
            ("clusters", f"{self.n_clusters_after:,}", f"{self.n_clusters_before:,} before"),
            ("  stayed", f"{self.n_stayed:,}", ""),
            ("  split", f"{self.n_split:,}", ""),
            ("  merged", f"{self.n_merged:,}", ""),
            ("  rearranged", f"{self.n_rearranged:,}", ""),
            ("pairs kept", f"{self.n_pairs_kept:,}", ""),
            ("pairs won", f"{self.won.n_pairs:,}", _judged(self.won)),
            ("pairs lost", f"{self.lost.n_pairs:,}", _judged(self.lost)),
        ]
        only = (("before", self.n_records_only_before), ("after", self.n_records_only_after))
        return rows + [(f"only {which}", f"{n:,}", "records, left out") for which, n in only if n]


_HEAD: Final = ("", "after", "")


def _judged(pairs: ChangedPairs) -> str:
    if pairs.true_share is None:
        return ""
    range_of_share = interval(pairs.true_share_interval)
    return f"{pairs.n_true:,} true, {pairs.n_false:,} false: {share(pairs.true_share)} ({range_of_share})"


def compare_runs(before: object, after: object, truth: object | None = None) -> RunComparison:
    """What changed between two clusterings of the same records, and with a truth, whether for the better.

    Args:
        before: a table with `record_id` and `golden_id`, `entity_id` or `cluster_id` (the first of these that is
            there), such as `result.clusters`. Any kind of table.
        after: another.
        truth: a table with `record_id` and `entity_id`.

    Raises:
        SchemaError: for columns that are absent, ids that are missing or stand twice, and runs that have no record in
            common.

    >>> before = [{"record_id": i, "cluster_id": c} for i, c in enumerate("aabbcd")]
    >>> after = [{"record_id": i, "cluster_id": c} for i, c in enumerate("aabeff")]
    >>> truth = [{"record_id": i, "entity_id": c} for i, c in enumerate("xxyyzz")]
    >>> print(compare_runs(before, after, truth))
                  after
    records           6
    clusters          4                                       4 before
      stayed          1
      split           1
      merged          1
      rearranged      0
    pairs kept        1
    pairs won         1  1 true, 0 false: 1.0000 (0.2065 to 1.0000)
    pairs lost        1  1 true, 0 false: 1.0000 (0.2065 to 1.0000)
    """
    faults: list[str] = []
    one = read_partition(to_polars(before)[0], "the run before", CLUSTER_COLUMNS, "before", faults)
    two = read_partition(to_polars(after)[0], "the run after", CLUSTER_COLUMNS, "after", faults)
    true = None
    if truth is not None:
        true = read_partition(to_polars(truth)[0], "the truth", ("entity_id",), "entity", faults)
    both = one.join(two, on="record") if not faults else one.clear()
    if not faults and one.height and two.height and not both.height:
        faults.append("the two runs have no record_id in common: are they of the same records?")
    if faults:
        raise SchemaError(faults)
    cells = both.group_by("before", "after").len("n_records")
    clusters = {side: both.group_by(side).len() for side in ("before", "after")}
    events = _events(cells)
    kept = n_pairs(cells["n_records"])
    won, lost = (n_pairs(clusters[side]["len"]) - kept for side in ("after", "before"))
    known = None if true is None else both.join(true, on="record")
    counted = events.group_by("event").agg(pl.col("before", "after").n_unique())
    count = {event: (n_before, n_after) for event, n_before, n_after in counted.rows()}
    table = events.filter(pl.col("event") != "stayed").rename({"before": "cluster_before", "after": "cluster_after"})
    return RunComparison(
        n_records=both.height,
        n_clusters_before=clusters["before"].height,
        n_clusters_after=clusters["after"].height,
        n_stayed=count.get("stayed", (0, 0))[0],
        n_split=count.get("split", (0, 0))[0],
        n_merged=count.get("merged", (0, 0))[1],
        n_rearranged=count.get("rearranged", (0, 0))[0],
        n_pairs_kept=kept,
        won=_changed(won, known, "after"),
        lost=_changed(lost, known, "before"),
        n_records_only_before=one.height - both.height,
        n_records_only_after=two.height - both.height,
        table=table,
    )


def _events(cells: pl.DataFrame) -> pl.DataFrame:
    """What happened to the clusters of each cell: `event`, `before`, `after`, `n_records`, in order of their ids."""
    from scipy.sparse import coo_array  # here, not above: a quarter of the time to import this package
    from scipy.sparse.csgraph import connected_components

    cells = cells.sort("before", "after")
    one, two = (cells[side].rank("dense").cast(pl.Int64).to_numpy() - 1 for side in ("before", "after"))
    if not cells.height:
        return cells.select(pl.lit("stayed").alias("event"), "before", "after", "n_records").clear()
    n_before, n_after = int(one.max()) + 1, int(two.max()) + 1
    n = n_before + n_after
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, two + n_before)), shape=(n, n))
    _, group = connected_components(graph.tocsr(), directed=False)
    several_before = np.bincount(group[:n_before], minlength=n)[group[one]] > 1
    several_after = np.bincount(group[n_before:], minlength=n)[group[one]] > 1
    names = np.array(["stayed", "split", "merged", "rearranged"])[several_after + 2 * several_before]
    return cells.select(pl.Series("event", names.tolist(), dtype=pl.String), "before", "after", "n_records")


def _changed(n: int, known: pl.DataFrame | None, side: str) -> ChangedPairs:
    """Pairs together on one side only, judged by the truth: all pairs of the side less those of both sides."""
    if known is None:
        return ChangedPairs(n)

    def pairs(*by: str) -> int:
        return n_pairs(known.group_by(by).len()["len"])

    n_known = pairs(side) - pairs("before", "after")
    n_true = pairs(side, "entity") - pairs("before", "after", "entity")
    return ChangedPairs(n, n_true, n_known - n_true)
