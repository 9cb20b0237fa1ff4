"""Phone: a telephone number of any kind."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from crmquality.blocker import BlockingKey
from crmquality.comparator import AsShown, Comparison, ComparisonLevel, Edits, Equal, SharesWord
from crmquality.declarations import JSON
from crmquality.kinds.base import Keys, Kind
from crmquality.normalizer.phones import region_fault
from crmquality.validator import SharedByTooMany, ValidationRule


@dataclass(frozen=True)
class Phone(Kind):
    """A mobile, a landline, a service number.

    Attributes:
        region: where a number without a country code is dialed, ISO 3166 alpha-2; there is no default. `"001"` says
            that every number has its country code.
        shared_limit: more records than this with one number is a finding.
    """

    _: KW_ONLY
    region: str = ""
    shared_limit: int = 10
    kernel: ClassVar[str] = "crmquality.normalizer.phones:normalize_phone"
    parts: ClassVar[tuple[str, ...]] = (
        "e164",
        "kind",
        "region",
        "area",
        "city",
        "extension",
        "others",
        "all",
        "note",
        "masked",
    )

    def faults(self) -> list[str]:
        """A region that is missing or none."""
        if not self.region:
            return [f"Phone {self.name!r} needs region=, such as 'CN': a number without a country code has no meaning"]
        fault = None if self.region == "001" else region_fault(self.region)
        return [f"Phone {self.name!r}: {fault}"] if fault else []

    def parameters(self) -> dict[str, JSON]:
        """The region; None where every number is international."""
        return {"region": None if self.region == "001" else self.region}

    def rules(self) -> tuple[ValidationRule, ...]:
        """Its issues, and a number that stands in too many records."""
        return (*super().rules(), SharedByTooMany(self.name, self.shared_limit))

    def keys(self) -> Keys:
        """Any of the cell's numbers."""
        return Keys(
            strong=(BlockingKey(self.norm("all"), split=True),),
            narrow=(BlockingKey(self.norm("e164"), "suffix", 2),),
        )

    def comparison(self) -> Comparison:
        """Equal, another of the cell, the same line with another extension, one digit wrong, what a mask leaves."""
        value, masked = self.norm(), self.norm("masked")
        return Comparison(
            self.name,
            (
                ComparisonLevel("same number", Equal(value), 0.68, 0.00003, tf=value, label_zh="号码相同"),
                ComparisonLevel(
                    "a number in common", SharesWord(self.norm("all")), 0.002, 0.000001, label_zh="有相同号码"
                ),
                ComparisonLevel(
                    "same line, other extension",
                    Equal(self.norm("e164")),
                    0.002,
                    0.000001,
                    label_zh="总机相同，分机不同",
                ),
                ComparisonLevel(
                    "one digit wrong or two swapped",
                    Edits(value, 1, 8),
                    0.012,
                    0.0000015,
                    label_zh="一位数字不同或相邻两位互换",
                ),
                ComparisonLevel(
                    "same as far as it is shown",
                    AsShown(self.norm("e164"), masked),
                    0.005,
                    0.00001,
                    label_zh="未遮盖部分相同",
                ),
            ),
            across=((self.norm("all"), masked),),
            present=(self.norm("all"), masked),  # none for a number that only fills the box: 13800000000
        )
