"""The grammar of Chinese organization names: place, trade name, industry, legal form, branch, in any order that occurs.

    深圳市  腾讯  计算机系统  有限公司
            腾讯  科技        (深圳)有限公司
    中国工商 银行              股份有限公司  北京海淀支行
    故城县郑口 轩帅 服装      店

The order of the steps is a contract: brackets made alike, legal form found, what follows it told apart (branch, kind
of partnership, place, note), brackets in the name told apart, place in front, place before the form, trade name and
industry. A place stays in the name where nothing but words of trades would be left (上海汽车, 北京银行): it is the
name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from crmquality.normalizer.organizations_forms import LATIN_FORM, PARTNERSHIPS, Form, find_form, weak_form
from crmquality.normalizer.organizations_industries import ends_with_industry, is_generic, split_industry
from crmquality.normalizer.organizations_places import Place, place_at_end, place_at_start, place_of_bracket
from crmquality.normalizer.organizations_reading import Reading, is_note
from crmquality.normalizer.transliteration import HAN, HAN_RUN, fold, to_ascii, to_pinyin

_TIDY: Final = str.maketrans("【】[]{}〔〕〖〗", "()()()()()", '《》〈〉「」『』"“”*★☆※◆●#')
_TO_TIDY: Final = re.compile("[" + re.escape("".join(map(chr, _TIDY))) + "]")
_SPACE_BESIDE_HAN: Final = re.compile(f"(?<=[{HAN}()&·-]) | (?=[{HAN}()&·-])")
_LABEL: Final = re.compile(
    "(?:公司|单位|企业|客户|机构|店铺|商户)(?:名称?|全称)?:|(?:名称|全称|抬头|开票抬头|发票抬头):"
)
_LEADING_NUMBER: Final = re.compile(r"[\d+() -]{7,40}(?=[^\d])|\d{1,3}[.、)]\s*(?=\D)")
_NAME_FOLLOWS: Final = re.compile(f"\\s*[{HAN}A-Za-z(]")
_SPACED_FORM: Final = re.compile("有 ?限 ?(?:责 ?任 ?)?公 ?司")
_EDGES: Final = " .,;:、。·-_/|\\'!?~+=—–"

_BRANCH: Final = re.compile(
    "(?:第?[一二三四五六七八九十\\d]{1,3})?(?:分公司|支公司|子公司|分行|支行|分理处|营业部|营业厅|营业所|办事处|代表处|联络处|分店|门店|旗舰店|"
    "体验店|直营店|加盟店|专卖店|分厂|分校|分院|分所|分部|分社|支社|工厂|门市部|经营部|项目部|服务部|事业部|厂|店)\\Z"
)
_OWN_BRANCH: Final = re.compile(
    "(?:第?[一二三四五六七八九十\\d]{1,3})?(?:分公司|支公司|分行|支行|分理处|办事处|代表处|联络处|分店|门店|旗舰店|直营店|加盟店|营业厅|营业所|"
    "(?:(?<=证券)|(?<=银行)|(?<=保险)|(?<=期货)|(?<=公司))营业部)\\Z"
)
_OF_WHOLE: Final = re.compile(
    "银行|公司|集团|证券|保险|期货|信用社|联社|联通|电信|移动|邮政|铁塔|电网|石化|石油|人寿|财险|产险"
)
# A place in front of these is always part of the name: 深圳大学, 北京银行, 上海市人民政府.
_INSTITUTION: Final = re.compile(
    "(?:大学|学院|银行|医院|中学|小学|政府|法院|检察院|委员会|幼儿园|图书馆|博物馆|出版社|电视台|信用社|农商行|日报|晚报|日报社|协会|商会|学会|"
    "联合会|局|报社|海关|大学城|交易所|公安|党校)\\Z"
)
_SEPARATOR: Final = re.compile(r"\s*[-—–_/|,;、:+@~]+\s*|\s+")
_LATIN_BEHIND: Final = re.compile(
    r"(?P<han>.*[^\x00-\x7f)])[ (/|,-]+(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]{3,}[A-Za-z.])\)?\Z"
)
_LATIN_BEFORE: Final = re.compile(r"(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]{3,}?)[ (/|,-]+\(?(?P<han>[^\x00-\x7f].*)\Z")


# --- the parts around the name


class _Parts:
    """What has been found so far; one name's worth of state."""

    place: Place | None = None
    place_behind = ""
    partnership = ""
    group = False
    branch = ""
    branch_in_brackets = False
    other = ""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.issues: list[str] = []

    def take_bracket(self, inside: str, *, at_end: bool) -> str:
        """What a bracket holds, unless it is a part of another kind; then that part is kept, and nothing returned."""
        inside = inside.strip(_EDGES)
        place = place_of_bracket(inside)
        if place is not None:
            if self.place is None:
                self.place, self.place_behind = place, inside if at_end else ""
        elif inside in PARTNERSHIPS:
            self.partnership = inside
        elif inside in {"集团", "控股集团"}:
            self.group = True
        elif is_note(inside):
            self.notes.append(inside)
        elif at_end and _BRANCH.search(inside):
            self.branch_in_brackets = not self.branch
            self.branch = self.branch or inside
        elif inside.isascii() and any(c.isalpha() for c in inside):
            self.other = self.other or inside
        elif at_end and inside:
            self.notes.append(inside)
        else:
            return inside
        return ""

    def take_tail(self, tail: str) -> None:
        """What stands behind the legal form."""
        rest, brackets = _without_brackets(tail)
        for inside in brackets:
            self.take_bracket(inside, at_end=True)
        rest = rest.strip(_EDGES)
        if not rest or rest == "公司":
            return
        if _is_branch(rest):
            self.branch, self.branch_in_brackets = rest.replace(" ", ""), False
        elif rest.isascii() and sum(c.isalpha() for c in rest) >= 4 and not is_note(rest):
            self.other = self.other or rest
        elif (place := place_of_bracket(rest)) is not None:
            if self.place is None:
                self.place, self.place_behind = place, rest
        else:
            self.notes.append(rest)


