"""Dates: the day a text means, as far as the text says it.

The value is ISO 8601: `YYYY-MM-DD`, or `YYYY-MM`, or `YYYY`, where no more is known. No part is ever filled in, no
clock is asked, no order of day and month is guessed: `03/04/2020` without a declared order is ambiguous, and says so.

Parts:

| part | what it is |
|---|---|
| `year`, `month`, `day` | what is known of the date, zero-padded |
| `swapped` | the date with day and month exchanged, where that is another valid date: a common slip of entry |
| `readings` | the readings of an ambiguous date, or the dates of a period, with spaces; then there is no value |
| `suggestion` | the date it would be if letters (O, l) stood for digits; then there is no value |
| `week` | the week (2024-W01) of which only the year is a date |
| `note` | what was left out: words in brackets, 约, 左右, a question mark; 长期 and 至今, which have no day |
| `placeholder` | the date that only fills the box (1900-01-01, 9999-12-31); then there is no value |
| `time`, `fraction`, `offset`, `utc` | of `normalize_timestamp` |

A year of two digits is read in a window of a hundred years and always flagged. The windows are constants, so that an
answer does not depend on the day it is asked: 1969 to 2068 for any date (POSIX `strptime`), 1926 to 2025 for births.

Sources: ISO 8601 (form), the proleptic Gregorian calendar, SQL's and spreadsheets' manuals (placeholders, serials).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from crmquality.normalizer.date_readings import (
    ANY_DATE,
    BIRTH,
    DateOrder,
    Found,
    SerialKind,
    Window,
    find_date,
    is_day,
    suggest_order,
)
from crmquality.normalizer.text import clean
from crmquality.tables import Normalized

__all__ = [
    "ISSUES",
    "PLACEHOLDERS",
    "DateOrder",
    "SerialKind",
    "normalize_birth_date",
    "normalize_date",
    "normalize_timestamp",
    "suggest_order",
]

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "annotation_removed",
    "invalid_date",
    "ambiguous_order",
    "incomplete_date",
    "two_digit_year",
    "time_dropped",
    "calendar_converted",
    "serial_date",
    "lunar_date",
    "several_dates",
    "open_ended",
    "letters_for_digits",
    "masked",
)

PLACEHOLDERS: Final = frozenset(
    {
        "0001-01-01",  # the first day of .NET, Go and SQL's DATE
        "1000-01-01",  # the first day of MySQL
        "1111-11-11",
        "1601-01-01",  # tick 0 of Windows
        "1753-01-01",  # the first day of SQL Server's DATETIME
        "1899-12-30",  # day 0 of OLE Automation
        "1899-12-31",  # day 0 of Excel
        "1900-01-01",
        "1901-01-01",
        "1904-01-01",  # day 0 of spreadsheets of old Macintoshes
        "1970-01-01",  # second 0 of Unix
        "2079-06-06",  # the last day of SQL Server's SMALLDATETIME
        "2099-12-31",
        "2999-12-31",
        "3000-01-01",
        "9999-12-31",
    }
)
"""Days that systems write where there is none. A few real births fall on 1970-01-01; far more empty boxes do."""

_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)\Z", re.ASCII)
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)\Z", re.ASCII)
_COMMON: Final = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))\Z", re.ASCII)


def normalize_date(
    value: str | None, *, order: DateOrder | None = None, serial: SerialKind | None = None
) -> Normalized:
    """The day a cell means, as ISO 8601, as far as the cell says it.

    Args:
        value: the cell.
        order: how `03/04/2020` and `03/04/20` are read; None leaves them ambiguous.
        serial: what a bare number counts: days of a spreadsheet (`excel`, or `excel1904` of old Macintoshes), or
            seconds or parts of them since 1970 (`unix`, in UTC). None takes no number for a date, whatever it looks
            like.

    Returns:
        The date; parts as in this module's table.

    >>> normalize_date("1979年8月4日").value, normalize_date("民国68年8月4日").value
    ('1979-08-04', '1979-08-04')
    >>> normalize_date("03/04/2020")
    Normalized(value=None, parts={'readings': '2020-03-04 2020-04-03'}, issues=('ambiguous_order',))
    >>> normalize_date("03/04/2020", order="DMY").value, normalize_date("1954-11").value
    ('2020-04-03', '1954-11')
    """
    return _normalize(value, order, serial, ANY_DATE)


def normalize_birth_date(
    value: str | None, *, order: DateOrder | None = None, serial: SerialKind | None = None
) -> Normalized:
    """A date of birth: `normalize_date` for years 1850 to 2099, two digits meaning 1926 to 2025.

    Whether a birth lies in the future, only somebody with a calendar can say: the validator is given the day.

    >>> normalize_birth_date("79.8.4").value, normalize_birth_date("1979-08-04").parts["swapped"]
    ('1979-08-04', '1979-04-08')
    >>> normalize_birth_date("1900-01-01").issues
    ('placeholder',)
    """
    return _normalize(value, order, serial, BIRTH)


def normalize_timestamp(
    value: str | None, *, order: DateOrder | None = None, serial: SerialKind | None = None
) -> Normalized:
    """A moment as ISO 8601 without zone, `YYYY-MM-DDTHH:MM:SS`: the wall clock as written.

    A date without a time stays a date (`incomplete_date`); text order is still order in time. Where the text names its
    offset, parts `offset` and `utc` have it. Fractions of a second are in part `fraction`.

    >>> answer = normalize_timestamp("2024-01-05T23:30:00.123+08:00")
    >>> answer.value, answer.parts["utc"]
    ('2024-01-05T23:30:00', '2024-01-05T15:30:00')
    >>> normalize_timestamp("2024/1/5 下午3:20").value, normalize_timestamp("2024-01-05").value
    ('2024-01-05T15:20:00', '2024-01-05')
    """
    if value is not None and (fast := _common_moment(value, serial)):
        return fast
    text, issues = clean(value)
    if text is None:
        return Normalized(None, issues=issues)
    found = find_date(text, order, serial, ANY_DATE)
    answer = _answer(found._replace(clock=None), issues, ANY_DATE)
    if answer.value is None or len(answer.value) < 10:
        return answer
    clock = found.clock
    if clock is None or clock.time is None:
        return Normalized(answer.value, answer.parts, (*answer.issues, "incomplete_date"))
    moment = f"{answer.value}T{clock.time}"
    parts = dict(answer.parts) | {"time": clock.time}
    if clock.fraction:
        parts["fraction"] = clock.fraction
    if clock.offset:
        parts["offset"] = clock.offset
        if utc := _utc(moment, clock.offset):
            parts["utc"] = utc
    return Normalized(moment, parts, answer.issues)


def _normalize(value: str | None, order: DateOrder | None, serial: SerialKind | None, window: Window) -> Normalized:
    if value is not None and (fast := _common(value, serial, window)):
        return fast
    text, issues = clean(value)
    if text is None:
        return Normalized(None, issues=issues)
    return _answer(find_date(text, order, serial, window), issues, window)


def _common(value: str, serial: SerialKind | None, window: Window) -> Normalized | None:
    """The forms that nearly all dates have, year first; None sends the value the long way, which agrees."""
    if match := _ISO.match(value):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if value in PLACEHOLDERS or not window.first <= year <= window.last or not is_day(year, month, day):
            return None
        parts = {"year": match[1], "month": match[2], "day": match[3]}
        if day <= 12 and day != month:
            parts["swapped"] = f"{match[1]}-{match[3]}-{match[2]}"
        return Normalized(value, parts)
    if serial is not None or not (match := _COMMON.match(value)):
        return None
    year, month, day = int(match[1]), int(match[3] or match[5] or match[7]), int(match[4] or match[6] or match[8])
    plausible = window.first <= year <= window.last and (match[7] is None or 1800 <= year <= 2199)
    return _whole(year, month, day, ()) if plausible and is_day(year, month, day) else None


def _common_moment(value: str, serial: SerialKind | None) -> Normalized | None:
    match = _MOMENT.match(value)
    day = _common(value if match is None else match[1], serial, ANY_DATE)
    if day is None or day.value is None:
        return None
    if match is None:
        return Normalized(day.value, day.parts, ("incomplete_date",))
    time = f"{match[2]}:{match[3]}:{match[4]}"
    return Normalized(f"{day.value}T{time}", {**day.parts, "time": time})


def _answer(found: Found, issues: tuple[str, ...], window: Window) -> Normalized:
    codes = (*issues, *found.issues)
    if found.clock is not None and found.readings and not found.clock.is_midnight:
        codes = (*codes, "time_dropped")
    answer = _of_readings(found, codes, window)
    if found.parts:
        return Normalized(answer.value, {**answer.parts, **dict(found.parts)}, answer.issues)
    return answer


def _of_readings(found: Found, codes: tuple[str, ...], window: Window) -> Normalized:
    if len(found.readings) > 1:
        readings = " ".join(sorted(f"{y:04}-{m:02}-{d:02}" for y, m, d in found.readings))
        return Normalized(None, {"readings": readings}, (*codes, "ambiguous_order"))
    if not found.readings:
        return Normalized(None, {}, codes)
    year, month, day = found.readings[0]
    if month == 0 and year in (0, 9999):
        return Normalized(None, {"placeholder": f"{year:04}"}, (*codes, "placeholder"))
    if f"{year:04}-{month:02}-{day:02}" in PLACEHOLDERS or (year, month, day) == (1900, 1, 0):
        return _whole(year, month, day, codes)
    if not window.first <= year <= window.last or month > 12 or (month == 0 and day):
        return Normalized(None, {}, (*codes, "invalid_date"))
    if month == 0:
        if not 1800 <= year <= 2199:  # alone, four such digits are no year
            return Normalized(None, {}, (*codes, "invalid_date"))
        return Normalized(f"{year:04}", {"year": f"{year:04}"}, (*codes, "incomplete_date"))
    if day == 0:
        parts = {"year": f"{year:04}", "month": f"{month:02}"}
        return Normalized(f"{year:04}-{month:02}", parts, (*codes, "incomplete_date"))
    if not is_day(year, month, day):
        return Normalized(None, {}, (*codes, "invalid_date"))
    return _whole(year, month, day, codes)


def _whole(year: int, month: int, day: int, issues: tuple[str, ...]) -> Normalized:
    text = f"{year:04}-{month:02}-{day:02}"
    if text in PLACEHOLDERS or day == 0:
        return Normalized(None, {"placeholder": text}, (*issues, "placeholder"))
    parts = {"year": text[:4], "month": text[5:7], "day": text[8:]}
    if day <= 12 and day != month:
        parts["swapped"] = f"{text[:4]}-{text[8:]}-{text[5:7]}"
    return Normalized(text, parts, issues)


def _utc(moment: str, offset: str) -> str | None:
    try:
        return datetime.fromisoformat(moment + offset).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError):  # the first and the last day of the calendar
        return None
