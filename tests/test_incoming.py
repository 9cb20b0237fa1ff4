"""What a batch means: its own columns are the caller's, whatever they are called."""

from __future__ import annotations

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
