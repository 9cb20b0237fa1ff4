"""What happened to a phone cell before it came: other signs for its marks, spreadsheets, masks, letters for digits."""

from __future__ import annotations

import re
from typing import Final

_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－ー～∼⁓~·・˗➖"), "-")
_BRACKETS: Final = {ord(a): b for a, b in zip("[]{}【】〔〕「」『』", "()()()()()()", strict=True)}
_SPELLING: Final = _DASHES | _BRACKETS
_PLAIN: Final = re.compile(r"[\d+() \-]*\Z", re.ASCII)
_NEW_LINE: Final = re.compile(r"\\[nrt]|<br ?/?>", re.IGNORECASE)
_UNDERLINE: Final = re.compile(r"(?<=\d)_(?=\d)")
_JOINED: Final = re.compile(
    r"(?<=\d)(?: ?(?:[、\\&]|或者?|和|及|与|與) ?| (?:or|and) |(?<=\d{3})\|(?=[+(]?\d{3}))(?=[+(]?\d)", re.IGNORECASE
)
# 62345678~80, 62345678至80: the first and the last of a row
_RANGE: Final = re.compile(r"(?<=\d{4}) ?[~～∼⁓至到] ?(?=\d{1,4}(?!\d))")
_TIMES: Final = re.compile(r"[×✕✖╳]{2,}")
_HAN_ROWS: Final = ("〇零", "一壹幺", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_HAN_DIGITS: Final = {ord(h): str(digit) for digit, row in enumerate(_HAN_ROWS) for h in row}
_HAN: Final = "".join(_HAN_ROWS)
# A number all in Han digits, or zeros among others; not the 三 of 张三 before a number.
_HAN_NUMBER: Final = re.compile(rf"(?<!\d)(?:[{_HAN}][ \-]?){{7,}}(?!\d)|(?<=\d)[〇零]{{1,4}}(?=\d)")
# (021)62781234(022)62781234: a bracket with an area code behind a whole number begins another
_NEXT_AREA: Final = re.compile(r"(?<=\d{7})[ -]?\((?=0(?:10|2\d|[3-9]\d\d)\)[ -]?\d{3,4}[ -]?\d{4})")
_HAN_DASH: Final = re.compile(r"(?<=\d) ?一 ?(?=\d)")
_HAN_HINT: Final = re.compile(rf"[{_HAN}]")
_FORMULA: Final = re.compile(r'=(?:"?([^"&]*)"?|((?:"[^"]*"&?){2,5}))\Z')
_QUOTES: Final = "'\"`‘’“”´"
_DECIMAL: Final = re.compile(r"\+?(\d{5,15})\.0{1,6}\Z")
_THOUSANDS: Final = re.compile(r"\+?\d{1,3}(?:,\d{3}){2,4}(?:\.0{1,6})?\Z")
_SCIENTIFIC: Final = re.compile(r"\+?(\d{1,4})(?:[.,](\d{0,20}))? ?[eE] ?\+?0{0,3}(\d{1,2})\Z")
_HIDE: Final = "*●•○◯×■□✱∗※xX?#_某"
_HIDE_CLASS: Final = re.escape(_HIDE)
_MASK_TOKEN: Final = re.compile(rf"[\d+(][\d\-() +{_HIDE_CLASS}]*|[{_HIDE_CLASS}]{{2,}}[\d\- {_HIDE_CLASS}]*")
_HIDDEN: Final = re.compile(rf"[{_HIDE_CLASS}]{{2,}}")
_ONE_HIDDEN: Final = re.compile(
    r"(?<![\d*])(?:\+?86)?1[3-9]\d(?:\*\d{4}|(?=[\d*]{8}(?![\d*]))\d{0,7}\*\d{0,7})(?![\d*])"
)
_DOTTED: Final = re.compile(r"(?<=\d)(?:\.{3,}|-{3,}|_{2,})(?=\d)")
_MASKED_EXTENSION: Final = re.compile(r"(1[3-9][^\-]{9})-\d{1,6}\Z")
_LONGEST: Final = 60
_COUNTRY: Final = re.compile(r"\A(?:00)?86(?=[\d*]{11,}\Z)")
_TOKEN: Final = re.compile(r"[0-9A-Za-z|]+")
_LOOKALIKE: Final = re.compile(r"[0-9OoIilL|]+\Z")
_LOOKALIKE_INSIDE: Final = re.compile(r"\d+[OoIilLSBZGQD|]+\d[\dOoIilLSBZGQD|]*\Z")
_OF_LETTERS: Final = str.maketrans("OoQDIiLl|SBZG", "0000111115826")
_CARRIER_HOLDER: Final = re.compile(r"\A(\(?)0 ?[xX]{2}[ )]{0,2}(?=\(?\d\d)")


def unmistakable(text: str) -> str:
    """The text with crosses that hide digits as stars, before anything takes ×× for a damaged encoding.

    >>> unmistakable("138××××8001"), unmistakable("2×3")
    ('138****8001', '2×3')
    """
    return text if text.isascii() else _TIMES.sub(lambda m: "*" * len(m[0]), text)


def _in_digits(match: re.Match[str]) -> str:
    return match[0].translate(_HAN_DIGITS)


def one_spelling(text: str) -> str:
    """Marks in one spelling: hyphens, round brackets, `/` between numbers, ASCII digits for Han ones.

    >>> one_spelling("【010】6278–1234、79"), one_spelling("一三八〇〇一三八〇〇一")
    ('(010)6278-1234/79', '13800138001')
    """
    if _PLAIN.match(text):
        return _NEXT_AREA.sub("/(", text) if text.count("(") > 1 else text
    if not text.isascii() and _HAN_HINT.search(text):
        text = _HAN_DASH.sub("-", _HAN_NUMBER.sub(_in_digits, text))
    text = _RANGE.sub("/", _NEW_LINE.sub(" ; ", text)).translate(_SPELLING)
    text = _CARRIER_HOLDER.sub(r"\g<1>0", text)
    return _NEXT_AREA.sub("/(", _UNDERLINE.sub("-", _JOINED.sub("/", text)))


def undo_spreadsheet(text: str) -> tuple[str, bool, bool]:
    """The text before a spreadsheet touched it, whether it did, and whether digits are lost for good.

    >>> undo_spreadsheet("1.3800138001E+10"), undo_spreadsheet("1.38E+10"), undo_spreadsheet("13,800,138,001")
    (('13800138001', True, False), ('', False, True), ('13800138001', True, False))
    """
    damaged = False
    if text[:1] == "=" and (formula := _FORMULA.match(text)):
        text, damaged = (formula[1] or (formula[2] or "").replace('"', "").replace("&", "")).strip(), True
    if text[:1] in _QUOTES and text.strip(_QUOTES + " ")[:1] in set("0123456789+("):
        text, damaged = text.strip(_QUOTES + " "), True
    if decimal := _DECIMAL.match(text):
        return decimal[1], True, False
    if _THOUSANDS.match(text):
        return text.partition(".")[0].replace(",", ""), True, False
    if number := _SCIENTIFIC.match(text):
        exponent = int(number[3])
        whole, fraction = number[1], (number[2] or "").rstrip("0")
        # 1.38E+10 may be 13800000000 or any of ten million others. A whole number shows every one of its digits.
        if len(fraction) < exponent or exponent > 14:
            return "", False, 5 <= exponent <= 14
        if len(fraction) == exponent:
            return whole + fraction, True, False
    return text, damaged, False


def take_masked(text: str) -> tuple[str, str | None]:
    """The text without numbers whose digits are hidden, and those with one `*` per hidden digit, spaces between.

    >>> take_masked("138****8001/张三"), take_masked("13800138001 **")
    ((' /张三', '138****8001'), ('13800138001 **', None))
    """
    if "*" in text and (one := _ONE_HIDDEN.search(text)):
        return f"{text[: one.start()]} {text[one.end() :]}", one[0].lstrip("+").removeprefix("86")
    if not _HIDDEN.search(text) and not _DOTTED.search(text):
        return text, None
    found: list[str] = []

    def take(token: re.Match[str]) -> str:
        pattern = _pattern(token[0])
        if pattern is None:
            return token[0]
        found.append(pattern)
        return " "

    rest = _MASK_TOKEN.sub(take, _DOTTED.sub("****", text))
    return (rest, " ".join(found)) if found else (text, None)


def _pattern(token: str) -> str | None:
    """The number with hidden digits that a token is, or None where it is none, or has all its digits."""
    if len(token) > _LONGEST or not _HIDDEN.search(token):
        return None
    inner = token.strip(f"{_HIDE} -()")
    if not _HIDDEN.search(inner):
        n_shown = sum(c.isdecimal() for c in inner)
        if n_shown >= (11 if inner.startswith("1") else 10):
            return None
    shown = "".join("*" if c in _HIDE else c for c in token if c.isdecimal() or c in _HIDE or c == "-").strip("-")
    if extension := _MASKED_EXTENSION.match(shown.removeprefix("86-").removeprefix("86")):
        shown = extension[1]
    pattern = _COUNTRY.sub("", shown.replace("-", ""))
    n_digits = sum(c.isdecimal() for c in pattern)
    return pattern if n_digits >= 2 and 7 <= len(pattern) <= 20 else None


def read_letters(text: str) -> str:
    """The text with the digits that letters among digits stand for: what was probably meant.

    >>> read_letters("l38OO138001 Bob"), read_letters("O755-2678I234")
    ('13800138001 Bob', '0755-26781234')
    """
    return _TOKEN.sub(lambda m: m[0] if m[0].isalpha() else _digits_for_letters(m[0]), text)


def _digits_for_letters(word: str) -> str:
    return word.translate(_OF_LETTERS) if _LOOKALIKE.match(word) or _LOOKALIKE_INSIDE.match(word) else word


def take_letters(text: str) -> tuple[str, bool]:
    """The text without words that mix digits with letters that look like digits, and whether there was one.

    >>> take_letters("l38OO138001"), take_letters("ext8001")
    ((' ; ', True), ('ext8001', False))
    """
    if not any(c in text for c in "OoIilL|SBZGQD"):
        return text, False
    found = False

    def blank(match: re.Match[str]) -> str:
        nonlocal found
        word = match[0]
        if word.isdecimal() or len(word) < 3 or word.isalpha():
            return word
        if not _LOOKALIKE.match(word) and not (len(word) >= 8 and _LOOKALIKE_INSIDE.match(word)):
            return word
        found = True
        return "\N{BULLET}"  # no run may reach over it

    text = _TOKEN.sub(blank, text)
    return (text.replace("\N{BULLET}", " ; ") if found else text), found
