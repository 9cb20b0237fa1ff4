"""Laws and hard cases of the names of organizations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.normalizer import organizations
from crmquality.normalizer.organizations import ISSUES, PARTS, normalize_organization_name, simplified_name
from crmquality.normalizer.organizations_han import read_han_name
from crmquality.normalizer.organizations_han_plain import read_plain_name
from crmquality.normalizer.organizations_industries import is_generic, split_industry
from crmquality.normalizer.organizations_latin import read_latin_name
from crmquality.normalizer.organizations_latin_plain import read_plain_latin_name
from crmquality.normalizer.text import clean
from crmquality.reference import read_lines

# raw, core in lower case, with & for and
CORES = [
    ("Acme Inc.", "acme"),
    ("Acme Incorporated", "acme"),
    ("Acme Co., Ltd.", "acme"),
    ("Acme Pty. Ltd.", "acme"),
    ("Acme Pte Ltd", "acme"),
    ("Acme Sdn. Bhd.", "acme"),
    ("Acme PLC", "acme"),
    ("Acme GmbH & Co. KG", "acme"),
    ("Acme Gesellschaft mit beschränkter Haftung", "acme"),
    ("Acme S.A.", "acme"),
    ("Acme S. A.", "acme"),
    ("Acme S.r.l.", "acme"),
    ("Acme B.V.", "acme"),
    ("AB Acme", "acme"),
    ("OOO Acme", "acme"),
    ("株式会社トヨタ", "トヨタ"),
    ("(株)トヨタ", "トヨタ"),
    ("㈱トヨタ", "トヨタ"),
    ("주식회사 삼성", "삼성"),
    ("The Coca-Cola Company", "coca-cola"),
    ("Coca-Cola Company, The", "coca-cola"),
    ("AT&T Inc.", "at&t"),
    ("Johnson & Johnson", "johnson & johnson"),
    ("Marks and Spencer plc", "marks & spencer"),
    ("3M Company", "3m"),
    ("Limited Brands, Inc.", "limited brands"),
    ("Company.com LLC", "company.com"),
    ("Inc Magazine", "inc magazine"),
    ("AG Barr plc", "ag barr"),
    ("SE Health", "se health"),
    ("Acme Ltd t/a Rocket", "acme"),
    ("Acme Inc. DBA Rocket", "acme"),
    ("Acme (UK) Limited", "acme"),
    ("IBM Corp", "ibm"),
    ("International Business Machines Corporation", "international business machines"),
    ("Chemicals, Langmere Ltd.", "langmere chemicals"),
    ("Ferrari S.p.A.", "ferrari"),
    ("Beauty Spa", "beauty spa"),
    ("Lanzhou Institute of Geology", "lanzhou institute of geology"),
    ("腾讯科技(深圳)有限公司", "腾讯科技"),
    ("腾讯科技（深圳）有限公司", "腾讯科技"),
    ("深圳市腾讯计算机系统有限公司", "腾讯计算机系统"),
    ("华为技术有限公司", "华为技术"),
    ("中国石油天然气股份有限公司", "中国石油天然气"),
    ("北京百度网讯科技有限公司", "百度网讯科技"),
    ("上海汽车集团股份有限公司", "上海汽车"),
    ("中国工商银行股份有限公司北京海淀支行", "中国工商银行"),
    ("上海浦东发展银行股份有限公司", "上海浦东发展银行"),
    ("广州白云山制药股份有限公司", "白云山制药"),
    ("新疆天山水泥股份有限公司", "天山水泥"),
    ("东方航空股份有限公司", "东方航空"),
    ("北京大学", "北京大学"),
    ("某某有限责任公司", "某某"),
    ("某某集团有限公司", "某某"),
    ("某某（集团）股份有限公司", "某某"),
    ("某某合伙企业（有限合伙）", "某某"),
    ("臺灣積體電路製造股份有限公司", "台湾积体电路制造"),
    ("鴻海精密工業股份有限公司", "鸿海精密工业"),
    ("华为", "华为"),
    ("  华为 技术  有限公司 ", "华为技术"),
    ("华为技术有限公司.", "华为技术"),
    ("华为技术有限公 司", "华为技术"),
    ("华为技术有限司", "华为技术"),
    ("华为技术有限责任公", "华为技术"),
    ("华为技术有公司", "华为技术"),
    ("华为技术公司", "华为技术"),
    ("西门子中国有限公司", "西门子"),
    ("3M中国有限公司", "3m"),
    ("TCL科技集团股份有限公司", "tcl科技"),
    ("小米科技北京有限公司", "小米科技"),
    ("福州市鼓楼区百文斋书店", "百文斋书店"),
    ("大厂回族自治县祁各庄镇宝艺大唐艺术行", "宝艺大唐艺术"),
    ("立信会计师事务所（特殊普通合伙）", "立信会计师"),
    ("乾豪计算有限公司", "乾豪计算"),
    ("北京餅乾廠", "饼干"),
]


@pytest.mark.parametrize(("raw", "core"), CORES)
def test_core(raw: str, core: str) -> None:
    found = normalize_organization_name(raw).parts["core"]
    assert found is not None
    assert found.casefold().replace(" and ", " & ") == core


SAME = [
    names.strip().split("\n")
    for names in (
        """北京小米科技有限责任公司
