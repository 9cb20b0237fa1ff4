"""A cell with a person's name taken apart: addresses, digits, brackets and foreign signs come off the name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from crmquality.normalizer.person_names_han import join_dots
from crmquality.normalizer.person_names_words import Found

_ELECTRONIC: Final = re.compile(r"<?[^\s<>()@]*@[^\s<>()]*>?|(?:https?://|www\.)\S*", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\+?\(?\d[\d\s().-]*(?!\d*(?:nd|rd|th)\b)")
_ORDINAL: Final = re.compile(r"\b\d+(?:nd|rd|th)\b", re.IGNORECASE)
_BRACKETS: Final = re.compile(
    r"[(\[{<【〔「『《〈〖]([^()\[\]{}<>【】〔〕「」『』《》〈〉〖〗]*)(?:[)\]}>】〕」』》〉〗]|\Z)"
)
_QUOTES: Final = re.compile(r"[\"“”„]([^\"“”„]*)(?:[\"“”„]|\Z)|(?<!\w)['‘]([^'‘’\s][^'‘’]*)['’](?!\w)")
_ALLOWED_SIGNS: Final = frozenset(" -'’‘ʼ`´.,&/、;+|\\·:~>=−–—‐‑")
LATIN: Final = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u02af\u1e00-\u1eff]")
OTHER_SCRIPT: Final = re.compile(
    "[\u0370-\u1cff\u2c00-\u2c5f\u2c80-\u2dff\u3040-\u30fa\u30fc-\u318f\ua000-\ua71f\uac00-\ud7ff]"
)
# Cyrillic and Greek letters that look Latin: within a word with Latin letters they are a slip or a trick.
_LOOKALIKES: Final = str.maketrans(
    "АВЕЅЗІЈКМНОРСТУХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧνο", "ABES3IJKMHOPCTYXaesijopcyxABEZHIKMNOPTYXvo"
)
_MIXED_WORD: Final = re.compile("(?=\\w*[A-Za-z])(?=\\w*[\u0370-\u04ff])\\w+")


@dataclass(frozen=True, slots=True)
class Aside:
    """What stood in brackets or quotes."""

    text: str
    quoted: bool
    at_end: bool


def has_letters(text: str) -> bool:
    """Whether there is a letter of any script.

    >>> has_letters("张"), has_letters("123-")
    (True, False)
    """
    return any(c.isalpha() for c in text)


def repair_lookalikes(text: str, found: Found) -> str:
    """Words of Latin and Cyrillic or Greek letters in Latin letters alone.

    >>> repair_lookalikes("J\u043ehn Smith", Found()) == "John Smith"
    True
    """
    if text.isascii() or not _MIXED_WORD.search(text):
        return text
    found.issue("mixed_script")
    return _MIXED_WORD.sub(lambda m: m.group().translate(_LOOKALIKES), text)


def take_apart(text: str, found: Found) -> tuple[str, list[Aside]]:
    """The name without electronic addresses, digits, brackets and signs, and what stood in brackets.

    >>> take_apart("张伟(VIP) 13800138000", Found())
    ('张伟', [Aside(text='VIP', quoted=False, at_end=True)])
    """
    if "@" in text or "://" in text or "www." in text.lower():
        for match in _ELECTRONIC.findall(text):
            found.set_note(match.strip("<>"))
        text = _ELECTRONIC.sub(" ", text)
    if any(c.isdigit() for c in text):
        text = _take_digits(text, found)
    asides: list[Aside] = []
    for pattern, quoted in ((_BRACKETS, False), (_QUOTES, True)):
        # brackets within brackets come off from the inside
        for _ in range(3):
            if not pattern.search(text):
                break
            end = len(text.rstrip(" .,;:"))
            for m in pattern.finditer(text):
                inside = next((g for g in m.groups() if g), "").strip()
                if inside:
                    asides.append(Aside(_plain(inside).strip(), quoted, m.end() >= end))
            text = pattern.sub(" ", text)
    return " ".join(_plain(text).split()), [a for a in asides if a.text]


def _take_digits(text: str, found: Found) -> str:
    ordinals = _ORDINAL.findall(text)
    for match in _DIGITS.finditer(_ORDINAL.sub("", text) if ordinals else text):
        digits = match.group().strip(" (.-")
        if sum(c.isdigit() for c in digits) >= 7:
            found.issue("phone_in_name")
        found.set_note(digits)
    if ordinals:
        return _ORDINAL.sub(lambda m: m.group(), _DIGITS.sub(" ", _ORDINAL.sub("", text))) + " " + " ".join(ordinals)
    return _DIGITS.sub(lambda m: " " + ")" * m.group().count(")") + " ", text)


def _plain(text: str) -> str:
    """A text without signs that are no part of a name."""
    if text.isascii() and text.replace(" ", "").isalpha():
        return text
    return "".join(
        c if c.isalnum() or c in _ALLOWED_SIGNS or unicodedata.category(c)[0] == "M" else " " for c in join_dots(text)
    )
