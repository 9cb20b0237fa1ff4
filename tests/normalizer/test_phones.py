"""Phones: real hard cases, and phonenumbers itself as the oracle of everything that is valid."""

from __future__ import annotations

import re
import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmquality.errors import ConfigError
from crmquality.normalizer import numbering_plans, phones
from crmquality.normalizer.phone_cells import digits_only
from crmquality.normalizer.phone_damage import unmistakable
from crmquality.normalizer.phone_numbers import _SERVICE_OF_AREA, CN_MOBILE, by_library, resolve
from crmquality.normalizer.phones import ISSUES, normalize_phone, region_fault
from crmquality.normalizer.text import clean
from crmquality.reference import read_table
from crmquality.tables import Normalized

# Cells that customer systems hold: raw, region, what it is.
AGREED = [
    ("138 1234 5678", "CN", "+8613812345678"),
    ("86 138 1234 5678", "US", "+8613812345678"),
    ("0086-13812345678", "CN", "+8613812345678"),
    ("138\u200b1234\u200b5678", "CN", "+8613812345678"),
    ("138\xa01234\xa05678", "CN", "+8613812345678"),
    ("138–1234—5678", "CN", "+8613812345678"),
    ("手机：13812345678", "CN", "+8613812345678"),
    ("13812345678(微信同号)", "CN", "+8613812345678"),
    ("+8613812345678 王先生", "CN", "+8613812345678"),
    ("13812345678；010-62781234", "CN", "+8613812345678"),
    ("010-62781234-8001", "CN", "+861062781234;ext=8001"),
    ("021-62781234*123", "CN", "+862162781234;ext=123"),
    ("（010）62781234", "CN", "+861062781234"),
    ("+86 (0)10 6278 1234", "CN", "+861062781234"),
    ("86-0755-86013388", "CN", "+8675586013388"),
    ("400-810-8888", "CN", "+864008108888"),
    ("800-810-1234", "CN", "+868008101234"),
    ("95555", "CN", None),
    ("1381234567", "CN", None),
    ("138123456789", "CN", None),
    ("12345678901", "CN", None),
    ("1.3812345678E+10", "CN", "+8613812345678"),
    ("1.38123E+10", "CN", None),
    ("'13812345678", "CN", "+8613812345678"),
    ("N/A", "CN", None),
    ("无", "CN", None),
    ("192 1234 5678", "CN", "+8619212345678"),
    ("170 5123 4567", "CN", "+8617051234567"),
    ("+852 2345 6789", "CN", "+85223456789"),
    ("+886-2-2345-6789", "CN", "+886223456789"),
    ("0912-345-678", "TW", "+886912345678"),
    ("+886 (0)912 345 678", "TW", "+886912345678"),
    ("+853 6612 3456", "CN", "+85366123456"),
    ("(212) 736-5000 ext. 12", "US", "+12127365000;ext=12"),
    ("1-800-FLOWERS", "US", "+18003569377"),
    ("555-2671", "US", None),
    ("123-456-7890", "US", None),
    ("011 86 138 1234 5678", "US", "+8613812345678"),
    ("07911 123456", "GB", "+447911123456"),
    ("+39 06 69812345", "IT", "+390669812345"),
    ("06 69812345", "IT", "+390669812345"),
    ("+52 1 55 1234 5678", "MX", "+525512345678"),
    ("0049 30 901820", "DE", "+4930901820"),
    ("+33 (0)1 42 68 53 00", "FR", "+33142685300"),
    ("tel:+86-10-6278-1234;ext=12", "CN", "+861062781234;ext=12"),
    ("l38l2345678", "CN", None),
    ("+86 86 13812345678", "CN", "+8613812345678"),
]


@pytest.mark.parametrize(("raw", "region", "expected"), AGREED)
def test_hard_cases(raw: str, region: str, expected: str | None) -> None:
    assert normalize_phone(raw, region=region).value == expected


