"""Fewer EM steps: SQUAREM (Varadhan and Roland 2008, Scandinavian Journal of Statistics 35), scheme S3.

EM creeps where kinds of pairs overlap: hundreds of steps along one valley. Two steps tell its direction and how fast
steps shrink; then comes a jump along it. Jumps are made between log odds, so that probabilities stay probabilities,
and a jump that lowers the likelihood is taken back: the likelihood never falls, as with EM alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.model import LinkModel

Floats: TypeAlias = NDArray[np.float64]
Step: TypeAlias = Callable[[LinkModel], tuple[LinkModel, float]]

MAX_LOG_ODDS: Final = 40.0
"""No jump leads beyond: 4e-18 is as good as nothing."""
GROWTH: Final = 4.0
"""By how much the longest jump allowed grows when it was worth it, and shrinks when it was not; as in the paper."""


class Climb(NamedTuple):
    """Where a climb ended.

    Attributes:
        model: the last one.
        history: the likelihood before each step that was kept; never falls.
        n_steps: steps taken, those that were taken back among them.
        converged: whether the last two steps and a jump hardly raised it.
    """

    model: LinkModel
    history: tuple[float, ...]
    n_steps: int
    converged: bool


def climb(start: LinkModel, step: Step, max_steps: int, tolerance: float) -> Climb:
    """EM from a start to where the likelihood no longer rises, by jumps where they help.

    Args:
        start: where to begin.
        step: one EM step: the model after it, and the penalized log likelihood before it.
        max_steps: so many steps at most.
        tolerance: two steps and a jump that raise the likelihood by less than this share of it end the climb.
    """
    history: list[float] = []
    here, refuge, longest, n_steps = start, start, GROWTH, 0
    begun = -np.inf
    while n_steps < max_steps:
        one, likelihood = step(here)
        n_steps += 1
        if history and not likelihood >= history[-1]:  # a jump too far, or to where nothing can be computed
            longest = max(longest / GROWTH, 1.0)
            here = refuge
            continue
        history.append(likelihood)
        converged = likelihood - begun <= tolerance * abs(likelihood)
        if converged or n_steps >= max_steps:
            return Climb(one, tuple(history), n_steps, converged)
        begun = likelihood
        refuge, likelihood = step(one)
        n_steps += 1
        history.append(likelihood)
        here, length = _jumped(here, one, refuge, longest)
        if length >= longest:
            longest *= GROWTH
    return Climb(refuge, tuple(history), n_steps, converged=False)


def _jumped(first: LinkModel, second: LinkModel, third: LinkModel, longest: float) -> tuple[LinkModel, float]:
    """The model after a jump along two steps, and the jump's length in steps; 1 is no jump."""
    a, b, c = (_log_odds(m) for m in (first, second, third))
    r = b - a
    v = (c - b) - r
    size = float(np.linalg.norm(v))
    length = 1.0 if size == 0 else min(max(float(np.linalg.norm(r)) / size, 1.0), longest)
    if length == 1.0:
        return third, length
    return _with_log_odds(third, np.clip(a + 2 * length * r + length**2 * v, -MAX_LOG_ODDS, MAX_LOG_ODDS)), length


def _log_odds(model: LinkModel) -> Floats:
    """All that EM learns as one vector without bounds."""
    parts = [_logs([model.unrelated_prior, model.match_prior, *(r.prior for r in model.relations)])]
    parts += [_logits(_free(model, r.anchor, r.shares)) for r in model.relations]
    if model.change is not None:
        parts.append(_logits([model.change.prior, *(s for s in model.change.shares if s > 0)]))
    for c in model.comparisons:
        parts.append(_logs(c.m))
        if c.kin is not None and c.kin != c.m:
            parts.append(_logs([p for p in c.kin if p > 0]))
    return np.concatenate(parts)


def _with_log_odds(model: LinkModel, vector: Floats) -> LinkModel:
    """The model that a vector of `_log_odds` stands for; what EM does not learn is that of `model`."""
    place = 0

    def take(n: int) -> Floats:
        nonlocal place
        place += n
        return vector[place - n : place]

    priors = _shares_of_one(take(1 + len(model.relations)))
    relations = []
    for r, prior in zip(model.relations, priors[2:], strict=True):
        new = iter(_probabilities(take(len(_free(model, r.anchor, r.shares)))))
        shares = tuple(
            s if s == 0 or c.name == r.anchor else next(new) for s, c in zip(r.shares, model.comparisons, strict=True)
        )
        relations.append(replace(r, prior=prior, shares=shares))
    change = model.change
    if change is not None:
        prior, *some = _probabilities(take(1 + sum(s > 0 for s in change.shares)))
        learned = iter(some)
        change = replace(change, prior=prior, shares=tuple(next(learned) if s > 0 else s for s in change.shares))
    numbers = []
    for c in model.comparisons:
        m = _shares_of_one(take(len(c.m) - 1))
        kin = m if c.kin is not None else None
        if c.kin is not None and c.kin != c.m:
            some_kin = iter(_shares_of_one(take(sum(p > 0 for p in c.kin) - 1)))
            kin = tuple(next(some_kin) if p > 0 else p for p in c.kin)
        numbers.append(replace(c, m=m, kin=kin))
    return replace(model, match_prior=priors[1], relations=tuple(relations), change=change, comparisons=tuple(numbers))


def _free(model: LinkModel, anchor: str, shares: Sequence[float]) -> list[float]:
    return [s for s, c in zip(shares, model.comparisons, strict=True) if s > 0 and c.name != anchor]


def _logs(p: Sequence[float]) -> Floats:
    """Log odds of each but the first against the first."""
    logs = np.log(np.array(p))
    out: Floats = logs[1:] - logs[0]
    return out


def _shares_of_one(odds: Floats) -> tuple[float, ...]:
    e = np.exp(np.concatenate([[0.0], odds]) - max(float(odds.max(initial=0.0)), 0.0))
    return tuple((e / e.sum()).tolist())


def _logits(p: Sequence[float]) -> Floats:
    out: Floats = np.log(np.array(p)) - np.log1p(-np.array(p))
    return out


def _probabilities(odds: Floats) -> list[float]:
    out: list[float] = (1 / (1 + np.exp(-odds))).tolist()
    return out
