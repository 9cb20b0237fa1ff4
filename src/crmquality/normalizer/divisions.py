"""The divisions of China at the head of an address: found, checked against each other, completed where only one fits.

A name is looked up longest first, from left to right. Every name found narrows the set of places the address can be
in, whatever the order the names come in; a name that contradicts what stands before it ends the head. Nothing is ever
chosen between two places that both fit: 朝阳区 alone stays 朝阳区, with both codes as candidates.

Names are understood in full (延边朝鲜族自治州), shortened (延边州, 延边), from before a change (崇文区), and a province
by its one character (粤广州). A short name counts only where no road, bridge or building of that name begins (上海, but
not 上海路).
"""

from __future__ import annotations

import re
from typing import Final, cast

from crmquality.normalizer.division_names import (
    NEW_AREAS,
    POSTCODES,
    PROVINCE_CHARACTERS,
    WITHOUT_COUNTIES,
    DivisionTables,
    Form,
    division_tables,
    is_zone,
    level_of,
)
from crmquality.normalizer.division_places import Place, alone, decide, described, meet, undecided

# After a short name: it is the name of a road, or of what stands on it.
_ROAD_OR_HOUSE: Final = re.compile(
    "[东西南北中内外前后上下]?[一二三四五六七八九十0-9]{0,2}(?:大?[路街]|大道|公路|支?巷|胡同|里(?=[0-9]|$)|道(?=[0-9东西南北中]|$))"
    "|[镇乡村门桥站]|大(?:厦|学|酒店)|广场|银行|宾馆|酒店|饭店|花[园苑]|新村|公寓|商[城厦]|会馆|有限"
)
_TOWN_OR_WATER: Final = re.compile("[^路街道号0-9]?(?:[镇乡]|街道)|[湾湖江河岛港山苑坊嘴洲滩]")
_IN_ZONE: Final = "[^路街道号弄镇乡村区县0-9A-Za-z,()-]"
_ZONE_KIND: Final = (
    "经济技术开发区|经济技术产业开发区|高新技术产业开发区|高新技术产业园区|高新技术开发区|高新技术园区|高科技园区|经济开发区"
    "|高新区|经开区|工业园区|产业园区|(?<![区])开发区|科技园区|综合保税区|保税港?区|自由贸易试验区|自贸区"
    "|示范区|[试实]验区|度假区|风景名胜区|管理区|合作区|航空港区|新区"
)
_ZONE: Final = re.compile(f"{_IN_ZONE}{{0,12}}?(?:{_ZONE_KIND})(?![一-龥]?[路街])")
_HONG_KONG: Final = re.compile(
    "(?:香港岛|港岛|九龙|新界)(?:尖沙咀|尖东|旺角|油麻地|深水埗|红磡|土瓜湾|何文田|九龙|观塘|牛头角|蓝田|黄大仙|钻石山|新蒲岗|长沙湾|荔枝角|大角咀|佐敦"
    "|中环|上环|西环|金钟|湾仔|铜锣湾|北角|鲗鱼涌|太古|柴湾|香港仔|沙田|大围|火炭|马鞍山|大埔|粉岭|上水|元朗|天水围|屯门|荃湾|葵涌|青衣|将军澳|西贡|东涌)"
)
"""Quarters of Hong Kong behind its parts: with both, 香港 need not be said."""
_CORPS: Final = re.compile("(?:生产建设)?兵团(?:第?[一二三四五六七八九十0-9]{1,3}师)?")
_CORPS_STARTS: Final = frozenset("生兵")
_ZONE_NEXT: Final = re.compile(
    "(?:经济|高新|高科|工业[园区]|产业园|科技园|物流园|商务区|[一-龥]{0,2}开发区|经开区|保税)"
)
_SEPARATORS: Final = frozenset(" ,，、;/|>·.:_-")
_FILLERS: Final = re.compile("(?:[ ,，、;/|>·.:_-]|(?:省|自治区)直辖(?:县级)?行政(?:区划|单位)|市辖区)+")
_COUNTRY: Final = re.compile("(?:中华人民共和国|中国)[ ,，]*")
_AFTER_CITY: Final = frozenset({"中区", "南区", "北区"})
"""市中区, 市南区 and 市北区 begin with the last character of the city before them."""
_MAX_NAMES: Final = 8
_LONGEST_ZONE: Final = 24
_CITY: Final = 2
_COUNTY: Final = 3
_KINDS: Final = frozenset("省市区县旗盟州")
_SKIPPED: Final = _SEPARATORS | frozenset("市省自")


