"""Survivorship: which member of a cluster gives the golden record its value of a field.

A rule is a chain of criteria. All members that have a value start; each criterion lets only the best of those that are
left go on, until one record is left. Whoever is equal to the end yields to the smallest record id, so there always is
one answer, and it does not depend on the order of rows. The chain also explains: a value that lost, lost at one
criterion.

Everything here works on members sorted by cluster and record id, as arrays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.declarations import Declaration
from crmquality.errors import unknown

IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

Criterion: TypeAlias = Literal[
    "valid", "verified", "most_recent", "source", "most_complete", "most_frequent", "longest"
]
Strategy: TypeAlias = Literal["one", "union"]

ORDER: Final[tuple[Criterion, ...]] = (
    "valid",
    "most_recent",
    "most_complete",
    "most_frequent",
    "longest",
    "source",
)
GROUP_ORDER: Final[tuple[Criterion, ...]] = (
    "valid",
    "most_complete",
    "most_recent",
    "most_frequent",
    "longest",
    "source",
)
"""Fields that come from one record together: the fullest record first, because its gaps come along."""
INVALID: Final = (
    "ambiguous_division",
    "division_conflict",
    "incomplete_date",
    "invalid_birth_date",
    "invalid_check_digit",
    "invalid_code",
    "invalid_date",
    "invalid_email",
    "invalid_format",
    "invalid_length",
    "invalid_number",
    "invalid_phone",
    "invalid_url",
    "masked",
    "missing_area_code",
    "mojibake",
    "not_a_person",
    "only_generic",
    "placeholder",
    "spreadsheet_damage",
    "too_long",
    "unreadable",
)
"""Issue codes of values that are wrong, damaged or cut: any other member's value is the better one."""
SEPARATOR: Final = "; "

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class SurvivorshipRule(Declaration):
    """How one field of the golden record is chosen.

    Criteria, each of which lets the best go on:

    - `valid`: the value has a canonical form and none of `invalid_codes` among its issues;
    - `verified`: the column `verified` of the record is true;
    - `most_recent`: the merger's `updated_at`, unknown last;
    - `source`: the place of the record's source in `source_priority`, others last;
    - `most_complete`: the record with the most fields filled (of a group: of the group's fields);
    - `most_frequent`: the value that most members of the cluster have;
    - `longest`: the value with the most characters.

    A criterion whose column the merger does not have decides nothing. The smallest record id breaks every tie.

    Attributes:
        field: the column.
        order: the chain of criteria.
        strategy: "one" value, or the "union" of the members' different values in the order of the chain, with "; "
            between. A union leaves out invalid values where there are valid ones and `order` asks for "valid".
        limit: how many values a union holds at most; None for all.
        invalid_codes: the issue codes that make a value invalid.
        source_priority: sources, best first; empty for the merger's.
        verified: a column of booleans that says whether a person has confirmed the record or the value.

    >>> SurvivorshipRule("email", ("valid", "most_frequent")).faults()
    []
    """

    field: str
    order: tuple[Criterion, ...] = ORDER
    strategy: Strategy = "one"
    limit: int | None = None
    invalid_codes: tuple[str, ...] = INVALID
    source_priority: tuple[str, ...] = ()
    verified: str | None = None

    def faults(self) -> list[str]:
        """Criteria that are unknown, repeated or without a column, and values out of range."""
        known = get_args(Criterion)
        faults = [unknown("criterion", str(c), known) for c in self.order if c not in known]
        faults += [f"criterion {c!r} is repeated" for c in sorted({c for c in self.order if self.order.count(c) > 1})]
        if self.strategy not in get_args(Strategy):
            faults.append(unknown("strategy", self.strategy, get_args(Strategy)))
        if self.limit is not None and (self.limit < 1 or self.strategy != "union"):
            faults.append(f"limit is {self.limit}, expected at least 1, and only with the strategy 'union'")
        faults += [f"{c!r} is not an issue code" for c in self.invalid_codes if not _CODE.match(c)]
        if "verified" in self.order and self.verified is None:
            faults.append("the criterion 'verified' needs the name of a column in 'verified'")
        if self.verified is not None and "verified" not in self.order:
            faults.append("a column 'verified' is named, but 'verified' is not in the order")
        faults += [f"source {s!r} is repeated" for s in sorted(_repeated(self.source_priority))]
        return [f"survivorship of {self.field!r}: {fault}" for fault in faults]


