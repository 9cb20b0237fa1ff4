"""Batches into a state: the cases that histories at random have found, and calls that are refused."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import crmquality as cq
from crmquality.errors import ModelError
from crmquality.state import State
from update_histories import assert_same, entities_of, fitted_of, frame_of, stored

FITTED = fitted_of()


def row(record_id: Any, updated_at: str | None = None, **cells: Any) -> dict[str, Any]:
    known = {"source": None, "name": "王芳", "email": f"{record_id}@example.org"}
    return {"record_id": record_id, "updated_at": updated_at, **known, **cells}


def names(state: State) -> dict[Any, str]:
    return dict(state.records.select(state.record_id, "name").rows())


@pytest.mark.parametrize(
    ("days", "holds"),
    [
        ([2, 1], 2),  # late, in the same batch
        ([1, 2], 2),
        ([2, None], None),  # without a time: as it arrives
        ([2, None, 1], 1),  # and what comes after that which has none is not late
        ([None, 2, 1], 2),
        ([3, None, 2, 1], 2),
    ],
)
def test_of_several_rows_of_a_record_one_batch_keeps_what_single_batches_keep(
    days: list[int | None], holds: int | None
) -> None:
    rows = [row(1, None if d is None else f"2024-03-0{d}", name=f"name {d}") for d in days]
    at_once = FITTED.update(State(), frame_of(rows)).state
    one_by_one = State()
    for r in rows:
        one_by_one = FITTED.update(one_by_one, frame_of([r])).state
    assert names(at_once) == names(one_by_one) == {1: f"name {holds}"}
    again = FITTED.update(at_once, frame_of(rows))
    assert_same(again.state, at_once)


def test_the_first_batch_may_be_empty() -> None:
    for nothing in (None, [], pl.DataFrame(), frame_of([])):
        step = FITTED.update(State(), nothing)
        assert step.state.n_records == 0
        assert_same(step.changes.undo(step.state), State())
    said = [{"record_id_l": 1, "record_id_r": 2, "decision": "link"}]
    state = FITTED.update(State(), None, decisions=said).state
    state = FITTED.update(state, frame_of([row(1), row(2, name="李娜")])).state
    assert entities_of(state) == {frozenset({1, 2})}


@pytest.mark.parametrize("store", [lambda s: s, stored])
def test_records_come_back_after_all_were_deleted(store: Any) -> None:
    first = FITTED.update(State(), frame_of([row(1, source="crm"), row(2, name="李娜")]))
    gone = FITTED.update(store(first.state), [{"record_id": 1, "op": "delete"}, {"record_id": 2, "op": "delete"}])
    assert gone.state.n_records == 0
    assert sorted(x["source"] or "" for x in gone.xref_changes) == ["", "crm"]
    assert_same(gone.changes.undo(gone.state), first.state)
    assert FITTED.golden(store(gone.state)).height == 0
    assert FITTED.relink(store(gone.state)).state.n_records == 0
    back = FITTED.update(store(gone.state), frame_of([row(1), row(3, name="张伟", email=None)]))
    assert back.state.entities["record_id"].to_list() == [1, 3]
    assert back.xref_changes["event"].to_list() == ["created", "created"]


def test_the_column_of_ids_has_any_name() -> None:
    schema = cq.Schema(cq.PersonName("name"), cq.Email("email"), record_id="no")
    fitted = cq.Pipeline.from_schema(schema).with_default_model()
    first = fitted.update(State(), [{"no": 1, "name": "王芳", "email": None}, {"no": 2, "name": "王芳", "email": None}])
    assert first.state.record_id == "no"
    then = fitted.update(first.state, [{"no": 1, "op": "delete"}])
    assert then.state.deletions["record_id"].to_list() == [1]
    assert_same(stored(then.state), then.state)
    assert_same(then.changes.undo(then.state), first.state)
    assert_same(first.changes.undo(first.state), State())
    with pytest.raises(ModelError, match="another model"):
        fitted_of().update(first.state, frame_of([row(1)]))
