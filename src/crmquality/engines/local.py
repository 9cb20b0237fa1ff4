"""Row steps on this machine, a chunk of rows at a time: the reference that every other engine is held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

import polars as pl

from crmquality.engines import RowFunction, made_columns
from crmquality.errors import ConfigError
from crmquality.frames import to_polars

FrameT = TypeVar("FrameT")


@dataclass(frozen=True)
class LocalEngine:
    """Row steps on any frame that `frames` reads.

    Attributes:
        batch_rows: how many rows a step gets at a time. It bounds the memory a step works in and changes no answer.

    >>> from crmquality.normalizer import FieldNormalizer, Normalizer
    >>> from crmquality.rowstep import NormalizeRows
    >>> step = NormalizeRows(Normalizer((FieldNormalizer("note"),)))
    >>> out = LocalEngine(batch_rows=1).run(step, [{"id": 1, "note": " a "}, {"id": 2, "note": "Ｂ"}])
    >>> [row["norm_note"] for row in out]
    ['a', 'B']
    """

    batch_rows: int = 100_000

    def run(self, step: RowFunction, frame: FrameT) -> FrameT:
        """The frame that a step makes of a frame, of the same kind; findings come chunk by chunk.

        Raises:
            ConfigError: for every fault of the step, and chunks of less than one row.
            SchemaError: for what is no table, and for every column that is not there.
        """
        if self.batch_rows < 1:
            raise ConfigError(f"batch_rows is {self.batch_rows}: a batch needs at least one row")
        inside, restore = to_polars(frame)
        plan = step.plan(inside.columns)
        batches = list(inside.iter_slices(self.batch_rows)) or [inside]
        made = pl.concat([made_columns(step, plan, batch.select(plan.reads)) for batch in batches])
        out = inside.with_columns(made.get_columns()) if plan.keeps_rows else made
        return cast(FrameT, restore(out))
