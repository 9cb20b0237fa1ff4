"""A cell with a person's name taken apart: addresses, digits, brackets and foreign signs come off the name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from crmquality.normalizer.person_names_han import is_full_name, join_dots
from crmquality.normalizer.person_names_pinyin import split_syllables
from crmquality.normalizer.person_names_words import Found
from crmquality.normalizer.transliteration import HAN_CHARACTER, HAN_RUN

# the part before the sign in ASCII, so that 张伟@华为 keeps its name
_ELECTRONIC: Final = re.compile(
    r"<?[\x21-\x27\x2a-\x3b\x3d\x3f\x41-\x7e]*@[^\s<>()]*>?|(?:https?://|www\.)[\x21-\x7e]*", re.IGNORECASE
)
_DIGITS: Final = re.compile(r"\+?(?:\(\+?\d{1,5}\)|\d)(?:[\s().-]*+[\d*]++)*+")
_ORDINAL: Final = re.compile(r"\b[1-9](?:st|nd|rd|th)\b", re.IGNORECASE)
# what digits count or number: 18楼, 3单元502室, 8号, A座1201, 86届; seven digits and more are a phone
_UNIT: Final = (
    "(?:号楼|号院|号线|号店|号|楼层|楼|层|单元|栋|幢|座|室|房间|房|床|桌|区|期|组|队|班|年级|级|届|年|月|日|岁|店|厂|村|弄|巷|门|台|排"
    "|路|街|户|次|个|位|人|件|元|万|折|点|楼)"
)
_COUNTED: Final = re.compile(
    f"第?(?<!\\d)(?:\\d{{1,5}}(?:[-.~#]\\d{{1,5}}){{0,3}}[A-Za-z]? ?|[A-Za-z](?=[座栋幢区])){_UNIT}"
    f"(?:[ -]?[A-Za-z]?\\d{{1,5}}{_UNIT})*+(?:[ -]?\\d{{1,5}}(?!\\d))?"
)
_PLACE: Final = re.compile(
    r"\b(?:(?:floor|fl|room|rm|apt|apartment|unit|suite|ste|building|bldg|level|ext|extension|desk|table|block|box|no"
    r"|line|house|grade|class|tel|phone|mobile|cell)\b[.:]? ?#?\d[\w-]*|x\d+\b"
    r"|\d{1,4}(?:st|nd|rd|th)? (?:floor|fl|street|st|avenue|ave|road|rd|level|room|grade|class|shift|year|line|team"
    r"|batch|time|district)\b\.?)",
    re.IGNORECASE,
)
# an account beside a Han name: 微信zw123
_ACCOUNT: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?=[a-z_-]*[A-Za-z])(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{4,40}(?![A-Za-z0-9_-])"
)
_TONED: Final = re.compile(r"[A-Za-z:üÜ' ,-]*(?:[A-Za-zü:]+[0-5][' ,-]{0,2}){2,6}\Z")
_TONED_SYLLABLE: Final = re.compile(r"([A-Za-zü:]+)[0-5]")
_DIAERESIS: Final = re.compile("([uU]):")
_BRACKETS: Final = re.compile(
    r"[(\[{<【〔「『《〈〖]([^()\[\]{}<>【】〔〕「」『』《》〈〉〖〗]*)(?:[)\]}>】〕」』》〉〗]|\Z)"
)
_BRACKETED_REMARK: Final = re.compile(r"[(\[{【〔]([^()\[\]{}【】〔〕\d]*\d[^()\[\]{}【】〔〕]*)[)\]}】〕]")
_BRACKETED_DIGITS: Final = re.compile(r"[(\[{【〔]\s*([\d\s+*.-]+?)\s*[)\]}】〕]")
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
        text = _take_digits(_without_tones(text), found)
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


def _without_tones(text: str) -> str:
    """Wang2 Xiao3ming2 without the digits of its tones; lu:4 is lü."""
    if not _TONED.match(text) or not all(split_syllables(_spelled(m)) for m in _TONED_SYLLABLE.findall(text)):
        return text
    return _DIAERESIS.sub(lambda m: "Ü" if m.group(1) == "U" else "ü", _TONED_SYLLABLE.sub(r"\1", text))


def _spelled(syllable: str) -> str:
    return syllable.lower().replace("u:", "v").replace("ü", "v")


def _take_digits(text: str, found: Found) -> str:
    text = _without_remarks(text, found)
    counted = _PLACE if text.isascii() else _COUNTED
    for match in counted.finditer(text):
        _note_digits(match.group(), found)
    text = counted.sub(_gap, text)
    if not text.isascii():
        for account in _ACCOUNT.findall(text):
            found.set_note(account)
        text = _ACCOUNT.sub(" ", text)
    for inside in _BRACKETED_DIGITS.findall(text):
        _note_digits(inside, found)
    text = _BRACKETED_DIGITS.sub(" ", text)
    ordinals = _ORDINAL.findall(text)
    text = _ORDINAL.sub("", text) if ordinals else text
    for match in _DIGITS.finditer(text):
        _note_digits(match.group(), found)
    return " ".join([_DIGITS.sub(_gap, text), *ordinals])


def _gap(match: re.Match[str]) -> str:
    """What stays where digits were: between two runs of Han a sign, so that they are not read as one name."""
    text, start, end = match.string, match.start(), match.end()
    before = text[start - 1 : start] if text[start - 1 : start] != " " else text[max(start - 2, 0) : start - 1]
    behind = text[end : end + 1] if text[end : end + 1] != " " else text[end + 1 : end + 2]
    return " 、 " if HAN_CHARACTER.match(before) and HAN_CHARACTER.match(behind) else " "


def _without_remarks(text: str, found: Found) -> str:
    """Without remarks in brackets that have a number in them (3单元, 2nd floor), where a name is left outside."""
    remarks = [
        inside
        for inside in _BRACKETED_REMARK.findall(text)
        if has_letters(inside)
        and sum(map(str.isdigit, inside)) < 7
        and not any(is_full_name(run) for run in HAN_RUN.findall(inside))
    ]
    if not remarks:
        return text
    rest = _BRACKETED_REMARK.sub(lambda m: " " if m.group(1) in remarks else m.group(), text)
    if not has_letters(rest):
        return text
    for remark in remarks:
        found.set_note(remark.strip())
    return rest


def _note_digits(text: str, found: Found) -> None:
    digits = text.strip(" (.-")
    if digits.count("(") < digits.count(")"):
        digits = digits.rstrip(")").rstrip()
    if sum(c.isdigit() or c == "*" for c in digits) >= 7:
        found.issue("phone_in_name")
    found.set_note(digits)


def _plain(text: str) -> str:
    """A text without signs that are no part of a name."""
    if text.isascii() and text.replace(" ", "").isalpha():
        return text
    return "".join(
        c if c.isalnum() or c in _ALLOWED_SIGNS or unicodedata.category(c)[0] == "M" else " " for c in join_dots(text)
    )
