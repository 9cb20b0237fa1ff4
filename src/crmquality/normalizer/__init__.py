"""Clean values: a kernel for each kind of field, and the stage that lifts kernels onto columns."""

from crmquality.normalizer.stage import Derived, FieldNormalizer, Normalizer

__all__ = ["Derived", "FieldNormalizer", "Normalizer"]
