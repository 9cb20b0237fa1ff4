"""The grammar of a Chinese address below its divisions: town, road, number, estate, building, unit, floor, room.

One expression reads what stands behind the number, to the end or not at all. What it cannot read to the end stays as
it is written, so that nothing is ever lost between two parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from crmquality.normalizer.division_names import WITHOUT_COUNTIES

MAX_PARSED: Final = 120
"""Characters that the grammar reads; a longer text is a letter, not an address."""

HAN: Final = "一-龥"
EDGE: Final = " ,，、;；:。.|/-_·"
"""Signs that mean nothing at either end of a part."""
_NUMERAL: Final = "一二两三四五六七八九十百零〇"
_DIGIT_OF: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}

_TOWN: Final = re.compile(
    "[^路街道弄号村0-9A-Za-z区()-]{1,8}?(?:街道(?:办事处)?|办事处|(?<![城思])[镇乡]|苏木)"
    "(?![路街道村巷弄]|[东西南北中]?[大]?[路街]|[广大]|[一-龥]?[工中小]学|政府)|[0-9]{1,3}团(?=[^0-9部]|$)"
)
_HONG_KONG: Final = re.compile(
    "(?:香港岛|港岛|九龙|新界)?(?:(?:尖沙咀东?|尖东|旺角|油麻地|深水埗|红磡|土瓜湾|何文田|九龙塘|九龙城|九龙湾|九龙|观塘|牛头角|蓝田|黄大仙|钻石山"
    "|新蒲岗|长沙湾|荔枝角|美孚|大角咀|佐敦|中环|上环|西环|坚尼地城|西营盘|金钟|湾仔|铜锣湾|天后|炮台山|北角|鲗鱼涌|太古城?|筲箕湾|柴湾|小西湾"
    "|香港仔|鸭脷洲|黄竹坑|赤柱|跑马地|半山|山顶|沙田|大围|火炭|马鞍山|大埔|粉岭|上水|元朗|天水围|屯门|荃湾|葵涌|葵芳|青衣|将军澳|西贡|东涌|赤鱲角|长洲)"
    "|(?<=新界)|(?<=九龙)|(?<=港岛))(?=[^道路街区])"
)
_TOWN_DISTRICT: Final = re.compile(f"[{HAN}]{{2}}区(?=[{HAN}])")
_PLACE: Final = re.compile(
    f"[{HAN}]{{1,10}}?(?=[社居村行自工科产软商开小农林])(?:(?:社区居委会|居委会|村委会|社区|行政村|自然村"
    "|(?<!中关)(?<!新)村(?![路街巷大]|软件|科技|商务|[口站医]|[小中]学))(?:第?(?P<group>[0-9一二三四五六七八九十]{1,3})(?P<team>村民小组|小组|组|队|社))?"
    "|工业园区?|科技园区?|产业园区?|软件园区?|工业区|商务区|开发区|居民区|小区|农场|林场)"
    f"(?=[{HAN}0-9]|(?<=[组队社])\\Z)"
)
_ROAD: Final = re.compile(
    "[0-9]{1,3}号(?:大街|公路|路|街)(?!坊)|"
    "(?:[GSXYZ][0-9]{1,4}|[0-9]{1,4}(?=[国省县乡]道))?"
    "(?:[^0-9 ,()号#栋幢座室区、/-]{1,14}?|[^0-9 ,()号#栋幢座室区、/-]{1,8}[0-9]{1,2}(?=[路街道巷段]))"
    "(?=[大公马环胡路街国省县专支小横直巷道弄里])(?:大道|大街|公路|马路|环路|胡同|路|街|国道|省道|县道|专线|(?:[支小横直]?[巷道弄里](?=[0-9甲乙丙丁附东西南北中]|$)))"
    "(?:[东西南北中上下前后内外]?[一二三四五六七八九十]{0,2}(?:段|支路|大?[路街]|[巷弄](?=[0-9]))|[0-9]{1,2}段|[东西南北中](?=[0-9]))?(?![口园坊道])"
)
_AREA_OF_ROAD: Final = re.compile(
    f"(?:[{HAN}0-9]{{1,10}}(?:新城|广场)|[{HAN}0-9]{{0,10}}(?:科技|软件|工业|产业|创业|物流)园(?:[一二三四五六七八九十东西南北中]?[期区])?)"
    "(?=[^东西南北中上下一二三四五六七八九十大路街巷道][^路街巷道])"
)
"""What stands before a road without being part of its name: 珠江新城 in 珠江新城华夏路."""
_BLOCK: Final = re.compile(f"[0-9{_NUMERAL}]{{1,3}}号?街坊")
_NUMBER: Final = re.compile(
    "(?P<alley>[0-9]{1,4}巷(?:[0-9]{1,4}弄)?)?"
    "(?P<number>[甲乙丙丁附副临]?(?:[0-9]{1,5}(?:[A-Za-z]|[甲乙丙丁](?=号)|之[0-9一二三四五六七八九十]{1,2}(?=号))?(?:[-~至、/](?:[0-9]{1,4}[A-Za-z]?|[A-Za-z](?=号))){0,4}|[一二三四五六七八九十百]{1,4}))"
    "(?:(?P<lane>弄(?:[0-9]{1,4}支?弄)?)|(?:(?:号|#)(?!楼|公寓楼|厅|门|库|馆|街坊)"
    "(?P<after>-[0-9]{1,2}(?=[^0-9楼层Ff]|$)|[、/][0-9]{1,4}号(?![楼院])|之[0-9一二三四五六七八九十]+号?|附[0-9]{1,4}号|[甲乙丙丁](?=[0-9-]|$))?)(?P<yard>大?院(?!士))?(?P<more>附[0-9]{1,4}号)?"
    "|院(?!士))"
)
_ALLEY: Final = re.compile("[0-9]{1,4}巷(?:[0-9]{1,4}弄)?(?=$|[^0-9])")
_BARE_NUMBER: Final = re.compile("[0-9]{1,5}(?=[^0-9A-Za-z.号#栋幢座楼层室单弄米期路街道巷-]|$)")

_ANY_NUMBER: Final = f"(?:[A-Za-z]{{0,2}}[0-9]{{1,4}}[A-Za-z甲乙丙丁]?|[{_NUMERAL}]{{1,3}}|[A-Za-z])"
_ROOM_NUMBER: Final = (
    "(?:[A-Za-z]{0,2}-?[0-9]{1,5}[A-Za-z]?(?:[-~、/,][A-Za-z]?[0-9]{1,5}[A-Za-z]?){0,3}"
    "|[A-Za-z]|[零〇一二三四五六七八九]{3,4})"
)
_FLOOR: Final = f"(?:(?:地下|负|-)?[BF]?[0-9]{{1,3}}|(?:地下|负)?[{_NUMERAL}]{{1,3}}|[底顶])"
_TAIL: Final = re.compile(
    f"(?P<estate>(?:[^0-9A-Za-z#,()、-]|[A-Za-z]{{3,}}|(?<=[{HAN}])[A-Za-z](?=[{HAN}]{{2}}))*?)"
    f"(?=[0-9A-Za-z#{_NUMERAL}东西南北中主附裙甲乙丙丁第底顶负地-]|$)"
    f"(?:-?(?P<building>[A-Za-z]?[0-9]{{1,3}}-[0-9]{{1,2}}(?=栋|幢|座|号楼)|{_ANY_NUMBER}|[东西南北中主附裙](?=[塔座楼])|[甲乙丙丁](?=[座栋幢楼]))"
    f"(?P<kind>号楼|号院|号栋|号幢|号[甲乙丙丁](?=[0-9])|栋楼?|幢楼?|座楼?|#楼?|塔楼?|号(?=-?(?:[0-9A-Z]|[{_NUMERAL}]+[楼层]))"
    f"|楼(?=-?(?:[0-9{_NUMERAL}A-Z]+(?:单元|门|[楼层]))))(?:[A-Z](?=区))?)?"
    f"(?:-?(?P<unit>{_ANY_NUMBER})(?:单元|门|梯))?"
    f"(?:(?:-(?![123][楼层Ff]))?第?(?P<floor>{_FLOOR}(?:[楼层Ff]?[-~、和至/]{_FLOOR}){{0,3}})(?:楼|层|[Ff](?![A-Za-z0-9]))(?P<sub>之[0-9]{{1,3}}$)?)?"
    f"(?:-?(?P<part>[A-Z东西南北][座塔区]))?"
    f"(?:-?(?P<room>{_ROOM_NUMBER})(?P<door>室|号?房间?|号|户|单元|铺|#)?)?$"
)
_SPLIT_NUMBER: Final = re.compile(r"(?P<building>[0-9]{1,3})-(?:(?P<unit>[0-9]{1,2})-)?(?P<room>[0-9]{2,5}[A-Za-z]?)\Z")
_UNIT_ROOM: Final = re.compile(r"([0-9]{1,2})-([0-9]{3,4}[A-Za-z]?)\Z")
_TWO_BUILDINGS: Final = re.compile(f"(.*?[0-9{_NUMERAL}]{{1,3}}(?:号楼|栋|幢))-?(?=[A-Z东西南北][座塔])")
_NUMERALS: Final = re.compile(f"[{_NUMERAL}]+(?=号楼|栋|幢)")
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
_STEMS: Final = frozenset("甲乙丙丁")
_BASEMENT: Final = re.compile("-[123][楼层Ff]")
_BELOW_GROUND: Final = re.compile("地下|负|-")
_BETWEEN_FLOORS: Final = re.compile("[楼层Ff]?[-~、和至/]")
_JOINTS: Final = str.maketrans("~、/至和,", "------", "楼层")
ESTATE: Final = re.compile(
    "(?:小区|花园|花苑|家园|公寓|大厦|商厦|楼|广场|中心|国际|商城|新城|新村|园区|校区|艺术区|生活区|家属区|大学|学院|医院|学校|中学|小学|幼儿园"
    "|基地|市场|酒店|宾馆|饭店|银行|天地|山庄|[苑园城府湾庭轩阁墅居邸座厦厂院场馆店庄里坊邨])\\Z"
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


def numeral(text: str) -> str:
    """Chinese numerals as digits, up to 199; anything else in upper case.

    >>> [numeral(text) for text in ("十一", "二十", "三〇二", "a1")]
    ['11', '20', '302', 'A1']
    """
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


def read_below(text: str, *, adcode: str | None = None) -> Parsed:
    """The part of an address below its divisions.

    Args:
        text: simplified Han without spaces, commas and brackets.
        adcode: of the division it is in: quarters of Hong Kong stand where towns do, and so do the 区 of a city that
            has no districts (东莞市南城区).

    >>> parsed = read_below("天府大道998号嘉都花园十一号楼2单元302室")
    >>> parsed.road, parsed.number, parsed.estate, parsed.building, parsed.unit, parsed.room
    ('天府大道', '998', '嘉都花园', '11', '2', '302')
    """
    parsed = Parsed()
    if len(text) > MAX_PARSED:
        parsed.detail = text
        return parsed
    position = 0
    if adcode and (
        (adcode[:2] == "81" and (found := _HONG_KONG.match(text)))
        or (adcode in WITHOUT_COUNTIES and (found := _TOWN_DISTRICT.match(text)))
    ):
        parsed.town = found.group() or None
        position = found.end()
    elif found := _TOWN.match(text):
        town = found.group()
        parsed.town = town.removesuffix("办事处") if town.endswith("街道办事处") else town
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
        if after or place["team"] or place.group().endswith(("村", "社区", "会")):
            parsed.locality = _village(place)
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
        if not parsed.locality and (area := _AREA_OF_ROAD.match(name)):
            parsed.locality, name = area.group(), name[area.end() :]
        parsed.road = name if name.isalpha() else _DIGITS_BEFORE_ROAD.sub(lambda m: _chinese(m.group()), name)
        if text.startswith(("第", "-"), position):
            position += 1
        if block := _BLOCK.match(text, position):
            parsed.estate = block.group()
            return block.end()
    return _read_number(text, position, parsed)


def _read_number(text: str, position: int, parsed: Parsed) -> int:
    """The number on the road, with what makes it another one (甲12号, 22号之一, 955弄), and where it ends."""
    number = _NUMBER.match(text, position)
    if number is None:
        bare = (_ALLEY.match(text, position) or _BARE_NUMBER.match(text, position)) if parsed.road else None
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
    alley, digits, lane, after, yard, more = number.groups()
    if alley and not parsed.road:
        return position
    if digits[-1] in _NUMERAL and "之" not in digits:
        if not parsed.road:
            return position
        digits = digits[:1] * (digits[0] not in _NUMERAL) + numeral(digits.lstrip("甲乙丙丁附副临"))
    if not digits.isdigit():
        digits = digits.translate(_JOINTS).upper()
    after = (after or more or "").removesuffix("号")
    parsed.number = (alley or "") + digits + after.replace("、", "-").replace("/", "-") + (lane or "")
    parsed.yard = yard is not None or number.group().endswith("院")
    return number.end()


def _village(place: re.Match[str]) -> str:
    """A village and its group, whose number is written in digits: 三河村五组 is 三河村5组."""
    group = place["group"]
    if group is None:
        return place.group()
    return f"{place.group()[: place.start('group') - place.start()]}{numeral(group)}{place['team']}"


def _read_tail(tail: str, parsed: Parsed) -> None:
    """What stands behind the number: all of it, or it is detail."""
    # a hyphen joins, but -1楼 is below the ground
    tail = tail.rstrip(EDGE) if _BASEMENT.match(tail) else tail.strip(EDGE)
    if not tail:
        return
    first = two.group(1) if (two := _TWO_BUILDINGS.match(tail)) else ""
    match = _TAIL.match(tail[two.end() :] if two else tail)
    if match is None:
        parsed.detail = tail
        return
    estate, building, kind, unit, floor, sub, part, room, door = match.groups()
    # 2号楼B座: the wing is the building, the building is part of the estate's name
    estate = _NUMERALS.sub(lambda found: numeral(found.group()), first) + estate
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
    elif room and building and not (unit or floor) and numeral(building).isdigit():
        # 5号楼3-402, but not 5号楼12-1203, which is a floor and a room of it
        split = _UNIT_ROOM.match(room)
        if split and not (len(split.group(1)) == 2 and split.group(2).startswith(split.group(1))):
            unit, room = split.groups()
    if part and not building:
        building, kind, part = part[0], part[1], None
    parsed.estate = ((parsed.estate or "") + estate) or None
    _set_building(parsed, building, kind)
    parsed.unit = numeral(unit) if unit else None
    parsed.floor = _floors(floor) if floor else None
    if room:
        parsed.room = room if room.isdigit() and room.isascii() else numeral(room).translate(_JOINTS)
    parsed.detail = (part or "") + (sub or "")


def _set_building(parsed: Parsed, building: str | None, kind: str | None) -> None:
    if building:
        parsed.building = numeral(building) + (kind[1] if kind and kind[0] == "号" and kind[1:] in _STEMS else "")
        kind = "号" if parsed.building[-1] in _STEMS else kind
        only_number = kind == "号" and not (parsed.road or parsed.number)
        numbered = parsed.building.replace("-", "").isdigit() and not only_number
        parsed.kind = "号楼" if numbered else _KINDS.get(kind or "", "座")


def _floors(text: str) -> str:
    floors = [_BELOW_GROUND.sub("", floor) for floor in _BETWEEN_FLOORS.split(text) if floor]
    below = "B" if _BELOW_GROUND.match(text) else ""
    return "-".join([below + numeral(floor) for floor in floors if floor])
