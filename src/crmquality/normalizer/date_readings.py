"""What the digits of a date mean: which is the year, which the month, which the day, or that nobody can tell.

Nothing here is an answer yet: a reading may name a day that does not exist, and 0 stands for a part that is not given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias

from crmquality.normalizer.date_words import MAX_LENGTH, Clock, Words, read_words

DateOrder: TypeAlias = Literal["YMD", "MDY", "DMY"]
SerialKind: TypeAlias = Literal["excel", "excel1904", "unix"]

_TRIPLE: Final = re.compile(r"'?(\d{1,4}) ?[-/., ] ?(\d{1,2}) ?[-/., ] ?'?(\d{1,4})\Z", re.ASCII)
_YEAR_ONLY: Final = re.compile(r"'?(\d\d)\Z", re.ASCII)
_PAIR: Final = re.compile(r"(\d{1,4}) ?[-/. ] ?(\d{1,4})\Z", re.ASCII)
_NAMED: Final = re.compile(
    r"'?(\d{1,4})?[-/., ]{0,3}m(\d{1,2})[-/., ]{0,3}'?(\d{1,4})?(?:[-/., ]{1,3}'?(\d{1,4}))?\Z", re.ASCII
)
_COMPACT: Final = re.compile(r"(\d{8})T?(\d{4}(?:\d\d)?)(?:\.\d+)?Z?\Z", re.ASCII)
_DIGITS: Final = re.compile(r"(\d+)(?:\.(\d+))?\Z", re.ASCII)
_WEEK: Final = re.compile(r"(\d{4})-?W([0-5]\d)(?:-?([1-7]))?\Z", re.ASCII | re.IGNORECASE)
_ORDINAL_DAY: Final = re.compile(r"(\d{4})-(\d{3})\Z", re.ASCII)
_JSON_DATE: Final = re.compile(r"/?Date\((\d{1,14})(?:[+-]\d{4})?\)/?\Z", re.ASCII)
_FILLER: Final = re.compile(r"(?=[^0-9]*([09]))(?:\1{1,4}[-/. 年月日]{0,2}){3,8}\Z", re.ASCII)
_HIDDEN: Final = re.compile(
    r"(\d{4})(?:[-/.年]?(\d{1,2})(?=[-/.月]?[*?xX]))?(?=.*[*?xX])[-/.年月日*?xX]{1,12}\Z", re.ASCII
)
_SEVERAL: Final = re.compile(
    r"(?<!\d)(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)日?|(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)"
)
_TWO_YEARS: Final = re.compile(r"((?:19|20)\d{2})年? ?[-~至到] ?((?:19|20)\d{2})年?\Z")
_OF_LETTERS: Final = str.maketrans("OoIlL|QD", "00111100")
_LETTERS: Final = re.compile(r"[-/.\d]*(?:[OoQD]|[IlL|])[-/.\dOoIlL|QD]*\Z")
# An end that there is none of: of documents, contracts, jobs
_NO_END: Final = re.compile(
    r"[-~至到 (]{0,3}(?P<word>(?:长期|長期|永久)(?:有效)?|永远|永遠|终身|終身|[无無](?:固定)?期限|[无無]限期"
    r"|不限期|至今|迄今|现在|現在|目前|未定"
    r"|indefinite(?:ly)?|no expiry|never expires|till? (?:now|date)|present|ongoing|permanent)\)?\Z",
    re.IGNORECASE,
)
_MONTH_DAYS: Final = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Window(NamedTuple):
    """The years a date may fall in, and the last year that two digits can mean."""

    first: int
    last: int
    two_digits_until: int


ANY_DATE: Final = Window(1000, 9999, 2068)
BIRTH: Final = Window(1850, 2099, 2025)


class Found(NamedTuple):
    """What a text says: one reading, or several; in a reading, 0 is what the text does not say."""

    readings: tuple[tuple[int, int, int], ...] = ()
    issues: tuple[str, ...] = ()
    clock: Clock | None = None
    parts: tuple[tuple[str, str], ...] = ()


_INVALID: Final = Found(issues=("invalid_date",))
_SERIAL: Final = Found(issues=("serial_date",))


def find_date(text: str, order: DateOrder | None, serial: SerialKind | None, window: Window) -> Found:
    """What a cleaned text says of a date and of a time.

    >>> find_date("Jan. 5th, 2024", None, None, ANY_DATE).readings
    ((2024, 1, 5),)
    >>> find_date("03/04/2020", None, None, ANY_DATE).readings
    ((2020, 3, 4), (2020, 4, 3))
    """
    if match := _DIGITS.match(text):
        return _number(match[1], match[2], order, serial, window)
    if match := _COMPACT.match(text):
        clock = _compact_clock(match[2])
        return _number(match[1], None, order, None, window)._replace(clock=clock)
    found = _special(text)
    if found is not None:
        return found
    ended = _NO_END.search(text) if len(text) <= MAX_LENGTH else None
    if ended is not None and _NO_END.search(text[: ended.start()]) is None:
        return _open(text[: ended.start()], ended["word"], order, window)
    words = read_words(text)
    if words.lunar:
        return Found(issues=("lunar_date",))
    found = _marked(words.text, "YMD" if words.year_first else order, window) if words.readable else _INVALID
    if not found.readings and (other := _no_single_date(text, words, order, window, found)):
        return other
    if words.converted:
        found = found._replace(issues=(*found.issues, "calendar_converted"))
    if words.note and (found.readings or found.parts):
        noted = (*found.issues, "annotation_removed")
        found = found._replace(issues=noted, parts=(*found.parts, ("note", words.note)))
    return found._replace(clock=words.clock)


def _special(text: str) -> Found | None:
    """Forms with a grammar of their own: weeks and days of the year (ISO 8601), JSON's, fillers, hidden parts."""
    if match := _WEEK.match(text):
        return _week(int(match[1]), int(match[2]), match[3])
    if match := _ORDINAL_DAY.match(text):
        return _day_of_year(int(match[1]), int(match[2]))
    if match := _JSON_DATE.match(text):
        return _serial(match[1].zfill(13), None, "unix")
    if _FILLER.match(text):
        digits = "".join(c for c in text if c.isdigit())
        return Found(((9999 if digits[0] == "9" else 0, 0, 0),))
    if match := _HIDDEN.match(text):
        return Found(((int(match[1]), int(match[2] or 0), 0),), ("masked",))
    return None


