"""The grammar of organization names in Latin and other alphabetic scripts.

    The  Langmere  Chemicals     Ltd.
         Chuanwei  Trading  (Shenzhen)  Co., Ltd.   Beijing Branch
    Chemicals,  Langmere  Ltd.               d/b/a  Rocket

The order of the steps: second name (d/b/a), notes, branch, brackets, inverted order, legal forms, place, trade.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_branches import WHOLE, latin_branch
from crmquality.normalizer.organizations_places import Place, latin_place, latin_place_inside, place_of_bracket
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
    shown_text,
    words_of,
)

# Signs that no cleaned text has: brackets \x11 \x12 around a place, \x14 \x15 around a form, \x13 a space inside
_BRACKETS: Final = str.maketrans("\x11\x12", "()")
_SHOWN: Final = str.maketrans("\x13\x14\x15", " ()")
_QUOTES: Final = str.maketrans("’`´‘[]{}–—", "''''()()--", '“”"«»„®™©')
_SECOND_NAME: Final = re.compile(
    r"(?:[\s,;(-]+(?:(?P<trading>d[/.]?b[/.]?a|t/a|trading (?:as|under)|doing business as|operating as|o/a)"
    r"|(?P<former>f[/.]?k[/.]?a|formerly(?: known as)?|previously(?: known as)?)"
    r"|(?P<later>n[/.]?k[/.]?a|now known as)|(?P<alias>a[/.]?k[/.]?a|also known as))"
    r"|[(,;]\s*(?:(?P<former2>ex)|(?P<later2>now)))\b[.:]*\s+",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(
    r"(?:attn|attention|c/o|contact|tel|phone|fax|email|mobile|wechat|vat|reg|ref|account|acct)\b[.:# ].*"
    r"|(?:\w+ ){0,3}(?:department|dept|division|div|purchasing|procurement|sales|accounts payable|hr|finance|reception|"
    r"office|team|headquarters|head office|hq|warehouse)\.?"
    r"|(?:old|new|closed|inactive|duplicate|dup|do not use|dnu|test|customer|client|supplier|vendor|prospect|vip|"
    r"dissolved|bankrupt|in liquidation|in administration|merged|acquired|paid|unpaid|invoiced|temp|listed)(?:\s.*)?"
    r"|[\d+() .-]{7,}|[\w.+-]+@[\w.-]+|https?://.*|www\..*",
    re.IGNORECASE,
)
_CARE_OF_FIRST: Final = re.compile(r"\s*(c/o|care of|m/s\.?|attn:?|attention:)\s+(?=\S)", re.IGNORECASE)
_CARE_OF: Final = re.compile(r"[\s,;(-]+(?:c/o|attn|attention)\b[.:]? .*\Z", re.IGNORECASE)
_BRANCH: Final = re.compile(
    r"\b(?:(?:branch(?: office)?|representative office|rep\.? office|liaison office|sales office|regional office)"
    r"(?: (?:of|in) [\w.' -]+)?"
    r"|(?:zweigniederlassung|niederlassung|filial[ei]?|succursale|sucursal)(?: [\w.' -]+)?)\)?\Z",
    re.IGNORECASE,
)
_PLACE_OFFICE: Final = re.compile(r"(?<=[\s,(-])([A-Za-z']+|Hong Kong) office\)?\Z", re.IGNORECASE)
_INITIALS: Final = re.compile(r"(?<![\w&])(?:[A-Z]{1,2} ?& ?)+[A-Z]{1,2}(?![\w.])")
_PIECE: Final = re.compile(r"\s+[-|/_]\s+|\s*;\s*|\s+[-*](?=\w)")
_REGISTERED: Final = re.compile(
    r"[\s,;(-]+(?:(?:vat|reg(?:istration)?|crn|ein|tax|uen|abn|acn|gst|kvk|siren|siret)\.? ?(?:no|number|id|nr)?"
    r"|(?:company|co|business)\.? (?:no|number|id|nr))[.:# ]*[A-Z]{0,3}\d[\dA-Z -]{5,}\)?\Z"
    r"|,? an? [A-Za-z ]{3,40} (?:corporation|company|llc|limited liability company|limited partnership)\Z",
    re.IGNORECASE,
)
_NUMBER_AT_END: Final = re.compile(
    r"[\s,:]+(?:(?:tel|phone|ph|mob|mobile|fax)[.: ]*)?\+?\(?\d[\d() .-]{6,}\Z", re.IGNORECASE
)
_BRACKET: Final = re.compile(r"\(([^()]*)\)")
# What a name must have for a second name, a note, a branch or a bracket to be looked for.
_SPECIAL: Final = re.compile(r"[^\w .,&'/+-]|_| -|- |\d[\d -]{5}|[.,]{2}", re.ASCII)
_MARKS: Final = frozenset({
    "dba", "d/b/a", "t/a", "aka", "a/k/a", "fka", "f/k/a", "nka", "n/k/a", "o/a", "as", "under", "formerly",
    "previously", "ex", "now", "m/s", "vat", "reg", "registration", "crn", "ein", "uen", "abn", "acn", "a", "an",
    "branch", "office", "tel", "phone", "fax", "c/o", "attn", "attention", "filial", "filiale", "filiali",
    "zweigniederlassung", "niederlassung", "succursale", "sucursal",
})  # fmt: skip
_FORM_WORDS: Final = frozenset(
    {"private", "pvt", "pty", "pte", "publ", "proprietary", "p", "haftungsbeschrankt", "persero", "opc", "มหาชน"}
)
"""Words in brackets that are part of the legal form: Acme (Pvt) Ltd."""
_SINGAPORE: Final = re.compile(r"\bpte\b", re.IGNORECASE)
"""Acme (S) Pte Ltd is Acme of Singapore."""
_INSTITUTIONS: Final = frozenset({
    "university", "institute", "college", "academy", "school", "hospital", "bank", "museum", "library", "government",
    "of",
})  # fmt: skip
"""A place in front of these is part of the name: Lanzhou Institute of Geology, Shanghai University."""


class _Around:
    """What has been found around a name; one name's worth of state."""

    __slots__ = ("branch", "notes", "other", "other_kind", "place")

    def __init__(self) -> None:
        self.branch = ""
        self.notes: list[str] = []
        self.other = self.other_kind = ""
        self.place: Place | None = None


