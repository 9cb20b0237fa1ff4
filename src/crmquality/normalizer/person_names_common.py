"""The names that most cells of an English table hold, in one look: Dr. John A. Smith Jr., SMITH, John, Wang Xiaoming.

A given name that is common in English and a family name that is no pinyin leave nothing to decide, and of two words of
pinyin the surname tells which is which; whatever else the words could be is left to the readers that weigh it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from crmquality.normalizer.person_names_casing import cased, joined
from crmquality.normalizer.person_names_orders import asian_surnames
from crmquality.normalizer.person_names_pinyin import name_key, read_pinyin, word_syllables
from crmquality.normalizer.person_names_words import (
    SAMPLES,
    canonical_readings,
    english_given_names,
    given_roots,
    latin_words,
    romanized_surnames,
    special_latin_words,
    words_of_classes,
)
from crmquality.normalizer.text import is_placeholder
from crmquality.normalizer.transliteration import fold
from crmquality.reference import read_lines
from crmquality.tables import Normalized

_FAMILY: Final = "(?:[A-Za-z]')?[A-Za-z]{2,30}(?:-[A-Za-z]{2,30})?"
_FAMILY_WORD: Final = re.compile(f"{_FAMILY}\\Z")
_COMMON: Final = re.compile(
    "(?:(Mr|Mrs|Ms|Miss|Dr|Prof|MR|MRS|MS|DR|PROF)\\.? )?"
    f"(?:({_FAMILY}), ?)?"
    "([A-Za-z]{3,30})(?: ([A-NP-Z]|O(?=\\.))\\.?)?"
    f"(?: ({_FAMILY}))?"
    "(?:,? (Jr|Sr|II|III|PhD|MD|CPA|JR|SR)\\.?)?\\Z"
)
_REMARK: Final = re.compile(r"([^()\[\]{}<>\"]{3,60}) \(([A-Za-z]{2,30})\)\Z")


@lru_cache(maxsize=65_536)
def known_given(word: str) -> tuple[str, str, str, bool] | None:
    """A given name as it is shown, its key and root, whether it is pinyin; None for what could be more than that.

    >>> known_given("bob"), known_given("Van")
    (('Bob', 'bob', 'robert', False), None)
    """
    lower = word.lower()
    if (
        not 3 <= len(word) <= 30
        or lower not in english_given_names()
        or lower in asian_surnames()
        or lower in special_latin_words()
    ):
        return None
    if lower in romanized_surnames("vietnamese", "japanese", "hispanic"):
        return None
    key = name_key(word)
    return cased(word, first=True), key, given_roots().get(key, key), bool(word_syllables(word))


@lru_cache(maxsize=65_536)
def known_family(word: str) -> tuple[str, str, str, bool] | None:
    """A family name as it is shown, its key, initials, whether it is pinyin; None for titles, particles, firms.

    >>> known_family("SMITH"), known_family("Shane"), known_family("Ltd")
    (('Smith', 'smith', 's', False), ('Shane', 'shane', 's', True), None)
    """
    if _FAMILY_WORD.match(word) is None:
        return None
    pieces = word.replace("'", "").lower().split("-")
    special = special_latin_words()
    if (
        word.lower() in read_lines("placeholders.txt")
        or not special.isdisjoint(pieces)
        or (len(pieces) > 1 and any(map(word_syllables, pieces)))
    ):
        return None
    shown = cased(word, first=False)
    return shown, name_key(shown), "".join([fold(p)[:1] for p in shown.split("-")]), bool(word_syllables(word))


@lru_cache(maxsize=65_536)
def known_middle(word: str) -> tuple[str, str] | None:
    """A middle name that is a given name as it is shown, and its key; None for what could be Chinese.

    >>> known_middle("Ann"), known_middle("Na")
    (('Ann', 'ann'), None)
    """
    given = known_given(word)
    return None if given is None or given[3] else (given[0], given[1])


@lru_cache(maxsize=65_536)
def _pinyin(word: str) -> tuple[str, str] | None:
    """A word of pinyin as it is shown and its key; None for all else."""
    lower = word.lower()
    if not word.isalpha() or not word_syllables(word) or lower in special_latin_words():
        return None
    return joined([word]), name_key(joined([word]))


def read_common(text: str) -> Normalized | None:
    """The answer of the kernel to a common name in Latin letters; None for everything else.

    >>> read_common("Dr. John A. Smith Jr.").value, read_common("SMITH, Bob").parts["given_root"]
    ('John A. Smith Jr', 'robert')
    >>> read_common("Wang Xiaoming").value, read_common("John Smith (Sales)").parts["note"], read_common("John")
    ('Xiaoming Wang', 'Sales', None)
    """
    words = text.split(" ")
    if "," not in text and len(words) < 4:
        if len(words) == 2:
            given, family = known_given(words[0]), known_family(words[1])
            sure = given is not None and family is not None and not (given[3] and family[3])
            if sure and given is not None and family is not None and words[0].isupper() == words[1].isupper():
                initials = len(words[1]) < 4 and (len(words[1]) < 3 or words[1].isupper())  # SMITH JQ
                return None if initials else _answer(given, family, None, None, None)
            return _read_two_pinyin(words[0], words[1])
        if len(words) == 3 and len(words[1]) > 2:
            middle = known_middle(words[1])
            if middle is not None:
                return _read_three(words, middle)
    match = _COMMON.match(text)
    return _read_matched(match) if match is not None else _read_remarked(text)


def _read_matched(match: re.Match[str]) -> Normalized | None:
    title, before, first, initial, behind, suffix = match.groups()
    word = before or behind
    if word is None or (before and behind):
        return None
    given, family = known_given(first), known_family(word)
    if given is None or family is None or (behind and first.isupper() != behind.isupper()):
        return None
    if family[3] and (given[3] or (initial and initial in "AEO")):
        return None  # both could be Chinese
    if initial and initial in "AEO" and given[3] and word.lower() in english_given_names():
        return None  # Linda A. James: pinyin with a western name
    if len(family[0]) < 3 or (before and suffix) or (title and not suffix and not behind):
        return None
    if behind and behind.isupper() and len(behind) < 4:
        return None  # SMITH JQ
    middle = (f"{initial}.", initial.lower()) if initial else None
    return _answer(given, family, middle, title, suffix)


def _read_three(words: Sequence[str], middle: tuple[str, str]) -> Normalized | None:
    """Mary Ann Smith: two given names, and a family name that no other people have."""
    given, family = known_given(words[0]), known_family(words[2])
    if given is None or family is None or len(family[0]) < 3 or "-" in words[2]:
        return None
    upper = words[0].isupper()
    return _answer(given, family, middle, None, None) if all(w.isupper() == upper for w in words) else None


def _answer(
    given: tuple[str, str, str, bool],
    family: tuple[str, str, str, bool],
    middle: tuple[str, str] | None,
    title: str | None,
    suffix: str | None,
) -> Normalized | None:
    value = f"{given[0]} {middle[0]} {family[0]}" if middle else f"{given[0]} {family[0]}"
    if value in SAMPLES:
        return None
    parts: dict[str, str | None] = {
        "script": "latin",
        "family": family[0],
        "family_key": family[1],
        "given": given[0],
        "given_key": given[1],
        "given_root": given[2],
    }
    if middle:
        parts["middle"] = middle[0]
        parts["key"] = " ".join(sorted((family[1], given[1], middle[1])))
        parts["initials"] = given[1][0] + middle[1][0] + family[2]
    else:
        parts["key"] = f"{family[1]} {given[1]}" if family[1] < given[1] else f"{given[1]} {family[1]}"
        parts["initials"] = given[1][0] + family[2]
    if title:
        parts["title"] = latin_words("title")[title.lower()]
    if suffix:
        parts["suffix"] = shown = latin_words("suffix")[suffix.lower()]
        value = f"{value} {shown}"
    return Normalized(value, parts, ("title_removed",) if title else ())


def _read_two_pinyin(one: str, two: str) -> Normalized | None:
    """Wang Xiaoming, Xiaoming Wang: two words of pinyin, in the order that the surname tells."""
    upper = one.isupper()
    if upper is not two.isupper() or (upper and len(two) < 4):
        return None
    first, second = _pinyin(one), _pinyin(two)
    if first is None or second is None:
        return None
    shown = (first, second)
    chinese = read_pinyin((one, two))
    if chinese is None or is_placeholder(f"{one} {two}"):
        return None
    (family, family_key), (given, given_key) = shown if chinese.family == (0,) else (shown[1], shown[0])
    family_key = canonical_readings().get(family_key, family_key)
    value = f"{given} {family}"
    if value in SAMPLES:
        return None
    parts: dict[str, str | None] = {
        "script": "latin",
        "family": family,
        "family_key": family_key,
        "given": given,
        "given_key": given_key,
        "given_root": given_roots().get(given_key, given_key),
        "key": f"{family_key} {given_key}" if family_key < given_key else f"{given_key} {family_key}",
        "initials": chinese.initials,
    }
    return Normalized(value, parts, ("order_uncertain",) if chinese.uncertain else ())


def _read_remarked(text: str) -> Normalized | None:
    """John Smith (Sales): a common name, and a role in brackets behind it."""
    match = _REMARK.match(text)
    if match is None:
        return None
    remark = match.group(2).lower()
    if remark not in latin_words("role") or remark in words_of_classes("suffix", "suffix_marked"):
        return None
    name = read_common(match.group(1))
    if name is None:
        return None
    return Normalized(name.value, {**name.parts, "note": match.group(2)}, (*name.issues, "annotation_removed"))
