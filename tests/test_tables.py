"""The column contracts."""

from dataclasses import FrozenInstanceError

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmquality import tables
from crmquality.tables import CHANGES, LINKS, XREF, Normalized, empty, gamma_column, issues_column, norm_column

CONTRACTS = {k: v for k, v in vars(tables).items() if k.isupper() and isinstance(v, dict)}


@pytest.mark.parametrize("name", CONTRACTS)
def test_an_empty_table_has_the_columns_of_its_contract(name):
    frame = empty(CONTRACTS[name])
    assert frame.height == 0
    assert dict(frame.schema) == {k: v if isinstance(v, pl.DataType) else v() for k, v in CONTRACTS[name].items()}


def test_ids_of_an_empty_table_are_of_the_callers_type():
    ids = {"record_id_l", "record_id_r"}
    assert {k for k, v in empty(LINKS, pl.Int64()).schema.items() if v == pl.Int64} == ids
    assert {k for k, v in empty(XREF, pl.Int64()).schema.items() if v == pl.Int64} == {"record_id", "golden_id"}
    assert empty(CHANGES, pl.Date()).schema["record_id"] == pl.Date


@given(st.text(min_size=1), st.text(min_size=1))
def test_columns_of_one_field_are_apart_from_each_other(field, part):
    made = {norm_column(field), norm_column(field, part), issues_column(field), gamma_column(field), field}
    assert len(made) == 5


def test_what_a_kernel_says_does_not_change():
    said = Normalized("x")
    assert (said.value, dict(said.parts), said.issues) == ("x", {}, ())
    with pytest.raises(FrozenInstanceError):
        said.value = "y"  # type: ignore[misc]
