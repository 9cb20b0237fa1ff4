"""NationalId: a number that an authority gave to one person or one organization."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Final

from crmquality.blocker import BlockingKey
from crmquality.comparator import AsShown, Comparison, ComparisonLevel, Contains, Edits, Equal
from crmquality.declarations import JSON
from crmquality.kinds.base import Keys, Kind
from crmquality.merger import Contradiction
from crmquality.normalizer.identifiers import scheme_fault
from crmquality.validator import SharedByTooMany, ValidationRule

OF_PERSONS: Final = frozenset({"cn.ric", "hk.id", "mo.id", "tw.id", "us.ssn"})
"""Schemes of which a person has one; `cn.ric` also tells the birth date and the sex."""
OF_ORGANIZATIONS: Final = frozenset(
    {"cn.org_code", "cn.registration_no", "cn.tax", "cn.uscc", "lei", "tw.ubn", "us.ein"}
)
"""Schemes of which an organization has one; of IBAN and VAT numbers it may have several."""
BROKEN = (
    "invalid_check_digit",
    "doubtful_check_digit",
    "invalid_birth_date",
    "invalid_length",
    "invalid_format",
    "repaired",
    "several_identifiers",
)
"""Issues that make a number too weak to forbid a merge: it may be the other record's number, mistyped, or beside it."""


@dataclass(frozen=True)
class NationalId(Kind):
    """Resident ids, tax numbers, company codes.

    Attributes:
        scheme: which number: `cn.ric`, `cn.uscc`, `cn.tax`, `iban`, `lei`, `us.ein`, or any module of python-stdnum.
        unique: whether two sound, different numbers forbid a merge.
    """

    _: KW_ONLY
    scheme: str = ""
    unique: bool = True
    kernel: ClassVar[str] = "crmquality.normalizer.identifiers:normalize_identifier"
    parts: ClassVar[tuple[str, ...]] = ("key", "birth_date", "sex", "division", "compact", "masked")

    def faults(self) -> list[str]:
        """A scheme that is missing or unknown."""
        if not self.scheme:
            return [f"NationalId {self.name!r} needs scheme=, such as 'cn.ric' or 'cn.uscc'"]
        fault = scheme_fault(self.scheme)
        return [f"NationalId {self.name!r}: {fault}"] if fault else []

    def parameters(self) -> dict[str, JSON]:
        """The scheme."""
        return {"scheme": self.scheme}

    def rules(self) -> tuple[ValidationRule, ...]:
        """Its issues, and a number that stands in more records than there are systems to copy it."""
        return (*super().rules(), SharedByTooMany(self.name, 10))

    def keys(self) -> Keys:
        """The key that different spellings of one number share."""
        return Keys(strong=(BlockingKey(self.norm("key")),))

    def comparison(self) -> Comparison:
        """The same number in any spelling, one digit wrong or two swapped, part of it, what a mask leaves of it."""
        key, masked = self.norm("key"), self.norm("masked")
        return Comparison(
            self.name,
            (
                ComparisonLevel("same number", Equal(key), 0.925, 0.000001, tf=key, label_zh="证件号相同"),
                ComparisonLevel(
                    "one digit wrong or two swapped",
                    Edits(key, 1, 8),
                    0.06,
                    0.000001,
                    label_zh="一位数字不同或相邻两位互换",
                ),
                ComparisonLevel("two digits wrong", Edits(key, 2, 8), 0.003, 0.000002, label_zh="两位数字不同"),
                ComparisonLevel("one inside the other", Contains(key, 6), 0.002, 0.000001, label_zh="一个包含另一个"),
                ComparisonLevel(
                    "same as far as it is shown", AsShown(key, masked), 0.005, 0.00001, label_zh="未遮盖部分相同"
                ),
            ),
            present=(key, masked),
            shared=False,
            across=((key, masked),),
        )

    def guards(self) -> tuple[Contradiction, ...]:
        """Two sound numbers that differ are two entities."""
        if not (self.unique and self.match):
            return ()
        return (Contradiction(self.norm("key"), unless_issues=BROKEN, issues=self.issues),)
