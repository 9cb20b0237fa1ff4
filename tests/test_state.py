"""Stored tables back into a state: every kind of table, and every kind of damage."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import crmquality as cq
from crmquality.errors import SchemaError
from crmquality.state import TABLES, VERSION, State
from update_histories import KINDS, assert_same, fitted_of, frame_of

Tables = dict[str, pl.DataFrame]

FITTED = fitted_of()
SECRET = "zq-secret"


def a_state() -> State:
    cells = {"source": "crm", "updated_at": None, "name": "王芳"}
    rows = [{**cells, "record_id": i, "email": f"{SECRET}@example.org"} for i in (1, 2, 3)]
    said = [{"record_id_l": 1, "record_id_r": 9, "decision": "link", "by": SECRET}]
    state = FITTED.update(State(), frame_of(rows), decisions=said).state
    golden = state.entities["golden_id"][0]
    return FITTED.update(
        state,
        frame_of([{**cells, "record_id": 3, "op": "delete"}, {**cells, "record_id": 4, "name": "李娜"}]),
        fixed=[{"golden_id": golden, "field": "name", "value": SECRET}],
        at="2024-03-01",
    ).state


STATE = a_state()
WHOLE: Tables = STATE.to_tables()  # type: ignore[assignment]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", [State(), STATE], ids=["empty", "full"])
def test_any_kind_of_table_there_and_back(kind: str, state: State) -> None:
    assert_same(State.from_tables(state.to_tables(like=KINDS[kind])), state)


def test_rows_and_columns_in_any_order() -> None:
    tables = {n: t.reverse() for n, t in WHOLE.items()}
    tables = {n: t if n == "records" else t.select(reversed(t.columns)) for n, t in tables.items()}
    assert_same(State.from_tables(tables), STATE)


def test_duckdb_there_and_back() -> None:
    duckdb = pytest.importorskip("duckdb")
    db = duckdb.connect()
    for name, table in STATE.to_tables().items():
        db.register("given", table.to_arrow())  # type: ignore[attr-defined]
        db.execute(f"create table {name} as select * from given")
        db.unregister("given")
    back = State.from_tables({name: db.table(name) for name in TABLES})
    assert back == STATE
    nothing = FITTED.update(back, frame_of([]))
    assert not nothing.changes.tables


def test_everything_that_a_state_has_is_in_the_tables_of_this_test() -> None:
    assert {n for n, t in WHOLE.items() if not t.height} == {"frequencies"}


def dropped(table: str, column: str) -> Callable[[Tables], Tables]:
    return lambda t: {**t, table: t[table].drop(column)}


def renamed(table: str, column: str) -> Callable[[Tables], Tables]:
    return lambda t: {**t, table: t[table].rename({column: column + "s"})}


def cell(table: str, column: str, value: object, row: int = 0) -> Callable[[Tables], Tables]:
    def damage(t: Tables) -> Tables:
        cells = t[table][column].to_list()
        cells[row] = value
        dtype = t[table].schema[column]
        if value is not None and not isinstance(value, dtype.to_python()):
            dtype = pl.String()
            cells = [None if c is None else str(c) for c in cells]
        return {**t, table: t[table].with_columns(pl.Series(column, cells, dtype=dtype))}

    return damage


def setting(key: str, value: object) -> Callable[[Tables], Tables]:
    at = sorted(WHOLE["settings"]["key"].to_list()).index(key)
    return cell("settings", "value", value, at)


def rows(table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Tables], Tables]:
    return lambda t: {**t, table: change(t[table])}


def both(*damages: Callable[[Tables], Tables]) -> Callable[[Tables], Tables]:
    def damage(t: Tables) -> Tables:
        for one in damages:
            t = one(t)
        return t

    return damage


REPEATED = rows("records", lambda t: pl.concat([t[:1], t[:1], t[2:]]))

DAMAGES: dict[str, tuple[Callable[[Tables], Tables], list[str]]] = {
    "no table": (lambda t: {n: x for n, x in t.items() if n != "links"}, ["table 'links' is missing"]),
    "two tables": (lambda t: {n: x for n, x in t.items() if n not in ("links", "events")}, ["'links'", "'events'"]),
    "another table": (lambda t: {**t, "link": t["links"]}, ["link"]),
    "no column": (dropped("links", "match_weight"), ["links", "match_weight"]),
    "columns renamed": (both(renamed("entities", "home_id"), renamed("events", "at")), ["home_id", "events"]),
    "no settings column": (dropped("settings", "value"), ["settings", "value"]),
    "no id column": (dropped("records", "record_id"), ["record_id"]),
    "no column of the caller": (dropped("records", "email"), ["records", "email"]),
    "no column that was made": (dropped("records", "norm_email"), ["records"]),
    "a row less": (rows("links", lambda t: t[1:]), ["links", "rows"]),
    "a row less of two": (both(*(rows(n, lambda t: t[1:]) for n in ("links", "decisions"))), ["links", "decisions"]),
    "a row more": (rows("events", lambda t: pl.concat([t, t[:1]])), ["events"]),
    "null id": (cell("records", "record_id", None), ["records"]),
    "repeated id": (REPEATED, ["records"]),
    "entities of others": (cell("entities", "record_id", 77), ["entities"]),
    "no golden id": (cell("entities", "golden_id", None), ["entities", "golden_id"]),
    "unknown golden id": (cell("entities", "golden_id", SECRET), ["entities", "golden_id"]),
    "unknown home": (cell("entities", "home_id", SECRET), ["entities", "home_id"]),
    "null golden id": (cell("golden_ids", "golden_id", None), ["golden_ids"]),
    "not born": (cell("golden_ids", "born", None), ["golden_ids", "born"]),
    "unknown successor": (cell("golden_ids", "successor_id", SECRET), ["golden_ids", "successor_id"]),
    "link to nowhere": (cell("links", "record_id_r", 99), ["links", "record_id_r"]),
    "link to itself": (cell("links", "record_id_r", 1), ["links"]),
    "null link": (cell("links", "record_id_l", None), ["links"]),
    "nan weight": (cell("links", "match_weight", float("nan")), ["match_weight"]),
    "null weight": (cell("links", "match_weight", None), ["match_weight"]),
    "infinite weight": (cell("links", "match_weight", float("inf")), ["match_weight"]),
    "a word for a weight": (cell("links", "match_weight", SECRET), ["match_weight"]),
    "a word for an id": (cell("links", "record_id_l", SECRET), ["links", "record_id_l"]),
    "another decision": (cell("decisions", "decision", SECRET), ["decisions"]),
    "no arrival": (cell("decisions", "arrival", None), ["decisions", "arrival"]),
    "another time of a decision": (cell("decisions", "at", SECRET), ["decisions", "at"]),
    "null deletion": (cell("deletions", "record_id", None), ["deletions"]),
    "deletion of a record that is there": (cell("deletions", "record_id", 1), ["deletions"]),
    "fixed of nobody": (cell("fixed_values", "golden_id", SECRET), ["fixed_values", "golden_id"]),
    "fixed field that is none": (cell("fixed_values", "field", SECRET), ["fixed_values", "field"]),
    "another event": (cell("events", "event", SECRET), ["events", "event"]),
    "event without a step": (cell("events", "step", None), ["events", "step"]),
    "other JSON": (setting("step", "[1]"), ["settings"]),
    "no JSON": (setting("step", SECRET), ["settings", "JSON"]),
    "no number": (setting("link_probability", json.dumps(SECRET)), ["settings"]),
    "not finite": (setting("link_probability", "NaN"), ["settings"]),
    "no list": (setting("caps", json.dumps("123")), ["settings"]),
    "no dict": (setting("means", "[]"), ["settings"]),
    "null": (setting("record_id", None), ["settings"]),
    "no counts": (setting("n_rows", "{}"), ["settings"]),
    "another version": (setting("version", str(VERSION + 1)), ["version"]),
    "a setting less": (rows("settings", lambda t: t.filter(pl.col("key") != "caps")), ["settings"]),
    "a setting twice": (rows("settings", lambda t: pl.concat([t, t[:1]])), ["settings"]),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damaged_tables_are_refused_before_any_work(what: str) -> None:
    damage, named = DAMAGES[what]
    with pytest.raises(SchemaError) as refused:
        State.from_tables(damage(dict(WHOLE)))
    said = str(refused.value)
    assert all(word in said for word in named), said
    assert SECRET not in said


def test_every_fault_at_once() -> None:
    damages = ["nan weight", "link to nowhere", "unknown home", "unknown golden id", "null id"]
    with pytest.raises(SchemaError) as refused:
        State.from_tables(both(*(DAMAGES[d][0] for d in damages))(dict(WHOLE)))
    assert len(refused.value.faults) >= len(damages)


@pytest.mark.parametrize("tables", [{}, {"records": []}, None, 3, dict.fromkeys(TABLES, 3), dict.fromkeys(TABLES)])
def test_what_is_no_tables_at_all(tables: Any) -> None:
    with pytest.raises(SchemaError):
        State.from_tables(tables)


def test_an_empty_batch_of_typed_columns_into_an_empty_state_is_followed_bit_for_bit() -> None:
    fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
    typed = pl.DataFrame(schema={"record_id": pl.Int64, "name": pl.String, "email": pl.Null, "age": pl.Int32})
    step = fitted.update(cq.State(), typed)
    applied = step.changes.apply(cq.State())
    assert applied.records.schema == step.state.records.schema
    assert applied == step.state == cq.State.from_tables(step.state.to_tables())
    assert step.changes.undo(step.state) == cq.State()
    assert fitted.update(
        step.state, pl.DataFrame({"record_id": [1], "name": ["王芳"], "email": [None]})
    ).state.n_records
