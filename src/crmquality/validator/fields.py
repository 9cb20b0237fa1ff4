"""Rules about one field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from functools import cache
from re import compile as compile_pattern
from typing import ClassVar, Final

import polars as pl

from crmquality.errors import unknown
from crmquality.tables import Severity, issues_column
from crmquality.validator.codes import SEVERITIES
from crmquality.validator.findings import Flag, Flagged
from crmquality.validator.rules import ANY_CODE, RowRule, ValidationRule, column_cells, over_distinct, record_cell
from crmquality.validator.times import days_before, earlier, earlier_column, moment, moments, text_of

# Codes that a cell can get although there is nothing in it; any other code says that something is there.
_BLANK_CODES: Final = frozenset({"full_width", "control_characters"})
_PLACEHOLDER: Final = "placeholder"

NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
NUMBER_CELL: Final = compile_pattern(NUMBER)


def says_filled(issues: str | None) -> bool:
    """Whether the issue codes of a cell without a usable value say that something stands in it all the same.

    >>> [says_filled(codes) for codes in (None, "placeholder", "full_width", "full_width invalid_phone")]
    [False, False, False, True]
    """
    codes = set((issues or "").split())
    return _PLACEHOLDER not in codes and bool(codes - _BLANK_CODES)


@dataclass(frozen=True, repr=False)
class FieldRule(RowRule):
    """A row rule about one field.

    Attributes:
        field: the field.
    """

    code: ClassVar[str]

    field: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The field."""
        return (self.field,)

    @property
    def about(self) -> tuple[str, str]:
        """The rule's code, of the field."""
        return self.field, self.code


@dataclass(frozen=True, repr=False)
class Required(FieldRule):
    """A field that every record must have: neither missing nor a placeholder.

    A cell that is filled with something unusable is not missing; its issue codes say what is wrong with it, once.

    Attributes:
        field: the field.

    >>> [flag.code for flag in Required("name").check_record({"norm_name": None}, None)]
    ['required_missing']
    """

    code = "required_missing"

    @property
    def reads(self) -> tuple[str, ...]:
        """The field, and its issue codes where there are any."""
        return (self.field, issues_column(self.field))

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Missing, and no issue code says that something was there."""
        value, issues = cells
        return value.is_null() & ~over_distinct(issues, says_filled, pl.Boolean())

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Missing, and no issue code says that something was there."""
        value, issues = cells
        return value is None and not says_filled(issues)


@dataclass(frozen=True, repr=False)
class IssueCodes(ValidationRule):
    """The normalizer's issue codes of a field as findings, each with the severity of the catalog.

    Attributes:
        field: the field; its codes stand in `issues_<field>`.
        severities: another severity for some codes.
        ignore: codes that are no finding here.

    >>> rule = IssueCodes("mobile", {"masked": "error"}, ignore=("full_width",))
    >>> flags = rule.check_record({"issues_mobile": "full_width masked"}, None)
    >>> [(flag.code, flag.severity) for flag in flags]
    [('masked', 'error')]
    """

    field: str
    severities: Mapping[str, Severity] = dataclass_field(default_factory=dict)
    ignore: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The issue codes of the field."""
        return (issues_column(self.field),)

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """Whatever the field's kernel can say."""
        return ((self.field, ANY_CODE),)

    def faults(self) -> list[str]:
        """Severities that are none."""
        wrong = sorted({str(s) for s in self.severities.values() if s not in SEVERITIES})
        return super().faults() + [unknown("severity", name, SEVERITIES) for name in wrong]

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """One flag per code."""
        issues = column_cells(frame, *self.columns).alias("code").to_frame().with_row_index("row")
        codes = (
            issues.drop_nulls("code")
            .with_columns(pl.col("code").str.split(" "))
            .explode("code")
            .filter((pl.col("code") != "") & ~pl.col("code").is_in(self.ignore))
            .partition_by("code", as_dict=True, include_key=False)
        )
        return tuple(Flagged(self._flag(str(code)), part["row"].unique()) for (code,), part in codes.items())

    def check_record(self, record: Mapping[str, object], as_of: datetime | None) -> tuple[Flag, ...]:
        """One flag per code."""
        codes = dict.fromkeys((record_cell(record, *self.columns) or "").split(" "))
        return tuple(self._flag(code) for code in codes if code and code not in self.ignore)

    def _flag(self, code: str) -> Flag:
        return Flag.of(self.field, code, severity=self.severities.get(code, self.severity))