@pytest.mark.parametrize(
    ("raw", "value", "others", "note"),
    [
        ("13812345678/13912345678", "+8613812345678", "+8613912345678", None),
        ("13812345678、010-62781234转22", "+8613812345678", "+861062781234;ext=22", None),
        ("13812345678 13912345678", "+8613812345678", "+8613912345678", None),
        ("13812345678-13912345678", "+8613812345678", "+8613912345678", None),
        ("010 62781234 13812345678", "+861062781234", "+8613812345678", None),
        ("①13812345678②13912345678", "+8613812345678", "+8613912345678", None),
        ("021-62781234/62785678", "+862162781234", "+862162785678", None),
        ("021-62781234、62785678转22", "+862162781234", "+862162785678;ext=22", None),
        ("13812345678(老公) 13912345678(本人)", "+8613812345678", "+8613912345678", "老公 本人"),
        ("电话1：13812345678 电话2：13912345678", "+8613812345678", "+8613912345678", None),
        ("13812345678 13812345678", "+8613812345678", None, None),
        ("12345/13812345678", "+8613812345678", None, None),
        ("0755-86013388-801/802", "+8675586013388;ext=801", "+8675586013388;ext=802", None),
        ("13812345678 2", "+8613812345678", None, "2"),
        ("13812345678/张经理", "+8613812345678", None, "张经理"),
        ("张三 2号楼 13812345678", "+8613812345678", None, "张三 2号楼"),
        ("138_1234_5678", "+8613812345678", None, None),
        ("M13812345678", "+8613812345678", None, None),
        ("852-23456789", "+85223456789", None, None),
        ("138 1234 5678 9", None, None, None),
        ("QQ:12345678", None, None, "QQ:12345678"),
        ("13812345678@139.com", None, None, "13812345678@139.com"),
        ("wx_91890123456", None, None, "wx_91890123456"),
        ("王先生", None, None, "王先生"),
    ],
)
def test_several_numbers_and_notes(raw: str, value: str | None, others: str | None, note: str | None) -> None:
    answer = normalize_phone(raw, region="CN")
    assert (answer.value, answer.parts.get("others"), answer.parts.get("note")) == (value, others, note)
    assert ("several_phones" in answer.issues) == (others is not None)
    if value is not None:
        assert answer.parts["all"] == " ".join(filter(None, (value, others)))


@pytest.mark.parametrize(
    ("raw", "code", "parts"),
    [
        ("62781234", "missing_area_code", {"digits": "62781234"}),
        ("电话：6278 1234", "missing_area_code", {"digits": "62781234"}),
        ("95555", "service_number", {"digits": "95555", "kind": "service", "region": "CN"}),
        ("14012345678", "possible_phone", {"digits": "14012345678"}),
        ("1381234567", "invalid_phone", {"digits": "1381234567"}),
        ("138****8001", "masked", {"masked": "138****8001"}),
        ("+86 138xxxx8001", "masked", {"masked": "138****8001"}),
        ("138 •••• 8001", "masked", {"masked": "138****8001"}),
        ("138....8001", "masked", {"masked": "138****8001"}),
        ("138O0138OOO", "letters_for_digits", {}),
        ("1381234567l", "letters_for_digits", {"suggestion": "+8613812345671"}),
        ("O755-26781234", "letters_for_digits", {"suggestion": "+8675526781234"}),
        ("20230102", "invalid_phone", {"digits": "20230102"}),
        ("空号", "out_of_service", {"note": "空号"}),
        ("停机", "placeholder", {"note": "停机"}),
        ("1.38E+10", "spreadsheet_damage", {}),
        ("1.380013800E+10", "spreadsheet_damage", {}),
        ("13800138000", "placeholder", {"placeholder": "13800138000"}),
        ("13800138000.0", "placeholder", {"placeholder": "13800138000"}),
        ("+86 13800138000", "placeholder", {"placeholder": "13800138000"}),
        ("11111111111", "placeholder", {"placeholder": "11111111111"}),
        ("00000000", "placeholder", {"placeholder": "00000000"}),
        ("88888888", "placeholder", {"placeholder": "88888888"}),
        ("123-45678", "placeholder", {"placeholder": "12345678"}),
        ("+86 12345678901", "placeholder", {"placeholder": "8612345678901"}),
    ],
)
def test_what_gives_no_number_says_why(raw: str, code: str, parts: dict[str, str]) -> None:
    answer = normalize_phone(raw, region="CN")
    assert answer.value is None
    assert code in answer.issues
    assert dict(answer.parts) == parts


