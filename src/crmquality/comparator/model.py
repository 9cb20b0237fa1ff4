"""The learned numbers: a prior, m and u per level, and in which ways different entities are related.

A `LinkModel` holds numbers and names of comparisons, nothing of anybody. It is JSON, it prints, it compares.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from crmquality.comparator.levels import Comparison
from crmquality.declarations import JSON
from crmquality.errors import ModelError

DEFAULT_MATCH_PRIOR = 1e-5
"""The probability that two records drawn at random are of one entity, where nothing was learned. Two records that a
form compares come from a table of perhaps 100,000 entities, of which one is the same: 1 in 100,000."""
DEFAULT_RELATED_PRIOR = 3e-5
"""The same for two records of different entities that share one thing: a household has three members (census of China
2020: 2.6), so two others for each, and a team at one telephone more."""
DEFAULT_SHARE = 0.5
"""How often related entities share a further thing, where nothing was learned: nobody knows, so half."""
ANCHOR_SHARE = 0.95
"""How often they agree on the very thing that relates them: not always, because of errors in it."""
DEFAULT_CHANGE = 0.1
"""How many matching pairs are of a customer whose address, employer or phones changed in between, before learning."""
MIN_IDENTITY_BITS = 10.0
"""Only who is told apart by something that nobody shares, a name and a birth date, is known again after a change: by at
least so much, one in a thousand. Of companies that share a website, another address says that they are two."""
MAX_RELATIONS = 6
"""So many kinds of relation are told apart; those that chance explains least come first."""
FALLBACKS = frozenset({"one_entity", "one_comparison", "nothing_compared", "not_matches"})
"""The codes of notes that say that declared numbers are used."""
MAX_ANCHOR_U = 0.01
"""What more than one pair in a hundred shares by chance relates nobody: a sex, a state."""


@dataclass(frozen=True)
class Relation:
    """One way in which different entities belong together: by sharing an address, a switchboard, a trade name.

    Attributes:
        anchor: the comparison of what they share.
        prior: probability that two records drawn at random are related in this way.
        shares: per comparison, the probability that they share it as well; otherwise they agree by chance.
    """

    anchor: str
    prior: float
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Change:
    """What changes together: a customer who moved has another street, another house number and another postcode.

    Attributes:
        prior: probability that a matching pair lies on both sides of such a change.
        shares: per comparison, the probability that it is among what changed; it then agrees by chance.
    """

    prior: float
    shares: tuple[float, ...]


@dataclass(frozen=True)
class ComparisonModel:
    """The numbers of one comparison.

    Attributes:
        name: the comparison's.
        m: probability of each gamma from 0 up for a matching pair, as long as this has not changed; sums to 1.
        u: the same for two records of different, unrelated entities; sums to 1.
        kin: probability of each gamma for related entities that share this: m where the thing as a whole is shared,
            else spread over the levels that are marked `related`; None where nothing of it can be shared.
        scale: how much of the weight counts: 1 unless labels say otherwise.
    """

    name: str
    m: tuple[float, ...]
    u: tuple[float, ...]
    kin: tuple[float, ...] | None
    scale: float = 1.0


@dataclass(frozen=True)
class Note:
    """Something that a person should know of a model.

    Attributes:
        code: what it is about: one_entity, one_comparison, nothing_compared, not_matches, no_duplicates, few_matches,
            not_converged, changed, no_variation, missing.
        message: in English.
        message_zh: in Chinese.
        comparison: the comparison it is about, None where it is about the model.
    """

    code: str
    message: str
    message_zh: str
    comparison: str | None = None


@dataclass(frozen=True)
class Diagnostics:
    """What the learning said of itself.

    Attributes:
        converged: whether the last step hardly raised the likelihood any more.
        n_iterations: EM steps taken, in the last round.
        n_pairs: candidate pairs the counts came from.
        expected_matches: how many of them the model takes for matches.
        log_likelihood: penalized, before each step of the last round; never falls.
        notes: what a person should know, such as "too few pairs to learn from".
    """

    converged: bool
    n_iterations: int
    n_pairs: int
    expected_matches: float
    log_likelihood: tuple[float, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def messages(self) -> tuple[str, ...]:
        """The notes in English."""
        return tuple(n.message for n in self.notes)

    @property
    def messages_zh(self) -> tuple[str, ...]:
        """The notes in Chinese."""
        return tuple(n.message_zh for n in self.notes)

    @property
    def fallback(self) -> bool:
        """Whether the data did not support a model, so that declared numbers were used instead of learned ones."""
        return any(n.code in FALLBACKS for n in self.notes)


@dataclass(frozen=True)
class LinkModel:
    """Everything that turns levels of agreement into a match weight.

    Attributes:
        match_prior: probability that two records drawn at random are of one entity.
        relations: how different entities are related.
        change: what of one entity changes together, None where that could not be told from another entity.
        comparisons: numbers of each comparison.
        fingerprint: of the comparisons the numbers belong to.
        diagnostics: of the learning, None for a default model.
        offset: what labels add to the log odds of every pair, natural logarithm.
    """

    match_prior: float
    relations: tuple[Relation, ...]
    change: Change | None
    comparisons: tuple[ComparisonModel, ...]
    fingerprint: str
    diagnostics: Diagnostics | None = None
    offset: float = 0.0

    @classmethod
    def default(cls, comparisons: Sequence[Comparison]) -> LinkModel:
        """The model before any data: each level's declared m and u, so that even two records can be scored."""
        numbers = tuple(_declared(c) for c in comparisons)
        change = _change(comparisons, numbers)
        return cls(DEFAULT_MATCH_PRIOR, _relations(numbers), change, numbers, fingerprint(comparisons))

    @property
    def unrelated_prior(self) -> float:
        """Probability that two records drawn at random are of entities that have nothing to do with each other."""
        return 1 - self.match_prior - sum(r.prior for r in self.relations)

    def with_relations(self, prior: float) -> LinkModel:
        """The same with relations chosen anew by these u, each of one prior and nothing learned.

        Matches may have most of the probability, in a table of few records: relations take half of the rest at most.
        """
        found = _relations(self.comparisons)
        prior = min(prior, (1 - self.match_prior) / (2 * max(len(found), 1)))
        return replace(self, relations=tuple(replace(r, prior=prior) for r in found))

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
                "offset": self.offset,
                "relations": [{"anchor": r.anchor, "prior": r.prior, "shares": list(r.shares)} for r in self.relations],
                "change": None
                if self.change is None
                else {"prior": self.change.prior, "shares": list(self.change.shares)},
                "fingerprint": self.fingerprint,
                "comparisons": [
                    {
                        "name": c.name,
                        "m": list(c.m),
                        "u": list(c.u),
                        "kin": None if c.kin is None else list(c.kin),
                        "scale": c.scale,
                    }
                    for c in self.comparisons
                ],
                "diagnostics": None
                if self.diagnostics is None
                else {
                    **vars(self.diagnostics),
                    "log_likelihood": list(self.diagnostics.log_likelihood),
                    "notes": [dict(vars(n)) for n in self.diagnostics.notes],
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
            model = cls._read(cast("Mapping[str, object]", data))
        except KeyError as error:
            raise ModelError(f"this is not what LinkModel.to_dict gave: it has no {error}") from error
        except (TypeError, ValueError) as error:
            raise ModelError("this is not what LinkModel.to_dict gave: a part of it is of another type") from error
        if faults := model.faults():
            raise ModelError(f"this is not what LinkModel.to_dict gave: {'; '.join(faults)}")
        return model

    def faults(self) -> list[str]:
        """Numbers that are no probabilities: out of range, or parts of one whole that do not sum to 1."""
        out = []
        priors = [self.match_prior, self.unrelated_prior, *(r.prior for r in self.relations)]
        if not all(0 < p < 1 for p in priors):
            out.append(
                "the priors of matches, relations and unrelated pairs must lie between 0 and 1, and so their sum"
            )
        for c in self.comparisons:
            for name, p in (("m", c.m), ("u", c.u), ("kin", c.kin)):
                if p is not None and not _sums_to_one(p, zero=name == "kin"):
                    out.append(f"{name} of {c.name} must be probabilities above 0 that sum to 1")
            if len(c.m) != len(c.u) or (c.kin is not None and len(c.kin) != len(c.u)):
                out.append(f"m, u and kin of {c.name} must have as many levels")
        ways = [(f"relation by {r.anchor}", r.shares) for r in self.relations]
        if self.change is not None:
            ways.append(("change", (self.change.prior, *self.change.shares)))
        for name, shares in ways:
            if len(shares) != len(self.comparisons) + (name == "change") or not all(0 <= s < 1 for s in shares):
                out.append(f"{name} must have a share from 0 to below 1 for each comparison")
        return out

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
                notes=tuple(_note(n) for n in cast("list[Mapping[str, object]]", found["notes"])),
            )
        numbers = cast("list[Mapping[str, object]]", data["comparisons"])
        change = cast("Mapping[str, object] | None", data["change"])
        return cls(
            match_prior=float(cast(float, data["match_prior"])),
            relations=tuple(
                Relation(str(r["anchor"]), float(cast(float, r["prior"])), tuple(cast("list[float]", r["shares"])))
                for r in cast("list[Mapping[str, object]]", data["relations"])
            ),
            change=None
            if change is None
            else Change(float(cast(float, change["prior"])), tuple(cast("list[float]", change["shares"]))),
            comparisons=tuple(
                ComparisonModel(
                    name=str(c["name"]),
                    m=tuple(cast("list[float]", c["m"])),
                    u=tuple(cast("list[float]", c["u"])),
                    kin=None if c["kin"] is None else tuple(cast("list[float]", c["kin"])),
                    scale=float(cast(float, c["scale"])),
                )
                for c in numbers
            ),
            fingerprint=str(data["fingerprint"]),
            diagnostics=diagnostics,
            offset=float(cast(float, data["offset"])),
        )

    def __str__(self) -> str:
        lines = [f"LinkModel: one pair in {1 / self.match_prior:,.0f} is a match"]
        for c in self.comparisons:
            bits = ", ".join(f"{math.log2(m / u):+.1f}" for m, u in zip(c.m, c.u, strict=True))
            counts = "" if c.scale == 1 else f", of which {c.scale:.0%} count by the labels"
            lines.append(f"  {c.name}: bits per gamma from 0: {bits}{counts}")
        for r in self.relations:
            also = [f"{c.name} {s:.2f}" for c, s in zip(self.comparisons, r.shares, strict=True) if s > 0]
            lines.append(f"  one pair in {1 / r.prior:,.0f} is related by {r.anchor}; they share {', '.join(also)}")
        if self.change is not None:
            also = [f"{c.name} {s:.2f}" for c, s in zip(self.comparisons, self.change.shares, strict=True) if s > 0]
            lines.append(f"  {self.change.prior:.0%} of the matches changed; together change {', '.join(also)}")
        return "\n".join(lines)


