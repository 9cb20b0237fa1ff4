"""Names in Latin letters: titles, suffixes, particles, nicknames, and the orders people write them in.

The order is decided by the strongest evidence there is: a comma, one word in capitals, pinyin or another Asian
romanization, a given name behind a surname, and else the English order. What a comma or capitals said and the words
alone would not say again is kept in the value: `Wei, Zhang`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from crmquality.normalizer.person_names_casing import cased, joined
from crmquality.normalizer.person_names_pinyin import (
    name_key,
    read_pinyin,
    split_camel,
    split_run_together,
    word_syllables,
)
from crmquality.normalizer.person_names_words import (
    COMMON_SURNAME,
    Found,
    english_given_names,
    latin_words,
    pinyin_surnames,
    romanized_surnames,
    special_latin_words,
    us_surnames,
)
from crmquality.normalizer.transliteration import fold

_WORD: Final = re.compile(r"[^\s,]+|,")
_INITIALS_RUN: Final = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?\.?\Z")
_TITLE_AND_NAME: Final = re.compile(r"([^\W\d_]{2,4})\.(?=[^\W\d_]{2})")
_APOSTROPHE: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'"})
_HYPHEN: Final = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"})
_PLAIN: Final = re.compile("[A-Za-z]{2,40}(?:,? [A-Za-z]{2,40}){0,2}\\Z")
_ASIAN_SYLLABLE: Final = re.compile(
    r"(?:[bcdfghjklmnpqrstvwxyz]{0,2}[aeiouy]{1,3}(?:ng|h|k|l|m|n|p|t|r)?|ng|sze|tsz)\Z"
)
# Particles that people capitalize too: Eddie Van Halen, Juan De La Cruz. The others count in lower case only.
_CAPITALIZED_PARTICLES: Final = frozenset(
    {
        *("van", "von", "de", "den", "der", "del", "della", "la", "le", "di", "da", "dos", "du", "des"),
        *("st", "san", "santa", "bin"),
    }
)
_VIETNAMESE_LETTERS: Final = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")


def read_latin(text: str, found: Found) -> Found:
    """What a name in Latin letters, without brackets, digits and notes, says of one person; filled into `found`.

    >>> name = read_latin("Dr. VAN DER BERG, johan p., jr", Found())
    >>> name.value, name.family, name.given, name.middle, name.title, name.suffix
    ('Johan P. van der Berg Jr', 'van der Berg', 'Johan', 'P.', 'Dr', 'Jr')
    """
    found.script = "latin"
    words = _words(text)
    words = _take_suffixes(_take_titles(words, found), found)
    while words and words[-1] == ",":
        words.pop()
    while words and words[0] == ",":
        words.pop(0)
    plain = [w for w in words if w != ","]
    if not plain:
        found.issue("family_name_unknown")
    elif _is_organization(plain):
        found.value = " ".join(cased(w, first=True) for w in plain)
        found.issue("not_a_person")
    elif len(plain) == 1:
        _read_single(plain[0], found)
    elif "," in words:
        _read_comma(words, found)
    else:
        _read_words(words, found)
    return found


def read_plain_latin(text: str) -> Found | None:
    """One to three plain words, the first perhaps with a comma, and none of them special; None for all else.

    >>> read_plain_latin("Smith, John").value, read_plain_latin("Dr. Smith")
    ('John Smith', None)
    """
    if not _PLAIN.match(text):
        return None
    words = text.split(" ")
    if "," in text and words[0][-1] != ",":
        return None
    family: tuple[int, ...] | None = None
    if words[0][-1] == ",":
        words[0] = words[0][:-1]
        family = (0,)
    special = special_latin_words()
    for word in words:
        if word.lower() in special:
            return None
    found = Found(script="latin")
    if len(words) == 1:
        _read_single(words[0], found)
        return found
    _read_words(words, found, family)
    # two words in the order of the value, or an order that `_keep_order` has read again
    found.settled = found.settled or (len(words) == 2 and family is not None)
    return found


def _words(text: str) -> list[str]:
    plain = text.translate(_APOSTROPHE).translate(_HYPHEN)
    plain = _TITLE_AND_NAME.sub(_set_off_title, plain)
    out: list[str] = []
    for word in _WORD.findall(plain):
        if _INITIALS_RUN.match(word) and _bare(word) not in latin_words("suffix_marked") | latin_words("suffix").keys():
            out += [f"{c}." for c in word if c != "."]
        else:
            stripped = word if word == "," else word.strip("-'\"_:;!").rstrip("/\\")
            if stripped.strip("."):
                out.append(stripped)
    return out


def _set_off_title(match: re.Match[str]) -> str:
    return f"{match.group(1)}. " if match.group(1).lower() in latin_words("title") else match.group()


def _bare(word: str) -> str:
    return word.replace(".", "").lower()


def _take_titles(words: list[str], found: Found) -> list[str]:
    titles = latin_words("title")
    while words and _bare(words[0]) in titles and not (len(words) == 1 and word_syllables(words[0])):
        # `Dr` before a name; a title that is all there is stays a title
        found.set_title(titles[_bare(words[0])])
        words = words[1:]
    last = _bare(words[-1]) if len(words) > 1 else ""
    if last in {"mr", "mrs", "ms", "miss", "dr", "prof", "madam", "sir"}:
        found.set_title(titles[last])
        words = words[:-1]
    return words


def _take_suffixes(words: list[str], found: Found) -> list[str]:
    """Jr, III, PhD from the end, and from the end of the family name before a comma (Smith Jr, John)."""
    suffixes, marked = latin_words("suffix"), latin_words("suffix_marked")
    taken: list[str] = []

    def strip(end: int) -> int:
        while end > 1:
            word, before = words[end - 1], words[end - 2]
            bare = _bare(word)
            behind_comma = before == "," and end > 2
            dotted = word.count(".") >= 2
            # Jack Ma is no master of arts: what is also a name needs a comma or dots, and capitals
            known = suffixes.get(bare) or (marked.get(bare) if dotted or (behind_comma and word.isupper()) else None)
            if known is None or (not behind_comma and len(before) > 1 and _is_particle(before)):
                break
            taken.insert(0, known)
            del words[end - 1]
            end -= 1
            if behind_comma:
                del words[end - 1]
                end -= 1
        return end

    strip(len(words))
    if "," in words:
        strip(words.index(","))
    if taken:
        found.suffix = ", ".join(taken)
    return words


def split_suffix(text: str) -> tuple[str, str | None]:
    """A family name in a column of its own, without Jr or PhD behind it.

    >>> split_suffix("Smith Jr."), split_suffix("van der Berg"), split_suffix("Ma")
    (('Smith', 'Jr'), ('van der Berg', None), ('Ma', None))
    """
    found = Found()
    words = _take_suffixes(_words(text), found)
    return (" ".join(w for w in words if w != ","), found.suffix) if found.suffix else (text, None)


def _is_organization(words: Sequence[str]) -> bool:
    known = latin_words("organization")
    bare = [_bare(w) for w in words]
    roles = latin_words("role")
    return any(w in known for w in bare[1:]) or bare[0] in known or all(w in roles or w in known for w in bare)


def _is_particle(word: str) -> bool:
    low = word.lower()
    if low not in latin_words("particle"):
        return False
    return word == low or low in _CAPITALIZED_PARTICLES


def _read_single(word: str, found: Found) -> None:
    """One word: which half of a name it is can only be told where it is one and not the other."""
    low = fold(word)
    pieces = split_camel(word)
    if len(pieces) > 1:
        _read_words(pieces, found)
        return
    together = split_run_together(low) if low.isalpha() else None
    if together is not None:
        _read_words([together[0].title(), together[1].title()], found, family=(0,))
        found.issue("order_uncertain")
        return
    pieces = word.split("-")
    hyphenated = read_pinyin(pieces) if len(pieces) == 2 else None
    if hyphenated is not None:
        _read_words(pieces, found)
        found.issue("order_uncertain")
    elif low in english_given_names() and found.title is None:
        fill(found, [], [word])
    elif low in us_surnames() or pinyin_surnames().get(name_key(word), 0) >= 40 or low in _asian_surnames():
        fill(found, [word], [])
    else:
        found.value = cased(word, first=True)
        found.issue("given_name_unknown")
        found.issue("family_name_unknown")


def _read_comma(words: list[str], found: Found) -> None:
    """Family, given; or a Chinese name of Hong Kong with its western given name behind the comma."""
    comma = words.index(",")
    left, right = words[:comma], [w for w in words[comma + 1 :] if w != ","]
    if all(_bare(w) in latin_words("role") or _bare(w) in latin_words("organization") for w in right):
        found.set_note(" ".join(right))
        _read_words(left, found) if len(left) > 1 else _read_single(left[0], found)
        return
    if len(left) in {2, 3} and len(right) == 1 and _hong_kong(left) is not None:
        found.nickname = cased(right[0], first=True)
        _read_words(left, found)
        return
    _read_words(left + right, found, family=tuple(range(len(left))))


def _read_words(
    words: list[str], found: Found, family: tuple[int, ...] | None = None, *, rereading: bool = False
) -> None:
    """Two and more words: find the order, then fill."""
    words = [w for w in words if w != ","]
    if len(words) == 1:
        _read_single(words[0], found)
        return
    told = family
    if family is None:
        words = _without_west_name(words, found)
        family = told = _capital_family(words)
    chinese = read_pinyin(words, family)
    if chinese is not None:
        found.initials = chinese.initials
        if chinese.uncertain:
            found.issue("order_uncertain")
        fill(found, [words[i] for i in chinese.family], [words[i] for i in chinese.given], join_given=True)
        found.settled = len(words) == 2 and told is None
    else:
        _fill_other(words, family, found)
    if told is not None and found.value is not None and not rereading:
        _keep_order(found)


def _fill_other(words: list[str], family: tuple[int, ...] | None, found: Found) -> None:
    if family is None:
        family, given = _family_by_words(words, found)
    else:
        given = tuple(i for i in range(len(words)) if i not in family)[:1]
    found.settled = len(words) == 2 and family == (1,)
    middle = [w for i, w in enumerate(words) if i not in family and i not in given]
    fill(found, [words[i] for i in family], [words[i] for i in given], middle)


def _keep_order(found: Found) -> None:
    """Write the family name first, with a comma, where the words alone would be read in another order."""
    again = _reread(found.value or "")
    if again != (found.family, found.given):
        given = " ".join(x for x in (found.given, found.middle) if x)
        found.value = f"{found.family}, {given}" + (f", {found.suffix}" if found.suffix else "")


@lru_cache(maxsize=65_536)
def _reread(value: str) -> tuple[str | None, str | None]:
    again = Found()
    words = _take_suffixes(_words(value), again)
    _read_words(words, again, rereading=True)
    return again.family, again.given


def _capital_family(words: Sequence[str]) -> tuple[int, ...] | None:
    """The words in capitals when the others are not: the family name, by international usage."""
    capital = tuple(
        i
        for i, w in enumerate(words)
        if w.isupper()
        and (len(w.strip(".")) > 2 or pinyin_surnames().get(fold(w), 0) >= COMMON_SURNAME)
        and "." not in w
    )
    if not capital or len(capital) == len(words):
        return None
    others = [w for i, w in enumerate(words) if i not in capital]
    together = capital == tuple(range(capital[0], capital[-1] + 1))
    at_an_end = capital[0] == 0 or capital[-1] == len(words) - 1
    return capital if together and at_an_end and all(w[:1].isupper() and not w.isupper() for w in others) else None


def _without_west_name(words: list[str], found: Found) -> list[str]:
    """Peter Chan Tai Man, Zhang Wei David: a western name beside a whole Chinese one becomes the nickname."""
    given = english_given_names()
    if len(words) == 4 and _low(words[0]) in given and _hong_kong(words[1:]) == (0,):
        found.nickname = cased(words[0], first=True)
        return words[1:]
    if len(words) >= 3 and _low(words[-1]) in given and not word_syllables(words[-1]):
        rest = words[:-1]
        if _hong_kong(rest) == (0,) or (read_pinyin(rest) is not None and len(rest) < 4):
            found.nickname = cased(words[-1], first=True)
            return rest
    return words


def _low(word: str) -> str:
    return word.lower() if word.isascii() and word.isalpha() else fold(word)


def _asian_surnames() -> frozenset[str]:
    return romanized_surnames("korean", "cantonese", "taiwan")


def _syllable_like(word: str) -> bool:
    low = _low(word)
    return bool(_ASIAN_SYLLABLE.match(low)) and low not in english_given_names()


def _hong_kong(words: Sequence[str]) -> tuple[int, ...] | None:
    """The family name of Chan Tai Man, Tai Man Chan, Kim Min-jun: a romanized surname and two syllables."""
    surnames = _asian_surnames()
    if len(words) == 2 and "-" in words[1] and "-" not in words[0]:
        pieces = words[1].split("-")
        pinyin = pinyin_surnames().get(fold(words[0]), 0) >= 40
        if (_low(words[0]) in surnames or pinyin) and len(pieces) == 2 and all(map(_syllable_like, pieces)):
            return (0,)
    if len(words) == 3 and not any("-" in w or "." in w for w in words):
        first, last = romanized_surnames("korean", "cantonese"), romanized_surnames("cantonese")
        if _low(words[0]) in first and all(map(_syllable_like, words[1:])):
            return (0,)
        if _low(words[2]) in last and all(map(_syllable_like, words[:2])):
            return (2,)
    return None


def _family_by_words(words: Sequence[str], found: Found) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which words are the family name, and which the given name; the others are middle names."""
    count = len(words)
    low = [_low(w) for w in words]
    hong_kong = _hong_kong(words)
    if hong_kong is not None:
        return hong_kong, tuple(i for i in range(count) if i not in hong_kong)
    if _is_vietnamese(words, low):
        return (0,), (count - 1,)
    if count == 2 and _is_initial(words[1]) and pinyin_surnames().get(low[0], 0) >= COMMON_SURNAME:
        return ((1,), (0,)) if low[0] in english_given_names() else ((0,), (1,))
    if count > 2 and _is_particle(words[0]) and low[-1] in english_given_names():
        return tuple(range(count - 1)), (count - 1,)
    for i in range(1, count - 1):
        if _is_particle(words[i]):
            return tuple(range(i, count)), (0,)
    hispanic = romanized_surnames("hispanic")
    if count >= 3 and low[-2] in hispanic and low[-1] in hispanic:
        return (count - 2, count - 1), (0,)
    given = english_given_names()
    if count == 2 and low[0] in us_surnames() and low[0] not in given and low[1] in given:
        # Smith John: probably the family name first, certainly where the other is no surname at all
        found.issue("order_uncertain")
        if low[1] not in us_surnames():
            return (0,), (1,)
    return (count - 1,), (0,)


