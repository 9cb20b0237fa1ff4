"""The grammar of organization names in Latin and other alphabetic scripts.

    The  Langmere  Chemicals     Ltd.
         Chuanwei  Trading  (Shenzhen)  Co., Ltd.   Beijing Branch
    Chemicals,  Langmere  Ltd.               d/b/a  Rocket

The order of the steps: second name (d/b/a), notes, branch, brackets, inverted order, legal forms, place, trade.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_places import Place, latin_place, place_of_bracket
from crmquality.normalizer.organizations_reading import Reading
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

_QUOTES: Final = str.maketrans("’`´‘[]{}–—", "''''()()--", '“”"«»„®™©\x1f')
_SECOND_NAME: Final = re.compile(
    r"[\s,(-]+(?:d/?\.?b/?\.?a|t/a|a/?k/?a|f/?k/?a|trading as|doing business as|also known as|formerly known as|"
    r"formerly|now known as|previously)\b[.:]?\s+",
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
_CARE_OF: Final = re.compile(r"[\s,;(-]+(?:c/o|attn|attention)\b[.:]? .*\Z", re.IGNORECASE)
_BRANCH: Final = re.compile(
    r"\b(?:(?:branch(?: office)?|representative office|rep\.? office|liaison office|sales office|regional office)"
    r"(?: (?:of|in) [\w.' -]+)?"
    r"|(?:zweigniederlassung|niederlassung|filial[ei]?|succursale|sucursal)(?: [\w.' -]+)?)\)?\Z",
    re.IGNORECASE,
)
_INITIALS: Final = re.compile(r"(?<![\w&])(?:[A-Z]{1,2} ?& ?)+[A-Z]{1,2}(?![\w.])")
_PIECE: Final = re.compile(r"\s+[-|/_]\s+|\s*;\s*|\s+-(?=\w)")
_NUMBER_AT_END: Final = re.compile(
    r"[\s,:]+(?:(?:tel|phone|ph|mob|mobile|fax)[.: ]*)?\+?\(?\d[\d() .-]{6,}\Z", re.IGNORECASE
)
_BRACKET: Final = re.compile(r"\(([^()]*)\)")
# What a name must have for a second name, a note, a branch or a bracket to be looked for.
_SPECIAL: Final = re.compile(r"[^\w .,&'/+-]|_| -|- |\d[\d -]{5}|[.,]{2}", re.ASCII)
_MARKS: Final = frozenset({
    "dba", "d/b/a", "t/a", "aka", "a/k/a", "fka", "f/k/a", "as", "formerly", "previously", "branch", "office", "tel",
    "phone", "zweigniederlassung", "niederlassung", "filiale", "filial", "filiali", "succursale", "sucursal", "fax",
    "c/o", "attn", "attention",
})  # fmt: skip
_FORM_WORDS: Final = frozenset({"private", "pvt", "pty", "pte", "publ", "proprietary", "p"})
"""Words in brackets that are part of the legal form: Acme (Pvt) Ltd."""
_INSTITUTIONS: Final = frozenset({
    "university", "institute", "college", "academy", "school", "hospital", "bank", "museum", "library", "government",
    "of",
})  # fmt: skip
"""A place in front of these is part of the name: Lanzhou Institute of Geology, Shanghai University."""


class _Around:
    """What has been found around a name; one name's worth of state."""

    __slots__ = ("branch", "notes", "other", "place")

    def __init__(self) -> None:
        self.branch = ""
        self.notes: list[str] = []
        self.other = ""
        self.place: Place | None = None


def read_latin_name(text: str) -> Reading | None:
    """A name in an alphabetic script taken apart; None where nothing of a name is left.

    Args:
        text: cleaned.
    """
    around = _Around()
    if _SPECIAL.search(text) or not _MARKS.isdisjoint(text.lower().replace(".", "").split()):
        text = _second_name(text.translate(_QUOTES).strip(" ,;-"), around)
        text = _brackets(_branch_of(_drop_notes(text, around), around), around)
    if "&" in text:
        text = _INITIALS.sub(lambda m: m.group().replace(" ", ""), text)
    words = words_of(text)
    value = text.replace("\x1f", " ")
    if "," in text and (inverted := _uninvert(text)) is not None:
        words, value = inverted, " ".join([w.shown for w in inverted])
    if "(" in text:
        words = [w for w in words if w.plain]
    if not words:
        return None
    if around.place is None and len(words) > 2 and (place := _place_behind_form(words)):
        around.place, words = place, words[:-1]
    name, forms = cut_forms(words)
    if len(name) > 1 and name[0].plain in ARTICLES:
        name = name[1:]
    if around.place is None:
        name = _without_place(name, around)
    trade, industry = _split_industry(name)
    return _reading(value, name, trade, industry, forms, around)


