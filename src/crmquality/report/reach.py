"""Contact points: the ways to reach a customer, and which of them are still usable.

A contact point of a customer is a value: a number, a mailbox, an address. It is usable where all of this holds:

- there is a canonical value, without a finding of severity error and without a code of `UNUSABLE_CODES`; of an address,
  more than the names of places;
- no column of `failed` says that it was tried in vain: a bounced email, a number out of service, returned mail;
- no column of `refused` says that the customer does not want it, and every column of `consent` that the customer does.

In a golden record a value that is unusable or has failed in one member is so in every member; the customer has refused
if any member says so, and has agreed if some member says so and none says the contrary: the most restrictive wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import tzinfo
from functools import reduce
from operator import or_
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.declarations import Declaration
from crmquality.errors import unknown
from crmquality.lift import text_series
from crmquality.normalizer.categories import normalize_category
from crmquality.normalizer.dates import PLACEHOLDERS
from crmquality.normalizer.text import is_placeholder
from crmquality.report.activity_dates import BoolArray, Days, IntArray, read_days
from crmquality.report.metrics import filled, rows_with
from crmquality.tables import issues_column, norm_column
from crmquality.validator import column_cells, meaning
from crmquality.validator.fields import NUMBER_CELL
from crmquality.validator.rules import over_distinct, resolve
from crmquality.validator.times import moment

Channel: TypeAlias = Literal["mobile", "landline", "phone", "email", "post"]

CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
"""How a customer can be reached; `phone` is a number of which it is not known whether it is a mobile's."""

UNUSABLE_CODES: Final = (
    "disposable_domain",
    "no_reply_address",
    "out_of_service",
    "fax_number",
    "virtual_number",
    "default_value",
)
"""Codes of less than severity error that make a contact point unusable: nobody answers or reads there, it expires, or
it belongs to nobody. What `validator.codes` says of each is why."""

TOLERATED_CODES: Final = ("duplicate_value", "shared_identifier")
"""Codes of severity error that speak of other records: a contact point that another record has too can be used."""

_KINDS: Final[dict[str, Channel]] = {"mobile": "mobile", "fixed_line": "landline"}
_FINE_PARTS: Final = ("town", "zone", "road", "street", "number", "estate", "building", "unit", "room", "street_key")
# What is no plain yes or no: systems keep such flags as the state of the contact point, or of the subscription
_REFUSING: Final = frozenset({"退订", "已退订", "拒绝", "已拒绝", "unsubscribed", "opted out"})
_NOT_AGREEING: Final = frozenset({"未同意", "未授权", "不同意", "未订阅"})
_AGREEING: Final = frozenset({"同意", "已同意", "授权", "已授权"})
_SUBSCRIBED: Final = frozenset({"订阅", "已订阅", "接受", "已接受", "subscribed", "opted in"})
_BROKEN: Final = frozenset({"无效", "失效", "已失效", "停用", "已停用", "invalid", "inactive", "disabled"})
_IN_USE: Final = frozenset(
    {
        "正常",
        "有效",
        "可用",
        "在用",
        "可联系",
        "未退订",
        "未拒绝",
        "未退信",
        "ok",
        "valid",
        "active",
        "deliverable",
        "never",
    }
)
_FAMILIES: Final[dict[str, str]] = {"mobile": "phone", "landline": "phone"}
UNKNOWN, YES, NO = 0, 1, 2


