"""The column form of names: plain Han names, and English names with perhaps a middle name.

Most cells of a Chinese table are two to four simplified characters, a common surname and a given name: their keys are
the readings of their characters, and none of the words that need a second look is in them. Of John Smith and John A.
Smith each word is looked up once for all its rows. Every other cell is left to the kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import polars as pl

from crmquality.normalizer.person_names_common import known_family, known_given, known_middle
from crmquality.normalizer.person_names_han import SURELY_FIRST, surname_pinyin, title_guard, unlike_names
from crmquality.normalizer.person_names_words import (
    SAMPLES,
    english_given_names,
    han_words,
    other_readings,
    surname_frequencies,
)
from crmquality.normalizer.transliteration import simple_characters, to_pinyin
from crmquality.reference import read_lines

_LONGEST: Final = 4


@cache
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    """The surnames of one character that are surely one when they stand first, and those of two."""
    frequencies = surname_frequencies()
    single = frozenset(s for s, f in frequencies.items() if len(s) == 1 and f >= SURELY_FIRST and _is_plain(s))
    return single, frozenset(s for s in frequencies if len(s) == 2)


def _is_plain(text: str) -> bool:
    return all(c in _plain_characters() for c in text)


@cache
def _plain_characters() -> frozenset[str]:
    return frozenset(simple_characters())


@cache
def _left_out() -> pl.Series:
    """Whole texts that are no plain name: remarks, places, titles, placeholders, names of examples, surnames alone."""
    words = unlike_names() | SAMPLES | frozenset(surname_frequencies()) | frozenset(read_lines("placeholders.txt"))
    return pl.Series(sorted(w for w in words if len(w) <= _LONGEST), dtype=pl.String)


@cache
def _phrases() -> pl.Series:
    """Given names that are phrases of the dictionary, and may be read otherwise than their characters."""
    from pypinyin.constants import PHRASES_DICT

    return pl.Series([p for p in PHRASES_DICT if len(p) == 2], dtype=pl.String)


@cache
def _pattern() -> str:
    ends = "".join(sorted(title_guard() | han_words("masked")))
    single, _ = _surnames()
    kept = simple_characters()
    firsts = "".join(sorted(single)) + "".join(sorted({s[0] for s in _surnames()[1]}))
    return f"^[{firsts}][{kept}--[某测]]{{0,2}}[{kept}--[{ends}某测]]$"


@cache
def _readings(what: str) -> pl.DataFrame:
    """Surnames with their reading, its first letters, and their other reading."""
    surnames = sorted(_surnames()[0] | _surnames()[1])
    other = other_readings()
    return pl.DataFrame(
        {
            what: surnames,
            "family_key": ["".join(surname_pinyin(s)) for s in surnames],
            "family_initials": ["".join([x[0] for x in surname_pinyin(s)]) for s in surnames],
            "other_key": ["".join(other[s]) if s in other else None for s in surnames],
        },
        schema_overrides={"other_key": pl.String},
    )


def _sounds(characters: pl.Series) -> pl.DataFrame:
    """The reading of each character of some given names: a few thousand of them at most."""
    distinct = [c for c in characters.unique().to_list() if c]
    return pl.DataFrame(
        {"character": distinct, "sound": ["".join(to_pinyin(c, simplified=True)) for c in distinct]},
        schema={"character": pl.String, "sound": pl.String},
    )


def normalize_person_name_column(values: pl.Series) -> pl.DataFrame:
    """Names by column: what `person_names.normalize_person_name` says of the plain names among them.

    Args:
        values: distinct cells, text, none missing.

    Returns:
        A row per value, in their order: `known`, `value`, the parts and `issues`; nulls where it is not known.

    >>> table = normalize_person_name_column(pl.Series(["王小明", "单田芳", "王总", "John Smith"]))
    >>> table["known"].to_list(), table["key"].to_list(), table["alternative_key"].to_list()[:2]
    ([True, True, False, True], ['wang xiaoming', 'shan tianfang', None, 'john smith'], [None, 'dan tianfang'])
    """
    table = values.alias("value").to_frame().with_row_index("row")
    known = pl.concat([_read_han(table), _read_latin(table)], how="diagonal")
    rows = table.select("row")
    return rows.join(known, on="row", how="left", maintain_order="left").select(
        pl.col("known").fill_null(False), pl.exclude("row", "known")
    )


def _read_han(table: pl.DataFrame) -> pl.DataFrame:
    value = pl.col("value")
    single, double = (pl.Series(sorted(s), dtype=pl.String) for s in _surnames())
    table = table.filter(value.str.contains(_pattern()) & ~value.is_in(_left_out().implode()))
    compound = value.str.slice(0, 2).is_in(double.implode())
    table = table.with_columns(
        family=pl.when(compound).then(value.str.slice(0, 2)).otherwise(value.str.slice(0, 1)),
        given=pl.when(compound).then(value.str.slice(2)).otherwise(value.str.slice(1)),
    )
    given = pl.col("given")
    plain = (given.str.len_chars() <= 2) & (
        (pl.col("family").str.len_chars() == 2) | pl.col("family").is_in(single.implode())
    )
    table = table.filter(plain & (given != "") & ~given.is_in(_phrases().implode()))
    table = table.with_columns(first=given.str.slice(0, 1), second=given.str.slice(1, 1))
    sounds = _sounds(pl.concat([table["first"], table["second"]]))
    table = (
        table.join(_readings("family"), on="family", how="left", maintain_order="left")
        .join(sounds.rename({"character": "first", "sound": "sound_1"}), on="first", how="left", maintain_order="left")
        .join(
            sounds.rename({"character": "second", "sound": "sound_2"}), on="second", how="left", maintain_order="left"
        )
        .with_columns(pl.col("sound_2").fill_null(""))
    )
    return _with_keys(table)


_LATIN: Final = r"^([A-Za-z]{3,30}) (?:([A-NP-Z]\.?|O\.) |([A-Za-z]{3,30}) )?([A-Za-z][A-Za-z'-]{2,60})$"


def _known_middles(words: pl.Series) -> pl.DataFrame:
    """Middle names that are given names: as shown, their key, and whether they are in capitals."""
    distinct = [w for w in words.unique().to_list() if w]
    found = [(w, *f, w.isupper()) for w in distinct if (f := known_middle(w)) is not None]
    names = ("middle_word", "middle_name", "middle_key", "middle_upper")
    types = (pl.String, pl.String, pl.String, pl.Boolean)
    return pl.DataFrame(found, schema=dict(zip(names, types, strict=True)), orient="row")


def _known_words(
    words: pl.Series, known: Callable[[str], tuple[str, str, str, bool] | None], what: str
) -> pl.DataFrame:
    """What the kernel's short way knows of some words of one place: as shown, key, root or initials, if pinyin."""
    distinct = words.unique().to_list()
    found = [(w, *f, w.isupper()) for w in distinct if (f := known(w)) is not None]
    names = (f"{what}_word", what, f"{what}_key", f"{what}_more", f"{what}_pinyin", f"{what}_upper")
    types = (pl.String, pl.String, pl.String, pl.String, pl.Boolean, pl.Boolean)
    return pl.DataFrame(found, schema=dict(zip(names, types, strict=True)), orient="row")


