"""Where errors come from: which blocking rule made the false links, what became of missed pairs, which field misleads.

Two kinds of errors are looked at. A **false link** is a link between records of two entities; the ones that clustering
followed are wrong merges. A **missed pair** is two records of one entity that ended in two clusters: never made a
candidate pair, scored below review, left to a person, or linked and then refused by a guard or by the rest of the
clusters. For each comparison the levels of the errors stand beside those of all true pairs: a field misleads where
false links agree as true pairs do, or where missed pairs differ and true pairs do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator import Comparison, Encoded
from crmquality.evaluation.shown import html_table, interval, share, share_of, text_table
from crmquality.evaluation.truth import Interval, read_both, wilson_interval
from crmquality.lift import text_series
from crmquality.tables import RECORD_ID_L, RECORD_ID_R

Rows: TypeAlias = NDArray[np.int64]
Chunk: TypeAlias = "tuple[NDArray[np.int32], NDArray[np.int32], int]"
Kind: TypeAlias = Literal["rules", "missed", "levels"]

MAX_PAIRS: Final = 1_000_000
"""True pairs that are looked at, evenly drawn where there are more: an entity of 10,000 records has 50 million."""
CHUNK: Final = 250_000


@dataclass(frozen=True)
class Share:
    """So many of so many.

    Attributes:
        n: how many.
        of: of how many.

    >>> Share(1, 4).value, Share(0, 0).value
    (0.25, None)
    """

    n: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None where there is nothing to be a share of."""
        return share_of(self.n, self.of)

    @property
    def interval(self) -> Interval:
        """95% Wilson interval of the share."""
        return wilson_interval(self.n, self.of)

    def __str__(self) -> str:
        return "-" if not self.of else f"{share(self.value)} ({interval(self.interval)})"


@dataclass(frozen=True)
class RuleErrors:
    """The links that a blocking rule was the first to make.

    Attributes:
        rule: its name.
        n_links: links, both records in the truth.
        n_true_links: those of them that are true.
        n_false_merges: false ones whose two records ended in one cluster.
    """

    rule: str
    n_links: int
    n_true_links: int
    n_false_merges: int

    @property
    def precision(self) -> Share:
        """The true links among the rule's links."""
        return Share(self.n_true_links, self.n_links)


@dataclass(frozen=True)
class MissedPairs:
    """True pairs that ended in two clusters, for one reason.

    Attributes:
        reason: "not a candidate": no blocking rule made the pair; "below review"; "in review": left to a person;
            "refused: <guard>": linked, and not followed because of a guard, "evidence" or "decisions".
        pairs: how many of the true pairs.
    """

    reason: str
    pairs: Share


@dataclass(frozen=True)
class LevelErrors:
    """How often pairs are at a level of a comparison.

    Attributes:
        comparison: its name.
        gamma: the level: -1 missing, 0 else, higher is closer.
        label: what the level is called.
        true_pairs: of all true pairs.
        false_links: of the links between two entities.
        missed_pairs: of the true pairs that were missed.
    """

    comparison: str
    gamma: int
    label: str
    true_pairs: Share
    false_links: Share
    missed_pairs: Share


@dataclass(frozen=True)
class ErrorAnalysis:
    """The errors of a run by their causes. Counts, shares and names of what was declared; no value and no id.

    Attributes:
        rules: the links by the blocking rule that made them, in the order of the rules.
        missed: the missed pairs by reason, in the order of the stages.
        levels: the levels of each comparison, closest first.
        n_true_pairs: true pairs of records that the run has.
        n_looked_at: those of them that were looked at: all, or a million evenly drawn.
    """

    rules: tuple[RuleErrors, ...]
    missed: tuple[MissedPairs, ...]
    levels: tuple[LevelErrors, ...]
    n_true_pairs: int
    n_looked_at: int

    def table(self, which: Kind) -> pl.DataFrame:
        """One of the three as a table: a row per rule, reason or level; shares with `_low` and `_high`."""
        if which == "rules":
            return pl.DataFrame(
                [
                    {"rule": r.rule, "n_links": r.n_links, "n_true_links": r.n_true_links}
                    | {"n_false_merges": r.n_false_merges, **_columns("precision", r.precision)}
                    for r in self.rules
                ]
            )
        if which == "missed":
            rows = [{"reason": m.reason, "n_pairs": m.pairs.n, **_columns("share", m.pairs)} for m in self.missed]
            return pl.DataFrame(rows)
        shares = ("true_pairs", "false_links", "missed_pairs")
        return pl.DataFrame(
            [
                {"comparison": x.comparison, "gamma": x.gamma, "label": x.label}
                | {f"n_{s}": getattr(x, s).n for s in shares}
                | {name: value for s in shares for name, value in _columns(s, getattr(x, s)).items()}
                for x in self.levels
            ]
        )

    def __str__(self) -> str:
        return "\n\n".join(text_table(head, rows) for _, head, rows in self._blocks())

    def _repr_html_(self) -> str:
        return "".join(html_table(caption, head, rows) for caption, head, rows in self._blocks())

    def _blocks(self) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
        rules: list[tuple[str, ...]] = [
            (r.rule, f"{r.n_links:,}", str(r.precision), f"{r.n_false_merges:,}") for r in self.rules
        ]
        missed: list[tuple[str, ...]] = [(m.reason, f"{m.pairs.n:,}", str(m.pairs)) for m in self.missed]
        fields: list[tuple[str, ...]] = []
        for name in dict.fromkeys(x.comparison for x in self.levels):
            for outcome, sign in (("agrees", 1), ("differs", 0), ("missing", -1)):
                at = [x for x in self.levels if x.comparison == name and np.sign(x.gamma) == sign]
                fields.append((f"{name} {outcome}", *(str(_sum(s)) for s in _shares(at))))
        return [
            ("Links by blocking rule", ("blocking rule", "links", "true (95% interval)", "false merges"), rules),
            ("Missed pairs", ("missed pairs", "n", "of the true pairs (95% interval)"), missed),
            ("Fields", ("comparison", "true pairs", "false links", "missed pairs"), fields),
        ]


