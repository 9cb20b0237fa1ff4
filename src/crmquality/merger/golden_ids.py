"""Which golden id a customer keeps when customers join, split and move.

A golden id says who, for ever. So it follows people, not rows: every record has a *home*, the golden id that was made
for it or that it first came to. Of the records under an id those whose home it is say where it goes: where most of them
have gone; where none of them is left, most of all.

- Customers who turn out to be one: the id that was made first stays; of several made at once, that of the larger
  customer, then of the smallest record id. The others are merged away, and still lead to where their records are.
- A customer who turns out to be two: the id stays where most of its own records are, then with the smallest record id.
  The other part gets the id back that its records had before they were merged, else a new one, which becomes the home
  of its records.

What comes out does not depend on the order of records.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Int64: TypeAlias = NDArray[np.int64]

NONE: Final = -1
"""Of a record: no golden id yet."""


@dataclass(frozen=True)
class Assigned:
    """Golden ids of clusters, as numbers.

    Attributes:
        golden: per cluster the number of its golden id; numbers of `n_goldens` and more are new, in the order of the
            clusters; shape (n_clusters,).
        home: per record its home from now on, shape (n_records,).
        founder: per new number the record (its place) that it is made from, the first of its cluster.
    """

    golden: Int64
    home: Int64
    founder: Int64


def assign_golden(
    cluster: Int64, current: Int64, home: Int64, born: Int64, size: Int64, elsewhere: NDArray[np.bool_]
) -> Assigned:
    """The golden id of every cluster.

    Args:
        cluster: the cluster of each record, 0 to n_clusters - 1; records in the order of their ids, and all records of
            every golden id that occurs in `current`.
        current: the golden number of each record so far, -1 for a new one.
        home: its home, -1 for a new one.
        born: when each golden id was made, shape (n_goldens,).
        size: how many records each golden id had before.
        elsewhere: whether a golden id is that of other records than these, shape (n_goldens,).

    >>> ids = [np.array(x) for x in ([0, 0, 0, 1, 2], [0, 0, 1, 1, -1], [0, 0, 1, 1, -1], [1, 2], [2, 2], [False] * 2)]
    >>> assigned = assign_golden(*ids)
    >>> assigned.golden.tolist(), assigned.home.tolist(), assigned.founder.tolist()
    ([0, 1, 2], [0, 0, 1, 1, 2], [4])
    """
    n_clusters = int(cluster.max()) + 1 if cluster.size else 0
    golden = np.full(n_clusters, NONE, dtype=np.int64)
    rows = pl.DataFrame({"row": np.arange(cluster.size), "cluster": cluster, "current": current, "home": home})
    counts = _counts(rows, "home", elsewhere)
    # An id that is in use follows the records that are under it: its own, and where none of them is left any of them.
    own = _counts(rows.filter(pl.col("current") == pl.col("home")), "current", elsewhere)
    homeless = _counts(rows.filter(~pl.col("current").is_in(own["golden"].implode())), "current", elsewhere)
    in_use = pl.concat([own, homeless])
    counts = pl.concat([in_use, counts.filter(~pl.col("golden").is_in(in_use["golden"].implode()))])
    active = rows["current"].unique()
    heirs = counts.sort("golden", "n", "first", descending=[False, True, False]).unique("golden", keep="first")
    claims = heirs.with_columns(
        active=pl.col("golden").is_in(active.implode()),
        born=pl.Series(born[heirs["golden"].to_numpy()], dtype=pl.Int64),
        size=pl.Series(size[heirs["golden"].to_numpy()], dtype=pl.Int64),
    ).sort("active", "born", "size", "first", descending=[True, False, True, False])
    _give(golden, claims)
    # Who got none yet keeps, or gets back, an id that its records had and nobody else has got.
    free = ~counts["golden"].is_in(golden[golden != NONE].tolist())
    left = counts.filter(free & pl.Series(golden[counts["cluster"].to_numpy()] == NONE, dtype=pl.Boolean))
    left = left.sort("n", "first", "golden", descending=[True, False, False])
    while left.height:
        best = pl.col("golden").is_first_distinct() & pl.col("cluster").is_first_distinct()
        given = left.filter(best)
        _give(golden, given)
        left = left.filter(
            ~pl.col("golden").is_in(given["golden"].implode()) & ~pl.col("cluster").is_in(given["cluster"].implode())
        )
    new = np.flatnonzero(golden == NONE)
    golden[new] = len(born) + np.arange(new.size)
    first = np.full(n_clusters, cluster.size, dtype=np.int64)
    np.minimum.at(first, cluster, np.arange(cluster.size))
    mine = golden[cluster] if cluster.size else cluster
    return Assigned(golden, np.where((home == NONE) | (mine >= len(born)), mine, home), first[new])


def _counts(rows: pl.DataFrame, by: str, elsewhere: NDArray[np.bool_]) -> pl.DataFrame:
    """For each golden id and cluster how many records the one has in the other, and the first of them."""
    known = rows.filter(pl.col(by) != NONE)
    known = known.filter(pl.Series(~elsewhere[known[by].to_numpy()], dtype=pl.Boolean))
    return known.group_by(pl.col(by).alias("golden"), "cluster").agg(pl.len().alias("n"), first=pl.col("row").min())


def _give(golden: Int64, claims: pl.DataFrame) -> None:
    """Each cluster the first of those who claim it."""
    won = claims.unique("cluster", keep="first", maintain_order=True)
    golden[won["cluster"].to_numpy()] = won["golden"].to_numpy()


def new_ids(founders: Sequence[str], taken: Callable[[str], bool]) -> list[str]:
    """Golden ids made of the record ids that found them, which nobody has.

    The same record makes the same id wherever and whenever it comes first, so that a state that is restored and fed
    again gives the ids it gave before; and the id does not say the record id, which may be forgotten.

    Args:
        founders: record ids.
        taken: whether an id is in use, or was.

    >>> new_ids(["crm:1", "crm:2"], lambda _: False)
    ['gbhyzdrbjaul5u6y2', 'gdlxvclqmlroozn4g']
    """
    out: list[str] = []
    made: set[str] = set()
    for founder in founders:
        n = 0
        while (golden_id := _golden_id(founder, n)) in made or taken(golden_id):
            n += 1
        made.add(golden_id)
        out.append(golden_id)
    return out


def _golden_id(founder: str, n: int) -> str:
    """80 bits of a hash: a billion ids have a chance of one in two million to meet, and then one of them moves on."""
    text = f"{n}\0{founder}".encode("utf-8", "surrogatepass")
    return "g" + b32encode(hashlib.blake2b(text, digest_size=10).digest()).decode("ascii").lower()