def _repeated(names: Sequence[str]) -> set[str]:
    return {n for n in names if names.count(n) > 1}


@dataclass(frozen=True)
class Members:
    """All records, sorted by cluster, then by record id. Rows are positions in this order.

    Attributes:
        order: the position of each row in the caller's table, shape (n_records,).
        ids: the record id of each row.
        golden_ids: the golden id of each cluster, ascending.
        cluster: the cluster of each row, 0 to n_clusters - 1, never falling, shape (n_records,).
        recency: how recent each record is, higher is later, 0 unknown; None without such a column.
        source: the source of each record; None without such a column.
        filled: how many fields each record has filled, shape (n_records,).
        verified: for each column that a rule names, whether it is true.
    """

    order: pl.Series
    ids: pl.Series
    golden_ids: pl.Series
    cluster: IntArray
    recency: IntArray | None
    source: pl.Series | None
    filled: IntArray
    verified: dict[str, BoolArray]


@dataclass(frozen=True)
class Candidates:
    """What the members offer for one field, or for a group of fields.

    Attributes:
        values: one series of comparable values per field, null where a member has none.
        present: whether a member has any value, shape (n_records,).
        valid: whether every value it has is valid, shape (n_records,).
        grouped: whether completeness is that of these fields instead of the whole record.
    """

    values: tuple[pl.Series, ...]
    present: BoolArray
    valid: BoolArray
    grouped: bool = False


@dataclass(frozen=True)
class Choice:
    """Who won, and where the others lost.

    Attributes:
        winner: the row that each cluster takes, -1 where no member has a value, shape (n_clusters,).
        fell_at: the place in the chain at which each row lost, `len(order)` for the record id, -1 for winners and for
            rows without a value, shape (n_records,).
    """

    winner: IntArray
    fell_at: NDArray[np.int8]


def choose(rule: SurvivorshipRule, candidates: Candidates, members: Members) -> Choice:
    """The winner of every cluster at once: each criterion keeps the rows that are as good as their cluster's best.

    Time is linear in the number of rows per criterion, and only clusters that are still undecided are looked at.
    """
    n_clusters = len(members.golden_ids)
    winner = np.full(n_clusters, -1, dtype=np.int64)
    fell_at = np.full(len(members.cluster), -1, dtype=np.int8)
    alive = np.flatnonzero(candidates.present)
    for place, criterion in enumerate(rule.order):
        decided, alive = _split_decided(alive, members.cluster)
        winner[members.cluster[decided]] = decided
        if not alive.size:
            break
        key = _key(criterion, rule, candidates, members, alive)
        if key is None:
            continue
        starts, sizes = _runs(members.cluster[alive])
        loses = key < np.repeat(np.maximum.reduceat(key, starts), sizes)
        fell_at[alive[loses]] = place
        alive = alive[~loses]
    if alive.size:
        starts, _ = _runs(members.cluster[alive])
        first = alive[starts]
        winner[members.cluster[first]] = first
        fell_at[np.delete(alive, starts)] = len(rule.order)
    return Choice(winner, fell_at)


