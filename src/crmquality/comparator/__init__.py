"""Levels of agreement and what they weigh: Fellegi-Sunter, learned from pattern counts."""

from crmquality.comparator.bands import Bands
from crmquality.comparator.basic_conditions import (
    Contains,
    Different,
    Edits,
    Equal,
    EqualAcross,
    Every,
    InitialOf,
    Missing,
    Near,
    SharesWord,
    Similar,
    Some,
    Swapped,
)
from crmquality.comparator.conditions import AsShown, CommonWords, LooksAlike, Spells
from crmquality.comparator.encoded import Encoded
from crmquality.comparator.explain import Explanation, Part
from crmquality.comparator.levels import Comparison, ComparisonLevel
from crmquality.comparator.model import Diagnostics, LinkModel
from crmquality.comparator.stage import Comparator

__all__ = [
    "AsShown",
    "Bands",
    "CommonWords",
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
    "Every",
    "Explanation",
    "InitialOf",
    "LinkModel",
    "LooksAlike",
    "Missing",
    "Near",
    "Part",
    "SharesWord",
    "Similar",
    "Some",
    "Spells",
    "Swapped",
]
