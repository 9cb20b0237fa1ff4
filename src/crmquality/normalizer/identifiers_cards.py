"""Numbers with a Luhn check digit: bank cards and whatever else ends with one (ISO/IEC 7812-1, annex B)."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.identifiers_text import DIGIT_LIKE, Form, empty, read_cell, with_parts
from crmquality.tables import Normalized

_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")
_LUHN: Final = re.compile(r"[0-9]{2,64}\Z")
_CARD: Final = re.compile(r"[0-9]{12,19}\Z")


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others.

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    codes = digits.encode()
    return (sum(codes[::-2]) + sum(codes[-2::-2].translate(_DOUBLED)) - 48 * len(codes)) % 10 == 0


_LUHN_FORM: Final = Form(_LUHN.match, is_luhn, DIGIT_LIKE, tuple(range(2, 65)))
_CARD_FORM: Final = Form(_CARD.match, is_luhn, DIGIT_LIKE, tuple(range(12, 20)))


def normalize_luhn(value: str | None) -> Normalized:
    """A number that ends with a Luhn check digit, of any length: a bank card, an IMEI, a customer number.

    >>> normalize_luhn("6222 0212 3456 7890 128").issues
    ()
    >>> normalize_luhn("4111-1111-1111-1112").issues
    ('invalid_check_digit',)
    """
    cell = read_cell(value, _LUHN_FORM)
    if cell.code is None:
        return empty(cell)
    issues = cell.issues if is_luhn(cell.code) else (*cell.issues, "invalid_check_digit")
    return with_parts(Normalized(cell.code, {"key": cell.code}, issues), cell)


def normalize_bank_card(value: str | None) -> Normalized:
    """A payment card of 12 to 19 digits; who issued it is not guessed.

    Not every UnionPay card (62...) has a Luhn digit (payment services say so: braintree/card-validator issue 112), so
    there it is doubtful and not wrong. Digits that a spreadsheet has replaced by zeros are no number.

    >>> normalize_bank_card("6222 0212 3456 7890 128").value, normalize_bank_card("6222 **** **** 1234").parts
    ('6222021234567890128', {'masked': '6222********1234'})
    >>> normalize_bank_card("6222021234567890120").issues, normalize_bank_card("4111111111111112").issues
    (('doubtful_check_digit',), ('invalid_check_digit',))
    """
    cell = read_cell(value, _CARD_FORM)
    code, issues = cell.code, cell.issues
    if code is None:
        return empty(cell)
    if not is_luhn(code):
        lost = len(code) - 15
        if lost >= 3 and code.endswith("0" * lost):
            masked = code[:15] + "*" * lost
            return Normalized(None, {**cell.parts, "masked": masked}, (*issues, "spreadsheet_damage"))
        issues = (*issues, "doubtful_check_digit" if code.startswith("62") else "invalid_check_digit")
    return with_parts(Normalized(code, {"key": code}, issues), cell)
