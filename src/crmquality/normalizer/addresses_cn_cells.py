"""A cell with a Chinese address taken apart: labels, receivers, phone numbers, the postcode, further addresses.

What is taken off is kept: the address is what couriers need, the rest is a note.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from crmquality.normalizer.addresses_cn_grammar import EDGE, ESTATE, HAN
from crmquality.normalizer.divisions import find_divisions, is_division_name

MAYBE_NOISE: Final = re.compile(
    f"[0-9]{{6}}|[:;|]|收|地址|先生|女士|小姐|\\s\\(?[2-9][.、)]|[号室楼层]\\s*(?:[/、]|\\s[{HAN}]{{2,7}}[省市区县])"
)
"""What every cell has from which something is to be taken off."""
_LABEL: Final = re.compile(
    f"^(?:[{HAN}]{{0,4}}地址|地\\s?址|住\\s?址|所在地|住所|add(?:ress)?)\\s?[:]\\s?|(?:所在)?地区:|(?:详细|街道)地址:"
    "|\\((?:收货|公司|家庭|办公|注册|联系|通讯)?地址\\)"
    "|(?:^|(?<=[ ,，;。]))(?:国家|省份?|省市|城市|市|区县?|县|乡镇|街道|地址|住址)\\s?:\\s?",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    "(?:(?:联系)?电\\s?话|手\\s?机号?码?|tel|mobile|phone)\\s?[:]?\\s?(?:\\+?86[- ]?)?[0-9][0-9 -]{5,16}[0-9]"
    "|(?<![0-9-])(?:\\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9-])",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile("\\+?[0-9][0-9 -]+")
_POSTCODE: Final = re.compile(
    "(?:邮\\s?编|邮政编码|邮编号码|zip(?:\\s?code)?|post\\s?code)\\s?[:]?\\s?([0-9]{6})(?![0-9])"
    f"|^([0-9]{{6}})(?=[ ,，;]|[{HAN}])"
    "|(?:[ ,，;(]|(?<=[号室楼座栋幢层房]))([0-9]{6})\\)?$"
    "|[ ,，;]([0-9]{6})(?=[ ,，;])",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    f"(?:收件人|收货人|联系人|姓名)\\s?[:]?\\s?([{HAN}]{{2,4}})(?![{HAN}])|(?:收件人|收货人|联系人)[:]"
    f"|\\(\\s?([{HAN}]{{1,6}})\\s?(?:亲启|收启|签收|代收|收)\\s?\\)"
    f"|(?:(?<=[号室楼层栋幢座元)])|[ ,，;(])([{HAN}]{{1,6}})\\s?\\(?(?:亲启|收启|签收|代收|收)\\)?(?=[ ,，;)]|$)"
    f"|(?:^|[ ,，;(]|(?<=[号室楼层栋幢座]))([{HAN}]{{1,4}}(?:先生|女士|小姐))(?=[ ,，;)]|$)"
)
_LONE_NAME: Final = re.compile(f"^[{HAN}]{{2,4}}[ ,，;]+|(?<![ ,，;])[ ,，;]+[{HAN}]{{2,4}}$")
_ADDRESS_WORD: Final = re.compile("[省市区县州旗镇乡村路街巷道弄号楼栋幢座室院园城厦场店苑庄里港岛]")

_BETWEEN: Final = re.compile(
    f"\\s*[;|]\\s*|(?<=[{HAN}0-9A-Za-z)])\\s*[/、]\\s*(?=[{HAN}(0-9])|\\s+(?=\\(?[2-9][.、)])"
    f"|\\s+(?=[{HAN}]{{2,10}}?[省市区县])|\\s+[或和及]\\s*"
)
_ENUMERATED: Final = re.compile(f"\\(?[1-9][.、)]\\s*(?=[{HAN}])")
_NUMBERED: Final = re.compile("[0-9一二三四五六七八九十][号弄栋幢楼室]|[路街道巷][0-9]")
_MOST_ADDRESSES: Final = 8
_LONGEST_NAME: Final = 12

_BRACKET: Final = re.compile(r"\(([^()]*)\)")
_REMARK: Final = re.compile("[0-9原旁对近侧]")
_FREE_TRADE: Final = re.compile(f"中国\\(([{HAN}]{{2,5}})\\)(?=自由贸易)")
_GAP_IN_LATIN: Final = re.compile("(?<=[0-9A-Za-z])[ ,，、;]+(?=[0-9A-Za-z])")
_GAP: Final = re.compile("[ ,，;。>→]+")
_PIECES: Final = re.compile("[ ,，;/|>→]+")
_INSIDE: Final = re.compile("[0-9A-Za-z一二三四五六七八九十]+(?:室|房|楼|层|单元|栋|幢|座|号楼)\\Z")
_COUNTRY: Final = frozenset({"中国", "中华人民共和国", "中国大陆", "China", "CHINA", "china", "P.R.China", "PRC"})


class Cell(NamedTuple):
    """What a cell held.

    Attributes:
        text: the address.
        postcode: its six digits.
        notes: who receives, and phone numbers.
        others: further addresses, as they were written.
    """

    text: str
    postcode: str | None = None
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def take_apart(text: str, issues: list[str]) -> Cell:
    """An address without what delivery labels add to it, and what they add.

    >>> take_apart("张三 13812345678 广东省广州市体育西路1号 510620", [])
    Cell(text='广东省广州市体育西路1号', postcode='510620', notes=('13812345678', '张三'), others=())
    """
    addresses = _apart(text)
    text = addresses[0]
    if len(addresses) > 1:
        issues.append("several_addresses")
    postcode: str | None = None
    notes: list[str] = []
    before = text.strip(EDGE)
    text = _LABEL.sub("", text)
    if found := _POSTCODE.search(text):
        postcode = next(group for group in found.groups() if group)
        text = (text[: found.start()] + " " + text[found.end() :]).strip(EDGE)
        issues.append("postcode_in_address")
    text = _PHONE.sub(lambda match: _noted(_DIGITS.search(match.group()), notes), text)
    phones = len(notes)
    text, persons = _PERSON.sub(lambda match: _noted_person(match, notes), text), len(notes) - phones
    text = text.strip(EDGE)
    if postcode is None and (found := _POSTCODE.search(text)):
        postcode = next(group for group in found.groups() if group)
        text = (text[: found.start()] + " " + text[found.end() :]).strip(EDGE)
        issues.append("postcode_in_address")
    if phones and not persons:
        # beside a phone number, a word of two to four characters that is no place is who receives
        for lone in reversed(list(_LONE_NAME.finditer(text))):
            if not _ADDRESS_WORD.search(lone.group()):
                notes.append(lone.group().strip(EDGE))
                text = (text[: lone.start()] + " " + text[lone.end() :]).strip(EDGE)
    text = _LABEL.sub("", text).strip(EDGE)
    if phones or persons or (before != text and postcode is None):
        issues.append("annotation_removed")
    return Cell(text, postcode, tuple(dict.fromkeys(note for note in notes if note)), addresses[1:])


def _noted(found: re.Match[str] | None, notes: list[str]) -> str:
    if found:
        notes.append(found.group().strip())
    return " "


def _noted_person(match: re.Match[str], notes: list[str]) -> str:
    name = next((group for group in match.groups() if group), "")
    if match.group(3) and _ADDRESS_WORD.search(name) and not name.endswith(("门卫", "前台")):
        return match.group()
    notes.append(name)
    return " "


def _apart(text: str) -> tuple[str, ...]:
    """The addresses of a cell, the first one first; one where what follows a separator begins no other address."""
    pieces = [piece for piece in _BETWEEN.split(text) if piece]
    if len(pieces) < 2 or len(pieces) > _MOST_ADDRESSES:
        return (text,)
    starts = [i for i, piece in enumerate(pieces) if _begins_address(_ENUMERATED.sub("", piece, count=1))]
    if len(starts) < 2 or starts[0] != 0:
        return (text,)
    ends = [*starts[1:], len(pieces)]
    return tuple(_ENUMERATED.sub("", " ".join(pieces[i:j]), count=1) for i, j in zip(starts, ends, strict=True))


def _begins_address(piece: str) -> bool:
    """Whether a text begins with a division and goes on to a number."""
    place, end = find_divisions(_LABEL.sub("", piece[:80]), fill=False)
    return bool(place.city or place.district) and _NUMBERED.search(piece, end) is not None


def joined(text: str) -> str:
    """A text without spaces and commas; divisions that stand behind the street, each apart, are put before it.

    >>> joined("402室, 3号楼, 文一西路88号, 西湖区, 杭州市, 浙江省, 中国")
    '浙江省杭州市西湖区文一西路88号3号楼402室'
    """
    text = text.strip(EDGE)
    if not _PIECES.search(text):
        return unicodedata.normalize("NFC", _GAP.sub("", text)).strip(EDGE)
    pieces = [piece for piece in _PIECES.split(text) if piece]
    head: list[str] = []
    if len(pieces) > 1 and pieces[-1] in _COUNTRY:
        pieces.pop()
        text = " ".join(pieces)
    while len(pieces) > 1 and is_division_name(pieces[-1]):
        head.append(pieces.pop())
    if head and not is_division_name(pieces[0]):
        if len(pieces) > 1 and _INSIDE.match(pieces[0]) and not _INSIDE.match(pieces[-1]):
            pieces.reverse()
        text = " ".join(head + pieces)
    # a sign that combines may have lost the space before it
    return unicodedata.normalize("NFC", _GAP.sub("", _GAP_IN_LATIN.sub("-", text))).strip(EDGE)


def behind_first(text: str) -> str | None:
    """A text whose divisions stand at its end, nothing between them, with these first; None where they don't.

    >>> behind_first("文三路90号西湖区杭州市浙江省")
    '浙江省杭州市西湖区文三路90号'
    """
    head: list[str] = []
    end = len(text)
    while len(head) < 3:
        size = next((n for n in range(_LONGEST_NAME, 1, -1) if n < end and is_division_name(text[end - n : end])), 0)
        if not size:
            break
        head.append(text[end - size : end])
        end -= size
    return "".join([*head, text[:end]]) if head and _NUMBERED.search(text, 0, end) else None


def take_brackets(text: str) -> tuple[str, str, str]:
    """A text without its brackets, the name of a building that stood in them, and the remarks.

    The bracketed name of a building is read as if it had no brackets: 体育西路101号(维多利广场)A座.
    """
    names: list[str] = []
    remarks: list[str] = []

    def one(match: re.Match[str]) -> str:
        inner = _GAP.sub("", match.group(1)).strip(EDGE)
        if inner and not names and ESTATE.search(inner) and not _REMARK.search(inner):
            names.append(inner)
            return inner
        if inner:
            remarks.append(inner)
        return ""

    text = _FREE_TRADE.sub(r"\1", text)
    for _ in range(3):
        text, found = _BRACKET.subn(one, text)
        if not found:
            break
    return text, "".join(names), "".join(f"({remark})" for remark in remarks)
