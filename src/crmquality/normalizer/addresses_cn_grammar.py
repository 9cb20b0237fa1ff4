"""The grammar of a Chinese address below its divisions: town, road, number, estate, building, unit, floor, room.

One expression reads what stands behind the number, to the end or not at all. What it cannot read to the end stays as
it is written, so that nothing is ever lost between two parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MAX_PARSED: Final = 120
"""Characters that the grammar reads; a longer text is a letter, not an address."""

HAN: Final = "一-龥"
EDGE: Final = " ,，、;；:。.|/-_·"
"""Signs that mean nothing at either end of a part."""
_NUMERAL: Final = "一二两三四五六七八九十百零〇"
_DIGIT_OF: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}

_TOWN: Final = re.compile(
    "[^路街道弄号村0-9A-Za-z区()-]{1,8}?(?:街道(?:办事处)?|(?<![城思])[镇乡]|苏木)(?![路街道村巷弄]|[东西南北中]?[大]?[路街]|[广大]|[一-龥]?[工中小]学|政府)"
)
_PLACE: Final = re.compile(
    f"[{HAN}]{{1,10}}?(?=[社居村行自工科产软商开小农林])(?:社区居委会|居委会|村委会|社区|行政村|自然村|村(?![路街巷大])|工业园区?|科技园区?|产业园区?|软件园区?|工业区|商务区|开发区|居民区|小区|农场|林场)"
    f"(?=[{HAN}0-9])"
)
_ROAD: Final = re.compile(
    "(?:[GSXYZ][0-9]{1,4}|[0-9]{1,4}(?=[国省县乡]道))?"
    "(?:[^0-9 ,()号#栋幢座室区、/-]{1,14}?|[^0-9 ,()号#栋幢座室区、/-]{1,8}[0-9]{1,2}(?=[路街道巷段]))"
    "(?=[大公马环胡路街国省县专支小横直巷道弄里])(?:大道|大街|公路|马路|环路|胡同|路|街|国道|省道|县道|专线|(?:[支小横直]?[巷道弄里](?=[0-9甲乙丙丁附东西南北中]|$)))"
    "(?:[东西南北中上下前后内外]?[一二三四五六七八九十]{0,2}(?:段|支路|大?[路街]|[巷弄](?=[0-9]))|[0-9]{1,2}段|[东西南北](?=[0-9]))?(?![口园])"
)
_NUMBER: Final = re.compile(
    "(?P<number>[甲乙丙丁附临]?(?:[0-9]{1,5}[A-Za-z]?(?:[-~至、/][0-9]{1,4}[A-Za-z]?){0,4}|[一二三四五六七八九十百]{1,4}))"
    "(?:(?P<lane>弄)|(?:(?:号|#)(?!楼|公寓楼|厅|门|库|馆)(?P<after>-[0-9]{1,2}(?=[^0-9]|$)|之[0-9一二三四五六七八九十]+|[甲乙丙丁](?=[0-9-]|$))?)(?P<yard>大?院(?!士))?"
    "|院(?!士))"
)
_BARE_NUMBER: Final = re.compile("[0-9]{1,5}(?=[^0-9A-Za-z号#栋幢座楼层室单弄米期路街道巷-]|$)")

_ANY_NUMBER: Final = f"(?:[A-Za-z]{{0,2}}[0-9]{{1,4}}[A-Za-z]?|[{_NUMERAL}]{{1,3}}|[A-Za-z])"
_ROOM_NUMBER: Final = (
    "(?:[A-Za-z]{0,2}-?[0-9]{1,5}[A-Za-z]?(?:[-~、/,][A-Za-z]?[0-9]{1,5}[A-Za-z]?){0,3}"
    "|[A-Za-z]|[零〇一二三四五六七八九]{3,4})"
)
_FLOOR: Final = f"(?:-?[BF]?[0-9]{{1,3}}|[{_NUMERAL}]{{1,3}}|[底顶])"
_TAIL: Final = re.compile(
    f"(?P<estate>(?:[^0-9A-Za-z#,()、-]|[A-Za-z]{{3,}}|(?<=[{HAN}])[A-Za-z](?=[{HAN}]{{2}}))*?)"
    f"(?=[0-9A-Za-z#{_NUMERAL}东西南北中主附裙甲乙丙丁第底顶-]|$)"
    f"(?:-?(?P<building>[A-Za-z]?[0-9]{{1,3}}-[0-9]{{1,2}}(?=栋|幢|座|号楼)|{_ANY_NUMBER}|[东西南北中主附裙](?=[塔座楼])|[甲乙丙丁](?=[座栋幢楼]))"
    f"(?P<kind>号楼|号院|号栋|号幢|栋楼?|幢楼?|座楼?|#楼?|塔楼?|号(?=-?(?:[0-9A-Z]|[{_NUMERAL}]+[楼层]))"
    f"|楼(?=-?(?:[0-9{_NUMERAL}A-Z]+(?:单元|门|[楼层]))))(?:[A-Z](?=区))?)?"
    f"(?:-?(?P<unit>{_ANY_NUMBER})(?:单元|门|梯))?"
    f"(?:-?第?(?P<floor>{_FLOOR}(?:[楼层Ff]?[-~、和至/]{_FLOOR}){{0,3}})(?:楼|层|[Ff](?![A-Za-z0-9])))?"
    f"(?:-?(?P<part>[A-Z东西南北][座塔区]))?"
    f"(?:-?(?P<room>{_ROOM_NUMBER})(?P<door>室|号?房间?|号|户|单元|铺|#)?)?$"
)
_SPLIT_NUMBER: Final = re.compile(r"(?P<building>[0-9]{1,3})-(?:(?P<unit>[0-9]{1,2})-)?(?P<room>[0-9]{2,5}[A-Za-z]?)\Z")
_KINDS: Final = {
    "栋": "栋",
    "栋楼": "栋",
    "幢": "幢",
    "幢楼": "幢",
    "号楼": "号楼",
    "塔": "塔",
    "塔楼": "塔",
    "楼": "楼",
    "区": "区",
    "号": "号",
}
"""How a building with a letter or a word for its number is written again."""
_BETWEEN_FLOORS: Final = re.compile("[楼层Ff]?[-~、和至/]")
_JOINTS: Final = str.maketrans("~、/至和,", "------", "楼层")
ESTATE: Final = re.compile(
    "(?:小区|花园|花苑|家园|公寓|大厦|商厦|楼|广场|中心|国际|商城|新城|新村|[苑园城府湾庭轩阁墅居邸座厦厂院场馆店庄里坊邨])\\Z"
)
_ROAD_LATER: Final = re.compile(
    f"([{HAN}0-9A-Za-z]{{1,16}}?(?:区|园|城|基地|中心|[A-Za-z]))(?=[^\x00-\x7f区]{{1,8}}?(?:大道|大街|公路|路|街)[0-9]{{1,5}}[号弄#])"
)
_DIGITS_BEFORE_ROAD: Final = re.compile("([0-9]{1,2})(?=[路街道巷段])")


@dataclass(slots=True)
class Parsed:
    """The part of an address below its divisions."""

    town: str | None = None
    locality: str = ""
    road: str | None = None
    number: str | None = None
    yard: bool = False
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


def read_below(text: str) -> Parsed:
    """The part of an address below its divisions.

    Args:
        text: simplified Han without spaces, commas and brackets.

    >>> parsed = read_below("天府大道998号嘉都花园十一号楼2单元302室")
    >>> parsed.road, parsed.number, parsed.estate, parsed.building, parsed.unit, parsed.room
    ('天府大道', '998', '嘉都花园', '11', '2', '302')
    """
    parsed = Parsed()
    if len(text) > MAX_PARSED:
        parsed.detail = text
        return parsed
    position = 0
    if found := _TOWN.match(text):
        parsed.town = found.group().removesuffix("办事处")
        position = found.end()
    position = _read_road(text, position, parsed)
    _read_tail(text[position:], parsed)
    return parsed


def _read_road(text: str, position: int, parsed: Parsed) -> int:
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
        if (
            not text[position : position + 1].isdigit()
            and (second := _ROAD.match(text, position))
            and _NUMBER.match(text, second.end())
        ):
            parsed.locality += road.group()
            road, position = second, second.end()
        name = road.group()
        parsed.road = name if name.isalpha() else _DIGITS_BEFORE_ROAD.sub(lambda m: _chinese(m.group()), name)
        if text.startswith(("第", "-"), position):
            position += 1
    return _read_number(text, position, parsed)


def _read_number(text: str, position: int, parsed: Parsed) -> int:
    """The number on the road, with what makes it another one (甲12号, 22号之一, 955弄), and where it ends."""
    number = _NUMBER.match(text, position)
    if number is None:
        bare = _BARE_NUMBER.match(text, position) if parsed.road else None
        if bare is None:
            return position
        parsed.number = bare.group()
        return bare.end()
    if (
        not parsed.road
        and number.group()[-1] == "#"
        and text[number.end() : number.end() + 2].lstrip("-")[:1].isdigit()
    ):
        return position  # 7#2692: a building and a room
    digits, lane, after, yard = number.groups()
    if digits[-1] in _NUMERAL:
        if not parsed.road:
            return position
        digits = digits[:1] * (digits[0] not in _NUMERAL) + _numeral(digits.lstrip("甲乙丙丁附临"))
    if not digits.isdigit():
        digits = digits.translate(_JOINTS).upper()
    parsed.number = digits + (after or "") + (lane or "")
    parsed.yard = yard is not None or number.group().endswith("院")
    return number.end()


def _read_tail(tail: str, parsed: Parsed) -> None:
    """What stands behind the number: all of it, or it is detail."""
    tail = tail.strip(EDGE)
    if not tail:
        return
    match = _TAIL.match(tail)
    if match is None:
        parsed.detail = tail
        return
    estate, building, kind, unit, floor, part, room, door = match.groups()
    if not (building or unit or floor or part):
        named = bool(door) if room else ESTATE.search(estate) is not None
        if not named and not (room and (estate or parsed.road)):
            # a word alone, or a number alone: neither is known to be the name of a building, or of a room
            parsed.detail = tail
            return
    if room and not building:
        if door == "号" and not parsed.number and not parsed.road:
            building, kind, room = room, "号", None
        elif door == "号" and (parsed.number or "").endswith("弄"):
            building, kind, room = room, "号楼", None
        elif not door and not unit and (split := _SPLIT_NUMBER.match(room)):
            building, unit, room = split.groups()
            kind = "号楼"
    if part and not building:
        building, kind, part = part[0], part[1], None
    parsed.estate = estate or None
    _set_building(parsed, building, kind)
    parsed.unit = _numeral(unit) if unit else None
    parsed.floor = _floors(floor) if floor else None
    if room:
        parsed.room = room if room.isdigit() and room.isascii() else _numeral(room).translate(_JOINTS)
    parsed.detail = part or ""


def _set_building(parsed: Parsed, building: str | None, kind: str | None) -> None:
    if building:
        parsed.building = _numeral(building)
        only_number = kind == "号" and not (parsed.road or parsed.number)
        numbered = parsed.building.replace("-", "").isdigit() and not only_number
        parsed.kind = "号楼" if numbered else _KINDS.get(kind or "", "座")


def _floors(text: str) -> str:
    return "-".join(_numeral(floor) for floor in _BETWEEN_FLOORS.split(text) if floor)
