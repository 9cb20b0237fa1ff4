"""The schema: every fault at once, data that goes to a dict and back."""

import json

import pytest

import crmquality as cq
from crmquality.blocker import BlockingRule
from crmquality.validator import SameAs

KINDS = (
    cq.PersonName("name", required=True),
    cq.GivenName("given"),
    cq.FamilyName("family"),
    cq.OrganizationName("company"),
    cq.Phone("mobile", region="CN"),
    cq.Phone("landline", region="CN", shared_limit=3),
    cq.Email("email"),
    cq.Address("address", region="CN"),
    cq.BirthDate("birth_date", order="YMD"),
    cq.Date("since", match=False),
    cq.NationalId("id_number", scheme="cn.ric"),
    cq.NationalId("tax", scheme="cn.uscc", unique=False),
    cq.Url("website"),
    cq.Category("gender", shared=False),
    cq.Text("note", match=False),
    cq.Code("wechat", unique=True),
    cq.Number("age"),
)
SCHEMA = cq.Schema(*KINDS, record_id="id", source="system", created_at="created", updated_at="updated")


def test_a_schema_goes_to_json_and_back():
    again = cq.Schema.from_dict(json.loads(json.dumps(SCHEMA.to_dict(), ensure_ascii=False)))
    assert again == SCHEMA
    assert again.fields == KINDS
    assert again != cq.Schema(*KINDS, record_id="id")
    assert "Phone(name='mobile'" in repr(SCHEMA)


@pytest.mark.parametrize("stage", ["normalizer", "validator", "blocker", "comparator", "merger"])
def test_every_stage_of_a_schema_is_sound_and_goes_to_json_and_back(stage):
    made = getattr(SCHEMA, stage)()
    assert made.faults() == []
    assert type(made).from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_a_pipeline_goes_to_json_and_back():
    pipeline = cq.Pipeline.from_schema(SCHEMA)
    assert cq.Pipeline.from_dict(json.loads(json.dumps(pipeline.to_dict()))) == pipeline


def test_every_fault_is_reported_at_once():
    with pytest.raises(cq.SchemaError) as caught:
        cq.Schema(
            cq.Phone("mobile"),
            cq.Phone("landline", region="ZZ"),
            cq.NationalId("id_number", scheme="cn.rci"),
            cq.Email("email"),
            cq.Email("email"),
            updated_at="email",
            contact_points=["e-mail"],
        )
    text = str(caught.value)
    assert len(caught.value.faults) == 5
    assert "Phone 'mobile' needs region=" in text
    assert "'ZZ'" in text
    assert "Did you mean 'cn.ric'?" in text
    assert "column 'email' is declared twice" in text
    assert "Did you mean 'email'?" in text


SURVIVING = cq.Schema(
    cq.PersonName("name"),
    cq.Email("email"),
    cq.Category("city"),
    cq.Text("road"),
    cq.Category("opt_out"),
    source="source",
    updated_at="at",
    trust={"crm": 2, "web": 0.5},
    half_life_days=365,
    groups=[["city", "road"]],
    survivorship=[cq.SurvivorshipRule("email", ("valid", "most_recent"), "union", 3)],
)


def test_what_survives_is_said_in_the_schema():
    again = cq.Schema.from_dict(json.loads(json.dumps(SURVIVING.to_dict(), ensure_ascii=False)))
    assert again == SURVIVING
    assert "trust=(('crm', 2), ('web', 0.5)), half_life_days=365" in " ".join(repr(SURVIVING).split()).replace(
        ", )", ")"
    )
    merger = SURVIVING.merger()
    assert (merger.trust, merger.half_life_days, merger.groups) == (SURVIVING.trust, 365, (("city", "road"),))
    rules = {r.field: r for r in merger.rules}
    assert rules["email"] == SURVIVING.survivorship[0]
    assert "city" not in rules  # the merger's own order for groups
    assert rules["opt_out"].order[:2] == ("valid", "most_restrictive")


def test_survivorship_by_the_schema():
    rows = [
        {"record_id": 1, "source": "web", "at": "2024-06-01", "email": "new@x.org", "city": "Rome", "road": None},
        {"record_id": 2, "source": "crm", "at": "2024-01-01", "email": "old@x.org", "city": "Oslo", "road": "A 1"},
        {"record_id": 3, "source": "web", "at": "2020-01-01", "email": "new@x.org", "city": "Bonn", "road": "B 2"},
    ]
    rows = [
        {**row, "name": name, "opt_out": None} for row, name in zip(rows, ("Ann Lee", "Ann Li", "Ann Lee"), strict=True)
    ]
    clusters = [{"record_id": i, "entity_id": 1} for i in (1, 2, 3)]
    [golden] = SURVIVING.merger().merge(SURVIVING.normalizer().normalize(rows), clusters).golden
    assert (golden["name"], golden["email"]) == ("Ann Li", "new@x.org; old@x.org")
    assert (golden["city"], golden["road"], golden["city_from"], golden["road_from"]) == ("Oslo", "A 1", 2, 2)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"groups": [("nmae", "email")]}, "groups: unknown field 'nmae'; known: email, name. Did you mean 'name'?"),
        ({"groups": [("name",)]}, "a group needs at least two fields"),
        ({"survivorship": [cq.SurvivorshipRule("mail")]}, "survivorship: unknown field 'mail'"),
        ({"survivorship": [cq.SurvivorshipRule("email", limit=2)]}, "survivorship of 'email': limit is 2"),
        ({"trust": {"crm": 1.0}}, "trust needs the name of the source's column"),
        ({"trust": {"crm": -1.0, "web": 1.0}, "source": "s"}, "the trust in source 'crm' must be a number"),
        ({"trust": ["crm"], "source": "s"}, "'trust' must be pairs"),
        ({"trust": {"crm": 1.0}, "source": "s", "half_life_days": 9}, "needs the name of the column of times"),
        ({"source": "s", "updated_at": "t", "half_life_days": 9}, "needs the weights of sources in 'trust'"),
    ],
)
def test_what_is_wrong_with_survivorship(options, fault):
    with pytest.raises(cq.SchemaError) as caught:
        cq.Schema(cq.PersonName("name"), cq.Email("email"), **options)
    assert len(caught.value.faults) == 1
    assert fault in str(caught.value)


