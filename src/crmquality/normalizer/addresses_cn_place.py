"""The country of an address in Han characters: the one it names, or the one its divisions are of."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from crmquality.normalizer.address_words import han_countries
from crmquality.normalizer.division_names import FILLED
from crmquality.normalizer.division_places import Place

_COUNTRY_OF: Final = {"71": "TW", "81": "HK", "82": "MO"}


@cache
def _country_name() -> re.Pattern[str]:
    names = sorted((name for name, code in han_countries().items() if code not in FILLED), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, names))})(?![城街路村镇乡大人小式国])")


@cache
def _first_characters() -> frozenset[str]:
    return frozenset(name[0] for name in han_countries())


def country_at(text: str) -> tuple[str | None, int]:
    """The country other than China whose name begins a text, and where the name ends.

    >>> country_at("日本东京都"), country_at("中国北京市"), country_at("美国城小区")
    (('JP', 2), (None, 0), (None, 0))
    """
    if text[:1] not in _first_characters() or (found := _country_name().match(text)) is None:
        return None, 0
    return han_countries()[found.group(1)], found.end()


def country_of(place: Place, region: str | None) -> str | None:
    """The country that divisions are in, by ISO 3166; where there are none, the region.

    >>> country_of(Place(adcode="810000"), "CN"), country_of(Place(), "CN")
    ('HK', 'CN')
    """
    return _COUNTRY_OF.get(place.adcode[:2], "CN") if place.adcode else region
