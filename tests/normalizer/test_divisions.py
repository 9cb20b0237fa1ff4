"""Divisions of China: every one of the table by every way to write it, and no guess between two."""

import pytest

from crmquality.normalizer.division_names import division_tables, is_zone, level_of, short_name
from crmquality.normalizer.division_places import MUNICIPALITIES
from crmquality.normalizer.divisions import find_divisions, is_division_name
from crmquality.reference import read_table


def _expected(code):
    names = division_tables().names
    province = names[code[:2] + "0000"]
    city = province if code[:2] in MUNICIPALITIES else names.get(code[:4] + "00") if level_of(code) > 1 else None
    county = names[code] if level_of(code) == 3 else None
    return (province, city, None, county) if is_zone(code) else (province, city, county, None)


def _found(text):
    place, end = find_divisions(text, fill=True)
    return (place.province, place.city, place.district, place.zone), end


@pytest.mark.parametrize("rest", ["", "人民路1号", "中山大道5号"])
def test_every_division_in_full(rest):
    tables = division_tables()
    for code in tables.names:
        parents = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
        written = "".join(tables.names[one] for one in parents if one in tables.names)
        assert _found(written + rest) == (_expected(code), len(written)), code


@pytest.mark.parametrize("rest", ["", "人民路1号", "中山大道5号"])
def test_every_county_behind_short_names(rest):
    names = division_tables().names
    for code, name in names.items():
        if level_of(code) < 3 or not code.isdigit():
            continue
        province, city = names[code[:2] + "0000"], names.get(code[:4] + "00")
        short_province = short_name(province, 1) or province
        short_city = (short_name(city, 2) or city) if city else ""
        for written in {short_province + short_city + name, (short_city or short_province) + name}:
            assert _found(written + rest) == (_expected(code), len(written)), written


def test_every_county_alone_is_itself_or_a_candidate():
    tables = division_tables()
    for code, name in tables.names.items():
        if level_of(code) < 3 or not code.isdigit() or len(name) == 2:
            continue
        place, _ = find_divisions(name, fill=True)
        living = [one for one in tables.forms[name].full if one.isdigit()]
        if len(living) == 1:
            assert place.adcode == code, name
        else:
            assert code in place.candidates, name
            assert "ambiguous_division" in place.issues


def test_every_retired_division_leads_to_its_successors():
    tables = division_tables()
    for row in read_table("retired_divisions.csv"):
        for new in (row["successor"] or row["also"]).split():
            above = dict.fromkeys((new[:2] + "0000", new[:4] + "00"))
            living = [one for one in tables.forms[row["name"]].full if one.startswith(new[: 2 * min(level_of(new), 2)])]
            if level_of(new) < 3 or living:
                continue
            place, _ = find_divisions("".join(tables.names.get(one, "") for one in above) + row["name"], fill=True)
            # one name was given twice in a city's history, to parts that different districts took over
            holds = new.startswith(tables.reach[place.adcode])  # 浑江市 the county, and later the city that held it
            assert holds or new in place.candidates, row
            assert "retired_division" in place.issues, row
            assert place.adcode == row["successor"] or not row["successor"] or holds or place.candidates, row


