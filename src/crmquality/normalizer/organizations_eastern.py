"""Names of Japan and Korea: the legal form stands in front or at the end, and characters are not simplified."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_branches import BRANCH, WHOLE, han_branch
from crmquality.normalizer.organizations_han_around import EDGES, without_brackets
from crmquality.normalizer.organizations_places import place_of_bracket
from crmquality.normalizer.organizations_reading import Reading, is_note, second_name
from crmquality.normalizer.transliteration import fold, to_ascii

_FORMS: Final = {
    "株式会社": ("株式会社", "JSC"),
    "株式會社": ("株式会社", "JSC"),
    "株式公社": ("株式会社", "JSC"),
    "(株)": ("株式会社", "JSC"),
    "有限会社": ("有限会社", "LLC"),
    "有限會社": ("有限会社", "LLC"),
    "(有)": ("有限会社", "LLC"),
    "合同会社": ("合同会社", "LLC"),
    "合同會社": ("合同会社", "LLC"),
    "(同)": ("合同会社", "LLC"),
    "合資会社": ("合資会社", "LP"),
    "合資會社": ("合資会社", "LP"),
    "(資)": ("合資会社", "LP"),
    "合名会社": ("合名会社", "GP"),
    "合名會社": ("合名会社", "GP"),
    "(名)": ("合名会社", "GP"),
    "相互会社": ("相互会社", ""),
    "特定目的会社": ("特定目的会社", ""),
    "有限責任事業組合": ("有限責任事業組合", "LLP"),
    "任意組合": ("任意組合", "GP"),
    "匿名組合": ("匿名組合", ""),
    "農業協同組合": ("農業協同組合", "COOP"),
    "生活協同組合": ("生活協同組合", "COOP"),
    "協同組合": ("協同組合", "COOP"),
    "一般社団法人": ("一般社団法人", "NGO"),
    "(一社)": ("一般社団法人", "NGO"),
    "一般財団法人": ("一般財団法人", "NGO"),
    "(一財)": ("一般財団法人", "NGO"),
    "公益社団法人": ("公益社団法人", "NGO"),
    "公益財団法人": ("公益財団法人", "NGO"),
    "社団法人": ("社団法人", "NGO"),
    "財団法人": ("財団法人", "NGO"),
    "特定非営利活動法人": ("特定非営利活動法人", "NGO"),
    "NPO法人": ("特定非営利活動法人", "NGO"),
    "社会福祉法人": ("社会福祉法人", "NGO"),
    "医療法人社団": ("医療法人", "PUB"),
    "医療法人": ("医療法人", "PUB"),
    "学校法人": ("学校法人", "PUB"),
    "宗教法人": ("宗教法人", "NGO"),
    "国立大学法人": ("国立大学法人", "PUB"),
    "独立行政法人": ("独立行政法人", "PUB"),
    "国立研究開発法人": ("国立研究開発法人", "PUB"),
    "주식회사": ("주식회사", "JSC"),
    "(주)": ("주식회사", "JSC"),
    "유한회사": ("유한회사", "LLC"),
    "(유)": ("유한회사", "LLC"),
    "유한책임회사": ("유한책임회사", "LLC"),
    "합자회사": ("합자회사", "LP"),
    "(합자)": ("합자회사", "LP"),
    "합명회사": ("합명회사", "GP"),
    "(합명)": ("합명회사", "GP"),
    "협동조합": ("협동조합", "COOP"),
    "사단법인": ("사단법인", "NGO"),
    "(사)": ("사단법인", "NGO"),
    "재단법인": ("재단법인", "NGO"),
    "(재)": ("재단법인", "NGO"),
    "의료법인": ("의료법인", "PUB"),
    "학교법인": ("학교법인", "PUB"),
}
_FORM: Final = re.compile("|".join(re.escape(f) for f in sorted(_FORMS, key=len, reverse=True)))
_SPACED: Final = re.compile("株 ?式 ?会 ?社|有 ?限 ?会 ?社|합 ?동 ?회 ?사|주 식 회 사|주식 회사|유한 회사")
_BRACKET_SPACE: Final = re.compile(r"\( ?(株|有|同|資|名|주|유|사|재) ?\)")
_KANA_OR_HANGUL: Final = re.compile("[\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uac00-\ud7af\u1100-\u11ff]")
_SIGN: Final = re.compile("会社|會社|法人|協同組合|事業組合|任意組合|匿名組合|\\( ?[株有] ?\\)")
_SIGN_CHARACTERS: Final = frozenset("社法組株")
_LATIN_BEHIND: Final = re.compile(r"\s+(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]{3,})\Z")


def is_eastern(text: str) -> bool:
    """Whether a name is Japanese or Korean: it has kana, Hangul, or a legal form of Japan.

    >>> is_eastern("トヨタ"), is_eastern("株式会社日立製作所"), is_eastern("日立(中国)有限公司")
    (True, True, False)
    """
    if (not _SIGN_CHARACTERS.isdisjoint(text) or "(有)" in text) and _SIGN.search(text):
        return "法人" not in text or _FORM.search(text) is not None
    return _KANA_OR_HANGUL.search(text) is not None


def read_eastern_name(text: str) -> Reading:
    """A Japanese or Korean name: the legal form stands in front or at the end.

    >>> read_eastern_name("(株)トヨタ").parts["core"], read_eastern_name("주식회사 삼성").parts["legal_form"]
    ('トヨタ', '주식회사')
    """
    text = _BRACKET_SPACE.sub(r"(\1)", text.strip(EDGES))
    text = _SPACED.sub(lambda m: m.group().replace(" ", ""), text) or text
    parts: dict[str, str | None] = {}
    notes: list[str] = []
    latin = _LATIN_BEHIND.search(text)
    if latin and len(text) - len(latin.group()) >= 2 and _FORM.search(text[: latin.start()]):
        parts["other"], parts["other_kind"] = latin["latin"].strip(EDGES), "foreign"
        text = text[: latin.start()]
    found = next((m for m in _FORM.finditer(text) if m.start() == 0 or m.end() == len(text)), None)
    found = found or _FORM.search(text)
    form, kind = _FORMS[found.group()] if found else ("", "")
    front, back = (text[: found.start()], text[found.end() :]) if found else (text, "")
    value = text
    kept: list[str] = []
    for piece in (front, back):
        outside, brackets = without_brackets(piece)
        kept.append(outside.strip(EDGES))
        for inside in brackets:
            taken = _take_bracket(inside.strip(EDGES), parts, notes)
            if taken:
                value = value.replace(f"({inside})", "").strip(EDGES)
    front, back = kept
    branch = ""
    if front and back and BRANCH.search(back):
        branch, back = back, ""
    elif not front and " " in back and BRANCH.search(back):
        back, _, branch = back.rpartition(" ")
    elif front and back and is_note(back):
        notes.append(back)
        value, back = value[: value.rfind(back)].strip(EDGES), ""
    core = " ".join(part for part in (front, back) if part)
    issues = (*(("only_generic",) if not core else ()), *(("branch",) if branch else ()))
    issues += () if form else ("legal_form_unknown",)
    issues += ("annotation_removed",) if notes or "other" in parts else ()
    return Reading(value or text, {**_parts(core or text, form, kind, branch), **parts, **_noted(notes)}, issues)


def _noted(notes: list[str]) -> dict[str, str | None]:
    return {"note": " ".join(notes)} if notes else {}


def _take_bracket(inside: str, parts: dict[str, str | None], notes: list[str]) -> bool:
    """Whether what a bracket holds is taken off the value: a note or a second name. A place stays."""
    place = place_of_bracket(inside) if inside else None
    if place is not None:
        parts["region"], parts["region_key"] = place.name, place.key
        return False
    name, kind = second_name(inside)
    if not name and inside.isascii() and any(c.isalpha() for c in inside) and not is_note(inside):
        name, kind = inside, "foreign"
    if name and "other" not in parts:
        parts["other"], parts["other_kind"] = name, kind
    elif inside:
        notes.append(inside)
    return True


def _parts(core: str, form: str, kind: str, branch: str) -> dict[str, str | None]:
    key = fold(core)
    trade_key = fold(to_ascii(core)).replace(" ", "")
    parts: dict[str, str | None] = {
        "core": core,
        "trade_name": core,
        "script": "other",
        "key": key,
        "trade_key": trade_key,
        "core_key": trade_key,
        "branch_key": WHOLE,
        "short": core,
        "short_origin": "rule",
    }
    if form:
        parts["legal_form"] = form
    if kind:
        parts["legal_class"] = kind
    if branch:
        found = han_branch(branch)
        parts["branch"], parts["branch_key"] = branch, found.key
        if found.place:
            parts["branch_region"], parts["branch_region_key"] = found.place, found.place_key
    return parts
