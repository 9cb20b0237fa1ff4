"""Chinese address cells: levels, retired names, postcodes, notes, several addresses, numbers of every kind."""

import pytest

from crmquality.normalizer.addresses import normalize_address

# raw; the parts that are to be as given
CELLS = [
    # ambiguous alone, with the road, decided by a postcode
    ("市中区", {"district": "市中区", "province": None, "candidates": "370103 370402 511002 511102"}),
    ("鼓楼区北京西路1号", {"city": None, "candidates": "320106 320302 350102 410204"}),
    ("朝阳区建国路88号 130012", {"province": "吉林省", "adcode": "220104", "candidates": None}),
    ("100020 朝阳区建国路88号", {"province": "北京市", "postcode": "100020"}),
    ("邮编310012 西湖区文三路90号", {"province": "浙江省", "city": "杭州市"}),
    ("鼓楼区中山路1号 邮政编码：350001", {"city": "福州市"}),
    ("鼓楼区中山路1号 210000", {"province": "江苏省", "city": None, "candidates": "320106 320302"}),
    # counties under their province, the corps of Xinjiang, zones
    ("济源", {"province": "河南省", "city": None, "district": "济源市"}),
    ("石河子市北四路1号", {"province": "新疆维吾尔自治区", "city": None, "district": "石河子市"}),
    ("新疆生产建设兵团第八师石河子市121团", {"zone": "生产建设兵团第八师", "district": "石河子市", "town": "121团"}),
    ("雄安新区容城县奥威路1号", {"province": "河北省", "zone": "雄安新区", "district": "容城县", "adcode": "130629"}),
    ("天府新区", {"province": "四川省", "city": None, "zone": "天府新区"}),
    ("杭州经济技术开发区6号大街1号", {"zone": "经济技术开发区", "road": "6号大街", "number": "1"}),
    ("郑州航空港区", {"city": "郑州市", "zone": "航空港区"}),
    ("广东省东莞市南城区鸿福路106号", {"city": "东莞市", "district": None, "town": "南城区", "road": "鸿福路"}),
    # divisions that are no more
    ("江干区钱江路1号", {"district": "上城区", "retired": "江干区 330104 2021", "candidates": "330102 330114"}),
    ("杭州市下城区延安路1号", {"district": "拱墅区", "retired": "下城区 330103 2021", "candidates": None}),
    ("上海闸北共和新路1号", {"district": "静安区", "retired": "闸北区 310108 2015"}),
    ("北京宣武菜市口大街1号", {"district": "西城区", "retired": "宣武区 110104 2010"}),
    ("北京崇文门外大街1号", {"district": None, "road": "崇文门外大街"}),
    ("襄樊", {"city": "襄阳市"}),
    ("思茅地区", {"city": "普洱市"}),
    ("云南省普洱县", {"district": "宁洱哈尼族彝族自治县"}),
    ("湖南省大庸市", {"city": "张家界市"}),
    ("四川省重庆市渝中区", {"province": "重庆市", "district": "渝中区"}),
    ("山东省莱芜市莱城区", {"city": "济南市", "district": "莱芜区"}),
    ("巢湖市无为县", {"city": "芜湖市", "district": "无为市"}),
    ("安徽省巢湖市居巢区", {"city": "合肥市", "district": "巢湖市"}),
    ("吴县市木渎镇", {"city": "苏州市", "district": "吴县市", "town": "木渎镇", "candidates": "320506 320507"}),
    ("通州市", {"city": "南通市", "district": "通州区"}),
    ("北京通县", {"province": "北京市", "district": "通州区"}),
    ("遵义县", {"district": "播州区"}),
    # order, repetition, separators, country
    ("402室 3号楼 文一西路88号 西湖区 杭州市 浙江省 中国", {"road": "文一西路", "room_key": "3-402", "city": "杭州市"}),
    ("文三路90号西湖区杭州市浙江省", {"road": "文三路", "district": "西湖区"}),
    ("杭州 浙江 余杭区", {"province": "浙江省", "district": "余杭区"}),
    ("浙江省>杭州市>西湖区>文三路90号", {"road": "文三路", "district": "西湖区"}),
    ("省：浙江省 市：杭州市 区：西湖区 详细地址：文三路90号", {"road": "文三路", "district": "西湖区"}),
    ("浙江省杭州市\n西湖区文三路90号\n310012", {"road": "文三路", "postcode": "310012", "others": None}),
    ("日本东京都千代田区丸之内1-1", {"country": "JP", "province": None, "detail": "东京都千代田区丸之内1-1"}),
    ("美国城小区", {"country": "CN", "estate": "美国城小区"}),
    # Hong Kong, Macao, Taiwan
    ("香港中環皇后大道中99號中環中心12樓", {"town": "中环", "road": "皇后大道中", "floor": "12", "country": "HK"}),
    ("九龙尖沙咀广东道25号海港城", {"province": "香港特别行政区", "town": "九龙尖沙咀", "road": "广东道"}),
    ("澳門特別行政區南灣大馬路", {"province": "澳门特别行政区", "road": "南湾大马路", "country": "MO"}),
    ("台北市大安区忠孝东路四段1巷2弄3号5楼之1", {"road": "忠孝东路四段", "number": "1巷2弄3", "floor": "5"}),
    # numbers
    ("上海市黄浦区南京东路1弄2支弄3号4室", {"number": "1弄2支弄", "building": "3", "room": "4"}),
    ("上海市徐汇区漕溪路258弄26号甲205室", {"number": "258弄", "building": "26甲", "room": "205"}),
    ("广州市越秀区中山路12巷3号", {"road": "中山路", "number": "12巷3"}),
    ("重庆市渝中区民族路168号附12号", {"number": "168附12", "estate": None}),
    ("北京市海淀区知春路6号院附12号", {"number": "6附12"}),
    ("广州市天河区天河北路22之一号", {"number": "22之一", "street_key": "天河北路22之一"}),
    ("沈阳市和平区南京南街1甲号", {"number": "1甲"}),
    ("哈尔滨市南岗区东大直街副1号", {"number": "副1"}),
    ("杭州市西湖区文三路90至92号", {"number": "90-92"}),
    ("杭州市西湖区文三路90号、92号", {"number": "90-92", "room": None}),
    ("杭州市西湖区文三路90-A号", {"number": "90-A"}),
    ("包头市昆都仑区友谊大街19号街坊12栋34号", {"estate": "19号街坊", "building": "12", "room": "34"}),
    ("北京市朝阳区建国路八十八号三号楼二单元二十一层2102室", {"number": "88", "room_key": "3-2-2102", "floor": "21"}),
    ("杭州市西湖区文三路90号5号楼3-402", {"building": "5", "unit": "3", "room": "402"}),
    ("杭州市西湖区文三路90号5号楼12-1203", {"building": "5", "unit": None, "room": "12-1203"}),
    ("杭州市西湖区文三路90号12-3-402", {"building": "12", "unit": "3", "room": "402"}),
    ("重庆市渝北区新南路439号现代广场2幢20-5", {"building": "2", "room": "20-5"}),
    ("乌鲁木齐市水磨沟区红光山路2588号绿城广场2号楼B座12楼1204室", {"estate": "绿城广场2号楼", "building": "B"}),
    ("杭州市西湖区文三路90号负一楼", {"floor": "B1"}),
    ("杭州市西湖区文三路90号地下二层", {"floor": "B2"}),
    ("杭州市西湖区文三路90号-1楼", {"floor": "B1"}),
    ("昆明市盘龙区北京路987号俊发中心写字楼10楼1001、1002室", {"floor": "10", "room": "1001-1002"}),
    # villages, quarters, names of places
    ("正定县新安镇北贾村3组12号", {"town": "新安镇", "number": "12", "detail": "北贾村3组"}),
    ("四川省成都市新都区斑竹园镇三河村五组", {"detail": "三河村5组"}),
    ("北京市海淀区中关村软件园8号楼", {"estate": "中关村软件园", "building": "8"}),
    ("广州市天河区珠江新城华夏路8号", {"road": "华夏路", "detail": "珠江新城"}),
    ("深圳市南山区科技园高新南一道9号", {"road": "高新南一道", "detail": "科技园"}),
    ("武汉市洪山区珞喻路1037号华中科技大学", {"estate": "华中科技大学", "detail": None}),
    ("杭州市西湖区翠苑新村三区12-3-402", {"estate": "翠苑新村三区", "room_key": "12-3-402"}),
    # notes
    ("收件人：李四 电话：13800138000 地址：北京市海淀区中关村大街27号", {"note": "13800138000; 李四", "number": "27"}),
    ("北京市海淀区中关村大街27号李四收", {"note": "李四", "number": "27", "detail": None}),
    ("北京市海淀区中关村大街27号（李四收）13800138000", {"note": "13800138000; 李四"}),
    ("张女士，杭州市西湖区文三路90号", {"note": "张女士", "district": "西湖区"}),
    ("杭州市西湖区文三路90号，电话0571-88888888", {"note": "0571-88888888", "number": "90"}),
    # several
    ("北京市海淀区中关村大街27号；上海市徐汇区虹桥路1号", {"number": "27", "others": "上海市徐汇区虹桥路1号"}),
    ("1.北京市海淀区中关村大街27号 2.上海市徐汇区虹桥路1号", {"number": "27", "others": "上海市徐汇区虹桥路1号"}),
    ("杭州市西湖区文三路90号 上海市徐汇区虹桥路1号", {"number": "90", "others": "上海市徐汇区虹桥路1号"}),
    ("杭州市西湖区文三路90号/5号楼", {"building": "5", "others": None}),
    ("北京市/朝阳区/建国路88号", {"district": "朝阳区", "others": None}),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), CELLS)
