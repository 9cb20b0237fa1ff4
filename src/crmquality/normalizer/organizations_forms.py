"""Legal forms of Chinese organizations: found, mended where a character is missing, brought to one spelling.

有限责任公司 and 有限公司 are one form (Company Law of China, article 8), and so are the ways of writing a group.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmquality.normalizer.organizations_industries import ends_with_industry, is_generic
from crmquality.reference import read_table

# What is left of 有限公司 or 有限责任公司 where a character was lost or mistyped; at the end, or before a note.
_DAMAGED: Final = re.compile(
    "(?:有限(?:责任|责|任)?(?:公司?|司|工司|公[词可思四])?|(?<![国自所拥私公没])有(?:责任)?公司|限(?:责任)?公司|有[现线]公司"
    "|有限责[仁人]公司|有责任公司|责任公司)(?=[ (,;/-]|\\Z)"
)
PARTNERSHIPS: Final = {
    "有限合伙": "LP",
    "普通合伙": "GP",
    "特殊普通合伙": "LLP",
    "特殊的普通合伙": "LLP",
    "合伙": "GP",
    "个人独资": "SP",
    "个体工商户": "SP",
    "个体户": "SP",
    "个体": "SP",
}
"""Kinds of partnership and of sole proprietors, as they stand in brackets behind a name; their classes."""

# Words that make a form only behind the word of a trade: 五金厂, 服装店, 电器行, 汽车用品经营部.
_SHOPS: Final = {"厂": "厂", "店": "店", "行": "商行", "部": "经营部", "摊": "店", "铺": "店", "坊": "坊"}
_BODIES: Final = {
    "PUB": "大学 学院 中学 小学 高中 学校 幼儿园 党校 技校 医院 卫生院 卫生服务中心 疾控中心 疾病预防控制中心 "
    "妇幼保健院 图书馆 博物馆 文化馆 美术馆 科技馆 电视台 研究院 研究所 科学院 设计院",
    "NGO": "协会 商会 学会 联合会 基金会 促进会 研究会 校友会 慈善会 工会 红十字会 联谊会",
    "GOV": "人民政府 政府 人民法院 法院 检察院 委员会 海关 公安 公安局 派出所 街道办事处 街道办 居委会 村委会 "
    "常委会 政协 党委 市委 县委 区委 省委 团委 组织部 宣传部 公安厅 财政厅 教育厅 民政厅 司法厅 水利厅 商务厅 "
    "审计厅 办公厅 交警大队 消防大队 交警支队 消防支队 管委会 "
    "税务局 管理局 监督局 教育局 财政局 民政局 司法局 统计局 审计局 规划局 资源局 环保局 环境局 交通局 运输局 水利局 "
    "水务局 农业局 林业局 农村局 商务局 文化局 旅游局 卫生局 健康局 体育局 执法局 信访局 气象局 地震局 海洋局 粮食局 "
    "保障局 工商局 建设局 国土局 邮政局 档案局 专卖局 分局",
    "": "银行 出版社 信用社 农商行 日报 晚报 日报社 报社 大学城 交易所 局",
}
_BODY: Final = {word: (kind and word, kind) for kind, words in _BODIES.items() for word in words.split()}
_BODY_LAST: Final = frozenset(word[-1] for word in _BODY)
_BODY_SIZES: Final = tuple(sorted({len(word) for word in _BODY}, reverse=True))
_NAMES_KEEP_NO_PLACE: Final = frozenset(
    {"学校", "研究院", "研究所", "设计院", "科技馆", "基金会", "促进会", "研究会", "红十字会"}
)
"""Private bodies mostly: their place is a place, 北京|新东方|学校."""
_STATE_SCHOOL: Final = re.compile(
    "(?:外国语|实验|职业|技工|技术|特殊教育|师范|卫生|艺术|体育|第.{1,3}|中心|[市县区])学校\\Z"
)
_MINISTRIES: Final = frozenset("部署委局")
_NO_BUREAU: Final = frozenset("书邮布棋药饭茶牌")
LATIN_FORM: Final = re.compile(
    r"[ ,]*(?<![A-Za-z0-9])(?:co\.?,? ?ltd|co\.?,? ?limited|company limited|limited|ltd|inc|llc|corp|corporation)\.?\Z",
    re.IGNORECASE,
)


def public_body(name: str) -> tuple[str, str] | None:
    """The word for a public or non-profit body at the end of a name, and its class: GOV, PUB or NGO; else None.

    Banks, papers, publishers and 中建三局 have an empty one: a place in front of them is part of the name too.

    >>> public_body("北京大学"), public_body("深圳市公安局"), public_body("中华书局"), public_body("小米科技")
    (('大学', 'PUB'), ('公安局', 'GOV'), None, None)
    """
    if not name:
        return None
    for size in _BODY_SIZES if name[-1] in _BODY_LAST else ():
        found = _BODY.get(name[-size:]) if size < len(name) else None
        if found is not None:
            return None if size == 1 and name[-2] in _NO_BUREAU else found
    ministry = name[-1] in _MINISTRIES and name.startswith("中华人民共和国")
    return (name[-1], "GOV") if ministry else None


def keeps_place(name: str) -> bool:
    """Whether a place in front of a name is part of it because of the body it names: 北京大学, 北京银行.

    >>> keeps_place("北京大学"), keeps_place("北京新东方学校"), keeps_place("北京小米科技")
    (True, False, False)
    """
    found = public_body(name)
    if found is None:
        return False
    return found[0] not in _NAMES_KEEP_NO_PLACE or (found[0] == "学校" and _STATE_SCHOOL.search(name) is not None)


_GROUPS: Final = ("(集团)控股", "控股(集团)", "集团控股", "控股集团", "(集团)", "集团")
"""A group's ways to say so: 控股 beside 集团 is no trade."""