def _open(before: str, word: str, order: DateOrder | None, window: Window) -> Found:
    """长期 has no day; a day and 至今 are a period that has not ended."""
    note = ("note", word)
    if not before.strip(" -~至到()从自起"):
        return Found((), ("open_ended",), None, (note,))
    first = find_date(before.strip(" -~至到()从自起"), order, None, window)
    if len(first.readings) != 1 or not is_day(*first.readings[0]):
        return Found(issues=("invalid_date", "open_ended"), parts=(note,))
    year, month, day = first.readings[0]
    return Found((), ("several_dates", "open_ended"), None, (("readings", f"{year:04}-{month:02}-{day:02}"), note))


def _week(year: int, week: int, weekday: str | None) -> Found:
    try:
        day = date.fromisocalendar(year, week, int(weekday or 1))
    except ValueError:
        return _INVALID
    if weekday is None:  # a week has no month: what is known is its year
        return Found(((year, 0, 0),), (), None, (("week", f"{year:04}-W{week:02}"),))
    return Found(((day.year, day.month, day.day),), ("calendar_converted",))


def _day_of_year(year: int, number: int) -> Found:
    if not (1 <= number <= 366 and year):
        return _INVALID
    day = date(year, 1, 1) + timedelta(days=number - 1) if year < 9999 or number < 366 else None
    if day is None or day.year != year:
        return _INVALID
    return Found(((year, day.month, day.day),), ("calendar_converted",))


