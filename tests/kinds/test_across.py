"""Evidence across kinds: what one field knows of another, and how many rules a table gets."""

from itertools import combinations

import pytest

import crmquality as cq
from crmquality.blocker.stage import MAX_RULES
from crmquality.comparator import Swapped
from crmquality.kinds import across, agreement
from crmquality.validator import AreaMatches

RIC, BIRTH, SEX = cq.NationalId("id", scheme="cn.ric"), cq.BirthDate("born"), cq.Category("性别")
GIVEN, FAMILY = cq.GivenName("given"), cq.FamilyName("family")
COMPANY, PHONE = cq.OrganizationName("company"), cq.Phone("phone", region="CN")


def comparison_of(name, *kinds):
    return next(c for c in across.comparisons(kinds) if c.name == name)


def test_a_birth_date_is_also_known_from_the_id():
    derived = across.derived_columns((BIRTH, RIC))
    assert [(d.column, d.columns) for d in derived] == [("norm_born_known", ("norm_born", "norm_id_birth_date"))]
    assert comparison_of("born", BIRTH, RIC).present == ("norm_born_known",)
    assert comparison_of("born", BIRTH).present == ("norm_born",)
    assert across.derived_columns((BIRTH, cq.NationalId("id", scheme="cn.uscc"))) == ()


def test_what_an_id_says_is_checked_against_what_the_columns_say():
    codes = {r.code for r in agreement.validation_rules((RIC, BIRTH, SEX)) if r.grain == "row"}
    assert codes == {"conflict_birth_date", "conflict_sex"}
    assert [r for r in agreement.validation_rules((BIRTH, SEX)) if r.grain == "row"] == []
    two = agreement.validation_rules((PHONE, cq.Address("home"), cq.Address("work")))
    assert len([r for r in two if isinstance(r, AreaMatches)]) == 1


def test_names_may_stand_the_wrong_way_round_where_there_is_one_of_each():
    for name in ("given", "family"):
        second = comparison_of(name, GIVEN, FAMILY).levels[1]
        assert second.when == Swapped("norm_given_key", "norm_family_key")
        assert comparison_of(name, GIVEN, FAMILY).faults() == []
    assert not any(isinstance(x.when, Swapped) for x in comparison_of("given", GIVEN).levels)
    assert not any(
        isinstance(x.when, Swapped) for x in comparison_of("given", GIVEN, FAMILY, cq.GivenName("other")).levels
    )


def test_colleagues_share_an_employer_and_companies_share_no_name():
    assert comparison_of("company", cq.PersonName("name"), COMPANY).shared
    assert comparison_of("company", GIVEN, FAMILY, COMPANY).shared
    assert not comparison_of("company", COMPANY, PHONE).shared
    assert not comparison_of("company", COMPANY, cq.PersonName("contact", match=False)).shared


def test_colleagues_are_not_merged_by_what_their_company_gives_them():
    office = {"company": "北京小米科技有限责任公司", "phone": "010-60606666"}
    rows = [{"record_id": 1, "name": "王芳", **office}, {"record_id": 2, "name": None, **office}]

    def decisions(*kinds):
        return [x["decision"] for x in cq.Pipeline.from_schema(cq.Schema(*kinds)).with_default_model().run(rows).links]

    assert decisions(COMPANY, PHONE) == ["link"]
    assert decisions(cq.PersonName("name"), COMPANY, PHONE) != ["link"]


def test_a_field_that_is_no_evidence_finds_and_compares_nothing():
    unmatched = cq.Email("email", match=False)
    assert across.comparisons((unmatched,)) == ()
    assert across.blocking_rules((unmatched,)) == ()


