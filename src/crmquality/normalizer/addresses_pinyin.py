"""Divisions of China written in Latin letters: Xihu District, Hangzhou, Zhejiang.

The names are compared in pinyin without tones, with their kind in English or in pinyin (District, Qu), or without. What
the names leave open stays open: Chaoyang District alone has two candidates.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmquality.normalizer.addresses_cn import room_key
from crmquality.normalizer.division_names import division_tables, is_zone, level_of, short_name
from crmquality.normalizer.division_places import Place, describe, meet
from crmquality.normalizer.transliteration import to_pinyin
from crmquality.tables import Normalized

_KIND: Final = re.compile(
    r"(?:^| )(?:(?P<county>DISTRICT|DIST|COUNTY|BANNER|QU|XIAN|NEW AREA|XINQU|NEW DISTRICT)"
    r"|(?P<city>CITY|SHI|PREFECTURE|DIQU)|(?P<province>PROVINCE|PROV|SHENG|MUNICIPALITY|AUTONOMOUS REGION|SAR))$"
)
_LEVELS: Final = {"county": frozenset({3}), "city": frozenset({1, 2, 3}), "province": frozenset({1})}
_ENGLISH: Final = {
    "shaanxi": "610000", "shanxi": "140000", "innermongolia": "150000", "neimenggu": "150000", "neimongol": "150000",
    "tibet": "540000", "xizang": "540000", "hongkong": "810000", "macau": "820000", "macao": "820000",
    "harbin": "230100", "urumqi": "650100", "lhasa": "540100", "hohhot": "150100", "kashgar": "653100",
    "peking": "110000", "canton": "440100", "qiqihar": "230200", "baotou": "150200", "ordos": "150600",
    "guangxizhuang": "450000", "ningxiahui": "640000", "xinjianguygur": "650000", "xinjianguighur": "650000",
}  # fmt: skip
"""Names that pinyin does not give, or gives to another (陕西 and 山西)."""
_READINGS: Final = {
    "朝阳": "chaoyang", "长宁": "changning", "涡阳": "guoyang", "单县": "shanxian", "浚县": "xunxian",
    "珲春": "hunchun", "都匀": "duyun", "都昌": "duchang", "都安": "duan", "都兰": "dulan",
    "都江堰": "dujiangyan", "洪洞": "hongtong", "宕昌": "tanchang", "繁峙": "fanshi", "大城": "daicheng",
    "尉犁": "yuli", "新都": "xindu", "丰都": "fengdu", "宜都": "yidu", "武都": "wudu",
    "于都": "yudu", "望都": "wangdu", "江都": "jiangdu", "盐都": "yandu", "成都": "chengdu",
    "信都": "xindu", "花都": "huadu", "昌都": "changdu",
}  # fmt: skip
"""Names that are read otherwise as places than as words."""
_MOST_WORDS: Final = 5


class Divisions(NamedTuple):
    """Divisions at the end of an address.

    Attributes:
        place: what they say, in Han.
        written: the names as they were written, from the smaller to the larger.
    """

    place: Place
    written: tuple[str, ...]


NO_DIVISIONS: Final = Divisions(Place(), ())
CHINESE: Final = frozenset({"CN"})
"""Countries whose addresses this module reads."""
_LANE: Final = re.compile(r"(?:LANE|LN|NONG) ([0-9]{1,5})\Z|([0-9]{1,5}) (?:LANE|LN|NONG)\Z")
_UNIT_PARTS: Final = {"BLDG": "building", "TOWER": "building", "UNIT": "unit", "RM": "room", "FL": "floor"}
_ORDINAL: Final = re.compile(r"(?<=[0-9])(?:ST|ND|RD|TH)\Z")


@cache
def _by_pinyin() -> dict[str, tuple[str, ...]]:
    """The pinyin of divisions without their kind, to their codes."""
    found: dict[str, list[str]] = {}
    for code, name in division_tables().names.items():
        if not code.isdigit() or is_zone(code) or code[:2] == "71":
            continue
        short = short_name(name, level_of(code)) or name
        found.setdefault(_READINGS.get(short) or "".join(to_pinyin(short)), []).append(code)
    for name, code in _ENGLISH.items():
        found[name] = [code, *[other for other in found.get(name, ()) if level_of(other) > 1]]
    return {spelling: tuple(dict.fromkeys(codes)) for spelling, codes in found.items()}


def _codes(words: list[str]) -> tuple[str, ...]:
    """The divisions that words can mean."""
    text = " ".join(words)
    kind = _KIND.search(text)
    core = text[: kind.start()] if kind else text
    spelling = "".join(c for c in core.lower() if c.isalpha())
    codes = _by_pinyin().get(spelling, ())
    if kind is None:
        return codes
    levels = _LEVELS[kind.lastgroup or "city"]
    return tuple(code for code in codes if level_of(code) in levels)


def take_divisions(segments: list[str], *, fill: bool) -> Divisions:
    """The divisions that end an address, taken off it.

    Args:
        segments: the parts between commas, in capitals; what is read is removed.
        fill: whether levels that are not written are taken from the table.

    >>> segments = ["88 WENYI RD", "XIHU DIST", "HANGZHOU CITY", "ZHEJIANG"]
    >>> taken = take_divisions(segments, fill=True)
    >>> taken.place.province, taken.place.city, taken.place.district, segments
    ('浙江省', '杭州市', '西湖区', ['88 WENYI RD'])
    """
    known: tuple[str, ...] = ()
    found: list[tuple[str, ...]] = []
    written: list[str] = []
    while segments:
        words = segments[-1].split(" ")
        for size in range(min(_MOST_WORDS, len(words)), 0, -1):
            if size == len(words) and len(segments) == 1 and not written and not _KIND.search(segments[-1]):
                continue  # one word alone may be a street
            codes = _codes(words[-size:])
            met = (meet(known, codes) if known else codes) if codes else ()
            if met:
                known = met
                found.append(codes)
                written.insert(0, " ".join(words[-size:]))
                segments[-1] = " ".join(words[:-size])
                break
        else:
            break
        if not segments[-1]:
            segments.pop()
    if not known:
        return NO_DIVISIONS
    return Divisions(describe(known, tuple(found), fill=fill), tuple(written))


def take_lane(segments: list[str]) -> tuple[list[str], str | None]:
    """The parts without a lane (弄), and its number.

    >>> take_lane(["NO 5", "LANE 258", "CAOXI RD"])
    (['NO 5', 'CAOXI RD'], '258')
    """
    for index, segment in enumerate(segments):
        if found := _LANE.match(segment):
            return segments[:index] + segments[index + 1 :], found.group(1) or found.group(2)
    return segments, None


def chinese_answer(answer: Normalized, divisions: Divisions, lane: str | None, units: list[str]) -> Normalized:
    """An address in Latin letters with the parts that one in Han has.

    Args:
        answer: what the Latin grammar says.
        divisions: what stood at its end.
        lane: the number of a lane, which the house then stands in.
        units: building, unit, floor and room, as the Latin grammar has them.
    """
    parts = dict(answer.parts)
    place = divisions.place
    inside: dict[str, str] = {}
    for unit in units:
        word, _, value = unit.partition(" ")
        if word in _UNIT_PARTS and value:
            inside.setdefault(_UNIT_PARTS[word], _ORDINAL.sub("", value))
    if lane:
        if parts.get("number") and "building" not in inside:
            inside["building"] = str(parts["number"])
        parts["number"] = f"{lane}弄"
    room = room_key(inside.get("building"), inside.get("unit"), inside.get("room")) or parts.get("room_key")
    street = parts.get("road_key")
    if street and lane:
        parts["street_key"] = f"{lane}弄 {street}"
    below = parts.get("street_key") or street or (parts.get("key") or "").partition("|")[0]
    parts |= {
        "province": place.province,
        "city": place.city or parts.get("city"),
        "district": place.district,
        "adcode": place.adcode,
        "candidates": " ".join(place.candidates) or None,
        "road": parts.get("street"),
        "building": inside.get("building"),
        "floor": inside.get("floor"),
        "room": inside.get("room"),
        "room_key": room,
        "key": f"{below}|{room or ''}" if below or room else None,
    }
    parts["unit"] = inside.get("unit") or (None if inside else parts.get("unit"))
    return Normalized(answer.value, parts, answer.issues + place.issues)
