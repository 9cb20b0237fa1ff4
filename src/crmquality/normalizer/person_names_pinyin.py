"""Chinese names in Latin letters: which words are pinyin, and which of them is the family name.

Zhang Xiaoming, Xiao-Ming ZHANG, ZhangXiaoming and zhang xiao ming are one name. A word is pinyin when it can be cut
into syllables; the family name is the one that more people bear. Two orders of the same two words therefore give the
same answer, and a name whose two readings are about as likely says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from crmquality.normalizer.person_names_words import (
    english_given_names,
    latin_words,
    pinyin_surnames,
    romanized_surnames,
    us_surnames,
)
from crmquality.normalizer.transliteration import fold
from crmquality.reference import read_lines

UNCERTAIN_BELOW: Final = 4.0
"""An order is uncertain when the other reading's surname is borne by more than a quarter as many people."""

_KNOWN_FROM: Final = 40
_COMMON: Final = 500  # of both halves of a double surname: Wei-Ming, Min-Jun are given names far oftener
_PAIR: Final[tuple[tuple[int, ...], ...]] = ((0,), (1,))
_LONGEST_WORD: Final = 24
_MOST_SYLLABLES: Final = 4
_SEPARATOR: Final = re.compile(r"[-'’‘ʼ`.]+")
_CAMEL: Final = re.compile(r"[A-Z][a-zü]*")


@cache
def _syllables() -> frozenset[str]:
    return frozenset(read_lines("pinyin_syllables.txt"))


@cache
def _distinctive() -> frozenset[str]:
    """Compound surnames that are no ordinary given name, so that they win over any single surname beside them."""
    return frozenset(latin_words("compound_surname"))


def _one_u(syllable: str) -> str:
    # lü is typed lv, lyu, lu: one syllable; likewise nü, lüe, nüe
    if syllable[:1] in {"l", "n"}:
        return syllable.replace("v", "u").replace("yu", "u")
    return syllable


@lru_cache(maxsize=65_536)
def split_syllables(word: str) -> tuple[str, ...]:
    """The syllables of a lower-case ASCII word, ü as u; nothing when the word is not pinyin.

    Of several ways to cut, the one that needs no apostrophe (fangan is fan gan, xian is xian), then the one with the
    fewest syllables, then the one with the longest first syllable.

    >>> split_syllables("xiaoming"), split_syllables("lv"), split_syllables("smith")
    (('xiao', 'ming'), ('lu',), ())
    """
    known = _syllables()
    if word in known:
        return (_one_u(word),)
    for end in range(min(6, len(word) - 1), 0, -1):
        # the first such way is the best of all: no apostrophe, two syllables, the longest first one
        if word[:end] in known and word[end] not in "aeo" and word[end:] in known:
            return _one_u(word[:end]), _one_u(word[end:])
    ways = _ways(word)
    if not ways:
        return ()
    best = min(ways, key=lambda w: (sum(s[0] in "aeo" for s in w[1:]), len(w), -len(w[0])))
    return tuple(_one_u(s) for s in best)


@lru_cache(maxsize=65_536)
def _ways(word: str) -> tuple[tuple[str, ...], ...]:
    """Every way to cut a word into at most four syllables."""
    if not word or len(word) > _LONGEST_WORD or not word.isalpha():
        return ()
    known = _syllables()
    ends: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(word) + 1):
        ends.append(
            [
                (*way, word[start:end])
                for start in range(max(0, end - 6), end)
                if word[start:end] in known
                for way in ends[start]
                if len(way) < _MOST_SYLLABLES
            ]
        )
    return tuple(ends[-1])


@lru_cache(maxsize=65_536)
def word_syllables(word: str) -> tuple[str, ...]:
    """The syllables of a word as written, with capitals, tone marks, hyphens and apostrophes; () when not pinyin.

    >>> word_syllables("Xi'an"), word_syllables("Xiao-Ming"), word_syllables("Lǚ"), word_syllables("O'Brien")
    (('xi', 'an'), ('xiao', 'ming'), ('lu',), ())
    """
    out: list[str] = []
    for piece in _SEPARATOR.split(word):
        if piece:
            found = split_syllables(fold(piece))
            if not found:
                return ()
            out += found
    return tuple(out) if len(out) <= _MOST_SYLLABLES else ()