def test_reference_tables_are_whole():
    names = division_tables().names
    codes = [row["code"] for row in read_table("divisions.csv")]
    assert codes == sorted(set(codes))
    assert all(len(code) == 6 and code[:2] + "0000" in names for code in codes)
    for row in read_table("retired_divisions.csv"):
        taken_over = [row["successor"], *row["also"].split()] if row["successor"] else row["also"].split()
        # a district whose name another city has or had too, of which only the city is known
        assert taken_over or (row["name"].endswith("区") and level_of(row["code"]) == 3), row
        assert set(taken_over) <= set(names)
        assert 1980 < int(row["year"]) < 2027


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("海淀区中关村大街27号", ("北京市", "北京市", "海淀区")),
        ("上海浦东张江祖冲之路2305号", ("上海市", "上海市", "浦东新区")),
        ("上海上海市徐汇区虹桥路1号", ("上海市", "上海市", "徐汇区")),
        ("北京市北京市东城区", ("北京市", "北京市", "东城区")),
        ("吉林市船营区北京路1号", ("吉林省", "吉林市", "船营区")),
        ("山东省莱芜市莱城区鲁中大街1号", ("山东省", "济南市", "莱芜区")),
        ("海南省白沙县牙叉镇", ("海南省", None, "白沙黎族自治县")),
        ("海南藏族自治州共和县", ("青海省", "海南藏族自治州", "共和县")),
        ("新疆乌市天山区解放路1号", ("新疆维吾尔自治区", "乌鲁木齐市", "天山区")),
        ("内蒙古自治区通辽市科尔沁左翼中旗保康镇", ("内蒙古自治区", "通辽市", "科尔沁左翼中旗")),
        ("宁夏银川兴庆区解放西街1号", ("宁夏回族自治区", "银川市", "兴庆区")),
        ("河南省济源市天坛路1号", ("河南省", None, "济源市")),
        ("仙桃市沔阳大道1号", ("湖北省", None, "仙桃市")),
        ("甘肃省嘉峪关市雄关路", ("甘肃省", "嘉峪关市", None)),
        ("广东省东莞市东莞市文化路247号", ("广东省", "东莞市", None)),
        ("中国广东省广州市天河区体育西路1号", ("广东省", "广州市", "天河区")),
        ("中华人民共和国广东省广州市", ("广东省", "广州市", None)),
        ("粤广州天河体育西路1号", ("广东省", "广州市", "天河区")),
        ("伊犁州察布查尔县", ("新疆维吾尔自治区", "伊犁哈萨克自治州", "察布查尔锡伯自治县")),
        ("恩施州恩施市施州大道", ("湖北省", "恩施土家族苗族自治州", "恩施市")),
        ("恩施施州大道", ("湖北省", "恩施土家族苗族自治州", None)),
        ("广东韶关南雄市", ("广东省", "韶关市", "南雄市")),
        ("宁波北仑", ("浙江省", "宁波市", "北仑区")),
        ("四川乐山市中区金融街250号", ("四川省", "乐山市", "市中区")),
        ("青岛市市南区金融街365号", ("山东省", "青岛市", "市南区")),
        ("江苏镇江句容市新华路825号", ("江苏省", "镇江市", "句容市")),
        ("石家庄桥东区中山东路1号", ("河北省", "石家庄市", "长安区")),
        ("浙江省玉环县科技工业园区", ("浙江省", "台州市", "玉环市")),
        ("天河区 广州市 广东省 体育西路1号", ("广东省", "广州市", "天河区")),
        ("河北省 石家庄市 市辖区 长安区", ("河北省", "石家庄市", "长安区")),
        ("香港九龙尖沙咀弥敦道1号", ("香港特别行政区", None, None)),
        ("台湾省台北市大安区忠孝东路四段1号", ("台湾省", "台北市", "大安区")),
        ("西安高新区锦业路1号", ("陕西省", "西安市", None)),
        ("四川省资阳市简阳市射洪坝街道", ("四川省", "成都市", "简阳市")),
    ],
)
def test_one_reading(text, expected):
    place, _ = find_divisions(text, fill=True)
    assert (place.province, place.city, place.district) == expected


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("朝阳区建国路88号", ("110105", "220104")),
        ("西湖区文三路90号", ("330106", "360103")),
        ("鼓楼区中山路1号", ("320106", "320302", "350102", "410204")),
        ("新华区高新大道15号", ("130105", "130902", "410402")),
    ],
)
def test_nothing_is_chosen_between_two(text, candidates):
    place, end = find_divisions(text, fill=True)
    assert place.candidates == candidates
    assert (place.province, place.city, place.district) == (None, None, text[:3])
    assert place.issues == ("ambiguous_division",)
    assert end == 3


