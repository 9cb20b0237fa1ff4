"""Names of columns at the border."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crmquality.errors import SchemaError


def column_names(labels: Sequence[object]) -> list[str]:
    """The labels of a table's columns as text.

    Raises:
        SchemaError: with every name that occurs more than once.

    >>> column_names(["name", 2])
    ['name', '2']
    """
    names = [str(label) for label in labels]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise SchemaError([f"column {name!r} occurs more than once: rename one of them" for name in twice])
    return names
