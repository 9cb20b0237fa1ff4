"""Term frequencies: how common each value is, so that sharing a rare one tells more than sharing a common one.

Values are counted per entity: a customer who is in the table seven times does not make its own mailbox look common.
What counts for a pair is how many others have the value that it shares; whoever has it was counted once, so it is one
less than the count, and never less than one: nobody knows that a value is unique in the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple, Protocol, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.encoded import Encoded
from crmquality.comparator.levels import Comparison
from crmquality.comparator.similarity import Codes
from crmquality.errors import SchemaError, unknown
from crmquality.tables import TableSchema

Floats: TypeAlias = NDArray[np.float64]

FREQUENCIES: Final[TableSchema] = {"column": pl.String, "value": pl.String, "n_entities": pl.Float64}
"""Columns of a table of frequencies: the column, a value, how many entities have it."""


class Adjustment(NamedTuple):
    """How common each value of a column is: kept per value, as many numbers as there are values.

    Attributes:
        counts: how many entities have each value; of a missing one, at the end, 0.
        codes: the value of each record.
        mean: how many others have the value of whoever has one, on average, at least one: what u stands for.
    """

    counts: NDArray[np.float32]
    codes: Codes
    mean: float


class Frequencies(Protocol):
    """What a scorer asks: how common the values of a column of a table are."""

    def of(self, table: Encoded, column: str) -> Adjustment:
        """The counts for the codes of a table."""
        ...


@dataclass(frozen=True)
class Counted:
    """Frequencies counted in the table itself.

    Attributes:
        entities: an entity per record; None to count records.
    """

    entities: Codes | None = None

    def of(self, table: Encoded, column: str) -> Adjustment:
        """Counts of the table's own values."""
        codes = table.codes(column)
        counts = value_counts(codes, self.entities)
        return Adjustment(np.append(counts, 0.0).astype(np.float32), codes, mean_of(counts))

    def kept(self, comparisons: Iterable[Comparison], table: Encoded) -> TermFrequencies:
        """The same frequencies by value instead of by code, for tables to come; what one entity has is left out."""
        parts, means = [pl.DataFrame(schema=FREQUENCIES)], {}
        for column in tf_columns(comparisons):
            counts = value_counts(table.codes(column), self.entities)
            common = np.flatnonzero(counts > 1)
            parts.append(
                pl.DataFrame(
                    {
                        "column": pl.repeat(column, len(common), dtype=pl.String, eager=True),
                        "value": table.words(column).values.gather(common),
                        "n_entities": counts[common],
                    }
                )
            )
            means[column] = mean_of(counts)
        return TermFrequencies(pl.concat(parts), means)


@dataclass(frozen=True, repr=False)
class TermFrequencies:
    """Frequencies of values as they were when a model was fitted; they hold for every table that it scores.

    Attributes:
        table: `column`, `value`, `n_entities`; a value that is not there is one that a single entity has.
        means: per column, how many others have the value of whoever has one, on average.

    >>> table = pl.DataFrame({"column": ["name"] * 2, "value": ["王", "李"], "n_entities": [70.0, 60.0]})
    >>> frequencies = TermFrequencies(table, {"name": 40.0})
    >>> frequencies.count("name", "王"), frequencies.count("name", "钭"), frequencies.mean("name")
    (70.0, 1.0, 40.0)
    """

    table: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FREQUENCIES))
    means: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if missing := [unknown("column", c, self.table.columns) for c in FREQUENCIES if c not in self.table.columns]:
            raise SchemaError([f"frequencies: {fault}" for fault in missing])

    def __repr__(self) -> str:
        return f"TermFrequencies({self.table.height:,} values of {len(self.means)} columns)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TermFrequencies) and self.means == other.means and self.table.equals(other.table)

    __hash__ = None  # type: ignore[assignment]  # a table has no hash

    def of(self, table: Encoded, column: str) -> Adjustment:
        """Counts for the values of any table."""
        codes = table.codes(column)
        counts = self.counts(column, table.words(column).values)
        return Adjustment(np.append(counts, np.float32(0)), codes, self.mean(column))

    def counts(self, column: str, values: pl.Series) -> NDArray[np.float32]:
        """How many entities have each of some values."""
        known = self._by_column.get(column)
        if known is None:
            return np.ones(len(values), dtype=np.float32)
        found = values.alias("value").to_frame().join(known, on="value", how="left", maintain_order="left")
        return found["n_entities"].fill_null(1.0).cast(pl.Float32).to_numpy()

    def count(self, column: str, value: str) -> float:
        """How many entities have one value."""
        return self._counts.get(column, {}).get(value, 1.0)

    def mean(self, column: str) -> float:
        """How many others have the value of whoever has one, on average, at least one."""
        return self.means.get(column, 1.0)

    @cached_property
    def _by_column(self) -> dict[str, pl.DataFrame]:
        parts = self.table.partition_by("column", as_dict=True, include_key=False)
        return {str(key[0]): part for key, part in parts.items()}

    @cached_property
    def _counts(self) -> dict[str, dict[str, float]]:
        return {c: dict(zip(t["value"], t["n_entities"], strict=True)) for c, t in self._by_column.items()}


def tf_columns(comparisons: Iterable[Comparison]) -> tuple[str, ...]:
    """The columns whose values' frequencies adjust a level, each once."""
    return tuple(dict.fromkeys(level.tf for c in comparisons for level in c.levels if level.tf is not None))


def value_counts(codes: Codes, entities: Codes | None = None) -> Floats:
    """How many records have each value, or how many entities: a value counts once in each.

    >>> value_counts(np.array([0, 0, 1, -1], np.int32)), value_counts(np.array([0, 0, 1]), np.array([5, 5, 7]))
    (array([2., 1.]), array([1., 1.]))
    """
    there = codes >= 0
    if entities is None:
        return np.bincount(codes[there]).astype(np.float64)
    pairs = np.unique(codes[there].astype(np.int64) << 32 | entities[there])
    return np.bincount((pairs >> 32).astype(np.intp)).astype(np.float64)


def mean_of(counts: Floats) -> float:
    """How many others have the value of whoever has one, on average, and at least one."""
    mean = float((counts * np.maximum(counts - 1, 1)).sum()) / max(float(counts.sum()), 1.0)
    return max(mean, 1.0)