_NOWHERE: Final = Place()


class _Search:
    """One pass over the head of an address."""

    __slots__ = (
        "before", "codes", "conflict", "former", "found", "once", "position", "retired", "tables", "text", "zone_start",
    )  # fmt: skip

    def __init__(self, text: str, tables: DivisionTables) -> None:
        self.text = text
        self.tables = tables
        self.position = 0
        self.before = 0
        self.codes: tuple[str, ...] = ()
        self.found: list[tuple[str, ...]] = []
        self.retired = False
        self.former: list[tuple[str, str]] = []
        self.once: tuple[str, tuple[tuple[str, str], ...]] = ("", ())
        self.conflict: tuple[str, ...] = ()
        self.zone_start = -1

    def run(self) -> None:
        """Name after name, until one does not fit."""
        text, lengths, forms = self.text, self.tables.lengths, self.tables.forms
        position = self.position
        for _ in range(_MAX_NAMES):
            start = position
            head = text[start : start + 2]
            if head[:1] in _SKIPPED and (skipped := _FILLERS.match(text, start)):
                start = skipped.end()
                head = text[start : start + 2]
            position = -1
            for size in lengths.get(head, ()):
                end = start + size
                form = forms.get(text[start:end])
                if form is None or end > len(text):
                    continue
                if form.full and (met := meet(self.codes, form.full) if self.codes else alone(form.full)):
                    self.codes = met
                    self.found.append(form.full)
                    if form.zone:
                        self.zone_start = start
                    if form.retired:
                        self.once = (text[start:end], form.retired)
                elif not self.take(form, start, end):
                    continue
                position = end
                if text[end : end + 2] in _AFTER_CITY and text[end - 1] == "市":
                    position -= self.shares_last(end)
                break
            if position < 0:
                if self.codes or not self.take_character(start):
                    return
                position = start + 1
            self.before, self.position = start, position
            if self.zone_start >= 0:
                return

    def take_character(self, start: int) -> bool:
        """A province by its one character, only where a place inside it follows: 粤广州."""
        text, tables = self.text, self.tables
        province = PROVINCE_CHARACTERS.get(text[start : start + 1], "") + "0000"
        if province not in tables.names:
            return False
        for size in tables.lengths.get(text[start + 1 : start + 3], ()):
            form = tables.forms.get(text[start + 1 : start + 1 + size])
            if form and start + 1 + size <= len(text) and meet((province,), form.full + form.short):
                if not form.full and _ROAD_OR_HOUSE.match(text, start + 1 + size):
                    continue
                self.keep((province,), (province,))
                return True
        return False

    def shares_last(self, end: int) -> int:
        """1 where the 市 of a name belongs to the next one: 乐山 市中区, 青岛 市南区."""
        form = self.tables.forms[self.text[end - 1 : end + 2]]
        return int(any(self.within(code) for code in form.full))

    def take(self, form: Form, start: int, end: int) -> bool:
        """Whether a spelling stands for a place of before, or for one named in short, that fits what is known."""
        spelling = self.text[start:end]
        if form.retired and (successors := self.successors(form, spelling, end)):
            self.keep(successors, successors)
            self.retired = True
            return True
        if self.once[1] and self.held_once((*form.full, *[new for _, new in form.retired])):
            return True
        if form.full and self.codes and not self.conflict:
            self.conflict = tuple([code for code in alone(form.full) if code.isdigit()])
        return bool(form.short) and self.take_short(form.short, start, end)

    def successors(self, form: Form, spelling: str, end: int) -> tuple[str, ...]:
        """What took over a retired division; alone, its name counts only where no living one has it.

        A new area (龙华新区, 江北新区) counts only in its city: some became districts, others never were one. So does
        a name without its kind, unless it was a city's.
        """
        former = self.tables.former
        if spelling[-1] not in _KINDS and (
            _ROAD_OR_HOUSE.match(self.text, end) or _TOWN_OR_WATER.match(self.text, end)
        ):
            return ()
        if self.codes:
            pairs = [(old, new) for old, new in form.retired if self.within(old) or self.meet((new,))]
            # 市中区 of one city is no 市中区 of another
            pairs = [(old, new) for old, new in pairs if self.meet((new,))] or pairs
        elif form.full or (len(spelling) == 2 and spelling[-1] == "区") or spelling.endswith("新区"):
            return ()
        else:
            pairs = [(old, new) for old, new in form.retired if spelling[-1] in _KINDS or level_of(old) == _CITY]
        self.former += dict.fromkeys((old, spelling) for old, _ in pairs if (old, spelling) in former)
        return tuple(dict.fromkeys([new for _, new in pairs]))

    def held_once(self, codes: tuple[str, ...]) -> bool:
        """Whether a place was held by the city that had the name before: 无为市 by 巢湖市 until 2011."""
        name, pairs = self.once
        for old, new in pairs:
            known = self.tables.former.get((old, name))
            if known and level_of(old) == _CITY and (met := meet((new, *known.also), codes)):
                self.found[-1] = (new, *known.also)
                self.keep(met, codes)
                self.retired = True
                self.former.append((old, name))
                return True
        return False

    def county_at(self, start: int) -> str | None:
        """The county whose full name begins here and that is in the one place known."""
        text, tables = self.text, self.tables
        for size in tables.lengths.get(text[start : start + 2], ()) if len(self.codes) == 1 else ():
            name = text[start : start + size]
            form = tables.forms.get(name)
            for code in form.full if form else ():
                if level_of(code) == _COUNTY and tables.names[code] == name and self.within(code) and not is_zone(code):
                    return code
        return None

    def narrow(self, postcode: str) -> None:
        """Only the places of the province that a postcode is of, where any is."""
        province = POSTCODES.get(postcode[:2])
        if kept := tuple([code for code in self.codes if code[:2] == province]):
            self.codes = kept

    def contradicted(self) -> bool:
        """Whether the name that fits nothing before it follows at once."""
        text, tables, start = self.text, self.tables, self.position
        sizes = tables.lengths.get(text[start : start + 2], ())
        return any(
            (form := tables.forms.get(text[start : start + n])) and set(form.full) >= set(self.conflict) for n in sizes
        )

    def take_short(self, codes: tuple[str, ...], start: int, end: int) -> bool:
        text = self.text
        if _ROAD_OR_HOUSE.match(text, end) and not self.named_inside(codes, end):
            return False
        counties = [code for code in codes if level_of(code) == 3]
        if counties and _TOWN_OR_WATER.match(text, end):
            codes = tuple(code for code in codes if level_of(code) < 3)
        met = self.meet(codes)
        if not met or (not self.codes and not self.stands_alone(met, text[start:end])):
            return False
        self.keep(met, codes)
        if all(level_of(code) == 3 for code in met) and _ZONE_NEXT.match(text, end):
            self.zone_start = start
        return True

    def stands_alone(self, codes: tuple[str, ...], spelling: str) -> bool:
        """Whether a short name says enough with nothing before it: not a county whose name a town elsewhere has too."""
        tables = self.tables
        if any(level_of(code) < 3 for code in codes):
            return True
        return len(codes) == 1 and (tables.names[codes[0]].endswith("市") or spelling not in tables.shared)

    def named_inside(self, codes: tuple[str, ...], start: int) -> bool:
        """Whether the name of a place inside one of `codes` begins here: 石家庄 桥东区, 江苏 镇江."""
        text, tables = self.text, self.tables
        for size in tables.lengths.get(text[start : start + 2], ()):
            form = tables.forms.get(text[start : start + size])
            if form is not None:
                inner = [*form.full, *form.short, *(old for old, _ in form.retired)]
                if any(one != code and one.startswith(tables.reach[code]) for one in inner for code in codes):
                    return True
        return False

    def keep(self, met: tuple[str, ...], named: tuple[str, ...]) -> None:
        self.codes = met
        self.found.append(named)

    def within(self, code: str) -> bool:
        reach = self.tables.reach
        return any(code.startswith(reach[known]) for known in self.codes)

    def meet(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        return meet(self.codes, codes) if self.codes else alone(codes)


def find_divisions(text: str, *, fill: bool, postcode: str | None = None) -> tuple[Place, int]:
    """The divisions at the head of an address in simplified Han.

    Args:
        text: a cleaned address.
        fill: whether levels that are not written are taken from the table.
        postcode: the six digits that stood in the address: between several places that fit, those of its province.

    Returns:
        The place, and where the divisions end in the text.

    >>> place, end = find_divisions("萧山区市心北路1号", fill=True)
    >>> place.province, place.city, place.district, place.adcode, place.issues, end
    ('浙江省', '杭州市', '萧山区', '330109', ('filled_division',), 3)
    >>> find_divisions("朝阳区建国路88号", fill=True)[0].candidates
    ('110105', '220104')
    >>> find_divisions("朝阳区建国路88号", fill=True, postcode="100022")[0].province
    '北京市'
    """
    search = _Search(text, division_tables())
    if text.startswith("中") and (country := _COUNTRY.match(text)):
        search.position = country.end()
    search.run()
    if postcode and len(search.codes) > 1:
        search.narrow(postcode)
    code, place, end = None, _NOWHERE, 0
    if search.codes:
        code = decide(search.codes, search.tables.reach)
        end = search.position
        if code is not None:
            place = described(code, tuple(search.found), search.retired, fill)
        else:
            place = undecided(search.codes, tuple(search.found), search.retired, fill)
            end = end if place.district else search.before
        if search.former:
            place = _with_former(place, search)
            end = end if place.district is None else search.position
        if search.conflict and not search.retired and code not in WITHOUT_COUNTIES and search.contradicted():
            place = place._replace(issues=(*place.issues, "division_conflict"), candidates=search.conflict)
    elif fill and _HONG_KONG.match(text):
        return described("810000", (), False, fill), 0
    if place.zone is None:
        start = search.zone_start if search.zone_start >= 0 else end
        if zone := _zone_at(text, start):
            return _with_zone(search, place, zone, code, fill)
        end = start
    return place, end


def _zone_at(text: str, start: int) -> re.Match[str] | None:
    """The development zone, or the division of the corps of Xinjiang, whose name begins here."""
    # every kind of zone ends in 区
    if text.find("区", start, start + _LONGEST_ZONE) > 0 and (zone := _ZONE.match(text, start)):
        return zone
    return _CORPS.match(text, start) if text[start : start + 1] in _CORPS_STARTS else None


def is_division_name(text: str) -> bool:
    """Whether a text is the name of a division in full, of today or of before.

    >>> is_division_name("西湖区"), is_division_name("崇文区"), is_division_name("西湖")
    (True, True, False)
    """
    form = division_tables().forms.get(text)
    return form is not None and bool(form.full or form.retired)


def _with_former(place: Place, search: _Search) -> Place:
    """A place with the names that are no more; what else took over parts of the last of them are candidates."""
    former = search.tables.former
    known = [(old, former[old, name]) for old, name in dict.fromkeys(search.former)]
    split = len(known) == 1 and level_of(known[0][0]) == _COUNTY and place.adcode and not place.candidates
    also = known[0][1].also if split else ()
    candidates = tuple(sorted({cast(str, place.adcode), *also})) if also else place.candidates
    retired = ", ".join([f"{what.name} {old} {what.year}" for old, what in known])
    if place.candidates and place.district is None and level_of(known[-1][0]) == _COUNTY:
        # several took over: what it was called is all that is known
        name = known[-1][1].name
        place = place._replace(district=name, written=place.written + name)
    return place._replace(retired=retired, candidates=candidates)


def _with_zone(search: _Search, place: Place, zone: re.Match[str], code: str | None, fill: bool) -> tuple[Place, int]:
    """A zone after the divisions, and where it ends; its official name where the city has only one so called.

    A county may follow the zone that it is in: 雄安新区容城县.
    """
    name, adcode, tables = zone.group(), place.adcode, search.tables
    end = zone.end() + 3 * search.text.startswith("管委会", zone.end())
    known = tables.zones.get((code[:4], name)) if code is not None and level_of(code) == _CITY else None
    if known is not None:
        name, adcode = tables.names[known], known
    elif not search.codes and name in NEW_AREAS:
        search.codes = (NEW_AREAS[name],)
        if fill:
            place = described(NEW_AREAS[name], (), False, fill)._replace(issues=("filled_division",))
            adcode = place.adcode
    if code is not None:
        search.codes = (code,)
    if place.district is None and not place.candidates and (county := search.county_at(end)):
        inside = described(county, (*search.found, (county,)), search.retired, fill)
        above = inside.written.removesuffix(cast(str, inside.district))
        written = f"{above}{zone.group()}{inside.district}"
        return inside._replace(zone=name, written=written, retired=place.retired), end + len(cast(str, inside.district))
    return place._replace(zone=name, adcode=adcode, written=place.written + zone.group()), end
