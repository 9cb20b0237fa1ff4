"""Accuracy cell by cell: per field and per noise, beside the raw libraries; and the hard cases' pass table.

    python benchmarks/values.py DATA [CASES] [--show]

DATA is a folder with `zh_crm`: tables of noisy records, and for each `*_truth_values.parquet` with the value that each
cell stands for (`record_id`, `field`, `expected`, `kind` of noise; an empty `expected` is a cell that should be
missing). CASES is a file of single hard values. Every cell goes through the normalizer of its kind at its default
settings, the way a table goes. Prints the floors and ends with 1 where one is missed.

With `--show` wrong cells are printed; without it, no value of any cell is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import values_libraries as libraries
from values_cases import print_cases
from values_libraries import Library

import crmquality as cq
from crmquality.intervals import wilson
from crmquality.normalizer import Normalizer
from crmquality.tables import norm_column

SHOWN = 25  # wrong cells per field


@dataclass(frozen=True)
class Measure:
    """A field of the truth.

    Attributes:
        field: what it is called in the table of floors; columns of one field are counted together.
        kind: the column's kind, at its defaults.
        answer: what is compared with the truth: the value itself (no part), or parts with `|` between; where several
            names stand with `/` between, the first part that is known.
        baselines: the raw libraries: name and maker.
    """

    field: str
    kind: cq.Kind
    answer: tuple[str, ...]
    baselines: tuple[tuple[str, Callable[[], Library | None]], ...]


PHONES = (("phonenumbers", libraries.phones_of("CN")),)
EMAILS = (("email-validator", libraries.emails),)
RESIDENTS = (("python-stdnum", libraries.identifiers_of("cn.ric")),)
COMPANIES = (("python-stdnum", libraries.identifiers_of("cn.uscc")),)
DATES = (("fromisoformat", libraries.standard_dates), ("dateutil", libraries.dateutil_dates))
DIVISIONS = (("cpca", libraries.cpca_divisions),)
PERSONS = (("nameparser", libraries.nameparser_names),)
CORES = (("cleanco", libraries.cleanco_names),)
THREE_LEVELS = ("province", "city", "district/zone")
"""The truth's third level is the statistical bureau's, which counts development zones (苏州工业园区) as districts. They
are no divisions of GB/T 2260 and stand in a part of their own. The share without them is printed too."""
DIVISIONS_ONLY = ("province", "city", "district")
TABLES = {
    "contacts": (
        Measure("phone", cq.Phone("mobile", region="CN"), (), PHONES),
        Measure("phone", cq.Phone("landline", region="CN"), (), PHONES),
        Measure("email", cq.Email("email"), (), EMAILS),
        Measure("id", cq.NationalId("id_number", scheme="cn.ric"), (), RESIDENTS),
        Measure("birth date", cq.BirthDate("birth_date"), (), DATES),
        Measure("address", cq.Address("address", region="CN"), THREE_LEVELS, DIVISIONS),
        Measure("person name", cq.PersonName("name"), (), PERSONS),
        Measure("company", cq.OrganizationName("company"), ("core",), CORES),
    ),
    "accounts": (
        Measure("phone", cq.Phone("phone", region="CN"), (), PHONES),
        Measure("id", cq.NationalId("uscc", scheme="cn.uscc"), (), COMPANIES),
        Measure("address", cq.Address("address", region="CN"), THREE_LEVELS, DIVISIONS),
        Measure("company", cq.OrganizationName("company"), ("core",), CORES),
    ),
}
FLOORS = {
    "phone": 0.995,
    "email": 0.99,
    "id": 0.995,
    "birth date": 0.99,
    "address": 0.97,
    "person name": 0.97,
    "company": 0.95,
}


def canon(text: str | None) -> str:
    """The form in which an answer and the truth are compared: letter case and spaces at the ends say nothing."""
    return (text or "").strip().casefold()


def answers(column: pl.Series, kind: cq.Kind, answer: tuple[str, ...]) -> list[str | None]:
    """What crmquality says of each cell, through the same stage as a pipeline's."""
    made = Normalizer((kind.normalizer(),)).normalize_frame(column.to_frame())
    chosen = [
        pl.coalesce(norm_column(kind.name, part) for part in parts.split("/")).fill_null("").alias(parts)
        for parts in answer
    ] or [pl.col(norm_column(kind.name)).fill_null("")]
    return [None if not any(row) else "|".join(row) for row in made.select(chosen).iter_rows()]


def of_library(column: pl.Series, library: Library) -> list[str | None]:
    """What a library says of each cell, asked once per distinct value."""
    distinct = column.unique(maintain_order=True).to_list()
    said = dict(zip(distinct, library(distinct), strict=True))
    return [said[value] for value in column.to_list()]


