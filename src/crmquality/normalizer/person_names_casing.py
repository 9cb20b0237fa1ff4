"""Names in Latin letters in clean case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from crmquality.normalizer.person_names_pinyin import split_syllables
from crmquality.normalizer.person_names_words import latin_words
from crmquality.normalizer.transliteration import to_ascii

# Scottish names behind Mac; Macy, Machado and Macey are none.
_MAC: Final = frozenset(
    {
        *("allister", "alister", "arthur", "aulay", "beth", "bride", "callum", "cormack", "donald", "donnell"),
        *("dougall", "duff", "ewan", "farlane", "gregor", "innes", "intosh", "intyre", "kay", "kenzie", "kinnon"),
        *("kinley", "lachlan", "laren", "lean", "lennan", "leod", "millan", "nab", "neil", "niven", "pherson"),
        *("quarrie", "rae"),
    }
)
_PIECE: Final = re.compile(r"[-'.]+")
_ELIDED: Final = re.compile("(dell|dall|degl|nell|sant|all|un|d|l|o|m|n|t)'([^\\W\\d_]{3,})\\Z")


def joined(words: Sequence[str]) -> str:
    """The words of one half of a pinyin name as one word, with an apostrophe where it is needed.

    >>> joined(["Xiao", "Ming"]), joined(["XI-AN"]), joined(["Lǚ"])
    ('Xiaoming', "Xi'an", 'Lü')
    """
    if len(words) == 1 and words[0].isascii() and words[0].isalpha():
        return words[0].capitalize()
    syllables: list[str] = []
    for word in words:
        for piece in _PIECE.split(word):
            plain = "".join("ü" if c in "üǖǘǚǜ" else to_ascii(c) for c in piece.lower())
            if plain:
                syllables.append(plain)
    joined = syllables[0] if syllables else ""
    for syllable in syllables[1:]:
        joined += f"'{syllable}" if syllable[0] in "aeo" else syllable
    return joined[:1].upper() + joined[1:]


@lru_cache(maxsize=65_536)
def cased(word: str, *, first: bool) -> str:
    """A word of a name in clean case; what is written in mixed case stays as it is.

    Args:
        word: one word.
        first: whether it begins the name, where a particle is none.

    >>> [cased(w, first=False) for w in ("SMITH", "o'brien", "mcdonald", "VAN", "olsen-smith", "DeVito", "J", "JP")]
    ['Smith', "O'Brien", 'McDonald', 'van', 'Olsen-Smith', 'DeVito', 'J.', 'JP']
    """
    letters = word.replace(".", "")
    if not first and (letters in {"y", "e"} or letters in {"Ó", "ó"}):
        return "Ó" if letters in {"Ó", "ó"} else letters  # Ortega y Gasset, Ó Briain
    if len(letters) == 1:
        upper = letters.upper()
        return upper + "." if upper.isalpha() and len(upper) == 1 else letters  # ß has no capital of one letter
    locked = len(letters) > 2 and letters[0].islower() and letters[1:].isupper()
    if word != word.lower() and word != word.upper() and not locked:
        return word
    low = word.lower()
    if not first and low in latin_words("particle"):
        return low
    if len(low) == 2 and _are_initials(low):
        return low.upper()
    return "-".join(_cased_piece(p) for p in low.split("-"))


def _are_initials(low: str) -> bool:
    """JP, TJ: two consonants; but Ng, St, and Lv for Lü, are words."""
    consonants = low.isascii() and low.isalpha() and not set(low) & set("aeiouy")
    return consonants and low not in {"ng", "st", "mc"} and not split_syllables(low)


def _cased_piece(low: str) -> str:
    if low.startswith("mc") and len(low) > 3:
        return "Mc" + low[2:].capitalize()
    if low.startswith("mac") and low[3:] in _MAC:
        return "Mac" + low[3:].capitalize()
    elided = _ELIDED.match(low) if "'" in low else None
    if elided:
        return f"{elided[1].capitalize()}'{elided[2].capitalize()}"
    return low[:1].title() + low[1:]
