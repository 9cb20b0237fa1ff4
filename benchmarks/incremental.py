"""The second day at scale: a state of N records, then ten batches, against a full run.

    python benchmarks/incremental.py [N [BATCH]]          (default: 1000000 10000)

The contacts are those of `scale.py`. A batch is 80 % new records, of which three in ten are of customers who are
there, 15 % corrections and 5 % deletions. Prints seconds, CPU seconds and memory of each batch; the first one that
follows a load also makes the blocking keys, which then go along. At the end the surviving records are run at once with
the same fitted pipeline, and the customers compared: they must be the same. Exits with 1 where they are not.
"""

from __future__ import annotations

import random
import resource
import sys
import time

import polars as pl
from scale import contacts

N_BATCHES = 10


class Clock:
    """Prints what has happened since it last did."""

    def __init__(self) -> None:
        self.last = time.perf_counter(), time.process_time()

    def say(self, what: str, more: str = "") -> float:
        """The seconds since the last time, printed with the CPU seconds and the memory."""
        now = time.perf_counter(), time.process_time()
        wall, cpu = now[0] - self.last[0], now[1] - self.last[1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"{what:<28}{wall:>8.1f} s{cpu:>8.1f} CPU s  peak {peak:5.2f} GB  {more}", flush=True)
        self.last = time.perf_counter(), time.process_time()
        return wall


def batches(known: pl.DataFrame, new: pl.DataFrame, size: int) -> list[pl.DataFrame]:
    """Each batch with new records, corrected ones (another mobile), and deletions of records of the load."""
    rng = random.Random(11)
    n_new, n_corrected, n_deleted = size * 80 // 100, size * 15 // 100, size * 5 // 100
    old = rng.sample(range(known.height), N_BATCHES * (n_corrected + n_deleted))
    out = []
    for i in range(N_BATCHES):
        mine = old[i * (n_corrected + n_deleted) : (i + 1) * (n_corrected + n_deleted)]
        corrected = known[mine[:n_corrected]].with_columns(
            mobile=pl.Series([f"199{rng.randrange(10**8):08}" for _ in range(n_corrected)]), op=pl.lit("upsert")
        )
        deleted = known[mine[n_corrected:]].with_columns(op=pl.lit("delete"))
        came = new[i * n_new : (i + 1) * n_new].with_columns(op=pl.lit("upsert"))
        out.append(pl.concat([came, corrected, deleted]))
    return out


def survivors(known: pl.DataFrame, parts: list[pl.DataFrame]) -> pl.DataFrame:
    """What is left after all batches."""
    for part in parts:
        known = pl.concat(
            [known.join(part, on="record_id", how="anti"), part.filter(pl.col("op") == "upsert").drop("op")]
        )
    return known


def run(n: int, size: int) -> bool:
    import crmquality as cq

    frame = contacts(n + N_BATCHES * size).drop("entity_id")
    known, new = frame[:n], frame[n:]
    parts = batches(known, new, size)
    schema = cq.Schema(
        cq.PersonName("name"),
        cq.Phone("mobile", region="CN"),
        cq.Email("email"),
        cq.BirthDate("birth_date"),
        cq.OrganizationName("company"),
        cq.Address("address", region="CN"),
    )
    clock = Clock()
    fitted = cq.Pipeline.from_schema(schema).fit(known)
    clock.say("fit", f"{n:,} records")
    step = fitted.update(cq.State(), known)
    clock.say("load", f"{step.golden_changes.height:,} golden records")
    seconds = []
    for i, part in enumerate(parts):
        step = fitted.update(step.state, part)
        counts = f"{step.golden_changes.height:,} golden records, {step.review.height:,} to review"
        wall = clock.say(f"batch {i + 1} of {part.height:,}", counts)
        seconds += [wall] if i else []
    print(f"batches after the first: {min(seconds):.1f} to {max(seconds):.1f} s", flush=True)
    again = fitted.update(step.state, parts[-1])
    clock.say(
        "the last batch again", f"{again.golden_changes.height:,} golden records, {again.n_unchanged:,} unchanged"
    )
    left = survivors(known, parts)
    clock.say("(what is left, by hand)")
    once = fitted.run(left)
    wall = clock.say("full run", f"{once.n_golden:,} golden records")
    print(f"a full run takes {wall / (sum(seconds) / len(seconds)):.0f} times as long as a batch", flush=True)
    entities = step.state.entities.with_columns(entity_id=pl.col("record_id").min().over("golden_id"))
    same = entities.select("record_id", "entity_id").equals(once.clusters)
    print(f"the customers are {'the same' if same else 'NOT THE SAME'}")
    return same


if __name__ == "__main__":
    arguments = [int(a) for a in sys.argv[1:]]
    sys.exit(0 if run(*(arguments + [1_000_000, 10_000][len(arguments) :])) else 1)
