from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import ConfigError, SchemaError
from crmquality.tables import FINDINGS, norm_column
from crmquality.validator import (
    SEX_WORDS,
    AnyOf,
    AreaMatches,
    Before,
    Between,
    Finding,
    Flagged,
    IssueCodes,
    Matches,
    NotInFuture,
    OneOf,
    Required,
    SameAs,
    SharedByTooMany,
    Stale,
    Unique,
    ValidationRule,
    Validator,
    column_cells,
)

NOW = datetime(2026, 1, 1)

ALL = Validator(
    (
        Required("name", severity="warning"),
        AnyOf(("mobile", "email")),
        IssueCodes("mobile", {"masked": "error"}, ignore=("full_width",)),
        Matches("code", "[A-Z]+"),
        OneOf("stage", ("lead", "customer")),
        Between("age", 0, 150),
        Between("birth_date", high="2026-01-01"),
        SameAs("norm_id_birth_date", "birth_date", "birth_date", "conflict_birth_date", dates=True),
        SameAs("norm_id_sex", "gender", "gender", "conflict_sex", words=SEX_WORDS),
        NotInFuture("birth_date"),
        Before("created_at", "updated_at"),
        AreaMatches("norm_mobile_city", "norm_address_city", "mobile"),
        Stale("updated_at", 365),
        SharedByTooMany("mobile", 1),
        Unique("code", within=("source",)),
    ),
    record_id="id",
    source="source",
)

BAD = {
    "id": 7,
    "source": "web",
    "norm_name": None,
    "norm_mobile": None,
    "norm_email": None,
    "issues_mobile": "masked",
    "norm_code": "secret1",
    "norm_stage": "secret2",
    "norm_age": "90001",
    "norm_birth_date": "2090-03-03",
    "norm_id_birth_date": "1990-03-04",
    "norm_id_sex": "M",
    "norm_gender": "女",
    "created_at": "2021-04-05 06:07:08",
    "updated_at": "2020-04-05 06:07:08",
    "norm_mobile_city": "secret3市",
    "norm_address_city": "secret4市",
}


@dataclass(frozen=True)
class NoFreeMail(ValidationRule):
    """A caller's own rule: two members, and it works in tables and forms."""

    field: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (norm_column(self.field, "free"),)

    def check(self, frame: pl.DataFrame, as_of: datetime | None) -> tuple[Flagged, ...]:
        return self.flagged(self.field, "free_mail", column_cells(frame, *self.columns) == "true")


def frame_of(*records: Mapping[str, object]) -> pl.DataFrame:
    columns = {name: [r.get(name) for r in records] for name in BAD}
    return pl.DataFrame(
        {k: pl.Series(v, dtype=pl.String if all(x is None for x in v) else None) for k, v in columns.items()}
    )


def test_the_findings_of_one_bad_record_in_order() -> None:
    findings = ALL.validate_frame(frame_of(BAD), as_of=NOW)
    assert findings.select("record_id", "source", "field", "code", "severity").rows() == [
        (7, "web", "age", "out_of_range", "error"),
        (7, "web", "birth_date", "conflict_birth_date", "error"),
        (7, "web", "birth_date", "in_future", "error"),
        (7, "web", "birth_date", "out_of_range", "error"),
        (7, "web", "code", "pattern_mismatch", "error"),
        (7, "web", "gender", "conflict_sex", "warning"),
        (7, "web", "mobile", "any_of_missing", "error"),
        (7, "web", "mobile", "area_conflict", "info"),
        (7, "web", "mobile", "masked", "error"),
        (7, "web", "name", "required_missing", "warning"),
        (7, "web", "stage", "not_in_set", "error"),
        (7, "web", "updated_at", "order_violation", "error"),
        (7, "web", "updated_at", "stale", "warning"),
    ]
    assert dict(findings.schema) == {k: (pl.Int64 if k == "record_id" else v) for k, v in FINDINGS.items()}


def test_no_value_is_ever_in_a_finding() -> None:
    both = frame_of(BAD, BAD | {"id": 8, "norm_mobile": "secret5"}, BAD | {"id": 9, "norm_mobile": "secret5"})
    text = repr(ALL.validate_frame(both, as_of=NOW).rows()) + repr(ALL.validate_record(BAD, as_of=NOW)) + repr(ALL)
    for value in ("secret", "90001", "2090", "1990", "06:07", "2021", "2020"):
        assert value not in text


@pytest.mark.parametrize(
    "ids",
    [
        pl.Series([3, 1, 2]),
        pl.Series(["c", "a", "b"]),
        pl.Series([3, 1, 2], dtype=pl.UInt8),
        pl.Series([date(2024, 1, 3), date(2024, 1, 1), date(2024, 1, 2)]),
        pl.Series([3.0, None, 2.0]),
        pl.Series(["c", "a", "b"], dtype=pl.Categorical),
    ],
)
def test_the_record_id_keeps_its_type(ids: pl.Series) -> None:
    frame = pl.DataFrame({"key": ids, "norm_name": [None, None, "x"]}, schema_overrides={"norm_name": pl.String})
    stage = Validator((Required("name"),), record_id="key")
    findings = stage.validate_frame(frame)
    assert findings["record_id"].dtype == ids.dtype
    assert findings["record_id"].to_list() == ids[:2].sort().to_list()
    assert stage.validate_frame(frame[:0])["record_id"].dtype == ids.dtype
    assert stage.validate_frame(frame[2:])["record_id"].dtype == ids.dtype


