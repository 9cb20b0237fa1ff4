"""Clusters, golden records and the way back: which records are one customer, and what is true of that customer.

The merger knows no kind of field. It takes links and gives clusters, takes clusters and gives golden records, and logs
every cell that a golden value would alter, so that all of it can be taken back.
"""

from crmquality.merger.changes import apply_changes, undo
from crmquality.merger.clusters import Clustered
from crmquality.merger.guards import Contradiction, Guard, MaxSize, OneToOne
from crmquality.merger.stage import Merged, Merger
from crmquality.merger.survivorship import SurvivorshipRule

__all__ = [
    "Clustered",
    "Contradiction",
    "Guard",
    "MaxSize",
    "Merged",
    "Merger",
    "OneToOne",
    "SurvivorshipRule",
    "apply_changes",
    "undo",
]
