"""Reference data: small open lists, each with its origin, licence and date in `SOURCES.md`.

Readers are cached: a file is read once, when it is first needed, and never at import.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files


@cache
def read_text(name: str) -> str:
    """A reference file as text."""
    return (files(__name__) / name).read_text(encoding="utf-8")


@cache
def read_lines(name: str) -> tuple[str, ...]:
    """The lines of a reference file, without comments (`#`) and empty lines."""
    lines = (line.split("#", 1)[0].strip() for line in read_text(name).splitlines())
    return tuple(line for line in lines if line)


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a reference CSV file with a header, as dicts."""
    return tuple(csv.DictReader(io.StringIO(read_text(name))))
