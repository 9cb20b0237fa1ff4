"""A nightly job: three systems, five nights, one DuckDB file that keeps the state and feeds the systems downstream.

    python examples/nightly_batches.py

The first half is the job, to be copied: `run_night` reads the state and the night's files, updates, and writes what
changed in one transaction. The second half plays the systems, a steward and an operator for a week; it works in a
temporary folder and prints a table per night. crmquality itself reads and writes nothing.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import ParamSpec

import duckdb
from three_systems import COLLEAGUES, NIGHTS, SON, deliver

import crmquality as cq

# ------------------------------------------------------------------------------------------------------------ the job

SCHEMA = cq.Schema(
    cq.PersonName("name", required=True),
    cq.Category("gender", shared=False),
    cq.Phone("mobile", region="CN"),
    cq.Phone("landline", region="CN"),
    cq.Email("email"),
    cq.Code("wechat", unique=True),
    cq.NationalId("id_number", scheme="cn.ric"),
    cq.BirthDate("birth_date"),
    cq.OrganizationName("company"),
    cq.Text("title", match=False),
    cq.Address("address", region="CN"),
    record_id="record_id",
    source="source",
    updated_at="updated_at",
)

SETUP = """
    CREATE SCHEMA state;  -- the tables of the State, as they are
    CREATE SCHEMA undo;   -- by step: the rows of these that were removed and added; drop what you will never take back
    CREATE SCHEMA out;    -- by step: what the systems downstream are to take
    CREATE TABLE decisions (  -- what stewards have answered
        record_id_l VARCHAR, record_id_r VARCHAR, decision VARCHAR, "by" VARCHAR, "at" VARCHAR, reason VARCHAR
    );
"""
VIEWS = """
    CREATE VIEW golden AS
        SELECT * EXCLUDE (of_step, op, successor_id) FROM out.golden_changes
        QUALIFY row_number() OVER (PARTITION BY golden_id ORDER BY of_step DESC) = 1 AND op = 'upsert';
    CREATE VIEW xref AS
        SELECT source, record_id, golden_id FROM out.xref_changes
        QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY of_step DESC) = 1 AND event <> 'deleted';
"""
OUT = ("golden_changes", "xref_changes", "source_changes", "review", "findings")


def first_night(con: duckdb.DuckDBPyConnection, folder: Path, night: str) -> cq.Step:
    """Learn from the first load and take it in. What was learned is two JSON files, without anybody's data."""
    batch = read_batch(con, folder / night)
    fitted = cq.Pipeline.from_schema(SCHEMA).fit(batch)
    (folder / "pipeline.json").write_text(json.dumps(fitted.pipeline.to_dict()), encoding="utf-8")
    (folder / "model.json").write_text(json.dumps(fitted.model.to_dict()), encoding="utf-8")
    step = fitted.update(cq.State(), batch, at=night)
    with transaction(con):
        con.execute(SETUP)
        for name, rows in step.state.to_tables().items():
            create(con, f"state.{name}", rows)
        feed(con, step)
        con.execute(VIEWS)
    return step


def run_night(con: duckdb.DuckDBPyConnection, folder: Path, night: str) -> cq.Step:
    """What the scheduler calls every night."""
    batch = read_batch(con, folder / night)
    # All decisions that there ever were: those that the state knows already change nothing.
    step = read_pipeline(folder).update(read_state(con), batch, decisions=con.table("decisions"), at=night)
    write(con, step)
    return step


def unmerge(con: duckdb.DuckDBPyConnection, folder: Path, record_id: str, *, by: str, at: str, reason: str) -> cq.Step:
    """What a steward's button calls: a record is taken out of its customer, for good."""
    step = read_pipeline(folder).unmerge(read_state(con), record_id, by=by, at=at, reason=reason)
    write(con, step)
    return step


def read_batch(con: duckdb.DuckDBPyConnection, folder: Path) -> duckdb.DuckDBPyRelation:
    """The files of a night: what is declared of them, as text. Whether 013800138000 is a number, crmquality says."""
    columns = ", ".join(SCHEMA.columns)
    query = f"SELECT op, {columns} FROM read_csv(?, header=true, all_varchar=true, union_by_name=true)"
    return con.sql(query, params=[f"{folder}/*.csv"])


