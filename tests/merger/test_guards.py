"""Guards one by one: what they read, what they call broken, what they say of themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from crmquality.declarations import Declaration
from crmquality.merger import Merger
from crmquality.merger.guards import (
    Constraint,
    Contradiction,
    Guard,
    MaxSize,
    OneToOne,
    SameValue,
    has_issue,
    value_codes,
)
from crmquality.tables import LINKS

LABEL = np.array([0, 0, 1, 1, 2])


def broken(guard: Guard, records: pl.DataFrame) -> list[int]:
    return guard.bind(records).broken(LABEL).tolist()


def test_contradiction() -> None:
    records = pl.DataFrame({"norm_id": ["x", "x", "x", "y", None]})
    assert broken(Contradiction("norm_id"), records) == [1]
    assert broken(Contradiction("norm_id"), records.with_columns(pl.lit(None).alias("norm_id"))) == []


def test_a_blank_identifier_contradicts_nothing() -> None:
    assert broken(Contradiction("id"), pl.DataFrame({"id": ["x", "", "x", " ", None]})) == []


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Categorical, pl.Float64])
def test_identifiers_of_any_type(dtype: type[pl.DataType]) -> None:
    records = pl.DataFrame({"id": pl.Series(["1", "2", "3", "3", None]).cast(dtype)})
    assert broken(Contradiction("id"), records) == [0]


def test_damaged_identifiers_contradict_nothing() -> None:
    records = pl.DataFrame(
        {"norm_id": ["x", "z", "x", "y", None], "issues_id": ["full_width invalid_check_digit", None, None, None, None]}
    )
    guard = Contradiction("norm_id", unless_issues=("invalid_check_digit",), issues="issues_id")
    assert guard.columns() == ("norm_id", "issues_id")
    assert broken(guard, records) == [1]
    assert broken(Contradiction("norm_id"), records) == [0, 1]


def test_one_to_one() -> None:
    records = pl.DataFrame({"source": ["a", "a", "b", "b", "a"]})
    assert broken(OneToOne(), records) == [0, 1]
    assert broken(OneToOne(only=("b",)), records) == [1]
    assert broken(OneToOne(), records.with_columns(source=pl.Series([None, None, "a", "b", "c"]))) == []


def test_max_size() -> None:
    assert broken(MaxSize(2), pl.DataFrame()) == []
    assert MaxSize(2).bind(pl.DataFrame()).broken(np.array([3, 3, 3, 0])).tolist() == [3]


def test_guards_are_data() -> None:
    for guard in (Contradiction("a", ("masked",), "issues_a"), OneToOne("s", ("crm",)), MaxSize(9)):
        assert Declaration.from_dict(guard.to_dict()) == guard


def test_faults() -> None:
    assert Contradiction("a").faults() == OneToOne().faults() == MaxSize(2).faults() == []
    assert MaxSize(1).faults() == ["max_size: n is 1, expected at least 2"]
    assert len(Contradiction("a", ("Not A Code",)).faults()) == 2


@dataclass(frozen=True)
class NoTwoTowns(Guard):
    column: str

    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def bind(self, records: pl.DataFrame) -> Constraint:
        return SameValue(self.name, value_codes(records[self.column]))


def test_a_guard_of_the_users_own() -> None:
    records = pl.DataFrame({"record_id": [1, 2], "town": ["x", "y"]})
    link = pl.DataFrame([(1, 2, 9.0, 0.99, "link")], list(LINKS), orient="row")
    merger = Merger(guards=(NoTwoTowns("town"),))
    assert merger.cluster_frame(records, link).refused["guard"].to_list() == [NoTwoTowns.type_name]
    assert Merger.from_dict(merger.to_dict()) == merger
    with pytest.raises(NotImplementedError):
        Guard().bind(records)
    assert Guard().columns() == ()


def test_codes_are_equal_where_values_are() -> None:
    codes = value_codes(pl.Series(["b", "a", None, "b"])).tolist()
    assert codes[0] == codes[3] != codes[1]
    assert codes[2] == -1


def test_no_code_matches_inside_another() -> None:
    issues = pl.Series(["invalid_phone_number", "invalid_phone", "a invalid_phone b", None, ""])
    assert has_issue(issues, ("invalid_phone",)).to_list() == [False, True, True, False, False]
    assert not has_issue(issues, ()).any()