@cache
def _whole(pattern: str) -> str:
    return rf"\A(?:{pattern})\z"


@cache
def _pattern_fault(pattern: str) -> str | None:
    try:
        for text in (pattern, _whole(pattern)):
            pl.Series([""]).str.contains(text)
    except pl.exceptions.PolarsError:
        return "the pattern is not one that Rust's regex reads (it has no look-around and no back-references)"
    return None


@dataclass(frozen=True, repr=False)
class Matches(FieldRule):
    """A field whose whole value has a certain form.

    Attributes:
        field: the field.
        pattern: a regular expression of Rust's `regex` crate, matched against the whole value. That engine takes time
            linear in the length of the cell whatever the pattern; so it has no look-around and no back-references.

    >>> [flag.code for flag in Matches("code", "[A-Z]{2}[0-9]+").check_record({"norm_code": "A1"}, None)]
    ['pattern_mismatch']
    """

    code = "pattern_mismatch"

    pattern: str

    @property
    def expected(self) -> str:
        """The pattern."""
        return self.pattern

    def faults(self) -> list[str]:
        """A pattern that is none."""
        fault = _pattern_fault(self.pattern) if isinstance(self.pattern, str) else "the pattern must be a text"
        return super().faults() + ([fault] if fault else [])

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Present, and not of the form."""
        return ~cells[0].str.contains(_whole(self.pattern))

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Present, and not of the form: asked of the same engine, for no two engines agree on every pattern."""
        return cells[0] is not None and not pl.Series([cells[0]]).str.contains(_whole(self.pattern))[0]


@dataclass(frozen=True, repr=False)
class OneOf(FieldRule):
    """A field whose value is one of a list.

    Attributes:
        field: the field.
        values: the allowed values, as they stand in the column.

    >>> [flag.code for flag in OneOf("stage", ("lead", "customer")).check_record({"norm_stage": "led"}, None)]
    ['not_in_set']
    """

    code = "not_in_set"

    values: tuple[str, ...]

    @property
    def expected(self) -> str:
        """The first ten allowed values."""
        return " / ".join(self.values[:10]) + (" / …" if len(self.values) > 10 else "")

    def faults(self) -> list[str]:
        """No values, or values that are no text."""
        if not isinstance(self.values, tuple) or not self.values or not all(isinstance(v, str) for v in self.values):
            return [*super().faults(), "the values must be a tuple of at least one text"]
        return super().faults()

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Present, and not allowed."""
        return ~cells[0].is_in(self.values)

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Present, and not allowed."""
        return cells[0] is not None and cells[0] not in self.values


