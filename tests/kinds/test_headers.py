from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.kinds import headers
from crmquality.kinds.headers import suggest_columns

KNOWN = {
    "Phone": """
        手机 | 手机号 | 手机号码 | 联系电话 | 电话 | 座机 | 固定电话 | 办公电话 | 联系方式 | 移动电话 | 手機 |
        手機號碼 | 聯絡電話 | 电话1 | 电话二 | 手机号码（必填） | 手机号* | 手机 号码 | 客户手机号码 |
        主要联系人手机号码 | 传真 | 公司电话 | 紧急联系人电话 | 手机(11位) | ＴＥＬ | 手机/Mobile | 手机 Mobile |
        电话号码[座机] | phone | Phone | PHONE | phone_number | PhoneNumber | phoneNumber | phone number |
        Phone No. | phone_no | Tel | Telephone | TEL. | mobile | Mobile Phone | mobile_phone | MobilePhone |
        cell | Cell Phone | cellphone | Work Phone | home_phone | HomePhone | OtherPhone | Phone 1 | phone1 |
        phone_2 | contact_phone | Customer Mobile Phone No. | company_phone | Phone__c | Fax | landline | msisdn |
        primaryPhone | Business Phone | Phone (work) | assistant phone
    """,
    "Email": """
        邮箱 | 电子邮箱 | 邮件 | 邮箱地址 | 电子邮件 | 电邮 | 電郵 | E-mail | e-mail | Email | EMAIL | e_mail |
        email_address | EmailAddress | emailAddress | E-Mail Address | Primary Email | email1 | work_email |
        Email__c | 邮箱Email | 邮箱（E-mail） | 电子邮箱地址 | mail | ＥＭＡＩＬ | E-mail地址 | invoice_email
    """,
    "PersonName": """
        姓名 | 联系人 | 客户姓名 | 联系人姓名 | 真实姓名 | 中文名 | 法人 | 法定代表人 | 法人代表姓名 | 收件人 |
        聯絡人 | 姓名 Name | name | Name | full_name | fullName | FullName | contact | Contact Name |
        contact_person | Contact Person | person name | legal representative
    """,
    "GivenName": """
        名 | first_name | firstName | FirstName | FIRST NAME | given_name | GivenName | forename | fname |
        First Name * | customer first name
    """,
    "FamilyName": """
        姓 | 姓氏 | last_name | lastName | LastName | surname | Surname | family_name | family name | lname |
        Contact Last Name
    """,
    "OrganizationName": """
        客户名称 | 公司名称 | 公司 | 单位 | 单位名称 | 企业名称 | 工作单位 | 公司全称 | 机构名称 | 公司名 |
        所属公司 | 供应商名称 | 開票單位 | 开票单位 | 商户名称 | 店铺名称 | 客户公司名称 | org_name | orgName |
        company | Company | company_name | CompanyName | Company Name | organization | Organisation |
        organization name | Account Name | AccountName | employer | business_name | legal_name | supplier |
        Company (legal)
    """,
    "Address": """
        地址 | 详细地址 | 联系地址 | 通讯地址 | 家庭住址 | 注册地址 | 公司地址 | 收货地址 | 身份证地址 | 住所 |
        聯繫地址 | 地址1 | address | Address | address_1 | address_2 | address1 | Address Line 1 | addressLine2 |
        street | Street Address | street_address | MailingStreet | mailing_address | billing address |
        company_address | full_address | Street Name | home address
    """,
    "BirthDate": """
        出生日期 | 生日 | 出生年月 | 客户生日 | 出生日期（阳历） | dob | DOB | date_of_birth | DateOfBirth |
        birth_date | BirthDate | Birthdate | birthday | Date of birth
    """,
    "Date": """
        日期 | 成立日期 | 签约日期 | 合同到期日期 | 最后登录时间 | founded | start_date | Contract Start Date |
        last_contacted_at | closed_at | orderDate | year
    """,
    "NationalId:cn.ric": """
        身份证号 | 身份证号码 | 身份证 | 身份证件号码 | 公民身份号码 | 证件号码 | 客户身份证号 | 身份證號 |
        id_card | IDCard | idCardNo | id_number | ID Number | sfzh
    """,
    "NationalId:cn.uscc": """
        统一社会信用代码 | 社会信用代码 | 信用代码 | 统一社会信用代码(18位) | 公司统一社会信用代码 | uscc | USCC |
        credit_code | CreditCode | unified_social_credit_code
    """,
    "NationalId:cn.tax": "税号 | 纳税人识别号 | 開票稅號 | taxpayer_id | 纳税人识别号（税号）",
    "NationalId:cn.org_code": "组织机构代码 | organization_code | org_code",
    "NationalId:cn.registration_no": "工商注册号 | 营业执照注册号",
    "NationalId:eu.vat": "VAT | vat_number | VAT No. | VAT ID",
    "NationalId:us.ssn": "SSN | Social Security Number",
    "NationalId:us.ein": "EIN",
    "NationalId:lei": "LEI | lei_code",
    "NationalId:tw.ubn": "統一編號",
    "Url": """
        网址 | 公司网址 | 官网 | 网站 | 企业网站 | website | Website | web_site | URL | homepage |
        Company Website | WebsiteUrl | linkedin_url
    """,
    "Category:boolean": """
        退订 | 是否退订 | 免打扰 | 订阅 | 是否订阅 | opt_out | OptOut | Do Not Contact | DoNotCall |
        HasOptedOutOfEmail | newsletter | email_opt_in | Customer Opt Out
    """,
    "Category:sex": "性别 | 性別 | gender | Gender | sex | 客户性别 | Sex",
    "Category": """
        行业 | 所属行业 | 城市 | 省份 | 所在城市 | 国家 | 客户状态 | 客户等级 | 客户来源 | 民族 |
        city | City | state | country | CountryCode | province | industry | Industry |
        status | LeadSource | lead_source | MailingCity | suburb | salutation | billing_country | 电话类型
    """,
    "Text": """
        备注 | 描述 | 职位 | 职务 | 部门 | 岗位 | 備註 | notes | Notes | description | Job Title | jobTitle |
        title | department | comments | remark
    """,
    "Code": """
        微信 | 微信号 | QQ | QQ号 | qq | 邮编 | 邮政编码 | zip | Zip | ZIP Code | postcode | postal_code |
        PostalCode | Post Code | wechat | WeChat ID | 护照号 | 订单编号 | street_number | MailingPostalCode |
        OwnerId
    """,
    "Number": """
        年龄 | 注册资本（万元） | 员工人数 | 年收入 | age | AnnualRevenue | annual_revenue | Number of Employees |
        revenue (USD) | amount
    """,
    "record_id": """
        客户编号 | 编号 | 客户ID | 记录编号 | 会员编号 | id | ID | Id | record_id | RecordId | customer_id |
        CustomerID | customerId | Contact ID | AccountId | uuid | 序号 | Customer No.
    """,
    "source": "来源 | 来源系统 | 数据来源 | source | Source | source_system | SourceSystem | data_source",
    "updated_at": """
        更新时间 | 修改时间 | 最后修改时间 | 最近更新时间 | 更新日期 | 更新時間 | updated_at | updatedAt |
        UpdateTime | update_time | LastModifiedDate | last_modified | modified_on | last_updated | gmt_modified
    """,
    "created_at": """
        创建时间 | 创建日期 | 录入时间 | 建档日期 | 創建時間 | 客户创建时间 | created_at | createdAt |
        CreateTime | create_time | CreatedDate | created_on | date_created | gmt_create | Created Date
    """,
}


