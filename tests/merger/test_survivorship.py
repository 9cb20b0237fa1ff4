"""Survivorship against an oracle that sorts one cluster at a time in plain Python, and each criterion by example."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.declarations import Declaration
from crmquality.merger import Merger, SurvivorshipRule
from crmquality.merger.survivorship import Criterion

CRITERIA: tuple[Criterion, ...] = (
    "valid",
    "verified",
    "most_restrictive",
    "trust",
    "most_recent",
    "source",
    "most_complete",
    "most_frequent",
    "longest",
)
PRIORITY = ("crm", "erp")
TRUST = (("crm", 4.0), ("erp", 1.0), ("old", 0.0))
DOUBLINGS = {"crm": 2, "erp": 0}
HALF_LIFE = 30
RESTRICTIVE = ("BB", "x", "a")
Row = dict[str, str | int | float | bool | None]


def table_of(*rows: Row) -> pl.DataFrame:
    columns = list(dict.fromkeys(c for r in rows for c in r))
    return pl.DataFrame({c: [r.get(c) for r in rows] for c in ["record_id", *columns]}, infer_schema_length=None)


def winner(rule: SurvivorshipRule, *rows: Row, **merger: str) -> tuple[object, object]:
    numbered = [{"record_id": i, **r} for i, r in enumerate(rows)]
    records = table_of(*numbered)
    clusters = pl.DataFrame({"record_id": list(range(len(rows))), "entity_id": [0] * len(rows)})
    golden = Merger((rule,), **merger).merge_frame(records, clusters).golden  # type: ignore[arg-type]
    return golden[rule.field].item(), golden[f"{rule.field}_from"].item()


# ----------------------------------------------------------------------------- oracle


def shown(row: Row, field: str) -> str | None:
    if row.get(f"norm_{field}") is not None:
        return str(row[f"norm_{field}"])
    raw = row[field]
    placeholder = "placeholder" in str(row.get(f"issues_{field}") or "").split()
    return None if raw is None or not str(raw).strip() or placeholder else str(raw)


def is_valid(row: Row, field: str, rule: SurvivorshipRule) -> bool:
    issues = set(str(row.get(f"issues_{field}") or "").split())
    canonical = f"norm_{field}" not in row or row[f"norm_{field}"] is not None
    return canonical and not issues & set(rule.invalid_codes)


def day(row: Row) -> int | None:
    """Days from any day on to the record's time, which it may say to the month only."""
    text = str(row["updated_at"] or "")
    return date.fromisoformat(text + "-01"[: 10 - len(text)]).toordinal() if text[:1] == "2" else None


def trust(row: Row, members: list[Row]) -> tuple[bool, Fraction]:
    source = str(row["source"])
    known = [d for d in map(day, members) if d is not None]
    own = day(row)
    days = own if own is not None else min(known, default=0)
    named = source in DOUBLINGS
    return named, DOUBLINGS[source] + Fraction(days, HALF_LIFE) if named else Fraction(0)


def permission(value: str | None) -> float:
    """Higher is more restrictive; a value that is not named is just above the last one."""
    if value is None:
        return -1
    ranks = {word.lower(): len(RESTRICTIVE) - place for place, word in enumerate(RESTRICTIVE)}
    return ranks.get(value.strip().lower(), 1.5)


def goodness(row: Row, members: list[Row], fields: tuple[str, ...], rule: SurvivorshipRule) -> list[object]:
    values = [shown(row, f) for f in fields]
    everything = fields if len(fields) > 1 else ("name", "phone", "town", "zip", "updated_at", "confirmed")
    updated = str(row["updated_at"] or "")
    by_name: dict[str, object] = {
        "valid": all(is_valid(row, f, rule) for f, v in zip(fields, values, strict=True) if v is not None),
        "verified": row["confirmed"] is True,
        "most_restrictive": permission(values[0]),
        "trust": trust(row, members),
        "most_recent": updated if updated[:1] == "2" else "",
        "source": -PRIORITY.index(str(row["source"])) if row["source"] in PRIORITY else -99,
        "most_complete": sum(shown(row, f) is not None for f in everything),
        "most_frequent": sum([shown(m, f) for f in fields] == values for m in members),
        "longest": sum(len(v or "") for v in values),
    }
    return [by_name[c] for c in rule.order]


