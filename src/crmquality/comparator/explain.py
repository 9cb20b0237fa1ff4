"""Why two records were linked or not: the parts of the match weight, which add up to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from crmquality.comparator.levels import MISSING, Comparison
from crmquality.comparator.model import LinkModel
from crmquality.comparator.similarity import Codes
from crmquality.comparator.weights import Scorer, probability
from crmquality.tables import Decision

PRIOR: Final = "prior"
RELATED: Final = "related"
TOGETHER: Final = "together"
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
    """The parts of one pair's match weight; no value of either record.

    Attributes:
        match_weight: bits: the sum of all parts.
        match_probability: of the two being one entity.
        decision: link, review or non-link.
        parts: the prior first, then each comparison, then the corrections: for what changes together in one customer,
            such as all of an address, and for customers who are related.
    """

    match_weight: float
    match_probability: float
    decision: Decision
    parts: tuple[Part, ...]

    def text(self, language: Literal["en", "zh"] = "en") -> str:
        """The explanation as lines of text."""
        zh = language == "zh"
        weight, p = f"{self.match_weight:+.1f}", f"{self.match_probability:.3f}"
        head = f"match weight {weight} bits, probability {p}: {self.decision}"
        if zh:
            head = f"匹配权重 {weight} 比特，概率 {p}：{_DECISION_ZH[self.decision]}"
        lines, missing = [head], []
        for part in self.parts:
            if part.level == "missing":
                missing.append(part.comparison)
                continue
            rare = f"  ({'词频' if zh else 'value frequency'} {part.tf_bits:+.1f})" if abs(part.tf_bits) >= 0.05 else ""
            bits = part.bits + part.tf_bits + 0.0  # no minus zero
            name = _NAME_ZH.get(part.comparison, part.comparison) if zh else part.comparison
            lines.append(f"  {bits:+6.1f}  {name}: {part.level_zh if zh else part.level}{rare}")
        if missing:
            lines.append(f"          {'缺失' if zh else 'missing on a side'}: {', '.join(missing)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


_NAME_ZH: Final = {PRIOR: "先验", TOGETHER: "联动", RELATED: "关联"}
_DECISION_ZH: Final = {"link": "同一实体", "review": "待人工确认", "non-link": "不同实体"}


def explain_pair(
    model: LinkModel,
    comparisons: Sequence[Comparison],
    scorer: Scorer,
    gammas: np.ndarray[tuple[int, ...], np.dtype[np.int8]],
    left: Codes,
    right: Codes,
    decide: Decision,
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
    """
    level, tf, together, related = scorer.log_odds_parts(gammas, left, right)
    bit = np.log(2)
    parts = [
        Part(
            PRIOR,
            f"1 in {1 / model.match_prior:,.0f} pairs",
            f"每 {1 / model.match_prior:,.0f} 对中有 1 对",
            scorer.prior / bit,
        )
    ]
    for k, c in enumerate(comparisons):
        gamma = int(gammas[0, k])
        label, label_zh = level_labels(c, gamma)
        parts.append(Part(c.name, label, label_zh, float(level[0, k]) / bit, float(tf[0, k]) / bit))
    once = Part(TOGETHER, "what changes together counts once", "会一起变化的字段只计一次", float(together[0]) / bit)
    two = Part(RELATED, "could be two who belong together", "可能是有关联的两个实体", float(related[0]) / bit)
    parts += [once, two]
    weight = sum(p.bits + p.tf_bits for p in parts)
    return Explanation(weight, float(probability(np.array([weight]))[0]), decide, tuple(parts))


def level_labels(c: Comparison, gamma: int) -> tuple[str, str]:
    """What a person reads for a gamma, in English and in Chinese."""
    if gamma == MISSING:
        return "missing", _LABEL_ZH["missing"]
    if gamma == 0:
        return "else", _LABEL_ZH["else"]
    level = c.levels[len(c.levels) - gamma]
    return level.label, level.label_zh or level.label
