"""The usual Chinese company name in one look: 杭州|鼎盛华|科技|有限公司, 鼎盛华|科技|(杭州)|有限公司.

It answers what `organizations_han` would and leaves every name that could be anything else to it; that the two agree
is a property test.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from crmquality.normalizer.mojibake import is_sound
from crmquality.normalizer.organizations_branches import WHOLE
from crmquality.normalizer.organizations_forms import keeps_place, weak_form
from crmquality.normalizer.organizations_industries import is_generic, split_industry
from crmquality.normalizer.organizations_places import (
    Place,
    is_only_place,
    place_at_end,
    place_at_start,
    place_of_bracket,
)
from crmquality.normalizer.organizations_reading import Reading
from crmquality.normalizer.organizations_short import short_name
from crmquality.normalizer.transliteration import joined_pinyin, simple_characters

_ELSEWHERE: Final = frozenset("昇社法株有限责")
"""Characters that may make a name special: a Japanese form, a damaged one, a second spelling."""
_INSIDE: Final = frozenset("省市县")
"""Characters behind which a name without a place in front may have one inside."""
_NATIONAL: Final = ("中国", "国网", "南网")
_FORMS: Final = {
    "有限公司": ("有限公司", "LLC"),
    "有限责任公司": ("有限公司", "LLC"),
    "股份有限公司": ("股份有限公司", "JSC"),
    "集团有限公司": ("集团有限公司", "LLC"),
    "集团有限责任公司": ("集团有限公司", "LLC"),
    "集团股份有限公司": ("集团股份有限公司", "JSC"),
}
_WORDS_OF_FORMS: Final = frozenset({"股份", "集团", "责任", "控股"})
_MOUNTED: Final = frozenset("滩湾岛")
_LONGEST: Final = 40
_SCHOOL: Final = "大学"
_BRACKETS: Final = str.maketrans("（）", "()")


@cache
def _plain() -> re.Pattern[str]:
    """Characters that are neither traditional nor the sign of damage, and one bracket."""
    kept = "".join(c for c in simple_characters() if is_sound(c))
    return re.compile(f"[{kept}]{{3,{_LONGEST}}}+(?:[(（][{kept}]{{2,8}}+[)）][{kept}]{{1,8}}+)?\\Z")


def read_plain_name(text: str) -> Reading | None:
    """A usual name; None where it may be an unusual one.

    >>> parts = read_plain_name("杭州鼎盛华科技有限公司").parts
    >>> parts["region"], parts["trade_name"], parts["industry"], parts["legal_form"]
    ('杭州', '鼎盛华', '科技', '有限公司')
    >>> read_plain_name("腾讯科技（深圳）有限公司").value
    '腾讯科技(深圳)有限公司'
    >>> read_plain_name("上海汽车集团股份有限公司"), read_plain_name("有限公司")
    (None, None)
    """
    if not _plain().match(text):
        return None
    issues: tuple[str, ...] = ()
    if "（" in text or "）" in text:
        text, issues = text.translate(_BRACKETS), ("full_width",)
    found = _form(text)
    if found is None:
        return None
    at, form, kind = found
    head, place = text[:at], None
    if head[-1] == ")":
        head, _, inside = head[:-1].partition("(")
        place = place_of_bracket(inside)
        if place is None or place_at_start(head) is not None:
            return None
        core = head
    else:
        if "(" in text:
            return None
        place = place_at_start(head)
        core = head if place is None else head[place.end :]
        if place is not None and (place.district or core[:1] in _MOUNTED):
            return None
        if place is None and (not _INSIDE.isdisjoint(head) or place_at_end(head) is not None):
            return None
    if len(core) < 2 or head[0] in "个某" or not _ELSEWHERE.isdisjoint(core) or core[-2:] in _WORDS_OF_FORMS:
        return None
    if head.startswith(_NATIONAL) or keeps_place(head) or core[-2:] == "银行" or _SCHOOL in core or is_generic(core):
        return None
    parts = _parts(core, place, front=core is not head)
    if parts is None:
        return None
    parts["legal_form"] = form
    if kind:
        parts["legal_class"] = kind
    return Reading(text, parts, issues)


def _form(text: str) -> tuple[int, str, str] | None:
    """Where the form begins, its name and its class."""
    if text[-1] != "司":
        weak = weak_form(text) if "有" not in text and "限" not in text and "责" not in text else None
        shop = weak is not None and text[-1] == "部" and len(weak.spelled) == 3 and weak.spelled != "营业部"
        if weak is None or not (shop or weak.spelled == "厂"):
            return None
        return (weak.start, weak.name, weak.kind) if weak.start > 2 else None
    at = text.find("有限")
    if at > 3 and text[at - 2 : at] == "股份":
        at -= 2
    if at > 3 and text[at - 2 : at] == "集团":
        at -= 2
    form = _FORMS.get(text[at:]) if at > 2 else None
    return (at, *form) if form is not None else None


def _parts(core: str, place: Place | None, *, front: bool) -> dict[str, str | None] | None:
    trade, industry = split_industry(core)
    if trade[-2:] == "集团":
        return None
    if industry and not front and is_only_place(trade):
        trade, industry = core, ""
    trade_key = joined_pinyin(trade)
    short, origin = short_name(core, core, trade, industry, region=place.key if place is not None else "")
    parts: dict[str, str | None] = {
        "core": core,
        "trade_name": trade,
        "script": "han",
        "key": core,
        "trade_key": trade_key,
        "core_key": trade_key + industry_pinyin(industry) if industry else trade_key,
        "branch_key": WHOLE,
        "short": short,
        "short_origin": origin,
    }
    if place is not None:
        parts["region"], parts["region_key"] = place.name, place.key
    if industry:
        parts["industry"] = industry
    return parts


@lru_cache(maxsize=16_384)
def industry_pinyin(industry: str) -> str:
    """The pinyin of the words of a trade, of which there are few.

    >>> industry_pinyin("科技")
    'keji'
    """
    return joined_pinyin(industry)
