"""What the fields of one record, and the records of one customer, must not say against each other.

Nor must a merge: a customer who has opted out in one system has opted out.

A schema hands its kinds over; each function here looks for kinds that belong together and answers in the validator's
rules. What a column of categories means is told by its header: sex, kind of document, consent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final, TypeVar

from crmquality.kinds.across import known_birth, residents
from crmquality.kinds.address import Address
from crmquality.kinds.base import Kind
from crmquality.kinds.birth_date import BirthDate, Date
from crmquality.kinds.email import Email
from crmquality.kinds.national_id import NationalId
from crmquality.kinds.organization_name import OrganizationName
from crmquality.kinds.person_name import FamilyName, GivenName, PersonName
from crmquality.kinds.phone import Phone
from crmquality.kinds.text import Category, Code
from crmquality.kinds.url import Url
from crmquality.merger import SurvivorshipRule
from crmquality.normalizer.categories import words_for
from crmquality.validator import (
    SEX_WORDS,
    AreaMatches,
    AsMostSay,
    Before,
    DefaultValue,
    NoneOf,
    NotBoth,
    NotInFuture,
    NotSameAs,
    OneEntityPer,
    OnePerEntity,
    PatternFor,
    PostcodeMatches,
    SameAs,
    SameCountry,
    SameDomain,
    ValidationRule,
)

KindT = TypeVar("KindT", bound=Kind)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SEX_HEADERS: Final = _words("gender sex 性别")
MOBILE_HEADERS: Final = _words(
    "mobile mobilephone mobilenumber mobileno cell cellphone cellular 手机 手机号 手机号码 移动电话"
)
LANDLINE_HEADERS: Final = _words(
    "landline landlinephone landlinenumber fixedline 座机 座机号 座机号码 固话 固定电话 固定电话号码 固话号码"
)
DOCUMENT_HEADERS: Final = _words("idtype documenttype doctype certificatetype idcardtype 证件类型 证件种类 证件类别")
POSTCODE_HEADERS: Final = _words("postcode postalcode zip zipcode 邮编 邮政编码")
OPT_OUT_HEADERS: Final = _words(
    "optout optedout hasoptedout hasoptedoutofemail donotcontact donotcall donotemail unsubscribed 退订 已退订 是否退订"
    " 免打扰 勿扰 拒绝联系 拒绝营销 是否拒绝营销"
)
CONTACTED_HEADERS: Final = _words(
    "subscribed subscribe newsletter optin optedin marketingconsent emailoptin smsoptin 订阅 已订阅 是否订阅"
    " 接受营销 是否接受营销 同意营销 营销同意"
)
CONSENT_TIME_HEADERS: Final = _words(
    "consentat consentdate consenttime consentedat consentgivenat 授权时间 授权日期 同意时间 同意日期"
)
_YES: Final = frozenset(words_for("boolean", "true"))
_NO: Final = frozenset(words_for("boolean", "false"))
_REFUSED: Final = _words("退订 已退订 拒绝 已拒绝 不同意 未同意 不允许")
_AGREED: Final = _words("订阅 已订阅 接受 已接受")
_SIGNS: Final = re.compile(r"[\W_]+")

# What a document is called, to the form of its numbers: 81 and 82 are residents of Hong Kong and Macao, 83 of Taiwan
# (State Council order of 2018), 9 are foreigners (permanent residence card of 2023).
_RESIDENT: Final = r"(?!8[123]0000)[1-8].*"
_DOCUMENTS: Final = {
    **dict.fromkeys(
        ("身份证", "居民身份证", "二代身份证", "大陆身份证", "中国居民身份证", "resident identity card"), _RESIDENT
    ),
    **dict.fromkeys(("港澳居民居住证",), r"8[12]0000.*"),
    **dict.fromkeys(("台湾居民居住证",), r"830000.*"),
    **dict.fromkeys(("港澳台居民居住证", "港澳台居住证"), r"8[123]0000.*"),
    **dict.fromkeys(("外国人永久居留身份证", "外国人永久居留证", "永久居留身份证"), r"9.*|[A-Z]{3}.*"),
}


def has_header(kind: Kind, headers: Iterable[str]) -> bool:
    """Whether a field's name is one of some headers, in any spelling.

    >>> has_header(Category("Opt_Out"), OPT_OUT_HEADERS), has_header(Category("stage"), OPT_OUT_HEADERS)
    (True, False)
    """
    return _SIGNS.sub("", kind.name).lower() in headers


def _all(kinds: Sequence[Kind], of: type[KindT], headers: Iterable[str] | None = None) -> list[KindT]:
    return [k for k in kinds if isinstance(k, of) and (headers is None or has_header(k, headers))]


def validation_rules(kinds: Sequence[Kind], created_at: str | None = None) -> tuple[ValidationRule, ...]:
    """Every rule that looks at more than one field or more than one record.

    Args:
        kinds: the fields.
        created_at: the column of the time a record was made.
    """
    makers: tuple[Callable[[Sequence[Kind]], list[ValidationRule]], ...] = (_identity, _phones, _places, _domains)
    rules = [rule for maker in makers for rule in maker(kinds)]
    return (*rules, *_consent(kinds, created_at), *_defaults(kinds), *_entities(kinds))


def _identity(kinds: Sequence[Kind]) -> list[ValidationRule]:
    """The resident id against the birth date, the sex and the kind of document."""
    rules: list[ValidationRule] = []
    for resident in residents(kinds):
        born, sex_told = resident.norm("birth_date"), resident.norm("sex")
        rules += [SameAs(k.norm(), born, k.name, "conflict_birth_date", dates=True) for k in _all(kinds, BirthDate)]
        rules += [
            SameAs(k.norm(), sex_told, k.name, "conflict_sex", words=SEX_WORDS)
            for k in _all(kinds, Category, SEX_HEADERS)
        ]
        rules += [
            PatternFor(k.norm(), resident.norm(), dict(_DOCUMENTS), resident.name, "document_conflict")
            for k in _all(kinds, Category, DOCUMENT_HEADERS)
        ]
    return rules


def _phones(kinds: Sequence[Kind]) -> list[ValidationRule]:
    """Mobiles in the column of landlines, landlines in that of mobiles, and one number in both."""
    mobiles, landlines = _all(kinds, Phone, MOBILE_HEADERS), _all(kinds, Phone, LANDLINE_HEADERS)
    no_mobiles = ("fixed_line", "service", "shared_cost", "toll_free", "premium")
    rules: list[ValidationRule] = [NoneOf(p.norm("kind"), no_mobiles, p.name, "landline_in_mobile") for p in mobiles]
    rules += [NoneOf(p.norm("kind"), ("mobile", "virtual"), p.name, "mobile_in_landline") for p in landlines]
    rules += [NotSameAs(a.name, b.name, b.name) for a, b in combinations(_all(kinds, Phone), 2)]
    return rules


def _places(kinds: Sequence[Kind]) -> list[ValidationRule]:
    """The phone's area and country and the postcode against the address."""
    addresses = _all(kinds, Address)
    rules: list[ValidationRule] = []
    for home in addresses[:1]:
        for phone in _all(kinds, Phone):
            rules.append(AreaMatches(phone.norm("city"), home.norm("city"), phone.name))
            rules.append(SameCountry(phone.norm("region"), home.norm("country"), home.norm("province"), phone.name))
        for code in _all(kinds, Code, POSTCODE_HEADERS):
            rules += [PostcodeMatches(home.norm(part), code.norm(), code.name) for part in ("province", "state")]
    for home in addresses:
        rules += [PostcodeMatches(home.norm(part), home.norm("postcode"), home.name) for part in ("province", "state")]
    return rules


