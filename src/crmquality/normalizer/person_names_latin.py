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

from crmquality.normalizer.person_names_affixes import (
    folded,
    is_organization,
    take_special,
    take_suffixes,
    take_titles,
    words_of,
)
from crmquality.normalizer.person_names_casing import cased, joined
from crmquality.normalizer.person_names_orders import (
    asian_surnames,
    eastern_initials,
    family_by_words,
    hong_kong,
    is_initial,
    is_particle,
    low,
    without_west_name,
)
from crmquality.normalizer.person_names_pinyin import (
    is_double_surname,
    name_key,
    read_pinyin,
    split_camel,
    split_run_together,
    split_syllables,
)
from crmquality.normalizer.person_names_words import (
    COMMON_SURNAME,
    Found,
    canonical_readings,
    english_given_names,
    latin_words,
    pinyin_surnames,
    special_latin_words,
    us_surnames,
)
from crmquality.normalizer.transliteration import fold

_PLAIN: Final = re.compile("[A-Za-z]{2,40}(?:,? [A-Za-z]{2,40}){0,2}\\Z")
# Titles that stand before a family name: Mme Curie; Sir Elton and Sister Mary are given names
_BEFORE_FAMILY: Final = frozenset(
    {
        *(
            "Mr",
            "Mrs",
            "Ms",
            "Miss",
            "Dr",
            "Prof",
            "Frau",
            "Herr",
            "Mme",
            "Mlle",
            "M",
            "Lord",
            "Lady",
            "Señor",
            "Señora",
        ),
        *(
            "Señorita",
            "Mx",
            "Dhr",
            "Mevr",
            "Signor",
            "Signora",
            "Dra",
            "Capt",
            "Col",
            "Gen",
            "Maj",
            "Lt",
            "Sgt",
            "Senator",
        ),
        *("Sra", "Srta", "Sr", "Engr", "Ing", "Rev", "President", "Director", "Manager", "Mr & Mrs", "Dr & Mrs"),
    }
)


_OF_MARY: Final = frozenset({"del", "de", "la", "los", "las"})


def read_latin(text: str, found: Found) -> Found:
    """What a name in Latin letters, without brackets, digits and notes, says of one person; filled into `found`.

    >>> name = read_latin("Dr. VAN DER BERG, johan p., jr", Found())
    >>> name.value, name.family, name.given, name.middle, name.title, name.suffix
    ('Johan P. van der Berg Jr', 'van der Berg', 'Johan', 'P.', 'Dr', 'Jr')
    """
    found.script = "latin"
    words = words_of(text)
    words = take_suffixes(take_titles(words, found), found)
    while words and words[-1] == ",":
        words.pop()
    while words and words[0] == ",":
        words.pop(0)
    words = take_special(words, found)
    plain = [w for w in words if w != ","]
    if not plain:
        found.issue("not_a_person" if found.title and "placeholder" not in found.issues else "family_name_unknown")
    elif is_organization(plain):
        found.value = " ".join([w if w in {"of", "the", "and", "for", "in"} else cased(w, first=True) for w in plain])
        found.issue("not_a_person")
    elif len(plain) == 1:
        _read_single(plain[0], found)
    elif "," in words:
        _read_comma(words, found)
    elif all(len(w) == 1 for w in plain):
        # X Æ: letters and no word, of which nothing tells that they are initials
        found.value = " ".join(plain)
        found.issue("given_name_unknown")
        found.issue("family_name_unknown")
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
    if "," in text and (words[0][-1] != "," or text.count(",") > 1):
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


def _read_single(word: str, found: Found) -> None:
    """One word: which half of a name it is can only be told where it is one and not the other."""
    lower = fold(word)
    pieces = split_camel(word)
    if len(pieces) > 1:
        _read_words(pieces, found)
        return
    together = split_run_together(lower) if lower.isalpha() else None
    if together is not None:
        _read_words([together[0].title(), together[1].title()], found, family=(0,))
        found.issue("order_uncertain")
        return
    pieces = word.split("-")
    hyphenated = read_pinyin(pieces) if len(pieces) == 2 else None
    syllables = split_syllables(lower) if lower.isalpha() else ()
    if hyphenated is not None:
        _read_words(pieces, found)
        found.issue("order_uncertain")
    elif lower in english_given_names() and found.title not in _BEFORE_FAMILY:
        fill(found, [], [word])
    elif lower in us_surnames() or pinyin_surnames().get(name_key(word), 0) >= 40 or lower in asian_surnames():
        fill(found, [word], [])
    elif len(syllables) == 2 and syllables[0] == "xiao":
        fill(found, [], [word])  # Xiaoming
        found.issue("order_uncertain")
    elif found.title in _BEFORE_FAMILY:
        fill(found, [word], [])
    else:
        found.value = cased(word, first=True)
        found.issue("given_name_unknown")
        found.issue("family_name_unknown")


