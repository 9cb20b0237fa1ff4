"""Emails: real hard cases, and email-validator itself as the oracle of what is valid."""

from __future__ import annotations

import subprocess
import sys

import email_validator
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmquality.normalizer.email_columns import normalize_email_column
from crmquality.normalizer.email_domains import SPECIAL_USE, domain_of, is_valid_ascii, suggest_domain
from crmquality.normalizer.email_mailboxes import RFC_2142
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
        local.startswith(("`", "=", "-", "*")) or local.endswith("`") or "#a" in text.lower() or text[-2:-1] == "."
    ):
        assert answer.value == expected
    if answer.value is not None:  # a repair makes another text, but never an invalid one
        assert oracle(answer.value) == answer.value


SPELLINGS = """
zhangsan＠qq.com|ｚｈａｎｇｓａｎ＠ｑｑ．ｃｏｍ|zhangsan﹫qq.com|zhangsan at qq.com
zhangsan AT qq DOT com|zhangsan (at) qq (dot) com|zhangsan[at]qq[.]com|zhangsan{at}qq{dot}com
zhangsan<at>qq.com|zhangsan（at）qq.com|zhangsan【at】qq【点】com|zhangsan[@]qq.com|zhangsan @qq.com
zhangsan@ qq.com|zhangsan艾特qq.com|zhangsan 艾特 qq.com|zhangsan艾特qq点com|zhangsan（艾特）qq.com
zhangsan_at_qq.com|zhangsan#at#qq.com|zhangsan(a)qq.com|zhangsanATqqDOTcom|zhangsan@qq(dot)com
zhangsan@qq dot com|zhangsan@qq点com|zhangsan&#64;qq.com|zhangsan&commat;qq.com|zhangsan%40qq.com
mailto:zhangsan@qq.com|MAILTO：zhangsan@qq.com|mailto:zhangsan@qq.com?subject=Hi&body=x
mailto:zhangsan%40qq.com|mailto://zhangsan@qq.com|<mailto:zhangsan@qq.com>
[zhangsan@qq.com](mailto:zhangsan@qq.com)|<a href="mailto:zhangsan@qq.com">zhangsan@qq.com</a>
SMTP:zhangsan@qq.com|zhangsan@qq.com<mailto:zhangsan@qq.com>|"zhangsan@qq.com" <zhangsan@qq.com>
http://zhangsan@qq.com|＜zhangsan@qq.com＞|《zhangsan@qq.com》|< zhangsan@qq.com >|<<zhangsan@qq.com>>
<zhangsan@qq.com|zhangsan@qq.com>|"zhangsan@qq.com"|‘zhangsan@qq.com’|（zhangsan@qq.com）
【zhangsan@qq.com】|zhangsan@qq.com。|zhangsan@qq.com，|zhangsan@qq.com；|zhangsan@qq.com、
zhangsan@qq.com！|zhangsan@qq.com...|zhangsan@qq.com…|，zhangsan@qq.com|- zhangsan@qq.com
* zhangsan@qq.com|*zhangsan@qq.com|=zhangsan@qq.com|•zhangsan@qq.com|邮箱:zhangsan@qq.com
邮箱 zhangsan@qq.com|邮箱zhangsan@qq.com|电子邮件地址: zhangsan@qq.com|QQ邮箱：zhangsan@qq.com
我的邮箱是zhangsan@qq.com|郵箱：zhangsan@qq.com|E-mail:zhangsan@qq.com|EMAIL zhangsan@qq.com
email address: zhangsan@qq.com|邮箱(Email):zhangsan@qq.com|Email/邮箱：zhangsan@qq.com|zhangsan@qq。com
zhangsan@qq｡com|zhangsan@qq .com|zhangsan@qq. com|zhangsan@ qq . com|z h a n g s a n @ q q . c o m
zhangsan@Qq.Com.|zhangsan@qq.com,zhangsan@QQ.com|“zhangsan@qq.com”|"zhangsan"@qq.com
"""


