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
