"""Rules about a table as a whole: what no record can break alone. A form, with one record, does not check them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import polars as pl

from crmquality.validator.findings import Flag, Flagged
from crmquality.validator.rules import Grain, ValidationRule, column_cells


class SetRule(ValidationRule):
    """A rule that counts the records that share a value."""

    grain: ClassVar[Grain] = "set"

    def check_record(self, record: Mapping[str, object], as_of: datetime | None) -> tuple[Flag, ...]:
        """Nothing: one record shares its values with nobody."""
        return ()


def sharing(frame: pl.DataFrame, field: str, within: tuple[str, ...] = ()) -> pl.Series:
    """For every row the number of rows that have the same value, null where it is missing.

    Args:
        frame: the table.
        field: the field that is counted.
        within: columns that must be equal too; a missing cell equals a missing cell.

    >>> sharing(pl.DataFrame({"norm_a": ["x", "x", "y", None]}), "a").to_list()
    [2, 2, 1, None]
    """
    keys = pl.DataFrame([column_cells(frame, name).alias(str(i)) for i, name in enumerate((field, *within))])
    return keys.select(pl.when(pl.col("0").is_not_null()).then(pl.len().over(keys.columns))).to_series()


@dataclass(frozen=True, repr=False)
class SharedByTooMany(SetRule):
    """A value that stands in more records than one customer could have, such as a switchboard or a shop's own number.

    Attributes:
        field: the field.
        limit: the number of records that may share a value.

    >>> frame = pl.DataFrame({"norm_mobile": ["+8613800138000"] * 3 + ["+8613912345678"]})
    >>> [hit.rows.to_list() for hit in SharedByTooMany("mobile", 2).check(frame, None)]
    [[0, 1, 2]]
    """

    field: str
    limit: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The field."""
        return (self.field,)

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """`shared_value` of the field."""
        return ((self.field, "shared_value"),)

    def faults(self) -> list[str]:
        """A limit below one."""
        if not isinstance(self.limit, int) or isinstance(self.limit, bool) or self.limit < 1:
            return [*super().faults(), "the limit must be a whole number of at least 1"]
        return super().faults()

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """Every record that has such a value."""
        return self.flagged(self.field, "shared_value", sharing(frame, self.field) > self.limit, f"≤ {self.limit}")


@dataclass(frozen=True, repr=False)
class Unique(SetRule):
    """A value that only one record may have: a customer number.

    Attributes:
        field: the field.
        within: columns inside whose values it must be unique, such as the source.

    >>> frame = pl.DataFrame({"norm_number": ["1", "1", "2"], "source": ["web", "web", "web"]})
    >>> [hit.rows.to_list() for hit in Unique("number", within=("source",)).check(frame, None)]
    [[0, 1]]
    """

    field: str
    within: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The field, and those it is unique within."""
        return (self.field, *self.within)

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """`duplicate_value` of the field."""
        return ((self.field, "duplicate_value"),)

    def faults(self) -> list[str]:
        """`within` that is not a tuple of names."""
        return super().faults() if isinstance(self.within, tuple) else ["within must be a tuple of names"]

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """Every record that has such a value."""
        return self.flagged(self.field, "duplicate_value", sharing(frame, self.field, self.within) > 1)
