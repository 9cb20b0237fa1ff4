"""The cross-reference: where every record of every source went."""

from __future__ import annotations

import numpy as np
import polars as pl

from crmquality.merger.survivorship import Members
from crmquality.tables import RECORD_ID, SOURCE


def xref_table(members: Members) -> pl.DataFrame:
    """One row per record by record id: `source`, `record_id`, `golden_id`, `event`.

    The event is "created" for the record whose id the golden record has and for a record that is alone, "joined" for
    the others.
    """
    golden_id = members.golden_ids.gather(pl.Series(members.cluster))
    alone = np.bincount(members.cluster, minlength=len(members.golden_ids))[members.cluster] == 1
    table = pl.DataFrame({RECORD_ID: members.ids, "golden_id": golden_id, "alone": alone}).with_columns(
        pl.lit(None, dtype=pl.String).alias(SOURCE) if members.source is None else members.source.alias(SOURCE)
    )
    founder = pl.col("alone") | (pl.col("golden_id") == pl.col(RECORD_ID))
    event = pl.when(founder).then(pl.lit("created")).otherwise(pl.lit("joined"))
    return table.select(SOURCE, RECORD_ID, "golden_id", event.alias("event")).sort(RECORD_ID)
