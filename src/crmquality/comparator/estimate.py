"""Learning m, the priors and the shares from counts of agreement patterns, without labels.

A pair of records is of one of three kinds:

* a **match**: one entity; each comparison agrees with probability m;
* **related**: two entities that belong together by sharing one thing, the anchor: an address, a switchboard, a trade
  name. There is one such kind for each thing that can be shared. Each further thing is shared with a probability of
  its own, else agrees by chance. What is shared as a whole, an address, then agrees as it would for a match; of a name
  only a part is shared, and the levels marked `related` say which;
* **unrelated**: every comparison agrees by chance, u.

A match may be of a customer who *changed* in between: moved, took another job. What changes together then agrees by
chance together, and counts as one disagreement, not as one for each column of an address.

The second kind is what the usual two-class model fails on with real customers: relatives agree on the address, the
landline and the family name *together*, which no independent u explains, so a two-class model takes them for matches
or, if u is learned among them, forgets how rare agreement is.

u is not learned here: it comes from pairs drawn at random and from exact frequencies (`weights.estimate_u`). The
likelihood is that of all pairs of records, of which the ones that no blocking rule made count as unrelated; so the
priors come out as probabilities over all pairs, and need not be asked for.

This is a mixture model with fixed component u, fitted by EM (Dempster, Laird, Rubin 1977; for linkage: Winkler 1988)
to the posterior mode under Dirichlet and Beta priors, which is the smoothing: no probability can become zero, and
the penalized likelihood never falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.accelerate import climb
from crmquality.comparator.levels import Comparison
from crmquality.comparator.model import Change, ComparisonModel, Diagnostics, LinkModel, Relation

Floats = NDArray[np.float64]

PRIOR_STRENGTH: Final = 20.0
"""Pseudo-pairs behind the declared m of each comparison."""
SHARE_PRIOR: Final = (2.0, 2.0)
"""Beta prior of a share: weak, and away from 0 and 1."""
CHANGE_PRIOR: Final = (2.0, 10.0)
"""Beta prior of how many matches changed: its mode is a tenth, and twelve pairs outweigh it."""
MAX_ITERATIONS: Final = 500
TOLERANCE: Final = 1e-8
"""A step that raises the penalized log likelihood by less than this share of it ends the learning. Ten times as much
stops on the long way to relations that are rare: their priors then come out a tenth too low."""
MIN_PAIRS: Final = 30
"""Below so many expected matches, m is as much the declared one as what was learned; a message says so."""


@dataclass(frozen=True)
class Patterns:
    """Counts of agreement patterns: all that learning ever sees.

    Attributes:
        gammas: one row per pattern, one column per comparison, int8, shape (n_patterns, n_comparisons).
        counts: how many candidate pairs show it, shape (n_patterns,).
        n_possible: how many pairs there are in all, candidates or not.
    """

    gammas: NDArray[np.int8]
    counts: Floats
    n_possible: float


def level_table(values: Sequence[float]) -> Floats:
    """Probabilities per gamma with missing in front: index by `gamma + 1`; missing is no evidence, so 1."""
    return np.concatenate([[1.0], np.asarray(values, dtype=np.float64)])


def relation_table(c: ComparisonModel, share: float) -> Floats:
    """Probabilities per gamma of two related entities that share this with probability `share`, missing in front."""
    if c.kin is None or share == 0:
        return level_table(c.u)
    return share * level_table(c.kin) + (1 - share) * level_table(c.u)


def log_priors(model: LinkModel, n: int) -> Floats:
    """log of each relation's prior, shape (n_relations, n)."""
    priors = np.array([r.prior for r in model.relations])
    return np.tile(np.log(priors).reshape(-1, 1), n)


def changed_table(c: ComparisonModel, share: float) -> Floats:
    """Probabilities per gamma of a match of which this has changed with probability `share`, missing in front."""
    return share * level_table(c.u) + (1 - share) * level_table(c.m)


