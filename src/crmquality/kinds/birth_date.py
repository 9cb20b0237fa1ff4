"""BirthDate and Date."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Literal

from crmquality.blocker import BlockingKey
from crmquality.comparator import Comparison, ComparisonLevel, Contains, Edits, Equal, Near, Swapped
from crmquality.declarations import JSON
from crmquality.kinds.base import SELDOM_CHANGES, Keys, Kind
from crmquality.merger import SurvivorshipRule
from crmquality.validator import NotInFuture, ValidationRule

Order = Literal["YMD", "MDY", "DMY"]
Serial = Literal["excel", "excel1904", "unix"]


@dataclass(frozen=True)
class Date(Kind):
    """A day of the calendar.

    Attributes:
        order: how a date such as 03/04/2020 is read; without it, such a date stays ambiguous.
        serial: what a bare number counts: days of a spreadsheet (`excel`, `excel1904`), seconds or parts of them since
            1970 (`unix`); without it, no number is a date.
    """

    _: KW_ONLY
    order: Order | None = None
    serial: Serial | None = None
    kernel: ClassVar[str] = "crmquality.normalizer.dates:normalize_date"
    parts: ClassVar[tuple[str, ...]] = ("year", "month", "day", "swapped")

    def parameters(self) -> dict[str, JSON]:
        """The order, and what numbers count."""
        out: dict[str, JSON] = {"order": self.order}
        return out | {"serial": self.serial} if self.serial else out

    def keys(self) -> Keys:
        """With anything else."""
        return Keys(weak=(BlockingKey(self.norm()),), narrow=(BlockingKey(self.norm("year")),))

    def comparison(self) -> Comparison:
        """Equal, day and month swapped, one digit off, part of it missing, near, same year."""
        return self.comparison_of(self.norm())

    def comparison_of(self, value: str) -> Comparison:
        """The comparison on another column of dates: one that other fields have added to."""
        swapped, year = self.norm("swapped"), self.norm("year")
        return Comparison(
            self.name,
            (
                ComparisonLevel("same date", Equal(value), 0.85, 0.00004, tf=value, label_zh="日期相同"),
                ComparisonLevel("day and month swapped", Swapped(value, swapped), 0.005, 0.00001, label_zh="日月颠倒"),
                ComparisonLevel("as far as it is known", Contains(value, 4), 0.01, 0.00002, label_zh="已知部分相同"),
                ComparisonLevel("one digit differs", Edits(value, 1, 8), 0.03, 0.001, label_zh="一位数字不同"),
                ComparisonLevel("within a month", Near(value, 31, "days"), 0.02, 0.002, label_zh="相差一个月内"),
                ComparisonLevel("two digits differ", Edits(value, 2, 8), 0.025, 0.013, label_zh="两位数字不同"),
                ComparisonLevel("same year", Equal(year), 0.005, 0.008, label_zh="年份相同"),
            ),
            present=(value,),
            shared=False,
        )


@dataclass(frozen=True)
class BirthDate(Date):
    """A date of birth: not in the future, and a person has one."""

    kernel: ClassVar[str] = "crmquality.normalizer.dates:normalize_birth_date"

    def rules(self) -> tuple[ValidationRule, ...]:
        """Its issues, and not in the future of the caller's `as_of`."""
        return (*super().rules(), NotInFuture(self.name))

    def survivorship(self) -> SurvivorshipRule:
        """What most records say."""
        return SurvivorshipRule(self.name, SELDOM_CHANGES)
