"""Who is due, how statuses are spread, how fast data go out of date; and the metric of the scorecard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import ConfigError, SchemaError
from crmquality.report import (
    STATUSES,
    Activity,
    ContactPoint,
    Target,
    activity_summary,
    days_until_decayed,
    due_for_confirmation,
    quality_report,
    wilson,
)

NOW = datetime(2026, 6, 15)
ACTIVITY = Activity(100, 300, ("last",), (ContactPoint("email", "email"),), source="system")
ROWS = [
    {"record_id": 1, "last": "2026-06-01", "email": "a@x.org", "system": "web"},
    {"record_id": 2, "last": "2026-01-01", "email": "b@x.org", "system": "web"},
    {"record_id": 3, "last": "2025-01-01", "email": "c@x.org", "system": "erp"},
    {"record_id": 4, "last": None, "email": "d@x.org", "system": None},
    {"record_id": 5, "last": "2025-06-01", "email": None, "system": "erp"},
    {"record_id": 6, "last": "2025-01-01", "email": "e@x.org", "system": "erp"},
]
TOLD = ACTIVITY.classify_frame(pl.DataFrame(ROWS), as_of=NOW)


def ids(table: object) -> list[int]:
    assert isinstance(table, pl.DataFrame)
    return table["record_id"].to_list()


def test_the_longest_overdue_first_or_the_most_valuable() -> None:
    assert TOLD["status"].to_list() == ["active", "to_confirm", "stale", "to_confirm", "unreachable", "stale"]
    assert ids(due_for_confirmation(TOLD)) == [3, 6, 2, 4]
    assert ids(due_for_confirmation(TOLD, unreachable=True)) == [3, 6, 5, 2, 4]
    assert ids(due_for_confirmation(TOLD, before=date(2026, 4, 11))) == [3, 6, 4]
    assert ids(due_for_confirmation(TOLD, before=date(2026, 4, 12))) == [3, 6, 2, 4]
    assert ids(due_for_confirmation(TOLD, before=datetime(2027, 1, 1, 12))) == [3, 6, 2, 1, 4]
    valued = TOLD.with_columns(revenue=pl.Series([9.0, 5.0, None, 7.0, 8.0, float("nan")]))
    due = due_for_confirmation(valued, weight="revenue")
    assert ids(due) == [4, 2, 3, 6]
    assert isinstance(due, pl.DataFrame)
    assert due.columns == valued.columns


def test_a_list_before_the_present_shows_no_one_sooner_than_due() -> None:
    overdue = TOLD.filter(pl.col("due_on") < date(2026, 4, 11), pl.col("status") != "unreachable")
    assert set(ids(due_for_confirmation(TOLD, before=date(2026, 4, 11)))) == {*ids(overdue), 4}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 900), st.booleans()), max_size=12), st.randoms(use_true_random=False))
def test_due_does_not_depend_on_row_order(rows: list[tuple[int, bool]], chance: Any) -> None:
    table = pl.DataFrame(
        [
            (i, str(date.fromordinal(739_417 - days)), "a@x.org" if there else None)
            for i, (days, there) in enumerate(rows)
        ],
        schema={"record_id": pl.Int64, "last": pl.String, "email": pl.String},
        orient="row",
    ).with_columns(system=pl.lit("web"))
    told = ACTIVITY.classify_frame(table, as_of=NOW)
    wanted = sorted(
        (-days, i) for i, (days, there) in enumerate(rows) if there and days - (739_417 - NOW.toordinal()) >= 100
    )
    assert ids(due_for_confirmation(told)) == [i for _, i in wanted]
    shuffled = told.sample(fraction=1, shuffle=True, seed=chance.randrange(99)) if told.height else told
    assert ids(due_for_confirmation(shuffled)) == [i for _, i in wanted]


def test_what_comes_back_in_any_kind_of_table_can_be_asked_again() -> None:
    pd, pa, duckdb = (pytest.importorskip(m) for m in ("pandas", "pyarrow", "duckdb"))
    kinds: list[tuple[Callable[[], object], Callable[[Any], list[int]]]] = [
        (lambda: ROWS, lambda t: [r["record_id"] for r in t]),
        (lambda: pl.DataFrame(ROWS).lazy(), lambda t: t.collect()["record_id"].to_list()),
        (lambda: pd.DataFrame(ROWS), lambda t: t["record_id"].tolist()),
        (lambda: pa.Table.from_pylist(ROWS), lambda t: t["record_id"].to_pylist()),
        (lambda: duckdb.from_arrow(pa.Table.from_pylist(ROWS)), lambda t: [r[0] for r in t.fetchall()]),
    ]
    for make, read in kinds:
        told = ACTIVITY.classify(make(), as_of=NOW)
        assert read(due_for_confirmation(told, before=date(2027, 1, 1))) == [3, 6, 2, 1, 4]
        assert activity_summary(told) is not None


def test_a_summary_counts_every_status_of_every_source() -> None:
    table = activity_summary(TOLD)
    assert isinstance(table, pl.DataFrame)
    assert table["source"].unique(maintain_order=True).to_list() == [None, "(none)", "erp", "web"]
    assert table["status"].to_list() == list(STATUSES) * 4
    assert table["numerator"].to_list() == [1, 2, 2, 1, 0, 1, 0, 0, 0, 0, 2, 1, 1, 1, 0, 0]
    for row in table.iter_rows(named=True):
        assert row["share"] == row["numerator"] / row["denominator"]
        assert (row["low"], row["high"]) == wilson(row["numerator"], row["denominator"])
    none = activity_summary(TOLD[:0])
    assert isinstance(none, pl.DataFrame)
    assert none["share"].to_list() == [None] * 4
    golden = TOLD.drop("record_id", "source").with_columns(golden_id=pl.int_range(pl.len()))
    summed = activity_summary(golden)
    assert isinstance(summed, pl.DataFrame)
    assert summed.equals(table[:4])


def test_active_customers_in_the_scorecard() -> None:
    frame = pl.DataFrame({"record_id": range(6)})
    target = Target("active_share", at_least=0.5)
    report = quality_report(
        frame, [], fields=[], activity=TOLD, targets=(target, Target("active_share", source="web", at_most=0.9))
    )
    shown = report.table.filter(metric="active_share").select("source", "numerator", "denominator", "verdict").rows()
    assert shown == [(None, 1, 6, "missed"), ("(none)", 0, 1, None), ("erp", 0, 3, None), ("web", 1, 2, "met")]
    without = quality_report(frame, [], fields=[], targets=()).table
    assert without.filter(metric="active_share").is_empty()
    asked = quality_report(frame, [], fields=[], targets=(target,)).table
    assert asked.filter(metric="active_share")["verdict"].to_list() == ["not shown"]
    assert Target("active_share", "name", at_least=0.5).faults() != []


def test_what_is_refused() -> None:
    with pytest.raises(SchemaError) as error:
        due_for_confirmation(TOLD.drop("due_on"), weight="revenu")
    assert len(error.value.faults) == 2
    with pytest.raises(SchemaError):
        activity_summary([{"record_id": 1}])
    for before in ("2026-01-01", 3):
        with pytest.raises(ConfigError, match="before is"):
            due_for_confirmation(TOLD, before=before)  # type: ignore[arg-type]
    for share in (0, 1, -0.1, True, "x", float("nan")):
        with pytest.raises(ConfigError):
            days_until_decayed(share, per_month=0.02)  # type: ignore[arg-type]
        with pytest.raises(ConfigError):
            days_until_decayed(0.1, per_month=share)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_after_so_many_days_so_large_a_share_is_out_of_date(share: float, per_month: float) -> None:
    days = days_until_decayed(share, per_month=per_month)

    def left(n: int) -> float:
        return float((1 - per_month) ** (n / (365.2425 / 12)))

    assert left(days) <= 1 - share + 1e-9
    assert days == 1 or left(days - 1) >= 1 - share - 1e-9