def class_log_likelihoods(model: LinkModel, gammas: NDArray[np.int8]) -> tuple[Floats, Floats, Floats]:
    """log P(pattern, kind): of a match, unchanged and changed (2, n); of relations (n_relations, n); unrelated (n,)."""
    n = len(gammas)
    change = model.change or Change(0.0, (0.0,) * len(model.comparisons))
    match = np.repeat(np.log(model.match_prior) + log_of([1 - change.prior, change.prior]), n).reshape(2, n)
    related = log_priors(model, n)
    unrelated = np.full(n, np.log(model.unrelated_prior))
    for k, c in enumerate(model.comparisons):
        index = gammas[:, k].astype(np.intp) + 1
        match[0] += np.log(level_table(c.m))[index]
        match[1] += np.log(changed_table(c, change.shares[k]))[index]
        unrelated += np.log(level_table(c.u))[index]
        for j, r in enumerate(model.relations):
            related[j] += np.log(relation_table(c, r.shares[k]))[index]
    return match, related, unrelated


def log_of(p: Sequence[float]) -> Floats:
    """Logarithms; that of nothing is minus infinity, and no warning."""
    out: Floats = np.log(np.array(p), out=np.full(len(p), -np.inf), where=np.array(p) > 0)
    return out


def total_log_likelihood(parts: tuple[Floats, Floats, Floats]) -> Floats:
    """log P(pattern) over all kinds."""
    match, related, unrelated = parts
    out: Floats = np.logaddexp.reduce(np.vstack([match, related, unrelated]), axis=0)
    return out


def fit(start: LinkModel, comparisons: Sequence[Comparison], patterns: Patterns, *, keep_m: bool = False) -> LinkModel:
    """The posterior mode of m, the relations and the priors; u stays as it is in `start`.

    Args:
        start: where to begin, with the u to keep.
        comparisons: what the patterns' columns are; their declared m are the centers of the Dirichlet priors.
        patterns: the counts.
        keep_m: whether m and what changes stay as they are in `start` too.
    """

    def step(model: LinkModel) -> tuple[LinkModel, float]:
        after, likelihood = _step(model, centers, shared, patterns)
        return (replace(after, comparisons=start.comparisons, change=start.change) if keep_m else after), likelihood

    centers = [np.array(c.m) for c in LinkModel.default(comparisons).comparisons]
    shared = [c.shared for c in comparisons]
    climbed = climb(start, step, MAX_ITERATIONS, TOLERANCE)
    model = climbed.model
    parts = class_log_likelihoods(model, patterns.gammas)
    posterior = np.exp(parts[0] - total_log_likelihood(parts)).sum(axis=0)
    return replace(
        model,
        diagnostics=Diagnostics(
            converged=climbed.converged,
            n_iterations=climbed.n_steps,
            n_pairs=int(patterns.counts.sum()),
            expected_matches=float((posterior * patterns.counts).sum()),
            log_likelihood=climbed.history,
        ),
    )


def _step(
    model: LinkModel, centers: list[Floats], shared: Sequence[bool], patterns: Patterns
) -> tuple[LinkModel, float]:
    """One EM step, and the penalized log likelihood before it."""
    parts = class_log_likelihoods(model, patterns.gammas)
    total = total_log_likelihood(parts)
    p_same, p_changed = np.exp(parts[0] - total) * patterns.counts
    p_related = np.exp(parts[1] - total) * patterns.counts
    rest = patterns.n_possible - patterns.counts.sum() + 1  # one pseudo-pair of each kind: Dirichlet(2, ..., 2)
    objective = float((total * patterns.counts).sum()) + rest * np.log(model.unrelated_prior)
    objective += np.log(model.match_prior) + sum(np.log(r.prior) for r in model.relations)
    objective += _log_change_density(model.change)

    numbers: list[ComparisonModel] = []
    changes: list[float] = []
    shares = np.array([r.shares for r in model.relations]).reshape(len(model.relations), len(model.comparisons))
    for k, c in enumerate(model.comparisons):
        index = patterns.gammas[:, k].astype(np.intp) + 1
        through = _shared_mass(c, shares[:, k], index, p_related)
        objective += _log_prior_density(c, shares[:, k], centers[k], model.relations)
        share = model.change.shares[k] if model.change else 0.0
        by_chance = p_changed * (share * level_table(c.u) / changed_table(c, share))[index] * (index > 0)
        numbers.append(
            _new_numbers(c, index, p_same + p_changed - by_chance, through.sum(axis=0), centers[k], shared[k])
        )
        changes.append(float(_new_share(by_chance, p_changed[index > 0])) if share else 0.0)
        shares[:, k] = _new_shares(c, shares[:, k], through, p_related[:, index > 0], model.relations)
    grown = patterns.n_possible + 2 + len(model.relations)
    relations = [
        replace(r, prior=(float(p.sum()) + 1) / grown, shares=tuple(s.tolist()))
        for r, p, s in zip(model.relations, p_related, shares, strict=True)
    ]
    n_same, n_changed = float(p_same.sum()), float(p_changed.sum())
    change = model.change
    if change is not None:
        a, b = CHANGE_PRIOR
        change = Change((n_changed + a - 1) / (n_same + n_changed + a + b - 2), tuple(changes))
    after = replace(
        model,
        match_prior=(n_same + n_changed + 1) / grown,
        relations=tuple(relations),
        change=change,
        comparisons=tuple(numbers),
    )
    return after, float(objective)