# Every clause of what a phone cell is, from several sides: cell, region, value, others, extension or note, code.
CELLS = [
    # the country code in every spelling, and in wrong ones
    ("(86)13800138001", "CN", "+8613800138001", {}),
    ("+86(138)00138001", "CN", "+8613800138001", {}),
    ("（８６）138 0013 8001", "CN", "+8613800138001", {"codes": "full_width"}),
    ("８６１３８００１３８００１", "CN", "+8613800138001", {"codes": "full_width"}),
    ("138/0013/8001", "CN", "+8613800138001", {}),
    ("086 13800138001", "CN", "+8613800138001", {}),
    ("+86+13800138001", "CN", "+8613800138001", {}),
    ("+86 0 13800138001", "CN", "+8613800138001", {}),
    ("1 3 8 0 0 1 3 8 0 0 1", "CN", "+8613800138001", {}),
    ("+-8227662213", "CN", "+8227662213", {}),
    ("86-0-10 6278 1234", None, None, {"codes": "invalid_phone"}),
    ("\u202d+86 138 0013 8001\u202c", "CN", "+8613800138001", {"codes": "control_characters"}),
    # spreadsheets
    ("1.3800138001E+010", "CN", "+8613800138001", {"codes": "spreadsheet_damage"}),
    ("8.613800138001E+12", "CN", "+8613800138001", {"codes": "spreadsheet_damage"}),
    ("+1.38E+10", "CN", None, {"codes": "spreadsheet_damage"}),
    ("1.38001E10", "CN", None, {"codes": "spreadsheet_damage"}),
    ("13,800,138,001", "CN", "+8613800138001", {"codes": "spreadsheet_damage"}),
    ("13,800,138,001.00", "CN", "+8613800138001", {"codes": "spreadsheet_damage"}),
    ('="138"&"00138001"', "CN", "+8613800138001", {"codes": "spreadsheet_damage"}),
    ("=+8613800138001", "CN", "+8613800138001", {"codes": "spreadsheet_damage"}),
    ("1062781234.0", "CN", "+861062781234", {"codes": "spreadsheet_damage"}),
    # landlines
    ("10-62781234", "CN", "+861062781234", {}),
    ("+86(0)1062781234", "CN", "+861062781234", {}),
    ("0086(0)10 62781234", "CN", "+861062781234", {}),
    ("010|62781234", "CN", "+861062781234", {}),
    ("010\\62781234", "CN", "+861062781234", {}),
    ("010一62781234", "CN", "+861062781234", {}),
    ("0571-8765432", "CN", None, {"codes": "invalid_phone"}),
    # extensions
    ("010-62781234,8001", "CN", "+861062781234;ext=8001", {"codes": "extension"}),
    ("010-62781234p8001", "CN", "+861062781234;ext=8001", {"codes": "extension"}),
    ("415-555-2671w12", "US", "+14155552671;ext=12", {"codes": "extension"}),
    ("415-555-2671,,2#", "US", "+14155552671;ext=2", {"codes": "extension"}),
    ("010-62781234(8001)", "CN", "+861062781234;ext=8001", {"codes": "extension"}),
    ("010-62781234 轉分機 8001", "CN", "+861062781234;ext=8001", {"codes": "extension"}),
    ("010-62781234拨8001", "CN", "+861062781234;ext=8001", {"codes": "extension"}),
    ("03-1234-5678（内線123）", "JP", "+81312345678;ext=123", {"codes": "full_width extension"}),
    ("030/901820 App. 12", "DE", "+4930901820;ext=12", {"codes": "extension"}),
    ("01.42.68.53.00 poste 12", "FR", "+33142685300;ext=12", {"codes": "extension"}),
    ("13800138001, 2号楼", "CN", "+8613800138001", {"note": "2号楼", "codes": "annotation_removed"}),
    ("13800138001 (2024年)", "CN", "+8613800138001", {"note": "2024 年", "codes": "annotation_removed"}),
    ("010-62781234转801、802", "CN", "+861062781234;ext=801", {"others": "+861062781234;ext=802"}),
    ("010-62781234转8001/8002/8003", "CN", "+861062781234;ext=8001", {"extension": "8001"}),
    # virtual numbers
    ("17012345678,1234", "CN", "+8617012345678;ext=1234", {"kind": "virtual", "codes": "virtual_number"}),
    ("13800138001[1234]", "CN", "+8613800138001;ext=1234", {"kind": "virtual", "codes": "virtual_number"}),
    ("13800138001-1", "CN", "+8613800138001", {"note": "1", "codes": "annotation_removed"}),
    ("95013123456转12", "CN", "+8695013123456;ext=12", {"kind": "virtual", "codes": "virtual_number"}),
    ("950131234567890转123", "CN", None, {"kind": "virtual", "extension": "123", "codes": "virtual_number"}),
    # service numbers
    ("+86 95555", "CN", None, {"kind": "service", "digits": "95555", "codes": "service_number"}),
    ("95555转1", "CN", None, {"kind": "service", "digits": "95555", "extension": "1", "codes": "service_number"}),
    ("95555-1", "CN", None, {"kind": "service", "digits": "95555", "extension": "1", "codes": "service_number"}),
    ("客服12580", "CN", None, {"kind": "service", "note": "客服", "codes": "service_number"}),
    ("967890", "CN", None, {"kind": "service", "codes": "service_number"}),
    ("100080", "CN", None, {"kind": None, "codes": "invalid_phone"}),
    ("10106060", "CN", "+8610106060", {"kind": "shared_cost", "codes": ""}),
    ("400-6123-456#1", "CN", "+864006123456;ext=1", {"kind": "shared_cost", "codes": "extension"}),
    # several numbers, and those that give only their last digits
    ("13800138001|13900139002", "CN", "+8613800138001", {"others": "+8613900139002", "codes": "several_phones"}),
    ("13800138001或13900139002", "CN", "+8613800138001", {"others": "+8613900139002", "codes": "several_phones"}),
    ("13800138001+15012345678", "CN", "+8613800138001", {"others": "+8615012345678", "codes": "several_phones"}),
    ("13800138001，13900139002", "CN", "+8613800138001", {"codes": "full_width several_phones"}),
    ("1380013800113900139002", "CN", "+8613800138001", {"others": "+8613900139002", "codes": "several_phones"}),
    ("(1)13800138001(2)13900139002", "CN", "+8613800138001", {"others": "+8613900139002"}),
    ("13800138001\\n13900139002", "CN", "+8613800138001", {"others": "+8613900139002", "note": None}),
    ("415-555-2671 or 415-555-2672", "US", "+14155552671", {"others": "+14155552672", "codes": "several_phones"}),
    ("010-62345678/79", "CN", "+861062345678", {"others": "+861062345679", "codes": "several_phones completed_phone"}),
    ("010-62345678、79、80", "CN", "+861062345678", {"others": "+861062345679 +861062345680"}),
    ("010-62345678~80", "CN", "+861062345678", {"others": "+861062345680"}),
    ("010-62345678 / 89", "CN", "+861062345678", {"others": "+861062345689"}),
    ("010-62345678/35/36 转 8001", "CN", "+861062345678", {"others": "+861062345635 +861062345636;ext=8001"}),
    ("13800138001/8002", "CN", "+8613800138001", {"others": "+8613800138002"}),
    ("020 7946 0958 / 0959", "GB", "+442079460958", {"others": "+442079460959"}),
    ("02-2345-6789~90", "TW", "+886223456789", {"others": "+886223456790"}),
    ("13800138001/2024年", "CN", "+8613800138001", {"others": None}),
    # names and notes
    ("张三13800138001李四13900139002", "CN", "+8613800138001", {"others": "+8613900139002", "note": "张三 李四"}),
    ("爸：13800138001,妈：13900139002", "CN", "+8613800138001", {"others": "+8613900139002", "note": "爸 妈"}),
    ("WhatsApp +8613800138001", "CN", "+8613800138001", {"note": None, "codes": "annotation_removed"}),
    ("V13800138001", "CN", "+8613800138001", {"note": None, "codes": "annotation_removed"}),
    ("John 415-555-2671", "US", "+14155552671", {"note": "John", "codes": "annotation_removed"}),
    ("415-555-2671 ask for C", "US", "+14155552671", {"note": "ask for C", "codes": "annotation_removed"}),
    ("13800138001 8点后", "CN", "+8613800138001", {"note": "8 点后", "codes": "annotation_removed"}),
    ("QQ:123456789 13800138001", "CN", "+8613800138001", {"note": "QQ:123456789", "codes": "annotation_removed"}),
    ("邮编100080 010-62781234", "CN", "+861062781234", {"note": "邮编100080", "codes": "annotation_removed"}),
    ("2024-01-15 13800138001", "CN", "+8613800138001", {"note": "2024-01-15", "codes": "annotation_removed"}),
    ("2024-01-15", "CN", None, {"note": "2024-01-15", "codes": "invalid_phone"}),
    ("微信号abc123 电话13800138001", "CN", "+8613800138001", {"note": "微信号abc123", "codes": "annotation_removed"}),
    ("张三_13800138001", "CN", "+8613800138001", {"note": "张三", "codes": "annotation_removed"}),
    ("无电话", "CN", None, {"codes": "placeholder"}),
    # letters and Han digits
    ("13800138O01转1234", "CN", None, {"codes": "letters_for_digits"}),
    ("1380013B001", "CN", None, {"codes": "letters_for_digits"}),
    ("0lO-62781234", "CN", None, {"codes": "letters_for_digits"}),
    ("415-555-OOOO", "US", None, {"codes": "letters_for_digits"}),
    ("138〇〇138001", "CN", "+8613800138001", {"codes": ""}),
    ("一三八零零一三八零零一", "CN", "+8613800138001", {"codes": ""}),
    ("传真:010-62781234", "CN", "+861062781234", {"fax": "+861062781234", "note": "传真"}),
    ("Fax: 010-62781234", "CN", "+861062781234", {"codes": "annotation_removed fax_number", "note": "Fax"}),
    ("010-62781234(傳真)", "CN", "+861062781234", {"fax": "+861062781234", "note": "傳真"}),
    ("Tel/Fax:010-62781234", "CN", "+861062781234", {"fax": None, "note": "Fax"}),
    ("传真010-62781235 电话010-62781234", "CN", "+861062781234", {"others": "+861062781235", "fax": "+861062781235"}),
    ("电话010-62781234 传真010-62781235", "CN", "+861062781234", {"others": "+861062781235", "fax": "+861062781235"}),
    ("传真13912345678", "CN", "+8613912345678", {"fax": "+8613912345678"}),
    ("微信:13912345678", "CN", "+8613912345678", {"note": "微信"}),
    ("010-62781234-8001-8002", "CN", "+861062781234;ext=8001", {"others": "+861062781234;ext=8002"}),
    ("400-810-8888-1-2", "CN", "+864008108888;ext=12", {"others": None}),
    ("(021)62781234(022)62781234", "CN", "+862162781234", {"others": "+862262781234"}),
    ("010-62781234 9:00-18:00", "CN", "+861062781234", {"note": "9:00-18:00"}),
    ("13912345678 工作时间9:00~18:00", "CN", "+8613912345678", {"note": "工作时间9:00-18:00"}),
    ("010-95588", "CN", "+861095588", {"kind": "service", "codes": "service_number", "area": "010"}),
    ("010-62785588", "CN", "+861062785588", {"kind": "fixed_line", "codes": ""}),
    ("+8613912345678x12", "CN", "+8613912345678;ext=12", {"kind": "virtual", "note": None}),
    ("13912345678*5", "CN", "+8613912345678;ext=5", {"kind": "virtual", "note": None}),
    ("13912345678(停机)", "CN", "+8613912345678", {"codes": "annotation_removed out_of_service", "note": "停机"}),
    ("张三 13800138001", "CN", "+8613800138001", {"note": "张三", "codes": "annotation_removed"}),
    ("1-800-GOT-JUNK", "US", "+18004685865", {"kind": "toll_free"}),
    # masked
    ("0086138****8001", "CN", None, {"masked": "138****8001", "codes": "masked"}),
    ("138××××8001", "CN", None, {"masked": "138****8001", "codes": "masked"}),
    ("138____8001", "CN", None, {"masked": "138****8001", "codes": "masked"}),
    ("138某某某某8001", "CN", None, {"masked": "138****8001", "codes": "masked"}),
    ("1380013800*", "CN", None, {"masked": "1380013800*", "codes": "masked"}),
    ("138****8001、139****9002", "CN", None, {"masked": "138****8001 139****9002", "codes": "masked"}),
    ("138****8001-1234", "CN", None, {"masked": "138****8001", "codes": "masked"}),
    ("138****8001/13900139002", "CN", "+8613900139002", {"masked": "138****8001", "codes": "masked"}),
    ("13800138001 **", "CN", "+8613800138001", {"masked": None, "codes": ""}),
    # numbers that fill the box, and are valid: flagged, and met by no other record
    ("13800000000", "CN", "+8613800000000", {"all": None, "codes": "placeholder"}),
    ("010-12345678", "CN", "+861012345678", {"all": None, "codes": "placeholder"}),
    ("400-123-4567", "CN", "+864001234567", {"all": None, "codes": "placeholder"}),
    ("01 23 45 67 89", "FR", "+33123456789", {"all": None, "codes": "placeholder"}),
    ("13800000000/13912345678", "CN", "+8613912345678", {"all": "+8613912345678", "codes": "placeholder"}),
    ("860-1234", "PA", "+5078601234", {"codes": ""}),
    # neighbors in mainland style, other countries' habits
    ("00852-23456789", "CN", "+85223456789", {}),
    ("85291234567", "CN", "+85291234567", {}),
    ("886-2-2345-6789", "CN", "+886223456789", {}),
    ("886912345678", "CN", "+886912345678", {}),
    ("(853) 2882 1234", "CN", "+85328821234", {}),
    ("(0xx11) 98765-4321", "BR", "+5511987654321", {}),
    ("0 15 11 98765-4321", "BR", "+5511987654321", {}),
    ("044 55 1234 5678", "MX", "+525512345678", {}),
    ("01 800 123 4567", "MX", "+528001234567", {}),
    ("011 15-3456-7890", "AR", "+5491134567890", {}),
    ("098765 43211", "IN", "+919876543211", {}),
    ("900-555-1234", "US", "+19005551234", {"kind": "premium"}),
    ("07012345678", "GB", "+447012345678", {"kind": "personal"}),
    ("07640123456", "GB", "+447640123456", {"kind": "pager"}),
    # what is no number for phonenumbers, and is not made one by dropping digits
    ("(268) 464-1234", "BW", None, {"others": None}),
    ("1482 3198843314", "CN", None, {"codes": "invalid_phone"}),
    ("(684) 622-1234", "DZ", None, {"codes": "invalid_phone"}),
    ("+221 884 12634 56", "CN", None, {"codes": "invalid_phone"}),
    ("0-04705742", "DO", None, {}),
]


