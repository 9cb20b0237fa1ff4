"""What a column holds, guessed from its header alone: Chinese and English, in whatever spelling a system exports.

A header is folded first: full width, case, Traditional characters, camel case, underscores, what stands in brackets
(a unit, a hint), numbers at the end. Then it is looked up whole. Then, in Chinese, by its end, because the head of a
Chinese compound stands last (主要联系人手机号码 is a 手机号码); in English, without words that only say whose it is or
that it is a number (`Customer Mobile Phone No.` is a `mobile phone`). A header that ends in something else (手机型号,
`phone type`) is not known, and an unknown header is left out: the answer is a proposal for a person to read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from crmquality.kinds.agreement import CONTACTED_HEADERS, OPT_OUT_HEADERS

# The synonyms of each role, folded. The most telling first: it wins where only one column can have the role.
# "=" marks a word that must be the whole header: at the end of a longer one it says too little.
_SYNONYMS: Final[dict[str, str]] = {
    "record_id": """
        recordid id uuid guid customerid contactid accountid clientid userid memberid leadid personid partyid
        companyid customerno customernumber customercode contactno accountno accountnumber membernumber memberno
        rowid recid pk 记录编号 记录号 记录id 主键 客户编号 客户id 客户号 客户编码 客户代码 联系人编号 联系人id
        会员编号 会员id 会员号 用户编号 用户id 人员编号 公司编号 企业编号 唯一标识 =编号 =id号 =序号
    """,
    "source": """
        sourcesystem source datasource origin system systemname sourcename recordsource 来源系统 数据来源 系统来源
        数据源 来源 系统名称 所属系统
    """,
    "updated_at": """
        updatedat lastmodifieddate updatetime updatedate lastmodified modifiedon modifiedat modifieddate modifydate
        modifytime lastupdated lastupdate lastupdatedate lastupdatetime dateupdated datemodified updated
        systemmodstamp gmtmodified mtime 更新时间 更新日期 修改时间 修改日期 最后更新 最近更新 最后修改 最近修改
        变更时间 变更日期
    """,
    "created_at": """
        createdat createddate createtime createdate createdon datecreated creationdate created dateadded insertedat
        gmtcreate ctime signupdate registeredat 创建时间 创建日期 录入时间 录入日期 建档时间 建档日期 新建时间
        添加时间 登记时间 登记日期 入库时间 注册时间
    """,
    "PersonName": """
        fullname personname contactname contactperson contact lastfirst displayname legalrepresentative employeename
        姓名 =名字 联系人 联络人 联系人名称 客户姓名 真实姓名 中文姓名 英文姓名 中文名 英文名 法人 法人代表
        法定代表人 =负责人 收件人 收货人 经办人 被保险人 投保人 持卡人 会员名称 会员名 企业负责人 单位负责人
        公司负责人 机构负责人 门店负责人
    """,
    "GivenName": "givenname firstname forename fname christianname given 名",
    "FamilyName": "familyname lastname surname lname family 姓 姓氏",
    "OrganizationName": """
        organizationname organisationname organization organisation orgname org companyname company accountname
        account businessname business firm firmname corporation corporatename enterprise enterprisename employer
        vendor vendorname supplier suppliername merchant merchantname institution tradename tradingname dba
        legalname registeredname 公司 公司名称 公司名 公司全称 公司简称 企业 企业名称 企业名 企业全称 =单位 单位名称
        工作单位 机构 机构名称 组织名称 客户名称 客户名 客户全称 客户简称 商户 商户名称 商家名称 店铺名称 门店名称
        供应商 供应商名称 经销商名称 账户名称 开票抬头 发票抬头 =名称 雇主 工作单位名称 所在单位 所属公司 就职公司
        开票单位 购货单位 收款单位 付款单位 往来单位 合作单位
    """,
    "Phone": """
        phone phonenumber telephone tel mobile mobilephone cell cellphone cellular landline fax msisdn handphone
        hotline switchboard whatsapp phonework phonehome phonemobile 手机 手机号 手机号码 电话 电话号码 联系电话
        联系方式 联系号码 座机 座机号码 固话 固定电话 办公电话 移动电话 热线 客服电话 传真 传真号码 联络电话
        公司电话 总机 行动电话 市话
    """,
    "Email": """
        email emailaddress mail mailaddress emailid electronicmail emailaddr 邮箱 电子邮箱 邮箱地址 电子邮件
        电子邮件地址 邮件 邮件地址 电邮 电邮地址 电子信箱 信箱 email地址 email邮箱
    """,
    "Address": """
        address addr addressline streetaddress street fulladdress streetname location residence domicile
        mailingaddress mailingstreet billingstreet shippingstreet otherstreet 地址 详细地址 联系地址 通讯地址
        通信地址 住址 家庭住址 居住地址 居住地 户籍地址 注册地址 注册地 住所 办公地址 经营地址 经营场所 收货地址
        街道 街道地址 所在地址 地址详情
    """,
    "BirthDate": """
        birthdate dateofbirth dob birthday birthdt bday born 出生日期 生日 出生年月 出生年月日 出生时间 出生
    """,
    "Date": """
        date day time datetime timestamp year expirydate startdate enddate founded foundingdate incorporationdate
        lastcontactedat lastactivitydate lastlogin 日期 时间 成立日期 成立时间 年份 登录时间 到期日 有效期 签约日
    """,
    "NationalId:cn.ric": """
        idcard idcardno idcardnumber idno idnumber identitycard identitynumber identityno chineseid residentid
        residentidnumber citizenid sfz sfzh 身份证 身份证号 身份证号码 身份证件号 身份证件号码 公民身份号码
        公民身份证号 居民身份证 居民身份证号 证件号 证件号码 身份号码 id卡号
    """,
    "NationalId:cn.uscc": """
        uscc unifiedsocialcreditcode socialcreditcode creditcode unifiedcreditcode usci 统一社会信用代码
        社会信用代码 统一信用代码 信用代码 统一社会信用代码证 统一社会信用码 社会信用码 统一代码
    """,
    "NationalId:cn.org_code": "organizationcode orgcode 组织机构代码 机构代码 组织机构代码证",
    "NationalId:cn.tax": """
        税号 纳税人识别号 纳税识别号 税务登记号 税务登记证号 开票税号 纳税人税号 taxpayerid taxpayernumber
        taxpayeridnumber
    """,
    "NationalId:cn.registration_no": "营业执照号 营业执照号码 营业执照注册号 工商注册号 注册号",
    "NationalId:hk.id": "hkid hkidno 香港身份证 香港身份证号",
    "NationalId:tw.ubn": "统一编号 统编",
    "NationalId:us.ssn": "ssn socialsecurity socialsecuritynumber",
    "NationalId:us.ein": "ein employeridentificationnumber",
    "NationalId:eu.vat": "vat vatid vatnumber vatregistration",
    "NationalId:lei": "lei legalentityidentifier leicode",
    "NationalId:iban": "iban",
    "Url": """
        url website websiteurl web site homepage webpage webaddress internetaddress 网址 网站 官网 主页 公司网址
        公司网站 企业网站 官方网站 网站地址 网页 =链接 官网地址
    """,
    "Category:sex": "gender sex gendercode sexcode 性别",
    "Category:boolean": " ".join("=" + header for header in sorted(OPT_OUT_HEADERS | CONTACTED_HEADERS)),
    "Category": """
        salutation honorific industry sector status type category country nation nationality countryname
        countrycode state province region city town county district suburb stateprovince rating tier level segment
        ethnicity race raceethnicity maritalstatus language currency leadsource customertype accounttype 称谓
        称呼 行业 所属行业 状态 客户状态 类型 客户类型 类别 分类 级别 等级 客户等级 客户级别 国家 国籍 省 省份 市
        城市 区 区县 县 =地区 =区域 所在地区 所在城市 所在省份 省市 省市区 所在地 民族 婚姻状况 学历 客户来源
        线索来源 =标签 企业性质 单位性质 公司规模 企业规模 行业类别 语言 币种
    """,
    "Text": """
        note notes remark remarks comment comments description memo jobtitle title position occupation profession
        department nickname alias 备注 说明 描述 简介 职位 职务 岗位 部门 职业 昵称 别名 简历 经营范围 主营业务
        =标题 =主题 职称 头衔
    """,
    "Code": """
        code postcode postalcode zip zipcode zippostalcode mailingpostalcode billingpostalcode wechat wechatid
        weixin qq qqid taxid taxcode passport employeeid streetnumber housenumber unitnumber socsecid barcode sku
        externalid legacyid parentid ownerid duns dunsnumber 邮编 邮政编码 编码 代码 卡号 会员卡号 微信 微信号
        微信id 微信账号 qq号 qq号码 护照 护照号 护照号码 工号 学号 单号 账号 银行账号 门牌号 订单号 合同号 驾驶证号
        员工编号 编号
    """,
    "Number": """
        number amount quantity age revenue annualrevenue employees numberofemployees headcount employeecount salary
        income balance score price total turnover capital registeredcapital 金额 数量 年龄 人数 员工人数 营业额
        年收入 注册资本 注册资金 收入 月收入 薪资 余额 积分 总额 销售额 年营业额 价格 次数
    """,
    # a person's or a company's: the other headers decide
    "name": "name customername clientname customer client 客户",
}

_ONLY_ONE: Final = {"record_id": "Code", "source": "Category", "created_at": "Date", "updated_at": "Date"}
"""Roles that one column gets, and what the others are then."""

_NOT_THAT: Final = ("ip地址", "mac地址", "服务器地址", "图片地址", "头像地址", "文件地址", "照片地址", "接口地址")
"""Ends of headers that end in a known word and are something else."""
_WHETHER_ZH: Final = ("是否", "有无", "能否")
_WHETHER: Final = frozenset(re.findall(r"\w+", "is has can no not allow wants valid hide count num"))
"""How headers of flags and counts begin."""
_HEADS: Final = {
    **dict.fromkeys(("date", "datetime", "timestamp"), "Date"),
    **dict.fromkeys(("phone", "mobile", "telephone", "tel", "cellphone", "fax"), "Phone"),
    **dict.fromkeys(("email", "mail"), "Email"),
    **dict.fromkeys(("url", "website"), "Url"),
}
"""English nouns that mean the same after any other word (`contract start date`); `address` and `name` do not."""

_WHOSE: Final = frozenset(
    re.findall(
        r"\w+",
        """
        customer contact client user member account person company business organization organisation org corporate
        office primary main principal secondary alternate alternative other default preferred personal private home
        work billing shipping mailing delivery postal registered legal current employer employee party crm cust acct
        emergency direct day evening night their my your the full complete raw std best cn us uk china
        """,
    )
)
"""Words at the beginning that only say whose it is, or which of several."""
_THAT_IT_IS: Final = frozenset(re.findall(r"\w+", "no num number nbr id c text txt value field str raw info line code"))
"""Words at the end that say nothing: `Phone No`, Salesforce's `Phone__c`."""