def _is_branch(text: str) -> bool:
    """Whether what stands behind a legal form names a part of the organization: 北京分公司, 杭州供电公司, 深圳工厂."""
    if len(text) > 24 or "有限" in text or is_note(text):
        return False
    place = place_at_start(text)
    behind = text[place.end :] if place else ""
    return bool(_BRANCH.search(text)) or text.endswith("公司") or (len(behind) > 1 and not is_note(behind))


def _without_brackets(text: str) -> tuple[str, list[str]]:
    """A text without its brackets, and what they held; a bracket that never closes counts as closed by the end."""
    if "(" not in text:
        return text.replace(")", ""), []
    outside: list[str] = []
    inside: list[str] = []
    for i, piece in enumerate(text.split("(")):
        if i == 0:
            outside.append(piece.replace(")", ""))
            continue
        held, closed, after = piece.partition(")")
        inside.append(held)
        outside.append(after.replace(")", "") if closed else "")
    return " ".join(o for o in outside if o), inside


def read_han_name(text: str) -> Reading | None:
    """A Chinese name taken apart; None where nothing of a name is left.

    Args:
        text: cleaned, in simplified characters.
    """
    parts = _Parts()
    text = _tidy(text, parts)
    if not text:
        return None
    form = find_form(text)
    if form is not None:
        if form.end < len(text):
            parts.take_tail(text[form.end :])
        if text[form.start : form.end] != form.spelled:
            parts.issues.append("repaired")
        head = text[: form.start]
    else:
        head, form = _read_unformed(text, parts)
    return _assemble(head.strip(_EDGES), form, parts)


def _tidy(text: str, parts: _Parts) -> str:
    if _TO_TIDY.search(text):
        text = text.translate(_TIDY)
    if ":" in text and (label := _LABEL.match(text)):
        text = text[label.end() :]
    if text[:1].isdigit() or text[:1] in "+(":
        number = _LEADING_NUMBER.match(text)
        if number and _NAME_FOLLOWS.match(text, number.end()):
            if number.end() >= 7:
                parts.notes.append(number.group().strip())
            text = text[number.end() :]
    text = text.strip(_EDGES)
    if " " in text:
        text = _split_latin(_SPACED_FORM.sub(lambda m: m.group().replace(" ", ""), text), parts)
    return text


