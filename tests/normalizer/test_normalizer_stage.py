"""The stage: a table is its records, and faults come before anything is read."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import crmquality as cq
from crmquality.normalizer import Derived, FieldNormalizer, Normalizer

STAGE = Normalizer(
    (FieldNormalizer("a", parts=("key",)), FieldNormalizer("b")), (Derived("norm_any", ("norm_a", "norm_b")),)
)
CELL = st.one_of(st.none(), st.text(max_size=5))


@given(st.lists(st.fixed_dictionaries({"a": CELL, "b": CELL}), max_size=6))
def test_a_row_of_a_table_is_its_record(rows):
    frame = STAGE.normalize_frame(pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}))
    assert frame.to_dicts() == [STAGE.normalize_record(r) for r in rows]
    assert frame.columns == ["a", "b", *(c for f in STAGE.fields for c in f.made), "norm_any"]


def test_columns_that_two_fields_would_make_are_refused():
    address, city = cq.Address("address", region="CN"), cq.Text("address_city")
    with pytest.raises(cq.ConfigError, match=r"'address' and field 'address_city' both make .*'norm_address_city'"):
        cq.Pipeline.from_schema(cq.Schema(address, city))
    derived = Normalizer((FieldNormalizer("a"),), (Derived("norm_a", ("norm_a",)),))
    assert derived.faults() == ["field 'a' and a derived column both make the column 'norm_a': rename one of them"]
    assert Normalizer((FieldNormalizer("a"), FieldNormalizer("a"))).faults() == ["field 'a' is normalized twice"]
    assert STAGE.faults() == []


def test_a_kernel_that_is_not_there_or_refuses_its_parameters_is_a_fault():
    wrong = Normalizer((FieldNormalizer("a", "no.such:thing"), FieldNormalizer("b", parameters={"x": 1})))
    assert len(wrong.faults()) == 2


def test_missing_fields_are_all_named():
    with pytest.raises(cq.SchemaError) as caught:
        STAGE.normalize([{"c": 1}])
    assert len(caught.value.faults) == 2
