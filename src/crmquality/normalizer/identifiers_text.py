"""What all identity numbers share: labels, notes and separators around the number, letters of other alphabets."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.text import clean
from crmquality.tables import Normalized

_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212_.,'\"`\u2018-\u201d\u00b7/\\()\[\]#=]+")
_WORDS: Final = re.compile("[\u3400-\u9fff:;]+")
_LABEL: Final = re.compile(
    r"\s*(?:(?:ID|NO|CODE|NUMBER|CARD|USCC|TAX|VAT|SSN|EIN|TIN|IBAN|LEI|HKID|PASSPORT|REG|CREDIT|UNIFIED|SOCIAL)"
    r"(?:[\s.:#]+|(?=\d)))+",
    re.IGNORECASE,
)
_ALPHANUMERIC: Final = re.compile(r"[0-9A-Z]+\Z")
_MASKED: Final = re.compile(r"(?=.*[0-9A-Z])[0-9A-Z*]+\Z")

# Letters of other alphabets that look like the Latin ones on a keyboard of another language.
_LOOK_ALIKE: Final = str.maketrans("АВСЕНКМОРТХахΑΒΕΗΚΜΝΟΡΤΥΧχ×✕✖", "ABCEHKMOPTXAXABEHKMNOPTYXXXXX")
_MASKS: Final = str.maketrans("•●○◦∗✱?#", "********")


def main_piece(text: str) -> tuple[str, bool]:
    """The piece of a cleaned text that holds the number, and whether words around it were dropped.

    >>> main_piece("身份证号: 11010519491231002X (本人)"), main_piece("VAT No. DE136695976"), main_piece("A123456(3)")
    (('11010519491231002X (', True), ('DE136695976', True), ('A123456(3)', False))
    """
    pieces = [p for p in (piece.strip() for piece in _WORDS.split(text)) if p]
    piece = max(pieces, key=_weight, default="")
    label = _LABEL.match(piece)
    if label and any(c.isdigit() for c in piece[label.end() :]):
        piece = piece[label.end() :]
    return piece, piece != text


def _weight(piece: str) -> int:
    return sum(c.isdigit() or c == "*" for c in piece)


def compact_code(value: str | None) -> tuple[str | None, tuple[str, ...]]:
    """A code of digits, capital letters and masking asterisks without anything around it, and what was done.

    None where the cell is empty, and where it holds anything else; then the last issue is `invalid_format`.

    >>> compact_code("统一社会信用代码：９１-110000-600037341-l")
    ('91110000600037341L', ('full_width', 'annotation_removed'))
    >>> compact_code("hello!"), compact_code("无")
    (('HELLO!', ('invalid_format',)), (None, ('placeholder',)))
    """
    text, issues = clean(value)
    if text is None:
        return None, issues
    code = _SEPARATORS.sub("", text).upper()
    if _ALPHANUMERIC.match(code) and not _LABEL.match(text):
        return code, issues
    piece, dropped = main_piece(text)
    if dropped:
        issues = (*issues, "annotation_removed")
    code = _SEPARATORS.sub("", piece.translate(_MASKS)).upper()
    if not code.isascii():
        alike = code.translate(_LOOK_ALIKE)
        if alike != code:
            code, issues = alike, (*issues, "repaired")
    return code, issues if _MASKED.match(code) else (*issues, "invalid_format")


def digits_only(text: str) -> str | None:
    """The digits of a text that holds nothing but digits and separators, or None.

    >>> digits_only("6222 0212-3456"), digits_only("6222 A")
    ('622202123456', None)
    """
    code = _SEPARATORS.sub("", text)
    return code if code.isascii() and code.isdigit() else None


def unusable(text: str, issues: tuple[str, ...]) -> Normalized:
    """A cell that holds no such number: no value, what was there in the part `compact`."""
    return Normalized(None, {"compact": text}, issues)
