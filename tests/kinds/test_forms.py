"""JSON Schema of a form: valid in its dialect, never stricter than the validator, and open about what it leaves out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.kinds.forms import DIALECT, form_schema
from crmquality.validator import Between, Matches, OneOf, Required, Unique, Validator

jsonschema = pytest.importorskip("jsonschema")

KINDS = (
    cq.PersonName("name", required=True),
    cq.Email("email"),
    cq.BirthDate("born"),
    cq.Url("site"),
    cq.Category("stage"),
    cq.Code("code"),
    cq.Number("age"),
)
RULES = (
    Required("name"),
    OneOf("stage", ("lead", "customer")),
    Matches("code", "[A-Z]{2}[0-9]{1,4}|X+"),
    Between("age", 0, 150),
)
NOT_EXPORTED = (
    Matches("code", r"\d+"),
    Matches("code", "(?i)ab"),
    Matches("code", "[[:alpha:]]+"),
    Matches("code", r"\p{Han}+"),
    OneOf("stage", ("lead",), severity="warning"),
    Between("born", "1900-01-01"),
    Unique("code"),
    Required("elsewhere"),
)


def test_a_schema_is_valid_in_its_dialect_and_json() -> None:
    form = cq.Schema(*KINDS, contact_points=["email"]).json_schema(*RULES, *NOT_EXPORTED)
    jsonschema.Draft202012Validator.check_schema(form.schema)
    assert json.loads(json.dumps(form.schema)) == form.schema
    assert form.schema["$schema"] == DIALECT
    assert form.schema["required"] == ["name"]
    assert all(rule in form.left_out for rule in NOT_EXPORTED)
    assert form.schema["x-not-exported"] == [repr(rule) for rule in form.left_out]
    assert not any(rule in form.left_out for rule in RULES)


def test_words_of_both_languages_stand_beside_each_constraint() -> None:
    form = form_schema(KINDS, RULES)
    for name, keyword in (("name", "required"), ("stage", "enum"), ("code", "pattern"), ("age", "maximum")):
        said = form.schema["properties"][name]["x-messages"][keyword]
        assert said["severity"] == "error"
        assert said["en"].endswith(".")
        assert said["zh"].endswith("。")
        assert said["suggestion_zh"].endswith("。")


@pytest.mark.parametrize(
    ("record", "good"),
    [
        ({"name": "李娜"}, True),
        ({}, False),
        ({"name": None}, False),
        ({"name": " 　"}, False),
        ({"name": "x", "stage": "lead", "code": "AB12", "age": 3, "born": "1990-01", "email": "a@b.cn"}, True),
        ({"name": "x", "stage": "led"}, False),
        ({"name": "x", "code": "A1"}, False),
        ({"name": "x", "code": ""}, True),
        ({"name": "x", "age": 151}, False),
        ({"name": "x", "born": "1990-02-03", "site": "https://example.org"}, True),
        ({"name": "x", "site": "example"}, False),
    ],
)
def test_what_a_form_takes(record: dict[str, object], good: bool) -> None:
    assert jsonschema.Draft202012Validator(form_schema(KINDS, RULES).schema).is_valid(record) is good


FORM = jsonschema.Draft202012Validator(form_schema(KINDS, RULES).schema)
STAGE = Validator(RULES)


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.none() | st.sampled_from(["x", "", " ", "李娜"]),
            "stage": st.none() | st.sampled_from(["lead", "led", "", "customer"]),
            "code": st.none() | st.from_regex(r"[A-Z]{0,3}[0-9]{0,5}\n?", fullmatch=True) | st.text(max_size=4),
            "age": st.none() | st.integers(-5, 200),
        },
    )
)
def test_a_form_is_never_stricter_than_the_validator(record: dict[str, object]) -> None:
    accepted = FORM.is_valid(record)
    found = STAGE.validate_record({f"norm_{k}": v for k, v in record.items()})
    assert accepted or any(f.severity == "error" for f in found)
