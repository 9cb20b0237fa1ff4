"""The border: the caller's frame in, the same kind out (provisional; being completed)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, cast

import polars as pl

Restore: TypeAlias = Callable[[pl.DataFrame], object]


def to_polars(frame: object) -> tuple[pl.DataFrame, Restore]:
    """The caller's table as polars, and the function that turns a polars table back into the caller's kind."""
    if isinstance(frame, pl.DataFrame):
        return frame, lambda out: out
    return pl.DataFrame(cast("list[dict[str, object]]", frame), infer_schema_length=None), lambda out: out.to_dicts()