def _domains(kinds: Sequence[Kind]) -> list[ValidationRule]:
    """The email's domain against the website and against the company that its other users give."""
    rules: list[ValidationRule] = []
    for email in _all(kinds, Email):
        domain, free = email.norm("domain"), email.norm("free")
        rules += [SameDomain(domain, free, u.norm("domain"), u.norm("name"), email.name) for u in _all(kinds, Url)]
        rules += [
            AsMostSay(domain, o.norm("trade_key"), o.name, unless=free) for o in _all(kinds, OrganizationName)[:1]
        ]
    return rules


def _consent(kinds: Sequence[Kind], created_at: str | None) -> list[ValidationRule]:
    """Opted out and contacted all the same; consent given before the record was made, or in the future."""
    rules: list[ValidationRule] = []
    outs, ins = _all(kinds, Category, OPT_OUT_HEADERS), _all(kinds, Category, CONTACTED_HEADERS)
    rules += [NotBoth(out.name, contacted.name) for out in outs for contacted in ins]
    for given in _all(kinds, Date, CONSENT_TIME_HEADERS):
        rules.append(NotInFuture(given.name))
        if created_at:
            rules.append(Before(created_at, given.name, severity="warning"))
    return rules


def survivorship_rules(kinds: Sequence[Kind]) -> tuple[SurvivorshipRule, ...]:
    """Each field's survivorship; of a consent in yes and no, which its header tells, the most restrictive wins.

    A category with words of its own says by itself which is the most restrictive.

    >>> [rule] = survivorship_rules([Category("opt_out", mapping="boolean")])
    >>> rule.order[:2], rule.restrictive
    (('valid', 'most_restrictive'), ('true', 'false'))
    """
    return tuple(_with_consent(kind).survivorship() for kind in kinds)