@dataclass(frozen=True)
class ContactPoint(Declaration):
    """A column that holds a way to reach the customer.

    Attributes:
        field: the field, or the column.
        channel: `email`, `post`, `mobile`, `landline`, or `phone`, which is told apart number by number where the
            normalized table says of which kind it is.
        failed: columns that say that it was tried in vain: anything but no, 0 and nothing counts, so a date and a
            count of bounces do too.
        refused: columns that say that the customer does not want it; read in the same way.
        consent: columns that must say that the customer wants it: yes, 1, or the day of consent.
        verified_at: the column of the day on which the customer last confirmed it: activity, as long as it is usable.

    >>> ContactPoint("email", "email", failed=("email_bounced",), refused=("unsubscribed",)).columns
    ('email', 'email_bounced', 'unsubscribed')
    """

    field: str
    channel: Channel
    _: KW_ONLY
    failed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()
    verified_at: str | None = None

    def faults(self) -> list[str]:
        """A channel that is none, and columns without a name."""
        found = []
        if self.channel not in CHANNELS:
            found.append(unknown("channel", str(self.channel), CHANNELS))
        names = {"failed": self.failed, "refused": self.refused, "consent": self.consent}
        for what, columns in names.items():
            if not isinstance(columns, tuple) or not all(isinstance(c, str) and c for c in columns):
                found.append(f"{what} must be a tuple of columns")
        if not isinstance(self.field, str) or not self.field:
            found.append("a contact point needs the name of its field")
        if self.verified_at is not None and (not isinstance(self.verified_at, str) or not self.verified_at):
            found.append("verified_at must be the name of a column")
        return [f"ContactPoint({self.field}): {fault}" for fault in found]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, by field or by their own name."""
        verified = () if self.verified_at is None else (self.verified_at,)
        return (self.field, *self.failed, *self.refused, *self.consent, *verified)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Which rows are one customer.

    Attributes:
        n: how many customers.
        of: the customer of each row, from 0; None where every row is one by itself.
    """

    n: int
    of: IntArray | None = None

    def any(self, mask: BoolArray) -> BoolArray:
        """For every customer whether a mask is true in one of its rows."""
        return mask if self.of is None else np.bincount(self.of[mask], minlength=self.n) > 0

    def highest(self, values: IntArray, least: int) -> IntArray:
        """For every customer the highest value of its rows, and no less than `least`."""
        if self.of is None:
            return np.maximum(values, least)
        out = np.full(self.n, least, dtype=np.int64)
        np.maximum.at(out, self.of, values)
        return out

    def rows(self, of_customers: NDArray[np.generic]) -> NDArray[np.generic]:
        """What is said of customers, said of their rows."""
        return of_customers if self.of is None else of_customers[self.of]

    @property
    def codes(self) -> IntArray:
        """The customer of each row."""
        return np.arange(self.n, dtype=np.int64) if self.of is None else self.of


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A contact point in every row; arrays of one entry per row.

    Attributes:
        point: the contact point.
        filled: whether there is anything in the cell.
        invalid: whether what there is cannot be used.
        failed: whether it was tried in vain.
        refused: whether the customer does not want it.
        usable: whether it can be used.
        channel: the place of its channel in `CHANNELS`.
        verified: when it was last confirmed.
    """

    point: ContactPoint
    filled: BoolArray
    invalid: BoolArray
    failed: BoolArray
    refused: BoolArray
    usable: BoolArray
    channel: IntArray
    verified: Days | None


def read_points(
    frame: pl.DataFrame,
    points: Sequence[ContactPoint],
    groups: Groups,
    bad: dict[str, BoolArray],
    zone: tzinfo | None = None,
) -> list[Reach]:
    """Every contact point in every row.

    Args:
        frame: the normalized table.
        points: what to look for.
        groups: which rows are one customer.
        bad: by field the rows whose value cannot be used; see `bad_rows`.
        zone: as for `activity_dates.read_days`.
    """
    values = [column_cells(frame, p.field) for p in points]
    invalid, failed, full = [], [], []
    for point, value in zip(points, values, strict=True):
        there = filled(frame, point.field).to_numpy()
        wrong = bad[point.field] | value.is_null().to_numpy() | _too_coarse(frame, point, value)
        full.append(there)
        invalid.append(there & wrong)
        failed.append(there & _any_says(frame, point.failed))
    invalid = _in_all_rows(points, values, invalid, groups)
    failed = _in_all_rows(points, values, failed, groups)
    out = []
    for i, point in enumerate(points):
        refused = full[i] & groups.rows(_refused(frame, point, groups)).astype(np.bool_)
        usable = full[i] & ~invalid[i] & ~failed[i] & ~refused
        days = None if point.verified_at is None else read_days(frame, point.verified_at, zone)
        out.append(Reach(point, full[i], invalid[i], failed[i], refused, usable, _channels(frame, point), days))
    return out


def bad_rows(
    frame: pl.DataFrame,
    fields: Sequence[str],
    findings: pl.DataFrame | None,
    codes: tuple[tuple[str, ...], tuple[str, ...]],
    keys: tuple[str, str | None],
) -> dict[str, BoolArray]:
    """By field the rows whose value cannot be used, by what was found.

    Args:
        frame: the normalized table.
        fields: the fields of contact points.
        findings: what the validator found; without it the issue codes of the normalizer speak, with the severity that
            the catalog gives them.
        codes: the codes that make a value unusable whatever their severity, and those that never do.
        keys: the columns of the record id and of the source.
    """
    unusable, tolerated = codes
    none = np.zeros(frame.height, dtype=np.bool_)
    if findings is not None:
        told = pl.col("code").is_in(unusable) | ((pl.col("severity") == "error") & ~pl.col("code").is_in(tolerated))
        found = findings.filter(told & pl.col("field").is_in(list(fields)))
        hits = rows_with(frame, found, *keys) if found.height else {}
        return {f: hits[f].to_numpy() if f in hits else none for f in fields}

    def says(issues: str | None) -> bool:
        return any(
            code in unusable or (meaning(code).severity == "error" and code not in tolerated)
            for code in (issues or "").split()
        )

    return {
        f: over_distinct(column_cells(frame, issues_column(f)), says, pl.Boolean()).to_numpy()
        if issues_column(f) in frame.columns
        else none
        for f in fields
    }


def _in_all_rows(
    points: Sequence[ContactPoint], values: Sequence[pl.Series], masks: Sequence[BoolArray], groups: Groups
) -> list[BoolArray]:
    """What is true of a value in one row of a customer is true of it in all rows, and in all fields of its family."""
    out = list(masks)
    families = [_FAMILIES.get(p.channel, p.channel) for p in points]
    for family in sorted(set(families)):
        mine = [i for i, name in enumerate(families) if name == family]
        if groups.of is None and len(mine) == 1:
            continue
        cells = [pl.DataFrame({"customer": groups.codes, "value": values[i]}) for i in mine]
        hits = [table.filter(pl.Series(masks[i])) for i, table in zip(mine, cells, strict=True)]
        told = pl.concat(hits).drop_nulls("value").unique()
        if told.is_empty():
            continue
        told = told.with_columns(told=pl.lit(value=True))
        for i, table in zip(mine, cells, strict=True):
            joined = table.join(told, on=["customer", "value"], how="left", maintain_order="left")["told"]
            out[i] = out[i] | joined.fill_null(value=False).to_numpy()
    return out


def _refused(frame: pl.DataFrame, point: ContactPoint, groups: Groups) -> BoolArray:
    """For every customer whether a member refused, or did not agree where that is asked for."""
    refused = groups.any(_any_says(frame, point.refused))
    for column in point.consent:
        answers = _asked(frame, column, agreement)
        refused = refused | (groups.highest(answers, UNKNOWN) != YES)
    return refused


def _any_says(frame: pl.DataFrame, columns: Sequence[str]) -> BoolArray:
    none = np.zeros(frame.height, dtype=np.bool_)
    return reduce(or_, [_asked(frame, c, flag) == YES for c in columns], none)


def _asked(frame: pl.DataFrame, column: str, read: Callable[[str | None], int]) -> IntArray:
    """`UNKNOWN`, `YES` or `NO` for every cell."""
    raw = frame[resolve(column, frame.columns) or column]
    if raw.dtype == pl.Boolean:
        return raw.replace_strict({True: YES, False: NO}, default=UNKNOWN, return_dtype=pl.Int64).to_numpy()
    cells = column_cells(frame, column)
    if len(cells) == cells.null_count():
        return np.zeros(len(cells), dtype=np.int64)
    distinct = cells.unique()
    told = pl.DataFrame({"cell": distinct, "answer": [read(cell) for cell in distinct.to_list()]})
    table = pl.DataFrame({"cell": cells})
    joined = table.join(told, on="cell", how="left", nulls_equal=True, maintain_order="left")
    return joined["answer"].cast(pl.Int64).to_numpy()


def flag(cell: str | None) -> int:
    """A cell that says that something is the case: `YES` unless it says no or nothing.

    >>> [flag(cell) for cell in ("是", "2024-05-03", "3", "hard bounce", "退订", "0", "否", "正常", "N/A")]
    [1, 1, 1, 1, 1, 2, 2, 2, 0]
    """
    word = _word(cell)
    if word is None:
        return UNKNOWN
    if word in _REFUSING or word in _NOT_AGREEING or word in _BROKEN:
        return YES
    return NO if word in _SUBSCRIBED or word in _IN_USE or _boolean(word) == NO else YES


def agreement(cell: str | None) -> int:
    """A cell that says that a customer agrees: `YES` for a yes or the day of it, `NO` for a no, else `UNKNOWN`.

    >>> [agreement(cell) for cell in ("Y", "已同意", "2024-05-03", "perhaps", "no", "退订", None)]
    [1, 1, 1, 0, 2, 2, 0]
    """
    word = _word(cell)
    if word is None:
        return UNKNOWN
    if word in _REFUSING or word in _NOT_AGREEING:
        return NO
    if word in _SUBSCRIBED or word in _AGREEING or len(moment(word.upper()) or "") >= len("2024-05"):
        return YES
    return _boolean(word)


def _word(cell: str | None) -> str | None:
    """A cell of few words in one spelling; None for what only fills the box, such as the first day of a system."""
    word = None if cell is None else cell.strip().casefold()
    if not word or is_placeholder(word) or word[:10] in PLACEHOLDERS or word.startswith("0000-00-00"):
        return None
    return word


def _boolean(word: str) -> int:
    if NUMBER_CELL.fullmatch(word) and float(word) == 0:
        return NO
    value = normalize_category(word, mapping="boolean").value
    return {"true": YES, "false": NO}.get(value or "", UNKNOWN)


def _channels(frame: pl.DataFrame, point: ContactPoint) -> IntArray:
    told = np.full(frame.height, CHANNELS.index(point.channel), dtype=np.int64)
    kind = norm_column(point.field, "kind")
    if point.channel != "phone" or kind not in frame.columns:
        return told
    kinds = text_series(frame[kind])
    for name, channel in _KINDS.items():
        told[(kinds == name).fill_null(value=False).to_numpy()] = CHANNELS.index(channel)
    return told


def _too_coarse(frame: pl.DataFrame, point: ContactPoint, value: pl.Series) -> BoolArray:
    """An address that is no more than the names of places, where the table has the parts to tell."""
    parts = [norm_column(point.field, part) for part in _FINE_PARTS]
    parts = [part for part in parts if part in frame.columns]
    if point.channel != "post" or not parts:
        return np.zeros(frame.height, dtype=np.bool_)
    fine = frame.select(pl.any_horizontal(pl.col(part).is_not_null() for part in parts)).to_series()
    detail = norm_column(point.field, "detail")
    if detail in frame.columns:
        # What was not understood at all may be a street, if there is a number in it
        rest = text_series(frame[detail])
        fine |= (rest.is_not_null() & (rest.ne_missing(value) | value.str.contains(r"[0-9]"))).fill_null(value=False)
    return ~fine.to_numpy()
