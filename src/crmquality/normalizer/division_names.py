"""The names of the divisions of China: every spelling of each, built once from the reference tables.

A division is known by its six-digit code, as in `divisions.csv`: the parent of 330106 is 330100, then 330000, and where
there is no 3301 the parent is the province.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from crmquality.normalizer.transliteration import to_simplified
from crmquality.reference import read_lines, read_table

_BEYOND: Final = frozenset({"71", "81", "82"})
PROVINCE_CHARACTERS: Final = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23", "沪": "31",
    "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41", "鄂": "42", "湘": "43",
    "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51", "蜀": "51", "黔": "52", "贵": "52", "云": "53",
    "滇": "53", "藏": "54", "陕": "61", "秦": "61", "甘": "62", "陇": "62", "青": "63", "宁": "64", "新": "65",
}  # fmt: skip
"""The one character of a province, and the beginning of its codes."""
# Names in common use that no rule gives.
_ABBREVIATIONS: Final = {
    "香港特区": "810000", "澳门特区": "820000", "内蒙": "150000", "乌市": "650100", "呼市": "150100", "哈市": "230100",
    "锡盟": "152500", "阿盟": "152900", "兴安盟": "152200", "巴州": "652800", "克州": "653000", "博州": "652700",
    "版纳": "532800", "版纳州": "532800", "前郭县": "220721", "科左中旗": "150521", "科左后旗": "150522",
    "科右前旗": "152221", "科右中旗": "152222", "阿左旗": "152921", "阿右旗": "152922", "莫旗": "150722",
    "达茂旗": "150223", "塔县": "653131", "和布克赛尔县": "654226", "浦东区": "310115", "北京城区": "110000",
    "天津城区": "120000", "上海城区": "310000", "重庆城区": "500000", "重庆郊县": "500000",
}  # fmt: skip
POSTCODES: Final = {
    "10": "11", "30": "12", **dict.fromkeys(("05", "06", "07"), "13"),
    **dict.fromkeys(("03", "04"), "14"), **dict.fromkeys(("01", "02"), "15"), **dict.fromkeys(("11", "12"), "21"),
    "13": "22", **dict.fromkeys(("15", "16"), "23"), "20": "31", **dict.fromkeys(("21", "22"), "32"),
    **dict.fromkeys(("31", "32"), "33"), **dict.fromkeys(("23", "24"), "34"), **dict.fromkeys(("35", "36"), "35"),
    **dict.fromkeys(("33", "34"), "36"), **dict.fromkeys(("25", "26", "27"), "37"),
    **dict.fromkeys(("45", "46", "47"), "41"), **dict.fromkeys(("43", "44"), "42"), **dict.fromkeys(("41", "42"), "43"),
    **dict.fromkeys(("51", "52"), "44"), **dict.fromkeys(("53", "54"), "45"), "57": "46", "40": "50",
    **dict.fromkeys(("61", "62", "63", "64"), "51"), **dict.fromkeys(("55", "56"), "52"),
    **dict.fromkeys(("65", "66", "67"), "53"), **dict.fromkeys(("85", "86"), "54"), **dict.fromkeys(("71", "72"), "61"),
    **dict.fromkeys(("73", "74"), "62"), "81": "63", "75": "64", **dict.fromkeys(("83", "84"), "65"),
}  # fmt: skip
"""The first two digits of a postcode of the mainland, to the beginning of its province's codes."""
NEW_AREAS: Final = {
    "雄安新区": "130000", "两江新区": "500000", "兰州新区": "620100", "西咸新区": "610000", "贵安新区": "520000",
    "西海岸新区": "370200", "金普新区": "210200", "天府新区": "510000", "湘江新区": "430100", "滇中新区": "530000",
    "赣江新区": "360000", "舟山群岛新区": "330900", "哈尔滨新区": "230100", "福州新区": "350100",
    "横琴新区": "440400", "郑东新区": "410100", "横琴粤澳深度合作区": "440400",
}  # fmt: skip
"""New areas of the State Council that are no divisions, and the smallest division that holds all of each."""
FILLED: Final = frozenset({"CN", "TW", "HK", "MO"})
"""Regions whose divisions the table holds."""
WITHOUT_COUNTIES: Final = frozenset({"441900", "442000", "460400", "620200"})
"""Cities without counties or districts: what is called 区 there (东莞市东城区) is a town."""
_PEOPLES: Final = re.compile(
    "(?:满|回|朝鲜|土家|苗|瑶|畲|侗|壮|仫佬|毛南|黎|羌|彝|藏|仡佬|布依|水|哈尼|傣|纳西|拉祜|佤|布朗|白|景颇|傈僳|独龙|怒|普米|裕固|"
    "东乡|撒拉|保安|土|达斡尔|鄂温克|哈萨克|蒙古|各)族\\Z|(?:蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|维吾尔|土家|土)\\Z"
)
_AUTONOMOUS: Final = re.compile("自治([区州县旗])\\Z")
_SUFFIX: Final = {
    1: re.compile("(?:特别行政区|省|市)\\Z"),
    2: re.compile("(?:地区|市|盟|县)\\Z"),
    3: re.compile("(?:新区|矿区|林区|特区|区|县|市|旗|镇|乡)\\Z"),
}
_ZONE_SHORT: Final = (
    (re.compile("高新技术(?:产业)?(?:开发|园)区\\Z"), "高新区"),
    (re.compile("经济(?:技术)?开发区\\Z"), "经开区"),
    (re.compile("经济(?:技术)?开发区\\Z"), "开发区"),
    (re.compile("经济(?:技术)?开发区\\Z"), "经济开发区"),
    (re.compile("经济(?:技术)?开发区\\Z"), "经济技术开发区"),
)


