"""Addresses: the laws of a kernel, in both grammars."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.kinds import Address
from crmquality.lift import lift, load_kernel
from crmquality.normalizer import addresses_cn, addresses_latin
from crmquality.normalizer.addresses import ISSUES, normalize_address
from crmquality.normalizer.addresses_cn_usual import read_usual
from crmquality.normalizer.addresses_latin_usual import read_usual_latin
from crmquality.normalizer.columns import load_column_form
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


DIVISIONS = sorted(division_tables().names)
FORMS = sorted(division_tables().forms)
_ROADS = (
    "解放建设中山东西南北人民新华长安朝阳光明国泰文三一二府前科技工业市心县城石马公环胡同横省泰海口高区村镇街里园场沙"
)
_ESTATES = "嘉都花园国际中心大厦广场商务楼金世天地公寓小区城庭塔院一三甲之附底下单门库馆"


@st.composite
def heads(draw):
    code = draw(st.sampled_from(DIVISIONS))
    names = division_tables().names
    above = [names.get(one, "") for one in dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))]
    return draw(
        st.sampled_from(["".join(above), "".join(above[-2:]), above[-1], draw(st.sampled_from(FORMS)) + above[-1]])
    )


NEARLY_USUAL = st.builds(
    "".join,
    st.tuples(
        heads(),
        st.sampled_from(["", "", "利俊镇", "新利街道", "景德镇", "西湖乡", "市城镇"]),
        st.one_of(st.text(_ROADS, min_size=1, max_size=4), st.sampled_from(["解放", "市心", "上海", "杭州", "西湖"])),
        st.sampled_from(["路", "街", "大道", "大街", "道", "路东段"]),
        st.sampled_from(["1", "90", "９０", "1024", "三", "12345"]),
        st.sampled_from(["号", "#", "号院", ""]),
        st.one_of(st.just(""), st.text(_ESTATES, min_size=1, max_size=6)),
        st.sampled_from(["", "3号楼", "三号楼", "12幢", "7栋", "3座", "15#", "1234栋", "2单元"]),
        st.sampled_from(["", "1203室", "-1203", "402", "402房", "12", "１２０３室", "12345号", "99户"]),
    ),
)


@settings(max_examples=500, deadline=None)
@given(NEARLY_USUAL, st.booleans())
def test_the_short_way_is_the_long_way(value, fill):
    short = read_usual(value, fill=fill)
    if short is not None:
        answer, _ = addresses_cn.read_any(value, region="CN" if fill else None)
        assert (short.value, dict(short.parts), short.issues) == (answer.value, dict(answer.parts), answer.issues)


NEARLY_AMERICAN = st.builds(
    "{}{} {}{}, {}, {}{}{}".format,
    st.sampled_from(["1", "350", "12A", "One", "123456"]),
    st.sampled_from(["", "", " N", " S.", " 1/2", " West"]),
    st.lists(st.sampled_from([*_LATIN.split()[6:40], "Oak Park", "El Camino Real", "12"]), max_size=3).map(" ".join),
    st.sampled_from(["", " St", " Ave.", " Blvd", " St Apt 5", " Rd, Suite 200", " Ln #5", " Way, # 12B", " Ct Rear"]),
    st.sampled_from(["Springfield", "St. Louis", "Fort Worth", "New York", "Apt 5", "Lebanon", "APO"]),
    st.sampled_from(["IL", "Texas", "NY", "New York", "XX", "Georgia", "Calif", "AE", "Canada"]),
    st.sampled_from([" ", ", ", "  "]),
    st.sampled_from(["62701", "02110-1234", "2110", ""]),
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(NEARLY_AMERICAN)
def test_the_short_way_is_the_long_way_in_america(value):
    short = read_usual_latin(value)
    if short is not None:
        answer, _ = addresses_latin.read_any(value, region="US")
        assert (short.value, dict(short.parts), short.issues) == (answer.value, dict(answer.parts), answer.issues)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(NEARLY_USUAL, NEARLY_AMERICAN, CHINESE, ANYTHING), max_size=12), REGIONS)
def test_the_column_form_is_the_kernel(cells, region):
    normalizer = Address("x", region=region).normalizer()
    kernel = load_kernel(normalizer.kernel, normalizer.parameters)
    form = load_column_form(normalizer.kernel, normalizer.parameters)
    series = pl.Series("x", cells, dtype=pl.String)
    parts = (*normalizer.parts, "retired", "floor", "road_key")
    assert lift(series, kernel, "x", parts, form).equals(lift(series, kernel, "x", parts))


@settings(max_examples=200, deadline=None)
@given(CHINESE)
def test_a_value_said_to_settle_does(value):
    """The shortcut of one reading, against reading twice."""
    answer, sure = addresses_cn.read_any(value, region="CN")
    if sure and answer.value is not None:
        assert addresses_cn.read_any(answer.value, region="CN")[0].value == answer.value
