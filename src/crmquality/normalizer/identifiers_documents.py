"""Travel documents, and the one box that takes whatever document a person shows.

Mainland travel permits: of residents of Hong Kong and Macao, H or M, eight digits for life, and since 1999 two digits
that count the cards (Ministry of Public Security, 2010: equal in the first nine places, equal person); of residents of
Taiwan, eight digits for life, until 2015 followed by the count of issues and a letter or digit of the office.

Passports of China: E and eight digits, since 2017 E, a letter but I and O, and seven digits; G and eight, 14 or 15 and
seven before; D, DE diplomatic, S, SE service, P, PE for public affairs; K, KJ, H of Hong Kong, MA, MB of Macao. Of
other passports only the form is known: up to nine letters and digits (ICAO 9303).

`cn.person` tells which document a number is from where the form says so, and otherwise says that it is not certain.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.identifiers_hmt import is_hk_id, is_tw_id, read_hk_id, read_tw_id
from crmquality.normalizer.identifiers_residents import RESIDENT, normalize_ric, resident_answer
from crmquality.normalizer.identifiers_text import DIGIT_LIKE, Cell, Form, empty, read_cell, with_parts
from crmquality.normalizer.text import CLEAN_ISSUES
from crmquality.tables import Normalized

_PERMIT_HK_MO: Final = re.compile(r"([HM][0-9]{8})([0-9]{2})?\Z")
_PERMIT_TW: Final = re.compile(r"([0-9]{8})(?:([0-9]{2})[A-Z0-9]?)?\Z")
_CN_PASSPORTS: Final = (
    ("ordinary", re.compile(r"(?:E[0-9A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|1[45][0-9]{7})\Z")),
    ("diplomatic", re.compile(r"D(?:E[0-9]{7}|[0-9]{7,8})\Z")),
    ("service", re.compile(r"S(?:E[0-9]{7}|[0-9]{7,8})\Z")),
    ("public_affairs", re.compile(r"P(?:E[0-9]{7}|[0-9]{7})\Z")),
    ("hong_kong", re.compile(r"(?:KJ[0-9]{7}|[KH][0-9]{8})\Z")),
    ("macao", re.compile(r"M[AB][0-9]{7}\Z")),
)
_CN_PASSPORT: Final = re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in _CN_PASSPORTS))
_PASSPORT: Final = re.compile(r"(?=.{0,8}[0-9])[0-9A-Z]{6,9}\Z")
_MILITARY: Final = re.compile(r"([\u3400-\u9fff])字第\s?([0-9]{4,10})\s?号?\Z")
_HK_OR_MO: Final = re.compile(r"[A-Z]{1,2}[0-9]{6}\s?\([0-9A]\)")
_MO: Final = re.compile(r"[157][/ ]?[0-9]{6}\s?(?:/|\()[0-9]\)?\Z")
_ANY: Final = re.compile(r"(?=.{0,8}[0-9])(?:[0-9A-Z]{6,9}|[HM][0-9]{10}|[A-Z][0-9A-Z][0-9]{8}|[0-9]{10}[A-Z])\Z")
_SAYS_PASSPORT: Final = re.compile("护照|護照|passport|ppt", re.IGNORECASE)
_SAYS_PERMIT_TW: Final = re.compile("台胞|臺胞|(?:台湾|臺灣|台灣).{0,8}通行")
_SAYS_PERMIT: Final = re.compile("回乡|回鄉|通行证|通行證|港澳")
_SAYS_HK: Final = re.compile("香港.{0,4}身[份分]|hkid", re.IGNORECASE)
_SAYS_MO: Final = re.compile("澳[门門].{0,4}身[份分]|BIR")

# In the second place of a Chinese passport I and O were left out, because they look like digits
_NO_LETTERS_TWICE: Final = {ord("O"): "0", ord("I"): "1"}

_PASSPORT_FORM: Final = Form(_PASSPORT.match, lambda _: True, {}, (6, 7, 8, 9))
_CN_PASSPORT_FORM: Final = Form(_CN_PASSPORT.match, lambda _: True, _NO_LETTERS_TWICE, (8, 9))
_PERMIT_FORM: Final = Form(
    lambda code: _PERMIT_HK_MO.match(code) or _PERMIT_TW.match(code), lambda _: True, DIGIT_LIKE, (8, 9, 10, 11)
)
_PERSON_FORM: Final = Form(
    lambda code: RESIDENT.fits(code) or _ANY.match(code), RESIDENT.sound, RESIDENT.alike, (8, 9, 11, 15, 18)
)


def normalize_passport(value: str | None) -> Normalized:
    """A passport of any country: up to nine letters and digits, of which no check digit is printed with the number.

    >>> normalize_passport("Passport No. e 1234 5678").value, normalize_passport("E123").issues
    ('E12345678', ('invalid_length',))
    """
    cell = read_cell(value, _PASSPORT_FORM)
    if cell.code is None:
        return empty(cell)
    return with_parts(Normalized(cell.code, {"key": cell.code, "kind": "passport"}, cell.issues), cell)


def normalize_cn_passport(value: str | None) -> Normalized:
    """A passport of China, Hong Kong or Macao. Part `passport`: ordinary, diplomatic, service, public_affairs ...

    >>> answer = normalize_cn_passport("护照号：EA1234567")
    >>> answer.value, answer.parts["passport"]
    ('EA1234567', 'ordinary')
    >>> normalize_cn_passport("P.1234567").value, normalize_cn_passport("EO1234567").parts["suggestion"]
    ('P1234567', 'E01234567')
    """
    cell = read_cell(value, _CN_PASSPORT_FORM)
    return empty(cell) if cell.code is None else with_parts(_read_cn_passport(cell.code, cell.issues), cell)


def normalize_travel_permit(value: str | None) -> Normalized:
    """A mainland travel permit of a resident of Hong Kong, Macao (回乡证) or Taiwan (台胞证).

    Parts: `key`, the number for life; `issue_no`, the count of cards; `kind` (permit_hk, permit_mo, permit_tw).

    >>> answer = normalize_travel_permit("H1234567802")
    >>> answer.value, answer.parts["key"], answer.parts["issue_no"], answer.parts["kind"]
    ('H1234567802', 'H12345678', '02', 'permit_hk')
    >>> normalize_travel_permit("0012345601(B)").parts["key"]
    '00123456'
    """
    cell = read_cell(value, _PERMIT_FORM)
    return empty(cell) if cell.code is None else with_parts(_read_permit(cell.code, cell.issues), cell)


def normalize_person_id(value: str | None) -> Normalized:
    """Whatever document a person in China shows: its number, and in part `kind` which document it is from.

    Kinds: resident, hmt_resident, foreign_resident (see `normalize_ric`), permit_hk, permit_mo, permit_tw, passport_cn,
    passport, hk_id, mo_id, tw_id, military. Eight bare digits, or a form that two documents share, are read as the
    likelier one and get `kind_uncertain`, unless a word in the cell says which it is.

    >>> [normalize_person_id(v).parts["kind"] for v in ("11010519491231002X", "H12345678", "E12345678", "A123456(3)")]
    ['resident', 'permit_hk', 'passport_cn', 'hk_id']
    >>> normalize_person_id("12345670").issues, normalize_person_id("台胞证 12345670").issues
    (('kind_uncertain',), ('annotation_removed',))
    """
    if value is not None and len(value) == 18 and value.isascii() and value[:17].isdigit():
        return normalize_ric(value)
    cell = read_cell(value, _PERSON_FORM)
    if "字第" in cell.text and (military := _MILITARY.search(cell.text)):
        number = f"{military[1]}字第{military[2]}号"
        issues = tuple(i for i in cell.issues if i in CLEAN_ISSUES)
        around = ("annotation_removed",) if military[0] != cell.text else ()
        return Normalized(number, {"key": number, "kind": "military"}, (*issues, *around))
    if cell.code is None:
        return resident_answer(cell)
    if RESIDENT.fits(cell.code) and not _SAYS_PERMIT_TW.search(cell.text):
        return resident_answer(cell)
    return with_parts(_read_document(cell), cell)


def _read_document(cell: Cell) -> Normalized:
    """A number that is none of a resident: by what the cell says, then by its form."""
    code, issues, text = cell.code or "", cell.issues, cell.text
    if _SAYS_PASSPORT.search(text) and _PASSPORT.match(code):
        return _read_passport(code, issues)
    if _SAYS_PERMIT_TW.search(text) and _PERMIT_TW.match(code):
        return _read_permit(code, issues)
    if _SAYS_MO.search(text) or _MO.search(text):
        return Normalized(code, {"key": code, "kind": "mo_id"}, issues)
    if _SAYS_HK.search(text) or _HK_OR_MO.search(text.upper()):
        return read_hk_id(code, issues)
    if _PERMIT_HK_MO.match(code):
        return _read_permit(code, issues)
    if len(code) == 10 and (is_tw_id(code) or code[1] in "1289"):
        answer = read_tw_id(code, issues)
        return Normalized(answer.value, {**answer.parts, "kind": "tw_id"}, answer.issues)
    if _CN_PASSPORT.match(code):
        sure = code[0] in "EGKM" or not (is_hk_id(code) or code.isdigit())
        return _read_cn_passport(code, issues if sure else (*issues, "kind_uncertain"))
    if is_hk_id(code):
        return read_hk_id(code, issues)
    if _PERMIT_TW.match(code):
        sure = len(code) == 11 or _SAYS_PERMIT.search(text) is not None
        return _read_permit(code, issues if sure else (*issues, "kind_uncertain"))
    return _read_passport(code, (*issues, "kind_uncertain"))


def _read_passport(code: str, issues: tuple[str, ...]) -> Normalized:
    if _CN_PASSPORT.match(code):
        return _read_cn_passport(code, issues)
    return Normalized(code, {"key": code, "kind": "passport"}, issues)


def _read_cn_passport(code: str, issues: tuple[str, ...]) -> Normalized:
    which = next(name for name, pattern in _CN_PASSPORTS if pattern.match(code))
    return Normalized(code, {"key": code, "kind": "passport_cn", "passport": which}, issues)


def _read_permit(code: str, issues: tuple[str, ...]) -> Normalized:
    found = _PERMIT_HK_MO.match(code)
    kind = "permit_tw" if found is None else "permit_hk" if code[0] == "H" else "permit_mo"
    found = found or _PERMIT_TW.match(code)
    parts: dict[str, str | None] = {"key": found[1] if found else code, "kind": kind}
    if found and found[2]:
        parts["issue_no"] = found[2]
    return Normalized(code, parts, issues)
