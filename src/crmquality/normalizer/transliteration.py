"""From one script to another: ASCII, simplified Han, toneless pinyin, and the comparable form of any text.

The heavy libraries behind it (unidecode, opencc, pypinyin) are imported when a value first needs them; a text of
plain ASCII never does. `unidecode` is used in one function only, so that whoever must not ship it has one place to
change. Two choices hold everywhere in crmquality:

- ü is written u: 吕, Lü, Lv, Lyu and Lu become the same syllable, because people write all four for one person.
- A Han character without a known reading stands for itself, so that two different names never become equal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final, Protocol, cast

HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""The Han characters, as the inside of a regular expression's character class (with 々 and 〇)."""

HAN_CHARACTER: Final = re.compile(f"[{HAN}]")
HAN_RUN: Final = re.compile(f"[{HAN}]+")
# without the compatibility ideographs, which NFKC replaces
_ONLY_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+\\Z")

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ACCENTED: Final = re.compile("[\u00aa-\u058f\u1c80-\u1fff\u2c60-\u2c7f\ua720-\ua7ff\ufb00-\ufb06]")
# one by one: a sign that stands among letters (\u00f7) is no reason to keep them
_LATIN_BEYOND_ASCII: Final = re.compile("[\u00aa\u00ba\u00c0-\u02af\u1d00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff]")
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_GREEK: Final = re.compile("[\u0370-\u03ff\u1f00-\u1fff]+")
_NOT_A_WORD: Final = re.compile(r"[\W_]+")
_ASCII_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")
# Signs inside a word: O'Brien and OBrien, 威廉·莎士比亚 and 威廉莎士比亚 are one name.
_INSIDE: Final = (
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201b\u2032"  # apostrophes
    "\u00b7\u2022\u2027\u2219\u22c5\u30fb"  # middle dots
)
_INSIDE_A_WORD: Final = str.maketrans("", "", _INSIDE)
_INSIDE_A_WORD_FOUND: Final = re.compile(f"[{_INSIDE}]")
_INITIALS: Final = re.compile(r"(?<![^\W_])([^\W\d_])\.[ ]?(?=[^\W\d_](?:\.|(?![^\W_])))")
_SPACE_BESIDE_HAN: Final = re.compile(f"(?<=[{HAN}]) | (?=[{HAN}])")


# Əliyev is Aliyev in a passport; unidecode makes it @liyev
_SCHWA: Final = {0x18F: "A", 0x259: "a"}


class _Converter(Protocol):
    def convert(self, text: str, /) -> str: ...


@cache
def _opencc() -> _Converter:
    from opencc import OpenCC

    return cast(_Converter, OpenCC("t2s"))


@cache
def _unidecode() -> Callable[[str], str]:
    from unidecode import unidecode

    return cast("Callable[[str], str]", unidecode)


# Characters of GB 2312 that OpenCC changes, alone (後) or in a word (答覆, 沈船)
_SOMETIMES_TRADITIONAL: Final = "乾吒夥後徵拚捱摺於榘菸薹袷醣麴麽覆藉坏哩沈"


@cache
def simple_characters() -> str:
    """The characters of GB 2312 that are never traditional, as the inside of a regular expression's character class.

    >>> "腾" in simple_characters(), "騰" in simple_characters(), "乾" in simple_characters()
    (True, False, False)
    """
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    characters = "".join(row.decode("gb2312", "ignore") for row in rows)
    return "".join(c for c in characters if c not in _SOMETIMES_TRADITIONAL)


@cache
def _surely_simple() -> re.Pattern[str]:
    """A text of ASCII and of the characters of GB 2312 that are never traditional: most Chinese cells."""
    kept = "\x00-\x7f" + simple_characters()
    return re.compile(f"[{kept}]*(?:沈阳[{kept}]*)*\\Z")


def is_simple(text: str) -> bool:
    """Whether a text certainly has no character to simplify; False where it has to be looked at.

    >>> is_simple("沈阳机床"), is_simple("歐陽"), is_simple("乾隆")
    (True, False, False)
    """
    return _surely_simple().match(text) is not None


