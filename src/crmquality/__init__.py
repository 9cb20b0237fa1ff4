"""Customer data you can trust: clean values, findings, explained duplicates, golden records.

Declare what the columns mean (`Schema` and a kind per field), compose (`Pipeline.from_schema`), run. Values in, values
out: nothing here reads a file, opens a socket, asks a clock or keeps a global.
"""

from crmquality.blocker import Blocker, BlockingKey, BlockingRule
from crmquality.comparator import Comparator, Comparison, ComparisonLevel, LinkModel
from crmquality.errors import ConfigError, CRMQualityError, EngineError, ModelError, SchemaError
from crmquality.evaluate import Evaluation, evaluate
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
from crmquality.report import QualityReport, Target
from crmquality.results import Event, Result
from crmquality.schema import Schema
from crmquality.validator import Finding, ValidationRule, Validator

__version__ = "0.1.0"

__all__ = [
    "Address",
    "BirthDate",
    "Blocker",
    "BlockingKey",
    "BlockingRule",
    "CRMQualityError",
    "Category",
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
    "QualityReport",
    "Result",
    "Schema",
    "SchemaError",
    "SurvivorshipRule",
    "Target",
    "Text",
    "Url",
    "ValidationRule",
    "Validator",
    "accounts",
    "contacts",
    "evaluate",
    "suggest_columns",
    "undo",
]
