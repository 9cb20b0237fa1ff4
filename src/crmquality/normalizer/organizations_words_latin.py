"""Words of organization names in alphabetic scripts: folded, their abbreviations written out, their legal forms known.

A legal form is looked for at the end, as often as one is there, and never in the last word that is left; in front only
where that is the custom of a country (OOO Acme, AB Acme). Forms that are words too (spa, as) count only where they are
written as a form (S.p.A., SpA, A/S).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from crmquality.normalizer.transliteration import fold, to_ascii
from crmquality.reference import read_lines, read_table

_INSIDE_DOT: Final = re.compile(r"(?<=\w)[./](?=\w)")
_AND: Final = frozenset({"and", "&", "und", "et", "u", "+"})
ARTICLES: Final = frozenset({"the"})
_SMALL_WORDS: Final = frozenset({"of", "for", "de", "la", "le", "du", "der", "die", "das", "in", "a"})
_FRONT_FORMS: Final = {
    "ooo": ("OOO", "LLC"), "ооо": ("OOO", "LLC"), "zao": ("ZAO", "JSC"), "зао": ("ZAO", "JSC"), "oao": ("OAO", "JSC"),
    "оао": ("OAO", "JSC"), "pao": ("PAO", "JSC"), "пао": ("PAO", "JSC"), "ао": ("AO", "JSC"), "тов": ("TOV", "LLC"),
    "тоо": ("TOO", "LLC"), "ип": ("IP", "SP"), "ab": ("AB", "JSC"), "pt": ("PT", "LLC"), "uab": ("UAB", "LLC"),
    "sia": ("SIA", "LLC"), "oy": ("Oy", "LLC"), "ltd": ("Ltd", "LLC"),
}  # fmt: skip
_NEED_EVIDENCE: Final = frozenset({
    "spa", "as", "asa", "pc", "sc", "is", "ad", "sha", "shk", "eg", "ev", "ek", "sci", "sia", "aat", "abp", "cie",
    "cia", "ags", "bt", "sgr", "yu", "sau",
})  # fmt: skip
_MAX_FORM_WORDS: Final = 8


class Word(NamedTuple):
    """A word of a name.

    Attributes:
        shown: as it stands in the name.
        plain: folded, without dots: what forms and trades are looked up by; empty for a bracket.
        canonical: folded and written out, as it is compared; empty for and, the.
        is_trade: whether it names a trade.
    """

    shown: str
    plain: str
    canonical: str = ""
    is_trade: bool = False


class LatinForm(NamedTuple):
    """A legal form: how many words it takes, its canonical name, its class."""

    words: int
    name: str
    kind: str


@cache
def _forms() -> dict[str, tuple[str, str]]:
    return {row["alias"]: (row["form"], row["class"]) for row in read_table("legal_forms.csv")}


@cache
def _last_words() -> frozenset[str]:
    return frozenset(alias.rsplit(" ", 1)[-1] for alias in _forms())


@cache
def _vocabulary() -> dict[str, tuple[str, bool]]:
    return {row["word"]: (row["canonical"], row["kind"] == "industry") for row in read_table("industries_en.csv")}


@lru_cache(maxsize=65_536)
def _word(found: str) -> Word | None:
    if found[0] == "(" and found[-1] == ")":
        return Word(found.replace("\x1f", " "), "")
    plain = _INSIDE_DOT.sub("", found.casefold()).strip(".:;!?'-_*#").replace("'", "")
    if not plain.isascii():
        plain = fold(plain)
    shown = found.strip(":;?-_*#")
    if plain in _AND:
        return Word(shown or found, "&")
    if plain in ARTICLES:
        return Word(shown, plain)
    known = _vocabulary().get(plain)
    if known:
        return Word(shown, plain, *known)
    return Word(shown, plain, fold(plain.replace("&", ""))) if plain and shown else None


def words_of(text: str) -> list[Word]:
    """The words of a text; a bracket without spaces is one.

    >>> [w.canonical for w in words_of("Acme Int'l Mfg. & Tech")], words_of("S.A.")[0].plain
    (['acme', 'international', 'manufacturing', '', 'technology'], 'sa')
    """
    return [w for w in map(_word, text.replace(",", " ").split()) if w is not None]


def is_form_word(word: Word) -> bool:
    """Whether a legal form may end with this word."""
    return word.plain in _last_words()


def is_form(word: Word) -> bool:
    """Whether a word is a legal form by itself."""
    return word.plain in _forms()


def _form_at_end(words: list[Word]) -> LatinForm | None:
    """The longest legal form that the words end with, at least one word staying."""
    if words and words[-1].plain in _last_words():
        for size in range(min(_MAX_FORM_WORDS, len(words) - 1), 0, -1):
            alias = words[-1].plain if size == 1 else " ".join([w.plain for w in words[-size:]])
            found = _forms().get(alias)
            if found and (alias not in _NEED_EVIDENCE or _is_written_as_form(words)):
                return LatinForm(size, *found)
    return _spelled_form(words)


def _spelled_form(words: list[Word]) -> LatinForm | None:
    """A form written letter by letter: L L C, S. A."""
    size = 0
    while size < min(5, len(words) - 1) and len(words[-1 - size].plain) == 1 and words[-1 - size].plain != "&":
        size += 1
    for count in range(size, 1, -1):
        found = _forms().get("".join([w.plain for w in words[-count:]]))
        if found:
            return LatinForm(count, *found)
    return None


def _is_written_as_form(words: list[Word]) -> bool:
    shown = words[-1].shown
    if "." in shown.rstrip(".") or "/" in shown:
        return True
    return shown.lower() != shown and shown != shown.title() and any(w.shown.upper() != w.shown for w in words[:-1])


def cut_forms(words: list[Word]) -> tuple[list[Word], list[LatinForm]]:
    """The words without their legal forms, and these.

    >>> name, forms = cut_forms(words_of("Acme Pty. Ltd."))
    >>> name[0].plain, [form.name for form in forms]
    ('acme', ['Pty Ltd'])
    """
    end = len(words)
    forms: list[LatinForm] = []
    for _ in range(3):
        form = _form_at_end(words[:end] if forms else words)
        if form is None:
            break
        end -= form.words
        forms.insert(0, form)
        if end > 1 and words[end - 1].plain == "&":
            end -= 1
    front = _FRONT_FORMS.get(words[0].plain) if words else None
    if front and end > 1 and (not forms or forms[-1].name == "Tbk") and not words[1].is_trade:
        return words[1:end], [LatinForm(1, *front), *forms]
    return words[:end], forms


def comparable(words: list[Word]) -> str:
    """The canonical words with a space between; single letters in a row are one word: S. A. Peugeot, SA Peugeot.

    >>> comparable(words_of("The S. A. Peugeot & Sons"))
    'sa peugeot son'
    """
    made: list[str] = []
    initials = False
    for word in words:
        if not word.canonical:
            continue
        if initials and len(word.canonical) == 1:
            made[-1] += word.canonical
        else:
            made.append(word.canonical)
        initials = len(word.canonical) == 1
    return " ".join(made)


def joined(words: list[Word]) -> str:
    """The canonical words in one, in ASCII letters: what a name shares with the pinyin of its Chinese one.

    Pinyin with v for ü is written with u, as everywhere.

    >>> joined(words_of("Lv Se")), joined(words_of("Ромашка"))
    ('luse', 'romashka')
    """
    text = "".join([w.canonical for w in words]).replace(" ", "")
    if not text.isascii():
        text = fold(to_ascii(text)).replace(" ", "")
    if "v" not in text:
        return text
    other = text.replace("lv", "lu").replace("nv", "nu")
    return other if "v" not in other and _pinyin().match(other) else text


@cache
def _pinyin() -> re.Pattern[str]:
    syllables = sorted(read_lines("pinyin_syllables.txt"), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(syllables)}){{1,12}}\\Z")


def shown_text(words: list[Word]) -> str:
    """The words as they stand in the name, without the dots of abbreviations."""
    return " ".join([w.shown if "." in w.shown[:-1] else w.shown.rstrip(".") or w.shown for w in words])


def acronym(words: list[Word]) -> str:
    """International Business Machines is IBM; a name of one word is itself.

    >>> acronym(words_of("Industrial & Commercial Bank of China"))
    'ICBC'
    """
    initials = [w.canonical[0] for w in words if w.canonical and w.canonical not in _SMALL_WORDS]
    return "".join(initials).upper() if len(initials) > 1 else shown_text(words)
