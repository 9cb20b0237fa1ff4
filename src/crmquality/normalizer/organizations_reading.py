"""What a grammar says of one organization's name, whatever its language, and how a note beside a name is known."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmquality.reference import read_table


class Reading(NamedTuple):
    """One name, taken apart.

    Attributes:
        value: the whole name as it should be written.
        parts: as in the table of `organizations`.
        issues: what was done and found.
    """

    value: str
    parts: dict[str, str | None]
    issues: tuple[str, ...]


_NOTE_PATTERNS: Final = (
    "[\\w-]{{0,8}}?(?:{departments})(?:部门?|处|科|室|组|中心|办公室|办|岗|专员|主管|经理|总监|人员|员)[\\w-]{{0,6}}",
    "(?:总经办|总经理办公室|办公室|前台|业务员?|联系人|收件人|对接人|负责人)\\w{{0,6}}",
    "(?:现|已)?(?:更名|改名)(?:为)?.{{0,40}}",
    "(?:联系人|联系电话|电话|手机|座机|传真|地址|邮箱|微信|QQ|法人|法定代表人|备注|账号|客户)号?[:].{{0,60}}",
    "(?:税号|纳税人识别号|统一社会信用代码|信用代码|开户行)[:].{{0,60}}",
    "(?:电话|手机|座机|传真|税号|信用代码|邮编)\\s?[\\d+()A-Z -]{{5,40}}",
    "\\w{{1,4}}(?:先生|女士|小姐|经理|总监|老师|老板|主任|处长)",
    "[\\d+() -]{{7,40}}",
    "[#(]?\\d{{1,3}}[)#]?",
    "(?=[A-Z]*\\d)[0-9A-Z-]{{15,20}}",
    "(?:股票代码|证券代码)[:]?\\d{{6}}(?:\\.[A-Z]{{2}})?",
    "(?:NYSE|NASDAQ|AMEX|HKEX|SEHK|SSE|SZSE|BSE|LSE|TSE|SGX)[ :.]*[A-Z0-9.]{{1,8}}",
    "(?:[上深北港纽]交所|纳斯达克|新三板)[ :.]*[A-Z0-9.]{{1,8}}",
    "\\d{{4,6}}\\.(?:HK|SH|SZ|SS|BJ|TW|TWO|T|KS|KQ|SI)|[A-Z]{{1,5}}\\.(?:US|O|N|OQ|HK)",
    "[\\w.+-]{{1,40}}@[\\w.-]{{3,40}}",
    "(?:https?://|www\\.)[!-~]{{3,60}}|[a-z0-9-]{{1,30}}(?:\\.[a-z0-9-]{{2,20}})?\\.(?:com|cn|net|org|com\\.cn)/?",
    "(?i:copy|dup|duplicate|old|new|test)",
)


@cache
def _note() -> re.Pattern[str]:
    rows = read_table("organization_words.csv")
    words = "|".join(sorted((r["word"] for r in rows if r["kind"] == "note"), key=len, reverse=True))
    departments = "|".join(sorted((r["word"] for r in rows if r["kind"] == "department"), key=len, reverse=True))
    patterns = "|".join(_NOTE_PATTERNS).format(departments=departments)
    return re.compile(f"(?:{words}|{patterns})\\Z")


def is_note(text: str) -> bool:
    """Whether a text beside a Chinese name is somebody's note: a department, a state, a person, a number.

    >>> is_note("采购部"), is_note("已注销"), is_note("13800138000"), is_note("科技")
    (True, True, True, False)
    """
    return len(text) <= 64 and bool(_note().match(text))


_SECOND: Final = re.compile(
    "(?:以?下?简称|下称|(?P<former>曾用名称?|原名称?|原公司名称?|前身[为是]?|旧称|旧名|原(?=[:]|.{3}))"
    "|(?P<later>现名称?|(?:现|已)?(?:更名|改名)为)|(?P<alias>又名|又称|别名|亦称|也称|品牌名?|店名|商号)"
    "|(?P<foreign>英文名称?|外文名称?)|(?P<whole>全称))[:是为]? ?(?P<name>.{1,60})\\Z"
)
_PARTY: Final = re.compile(
    "[甲乙丙丁]方|(?:本|我|贵|该)?公司|(?:采购|招标|投标|供应|发包|承包|出租|承租|买受|出卖|委托|受托)[人方商]"
)


def second_name(text: str) -> tuple[str, str]:
    """Another name of the organization that a label tells, and what it is; two empty strings where there is none.

    Kinds: short, former, later, alias, foreign, whole. A party of a contract (以下简称甲方) is no name.

    >>> second_name("曾用名:小米通讯"), second_name("以下简称小米"), second_name("原北京小米通讯技术有限公司")
    (('小米通讯', 'former'), ('小米', 'short'), ('北京小米通讯技术有限公司', 'former'))
    >>> second_name("以下简称甲方"), second_name("已注销")
    (('', ''), ('', ''))
    """
    found = _SECOND.match(text)
    if found is None:
        return "", ""
    name = found["name"].strip(" .,;:、。-_\"'")
    if not name or _PARTY.fullmatch(name):
        return "", ""
    return name, next((kind for kind in ("former", "later", "alias", "foreign", "whole") if found[kind]), "short")
