"""Rules about columns that speak of one thing: phones and places, documents and numbers, domains, consent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from functools import cache
from typing import Final

import polars as pl

from crmquality.reference import read_table
from crmquality.validator.rules import RowRule, over_distinct

YES: Final = frozenset({"true", "yes", "y", "t", "1", "on", "是", "已", "有", "√", "✓", "✔", "同意", "已同意"})
_OUT: Final = YES | {"退订", "已退订", "拒绝", "已拒绝"}
_IN: Final = YES | {"订阅", "已订阅", "接受", "已接受"}
_REGIONS_OF_PROVINCES: Final = {"香港特别行政区": "HK", "澳门特别行政区": "MO", "台湾省": "TW"}
# Countries that share a calling code (ITU E.164), so that the region of a number is not certain among them
_SHARED_CODES: Final = tuple(
    frozenset(row)
    for row in (
        (
            *("US", "CA", "PR", "DO", "JM", "BS", "BB", "TT", "AG", "AI", "BM", "DM", "GD", "GU", "KN", "KY", "LC"),
            *("MP", "MS", "AS", "SX", "TC", "VC", "VG", "VI"),
        ),
        ("GB", "GG", "IM", "JE"),
        ("RU", "KZ"),
        ("IT", "VA"),
        ("NO", "SJ"),
        ("AU", "CC", "CX"),
        ("FI", "AX"),
        ("MA", "EH"),
        ("GP", "BL", "MF"),
        ("RE", "YT"),
    )
)


class PairRule(RowRule):
    """A row rule whose answer is asked of each distinct combination of cells once."""

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """`breaks` of each row."""
        table = pl.DataFrame([column.alias(str(i)) for i, column in enumerate(cells)])
        distinct = table.unique()
        answers = pl.Series("answer", [self.breaks(row, as_of) for row in distinct.iter_rows()], dtype=pl.Boolean)
        return table.join(
            distinct.with_columns(answers), on=table.columns, how="left", nulls_equal=True, maintain_order="left"
        )["answer"]


@dataclass(frozen=True, repr=False)
class NoneOf(RowRule):
    """A column that must not hold certain values, such as the kind of a phone in a column of mobiles.

    Attributes:
        column: the column, by field or by its own name.
        values: the values that break the rule.
        field: the field that a finding names.
        code: the code of a finding.

    >>> rule = NoneOf("norm_mobile_kind", ("fixed_line",), "mobile", "landline_in_mobile")
    >>> [flag.code for flag in rule.check_record({"norm_mobile_kind": "fixed_line"}, None)]
    ['landline_in_mobile']
    """

    column: str
    values: tuple[str, ...]
    field: str
    code: str = "not_in_set"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    @property
    def about(self) -> tuple[str, str]:
        """The declared field and code."""
        return self.field, self.code

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """One of the values."""
        return cells[0].is_in(self.values)

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """One of the values."""
        return cells[0] in self.values


@dataclass(frozen=True, repr=False)
class NotSameAs(RowRule):
    """Two columns that should not hold the same value, such as the mobile and the landline.

    Attributes:
        column: one column, by field or by its own name.
        other: the other.
        field: the field that a finding names.
        code: the code of a finding.

    >>> rule = NotSameAs("mobile", "landline", "landline")
    >>> [f.code for f in rule.check_record({"norm_mobile": "+8613812345678", "norm_landline": "+8613812345678"}, None)]
    ['repeated_value']
    """

    column: str
    other: str
    field: str
    code: str = "repeated_value"

    @property
    def columns(self) -> tuple[str, ...]:
        """The two columns."""
        return self.column, self.other

    @property
    def about(self) -> tuple[str, str]:
        """The declared field and code."""
        return self.field, self.code

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Both present, and equal."""
        return cells[0] == cells[1]

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both present, and equal."""
        return cells[0] is not None and cells[0] == cells[1]


@dataclass(frozen=True, repr=False)
class PatternFor(PairRule):
    """A column whose value has a form that another column decides, such as a number by the kind of document.

    Attributes:
        by: the column that decides, by field or by its own name.
        column: the column that must have the form.
        patterns: what `by` says, lower case, to a regular expression that the whole value of `column` matches. What is
            not among them decides nothing.
        field: the field that a finding names.
        code: the code of a finding.

    >>> rule = PatternFor("id_type", "id", {"passport": "[A-Z][A-Z0-9]{8}"}, "id", "document_conflict")
    >>> [f.code for f in rule.check_record({"norm_id_type": "Passport", "norm_id": "11010519491231002X"}, None)]
    ['document_conflict']
    """

    by: str
    column: str
    patterns: Mapping[str, str] = dataclass_field(default_factory=dict)
    field: str = ""
    code: str = "conflict"

    @property
    def columns(self) -> tuple[str, ...]:
        """The two columns."""
        return self.by, self.column

    @property
    def about(self) -> tuple[str, str]:
        """The declared field and code."""
        return self.field, self.code

    def faults(self) -> list[str]:
        """Patterns that are none."""
        out = super().faults()
        for pattern in self.patterns.values():
            try:
                re.compile(pattern)
            except re.error:
                out.append("one of the patterns is no regular expression")
        return out

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both present, the form known, and the value not of it."""
        by, value = cells
        pattern = None if by is None or value is None else self.patterns.get(by.strip().casefold())
        return pattern is not None and value is not None and re.fullmatch(pattern, value) is None


