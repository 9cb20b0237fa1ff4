"""Numbering plans: which line a national number is, by phonenumbers' metadata, compiled once per calling code.

The answer is phonenumbers' own (`number_type` and `region_code_for_number`, the same patterns in the same order), at a
fifth of its time, because patterns are compiled once and the region is looked up once. A test holds the two together
on every region's numbers.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from types import ModuleType
from typing import Final, Literal, NamedTuple, TypeAlias

PhoneKind: TypeAlias = Literal[
    "mobile",
    "virtual",
    "fixed_line",
    "fixed_line_or_mobile",
    "toll_free",
    "shared_cost",
    "premium",
    "voip",
    "personal",
    "pager",
    "service",
    "unknown",
]
"""What a number is: `virtual` is a number of mainland China behind a relay's extension, `service` a short number, a
company's number of a whole country (UAN) or a mailbox; `personal` follows its owner, whatever line answers."""

# The order is phonenumbers': the first pattern that matches names the kind.
_SPECIAL: Final[tuple[tuple[str, PhoneKind], ...]] = (
    ("premium_rate", "premium"),
    ("toll_free", "toll_free"),
    ("shared_cost", "shared_cost"),
    ("voip", "voip"),
    ("personal_number", "personal"),
    ("pager", "pager"),
    ("uan", "service"),
    ("voicemail", "service"),
)


_LEADING: Final = 5
"""The digits that tell a region from others of its calling code: no pattern of them is longer (06698, 74576)."""


class _Pattern(NamedTuple):
    lengths: frozenset[int]
    whole: re.Pattern[str]

    def fits(self, national: str) -> bool:
        """Whether the whole number matches; no lengths means that the general description decided them."""
        return (not self.lengths or len(national) in self.lengths) and bool(self.whole.fullmatch(national))


class _Plan(NamedTuple):
    region: str
    leading: re.Pattern[str] | None
    general: _Pattern | None
    special: tuple[tuple[_Pattern, PhoneKind], ...]
    fixed: _Pattern | None
    mobile: _Pattern | None
    same: bool

    def kind(self, national: str) -> PhoneKind | None:
        """The kind of a valid number, None for an invalid one."""
        if self.general is None or not self.general.fits(national):
            return None
        for pattern, kind in self.special:
            if pattern.fits(national):
                return kind
        mobile = self.mobile is not None and not self.same and self.mobile.fits(national)
        if self.fixed is not None and self.fixed.fits(national):
            return "fixed_line_or_mobile" if self.same or mobile else "fixed_line"
        return "mobile" if mobile else None


@cache
def library() -> ModuleType:
    """phonenumbers, loaded when the first uncommon number comes."""
    import phonenumbers

    return phonenumbers


def _pattern(description: object) -> _Pattern | None:
    text: str | None = getattr(description, "national_number_pattern", None)
    if not text:
        return None
    return _Pattern(frozenset(getattr(description, "possible_length", ())), re.compile(text))


def _plan(region: str, metadata: object) -> _Plan:
    leading: str | None = getattr(metadata, "leading_digits", None)
    special = ((_pattern(getattr(metadata, name)), kind) for name, kind in _SPECIAL)
    return _Plan(
        region,
        None if leading is None else re.compile(leading),
        _pattern(getattr(metadata, "general_desc", None)),
        tuple((pattern, kind) for pattern, kind in special if pattern is not None),
        _pattern(getattr(metadata, "fixed_line", None)),
        _pattern(getattr(metadata, "mobile", None)),
        bool(getattr(metadata, "same_mobile_and_fixed_line_pattern", False)),
    )


@cache
def _plans(country_code: int) -> tuple[_Plan, ...]:
    lib = library()
    regions = lib.COUNTRY_CODE_TO_REGION_CODE.get(country_code, ())
    found = ((r, lib.PhoneMetadata.metadata_for_region_or_calling_code(country_code, r)) for r in regions)
    return tuple(_plan(region, metadata) for region, metadata in found if metadata is not None)


def kind_and_region(country_code: int, national: str) -> tuple[PhoneKind, str] | None:
    """What line a number is and in which region, or None where phonenumbers calls it invalid.

    Args:
        country_code: the calling code.
        national: the national significant number.

    >>> kind_and_region(86, "13812345678"), kind_and_region(1, "2127365000"), kind_and_region(86, "123")
    (('mobile', 'CN'), ('fixed_line_or_mobile', 'US'), None)
    """
    plans = _plans(country_code)
    for plan in plans if len(plans) == 1 else _candidates(country_code, national[:_LEADING]):
        kind = plan.kind(national)
        if kind is not None:
            return kind, plan.region
    return None


@lru_cache(maxsize=8192)
def _candidates(country_code: int, start: str) -> tuple[_Plan, ...]:
    """The plans that a national number which starts like this may belong to, in the library's order.

    Small regions of a shared calling code are told by their first digits alone: nothing behind them is asked.
    """
    out: list[_Plan] = []
    for plan in _plans(country_code):
        if plan.leading is None:
            out.append(plan)
        elif plan.leading.match(start):
            return (*out, plan)
    return tuple(out)
