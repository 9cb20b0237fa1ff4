"""What a blocker costs and covers: counts and sizes only, never a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl


@dataclass(frozen=True, slots=True)
class RuleReport:
    """One rule. Pairs that share several values of one rule count once per value, except in `n_new_pairs`.

    Attributes:
        rule: its name.
        n_blocks: blocks of two records or more, before cutting.
        largest_block: records in the largest of them.
        n_records: records that are in a block that can make a pair, after cutting.
        n_pairs_before: pairs before cutting.
        n_pairs: pairs after cutting.
        cap: the largest block that was left whole; lower than asked for where the budget needed it.
        n_narrowed: blocks that were split by the narrowing keys.
        n_windowed: blocks (or parts of blocks) that were cut to a sorted neighborhood.
        n_new_pairs: pairs that no rule before made; None where pairs were only counted.
        n_merged_pairs: those of them whose records ended as one customer; None before anything was merged.
    """

    rule: str
    n_blocks: int
    largest_block: int
    n_records: int
    n_pairs_before: int
    n_pairs: int
    cap: int
    n_narrowed: int
    n_windowed: int
    n_new_pairs: int | None = None
    n_merged_pairs: int | None = None

    @property
    def n_pairs_given_up(self) -> int:
        """Pairs that cutting took away from this rule; another rule may still make them."""
        return self.n_pairs_before - self.n_pairs


@dataclass(frozen=True, slots=True)
class BlockingReport:
    """What the rules make of a table, and what was cut.

    Attributes:
        rules: one entry per rule, in the order in which a pair is given to a rule.
        n_records: records in the table.
        n_records_covered: records in at least one block that can make a pair.
        n_possible_pairs: pairs without any blocking.
        max_pairs: the budget for distinct pairs; how much more the sum of `n_pairs` may be is measured on a sample.
        max_block_size: the cap that was asked for.
        window: how many next records a record of a neighborhood is paired with, fewer under a cap as small.
        n_pairs_of_three: pairs of records of one customer, of customers of three records or more, who can be found
            though blocking missed a pair of theirs; 0 before anything was merged.
        n_candidates_of_three: those of them that blocking made.
    """

    rules: tuple[RuleReport, ...]
    n_records: int
    n_records_covered: int
    n_possible_pairs: int
    max_pairs: int
    max_block_size: int
    window: int
    n_pairs_of_three: int = 0
    n_candidates_of_three: int = 0

    @property
    def estimated_recall(self) -> float | None:
        """The share of true pairs that blocking makes, estimated without labels; None where nothing tells.

        Of a customer with three records or more, a pair that blocking missed shows, because its records met through a
        third: the share that was not missed is the estimate. It is an upper one: a customer whose records never met
        is not among them.
        """
        return self.n_candidates_of_three / self.n_pairs_of_three if self.n_pairs_of_three else None

    @property
    def n_pairs(self) -> int:
        """Candidate pairs: each once where they were made, else the sum over the rules (an upper bound)."""
        return sum(r.n_pairs if r.n_new_pairs is None else r.n_new_pairs for r in self.rules)

    @property
    def cap(self) -> int:
        """The largest block that every rule left whole; below `max_block_size` where the budget needed it."""
        return min(r.cap for r in self.rules)

    @property
    def n_pairs_given_up(self) -> int:
        """Pairs that cutting took away, summed over the rules."""
        return sum(r.n_pairs_given_up for r in self.rules)

    @property
    def table(self) -> pl.DataFrame:
        """One row per rule, with its `share` of all pairs (by new pairs where they were made)."""
        total = self.n_pairs
        rows = [
            {
                "blocking_rule": r.rule,
                "n_blocks": r.n_blocks,
                "largest_block": r.largest_block,
                "n_records": r.n_records,
                "n_pairs_before": r.n_pairs_before,
                "n_pairs": r.n_pairs,
                "n_new_pairs": r.n_new_pairs,
                "n_merged_pairs": r.n_merged_pairs,
                "share": (r.n_pairs if r.n_new_pairs is None else r.n_new_pairs) / total if total else 0.0,
                "cap": r.cap,
                "n_narrowed": r.n_narrowed,
                "n_windowed": r.n_windowed,
                "n_pairs_given_up": r.n_pairs_given_up,
            }
            for r in self.rules
        ]
        whole = pl.Int64
        schema = {
            "blocking_rule": pl.String,
            "n_blocks": whole,
            "largest_block": whole,
            "n_records": whole,
            "n_pairs_before": whole,
            "n_pairs": whole,
            "n_new_pairs": whole,
            "n_merged_pairs": whole,
            "share": pl.Float64,
            "cap": whole,
            "n_narrowed": whole,
            "n_windowed": whole,
            "n_pairs_given_up": whole,
        }
        return pl.DataFrame(rows, schema=schema)

    def with_new_pairs(self, n_new_pairs: Mapping[str, int]) -> BlockingReport:
        """The same report with the new pairs of each rule, by name, as counted while they were made."""
        rules = tuple(replace(r, n_new_pairs=n_new_pairs.get(r.rule, 0)) for r in self.rules)
        return replace(self, rules=rules)

    def with_outcome(
        self, n_merged_pairs: Mapping[str, int], n_pairs_of_three: int, n_candidates_of_three: int
    ) -> BlockingReport:
        """The same report with what became of the pairs: of each rule by name, and for the estimate of recall."""
        rules = tuple(replace(r, n_merged_pairs=n_merged_pairs.get(r.rule, 0)) for r in self.rules)
        return replace(
            self, rules=rules, n_pairs_of_three=n_pairs_of_three, n_candidates_of_three=n_candidates_of_three
        )

    def __str__(self) -> str:
        """The report as text.

        >>> mobile = RuleReport("mobile", 3, 2, 6, 3, 3, 100, 0, 0, 3, 2)
        >>> print(BlockingReport((mobile,), 10, 6, 45, 500, 100, 10, 8, 6))
        10 records, 6 (60.0 %) in a block; 3 of 45 possible pairs; budget 500
        estimated recall at most 75.0 %: 6 of 8 pairs inside customers of three records or more are candidates
        rule    blocks  largest  records  pairs  new  merged  share    cut
        mobile       3        2        6      3    3       2  100.0 %
        """
        covered = self.n_records_covered / self.n_records if self.n_records else 0.0
        bound = "at most " if any(r.n_new_pairs is None for r in self.rules) else ""
        lines = [
            f"{self.n_records:,} records, {self.n_records_covered:,} ({covered:.1%}) in a block; "
            f"{bound}{self.n_pairs:,} of {self.n_possible_pairs:,} possible pairs; budget {self.max_pairs:,}".replace(
                "%", " %"
            )
        ]
        if self.cap < self.max_block_size:
            lines.append(f"over budget: the cap on a block was lowered from {self.max_block_size:,} to {self.cap:,}")
        recall = self.estimated_recall
        if recall is not None:
            lines.append(
                f"estimated recall at most {100 * recall:.1f} %: {self.n_candidates_of_three:,} of "
                f"{self.n_pairs_of_three:,} pairs inside customers of three records or more are candidates"
            )
        total = self.n_pairs
        cells = [("rule", "blocks", "largest", "records", "pairs", "new", "merged", "share", "cut")]
        for r in self.rules:
            made = r.n_pairs if r.n_new_pairs is None else r.n_new_pairs
            cells.append(
                (
                    r.rule,
                    f"{r.n_blocks:,}",
                    f"{r.largest_block:,}",
                    f"{r.n_records:,}",
                    f"{r.n_pairs:,}",
                    "?" if r.n_new_pairs is None else f"{r.n_new_pairs:,}",
                    "?" if r.n_merged_pairs is None else f"{r.n_merged_pairs:,}",
                    f"{100 * made / total if total else 0.0:.1f} %",
                    _cut(r),
                )
            )
        return "\n".join([*lines, *_aligned(cells)])


def _cut(rule: RuleReport) -> str:
    if not rule.n_narrowed and not rule.n_windowed:
        return ""
    return (
        f"{rule.n_narrowed:,} blocks narrowed, {rule.n_windowed:,} cut to a neighborhood, "
        f"{rule.n_pairs_given_up:,} of {rule.n_pairs_before:,} pairs given up"
    )


def _aligned(cells: Sequence[Sequence[str]]) -> list[str]:
    width = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    last = len(width) - 1
    return [
        "  ".join(c.ljust(width[i]) if i in {0, last} else c.rjust(width[i]) for i, c in enumerate(row)).rstrip()
        for row in cells
    ]
