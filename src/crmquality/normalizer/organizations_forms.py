"""Legal forms of Chinese organizations: found, mended where a character is missing, brought to one spelling.

有限责任公司 and 有限公司 are one form (Company Law of China, article 8), and so are the ways of writing a group.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmquality.normalizer.organizations_industries import ends_with_industry
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
LATIN_FORM: Final = re.compile(
    r"[ ,]*\b(?:co\.?,? ?ltd|co\.?,? ?limited|company limited|limited|ltd|inc|llc|corp|corporation)\.?\Z", re.IGNORECASE
)


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
    if start >= 2 and text[start - 1] in "团)":
        for word in ("(集团)", "集团"):
            if start >= len(word) and text.startswith(word, start - len(word)):
                return Form(start - len(word), end, "集团" + name, kind, word + spelled)
    return Form(start, end, name, kind, spelled)


@cache
def _weak_forms() -> tuple[tuple[tuple[str, str, str], ...], frozenset[str], frozenset[str]]:
    """Forms without 有限, longest first; the characters they end with; the words that go with 部."""
    rows = sorted(read_table("legal_forms_zh.csv"), key=lambda row: -len(row["spelling"]))
    forms = tuple((row["spelling"], row["form"], row["class"]) for row in rows)
    counters = frozenset(row["word"] for row in read_table("organization_words.csv") if row["kind"] == "counter")
    return forms, frozenset(spelled[-1] for spelled, _, _ in forms), counters


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
        if not ends_with_industry(text) and (shop == "厂" or ends_with_industry(text[:-1])):
            return Form(size - 1, size, shop, "" if shop == "厂" else "SP", text[-1])
    found = LATIN_FORM.search(text) if text[-1] in "dDcCnNpP." else None
    if found and found.start():
        limited = "l" in found.group().lower()
        return Form(found.start(), size, "有限公司" if limited else "公司", "LLC" if limited else "", found.group())
    return None