def read_pipeline(folder: Path) -> cq.FittedPipeline:
    """The pipeline as it was fitted on the first night; how common each value is, the state knows."""
    pipeline, model = (json.loads((folder / f"{x}.json").read_text(encoding="utf-8")) for x in ("pipeline", "model"))
    return cq.Pipeline.from_dict(pipeline).with_model(cq.LinkModel.from_dict(model))


def read_state(con: duckdb.DuckDBPyConnection) -> cq.State:
    """The state from its tables; one that is missing or damaged is an error here, and not a wrong merge later."""
    return cq.State.from_tables({name: con.table(f"state.{name}") for name in cq.State().keys})


def write(con: duckdb.DuckDBPyConnection, step: cq.Step) -> None:
    """Bring the tables of the state up to date, note how to take that back, and feed the systems downstream."""
    with transaction(con):
        for name, rows in step.changes.tables.items():
            exchange(con, f"state.{name}", rows, step.state.keys[name], old="removed", new="added")
            append(con, f"undo.{name}", step, rows)
        feed(con, step)


def feed(con: duckdb.DuckDBPyConnection, step: cq.Step) -> None:
    """What the systems downstream are to take."""
    for name in OUT:
        append(con, f"out.{name}", step, getattr(step, name))


def take_back(con: duckdb.DuckDBPyConnection, n: int) -> None:
    """Undo the last step: in the tables of the state, and, as those are views of all steps, downstream."""
    keys = read_state(con).keys
    with transaction(con):
        for name in tables_of(con, "undo"):
            rows = con.sql(f"SELECT * EXCLUDE of_step FROM undo.{name} WHERE of_step = ?", params=[n])
            exchange(con, f"state.{name}", rows, keys[name], old="added", new="removed")
        for name in [f"{schema}.{name}" for schema in ("undo", "out") for name in tables_of(con, schema)]:
            con.execute(f"DELETE FROM {name} WHERE of_step = ?", [n])


def exchange(
    con: duckdb.DuckDBPyConnection, table: str, rows: object, key: tuple[str, ...], *, old: str, new: str
) -> None:
    """In a table of the state, the rows whose `change` is `old` go, and those where it is `new` come."""
    same = " AND ".join(f"t.{column} = r.{column}" for column in key)
    con.execute(f"DELETE FROM {table} t USING rows r WHERE r.change = ? AND {same}", [old])
    con.execute(f"INSERT INTO {table} BY NAME SELECT * EXCLUDE change FROM rows WHERE change = ?", [new])


def create(con: duckdb.DuckDBPyConnection, table: str, rows: object) -> None:
    """A table of these rows: DuckDB finds `rows` by its name."""
    con.execute(f"CREATE TABLE {table} AS FROM rows")


def append(con: duckdb.DuckDBPyConnection, table: str, step: cq.Step, rows: object) -> None:
    """Rows at the end of a table, with the number of the step."""
    con.execute(f"CREATE TABLE IF NOT EXISTS {table} AS SELECT 0 AS of_step, * FROM rows LIMIT 0")
    con.execute(f"INSERT INTO {table} BY NAME SELECT ? AS of_step, * FROM rows", [step.state.settings.step])


