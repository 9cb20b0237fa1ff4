"""Dates: real hard cases; the calendar of the standard library as the oracle; nothing filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmquality.normalizer.date_columns import normalize_birth_date_column, normalize_date_column
from crmquality.normalizer.dates import (
    ISSUES,
    PLACEHOLDERS,
    DateOrder,
    SerialKind,
    normalize_birth_date,
    normalize_date,
    normalize_timestamp,
    suggest_order,
)
from crmquality.tables import Normalized

AGREED: list[tuple[str, DateOrder | None, SerialKind | None, str | None]] = [
    ("20240105", None, None, "2024-01-05"),
    ("2024年1月5日", None, None, "2024-01-05"),
    ("2024年01月05日", None, None, "2024-01-05"),
    ("2024年1月5号", None, None, "2024-01-05"),
    ("24年1月5日", None, None, "2024-01-05"),
    ("民國113年1月5日", None, None, "2024-01-05"),
    ("01/05/2024", "MDY", None, "2024-01-05"),
    ("13/01/2024", None, None, "2024-01-13"),
    ("Jan 5, 2024", None, None, "2024-01-05"),
    ("5th Jan 2024", None, None, "2024-01-05"),
    ("Jan. 5th, 2024", None, None, "2024-01-05"),
    ("5-Jan-24", None, None, "2024-01-05"),
    ("Friday, January 5, 2024", None, None, "2024-01-05"),
    ("2024-01-05T08:30:00Z", None, None, "2024-01-05"),
    ("2024-01-05T23:30:00+08:00", None, None, "2024-01-05"),
    ("2024-01-05 08:30:00.123", None, None, "2024-01-05"),
    ("1704412800", None, "unix", "2024-01-05"),
    ("1704412800000", None, "unix", "2024-01-05"),
    ("2024-02-30", None, None, None),
    ("2023-02-29", None, None, None),
    ("2024-02-29", None, None, "2024-02-29"),
    ("2024-01", None, None, "2024-01"),
    ("Jan 2024", None, None, "2024-01"),
    ("10:30", None, None, None),
    ("May", None, None, None),
    ("N/A", None, None, None),
    ("待定", None, None, None),
    ("2024-1-5 下午3:20", None, None, "2024-01-05"),
    ("05.01.2024", "DMY", None, "2024-01-05"),
]


@pytest.mark.parametrize(("raw", "order", "serial", "expected"), AGREED)
def test_hard_cases(raw: str, order: DateOrder | None, serial: SerialKind | None, expected: str | None) -> None:
    assert normalize_date(raw, order=order, serial=serial).value == expected


@pytest.mark.parametrize(
    "raw",
    [
        "19790804",
        "19790804.0",
        "1979/8/4",
        "1979.08.04",
        "1979 08 04",
        "1979—08—04",
        "１９７９－０８－０４",
        "1979年8月4日 星期六",
        "一九七九年八月四日",
        "民国68年8月4日",
        "中華民國六十八年八月四日",
        "昭和54年8月4日",
        "出生日期：1979-08-04",
        "1979-08-04生",
        "生于1979年8月4日",
        "DOB: 4 Aug 1979",
        "August 4th, 1979",
        "4-Aug-1979",
        "1979-Aug-4",
        "4th of August 1979",
        "1979-8-4 0:00",
        "Sat Aug 04 1979 08:30:00 GMT+0800 (中国标准时间)",
        "Sat Aug 4 08:30:00 CST 1979",
        "1979-08-04 (身份证)",
        "1979年8月4日8时30分",
        "79.8.4",
        "790804",
    ],
)
def test_one_day_in_many_spellings(raw: str) -> None:
    answer = normalize_birth_date(raw)
    assert answer.value == "1979-08-04"
    parts = {k: v for k, v in answer.parts.items() if k != "note"}
    assert parts == {"year": "1979", "month": "08", "day": "04", "swapped": "1979-04-08"}


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("1954-11", "1954-11", "incomplete_date"),
        ("1954年11月", "1954-11", "incomplete_date"),
        ("195411", "1954-11", "incomplete_date"),
        ("1954.11", "1954-11", "incomplete_date"),
        ("11/1954", "1954-11", "incomplete_date"),
        ("1954", "1954", "incomplete_date"),
        ("民国68年", "1979", "incomplete_date"),
        ("1979-08-00", "1979-08", "incomplete_date"),
        ("1979-00-00", "1979", "incomplete_date"),
        ("8月4日", None, "incomplete_date"),
        ("Aug 4", None, "incomplete_date"),
        ("1900-01-01", None, "placeholder"),
        ("1900/1/1", None, "placeholder"),
        ("1900-01-00", None, "placeholder"),
        ("1970-01-01 08:00:00", None, "placeholder"),
        ("9999-12-31", None, "placeholder"),
        ("99991231", None, "placeholder"),
        ("0000-00-00", None, "placeholder"),
        ("00000000", None, "placeholder"),
        ("无", None, "placeholder"),
        ("45296", None, "serial_date"),
        ("1704412800", None, "serial_date"),
        ("201112", None, "ambiguous_order"),
        ("03/04/2020", None, "ambiguous_order"),
        ("12/05/24", None, "ambiguous_order"),
        ("04081979", None, "ambiguous_order"),
        ("2024-13-01", None, "invalid_date"),
        ("31/04/2020", None, "invalid_date"),
        ("农历1979年八月初四", None, "lunar_date"),
        ("1979-08-04,1980-01-01", None, "several_dates"),
        ("民国999年1月1日", None, "invalid_date"),
        ("hello 1979-08-04", None, "invalid_date"),
        ("1212-12-12", None, "invalid_date"),
    ],
)
def test_what_is_not_a_whole_day_says_why(raw: str, value: str | None, code: str) -> None:
    answer = normalize_birth_date(raw)
    assert answer.value == value
    assert code in answer.issues


CELLS_OF_CRMS: list[tuple[str, str | None, tuple[str, ...], dict[str, str]]] = [
    ("壹玖玖零年零壹月零贰日", "1990-01-02", (), {}),
    ("民國七十九年元月二日", "1990-01-02", ("calendar_converted",), {}),
    ("H2.1.2", "1990-01-02", ("calendar_converted",), {}),
    ("S54.8.4", "1979-08-04", ("calendar_converted",), {}),
    ("㍻2年1月2日", "1990-01-02", ("calendar_converted",), {}),
    ("พ.ศ. 2533", "1990", ("calendar_converted", "incomplete_date"), {}),
    ("1990-W01-2", "1990-01-02", ("calendar_converted",), {}),
    ("1990-002", "1990-01-02", ("calendar_converted",), {}),
    ("1990-W01", "1990", ("incomplete_date",), {"week": "1990-W01"}),
    ("1990-366", None, ("invalid_date",), {}),
    ("1990、1、2", "1990-01-02", (), {}),
    ("1990·1·2", "1990-01-02", (), {}),
    ("1990:01:02 10:20:30", "1990-01-02", ("time_dropped",), {}),
    ("D.O.B. 1990-01-02", "1990-01-02", (), {}),
    ("阳历生日：1990年1月2日", "1990-01-02", ("full_width",), {}),
    ("1990-1-2 下午三点二十分", "1990-01-02", ("time_dropped",), {}),
    ("1990-1-2 晚上8点半", "1990-01-02", ("time_dropped",), {}),
    ("1990-01-02+08:00", "1990-01-02", ("time_dropped",), {}),
    ("1990-01-02(农历腊月初六)", "1990-01-02", ("annotation_removed",), {"note": "农历腊月初六"}),
    ("1990.1.2 男", "1990-01-02", ("annotation_removed",), {"note": "男"}),
    ("约1990年", "1990", ("annotation_removed", "incomplete_date"), {"note": "约"}),
    ("1990年左右", "1990", ("annotation_removed", "incomplete_date"), {"note": "左右"}),
    ("Jan-90", "1990-01", ("two_digit_year", "incomplete_date"), {}),
    ("Jan '05", "2005-01", ("two_digit_year", "incomplete_date"), {}),
    ("Jan-05", None, ("incomplete_date", "ambiguous_order"), {}),
    ("90年", "1990", ("two_digit_year", "incomplete_date"), {}),
    ("5月20日", None, ("incomplete_date",), {"month": "05", "day": "20"}),
    ("1.1990", "1990-01", ("incomplete_date",), {}),
    ("1990-**-**", "1990", ("masked", "incomplete_date"), {}),
    ("1990-01-XX", "1990-01", ("masked", "incomplete_date"), {}),
    ("010203", None, ("two_digit_year", "ambiguous_order"), {"readings": "2001-02-03 2003-01-02 2003-02-01"}),
    ("2010.01.02-2030.01.02", None, ("several_dates",), {"readings": "2010-01-02 2030-01-02"}),
    ("1990-01-02 / 1990年1月2日", "1990-01-02", ("annotation_removed",), {}),
    ("正月初一", None, ("lunar_date",), {}),
    ("1990.8.15(农)", None, ("lunar_date",), {}),
    ("一九九〇年腊月", None, ("lunar_date",), {}),
    ("199O-01-02", None, ("invalid_date", "letters_for_digits"), {"suggestion": "1990-01-02"}),
    ("35岁", None, ("invalid_date",), {}),
    ("90后", None, ("invalid_date",), {}),
    ("00/00/0000", None, ("placeholder",), {}),
    ("9999-99-99", None, ("placeholder",), {}),
    ("1000-01-01", None, ("placeholder",), {}),
    ("631152000", None, ("serial_date",), {}),
    ("32874.0", None, ("serial_date",), {}),
]


@pytest.mark.parametrize(("raw", "value", "issues", "parts"), CELLS_OF_CRMS)
def test_cells_of_crms(raw: str, value: str | None, issues: tuple[str, ...], parts: dict[str, str]) -> None:
    answer = normalize_birth_date(raw)
    assert (answer.value, answer.issues) == (value, issues)
    assert {k: answer.parts.get(k) for k in parts} == parts


def test_counts_of_old_macintoshes_and_smaller_parts_of_seconds() -> None:
    assert normalize_date("31412", serial="excel1904").value == normalize_date("32874", serial="excel").value
    assert normalize_date("32874", serial="excel").value == "1990-01-01"
    assert normalize_date("19900102", serial="excel").value == "1990-01-02"
    for count in ("1704412800", "1704412800000", "1704412800000000", "1704412800000000000"):
        assert normalize_date(count, serial="unix").value == "2024-01-05"


def test_placeholders_are_kept_beside_the_empty_value() -> None:
    for day in PLACEHOLDERS:
        assert normalize_date(day) == Normalized(None, {"placeholder": day}, ("placeholder",))


def test_the_order_of_day_and_month_is_declared_or_ambiguous_never_guessed() -> None:
    assert normalize_date("03/04/2020", order="MDY").value == "2020-03-04"
    assert normalize_date("03/04/2020", order="DMY").value == "2020-04-03"
    assert normalize_date("03/04/2020", order="YMD").parts == {"readings": "2020-03-04 2020-04-03"}
    assert normalize_date("04081979", order="DMY").value == "1979-08-04"
    assert normalize_date("12/05/24", order="YMD").value == "2012-05-24"
    assert normalize_date("05/05/2020").value == "2020-05-05"
    against = normalize_date("13/01/2024", order="MDY")
    assert (against.value, against.issues) == ("2024-01-13", ("ambiguous_order",))


def test_two_digit_years_lie_in_a_fixed_window_and_are_flagged() -> None:
    windows = {normalize_date: (1969, 2068), normalize_birth_date: (1926, 2025)}
    for kernel, (first, last) in windows.items():
        years = {int((kernel(f"{n:02}年8月4日").value or "")[:4]) for n in range(100)}
        assert (min(years), max(years), len(years)) == (first, last, 100)
    assert normalize_birth_date("26-Aug-04").issues == ("two_digit_year",)


def test_counts_of_days_and_seconds_only_where_declared() -> None:
    for count, day in (
        (1, date(1900, 1, 1)),
        (59, date(1900, 2, 28)),
        (61, date(1900, 3, 1)),
        (45296, date(2024, 1, 5)),
    ):
        answer = normalize_date(str(count), serial="excel")
        assert (answer.value or answer.parts.get("placeholder")) == day.isoformat()
    assert normalize_date("60", serial="excel").issues == ("invalid_date",)
    assert normalize_timestamp("45296.25", serial="excel").value == "2024-01-05T06:00:00"
    assert normalize_timestamp("1704443400", serial="unix").value == "2024-01-05T08:30:00"
    assert normalize_date("9" * 13, serial="unix").value is not None
    assert normalize_date("9" * 14, serial="unix").value is None


@pytest.mark.parametrize(
    ("raw", "value", "parts"),
    [
        ("2024-01-05 08:30:00", "2024-01-05T08:30:00", {}),
        ("2024-01-05T08:30:00.123", "2024-01-05T08:30:00", {"fraction": "123"}),
        ("2024-01-05T23:30:00+08:00", "2024-01-05T23:30:00", {"offset": "+08:00", "utc": "2024-01-05T15:30:00"}),
        ("2024-01-05T23:30:00Z", "2024-01-05T23:30:00", {"offset": "+00:00", "utc": "2024-01-05T23:30:00"}),
        ("2024/1/5 下午3:20", "2024-01-05T15:20:00", {}),
        ("1/5/2024 12:05 AM", "2024-01-05T00:05:00", {}),
        ("20240105083000", "2024-01-05T08:30:00", {}),
        ("20240105T083000Z", "2024-01-05T08:30:00", {}),
        ("2024年1月5日8时30分15秒", "2024-01-05T08:30:15", {}),
        ("2024-01-05", "2024-01-05", {}),
        ("2024-01-05 25:00", "2024-01-05", {}),
        ("2024-01", "2024-01", {}),
        ("9999-12-31 23:59:59", None, {}),
        ("10:30", None, {}),
    ],
)
def test_timestamps(raw: str, value: str | None, parts: dict[str, str]) -> None:
    answer = normalize_timestamp(raw, order="MDY")
    assert answer.value == value
    assert {k: v for k, v in answer.parts.items() if k in ("fraction", "offset", "utc")} == parts
    assert ("incomplete_date" in answer.issues) == ((value is not None and "T" not in value) or raw == "10:30")


def test_the_order_of_a_column() -> None:
    assert suggest_order(["12/25/2020"] * 20 + ["25/12/2020"] + ["01/02/2020", None, "x"]) == "MDY"
    assert suggest_order(["25.12.2020"]) == "DMY"
    assert suggest_order(["12/25/2020", "25/12/2020"]) is None
    assert suggest_order(["2020-12-25"]) is None


# ------------------------------------------------------------------------------------------------------------- oracles

_DAYS = st.dates(date(1850, 1, 1), date(2099, 12, 30)).filter(lambda d: d.isoformat() not in PLACEHOLDERS)
_FORMS = [
    "%Y-%m-%d",
    "%Y%m%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%d %B %Y",
    "%b %d, %Y",
    "%A, %d-%b-%Y",
    "%Y-%m-%d 10:20:30",
    "%Y%m%d102030",
]


@settings(max_examples=200, deadline=None)
@given(_DAYS, st.sampled_from(_FORMS))
def test_every_day_in_every_form(day: date, form: str) -> None:
    answer = normalize_birth_date(day.strftime(form))
    assert answer.value == day.isoformat()
    try:
        swapped = day.replace(month=day.day, day=day.month).isoformat()
    except ValueError:
        swapped = None
    assert answer.parts.get("swapped") == (swapped if swapped != day.isoformat() else None)
    assert normalize_date(day.strftime("%d/%m/%Y"), order="DMY").value == day.isoformat()
    assert normalize_date(day.strftime("%m/%d/%Y"), order="MDY").value == day.isoformat()


@given(st.integers(1000, 9999), st.integers(0, 99), st.integers(0, 99))
@example(1900, 2, 29)
@example(2000, 2, 29)
@example(9999, 0, 1)
@example(1900, 1, 0)
def test_a_day_is_one_of_the_calendar(year: int, month: int, day: int) -> None:
    text = f"{year}-{month:02}-{day:02}"
    try:
        known = date(year, month, day).isoformat()
    except ValueError:
        known = None
    answer = normalize_date(text)
    if len(answer.value or "") == 10 or "placeholder" in answer.issues:
        # what fills a box may be no day of the calendar: the year 9999, and a spreadsheet's day zero
        filler = known is None and (year == 9999 or text == "1900-01-00")
        assert (answer.value or answer.parts["placeholder"]) == known or filler
    else:
        assert known is None


@given(st.integers(61, 2_958_464))
def test_serials_of_excel(count: int) -> None:
    day = (datetime(1899, 12, 30) + timedelta(days=count)).date().isoformat()
    answer = normalize_date(str(count), serial="excel")
    assert (answer.value or answer.parts.get("placeholder")) == day


@given(st.integers(0, 253_402_300_799))
def test_seconds_of_unix(count: int) -> None:
    moment = datetime.fromtimestamp(count, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    answer = normalize_timestamp(f"{count:010}", serial="unix")
    if count <= 99_999_999_999:  # with more digits it is milliseconds
        assert (answer.value or f"{answer.parts['placeholder']}{moment[10:]}") == moment


# ---------------------------------------------------------------------------------------------------------------- laws

_CELLS = st.one_of(
    st.text(max_size=40),
    st.text(
        st.sampled_from("0123456789" * 2 + "-/. :TZ+年月日号一二十〇民国昭和JanFebsSunt上下午()'\u200b\ud800\x00"),
        max_size=24,
    ),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "出生日期:", "DOB ", "民国", "周六 ", "'"]),
        st.sampled_from(
            ["1979-08-04", "1979/8", "8/4/79", "4 Aug 79", "68年8月4日", "19790804", "45296", "0000-00-00"]
        ),
        st.sampled_from(["", " 08:30", "T08:30:00+08:00", "生", " PM 3:20", "(x)", ".5", " 24:00", " Sunday"]),
    ),
)


@settings(max_examples=300, deadline=None)
@given(_CELLS, st.sampled_from([None, "YMD", "MDY", "DMY"]))
def test_laws(value: str, order: DateOrder | None) -> None:
    for kernel in (normalize_date, normalize_birth_date, normalize_timestamp):
        answer = kernel(value, order=order)
        assert set(answer.issues) <= set(ISSUES)
        assert len(set(answer.issues)) == len(answer.issues)
        assert kernel(answer.value, order=order).value == answer.value
        if answer.value is not None:
            assert len(answer.value) in (4, 7, 10, 19)
            assert "-".join(filter(None, (answer.parts.get(p) for p in ("year", "month", "day")))) == answer.value[:10]


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"[0-9]{4}[-/.]?[0-9]{1,2}[-/.]?[0-9]{1,2}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日", fullmatch=True))
def test_the_fast_path_is_the_long_way_shortened(value: str) -> None:
    for kernel in (normalize_date, normalize_birth_date, normalize_timestamp):
        assert kernel(value) == kernel(f" {value}")  # a space sends a value the long way


@pytest.mark.parametrize("unit", ["1", "1-", "年", "一", "Jan ", "(", "1:1", " ", "十", "m1"])
def test_a_cell_of_any_length_is_read(unit: str) -> None:
    normalize_date((unit * 10_000)[:10_000])
    assert normalize_date(unit * 20_000).issues == ("too_long",)


# ----------------------------------------------------------------------------------------------------- the column form

_NEAR = st.one_of(
    st.from_regex(r"[0-9]{3,5}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2}日?", fullmatch=True),
    st.builds(
        "{}{}{}{}{}{}".format,
        st.sampled_from(
            ["1990", "1850", "1849", "2099", "2100", "1799", "1000", "0999", "9999", "1900", "1970", "0000"]
        ),
        st.sampled_from(["-", "/", ".", "年", "", " "]),
        st.sampled_from(["01", "1", "12", "13", "00", "2"]),
        st.sampled_from(["-", "/", ".", "月", ""]),
        st.sampled_from(["01", "1", "31", "29", "00", "32"]),
        st.sampled_from(["", "日", " ", "\n", "号"]),
    ),
    _CELLS,
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(_NEAR, min_size=10, max_size=40, unique=True),
    st.sampled_from([None, "DMY"]),
    st.sampled_from([None, "excel", "unix"]),
)
def test_the_column_form_is_the_kernel(cells: list[str], order: DateOrder | None, serial: SerialKind | None) -> None:
    cells = [c for c in cells if not any("\ud800" <= x <= "\udfff" for x in c)]  # no column holds a surrogate
    values = pl.Series("x", cells, dtype=pl.String)
    for kernel, form in (
        (normalize_date, normalize_date_column),
        (normalize_birth_date, normalize_birth_date_column),
    ):
        told = form(values, order=order, serial=serial)
        assert told.height == len(cells)
        for cell, row in zip(cells, told.to_dicts(), strict=True):
            if row.pop("known"):
                answer = kernel(cell, order=order, serial=serial)
                parts = {k: v for k, v in row.items() if k not in {"value", "issues"} and v is not None}
                told_issues = " ".join(answer.issues) or None
                assert (row["value"], row["issues"], parts) == (answer.value, told_issues, dict(answer.parts))


def test_the_column_form_knows_what_is_plain() -> None:
    cells = ["1979-08-04", "19790804", "1979/8/4", "1979年8月4日", "1979-02-29", "1970-01-01", "4.8.1979"]
    known = normalize_birth_date_column(pl.Series("x", cells))["known"]
    assert known.to_list() == [True, True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("raw", "value", "codes", "note"),
    [
        ("01/90", "1990-01", "two_digit_year incomplete_date", None),
        ("12-85", "1985-12", "two_digit_year incomplete_date", None),
        ("13/90", None, "incomplete_date", None),
        ("05/24", None, "incomplete_date", None),
        ("1990-01-02?", "1990-01-02", "annotation_removed", "?"),
        ("1990-01-02？", "1990-01-02", "full_width annotation_removed", "?"),
        ("1990年1月2日(?)", "1990-01-02", "annotation_removed", "?"),
        ("1990。01。02", "1990-01-02", "", None),
        ("1990-01-02。", "1990-01-02", "", None),
        ("长期", None, "open_ended", "长期"),
        ("长期有效", None, "open_ended", "长期有效"),
        ("至今", None, "open_ended", "至今"),
        ("永久", None, "open_ended", "永久"),
        ("2020.1.1-长期", None, "several_dates open_ended", "长期"),
        ("2020-01-01至今", None, "several_dates open_ended", "至今"),
    ],
)
def test_doubts_full_stops_and_what_has_no_end(raw: str, value: str | None, codes: str, note: str | None) -> None:
    answer = normalize_date(raw)
    assert (answer.value, " ".join(answer.issues), answer.parts.get("note")) == (value, codes, note)


_BESIDE = st.sampled_from(
    [
        *(
            "",
            "",
            "生日：",
            "DOB: ",
            "约",
            "(",
            "农历",
            "民国",
            "公元",
            " ",
            "\u3000",
            "\ufeff",
            "'",
            "Jan ",
            "S",
            "至",
            "O",
            "从",
        ),
        *(
            "（补）",
            "左右",
            "?",
            "。",
            "Z",
            "T",
            " 10:20",
            "以前",
            " 星期三",
            "-",
            "长期",
            "上午",
            "日",
            "l",
            "+08:00",
            ".0",
            "1",
        ),
    ]
)
_WIDE = {c: c + 0xFEE0 for c in range(0x21, 0x7F)} | {0x20: 0x3000}
_TIMES_OF_DAY = st.sampled_from(["", "", " 00:00:00", " 13:05:59", "T23:59:59", " 24:00:00", " 03:04:05"])
_FRAMED = st.builds(
    lambda before, day, time, behind, more, wide: (before + day + time + behind + more).translate(
        _WIDE if wide else {}
    ),
    _BESIDE,
    st.builds(lambda d, f: d.strftime(f), _DAYS, st.sampled_from(_FORMS))
    | st.sampled_from(["1970-01-01", "1979-13-01", "2001-2-3", "2001.2.29", "2001年2月3日", "19000101", "1979/8-4"]),
    _TIMES_OF_DAY,
    _BESIDE,
    _BESIDE,
    st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_FRAMED, min_size=10, max_size=40, unique=True), st.sampled_from([None, "DMY"]))
def test_the_column_form_is_the_kernel_in_a_frame(cells: list[str], order: DateOrder | None) -> None:
    for kernel, form in (
        (normalize_date, normalize_date_column),
        (normalize_birth_date, normalize_birth_date_column),
    ):
        for cell, row in zip(cells, form(pl.Series("x", cells, dtype=pl.String), order=order).to_dicts(), strict=True):
            if row.pop("known"):
                answer = kernel(cell, order=order)
                parts = {k: v for k, v in row.items() if k not in {"value", "issues"} and v is not None}
                told_issues = " ".join(answer.issues) or None
                assert (row["value"], row["issues"], parts) == (answer.value, told_issues, dict(answer.parts)), cell


@pytest.mark.parametrize("word", ["长期", "至今", "-长期", "至", "。", "?"])
def test_a_row_of_words_ends(word: str) -> None:
    assert normalize_date(word * 4_000).value is None
    assert normalize_date("2020-01-01" + word * 40).value in (None, "2020-01-01")
