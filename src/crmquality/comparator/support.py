"""Whether a table supports a model, and what to say where it does not.

Learning from unlabelled pairs finds two groups of pairs in any table, also where one of them is not what it is taken
for: then the declared numbers are the better ones. Each check here is of something that can be counted, and each note
says what is used instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from crmquality.comparator.estimate import MIN_PAIRS, Patterns
from crmquality.comparator.levels import Comparison
from crmquality.comparator.model import MIN_IDENTITY_BITS, ComparisonModel, LinkModel, Note
from crmquality.comparator.weights import Drawn

NEARLY_NONE: Final = 0.01
"""Where fewer of the pairs than this have both values, a column hardly takes part."""
NO_VARIATION: Final = 0.99
"""Where more of the random pairs agree than this, a column tells nobody apart."""
NEARLY_ALL: Final = 0.9
"""Where so many matches seem to have changed, they may be none: in true ones half had, where people had moved."""
MOST: Final = 0.5
"""More than half: of the random pairs, then they are of one entity; of the matches, then they are none."""


def agreement(c: ComparisonModel) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which levels speak for a match as declared, by gamma from 0."""
    out: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.array(c.m) > np.array(c.u)
    return out


def shares_of(comparisons: Sequence[Comparison], drawn: Drawn) -> tuple[list[float], list[float]]:
    """Per comparison, of the random pairs the share that has both values, and of these the share that agrees."""
    present, agree = [], []
    for k, (c, numbers) in enumerate(zip(comparisons, LinkModel.default(comparisons).comparisons, strict=True)):
        gamma = drawn.gammas[:, k]
        there = gamma[gamma >= 0]
        present.append(0.0 if c.unless else len(there) / max(len(gamma), 1))  # between fields: seldom, by its nature
        agree.append(float(agreement(numbers)[there].mean()) if len(there) else 0.0)
    return present, agree


def is_one_entity(present: Sequence[float], agree: Sequence[float], n: int) -> bool:
    """Whether most random pairs agree on everything there is: then agreement by chance cannot be learned from them."""
    seen = [a for p, a in zip(present, agree, strict=True) if p > NEARLY_NONE]
    return n > 1 and len(seen) > 1 and min(seen) > MOST


def informative(present: Sequence[float], agree: Sequence[float], patterns: Patterns) -> list[int]:
    """The comparisons that can tell customers apart: they have values, and these differ."""
    total = max(float(patterns.counts.sum()), 1.0)
    out = []
    for k, (p, a) in enumerate(zip(present, agree, strict=True)):
        compared = float(patterns.counts[patterns.gammas[:, k] >= 0].sum()) / total
        if (p > 0 or compared > NEARLY_NONE) and a <= NO_VARIATION:
            out.append(k)
    return out


def strangers(comparisons: Sequence[Comparison], model: LinkModel) -> list[str]:
    """The comparisons by which what was learned as matches are no matches: most of them differ in what identifies.

    A match may have moved, and a column may be unreliable; but a name or a birth date that is declared to tell
    customers apart, and differs in most of the pairs, says that EM has found another kind of pairs: namesakes, say.
    """
    out = []
    declared_numbers = LinkModel.default(comparisons).comparisons
    for c, learned, declared in zip(comparisons, model.comparisons, declared_numbers, strict=True):
        if c.unless:  # evidence between fields stands in where there is none: a mailbox need not spell a name
            continue
        identifies = declared.kin is None and math.log2(declared.m[-1] / declared.u[-1]) >= MIN_IDENTITY_BITS
        if identifies and learned.m[0] > MOST:
            out.append(learned.name)
    return out


