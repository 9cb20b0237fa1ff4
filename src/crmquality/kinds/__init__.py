"""Kinds of fields: each one column's way through the house."""

from crmquality.kinds.address import Address
from crmquality.kinds.base import Keys, Kind
from crmquality.kinds.birth_date import BirthDate, Date
from crmquality.kinds.email import Email
from crmquality.kinds.national_id import NationalId
from crmquality.kinds.organization_name import OrganizationName
from crmquality.kinds.person_name import FamilyName, GivenName, PersonName
from crmquality.kinds.phone import Phone
from crmquality.kinds.text import Category, Code, Number, Text
from crmquality.kinds.url import Url

__all__ = [
    "Address",
    "BirthDate",
    "Category",
    "Code",
    "Date",
    "Email",
    "FamilyName",
    "GivenName",
    "Keys",
    "Kind",
    "NationalId",
    "Number",
    "OrganizationName",
    "PersonName",
    "Phone",
    "Text",
    "Url",
]
