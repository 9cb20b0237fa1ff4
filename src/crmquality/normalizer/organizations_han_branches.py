"""Where a branch begins in a Chinese name: behind the word for the whole, at its place, or at the place of a store."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_branches import LANDMARK, OWN_BRANCH, is_store
from crmquality.normalizer.organizations_industries import ends_with_industry, is_generic
from crmquality.normalizer.organizations_places import is_division, place_at_start, place_of_bracket

_OF_WHOLE: Final = re.compile(
    "银行|公司|集团|证券|保险|期货|信用社|联社|联通|电信|移动|邮政|铁塔|电网|石化|石油|人寿|财险|产险|股份"
)
_TILL: Final = re.compile("(?:银行|证券|保险|期货)(?P<branch>.*营业部)\\Z")
_CAMPUS: Final = re.compile(".{2,12}?大学(?P<branch>.{2,12}(?:校区|研究生院))\\Z")
_OUTLET: Final = re.compile("(?:餐厅|影城|影院|体验中心)\\Z")
"""What a chain's houses are called, with the district in front: 肯德基南山餐厅."""


def own_branch(text: str) -> int:
    """Where the branch begins in a name that ends with one; 0 where it does not."""
    till = _TILL.search(text)
    if till is not None:
        return till.start("branch")
    branch = OWN_BRANCH.search(text)
    if branch and branch.start() >= 2:
        return _branch_start(text, branch.start())
    campus = _CAMPUS.match(text)
    if campus is not None and place_at_start(campus["branch"]) is not None:
        return campus.start("branch")
    if text.endswith("店"):
        return _place_of_store(text, len(text) - 1) if is_store(text) else _city_of_store(text)
    outlet = _OUTLET.search(text)
    return _district_of_outlet(text, outlet.start()) if outlet is not None else 0


def _city_of_store(text: str) -> int:
    """Where the city or the landmark of a store begins that no word for streets ends: 肯德基|深圳华强北店."""
    word = len(text) - 1
    if ends_with_industry(text) or ends_with_industry(text[:word]):
        return 0
    for start in range(2, word - 1):
        place = place_at_start(text[start:word])
        if LANDMARK.match(text, start) or (place is not None and not place.county):
            return start if place_of_bracket(text[:start]) is None else 0
    return 0


def _district_of_outlet(text: str, word: int) -> int:
    for start in range(2, word - 1):
        spelled = text[start:word]
        place = place_at_start(spelled)
        if (place is not None and place.end == len(spelled)) or is_division(spelled):
            return start if place_of_bracket(text[:start]) is None and not is_generic(text[:start]) else 0
    return 0


def is_nameless_store(text: str) -> bool:
    """Whether a text is only where a store is, without whose it is.

    >>> is_nameless_store("深圳华强北店"), is_nameless_store("深圳老王店")
    (True, False)
    """
    place = place_at_start(text) if text.endswith("店") else None
    if place is None:
        return False
    landmark = LANDMARK.match(text, place.end)
    return landmark is not None and landmark.end() == len(text) - 1


def _place_of_store(text: str, word: int) -> int:
    """Where the place of a store begins: behind the word of its trade, or at a place or a landmark; 0 if unknown."""
    for end in range(word - 1, 2, -1):
        if ends_with_industry(text[:end]) and not is_generic(text[:end]) and not is_generic(text[end:word]):
            return end
    for start in range(2, word - 1):
        found = LANDMARK.match(text, start) or place_at_start(text[start:word])
        if found and place_of_bracket(text[:start]) is None:
            return start
    return 0


def _branch_start(text: str, word: int) -> int:
    """Where a branch begins in a name without a form: behind the word for the whole, else at its place."""
    wholes = [m.end() for m in _OF_WHOLE.finditer(text, 0, word)]
    if wholes and wholes[-1] > 2:
        return wholes[-1]
    for start in range(2, word - 1):
        place = place_at_start(text[start:word])
        if place is not None:
            return start
    return (_place_of_store(text, word) if text.endswith("店") else 0) or word
