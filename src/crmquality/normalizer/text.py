"""Plain text: the first step of every kernel, and the kernels of text and of codes.

The order of the steps is a contract: missing, length, encoding, Unicode form, invisible characters, white space,
placeholder.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from crmquality.normalizer.mojibake import is_damaged, is_lost, is_sound, repair
from crmquality.normalizer.transliteration import fold
from crmquality.reference import read_lines
from crmquality.tables import Normalized

CLEAN_ISSUES: Final = ("placeholder", "too_long", "full_width", "control_characters", "mojibake")
"""What `clean`, and so every kernel, can say."""

ISSUES: Final = (*CLEAN_ISSUES, "emoji", "invalid_code")
MAX_LENGTH: Final = 10_000
"""Longer cells are documents or damage, not fields: a cell of Excel holds 32,767 characters, a name never 10,000."""

_MOST_ROUNDS: Final = 6
"""A damaged text is cleaned until nothing changes; what has not settled by then is lost."""

# Controls, surrogates, noncharacters, and what Unicode calls default ignorable (zero-width and bidirectional marks,
# soft hyphens, variation selectors, tags): never part of a customer's value.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# A selector, a joiner or a tag behind an emoji is how its picture is spelled: it goes, and there is nothing to tell
_EMOJI: Final = "[\u00a9\u00ae\u2049-\u3299\U0001f000-\U0001faff]"
_EMOJI_SPELLING: Final = re.compile(
    f"(?<={_EMOJI})[\u200d\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f]+|(?<=[0-9#*])\ufe0f?\u20e3"
)
_HAS_EMOJI: Final = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")
# Radicals and a blank pattern that copies from PDF files hold and NFKC lets stand (Unicode, EquivalentUnifiedIdeograph)
_LOOKALIKES: Final = str.maketrans(
    "⺟⺠⺮⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳\u2800",
    "母民竹虎西见角贝车长门青页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟 ",
)
_RARE: Final = re.compile("[\u200d\u20e3\u2800\u2e81-\u2ef2\ufe0e\ufe0f\U000e0020-\U000e007f]")
_FULL_WIDTH: Final = re.compile("[\uff01-\uff5e\u3000]")
_REPEATED: Final = frozenset("xX*?？·.无無某啊哈")
_ROWS: Final = frozenset("abcdefghjklnopqrstuvyz")  # not iii, mmm and www
_FILLED: Final = re.compile(r"[\W_]+")
_HEAD: Final = re.compile(r"[\W_]*([^\W_]+)")
_TEST: Final = re.compile(
    r"(?:测试|測試|test|demo)"
    r"(?:用户|账号|账户|数据|客户|公司|员工|人员|联系人|姓名|名称|专用|user|account|customer|client|name|company|data)?"
    r"[\W_\d]*\Z"
)
# Short words that are names as well (娜, 楠, Nathaniel, 符, Jon Tester), when they are written as names are.
_NAMES_TOO: Final = frozenset({"Na", "Nan", "Nat", "Foo", "Tester"})
# More of them, in a column that holds nothing but names.
_NAMES_IN_A_COLUMN_OF_NAMES: Final = _NAMES_TOO | {"Null", "Nil", "Blank", "Sample", "Void", "Same"}
# Rows of keys and words that are placeholders in lower case only: ABC, Void and SAME are companies.
_LOWER_ONLY: Final = frozenset({"abc", "abcd", "xyz", "x", "same", "void", "bar", "inf", "-inf", "select", "choose"})
_KEYS: Final = re.compile(r"(?:asd|qwe|zxc|abc|sdf|dsa|ewq|test)+\Z")
_INVITES: Final = re.compile(
    r"(?:请|請|--?请|--?請)(?:先)?(?:填写|填寫|填|输入|輸入|录入|选择|選擇|选)[^0-9，,。;；]{0,10}\Z"
    r"|please(?:select|choose|enter|specify|fillin|pick)[a-z'(). -]{0,25}\Z"
)
_STARTS_OF_FILLING_WORDS: Final = frozenset("测測tdaqzsde请請p-")
_FILLING_DIGITS: Final = re.compile(r"(?:0{2,}|(\d)\1{5,}|1?23456(?:7(?:8(?:90?)?)?)?)\Z", re.ASCII)
_INVITES_WITH_SIGNS: Final = frozenset({"select", "choose", "pick", "selectone", "chooseone", "选择", "選擇"})


@cache
def _placeholders() -> frozenset[str]:
    # The errors of spreadsheets; a reference file takes `#` for a comment
    errors = "n/a na value! ref! name? div/0! null! num! spill! calc! field! blocked! unknown! connect! busy! error!"
    others = {"\\n", "\\0", "[objectobject]", "1.#qnan", "1.#ind", "-1.#ind"}
    return frozenset(read_lines("placeholders.txt")) | {f"#{word}" for word in errors.split()} | others


def is_placeholder(text: str, *, name: bool = False) -> bool:
    """Whether a cleaned text only fills a box: 无, 测试, N/A, null, xxx, -, 未知 ...

    Args:
        text: the text.
        name: that the column holds names of persons, where Null, Nil and Blank are family names.

    >>> [is_placeholder(x) for x in ("N/A", "测试", "--", "(无)", "#REF!", "NA", r"\\N", "请输入手机号")]
    [True, True, True, True, True, True, True, True]
    >>> [is_placeholder(x) for x in ("吴测", "Na", "ABC", "测试科技", "无锡")]
    [False, False, False, False, False]
    >>> is_placeholder("Null"), is_placeholder("Null", name=True), is_placeholder("null", name=True)
    (True, False, True)
    """
    known = _placeholders()
    if text in known or text in _LOWER_ONLY:
        return True
    if len(text) > 40:
        return not any(c.isalnum() for c in text)
    folded = text.lower()
    if " " in folded:
        folded = folded.replace(" ", "")
    if folded in known:
        return text not in (_NAMES_IN_A_COLUMN_OF_NAMES if name else _NAMES_TOO)
    first, last = folded[:1], folded[-1:]
    if first == last and len(folded) > 1 and folded.count(first) == len(folded):
        # aaa, but AAA is a rating, iii a numeral, a a a three notes
        row = first in _ROWS and len(folded) > 2 and text == folded
        if row or first in _REPEATED:
            return True
    if first.isalnum() and last.isalnum():
        if folded.isalpha() and " " not in text:
            return _is_filling_word(text, folded, first)
    else:
        folded = _strip_signs(folded)
        if not folded or folded in known or folded in _INVITES_WITH_SIGNS:
            return True
    if _is_filling_word(text, folded, first):
        return True
    # 无/无, Test - test: every word of it, but Na Na is a name
    low = text.lower()
    head = _HEAD.match(low)
    if head is None or head.group(1) not in known:
        return False
    return all(w in known and (len(w) > 2 or not w.isascii()) for w in _FILLED.split(low) if w)


def _is_filling_word(text: str, folded: str, first: str) -> bool:
    if first in _STARTS_OF_FILLING_WORDS:
        if _TEST.match(folded) or _INVITES.match(folded):
            return True
        if text == folded and len(folded) > 2 and _KEYS.match(folded):
            return True
    # 没有没有, nullnull, but Nana is a name
    half = len(folded) // 2
    if half < 2 or first != folded[half] or folded[:half] != folded[half:]:
        return False
    return folded[:half] in _placeholders() and (half > 2 or not folded.isascii())


def _strip_signs(text: str) -> str:
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


def clean(value: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The first step of every kernel: right encoding, one Unicode form, no invisible characters, single spaces.

    Returns:
        The text, or None where nothing is left, and the codes of what was done.

    >>> clean(" Ｈｅｌｌｏ　 world ")
    ('Hello world', ('full_width',))
    >>> clean("N/A"), clean(""), clean(None)
    ((None, ('placeholder',)), (None, ()), (None, ()))
    >>> clean("å¼\xa0ä¼Ÿ"), clean("锟斤拷")
    (('张伟', ('mojibake',)), (None, ('mojibake',)))
    """
    if not value:
        return None, ()
    if len(value) > MAX_LENGTH:
        return None, ("too_long",)
    if (value.isprintable() and "&" not in value) if value.isascii() else is_sound(value):
        issues: tuple[str, ...] = ()
        text = " ".join(value.split())
    else:
        text, issues = _clean_unicode(value)
    if not text:
        return None, issues
    if is_placeholder(text):
        return None, issues if "mojibake" in issues else (*issues, "placeholder")
    return text, issues


