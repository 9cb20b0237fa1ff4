"""Where a row step runs: on this machine (`local`) or on a Spark cluster (`spark`).

A row step says of a row what that row alone can say. So it gives the same answer whatever batches the rows come in,
and an engine has one thing to do: bring the rows to it in batches, and put what it makes beside them. An engine knows
no stage; it knows a function on polars frames and a plan that says, before any row is read, which columns go in and
which come out.

In this version engines run row steps (normalize, and validate by row rules) and nothing else. Blocking, comparing,
clustering and merging need the whole table and run on one machine, by `Pipeline.run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import polars as pl

from crmquality.errors import EngineError

__all__ = ["Engine", "RowFunction", "RowPlan", "made_columns"]

FrameT = TypeVar("FrameT")


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What a row step reads of a table and what it makes, known before any row is.

    Attributes:
        reads: the columns that it needs; it never sees another.
        makes: the columns that it makes, in this order, each with the column of the input whose type it has, or None
            where it is text.
        keeps_rows: True: one row out for each row in, in its order; what is made stands beside the caller's columns (a
            made column replaces one of the same name). False: any number of rows, of the made columns alone.
    """

    reads: tuple[str, ...]
    makes: tuple[tuple[str, str | None], ...]
    keeps_rows: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the made columns."""
        return tuple(name for name, _ in self.makes)


class RowFunction(Protocol):
    """What an engine runs: stateless, deterministic, any number of rows at a time, picklable."""

    def plan(self, columns: Sequence[str]) -> RowPlan:
        """What is read and made of a table with these columns.

        Raises:
            ConfigError: for every fault of the function's own.
            SchemaError: for every column that is not there.
        """
        ...

    def run_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame with (at least) what the plan makes, of a frame with what it reads."""
        ...


class Engine(Protocol[FrameT]):
    """A place where row steps run, on its own kind of frame.

    All engines give the same rows for the same rows. Where rows are kept, the columns of the input that the step does
    not make are handed on as they are. Where they are not (findings), the order of rows is the engine's.
    """

    def run(self, step: RowFunction, frame: FrameT) -> FrameT:
        """The frame that a step makes of a frame.

        Raises:
            ConfigError: for every fault of the step, before any row is read.
            SchemaError: for what is not this engine's kind of frame, and for every column that is not there.
        """
        ...


def made_columns(step: RowFunction, plan: RowPlan, frame: pl.DataFrame) -> pl.DataFrame:
    """What a step makes of one batch, held to its plan.

    Args:
        step: the step.
        plan: its plan for the table that the batch is of.
        frame: the batch, of the columns that the plan reads.

    Returns:
        The columns that the plan makes, in its order.

    Raises:
        EngineError: when the step gives other columns, other types or another number of rows than it planned.
    """
    out = step.run_frame(frame)
    faults = [f"planned column {name!r} is not there" for name in plan.names if name not in out.columns]
    for name, like in plan.makes:
        expected = pl.String() if like is None else frame.schema[like]
        if name in out.columns and out.schema[name] != expected:
            faults.append(f"column {name!r} is {out.schema[name]}, planned {expected}")
    if plan.keeps_rows and out.height != frame.height:
        faults.append(f"{frame.height:,} rows went in, {out.height:,} came out of a step that keeps rows")
    if faults:
        raise EngineError([f"{type(step).__name__}: {fault}" for fault in faults])
    return out.select(plan.names)
