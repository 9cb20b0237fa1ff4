"""Which rules a schema gets from what its columns mean together, on whole records."""

import pytest

import crmquality as cq
from crmquality.kinds import agreement

SCHEMA = cq.Schema(
    cq.PersonName("姓名"),
    cq.Phone("手机", region="CN"),
    cq.Phone("座机", region="CN"),
    cq.Email("邮箱"),
    cq.Url("网址"),
    cq.NationalId("证件号码", scheme="cn.ric"),
    cq.Category("证件类型"),
    cq.Category("性别", mapping="sex"),
    cq.BirthDate("生日"),
    cq.Address("地址", region="CN"),
    cq.Code("邮编"),
    cq.Category("退订"),
    cq.Category("订阅"),
    cq.Date("授权时间"),
    record_id="编号",
    created_at="创建时间",
    updated_at="更新时间",
)
CASES = [
    ({"手机": "010-62781234"}, ("手机", "landline_in_mobile")),
    ({"座机": "13912345678"}, ("座机", "mobile_in_landline")),
    ({"手机": "13912345678", "座机": "139-1234-5678"}, ("座机", "repeated_value")),
    ({"邮箱": "a@other.com.cn", "网址": "www.example.cn"}, ("邮箱", "domain_conflict")),
    ({"证件号码": "11010519491231002X", "证件类型": "港澳居民居住证"}, ("证件号码", "document_conflict")),
    ({"证件号码": "11010519491231002X", "性别": "男"}, ("性别", "conflict_sex")),
    ({"证件号码": "11010519491231002X", "生日": "1950-12-31"}, ("生日", "conflict_birth_date")),
    ({"地址": "北京市海淀区中关村大街1号", "邮编": "200000"}, ("邮编", "postcode_conflict")),
    ({"地址": "北京市海淀区中关村大街1号", "手机": "+1 650 253 0000"}, ("手机", "country_conflict")),
    ({"地址": "上海市黄浦区南京东路1号", "座机": "010-62781234"}, ("座机", "area_conflict")),
    ({"退订": "是", "订阅": "Y"}, ("订阅", "consent_conflict")),
    ({"创建时间": "2024-05-03", "授权时间": "2024-04-01"}, ("授权时间", "order_violation")),
    ({"创建时间": "2024-05-03", "更新时间": "2024-04-01"}, ("更新时间", "order_violation")),
]
FINE = {
    "手机": "13912345678",
    "座机": "010-62781234",
    "邮箱": "a@mail.example.cn",
    "网址": "www.example.cn",
    "证件号码": "11010519491231002X",
    "证件类型": "居民身份证",
    "性别": "女",
    "生日": "1949-12-31",
    "地址": "北京市海淀区中关村大街1号",
    "邮编": "100080",
    "退订": "否",
    "订阅": "是",
    "创建时间": "2024-05-03",
    "授权时间": "2024-05-03",
    "更新时间": "2024-06-01",
}
CROSS = {code for _, (_, code) in CASES}


@pytest.mark.parametrize(("record", "expected"), CASES, ids=lambda x: x[1] if isinstance(x, tuple) else "")
def test_fields_that_contradict_each_other(record, expected):
    found = {(f.field, f.code) for f in cq.Pipeline.from_schema(SCHEMA).check_record(record).findings}
    assert expected in found


def test_a_record_in_agreement_has_no_such_finding():
    found = {f.code for f in cq.Pipeline.from_schema(SCHEMA).check_record(FINE).findings}
    assert not found & CROSS


@pytest.mark.parametrize("name", ["Opt-Out", "opt_out", "OptOut", "退订", "Do Not Contact"])
def test_headers_are_known_in_any_spelling(name):
    assert agreement.has_header(cq.Category(name), agreement.OPT_OUT_HEADERS)


def test_two_customers_with_one_number_and_one_with_two_birth_dates():
    rows = [
        {"record_id": i, "name": name, "email": email, "born": born}
        for i, (name, email, born) in enumerate(
            [("欧阳娜娜", "nana@example.org", "1990-01-02"), ("欧阳娜娜", "nana@example.org", "1990-02-01")]
        )
    ]
    schema = cq.Schema(cq.PersonName("name"), cq.Email("email"), cq.BirthDate("born"))
    result = cq.Pipeline.from_schema(schema).run(rows, decisions=[
        {"record_id_l": 0, "record_id_r": 1, "decision": "link"}
    ])  # fmt: skip
    assert [(f["record_id"], f["code"]) for f in result.findings if f["field"] == "born"] == [
        (0, "entity_conflict"), (1, "entity_conflict")
    ]  # fmt: skip


CONSENTS = [
    (cq.Category("opt_out"), ["否", "Y", "no"], "Y"),
    (cq.Category("退订"), ["否", "已退订", "是"], "已退订"),
    (cq.Category("退订"), ["否", "下月再说"], "下月再说"),
    (cq.Category("订阅"), ["是", "1", "拒绝"], "拒绝"),
    (cq.Category("订阅"), ["是", "已订阅", None], "是"),
    (cq.Category("Opt-Out", mapping="boolean"), ["否", "√", "0"], "true"),
    (cq.Category("newsletter", mapping="boolean"), ["Y", "N", "on"], "false"),
    (cq.Category("newsletter", mapping="boolean"), ["Y", None, "on"], "true"),
    (cq.Category("wants post", restrictive=("never", "ask", "yes")), ["yes", "ASK", "yes"], "ASK"),
    (cq.Category("stage"), ["a", "b", "b"], "b"),
]


@pytest.mark.parametrize(("kind", "cells", "survives"), CONSENTS)
def test_of_a_consent_the_most_restrictive_survives(kind, cells, survives):
    schema = cq.Schema(cq.PersonName("name"), kind, updated_at="at")
    days = [f"2024-01-0{i}" for i in range(len(cells), 0, -1)]  # the first is the newest
    rows = [{"record_id": i, "name": "x", kind.name: c, "at": days[i]} for i, c in enumerate(cells)]
    clusters = [{"record_id": r["record_id"], "entity_id": 0} for r in rows]
    merger = schema.merger()
    if kind.name == "stage":
        merger = merger.with_rules(cq.SurvivorshipRule("stage", ("most_frequent",)))
    merged = merger.merge(schema.normalizer().normalize(rows), clusters)
    assert merged.golden[0][kind.name] == survives
    assert merger.faults() == []
    assert cq.Schema.from_dict(schema.to_dict()) == schema
    assert type(merger).from_dict(merger.to_dict()) == merger


def test_a_category_with_words_of_its_own_is_no_yes_or_no():
    codes = cq.Category("opt_out", words={"never": "N"})
    assert "most_restrictive" not in cq.Schema(cq.PersonName("name"), codes).merger().rules[1].order