_TRADITIONAL: Final = str.maketrans(
    "機電話號碼稱證單郵編時間來創別聯繫絡統會員詳細國縣區鄉業務職稅納識資訊網帳戶錄動傳備註類級狀態頁標題門齡構組織與"
    "開戶銷額費數備址簡介紹註冊營執照總裡",
    "机电话号码称证单邮编时间来创别联系络统会员详细国县区乡业务职税纳识资讯网账户录动传备注类级状态页标题门龄构组织与"
    "开户销额费数备址简介绍注册营执照总里",
)
_BRACKETS: Final = re.compile(r"[(\[{<【〈《「（][^)\]}>】〉》」）]*[)\]}>】〉》」）]?")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[㐀-䶿一-鿿]+|[^\W\d_㐀-䶿一-鿿]+|\d+")
_HAN: Final = re.compile(r"[㐀-䶿一-鿿]")
_LAST_NUMBER: Final = re.compile(r"(?<=.)(?:[0-9]+|[一二三四五六七八九十])\Z")
_MAX_LENGTH: Final = 200
_LEAST: Final = 1_000


class _Entry(NamedTuple):
    role: str
    rank: int


class _Guess(NamedTuple):
    """A role, how telling its synonym is, and how much of the header the synonym leaves unexplained: less is better."""

    unexplained: int
    rank: int
    role: str