@lru_cache(maxsize=65_536)
def name_key(text: str) -> str:
    """The comparable form of one part of a name in Latin letters: folded, without spaces, ü as u in pinyin.

    >>> name_key("Mary-Kate"), name_key("Lü"), name_key("Lv"), name_key("de la Cruz")
    ('marykate', 'lu', 'lu', 'delacruz')
    """
    key = fold(text)
    if "v" in key or "ly" in key or "ny" in key:
        key = "".join([_one_spelling(w) for w in key.split()])
    return key.replace(" ", "")


def _one_spelling(word: str) -> str:
    """Lv and Lyu as lu; but Silva and Lynn are no pinyin."""
    western = word in us_surnames() or word in english_given_names() or word in romanized_surnames("hispanic")
    return word if western else "".join(split_syllables(word)) or word


@dataclass(frozen=True, slots=True)
class PinyinName:
    """A Chinese name in Latin letters: words of the family and of the given name, as indexes into the words read."""

    family: tuple[int, ...]
    given: tuple[int, ...]
    syllables: tuple[tuple[str, ...], ...]
    uncertain: bool = False

    @property
    def initials(self) -> str:
        """First letters, family first, a letter for each syllable: what the Han form of the name gives too."""
        return "".join(s[0] for i in (*self.family, *self.given) for s in self.syllables[i])


def read_pinyin(words: Sequence[str], family: tuple[int, ...] | None = None) -> PinyinName | None:
    """The Chinese name that some words spell, or None.

    Args:
        words: two to five words, without titles and signs.
        family: indexes of the words that are known to be the family name (capitals, a comma), if anything is known.

    >>> name = read_pinyin(["Ou", "Yang", "Na", "Na"])
    >>> name.family, name.given, name.uncertain
    ((0, 1), (2, 3), False)
    >>> read_pinyin(["Yang", "Li"]).uncertain, read_pinyin(["John", "Smith"])
    (True, None)
    """
    if not 2 <= len(words) <= 5:
        return None
    syllables: list[tuple[str, ...]] = []
    for word in words:
        found = word_syllables(word)
        if not found:
            return None
        syllables.append(found)
    if family is not None:
        return _with_known_family(tuple(syllables), family)
    count = len(words)
    total = sum(map(len, syllables))
    parts = _PAIR if count == 2 else ((0,), (0, 1), (count - 1,), (count - 2, count - 1))
    # a given name in separate syllables is spelled character by character, and that in the Chinese order
    first = 5.0 if count > 2 and total == count else 1.0
    weight, best, second = 0.0, _PAIR[0], 0.0
    for part in parts:
        if len(part) < count:
            of_part = _weight(syllables, part, total)
            if of_part >= _KNOWN_FROM and part[0] == 0:
                of_part *= first
            if of_part > weight:
                weight, best, second = of_part, part, weight
            elif of_part > second:
                second = of_part
    if not weight and count == 2:
        double = [i for i in (0, 1) if is_double_surname(words[i])]
        if len(double) == 1 and len(syllables[1 - double[0]]) <= 2:
            best, weight = (double[0],), float(_KNOWN_FROM)
    if weight < _KNOWN_FROM and not (weight and count == 2 and total == 3 and not _are_western(words, syllables)):
        return None
    given = (1 - best[0],) if count == 2 else tuple(i for i in range(count) if i not in best)
    return PinyinName(best, given, tuple(syllables), second * UNCERTAIN_BELOW > weight)


def is_double_surname(word: str) -> bool:
    """Liu-Wang: two common surnames with a hyphen, of a couple or of both parents; Ou-Yang is one of two syllables.

    >>> is_double_surname("Liu-Wang"), is_double_surname("Ou-Yang"), is_double_surname("Xiao-Ming")
    (True, False, False)
    """
    pieces = word.lower().split("-")
    surnames = pinyin_surnames()
    return len(pieces) == 2 and all(surnames.get(p, 0) >= _COMMON for p in pieces) and "".join(pieces) not in surnames