def ordered(members: list[Row], fields: tuple[str, ...], rule: SurvivorshipRule) -> list[Row]:
    """Best first."""
    candidates = [m for m in members if any(shown(m, f) is not None for f in fields)]
    candidates.sort(key=lambda m: int(m["record_id"] or 0))
    for place in reversed(range(len(rule.order))):  # sorts are stable: the last key first
        candidates.sort(key=lambda m: goodness(m, members, fields, rule)[place], reverse=True)  # type: ignore[arg-type,return-value]
    return candidates


def union(members: list[Row], field: str, rule: SurvivorshipRule) -> tuple[str | None, str | None]:
    candidates = ordered(members, (field,), rule)
    if "valid" in rule.order and any(is_valid(m, field, rule) for m in candidates):
        candidates = [m for m in candidates if is_valid(m, field, rule)]
    first: dict[str, str] = {}
    for m in candidates:
        first.setdefault(str(shown(m, field)), str(m["record_id"]))
    kept = list(first.items())[: rule.limit]
    return ("; ".join(v for v, _ in kept) or None, "; ".join(i for _, i in kept) or None)


text = st.sampled_from([None, "", " ", "N/A", "a", "bb", "ab", "a b"])
orders = st.lists(st.sampled_from(CRITERIA), unique=True, max_size=9).map(tuple)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    phone = draw(text)
    return {
        "source": draw(st.sampled_from([None, "crm", "erp", "web", "old"])),
        "name": draw(text),
        "phone": phone,
        "norm_phone": draw(st.sampled_from([None, "+1", "+2", "+34"])) if phone else None,
        "issues_phone": draw(st.sampled_from([None, "placeholder", "full_width invalid_phone", "full_width"])),
        "town": draw(text),
        "zip": draw(text),
        "updated_at": draw(st.sampled_from([None, "2024-01-02", "2023-12", "2023-12-31", "2023-11-03", "last week"])),
        "confirmed": draw(st.sampled_from([None, True, False])),
    }


SCHEMA = {"record_id": pl.Int64, **dict.fromkeys(("source", "name", "phone", "norm_phone", "issues_phone"), pl.String)}
SCHEMA |= dict.fromkeys(("town", "zip", "updated_at"), pl.String) | {"confirmed": pl.Boolean}


