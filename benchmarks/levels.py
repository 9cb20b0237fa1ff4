"""How often true matches, and pairs drawn at random, are at each level of each kind's comparison.

    python benchmarks/levels.py DATA

DATA as in `accuracy.py`. Prints, per kind and level, m (over pairs of one entity) and u (over random pairs of
different entities), each the mean over the labelled fields of that kind, beside what the kind declares: the declared
numbers are these, rounded, and are what scores two records before anything was learned.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import polars as pl
from accuracy import SETS, pipeline, read

from crmquality.comparator import Encoded
from crmquality.comparator.weights import sample_pairs


def true_pairs(entity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(entity, kind="stable")
    left, right = [], []
    for step in range(1, 32):
        a, b = order[:-step], order[step:]
        same = entity[a] == entity[b]
        left.append(a[same])
        right.append(b[same])
    return np.concatenate(left).astype(np.int32), np.concatenate(right).astype(np.int32)


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    found: dict[tuple[str, str, int], list[tuple[float, float, float, float, str]]] = defaultdict(list)
    for name in SETS:
        records, truth = read(Path(sys.argv[1]), name)
        made = pipeline(name)
        frame = made.normalizer.normalize_frame(records.sort("record_id"))
        entity = frame.join(truth, on="record_id", how="left", maintain_order="left")["entity_id"]
        codes = (entity.rank("dense") - 1).to_numpy().astype(np.int64)
        table = Encoded(frame)
        left, right = true_pairs(codes)
        a, b = sample_pairs(frame["record_id"])
        apart = codes[a] != codes[b]
        kind_of = {k.name: type(k).__name__ for k in SETS[name][0]}
        for c in made.comparator.comparisons:
            m = counted(c.gammas(table, left, right), len(c.levels))
            u = counted(c.gammas(table, a[apart], b[apart]), len(c.levels))
            if m is None or u is None:
                continue
            for i, level in enumerate(c.levels):
                gamma = len(c.levels) - i
                key = (kind_of[c.name], level.label, i)
                found[key].append((m[gamma], u[gamma], level.m, level.u, f"{name.split()[-1]}.{c.name}"))
    for (kind, label, _), rows in sorted(found.items(), key=lambda x: (x[0][0], x[0][2])):
        m, u, dm, du = (float(np.mean([r[i] for r in rows])) for i in range(4))
        print(f"{kind:<17}{label:<44}m {m:8.5f} ({dm:.5f})  u {u:10.7f} ({du:.7f})  from {len(rows)} fields")


def counted(gammas: np.ndarray, n_levels: int) -> np.ndarray | None:
    seen = gammas[gammas >= 0]
    return np.bincount(seen, minlength=n_levels + 1) / len(seen) if len(seen) > 100 else None


if __name__ == "__main__":
    pl.Config.set_tbl_rows(200)
    main()
