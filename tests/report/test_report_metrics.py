"""Every metric against a slow, obvious count in Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from crmquality.report import DEFAULT_TARGETS, METRICS, Target, quality_report, wilson
from crmquality.report.metrics import NO_SOURCE, filled, instants, is_cross_field
from crmquality.report.targets import ON_REQUEST
from crmquality.tables import FINDINGS, REPORT
from crmquality.validator import CATALOG, Before, IssueCodes, Required, SameAs, Validator

Row = dict[str, str | None]
Count = tuple[int, int]

T0 = datetime(2024, 5, 1)
RULES = Validator(
    (
        Required("name"),
        IssueCodes("name"),
        IssueCodes("phone"),
        SameAs("norm_name", "norm_phone", "name", "conflict_sex"),
        Before("occurred", "recorded"),
    ),
    source="system",
)

times = st.none() | st.integers(0, 60).map(lambda h: str(T0 + timedelta(hours=h))) | st.just("soon")
codes = st.sampled_from(["placeholder", "full_width", "invalid_phone", "masked", "full_width masked"])
row = st.fixed_dictionaries(
    {
        "system": st.sampled_from([None, "web", "erp"]),
        "norm_name": st.none() | st.sampled_from(["x", "y", " "]),
        "issues_name": st.none() | codes,
        "norm_phone": st.none() | st.sampled_from(["x", "y"]),
        "issues_phone": st.none() | codes,
        "occurred": times,
        "recorded": times,
        "entity": st.sampled_from(["a", "b", "c"]),
        "label_name": st.sampled_from([None, "yes", "no"]),
        "label_phone": st.sampled_from([None, "yes", "no"]),
    }
)


def is_filled(r: Row, field: str) -> bool:
    if usable(r, field):
        return True
    told = set((r[f"issues_{field}"] or "").split()) - {"full_width", "control_characters"}
    return bool(told) and "placeholder" not in told


def usable(r: Row, field: str) -> bool:
    return bool((r[f"norm_{field}"] or "").strip())


def hours_late(r: Row) -> float | None:
    try:
        occurred, recorded = (datetime.fromisoformat(r[c] or "") for c in ("occurred", "recorded"))
    except ValueError:
        return None
    return (recorded - occurred).total_seconds() / 3600


def oracle(rows: list[Row]) -> dict[tuple[str, str | None, str | None], Count]:
    """Every metric by counting, row by row."""
    out: dict[tuple[str, str | None, str | None], list[bool]] = defaultdict(list)
    entities: dict[str | None, list[str]] = defaultdict(list)
    for r in rows:
        for source in (None, r["system"] or NO_SOURCE):
            entities[source].append(r["entity"] or "")
            for field in ("name", "phone"):
                for f in (field, None):
                    out["completeness", f, source].append(is_filled(r, field))
                    if field == "name":
                        out["required_missing", f, source].append(not is_filled(r, field))
                    bad = any(CATALOG[c].severity == "error" for c in (r[f"issues_{field}"] or "").split())
                    if is_filled(r, field):
                        out["validity", f, source].append(usable(r, field) and not bad)
                if r[f"label_{field}"]:
                    out["accuracy", field, source].append(r[f"label_{field}"] == "yes")
            said = [r[f"label_{field}"] for field in ("name", "phone") if r[f"label_{field}"]]
            if said:
                out["accuracy", None, source].append("no" not in said)
            late = hours_late(r)
            clash = usable(r, "name") and usable(r, "phone") and r["norm_name"] != r["norm_phone"]
            out["consistency", None, source].append(not clash and (late is None or late >= 0))
            if late is not None:
                out["timeliness", None, source].append(late <= 24)
    counts = {key: (sum(hits), len(hits)) for key, hits in out.items()}
    return counts | {("uniqueness", None, s): (len(set(e)), len(e)) for s, e in entities.items()}


def frame_of(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).with_row_index("id")


def labels_of(rows: list[Row]) -> pl.DataFrame:
    said = [(i, f, r[f"label_{f}"] == "yes") for i, r in enumerate(rows) for f in ("name", "phone") if r[f"label_{f}"]]
    return pl.DataFrame(said, schema={"record_id": pl.UInt32, "field": pl.String, "correct": pl.Boolean}, orient="row")


def report_of(frame: pl.DataFrame, checked_cells: pl.DataFrame) -> pl.DataFrame:
    rules = Validator(RULES.rules, record_id="id", source="system")
    return quality_report(
        frame,
        rules.validate_frame(frame),
        frame.select(pl.col("id").alias("record_id"), pl.col("entity").alias("entity_id")),
        required=["name"],
        checks=rules.checks,
        record_id="id",
        source="system",
        occurred_at="occurred",
        recorded_at="recorded",
        checked_cells=checked_cells,
    ).table


@settings(max_examples=80, deadline=None)
@given(st.lists(row, min_size=1, max_size=10))
def test_every_metric_is_what_counting_by_hand_gives(rows: list[Row]) -> None:
    table = report_of(frame_of(rows), labels_of(rows))
    found = {
        (m, f, s): (k, n)
        for m, f, s, k, n in table.select("metric", "field", "source", "numerator", "denominator").rows()
        if n
    }
    assert found == oracle(rows)
    assert dict(table.schema) == REPORT


@settings(max_examples=40, deadline=None)
@given(st.lists(row, min_size=2, max_size=10), st.randoms(use_true_random=False))
def test_a_scorecard_does_not_depend_on_row_order(rows: list[Row], random) -> None:  # type: ignore[no-untyped-def]
    frame, labels = frame_of(rows), labels_of(rows)
    order = random.sample(range(len(rows)), len(rows))
    assert report_of(frame, labels).equals(report_of(frame[order], labels.reverse()))


@settings(max_examples=60, deadline=None)
@given(st.lists(row, min_size=1, max_size=10))
def test_the_validator_and_the_scorecard_agree_on_what_is_missing(rows: list[Row]) -> None:
    frame = frame_of(rows)
    found = Validator((Required("name"),), record_id="id").validate_frame(frame)
    missing = frame.filter(~filled(frame, "name"))["id"].to_list()
    assert found["record_id"].to_list() == missing


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_scipy(counted: Count) -> None:
    k, n = counted
    ends = wilson(k, n)
    assert ends is not None
    expected = binomtest(k, n).proportion_ci(method="wilson")
    assert ends == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= ends[0] <= k / n <= ends[1] <= 1


def test_times_of_every_kind_are_read() -> None:
    at = datetime(2024, 5, 3, 6, 12)
    for values in (
        ["2024-05-03 06:12:00", "2024-05-03T06:12", "2024-05-03T06:12:00.000Z", "2024-05-03T14:12:00+08:00"],
        ["2024-05-03 02:42:00-0330"],
        [at],
        [at.replace(tzinfo=UTC)],
    ):  # fmt: skip
        assert set(instants(pl.DataFrame({"at": values}), "at").to_list()) == {at}
    assert instants(pl.DataFrame({"at": [date(2024, 5, 3)]}), "at").to_list() == [datetime(2024, 5, 3)]
    assert instants(pl.DataFrame({"at": pl.Series([None], dtype=pl.Null)}), "at").to_list() == [None]
    assert instants(pl.DataFrame({"at": ["", "2024", "99", "２０２４-05-03"]}), "at").to_list() == [None] * 4


def test_a_day_late_to_the_second() -> None:
    frame = pl.DataFrame(
        {"record_id": [1, 2, 3], "o": ["2024-05-01"] * 3, "r": ["2024-05-02", "2024-05-02 00:00:01", "2024-04-30"]}
    )
    table = quality_report(frame, [], fields=[], occurred_at="o", recorded_at="r").table
    assert table.filter(metric="timeliness").select("numerator", "denominator").rows() == [(2, 3)]


def test_nothing_is_claimed_of_what_was_not_looked_at() -> None:
    frame = pl.DataFrame({"record_id": [1], "norm_name": ["x"], "issues_name": pl.Series([None], dtype=pl.String)})
    table = quality_report(frame, pl.DataFrame(schema=FINDINGS), checks=[]).table
    shown = table.filter(pl.col("value").is_not_null())["metric"].unique().to_list()
    assert shown == ["completeness"]
    rest = table.filter(pl.col("value").is_null())
    assert rest["verdict"].unique().to_list() == ["not shown"]
    assert set(rest["metric"]) == set(METRICS) - {"completeness", *ON_REQUEST}


def test_an_empty_table_shows_nothing() -> None:
    frame = pl.DataFrame(schema={"record_id": pl.Int64, "norm_name": pl.String, "issues_name": pl.String})
    clusters = pl.DataFrame(schema={"record_id": pl.Int64, "entity_id": pl.Int64})
    report = quality_report(frame, [], clusters, required=["name"], targets=(Target("completeness", at_least=0.5),))
    assert report.table["value"].is_null().all()
    assert report.verdict == "not shown"


def test_info_findings_do_not_make_a_record_inconsistent() -> None:
    assert {c for c in CATALOG if is_cross_field(c)} == {
        "division_conflict", "conflict", "conflict_birth_date", "conflict_sex", "order_violation", "area_conflict",
        "postcode_conflict", "document_conflict", "country_conflict", "domain_conflict", "company_conflict",
        "consent_conflict", "entity_conflict",
    }  # fmt: skip
    frame = pl.DataFrame({"record_id": [1, 2]})
    found = pl.DataFrame(
        {
            "record_id": [1, 2],
            "field": ["a", "a"],
            "code": ["area_conflict", "conflict"],
            "severity": ["info", "warning"],
        }
    )
    table = quality_report(frame, found, fields=[]).table
    assert table.filter(metric="consistency").select("numerator", "denominator").rows() == [(1, 2)]


def test_two_people_must_agree_and_strangers_do_not_count() -> None:
    frame = pl.DataFrame({"record_id": ["1", "2"]})
    labels = {"record_id": [1, 1, 2, 2, 3], "field": ["a", "a", "a", "b", "a"], "correct": [1, 0, 1, None, 1]}
    table = quality_report(frame, [], fields=[], checked_cells=pl.DataFrame(labels)).table
    accuracy = table.filter(metric="accuracy")
    assert accuracy.select("field", "numerator", "denominator").rows() == [(None, 1, 2), ("a", 1, 2)]


def test_default_targets() -> None:
    assert [(t.metric, t.at_least, t.at_most) for t in DEFAULT_TARGETS] == [
        ("required_missing", None, 0.02),
        ("accuracy", 0.98, None),
        ("timeliness", 0.95, None),
    ]