def test_an_order_of_consent_is_checked():
    with pytest.raises(cq.SchemaError, match="needs at least two values in 'restrictive'"):
        cq.Schema(cq.PersonName("name"), cq.Category("consent", restrictive=("no",)))


def test_a_field_must_be_a_kind_and_there_must_be_one():
    with pytest.raises(cq.SchemaError, match="must be a kind"):
        cq.Schema("name")
    with pytest.raises(cq.SchemaError, match="at least one field"):
        cq.Schema()


def test_unknown_names_in_a_dict_are_reported_at_once():
    data = SCHEMA.to_dict()
    data["fields"][0]["type"] = "PersonNam"
    data["recordid"] = "id"
    with pytest.raises(cq.ConfigError) as caught:
        cq.Schema.from_dict(data)
    assert "Did you mean 'PersonName'?" in str(caught.value)
    assert "Did you mean 'record_id'?" in str(caught.value)


def test_fields_that_belong_together_check_and_help_each_other():
    rules = SCHEMA.validator().rules
    assert [r.code for r in rules if isinstance(r, SameAs)] == ["conflict_birth_date", "conflict_sex"]
    assert [d.columns for d in SCHEMA.normalizer().derived] == [("norm_birth_date", "norm_id_number_birth_date")]
    birth = next(c for c in SCHEMA.comparator().comparisons if c.name == "birth_date")
    assert "norm_birth_date_known" in birth.columns
    given = next(c for c in SCHEMA.comparator().comparisons if c.name == "given")
    assert "given and family name swapped" in given.labels


def test_phones_of_all_columns_share_a_rule():
    phone = [r for r in SCHEMA.blocker().rules if r.name == "phone"]
    assert len(phone) == 1
    assert {"norm_mobile_all", "norm_landline_all"} <= set(phone[0].columns)
    assert all(isinstance(r, BlockingRule) for r in SCHEMA.blocker().rules)


def test_a_field_that_is_not_matched_is_no_evidence():
    assert not any("note" in c for r in SCHEMA.blocker().rules for c in r.columns)
    assert "note" not in [c.name for c in SCHEMA.comparator().comparisons]
    assert "note" in [f.field for f in SCHEMA.normalizer().fields]


def test_what_is_linked_is_said_once():
    kinds = (cq.PersonName("name"), cq.Email("email"))
    between = cq.Schema(*kinds, source="source", link="between")
    assert between.blocker().link == "between"
    assert cq.Schema.from_dict(between.to_dict()) == between
    assert "link='between'" in repr(between)
    assert "link" not in repr(cq.Schema(*kinds))
    with pytest.raises(cq.SchemaError, match="needs the column of the source"):
        cq.Schema(*kinds, link="within")
    with pytest.raises(cq.SchemaError, match="Did you mean 'between'"):
        cq.Schema(*kinds, source="source", link="betwen")


def test_between_sources_a_customer_has_one_record_of_each():
    rows = [
        {"record_id": i, "source": s, "name": "王芳", "email": "wf@example.org"} for i, s in enumerate(["a", "b", "b"])
    ]
    kinds = (cq.PersonName("name"), cq.Email("email"))

    def sizes(link):
        run = cq.Pipeline.from_schema(cq.Schema(*kinds, source="source", link=link)).with_default_model().run(rows)
        return sorted(g["n_records"] for g in run.golden)

    assert sizes("all") == [3]
    assert sizes("between") == [1, 2]
    assert sizes("within") == [1, 2]


def test_groups_of_text_and_two_rules_for_a_field_are_told_in_one_sentence():
    kinds = (cq.Text("street"), cq.Text("city"))
    for groups in (("street", "city"), "street", [("street", "city"), "city"]):
        with pytest.raises(cq.SchemaError, match=r"^groups: each group is several fields, such as"):
            cq.Schema(*kinds, groups=groups)
    rule = cq.SurvivorshipRule("city", ("longest",))
    with pytest.raises(cq.SchemaError, match=r"^survivorship: expected several rules, got one"):
        cq.Schema(*kinds, survivorship=rule)
    with pytest.raises(cq.SchemaError, match=r"^survivorship: field 'city' has two rules$"):
        cq.Schema(*kinds, survivorship=[rule, cq.SurvivorshipRule("city", ("most_frequent",))])