_FORM_ONLY: Final = re.compile("(?:(?:集团|股份|责任)?有限(?:责任)?公司)++\\Z")


class Form(NamedTuple):
    """A legal form in a name.

    Attributes:
        start, end: where it stands.
        name: its canonical form.
        kind: its class in every country (LLC, JSC, ...), empty where it has none.
        spelled: as the value has it; a damaged one is mended.
    """

    start: int
    end: int
    name: str
    kind: str
    spelled: str


def find_form(text: str) -> Form | None:
    """The form with 有限 in it, the first one of the name; a damaged one where none is whole.

    >>> find_form("传威股份有限公司北京分公司")
    Form(start=2, end=8, name='股份有限公司', kind='JSC', spelled='股份有限公司')
    >>> find_form("传威有限责任公"), find_form("传威科技")
    (Form(start=2, end=7, name='有限公司', kind='LLC', spelled='有限责任公司'), None)
    """
    start = text.find("有限")
    while start >= 0:
        if text.startswith("公司", start + 2):
            return _widen(text, start, start + 4, "有限公司")
        if text.startswith("责任公司", start + 2):
            return _widen(text, start, start + 6, "有限责任公司")
        start = text.find("有限", start + 2)
    return _damaged_form(text)


def is_form_only(text: str) -> bool:
    """Whether a text is nothing but a form with 有限.

    >>> is_form_only("有限责任公司"), is_form_only("小米有限公司")
    (True, False)
    """
    return _FORM_ONLY.match(text) is not None


def _damaged_form(text: str) -> Form | None:
    if "有" not in text and "限" not in text and "责任" not in text:
        return None
    found = _DAMAGED.search(text)
    if found is None or found.start() < 2 or text.startswith("合伙", found.end()):
        return None
    before = text[found.start() - 1]
    if before == "(" or (before == "份" and found.group() == "责任公司"):
        return None  # (有限合伙) and its like; 股份责任公司 is a form of its own
    return _widen(text, found.start(), found.end(), "有限责任公司" if "责" in found.group() else "有限公司")


def _widen(text: str, start: int, end: int, spelled: str) -> Form:
    """The form with what belongs to it in front: 股份, 集团, (集团)."""
    name, kind = "有限公司", "LLC"
    if text.startswith("股份", start - 2) and start >= 2:
        start, spelled = start - 2, "股份" + spelled
        name, kind = "股份有限公司", "JSC"
    elif text.startswith("责任", start - 2) and start >= 2:
        start, spelled = start - 2, "责任" + spelled
    if start >= 2 and text[start - 1] in "团)股":
        for word in _GROUPS:
            if start >= len(word) + (2 if "控" in word else 0) and text.startswith(word, start - len(word)):
                return Form(start - len(word), end, "集团" + name, kind, word + spelled)
    return Form(start, end, name, kind, spelled)


@cache
def _weak_forms() -> tuple[tuple[tuple[str, str, str], ...], frozenset[str], frozenset[str]]:
    """Forms without 有限, longest first; the characters they end with; the words that go with 部."""
    rows = sorted(read_table("legal_forms_zh.csv"), key=lambda row: -len(row["spelling"]))
    forms = tuple((row["spelling"], row["form"], row["class"]) for row in rows)
    counters = frozenset(row["word"] for row in read_table("organization_words.csv") if row["kind"] == "counter")
    return forms, frozenset(spelled[-1] for spelled, _, _ in forms), counters


def _is_shop_of(text: str) -> bool:
    """Whether the last character is a shop behind the word of a trade, and no part of one: 烟酒|店 is no 酒店.

    The longer reading counts: three characters (烟酒店) against the two (酒店) that end the text as well.
    """
    return is_generic(text[-3:-1]) and not is_generic(text[-3:])


def weak_form(text: str) -> Form | None:
    """A form at the end of a name that has no 有限 in it.

    >>> weak_form("长安五金厂").name, weak_form("阿里巴巴集团").name, weak_form("农业银行")
    ('厂', '集团', None)
    """
    if not text:
        return None
    forms, last, counters = _weak_forms()
    size = len(text)
    if text[-1] in last:
        for spelled, name, kind in forms:
            if text.endswith(spelled):
                return Form(size - len(spelled), size, name, kind, spelled)
    shop = _SHOPS.get(text[-1])
    if shop and size >= 4:
        if text[-1] == "部":
            return Form(size - 3, size, shop, "SP", text[-3:]) if text[-3:-1] in counters else None
        if (not ends_with_industry(text) or _is_shop_of(text)) and (shop == "厂" or ends_with_industry(text[:-1])):
            return Form(size - 1, size, shop, "" if shop == "厂" else "SP", text[-1])
    found = LATIN_FORM.search(text) if text[-1] in "dDcCnNpP." else None
    if found and found.start():
        limited = "l" in found.group().lower()
        return Form(found.start(), size, "有限公司" if limited else "公司", "LLC" if limited else "", found.group())
    return None
