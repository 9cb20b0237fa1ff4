"""The end of an address in Latin letters: country, postcode and state, taken off the parts between its commas."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from crmquality.normalizer.address_words import (
    DIRECTIONS,
    NUMBERED,
    countries,
    state_endings,
    states,
    street_types,
)

# Without a comma before them, only what is not also the last word of a street or a city.
_AFTER_A_SPACE: Final = (
    "UNITED STATES OF AMERICA",
    "UNITED STATES",
    "USA",
    "UNITED KINGDOM",
    "UK",
    "AUSTRALIA",
    "CANADA",
)
_SURE: Final = frozenset(
    {*_AFTER_A_SPACE, "US", "CHINA", "PR CHINA", "PRC", "HONG KONG", "ENGLAND", "SCOTLAND", "GERMANY"}
)
_POSTCODE_LAST: Final = re.compile(r"([A-Z][A-Z .']+?) ([0-9]{5,6})$")
_LAST_WORDS: Final = frozenset(name.rpartition(" ")[2] for name in _AFTER_A_SPACE)
_POSTCODES: Final = {
    "US": re.compile(r"(?<![\w-])([0-9]{5})(?:[- ]?([0-9]{4}))?$"),
    "GB": re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})$"),
    "CA": re.compile(r"\b([A-Z][0-9][A-Z])[ -]?([0-9][A-Z][0-9])$"),
    "AU": re.compile(r"(?<![\w-])([0-9]{4})()$"),
    "JP": re.compile(r"(?:^|[ 〒])([0-9]{3})-([0-9]{4})$"),
}
_DUTCH: Final = re.compile(r"([0-9]{4}) ?([A-Z]{2})(?: (.+))?$")
_POSTCODE_INSIDE: Final = re.compile(r"(.*[^\W\d]) ([0-9]{5}) ((?:[^\W\d][^0-9,]*)(?: CEDEX [0-9]{1,2})?)$")
_ANY_POSTCODE: Final = re.compile(r"(?<![\w-])([0-9]{4,6})()$")
POSTCODE_BEFORE_CITY: Final = frozenset({"DE", "AT", "CH", "FR", "BE", "IT", "ES", "LU", "NL"})
"""Countries where the postcode stands before the city."""
_POSTCODE_FIRST: Final = re.compile(r"(?:[A-Z]{1,2}-)?([0-9]{4,5})((?: [^\W\d][\w'.-]*)+?)(?: CEDEX(?: [0-9]{1,2})?)?$")
# The nine states and Puerto Rico whose ZIP codes begin with 0 (and the Virgin Islands, and military mail of Europe):
# a spreadsheet has taken the zero away.
_ZERO_STATES: Final = frozenset({"CT", "MA", "ME", "NH", "NJ", "RI", "VT", "PR", "VI", "AE"})
_LOST_ZERO: Final = re.compile(r"(?<![\w-])([0-9]{3,4})$")


class End(NamedTuple):
    """What stood at the end of an address.

    Attributes:
        country: ISO 3166 alpha-2 code, where the address names it.
        postcode: in the manner of its country.
        state: the code of a state or province; in Britain a county.
    """

    country: str | None
    postcode: str | None
    state: str | None


def _take_country(segments: list[str], region: str | None) -> str | None:
    """The country that ends an address, taken off it; a postcode that stood behind its name is left."""
    last = segments[-1]
    known = countries()
    if len(segments) > 1 and last in known and _is_country(segments, region):
        segments.pop()
        return known[last]
    found = _POSTCODE_LAST.match(last) if last[-1].isdigit() and len(segments) > 1 else None
    if found and found.group(1) in known and (len(found.group(1)) > 3 or found.group(1) in _SURE):
        segments[-1] = found.group(2)
        return known[found.group(1)]
    if last[last.rfind(" ") + 1 :] in _LAST_WORDS:
        for name in _AFTER_A_SPACE:
            if last.endswith(" " + name):
                segments[-1] = last[: -len(name) - 1]
                return known[name]
    return None


def _is_country(segments: list[str], region: str | None) -> bool:
    """Whether the last part, which could be a country's name or code, is one: CA, DE and IN are states as well."""
    last = segments[-1]
    if last in _SURE:
        return True
    if len(last) > 3:
        # Lebanon and Jamaica are cities in the United States
        return region != "US" or len(segments) > 2
    if len(last) == 3:
        return last not in states()["AU"] and last not in street_types()
    taken = any(last in states()[country] for country in ("US", "CA"))
    return _POSTCODE_FIRST.match(segments[-2]) is not None if taken or region == "US" else last not in DIRECTIONS


