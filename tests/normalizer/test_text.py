"""Plain text, categories, codes, numbers, and the first step of every kernel."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmquality.errors import ConfigError
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
        r"\N",
        "#SPILL!",
        "[object Object]",
        "没有没有",
        "nullnull",
        "未填寫",
        "待補充",
        "不適用",
        "T.B.D.",
        "- Select -",
        "Please Select One",
        "请输入手机号",
        "--请选择--",
        "aaaa",
        "qweqwe",
        "same",
        "见附件",
        "略",
        "1.#QNAN",
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
        "测试科技",
        "北京测试科技有限公司",
        "Tester",
        "Nana",
        "AAA",
        "iii",
        "Same",
        "Void",
        "略阳县",
        "无为市",
        "同仁堂",
        "请假单",
        "Select Staffing",
        "a b c",
        "123",
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
        ("JosÃƒÂ©", "José"),
        ("张伟 CafÃ©", "张伟 Café"),
        ("Ð˜Ð²Ð°Ð½", "Иван"),
        ("Î‘Î¸Î®Î½Î±", "Αθήνα"),
        ("Nguyá»…n VÄƒn A", "Nguyễn Văn A"),
        ("ê¹€ì²\xa0ìˆ˜", "김철수"),
        ("σ╝áΣ╝ƒ", "张伟"),
        ("Jos√©", "José"),
        ("ÕÅÈý£¨ÀÏ¿Í»§£©", "张三（老客户）"),
        ("¤ý¤p©ú", "王小明"),
        ("鏉庡\ue7c2", "李娜"),
        ("M眉ller", "Müller"),
        ("it鈥檚", "it’s"),
        ("ï»¿张伟", "张伟"),
        ("\ufeff张伟", "张伟"),
        ("Ã©", "é"),
        ("Â£100", "£100"),
        ("cat猫dog", "cat猫dog"),
        ("Jos茅", "Jos茅"),
        ("ÀÎ", "ÀÎ"),
        ("§±§â§Ú§Ó§Ö§ä", "§±§â§Ú§Ó§Ö§ä"),
        ("Ελένη", "Ελένη"),
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


@pytest.mark.parametrize(
    ("raw", "expected", "unit"),
    [
        ("1.2万", "12000", None),
        ("3千", "3000", None),
        ("12亿", "1200000000", None),
        ("一百二十三", "123", None),
        ("一千零一十", "1010", None),
        ("一百零三万", "1030000", None),
        ("一亿二千万", "120000000", None),
        ("1亿2000万", "120000000", None),
        ("两万五", "25000", None),
        ("三百五", "350", None),
        ("廿五", "25", None),
        ("二〇二四", "2024", None),
        ("三点五万", "35000", None),
        ("负五", "-5", None),
        ("百分之五十", "0.5", "%"),
        ("壹仟贰佰叁拾肆元伍角陆分", "1234.56", "CNY"),
        ("壹万元整", "10000", "CNY"),
        ("120万元人民币", "1200000", "CNY"),
        ("￥1,200", "1200", "CNY"),
        ("¥(1,200)", "-1200", "CNY"),
        ("(12.00)", "-12", None),
        ("$1.5M", "1500000", "USD"),
        ("$10m", "10000000", "USD"),
        ("10m", "10", "m"),
        ("2bn", "2000000000", None),
        ("1.5 million", "1500000", None),
        ("5 kg", "5", "kg"),
        ("100人", "100", "人"),
        ("20平方米", "20", "平方米"),
        ("50%", "0.5", "%"),
        ("1e5", "100000", None),
        ("1,0000", "10000", None),
    ],
)
def test_amounts_in_words_and_with_units(raw: str, expected: str, unit: str | None) -> None:
    assert normalize_number(raw) == Normalized(expected, {"unit": unit} if unit else {}, normalize_number(raw).issues)
    assert set(normalize_number(raw).issues) <= {"full_width"}


@pytest.mark.parametrize(
    "raw",
    [
        "1-2",
        "10~20",
        "10至20人",
        "50人以上",
        "≥50",
        ">100",
        "约100",
        "100+",
        "100多",
        "几百",
        "十几",
        "over 100",
        "$5-10",
    ],
)
def test_a_range_is_not_one_number(raw: str) -> None:
    assert normalize_number(raw) == Normalized(None, {}, ("number_range",))


@pytest.mark.parametrize(
    ("raw", "point", "comma"),
    [
        ("1.234,56", None, "1234.56"),
        ("1,234.56", "1234.56", None),
        ("1.234", "1.234", "1234"),
        ("1,234", "1234", "1.2340"),
        ("12,5", None, "12.5"),
        ("1234.5", "1234.5", "1234.5"),
    ],
)
def test_a_declared_decimal_sign_decides(raw: str, point: str | None, comma: str | None) -> None:
    for decimal, expected in ((".", point), (",", comma)):
        answer = normalize_number(raw, decimal=decimal)  # type: ignore[arg-type]
        assert answer.value == expected
        assert "ambiguous_number" not in answer.issues


NUMBERS = st.text(st.sampled_from("0123456789.,'- ()%万亿千百十一二两零点元¥$kM多以上~"), max_size=12)


@given(NUMBERS, st.sampled_from([None, ".", ","]))
def test_numbers_are_idempotent_by_every_decimal_sign(raw: str, decimal: str | None) -> None:
    answer = normalize_number(raw, decimal=decimal)  # type: ignore[arg-type]
    if answer.value is not None:
        assert normalize_number(answer.value, decimal=decimal).value == answer.value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mapping", "raw", "expected"),
    [
        *(
            ("sex", raw, "M")
            for raw in ("男", "男性", "先生", "Male", "M", "m", "Mr", "Mr.", "ＭＡＬＥ", "【男】", " 男 ")
        ),
        *(("sex", raw, "F") for raw in ("女", "女士", "小姐", "FEMALE", "f", "Ms.", "Mrs", "Miss", "女 ")),
        *(("sex", raw, None) for raw in ("未知", "保密", "", "-", "N/A")),
        ("sex", "1", "1"),
        ("sex_gbt2261", "1", "M"),
        ("sex_gbt2261", "2", "F"),
        ("sex_gbt2261", "0", None),
        ("sex_1_0", "0", "F"),
        *(("boolean", raw, "true") for raw in ("是", "Y", "yes", "TRUE", "1", "启用", "已启用", "√", "✓", "有效")),
        *(("boolean", raw, "false") for raw in ("否", "N", "no", "0", "停用", "禁用", "×", "✗", "无效")),
        ("marital_status", "已婚", "married"),
        ("marital_status", "離異", "divorced"),
    ],
)
def test_words_for_one_thing_become_one_code(mapping: str, raw: str, expected: str | None) -> None:
    answer = normalize_category(raw, mapping=mapping)  # type: ignore[arg-type]
    assert answer.value == expected
    if expected is not None:
        assert normalize_category(expected, mapping=mapping).value == expected  # type: ignore[arg-type]


def test_words_of_ones_own_win_and_may_look_like_placeholders() -> None:
    words = {"NA": "NAM", "无": "none", "男": "male", "缺": ""}
    values = [normalize_category(v, mapping="sex", words=words).value for v in ("NA", "无", "男", "女", "缺", "male")]
    assert values == ["NAM", "none", "male", "F", None, "male"]
    assert normalize_category("猫", mapping="sex").issues == ("unknown_category",)
    with pytest.raises(ConfigError):
        normalize_category("x", mapping="gender")  # type: ignore[arg-type]


def test_emoji_stay_in_text_and_not_in_its_key() -> None:
    assert normalize_text("老客户😊❤️") == Normalized("老客户😊❤", {"key": "老客户"}, ("emoji",))
    assert clean("1️⃣ 👨‍👩‍👧")[1] == ()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(f"a{c}b", "ab") for c in "\u200b\ufeff\u00ad\u2060\u202e\u2066\u034f\ufffc\ufe0f\u17b4\ufdd0\x00\x7f"]
    + [("葛\U000e0100城", "葛城"), ("⻓沙⻘", "长沙青"), ("⼈", "人"), ("a\u2800b", "a b"), ("a\u3000\tb", "a b")],
)
def test_what_cannot_be_seen_is_gone(raw: str, expected: str) -> None:
    assert clean(raw)[0] == expected


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


@pytest.mark.parametrize("end", ["é张", "\ufffd", "\x80", "Ã©Ã", "茅a", "±±"])
def test_a_long_beginning_in_ascii_takes_linear_time(end: str) -> None:
    for kernel in KERNELS:
        kernel("a" * (MAX_LENGTH - 10) + end)
        kernel("a b" * 33 + end)


def test_words_that_mean_a_sex_in_any_column() -> None:
    said = [normalize_category(v).value for v in ("男", "女", "male", "FEMALE", "先生", "女士", "男性")]
    assert said == ["M", "F", "M", "F", "M", "F", "M"]
    assert [normalize_category(v).value for v in ("M", "F", "1", "0", "男装", "先生们")] == [
        "M",
        "F",
        "1",
        "0",
        "男装",
        "先生们",
    ]
    assert normalize_category("男", words={"大客户": "A"}).value == "男"
