"""Every column form says what its kernel says, of anything at all; near its boundaries in the tests of each kernel."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality import kinds
from crmquality.lift import lift, load_kernel
from crmquality.normalizer.columns import COLUMN_FORMS, load_column_form

FIELDS = [
    kinds.PersonName("x"),
    kinds.Phone("x", region="CN"),
    kinds.Phone("x", region="US"),
    kinds.Email("x"),
    kinds.NationalId("x", scheme="cn.ric"),
    kinds.NationalId("x", scheme="cn.uscc"),
    kinds.BirthDate("x"),
    kinds.Date("x"),
    kinds.Date("x", order="DMY"),
]
NORMALIZERS = [n for n in (kind.normalizer() for kind in FIELDS) if n.kernel in COLUMN_FORMS]
CELLS = st.one_of(
    st.text(max_size=12),
    st.text("0123456789Xx+- .@", max_size=22),
    st.text("abcn.@-_163q", max_size=16),
    st.text("王李欧阳张单伟娜丽·", max_size=5),
)


def test_the_forms_are_of_kernels_that_exist():
    for kernel in COLUMN_FORMS:
        assert callable(load_kernel(kernel))
        assert load_column_form(kernel) is not None


@settings(max_examples=20, deadline=None)  # many cells a time: a call costs what a hundred cells do
@given(cells=st.lists(CELLS, min_size=10, max_size=40))
def test_a_column_form_is_its_kernel(cells):
    series = pl.Series("x", cells, dtype=pl.String)
    for normalizer in NORMALIZERS:
        kernel = load_kernel(normalizer.kernel, normalizer.parameters)
        form = load_column_form(normalizer.kernel, normalizer.parameters)
        told = lift(series, kernel, "x", normalizer.parts, form)
        assert told.equals(lift(series, kernel, "x", normalizer.parts)), normalizer
