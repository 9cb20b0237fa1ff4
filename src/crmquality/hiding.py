"""A state without values: keyed hashes of everything that says who somebody is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, cast

import polars as pl

from crmquality.comparator.term_frequency import TermFrequencies
from crmquality.lift import lift
from crmquality.linking import Linking
from crmquality.privacy import pseudonym, redact
from crmquality.tables import Normalized, norm_column

_SIGN: Final = "crmquality state"


def sign_of(key: bytes) -> str:
    """By which a key is known again; it tells nothing of the key.

    Raises:
        ConfigError: for a key that is too short.
    """
    return cast(str, pseudonym(_SIGN, key))


def hidden_rows(linking: Linking, rows: pl.DataFrame, columns: Sequence[str], key: bytes) -> pl.DataFrame:
    """Normalized rows with keyed hashes in place of values; ids, sources, times of change and issue codes stay.

    A cell of several values, such as all the phones of a record, has the hash of each, so that any of them can meet.
    """
    merger = linking.merger
    shown = {merger.record_id, merger.source, merger.updated_at}
    derived = {d.column for d in linking.pipeline.normalizer.derived}
    several = {c for r in linking.pipeline.blocker.rules for k in r.keys if k.split for c in k.columns} & set(
        rows.columns
    )
    fields = [c for c in (*columns, *derived) if c in rows.columns and c not in shown | several]
    out = cast(pl.DataFrame, redact(rows, fields, key))
    stay = [
        c
        for c in (merger.updated_at, *([norm_column(merger.updated_at)] if merger.updated_at else []))
        if c in rows.columns
    ]
    return out.with_columns(*(rows[c] for c in stay), *(_each_word(rows[c], key) for c in sorted(several)))


def _each_word(column: pl.Series, key: bytes) -> pl.Series:
    def rule(value: str | None) -> Normalized:
        words = [pseudonym(word, key) or "" for word in (value or "").split(" ") if word]
        return Normalized(" ".join(words) or None)

    return lift(column, rule, column.name, ())[norm_column(column.name)].alias(column.name)


def hidden_frequencies(frequencies: TermFrequencies, key: bytes) -> TermFrequencies:
    """The same counts, of keyed hashes."""
    hide = partial(pseudonym, key=key)
    values = pl.Series("value", [hide(v) for v in frequencies.table["value"].to_list()], dtype=pl.String)
    return TermFrequencies(frequencies.table.with_columns(values), frequencies.means)