@pytest.mark.parametrize(("raw", "region", "value", "more"), CELLS)
def test_cells(raw: str, region: str | None, value: str | None, more: dict[str, str | None]) -> None:
    answer = normalize_phone(raw, region=region)
    said = {"codes": " ".join(answer.issues), **{k: answer.parts.get(k) for k in more if k != "codes"}}
    assert (answer.value, {k: said[k] for k in more}) == (value, more)


def test_numbers_that_people_pay_for_are_not_placeholders() -> None:
    for raw in ("13888888888", "010-88888888", "0571-87654321"):
        assert normalize_phone(raw, region="CN").value is not None


def test_a_placeholder_gives_way_to_a_number() -> None:
    answer = normalize_phone("13800138000/13912345678", region="CN")
    assert (answer.value, answer.parts.get("others")) == ("+8613912345678", None)
    assert "placeholder" in answer.issues


@pytest.mark.parametrize(
    "raw", ["13512345678-9100", "13512345678转9100", "135-1234-5678 分机 9100", "+8613512345678;ext=9100"]
)
def test_a_relay_number_is_never_the_bare_number(raw: str) -> None:
    answer = normalize_phone(raw, region="CN")
    assert answer.value == "+8613512345678;ext=9100"
    assert (answer.parts["kind"], answer.parts["extension"]) == ("virtual", "9100")
    assert answer.issues == ("virtual_number",)
    assert answer.value != normalize_phone("13512345678", region="CN").value