def _read_comma(words: list[str], found: Found) -> None:
    """Family, given; or a Chinese name of Hong Kong with its western given name behind the comma."""
    comma = words.index(",")
    left, right = words[:comma], [w for w in words[comma + 1 :] if w != ","]
    if all(folded(w) in latin_words("role") or folded(w) in latin_words("organization") for w in right):
        found.set_note(" ".join(right))
        _read_words(left, found) if len(left) > 1 else _read_single(left[0], found)
        return
    if len(left) in {2, 3} and len(right) == 1 and hong_kong(left) is not None:
        found.nickname = cased(right[0], first=True)
        _read_words(left, found)
        return
    while len(right) > 1 and is_particle(right[-1]) and (right[-1].islower() or left[0].isupper()):
        left.insert(0, right.pop().lower())  # Beethoven, Ludwig van
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
        words = without_west_name(_with_initials(words), found)
        family = told = _capital_family(words)
        if family is None and _read_chinese_initials(words, found):
            return
    elif family == (0,) and _read_chinese_initials(words, found):
        return
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


def _with_initials(words: list[str]) -> list[str]:
    """Wang XM and Smith JQ as Wang X. M. and Smith J. Q.: initials run together behind a known surname."""
    if len(words) != 2 or not (
        2 <= len(words[1]) <= 3 and words[1].isupper() and words[1].isascii() and words[1].isalpha()
    ):
        return words
    last, surname = words[1].lower(), low(words[0])
    known = surname in us_surnames() or pinyin_surnames().get(surname, 0) >= COMMON_SURNAME
    vowels = not set(last).isdisjoint("aeiou") or last in {"ng", "st"}
    if not known or last in us_surnames() or (vowels and (words[0].isupper() or bool(split_syllables(last)))):
        return words
    return [words[0], *[f"{c}." for c in words[1]]]


def _read_chinese_initials(words: Sequence[str], found: Found) -> bool:
    """Wang X.M., X.M. Wang: a Chinese surname and an initial for each syllable of the given name."""
    spelled = [i for i, w in enumerate(words) if not is_initial(w)]
    if len(spelled) != 1 or len(words) != 3 or spelled[0] == 1:
        return False
    key = name_key(words[spelled[0]])
    if pinyin_surnames().get(key, 0) < COMMON_SURNAME or key in english_given_names():
        return False
    given = [w for i, w in enumerate(words) if i != spelled[0]]
    found.initials = key[0] + "".join([low(w)[:1] for w in given])
    fill(found, [words[spelled[0]]], given)
    return True


def _fill_other(words: list[str], family: tuple[int, ...] | None, found: Found) -> None:
    if family is None:
        family, given = family_by_words(words, found)
    else:
        given = tuple(i for i in range(len(words)) if i not in family)
        eastern = (
            len(family) == 1 and len(given) == 2 and hong_kong([words[family[0]], *[words[i] for i in given]]) == (0,)
        )
        if eastern:
            found.initials = eastern_initials([words[i] for i in (*family, *given)])
        else:
            given = given[:1]
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
    words = take_suffixes(words_of(value), again)
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


def fill(
    found: Found, family: Sequence[str], given: Sequence[str], middle: Sequence[str] = (), *, join_given: bool = False
) -> None:
    """Put a name in Latin letters into `found`, in clean case, with its keys."""
    if join_given:
        found.family, found.given = joined(family), joined(given) or None
        if len(family) == 1 and is_double_surname(family[0]):
            found.family = "-".join(map(str.capitalize, family[0].lower().split("-")))  # Liu-Wang
    else:
        found.family = " ".join([cased(w, first=False) for w in family]) or None
        found.given = " ".join([cased(w, first=True) for w in given]) or None
    shown = [x for x in (found.given, found.family) if x]
    if middle:
        # Maria del Carmen
        found.middle = " ".join([cased(w, first=len(middle) == 1 or w.lower() not in _OF_MARY) for w in middle])
        found.middle_keys = tuple([k for k in map(name_key, found.middle.split()) if k])
        shown.insert(1 if found.given else 0, found.middle)
    found.family_key = name_key(found.family) if found.family else ""
    found.given_key = name_key(found.given) if found.given else ""
    if join_given:
        found.family_key = canonical_readings().get(found.family_key, found.family_key)
    name = " ".join(shown)
    if not found.initials:
        found.initials = "".join([low(w)[:1] for w in name.replace("-", " ").split()])
    found.value = f"{name} {found.suffix}" if found.suffix else name
    if not found.given:
        found.issue("given_name_unknown")
    if not found.family:
        found.issue("family_name_unknown")