def _shared_mass(c: ComparisonModel, shares: Floats, index: NDArray[np.intp], p_related: Floats) -> Floats:
    """How many pairs of each relation and pattern agree because they share this, shape (n_relations, n_patterns)."""
    out = np.zeros_like(p_related)
    if c.kin is not None:
        for j, share in enumerate(shares.tolist()):
            common, chance = share * level_table(c.kin), (1 - share) * level_table(c.u)
            out[j] = p_related[j] * (common / (common + chance))[index] * (index > 0)
    return out


def _new_numbers(
    c: ComparisonModel, index: NDArray[np.intp], p_match: Floats, through: Floats, center: Floats, shared: bool
) -> ComparisonModel:
    n_levels = len(c.m) + 1
    counts = np.bincount(index, p_match, minlength=n_levels)[1:]
    by_level = np.bincount(index, through, minlength=n_levels)[1:]
    if shared:
        counts = counts + by_level
    m = tuple(((counts + PRIOR_STRENGTH * center) / (counts.sum() + PRIOR_STRENGTH)).tolist())
    kin = m if shared else None
    if c.kin is not None and not shared:
        weighed = np.where(np.array(c.kin) > 0, by_level + 1, 0.0)
        kin = tuple((weighed / weighed.sum()).tolist())
    return replace(c, m=m, kin=kin)


def _new_shares(
    c: ComparisonModel, shares: Floats, through: Floats, seen: Floats, relations: Sequence[Relation]
) -> Floats:
    if c.kin is None:
        return shares
    new = _new_share(through, seen)
    return np.where([r.anchor == c.name for r in relations], shares, new)


def _new_share(through: Floats, seen: Floats) -> Floats:
    a, b = SHARE_PRIOR
    new: Floats = (through.sum(axis=-1) + a - 1) / (seen.sum(axis=-1) + a + b - 2)
    return new


def _log_change_density(change: Change | None) -> float:
    if change is None:
        return 0.0
    (a, b), (c, d), p = CHANGE_PRIOR, SHARE_PRIOR, change.prior
    free = np.array([s for s in change.shares if s > 0])
    density = (a - 1) * np.log(p) + (b - 1) * np.log1p(-p) + ((c - 1) * np.log(free) + (d - 1) * np.log1p(-free)).sum()
    return float(density)


def _log_prior_density(c: ComparisonModel, shares: Floats, center: Floats, relations: Sequence[Relation]) -> float:
    a, b = SHARE_PRIOR
    out = float((PRIOR_STRENGTH * center * np.log(c.m)).sum())
    if c.kin is None:
        return out
    kin = np.array(c.kin)
    if not np.array_equal(kin, np.array(c.m)):
        out += float(np.log(kin[kin > 0]).sum())
    free = shares[[r.anchor != c.name for r in relations]]
    return out + float(((a - 1) * np.log(free) + (b - 1) * np.log1p(-free)).sum())
