"""Addresses in Latin letters: real hard cases of the United States, and what holds elsewhere."""

import pytest

from crmquality.normalizer.addresses import normalize_address

# raw; number, street, unit, city, state, ZIP code
AMERICAN = [
    ("123 Main St, Springfield, IL 62701", "123", "MAIN ST", None, "SPRINGFIELD", "IL", "62701"),
    ("123 Main Street, Springfield, Illinois 62701-1234", "123", "MAIN ST", None, "SPRINGFIELD", "IL", "62701-1234"),
    ("123 N. Main St. Apt. 4B, Springfield IL 62701", "123", "N MAIN ST", "APT 4B", "SPRINGFIELD", "IL", "62701"),
    ("123 Main St Springfield IL 62701", "123", "MAIN ST", None, "SPRINGFIELD", "IL", "62701"),
    ("PO Box 1234, Austin, TX 78767", None, "PO BOX 1234", None, "AUSTIN", "TX", "78767"),
    ("P.O. Box 77 Austin TX 78767", None, "PO BOX 77", None, "AUSTIN", "TX", "78767"),
    (
        "92-10 Roosevelt Avenue, Jackson Heights, NY 11372",
        "92-10",
        "ROOSEVELT AVE",
        None,
        "JACKSON HEIGHTS",
        "NY",
        "11372",
    ),
    (
        "1600 Pennsylvania Avenue N.W., Washington D.C. 20500",
        "1600",
        "PENNSYLVANIA AVE NW",
        None,
        "WASHINGTON",
        "DC",
        "20500",
    ),
    ("123 Avenue C, New York, NY 10009", "123", "AVE C", None, "NEW YORK", "NY", "10009"),
    ("1 Microsoft Way, Redmond, WA 98052", "1", "MICROSOFT WAY", None, "REDMOND", "WA", "98052"),
    ("One Microsoft Way, Redmond, WA 98052", "1", "MICROSOFT WAY", None, "REDMOND", "WA", "98052"),
    (
        "12345 Dr. Martin Luther King Jr. Blvd, Chicago, IL 60619",
        "12345",
        "DR MARTIN LUTHER KING JR BLVD",
        None,
        "CHICAGO",
        "IL",
        "60619",
    ),
    ("123A Main St, Springfield, IL 62701", "123A", "MAIN ST", None, "SPRINGFIELD", "IL", "62701"),
    ("123 Main St, Boston, MA 2110", "123", "MAIN ST", None, "BOSTON", "MA", "02110"),
    ("Corner of Main St and 5th Ave, Boston, MA", None, "MAIN ST & 5TH AVE", None, "BOSTON", "MA", None),
    ("123 County Road 45, Austin, TX 78701", "123", "COUNTY RD 45", None, "AUSTIN", "TX", "78701"),
    (
        "350 Fifth Avenue, 34th Floor, New York, NY 10118",
        "350",
        "5TH AVE",
        "FL 34TH",
        "NEW YORK",
        "NY",
        "10118",
    ),
    ("APO AE 09012", None, None, None, "APO", "AE", "09012"),
    ("1 St Charles Ave #5, St. Louis, Missouri 63101", "1", "ST CHARLES AVE", "# 5", "ST LOUIS", "MO", "63101"),
    ("2 Main St\nApt 5\nAustin, TX 78701", "2", "MAIN ST", "APT 5", "AUSTIN", "TX", "78701"),
    ("123 Main St, CT", "123", "MAIN ST", None, None, "CT", None),
    ("123 main court", "123", "MAIN CT", None, None, None, None),
    ("50 rosetree la", "50", "ROSETREE LN", None, None, None, None),
    ("1425 8th ave s", "1425", "8TH AVE S", None, None, None, None),
    ("26510 north clark street", "26510", "N CLARK ST", None, None, None, None),
    ("123 1/2 North St, Boston MA 02110", "123 1/2", "NORTH ST", None, "BOSTON", "MA", "02110"),
    ("New York, NY", None, None, None, "NEW YORK", "NY", None),
]


@pytest.mark.parametrize(("raw", "number", "street", "unit", "city", "state", "postcode"), AMERICAN)
def test_american(raw, number, street, unit, city, state, postcode):
    parts = normalize_address(raw, region="US").parts
    found = (parts["number"], parts["street"], parts["unit"], parts["city"], parts["state"], parts["postcode"])
    assert found == (number, street, unit, city, state, postcode)


