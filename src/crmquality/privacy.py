"""Personal data that must not be shown: masked for people, pseudonyms for machines.

    mask        for a screen, a ticket, a screenshot: 138****8001. Not a protection against somebody who has other data:
                what is left may be enough to find the person.
    pseudonym   for a table that another team joins and counts: the same value has the same pseudonym, and nobody
                without the key can go back, not even by trying all eleven-digit numbers, as with a plain hash.
    redact      either of the two, on the columns of a table.

A pseudonym is still personal data (GDPR, article 4(5) and recital 26; PIPL, article 73(3), 去标识化), because the
holder of the key can try values. Keep the key apart from the table.

Sources: HMAC, RFC 2104 (1997), its section 5 for truncation to 128 bits; SHA-256, FIPS 180-4.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, Literal, TypeAlias, get_args

import polars as pl

from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.lift import lift
from crmquality.tables import Normalized, norm_column

MaskKind: TypeAlias = Literal["name", "phone", "email", "id", "address", "date", "text"]

HIDDEN: Final = "***"
"""What stands for text of any length: the length is a hint, too."""
MIN_KEY_BYTES: Final = 16
"""128 bits; RFC 2104 advises the length of the hash, 32 bytes."""
_PSEUDONYM_HEX: Final = 32
_LONGEST_PHONE: Final = 15  # digits, ITU-T E.164 (2010)

_DIGITS: Final = re.compile(r"\d(?:[ ().\-]{0,2}\d)*")
_ADDRESS: Final = re.compile(r"[^\s,;<>:@\"'()]*@([\w.\-]+)")
_HAN: Final = re.compile(r"[㐀-䶿一-鿿]")
_DIVISIONS: Final = re.compile(
    r"(?:\w{2,8}?(?:省|自治区|特别行政区))?(?:\w{1,8}?(?:市|自治州|盟|地区))?(?:\w{1,8}?(?:区|县|旗|市))?"
)


def mask(value: str | None, kind: MaskKind = "text") -> str | None:
    """A value as it may be shown to somebody who need not know it.

    Args:
        value: raw or normalized; a missing value stays missing.
        kind: what it is. "name": the first letter of a Chinese name, the initials of another. "phone": without its
            middle. "email": the first letter and the domain. "id": the first three and last four characters. "address":
            province, city and district of a Chinese one, else nothing. "date": the year. "text": nothing.

    Raises:
        ConfigError: for a kind that is not known; never for a value.

    >>> mask("138 0013 8001", "phone"), mask("+8613800138001", "phone"), mask("010-65551234", "phone")
    ('138 **** 8001', '+86138****8001', '010-****1234')
    >>> mask("lihua@qq.com", "email"), mask("110105194912311234", "id"), mask("1949-12-31", "date")
    ('l***@qq.com', '110***********1234', '1949-**-**')
    >>> mask("张伟", "name"), mask("John Smith", "name"), mask("北京市朝阳区建国路88号", "address"), mask("anything")
    ('张*', 'J*** S***', '北京市朝阳区***', '***')
    """
    masker = _MASKERS.get(kind)
    if masker is None:
        raise ConfigError(unknown("kind of mask", kind, get_args(MaskKind)))
    if not value or value.isspace():
        return value
    return masker(unicodedata.normalize("NFKC", value).strip())


def _mask_name(text: str) -> str:
    if _HAN.match(text):
        return text[0] + "*" * (len(text) - 1) if len(text) > 1 else "*"
    words = text.split()
    return " ".join(word[0] + HIDDEN if len(word) > 1 else "*" for word in words)


def _mask_phone(text: str) -> str:
    number, *extension = re.split(r"(?i)(?:;ext=|转|分机|ext\.?|x(?=\d))", text, maxsplit=1)
    shown = _DIGITS.sub(lambda found: _mask_digits(found.group()), number)
    shown = "".join("*" if c.isalpha() else c for c in shown)
    return shown + ";ext=***" if extension else shown


def _mask_digits(run: str) -> str:
    """A number with its separators: of eleven digits or more all but the four before the last four."""
    places = [i for i, c in enumerate(run) if c.isdigit()]
    n = len(places)
    tail = 4 if n >= 11 else 2 if n >= 7 else 0
    head = 3 if n > _LONGEST_PHONE else max(0, n - tail - 4) if tail else 0  # longer: two numbers, one behind the other
    shown = {*places[:head], *places[n - tail :]}
    return "".join(c if not c.isdigit() or i in shown else "*" for i, c in enumerate(run))


def _mask_email(text: str) -> str:
    found = _ADDRESS.search(text)
    if found is None:
        return HIDDEN
    local = found.group().partition("@")[0]
    return f"{local[0] if len(local) > 1 else ''}{HIDDEN}@{found.group(1)}"


def _mask_id(text: str) -> str:
    compact = "".join(c for c in text if c.isalnum())
    head, tail = (3, 4) if len(compact) >= 15 else (1, 2) if len(compact) >= 8 else (0, 0)
    return compact[:head] + "*" * (len(compact) - head - tail) + compact[len(compact) - tail :]


def _mask_address(text: str) -> str:
    found = _DIVISIONS.match(text)
    kept = found.group() if found is not None and found.end() < len(text) else ""
    return kept + HIDDEN


def _mask_date(text: str) -> str:
    year = re.match(r"\d{4}(?!\d)|\d{4}(?=\d{4}(?!\d))", text)
    start = year.end() if year is not None else 0
    return text[:start] + "".join("*" if c.isalnum() and c not in "年月日T" else c for c in text[start:])


def _mask_text(_: str) -> str:
    return HIDDEN


_MASKERS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": _mask_name,
    "phone": _mask_phone,
    "email": _mask_email,
    "id": _mask_id,
    "address": _mask_address,
    "date": _mask_date,
    "text": _mask_text,
}


def pseudonym(value: str | None, key: bytes) -> str | None:
    """A name for a value that only the holder of the key can make: HMAC-SHA256, its first 128 bits in hex.

    Equal values have equal pseudonyms, so give it the normalized value: `norm_mobile`, not `mobile`.

    Args:
        value: the value; a missing one stays missing.
        key: secret and random (`secrets.token_bytes(32)`), at least 16 bytes.

    Raises:
        ConfigError: for a key that is too short.

    >>> pseudonym("+8613800138001", b"an example, never use this one!!")
    'e538a3f4d2382005b956c2f0c34fd32e'
    """
    _check_key(key)
    if value is None:
        return None
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:_PSEUDONYM_HEX]


def _check_key(key: bytes) -> None:
    if not isinstance(key, bytes | bytearray) or len(key) < MIN_KEY_BYTES:
        raise ConfigError(f"a key needs at least {MIN_KEY_BYTES} random bytes: secrets.token_bytes(32)")


def redact(frame: object, fields: Mapping[str, MaskKind] | Iterable[str], key: bytes | None = None) -> object:
    """A table without the values of some fields: masked, or as pseudonyms where there is a key.

    What the normalizer made of a field goes with it: `norm_<field>` like the field, its parts wholly hidden (as
    pseudonyms where there is a key). Record ids, issue codes and columns not named stay as they are; the changes table
    holds values of all fields under `before` and `after`: name those.

    Args:
        frame: a table of any kind.
        fields: column -> kind of mask; or just columns, then wholly hidden. With a key the kinds do not matter.
        key: makes pseudonyms instead of masks; see `pseudonym`.

    Returns:
        A table of the same kind, the columns in question as text, missing cells still missing.

    Raises:
        SchemaError: for every field that is not a column.
        ConfigError: for kinds that are not known, or a key that is too short.

    >>> redact([{"id": 1, "mobile": "13800138001", "norm_mobile": "+8613800138001"}], {"mobile": "phone"})
    [{'id': 1, 'mobile': '138****8001', 'norm_mobile': '+86138****8001'}]
    """
    kinds: dict[str, MaskKind] = dict(fields) if isinstance(fields, Mapping) else dict.fromkeys(_names(fields), "text")
    faults = [unknown("kind of mask", k, get_args(MaskKind)) for k in kinds.values() if k not in _MASKERS]
    if faults:
        raise ConfigError(faults)
    if key is not None:
        _check_key(key)
    table, restore = to_polars(frame)
    missing = [unknown("column", c, table.columns) for c in kinds if c not in table.columns]
    if missing and table.width:
        raise SchemaError(missing)
    return restore(table.with_columns(_redacted(table[c], k, key) for c, k in _columns(table.columns, kinds).items()))


def _names(fields: Iterable[str]) -> list[str]:
    return [fields] if isinstance(fields, str) else list(fields)


def _columns(columns: Iterable[str], kinds: Mapping[str, MaskKind]) -> dict[str, MaskKind]:
    """Every column to redact: the fields, and what was made of them. Parts give away what a mask hides."""
    out: dict[str, MaskKind] = {}
    for column in columns:
        if column in kinds:
            out[column] = kinds[column]
        elif column.startswith(tuple(norm_column(f, "") for f in kinds)):
            out[column] = "text"
        for name, kind in kinds.items():
            if column == norm_column(name):
                out[column] = kind
    return out


def _redacted(column: pl.Series, kind: MaskKind, key: bytes | None) -> pl.Series:
    rule = partial(mask, kind=kind) if key is None else partial(pseudonym, key=key)
    table = lift(column, lambda value: Normalized(rule(value)), column.name, ())
    return table[norm_column(column.name)].alias(column.name)
