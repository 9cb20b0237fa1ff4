"""The local engine, and what any engine holds a step to."""

from dataclasses import dataclass

import polars as pl
import pytest

from crmquality.engines import RowPlan
from crmquality.engines.local import LocalEngine
from crmquality.errors import ConfigError, EngineError, SchemaError

FRAME = pl.DataFrame({"id": [1, 2, 3, 4, 5], "a": ["x", "y", None, "x", "z"]})


@dataclass(frozen=True)
class Upper:
    """A step that is no stage: engines know none."""

    made: str = "b"
    keeps_rows: bool = True
    sizes: tuple[int, ...] = ()

    def plan(self, columns):
        return RowPlan(("id", "a"), (("b", None), ("id", "id")), self.keeps_rows)

    def run_frame(self, frame):
        assert frame.columns == ["id", "a"]
        assert frame.height <= 2
        out = frame.with_columns(pl.col("a").str.to_uppercase().alias(self.made))
        return out if self.keeps_rows else out.drop_nulls()


def test_rows_are_kept_in_their_order_beside_what_is_made():
    out = LocalEngine(2).run(Upper(), FRAME.with_columns(other=pl.lit(1)))
    assert out.columns == ["id", "a", "other", "b"]
    assert out["b"].to_list() == ["X", "Y", None, "X", "Z"]
    assert out.select("id", "a").equals(FRAME)


def test_rows_that_are_not_kept_stand_alone():
    out = LocalEngine(2).run(Upper(keeps_rows=False), FRAME)
    assert out.to_dict(as_series=False) == {"b": ["X", "Y", "X", "Z"], "id": [1, 2, 4, 5]}
    assert LocalEngine(2).run(Upper(keeps_rows=False), FRAME.clear()).schema == out.schema


def test_a_step_is_held_to_its_plan():
    class Wrong(Upper):
        def run_frame(self, frame):
            return frame.select(id=pl.lit("1"), b=pl.lit(1)).head(1)

    with pytest.raises(EngineError) as caught:
        LocalEngine(2).run(Wrong(), FRAME)
    assert len(caught.value.faults) == 3
    assert "'b' is Int32, planned String" in str(caught.value)
    assert "2 rows went in, 1 came out" in str(caught.value)
    with pytest.raises(EngineError, match="'b' is not there"):
        LocalEngine(2).run(Upper(made="c"), FRAME)


def test_a_batch_has_rows():
    with pytest.raises(ConfigError, match="at least one row"):
        LocalEngine(0).run(Upper(), FRAME)


def test_a_path_is_no_table():
    with pytest.raises(SchemaError, match="reads no files"):
        LocalEngine().run(Upper(), "customers.csv")
