"""Presets: schemas for the tables that everybody has."""

import pytest

import crmquality as cq
from crmquality.kinds.headers import suggest_columns
from crmquality.merger import Contradiction
from crmquality.presets import accounts, contacts

SPECIAL = ("record_id", "source", "created_at", "updated_at")


def guarded(pipeline):
    return [g.column for g in pipeline.merger.guards if isinstance(g, Contradiction)]


@pytest.mark.parametrize("preset", [contacts, accounts])
@pytest.mark.parametrize("region", ["CN", "US"])
def test_a_preset_is_a_sound_pipeline_for_its_own_columns(preset, region):
    pipeline = preset(region=region)
    assert pipeline.faults() == []
    fields = [f.field for f in pipeline.normalizer.fields if f.field not in SPECIAL]
    pipeline.check_columns([*SPECIAL, *fields])
    assert (pipeline.merger.record_id, pipeline.merger.source, pipeline.merger.updated_at) == (
        "record_id",
        "source",
        "updated_at",
    )
    assert type(pipeline).from_dict(pipeline.to_dict()) == pipeline


def test_the_schema_is_what_the_headers_say():
    columns = ["客户编号", "来源系统", "姓名", "手机", "电子邮箱", "身份证号", "性别", "爱好", "更新时间"]
    pipeline = contacts(region="CN", columns=columns)
    assert (pipeline.merger.record_id, pipeline.merger.source, pipeline.merger.updated_at) == (
        "客户编号",
        "来源系统",
        "更新时间",
    )
    assert [c.name for c in pipeline.comparator.comparisons] == [
        "姓名",
        "手机",
        "电子邮箱",
        "身份证号",
        "性别",
        "姓名 ~ 电子邮箱",
    ]
    pipeline.check_columns(columns)
    with pytest.raises(cq.SchemaError, match="none of the 1 headers"):
        contacts(region="CN", columns=["爱好"])


def test_a_region_that_is_none_is_refused():
    with pytest.raises(cq.SchemaError, match="region"):
        contacts(region="XX1")


def test_only_an_identity_of_what_the_table_is_about_forbids_a_merge():
    columns = ["id", "name", "phone", "身份证号", "hkid", "ssn", "统一社会信用代码", "税号", "iban", "vat"]
    persons = {f"norm_{c}_key" for c in ("身份证号", "hkid", "ssn")}
    organizations = {f"norm_{c}_key" for c in ("统一社会信用代码", "税号")}
    assert set(guarded(contacts(region="CN", columns=columns))) == persons
    assert set(guarded(accounts(region="CN", columns=columns))) == organizations


def test_a_consent_survives_as_the_most_restrictive_says():
    pipeline = contacts(region="CN", columns=["编号", "姓名", "手机", "退订", "newsletter"])
    rules = {r.field: r for r in pipeline.merger.rules}
    assert (rules["退订"].restrictive, rules["newsletter"].restrictive) == (("true", "false"), ("false", "true"))
    assert {c.name for c in pipeline.comparator.comparisons}.isdisjoint({"退订", "newsletter"})
    answers = [("否", "Y"), ("√", "on"), ("0", "no")]
    rows = [
        {"编号": i, "姓名": "欧阳娜娜", "手机": "13912345678", "退订": a, "newsletter": b}
        for i, (a, b) in enumerate(answers)
    ]
    [golden] = pipeline.with_default_model().run(rows).golden
    assert (golden["退订"], golden["newsletter"]) == ("true", "false")


def test_every_role_of_a_header_has_a_kind():
    headers = [
        *("birthday", "gender", "postcode", "founded", "email", "lastname", "firstname", "age", "note", "website"),
        *("name", "company", "address", "phone", "uscc", "recordid", "source", "createdat", "updatedat"),
    ]
    roles = suggest_columns(headers)
    assert len(roles) == len(headers)
    for preset in (contacts, accounts):
        assert preset(region="US", columns=headers).faults() == []


def test_two_rows_of_a_preset_become_one():
    rows = [
        {"编号": 1, "公司名称": "北京小米科技有限责任公司", "统一社会信用代码": "91110108551385082Q"},
        {"编号": 2, "公司名称": "小米科技（北京）有限公司", "统一社会信用代码": "91110108551385082q"},
        {"编号": 3, "公司名称": "北京大米科技有限公司", "统一社会信用代码": None},
    ]
    pipeline = accounts(region="CN", columns=rows[0])
    assert [x["golden_id"] for x in pipeline.run(rows).xref] == [1, 1, 3]


def test_headers_that_say_nothing_are_told_of():
    with pytest.raises(cq.SchemaError, match="none of the 2 headers says what its column holds"):
        cq.contacts(region="CN", columns=["abc", "xyz"])


def test_a_column_of_sexes_gets_its_list() -> None:
    fields = cq.contacts(region="CN", columns=["姓名", "手机", "性别"]).normalizer.fields
    assert [dict(f.parameters) for f in fields if f.field == "性别"] == [{"mapping": "sex"}]