def _three(year: int, month: int, day: int) -> tuple[int, int, int]:
    return year, month, day


def _no_single_date(text: str, words: Words, order: DateOrder | None, window: Window, found: Found) -> Found | None:
    """Why a text is no date: two of them, letters for digits."""
    several = [_three(*(int(n) for n in m if n)) for m in _SEVERAL.findall(text)[:8]]
    if len(several) > 1 and all(is_day(*d) for d in several):
        days = tuple(dict.fromkeys(f"{y:04}-{m:02}-{d:02}" for y, m, d in several))
        if len(days) == 1:
            return Found((several[0],), ("annotation_removed",))
        return Found(issues=("several_dates",), parts=(("readings", " ".join(days)),))
    if match := _TWO_YEARS.match(text):
        return Found(issues=("several_dates",), parts=(("readings", f"{match[1]} {match[2]}"),))
    if _LETTERS.match(text):
        other = _marked(text.translate(_OF_LETTERS), order, window)
        if len(other.readings) == 1 and is_day(*other.readings[0]):
            y, m, d = other.readings[0]
            return Found(
                issues=("invalid_date", "letters_for_digits"), parts=(("suggestion", f"{y:04}-{m:02}-{d:02}"),)
            )
    return None


def _marked(text: str, order: DateOrder | None, window: Window) -> Found:
    """A date whose parts have marks between them, or the name of its month."""
    if match := _TRIPLE.match(text):
        return _triple(match[1], match[2], match[3], order, window)
    if "m" in text:
        return _named(text, window)
    if match := _PAIR.match(text):
        a, b = match[1], match[2]
        if len(a) == 4 and len(b) <= 2:
            return Found(((int(a), int(b), 0),))
        if len(b) == 4 and len(a) <= 2:
            return Found(((int(b), int(a), 0),))
        if len(a) <= 2 and len(b) <= 2:
            return _without_day_or_year(int(a), int(b), order, window)
        return _INVALID
    if order == "YMD" and (match := _YEAR_ONLY.match(text)):
        return Found(((_century(int(match[1]), window), 0, 0),), ("two_digit_year",))
    if match := _DIGITS.match(text):
        return _number(match[1], match[2], order, None, window)
    return Found(issues=("incomplete_date",)) if not text else _INVALID


def _without_day_or_year(a: int, b: int, order: DateOrder | None, window: Window) -> Found:
    """Two numbers of two digits: a day without year, or a year and month where the year is too big for a day."""
    if a > 31 and 1 <= b <= 12:
        return Found(((_century(a, window), b, 0),), ("two_digit_year",))
    if b > 31 and 1 <= a <= 12:  # 01/90, as on cards
        return Found(((_century(b, window), a, 0),), ("two_digit_year",))
    month, day = (b, a) if order == "DMY" else (a, b)
    sure = order is not None or not is_day(2000, b, a) or a == b
    if not is_day(2000, month, day):
        month, day = day, month
    if not (sure and is_day(2000, month, day)):
        return Found(issues=("incomplete_date",))
    return Found(issues=("incomplete_date",), parts=(("month", f"{month:02}"), ("day", f"{day:02}")))


def _triple(a: str, b: str, c: str, order: DateOrder | None, window: Window) -> Found:
    if len(a) == 4 and len(c) <= 2:
        return Found(((int(a), int(b), int(c)),))
    if len(c) == 4 and len(a) <= 2:
        return _ordered({"MDY": (int(c), int(a), int(b)), "DMY": (int(c), int(b), int(a))}, order, ())
    if len(a) > 2 or len(c) > 2:
        return _INVALID
    first, last = _century(int(a), window), _century(int(c), window)
    return _ordered(
        {
            "YMD": (first, int(b), int(c)),
            "MDY": (last, int(a), int(b)),
            "DMY": (last, int(b), int(a)),
        },
        order,
        ("two_digit_year",),
    )