def _reading(
    value: str, name: list[Word], trade: list[Word], industry: list[Word], forms: list[LatinForm], around: _Around
) -> Reading:
    issues = []
    if (not trade or all(is_form(w) for w in name)) and around.place is None:
        issues.append("only_generic")
    if around.branch:
        issues.append("branch")
    if around.notes or around.other:
        issues.append("annotation_removed")
    if not forms:
        issues.append("legal_form_unknown")
    place = around.place
    core, core_key = shown_text(name), joined(name)
    whole = not trade or not industry  # the trade name is the core
    first = _before_trade(trade or name)
    return Reading(
        f"{value}, {around.branch}" if around.branch else value,
        core,
        core if whole else shown_text(trade),
        "" if whole else shown_text(industry),
        place.name if place else "",
        place.key if place else "",
        " ".join([f.name for f in forms]),
        next((f.kind for f in forms if f.kind), ""),
        around.branch,
        " ".join(around.notes),
        around.other,
        "latin",
        comparable(name),
        core_key if len(first) == len(name) else joined(first),
        core_key,
        acronym(name),
        tuple(issues),
    )


# --- around the name


def _second_name(text: str, around: _Around) -> str:
    """A name without the one behind d/b/a."""
    found = _SECOND_NAME.search(text)
    if not found or not found.start() or found.end() == len(text):
        return text
    around.other = text[found.end() :].strip(" ,()-")
    return text[: found.start()].strip(" ,(-")


def _drop_notes(text: str, around: _Around) -> str:
    """A name without the notes at its end: behind a dash, a semicolon, a bar, in brackets."""
    for _ in range(3):
        opening = text.rfind("(") if text.endswith(")") else -1
        pieces = _PIECE.split(text)
        number = _CARE_OF.search(text) or _NUMBER_AT_END.search(text)
        if opening > 0 and _NOTE.fullmatch(text[opening + 1 : -1].strip()):
            note, text = text[opening + 1 : -1], text[:opening]
        elif len(pieces) > 1 and _NOTE.fullmatch(pieces[-1].strip()):
            note, text = pieces[-1], text[: text.rindex(pieces[-1])]
        elif number and number.start():
            note, text = number.group(), text[: number.start()]
        else:
            return text
        around.notes.append(note.strip(" ,;()"))
        text = text.rstrip(" ,;-|/_(")
    return text


def _branch_of(text: str, around: _Around) -> str:
    """A name without its branch: behind a comma or a dash, behind the legal form, or one word more."""
    found = _BRANCH.search(text)
    if not found or not found.start():
        return text
    before = text[: found.start()].rstrip()
    cut = max(before.rfind(","), before.rfind("("), before.rfind(" - "))
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
            return " \x1e" + inside.replace(" ", "\x1f") + "\x1d "
        words = words_of(inside)
        if not match.start() or not words or all(w.is_trade or w.plain in _FORM_WORDS for w in words):
            return f" {inside} "
        if len(words) == 1 and inside.isalpha() and not around.other:
            around.other = inside
        else:
            around.notes.append(inside)
        return " "

    text = _BRACKET.sub(replace, text).replace("(", " ").replace(")", " ").strip(" ,;-")
    return text.replace("\x1e", "(").replace("\x1d", ")")


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


def _place_behind_form(words: list[Word]) -> Place | None:
    """Huawei Co. Ltd. Shenzhen."""
    place = latin_place(words[-1].plain)
    return place if place is not None and is_form_word(words[-2]) else None


def _without_place(name: list[Word], around: _Around) -> list[Word]:
    """A name without the Chinese city before or behind it: Shenzhen Chuanwei Trading."""
    for size in (2, 1):
        if len(name) <= size:
            continue
        for words, rest in ((name[:size], name[size:]), (name[-size:], name[:-size])):
            place = latin_place(words[0].plain if size == 1 else " ".join([w.plain for w in words]))
            if place is None or any(w.canonical in _INSTITUTIONS for w in rest):
                continue
            if not all(w.is_trade or w.plain == "&" for w in rest):
                around.place = place
                return rest
    return name


def _split_industry(name: list[Word]) -> tuple[list[Word], list[Word]]:
    """Trade name and industry: the words of trades at the end; an empty trade name where there is nothing else."""
    end = len(name)
    while end and (name[end - 1].is_trade or (end < len(name) and name[end - 1].plain == "&")):
        end -= 1
    start = end + 1 if end < len(name) and name[end].plain == "&" else end
    return name[:end], name[start:]


def _before_trade(words: list[Word]) -> list[Word]:
    """The words before the first that names a trade."""
    return words[: next((i for i, w in enumerate(words) if w.is_trade and i), len(words))]