@pytest.mark.parametrize(
    ("raw", "region", "value"),
    [
        ("121 Station Road", "GB", "121 STATION RD"),
        ("Flat 3, 12 High Street, Oxford, OX14AH", "GB", "12 HIGH ST, FLAT 3, OXFORD, OX1 4AH"),
        ("10 Downing Street London SW1A 2AA", "GB", "10 DOWNING ST, LONDON, SW1A 2AA"),
        ("221b Baker Street, London, NW1 6XE, UK", None, "221B BAKER ST, LONDON, NW1 6XE, UNITED KINGDOM"),
        (
            "The Old Rectory, Church Lane, Nether Wallop, Hampshire SO20 8ET",
            "GB",
            "THE OLD RECTORY, CHURCH LN, NETHER WALLOP, HAMPSHIRE SO20 8ET",
        ),
        ("12/34 Smith Street, Richmond VIC 3121", "AU", "34 SMITH ST, UNIT 12, RICHMOND, VIC 3121"),
        ("Unit 5, 12 Smith St, Fitzroy, Victoria 3065, Australia", "AU", "12 SMITH ST, UNIT 5, FITZROY, VIC 3065"),
        ("24 Sussex Drive, Ottawa, ON K1M1M4", "CA", "24 SUSSEX DR, OTTAWA, ON K1M 1M4"),
        ("Suite 1200 - 200 Bay St, Toronto Ontario M5J 2J2", "CA", "200 BAY ST, STE 1200, TORONTO, ON M5J 2J2"),
        ("Hauptstraße 5, 10115 Berlin", "DE", "HAUPTSTRASSE 5, 10115 BERLIN"),
        (
            "Room 1203, Building 5, No. 88 Jianguo Road, Chaoyang District, Beijing 100022, China",
            "CN",
            "88 JIANGUO RD, BLDG 5 RM 1203, CHAOYANG DISTRICT, BEIJING, 100022",
        ),
    ],
)
def test_elsewhere(raw, region, value):
    assert normalize_address(raw, region=region).value == value


@pytest.mark.parametrize(
    "raw",
    [
        "123 N. Main St. Apt. 4B",
        "123 north main street, apartment 4b",
        "123 N MAIN ST #4B",
        "Apt 4B, 123 North Main Str",
        "Unit 4b, 123 N. Main Street",
    ],
)
def test_one_door_has_one_key(raw):
    parts = normalize_address(raw, region="US").parts
    assert (parts["street_key"], parts["room_key"]) == ("123 n main st", "4b")
    assert parts["key"] == "123 n main st|4b"


def test_a_street_without_a_number():
    parts = normalize_address("stuart place", region="AU").parts
    assert (parts["street"], parts["road_key"], parts["street_key"], parts["key"]) == (
        "STUART PL",
        "stuart pl",
        None,
        "stuart pl|",
    )


@pytest.mark.parametrize("raw", [None, "", "N/A", "-", "unknown", " , ; ", "\t"])
def test_nothing(raw):
    assert normalize_address(raw, region="US").value is None


