from __future__ import annotations

import hashlib
import hmac
from typing import get_args

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import ConfigError, SchemaError
from crmquality.normalizer import FieldNormalizer, Normalizer
from crmquality.privacy import MIN_KEY_BYTES, MaskKind, mask, pseudonym, redact

KEY = b"0123456789abcdef0123456789abcdef"
KINDS = get_args(MaskKind)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13800138001", "138****8001"),
        ("phone", "１３８００１３８００１", "138****8001"),
        ("phone", "+86 138-0013-8001", "+86 138-****-8001"),
        ("phone", "+8613800138001;ext=12", "+86138****8001;ext=***"),
        ("phone", "+442071838750", "+4420****8750"),
        ("phone", "010-65551234转8001", "010-****1234;ext=***"),
        ("phone", "65551234", "65****34"),
        ("phone", "95555", "*****"),
        ("phone", "13800138000/13900139000", "138****8000/139****9000"),
        ("phone", "13800138000 13900139000", "138******** *******9000"),
        ("phone", "13800138000 张三", "138****8000 **"),
        ("email", "lihua@qq.com", "l***@qq.com"),
        ("email", "a@b.com", "***@b.com"),
        ("email", "李华 <lihua@example.com>", "l***@example.com"),
        ("email", "mailto:lihua@qq.com", "l***@qq.com"),
        ("email", "no address", "***"),
        ("id", "110105194912311234", "110***********1234"),
        ("id", "11010519491231123X", "110***********123X"),
        ("id", "110105 19491231 1234", "110***********1234"),
        ("id", "E12345678", "E******78"),
        ("id", "A123", "****"),
        ("name", "张伟", "张*"),
        ("name", "欧阳娜娜", "欧***"),
        ("name", "张", "*"),
        ("name", "John Smith", "J*** S***"),
        ("name", "J Smith", "* S***"),
        ("address", "北京市朝阳区建国路88号", "北京市朝阳区***"),
        ("address", "广东省深圳市南山区科技园", "广东省深圳市南山区***"),
        ("address", "朝阳区幸福小区3号楼", "朝阳区***"),
        ("address", "北京市", "***"),
        ("address", "12 High Street, London", "***"),
        ("date", "1949-12-31", "1949-**-**"),
        ("date", "19491231", "1949****"),
        ("date", "1949年12月31日", "1949年**月**日"),
        ("date", "31/12/1949", "**/**/****"),
        ("date", "1949", "1949"),
        ("text", "anything at all", "***"),
    ],
)
def test_what_is_shown(kind, value, shown):
    assert mask(value, kind) == shown


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [None, "", "  ", "　"])
def test_a_missing_value_stays_missing(kind, value):
    assert mask(value, kind) == value


@settings(max_examples=200, deadline=None)
@given(value=st.text(st.characters(), max_size=40), kind=st.sampled_from(KINDS))
def test_any_value_has_a_mask(value, kind):
    assert isinstance(mask(value, kind), str)


@given(digits=st.text("0123456789", min_size=1, max_size=30))
def test_a_phone_never_shows_its_middle(digits):
    shown = mask(digits, "phone")
    assert len(shown) == len(digits)
    assert shown.count("*") >= min(len(digits), 3)
    assert all(a in {b, "*"} for a, b in zip(shown, digits, strict=True))


@given(value=st.from_regex(r"[A-Z0-9]{1,24}", fullmatch=True))
def test_an_id_shows_at_most_seven_characters(value):
    assert sum(c != "*" for c in mask(value, "id")) <= min(7, len(value) // 2 + 1)


@given(local=st.from_regex(r"[a-z0-9._]{2,20}", fullmatch=True), domain=st.sampled_from(["qq.com", "a-b.co.uk"]))
def test_an_email_shows_one_letter_and_the_domain(local, domain):
    assert mask(f"{local}@{domain}", "email") == f"{local[0]}***@{domain}"


def test_an_unknown_kind_is_named():
    with pytest.raises(ConfigError, match="Did you mean 'phone'"):
        mask("13800138001", "phon")


def test_a_pseudonym_is_a_truncated_hmac():
    assert pseudonym("张伟", KEY) == hmac.digest(KEY, "张伟".encode(), hashlib.sha256).hex()[:32]
    assert pseudonym(None, KEY) is None
    assert pseudonym("", KEY) != ""


def test_a_pseudonym_is_of_its_value_and_key():
    assert pseudonym("a", KEY) == pseudonym("a", KEY)
    assert pseudonym("a", KEY) != pseudonym("b", KEY)
    assert pseudonym("a", KEY) != pseudonym("a", KEY[::-1])


@pytest.mark.parametrize("key", [b"", b"secret", b"x" * (MIN_KEY_BYTES - 1), "a string that is long enough"])
def test_a_weak_key_is_refused_without_showing_it(key):
    with pytest.raises(ConfigError, match="token_bytes") as caught:
        pseudonym("a", key)
    assert "secret" not in str(caught.value).replace("secrets.token_bytes", "")


@given(value=st.text(st.characters(), max_size=10))
def test_any_value_has_a_pseudonym(value):
    assert len(pseudonym(value, KEY)) == 32


ROWS = [
    {"id": 1, "name": "张伟", "mobile": "138 0013 8001", "note": "a"},
    {"id": 2, "name": None, "mobile": "13800138001", "note": "b"},
]


def test_a_table_is_masked():
    assert redact(ROWS, {"name": "name", "mobile": "phone"}) == [
        {"id": 1, "name": "张*", "mobile": "138 **** 8001", "note": "a"},
        {"id": 2, "name": None, "mobile": "138****8001", "note": "b"},
    ]
    assert redact(ROWS, ["name"])[0]["name"] == "***"
    assert redact(ROWS, "name")[0]["name"] == "***"


def test_what_the_normalizer_made_goes_too():
    kernel = "crmquality.normalizer.identifiers:normalize_luhn"
    stage = Normalizer((FieldNormalizer("card", kernel, ("key",)), FieldNormalizer("note")))
    table = stage.normalize([{"id": 1, "card": "4111 1111 1111 1111", "note": "hello"}])
    out = redact(table, {"card": "id"})[0]
    assert out["card"] == out["norm_card"] == "411*********1111"
    assert out["norm_card_key"] == "***"
    assert out["norm_note"] == "hello"
    assert redact(table, {"card": "id"}, key=KEY)[0]["norm_card_key"] == pseudonym("4111111111111111", KEY)


def test_pseudonyms_join_two_tables():
    one = redact(pl.DataFrame({"norm_mobile": ["+1", None, "+2"], "a": [1, 2, 3]}), ["norm_mobile"], key=KEY)
    two = redact(pl.DataFrame({"phone": ["+2", "+3"], "b": [1, 2]}), ["phone"], key=KEY)
    assert one["norm_mobile"].null_count() == 1
    joined = one.join(two, left_on="norm_mobile", right_on="phone")
    assert joined.select("a", "b").rows() == [(3, 1)]


def test_numbers_are_redacted_as_text():
    out = redact(pl.DataFrame({"phone": [13800138001, None]}), {"phone": "phone"})
    assert out["phone"].to_list() == ["138****8001", None]


def test_faults_are_named():
    with pytest.raises(SchemaError, match="Did you mean 'mobile'"):
        redact(ROWS, {"moblie": "phone"})
    with pytest.raises(ConfigError, match="unknown kind of mask"):
        redact(ROWS, {"mobile": "fax"})
    with pytest.raises(ConfigError, match="16 random bytes"):
        redact(ROWS, ["mobile"], key=b"short")
    assert redact([], ["mobile"]) == []
