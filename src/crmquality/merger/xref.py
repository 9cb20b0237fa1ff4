"""The cross-reference: where every record of every source went."""

from __future__ import annotations

import numpy as np
import polars as pl

from crmquality.merger.choice import Members
from crmquality.tables import RECORD_ID, SOURCE


def xref_table(members: Members) -> pl.DataFrame:
    """One row per record by record id: `source`, `record_id`, `golden_id`, `event`.

    The event is "created" for the record whose id the golden record has and for a record that is alone, "joined" for
    the others.
    """
    golden_id = members.golden_ids.gather(pl.Series(members.cluster))
    alone = np.bincount(members.cluster, minlength=len(members.golden_ids))[members.cluster] == 1
    if golden_id.dtype == members.ids.dtype:
        founder = golden_id == members.ids
    else:  # ids of a caller's own making
        founder = golden_id.cast(pl.String) == members.ids.cast(pl.String)
    event = pl.Series(["joined", "created"]).gather((founder | pl.Series(alone)).cast(pl.UInt32))
    source = pl.repeat(None, len(golden_id), dtype=pl.String, eager=True) if members.source is None else members.source
    table = pl.DataFrame({SOURCE: source, RECORD_ID: members.ids, "golden_id": golden_id, "event": event})
    return table.sort(RECORD_ID)
