"""Frequencies counted in a table, and the same kept by value for tables to come."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import Comparison, ComparisonLevel, Equal
from crmquality.comparator.encoded import Encoded
from crmquality.comparator.term_frequency import Counted, TermFrequencies
from crmquality.errors import SchemaError

COMPARISONS = (
    Comparison("name", (ComparisonLevel("same name", Equal("name"), 0.9, 0.01, tf="name"),), present=("name",)),
    Comparison("city", (ComparisonLevel("same city", Equal("city"), 0.9, 0.1),), present=("city",)),
)
NAMES = st.lists(st.sampled_from(["王伟", "李娜", "O'Neil", "", None]), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.data())
def test_what_is_kept_says_the_same_of_the_table_it_was_counted_in(
    names: list[str | None], data: st.DataObject
) -> None:
    entity = data.draw(st.lists(st.integers(0, 5), min_size=len(names), max_size=len(names)))
    table = Encoded(pl.DataFrame({"name": names, "city": names}, schema={"name": pl.String, "city": pl.String}))
    counted = Counted(np.array(entity, dtype=np.int32))
    kept = counted.kept(COMPARISONS, table)
    here, there = counted.of(table, "name"), kept.of(table, "name")
    assert here.counts.tolist() == there.counts.tolist()
    assert here.codes.tolist() == there.codes.tolist()
    assert here.mean == there.mean == kept.mean("name")
    holders = {n: {e for m, e in zip(names, entity, strict=True) if m == n} for n in names if n is not None}
    assert {n: kept.count("name", n) for n in holders} == {n: len(e) for n, e in holders.items()}
    assert kept.table.filter(pl.col("n_entities") < 2).is_empty()


def test_a_value_that_was_never_seen_is_one_entitys() -> None:
    kept = TermFrequencies(pl.DataFrame({"column": ["name"], "value": ["王"], "n_entities": [9.0]}), {"name": 4.0})
    new = Encoded(pl.DataFrame({"name": ["王", "钭", None]}))
    assert [float(kept.of(new, "name").counts[c]) for c in new.codes("name")] == [9.0, 1.0, 0.0]
    assert kept.of(Encoded(pl.DataFrame({"other": ["x"]})), "other").mean == 1.0
    assert TermFrequencies() == TermFrequencies() != kept
    assert "王" not in repr(kept)


def test_a_table_of_frequencies_without_its_columns_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"'value'.*\n?.*'n_entities'"):
        TermFrequencies(pl.DataFrame({"column": ["name"]}))
