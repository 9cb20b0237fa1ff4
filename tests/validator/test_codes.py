from __future__ import annotations

import importlib
import pkgutil

import pytest

import crmquality.normalizer
from crmquality.validator import CATALOG, IssueCodes, Validator, meaning
from crmquality.validator.codes import SEVERITIES, UNKNOWN

VOCABULARY = """
placeholder unreadable full_width control_characters mojibake traditional too_long
invalid_number invalid_url invalid_code
title_removed annotation_removed phone_in_name several_people given_name_unknown family_name_unknown order_uncertain
not_a_person legal_form_unknown only_generic branch
invalid_phone possible_phone missing_area_code several_phones spreadsheet_damage letters_for_digits masked
virtual_number extension
invalid_email repaired several_emails display_name_removed domain_typo role_address disposable_domain
ambiguous_division retired_division filled_division division_unknown division_conflict postcode_in_address
invalid_length invalid_format invalid_check_digit upgraded unknown_region invalid_birth_date region_retired
invalid_date ambiguous_order incomplete_date two_digit_year time_dropped calendar_converted
required_missing any_of_missing pattern_mismatch not_in_set out_of_range conflict conflict_birth_date conflict_sex
in_future order_violation area_conflict shared_value duplicate_value stale
"""


def test_the_catalog_holds_every_code_of_the_shared_vocabulary() -> None:
    assert sorted(set(VOCABULARY.split()) - set(CATALOG)) == []


@pytest.mark.parametrize("name", [m.name for m in pkgutil.iter_modules(crmquality.normalizer.__path__)])
def test_the_catalog_holds_every_code_that_a_kernel_can_give(name: str) -> None:
    module = importlib.import_module(f"crmquality.normalizer.{name}")
    assert sorted(set(getattr(module, "ISSUES", ())) - set(CATALOG)) == []


@pytest.mark.parametrize("code", sorted(CATALOG))
def test_every_code_says_what_is_wrong_in_two_languages_and_what_to_do(code: str) -> None:
    known = CATALOG[code]
    assert known.severity in SEVERITIES
    assert known.message.endswith(".")
    assert known.suggestion.endswith(".")
    assert known.message.isascii()
    assert known.message_zh.endswith("。")
    assert any("\u4e00" <= c <= "\u9fff" for c in known.message_zh)
    assert len(known.message) <= 120
    assert known.suggestion_zh.endswith("。")
    assert any("\u4e00" <= c <= "\u9fff" for c in known.suggestion_zh)
    assert (known.suggestion == "Nothing to do.") == (known.suggestion_zh == "无需处理。")


def test_no_two_codes_say_the_same() -> None:
    assert len({m.message for m in CATALOG.values()}) == len(CATALOG)
    assert len({m.message_zh for m in CATALOG.values()}) == len(CATALOG)


def test_an_unknown_code_of_a_callers_kernel_is_an_info() -> None:
    assert meaning("of_my_own") is UNKNOWN
    (finding,) = Validator((IssueCodes("x"),)).validate_record({"issues_x": "of_my_own"})
    assert (finding.code, finding.severity, finding.message) == ("of_my_own", "info", UNKNOWN.message)


def test_the_catalog_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CATALOG["placeholder"] = UNKNOWN  # type: ignore[index]
