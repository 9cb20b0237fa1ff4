"""Blocking keys: from a column to the values that two records must share to be compared.

A key is made by column expressions, or once per distinct value where no expression says it. Inside, a value of a key
is its 64-bit hash, so that a rule over several keys costs one sort of integers. Two values with one hash would only
put a needless pair before the comparator (a chance of 3 in 100 million at a million distinct values): the same hash
is used to find the pairs and to leave out those of earlier rules, so that no pair is lost or given twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from crmquality.blocker.phonetic import phonetic_code
from crmquality.declarations import Declaration
from crmquality.errors import unknown
from crmquality.lift import text_series

Transform: TypeAlias = Literal[
    "exact",
    "prefix",
    "suffix",
    "first_word",
    "last_word",
    "words",
    "word_pairs",
    "qgrams",
    "year",
    "month_day",
    "phonetic",
]
Int32: TypeAlias = npt.NDArray[np.int32]
Hashes: TypeAlias = npt.NDArray[np.uint64]
Mask: TypeAlias = npt.NDArray[np.bool_]

SEVERAL_VALUES: Final = frozenset({"words", "word_pairs", "qgrams"})
NEEDS_LENGTH: Final = frozenset({"prefix", "suffix", "qgrams"})
TAKES_LENGTH: Final = NEEDS_LENGTH | {"phonetic"}
# A cell of ten thousand characters must not make ten thousand keys, nor a hundred words five thousand pairs of words.
MAX_QGRAMS: Final = 64
MAX_WORDS_PAIRED: Final = 12


@dataclass(frozen=True)
class BlockingKey(Declaration):
    """What a record must share with another in one column, or in any of several.

    Attributes:
        column: the column, most often `norm_<field>` or `norm_<field>_<part>`. Null and the empty string are no value.
        transform: what is taken of the value. `exact`: all of it. `prefix`, `suffix`: `length` characters.
            `first_word`, `last_word`: words stand between spaces. `words`: every word is a value. `word_pairs`: every
            two words, in any order, of the first 12 (a single word counts as a pair). `qgrams`: every run of `length`
            characters, of the first 64 (a shorter value counts as a run). `year`, `month_day`: of an ISO date.
            `phonetic`: the sound of Latin letters (`phonetic_code`, at most `length` signs, 4 unless told).
        length: for `prefix`, `suffix`, `qgrams` and `phonetic`.
        also: further columns whose values are values of this key too: a mobile that stands in the landline column
            meets the mobile, swapped given and family names meet.
        split: cells hold several values with spaces between, as the `others` part of a phone does.

    >>> BlockingKey("norm_mobile", also=("norm_landline", "norm_mobile_others"), split=True).several
    True
    """

    column: str
    transform: Transform = "exact"
    length: int | None = None
    also: tuple[str, ...] = ()
    split: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that this key reads."""
        return (self.column, *self.also)

    @property
    def several(self) -> bool:
        """Whether a record can have several values of this key."""
        return bool(self.also) or self.split or self.transform in SEVERAL_VALUES

    def faults(self) -> list[str]:
        """An unknown transform, and a length that is missing, below 1 or not used."""
        out: list[str] = []
        if self.transform not in get_args(Transform):
            return [f"{self.column}: {unknown('transform', str(self.transform), get_args(Transform))}"]
        if self.transform in NEEDS_LENGTH and self.length is None:
            out.append(f"{self.column}: {self.transform} needs a length")
        if self.length is not None and self.transform not in TAKES_LENGTH:
            out.append(f"{self.column}: {self.transform} takes no length")
        if self.length is not None and self.length < 1:
            out.append(f"{self.column}: a length of {self.length}; expected 1 or more")
        if len(set(self.columns)) < len(self.columns):
            out.append(f"{self.column}: a column is named twice in one key")
        return out


