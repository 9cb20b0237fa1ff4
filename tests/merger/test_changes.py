"""Changes: what they say, and the laws that nothing is lost (9) and that undo restores bit for bit (12)."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from crmquality.errors import SchemaError
from crmquality.merger import Merged, Merger, SurvivorshipRule, apply_changes, undo
from crmquality.merger.cells import decode, encode
from crmquality.merger.changes import apply_frame, undo_frame
from crmquality.tables import CHANGES

SPACES = [None, "", " ", "\u3000", "\x00"]
TEXTS = st.sampled_from([*SPACES, "N/A", "null", "a", " a", "A", "王芳", "; ", "a; b"]) | st.text(max_size=4)
COLUMNS: dict[str, tuple[pl.DataType, st.SearchStrategy[object]]] = {
    "text": (pl.String(), TEXTS),
    "plain": (pl.String(), TEXTS),
    "town": (pl.String(), TEXTS),
    "zip": (pl.Int64(), st.sampled_from([None, 0, 1, -5])),
    "number": (pl.Int64(), st.sampled_from([None, 0, 5, 13800138000])),
    "real": (pl.Float64(), st.sampled_from([None, float("nan"), -0.0, 0.0, 5.0, 1e300])),
    "flag": (pl.Boolean(), st.sampled_from([None, True, False])),
    "day": (pl.Date(), st.sampled_from([None, dt.date(2024, 3, 5), dt.date(9999, 12, 31)])),
    "moment": (pl.Datetime("us"), st.sampled_from([None, dt.datetime(2024, 3, 5, 1, 2, 3, 4)])),
    "zoned": (pl.Datetime("ms", "Asia/Shanghai"), st.sampled_from([None, dt.datetime(2024, 3, 5, tzinfo=dt.UTC)])),
    "time": (pl.Time(), st.sampled_from([None, dt.time(1, 2, 3, 4)])),
    "kind": (pl.Enum(["a", "b"]), st.sampled_from([None, "a", "b"])),
    "category": (pl.Categorical(), st.sampled_from([None, "a", "b", ""])),
    "blob": (pl.Binary(), st.sampled_from([None, b"", b"\xff"])),
    "nothing": (pl.Null(), st.none()),
}
NORMALIZED = ("text", "town", "number", "real", "flag", "day", "moment", "zoned", "kind")
NORMS = st.sampled_from([None, "a", "A", "5", "+8613800138000", "true", "2024-03-05", "2024-03-05T01:02:03", "b", "; "])
MERGER = Merger(
    (SurvivorshipRule("text", strategy="union"), SurvivorshipRule("number", strategy="union", limit=1)),
    groups=(("town", "zip"),),
    updated_at="day",
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    n = draw(st.integers(0, 8))

    def column(dtype: pl.DataType, cells: st.SearchStrategy[object]) -> pl.Series:
        return pl.Series(draw(st.lists(cells, min_size=n, max_size=n)), dtype=dtype)

    labels = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    ids = [f"r{i}" for i in draw(st.permutations(range(n)))]
    data = {"record_id": pl.Series(ids, dtype=pl.String)} | {c: column(*kind) for c, kind in COLUMNS.items()}
    for c in NORMALIZED:
        data[f"norm_{c}"] = column(pl.String(), NORMS)
        data[f"issues_{c}"] = column(pl.String(), st.sampled_from([None, "placeholder", "invalid_phone full_width"]))
    data["list"] = pl.Series([[i] for i in range(n)], dtype=pl.List(pl.Int64))
    entity = {k: min(i for i, other in zip(ids, labels, strict=True) if other == k) for k in set(labels)}
    clusters = pl.DataFrame(
        {"record_id": ids, "entity_id": [entity[k] for k in labels]},
        schema={"record_id": pl.String, "entity_id": pl.String},
    )
    return pl.DataFrame(data), clusters


fixed_values = st.lists(
    st.tuples(st.sampled_from(["r0", "r1", "r2", "r9"]), st.sampled_from([*COLUMNS]), NORMS | TEXTS), max_size=6
)


def same_bits(a: pl.DataFrame, b: pl.DataFrame) -> None:
    assert_frame_equal(a, b, check_exact=True, categorical_as_str=True)
    signs = [np.signbit(t["real"].fill_null(1.0).to_numpy()) for t in (a, b)]
    assert (signs[0] == signs[1])[~a["real"].fill_null(1.0).is_nan().to_numpy()].all()


@settings(max_examples=20, deadline=None)
@given(tables(), fixed_values, st.randoms(use_true_random=False))
def test_law_12_undo_restores_bit_for_bit(
    case: tuple[pl.DataFrame, pl.DataFrame], people: list[tuple[str, str, str | None]], rng: random.Random
) -> None:
    records, clusters = case
    fixed = pl.DataFrame(people, dict.fromkeys(("golden_id", "field", "value"), pl.String), orient="row")
    merged = MERGER.merge_frame(records, clusters, fixed)
    changes = merged.changes
    assert not lost_values(records, merged)
    applied = apply_frame(records, changes)
    assert applied.schema == records.schema
    same_bits(undo_frame(applied, changes), records)
    some = changes.filter(pl.Series([rng.random() < 0.5 for _ in range(changes.height)], dtype=pl.Boolean))
    same_bits(undo_frame(apply_frame(records, some), some), records)


def lost_values(records: pl.DataFrame, merged: Merged[pl.DataFrame]) -> list[tuple[str, str]]:
    """Cells that are not blank and neither in the golden record nor in the changes."""
    golden_of = dict(merged.xref.select("record_id", "golden_id").rows())
    before = {(r, f): b for r, f, b in merged.changes.select("record_id", "field", "before").rows()}
    lost = []
    for field in COLUMNS:
        dtype = records.schema[field]
        golden = dict(zip(merged.golden["golden_id"], decode(encode(merged.golden[field]), dtype), strict=True))
        for record_id, cell in zip(records["record_id"], records[field], strict=True):
            blank = cell is None or (isinstance(cell, str) and not cell.strip()) or cell != cell
            kept = cell == golden[golden_of[record_id]]
            as_text = encode(pl.Series([cell], dtype=dtype))[0]
            if not (blank or kept or before.get((record_id, field)) == as_text):
                lost.append((record_id, field))
    return lost


@settings(max_examples=30, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_law_9_order_free_origin_named_nothing_lost(
    case: tuple[pl.DataFrame, pl.DataFrame], rng: random.Random
) -> None:
    records, clusters = case
    merged = MERGER.merge_frame(records, clusters)
    rows = list(range(records.height))
    rng.shuffle(rows)
    again = MERGER.merge_frame(records[rows], clusters.reverse())
    for name in ("golden", "xref", "changes"):
        assert_frame_equal(getattr(again, name), getattr(merged, name), categorical_as_str=True)

    members: dict[str, set[str]] = {}
    for record_id, golden_id in merged.xref.select("record_id", "golden_id").rows():
        members.setdefault(golden_id, set()).add(record_id)
    for row in merged.golden.to_dicts():
        for field in COLUMNS:
            origins = row[f"{field}_from"]
            assert (row[field] is None) == (origins is None)
            assert set((origins or "").split("; ")) - {""} <= members[row["golden_id"]]
    assert not lost_values(records, merged)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_applied_text_is_the_golden_text(case: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    records, clusters = case
    merged = MERGER.merge_frame(records, clusters)
    applied = apply_frame(records, merged.changes)
    xref = merged.xref.select("record_id", "golden_id")
    wanted = applied.select("record_id").join(xref, on="record_id", how="left", maintain_order="left")
    wanted = wanted.join(merged.golden, on="golden_id", how="left", maintain_order="left")
    for field in ("text", "plain", "town"):
        assert applied[field].equals(wanted[field], null_equal=True)
    assert not merged.changes.filter(pl.col("before").eq_missing(pl.col("after"))).height


# --------------------------------------------------------------------------- examples


def test_every_reason() -> None:
    records = pl.DataFrame(
        {
            "record_id": [1, 2, 3, 4, 5, 6],
            "name": ["Ann", " Ann", None, "Anne", "", "N/A"],
            "norm_name": ["Ann", "Ann", None, "Anne", None, None],
            "issues_name": [None, None, None, None, None, "placeholder"],
            "note": [" ", None, "", None, None, None],
            "phone": ["1", "2", None, None, None, None],
            "tie": ["x", "y", None, None, None, None],
        }
    )
    rules = (
        SurvivorshipRule("name", ("valid", "most_frequent")),
        SurvivorshipRule("phone", (), "union"),
        SurvivorshipRule("tie", ()),
    )
    clusters = pl.DataFrame({"record_id": list(range(1, 7)), "entity_id": [1] * 6})
    changes = Merger(rules).merge_frame(records, clusters).changes
    assert changes.columns == list(CHANGES)
    assert changes.drop("golden_id").rows() == [
        (2, "name", " Ann", "Ann", "normalized"),
        (3, "name", None, "Ann", "filled"),
        (4, "name", "Anne", "Ann", "most_frequent"),
        (5, "name", "", "Ann", "filled"),
        (6, "name", "N/A", "Ann", "filled"),
        (1, "note", " ", None, "emptied"),
        (3, "note", "", None, "emptied"),
        (1, "phone", "1", "1; 2", "union"),
        (2, "phone", "2", "1; 2", "union"),
        (3, "phone", None, "1; 2", "filled"),
        (4, "phone", None, "1; 2", "filled"),
        (5, "phone", None, "1; 2", "filled"),
        (6, "phone", None, "1; 2", "filled"),
        (2, "tie", "y", "x", "record_id"),
        (3, "tie", None, "x", "filled"),
        (4, "tie", None, "x", "filled"),
        (5, "tie", None, "x", "filled"),
        (6, "tie", None, "x", "filled"),
    ]


def test_a_value_that_a_type_cannot_hold_is_logged_and_left_alone() -> None:
    golden = "+8613800138000"
    records = pl.DataFrame({"record_id": [1, 2], "phone": [13800138000, None], "norm_phone": [golden, None]})
    merged = Merger().merge_frame(records, pl.DataFrame({"record_id": [1, 2], "entity_id": [1, 1]}))
    assert merged.golden["phone"].item() == golden
    logged = merged.changes.select("before", "after", "rule").rows()
    assert logged == [("13800138000", golden, "normalized"), (None, golden, "filled")]
    assert apply_frame(records, merged.changes).equals(records)


def test_logs_of_several_runs_lead_back_to_before_the_first() -> None:
    records = [{"record_id": 1, "name": "a"}]
    log = [
        {"golden_id": 1, "record_id": 1, "field": "name", "before": "a", "after": "b", "rule": "longest"},
        {"golden_id": 1, "record_id": 1, "field": "name", "before": "b", "after": "c", "rule": "longest"},
    ]
    assert apply_changes(records, log) == [{"record_id": 1, "name": "c"}]
    assert undo(apply_changes(records, log), log) == records
    assert undo(apply_changes(records, log), log[1:]) == [{"record_id": 1, "name": "b"}]


def test_pandas_in_pandas_out() -> None:
    records = pd.DataFrame(
        {"id": [1, 2, 3], "name": ["Ann", None, ""], "n": [1.5, None, 2.0], "when": pd.to_datetime(["2024-01-01"] * 3)},
        index=[7, 5, 3],
    )
    clusters = pd.DataFrame({"record_id": [1, 2, 3], "entity_id": [1, 1, 3]})
    merged = Merger(record_id="id").merge(records, clusters)
    assert isinstance(merged.golden, pd.DataFrame)
    applied = apply_changes(records, merged.changes, record_id="id")
    assert applied["name"].tolist()[:2] == ["Ann", "Ann"]
    assert applied["name"].isna().tolist() == [False, False, True]
    pd.testing.assert_frame_equal(undo(applied, merged.changes, record_id="id"), records)


def test_faults() -> None:
    records = pl.DataFrame({"record_id": [1], "name": ["a"]})
    log = pl.DataFrame([(1, 1, "nmae", "a", "b", "longest")], list(CHANGES), orient="row")
    with pytest.raises(SchemaError, match="Did you mean 'name'"):
        apply_changes(records, log)
    with pytest.raises(SchemaError, match="changes: unknown column 'rule'"):
        undo(records, log.drop("rule"))
    assert undo(records, log.clear()).equals(records)
