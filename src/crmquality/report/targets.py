"""Targets: what a metric must reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from crmquality.declarations import Declaration
from crmquality.errors import unknown

Metric: TypeAlias = Literal[
    "completeness",
    "required_missing",
    "validity",
    "uniqueness",
    "consistency",
    "timeliness",
    "accuracy",
    "active_share",
]
Verdict: TypeAlias = Literal["met", "missed", "not shown"]

METRICS: Final[tuple[Metric, ...]] = get_args(Metric)
PER_FIELD: Final[frozenset[Metric]] = frozenset({"completeness", "required_missing", "validity", "accuracy"})
ON_REQUEST: Final[frozenset[Metric]] = frozenset({"active_share"})
"""Metrics that a report leaves out unless what they are counted in, or a target, is given."""
NOT_SHOWN: Final = "not shown"


@dataclass(frozen=True)
class Target(Declaration):
    """What a metric must reach: `at_least` or `at_most`, one of them.

    Attributes:
        metric: one of `METRICS`; `report.metrics` says what each means.
        field: the field it is about; None: the whole table.
        source: the source it is about; None: all of them together.
        at_least: the least share that will do, 0 to 1.
        at_most: the greatest share that will do, 0 to 1.
        sure: judge by the far end of the 95 % interval instead of the value: for metrics measured on a sample, such
            as accuracy. Where the target lies within the interval, the sample is too small to show either.

    >>> Target("accuracy", at_least=0.98).verdict(0.99, 0.95, 0.998)
    'met'
    >>> Target("accuracy", at_least=0.98, sure=True).verdict(0.99, 0.95, 0.998)
    'not shown'
    """

    metric: Metric
    field: str | None = None
    source: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    sure: bool = False

    @property
    def bound(self) -> float | None:
        """The share that will just do."""
        return self.at_most if self.at_least is None else self.at_least

    def faults(self) -> list[str]:
        """A metric that is none, a field of a metric that has none, and anything but one bound from 0 to 1."""
        found = []
        if self.metric not in METRICS:
            found.append(unknown("metric", str(self.metric), METRICS))
        elif self.field is not None and self.metric not in PER_FIELD:
            found.append(f"{self.metric} is measured per record, not per field")
        bounds = [b for b in (self.at_least, self.at_most) if b is not None]
        if len(bounds) != 1:
            found.append("a target needs at_least or at_most, one of them")
        elif isinstance(bounds[0], bool) or not isinstance(bounds[0], int | float) or not 0 <= bounds[0] <= 1:
            found.append("the bound of a target must be a share from 0 to 1")
        return [f"Target({self.metric}): {fault}" for fault in found]

    def verdict(self, value: float | None, low: float | None, high: float | None) -> Verdict:
        """Whether a measured value meets this target.

        Args:
            value: the measured share, or None where it could not be measured.
            low: the low end of its interval.
            high: the high end.
        """
        if value is None:
            return "not shown"
        ends = (low, high) if self.sure and low is not None and high is not None else (value, value)
        if self.at_least is not None:
            met, missed = ends[0] >= self.at_least, ends[1] < self.at_least
        else:
            met, missed = ends[1] <= (self.at_most or 0.0), ends[0] > (self.at_most or 0.0)
        return "met" if met else "missed" if missed else "not shown"


DEFAULT_TARGETS: Final[tuple[Target, ...]] = (
    Target("required_missing", at_most=0.02),
    Target("accuracy", at_least=0.98),
    Target("timeliness", at_least=0.95),
)
"""At most 2 % of required cells missing, at least 98 % of checked records right, at least 95 % of updates recorded
within 24 hours: a place to start from, not a standard. Replace them by what was agreed with the users of the data."""