def read_latin_name(text: str) -> Reading | None:
    """A name in an alphabetic script taken apart; None where nothing of a name is left.

    Args:
        text: cleaned.
    """
    around = _Around()
    if _SPECIAL.search(text) or not _MARKS.isdisjoint(text.lower().replace(".", "").split()):
        text = text.translate(_QUOTES).strip(" ,;-")
        if (care_of := _CARE_OF_FIRST.match(text)) is not None:
            around.notes.append(care_of.group(1))
            text = text[care_of.end() :]
        text = _second_name(text, around)
        text = _brackets(_branch_of(_drop_notes(text, around), around), around)
    if "&" in text:
        text = _INITIALS.sub(lambda m: m.group().replace(" ", ""), text)
    words = words_of(text)
    value = " ".join(text.translate(_SHOWN).split())
    if "," in text and (inverted := _uninvert(text)) is not None:
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
    if name[0].plain in ARTICLES:
        name, forms = (name[1:], forms) if len(name) > 1 else (words, [])  # The Limited
    kept = False
    if around.place is None:
        name, kept = _without_place(name, around)
    trade, industry = (name, []) if kept else _split_industry(name)
    return _reading(value, name, trade, industry, forms, around)


def _reading(
    value: str, name: list[Word], trade: list[Word], industry: list[Word], forms: list[LatinForm], around: _Around
) -> Reading:
    issues: list[str] = []
    place, branch = around.place, around.branch
    if (not trade and place is None) or (_says_nothing(name[0]) and all(map(_says_nothing, name))):
        issues.append("only_generic")
    if around.notes or around.other:
        issues.append("annotation_removed")
    if not forms:
        issues.append("legal_form_unknown")
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
        if kind:
            parts["legal_class"] = kind
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


def _says_nothing(word: Word) -> bool:
    """Whether a word by itself names a place, a form, or nothing."""
    return is_form(word) or word.plain == "&" or (word.in_place and latin_place(word.plain) is not None)


# --- around the name


def _second_name(text: str, around: _Around) -> str:
    """A name without the one behind d/b/a."""
    found = _SECOND_NAME.search(text)
    if not found or not found.start() or found.end() == len(text):
        return text
    if not any(w.plain and not is_form_word(w) for w in words_of(text[: found.start()])):
        return text
    around.other = text[found.end() :].strip(" ,()-")
    around.other_kind = (found.lastgroup or "").rstrip("2")
    return text[: found.start()].strip(" ,(-")