def _is_initial(word: str) -> bool:
    return len(word.replace(".", "")) == 1


def _is_vietnamese(words: Sequence[str], low: Sequence[str]) -> bool:
    if len(words) < 3 or low[0] not in romanized_surnames("vietnamese") or low[-1] in romanized_surnames("vietnamese"):
        return False
    return low[1] in {"van", "thi"} or any(_VIETNAMESE_LETTERS.search(w.lower()) for w in words)


def fill(
    found: Found, family: Sequence[str], given: Sequence[str], middle: Sequence[str] = (), *, join_given: bool = False
) -> None:
    """Put a name in Latin letters into `found`, in clean case, with its keys."""
    if join_given:
        found.family, found.given = joined(family), joined(given) or None
    else:
        found.family = " ".join([cased(w, first=False) for w in family]) or None
        found.given = " ".join([cased(w, first=True) for w in given]) or None
    shown = [x for x in (found.given, found.family) if x]
    if middle:
        found.middle = " ".join([cased(w, first=True) for w in middle])
        found.middle_keys = tuple([k for k in map(name_key, found.middle.split()) if k])
        shown.insert(1 if found.given else 0, found.middle)
    found.family_key = name_key(found.family) if found.family else ""
    found.given_key = name_key(found.given) if found.given else ""
    name = " ".join(shown)
    if not found.initials:
        found.initials = "".join([_low(w)[:1] for w in name.replace("-", " ").split()])
    found.value = f"{name} {found.suffix}" if found.suffix else name
    if not found.given:
        found.issue("given_name_unknown")
    if not found.family:
        found.issue("family_name_unknown")