_CITY: Final = 2
_REMEMBERED: Final = "2000"
"""The year from which on a retired county's short name is still in use."""


class Former(NamedTuple):
    """What became of a division that is no more.

    Attributes:
        name: in full.
        year: of the decision that ended it.
        also: the codes that took over parts of it, beside its successor.
    """

    name: str
    year: str
    also: tuple[str, ...]


class Form(NamedTuple):
    """What one spelling can stand for: codes by how it is written; a retired one with its successor."""

    full: tuple[str, ...] = ()
    retired: tuple[tuple[str, str], ...] = ()
    short: tuple[str, ...] = ()
    zone: bool = False


class DivisionTables(NamedTuple):
    """All that is known of divisions, ready to look up.

    Attributes:
        names: code to official name.
        reach: code to the prefix that the codes of everything inside it share.
        forms: spelling to what it can stand for.
        lengths: the first two characters of spellings to the lengths of those, longest first.
        zones: the prefix of a city and what people call a zone there, to the zone's code.
        shared: short names of counties that a town elsewhere has too.
        former: code and name, in full or short, of a retired division to what became of it.
    """

    names: dict[str, str]
    reach: dict[str, str]
    forms: dict[str, Form]
    lengths: dict[str, tuple[int, ...]]
    zones: dict[tuple[str, str], str]
    shared: frozenset[str]
    former: dict[tuple[str, str], Former]


def level_of(code: str) -> int:
    """The level of a code: 1 province, 2 city, 3 county.

    >>> level_of("330000"), level_of("330100"), level_of("330106")
    (1, 2, 3)
    """
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def is_zone(code: str) -> bool:
    """Whether a code is a statistical one: a development or management zone, not a division.

    >>> is_zone("320571"), is_zone("330106")
    (True, False)
    """
    return code[4] == "7" and level_of(code) == 3


def only_in_context(code: str, name: str) -> bool:
    """Names that alone say nothing on the mainland: 城区, 东区, and everything below Taiwan, Hong Kong and Macao."""
    return level_of(code) == 3 and (code[:2] in _BEYOND or len(name) == 2)


def short_name(name: str, level: int) -> str | None:
    """A division's name without its kind and its peoples, or None where less than two characters are left.

    >>> short_name("杭州市", 2), short_name("恩施土家族苗族自治州", 2), short_name("温县", 3)
    ('杭州', '恩施', None)
    """
    bare = _AUTONOMOUS.sub("", name)
    if bare == name:
        bare = _SUFFIX[level].sub("", name)
    else:
        while len(shorter := _PEOPLES.sub("", bare)) >= 2:
            if shorter == bare:
                break
            bare = shorter
        bare = bare.removesuffix("族")
    return bare if len(bare) >= 2 and bare != name else None


def _spellings(code: str, name: str) -> Iterator[tuple[str, str]]:
    """Every spelling of a living division beside its name, with how it counts: full, retired or short."""
    level, beyond = level_of(code), code[:2] in _BEYOND
    short = short_name(name, level)
    if short is None or is_zone(code):
        return
    yield short, "short"
    kind = _AUTONOMOUS.search(name)
    if kind and level == 1:
        yield short + "省", "full"
    elif kind:
        yield short + kind.group(1), "full"
        yield short + "自治" + kind.group(1), "full"
    elif beyond or level == 1:
        return
    elif level == 2 and name.endswith("市"):
        yield short + "地区", "retired"
    elif level == 3 and name.endswith("市"):
        yield short + "县", "retired"
    elif level == 3 and name.endswith("区"):
        yield short + "县", "retired"
        yield short + "市", "retired"
        yield short + "新区", "retired"


