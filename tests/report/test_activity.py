"""Statuses against a slow, obvious oracle that looks at one customer at a time; and the laws."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.errors import ConfigError, SchemaError
from crmquality.lift import as_text
from crmquality.normalizer.dates import PLACEHOLDERS, normalize_timestamp
from crmquality.report import REASONS, STATUSES, Activity, ContactPoint
from crmquality.report.activity_dates import NO_DAY, day_number, read_days
from crmquality.report.reach import NO, UNKNOWN, YES, agreement, flag
from crmquality.validator.times import moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 15, 9, 30)
POINTS = (
    ContactPoint("mobile", "phone", failed=("dead",), refused=("do_not_call",), verified_at="mobile_checked"),
    ContactPoint("office", "landline"),
    ContactPoint("email", "email", failed=("bounced",), refused=("unsubscribed",), consent=("opt_in",)),
    ContactPoint("address", "post"),
)
ACTIVITY = Activity(100, 300, ("last_order", "last_call"), POINTS)

# A date as it is typed, and the days it can mean on a clock in China; None: nothing there; "odd": not readable
Read = tuple[object, tuple[date, date] | str | None]
some_day = st.dates(date(2025, 1, 1), date(2026, 12, 31))
past_day = st.dates(date(2025, 1, 1), date(2026, 6, 15))


def _spellings(day: date) -> st.SearchStrategy[Read]:
    month = (day.replace(day=1), (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    year = (date(day.year, 1, 1), date(day.year, 12, 31))
    return st.sampled_from(
        [
            (day.isoformat(), (day, day)),
            (f"{day} 23:59:59", (day, day)),
            (f"{day}T00:00:00.5", (day, day)),
            (f"{day}T00:30:00+08:00", (day, day)),
            (f"{day}T23:30:00Z", (day + timedelta(days=1),) * 2),
            (f"{day.year}年{day.month}月{day.day}日", (day, day)),
            (f"{day.year}/{day.month}/{day.day} 8:05", (day, day)),
            (f"{day:%Y-%m}", month),
            (f"{day.year}", year),
        ]
    )


def _cells(days: st.SearchStrategy[date]) -> st.SearchStrategy[Read]:
    nothing = st.sampled_from(
        [(None, None), (" ", None), ("N/A", None), ("1900-01-01", None), ("1970-01-01", None), ("?!", None)]
    )
    return (
        nothing
        | st.sampled_from([("soon", "odd"), ("2026-02-30", "odd"), ("tomorrow?", "odd")])
        | days.flatmap(_spellings)
    )


def _row(cells: st.SearchStrategy[Read]) -> st.SearchStrategy[dict[str, object]]:
    flags = st.sampled_from([None, "", "no", "0", "否"]) | st.sampled_from(["yes", "3", "2026-01-05", "是", "hard"])
    return st.fixed_dictionaries(
        {
            "last_order": cells,
            "last_call": cells,
            "mobile_checked": cells,
            "norm_mobile": st.sampled_from([None, "+8613812345678", "+861065551234", "+12025550123"]),
            "norm_mobile_kind": st.sampled_from([None, "mobile", "fixed_line", "fixed_line_or_mobile"]),
            "issues_mobile": st.sampled_from(
                [None, "invalid_phone", "placeholder", "virtual_number", "possible_phone"]
            ),
            "norm_office": st.sampled_from([None, "+861065551234", "+861065559999"]),
            "norm_email": st.sampled_from([None, "a@example.org", "b@example.org"]),
            "issues_email": st.sampled_from([None, "disposable_domain", "role_address repaired", "repaired mojibake"]),
            "norm_address": st.sampled_from([None, "北京市", "北京市朝阳区建国路88号", "LONDON", "RUA AUGUSTA 12"]),
            "dead": flags,
            "do_not_call": flags,
            "bounced": flags,
            "unsubscribed": flags,
            "opt_in": st.sampled_from([None, "no", "yes", "yes", "2026-01-05", "perhaps"]),
            "golden_id": st.integers(0, 3),
        }
    )


def _table(rows: list[dict[str, object]]) -> pl.DataFrame:
    dated = ("last_order", "last_call", "mobile_checked")
    streets = {
        "北京市朝阳区建国路88号": ("建国路", None),
        "LONDON": (None, "LONDON"),
        "RUA AUGUSTA 12": (None, "RUA AUGUSTA 12"),
    }
    out = []
    for i, row in enumerate(rows):
        road, detail = streets.get(str(row["norm_address"]), (None, None))
        cells = {k: v[0] if k in dated else v for k, v in row.items() if k != "golden_id"}  # type: ignore[index]
        out.append({"record_id": i, **cells, "norm_address_road": road, "norm_address_detail": detail})
    return pl.DataFrame(out, schema_overrides={c: pl.String for c in out[0] if c != "record_id"})


def _rows(told: object) -> list[dict[str, Any]]:
    assert isinstance(told, list)
    return told


def _says(cell: object) -> bool:
    return cell in ("yes", "3", "2026-01-05", "是", "hard")


def _oracle(members: list[dict[str, object]], today: date) -> dict[str, object]:
    points = defaultdict(list)  # family and value -> what each record says of it
    for row in members:
        issues = str(row["issues_mobile"]).split()
        if row["norm_mobile"]:
            bad = bool({"invalid_phone", "virtual_number"} & set(issues))
            points["phone", row["norm_mobile"]].append((bad, _says(row["dead"])))
        if row["norm_office"]:
            points["phone", row["norm_office"]].append((False, False))
        if row["norm_email"]:
            bad = row["issues_email"] in ("disposable_domain", "repaired mojibake")
            points["email", row["norm_email"]].append((bad, _says(row["bounced"])))
        if row["norm_address"]:
            points["post", row["norm_address"]].append((row["norm_address"] in ("北京市", "LONDON"), False))
    call_refused = any(_says(r["do_not_call"]) for r in members)
    answers = {r["opt_in"] for r in members}
    mail_refused = (
        any(_says(r["unsubscribed"]) for r in members) or "no" in answers or not answers & {"yes", "2026-01-05"}
    )

    def state(family: str, value: object, refused: bool) -> str:
        said = points[family, value]
        if any(bad for bad, _ in said):
            return "invalid"
        return "failed" if any(failed for _, failed in said) else "refused" if refused else "usable"

    channels, why, read = set(), set(), []
    for row in members:
        read += [("last_order", row["last_order"][1]), ("last_call", row["last_call"][1])]  # type: ignore[index]
        kinds = {"mobile": "mobile", "fixed_line": "landline"}
        found = []
        if row["norm_mobile"]:
            told = state("phone", row["norm_mobile"], call_refused)
            found.append((kinds.get(str(row["norm_mobile_kind"]), "phone"), told))
            if told == "usable":
                read.append(("mobile_checked", row["mobile_checked"][1]))  # type: ignore[index]
        elif row["issues_mobile"] not in (None, "placeholder"):
            why.add("invalid")
        if row["norm_office"]:
            found.append(("landline", state("phone", row["norm_office"], False)))
        if row["norm_email"]:
            found.append(("email", state("email", row["norm_email"], mail_refused)))
        elif row["issues_email"] is not None:
            why.add("invalid")
        if row["norm_address"]:
            found.append(("post", state("post", row["norm_address"], False)))
        channels |= {channel for channel, told in found if told == "usable"}
        why |= {told for _, told in found}

    reasons = set()
    counted = []
    for name, days in read:
        if days == "odd":
            reasons.add("date_unreadable")
        elif isinstance(days, tuple):
            if days[0] > today:
                reasons.add("date_in_future")
            else:
                counted.append((min(days[1], today), name, days[0] == days[1]))
    last = max((day for day, _, _ in counted), default=None)
    if last is None:
        status, since = "to_confirm", None
        reasons.add("no_date")
    else:
        since = (today - last).days
        status = "stale" if since >= 300 else "to_confirm" if since >= 100 else "active"
        reasons.add(
            {"active": "recent_activity", "to_confirm": "confirmation_due", "stale": "no_recent_activity"}[status]
        )
        if not any(whole for day, _, whole in counted if day == last):
            reasons.add("incomplete_date")
    if not channels:
        status = "unreachable"
        reasons |= {f"{w}_contact_points" for w in why} or {"no_contact_point"}
    names = [name for day, name, _ in counted if day == last]
    return {
        "status": status,
        "reasons": " ".join(r for r in REASONS if r in reasons),
        "last_activity": last,
        "last_activity_from": next((c for c in ("last_order", "last_call", "mobile_checked") if c in names), None),
        "days_since": since,
        "due_on": None if last is None else last + timedelta(days=100),
        "reachable_by": " ".join(c for c in ("mobile", "landline", "phone", "email", "post") if c in channels) or None,
    }


clock = st.sampled_from([NOW.replace(tzinfo=SHANGHAI), NOW.replace(tzinfo=timezone(timedelta(hours=8)))])
tables = st.lists(_row(_cells(some_day)), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(tables, clock)
def test_golden_records_against_the_oracle(rows: list[dict[str, object]], as_of: datetime) -> None:
    table = _table(rows)
    xref = pl.DataFrame({"record_id": range(len(rows)), "golden_id": [f"g{r['golden_id']}" for r in rows]})
    told = ACTIVITY.classify_golden_frame(table, xref, as_of=as_of)
    members = defaultdict(list)
    for row in rows:
        members[f"g{row['golden_id']}"].append(row)
    assert told["golden_id"].to_list() == sorted(members)
    for golden in told.iter_rows(named=True):
        wanted = _oracle(members[golden["golden_id"]], as_of.date())
        assert {k: golden[k] for k in wanted} == wanted
        assert golden["n_records"] == len(members[golden["golden_id"]])


@settings(deadline=None, max_examples=30)
@given(tables, clock)
def test_records_against_the_oracle_and_a_golden_record_of_one_is_its_record(
    rows: list[dict[str, object]], as_of: datetime
) -> None:
    table = _table(rows)
    told = ACTIVITY.classify_frame(table, as_of=as_of)
    for row, record in zip(rows, told.iter_rows(named=True), strict=True):
        wanted = _oracle([row], as_of.date())
        assert {k: record[k] for k in wanted} == wanted
    alone = pl.DataFrame({"record_id": table["record_id"], "golden_id": table["record_id"]})
    golden = ACTIVITY.classify_golden_frame(table, alone, as_of=as_of)
    shared = [c for c in told.columns if c not in ("record_id", "source")]
    assert golden.select(shared).equals(told.select(shared))


@settings(deadline=None, max_examples=30)
@given(st.lists(_row(_cells(past_day)), min_size=1, max_size=6), st.integers(1, 900), st.integers(0, 900))
def test_a_status_never_gets_better_as_time_goes_by(rows: list[dict[str, object]], first: int, more: int) -> None:
    table = _table(rows)
    # the last day of which a moment can be, in China, is the day after: none of them lies in the future
    start = NOW.replace(tzinfo=SHANGHAI) + timedelta(days=first)
    xref = pl.DataFrame({"record_id": table["record_id"], "golden_id": [r["golden_id"] for r in rows]})
    before = ACTIVITY.classify_golden_frame(table, xref, as_of=start)
    after = ACTIVITY.classify_golden_frame(table, xref, as_of=start + timedelta(days=more))
    for old, new in zip(before.iter_rows(named=True), after.iter_rows(named=True), strict=True):
        assert STATUSES.index(new["status"]) >= STATUSES.index(old["status"])
        assert (new["days_since"] or 0) >= (old["days_since"] or 0)
        assert new["reachable_by"] == old["reachable_by"]


@settings(deadline=None, max_examples=25)
@given(tables, st.randoms(use_true_random=False))
def test_order_and_empty_members_change_nothing(rows: list[dict[str, object]], chance: random.Random) -> None:
    table, as_of = _table(rows), NOW.replace(tzinfo=SHANGHAI)
    xref = pl.DataFrame({"record_id": table["record_id"], "golden_id": [r["golden_id"] for r in rows]})
    told = ACTIVITY.classify_golden_frame(table, xref, as_of=as_of)
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert ACTIVITY.classify_golden_frame(table[order], xref, as_of=as_of).equals(told)
    records = ACTIVITY.classify_frame(table, as_of=as_of)
    assert ACTIVITY.classify_frame(table[order], as_of=as_of).equals(records[order])

    empty = {**dict.fromkeys(table.columns), "record_id": len(rows)}
    longer = pl.concat([table, pl.DataFrame([empty], schema=table.schema)])
    joined = pl.concat([xref, pl.DataFrame({"record_id": [len(rows)], "golden_id": [rows[0]["golden_id"]]})])
    again = ACTIVITY.classify_golden_frame(longer, joined, as_of=as_of)
    assert again.drop("n_records").equals(told.drop("n_records"))


junk = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=4),
)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(junk, min_size=9, max_size=9), min_size=1, max_size=4))
def test_no_cell_raises(cells: list[list[object]]) -> None:
    names = ("last_order", "last_call", "mobile_checked", "mobile", "office", "email", "address", "bounced", "opt_in")
    rows = [
        {"record_id": i, "dead": None, "do_not_call": None, "unsubscribed": None, **dict(zip(names, row, strict=True))}
        for i, row in enumerate(cells)
    ]
    told = _rows(ACTIVITY.classify(rows, as_of=NOW))
    assert [row["status"] in STATUSES for row in told] == [True] * len(rows)


def test_days_of_every_type_of_column() -> None:
    moments = [datetime(2026, 5, 3, 20, 0), None, datetime(1970, 1, 1, 0, 0)]
    naive = pl.Series("at", moments, dtype=pl.Datetime("us"))
    aware = naive.dt.replace_time_zone("UTC")
    third, fourth = day_number(date(2026, 5, 3)), day_number(date(2026, 5, 4))
    for column, zone, day in [
        (naive, SHANGHAI, third),
        (naive.cast(pl.Datetime("ns")), None, third),
        (naive.dt.date(), SHANGHAI, third),
        (aware, None, third),
        (aware, UTC, third),
        (aware.cast(pl.Datetime("ms", "UTC")), SHANGHAI, fourth),
        (aware.dt.convert_time_zone("America/New_York"), SHANGHAI, fourth),
        (aware, timezone(timedelta(hours=8)), fourth),
        (aware, timezone(timedelta(hours=-8)), third),
        (aware.dt.to_string("%Y-%m-%d %H:%M:%S%:z"), SHANGHAI, fourth),
        (pl.Series("at", [20260503, None, None]), SHANGHAI, third),
    ]:
        days = read_days(pl.DataFrame([column.alias("at")]), "at", zone)
        assert days.last.tolist() == [day, NO_DAY, NO_DAY], column.dtype
        assert not days.unreadable.any()


clocks = st.times().map(str) | st.sampled_from(["8:05", "08:05", "23:59:60", "24:00", "25:00", "8:5"])
offsets = st.sampled_from(["", "Z", "+08:00", "-0930", "+14:00", "+23:59", "-14:59", "+8", " +08:00"])
written = st.tuples(
    st.dates() | st.sampled_from([date(1, 1, 1), date(9999, 12, 31), date(1970, 1, 1)]),
    st.sampled_from(
        [
            "{0:%Y}-{0:%m}-{0:%d}",
            "{0.year}/{0.month}/{0.day}",
            "{0.year}.{0.month}.{0.day}",
            "{0.year}年{0.month}月{0.day}日",
        ]
    ),
    st.sampled_from([" ", "T", ""]),
    clocks,
    offsets,
).map(lambda x: x[1].format(x[0]).rjust(10, "0") + x[2] + x[3] + x[4])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(written, min_size=1, max_size=8), st.sampled_from([None, SHANGHAI, UTC, timezone(timedelta(hours=-11))])
)
def test_short_ways_read_what_the_long_way_reads(cells: list[str], zone: Any) -> None:
    days = read_days(pl.DataFrame({"at": cells}), "at", zone)
    for cell, first, last, unreadable in zip(cells, days.first, days.last, days.unreadable, strict=True):
        said = moment(cell, zone)
        nothing = cell[:10] in PLACEHOLDERS
        if said is None:
            answer = normalize_timestamp(cell)
            utc, nothing = answer.parts.get("utc"), nothing or "placeholder" in answer.issues
            said = answer.value if utc is None else moment(f"{utc}+00:00", zone)
        try:
            wanted = day_number(date.fromisoformat((said or "")[:10]))
        except ValueError:
            wanted = NO_DAY
        nothing = nothing or (said or "")[:10] in PLACEHOLDERS
        assert (first, last) == ((NO_DAY, NO_DAY) if nothing else (wanted, wanted)), cell
        assert unreadable == (not nothing and wanted == NO_DAY), cell


def test_times_beyond_the_calendar_are_unreadable() -> None:
    for unit, zone in [("us", None), ("us", "UTC"), ("ms", "Asia/Shanghai")]:
        column = pl.Series("at", [2**62, -(2**62), 0], dtype=pl.Int64).cast(pl.Datetime(unit, zone))  # type: ignore[arg-type]
        for clock in (None, SHANGHAI, timezone(timedelta(hours=8))):
            days = read_days(pl.DataFrame([column]), "at", clock)
            assert days.last[:2].tolist() == [NO_DAY, NO_DAY]
    assert read_days(pl.DataFrame({"at": ["0000-05-03", "9999-12-30"]}), "at").unreadable.tolist() == [True, False]
    far = Activity(100, 36_525, ("at",)).classify([{"record_id": 1, "at": "9999-12-30"}], as_of=datetime.max)
    assert [(row["status"], row["due_on"]) for row in _rows(far)] == [("active", date.max)]


def test_a_normalized_time_is_brought_to_the_clock_of_the_caller() -> None:
    rows = [
        {"id": 1, "updated": "2026-05-03T20:00:00Z"},
        {"id": 2, "updated": "2026/5/3 20:00"},
        {"id": 3, "updated": "1900-01-01"},
    ]
    schema = cq.Schema(cq.PersonName("name"), record_id="id", updated_at="updated")
    table = schema.normalizer().normalize_frame(pl.DataFrame([{"name": "王芳", **r} for r in rows]))
    told = Activity(10, 20, ("updated",), record_id="id").classify_frame(table, as_of=NOW.replace(tzinfo=SHANGHAI))
    assert told["last_activity"].to_list() == [date(2026, 5, 4), date(2026, 5, 3), None]
    assert told["reasons"].to_list()[2] == "no_date"


def test_findings_speak_instead_of_issue_codes() -> None:
    activity = Activity(100, 300, ("last_order",), (ContactPoint("email", "email"),))
    table = pl.DataFrame(
        {"record_id": [1, 2, 3], "last_order": ["2026-06-01"] * 3, "norm_email": ["a@x.org"] * 3,
         "issues_email": ["disposable_domain", None, None]}
    )  # fmt: skip
    found = pl.DataFrame(
        {"record_id": [1, 2, 3], "field": ["email"] * 3, "severity": ["info", "error", "error"],
         "code": ["disposable_domain", "duplicate_value", "pattern_mismatch"]}
    )  # fmt: skip

    def statuses(of: Activity, findings: object) -> list[str]:
        return [row["status"] for row in _rows(of.classify(table.to_dicts(), as_of=NOW, findings=findings))]

    # a value that is unusable in one field of a record is not so in another record
    assert statuses(activity, None) == ["unreachable", "active", "active"]
    assert statuses(activity, found) == ["unreachable", "active", "unreachable"]
    assert statuses(activity, []) == ["active"] * 3
    strict = Activity(100, 300, ("last_order",), activity.contact_points, unusable_codes=(), tolerated_codes=())
    assert statuses(strict, found) == ["active", "unreachable", "unreachable"]


def test_of_what_members_say_the_most_restrictive_wins() -> None:
    point = ContactPoint("email", "email", failed=("bounced",), refused=("unsubscribed",), consent=("opt_in",))
    activity = Activity(100, 300, ("last_order",), (point,))
    fine = {"last_order": "2026-06-01", "email": "a@x.org", "bounced": None, "unsubscribed": None, "opt_in": True}

    def reasons(*members: dict[str, object]) -> str:
        rows = [{"record_id": i, **fine, **m} for i, m in enumerate(members)]
        xref = [{"record_id": i, "golden_id": "g"} for i in range(len(rows))]
        (golden,) = _rows(activity.classify_golden(rows, xref, as_of=NOW))
        return str(golden["reasons"])

    reached = "recent_activity"
    assert reasons({}) == reached
    assert reasons({}, {"opt_in": None}) == reached
    assert reasons({"opt_in": None}) == f"{reached} refused_contact_points"
    assert reasons({}, {"opt_in": False}) == f"{reached} refused_contact_points"
    assert reasons({}, {"unsubscribed": "是", "email": None}) == f"{reached} refused_contact_points"
    assert reasons({}, {"bounced": "2026-01-01"}) == f"{reached} failed_contact_points"
    assert reasons({}, {"bounced": "2026-01-01", "email": "b@x.org"}) == reached


@pytest.mark.parametrize(
    ("cell", "says", "agrees"),
    [
        (True, YES, YES), (False, NO, NO), (None, UNKNOWN, UNKNOWN), ("", UNKNOWN, UNKNOWN),
        ("未知", UNKNOWN, UNKNOWN), (1, YES, YES), (0, NO, NO), (0.0, NO, NO), (3, YES, UNKNOWN),
        ("FALSE", NO, NO), ("n", NO, NO), ("是", YES, YES),
        (date(2026, 1, 5), YES, YES), ("2026-01-05T08:00:00Z", YES, YES), ("1970-01-01", UNKNOWN, UNKNOWN),
        ("0000-00-00 00:00:00", UNKNOWN, UNKNOWN), ("Hard Bounce", YES, UNKNOWN), ("空号", YES, UNKNOWN),
        ("无效", YES, NO), ("有效", NO, YES), ("正常", NO, UNKNOWN), ("已退订", YES, NO), ("未退订", NO, UNKNOWN),
        ("Unsubscribed", YES, NO), ("订阅", NO, YES), ("已同意", YES, YES), ("未同意", YES, NO), ("停用", YES, NO),
    ],
)  # fmt: skip
def test_what_a_flag_and_a_consent_say(cell: object, says: int, agrees: int) -> None:
    point = ContactPoint("email", "email", failed=("bounced",))
    asked = ContactPoint("email", "email", consent=("opt_in",))
    row = {"record_id": 1, "last": None, "email": "a@x.org", "bounced": cell, "opt_in": cell}
    (failed,) = _rows(Activity(1, 2, ("last",), (point,)).contact_points_of([row], as_of=NOW))
    (refused,) = _rows(Activity(1, 2, ("last",), (asked,)).contact_points_of([row], as_of=NOW))
    assert failed["state"] == ("failed" if says == YES else "usable")
    assert refused["state"] == ("usable" if agrees == YES else "refused")
    assert (flag(as_text(cell)), agreement(as_text(cell))) == (says, agrees)


def test_a_confirmed_point_counts_as_long_as_it_is_usable() -> None:
    point = ContactPoint("email", "email", failed=("bounced",), verified_at="email_checked")
    activity = Activity(100, 300, ("last_order",), (point, ContactPoint("office", "landline")))
    row = {
        "record_id": 1,
        "last_order": "2025-01-01",
        "email": "a@x.org",
        "office": "+861065551234",
        "email_checked": "2026-06-01",
    }
    rows = [{**row, "bounced": False}, {**row, "bounced": True}]
    told = activity.classify_frame(pl.DataFrame(rows), as_of=NOW)
    assert told.select("status", "last_activity_from").rows() == [("active", "email_checked"), ("stale", "last_order")]


def test_points_one_by_one() -> None:
    table = pl.DataFrame(
        {"record_id": [2, 1], "norm_email": ["a@x.org", None], "issues_email": [None, "invalid_email"],
         "norm_mobile": ["+8613812345678", None], "norm_mobile_kind": ["mobile", None],
         "gone": ["停机", None], "last": [None, None]}
    )  # fmt: skip
    points = (ContactPoint("email", "email"), ContactPoint("mobile", "phone", failed=("gone",)))
    told = Activity(1, 2, ("last",), points).contact_points_of(table, as_of=NOW)
    assert isinstance(told, pl.DataFrame)
    assert told.rows() == [
        (1, "email", "email", "invalid"),
        (2, "email", "email", "usable"),
        (2, "mobile", "mobile", "failed"),
    ]
    none = Activity(1, 2, ("last",)).contact_points_of(table, as_of=NOW)
    assert isinstance(none, pl.DataFrame)
    assert told[:0].equals(none)


def test_every_kind_of_table() -> None:
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    rows = [
        {"record_id": i, "last_order": day, "norm_mobile": "+8613812345678", "issues_mobile": None}
        for i, day in enumerate(["2026-06-01", "2025-12-01", None])
    ]
    xref = [{"record_id": i, "golden_id": i // 2} for i in range(3)]
    activity = Activity(100, 300, ("last_order",), (ContactPoint("mobile", "mobile"),))
    wanted = [r["status"] for r in _rows(activity.classify(rows, as_of=NOW))]
    assert wanted == ["active", "to_confirm", "to_confirm"]
    golden = [r["status"] for r in _rows(activity.classify_golden(rows, xref, as_of=NOW))]
    assert golden == ["active", "to_confirm"]
    kinds: list[tuple[Callable[[object], object], Callable[[Any], list[str]]]] = [
        (lambda r: pl.DataFrame(_rows(r)), lambda t: t["status"].to_list()),
        (lambda r: pl.DataFrame(_rows(r)).lazy(), lambda t: t.collect()["status"].to_list()),
        (pd.DataFrame, lambda t: t["status"].tolist()),
        (pa.Table.from_pylist, lambda t: t["status"].to_pylist()),
    ]
    for make, read in kinds:
        assert read(activity.classify(make(rows), as_of=NOW)) == wanted
        assert read(activity.classify_golden(make(rows), make(xref), as_of=NOW)) == golden
    none = activity.classify_frame(pl.DataFrame(rows)[:0], as_of=NOW)
    assert none.columns == activity.classify_frame(pl.DataFrame(rows), as_of=NOW).columns


def test_from_a_schema_to_the_golden_records() -> None:
    schema = cq.Schema(
        cq.PersonName("name"), cq.Phone("mobile", region="CN"), cq.Email("email"), cq.Address("address", region="CN"),
        record_id="id", source="system",
    )  # fmt: skip
    base = {"name": "欧阳娜娜", "address": None, "bounced": None}
    told_of: list[dict[str, object]] = [
        {"id": "a", "system": "web", "mobile": "13812345678", "email": "nana@example.org", "last": "2026-06-01"},
        {"id": "b", "system": "erp", "mobile": "138-1234-5678", "email": "nana@example.org", "last": "2020/3/1"},
        {"id": "c", "system": "erp", "name": "王芳", "mobile": "123", "email": "x@mailinator.com", "last": None},
        {"id": "d", "system": None, "name": "李强", "address": "上海市", "last": "2026-01-01"},
    ]
    rows = [{**dict.fromkeys(("mobile", "email")), **base, **row} for row in told_of]
    activity = Activity.from_schema(
        schema, confirm_after_days=100, stale_after_days=300, dates=["last"], failed={"email": ["bounced"]}
    )
    assert Activity.from_dict(activity.to_dict()) == activity
    result = cq.Pipeline.from_schema(schema).with_default_model().run(pl.DataFrame(rows), as_of=NOW)
    told = activity.classify_frame(result.normalized, as_of=NOW, findings=result.findings)
    assert dict(told.select("record_id", "status").iter_rows()) == {
        "a": "active", "b": "stale", "c": "unreachable", "d": "unreachable",
    }  # fmt: skip
    assert activity.classify_frame(result.normalized, as_of=NOW)["status"].equals(told["status"])
    golden = activity.classify_golden_frame(result.normalized, result.xref, as_of=NOW, findings=result.findings)
    assert sorted(golden["status"].to_list()) == ["active", "unreachable", "unreachable"]


def test_every_fault_at_once() -> None:
    wrong = [
        Activity(0, 10, ("a",)),
        Activity(True, 10, ("a",)),
        Activity(20, 10, ("a",)),
        Activity(10, 40_000, ("a",)),
        Activity(10, 20),
        Activity(10, 20, "last"),  # type: ignore[arg-type]
        Activity(10, 20, ("a",), (ContactPoint("x", "fax"),)),  # type: ignore[arg-type]
        Activity(10, 20, ("a",), (ContactPoint("x", "email", failed="bounced"),)),  # type: ignore[arg-type]
        Activity(10, 20, ("a",), (ContactPoint("x", "email"), ContactPoint("x", "phone"))),
        Activity(10, 20, ("a",), (ContactPoint("", "email"),)),
    ]
    for activity in wrong:
        assert len(activity.faults()) == 1, activity
        with pytest.raises(ConfigError):
            activity.classify([{"record_id": 1, "a": None, "x": None}], as_of=NOW)
    fine = Activity(
        10, 20, ("last_order",), (ContactPoint("mobile", "phone", refused=("do_not_call",)),), source="system"
    )
    assert fine.faults() == []
    with pytest.raises(SchemaError) as error:
        fine.classify([{"record_id": 1, "last_ordr": None}], as_of=NOW)
    assert len(error.value.faults) == 4
    assert "Did you mean 'last_ordr'?" in str(error.value)
    for as_of in (None, date(2026, 6, 1), "2026-06-01"):
        with pytest.raises(ConfigError, match="as_of is"):
            Activity(10, 20, ("a",)).classify([{"record_id": 1, "a": None}], as_of=as_of)  # type: ignore[arg-type]


def test_records_without_a_golden_record_and_fields_without_a_kind_are_refused() -> None:
    activity = Activity(10, 20, ("a",))
    rows = [{"record_id": 1, "a": None}, {"record_id": 2, "a": None}]
    with pytest.raises(SchemaError, match="1 records have no golden record"):
        activity.classify_golden(rows, [{"record_id": 1, "golden_id": 1}], as_of=NOW)
    with pytest.raises(SchemaError, match="golden_id"):
        activity.classify_golden(rows, [{"record_id": 1, "entity_id": 1}], as_of=NOW)
    schema = cq.Schema(cq.PersonName("name"), cq.Email("email"))
    made = partial(Activity.from_schema, schema, confirm_after_days=1, stale_after_days=2, dates=["a"])
    with pytest.raises(ConfigError, match="Did you mean 'email'"):
        made(failed={"emial": ["bounced"]})
    with pytest.raises(ConfigError, match="must be a list of columns"):
        made(failed={"email": "bounced"})


def test_words_of_every_reason_in_both_languages() -> None:
    table = pl.DataFrame({"record_id": np.arange(2), "a": ["2026-06-01", "soon"]})
    told = Activity(100, 300, ("a",)).classify_frame(table, as_of=NOW)
    assert told["message"].to_list() == [
        "Active less than 100 days ago.",
        "No date of activity is known. A date could not be read and was not counted.",
    ]
    assert told["message_zh"].to_list() == ["最近 100 天内有往来。", "没有可用的往来日期。有日期无法识别，未计入。"]
    assert told["reachable_by"].null_count() == 2
    assert all(english and chinese for english, chinese in REASONS.values())


def test_the_days_on_which_a_status_changes() -> None:
    days = [-1, 0, 99, 100, 299, 300]
    rows = [{"record_id": n, "a": (NOW - timedelta(days=n)).date()} for n in days]
    told = Activity(100, 300, ("a",)).classify_frame(pl.DataFrame(rows), as_of=NOW)
    assert told["status"].to_list() == ["to_confirm", "active", "active", "to_confirm", "to_confirm", "stale"]
    assert told["days_since"].to_list() == [None, *days[1:]]
    assert told["due_on"].to_list()[3] == NOW.date()
    assert told["reasons"].to_list()[0] == "no_date date_in_future"
    # what is to be confirmed is what is due by the end of the day
    due = (told["due_on"] <= NOW.date()).fill_null(value=True)
    assert (due == told["status"].is_in(["to_confirm", "stale"])).all()