小米科技(北京)有限公司
小米科技（北京）股份有限公司
北京市小米科技公司
小米科技
北京 小米科技有限公司
北京小米科技有限公司（已注销）
北京小米科技有限公司-采购部
北京小米科技有限公司  微信
小米科技有限公司（北京）
北京小米科技有限公司 13800138000
公司名称：北京小米科技有限公司
【老客户】北京小米科技有限公司
北京小米科技有限公司上海分公司""",
        """Langmere Chemicals Ltd.
Chemicals, Langmere Limited
LANGMERE CHEM LTD
Langmere Chemicals & Co
The Langmere Chemicals
Langmere Chemicals Ltd - Purchasing Dept""",
        "Acme Intl. Mfg. Co.\nAcme International Manufacturing Company\nAcme Int'l Mfg",
        "AT&T Inc.\nAT & T\nATT",
        "S. A. Peugeot\nS.A. Peugeot\nSA Peugeot",
        "ＴＣＬ集團\nTCL集团\ntcl集团有限公司",
    )
]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_spellings_of_one_organization_share_a_key(names: list[str]) -> None:
    assert len({normalize_organization_name(n).parts["key"] for n in names}) == 1


@pytest.mark.parametrize(
    ("han", "latin"),
    [
        ("盐城传威股份有限公司", "Chuanwei Trading Limited"),
        ("海口树品户外用品股份有限公司", "Shupin Trading Limited"),
        ("两旺密封件有限公司", "Liang Wang Industry Co., Ltd."),
        ("大道同行畜牧(咸宁)股份有限公司", "Dadaotonghang Tech Co.,Ltd"),
        ("绿色公社珠宝首饰有限公司", "Lvsegongshe Tech Co. Ltd"),
        ("深圳乾豪科技有限公司", "Shenzhen Qianhao Technology Co., Ltd"),
    ],
)
def test_two_languages_share_the_trade_key(han: str, latin: str) -> None:
    assert normalize_organization_name(han).parts["trade_key"] == normalize_organization_name(latin).parts["trade_key"]


def test_places_share_a_key_in_two_languages() -> None:
    keys = {
        n: normalize_organization_name(n).parts.get("region_key")
        for n in (
            "深圳传威贸易有限公司",
            "传威(深圳)贸易有限公司",
            "Shenzhen Chuanwei Trading Ltd",
            "Chuanwei (Shenzhen) Trading Ltd",
        )
    }
    assert set(keys.values()) == {"shenzhen"}
    uk = {normalize_organization_name(n).parts.get("region_key") for n in ("Acme (UK) Ltd", "艾克米（英国）有限公司")}
    assert uk == {"gb"}


PARTS_OF = [
    ("中国工商银行股份有限公司北京海淀支行", "branch", "北京海淀支行"),
    ("招商银行北京分行", "branch", "北京分行"),
    ("麦当劳(朝阳大悦城店)", "branch", "朝阳大悦城店"),
    ("Acme Ltd, Shanghai Branch", "branch", "Shanghai Branch"),
    ("Deutsche Bank AG, Filiale London", "branch", "Filiale London"),
    ("北京小米科技有限公司（已注销）-采购部", "note", "已注销 采购部"),
    ("Acme Ltd - Purchasing Dept", "note", "Purchasing Dept"),
    ("Acme Ltd +44 20 7946 0958", "note", "+44 20 7946 0958"),
    ("Acme, Inc. d/b/a Rocket", "other", "Rocket"),
    ("华为技术有限公司 Huawei Technologies Co., Ltd.", "other", "Huawei Technologies Co., Ltd"),
    ("某某有限责任公司", "legal_form", "有限公司"),
    ("红杉股权投资合伙企业(有限合伙)", "legal_class", "LP"),
    ("Acme Private Limited", "legal_form", "Pvt Ltd"),
    ("International Business Machines", "short", "IBM"),
    ("腾讯科技有限公司", "short", "腾讯"),
    ("昆山诺德电子有限公司", "region", "昆山"),
    ("广东省深圳市腾讯科技有限公司", "region", "深圳"),
    ("内蒙古伊利实业集团股份有限公司", "region", "内蒙古"),
    ("南阳市宛城区丽道商贸行", "legal_class", "SP"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "part", "expected"), PARTS_OF)
def test_parts(raw: str, part: str, expected: str) -> None:
    assert normalize_organization_name(raw).parts[part] == expected


@pytest.mark.parametrize("raw", ["个人", "自由职业", "无", "N/A", "暂无", "-", "self-employed", "", None, "测试"])
def test_nobody_is_no_organization(raw: str | None) -> None:
    assert normalize_organization_name(raw).value is None


@pytest.mark.parametrize(
    "raw",
    [
        "有限公司",
        "科技有限公司",
        "贸易公司",
        "分公司",
        "财团法人(集团)",
        "Ltd",
        "Co., Ltd.",
        "北京有限公司",
        "Trading Co",
    ],
)
def test_a_name_is_never_empty(raw: str) -> None:
    answer = normalize_organization_name(raw)
    assert answer.value
    assert answer.parts["core"]
    assert answer.parts["key"]
    assert "only_generic" in answer.issues


def test_a_damaged_form_is_mended() -> None:
    for raw in ("全球鹰塑制品有限司", "全球鹰塑制品有限公", "全球鹰塑制品有公司", "全球鹰塑制品限公司"):
        answer = normalize_organization_name(raw)
        assert answer.value == "全球鹰塑制品有限公司"
        assert "repaired" in answer.issues


def test_simplified_names_keep_their_characters() -> None:
    assert simplified_name("乾隆") == "乾隆"
    assert simplified_name("瑞昇餅乾") == "瑞昇饼干"
    # what is written 昇 and what is written 升 is compared alike
    assert normalize_organization_name("瑞昇食品").parts["key"] == normalize_organization_name("瑞升食品").parts["key"]


# raw and the parts that it must have; None where it must not have one
ALL_PARTS = [
    # institutions and their kinds
    ("清华大学", {"core": "清华大学", "legal_form": "大学", "legal_class": "PUB", "short": "清华"}),
    ("深圳市福田区人民政府", {"region": "深圳", "legal_form": "人民政府", "legal_class": "GOV"}),
    ("北京市朝阳区望京街道办事处", {"legal_form": "街道办事处", "branch": None}),
    ("上海市浦东新区市场监督管理局", {"legal_form": "管理局", "legal_class": "GOV"}),
    ("中华人民共和国外交部", {"legal_class": "GOV"}),
    ("北京市律师协会", {"core": "北京市律师协会", "legal_class": "NGO"}),
    ("北京新东方学校", {"region": "北京", "trade_name": "新东方", "legal_form": "学校"}),
    ("深圳外国语学校", {"core": "深圳外国语学校", "region": "深圳"}),
    ("中建三局", {"legal_form": None}),
    ("財團法人工業技術研究院", {"core": "工业技术研究院", "legal_form": "财团法人"}),
    # forms
    ("杭州市余杭区张三小吃店（个体工商户）", {"trade_name": "张三", "legal_form": "店(个体工商户)"}),
    ("义乌市小李饰品商行（个人独资）", {"trade_name": "小李", "legal_form": "商行(个人独资)"}),
    ("五常市王家屯水稻种植农民专业合作社", {"region": "五常", "legal_form": "合作社", "legal_class": "COOP"}),
    ("阿里巴巴集团控股有限公司", {"trade_name": "阿里巴巴", "short": "阿里", "short_origin": "known"}),
    ("苏州工业园区某某科技有限公司", {"region": "苏州", "trade_name": "某某"}),
    ("中国(上海)自由贸易试验区某某贸易有限公司", {"region": "上海", "trade_name": "某某"}),
    ("国网北京市电力公司", {"region": "北京", "trade_name": "国网", "industry": "电力"}),
    ("OPPO广东移动通信有限公司", {"region": "广东", "trade_name": "OPPO", "industry": "移动通信"}),
    ("SAP中国", {"region": "中国", "core": "SAP"}),
    ("上海滩餐饮有限公司", {"region": None, "trade_name": "上海滩", "industry": "餐饮"}),
    ("深圳湾科技发展有限公司", {"region": None, "trade_name": "深圳湾"}),
    ("云南白药集团股份有限公司", {"core": "云南白药", "region": "云南"}),
    ("台北富邦銀行", {"region": "台北", "core": "台北富邦银行"}),
    ("大新銀行有限公司", {"region": None, "core": "大新银行"}),
    # branches
    ("北京小米科技有限责任公司（北京分公司）", {"branch": "北京分公司", "branch_key": "beijing:branch"}),
    ("Acme Ltd, Beijing Branch", {"branch_region": "北京", "branch_key": "beijing:branch"}),
    ("Acme Hong Kong Limited, Beijing Representative Office", {"region": "香港", "branch_key": "beijing:office"}),
    ("小米科技有限公司上海办事处", {"branch_key": "shanghai:office"}),
    ("北京小米科技有限责任公司", {"branch": None, "branch_key": "whole"}),
    ("立信会计师事务所（特殊普通合伙）上海分所", {"core": "立信会计师", "legal_class": "LLP", "branch": "上海分所"}),
    ("中国建设银行北京分行营业部", {"core": "中国建设银行", "branch": "北京分行营业部", "short": "建行"}),
    ("中信证券北京呼家楼营业部", {"core": "中信证券", "branch": "北京呼家楼营业部"}),
    ("交通银行股份有限公司太平洋信用卡中心", {"branch": "太平洋信用卡中心", "note": None}),
    ("美的集团微波炉事业部", {"core": "美的", "branch": "微波炉事业部"}),
    ("北京京东世纪贸易有限公司上海子公司", {"branch_key": "shanghai:subsidiary"}),
    ("星巴克咖啡人民广场店", {"core": "星巴克咖啡", "branch": "人民广场店"}),
    ("麦当劳北京路店", {"core": "麦当劳", "branch": "北京路店"}),
    ("全聚德前门店", {"core": "全聚德", "branch": "前门店"}),
    ("三井物产株式会社北京代表处", {"core": "三井物产", "branch": "北京代表处", "legal_form": "株式会社"}),
    ("Standard Chartered Bank (China) Limited Shanghai Branch", {"region_key": "cn", "branch": "Shanghai Branch"}),
    # second names
    ("Acme Ltd f/k/a Rocket Ltd", {"other": "Rocket Ltd", "other_kind": "former"}),
    ("Acme Ltd (formerly Rocket Ltd)", {"other": "Rocket Ltd", "other_kind": "former"}),
    ("Acme LLC (DBA Rocket)", {"other": "Rocket", "other_kind": "trading"}),
    ("Petróleo Brasileiro S.A. - Petrobras", {"other": "Petrobras", "other_kind": "alias"}),
    ("北京小米科技有限公司（原名：小米通讯）", {"other": "小米通讯", "other_kind": "former", "note": None}),
    ("小米科技(原北京小米通讯技术有限公司)", {"other": "北京小米通讯技术有限公司", "other_kind": "former"}),
    ("小米（北京小米科技有限责任公司）", {"region": "北京", "other": "小米", "other_kind": "alias"}),
    ("北京小米科技有限责任公司、小米通讯技术有限公司", {"other": "小米通讯技术有限公司", "other_kind": "second"}),
    ("杭州网易云音乐科技有限公司（简称：网易云）", {"short": "网易云", "short_origin": "given", "note": None}),
    ("北京小米科技有限公司（以下简称甲方）", {"note": "以下简称甲方", "short": "小米", "short_origin": "rule"}),
    ("苹果公司Apple Inc.", {"core": "苹果", "other": "Apple Inc", "other_kind": "foreign"}),
    ("Huawei华为技术有限公司", {"core": "华为技术", "other": "Huawei"}),
    # notes
    ("北京小米科技有限公司（91110108551385082Q）", {"note": "91110108551385082Q", "other": None}),
    ("小米科技 张伟", {"core": "小米科技", "note": "张伟"}),
    ("小米科技有限公司 www.mi.com", {"note": "www.mi.com", "other": None}),
    ("Acme Ltd VAT GB123456789", {"core": "Acme", "note": "VAT GB123456789"}),
    ("Acme Ltd (Company No. 01234567)", {"core": "Acme", "note": "Company No. 01234567"}),
    ("Acme Inc., a Delaware corporation", {"core": "Acme", "note": "a Delaware corporation"}),
    ("c/o Acme Ltd", {"core": "Acme", "note": "c/o"}),
    ("*ST华谊", {"core": "华谊", "note": "*ST"}),
    ("甲方：北京小米科技有限公司", {"core": "小米科技", "region": "北京"}),
    # English names of Chinese organizations
    ("Guangdong Province Shenzhen City Langfei Trading Co.,Ltd", {"region": "深圳", "trade_key": "langfei"}),
    ("Zhejiang Yiwu Dingsheng Imp. & Exp. Co., Ltd.", {"region": "义乌", "core": "Dingsheng Imp & Exp"}),
    ("Foshan Shunde Midea Electric Co Ltd", {"region": "佛山", "trade_name": "Midea"}),
    ("Jinmao (Hong Kong) Co., Limited", {"region_key": "xianggang", "core": "Jinmao"}),
    ("Acme Shanghai Trading Co Ltd", {"region": "上海", "core": "Acme Trading"}),
    ("Nanjing Iron & Steel Co., Ltd.", {"region": "南京", "trade_name": "Nanjing Iron & Steel"}),
    ("Suzhou Industrial Park Acme Co Ltd", {"region": "苏州", "core": "Acme"}),
    # short names
    ("中国石油化工集团有限公司", {"short": "中石化", "short_origin": "known"}),
    ("中国工商银行", {"short": "工行", "short_origin": "known"}),
    ("北京小米科技有限责任公司", {"short": "小米", "short_origin": "rule"}),
    ("南充商业银行", {"short": "南充商业银行", "short_origin": "rule"}),
    ("成都大华技术有限公司", {"short": "大华", "short_origin": "rule"}),
    ("Industrial and Commercial Bank of China Ltd", {"short": "ICBC", "short_origin": "known"}),
    ("Johnson & Johnson", {"short": "J&J", "short_origin": "rule"}),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), ALL_PARTS)
def test_every_part(raw: str, expected: dict[str, str | None]) -> None:
    parts = normalize_organization_name(raw).parts
    assert {name: parts.get(name) for name in expected} == expected


# every one of these is Acme in that form
FORMS = {
    "UG": "Acme UG (haftungsbeschränkt)",
    "GmbH": "Acme Ges. m. b. H.",
    "FZ-LLC": "Acme FZ-LLC",
    "SA de CV": "Acme S. A. de C. V.",
    "Sp z oo": "Acme Sp. z o. o.",
    "a.s.": "Acme, a.s.",
    "A/S": "Acme A/S",
    "AS": "Acme AS",
    "AŞ": "Acme San. ve Tic. A.Ş.",
    "Ltd Şti": "Acme Sanayi ve Ticaret Limited Şirketi",
    "Lda": "Acme LTDA - ME",
    "KK": "Kabushiki Kaisha Acme",
    "Oy AB": "Oy Acme Ab",
    "PJSC": "PJSC Acme",
    "OOO": "Общество с ограниченной ответственностью Acme",
    "cty tnhh": "Công ty TNHH Acme",
    "PT Tbk": "PT Acme (Persero) Tbk",
    "d.d.": "Acme d.d.",
    "NA": "Acme, N.A.",
    "PCL": "Acme Public Company Limited",
    "AE": "Acme Α.Ε.",
    "Inc": "Acme Inc./Ltée",
    "Pvt Ltd": "Acme (P) Ltd",
    "Pte Ltd": "Acme Pte.Ltd.",
    "JSC": "Acme Joint-Stock Company",
    "SARL": "SARL Acme",
    "Co Ltd": "Acme Co. , Ltd .",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_the_world(form: str) -> None:
    parts = normalize_organization_name(FORMS[form]).parts
    assert (parts["key"], parts["legal_form"]) == ("acme", form)


@pytest.mark.parametrize(
    "raw",
    [
        "AG Barr",
        "SA Recycling",
        "SE Health",
        "AS Roma",
        "Day Spa",
        "SAS Institute",
        "AB Foods",
        "Inc Magazine",
        "The Limited",
    ],
)
def test_a_name_that_looks_like_a_form_stays(raw: str) -> None:
    assert normalize_organization_name(raw).parts["core"] == raw


@pytest.mark.parametrize(
    ("raw", "core", "form"),
    [
        ("日立製作所㈱", "日立製作所", "株式会社"),
        ("( 株 )日立製作所", "日立製作所", "株式会社"),
        ("山田商店（有）", "山田商店", "有限会社"),
        ("Google合同会社", "Google", "合同会社"),
        ("学校法人早稲田大学", "早稲田大学", "学校法人"),
        ("トヨタ自動車株式会社 東京支店", "トヨタ自動車", "株式会社"),
        ("トヨタ自動車株式会社（TOYOTA MOTOR CORPORATION）", "トヨタ自動車", "株式会社"),
        ("삼성전자(주)", "삼성전자", "주식회사"),
        ("㈜삼성전자", "삼성전자", "주식회사"),
        ("네이버 주식회사 부산지점", "네이버", "주식회사"),
    ],
)
def test_names_of_japan_and_korea(raw: str, core: str, form: str) -> None:
    parts = normalize_organization_name(raw).parts
    assert (parts["core"], parts["legal_form"]) == (core, form)


@pytest.mark.parametrize(
    "raw",
    ["测试有限公司", "测试科技有限公司", "XXX有限公司", "***有限公司", "未知公司", "暂无公司", "Test Ltd",
     "Unknown Company",
     "个人（无单位）", "灵活就业", "退休人员", "其他", "公司名称", "Self-Employed (Freelance)"],
)  # fmt: skip
def test_fillers_are_placeholders(raw: str) -> None:
    answer = normalize_organization_name(raw)
    assert answer.value is None
    assert "placeholder" in answer.issues


def test_a_key_links_han_and_english() -> None:
    han = normalize_organization_name("北京小米科技有限责任公司").parts
    english = normalize_organization_name("Beijing Xiaomi Technology Co., Ltd.").parts
    for part in ("region_key", "trade_key", "branch_key"):
        assert han[part] == english[part]


USUAL = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(
        ["", "北京", "深圳市", "广东省佛山市", "沈阳", "大同", "天水", "东方", "中国", "台北", "栖霞", "国网", "巴州",
         "宝山", "南网", "个", "某", "东莞市长安镇"]
    ),
    st.text(
        st.sampled_from("小米鼎盛华滩湾岛山重庆单市县书局行店厂大学银网有国社法株昇鑫覆后乐省责某个部公司集团股"),
        min_size=0,
        max_size=5,
    ),
    st.sampled_from(
        ["", "科技", "贸易", "银行", "大学", "集团", "控股", "集团控股", "石油", "研究院", "北京", "省", "建材",
         "物资供应"]
    ),
    st.sampled_from(["", "", "(北京)", "（深圳）", "（集团）", "(合伙)", "（石家)", "(北京小米)"]),
    st.sampled_from(
        ["有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "责任有限公司", "有限公司有限公司", "厂", "经营部",
         "集团股份有限公司", "服务部", "门市部", "营业部", "分行营业部",
         "控股集团有限公司", "总厂", "公司", "分公司", "研发部"]
    ),
)  # fmt: skip


@settings(deadline=None, max_examples=600)
@given(USUAL)
def test_the_usual_name_in_one_look_is_the_name_in_full(name: str) -> None:
    plain = read_plain_name(name)
    if plain is not None:
        text, issues = clean(name)
        assert text == plain.value
        full = organizations._answer(read_han_name(text), issues, text)
        if full.value is not None:  # a filler, which both ways find
            assert (full.value, full.parts, full.issues) == plain


LATIN_WORDS = st.sampled_from(
    ["Acme", "Langmere", "SMITH", "&", "and", "The", "Test", "Null", "Company", "International", "Of", "General",
     "Bank", "Unknown", "PT", "Ltd", "AT", "T", "Air", "Office", "Branch", "New", "My", "ABC", "Formerly", "As", "UK",
     "Trading", "Foods", "China", "Shanghai", "Zealand", "Texas", "Demo", "None", "3M", "O'Neill", "Ex", "Limited"]
)  # fmt: skip
LATIN_TAILS = st.sampled_from(
    ["Ltd", "Ltd.", "Inc", "Inc.", "LLC", "L.L.C.", "PLC", "Co., Ltd.", "Co.,Ltd.", "Corp.", "Corporation", "Company",
     "S.A.", "SA", "SpA", "S.p.A.", "AS", "A/S", "GmbH", "AG", "Pty Ltd", "Pte. Ltd.", "Private Limited", "Limited",
     "& Co", "Holdings Ltd", "GmbH & Co. KG", "NV", "B.V.", "SE", "KG", "Tbk", "NA", "Public Limited Company",
     "Sdn Bhd", "", "UK Ltd", "Ltd, Mumbai", "GmbH i.G.", ", Inc."]
)  # fmt: skip


@settings(deadline=None, max_examples=600)
@given(st.lists(LATIN_WORDS, min_size=1, max_size=5), LATIN_TAILS, st.sampled_from([" ", "  "]))
def test_the_usual_english_name_in_one_look_is_the_name_in_full(words: list[str], tail: str, space: str) -> None:
    name = space.join([*words, tail])
    plain = read_plain_latin_name(name)
    if plain is not None and plain.parts["key"] not in organizations._fillers():
        text, _ = clean(name)
        assert text == plain.value
        assert read_latin_name(text) == plain


def test_a_space_around_a_usual_name_does_not_matter() -> None:
    name = "杭州鼎盛华科技有限公司"
    assert normalize_organization_name(f" {name} ") == normalize_organization_name(name)


# --- laws

PIECES = st.sampled_from(
    [
        *[
            "北京",
            "深圳市",
            "上海",
            "浦东",
            "朝阳区",
            "甘孜藏族自治州",
            "中国",
            "东方",
            "香港",
            "传威",
            "小米",
            "华",
            "3M",
            "TCL",
        ],
        *[
            "乾",
            "昇",
            "科技",
            "贸易",
            "石油",
            "有限公司",
            "有限责任公司",
            "股份",
            "集团",
            "(集团)",
            "（",
            "）",
            "(",
            ")",
            "有限",
        ],
        *[
            "公司",
            "合伙企业",
            "(有限合伙)",
            "分公司",
            "支行",
            "店",
            "厂",
            "行",
            "部",
            "采购部",
            "微信",
            "-",
            "、",
            "/",
            ":",
        ],
        *[
            "公司名称",
            "13800138000",
            "Acme",
            "Ltd",
            "Co.",
            ",",
            "&",
            "and",
            "The",
            "d/b/a",
            "Branch",
            "Shenzhen",
            "S.",
            "A.",
        ],
        *[
            "株式会社",
            "(株)",
            "トヨタ",
            "주식회사",
            "ООО",
            "Ромашка",
            "有限司",
            "責任",
            "臺灣",
            "'",
            "é",
            "İ",
            "…",
            "﷼",
            "ß",
        ],
        *["№", "ª", " ", "　", "\ud83d", "\x00"],
    ]
)
CELLS = st.one_of(
    st.text(max_size=30),
    st.lists(PIECES, max_size=9).map("".join),
    st.lists(PIECES, max_size=7).map(" ".join),
    st.sampled_from([raw for raw, _ in CORES]),
)


@settings(deadline=None)  # the first damaged cell loads a library
@given(CELLS)
def test_total_idempotent_and_never_empty(cell: str) -> None:
    answer = normalize_organization_name(cell)
    assert set(answer.issues) <= set(ISSUES)
    assert len(set(answer.issues)) == len(answer.issues)
    assert set(answer.parts) <= set(PARTS)
    if answer.value is None:
        return
    assert answer.value
    for part in ("core", "trade_name", "key", "trade_key", "core_key", "short", "script"):
        assert answer.parts[part]
    assert normalize_organization_name(answer.value).value == answer.value


@given(st.lists(PIECES, max_size=6).map("".join))
def test_brackets_width_and_space_do_not_matter(cell: str) -> None:
    wide = cell.replace("(", "（").replace(")", "）")
    assert normalize_organization_name(wide).parts.get("key") == normalize_organization_name(cell).parts.get("key")
    assert normalize_organization_name(f" {cell}  ").value == normalize_organization_name(cell).value


def slow_split(core: str) -> tuple[str, str]:
    """The longest word of a trade, again and again, tried one by one."""
    words = set(read_lines("industries_zh.txt"))
    least = 4 if core.startswith("中国") else 2
    end = len(core)
    while True:
        found = [w for w in words if core[:end].endswith(w) and end - len(w) >= least]
        if not found:
            return core[:end], core[end:]
        end -= len(max(found, key=len))


WORDS = st.sampled_from(
    [
        "传威",
        "中国",
        "科技",
        "贸易",
        "石油",
        "天然气",
        "计算机",
        "系统",
        "电子",
        "商务",
        "华",
        "化工",
        "发展",
        "实业",
        "业",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=5).map("".join))
def test_the_quick_split_is_the_slow_one(core: str) -> None:
    assert split_industry(core) == slow_split(core)


@given(st.lists(st.sampled_from(["科技", "贸易", "石油", "天然气", "系统"]), min_size=1, max_size=5).map("".join))
def test_words_of_trades_are_generic(core: str) -> None:
    assert is_generic(core)
    assert not is_generic("传威" + core)


@pytest.mark.parametrize(
    "piece", ["(", ")", "（北京）", "有限", "有限公司", "-", " - ", "a ", "& ", "北京", "公司", "1", "S. ", ", "]
)
def test_the_longest_cells_are_read(piece: str) -> None:
    answer = normalize_organization_name(piece * (9_999 // len(piece)))
    assert normalize_organization_name(answer.value).value == answer.value
