"""A rule of one's own: one expression or one function that says whether a record is fine.

`Rule` sees cells as every rule does: the normalized value of a field, or the column of that very name, as text or as
the type that is declared for it; a cell that cannot be read as that type is missing. It says True (fine), False
(broken) or None (no opinion); a table and a single record give the same answer, because the rule is asked about one
record at a time in both.

What goes wrong in it never costs a record: where the expression or the function raises, that record has the finding
`rule_failed`, with the name of the exception and nothing of what it says, and the other records are checked.
"""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from functools import cached_property
from typing import Final, Literal, TypeAlias, cast, get_args

import polars as pl

from crmquality.declarations import JSON
from crmquality.errors import ConfigError, unknown
from crmquality.tables import Severity
from crmquality.validator.codes import CATALOG
from crmquality.validator.fields import NUMBER, NUMBER_CELL
from crmquality.validator.findings import Flag, Flagged
from crmquality.validator.rules import ValidationRule, column_cells, record_cell
from crmquality.validator.times import moment, moments

CellType: TypeAlias = Literal["text", "number", "date"]
Cell: TypeAlias = "str | float | date | None"
Test: TypeAlias = "pl.Expr | str | Callable[[dict[str, Cell]], bool | None]"

FAILED: Final = "rule_failed"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_REFERENCE: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*\Z")
_DTYPES: Final[dict[str, pl.DataType]] = {"text": pl.String(), "number": pl.Float64(), "date": pl.Date()}
_PROBES: Final[dict[str, tuple[Cell, ...]]] = {
    "text": ("1", "b", "1", None, "2024-05-03", ""),
    "number": (1.0, 2.5, 1.0, None, -3.0, 0.0),
    "date": (date(2024, 5, 3), date(2023, 1, 1), date(2024, 5, 3), None, date(1990, 2, 2), date(2030, 1, 1)),
}


def _read(cell: str | None, kind: str) -> Cell:
    if cell is None or kind == "text":
        return cell
    if kind == "number":
        return float(cell) if NUMBER_CELL.fullmatch(cell) else None
    day = (moment(cell) or "")[:10]
    try:
        return date.fromisoformat(day) if len(day) == 10 else None
    except ValueError:
        return None


def _read_column(cells: pl.Series, kind: str) -> pl.Series:
    if kind == "text":
        return cells
    if kind == "number":
        return cells.set(~cells.str.contains(rf"\A{NUMBER}\z"), None).cast(pl.Float64, strict=False)
    days = moments(cells).str.slice(0, 10)
    days = days.set(days.str.starts_with("0000"), None)  # polars knows a year 0, Python does not
    return days.str.to_date("%Y-%m-%d", strict=False)


def _load(reference: str) -> Callable[[dict[str, Cell]], bool | None]:
    module, _, name = reference.partition(":")
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return cast("Callable[[dict[str, Cell]], bool | None]", found)


