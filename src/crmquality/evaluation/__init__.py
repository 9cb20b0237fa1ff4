"""How good a result is: measures against the truth, calibration, errors by cause, and the comparison of two runs."""

from crmquality.evaluation.causes import ErrorAnalysis, LevelErrors, MissedPairs, RuleErrors, Share
from crmquality.evaluation.measures import Evaluation, LinkEvaluation, evaluate
from crmquality.evaluation.probabilities import Calibration, CalibrationBand, calibration
from crmquality.evaluation.runs import ChangedPairs, RunComparison, compare_runs
from crmquality.evaluation.truth import Interval, wilson_interval

__all__ = [
    "Calibration",
    "CalibrationBand",
    "ChangedPairs",
    "ErrorAnalysis",
    "Evaluation",
    "Interval",
    "LevelErrors",
    "LinkEvaluation",
    "MissedPairs",
    "RuleErrors",
    "RunComparison",
    "Share",
    "calibration",
    "compare_runs",
    "evaluate",
    "wilson_interval",
]