def _shares(levels: Sequence[LevelErrors]) -> tuple[list[Share], ...]:
    return [x.true_pairs for x in levels], [x.false_links for x in levels], [x.missed_pairs for x in levels]


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(s.n for s in shares), shares[0].of if shares else 0)


def _columns(name: str, of: Share) -> dict[str, float | None]:
    low, high = of.interval
    return {name: of.value, f"{name}_low": low, f"{name}_high": high}


def find_causes(
    truth: object,
    clusters: pl.DataFrame,
    links: pl.DataFrame,
    refused: pl.DataFrame,
    records: pl.DataFrame,
    record_ids: pl.Series,
    comparisons: Sequence[Comparison],
    rules: Sequence[str],
    candidates: Iterable[Chunk],
) -> ErrorAnalysis:
    """Sort the errors of a run by their causes.

    Args:
        truth: a table with `record_id` and `entity_id`.
        clusters: the columns of `tables.CLUSTERS`.
        links: the columns of `tables.LINKS`, from review on, and `blocking_rule`.
        refused: links that were not followed, with `guard`.
        records: the normalized records, in the order of their ids.
        record_ids: their ids.
        comparisons: what was compared.
        rules: the names of the blocking rules.
        candidates: rows of the candidate pairs, in chunks.

    Raises:
        SchemaError: as for `evaluate`.
    """
    true, found, _, _ = read_both(clusters, truth)
    ids = pl.DataFrame({"record": text_series(record_ids)})
    entity = _codes(ids.join(true, on="record", how="left", maintain_order="left")["entity"])
    cluster = _codes(ids.join(found, on="record", how="left", maintain_order="left")["cluster"])
    scored = _with_rows(links, record_ids)
    known = (entity[scored["left"].to_numpy()] >= 0) & (entity[scored["right"].to_numpy()] >= 0)
    scored = scored.filter(pl.Series(known))
    left, right, n_true_pairs = true_pairs(entity, MAX_PAIRS)
    missed = cluster[left] != cluster[right]
    guards = _with_rows(refused, record_ids).drop_nulls(["left", "right"])
    reasons = _reasons(left[missed], right[missed], scored, guards, candidates, len(ids))
    linked = scored.filter(decision="link")
    a, b = linked["left"].to_numpy(), linked["right"].to_numpy()
    linked = linked.with_columns(true=pl.Series(entity[a] == entity[b]), merged=pl.Series(cluster[a] == cluster[b]))
    false = linked.filter(true=False)
    pairs = [(left, right), (false["left"].to_numpy(), false["right"].to_numpy()), (left[missed], right[missed])]
    return ErrorAnalysis(
        rules=_by_rule(linked, rules),
        missed=_by_reason(reasons, len(left)),
        levels=_by_level(Encoded(records), comparisons, pairs),
        n_true_pairs=n_true_pairs,
        n_looked_at=len(left),
    )


