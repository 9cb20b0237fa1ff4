"""Random histories of a state, and a slow oracle of what must be known after each: shared by the tests of updates."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import strategies as st

import crmquality as cq
from crmquality.linking import Linking
from crmquality.state import TABLES, State
from crmquality.step import Step, golden_of

Row = dict[str, Any]

NAMES = ["王芳", "王方", "李娜", "Wang Fang", None]
EMAILS = ["a@example.org", "A@Example.org", "b@example.org", "c@example.org", None]
RECORDS = range(1, 9)
PAIR_COLUMNS = ["record_id_l", "record_id_r"]


def schema_of(link: str = "all", record_id: str = "record_id") -> cq.Schema:
    kinds = (cq.PersonName("name"), cq.Email("email"))
    return cq.Schema(*kinds, record_id=record_id, source="source", updated_at="updated_at", link=link)


def fitted_of(link: str = "all", caps: int | None = None) -> cq.FittedPipeline:
    fitted = cq.Pipeline.from_schema(schema_of(link)).with_default_model()
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
    schema |= {"name": pl.String, "email": pl.String}
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


def entities_of_run(fitted: cq.FittedPipeline, rows: list[Row], said: list[Row]) -> set[frozenset[Any]]:
    """The entities of one run of all that is known; the rows in another order than that of their ids."""
    if not rows:
        return set()
    clusters = fitted.run(frame_of(rows[::-1], op=False), decisions=decided(said)).clusters
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
    """A state that a history is played on, and what the oracle knows."""

    fitted: cq.FittedPipeline
    state: State = field(default_factory=State)
    arrived: list[Row] = field(default_factory=list)
    said: list[Row] = field(default_factory=list)
    past: list[tuple[Step[Any], list[Row], list[Row]]] = field(default_factory=list)
    last: Batch | None = None

    def play(self, op: Op) -> Step[Any] | None:
        """One operation; the step, where there was one."""
        if isinstance(op, Undo):
            if self.past:
                step, self.arrived, self.said = self.past.pop()
                assert step.state is self.state or step.state == self.state
                self.state = step.changes.undo(self.state)
                assert_same(self.state, step._before)
            return None
        before = (list(self.arrived), list(self.said))
        if isinstance(op, Relink):
            step = self.fitted.relink(self.state)
        else:
            batch = self.last if isinstance(op, Again) else op
            if batch is None:
                return None
            self.last = batch
            step = self.update(self.state, batch)
            self.arrived = [*self.arrived, *batch.rows]
            self.said = [*self.said, *({**d, "at": d["at"] or batch.at} for d in batch.decisions)]
        self.past.append((step, *before))
        self.state = step.state
        return step

    def update(self, state: State, batch: Batch) -> Step[Any]:
        golden = dict(state.entities.select("record_id", "golden_id").rows())
        fixed = [{"golden_id": golden[r], "field": f, "value": v} for r, f, v in batch.fixed if r in golden]
        known = set(state.settings.columns) & {"name", "email"} or {"name", "email"}
        assert known == {"name", "email"}
        return self.fitted.update(
            state,
            frame_of(batch.rows),
            decisions=decided(batch.decisions) if batch.decisions else None,
            fixed=pl.DataFrame(fixed, schema=dict.fromkeys(["golden_id", "field", "value"], pl.String))
            if fixed
            else None,
            at=batch.at,
        )

    def check_entities(self) -> None:
        """Law 1: the entities, and the pairs from review up, of one run of what is known."""
        rows = survivors(self.arrived)
        assert self.state.entities["record_id"].to_list() == [r["record_id"] for r in rows]
        if rows:
            said = self.state.records.select(rows[0].keys()).to_dicts()
            assert said == rows
        assert entities_of(self.state) == entities_of_run(self.fitted, rows, self.said)