def _ordered(
    readings: Mapping[DateOrder, tuple[int, int, int]], order: DateOrder | None, issues: tuple[str, ...]
) -> Found:
    """The reading of the declared order; else the only valid one; else all of them."""
    valid = {name: date for name, date in readings.items() if is_day(*date)}
    if order is not None and order in valid:
        return Found((valid[order],), issues)
    different = tuple(dict.fromkeys(valid.values()))
    if not different:
        return Found(issues=(*issues, "invalid_date"))
    # The only reading of a text is what it says, even against the declared order; but then the order is in doubt.
    doubt = ("ambiguous_order",) if order in readings and len(different) == 1 else ()
    return Found(different, (*issues, *doubt))


def _named(text: str, window: Window) -> Found:
    """A date with the name of its month: whatever order, the day is the short number and the year the long one."""
    match = _NAMED.match(text)
    if match is None:
        return _INVALID
    month = int(match[2])
    numbers = [n for n in (match[1], match[3], match[4]) if n]
    long = [n for n in numbers if len(n) == 4]
    short = [n for n in numbers if len(n) <= 2]
    if len(long) + len(short) != len(numbers) or len(long) > 1:
        return _INVALID
    if long:
        return Found(((int(long[0]), month, int(short[0]) if short else 0),)) if len(short) <= 1 else _INVALID
    if len(short) < 2:
        return _month_and_number(month, short[0] if short else "", text, window)
    if len(short) > 2:
        return _INVALID
    # 5-Jan-24, Jan 5 '24: day before year, as every convention with a named month has it.
    return Found(((_century(int(short[1]), window), month, int(short[0])),), ("two_digit_year",))


def _month_and_number(month: int, number: str, text: str, window: Window) -> Found:
    """Jan-90 and Jan '05 are months of a year, Aug 4 is a day of some year; Jan-05 may be either."""
    if number and (int(number) > 31 or (len(number) == 2 and "'" in text)):
        return Found(((_century(int(number), window), month, 0),), ("two_digit_year",))
    if len(number) == 2:
        return Found(issues=("incomplete_date", "ambiguous_order"))
    parts = (("month", f"{month:02}"), *((("day", f"{int(number):02}"),) if number and int(number) else ()))
    return Found(issues=("incomplete_date",), parts=parts)


def _number(
    digits: str, fraction: str | None, order: DateOrder | None, serial: SerialKind | None, window: Window
) -> Found:
    """A number without marks: a compact date, a year, or a count that nobody has declared."""
    compact = fraction is None and ((len(digits) == 8 and serial != "unix") or len(digits) == 14)
    if serial is not None and not compact:
        return _serial(digits, fraction, serial)
    if fraction is not None and fraction.strip("0"):
        if len(digits) <= 2 and len(fraction) == 4:  # 8.1979
            return Found(((int(fraction), int(digits), 0),))
        pair = len(digits) == 4 and len(fraction) <= 2  # 1979.8
        return Found(((int(digits), int(fraction), 0),)) if pair else _SERIAL if len(digits) == 5 else _INVALID
    if len(digits) in (12, 14):
        clock = _compact_clock(digits[8:])
        return _number(digits[:8], None, order, None, window)._replace(clock=clock)
    if len(digits) == 8:
        return _eight(digits, order)
    if len(digits) == 6:
        return _six(digits, order, window)
    if len(digits) == 4:
        year = int(digits)
        return Found(((year, 0, 0),)) if 1800 <= year <= 2199 or year in (0, 9999) else _INVALID
    return _SERIAL if len(digits) in (5, 9, 10, 13) else _INVALID


def _eight(digits: str, order: DateOrder | None) -> Found:
    if digits.strip("0") == "":
        return Found(((0, 0, 0),))
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if 1800 <= year <= 2199 or digits in ("99991231", "00010101"):
        return Found(((year, month, day),))
    a, b, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if not 1800 <= year <= 2199:
        return _INVALID
    return _ordered({"MDY": (year, a, b), "DMY": (year, b, a)}, order, ())


