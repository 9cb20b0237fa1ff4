"""Rules about entities: what the records of one customer say together, once it is known which they are.

They are checked after clustering; the table then has a column of entities. A table without one, and a form with a
single record, are not checked by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import ClassVar, Final

import polars as pl

from crmquality.lift import text_series
from crmquality.validator.findings import Flag, Flagged
from crmquality.validator.rules import Grain, ValidationRule, column_cells, over_distinct
from crmquality.validator.times import moments

ENTITY: Final = "\x00entity"
"""The column of entities while rules are checked; no caller's column has this name."""


class EntityRule(ValidationRule):
    """A rule that looks at the records of an entity together."""

    grain: ClassVar[Grain] = "entity"

    field: str

    def check_record(self, record: Mapping[str, object], as_of: datetime | None) -> tuple[Flag, ...]:
        """Nothing: one record is in agreement with itself."""
        return ()

    def cells(self, frame: pl.DataFrame) -> pl.Series:
        """What is compared, as text."""
        return column_cells(frame, *self.columns)

    def _table(self, frame: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame([text_series(frame[ENTITY]).alias("entity"), self.cells(frame).alias("says")])


@dataclass(frozen=True, repr=False)
class OnePerEntity(EntityRule):
    """A column of which a customer has one value: two birth dates, two sexes, two identity numbers contradict.

    Attributes:
        field: the field that a finding names.
        column: the column that is compared, by field or by its own name; the field's when empty.
        code: the code of a finding.
        dates: compare dates at the precision that both have: `1954-11` agrees with `1954-11-01`.
        words: words that mean the same, lower case, to what they mean; a cell that is none of them is not compared.

    >>> frame = pl.DataFrame({ENTITY: [1, 1, 2, 2], "norm_born": ["1954-11", "1954-11-01", "1990-01-02", "1991-01-02"]})
    >>> [hit.rows.to_list() for hit in OnePerEntity("born", dates=True).check(frame, None)]
    [[2, 3]]
    """

    field: str
    column: str = ""
    code: str = "entity_conflict"
    dates: bool = False
    words: Mapping[str, str] = dataclass_field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column or self.field,)

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """The declared code of the field."""
        return ((self.field, self.code),)

    def cells(self, frame: pl.DataFrame) -> pl.Series:
        """Moments, what words mean, or the cells as they are."""
        said = super().cells(frame)
        if self.dates:
            return moments(said)
        if self.words:
            return over_distinct(
                said, lambda c: None if c is None else self.words.get(c.strip().casefold()), pl.String()
            )
        return said

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """Every record of such an entity that says anything."""
        if ENTITY not in frame.columns:
            return ()
        table = self._table(frame)
        said = table.drop_nulls().unique().sort("entity", "says")
        # in order of text, dates that agree are each the beginning of the next
        same = pl.col("entity") == pl.col("entity").shift()
        agree = pl.col("says").str.starts_with(pl.col("says").shift()) if self.dates else pl.lit(False)
        broken = said.filter(same & ~agree)["entity"].unique()
        return self.flagged(
            self.field, self.code, table["entity"].is_in(broken.to_list()) & table["says"].is_not_null()
        )


@dataclass(frozen=True, repr=False)
class OneEntityPer(EntityRule):
    """A column whose value belongs to one customer: an identity number in the records of two is wrong in one of them.

    Attributes:
        field: the field that a finding names.
        column: the column, by field or by its own name; the field's when empty.
        code: the code of a finding.

    >>> frame = pl.DataFrame({ENTITY: [1, 1, 2, 3], "norm_number": ["a", "a", "a", "b"]})
    >>> [hit.rows.to_list() for hit in OneEntityPer("number").check(frame, None)]
    [[0, 1, 2]]
    """

    field: str
    column: str = ""
    code: str = "shared_identifier"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column or self.field,)

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """The declared code of the field."""
        return ((self.field, self.code),)

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """Every record that has such a value."""
        if ENTITY not in frame.columns:
            return ()
        table = self._table(frame)
        counts = table.drop_nulls().unique().group_by("says").len()
        shared = counts.filter(pl.col("len") > 1)["says"]
        return self.flagged(self.field, self.code, table["says"].is_in(shared.to_list()))