@pytest.mark.parametrize("raw", [cell for line in SPELLINGS.split("\n") for cell in line.split("|") if cell])
def test_every_spelling_of_one_address(raw: str) -> None:
    answer = normalize_email(raw)
    assert answer.value == "zhangsan@qq.com"
    assert not {"note", "display_name", "others", "suggestion"} & set(answer.parts)


SEPARATORS = (
    """;|; |,|, |，|、|；|/| / | |\n|\t|&| & |和|或| or | and |+|=|~|*|-|--|_|.|。|：|:|·|—|//|><|)(|%|#|!|】【"""
)


@pytest.mark.parametrize("separator", [*SEPARATORS.split("|"), "|"])
def test_every_separator_between_two_addresses(separator: str) -> None:
    answer = normalize_email(f"a1@qq.com{separator}b2@163.com")
    assert (answer.value, answer.parts.get("others"), answer.parts.get("note")) == ("a1@qq.com", "b2@163.com", None)
    assert "several_emails" in answer.issues


def test_all_of_many_addresses_are_kept() -> None:
    cell = ";".join(f"a{i}@qq.com" for i in range(200))
    answer = normalize_email(cell)
    assert f"{answer.value};{(answer.parts['others'] or '').replace(' ', ';')}" == cell


@pytest.mark.parametrize(
    ("raw", "value", "part", "words"),
    [
        ("张三＜zhang@x.cn＞", "zhang@x.cn", "display_name", "张三"),
        ("John Smith [mailto:john@x.com]", "john@x.com", "note", "John Smith"),
        ("John Smith john@x.com", "john@x.com", "note", "John Smith"),
        ("Smith, John <john@x.com>", "john@x.com", "display_name", "Smith, John"),
        ("=?utf-8?B?5byg5LiJ?= <zhang@x.cn>", "zhang@x.cn", "display_name", "张三"),
        ("张三：zhang@x.cn", "zhang@x.cn", "note", "张三"),
        ("张三/zhang@x.cn", "zhang@x.cn", "note", "张三"),
        ("zhang@x.cn-张三", "zhang@x.cn", "note", "张三"),
        ("13812345678/zhang@x.cn", "zhang@x.cn", "note", "13812345678"),
        ("zhang@qq.com13812345678", "zhang@qq.com", "note", "13812345678"),
        ("QQ:12345678 邮箱:zhang@x.cn", "zhang@x.cn", "note", "QQ:12345678"),
        ("john(work)@x.com", "john@x.com", "note", "work"),
        ("a1@x.cn（已离职）", "a1@x.cn", "note", "已离职"),
        ("zhang@qq,com;li@163.com", "li@163.com", "note", "zhang@qq com"),
        ("zhang_at_home@qq.com;b2@x.com", "zhang_at_home@qq.com", "others", "b2@x.com"),
        ("请发到zhang@qq.com。谢谢", "zhang@qq.com", "note", "请发到 谢谢"),
    ],
)
def test_words_beside_an_address_are_kept(raw: str, value: str, part: str, words: str) -> None:
    answer = normalize_email(raw)
    assert (answer.value, answer.parts.get(part)) == (value, words)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("zhang san@qq.com", "zhangsan@qq.com"),
        ("138 1234 5678@163.com", "13812345678@163.com"),
        ("zhang@q q.com", "zhang@qq.com"),
        ("zhang@qq com", "zhang@qq.com"),
        ("zhang@qq..com", "zhang@qq.com"),
        ("zhang..san@qq.com", "zhang.san@qq.com"),
        ("zhang.@qq.com", "zhang@qq.com"),
        ("zhang@qq、com", "zhang@qq.com"),
        ("zhang@qq-com", "zhang@qq.com"),
        ("zhang@sina,com,cn", "zhang@sina.com.cn"),
        ("zhang@vip,qq,com", "zhang@vip.qq.com"),
        ("zhang@163", "zhang@163.com"),
        ("zhang*qq.com", "zhang@qq.com"),
        ("zhang gmail.com", "zhang@gmail.com"),
        ("1784106170.qq.com", "1784106170@qq.com"),
        ("@zhang@qq.com", "zhang@qq.com"),
        ("zhang-at-qq.com", "zhang@qq.com"),
        ("ab..c@docomo.ne.jp", None),
    ],
)
def test_what_has_a_second_reading_is_only_suggested(raw: str, meant: str | None) -> None:
    answer = normalize_email(raw)
    assert (answer.value, answer.parts.get("suggestion")) == (None, meant)


