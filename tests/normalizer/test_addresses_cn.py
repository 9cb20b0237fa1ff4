"""Chinese addresses: cells that customer systems hold, and every way to write a building and a room."""

import pytest

from crmquality.normalizer.addresses import normalize_address
from crmquality.normalizer.addresses_cn_grammar import read_below

# raw; province, city, district; what stands below them in the canonical value.
AGREED = [
    ("海淀区中关村大街27号", "北京市", "北京市", "海淀区", "中关村大街27号"),
    ("广东省深圳市南山区科技园南区A栋", "广东省", "深圳市", "南山区", "科技园南区A栋"),
    ("上海市浦东新区张江镇祖冲之路2305号", "上海市", "上海市", "浦东新区", "张江镇祖冲之路2305号"),
    ("上海浦东张江祖冲之路2305号", "上海市", "上海市", "浦东新区", "张江祖冲之路2305号"),
    ("重庆市渝北区龙溪街道红锦大道1号", "重庆市", "重庆市", "渝北区", "龙溪街道红锦大道1号"),
    ("江苏省南京市鼓楼区北京西路1号", "江苏省", "南京市", "鼓楼区", "北京西路1号"),
    ("海南省三沙市西沙区永兴岛", "海南省", "三沙市", "西沙区", "永兴岛"),
    ("江苏省苏州市工业园区星湖街1号", "江苏省", "苏州市", None, "工业园区星湖街1号"),
    ("成都市高新区天府大道1号", "四川省", "成都市", None, "高新区天府大道1号"),
    ("香港九龙尖沙咀弥敦道1号", "香港特别行政区", None, None, "九龙尖沙咀弥敦道1号"),
    ("台湾省台北市大安区忠孝东路四段1号", "台湾省", "台北市", "大安区", "忠孝东路四段1号"),
    (
        "广东省广州市天河区体育西路１０１号（维多利广场）Ａ座",
        "广东省",
        "广州市",
        "天河区",
        "体育西路101号(维多利广场)A座",
    ),
    ("广东省,广州市,天河区,体育西路1号", "广东省", "广州市", "天河区", "体育西路1号"),
    ("张三 13812345678 广东省广州市天河区体育西路1号 510620", "广东省", "广州市", "天河区", "体育西路1号"),
    ("广州天河", "广东省", "广州市", "天河区", ""),
    ("文三路90号 西湖区 杭州市 浙江省", "浙江省", "杭州市", "西湖区", "文三路90号"),
    ("臺北市大安區忠孝東路四段1號5樓", "台湾省", "台北市", "大安区", "忠孝东路四段1号5层"),
    ("北京市昌平區沙河镇昌平路97号", "北京市", "北京市", "昌平区", "沙河镇昌平路97号"),
    ("昌 平区沙河镇昌平路97号", "北京市", "北京市", "昌平区", "沙河镇昌平路97号"),
    ("浙江省建德市乾潭镇马鞍路78号", "浙江省", "杭州市", "建德市", "乾潭镇马鞍路78号"),
    ("中国（上海）自由贸易试验区张江路1号", "上海市", "上海市", None, "自由贸易试验区张江路1号"),
    ("天津市", "天津市", "天津市", None, ""),
]


@pytest.mark.parametrize(("raw", "province", "city", "district", "rest"), AGREED)
def test_cells(raw, province, city, district, rest):
    answer = normalize_address(raw, region="CN")
    parts = answer.parts
    assert (parts["province"], parts["city"], parts["district"]) == (province, city, district)
    head = "".join(dict.fromkeys(name for name in (province, city, district) if name))
    assert answer.value == head + rest


@pytest.mark.parametrize("raw", ["未知", "无", "", None, "--", "　", "\x00", "(", "，，"])
def test_nothing(raw):
    answer = normalize_address(raw, region="CN")
    assert answer.value is None
    assert not any(answer.parts.values())


@pytest.mark.parametrize(
    "below",
    [
        "金融街22号瑞辉商务楼12号楼1112室",
        "金融街22#瑞辉商务楼12号楼-1112",
        "金融街２２号瑞辉商务楼12#1112",
        "金融街22号瑞辉商务楼十二号楼1112号",
        "金融街22#瑞辉商务楼12栋1112",
        "金融街22号 瑞辉商务楼 12幢 1112室",
        "金融街22号,瑞辉商务楼,12座,1112房",
        "金融街22号瑞辉商务楼12-1112",
        "金融街22號瑞辉商务楼12號樓1112室",
        "金融街22号(瑞辉商务楼)12号楼1112室",
    ],
)
def test_one_door_has_one_key(below):
    parts = normalize_address("陕西省榆林市绥德县" + below, region="CN").parts
    assert parts["street_key"] == "金融街22"
    assert parts["room_key"] == "12-1112"
    assert parts["key"] == "金融街22|瑞辉商务楼|12-1112"


