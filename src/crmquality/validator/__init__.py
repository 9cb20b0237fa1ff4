"""Findings: rules over a normalized table, the codes they speak in, and the stage that runs them."""

from crmquality.validator.agreement import (
    NoneOf,
    NotBoth,
    NotSameAs,
    PatternFor,
    PostcodeMatches,
    SameCountry,
    SameDomain,
)
from crmquality.validator.codes import CATALOG, Meaning, meaning
from crmquality.validator.entities import OneEntityPer, OnePerEntity
from crmquality.validator.fields import Between, IssueCodes, Matches, NotInFuture, OneOf, Required, Stale
from crmquality.validator.findings import Finding, Flag, Flagged
from crmquality.validator.frequency import AsMostSay, DefaultValue
from crmquality.validator.own import Rule
from crmquality.validator.records import SEX_WORDS, AnyOf, AreaMatches, Before, SameAs
from crmquality.validator.rules import RowRule, ValidationRule, column_cells, record_cell
from crmquality.validator.sets import SharedByTooMany, Unique
from crmquality.validator.stage import Validator

__all__ = [
    "CATALOG",
    "SEX_WORDS",
    "AnyOf",
    "AreaMatches",
    "AsMostSay",
    "Before",
    "Between",
    "DefaultValue",
    "Finding",
    "Flag",
    "Flagged",
    "IssueCodes",
    "Matches",
    "Meaning",
    "NoneOf",
    "NotBoth",
    "NotInFuture",
    "NotSameAs",
    "OneEntityPer",
    "OneOf",
    "OnePerEntity",
    "PatternFor",
    "PostcodeMatches",
    "Required",
    "RowRule",
    "Rule",
    "SameAs",
    "SameCountry",
    "SameDomain",
    "SharedByTooMany",
    "Stale",
    "Unique",
    "ValidationRule",
    "Validator",
    "column_cells",
    "meaning",
    "record_cell",
]
