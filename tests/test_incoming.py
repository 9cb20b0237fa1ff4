"""What a batch means: its own columns are the caller's, whatever they are called."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

import crmquality as cq

FITTED = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()


@pytest.mark.parametrize("column", ["_slot", "_row", "_deletes", "_before", "_now", "_untimed", "t", "updated_at"])
def test_a_column_of_any_name_is_kept_and_the_same_batch_twice_changes_nothing(column: str) -> None:
    rows = [
        {"record_id": 1, "name": "王芳", "email": "wf@example.org", column: "x"},
        {"record_id": 2, "name": "李明", "email": "lm@example.org", column: "y"},
        {"record_id": 2, "name": "李明", "email": "lm@example.org", column: "z"},
    ]
    first = FITTED.update(cq.State(), rows)
    assert first.state.records[column].to_list() == ["x", "z"]
    assert cq.State.from_tables(first.state.to_tables()) == first.state
    again = FITTED.update(first.state, rows[::2])
    assert again.n_unchanged == 2
    assert again.state == first.state
    gone = FITTED.update(first.state, [{"record_id": 1, column: None, "op": "delete"}])
    assert gone.state.records[column].to_list() == ["z"]


def emails_after(times: list[object], cells: list[str]) -> str:
    schema = cq.Schema(cq.PersonName("name"), cq.Email("email"), updated_at="updated_at")
    fitted = cq.Pipeline.from_schema(schema).with_default_model()
    state = cq.State()
    for time, email in zip(times, cells, strict=True):
        row = {"record_id": 1, "name": "王芳", "email": email, "updated_at": time}
        state = cq.State.from_tables(fitted.update(state, [row]).state.to_tables())
    return str(state.records["email"][0])


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2025-01-01T08:00:00+08:00", "2025-01-01T02:00:00Z"),
        ("2025-01-01 10:00:00.100", "2025-01-01 10:00:00.900"),
        ("2025/1/2", "2025-01-02T00:00:01"),
        ("2024", "2024-02"),
        (1600000000, 1735776000),
        ("1600000000", "1735776000"),
        (1.5, 2.5),
        (datetime(2025, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))), datetime(2025, 1, 1, 2, tzinfo=UTC)),
        (date(2025, 1, 1), date(2025, 1, 2)),
    ],
)
def test_which_row_is_later_is_a_matter_of_instants(earlier: object, later: object) -> None:
    assert emails_after([earlier, later], ["old@example.org", "new@example.org"]) == "new@example.org"
    assert emails_after([later, earlier], ["new@example.org", "old@example.org"]) == "new@example.org"


def test_a_deletion_is_as_late_as_its_row_says() -> None:
    schema = cq.Schema(cq.PersonName("name"), cq.Email("email"), updated_at="updated_at")
    fitted = cq.Pipeline.from_schema(schema).with_default_model()
    row = {"record_id": 1, "name": "王芳", "email": None}
    gone = fitted.update(cq.State(), [{**row, "updated_at": "2025-01-01T02:00:00Z", "op": "delete"}]).state
    assert gone.deletions.rows() == [(1, "2025-01-01T02:00:00Z", None)]
    assert fitted.update(gone, [{**row, "updated_at": "2025-01-01T08:00:00+08:00"}]).n_late == 1
    assert fitted.update(gone, [{**row, "updated_at": "2025-01-01T10:00:01+08:00"}]).state.n_records == 1
