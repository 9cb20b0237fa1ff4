"""Values that are too frequent: what stands in far more records than chance explains, found without any list.

A switchboard, noreply@, 1990-01-01 as everybody's birthday, the company's own address as the customer's: such values
belong to no customer, and no list knows them. What gives them away is how many *different* customers have them, beside
how many the other values of the column have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import exp, log
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.validator.findings import Flagged
from crmquality.validator.rules import column_cells
from crmquality.validator.sets import SetRule

FALSE_ALARMS: Final = 0.01
"""One table in a hundred would have one such value by chance, if its counts fell off as their bulk does."""
FEWEST: Final = 5
"""Fewer customers than this share a phone or a mailbox in families and small offices."""
_MOST_ROUNDS: Final = 20


def most_by_chance(counts: NDArray[np.int64], false_alarms: float = FALSE_ALARMS) -> float:
    """The count that no value of a column exceeds by chance.

    Above their median m the counts of a column's values fall off geometrically: the mean excess e of those above it
    gives the ratio r = 1 - 1/e from one count to the next, and V values of which a share p is above m exceed m + k with
    V p r^k of them. The answer is the k where that is `false_alarms`. What lies above the answer is left out and the
    fit made again until nothing changes, so that the defaults that are sought do not hide themselves; the share and the
    mean are smoothed by two values of excess 1 and 3, so that a small table is not sure of anything.

    Args:
        counts: how many customers share each value, at least 1; shape (n_values,).
        false_alarms: the number of values to expect above the answer by chance.

    >>> import numpy as np
    >>> round(most_by_chance(np.array([1] * 1000)), 1)
    8.6
    >>> round(most_by_chance(np.array([1] * 800 + [2] * 150 + [4] * 50)), 1)
    10.1
    >>> round(most_by_chance(np.random.default_rng(0).poisson(50, 10_000) + 1))
    123
    """
    ordered = np.sort(counts)
    n = len(ordered)
    if n == 0:
        return float(FEWEST)
    median = float(ordered[n // 2])
    kept = ordered[: max(n - max(n // 100, 1), 1)]
    limit = 0.0
    for _ in range(_MOST_ROUNDS):
        excess = kept[kept > median] - median
        mean = (float(excess.sum()) + 4.0) / (len(excess) + 2)
        above = len(excess) + 2.0
        limit = median + log(max(above / false_alarms, exp(1))) / -log(1 - 1 / max(mean, 1.05))
        wider = ordered[: int(np.searchsorted(ordered, limit, side="right"))]
        if len(wider) <= len(kept):
            break
        kept = wider
    return max(limit, float(FEWEST))


@dataclass(frozen=True, repr=False)
class DefaultValue(SetRule):
    """A value that so many customers share that it is likely nobody's: a default, a switchboard, a placeholder.

    Records that agree in `others` count as one customer, so duplicates raise no alarm; a record with none of them is
    not counted. See `most_by_chance` for the threshold.

    Attributes:
        field: the field.
        others: columns that tell customers apart, by field or by their own name, such as `norm_name_key`.
        false_alarms: how many values may be flagged by chance, in a table whose counts fall off as their bulk does.

    >>> n = 200
    >>> phones = [f"+86138{i:08}" for i in range(n)] + ["+861088888888"] * 40
    >>> frame = pl.DataFrame({"norm_phone": phones, "norm_name_key": [f"name {i}" for i in range(n + 40)]})
    >>> [hit.rows.len() for hit in DefaultValue("phone", ("norm_name_key",)).check(frame, None)]
    [40]
    """

    field: str
    others: tuple[str, ...]
    false_alarms: float = FALSE_ALARMS

    @property
    def columns(self) -> tuple[str, ...]:
        """The field, and the columns that tell customers apart."""
        return (self.field, *self.others)

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """`default_value` of the field."""
        return ((self.field, "default_value"),)

    def faults(self) -> list[str]:
        """Nothing that tells customers apart, and a rate that is none."""
        out = super().faults() if isinstance(self.others, tuple) else []
        if not isinstance(self.others, tuple) or not self.others:
            out.append("others must be a tuple of at least one column")
        if isinstance(self.false_alarms, bool) or not 0 < self.false_alarms < 1:
            out.append("false_alarms must be a number between 0 and 1")
        return out

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """Every record that has such a value."""
        value = column_cells(frame, self.field).alias("v")
        others = [column_cells(frame, name).alias(str(i)) for i, name in enumerate(self.others)]
        keys = pl.DataFrame([value, *others]).drop_nulls("v")
        known = keys.filter(pl.any_horizontal(pl.col(str(i)).is_not_null() for i in range(len(others))))
        # a million values are hashed once; two different customers of one hash would be counted as one
        cells = [pl.col(name).fill_null("\x01") for name in known.columns[1:]]
        customer = pl.concat_str(cells, separator="\x00")
        counts = known.select("v", customer=customer.hash()).unique().group_by("v").len()
        limit = most_by_chance(counts["len"].cast(pl.Int64).to_numpy(), self.false_alarms)
        frequent = counts.filter(pl.col("len") > limit)["v"]
        return self.flagged(self.field, "default_value", value.is_in(frequent.to_list()))


@dataclass(frozen=True, repr=False)
class AsMostSay(SetRule):
    """A column that says what nearly all other records of the same key say: the company of an email's own domain.

    Attributes:
        by: the column that groups records, such as the email's domain.
        column: the column that should agree among them, such as the company's key.
        field: the field that a finding names.
        code: the code of a finding.
        unless: a column that says "true" where the group says nothing, such as free mail.
        at_least: how many records of a group must say the same.
        share: of those of a group that say anything, how many must say the same.

    >>> frame = pl.DataFrame({"domain": ["acme.cn"] * 10, "company": ["acme"] * 9 + ["other"]})
    >>> [hit.rows.to_list() for hit in AsMostSay("domain", "company", "company").check(frame, None)]
    [[9]]
    """

    by: str
    column: str
    field: str
    code: str = "company_conflict"
    unless: str | None = None
    at_least: int = 5
    share: float = 0.8

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns."""
        return (self.by, self.column, *([self.unless] if self.unless else []))

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """The declared field and code."""
        return ((self.field, self.code),)

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """Every record that says something else."""
        table = pl.DataFrame([column_cells(frame, self.by).alias("by"), column_cells(frame, self.column).alias("says")])
        if self.unless is not None:
            nothing = column_cells(frame, self.unless).eq_missing("true")
            table = table.with_columns(by=table["by"].set(nothing, None))
        said = table.drop_nulls().group_by("by", "says").len()
        most = (
            said.with_columns(total=pl.col("len").sum().over("by"), of=pl.col("len").max().over("by"))
            .filter((pl.col("len") == pl.col("of")) & (pl.col("of") >= self.at_least))
            .filter(pl.col("of") >= self.share * pl.col("total"))
            .select("by", most="says")
            .unique("by")
        )
        joined = table.join(most, on="by", how="left", maintain_order="left")
        return self.flagged(self.field, self.code, joined["says"] != joined["most"])