TYPOS = """qq.con qq.cm qq.om qq.comm qq.cpm qq.vom qq.c0m qqcom qqcon qqq.com qq.c.om>qq.com 163.con 163com
1663.com 613.com 163.cok>163.com 126.cm 1266.com>126.com 139.con 139com>139.com gmial.com gmal.com
gmai.com gamil.com gmaill.com ggmail.com gnail.com gmlai.com gmailcon gmai.lcom gmial.con>gmail.com
hotmial.com hotmal.com htomail.com hotnail.com otmail.com jotmail.com hotmali.com>hotmail.com
hotmial.co.uk>hotmail.co.uk yaho.com yahooo.com yhaoo.com yahho.com yahoo.con>yahoo.com
yaho.com.cn>yahoo.com.cn outlok.com outllook.com otlook.com outlook.co>outlook.com foxmail.con
foxmial.com foxmal.com>foxmail.com iclould.com icould.com icloud.con>icloud.com sina.con sian.com
siina.com>sina.com sina.con.cn sina.comcn>sina.com.cn yeah.nte yeah.ent>yeah.net www.qq.com
mail.qq.com>qq.com acme.con acme.vom acme.cmo>acme.com acme.con.cn>acme.com.cn"""


@pytest.mark.parametrize("group", TYPOS.replace("\n", " ").split(">"))
def test_slips_of_large_domains(group: str) -> None:
    groups = TYPOS.replace("\n", " ").split(">")
    at = groups.index(group)
    if at + 1 < len(groups):
        meant = groups[at + 1].split()[0]
        typed = group.split()[1:] if at else group.split()
        assert {d: suggest_domain(d) for d in typed} == dict.fromkeys(typed, meant)


def test_more_honest_domains() -> None:
    honest = """
        gmx.com aol.co.uk me.com sina.cn mac.com live.com hotmail.co.uk outlook.co.jp 263.net tom.com
        sogou.com 136.com 162.com 168.com 173.com acme.co acme.cm acme.cam acme.com.co 365.com 360.cn
        tsinghua.edu.cn gmail.de zoho.com foxconn.com outlet.com hotel.com yahoo.fr aliyun-inc.com
        sino.com gail.com cloud.com 189.com yeah.com acme.mom
    """.split()  # noqa: SIM905
    assert {d: suggest_domain(d) for d in honest} == dict.fromkeys(honest)


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("12345678@vip.qq.com", {"qq": "12345678", "mailbox": "12345678@vip.qq.com"}),
        ("23456781@foxmail.com", {"qq": None}),
        ("13912345679@qq.com", {"qq": None, "probable_mobile": "+8613912345679", "mobile": None}),
        ("13912345679@163.com", {"probable_mobile": "+8613912345679", "mobile": None}),
        ("18612345678@wo.cn", {"mobile": "+8618612345678"}),
        ("13912345679@gmail.com", {"mobile": None, "probable_mobile": None}),
        ("z.s-a_b+x@proton.me", {"mailbox": "zsab@protonmail.com"}),
        ("z+a@hotmail.se", {"mailbox": "z@hotmail.se", "free": "true"}),
        ("z-a@yahoo.com", {"mailbox": "z-a@yahoo.com"}),
        ("z+a@acme.com", {"mailbox": "z+a@acme.com"}),
        ("z@mail.acme.com.cn", {"own_domain": "acme.com.cn", "domain": "mail.acme.com.cn"}),
        ("z@vip.163.com", {"own_domain": None, "free": "true"}),
        ("用户@例子.中国", {"domain_ascii": "xn--fsqu00a.xn--fiqs8s", "own_domain": "例子.中国"}),
        ("sales2@acme.com", {"role": "true"}),
        ("info-beijing@acme.com", {"role": "true"}),
        ("hr2008@163.com", {"role": None}),
        ("info.zhang@acme.com", {"role": None}),
        ("客服@例子.中国", {"role": "true"}),
        ("x1@abc.mailinator.com", {"disposable": "true", "own_domain": None}),
        ("www.zhang@163.com", {"suggestion": "zhang@163.com"}),
        ("user@\u0430cme.com", {"suggestion": "user@acme.com"}),
    ],
)
def test_more_parts(raw: str, parts: dict[str, str | None]) -> None:
    answer = normalize_email(raw)
    assert answer.value == raw
    assert {k: answer.parts.get(k) for k in parts} == parts


