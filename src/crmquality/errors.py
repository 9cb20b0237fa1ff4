"""What can go wrong, as a tree.

    CRMQualityError
    ├── ConfigError      a declaration contradicts itself (a stage, a rule, a target)
    ├── SchemaError      a schema and the table it is used on do not fit
    ├── ModelError       a model does not belong to the comparisons it is used with
    └── EngineError      an engine broke the contract of its verbs

Only declarations raise, before any row is read, and with every fault at once. A value in a cell never raises: it
becomes an issue code or a finding. No message ever holds a value from a table: names, codes and counts only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class CRMQualityError(Exception):
    """The base of every error that crmquality raises on purpose.

    Attributes:
        faults: every fault found, one sentence each.
    """

    def __init__(self, faults: str | Sequence[str]) -> None:
        self.faults: tuple[str, ...] = (faults,) if isinstance(faults, str) else tuple(faults)
        count = len(self.faults)
        text = self.faults[0] if count == 1 else f"{count} faults:\n" + "\n".join(f"  - {f}" for f in self.faults)
        super().__init__(text)

    def __reduce__(self) -> tuple[type[CRMQualityError], tuple[tuple[str, ...]]]:
        return type(self), (self.faults,)


class ConfigError(CRMQualityError):
    """A declaration that contradicts itself."""


class SchemaError(CRMQualityError):
    """A schema that is wrong in itself, or does not fit the table it is used on."""


class ModelError(CRMQualityError):
    """A model that does not belong to the comparisons it is used with."""


class EngineError(CRMQualityError):
    """An engine that broke the contract of its verbs."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint to append to a message about an unknown name, or an empty string.

    >>> did_you_mean("moblie", ["mobile", "email"])
    " Did you mean 'mobile'?"
    >>> did_you_mean("x", ["mobile", "email"])
    ''
    """
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {close[0]!r}?" if close else ""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A whole sentence about an unknown name: what it is, what is known, what was perhaps meant.

    >>> unknown("column", "moblie", ["mobile", "email"])
    "unknown column 'moblie'; known: email, mobile. Did you mean 'mobile'?"
    """
    options = sorted(known)
    return f"unknown {what} {name!r}; known: {', '.join(options) or 'none'}.{did_you_mean(name, options)}"