# raw; region; the parts that are to be as given
ELSEWHERE = [
    ("RR 2 Box 152, Anytown, PA 15001", "US", {"street": "RR 2 BOX 152", "number": None, "detail": None}),
    ("Rural Route 2, Box 152, Anytown PA 15001", "US", {"street": "RR 2 BOX 152"}),
    ("Highway Contract 68 Box 23A, Anytown, NM 87001", "US", {"street": "HC 68 BOX 23A"}),
    ("PSC 802 Box 74, APO AE 09499-0074", "US", {"street": "PSC 802 BOX 74", "city": "APO", "state": "AE"}),
    ("Unit 2050 Box 4190, APO AP 96278-2050", "US", {"street": "UNIT 2050 BOX 4190", "unit": None}),
    ("POB 12, Dallas TX 75201", "US", {"street": "PO BOX 12", "street_key": "po box 12"}),
    ("N6W23001 Bluemound Rd, Rolling Meadows, WI 60008", "US", {"number": "N6W23001", "street": "BLUEMOUND RD"}),
    ("39.2 Road 123, Foo, CO 81501", "US", {"number": "39.2", "state": "CO", "country": "US"}),
    ("123 CR 5, Foo AL 35004", "US", {"street": "COUNTY RD 5"}),
    ("123 SR 9, Foo AL 35004", "US", {"street": "STATE RTE 9"}),
    ("123 State Route 9, Albany, NY 12201", "US", {"street": "STATE RTE 9"}),
    ("123 I-35, Foo TX", "US", {"street": "INTERSTATE 35"}),
    ("123 US Route 66, Tulsa OK 74101", "US", {"street": "US HWY 66"}),
    ("123 Main St Apt. No. 4, Foo, CA 90210", "US", {"unit": "APT 4"}),
    ("Urb Las Gladiolas 150 Calle A, San Juan PR 00926-3232", "US", {"number": "150", "street": "CALLE A"}),
    ("c/o John Smith, 123 Main St, Dallas, TX 75201", "US", {"note": "JOHN SMITH", "detail": None, "number": "123"}),
    ("Attn: Accounts Payable, 123 Main St, Dallas TX 75201", "US", {"note": "ACCOUNTS PAYABLE"}),
    ("123 Main St, (555) 123-4567, Boston MA 02110", "US", {"note": "555 123-4567", "city": "BOSTON"}),
    ("123 Main St, Springfield, Mass. 01101", "US", {"state": "MA", "city": "SPRINGFIELD"}),
    ("1234 W. 5th St. #2, Los Angeles, Calif. 90210", "US", {"state": "CA", "city": "LOS ANGELES", "unit": "# 2"}),
    ("350 5th Ave, 34 Fl, New York, NY 10118", "US", {"room_key": "fl34"}),
    ("350 5th Ave, 34th Floor, New York, NY 10118", "US", {"room_key": "fl34"}),
    ("12 Main St, Toronto, ON M5J 2J2, CAN", "US", {"country": "CA", "state": "ON", "postcode": "M5J 2J2"}),
    ("123 Main St, Sacramento, CA", "US", {"country": "US", "state": "CA"}),
    ("12 Main St, Lebanon", "US", {"country": "US", "city": "LEBANON"}),
    ("3/2, 12 High Street, Glasgow G1 1AA", "GB", {"unit": "FLAT 3/2", "number": "12"}),
    ("10 St. John's Road, St Albans, Herts AL1 1AA", "GB", {"city": "ST ALBANS", "state": "HERTFORDSHIRE"}),
    ("Unit 3/12 Smith St, Richmond VIC 3121", "AU", {"unit": "UNIT 3", "number": "12"}),
    ("U3/12 Smith St, Richmond VIC 3121", "AU", {"unit": "UNIT 3", "number": "12"}),
    ("4-123 Main Street, Hamilton ON L8P1H6", "CA", {"unit": "UNIT 4", "number": "123", "postcode": "L8P 1H6"}),
    ("Berliner Str. 12-14, 60311 Frankfurt am Main", "DE", {"street": "BERLINER STRASSE", "number": "12-14"}),
    ("Straße des 17. Juni 135, 10623 Berlin", "DE", {"number": "135", "city": "BERLIN"}),
    ("Hauptstr. 12, D-10115 Berlin, Germany", None, {"street": "HAUPTSTRASSE", "country": "DE", "postcode": "10115"}),
    ("12 bis, rue de Rivoli 75001 PARIS", "FR", {"number": "12 BIS", "street": "RUE DE RIVOLI", "postcode": "75001"}),
    ("12, avenue des Champs-Élysées, 75008 Paris, FRA", None, {"number": "12", "country": "FR", "city": "PARIS"}),
    ("5 bd Haussmann, 75009 Paris CEDEX 09", "FR", {"city": "PARIS", "postcode": "75009"}),
    ("Damrak 12, 1012 LG Amsterdam", "NL", {"number": "12", "postcode": "1012 LG", "city": "AMSTERDAM"}),
    ("1-2-3 Shibuya, Shibuya-ku, Tokyo 150-0002, Japan", None, {"country": "JP", "postcode": "150-0002"}),
    ("1 Raffles Place, #20-01, Singapore 048616", None, {"country": "SG", "postcode": "048616", "unit": "# 20-01"}),
    ("Calle Mayor 5, 28013 Madrid, España", None, {"country": "ES", "number": "5", "city": "MADRID"}),
]


@pytest.mark.parametrize(("raw", "region", "expected"), ELSEWHERE)
def test_parts(raw, region, expected):
    parts = normalize_address(raw, region=region).parts
    assert {name: parts[name] for name in expected} == expected


HANGZHOU = {"province": "浙江省", "city": "杭州市", "district": "西湖区", "adcode": "330106"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            "Room 402, Building 3, No. 88 Wenyi Road, Xihu District, Hangzhou, Zhejiang 310012, China",
            {**HANGZHOU, "number": "88", "building": "3", "room": "402", "room_key": "3-402", "postcode": "310012"},
        ),
        (
            "Rm 402, Bldg 3, 88 Wenyi Rd., Xihu Dist., Hangzhou City, Zhejiang Province, P.R. China 310012",
            {**HANGZHOU, "number": "88", "room_key": "3-402", "street_key": "88 wenyi rd", "postcode": "310012"},
        ),
        (
            "No. 5, Lane 258, Caoxi Road, Xuhui District, Shanghai",
            {"province": "上海市", "district": "徐汇区", "number": "258弄", "building": "5"},
        ),
        (
            "18/F, Tower A, 1 Jianguomenwai Avenue, Chaoyang District, Beijing 100004, PRC",
            {"district": "朝阳区", "province": "北京市", "floor": "18", "building": "A", "room": None},
        ),
        ("1 Yanta Lu, Yanta Qu, Xi'an Shi, Shaanxi", {"province": "陕西省", "city": "西安市", "district": "雁塔区"}),
        ("1 Yingze St, Taiyuan, Shanxi", {"province": "山西省", "city": "太原市", "district": None}),
        ("88 Century Ave, Pudong New Area, Shanghai", {"district": "浦东新区", "adcode": "310115"}),
        ("123 Chaoyang Road, Chaoyang District", {"district": None, "candidates": "110105 211321 220104 440513"}),
        ("88 Jianguo Road", {"province": None, "city": None, "number": "88"}),
    ],
)
def test_china_in_latin_letters(raw, expected):
    parts = normalize_address(raw, region="CN").parts
    assert {name: parts[name] for name in expected} == expected
