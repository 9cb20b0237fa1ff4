"""Rules about several columns of one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Final

import polars as pl

from crmquality.validator.rules import RowRule, over_distinct
from crmquality.validator.times import earlier, earlier_column, moment, moments

SEX_WORDS: Final[Mapping[str, str]] = (
    dict.fromkeys(("m", "male", "man", "mr", "mr.", "男", "男性", "先生"), "M")
    | dict.fromkeys(("f", "female", "woman", "mrs", "mrs.", "ms", "ms.", "miss"), "F")
    | dict.fromkeys(("女", "女性", "女士", "小姐", "太太"), "F")
)
"""What says a sex, for `SameAs`. Digits are left out: 1 and 2 (GB/T 2261.1) and 0 and 1 are both in use."""


@dataclass(frozen=True, repr=False)
class AnyOf(RowRule):
    """A record needs a usable value in at least one of some fields, such as one way to reach the customer.

    Attributes:
        fields: the fields; a finding names the first.

    >>> rule = AnyOf(("mobile", "email"))
    >>> [(flag.field, flag.code) for flag in rule.check_record({"norm_mobile": None, "norm_email": None}, None)]
    [('mobile', 'any_of_missing')]
    """

    fields: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields."""
        return self.fields

    @property
    def about(self) -> tuple[str, str]:
        """`any_of_missing` of the first field."""
        return (*self.fields, "")[0], "any_of_missing"

    @property
    def expected(self) -> str:
        """The names of the fields."""
        return " / ".join(self.fields)

    def faults(self) -> list[str]:
        """No fields."""
        if not isinstance(self.fields, tuple) or not self.fields:
            return ["the fields must be a tuple of at least one name"]
        return super().faults()

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """All missing."""
        return reduce(and_, (column.is_null() for column in cells))

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """All missing."""
        return all(cell is None for cell in cells)


@dataclass(frozen=True, repr=False)
class SameAs(RowRule):
    """Two columns that say the same thing, where both say anything.

    Attributes:
        column: one column, by field or by its own name (`norm_id_number_birth_date`).
        other: the other.
        field: the field that a finding names.
        code: the code of a finding, such as `conflict_birth_date`.
        dates: compare dates, at the precision that both have: `1954-11` agrees with `1954-11-01`. A cell that is no
            date is not compared.
        words: words that mean the same, lower case, to what they mean (see `SEX_WORDS`). With it, a cell that is none
            of these words is not compared.

    >>> rule = SameAs("norm_id_number_sex", "gender", "gender", "conflict_sex", words=SEX_WORDS)
    >>> [flag.code for flag in rule.check_record({"norm_id_number_sex": "M", "norm_gender": "女士"}, None)]
    ['conflict_sex']
    >>> dates = SameAs("norm_id_number_birth_date", "birth_date", "birth_date", "conflict_birth_date", dates=True)
    >>> dates.check_record({"norm_id_number_birth_date": "1954-11-01", "norm_birth_date": "1954-11"}, None)
    ()
    """

    column: str
    other: str
    field: str
    code: str = "conflict"
    dates: bool = False
    words: Mapping[str, str] = dataclass_field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The two columns."""
        return self.column, self.other

    @property
    def about(self) -> tuple[str, str]:
        """The declared field and code."""
        return self.field, self.code

    def faults(self) -> list[str]:
        """Both dates and words."""
        both = self.dates and self.words
        return super().faults() + (["two columns are compared as dates or by words, not both"] if both else [])

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Both present and readable, and different."""
        if self.dates:
            left, right = (moments(c) for c in cells)
            return earlier_column(left, right) | earlier_column(right, left)
        left, right = (over_distinct(c, self._meaning, pl.String()) for c in cells) if self.words else cells
        return left != right

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both present and readable, and different."""
        left, right = (moment(c) for c in cells) if self.dates else (self._meaning(c) for c in cells)
        if left is None or right is None:
            return False
        return earlier(left, right) or earlier(right, left) if self.dates else left != right

    def _meaning(self, cell: str | None) -> str | None:
        return self.words.get(cell.strip().casefold()) if cell is not None and self.words else cell


@dataclass(frozen=True, repr=False)
class Before(RowRule):
    """A date that does not come after another, as far as both are known: created before updated.

    Attributes:
        earlier: the field that comes first, or at the same time.
        later: the field that comes second; a finding names it.

    >>> rule = Before("created_at", "updated_at")
    >>> [flag.field for flag in rule.check_record({"created_at": "2024-05-03", "updated_at": "2024-04-30"}, None)]
    ['updated_at']
    """

    earlier: str
    later: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The two fields."""
        return self.earlier, self.later

    @property
    def about(self) -> tuple[str, str]:
        """`order_violation` of the later field."""
        return self.later, "order_violation"

    @property
    def expected(self) -> str:
        """The order."""
        return f"{self.earlier} ≤ {self.later}"

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Both readable, and the later one lies before."""
        first, second = (moments(c) for c in cells)
        return earlier_column(second, first)

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both readable, and the later one lies before."""
        first, second = (moment(c) for c in cells)
        return first is not None and second is not None and earlier(second, first)


def _place(name: str) -> str:
    return name.removesuffix("市") or name


def _same_place(cities: str, city: str) -> bool:
    return _place(city.strip()) in {_place(name) for name in cities.split()}


@dataclass(frozen=True, repr=False)
class AreaMatches(RowRule):
    """A phone's area is the city of the address, where both are known.

    Attributes:
        phone_city: the column of the city that the area code belongs to; several cities of one code stand with a space
            between.
        city: the column of the address's city.
        field: the field that a finding names.

    >>> rule = AreaMatches("norm_phone_city", "norm_address_city", "phone")
    >>> [f.code for f in rule.check_record({"norm_phone_city": "长沙市 株洲市", "norm_address_city": "北京市"}, None)]
    ['area_conflict']
    """

    phone_city: str
    city: str
    field: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The two columns."""
        return self.phone_city, self.city

    @property
    def about(self) -> tuple[str, str]:
        """`area_conflict` of the declared field."""
        return self.field, "area_conflict"

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Both present, and none of the phone's cities is the address's."""
        pairs = pl.DataFrame({"phone": cells[0], "city": cells[1]})
        distinct = pairs.unique().drop_nulls()
        answers = [not _same_place(phone, city) for phone, city in distinct.iter_rows()]
        known = distinct.with_columns(pl.Series("answer", answers, dtype=pl.Boolean))
        return pairs.join(known, on=["phone", "city"], how="left", maintain_order="left")["answer"]

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both present, and none of the phone's cities is the address's."""
        phone, city = cells
        return phone is not None and city is not None and not _same_place(phone, city)
