"""Calibration on labelled sets, at the one default: of the pairs given 0.9, are nine in ten true?

    python benchmarks/calibration.py DATA [SET ...]

DATA and the sets are those of `accuracy.py`. For each set: the scored pairs by bands of match probability, down to one
in a thousand, each band with its mean probability and the share that is true with its 95 % interval; then the links
that clustering followed, and those it refused because a guard or the rest of the clusters spoke against them. A pair's
own probability knows nothing of the other records of the two clusters: `accepted` shows what the final decisions are
worth. Last, which error rates were promised, and what they were in truth, where at most one link in a hundred may be
wrong.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
from accuracy import SETS, pipeline, read

import crmquality as cq
from crmquality.evaluation import wilson_interval
from crmquality.evaluation.probabilities import calibration_error
from crmquality.results import Result

LEAST = 0.001
BOUND = 0.01


def with_review_from(least: float, of: cq.Pipeline) -> cq.Pipeline:
    """The same pipeline, which keeps the pairs below review too."""
    return replace(of, comparator=replace(of.comparator, review_probability=least))


def wrong(links: pl.DataFrame, clusters: pl.DataFrame, truth: pl.DataFrame) -> str:
    """Which share of the links is false, and of those that clustering followed, each with its interval."""
    found = cq.calibration(links.filter(decision="link"), truth, clusters=clusters)
    shares = []
    for bands in (found.scored, found.accepted):
        n = sum(b.n_pairs for b in bands)
        n_wrong = n - sum(b.n_true for b in bands)
        low, high = wilson_interval(n_wrong, n)
        shares.append(f"{n_wrong / max(n, 1):.2%} ({low:.2%} to {high:.2%})")
    return f"{shares[0]} of the links are, {shares[1]} of the accepted ones"


def bounded(name: str, records: pl.DataFrame, result: Result[pl.DataFrame]) -> Result[pl.DataFrame]:
    """The same run, with the same model, under a bound on wrong links."""
    plain = pipeline(name)
    strict = replace(plain, comparator=replace(plain.comparator, max_wrong_links=BOUND))
    return strict.with_model(result.model).run(records)


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    data, wanted = Path(sys.argv[1]), sys.argv[2:]
    for name in SETS:
        if wanted and not any(w in name for w in wanted):
            continue
        records, truth = read(data, name)
        result = with_review_from(LEAST, pipeline(name)).run(records)
        found = cq.calibration(result.links, truth, clusters=result.clusters)
        accepted = calibration_error(found.accepted)
        print(f"== {name}: calibration error {found.error:.4f} of scored pairs, {accepted:.4f} of accepted links")
        print(found)
        strict = bounded(name, records, result)
        print(f"at most {BOUND:.0%} wrong: {strict.bands}; {wrong(strict.links, strict.clusters, truth)}\n", flush=True)


if __name__ == "__main__":
    main()
