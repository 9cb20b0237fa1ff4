"""What the validator says: findings, one per record, field and code. Never a value of a cell among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from crmquality.tables import FINDINGS, RECORD_ID, SOURCE, Severity, empty
from crmquality.validator.codes import meaning


@dataclass(frozen=True, slots=True, order=True)
class Flag:
    """Something that is wrong with a field, in words; which rows it is true of is said beside it.

    Attributes:
        field: the field to look at.
        code: what is wrong, for programs; see `codes.CATALOG`.
        severity: how much it matters.
        message: what is wrong and what was expected, for people.
        message_zh: the same in Chinese.
        suggestion: what to do.
        suggestion_zh: the same in Chinese.
    """

    field: str
    code: str
    severity: Severity
    message: str
    message_zh: str
    suggestion: str
    suggestion_zh: str

    @classmethod
    def of(
        cls,
        field: str,
        code: str,
        expected: str = "",
        severity: Severity | None = None,
        label: tuple[str, str] = ("Expected", "应为"),
    ) -> Flag:
        """The flag of a code, in the words of the catalog.

        Args:
            field: the field to look at.
            code: what is wrong; one that the catalog does not know gets words that fit any.
            expected: what the declaration asks for, in signs that need no translation. Never a value of a cell.
            severity: instead of the catalog's.
            label: what `expected` is called, in both languages.

        >>> Flag.of("age", "out_of_range", "0 … 150").message
        'The value is outside the allowed range. Expected: 0 … 150.'
        """
        known = meaning(code)
        return cls(
            field,
            code,
            severity or known.severity,
            f"{known.message} {label[0]}: {expected}." if expected else known.message,
            f"{known.message_zh}{label[1]}：{expected}。" if expected else known.message_zh,
            known.suggestion,
            known.suggestion_zh,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Flagged:
    """A flag, and the rows it is true of.

    Attributes:
        flag: what is wrong.
        rows: row numbers of the frame that was checked, from 0, each once.
    """

    flag: Flag
    rows: pl.Series


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one record: a row of the Findings table.

    Attributes:
        record_id: the record, in the caller's own type.
        source: the system it came from, where that is known.
        field: the field to look at.
        code: what is wrong, for programs; see `codes.CATALOG`.
        severity: how much it matters.
        message: what is wrong and what was expected, for people.
        message_zh: the same in Chinese.
        suggestion: what to do.
        suggestion_zh: the same in Chinese.
    """

    record_id: object
    source: str | None
    field: str
    code: str
    severity: Severity
    message: str
    message_zh: str
    suggestion: str
    suggestion_zh: str


def finding(flag: Flag, record_id: object, source: str | None) -> Finding:
    """The finding that a flag is for one record.

    >>> finding(Flag.of("email", "invalid_email"), 7, "web").code
    'invalid_email'
    """
    words = (flag.message, flag.message_zh, flag.suggestion, flag.suggestion_zh)
    return Finding(record_id, source, flag.field, flag.code, flag.severity, *words)


def findings_table(flagged: Iterable[Flagged], ids: pl.Series, sources: pl.Series) -> pl.DataFrame:
    """The Findings table (`tables.FINDINGS`), sorted by record, source, field and code.

    Args:
        flagged: what was found, in any order; the same flag for the same row counts once.
        ids: the record id of each row, of any type.
        sources: the source of each row, as text.

    >>> rows = pl.Series([1], dtype=pl.UInt32)
    >>> ids, sources = pl.Series([7, 8]), pl.Series([None, None], dtype=pl.String)
    >>> findings_table([Flagged(Flag.of("email", "invalid_email"), rows)], ids, sources)["record_id"].to_list()
    [8]
    """
    rows_of: dict[Flag, list[pl.Series]] = {}
    for hit in flagged:
        if len(hit.rows):
            rows_of.setdefault(hit.flag, []).append(hit.rows)
    if not rows_of:
        return empty(FINDINGS, ids.dtype)
    flags = sorted(rows_of)
    rank, first = _ranks(ids, sources)
    # There may be millions: one sort of whole numbers, record before flag, costs a tenth of a sort by ids and words.
    keys = [rank.gather(pl.concat(rows_of[flag]).unique()) * len(flags) + n for n, flag in enumerate(flags)]
    key = pl.concat(keys).sort()
    row, number = first.gather(key // len(flags)), key % len(flags)
    words = [
        pl.Series(name, [getattr(flag, name) for flag in flags], dtype=pl.String).gather(number)
        for name in FINDINGS
        if name not in (RECORD_ID, SOURCE)
    ]
    return pl.DataFrame([ids.gather(row).alias(RECORD_ID), sources.gather(row).alias(SOURCE), *words])


def _ranks(ids: pl.Series, sources: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For every row its place in the order of record and source, equals in one place; for every place its first row."""
    table = pl.DataFrame([ids.alias("id"), sources.alias("source")]).with_row_index("row").sort("id", "source", "row")
    new = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift()) for c in ("id", "source")) | (
        pl.int_range(pl.len()) == 0
    )
    table = table.select("row", new=new, rank=(new.cum_sum() - 1).cast(pl.UInt64))
    return table.sort("row")["rank"], table.filter("new")["row"]
