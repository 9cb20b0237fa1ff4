"""Identity cards of Hong Kong, Macao and Taiwan.

Hong Kong: one or two letters, six digits, a check digit modulo 11, printed in brackets. Macao (BIR): eight digits, the
last in brackets; how it is calculated is not published, so only the form is known. Taiwan: a letter of the place of
first registration, 1 or 2 for the sex and eight digits; residents without registration 8 or 9 (until 2020 a letter A to
D), with the same check digit.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.identifiers_text import Form, empty, read_cell, with_parts
from crmquality.tables import Normalized

_HK: Final = re.compile(r"([A-Z]{1,2})([0-9]{6})([0-9A])\Z")
_MO: Final = re.compile(r"[157][0-9]{7}\Z")
_TW: Final = re.compile(r"[A-Z][1289A-D][0-9]{8}\Z")
_TW_LETTERS: Final = {letter: 10 + i for i, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}
_ZERO: Final = {ord("O"): "0", ord("I"): "1", ord("L"): "1"}


def is_hk_id(code: str) -> bool:
    """Whether a compact code is an identity card of Hong Kong with its check digit.

    >>> is_hk_id("A1234563"), is_hk_id("A1234564")
    (True, False)
    """
    found = _HK.match(code)
    if found is None:
        return False
    # a missing first letter counts as a space, 36; letters count from A = 10
    letters = [36, *(ord(c) - 55 for c in found[1])][-2:]
    weighted = zip([*letters, *map(int, found[2])], range(9, 1, -1), strict=True)
    return "0123456789A"[-sum(n * w for n, w in weighted) % 11] == found[3]


def is_tw_id(code: str) -> bool:
    """Whether a compact code is an identity card or a resident certificate of Taiwan with its check digit.

    >>> is_tw_id("A123456789"), is_tw_id("A123456780")
    (True, False)
    """
    if not _TW.match(code):
        return False
    first = _TW_LETTERS[code[0]]
    second = _TW_LETTERS[code[1]] % 10 if code[1].isalpha() else int(code[1])
    numbers = [first // 10, first % 10, second, *map(int, code[2:])]
    return sum(n * w for n, w in zip(numbers, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


_HK_FORM: Final = Form(_HK.match, is_hk_id, _ZERO, (8, 9))
_MO_FORM: Final = Form(_MO.match, lambda _: True, _ZERO, (8,))
_TW_FORM: Final = Form(_TW.match, is_tw_id, _ZERO, (10,))


def normalize_hk_id(value: str | None) -> Normalized:
    """An identity card of Hong Kong.

    >>> normalize_hk_id("a123456(3)").value, normalize_hk_id("A123456(4)").issues
    ('A1234563', ('invalid_check_digit',))
    """
    cell = read_cell(value, _HK_FORM)
    return empty(cell) if cell.code is None else with_parts(read_hk_id(cell.code, cell.issues), cell)


def read_hk_id(code: str, issues: tuple[str, ...]) -> Normalized:
    """A compact code of the form of Hong Kong."""
    wrong = () if is_hk_id(code) else ("invalid_check_digit",)
    return Normalized(code, {"key": code, "kind": "hk_id"}, (*issues, *wrong))


def normalize_mo_id(value: str | None) -> Normalized:
    """An identity card of Macao: eight digits that begin with 1, 5 or 7.

    >>> normalize_mo_id("1/234567/8").value, normalize_mo_id("5123456(7)").value, normalize_mo_id("2123456(7)").value
    ('12345678', '51234567', None)
    """
    cell = read_cell(value, _MO_FORM)
    if cell.code is None:
        return empty(cell)
    return with_parts(Normalized(cell.code, {"key": cell.code, "kind": "mo_id"}, cell.issues), cell)


def normalize_tw_id(value: str | None) -> Normalized:
    """An identity card of Taiwan (letter, 1 or 2) or a resident certificate (letter, 8 or 9; until 2020 A to D).

    Parts: `sex`, `kind` (citizen, resident).

    >>> normalize_tw_id("a123456789").value, normalize_tw_id("A123456789").parts["sex"]
    ('A123456789', 'M')
    >>> normalize_tw_id("A123456780").issues
    ('invalid_check_digit',)
    """
    cell = read_cell(value, _TW_FORM)
    return empty(cell) if cell.code is None else with_parts(read_tw_id(cell.code, cell.issues), cell)


def read_tw_id(code: str, issues: tuple[str, ...]) -> Normalized:
    """A compact code of the form of Taiwan."""
    parts: dict[str, str | None] = {
        "key": code,
        "sex": "M" if code[1] in "18AC" else "F",
        "kind": "citizen" if code[1] in "12" else "resident",
    }
    return Normalized(code, parts, issues if is_tw_id(code) else (*issues, "invalid_check_digit"))
