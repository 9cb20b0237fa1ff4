"""Speed value by value: the raw library, our kernel and our column, in one run.

    python benchmarks/values_speed.py [N [KIND ...]]     (default: 200000 of every kind; 1000000 is the goal's size)

For every kind a clean and a dirty mix of N distinct values (see `values_made.py`). Rounds are interleaved and the best
counts, because machines are never quiet. Library and kernel are called from a plain loop, each round on values that
neither has seen, so that no answer is remembered; the column is all N values at once, through the normalizer's stage
with every part that the kind keeps. Times per value are CPU time of the process, all threads; the column's is
given as wall time too, since polars uses every core. The process waits for nothing, so on a quiet machine the wall time
is at most the CPU time: the goal counts as met where either is under it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import polars as pl
import values_libraries as libraries
from values_libraries import Library
from values_made import KINDS, values

import crmquality as cq
from crmquality.lift import load_kernel
from crmquality.normalizer import Normalizer
from crmquality.tables import Kernel

ROUNDS = 5
COLUMN_ROUNDS = 3  # of a column of up to a quarter of a million values; two of a longer one
MOST_CALLS = 10_000  # of library and kernel per round
WARM_UP = 500


@dataclass(frozen=True)
class Subject:
    """A kind and what it is measured against.

    Attributes:
        kind: the column's kind, at its defaults.
        library: the raw library's name.
        make: its maker.
        goal: seconds for a column of a million, or None where none is set.
    """

    kind: cq.Kind
    library: str
    make: Callable[[], Library | None]
    goal: float | None


PHONE = Subject(cq.Phone("v", region="CN"), "phonenumbers", libraries.phones_of("CN"), 4)
SUBJECTS = {
    "mobile": PHONE,
    "landline": PHONE,
    "email": Subject(cq.Email("v"), "email-validator", libraries.emails, 4),
    "resident id": Subject(cq.NationalId("v", scheme="cn.ric"), "python-stdnum", libraries.identifiers_of("cn.ric"), 4),
    "USCC": Subject(cq.NationalId("v", scheme="cn.uscc"), "python-stdnum", libraries.identifiers_of("cn.uscc"), 4),
    "birth date": Subject(cq.BirthDate("v"), "dateutil", libraries.dateutil_dates, None),
    "Han name": Subject(cq.PersonName("v"), "pypinyin", libraries.pypinyin_names, 10),
    "Latin name": Subject(cq.PersonName("v"), "nameparser", libraries.nameparser_names, 10),
    "Chinese company": Subject(cq.OrganizationName("v"), "cleanco", libraries.cleanco_names, 10),
    "English company": Subject(cq.OrganizationName("v"), "cleanco", libraries.cleanco_names, 10),
    "Chinese address": Subject(cq.Address("v", region="CN"), "cpca", libraries.cpca_divisions, 10),
    "US address": Subject(cq.Address("v", region="US"), "usaddress", libraries.usaddress_tags, 10),
}


def seconds(call: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of a call."""
    begin, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - begin, time.process_time() - cpu


def one_by_one(kernel: Kernel, cells: list[str]) -> None:
    for cell in cells:
        kernel(cell)


@dataclass
class Best:
    """The least seconds per value of all rounds."""

    library: float = float("inf")
    kernel: float = float("inf")
    column_wall: float = float("inf")
    column: float = float("inf")


def measure(subject: Subject, made: list[str]) -> tuple[Best, bool]:
    """The best of interleaved rounds, and whether the library is installed."""
    declared = subject.kind.normalizer()
    stage, kernel = Normalizer((declared,)), load_kernel(declared.kernel, declared.parameters)
    library = subject.make()
    frame = pl.DataFrame({"v": made})
    size = max(1, min(MOST_CALLS, len(made) // ROUNDS))
    first = made[: min(WARM_UP, size)]
    for value in first:
        kernel(value)
    stage.normalize_frame(frame.head(len(first)))
    if library is not None:
        library(first)
    best = Best()
    for turn in range(ROUNDS):
        part = made[turn * size : (turn + 1) * size] or first
        if library is not None:
            best.library = min(best.library, seconds(partial(library, part))[1] / len(part))
        best.kernel = min(best.kernel, seconds(partial(one_by_one, kernel, part))[1] / len(part))
        if turn < (COLUMN_ROUNDS if len(made) <= 250_000 else 2):
            wall, cpu = seconds(partial(stage.normalize_frame, frame))
            best.column_wall = min(best.column_wall, wall / len(made))
            best.column = min(best.column, cpu / len(made))
    return best, library is not None


def machine() -> float:
    """Milliseconds of a fixed loop of plain Python: by how much two runs of this script may be compared."""
    cells = [f"{i:011}" for i in range(10_000)]

    def loop() -> None:
        for cell in cells:
            {cell[:3]: int(cell), cell[3:]: cell.isdigit()}

    return min(seconds(loop)[1] for _ in range(10)) * 1000


def print_line(name: str, mix: str, made: list[str], subject: Subject) -> None:
    best, is_installed = measure(subject, made)
    library = f"{best.library * 1e6:9.2f}" if is_installed else f"{'-':>9}"
    ratio = f"{best.library / best.column:7.1f} x" if is_installed else f"{'-':>9}"
    goal = "" if subject.goal is None else f"{subject.goal:.0f} s "
    if subject.goal is not None:
        goal += "met" if min(best.column_wall, best.column) * 1e6 < subject.goal else "MISSED"
    print(
        f"{name:<16}{mix:<6}{len(made):>9}{library}{best.kernel * 1e6:9.2f}{best.column_wall * 1e6:9.2f}"
        f"{best.column * 1e6:9.2f}{ratio}{1 / best.column:>11,.0f}  {goal:<13}"
        f"{subject.library}{'' if is_installed else ' not installed'}",
        flush=True,
    )


def main(arguments: list[str]) -> None:
    n, wanted = int(arguments[0]) if arguments else 200_000, arguments[1:]
    print(f"a fixed loop of plain Python: {machine():.1f} ms")
    print("microseconds per value = seconds per million; ratio: library to column; goal: a million on two cores\n")
    print(
        f"{'kind':<16}{'mix':<6}{'values':>9}{'library':>9}{'kernel':>9}{'column':>9}{'its CPU':>9}{'ratio':>9}"
        f"{'/s/core':>11}  {'goal':<13}library"
    )
    for name in KINDS:
        if not wanted or name in wanted:
            for mix in ("clean", "dirty"):
                print_line(name, mix, values(name, n, dirty=mix == "dirty"), SUBJECTS[name])
    print(f"\na fixed loop of plain Python: {machine():.1f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
