"""Identity numbers of persons and companies: one spelling, the facts a number holds, and what is wrong with it.

    scheme                 what
    cn.ric                 resident identity number (GB 11643), also of 15 digits; residence permits of residents of
                           Hong Kong, Macao and Taiwan (81, 82, 83); foreigners' permanent residence cards, old, new
    cn.passport            passports of China, Hong Kong and Macao
    cn.travel_permit       mainland travel permits: H, M and digits, or the eight digits of Taiwan
    cn.person              any of these, or an identity card of Hong Kong, Macao, Taiwan: part `kind` says which
    cn.uscc                unified social credit code (GB 32100)
    cn.org_code            organization code (GB 11714)
    cn.tax                 taxpayer number: 15 characters of old, 18 of today, 17 to 20 of self-employed persons
    cn.registration_no     business registration number of 15 digits
    cn.organization        any of these: part `kind` says which
    hk.id, mo.id, tw.id    identity cards of Hong Kong, Macao and Taiwan
    passport               passports of any country: the form only (ICAO 9303)
    bank_card, luhn        payment cards of 12 to 19 digits; whatever else ends with a Luhn digit
    iban, lei, eu.vat ...  every module of python-stdnum, by its dotted name (`us.ein`, `au.tfn`, `gb.vat`, `vatin`)

The schemes of China are our own: python-stdnum 2.2 raises KeyError for a known province with an unknown county, refuses
numbers whose division is younger than the birth, residence permits and 15 digits, and knows no authority but digits in
a credit code. What else of its answers is overruled, `identifiers_stdnum` says, with the sources.

A number whose only fault is the check digit, the birth date or the division keeps its `value`: one wrong digit is still
evidence, and whether it may stay is for the validator to say. A text that cannot be such a number has no value; what
was there is in the part `compact`. A masked or half lost number has no value either, and a part `masked` instead; a
number with letters for digits has a `suggestion`, and never that as its value.
"""

from __future__ import annotations

from functools import cache
from typing import Final, Protocol

from crmquality.errors import ConfigError, did_you_mean
from crmquality.normalizer.identifiers_cards import normalize_bank_card, normalize_luhn
from crmquality.normalizer.identifiers_cn import (
    normalize_org_code,
    normalize_organization_id,
    normalize_registration_no,
    normalize_tax_number,
    normalize_uscc,
)
from crmquality.normalizer.identifiers_documents import (
    normalize_cn_passport,
    normalize_passport,
    normalize_person_id,
    normalize_travel_permit,
)
from crmquality.normalizer.identifiers_hmt import normalize_hk_id, normalize_mo_id, normalize_tw_id
from crmquality.normalizer.identifiers_residents import normalize_ric
from crmquality.normalizer.identifiers_stdnum import is_alias, module_names, rule_of_module
from crmquality.tables import Normalized

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "annotation_removed",
    "several_identifiers",
    "invalid_length",
    "invalid_format",
    "invalid_check_digit",
    "doubtful_check_digit",
    "upgraded",
    "masked",
    "repaired",
    "letters_for_digits",
    "spreadsheet_damage",
    "unknown_region",
    "region_retired",
    "region_before_birth",
    "invalid_birth_date",
    "kind_uncertain",
    "other_scheme",
)


class _Rule(Protocol):
    def __call__(self, value: str | None, /) -> Normalized: ...


_OWN: Final[dict[str, _Rule]] = {
    "cn.ric": normalize_ric,
    "cn.passport": normalize_cn_passport,
    "cn.travel_permit": normalize_travel_permit,
    "cn.person": normalize_person_id,
    "cn.uscc": normalize_uscc,
    "cn.org_code": normalize_org_code,
    "cn.tax": normalize_tax_number,
    "cn.registration_no": normalize_registration_no,
    "cn.organization": normalize_organization_id,
    "hk.id": normalize_hk_id,
    "mo.id": normalize_mo_id,
    "tw.id": normalize_tw_id,
    "passport": normalize_passport,
    "bank_card": normalize_bank_card,
    "luhn": normalize_luhn,
}


@cache
def known_schemes() -> tuple[str, ...]:
    """Every scheme by name, sorted. Modules of python-stdnum are listed, not imported.

    >>> "cn.ric" in known_schemes(), "us.ein" in known_schemes(), "hk.id" in known_schemes()
    (True, True, True)
    """
    return tuple(sorted(module_names() | _OWN.keys()))


def scheme_fault(scheme: str) -> str | None:
    """What is wrong with the name of a scheme, one sentence, or None.

    >>> scheme_fault("cn.ric"), scheme_fault("eu.vat")
    (None, None)
    >>> (scheme_fault("cn.rics") or "").rpartition(". ")[2]
    "Did you mean 'cn.ric'?"
    """
    if scheme in _OWN or scheme in known_schemes() or is_alias(scheme):
        return None
    own = ", ".join(sorted(_OWN))
    hint = did_you_mean(scheme, known_schemes())
    return f"unknown scheme {scheme!r}; known are {own} and every module of python-stdnum by its dotted name.{hint}"


def normalize_identifier(value: str | None, *, scheme: str) -> Normalized:
    """An identity number in its canonical spelling.

    Args:
        value: the cell; labels (`身份证号:`), spaces, hyphens and full width are cleaned away.
        scheme: one of `known_schemes()`.

    Returns:
        The compact number. Parts: `key` (equal for all spellings of one identity; of a Chinese organization the
        organization code, whichever of its numbers was given), `others` (further numbers of the cell), `note` (what
        else it said); `compact`, `masked`, `placeholder`, `suggestion` where there is no value; and by scheme
        `birth_date`, `sex`, `division`, `division_status`, `org_code`, `authority`, `category`, `kind`, `passport`,
        `issue_no`, `nationality`, `country`.

    Raises:
        ConfigError: for a scheme that is not known; never for a value.

    >>> normalize_identifier("身份证：11010519491231002x", scheme="cn.ric").value
    '11010519491231002X'
    >>> normalize_identifier("gb82 west 1234 5698 7654 32", scheme="iban").value
    'GB82WEST12345698765432'
    >>> normalize_identifier("04-2103594", scheme="us.ein").value
    '042103594'
    """
    return _rule(scheme)(value)


@cache
def _rule(scheme: str) -> _Rule:
    own = _OWN.get(scheme)
    if own is not None:
        return own
    fault = scheme_fault(scheme)
    if fault is not None:
        raise ConfigError(fault)
    return rule_of_module(scheme)