def test_parts(raw, expected):
    parts = normalize_address(raw, region="CN").parts
    assert {name: parts[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("raw", "issues"),
    [
        ("北京市朝阳区建国路88号 200031", ("postcode_in_address", "postcode_conflict")),
        ("朝阳区建国路88号 200031", ("postcode_in_address", "ambiguous_division")),
        ("广东省杭州市西湖区", ("division_conflict",)),
        ("浙江省南京市鼓楼区", ("division_conflict",)),
        ("北京市海淀区中关村大街27号/上海市徐汇区虹桥路1号", ("several_addresses",)),
        ("北京市海淀区中关村大街27号 李四收", ("annotation_removed",)),
        ("杭州市西湖区文三路90号；", ("full_width", "filled_division")),
        ("吴县市木渎镇", ("retired_division", "ambiguous_division")),
        ("江干区", ("retired_division", "filled_division")),
        ("新加坡乌节路1号", ()),
    ],
)
def test_issues(raw, issues):
    assert normalize_address(raw, region="CN").issues == issues


@pytest.mark.parametrize("raw", ["广东省杭州市西湖区", "浙江省南京市鼓楼区", "北京市西湖区文三路90号"])
def test_a_conflict_invents_nothing(raw):
    answer = normalize_address(raw, region="CN")
    assert answer.value == raw
    assert answer.parts["district"] is None


@pytest.mark.parametrize(
    "raw",
    [
        "浙江省杭州市西湖区文三路90号嘉都花园3幢1201室",
        "浙江省 杭州市 西湖区 文三路90号 嘉都花园 3幢 1201室",
        "浙江杭州西湖文三路９０号嘉都花园3号楼1201",
        "中国浙江省杭州市西湖区文三路90#嘉都花园三号楼1201室",
        "浙江省杭州市西湖區文三路90號嘉都花園3幢1201室",
        "杭州市西湖区文三路九十号（嘉都花园）3座1201房",
        "310012 浙江省杭州市西湖区文三路90号嘉都花园3-1201",
        "1201室, 3幢, 文三路90号嘉都花园, 西湖区, 杭州市, 浙江省, 中国",
        "收货人：李四 浙江省杭州市西湖区文三路90号嘉都花园3栋1201室 13800138000",
    ],
)
def test_one_door_is_one_value(raw):
    answer = normalize_address(raw, region="CN")
    assert answer.parts["street_key"] == "文三路90"
    assert answer.parts["room_key"] == "3-1201"
    assert answer.parts["adcode"] == "330106"
