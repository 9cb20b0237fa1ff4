"""What one would write without crmquality: the raw library of a field, as its own pages use it, its exceptions caught.

Each is made by a function without arguments that gives the call, or None where the library is not installed. They are
the baselines of `values.py` and of `values_speed.py`, in the same process as what is measured beside them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import TypeAlias

One: TypeAlias = Callable[[str], str | None]
Library: TypeAlias = Callable[[list[str]], list[str | None]]
"""Cells in, their canonical forms or None out, in order."""


def each(one: One) -> Library:
    """A library that is called cell by cell."""
    return lambda cells: [one(cell) for cell in cells]


def installed(module: str) -> ModuleType | None:
    """The module, or None. Old libraries may break on import in a new Python, which is the same to a user."""
    try:
        return import_module(module)
    except Exception:
        return None


def phones_of(region: str) -> Callable[[], Library | None]:
    """phonenumbers: parse, is_valid_number, format as E.164."""

    def make() -> Library | None:
        lib = installed("phonenumbers")
        if lib is None:
            return None

        def one(raw: str) -> str | None:
            try:
                number = lib.parse(raw, region)
            except lib.NumberParseException:
                return None
            if not lib.is_valid_number(number):
                return None
            e164: str = lib.format_number(number, lib.PhoneNumberFormat.E164)
            return f"{e164};ext={number.extension}" if number.extension else e164

        return each(one)

    return make


def emails() -> Library | None:
    """email-validator without DNS."""
    lib = installed("email_validator")
    if lib is None:
        return None

    def one(raw: str) -> str | None:
        try:
            return str(lib.validate_email(raw, check_deliverability=False).normalized)
        except lib.EmailNotValidError:
            return None

    return each(one)


def identifiers_of(module: str) -> Callable[[], Library | None]:
    """python-stdnum: compact and validate. Some of its modules crash on valid numbers, hence `Exception`."""

    def make() -> Library | None:
        lib = installed(f"stdnum.{module}")
        if lib is None:
            return None

        def one(raw: str) -> str | None:
            try:
                return str(lib.validate(lib.compact(raw)))
            except Exception:
                return None

        return each(one)

    return make


def standard_dates() -> Library | None:
    """The standard library: date.fromisoformat."""

    def one(raw: str) -> str | None:
        try:
            return dt.date.fromisoformat(raw).isoformat()
        except ValueError:
            return None

    return each(one)


def dateutil_dates() -> Library | None:
    """dateutil's parser, which fills what is not said from the default day."""
    lib = installed("dateutil.parser")
    if lib is None:
        return None
    default = dt.datetime(2000, 1, 1)

    def one(raw: str) -> str | None:
        try:
            return str(lib.parse(raw, default=default).date().isoformat())
        except (ValueError, OverflowError, TypeError):
            return None

    return each(one)


def cpca_divisions() -> Library | None:
    """cpca: province, city and district of a Chinese address, with `|` between, in its own call for a column.

    What it calls 市辖区, the only city of a municipality, is written as the truth writes it.
    """
    lib = installed("cpca")
    if lib is None:
        return None

    def library(cells: list[str]) -> list[str | None]:
        found = lib.transform(cells)
        rows = zip(found["省"], found["市"].where(found["市"] != "市辖区", found["省"]), found["区"], strict=True)
        return ["|".join(name or "" for name in row) if any(row) else None for row in rows]

    return library


def cleanco_names() -> Library | None:
    """cleanco: a company's name without its legal form."""
    lib = installed("cleanco")
    if lib is None:
        return None

    def one(raw: str) -> str | None:
        return str(lib.basename(raw)) or None

    return each(one)


def nameparser_names() -> Library | None:
    """nameparser: family and given name, in the order of their script."""
    lib = installed("nameparser")
    if lib is None:
        return None

    def one(raw: str) -> str | None:
        name = lib.HumanName(raw)
        halves = (str(name.first), str(name.last)) if raw.isascii() else (str(name.last), str(name.first))
        return (" " if raw.isascii() else "").join(half for half in halves if half) or None

    return each(one)


def pypinyin_names() -> Library | None:
    """pypinyin: the syllables of a Han name, which is the least that a key across scripts needs."""
    lib = installed("pypinyin")
    if lib is None:
        return None
    return each(lambda raw: " ".join(lib.lazy_pinyin(raw)) or None)


def usaddress_tags() -> Library | None:
    """usaddress: the words of an American address with their labels."""
    lib = installed("usaddress")
    if lib is None:
        return None
    return each(lambda raw: " ".join(word for word, _ in lib.parse(raw)) or None)