def rule_for(field: str, order: tuple[Criterion, ...], **more: object) -> SurvivorshipRule:
    verified = "confirmed" if "verified" in order else None
    if "most_restrictive" in order:
        more["restrictive"] = RESTRICTIVE
    return SurvivorshipRule(field, order, verified=verified, **more)  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(rows(), st.integers(0, 4)), min_size=1, max_size=14),
    st.tuples(orders, orders, orders),
    st.sampled_from([None, 1, 2]),
    st.randoms(use_true_random=False),
)
def test_golden_equals_the_oracle(
    drawn: list[tuple[Row, int]],
    chains: tuple[tuple[Criterion, ...], ...],
    limit: int | None,
    rng: random.Random,
) -> None:
    members: dict[int, list[Row]] = {}
    for i, (row, label) in enumerate(drawn):
        members.setdefault(label, []).append({"record_id": i, **row})
    by_id = {int(g[0]["record_id"] or 0): g for g in members.values()}
    everything = [r for g in by_id.values() for r in g]
    rng.shuffle(everything)
    records = pl.DataFrame(everything, schema=SCHEMA)
    pairs = [(r["record_id"], g) for g, m in by_id.items() for r in m]
    clusters = pl.DataFrame(pairs, ["record_id", "entity_id"], orient="row")
    name, phone, town = (
        rule_for("name", chains[0]),
        rule_for("phone", chains[1], strategy="union", limit=limit),
        rule_for("town", chains[2]),
    )
    merger = Merger(
        (name, phone, town),
        groups=(("town", "zip"),),
        source="source",
        source_priority=PRIORITY,
        updated_at="updated_at",
        trust=TRUST,
        half_life_days=HALF_LIFE,
    )
    assert not merger.faults()
    golden = {g["golden_id"]: g for g in merger.merge_frame(records, clusters).golden.to_dicts()}
    assert sorted(golden) == sorted(by_id)
    for golden_id, group in by_id.items():
        row = golden[golden_id]
        assert row["n_records"] == len(group)
        best = next(iter(ordered(group, ("name",), name)), None)
        assert row["name"] == (None if best is None else shown(best, "name"))
        assert row["name_from"] == (None if best is None else best["record_id"])
        assert (row["phone"], row["phone_from"]) == union(group, "phone", phone)
        best = next(iter(ordered(group, ("town", "zip"), town)), None)
        for field in ("town", "zip"):
            value = None if best is None else shown(best, field)
            assert row[field] == value
            assert row[f"{field}_from"] == (None if best is None or value is None else best["record_id"])


# --------------------------------------------------------------------------- examples


def test_valid() -> None:
    rule = SurvivorshipRule("phone", ("valid",))
    bad: Row = {"phone": "1", "norm_phone": None, "issues_phone": "invalid_phone"}
    good: Row = {"phone": "2", "norm_phone": "+2", "issues_phone": "full_width"}
    assert winner(rule, bad, good) == ("+2", 1)
    assert winner(rule, bad, {"phone": None}) == ("1", 0)
    assert winner(SurvivorshipRule("phone", ("valid",), invalid_codes=("full_width",)), good, good) == ("+2", 0)


def test_most_recent_reads_dates_numbers_and_iso_text() -> None:
    rule = SurvivorshipRule("name", ("most_recent",))
    moments: list[tuple[str | float, str | float]] = [
        ("2023-12-31", "2024-01-01"),
        ("2024/01/01", "2024-01-02"),
        ("2024-01-01T09:00", "2024-01-01 10:00"),
        (7, 10),
        (0.5, 1.5),
    ]
    for old, new in moments:
        for unknown in (None, old):
            a: Row = {"name": "a", "t": unknown}
            assert winner(rule, a, {"name": "b", "t": new}, updated_at="t") == ("b", 1)
    assert winner(rule, {"name": "a", "t": "yesterday"}, {"name": "b", "t": "1999-01-01"}, updated_at="t") == ("b", 1)
    assert winner(rule, {"name": "a", "t": 1}, {"name": "b", "t": 2}) == ("a", 0)  # no such column was named


def test_most_recent_prefers_the_canonical_moment() -> None:
    rule = SurvivorshipRule("name", ("most_recent",))
    a: Row = {"name": "a", "t": "31.12.2024", "norm_t": "2024-12-31"}
    b: Row = {"name": "b", "t": "01.01.2024", "norm_t": "2024-01-01"}
    assert winner(rule, b, a, updated_at="t") == ("a", 1)


def test_the_most_restrictive_wins_and_what_is_not_named_is_no_permission() -> None:
    rule = SurvivorshipRule("ok", ("most_restrictive",), restrictive=("no", ("unknown", "?"), "yes"))
    said: list[tuple[list[str | None], str]] = [
        (["yes", "unknown", "no"], "no"),
        (["yes", " NO "], " NO "),
        (["yes", "maybe"], "maybe"),
        (["maybe", "?"], "?"),
        (["?", "unknown"], "?"),  # one place: the smallest record id
        ([None, "yes"], "yes"),
    ]
    for cells, best in said:
        answers: list[Row] = [{"ok": c} for c in cells]
        assert winner(rule, *answers) == (best, cells.index(best))
    assert winner(rule, {"ok": True}, {"ok": False})[0] is True  # neither is named
    flags = SurvivorshipRule("ok", ("most_restrictive",), restrictive=("false", "true"))
    assert winner(flags, {"ok": True}, {"ok": False}) == (False, 1)


