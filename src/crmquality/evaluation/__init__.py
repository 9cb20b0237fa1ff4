"""How good a result is: measures against the truth, calibration, errors by cause, and the comparison of two runs."""

from crmquality.evaluation.measures import Evaluation, LinkEvaluation, evaluate
from crmquality.evaluation.probabilities import Calibration, CalibrationBand, calibration
from crmquality.evaluation.truth import Interval, wilson_interval

__all__ = [
    "Calibration",
    "CalibrationBand",
    "Evaluation",
    "Interval",
    "LinkEvaluation",
    "calibration",
    "evaluate",
    "wilson_interval",
]
