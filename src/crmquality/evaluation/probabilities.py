"""Whether probabilities mean what they say: of the pairs given 0.9, nine in ten should be true.

Scored pairs are put in bands of their match probability, and for each band the mean probability stands beside the
share that is true (a reliability table; A. P. Dawid, The well-calibrated Bayesian, 1982). The mean distance of the two
over all pairs is the expected calibration error (M. P. Naeini and others, Obtaining well calibrated probabilities using
Bayesian binning, 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import polars as pl

from crmquality.errors import ConfigError
from crmquality.evaluation.shown import html_table, interval, share, share_of, text_table
from crmquality.evaluation.truth import Interval, labelled_pairs, read_both, read_truth, wilson_interval

EDGES: Final = (0.0, 0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999, 1.0)
"""Tenths, and the ends apart, where most pairs are."""


@dataclass(frozen=True)
class CalibrationBand:
    """The pairs of a band of match probability.

    Attributes:
        low: the lowest probability of the band.
        high: the next band begins here.
        n_pairs: scored pairs in the band, both records in the truth.
        n_true: those of them that are of one entity.
        mean_probability: of the pairs; None where there is none.
    """

    low: float
    high: float
    n_pairs: int
    n_true: int
    mean_probability: float | None

    @property
    def true_share(self) -> float | None:
        """The share of the pairs that is true: what `mean_probability` should be."""
        return share_of(self.n_true, self.n_pairs)

    @property
    def true_share_interval(self) -> Interval:
        """95% Wilson interval of the share."""
        return wilson_interval(self.n_true, self.n_pairs)


@dataclass(frozen=True)
class Calibration:
    """Match probabilities against the truth. Counts and shares only, no record and no id.

    Attributes:
        scored: the bands of all scored pairs.
        accepted: the bands of the links whose two records are in one cluster; none without clusters.
        refused: the bands of the links whose two records are in two clusters, because a guard, a person or the rest of
            the clusters spoke against them; none without clusters.
    """

    scored: tuple[CalibrationBand, ...]
    accepted: tuple[CalibrationBand, ...] = ()
    refused: tuple[CalibrationBand, ...] = ()

    @property
    def error(self) -> float:
        """Expected calibration error of the scored pairs: mean distance of probability and true share."""
        return calibration_error(self.scored)

    @property
    def table(self) -> pl.DataFrame:
        """One row per band that has pairs: `pairs` (scored, accepted or refused), and the figures of the band."""
        rows = [
            {
                "pairs": which,
                "low": b.low,
                "high": b.high,
                "n_pairs": b.n_pairs,
                "mean_probability": b.mean_probability,
                "n_true": b.n_true,
                "true_share": b.true_share,
                "true_share_low": b.true_share_interval[0],
                "true_share_high": b.true_share_interval[1],
            }
            for which, b in self._bands()
        ]
        schema = {"pairs": pl.String, "low": pl.Float64, "high": pl.Float64, "n_pairs": pl.Int64}
        schema |= {"mean_probability": pl.Float64, "n_true": pl.Int64}
        shares = ("true_share", "true_share_low", "true_share_high")
        return pl.DataFrame(rows, schema={**schema, **dict.fromkeys(shares, pl.Float64)})

    def __str__(self) -> str:
        return text_table(_HEAD, self._rows())

    def _repr_html_(self) -> str:
        return html_table("Calibration", _HEAD, self._rows())

    def _bands(self) -> list[tuple[str, CalibrationBand]]:
        named = (("scored", self.scored), ("accepted", self.accepted), ("refused", self.refused))
        return [(which, b) for which, bands in named for b in bands if b.n_pairs]

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                f"{which} {b.low:g} to {b.high:g}",
                f"{b.n_pairs:,}",
                share(b.mean_probability),
                share(b.true_share),
                interval(b.true_share_interval),
            )
            for which, b in self._bands()
        ]


_HEAD: Final = ("match probability", "pairs", "mean", "true", "95% interval of true")


def calibration(
    links: object, truth: object, *, clusters: object | None = None, edges: Sequence[float] = EDGES
) -> Calibration:
    """Compare the match probabilities of scored pairs with the truth.

    A run keeps the pairs from review on. To see the bands below too, run with a lower `review_probability`.

    Args:
        links: a table with `record_id_l`, `record_id_r`, `match_probability` and, with clusters, `decision`, such as
            `result.links`. Any kind of table. Pairs of which a record is not in the truth are left out.
        truth: a table with `record_id` and `entity_id`.
        clusters: a table with `record_id` and `golden_id`, `entity_id` or `cluster_id`, to see what became of links.
        edges: where bands begin and end, rising.

    Raises:
        SchemaError: as for `evaluate`, and for links without `match_probability`.
        ConfigError: for edges that do not rise from 0 to 1.

    >>> truth = [{"record_id": i, "entity_id": e} for i, e in enumerate("aabb")]
    >>> links = [{"record_id_l": 0, "record_id_r": 1, "match_probability": 0.96, "decision": "link"},
    ...          {"record_id_l": 1, "record_id_r": 2, "match_probability": 0.94, "decision": "link"},
    ...          {"record_id_l": 2, "record_id_r": 3, "match_probability": 0.3, "decision": "review"}]
    >>> print(calibration(links, truth, edges=(0, 0.5, 1)))
    match probability  pairs    mean    true  95% interval of true
    scored 0 to 0.5        1  0.3000  1.0000      0.2065 to 1.0000
    scored 0.5 to 1        2  0.9500  0.5000      0.0945 to 0.9055
    >>> round(calibration(links, truth).error, 4)
    0.5333
    """
    bands = tuple(edges)
    if len(bands) < 2 or bands[0] != 0 or bands[-1] != 1 or any(a >= b for a, b in pairwise(bands)):
        raise ConfigError("edges of bands rise from 0 to 1, such as (0, 0.5, 0.9, 1)")
    true, found = (read_truth(truth), None) if clusters is None else read_both(clusters, truth)[:2]
    pairs = labelled_pairs(links, true, ("match_probability",)).filter(pl.col("match_probability").is_not_null())
    scored = _bands(pairs, bands)
    if found is None:
        return Calibration(scored)
    for side in ("l", "r"):
        named = found.rename({"record": side, "cluster": f"cluster_{side}"})
        pairs = pairs.join(named, on=side, how="left")
    linked = pairs.filter(pl.col("decision") == "link")
    together = (pl.col("cluster_l") == pl.col("cluster_r")).fill_null(False)
    return Calibration(scored, _bands(linked.filter(together), bands), _bands(linked.filter(~together), bands))


def calibration_error(bands: Sequence[CalibrationBand]) -> float:
    """Mean distance of probability and true share over the pairs of all bands; 0 for no pair."""
    n = sum(b.n_pairs for b in bands)
    return sum(abs((b.mean_probability or 0.0) * b.n_pairs - b.n_true) for b in bands) / n if n else 0.0


def _bands(pairs: pl.DataFrame, edges: tuple[float, ...]) -> tuple[CalibrationBand, ...]:
    """A band holds what is at or above its low edge and below its high one; the last one holds 1 as well."""
    inner = [(pl.col("match_probability") >= e).cast(pl.Int32) for e in edges[1:-1]]
    counted = pairs.group_by(band=pl.sum_horizontal(pl.lit(0), *inner)).agg(
        pl.len(), pl.col("true").sum(), pl.col("match_probability").sort().mean()
    )
    by_band = {band: figures for band, *figures in counted.rows()}
    return tuple(
        CalibrationBand(low, high, *by_band.get(k, (0, 0, None))) for k, (low, high) in enumerate(pairwise(edges))
    )
