"""Row steps on Spark: `NormalizeRows` and `ValidateRows` on a Spark DataFrame, row for row what one machine gives.

    pip install 'crmquality[spark]'

One call of `DataFrame.mapInArrow` per step and nothing else of Spark: no RDD, no user-defined SQL function, no JAR, no
session made or configured; so it runs on classic sessions and over Spark Connect alike. Nothing runs before the
caller's own action, and every action runs a step anew: write or persist what is used twice.

Linking (blocking, comparing, clustering, merging) is not run on Spark in this version.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import polars as pl

from crmquality.engines import RowFunction, RowPlan, made_columns
from crmquality.errors import ConfigError, SchemaError
from crmquality.frames import to_polars
from crmquality.frames.names import column_names

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

__all__ = ["SparkEngine"]


class SparkEngine:
    """Row steps on Spark DataFrames, classic or Connect; the session is the one that the frame came from.

    Every executor needs the same version of crmquality as the driver, and pandas and pyarrow, without which Spark has
    no `mapInArrow`.

    Raises:
        ConfigError: when pyspark is not installed.
    """

    def __init__(self) -> None:
        if find_spec("pyspark") is None:
            raise ConfigError("Spark needs pyspark, which is not installed: pip install 'crmquality[spark]'")

    def run(self, step: RowFunction, frame: DataFrame) -> DataFrame:
        """The frame that a step makes of a frame, not computed yet. Findings come in no order.

        Args:
            step: what is done to the rows.
            frame: a Spark DataFrame. Columns that the step does not read stay in Arrow and may be of any type.

        Raises:
            ConfigError: for every fault of the step.
            SchemaError: for what is no Spark DataFrame, column names that occur twice, and every column that is not
                there.
        """
        if not hasattr(frame, "mapInArrow"):
            kind = type(frame).__name__
            raise SchemaError(f"SparkEngine runs on a Spark DataFrame, not on a {kind}: use LocalEngine, or the stage")
        names = tuple(column_names(frame.columns))
        plan = step.plan(names)
        if not plan.keeps_rows:  # only what is read leaves the JVM; Spark need not load a file's other columns either
            frame, names = frame.select(*map(_quoted, plan.reads)), plan.reads
        # On the way to Python columns are numbered: mapInArrow takes a dot in a name for a field of a struct.
        numbered = frame.toDF(*(str(i) for i in range(len(names))))
        return numbered.mapInArrow(partial(_run_batches, step, plan, names), _output_schema(plan, frame.schema))


def _quoted(name: str) -> str:
    """A column's name as Spark's SQL reads it: a dot in it is a dot, not a field of a struct."""
    return "`" + name.replace("`", "``") + "`"


def _output_schema(plan: RowPlan, schema: StructType) -> StructType:
    """The schema of what a step makes of a frame with a schema."""
    from pyspark.sql.types import StringType, StructField, StructType

    given = {field.name: field for field in schema.fields}
    made = {
        name: StructField(name, StringType() if like is None else given[like].dataType, True)
        for name, like in plan.makes
    }
    return StructType(list((given | made if plan.keeps_rows else made).values()))


def _run_batches(
    step: RowFunction, plan: RowPlan, names: tuple[str, ...], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """A step on the batches of one partition: what Spark's workers call, by its name in this module.

    Args:
        step: the step.
        plan: its plan.
        names: the names of the batches' columns, in their order.
        batches: any number of them, of any size.
    """
    for batch in batches:
        if batch.num_rows:
            yield _run_batch(step, plan, names, batch)


def _run_batch(step: RowFunction, plan: RowPlan, names: tuple[str, ...], batch: pa.RecordBatch) -> pa.RecordBatch:
    import pyarrow as pa

    given = {name: (batch.schema.field(i).with_name(name), batch.column(i)) for i, name in enumerate(names)}
    inside, _ = to_polars(pa.table({name: given[name][1] for name in plan.reads}))
    made = made_columns(step, plan, inside)
    columns = dict(given) if plan.keeps_rows else {}
    for name, like in plan.makes:
        arrow_type = pa.string() if like is None else given[like][0].type
        array = made[name].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(arrow_type)
        columns[name] = (pa.field(name, arrow_type), array)
    fields, arrays = zip(*columns.values(), strict=True)
    return pa.RecordBatch.from_arrays(list(arrays), schema=pa.schema(list(fields)))
