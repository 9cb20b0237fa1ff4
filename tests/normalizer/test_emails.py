"""Emails: real hard cases, and email-validator itself as the oracle of what is valid."""

from __future__ import annotations

import subprocess
import sys

import email_validator
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmquality.normalizer.email_domains import suggest_domain
from crmquality.normalizer.emails import ISSUES, normalize_email
from crmquality.reference import read_lines, read_table


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("john @example.com", "john@example.com", "repaired"),
        ("john@example.com.", "john@example.com", "repaired"),
        ("john@example.com,", "john@example.com", "repaired"),
        ("<john@example.com>", "john@example.com", "repaired"),
        ("John Smith <john@example.com>", "john@example.com", "display_name_removed"),
        ("mailto:john@example.com?subject=Hi", "john@example.com", "repaired"),
        ("john＠example.com", "john@example.com", "full_width"),
        ("john#example.com", None, "invalid_email"),
        ("john@example,com", None, "invalid_email"),
        ("john@example..com", None, "invalid_email"),
        (".john@example.com", None, "invalid_email"),
        ("john@", None, "invalid_email"),
        ("@example.com", None, "invalid_email"),
        ("john@localhost", None, "invalid_email"),
        ("john@example", None, "invalid_email"),
        ("john@[127.0.0.1]", None, "invalid_email"),
        ("J.o.h.n+news@gmail.com", "J.o.h.n+news@gmail.com", None),
        ("john-news@yahoo.com", "john-news@yahoo.com", None),
        ("john+x@outlook.com", "john+x@outlook.com", None),
        ("12345678@vip.qq.com", "12345678@vip.qq.com", None),
        ("john@gmial.com", "john@gmial.com", "domain_typo"),
        ("john@163.con", "john@163.con", "domain_typo"),
        ("john@qq.co", "john@qq.co", "domain_typo"),
        ("info@company.com", "info@company.com", "role_address"),
        ("noreply@example.org", "noreply@example.org", "role_address"),
        ("postmaster@example.org", "postmaster@example.org", "role_address"),
        ("x@10minutemail.com", "x@10minutemail.com", "disposable_domain"),
        ("x@inbox.sharklasers.com", "x@inbox.sharklasers.com", "disposable_domain"),
        ("用户@例子.中国", "用户@例子.中国", None),
        ("user@xn--fsqu00a.xn--fiqs8s", "user@例子.中国", None),
        ("josé@example.com", "josé@example.com", None),
        ("Jose\u0301@example.com", "José@example.com", None),
        ("o'brien@example.ie", "o'brien@example.ie", None),
        ("'o'brien@example.ie'", "o'brien@example.ie", "repaired"),
        ("N/A", None, "placeholder"),
        ("john@example.com;mary@example.com", "john@example.com", "several_emails"),
        ("邮箱：zhangsan@qq.com", "zhangsan@qq.com", "repaired"),
        ("张三zhangsan@qq.com", "zhangsan@qq.com", "annotation_removed"),
        ("zhangsan@qq.com手机13812345678", "zhangsan@qq.com", "annotation_removed"),
        ("zhangsan@qq。com", "zhangsan@qq.com", "repaired"),
        ("zhangsan @ qq . com", "zhangsan@qq.com", "repaired"),
        ("zhangsan(at)qq.com", "zhangsan@qq.com", "repaired"),
        ("zhangsan at gmail dot com", "zhangsan@gmail.com", "repaired"),
        ("zhangsan[at]gmail[dot]com", "zhangsan@gmail.com", "repaired"),
        ("zhangsan#at#qq.com", "zhangsan@qq.com", "repaired"),
        ("zhang san@qq.com", None, "invalid_email"),
        ("INFO@Company.COM", "info@company.com", "role_address"),
        ("x" * 65 + "@qq.com", None, "invalid_email"),
        ("www.qq.com", None, "invalid_email"),
    ],
)
def test_hard_cases(raw: str, value: str | None, code: str | None) -> None:
    answer = normalize_email(raw)
    assert answer.value == value
    assert (code in answer.issues) if code else (answer.issues == ())


