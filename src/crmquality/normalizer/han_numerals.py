"""Chinese numerals: 一百二十三, 两万五, 1亿2000万, 壹仟贰佰元伍角整, 三点一四, 百分之五, 二〇二四.

Source of the financial characters: 会计基础工作规范 (Ministry of Finance, 2019), article 52. A last digit without its
unit stands one place below the unit before it (两万五 is 25,000, 三百五 is 350); after 零 and after 十 it is ones.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_DIGITS: Final = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")},
    **{c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "貳": 2, "參": 3, "叄": 3, "陸": 6, "两": 2, "兩": 2, "弍": 2, "弎": 3, "○": 0,
}  # fmt: skip
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS: Final = (("亿億", 10**8), ("万萬", 10**4))
_DIGIT: Final = "".join(_DIGITS)
_ALL: Final = f"{_DIGIT}{''.join(_UNITS)}廿卅万萬亿億"

HAN_NUMERAL: Final = re.compile(f"[负負]?(?:[{_ALL}]|百分之|千分之|[0-9.]+[{''.join(_UNITS)}万萬亿億][0-9{_DIGIT}])")
_CELL: Final = re.compile(
    f"(?P<minus>[负負])?(?P<part>百分之|千分之)?(?P<whole>[0-9.{_ALL}]+?)(?:[点點](?P<decimals>[{_DIGIT}]+)(?P<scale>[百千万萬亿億]*))?"
    f"(?:(?P<money>元|圆|圓|块|塊)(?:零)?(?:(?P<tenths>[{_DIGIT}])[角毛])?(?:零)?(?:(?P<hundredths>[{_DIGIT}])分)?(?:整|正|钱)?)?"
    f"(?P<rest>[^0-9.{_ALL}].*)?\\Z"
)
_TOKEN: Final = re.compile(f"([0-9]+(?:\\.[0-9]+)?)|([{_DIGIT}])|([{''.join(_UNITS)}])|([廿卅])")


def read_han_numeral(text: str) -> tuple[Decimal, str, str] | None:
    """The number at the start of a text, what stands behind it, and its currency or sign (CNY, %, ‰, or nothing).

    >>> [str(read_han_numeral(x)[0]) for x in ("一百二十三", "两万五", "三点一四", "二〇二四", "十五", "一百零三万")]
    ['123', '25000', '3.14', '2024', '15', '1030000']
    >>> read_han_numeral("三百人"), read_han_numeral("百货")
    ((Decimal('300'), '人', ''), None)
    """
    match = _CELL.match(text)
    if match is None:
        return None
    number = _whole(match["whole"])
    if number is None or (match["decimals"] and "." in match["whole"]):
        return None
    if match["decimals"]:
        number += Decimal("0." + "".join(str(_DIGITS[c]) for c in match["decimals"]))
        for c in match["scale"]:
            number *= _UNITS.get(c) or (10**8 if c in "亿億" else 10**4)
    unit = "CNY" if match["money"] else ""
    if match["tenths"]:
        number += Decimal(_DIGITS[match["tenths"]]) / 10
    if match["hundredths"]:
        number += Decimal(_DIGITS[match["hundredths"]]) / 100
    if match["part"]:
        unit = "%" if match["part"] == "百分之" else "‰"
        number /= 100 if unit == "%" else 1000
    return (-number if match["minus"] else number), (match["rest"] or "").strip(), unit


def _whole(text: str) -> Decimal | None:
    if all(c in _DIGITS for c in text):
        if len(text) == 2 and _DIGITS[text[0]] and _DIGITS[text[1]]:
            return None  # 五六个人: five or six
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total, rest, above = Decimal(0), text, 0
    for names, size in _GROUPS:
        at = max(rest.rfind(name) for name in names)
        if at < 0:
            continue
        many = (
            _whole(rest[:at]) if size == 10**8 and any(c in rest[:at] for c in "万萬亿億") else _section(rest[:at], 0)
        )
        if many is None or not many:
            return None
        total, rest, above = total + many * size, rest[at + 1 :], size
        if above == 10**8 and any(c in rest for c in "亿億"):
            return None
    if not rest:
        return total if above else None
    last = _section(rest, above)
    return None if last is None or (above and last >= above) else total + last


def _section(text: str, above: int) -> Decimal | None:
    """A number below a myriad; `above` is the size of the unit that stands before it, 0 where none does."""
    total, number, below, zero, arabic = Decimal(0), None, 0, False, 0
    at = 0
    for match in _TOKEN.finditer(text):
        if match.start() != at:
            return None
        at = match.end()
        plain, digit, unit, twenty = match.groups()
        if twenty:
            if number is not None or total:
                return None
            total, below = Decimal(20 if twenty == "廿" else 30), 10
        elif plain or digit:
            if digit and not _DIGITS[digit]:
                if number is not None or (zero and not arabic):
                    return None
                zero = True
                continue
            if number is not None:
                return None
            number, arabic = Decimal(plain) if plain else Decimal(_DIGITS[digit]), len(plain or "")
        else:
            size = _UNITS[unit]
            if below and size >= below:
                return None
            if number is None:
                # 十五 and 百分之十 begin with the unit itself; 百 and 千 alone are no number
                if size != 10 or (total and not zero):
                    return None
                number = Decimal(1)
            total, number, below, zero, arabic = total + number * size, None, size, False, 0
    if at != len(text):
        return None
    if number is None:
        return total if below or zero else None
    step = below or above
    if step and not zero and not arabic and step > 10:
        return total + number * (step // 10)  # 两万五, 三百五
    if step and number >= step:
        return None
    return total + number if arabic != 1 or not step or zero or step == 10 else None