def ranked(rule: SurvivorshipRule, candidates: Candidates, members: Members) -> pl.DataFrame:
    """The different values of each cluster in the order of the chain, at most `limit`, for the strategy "union".

    Returns:
        `cluster`, `row` and `value`, one row per value; the row is that of the value's best member.
    """
    rows = np.flatnonzero(candidates.present)
    if "valid" in rule.order:
        any_valid = np.zeros(len(members.golden_ids), dtype=np.bool_)
        any_valid[members.cluster[rows[candidates.valid[rows]]]] = True
        rows = rows[candidates.valid[rows] | ~any_valid[members.cluster[rows]]]
    keys = {f"key{i}": _key(c, rule, candidates, members, rows) for i, c in enumerate(rule.order)}
    used = {name: key for name, key in keys.items() if key is not None}
    table = pl.DataFrame({"cluster": members.cluster[rows], "row": rows, **used}).with_columns(
        candidates.values[0].gather(rows).alias("value")
    )
    table = table.sort("cluster", *used, "row", descending=[False, *(True for _ in used), False])
    table = table.unique(["cluster", "value"], keep="first", maintain_order=True).select("cluster", "row", "value")
    return table if rule.limit is None else table.filter(pl.int_range(pl.len()).over("cluster") < rule.limit)


def _runs(cluster: IntArray) -> tuple[IntArray, IntArray]:
    """Where each run of equal values starts, and how long it is; `cluster` never falls and is not empty."""
    starts = np.flatnonzero(np.diff(cluster, prepend=cluster[0] - 1))
    return starts, np.diff(starts, append=len(cluster))


def _split_decided(alive: IntArray, cluster: IntArray) -> tuple[IntArray, IntArray]:
    """Rows that are alone in their cluster, and the others."""
    if not alive.size:
        return alive, alive
    _, sizes = _runs(cluster[alive])
    alone = np.repeat(sizes == 1, sizes)
    return alive[alone], alive[~alone]


def _key(
    criterion: Criterion, rule: SurvivorshipRule, candidates: Candidates, members: Members, rows: IntArray
) -> IntArray | None:
    """How good each row is by one criterion, higher is better; None where the criterion has no column."""
    if criterion == "valid":
        return candidates.valid[rows].astype(np.int64)
    if criterion == "verified":
        return None if rule.verified is None else members.verified[rule.verified][rows].astype(np.int64)
    if criterion == "most_recent":
        return None if members.recency is None else members.recency[rows]
    if criterion == "source":
        return _source_rank(rule.source_priority, members.source, rows)
    if criterion == "most_frequent":
        return _frequency(candidates, members.cluster, rows)
    texts = [v.gather(rows) for v in candidates.values]
    if criterion == "longest":
        lengths = [t.cast(pl.String).str.len_chars() if t.dtype != pl.Binary else t.bin.size() for t in texts]
        return _sum(lengths)
    return _sum([t.is_not_null() for t in texts]) if candidates.grouped else members.filled[rows]


def _sum(columns: Sequence[pl.Series]) -> IntArray:
    total: IntArray = np.sum([c.cast(pl.Int64).fill_null(0).to_numpy() for c in columns], axis=0, dtype=np.int64)
    return total


def _source_rank(priority: tuple[str, ...], source: pl.Series | None, rows: IntArray) -> IntArray | None:
    if source is None or not priority:
        return None
    ranks = {name: len(priority) - place for place, name in enumerate(priority)}
    found = source.gather(rows).replace_strict(list(ranks), list(ranks.values()), default=0, return_dtype=pl.Int64)
    return found.fill_null(0).to_numpy()


def _frequency(candidates: Candidates, cluster: IntArray, rows: IntArray) -> IntArray:
    """How many members of its cluster, also those that lost before, have the row's value."""
    asked = np.zeros(len(cluster), dtype=np.bool_)  # there are no more clusters than members
    asked[cluster[rows]] = True
    all_rows = np.flatnonzero(candidates.present & asked[cluster])
    names = [f"v{i}" for i in range(len(candidates.values))]
    table = pl.DataFrame({"cluster": cluster[all_rows]}).with_columns(
        v.gather(all_rows).alias(n) for n, v in zip(names, candidates.values, strict=True)
    )
    counts = np.zeros(len(cluster), dtype=np.int64)
    counts[all_rows] = table.select(pl.len().over("cluster", *names).cast(pl.Int64)).to_series().to_numpy()
    return counts[rows]