@dataclass(frozen=True, repr=False, eq=False)
class Rule(ValidationRule):
    """A rule of one's own.

    Attributes:
        holds: what is true of a record that is fine: a polars expression, the same as SQL text, or a function of a dict
            with the cells of `fields` (itself or as `"package.module:function"`). None means no opinion.
        fields: the fields it reads; the first is the one that a finding names. An expression knows its own.
        code: the code of a finding; one of the catalog brings its words along.
        message: what is wrong and what was expected; never a value of a cell.
        message_zh: the same in Chinese.
        suggestion: what to do.
        suggestion_zh: the same in Chinese.
        types: fields that are read as a "number" (a float) or a "date" (a `datetime.date`); all others are text.

    >>> import polars as pl
    >>> rule = Rule(
    ...     pl.col("discount") <= 0.3, types={"discount": "number"}, code="discount_too_high",
    ...     message="The discount is above 30 %.", message_zh="折扣超过 30%。", severity="warning",
    ... )
    >>> [(f.field, f.code, f.message_zh) for f in rule.check_record({"discount": "0.5"}, None)]
    [('discount', 'discount_too_high', '折扣超过 30%。')]
    >>> sql = Rule("end_date >= start_date", types={"end_date": "date", "start_date": "date"}, code="ends_too_early")
    >>> dates = pl.DataFrame({"end_date": ["2024-01-01", "2024-03-01"], "start_date": ["2024-02-01", None]})
    >>> [hit.rows.to_list() for hit in sql.check(dates, None)]
    [[0]]
    >>> def knows_both(record):
    ...     return record["city"] is not None or record["country"] != "CN"
    >>> own = Rule(knows_both, ("city", "country"), code="city_missing")
    >>> own.check_record({"country": "CN"}, None)[0].message
    'The record breaks a rule of your own.'
    """

    holds: Test
    fields: tuple[str, ...] = ()
    code: str = "rule_broken"
    message: str = ""
    message_zh: str = ""
    suggestion: str = ""
    suggestion_zh: str = ""
    types: Mapping[str, CellType] = dataclass_field(default_factory=dict)

    def __post_init__(self) -> None:
        holds, fields = cast(object, self.holds), cast(object, self.fields)
        if isinstance(holds, Mapping):  # what `to_dict` made of an expression
            object.__setattr__(self, "holds", _expression_of(str(holds.get("expression", ""))))
        if isinstance(fields, str):
            object.__setattr__(self, "fields", (fields,))

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields it reads."""
        if self.fields:
            return self.fields
        return () if self._expression is None else tuple(sorted(set(self._expression.meta.root_names())))

    @property
    def about(self) -> str:
        """The field that a finding names."""
        if self.fields or self._expression is None:
            return (*self.fields, "")[0]
        return (*self._expression.meta.root_names(), "")[0]

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """Its code, and `rule_failed`."""
        return ((self.about, self.code), (self.about, FAILED))

    def faults(self) -> list[str]:
        """What is no rule: no fields, no code, an expression that is none or that looks at other records."""
        if not isinstance(cast(object, self.fields), tuple) or not self.columns:
            broken = isinstance(self.holds, str) and self._expression is None and self._function is None
            none = "holds is neither an expression nor a function"
            return [none if broken else "a rule needs the names of the fields it reads"]
        found = super().faults()
        if not _CODE.match(self.code):
            found.append("the code of a rule must be lower-case letters, digits and underscores")
        wrong = sorted({str(t) for t in self.types.values() if t not in get_args(CellType)})
        found += [unknown("type of a cell", name, get_args(CellType)) for name in wrong]
        found += [unknown("field in types", name, self.columns) for name in self.types if name not in self.columns]
        return found if found else self._faults_of_test()

    def _faults_of_test(self) -> list[str]:
        if self._expression is None:
            return [] if self._function is not None else ["holds is neither an expression nor a function"]
        strange = sorted(set(self._expression.meta.root_names()) - set(self.columns))
        if strange:
            return [unknown("field of the expression", name, self.columns) for name in strange]
        probe = pl.DataFrame(
            [pl.Series(n, _PROBES[self._type(n)], dtype=_DTYPES[self._type(n)], strict=False) for n in self.columns]
        )
        try:
            empty = probe.clear().select(holds=self._expression)
        except Exception as error:  # a polars error, or one of a function inside the expression
            return [f"the expression cannot be evaluated on these fields ({type(error).__name__}); declare `types`"]
        if empty["holds"].dtype not in (pl.Boolean, pl.Null):
            return ["the expression must be true or false"]
        try:
            whole = probe.select(holds=self._expression)["holds"].to_list()
            alone = [probe[i].select(holds=self._expression)["holds"].to_list() for i in range(probe.height)]
        except Exception:  # a value it cannot read: told of the records that have it
            return []
        if [[x] for x in whole] != alone:
            return ["the expression looks at other records; a rule is about one record (see Unique, SharedByTooMany)"]
        return []

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        """The rows that break the rule, and those on which it failed."""
        cells = [_read_column(column_cells(frame, n), self._type(n)).alias(n) for n in self.columns]
        table = pl.DataFrame(cells).with_row_index("\x00row")
        distinct = table.group_by(list(self.columns), maintain_order=True).agg("\x00row")
        rows, asked = distinct["\x00row"], distinct.drop("\x00row")
        answers = self._answers(asked)
        told = [(self._flag, pl.Series([a is False for a in answers], dtype=pl.Boolean))]
        failures = sorted({a for a in answers if isinstance(a, str)})
        told += [(self._failed(n), pl.Series([a == n for a in answers], dtype=pl.Boolean)) for n in failures]
        return tuple(Flagged(flag, rows.filter(mask).explode().drop_nulls().cast(pl.UInt32)) for flag, mask in told)

    def check_record(self, record: Mapping[str, object], as_of: datetime | None) -> tuple[Flag, ...]:
        """The same of one record."""
        cells = {n: _read(record_cell(record, n), self._type(n)) for n in self.columns}
        if self._expression is None:
            answer = self._ask(cells)
        else:
            answer = self._answers(
                pl.DataFrame([pl.Series(n, [c], dtype=_DTYPES[self._type(n)]) for n, c in cells.items()])
            )[0]
        return (self._flag,) if answer is False else (self._failed(answer),) if isinstance(answer, str) else ()

    def _answers(self, asked: pl.DataFrame) -> list[bool | str | None]:
        """For every row True, False, None, or the name of the exception."""
        if self._expression is None:
            return [self._ask(row) for row in asked.iter_rows(named=True)]
        try:
            told = asked.select(holds=self._expression)["holds"]
            return cast(
                "list[bool | str | None]",
                told.to_list() if len(told) == asked.height else told.to_list() * asked.height,
            )
        except Exception as error:  # whatever a polars expression may raise: the half without the cause is checked
            if asked.height <= 1:
                return [type(error).__name__] * asked.height
            half = asked.height // 2
            return self._answers(asked[:half]) + self._answers(asked[half:])

    def _ask(self, cells: dict[str, Cell]) -> bool | str | None:
        try:
            function = self._function
            answer = None if function is None else function(dict(cells))
            return None if answer is None else bool(answer)
        except Exception as error:  # the caller's own code
            return type(error).__name__

    def _type(self, name: str) -> str:
        return self.types.get(name, "text")

    @cached_property
    def _expression(self) -> pl.Expr | None:
        if isinstance(self.holds, str) and not _REFERENCE.match(self.holds):
            try:
                return pl.sql_expr(self.holds)
            except Exception:  # SQL that is none: `faults` says so
                return None
        return self.holds if isinstance(self.holds, pl.Expr) else None

    @cached_property
    def _function(self) -> Callable[[dict[str, Cell]], bool | None] | None:
        if isinstance(self.holds, str):
            try:
                return _load(self.holds) if _REFERENCE.match(self.holds) else None
            except (ImportError, AttributeError, ValueError):
                return None
        return None if isinstance(self.holds, pl.Expr) or not callable(self.holds) else self.holds

    @cached_property
    def _flag(self) -> Flag:
        known = CATALOG.get(self.code, CATALOG["rule_broken"])
        severity: Severity = self.severity or known.severity
        return Flag(
            self.about,
            self.code,
            severity,
            self.message or known.message,
            self.message_zh or known.message_zh,
            self.suggestion or known.suggestion,
            self.suggestion_zh or known.suggestion_zh,
        )

    def _failed(self, name: str) -> Flag:
        return Flag.of(self.about, FAILED, f"{self.code}: {name}", label=("Rule and exception", "规则与异常"))

    def to_dict(self) -> dict[str, JSON]:
        """This rule as a JSON-ready dict: SQL text and references as they are, expressions in the JSON of polars.

        Raises:
            ConfigError: for a function that no other process would find, and an expression with one inside.
        """
        out: dict[str, JSON] = {"type": self.type_name, "holds": self._portable}
        for name in ("code", "message", "message_zh", "suggestion", "suggestion_zh", "severity"):
            value = getattr(self, name)
            if value and value != type(self).__dataclass_fields__[name].default:
                out[name] = value
        if self.fields:
            out["fields"] = list(self.fields)
        if self.types:
            out["types"] = dict(self.types)
        return out

    @property
    def _portable(self) -> JSON:
        if isinstance(self.holds, str):
            return self.holds
        if isinstance(self.holds, pl.Expr):
            text = self.holds.meta.serialize(format="json")
            if "AnonymousFunction" in text or "Python" in text:
                raise ConfigError(
                    f"rule {self.code!r}: an expression with a Python function inside cannot be kept as JSON"
                )
            return {"expression": text}
        name = f"{getattr(self.holds, '__module__', '')}:{getattr(self.holds, '__qualname__', '')}"
        try:
            found = _load(name) if _REFERENCE.match(name) and not name.startswith("__main__:") else None
        except (ImportError, AttributeError):
            found = None
        if found is not self.holds:
            raise ConfigError(
                f"rule {self.code!r}: its function cannot be found by its name; put it into a module to be imported"
            )
        return name

    @property
    def _key(self) -> tuple[object, ...]:
        holds = self.holds.meta.serialize(format="json") if isinstance(self.holds, pl.Expr) else self.holds
        words = (self.message, self.message_zh, self.suggestion, self.suggestion_zh)
        return (holds, self.fields, self.code, self.severity, words, tuple(sorted(self.types.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule) and self._key == other._key

    def __hash__(self) -> int:
        return hash((self.code, self.fields))

    def __repr__(self) -> str:
        return f"Rule({self.code!r}, fields={self.columns!r})"


def _expression_of(text: str) -> pl.Expr:
    """The expression that `to_dict` wrote; one that would run Python is refused: reading a dict runs nothing."""
    if "AnonymousFunction" in text or "Python" in text:
        raise ConfigError("a rule's expression holds a Python function; reading a declaration never runs code")
    try:
        return pl.Expr.deserialize(io.StringIO(text), format="json")
    except Exception as error:  # polars' own format, which another version may not know
        raise ConfigError(
            "a rule's expression cannot be read; another version of polars may have written it"
        ) from error
