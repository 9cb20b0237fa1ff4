"""Around the grammar of Chinese names: signs made alike, a label or a number in front, a second name in the cell."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.organizations_forms import LATIN_FORM, Form, find_form, is_form_only
from crmquality.normalizer.organizations_han_around import EDGES, Around, legal_name_in_brackets
from crmquality.normalizer.organizations_industries import is_generic
from crmquality.normalizer.organizations_places import place_of_bracket
from crmquality.normalizer.organizations_reading import is_note
from crmquality.normalizer.transliteration import HAN

_TIDY: Final = str.maketrans("【】[]{}〔〕〖〗", "()()()()()", '《》〈〉「」『』"“”*★☆※◆●#')
_TO_TIDY: Final = re.compile("[" + re.escape("".join(map(chr, _TIDY))) + "]")
_LABEL: Final = re.compile(
    "(?:公司|单位|企业|客户|机构|店铺|商户|工作单位|就职单位|雇主|供应商|经销商|代理商|购货单位|销货单位)?(?:名称?|全称)?:"
    "|(?:名称|全称|抬头|开票抬头|发票抬头|户名|开户名|账户名称|收款人|付款人|收款方|付款方|[甲乙丙丁]方|[买卖]方|购买方|销售方|采购方|供应方|委托方|受托方)(?:名称)?:"
)
_LEADING_NUMBER: Final = re.compile(r"[\d+() -]{7,40}(?=[^\d])|\d{1,3}[.、)]\s*(?=\D)")
_NAME_FOLLOWS: Final = re.compile(f"\\s*[{HAN}A-Za-z(]")
_SPACED_FORM: Final = re.compile("有 ?限 ?(?:责 ?任 ?)?公 ?司")
_SPECIAL_TREATMENT: Final = re.compile("S?\\*ST(?=[\u4e00-\u9fff])")
_LATIN_BEHIND: Final = re.compile(
    r"(?P<han>.*[^\x00-\x7f)])[ (/|,-]+(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]{3,}[A-Za-z.])\)?\Z"
)
_LATIN_BEFORE: Final = re.compile(r"(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]{3,}?)[ (/|,-]+\(?(?P<han>[^\x00-\x7f].*)\Z")
_LATIN_NAME_BEHIND: Final = re.compile(f"(?P<han>[{HAN}()]{{2,}}) ?(?P<latin>[A-Za-z][A-Za-z0-9 .,&'-]+[A-Za-z.])\\Z")
_BRACKETED_FORM: Final = re.compile(
    "\\((?P<inside>股份有限责任|股份有限|有限责任|股份|有限|责任)\\)(?=(?:有限|责任|有限责任)?公司)"
)
_PROPRIETOR: Final = re.compile(f"(?:个体工商户|个体经营户|个体户)[ :、-]*(?=[{HAN}A-Za-z]{{2}})")
_TWO_NAMES: Final = re.compile(f"(?P<one>[{HAN}]{{2,12}}) ?[/|] ?(?P<two>[{HAN}]{{2,12}})\\Z")


def tidy(text: str, around: Around) -> str:
    """The name in a cell, with the usual signs; what else the cell holds is kept in `around`."""
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
    if ")" in text:
        text = _without_brackets_in_form(text, around)
    if text[:1] == "个" and (proprietor := _PROPRIETOR.match(text)) is not None:  # 个体户 王五 is 王五(个体户)
        around.partnership, text = "个体户", text[proprietor.end() :]
    behind = _LATIN_NAME_BEHIND.match(text) if text[-1:].isascii() else None
    if behind is not None and (form := LATIN_FORM.search(behind["latin"])) is not None and form.start() > 1:
        around.take_other(behind["latin"], "foreign")  # 苹果公司Apple Inc.
        text = behind["han"]
    if " " in text:
        text = _split_latin(_SPACED_FORM.sub(lambda m: m.group().replace(" ", ""), text), around)
    return _first_of_two(text, around) if "/" in text or "|" in text else text


def _without_brackets_in_form(text: str, around: Around) -> str:
    """华为技术(有限)公司: brackets inside a legal form say nothing."""
    mended = _BRACKETED_FORM.sub(lambda found: found["inside"], text)
    if mended != text:
        around.issues.append("repaired")
    return mended


def _first_of_two(text: str, around: Around) -> str:
    """阿里巴巴/淘宝 are two names; 化工/医药 are two trades of one, 上海/北京 two places, 腾讯/采购部 a note."""
    found = _TWO_NAMES.match(text)
    if found is None or any(map(_is_no_name, found.groups())):
        return text
    around.take_other(found["two"], "second")
    return found["one"]


def _is_no_name(text: str) -> bool:
    return is_generic(text) or place_of_bracket(text) is not None or is_note(text) or is_form_only(text)


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


def out_of_brackets(text: str, form: Form, around: Around) -> tuple[str, Form | None]:
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
