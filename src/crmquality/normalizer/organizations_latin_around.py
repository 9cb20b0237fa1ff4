"""Around the grammar of names in alphabetic scripts: second names, notes, branches, brackets, text behind the form."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_places import Place, latin_place, place_of_bracket, place_words
from crmquality.normalizer.organizations_words_latin import ARTICLES, Word, cut_forms, is_form_word, words_of

# Signs that no cleaned text has: brackets \x11 \x12 around a place, \x14 \x15 around a form, \x13 a space inside
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
    r"|(?:do not|don'?t|please|pls|call|ring|e?mail to|ask for|see|use|same as|was|moved|no longer|out of business|"
    r"wrong|check|verify|pending|overdue|on hold|credit hold|bad debt|blacklist(?:ed)?|cc|billing|invoices?|ship to|"
    r"bill to|send|tbc|tbd|needs?|wants?|waiting|lost|won|archived?|deleted?|ignore|hold|late payer|cash only)\b.*"
    r"|(?:nyse|nasdaq|amex|lse|tsx|asx|hkex|sehk|sgx|bse|nse|tse|otc)(?:\s*:\s*|\s+)[a-z0-9.]{1,8}"
    r"|\d{4,6}\.(?:hk|sh|sz|ss|tw|t|ks)|[A-Z]{1,5}\.(?:US|OQ|HK|L)"
    r"|[\d+() .-]{7,}|[\w.+-]+@[\w.-]+|https?://.*|www\..*",
    re.IGNORECASE,
)
CARE_OF_FIRST: Final = re.compile(r"\s*(c/o|care of|m/s\.?|attn:?|attention:)\s+(?=\S)", re.IGNORECASE)
_CARE_OF: Final = re.compile(r"[\s,;(-]+(?:c/o|attn|attention)\b[.:]? .*\Z", re.IGNORECASE)
_BRANCH: Final = re.compile(
    r"\b(?:(?:branch(?: office)?|representative office|rep\.? office|liaison office|sales office|regional office)"
    r"(?: (?:of|in) [\w.' -]+)?"
    r"|(?:zweigniederlassung|niederlassung|filial[ei]?|succursale|sucursal)(?: [\w.' -]+)?)\)?\Z",
    re.IGNORECASE,
)
_PLACE_OFFICE: Final = re.compile(r"(?<=[\s,(-])([A-Za-z']+|Hong Kong) office\)?\Z", re.IGNORECASE)
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
_FORM_WORDS: Final = frozenset(
    {"private", "pvt", "pty", "pte", "publ", "proprietary", "p", "haftungsbeschrankt", "persero", "opc", "มหาชน"}
)
"""Words in brackets that are part of the legal form: Acme (Pvt) Ltd."""
_SINGAPORE: Final = re.compile(r"\bpte\b", re.IGNORECASE)
"""Acme (S) Pte Ltd is Acme of Singapore."""
_MOST_COMMAS: Final = 4
_DIGITS: Final = frozenset("0123456789")
_NUMBER_INSIDE: Final = re.compile(r"(?<=\s)(?:#|No\.? ?)?\d+[A-Za-z]?[ ,-](?=.{0,40}?[^\W\d_]{2})", re.IGNORECASE)
_STATE_ENDS: Final = frozenset("gGlLnNeErR")
_STATE: Final = re.compile(
    r"[\s,(]+(?:i\. ?[glr]r?\.?|ig|il|in gründung|in gruendung|in liquidation|in liq|en liquidation|in liquidazione|"
    r"in abwicklung|in receivership|en formation)\.?\)?\Z",
    re.IGNORECASE,
)
_BRACKETS: Final = str.maketrans("\x11\x12", "()")


class LatinAround:
    """What has been found around a name; one name's worth of state."""

    __slots__ = ("branch", "is_generic", "notes", "other", "other_kind", "place")

    def __init__(self) -> None:
        self.branch = ""
        self.is_generic = False
        self.notes: list[str] = []
        self.other = self.other_kind = ""
        self.place: Place | None = None


def cut_second_name(text: str, around: LatinAround) -> str:
    """A name without the one behind d/b/a."""
    found = _SECOND_NAME.search(text)
    if not found or not found.start() or found.end() == len(text):
        return text
    if not any(w.plain and not is_form_word(w) for w in words_of(text[: found.start()])):
        return text
    around.other = text[found.end() :].strip(" ,()-")
    around.other_kind = (found.lastgroup or "").rstrip("2")
    return text[: found.start()].strip(" ,(-")


def drop_latin_notes(text: str, around: LatinAround) -> str:
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
            if pieces[1].strip(" *")[0].islower():  # nobody writes a name so: a note
                note, text = pieces[1], pieces[0]
            else:
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


def cut_branch(text: str, around: LatinAround) -> str:
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


def cut_brackets(text: str, around: LatinAround) -> str:
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


def cut_text_behind(text: str, around: LatinAround) -> str:
    """A name with a form without the text behind it: an address (Acme Inc. 123 Main St), a town (Acme Ltd., Mumbai)."""
    comma = text.rfind(",")
    found = _NUMBER_INSIDE.search(text) if not text.isalpha() and not _DIGITS.isdisjoint(text) else None
    if found is not None and _ends_with_form(before := text[: found.start()]):
        around.notes.append(text[found.start() :].strip(" ,"))
        return before.rstrip(" ,;")
    for _ in range(_MOST_COMMAS if comma > 0 else 0):
        before, behind = text[:comma], text[comma + 1 :]
        if _ends_with_form(before):
            words = words_of(behind)
            if not words or any(map(is_form_word, words)) or words[-1].plain in ARTICLES or _is_place(behind.strip()):
                return text  # Acme Co., Ltd.; Acme Inc., The; Acme Ltd., Hong Kong
            around.notes.append(behind.strip(" ,"))
            return before
        comma = text.rfind(",", 0, comma)
        if comma < 0:
            return text
    before, _, last = text.rpartition(" ")
    if last.lower() in place_words() and not _is_place(last) and _ends_with_form(before):
        around.notes.append(last)  # Acme Inc Seattle
        return before.rstrip(" ,")
    return text


def _is_place(text: str) -> bool:
    return latin_place(text.lower()) is not None or (len(text) > 1 and place_of_bracket(text) is not None)


def cut_state(text: str, around: LatinAround) -> str:
    """A name without the word for its state behind the form: GmbH i.G., S.A. en liquidation."""
    if text[-2:].rstrip(".")[-1:] not in _STATE_ENDS:
        return text
    found = _STATE.search(text)
    if found is None or not _ends_with_form(text[: found.start()]):
        return text
    around.notes.append(found.group().strip(" ,()"))
    return text[: found.start()]


def uninvert(text: str) -> list[Word] | None:
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
