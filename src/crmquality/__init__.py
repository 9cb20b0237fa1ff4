"""Customer data you can trust: clean values, findings, explained duplicates, golden records.

Declare what the columns mean (`Schema` and a kind per field), compose (`Pipeline.from_schema`), run. Values in, values
out: nothing here reads a file, opens a socket, asks a clock or keeps a global.

Importing this package loads nothing else: each name is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmquality.blocker import Blocker, BlockingKey, BlockingRule
    from crmquality.checked import Checked, Policy
    from crmquality.comparator import Comparator, Comparison, ComparisonLevel, LinkModel
    from crmquality.errors import ConfigError, CRMQualityError, EngineError, ModelError, SchemaError
    from crmquality.evaluation import Evaluation, calibration, compare_runs, evaluate
    from crmquality.index import Index
    from crmquality.kinds import (
        Address,
        BirthDate,
        Category,
        Code,
        Date,
        Email,
        FamilyName,
        GivenName,
        Kind,
        NationalId,
        Number,
        OrganizationName,
        PersonName,
        Phone,
        Text,
        Url,
    )
    from crmquality.kinds.headers import suggest_columns
    from crmquality.merger import Merger, SurvivorshipRule, undo
    from crmquality.normalizer import Normalizer
    from crmquality.pipeline import FittedPipeline, Pipeline
    from crmquality.presets import accounts, contacts
    from crmquality.report import Activity, QualityReport, Target
    from crmquality.results import Event, Result
    from crmquality.schema import Schema
    from crmquality.state import State
    from crmquality.step import Step
    from crmquality.validator import Finding, Rule, ValidationRule, Validator

__version__ = "0.1.0"

_HOMES = {
    "crmquality.blocker": ("Blocker", "BlockingKey", "BlockingRule"),
    "crmquality.checked": ("Checked", "Policy"),
    "crmquality.comparator": ("Comparator", "Comparison", "ComparisonLevel", "LinkModel"),
    "crmquality.errors": ("ConfigError", "CRMQualityError", "EngineError", "ModelError", "SchemaError"),
    "crmquality.evaluation": ("Evaluation", "calibration", "compare_runs", "evaluate"),
    "crmquality.index": ("Index",),
    "crmquality.kinds": (
        "Address",
        "BirthDate",
        "Category",
        "Code",
        "Date",
        "Email",
        "FamilyName",
        "GivenName",
        "Kind",
        "NationalId",
        "Number",
        "OrganizationName",
        "PersonName",
        "Phone",
        "Text",
        "Url",
    ),
    "crmquality.kinds.headers": ("suggest_columns",),
    "crmquality.merger": ("Merger", "SurvivorshipRule", "undo"),
    "crmquality.normalizer": ("Normalizer",),
    "crmquality.pipeline": ("FittedPipeline", "Pipeline"),
    "crmquality.presets": ("accounts", "contacts"),
    "crmquality.report": ("Activity", "QualityReport", "Target"),
    "crmquality.results": ("Event", "Result"),
    "crmquality.schema": ("Schema",),
    "crmquality.state": ("State",),
    "crmquality.step": ("Step",),
    "crmquality.validator": ("Finding", "Rule", "ValidationRule", "Validator"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Activity",
    "Address",
    "BirthDate",
    "Blocker",
    "BlockingKey",
    "BlockingRule",
    "CRMQualityError",
    "Category",
    "Checked",
    "Code",
    "Comparator",
    "Comparison",
    "ComparisonLevel",
    "ConfigError",
    "Date",
    "Email",
    "EngineError",
    "Evaluation",
    "Event",
    "FamilyName",
    "Finding",
    "FittedPipeline",
    "GivenName",
    "Index",
    "Kind",
    "LinkModel",
    "Merger",
    "ModelError",
    "NationalId",
    "Normalizer",
    "Number",
    "OrganizationName",
    "PersonName",
    "Phone",
    "Pipeline",
    "Policy",
    "QualityReport",
    "Result",
    "Rule",
    "Schema",
    "SchemaError",
    "State",
    "Step",
    "SurvivorshipRule",
    "Target",
    "Text",
    "Url",
    "ValidationRule",
    "Validator",
    "accounts",
    "calibration",
    "compare_runs",
    "contacts",
    "evaluate",
    "suggest_columns",
    "undo",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