def test_what_two_candidates_share_is_kept():
    place, _ = find_divisions("河北省新华区中山路1号", fill=True)
    assert (place.province, place.city, place.district) == ("河北省", None, "新华区")
    assert place.candidates == ("130105", "130902")


def test_a_written_city_decides():
    place, _ = find_divisions("南昌市西湖区", fill=True)
    assert (place.province, place.adcode) == ("江西省", "360103")


@pytest.mark.parametrize(
    "text",
    [
        "上海路1号",
        "南京西路88号",
        "北京银行",
        "中山大道5号",
        "和平里3号",
        "天津大厦",
        "东区5号",
        "中国人寿大厦",
        "淳化工业园1号",
    ],
)
def test_names_of_roads_and_houses_are_no_divisions(text):
    place, end = find_divisions(text, fill=True)
    assert (place.province, place.city, place.district, end) == (None, None, None, 0)


def test_a_contradiction_is_told_and_not_resolved():
    place, end = find_divisions("北京市西湖区文三路", fill=True)
    assert (place.province, place.district, end) == ("北京市", None, 3)
    assert place.issues == ("division_conflict",)
    assert place.candidates == ("330106", "360103")
    assert find_divisions("东莞市东城区牛山", fill=True)[0].issues == ("filled_division",)


@pytest.mark.parametrize(
    ("text", "district", "zone", "written"),
    [
        ("苏州工业园区星湖街1号", None, "苏州工业园区", "江苏省苏州市苏州工业园区"),
        ("江苏省苏州市工业园区星湖街1号", None, "苏州工业园区", "江苏省苏州市工业园区"),
        ("盐城盐城经济技术开发区黄河路219号", None, "盐城经济技术开发区", "江苏省盐城市盐城经济技术开发区"),
        ("盐城经开区黄河路219号", None, "盐城经济技术开发区", "江苏省盐城市经开区"),
        ("成都市高新区天府大道1号", None, "高新区", "四川省成都市高新区"),
        ("天津西青经济技术开发区兴华路8号", "西青区", "西青经济技术开发区", "天津市西青区西青经济技术开发区"),
        ("南京江北新区浦滨路150号", None, "江北新区", "江苏省南京市江北新区"),
        ("深圳市龙华新区观澜福民路99号", "龙华区", None, "广东省深圳市龙华区"),
        ("上海市松江工业区书林路21号", "松江区", None, "上海市松江区"),
    ],
)
def test_zones(text, district, zone, written):
    place, _ = find_divisions(text, fill=True)
    assert (place.district, place.zone, place.written) == (district, zone, written)


def test_nothing_is_filled_in_unasked():
    place, _ = find_divisions("萧山区市心北路1号", fill=False)
    assert (place.province, place.city, place.district, place.issues) == (None, None, "萧山区", ())
    place, _ = find_divisions("浙江萧山区市心北路1号", fill=False)
    assert (place.province, place.city, place.district) == ("浙江省", None, "萧山区")


def test_names_in_full():
    assert is_division_name("延边州")
    assert not is_division_name("延边")
    assert not is_division_name("中山路")


@pytest.mark.parametrize(
    ("text", "retired", "adcode"),
    [
        ("即墨市大信镇", "即墨市 370282 2017", "370215"),  # the last of several codes
        ("四川省眉山市彭山县凤鸣大道", "彭山县 511422 2014", "511403"),
        ("南京市雨花区软件大道48号", "雨花区 320114 1984", "320114"),
        ("郑州市郊区花园路1号", "郊区 410112 1987", "410100"),  # only the city is known
        ("凤翔县东大街1号", "凤翔县 610322 2021", "610305"),
    ],
)
def test_what_was_is_told_once(text, retired, adcode):
    place, _ = find_divisions(text, fill=True)
    assert (place.retired, place.adcode) == (retired, adcode)


def test_a_district_of_two_cities_is_neither():
    place, _ = find_divisions("江东区世纪大道555号", fill=True)
    assert (place.province, place.candidates) == (None, ("330212", "430405"))
