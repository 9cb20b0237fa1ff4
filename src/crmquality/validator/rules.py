"""What a rule is: a declaration that looks at a normalized table and flags rows.

A rule reads *cells*: the text of `norm_<field>`, or of the column of that very name where there is no normalized one
(so a part such as `norm_mobile_area`, or `updated_at` as it came, can be named too). A cell that holds nothing but
white space is missing. Most rules say the same thing twice, once for a column and once for a single cell: the form
handler must not pay for a data frame. That both agree is a property test (law 2).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, MISSING, dataclass, fields
from datetime import datetime
from typing import ClassVar, Final, Literal, TypeAlias

import polars as pl

from crmquality.declarations import Declaration
from crmquality.errors import unknown
from crmquality.lift import as_text, text_series
from crmquality.tables import Severity, norm_column
from crmquality.validator.codes import SEVERITIES
from crmquality.validator.findings import Flag, Flagged

Grain: TypeAlias = Literal["row", "set", "entity"]

ANY_CODE: Final = "*"
"""In `ValidationRule.checks`: whatever codes the field's kernel gives."""

_SPACE: Final = " \t\r\n\u00a0\u3000"


def resolve(name: str, columns: Collection[str]) -> str | None:
    """The column a rule means by a name: the normalized one, else the one of that name, else None.

    >>> resolve("mobile", ["mobile", "norm_mobile"]), resolve("updated_at", ["updated_at"]), resolve("x", [])
    ('norm_mobile', 'updated_at', None)
    """
    normalized = norm_column(name)
    return normalized if normalized in columns else name if name in columns else None


def column_cells(frame: pl.DataFrame, name: str) -> pl.Series:
    """The cells of a column as text; missing is null. A column that is not there has no cell that is not missing.

    >>> column_cells(pl.DataFrame({"norm_a": ["x", " ", None]}), "a").to_list()
    ['x', None, None]
    """
    column = resolve(name, frame.columns)
    if column is None:
        return pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    text = text_series(frame[column])
    return text.set(text.str.strip_chars(_SPACE) == "", None)


def record_cell(record: Mapping[str, object], name: str) -> str | None:
    """One cell of one record, as `column_cells` gives it.

    >>> record_cell({"norm_a": "x"}, "a"), record_cell({"a": " "}, "a"), record_cell({}, "a")
    ('x', None, None)
    """
    column = resolve(name, record)
    text = None if column is None else as_text(record[column])
    if text is None or not text.strip(_SPACE):
        return None
    # A lone surrogate cannot stand in a column; in a record it is what a column would hold of it.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def over_distinct(
    cells: pl.Series, function: Callable[[str | None], str | bool | None], dtype: pl.DataType
) -> pl.Series:
    """A function of one cell on a column, called once per distinct cell.

    >>> over_distinct(pl.Series(["a", "a", None]), lambda cell: cell == "a", pl.Boolean()).to_list()
    [True, True, False]
    """
    distinct = cells.unique()
    answers = pl.Series([function(cell) for cell in distinct.to_list()], dtype=dtype)
    told = pl.DataFrame({"cell": distinct, "answer": answers})
    table = pl.DataFrame({"cell": cells})
    return table.join(told, on="cell", how="left", nulls_equal=True, maintain_order="left")["answer"]


@dataclass(frozen=True)
class ValidationRule(Declaration, ABC):
    """The base of every rule. A rule of one's own gives `columns` and `check`, and is a frozen dataclass.

    Attributes:
        severity: how much it matters when the rule is broken, instead of what the catalog of codes says.

    >>> @dataclass(frozen=True)
    ... class NoFreeMail(ValidationRule):
    ...     field: str
    ...     @property
    ...     def columns(self):
    ...         return (norm_column(self.field, "free"),)
    ...     def check(self, frame, as_of):
    ...         return self.flagged(self.field, "free_mail", column_cells(frame, *self.columns) == "true")
    >>> rule = NoFreeMail("email", severity="warning")
    >>> [flag.code for flag in rule.check_record({"norm_email_free": "true"}, None)]
    ['free_mail']
    """

    grain: ClassVar[Grain] = "row"
    needs_as_of: ClassVar[bool] = False

    _: KW_ONLY
    severity: Severity | None = None

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, by field (see `resolve`) or by their own name."""

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """The fields and codes it can flag, so that a report can tell "nothing found" from "not looked for"."""
        return ()

    @abstractmethod
    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """What is wrong, and in which rows.

        Args:
            frame: the normalized table; it has every column of `columns`.
            as_of: the caller's present; a rule with `needs_as_of` finds nothing without it.
        """

    def check_record(self, record: Mapping[str, object], as_of: datetime | None) -> tuple[Flag, ...]:
        """What `check` says of a table with this one record; a column that is absent counts as missing."""
        cells = {}
        for name in self.columns:
            column = resolve(name, record) or name
            value = record.get(column)
            text = isinstance(value, str) or value is None
            cells[column] = pl.Series([value], dtype=pl.String if text else None, strict=False)
        return tuple(hit.flag for hit in self.check(pl.DataFrame(cells), as_of) if len(hit.rows))

    def faults(self) -> list[str]:
        """A severity that is none, and a column, field or code without a name."""
        found = []
        names = (*self.columns, *(name for check in self.checks for name in check))
        if not all(isinstance(name, str) and name for name in names):
            found.append("a column, a field or a code has no name")
        if self.severity is not None and self.severity not in SEVERITIES:
            found.append(unknown("severity", str(self.severity), SEVERITIES))
        return found

    def __repr__(self) -> str:
        defaults = {f.name: f.default if f.default_factory is MISSING else f.default_factory() for f in fields(self)}
        said = {name: getattr(self, name) for name in defaults if getattr(self, name) != defaults[name]}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in said.items())})"

    def flag(self, field: str, code: str, expected: str = "") -> Flag:
        """The flag of a code, with this rule's severity."""
        return Flag.of(field, code, expected, self.severity)

    def flagged(self, field: str, code: str, mask: pl.Series, expected: str = "") -> tuple[Flagged, ...]:
        """The flag of a code, and the rows where a mask is true."""
        return (Flagged(self.flag(field, code, expected), mask.fill_null(False).arg_true()),)


class RowRule(ValidationRule):
    """A rule that says yes or no of the cells of one row, and flags one field with one code."""

    @property
    @abstractmethod
    def about(self) -> tuple[str, str]:
        """The field to look at, and the code."""

    @property
    def expected(self) -> str:
        """What was expected, for the message; nothing that needs translation, never a value of a cell."""
        return ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns whose cells `mask` and `breaks` get: those it needs, and those it can do without."""
        return self.columns

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """The one field and code."""
        return (self.about,)

    @abstractmethod
    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """For every row whether it breaks the rule, as booleans.

        Args:
            cells: the columns of `reads`, as text, missing cells null.
            as_of: the caller's present, never None in a rule with `needs_as_of`.
        """

    @abstractmethod
    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """What `mask` says of one row."""

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """The rows that break the rule."""
        if self.needs_as_of and as_of is None:
            return ()
        mask = self.mask([column_cells(frame, name) for name in self.reads], as_of)
        return self.flagged(*self.about, mask, self.expected)

    def check_record(self, record: Mapping[str, object], as_of: datetime | None) -> tuple[Flag, ...]:
        """The flag, where this record breaks the rule."""
        if self.needs_as_of and as_of is None:
            return ()
        broken = self.breaks([record_cell(record, name) for name in self.reads], as_of)
        return (self.flag(*self.about, self.expected),) if broken else ()
