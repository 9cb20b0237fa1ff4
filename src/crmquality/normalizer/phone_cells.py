"""A phone cell, as people fill it: numbers, extensions, labels, names, damage. Finds them; judges no number.

Everything here is one pass over the cell with bounded patterns, so that time stays linear in its length.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from crmquality.normalizer.phone_damage import one_spelling, take_letters, take_masked, undo_spreadsheet

MAX_RUNS: Final = 12
"""Numbers looked at in one cell. Nobody has more; a cell that holds more is a document."""


class Run(NamedTuple):
    """Digits and marks that may be a number, as typed, and the extension behind them.

    Attributes:
        base: the digits and marks.
        extension: digits behind a mark that says extension.
        weak: whether that mark may mean something else: a comma, a pause, a star.
        counted: whether a word behind it says that its last digits count something: 2024年, 3楼.
    """

    base: str
    extension: str | None
    weak: bool = False
    counted: bool = False

    @property
    def digits(self) -> str:
        """The digits of the base."""
        return self.base.translate(_NOT_DIGITS)


class Cell(NamedTuple):
    """What a cell holds.

    Attributes:
        runs: what may be numbers, in order.
        words: what stands before, between and behind them, one more than there are runs.
        masked: a number with hidden digits, `138****8001`, or None; several with spaces between.
        letters: whether a number is written with letters for digits.
        damaged: whether a spreadsheet left its traces, which could be undone.
        truncated: whether a spreadsheet cut digits off, which cannot.
    """

    runs: tuple[Run, ...]
    words: tuple[str, ...]
    masked: str | None
    letters: bool
    damaged: bool
    truncated: bool


_NO_BRACKETS: Final = dict.fromkeys(map(ord, "()<>☎☏✆📞📱📲"), " ")
_RUN: Final = re.compile(
    r"(?P<base>(?:\+-|[+( ]){0,4}\d(?:[ \-().+/]{0,4}\d)*\)?)"
    r"(?:[ ,(\-]{0,3}(?:"
    r"(?:[转轉]接?(?:分机|分機)?|分机号?码?|分機號?碼?|[内內][线線]|[拨撥接按](?:分机)?|extension|extn?|доб|;ext|poste|durchwahl|app\."
    r"|ramal|anexo|press)[ .:=号]{0,3}(?P<strong>\d{1,9})"
    r"|(?:#|\*|x|->|→)[ .:=]{0,3}(?P<mark>\d{1,7})"
    r")(?![ \-]?\d)\)?"
    r"|(?P<pause>[ )]?(?:,{1,3} ?|[pw]{1,3}|;)(?P<weak>\d{1,6})#?)(?= ?(?:\Z|[;/,)\n|]))"
    r")?",
    re.IGNORECASE,
)
# Other numbers than phones, however much they look like one: by their name, a date, an id of mainland China, hours.
_OTHER: Final = re.compile(
    r"(?:qq|扣扣|身份[证證]|[邮郵][编編]|工号|编号|房号|[邮郵]政[编編][码碼]|e-?mail)(?:号码?)?[ :]{0,3}[\dXx]{2,20}"
    r"|(?<![\d+])(?:19|20)\d\d(?P<mark>[-/.])(?:0?[1-9]|1[0-2])(?P=mark)(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
    r"|(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?: ?[\-/至到] ?(?:[01]?\d|2[0-4]):[0-5]\d)?(?![\d:])",
    re.IGNORECASE,
)
_OTHER_HINT: Final = re.compile(
    r"[qQ扣身证證邮郵工编編房]|e-?mail|(?:19|20)\d\d(?:[-/.]\d|\d{4})|\d:[0-5]\d", re.IGNORECASE
)
_WORD_BEFORE: Final = re.compile(r"(?:\A|[^0-9A-Za-z_@.\-])[A-Za-z]{1,16}[.:]?\Z")
_WORD: Final = re.compile(r"[0-9A-Za-z]")
_COUNTED: Final = frozenset("年月日号號室楼樓层層点點时時栋棟幢元人份%％")
_LABEL: Final = re.compile(
    r"(?:联系|聯繫|聯絡|办公|辦公|公司|单位|單位|家庭|住宅|固定|移动|行動|客服|服务|服務|咨询|本人|备用|常用|工作|私人|手提|我的)?"
    r"(?:电话|電話|手机|手機|座机|座機|固话|固話|市話|热线|熱線|号码|號碼|联系方式|聯絡方式|小灵通|手提|大哥大|携帯)号?码?\d?"
    r"|(?<![A-Za-z])(?:telephone|tel|mobile|mob|phone|cell ?phone|cell|ph|h/?p|whats ?app|viber|callto|sms"
    r"|no|nr|num|number)"
    r"\d?(?![A-Za-z_])",
    re.IGNORECASE,
)
# One letter is a label where nothing but a number stands behind it: not the C of "Bob C 415...".
_LETTER: Final = re.compile(
    r"(?:(?:\A|[;,/|)(\n] ?) ?|(?<![A-Za-z])(?=[A-Za-z]\d?[.:]))[tmpcvwho]\d?[.:) ]*\Z", re.IGNORECASE
)
_SIGN: Final = re.compile(r"[^\W_]|[^\x00-\x7f]")
_FAX: Final = r"(?:传真|傳真|(?<![A-Za-z])fax|(?<![A-Za-z])f(?=[.:]|\Z))(?:机|機|号码?|號碼?)?"
_FAX_BEFORE: Final = re.compile(rf"{_FAX}[ .:=号)是为]{{0,4}}\Z", re.IGNORECASE)
_FAX_BEHIND: Final = re.compile(rf"[ /,\-]{{0,2}}(?:\( ?{_FAX} ?\)|{_FAX} ?\Z)", re.IGNORECASE)
_BOTH: Final = re.compile(
    r"(?:电话|電話|tel|phone|ph|(?<![A-Za-z])t)[.:]?[ /&和及与、,]{1,3}(?:传真|傳真|fax|f)",
    re.IGNORECASE,
)
_DEAD: Final = re.compile(
    "空[号號]|停机|停機|停[号號]|欠[费費]|[销銷][号號]|[错錯][号號]|[换換][号號]|不存在|(?:号码|號碼)?(?:错误|錯誤|有误|有誤|作废|作廢|失效)|"
    "打不通|无法接通|無法接通|已?停用|已?[注註][销銷]|not in service|out of service|disconnected|wrong number",
    re.IGNORECASE,
)
_JOINER: Final = re.compile(r"[ ,;/]*(?:或者?|和|及|与|與|以及|还有|or|and|oder|ou|&)[ ,;/]*\Z", re.IGNORECASE)
_EDGES: Final = " _\t,;:.、，；：。/|\\()-+*#'\"&<>=~→"
_ENOUGH: Final = 7
_SHORT: Final = 12
# What is neither ASCII nor CJK signs, Han, full width: may be a digit of another script.
_RARE: Final = re.compile(r"[^\x00-\x7f\u3000-\u303f\u3400-\u9fff\uff01-\uffee]")
_NOT_DIGITS: Final = str.maketrans("", "", " -().+/")


def read_cell(text: str) -> Cell:
    """The runs, words and damage of a cell that `text.clean` has cleaned.

    >>> cell = read_cell("手机: 138-1234-5678 转9100 / 张经理")
    >>> cell.runs[0][:2], note_of(cell.words)
    (('138-1234-5678', '9100'), ('张经理', True))
    """
    text, damaged, truncated = undo_spreadsheet(one_spelling(text))
    if truncated:
        return Cell((), ("",), None, False, False, True)
    text, masked = take_masked(text)
    text, letters = take_letters(text)
    runs: list[Run] = []
    words: list[str] = [""]
    end = 0
    if _OTHER_HINT.search(text):
        for other in _OTHER.finditer(text):
            _read_runs(text[end : other.start()], runs, words)
            words[-1] = f"{words[-1]}{other[0]}"
            end = other.end()
    _read_runs(text[end:], runs, words)
    return Cell(tuple(runs), tuple(words), masked, letters, damaged, False)


def note_of(words: tuple[str, ...]) -> tuple[str, bool]:
    """The words of a cell without labels such as 电话 or Tel, and whether there were any words at all, labels too.

    >>> note_of(("电话:", " (老客户)"))
    ('老客户', True)
    """
    said = " ".join(words)
    if not said or said.isspace():
        return "", False
    return _short_note(words) if len(said) <= _SHORT else _note(words, said)


@lru_cache(maxsize=2048)
def _short_note(words: tuple[str, ...]) -> tuple[str, bool]:
    """Labels and a word or two: few of them, in a column of many numbers."""
    return _note(words, " ".join(words))


def _note(words: tuple[str, ...], said: str) -> tuple[str, bool]:
    plain = (*(_LETTER.sub(" ", w) for w in words[:-1]), words[-1])
    pieces = (" ".join(_LABEL.sub(" ", w).translate(_NO_BRACKETS).split()).strip(_EDGES) for w in plain if w)
    note = " ".join(filter(None, pieces))
    if note and not _SIGN.search(note):
        note = ""
    return note, bool(note) or any(c.isalpha() for c in said)


def is_of_fax(before: str, behind: str, *, last: bool = True) -> bool:
    """Whether the words around a number say that a fax answers, and nobody else.

    Args:
        before: the words before the number.
        behind: the words behind it; what does not stand in brackets may belong to a further number.
        last: whether no number follows.

    >>> is_of_fax("传真:", ""), is_of_fax("", " (Fax)"), is_of_fax("Tel/Fax: ", ""), is_of_fax("", "传真不用")
    (True, True, False, False)
    """
    if not before and not behind:
        return False
    if _FAX_BEFORE.search(before[-30:]):
        return not _BOTH.search(before)
    label = _FAX_BEHIND.match(behind[:30])
    return label is not None and (last or "(" in label[0])


def says_dead(note: str) -> bool:
    """Whether a note says that nobody answers there any more: 空号, 停机.

    >>> says_dead("已停机"), says_dead("停车场")
    (True, False)
    """
    return bool(note) and _DEAD.search(note) is not None


def is_joiner(words: str) -> bool:
    """Whether words only join two numbers: 或, and.

    >>> is_joiner(" 或 "), is_joiner("妻子")
    (True, False)
    """
    return bool(_JOINER.match(words))


def digits_only(text: str) -> str:
    """Unicode's decimal digits as ASCII; circled and raised digits are counters, not digits, and become spaces.

    >>> digits_only("①١٣٨")
    ' 138'
    """
    if text.isascii() or not _RARE.search(text):
        return text
    return "".join(map(_digit, text))


def _digit(character: str) -> str:
    if character < "\x80" or "\uff10" <= character <= "\uff19":  # full width is `clean`'s to fold, and to tell of
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return " " if character.isdigit() else character


def _read_runs(text: str, runs: list[Run], words: list[str]) -> None:
    """Adds the runs of a stretch of text, and the words around them: the first ones to the words before."""
    end = at = 0
    while len(runs) < MAX_RUNS and (match := _RUN.search(text, at)):
        base = match["base"]
        n_digits = len(base.translate(_NOT_DIGITS))
        at = match.end()
        extension, weak = match["strong"], False
        if match["mark"]:  # a star, a cross, an arrow: nothing but an extension stands behind it
            extension = match["mark"]
        elif match["weak"]:
            extension, weak = match["weak"], True
        if extension and n_digits < _ENOUGH and not match["strong"]:
            extension, weak, at = None, False, match.end("base")
        between = text[end : match.start()]
        alternative = bool(runs) and runs[-1].extension is not None and between.strip() == "/"
        if not _may_be_phone(text, match.start(), at, n_digits, alternative):
            continue
        words[-1] += between
        words.append("")
        end = at
        behind = text[at : at + 2].lstrip()[:1]
        runs.append(Run(base.strip(), extension, weak, behind in _COUNTED if behind else False))
    words[-1] += text[end:]


def _may_be_phone(text: str, start: int, end: int, n_digits: int, alternative: bool) -> bool:
    """Whether a run stands where a phone number may stand: not inside a word, an e-mail address or another number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if after == "@" or before == "@":
        return False
    if (after == "_" and _WORD.match(text, end + 1)) or (before == "_" and _WORD.match(text, max(0, start - 2))):
        return False
    if before.isascii() and before.isalpha() and text[start] not in " +(":
        # Tel138..., John138...; but not the account abc123
        return n_digits >= _ENOUGH and _WORD_BEFORE.search(text, max(0, start - 20), start) is not None
    return n_digits >= 3 or alternative or end - start == len(text)
