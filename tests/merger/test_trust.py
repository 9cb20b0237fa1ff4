"""Trust in sources that fades: what decides, and that no answer depends on the day it is asked."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import SchemaError
from crmquality.merger import Merger, SurvivorshipRule

RULE = SurvivorshipRule("city", ("trust",))
MERGER = Merger((RULE,), source="source", updated_at="at", trust=(("crm", 2.0), ("web", 1.0)), half_life_days=365)
Cell = str | dt.date | dt.datetime | int | None


def origin(*rows: tuple[str | None, Cell], merger: Merger = MERGER) -> int:
    """Which of the records is trusted most; each has a city of its own, in an order that is no help."""
    records = pl.DataFrame(
        {
            "record_id": range(len(rows)),
            "source": [s for s, _ in rows],
            "at": [t for _, t in rows],
            "city": [f"city {9 - i}" for i in range(len(rows))],
        }
    )
    clusters = pl.DataFrame({"record_id": range(len(rows)), "entity_id": [0] * len(rows)})
    return int(merger.merge_frame(records, clusters).golden["city_from"].item())


def test_a_source_of_twice_the_weight_is_worth_one_half_life() -> None:
    assert origin(("web", "2022-01-02"), ("crm", "2021-01-03")) == 1
    assert origin(("web", "2022-01-02"), ("crm", "2021-01-01")) == 0
    assert origin(("web", "2022-01-01"), ("crm", "2021-01-01")) == 0  # equal, so the smallest record id
    assert origin(("crm", "2021-01-01"), ("web", "2022-01-01")) == 0
    assert origin(("crm", "2021-01-01"), ("web", "2022-01-01T00:10")) == 1


@pytest.mark.parametrize("weights", [(("crm", 3.0), ("web", 0.3)), (("crm", 30), ("web", 3))])
def test_only_the_ratio_of_weights_counts(weights: tuple[tuple[str, float], ...]) -> None:
    merger = Merger((RULE,), source="source", updated_at="at", trust=weights, half_life_days=100)
    assert origin(("crm", "2020-01-01"), ("web", "2020-11-25"), merger=merger) == 0  # 332.2 days are ten times
    assert origin(("crm", "2020-01-01"), ("web", "2020-12-01"), merger=merger) == 1


def test_without_a_half_life_weights_alone_decide() -> None:
    merger = Merger((RULE,), source="source", updated_at="at", trust=MERGER.trust)
    assert origin(("web", "2024-01-01"), ("crm", "1999-01-01"), merger=merger) == 1


def test_sources_without_a_weight_come_last() -> None:
    assert origin(("fair", "2024-01-01"), (None, "2024-01-01"), ("web", "1950-01-01")) == 2
    assert origin((None, "2020-01-01"), ("fair", "2024-01-01")) == 0
    nothing = Merger((RULE,), source="source", updated_at="at", trust=(*MERGER.trust, ("fair", 0.0)))
    assert origin(("fair", "2024-01-01"), ("web", "1950-01-01"), merger=nothing) == 1


def test_who_does_not_say_how_old_it_is_counts_as_old_as_the_oldest() -> None:
    assert origin(("web", "2020-01-01"), ("web", None), ("web", "2020-06-01")) == 2
    assert origin(("web", "2020-06-01"), ("crm", None)) == 1
    assert origin(("web", "2020-01-01"), ("web", "2022-01-01"), ("crm", "yesterday")) == 1
    assert origin(("web", None), ("crm", None)) == 1


def test_a_rule_can_age_at_its_own_pace() -> None:
    slow, fast = SurvivorshipRule("city", ("trust",), half_life_days=3650), SurvivorshipRule("city", ("trust",))
    rows = (("web", "2024-01-01"), ("crm", "2021-01-01"))
    assert origin(*rows, merger=MERGER.with_rules(slow)) == 1
    assert origin(*rows, merger=MERGER.with_rules(fast)) == 0


def test_every_kind_of_time() -> None:
    old, young = dt.date(2020, 1, 1), dt.date(2022, 1, 1)
    noon = dt.time(12)
    rows: list[tuple[Cell, Cell]] = [
        (old, young),
        (dt.datetime.combine(old, noon), dt.datetime.combine(young, noon)),
        (dt.datetime.combine(old, noon, dt.UTC), dt.datetime.combine(young, noon, dt.UTC)),
        ("2020", "2022"),
        ("2020/01", "2022-01"),
        ("2020-01-01T09:30:00Z", "2022-01-01 23:59"),
    ]
    for earlier, later in rows:
        assert origin(("crm", earlier), ("web", later)) == 1
        assert origin(("web", earlier), ("crm", later)) == 1


def test_numbers_tell_no_age() -> None:
    with pytest.raises(SchemaError, match="half_life_days: the column of times is of type Int64, which tells no age"):
        origin(("crm", 1), ("web", 2))
    merger = Merger((RULE,), source="source", updated_at="at", trust=MERGER.trust)
    assert origin(("web", 1), ("crm", 2), merger=merger) == 1


def test_trust_is_asked_before_the_newest_where_it_is_given() -> None:
    merger = Merger(source="source", updated_at="at", trust=MERGER.trust)
    assert origin(("web", "2024-01-01"), ("crm", "2020-01-01"), merger=merger) == 1
    assert origin(("web", "2024-01-01"), ("crm", "2020-01-01"), merger=Merger(source="source", updated_at="at")) == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["crm", "web", "fair", None]), st.none() | st.integers(0, 1500)), min_size=1),
    st.integers(-3000, 3000),
)
def test_no_answer_changes_because_time_goes_by(rows: list[tuple[str | None, int | None]], later: int) -> None:
    start = dt.date(2015, 1, 1)
    dated = [(s, None if d is None else start + dt.timedelta(d)) for s, d in rows]
    moved = [(s, None if d is None else d + dt.timedelta(later)) for s, d in dated]
    if any(d for _, d in dated):
        assert origin(*dated) == origin(*moved)


def test_extreme_half_lives_stay_in_order() -> None:
    for days in (1e-300, 1e300):
        merger = Merger((RULE,), source="source", updated_at="at", trust=MERGER.trust, half_life_days=days)
        assert merger.faults() == []
        assert origin(("web", "1970-01-01"), ("crm", "1970-01-01"), merger=merger) == 1
        assert origin(("fair", "2024-01-01"), ("web", "2024-01-01"), merger=merger) == 1
        assert origin(("web", "1950-01-01"), ("web", "2024-01-01"), merger=merger) == (days < 1)
