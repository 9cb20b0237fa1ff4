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

from crmquality.normalizer.organizations_branches import BRANCH, LANDMARK, OWN_BRANCH, WHOLE, han_branch, is_store
from crmquality.normalizer.organizations_forms import (
    LATIN_FORM,
    PARTNERSHIPS,
    Form,
    find_form,
    keeps_place,
    public_body,
    weak_form,
)
from crmquality.normalizer.organizations_han_around import (
    EDGES,
    Around,
    drop_notes,
    legal_name_in_brackets,
)
from crmquality.normalizer.organizations_han_plain import industry_pinyin
from crmquality.normalizer.organizations_industries import ends_with_industry, is_generic, split_industry
from crmquality.normalizer.organizations_places import (
    Place,
    place_at_end,
    place_at_start,
    place_inside,
    place_of_bracket,
)
from crmquality.normalizer.organizations_reading import Reading, is_note
from crmquality.normalizer.organizations_short import short_name
from crmquality.normalizer.transliteration import HAN, HAN_RUN, fold, joined_pinyin, to_ascii

_TIDY: Final = str.maketrans("【】[]{}〔〕〖〗", "()()()()()", '《》〈〉「」『』"“”*★☆※◆●#')
_TO_TIDY: Final = re.compile("[" + re.escape("".join(map(chr, _TIDY))) + "]")
_SPACE_BESIDE_HAN: Final = re.compile(f"(?<=[{HAN}()&·-]) | (?=[{HAN}()&·-])")
_LABEL: Final = re.compile(
    "(?:公司|单位|企业|客户|机构|店铺|商户|工作单位|就职单位|雇主|供应商|经销商|代理商|购货单位|销货单位)?(?:名称?|全称)?:"
    "|(?:名称|全称|抬头|开票抬头|发票抬头|户名|开户名|账户名称|收款人|付款人|收款方|付款方|[甲乙丙丁]方|[买卖]方|购买方|销售方|采购方|供应方|委托方|受托方)(?:名称)?:"
)
_LEADING_NUMBER: Final = re.compile(r"[\d+() -]{7,40}(?=[^\d])|\d{1,3}[.、)]\s*(?=\D)")
_NAME_FOLLOWS: Final = re.compile(f"\\s*[{HAN}A-Za-z(]")
_SPACED_FORM: Final = re.compile("有 ?限 ?(?:责 ?任 ?)?公 ?司")
_SPECIAL_TREATMENT: Final = re.compile("S?\\*ST(?=[\u4e00-\u9fff])")
_OF_WHOLE: Final = re.compile(
    "银行|公司|集团|证券|保险|期货|信用社|联社|联通|电信|移动|邮政|铁塔|电网|石化|石油|人寿|财险|产险|股份"
)
_LATIN_BEHIND: Final = re.compile(
    r"(?P<han>.*[^\x00-\x7f)])[ (/|,-]+(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]{3,}[A-Za-z.])\)?\Z"
)
_LATIN_BEFORE: Final = re.compile(r"(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]{3,}?)[ (/|,-]+\(?(?P<han>[^\x00-\x7f].*)\Z")
_LATIN_NAME_BEHIND: Final = re.compile(f"(?P<han>[{HAN}()]{{2,}}) ?(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]+[A-Za-z.])\\Z")
_LATIN_ATTACHED: Final = re.compile(f"(?P<latin>[A-Za-z]{{2,30}})(?P<han>[{HAN}]{{2,}})\\Z")
_LATIN_START: Final = re.compile("[A-Za-z][A-Za-z0-9&.+-]*")
_PARTNERSHIP_BRACKET: Final = re.compile(f"\\((?:{'|'.join(PARTNERSHIPS)})\\)")
_MOUNTED: Final = ("滩", "湾", "岛")
"""What makes a place in front of it the name of something else: 上海滩, 深圳湾, 海南岛."""
_FRONT: Final = re.compile("(?:财团|社团|医疗|学校)法人")
_FREE_TRADE: Final = re.compile("中国(?:自由贸易|自贸)试验区(?:[\u4e00-\u9fff]{2,6}?片区)?")
_GROUP: Final = "集团"


def read_han_name(text: str) -> Reading | None:
    """A Chinese name taken apart; None where nothing of a name is left.

    Args:
        text: cleaned, in simplified characters.
    """
    around = Around()
    if not _HAN_ONLY.match(text):
        text = _tidy(text, around)
    if not text:
        return None
    form = find_form(text)
    if form is not None and "(" in text:
        text, form = _out_of_brackets(text, form, around)
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


def _tidy(text: str, around: Around) -> str:
    if "*" in text and (mark := _SPECIAL_TREATMENT.match(text)) is not None:  # a listed company with losses
        around.notes.append(mark.group())
        text = text[mark.end() :]
    if _TO_TIDY.search(text):
        text = text.translate(_TIDY)
    if ":" in text and (label := _LABEL.match(text)):
        text = text[label.end() :]
    if text[:1].isdigit() or text[:1] in "+(":
        number = _LEADING_NUMBER.match(text)
        if number and _NAME_FOLLOWS.match(text, number.end()):
            if number.end() >= 7:
                around.notes.append(number.group().strip())
            text = text[number.end() :]
    text = text.strip(EDGES)
    behind = _LATIN_NAME_BEHIND.match(text) if text[-1:].isascii() else None
    if behind is not None and (form := LATIN_FORM.search(behind["latin"])) is not None and form.start() > 1:
        around.take_other(behind["latin"], "foreign")  # 苹果公司Apple Inc.
        text = behind["han"]
    if " " in text:
        text = _split_latin(_SPACED_FORM.sub(lambda m: m.group().replace(" ", ""), text), around)
    return text


