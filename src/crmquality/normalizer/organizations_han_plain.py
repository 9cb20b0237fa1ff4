"""The usual Chinese company name in one look: 杭州|鼎盛华|科技|有限公司, nothing before, behind or inside.

It answers what `organizations_han` would and leaves every name that could be anything else to it; that the two agree
is a property test.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from crmquality.normalizer.mojibake import is_sound
from crmquality.normalizer.organizations_branches import WHOLE
from crmquality.normalizer.organizations_forms import keeps_place
from crmquality.normalizer.organizations_industries import is_generic, split_industry
from crmquality.normalizer.organizations_places import is_only_place, place_at_end, place_at_start
from crmquality.normalizer.organizations_short import short_name
from crmquality.normalizer.transliteration import joined_pinyin, simple_characters

_ELSEWHERE: Final = frozenset("省市县国网昇社法株有限")
"""Characters that may make a name special: a place inside, a Japanese form, a brand of the grid."""
_FORMS: Final = {
    "有限公司": ("有限公司", "LLC"),
    "有限责任公司": ("有限公司", "LLC"),
    "股份有限公司": ("股份有限公司", "JSC"),
}
_WORDS_OF_FORMS: Final = frozenset({"股份", "集团", "责任"})
_MOUNTED: Final = frozenset("滩湾岛")
_LONGEST: Final = 40


@cache
def _plain() -> re.Pattern[str]:
    """Characters that are neither traditional nor the sign of damage, and a form at the end."""
    kept = "".join(c for c in simple_characters() if is_sound(c))
    return re.compile(f"[{kept}]{{2,{_LONGEST}}}有限(?:责任)?公司\\Z")


def read_plain_name(text: str) -> dict[str, str | None] | None:
    """The parts of a usual name, whose value is the text as it is; None where it may be an unusual one.

    >>> parts = read_plain_name("杭州鼎盛华科技有限公司")
    >>> parts["region"], parts["trade_name"], parts["industry"], parts["legal_form"]
    ('杭州', '鼎盛华', '科技', '有限公司')
    >>> read_plain_name("上海汽车集团股份有限公司"), read_plain_name("腾讯科技(深圳)有限公司")
    (None, None)
    """
    if not _plain().match(text):
        return None
    at = text.index("有限")
    if text[at - 2 : at] == "股份":
        at -= 2
    form = _FORMS.get(text[at:])
    head = text[:at]
    if form is None or at < 3 or head[-2:] in _WORDS_OF_FORMS or head.endswith("集团控股") or keeps_place(head):
        return None
    place = place_at_start(head)
    if place is None:
        if not _ELSEWHERE.isdisjoint(head) or is_generic(head) or place_at_end(head) is not None:
            return None
        core, region = head, ""
    else:
        core, region = head[place.end :], place.key
        if place.district or core[:1] in _MOUNTED or not _ELSEWHERE.isdisjoint(core):
            return None
        if len(core) < 2 or is_generic(core) or core.endswith("银行"):
            return None
    trade, industry = split_industry(core)
    if trade.endswith("集团"):
        return None
    if industry and place is None and is_only_place(trade):
        trade, industry = core, ""
    trade_key = joined_pinyin(trade)
    short, origin = short_name(core, core, trade, industry, region=region)
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
        "legal_form": form[0],
        "legal_class": form[1],
    }
    if place is not None:
        parts["region"], parts["region_key"] = place.name, region
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