def _split(text: str) -> list[str]:
    return [header.strip() for header in text.split("|") if header.strip()]


CASES = [(header, role) for role, text in KNOWN.items() for header in _split(text)]
UNKNOWN = _split("""
    爱好 | 手机型号 | 手机品牌 | 是否有手机 | 有无邮箱 | IP地址 | 服务器地址 | 产品名称 | 课程名称 | 计量单位 |
    货币单位 | phone_type | phone type | email_opt_out | has_email | is_phone_valid | no_of_phones | Unnamed: 0 |
    column_7 | _ | ... | 🙂 | middle_initial | housing_type | product_name | ip_address | mac address | order id |
    x | file name | hobby
""")  # fmt: skip


@pytest.mark.parametrize(("header", "role"), CASES)
def test_a_header_alone(header, role):
    assert suggest_columns([header]) == {header: role}


@pytest.mark.parametrize("header", [*UNKNOWN, "", " ", "（必填）", "a" * 300, "手机" * 200])
def test_an_unknown_header_is_left_out(header):
    assert suggest_columns([header]) == {}


def test_a_chinese_table():
    expected = {
        "客户编号": "record_id",
        "客户名称": "OrganizationName",
        "联系人": "PersonName",
        "手机": "Phone",
        "座机": "Phone",
        "邮箱": "Email",
        "统一社会信用代码": "NationalId:cn.uscc",
        "地址": "Address",
        "来源": "source",
        "创建时间": "created_at",
        "更新时间": "updated_at",
        "跟进状态": "Category",
        "备注": "Text",
    }
    assert suggest_columns(expected) == expected