def to_simplified(text: str) -> str:
    """A text with its traditional Han characters simplified; everything else as it is.

    The conversion is OpenCC's `t2s`, character by character except for its phrases (餅乾 is 饼干, 乾隆 stays).

    >>> to_simplified("歐陽修"), to_simplified("乾隆"), to_simplified("ACME")
    ('欧阳修', '乾隆', 'ACME')
    """
    if text.isascii() or is_simple(text) or not HAN_CHARACTER.search(text):
        return text
    try:
        simple = _opencc().convert(text)
    except UnicodeEncodeError:  # half of a surrogate pair, which is no character
        simple = _opencc().convert(_SURROGATE.sub("", text))
    # OpenCC 1.4 has one chain, 薴 -> 苧 -> 苎: the second step makes the conversion idempotent
    return simple.replace("苧", "苎")


@cache
def _phrases() -> dict[str, tuple[str, ...]]:
    """The phrases of pypinyin's dictionary, by their first two characters."""
    from pypinyin.constants import PHRASES_DICT

    found: dict[str, list[str]] = {}
    for phrase in PHRASES_DICT:
        found.setdefault(phrase[:2], []).append(phrase)
    return {start: tuple(phrases) for start, phrases in found.items()}


@lru_cache(maxsize=65_536)
def _library_pinyin(run: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    # `errors=list` leaves characters without a reading one by one, which pypinyin's documentation allows, its types not
    found = lazy_pinyin(run, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]
    return tuple(s.replace("v", "u") for s in found)


_TONES: Final = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuuuuuunnnm", "\u0300\u0304\u030c")


@lru_cache(maxsize=65_536)
def _is_irregular(phrase: str) -> bool:
    """Whether a phrase is read otherwise than its characters one by one: 重庆, but not 北京."""
    from pypinyin.constants import PHRASES_DICT

    read = [syllable[0].translate(_TONES) for syllable in PHRASES_DICT[phrase]]
    return read != [s for c in phrase for s in _library_pinyin(c)]


_irregular: Final[dict[str, tuple[str, ...]]] = {}
"""The irregular phrases by their first two characters, as far as they have been asked for."""


def _irregular_from(start: str) -> tuple[str, ...]:
    _irregular[start] = found = tuple(filter(_is_irregular, _phrases()[start]))
    return found


def _is_regular(run: str) -> bool:
    """Whether no phrase in a run has a reading of its own, so that however it is cut, each character has its first."""
    phrases = _phrases()
    for i in range(len(run) - 1):
        start = run[i : i + 2]
        if start in phrases:
            found = _irregular.get(start)
            for phrase in _irregular_from(start) if found is None else found:
                if run.startswith(phrase, i):
                    return False
    return True


@lru_cache(maxsize=65_536)
def _run_pinyin(run: str) -> tuple[str, ...]:
    """The syllables of a run of simplified Han."""
    return tuple([s for c in run for s in _library_pinyin(c)]) if _is_regular(run) else _library_pinyin(run)


class _Syllables(dict[int, str]):
    """A table for `str.translate`: Han characters to their first reading, everything else as it is."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = found = "".join(_library_pinyin(character)) if HAN_CHARACTER.match(character) else character
        return found


_SYLLABLES: Final = _Syllables()


def joined_pinyin(run: str) -> str:
    """The syllables of a run of simplified Han in one word, as keys have them; the quick form of `to_pinyin`.

    >>> joined_pinyin("腾讯"), joined_pinyin("重庆")
    ('tengxun', 'chongqing')
    """
    return run.translate(_SYLLABLES) if _is_regular(run) else "".join(_run_pinyin(run))


def to_pinyin(text: str, *, simplified: bool = False) -> tuple[str, ...]:
    """The toneless syllables of the Han characters of a text, in lower case, ü as u; other characters are skipped.

    Readings come from pypinyin with its phrases (重庆 is chong qing). Surnames have readings of their own, see
    `person_names_han.surname_pinyin`.

    Args:
        text: any text.
        simplified: that the text is in simplified characters already, which saves a step (and keeps 乾 in a name).

    >>> to_pinyin("重慶 2024"), to_pinyin("吕布"), to_pinyin("Bob")
    (('chong', 'qing'), ('lu', 'bu'), ())
    """
    if text.isascii():
        return ()
    simple = text if simplified else to_simplified(text)
    if HAN_RUN.fullmatch(simple):
        return _run_pinyin(simple)
    return tuple([s for run in HAN_RUN.findall(simple) for s in _run_pinyin(run)])


# ELOT 743, the transcription of Greek passports; unidecode spells η as e and χ as kh.
_GREEK_LETTERS: Final = {
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
    "θ": "th",
    "χ": "ch",
    "ψ": "ps",
}
_GREEK_PAIRS: Final = re.compile("ου|γγ|γξ|γχ|([αεη])υ(?=([αβγδεζηιλμνορυω])?)|\\w")


def _greek_to_latin(word: str) -> str:
    plain = _ACCENT.sub("", unicodedata.normalize("NFD", word))

    def one(match: re.Match[str]) -> str:
        found = match.group()
        if found in {"ου", "γγ", "γξ", "γχ"}:
            return {"ου": "ou", "γγ": "ng", "γξ": "nx", "γχ": "nch"}[found]
        if match.group(1):
            return _GREEK_LETTERS[match.group(1)] + ("v" if match.group(2) else "f")
        return _GREEK_LETTERS.get(found, found)

    latin = _GREEK_PAIRS.sub(one, plain.lower())
    if plain.isupper() and len(plain) > 1:
        return latin.upper()
    return latin[:1].upper() + latin[1:] if plain[:1].isupper() else latin


def to_ascii(text: str) -> str:
    """A text in plain ASCII letters; the identity on ASCII.

    Han becomes pinyin with a space between syllables, Greek follows ELOT 743, every other script is unidecode's.
    What has no ASCII form (emoji, symbols) is dropped. Where anything was changed, spaces are single.

    >>> to_ascii("Straße"), to_ascii("Nguyễn"), to_ascii("北京 Øster"), to_ascii("Αθήνα"), to_ascii("🙂 Bob")
    ('Strasse', 'Nguyen', 'bei jing Oster', 'Athina', 'Bob')
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", _SURROGATE.sub("", text)).translate(_SCHWA)
    if HAN_CHARACTER.search(plain):
        plain = HAN_RUN.sub(lambda m: " " + " ".join(s for s in to_pinyin(m.group()) if s.isascii()) + " ", plain)
    if _GREEK.search(plain):
        plain = _GREEK.sub(lambda m: _greek_to_latin(m.group()), plain)
    return " ".join(_unidecode()(plain).split())


def _unaccent(text: str) -> str:
    """Latin without accents and in ASCII letters, Greek and Cyrillic without accents; other scripts as they are."""
    bare = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", text)))
    return _LATIN_BEYOND_ASCII.sub(_latin_in_ascii, bare)


def _latin_in_ascii(match: re.Match[str]) -> str:
    # a click letter (ǀ) becomes a sign, which folding would drop: a letter stays one
    plain = to_ascii(match.group())
    return plain if plain.isalnum() else match.group()


def _keep_marks(match: re.Match[str]) -> str:
    # the vowel signs of Indic scripts are no letters to `re`, and yet part of the word
    return "".join(c if unicodedata.category(c)[0] == "M" else " " for c in match.group())


def fold(text: str) -> str:
    """The comparable form of a text: two spellings of the same thing fold alike.

    Case is folded, width and compatibility forms too; accents are off, Latin letters ASCII; Han is simplified;
    apostrophes and middle dots are dropped, initials closed up, any other sign is a space; spaces are single, and
    none is left beside a Han character.

    >>> fold("  O’BRIEN,  José "), fold("ＴＣＬ 集團"), fold("J. R. R. Tolkien"), fold("威廉·莎士比亚")
    ('obrien jose', 'tcl集团', 'jrr tolkien', '威廉莎士比亚')
    """
    if text.isascii():
        plain = text.lower()
        if "'" in plain or "`" in plain:
            plain = plain.translate(_INSIDE_A_WORD)
        if "." in plain:
            plain = _INITIALS.sub(r"\1", plain)
        return _ASCII_PUNCTUATION.sub(" ", plain).strip()
    return _fold_unicode(text)


def _fold_unicode(text: str) -> str:
    if _ONLY_HAN.match(text):
        return to_simplified(text)
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if _INSIDE_A_WORD_FOUND.search(plain):
        plain = plain.translate(_INSIDE_A_WORD)
    if _ACCENTED.search(plain):
        plain = _unaccent(plain).casefold()  # lower() would take Cherokee back
    plain = to_simplified(plain)
    if "." in plain:
        plain = _INITIALS.sub(r"\1", plain)
    plain = " ".join(_NOT_A_WORD.sub(_keep_marks, plain).split())
    return _SPACE_BESIDE_HAN.sub("", plain) if " " in plain else plain
