"""Addresses: the laws of a kernel, in both grammars."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.normalizer.addresses import ISSUES, normalize_address
from crmquality.normalizer.addresses_cn import read_cn
from crmquality.normalizer.division_names import division_tables

REGIONS = st.sampled_from(["CN", "US", "GB", "AU", "CA", "DE", None])
_HAN = """
省 市 区 县 镇 乡 村 街道 路 大道 大街 巷 弄 号 号楼 楼 栋 幢 座 单元 室 层 # - 、 , ( ) 一 十一 三〇二 甲 乙 东 西
之 门 里 院 A B1 2 30 590 2692室 北京 北京市 上海 浙江省 杭州市 西湖区 朝阳区 高新区 经济技术开发区 工业园区 天府大道
中山路 嘉都花园 宏泰大厦 国际中心 100020 13800138000 地址: 新区 市中区 乐山 恩施 恩施州 吉林 海南 崇文区 玉环县 中国
臺北市 大安區 香港 粤 社区 广场 SOHO 交叉口
"""
_LATIN = """
123 12A 92-10 12/34 1/2 N North S. NW Main Oak St Street Ave Avenue Rd. Road Lane Court CT Apt 4B #5 # Suite 200 Unit B
Floor 3rd 34th FL PO Box 77 P.O. Springfield New York Boston MA IL TX WA NSW VIC ON Illinois 62701 62701-1234 2110 SW1A
1AA 3121 K1M 1M4 USA UK Australia China Hampshire , , , ; - & and Corner of Saint Mount One Fifth Highway County 45 C
Building The No. APO AE ' @ é Room Basement 10115 Berlin
"""
CHINESE = st.lists(st.sampled_from([*_HAN.split(), " "]), max_size=12).map("".join)
LATIN = st.lists(st.sampled_from(_LATIN.split()), max_size=10).map(" ".join)
ANYTHING = st.text(max_size=60)


def _holds(value, region):
    answer = normalize_address(value, region=region)
    assert set(answer.issues) <= set(ISSUES)
    assert len(set(answer.issues)) == len(answer.issues)
    assert all(part is None or (isinstance(part, str) and part) for part in answer.parts.values())
    if answer.value is None:
        return
    assert answer.value == answer.value.strip()
    again = normalize_address(answer.value, region=region)
    assert again.value == answer.value
    for key in ("key", "street_key", "room_key", "road_key"):
        assert again.parts.get(key) == answer.parts.get(key)


@settings(max_examples=600, deadline=None)
@given(CHINESE, REGIONS)
def test_chinese_is_total_and_idempotent(value, region):
    _holds(value, region)


@settings(max_examples=600, deadline=None)
@given(LATIN, REGIONS)
def test_latin_is_total_and_idempotent(value, region):
    _holds(value, region)


@settings(max_examples=400, deadline=None)
@given(ANYTHING, REGIONS)
def test_anything_is_total_and_idempotent(value, region):
    _holds(value, region)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(code for code in division_tables().names if code.isdigit())),
    st.sampled_from(["人民路", "天府大道", "中山东路", "金融街", "工业园一路"]),
    st.integers(1, 9999),
    st.sampled_from(["", "嘉都花园", "宏泰大厦", "国际中心"]),
    st.integers(1, 30),
    st.integers(100, 3000),
    st.sampled_from(["{}号楼{}室", "{}#{}", "{}栋-{}", "{}幢{}号", "{}号楼-{}"]),
)
def test_what_was_written_is_read(code, road, number, estate, building, room, form):
    """An address made from its parts gives the parts back, however building and room are written."""
    names = division_tables().names
    parents = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    head = "".join(names[one] for one in parents if one in names)
    parts = normalize_address(f"{head}{road}{number}号{estate}{form.format(building, room)}", region="CN").parts
    assert parts["adcode"] == code
    assert (parts["road"], parts["number"], parts["estate"]) == (road, str(number), estate or None)
    assert (parts["building"], parts["room"]) == (str(building), str(room))


@pytest.mark.parametrize(
    "value",
    [
        "路" * 9999,
        "北京市" * 3000,
        "(" * 5000 + ")" * 4000,
        "A " * 4900,
        "1-" * 4900,
        "123 Main St, " * 700,
        "地址:" * 3000,
        ", " * 4900,
        "一" * 9000 + "号",
        "浙江省杭州市" + "甲乙丙丁" * 2000 + "1室",
        "x" * 10_001,
        "\ud800北京\x00市",
        "🙂" * 500,
    ],
)
def test_length_and_damage_are_no_matter(value):
    normalize_address(value, region="CN")
    normalize_address(value, region="US")


def test_the_script_decides_which_grammar():
    assert normalize_address("北京市朝阳区建国路88号", region="US").parts["district"] == "朝阳区"
    assert normalize_address("88 Jianguo Road", region="CN").parts["street"] == "JIANGUO RD"


def test_without_a_region_nothing_is_filled_in():
    answer = normalize_address("海淀区中关村大街27号", region=None)
    assert answer.value == "海淀区中关村大街27号"
    assert (answer.parts["province"], answer.parts["city"], answer.parts["district"]) == (None, None, "海淀区")
    assert answer.issues == ()


@settings(max_examples=200, deadline=None)
@given(CHINESE)
def test_a_value_said_to_settle_does(value):
    """The shortcut of one reading, against reading twice."""
    answer, sure = read_cn(value, region="CN")
    if sure and answer.value is not None:
        assert read_cn(answer.value, region="CN")[0].value == answer.value
