"""The words in a date: Chinese numerals, eras, names of months and weekdays, labels, the time of day.

Everything becomes digits with `-` between them; what the digits mean, `dates` decides. Patterns are bounded, and no
date is longer than `MAX_LENGTH`, so time stays linear.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MAX_LENGTH: Final = 100
"""The longest date people write: with weekday, label, time and the name of the zone it has some 70 characters."""

_HAN_DIGITS: Final = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True)) | {"元": "1"}
_HAN_NUMBER: Final = re.compile(r"[〇零○一二三四五六七八九十廿卅]+(?=[年月日号號点點时時分秒])|元(?=[年月])")
# What checks and contracts write, so that nobody changes a stroke; and marks that stand for a hyphen
_FORMAL: Final = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾", "一二二三三四五六六七八九十")
_TENS: Final = re.compile(r"([一二三四五六七八九]?)十|(廿)|(卅)")

# The year before each era's year 1. Sources: the Republic's calendar act of 1912; Japan's era names since 1868.
_ERAS: Final = {
    "民国": 1911,
    "民國": 1911,
    "roc": 1911,
    "明治": 1867,
    "大正": 1911,
    "昭和": 1925,
    "平成": 1988,
    "令和": 2018,
}
_ERA: Final = re.compile(rf"(?:中[华華])?({'|'.join(_ERAS)})\s?(\d{{1,3}})(?=\D|\Z)", re.IGNORECASE)
# S54.8.4, as Japanese forms have it
_ERA_LETTER: Final = re.compile(r"\A([mtshr])\s?(\d{1,2})\s?[-./年]\s?(?=\d{1,2}\s?[-./月]\s?\d{1,2})", re.IGNORECASE)
_ERA_LETTERS: Final = {"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}
# The Buddhist calendar of Thailand is 543 years ahead (since 1941)
_BUDDHIST: Final = re.compile(r"(?:พ\.?\s?ศ\.?|\bb\.?\s?e\.?|佛[历曆])\s?(2[3-6]\d{2})(?!\d)", re.IGNORECASE)
# Days of the moon's calendar fall on another day of ours every year; turning them needs a table, not a rule.
_LUNAR: Final = re.compile(
    r"[农農阴陰旧舊][历曆]|lunar|[正腊臘冬]月|初[一二三四五六七八九十\d]|闰|閏|\([农農阴陰]\)|[农農阴陰]\Z|\A[农農阴陰](?=\d)",
    re.IGNORECASE,
)
_FULL_STOP: Final = re.compile(r"(?<=\d) ?。 ?(?=\d)")
_DOUBT: Final = re.compile(r"(?<=[\d日号]) ?(?:\(\?{1,3}\)|\?{1,3})\Z")  # somebody was not sure
# The moon's date in brackets behind the sun's
_LUNAR_NOTE: Final = re.compile(r"\([^()]{0,10}[农農阴陰旧舊][历曆][^()]{0,20}月[^()]{0,10}\)")

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH: Final = {name[:n]: i for i, name in enumerate(_MONTHS, 1) for n in range(3, len(name) + 1)}
_WORD: Final = re.compile(r"[A-Za-z]+\.?")
_WEEKDAY: Final = re.compile(
    r"(?<![A-Za-z])(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?(?![A-Za-z])[.,]?"
    r"|(?:星期|礼拜|禮拜|[周週])[一二三四五六日天]",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th)(?![A-Za-z])", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"\A(?:(?:date of birth|birth ?date|birthday|b-?day|birth|born(?: on)?|d\.?o\.?b\.?(?![a-z])|date"
    r"|出生日期|出生年月日?|出生时间|出生[于於]?|生日|生[于於]|日期|公元|西元|[公阳陽新西国國][历曆]|[\u3400-\u9fff]{2,8}(?=:))"
    r"[为為是]?[ :.]{0,3}){1,3}|\s?(?:出生|生人?)\Z",
    re.IGNORECASE,
)
# What leaves a date as known as it was, or less: kept as a note
_ABOUT: Final = re.compile(
    r"\A(?:大?约|大?約|大概|circa|ca\.?|c\.|approx\.?|about|around)\s?|\s?(?:左右|前后|前後|上下|[初底末]|[上中下]旬|[上下]半[年月]|"
    r"[春夏秋冬][天季]?|清晨|凌晨|早晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜|[晨早晚夜])\Z",
    re.IGNORECASE,
)
_WORDS_BEHIND: Final = re.compile(r"(?<=[\d日号])[ ,(]{1,3}([\u3400-\u9fff]{1,10})\)?\Z")
_NO_NOTE: Final = re.compile("[年月日号號时時点點分秒岁歲前后後至到代期民国國]")
_NOTE: Final = re.compile(r"\([^()]{0,40}\)\Z")
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−～∼_\\、·・•"), "-") | {ord("'"): "'", ord("’"): "'", ord("‘"): "'"}
_EXIF: Final = re.compile(r"\A(\d{4}):(\d\d):(\d\d)(?= |\Z)")
_ZONE: Final = re.compile(r"(?<=\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)\Z")
_HOUR: Final = re.compile(
    r"(?:[ ,T]|\A|(?<=[日号號\d]))\s?(?P<before>上午|下午|早上|清晨|早晨|凌晨|中午|晚上|傍晚|夜里|半夜|am|pm)?\s?"
    r"(?<!\d)(?P<hour>\d{1,2})\s?(?:[点點时時](?P<half>半)?(?P<quarter>[一三]刻)?(?:(?P<minute>\d{1,2})分?)?[整钟鐘]?"
    r"|(?P<after>[ap]\.?m\.?))(?![\w:])",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"(?:(?<=\d)T|[ ,]|\A|(?<=[日号號-]))\s?(?P<before>上午|下午|早上|凌晨|中午|晚上|傍晚|am|pm)?\s?"
    r"(?P<hour>\d{1,2})[:时時点點](?P<minute>\d{2})(?:[:分](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?[分秒]?"
    r"\s?(?P<after>[ap]\.?m\.?)?"
    r"(?:\s?(?P<zone>Z|UTC|GMT|[A-Z]{3,4})?\s?(?P<offset>[+-]\d{2}:?\d{2})?(?![\w:]))?(?:\s?\([^()]{0,40}\))?",
    re.IGNORECASE,
)
_AFTERNOON: Final = frozenset({"下午", "晚上", "傍晚", "夜里", "pm"})


class Clock(NamedTuple):
    """A time of day as written.

    Attributes:
        time: `HH:MM:SS`, or None where the digits are no time.
        fraction: digits behind the second, if any.
        offset: `+08:00` from UTC, where the text says so.
    """

    time: str | None
    fraction: str | None
    offset: str | None

    @property
    def is_midnight(self) -> bool:
        """Whether the time is what a program writes that has none: 00:00:00."""
        return self.time == "00:00:00"


class Words(NamedTuple):
    """A date's text with its words turned to digits.

    Attributes:
        text: digits with marks between them; months named in letters stand as `m8`.
        clock: the time of day, if one was written.
        year_first: whether a word said that the year comes first (年).
        converted: whether the year was counted in another calendar.
        note: what was left out: words in brackets, 约, 左右.
        readable: whether every word was understood.
        lunar: whether a word means the moon's calendar.
    """

    text: str
    clock: Clock | None
    year_first: bool
    converted: bool
    note: str | None
    readable: bool
    lunar: bool = False


def read_words(text: str) -> Words:
    """A cleaned date with all its words read.

    >>> read_words("民國六十八年八月四日 下午3:20")
    Words(text='1979-8-4', clock=Clock(time='15:20:00', fraction=None, offset=None), year_first=True, converted=True,
          note=None, readable=True, lunar=False)
    """
    notes: list[str] = []
    if not text.isascii() and "。" in text:
        text = _FULL_STOP.sub(".", text.rstrip("。 "))
    if doubt := _DOUBT.search(text):
        notes.append("?")
        text = text[: doubt.start()]
    text = _without(_LUNAR_NOTE, text, notes)
    if len(text) > MAX_LENGTH or _LUNAR.search(text):
        lunar = len(text) <= MAX_LENGTH
        return Words(text, None, False, False, None, False, lunar)
    text = _WEEKDAY.sub(" ", text) if not text.isascii() or any(c.isalpha() for c in text) else text
    text = _HAN_NUMBER.sub(lambda match: _han_number(match[0]), text.translate(_FORMAL).translate(_DASHES))
    text = _EXIF.sub(r"\1-\2-\3", text)
    text, clock = _take_time(text)
    text = _without(_NOTE, text.strip(" ,"), notes)
    text = _LABEL.sub("", text.strip(" ,()[]")).strip(" ,()[]")
    if not text.isascii() or text[:1].isalpha():
        text = _without(_ABOUT, text, notes)
        behind = _WORDS_BEHIND.search(text)
        if behind and not _NO_NOTE.search(behind[1]):
            text = _without(_WORDS_BEHIND, text, notes)
    text, n_eras = _without_era(text)
    year_first = "年" in text
    text = _ORDINAL.sub("", text.replace("年", "-").replace("月", "-"))
    for mark in "日号號":
        text = text.replace(mark, " ")
    text, readable = _months(text)
    text = " ".join(text.split()).strip(" -,.")
    return Words(text, clock, year_first, n_eras > 0, " ".join(notes) or None, readable)


def _without(pattern: re.Pattern[str], text: str, notes: list[str]) -> str:
    """A text without what a pattern finds, which goes to the notes."""

    def keep(match: re.Match[str]) -> str:
        notes.append(match[0].strip(" ,()"))
        return " "

    return pattern.sub(keep, text).strip()


def _without_era(text: str) -> tuple[str, int]:
    """A text with its year in our count, and how many years were counted otherwise."""
    text, n = _ERA.subn(_gregorian, text, count=1)
    if n == 0:
        text, n = _ERA_LETTER.subn(lambda m: f"{_ERA_LETTERS[m[1].lower()] + int(m[2])}-", text)
    if n == 0:
        text, n = _BUDDHIST.subn(lambda m: f" {int(m[1]) - 543}", text)
    return text.strip(), n


def _han_number(text: str) -> str:
    """一九七九 as 1979, 二十三 as 23, 十 as 10, 廿三 as 23."""
    tens = _TENS.match(text)
    if tens is None:
        return "".join(_HAN_DIGITS.get(c, "") for c in text)
    ten = 2 if tens[2] else 3 if tens[3] else int(_HAN_DIGITS.get(tens[1], "1"))
    rest = text[tens.end() :]
    return str(10 * ten + int(_HAN_DIGITS.get(rest, "0"))) if len(rest) <= 1 else text


def _gregorian(match: re.Match[str]) -> str:
    """The year of an era as ours; the longest era has not lasted 150 years."""
    return str(_ERAS[match[1].lower()] + int(match[2])) if 1 <= int(match[2]) <= 150 else match[0]


def _take_time(text: str) -> tuple[str, Clock | None]:
    zone = _ZONE.search(text)
    if zone:
        return text[: zone.start()], Clock(None, None, _offset("Z", None if zone[0] == "Z" else zone[0]))
    if ":" in text or any(c in text for c in "时時点點"):
        match = _TIME.search(text)
        if match is not None:
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            clock = _clock(
                match["before"] or match["after"], match["hour"], match["minute"], match["second"], match["fraction"]
            )
            return rest, clock._replace(offset=_offset(match["zone"], match["offset"]))
    match = _HOUR.search(text) if any(c in text for c in "时時点點mM") else None
    if match is None:
        return text, None
    minute = "30" if match["half"] else {"一刻": "15", "三刻": "45"}.get(match["quarter"] or "", match["minute"])
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return rest, _clock(match["before"] or match["after"], match["hour"], minute, None, None)


def _clock(half: str | None, hours: str, minutes: str | None, seconds: str | None, fraction: str | None) -> Clock:
    hour, minute, second = int(hours), int(minutes or 0), int(seconds or 0)
    half = (half or "").lower().replace(".", "")
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in ("am", "上午", "凌晨", "半夜") and hour == 12:
        hour = 0
    valid = hour < 24 and minute < 60 and second < 60
    return Clock(f"{hour:02}:{minute:02}:{second:02}" if valid else None, fraction, None)


def _offset(zone: str | None, offset: str | None) -> str | None:
    if offset is not None:
        digits = offset.replace(":", "")
        return f"{digits[:3]}:{digits[3:]}" if int(digits[1:3]) <= 14 and int(digits[3:]) < 60 else None
    return "+00:00" if zone is not None and zone.upper() in ("Z", "UTC", "GMT") else None


def _months(text: str) -> tuple[str, bool]:
    """English names of months as `m1` to `m12`; False where another word is left."""
    readable = True

    def number(match: re.Match[str]) -> str:
        nonlocal readable
        word = match[0].rstrip(".").lower()
        if word in ("of", "the"):
            return ""
        month = _MONTH.get(word)
        if month is None:
            readable = False
            return match[0]
        return f" m{month} "

    text = _WORD.sub(number, text)
    leftover = any(c.isalpha() and not c.isascii() for c in text)
    return text, readable and not leftover
