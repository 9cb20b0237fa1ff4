"""Why two records were linked or not: the parts of the match weight, which add up to it, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, NamedTuple

import numpy as np

from crmquality.comparator.explain_text import PRIOR, RELATED, TOGETHER, explanation_text
from crmquality.comparator.levels import MISSING, Comparison
from crmquality.comparator.model import LinkModel
from crmquality.comparator.similarity import Codes
from crmquality.comparator.weights import Scorer, probability
from crmquality.declarations import JSON
from crmquality.lift import as_text
from crmquality.tables import RECORD_ID_L, RECORD_ID_R, Decision, RuleTried, Standing

LEAST_BITS_AGAINST: Final = -0.5
"""What weighs less against than half a bit is not worth a word."""
_LABEL_ZH: Final = {"missing": "缺失", "else": "不同"}


@dataclass(frozen=True)
class Part:
    """One part of a match weight.

    Attributes:
        comparison: which, or "prior", "together" or "related".
        level: the label of the level.
        level_zh: the same in Chinese.
        bits: what the level adds.
        tf_bits: what the frequency of the value adds: rare values count more.
    """

    comparison: str
    level: str
    level_zh: str
    bits: float
    tf_bits: float = 0.0


@dataclass(frozen=True)
class Explanation:
    """The parts of one pair's match weight, and what became of the pair; no value of either record.

    Attributes:
        match_weight: bits: the sum of all parts.
        match_probability: of the two being one entity.
        decision: link, review or non-link.
        parts: the prior first, then each comparison, then the corrections: for what changes together in one customer,
            such as all of an address, and for customers who are related.
        bits_to_link: how many bits it lacks to be a link; 0 for a link.
        rules: what each blocking rule made of the two, in the order in which a pair is given to a rule; empty where
            that was not asked.
        standing: how the two came out of clustering, None where that was not asked.
    """

    match_weight: float
    match_probability: float
    decision: Decision
    parts: tuple[Part, ...]
    bits_to_link: float = 0.0
    rules: tuple[RuleTried, ...] = ()
    standing: Standing | None = None

    @property
    def against(self) -> tuple[Part, ...]:
        """What speaks against one entity beside the prior, strongest first."""
        found = [p for p in self.parts if p.comparison != PRIOR and p.bits + p.tf_bits <= LEAST_BITS_AGAINST]
        return tuple(sorted(found, key=lambda p: p.bits + p.tf_bits))

    @property
    def missing(self) -> tuple[str, ...]:
        """The comparisons that are missing on a side: what could still tell."""
        return tuple(p.comparison for p in self.parts if p.level == "missing")

    @property
    def blocking_rule(self) -> str | None:
        """The rule that made the two a pair to compare; None where none did, or none was asked."""
        return next((r.rule for r in self.rules if r.outcome == "made"), None)

    @property
    def nearly(self) -> tuple[RuleTried, ...]:
        """The rules that made no pair, nearest first: a block that was cut, then by how many keys are wanting."""
        order = {"cut": 0, "sources": 1, "missing": 2, "different": 3}
        found = [r for r in self.rules if r.outcome != "made"]
        return tuple(sorted(found, key=lambda r: (r.n_keys - r.n_shared, order[r.outcome], -r.n_keys)))

    def text(self, language: Literal["en", "zh"] = "en") -> str:
        """The explanation as lines of text."""
        return explanation_text(self, language)

    def __str__(self) -> str:
        return self.text()

    def to_dict(self) -> dict[str, JSON]:
        """All of it as a JSON-ready dict; ids of a type that JSON does not know are text."""
        standing = self.standing
        return {
            "match_weight": self.match_weight,
            "match_probability": self.match_probability,
            "decision": self.decision,
            "parts": [dict(asdict(p)) for p in self.parts],
            "bits_to_link": self.bits_to_link,
            "against": [p.comparison for p in self.against],
            "missing": list(self.missing),
            "blocking_rule": self.blocking_rule,
            "rules": [{**asdict(r), "missing": list(r.missing), "different": list(r.different)} for r in self.rules],
            "standing": None
            if standing is None
            else {
                "together": standing.together,
                "reason": standing.reason,
                "guard": standing.guard,
                "chain": [
                    {
                        RECORD_ID_L: _plain(x.record_id_l),
                        RECORD_ID_R: _plain(x.record_id_r),
                        "match_weight": x.match_weight,
                        "decided": x.decided,
                    }
                    for x in standing.chain
                ],
            },
        }


def _plain(record_id: object) -> JSON:
    return record_id if isinstance(record_id, str | int | float | bool) else as_text(record_id)


class LogOdds(NamedTuple):
    """The parts of one pair's log odds of a match, natural logarithms.

    Attributes:
        prior: before anything is compared.
        level: what the level of each comparison adds.
        tf: what the frequency of the value adds to each.
        together: the correction for what agrees or changes together.
        related: the correction for what related entities share.
    """

    prior: float
    level: Sequence[float]
    tf: Sequence[float]
    together: float
    related: float


def explain_pair(
    model: LinkModel,
    comparisons: Sequence[Comparison],
    scorer: Scorer,
    gammas: np.ndarray[tuple[int, ...], np.dtype[np.int8]],
    left: Codes,
    right: Codes,
    decide: Decision,
    link_weight: float,
) -> Explanation:
    """The parts of one pair.

    Args:
        model: the numbers.
        comparisons: what they belong to.
        scorer: the same object that gave the score.
        gammas: the pair's levels, shape (1, n_comparisons).
        left: the row of the left record, shape (1,).
        right: the row of the right record.
        decide: what was decided.
        link_weight: the bits from which a pair is a link.
    """
    level, tf, together, related = scorer.log_odds_parts(gammas, left, right)
    parts = LogOdds(scorer.prior, level[0].tolist(), tf[0].tolist(), float(together[0]), float(related[0]))
    return explanation(model, comparisons, gammas[0].tolist(), parts, decide, link_weight)


def explanation(
    model: LinkModel,
    comparisons: Sequence[Comparison],
    gammas: Sequence[int],
    odds: LogOdds,
    decide: Decision,
    link_weight: float,
) -> Explanation:
    """The parts of a pair's log odds, said in bits and words.

    Args:
        model: the numbers.
        comparisons: what they belong to.
        gammas: the pair's level of each.
        odds: the parts.
        decide: what was decided.
        link_weight: the bits from which a pair is a link.
    """
    bit = math.log(2)
    parts = [
        Part(
            PRIOR,
            f"1 in {1 / model.match_prior:,.0f} pairs",
            f"每 {1 / model.match_prior:,.0f} 对中有 1 对",
            odds.prior / bit,
        )
    ]
    for c, gamma, level, tf in zip(comparisons, gammas, odds.level, odds.tf, strict=True):
        label, label_zh = level_labels(c, gamma)
        parts.append(Part(c.name, label, label_zh, level / bit, tf / bit))
    once = Part(TOGETHER, "what changes together counts once", "会一起变化的字段只计一次", odds.together / bit)
    two = Part(RELATED, "could be two who belong together", "可能是有关联的两个实体", odds.related / bit)
    parts += [once, two]
    weight = sum(p.bits + p.tf_bits for p in parts)
    lacks = 0.0 if decide == "link" else max(link_weight - weight, 0.0)
    return Explanation(weight, float(probability(np.array([weight]))[0]), decide, tuple(parts), lacks)


def level_labels(c: Comparison, gamma: int) -> tuple[str, str]:
    """What a person reads for a gamma, in English and in Chinese."""
    if gamma == MISSING:
        return "missing", _LABEL_ZH["missing"]
    if gamma == 0:
        return "else", _LABEL_ZH["else"]
    level = c.levels[len(c.levels) - gamma]
    return level.label, level.label_zh or level.label