def _table(whole: bool) -> dict[str, _Entry]:
    """Synonym -> role and rank; of the words that must be whole, only for whole headers."""
    entries = [
        (word.removeprefix("="), _Entry(role, rank), word.startswith("="))
        for role, words in _SYNONYMS.items()
        for rank, word in enumerate(words.split())
    ]
    ends = {word: entry for word, entry, only_whole in entries if not only_whole}
    return ends | {word: entry for word, entry, only_whole in entries if only_whole} if whole else ends


_WHOLE: Final = _table(whole=True)
_ENDS: Final = _table(whole=False)


def suggest_columns(names: Iterable[str]) -> dict[str, str]:
    """What the caller's columns probably hold.

    Args:
        names: the headers of a table.

    Returns:
        Header -> role, in the order of the headers, unknown ones left out. A role is the name of a kind's class
        (`Phone`), with its scheme or list where it needs one (`NationalId:cn.uscc`, `Category:sex`), or a keyword of
        the schema (`record_id`, `source`, `created_at`, `updated_at`), each given to at most one column: the one whose
        header says it best; the others are then a `Code`, a `Category` or a `Date`.

    >>> suggest_columns(["客户编号", "姓名", "手机号码（必填）", "ＥMAIL", "LastModifiedDate", "身份证号", "爱好"])
    {'客户编号': 'record_id', '姓名': 'PersonName', '手机号码（必填）': 'Phone', 'ＥMAIL': 'Email',
     'LastModifiedDate': 'updated_at', '身份证号': 'NationalId:cn.ric'}
    >>> suggest_columns(["Id", "AccountId", "firstName", "last_name", "Work Phone No.", "phone type"])
    {'Id': 'record_id', 'AccountId': 'Code', 'firstName': 'GivenName', 'last_name': 'FamilyName',
     'Work Phone No.': 'Phone'}
    """
    guesses = {name: guess for name in names if isinstance(name, str) and (guess := _guess(name)) is not None}
    for role, instead in _ONLY_ONE.items():
        rivals = sorted((g.unexplained > 0, g.rank, g.unexplained, n) for n, g in guesses.items() if g.role == role)
        guesses |= {n: guesses[n]._replace(role=instead) for *_, n in rivals[1:]}
    of_names = _role_of_names({guess.role for guess in guesses.values()})
    return {name: of_names if guess.role == "name" else guess.role for name, guess in guesses.items()}


