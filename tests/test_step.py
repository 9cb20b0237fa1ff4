"""What a step says of itself: its counts, the keys of its tables, and what systems are asked to change."""

import io

import pandas as pd
import polars as pl
import pytest

import crmquality as cq
from crmquality.state_changes import StateChanges

FITTED = cq.Pipeline.from_schema(
    cq.Schema(
        cq.PersonName("name"),
        cq.Phone("mobile", region="CN"),
        cq.Email("email"),
        source="source",
        created_at="created_at",
        updated_at="updated_at",
    )
).with_default_model()
WANG = ("王芳", "13800138001", "wf@example.org")
LI = ("李娜", "13900139002", "ln@example.org")


def _rows(*rows):
    names = ("record_id", "op", "name", "mobile", "email", "updated_at")
    made = [dict(zip(names, (i, op, *who, at), strict=True)) for i, op, who, at in rows]
    return pl.DataFrame(made).with_columns(source=pl.lit("crm"), created_at=pl.lit("2024-01-01T00:00:00"))


@pytest.fixture(scope="module")
def first():
    return FITTED.update(
        cq.State(), _rows(*((i, "upsert", WANG if i < 4 else LI, f"2025-01-0{i} 10:00:00") for i in range(1, 6)))
    )


def test_counts_of_a_first_load(first):
    said = {what: n for what, n in first.counts.items() if n}
    assert said == {"records_new": 5, "golden_created": 2, "source_changes": first.source_changes.height}


def test_counts_of_a_batch(first):
    batch = _rows(
        (1, "upsert", WANG, "2025-01-01 10:00:00"),  # as known
        (2, "upsert", LI, "2024-01-01 10:00:00"),  # late
        (3, "upsert", ("赵敏", "13700137003", "zm@example.org"), "2025-02-01 10:00:00"),  # corrected: another customer
        (5, "delete", LI, "2025-02-01 10:00:00"),
        (6, "upsert", LI, "2025-02-01 10:00:00"),
    )
    step = FITTED.update(first.state, batch)
    said = {what: n for what, n in step.counts.items() if n and not what.startswith(("source", "review"))}
    records = {f"records_{what}": 1 for what in ("new", "corrected", "deleted", "unchanged", "late")}
    assert said == {**records, "golden_joined": 1, "golden_split": 1}
    apart = step.state.entities.filter(pl.col("record_id").is_in([1, 4]))
    pair = pl.DataFrame({"record_id_l": [1], "record_id_r": [4], "decision": ["link"]})
    merged = FITTED.update(step.state, batch.clear(), decisions=pair)
    assert {what for what, n in merged.counts.items() if n} <= {"golden_merged", "source_changes", "review"}
    assert merged.counts["golden_merged"] == 1
    assert merged.golden_changes.filter(pl.col("op") == "delete")["golden_id"].is_in(apart["golden_id"].implode()).all()
    everybody = step.state.records.select("record_id", "name", "mobile", "email", "source", "created_at", "updated_at")
    gone = FITTED.update(step.state, everybody.with_columns(op=pl.lit("delete")))
    assert gone.counts["golden_deleted"] == 3
    assert gone.counts["records_deleted"] == 5


def test_no_row_of_a_table_has_the_key_of_another(first):
    pair = pl.DataFrame({"record_id_l": [1], "record_id_r": [2], "decision": ["non-link"], "by": ["li"]})
    step = FITTED.update(first.state, _rows((5, "delete", LI, "2025-02-01 10:00:00")), decisions=pair, at="2025-02-01")
    tables = step.state.to_tables()
    assert set(step.state.keys) == set(tables)
    for name, key in step.state.keys.items():
        assert not tables[name].select(key).is_duplicated().any(), name
        assert not tables[name].select(pl.any_horizontal(pl.col(key).is_null()).any()).item(), name
    assert {"deletions", "decisions"} <= {name for name, table in tables.items() if table.height}


