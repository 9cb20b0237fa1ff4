"""From days and contact points to a status, with its reasons in words. `report.activity` says what a status means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import polars as pl

from crmquality.report.activity_dates import LAST_DAY, NO_DAY, BoolArray, Days, IntArray
from crmquality.report.reach import CHANNELS, Groups, Reach

Status: TypeAlias = Literal["active", "to_confirm", "stale", "unreachable"]

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
"""From best to worst."""

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "recent_activity": ("Active less than {confirm} days ago.", "最近 {confirm} 天内有往来。"),
    "confirmation_due": (
        "No activity for {confirm} days or more: confirm the data with the customer.",
        "已有 {confirm} 天或更久没有往来，请与客户确认数据。",
    ),
    "no_recent_activity": ("No activity for {stale} days or more.", "已有 {stale} 天或更久没有往来。"),
    "no_date": ("No date of activity is known.", "没有可用的往来日期。"),
    "incomplete_date": (
        "The last date is incomplete; it was read as the last day it can mean.",
        "最近一次日期不完整，按其可能的最晚一天计算。",
    ),
    "date_in_future": ("A date lies in the future and was not counted.", "有日期晚于当前日期，未计入。"),
    "date_unreadable": ("A date could not be read and was not counted.", "有日期无法识别，未计入。"),
    "no_contact_point": ("No contact point is known.", "没有任何联系方式。"),
    "invalid_contact_points": ("What is known as a contact point cannot be used.", "联系方式无效，无法使用。"),
    "failed_contact_points": ("A contact point was tried in vain.", "联系方式已失效，例如退信或空号。"),
    "refused_contact_points": (
        "The customer refused a contact point, or did not agree to it.",
        "客户拒绝使用该联系方式，或尚未同意。",
    ),
}
"""Every reason, in the order in which they stand, in English and Chinese."""

_PLACE: Final = {reason: place for place, reason in enumerate(REASONS)}


class LastSeen:
    """The latest activity of every customer, column by column."""

    def __init__(self, groups: Groups, today: int) -> None:
        self.groups, self.today = groups, today
        self.last = np.full(groups.n, NO_DAY, dtype=np.int64)
        self._from = np.full(groups.n, -1, dtype=np.int64)
        self._whole = np.zeros(groups.n, dtype=np.bool_)
        self._in_future = np.zeros(groups.n, dtype=np.bool_)
        self._unreadable = np.zeros(groups.n, dtype=np.bool_)
        self._names: list[str] = []

    def add(self, name: str, days: Days, counted: BoolArray | None = None) -> None:
        """One more column; where it is not counted, it says nothing."""
        rows = np.ones(len(days.last), dtype=np.bool_) if counted is None else counted
        future = days.first > self.today
        self._in_future |= self.groups.any(rows & future)
        self._unreadable |= self.groups.any(rows & days.unreadable)
        last = np.where(rows & ~future, np.minimum(days.last, self.today), NO_DAY)
        latest = self.groups.highest(last, NO_DAY)
        newer = latest > self.last
        self._from[newer] = len(self._names)
        self._names.append(name)
        whole = self.groups.any((last == self.groups.rows(latest)) & (days.first == days.last))
        self._whole = np.where(newer, whole, self._whole | (whole & (latest == self.last)))
        self.last = np.maximum(self.last, latest)

    def names(self) -> pl.Series:
        """The column that told the latest activity, the first declared of several."""
        at = pl.Series(self._from)
        return pl.Series("last_activity_from", self._names, dtype=pl.String).gather(at.set(at < 0, None))

    def reasons(self) -> dict[str, BoolArray]:
        """What is odd about the dates."""
        return {
            "incomplete_date": (self.last != NO_DAY) & ~self._whole,
            "date_in_future": self._in_future,
            "date_unreadable": self._unreadable,
        }


def _why_not(reached: Sequence[Reach], groups: Groups) -> dict[str, BoolArray]:
    """Why no contact point can be used, of customers of whom none can."""
    none = np.zeros(groups.n, dtype=np.bool_)
    out = dict.fromkeys(("invalid_contact_points", "failed_contact_points", "refused_contact_points"), none)
    full = none
    for reach in reached:
        full = full | groups.any(reach.filled)
        first = {"invalid": reach.invalid, "failed": reach.failed & ~reach.invalid}
        first["refused"] = reach.refused & ~reach.invalid & ~reach.failed
        for name, mask in first.items():
            out[f"{name}_contact_points"] = out[f"{name}_contact_points"] | groups.any(mask)
    return {"no_contact_point": ~full, **out}


def _listed(bits: IntArray, words: Sequence[str], separator: str = " ") -> pl.Series:
    """The words whose bits are set; null where none is."""
    distinct, at = np.unique(bits, return_inverse=True)
    lists = [separator.join(w for i, w in enumerate(words) if n >> i & 1) or None for n in distinct.tolist()]
    return pl.Series(lists, dtype=pl.String).gather(pl.Series(at.astype(np.uint32)))


def said_of(seen: LastSeen, reached: Sequence[Reach], groups: Groups, limits: tuple[int, int]) -> list[pl.Series]:
    """All that is said of each customer: the columns of `Activity.classify` from `status` on.

    Args:
        seen: the latest activity.
        reached: the contact points; with none declared nobody is unreachable.
        groups: which rows are one customer.
        limits: after how many days without activity a customer is to be confirmed, and stale.
    """
    confirm, stale = limits
    known = seen.last != NO_DAY
    since = np.where(known, seen.today - seen.last, 0)
    status = np.select([~known, since >= stale, since >= confirm], [1, 2, 1], 0)
    activity = ("recent_activity", "confirmation_due", "no_recent_activity")
    reasons = {name: known & (status == place) for place, name in enumerate(activity)}
    reasons |= {"no_date": ~known} | seen.reasons()
    reachable = _reachable(reached, groups)
    if reached:
        none = reachable == 0
        status = np.where(none, STATUSES.index("unreachable"), status)
        reasons |= {name: none & mask for name, mask in _why_not(reached, groups).items()}
    due = np.minimum(seen.last + confirm, LAST_DAY)
    return [
        *_in_words(status, reasons, limits),
        _dates("last_activity", seen.last, known),
        seen.names(),
        pl.Series("days_since", since, dtype=pl.Int64).set(pl.Series(~known), None),
        _dates("due_on", due, known),
        _listed(reachable, CHANNELS).alias("reachable_by"),
    ]


def _dates(name: str, days: IntArray, known: BoolArray) -> pl.Series:
    numbers = pl.Series(name, np.where(known, days, 0).astype(np.int32))
    return numbers.set(pl.Series(~known), None).cast(pl.Date)


def _reachable(reached: Sequence[Reach], groups: Groups) -> IntArray:
    """For every customer the usable channels, a bit for each."""
    bits = np.zeros(groups.n, dtype=np.int64)
    for reach in reached:
        for place in np.unique(reach.channel).tolist():
            bits |= groups.any(reach.usable & (reach.channel == place)).astype(np.int64) << place
    return bits


def _in_words(status: IntArray, reasons: Mapping[str, BoolArray], limits: tuple[int, int]) -> list[pl.Series]:
    """Status, reasons and messages: there are few different ones, so each is worded once."""
    bits = np.zeros(len(status), dtype=np.int64)
    for name, mask in reasons.items():
        bits |= mask.astype(np.int64) << _PLACE[name]
    days = dict(zip(("confirm", "stale"), limits, strict=True))
    english = [text.format(**days) for text, _ in REASONS.values()]
    chinese = [text.format(**days) for _, text in REASONS.values()]
    return [
        pl.Series("status", STATUSES, dtype=pl.String).gather(pl.Series(status)),
        _listed(bits, tuple(REASONS)).alias("reasons"),
        _listed(bits, english).alias("message"),
        _listed(bits, chinese, separator="").alias("message_zh"),
    ]
