"""What one record says under every rule, without a table: the scalar form of `keys`.

A form asks about one record, and a column of one cell costs as much as one of a thousand. So the values of the keys
are made in plain Python here, equal to what the columns give (by test), and hashed all at once by the hash that the
columns use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

import polars as pl

from crmquality.blocker.keys import MAX_QGRAMS, MAX_WORDS_PAIRED, BlockingKey, BlockingRule
from crmquality.blocker.phonetic import phonetic_code
from crmquality.lift import as_text

OneValue: TypeAlias = Callable[[str], str | None]
SeveralValues: TypeAlias = Callable[[str], Sequence[str]]

# White space as Unicode and polars have it; Python's own also takes four separators of ASCII.
_SPACE: Final = "".join(map(chr, (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))) + (
    "\u2028\u2029\u202f\u205f\u3000"
)
_SPACES: Final = re.compile(f"[{_SPACE}]+")
_YEAR: Final = re.compile(r"\d{4}(?:\D|\Z)")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_HASH: Final = pl.col("v").hash(0)  # `keys.hashes`, without making the expression every time
_ALL: Final = (1 << 64) - 1


def mix_of_two(a: int, b: int) -> int:
    """`keys.mix` of two hashes.

    >>> import numpy as np
    >>> from crmquality.blocker.keys import mix
    >>> mix_of_two(1, 2) == int(mix(np.array([1], np.uint64), np.array([2], np.uint64))[0])
    True
    """
    h = (a * 0x9E3779B97F4A7C15 + b) & _ALL
    h = ((h ^ h >> 30) * 0xBF58476D1CE4E5B9) & _ALL
    h = ((h ^ h >> 27) * 0x94D049BB133111EB) & _ALL
    return h ^ h >> 31


def one_value_of(key: BlockingKey) -> OneValue:
    """`keys.one_value` of one cell.

    >>> one_value_of(BlockingKey("birth", "year"))("1990-02-03")
    '1990'
    """
    length = key.length or 1
    made: dict[str, OneValue] = {
        "exact": lambda text: text or None,
        "prefix": lambda text: text[:length] or None,
        "suffix": lambda text: text[-length:] or None,
        "first_word": lambda text: _SPACES.split(text.strip(_SPACE), maxsplit=1)[0] or None,
        "last_word": lambda text: _SPACES.split(text.strip(_SPACE))[-1] or None,
        "year": lambda text: text[:4] if _YEAR.match(text) else None,
        "month_day": lambda text: text[5:10] if _DATE.match(text) else None,
        "phonetic": partial(phonetic_code, length=key.length or 4),
    }
    return made[key.transform]


def values_of(key: BlockingKey) -> SeveralValues:
    """`keys.values` of one cell; duplicates may occur.

    >>> values_of(BlockingKey("name", "words"))("li juanli")
    ['li', 'juanli']
    """
    several: dict[str, SeveralValues] = {
        "words": _words,
        "word_pairs": _word_pairs,
        "qgrams": partial(_qgrams, length=key.length or 1),
    }
    of_cell = several.get(key.transform) or partial(_one_as_several, one_value_of(key))
    if not key.split:
        return of_cell
    return lambda text: [v for word in _words(text) for v in of_cell(word)]


def _one_as_several(of_cell: OneValue, text: str) -> Sequence[str]:
    value = of_cell(text)
    return () if value is None else (value,)


def _words(text: str) -> list[str]:
    return [w for w in text.split(" ") if w]


def _word_pairs(text: str) -> list[str]:
    words = sorted(set(_words(text)[:MAX_WORDS_PAIRED]))
    return words if len(words) == 1 else [f"{w} {v}" for j, v in enumerate(words) for w in words[:j]]


def _qgrams(text: str, length: int) -> list[str]:
    return [text[i : i + length] for i in range(max(1, min(len(text) - length + 1, MAX_QGRAMS)))]


class RecordKeys:
    """Reads what rules ask of one record.

    Args:
        rules: by number, those that make pairs.
        source: the column of the source, where it matters.
        fixed: whether every block takes the source in (`KeyReader.fixed`).
    """

    def __init__(self, rules: Mapping[int, BlockingRule], source: str | None, fixed: bool) -> None:
        self._source, self._fixed = source, fixed
        keys = [k for r in rules.values() for k in (*r.keys, *r.narrow_by)]
        one = list(dict.fromkeys(k for k in keys if not k.several))
        several = list(dict.fromkeys(k for k in keys if k.several))
        self._one = [(k.column, one_value_of(k)) for k in one]
        self._several = [(k.columns, values_of(k)) for k in several]
        place = {k: i for i, k in enumerate(one, 2)}
        # Rules that begin with the same keys share the hash of these: a chain is its parent's place and a key's.
        self._chains: list[tuple[int, int]] = []
        self._rules: list[tuple[int, int, int | None]] = []
        known: dict[tuple[int, int], int] = {}
        for number, rule in rules.items():
            at = 0
            for key in (k for k in rule.keys if not k.several):
                link = (at, place[key])
                if link not in known:
                    self._chains.append(link)
                    known[link] = len(self._chains)
                at = known[link]
            last = next((several.index(k) for k in rule.keys if k.several), None)
            self._rules.append((number, at, last))
        self.narrow_by = {n: tuple(place[k] for k in r.narrow_by) for n, r in rules.items()}

    def read(self, record: Mapping[str, object]) -> tuple[list[int], dict[int, int]]:
        """The hashes of the record's values (of null, its source, then the keys with one value), and its blocks.

        The blocks are those of all rules before any is narrowed: their names, and the number of the rule.
        """
        try:
            return self._read(record)
        except UnicodeEncodeError:  # half a surrogate pair, which no column holds
            return self._read({c: _valid(as_text(v)) for c, v in record.items()})

    def _read(self, record: Mapping[str, object]) -> tuple[list[int], dict[int, int]]:
        texts: list[str | None] = [None, None if self._source is None else as_text(record.get(self._source))]
        for column, of_cell in self._one:
            cell = record.get(column)
            text = cell if type(cell) is str else as_text(cell)
            texts.append(None if text is None else of_cell(text))
        ends = []
        for columns, of_cells in self._several:
            for column in columns:
                cell = record.get(column)
                text = cell if type(cell) is str else as_text(cell)
                if text:
                    texts += of_cells(text)
            ends.append(len(texts))
        made: list[int] = pl.Series("v", texts, dtype=pl.String).to_frame().select_seq(_HASH).to_series().to_list()
        chains: list[int | None] = [made[1] if self._fixed else 0]
        for parent, place in self._chains:
            above = chains[parent]
            chains.append(None if above is None or texts[place] is None else mix_of_two(above, made[place]))
        starts = [2 + len(self._one), *ends]
        blocks: dict[int, int] = {}
        for number, at, several in self._rules:
            above = chains[at]
            if above is None:
                continue
            if several is None:
                blocks[above & ~63 | number] = number
                continue
            for value in made[starts[several] : ends[several]]:
                blocks[mix_of_two(above, value) & ~63 | number] = number
        return made, blocks


def _valid(text: str | None) -> str | None:
    """The text as a column holds it: halves of a surrogate pair joined, lone halves U+FFFD."""
    return None if text is None else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
