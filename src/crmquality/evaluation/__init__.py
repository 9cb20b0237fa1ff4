"""How good a result is: measures against the truth, calibration, errors by cause, and the comparison of two runs."""

from crmquality.evaluation.measures import Evaluation, LinkEvaluation, evaluate
from crmquality.evaluation.truth import Interval, wilson_interval

__all__ = ["Evaluation", "Interval", "LinkEvaluation", "evaluate", "wilson_interval"]
