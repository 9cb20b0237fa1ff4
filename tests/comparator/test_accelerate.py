"""Jumps between EM steps: as high as EM alone comes, in fewer steps, and never down."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import Comparison, ComparisonLevel, Edits, Equal, LinkModel
from crmquality.comparator.accelerate import _log_odds, _with_log_odds, climb
from crmquality.comparator.estimate import Patterns, _step


def comparison(name, *, shared, related=False):
    levels = (
        ComparisonLevel("same", Equal(name), 0.75, 0.002),
        ComparisonLevel("near", Edits(name), 0.1, 0.05, related=related),
    )
    return Comparison(name, levels, present=(name,), shared=shared)


COMPARISONS = (
    comparison("name", shared=False, related=True),
    comparison("birth", shared=False),
    comparison("phone", shared=True),
    comparison("street", shared=True),
)
CENTERS = [np.array(c.m) for c in LinkModel.default(COMPARISONS).comparisons]
SHARED = [c.shared for c in COMPARISONS]


def steps_of(patterns):
    return lambda model: _step(model, CENTERS, SHARED, patterns)


def overlapping(seed=1):
    """Counts of matches and relatives that agree nearly alike: where EM creeps."""
    rng = np.random.default_rng(seed)
    grid = np.meshgrid(*[np.arange(-1, 3)] * 4, indexing="ij")
    gammas = np.column_stack([g.ravel() for g in grid]).astype(np.int8)
    return Patterns(gammas, rng.gamma(0.3, 40.0, len(gammas)), 2e6)


def plain(start, step, n):
    likelihood = -np.inf
    for _ in range(n):
        start, likelihood = step(start)
    return likelihood


@pytest.mark.parametrize("seed", range(3))
def test_jumps_come_as_high_in_fewer_steps(seed):
    step = steps_of(overlapping(seed))
    start = LinkModel.default(COMPARISONS)
    found = climb(start, step, 500, 1e-10)
    assert found.converged
    assert found.history[-1] >= plain(start, step, found.n_steps) - 1e-9 * abs(found.history[-1])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.tuples(*[st.integers(-1, 2)] * 4), st.integers(1, 500)), min_size=0, max_size=20))
def test_the_likelihood_never_falls_at_all(rows):
    gammas = np.array([g for g, _ in rows], dtype=np.int8).reshape(-1, 4)
    counts = np.array([c for _, c in rows], dtype=np.float64)
    step = steps_of(Patterns(gammas, counts, counts.sum() * 100 + 10))
    found = climb(LinkModel.default(COMPARISONS), step, 200, 1e-9)
    history = np.array(found.history)
    assert (np.diff(history) >= -1e-9 * np.abs(history[:-1])).all()
    for c in found.model.comparisons:
        assert sum(c.m) == pytest.approx(1)
        assert min(c.m) > 0


def test_a_jump_that_goes_down_is_taken_back():
    patterns = overlapping()
    step = steps_of(patterns)
    n_calls = 0

    def worse_every_third(model):
        nonlocal n_calls
        n_calls += 1
        after, likelihood = step(model)
        return after, likelihood - (1e9 if n_calls == 3 else 0.0)

    found = climb(LinkModel.default(COMPARISONS), worse_every_third, 300, 1e-10)
    assert (np.diff(found.history) >= 0).all()
    assert len(found.history) < found.n_steps


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_log_odds_go_there_and_back(seed):
    start = replace(LinkModel.default(COMPARISONS), match_prior=0.01).with_relations(0.002)
    model = plain_model(start, seed)
    back = _with_log_odds(start, _log_odds(model))
    assert back.match_prior == pytest.approx(model.match_prior)
    for a, b in zip(back.comparisons, model.comparisons, strict=True):
        assert a.m == pytest.approx(b.m)
        assert (a.kin is None) == (b.kin is None)
        assert a.kin is None or b.kin is None or a.kin == pytest.approx(b.kin)
    for x, y in zip(back.relations, model.relations, strict=True):
        assert (x.anchor, x.prior) == (y.anchor, pytest.approx(y.prior))
        assert x.shares == pytest.approx(y.shares)


def plain_model(start, seed):
    model, _ = steps_of(overlapping(seed))(start)
    return model
