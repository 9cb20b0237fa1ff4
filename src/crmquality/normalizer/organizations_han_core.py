"""The name itself: place in front, trade name and industry of what stands before the legal form."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_forms import Form, keeps_place
from crmquality.normalizer.organizations_han_around import EDGES, Around
from crmquality.normalizer.organizations_industries import ends_with_industry, is_generic, is_vague, split_industry
from crmquality.normalizer.organizations_places import (
    Place,
    is_only_place,
    place_at_end,
    place_at_start,
    place_inside,
    place_of_bracket,
)

_LATIN_START: Final = re.compile("[A-Za-z][A-Za-z0-9&.+-]*")
_MOUNTED: Final = ("滩", "湾", "岛")
"""What makes a place in front of it the name of something else: 上海滩, 深圳湾, 海南岛."""
GROUP: Final = "集团"
_SCHOOL: Final = re.compile(
    "(?:工业|理工|师范|科技|交通|农业|林业|医科|中医药|财经|外国语|航空航天|邮电|政法|体育|海洋|石油|化工|第[一二三四])?"
    "(?:大学(?![生城路])|学院(?!路))"
)
"""A university whose unit follows, whose place is its name: 北京大学医学部."""
HanName = tuple[str, str, str]
"""Core, trade name, industry."""


def split_place(head: str, around: Around, form: Form | None) -> HanName:
    """Core, trade name and industry of a name; its place is kept, and `only_generic` said where it has no name."""
    if around.front:
        return head, head, ""
    place = place_at_start(head)
    if place is not None:
        if not place.written and around.place is not None and around.place.key != place.key:
            place = None  # 北京卫视建工(金华): a name has one place, the other one is part of the name
        elif head.startswith(_MOUNTED, place.end) and not place.written:
            place = None
        elif place.county and form is None and not keeps_place(head) and not ends_with_industry(head):
            place = None  # 天水雅居 without more is a brand
    if place is not None:
        return _split_behind(head, place, around)
    if keeps_place(head):
        return head, *(split_industry(head) if head.endswith("银行") else (head, ""))
    if around.place is None:
        head = _before_place(head, around, formed=form is not None)
    if head.startswith("中国") and (len(head) == 2 or is_generic(head[2:])):
        if len(head) == 2 or is_vague(head[2:]):
            around.issues.append("only_generic")
        return head, head, ""  # the country is the name: 中国石油天然气
    if around.place is None and is_generic(head):
        around.issues.append("only_generic")
    return split_trade(head)


def split_trade(name: str, *, elsewhere: bool = False) -> HanName:
    """Core, trade name and industry; a place alone is no trade name: 宝山钢铁.

    Args:
        name: trade name and industry.
        elsewhere: that another place stands in front, so that this one is a name: 安阳 | 汉南 | 煤化工.

    >>> split_trade("小米科技"), split_trade("宝山钢铁")
    (('小米科技', '小米', '科技'), ('宝山钢铁', '宝山钢铁', ''))
    """
    trade, industry = split_industry(name)
    if industry and not elsewhere and is_only_place(trade):
        return name, name, ""
    if industry and trade.endswith(GROUP) and len(trade) > 3:
        trade = trade[:-2]  # 阿里巴巴集团控股
    return name, trade, industry


def _split_behind(head: str, place: Place, around: Around) -> HanName:
    """The same for a name with a place in front, which stays where nothing but words of trades would be left."""
    rest = head[place.end :].lstrip(EDGES)
    institution = keeps_place(head) or (not place.written and _SCHOOL.match(rest) is not None)
    inner = place.district and not institution and (len(rest) < 2 or is_generic(rest))
    if inner:
        place = place_at_start(head, districts=False) or place  # 新疆天山水泥: the district is the name
        rest = head[place.end :].lstrip(EDGES)
    if len(rest) == 1 and not place.written:
        return (head, *split_industry(head))  # 永春堂
    if (around.place is None or place.written) and not (place.county and rest == "银行"):
        around.place, around.place_behind = place, ""
    if institution or len(rest) < 2 or is_generic(rest) or (rest.endswith("银行") and is_generic(rest[:-2])):
        if not rest or is_vague(rest):
            around.issues.append("only_generic")
        return head, head, ""
    return split_trade(rest, elsewhere=not inner)


def _before_place(head: str, around: Around, *, formed: bool) -> str:
    """A name without the place at its end or inside: 小米科技北京有限公司, OPPO广东移动通信, 国网北京市电力."""
    place = place_at_end(head)
    rest = head[: place.end].rstrip(EDGES) if place else ""
    if place is not None and len(rest) >= 2:
        group = rest.endswith(GROUP) and len(rest) > 3
        latin = rest.isascii()
        country = place.key == "cn" and (formed or place_of_bracket(rest) is None)  # 微软中国
        if latin or country or ends_with_industry(rest) or (formed and group):
            around.place, around.group = place, around.group or group
            return rest.removesuffix(GROUP) if group else rest
        return head
    found = _place_behind_brand(head) or place_inside(head)
    if found is None:
        return head
    start, place = found
    end = start + place.end
    if len(head) - end < 2 or not is_generic(head[end:]):
        return head
    around.place = place
    return head[:start] + head[end:]


def _place_behind_brand(head: str) -> tuple[int, Place] | None:
    """The place behind a name in Latin letters, or behind the brand of the grid companies."""
    latin = _LATIN_START.match(head) if head[0] < "\x80" else None
    start = latin.end() if latin else 2 if head.startswith(("国网", "南网")) else 0
    place = place_at_start(head[start:]) if start >= 2 else None
    return (start, place) if place else None
