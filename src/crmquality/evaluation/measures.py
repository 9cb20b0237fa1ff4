"""How good a clustering is, measured against the truth.

A clustering and a truth are both a partition of records. Two views of their agreement:

* **pairs**: every two records that stand together. Precision is the share of the found pairs that are true, recall the
  share of the true pairs that are found. A cluster of a hundred weighs 4,950 times as much as a cluster of two.
* **records** (B-cubed): for every record, how much of its cluster is of its entity, and how much of its entity is in
  its cluster, averaged over the records. Every record weighs the same.

Everything is counted, nothing is paired: one group-by over records, however large the clusters.

Sources. Pairs: P. Christen, Data Matching (2012), chapter 7. B-cubed: A. Bagga and B. Baldwin, Entity-based
cross-document coreferencing using the vector space model (1998). Intervals: E. B. Wilson, Probable inference, the law
of succession, and statistical inference (1927); for F1 through F* = tp / (tp + fp + fn), of which F1 is a monotone
function (D. Hand, P. Christen, N. Kirielle, F*: an interpretable transformation of the F-measure, 2021). They take
pairs for independent draws, which pairs of one cluster are not: read them as the narrowest honest interval.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, fields
from math import fsum

import polars as pl

from crmquality.evaluation.truth import Interval, labelled_pairs, n_pairs, read_both, wilson_interval


@dataclass(frozen=True)
class LinkEvaluation:
    """How good the decisions about pairs are, before clustering.

    Attributes:
        n_links: pairs decided as links, both records in the truth.
        n_true_links: those of them that are true.
        n_review: pairs left to a person.
        n_true_review: those of them that are true.
        n_true_pairs: all true pairs.
        precision: share of the links that are true.
        recall: share of the true pairs that are links.
        recall_with_review: share of the true pairs that are links or before a person; what clerical review can reach.
        precision_interval: 95% Wilson interval of the precision.
        recall_interval: 95% Wilson interval of the recall.
    """

    n_links: int
    n_true_links: int
    n_review: int
    n_true_review: int
    n_true_pairs: int
    precision: float
    recall: float
    recall_with_review: float
    precision_interval: Interval
    recall_interval: Interval


@dataclass(frozen=True)
class Evaluation:
    """A clustering against the truth. Counts and shares only, no record and no id.

    Attributes:
        precision: share of the found pairs that are true; 1 where no pair is found.
        recall: share of the true pairs that are found; 1 where there is no true pair.
        f1: harmonic mean of the two.
        b_cubed_precision: over records, mean share of the record's cluster that is of its entity.
        b_cubed_recall: over records, mean share of the record's entity that is in its cluster.
        b_cubed_f1: harmonic mean of the two.
        exact_entities: share of the true entities that are a cluster, no record more or less.
        precision_interval: 95% Wilson interval of the precision; so for `recall`, `f1` and `exact_entities`.
        n_records: records of the truth. All figures are about these.
        n_entities: entities of the truth.
        n_clusters: clusters found.
        n_exact_entities: entities that are a cluster.
        n_true_pairs: pairs of records of one entity.
        n_found_pairs: pairs of records of one cluster.
        n_common_pairs: pairs that are both.
        largest_entity: records in the largest entity.
        largest_cluster: records in the largest cluster.
        n_records_not_found: records of the truth that the clustering lacks; each counts as a cluster of its own.
        n_records_not_in_truth: records of the clustering that the truth lacks; left out.
        links: the decisions about pairs, where `links` were given.
    """

    precision: float
    recall: float
    f1: float
    b_cubed_precision: float
    b_cubed_recall: float
    b_cubed_f1: float
    exact_entities: float
    precision_interval: Interval
    recall_interval: Interval
    f1_interval: Interval
    exact_entities_interval: Interval
    n_records: int
    n_entities: int
    n_clusters: int
    n_exact_entities: int
    n_true_pairs: int
    n_found_pairs: int
    n_common_pairs: int
    largest_entity: int
    largest_cluster: int
    n_records_not_found: int
    n_records_not_in_truth: int
    links: LinkEvaluation | None = None

    def to_dict(self) -> dict[str, float | int]:
        """Every figure by its name; intervals as `<name>_low` and `<name>_high`, those of links as `links_<name>`.

        >>> same = [{"record_id": 1, "entity_id": "a"}, {"record_id": 2, "entity_id": "a"}]
        >>> evaluate(same, same).to_dict()["f1"]
        1.0
        """
        out = _figures(self)
        if self.links is not None:
            out |= {f"links_{name}": value for name, value in _figures(self.links).items()}
        return out

    def __str__(self) -> str:
        rows = self._rows()
        width = max(len(name) for name, _, _ in rows)
        return "\n".join(f"{name:<{width}}  {value:>9}  {note}".rstrip() for name, value, note in rows)

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th><td style='text-align:right'>{value}</td>"
            f"<td style='text-align:left'>{html.escape(note)}</td></tr>"
            for name, value, note in self._rows()
        )
        return f"<table><caption>Evaluation against the truth</caption><tbody>{cells}</tbody></table>"

    def _rows(self) -> list[tuple[str, str, str]]:
        """What `str` and the notebook show: name, value, note."""
        rows = [
            ("pairwise precision", _share(self.precision), _range(self.precision_interval)),
            ("pairwise recall", _share(self.recall), _range(self.recall_interval)),
            ("pairwise F1", _share(self.f1), _range(self.f1_interval)),
            ("B-cubed precision", _share(self.b_cubed_precision), ""),
            ("B-cubed recall", _share(self.b_cubed_recall), ""),
            ("B-cubed F1", _share(self.b_cubed_f1), ""),
            ("exact entities", _share(self.exact_entities), _range(self.exact_entities_interval)),
            ("records", f"{self.n_records:,}", f"{self.n_entities:,} entities, {self.n_clusters:,} clusters"),
            ("true pairs", f"{self.n_true_pairs:,}", f"{self.n_common_pairs:,} of them found"),
            ("found pairs", f"{self.n_found_pairs:,}", f"{self.n_common_pairs:,} of them true"),
            ("largest cluster", f"{self.largest_cluster:,}", f"largest entity {self.largest_entity:,}"),
        ]
        if self.n_records_not_found:
            rows.append(("not found", f"{self.n_records_not_found:,}", "records, counted as clusters of their own"))
        if self.n_records_not_in_truth:
            rows.append(("not in truth", f"{self.n_records_not_in_truth:,}", "records, left out"))
        if self.links is not None:
            rows += [
                ("link precision", _share(self.links.precision), _range(self.links.precision_interval)),
                ("link recall", _share(self.links.recall), _range(self.links.recall_interval)),
                ("with review", _share(self.links.recall_with_review), f"{self.links.n_review:,} pairs in review"),
            ]
        return rows


def _figures(of: Evaluation | LinkEvaluation) -> dict[str, float | int]:
    out: dict[str, float | int] = {}
    for field in fields(of):
        value = getattr(of, field.name)
        if isinstance(value, tuple):
            name = field.name.removesuffix("_interval")
            out[f"{name}_low"], out[f"{name}_high"] = value
        elif isinstance(value, int | float):
            out[field.name] = value
    return out


def _share(value: float) -> str:
    return f"{value:.4f}"


def _range(interval: Interval) -> str:
    return f"95% interval {interval[0]:.4f} to {interval[1]:.4f}"


def evaluate(found: object, truth: object, *, links: object | None = None) -> Evaluation:
    """Measure a clustering against the truth.

    Args:
        found: a table with `record_id` and `golden_id`, `entity_id` or `cluster_id` (the first of these that is there):
            the clusters, the cross-reference, or another tool's output. Any kind of table.
        truth: a table with `record_id` and `entity_id`. Any kind of table. Ids compare as text: 7 is "7".
        links: a table with `record_id_l`, `record_id_r` and `decision` (without it all pairs are links).

    Returns:
        All figures, about the records of the truth: a record that `found` lacks counts as a cluster of its own, and a
        record that the truth lacks is left out; both are counted.

    Raises:
        SchemaError: for columns that are absent, ids that are missing or stand twice (with how many), and for tables
            that have no record in common.

    >>> truth = [{"record_id": i, "entity_id": e} for i, e in enumerate("aaabbc")]
    >>> found = [{"record_id": i, "cluster_id": c} for i, c in enumerate("xxyyzz")]
    >>> result = evaluate(found, truth)
    >>> result.precision, result.recall, round(result.b_cubed_f1, 4), result.largest_cluster
    (0.3333333333333333, 0.25, 0.6377, 2)
    """
    true, clusters, n_not_in_truth, n_not_found = read_both(found, truth)
    both = true.join(clusters, on="record", how="left").select(
        entity=pl.col("entity").rank("dense").cast(pl.Int64),
        # a record that was not found is alone: a negative number is no rank, and no other row has it
        cluster=pl.coalesce(pl.col("cluster").rank("dense").cast(pl.Int64), -pl.int_range(1, pl.len() + 1)),
    )
    cells = both.group_by("entity", "cluster").len("both")
    cells = cells.with_columns(
        entity_size=pl.col("both").sum().over("entity"), cluster_size=pl.col("both").sum().over("cluster")
    )
    entity_sizes, cluster_sizes = both.group_by("entity").len()["len"], both.group_by("cluster").len()["len"]
    n_common, n_found, n_true = n_pairs(cells["both"]), n_pairs(cluster_sizes), n_pairs(entity_sizes)
    exact = cells.filter(pl.col("both") == pl.col("entity_size"), pl.col("both") == pl.col("cluster_size")).height
    precision, recall = _ratio(n_common, n_found), _ratio(n_common, n_true)
    b_precision, b_recall = _b_cubed(cells, "cluster_size", true.height), _b_cubed(cells, "entity_size", true.height)
    f_star = wilson_interval(n_common, n_found + n_true - n_common)
    return Evaluation(
        precision=precision,
        recall=recall,
        f1=_harmonic(precision, recall),
        b_cubed_precision=b_precision,
        b_cubed_recall=b_recall,
        b_cubed_f1=_harmonic(b_precision, b_recall),
        exact_entities=exact / len(entity_sizes),
        precision_interval=wilson_interval(n_common, n_found),
        recall_interval=wilson_interval(n_common, n_true),
        f1_interval=(2 * f_star[0] / (1 + f_star[0]), 2 * f_star[1] / (1 + f_star[1])),
        exact_entities_interval=wilson_interval(exact, len(entity_sizes)),
        n_records=true.height,
        n_entities=len(entity_sizes),
        n_clusters=len(cluster_sizes),
        n_exact_entities=exact,
        n_true_pairs=n_true,
        n_found_pairs=n_found,
        n_common_pairs=n_common,
        largest_entity=_largest(entity_sizes),
        largest_cluster=_largest(cluster_sizes),
        n_records_not_found=n_not_found,
        n_records_not_in_truth=n_not_in_truth,
        links=None if links is None else _evaluate_links(links, true, n_true),
    )


def _evaluate_links(links: object, true: pl.DataFrame, n_true_pairs: int) -> LinkEvaluation:
    pairs = labelled_pairs(links, true)
    n_links, n_true_links = _count(pairs, "link")
    n_review, n_true_review = _count(pairs, "review")
    return LinkEvaluation(
        n_links=n_links,
        n_true_links=n_true_links,
        n_review=n_review,
        n_true_review=n_true_review,
        n_true_pairs=n_true_pairs,
        precision=_ratio(n_true_links, n_links),
        recall=_ratio(n_true_links, n_true_pairs),
        recall_with_review=_ratio(n_true_links + n_true_review, n_true_pairs),
        precision_interval=wilson_interval(n_true_links, n_links),
        recall_interval=wilson_interval(n_true_links, n_true_pairs),
    )


def _count(pairs: pl.DataFrame, decision: str) -> tuple[int, int]:
    decided = pairs.filter(pl.col("decision") == decision)
    return decided.height, int(decided["true"].sum())


def _largest(sizes: pl.Series) -> int:
    return int(sizes.sort()[-1])


def _b_cubed(cells: pl.DataFrame, size: str, n_records: int) -> float:
    """Mean over records of (records that share both) / `size`; summed exactly, so in no order."""
    counted = cells.group_by("both", size).len().rows()
    return fsum(both * both * n / of for both, of, n in counted) / n_records


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