def _with_consent(kind: Kind) -> Kind:
    if not isinstance(kind, Category) or kind.restrictive or kind.words or kind.mapping not in (None, "boolean"):
        return kind
    coded = kind.mapping is not None
    if has_header(kind, OPT_OUT_HEADERS):
        return replace(kind, restrictive=("true", "false") if coded else _answers(_YES | _REFUSED, _NO | _AGREED))
    if has_header(kind, CONTACTED_HEADERS):
        return replace(kind, restrictive=("false", "true") if coded else _answers(_NO | _REFUSED, _YES | _AGREED))
    return kind


def _answers(restrictive: frozenset[str], permissive: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(restrictive)), tuple(sorted(permissive - restrictive))


def _defaults(kinds: Sequence[Kind]) -> list[ValidationRule]:
    """Values that far more customers share than chance explains."""
    apart = _customers(kinds)
    if not apart:
        return []
    fields: list[Kind] = [*_all(kinds, Phone), *_all(kinds, Email), *_all(kinds, NationalId), *_all(kinds, BirthDate)]
    return [DefaultValue(k.name, apart) for k in [*fields, *_all(kinds, Address)]]


def _customers(kinds: Sequence[Kind]) -> tuple[str, ...]:
    """The columns that tell one customer from another: a person's name, else a company's."""
    for name in _all(kinds, PersonName):
        if name.match:
            return (name.norm("key"),)
    names: list[Kind] = [*_all(kinds, FamilyName), *_all(kinds, GivenName)]
    if names:
        return tuple(k.norm("key") for k in names)
    return tuple(k.norm("key") for k in _all(kinds, OrganizationName)[:1])


def _entities(kinds: Sequence[Kind]) -> list[ValidationRule]:
    """What one customer has one of: a birth date, a sex, an identity number; and whose number nobody else has."""
    ids: list[NationalId | Code] = [k for k in _all(kinds, NationalId) if k.match and k.unique]
    ids += [k for k in _all(kinds, Code) if k.match and k.unique]
    rules: list[ValidationRule] = []
    for number in ids:
        rules.append(OnePerEntity(number.name, number.norm("key"), severity="error"))
        rules.append(OneEntityPer(number.name, number.norm("key")))
    known = residents(kinds)
    rules += [OnePerEntity(k.name, known_birth(k) if known else k.norm(), dates=True) for k in _all(kinds, BirthDate)]
    rules += [OnePerEntity(sex.name, sex.norm(), words=SEX_WORDS) for sex in _all(kinds, Category, SEX_HEADERS)]
    return rules