@pytest.mark.parametrize("n", [1, 4, 7, 9, 30])
@pytest.mark.parametrize("kind", [cq.Text, cq.PersonName, cq.Code, cq.Address, cq.Email])
def test_a_table_of_many_columns_gets_as_many_rules_as_the_blocker_takes(kind, n):
    kinds = [kind(f"c{i}") for i in range(n)]
    rules = across.blocking_rules(kinds)
    assert len(rules) <= MAX_RULES
    assert len({r.name for r in rules}) == len(rules)
    assert cq.Blocker(rules).faults() == []
    weak = [k.keys().weak[0] for k in kinds[: across.MAX_WEAK] if k.keys().weak]
    pairs = {r.keys for r in rules if len(r.keys) == 2}
    if len(kinds[0].keys().strong) * n + 45 <= MAX_RULES:  # room for the first keys: none of them is left out
        assert pairs >= set(combinations(weak, 2))


def test_rules_keep_their_order_where_there_is_room():
    kinds = (cq.PersonName("name"), PHONE, cq.Phone("other", region="CN"), BIRTH)
    assert [r.name for r in across.blocking_rules(kinds)] == [
        "phone",
        "name_key",
        "name_family_key + born",
        "name_given_key + born",
        "rare name_family_key",
        "rare name_given_key",
        "rare born",
    ]


EMAIL, NAME = cq.Email("email"), cq.PersonName("name")


def level_of_rows(kinds, name, one, other):
    """The label at which two records are in one comparison."""
    fitted = cq.Pipeline.from_schema(cq.Schema(*kinds)).with_default_model()
    why = fitted.run([{"record_id": 1, **one}, {"record_id": 2, **other}]).explain(1, 2)
    return next(p.level for p in why.parts if p.comparison == name)


def test_a_mailbox_that_spells_the_name_counts_where_neither_is_compared():
    kinds, here = (NAME, EMAIL), "name ~ email"
    named, mailed = {"name": "张伟", "email": None}, {"name": None, "email": "zhang.wei88@example.org"}
    assert level_of_rows(kinds, here, named, mailed) == "mailbox spells the name"
    assert level_of_rows(kinds, here, mailed, named) == "mailbox spells the name"
    assert level_of_rows(kinds, here, named, mailed | {"email": "zhangw@example.org"}).endswith("an initial")
    assert level_of_rows(kinds, here, named, mailed | {"email": "lilei@example.org"}) == "else"
    assert level_of_rows(kinds, here, named, mailed | {"name": "张伟"}) == "missing"
    assert level_of_rows(kinds, here, named | {"email": "a@example.org"}, mailed) == "missing"
    parts = (GIVEN, FAMILY, EMAIL)
    found = level_of_rows(
        parts, "family ~ email", {"given": "Bob", "family": "Smith", "email": None},
        {"given": None, "family": None, "email": "bob.smith@example.org"},
    )  # fmt: skip
    assert found == "mailbox spells the name"


def test_a_number_in_another_column_counts_where_the_columns_are_not_compared():
    kinds = (cq.Phone("mobile", region="CN"), cq.Phone("landline", region="CN"))
    one, other = {"mobile": "13812345678", "landline": None}, {"mobile": None, "landline": "138 1234 5678"}
    assert level_of_rows(kinds, "mobile ~ landline", one, other) == "same number in another column"
    assert level_of_rows(kinds, "mobile ~ landline", one, other | {"mobile": "13912345678"}) == "missing"


def test_an_account_is_compared_with_the_number_of_a_mailbox_and_a_website_with_its_domain():
    kinds = (cq.Code("wechat", unique=True), EMAIL)
    one, other = {"wechat": "2841280723", "email": None}, {"wechat": None, "email": "2841280723@qq.com"}
    assert level_of_rows(kinds, "wechat ~ email", one, other) == "account of the mailbox"
    kinds = (COMPANY, cq.Url("website"), EMAIL)
    one = {"company": "远景科技有限公司", "website": "www.yuanjing-tech.com.cn", "email": None}
    other = {"company": None, "website": None, "email": "info@yuanjing-tech.com.cn"}
    assert level_of_rows(kinds, "website ~ email", one, other) == "mailbox at the website's domain"
    assert not any("~" in c.name for c in across.comparisons((cq.Code("customer_no"), EMAIL, PHONE)))
