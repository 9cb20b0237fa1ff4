"""Schemas for the tables that everybody has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, cast

from crmquality.blocker.stage import Link
from crmquality.errors import SchemaError
from crmquality.kinds import (
    Address,
    BirthDate,
    Category,
    Code,
    Date,
    Email,
    FamilyName,
    GivenName,
    Kind,
    NationalId,
    Number,
    OrganizationName,
    PersonName,
    Phone,
    Text,
    Url,
)
from crmquality.kinds.headers import suggest_columns
from crmquality.kinds.national_id import OF_ORGANIZATIONS, OF_PERSONS
from crmquality.normalizer.categories import CategoryList
from crmquality.pipeline import Pipeline
from crmquality.schema import Schema

_PLAIN: Final[dict[str, Callable[[str], Kind]]] = {
    "BirthDate": BirthDate,
    "Category": Category,
    "Code": Code,
    "Date": lambda n: Date(n, match=False),
    "Email": Email,
    "FamilyName": FamilyName,
    "GivenName": GivenName,
    "Number": lambda n: Number(n, match=False),
    "Text": lambda n: Text(n, match=False),
    "Url": Url,
}
_CONTACTS: Final = {
    "name": "PersonName",
    "mobile": "Phone",
    "landline": "Phone",
    "email": "Email",
    "id_number": "NationalId:cn.ric",
    "gender": "Category:sex",
    "birth_date": "BirthDate",
    "company": "OrganizationName",
    "title": "Text",
    "address": "Address",
}
_ACCOUNTS: Final = {
    "company": "OrganizationName",
    "uscc": "NationalId:cn.uscc",
    "phone": "Phone",
    "email": "Email",
    "website": "Url",
    "address": "Address",
    "contact": "PersonName",
}
_SPECIAL: Final = ("record_id", "source", "created_at", "updated_at")


def contacts(*, region: str, columns: Iterable[str] | None = None, link: Link = "all") -> Pipeline:
    """A pipeline for persons.

    Args:
        region: where numbers without a country code are dialed and addresses stand, ISO 3166 alpha-2.
        columns: the headers of the table, Chinese or English, from which the schema is made (`suggest_columns`);
            without them the table has name, mobile, landline, email, id_number, gender, birth_date, company, title,
            address, with record_id, source, created_at and updated_at.
        link: "all" duplicates, those "within" a source, or "between" sources; see `Schema`.

    Raises:
        SchemaError: when no header says anything, or nothing by which duplicates could be found.

    >>> pipeline = contacts(region="CN", columns=["编号", "姓名", "手机", "列4"])
    >>> [f.field for f in pipeline.normalizer.fields]
    ['姓名', '手机']
    """
    return Pipeline.from_schema(_schema(_CONTACTS, region, columns, link, persons=True))


def accounts(*, region: str, columns: Iterable[str] | None = None, link: Link = "all") -> Pipeline:
    """A pipeline for organizations.

    Args:
        region: where numbers without a country code are dialed and addresses stand, ISO 3166 alpha-2.
        columns: the headers of the table; without them it has company, uscc, phone, email, website, address, contact,
            with record_id, source, created_at and updated_at.
        link: "all" duplicates, those "within" a source, or "between" sources; see `Schema`.

    Raises:
        SchemaError: when no header says anything, or nothing by which duplicates could be found.

    >>> pipeline = accounts(region="CN", columns=["客户编号", "公司名称", "统一社会信用代码"])
    >>> [f.field for f in pipeline.normalizer.fields]
    ['公司名称', '统一社会信用代码']
    """
    return Pipeline.from_schema(_schema(_ACCOUNTS, region, columns, link, persons=False))


def _schema(
    standard: dict[str, str], region: str, columns: Iterable[str] | None, link: Link, *, persons: bool
) -> Schema:
    columns = None if columns is None else list(columns)
    roles = {**standard, **{s: s for s in _SPECIAL}} if columns is None else suggest_columns(columns)
    special = {role: column for column, role in roles.items() if role in _SPECIAL}
    kinds = [_kind(column, role, region, persons) for column, role in roles.items() if role not in _SPECIAL]
    if not kinds:
        raise SchemaError(
            f"none of the {len(tuple(columns or ()))} headers says what its column holds; "
            "declare the columns instead: cq.Schema(cq.PersonName(...), ...)"
        )
    return Schema(
        *kinds,
        record_id=special.get("record_id", "record_id"),
        source=special.get("source"),
        created_at=special.get("created_at"),
        updated_at=special.get("updated_at"),
        link=link,
    )


def _kind(column: str, role: str, region: str, persons: bool) -> Kind:
    name, _, scheme = role.partition(":")
    if name == "Phone":
        return Phone(column, region=region)
    if name == "Address":
        return Address(column, region=region)
    if name == "NationalId":
        # the employer's code is no identity of the person, nor the contact's id of the company
        return NationalId(column, scheme=scheme, unique=scheme in (OF_PERSONS if persons else OF_ORGANIZATIONS))
    if name == "Category" and scheme:
        # what somebody agreed to says nothing about who it is
        return Category(column, mapping=cast("CategoryList", scheme), match=scheme != "boolean")
    if name == "PersonName":
        return PersonName(column, match=persons)
    if name == "OrganizationName":
        return OrganizationName(column)
    return _PLAIN[name](column)