def _role_of_names(roles: set[str]) -> str:
    """Whether a bare "name" is a company's: beside what only companies have, and nothing that only persons have."""
    companies = {"NationalId:cn.uscc", "NationalId:cn.tax", "NationalId:cn.org_code", "NationalId:lei", "Url"}
    persons = {"BirthDate", "NationalId:cn.ric", "NationalId:us.ssn", "OrganizationName"}
    return "OrganizationName" if roles & (companies | {"PersonName"}) and not roles & persons else "PersonName"


def _guess(name: str) -> _Guess | None:
    if len(name) > _MAX_LENGTH:
        return None
    folded = unicodedata.normalize("NFKC", name).translate(_TRADITIONAL)
    bare = _BRACKETS.sub(" ", folded)
    words = _words(bare) or _words(folded)
    if not words or "".join(words).endswith(_NOT_THAT):
        return None
    whole = _look_up(words)
    if whole is not None:
        return whole
    # two languages in one header: 姓名/Name, 手机 Mobile
    han = [word for word in words if _HAN.search(word)]
    latin = [word for word in words if not _HAN.search(word)]
    return (_look_up(han) or _look_up(latin)) if han and latin else None


def _words(text: str) -> list[str]:
    return [w.lower() for piece in _CAMEL.sub(" ", text).split() for w in _WORD.findall(piece)]


def _look_up(words: list[str]) -> _Guess | None:
    key = "".join(words)
    entry = _WHOLE.get(key)
    if entry is not None:
        return _Guess(0, entry.rank, entry.role)
    return _by_end(key) if _HAN.search(key) else _by_words(words)


def _by_end(key: str) -> _Guess | None:
    """Chinese: without a number at the end, then by ever shorter ends of at least two characters."""
    if key.startswith(_WHETHER_ZH):
        return None
    text = _LAST_NUMBER.sub("", key)
    for start in range(max(1, len(text) - 1)):
        end = text[start:]
        entry = (_ENDS if start else _WHOLE).get(end)
        if entry is not None:
            return _Guess(len(key) - len(end), entry.rank, entry.role)
    return None


def _by_words(words: list[str]) -> _Guess | None:
    """English: the longest run of words that is known, between words that do not matter; else the last noun."""
    n = len(words)
    first = next((i for i, w in enumerate(words) if w not in _WHOSE), n - 1)
    last = next((i for i in range(n, 0, -1) if not _says_nothing(words[i - 1])), 1)
    runs = [(i, j) for i in range(first + 1) for j in range(max(i + 1, last), n + 1)]
    for i, j in sorted(runs, key=lambda run: (run[0] - run[1], run)):
        entry = _WHOLE.get("".join(words[i:j]))
        if entry is not None:
            return _Guess(n - (j - i), entry.rank, entry.role)
    if words[0] in _WHETHER:
        return None
    head = _HEADS.get(words[last - 1]) or ("Date" if words[-1] == "at" and words[-2:-1] else None)
    return None if head is None else _Guess(n, _LEAST, head)


def _says_nothing(word: str) -> bool:
    return word in _THAT_IT_IS or word.isdigit()
