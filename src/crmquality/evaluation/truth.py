"""What all measures begin with: two partitions of the same records, pairs with the truth beside them, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import polars as pl

from crmquality.errors import SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.intervals import wilson
from crmquality.lift import text_series
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R

Interval: TypeAlias = tuple[float, float]

CLUSTER_COLUMNS: Final = ("golden_id", "entity_id", "cluster_id")


def wilson_interval(successes: float, trials: float, confidence: float = 0.95) -> Interval:
    """The Wilson score interval of a share; (0, 1) where nothing was tried.

    Args:
        successes: how often it was so, between 0 and `trials`.
        trials: how often it was looked at.
        confidence: how often such intervals hold the true share, between 0 and 1.

    >>> low, high = wilson_interval(90, 100)
    >>> round(low, 4), round(high, 4)
    (0.8256, 0.9448)
    >>> wilson_interval(0, 0)
    (0.0, 1.0)
    """
    return wilson(successes, trials, confidence) or (0.0, 1.0)


def read_truth(truth: object) -> pl.DataFrame:
    """The truth as text columns `record` and `entity`.

    Raises:
        SchemaError: with every fault at once.
    """
    faults: list[str] = []
    true = read_partition(to_polars(truth)[0], "the truth", ("entity_id",), "entity", faults)
    if faults:
        raise SchemaError(faults)
    return true


def read_both(found: object, truth: object) -> tuple[pl.DataFrame, pl.DataFrame, int, int]:
    """Truth (record, entity), clusters (record, cluster), and how many records each lacks; every fault at once."""
    faults: list[str] = []
    true = read_partition(to_polars(truth)[0], "the truth", ("entity_id",), "entity", faults)
    clusters = read_partition(to_polars(found)[0], "the clustering", CLUSTER_COLUMNS, "cluster", faults)
    if not faults and not true.height:
        faults.append("the truth has no rows")
    common = 0 if faults else true.join(clusters, on="record", how="semi").height
    if not faults and clusters.height and not common:
        faults.append("no record_id of the clustering is in the truth: are they ids of the same records?")
    if faults:
        raise SchemaError(faults)
    return true, clusters, clusters.height - common, true.height - common


def read_partition(
    frame: pl.DataFrame, which: str, columns: tuple[str, ...], name: str, faults: list[str]
) -> pl.DataFrame:
    """A partition as text columns `record` and `name`."""
    column = next((c for c in columns if c in frame.columns), None)
    if frame.width and RECORD_ID not in frame.columns:
        faults.append(f"{which}: {unknown('column', RECORD_ID, frame.columns)}")
    if frame.width and column is None:
        faults.append(f"{which} has no column {' or '.join(columns)}; it has: {', '.join(sorted(frame.columns))}")
    if column is None or RECORD_ID not in frame.columns:
        return pl.DataFrame(schema={"record": pl.String, name: pl.String})
    out = pl.DataFrame({"record": text_series(frame[RECORD_ID]), name: text_series(frame[column])})
    for label, series in ((RECORD_ID, out["record"]), (column, out[name])):
        if series.null_count():
            faults.append(f"{which}: {label} is missing in {series.null_count():,} of {out.height:,} rows")
    known = out["record"].drop_nulls()
    if twice := len(known) - known.n_unique():
        faults.append(
            f"{which}: {twice:,} of {out.height:,} rows repeat a record_id; every record stands in one cluster"
        )
    return out


def labelled_pairs(links: object, true: pl.DataFrame, also: Sequence[str] = ()) -> pl.DataFrame:
    """Each pair of two records of the truth once: `l`, `r`, its decision, whether it is `true`, and further columns.

    A pair that stands there twice counts by its strongest decision, link before review before non-link, and by its
    highest number. A table without decisions holds links.

    Raises:
        SchemaError: for columns that are absent.
    """
    frame, _ = to_polars(links)
    needed = (RECORD_ID_L, RECORD_ID_R, *also)
    if not frame.width:
        schema = {"l": pl.String, "r": pl.String, "decision": pl.String, "true": pl.Boolean}
        return pl.DataFrame(schema=schema | dict.fromkeys(also, pl.Float64))
    if faults := [f"the links have no column {c!r}" for c in needed if c not in frame.columns]:
        raise SchemaError(faults)
    said = (
        text_series(frame["decision"])
        if "decision" in frame.columns
        else pl.Series(["link"]).new_from_index(0, frame.height)
    )
    ends = pl.DataFrame(
        {"l": text_series(frame[RECORD_ID_L]), "r": text_series(frame[RECORD_ID_R]), "decision": said}
    ).with_columns(frame.select(list(also)))
    ends = ends.with_columns(l=pl.min_horizontal("l", "r"), r=pl.max_horizontal("l", "r")).filter(
        pl.col("l") != pl.col("r")
    )
    labelled = ends.join(true.rename({"record": "l", "entity": "entity_l"}), on="l").join(
        true.rename({"record": "r", "entity": "entity_r"}), on="r"
    )
    return labelled.group_by("l", "r").agg(
        *(pl.col(c).max() for c in also),
        decision=pl.when((pl.col("decision") == "link").any())
        .then(pl.lit("link"))
        .when((pl.col("decision") == "review").any())
        .then(pl.lit("review"))
        .otherwise(pl.lit("non-link")),
        true=(pl.col("entity_l") == pl.col("entity_r")).first(),
    )


def n_pairs(sizes: pl.Series) -> int:
    """Pairs of records that stand together, from how many stand together."""
    n = sizes.cast(pl.Int64)
    return int((n * (n - 1) // 2).sum())
