"""Decisions that exclude each other, and the fewest of them that prove it.

Links chain and refusals do not, so A = B, B = C, A ≠ C cannot all be. In the clusters the "non-link" holds; which of
the three is wrong only those who said so can tell.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal, TypeVar, cast

import numpy as np
import polars as pl

from crmquality.frames import to_polars
from crmquality.merger.decisions import SAID, effective_frame
from crmquality.merger.guards import IntArray
from crmquality.tables import RECORD_ID_L, RECORD_ID_R, TableSchema

FrameT = TypeVar("FrameT")

CONTRADICTIONS: Final[TableSchema] = {"contradiction": pl.Int64, "step": pl.Int64, **SAID}
"""The columns of contradictions: a row per decision of the proof. The rows of one `contradiction` (from 1) lead by
`step` (from 1) along a chain of links; the last row is the "non-link" between the chain's two ends."""

_PAIR: Final = (RECORD_ID_L, RECORD_ID_R)


def contradictions(decisions: FrameT) -> FrameT:
    """Decisions that exclude each other, each case with the fewest decisions that prove it.

    A case is a "non-link" whose two records are linked by decisions, whatever the data say. Only what holds counts: a
    decision that was taken back proves nothing. In linear time where nothing is contradicted; the chain is looked for
    among the links of those records alone.

    Args:
        decisions: as for `effective_decisions`.

    Returns:
        The columns of `CONTRADICTIONS`: the shortest chain of links, of these the one of the smallest ids from the
        smaller end on, then the "non-link"; a table of the same kind.

    Raises:
        SchemaError: as for `effective_decisions`.

    >>> rows = [
    ...     {"record_id_l": 1, "record_id_r": 2, "decision": "link", "by": "li", "at": "2025-03-01"},
    ...     {"record_id_l": 3, "record_id_r": 2, "decision": "link", "by": "wang", "at": "2025-03-02"},
    ...     {"record_id_l": 1, "record_id_r": 3, "decision": "non-link", "by": "chen", "at": "2025-03-05"},
    ... ]
    >>> [(x["step"], x["record_id_l"], x["decision"], x["record_id_r"]) for x in contradictions(rows)]
    [(1, 1, 'link', 2), (2, 2, 'link', 3), (3, 1, 'non-link', 3)]
    >>> print(contradictions_text(contradictions(rows)))
    1 = 2 (li, 2025-03-01), 2 = 3 (wang, 2025-03-02), yet 1 ≠ 3 (chen, 2025-03-05)
    """
    frame, restore = to_polars(decisions)
    return cast(FrameT, restore(contradictions_frame(frame)))


def contradictions_frame(decisions: pl.DataFrame) -> pl.DataFrame:
    """`contradictions` on a polars frame."""
    said = effective_frame(decisions).drop_nulls(list(_PAIR))
    said = said.filter(pl.col("decision") != "review")
    code = pl.concat([said[c].alias("id") for c in _PAIR]).rank("dense").cast(pl.Int64).to_numpy() - 1
    a, b = code[: said.height], code[said.height :]
    is_link = (said["decision"] == "link").to_numpy()
    label = _components(a[is_link], b[is_link], int(code.max()) + 1 if len(code) else 0)
    broken = np.flatnonzero(~is_link & (label[a] == label[b]))
    links = np.flatnonzero(is_link & np.isin(label[a], label[a[broken]]))
    row_of = {(x, y): row for row, x, y in zip(links.tolist(), a[links].tolist(), b[links].tolist(), strict=True)}
    wanted: dict[int, set[int]] = {}
    for x, y in zip(a[broken].tolist(), b[broken].tolist(), strict=True):
        wanted.setdefault(x, set()).add(y)
    found = _shortest_chains(row_of, wanted)
    number: list[int] = []
    step: list[int] = []
    rows: list[int] = []
    turned: list[bool] = []
    for n, case in enumerate(broken.tolist(), start=1):
        chain = found[int(a[case]), int(b[case])]
        for x, y in pairwise(chain):
            rows.append(row_of[min(x, y), max(x, y)])
            turned.append(x > y)
        rows.append(case)
        turned.append(False)
        number += [n] * len(chain)
        step += range(1, len(chain) + 1)
    proof = said[rows].with_columns(
        turned=pl.Series(turned, dtype=pl.Boolean),
        contradiction=pl.Series(number, dtype=pl.Int64),
        step=pl.Series(step, dtype=pl.Int64),
    )
    return proof.with_columns(
        pl.when("turned").then(RECORD_ID_R).otherwise(RECORD_ID_L).alias(RECORD_ID_L),
        pl.when("turned").then(RECORD_ID_L).otherwise(RECORD_ID_R).alias(RECORD_ID_R),
    ).select(list(CONTRADICTIONS))


def _components(a: IntArray, b: IntArray, n: int) -> IntArray:
    """A number per record, the same where links lead from one to the other."""
    if not n:
        return np.zeros(0, dtype=np.int64)
    from scipy.sparse import coo_array  # here, not above: a quarter of the time to import this package
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    label: IntArray = connected_components(graph.tocsr(), directed=False)[1].astype(np.int64)
    return label


def _shortest_chains(
    edges: Mapping[tuple[int, int], int], wanted: Mapping[int, set[int]]
) -> dict[tuple[int, int], Sequence[int]]:
    """Breadth first from each start to its ends, smaller neighbors first: so the first way found is the smallest."""
    near: dict[int, list[int]] = {}
    for x, y in edges:
        near.setdefault(x, []).append(y)
        near.setdefault(y, []).append(x)
    for others in near.values():
        others.sort()
    out: dict[tuple[int, int], Sequence[int]] = {}
    for start, ends in wanted.items():
        before = {start: start}
        left, queue = set(ends), deque([start])
        while left:
            x = queue.popleft()
            for y in near[x]:
                if y not in before:
                    before[y] = x
                    left.discard(y)
                    queue.append(y)
        for end in ends:
            chain = [end]
            while chain[-1] != start:
                chain.append(before[chain[-1]])
            out[start, end] = chain[::-1]
    return out


def contradictions_text(contradictions: object, language: Literal["en", "zh"] = "en") -> str:
    """A line per contradiction, for a colleague: who said what when, and what it excludes.

    Args:
        contradictions: the table that `contradictions` gives.
        language: English or Chinese.

    >>> rows = [{"record_id_l": a, "record_id_r": b, "decision": d} for a, b, d in
    ...         [(1, 2, "link"), (2, 3, "link"), (1, 3, "non-link")]]
    >>> print(contradictions_text(contradictions(rows), "zh"))
    1 = 2，2 = 3，但 1 ≠ 3
    """
    zh = language == "zh"
    table = to_polars(contradictions)[0]
    cases: dict[int, list[str]] = {}
    for row in table.sort("contradiction", "step").to_dicts() if table.width else ():
        known = [row[c] for c in ("by", "at") if row[c] is not None]
        source = "" if not known else f"（{'，'.join(known)}）" if zh else f" ({', '.join(known)})"
        sign = "=" if row["decision"] == "link" else "≠"
        cases.setdefault(row["contradiction"], []).append(f"{row[RECORD_ID_L]} {sign} {row[RECORD_ID_R]}{source}")
    comma, yet = ("，", "，但 ") if zh else (", ", ", yet ")
    return "\n".join(comma.join(said[:-1]) + yet + said[-1] for said in cases.values())