def test_a_consent_and_its_date_come_from_one_record() -> None:
    rows_: list[Row] = [
        {"record_id": 1, "at": "2024", "ok": None},
        {"record_id": 2, "at": "2023", "ok": "yes"},
        {"record_id": 3, "at": "2022", "ok": "no"},
    ]
    rule = SurvivorshipRule("ok", ("most_restrictive",), restrictive=("no", "yes"))
    merger = Merger((rule,), groups=(("ok", "at"),))
    for n, wanted in ((3, ("no", "2022")), (2, ("yes", "2023"))):
        clusters = pl.DataFrame({"record_id": range(1, n + 1), "entity_id": [1] * n})
        golden = merger.merge_frame(table_of(*rows_[:n]), clusters).golden
        assert golden.select("ok", "at").row(0) == wanted


def test_source_priority_of_the_rule_comes_before_that_of_the_merger() -> None:
    records = table_of({"record_id": 1, "s": "a", "x": "a"}, {"record_id": 2, "s": "b", "x": "b"})
    clusters = pl.DataFrame({"record_id": [1, 2], "entity_id": [1, 1]})
    rule = SurvivorshipRule("x", ("source",))
    merger = Merger((rule,), source="s", source_priority=("b", "a"))
    assert merger.merge_frame(records, clusters).golden["x"].item() == "b"
    merger = merger.with_rules(SurvivorshipRule("x", ("source",), source_priority=("a",)))
    assert merger.merge_frame(records, clusters).golden["x"].item() == "a"


def test_most_frequent_counts_spellings_of_one_value_together() -> None:
    rule = SurvivorshipRule("name", ("most_frequent",))
    spellings: list[Row] = [{"name": n, "norm_name": n.strip().lower()} for n in ("Bo", "ANN", "ann ")]
    assert winner(rule, *spellings) == ("ann", 1)


def test_most_complete_and_longest() -> None:
    a: Row = {"name": "a", "phone": None}
    b: Row = {"name": "b", "phone": "1"}
    assert winner(SurvivorshipRule("name", ("most_complete",)), a, b) == ("b", 1)
    assert winner(SurvivorshipRule("name", ("longest",)), {"name": "王"}, {"name": "王芳"}) == ("王芳", 1)


def test_verified_reads_booleans_and_words() -> None:
    rule = SurvivorshipRule("name", ("verified",), verified="ok")
    assert winner(rule, {"name": "a", "ok": False}, {"name": "b", "ok": True}) == ("b", 1)
    assert winner(rule, {"name": "a", "ok": "no"}, {"name": "b", "ok": "Yes"}) == ("b", 1)


def test_the_last_tie_is_the_smallest_record_id() -> None:
    assert winner(SurvivorshipRule("name", ()), {"name": None}, {"name": "b"}, {"name": "a"}) == ("b", 1)


def test_union_joins_different_values_and_leaves_out_invalid_ones() -> None:
    rule = SurvivorshipRule("phone", ("valid", "most_frequent"), "union")
    rows_: list[Row] = [
        {"phone": "1", "norm_phone": "+1", "issues_phone": None},
        {"phone": "x", "norm_phone": None, "issues_phone": "invalid_phone"},
        {"phone": "2", "norm_phone": "+2", "issues_phone": None},
        {"phone": "02", "norm_phone": "+2", "issues_phone": None},
    ]
    assert winner(rule, *rows_) == ("+2; +1", "2; 0")
    assert winner(rule, rows_[1], rows_[1]) == ("x", "0")
    assert winner(SurvivorshipRule("phone", ("most_frequent",), "union", 2), *rows_) == ("+2; +1", "2; 0")