def _clean_unicode(value: str) -> tuple[str, tuple[str, ...]]:
    issues: list[str] = []
    text = value
    for _ in range(_MOST_ROUNDS):
        before = text
        text = _clean_once(text, issues)
        if text == before:
            return text, tuple(dict.fromkeys(issues))
    return "", (*dict.fromkeys(issues), "mojibake")


def _clean_once(value: str, issues: list[str]) -> str:
    text = repair(value)
    if text != value:
        issues.append("mojibake")
    if not text.isascii():
        if is_damaged(text):
            issues.append("mojibake")
            if is_lost(text):
                return ""
        if _FULL_WIDTH.search(text):
            issues.append("full_width")
        if _RARE.search(text):
            text = _EMOJI_SPELLING.sub("", text).translate(_LOOKALIKES)
        text = unicodedata.normalize("NFKC", text)
    if _INVISIBLE.search(text):
        issues.append("control_characters")
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def normalize_text(value: str | None) -> Normalized:
    """A text as one would want to read it.

    Parts: `key`, the comparable form (case, accents, width, punctuation, emoji and script folded; see `fold`). Emoji
    stay in the value, and the issue `emoji` tells of them. Digits that only fill a box (123456, 000000) are a
    placeholder.

    >>> normalize_text("老客户😊"), normalize_text("123456").issues
    (Normalized(value='老客户😊', parts={'key': '老客户'}, issues=('emoji',)), ('placeholder',))
    >>> normalize_text(" Ｈｅｌｌｏ,　 Wörld ").value, normalize_text(" Ｈｅｌｌｏ,　 Wörld ").parts["key"]
    ('Hello, Wörld', 'hello world')
    """
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues)
    if text[0].isdecimal() and _FILLING_DIGITS.match(text):
        return Normalized(None, {}, (*issues, "placeholder"))
    if not text.isascii() and _HAS_EMOJI.search(text):
        issues = (*issues, "emoji")
    return Normalized(text, {"key": fold(text) or text}, issues)


def normalize_code(value: str | None) -> Normalized:
    """A code that people group and spell as they like: upper case, letters and digits only (AB-12 34 is AB1234).

    Parts: `key`, the same. A value without a letter or digit is `invalid_code`; nothing but zeros fills a box.

    >>> normalize_code(" ab-12 34/Ｘ ").value
    'AB1234X'
    """
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues)
    code = text
    for _ in range(_MOST_ROUNDS):  # an upper-case form can decompose, and what it decomposes to has an upper case again
        before = code
        code = clean("".join(c for c in unicodedata.normalize("NFKC", code.upper()) if c.isalnum()))[0] or ""
        if code == before:
            break
    if not code or code != before:
        return Normalized(None, {}, (*issues, "invalid_code"))
    if len(code) > 1 and not code.strip("0"):
        return Normalized(None, {}, (*issues, "placeholder"))
    return Normalized(code, {"key": code}, issues)