def fingerprint(comparisons: Sequence[Comparison]) -> str:
    """What a model's numbers belong to: names, levels and conditions, not the default numbers nor the labels."""

    def bare(value: JSON) -> JSON:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in {"m", "u", "label", "label_zh"}}
        return [bare(v) for v in value] if isinstance(value, list) else value

    text = json.dumps([bare(c.to_dict()) for c in comparisons], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _sums_to_one(p: Sequence[float], *, zero: bool) -> bool:
    """NaN fails every comparison, and so this."""
    return all((x >= 0 if zero else x > 0) and x <= 1 for x in p) and abs(sum(p) - 1) < 1e-6


def _note(data: Mapping[str, object]) -> Note:
    about = data["comparison"]
    code, message, message_zh = (str(data[x]) for x in ("code", "message", "message_zh"))
    return Note(code, message, message_zh, None if about is None else str(about))


def _declared(c: Comparison) -> ComparisonModel:
    m = _with_else([level.m for level in c.levels])
    u = _with_else([level.u for level in c.levels])
    marked = np.array([0.0, *(float(level.related) for level in reversed(c.levels))])
    kin = m if c.shared else tuple((marked / marked.sum()).tolist()) if marked.any() else None
    return ComparisonModel(c.name, m, u, kin)


def _relations(numbers: Sequence[ComparisonModel]) -> tuple[Relation, ...]:
    """A relation for each thing that can be shared and that chance seldom makes equal."""
    chance = {
        c.name: c.u[-1] if c.kin == c.m else float(np.array(c.u) @ (np.array(c.kin) > 0)) for c in numbers if c.kin
    }
    anchors = sorted((u, name) for name, u in chance.items() if u <= MAX_ANCHOR_U)[:MAX_RELATIONS]
    return tuple(
        Relation(
            anchor,
            DEFAULT_RELATED_PRIOR,
            tuple(ANCHOR_SHARE if c.name == anchor else DEFAULT_SHARE if c.kin else 0.0 for c in numbers),
        )
        for _, anchor in anchors
    )


def _change(comparisons: Sequence[Comparison], numbers: Sequence[ComparisonModel]) -> Change | None:
    """That what can be shared may change, where enough is left to know the entity by."""
    shared = [c.shared for c in comparisons]
    identity = -sum(
        math.log2(n.u[-1]) for c, n in zip(comparisons, numbers, strict=True) if n.kin is None and not c.unless
    )
    if sum(shared) < 2 or identity < MIN_IDENTITY_BITS:
        return None
    return Change(DEFAULT_CHANGE, tuple(DEFAULT_SHARE if s else 0.0 for s in shared))


def _with_else(levels: Sequence[float]) -> tuple[float, ...]:
    """Probabilities of the levels, closest first, as probabilities of gamma from 0 up."""
    return (1 - sum(levels), *reversed(levels))
