"""A place by the codes that its names mean: which one they decide, and how it is described.

Nothing is ever chosen between two places that both fit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from crmquality.normalizer.division_names import division_tables, is_zone, level_of, only_in_context

MUNICIPALITIES: Final = frozenset({"11", "12", "31", "50"})
"""Provinces that are cities: 北京市, 天津市, 上海市, 重庆市."""


class Place(NamedTuple):
    """Where an address is, as far as its words and the table of divisions say.

    Attributes:
        province: its name in full; so `city` and `district`. Of a municipality, `city` is the same name. A county that
            belongs to its province directly (济源市) is the `district`, and has no `city`.
        zone: a development or management zone, by its official name where the table has it.
        adcode: the six-digit code of the smallest part known; None where it is not known.
        candidates: the codes between which the words do not decide, or the place that contradicts the words before it.
        issues: filled_division, ambiguous_division, retired_division, division_conflict.
        written: the names as they are to be written before the rest of the address.
        retired: the names that are no more, each with its code and the year that ended it: 江干区 330104 2021.
    """

    province: str | None = None
    city: str | None = None
    district: str | None = None
    zone: str | None = None
    adcode: str | None = None
    candidates: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    written: str = ""
    retired: str | None = None


@lru_cache(maxsize=65_536)
def alone(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The places that a name means with nothing before it."""
    names = division_tables().names
    return tuple([code for code in codes if not only_in_context(code, names[code])])


@lru_cache(maxsize=65_536)
def meet(known: tuple[str, ...], codes: tuple[str, ...]) -> tuple[str, ...]:
    """The places that are in both sets, the smaller one of two where one holds the other.

    >>> meet(("330000",), ("330106", "360103"))
    ('330106',)
    """
    reach = division_tables().reach
    met: list[str] = []
    for code in codes:
        for other in known:
            both = code if code.startswith(reach[other]) else other if other.startswith(reach[code]) else ""
            if both and both not in met:
                met.append(both)
    return tuple(met)


def decide(codes: tuple[str, ...], reach: dict[str, str]) -> str | None:
    """The one place that a set of codes means, or None.

    A province goes before what shares its name (海南), the whole before its part (恩施), and a city before counties
    elsewhere (西安), unless one of these is in a municipality and so as well known (朝阳).
    """
    if len(codes) == 1:
        return codes[0]
    provinces = [code for code in codes if level_of(code) == 1]
    if len(provinces) == 1:
        return provinces[0]
    widest = min(codes, key=lambda code: (level_of(code), code))
    if all(code.startswith(reach[widest]) for code in codes):
        return widest
    cities = [code for code in codes if level_of(code) == 2]
    known = len(cities) == 1 and cities[0].isdigit() and not any(code[:2] in MUNICIPALITIES for code in codes)
    return cities[0] if known else None


def describe(codes: tuple[str, ...], found: tuple[tuple[str, ...], ...], *, fill: bool) -> Place:
    """What a set of codes says, of which one address has names that mean `found`.

    >>> describe(("330106",), (("330106",),), fill=True).province
    '浙江省'
    """
    code = decide(codes, division_tables().reach)
    return undecided(codes, found, False, fill) if code is None else described(code, found, False, fill)


def _parents(code: str) -> tuple[str, ...]:
    """The codes of everything that holds a code, and the code."""
    return tuple(dict.fromkeys((code[:2] + "0000", code[:4] + "00", code)))


def _written(place: Place) -> Place:
    city = None if place.city == place.province else place.city
    return place._replace(written="".join([n for n in (place.province, city, place.district, place.zone) if n]))


@lru_cache(maxsize=16_384)
def described(code: str, found: tuple[tuple[str, ...], ...], retired: bool, fill: bool) -> Place:
    """A place by its code: with the levels that are written, and the others where they are to be filled."""
    names = division_tables().names
    named = {one for codes in found for one in codes} | {code}
    known: dict[int, str] = {}
    missing = False
    for one in _parents(code):
        if one in names and (one in named or fill):
            known[4 if is_zone(one) else level_of(one)] = names[one]
        missing = missing or (one in names and one not in named)
    province = known.get(1)
    issues = ("retired_division",) * retired + ("filled_division",) * (missing and fill)
    return _written(
        Place(
            province,
            province if code[:2] in MUNICIPALITIES else known.get(2),
            known.get(3),
            known.get(4),
            code if code.isdigit() else code[:2] + "0000",
            issues=issues,
        )
    )


@lru_cache(maxsize=16_384)
def undecided(codes: tuple[str, ...], found: tuple[tuple[str, ...], ...], retired: bool, fill: bool) -> Place:
    """Several places fit: what they share is kept, a name they all have stays, nothing is chosen between them."""
    names = division_tables().names
    named = {one for some in found for one in some}
    shared = ({code[:2] + "0000" for code in codes}, {code[:4] + "00" for code in codes})
    province, city = ([one for one in level if len(level) == 1 and one in names] for level in shared)
    kept = [one for one in province + city if fill or one in named]
    labels = {names[code] for code in codes if level_of(code) == 3}
    alike = len(labels) == 1 and all(level_of(code) == 3 for code in codes)
    first = names[kept[0]] if kept and level_of(kept[0]) == 1 else None
    second = names[kept[-1]] if kept and level_of(kept[-1]) == 2 else None
    return _written(
        Place(
            first,
            first if first and province[0][:2] in MUNICIPALITIES else second,
            next(iter(labels)) if alike else None,
            None,
            kept[-1] if kept and kept[-1].isdigit() else None,
            tuple(sorted(codes)),
            ("retired_division",) * retired + ("ambiguous_division",),
        )
    )