@pytest.mark.parametrize(
    "raw",
    """
        xxx@xx.com aaa@aaa.com 111@111.com qq@qq.com 163@163.com admin@admin.com 测试@qq.com 无@无.com
        无邮箱@qq.com 00000@qq.com 11111@qq.com 654321@qq.com zhang@xxx.com 13800000000@139.com 没有邮箱
        暂无邮箱 邮箱：无 邮箱: @ 无@
    """.split(),  # noqa: SIM905
)
def test_more_placeholders(raw: str) -> None:
    answer = normalize_email(raw)
    assert answer.value is None
    assert "placeholder" in answer.issues
    assert "invalid_email" not in answer.issues


@pytest.mark.parametrize("raw", ["zh***@qq.com", "138****8001@139.com", "z*@qq.com", "zha...@qq.com", "z••••@qq.com"])
def test_a_masked_address_is_no_address(raw: str) -> None:
    answer = normalize_email(raw)
    assert (answer.value, answer.issues) == (None, ("masked", "invalid_email"))
    assert answer.parts["masked"]


@pytest.mark.parametrize(
    "raw", ['"john smith"@example.com', '"a@b"@example.com', "john@[127.0.0.1]", "john@[IPv6:::1]"]
)
def test_legal_and_unusual_addresses_have_no_value_but_are_kept(raw: str) -> None:
    answer = normalize_email(raw)
    assert (answer.value, answer.parts, answer.issues) == (None, {"unusual": raw}, ("unusual_email", "invalid_email"))


def test_the_library_s_lists_are_ours() -> None:
    assert frozenset(email_validator.SPECIAL_USE_DOMAIN_NAMES) == SPECIAL_USE
    assert frozenset(email_validator.rfc_constants.CASE_INSENSITIVE_MAILBOX_NAMES) == RFC_2142


@settings(max_examples=500, deadline=None)
@given(
    st.from_regex(r"[a-z01-]{0,6}(\.[a-z01-]{0,5}){0,3}(\.(com|local|test|arpa|onion|c0m|x1))?", fullmatch=True),
    st.sampled_from([0, 55, 63, 64]),
)
def test_the_pattern_of_domains_is_the_library_s_answer(domain: str, more: int) -> None:
    domain = "a" * more + domain
    if "xn--" in domain:
        return
    try:
        valid = bool(email_validator.validate_email(f"a@{domain}", check_deliverability=False))
    except email_validator.EmailNotValidError:
        valid = False
    assert is_valid_ascii(domain) == valid == (domain_of(domain) is not None)


# -------------------------------------------------------------------------------------------------------- column form

