"""Addresses in Han characters: noise off the ends, divisions, then road, number, estate, building, unit, floor, room.

The order of the steps is a contract: clean text, simplified Han, noise (labels, phone numbers, names, postcode),
divisions (`divisions.find_divisions`), town, road and number, what stands behind the number. What one expression reads
to the end is written again in one canonical form; what it cannot read to the end stays as it was written, and is
`detail`.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.addresses_cn_cells import MAYBE_NOISE, Cell, behind_first, joined, take_apart, take_brackets
from crmquality.normalizer.addresses_cn_grammar import Parsed, read_below
from crmquality.normalizer.addresses_cn_place import country_at, country_of
from crmquality.normalizer.addresses_cn_usual import read_usual
from crmquality.normalizer.division_names import FILLED, POSTCODES
from crmquality.normalizer.division_places import Place
from crmquality.normalizer.divisions import find_divisions
from crmquality.normalizer.text import clean
from crmquality.normalizer.transliteration import to_simplified
from crmquality.tables import Normalized

_AFTER_NUMBER: Final = re.compile("(.*?)(之.*|[甲乙丙丁]|)\\Z")
_JOINS_ON: Final = frozenset(
    "路街道巷弄里段号之院附副楼栋幢座单元室层房大甲乙丙丁东西南北中上下前后内外支一二三四五六七八九十百零〇两"
)
"""What, first in the name of an estate, could belong to the road or the number before it."""
_LAST_OF_DIVISION: Final = frozenset("省市区县旗州盟")
_LINES: Final = re.compile("\\s*[\r\n]+\\s*")


def read_cn(value: str, *, region: str | None) -> tuple[Normalized, bool]:
    """One reading of an address in Han characters, as `addresses.normalize_address` documents it.

    Args:
        value: the cell.
        region: ISO 3166 alpha-2 code of the country it is in, unless it names another. In China, divisions that are
            not written are taken from the table.

    Returns:
        The answer, and whether its value is known to read the same again.
    """
    usual = read_usual(value, fill=region in FILLED)
    return (usual, True) if usual is not None else read_any(value, region=region)


def read_any(value: str, *, region: str | None) -> tuple[Normalized, bool]:
    """`read_cn` without its short way: every form that an address can have."""
    text, found = clean(_LINES.sub(" ; ", value) if "\n" in value or "\r" in value else value)
    if text is None:
        return Normalized(None, {}, found), True
    issues = list(found)
    # 乾 is read qián in the names of places, and stays as it is: 乾县, 乾潭镇
    simple = "乾".join([to_simplified(piece) for piece in text.split("乾")]) if "乾" in text else to_simplified(text)
    if simple != text:
        issues.append("traditional")
    cell = Cell(simple)
    noise = MAYBE_NOISE.search(simple)
    if noise:
        cell = take_apart(simple, issues)
        simple = cell.text
    named, remark = "", ""
    if not simple.isalnum():
        if "(" in simple:
            simple, named, remark = take_brackets(simple)
        simple = joined(simple)
    fill = region in FILLED
    if not (noise or remark or named) and (usual := read_usual(simple, fill=fill)) is not None:
        return Normalized(usual.value, usual.parts, (*issues, *usual.issues)), True
    country, start = country_at(simple)
    if country:
        place, end, fill = Place(written=simple[:start]), start, False
    else:
        place, end = find_divisions(simple, fill=fill, postcode=cell.postcode)
        if not place.written and simple[-1:] in _LAST_OF_DIVISION and (turned := behind_first(simple)):
            simple = turned
            place, end = find_divisions(simple, fill=fill, postcode=cell.postcode)
    rest = simple[end:]
    parsed = read_below(rest, adcode=place.adcode)
    if country and not parsed.road:
        parsed = Parsed(detail=rest)
    parsed.remark = remark
    written = _write(parsed, named)
    if place.issues:
        issues += place.issues
    elif fill and not place.written:
        issues.append("division_unknown")
    if cell.postcode and place.adcode and POSTCODES.get(cell.postcode[:2], place.adcode[:2]) != place.adcode[:2]:
        issues.append("postcode_conflict")
    parts = _parts(place, parsed, cell)
    parts["country"] = country or country_of(place, region)
    answer = Normalized(place.written + written or None, parts, tuple(issues))
    if noise or remark or country or (parsed.room and "F" in parsed.room):
        return answer, False
    # what is written as it stood reads as it read; so does a road behind divisions when nothing is left over
    whole = place.district or (place.zone and place.city) or not place.written
    plain = not (parsed.detail or parsed.locality) and (parsed.estate is None or parsed.estate[0] not in _JOINS_ON)
    letters = parsed.building is None or parsed.building.isascii()
    return answer, written == rest or bool(parsed.road and whole and plain and letters)


def _write(parsed: Parsed, named: str) -> str:
    """The canonical text; a hyphen keeps apart what would run together, as in MSD-C3座.

    Args:
        parsed: what was read.
        named: the name that stood in brackets, and stays in them.
    """
    head = parsed.road or ""
    if parsed.number:
        number, sign = parsed.number, "号院" if parsed.yard else "号"
        if number[-1].isdigit() and "之" not in number:
            main, extra, more = number.rpartition("附")
            head += f"{main}{sign}{extra}{more}号" if main else number + sign
        elif number.endswith(("弄", "巷")):
            head += number
        else:
            head += _AFTER_NUMBER.sub(rf"\1{sign}\2", number, count=1)
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


def _parts(place: Place, parsed: Parsed, cell: Cell) -> dict[str, str | None]:
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
        "postcode": cell.postcode,
        "adcode": place.adcode,
        "candidates": " ".join(place.candidates) or None,
        "retired": place.retired,
        "note": "; ".join(cell.notes) or None,
        "others": "; ".join(cell.others) or None,
        "road_key": parsed.road,
        "street_key": street,
        "room_key": room,
        "key": key,
    }
