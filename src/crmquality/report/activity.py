"""Which customers are active, which are to be confirmed, and which are stale or out of reach.

| status | a customer |
|---|---|
| `active` | with activity less than `confirm_after_days` days ago |
| `to_confirm` | without any for so many days, or of whom no activity is known at all |
| `stale` | without any for `stale_after_days` days |
| `unreachable` | with no contact point that can be used, whatever the dates say |

The statuses stand from best to worst. As time goes by without new dates, a status never gets better; but a date in
the future counts from its day on.

**Activity** is the latest of the declared dates, and of the days on which a contact point that is still usable was last
confirmed. Days are whole ones of the clock of `as_of`; a date of which only the month or the year is known is read as
the last day it can mean. Dates in the future and dates that cannot be read are not counted, and the reasons say so.

**Contact points** are explained in `report.reach`.

There is no default for the days, for no measured figure with its method was found. Vendors quote 2.1 % of business
contacts out of date per month (22.5 % per year), credited to MarketingSherpa and to HubSpot's "Database Decay
Simulation", or 2 to 3 % per month (excerpts of cleanlist.ai, ooty.io and keendai.com, read 2026-11-22). Count how many
of your own records had changed when they were confirmed, and let `days_until_decayed` turn that into days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, TypeVar, cast

import numpy as np
import polars as pl

from crmquality.declarations import Declaration
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.kinds.address import Address
from crmquality.kinds.base import Kind
from crmquality.kinds.email import Email
from crmquality.kinds.phone import Phone
from crmquality.lift import text_series
from crmquality.report.activity_dates import day_number, read_days
from crmquality.report.activity_status import LastSeen, said_of
from crmquality.report.reach import (
    CHANNELS,
    TOLERATED_CODES,
    UNUSABLE_CODES,
    Channel,
    ContactPoint,
    Groups,
    Reach,
    bad_rows,
    read_points,
)
from crmquality.schema import Schema
from crmquality.tables import FINDINGS, RECORD_ID, SOURCE, empty
from crmquality.validator.rules import resolve
from crmquality.validator.times import check_as_of

FrameT = TypeVar("FrameT")

GOLDEN_ID: Final = "golden_id"
N_RECORDS: Final = "n_records"
MOST_DAYS: Final = 36_525
"""A century."""
_CHANNELS: Final[tuple[tuple[type[Kind], Channel], ...]] = ((Phone, "phone"), (Email, "email"), (Address, "post"))


@dataclass(frozen=True)
class Activity(Declaration):
    """What makes a customer active, stale or unreachable. See this module for the statuses.

    Attributes:
        confirm_after_days: after how many days without activity a customer's data are to be confirmed.
        stale_after_days: after how many they are stale; no fewer.
        dates: columns of what a customer did or was asked: last contact, last order, last visit. Not the time at which
            a record was last changed, unless only the customer changes it.
        contact_points: the ways to reach a customer; without any, nobody is unreachable.
        record_id: the column of the record id.
        source: the column of the source, where there is one.
        unusable_codes: codes that make a contact point unusable, beside those of severity error.
        tolerated_codes: codes of severity error that do not.

    >>> from datetime import datetime
    >>> activity = Activity(180, 720, ("last_order",), (ContactPoint("email", "email", failed=("bounced",)),))
    >>> rows = [
    ...     {"record_id": 1, "last_order": "2026-05-01", "email": "wang@example.org", "bounced": None},
    ...     {"record_id": 2, "last_order": "2024-05", "email": "li@example.org", "bounced": "no"},
    ...     {"record_id": 3, "last_order": "soon", "email": "zhao@example.org", "bounced": "2026-01-09"},
    ... ]
    >>> for row in activity.classify(rows, as_of=datetime(2026, 6, 1)):
    ...     print(row["status"], row["reasons"], row["days_since"], row["due_on"], row["reachable_by"])
    active recent_activity 31 2026-10-28 email
    stale no_recent_activity incomplete_date 731 2024-11-27 email
    unreachable no_date date_unreadable failed_contact_points None None None
    """

    confirm_after_days: int
    stale_after_days: int
    dates: tuple[str, ...] = ()
    contact_points: tuple[ContactPoint, ...] = ()
    record_id: str = RECORD_ID
    source: str | None = None
    unusable_codes: tuple[str, ...] = UNUSABLE_CODES
    tolerated_codes: tuple[str, ...] = TOLERATED_CODES

    @classmethod
    def from_schema(
        cls,
        schema: Schema,
        *,
        confirm_after_days: int,
        stale_after_days: int,
        dates: Sequence[str] = (),
        failed: Mapping[str, Sequence[str]] | None = None,
        refused: Mapping[str, Sequence[str]] | None = None,
        consent: Mapping[str, Sequence[str]] | None = None,
        verified_at: Mapping[str, str] | None = None,
    ) -> Activity:
        """The phones, emails and addresses of a schema as contact points.

        Args:
            schema: the schema; its `record_id` and `source` are taken too.
            confirm_after_days: as in the class, like the next two.
            stale_after_days: see there.
            dates: see there.
            failed: by field, the columns that say that it was tried in vain; see `ContactPoint`, as for the rest.
            refused: by field, the columns that say that the customer does not want it.
            consent: by field, the columns that must say that the customer wants it.
            verified_at: by field, the column of the day on which it was last confirmed.

        Raises:
            ConfigError: for a field that is no phone, email or address of the schema.

        >>> import crmquality as cq
        >>> schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), cq.Email("email"))
        >>> activity = Activity.from_schema(
        ...     schema, confirm_after_days=180, stale_after_days=720, dates=["last_order"],
        ...     failed={"email": ["email_bounced"]}, refused={"mobile": ["do_not_call"]},
        ... )
        >>> [(p.field, p.channel, p.failed, p.refused) for p in activity.contact_points]
        [('mobile', 'phone', (), ('do_not_call',)), ('email', 'email', ('email_bounced',), ())]
        """
        channels = {k.name: channel for k in schema.fields for kind, channel in _CHANNELS if isinstance(k, kind)}
        given = {"failed": failed, "refused": refused, "consent": consent, "verified_at": verified_at}
        faults = [
            f"{what}: {unknown('contact point', name, channels)}"
            for what, columns in given.items()
            for name in columns or ()
            if name not in channels
        ]
        faults += [
            f"{what}[{name!r}] must be a list of columns"
            for what, columns in list(given.items())[:3]
            for name, of in (columns or {}).items()
            if isinstance(of, str)
        ]
        if faults:
            raise ConfigError(faults)
        points = tuple(
            ContactPoint(
                name,
                channel,
                failed=tuple((failed or {}).get(name, ())),
                refused=tuple((refused or {}).get(name, ())),
                consent=tuple((consent or {}).get(name, ())),
                verified_at=(verified_at or {}).get(name),
            )
            for name, channel in channels.items()
        )
        return cls(confirm_after_days, stale_after_days, tuple(dates), points, schema.record_id, schema.source)

    def faults(self) -> list[str]:
        """Days that are none or the wrong way round, nothing to tell activity by, and the contact points' faults."""
        found = []
        days = (self.confirm_after_days, self.stale_after_days)
        if any(isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MOST_DAYS for n in days):
            found.append(f"confirm_after_days and stale_after_days must be whole numbers from 1 to {MOST_DAYS:,}")
        elif days[0] > days[1]:
            found.append("a customer is to be confirmed no later than it is stale: confirm_after_days is the smaller")
        for what in ("dates", "contact_points", "unusable_codes", "tolerated_codes"):
            items, of = getattr(self, what), ContactPoint if what == "contact_points" else str
            if not isinstance(items, tuple) or not all(isinstance(item, of) and item for item in items):
                found.append(f"{what} must be a tuple of {'ContactPoint' if of is ContactPoint else 'texts'}")
        if found:
            return [f"Activity: {fault}" for fault in found]
        if not self.dates and not any(p.verified_at for p in self.contact_points):
            found.append("there is no column of dates; name what a customer did last, such as an order")
        fields = [p.field for p in self.contact_points]
        twice = sorted({name for name in fields if fields.count(name) > 1})
        found += [f"contact point {name!r} is declared twice" for name in twice]
        return [f"Activity: {fault}" for fault in found] + [f for p in self.contact_points for f in p.faults()]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, by field or by their own name."""
        return tuple(dict.fromkeys([*self.dates, *(c for p in self.contact_points for c in p.columns)]))

    def classify(self, records: FrameT, *, as_of: datetime, findings: object = None) -> FrameT:
        """The status of every record.

        Args:
            records: the normalized table (`Result.normalized`), of any kind that `frames` reads. Of a contact point
                that is not normalized, whatever stands in the cell is taken for a value.
            as_of: the caller's present.
            findings: what the validator found in it; without it the issue codes of the normalizer speak, with the
                severity that the catalog gives them.

        Returns:
            One row per record, in the order of the table, of the same kind: `record_id`, `source`, `status`, `reasons`
            (codes of `REASONS` with a space between), `message`, `message_zh`, `last_activity` (a date), the column it
            was told by (`last_activity_from`), `days_since`, `due_on` (the day on which the customer's data are or were
            to be confirmed; null where no activity is known), `reachable_by` (channels with a space between, or null).

        Raises:
            ConfigError: for every fault of this declaration, and an `as_of` that is no time.
            SchemaError: for every column that is not there.
        """
        frame, restore = to_polars(records)
        return cast(FrameT, restore(self.classify_frame(frame, as_of=as_of, findings=_findings(findings))))

    def classify_frame(
        self, frame: pl.DataFrame, *, as_of: datetime, findings: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """`classify` on polars frames."""
        self._require(frame, as_of)
        none = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
        source = none if self.source is None else text_series(frame[self.source])
        told = self._told(frame, Groups(frame.height), as_of, findings)
        return pl.DataFrame([frame[self.record_id].alias(RECORD_ID), source.alias(SOURCE), *told])

    def classify_golden(self, records: FrameT, xref: object, *, as_of: datetime, findings: object = None) -> FrameT:
        """The status of every golden record: its members' latest activity, and every contact point of any of them.

        A golden record of one record has the status of that record. What its members say of one contact point, the
        most restrictive says for all; see `report.reach`.

        Args:
            records: as for `classify`.
            xref: which records are one customer: `record_id`, `golden_id`; others of its rows are not looked at.
            as_of: as for `classify`.
            findings: as for `classify`.

        Returns:
            One row per golden record by `golden_id`, with the columns of `classify` but `record_id` and `source`, and
            `n_records`.

        Raises:
            ConfigError: as for `classify`.
            SchemaError: for every column that is not there, and for records without a golden record.

        >>> from datetime import datetime
        >>> activity = Activity(180, 720, ("last_order",))
        >>> rows = [{"record_id": 1, "last_order": "2020-05-01"}, {"record_id": 2, "last_order": "2026-05-01"}]
        >>> xref = [{"record_id": 1, "golden_id": 1}, {"record_id": 2, "golden_id": 1}]
        >>> [(g["golden_id"], g["status"]) for g in activity.classify_golden(rows, xref, as_of=datetime(2026, 6, 1))]
        [(1, 'active')]
        """
        frame, restore = to_polars(records)
        golden = self.classify_golden_frame(frame, to_polars(xref)[0], as_of=as_of, findings=_findings(findings))
        return cast(FrameT, restore(golden))

    def classify_golden_frame(
        self, frame: pl.DataFrame, xref: pl.DataFrame, *, as_of: datetime, findings: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """`classify_golden` on polars frames."""
        self._require(frame, as_of)
        golden = self._golden_ids(frame, xref)
        ids = golden.unique().sort()
        order = pl.DataFrame({GOLDEN_ID: ids, "place": np.arange(len(ids), dtype=np.int64)})
        of = golden.to_frame().join(order, on=GOLDEN_ID, how="left", maintain_order="left")["place"].to_numpy()
        told = self._told(frame, Groups(len(ids), of), as_of, findings)
        sizes = pl.Series(N_RECORDS, np.bincount(of, minlength=len(ids)), dtype=pl.Int64)
        return pl.DataFrame([ids, *told, sizes])

    def _golden_ids(self, frame: pl.DataFrame, xref: pl.DataFrame) -> pl.Series:
        """The golden record of each record."""
        key = self.record_id if self.record_id in xref.columns else RECORD_ID
        absent = [unknown("column of xref", c, xref.columns) for c in (key, GOLDEN_ID) if c not in xref.columns]
        if absent:
            raise SchemaError(absent)
        ids = frame.select(pl.col(self.record_id).alias("id"))
        known = xref.select(pl.col(key).cast(ids.schema["id"], strict=False).alias("id"), GOLDEN_ID)
        joined = ids.join(known.unique("id", keep="any"), on="id", how="left", maintain_order="left")[GOLDEN_ID]
        if lost := joined.null_count():
            raise SchemaError(f"{lost:,} records have no golden record; expected every record in xref exactly once")
        return joined

    def contact_points_of(self, records: FrameT, *, as_of: datetime, findings: object = None) -> FrameT:
        """Every contact point of every record, and whether it can be used.

        Args:
            records: as for `classify`, like the rest.
            as_of: the caller's present.
            findings: what the validator found.

        Returns:
            One row per record and contact point that holds anything: `record_id`, `field`, `channel`, `state` (usable,
            invalid, failed or refused, the first of the last three that is true).

        >>> from datetime import datetime
        >>> point = ContactPoint("email", "email", refused=("unsubscribed",))
        >>> activity = Activity(180, 720, ("last_order",), (point,))
        >>> rows = [{"record_id": 1, "last_order": None, "email": "wang@example.org", "unsubscribed": True}]
        >>> activity.contact_points_of(rows, as_of=datetime(2026, 6, 1))
        [{'record_id': 1, 'field': 'email', 'channel': 'email', 'state': 'refused'}]
        """
        frame, restore = to_polars(records)
        self._require(frame, as_of)
        reached = self._reach(frame, Groups(frame.height), as_of, _findings(findings))
        parts = [empty({RECORD_ID: pl.String, "field": pl.String, "channel": pl.String, "state": pl.String})]
        parts[0] = parts[0].with_columns(pl.col(RECORD_ID).cast(frame.schema[self.record_id], strict=False))
        for reach in reached:
            state = np.select([reach.invalid, reach.failed, reach.refused], [0, 1, 2], 3)
            told = pl.DataFrame(
                {
                    RECORD_ID: frame[self.record_id],
                    "field": pl.repeat(reach.point.field, frame.height, dtype=pl.String, eager=True),
                    "channel": pl.Series(CHANNELS, dtype=pl.String).gather(pl.Series(reach.channel)),
                    "state": pl.Series(["invalid", "failed", "refused", "usable"]).gather(pl.Series(state)),
                }
            )
            parts.append(told.filter(pl.Series(reach.filled)))
        return cast(FrameT, restore(pl.concat(parts).sort(RECORD_ID, "field", maintain_order=True)))

    def _reach(
        self, frame: pl.DataFrame, groups: Groups, as_of: datetime, findings: pl.DataFrame | None
    ) -> list[Reach]:
        fields = [p.field for p in self.contact_points]
        codes = (self.unusable_codes, self.tolerated_codes)
        bad = bad_rows(frame, fields, findings, codes, (self.record_id, self.source))
        return read_points(frame, self.contact_points, groups, bad, as_of.tzinfo)

    def _told(
        self, frame: pl.DataFrame, groups: Groups, as_of: datetime, findings: pl.DataFrame | None
    ) -> list[pl.Series]:
        """All that is said of each customer."""
        reached = self._reach(frame, groups, as_of, findings)
        seen = LastSeen(groups, day_number(as_of))
        for name in self.dates:
            seen.add(name, read_days(frame, name, as_of.tzinfo))
        for reach in reached:
            if reach.verified is not None:
                seen.add(reach.point.verified_at or "", reach.verified, reach.usable)
        return said_of(seen, reached, groups, (self.confirm_after_days, self.stale_after_days))

    def _require(self, frame: pl.DataFrame, as_of: datetime) -> None:
        if self._faults:
            raise ConfigError(self._faults)
        check_as_of(as_of)
        if as_of is None:
            raise ConfigError("as_of is missing; expected a datetime.datetime, with or without a time zone")
        own = [c for c in (self.record_id, self.source) if c is not None and c not in frame.columns]
        absent = [*own, *(c for c in self.columns if resolve(c, frame.columns) is None)]
        if absent:
            raise SchemaError([unknown("column", c, frame.columns) for c in dict.fromkeys(absent)])

    @cached_property
    def _faults(self) -> tuple[str, ...]:
        return tuple(self.faults())


def _findings(findings: object) -> pl.DataFrame | None:
    """A table of no findings may have come without columns."""
    if findings is None:
        return None
    table = to_polars(findings)[0]
    return empty(FINDINGS) if table.is_empty() else table