def test_a_salesforce_export():
    names = (
        "Id AccountId FirstName LastName MobilePhone Email MailingStreet CreatedDate LastModifiedDate SystemModstamp"
    )
    found = suggest_columns(names.split())
    assert found["Id"] == "record_id"
    assert found["AccountId"] == "Code"
    assert found["LastModifiedDate"] == "updated_at"
    assert found["SystemModstamp"] == "Date"
    assert found["CreatedDate"] == "created_at"


def test_febrl():
    expected = {
        "record_id": "record_id",
        "source": "source",
        "given_name": "GivenName",
        "surname": "FamilyName",
        "street_number": "Code",
        "address_1": "Address",
        "suburb": "Category",
        "postcode": "Code",
        "state": "Category",
        "date_of_birth": "BirthDate",
        "soc_sec_id": "Code",
    }
    assert suggest_columns(expected) == expected


@pytest.mark.parametrize(
    ("names", "role"),
    [
        (["name"], "PersonName"),
        (["name", "phone", "email"], "PersonName"),
        (["name", "dob", "website"], "PersonName"),
        (["name", "company", "website"], "PersonName"),
        (["name", "website"], "OrganizationName"),
        (["name", "uscc", "phone"], "OrganizationName"),
        (["name", "contact person", "phone"], "OrganizationName"),
        (["客户", "税号"], "OrganizationName"),
    ],
)
def test_a_bare_name_is_what_the_other_columns_say(names, role):
    assert suggest_columns(names)[names[0]] == role


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.sampled_from([h for h, _ in CASES]), unique=True, max_size=40),
    order=st.randoms(use_true_random=False),
)
def test_only_one_column_has_each_keyword_whatever_the_order(names, order):
    found = suggest_columns(names)
    assert list(found) == [n for n in names if n in found]
    for role in ("record_id", "source", "created_at", "updated_at"):
        rivals = [h for h, r in CASES if r == role and h in names]
        assert list(found.values()).count(role) == bool(rivals), role
    order.shuffle(names)
    assert suggest_columns(names) == found


@settings(max_examples=300, deadline=None)
@given(names=st.lists(st.text(max_size=30), max_size=5))
def test_any_header_is_no_exception(names):
    assert set(suggest_columns(names)) <= set(names)


def test_a_label_that_is_no_text_is_left_out():
    assert suggest_columns(["email", 7, None]) == {"email": "Email"}


def test_no_synonym_stands_twice():
    words = [w.removeprefix("=") for text in headers._SYNONYMS.values() for w in text.split()]
    twice = {w for w in words if words.count(w) > 1}
    assert twice == {"编号"}  # whole: the record's id; at the end of another word: a code


def test_every_role_is_a_kind_or_a_keyword():
    kinds = _split(
        "PersonName | GivenName | FamilyName | OrganizationName | Phone | Email | Address | BirthDate | Date"
        "| NationalId | Url | Category | Text | Code | Number"
    )
    keywords = {"record_id", "source", "created_at", "updated_at", "name"}
    assert {role.partition(":")[0] for role in headers._SYNONYMS} <= {*kinds, *keywords}


def test_every_scheme_is_known():
    identifiers = pytest.importorskip("crmquality.normalizer.identifiers")
    schemes = [role.partition(":")[2] for role in headers._SYNONYMS if role.startswith("NationalId:")]
    assert [s for s in schemes if identifiers.scheme_fault(s) is not None] == []
