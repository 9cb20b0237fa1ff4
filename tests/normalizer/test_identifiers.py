"""Laws and hard cases of identity numbers."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import ConfigError
from crmquality.normalizer.identifiers import ISSUES, known_schemes, normalize_identifier, scheme_fault
from crmquality.normalizer.identifiers_cn import (
    USCC_ALPHABET,
    org_code_check_character,
    registration_check_digit,
    uscc_check_character,
)
from crmquality.normalizer.identifiers_columns import normalize_identifier_column
from crmquality.normalizer.identifiers_residents import is_ric, ric_check_digit, upgrade_ric

OWN = (
    "cn.ric",
    "cn.uscc",
    "cn.org_code",
    "cn.tax",
    "cn.registration_no",
    "hk.id",
    "tw.id",
    "luhn",
    "mo.id",
    "passport",
    "bank_card",
    "cn.passport",
    "cn.travel_permit",
    "cn.person",
    "cn.organization",
)
BORROWED = ("iban", "lei", "eu.vat", "vatin", "us.ein", "us.ssn", "au.tfn", "cn.ric", "de.vat", "in.pan", "es.vat")

SPELLINGS = [
    ("cn.ric", "11010519491231002X", "11010519491231002X"),
    ("cn.ric", "11010519491231002x", "11010519491231002X"),
    ("cn.ric", " 110105 19491231 002X ", "11010519491231002X"),
    ("cn.ric", "110105-19491231-002X", "11010519491231002X"),
    ("cn.ric", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
    ("cn.ric", "11010519491231002Ⅹ", "11010519491231002X"),
    ("cn.ric", "11010519491231002Х", "11010519491231002X"),  # Cyrillic
    ("cn.ric", "身份证号：11010519491231002X", "11010519491231002X"),
    ("cn.ric", "身份证号码 11010519491231002X（本人）", "11010519491231002X"),
    ("cn.ric", "ID No. 11010519491231002X", "11010519491231002X"),
    ("cn.ric", "'11010519491231002X", "11010519491231002X"),
    ("cn.ric", "110105491231002", "11010519491231002X"),
    ("cn.ric", "810000199408230021", "810000199408230021"),
    ("cn.ric", "820000199501010017", "820000199501010017"),
    ("cn.ric", "830000199201300022", "830000199201300022"),
    ("cn.ric", "44040119580101000X", "44040119580101000X"),
    ("cn.ric", "500154199301135886", "500154199301135886"),
    ("cn.ric", "310115198001010016", "310115198001010016"),
    ("cn.uscc", "91110000600037341l", "91110000600037341L"),
    ("cn.uscc", "９１１１００００６０００３７３４１Ｌ", "91110000600037341L"),
    ("cn.uscc", "91-110000-600037341-L", "91110000600037341L"),
    ("cn.uscc", "统一社会信用代码91110000600037341L", "91110000600037341L"),
    ("cn.uscc", "统一社会信用代码：9111 0000 6000 3734 1L", "91110000600037341L"),
    ("cn.uscc", "N2370785MF05543677", "N2370785MF05543677"),
    ("cn.org_code", "60003734-1", "600037341"),
    ("cn.org_code", "组织机构代码:60003734-1", "600037341"),
    ("cn.registration_no", "110000000012341", "110000000012341"),
    ("tw.id", "A123456789", "A123456789"),
    ("hk.id", "A123456(3)", "A1234563"),
    ("us.ssn", "123-45-6789", "123456789"),
    ("us.ein", "04-2103594", "042103594"),
    ("iban", "gb82west12345698765432", "GB82WEST12345698765432"),
    ("vatin", "DE 136 695 976", "DE136695976"),
    ("vatin", "GB 980 7806 84", "GB980780684"),
    ("eu.vat", "VAT No: DE136695976", "DE136695976"),
    ("luhn", "6222 0212 3456 7890 128", "6222021234567890128"),
]


@pytest.mark.parametrize(("scheme", "raw", "expected"), SPELLINGS)
def test_every_spelling_becomes_one(scheme: str, raw: str, expected: str) -> None:
    answer = normalize_identifier(raw, scheme=scheme)
    assert answer.value == expected
    assert not {i for i in answer.issues if i.startswith("invalid")}


REFUSED = [
    ("cn.ric", "11010519491231002*", "masked"),
    ("cn.ric", "110105********002X", "masked"),
    ("cn.ric", "110105xxxxxxxx002X", "masked"),
    ("cn.ric", "110105••••••••0021", "masked"),
    ("cn.ric", "1.10105194912310E+17", "spreadsheet_damage"),
    ("cn.ric", "110105194912310000", "spreadsheet_damage"),
    ("cn.ric", "1101051949123100", "invalid_length"),
    ("cn.ric", "110105499931002", "invalid_birth_date"),
    ("cn.uscc", "91110000600037341I", "invalid_format"),
    ("cn.uscc", "9111000060003734", "invalid_length"),
    ("us.ssn", "000-12-3456", "invalid_format"),
    ("luhn", "A", "invalid_format"),
    ("cn.ric", "无", "placeholder"),
]


@pytest.mark.parametrize(("scheme", "raw", "issue"), REFUSED)
def test_what_is_no_number_has_no_value_and_says_why(scheme: str, raw: str, issue: str) -> None:
    answer = normalize_identifier(raw, scheme=scheme)
    assert answer.value is None
    assert issue in answer.issues


FLAGGED = [
    ("cn.ric", "110105194912310021", "invalid_check_digit"),
    ("cn.ric", "110105209901010020", "invalid_birth_date"),
    ("cn.ric", "110105194913310024", "invalid_birth_date"),
    ("cn.ric", "119999199001010012", "unknown_region"),  # python-stdnum: KeyError
    ("cn.ric", "110103198001010018", "region_retired"),
    ("iban", "GB82WEST12345698765433", "invalid_check_digit"),
    ("luhn", "6222 0212 3456 7890 123", "invalid_check_digit"),
]


@pytest.mark.parametrize(("scheme", "raw", "issue"), FLAGGED)
def test_one_wrong_digit_is_still_evidence(scheme: str, raw: str, issue: str) -> None:
    answer = normalize_identifier(raw, scheme=scheme)
    assert answer.value is not None
    assert issue in answer.issues


def test_masked_numbers_keep_their_pattern() -> None:
    assert normalize_identifier("110105xxxxxxxx002X", scheme="cn.ric").parts["masked"] == "110105********002X"
    assert normalize_identifier("9111****600037341L", scheme="cn.uscc").parts["masked"] == "9111****600037341L"


def test_facts_of_a_resident_number() -> None:
    parts = normalize_identifier("11010519491231002X", scheme="cn.ric").parts
    assert dict(parts) == {
        "key": "11010519491231002X",
        "birth_date": "1949-12-31",
        "sex": "F",
        "division": "110105",
        "division_status": "current",
        "kind": "resident",
    }
    foreign = "9" + "31" + "840" + "19800102" + "001"
    answer = normalize_identifier(foreign + ric_check_digit(foreign), scheme="cn.ric")
    assert answer.issues == ()
    assert (answer.parts["kind"], answer.parts["nationality"], answer.parts["sex"]) == ("foreign_resident", "840", "M")
    assert normalize_identifier("810000199408230021", scheme="cn.ric").parts["kind"] == "hmt_resident"


def test_numbers_of_one_organization_share_a_key() -> None:
    numbers = ["91110000600037341L", "60003734-1", "110000600037341", "税号：110000600037341", "600037341"]
    for scheme in ("cn.uscc", "cn.org_code", "cn.tax"):
        assert {normalize_identifier(n, scheme=scheme).parts["key"] for n in numbers} == {"600037341"}
    assert normalize_identifier("600037341", scheme="cn.uscc").issues == ("other_scheme",)
    assert normalize_identifier("91110000600037341L", scheme="cn.tax").issues == ()


def test_numbers_of_a_self_employed_person_share_a_key() -> None:
    person = "11010519491231002X"
    for number in (person, person + "00", "11010549123100200", "110105491231002"):
        answer = normalize_identifier(number, scheme="cn.tax")
        assert (answer.parts["key"], answer.parts["kind"]) == (person, "self_employed")


def test_schemes() -> None:
    assert {"cn.ric", "iban", "lei", "us.ein", "au.tfn", "gb.vat", "luhn", "in.pan"} <= set(known_schemes())
    assert "util" not in known_schemes()
    assert all(scheme_fault(s) is None for s in (*OWN, *BORROWED))
    assert "Did you mean 'cn.ric'?" in (scheme_fault("cn.rics") or "")
    for bad in ("", ".", "os.path", "util", "cn.", "..cn", "cn.ric.x", "xx.vat", "\ud800"):
        assert scheme_fault(bad) is not None, bad
        with pytest.raises(ConfigError):
            normalize_identifier(None, scheme=bad)


def test_knowing_the_schemes_imports_none() -> None:
    code = (
        "import sys, crmquality.normalizer.identifiers as i\n"
        "i.known_schemes(); i.normalize_identifier('1', scheme='cn.ric')\n"
        "assert not [m for m in sys.modules if m.startswith('stdnum')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


ID, SPOUSE, USCC = "11010519491231002X", "440305198001010013", "91110000600037341L"
CELLS_OF_CRMS: list[tuple[str, str, str | None, tuple[str, ...], dict[str, str]]] = [
    # several in a cell, and what else a cell says
    ("cn.ric", f"{ID}；{SPOUSE}", ID, ("full_width", "several_identifiers"), {"others": SPOUSE}),
    ("cn.ric", f"本人:{ID} 配偶:{SPOUSE}", ID, ("several_identifiers",), {"others": SPOUSE, "note": "配偶"}),
    ("cn.ric", f"110105194912310021 / {ID}", ID, ("several_identifiers",), {"others": "110105194912310021"}),
    ("cn.ric", f"張偉 身份證號碼 {ID}", ID, ("annotation_removed",), {"note": "張偉"}),
    ("cn.ric", "11010519491231002X（有效期至2030.01.01）", ID, ("full_width", "annotation_removed"), {}),
    ("cn.ric", f"*{ID}*", ID, ("annotation_removed",), {}),
    ("cn.tax", "国税:110000600037341 地税:110000600037341", "110000600037341", ("annotation_removed",), {}),
    # spreadsheets: what is whole is read, what is lost is refused
    ("cn.ric", "110105491231002.0", ID, ("spreadsheet_damage", "upgraded"), {}),
    ("cn.ric", "1.10105491231002E+14", ID, ("spreadsheet_damage", "upgraded"), {}),
    ("cn.ric", "1.10105E+17", None, ("spreadsheet_damage",), {"masked": "110105************"}),
    ("cn.ric", "110105194912310016.0", None, ("spreadsheet_damage",), {"masked": "110105194912310***"}),
    ("cn.uscc", "911100006000370000", None, ("spreadsheet_damage",), {"masked": "911100006000370***"}),
    ("bank_card", "4111111111111111.0", "4111111111111111", ("spreadsheet_damage",), {}),
    ("bank_card", "6.22202E+18", None, ("spreadsheet_damage",), {"masked": "622202*************"}),
    ("us.ein", "042103594.0", "042103594", ("spreadsheet_damage",), {}),
    # letters for digits: told, not guessed
    ("cn.ric", "1101O519491231OO2X", None, ("invalid_format", "letters_for_digits"), {"suggestion": ID}),
    ("cn.uscc", "9I110000600037341L", None, ("invalid_format", "letters_for_digits"), {"suggestion": USCC}),
    (
        "cn.org_code",
        "6OOO37341",
        "6OOO37341",
        ("invalid_check_digit", "letters_for_digits"),
        {"suggestion": "600037341"},
    ),
    ("cn.passport", "EO1234567", None, ("invalid_format", "letters_for_digits"), {"suggestion": "E01234567"}),
    ("cn.ric", "11010519491231002", None, ("invalid_length",), {"suggestion": ID}),
    # fillers
    ("cn.ric", "111111111111111111", None, ("placeholder",), {"placeholder": "111111111111111111"}),
    ("cn.ric", "123456789012345678", None, ("placeholder",), {"placeholder": "123456789012345678"}),
    ("cn.org_code", "00000000-0", None, ("placeholder",), {"placeholder": "000000000"}),
    ("bank_card", "0000 0000 0000 0000", None, ("placeholder",), {"placeholder": "0000000000000000"}),
    ("us.ssn", "111-11-1111", None, ("placeholder",), {"placeholder": "111111111"}),
    # masks, and the facts they still show
    ("cn.ric", "1101************21", None, ("masked",), {"masked": "1101************21"}),
    ("cn.ric", "11010519491231****", None, ("masked",), {"birth_date": "1949-12-31", "division": "110105"}),
    ("cn.uscc", "913100001322XXXXXX", None, ("masked",), {"masked": "913100001322******"}),
    ("us.ssn", "XXX-XX-6789", None, ("masked",), {"masked": "*****6789"}),
    # a foreigner's card: ICAO's check digit; a division that ended before the birth
    ("cn.ric", "110105850101997", "110105188501019974", ("upgraded",), {"birth_date": "1885-01-01"}),
    ("cn.ric", "E12345678", None, ("other_scheme",), {"compact": "E12345678"}),
    # the family of a company's numbers
    ("cn.tax", "11010519491231002X01", "11010519491231002X01", (), {"key": ID, "kind": "self_employed"}),
    ("cn.tax", "11010549123100200000", "11010549123100200000", (), {"key": ID, "kind": "self_employed"}),
    ("cn.tax", f"L{USCC}", f"L{USCC}", (), {"key": "600037341", "kind": "temporary"}),
    ("cn.organization", "60003734-1", "600037341", (), {"kind": "org_code", "key": "600037341"}),
    ("cn.organization", "110000000012341", "110000000012341", (), {"kind": "registration_no"}),
    ("cn.uscc", "911100006000373", None, ("invalid_length",), {}),
    # documents of persons
    (
        "cn.person",
        "回乡证H1234567801",
        "H1234567801",
        ("annotation_removed",),
        {"kind": "permit_hk", "key": "H12345678"},
    ),
    ("cn.person", "台胞证：01234567", "01234567", ("full_width", "annotation_removed"), {"kind": "permit_tw"}),
    ("cn.person", "0123456701(B)", "0123456701B", (), {"kind": "permit_tw", "key": "01234567"}),
    ("cn.person", "20010101", "20010101", ("kind_uncertain",), {"kind": "permit_tw"}),
    ("cn.person", "ea1234567", "EA1234567", (), {"kind": "passport_cn", "passport": "ordinary"}),
    ("cn.person", "P.1234567", "P1234567", (), {"kind": "passport_cn", "passport": "public_affairs"}),
    ("cn.person", "AB123456", "AB123456", ("kind_uncertain",), {"kind": "passport"}),
    ("cn.person", "A123456(3)", "A1234563", (), {"kind": "hk_id"}),
    ("cn.person", "5/123456/7", "51234567", (), {"kind": "mo_id"}),
    ("cn.person", "A123456789", "A123456789", (), {"kind": "tw_id", "sex": "M"}),
    ("cn.person", "南字第01010035号", "南字第01010035号", (), {"kind": "military"}),
    # where python-stdnum is stricter than the authority
    ("tw.ubn", "10458570", "10458570", (), {}),
    ("us.itin", "912-55-3457", "912553457", (), {}),
    ("ch.vat", "CHE-107.787.577", "CHE107787577", (), {"key": "CHE107787577"}),
    ("ch.vat", "CHE-107.787.577 MWST", "CHE107787577MWST", (), {"key": "CHE107787577"}),
    ("no.mva", "995 525 828", "995525828", (), {"key": "995525828"}),
    ("kr.rrn", "9710139019903", "9710139019903", ("doubtful_check_digit",), {}),
    ("iban", "MA64011519000001205000534921", "MA64011519000001205000534921", ("unknown_region",), {"country": "MA"}),
    ("iban", "IBAN DE89370400440532013000 BIC COBADEFFXXX", "DE89370400440532013000", ("annotation_removed",), {}),
    ("bic", "ICBKCNBJXXX", "ICBKCNBJXXX", (), {"key": "ICBKCNBJ"}),
    ("eu.vat", "GR094259216", "GR094259216", (), {"key": "EL094259216"}),
    ("bank_card", "6222021234567890121", "6222021234567890121", ("doubtful_check_digit",), {}),
]


@pytest.mark.parametrize(("scheme", "raw", "value", "issues", "parts"), CELLS_OF_CRMS)
def test_cells_of_crms(
    scheme: str, raw: str, value: str | None, issues: tuple[str, ...], parts: dict[str, str]
) -> None:
    answer = normalize_identifier(raw, scheme=scheme)
    assert (answer.value, answer.issues) == (value, issues)
    assert {k: answer.parts.get(k) for k in parts} == parts


def test_a_division_that_ended_before_the_birth_is_a_warning() -> None:
    for born, issue in (("19800101", "region_retired"), ("20150101", "region_before_birth")):
        first = f"110103{born}001"
        answer = normalize_identifier(first + ric_check_digit(first), scheme="cn.ric")
        assert (answer.value is not None, answer.issues) == (True, (issue,))
        assert answer.parts["division_status"] == "retired"


# --- laws

NOISE = st.sampled_from(
    ["", " ", "-", "：", "身份证", "号码:", "X", "x", "*", "（", ")", "税号", "Ｘ", "\ud83d", "\x00", "E+17"]
)
CODES = st.text(alphabet="0123456789ABCXxz*-０１ ", min_size=0, max_size=24)
CELLS = st.one_of(
    st.text(max_size=40),
    st.builds(lambda a, b, c: a + b + c, NOISE, CODES, NOISE),
    st.sampled_from([raw for _, raw, _ in SPELLINGS] + [raw for _, raw, _ in REFUSED]),
)


@settings(deadline=None)
@given(CELLS, st.sampled_from(sorted({*OWN, *BORROWED})))
def test_total_and_idempotent(cell: str, scheme: str) -> None:
    answer = normalize_identifier(cell, scheme=scheme)
    assert set(answer.issues) <= set(ISSUES)
    assert len(set(answer.issues)) == len(answer.issues)
    assert answer.value != ""
    again = normalize_identifier(answer.value, scheme=scheme)
    assert again.value == answer.value
    assert again.parts.get("key") == answer.parts.get("key")
    if answer.value is not None:
        assert answer.parts["key"]


@given(st.text(alphabet=USCC_ALPHABET, min_size=9, max_size=9), st.sampled_from(["440305", "999999", "100000"]))
def test_the_short_way_is_the_long_way(code: str, division: str) -> None:
    first = "91" + division + code
    for number in (first + uscc_check_character(first), first + "0", "11010519491231002X"):
        short = normalize_identifier(number, scheme="cn.uscc")
        long = normalize_identifier(number.lower() + " ", scheme="cn.uscc")
        assert (short.value, dict(short.parts), short.issues) == (long.value, dict(long.parts), long.issues)


def slow_ric_check(first: str) -> str:
    """ISO 7064 MOD 11-2 as the standard writes it: the number read in base 2 is one modulo eleven."""
    for check in "0123456789X":
        total = 0
        for digit in first + check:
            total = total * 2 + (10 if digit == "X" else int(digit))
        if total % 11 == 1:
            return check
    raise AssertionError


def slow_registration_check(first: str) -> str:
    """ISO 7064 MOD 11,10 by trying every digit."""
    for check in "0123456789":
        product = 10
        for digit in first:
            total = (product + int(digit)) % 10
            product = (total if total else 10) * 2 % 11
        if (product + int(check)) % 10 == 1:
            return check
    raise AssertionError


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_resident_check_digit_is_the_standard_s(first: str) -> None:
    if first.isascii():
        assert ric_check_digit(first) == slow_ric_check(first)


@given(st.from_regex(r"[0-9]{14}", fullmatch=True))
def test_registration_check_digit_is_the_standard_s(first: str) -> None:
    if first.isascii():
        assert registration_check_digit(first) == slow_registration_check(first)


@given(st.text(alphabet=USCC_ALPHABET, min_size=17, max_size=17))
def test_credit_code_check_makes_the_weighted_sum_divisible(first: str) -> None:
    code = first + uscc_check_character(first)
    weights = [*(3**i for i in range(17)), 1]
    assert sum(USCC_ALPHABET.index(c) * w for c, w in zip(code, weights, strict=True)) % 31 == 0


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_organization_code_check_makes_the_weighted_sum_divisible(first: str) -> None:
    check = org_code_check_character(first)
    weights = (3, 7, 9, 10, 5, 8, 4, 2, 1)
    numbers = [*(int(c, 36) for c in first), 10 if check == "X" else int(check)]
    assert sum(n * w for n, w in zip(numbers, weights, strict=True)) % 11 == 0


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(1, 995))
def test_a_number_of_15_digits_and_its_successor_are_one(born: date, sequence: int) -> None:
    short = f"110105{born:%y%m%d}{sequence:03d}"
    longer = upgrade_ric(short)
    assert longer is not None
    assert is_ric(longer)
    assert normalize_identifier(short, scheme="cn.ric").value == longer
    assert normalize_identifier(longer, scheme="cn.ric").parts["birth_date"] == born.isoformat()


@given(st.integers(0, 10**17))
def test_every_change_of_one_digit_is_seen(number: int) -> None:
    first = f"{number:017d}"[:17]
    code = first + ric_check_digit(first)
    for place in (0, 5, 11, 16):
        other = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]
        assert slow_ric_check(other[:17]) != other[17]


# --- the column form

_DIGITS = st.text("0123456789", min_size=3, max_size=3)
_DAYS_OF_BIRTH = st.one_of(
    st.dates(date(1878, 1, 1), date(2041, 12, 31)).map(lambda d: f"{d:%Y%m%d}"),
    st.sampled_from(["19490229", "20000229", "19001301", "00000000", "18791231", "18800101", "20391231", "20400101"]),
)
_DIVISIONS = st.sampled_from(
    ["110105", "110103", "510221", "440301", "999999", "119999", "810000", "830000", "931840", "999840", "110000"]
)


def _spelled(code: str, how: int) -> str:
    spellings = (
        code,
        code.lower(),
        f" {code}",
        f"{code[:6]} {code[6:14]} {code[14:]}",
        f"'{code}",
        f"{code[:6]}-{code[6:]}",
    )
    return spellings[how % len(spellings)]


@st.composite
def near_ric(draw: st.DrawFn) -> str:
    first = draw(_DIVISIONS) + draw(_DAYS_OF_BIRTH) + draw(_DIGITS)
    check = ric_check_digit(first) if draw(st.integers(0, 4)) else draw(st.sampled_from("0123456789Xx*"))
    return _spelled(first + check, draw(st.integers(0, 9)))


@st.composite
def near_uscc(draw: st.DrawFn) -> str:
    division = draw(st.sampled_from(["110000", "100000", "440305", "510221", "999999", "111111"]))
    body = draw(st.text(USCC_ALPHABET, min_size=9, max_size=9))
    first = draw(st.sampled_from(["91", "N2", "A1", "Y1", "12", "1X"])) + division + body
    check = uscc_check_character(first) if draw(st.integers(0, 4)) else draw(st.sampled_from("0123456789XLOI"))
    return _spelled(first + check, draw(st.integers(0, 9)))


def _column_is_kernel(cells: list[str], *schemes: str) -> None:
    for scheme in schemes:
        told = normalize_identifier_column(pl.Series("x", cells, dtype=pl.String), scheme=scheme)
        assert told.height == len(cells)
        for cell, row in zip(cells, told.to_dicts(), strict=True):
            if row.pop("known"):
                answer = normalize_identifier(cell, scheme=scheme)
                parts = {k: v for k, v in row.items() if k not in {"value", "issues"} and v is not None}
                assert (row["value"], row["issues"]) == (answer.value, " ".join(answer.issues) or None), scheme
                assert parts == {k: v for k, v in answer.parts.items() if v is not None}


@settings(max_examples=15, deadline=None)
@given(cells=st.lists(st.one_of(near_ric(), near_uscc(), CELLS), min_size=10, max_size=40, unique=True))
def test_the_column_form_is_the_kernel(cells: list[str]) -> None:
    cells = [c for c in cells if not any("\ud800" <= x <= "\udfff" for x in c)]  # no column holds a surrogate
    _column_is_kernel(cells, "cn.ric", "cn.person", "cn.uscc", "cn.organization", "luhn")


def test_the_column_form_knows_what_is_plain() -> None:
    cells = ["11010519491231002X", "440305 19900307 663x", "110105194912310021", "无"]
    cells[1] = _spelled("44030519900307663" + ric_check_digit("44030519900307663"), 3)
    known = normalize_identifier_column(pl.Series("x", cells), scheme="cn.ric")["known"]
    assert known.to_list() == [True, True, False, False]
    plain = pl.Series("x", ["91110000600037341L", "91-110000-600037341-l", "91110000600037341K"])
    assert normalize_identifier_column(plain, scheme="cn.uscc")["known"].to_list() == [True, True, False]


@pytest.mark.parametrize(
    ("scheme", "raw", "note"),
    [
        ("cn.passport", "E12345678 华为", "华为"),
        ("cn.uscc", "三证合一 91110000600037341L", "三证合一"),
        ("cn.uscc", "91110000600037341L(三证合一)", "三证合一"),
        ("cn.uscc", "税号为：91110000600037341L", None),
        ("cn.uscc", "统一社会信用代码是91110000600037341L", None),
        ("cn.uscc", "91110000600037341L 税务局", "税务局"),
        ("bank_card", "招商银行 6222021234567890128", "招商银行"),
        ("cn.ric", "驾驶证 11010519491231002X", "驾驶证"),
        ("cn.ric", "本人身份证号码: 11010519491231002X", None),
        ("cn.ric", "张三身份证 11010519491231002X", "张三"),
        ("cn.ric", "11010519491231002X 证", None),
    ],
)
def test_notes_keep_their_words_whole(scheme: str, raw: str, note: str | None) -> None:
    assert normalize_identifier(raw, scheme=scheme).parts.get("note") == note


@pytest.mark.parametrize(
    "raw", ["11010519491231002x。", "110105 19491231 002X。", "１１０１０５１９４９１２３１００２Ｘ。"]
)
def test_a_full_stop_ends_a_number(raw: str) -> None:
    assert normalize_identifier(raw, scheme="cn.ric").value == "11010519491231002X"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("H12345678", "permit_hk"),
        ("M1234567801", "permit_mo"),
        ("E12345678", "passport_cn"),
        ("A123456789", "tw_id"),
        ("A1234563", "hk_id"),
        ("台胞证 12345678", "permit_tw"),
        ("台湾居民来往大陆通行证：12345678", "permit_tw"),
    ],
)
def test_another_document_says_which(raw: str, kind: str) -> None:
    answer = normalize_identifier(raw, scheme="cn.ric")
    assert (answer.value, answer.parts.get("kind"), answer.issues[-1]) == (None, kind, "other_scheme")


@pytest.mark.parametrize("raw", ["无身份证", "没有身份证号", "未办理", "暂无证件", "外国人", "外籍", "外籍人士"])
def test_why_there_is_no_number_is_a_placeholder_with_its_note(raw: str) -> None:
    answer = normalize_identifier(raw, scheme="cn.ric")
    assert (answer.value, answer.issues, answer.parts.get("note")) == (None, ("placeholder",), raw)


def test_letters_for_digits_where_no_number_can_begin_so() -> None:
    answer = normalize_identifier("O1010519491231002X", scheme="cn.ric")
    assert answer.issues == ("invalid_format", "letters_for_digits")
    assert "suggestion" not in answer.parts


_AROUND_IDS = st.sampled_from(
    [
        *(
            "",
            "",
            "身份证号：",
            "税号:",
            "护照 ",
            "台胞证",
            "'",
            "(",
            "张三",
            "ID: ",
            "A",
            "E",
            "\ufeff",
            " ",
            "MO",
            "*",
            "=",
            "，",
        ),
        *(
            "（本人）",
            "(长期)",
            "。",
            ";",
            " 华为",
            "X",
            "x",
            "1",
            "0",
            ".0",
            "E+17",
            "/",
            "无",
            "&",
            "?",
            "号",
            "\u200b",
            "-",
            "…",
        ),
    ]
)
_FULL_WIDTH = {c: c + 0xFEE0 for c in range(0x21, 0x7F)} | {0x20: 0x3000}


@st.composite
def framed_id(draw: st.DrawFn) -> str:
    number = draw(st.one_of(near_ric(), near_uscc()))
    how = draw(st.integers(0, 5))
    if how == 0 and len(number) == 18:
        number = number[:6] + number[8:17]
    elif how == 1:
        number = f"{number[:6]}********{number[14:]}"
    text = draw(_AROUND_IDS) + number + draw(_AROUND_IDS) + draw(_AROUND_IDS)
    return text.translate(_FULL_WIDTH) if draw(st.booleans()) else text


@settings(max_examples=20, deadline=None)
@given(cells=st.lists(framed_id(), min_size=10, max_size=40, unique=True))
def test_the_column_form_is_the_kernel_in_a_frame(cells: list[str]) -> None:
    _column_is_kernel(cells, "cn.ric", "cn.person", "cn.uscc", "cn.organization")


def test_the_column_form_knows_what_columns_hold() -> None:
    cells = [
        "身份证号：11010519491231002X",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105194912310089(本人)",
        "110105491231002",
        "110105********002X",
    ]
    assert normalize_identifier_column(pl.Series(cells), scheme="cn.ric")["known"].all()
    codes = [
        "统一社会信用代码：91110000600037341L",
        "９１１１００００６０００３７３４１Ｌ",
        "91110000600037341l（三证合一）",
    ]
    assert normalize_identifier_column(pl.Series(codes), scheme="cn.uscc")["known"].all()
