"""One record at a form: latency of `Index.check` among 10,000, 100,000 and 1,000,000 records, one and four threads.

    python benchmarks/lookup.py [N ...]         (default: 10000 100000 1000000)

Each size runs in a process of its own, so that memory is its own. The contacts are those of `scale.py`, made up from a
seed. Half of the queries are customers that are known, as another system would have them: titles, gaps, slips, other
spellings; half are new. No query is asked twice. The model, the frequencies and the caps of blocks are learned from the
first 100,000 records, as of a state that has grown since. A line per size and number of threads: percentiles of wall
time in milliseconds, checks per second of all threads together, and the processor's time, which other work on the
machine disturbs less; then what building takes in seconds and what it adds to the memory of the process, how long
adding one record takes, and folding in what was added.
"""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scale import again, contacts, person

import crmquality as cq
from crmquality.index import Index

FITTED_ON = 100_000
N_QUERIES = 4_000
N_WARM = 200
N_ADDED = 200


def memory() -> float:
    """What the process takes, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def percentiles(seconds: Sequence[float]) -> str:
    found = np.percentile(np.array(seconds) * 1e3, [50, 90, 99, 100])
    return "p50 {:6.2f}  p90 {:6.2f}  p99 {:6.2f}  max {:7.2f} ms".format(*found)


def ask(index: Index, queries: list[dict[str, str | None]], took: list[tuple[float, float]]) -> None:
    """Check each query, and note how long it took: by the clock, and of the processor's time."""
    for query in queries:
        begin, own = time.perf_counter(), time.thread_time()
        index.check(query)
        took.append((time.perf_counter() - begin, time.thread_time() - own))


def run(n: int) -> None:
    raw = contacts(n).drop("entity_id").sort("record_id")
    schema = cq.Schema(
        cq.PersonName("name"),
        cq.Phone("mobile", region="CN"),
        cq.Email("email"),
        cq.BirthDate("birth_date"),
        cq.OrganizationName("company"),
        cq.Address("address", region="CN"),
    )
    fitted = cq.Pipeline.from_schema(schema).fit(raw.head(FITTED_ON))
    records = fitted.pipeline.normalizer.normalize_frame(raw)
    rng = random.Random(n)
    known = raw.drop("record_id")
    n_all = N_WARM + 2 * N_QUERIES + N_ADDED
    queries = [person(rng) if i % 2 else again(known.row(rng.randrange(n), named=True), rng) for i in range(n_all)]
    gc.collect()
    before, start, cpu = memory(), time.perf_counter(), time.process_time()
    index = Index.build(fitted, records, carry=())
    built, cpu = time.perf_counter() - start, time.process_time() - cpu
    gc.collect()
    after = memory()
    del raw, known, records
    for query in queries[:N_WARM]:
        index.check(query)
    for n_threads in (1, 4):
        mine = queries[N_WARM + (n_threads > 1) * N_QUERIES :][:N_QUERIES]
        took: list[tuple[float, float]] = []
        start = time.perf_counter()
        threads = [threading.Thread(target=ask, args=(index, mine[i::n_threads], took)) for i in range(n_threads)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        rate = N_QUERIES / (time.perf_counter() - start)
        wall, own = zip(*took, strict=True)
        plural = "s" if n_threads > 1 else " "
        print(f"{n:>9,} records  {n_threads} thread{plural}  {percentiles(wall)}  {rate:6,.0f}/s", flush=True)
        print(f"{'':>9}          CPU time   {percentiles(own)}", flush=True)
    print(
        f"{n:>9,} records  built in {built:.1f} s ({cpu:.1f} CPU s); memory {before:,.0f} -> {after:,.0f} MB, of which "
        f"blocks, fingerprints and texts {index.n_bytes / 1e6:,.0f} MB",
        flush=True,
    )
    added = []
    for i, query in enumerate(queries[-N_ADDED:]):
        begin = time.perf_counter()
        index.add({**query, "record_id": n + i})
        added.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    index.settle()
    print(f"{n:>9,} records  add: {percentiles(added)}; folded in: {time.perf_counter() - begin:.1f} s", flush=True)


if __name__ == "__main__":
    sizes = [int(a) for a in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    if len(sizes) == 1:
        run(sizes[0])
    else:
        for size in sizes:
            subprocess.run([sys.executable, __file__, str(size)], check=True)