def _take_postcode(segments: list[str], region: str | None) -> tuple[str | None, str | None]:
    """The postcode that ends an address, and the country whose form it has; taken off the address."""
    last = segments[-1]
    if not last[-1:].isalnum():
        return None, None
    wanted = (region,) if region in _POSTCODES else ("US", "GB", "CA", "AU") if region is None else ()
    for country in wanted:
        if country != "GB" and not last[-1].isdigit():
            continue
        if found := _POSTCODES[country].search(last):
            if country in {"US", "AU"} and not _after_words(segments, found.start()):
                continue
            if (
                country == "AU"
                and region is None
                and last[: found.start()].strip().rpartition(" ")[2] not in states()["AU"]
            ):
                continue
            first, second = found.group(1), found.group(2)
            segments[-1] = last[: found.start()].strip()
            if country == "JP":
                return f"{first}-{second}", country
            if country in {"GB", "CA"}:
                return f"{first} {second}", country
            return f"{first}-{second}" if second else first, country
    if region is None or region in _POSTCODES:
        return None, None
    if region == "NL" and (found := _DUTCH.match(last)):
        segments[-1] = found.group(3) or ""
        return f"{found.group(1)} {found.group(2)}", None
    if len(segments) == 1 and region in POSTCODE_BEFORE_CITY and (found := _POSTCODE_INSIDE.match(last)):
        segments[:] = [found.group(1), f"{found.group(2)} {found.group(3)}"]
        last = segments[-1]
    if len(segments) > 1 and (found := _POSTCODE_FIRST.match(last)):
        segments[-1] = found.group(2).strip()
        return found.group(1), None
    if (found := _ANY_POSTCODE.search(last)) and _after_words(segments, found.start()):
        segments[-1] = last[: found.start()].strip()
        return found.group(1), None
    return None, None


def _after_words(segments: list[str], start: int) -> bool:
    """Whether a number at the end is no street number: letters stand before it, in its part or in an earlier one."""
    before = segments[-1][:start].strip()
    if len(segments) > 1 or not before:
        return len(segments) > 1
    _, space, last = before.rpartition(" ")
    return bool(space) and not last.isdigit() and last not in NUMBERED


def _take_state(segments: list[str], country: str, sure: bool) -> str | None:
    """The state that ends an address, taken off it.

    Args:
        segments: the parts between commas.
        country: whose states.
        sure: whether a postcode stood after it.
    """
    codes = states()[country]
    last = segments[-1]
    if last in codes:
        if len(segments) > 1 or (sure and country != "GB"):
            segments.pop()
            return codes[last]
        return None
    if country == "GB":
        return None
    if last[last.rfind(" ") + 1 :] not in state_endings(country):
        return None
    words = last.split(" ")
    for size in range(1, min(5, len(words))):
        tail = " ".join(words[-size:])
        if tail in codes and (sure or _is_state(words, tail, apart=len(segments) > 1)):
            segments[-1] = " ".join(words[:-size])
            return codes[tail]
    return None


def _is_state(words: list[str], tail: str, *, apart: bool) -> bool:
    """Whether a code without a postcode is a state's: with a comma before its city, or behind a street and a city."""
    if len(tail) > 3 or tail in DIRECTIONS:
        return False
    types = street_types()
    return apart or (tail not in types and any(word in types for word in words[1:-2]))


def take_end(segments: list[str], region: str | None) -> End:
    """Country, postcode and state, taken off the end of an address.

    Args:
        segments: the parts between commas, in capitals; what is read is removed, and so are empty parts.
        region: ISO 3166 alpha-2 code of the country, unless the address names another.

    >>> segments = ["123 MAIN ST", "BOSTON", "MA 2110"]
    >>> take_end(segments, "US"), segments
    (End(country=None, postcode='02110', state='MA'), ['123 MAIN ST', 'BOSTON'])
    """
    country = _take_country(segments, region)
    postcode, found = _take_postcode(segments, country or region)
    _drop_empty(segments)
    place = country or region or found
    state = None
    for candidate in (place,) if place in states() else ("US", "CA", "AU") if place is None else ():
        state = _take_state(segments, candidate, postcode is not None) if segments else None
        if state:
            break
    if postcode is None and state is None and place in {"US", None} and segments and segments[-1][-1:].isdigit():
        state, postcode = _restore_zero(segments)
    _drop_empty(segments)
    return End(country, postcode, state)


def _drop_empty(segments: list[str]) -> None:
    while segments and not segments[-1]:
        segments.pop()


def _restore_zero(segments: list[str]) -> tuple[str | None, str | None]:
    """MA 2110 is MA 02110: a spreadsheet took the zero."""
    lost = _LOST_ZERO.search(segments[-1])
    before = segments[-1][: lost.start()].strip() if lost else ""
    trial = [*segments[:-1], before] if before else segments[:-1]
    if lost is None or not trial:
        return None, None
    state = _take_state(trial, "US", sure=True)
    if state not in _ZERO_STATES:
        return None, None
    segments[:] = trial
    return state, lost.group(1).zfill(5)