def tables_of(con: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """The names of the tables of a schema."""
    query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = ?"
    return [name for (name,) in con.execute(query, [schema]).fetchall()]


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of it or nothing."""
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


# ------------------------------------------------------------------------------------------------- a week of that job

P = ParamSpec("P")
COUNTS = {
    "records": ("records_new", "records_corrected", "records_deleted", "records_unchanged", "records_late"),
    "customers": ("golden_created", "golden_joined", "golden_merged", "golden_split", "golden_deleted"),
    "to do": ("review", "source_changes"),
}


def main() -> None:
    """Five nights, and what people do on the days between them."""
    monday, tuesday, wednesday, thursday, friday = NIGHTS
    with tempfile.TemporaryDirectory() as name, duckdb.connect(f"{name}/customers.duckdb") as con:
        folder = Path(name)
        deliver(folder)

        heading("Monday: the first load")
        show(first_night, con, folder, monday)

        heading("Tuesday: new, corrected and deleted records")
        show(run_night, con, folder, tuesday)

        heading("Wednesday: a steward has answered; the CRM delivers Tuesday's file again")
        answer(con)
        show(run_night, con, folder, wednesday)

        heading("Thursday: a wrong merge is taken back in the morning; the call centre delivers late at night")
        show(unmerge, con, folder, SON, by="zhao.min", at=thursday, reason="the son, not the father")
        show(run_night, con, folder, thursday)

        heading("Friday: the shop's file is broken, each mobile is a row too low")
        before = read_state(con)
        step = show(run_night, con, folder, friday)
        take_back(con, step.state.settings.step)
        print(f"\nTaken back. As on Thursday, bit for bit: {read_state(con) == before}. Again, with the right file:\n")
        (folder / "shop.csv").replace(folder / friday / "shop.csv")
        show(run_night, con, folder, friday)

        heading("The history of a customer that was two")
        (golden_id,) = con.execute("SELECT golden_id FROM xref WHERE record_id = ?", COLLEAGUES[:1]).fetchall()[0]
        for event in read_state(con).history(golden_id).iter_rows(named=True):
            print("{at}  {record_id}  {event:<8} {from_golden_id!s:<18} -> {golden_id!s}".format(**event))

        heading("The week against one run over all records")
        prove(con, folder)


def heading(text: str) -> None:
    """A line between the parts of the story."""
    print(f"\n== {text} ==")


def show(job: Callable[P, cq.Step], *args: P.args, **kwargs: P.kwargs) -> cq.Step:
    """Do a job and print what came of it as a small table."""
    start = perf_counter()
    step = job(*args, **kwargs)
    seconds = perf_counter() - start
    for what, names in COUNTS.items():
        said = (f"{step.counts[n]:>6,} {n.removeprefix('records_').removeprefix('golden_'):<10}" for n in names)
        print(f"{what:<10}{''.join(said)}".rstrip())
    print(f"{'seconds':<10}{seconds:>6.1f}")
    return step


def answer(con: duckdb.DuckDBPyConnection) -> None:
    """What stewards have said by Tuesday evening: of a merge that it is wrong, and of the review queue's first pair."""
    said = "INSERT INTO decisions VALUES (?, ?, ?, 'zhao.min', '2025-01-07T17:40:00', ?)"
    con.execute(said, [*COLLEAGUES, "non-link", "two colleagues of one name"])
    likely = "SELECT record_id_l, record_id_r FROM out.review ORDER BY match_probability DESC, record_id_l, record_id_r"
    con.execute(said, [*con.sql(likely).fetchall()[0], "link", "asked on the telephone"])


def prove(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The last word of all files on every record, in one run with the same pipeline and the same decisions."""
    state = read_state(con)
    rows = con.sql(
        """
        SELECT * EXCLUDE (op, filename) FROM read_csv(?, header=true, all_varchar=true, filename=true)
        QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY updated_at DESC, filename DESC) = 1 AND op = 'upsert'
        """,
        params=[f"{folder}/2025-*/*.csv"],
    )
    fitted = replace(read_pipeline(folder), frequencies=state.term_frequencies)
    fitted.run(rows, decisions=state.decisions).xref.to_table("one_run")
    # Golden ids differ, customers do not: each is named by the first of its records.
    customers = "SELECT record_id, min(record_id) OVER (PARTITION BY golden_id) FROM"
    n_differ = con.sql(f"""
        SELECT count(*) FROM (({customers} one_run EXCEPT {customers} xref)
                             UNION ALL ({customers} xref EXCEPT {customers} one_run))
    """).fetchall()[0][0]
    print(f"{state.n_records:,} records, {n_differ} of them in other company than in one run")
    golden = fitted.golden(state)
    downstream = con.sql("FROM golden ORDER BY golden_id").pl()
    print(f"{golden.height:,} golden records, the same downstream: {golden.equals(downstream.select(golden.columns))}")


if __name__ == "__main__":
    main()