def test_stored_rows_are_brought_up_to_date_by_key(first):
    step = FITTED.update(first.state, _rows((1, "upsert", LI, "2025-02-01 10:00:00")), at="2025-02-01")
    stored = first.state.to_tables()
    for name, change in step.changes.tables.items():
        gone = change.filter(pl.col("change") == "removed")
        left = stored[name].join(gone, on=list(step.state.keys[name]), how="anti")
        assert left.height == stored[name].height - gone.height
        stored[name] = pl.concat([left, change.filter(pl.col("change") == "added").drop("change")])
    assert cq.State.from_tables(stored) == step.state


def test_systems_are_not_asked_to_change_when_a_row_was_made(first):
    assert set(first.source_changes["field"]) <= {"name", "mobile", "email"}
    assert first.source_changes.height


def test_a_system_delivers_a_column_more(first):
    batch = _rows((1, "upsert", WANG, "2025-02-01 10:00:00")).with_columns(segment=pl.lit("A"))
    step = FITTED.update(first.state, batch)
    assert step.golden_changes.select("segment", "op").rows() == [("A", "upsert")]
    stored = StateChanges(step.changes.tables)  # what comes back from where only tables can be kept
    for changes in (step.changes, stored):
        assert changes.undo(step.state) == first.state
        assert changes.apply(first.state) == step.state
    then = FITTED.update(step.state, _rows((2, "upsert", LI, "2025-02-02 10:00:00")))
    assert then.changes.undo(then.state) == step.state


@pytest.mark.parametrize("other", [["x"], [1.5], [["a", "b"]], [True]])
def test_a_column_of_another_type(first, other):
    batch = _rows((1, "upsert", WANG, "2025-02-01 10:00:00"))
    step = FITTED.update(first.state, batch.with_columns(n=pl.Series([3])))
    then = FITTED.update(step.state, batch.with_columns(n=pl.Series(other), updated_at=pl.lit("2025-02-02")))
    assert then.changes.undo(then.state) == step.state
    assert then.changes.apply(step.state) == then.state


def test_changes_are_the_difference_of_the_tables(first):
    batch = _rows(
        (1, "upsert", LI, "2025-02-01 10:00:00"), (5, "delete", LI, "2025-02-01"), (6, "upsert", LI, "2025-02-01")
    )
    step = FITTED.update(first.state, batch, at="2025-02-01")
    before, after = first.state.to_tables(), step.state.to_tables()
    for name, table in after.items():
        here, there = set(map(str, before[name].rows())), set(map(str, table.rows()))
        said = step.changes.tables.get(name, table.clear().with_columns(change=pl.lit("")))
        for word, expected in (("removed", here - there), ("added", there - here)):
            rows = said.filter(pl.col("change") == word).drop("change").select(table.columns)
            assert sorted(map(str, rows.rows())) == sorted(expected), name


def test_a_model_gone_over_to_changes_every_row_that_it_makes_otherwise(first):
    step = FITTED.relink(first.state)
    assert step.changes.undo(step.state) == first.state


def test_tables_beside_the_records_through_csv_and_pandas(first):
    stored = dict(first.state.to_tables())
    for name, table in first.state.to_tables(like=pd.DataFrame()).items():
        if name != "records":  # whose empty texts a CSV does not tell from missing ones
            stored[name] = pd.read_csv(io.StringIO(table.to_csv(index=False)), float_precision="round_trip")
    assert cq.State.from_tables(stored) == first.state


def test_lists_as_pandas_reads_them_from_a_file():
    rows = _rows((1, "upsert", WANG, "2025-01-01")).with_columns(tags=pl.Series([["a", "b"]]))
    state = FITTED.update(cq.State(), rows).state
    assert not FITTED.update(state, rows.to_pandas()).changes.tables  # arrays of numpy


def test_where_a_row_stood_in_a_pandas_frame_is_nothing_of_a_customer(first):
    rows = _rows(*((i, "upsert", WANG if i < 4 else LI, f"2025-01-0{i} 10:00:00") for i in range(1, 6))).to_pandas()
    step = FITTED.update(first.state, rows[2:])
    assert not step.changes.tables
    assert step.counts["records_unchanged"] == 3
    named = FITTED.update(cq.State(), rows.set_index("record_id"))
    assert named.state.entities["record_id"].to_list() == [1, 2, 3, 4, 5]
    assert list(named.golden_changes.columns) == first.golden_changes.columns