def _read_latin(table: pl.DataFrame) -> pl.DataFrame:
    """Given Family, Given M. Family and Given Middle Family, with what `person_names_common` knows of their words."""
    table = table.with_columns(pl.col("value").str.extract_groups(_LATIN).alias("words"))
    table = table.select(
        "row", pl.col("words").struct.rename_fields(["given_word", "letter", "middle_word", "family_word"])
    ).unnest("words")
    table = table.filter(pl.col("given_word").is_not_null())
    table = table.join(
        _known_words(table["given_word"], known_given, "given"), on="given_word", maintain_order="left"
    ).join(_known_words(table["family_word"], known_family, "family"), on="family_word", maintain_order="left")
    table = table.join(
        _known_middles(table["middle_word"]), on="middle_word", how="left", maintain_order="left"
    ).filter(pl.col("middle_word").is_null() | pl.col("middle_name").is_not_null())
    letter = pl.col("letter").str.slice(0, 1)
    vowel = letter.is_in(["A", "E", "O"]).fill_null(False)
    western = pl.col("family_word").str.to_lowercase().is_in(pl.Series(sorted(english_given_names())).implode())
    chinese = (pl.col("family_pinyin") & (pl.col("given_pinyin") | vowel)) | (pl.col("given_pinyin") & vowel & western)
    two = pl.col("middle_word").is_null()
    short = pl.col("family").str.len_chars() < pl.when(pl.col("family_upper") & two).then(4).otherwise(3)
    alike = pl.col("given_upper") == pl.col("family_upper")
    of_three = ~pl.col("family_word").str.contains("-", literal=True) & (
        pl.col("middle_upper") == pl.col("given_upper")
    )
    table = table.filter(~short & alike & pl.when(two).then(~chinese).otherwise(of_three))
    middle = pl.coalesce(letter + ".", "middle_name")
    middle_key = pl.coalesce(letter.str.to_lowercase(), "middle_key")
    value = pl.concat_str("given", middle, "family", separator=" ", ignore_nulls=True)
    words = pl.concat_list("family_key", "given_key", middle_key).list.drop_nulls()
    return table.select(
        "row",
        "family",
        "given",
        "family_key",
        "given_key",
        value=value,
        middle=middle,
        given_root=pl.col("given_more"),
        known=pl.lit(True),
        script=pl.lit("latin"),
        key=words.list.sort().list.join(" "),
        initials=pl.concat_str(
            pl.col("given_key").str.slice(0, 1), middle_key.str.slice(0, 1), "family_more", ignore_nulls=True
        ),
        issues=pl.lit(None, dtype=pl.String),
    ).filter(~pl.col("value").is_in(pl.Series(sorted(SAMPLES)).implode()))


def _with_keys(table: pl.DataFrame) -> pl.DataFrame:
    family, given, other = pl.col("family_key"), pl.concat_str("sound_1", "sound_2"), pl.col("other_key")

    def sorted_pair(one: pl.Expr, two: pl.Expr) -> pl.Expr:
        return pl.when(one < two).then(one + " " + two).otherwise(two + " " + one)

    return table.select(
        "row",
        "value",
        "family",
        "given",
        "family_key",
        known=pl.lit(True),
        script=pl.lit("han"),
        given_key=given,
        key=sorted_pair(family, given),
        initials=pl.concat_str("family_initials", pl.col("sound_1").str.slice(0, 1), pl.col("sound_2").str.slice(0, 1)),
        alternative_key=sorted_pair(other, given),
        issues=pl.lit(None, dtype=pl.String),
    )
