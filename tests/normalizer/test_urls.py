"""Laws and hard cases of web addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmquality.normalizer.urls import ISSUES, normalize_url

CASES = [
    (
        "http://www.heibainengliangcn.com/",
        "http://www.heibainengliangcn.com",
        "heibainengliangcn.com",
        "heibainengliangcn",
    ),
    ("hanke.com/", "http://hanke.com", "hanke.com", "hanke"),
    ("www.jieyou.com.cn", "http://www.jieyou.com.cn", "jieyou.com.cn", "jieyou"),
    ("https://jianzhe.com.cn/", "https://jianzhe.com.cn", "jianzhe.com.cn", "jianzhe"),
    ("HTTPS://WWW.Acme.CO.UK/About/", "https://www.acme.co.uk/About", "acme.co.uk", "acme"),
    ("http：／／ｗｗｗ．acme．com", "http://www.acme.com", "acme.com", "acme"),
    ("http//www.acme.com", "http://www.acme.com", "acme.com", "acme"),
    ("http:/www.acme.com", "http://www.acme.com", "acme.com", "acme"),
    ("http://https://acme.com", "https://acme.com", "acme.com", "acme"),
    ("www.acme。com", "http://www.acme.com", "acme.com", "acme"),
    ("www,acme,com", "http://www.acme.com", "acme.com", "acme"),
    ("www. acme.com", "http://www.acme.com", "acme.com", "acme"),
    ("网址：www.acme.com", "http://www.acme.com", "acme.com", "acme"),
    ("acme.com:80/a?utm_source=x&id=7#top", "http://acme.com/a?id=7", "acme.com", "acme"),
    ("acme.com:8080", "http://acme.com:8080", "acme.com", "acme"),
    ("shop.acme.bj.cn/index.html", "http://shop.acme.bj.cn", "acme.bj.cn", "acme"),
    ("http://xn--fiqs8s.cn", "http://中国.cn", "中国.cn", "中国"),
    ("中国.cn", "http://中国.cn", "中国.cn", "中国"),
    ("http://10.0.0.1/x", "http://10.0.0.1/x", "10.0.0.1", None),
    ("weibo.com/acme", "http://weibo.com/acme", "weibo.com", None),
    ("acme.com.", "http://acme.com", "acme.com", "acme"),
    ("acme.com (new)", "http://acme.com", "acme.com", "acme"),
]


@pytest.mark.parametrize(("raw", "value", "domain", "name"), CASES)
def test_every_spelling_becomes_one(raw: str, value: str, domain: str, name: str | None) -> None:
    answer = normalize_url(raw)
    assert (answer.value, answer.parts.get("domain"), answer.parts.get("name")) == (value, domain, name)


@pytest.mark.parametrize(
    "raw",
    [
        "acme",
        "info@acme.com",
        "mailto:info@acme.com",
        "ftp://acme.com",
        "http://",
        "javascript:alert(1)",
        "有限公司",
        "1.2",
        "999.1.1.1",
        "http://-a.com",
        "a..b",
        "http://a b c",
    ],
)
def test_what_is_no_address_is_refused(raw: str) -> None:
    answer = normalize_url(raw)
    assert answer.value is None
    assert "invalid_url" in answer.issues


@pytest.mark.parametrize("raw", [None, "", "  ", "无", "N/A"])
def test_empty_boxes(raw: str | None) -> None:
    assert normalize_url(raw).value is None
    assert "invalid_url" not in normalize_url(raw).issues


PIECES = st.sampled_from(
    [
        "http",
        "https",
        "://",
        ":",
        "/",
        "//",
        "www",
        ".",
        "acme",
        "com",
        "cn",
        "co",
        "uk",
        "?",
        "#",
        "utm_a=1",
        "&",
        "=",
        " ",
        "xn--",
        "xn--fiqs8s",
        "。",
        ",",
        "8080",
        "80",
        "@",
        "中国",
        "index.html",
        "-",
        "\ud83d",
        "\x00",
        "İ",
        "ß",
        "Ⅹ",
        "(",
        "网址：",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join)))
def test_total_and_idempotent(cell: str) -> None:
    answer = normalize_url(cell)
    assert set(answer.issues) <= set(ISSUES)
    assert len(set(answer.issues)) == len(answer.issues)
    again = normalize_url(answer.value)
    assert again.value == answer.value
    assert again.parts == answer.parts
    assert not again.issues


@given(st.from_regex(r"(https?://)?[a-z0-9-]{1,8}(\.[a-z0-9-]{1,5}){1,3}/?", fullmatch=True))
def test_the_short_way_is_the_long_way(cell: str) -> None:
    short, long = normalize_url(cell), normalize_url(cell + " ")
    assert (short.value, short.parts, short.issues) == (long.value, long.parts, long.issues)