def test_spreadsheet_damage_that_can_be_undone() -> None:
    for raw in ("13912345678.0", "1.3912345678E+10", "'13912345678", '="13912345678"', "`13912345678`"):
        answer = normalize_phone(raw, region="CN")
        assert answer.value == "+8613912345678"
        assert "spreadsheet_damage" in answer.issues


def test_parts_of_a_landline() -> None:
    assert dict(normalize_phone("028-8765 4321转8001", region="CN").parts) == {
        "e164": "+862887654321",
        "national": "2887654321",
        "kind": "fixed_line",
        "region": "CN",
        "all": "+862887654321;ext=8001",
        "area": "028",
        "city": "成都市 眉山市 资阳市",
        "extension": "8001",
    }


def test_only_numbers_with_a_country_code_without_a_region() -> None:
    assert normalize_phone("13812345678", region=None).value is None
    for raw in ("+86 13812345678", "0086 138 1234 5678", "8613812345678"):
        assert normalize_phone(raw, region=None).value == "+8613812345678"
    assert normalize_phone("+1 (212) 736-5000", region=None).value == "+12127365000"


def test_a_wrong_region_is_a_wrong_declaration() -> None:
    assert region_fault("CN") is None
    assert region_fault("US") is None
    assert region_fault(None) is None
    for wrong, meant in (("cn", "CN"), ("China", "CN"), ("86", "CN"), ("+44", "GB"), ("UK", "GB"), ("XX", None)):
        fault = region_fault(wrong)
        assert fault is not None
        assert meant is None or f"Did you mean {meant!r}?" in fault
        with pytest.raises(ConfigError):
            normalize_phone(None, region=wrong)


