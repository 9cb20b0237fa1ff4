"""What a steward takes back: splits, and everything that is known of a person."""

from __future__ import annotations

from typing import cast

import pytest

import crmquality as cq

FITTED = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
ROWS = [
    {"record_id": 1, "name": "王芳", "email": "wf@example.org"},
    {"record_id": 2, "name": "李明", "email": "lm@example.org"},
]


def test_a_record_that_was_deleted_before_is_forgotten_too() -> None:
    state = FITTED.update(cq.State(), ROWS).state
    deleted = FITTED.update(state, [{"record_id": 1, "op": "delete"}]).state
    forgotten = FITTED.forget(deleted, [1])
    assert dict(forgotten.removed.iter_rows()) == {"golden_ids": 1, "deletions": 1, "events": 2}
    tables = forgotten.state.to_tables(like=[])
    assert not [
        row for table in tables.values() for row in cast(list[dict[str, object]], table) if row.get("record_id") == 1
    ]
    assert forgotten.state.records["record_id"].to_list() == [2]
    assert forgotten.golden_changes.height == 0
    assert cq.State.from_tables(tables) == forgotten.state


def test_what_was_fixed_of_a_forgotten_customer_goes_with_the_golden_id() -> None:
    step = FITTED.update(cq.State(), ROWS)
    golden_id = step.xref_changes[0]["golden_id"]
    fixed = FITTED.update(step.state, None, fixed=[{"golden_id": golden_id, "field": "name", "value": "王方"}]).state
    deleted = FITTED.update(fixed, [{"record_id": 1, "op": "delete"}]).state
    assert FITTED.forget(deleted, [1]).state.fixed_values.height == 0


def test_all_records_can_be_forgotten_when_none_is_left() -> None:
    state = FITTED.update(cq.State(), ROWS).state
    deleted = FITTED.update(state, [{"record_id": row["record_id"], "op": "delete"} for row in ROWS]).state
    left = FITTED.forget(deleted, [1, 2]).state
    assert left.events.height == left.deletions.height == left.golden_ids.height == 0
    assert FITTED.update(left, ROWS).state.n_records == 2


def test_one_id_where_several_are_expected_is_told() -> None:
    state = FITTED.update(cq.State(), [{**row, "record_id": f"r{row['record_id']}"} for row in ROWS]).state
    golden_id = str(state.resolve(state.entities["golden_id"][0]))
    with pytest.raises(cq.SchemaError, match="forget: expected several record ids, got one text; put it in a list"):
        FITTED.forget(state, "r1")
    with pytest.raises(cq.SchemaError, match="split: expected several record ids, got one text; put it in a list"):
        FITTED.split(state, golden_id, "r1")


def test_nobody_to_forget_is_told() -> None:
    with pytest.raises(cq.SchemaError, match="forget: no record ids were given"):
        FITTED.forget(FITTED.update(cq.State(), ROWS).state, [])
