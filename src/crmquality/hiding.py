"""A state without values: keyed hashes of everything that says who somebody is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

import polars as pl

from crmquality.comparator.term_frequency import TermFrequencies
from crmquality.errors import ConfigError
from crmquality.lift import as_text, lift
from crmquality.linking import Linking
from crmquality.privacy import pseudonym
from crmquality.state import State
from crmquality.tables import Normalized, norm_column

_SIGN: Final = "crmquality state"


def sign_of(key: bytes) -> str:
    """By which a key is known again; it tells nothing of the key.

    Raises:
        ConfigError: for a key that is too short.
    """
    return cast(str, pseudonym(_SIGN, key))


def check_key(state: State, key: bytes | None) -> None:
    """Refuse a key that is not the one that a state was begun with.

    Raises:
        ConfigError: for another key, one where there is none, and none where there is one.
    """
    if (None if key is None else sign_of(key)) != state.settings.hidden:
        raise ConfigError(
            "this state holds values: a key can only be given when a state is begun"
            if state.settings.hidden is None
            else "this state holds keyed hashes: give the key that it was begun with"
        )


@dataclass(frozen=True)
class _Hidden:
    """The columns that are hashed.

    Attributes:
        whole: whose cells are hashed as they are.
        words: of several values with spaces between, such as all the phones of a record: each is hashed, so that any
            of them can meet.
    """

    whole: frozenset[str]
    words: frozenset[str]


def _hidden(linking: Linking, columns: Iterable[str], fields: Iterable[str]) -> _Hidden:
    """What is hashed of some columns: the caller's `fields` and all that was made of them.

    Ids, sources, times of change and issue codes stay.
    """
    merger = linking.merger
    shown = {merger.record_id, merger.source, merger.updated_at, norm_column(merger.updated_at or "")}
    derived = {d.column for d in linking.pipeline.normalizer.derived}
    words = {c for r in linking.pipeline.blocker.rules for k in r.keys if k.split for c in k.columns}
    named = {*fields, *derived} - shown
    made = tuple(norm_column(f, "") for f in named)
    whole = {c for c in columns if c in named or c.startswith(made) or c in {norm_column(f) for f in named}}
    return _Hidden(frozenset(whole - shown - words), frozenset(words.intersection(columns)))


def hidden_rows(linking: Linking, rows: pl.DataFrame, fields: Sequence[str], key: bytes) -> pl.DataFrame:
    """Normalized rows with keyed hashes in place of values.

    Args:
        linking: the stages that made them.
        rows: the rows.
        fields: the caller's columns.
        key: secret and random.
    """
    hidden = _hidden(linking, rows.columns, fields)
    return rows.with_columns(
        *(_hashed(rows[c], partial(pseudonym, key=key)) for c in rows.columns if c in hidden.whole),
        *(_hashed(rows[c], partial(_each_word, key=key)) for c in rows.columns if c in hidden.words),
    )


def hider(
    linking: Linking, fields: Sequence[str], key: bytes
) -> Callable[[Mapping[str, object]], Mapping[str, object]]:
    """`hidden_rows` for one normalized record."""

    def hide(record: Mapping[str, object]) -> Mapping[str, object]:
        hidden = _hidden(linking, record, fields)
        whole = {c: pseudonym(as_text(record[c]), key) for c in hidden.whole}
        return {**record, **whole, **{c: _each_word(as_text(record[c]), key) for c in hidden.words}}

    return hide


def _hashed(column: pl.Series, rule: Callable[[str | None], str | None]) -> pl.Series:
    table = lift(column, lambda value: Normalized(rule(value)), column.name, ())
    return table[norm_column(column.name)].alias(column.name)


def _each_word(value: str | None, key: bytes) -> str | None:
    return " ".join(pseudonym(word, key) or "" for word in (value or "").split(" ") if word) or None


def hidden_frequencies(frequencies: TermFrequencies, key: bytes) -> TermFrequencies:
    """The same counts, of keyed hashes."""
    hide = partial(pseudonym, key=key)
    values = pl.Series("value", [hide(v) for v in frequencies.table["value"].to_list()], dtype=pl.String)
    return TermFrequencies(frequencies.table.with_columns(values), frequencies.means)
