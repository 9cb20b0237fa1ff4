"""The review queue: what to ask a person first, and how the answers come back.

An answer is worth the pairs of records it is expected to put right. Two entities of 3 and 4 records that are one
customer with a chance of 0.4 are 12 pairs that are missing with that chance: 4.8. A cluster that hangs on one link
between 10 and 5 of its records, and that is right with a chance of 0.9, holds 50 pairs that are wrong with a chance of
0.1: 5. So the two kinds of question, "are these two one?" and "does this one hold together?", stand in one list.

The chance that a cluster holds together is that of the mean weight of the pairs between its two parts. The chance that
two entities are one is that of their strongest pair, of which 3 bits count at most where nothing but the other pairs
stood against it (a couple shares a phone that few have), less the root of the bits that all their other pairs say
against it, for those repeat each other. A pair that nobody scored, because it shares too little, counts as the most
that one pair may say against it. The chance is no more than even, since they were not joined; and a guard that refused
them is worth two such pairs.

This form and its two numbers were chosen on five labelled sets, where all questions promise 707 pairs and 852 are right
(515 and 721 of the pairs asked, 192 and 131 of the clusters). On three other sets, looked at once and afterwards, they
promise 6,452 and 6,428 are right: too few of the pairs asked (5,409 and 5,994), too many of the clusters (1,043 and
434). So `worth` puts questions in an order; it is not an account of what they will bring.

One question per two entities: of their pairs the likeliest is asked, and any answer settles the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal, TypeVar, cast
from unicodedata import normalize

import polars as pl

from crmquality.comparator.weights import probability
from crmquality.errors import SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.lift import as_text, text_series
from crmquality.merger.decisions import SAID, effective_frame, read_times
from crmquality.merger.evidence import EVIDENCE, MOST_BITS
from crmquality.tables import RECORD_ID_L, RECORD_ID_R, TableSchema

FrameT = TypeVar("FrameT")

QUEUE: Final[TableSchema] = {
    "rank": pl.Int64,
    "kind": pl.String,
    RECORD_ID_L: pl.String,
    RECORD_ID_R: pl.String,
    "entity_id_l": pl.String,
    "entity_id_r": pl.String,
    "n_records_l": pl.Int64,
    "n_records_r": pl.Int64,
    "probability": pl.Float64,
    "worth": pl.Float64,
    "why": pl.String,
    "unsure": pl.Boolean,
    "answer": pl.String,
}
"""The columns of the queue: `kind` is "pair" (two entities that may be one) or "cluster" (one that may be two, and the
link that alone holds it together); `n_records_*` are the records on either side; `probability` that the sides are one
customer; `worth` the pairs that the answer is expected to put right; `why` "band" for a pair between review and link,
"bridge" for a cluster, else the guard that refused the link; `unsure` where somebody was asked and did not know, which
puts it at the end; `answer` is for whoever is asked."""

ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "link": ("same", "yes", "y", "true", "1", "match", "link", "是", "同一", "相同", "是同一个", "同一个", "一样"),
    "non-link": (
        *("not the same", "different", "not same", "no", "n", "false", "0", "non-link"),
        *("否", "不是", "不同", "不相同", "不是同一个", "不一样"),
    ),
    "review": ("unsure", "not sure", "maybe", "unknown", "u", "?", "review", "不确定", "不知道", "不清楚", "待定"),
}
"""What may be answered, in whatever case and width, and the decision that each means; the first is the usual word."""

STRONGEST_BITS: Final = 3.0
"""What the strongest pair of two entities says for them at most where other pairs speak against it."""
GUARD_BITS: Final = 2 * MOST_BITS
"""What a guard that refused a link says against it: a million to one. Of links below 13 bits that one refused, 5 of 472
were right on the sets this was chosen on and 2 of 43 on others; of stronger ones 10 of 83, and 8 of 10."""

_PAIR: Final = (RECORD_ID_L, RECORD_ID_R)
_SIDES: Final = ("entity_id_l", "entity_id_r")


def review_queue(
    clusters: pl.DataFrame,
    review: pl.DataFrame,
    bridges: pl.DataFrame,
    links: pl.DataFrame,
    decisions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What a person should be asked, most worth first.

    A pair that has an answer is left out, and with it all pairs between the same two entities. What somebody was unsure
    about comes last.

    Args:
        clusters: the record ids, and `entity_id`.
        review: pairs of different entities: the columns of `tables.LINKS`, and `guard` where a link was refused.
        bridges: as `doubtful_bridges` gives them.
        links: all scored pairs, the evidence: the columns of `tables.LINKS`.
        decisions: as for `effective_decisions`.

    Returns:
        The columns of `QUEUE`.

    >>> clusters = pl.DataFrame({"record_id": [1, 2, 3, 4], "entity_id": [1, 1, 3, 4]})
    >>> links = pl.DataFrame({"record_id_l": [1, 1, 3], "record_id_r": [2, 3, 4], "match_weight": [9.0, -1.0, -2.0],
    ...                       "match_probability": [0.998, 0.333, 0.2], "decision": ["link", "review", "review"]})
    >>> review = links[1:].with_columns(guard=pl.lit(None, dtype=pl.String))
    >>> from crmquality.merger.bridges import doubtful_bridges
    >>> queue = review_queue(clusters, review, doubtful_bridges(clusters, links), links)
    >>> queue.select("record_id_l", "record_id_r", pl.col("probability", "worth").round(2)).rows()
    [(3, 4, 0.2, 0.2), (1, 3, 0.05, 0.11)]
    """
    known = _Known(clusters, decisions)
    items = pl.concat([_pairs(known, review, links), _clusters(known, bridges)])
    ranked = items.sort("unsure", "worth", "kind", *_PAIR, descending=[False, True, False, False, False])
    numbered = ranked.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank"), answer=pl.lit(None, dtype=pl.String)
    )
    return numbered.select(list(QUEUE))