def _split_latin(text: str, around: Around) -> str:
    """A cell with a name in two languages: the Chinese one, the other kept."""
    found = _LATIN_BEFORE.match(text) or _LATIN_BEHIND.match(text)
    if found is None or len(found["han"]) < 4 or find_form(found["latin"]) is not None:
        return text
    latin = found["latin"].strip(EDGES)
    if is_note(latin):
        around.notes.append(latin)
    elif LATIN_FORM.search(latin) or sum(c.isalpha() for c in latin) >= 4:
        around.take_other(latin, "foreign")
    else:
        return text
    return found["han"]


def _out_of_brackets(text: str, form: Form, around: Around) -> tuple[str, Form | None]:
    """A name whose legal form stands in a bracket: the legal name is in there, or a second one."""
    name, before = legal_name_in_brackets(text, form.start, form.end)
    if not before:
        return text, form
    bracket = text[text.rfind("(", 0, form.start) + 1 : form.end]
    if around.take_second(bracket):
        text = before + text[form.end + 1 :]
        return text, find_form(text)
    around.take_other(before, "alias")
    return name, find_form(name)


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
    if BRANCH.fullmatch(text):  # 分公司 and nothing else
        around.issues.append("only_generic")
        around.branch = text
        return "", Form(0, len(text), "", "", text)
    weak = form is None or form.spelled in {"店", "行", "部"} or text.endswith(("分公司", "支公司", "子公司", "营业部"))
    if weak and not public_body(text):
        start = _own_branch(text)
        if start >= 2:
            around.branch = text[start:]
            text = text[:start].strip(EDGES)
            form = weak_form(text)
    if form is None:
        return text, None
    return text[: form.start], form


_TILL: Final = re.compile("(?:银行|证券|保险|期货)(?P<branch>.*营业部)\\Z")


def _own_branch(text: str) -> int:
    """Where the branch begins in a name that ends with one; 0 where it does not."""
    till = _TILL.search(text)
    if till is not None:
        return till.start("branch")
    branch = OWN_BRANCH.search(text)
    if branch and branch.start() >= 2:
        return _branch_start(text, branch.start())
    return _place_of_store(text, len(text) - 1) if is_store(text) else 0


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
    return _reading(shown, _split_place(head, around, form), form, around)


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


_Name = tuple[str, str, str]
"""Core, trade name, industry."""


def _split_place(head: str, around: Around, form: Form | None) -> _Name:
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
    if head.startswith("中国") and is_generic(head[2:]):
        return head, head, ""  # the country is the name: 中国石油天然气
    if around.place is None and is_generic(head):
        around.issues.append("only_generic")
    return _split_trade(head)


def _split_trade(name: str) -> _Name:
    trade, industry = split_industry(name)
    if industry and trade.endswith(_GROUP) and len(trade) > 3:
        trade = trade[:-2]  # 阿里巴巴集团控股
    return name, trade, industry


def _split_behind(head: str, place: Place, around: Around) -> _Name:
    """The same for a name with a place in front, which stays where nothing but words of trades would be left."""
    rest = head[place.end :].lstrip(EDGES)
    institution = keeps_place(head)
    if place.district and not institution and (len(rest) < 2 or is_generic(rest)):
        place = place_at_start(head, districts=False) or place  # 新疆天山水泥: the district is the name
        rest = head[place.end :].lstrip(EDGES)
    if len(rest) == 1 and not place.written:
        return (head, *split_industry(head))  # 永春堂
    if (around.place is None or place.written) and not (place.county and rest == "银行"):
        around.place, around.place_behind = place, ""
    if institution or len(rest) < 2 or is_generic(rest) or (rest.endswith("银行") and is_generic(rest[:-2])):
        if not rest:
            around.issues.append("only_generic")
        return head, head, ""
    return _split_trade(rest)


def _before_place(head: str, around: Around, *, formed: bool) -> str:
    """A name without the place at its end or inside: 小米科技北京有限公司, OPPO广东移动通信, 国网北京市电力."""
    place = place_at_end(head)
    rest = head[: place.end].rstrip(EDGES) if place else ""
    if place is not None and len(rest) >= 2:
        group = rest.endswith(_GROUP) and len(rest) > 3
        latin = rest.isascii()
        if latin or ends_with_industry(rest) or (formed and (group or place.key == "cn")):
            around.place, around.group = place, around.group or group
            return rest.removesuffix(_GROUP) if group else rest
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


def _nameless(form: Form | None, around: Around) -> Reading | None:
    """有限公司, (北京)公司: nothing but the generic parts."""
    if form is None:
        return None
    if "only_generic" not in around.issues:
        around.issues.append("only_generic")
    around.place_behind = ""
    name = form.spelled or form.name
    return _reading("", (name, name, ""), form, around)


def _reading(shown: str, name: _Name, form: Form | None, around: Around) -> Reading:
    core, _, industry = name
    parts = _keys(name, around)
    legal, kind, spelled = (form.name, form.kind, form.spelled) if form else ("", "", "")
    if around.group and _GROUP not in legal:
        legal = _GROUP + legal
        if _GROUP not in shown:
            spelled = f"({_GROUP}){spelled}"
    value = around.front + shown + spelled
    if around.partnership:
        value = f"{value}({around.partnership})"
        legal, kind = (
            (f"{legal}({around.partnership})" if legal else around.partnership),
            PARTNERSHIPS[around.partnership],
        )
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


def _short(key: str, name: _Name, place: Place | None) -> tuple[str, str]:
    core, trade, industry = name
    return short_name(key, core, trade, industry, region=place.key if place else "")


def _keys(name: _Name, around: Around) -> dict[str, str | None]:
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
