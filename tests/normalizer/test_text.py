"""Plain text, categories, codes, numbers, and the first step of every kernel."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmquality.normalizer import numbers as number_module
from crmquality.normalizer.categories import ISSUES as CATEGORY_ISSUES
from crmquality.normalizer.categories import normalize_category
from crmquality.normalizer.mojibake import is_lost, repair
from crmquality.normalizer.numbers import ISSUES as NUMBER_ISSUES
from crmquality.normalizer.numbers import normalize_number
from crmquality.normalizer.text import (
    ISSUES,
    MAX_LENGTH,
    clean,
    is_placeholder,
    normalize_code,
    normalize_text,
)
from crmquality.tables import Normalized

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
DAMAGED = st.text(
    st.sampled_from(
        "Ãå¼ä\xa0ŸÐ¡÷±¾©½ &amp;#1;ｘ（）无测试xXß'.,-_5１２%万¥\u200b\u202a\ufe0f\ufffd\x00\n烫锟斤拷寮犱紵°Íõñ"
    ),
    max_size=12,
)
KERNELS = [normalize_text, normalize_category, normalize_code, normalize_number]


@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        "n.a.",
        "#N/A",
        "#REF!",
        "(null)",
        "<NA>",
        "None",
        "NaN",
        "nan",
        "-",
        "--",
        "?",
        "？？",
        "xx",
        "XXX",
        "x",
        "***",
        "无",
        "暂无",
        "【无】",
        "无。",
        "無",
        "未知",
        "未知客户",
        "不详",
        "保密",
        "测试",
        "测试001",
        "測試用户",
        "test",
        "Test 1",
        "TEST_2",
        "Test Test",
        "无/无",
        "null null",
        "test-test",
        "某某",
        "某先生",
        "XX公司",
        "微信用户",
        "匿名",
        "TBD",
        "tbc",
        "Not Available",
        "unknown",
        "Same as above",
        "first name",
        "asdf",
        "qwerty",
        "abc",
        "同上",
        "见备注",
        "...",
        "_",
        "/",
        "😊",
    ],
)
def test_placeholders(text: str) -> None:
    assert clean(text)[0] is None
    assert "placeholder" in clean(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "吴",
        "吴测",
        "无锡",
        "张测试",
        "王某",
        "空军",
        "Na",
        "Nan",
        "Nat",
        "Na Na",
        "Testa",
        "John Test",
        "Tester Inc",
        "Demos",
        "Tesla",
        "ABC",
        "ABC Ltd",
        "X",
        "A",
        "0",
        "-1",
        "No",
        "Noone",
        "XXL",
        "匿名者有限公司",
        "待业",
        "其他",
        "other",
        "张三",
        "保密局",
        "null island",
    ],
)
def test_names_and_values_that_look_like_placeholders(text: str) -> None:
    assert clean(text) == (text, ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("â‚¬100", "€100"),
        ("Itâ€™s", "It’s"),
        ("ä½ å¥½", "你好"),
        ("å¼\xa0ä¼Ÿ", "张伟"),
        ("çŽ‹å°\x8fæ˜Ž", "王小明"),
        ("±±¾©", "北京"),
        ("ÍõÐ¡Ã÷", "王小明"),
        ("ÀîÄÈ", "李娜"),
        ("浣犲ソ", "你好"),
        ("&amp;", "&"),
        ("AT&amp;T", "AT&T"),
        ("&#24352;&#20255;", "张伟"),
        ("张伟", "张伟"),
        ("café", "café"),
        ("Ã", "Ã"),
        ("naïve", "naïve"),
        ("ÄÖÜ", "ÄÖÜ"),
        ("AT&T", "AT&T"),
        ("São Tomé & Príncipe", "São Tomé & Príncipe"),
    ],
)
def test_wrong_encodings_are_repaired_and_right_ones_left_alone(raw: str, expected: str) -> None:
    assert repair(raw) == expected


@pytest.mark.parametrize("text", ["烫烫烫", "\ufffd\ufffd", "锟斤拷锟斤拷", "????"])
def test_lost_text_is_no_value(text: str) -> None:
    assert clean(text)[0] is None
    assert set(clean(text)[1]) & {"mojibake", "placeholder"}
    assert not is_lost("烫发")


def test_a_damaged_character_is_told() -> None:
    assert clean("Jos\ufffd Garcia") == ("Jos\ufffd Garcia", ("mojibake",))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1,234.50", "1234.5"),
        ("12,34,567", "1234567"),
        ("１２", "12"),
        ("¥3,000", "3000"),
        ("RMB 500元", "500"),
        ("-$1,200.00", "-1200"),
        ("(1,200)", "-1200"),
        ("1234-", "-1234"),
        ("−5", "-5"),
        ("12%", "0.12"),
        ("12‰", "0.012"),
        ("3.5万", "35000"),
        ("1.2亿元", "120000000"),
        ("10k", "10000"),
        ("1.234,50", "1234.5"),
        ("1.234.567", "1234567"),
        ("1 234,5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1.5E+3", "1500"),
        ("007", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0.00", "0"),
        ("١٢٣", "123"),
    ],
)
def test_numbers(raw: str, expected: str) -> None:
    answer = normalize_number(raw)
    assert answer.value == expected
    assert "invalid_number" not in answer.issues
    assert "ambiguous_number" not in answer.issues


def test_a_decimal_comma_is_read_and_told() -> None:
    assert normalize_number("12,5") == Normalized("12.5", {}, ("ambiguous_number",))
    assert normalize_number("¥5").parts == {"unit": "CNY"}


@pytest.mark.parametrize(
    "raw",
    [
        "twelve",
        "1,2,3",
        "1.2.3",
        "--5",
        "1e999",
        "0x10",
        "(5",
        "$5€",
        "1/2",
        "百",
        "万科",
        "十十",
        "一一百",
        "3 Main St",
    ],
)
def test_what_is_no_number(raw: str) -> None:
    answer = normalize_number(raw)
    assert answer.value is None
    assert answer.issues[-1] == "invalid_number"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4))
def test_every_decimal_keeps_its_amount(number: Decimal) -> None:
    value = normalize_number(f"{number:f}").value
    assert value is not None
    assert Decimal(value) == number
    assert value == "0" or (not value.endswith(".") and not value.lstrip("-").startswith("00"))
    grouped = normalize_number(f"{number:,f}").value
    assert grouped == value


@given(st.from_regex(r"\A-?[0-9]{1,12}(\.[0-9]{0,6})?\Z"))
def test_the_fast_path_of_numbers_is_the_slow_one(raw: str) -> None:
    digits, _ = number_module._plain_digits(raw.lstrip("-"))
    assert digits is not None
    assert normalize_number(raw).value == number_module._canonical(Decimal(digits) * (-1 if raw[0] == "-" else 1))


def test_codes_and_categories() -> None:
    assert normalize_code(" ab-12 34/Ｘ ").value == "AB1234X"
    assert normalize_code("渝A·12345").value == "渝A12345"
    assert normalize_code("()").value is None
    keys = {normalize_category(v).parts["key"] for v in ("VIP客户", "vip 客戶", "【VIP客户】", "VIP客户。")}
    assert keys == {"vip客户"}
    assert normalize_category("A+").value == "A+"


def test_text_keys_ignore_what_does_not_matter() -> None:
    keys = {normalize_text(v).parts["key"] for v in ("Café  Müller", "CAFE MULLER", "café müller.", "Ｃａｆé Müller")}
    assert keys == {"cafe muller"}


def test_too_long_is_told() -> None:
    assert clean("a" * (MAX_LENGTH + 1)) == (None, ("too_long",))
    assert clean("ab " * (MAX_LENGTH // 3))[0] is not None


@given(st.one_of(ANY_TEXT, DAMAGED))
@example("\xc3\u200b\xa9")
@example("\ufeffnull")
def test_clean_is_idempotent_and_canonical(value: str) -> None:
    cleaned, issues = clean(value)
    assert set(issues) <= set(ISSUES)
    assert len(set(issues)) == len(issues)
    if cleaned is not None:
        assert clean(cleaned)[0] == cleaned
        assert unicodedata.is_normalized("NFKC", cleaned)
        assert cleaned == " ".join(cleaned.split())


@pytest.mark.parametrize("kernel", KERNELS)
@given(value=st.one_of(st.none(), ANY_TEXT, DAMAGED))
def test_kernels_are_total_and_idempotent(kernel: Callable[[str | None], Normalized], value: str | None) -> None:
    answer = kernel(value)
    assert set(answer.issues) <= {*ISSUES, *CATEGORY_ISSUES, *NUMBER_ISSUES}
    assert all(part is None or part for part in answer.parts.values())
    if answer.value is not None:
        assert kernel(answer.value).value == answer.value


@given(st.text(st.sampled_from("测试无某王a b/-."), max_size=8))
def test_placeholders_do_not_depend_on_case(value: str) -> None:
    assert is_placeholder(value) == is_placeholder(value.lower())


@pytest.mark.parametrize("unit", ["(", "无 ", "1,", "&amp;", "测试", " -", "å¼", "1 ", "烫", "?", "&#1"])
def test_long_values_take_linear_time(unit: str) -> None:
    value = unit * (MAX_LENGTH // len(unit))
    for kernel in KERNELS:
        kernel(value)
