"""The blocker: which pairs of records are worth comparing."""

from crmquality.blocker.keys import BlockingKey, BlockingRule, Transform
from crmquality.blocker.report import BlockingReport, RuleReport
from crmquality.blocker.stage import Blocker, BlockingPlan

__all__ = ["Blocker", "BlockingKey", "BlockingPlan", "BlockingReport", "BlockingRule", "RuleReport", "Transform"]
