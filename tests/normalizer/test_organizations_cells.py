"""What stands in the cells of CRMs: branches with departments, places that are no names, forms of the world, notes."""

from __future__ import annotations

import pytest

from crmquality.normalizer.organizations import normalize_organization_name
from crmquality.normalizer.organizations_places import is_only_place

# raw, value where it differs from raw, and parts it must have (None: must not have)
CELLS: list[tuple[str, str, dict[str, str | None]]] = [
    # a branch is never its parent, whatever department of it is named
    ("北京字节跳动科技有限公司深圳分公司研发部", "北京字节跳动科技有限公司深圳分公司",
     {"branch": "深圳分公司", "branch_key": "shenzhen:branch", "note": "研发部", "core": "字节跳动科技"}),
    ("北京小米科技有限公司深圳分公司-张三", "北京小米科技有限公司深圳分公司", {"branch": "深圳分公司", "note": "张三"}),
    ("华为技术有限公司广州研发中心", "", {"branch": "广州研发中心", "branch_region": "广州", "note": None}),
    ("华为技术有限公司研发中心", "华为技术有限公司", {"branch": None, "note": "研发中心"}),
    ("华为技术有限公司 深圳 分公司", "华为技术有限公司深圳分公司", {"branch": "深圳分公司"}),
    ("华为技术有限公司 深圳 张三", "华为技术有限公司(深圳)", {"branch": None, "region": "深圳", "note": "张三"}),
    ("华为技术有限公司 深圳 张三 13800138000", "华为技术有限公司(深圳)", {"note": "张三 13800138000"}),
    ("建行深圳分行营业部", "", {"core": "建行", "branch": "深圳分行营业部", "legal_form": None}),
    ("肯德基深圳华强北店", "", {"core": "肯德基", "branch": "深圳华强北店"}),
    ("肯德基南山餐厅", "", {"core": "肯德基", "branch": "南山餐厅"}),
    ("李宁北京服装店", "", {"branch": None, "legal_form": "店"}),
    ("北京大学深圳研究生院", "", {"core": "北京大学", "region": "北京", "branch": "深圳研究生院"}),
    ("山东大学青岛校区", "", {"core": "山东大学", "branch": "青岛校区"}),
    ("北京大学医学部", "", {"core": "北京大学医学部", "region": "北京"}),
    ("上海大学生创业有限公司", "", {"core": "大学生创业", "region": "上海"}),
    # places
    ("东莞市长安镇大发五金厂", "", {"core": "大发五金", "region": "东莞"}),
    ("东莞长安镇大发五金厂", "", {"core": "大发五金", "region": "东莞"}),
    ("中山市小榄镇张三五金店", "", {"core": "张三五金", "region": "中山"}),
    ("苏州市盛泽镇老李丝绸厂", "", {"core": "老李丝绸", "region": "苏州"}),
    ("佛山市顺德区乐从镇大发家具厂", "", {"core": "大发家具", "region": "佛山"}),
    ("东莞市大发镇流器厂", "", {"core": "大发镇流器"}),
    ("微软中国", "", {"core": "微软", "region_key": "cn"}),
    ("Microsoft China", "", {"core": "Microsoft", "region_key": "cn"}),
    ("Microsoft (China) Co., Ltd.", "", {"core": "Microsoft", "region_key": "cn"}),
    ("Google Ireland", "", {"core": "Google", "region_key": "ie"}),
    ("Acme Deutschland GmbH", "", {"core": "Acme", "region_key": "de"}),
    ("Acme New Zealand Ltd", "", {"core": "Acme", "region_key": "nz"}),
    ("Acme UK", "", {"core": "Acme", "region_key": "gb"}),
    ("Bank of China", "", {"core": "Bank of China", "region": None}),
    ("Air France SA", "", {"core": "Air France", "region": None}),
    ("Telecom Italia S.p.A.", "", {"core": "Telecom Italia"}),
    # groups
    ("阿里巴巴集团控股", "", {"core": "阿里巴巴", "legal_form": "集团", "short": "阿里"}),
    ("阿里巴巴集团", "", {"core": "阿里巴巴", "legal_form": "集团"}),
    ("阿里巴巴集团控股有限公司", "", {"core": "阿里巴巴", "legal_form": "集团有限公司"}),
    ("万达控股集团有限公司", "", {"core": "万达", "legal_form": "集团有限公司"}),
    # shops
    ("李四烟酒店", "", {"trade_name": "李四", "industry": "烟酒", "legal_form": "店"}),
    ("李四白酒店", "", {"trade_name": "李四", "industry": "白酒", "legal_form": "店"}),
    ("老王大酒店", "", {"trade_name": "老王", "industry": "大酒店", "legal_form": None}),
    ("个体户 王五", "王五(个体户)", {"core": "王五", "legal_form": "个体工商户", "legal_class": "SP"}),
    ("王五（个体户）", "王五(个体户)", {"core": "王五", "legal_form": "个体工商户", "legal_class": "SP"}),
    ("个体工商户王五", "王五(个体户)", {"core": "王五", "legal_class": "SP"}),
    # forms
    ("华为技术(有限)公司", "华为技术有限公司", {"core": "华为技术", "legal_form": "有限公司"}),
    ("华为股份(有限)公司", "华为股份有限公司", {"core": "华为", "legal_form": "股份有限公司"}),
    ("华为技术有限(责任)公司", "华为技术有限责任公司", {"core": "华为技术", "legal_form": "有限公司"}),
    ("华为有限公司有限公司", "华为有限公司", {"core": "华为", "other": None}),
    ("S.A.S. Acme", "", {"core": "Acme", "legal_form": "SAS"}),
    ("LLC Acme", "", {"core": "Acme", "legal_form": "LLC"}),
    ("JSC Acme", "", {"core": "Acme", "legal_form": "JSC"}),
    ("Acme S.à r.l.", "", {"core": "Acme", "legal_form": "SARL", "legal_class": "LLC"}),
    ("Acme CVBA", "", {"core": "Acme", "legal_form": "CVBA", "legal_class": "COOP"}),
    ("Acme GmbH i.G.", "Acme GmbH", {"core": "Acme", "legal_form": "GmbH", "note": "i.G."}),
    ("Acme GmbH i. L.", "Acme GmbH", {"core": "Acme", "legal_form": "GmbH", "note": "i. L."}),
    ("Acme Inc", "", {"legal_class": "JSC"}),
    ("Acme Corporation", "", {"legal_class": "JSC"}),
    ("PT Acme Tbk", "", {"core": "Acme", "legal_form": "PT Tbk", "legal_class": "JSC"}),
    ("PT Acme", "", {"core": "Acme", "legal_class": "LLC"}),
    # text behind the form
    ("Acme Inc. 123 Main St", "Acme Inc.", {"core": "Acme", "legal_form": "Inc", "note": "123 Main St"}),
    ("Acme Pvt. Ltd., Mumbai", "Acme Pvt. Ltd.", {"core": "Acme", "legal_form": "Pvt Ltd", "note": "Mumbai"}),
    ("Acme Inc., Seattle, WA", "Acme Inc.", {"core": "Acme", "note": "Seattle, WA"}),
    ("Acme Inc Seattle", "Acme Inc", {"core": "Acme", "note": "Seattle"}),
    ("Acme Ltd., Hong Kong", "", {"core": "Acme", "region_key": "xianggang", "note": None}),
    ("Acme Inc - do not contact", "Acme Inc", {"note": "do not contact", "other": None}),
    ("Acme Ltd - call before noon", "Acme Ltd", {"note": "call before noon", "other": None}),
    ("Level 3 Communications Inc", "", {"core": "Level 3 Communications", "note": None}),
    ("Forever 21 Inc", "", {"core": "Forever 21", "note": None}),
    # codes of stock exchanges, second names
    ("腾讯（00700.HK）", "腾讯", {"core": "腾讯", "note": "00700.HK", "other": None}),
    ("阿里巴巴(NYSE: BABA)", "阿里巴巴", {"note": "NYSE: BABA", "other": None}),
    ("Apple Inc. (NASDAQ: AAPL)", "Apple Inc.", {"core": "Apple", "note": "NASDAQ: AAPL"}),
    ("阿里巴巴/淘宝", "阿里巴巴", {"core": "阿里巴巴", "other": "淘宝", "other_kind": "second"}),
    ("老李化工/医药", "老李化工/医药", {"other": None}),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "value", "expected"), CELLS)
