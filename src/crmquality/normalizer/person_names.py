"""Names of persons, Chinese and English: one name in any script, order and decoration gives one set of keys.

| part | what it holds |
|---|---|
| `family`, `given`, `middle` | the halves of the name as they are shown; `given` is absent where only 王总 is known |
| `title`, `suffix`, `nickname` | 先生, Dr; Jr, PhD; Bob, 小王 |
| `other`, `note` | a second person in the cell; what else stood there |
| `script` | `han`, `latin`, `mixed` or `other` |
| `family_key`, `given_key` | toneless pinyin of Han (a surname in its reading as a surname), folded letters of Latin |
| `key` | the words of both keys and of the middle name, sorted: 李娟丽, Li Juanli, Juanli Li have the same |
| `given_root` | of a given name in Latin letters, the full name behind a short form: Bob and Robert have `robert` |
| `alternative_key` | the key under the other reading of a surname that has two: `dan tianfang` for 单田芳 |
| `initials` | first letters: family first, one per syllable, for a Chinese name in either script |

The value is the clean name: simplified Han without titles (李娟丽), `Given Middle Family Suffix` in Latin letters, or
`Family, Given` where a comma or capitals said of a name what its words alone would not say again.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.person_names_affixes import split_suffix
from crmquality.normalizer.person_names_casing import cased
from crmquality.normalizer.person_names_cells import read_cell, read_spaced_han
from crmquality.normalizer.person_names_common import read_common
from crmquality.normalizer.person_names_han import (
    JOINERS,
    alternative_key,
    fast_split,
    is_full_name,
    simplify_name,
    surname_pinyin,
)
from crmquality.normalizer.person_names_han_reading import read_han, read_plain_han
from crmquality.normalizer.person_names_latin import read_plain_latin
from crmquality.normalizer.person_names_pinyin import name_key
from crmquality.normalizer.person_names_words import (
    COMMON_SURNAME,
    SAMPLES,
    Found,
    Script,
    given_roots,
    han_words,
    other_readings,
    surname_frequencies,
)
from crmquality.normalizer.text import CLEAN_ISSUES, clean, is_placeholder
from crmquality.normalizer.transliteration import HAN_CHARACTER, HAN_RUN, fold, to_ascii, to_pinyin
from crmquality.tables import Normalized

ISSUES: Final = (
    *CLEAN_ISSUES,
    "traditional",
    "title_removed",
    "annotation_removed",
    "phone_in_name",
    "several_people",
    "given_name_unknown",
    "family_name_unknown",
    "order_uncertain",
    "not_a_person",
    "masked",
    "mixed_script",
    "sample_name",
    "unreadable",
)

_PLAIN_HAN: Final = re.compile("[\u4e00-\u9fff]{2,8}\\Z")
_SPACED_HAN: Final = re.compile("[\u4e00-\u9fff]{1,8}(?: [\u4e00-\u9fff]{1,8}){1,3}\\Z")
_REMARKED_HAN: Final = re.compile(
    "([\u4e00-\u9fff]{2,3})(?: ?[(]([\u4e00-\u9fff]{2,8})[)]| ?(1[3-9][0-9]{9})|[/、]([\u4e00-\u9fff]{2,3}))\\Z"
)
_LOST_ACUTE: Final = re.compile(r"(?<=\w) \u0301(?=\w)")
_LONGEST_NAME: Final = 200


def normalize_person_name(value: str | None) -> Normalized:
    """The name of one person.

    Args:
        value: a cell: a name in any script and order, with titles, remarks, phones, a second person.

    Returns:
        The clean name, or None where there is none; parts as in the table above; issues out of `ISSUES`.

    >>> name = normalize_person_name("歐陽娜娜 女士")
    >>> name.value, name.parts["family"], name.parts["given"], name.parts["key"], name.parts["title"]
    ('欧阳娜娜', '欧阳', '娜娜', 'nana ouyang', '女士')
    >>> normalize_person_name("Ouyang, Nana").parts["key"]
    'nana ouyang'
    >>> normalize_person_name("王总").value, normalize_person_name("王总").issues
    ('王', ('title_removed', 'given_name_unknown'))
    """
    if value is not None and _PLAIN_HAN.match(value):
        fast = _read_plain_han(value)
        if fast is not None:
            return fast
    elif value is not None and value.isascii():
        common = read_common(value)
        if common is not None:
            return common
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues)
    if len(text) > _LONGEST_NAME:
        return Normalized(None, {}, (*issues, "unreadable"))
    usual = _read_usual(text, text != value)
    if usual is not None:
        again = [c for c in usual.issues if c not in issues]
        return Normalized(usual.value, usual.parts, (*issues, *again)) if issues else usual
    if " \u0301" in text:  # what the normal form leaves of the acute in O´Brien
        text = _LOST_ACUTE.sub("'", text)
    found = _read(text)
    return _answer(found if found.settled else _settled(found, text), issues)


def _read_usual(text: str, changed: bool) -> Normalized | None:
    """A clean text that one look is enough for: plain, now that it is clean, or a plain Han name with one remark."""
    if text.isascii():
        return read_common(text) if changed else None
    if _PLAIN_HAN.match(text):
        return _read_plain_han(text) if changed else None
    match = _REMARKED_HAN.match(text)
    if match is None:
        return _read_two_halves(text) if _SPACED_HAN.match(text) else None
    name, remark, phone, other = match.groups()
    return _read_remarked(name, remark, phone, other)


def _read_two_halves(text: str) -> Normalized | None:
    """李 雷, simplified: a surname and a given name with a space between."""
    family, _, given = text.partition(" ")
    name = family + given
    split = fast_split(name) if family in surname_frequencies() and len(name) < 5 else None
    if split is None or split[0] != family or not JOINERS.isdisjoint(name) or simplify_name(name) != name:
        return None
    return None if is_full_name(given) else _read_plain_han(name)


def _read_remarked(name: str, remark: str | None, phone: str | None, other: str | None) -> Normalized | None:
    """张伟(老客户), 张伟13800138000, 王伟/李娜, each of it plain and simplified."""
    split = fast_split(name)
    common = split is not None and surname_frequencies().get(split[0], 0) >= COMMON_SURNAME
    if not common or len(name) > 3 or name in SAMPLES or simplify_name(name) != name or not is_full_name(name):
        return None
    if other is not None and (simplify_name(other) != other or not is_full_name(other) or fast_split(other) is None):
        return None
    if remark is not None:
        remark = simplify_name(remark)
        if remark in han_words("title") or remark[0] in "代替转" or is_full_name(remark):
            return None
    plain = _read_plain_han(name)
    if plain is None or plain.issues:
        return None
    if other is not None:
        return Normalized(name, {**plain.parts, "other": other}, ("several_people",))
    issues = ("phone_in_name", "annotation_removed") if phone else ("annotation_removed",)
    return Normalized(name, {**plain.parts, "note": remark or phone}, issues)


def _read(text: str) -> Found:
    """What a clean text says, by the shortest way that can read it."""
    if text.isascii():
        return read_plain_latin(text) or read_cell(text)
    if _SPACED_HAN.match(text):
        return read_spaced_han(text) or read_cell(text)
    return read_cell(text)


def _read_plain_han(value: str) -> Normalized | None:
    """Most cells: a few Han characters that are a surname and a given name, and perhaps a title."""
    simple = simplify_name(value)
    split = fast_split(simple)
    if is_placeholder(value) or simple in SAMPLES:
        return None
    if split is None:
        found = read_plain_han(simple)
        return None if found is None else _answer(found, () if simple == value else ("traditional",))
    family, given = split
    families, givens = surname_pinyin(family), to_pinyin(given, simplified=True)
    family_key, given_key = "".join(families), "".join(givens)
    parts = {
        "family": family,
        "given": given,
        "script": "han",
        "family_key": family_key,
        "given_key": given_key,
        "key": f"{family_key} {given_key}" if family_key < given_key else f"{given_key} {family_key}",
        "initials": "".join([s[0] for s in families + givens]),
    }
    other = alternative_key(family, given_key)
    if other is not None:
        parts["alternative_key"] = other
    return Normalized(simple, parts, () if simple == value else ("traditional",))


def _settled(found: Found, text: str) -> Found:
    """`found` with a value that reads as itself: law 1, for cells of every kind of damage."""
    for _ in range(4):
        value = found.value
        if value is None or value == text:
            return found
        if clean(value)[0] != value:
            # what is left once the rest is off fills a box and no more: test - 张
            return Found(other=found.other, notes=found.notes, issues=[*found.issues, "placeholder"])
        again = _read(value)
        if again.value == value:
            return found
        if found.full and found.script == "latin" and "," not in value:
            behind = " ".join(x for x in (found.given, found.middle) if x)
            marked = ", ".join(x for x in (found.family, behind, found.suffix) if x)
            if _read(marked).value == marked:
                found.value = marked
                return found
        again.notes = found.notes + again.notes
        again.title, again.other = found.title or again.title, found.other or again.other
        again.nickname = again.nickname or found.nickname
        again.issues = [*found.issues, *(c for c in again.issues if c not in found.issues)]
        found = again
    return Found(issues=[*found.issues, "unreadable"])


def _answer(found: Found, issues: tuple[str, ...]) -> Normalized:
    parts: dict[str, str | None] = {"script": found.script}
    words: list[str] = []
    if found.family:
        parts["family"], parts["family_key"] = found.family, found.family_key or None
        words.append(found.family_key)
    if found.given:
        parts["given"], parts["given_key"] = found.given, found.given_key or None
        if found.script == "latin":
            parts["given_root"] = given_roots().get(found.given_key, found.given_key) or None
        words.append(found.given_key)
    if found.middle:
        parts["middle"] = found.middle
        words += found.middle_keys
    if found.value is not None:
        words.sort()
        parts["key"] = " ".join([w for w in words if w]) or _key_of_unknown(found.value)
        if parts["key"] is None:
            return Normalized(None, {}, (*issues, *[c for c in found.issues if c not in issues], "unreadable"))
        parts["initials"] = found.initials or None
        if found.alternative_key:
            parts["alternative_key"] = found.alternative_key
        if found.value in SAMPLES:
            found.issue("sample_name")
    for name in ("title", "suffix", "nickname", "other"):
        part = getattr(found, name)
        if part:
            parts[name] = part
    if found.notes:
        parts["note"] = " ".join(found.notes)
    if found.issues:
        issues = (*issues, *[c for c in found.issues if c not in issues])
    return Normalized(found.value, parts, issues)


def _key_of_unknown(value: str) -> str | None:
    """The key of a name whose halves are not known: its words, sorted; a run of Han is one word."""
    spelled = HAN_RUN.sub(lambda m: " " + "".join(to_pinyin(m.group(), simplified=True)) + " ", value)
    return " ".join(sorted(fold(to_ascii(spelled)).split())) or fold(value) or None


def _script(text: str) -> Script:
    if not HAN_CHARACTER.search(text):
        return "latin" if to_ascii(text[:1]).isalpha() and ord(text[0]) < 0x250 else "other"
    return "han" if HAN_RUN.fullmatch(text.replace("·", "")) else "mixed"


def normalize_given_name(value: str | None) -> Normalized:
    """A given name in a column of its own. Parts: `key`, `root` (Latin letters: Bob is robert), `script`, `initials`.

    The key has no spaces and no trailing initials: Mary Ann and Mary-Ann agree, and so do John A. and John.

    >>> normalize_given_name("小明").parts["key"], normalize_given_name("XIAO-MING").value
    ('xiaoming', 'Xiao-Ming')
    >>> normalize_given_name("john a.").value, normalize_given_name("john a.").parts["key"]
    ('John A.', 'john')
    """
    text, issues = _one_half(value)
    if text is None:
        return Normalized(None, {}, issues)
    simple = simplify_name(text)
    if simple != text:
        issues = (*issues, "traditional")
    if HAN_CHARACTER.search(simple):
        syllables = to_pinyin(simple, simplified=True)
        parts = {
            "key": "".join(syllables),
            "script": _script(simple),
            "initials": "".join(s[0] for s in syllables) or None,
        }
        return Normalized(simple, parts, issues)
    words = [cased(w, first=True) for w in simple.split()]
    if not _is_clean(" ".join(words)):
        return Normalized(None, {}, (*issues, "unreadable"))
    whole = [w for w in words if len(w.strip(".")) > 1] or words
    key = name_key(to_ascii("".join(whole))) or fold(simple)
    initials = "".join(fold(to_ascii(w))[:1] for w in words) or None
    root = given_roots().get(key, key)
    return Normalized(
        " ".join(words), {"key": key, "root": root, "script": _script(simple), "initials": initials}, issues
    )


def normalize_family_name(value: str | None) -> Normalized:
    """A family name in a column of its own. Parts: `key`, `alternative_key`, `script`, `initials`, `title`, `suffix`.

    >>> normalize_family_name("單").parts["key"], normalize_family_name("VAN DER BERG").value
    ('shan', 'van der Berg')
    >>> normalize_family_name("王先生").value, normalize_family_name("Smith Jr.").parts["suffix"]
    ('王', 'Jr')
    """
    text, issues = _one_half(value)
    if issues == ("placeholder",) and value is not None and value.isalpha() and not is_placeholder(value, name=True):
        text, issues = value, ()  # Null and Blank are family names
    if text is None:
        return Normalized(None, {}, issues)
    simple = simplify_name(text)
    if simple != text:
        issues = (*issues, "traditional")
    parts: dict[str, str | None] = {}
    if HAN_CHARACTER.search(simple):
        whole = HAN_RUN.fullmatch(simple) is not None and len(simple) <= 8
        title = next((simple[i:] for i in range(1, len(simple)) if whole and _is_titled(simple[:i], simple[i:])), None)
        if title is not None:
            simple, parts["title"] = simple.removesuffix(title), title
            issues = (*issues, "title_removed")
        syllables = surname_pinyin(simple)
        parts |= {
            "key": "".join(syllables),
            "script": _script(simple),
            "initials": "".join(s[0] for s in syllables) or None,
        }
        if simple in other_readings():
            parts["alternative_key"] = "".join(other_readings()[simple])
        return Normalized(simple, parts, issues)
    simple, suffix = split_suffix(simple)
    if suffix is not None:
        parts["suffix"] = suffix
        left = normalize_family_name(simple)
        return Normalized(left.value, {**left.parts, **parts}, (*issues, *left.issues))
    words = [cased(w, first=False) for w in simple.split()]
    shown = " ".join(words)
    if not _is_clean(shown):
        return Normalized(None, {}, (*issues, "unreadable"))
    parts["key"] = name_key(to_ascii(shown)) or fold(shown)
    parts["script"] = _script(shown)
    parts["initials"] = "".join(fold(to_ascii(w))[:1] for w in words) or None
    return Normalized(shown, parts, issues)


def _is_clean(shown: str) -> bool:
    """Whether a name in clean case is not read as broken bytes, which another case had hidden."""
    return shown.isascii() or clean(shown)[0] == shown


def _is_titled(family: str, title: str) -> bool:
    return family in surname_frequencies() and (title in han_words("title") or read_han(family + title).title == title)


def _one_half(value: str | None) -> tuple[str | None, tuple[str, ...]]:
    """A given or a family name without signs and digits around it."""
    text, issues = clean(value)
    if text is None:
        return None, issues
    if len(text) > _LONGEST_NAME:
        return None, (*issues, "unreadable")
    plain = "".join(c if c.isalpha() or c in " -'’.·" or (c.isalnum() and not c.isdigit()) else " " for c in text)
    plain = " ".join(plain.replace("’", "'").split()).strip(" -.'·") if plain != text or "’" in text else text
    name, left = clean(plain)
    if name is None or not fold(name) or not any(c.isalpha() for c in name):
        return None, (*issues, "placeholder" if "placeholder" in left else "unreadable")
    return name, issues if name == text else (*issues, "annotation_removed")
