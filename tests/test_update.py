"""Batches into a state: the cases that histories at random have found, and calls that are refused."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import crmquality as cq
from crmquality.errors import ModelError, SchemaError
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
    assert back.xref_changes["event"].to_list() == ["joined", "created"]


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


# ------------------------------------------------------------------------------------------------------ wrong calls

SECRET = "zq-secret"
STATE = FITTED.update(State(), frame_of([row(1), row(2, name="李娜")])).state
ALL_GONE = FITTED.update(STATE, [{"record_id": 1, "op": "delete"}, {"record_id": 2, "op": "delete"}]).state
GOLDEN = STATE.entities["golden_id"][0]
NOTHING = frame_of([])


def refusal(state: State = STATE, batch: Any = NOTHING, **given: Any) -> str:
    with pytest.raises(SchemaError) as refused:
        FITTED.update(state, batch, **given)
    assert SECRET not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("state", [STATE, ALL_GONE, stored(ALL_GONE)], ids=["some", "gone", "gone and stored"])
@pytest.mark.parametrize("ids", [[SECRET, "1"], [1.5, 2.0], [None, 1]])
def test_ids_of_another_type(state: State, ids: list[Any]) -> None:
    assert "record_id" in refusal(state, pl.DataFrame([row(1), row(2)]).with_columns(record_id=pl.Series(ids)))


@pytest.mark.parametrize("state", [STATE, ALL_GONE, stored(ALL_GONE)], ids=["some", "gone", "gone and stored"])
def test_ids_that_are_numbers_in_text(state: State) -> None:
    step = FITTED.update(state, [row("1", name="王丽"), row("7", name="张伟", email=None)])
    assert set(step.state.entities["record_id"].to_list()) >= {1, 7}
    assert_same(step.changes.undo(step.state), state)


def test_a_deletion_may_come_before_any_record() -> None:
    first = FITTED.update(State(), [{"record_id": "a", "op": "delete", "updated_at": "2024-03-02"}])
    assert first.state.deletions["record_id"].to_list() == ["a"]
    then = FITTED.update(first.state, [row("a", "2024-03-01"), row("b", name="张伟")])
    assert then.state.entities["record_id"].to_list() == ["b"]
    assert then.n_late == 1
    assert_same(first.changes.apply(State()), first.state)
    assert_same(State.from_tables(first.state.to_tables(like=[])), first.state)
    assert FITTED.update(first.state, frame_of([row(1)])).state.entities["record_id"].to_list() == ["1"]


def test_words_of_op() -> None:
    words = FITTED.update(STATE, [row(1, op=" DELETE "), row(2, name="李娜", op=None), row(3, op="Upsert")])
    assert words.state.entities["record_id"].to_list() == [2, 3]
    assert "2 rows" in refusal(batch=[row(1, op=SECRET), row(2, op=SECRET), row(3, op="delete")])
    assert "'op'" in refusal(batch=[row(1, op=1)])


@pytest.mark.parametrize(
    ("fixed", "named"),
    [
        ([{"golden_id": SECRET, "field": "name", "value": SECRET}], ["1 rows", "golden id"]),
        ([{"golden_id": None, "field": "name", "value": SECRET}], ["1 rows", "golden id"]),
        ([{"golden_id": GOLDEN, "field": "nam", "value": SECRET}], ["'nam'", "'name'"]),
        ([{"golden_id": GOLDEN, "field": None, "value": SECRET}], ["name no field"]),
        ([{"golden_id": GOLDEN, "field": "name"}], ["'value'"]),
        ([{"golden_id": GOLDEN, "field": "name", "value": "x", "at": SECRET}], ["'at'"]),
        ([{"golden": GOLDEN, "fields": "name"}], ["'golden_id'", "'field'", "'value'"]),
        (3, ["int"]),
    ],
)
def test_fixed_values_of_nobody(fixed: Any, named: list[str]) -> None:
    said = refusal(fixed=fixed)
    assert all(word in said for word in named), said


@pytest.mark.parametrize(
    ("decisions", "named"),
    [
        ([{"record_id_l": 1, "record_id_r": 2, "decision": SECRET}], ["decision"]),
        ([{"record_id_l": 1, "record_id_r": 2}], ["decision"]),
        ([{"record_id_l": 1, "record_id_r": SECRET, "decision": "link"}], ["record ids"]),
        ([{"record_id_l": 1, "record_id_r": 2, "decision": "link", "at": SECRET}], ["'at'"]),
        (3, ["int"]),
    ],
)
def test_decisions_that_cannot_be_read(decisions: Any, named: list[str]) -> None:
    for state in (STATE, State()):
        if state is STATE or SECRET not in str(decisions[0]["record_id_r"] if decisions != 3 else ""):
            said = refusal(state, decisions=decisions)
            assert all(word in said for word in named), said


def test_other_wrong_calls() -> None:
    assert "at" in refusal(at=SECRET)
    assert "'email'" in refusal(batch=frame_of([row(1)]).drop("email"))
    assert "int" in refusal(batch=3)
    assert "record ids are missing" in refusal(batch=frame_of([row(None)]))
    with pytest.raises(SchemaError, match="'name'"):
        FITTED.update(State(), [{"record_id": 1, "op": "upsert"}])
    assert (
        FITTED.update(STATE, [{"record_id": 1, "op": "delete"}, {"record_id": 1, "op": "delete"}]).state.n_records == 1
    )


def test_another_model_is_refused_until_it_links_anew() -> None:
    other = fitted_of("between")
    for store in (STATE, stored(STATE)):
        with pytest.raises(ModelError, match="relink"):
            other.update(store, NOTHING)
        with pytest.raises(ModelError, match="relink"):
            other.golden(store)
        step = other.relink(store, at="2024-03-05")
        assert step.state.entities.equals(STATE.entities)
        assert_same(step.changes.undo(step.state), STATE)
        other.update(step.state, NOTHING)
        with pytest.raises(ModelError):
            FITTED.update(step.state, NOTHING)


def test_columns_that_come_and_go_and_change_their_type() -> None:
    batches = [
        pl.DataFrame([row(1, score=5)]),
        pl.DataFrame([row(2, name="李娜")]),
        pl.DataFrame([row(3, name="张伟", score="high", when=None)]),
        pl.DataFrame([row(4, name="赵敏", when="x")]).with_columns(updated_at=pl.date(2024, 3, 1)),
        pl.DataFrame([row(1, score="5")]),
        pl.DataFrame([row(5, name=77)]),
    ]
    state, states = State(), []
    for batch in batches:
        states.append(state)
        step = FITTED.update(state, batch)
        assert_same(step.changes.undo(step.state), state)
        again = FITTED.update(step.state, batch)
        assert not again.changes.tables
        other = FITTED.update(stored(state), batch)
        assert_same(other.state, step.state)
        state = step.state
    assert state.records["score"].to_list() == ["5", None, "high", None, None]
    assert FITTED.golden(state).height == 5


def test_a_step_tells_of_contradictions_and_of_fixed_values_that_do_not_fit() -> None:
    fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
    rows = pl.DataFrame(
        {"record_id": [1, 2, 3], "name": ["王芳", "李娜", "张伟"], "email": [None] * 3, "age": [30, 31, 32]}
    )
    state = fitted.update(cq.State(), rows).state
    golden_id = state.entities["golden_id"][0]
    said = pl.DataFrame({"record_id_l": [1, 2, 1], "record_id_r": [2, 3, 3], "decision": ["link", "link", "non-link"]})
    fixed = pl.DataFrame({"golden_id": [golden_id], "field": ["age"], "value": ["thirty"]})
    step = fitted.update(state, None, decisions=said, fixed=fixed)
    assert step.contradictions["contradiction"].unique().to_list() == [1]
    assert step.contradictions.height == 3
    assert step.ignored.rows() == [(golden_id, "age", "does_not_fit")]


def test_relink_needs_the_columns_and_the_ids_that_are_there() -> None:
    for kinds, record_id, missing in (
        ((cq.PersonName("name"), cq.Phone("mobile", region="CN")), "record_id", "'mobile'"),
        ((cq.PersonName("name"),), "email", "'record_id'"),
        ((cq.PersonName("name"),), "no", "'no'"),
    ):
        other = cq.Pipeline.from_schema(cq.Schema(*kinds, record_id=record_id)).with_default_model()
        with pytest.raises(SchemaError, match=missing):
            other.relink(STATE)


@pytest.mark.parametrize("state", [State(), ALL_GONE], ids=["empty", "gone"])
def test_relink_of_nothing_is_a_step_like_others(state: State) -> None:
    step = fitted_of("between").relink(state)
    assert isinstance(step.xref_changes, pl.DataFrame)
    assert_same(step.changes.undo(step.state), state)


def test_a_first_step_with_a_key_is_taken_back_too() -> None:
    step = FITTED.update(State(), frame_of([row(1)]), key=b"k" * 32)
    assert_same(step.changes.undo(step.state), State())


def test_a_record_that_comes_back_is_who_it_was() -> None:
    fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
    rows = [{"record_id": i, "name": n, "email": f"{i}@example.org"} for i, n in enumerate(["王芳", "李娜"])]
    first = fitted.update(cq.State(), rows)
    golden = dict(first.state.entities.select("record_id", "golden_id").rows())
    gone = fitted.update(first.state, [{"record_id": i, "op": "delete"} for i in (0, 1)]).state
    assert gone.resolve(golden[0]) is None
    gone = fitted.update(cq.State.from_tables(gone.to_tables()), [{"record_id": 1, "op": "delete"}]).state
    back = fitted.update(gone, rows)
    assert dict(back.state.entities.select("record_id", "golden_id").rows()) == golden
    assert {x["event"] for x in back.xref_changes} == {"joined"}
    assert back.changes.undo(back.state) == gone
    other = fitted.update(gone, [{**rows[0], "record_id": 7}])
    assert other.xref_changes[0]["golden_id"] not in golden.values()


def test_a_column_that_the_changes_have_is_refused() -> None:
    fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
    with pytest.raises(SchemaError, match="'change' of their own"):
        fitted.update(cq.State(), [{"record_id": 1, "name": "王芳", "email": None, "change": 1}])