def test_cells(raw: str, value: str, expected: dict[str, str | None]) -> None:
    answer = normalize_organization_name(raw)
    assert answer.value == (value or raw)
    assert {name: answer.parts.get(name) for name in expected} == expected
    assert normalize_organization_name(answer.value).value == answer.value


@pytest.mark.parametrize(
    "raw",
    ["Texas Instruments", "British Airways", "Deutsche Bank AG", "American Airlines Inc", "General Motors",
     "Tokyo Electric Power", "China Telecom", "宝山钢铁", "宝山钢铁股份有限公司", "首都国际机场",
     "首都国际机场股份有限公司", "西南证券股份有限公司"],
)  # fmt: skip
def test_a_place_alone_is_no_trade_name(raw: str) -> None:
    parts = normalize_organization_name(raw).parts
    assert parts["trade_name"] == parts["core"]
    assert parts["trade_key"] == parts["core_key"]
    assert "industry" not in parts


def test_brands_that_are_places_too_stay_trade_names() -> None:
    assert normalize_organization_name("平安保险").parts["trade_name"] == "平安"
    assert normalize_organization_name("东方航空股份有限公司").parts["trade_name"] == "东方"
    assert not is_only_place("凤凰")


@pytest.mark.parametrize(
    "raw",
    ["Sdn Bhd", "Limited Liability Company", "The Limited", "Co., Ltd.", "深圳市科技有限公司", "中国有限公司",
     "有限公司有限公司", "深圳华强北店", "中国控股集团有限公司"],
)  # fmt: skip
def test_generic_names(raw: str) -> None:
    answer = normalize_organization_name(raw)
    assert answer.value
    assert answer.parts["core"]
    assert "only_generic" in answer.issues
    assert "other" not in answer.parts


@pytest.mark.parametrize("raw", ["我公司", "本公司", "贵公司", "我司", "某公司", "某贸易公司", "某科技有限公司"])
def test_parties_without_a_name_are_placeholders(raw: str) -> None:
    answer = normalize_organization_name(raw)
    assert answer.value is None
    assert "placeholder" in answer.issues


@pytest.mark.parametrize(
    "piece", ["Acme Ltd, ", "1 1 ", "深圳 ", "华为/", "个体户", "有限公司", "(有限)公司", "i. G. "]
)
def test_long_cells_take_no_time(piece: str) -> None:
    for lead in ("", "Acme Ltd ", "华为有限公司 "):
        answer = normalize_organization_name(lead + piece * ((9_900 - len(lead)) // len(piece)))
        assert normalize_organization_name(answer.value).value == answer.value
