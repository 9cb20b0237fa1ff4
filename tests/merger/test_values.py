"""Provenance: every value of every member, where it came from and why it won or lost, against an oracle by hand."""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import SchemaError
from crmquality.merger import Merger, SurvivorshipRule
from crmquality.merger.cells import encode
from crmquality.merger.survivorship import Criterion
from crmquality.merger.values import VALUES

Row = dict[str, str | int | None]
Told = tuple[str | None, object, int, bool, str, bool]

RECORDS = pl.DataFrame(
    {
        "record_id": [1, 2, 3, 4, 5],
        "source": ["crm", "web", "erp", "web", "crm"],
        "name": ["Ann", "ANN", "Anne", None, "Bo"],
        "norm_name": ["Ann", "Ann", "Anne", None, "Bo"],
        "phone": ["1", "x", "2", "3", "x"],
        "norm_phone": ["+1", None, "+2", "+3", None],
        "issues_phone": [None, "invalid_phone", None, None, "invalid_phone"],
        "sure": [True, True, None, True, False],
        "at": ["2024-01-01", "2024-05-01", "2023-01-01", "2022-01-01", "2021-01-01"],
    }
)
CLUSTERS = pl.DataFrame({"record_id": [1, 2, 3, 4, 5], "entity_id": [1, 1, 1, 1, 5]})
MERGER = Merger(
    (
        SurvivorshipRule("name", ("valid", "most_frequent", "most_recent")),
        SurvivorshipRule("phone", ("valid", "most_recent"), "union", 2),
    ),
    source="source",
    updated_at="at",
)


def told(field: str, golden_id: int = 1, fixed: pl.DataFrame | None = None, merger: Merger = MERGER) -> list[Told]:
    table = merger.values_frame(RECORDS, CLUSTERS, fixed, golden_ids=[golden_id], fields=[field])
    assert set(table["golden_id"]) | {golden_id} == {golden_id}
    return table.select("value", "record_id", "n_records", "won", "reason", "conflict").rows()


def test_the_table() -> None:
    table = MERGER.values_frame(RECORDS, CLUSTERS)
    assert table.columns == list(VALUES)
    assert table.row(0) == (1, "name", "Ann", 2, "web", 2, True, "most_frequent", True)
    assert table.row(1) == (1, "name", "Anne", 3, "erp", 1, False, "most_frequent", True)
    assert table["field"].unique(maintain_order=True).to_list() == ["name", "phone", "sure", "at"]


def test_why_a_value_won() -> None:
    assert told("name", 5) == [("Bo", 5, 1, True, "only_value", False)]
    assert told("sure") == [("true", 2, 3, True, "all_agree", False)]
    assert told("name") == [("Ann", 2, 2, True, "most_frequent", True), ("Anne", 3, 1, False, "most_frequent", True)]
    tie = Merger((SurvivorshipRule("name", ("valid",)),))
    assert told("name", merger=tie) == [
        ("Ann", 1, 2, True, "record_id", True),
        ("Anne", 3, 1, False, "record_id", True),
    ]


def test_a_value_falls_where_its_best_record_falls() -> None:
    recent = Merger((SurvivorshipRule("phone", ("valid", "most_recent")),), updated_at="at")
    assert told("phone", merger=recent) == [
        ("+1", 1, 1, True, "most_recent", True),
        ("+2", 3, 1, False, "most_recent", True),
        ("+3", 4, 1, False, "most_recent", True),
        ("x", 2, 1, False, "valid", True),
    ]


def test_a_union_keeps_several_and_is_no_conflict() -> None:
    assert told("phone") == [
        ("+1", 1, 1, True, "union", False),
        ("+2", 3, 1, True, "union", False),
        ("+3", 4, 1, False, "limit", False),
        ("x", 2, 1, False, "valid", False),
    ]
    assert told("phone", 5) == [("x", 5, 1, True, "only_value", False)]


def test_the_time_stamp_and_invalid_values_are_no_conflict() -> None:
    assert [row[-1] for row in told("at")] == [False] * 4
    broken = RECORDS.with_columns(pl.lit("invalid_phone").alias("issues_phone"))
    rule = Merger((SurvivorshipRule("phone"),))
    assert not rule.values_frame(broken, CLUSTERS, fields=["phone"])["conflict"].any()


def test_a_group_may_lose_a_value_that_its_record_lacks() -> None:
    records = pl.DataFrame({"record_id": [1, 2], "city": ["a", "b"], "road": ["x", None], "code": [None, "7"]})
    clusters = pl.DataFrame({"record_id": [1, 2], "entity_id": [1, 1]})
    merger = Merger((SurvivorshipRule("city", ("longest",)),), groups=(("city", "road", "code"),))
    table = merger.values_frame(records, clusters).select("field", "value", "won", "reason", "conflict")
    assert table.rows() == [
        ("city", "a", True, "record_id", True),
        ("city", "b", False, "record_id", True),
        ("road", "x", True, "only_value", False),
        ("code", "7", False, "record_id", False),
    ]