_LOCALS = st.one_of(
    st.sampled_from(
        """
            info Sales sales2 sales.cn cn.sales noreply no-reply WWW www.zhang www. zhang.San z+a +a
            a.b-c_d+e 12345 1234 13812345678 13800138000 17012345678 13800000000 2345671 0123456 11111
            88888 qq 163 test none xxx a*b a** =a o'b a..b .a info+x info.zhang hr_dept -sales sales-
            8613812345678 13812345678/zhang 13812345678|z name 客服 kefu01 a`b {a} i.n.f.o 98765432101
        """.split()  # noqa: SIM905
    ),
    st.from_regex(r"[a-z0-9]{1,6}([._+-][a-z0-9]{1,4})?", fullmatch=True),
    st.just("x" * 65),
)
_DOMAINS = st.one_of(
    st.sampled_from(
        """
            qq.com QQ.com vip.qq.com 163.com gmail.com GoogleMail.com outlook.com hotmail.se 139.com
            189.cn proton.me yandex.ru acme.com mail.acme.com.cn x.mailinator.com gmial.com qq.con qq
            localhost acme.local xn--fsqu00a.xn--fiqs8s acme.con email.com noemail.com xx.com 123.com
            abc.com a..b www.qq.com hello.com
        """.split()  # noqa: SIM905
    ),
    st.just(".".join(["abcdefgh"] * 27) + ".com"),
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.builds(
            "{}{}@{}{}".format, st.sampled_from(["", "", " "]), _LOCALS, _DOMAINS, st.sampled_from(["", "", "."])
        ),
        min_size=10,
        max_size=40,
        unique=True,
    )
)
def test_the_column_form_is_the_kernel(cells: list[str]) -> None:
    told = normalize_email_column(pl.Series(cells))
    for cell, row in zip(cells, told.iter_rows(named=True), strict=True):
        if row["known"]:
            answer = normalize_email(cell)
            expected = {"value": answer.value, "issues": " ".join(answer.issues) or None}
            expected |= {k: answer.parts.get(k) for k in row if k not in ("known", "value", "issues")}
            assert {k: v for k, v in row.items() if k != "known"} == expected
            assert set(answer.parts) <= set(row)


def test_the_column_form_answers_plain_addresses() -> None:
    plain = ["zhang.san@163.com", "2345671@qq.com", "Z.San@gmail.com", "li@acme.com.cn", "13912345678@139.com"]
    assert normalize_email_column(pl.Series(plain))["known"].all()


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


@pytest.mark.parametrize(
    ("raw", "suggestion"),
    [
        ("zhang,wei@qq.com", "zhang.wei@qq.com"),
        ("zhang;li@163.com", "zhang.li@163.com"),
        ("zhang、li@163.com", "zhang.li@163.com"),
        ("zhang@sina.com,cn", "zhang@sina.com.cn"),
        ("zhang@acme.com;cn", "zhang@acme.com.cn"),
        ("QQ:12345678", "12345678@qq.com"),
        ("QQ号12345678", "12345678@qq.com"),
    ],
)
def test_what_may_be_somebody_else_s_is_only_suggested(raw: str, suggestion: str) -> None:
    answer = normalize_email(raw)
    assert (answer.value, answer.parts.get("suggestion")) == (None, suggestion)
    assert "invalid_email" in answer.issues


@pytest.mark.parametrize("raw", ["张三,zhang@qq.com", "John,jsmith@qq.com", "qq,zhang@qq.com", "a@qq.com,b@163.com"])
def test_a_word_with_a_meaning_of_its_own_leaves_the_address(raw: str) -> None:
    assert normalize_email(raw).value is not None


@pytest.mark.parametrize(
    ("raw", "suggestion"),
    [
        ("zhang@qq.com.com", "zhang@qq.com"),
        ("zhang@gmail.com.com", "zhang@gmail.com"),
        ("zhang@qq.comcom", "zhang@qq.com"),
        ("zhang@gmail.com.cn", "zhang@gmail.com"),
        ("zhang@l63.com", "zhang@163.com"),
        ("zhang@i26.com", "zhang@126.com"),
        ("zhang@qq.cn", "zhang@qq.com"),
        ("zhang@sina.com.cn", None),
        ("zhang@yahoo.com.cn", None),
        ("zhang@sina.cn", None),
        ("zhang@acme.com.cn", None),
    ],
)
def test_large_names_where_they_have_no_mailboxes(raw: str, suggestion: str | None) -> None:
    answer = normalize_email(raw)
    assert (answer.value, answer.parts.get("suggestion")) == (raw, suggestion)
    assert ("domain_typo" in answer.issues) == (suggestion is not None)


