"""Learning: the laws of EM, and what it must find in data whose truth is known."""

from dataclasses import replace
from itertools import combinations
from math import log, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import Comparison, ComparisonLevel, Edits, Equal, LinkModel
from crmquality.comparator.estimate import (
    CHANGE_PRIOR,
    PRIOR_STRENGTH,
    Patterns,
    _step,
    class_log_likelihoods,
    fit,
    total_log_likelihood,
)
from crmquality.comparator.model import Change


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


MARKED = Comparison(
    "company",
    (
        ComparisonLevel("same", Equal("company"), 0.6, 0.001),
        ComparisonLevel("sister", Edits("company"), 0.1, 0.002, related=True),
    ),
    present=("company",),
    shared=False,
)
THREE = (MARKED, *COMPARISONS[2:])


def states(model, pattern):
    """Every way in which a pair can come to a pattern, with its probability: kind, and what is shared or changed."""
    present = [k for k, g in enumerate(pattern) if g >= 0]
    numbers = model.comparisons
    change = model.change or Change(0.0, (0.0,) * len(numbers))
    yield "match", (), model.match_prior * (1 - change.prior) * prod(numbers[k].m[pattern[k]] for k in present)
    may = [k for k in present if change.shares[k] > 0]
    for n_changed in range(len(may) + 1) if model.change else ():
        for changed in combinations(may, n_changed):
            p = model.match_prior * change.prior
            for k in present:
                share, c = change.shares[k], numbers[k]
                p *= share * c.u[pattern[k]] if k in changed else (1 - share) * c.m[pattern[k]]
            yield "changed", changed, p
    yield "unrelated", (), model.unrelated_prior * prod(numbers[k].u[pattern[k]] for k in present)
    can = [k for k in present if numbers[k].kin is not None]
    for j, relation in enumerate(model.relations):
        for n_shared in range(len(can) + 1):
            for shared in combinations(can, n_shared):
                p = relation.prior
                for k in present:
                    share = relation.shares[k] if numbers[k].kin is not None else 0.0
                    p *= share * numbers[k].kin[pattern[k]] if k in shared else (1 - share) * numbers[k].u[pattern[k]]
                yield j, shared, p


def plain_step(model, comparisons, patterns):
    """One EM step as the textbook has it: every hidden state of every pattern, one after the other."""
    start = LinkModel.default(comparisons)
    kinds = dict.fromkeys(["match", "changed", "unrelated", *range(len(model.relations))], 1.0)
    kinds["unrelated"] += patterns.n_possible - patterns.counts.sum()
    m = [PRIOR_STRENGTH * np.array(c.m) for c in start.comparisons]
    kin = [np.array([float(x > 0) for x in c.kin]) if c.kin else None for c in model.comparisons]
    ways = ["changed", *range(len(model.relations))]
    yes, no = ({(j, k): 1.0 for j in ways for k in range(len(comparisons))} for _ in range(2))
    objective = 0.0
    for pattern, count in zip(patterns.gammas.tolist(), patterns.counts.tolist(), strict=True):
        found = list(states(model, pattern))
        total = sum(p for *_, p in found)
        objective += count * log(total)
        for kind, shared, p in found:
            weight = count * p / total
            kinds[kind] += weight
            for k in [k for k, g in enumerate(pattern) if g >= 0]:
                related = kind not in ("match", "changed", "unrelated")
                if (
                    kind == "match"
                    or (kind == "changed" and k not in shared)
                    or (k in shared and related and comparisons[k].shared)
                ):
                    m[k][pattern[k]] += weight
                elif k in shared and related:
                    kin[k][pattern[k]] += weight
                if kind == "changed" or related:
                    (yes if k in shared else no)[kind, k] += weight
    return objective, kinds, [x / x.sum() for x in m], kin, {key: yes[key] / (yes[key] + no[key]) for key in yes}


