"""The usual Chinese address, in one look: divisions down to a county in full, road, number, estate, building, room.

浙江省杭州市西湖区文三路90号嘉都花园3幢1201室 is what most cells look like. One expression finds its parts; the
divisions are read once and remembered, as there are few. It answers only where `addresses_cn` would answer the same,
which a test holds it to: whatever could begin another part is left out of the characters it takes. The same expression
serves a column at once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple, cast

import polars as pl

from crmquality.normalizer.addresses_cn_grammar import numeral
from crmquality.normalizer.addresses_cn_place import country_at, country_of
from crmquality.normalizer.division_names import FILLED, WITHOUT_COUNTIES, division_tables, level_of
from crmquality.normalizer.divisions import find_divisions
from crmquality.normalizer.mojibake import is_sound
from crmquality.normalizer.transliteration import is_simple
from crmquality.tables import Normalized

_NO_NAME: Final = "\x00-\u4dff\ua000-\U0010ffff"
_NO_ROAD: Final = _NO_NAME + "路街巷道弄里同线镇乡村处木区会园场城号栋幢座室收先女姐辖兵市县旗"
_NO_TOWN: Final = _NO_NAME + "路街巷道弄里镇乡村处木区会园号收先女姐辖兵市县旗团"
_NO_ESTATE: Final = _NO_NAME + "路街巷道弄里号栋幢座室塔层收先女姐甲乙丙丁第底顶负下单门梯之院"
_NO_START: Final = _NO_ESTATE + "楼公厅库馆大"
_USUAL: Final = (
    f"([\u4e00-\u9fff]{{1,24}}[区县市旗])([^{_NO_TOWN}]{{1,6}}(?:街道|镇|乡))?"
    f"([^{_NO_ROAD}]{{1,8}}(?:路|街|大道|大街))([0-9]{{1,4}})[号#]"
    f"([^{_NO_START}][^{_NO_ESTATE}]{{1,9}})?"
    "(?:([0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:号楼|栋|幢|座)|([0-9]{1,3})#)?(?:-?([0-9]{3,5})(?:室|号|房)?)?"
)
# 镇 before these is no town: 景德镇东路, 镇中学
_NOT_AFTER_TOWN: Final = re.compile("[东西南北中]?大?[路街]|[广大]|.?[工中小]学|政府")
# 东区, 三楼, 中楼: a wing, a floor
_WING: Final = re.compile("[东西南北中主附裙一二两三四五六七八九十百零〇][楼区]")
_WHOLE: Final = re.compile(_USUAL + r"\Z")
_WIDE: Final = "０１２３４５６７８９＃"
_NARROW: Final = "0123456789#"
_TO_NARROW: Final = str.maketrans(_WIDE, _NARROW)
_WIDE_DIGITS: Final = re.compile(f"[{_WIDE}]")
_PLACE_PARTS: Final = ("country", "province", "city", "district", "adcode", "candidates", "retired")


class _Head(NamedTuple):
    """What the divisions at the head of an address say."""

    written: str
    codes: frozenset[str]
    issues: tuple[str, ...]
    country: str | None
    province: str | None
    city: str | None
    district: str | None
    adcode: str
    candidates: str | None
    retired: str | None


@lru_cache(maxsize=65_536)
def _head(text: str, fill: bool) -> _Head | None:
    """The divisions that are all of a text, down to a county or district; None where it is anything else."""
    if not (is_simple(text) and is_sound(text)) or country_at(text)[0]:
        return None
    place, end = find_divisions(text, fill=fill)
    code = place.adcode
    if end != len(text) or not place.district or place.zone or "division_conflict" in place.issues:
        return None
    if code is None or not code.isdigit() or level_of(code) < 3 or code in WITHOUT_COUNTIES:
        return None
    codes = frozenset((code[:2] + "0000", code[:4] + "00", code))
    candidates = " ".join(place.candidates) or None
    return _Head(
        place.written,
        codes,
        place.issues,
        country_of(place, None),
        place.province,
        place.city,
        place.district,
        code,
        candidates,
        place.retired,
    )


@lru_cache(maxsize=65_536)
def _road(text: str) -> frozenset[str] | None:
    """The codes of divisions whose short name begins a road; None where the road has to be looked at."""
    if not (is_simple(text) and is_sound(text)):
        return None
    tables = division_tables()
    codes: list[str] = []
    for size in tables.lengths.get(text[:2], ()):
        form = tables.forms.get(text[:size])
        if form is None:
            continue
        if form.full or form.retired:
            return None
        codes += form.short
    return frozenset(codes)


@lru_cache(maxsize=65_536)
def _follows_town(road: str) -> bool:
    return _NOT_AFTER_TOWN.match(road) is None


@lru_cache(maxsize=65_536)
def _town(text: str) -> frozenset[str] | None:
    """The codes of divisions whose short name begins a town; None where the town has to be looked at."""
    return None if text[-1] in "镇乡" and text[-2] in "城思" else _road(text)


@lru_cache(maxsize=65_536)
def _is_name(text: str) -> bool:
    """Whether a text can be the name of an estate as it is."""
    # the last characters are not to be numerals: they would be of the building
    last = text[-1] not in "一二两三四五六七八九十百零〇"
    return last and is_simple(text) and is_sound(text) and _WING.search(text) is None


def read_usual(value: str, *, fill: bool) -> Normalized | None:
    """What `addresses_cn.read_cn` answers, where an address is of the usual form; None where it is not.

    Args:
        value: the cell.
        fill: whether divisions that are not written are taken from the table.

    >>> answer = read_usual("浙江省杭州市西湖区文三路90号嘉都花园3幢1201室", fill=True)
    >>> answer.value, answer.parts["key"]
    ('浙江省杭州市西湖区文三路90号嘉都花园3号楼1201室', '文三路90|嘉都花园|3-1201')
    >>> read_usual("文三路90号", fill=True) is None
    True
    """
    found = _WHOLE.match(value)
    wide: tuple[str, ...] = ()
    if found is None:
        if _WIDE_DIGITS.search(value) is None or (found := _WHOLE.match(value.translate(_TO_NARROW))) is None:
            return None
        wide = ("full_width",)
    place, town, road, number, estate, building, other, room = found.groups()
    building = numeral(building) if building else other
    if estate is not None and ((building is None and room is None) or not _is_name(estate)):
        return None
    begins = _road(road) if town is None else _town(town)
    if town is not None and (_road(road) is None or not _follows_town(road)):
        return None
    head = _head(place, fill)
    if head is None or begins is None or not begins.isdisjoint(head.codes):
        return None
    street = road + number
    written = f"{head.written}{town or ''}{street}号{estate or ''}"
    key = None
    if building:
        key = f"{building}-{room or ''}"
        written += f"{building}号楼{room}室" if room else building + "号楼"
    elif room:
        key = room
        written += room + "室"
    parts = {
        "province": head.province,
        "city": head.city,
        "district": head.district,
        "zone": None,
        "town": town,
        "road": road,
        "number": number,
        "estate": estate,
        "building": building,
        "unit": None,
        "floor": None,
        "room": room,
        "detail": None,
        "postcode": None,
        "adcode": head.adcode,
        "candidates": head.candidates,
        "retired": head.retired,
        "note": None,
        "others": None,
        "road_key": road,
        "street_key": street,
        "room_key": key,
        "key": f"{street}|{estate or ''}|{key or ''}",
        "country": head.country,
    }
    return Normalized(written, parts, wide + head.issues if wide else head.issues)


def han_column(values: pl.Series, *, region: str | None) -> pl.DataFrame:
    """The column form of `addresses.normalize_address` for addresses of the usual Chinese form.

    >>> han_column(pl.Series(["杭州市西湖区文三路90号", "西湖边"]), region="CN")["value"].to_list()
    ['浙江省杭州市西湖区文三路90号', None]
    """
    fill = region in FILLED
    names = ["place", "town", "road", "number", "estate", "building", "other", "room"]
    wide = values.str.contains(f"[{_WIDE}]")
    values = values.str.replace_many(list(_WIDE), list(_NARROW)) if wide.any() else values
    found = values.str.extract_groups(f"^{_USUAL}$").struct.rename_fields(names).struct.unnest()
    found = found.with_columns(_numerals(found["building"]).fill_null(pl.col("other")))
    table = (
        found.join(_heads(found["place"], fill), on="place", how="left", maintain_order="left")
        .join(_roads(found["road"]), on="road", how="left", maintain_order="left")
        .join(_towns(found["town"]), on="town", how="left", maintain_order="left")
        .join(_estates(found["estate"]), on="estate", how="left", maintain_order="left")
    )
    inside = pl.col("building").is_not_null() | pl.col("room").is_not_null()
    alone = pl.col("town").is_null()
    begins = pl.when(alone).then("begins").otherwise("town_begins")
    apart = begins.is_null() | (pl.col("codes").list.set_intersection(begins).list.len() == 0)
    known = (
        (pl.col("written").is_not_null() & pl.col("road_known").fill_null(value=False))
        & apart
        & (alone | (pl.col("town_known").fill_null(value=False) & pl.col("follows").fill_null(value=False)))
        & (pl.col("estate").is_null() | (inside & pl.col("estate_known").fill_null(value=False)))
    )
    street = pl.col("road") + pl.col("number")
    estate = pl.col("estate").fill_null("")
    room = pl.col("room").fill_null("")
    room_key = pl.when(pl.col("building").is_not_null()).then(pl.col("building") + "-" + room).otherwise(pl.col("room"))
    building = (pl.col("building") + "号楼").fill_null("")
    return table.select(
        known=known,
        value=pl.concat_str(
            "written",
            pl.col("town").fill_null(""),
            street,
            pl.lit("号"),
            estate,
            building,
            (pl.col("room") + "室").fill_null(""),
        ),
        issues=pl.when(wide)
        .then(pl.concat_str(pl.lit("full_width"), "issues", separator=" ", ignore_nulls=True))
        .otherwise("issues"),
        **{name: pl.col(name) for name in (*_PLACE_PARTS, "town", "road", "number", "estate", "building", "room")},
        road_key=pl.col("road"),
        street_key=street,
        room_key=room_key,
        key=pl.concat_str(street, pl.lit("|"), estate, pl.lit("|"), room_key.fill_null("")),
    )


def _heads(texts: pl.Series, fill: bool) -> pl.DataFrame:
    """The distinct heads that are divisions, and what they say."""
    heads = {text: head for text in texts.unique().drop_nulls().to_list() if (head := _head(text, fill)) is not None}
    text_of = {name: [cast("str | None", getattr(head, name)) for head in heads.values()] for name in _PLACE_PARTS}
    return pl.DataFrame(
        {
            "place": list(heads),
            "written": [head.written for head in heads.values()],
            "codes": [sorted(head.codes) for head in heads.values()],
            "issues": [" ".join(head.issues) or None for head in heads.values()],
            **text_of,
        },
        schema={
            "place": pl.String,
            "written": pl.String,
            "codes": pl.List(pl.String),
            "issues": pl.String,
            **dict.fromkeys(_PLACE_PARTS, pl.String),
        },
    )


def _roads(texts: pl.Series) -> pl.DataFrame:
    """The distinct roads, the divisions whose short names begin them, and whether a town may stand before them."""
    roads = {text: _road(text) for text in texts.unique().drop_nulls().to_list()}
    return pl.DataFrame(
        {
            "road": list(roads),
            "begins": [sorted(codes) if codes else None for codes in roads.values()],
            "road_known": [codes is not None for codes in roads.values()],
            "follows": [_follows_town(text) for text in roads],
        },
        schema={"road": pl.String, "begins": pl.List(pl.String), "road_known": pl.Boolean, "follows": pl.Boolean},
    )


def _towns(texts: pl.Series) -> pl.DataFrame:
    """The distinct towns, and the divisions whose short names begin them."""
    towns = {text: _town(text) for text in texts.unique().drop_nulls().to_list()}
    return pl.DataFrame(
        {
            "town": list(towns),
            "town_begins": [sorted(codes) if codes else None for codes in towns.values()],
            "town_known": [codes is not None for codes in towns.values()],
        },
        schema={"town": pl.String, "town_begins": pl.List(pl.String), "town_known": pl.Boolean},
    )


def _numerals(texts: pl.Series) -> pl.Expr:
    """The numbers of buildings in digits."""
    han = texts.filter(texts.str.contains("[^0-9]").fill_null(value=False)).unique().to_list()
    return pl.col("building").replace({text: numeral(text) for text in han}) if han else pl.col("building")


def _estates(texts: pl.Series) -> pl.DataFrame:
    estates = texts.unique().drop_nulls().to_list()
    return pl.DataFrame(
        {"estate": estates, "estate_known": [_is_name(text) for text in estates]},
        schema={"estate": pl.String, "estate_known": pl.Boolean},
    )
