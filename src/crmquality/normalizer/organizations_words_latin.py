"""Words of organization names in alphabetic scripts: folded, their abbreviations written out, their legal forms known.

A legal form is looked for at the end, as often as one is there, and never in the last word that is left; in front only
where that is the custom of a country (OOO Acme, AB Acme). Forms that are words too (spa, as) count only where they are
written as a form (S.p.A., SpA, A/S).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from crmquality.normalizer.organizations_places import latin_place_words
from crmquality.normalizer.transliteration import fold, to_ascii
from crmquality.reference import read_lines, read_table

_INSIDE_DOT: Final = re.compile(r"(?<=\w)[./]{1,2}(?=\w)")
_AND: Final = frozenset({"and", "&", "und", "et", "u", "+", "и", "och", "og"})
ARTICLES: Final = frozenset({"the"})
_SMALL_WORDS: Final = frozenset({"of", "for", "de", "la", "le", "du", "der", "die", "das", "in", "a"})
_FRONT_FORMS: Final = frozenset({
    "llc", "jsc", "sas",
    "ooo", "zao", "oao", "pao", "pjsc", "ojsc", "cjsc", "ab", "pt", "uab", "sia", "oy", "ltd", "sarl", "eurl", "sprl",
    "bvba", "gmbh", "kabushiki kaisha", "kabushiki gaisha", "godo kaisha", "goshi kaisha", "gomei kaisha",
    "yugen kaisha", "yugen gaisha", "jusik hoesa", "chusik hoesa", "yuhan hoesa", "societe anonyme",
    "societe a responsabilite limitee", "societe par actions simplifiee", "societa per azioni",
    "societa a responsabilita limitata", "sociedad anonima", "sociedad limitada",
    "sociedad de responsabilidad limitada",
    "spolka z ograniczona odpowiedzialnoscia", "spolka akcyjna", "cong ty tnhh", "cong ty co phan", "cong ty cp",
    "cong ty tnhh mtv", "cong ty tnhh mot thanh vien", "cty tnhh", "cty cp", "cong ty trach nhiem huu han",
    "cong ty trach nhiem huu han mot thanh vien", "obshchestvo s ogranichennoi otvetstvennostyu",
    "obshchestvo s ogranichennoy otvetstvennostyu", "obshchestvo s ogranichennoj otvetstvennostyu",
    "otkrytoe aktsionernoe obshchestvo", "zakrytoe aktsionernoe obshchestvo", "publichnoe aktsionernoe obshchestvo",
    "aktsionernoe obshchestvo", "perseroan terbatas", "aktiebolaget", "osakeyhtio",
})  # fmt: skip
"""Forms that stand in front where that is the custom of a country; all forms in Cyrillic may."""
_FRONT_WITH_DOTS: Final = frozenset({"sas"})
"""Those of them that are names where they are written without dots: SAS Institute."""
_FRONT_NAMES: Final = frozenset({"ab", "pt", "oy", "ltd", "sia", "gmbh"})
"""Those of them that are no form before the word of a trade: AB Foods, PT Consulting."""
_NEED_EVIDENCE: Final = frozenset({
    "spa", "as", "asa", "pc", "sc", "is", "ad", "sha", "shk", "eg", "ev", "ek", "sci", "sia", "aat", "abp", "cie",
    "cia", "ags", "bt", "sgr", "yu", "sau", "kor", "kd", "egyes", "ops", "zs", "cc", "dd", "na", "ae", "epe", "aor",
    "kfm", "kfr", "pt", "dac", "clg", "gag", "gug", "ed", "ry", "rf", "ivzw",
})  # fmt: skip
_CYRILLIC: Final = re.compile("[\u0400-\u04ff\u0e01-\u0e7f]")  # and Thai
_MOST_LETTERS: Final = 10
"""A form written letter by letter is looked for in so many words."""


class Word(NamedTuple):
    """A word of a name.

    Attributes:
        shown: as it stands in the name.
        plain: folded, without dots: what forms and trades are looked up by; empty for a bracket.
        canonical: folded and written out, as it is compared; empty for and, the.
        is_trade: whether it names a trade.
        text: as shown, without the dot of an abbreviation.
        letters: the canonical word in ASCII letters, without spaces.
        in_place: whether the Latin name of a place has it.
    """

    shown: str
    plain: str
    canonical: str = ""
    is_trade: bool = False
    text: str = ""
    letters: str = ""
    in_place: bool = False


class LatinForm(NamedTuple):
    """A legal form: how many words it takes, its canonical name, its class."""

    words: int
    name: str
    kind: str


@cache
def _forms() -> dict[str, tuple[str, str]]:
    return {row["alias"]: (row["form"], row["class"]) for row in read_table("legal_forms.csv")}


@cache
def _endings() -> dict[str, tuple[int, ...]]:
    """The last word of a form to the numbers of words that forms with it have, longest first."""
    return _sizes_by(-1, list(_forms()))


@cache
def _last_pairs() -> frozenset[tuple[str, str]]:
    """The last two words of forms of two words and more; a word with a hyphen stands for its last part."""
    split = (alias.split(" ") for alias in _forms())
    return frozenset((words[-2], words[-1]) for words in split if len(words) > 1)


@cache
def _beginnings() -> dict[str, tuple[int, ...]]:
    """The same for forms that may stand in front, by their first word."""
    return _sizes_by(0, [a for a in _forms() if a in _FRONT_FORMS or _CYRILLIC.search(a)])


def _sizes_by(place: int, aliases: list[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for alias in aliases:
        words = alias.split(" ")
        found.setdefault(words[place], set()).add(len(words))
    return {word: tuple(sorted(sizes, reverse=True)) for word, sizes in found.items()}


@cache
def _vocabulary() -> dict[str, tuple[str, bool]]:
    return {row["word"]: (row["canonical"], row["kind"] == "industry") for row in read_table("industries_en.csv")}


@lru_cache(maxsize=65_536)
def _word(found: str) -> Word | None:
    if found[0] == "(" and found[-1] == ")":
        return Word(found.replace("\x13", " "), "")
    plain = _INSIDE_DOT.sub("", found.casefold()).strip(".:;!?'-_*#\x14\x15").replace("'", "")
    if not plain.isascii():
        plain = fold(plain)
    shown = found.strip(":;?-_*#")
    if plain in _AND:
        return Word(shown or found, "&", text=_without_dot(shown or found))
    if plain in ARTICLES:
        return Word(shown, plain, text=_without_dot(shown))
    if not plain or not shown:
        return None
    canonical, is_trade = _vocabulary().get(plain) or (fold(plain.replace("&", "")), False)
    letters = canonical if canonical.isascii() else fold(to_ascii(canonical))
    in_place = plain in latin_place_words()
    return Word(shown, plain, canonical, is_trade, _without_dot(shown), letters.replace(" ", ""), in_place)


def _without_dot(shown: str) -> str:
    return shown if "." in shown[:-1] else shown.rstrip(".") or shown


def words_of(text: str) -> list[Word]:
    """The words of a text; a bracket without spaces is one.

    >>> [w.canonical for w in words_of("Acme Int'l Mfg. & Tech")], words_of("S.A.")[0].plain
    (['acme', 'international', 'manufacturing', '', 'technology'], 'sa')
    """
    return [w for w in map(_word, text.replace(",", " ").split()) if w is not None]


@cache
def words_in_forms() -> frozenset[str]:
    """Every word that some legal form has.

    >>> "ltd" in words_in_forms(), "acme" in words_in_forms()
    (True, False)
    """
    return frozenset(word for alias in _forms() for word in alias.split(" "))


def may_begin_form(plain: str) -> bool:
    """Whether a form that stands in front may begin with this word.

    >>> may_begin_form("ooo"), may_begin_form("acme")
    (True, False)
    """
    return plain in _beginnings()


def is_form_word(word: Word) -> bool:
    """Whether a legal form may end with this word."""
    return word.plain in _endings()


def is_form(word: Word) -> bool:
    """Whether a word is a legal form by itself."""
    return word.plain in _forms()


def _form_at_end(words: list[Word]) -> LatinForm | None:
    """The longest legal form that the words end with, at least one word staying."""
    most = len(words) - 1
    if most < 1:
        return None
    last, shown = words[-1].plain, words[-1].shown
    if "-" in last or "." in shown[:-1]:  # FZ-LLC, Aktien-Gesellschaft, Pte.Ltd.
        found = _forms().get(shown.casefold().strip(".").replace("-", " ").replace(".", " "))
        if found:
            return LatinForm(1, *found)
    sizes = _endings().get(last, ())
    if sizes and most > 1 and (words[-2].plain.replace("-", " ").rsplit(" ", 1)[-1], last) not in _last_pairs():
        sizes = sizes[-1:] if sizes[-1] == 1 else ()  # no longer form ends so
    for size in sizes:
        if size > most:
            continue
        alias = last if size == 1 else " ".join([w.plain for w in words[-size:]]).replace("-", " ")
        found = _forms().get(alias)
        if found and (alias not in _NEED_EVIDENCE or _is_written_as_form(words)):
            return LatinForm(size, *found) if alias != "as" else LatinForm(1, _form_of_as(shown), found[1])
    return _spelled_form(words) if len(last) == 1 else None


def _form_of_as(shown: str) -> str:
    """The form behind the letters a and s: Danish A/S, Turkish A.Ş., Czech a.s., Norwegian AS."""
    if "/" in shown:
        return "A/S"
    return "AŞ" if "Ş" in shown or "ş" in shown else "a.s." if shown.islower() and "." in shown else "AS"


def _spelled_form(words: list[Word]) -> LatinForm | None:
    """A form written letter by letter: L L C, S. A., S. A. de C. V., Sp. z o. o."""
    runs: list[list[str]] = []  # letters in a row are one run, every other word is one of its own
    for word in words[1:][-_MOST_LETTERS:]:
        letter = len(word.plain) == 1 and word.plain != "&"
        if letter and runs and len(runs[-1][-1]) == 1:
            runs[-1].append(word.plain)
        else:
            runs.append([word.plain])
    for i, run in enumerate(runs):
        for cut in range(len(run)):
            alias = " ".join(["".join(run[cut:]), *("".join(r) for r in runs[i + 1 :])])
            found = _forms().get(alias) if len(alias) > 1 else None
            if found:
                return LatinForm(len(run) - cut + sum(map(len, runs[i + 1 :])), *found)
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
    front = _front_form(words[:end], forms) if end > 1 and words[0].plain in _beginnings() else None
    return (words[front.words : end], [front, *forms]) if front else (words[:end], forms)


def _front_form(words: list[Word], forms: list[LatinForm]) -> LatinForm | None:
    """The longest form that the words begin with, where no other one ends them: OOO Romashka, Oy Acme Ab."""
    first = words[0].plain
    if forms and not (forms[-1].name == "Tbk" or first in {"oy", "pt", "ооо", fold("บริษัท")}):
        return None
    for size in _beginnings()[first]:
        if first in _FRONT_WITH_DOTS and "." not in words[0].shown[:-1]:
            continue
        if size >= len(words) or (first in _FRONT_NAMES and words[1].is_trade and not forms):
            continue
        alias = " ".join([w.plain for w in words[:size]])
        if alias in _FRONT_FORMS or _CYRILLIC.search(alias):
            found = _forms().get(alias)
            if found:
                return LatinForm(size, *found)
    return None


def only_form(words: list[Word]) -> LatinForm | None:
    """The legal form that the words are, an article aside, where nothing else is there: Sdn Bhd, The Limited.

    >>> only_form(words_of("Sdn. Bhd.")), only_form(words_of("Acme Ltd"))
    (LatinForm(words=2, name='Sdn Bhd', kind='LLC'), None)
    """
    if not words or words[-1].plain not in _endings():
        return None
    rest = words[1:] if words[0].plain in ARTICLES else words
    alias = " ".join([w.plain for w in rest]).replace("-", " ")
    found = _forms().get(alias) if alias not in _NEED_EVIDENCE else None
    return LatinForm(len(rest), *found) if found and (len(words) > 1 or found[1]) else None


def comparable(words: list[Word]) -> str:
    """The canonical words with a space between; single letters in a row are one word: S. A. Peugeot, SA Peugeot.

    >>> comparable(words_of("The S. A. Peugeot & Sons"))
    'sa peugeot son'
    """
    if len(words) == 1:
        return words[0].canonical
    found = [word.canonical for word in words if word.canonical]
    if min(map(len, found), default=2) > 1:
        return " ".join(found)
    made: list[str] = []
    initials = False
    for word in found:
        if initials and len(word) == 1:
            made[-1] += word
        else:
            made.append(word)
        initials = len(word) == 1
    return " ".join(made)


def joined(words: list[Word]) -> str:
    """The canonical words in one, in ASCII letters: what a name shares with the pinyin of its Chinese one.

    Pinyin with v for ü is written with u, as everywhere.

    >>> joined(words_of("Lv Se")), joined(words_of("Ромашка"))
    ('luse', 'romashka')
    """
    text = "".join([w.letters for w in words])
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
    return words[0].text if len(words) == 1 else " ".join([w.text for w in words])


def acronym(words: list[Word]) -> str:
    """International Business Machines is IBM; a name of one word is itself.

    >>> acronym(words_of("Industrial & Commercial Bank of China"))
    'ICBC'
    """
    initials = [w.canonical[0] for w in words if w.canonical and w.canonical not in _SMALL_WORDS]
    if len(initials) == 2 and len(words) == 3 and words[1].plain == "&":
        return "&".join(initials).upper()
    return "".join(initials).upper() if len(initials) > 1 else shown_text(words)
