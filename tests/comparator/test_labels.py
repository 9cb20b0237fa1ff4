"""Labels: a few correct what was learned, none change nothing; the pairs asked about are those that could be either."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import Comparison, ComparisonLevel, Equal, LinkModel
from crmquality.comparator.labels import MAX_SCALE, OFFSET_SPREAD, SCALE_SPREAD, adjust, most_informative

COMPARISONS = tuple(
    Comparison(name, (ComparisonLevel("same", Equal(name), 0.9, 0.01),), present=(name,)) for name in ("name", "city")
)
MODEL = LinkModel.default(COMPARISONS)
PARTS = st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.floats(-20, 20), st.booleans()), max_size=30)


def arrays(rows):
    parts = np.array([r[:2] for r in rows], dtype=np.float64).reshape(-1, 2)
    rest, said = np.array([r[2] for r in rows], dtype=np.float64), np.array([r[3] for r in rows], dtype=np.bool_)
    return parts, rest, said


def log_posterior(model, parts, rest, said):
    """What `adjust` maximizes, label by label."""
    scales = [c.scale for c in model.comparisons]
    out = -((model.offset / OFFSET_SPREAD) ** 2) / 2 - sum(((s - 1) / SCALE_SPREAD) ** 2 for s in scales) / 2
    for x, r, y in zip(parts.tolist(), rest.tolist(), said.tolist(), strict=True):
        z = model.offset + r + sum(s * v for s, v in zip(scales, x, strict=True))
        out -= np.logaddexp(0, -z if y else z)
    return out


def test_without_labels_nothing_changes():
    assert adjust(MODEL, *arrays([])) == MODEL


@settings(max_examples=50, deadline=None)
@given(PARTS, st.floats(-0.5, 0.5), st.floats(-0.3, 0.3))
def test_it_is_the_posterior_mode(rows, by, scale_by):
    parts, rest, said = arrays(rows)
    found = adjust(MODEL, parts, rest, said)
    at = log_posterior(found, parts, rest, said)
    first = found.comparisons[0]
    if any(c.scale in (0.0, MAX_SCALE) for c in found.comparisons):
        return  # at an edge the mode is outside
    for other in (
        replace(found, offset=found.offset + by),
        replace(found, comparisons=(replace(first, scale=first.scale + scale_by), found.comparisons[1])),
    ):
        assert log_posterior(other, parts, rest, said) <= at + 1e-6


def test_a_comparison_that_misleads_counts_less():
    rng = np.random.default_rng(3)
    said = np.arange(5_000) % 2 == 0
    parts = np.column_stack([np.where(said, 6.0, -6.0), rng.choice([5.0, -5.0], len(said))])
    name, city = adjust(MODEL, parts, np.zeros(len(said)), said).comparisons
    assert city.scale < 0.8 < 1 < name.scale


def test_a_model_with_labels_survives_json():
    taught = replace(MODEL, offset=-0.25, comparisons=tuple(replace(c, scale=0.75) for c in MODEL.comparisons))
    assert LinkModel.from_dict(taught.to_dict()) == taught
    assert "75% count by the labels" in str(taught)


@given(st.lists(st.tuples(st.integers(-1, 2), st.floats(-30, 30)), max_size=40), st.integers(0, 10))
def test_patterns_come_before_further_pairs_of_one(rows, n):
    gammas = np.array([[g] for g, _ in rows], dtype=np.int8).reshape(-1, 1)
    chosen = most_informative(gammas, np.array([w for _, w in rows], dtype=np.float64), n).tolist()
    assert len(chosen) == len(set(chosen)) == min(n, len(rows))
    n_patterns = len({g for g, _ in rows})
    assert len({rows[i][0] for i in chosen}) == min(n, n_patterns)
    for i in chosen[:n_patterns]:
        assert abs(rows[i][1]) == pytest.approx(min(abs(w) for g, w in rows if g == rows[i][0]), abs=1e-6)