def _eastern_surnames() -> frozenset[str]:
    return romanized_surnames("korean", "cantonese", "hokkien")


def _are_western(words: Sequence[str], syllables: Sequence[tuple[str, ...]]) -> bool:
    """Whether one of the words is a western name that happens to be pinyin; Cha, for 查, is a surname there too."""
    given, surnames, southern = english_given_names(), us_surnames(), romanized_surnames("cantonese", "hokkien")
    return any(
        w.lower() in given or (w.lower() in (surnames if len(s) > 1 else southern))
        for w, s in zip(words, syllables, strict=True)
    )


def _with_known_family(syllables: tuple[tuple[str, ...], ...], family: tuple[int, ...]) -> PinyinName | None:
    given = tuple(i for i in range(len(syllables)) if i not in family)
    key = "".join(s for i in family for s in syllables[i])
    if pinyin_surnames().get(key, 0) < _KNOWN_FROM and key in _eastern_surnames():
        return None  # CHAN Tai Man is no Mandarin
    if key not in pinyin_surnames() or not 1 <= sum(len(syllables[i]) for i in given) <= 3:
        return None
    return PinyinName(family, given, syllables)


def _weight(syllables: Sequence[tuple[str, ...]], part: tuple[int, ...], total: int) -> float:
    """How many people bear the surname that these words spell, given what is left for the given name."""
    spelled = syllables[part[0]] if len(part) == 1 else syllables[part[0]] + syllables[part[1]]
    key = spelled[0] if len(spelled) == 1 else "".join(spelled)
    frequency = pinyin_surnames().get(key, 0)
    if not frequency:
        return 0.0
    left = total - len(spelled)
    if len(spelled) > 1 and key in _distinctive():
        return 1e6 if left <= 3 else 0.0
    if len(part) == 2 or left > 3:
        return 0.0
    return frequency * (0.1 if left == 3 else 1.0)


def split_camel(word: str) -> list[str]:
    """The words of a name written in camel case when all of them are pinyin, or nothing.

    >>> split_camel("ZhangXiaoMing"), split_camel("McDonald"), split_camel("Zhang")
    (['Zhang', 'Xiao', 'Ming'], [], [])
    """
    pieces = _CAMEL.findall(word)
    if len(pieces) < 2 or "".join(pieces) != word or not all(word_syllables(p) for p in pieces):
        return []
    return pieces


@lru_cache(maxsize=65_536)
def split_run_together(word: str) -> tuple[str, str] | None:
    """Family and given name of a Chinese name written as one lower-case word, or None.

    English given names and American surnames that happen to be pinyin (Susan, Hanna) stay what they are.

    >>> split_run_together("zhangwei"), split_run_together("ouyangnana"), split_run_together("susan")
    (('zhang', 'wei'), ('ouyang', 'nana'), None)
    """
    if word in english_given_names() or word in us_surnames():
        return None
    surnames = pinyin_surnames()
    best: tuple[float, str, str] | None = None
    for way in _ways(word):
        if len(way) == 2 and way[0] == "xiao":
            return None  # Xiaoming is a given name far oftener than Mr Xiao
        # 100: only surnames that many bear, a word alone is weak evidence
        for n in (1, 2):
            family, given = "".join(way[:n]), "".join(way[n:])
            frequency = surnames.get("".join(_one_u(s) for s in way[:n]), 0)
            if n == 2:
                frequency = 10_000 if family in _distinctive() else 0
            if frequency < 100 or not 1 <= len(way) - n <= 2:
                continue
            # a syllable that begins with a vowel would have been set off by an apostrophe: 2.5 nats against it
            seams = 2.5 * sum(s[0] in "aeo" for s in way[1:])
            score = math.log(frequency) - seams
            behind = surnames.get(_one_u(way[-1]), 0)
            if n == 1 and len(way) == 3 and behind > 8 * frequency:
                # xiaomingwang: many more people are called Wang
                score, family, given = math.log(behind) - seams, way[-1], "".join(way[:-1])
            if best is None or (score, family) > (best[0], best[1]):
                best = (score, family, given)
    return None if best is None else (best[1], best[2])
