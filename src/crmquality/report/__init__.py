"""The scorecard, and who is active, stale or out of reach. Charts are in `crmquality.report.plots`."""

from crmquality.intervals import wilson
from crmquality.report.activity import Activity
from crmquality.report.activity_status import REASONS, STATUSES
from crmquality.report.due import activity_summary, days_until_decayed, due_for_confirmation
from crmquality.report.reach import CHANNELS, ContactPoint
from crmquality.report.scorecard import QualityReport, quality_report
from crmquality.report.targets import DEFAULT_TARGETS, METRICS, Target

__all__ = [
    "CHANNELS",
    "DEFAULT_TARGETS",
    "METRICS",
    "REASONS",
    "STATUSES",
    "Activity",
    "ContactPoint",
    "QualityReport",
    "Target",
    "activity_summary",
    "days_until_decayed",
    "due_for_confirmation",
    "quality_report",
    "wilson",
]
