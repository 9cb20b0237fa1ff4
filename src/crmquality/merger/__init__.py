"""Clusters, golden records and the way back: which records are one customer, and what is true of that customer."""

from crmquality.merger.clusters import Clustered
from crmquality.merger.guards import Contradiction, Guard, MaxSize, OneToOne

__all__ = ["Clustered", "Contradiction", "Guard", "MaxSize", "OneToOne"]
