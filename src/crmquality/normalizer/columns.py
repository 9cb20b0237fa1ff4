"""Which kernels have a column form: the same rule once more in column expressions, for the values most cells hold.

A column form answers only what it is sure to answer as its kernel does, and leaves every other value to it. It is a
function of distinct values (a `pl.Series` of text, none missing) and of the kernel's own parameters, and gives one row
for each, in their order: `known`, whether it answers; `value`; a column per part; `issues`, the codes with a space
between. A part that it leaves out is null. That it equals its kernel is a property test of every form.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import partial
from typing import Final, cast

from crmquality.declarations import JSON
from crmquality.lift import ColumnForm

COLUMN_FORMS: Final[Mapping[str, str]] = {
    "crmquality.normalizer.addresses:normalize_address": (
        "crmquality.normalizer.address_columns:normalize_address_column"
    ),
    "crmquality.normalizer.identifiers:normalize_identifier": (
        "crmquality.normalizer.identifiers_columns:normalize_identifier_column"
    ),
    "crmquality.normalizer.dates:normalize_date": "crmquality.normalizer.date_columns:normalize_date_column",
    "crmquality.normalizer.dates:normalize_birth_date": (
        "crmquality.normalizer.date_columns:normalize_birth_date_column"
    ),
    "crmquality.normalizer.emails:normalize_email": "crmquality.normalizer.email_columns:normalize_email_column",
    "crmquality.normalizer.phones:normalize_phone": "crmquality.normalizer.phone_columns:normalize_phone_column",
    "crmquality.normalizer.person_names:normalize_person_name": (
        "crmquality.normalizer.person_names_columns:normalize_person_name_column"
    ),
}
"""Kernel to column form, both as `"package.module:function"`."""


def load_column_form(kernel: str, parameters: Mapping[str, JSON] | None = None) -> ColumnForm | None:
    """The column form of a kernel with its parameters bound, or None where it has none.

    >>> load_column_form("my.own:kernel") is None
    True
    """
    reference = COLUMN_FORMS.get(kernel)
    if reference is None:
        return None
    module, _, name = reference.partition(":")
    function = cast("ColumnForm", getattr(importlib.import_module(module), name))
    return partial(function, **dict(parameters or {}))