def _split_latin(text: str, parts: _Parts) -> str:
    """A cell with a name in two languages: the Chinese one, the other kept."""
    found = _LATIN_BEFORE.match(text) or _LATIN_BEHIND.match(text)
    if not found:
        return text
    han, latin = found["han"].strip(_EDGES), found["latin"].strip(" ,-")
    form = find_form(han)
    name = han[: form.start] if form else han
    place = place_at_start(name)
    rest = name[place.end :] if place else name
    if LATIN_FORM.fullmatch(" " + latin) or len(rest.strip(_EDGES)) < 2 or is_generic(rest):
        return text
    parts.other = latin
    return han


def _read_unformed(text: str, parts: _Parts) -> tuple[str, Form | None]:
    """A name without 有限: notes first, then a branch, then the forms that may end it."""
    text = _drop_notes(text, parts)
    form = weak_form(text)
    if form is None or form.spelled in {"店", "行", "部"} or text.endswith(("分公司", "支公司")):
        branch = _OWN_BRANCH.search(text)
        if branch and branch.start() >= 2:
            start = _branch_start(text, branch.start())
            if start >= 2:
                parts.branch = text[start:]
                text = text[:start].strip(_EDGES)
                form = weak_form(text)
    if form is None:
        return text, None
    return text[: form.start], form


def _drop_notes(text: str, parts: _Parts) -> str:
    """A name without 有限, without the brackets and pieces at its end that are no part of it."""
    for _ in range(4):
        if text.endswith(")"):
            opening = text.rfind("(")
            inside = text[opening + 1 : -1]
            if opening <= 0 or inside == "集团":
                return text
            parts.take_bracket(inside, at_end=True)
        else:
            pieces = list(_SEPARATOR.finditer(text))
            opening = pieces[-1].start() if pieces else 0
            if opening <= 0 or not is_note(text[pieces[-1].end() :]):
                return text
            parts.notes.append(text[pieces[-1].end() :])
        text = text[:opening].strip(_EDGES)
    return text


def _branch_start(text: str, word: int) -> int:
    """Where a branch begins in a name without a form: behind the word for the whole, else at its place."""
    wholes = [m.end() for m in _OF_WHOLE.finditer(text, 0, word)]
    if wholes:
        return wholes[-1]
    for start in range(2, word - 1):
        place = place_at_start(text[start:word])
        if place is not None:
            return start
    return word


# --- the name itself


def _assemble(head: str, form: Form | None, parts: _Parts) -> Reading | None:
    shown = head = _SPACE_BESIDE_HAN.sub("", head) if " " in head else head
    if "(" in head or ")" in head:
        shown, head = _inner_brackets(head, parts)
    if not head:
        return _nameless(form, parts)
    core, trade, industry = _split_place(head, parts, formed=form is not None)
    return _reading(shown, core, trade, industry, form, parts)


def _inner_brackets(head: str, parts: _Parts) -> tuple[str, str]:
    """The name as it should be written, and without the brackets that are no part of it."""
    first, *pieces = head.split("(")
    shown = kept = first.replace(")", "")
    for piece in pieces:
        inside, closed, after = piece.partition(")")
        after = after.replace(")", "")
        if not closed and place_of_bracket(inside) is None:  # a stray bracket
            shown, kept = shown + inside, kept + inside
            continue
        before = (len(parts.notes), parts.other, parts.partnership)
        words = parts.take_bracket(inside, at_end=False)
        kept += words + after
        dropped = not inside or before != (len(parts.notes), parts.other, parts.partnership)
        shown += after if dropped else f"({inside}){after}"
    return shown.strip(_EDGES), kept.strip(_EDGES)


def _split_place(head: str, parts: _Parts, *, formed: bool) -> tuple[str, str, str]:
    """Core, trade name and industry of a name; its place is kept, and `only_generic` said where it has no name."""
    place = place_at_start(head)
    if place is not None and not place.written and parts.place is not None and parts.place.key != place.key:
        place = None  # 北京卫视建工(金华): a name has one place, the other one is part of the name
    if place is not None and place.county and not formed and not ends_with_industry(head):
        place = None  # 天水雅居 without more is a brand
    if place is not None:
        return _split_behind(head, place, parts)
    if _INSTITUTION.search(head):
        return (head, *split_industry(head))
    if parts.place is None:
        head = _before_place(head, parts, formed=formed)
    if head.startswith("中国") and is_generic(head[2:]):
        return head, head, ""  # the country is the name: 中国石油天然气
    if parts.place is None and is_generic(head):
        parts.issues.append("only_generic")
    return (head, *split_industry(head))