def test_every_missing_column_is_named_at_once() -> None:
    stage = Validator((Required("moblie"), Before("created", "updated")), record_id="id", source="system")
    with pytest.raises(SchemaError) as error:
        stage.validate_frame(pl.DataFrame({"mobile": ["x"], "created": ["y"]}))
    assert len(error.value.faults) == 4
    assert "Did you mean 'mobile'?" in str(error.value)


def test_every_fault_of_every_rule_is_named_at_once() -> None:
    rules = (
        Required(""),
        Required("x", severity="fatal"),  # type: ignore[arg-type]
        AnyOf(()),
        IssueCodes("x", {"masked": "eror"}),  # type: ignore[dict-item]
        Matches("x", "(?=look)"),
        Matches("x", "("),
        Matches("x", "a)|(b"),
        OneOf("x", ()),
        OneOf("x", "ab"),  # type: ignore[arg-type]
        Between("x"),
        Between("x", 2, 1),
        Between("x", "2024-05", "2024-04"),
        Between("x", "2024", 3),
        Between("x", "May"),
        Between("x", float("nan")),
        SameAs("x", "y", ""),
        SameAs("x", "y", "z", dates=True, words=SEX_WORDS),
        Stale("x", 0),
        SharedByTooMany("x", 0),
        Unique("x", within="source"),  # type: ignore[arg-type]
    )
    for rule in rules:
        assert len(rule.faults()) == 1, rule
    stage = Validator((*rules, "rule"))  # type: ignore[arg-type]
    assert len(stage.faults()) == len(rules) + 1
    for run in (lambda: stage.validate_frame(pl.DataFrame()), lambda: stage.validate_record({})):
        with pytest.raises(ConfigError) as error:
            run()
        assert len(error.value.faults) == len(rules) + 1
    assert ALL.faults() == []


def test_a_validator_goes_to_json_and_back_and_pickles() -> None:
    assert Validator.from_dict(json.loads(json.dumps(ALL.to_dict()))) == ALL
    assert pickle.loads(pickle.dumps(ALL)) == ALL
    own = Validator((NoFreeMail("email", severity="error"),))
    assert Validator.from_dict(own.to_dict()) == own


def test_a_rule_of_ones_own_in_one_line_finds_the_same_in_both_paths() -> None:
    stage = ALL.with_rules(NoFreeMail("email"))
    assert len(stage.rules) == len(ALL.rules) + 1
    record = BAD | {"norm_email_free": "true"}
    frame = frame_of(BAD).with_columns(norm_email_free=pl.lit("true"))
    by_table = [Finding(**row) for row in stage.validate_frame(frame, as_of=NOW).iter_rows(named=True)]
    assert tuple(by_table) == stage.validate_record(record, as_of=NOW)
    assert [f.severity for f in by_table if f.code == "free_mail"] == ["info"]
    assert not [f for f in stage.validate_record(BAD, as_of=NOW) if f.code == "free_mail"]


def test_what_is_not_checked_is_said() -> None:
    assert [type(rule).__name__ for rule in ALL.skipped()] == ["NotInFuture", "Stale"]
    assert ALL.skipped(NOW) == ()
    assert [type(r).__name__ for r in ALL.skipped(NOW, record=True)] == ["SharedByTooMany", "Unique"]
    codes = set(ALL.validate_frame(frame_of(BAD))["code"])
    assert not codes & {"in_future", "stale"}


def test_checks_name_every_field_and_code_that_was_found() -> None:
    found = ALL.validate_frame(frame_of(BAD, BAD | {"norm_mobile": "x"}, BAD | {"norm_mobile": "x"}), as_of=NOW)
    checks = set(ALL.checks)
    for field, code in found.select("field", "code").iter_rows():
        assert (field, code) in checks or (field, "*") in checks


def test_the_callers_kind_of_table_comes_back() -> None:
    records = [dict(BAD), BAD | {"id": 3}]
    out = ALL.validate(records, as_of=NOW)
    assert isinstance(out, list)
    assert out[0]["record_id"] == 3
    assert isinstance(ALL.validate(pl.DataFrame(records), as_of=NOW), pl.DataFrame)


def test_two_rules_that_say_the_same_say_it_once() -> None:
    twice = Validator((Required("name"), Required("name")), record_id="id")
    assert twice.validate_frame(frame_of(BAD)).height == 1
    assert len(twice.validate_record(BAD)) == 1


def test_records_that_share_an_id_keep_their_findings() -> None:
    frame = pl.DataFrame(
        {"record_id": [1, 1], "source": ["b", "a"], "norm_name": pl.Series([None, None], dtype=pl.String)}
    )
    findings = Validator((Required("name"),), source="source").validate_frame(frame)
    assert findings.select("record_id", "source").rows() == [(1, "a"), (1, "b")]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_a_fault(pattern: str) -> None:
    rule = Matches("x", pattern)
    if not rule.faults():
        frame = pl.DataFrame({"record_id": [1], "norm_x": ["value"]})
        assert Validator((rule,)).validate_frame(frame).height == len(
            Validator((rule,)).validate_record({"norm_x": "value"})
        )


def test_rules_print_what_was_said_of_them_alone() -> None:
    assert repr(Required("name")) == "Required(field='name')"
    assert repr(Between("age", high=3, severity="info")) == "Between(severity='info', field='age', high=3)"
    assert [f.name for f in fields(Finding)] == list(FINDINGS)


def test_the_validator_loads_no_heavy_library() -> None:
    code = (
        "import sys, crmquality.validator, crmquality.report;"
        "heavy = ('phonenumbers', 'pypinyin', 'opencc', 'stdnum', 'altair', 'pandas', 'scipy');"
        "print([m for m in heavy if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