@pytest.mark.parametrize("comparisons", [THREE, (*THREE, *COMPARISONS[:2])])
@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.tuples(*[st.integers(-1, 2)] * 5), st.integers(1, 50)), min_size=1, max_size=8))
def test_a_step_is_the_textbooks(comparisons, rows):
    gammas = np.array([g for g, _ in rows], dtype=np.int8)[:, : len(comparisons)]
    gammas[:, 0] = np.minimum(gammas[:, 0], len(comparisons[0].levels))
    patterns = Patterns(gammas, np.array([c for _, c in rows], dtype=np.float64), 5_000.0)
    model = replace(LinkModel.default(comparisons), match_prior=0.02).with_relations(0.01)
    assert len(model.relations) == 3
    assert (model.change is None) == (comparisons == THREE)
    shared = [c.shared for c in comparisons]
    centers = [np.array(c.m) for c in LinkModel.default(comparisons).comparisons]
    model, _ = _step(model, centers, shared, patterns)  # from somewhere that is not the start
    after, likelihood = _step(model, centers, shared, patterns)
    objective, kinds, m, kin, shares = plain_step(model, comparisons, patterns)
    everything = sum(kinds.values()) - 1  # matches, changed or not, have one pseudo-pair
    matches = kinds["match"] + kinds["changed"] - 2
    assert after.match_prior == pytest.approx((matches + 1) / everything)
    if model.change is not None and after.change is not None:
        a, b = CHANGE_PRIOR
        assert after.change.prior == pytest.approx((kinds["changed"] - 1 + a - 1) / (matches + a + b - 2))
        can = [k for k, c in enumerate(comparisons) if c.shared]
        assert [after.change.shares[k] for k in can] == pytest.approx([shares["changed", k] for k in can])
    assert after.unrelated_prior == pytest.approx(kinds["unrelated"] / everything)
    for j, r in enumerate(after.relations):
        assert r.prior == pytest.approx(kinds[j] / everything)
        for k, c in enumerate(comparisons):
            fixed = model.relations[j].shares[k]
            is_fixed = r.anchor == c.name or model.comparisons[k].kin is None
            assert r.shares[k] == pytest.approx(fixed if is_fixed else shares[j, k])
    for k, c in enumerate(after.comparisons):
        assert c.m == pytest.approx(m[k].tolist())
        if c.kin is not None:
            assert c.kin == pytest.approx(m[k].tolist() if comparisons[k].shared else (kin[k] / kin[k].sum()).tolist())
    rest = patterns.n_possible - patterns.counts.sum()
    assert likelihood <= objective + rest * log(model.unrelated_prior)  # the priors add logs


def test_what_changes_together_is_found_and_counts_once():
    five = (*COMPARISONS, comparison("postcode", 0.7, 0.002, shared=True))
    start = LinkModel.default(five)
    numbers = tuple(
        replace(c, m=(0.05, 0.05, 0.9), kin=(0.05, 0.05, 0.9) if c.kin else None) for c in start.comparisons
    )
    movers = Change(0.4, (0.0, 0.0, 0.02, 0.98, 0.98))
    model = replace(start, match_prior=2e-4, relations=start.relations[:1], change=movers, comparisons=numbers)
    grid = np.meshgrid(*[np.arange(3)] * 5, indexing="ij")
    gammas = np.column_stack([g.ravel() for g in grid]).astype(np.int8)
    density = np.exp(total_log_likelihood(class_log_likelihoods(model, gammas)))
    found = fit(start, five, Patterns(gammas, density * 2e7, 2e7))
    assert found.change is not None
    assert found.change.prior == pytest.approx(0.4, abs=0.03)
    assert found.change.shares == pytest.approx(movers.shares, abs=0.05)

    def weight(pattern):
        match, _, unrelated = class_log_likelihoods(found, np.array([pattern], dtype=np.int8))
        return float(np.logaddexp(*match[:, 0]) - unrelated[0])

    both = weight((2, 2, 2, 2, 2)) - weight((2, 2, 2, 0, 0))
    one = weight((2, 2, 2, -1, 2)) - weight((2, 2, 2, -1, 0))
    assert weight((2, 2, 2, 0, 0)) > weight((2, 2, 2, -1, 0)) - 1  # the second column of an address adds little
    assert both > one > 0


def test_without_relations_it_is_the_two_class_model():
    alone = tuple(replace(c, shared=False) for c in COMPARISONS[:2])
    model = LinkModel.default(alone)
    assert model.relations == ()
    gammas = np.array([[2, 2], [0, 0], [2, -1]], dtype=np.int8)
    found = fit(model, alone, Patterns(gammas, np.array([500.0, 9_000.0, 10.0]), 1e6))
    assert found.match_prior == pytest.approx(505 / 1e6, rel=0.02)
    nothing = fit(model, alone, Patterns(gammas[:0], np.zeros(0), 1.0))
    assert all(c.m == pytest.approx(d.m) for c, d in zip(nothing.comparisons, model.comparisons, strict=True))