def test_a_fixed_value_settles_the_conflict() -> None:
    def fix(value: str | None) -> pl.DataFrame:
        return pl.DataFrame({"golden_id": [1], "field": ["name"], "value": [value]})

    assert told("name", fixed=fix("Anne")) == [
        ("Anne", 3, 1, True, "fixed", False),
        ("Ann", 2, 2, False, "fixed", False),
    ]
    assert told("name", fixed=fix("Anna"))[0] == ("Anna", None, 0, True, "fixed", False)
    assert len(told("name", fixed=fix("Anna"))) == 3
    assert told("name", 5, fixed=fix("Anna")) == [("Bo", 5, 1, True, "only_value", False)]


def test_which_golden_records_and_fields() -> None:
    every = MERGER.values_frame(RECORDS, CLUSTERS)
    assert MERGER.values_frame(RECORDS, CLUSTERS, golden_ids=[5, 1]).equals(every)
    assert MERGER.values_frame(RECORDS, CLUSTERS, golden_ids=["5"]).equals(every.filter(pl.col("golden_id") == 5))
    assert MERGER.values_frame(RECORDS, CLUSTERS, golden_ids=[]).is_empty()
    assert MERGER.values_frame(RECORDS, CLUSTERS, golden_ids=[2.5, "x", None]).is_empty()
    assert MERGER.values_frame(RECORDS, CLUSTERS, fields=[]).columns == list(VALUES)
    assert MERGER.values_frame(RECORDS.clear(), CLUSTERS.clear()).columns == list(VALUES)
    with pytest.raises(SchemaError, match=r"fields: unknown field 'nmae'.*Did you mean 'name'"):
        MERGER.values_frame(RECORDS, CLUSTERS, fields=["nmae"])
    with pytest.raises(SchemaError, match="clusters: unknown column 'entity_id'"):
        MERGER.values_frame(RECORDS, CLUSTERS.drop("entity_id"), golden_ids=[1])
    out = MERGER.values(RECORDS.to_pandas(), CLUSTERS)
    assert isinstance(out, pd.DataFrame)
    assert len(out) == every.height


# ----------------------------------------------------------------------------- oracle

CRITERIA: tuple[Criterion, ...] = ("valid", "most_frequent", "longest", "most_recent", "most_restrictive")
SCHEMA = {"record_id": pl.Int64, **dict.fromkeys(("name", "norm_name", "issues_name", "town", "road", "t"), pl.String)}


def shown(row: Row, field: str) -> str | None:
    canonical, raw = row.get(f"norm_{field}"), row[field]
    return str(canonical) if canonical is not None else str(raw) if raw is not None and str(raw).strip() else None


def valid(row: Row, field: str) -> bool:
    return field != "name" or (row["norm_name"] is not None and row["issues_name"] is None)


def goodness(row: Row, members: list[Row], fields: tuple[str, ...]) -> dict[str, float]:
    values = [shown(row, f) for f in fields]
    return {
        "valid": all(valid(row, f) for f, v in zip(fields, values, strict=True) if v is not None),
        "most_frequent": sum([shown(m, f) for f in fields] == values for m in members),
        "longest": sum(len(v or "") for v in values),
        "most_recent": -1 if row["t"] is None else int(str(row["t"])[:4]),
        "most_restrictive": -1 if values[0] is None else {"a": 3, "bb": 1}.get(values[0], 2),
    }


def expected(members: list[Row], fields: tuple[str, ...], field: str, order: tuple[str, ...]) -> list[Told]:
    have = [m for m in members if any(shown(m, f) is not None for f in fields)]

    def key(row: Row) -> tuple[float, ...]:
        good = goodness(row, members, fields)
        return (*(-good[c] for c in order), float(row["record_id"] or 0))

    have.sort(key=key)
    names = (*order, "record_id")
    values = list(dict.fromkeys(v for m in have if (v := shown(m, field)) is not None))
    rows: list[tuple[str, object, int, bool]] = []
    fell: dict[str, int] = {}
    golden = shown(have[0], field) if have else None
    for value in values:
        best = next(m for m in have if shown(m, field) == value)
        if value != golden:
            fell[value] = next(i for i, (a, b) in enumerate(zip(key(best), key(have[0]), strict=True)) if a != b)
        rows.append((value, best["record_id"], sum(shown(m, field) == value for m in have), value == golden))
    n_valid = len({shown(m, field) for m in have if shown(m, field) is not None and valid(m, field)})
    agreed = {True: "only_value", False: "all_agree"}
    out: list[Told] = []
    for value, record_id, n, won in rows:
        why = names[fell[value]] if not won else names[max(fell.values())] if fell else agreed[n == 1]
        out.append((value, record_id, n, won, why, n_valid > 1))
    return sorted(out, key=lambda row: not row[3])


texts = st.sampled_from([None, " ", "a", "bb", "ab", "b"])
orders = st.permutations(CRITERIA).flatmap(lambda c: st.integers(0, 5).map(lambda n: tuple(c[:n])))
drawn_rows = st.fixed_dictionaries(
    {
        "name": texts,
        "norm_name": st.sampled_from([None, "a", "bb", "ccc"]),
        "issues_name": st.sampled_from([None, "masked"]),
        "town": texts,
        "road": texts,
        "t": st.sampled_from([None, "2023", "2024"]),
        "label": st.integers(0, 2),
    }
)


