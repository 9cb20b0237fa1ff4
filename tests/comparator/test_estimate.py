"""Learning: the laws of EM, and what it must find in data whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import Comparison, ComparisonLevel, Edits, Equal, LinkModel
from crmquality.comparator.estimate import Patterns, class_log_likelihoods, fit, total_log_likelihood


def comparison(name, m, u, *, shared):
    levels = (ComparisonLevel("same", Equal(name), m, u), ComparisonLevel("near", Edits(name), 0.1, 0.05))
    return Comparison(name, levels, present=(name,), shared=shared)


COMPARISONS = (
    comparison("name", 0.8, 0.005, shared=False),
    comparison("birth", 0.8, 0.001, shared=False),
    comparison("phone", 0.7, 0.001, shared=True),
    comparison("street", 0.7, 0.002, shared=True),
)


def all_patterns():
    grid = np.meshgrid(*[np.arange(-1, 3)] * len(COMPARISONS), indexing="ij")
    return np.column_stack([g.ravel() for g in grid]).astype(np.int8)


def expected_counts(model, n_possible, missing=0.2):
    """How often each pattern comes when the model is the truth and a fifth of the cells is missing."""
    gammas = all_patterns()
    density = np.exp(total_log_likelihood(class_log_likelihoods(model, gammas)))
    for k in range(gammas.shape[1]):
        density *= np.where(gammas[:, k] < 0, missing, 1 - missing)
    return Patterns(gammas, density * n_possible, n_possible)


def truth():
    start = LinkModel.default(COMPARISONS)
    numbers = []
    for c, m0 in zip(start.comparisons, (0.75, 0.9, 0.6, 0.8), strict=True):
        m = (0.95 - m0, 0.05, m0)
        numbers.append(replace(c, m=m, kin=m if c.kin else None))
    phone, street = (r for name in ("phone", "street") for r in start.relations if r.anchor == name)
    relations = (
        replace(phone, prior=5e-4, shares=(0.0, 0.0, 0.95, 0.2)),
        replace(street, prior=3e-4, shares=(0.0, 0.0, 0.1, 0.95)),
    )
    return replace(start, match_prior=2e-4, relations=relations, comparisons=tuple(numbers))


def test_em_finds_matches_and_relatives_apart():
    model = truth()
    patterns = expected_counts(model, 2e7)
    found = fit(LinkModel.default(COMPARISONS), COMPARISONS, patterns)
    assert found.diagnostics is not None
    assert found.diagnostics.converged
    assert found.match_prior == pytest.approx(model.match_prior, rel=0.05)
    assert sum(r.prior for r in found.relations) == pytest.approx(8e-4, rel=0.05)
    for a, b in zip(found.comparisons, model.comparisons, strict=True):
        assert a.m == pytest.approx(b.m, abs=0.03)


def test_without_duplicates_almost_nothing_is_a_match():
    model = replace(truth(), match_prior=1e-12)
    found = fit(LinkModel.default(COMPARISONS), COMPARISONS, expected_counts(model, 2e7))
    assert found.diagnostics is not None
    # 10,000 related pairs, no match: what is taken for a match must be a trace of them
    assert found.diagnostics.expected_matches < 100


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.tuples(*[st.integers(-1, 2)] * 4), st.integers(1, 500)), min_size=1, max_size=20))
def test_the_likelihood_never_falls_and_probabilities_stay_probabilities(rows):
    gammas = np.array([g for g, _ in rows], dtype=np.int8)
    counts = np.array([c for _, c in rows], dtype=np.float64)
    found = fit(LinkModel.default(COMPARISONS), COMPARISONS, Patterns(gammas, counts, counts.sum() * 100 + 10))
    assert found.diagnostics is not None
    history = np.array(found.diagnostics.log_likelihood)
    assert (np.diff(history) >= -1e-6 * np.abs(history[:-1]) - 1e-9).all()
    assert 0 < found.match_prior < 1
    for c in found.comparisons:
        assert sum(c.m) == pytest.approx(1)
        assert sum(c.u) == pytest.approx(1)
        assert min(c.m) > 0
        assert c.kin is None or sum(c.kin) == pytest.approx(1)
    for r in found.relations:
        assert 0 < r.prior < 1
        assert all(0 <= share < 1 for share in r.shares)


def test_not_converged_is_said():
    from crmquality.comparator import estimate

    model = truth()
    patterns = expected_counts(model, 2e7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "MAX_ITERATIONS", 1)
        found = fit(LinkModel.default(COMPARISONS), COMPARISONS, patterns)
    assert found.diagnostics is not None
    assert not found.diagnostics.converged
