"""Addresses in Han characters: noise off the ends, divisions, then road, number, estate, building, unit, floor, room.

The order of the steps is a contract: clean text, simplified Han, noise (labels, phone numbers, names, postcode),
divisions (`divisions.find_divisions`), town, road and number, what stands behind the number. What one expression reads
to the end is written again in one canonical form; what it cannot read to the end stays as it was written, and is
`detail`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from crmquality.normalizer.divisions import Place, find_divisions
from crmquality.normalizer.text import clean
from crmquality.normalizer.transliteration import to_simplified
from crmquality.tables import Normalized

_MAX_PARSED: Final = 120
"""Characters of the part below the divisions that the grammar reads; a longer one is a letter, not an address."""

_HAN: Final = "一-龥"
_NUMERAL: Final = "一二两三四五六七八九十百零〇"
_DIGIT_OF: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}

# --- noise ------------------------------------------------------------------------------------------------------------
_MAYBE_NOISE: Final = re.compile("[0-9]{6}|[:]|^[0-9]{6}")
_LABEL: Final = re.compile(
    f"^(?:[{_HAN}]{{0,4}}地址|地\\s?址|住\\s?址|所在地|住所|add(?:ress)?)\\s?[:]\\s?|(?:所在)?地区:|(?:详细|街道)地址:", re.IGNORECASE
)
_PHONE: Final = re.compile(
    "(?:(?:联系)?电\\s?话|手\\s?机|tel|mobile|phone)\\s?[:]?\\s?(?:\\+?86[- ]?)?[0-9][0-9 -]{5,16}[0-9]"
    "|(?<![0-9-])(?:\\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9-])",
    re.IGNORECASE,
)
_POSTCODE: Final = re.compile(
    "(?:邮\\s?编|邮政编码|邮编号码)\\s?[:]?\\s?([0-9]{6})(?![0-9])"
    f"|^([0-9]{{6}})(?=[ ,，]|[{_HAN}])"
    "|(?:[ ,，;(]|(?<=[号室楼座栋幢层房]))([0-9]{6})\\)?$"
)
_PERSON: Final = re.compile(f"(?:收件人|收货人|联系人|姓名)\\s?[:]?\\s?[{_HAN}]{{2,4}}(?![{_HAN}])|(?:收件人|收货人|联系人)[:]")
_LONE_NAME: Final = re.compile(f"^[{_HAN}]{{2,4}}[ ,，;]+|[ ,，;]+[{_HAN}]{{2,4}}$")
_ADDRESS_WORD: Final = re.compile("[省市区县州旗镇乡村路街巷道弄号楼栋幢座室院园城厦场店苑庄里港岛]")
_EDGE: Final = " ,，、;；:。.|/-_·"

# --- grammar ----------------------------------------------------------------------------------------------------------
_BRACKET: Final = re.compile(r"\(([^()]*)\)")
_REMARK: Final = re.compile("[0-9原旁对近侧]")
_GAP_IN_LATIN: Final = re.compile("(?<=[0-9A-Za-z])[ ,，、;]+(?=[0-9A-Za-z])")
_GAP: Final = re.compile("[ ,，;。]+")
_TOWN: Final = re.compile(
    "[^路街道弄号村0-9A-Za-z区()-]{1,8}?(?:街道(?:办事处)?|(?<![城思])[镇乡]|苏木)(?![路街道村巷弄]|[东西南北中]?[大]?[路街]|[广大]|[一-龥]?[工中小]学|政府)"
)
_PLACE: Final = re.compile(
    f"[{_HAN}]{{1,10}}?(?=[社居村行自工科产软商开小农林])(?:社区居委会|居委会|村委会|社区|行政村|自然村|村(?![路街巷大])|工业园区?|科技园区?|产业园区?|软件园区?|工业区|商务区|开发区|居民区|小区|农场|林场)"
    f"(?=[{_HAN}0-9])"
)
_ROAD: Final = re.compile(
    "(?:[GSXYZ][0-9]{1,4}|[0-9]{1,4}(?=[国省县乡]道))?"
    "(?:[^0-9 ,()号#栋幢座室区、/-]{1,14}?|[^0-9 ,()号#栋幢座室区、/-]{1,8}[0-9]{1,2}(?=[路街道巷段]))"
    "(?=[大公马环胡路街国省县专支小横直巷道弄里])(?:大道|大街|公路|马路|环路|胡同|路|街|国道|省道|县道|专线|(?:[支小横直]?[巷道弄里](?=[0-9甲乙丙丁附东西南北中]|$)))"
    "(?:[东西南北中上下前后内外]?[一二三四五六七八九十]{0,2}(?:段|支路|大?[路街]|[巷弄](?=[0-9]))|[0-9]{1,2}段|[东西南北](?=[0-9]))?(?![口园])"
)
_NUMBER: Final = re.compile(
    "(?P<number>[甲乙丙丁附临]?(?:[0-9]{1,5}[A-Za-z]?(?:[-~至、/][0-9]{1,4}[A-Za-z]?){0,4}|[一二三四五六七八九十百]{1,4}))"
    "(?:(?P<lane>弄)|(?:(?:号|#)(?!楼|公寓楼|厅|门|库|馆)(?P<after>-[0-9]{1,2}(?=[^0-9]|$)|之[0-9一二三四五六七八九十]+|[甲乙丙丁](?=[0-9-]|$))?)(?:大?院(?!士))?"
    "|院(?!士))"
)
_AFTER_NUMBER: Final = re.compile("(.*?)(弄|之.*|[甲乙丙丁])?\\Z")
_BARE_NUMBER: Final = re.compile("(?P<number>[0-9]{1,5})(?=[^0-9A-Za-z号#栋幢座楼层室单弄米期路街道巷-]|$)")

_ANY_NUMBER: Final = f"(?:[A-Za-z]{{0,2}}[0-9]{{1,4}}[A-Za-z]?|[{_NUMERAL}]{{1,3}}|[A-Za-z])"
_ROOM_NUMBER: Final = (
    "(?:[A-Za-z]{0,2}-?[0-9]{1,5}[A-Za-z]?(?:[-~、/,][A-Za-z]?[0-9]{1,5}[A-Za-z]?){0,3}|[A-Za-z]|[零〇一二三四五六七八九]{3,4})"
)
_FLOOR: Final = f"(?:-?[BF]?[0-9]{{1,3}}|[{_NUMERAL}]{{1,3}}|[底顶])"
_TAIL: Final = re.compile(
    f"(?P<estate>(?:[^0-9A-Za-z#,()、-]|[A-Za-z]{{3,}}|(?<=[{_HAN}])[A-Za-z](?=[{_HAN}]{{2}}))*?)"
    f"(?=[0-9A-Za-z#{_NUMERAL}东西南北中主附裙甲乙丙丁第底顶-]|$)"
    f"(?:-?(?P<building>[A-Za-z]?[0-9]{{1,3}}-[0-9]{{1,2}}(?=栋|幢|座|号楼)|{_ANY_NUMBER}|[东西南北中主附裙](?=[塔座楼])|[甲乙丙丁](?=[座栋幢楼]))"
    f"(?P<kind>号楼|号院|号栋|号幢|栋楼?|幢楼?|座楼?|#楼?|塔楼?|号(?=-?(?:[0-9A-Z]|[{_NUMERAL}]+[楼层]))"
    f"|楼(?=-?(?:[0-9{_NUMERAL}A-Z]+(?:单元|门|[楼层]))))(?:[A-Z](?=区))?)?"
    f"(?:-?(?P<unit>{_ANY_NUMBER})(?:单元|门|梯))?"
    f"(?:-?第?(?P<floor>{_FLOOR}(?:[楼层Ff]?[-~、和至/]{_FLOOR}){{0,3}})(?:楼|层|[Ff](?![A-Za-z0-9])))?"
    f"(?:-?(?P<part>[A-Z东西南北](?=[座塔区])))?(?(part)[座塔区])"
    f"(?:-?(?P<room>{_ROOM_NUMBER})(?P<door>室|号?房间?|号|户|单元|铺|#)?)?$"
)
_SPLIT_NUMBER: Final = re.compile(r"(?P<building>[0-9]{1,3})-(?:(?P<unit>[0-9]{1,2})-)?(?P<room>[0-9]{2,5}[A-Za-z]?)\Z")
_KINDS: Final = {"栋": "栋", "栋楼": "栋", "幢": "幢", "幢楼": "幢", "号楼": "号楼", "塔": "塔", "塔楼": "塔", "楼": "楼"}
"""How a building with a letter or a word for its number is written again."""
_BETWEEN_FLOORS: Final = re.compile("[楼层Ff]?[-~、和至/]")
_JOINTS: Final = str.maketrans("~、/至和,", "------", "楼层")
_ESTATE: Final = re.compile(
    "(?:小区|花园|花苑|家园|公寓|大厦|商厦|大楼|广场|中心|国际|商城|新城|新村|[苑园城府湾庭轩阁墅居邸座厦厂院场馆店庄里坊邨])\\Z"
)
_ROAD_LATER: Final = re.compile(
    f"([{_HAN}0-9A-Za-z]{{1,16}}?(?:区|园|城|基地|中心|[A-Za-z]))(?=[^\x00-\x7f区]{{1,8}}?(?:大道|大街|公路|路|街)[0-9]{{1,5}}[号弄#])"
)
_DIGITS_BEFORE_ROAD: Final = re.compile("([0-9]{1,2})(?=[路街道巷段])")


@dataclass(slots=True)
class _Parsed:
    """The part of an address below its divisions."""

    town: str | None = None
    locality: str = ""
    road: str | None = None
    number: str | None = None
    estate: str | None = None
    building: str | None = None
    kind: str = ""
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    detail: str = ""
    remark: str = ""


def _numeral(text: str) -> str:
    """Chinese numerals as digits, up to 199: 十一 is 11, 二十 is 20, 三〇二 is 302; anything else in upper case."""
    if text.isascii():
        return text.upper()
    if "十" not in text and "百" not in text:
        return "".join(str(_DIGIT_OF.get(c, c)) for c in text)
    hundreds, _, rest = text.rpartition("百")
    tens, found, ones = rest.rpartition("十")
    total = _DIGIT_OF.get(hundreds[-1:], 0) * 100
    if found:
        total += _DIGIT_OF.get(tens[-1:], 1 if not tens.strip("零〇") else 0) * 10
    return str(total + _DIGIT_OF.get(ones[-1:], 0))


def _chinese(digits: str) -> str:
    """1 to 99 in Chinese numerals, for the names of roads: 中山3路 is 中山三路."""
    value = int(digits)
    tens, ones = divmod(value, 10)
    signs = "零一二三四五六七八九"
    if not tens:
        return signs[ones]
    return ("" if tens == 1 else signs[tens]) + "十" + (signs[ones] if ones else "")


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
    text = text.strip(_EDGE)
    if found := _POSTCODE.search(text):
        postcode = next(group for group in found.groups() if group)
        text = (text[: found.start()] + " " + text[found.end() :]).strip(_EDGE)
        issues.append("postcode_in_address")
    if phones and not persons:
        # beside a phone number, a word of two to four characters that is no place is who receives
        for lone in reversed(list(_LONE_NAME.finditer(text))):
            if not _ADDRESS_WORD.search(lone.group()):
                text = (text[: lone.start()] + " " + text[lone.end() :]).strip(_EDGE)
    if phones or persons or (before != text and postcode is None):
        issues.append("annotation_removed")
    return text, postcode


def _read(text: str) -> _Parsed:
    """The grammar below the divisions."""
    parsed = _Parsed()
    if len(text) > _MAX_PARSED:
        parsed.detail = text
        return parsed
    position = 0
    if found := _TOWN.match(text):
        parsed.town = found.group().removesuffix("办事处")
        position = found.end()
    position = _read_road(text, position, parsed)
    _read_tail(text[position:], parsed)
    return parsed


def _read_road(text: str, position: int, parsed: _Parsed) -> int:
    """The road and the number on it, with the name of the locality that may stand before; where they end."""
    road = _ROAD.match(text, position)
    place = _PLACE.match(text, position)
    if place and (road is None or place.end() < road.end()):
        after = _ROAD.match(text, place.end())
        if after or place.group().endswith(("村", "社区", "会")):
            parsed.locality = place.group()
            position = place.end()
            road = after
    if road is None and (road := _ROAD_LATER.match(text, position)):
        parsed.locality += road.group(1)
        position = road.end(1)
        road = _ROAD.match(text, position)
    if road:
        position = road.end()
        if (second := _ROAD.match(text, position)) and _NUMBER.match(text, second.end()) and not text[position].isdigit():
            parsed.locality += road.group()
            road, position = second, second.end()
        parsed.road = _DIGITS_BEFORE_ROAD.sub(lambda m: _chinese(m.group()), road.group())
        if text.startswith(("第", "-"), position):
            position += 1
    number = _NUMBER.match(text, position)
    if number is None and road:
        number = _BARE_NUMBER.match(text, position)
    if number is None:
        return position
    groups = number.groupdict()
    digits = groups["number"] or ""
    if digits[-1:] in _NUMERAL:
        if not road:
            return position
        digits = digits[:1] * (digits[0] not in _NUMERAL) + _numeral(digits.lstrip("甲乙丙丁附临"))
    parsed.number = digits.translate(_JOINTS).upper() + (groups.get("after") or "") + (groups.get("lane") or "")
    return number.end()


def _take_brackets(text: str) -> tuple[str, str, str]:
    """A text without its brackets, the name of a building that stood in them, and the remarks.

    The bracketed name of a building is read as if it had no brackets: 体育西路101号(维多利广场)A座.
    """
    names: list[str] = []
    remarks: list[str] = []

    def one(match: re.Match[str]) -> str:
        inner = _GAP.sub("", match.group(1)).strip(_EDGE)
        if inner and not names and _ESTATE.search(inner) and not _REMARK.search(inner):
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


def _read_tail(tail: str, parsed: _Parsed) -> None:
    tail = tail.strip(_EDGE)
    if not tail:
        return
    match = _TAIL.match(tail)
    if match is None:
        parsed.detail = tail
        return
    estate, building, kind, unit, floor, part, room, door = match.groups()
    if not (building or unit or floor or part) and not (door if room else _ESTATE.search(estate)):
        # a word alone, or a number alone: neither is known to be the name of a building, or of a room
        if not room or not (estate or parsed.road):
            parsed.detail = tail
            return
    if room and door == "号" and not building and not parsed.number and not parsed.road:
        parsed.estate, parsed.building, parsed.kind = estate or None, room.upper(), "号"
        return
    if room and not building and not unit and not door and (split := _SPLIT_NUMBER.match(room)):
        building, unit, room = split.group("building"), split.group("unit"), split.group("room")
        kind = "号楼"
    if room and door == "号" and not building and (parsed.number or "").endswith("弄"):
        building, kind, room = room, "号楼", None
    if part and not building:
        building, kind, part = part, "座", None
    parsed.estate = estate or None
    if building:
        parsed.building = _numeral(building)
        parsed.kind = "号楼" if parsed.building.replace("-", "").isdigit() else _KINDS.get(kind, "座")
    parsed.unit = _numeral(unit) if unit else None
    parsed.floor = _floors(floor) if floor else None
    parsed.room = _numeral(room).translate(_JOINTS) if room else None
    if part:
        parsed.detail = part + "区"


def _floors(text: str) -> str:
    return "-".join(_numeral(floor) for floor in _BETWEEN_FLOORS.split(text) if floor)


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
    simple = to_simplified(text)
    if simple != text:
        issues.append("traditional")
    postcode, named, remark = None, "", ""
    if _MAYBE_NOISE.search(simple):
        simple, postcode = strip_noise(simple, issues)
    if not simple.isalnum():
        if "(" in simple:
            simple, named, remark = _take_brackets(simple)
        simple = _GAP.sub("", _GAP_IN_LATIN.sub("-", simple)).strip(_EDGE)
    place = find_divisions(simple, fill=fill)
    parsed = _read(simple[place.end :])
    parsed.remark = remark
    value_out = place.written + _write(parsed, named)
    if place.issues:
        issues += place.issues
    elif fill and not place.written:
        issues.append("division_unknown")
    sure = not (parsed.detail or parsed.locality or remark or place.zone) and bool(place.district and parsed.road)
    return Normalized(value_out or None, _parts(place, parsed, postcode), tuple(issues)), sure


def _write(parsed: _Parsed, named: str) -> str:
    """The canonical text; a hyphen keeps apart what would run together, as in MSD-C3座.

    Args:
        parsed: what was read.
        named: the name that stood in brackets, and stays in them.
    """
    out = [parsed.town or "", parsed.locality, parsed.road or ""]
    if parsed.number:
        digits, after = _AFTER_NUMBER.match(parsed.number).groups("")
        out.append(parsed.number if after == "弄" else f"{digits}号{after}")
    if parsed.estate:
        out.append(f"({named})" if parsed.estate == named else parsed.estate)
    if parsed.building:
        out.append(parsed.building + parsed.kind)
    if parsed.unit:
        out.append(parsed.unit + "单元")
    if parsed.floor:
        out.append(parsed.floor + "层")
    if parsed.room:
        out.append(parsed.room + "室")
    out += [parsed.detail, parsed.remark]
    text = ""
    for piece in out:
        if piece:
            text += "-" + piece if piece[0].isascii() and text[-1:].isascii() and piece[0].isalnum() and text[-1:].isalnum() else piece
    return text


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


def _parts(place: Place, parsed: _Parsed, postcode: str | None) -> dict[str, str | None]:
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
