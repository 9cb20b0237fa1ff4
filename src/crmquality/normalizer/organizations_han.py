"""The grammar of Chinese organization names: place, trade name, industry, legal form, branch, in any order that occurs.

    深圳市  腾讯  计算机系统  有限公司
            腾讯  科技        (深圳)有限公司
    中国工商 银行              股份有限公司  北京海淀支行
    故城县郑口 轩帅 服装      店

The order of the steps is a contract: brackets made alike, legal form found, what follows it told apart (branch, kind
of partnership, place, second name, note), brackets in the name told apart, place in front, place before the form, trade
name and industry. A place stays in the name where nothing but words of trades would be left (上海汽车, 北京银行), and
before the word for a public body (北京大学): it is the name.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_branches import BRANCH, WHOLE, han_branch
from crmquality.normalizer.organizations_forms import PARTNERSHIPS, Form, find_form, public_body, weak_form
from crmquality.normalizer.organizations_han_around import EDGES, Around, drop_notes
from crmquality.normalizer.organizations_han_branches import is_nameless_store, own_branch
from crmquality.normalizer.organizations_han_cell import out_of_brackets, tidy
from crmquality.normalizer.organizations_han_core import GROUP, HanName, split_place
from crmquality.normalizer.organizations_han_plain import industry_pinyin
from crmquality.normalizer.organizations_industries import split_industry
from crmquality.normalizer.organizations_places import Place, place_of_bracket
from crmquality.normalizer.organizations_reading import Reading
from crmquality.normalizer.organizations_short import short_name
from crmquality.normalizer.transliteration import HAN, HAN_RUN, fold, joined_pinyin, to_ascii

_SPACE_BESIDE_HAN: Final = re.compile(f"(?<=[{HAN}()&·-]) | (?=[{HAN}()&·-])")
_LATIN_ATTACHED: Final = re.compile(f"(?P<latin>[A-Za-z]{{2,30}})(?P<han>[{HAN}]{{2,}})\\Z")
_PARTNERSHIP_BRACKET: Final = re.compile(f"\\((?:{'|'.join(PARTNERSHIPS)})\\)")
_FRONT: Final = re.compile("(?:财团|社团|医疗|学校)法人")
_FREE_TRADE: Final = re.compile("中国(?:自由贸易|自贸)试验区(?:[\u4e00-\u9fff]{2,6}?片区)?")


def read_han_name(text: str) -> Reading | None:
    """A Chinese name taken apart; None where nothing of a name is left.

    Args:
        text: cleaned, in simplified characters.
    """
    around = Around()
    if not _HAN_ONLY.match(text) or text[0] == "个" or ")公司" in text or "任)" in text or "份)" in text:
        text = tidy(text, around)
    if not text:
        return None
    form = find_form(text)
    if form is not None and "(" in text:
        text, form = out_of_brackets(text, form, around)
    if form is not None:
        if form.end < len(text):
            around.take_tail(text[form.end :])
        if not text.startswith(form.spelled, form.start):
            around.issues.append("repaired")
        head = text[: form.start]
    else:
        head, form = _read_unformed(text, around)
    return _assemble(head.strip(EDGES), form, around)


_HAN_ONLY: Final = re.compile("[\u4e00-\u9fff()]+\\Z")


def _read_unformed(text: str, around: Around) -> tuple[str, Form | None]:
    """A name without 有限: its notes, its branch, its other form (集团, 事务所, 厂); what is left, and the form."""
    text = drop_notes(text, around)
    if around.branch and text.endswith(around.branch):
        text = text[: -len(around.branch)]
    bracket = _PARTNERSHIP_BRACKET.search(text) if "合伙)" in text or "个" in text else None
    if bracket is not None and bracket.start() > 1:  # 会计师事务所(特殊普通合伙)上海分所
        form = weak_form(text[: bracket.start()])
        around.take_tail(text[bracket.start() :])
        text = text[: bracket.start()]
        return (text[: form.start], form) if form else (text, None)
    front = _FRONT.match(text)
    if front is not None and len(text) > front.end() + 1:  # 财团法人工业技术研究院
        around.front = front.group()
        text = text[front.end() :]
        return text, Form(0, 0, around.front, "PUB" if around.front[:2] in {"医疗", "学校"} else "NGO", "")
    form = weak_form(text)
    if BRANCH.fullmatch(text) or is_nameless_store(text):  # 分公司 and nothing else, 深圳华强北店
        around.issues.append("only_generic")
        around.branch = text
        return "", Form(0, len(text), "", "", text)
    weak = form is None or form.spelled in {"店", "行", "部"} or text.endswith(("分公司", "支公司", "子公司", "营业部"))
    if weak and not public_body(text):
        start = own_branch(text)
        if start >= 2:
            around.branch = text[start:]
            text = text[:start].strip(EDGES)
            form = weak_form(text)
    if form is None:
        return text, None
    return text[: form.start], form


# --- the name itself


def _assemble(head: str, form: Form | None, around: Around) -> Reading | None:
    shown = head = _SPACE_BESIDE_HAN.sub("", head) if " " in head else head
    if "(" in head or ")" in head:
        shown, head = _inner_brackets(head, around)
    if head and not head[0] > "\u2e7f" and (attached := _LATIN_ATTACHED.match(head)) is not None:
        own = _without_own_pinyin(attached, around)
        shown, head = (own, own) if own else (shown, head)
    if not head:
        return _nameless(form, around)
    return _reading(shown, split_place(head, around, form), form, around)


def _without_own_pinyin(found: re.Match[str], around: Around) -> str:
    """Huawei华为技术: the pinyin before the name is the same name once more; empty where it is not."""
    latin, han = found["latin"], found["han"]
    trade, _ = split_industry(han)
    if latin.lower() not in {joined_pinyin(trade), joined_pinyin(han)}:
        return ""
    around.take_other(latin, "foreign")
    return han


def _inner_brackets(head: str, around: Around) -> tuple[str, str]:
    """The name as it should be written, and without the brackets that are no part of it."""
    first, *pieces = head.split("(")
    shown = kept = first.replace(")", "")
    for piece in pieces:
        inside, closed, after = piece.partition(")")
        after = after.replace(")", "")
        if not closed and place_of_bracket(inside) is None:  # a stray bracket
            shown, kept = shown + inside, kept + inside
            continue
        before = around.found()
        words = around.take_bracket(inside, at_end=False)
        kept += words + after
        dropped = not inside or before != around.found()
        shown += after if dropped else f"({inside}){after}"
    if around.place is not None and kept.startswith("中国自"):  # 中国(上海)自由贸易试验区
        kept = _FREE_TRADE.sub("", kept) or kept
    return shown.strip(EDGES), kept.strip(EDGES)


def _nameless(form: Form | None, around: Around) -> Reading | None:
    """有限公司, (北京)公司: nothing but the generic parts."""
    if form is None:
        return None
    if "only_generic" not in around.issues:
        around.issues.append("only_generic")
    around.place_behind = ""
    name = form.spelled or form.name
    return _reading("", (name, name, ""), form, around)


def _reading(shown: str, name: HanName, form: Form | None, around: Around) -> Reading:
    core, _, industry = name
    parts = _keys(name, around)
    legal, kind, spelled = (form.name, form.kind, form.spelled) if form else ("", "", "")
    if around.group and GROUP not in legal:
        legal = GROUP + legal
        if GROUP not in shown:
            spelled = f"({GROUP}){spelled}"
    value = around.front + shown + spelled
    if around.partnership:
        value = f"{value}({around.partnership})"
        legal, kind = _partnership(legal, around.partnership)
    if around.place_behind:
        value = f"{value}({around.place_behind})"
    issues = around.issues
    if around.place is not None:
        parts["region"], parts["region_key"] = around.place.name, around.place.key
    if industry:
        parts["industry"] = industry
    if around.branch:
        value = _with_branch(value, spelled, around, parts)
    if around.notes or around.other or around.short:
        issues.append("annotation_removed")
        if around.notes:
            parts["note"] = " ".join(around.notes)
        if around.other:
            parts["other"], parts["other_kind"] = around.other, around.other_kind
    if legal:
        parts["legal_form"] = legal
    else:
        body = public_body(core)
        if body and body[0]:
            parts["legal_form"], kind = body
        else:
            issues.append("legal_form_unknown")
    if kind:
        parts["legal_class"] = kind
    return Reading(value, parts, tuple(issues))


def _partnership(legal: str, spelled: str) -> tuple[str, str]:
    """Form and class of a partnership or a sole proprietor; 个体户 is the same as 个体工商户."""
    kind = PARTNERSHIPS[spelled]
    name = "个体工商户" if spelled.startswith("个体") else spelled
    return f"{legal}({name})" if legal else name, kind


def _with_branch(value: str, spelled: str, around: Around, parts: dict[str, str | None]) -> str:
    around.issues.append("branch")
    parts["branch"] = around.branch
    found = han_branch(around.branch)
    parts["branch_key"] = found.key
    if found.place:
        parts["branch_region"], parts["branch_region_key"] = found.place, found.place_key
    if value == around.branch:
        return value
    in_brackets = around.branch_in_brackets and not spelled.endswith("公司")
    return value + (f"({around.branch})" if in_brackets else around.branch)


def _short(key: str, name: HanName, place: Place | None) -> tuple[str, str]:
    core, trade, industry = name
    return short_name(key, core, trade, industry, region=place.key if place else "")


def _keys(name: HanName, around: Around) -> dict[str, str | None]:
    """The parts that every name has."""
    core, trade, industry = name
    if HAN_RUN.fullmatch(core):
        script = "han"
        key = core.replace("昇", "升") if "昇" in core else core
        trade_key = joined_pinyin(trade)
        core_key = trade_key + industry_pinyin(industry) if industry else trade_key
    else:
        script, key, trade_key, core_key = "mixed", fold(core), _latin(trade), _latin(core)
    short, origin = (around.short, "given") if around.short else _short(key, name, around.place)
    return {
        "core": core,
        "trade_name": trade,
        "script": script,
        "key": key,
        "trade_key": trade_key,
        "core_key": core_key,
        "branch_key": WHOLE,
        "short": short,
        "short_origin": origin,
    }


def _latin(text: str) -> str:
    return fold(to_ascii(text)).replace(" ", "")