def _split_behind(head: str, place: Place, parts: _Parts) -> tuple[str, str, str]:
    """The same for a name with a place in front, which stays where nothing but words of trades would be left."""
    rest = head[place.end :].lstrip(_EDGES)
    institution = _INSTITUTION.search(head) is not None
    if place.district and (len(rest) < 2 or is_generic(rest)) and not institution:
        place = place_at_start(head, districts=False) or place  # 新疆天山水泥: the district is the name
        rest = head[place.end :].lstrip(_EDGES)
    if len(rest) == 1 and not place.written:
        return (head, *split_industry(head))  # 永春堂
    if parts.place is None or place.written:
        parts.place, parts.place_behind = place, ""
    if institution or len(rest) < 2 or is_generic(rest):
        if not rest:
            parts.issues.append("only_generic")
        return head, head, ""
    return (rest, *split_industry(rest))


def _before_place(head: str, parts: _Parts, *, formed: bool) -> str:
    """A name without the place at its end: 小米科技北京有限公司, 中国移动通信集团广东有限公司."""
    place = place_at_end(head)
    rest = head[: place.end].rstrip(_EDGES) if place else ""
    if place is None or len(rest) < 2:
        return head
    group = rest.endswith("集团") and len(rest) > 3
    if not (ends_with_industry(rest) or (formed and (rest.isascii() or group or place.key == "cn"))):
        return head
    parts.place, parts.group = place, parts.group or group
    return rest.removesuffix("集团") if group else rest


def _nameless(form: Form | None, parts: _Parts) -> Reading | None:
    """有限公司, (北京)公司: nothing but the generic parts."""
    if form is None:
        return None
    parts.issues.append("only_generic")
    parts.place_behind = ""
    return _reading("", form.spelled, form.spelled, "", form, parts)


def _reading(shown: str, core: str, trade: str, industry: str, form: Form | None, parts: _Parts) -> Reading:
    name, kind = (form.name, form.kind) if form else ("", "")
    spelled = form.spelled if form else ""
    if parts.group and "集团" not in name:
        name = "集团" + name
        if "集团" not in shown:
            shown += "(集团)"
    value = shown + (f"({parts.place_behind})" if parts.place_behind else "") + spelled
    if parts.partnership:
        kind = PARTNERSHIPS[parts.partnership]
        name = f"{name}({parts.partnership})" if name else parts.partnership
        value = f"{value}({parts.partnership})"
    if parts.branch:
        parts.issues.append("branch")
        value += f"({parts.branch})" if parts.branch_in_brackets and not spelled.endswith("公司") else parts.branch
    if parts.notes or parts.other:
        parts.issues.append("annotation_removed")
    if not name:
        parts.issues.append("legal_form_unknown")
    place = parts.place
    return Reading(
        value,
        core,
        trade,
        industry,
        place.name if place else "",
        place.key if place else "",
        name,
        kind,
        parts.branch,
        " ".join(parts.notes),
        parts.other,
        *_keys(core, trade, industry),
        tuple(parts.issues),
    )


def _keys(core: str, trade: str, industry: str) -> tuple[str, str, str, str, str]:
    """Script, key, trade key, core key and short name."""
    if HAN_RUN.fullmatch(core):
        trade_key = _pinyin(trade)
        return (
            "han",
            core.replace("昇", "升"),
            trade_key,
            trade_key + _pinyin(industry) if industry else trade_key,
            trade,
        )
    return "mixed", fold(core), _latin(trade), _latin(core), trade


def _latin(text: str) -> str:
    return fold(to_ascii(text)).replace(" ", "")


@lru_cache(maxsize=65_536)
def _pinyin(name: str) -> str:
    return "".join(to_pinyin(name, simplified=True))