def _drop_notes(text: str, around: _Around) -> str:
    """A name without the notes at its end: behind a dash, a semicolon, a bar, in brackets."""
    for _ in range(3):
        opening = text.rfind("(") if text.endswith(")") else -1
        pieces = _PIECE.split(text)
        number = _CARE_OF.search(text) or _REGISTERED.search(text) or _NUMBER_AT_END.search(text)
        if opening > 0 and _NOTE.fullmatch(text[opening + 1 : -1].strip()):
            note, text = text[opening + 1 : -1], text[:opening]
        elif len(pieces) > 1 and _NOTE.fullmatch(pieces[-1].strip()):
            note, text = pieces[-1], text[: text.rindex(pieces[-1])]
        elif len(pieces) == 2 and not around.other and _ends_with_form(pieces[0]) and pieces[1].strip(" *"):
            around.other, text = pieces[1].strip(" *"), pieces[0]  # Petróleo Brasileiro S.A. - Petrobras
            continue
        elif number and number.start():
            note, text = number.group(), text[: number.start()]
        else:
            return text
        around.notes.append(note.strip(" ,;()*"))
        text = text.rstrip(" ,;-|/_(")
    return text


def _ends_with_form(text: str) -> bool:
    words = words_of(text)
    return len(words) > 1 and is_form_word(words[-1])


def _branch_of(text: str, around: _Around) -> str:
    """A name without its branch: behind a comma or a dash, behind the legal form, or one word more."""
    found = _BRANCH.search(text) or _PLACE_OFFICE.search(text)
    if not found or not found.start():
        return text
    if found.re is _PLACE_OFFICE and place_of_bracket(found[1].strip()) is None:
        return text
    before = text[: found.start()].rstrip() if found.re is _BRANCH else text[: found.end(1)]
    opening = before.rfind("(")
    cut = max(before.rfind(","), opening if opening > before.rfind(")") else -1, before.rfind(" - "))
    if cut < 0 or len(before[cut:].split()) > 4:
        words = before.split()
        taken = next((i for i in range(min(3, len(words))) if any(map(is_form_word, words_of(words[-1 - i])))), 1)
        cut = len(" ".join(words[: len(words) - taken]))
    name = before[:cut].strip(" ,(-")
    if not name:
        return text
    around.branch = text[cut:].strip(" ,()-")
    return name


def _brackets(text: str, around: _Around) -> str:
    """A name with only those brackets that hold a place, each without spaces inside."""
    if "(" not in text and ")" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        inside = match.group(1).strip(" ,;-")
        place = place_of_bracket(inside) if inside else None
        if place is not None:
            around.place = around.place or place
            return " \x11" + inside.replace(" ", "\x13") + "\x12 "
        words = words_of(inside)
        if words and all(w.plain in _FORM_WORDS for w in words):
            return f" \x14{inside}\x15 "
        if inside.casefold() == "s" and _SINGAPORE.search(text):
            around.place = around.place or place_of_bracket("Singapore")
            return f" \x11{inside}\x12 "
        if not match.start() or not words or all(w.is_trade for w in words):
            return f" {inside} "
        if len(words) == 1 and inside.isalpha() and not around.other:
            around.other = inside
        else:
            around.notes.append(inside)
        return " "

    text = _BRACKET.sub(replace, text).replace("(", " ").replace(")", " ").strip(" ,;-")
    return text.translate(_BRACKETS)


def _uninvert(text: str) -> list[Word] | None:
    """The words of an inverted name as they are said: Chemicals, Langmere Ltd. is Langmere Chemicals Ltd."""
    first, _, second = text.partition(",")
    words, rest = words_of(first), words_of(second)
    if [w.plain for w in rest] == ["the"]:
        return [*rest, *words]
    if words and rest and all(w.is_trade for w in words):
        name, _ = cut_forms([w for w in rest if w.plain])
        if name and not all(w.is_trade or is_form_word(w) for w in name):
            size = rest.index(name[-1]) + 1
            return [*rest[:size], *words, *rest[size:]]
    return None


# --- the name itself


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
_SHORT_COUNTRIES: Final = frozenset({"uk", "usa", "uae", "prc"})
"""Countries before a form that are no part of a brand: Acme UK Ltd, but Air France SA."""
_ADMIN: Final = frozenset({"city", "province", "district", "county", "municipality", "prov", "dist"})


def _without_place(name: list[Word], around: _Around) -> tuple[list[Word], bool]:
    """A name without the Chinese city before or behind it, or the whole and that it is one: Shanghai University."""
    if name[-1].plain in _SHORT_COUNTRIES and len(name) > 1:
        around.place = place_of_bracket(name[-1].plain)
        return name[:-1], False
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


def _keep_or_cut(name: list[Word], rest: list[Word], place: Place, around: _Around) -> tuple[list[Word], bool]:
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
    return name[:end], name[start:]


def _before_trade(words: list[Word]) -> list[Word]:
    """The words before the first that names a trade."""
    for i in range(1, len(words)):
        if words[i].is_trade:
            return words[:i]
    return words
