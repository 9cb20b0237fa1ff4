"""Learning from a few labels: by how much each comparison's weight counts, and where the line is.

Without labels, a comparison's weight is what the data's own patterns say. A few labelled pairs cannot replace that, but
they can correct it: a logistic regression on the parts of the match weight, held to "every part counts as it is" by a
prior, so that ten labels move little and a thousand decide. It conditions on the pairs asked about and learns nothing
from which ones were; so the pairs may be chosen for what they teach, which labels in an EM may not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmquality.comparator.estimate import Floats
from crmquality.comparator.model import LinkModel

SCALE_SPREAD: Final = 0.03
"""Standard deviation of how much of a comparison's weight counts, around 1. Wider ones fit fifty labels better and the
tables they came from worse: the pairs asked about are the odd ones, such as two equal titles of one journal."""
OFFSET_SPREAD: Final = 0.25
"""Standard deviation of the offset, in natural log odds: a third of a bit."""
MAX_SCALE: Final = 2.0
STEPS: Final = 50


def adjust(model: LinkModel, parts: Floats, rest: Floats, is_match: NDArray[np.bool_]) -> LinkModel:
    """The model with an offset and scales that fit labelled pairs.

    Args:
        model: learned without them.
        parts: what each comparison adds to each labelled pair's log odds, shape (n, n_comparisons).
        rest: what everything else adds, shape (n,).
        is_match: what people said, shape (n,).

    Returns:
        The posterior mode; the same model where there are no labels.
    """
    if not len(is_match):
        return model
    x = np.column_stack([np.ones(len(parts)), parts])
    center = np.concatenate([[0.0], np.ones(parts.shape[1])])
    precision = np.concatenate([[1 / OFFSET_SPREAD**2], np.full(parts.shape[1], 1 / SCALE_SPREAD**2)])
    said = is_match.astype(np.float64)
    at, best = center, _penalized(center, center, precision, x, rest, said)
    for _ in range(STEPS):  # Newton's method, halved until it gains: the objective is concave
        p = 1 / (1 + np.exp(-np.clip(x @ at + rest, -500, 500)))
        gradient = x.T @ (said - p) - precision * (at - center)
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.diag(precision), gradient)
        size, gained = 1.0, -1.0
        while size > 1e-6 and gained <= 0:
            gained = _penalized(at + size * step, center, precision, x, rest, said) - best
            size /= 2
        if gained <= 1e-10:
            break
        at, best = at + 2 * size * step, best + gained
    scales = np.clip(at[1:], 0.0, MAX_SCALE)
    numbers = [replace(c, scale=float(s)) for c, s in zip(model.comparisons, scales, strict=True)]
    return replace(model, offset=float(at[0]), comparisons=tuple(numbers))


def most_informative(gammas: NDArray[np.int8], weights: Floats, n: int) -> NDArray[np.intp]:
    """Which pairs teach most: those that could be either, of patterns that many pairs show, one of a pattern.

    Args:
        gammas: the levels of the pairs that may be asked about, shape (n_pairs, n_comparisons).
        weights: their match weights in bits.
        n: how many are wanted.

    Returns:
        At most `n` positions, the most informative first: patterns by the mean entropy of their pairs times the root of
        their number, and of each pattern the pair that is least sure; further ones of a pattern after all patterns.

    >>> gammas = np.array([[2], [2], [1], [1], [0]], dtype=np.int8)
    >>> most_informative(gammas, np.array([9.0, 8.0, 0.5, 0.1, -7.0]), 3).tolist()
    [3, 4, 1]
    """
    if not len(weights):
        return np.zeros(0, dtype=np.intp)
    p = 1 / (1 + np.exp2(-np.clip(weights, -500, 500)))
    entropy = -(p * np.log(np.maximum(p, 1e-300)) + (1 - p) * np.log(np.maximum(1 - p, 1e-300)))
    _, pattern = np.unique(gammas, axis=0, return_inverse=True)
    pattern = pattern.ravel()
    n_shown = np.bincount(pattern)
    worth = np.bincount(pattern, entropy) / np.sqrt(n_shown)
    order = np.lexsort((-entropy, pattern))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order)) - (np.cumsum(n_shown) - n_shown)[pattern[order]]
    chosen: NDArray[np.intp] = np.lexsort((-worth[pattern], rank))[:n]
    return chosen


def _penalized(at: Floats, center: Floats, precision: Floats, x: Floats, rest: Floats, said: Floats) -> float:
    """The log posterior."""
    z = x @ at + rest
    likelihood = -np.logaddexp(0, np.where(said > 0, -z, z)).sum()
    return float(likelihood - (precision * (at - center) ** 2).sum() / 2)
