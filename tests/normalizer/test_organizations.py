"""Laws and hard cases of the names of organizations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmquality.normalizer.organizations import ISSUES, PARTS, normalize_organization_name, simplified_name
from crmquality.normalizer.organizations_industries import is_generic, split_industry
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
    "raw", ["有限公司", "科技有限公司", "贸易公司", "Ltd", "Co., Ltd.", "北京有限公司", "Trading Co"]
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
