"""Errors: a tree, every fault at once, and hints."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmquality.errors import ConfigError, CRMQualityError, EngineError, ModelError, SchemaError, did_you_mean, unknown

ERRORS = (ConfigError, SchemaError, ModelError, EngineError)


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_caught_as_the_base_and_keeps_its_faults(kind):
    with pytest.raises(CRMQualityError) as caught:
        raise kind(["first", "second"])
    assert caught.value.faults == ("first", "second")
    assert str(caught.value) == "2 faults:\n  - first\n  - second"
    assert str(kind("alone")) == "alone"
    assert kind("alone").faults == ("alone",)


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_survives_pickling(kind):
    for error in (kind("one"), kind(["one", "two"])):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is kind
        assert (again.faults, str(again)) == (error.faults, str(error))


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=6))
def test_a_hint_is_one_of_the_known_names(name, known):
    hint = did_you_mean(name, known)
    assert hint == "" or any(hint == f" Did you mean {k!r}?" for k in known)
    assert repr(name) in unknown("column", name, known)
    if name in known:
        assert hint == f" Did you mean {name!r}?"


def test_an_unknown_name_says_what_is_known():
    assert unknown("metric", "x", []) == "unknown metric 'x'; known: none."
    assert unknown("field", "nmae", iter(["name", "email"])) == (
        "unknown field 'nmae'; known: email, name. Did you mean 'name'?"
    )
