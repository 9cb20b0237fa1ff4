"""Row steps: the stages that look at one row at a time, as functions that somebody else's engine can run.

`NormalizeRows` and `ValidateRows` are a stage and nothing more, in the form that an ETL job asks for:

- **stateless**: a row's answer depends on that row alone, so any batch size and any partitioning give the same rows;
- **output schema known before running**: `plan` and `schema` need no data;
- **declared**: a frozen value that prints, compares, goes to and from JSON, and is pickled as that JSON;
- **any frame**: polars, pandas, pyarrow, dicts in, the same kind out.

So one step runs on Spark (`engines.spark.SparkEngine`), on this machine in chunks (`engines.local.LocalEngine`), in
polars' `LazyFrame.map_batches(step, schema=step.schema(...))`, and wherever a function from table to table is mapped
over the batches of a table. Blocking, comparing, clustering and merging need the whole table and are no row steps.
"""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timezone
from functools import cached_property
from importlib import import_module
from typing import Final, Literal, TypeAlias, TypeVar, cast
from zoneinfo import ZoneInfo

import polars as pl

from crmquality.declarations import Declaration
from crmquality.engines import RowPlan
from crmquality.errors import ConfigError, EngineError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.normalizer import Normalizer
from crmquality.tables import FINDINGS, RECORD_ID, issues_column, norm_column
from crmquality.validator import RowRule, ValidationRule, Validator
from crmquality.validator.rules import resolve

FrameT = TypeVar("FrameT")
SetRules: TypeAlias = Literal["refuse", "skip"]

_SET_RULES: Final[tuple[SetRules, ...]] = ("refuse", "skip")


