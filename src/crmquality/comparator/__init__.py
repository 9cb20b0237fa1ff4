"""Levels of agreement and what they weigh: Fellegi-Sunter, learned from pattern counts."""

from crmquality.comparator.explain import Explanation, Part
from crmquality.comparator.levels import (
    Every,
    Some,
    Comparison,
    ComparisonLevel,
    Contains,
    Different,
    Edits,
    Encoded,
    Equal,
    EqualAcross,
    InitialOf,
    Missing,
    Near,
    SharesWord,
    Similar,
    Swapped,
)
from crmquality.comparator.model import Diagnostics, LinkModel
from crmquality.comparator.stage import Comparator

__all__ = [
    "Every",
    "Some",
    "Comparator",
    "Comparison",
    "ComparisonLevel",
    "Contains",
    "Diagnostics",
    "Different",
    "Edits",
    "Encoded",
    "Equal",
    "EqualAcross",
    "Explanation",
    "InitialOf",
    "LinkModel",
    "Missing",
    "Near",
    "Part",
    "SharesWord",
    "Similar",
    "Swapped",
]