@dataclass(frozen=True, repr=False)
class Between(FieldRule):
    """A number or a date within bounds, both included.

    Numbers as bounds ask for a number: a value that cannot be read as one is out of range. Texts as bounds ask for a
    date, which is compared as far as it is known: `2024` is not out of a range that starts in May of that year.

    Attributes:
        field: the field.
        low: the least allowed, or None.
        high: the greatest allowed, or None.

    >>> [flag.message for flag in Between("age", 0, 150).check_record({"norm_age": "151"}, None)]
    ['The value is outside the allowed range. Expected: 0 … 150.']
    """

    code = "out_of_range"

    low: float | str | None = None
    high: float | str | None = None

    @property
    def expected(self) -> str:
        """The bounds."""
        if self.low is None or self.high is None:
            return f"≥ {self.low}" if self.high is None else f"≤ {self.high}"
        return f"{self.low} … {self.high}"

    def faults(self) -> list[str]:
        """No bound, bounds of two kinds, bounds that are no number and no date, or bounds the wrong way round."""
        found = super().faults()
        bounds = [b for b in (self.low, self.high) if b is not None]
        texts = [b for b in bounds if isinstance(b, str)]
        numbers = [b for b in bounds if isinstance(b, int | float) and not isinstance(b, bool) and b == b]
        if not bounds:
            found.append("a range needs a low or a high bound")
        elif len(texts) != len(bounds) and len(numbers) != len(bounds):
            found.append("the bounds of a range must be two numbers or two dates")
        elif any(moment(text) is None for text in texts):
            found.append("a bound that is a text must be a date such as 2024-05-03")
        elif len(bounds) == 2 and (numbers[0] > numbers[1] if numbers else earlier(texts[1], texts[0])):
            found.append("the low bound of a range is above the high one")
        return found

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Present, and not known to be within."""
        low, high = self.low, self.high
        if isinstance(low, str) or isinstance(high, str):
            times = moments(cells[0])
            outside = times.is_null()
            if isinstance(low, str):
                outside |= earlier_column(times, moment(low) or low).fill_null(False)
            if isinstance(high, str):
                outside |= earlier_column(times, moment(high) or high, reverse=True).fill_null(False)
        else:
            numbers = cells[0].set(~cells[0].str.contains(rf"\A{NUMBER}\z"), None).cast(pl.Float64, strict=False)
            outside = numbers.is_null()
            if low is not None:
                outside |= (numbers < low).fill_null(False)
            if high is not None:
                outside |= (numbers > high).fill_null(False)
        return outside & cells[0].is_not_null()

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Present, and not known to be within."""
        cell, low, high = cells[0], self.low, self.high
        if cell is None:
            return False
        if isinstance(low, str) or isinstance(high, str):
            time = moment(cell)
            if time is None:
                return True
            under = isinstance(low, str) and earlier(time, moment(low) or low)
            return under or (isinstance(high, str) and earlier(moment(high) or high, time))
        if not NUMBER_CELL.fullmatch(cell):
            return True
        number = float(cell)
        return (low is not None and number < low) or (high is not None and number > high)


@dataclass(frozen=True, repr=False)
class NotInFuture(FieldRule):
    """A date that is not later than the caller's present, as far as it is known. Not checked without `as_of`.

    Attributes:
        field: the field.

    >>> rule = NotInFuture("birth_date")
    >>> [flag.code for flag in rule.check_record({"norm_birth_date": "2031-01"}, datetime(2026, 1, 1))]
    ['in_future']
    >>> rule.check_record({"norm_birth_date": "2031-01"}, None)
    ()
    """

    code = "in_future"
    needs_as_of = True

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Later than the present."""
        assert as_of is not None
        return earlier_column(moments(cells[0], as_of.tzinfo), text_of(as_of), reverse=True)

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Later than the present."""
        assert as_of is not None
        time = moment(cells[0], as_of.tzinfo)
        return time is not None and earlier(text_of(as_of), time)


@dataclass(frozen=True, repr=False)
class Stale(FieldRule):
    """A date that lies more than so many days before the caller's present. Not checked without `as_of`.

    Attributes:
        field: the field.
        days: how old it may be, in days.

    >>> rule = Stale("updated_at", 365)
    >>> [flag.code for flag in rule.check_record({"updated_at": "2024-01-31 09:00:00"}, datetime(2026, 1, 1))]
    ['stale']
    """

    code = "stale"
    needs_as_of = True

    days: float

    @property
    def expected(self) -> str:
        """The greatest age."""
        return f"≤ {self.days} d"

    def faults(self) -> list[str]:
        """An age that is not a number above zero."""
        if isinstance(self.days, bool) or not isinstance(self.days, int | float) or not 0 < self.days < 1e9:
            return [*super().faults(), "the days must be a number above 0"]
        return super().faults()

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Older than allowed."""
        assert as_of is not None
        return earlier_column(moments(cells[0], as_of.tzinfo), days_before(as_of, self.days))

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Older than allowed."""
        assert as_of is not None
        time = moment(cells[0], as_of.tzinfo)
        return time is not None and earlier(time, days_before(as_of, self.days))
