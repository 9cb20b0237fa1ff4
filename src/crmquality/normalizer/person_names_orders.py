"""Which words of a name in Latin letters are the family name: the customs of the peoples that bear it.

Chinese names in pinyin are told in `person_names_pinyin`; here are the spellings of Hong Kong, Taiwan, Singapore and
Korea, the orders of Vietnam and Japan, particles, the two family names of Spain, and initials. What is left over has
the English order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from crmquality.normalizer.person_names_casing import cased
from crmquality.normalizer.person_names_pinyin import read_pinyin, split_syllables, word_syllables
from crmquality.normalizer.person_names_words import (
    COMMON_SURNAME,
    Found,
    english_given_names,
    latin_words,
    pinyin_surnames,
    romanized_surnames,
    us_surnames,
)
from crmquality.normalizer.transliteration import fold

_SYLLABLE: Final = re.compile(
    r"(?:[bcdfghjklmnpqrstvwxyz]{0,2}[aeiouy]{1,3}(?:ng|h|k|l|m|n|p|t|r|w|ck)?|ng|sze|tsz|hsien|kwok)\Z"
)
# Surnames of Canton that people write as two words
_TWO_WORDS: Final = frozenset({"auyeung", "szeto", "seeto", "owyang", "owyong"})
_KOREAN_SYLLABLE: Final = (
    "ah|ae|bae|beom|bin|bok|bum|byung|cha|chae|chan|chang|cheol|cheon|chul|chun|da|dae|deok|do|dong|duk|eon|eun|euna|ga|gi|"
    "geon|geun|gil|goo|gu|gun|gwang|gyeong|gyu|gyun|ha|hae|han|hee|heon|heung|ho|hong|hoon|hui|hun|hwa|hwan|hye|hyeok|hyeon|"
    "hyo|hyuk|hyun|hyung|il|in|jae|jang|je|jeong|jeon|ji|jin|jo|jong|joo|joon|ju|jun|jung|kang|ki|koo|ku|kwan|kwang|kwon|"
    "kyeong|kyoung|kyu|kyun|kyung|man|mi|min|mo|moo|moon|mu|mun|myeong|myung|na|nam|oh|ok|ra|ran|rim|rin|ryeong|ryul|sam|"
    "san|sang|se|seo|seok|seon|seong|seung|shik|shin|si|sik|sin|so|soo|sook|soon|su|sub|suk|sun|sung|tae|taek|u|uk|un|wan|"
    "won|woo|woon|wook|ye|yeol|yeon|yeong|yo|yong|yoo|yool|yoon|young|yu|yul|yun|yung"
)
_KOREAN_GIVEN: Final = re.compile(f"(?:{_KOREAN_SYLLABLE})(?:{_KOREAN_SYLLABLE})\\Z")
_VIETNAMESE_LETTERS: Final = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
# Surnames that are hardly borne by anybody else, so that three plain words behind them are Vietnamese
_SURELY_VIETNAMESE: Final = frozenset(
    {*("nguyen", "tran", "pham", "phan", "truong", "huynh", "hoang", "duong", "bui", "dinh", "ngo", "dang", "vo", "vu")}
)
# Particles that people capitalize too: Eddie Van Halen, Juan De La Cruz. The others count in lower case only.
_CAPITALIZED_PARTICLES: Final = frozenset(
    {
        *(
            "van",
            "von",
            "de",
            "den",
            "der",
            "del",
            "della",
            "la",
            "le",
            "di",
            "da",
            "dos",
            "du",
            "des",
            "dela",
            "delos",
        ),
        *(
            "st",
            "san",
            "santa",
            "bin",
            "saint",
            "mac",
            "mc",
            "fitz",
            "ní",
            "uí",
            "nic",
            "ó",
            "binti",
            "bint",
            "ibn",
            "dal",
        ),
        *("dalla", "degli", "zu", "vom", "ter", "ten", "s/o", "d/o", "a/l", "a/p", "das", "do", "el", "al", "vander"),
    }
)
# Particles that begin a family name even where nothing stands before them
_LEADING_PARTICLES: Final = frozenset(
    {*("von", "de", "del", "della", "du", "des", "den", "der", "van", "la", "le", "ter", "ten", "mac", "mc", "saint")}
)


def low(word: str) -> str:
    """The folded letters of a word.

    >>> low("Smith"), low("García")
    ('smith', 'garcia')
    """
    return word.lower() if word.isascii() and word.isalpha() else fold(word)


@cache
def asian_surnames() -> frozenset[str]:
    """Surnames of Hong Kong, Taiwan, Singapore and Korea as their bearers spell them."""
    return romanized_surnames("korean", "cantonese", "taiwan", "hokkien")


def is_particle(word: str) -> bool:
    """Whether a word inside a name belongs to the family name behind it: van, de la, bin.

    >>> is_particle("van"), is_particle("Van"), is_particle("Av"), is_particle("Smith")
    (True, True, False, False)
    """
    lower = word.lower()
    if lower == "st.":
        return True
    if lower not in latin_words("particle"):
        return False
    return word == lower or lower in _CAPITALIZED_PARTICLES


def is_initial(word: str) -> bool:
    """One letter, with or without a full stop.

    >>> is_initial("J."), is_initial("Jo")
    (True, False)
    """
    return len(word.replace(".", "")) == 1


def _syllable_like(word: str, *, hyphenated: bool = False) -> bool:
    lower = low(word)
    return bool(_SYLLABLE.match(lower)) and (hyphenated or lower not in english_given_names())


def _two_syllables(word: str) -> bool:
    """Tai-man, Geun-hye, Kai-shek: a given name of East Asia with a hyphen."""
    pieces = word.split("-")
    return len(pieces) == 2 and all(_syllable_like(p, hyphenated=True) for p in pieces)


def hong_kong(words: Sequence[str]) -> tuple[int, ...] | None:
    """The family name of Chan Tai Man, Tai Man Chan, Kim Min-jun: a romanized surname and two syllables.

    >>> hong_kong(["Chan", "Tai", "Man"]), hong_kong(["Lam", "Cheng", "Yuet-ngor"]), hong_kong(["John", "Smith"])
    ((0,), (0, 1), None)
    """
    count = len(words)
    if not 2 <= count <= 4 or any("." in w for w in words):
        return None
    surnames = asian_surnames()
    lower = [low(w) for w in words]
    if count > 2 and lower[0] + lower[1] in _TWO_WORDS and all(map(_syllable_like, words[2:])):
        return (0, 1)
    if lower[0].replace(" ", "") in _TWO_WORDS and "-" in words[0] and all(map(_syllable_like, words[1:])):
        return (0,)
    if "-" in words[-1]:
        return _hong_kong_hyphen(words, lower)
    if count == 2 and "-" in words[0]:
        known = lower[1] in surnames or pinyin_surnames().get(lower[1], 0) >= 40
        return (1,) if known and _two_syllables(words[0]) else None
    if count == 2:
        return _hong_kong_pair(words, lower)
    if count != 3 or any("-" in w for w in words):
        return None
    first = romanized_surnames("korean", "cantonese", "hokkien")
    if lower[0] in first and all(map(_syllable_like, words[1:])):
        return (0,)
    if lower[2] in romanized_surnames("cantonese", "hokkien") and all(map(_syllable_like, words[:2])):
        return (2,) if lower[2] in surnames else None
    return None


def _hong_kong_hyphen(words: Sequence[str], lower: Sequence[str]) -> tuple[int, ...] | None:
    if not _two_syllables(words[-1]) or any("-" in w for w in words[:-1]):
        return None
    pinyin = pinyin_surnames()
    known = [w in asian_surnames() or pinyin.get(w, 0) >= 40 for w in lower[:-1]]
    # Lam Cheng Yuet-ngor: a married woman's two family names
    return tuple(range(len(words) - 1)) if len(words) <= 3 and all(known) else None


def _hong_kong_pair(words: Sequence[str], lower: Sequence[str]) -> tuple[int, ...] | None:
    """Ip Man, Kim Minjun: a surname that is no western given name, and what is neither surname nor western."""
    surnames, given, western = asian_surnames(), english_given_names(), us_surnames()
    if lower[1] in surnames or lower[1] in given:
        return None
    korean = lower[0] in romanized_surnames("korean")
    if korean and _KOREAN_GIVEN.match(lower[1]) and (lower[1] not in western):
        return (0,)
    distinct = lower[0] in romanized_surnames("cantonese", "hokkien") and lower[0] not in given
    return (0,) if distinct and _syllable_like(words[1]) and lower[1] not in western else None


def eastern_initials(words: Sequence[str]) -> str:
    """First letters of a name whose family name stands first, one for each syllable that is set apart.

    >>> eastern_initials(["Chan", "Tai-man"])
    'ctm'
    """
    return "".join([fold(p)[:1] for w in words for p in w.replace("-", " ").split()])


def without_west_name(words: list[str], found: Found) -> list[str]:
    """Peter Chan Tai Man, David Zhang Wei, Zhang Wei David: a western name beside a Chinese one is a nickname."""
    given = english_given_names()
    count = len(words)
    if 3 <= count <= 5 and low(words[0]) in given and low(words[0]) not in asian_surnames():
        rest = words[1:]
        family = hong_kong(rest)
        whole = family is not None and family[0] == 0 and (len(rest) > 2 or "-" in rest[1])
        if whole or _sure_pinyin(rest):
            found.nickname = cased(words[0], first=True)
            return rest
    if count >= 3 and low(words[-1]) in given and not word_syllables(words[-1]):
        rest = words[:-1]
        if hong_kong(rest) == (0,) or (read_pinyin(rest) is not None and len(rest) < 4):
            found.nickname = cased(words[-1], first=True)
            return rest
    return words


def _sure_pinyin(words: Sequence[str]) -> bool:
    """Zhang Wei behind David: a whole Chinese name in its own order; Wei Zhang would be a middle and a family name."""
    name = read_pinyin(words) if 2 <= len(words) <= 3 else None
    return name is not None and name.family[0] == 0 and not name.uncertain


def family_by_words(words: Sequence[str], found: Found) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which words are the family name, and which the given name; the others are middle names.

    >>> family_by_words(["Ludwig", "van", "Beethoven"], Found()), family_by_words(["Smith", "J."], Found())
    (((1, 2), (0,)), ((0,), (1,)))
    """
    count = len(words)
    lower = [low(w) for w in words]
    asian = hong_kong(words)
    if asian is not None:
        given = tuple(i for i in range(count) if i not in asian)
        found.initials = eastern_initials([words[i] for i in (*asian, *given)])
        if count == 2 and "-" not in words[0] + words[1]:
            found.issue("order_uncertain")
        return asian, given
    if _is_vietnamese(words, lower):
        return (0,), (count - 1,)
    initials = _family_by_initials(words, lower, found)
    if initials is not None:
        return initials
    devotion = _devotion_length(words, lower)
    if devotion:
        family, given = family_by_words([words[0], *words[devotion:]], found)
        shift = devotion - 1
        return tuple(i + shift if i else 0 for i in family), tuple(i + shift if i else 0 for i in given)
    particles = _family_by_particles(words, lower)
    if particles is not None:
        return particles
    if count >= 3 and _are_spanish(words, lower):
        return (count - 2, count - 1), (0,)
    if count == 2:
        return _family_of_two(lower, found)
    return (count - 1,), (0,)