def truth_cells(data: Path, table: str, measure: Measure) -> pl.DataFrame:
    """`raw`, `expected` ("" = should be missing) and `noise` of every cell that has a truth and holds anything."""
    name = measure.kind.name
    records = pl.read_parquet(data / "zh_crm" / f"{table}.parquet").select("record_id", raw=name)
    truth = pl.read_parquet(data / "zh_crm" / f"{table}_truth_values.parquet").filter(pl.col("field") == name)
    cells = truth.join(records, on="record_id").filter(pl.col("raw").is_not_null())
    return cells.select("record_id", "raw", pl.col("expected").fill_null(""), noise="kind").sort("record_id")


def score(data: Path, table: str, measure: Measure) -> tuple[pl.DataFrame, list[str]]:
    """The cells of one column with `right` and one Boolean column per installed library; the names of the others."""
    cells = truth_cells(data, table, measure).rename({"raw": measure.kind.name})
    raw, expected = cells[measure.kind.name], [canon(e) for e in cells["expected"].to_list()]
    said = answers(raw, measure.kind, measure.answer)
    right = {"right": [canon(s) == e for s, e in zip(said, expected, strict=True)]}
    if measure.answer == THREE_LEVELS:
        strict = answers(raw, measure.kind, DIVISIONS_ONLY)
        right["divisions only"] = [canon(s) == e for s, e in zip(strict, expected, strict=True)]
    absent = []
    for name, make in measure.baselines:
        library = make()
        if library is None:
            absent.append(name)
        else:
            right[name] = [canon(s) == e for s, e in zip(of_library(raw, library), expected, strict=True)]
    return cells.rename({measure.kind.name: "raw"}).with_columns(
        said=pl.Series(said, dtype=pl.String), **{k: pl.Series(v, dtype=pl.Boolean) for k, v in right.items()}
    ), absent


def interval(right: int, cells: int) -> str:
    ends = wilson(right, cells)
    return "" if ends is None else f"{ends[0]:.4f} to {ends[1]:.4f}"


def print_column(table: str, measure: Measure, cells: pl.DataFrame, absent: list[str]) -> None:
    """One line per noise, those that have an expected value first, and the libraries beside it."""
    names = [name for name, _ in measure.baselines if name in cells.columns]
    with_value = pl.col("expected") != ""
    groups = cells.group_by(with_value.alias("value"), "noise").agg(
        pl.len().alias("cells"), pl.col("right", *names).sum()
    )
    for row in groups.sort(["value", "noise"], descending=[True, False]).iter_rows(named=True):
        noise = row["noise"] if row["value"] else f"{row['noise']} (none)"
        n, right = row["cells"], row["right"]
        beside = "".join(f"  {name} {row[name] / n:.4f}" for name in names)
        beside += "".join(f"  {name} not installed" for name in absent)
        where = f"{table} {measure.kind.name}"
        print(f"{where:<22}{noise:<20}{n:>7}{right:>7}{right / n:>8.4f}  {interval(right, n):<18}{beside}")


def show_wrong(measure: Measure, cells: pl.DataFrame) -> None:
    for row in cells.filter(~pl.col("right")).head(SHOWN).iter_rows(named=True):
        print("    {record_id} {noise}: {raw!r} -> {said!r}, expected {expected!r}".format(**row))


def print_floors(scored: dict[str, list[pl.DataFrame]]) -> bool:
    """The floors, of the cells that have an expected value; whether all are reached."""
    print(f"\n{'field':<22}{'cells':>7}{'right':>7}{'share':>8}  {'95 % interval':<18}{'floor':>7}")
    reached = True
    for field, floor in FLOORS.items():
        cells = pl.concat(scored[field], how="diagonal").filter(pl.col("expected") != "")
        if cells.is_empty():
            print(f"{field:<22}{0:>7}  no cell with an expected value")
            continue
        met = cells["right"].sum() / cells.height >= floor
        reached = reached and met
        print(f"{share(field, cells['right'])}{floor:>7}  {'reached' if met else 'MISSED'}")
        if "divisions only" in cells.columns:
            print(share("  without zones", cells["divisions only"]))
    return reached


def share(name: str, right: pl.Series) -> str:
    n, good = len(right), int(right.sum())
    return f"{name:<22}{n:>7}{good:>7}{good / n:>8.4f}  {interval(good, n):<18}"


def main(arguments: list[str]) -> int:
    show = "--show" in arguments
    paths = [Path(a) for a in arguments if a != "--show"]
    if not 1 <= len(paths) <= 2:
        raise SystemExit(__doc__)
    print(f"{'column':<22}{'noise':<20}{'cells':>7}{'right':>7}{'share':>8}  {'95 % interval':<18}  raw library")
    scored: dict[str, list[pl.DataFrame]] = {}
    for table, measures in TABLES.items():
        for measure in measures:
            cells, absent = score(paths[0], table, measure)
            scored.setdefault(measure.field, []).append(cells)
            print_column(table, measure, cells, absent)
            if show:
                show_wrong(measure, cells)
    reached = print_floors(scored)
    if len(paths) == 2:
        print_cases(paths[1], show=show)
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
