"""The laws of updates, over histories at random, against an oracle that works everything out anew each time.

More histories than run here, with other seeds, have been tried: raise `max_examples`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.merger import apply_changes
from crmquality.state import State
from update_histories import (
    Again,
    Batch,
    Copies,
    Op,
    Relink,
    Undo,
    World,
    assert_same,
    batches,
    check_nothing,
    check_step,
    decided,
    entities_of,
    entities_of_run,
    fitted_of,
    frame_of,
    golden_numbers,
    histories,
    schema_of,
    stored,
    survivors,
)


def learned() -> cq.FittedPipeline:
    """Fitted to a table, so that frequencies, caps and bands are its own."""
    surnames, given_names = "王李张刘陈杨赵黄周吴", "芳娜伟敏静丽强磊军洋"
    rows: list[dict[str, Any]] = []
    for i in range(80):
        name, mail = surnames[i % 10] + given_names[i // 10], f"{'abcdefgh'[i // 10]}{i % 10}@example.org"
        cells = {"source": "crm", "updated_at": None, "name": name, "id_number": None}
        rows.append({**cells, "record_id": i, "email": mail})
        rows.append({**cells, "record_id": 100 + i, "email": mail if i % 2 else None})
    return cq.Pipeline.from_schema(schema_of()).fit(frame_of(rows, op=False))


FITTED = {
    "default": fitted_of(),
    "learned": learned(),
    "small blocks": fitted_of(caps=2),
    "guards": fitted_of("all", cq.NationalId("id_number", scheme="cn.ric")),
    "between": fitted_of("between"),
    "within, small blocks": fitted_of("within", caps=3),
}
fitted = pytest.mark.parametrize("name", FITTED)


@fitted
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_any_history_has_the_entities_of_one_run_of_what_survives(name: str, data: st.DataObject) -> None:
    world, history = World(FITTED[name]), data.draw(histories())
    for op in history:
        world.play(op)
    world.check_entities()


times = st.permutations([f"2024-03-{d:02}" for d in range(1, 13)])


@fitted
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_any_order_and_any_cutting_of_timed_batches_has_the_entities_of_one_run(name: str, data: st.DataObject) -> None:
    whole = data.draw(st.builds(lambda a, b: replace(a, rows=a.rows + b.rows), batches(7), batches(5)))
    whole = replace(whole, fixed=[], at=None)
    days = data.draw(times)
    rows = [{**r, "updated_at": d} for r, d in zip(whole.rows, days, strict=False)]
    said = [{**d, "at": day} for d, day in zip(whole.decisions, days, strict=False)]
    fitted = FITTED[name]
    expected = entities_of_run(fitted, survivors(sorted(rows, key=lambda r: r["updated_at"])), decided(said))
    state = State()
    arrived = data.draw(st.permutations(rows))
    answers = data.draw(st.permutations(said))
    while arrived or answers:
        n = data.draw(st.integers(1, max(len(arrived), 1)))
        now, answers = answers[:1], answers[1:]
        state = fitted.update(state, frame_of(arrived[:n]), decisions=decided(now)).state
        arrived = arrived[n:]
    assert entities_of(state) == expected


@fitted
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_every_step_can_be_followed_and_taken_back(name: str, data: st.DataObject) -> None:
    world = World(FITTED[name])
    copies = Copies(world.fitted)
    for op in data.draw(histories(4)):
        step = world.play(op)
        if step is None:
            copies = Copies.of(world.fitted, world.state)
            continue
        check_step(step)
        copies.follow(step)
        if isinstance(op, Again):
            check_nothing(step)
        if isinstance(op, Relink):
            assert not any(t.height for t in (step.golden_changes, step.xref_changes, step.source_changes))
    while world.past:
        world.play(Undo())
    assert_same(world.state, State())


@fitted
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_a_state_that_is_stored_each_night_goes_on_as_one_that_is_not(name: str, data: st.DataObject) -> None:
    world, other = World(FITTED[name]), World(FITTED[name])
    for op in data.draw(histories(4)):
        other.state = stored(other.state)
        step, same = world.play(op), other.play(op)
        assert_same(world.state, other.state)
        if step is not None and same is not None:
            assert step.golden_changes.equals(same.golden_changes)
            assert step.source_changes.equals(same.source_changes)
            assert step.review.equals(same.review)


@settings(max_examples=6, deadline=None)
@given(st.lists(batches(4), min_size=2, max_size=4), st.integers(0, 2))
def test_a_backup_that_is_fed_the_later_batches_again_reaches_the_same_state(nights: list[Batch], at: int) -> None:
    world, at = World(FITTED["default"]), min(at, len(nights) - 1)
    backup, calls = State(), []
    for i, night in enumerate(nights):
        if i == at:
            backup = stored(world.state)
        call = world.call(night)
        calls.append(call)
        world.state = world.fitted.update(world.state, **call).state
    for call in calls[at:]:
        backup = world.fitted.update(backup, **call).state
    assert_same(backup, world.state)


@settings(max_examples=8, deadline=None)
@given(batches(7), st.data())
def test_two_customers_made_one_and_two_again_have_their_ids_again(batch: Batch, data: st.DataObject) -> None:
    world = World(FITTED["default"])
    world.play(replace(batch, decisions=[], fixed=[]))
    before = golden_numbers(world.state)
    ids = sorted(set(before.values()))
    if len(ids) < 2:
        return
    one, other = data.draw(st.permutations(ids))[:2]
    left, right = ([r for r in before if before[r] == g] for g in (one, other))
    joined = world.fitted.update(world.state, None, decisions=decided([pair(left[0], right[0], "link")]))
    assert len(set(golden_numbers(joined.state).values())) == len(ids) - 1
    assert joined.state.resolve(one) == joined.state.resolve(other)
    back = [pair(a, b, "non-link") for a in left for b in right]
    apart = world.fitted.update(stored(joined.state), None, decisions=decided(back))
    assert golden_numbers(apart.state) == before
    assert set(apart.xref_changes["event"].to_list()) == {"split"}
    again = world.fitted.update(
        apart.state, None, decisions=decided([pair(r, s, "review") for r in left for s in right])
    )
    assert golden_numbers(again.state) == before


def pair(left: Any, right: Any, decision: str) -> dict[str, Any]:
    return {"record_id_l": left, "record_id_r": right, "decision": decision, "by": "li", "at": None}


@settings(max_examples=6, deadline=None)
@given(histories(3))
def test_sources_that_follow_come_into_line(history: list[Op]) -> None:
    world = World(FITTED["default"])
    for op in history:
        if isinstance(op, Batch):
            world.play(op)
    source = frame_of(survivors(world.arrived), op=False)
    if not source.height:
        return
    step = world.fitted.update(State(), source, decisions=world.said)
    for _ in range(6):
        if not step.source_changes.height:
            break
        source = apply_changes(source, step.source_changes)
        step = world.fitted.update(step.state, source)
    assert step.source_changes.height == 0
    golden = {g["golden_id"]: g for g in world.fitted.golden(step.state).to_dicts()}
    now = golden_numbers(step.state)
    for row in source.to_dicts():
        assert {c: golden[now[row["record_id"]]][c] for c in ("name", "email")} == {
            c: row[c] for c in ("name", "email")
        }


@settings(max_examples=8, deadline=None)
@given(batches(7), st.data())
def test_what_a_steward_takes_apart_stays_apart(batch: Batch, data: st.DataObject) -> None:
    world = World(FITTED["guards"])
    call = world.call(replace(batch, fixed=[]))
    state = world.fitted.update(State(), **call).state
    several = [sorted(members) for members in entities_of(state) if len(members) > 1]
    if not several:
        return
    members = data.draw(st.sampled_from(sorted(several)))
    was = golden_numbers(state)
    chosen = data.draw(st.lists(st.sampled_from(members), min_size=1, max_size=len(members) - 1, unique=True))
    step = world.fitted.split(state, was[members[0]], chosen, by="wang")
    now = golden_numbers(step.state)
    rest = {now[r] for r in members if r not in chosen}
    assert len({now[r] for r in chosen}) == 1
    assert now[chosen[0]] not in rest
    assert entities_of(step.state) == entities_of_run(world.fitted, survivors(batch.rows), step.state.decisions)
    check_step(step)
    step = world.fitted.unmerge(state, members[0])
    now = golden_numbers(step.state)
    assert now[members[0]] not in {now[r] for r in members[1:]}
    check_step(step)


@settings(max_examples=8, deadline=None)
@given(st.lists(batches(5), min_size=1, max_size=3), st.data())
def test_of_whom_is_forgotten_nothing_is_left(nights: list[Batch], data: st.DataObject) -> None:
    world = World(FITTED["default"])
    for night in nights:
        world.play(night)
    there = golden_numbers(world.state)
    if not there:
        return
    record = data.draw(st.sampled_from(sorted(there)))
    forgotten = world.fitted.forget(world.state, [record]).state
    for table in forgotten.to_tables().values():
        for column in {"record_id", "record_id_l", "record_id_r"} & set(table.columns):  # type: ignore[attr-defined]
            assert record not in table[column].to_list()  # type: ignore[index]
    rows = [r for r in survivors(world.arrived) if r["record_id"] != record]
    said = world.said.filter((pl.col("record_id_l") != record) & (pl.col("record_id_r") != record))
    assert entities_of(forgotten) == entities_of_run(world.fitted, rows, said)
    assert_same(stored(forgotten), forgotten)
    known = {*forgotten.golden_ids["golden_id"].to_list()}
    assert {*forgotten.golden_ids["successor_id"].drop_nulls().to_list()} <= known
    assert {*forgotten.fixed_values["golden_id"].to_list()} <= known
    more = world.fitted.update(forgotten, frame_of(nights[0].rows))
    check_step(more)
