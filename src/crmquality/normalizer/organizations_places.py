"""Places in the names of organizations: 深圳市 in front, (北京) in brackets, Shenzhen, (UK).

The short name of a county counts as a place only where brands seldom begin with it: 东方 and 凤凰 are brands although
there is a 东方市 and a 凤凰县. The names of urban districts without 区 count only behind their own city.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final, NamedTuple

from crmquality.normalizer.division_names import division_tables, is_zone, level_of, only_in_context
from crmquality.normalizer.transliteration import to_pinyin
from crmquality.reference import read_lines, read_table

# What may stand between a city and the name: a development zone, and behind a county the town.
_ZONE: Final = re.compile(
    "(?:国家级?)?(?:高新|高新技术|高科技|经济|技术|产业|经开|出口加工|综合|保税|自贸|旅游|度假|工业|科技|生态|示范)*"
    "(?:开发区|高新区|经开区|工业园区?|产业园区?|科技园区?|保税港?区|自贸区|自贸试验区|自由贸易试验区|自贸港|自由贸易港|度假区|示范区|新区|园区)"
)
_TOWN: Final = re.compile(
    "[\u4e00-\u9fff]{2,4}?(?:镇(?![流静痛定宅江海])|乡(?![村镇土情愁])|街道)(?=[\u4e00-\u9fff]{2})"
)
_WITHOUT_DISTRICTS: Final = frozenset({"441900", "442000", "460400", "620200"})
"""Cities that have towns and no districts: 东莞, 中山, 儋州, 嘉峪关."""
_ZONE_STARTS: Final = frozenset("国高经技产出综保自旅度工科生示开园新")
_NAME_GOES_ON: Final = frozenset("山湖河江岛湾寺镇")
_BEYOND: Final = frozenset({"台北", "高雄", "台中", "台南", "新竹", "基隆"})
"""Cities of Taiwan that are a place without 市 too."""
_KIND: Final = re.compile("[省市县]")
_PEOPLE: Final = re.compile("自治州\\Z")
_MUNICIPALITIES: Final = frozenset({"11", "12", "31", "50"})


class Place(NamedTuple):
    """A place and how much of a name it takes.

    Attributes:
        name: its short name, of the city where one is known.
        key: the same in every language: toneless pinyin of a place in China, the two letters of a country.
        end: where in the text it ends.
        written: that its kind was written (市, 县), so that it is certainly a place.
        district: that a county or district was named by its short name behind its city or province.
        county: that it is a county named by its short name alone, which many brands begin with too.
    """

    name: str
    key: str
    end: int
    written: bool = False
    district: bool = False
    county: bool = False


class _Names(NamedTuple):
    lengths: dict[str, tuple[int, ...]]
    codes: dict[str, tuple[str, ...]]
    shorts: dict[str, str]
    plain: frozenset[str]
    """Spellings that count as a place where nothing stands before them."""
    keys: dict[str, str]
    countries: dict[str, tuple[str, str]]
    endings: dict[str, tuple[int, ...]]
    """By their last two characters, the lengths of cities, provinces and countries, longest first."""


@cache
def _brands() -> frozenset[str]:
    return frozenset(read_lines("region_brand_words.txt"))


@cache
def _names() -> _Names:
    tables = division_tables()
    brands = _brands()
    codes: dict[str, tuple[str, ...]] = {}
    plain: set[str] = set()
    shorts: dict[str, str] = {}
    for spelling, form in tables.forms.items():
        found = form.full + tuple(code for code, _ in form.retired) + form.short
        living = tuple(c for c in found if c in tables.names and not is_zone(c))
        if not living or not spelling.isalpha():
            continue
        codes[spelling] = tuple(sorted(living, key=level_of))
        retired = bool(form.retired) and spelling[-1] in "省市区县旗" and len(spelling) > 2
        if retired or _counts_alone(spelling, form.full, form.short, brands):
            plain.add(spelling)
    for spelling, code in _of_peoples(codes):
        codes.setdefault(spelling, (code,))
        plain.add(spelling)
    for spelling, form in tables.forms.items():
        for code in form.short:
            shorts.setdefault(code, spelling)
    countries = {
        r["spelling"]: (r["name"], r["key"]) for r in read_table("organization_places.csv") if r["kind"] == "country"
    }
    keys = {r["name"]: r["key"] for r in read_table("organization_places.csv") if r["kind"] == "city"}
    abroad = [c for c in countries if not c.isascii()]
    lengths = _lengths_by((s[:2], s) for s in (*codes, *abroad))
    endings = _lengths_by((s[-2:], s) for s in (*(p for p in plain if level_of(codes[p][0]) < 3), *abroad))
    return _Names(lengths, codes, shorts, frozenset(plain), keys, countries, endings)


def _lengths_by(spellings: Iterable[tuple[str, str]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for key, spelling in spellings:
        found.setdefault(key, set()).add(len(spelling))
    return {key: tuple(sorted(sizes, reverse=True)) for key, sizes in found.items()}


def _counts_alone(spelling: str, full: tuple[str, ...], short: tuple[str, ...], brands: frozenset[str]) -> bool:
    names = division_tables().names
    if any(not only_in_context(code, spelling) and len(spelling) > 2 for code in full):
        return True
    if spelling in _BEYOND:
        return True
    if full and spelling[-1] == "县":  # 洋县; but 城区, 矿区 are names of many
        return True
    if spelling in brands:
        return False
    cities = (c for c in short if c.isdigit())
    return any(level_of(c) < 3 or names[c][-1] in "市县旗" for c in cities)


def _of_peoples(codes: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """甘孜藏族自治州 is also written 甘孜藏族."""
    return [(_PEOPLE.sub("", s), found[0]) for s, found in codes.items() if s.endswith("族自治州")]


def place_at_start(text: str, *, districts: bool = True) -> Place | None:
    """The place that a name in Han begins with, as long as it goes: 广东省深圳市, 北京, 大厂回族自治县祁各庄镇.

    Args:
        text: a name in simplified characters.
        districts: whether a district counts by its short name behind its city: 上海浦东, 广州白云.

    >>> place_at_start("广东省深圳市腾讯"), place_at_start("凤凰传媒")
    (Place(name='深圳', key='shenzhen', end=6, written=True, district=False, county=False), None)
    """
    names = _names()
    sizes = names.lengths.get(text[:2])
    if sizes is None:
        return None
    for size in sizes:
        spelling = text[:size]
        if spelling in names.plain and len(spelling) == size:
            place, code = _alone(spelling)
            if text[size : size + 2] in names.lengths and code and _next(text, size, code, names) is not None:
                break  # a second division follows
            return _with_zone(text, place, code)
    found, code = _chain(text, names, districts=districts)
    return _with_zone(text, found, code) if found is not None and code else found


@lru_cache(maxsize=8192)
def _alone(spelling: str) -> tuple[Place, str]:
    place, code = _chain(spelling, _names(), districts=False)
    assert place is not None  # every spelling that counts alone is one
    return place, code


def _with_zone(text: str, place: Place, code: str) -> Place | None:
    """A place with the development zone or the town behind it; None where the name of a mountain goes on."""
    following = text[place.end : place.end + 1]
    if code[-2:] != "00":  # a county
        if not place.written and following in _NAME_GOES_ON:
            return None  # 栖霞山
        town = _TOWN.match(text, place.end)
        if town:
            return place._replace(end=town.end(), written=True)
    elif code in _WITHOUT_DISTRICTS or (place.written and level_of(code) == 2):
        town = _TOWN.match(text, place.end)
        if town and "区" not in town.group():
            return place._replace(end=town.end(), written=True)
    zone = _ZONE.match(text, place.end) if following in _ZONE_STARTS else None
    return place._replace(end=zone.end(), written=True) if zone else place


def _chain(text: str, names: _Names, *, districts: bool) -> tuple[Place | None, str]:
    """Province, city, district as far as each lies in the one before; and the code of the last."""
    end, code, city, district, written = 0, "", "", False, False
    for _ in range(3):
        found = _next(text, end, code, names)
        if found is None:
            break
        size, new = found
        spelling = text[end : end + size]
        if not new:
            name, key = names.countries[spelling]
            return Place(name, key, size), ""
        full = spelling != names.shorts.get(new) and spelling[-1] in "省市区县旗盟州"
        if code and level_of(new) == 3 and not full:
            if not districts or text[end + size : end + size + 1] in _NAME_GOES_ON:
                break
            district = True
        written = full
        code, end = new, end + size
        city = _city_of(city, code)
    if not code:
        return None, ""
    name = names.shorts.get(city) or division_tables().names.get(city, text[:end])
    county = not written and level_of(city) == 3
    return Place(name, place_key(name), end, written, district, county), code


def _city_of(city: str, code: str) -> str:
    """The code that names the place: the city's where one is known, a municipality's always."""
    if code[:2] in _MUNICIPALITIES:
        return code[:2] + "0000"
    return code if not city or level_of(code) == 2 or level_of(city) == 1 else city


def _next(text: str, start: int, inside: str, names: _Names) -> tuple[int, str] | None:
    """Length and code of the division that begins at `start` and lies in the one given; a country has no code."""
    for size in names.lengths.get(text[start : start + 2], ()):
        spelling = text[start : start + size]
        if len(spelling) < size:
            continue
        if not inside:
            if spelling in names.countries and len(names.countries[spelling][1]) == 2 and spelling != "中国":
                return size, ""  # 德国, but neither 亚洲 nor 华东, which begin brands
            if spelling in names.plain:
                return size, names.codes[spelling][0]
            continue
        reach = inside[: 2 * level_of(inside)]
        for code in names.codes.get(spelling, ()):
            if code.startswith(reach) and level_of(code) > level_of(inside):
                return size, code
    return None


@lru_cache(maxsize=4096)
def place_key(name: str) -> str:
    """A place's key: the same for 深圳 and Shenzhen, (UK) and 英国.

    >>> place_key("深圳"), place_key("陕西")
    ('shenzhen', 'shaanxi')
    """
    return _names().keys.get(name) or "".join(to_pinyin(name)) or name.lower()


@lru_cache(maxsize=4096)
def place_of_bracket(text: str) -> Place | None:
    """The place that a text is as a whole, by any of its names: 深圳, 北京朝阳, 中国, UK, Shenzhen.

    >>> place_of_bracket("北京市"), place_of_bracket("集团"), place_of_bracket("UK").key
    (Place(name='北京', key='beijing', end=3, written=True, district=False, county=False), None, 'gb')
    """
    names = _names()
    country = names.countries.get(text) or names.countries.get(text.lower().replace(".", ""))
    if country:
        return Place(country[0], country[1], len(text))
    if text.isascii():
        return latin_place(text.lower())
    bare = text.removeprefix("中国")
    size = len(bare)
    if bare in names.codes:
        code = names.codes[bare][0]
        name = names.shorts.get(code, bare)
        return Place(name, place_key(name), len(text), bare != name)
    place = place_at_start(bare) if size >= 2 else None
    return place._replace(end=len(text)) if place and place.end == size else None


@cache
def _latin_places() -> dict[str, tuple[str, str]]:
    return {r["spelling"]: (r["name"], r["key"]) for r in read_table("organization_places.csv") if r["kind"] == "city"}


def latin_place(text: str) -> Place | None:
    """A Chinese city or province by its Latin name in lower case.

    >>> latin_place("shenzhen").name, latin_place("acme")
    ('深圳', None)
    """
    found = _latin_places().get(text.replace("'", ""))
    return Place(found[0], found[1], len(text)) if found else None


def country_of(text: str) -> Place | None:
    """A country by one of its names in lower-case Latin letters.

    >>> country_of("ireland").key, country_of("acme")
    ('ie', None)
    """
    found = _names().countries.get(text)
    return Place(found[0], found[1], len(text)) if found else None


@cache
def country_words() -> frozenset[str]:
    """The words that the names of countries have in lower-case Latin letters.

    >>> "ireland" in country_words(), "acme" in country_words()
    (True, False)
    """
    return frozenset(word for name in _names().countries if name.isascii() for word in name.split())


@cache
def place_words() -> frozenset[str]:
    """Words in lower-case Latin letters that say where and not who: of countries, their people, states, big cities.

    >>> "texas" in place_words(), "british" in place_words(), "acme" in place_words()
    (True, True, False)
    """
    rows = read_table("organization_places.csv")
    names = [r["spelling"] for r in rows if r["kind"] in {"country", "city", "adjective", "town"}]
    names += [name.lower() for r in read_table("states.csv") for name in r.values() if len(name) > 3 and name.isascii()]
    return frozenset(word for name in names for word in name.split())


@cache
def latin_place_words() -> frozenset[str]:
    """The words that the Latin names of Chinese cities and provinces have.

    >>> "shenzhen" in latin_place_words(), "kong" in latin_place_words(), "acme" in latin_place_words()
    (True, True, False)
    """
    return frozenset(word for name in _latin_places() for word in name.split())


@cache
def _inner_latin_places() -> dict[str, tuple[str, ...]]:
    """Cities, counties and districts by their Latin names, with their Han ones; districts may share a name."""
    rows = read_table("organization_places.csv")
    return {r["spelling"]: tuple(r["name"].split()) for r in rows if r["kind"] in {"city", "county", "district"}}


@lru_cache(maxsize=4096)
def latin_place_inside(text: str, outer: str) -> Place | None:
    """The place that lies in another one, by its Latin name in lower case: Yiwu in 浙江, Shunde in 佛山.

    >>> latin_place_inside("yiwu", "浙江").name, latin_place_inside("shunde", "佛山").name
    ('义乌', '佛山')
    >>> latin_place_inside("yiwu", "北京") is None
    True
    """
    for name in _inner_latin_places().get(text.replace("'", ""), ()):
        place, _ = _chain(outer + name, _names(), districts=True)
        if place is not None and place.end == len(outer) + len(name):
            return place._replace(end=len(text))
    return None


@cache
def _typed_words(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("organization_words.csv") if row["kind"] == kind)


def is_division(text: str) -> bool:
    """Whether a text is a division's name, and none that is a brand as well: 南山, but neither 东方 nor 平安.

    >>> is_division("南山"), is_division("平安"), is_division("小米")
    (True, False, False)
    """
    return text in _names().codes and text not in _typed_words("brand") and text not in _brands()


@lru_cache(maxsize=4096)
def is_only_place(text: str) -> bool:
    """Whether a text says where and not who: what is no trade name by itself.

    >>> is_only_place("宝山"), is_only_place("首都"), is_only_place("东方")
    (True, True, False)
    """
    return is_division(text) or text in _typed_words("place") or text in _names().countries


def place_at_end(text: str) -> Place | None:
    """A province, a city or a country that a Han name ends with; `end` is where the name before it ends.

    >>> place_at_end("小米科技北京").end, place_at_end("小米科技")
    (4, None)
    """
    names = _names()
    for size in names.endings.get(text[-2:], ()):
        tail = text[-size:]
        if len(text) <= size:
            continue
        if tail in names.countries:
            name, key = names.countries[tail]
            return Place(name, key, len(text) - size)
        if tail in names.plain and level_of(names.codes[tail][0]) < 3:
            name = names.shorts.get(names.codes[tail][0], tail)
            return Place(name, place_key(name), len(text) - size)
    return None


def place_inside(text: str) -> tuple[int, Place] | None:
    """Where a place stands inside a name, its kind written, and the place: 国网|北京市|电力.

    >>> place_inside("国网北京市电力")[0], place_inside("小米科技")
    (2, None)
    """
    for mark in _KIND.finditer(text, 3):
        for start in range(max(2, mark.start() - 6), mark.start() - 1):
            place = place_at_start(text[start : mark.end()])
            if place is not None and place.written and start + place.end == mark.end():
                return start, place
    return None
