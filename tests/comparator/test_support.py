"""What a table that supports no model gets: the declared numbers, and a note that says so in both languages."""

from dataclasses import replace
from random import Random

import numpy as np
import polars as pl
import pytest

import crmquality as cq
from crmquality.comparator import Comparison, ComparisonLevel, Edits, Equal, LinkModel
from crmquality.comparator.estimate import Patterns
from crmquality.comparator.model import FALLBACKS, Note
from crmquality.comparator.support import informative, is_one_entity, strangers
from crmquality.errors import ModelError

GIVEN = [a + b for a in ("an", "ber", "car", "do", "emi", "fre") for b in ("na", "to", "li", "ra")]
FAMILY = [a + b for a in ("win", "har", "mor", "tal", "bren", "cal") for b in ("ton", "ley", "wood", "stead", "ford")]


def person(dice, i):
    given, family = dice.choice(GIVEN), dice.choice(FAMILY)
    return {
        "given": given,
        "family": family,
        "born": f"{dice.randint(1940, 2000)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
        "phone": f"(212) {dice.randint(220, 989)}-{dice.randint(0, 9999):04d}",
        "email": f"{given}.{family}{dice.randint(1, 999)}@example.org",
    }


PEOPLE = (
    cq.GivenName("given"),
    cq.FamilyName("family"),
    cq.BirthDate("born"),
    cq.Phone("phone", region="US"),
    cq.Email("email"),
)


def run(rows, kinds=PEOPLE):
    rows = [{"record_id": i, **r} for i, r in enumerate(rows)]
    return cq.Pipeline.from_schema(cq.Schema(*kinds)).run(pl.DataFrame(rows))


def codes(result):
    return [n.code for n in result.model.diagnostics.notes]


def test_no_duplicates_no_merges_though_namesakes_look_alike():
    dice = Random(1)
    result = run([person(dice, i) for i in range(1500)])
    assert result.n_golden >= 1495
    assert "no_duplicates" in codes(result) or "few_matches" in codes(result)


def test_one_entity_is_one():
    result = run([person(Random(1), 1)] * 150)
    assert result.n_golden == 1
    assert codes(result)[0] == "one_entity"
    assert result.model.diagnostics.fallback
    assert "one entity" in repr(result)


def test_names_alone_are_said_to_be_alone():
    dice = Random(2)
    rows = [{"company": f"{dice.choice(FAMILY)} {dice.choice(FAMILY)} {dice.choice(GIVEN)} Ltd"} for _ in range(600)]
    result = run([*rows, *rows[:200]], (cq.OrganizationName("company"),))
    assert codes(result)[0] == "one_comparison"
    assert result.model.diagnostics.notes[0].comparison == "company"
    assert 560 <= result.n_golden <= 650  # 600, and some companies share a name


def test_a_column_without_values_and_one_without_variation_are_named():
    dice = Random(3)
    people = [person(dice, i) for i in range(200)]
    rows = [{**p, "phone": None, "family": "winton"} for p in (*people, *people[:80])]
    result = run(rows)
    about = {n.comparison: n.code for n in result.model.diagnostics.notes if n.comparison}
    assert about["phone"] == "missing"
    assert about["family"] == "no_variation"
    assert 195 <= result.n_golden <= 205


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_a_record_is_no_fault(n):
    dice = Random(4)
    result = run([person(dice, i) for i in range(n)]) if n else run([person(dice, 0)])
    assert result.n_golden == max(n, 1)
    assert all(n.message and n.message_zh for n in result.model.diagnostics.notes)


def comparison(name, *, shared):
    levels = (ComparisonLevel("same", Equal(name), 0.8, 0.0002), ComparisonLevel("near", Edits(name), 0.1, 0.05))
    return Comparison(name, levels, present=(name,), shared=shared)


TWO = (comparison("birth", shared=False), comparison("phone", shared=True))


def test_matches_that_differ_in_what_identifies_are_strangers():
    model = LinkModel.default(TWO)
    assert strangers(TWO, model) == []
    m = (0.7, 0.1, 0.2)
    moved = replace(model, comparisons=(model.comparisons[0], replace(model.comparisons[1], m=m, kin=m)))
    assert strangers(TWO, moved) == []  # a phone may change
    assert strangers(TWO, replace(model, comparisons=(replace(model.comparisons[0], m=m), model.comparisons[1]))) == [
        "birth"
    ]


def test_one_entity_needs_agreement_on_everything_seen():
    assert is_one_entity([1.0, 0.9, 0.0], [0.9, 0.6, 0.0], 300)
    assert not is_one_entity([1.0, 0.9], [1.0, 0.2], 300)
    assert not is_one_entity([1.0], [1.0], 300)


def test_what_is_missing_or_constant_informs_nobody():
    patterns = Patterns(np.array([[1, -1, 2]], dtype=np.int8), np.array([10.0]), 100.0)
    assert informative([1.0, 0.0, 1.0], [0.1, 0.0, 1.0], patterns) == [0]


def test_a_model_of_numbers_that_are_no_probabilities_is_refused():
    data = LinkModel.default(TWO).to_dict()
    assert LinkModel.from_dict(data) == LinkModel.default(TWO)
    for change in (
        {"match_prior": 0.0},
        {"match_prior": 1.5},
        {"match_prior": float("nan")},
        {"comparisons": [{**data["comparisons"][0], "m": [0.5, 0.5, 0.5]}, data["comparisons"][1]]},
        {"comparisons": [{**data["comparisons"][0], "u": [0.0, 0.0, 1.0]}, data["comparisons"][1]]},
        {"comparisons": [{**data["comparisons"][0], "u": [0.5, 0.5]}, data["comparisons"][1]]},
        {"relations": [{"anchor": "phone", "prior": 0.1, "shares": [0.0, 2.0]}]},
    ):
        with pytest.raises(ModelError, match="LinkModel"):
            LinkModel.from_dict({**data, **change})


def test_notes_go_to_a_dict_and_back():
    dice = Random(5)
    model = run([person(dice, i) for i in range(30)]).model
    assert LinkModel.from_dict(model.to_dict()) == model
    assert model.diagnostics.notes
    assert isinstance(model.diagnostics.notes[0], Note)
    assert {n.code for n in model.diagnostics.notes} - FALLBACKS
