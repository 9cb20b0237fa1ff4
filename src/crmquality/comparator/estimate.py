"""Learning m, the priors and the shares from counts of agreement patterns, without labels.

A pair of records is of one of three kinds:

* a **match**: one entity; each comparison agrees with probability m;
* **related**: two entities that belong together (a household, two branches); each thing that can be shared is shared
  with probability `share`, else agrees by chance. What is shared as a whole, an address, then agrees as it would for a
  match; of a name only a part is shared, and the levels marked `related` say which;
* **unrelated**: every comparison agrees by chance, u.

The third kind is what makes the usual two-class model fail on real customers: relatives agree on the address, the
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

from crmquality.comparator.levels import Comparison
from crmquality.comparator.model import ComparisonModel, Diagnostics, LinkModel

Floats = NDArray[np.float64]

PRIOR_STRENGTH: Final = 20.0
"""Pseudo-pairs behind the declared m of each comparison."""
SHARE_PRIOR: Final = (2.0, 2.0)
"""Beta prior of a share: weak, and away from 0 and 1."""
MAX_ITERATIONS: Final = 500
TOLERANCE: Final = 1e-4
"""Largest move of any probability in a step that still counts as converged."""
MIN_PAIRS: Final = 30
"""Below so many expected matches the m of a level cannot be told from its prior; the declared m are kept."""


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


def class_log_likelihoods(model: LinkModel, gammas: NDArray[np.int8]) -> tuple[Floats, Floats, Floats]:
    """log P(pattern, kind) for match, related and unrelated, each of shape (n_patterns,)."""
    n = len(gammas)
    unrelated_prior = 1 - model.match_prior - model.related_prior
    match = np.full(n, np.log(model.match_prior))
    related = np.full(n, np.log(model.related_prior)) if model.related_prior > 0 else np.full(n, -np.inf)
    unrelated = np.full(n, np.log(unrelated_prior))
    for k, c in enumerate(model.comparisons):
        index = gammas[:, k].astype(np.intp) + 1
        match += np.log(level_table(c.m))[index]
        related += np.log(c.share * level_table(c.kin) + (1 - c.share) * level_table(c.u))[index]
        unrelated += np.log(level_table(c.u))[index]
    return match, related, unrelated


def fit(start: LinkModel, comparisons: Sequence[Comparison], patterns: Patterns) -> LinkModel:
    """The posterior mode of m, the shares and the priors; u stays as it is in `start`.

    Args:
        start: where to begin, with the u to keep.
        comparisons: what the patterns' columns are; their declared m are the centers of the Dirichlet priors.
        patterns: the counts.
    """
    centers = [np.array(c.m) for c in LinkModel.default(comparisons).comparisons]
    shared = [c.shared for c in comparisons]
    model, history, moved, steps = start, [], np.inf, 0
    while steps < MAX_ITERATIONS and moved > TOLERANCE:
        after, likelihood = _step(model, centers, shared, patterns)
        moved = _largest_move(model, after)
        model, steps = after, steps + 1
        history.append(likelihood)
    match, related, unrelated = class_log_likelihoods(model, patterns.gammas)
    posterior = np.exp(match - np.logaddexp(np.logaddexp(match, related), unrelated))
    return replace(
        model,
        diagnostics=Diagnostics(
            converged=bool(moved <= TOLERANCE),
            n_iterations=steps,
            n_pairs=int(patterns.counts.sum()),
            expected_matches=float((posterior * patterns.counts).sum()),
            log_likelihood=tuple(history),
        ),
    )


def _step(
    model: LinkModel, centers: list[Floats], shared: Sequence[bool], patterns: Patterns
) -> tuple[LinkModel, float]:
    """One EM step, and the penalized log likelihood before it."""
    match, related, unrelated = class_log_likelihoods(model, patterns.gammas)
    total = np.logaddexp(np.logaddexp(match, related), unrelated)
    p_match = np.exp(match - total) * patterns.counts
    p_related = np.exp(related - total) * patterns.counts
    rest = patterns.n_possible - patterns.counts.sum() + 1  # one pseudo-pair of each kind: Dirichlet(2, 2, 2)
    objective = float((total * patterns.counts).sum()) + rest * np.log1p(-model.match_prior - model.related_prior)

    numbers: list[ComparisonModel] = []
    for k, c in enumerate(model.comparisons):
        index = patterns.gammas[:, k].astype(np.intp) + 1
        number, penalty = _m_step(c, index, p_match, p_related, centers[k], shared[k])
        numbers.append(number)
        objective += penalty
    n_match, n_related = float(p_match.sum()), float(p_related.sum())
    objective += np.log(model.match_prior) + (np.log(model.related_prior) if model.related_prior > 0 else 0.0)
    grown = patterns.n_possible + 3
    return (
        replace(
            model,
            match_prior=(n_match + 1) / grown,
            related_prior=(n_related + 1) / grown if model.related_prior > 0 else 0.0,
            comparisons=tuple(numbers),
        ),
        float(objective),
    )


def _m_step(
    c: ComparisonModel, index: NDArray[np.intp], p_match: Floats, p_related: Floats, center: Floats, shared: bool
) -> tuple[ComparisonModel, float]:
    """New numbers of one comparison, and the log density of its priors before the step."""
    a, b = SHARE_PRIOR
    pseudo = PRIOR_STRENGTH * center
    penalty = float((pseudo * np.log(c.m)).sum())
    counts = np.bincount(index, p_match, minlength=len(c.m) + 1)[1:]
    share, kin = c.share, np.array(c.kin)
    if c.share > 0:
        common, chance = c.share * level_table(c.kin), (1 - c.share) * level_table(c.u)
        through_share = p_related * (common / (common + chance))[index] * (index > 0)
        penalty += float((a - 1) * np.log(c.share) + (b - 1) * np.log1p(-c.share))
        share = (float(through_share.sum()) + a - 1) / (float(p_related[index > 0].sum()) + a + b - 2)
        by_level = np.bincount(index, through_share, minlength=len(c.m) + 1)[1:]
        if shared:
            counts = counts + by_level
        else:
            marked = kin > 0
            penalty += float(np.log(kin[marked]).sum())
            kin = np.where(marked, by_level + 1, 0.0)
            kin = kin / kin.sum()
    m = (counts + pseudo) / (counts.sum() + PRIOR_STRENGTH)
    kin = m if shared else kin
    return ComparisonModel(c.name, tuple(m.tolist()), c.u, share, tuple(kin.tolist())), penalty


def _largest_move(before: LinkModel, after: LinkModel) -> float:
    moves = [abs(np.log(after.match_prior / before.match_prior)) * 1e-2]
    for x, y in zip(before.comparisons, after.comparisons, strict=True):
        moves.append(float(np.abs(np.array(x.m) - np.array(y.m)).max()))
        moves.append(abs(x.share - y.share))
    return float(max(moves))
