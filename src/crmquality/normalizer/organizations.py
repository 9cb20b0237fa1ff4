"""Names of organizations: taken apart, in one spelling, and the keys by which two names of one organization meet.

Chinese names go by the grammar of `organizations_han`, names in alphabetic scripts by that of `organizations_latin`;
Japanese and Korean ones have their legal form in front or at the end. The parts are the same for all:

    part         深圳市腾讯计算机系统有限公司      Acme (UK) Manufacturing Ltd
    core         腾讯计算机系统                    Acme Manufacturing      without place, form, branch, notes
    trade_name   腾讯                              Acme
    industry     计算机系统                        Manufacturing
    region       深圳                              UK
    region_key   shenzhen                          gb                      one key in every language
    legal_form   有限公司                          Ltd                     in its canonical spelling
    legal_class  LLC                               LLC                     LLC JSC LP LLP GP SP COOP JV
    key          腾讯计算机系统                    acme manufacturing      what two spellings share
    trade_key    tengxun                           acme                    what two languages share
    core_key     tengxunjisuanjixitong             acmemanufacturing       the same of the core
    short        腾讯                              Acme                    how people may call it
    short_origin known or rule or given            rule                    how we know

`known` is in a list of the best known (工行), `rule` only proposes, `given` stood in the cell (简称:小米). A name that
names a branch has `branch`, `branch_region` and `branch_region_key` (its place) and `branch_key`, which is `whole` for
every other name: a branch is never its parent. Then `note` (what somebody wrote beside the name), `other` (a second
name in the cell) with `other_kind` (former, later, trading, alias, short, foreign, whole, second), and `script` (han,
latin, mixed, other). Public bodies have the classes GOV, PUB and NGO.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, cast

from crmquality.normalizer.organizations_eastern import is_eastern, read_eastern_name
from crmquality.normalizer.organizations_han import read_han_name
from crmquality.normalizer.organizations_han_plain import read_plain_name
from crmquality.normalizer.organizations_industries import is_generic
from crmquality.normalizer.organizations_latin import read_latin_name
from crmquality.normalizer.organizations_latin_plain import read_plain_latin_name
from crmquality.normalizer.organizations_reading import Reading
from crmquality.normalizer.text import clean
from crmquality.normalizer.transliteration import HAN_CHARACTER, fold, to_simplified
from crmquality.reference import read_table
from crmquality.tables import Normalized

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "unreadable",
    "traditional",
    "repaired",
    "annotation_removed",
    "branch",
    "only_generic",
    "legal_form_unknown",
)
PARTS: Final = (
    "core",
    "trade_name",
    "industry",
    "region",
    "region_key",
    "legal_form",
    "legal_class",
    "branch",
    "branch_key",
    "branch_region",
    "branch_region_key",
    "note",
    "other",
    "other_kind",
    "script",
    "key",
    "trade_key",
    "core_key",
    "short",
    "short_origin",
)


_FILLERS: Final = (
    "测试",
    "test",
    "xx",
    "xxx",
    "xxxx",
    "未知",
    "暂无",
    "无",
    "unknown",
    "none",
    "demo",
    "测试用",
    "aaa",
)


@cache
def _fillers() -> frozenset[str]:
    """What is no name although a legal form or the word of a trade stands beside it: 测试科技有限公司, Test Ltd."""
    trades = ("", "科技", "贸易", "商贸", "网络", "网络科技", "信息", "信息技术", "信息科技", "企业")
    latin = ("", " company", " technology", " trading")
    return frozenset(f + t for f in _FILLERS for t in (latin if f.isascii() else ())) | frozenset(
        f + t for f in _FILLERS for t in trades
    )


@cache
def _nobody() -> frozenset[str]:
    """What people without an employer write into the box."""
    return frozenset(row["word"] for row in read_table("organization_words.csv") if row["kind"] == "nobody")


def normalize_organization_name(value: str | None) -> Normalized:
    """The name of an organization.

    Returns:
        The whole name in one spelling: simplified characters, half width, no notes, a damaged legal form mended. Parts
        as in the module's table; a part that the name does not have is absent.

    >>> answer = normalize_organization_name("騰訊科技（深圳）有限公司-采购部")
    >>> answer.value, answer.parts["core"], answer.parts["region"], answer.parts["trade_key"]
    ('腾讯科技(深圳)有限公司', '腾讯科技', '深圳', 'tengxun')
    >>> answer = normalize_organization_name("Chemicals, Langmere Ltd.")
    >>> answer.value, answer.parts["key"], answer.parts["legal_form"]
    ('Langmere Chemicals Ltd.', 'langmere chemical', 'Ltd')
    >>> normalize_organization_name("上海汽车集团股份有限公司").parts["core"]
    '上海汽车'
    """
    if value and (value[-1] in _USUAL_ENDS or value[-1] == " "):
        plain = read_plain_name(value.strip(" "))
        if plain is not None and ("region" in plain.parts or plain.parts["key"] not in _fillers()):
            return Normalized(plain.value, plain.parts, plain.issues)
    elif value and value.isascii():
        simple = read_plain_latin_name(value)
        if simple is not None and simple.parts["key"] not in _fillers():
            return Normalized(simple.value, simple.parts, simple.issues)
    answer, text = _read_once(value)
    if answer.value is None or answer.value == text:
        return answer
    # What was taken away may have hidden something: read again until nothing changes, which ends at once for most.
    whole = text
    for _ in range(_MAX_READINGS):
        again, text = _read_once(answer.value)
        answer = _merge(answer, again)
        if answer.value is None or answer.value == text:
            return answer
    return Normalized(whole, answer.parts, answer.issues)


_MAX_READINGS: Final = 4
_USUAL_ENDS: Final = frozenset("司厂部")


def _merge(first: Normalized, again: Normalized) -> Normalized:
    """The second reading, with what was taken away before it."""
    done = tuple(issue for issue in first.issues if issue not in _STATES)
    if again.value is None:
        return Normalized(None, {}, tuple(dict.fromkeys(done + again.issues)))
    taken = {name: first.parts[name] for name in ("note", "other", "other_kind") if name in first.parts}
    given = {
        name: first.parts[name] for name in ("short", "short_origin") if first.parts.get("short_origin") == "given"
    }
    return Normalized(again.value, {**taken, **again.parts, **given}, tuple(dict.fromkeys(done + again.issues)))


_LONGEST_NOBODY: Final = 20
_STATES: Final = frozenset({"branch", "only_generic", "legal_form_unknown"})
"""Issues that the last reading decides."""


def _read_once(value: str | None) -> tuple[Normalized, str | None]:
    """One reading, and the text it read: an answer whose value is that text is final."""
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues), None
    if len(text) <= _LONGEST_NOBODY and text.replace(" ", "").lower() in _nobody():
        return Normalized(None, {}, (*issues, "placeholder")), text
    if text.isascii():
        return _answer(read_plain_latin_name(text) or read_latin_name(text), issues, text), text
    if is_eastern(text):
        return _answer(read_eastern_name(text), issues, text), text
    if not HAN_CHARACTER.search(text):
        return _answer(read_latin_name(text), issues, text), text
    simple = simplified_name(text)
    if simple != text:
        issues = (*issues, "traditional")
    plain = read_plain_name(simple) if simple[-1] in _USUAL_ENDS else None
    if plain is not None:  # with what was cleaned or simplified gone
        return _answer(plain, issues, simple), simple
    return _answer(read_han_name(simple), issues, simple), simple


# Characters that `t2s` simplifies and names keep: 乾 is qian in a name, and gan (dry, 干) only beside these.
_DRY: Final = re.compile("乾(?=[货貨果洗燥净淨粮糧湿濕电電冰红紅])|(?<=[饼餅烘风風晒曬豆肉葡萄笋筍鱼魚菜])乾")
_KEPT: Final = frozenset("乾昇")


def simplified_name(text: str) -> str:
    """A name in simplified characters; 乾 and 昇 stay, which simplified names have too.

    >>> simplified_name("乾豪計算"), simplified_name("餅乾廠"), simplified_name("瑞昇")
    ('乾豪计算', '饼干厂', '瑞昇')
    """
    simple = to_simplified(text)
    if simple == text or len(simple) != len(text) or _KEPT.isdisjoint(text):
        return simple
    dry = {m.start() for m in _DRY.finditer(text)}
    return "".join(t if t in _KEPT and i not in dry else s for i, (s, t) in enumerate(zip(simple, text, strict=True)))


def _answer(reading: Reading | None, issues: tuple[str, ...], text: str) -> Normalized:
    if reading is None:
        return Normalized(None, {}, (*issues, "unreadable"))
    parts = reading.parts
    if not parts["key"]:
        parts["key"] = fold(text) or text.casefold()
    key = cast(str, parts["key"])
    if not parts["trade_key"]:
        parts["trade_key"] = key.replace(" ", "")
    if not parts["core_key"]:
        parts["core_key"] = key.replace(" ", "")
    someone = key[0] == "某" and (len(key) == 1 or is_generic(key[1:]))  # 某贸易公司: whoever wrote it tells no name
    masked = text[:2] in {"**", "××", "xx", "XX"} and "only_generic" in reading.issues
    if masked or ((someone or key in _fillers()) and "region" not in parts and "branch" not in parts):
        return Normalized(None, {}, (*issues, "placeholder"))
    return Normalized(reading.value, parts, (*issues, *reading.issues) if issues else reading.issues)