# ------------------------------------------------------------------------------------------------- phonenumbers' answer

_KINDS = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "fixed_line",
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    phonenumbers.PhoneNumberType.TOLL_FREE: "toll_free",
    phonenumbers.PhoneNumberType.SHARED_COST: "shared_cost",
    phonenumbers.PhoneNumberType.VOIP: "voip",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium",
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER: "personal",
    phonenumbers.PhoneNumberType.PAGER: "pager",
    phonenumbers.PhoneNumberType.UAN: "service",
    phonenumbers.PhoneNumberType.VOICEMAIL: "service",
}


def oracle(text: str, region: str | None) -> tuple[str, str, str, str] | None:
    """phonenumbers, called as its manual says."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    national = phonenumbers.national_significant_number(number)
    kind = _KINDS.get(phonenumbers.number_type(number), "unknown")
    country = phonenumbers.region_code_for_number(number)
    if country == "CN" and kind == "fixed_line" and _SERVICE_OF_AREA.match(national):
        kind = "service"  # the one thing told apart further: 010-95588 is a hotline
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), national, kind, country


def test_every_region_s_example_numbers_are_phonenumbers_own_answer() -> None:
    types = sorted(phonenumbers.PhoneNumberType.values())
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for example_number in filter(None, (phonenumbers.example_number_for_type(region, t) for t in types)):
            for form in range(3):
                text = phonenumbers.format_number(example_number, form)
                expected = oracle(text, region)
                got = resolve(text, region)
                assert (got and got[:4]) == expected, (text, region)
                answer = normalize_phone(text, region=region)
                assert answer.value == (expected and expected[0]), (text, region)
                assert normalize_phone(answer.value, region=region).value == answer.value


@settings(max_examples=600, deadline=None)
@given(
    st.one_of(
        st.from_regex(r"1[3-9][0-9]{8,10}", fullmatch=True),
        st.from_regex(r"(0|86|\+86|0086|\+860)?[1-9][0-9]{5,12}", fullmatch=True),
        st.from_regex(r"(400|800|95|96|10|1010|010|02[0-9]|0[3-9][0-9]{2})[- ]?[0-9]{3,9}", fullmatch=True),
        st.from_regex(r"[+(]?[0-9][0-9 ()-]{3,18}[0-9]", fullmatch=True),
    )
)
@example("17950013812345678")
@example("01012345678")
@example("10106278")
def test_the_chinese_fast_path_is_phonenumbers_own_answer(text: str) -> None:
    got = resolve(text, "CN")
    assert (got and got[:4]) == oracle(text, "CN")


def test_the_chinese_tables_on_every_prefix_and_area_code() -> None:
    for prefix in range(100, 2000):
        for tail in ("12345678", "1234567", "123456789", "00000000"):
            text = f"{prefix}{tail}"
            got = resolve(text, "CN")
            assert (got and got[:4]) == oracle(text, "CN"), text
    for row in read_table("area_codes_cn.csv"):
        for local in ("2345678", "87654321", "5432109", "9123456", "12345678", "23456789", "234567", "234567890"):
            text = f"{row['area_code']}-{local}"
            got = resolve(text, "CN")
            assert (got and got[:4]) == oracle(text, "CN"), text


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"[+(]?[0-9][0-9 ()./-]{4,18}[0-9]", fullmatch=True),
    st.sampled_from(["US", "GB", "DE", "HK", "JP", "IT", "SG", None]),
)
def test_compiled_plans_are_phonenumbers_own_answer(text: str, region: str | None) -> None:
    got = by_library(text, region)
    assert (got and got[:4]) == oracle(text, region)


@settings(max_examples=400, deadline=None)
@given(
    st.from_regex(r"\+?1?[ .-]?\(?[2-9][0-9]{2}\)?[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{3,4}", fullmatch=True)
    | st.from_regex(r"(\+|00|011)?(1|1)?[0-9]{9,11}", fullmatch=True)
)
def test_the_american_fast_path_is_phonenumbers_own_answer(text: str) -> None:
    got = resolve(text, "US")
    assert (got and got[:4]) == oracle(text, "US")


def test_the_prefix_table_is_phonenumbers_own() -> None:
    for prefix in range(10_000, 20_000):
        for tail in ("000000", "499999", "999999"):
            national = f"{prefix}{tail}"
            number = phonenumbers.PhoneNumber(country_code=86, national_number=int(national))
            known = re.match(CN_MOBILE, national) is not None
            valid = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
            assert valid or not known, national
            assert known or not valid or prefix // 10 in (1610, 1740), national


def test_no_leading_digits_are_longer_than_the_numbering_plans_look() -> None:
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        for plan in numbering_plans._plans(code):
            if plan.leading is not None:
                longest = re.sub(r"\[[^]]*\]", "0", plan.leading.pattern).replace("(?:", "|").replace(")", "|")
                assert max(map(len, longest.split("|"))) <= numbering_plans._LEADING


# ---------------------------------------------------------------------------------------------------------------- laws

_CELLS = st.one_of(
    st.text(max_size=40),
    st.text(
        st.sampled_from("0123456789" * 3 + "+-() /.,;:转分机ext#*xX手机张()（）·'\"=E|OolI①１２\u200b\ud800\x00😀"),
        max_size=30,
    ),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "电话:", "+86", "0", "张三 ", "=", "("]),
        st.sampled_from(
            ["13812345678", "010-62781234", "0571 8765432", "4008108888", "+12127365000", "62781234", "1.38E+10"]
        ),
        st.sampled_from(["", "转8001", "-9100", "/13912345678", " 王先生", ";ext=7", ".0", "x12", " 8", "****"]),
    ),
)


def long_way(value: str, region: str | None) -> Normalized:
    """The kernel without its fast paths."""
    text, issues = clean(digits_only(unmistakable(value)))
    return Normalized(None, issues=issues) if text is None else phones._read_long(text, issues, region)


_MOBILE = st.sampled_from(
    [
        "13812345678",
        "13800138000",
        "13800000000",
        "17401234567",
        "14912345678",
        "138 1234 5678",
        "138-1234-5678",
        "138-1234 5678",
        "１３８１２３４５６７８",
        "010-62781234",
        "(0571) 8765 4321",
        "0312-3456789",
        "22222222222",
        "4008108888",
        "400 810 8888",
        "8001234567",
    ]
)


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from(
        [
            "",
            "",
            "",
            "+86",
            "86",
            "0086-",
            "(86)",
            "（+86）",
            "（010）",
            "0755-",
            "手机：",
            "张三 ",
            "Tel:",
            "M ",
            "'",
            "=",
            '="',
            "(",
        ]
    )
    | st.text(st.sampled_from("张李王三一联电:话： ()（）,.AabtTMmxX某QqO扣\u3000"), max_size=5),
    _MOBILE,
    st.sampled_from(
        ["", "", "", ".0", ".00", "'", '"', ")", "转12", "-12", "-123", " ext.7", ",12", "/", "、", " ", "，", "; "]
    )
    | st.text(st.sampled_from("张李王三一同微信号: ()（）,.。AabxX某Oq@_\u3000"), max_size=5),
    st.just("") | _MOBILE,
    st.sampled_from(["CN", "CN", "CN", "US", None]),
)
def test_the_fast_paths_are_the_long_way(front: str, first: str, between: str, second: str, region: str | None) -> None:
    value = f"{front}{first}{between}{second}"
    assert normalize_phone(value, region=region) == long_way(value, region)


@settings(max_examples=300, deadline=None)
@given(_CELLS, st.sampled_from(["CN", "US", None]))
def test_laws(value: str, region: str | None) -> None:
    answer = normalize_phone(value, region=region)
    assert set(answer.issues) <= set(ISSUES)
    assert len(set(answer.issues)) == len(answer.issues)
    again = normalize_phone(answer.value, region=region)
    assert again.value == answer.value
    for key in ("e164", "national", "kind", "region", "area", "city", "extension"):
        assert again.parts.get(key) == (answer.parts.get(key) if answer.value else None)
    if value:  # the fast paths are the long way, shortened
        assert long_way(value, region) == answer


@pytest.mark.parametrize(
    "unit", ["1", "1 ", "(", "1-", "x1", "O0", "138****", "-1/", "转1", "13812345678 ", "+", "电话"]
)
def test_a_cell_of_any_length_is_read(unit: str) -> None:
    normalize_phone((unit * 10_000)[:10_000], region="CN")
    assert normalize_phone(unit * 20_000, region="CN").issues == ("too_long",)


def test_a_common_number_loads_no_library() -> None:
    code = (
        "import sys; from crmquality.normalizer.phones import normalize_phone as f;"
        "assert f('13812345678', region='CN').value and f('010-62781234', region='CN').value;"
        "assert 'phonenumbers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