def test_one_letter_is_no_top_level_domain() -> None:
    assert [normalize_email(v).issues for v in ("a@b.c", "x@y.z")] == [("placeholder",)] * 2
    assert normalize_email("zhang@acme.c").issues == ("invalid_email",)


@pytest.mark.parametrize("raw", ["***@qq.com", "*@qq.com", "邮箱:***@qq.com", "●●●@qq.com"])
def test_a_local_part_that_is_all_hidden(raw: str) -> None:
    answer = normalize_email(raw)
    assert (answer.value, answer.issues[-2:]) == (None, ("masked", "invalid_email"))
    assert answer.parts["masked"] is not None


_BESIDE = st.sampled_from(
    [
        *(
            "",
            "",
            "邮箱：",
            "mailto:",
            "Email: ",
            "<",
            ">",
            "(",
            ")",
            ";",
            "；",
            "，",
            ",",
            "。",
            ".",
            " ",
            "\u3000",
            "\ufeff",
        ),
        *(
            "张三",
            "张三<",
            "QQ",
            "zhang",
            "zhang,",
            "zhang ",
            "1234567/",
            "12345",
            "'",
            "、",
            "!",
            "?subject=x",
            "@",
            "cn",
            ",cn",
        ),
    ]
)
_WIDE = {c: c + 0xFEE0 for c in range(0x21, 0x7F)} | {0x20: 0x3000}
_HOSTS = st.sampled_from(
    """qq.com QQ.com 163.com vip.163.com gmail.com acme.com acme.com.cn acme.cn acme.con qq.con gmial.com qq.cn 139.com
    acme,com acme,com,cn qq,com a.b mailinator.com mail.acme.co.uk qq.com.com hotmail.co example.com googlemail.com
    acme-group.com test.com sub.a.acme.net""".split()  # noqa: SIM905
)
_FRAMED = st.builds(
    lambda before, more, local, at, host, behind, wide: (before + more + local + at + host + behind).translate(
        _WIDE if wide else {}
    ),
    _BESIDE,
    _BESIDE,
    _LOCAL
    | st.sampled_from(["12345678", "13812345678", "info", "Sales2", "test", "xxx", "www.zhang", "a", "zhang.san"]),
    st.sampled_from(["@", "@", "@", "@@", " @"]),
    _HOSTS,
    _BESIDE,
    st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(_FRAMED, unique=True, min_size=10, max_size=40))
@example(["Info@qq.com", "<。A@gmial.com"])
def test_the_column_is_the_kernel_in_a_frame(cells: list[str]) -> None:
    told = normalize_email_column(pl.Series(cells, dtype=pl.String))
    assert told.height == len(cells)
    for cell, row in zip(cells, told.to_dicts(), strict=True):
        if row.pop("known"):
            answer = normalize_email(cell)
            parts = {k: v for k, v in row.items() if k not in {"value", "issues"} and v is not None}
            assert (row["value"], row["issues"]) == (answer.value, " ".join(answer.issues) or None), cell
            assert parts == {k: v for k, v in answer.parts.items() if v is not None}, cell


def test_the_column_knows_what_columns_hold() -> None:
    cells = [
        "mailto:zhang@acme.com",
        "<2345671@qq.com>",
        "邮箱：Zhang.San@163.com",
        "ｚｈａｎｇ＠ａｃｍｅ．ｃｏｍ",
        "zhang@qq,com",
        "zhang@@qq.com",
    ]
    assert normalize_email_column(pl.Series(cells))["known"].all()
