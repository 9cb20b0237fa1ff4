"""What a steward takes back: splits, and everything that is known of a person."""

from __future__ import annotations

from typing import cast

import polars as pl
import pytest

import crmquality as cq
from crmquality.errors import SchemaError

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


def test_stored_tables_are_brought_up_to_date_by_the_keys_of_what_is_forgotten() -> None:
    fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
    rows = [{"record_id": i, "name": "欧阳娜娜", "email": "nana@example.org"} for i in (1, 2)]
    rows.append({"record_id": 3, "name": "李秀英", "email": None})
    state = fitted.update(cq.State(), pl.DataFrame(rows)).state
    said = pl.DataFrame({"record_id_l": [1], "record_id_r": [3], "decision": ["non-link"]})
    state = fitted.update(state, None, decisions=said).state
    forgotten = fitted.forget(state, [1, 3])
    stored = {name: state.table(name) for name in state.keys}
    for name, change in forgotten.changes.items():
        key = list(state.keys[name])
        gone, came = (change.filter(pl.col("change") == word) for word in ("removed", "added"))
        left = stored[name].join(gone.select(key), on=key, how="anti")
        stored[name] = pl.concat([left, came.select(left.columns)]) if came.height else left
        assert not [word for word in ("欧阳", "李秀英", "nana@") if word in str(gone.rows())]
    assert cq.State.from_tables(stored) == forgotten.state
    assert forgotten.state.n_records == 1


def test_a_run_like_a_state_gives_its_customers() -> None:
    names = [f"{a}{b}" for a in "王李张" for b in "芳娜伟敏静"]
    rows = pl.DataFrame(
        {"record_id": range(60), "name": names * 4, "email": [f"u{i % 20}@example.org" for i in range(60)]}
    )
    pipeline = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email")))
    fitted = pipeline.fit(rows)
    state = fitted.update(cq.State(), rows[:30]).state
    state = fitted.update(state, rows[30:]).state
    bare = fitted.pipeline.with_model(fitted.model)
    entities = state.entities.with_columns(entity_id=pl.col("record_id").min().over("golden_id"))
    assert bare.of_state(state).run(rows).clusters.equals(entities.select("record_id", "entity_id"))
    with pytest.raises(SchemaError, match="expected a State, got a dict"):
        fitted.update({}, rows)  # type: ignore[arg-type]
