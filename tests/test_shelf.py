"""What is put on a shelf is taken from it again, whatever it is made of."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.shelf import Shelf, text_row

ODD = ["", "\x00", "\x1f", "\x1b", "\x1b1", "\x1b3\x00", "李娜"]
CELLS = st.one_of(st.none(), st.sampled_from(ODD), st.text(max_size=5))
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=5)


@settings(deadline=None)
@given(rows=ROWS, more=ROWS)
def test_every_cell_comes_back(rows, more):
    names = ("a", "b")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    records = [dict(zip(names, row, strict=True)) for row in more]
    shelf = Shelf.of(frame, names).above(Shelf.of_records(records, names))
    assert [tuple(shelf.row(i).values()) for i in range(len(shelf))] == [*rows, *more]
    assert shelf.n_bytes >= 8 * len(shelf)


def test_no_columns_and_other_types():
    assert Shelf.of(pl.DataFrame({"a": [1, 2]}), ()).row(1) == {}
    shelf = Shelf.of(pl.DataFrame({"a": [1.0, None], "b": [True, False]}), ("b", "a"))
    assert shelf.row(0) == text_row({"a": 1.0, "b": True}, ("b", "a")) == {"b": "true", "a": "1"}