def without_answered(queue: pl.DataFrame, clusters: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """A queue without what has been answered since: links and non-links of these pairs, or of their entities."""
    said = _Known(clusters, decisions).said
    final = said.filter(pl.col("decision") != "review")
    pair = pl.col("kind") == "pair"
    apart = queue.filter(pair).with_columns(_ordered()).join(final, on=["low", "high"], how="anti")
    whole = queue.filter(~pair).join(final, on=list(_PAIR), how="anti")
    return pl.concat([apart.select(list(QUEUE)), whole]).sort("rank")


class _Known:
    """Of each record the entity, of each entity the size, and what was said of pairs, with their entities."""

    def __init__(self, clusters: pl.DataFrame, decisions: pl.DataFrame | None) -> None:
        name = clusters.columns[0]
        self.ids = clusters.schema[name]
        self.entity = clusters.select(pl.col(name).alias("id"), "entity_id")
        self.size = clusters.group_by("entity_id").len().select("entity_id", pl.col("len").cast(pl.Int64))
        sides = pl.col(*_PAIR).cast(self.ids, strict=False)
        empty = pl.DataFrame(schema={**SAID, **dict.fromkeys(_PAIR, self.ids)})
        said = empty if decisions is None or not decisions.width else effective_frame(decisions.with_columns(sides))
        self.said = self.with_entities(said).with_columns(_ordered()).select(*_PAIR, "low", "high", "decision")

    def with_entities(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs with the entity of either record."""
        for record, side in zip(_PAIR, _SIDES, strict=True):
            pairs = pairs.join(self.entity.rename({"id": record, "entity_id": side}), on=record, how="left")
        return pairs


def _ordered() -> list[pl.Expr]:
    """The two entities of a pair, the smaller first."""
    left, right = (pl.col(side) for side in _SIDES)
    turned = left > right
    return [
        pl.when(turned).then(right).otherwise(left).alias("low"),
        pl.when(turned).then(left).otherwise(right).alias("high"),
    ]


def _pairs(known: _Known, review: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Two entities that may be one, asked by their likeliest pair."""
    both = ["low", "high"]
    final = known.said.filter(pl.col("decision") != "review")
    unsure = known.said.filter(pl.col("decision") == "review").select(both).unique().with_columns(unsure=True)
    open_pairs = known.with_entities(review).with_columns(_ordered()).join(final, on=both, how="anti")
    asked = (
        open_pairs.sort("match_weight", *_PAIR, descending=[True, False, False], nulls_last=True)
        .group_by(both, maintain_order=True)
        .agg(pl.col(*_PAIR, *_SIDES).first(), guard=pl.col("guard").drop_nulls().first())
    )
    scored = known.with_entities(links.select(*_PAIR, "match_weight").drop_nulls()).with_columns(_ordered())
    evidence = (
        scored.join(asked, on=both, how="semi")
        .group_by(*both, *_PAIR)  # a pair may have been scored twice
        .agg(pl.col("match_weight").max())
        .group_by(both)
        .agg(
            n_scored=pl.len().cast(pl.Int64),
            strongest=pl.col("match_weight").max(),
            others=pl.col("match_weight").sort().head(pl.len() - 1).clip(-MOST_BITS, MOST_BITS).sum(),
        )
    )
    asked = asked.join(evidence, on=both, how="left").join(unsure, on=both, how="left")
    for side, size in zip(_SIDES, ("n_records_l", "n_records_r"), strict=True):
        asked = asked.join(known.size.rename({"entity_id": side, "len": size}), on=side, how="left")
    unseen = pl.col("n_records_l") * pl.col("n_records_r") - pl.col("n_scored").fill_null(0)
    against = (unseen * MOST_BITS - pl.col("others").fill_null(0.0)).clip(lower_bound=0.0)
    refused = pl.col("guard").is_not_null() & (pl.col("guard") != EVIDENCE)
    strongest = pl.col("strongest").fill_null(0.0)
    strongest = pl.when(refused).then(strongest - GUARD_BITS).otherwise(strongest.clip(upper_bound=STRONGEST_BITS))
    weight = strongest - against.sqrt()
    asked = asked.with_columns(
        kind=pl.lit("pair"), why=pl.col("guard").fill_null("band"), weight=weight.clip(upper_bound=0.0)
    )
    return _worth(asked, wrong_if_one=True)


def _clusters(known: _Known, bridges: pl.DataFrame) -> pl.DataFrame:
    """One entity that may be two, asked by the link that holds it together."""
    final = known.said.filter(pl.col("decision") != "review")
    unsure = known.said.filter(pl.col("decision") == "review").select(_PAIR).with_columns(unsure=True)
    asked = known.with_entities(bridges.join(final, on=list(_PAIR), how="anti"))
    asked = asked.join(unsure, on=list(_PAIR), how="left")
    return _worth(
        asked.with_columns(kind=pl.lit("cluster"), why=pl.lit("bridge"), weight=pl.col("mean_weight")),
        wrong_if_one=False,
    )


def _worth(asked: pl.DataFrame, *, wrong_if_one: bool) -> pl.DataFrame:
    """The chance of one customer, and the pairs that are expected to be wrong as things are."""
    chance = pl.Series("probability", probability(asked["weight"].to_numpy()))
    wrong = pl.col("probability") if wrong_if_one else 1 - pl.col("probability")
    return (
        asked.with_columns(chance, pl.col("unsure").fill_null(False))
        .with_columns(worth=wrong * pl.col("n_records_l") * pl.col("n_records_r"))
        .select([c for c in QUEUE if c not in ("rank", "answer")])
    )


def answers_to_decisions(
    queue: FrameT,
    answers: Sequence[object] | None = None,
    *,
    by: str | None = None,
    at: date | str | None = None,
) -> FrameT:
    """Answers as decisions, for `run(decisions=...)`.

    "Same" is a link of the row's two records, also for a cluster, which then holds together; "not the same" a non-link,
    also for a cluster, which then falls apart at this link; "unsure" a review, which asks again last of all. `ANSWERS`
    has all words. Rows without an answer are left out.

    Args:
        queue: the queue, or rows of it, with the column `answer` filled; only `record_id_l`, `record_id_r` and `answer`
            are read.
        answers: instead of the column: one for each row, None where there is none.
        by: who answered.
        at: when: a date, a datetime or ISO 8601 text.

    Returns:
        The columns of `merger.decisions.SAID`; a table of the same kind.

    Raises:
        SchemaError: for columns that are missing, and for every answer that is none of the words, by its row, the first
            being 1.

    >>> queue = [{"record_id_l": 1, "record_id_r": 2, "answer": "Same"}, {"record_id_l": 4, "record_id_r": 5},
    ...          {"record_id_l": 7, "record_id_r": 9, "answer": "否"}]
    >>> said = answers_to_decisions(queue, by="li", at="2025-03-01")
    >>> [(x["record_id_l"], x["record_id_r"], x["decision"], x["by"]) for x in said]
    [(1, 2, 'link', 'li'), (7, 9, 'non-link', 'li')]
    """
    frame, restore = to_polars(queue)
    if not frame.width:
        frame = pl.DataFrame(schema=dict.fromkeys([*_PAIR, "answer"], pl.String))
    needed = list(_PAIR) if answers is not None else [*_PAIR, "answer"]
    faults = [f"answers: {unknown('column', c, frame.columns)}" for c in needed if c not in frame.columns]
    if answers is not None and len(answers) != frame.height:
        faults.append(f"answers: {len(answers):,} for {frame.height:,} rows of the queue")
    if faults:
        raise SchemaError(faults)
    cells = text_series(frame["answer"]).to_list() if answers is None else [as_text(x) for x in answers]
    said = [_decision(cell) for cell in cells]
    if strange := [row for row, word in enumerate(said, start=1) if word == ""]:
        usual = ", ".join(f"{words[0]!r}" for words in ANSWERS.values())
        where = ", ".join(f"{row:,}" for row in strange)
        raise SchemaError(
            f"answers: {len(strange):,} are none of {usual}, or a word for them (y, n, 是, 否, 不确定): in rows {where}"
        )
    when = None if at is None else read_times(pl.Series("at", [at]), "at")[0]
    table = frame.select(_PAIR).with_columns(
        pl.Series("decision", said, dtype=pl.String),
        by=pl.lit(by, dtype=pl.String),
        at=pl.lit(when, dtype=pl.String),
        reason=pl.lit(None, dtype=pl.String),
    )
    return cast(FrameT, restore(table.drop_nulls("decision").select(list(SAID))))


def _decision(cell: str | None) -> str | None:
    """The decision that an answer means, None for no answer, empty for one that is not known."""
    word = " ".join(normalize("NFKC", cell or "").casefold().split()).rstrip(".。!")
    if not word:
        return None
    return next((decision for decision, words in ANSWERS.items() if word in words), "")


def question_text(item: Mapping[str, object], language: Literal["en", "zh"] = "en") -> str:
    """A row of the queue as the question it is; `Result.explain` says what speaks for and against.

    Args:
        item: the cells of the row by the names of their columns.
        language: English or Chinese.

    >>> item = {"kind": "pair", "record_id_l": 7, "record_id_r": 9, "n_records_l": 3, "n_records_r": 1,
    ...         "probability": 0.41, "why": "contradiction:norm_id_number", "worth": 1.23}
    >>> print(question_text(item))
    Are 7 and 9 one customer? Chance 0.41; yes joins 3 and 1 records; refused by contradiction:norm_id_number.
    >>> print(question_text(item | {"kind": "cluster", "why": "bridge"}, "zh"))
    7 和 9 是同一个客户吗？概率 0.41；若否，则拆分为 3 条和 1 条记录；目前仅靠这一对关联在一起。
    """
    zh = language == "zh"
    a, b, left, right = (item[c] for c in (*_PAIR, "n_records_l", "n_records_r"))
    chance = f"{cast(float, item['probability']):.2f}"
    why = cast(str, item["why"])
    if item["kind"] == "cluster":
        if zh:
            return (
                f"{a} 和 {b} 是同一个客户吗？概率 {chance}；若否，则拆分为 {left} 条和 {right} 条记录；"
                "目前仅靠这一对关联在一起。"
            )
        return (
            f"Are {a} and {b} one customer? Chance {chance}; no splits {left} and {right} records, "
            "which this link alone holds together."
        )
    refused = why != "band"
    if zh:
        known = f"；关联曾被 {why} 拒绝" if refused else ""
        return f"{a} 和 {b} 是同一个客户吗？概率 {chance}；若是，则合并 {left} 条和 {right} 条记录{known}。"
    known = f"; refused by {why}" if refused else ""
    return f"Are {a} and {b} one customer? Chance {chance}; yes joins {left} and {right} records{known}."
