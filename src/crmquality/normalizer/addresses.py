"""Addresses: one cell into its parts, in Chinese or in Latin letters.

Chinese: `province`, `city`, `district`, `zone` (a development zone), `town`, `road`, `number`, `estate` (a named
building or compound), `building`, `unit`, `floor`, `room`, `detail` (what is none of these), `adcode` (the division's
code, GB/T 2260), `candidates` (the codes between which the words do not decide, or that took over parts of a division
that is no more), `retired` (such a division with its code and the year that ended it: 江干区 330104 2021).

Latin: `number`, `street`, `unit`, `city`, `state`, `detail`. An address in China has `province`, `city`, `district`,
`adcode`, `building`, `floor`, `room` and `room_key` as its Chinese form has them.

Both: `postcode`; `country`, ISO 3166 alpha-2; `note`, who receives, and phone numbers; `others`, the further addresses
of the cell, as they were written; `road_key`, `street_key` (road and number), `room_key` (building, unit and room), and
`key`, all that is below the divisions. The keys are made to be equal for two spellings of one address; `key` holds
neither province nor city, so compare these beside it. A key that would say nothing is None.
"""

from __future__ import annotations

from typing import Final

from crmquality.normalizer.addresses_cn import read_cn
from crmquality.normalizer.addresses_latin import read_any as read_latin
from crmquality.normalizer.addresses_latin_usual import read_usual_latin
from crmquality.normalizer.text import clean
from crmquality.normalizer.transliteration import HAN_CHARACTER
from crmquality.tables import Normalized

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "traditional",
    "annotation_removed",
    "several_addresses",
    "postcode_in_address",
    "postcode_conflict",
    "filled_division",
    "ambiguous_division",
    "retired_division",
    "division_conflict",
    "division_unknown",
    "unreadable",
)
_MAX_READINGS: Final = 8
_TAKEN_OFF: Final = ("postcode", "candidates", "retired", "country", "note", "others")
"""Parts that the value does not say again."""


def normalize_address(value: str | None, *, region: str | None) -> Normalized:
    """A postal address: canonical on one line, and its parts as the module's page lists them.

    Where the text holds Han characters the Chinese grammar reads it, in every region; without any, the Latin one.

    Args:
        value: the cell.
        region: where addresses stand unless they say otherwise, ISO 3166 alpha-2. With "CN", divisions that are not
            written are filled in where only one fits (海淀区 is in 北京市); with None nothing is added to what is
            written.

    Returns:
        Chinese values go from province to room, in simplified Han; a retired division is written as its successor.
        Latin values are in capitals with the abbreviations of USPS Publication 28.

    >>> home = normalize_address("萧山区市心北路１号嘉都花园十一号楼-1203", region="CN")
    >>> home.value
    '浙江省杭州市萧山区市心北路1号嘉都花园11号楼1203室'
    >>> home.parts["street_key"], home.parts["room_key"], home.issues
    ('市心北路1', '11-1203', ('full_width', 'filled_division'))
    >>> normalize_address("朝阳区建国路88号", region="CN").parts["candidates"]
    '110105 220104'
    >>> office = normalize_address("350 Fifth Avenue, 34th Floor, New York, New York 10118", region="US")
    >>> office.value, office.parts["street_key"]
    ('350 5TH AVE, FL 34TH, NEW YORK, NY 10118', '350 5th ave')
    """
    answer, sure = _read(value, region)
    return answer if sure or answer.value is None else _settled(answer, region)


def _read(value: str | None, region: str | None) -> tuple[Normalized, bool]:
    if value is None or value.isascii() or not HAN_CHARACTER.search(value):
        if region == "US" and value:
            if value.isascii() and (usual := read_usual_latin(value)) is not None:
                return usual, True
            text, issues = clean(value)
            if text and text != value and text.isascii() and (usual := read_usual_latin(text)) is not None:
                return Normalized(usual.value, usual.parts, issues), True
        return read_latin(value, region=region)
    return read_cn(value, region=region)


def _settled(first: Normalized, region: str | None) -> Normalized:
    """An answer whose value reads as itself: what one reading uncovers (a label under a label), the next one reads.

    Should readings go round in a circle, the smallest value of the circle is taken, wherever it was entered. The notes
    are those of the first reading.
    """
    values, answer = [first.value], first
    for _ in range(_MAX_READINGS):
        answer, _ = _read(answer.value, region)
        if answer.value is None:
            return Normalized(None, {}, first.issues)
        if answer.value in values:
            circle = values[values.index(answer.value) :]
            chosen = min(value for value in circle if value is not None)
            if len(circle) > 1:
                answer, _ = _read(chosen, region)
            kept = {name: first.parts.get(name) or answer.parts.get(name) for name in _TAKEN_OFF}
            return Normalized(chosen, {**answer.parts, **kept}, first.issues)
        values.append(answer.value)
    return Normalized(None, {}, (*first.issues, "unreadable"))
