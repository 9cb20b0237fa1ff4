"""Random histories of a state, and a slow oracle of what must be known after each: shared by the tests of updates."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import strategies as st

import crmquality as cq
from crmquality.blocker.stage import Link
from crmquality.kinds.base import Kind
from crmquality.linking import Linking
from crmquality.merger.decisions import SAID, add_decisions
from crmquality.state import TABLES, State
from crmquality.step import Step, golden_of

Row = dict[str, Any]

NAMES = ["王芳", "王方", "李娜", "Wang Fang", None]
EMAILS = ["a@example.org", "A@Example.org", "b@example.org", "c@example.org", None]
NUMBERS = [None, None, "11010519491231002X", "440524188001010014"]
RECORDS = range(1, 9)
PAIR_COLUMNS = ["record_id_l", "record_id_r"]


def schema_of(link: Link = "all", *more: Kind) -> cq.Schema:
    """Names and emails; whatever else a row has goes along."""
    kinds = (cq.PersonName("name"), cq.Email("email"), *more)
    return cq.Schema(*kinds, source="source", updated_at="updated_at", link=link)


def fitted_of(link: Link = "all", *more: Kind, caps: int | None = None) -> cq.FittedPipeline:
    fitted = cq.Pipeline.from_schema(schema_of(link, *more)).with_default_model()
    if caps is None:
        return fitted
    blocker = fitted.pipeline.blocker
    capped = replace(blocker, caps=(caps,) * len(blocker.rules))
    return replace(fitted, pipeline=replace(fitted.pipeline, blocker=capped))


# -------------------------------------------------------------------------------------------------------- histories


@dataclass(frozen=True)
class Batch:
    """One update: rows, decisions, values to fix (of the golden record that a record is in then), and a time."""

    rows: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    fixed: list[tuple[int, str, str | None]] = field(default_factory=list)
    at: str | None = None


@dataclass(frozen=True)
class Again:
    """The last batch once more."""


@dataclass(frozen=True)
class Undo:
    """The last step taken back."""


@dataclass(frozen=True)
class Relink:
    """Everything linked anew."""


Op = Batch | Again | Undo | Relink

times = st.sampled_from([None, None, "2024-03-01", "2024-03-02", "2024-03-03"])
rows = st.fixed_dictionaries(
    {
        "record_id": st.sampled_from(RECORDS),
        "op": st.sampled_from(["upsert"] * 5 + ["delete", None]),
        "source": st.sampled_from(["crm", "web", None]),
        "updated_at": times,
        "name": st.sampled_from(NAMES),
        "email": st.sampled_from(EMAILS),
        "id_number": st.sampled_from(NUMBERS),
    }
)
decisions = st.fixed_dictionaries(
    {
        "record_id_l": st.sampled_from(RECORDS),
        "record_id_r": st.sampled_from(RECORDS),
        "decision": st.sampled_from(["link", "link", "non-link", "non-link", "review"]),
        "by": st.sampled_from([None, "li", "rule:mobile"]),
        "at": st.sampled_from([None, None, "2024-03-01", "2024-03-02T10:00:00+08:00"]),
    }
)
fixed_values = st.tuples(st.sampled_from(RECORDS), st.sampled_from(["name", "email"]), st.sampled_from(["李丽", None]))


def batches(n_rows: int = 5) -> st.SearchStrategy[Batch]:
    return st.builds(
        Batch,
        st.lists(rows, max_size=n_rows),
        st.lists(decisions, max_size=2),
        st.lists(fixed_values, max_size=1),
        st.sampled_from([None, "2024-03-04"]),
    )


ops = st.one_of(batches(), batches(), batches(), st.just(Again()), st.just(Undo()), st.just(Relink()))


@st.composite
def histories(draw: st.DrawFn, max_size: int = 5) -> list[Op]:
    first = Batch(draw(st.lists(rows, min_size=3, max_size=7)))
    return [first, *draw(st.lists(ops, max_size=max_size - 1))]


# ----------------------------------------------------------------------------------------------------------- oracle


def fold(arrived: list[Row]) -> dict[int, Row]:
    """What is known after rows one by one: a row does nothing when it and what is known have times, and it is older."""
    known: dict[int, Row] = {}
    for row in arrived:
        before = known.get(row["record_id"])
        then, now = (before or {}).get("updated_at"), row["updated_at"]
        if then is None or now is None or now >= then:
            known[row["record_id"]] = row
    return known


def survivors(arrived: list[Row]) -> list[Row]:
    rows = [{k: v for k, v in r.items() if k != "op"} for r in fold(arrived).values() if r["op"] != "delete"]
    return sorted(rows, key=lambda r: r["record_id"])


def frame_of(rows: list[Row], *, op: bool = True) -> pl.DataFrame:
    schema: dict[str, Any] = {"record_id": pl.Int64, "op": pl.String, "source": pl.String, "updated_at": pl.String}
    schema |= dict.fromkeys(["name", "email", "id_number"], pl.String)
    if not op:
        del schema["op"]
    return pl.DataFrame(rows, schema=schema)


def decided(rows: list[Row]) -> pl.DataFrame:
    schema = dict.fromkeys(PAIR_COLUMNS, pl.Int64) | dict.fromkeys(["decision", "by", "at"], pl.String)
    return pl.DataFrame(rows, schema=schema)


def partition(ids: pl.Series, labels: pl.Series) -> set[frozenset[Any]]:
    out: dict[Any, set[Any]] = {}
    for record, label in zip(ids.to_list(), labels.to_list(), strict=True):
        out.setdefault(label, set()).add(record)
    return {frozenset(members) for members in out.values()}


def entities_of(state: State) -> set[frozenset[Any]]:
    return partition(state.entities["record_id"], state.entities["golden_id"])


def entities_of_run(fitted: cq.FittedPipeline, rows: list[Row], said: pl.DataFrame) -> set[frozenset[Any]]:
    """The entities of one run of all that is known; the rows in another order than that of their ids."""
    if not rows:
        return set()
    clusters = fitted.run(frame_of(rows[::-1], op=False), decisions=said).clusters
    return partition(clusters[clusters.columns[0]], clusters["entity_id"])


def all_changes(fitted: cq.FittedPipeline, state: State) -> pl.DataFrame | None:
    """Every cell that differs from its golden value."""
    if not state.n_records:
        return None
    slots = state._alive.nonzero()[0]
    return golden_of(Linking.of(fitted, state), state, slots).changes


def assert_same(one: State, other: State) -> None:
    """Two states are equal bit for bit, types included."""
    mine, theirs = one.to_tables(), other.to_tables()
    for name in TABLES:
        assert mine[name].schema == theirs[name].schema, name
        assert mine[name].equals(theirs[name]), name
    assert one == other


KINDS = {"polars": None, "pandas": pd.DataFrame(), "pyarrow": pa.table({}), "dicts": []}


def stored(state: State, kind: str = "polars", *, shuffled: bool = True) -> State:
    """A state by way of tables, their rows in another order."""
    tables = state.to_tables()
    if shuffled:
        tables = {name: t.reverse() for name, t in tables.items()}  # type: ignore[attr-defined]
        return State.from_tables(State.to_tables(state) | tables)
    return State.from_tables(state.to_tables(like=KINDS[kind]))


# ------------------------------------------------------------------------------------------------------ the machine


@dataclass
class World:
    """A state that a history is played on, and what the oracle and a caller who keeps copies know."""

    fitted: cq.FittedPipeline
    state: State = field(default_factory=State)
    arrived: list[Row] = field(default_factory=list)
    said: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SAID))
    past: list[tuple[State, Step[Any], list[Row], pl.DataFrame]] = field(default_factory=list)
    last: dict[str, Any] | None = None

    def play(self, op: Op) -> Step[Any] | None:
        """One operation; the step, where there was one."""
        if isinstance(op, Undo):
            self.last = None
            if self.past:
                before, step, self.arrived, self.said = self.past.pop()
                self.state = step.changes.undo(self.state)
                assert_same(self.state, before)
            return None
        known = (self.state, self.arrived, self.said)
        if isinstance(op, Relink):
            step = self.fitted.relink(self.state)
        elif isinstance(op, Again):
            if self.last is None:
                return None
            step = self.fitted.update(self.state, **self.last)
        else:
            self.last = self.call(op)
            step = self.fitted.update(self.state, **self.last)
            self.arrived = [*self.arrived, *op.rows]
            self.said = add_decisions(self.said, decided(op.decisions), at=op.at)
        self.past.append((known[0], step, *known[1:]))
        self.state = step.state
        return step

    def call(self, batch: Batch) -> dict[str, Any]:
        """What `update` is called with."""
        golden = dict(self.state.entities.select("record_id", "golden_id").rows())
        fixed = [{"golden_id": golden[r], "field": f, "value": v} for r, f, v in batch.fixed if r in golden]
        return {
            "batch": frame_of(batch.rows),
            "decisions": decided(batch.decisions) if batch.decisions else None,
            "fixed": pl.DataFrame(fixed, schema=dict.fromkeys(["golden_id", "field", "value"], pl.String)),
            "at": batch.at,
        }

    def check_entities(self) -> None:
        """The records are those that survive, their entities those of one run of them."""
        rows = survivors(self.arrived)
        assert self.state.entities["record_id"].to_list() == [r["record_id"] for r in rows]
        if rows:
            assert self.state.records.select(rows[0].keys()).to_dicts() == rows
        assert entities_of(self.state) == entities_of_run(self.fitted, rows, self.said)


# ------------------------------------------------------------------------------------------------ what a step keeps


def golden_numbers(state: State, column: str = "golden_id") -> dict[Any, str]:
    return dict(state.entities.select("record_id", column).rows())


def check_ids(step: Step[Any]) -> None:
    """The rule of `merger.golden_ids`, said of the state before and the state after."""
    before, after = step._before, step.state
    was, now = golden_numbers(before), golden_numbers(after)
    home_was, home = golden_numbers(before, "home_id"), golden_numbers(after, "home_id")
    born = dict(after.golden_ids.select("golden_id", "born").rows())
    known = dict(before.golden_ids.select("golden_id", "born").rows())
    assert known.items() <= born.items()
    assert all(born[g] == after.settings.step for g in born.keys() - known.keys())
    assert after.golden_ids["golden_id"].n_unique() == after.golden_ids.height
    clusters: dict[str, set[Any]] = {}
    for r, g in now.items():
        clusters.setdefault(g, set()).add(r)
    sizes = Counter(was.values())
    for r, g in home.items():
        if r in home_was:
            assert g == home_was[r] or (g == now[r] and g not in known), "a home changes with a new id only"
        else:
            assert g == now[r], "a new record is at home where it came to"
    for g, members in clusters.items():
        if g in known:
            assert any(g in (was.get(r), home_was.get(r)) for r in members), "an id goes to nobody else"
        else:
            assert all(home_was.get(r) is None or home_was[r] in clusters for r in members), "first what they had"
        whole = {x for x in sizes if x != g and all(now.get(r, g) == g for r in home_was if home_was[r] == x)}
        whole = {x for x in whole if all(home_was[r] == x for r in was if was[r] == x)}
        whole = {x for x in whole if any(now.get(r) == g for r in was if was[r] == x)}
        assert all((born[g], -sizes[g]) <= (born[x], -sizes[x]) for x in whole), "of two the older stays"


def check_resolve(state: State) -> None:
    now, home = golden_numbers(state), golden_numbers(state, "home_id")
    successor = dict(state.golden_ids.select("golden_id", "successor_id").rows())
    assert state.resolve("g-that-never-was") is None
    for g in successor:
        found, at, seen = state.resolve(g), g, set()
        while at is not None and at not in now.values() and at not in home.values() and at not in seen:
            seen.add(at)
            at = successor[at]
        if at in now.values():
            assert found == at
        elif at in home.values():
            there = Counter(now[r] for r in home if home[r] == at)
            assert there[found] == max(there.values())
        else:
            assert found is None
        assert set(state.members(g)[state.record_id].to_list() if state.n_records else []) == {
            r for r in now if found is not None and now[r] == found
        }


def check_events(step: Step[Any]) -> None:
    """The events of a step lead from the golden ids before to those after, each by the right word."""
    before, after = step._before, step.state
    was, now = golden_numbers(before), golden_numbers(after)
    known = set(before.golden_ids["golden_id"].to_list())
    new = after.events.filter(pl.col("step") > before.settings.step)
    assert set(new["step"].to_list()) <= {after.settings.step}
    assert after.events.height == before.events.height + new.height
    told = ["record_id", "golden_id", "event", "from_golden_id"]
    assert new.select(told).rows() == step.xref_changes.select(told).rows()
    words = {r: (e, g, f) for r, e, g, f in new.select("record_id", "event", "golden_id", "from_golden_id").rows()}
    assert len(words) == new.height
    assert words.keys() == {r for r in was.keys() | now.keys() if was.get(r) != now.get(r)}
    held, holds = set(was.values()), set(now.values())
    for r, (event, g, of) in words.items():
        assert (of, g) == (was.get(r), now.get(r))
        founder = min(x for x in now if now[x] == g) if g else None
        if g is None:
            expected = "deleted"
        elif of is None:
            expected = "created" if g not in known and r == founder else "joined"
        elif g not in held:
            expected = "split"
        else:
            expected = "moved" if of in holds else "merged"
        assert event == expected, (r, event, expected)
    for g in known | set(after.golden_ids["golden_id"].to_list()):
        mine = after.events.filter((pl.col("golden_id") == g) | (pl.col("from_golden_id") == g))
        assert after.history(g).equals(mine.sort("step", "record_id"))


@dataclass
class Copies:
    """What a caller keeps who only ever applies what a step says."""

    fitted: cq.FittedPipeline
    golden: dict[str, Row] = field(default_factory=dict)
    xref: dict[Any, str] = field(default_factory=dict)

    @classmethod
    def of(cls, fitted: cq.FittedPipeline, state: State) -> Copies:
        golden = {g["golden_id"]: g for g in fitted.golden(state).to_dicts()}
        return cls(fitted, golden, golden_numbers(state))

    def follow(self, step: Step[Any]) -> None:
        for row in step.golden_changes.to_dicts():
            successor = row.pop("successor_id")
            if row.pop("op") == "delete":
                del self.golden[row["golden_id"]]
                assert (
                    successor
                    == dict(step.state.golden_ids.select("golden_id", "successor_id").rows())[row["golden_id"]]
                )
            else:
                assert successor is None
                assert self.golden.get(row["golden_id"]) != row
                self.golden[row["golden_id"]] = row
        for row in step.xref_changes.to_dicts():
            assert self.xref.get(row["record_id"]) == row["from_golden_id"]
            if row["golden_id"] is None:
                del self.xref[row["record_id"]]
            else:
                self.xref[row["record_id"]] = row["golden_id"]
        assert self.xref == golden_numbers(step.state)
        whole = {g["golden_id"]: g for g in self.fitted.golden(step.state).to_dicts()}
        assert self.golden == whole
        self.check_cells(step)

    def check_cells(self, step: Step[Any]) -> None:
        """The cells to change are those that differ now and did not, or otherwise, before."""
        key = ["record_id", "field", "before", "after"]
        old, new = (all_changes(self.fitted, s) for s in (step._before, step.state))
        if new is None:
            assert step.source_changes.height == 0
            return
        new = new.filter(pl.col("field") != "updated_at")
        if old is not None:
            new = new.join(old, on=key, how="anti", nulls_equal=True)
        columns = ["golden_id", *key, "rule"]
        mine = step.source_changes.select(columns)
        assert sorted(map(str, mine.rows())) == sorted(map(str, new.select(columns).rows()))


def check_nothing(step: Step[Any]) -> None:
    """A step that has changed nothing."""
    assert_same(step.state, step._before)
    assert not step.changes.tables
    for table in (step.golden_changes, step.xref_changes, step.source_changes, step.review):
        assert table.height == 0


def check_step(step: Step[Any]) -> None:
    """What holds of every step by itself."""
    assert_same(step.changes.undo(step.state), step._before)
    assert_same(step.changes.apply(step._before), step.state)
    check_ids(step)
    check_events(step)
    check_resolve(step.state)
