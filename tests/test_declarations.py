"""Declarations are data: they compare, and go to JSON and back."""

import json
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crmquality as cq
from crmquality.declarations import Declaration
from crmquality.errors import ConfigError

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=4).filter(lambda k: k != "type"), inner, max_size=3)
    ),
    max_leaves=8,
)


@dataclass(frozen=True)
class Inner(Declaration):
    number: float = 1.0


@dataclass(frozen=True)
class Outer(Declaration):
    name: str
    inner: Inner = Inner()
    more: tuple[Inner, ...] = ()
    extra: object = field(default_factory=dict)


NAME = f"{__name__}:Outer"
INNERS = st.builds(Inner, st.floats(allow_nan=False))


@given(st.builds(Outer, st.text(max_size=4), INNERS, st.lists(INNERS, max_size=3).map(tuple), PLAIN))
def test_to_json_and_back(outer):
    again = Outer.from_dict(json.loads(json.dumps(outer.to_dict())))
    assert again == outer
    assert again.to_dict() == outer.to_dict()


def test_defaults_are_left_out_and_types_are_kept_apart():
    assert Outer("x").to_dict() == {"type": NAME, "name": "x"}
    assert Inner(1).to_dict() == {"type": f"{__name__}:Inner", "number": 1}  # 1 is not 1.0, True is not 1
    assert Inner(True).to_dict()["number"] is True
    assert cq.Phone("m", region="CN").to_dict() == {"type": "Phone", "name": "m", "region": "CN"}


def test_every_fault_of_a_dict_is_told_at_once():
    data = {"type": NAME, "nmae": 1, "more": [{"type": "Outre"}, {"type": NAME, "name": "x", "z": 1}]}
    with pytest.raises(ConfigError) as caught:
        Outer.from_dict(data)
    text = "\n".join(caught.value.faults)
    for expected in (
        "top: unknown field of",
        "Did you mean 'name'?",
        "more[0]: unknown type 'Outre'",
        "more[1]: unknown field",
        f"top: {NAME} needs a field 'name'",
    ):
        assert expected in text


def test_a_dict_of_something_else_is_refused():
    for data in ({}, {"type": "Phone", "name": "x", "region": "CN"}, {"type": "Declaration"}, {"type": 7}):
        with pytest.raises(ConfigError):
            Outer.from_dict(data)


def test_what_is_no_json_is_refused_by_its_type_alone():
    with pytest.raises(ConfigError, match="a set cannot be written") as caught:
        Outer("x", extra={"secret"}).to_dict()
    assert "secret" not in str(caught.value)


def test_two_declarations_of_one_name_are_refused_and_a_module_may_be_read_again():
    def again():
        @dataclass(frozen=True)
        class Twice(Declaration):
            pass

        return Twice

    assert again().type_name == again().type_name
    with pytest.raises(TypeError, match="two declarations are called Phone"):
        type("Phone", (Declaration,), {"__module__": "crmquality.kinds.other"})


def test_a_whole_pipeline_is_data():
    schema = cq.Schema(
        cq.PersonName("name", required=True),
        cq.Phone("mobile", region="CN"),
        cq.NationalId("id_number", scheme="cn.ric"),
        cq.BirthDate("birth_date", order="DMY"),
        source="source",
        contact_points=("mobile",),
    )
    pipeline = cq.Pipeline.from_schema(schema)
    for declared in (schema, pipeline):
        again = type(declared).from_dict(json.loads(json.dumps(declared.to_dict())))
        assert again == declared
    assert replace(pipeline, blocker=replace(pipeline.blocker, window=3)) != pipeline
