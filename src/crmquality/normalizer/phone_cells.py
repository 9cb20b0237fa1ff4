"""A phone cell, as people fill it: numbers, extensions, labels, names, damage. Finds them; judges no number.

Everything here is one pass over the cell with bounded patterns, so that time stays linear in its length.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

MAX_RUNS: Final = 12
"""Numbers looked at in one cell. Nobody has more; a cell that holds more is a document."""


class Run(NamedTuple):
    """Digits and marks that may be a number, as typed, and the extension behind them."""

    base: str
    extension: str | None

    @property
    def digits(self) -> str:
        """The digits of the base."""
        return "".join(c for c in self.base if c.isdecimal())


class Cell(NamedTuple):
    """What a cell holds.

    Attributes:
        runs: what may be numbers, in order.
        note: the words around them, without labels such as 电话 or Tel; empty where there is none.
        annotated: whether there were any words at all, labels too.
        masked: a number with hidden digits, `138****8001`, or None.
        letters: whether a number is written with letters for digits.
        damaged: whether a spreadsheet left its traces, which could be undone.
        truncated: whether a spreadsheet cut digits off, which cannot.
    """

    runs: tuple[Run, ...]
    note: str
    annotated: bool
    masked: str | None
    letters: bool
    damaged: bool
    truncated: bool


_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－ー～∼⁓~·・"), "-")
_UNDERLINE: Final = re.compile(r"(?<=\d)_(?=\d)")
_BRACKETS: Final = {ord(a): b for a, b in zip("[]{}【】〔〕「」『』", "()()()()()()", strict=True)}
_NO_BRACKETS: Final = dict.fromkeys(map(ord, "()<>"), " ")
_FORMULA: Final = re.compile(r'="?([^"]*)"?\Z')
_QUOTES: Final = "'\"`‘’“”´"
_DECIMAL: Final = re.compile(r"\+?(\d{5,15})\.0{1,6}\Z")
_SCIENTIFIC: Final = re.compile(r"(\d)(?:[.,](\d{0,20}))?[eE]\+?(\d{1,2})\Z")
_HIDE: Final = "*●•○◯×■□✱xX?#"
_MASK_TOKEN: Final = re.compile(
    rf"[\d+][\d\-() +{re.escape(_HIDE)}]*|[{re.escape(_HIDE)}]{{2,}}[\d\- {re.escape(_HIDE)}]*"
)
_HIDDEN: Final = re.compile(rf"[{re.escape(_HIDE)}]{{2,}}")
_DOTTED: Final = re.compile(r"(?<=\d)(?:\.{3,}|-{3,})(?=\d)")
_TOKEN: Final = re.compile(r"[0-9A-Za-z|]+")
_LOOKALIKE: Final = re.compile(r"[0-9OoIilL|]+\Z")
_RUN: Final = re.compile(
    r"(?P<base>[+( ]{0,4}\d(?:[ \-().+/]{0,4}\d)*)"
    r"(?:[ ,(\-)]{0,3}(?:转接?|轉接?|分机号?码?|分機號?碼?|内线|內線|extension|extn?|доб|#|\*|x|;ext)[ .:=]{0,3}"
    r"(?P<extension>\d{1,7})(?![ \-]?\d)\)?)?",
    re.IGNORECASE,
)
# What stands before digits that are no phone number, however much they look like one.
_OTHER_NUMBER: Final = re.compile(r"(?:qq|扣扣|身份证|邮编|工号)(?:号码?)?[ :]{0,3}\Z", re.IGNORECASE)
_LETTER_LABEL: Final = re.compile(
    r"(?:\A|[^A-Za-z])(?:tel|telephone|mobile|mob|phone|cell|fax|ph|hp|no|[tmpf])\Z", re.IGNORECASE
)
_LABEL: Final = re.compile(
    r"(?:联系|聯繫|办公|公司|单位|家庭|住宅|固定|移动|客服|服务|咨询|本人|备用|常用|工作|私人)?"
    r"(?:电话|電話|手机|手機|座机|座機|固话|传真|傳真|热线|熱線|号码|號碼|微信同[号號]|微信|同[号號])号?码?\d?"
    r"|(?<![A-Za-z])(?:telephone|tel|mobile|mob|phone|cell ?phone|cell|fax|ph|hp|whatsapp|wechat|no|[tmpf])"
    r"\d?(?![A-Za-z])",
    re.IGNORECASE,
)
_EDGES: Final = " \t,;:.、，；：。/|()-+*#'\"&<>"


def read_cell(text: str) -> Cell:
    """The runs, notes and damage of a cell that `text.clean` has cleaned.

    >>> cell = read_cell("手机: 138-1234-5678 转9100 / 张经理")
    >>> cell.runs, cell.note
    ((Run(base='138-1234-5678', extension='9100'),), '张经理')
    """
    text, damaged, truncated = _undo_spreadsheet(_one_spelling(text))
    if truncated:
        return Cell((), "", False, None, False, False, True)
    text, masked = _take_masked(text)
    text, letters = _take_letters(text)
    runs: list[Run] = []
    rest: list[str] = []
    end = 0
    for match in _RUN.finditer(text):
        if len(runs) == MAX_RUNS:
            break
        if not _may_be_phone(text, match):
            continue
        rest.append(text[end : match.start()])
        end = match.end()
        runs.append(Run(match["base"].strip(), match["extension"]))
    rest.append(text[end:])
    words = " ".join(rest)
    note = " ".join(_LABEL.sub(" ", words).translate(_NO_BRACKETS).split()).strip(_EDGES)
    return Cell(tuple(runs), note, any(c.isalpha() for c in words), masked, letters, damaged, False)


def digits_only(text: str) -> str:
    """Unicode's decimal digits as ASCII; circled and raised digits are counters, not digits, and become spaces.

    >>> digits_only("①١٣٨")
    ' 138'
    """
    if text.isascii():
        return text
    return "".join(map(_digit, text))


def _digit(character: str) -> str:
    if character < "\x80":
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return " " if character.isdigit() else character


def _one_spelling(text: str) -> str:
    return _UNDERLINE.sub("-", text.translate(_BRACKETS).translate(_DASHES))


def _undo_spreadsheet(text: str) -> tuple[str, bool, bool]:
    """The text before a spreadsheet touched it, whether it did, and whether digits are lost for good."""
    damaged = False
    if formula := _FORMULA.match(text):
        text, damaged = formula[1].strip(), True
    if text[:1] in _QUOTES and text.strip(_QUOTES + " ")[:1].isdecimal():
        text, damaged = text.strip(_QUOTES + " "), True
    if decimal := _DECIMAL.match(text):
        return decimal[1], True, False
    if number := _SCIENTIFIC.match(text):
        exponent = int(number[3])
        fraction = (number[2] or "").rstrip("0")
        # 1.38E+10 may be 13800000000 or any of ten million others. A whole number shows every one of its digits.
        if len(fraction) < exponent or exponent > 14:
            return "", False, 5 <= exponent <= 14
        if len(fraction) == exponent:
            return number[1] + fraction, True, False
    return text, damaged, False


def _take_masked(text: str) -> tuple[str, str | None]:
    """The text without a number whose digits are hidden, and that number with one `*` per hidden digit."""
    if not _HIDDEN.search(text) and not _DOTTED.search(text):
        return text, None
    for token in _MASK_TOKEN.finditer(_DOTTED.sub("****", text)):
        if not _HIDDEN.search(token[0]):
            continue
        pattern = "".join("*" if c in _HIDE else c for c in token[0] if c.isdecimal() or c in _HIDE)
        if pattern.startswith("86") and len(pattern) > 11:
            pattern = pattern[2:]
        n_digits = sum(c.isdecimal() for c in pattern)
        if n_digits >= 3 and 7 <= len(pattern) <= 20:
            return _DOTTED.sub("****", text).replace(token[0], " ", 1), pattern
    return text, None


def _take_letters(text: str) -> tuple[str, bool]:
    """The text without words that mix digits with letters that look like digits, and whether there was one."""
    if text.isascii() and not any(c in text for c in "OoIilL|"):
        return text, False
    found = False

    def blank(match: re.Match[str]) -> str:
        nonlocal found
        word = match[0]
        if not _LOOKALIKE.match(word) or word.isdecimal() or sum(c.isdecimal() for c in word) < 2:
            return word
        found = True
        return "\N{BULLET}"  # no run may reach over it

    text = _TOKEN.sub(blank, text)
    return text.replace("\N{BULLET}", " ; "), found


def _may_be_phone(text: str, match: re.Match[str]) -> bool:
    """Whether a run stands where a phone number may stand: not inside a word, an e-mail address or another number."""
    before = text[max(0, match.start() - 12) : match.start()]
    after = text[match.end() : match.end() + 1]
    if after in ("@", "_") or before[-1:] in ("@", "_"):
        return False
    if before[-1:].isascii() and before[-1:].isalpha() and not _LETTER_LABEL.search(before):
        return False
    if _OTHER_NUMBER.search(before):
        return False
    return sum(c.isdecimal() for c in match["base"]) >= 3 or match.end() - match.start() == len(text)