@cache
def division_tables() -> DivisionTables:
    """The tables, built when first needed.

    >>> tables = division_tables()
    >>> tables.forms["朝阳区"].full, tables.forms["延边州"].full, tables.forms["崇文区"].retired
    (('110105', '220104'), ('222400',), (('110103', '110101'),))
    """
    names = {row["code"]: row["name"] for row in read_table("divisions.csv")}
    forms = _forms(names)
    lengths: dict[str, set[int]] = {}
    for spelling in forms:
        lengths.setdefault(spelling[:2], set()).add(len(spelling))
    return DivisionTables(
        names,
        {code: code[: 2 * level_of(code)] for code in names},
        forms,
        {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()},
        _zones(names),
        frozenset(read_lines("shared_division_names.txt")),
        _former(),
    )


def _forms(names: dict[str, str]) -> dict[str, Form]:
    """Every spelling, and what it can stand for."""
    full: dict[str, list[str]] = {}
    short: dict[str, list[str]] = {}
    retired = _retired()
    for code, name in names.items():
        for spelling in {name, to_simplified(name)}:
            full.setdefault(spelling, []).append(code)
    for spelling, code in _ABBREVIATIONS.items():
        full.setdefault(spelling, []).append(code)
    living, gone = set(full), set(retired)
    for code, name in names.items():
        for spelling, how in _spellings(code, name):
            if how == "short":
                short.setdefault(spelling, []).append(code)
            elif how == "full" and code not in full.get(spelling, ()):
                full.setdefault(spelling, []).append(code)
            elif how == "retired" and spelling not in living and spelling not in gone:
                retired.setdefault(spelling, []).append((code, code))
    for spelling, pairs in _retired_shorts().items():
        if spelling not in full and spelling not in short and spelling not in gone:
            retired.setdefault(spelling, []).extend(pairs)
    return {
        spelling: Form(
            tuple(full.get(spelling, ())),
            tuple(retired.get(spelling, ())),
            tuple(short.get(spelling, ())),
            any(is_zone(code) for code in full.get(spelling, ())),
        )
        for spelling in full.keys() | retired.keys() | short.keys()
    }


def _former() -> dict[tuple[str, str], Former]:
    """Codes and names of retired divisions, to what became of them."""
    found: dict[tuple[str, str], Former] = {}
    for row in read_table("retired_divisions.csv"):
        former = Former(row["name"], row["year"], tuple(row["also"].split()))
        found[row["code"], row["name"]] = former
        found[row["code"], short_name(row["name"], level_of(row["code"])) or row["name"]] = former
    return found


def _successors(rows: Iterable[dict[str, str]]) -> list[tuple[str, str]]:
    """What retired divisions of one name were, with each code that stands for them now.

    A county often had several codes one after the other: the last is enough, and that of a city goes before. Where
    nobody can say what took over, the name says nothing.
    """
    last: dict[str, tuple[bool, str, str]] = {}
    for row in rows:
        for new in (row["successor"] or row["also"]).split():
            rank = level_of(row["code"]) == _CITY, row["year"], row["code"]
            last[new] = max(last.get(new, rank), rank)
    return sorted((code, new) for new, (_, _, code) in last.items())


def _by_name(names: Iterable[tuple[str | None, dict[str, str]]]) -> dict[str, list[tuple[str, str]]]:
    """Names of retired divisions, to what they were and what took over."""
    rows: dict[str, list[dict[str, str]]] = {}
    for name, row in names:
        if name:
            rows.setdefault(name, []).append(row)
    found = {name: _successors(same) for name, same in rows.items()}
    return {name: pairs for name, pairs in found.items() if pairs}


def _retired() -> dict[str, list[tuple[str, str]]]:
    """The names of retired divisions, to what they were and what took over."""
    return _by_name((row["name"], row) for row in read_table("retired_divisions.csv"))


def _retired_shorts() -> dict[str, list[tuple[str, str]]]:
    """The names of cities, and of counties that people still remember, without their kind: 襄樊, 闸北."""
    rows = [(level_of(row["code"]), row) for row in read_table("retired_divisions.csv")]
    return _by_name(
        (short_name(row["name"], level), row) for level, row in rows if level == _CITY or row["year"] >= _REMEMBERED
    )


def _zones(names: dict[str, str]) -> dict[tuple[str, str], str]:
    """Zones by the prefix of their city and what people call them there: (3209, 经开区) -> 320971."""
    found: dict[tuple[str, str], set[str]] = {}
    for code, name in names.items():
        if not is_zone(code):
            continue
        city = code[:4]
        core = name
        for outer, level in ((code[:2] + "0000", 1), (city + "00", 2)):
            whole = names.get(outer, "")
            short = short_name(whole, level) or whole
            core = core.removeprefix(whole) if core.startswith(whole) else core.removeprefix(short)
        for spelling in {name, core or name}:
            found.setdefault((city, spelling), set()).add(code)
        for pattern, common in _ZONE_SHORT:
            if (spelling := pattern.sub(common, core)) != core:
                found.setdefault((city, spelling), set()).add(code)
    return {key: next(iter(codes)) for key, codes in found.items() if len(codes) == 1}
