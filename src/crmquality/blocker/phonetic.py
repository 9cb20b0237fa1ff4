"""The sound of a word in Latin letters, as a short code."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NOT_LETTERS: Final = re.compile(r"[^a-z]+")
_STARTS: Final = (("kn", "n"), ("gn", "n"), ("pn", "n"), ("wr", "r"), ("wh", "w"), ("ps", "s"), ("x", "s"))
# Letter groups with one sound, longest first; then c as it sounds before e, i, y and elsewhere.
_SOUNDS: Final = (
    ("sch", "s"),
    ("tch", "c"),
    ("ght", "t"),
    ("ph", "f"),
    ("dg", "j"),
    ("ck", "k"),
    ("q", "k"),
    ("z", "s"),
)
_SOFT_C: Final = re.compile(r"c(?=[eiy])")
_HARD_C: Final = re.compile(r"c(?!h)")
_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_CLASS: Final = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    **dict.fromkeys("mn", "5"),
    "r": "6",
}
_LONGEST: Final = 100  # characters read: no name is longer, and a cell of any length costs the same


def phonetic_code(text: str, length: int = 4) -> str | None:
    """A code that words which sound alike in English share; None where there is no Latin letter.

    Soundex as the US National Archives describe it, without its padding and with its best known gap
    closed: letter groups with one sound are written alike first, so that the first letter need not be the same
    (Knight and Night, Philip and Filip, Catherine and Katherine). Every word has its own code.

    Args:
        text: the words; accents are folded, every other script is left out.
        length: at most so many signs per word.

    >>> phonetic_code("Catherine"), phonetic_code("Kathryn"), phonetic_code("Muñoz"), phonetic_code("欧阳")
    ('k365', 'k365', 'm52', None)
    """
    folded = unicodedata.normalize("NFKD", text[:_LONGEST].casefold().translate(_LETTERS))
    letters = "".join(c for c in folded if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    return " ".join(_word(w, length) for w in _NOT_LETTERS.split(letters) if w) or None


def _word(word: str, length: int) -> str:
    for written, sound in _STARTS:
        if word.startswith(written) and len(word) > len(written):
            word = sound + word[len(written) :]
            break
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    word = _HARD_C.sub("k", _SOFT_C.sub("s", word))
    first = "a" if word[0] in "aeiouy" else word[0]
    out, last = [first], _CLASS.get(word[0], "")
    for letter in word[1:]:
        sound = _CLASS.get(letter, "")
        if sound and sound != last:
            out.append(sound)
        if letter not in "hw":  # h and w do not part two letters of one class
            last = sound
    return "".join(out[:length])
