"""The learned numbers: a prior, m and u per level, and how often related entities share a thing.

A `LinkModel` holds numbers and names of comparisons, nothing of anybody. It is JSON, it prints, it compares.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.levels import Comparison
from crmquality.declarations import JSON
from crmquality.errors import ModelError

DEFAULT_MATCH_PRIOR = 1e-5
"""The probability that two records drawn at random are of one entity, where nothing was learned. Two records that a
form compares come from a table of perhaps 100,000 entities, of which one is the same: 1 in 100,000."""
DEFAULT_RELATED_PRIOR = 1e-5
"""The same for two records of different entities that belong together (a household, a company): as many as matches."""
DEFAULT_SHARE = 0.5
"""How often related entities share a thing that can be shared, where nothing was learned: nobody knows, so half."""


@dataclass(frozen=True)
class ComparisonModel:
    """The numbers of one comparison.

    Attributes:
        name: the comparison's.
        m: probability of each gamma from 0 up for a matching pair; sums to 1.
        u: the same for two records of different, unrelated entities; sums to 1.
        share: the probability that two related entities share this; otherwise they agree on it by chance, as u says.
        kin: probability of each gamma where they share it: m where the thing as a whole is shared, else spread over
            the levels that are marked `related`; sums to 1.
    """

    name: str
    m: tuple[float, ...]
    u: tuple[float, ...]
    share: float
    kin: tuple[float, ...]


@dataclass(frozen=True)
class Diagnostics:
    """What the learning said of itself.

    Attributes:
        converged: whether the last step moved no number by more than the tolerance.
        n_iterations: EM steps taken, over all rounds.
        n_pairs: candidate pairs the counts came from.
        expected_matches: how many of them the model takes for matches.
        log_likelihood: after each step of the last round; never falls.
        messages: what a person should know, such as "too few pairs to learn from".
    """

    converged: bool
    n_iterations: int
    n_pairs: int
    expected_matches: float
    log_likelihood: tuple[float, ...] = ()
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkModel:
    """Everything that turns levels of agreement into a match weight.

    Attributes:
        match_prior: probability that two records drawn at random are of one entity.
        related_prior: probability that they are of two related entities.
        comparisons: numbers of each comparison.
        fingerprint: of the comparisons the numbers belong to.
        diagnostics: of the learning, None for a default model.
    """

    match_prior: float
    related_prior: float
    comparisons: tuple[ComparisonModel, ...]
    fingerprint: str
    diagnostics: Diagnostics | None = None

    @classmethod
    def default(cls, comparisons: Sequence[Comparison]) -> LinkModel:
        """The model before any data: each level's declared m and u, so that even two records can be scored."""
        return cls(
            match_prior=DEFAULT_MATCH_PRIOR,
            related_prior=DEFAULT_RELATED_PRIOR,
            comparisons=tuple(
                _declared(c) for c in comparisons
            ),
            fingerprint=fingerprint(comparisons),
        )

    def check(self, comparisons: Sequence[Comparison]) -> None:
        """Refuse comparisons that the numbers do not belong to.

        Raises:
            ModelError: when the fingerprints differ.
        """
        if fingerprint(comparisons) != self.fingerprint:
            raise ModelError(
                "this model was learned with other comparisons: its numbers do not belong to these levels. "
                f"Model: {', '.join(c.name for c in self.comparisons)}; given: {', '.join(c.name for c in comparisons)}"
            )

    def to_dict(self) -> dict[str, JSON]:
        """The model as a JSON-ready dict; floats survive to the last bit."""
        return cast(
            "dict[str, JSON]",
            {
                "match_prior": self.match_prior,
                "related_prior": self.related_prior,
                "fingerprint": self.fingerprint,
                "comparisons": [
                    {"name": c.name, "m": list(c.m), "u": list(c.u), "share": c.share, "kin": list(c.kin)}
                    for c in self.comparisons
                ],
                "diagnostics": None
                if self.diagnostics is None
                else {
                    **vars(self.diagnostics),
                    "log_likelihood": list(self.diagnostics.log_likelihood),
                    "messages": list(self.diagnostics.messages),
                },
            },
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, JSON]) -> LinkModel:
        """The model that `to_dict` gave.

        Raises:
            ModelError: when the dict is not one.
        """
        try:
            return cls._read(cast("Mapping[str, object]", data))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"this dict is not a LinkModel: {type(error).__name__} at {error}") from error

    @classmethod
    def _read(cls, data: Mapping[str, object]) -> LinkModel:
        found = cast("Mapping[str, object] | None", data["diagnostics"])
        diagnostics = None
        if found is not None:
            diagnostics = Diagnostics(
                converged=bool(found["converged"]),
                n_iterations=int(cast(int, found["n_iterations"])),
                n_pairs=int(cast(int, found["n_pairs"])),
                expected_matches=float(cast(float, found["expected_matches"])),
                log_likelihood=tuple(cast("list[float]", found["log_likelihood"])),
                messages=tuple(cast("list[str]", found["messages"])),
            )
        numbers = cast("list[Mapping[str, object]]", data["comparisons"])
        return cls(
            match_prior=float(cast(float, data["match_prior"])),
            related_prior=float(cast(float, data["related_prior"])),
            comparisons=tuple(
                ComparisonModel(
                    name=str(c["name"]),
                    m=tuple(cast("list[float]", c["m"])),
                    u=tuple(cast("list[float]", c["u"])),
                    share=float(cast(float, c["share"])),
                    kin=tuple(cast("list[float]", c["kin"])),
                )
                for c in numbers
            ),
            fingerprint=str(data["fingerprint"]),
            diagnostics=diagnostics,
        )

    def __str__(self) -> str:
        match, related = 1 / self.match_prior, 1 / max(self.related_prior, 1e-300)
        lines = [f"LinkModel: prior 1 in {match:,.0f}, related 1 in {related:,.0f}"]
        for c in self.comparisons:
            bits = ", ".join(f"{math.log2(m / u):+.1f}" for m, u in zip(c.m, c.u, strict=True))
            lines.append(f"  {c.name}: bits per gamma from 0: {bits}; shared by related entities {c.share:.2f}")
        return "\n".join(lines)


def fingerprint(comparisons: Sequence[Comparison]) -> str:
    """What a model's numbers belong to: names, levels and conditions, not the default numbers nor the labels."""

    def bare(value: JSON) -> JSON:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in {"m", "u", "label", "label_zh"}}
        return [bare(v) for v in value] if isinstance(value, list) else value

    text = json.dumps([bare(c.to_dict()) for c in comparisons], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _declared(c: Comparison) -> ComparisonModel:
    m = _with_else([level.m for level in c.levels])
    kin = m
    if not c.shared:
        marked = np.array([0.0, *(float(level.related) for level in reversed(c.levels))])
        kin = tuple((marked / marked.sum()).tolist()) if marked.any() else m
    share = DEFAULT_SHARE if can_be_shared(c) else 0.0
    return ComparisonModel(c.name, m, _with_else([level.u for level in c.levels]), share, kin)


def can_be_shared(c: Comparison) -> bool:
    """Whether related entities can share what a comparison looks at, or a part of it."""
    return c.shared or any(level.related for level in c.levels)


def _with_else(levels: Sequence[float]) -> tuple[float, ...]:
    """Probabilities of the levels, closest first, as probabilities of gamma from 0 up."""
    return (1 - sum(levels), *reversed(levels))
