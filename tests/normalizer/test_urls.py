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


@pytest.mark.parametrize(
    ("raw", "value", "own_domain", "own_host"),
    [
        ("https://acme.com:443/", "https://acme.com", "acme.com", "acme.com"),
        ("http://user:pw@acme.com/a", "http://acme.com/a", "acme.com", "acme.com"),
        ("acme.com/a?spm=1&id=3&utm_source=x", "http://acme.com/a?id=3", "acme.com", "acme.com"),
        ("http:\\\\www.acme.com", "http://www.acme.com", "acme.com", "acme.com"),
        ("htttp://acme.com", "http://acme.com", "acme.com", "acme.com"),
        ("www acme com", "http://www.acme.com", "acme.com", "acme.com"),
        ("www..acme.com", "http://www.acme.com", "acme.com", "acme.com"),
        ("【www.acme.com】", "http://www.acme.com", "acme.com", "acme.com"),
        ("公司网址www.acme.com", "http://www.acme.com", "acme.com", "acme.com"),
        ("请访问www.acme.com了解更多", "http://www.acme.com", "acme.com", "acme.com"),
        ("www.acme.com（新）", "http://www.acme.com", "acme.com", "acme.com"),
        ("ftp://acme.com", "ftp://acme.com", "acme.com", "acme.com"),
        ("例子。中国", "http://例子.中国", "例子.中国", "例子.中国"),
        ("http://中文.cn/", "http://中文.cn", "中文.cn", "中文.cn"),
        ("a.acme.gov.cn", "http://a.acme.gov.cn", "acme.gov.cn", "a.acme.gov.cn"),
        ("acme.com.hk", "http://acme.com.hk", "acme.com.hk", "acme.com.hk"),
        ("www.acme.gz.cn", "http://www.acme.gz.cn", "acme.gz.cn", "acme.gz.cn"),
        ("acme.co.jp", "http://acme.co.jp", "acme.co.jp", "acme.co.jp"),
        ("acme.公司.cn", "http://acme.公司.cn", "acme.公司.cn", "acme.公司.cn"),
        ("acme.uk.com", "http://acme.uk.com", "acme.uk.com", "acme.uk.com"),
        ("mp.weixin.qq.com/s/abc", "http://mp.weixin.qq.com/s/abc", None, None),
        ("https://shop123.taobao.com", "https://shop123.taobao.com", None, "shop123.taobao.com"),
        ("https://detail.1688.com/offer/1.html", "https://detail.1688.com/offer/1.html", None, None),
        ("acme.github.io", "http://acme.github.io", None, "acme.github.io"),
        ("facebook.com/acme", "http://facebook.com/acme", None, None),
    ],
)
def test_whose_host_it_is(raw: str, value: str, own_domain: str | None, own_host: str | None) -> None:
    answer = normalize_url(raw)
    assert (answer.value, answer.parts.get("own_domain"), answer.parts.get("own_host")) == (value, own_domain, own_host)
    assert (answer.parts.get("shared") == "true") == (own_domain is None)


@pytest.mark.parametrize("separator", [";", " / ", ",", " ", "、", "；", "|", " 和 "])
def test_several_sites_are_kept(separator: str) -> None:
    answer = normalize_url(f"www.acme.com{separator}www.acme.cn")
    assert (answer.value, answer.parts["others"]) == ("http://www.acme.com", "http://www.acme.cn")
    assert "several_urls" in answer.issues


def test_an_email_in_the_box_of_the_site_is_kept_apart() -> None:
    answer = normalize_url("邮箱:info@acme.com 网址:www.acme.com")
    assert (answer.value, answer.parts["email"]) == ("http://www.acme.com", "info@acme.com")
    assert normalize_url("info@acme.com").parts == {"email": "info@acme.com"}


@pytest.mark.parametrize(
    "raw", ["无网站", "暂无网址", "http://", "https://www.", "www.", "http://无", "www.xxx.com", "网址："]
)
def test_boxes_filled_with_nothing(raw: str) -> None:
    answer = normalize_url(raw)
    assert (answer.value, "placeholder" in answer.issues, "invalid_url" in answer.issues) == (None, True, False)


def test_an_ending_that_exists_nowhere_is_told_of() -> None:
    answer = normalize_url("www.acme.con/a")
    assert (answer.value, answer.parts["suggestion"]) == ("http://www.acme.con/a", "http://www.acme.com/a")
    assert normalize_url("acme.co").issues == ()


def test_both_forms_of_a_name_in_han() -> None:
    a, b = normalize_url("http://中文.cn"), normalize_url("http://xn--fiq228c.cn")
    assert a == b
    assert a.parts["host_ascii"] == "xn--fiq228c.cn"


@pytest.mark.parametrize("unit", ["a", "a.", "www.", "http://", "张a.", "a@b.com ", "(", "网址", "a.com,", "//"])
def test_a_cell_of_any_length_is_read(unit: str) -> None:
    normalize_url((unit * 10_000)[:10_000])
    assert normalize_url(unit * 20_000).issues == ("too_long",)


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
    beside = {"note", "others", "email", "user"}
    if answer.value is not None:
        assert again.parts == {k: v for k, v in answer.parts.items() if k not in beside}
        assert set(again.issues) <= {"domain_typo"}


@given(st.from_regex(r"(https?://)?[a-z0-9-]{1,8}(\.[a-z0-9-]{1,5}){1,3}/?", fullmatch=True))
def test_the_short_way_is_the_long_way(cell: str) -> None:
    short, long = normalize_url(cell), normalize_url(cell + " ")
    assert (short.value, short.parts, short.issues) == (long.value, long.parts, long.issues)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("http:www.huawei.com", "http://www.huawei.com"),
        ("https:huawei.com/cn", "https://huawei.com/cn"),
        ("HTTP：www.huawei.com", "http://www.huawei.com"),
        ("http;www.huawei.com", "http://www.huawei.com"),
    ],
)
def test_a_scheme_without_its_slashes(raw: str, value: str) -> None:
    answer = normalize_url(raw)
    assert (answer.value, "repaired" in answer.issues) == (value, True)
    assert normalize_url(value).value == value
