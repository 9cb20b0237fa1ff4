"""Numbers in the notations of both languages, as one canonical decimal.

What a cell says is taken at its word or not at all: a range (10-20), an estimate (约100, 100+) and a sum of words that
is no number have no value and a code that says why.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from crmquality.normalizer.han_numerals import HAN_NUMERAL, read_han_numeral
from crmquality.normalizer.text import CLEAN_ISSUES, clean
from crmquality.tables import Normalized

DecimalMark: TypeAlias = Literal[".", ","]

ISSUES: Final = (*CLEAN_ISSUES, "invalid_number", "ambiguous_number", "number_range")

_MINUS: Final = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "’": "'", "٫": ".", "٬": ","})
_UNIT_WORDS: Final = {
    **dict.fromkeys(
        ("¥", "￥", "rmb", "cny", "cn¥", "元", "圆", "块", "块钱", "人民币", "人民币元", "元整", "元人民币"), "CNY"
    ),
    **dict.fromkeys(("$", "usd", "us$", "美元", "美金", "dollars", "dollar"), "USD"),
    **dict.fromkeys(("€", "eur", "euro", "euros", "欧元"), "EUR"),
    **dict.fromkeys(("£", "gbp", "英镑"), "GBP"),
    **dict.fromkeys(("hkd", "hk$", "港元", "港币"), "HKD"),
    **dict.fromkeys(("twd", "nt$", "ntd", "台币", "新台币"), "TWD"),
    **dict.fromkeys(("jpy", "jp¥", "日元", "日圆"), "JPY"),
    "整": "",
    "正": "",
    "%": "%",
    "‰": "‰",
}
_SCALES: Final = {
    "十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "億": 8, "十亿": 9,
    "百亿": 10, "千亿": 11, "万亿": 12, "k": 3, "K": 3, "M": 6, "mn": 6, "bn": 9, "B": 9,
    "thousand": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9, "trillion": 12,
}  # fmt: skip
_LENGTHS_OF_SCALES: Final = tuple(sorted({len(s) for s in _SCALES}, reverse=True))
_NUMBER: Final = re.compile(
    r"(?P<before>[^\d.,()+\-\s][^\d.,()+\-]*)?\s*(?P<sign>[+-])?\s*(?P<open>\()?\s*(?P<inner>[^\d.,()+\-\s]{0,4})\s*"
    r"(?P<within>-)?(?P<digits>\d[\d.,' ]*|\.\d+)(?P<exponent>[eE][+-]?\d{1,3})?\s*(?P<close>\))?\s*"
    r"(?P<after>[^\d.,()+\-\s][^\d.,()+\-]*)?(?P<tail>-)?\Z"
)
_UNKNOWN_UNIT: Final = re.compile(
    r"(?:[^\W\d_\u4e00-\u9fff]{1,12}\.?|[\u4e00-\u9fff]{1,4}|[a-z]{1,3}/[a-z]{1,3}|°[CF])\Z"
)
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?\Z|\d{1,2}(?:,\d{2})*,\d{3}(?:\.\d*)?\Z")
_GROUPED_BY_FOUR: Final = re.compile(r"\d{1,4}(?:,\d{4})+(?:\.\d*)?\Z")
_GROUPED_OTHERWISE: Final = re.compile(r"\d{1,3}(?:[' ]\d{3})+(?:[.,]\d*)?\Z")
_EUROPEAN: Final = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+\Z|\d{1,3}(?:\.\d{3}){2,}\Z")
_GROUPED_BY_POINTS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?\Z")
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d+\Z")
_PLAIN: Final = re.compile(r"\d*\.?\d*\Z")
_FAST: Final = re.compile(r"(-?)([0-9]+)(\.[0-9]*)?\Z")
_LIKE_GROUPS: Final = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}\Z")
_RANGE: Final = re.compile(
    r"\d\D{0,6}?(?:-|~|～|〜|至|到|\bto\b|\.\.)\s*[^\d.]{0,4}\d|[<>≤≥≈~]|以上|以下|以内|左右|上下|不到|不足|超过|超|约|近|"
    r"大概|大约|[余多几数][十百千万亿]?|\+\s*\Z|\d\s*\+|"
    r"\b(?:about|over|under|approx|around|up to|at least|more than|less than)\b",
    re.IGNORECASE,
)
_LARGEST_EXPONENT: Final = 40
_MOST_CHARACTERS: Final = 100


def normalize_number(value: str | None, *, decimal: DecimalMark | None = None) -> Normalized:
    """A number in canonical decimal notation: no grouping, no currency, no exponent, no zeros at the end.

    - 1,234.50 and 1 234,50 and 1'234.5 are 1234.5; (1,234) and 1234- are -1234.
    - 12% is 0.12, 3.5万 is 35000, 一百二十三 is 123: the number that is meant. What it counts is the part `unit`.
    - A comma that can be no thousands separator (12,5) is read as a decimal comma, and the issue `ambiguous_number`
      says so. 1,234 is read as 1234, as Chinese and English files mean it.
    - A range or an estimate is not one number: `number_range`. Anything else is `invalid_number`.

    Args:
        value: the cell.
        decimal: the sign before the decimals, where the column is known to have it; the other one groups thousands,
            and nothing is ambiguous. With "," a value of three decimals ends with a zero (1.2340), so that it does not
            look like a thousand when it is read again.

    Returns:
        The number. Part `unit`: CNY, USD, EUR, GBP, HKD, TWD, JPY, %, ‰, or the word as written (kg, 人).

    >>> [normalize_number(v).value for v in ("1,234.50", "１２", "¥3,000", "12%", "1.5e3", "3.5万元", "(12.00)")]
    ['1234.5', '12', '3000', '0.12', '1500', '35000', '-12']
    >>> [normalize_number(v).value for v in ("一百二十三", "两万五", "壹仟贰佰元伍角整", "1亿2000万", "百分之五")]
    ['123', '25000', '1200.5', '120000000', '0.05']
    >>> normalize_number("12,5"), normalize_number("twelve").issues, normalize_number("50-99人").issues
    (Normalized(value='12.5', parts={}, issues=('ambiguous_number',)), ('invalid_number',), ('number_range',))
    >>> normalize_number("1.234,5", decimal=",").value, normalize_number("1.234", decimal=",").value
    ('1234.5', '1234')
    >>> normalize_number("120 kg")
    Normalized(value='120', parts={'unit': 'kg'}, issues=())
    """
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues)
    fast = _FAST.match(text) if decimal != "," else None
    if fast is not None and len(text) <= _LARGEST_EXPONENT:
        whole, decimals = fast[2].lstrip("0") or "0", (fast[3] or "").rstrip("0").rstrip(".")
        return Normalized(f"{fast[1]}{whole}{decimals}" if whole + decimals != "0" else "0", {}, issues)
    if len(text) > _MOST_CHARACTERS:
        return Normalized(None, {}, (*issues, "invalid_number"))
    found = _read(text.translate(_MINUS), decimal)
    if found is None or abs(found[0].adjusted()) > _LARGEST_EXPONENT:
        code = "number_range" if found is None and _RANGE.search(text) and _counts(text) else "invalid_number"
        return Normalized(None, {}, (*issues, code))
    number, unit, ambiguous = found
    canonical = _canonical(number)
    if decimal == "," and _LIKE_GROUPS.match(canonical):
        canonical += "0"
    if ambiguous:
        issues = (*issues, "ambiguous_number")
    return Normalized(canonical, {"unit": unit} if unit else {}, issues)


def _counts(text: str) -> bool:
    return any(c.isdecimal() for c in text) or HAN_NUMERAL.search(text) is not None


def _read(text: str, decimal: DecimalMark | None) -> tuple[Decimal, str, bool] | None:
    """The number, its unit, and whether it could be another number; None where it is none."""
    if HAN_NUMERAL.match(text) and (han := read_han_numeral(text)) is not None:
        number, rest, unit = han
        word = _known_unit(rest, currency=unit)
        return None if word is None else (number, word, False)
    match = _NUMBER.match(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    plain, ambiguous = _plain_digits(match["digits"].strip(), decimal)
    told = _unit(match)
    if plain is None or told is None:
        return None
    unit, scale = told
    number = Decimal(plain + (match["exponent"] or "")).scaleb(scale)
    signs = [match["sign"] == "-", match["open"] is not None, match["tail"] is not None, match["within"] is not None]
    if sum(signs) > 1:
        return None
    return (-number if any(signs) else number), unit, ambiguous


def _plain_digits(digits: str, decimal: DecimalMark | None = None) -> tuple[str | None, bool]:
    """Digits with at most a decimal point, and whether a comma was taken for it without being told to."""
    text = "".join(str(int(c)) if c.isdecimal() else c for c in digits)
    if decimal == ",":
        if _GROUPED_BY_POINTS.match(text):
            return text.replace(".", "").replace(",", ".").rstrip("."), False
        if _DECIMAL_COMMA.match(text):
            return text.replace(",", "."), False
    if _PLAIN.match(text):
        return text.rstrip(".") or None, False
    if decimal != "," and (_GROUPED.match(text) or _GROUPED_BY_FOUR.match(text)):
        return text.replace(",", "").rstrip("."), False
    if _GROUPED_OTHERWISE.match(text) and not (decimal == "." and "," in text):
        return text.replace("'", "").replace(" ", "").replace(",", ".").rstrip("."), False
    if decimal is None and _EUROPEAN.match(text):
        return text.replace(".", "").replace(",", "."), False
    if decimal is None and _DECIMAL_COMMA.match(text):
        return text.replace(",", "."), True
    return None, False


def _unit(match: re.Match[str]) -> tuple[str, int] | None:
    """The unit and power of ten of what stands around the digits; None where they contradict each other."""
    unit = ""
    for group in ("before", "inner"):
        word = (match[group] or "").strip().lower().rstrip(":")
        if not word:
            continue
        found = _UNIT_WORDS.get(word)
        if found is None or (unit and unit != found):
            return None
        unit = found
    word, scale = (match["after"] or "").strip(), 0
    for length in _LENGTHS_OF_SCALES:
        head = word[:length]
        power = _SCALES.get(head, 6 if head == "m" and unit else None)  # 10m are meters, $10m are millions
        if (
            len(head) == length
            and power is not None
            and (not head.isascii() or not word[length : length + 1].isalpha())
        ):
            scale, word = power, word[length:].strip()
            break
    known = _known_unit(word, currency=unit)
    return None if known is None else (known, scale - {"%": 2, "‰": 3}.get(known, 0))


def _known_unit(word: str, *, currency: str) -> str | None:
    """What is counted, in one spelling; None where the words say something else."""
    found = _UNIT_WORDS.get(word.strip().lower())
    if found is None:
        if not word:
            found = ""
        elif currency or _RANGE.search(word) or not _UNKNOWN_UNIT.match(word.strip()):
            return None
        else:
            return word.strip()
    return None if found and currency and found != currency else found or currency


def _canonical(number: Decimal) -> str:
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.lstrip("-")
    text = text.lstrip("0") or "0"
    text = "0" + text if text[0] == "." else text
    return f"-{text}" if number < 0 else text
