"""The grammar of organization names in Latin and other alphabetic scripts.

    The  Langmere  Chemicals     Ltd.
         Chuanwei  Trading  (Shenzhen)  Co., Ltd.   Beijing Branch
    Chemicals,  Langmere  Ltd.               d/b/a  Rocket

The order of the steps: second name (d/b/a), notes, branch, brackets, inverted order, legal forms, place, trade.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from crmquality.normalizer.organizations_branches import WHOLE, latin_branch
from crmquality.normalizer.organizations_latin_around import (
    CARE_OF_FIRST,
    LatinAround,
    cut_brackets,
    cut_branch,
    cut_second_name,
    cut_state,
    cut_text_behind,
    drop_latin_notes,
    uninvert,
)
from crmquality.normalizer.organizations_places import (
    Place,
    country_of,
    latin_place,
    latin_place_inside,
    place_of_bracket,
    place_words,
)
from crmquality.normalizer.organizations_reading import Reading
from crmquality.normalizer.organizations_short import short_name
from crmquality.normalizer.organizations_words_latin import (
    ARTICLES,
    LatinForm,
    Word,
    acronym,
    comparable,
    cut_forms,
    is_form,
    is_form_word,
    joined,
    only_form,
    shown_text,
    words_of,
)

_SHOWN: Final = str.maketrans("\x13\x14\x15", " ()")
_QUOTES: Final = str.maketrans("’`´‘[]{}–—", "''''()()--", '“”"«»„®™©')
_INITIALS: Final = re.compile(r"(?<![\w&])(?:[A-Z]{1,2} ?& ?)+[A-Z]{1,2}(?![\w.])")
# What a name must have for a second name, a note, a branch or a bracket to be looked for.
_SPECIAL: Final = re.compile(r"[^\w .,&'/+-]|_| -|- |\d[\d -]{5}|[.,]{2}", re.ASCII)
MARKS: Final = frozenset({
    "dba", "d/b/a", "t/a", "aka", "a/k/a", "fka", "f/k/a", "nka", "n/k/a", "o/a", "as", "under", "formerly",
    "previously", "ex", "now", "m/s", "vat", "reg", "registration", "crn", "ein", "uen", "abn", "acn", "a", "an",
    "branch", "office", "tel", "phone", "fax", "c/o", "attn", "attention", "filial", "filiale", "filiali",
    "zweigniederlassung", "niederlassung", "succursale", "sucursal",
})  # fmt: skip
_INSTITUTIONS: Final = frozenset({
    "university", "institute", "college", "academy", "school", "hospital", "bank", "museum", "library", "government",
    "of",
})  # fmt: skip
"""A place in front of these is part of the name: Lanzhou Institute of Geology, Shanghai University."""


def read_latin_name(text: str) -> Reading | None:
    """A name in an alphabetic script taken apart; None where nothing of a name is left.

    Args:
        text: cleaned.
    """
    around = LatinAround()
    if _SPECIAL.search(text) or not MARKS.isdisjoint(text.lower().replace(".", "").split()):
        text = text.translate(_QUOTES).strip(" ,;-")
        if (care_of := CARE_OF_FIRST.match(text)) is not None:
            around.notes.append(care_of.group(1))
            text = text[care_of.end() :]
        text = cut_second_name(text, around)
        text = cut_brackets(cut_branch(drop_latin_notes(text, around), around), around)
    if "&" in text:
        text = _INITIALS.sub(lambda m: m.group().replace(" ", ""), text)
    text = cut_state(cut_text_behind(text, around), around)
    words = words_of(text)
    value = " ".join(text.translate(_SHOWN).split())
    if "," in text and (inverted := uninvert(text)) is not None:
        words, value = inverted, " ".join([w.shown for w in inverted]).translate(_SHOWN)
    if "(" in text:
        words = [w for w in words if w.plain]
    if not words:
        return None
    if len(words) > 2 and (behind := _place_behind_form(words)):
        if around.place is not None:
            around.notes.append(shown_text(words[-behind[1] :]))  # Siemens (China) Co., Ltd., Shanghai
            value = value[: value.rindex(words[-behind[1]].shown)].rstrip(" ,")
        around.place, words = around.place or behind[0], words[: -behind[1]]
    name, forms = cut_forms(words)
    if (only := only_form(words)) is not None:
        name, forms = words, [only]  # Sdn Bhd, The Limited
        around.is_generic = True
    elif name[0].plain in ARTICLES:
        name, forms = (name[1:], forms) if len(name) > 1 else (words, [])  # The Limited
    kept = False
    if around.place is None:
        name, kept = _without_place(name, around)
    trade, industry = (name, []) if kept else _split_industry(name)
    return _reading(value, name, trade, industry, forms, around)


def _reading(
    value: str, name: list[Word], trade: list[Word], industry: list[Word], forms: list[LatinForm], around: LatinAround
) -> Reading:
    issues: list[str] = []
    place, branch = around.place, around.branch
    if around.is_generic or (not trade and place is None) or (_says_nothing(name[0]) and all(map(_says_nothing, name))):
        issues.append("only_generic")
    if around.notes or around.other:
        issues.append("annotation_removed")
    if not forms:
        issues.append("legal_form_unknown")
    parts = _parts(name, trade, industry, forms, place)
    if branch:
        issues.append("branch")
        value = f"{value}, {branch}"
        found = latin_branch(branch)
        parts["branch"], parts["branch_key"] = branch, found.key
        if found.place:
            parts["branch_region"], parts["branch_region_key"] = found.place, found.place_key
    if around.notes:
        parts["note"] = " ".join(around.notes)
    if around.other:
        parts["other"], parts["other_kind"] = around.other, around.other_kind or "alias"
    return Reading(value, parts, tuple(issues))


def _parts(
    name: list[Word], trade: list[Word], industry: list[Word], forms: Sequence[LatinForm], place: Place | None
) -> dict[str, str | None]:
    """The parts of the name itself."""
    core, core_key, key = shown_text(name), joined(name), comparable(name)
    whole = not trade or not industry  # the trade name is the core
    trade_name = core if whole else shown_text(trade)
    first = name if trade is name else _before_trade(trade or name)
    initials = acronym(name) if whole and len(name) > 2 else ""
    short, origin = short_name(key, core, trade_name, "", region=place.key if place else "", initials=initials)
    parts: dict[str, str | None] = {
        "core": core,
        "trade_name": trade_name,
        "script": "latin",
        "key": key,
        "trade_key": core_key if len(first) == len(name) else joined(first),
        "core_key": core_key,
        "branch_key": WHOLE,
        "short": short,
        "short_origin": origin,
    }
    if not whole:
        parts["industry"] = shown_text(industry)
    if place is not None:
        parts["region"], parts["region_key"] = place.name, place.key
    if forms:
        parts["legal_form"] = forms[0].name if len(forms) == 1 else " ".join(dict.fromkeys([f.name for f in forms]))
        kind = forms[0].kind or next((f.kind for f in forms if f.kind), "")
        if forms[-1].name == "Tbk":
            kind = forms[-1].kind  # a PT whose shares the public holds
        if kind:
            parts["legal_class"] = kind
    return parts


def read_simple_name(text: str, name: list[Word], forms: tuple[LatinForm, ...]) -> Reading | None:
    """A name without anything around it, whose words and forms are known; None where it has no trade name."""
    trade, industry = _split_industry(name)
    return Reading(text, _parts(name, trade, industry, forms, None), ()) if trade else None


def _says_nothing(word: Word) -> bool:
    """Whether a word by itself names a place, a form, or nothing."""
    return is_form(word) or word.plain == "&" or (word.in_place and latin_place(word.plain) is not None)


def _place_behind_form(words: list[Word]) -> tuple[Place, int] | None:
    """The place behind the form, and how many words it has: Huawei Co. Ltd. Shenzhen, Acme Ltd. Hong Kong."""
    if is_form_word(words[-1]):
        return None
    for size in (1, 2):
        if len(words) > size + 1 and is_form_word(words[-1 - size]):
            text = _plain(words[-size:])
            place = latin_place(text) or (place_of_bracket(text) if len(text) > 1 else None)
            if place is not None:
                return place, size
    return None


_ZONES: Final = (
    ("industrial", "park"), ("high-tech", "zone"), ("hi-tech", "zone"), ("development", "zone"),
    ("new", "area"), ("free", "trade", "zone"), ("economic", "development", "zone"), ("new", "district"),
)  # fmt: skip
_JOINERS: Final = frozenset(
    {"of", "de", "du", "di", "do", "da", "del", "della", "des", "for", "in", "the", "von", "&", "to", "from", "la"}
)
_OF_NATIONS: Final = frozenset({
    "air", "radio", "team", "miss", "visit", "invest", "petro", "royal", "national", "bank", "telecom",
    "credit", "banca", "made", "aero", "gas", "rail", "post", "tourism", "health", "sport", "sports",
    "statistics", "electricite", "young", "union", "hello", "greater", "new", "north", "south", "east",
    "west", "central", "western", "eastern", "northern", "southern", "all", "pan", "captain", "great",
})  # fmt: skip
"""Words that make a name together with a country: Air France, Bank Austria, New England."""
_NO_COUNTRY: Final = frozenset({"nippon", "deutsche", "m", "spore", "us", "ireland northern", "dubai"})
"""Spellings of countries that begin names, or are words."""


def _country_at_end(name: list[Word]) -> tuple[Place, int] | None:
    """The country behind a name, and its words: Microsoft China, Acme UK; but Air France, Bank of China."""
    for size in (2, 1):
        if len(name) <= size or name[-size - 1].plain in _JOINERS:
            continue
        text = _plain(name[-size:])
        country = country_of(text) if text not in _NO_COUNTRY else None
        if country is not None:
            rest = name[:-size]
            free = any(not (w.is_trade or w.plain in _OF_NATIONS or w.plain in _JOINERS) for w in rest)
            return (country, size) if free else None
    return None


_ADMIN: Final = frozenset({"city", "province", "district", "county", "municipality", "prov", "dist"})


def _without_place(name: list[Word], around: LatinAround) -> tuple[list[Word], bool]:
    """A name without the Chinese city before or behind it, or the whole and that it is one: Shanghai University."""
    country = _country_at_end(name)
    if country is not None:
        around.place = country[0]
        return name[: -country[1]], False
    if not any(w.in_place for w in name):
        return name, False
    for size in (1, 2):
        if len(name) < size:
            break
        front = latin_place(_plain(name[:size]))
        if front is not None:
            front, end = _chain(name, front, size)
            return _keep_or_cut(name, name[end:], front, around)
        back = latin_place(_plain(name[-size:])) if len(name) > size else None
        if back is not None and not any(w.canonical in _INSTITUTIONS for w in name):
            return _keep_or_cut(name, name[:-size], back, around)
    for i in range(1, len(name) - 1):  # Acme Shanghai Trading
        inner = latin_place(name[i].plain) if name[i].in_place else None
        if inner is not None and all(w.is_trade or w.plain == "&" for w in name[i + 1 :]) and not name[i - 1].is_trade:
            around.place = inner
            return [*name[:i], *name[i + 1 :]], False
    return name, False


def _plain(words: list[Word]) -> str:
    return words[0].plain if len(words) == 1 else " ".join([w.plain for w in words])


def _chain(name: list[Word], place: Place, end: int) -> tuple[Place, int]:
    """Province, city, district, with the words for them: Guangdong Province Shenzhen City Nanshan District."""
    for _ in range(3):
        if end < len(name) and name[end].plain in _ADMIN:
            end += 1
        if end + 1 >= len(name) or all(w.is_trade or w.plain == "&" for w in name[end + 1 :]):
            break  # what would be left is no name
        inner = latin_place_inside(name[end].plain, place.name)
        if inner is None:
            break
        place, end = inner, end + 1
    zone = next((z for z in _ZONES if tuple(w.plain for w in name[end : end + len(z)]) == z), ())
    return place, end + len(zone) if end + len(zone) < len(name) else end


def _keep_or_cut(name: list[Word], rest: list[Word], place: Place, around: LatinAround) -> tuple[list[Word], bool]:
    """The rest where it is a name by itself; the whole where the place is the name."""
    around.place = place
    if all(w.is_trade or w.plain in _ADMIN or w.plain == "&" for w in rest):
        return name, True
    return (name, True) if any(w.canonical in _INSTITUTIONS for w in rest) else (rest, False)


def _split_industry(name: list[Word]) -> tuple[list[Word], list[Word]]:
    """Trade name and industry: the words of trades at the end; an empty trade name where there is nothing else."""
    end = len(name)
    while end and (name[end - 1].is_trade or (end < len(name) and name[end - 1].plain == "&")):
        end -= 1
    start = end + 1 if end < len(name) and name[end].plain == "&" else end
    if 0 < end < len(name) and all(w.plain in place_words() for w in name[:end]):
        return name, []  # a place alone is no trade name: British Airways
    return name[:end], name[start:]


def _before_trade(words: list[Word]) -> list[Word]:
    """The words before the first that names a trade."""
    for i in range(1, len(words)):
        if words[i].is_trade and not all(w.plain in place_words() for w in words[:i]):
            return words[:i]
    return words
