"""Rules about several columns and several records: their literal cases, and a record against its row."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import SchemaError
from crmquality.validator import (
    SEX_WORDS,
    AsMostSay,
    DefaultValue,
    Finding,
    NoneOf,
    NotBoth,
    NotSameAs,
    OneEntityPer,
    OnePerEntity,
    PatternFor,
    PostcodeMatches,
    SameCountry,
    SameDomain,
    Validator,
)
from crmquality.validator.frequency import most_by_chance

RULES = (
    NoneOf("norm_kind", ("fixed_line", "service"), "mobile", "landline_in_mobile"),
    NotSameAs("norm_a", "norm_b", "b"),
    PatternFor("norm_place", "norm_kind", {"x": "mobile"}, "kind", "document_conflict"),
    PostcodeMatches("norm_place", "norm_code", "code"),
    SameCountry("norm_region", "norm_country", "norm_place", "mobile"),
    SameDomain("norm_domain", "norm_free", "norm_site", "norm_site_name", "email"),
    NotBoth("norm_out", "norm_in"),
)
choices = {
    "norm_kind": ["fixed_line", "mobile", " "],
    "norm_a": ["1", "2"],
    "norm_b": ["1", "2"],
    "norm_place": ["北京市", "CA", "香港特别行政区", "x"],
    "norm_code": ["100022", "200000", "95014", "é"],
    "norm_region": ["CN", "HK", "US", "CA", "001"],
    "norm_country": ["US", "CN", "DE"],
    "norm_domain": ["acme.cn", "mail.acme.com", "x.org"],
    "norm_free": ["true"],
    "norm_site": ["acme.com"],
    "norm_site_name": ["acme"],
    "norm_out": ["是", "Y", "退订", "否", "订阅"],
    "norm_in": ["1", "已订阅", "退订", "no", "TRUE"],
}
rows = st.fixed_dictionaries({name: st.none() | st.sampled_from(values) for name, values in choices.items()})


@settings(max_examples=50, deadline=None)
@given(records=st.lists(rows, min_size=4, max_size=24))
def test_a_record_alone_has_the_findings_of_its_row(records: list[dict[str, str | None]]) -> None:
    frame = pl.DataFrame(records, schema=dict.fromkeys(choices, pl.String)).with_row_index("record_id")
    stage = Validator(RULES)
    by_table = [Finding(**row) for row in stage.validate_frame(frame).iter_rows(named=True)]
    assert by_table == [f for row in frame.iter_rows(named=True) for f in stage.validate_record(row)]


@pytest.mark.parametrize(
    ("record", "codes"),
    [
        ({"kind": "mobile"}, []),
        ({"kind": "service"}, ["landline_in_mobile"]),
        ({"a": "1", "b": "1"}, ["repeated_value"]),
        ({"a": "1", "b": None}, []),
        ({"place": "北京市", "code": "200000"}, ["postcode_conflict"]),
        ({"place": "北京市", "code": "100022"}, []),
        ({"place": "CA", "code": "10001"}, ["postcode_conflict"]),
        ({"place": "CA", "code": "95014-1234"}, []),
        ({"place": "CA", "code": "SW1A 2AA"}, []),
        ({"place": "X", "kind": "fax"}, ["document_conflict"]),
        ({"place": "上海市", "code": "1"}, []),
        ({"region": "US", "country": "CA"}, []),
        ({"region": "US", "country": "CN"}, ["country_conflict"]),
        ({"region": "HK", "place": "香港特别行政区"}, []),
        ({"region": "CN", "place": "香港特别行政区"}, ["country_conflict"]),
        ({"region": "001", "country": "CN"}, []),
        ({"out": "退订", "in": "是"}, ["consent_conflict"]),
        ({"out": "是", "in": "退订"}, []),
        ({"out": "否", "in": "已订阅"}, []),
        ({"domain": "x.org", "site": "acme.com", "site_name": "acme"}, ["domain_conflict"]),
        ({"domain": "x.org", "site": "acme.com", "site_name": "acme", "free": "true"}, []),
        ({"domain": "x.org", "site": "weibo.com"}, []),
    ],
)
def test_what_agrees_and_what_does_not(record: dict[str, str | None], codes: list[str]) -> None:
    found = Validator(RULES).validate_record({f"norm_{k}": v for k, v in record.items()})
    assert [f.code for f in found] == codes


def test_defaults_are_found_without_a_list_and_duplicates_are_no_default() -> None:
    rng = np.random.default_rng(7)
    people = [f"person {i}" for i in range(3000)]
    phones = [f"+8613{i:09}" for i in range(3000)]
    for i in rng.choice(3000, 300, replace=False):  # families share one
        phones[i] = phones[i - 1]
    frame = pl.DataFrame({"name": people * 2 + ["one"] * 200, "phone": phones * 2 + ["+8613999999999"] * 200})
    assert len(DefaultValue("phone", ("name",)).check(frame, None)[0].rows) == 0
    planted = frame.with_columns(
        phone=pl.when(pl.int_range(pl.len()) % 150 == 0).then(pl.lit("+861088888888")).otherwise("phone")
    )
    hits = DefaultValue("phone", ("name",)).check(planted, None)[0].rows
    assert planted[hits]["phone"].unique().to_list() == ["+861088888888"]


@pytest.mark.parametrize("seed", range(5))
def test_chance_raises_hardly_an_alarm(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for counts in (rng.geometric(0.8, 50_000), rng.poisson(40, 20_000) + 1, np.ones(100, np.int64)):
        assert counts.max() <= most_by_chance(counts) * 1.05
        assert np.append(counts, counts.max() * 4 + 20)[-1] > most_by_chance(np.append(counts, counts.max() * 4 + 20))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 10**6), max_size=50))
def test_a_threshold_is_a_number_for_any_counts(counts: list[int]) -> None:
    assert most_by_chance(np.array(counts, dtype=np.int64)) >= 5


def test_an_employer_that_nobody_else_of_the_domain_has() -> None:
    frame = pl.DataFrame(
        {"domain": ["acme.cn"] * 10 + ["qq.com"] * 10, "key": ["acme"] * 9 + ["other"] + ["acme"] * 9 + ["other"]}
    ).with_columns(free=pl.when(pl.col("domain") == "qq.com").then(pl.lit("true")))
    rule = AsMostSay("domain", "key", "company", unless="free")
    assert rule.check(frame, None)[0].rows.to_list() == [9]
    assert rule.check(frame[::2], None)[0].rows.to_list() == []


ENTITIES = pl.DataFrame({"record_id": [1, 2, 3, 4, 5, 6], "entity_id": [1, 1, 3, 3, 5, 6]})
TABLE = pl.DataFrame(
    {
        "record_id": [6, 5, 4, 3, 2, 1],
        "norm_born": ["1990-01-01", None, "1954-11", "1954-11-01", "1990-02-01", "1990-01-02"],
        "norm_gender": ["M", "F", "男", "M", "女士", "先生"],
        "norm_number": ["A", "A", "C", "C", None, "B"],
    }
)
ABOUT_ENTITIES = Validator(
    (
        OnePerEntity("born", dates=True),
        OnePerEntity("gender", words=SEX_WORDS),
        OnePerEntity("number", severity="error"),
        OneEntityPer("number"),
    )
)


def test_contradictions_inside_an_entity_and_numbers_of_two() -> None:
    found = ABOUT_ENTITIES.validate_frame(TABLE, clusters=ENTITIES)
    assert found.select("record_id", "field", "code").rows() == [
        (1, "born", "entity_conflict"),
        (1, "gender", "entity_conflict"),
        (2, "born", "entity_conflict"),
        (2, "gender", "entity_conflict"),
        (5, "number", "shared_identifier"),
        (6, "number", "shared_identifier"),
    ]
    assert ABOUT_ENTITIES.validate_frame(TABLE).is_empty()
    assert ABOUT_ENTITIES.skipped() == ABOUT_ENTITIES.rules
    assert ABOUT_ENTITIES.skipped(clusters=True) == ()
    assert ABOUT_ENTITIES.validate_record(TABLE.row(0, named=True)) == ()
    with pytest.raises(SchemaError):
        ABOUT_ENTITIES.validate_frame(TABLE, clusters=ENTITIES.drop("entity_id"))


def test_findings_about_entities_stand_among_the_others_in_order() -> None:
    everything = ABOUT_ENTITIES.with_rules(NoneOf("norm_gender", ("M",), "gender"))
    before = everything.validate_frame(TABLE)
    both = everything.with_entity_findings(before, TABLE, ENTITIES)
    assert both.equals(everything.validate_frame(TABLE, clusters=ENTITIES))
    assert both.height > before.height