@pytest.mark.parametrize(
    "below", ["668号2132室", "668号2132", "668#2132号", "668号-2132", "６６８号２１３２室", "668号 2132"]
)
def test_a_room_without_a_building(below):
    parts = normalize_address("内蒙古鄂尔多斯鄂托克旗新华路" + below, region="CN").parts
    assert (parts["street_key"], parts["room_key"], parts["building"]) == ("新华路668", "2132", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7号楼2692室", (None, None, "7", None, "2692")),
        ("7#2692", (None, None, "7", None, "2692")),
        ("7幢-2692", (None, None, "7", None, "2692")),
        ("天府大道998号8-245", ("天府大道", "998", "8", None, "245")),
        ("天府大道998号8-2-245", ("天府大道", "998", "8", "2", "245")),
        ("中关村大街1号院2号楼3单元401", ("中关村大街", "1", "2", "3", "401")),
        ("沪太路1895弄12号301室", ("沪太路", "1895弄", "12", None, "301")),
        ("建国门外大街甲12号", ("建国门外大街", "甲12", None, None, None)),
        ("大桥北路一号华侨广场1808室", ("大桥北路", "1", None, None, "1808")),
        ("骏功路22号之一", ("骏功路", "22之一", None, None, None)),
        ("中山3路33号", ("中山三路", "33", None, None, None)),
        ("人民南路四段27号", ("人民南路四段", "27", None, None, None)),
        ("天府大道中段1366号财智立方E8-2栋8楼", ("天府大道中段", "1366", "E8-2", None, None)),
        ("银城中路200号中银大厦4405室", ("银城中路", "200", None, None, "4405")),
        ("西三环北路89号外文大厦A1201", ("西三环北路", "89", None, None, "A1201")),
        ("肇嘉浜路746号1101-1111室", ("肇嘉浜路", "746", None, None, "1101-1111")),
        ("文一西路969号三〇二室", ("文一西路", "969", None, None, "302")),
        ("民生路1299号丁香国际商业中心西塔1704室", ("民生路", "1299", "西", None, "1704")),
        ("经济技术开发区东区宏远路11号", ("宏远路", "11", None, None, None)),
        ("横岗街道189工业区红棉三路242号A栋", ("红棉三路", "242", "A", None, None)),
    ],
)
def test_grammar(text, expected):
    parsed = read_below(text)
    assert (parsed.road, parsed.number, parsed.building, parsed.unit, parsed.room) == expected


@pytest.mark.parametrize(
    ("text", "town", "road"),
    [
        ("张江镇祖冲之路2305号", "张江镇", "祖冲之路"),
        ("建国门街道朝阳门南小街18号", "建国门街道", "朝阳门南小街"),
        ("龙华街道办事处人民路1号", "龙华街道", "人民路"),
        ("中关村大街27号", None, "中关村大街"),
        ("镇海路5号", None, "镇海路"),
    ],
)
def test_towns(text, town, road):
    parsed = read_below(text)
    assert (parsed.town, parsed.road) == (town, road)


def test_what_is_not_understood_is_kept():
    answer = normalize_address("深圳市宝安区观光路田螺湖5号厅(东门旁)后面第3家", region="CN")
    assert answer.value == "广东省深圳市宝安区观光路田螺湖5号厅后面第3家(东门旁)"
    assert answer.parts["detail"] == "田螺湖5号厅后面第3家(东门旁)"
    assert answer.parts["key"] == "观光路|||田螺湖5号厅后面第3家"


@pytest.mark.parametrize(
    ("raw", "postcode", "issue"),
    [
        ("北京市朝阳区广渠东路3号 100020", "100020", "postcode_in_address"),
        ("100020北京市朝阳区广渠东路3号", "100020", "postcode_in_address"),
        ("北京市朝阳区广渠东路3号（邮编：100020）", "100020", "postcode_in_address"),
        ("收货地址：北京市朝阳区广渠东路3号", None, "annotation_removed"),
        ("北京市朝阳区广渠东路3号 联系电话：010-65551234", None, "annotation_removed"),
        ("北京市朝阳区广渠东路3号 王小明 13812345678", None, "annotation_removed"),
    ],
)
def test_noise(raw, postcode, issue):
    answer = normalize_address(raw, region="CN")
    assert answer.value == "北京市朝阳区广渠东路3号"
    assert answer.parts["postcode"] == postcode
    assert issue in answer.issues


def test_a_room_of_six_digits_is_no_postcode():
    assert normalize_address("北京市朝阳区广渠东路3号100201室", region="CN").parts["postcode"] is None


@pytest.mark.parametrize(
    ("raw", "issues"),
    [
        ("北京市朝阳区建国路88号", ()),
        ("朝阳区建国路88号", ("ambiguous_division",)),
        ("杭州市西湖区文三路90号", ("filled_division",)),
        ("北京市崇文区天坛路1号", ("retired_division",)),
        ("北京市西湖区文三路90号", ("division_conflict",)),
        ("天府大道998号", ("division_unknown",)),
        ("北京市昌平區沙河镇", ("traditional",)),
        ("北京市朝阳区建国路８８号", ("full_width",)),
    ],
)
def test_issues(raw, issues):
    assert normalize_address(raw, region="CN").issues == issues


def test_keys_say_nothing_where_nothing_is_known():
    parts = normalize_address("浙江省杭州市", region="CN").parts
    assert (parts["key"], parts["street_key"], parts["room_key"]) == (None, None, None)
    parts = normalize_address("浙江省杭州市文三路", region="CN").parts
    assert (parts["key"], parts["street_key"], parts["road_key"]) == ("文三路||", None, "文三路")
