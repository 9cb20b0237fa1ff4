"""What a step says of itself: its counts, the keys of its tables, and what systems are asked to change."""

import polars as pl
import pytest

import crmquality as cq

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