def test_a_rule_is_data() -> None:
    rule = SurvivorshipRule("name", ("valid", "verified"), "union", 3, ("masked",), ("crm",), "ok")
    assert Declaration.from_dict(rule.to_dict()) == rule
    assert rule.faults() == []
    order: tuple[Criterion, ...] = ("trust", "most_restrictive")
    rule = SurvivorshipRule(
        "name", order, restrictive=("no", "yes"), trust=(("crm", 1), ("web", 0.5)), half_life_days=30
    )
    assert Declaration.from_dict(rule.to_dict()) == rule
    assert rule.faults() == []


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (SurvivorshipRule("a", ("most_recnt",)), "Did you mean 'most_recent'?"),  # type: ignore[arg-type]
        (SurvivorshipRule("a", ("valid", "valid")), "criterion 'valid' is repeated"),
        (SurvivorshipRule("a", strategy="all"), "unknown strategy 'all'"),  # type: ignore[arg-type]
        (SurvivorshipRule("a", limit=3), "limit is 3"),
        (SurvivorshipRule("a", strategy="union", limit=0), "limit is 0"),
        (SurvivorshipRule("a", invalid_codes=("In Valid",)), "'In Valid' is not an issue code"),
        (SurvivorshipRule("a", ("verified",)), "needs the name of a column"),
        (SurvivorshipRule("a", verified="ok"), "'verified' is not in the order"),
        (SurvivorshipRule("a", source_priority=("x", "x")), "source 'x' is repeated"),
        (SurvivorshipRule("a", ("most_restrictve",)), "Did you mean 'most_restrictive'?"),  # type: ignore[arg-type]
        (SurvivorshipRule("a", ("most_restrictive",)), "needs at least two values"),
        (SurvivorshipRule("a", ("most_restrictive",), restrictive=("no",)), "needs at least two values"),
        (SurvivorshipRule("a", restrictive=("no", "yes")), "'most_restrictive' is not in the order"),
        (SurvivorshipRule("a", ("most_restrictive",), restrictive=("no", "NO ", "yes")), "'no' is repeated"),
        (SurvivorshipRule("a", ("most_restrictive",), restrictive=("no", 1, "yes")), "must be text"),  # type: ignore[arg-type]
        (SurvivorshipRule("a", ("valid",), trust=(("x", 1.0),)), "'trust' is not in the order"),
        (SurvivorshipRule("a", ("valid",), half_life_days=1), "'trust' is not in the order"),
        (SurvivorshipRule("a", trust=(("x", 1.0), ("x", 2.0))), "source 'x' is repeated in 'trust'"),
        (SurvivorshipRule("a", trust=(("x", -1.0), ("y", 1.0))), "source 'x' must be a number"),
        (SurvivorshipRule("a", trust=(("x", "high"), ("y", 1.0))), "source 'x' must be a number"),  # type: ignore[arg-type]
        (SurvivorshipRule("a", trust=(("x", float("nan")), ("y", 1.0))), "source 'x' must be a number"),
        (SurvivorshipRule("a", trust=(("x", 0.0),)), "more than 0"),
        (SurvivorshipRule("a", trust=("crm",)), "pairs of a source and its weight"),  # type: ignore[arg-type]
        (SurvivorshipRule("a", trust=(("x", 1.0),), half_life_days=0), "half_life_days must be more than 0"),
        (SurvivorshipRule("a", half_life_days=float("inf")), "half_life_days must be more than 0"),
    ],
)
def test_faults(rule: SurvivorshipRule, fault: str) -> None:
    assert len(rule.faults()) == 1
    assert fault in rule.faults()[0]
    assert rule.faults()[0].startswith("survivorship of 'a': ")