def _six(digits: str, order: DateOrder | None, window: Window) -> Found:
    """195411 is a month, 790804 a day of a two-digit year; 201112 may be either, 010203 three days."""
    if digits.strip("0") == "":
        return Found(((0, 0, 0),))
    month = 1800 <= int(digits[:4]) <= 2199 and 1 <= int(digits[4:]) <= 12
    found = _triple(digits[:2], digits[2:4], digits[4:], order, window)
    if not month:
        return found
    if any(is_day(*reading) for reading in found.readings) and found.readings:
        return Found(issues=("ambiguous_order",))
    return Found(((int(digits[:4]), int(digits[4:]), 0),))


def _century(year: int, window: Window) -> int:
    return window.two_digits_until - (window.two_digits_until - year) % 100


def _compact_clock(digits: str) -> Clock:
    hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0)
    valid = hour < 24 and minute < 60 and second < 60
    return Clock(f"{hour:02}:{minute:02}:{second:02}" if valid else None, None, None)


def _serial(digits: str, fraction: str | None, serial: SerialKind) -> Found:
    """A count of days of a spreadsheet, or of seconds, or thousandths or smaller parts of them, since 1970 in UTC."""
    if len(digits) > 19:
        return _INVALID
    count = int(digits)
    if serial != "unix":
        # Excel believes in 1900-02-29, day 60; before it, day 1 is 1900-01-01. Day 2958465 is 9999-12-31. The system
        # of 1904, of old Macintoshes, counts from 0 and 1462 days later.
        later = 1462 if serial == "excel1904" else 0
        if not (0 if later else 1) <= count <= 2_958_465 - later or (count == 60 and not later):
            return _INVALID
        count += later
        day = datetime(1899, 12, 31 if count < 60 else 30) + timedelta(days=count)
        seconds = round(float(f"0.{fraction[:9]}") * 86_400) % 86_400 if fraction else 0
        clock = Clock(f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}", None, None)
        return Found(((day.year, day.month, day.day),), (), clock if seconds else None)
    seconds = count // 10 ** (9 if len(digits) > 17 else 6 if len(digits) > 14 else 3 if len(digits) > 11 else 0)
    moment = datetime.fromtimestamp(seconds, UTC) if seconds < 253_402_300_800 else None
    if moment is None:
        return _INVALID
    return Found(((moment.year, moment.month, moment.day),), (), Clock(moment.strftime("%H:%M:%S"), None, "+00:00"))


def is_day(year: int, month: int, day: int) -> bool:
    """Whether the Gregorian calendar has such a day.

    >>> is_day(2024, 2, 29), is_day(2023, 2, 29), is_day(1900, 2, 29)
    (True, False, False)
    """
    if not (1 <= month <= 12 and 1 <= day <= _MONTH_DAYS[month]):
        return False
    return (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def suggest_order(values: Iterable[str | None]) -> DateOrder | None:
    """The order of day and month in a column, by its dates that only one order can read; None where none decides.

    Fewer than one in ten may speak for the other order: those are slips, or another source, which its own schema reads.

    >>> suggest_order(["01/05/2020", "12/25/2020", None]), suggest_order(["01/05/2020", "03/04/2021"])
    ('MDY', None)
    """
    votes: dict[DateOrder, int] = {"MDY": 0, "DMY": 0}
    for value in values:
        match = _TRIPLE.match(value.strip()[:20]) if value else None
        if match is None or len(match[1]) > 2 or len(match[3]) != 4:
            continue
        a, b = int(match[1]), int(match[2])
        if a <= 12 < b <= 31:
            votes["MDY"] += 1
        elif b <= 12 < a <= 31:
            votes["DMY"] += 1
    more: DateOrder = "MDY" if votes["MDY"] > votes["DMY"] else "DMY"
    less: DateOrder = "DMY" if more == "MDY" else "MDY"
    return more if votes[more] > 10 * votes[less] else None
