"""What a kind of field is: one column's way through the house.

A kind says, in the stages' own declarations, how its column is normalized, checked, blocked, compared and survived.
Whoever asks what crmquality does with a phone reads one file. A user's own kind is one class of the same form.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Final

from crmquality.blocker import BlockingKey
from crmquality.comparator import Comparison
from crmquality.declarations import JSON, Declaration
from crmquality.merger import Contradiction, SurvivorshipRule
from crmquality.merger.survivorship import Criterion
from crmquality.normalizer import FieldNormalizer
from crmquality.tables import issues_column, norm_column
from crmquality.validator import IssueCodes, Required, ValidationRule

SELDOM_CHANGES: Final[tuple[Criterion, ...]] = (
    "valid",
    "trust",
    "most_frequent",
    "most_recent",
    "most_complete",
    "longest",
    "source",
)
"""Survivorship of what a person keeps for life: what most records say is right more often than the newest. On the true
clusters of a labelled set of Chinese contacts: names 0.890 against 0.826 with the newest first, birth dates 0.990
against 0.985."""


@dataclass(frozen=True)
class Keys:
    """The blocking keys of a field.

    Attributes:
        strong: each alone makes a blocking rule: few records share it by chance.
        weak: makes a rule together with a weak key of another field.
        rare: makes a rule of its own for values that few records share; the weak keys do so anyway.
        narrow: splits the blocks of other fields' rules that are too big; one value per record.
    """

    strong: tuple[BlockingKey, ...] = ()
    weak: tuple[BlockingKey, ...] = ()
    rare: tuple[BlockingKey, ...] = ()
    narrow: tuple[BlockingKey, ...] = ()


@dataclass(frozen=True)
class Kind(Declaration):
    """A column and what it means.

    Attributes:
        name: the caller's column.
        required: whether a missing cell is an error.
        match: whether the field is evidence for or against two records being one entity. A field that is not
            matched is still normalized, checked and merged.
    """

    name: str
    _: KW_ONLY
    required: bool = False
    match: bool = True

    kernel: ClassVar[str]
    parts: ClassVar[tuple[str, ...]] = ()

    def parameters(self) -> dict[str, JSON]:
        """The kernel's keyword arguments."""
        return {}

    def normalizer(self) -> FieldNormalizer:
        """How the column is normalized."""
        return FieldNormalizer(self.name, self.kernel, self.parts, self.parameters())

    def rules(self) -> tuple[ValidationRule, ...]:
        """What is checked: what the normalizer found, and that a required cell is there."""
        required = (Required(self.name),) if self.required else ()
        return (*required, IssueCodes(self.name))

    def keys(self) -> Keys:
        """By what records with a like value are found."""
        return Keys()

    def comparison(self) -> Comparison | None:
        """How two values are compared, or None where they are no evidence."""
        return None

    def survivorship(self) -> SurvivorshipRule:
        """Which value survives a merge."""
        return SurvivorshipRule(self.name)

    def guards(self) -> tuple[Contradiction, ...]:
        """What two records of one entity cannot have different."""
        return ()

    def norm(self, part: str | None = None) -> str:
        """The column of the canonical value, or of a part."""
        return norm_column(self.name, part)

    @property
    def issues(self) -> str:
        """The column of the issue codes."""
        return issues_column(self.name)
