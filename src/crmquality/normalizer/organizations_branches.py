"""Branches: what part of an organization a name names, where that part is, and how it is compared in two languages.

北京分公司      place 北京     key beijing:branch
Beijing Branch  place 北京     key beijing:branch
北京海淀支行    place 北京     key beijinghaidian:branch
上海办事处      place 上海     key shanghai:office
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from crmquality.normalizer.organizations_places import latin_place, place_at_start, place_of_bracket
from crmquality.normalizer.transliteration import fold, joined_pinyin, to_ascii

WHOLE: Final = "whole"
"""The branch key of a name that names no branch: head office and branch are never the same."""

_KINDS: Final = {
    "branch": "分公司|支公司|分行|支行|分理处|储蓄所|分厂|分校|分院|分所|分部|分社|支社|支局|分局|分号|支店"
    "|분점|지점|지사",
    "subsidiary": "子公司|孙公司",
    "office": "办事处|代表处|联络处|联络站|办公室|連絡事務所|営業所|事業所|出張所",
    "store": "分店|门店|旗舰店|体验店|直营店|加盟店|专卖店|专营店|连锁店|自营店|生活馆|体验馆|门市部|专柜|店",
    "sales": "营业部|营业厅|营业所|营业网点|营业室|网点|经营部|销售部",
    "division": "事业部|事业群|项目部|服务部|信用卡中心|资金营运中心|资金运营中心|票据中心|数据中心|研发中心|研究院"
    "|研究所|设计院|客服中心",
    "site": "工厂|厂区|生产基地|基地|仓库|物流园|配送中心|加油站|服务站|服务中心|维修站|电厂|煤矿|工場|厂",
}
_KIND_OF: Final = {word: kind for kind, words in _KINDS.items() for word in words.split("|")}
_WORDS: Final = "|".join(sorted(_KIND_OF, key=len, reverse=True))
_NUMBER: Final = "(?:第?[一二三四五六七八九十百\\d]{1,3})?"

BRANCH: Final = re.compile(f"{_NUMBER}(?:{_WORDS})\\Z")
"""The word for a branch behind a legal form, where it may be any of them."""
OWN_BRANCH: Final = re.compile(
    f"{_NUMBER}(?:分公司|支公司|分行|支行|分理处|储蓄所|办事处|代表处|联络处|分店|(?<![东西南北前后大厦江安正中])门店|旗舰店|直营店|加盟店|专卖店|体验店|营业厅|营业所|信用卡中心"
    "|事业部|事业群"
    "|(?:(?<=证券)|(?<=银行)|(?<=保险)|(?<=期货)|(?<=公司)|(?<=分行)|(?<=支行)|(?<=联社))营业部)\\Z"
)
"""The word for a branch in a name without a legal form."""
_STORE: Final = re.compile(
    "(?:广场|大悦城|万达|万象城|印象城|吾悦|银泰|商场|商城|购物中心|中心城?|百货|天地|天街|大厦|大街|路|街|巷|道|站|机场|城|桥|口|村|镇|里"
    "|苑|园|大学|门)店\\Z|(?:书店|酒店|饭店|便利店|药店|商店|超市|药房|火锅|咖啡|奶茶).{2,8}店\\Z"
)
LANDMARK: Final = re.compile(
    "万达|大悦城|万象[城汇]|印象城|吾悦|银泰|来福士|太古[里汇]|天街|龙湖|凯德|恒隆|人民|中山|解放|建设|和平|胜利|新华路|前门|东门|西门|南门|北门|"
    "火车站|高铁站|机场|华强北|中关村|望京|国贸|陆家嘴|徐家汇|五角场|五道口|三里屯|王府井|西单|春熙路|珠江新城|光谷|新街口|解放碑|观音桥"
)
"""How the places of stores begin."""
_DIVISION: Final = re.compile("[省市区县]")


class Branch(NamedTuple):
    """A branch as it is compared.

    Attributes:
        place: where it is, empty where its name does not say.
        place_key: the same in every language.
        key: its place and name in Latin letters, and what kind of branch it is.
    """

    place: str
    place_key: str
    key: str


def is_store(text: str) -> bool:
    """Whether a name ends as stores in a street or a mall do: 人民广场店.

    >>> is_store("星巴克咖啡人民广场店"), is_store("长安书店")
    (True, False)
    """
    return text.endswith("店") and _STORE.search(text) is not None


_UNIT: Final = re.compile(
    "(?P<branch>.{2,20}(?:[分支]公司|[分支]行|分理处|分店|门店|办事处|代表处|联络处|分[院厂部校所社局]))[-–—/,、]?(?P<unit>.{2,12})\\Z"
)


def unit_of_branch(text: str) -> tuple[str, str]:
    """A branch, and what follows it: a department or a person; two empty strings where the text is no such thing.

    >>> unit_of_branch("深圳分公司研发部"), unit_of_branch("深圳分公司")
    (('深圳分公司', '研发部'), ('', ''))
    """
    found = _UNIT.match(text)
    return (found["branch"], found["unit"]) if found else ("", "")


@lru_cache(maxsize=16_384)
def han_branch(text: str) -> Branch:
    """A branch by its Chinese name.

    >>> han_branch("北京分公司"), han_branch("深圳市南山支行").key
    (Branch(place='北京', place_key='beijing', key='beijing:branch'), 'shenzhennanshan:branch')
    """
    found = BRANCH.search(text)
    word = found.group() if found else ""
    kind = next((k for w, k in _KIND_OF.items() if word.endswith(w)), "branch")
    rest = text[: found.start()] if found else text.removesuffix("公司")
    number = word[: len(word) - max((len(w) for w in _KIND_OF if word.endswith(w)), default=0)]
    place = place_at_start(rest)
    name = to_ascii(joined_pinyin(_DIVISION.sub("", rest) + number.removeprefix("第")))
    key = f"{fold(name).replace(' ', '')}:{kind}"
    return Branch(place.name, place.key, key) if place else Branch("", "", key)


_LATIN_KINDS: Final = (
    (re.compile(r"rep(?:resentative)?\.? office|liaison office|sales office|regional office", re.IGNORECASE), "office"),
    (
        re.compile(
            r"branch(?: office)?|zweigniederlassung|niederlassung|filial[ei]?|succursale|sucursal|(?:支店|지점)",
            re.IGNORECASE,
        ),
        "branch",
    ),
)
_SMALL: Final = re.compile(r"\b(?:of|in|the|at)\b", re.IGNORECASE)


@lru_cache(maxsize=16_384)
def latin_branch(text: str) -> Branch:
    """A branch by its name in Latin letters.

    >>> latin_branch("Beijing Branch"), latin_branch("Hong Kong Representative Office").key
    (Branch(place='北京', place_key='beijing', key='beijing:branch'), 'xianggang:office')
    """
    kind = next((k for pattern, k in _LATIN_KINDS if pattern.search(text)), "branch")
    rest = text
    for pattern, _ in _LATIN_KINDS:
        rest = pattern.sub(" ", rest)
    rest = " ".join(_SMALL.sub(" ", rest).split()).strip(" .,-()")
    place = latin_place(rest.lower()) or (place_of_bracket(rest) if rest else None)
    if place is not None:
        return Branch(place.name, place.key, f"{place.key}:{kind}")
    return Branch("", "", f"{fold(to_ascii(rest)).replace(' ', '')}:{kind}")
