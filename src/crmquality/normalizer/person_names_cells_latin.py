"""Cells with a person's name in Latin letters: labels, remarks, two people, nicknames, the name in Han beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from crmquality.normalizer.person_names_apart import LATIN, Aside
from crmquality.normalizer.person_names_casing import cased
from crmquality.normalizer.person_names_han import is_full_name, simplify_name
from crmquality.normalizer.person_names_han_reading import read_han
from crmquality.normalizer.person_names_latin import read_latin
from crmquality.normalizer.person_names_pinyin import name_key
from crmquality.normalizer.person_names_words import (
    COMMON_SURNAME,
    Found,
    canonical_readings,
    english_given_names,
    han_words,
    latin_words,
    pinyin_surnames,
    us_surnames,
    words_of_classes,
)
from crmquality.normalizer.transliteration import HAN_CHARACTER, fold

# `und` before a particle joins two particles: von und zu Guttenberg
_BETWEEN_LATIN_PEOPLE: Final = re.compile(
    r"\s*(?<![sda])/(?![opl]\b)\s*|\s*[、&;+|\\]\s*|\s+(?:[aA][nN][dD]|[oO][rR]|und(?= [A-Z]))\s+"
)
_BEFORE_LATIN_REMARK: Final = re.compile(r"\s+[-:~>=−–—‐‑]+\s*|[:~>=]+\s*")
_DOTTED_WORDS: Final = re.compile(r"[^\W\d_]{2,}(?:[._][^\W\d_]{2,})+\Z")
_NEE: Final = re.compile(
    r"\s(?:née|nee|geb\.|geborene|formerly|aka|a\.k\.a\.|a/k/a|c/o|d/b/a|dba)\s.*\Z", re.IGNORECASE
)
_AND_OTHERS: Final = re.compile(r",?\s+(?:et al\.?|and others|& others|and co\.?)\Z", re.IGNORECASE)


def same_sound(latin: str, found: Found) -> bool:
    """Whether Latin letters are the pinyin of a name, in either order.

    >>> same_sound("Wei Zhang", read_han("张伟")), same_sound("David", read_han("张伟"))
    (True, False)
    """
    key = name_key(latin)
    return key in {found.family_key + found.given_key, found.given_key + found.family_key}


def is_pinyin_surname(word: str, found: Found) -> bool:
    """Li 娜, Wang 小明: a common surname in Latin letters beside a given name in Han.

    >>> is_pinyin_surname("Li", Found(given="娜")), is_pinyin_surname("David", Found(given="娜"))
    (True, False)
    """
    return len(found.given or "") <= 2 and word.isalpha() and pinyin_surnames().get(name_key(word), 0) >= COMMON_SURNAME


def set_pinyin_family(found: Found, word: str) -> None:
    """Fill in the family name of a Han given name: Li 娜.

    >>> found = Found(given="娜", given_key="na", issues=["family_name_unknown"])
    >>> set_pinyin_family(found, "LI"), found.value, found.family_key
    (None, 'Li 娜', 'li')
    """
    found.family, found.script = cased(word, first=True), "mixed"
    found.family_key = canonical_readings().get(name_key(word), name_key(word))
    found.value = f"{found.family} {found.given}"
    found.initials = found.family_key[:1] + found.initials
    found.issues.remove("family_name_unknown")


def read_latin_cell(core: str, asides: Sequence[Aside], found: Found) -> Found:
    """A cell in Latin letters, taken apart: labels, remarks, second persons, nicknames; filled into `found`.

    >>> read_latin_cell("John & Mary Smith", [], Found()).other
    'Mary Smith'
    """
    found.script = "latin"
    text = _latin_head(core, found)
    asides = _take_degrees(asides, found)
    others_too = _AND_OTHERS.search(text)
    if others_too:
        found.issue("several_people")
        text = text[: others_too.start()]
    pieces = [p for p in _BETWEEN_LATIN_PEOPLE.split(text) if LATIN.search(p)]
    pieces = _joint_titles(pieces, found)
    if not pieces:
        found.issue("family_name_unknown")
        return found
    if len(pieces) > 1 and _is_firm(pieces):
        found.value = " ".join(text.split())
        found.issue("not_a_person")
        return found
    if len(pieces) == 1:
        pieces = _two_full_names(pieces[0])
    first, others = _shared_family(pieces)
    degrees = found.suffix
    found.absorb(read_latin(first, Found()))
    if degrees and found.value is not None and degrees not in (found.suffix or ""):
        found.suffix = f"{found.suffix}, {degrees}" if found.suffix else degrees
        found.issue("title_removed")
    for text_of_other in others:
        if text_of_other.strip(" .,").lower() in latin_words("family_word"):
            found.set_note(text_of_other)
            found.issue("several_people")
            continue
        name = read_latin(text_of_other, Found())
        if name.value is None or "not_a_person" in name.issues or found.other is not None:
            found.set_note(text_of_other)
        else:
            found.set_other(name.value, text_of_other.strip() if name.title else None)
    return _take_latin_asides(asides, found)


def _take_degrees(asides: Sequence[Aside], found: Found) -> list[Aside]:
    """John Smith (MD): a degree in brackets is one."""
    known = words_of_classes("suffix", "suffix_marked")
    left: list[Aside] = []
    for aside in asides:
        bare = aside.text.replace(".", "").lower()
        if (
            bare in known
            and (aside.text.replace(".", "").isupper() or bare in latin_words("suffix"))
            and not aside.quoted
        ):
            found.suffix = latin_words("suffix").get(bare) or latin_words("suffix_marked")[bare]
        else:
            left.append(aside)
    return left


def _is_firm(pieces: Sequence[str]) -> bool:
    """Smith & Sons, Johnson & Johnson: firms and not people."""
    words = [p.strip(" .,").lower() for p in pieces]
    firm = latin_words("organization")
    return words[-1] in firm or (len(set(words)) == 1 and " " not in words[0])


def _two_full_names(text: str) -> list[str]:
    """John Smith, Jane Doe: two people, where both sides are a given and a family name; Smith Jones, Mary is one."""
    left, comma, right = text.partition(",")
    sides = [side.split() for side in (left, right)]
    given, surnames = english_given_names(), us_surnames()
    if comma and all(
        len(s) == 2 and s[0].lower() in given and s[1].lower() in surnames and s[1].lower() not in given for s in sides
    ):
        return [left, right]
    return [text]


def _latin_head(core: str, found: Found) -> str:
    """The name before a remark (John Smith - Acme) and behind a label (Attn: John Smith)."""
    if _DOTTED_WORDS.match(core):
        core = re.sub("[._]", " ", core)
    maiden = _NEE.search(core)
    if maiden:
        found.set_note(maiden.group())
        core = core[: maiden.start()]
    parts = [p for p in _BEFORE_LATIN_REMARK.split(core) if p.strip(" .,-'")]
    words = words_of_classes("label", "role")
    while len(parts) > 1 and all(w.strip(".").lower() in words for w in parts[0].split()):
        found.set_note(parts.pop(0))
    for part in parts[1:]:
        found.set_note(part)
    head = parts[0] if parts else ""
    first, _, rest = head.partition(" ")
    if rest and first.strip(".").lower() in latin_words("label"):
        found.issue("annotation_removed")
        return rest
    return head


def _joint_titles(pieces: list[str], found: Found) -> list[str]:
    """Mr. & Mrs. John Smith: two titles and one name."""
    titles = latin_words("title")
    joint: list[str] = []
    while len(pieces) > 1 and all(w.replace(".", "").lower() in titles for w in pieces[0].split()):
        joint += [titles[w.replace(".", "").lower()] for w in pieces[0].split()]
        pieces = pieces[1:]
    if joint and pieces:
        word, _, rest = pieces[0].partition(" ")
        if word.replace(".", "").lower() in titles and rest:
            joint.append(titles[word.replace(".", "").lower()])
            pieces = [rest, *pieces[1:]]
        found.set_title(" & ".join(joint))
        found.issue("several_people")
    return pieces


def _shared_family(pieces: Sequence[str]) -> tuple[str, list[str]]:
    """John and Mary Smith, Smith, John and Mary: the family name that both bear, with both."""
    first, others = pieces[0], list(pieces[1:])
    if not others:
        return first, others
    titles = latin_words("title")
    bare = [w for w in first.split() if w.replace(".", "").lower() not in titles]
    others_bare = [w for w in others[0].split() if w.replace(".", "").lower() not in titles]
    if len(bare) == 1 and "," not in first and len(others_bare) > 1 and "," not in others[0]:
        family = read_latin(others[0], Found()).family
        return (f"{first} {family}" if family else first), others
    if "," in first and " " not in others[0].strip():
        family = read_latin(first, Found()).family
        if family and fold(others[0]) in english_given_names():
            others[0] = f"{others[0]} {family}"
    return first, others


def _take_latin_asides(asides: Sequence[Aside], found: Found) -> Found:
    roles = words_of_classes("role", "organization")
    for aside in asides:
        simple = simplify_name(aside.text)
        words = aside.text.lower().split()
        if HAN_CHARACTER.search(simple):
            if is_full_name(simple.replace(" ", "")):
                _prefer_han(simple.replace(" ", ""), found)
            elif simple in han_words("title"):
                found.set_title(simple)
            else:
                found.set_note(simple)
        elif any(w in roles for w in words) or found.nickname is not None or len(words) > 2:
            found.set_note(aside.text)
        elif aside.quoted or not aside.at_end or words[0] in english_given_names():
            found.nickname = " ".join(cased(w, first=True) for w in aside.text.split())
        else:
            found.set_note(aside.text)
    return found


def _prefer_han(han: str, found: Found) -> None:
    """Zhang Wei (张伟), David (张伟): the Han name is the name, other Latin letters a nickname."""
    latin = found.value or ""
    same = same_sound(latin, read_han(han)) if latin else True
    found.issues = [
        c for c in found.issues if c not in {"given_name_unknown", "family_name_unknown", "order_uncertain"}
    ]
    found.middle, found.middle_keys, found.suffix = None, (), None
    found.absorb(read_han(han))
    if not same and latin and found.nickname is None:
        found.nickname = latin