@pytest.mark.parametrize(
    ("raw", "meant", "typo"),
    [
        ("john@gmial.com", "john@gmail.com", True),
        ("john@hotmial.com", "john@hotmail.com", True),
        ("john@163.con", "john@163.com", True),
        ("john@qq.co", "john@qq.com", True),
        ("zhang@164.com", "zhang@163.com", True),
        ("zhang@qq,com", "zhang@qq.com", True),
        ("zhang@163,com", "zhang@163.com", True),
        ("zhang@gmailcom", "zhang@gmail.com", True),
        ("zhang@vip.163.cmo", "zhang@vip.163.com", True),
        ("1784106170qq.com", "1784106170@qq.com", False),
        ("john#gmail.com", "john@gmail.com", False),
        ("john@@gmail.com", "john@gmail.com", False),
    ],
)
def test_what_was_probably_meant_is_suggested_never_taken(raw: str, meant: str, typo: bool) -> None:
    answer = normalize_email(raw)
    assert answer.value in (raw, None)
    assert answer.parts["suggestion"] == meant
    assert ("domain_typo" in answer.issues) == typo
    assert normalize_email(meant).value == meant


def test_honest_domains_are_not_suspected() -> None:
    honest = "gmail.com ymail.com mail.com email.com cloud.com live.cn 188.com 163.net 129.com ibm.com aq.com qq.com"
    for domain in honest.split():
        assert suggest_domain(domain) is None, domain
    for row in read_table("email_domains.csv"):
        assert suggest_domain(row["domain"]) is None


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("3718611896@QQ.com", {"mailbox": "3718611896@qq.com", "qq": "3718611896", "free": "true"}),
        ("13812345678@139.com", {"mailbox": "13812345678@139.com", "mobile": "+8613812345678"}),
        ("18912345678@189.cn", {"mobile": "+8618912345678"}),
        ("a.B+c@googlemail.com", {"local": "a.b+c", "domain": "googlemail.com", "mailbox": "ab@gmail.com"}),
        ("me+x@mac.com", {"mailbox": "me@icloud.com"}),
        ("zhang.san@163.com", {"mailbox": "zhang.san@163.com"}),
        ("ZhangSan@Company.com.cn", {"mailbox": "zhangsan@company.com.cn", "domain": "company.com.cn"}),
        ("user@bücher.de", {"mailbox": "user@xn--bcher-kva.de", "ascii": "user@xn--bcher-kva.de"}),
        ("a@x.com, b@y.com/c@z.com", {"others": "b@y.com c@z.com"}),
        ('"Smith, John" <john@x.com>', {"display_name": "Smith, John"}),
        ("zhang@qq.com(张三)", {"note": "张三"}),
        ("zhang@qq.com zhang@qq.com", {"mailbox": "zhang@qq.com"}),
    ],
)
def test_parts(raw: str, parts: dict[str, str]) -> None:
    answer = normalize_email(raw)
    assert {k: answer.parts.get(k) for k in parts} == parts
    assert "others" in parts or "others" not in answer.parts


@pytest.mark.parametrize(
    "raw",
    [
        "test@test.com",
        "none@none.com",
        "a@a.com",
        "no@email.com",
        "NoEmail@163.com",
        "123@qq.com",
        "123456@qq.com",
        "1111111@163.com",
        "xxx@xxx.com",
        "abc@abc.com",
        "13800138000@139.com",
    ],
)
def test_placeholders(raw: str) -> None:
    answer = normalize_email(raw)
    assert (answer.value, answer.issues) == (None, ("placeholder",))
    assert answer.parts["placeholder"] == raw
    for broken in ("xxx@xxx", "a@a"):
        assert normalize_email(broken).issues == ("placeholder",)
    real = "zhang@qq.com"
    assert normalize_email(f"{raw};{real}").value == real


def test_real_mailboxes_that_look_like_placeholders() -> None:
    for raw in ("hp@hp.com", "88888888@qq.com", "hello@hello.com", "apple@apple.com", "12345678@vip.qq.com"):
        assert normalize_email(raw).value == raw


def test_reference_data_is_sorted_and_lower_case() -> None:
    domains = [row["domain"] for row in read_table("email_domains.csv")]
    assert domains == sorted(set(domains)) == [d.lower() for d in domains]
    for name in ("role_mailboxes.txt", "email_placeholders.txt"):
        assert list(read_lines(name)) == sorted(set(read_lines(name)))


# -------------------------------------------------------------------------------------------- email-validator's answer