def true_pairs(entity: Rows, at_most: int) -> tuple[Rows, Rows, int]:
    """Rows of the pairs of one entity, left < right, and how many there are; evenly drawn where there are too many.

    Args:
        entity: a number per record, -1 for a record that the truth lacks.
        at_most: how many pairs to give.

    >>> left, right, n = true_pairs(np.array([7, 3, 7, -1, 7, -1]), 10)
    >>> left.tolist(), right.tolist(), n
    ([0, 0, 2], [2, 4, 4], 3)
    """
    rows = np.argsort(entity, kind="stable")
    rows = rows[entity[rows] >= 0]
    _, first, size = np.unique(entity[rows], return_index=True, return_counts=True)
    end = np.cumsum(size * (size - 1) // 2)
    total = int(end[-1]) if len(end) else 0
    picked = np.arange(total) if total <= at_most else np.arange(at_most) * (total / at_most)
    picked = picked.astype(np.int64)
    of = np.searchsorted(end, picked, side="right")
    within = picked - (end - size * (size - 1) // 2)[of]
    # the pairs (0, 1), (0, 2), (1, 2), (0, 3) ...: the later of the two is where the triangular numbers reach
    later = ((1 + np.sqrt(1 + 8 * within)) / 2).astype(np.int64)
    later -= later * (later - 1) // 2 > within
    earlier = within - later * (later - 1) // 2
    return rows[first[of] + earlier], rows[first[of] + later], total


def _codes(series: pl.Series) -> Rows:
    return series.rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1


def _with_rows(pairs: pl.DataFrame, record_ids: pl.Series) -> pl.DataFrame:
    """Pairs with the rows of their records, `left` before `right`."""
    ids = pl.DataFrame({"id": record_ids}).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    for side, name in ((RECORD_ID_L, "one"), (RECORD_ID_R, "two")):
        pairs = pairs.with_columns(pl.col(side).cast(record_ids.dtype, strict=False))
        pairs = pairs.join(ids.rename({"row": name}), left_on=side, right_on="id", how="left", maintain_order="left")
    return pairs.with_columns(left=pl.min_horizontal("one", "two"), right=pl.max_horizontal("one", "two"))


def _reasons(
    left: Rows, right: Rows, scored: pl.DataFrame, refused: pl.DataFrame, candidates: Iterable[Chunk], n: int
) -> pl.Series:
    """Why each missed pair was missed."""
    missed = pl.DataFrame({"key": left * n + right})
    wanted = missed["key"].sort().to_numpy()
    made = [np.zeros(0, dtype=np.int64)]
    for one, two, _ in candidates:
        key = one.astype(np.int64) * n + two
        made.append(key[np.isin(key, wanted)])
    guards = refused.select(key=pl.col("left") * n + pl.col("right"), guard="guard").unique("key", keep="any")
    known = scored.select("decision", key=pl.col("left") * n + pl.col("right")).join(guards, on="key", how="left")
    candidate = pl.DataFrame({"key": np.unique(np.concatenate(made)), "candidate": True}, schema_overrides=_KEY)
    return (
        missed.join(known, on="key", how="left")
        .join(candidate, on="key", how="left")
        .select(
            reason=pl.when(pl.col("decision") == "link")
            .then(pl.concat_str(pl.lit(_REFUSED), pl.col("guard").fill_null("clusters")))
            .when(pl.col("decision") == "review")
            .then(pl.lit(_REVIEW))
            .when(pl.col("candidate"))
            .then(pl.lit(_BELOW))
            .otherwise(pl.lit(_NEVER))
        )
        .to_series()
    )


_KEY: Final = {"key": pl.Int64, "candidate": pl.Boolean}
_NEVER: Final = "not a candidate"
_BELOW: Final = "below review"
_REVIEW: Final = "in review"
_REFUSED: Final = "refused: "


def _by_reason(reasons: pl.Series, n_looked_at: int) -> tuple[MissedPairs, ...]:
    count = dict(reasons.value_counts(name="n").rows())
    order = [_NEVER, _BELOW, _REVIEW, *sorted(r for r in count if r.startswith(_REFUSED))]
    return tuple(MissedPairs(r, Share(count.get(r, 0), n_looked_at)) for r in order)


def _by_rule(linked: pl.DataFrame, rules: Sequence[str]) -> tuple[RuleErrors, ...]:
    counted = linked.group_by("blocking_rule").agg(
        pl.len(), pl.col("true").sum(), (~pl.col("true") & pl.col("merged")).sum().alias("merges")
    )
    by_rule = {rule: figures for rule, *figures in counted.rows()}
    return tuple(RuleErrors(rule, *by_rule[rule]) for rule in dict.fromkeys(rules) if rule in by_rule)


def _by_level(
    table: Encoded, comparisons: Sequence[Comparison], pairs: Sequence[tuple[Rows, Rows]]
) -> tuple[LevelErrors, ...]:
    out: list[LevelErrors] = []
    for c in comparisons:
        counts = [_count_levels(table, c, left, right) for left, right in pairs]
        labels = ["missing", "else", *(level.label for level in reversed(c.levels))]
        for at in range(len(labels) - 1, -1, -1):
            shares = (Share(int(n[at]), len(left)) for n, (left, _) in zip(counts, pairs, strict=True))
            out.append(LevelErrors(c.name, at - 1, labels[at], *shares))
    return tuple(out)


def _count_levels(table: Encoded, comparison: Comparison, left: Rows, right: Rows) -> Rows:
    """How many pairs are at each level, the missing one first."""
    out = np.zeros(len(comparison.levels) + 2, dtype=np.int64)
    for begin in range(0, len(left), CHUNK):
        a, b = (side[begin : begin + CHUNK].astype(np.int32) for side in (left, right))
        out += np.bincount(comparison.gammas(table, a, b).astype(np.int64) + 1, minlength=len(out))
    return out
