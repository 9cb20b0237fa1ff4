"""How sure a counted share is."""

from __future__ import annotations

from math import sqrt


def wilson(successes: float, trials: float, confidence: float = 0.95) -> tuple[float, float] | None:
    """The Wilson score interval of a share, or None where nothing was counted.

    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209; recommended for small counts and shares near 0 and 1 by Brown, Cai
    and DasGupta, Statistical Science 16 (2001) 101.

    Args:
        successes: how often it was so, between 0 and `trials`.
        trials: how often it was looked at.
        confidence: how often such intervals hold the true share, between 0 and 1.

    >>> [round(end, 4) for end in wilson(98, 100)]
    [0.93, 0.9945]
    >>> wilson(0, 0) is None
    True
    """
    if trials <= 0:
        return None
    from statistics import NormalDist  # here, not above: it loads 20 ms of number types

    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = successes / trials, z * z / trials
    middle = share + spread / 2
    reach = z * sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return (0.0 if successes <= 0 else max(0.0, low)), (1.0 if successes >= trials else min(1.0, high))
