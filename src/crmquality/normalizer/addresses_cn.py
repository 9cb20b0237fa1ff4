"""Addresses in Han characters: noise off the ends, divisions, then road, number, estate, building, unit, floor, room.

The order of the steps is a contract: clean text, simplified Han, noise (labels, phone numbers, names, postcode),
divisions (`divisions.find_divisions`), town, road and number, what stands behind the number. What one expression reads
to the end is written again in one canonical form; what it cannot read to the end stays as it was written, and is
`detail`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from crmquality.normalizer.addresses_cn_grammar import EDGE, ESTATE, HAN, Parsed, read_below
from crmquality.normalizer.divisions import Place, find_divisions, is_division_name
from crmquality.normalizer.text import clean
from crmquality.normalizer.transliteration import to_simplified
from crmquality.tables import Normalized

_MAYBE_NOISE: Final = re.compile("[0-9]{6}|[:]")
_LABEL: Final = re.compile(
    f"^(?:[{HAN}]{{0,4}}地址|地\\s?址|住\\s?址|所在地|住所|add(?:ress)?)\\s?[:]\\s?|(?:所在)?地区:|(?:详细|街道)地址:",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    "(?:(?:联系)?电\\s?话|手\\s?机|tel|mobile|phone)\\s?[:]?\\s?(?:\\+?86[- ]?)?[0-9][0-9 -]{5,16}[0-9]"
    "|(?<![0-9-])(?:\\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9-])",
    re.IGNORECASE,
)
_POSTCODE: Final = re.compile(
    "(?:邮\\s?编|邮政编码|邮编号码)\\s?[:]?\\s?([0-9]{6})(?![0-9])"
    f"|^([0-9]{{6}})(?=[ ,，]|[{HAN}])"
    "|(?:[ ,，;(]|(?<=[号室楼座栋幢层房]))([0-9]{6})\\)?$"
)
_PERSON: Final = re.compile(
    f"(?:收件人|收货人|联系人|姓名)\\s?[:]?\\s?[{HAN}]{{2,4}}(?![{HAN}])|(?:收件人|收货人|联系人)[:]"
)
_LONE_NAME: Final = re.compile(f"^[{HAN}]{{2,4}}[ ,，;]+|(?<![ ,，;])[ ,，;]+[{HAN}]{{2,4}}$")
_ADDRESS_WORD: Final = re.compile("[省市区县州旗镇乡村路街巷道弄号楼栋幢座室院园城厦场店苑庄里港岛]")

_BRACKET: Final = re.compile(r"\(([^()]*)\)")
_REMARK: Final = re.compile("[0-9原旁对近侧]")
_FREE_TRADE: Final = re.compile(f"中国\\(([{HAN}]{{2,5}})\\)(?=自由贸易)")
_GAP_IN_LATIN: Final = re.compile("(?<=[0-9A-Za-z])[ ,，、;]+(?=[0-9A-Za-z])")
_GAP: Final = re.compile("[ ,，;。]+")
_PIECES: Final = re.compile("[ ,，;/|]+")
_AFTER_NUMBER: Final = re.compile("(.*?)(之.*|[甲乙丙丁]|)\\Z")


def strip_noise(text: str, issues: list[str]) -> tuple[str, str | None]:
    """An address without what delivery labels add to it, and the postcode that stood in it.

    >>> strip_noise("张三 13812345678 广东省广州市体育西路1号 510620", [])
    ('广东省广州市体育西路1号', '510620')
    """
    postcode: str | None = None
    before = text
    text = _LABEL.sub("", text)
    text, phones = _PHONE.subn(" ", text)
    text, persons = _PERSON.subn(" ", text)
    text = text.strip(EDGE)
    if found := _POSTCODE.search(text):
        postcode = next(group for group in found.groups() if group)
        text = (text[: found.start()] + " " + text[found.end() :]).strip(EDGE)
        issues.append("postcode_in_address")
    if phones and not persons:
        # beside a phone number, a word of two to four characters that is no place is who receives
        for lone in reversed(list(_LONE_NAME.finditer(text))):
            if not _ADDRESS_WORD.search(lone.group()):
                text = (text[: lone.start()] + " " + text[lone.end() :]).strip(EDGE)
    if phones or persons or (before != text and postcode is None):
        issues.append("annotation_removed")
    return text, postcode


def _divisions_first(text: str) -> str:
    """A text without spaces and commas; divisions that stand behind the street, each apart, are put before it."""
    if not _PIECES.search(text):
        return unicodedata.normalize("NFC", _GAP.sub("", text)).strip(EDGE)
    pieces = _PIECES.split(text)
    head: list[str] = []
    while len(pieces) > 1 and is_division_name(pieces[-1]):
        head.append(pieces.pop())
    if head and not is_division_name(pieces[0]):
        text = " ".join(head + pieces)
    # a sign that combines may have lost the space before it
    return unicodedata.normalize("NFC", _GAP.sub("", _GAP_IN_LATIN.sub("-", text))).strip(EDGE)


def _take_brackets(text: str) -> tuple[str, str, str]:
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

    for _ in range(3):
        text, found = _BRACKET.subn(one, text)
        if not found:
            break
    return text, "".join(names), "".join(f"({remark})" for remark in remarks)


def read_cn(value: str, *, fill: bool) -> tuple[Normalized, bool]:
    """One reading of an address in Han characters, as `addresses.normalize_address` documents it.

    Args:
        value: the cell.
        fill: whether divisions that are not written are taken from the table.

    Returns:
        The answer, and whether its value is known to read the same again.
    """
    text, found = clean(value)
    if text is None:
        return Normalized(None, {}, found), True
    issues = list(found)
    # 乾 is read qián in the names of places, and stays as it is: 乾县, 乾潭镇
    simple = "乾".join([to_simplified(piece) for piece in text.split("乾")]) if "乾" in text else to_simplified(text)
    if simple != text:
        issues.append("traditional")
    postcode, named, remark = None, "", ""
    noise = _MAYBE_NOISE.search(simple)
    if noise:
        simple, postcode = strip_noise(simple, issues)
    if not simple.isalnum():
        if "(" in simple:
            simple, named, remark = _take_brackets(_FREE_TRADE.sub(r"\1", simple))
        simple = _divisions_first(simple)
    place, end = find_divisions(simple, fill=fill)
    rest = simple[end:]
    parsed = read_below(rest)
    parsed.remark = remark
    written = _write(parsed, named)
    if place.issues:
        issues += place.issues
    elif fill and not place.written:
        issues.append("division_unknown")
    answer = Normalized(place.written + written or None, _parts(place, parsed, postcode), tuple(issues))
    if noise or remark or (parsed.room and "F" in parsed.room):
        return answer, False
    # what is written as it stood reads as it read; so does a road with its district when nothing is left over
    return answer, written == rest or bool(parsed.road and place.district and not (parsed.detail or parsed.locality))


def _write(parsed: Parsed, named: str) -> str:
    """The canonical text; a hyphen keeps apart what would run together, as in MSD-C3座.

    Args:
        parsed: what was read.
        named: the name that stood in brackets, and stays in them.
    """
    head = parsed.road or ""
    if parsed.number:
        number = parsed.number
        if number[-1].isdigit() and "之" not in number:
            head += number + ("号院" if parsed.yard else "号")
        elif number.endswith("弄"):
            head += number
        else:
            head += _AFTER_NUMBER.sub(r"\1号\2", number, count=1)
    if parsed.locality:
        head = _join(parsed.locality, head)
    inside = f"{parsed.building}{parsed.kind}" if parsed.building else ""
    if parsed.unit:
        inside += parsed.unit + "单元"
    if parsed.floor:
        inside += parsed.floor + "层"
    if parsed.room:
        inside += parsed.room + "室"
    if parsed.estate:
        inside = _join(f"({named})" if parsed.estate == named else parsed.estate, inside)
    return f"{parsed.town or ''}{head}{inside}{parsed.detail}{parsed.remark}"


def _join(left: str, right: str) -> str:
    apart = right and left[-1].isascii() and right[0].isascii() and left[-1].isalnum() and right[0].isalnum()
    return f"{left}-{right}" if apart else left + right


def room_key(building: str | None, unit: str | None, room: str | None) -> str | None:
    """Building, unit and room as one comparable string; the places of those before a given one stay open.

    >>> room_key("8", None, "245"), room_key("8", "2", "245"), room_key("8", None, None), room_key(None, None, "245")
    ('8-245', '8-2-245', '8-', '245')
    """
    if not (building or unit or room):
        return None
    if unit:
        return f"{building or ''}-{unit}-{room or ''}".lower()
    if building:
        return f"{building}-{room or ''}".lower()
    return (room or "").lower()


def _parts(place: Place, parsed: Parsed, postcode: str | None) -> dict[str, str | None]:
    room = room_key(parsed.building, parsed.unit, parsed.room)
    street = f"{parsed.road}{parsed.number}".lower() if parsed.road and parsed.number else None
    detail = parsed.locality + parsed.detail + parsed.remark
    key = None
    inside = [parsed.estate or "", room or (f"{parsed.floor}f" if parsed.floor else "")]
    head = f"{parsed.road or ''}{parsed.number or ''}" or parsed.locality
    if head or any(inside) or parsed.detail:
        key = "|".join([head, *inside] + ([parsed.detail] if parsed.detail else [])).lower()
    return {
        "province": place.province,
        "city": place.city,
        "district": place.district,
        "zone": place.zone,
        "town": parsed.town,
        "road": parsed.road,
        "number": parsed.number,
        "estate": parsed.estate,
        "building": parsed.building,
        "unit": parsed.unit,
        "floor": parsed.floor,
        "room": parsed.room,
        "detail": detail or None,
        "postcode": postcode,
        "adcode": place.adcode,
        "candidates": " ".join(place.candidates) or None,
        "road_key": parsed.road,
        "street_key": street,
        "room_key": room,
        "key": key,
    }
