"""The names that most cells of an English table hold, in one look: Dr. John A. Smith Jr., SMITH, John.

A given name that is common in English and a family name that is no pinyin leave nothing to decide; whatever else the
words could be is left to the readers that weigh it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from crmquality.normalizer.person_names_casing import cased
from crmquality.normalizer.person_names_orders import asian_surnames
from crmquality.normalizer.person_names_pinyin import name_key, word_syllables
from crmquality.normalizer.person_names_words import (
    SAMPLES,
    english_given_names,
    given_roots,
    latin_words,
    romanized_surnames,
    special_latin_words,
)
from crmquality.normalizer.transliteration import fold
from crmquality.reference import read_lines
from crmquality.tables import Normalized

_FAMILY: Final = "(?:[A-Za-z]')?[A-Za-z]{2,30}(?:-[A-Za-z]{2,30})?"
_COMMON: Final = re.compile(
    "(?:(Mr|Mrs|Ms|Miss|Dr|Prof|MR|MRS|MS|DR|PROF)\\.? )?"
    f"(?:({_FAMILY}), ?)?"
    "([A-Za-z]{3,30})(?: ([A-NP-Z]|O(?=\\.))\\.?)?"
    f"(?: ({_FAMILY}))?"
    "(?:,? (Jr|Sr|II|III|PhD|MD|CPA|JR|SR)\\.?)?\\Z"
)


@lru_cache(maxsize=65_536)
def _given(word: str) -> tuple[str, str, str] | None:
    """A given name as it is shown, its key and its root; None for a word that could be more than a given name."""
    lower = word.lower()
    if lower not in english_given_names() or lower in asian_surnames() or lower in special_latin_words():
        return None
    if lower in romanized_surnames("vietnamese", "japanese", "hispanic"):
        return None
    key = name_key(word)
    return cased(word, first=True), key, given_roots().get(key, key)


@lru_cache(maxsize=65_536)
def _family(word: str) -> tuple[str, str, str] | None:
    """A family name as it is shown, its key and initials; None for pinyin, titles, particles, words for firms."""
    pieces = word.replace("'", "").lower().split("-")
    special = special_latin_words()
    if (
        word.lower() in read_lines("placeholders.txt")
        or any(p in special or word_syllables(p) for p in pieces)
        or word_syllables(word)
    ):
        return None
    shown = cased(word, first=False)
    return shown, name_key(shown), "".join([fold(p)[:1] for p in shown.split("-")])


def read_common(text: str) -> Normalized | None:
    """The answer of the kernel to a common English name; None for everything else.

    >>> read_common("Dr. John A. Smith Jr.").value, read_common("SMITH, Bob").parts["given_root"]
    ('John A. Smith Jr', 'robert')
    >>> read_common("Wang Xiaoming"), read_common("John")
    (None, None)
    """
    match = _COMMON.match(text)
    if match is None:
        return None
    title, before, first, initial, behind, suffix = match.groups()
    word = before or behind
    if word is None or (before and behind):
        return None
    given, family = _given(first), _family(word)
    if given is None or family is None or (behind and first.isupper() != behind.isupper()):
        return None
    if initial and initial in "AEO" and word_syllables(first) and word.lower() in english_given_names():
        return None  # Linda A. James: pinyin with a western name
    if len(family[0]) < 3 or (before and suffix) or (title and not suffix and not behind):
        return None
    value = f"{given[0]} {initial}. {family[0]}" if initial else f"{given[0]} {family[0]}"
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
    words = [family[1], given[1]]
    if initial:
        parts["middle"] = f"{initial}."
        words.append(initial.lower())
    words.sort()
    parts["key"] = " ".join(words)
    parts["initials"] = given[1][0] + (initial.lower() if initial else "") + family[2]
    if title:
        parts["title"] = latin_words("title")[title.lower()]
    if suffix:
        lower = suffix.lower()
        parts["suffix"] = shown = latin_words("suffix")[lower]
        value = f"{value} {shown}"
    return Normalized(value, parts, ("title_removed",) if title else ())