def oracle(text: str) -> str | None:
    """email-validator, called as its manual says."""
    try:
        return email_validator.validate_email(text, check_deliverability=False, strict=True).normalized
    except email_validator.EmailNotValidError:
        return None


_LOCAL = st.one_of(
    st.from_regex(r"[A-Za-z0-9!#$%&*+/=?^_`{|}~.-]{1,12}", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,8}([._+-][a-z0-9]{1,5}){0,3}", fullmatch=True),
    st.sampled_from(["Info", "SALES", "PostMaster", "x" * 64, "x" * 65, "WWW"]),
)
_DOMAIN = st.one_of(
    st.sampled_from(
        [
            "qq.com",
            "GMAIL.com",
            "a.b",
            "x.test",
            "xn--fsqu00a.xn--fiqs8s",
            "xn--a.com",
            "b" * 63 + ".cn",
            "b" * 64 + ".cn",
        ]
    ),
    st.from_regex(r"[A-Za-z0-9-]{1,10}(\.[A-Za-z0-9-]{1,6}){1,3}", fullmatch=True),
    st.just(".".join(["abcdefgh"] * 27) + ".com"),
)


@settings(max_examples=500, deadline=None)
@given(_LOCAL, _DOMAIN)
@example("a" * 60, ".".join(["abcdefgh"] * 20) + ".com")
def test_an_address_is_valid_when_email_validator_says_so(local: str, domain: str) -> None:
    text = f"{local}@{domain}"
    answer = normalize_email(text)
    expected = oracle(text)
    if {"placeholder", "masked", "too_long"} & set(answer.issues):
        return
    if expected is not None and not (
        local.startswith(("`", "=", "-", "*")) or local.endswith("`") or "#a" in text.lower()
    ):
        assert answer.value == expected
    if answer.value is not None:  # a repair makes another text, but never an invalid one
        assert oracle(answer.value) == answer.value


# ---------------------------------------------------------------------------------------------------------------- laws

_CELLS = st.one_of(
    st.text(max_size=40),
    st.text(st.sampled_from("abcZ019" * 2 + "@@..,;<>()[]#'\" +-_/邮箱张三＠。\u200b\ud800\x00é😀"), max_size=30),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "邮箱:", "张三 <", "mailto:", "'", "John ", "<"]),
        st.sampled_from(["zhang.san", "123456789", "Info", "josé", "a+b", "用户", "x x", "'"]),
        st.sampled_from(
            [
                "@qq.com",
                "@gmial.com",
                " @ 163 .com",
                "#qq.com",
                "@qq,com",
                "@例子.中国",
                "(at)x.cn",
                "qq.com",
                "@@x.com",
            ]
        ),
        st.sampled_from(["", ">", ".", ";lisi@163.com", " 李四", "手机138", "/b@c.com"]),
    ),
)


@settings(max_examples=300, deadline=None)
@given(_CELLS)
def test_laws(value: str) -> None:
    answer = normalize_email(value)
    assert set(answer.issues) <= set(ISSUES)
    assert len(set(answer.issues)) == len(answer.issues)
    again = normalize_email(answer.value)
    assert again.value == answer.value
    for key in ("local", "domain", "mailbox", "ascii", "role", "free", "disposable", "qq", "mobile"):
        assert again.parts.get(key) == (answer.parts.get(key) if answer.value else None)
    if answer.value is not None:
        assert normalize_email(f" {answer.value} ").value == answer.value
        mailbox = answer.parts["mailbox"]
        assert mailbox is not None
        assert normalize_email(mailbox).parts.get("mailbox", mailbox) == mailbox


@pytest.mark.parametrize(
    "unit", ["a", "@", "a@", "a.", "<", "a@b.", ",", " ", "a@b.c;", "#a", "张a@", "(at)", "a@b.com ", ". "]
)
def test_a_cell_of_any_length_is_read(unit: str) -> None:
    normalize_email((unit * 10_000)[:10_000])
    assert normalize_email(unit * 20_000).issues == ("too_long",)


def test_no_library_before_it_is_needed() -> None:
    code = (
        "import sys; from crmquality.normalizer.emails import normalize_email as f;"
        "assert 'email_validator' not in sys.modules;"
        "assert f('a.b@qq.com').value and 'dns' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