class RowStep(Declaration, ABC):
    """The base of the row steps; see this module."""

    @abstractmethod
    def plan(self, columns: Sequence[str]) -> RowPlan:
        """What is read and made of a table with these columns.

        Raises:
            ConfigError: for every fault of the step.
            SchemaError: for every column that is not there.
        """

    @abstractmethod
    def run_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The step on a polars frame that has at least the columns that the plan reads."""

    def __call__(self, table: FrameT) -> FrameT:
        """The step on a table, or a batch of one, of any kind that `frames` reads; the same kind comes back.

        Raises:
            ConfigError: for every fault of the step.
            SchemaError: for what is no table, and for every column that is not there.
        """
        frame, restore = to_polars(table)
        self.plan(frame.columns)
        return cast(FrameT, restore(self.run_frame(frame)))

    def schema(self, schema: Mapping[str, pl.DataType]) -> pl.Schema:
        """The schema of what the step makes of a polars frame with a schema; no data is needed.

        Raises:
            ConfigError: for every fault of the step.
            SchemaError: for every column that is not there.

        >>> from crmquality.normalizer import FieldNormalizer, Normalizer
        >>> step = NormalizeRows(Normalizer((FieldNormalizer("note"),)))
        >>> step.schema({"id": pl.Int64(), "note": pl.String()}).names()
        ['id', 'note', 'norm_note', 'issues_note']
        """
        plan = self.plan(list(schema))
        made = {name: pl.String() if like is None else schema[like] for name, like in plan.makes}
        return pl.Schema({**schema, **made} if plan.keeps_rows else made)

    @cached_property
    def _faults(self) -> tuple[str, ...]:
        return tuple(self.faults())

    def _require_no_faults(self) -> None:
        if self._faults:
            raise ConfigError(self._faults)

    def __reduce__(self) -> tuple[Callable[..., RowStep], tuple[str, tuple[str, ...], str]]:
        # JSON, not the objects: small, free of caches, and a worker with another version can say so.
        return _unpickled, (_version(), _modules(self), json.dumps(self.to_dict(), ensure_ascii=False))


@dataclass(frozen=True)
class NormalizeRows(RowStep):
    """The normalizer as a row step: the caller's columns, and `norm_…` and `issues_…` beside them.

    Attributes:
        normalizer: the first stage of a pipeline.

    >>> from crmquality.normalizer import FieldNormalizer, Normalizer
    >>> step = NormalizeRows(Normalizer((FieldNormalizer("note"),)))
    >>> step([{"id": 7, "note": "  Ｈｅｌｌｏ   world "}])[0]["norm_note"]
    'Hello world'
    >>> RowStep.from_dict(step.to_dict()) == step
    True
    """

    normalizer: Normalizer

    def faults(self) -> list[str]:
        """The normalizer's; no fields; what only this process or a whole table could give."""
        n = self.normalizer
        found = n.faults() if n.fields else ["a normalizer without fields makes nothing"]
        found += [
            f"{f.field}: kernel {f.kernel!r} is in a script or a notebook, where no other process finds it: "
            "put it into a module that can be imported"
            for f in n.fields
            if f.kernel.partition(":")[0] == "__main__"
        ]
        made = self._made_by_fields
        found += [
            f"derived column {d.column!r} is made of {c!r}, which the normalizer does not make"
            for d in n.derived
            for c in d.columns
            if c not in made
        ]
        return found + _foreign_to_other_processes(self)

    def plan(self, columns: Sequence[str]) -> RowPlan:
        """Reads the fields; keeps rows; makes text."""
        self._require_no_faults()
        reads = tuple(f.field for f in self.normalizer.fields)
        missing = [unknown("column", name, columns) for name in reads if name not in columns]
        if missing:
            raise SchemaError(missing)
        makes = dict.fromkeys([*self._made_by_fields, *(d.column for d in self.normalizer.derived)])
        return RowPlan(reads, tuple(makes.items()), keeps_rows=True)

    def run_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`Normalizer.normalize_frame`."""
        return self.normalizer.normalize_frame(frame)

    @property
    def _made_by_fields(self) -> tuple[str, ...]:
        return tuple(
            name
            for f in self.normalizer.fields
            for name in (norm_column(f.field), *(norm_column(f.field, p) for p in f.parts), issues_column(f.field))
        )


@dataclass(frozen=True)
class ValidateRows(RowStep):
    """The validator's row rules as a row step: normalized records in, the Findings table out.

    A rule sees the columns that it declares (`columns`, and `reads` of a `RowRule`) and no others.

    Attributes:
        validator: the second stage of a pipeline.
        as_of: the caller's present, for rules about age and future, which find nothing without it: a `datetime`
            (naive, or of a fixed offset or a `ZoneInfo`), which is kept as text of RFC 9557.
        set_rules: what is done about rules that look at the whole table (`Unique`, `DefaultValue`, those about
            entities), which no row step can check: "refuse" the step, naming them, or "skip" them, as a form does;
            `skipped` names them.

    >>> from crmquality.validator import NotInFuture, Required, Unique, Validator
    >>> step = ValidateRows(Validator((Required("name"), NotInFuture("born"))), as_of=datetime(2025, 1, 1))
    >>> [(f["record_id"], f["code"]) for f in step([{"record_id": 7, "norm_name": None, "norm_born": "2031"}])]
    [(7, 'in_future'), (7, 'required_missing')]
    >>> step.as_of
    '2025-01-01T00:00:00'
    >>> ValidateRows(Validator((Unique("number"),))).plan(["record_id", "number"])
    Traceback (most recent call last):
    crmquality.errors.ConfigError: a row step never sees the whole table, which these rules look at: Unique(...
    """

    validator: Validator
    as_of: datetime | str | None = None
    set_rules: SetRules = "refuse"

    def __post_init__(self) -> None:
        if isinstance(self.as_of, datetime):
            object.__setattr__(self, "as_of", _text_of(self.as_of) or self.as_of)

    def faults(self) -> list[str]:
        """The validator's; set rules, unless they are skipped; a present that is none."""
        found = self.validator.faults()
        if self.set_rules not in _SET_RULES:
            found.append(unknown("choice of set_rules", str(self.set_rules), _SET_RULES))
        elif self.set_rules == "refuse":
            of_sets = [repr(rule) for rule in self.validator.rules if getattr(rule, "grain", "row") != "row"]
            if of_sets:
                found.append(
                    f"a row step never sees the whole table, which these rules look at: {', '.join(of_sets)}; pass "
                    "set_rules='skip' to check the row rules alone"
                )
        if isinstance(self.as_of, datetime):
            found.append("as_of: the time zone has no name; use zoneinfo.ZoneInfo or a fixed datetime.timezone")
        elif self.as_of is not None and _time_of(self.as_of) is None:
            found.append("as_of: expected a datetime, or text such as 2025-01-01T00:00:00+08:00[Asia/Shanghai]")
        return found + _foreign_to_other_processes(self)

    @property
    def skipped(self) -> tuple[ValidationRule, ...]:
        """The rules that are not checked: set rules, and without `as_of` those that need it.

        >>> from crmquality.validator import Required, Unique, Validator
        >>> ValidateRows(Validator((Required("name"), Unique("number"))), set_rules="skip").skipped
        (Unique(field='number'),)
        """
        return self.validator.skipped(self._present, record=True)

    def plan(self, columns: Sequence[str]) -> RowPlan:
        """Reads the record id, the source and what the rules read; makes findings, with the caller's type of id."""
        self._require_no_faults()
        v = self._row_rules
        missing = [name for name in (v.record_id, v.source) if name is not None and name not in columns]
        missing += [name for name in v.columns if resolve(name, columns) is None]
        if missing:
            raise SchemaError([unknown("column", name, columns) for name in dict.fromkeys(missing)])
        makes = tuple((name, self.validator.record_id if name == RECORD_ID else None) for name in FINDINGS)
        return RowPlan(self._reads(columns), makes, keeps_rows=False)

    def run_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`Validator.validate_frame`, of the row rules."""
        return self._row_rules.validate_frame(frame.select(self._reads(frame.columns)), as_of=self._present)

    def _reads(self, columns: Sequence[str]) -> tuple[str, ...]:
        v = self._row_rules
        needs = [name for rule in v.rules for name in rule.columns]
        needs += [name for rule in v.rules if isinstance(rule, RowRule) for name in rule.reads]
        found = [column for name in dict.fromkeys(needs) if (column := resolve(name, columns)) is not None]
        return tuple(dict.fromkeys([v.record_id, *([v.source] if v.source else []), *found]))

    @cached_property
    def _row_rules(self) -> Validator:
        return replace(self.validator, rules=tuple(rule for rule in self.validator.rules if rule.grain == "row"))

    @cached_property
    def _present(self) -> datetime | None:
        return _time_of(self.as_of) if isinstance(self.as_of, str) else None


def _text_of(time: datetime) -> str | None:
    """A time as text of RFC 9557 that keeps its zone's name; None where the zone has none.

    >>> _text_of(datetime(2025, 7, 1, 8, tzinfo=ZoneInfo("Europe/Paris")))
    '2025-07-01T08:00:00+02:00[Europe/Paris]'
    """
    zone = time.tzinfo
    if zone is None or isinstance(zone, timezone):
        return time.isoformat()
    key = getattr(zone, "key", None) or getattr(zone, "zone", None)  # zoneinfo, pytz
    return f"{time.isoformat()}[{key}]" if key else None


def _time_of(text: str) -> datetime | None:
    """The time that `_text_of` wrote, or None where the text is no such thing."""
    plain, _, key = text.removesuffix("]").partition("[")
    try:
        time = datetime.fromisoformat(plain)
        zone = ZoneInfo(key) if key else time.tzinfo
    except (ValueError, KeyError, OSError):  # the last two: how zoneinfo says that a text names no zone
        return None
    # Never astimezone on a time without an offset: that would ask the machine for its own zone.
    return time.replace(tzinfo=zone) if time.tzinfo is None else time.astimezone(zone)


def _parts(value: object) -> Iterator[Declaration]:
    """A declaration and all that it is made of."""
    if isinstance(value, Declaration):
        yield value
        for field in fields(value):  # type: ignore[arg-type]  # every subclass is a dataclass
            yield from _parts(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _parts(item)
    elif isinstance(value, Mapping):
        yield from _parts(tuple(value.values()))


def _modules(step: RowStep) -> tuple[str, ...]:
    """The modules of the caller's own declarations in a step, which have to be imported before it can be built."""
    found = {type(part).__module__ for part in _parts(step)}
    return tuple(sorted(name for name in found if name.partition(".")[0] != "crmquality"))


def _foreign_to_other_processes(step: RowStep) -> list[str]:
    return [
        f"{type(part).__qualname__} is declared in a script or a notebook, where no other process finds it: put it "
        "into a module that can be imported"
        for part in _parts(step)
        if type(part).__module__ == "__main__"
    ]


def _version() -> str:
    # By its name: an import of the whole package would turn the layers upside down.
    return str(getattr(sys.modules["crmquality"], "__version__", ""))


def _unpickled(version: str, modules: tuple[str, ...], text: str) -> RowStep:
    """The step that a pickle holds; what it is made of is imported, as a pickle would.

    Raises:
        EngineError: when another version of crmquality pickled it: its answers could be others.
    """
    here = _version()
    if here != version:
        raise EngineError(
            f"a row step of crmquality {version or 'without a version'} reached a process with crmquality "
            f"{here or 'without a version'}: install the same version on the driver and on every executor"
        )
    for name in modules:
        import_module(name)
    return RowStep.from_dict(json.loads(text))