def column_notes(
    comparisons: Sequence[Comparison], present: Sequence[float], agree: Sequence[float], patterns: Patterns
) -> list[Note]:
    """What is to say of single comparisons: no values, or the same everywhere."""
    out = []
    usable = set(informative(present, agree, patterns))
    for k, c in enumerate(comparisons):
        if c.unless or (k in usable and (present[k] >= NEARLY_NONE or not len(patterns.counts))):
            continue
        if agree[k] > NO_VARIATION:
            out.append(
                Note(
                    "no_variation",
                    f"{c.name}: nearly all records agree on it, so it tells nobody apart",
                    f"{c.name}：几乎所有记录都相同，无法区分客户",
                    c.name,
                )
            )
        else:
            out.append(
                Note(
                    "missing",
                    f"{c.name}: fewer than one pair in a hundred has both values, its m is mostly the declared one",
                    f"{c.name}：双方都有值的记录对不到百分之一，其 m 基本采用预设值",
                    c.name,
                )
            )
    return out


def model_notes(model: LinkModel, n_records: int) -> list[Note]:
    """What is to say of a learned model: few matches, no end of EM, shares at their limits."""
    d = model.diagnostics
    if d is None:
        return []
    out = []
    if d.expected_matches < 1 and n_records > 1:
        out.append(
            Note(
                "no_duplicates",
                f"no duplicates expected among {n_records} records: too few matches to learn m from, the declared m "
                "carry the score",
                f"{n_records} 条记录中预计没有重复：匹配对太少，无法学习 m，采用预设的 m",
            )
        )
    elif d.expected_matches < MIN_PAIRS:
        out.append(
            Note(
                "few_matches",
                f"about {d.expected_matches:.0f} matching pairs among {n_records} records: too few to learn m from, "
                "the declared m carry the score",
                f"{n_records} 条记录中约有 {d.expected_matches:.0f} 对匹配：太少，无法学习 m，主要采用预设的 m",
            )
        )
    if not d.converged:
        out.append(
            Note(
                "not_converged",
                f"EM did not converge in {d.n_iterations} steps",
                f"EM 在 {d.n_iterations} 步内没有收敛",
            )
        )
    if model.change is not None and model.change.prior > NEARLY_ALL:
        out.append(
            Note(
                "changed",
                f"{model.change.prior:.0%} of the matches seem to have changed address, employer or phone: more than "
                "is likely; look at some links",
                f"约 {model.change.prior:.0%} 的匹配似乎换过地址、单位或电话，比例过高，请抽查部分链接",
            )
        )
    return out


ONE_ENTITY: Final = Note(
    "one_entity",
    "most records agree on everything that is compared, as if they were one entity: agreement by chance cannot be "
    "learned from them, the declared m and u are used",
    "大多数记录在所有比较项上都一致，几乎像同一个实体：无法从中学习偶然一致的概率，采用预设的 m 和 u",
)
NOTHING: Final = Note(
    "nothing_compared",
    "no pair of records to learn from: the declared m and u are used",
    "没有可供学习的记录对：采用预设的 m 和 u",
)


def one_comparison(name: str) -> Note:
    """Only one comparison can tell customers apart."""
    return Note(
        "one_comparison",
        f"only {name} tells customers apart: from one comparison m and u cannot both be learned. Agreement by chance "
        "is taken to be no commoner than declared, nor than half of the equal pairs; precision is what the values "
        "allow",
        f"只有 {name} 能区分客户：仅凭一个比较项无法同时学习 m 和 u。偶然一致的概率取预设值与相同记录对的一半中较小者；"
        "准确率取决于数据本身",
        name,
    )


def no_matches(names: Sequence[str]) -> Note:
    """EM took pairs for matches that differ in what identifies."""
    listed = ", ".join(names)
    return Note(
        "not_matches",
        f"what EM took for matches mostly differ in {listed}: they are another kind of pairs, such as namesakes. The "
        "declared m are used, the prior is learned",
        f"EM 视为匹配的记录对大多在 {listed} 上不同，应为同名者等其他情况。采用预设的 m，只学习先验概率",
        names[0] if len(names) == 1 else None,
    )
