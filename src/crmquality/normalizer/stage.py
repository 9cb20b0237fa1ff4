"""The normalizer: raw records in, the same records with canonical values, parts and issue codes beside them out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from crmquality.declarations import JSON, Declaration
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.lift import as_text, call, lift, load_kernel
from crmquality.normalizer.columns import load_column_form
from crmquality.tables import Kernel, issues_column, norm_column


@dataclass(frozen=True)
class FieldNormalizer(Declaration):
    """What is done to one column.

    Attributes:
        field: the column.
        kernel: the scalar rule, as `"package.module:function"`.
        parts: which of the kernel's parts become columns.
        parameters: the kernel's keyword arguments.
    """

    field: str
    kernel: str = "crmquality.normalizer.text:normalize_text"
    parts: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = dataclasses.field(default_factory=dict)

    @property
    def made(self) -> tuple[str, ...]:
        """The columns it makes: the canonical value, the parts, the issue codes."""
        parts = (norm_column(self.field, p) for p in self.parts)
        return (norm_column(self.field), *parts, issues_column(self.field))

    def faults(self) -> list[str]:
        """A kernel that is not there, or that refuses its parameters."""
        try:
            load_kernel(self.kernel, self.parameters)(None)
        except ConfigError as error:
            return [f"{self.field}: {fault}" for fault in error.faults]
        except TypeError as error:
            return [f"{self.field}: {self.kernel}: {error}"]
        return []


@dataclass(frozen=True)
class Derived(Declaration):
    """A column made of normalized columns: what several fields know of one thing.

    Attributes:
        column: its name.
        columns: where its value comes from: the first that is not null.
    """

    column: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Normalizer(Declaration):
    """The first stage: one `FieldNormalizer` per field, and columns derived from several fields.

    >>> from crmquality.normalizer import FieldNormalizer, Normalizer
    >>> stage = Normalizer((FieldNormalizer("note"),))
    >>> stage.normalize_record({"id": 7, "note": "  Ｈｅｌｌｏ   world "})["norm_note"]
    'Hello world'
    """

    fields: tuple[FieldNormalizer, ...] = ()
    derived: tuple[Derived, ...] = ()

    def faults(self) -> list[str]:
        """Faults of each field, fields named twice, and columns that two fields would make."""
        names = [f.field for f in self.fields]
        twice = sorted({n for n in names if names.count(n) > 1})
        out = [f"field {n!r} is normalized twice" for n in twice]
        maker: dict[str, str] = {}
        made = [(c, f"field {f.field!r}") for f in self.fields if f.field not in twice for c in f.made]
        for column, who in [*made, *((d.column, "a derived column") for d in self.derived)]:
            if column in maker:
                out.append(f"{maker[column]} and {who} both make the column {column!r}: rename one of them")
            maker.setdefault(column, who)
        return out + [x for f in self.fields for x in f.faults()]

    def normalize(self, records: object) -> object:
        """The records with `norm_<field>`, `norm_<field>_<part>` and `issues_<field>` beside every field.

        Args:
            records: a table of any kind that `frames` reads; columns that are not fields are kept as they are.

        Returns:
            A table of the same kind, same rows, same order.

        Raises:
            SchemaError: for every field that is not a column.
        """
        frame, restore = to_polars(records)
        return restore(self.normalize_frame(frame))

    def normalize_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`normalize` on a polars frame."""
        missing = [unknown("column", f.field, frame.columns) for f in self.fields if f.field not in frame.columns]
        if missing:
            raise SchemaError(missing)
        made = [
            lift(
                frame[f.field],
                load_kernel(f.kernel, f.parameters),
                f.field,
                f.parts,
                load_column_form(f.kernel, f.parameters),
            ).get_columns()
            for f in self.fields
        ]
        out = frame.with_columns([c for columns in made for c in columns])
        return out.with_columns([pl.coalesce(d.columns).alias(d.column) for d in self.derived])

    def normalize_record(self, record: Mapping[str, object]) -> dict[str, object]:
        """One record, for a form: what `normalize` gives for its row. A field that is absent counts as missing."""
        out = dict(record)
        for field, kernel, norm, parts, issues in self._loaded:
            answer = call(kernel, as_text(record.get(field)))
            out[norm] = answer.value
            for part, column in parts:
                out[column] = answer.parts.get(part)
            out[issues] = " ".join(answer.issues) or None
        for d in self.derived:
            out[d.column] = next((out[c] for c in d.columns if out.get(c) is not None), None)
        return out

    @cached_property
    def _loaded(self) -> tuple[tuple[str, Kernel, str, tuple[tuple[str, str], ...], str], ...]:
        """Of each field its kernel and the names of what it makes: found once, not for every record."""
        return tuple(
            (
                f.field,
                load_kernel(f.kernel, f.parameters),
                norm_column(f.field),
                tuple((p, norm_column(f.field, p)) for p in f.parts),
                issues_column(f.field),
            )
            for f in self.fields
        )
