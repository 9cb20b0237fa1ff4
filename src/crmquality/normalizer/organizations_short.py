"""How people call an organization for short, and how we know: because it is known, or by a rule.

A rule only proposes: the trade name is often what people say (小米), and the initials of an English name of three
words or more. What is known is a small list of the best known organizations (`organization_short_names.csv`).
"""

from __future__ import annotations

from functools import cache
from typing import Final

from crmquality.reference import read_table

_SAID_IN_FULL: Final = (
    "银行", "大学", "学院", "医院", "中学", "小学", "证券", "保险", "人寿", "航空", "电视台", "出版社", "大药房",
    "学校", "幼儿园", "基金", "基金会", "研究所", "研究院", "设计院", "协会", "商会", "学会",
)  # fmt: skip
_SAID_LAST: Final = frozenset(word[-1] for word in _SAID_IN_FULL)
"""Trades that people say with the name: 招商银行 is not called 招商."""


@cache
def _known() -> dict[str, tuple[str, str]]:
    return {row["name"]: (row["region"], row["short"]) for row in read_table("organization_short_names.csv")}


def short_name(
    key: str, core: str, trade_name: str, industry: str, *, region: str = "", initials: str = ""
) -> tuple[str, str]:
    """The short name and where it comes from: `known` or `rule`.

    Args:
        key: the comparable form of the core.
        core: trade name and industry.
        trade_name: the trade name.
        industry: what the organization does.
        region: the key of the place: 大华技术 is the known one in 浙江, or where no place is said.
        initials: of an English name with enough words, else empty.

    >>> short_name("中国工商银行", "中国工商银行", "中国工商", "银行")
    ('工行', 'known')
    >>> short_name("小米科技", "小米科技", "小米", "科技")
    ('小米', 'rule')
    """
    known = _known().get(key)
    if known is not None and region in {"", "cn", known[0]}:
        return known[1], "known"
    if initials:
        return initials, "rule"
    in_full = industry and industry[-1] in _SAID_LAST and industry.endswith(_SAID_IN_FULL)
    return (core if in_full else trade_name), "rule"