def _are_spanish(words: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the last two of three and more words are the father's and the mother's family name.

    García Márquez are both in the list; of Rodríguez Zapatero one is, and the other is no name of the United States,
    where Maria Garcia Smith bears her husband's.
    """
    hispanic = romanized_surnames("hispanic")
    if lower[-2] not in hispanic:
        return False
    foreign = lower[-1] not in us_surnames() and lower[-1] not in english_given_names() and len(lower[-1]) > 2
    spanish = lower[0] in latin_words("spanish_given") or any(not w.isascii() for w in words[:-1])
    return lower[-1] in hispanic or (foreign and spanish)


# Spanish given names that name Mary by a feast or a place: María del Carmen, María de los Ángeles
_DEVOTIONS: Final = frozenset(
    {
        *("carmen", "pilar", "rosario", "mar", "valle", "rocio", "socorro", "consuelo", "refugio", "transito"),
        *("angeles", "dolores", "remedios", "mercedes", "milagros", "nieves", "reyes", "luz", "paz", "cruz"),
        *("concepcion", "asuncion", "encarnacion", "soledad", "lourdes", "fatima", "guadalupe", "jesus", "jose"),
    }
)


def _devotion_length(words: Sequence[str], lower: Sequence[str]) -> int:
    """Maria del Carmen García: how many words the given name has, where a family name is left behind it."""
    if lower[0] not in {"maria", "ma"} or len(words) < 4 or lower[1] not in {"del", "de"}:
        return 0
    end = 3 if lower[2] in {"la", "los", "las"} and len(words) > 4 else 2
    return end + 1 if lower[end] in _DEVOTIONS else 0


def _family_of_two(lower: Sequence[str], found: Found) -> tuple[tuple[int, ...], tuple[int, ...]]:
    given, japanese = english_given_names(), romanized_surnames("japanese")
    if lower[0] in japanese and lower[1] not in japanese and lower[0] not in given and lower[1] not in us_surnames():
        return (0,), (1,)
    if lower[0] in us_surnames() and lower[0] not in given and lower[1] in given:
        # Smith John: probably the family name first, certainly where the other is no surname at all
        found.issue("order_uncertain")
        if lower[1] not in us_surnames():
            return (0,), (1,)
    return (1,), (0,)


def _family_by_initials(
    words: Sequence[str], lower: Sequence[str], found: Found
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Smith J., Smith John Q., Mary Ann S.: what stands beside initials."""
    count = len(words)
    given, surnames = english_given_names(), us_surnames()
    if not any(map(is_initial, words)) or all(map(is_initial, words)):
        return None
    if not is_initial(words[0]) and all(map(is_initial, words[1:])):
        surname = lower[0] in surnames or pinyin_surnames().get(lower[0], 0) >= COMMON_SURNAME
        return ((0,), (1,)) if surname and lower[0] not in given else None
    if count == 3 and is_initial(words[2]) and not is_initial(words[1]) and not is_initial(words[0]):
        if lower[0] in surnames and lower[0] not in given and lower[1] in given:
            found.issue("order_uncertain")
            return (0,), (1,)
        if lower[1] in surnames and lower[1] not in given:
            return (1,), (0,)
    spelled = [i for i in range(count) if not is_initial(words[i])]
    word = lower[spelled[0]]
    if count == 2 and len(split_syllables(word)) == 2 and word not in pinyin_surnames() and word not in surnames:
        return (1 - spelled[0],), (spelled[0],)  # W. Xiaoming
    return None


def _family_by_particles(words: Sequence[str], lower: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    count = len(words)
    if count == 2 and (lower[0] in _LEADING_PARTICLES or words[0].lower() == "st."):
        # van Gogh, De Niro; but Van Morrison and Le Hoang are a given and a family name
        other = (
            lower[1] in us_surnames() or lower[1] in asian_surnames() or lower[1] in romanized_surnames("vietnamese")
        )
        if words[0].islower() or not (other and lower[0] in {"van", "le", "la", "den", "ten", "mac"}):
            return (0, 1), ()
    if count > 2 and is_particle(words[0]) and (words[0].islower() or lower[-1] in english_given_names()):
        if lower[-1] in english_given_names():
            return tuple(range(count - 1)), (count - 1,)
        if all(is_particle(w) for w in words[:-1]):
            return tuple(range(count)), ()  # von der Leyen
    for i in range(1, count - 1):
        if is_particle(words[i]):
            return tuple(range(i, count)), (0,)
        if words[i] in {"y", "e", "Y"} and (words[i].islower() or lower[i - 1] in romanized_surnames("hispanic")):
            return (tuple(range(i - 1, count)), (0,)) if i > 1 else (tuple(range(count)), ())
    return None


def _is_vietnamese(words: Sequence[str], lower: Sequence[str]) -> bool:
    surnames = romanized_surnames("vietnamese")
    if len(words) < 3 or lower[0] not in surnames or lower[-1] in surnames:
        return False
    if lower[1] in {"van", "thi"} or any(_VIETNAMESE_LETTERS.search(w.lower()) for w in words):
        return True
    plain = all(_SYLLABLE.match(w) or w.startswith(("ng", "nh", "tr", "th", "ph", "kh")) for w in lower[1:])
    return lower[0] in _SURELY_VIETNAMESE and plain