@dataclass(frozen=True)
class BlockingRule(Declaration):
    """Two records are a candidate pair when they share a value of every key of one rule.

    Attributes:
        name: its name in `CandidatePairs` and in the report.
        keys: what must be shared. At most one key with several values per record.
        narrow_by: keys that split a block that is too big, one after the other; each with one value per record. A
            record without the value stays with the others of its block that have none.
        rare_only: only values that few records share make pairs: a rare given name is worth a look by itself, a
            common one is not. Blocks that are too big are left out, and "too big" is what the blocker's budget for
            rare values (`Blocker.max_rare_pairs_per_record`) leaves.

    >>> BlockingRule("surname and birth year",
    ...              (BlockingKey("norm_family_key"), BlockingKey("norm_birth_date", "year")),
    ...              narrow_by=(BlockingKey("norm_given_key", "prefix", 1),)).faults()
    []
    """

    name: str
    keys: tuple[BlockingKey, ...]
    narrow_by: tuple[BlockingKey, ...] = ()
    rare_only: bool = False

    @property
    def several(self) -> bool:
        """Whether a record can be in several blocks of this rule."""
        return any(k.several for k in self.keys)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that this rule reads, each once."""
        return tuple(dict.fromkeys(c for k in (*self.keys, *self.narrow_by) for c in k.columns))

    def faults(self) -> list[str]:
        """Faults of the keys, no key at all, and several values where only one can be."""
        out = [x for k in (*self.keys, *self.narrow_by) for x in k.faults()]
        if not self.keys:
            out.append("has no key")
        if sum(k.several for k in self.keys) > 1:
            out.append("has more than one key with several values per record")
        if self.rare_only and self.narrow_by:
            out.append("takes rare values only, so narrow_by has nothing to narrow")
        out += [f"{k.column}: a key to narrow by has one value per record" for k in self.narrow_by if k.several]
        return [f"rule {self.name!r}: {x}" for x in out]


def one_value(column: pl.Series, key: BlockingKey) -> pl.Series:
    """The value of a key with one value per record, as strings, null where there is none.

    >>> one_value(pl.Series(["1990-02-03", "1990", ""]), BlockingKey("birth", "year")).to_list()
    ['1990', '1990', None]
    """
    text = text_series(column)
    if key.transform == "phonetic":
        distinct = text.drop_nulls().unique()
        codes = pl.Series([phonetic_code(v, key.length or 4) for v in distinct], dtype=pl.String)
        return text.replace_strict(distinct, codes, default=None, return_dtype=pl.String)
    value = pl.col("v")
    length = key.length or 1
    date = value.str.contains(r"^\d{4}-\d{2}-\d{2}")
    made = {
        "exact": value,
        "prefix": value.str.head(length),
        "suffix": value.str.tail(length),
        "first_word": value.str.strip_chars().str.extract(r"^(\S+)"),
        "last_word": value.str.strip_chars().str.extract(r"(\S+)$"),
        "year": pl.when(value.str.contains(r"^\d{4}(?:\D|$)")).then(value.str.head(4)),
        "month_day": pl.when(date).then(value.str.slice(5, 5)),
    }[key.transform]
    out = text.alias("v").to_frame().select(made.alias("v"))
    return out.select(pl.when(pl.col("v") != "").then(pl.col("v"))).to_series()


def values(frame: pl.DataFrame, key: BlockingKey) -> pl.DataFrame:
    """Every value of a key: `record` (row, int32, ascending) and `v` (string, never null); duplicates may occur.

    >>> values(pl.DataFrame({"name": ["li juanli", None, "li"]}), BlockingKey("name", "words")).rows()
    [(0, 'li'), (0, 'juanli'), (2, 'li')]
    """
    parts: list[pl.DataFrame] = []
    for column in key.columns:
        cells = pl.DataFrame({"v": text_series(frame[column])}).select(
            pl.int_range(pl.len(), dtype=pl.Int32).alias("record"), "v"
        )
        cells = cells.filter(pl.col("v").is_not_null() & (pl.col("v") != ""))
        parts.append(_several(_exploded(cells) if key.split else cells, key))
    together = pl.concat(parts).filter(pl.col("v").is_not_null() & (pl.col("v") != ""))
    return together.sort("record", maintain_order=True)


def _exploded(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.with_columns(pl.col("v").str.split(" ")).explode("v").filter(pl.col("v") != "")


def _several(cells: pl.DataFrame, key: BlockingKey) -> pl.DataFrame:
    if key.transform == "words":
        return _exploded(cells)
    if key.transform == "word_pairs":
        return _word_pairs(cells)
    if key.transform == "qgrams":
        return _qgrams(cells, key.length or 1)
    return cells.with_columns(one_value(cells["v"], key).alias("v"))


def _word_pairs(cells: pl.DataFrame) -> pl.DataFrame:
    words = cells.with_columns(
        pl.col("v").str.split(" ").list.eval(pl.element().filter(pl.element() != "")).list.head(MAX_WORDS_PAIRED)
    ).with_columns(pl.col("v").list.unique().list.sort())
    words = words.filter(pl.col("v").list.len() > 0)
    made = [words.filter(pl.col("v").list.len() == 1).with_columns(pl.col("v").list.first())]
    longest = int(words["v"].list.len().max() or 0)  # type: ignore[arg-type]  # lengths are integers
    for j in range(1, longest):
        words = words.filter(pl.col("v").list.len() > j)
        made += [
            words.select("record", (pl.col("v").list.get(i) + " " + pl.col("v").list.get(j)).alias("v"))
            for i in range(j)
        ]
    return pl.concat(made)


def _qgrams(cells: pl.DataFrame, length: int) -> pl.DataFrame:
    made = [cells.with_columns(pl.col("v").str.head(length))]
    for offset in range(1, MAX_QGRAMS):
        cells = cells.filter(pl.col("v").str.len_chars() >= offset + length)
        if cells.is_empty():
            break
        made.append(cells.with_columns(pl.col("v").str.slice(offset, length)))
    return pl.concat(made)


def hashes(column: pl.Series) -> Hashes:
    """The 64-bit hash of every value; null has one of its own."""
    return column.hash(0).to_numpy()


def mix(a: Hashes, b: Hashes) -> Hashes:
    """The hash of a pair of hashes: (a, b) and (b, a) differ (finalizer of SplitMix64, Steele et al. 2014)."""
    h = a * np.uint64(0x9E3779B97F4A7C15) + b
    h ^= h >> np.uint64(30)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(31)
    return h


@dataclass(frozen=True, slots=True)
class Entries:
    """The block membership that a rule asks for: record and hash of the block, in ascending order of record."""

    record: Int32
    block: Hashes


class KeyReader:
    """Hashes of the keys of one table, each made once however many rules use it.

    Args:
        frame: the records, in the order of their ids.
        fixed: hashes that every rule takes in, such as that of the source; shape (n_records,).
    """

    def __init__(self, frame: pl.DataFrame, fixed: Hashes | None = None) -> None:
        self.frame = frame
        self.fixed = fixed
        self._made: dict[BlockingKey, tuple[Hashes, Mask]] = {}

    def key(self, key: BlockingKey) -> tuple[Hashes, Mask]:
        """Hash and "has a value" of every record, for a key with one value per record; both of shape (n_records,)."""
        if key not in self._made:
            made = one_value(self.frame[key.column], key)
            self._made[key] = hashes(made), made.is_not_null().to_numpy()
        return self._made[key]

    def entries(self, rule: BlockingRule) -> Entries:
        """Every block that every record is in, before any is cut; a record without a value of a key is in none."""
        n = self.frame.height
        record: Int32 | None = None
        block = np.zeros(n, np.uint64) if self.fixed is None else self.fixed
        has = np.ones(n, np.bool_)
        for key in (k for k in rule.keys if not k.several):
            made, there = self.key(key)
            block, has = mix(block, made), has & there
        for key in (k for k in rule.keys if k.several):
            table = values(self.frame, key)
            record = table["record"].to_numpy()
            kept = has[record]
            record, made = record[kept], hashes(table["v"])[kept]
            block = mix(block[record], made)
        if record is None:
            record = np.flatnonzero(has).astype(np.int32)
            block = block[record]
        return Entries(record, block)
