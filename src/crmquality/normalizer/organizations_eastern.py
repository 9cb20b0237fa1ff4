"""Names of Japan and Korea: the legal form stands in front or at the end, and characters are not simplified."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_reading import Reading
from crmquality.normalizer.transliteration import fold, to_ascii

_FORMS: Final = {
    "株式会社": ("株式会社", "JSC"),
    "株式會社": ("株式会社", "JSC"),
    "(株)": ("株式会社", "JSC"),
    "有限会社": ("有限会社", "LLC"),
    "(有)": ("有限会社", "LLC"),
    "合同会社": ("合同会社", "LLC"),
    "(同)": ("合同会社", "LLC"),
    "合資会社": ("合資会社", "LP"),
    "合名会社": ("合名会社", "GP"),
    "相互会社": ("相互会社", ""),
    "一般社団法人": ("一般社団法人", ""),
    "一般財団法人": ("一般財団法人", ""),
    "주식회사": ("주식회사", "JSC"),
    "(주)": ("주식회사", "JSC"),
    "유한회사": ("유한회사", "LLC"),
    "(유)": ("유한회사", "LLC"),
    "유한책임회사": ("유한책임회사", "LLC"),
}
_FORM: Final = re.compile("|".join(re.escape(f) for f in sorted(_FORMS, key=len, reverse=True)))
_BRANCH: Final = re.compile("(?:支店|営業所|支社|事業所|工場|店|지점|지사)\\Z")
_KANA_OR_HANGUL: Final = re.compile("[\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uac00-\ud7af\u1100-\u11ff]")


def is_eastern(text: str) -> bool:
    """Whether a name is Japanese or Korean: it has kana, Hangul, or a legal form of Japan.

    >>> is_eastern("トヨタ"), is_eastern("株式会社日立製作所"), is_eastern("日立(中国)有限公司")
    (True, True, False)
    """
    if _KANA_OR_HANGUL.search(text) or "会社" in text or "株式會社" in text:
        return True
    return "(株)" in text or "(有)" in text


def read_eastern_name(text: str) -> Reading:
    """A Japanese or Korean name: the legal form stands in front or at the end.

    >>> read_eastern_name("(株)トヨタ").core, read_eastern_name("주식회사 삼성").legal_form
    ('トヨタ', '주식회사')
    """
    text = text.strip(" .,;-")
    found = next((m for m in _FORM.finditer(text) if m.start() == 0 or m.end() == len(text)), None)
    found = found or _FORM.search(text)
    form, kind = _FORMS[found.group()] if found else ("", "")
    front = text[: found.start()].strip(" .,;-()") if found else text
    back = text[found.end() :].strip(" .,;-()") if found else ""
    branch = ""
    if front and back and _BRANCH.search(back):
        branch, back = back, ""
    core = " ".join(part for part in (front, back) if part)
    issues = (*(("only_generic",) if not core else ()), *(("branch",) if branch else ()))
    issues += () if form else ("legal_form_unknown",)
    core = core or text
    key = fold(core)
    trade_key = fold(to_ascii(core)).replace(" ", "")
    return Reading(
        text,
        core,
        core,
        legal_form=form,
        legal_class=kind,
        branch=branch,
        script="other",
        key=key,
        trade_key=trade_key,
        core_key=trade_key,
        short=core,
        issues=issues,
    )