def rule(field: str, order: tuple[Criterion, ...]) -> SurvivorshipRule:
    return SurvivorshipRule(field, order, restrictive=("a", "x", "bb") if "most_restrictive" in order else ())


@settings(max_examples=60, deadline=None)
@given(st.lists(drawn_rows, min_size=1, max_size=9), orders, orders, st.randoms(use_true_random=False))
def test_values_equal_the_oracle(
    drawn: list[Row], name: tuple[Criterion, ...], town: tuple[Criterion, ...], rng: random.Random
) -> None:
    rows: list[Row] = [{"record_id": i, **r} for i, r in enumerate(drawn)]
    labels = [r["label"] for r in drawn]
    clusters = pl.DataFrame({"record_id": range(len(rows)), "entity_id": [labels.index(k) for k in labels]})
    merger = Merger((rule("name", name), rule("town", town)), groups=(("town", "road"),), updated_at="t")
    assert merger.faults() == []
    table = merger.values_frame(pl.DataFrame(rng.sample(rows, len(rows)), schema=SCHEMA), clusters)
    for golden_id in set(clusters["entity_id"]):
        members = [r for r, e in zip(rows, clusters["entity_id"], strict=True) if e == golden_id]
        for field, fields, order in (
            ("name", ("name",), name),
            ("town", ("town", "road"), town),
            ("road", ("town", "road"), town),
        ):
            got = table.filter((pl.col("golden_id") == golden_id) & (pl.col("field") == field))
            assert got.select("value", "record_id", "n_records", "won", "reason", "conflict").rows() == expected(
                members, fields, field, order
            )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(drawn_rows, max_size=9),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["name", "town", "road"]), texts), max_size=4),
    st.sampled_from([None, 1, 2]),
)
def test_nothing_is_lost_and_every_golden_value_is_accounted_for(
    drawn: list[Row], people: list[tuple[int, str, str | None]], limit: int | None
) -> None:
    rows: list[Row] = [{"record_id": i, **r} for i, r in enumerate(drawn)]
    labels = [r["label"] for r in drawn]
    records = pl.DataFrame(rows, schema=SCHEMA)
    entity = [labels.index(k) for k in labels]
    clusters = pl.DataFrame({"record_id": records["record_id"], "entity_id": pl.Series(entity, dtype=pl.Int64)})
    merger = Merger((SurvivorshipRule("name", strategy="union", limit=limit),), groups=(("town", "road"),))
    fixed = pl.DataFrame(people, {"golden_id": pl.Int64, "field": pl.String, "value": pl.String}, orient="row")
    merged = merger.merge_frame(records, clusters, fixed)
    table = merger.values_frame(records, clusters, fixed)
    have = {(g, f, v) for g, f, v in table.select("golden_id", "field", "value").rows()}
    assert len(have) == table.height
    for row, golden_id in zip(rows, entity, strict=True):
        for field in ("name", "town", "road", "t"):
            value = shown(row, field)
            assert value is None or (golden_id, field, value) in have
    for golden in merged.golden.to_dicts():
        for field in ("name", "town", "road", "t"):
            won = table.filter(
                (pl.col("golden_id") == golden["golden_id"]) & (pl.col("field") == field) & pl.col("won")
            )
            value, origin = golden[field], golden[f"{field}_from"]
            if origin is None:  # nothing, or fixed
                assert won["value"].to_list() == ([value] if won.height else [])
                assert won["reason"].to_list() == (["fixed"] if won.height else [])
                assert won.height or value is None
            else:
                assert "; ".join(won["value"]) == value
                assert "; ".join(map(str, won["record_id"])) == str(origin)


def test_any_type_of_cell() -> None:
    columns: dict[str, Callable[[pl.Series], pl.Series]] = {
        "n": lambda s: s,
        "real": lambda s: s.cast(pl.Float64) / 2,
        "day": lambda s: s.cast(pl.Int32).cast(pl.Date),
        "flag": lambda s: s > 1,
        "blob": lambda s: s.cast(pl.String).cast(pl.Binary),
        "kind": lambda s: s.cast(pl.String).cast(pl.Categorical),
        "nothing": lambda s: pl.Series([None] * len(s)),
    }
    base = pl.Series([1, 2, 2, None])
    records = pl.DataFrame({"record_id": [1, 2, 3, 4], **{name: make(base) for name, make in columns.items()}})
    clusters = pl.DataFrame({"record_id": [1, 2, 3, 4], "entity_id": [1, 1, 1, 1]})
    order: tuple[Criterion, ...] = ("most_frequent", "most_restrictive")
    rules = tuple(SurvivorshipRule(c, order, restrictive=("2", "1")) for c in columns)
    table = Merger(rules).values_frame(records, clusters)
    for field in columns:
        part = table.filter(pl.col("field") == field)
        wanted = encode(records[field][[1, 0]]).to_list() if field != "nothing" else []
        assert part["value"].to_list() == wanted
        assert part["n_records"].to_list() == ([2, 1] if wanted else [])
