"""The scorecard: metrics of a table, their targets, and verdicts. Charts are in `crmquality.report.plots`."""

from crmquality.intervals import wilson
from crmquality.report.scorecard import QualityReport, quality_report
from crmquality.report.targets import DEFAULT_TARGETS, METRICS, Target

__all__ = ["DEFAULT_TARGETS", "METRICS", "QualityReport", "Target", "quality_report", "wilson"]
