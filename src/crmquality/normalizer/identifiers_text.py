"""What all identity numbers share: labels, notes and separators around the number, damage, masks, letters for digits.

A scheme says by a `Form` what its numbers look like; `read_cell` finds the number in the cell, or what stands there
instead. Nothing is guessed: a number that letters or a spreadsheet have spoiled is no value, and what it may have been
is a part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from crmquality.normalizer.text import clean
from crmquality.tables import Normalized

_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212_.\u3002,'\"`\u2018-\u201d\u00b7/\\()\[\]#=]+")
_WORDS: Final = re.compile("[\u3400-\u9fff:;,|\u3001]+")
_LABEL: Final = re.compile(
    r"\s*(?:(?:ID(?:ENTITY)?|NO|NUM|CODE|NUMBER|CARD|USCC|TAX|PAYER|VAT|SSN|EIN|TIN|ITIN|IBAN|BIC|SWIFT|LEI|HKID|BIR|PPT?"
    r"|PASSPORT|REG|REGISTRATION|CREDIT|UNIFIED|SOCIAL|SECURITY|BANK|ACCOUNT|ACCT|RESIDENT|NATIONAL|CHINESE|ORG)"
    r"(?:[\s.:#()-]+|(?=\d)))+",
    re.IGNORECASE,
)
_HAN: Final = "\u3400-\u9fff"
_NAMED: Final = (
    "身[份分]证件?|身份證件?|身分證|证件|證件|护照|護照|通行证|通行證|台胞证|臺胞證|回乡证|回鄉證|居住证|居留证|组织机构|組織機構|纳税人识别|納稅人識別"
    "|纳税识别|税务登记证?|工商注册|统一社会信用|社会信用|营业执照|银行卡|信用卡|储蓄卡"
)
_NUMBERED: Final = "身份|信用|机构|国税|地税|税|注册|执照|登记|银行|卡|账户|帐户|账|帐|开户行?"
"""What names a number only together with 号 or 代码: 税号, but 税务局."""
_COUNT: Final = "号码|號碼|代码|代碼|编码|編碼|编号|編號|号|號|码|碼"
_WHOSE: Final = "(?:二代|港澳|台湾|臺灣|居民|来往|來往|内地|内陆|大陆|公民|香港|澳门|本人|中国|国民|永久|外国人)*"
# A label ends where a word ends: the 证 of 驾驶证 and of 三证合一, the 为 of 华为 are no labels.
_LABEL_WORDS: Final = re.compile(
    f"{_WHOSE}(?:(?:{_NAMED})(?:{_COUNT})?|(?:{_NUMBERED})(?:{_COUNT})|統一編號|统一编号)[是为為]?(?![{_HAN}])"
    f"|(?<![{_HAN}]){_WHOSE}(?:{_NAMED}|{_NUMBERED}|{_COUNT}|证)?(?:{_COUNT})?[是为為]?(?![{_HAN}])"
)
# A cell that says why it holds no number
_SAYS_NONE: Final = re.compile(
    rf"(?:暂|尚|还|仍)?(?:无|無|没有|沒有|没|未|缺|无法提供|不详|不詳)(?:有|办理|辦理|办|提供|填写|登记|取得|带|帶|出示)?"
    rf"(?:{_NAMED}|{_NUMBERED}|证|證|有效证件|驾驶证|户口)?(?:{_COUNT})?\Z"
    r"|(?:境外|海外)?(?:外国人|外國人|外籍人?士?|外宾|外賓|老外|华侨|華僑|港澳台|境外人士|未成年人?|儿童|婴儿|新生儿|黑户|无户口)(?:客户|人员|人士)?\Z"
)
_SPLIT: Final = re.compile("[\u3400-\u9fff:;,|/\\\\()\\[\\]\u3001\n]+")
_ALPHANUMERIC: Final = re.compile(r"[0-9A-Z]+\Z")
_ONE_PIECE: Final = re.compile(r"[0-9A-Z][0-9A-Z*]*\Z")
_MASKED: Final = re.compile(r"(?=.*[0-9A-Z])[0-9A-Z*]+\Z")
_SCIENTIFIC: Final = re.compile(r"=?[\"']*([1-9])(?:[.,]([0-9]{1,17}))?E(\+?)([0-9]{1,2})[\"']*\Z", re.IGNORECASE)
_FLOAT: Final = re.compile(r"=?[\"']*([0-9]{5,20}[0-9X])\.0{1,3}[\"']*\Z")
_MASK_RUN: Final = re.compile(r"_{2,}|\.{2,}|-{3,}|(?<=[0-9])[~^]{2,}")
_X_RUN: Final = re.compile("(?<=[0-9*])X{2,}|X{3,}")
_SIGNS: Final = re.compile(r"^[\W_]+|[\W_]+$")
_ROWS: Final = ("123456789012345678901234567890", "012345678901234567890123456789", "987654321098765432109876543210")
_ZEROS: Final = re.compile(r"[A-Z]{0,3}0+\Z")
_DOUBLE_EXACT: Final = 2**53

# Letters of other alphabets that look like the Latin ones on a keyboard of another language.
_LOOK_ALIKE: Final = str.maketrans("АВСЕНКМОРТХахΑΒΕΗΚΜΝΟΡΤΥΧχ×✕✖", "ABCEHKMOPTXAXABEHKMNOPTYXXXXX")
_MASKS: Final = str.maketrans("•●○◦∗✱?#■□█▇◯◎※", "***************")

DIGIT_LIKE: Final[Mapping[int, str]] = {ord(c): d for c, d in zip("OILQ|!", "011011", strict=True)}
"""Letters and signs that are taken for digits, where a scheme has no letters at all."""

_MOST_PIECES: Final = 64
MOST_OTHERS: Final = 8
"""Numbers of one cell that are kept: more of them are a list, not a cell of a customer."""


class Form(NamedTuple):
    """What the numbers of a scheme look like.

    Attributes:
        fits: whether a compact code has the form of the scheme.
        sound: whether a code that fits has the right check digit: for suggestions, never for a refusal.
        alike: letters that the scheme does not have, and the digits they are taken for.
        lengths: lengths of sound numbers, for the reason of a refusal.
    """

    fits: Callable[[str], object]
    sound: Callable[[str], bool]
    alike: Mapping[int, str]
    lengths: tuple[int, ...]


class Cell(NamedTuple):
    """What a cell holds.

    Attributes:
        code: the compact number that fits the form; None where none does.
        issues: what was done, or why there is none.
        parts: `note` and `others` beside a number; `compact`, `masked`, `placeholder`, `suggestion` instead of one.
        text: the cleaned cell, for what its words say.
    """

    code: str | None
    issues: tuple[str, ...]
    parts: dict[str, str | None]
    text: str


def main_piece(text: str) -> tuple[str, bool]:
    """The piece of a cleaned text that holds the number, and whether words around it were dropped.

    >>> main_piece("身份证号: 11010519491231002X (本人)"), main_piece("VAT No. DE136695976"), main_piece("A123456(3)")
    (('11010519491231002X (', True), ('DE136695976', True), ('A123456(3)', False))
    """
    pieces = [p for p in (piece.strip() for piece in _WORDS.split(text)) if p]
    piece = _unlabeled(max(pieces, key=_weight, default=""))
    return piece, piece != text


def _unlabeled(piece: str) -> str:
    label = _LABEL.match(piece)
    if label and any(c.isdigit() for c in piece[label.end() :]):
        return piece[label.end() :]
    return piece


def _weight(piece: str) -> int:
    return sum(c.isdigit() or c == "*" for c in piece)


def compact_code(text: str) -> str:
    """A cleaned text without separators, in capitals.

    >>> compact_code("91-110000-600037341-l")
    '91110000600037341L'
    """
    return _SEPARATORS.sub("", text).upper()


def read_cell(value: str | None, form: Form) -> Cell:
    """The number of a form that stands in a cell; or why there is none.

    >>> from crmquality.normalizer.identifiers_residents import RESIDENT
    >>> cell = read_cell("身份证号：１１０１０５ 19491231 002x（本人）", RESIDENT)
    >>> cell.code, cell.issues
    ('11010519491231002X', ('full_width', 'annotation_removed'))
    >>> read_cell("1.10105E+17", RESIDENT).parts
    {'masked': '110105************'}
    """
    text, issues = clean(value)
    if text is None:
        return Cell(None, issues, {}, "")
    code = _SEPARATORS.sub("", text).upper()
    fits = form.fits
    if not fits(code) or text[-2:] == ".0" or text[-3:] == ".00" or _LABEL.match(text) or _LABEL.match(code):
        if code == text.upper() and _ONE_PIECE.match(code) and not _LABEL.match(text):
            return _explain(text, form, issues)  # one piece, and nothing around it
        found = _from_spreadsheet(text, form, issues) or _from_pieces(text, form, issues)
        if found is None:
            return _explain(text, form, issues)
        if found.code is None:
            return found
        code, issues, parts = found.code, found.issues, found.parts
    else:
        parts = {}
    if is_filler(code):
        return Cell(None, (*issues, "placeholder"), {"placeholder": code}, text)
    return Cell(code, issues, parts, text)


def _from_spreadsheet(text: str, form: Form, issues: tuple[str, ...]) -> Cell | None:
    """1.10105E+17 has lost digits; 1.10105491231002E+14 and 110105491231002.0 have only gained signs."""
    if len(text) > 40 or not ("." in text or "+" in text or "," in text):
        return None
    if found := _SCIENTIFIC.match(text):
        digits, length = found[1] + (found[2] or ""), int(found[4]) + 1
        if not (found[2] or found[3]) or not 8 <= length <= 21:
            return None
        if len(digits) == length and form.fits(digits):
            return Cell(digits, (*issues, "spreadsheet_damage"), {}, text)
        masked = digits[:length].ljust(length, "*")
        return Cell(None, (*issues, "spreadsheet_damage"), {"masked": masked}, text)
    found = _FLOAT.match(text)
    if found is None or not form.fits(found[1]):
        return None
    # a double of this size is a multiple of 16: digits that are none were never in one
    if found[1].isdigit() and int(found[1]) > _DOUBLE_EXACT and int(found[1]) % 16 == 0:
        return Cell(None, (*issues, "spreadsheet_damage"), {"masked": found[1][:15].ljust(len(found[1]), "*")}, text)
    return Cell(found[1], (*issues, "spreadsheet_damage"), {}, text)


def _from_pieces(text: str, form: Form, issues: tuple[str, ...]) -> Cell | None:
    """The first number among the pieces of a cell; the others and what else was said are parts."""
    for split in (_WORDS.split, _SPLIT.split, str.split):
        found: dict[str, None] = {}
        rest = text
        pieces = split(text)
        if len(pieces) == 1 and not _LABEL.match(text) and text[0] != "*":
            continue  # the whole cell, which was read already
        for raw in pieces[:_MOST_PIECES]:
            piece = _unlabeled(raw.strip())
            if len(piece) > 2 and piece[0] == piece[-1] == "*":  # as barcodes print it, and chats make letters bold
                piece = piece.strip("*")
            code = _SEPARATORS.sub("", piece).upper()
            if code and form.fits(code) and not _LABEL.match(code):
                found[code] = None
                rest = rest.replace(piece, " ", 1)
            if len(found) > MOST_OTHERS:
                break
        if found:
            first = next(filter(form.sound, found), next(iter(found)))
            others = [code for code in found if code != first]
            parts: dict[str, str | None] = {"others": " ".join(others)} if others else {}
            if note := _note(rest):
                parts["note"] = note
            done = ("several_identifiers",) if others else ("annotation_removed",) if rest.strip() else ()
            return Cell(first, (*issues, *done), parts, text)
    piece, dropped = main_piece(text)
    return _from_look_alike(piece, dropped, form, issues, text)


def _from_look_alike(piece: str, dropped: bool, form: Form, issues: tuple[str, ...], text: str) -> Cell | None:
    """A number with letters of another alphabet: those have one reading only."""
    if piece.isascii():
        return None
    code = _SEPARATORS.sub("", piece).upper().translate(_LOOK_ALIKE)
    if not form.fits(code) or _LABEL.match(code):
        return None
    return Cell(code, (*issues, "annotation_removed", "repaired") if dropped else (*issues, "repaired"), {}, text)


@lru_cache(maxsize=4096)
def _note(rest: str) -> str | None:
    """What else a cell said beside its number, without the words that only name the number."""
    rest = _LABEL_WORDS.sub(lambda m: " " if m[0] else "", _LABEL.sub(" ", rest))
    words = [w for w in (_SIGNS.sub("", w) for w in rest.split()) if w]
    return " ".join(words)[:200].strip() or None


def _explain(text: str, form: Form, issues: tuple[str, ...]) -> Cell:
    """Why a cell holds no number of the form."""
    if not text.isascii() and _SAYS_NONE.match(text):
        return Cell(None, (*issues, "placeholder"), {"note": text}, text)
    piece, dropped = main_piece(text)
    if dropped:
        issues = (*issues, "annotation_removed")
    code = _SEPARATORS.sub("", piece.translate(_MASKS)).upper()
    if is_filler(code):
        return Cell(None, (*issues, "placeholder"), {"placeholder": code}, text)
    alike = code.translate(form.alike)
    may_be = form.fits(alike) or (form.alike is DIGIT_LIKE and len(code) in form.lengths and alike[:-1].isdigit())
    if alike != code and may_be:
        parts: dict[str, str | None] = {"compact": code}
        if form.fits(alike) and form.sound(alike):
            parts["suggestion"] = alike
        return Cell(None, (*issues, "invalid_format", "letters_for_digits"), parts, text)
    masked = masked_code(piece)
    if masked:
        return Cell(None, (*issues, "masked"), {"masked": masked}, text)
    allowed = code.removesuffix("X").isdigit() if form.alike is DIGIT_LIKE else bool(_ALPHANUMERIC.match(code))
    wrong = "invalid_length" if allowed and len(code) not in form.lengths else "invalid_format"
    return Cell(None, (*issues, wrong), {"compact": code or text}, text)


def masked_code(piece: str) -> str | None:
    """The pattern of a masked number, `*` for what is hidden; None for a text that hides nothing.

    >>> masked_code("110105••••••••002X"), masked_code("1101XXXXXXXXXXXX21"), masked_code("11010519491231002X")
    ('110105********002X', '1101************21', None)
    """
    piece = _MASK_RUN.sub(lambda m: "*" * len(m[0]), piece.translate(_MASKS))
    code = _SEPARATORS.sub("", piece).upper()
    if not code.isascii():
        code = code.translate(_LOOK_ALIKE)
    code = _X_RUN.sub(lambda m: "*" * len(m[0]), code)
    return code if "*" in code and _MASKED.match(code) and any(c.isdigit() for c in code) else None


def is_filler(code: str) -> bool:
    """Whether a compact code only fills the box: one character over and over, or the row of digits on the keyboard.

    >>> [is_filler(c) for c in ("000000000000000000", "123456789012345678", "E00000000", "11010519491231002X")]
    [True, True, True, False]
    """
    if len(code) < 6:
        return bool(code) and not code.strip("0")
    if code[1:-1].count(code[1]) == len(code) - 2 and (code[0] == code[1] == code[-1] or _ZEROS.match(code)):
        return True
    digits = code.removesuffix("X")
    return len(code) >= 9 and digits.isdigit() and any(row.startswith(digits) for row in _ROWS)


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


def empty(cell: Cell) -> Normalized:
    """The answer of a cell without a number."""
    return Normalized(None, cell.parts, cell.issues)


def with_parts(answer: Normalized, cell: Cell) -> Normalized:
    """An answer together with what else its cell held."""
    return Normalized(answer.value, {**answer.parts, **cell.parts}, answer.issues) if cell.parts else answer
