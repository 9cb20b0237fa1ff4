"""The choice among members: a rule's chain of criteria run over all clusters at once.

Everything here works on members sorted by cluster and record id, as arrays. Each criterion is a key, a whole number per
row, higher is better, that depends on the row and its cluster alone and not on who is still in the race. So the winner
of the chain is the first in the order of all keys, and a value's best row is its first one in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.lift import text_series
from crmquality.merger.survivorship import Criterion, Place, SurvivorshipRule, words_of

IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
FloatArray: TypeAlias = NDArray[np.float64]

_PARTS_OF_A_DOUBLING: Final = 2**20
"""Trust is compared in millionths of a doubling: a minute of a half-life of two years, and coarse enough that a source
of twice the weight and a record one half-life older are equal, whatever floats make of it."""
_MOST_DOUBLINGS: Final = 2.0**40
_NO_TRUST: Final = np.iinfo(np.int64).min


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
        days: when each record was made or changed, in days, unknown as the first day of its cluster; None where no rule
            asks.
    """

    order: pl.Series
    ids: pl.Series
    golden_ids: pl.Series
    cluster: IntArray
    recency: IntArray | None
    source: pl.Series | None
    filled: IntArray
    verified: dict[str, BoolArray]
    days: FloatArray | None = None


@dataclass(frozen=True)
class Candidates:
    """What the members offer for one field, or for a group of fields.

    Attributes:
        values: one series of comparable values per field, null where a member has none.
        present: whether a member has any value, shape (n_records,).
        valid: whether every value it has is valid, shape (n_records,).
        grouped: whether completeness is that of these fields instead of the whole record.
        lead: the place among the fields of the one that the rule is named after.
    """

    values: tuple[pl.Series, ...]
    present: BoolArray
    valid: BoolArray
    grouped: bool = False
    lead: int = 0


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
    decided, alive = _split_decided(np.flatnonzero(candidates.present), members.cluster)
    winner[members.cluster[decided]] = decided
    for place, criterion in enumerate(rule.order):
        if not alive.size:
            break
        key = _key(criterion, rule, candidates, members, alive)
        if key is None:
            continue
        starts, sizes = _runs(members.cluster[alive])
        loses = key < np.repeat(np.maximum.reduceat(key, starts), sizes)
        fell_at[alive[loses]] = place
        decided, alive = _split_decided(alive[~loses], members.cluster)
        winner[members.cluster[decided]] = decided
    if alive.size:
        starts, _ = _runs(members.cluster[alive])
        first = alive[starts]
        winner[members.cluster[first]] = first
        fell_at[np.delete(alive, starts)] = len(rule.order)
    return Choice(winner, fell_at)


def best_first(
    rule: SurvivorshipRule, candidates: Candidates, members: Members, rows: IntArray | None = None
) -> IntArray:
    """The rows that have a value, or some of them, by cluster and in it in the order of the chain."""
    rows = np.flatnonzero(candidates.present) if rows is None else rows
    keys = [_key(c, rule, candidates, members, rows) for c in rule.order]
    used = {f"key{i}": key for i, key in enumerate(keys) if key is not None}
    table = pl.DataFrame({"cluster": members.cluster[rows], "row": rows, **used})
    return table.sort("cluster", *used, "row", descending=[False, *(True for _ in used), False])["row"].to_numpy()


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
    rows = best_first(rule, candidates, members, rows)
    table = pl.DataFrame({"cluster": members.cluster[rows], "row": rows})
    table = table.with_columns(candidates.values[0].gather(rows).alias("value"))
    table = table.unique(["cluster", "value"], keep="first", maintain_order=True)
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
    if criterion == "trust":
        return _trust(rule, members, rows)
    if criterion == "most_restrictive":
        return _restriction(rule.restrictive, candidates.values[candidates.lead].gather(rows))
    if criterion == "source":
        return _source_rank(rule.source_priority, members.source, rows)
    if criterion == "most_frequent":
        return _frequency(candidates, members.cluster, rows)
    texts = [v.gather(rows) for v in candidates.values]
    if criterion == "longest":
        lengths = [t.bin.size() if t.dtype == pl.Binary else text_series(t).str.len_chars() for t in texts]
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


def _trust(rule: SurvivorshipRule, members: Members, rows: IntArray) -> IntArray | None:
    """The logarithm of the trust in each row but for what today's date would add to all of them alike."""
    weights = {source: float(weight) for source, weight in rule.trust if weight > 0}
    if members.source is None or not weights:
        return None
    logs = np.log2(list(weights.values())).tolist()
    found = members.source.gather(rows).replace_strict(list(weights), logs, default=None, return_dtype=pl.Float64)
    named = found.is_not_null().to_numpy()
    doublings = found.fill_null(0.0).to_numpy()
    if rule.half_life_days is not None and members.days is not None:
        with np.errstate(over="ignore"):
            doublings = doublings + members.days[rows] / rule.half_life_days
    bounded = np.clip(doublings, -_MOST_DOUBLINGS, _MOST_DOUBLINGS)
    return np.where(named, np.rint(bounded * _PARTS_OF_A_DOUBLING).astype(np.int64), _NO_TRUST)


def _restriction(restrictive: tuple[Place, ...], values: pl.Series) -> IntArray | None:
    """The most restrictive value first; a value that is not named before the last one; no value at the end."""
    if not restrictive:
        return None
    ranks = {
        word.strip().lower(): 2 * (len(restrictive) - i)
        for i, place in enumerate(restrictive)
        for word in words_of(place)
    }
    said = values.cast(pl.String, strict=False).str.strip_chars().str.to_lowercase()
    found = said.replace_strict(list(ranks), list(ranks.values()), default=3, return_dtype=pl.Int64)
    return pl.select(pl.when(said.is_not_null()).then(found).otherwise(0)).to_series().to_numpy()


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