@cache
def _postcodes() -> Mapping[str, tuple[str, re.Pattern[str]]]:
    """For each province and state, in lower case: the form of its country's postcodes, and how its own begin."""
    forms = {"CN": r"[0-9]{6}", "US": r"[0-9]{5}(?:-?[0-9]{4})?"}
    return {
        row["division"].casefold(): (forms[row["country"]], re.compile(row["pattern"]))
        for row in read_table("postcodes.csv")
    }


@dataclass(frozen=True, repr=False)
class PostcodeMatches(PairRule):
    """A postcode that belongs to the province (China) or the state (USA), by its first digits.

    A postcode of another form than the country's is not judged here, and no division that the list does not know.

    Attributes:
        division: the column of the province or state, by field or by its own name.
        postcode: the column of the postcode.
        field: the field that a finding names.

    >>> rule = PostcodeMatches("norm_address_province", "postcode", "postcode")
    >>> [f.code for f in rule.check_record({"norm_address_province": "北京市", "norm_postcode": "200000"}, None)]
    ['postcode_conflict']
    """

    division: str
    postcode: str
    field: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The two columns."""
        return self.division, self.postcode

    @property
    def about(self) -> tuple[str, str]:
        """`postcode_conflict` of the declared field."""
        return self.field, "postcode_conflict"

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both present and known, and not of one place."""
        division, postcode = cells
        if division is None or postcode is None:
            return False
        known = _postcodes().get(division.strip().casefold())
        return known is not None and re.fullmatch(known[0], postcode) is not None and known[1].match(postcode) is None


@dataclass(frozen=True, repr=False)
class SameCountry(PairRule):
    """A phone's country is the one of the address, where both are known.

    Attributes:
        phone: the column of the phone's region.
        country: the column of the address's country.
        province: the column of its province: one of China's says the country too.
        field: the field that a finding names.

    >>> rule = SameCountry("norm_phone_region", "norm_address_country", "norm_address_province", "phone")
    >>> record = {"norm_phone_region": "US", "norm_address_country": None, "norm_address_province": "广东省"}
    >>> [flag.code for flag in rule.check_record(record, None)]
    ['country_conflict']
    """

    phone: str
    country: str
    province: str
    field: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The three columns."""
        return self.phone, self.country, self.province

    @property
    def about(self) -> tuple[str, str]:
        """`country_conflict` of the declared field."""
        return self.field, "country_conflict"

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both known, different, and not of one calling code."""
        phone, country, province = cells
        place = country or (None if province is None else _REGIONS_OF_PROVINCES.get(province, "CN"))
        if phone is None or place is None or phone == place or len(phone) != 2 or len(place) != 2:
            return False
        return not any(phone in regions and place in regions for regions in _SHARED_CODES)


@dataclass(frozen=True, repr=False)
class SameDomain(PairRule):
    """An email at a company's own domain is at the domain of its website, or at one of the same name.

    Attributes:
        email: the column of the email's domain.
        free: the column that says "true" of free mail, which says nothing.
        site: the column of the website's registrable domain.
        name: the column of that domain's name (`acme` of acme.com.cn); missing on hosts that many share.
        field: the field that a finding names.

    >>> rule = SameDomain("norm_email_domain", "norm_email_free", "norm_website_domain", "norm_website_name", "email")
    >>> site = {"norm_website_domain": "acme.com.cn", "norm_website_name": "acme", "norm_email_free": None}
    >>> domains = ("mail.acme.com.cn", "acme.cn", "x.com")
    >>> [len(rule.check_record({**site, "norm_email_domain": d}, None)) for d in domains]
    [0, 0, 1]
    """

    email: str
    free: str
    site: str
    name: str
    field: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The four columns."""
        return self.email, self.free, self.site, self.name

    @property
    def about(self) -> tuple[str, str]:
        """`domain_conflict` of the declared field."""
        return self.field, "domain_conflict"

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both known, both somebody's own, and neither domain nor name in common."""
        email, free, site, name = cells
        if email is None or site is None or name is None or free == "true":
            return False
        return email != site and not email.endswith(f".{site}") and name not in email.split(".")


@dataclass(frozen=True, repr=False)
class NotBoth(RowRule):
    """Two questions that cannot both be answered with yes: opted out, and subscribed all the same.

    Attributes:
        column: the column that says whether the customer opted out (是, Y, 1, 退订 ...).
        other: the column that says whether the customer is contacted; a finding names it.
        code: the code of a finding.

    >>> rule = NotBoth("opt_out", "newsletter")
    >>> [(f.field, f.code) for f in rule.check_record({"norm_opt_out": "是", "norm_newsletter": "Y"}, None)]
    [('newsletter', 'consent_conflict')]
    """

    column: str
    other: str
    code: str = "consent_conflict"

    @property
    def columns(self) -> tuple[str, ...]:
        """The two columns."""
        return self.column, self.other

    @property
    def about(self) -> tuple[str, str]:
        """The declared code, of the other column."""
        return self.other, self.code

    def mask(self, cells: Sequence[pl.Series], as_of: datetime | None) -> pl.Series:
        """Both say yes."""
        left, right = (
            over_distinct(c, says, pl.Boolean()) for c, says in zip(cells, (_says_out, _says_in), strict=True)
        )
        return left & right

    def breaks(self, cells: Sequence[str | None], as_of: datetime | None) -> bool:
        """Both say yes."""
        return _says_out(cells[0]) and _says_in(cells[1])


def _says_out(cell: str | None) -> bool:
    return cell is not None and cell.strip().casefold() in _OUT


def _says_in(cell: str | None) -> bool:
    return cell is not None and cell.strip().casefold() in _IN
