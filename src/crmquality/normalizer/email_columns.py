"""Emails as a column: plain addresses in column expressions, equal to `normalize_email` on each.

What a domain means is asked once per distinct domain, of the same function as the kernel asks; what its local part
means is a few look-ups and patterns on the whole column. Whatever could be a filled box, a masked address, an office
with a number or a place, or anything that is no plain ASCII address is left to the kernel.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import polars as pl

from crmquality.normalizer.email_domains import COUNTS, Domain, domain_of, filler_locals
from crmquality.normalizer.email_frames import framed_emails
from crmquality.normalizer.email_mailboxes import (
    CARRIERS,
    MOBILE_TOO,
    OF_OFFICE,
    QQ_DOMAINS,
    RFC_2142,
    UNATTENDED,
    roles,
)

__all__ = ["normalize_email_column"]

# The kernel's dot-atom without what the kernel looks at twice: stars, slashes, signs of spreadsheets in front.
_PLAIN: Final = (
    r"\A([A-Za-z0-9!#$%&+\-?^_{|}~][A-Za-z0-9!#$%&'+\-=?^_`{|}~]*(?:\.[A-Za-z0-9!#$%&'+\-=?^_`{|}~]+)*)"
    r"@([A-Za-z0-9.\-]{1,253})\z"
)
_LOCAL: Final = pl.col("local")
_CODES: Final = ("domain_typo", "local_typo", "disposable_domain", "role_address", "no_reply_address")
_MOBILE: Final = r"\A1[3-9][0-9]{9}\z"
# Mobile prefixes that are surely in service; the kernel asks phonenumbers about others.
_MOBILE_KNOWN: Final = r"\A1(?:[38][0-9]|5[0-35-9])[0-9]{8}\z"
_DOUBTFUL_AT_CARRIER: Final = r"\A13800138000\z|00000000\z|\A(?:12345|01234|98765|87654)"
_ONE_DIGIT: Final = r"\A(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)\z"
_MOST_LOCAL: Final = 64
_MOST: Final = 254


def normalize_email_column(values: pl.Series) -> pl.DataFrame:
    """`normalize_email` of many distinct values at once, where they are plain addresses.

    Args:
        values: distinct texts, none missing.

    Returns:
        A row for each, in order: `known`, whether this form answers; `value`, `issues` and a column per part.

    >>> import polars as pl
    >>> told = normalize_email_column(pl.Series(["Z.San@Gmail.com", "2345671@qq.com", "张三 (zhang)"]))
    >>> told.select("known", "value", "mailbox", "qq").rows()[:2]
    [(True, 'Z.San@gmail.com', 'zsan@gmail.com', None), (True, '2345671@qq.com', '2345671@qq.com', '2345671')]
    >>> told["known"].to_list()
    [True, True, False]
    """
    told = _plain(values)
    if told["known"].all():
        return told
    framed = framed_emails(values.filter(~told["known"]), _plain)
    known = pl.lit(value=True).alias("known")
    rows = [told.with_columns(values.alias("v")).filter("known"), framed.with_columns(known)]
    together = (
        values.alias("v").to_frame().join(pl.concat(rows, how="diagonal"), on="v", how="left", maintain_order="left")
    )
    return together.select(pl.col("known").fill_null(value=False), pl.exclude("v", "known"))


def _plain(values: pl.Series) -> pl.DataFrame:
    """Bare addresses."""
    side = pl.col("v").str
    sides = (
        values.alias("v").to_frame().select(side.extract(_PLAIN, 1).alias("own"), side.extract(_PLAIN, 2).alias("host"))
    )
    hosts = _hosts(sides["host"].drop_nulls().unique())
    frame = sides.join(hosts, on="host", how="left", maintain_order="left").with_columns(
        pl.col("own").str.to_lowercase().alias("local")
    )
    digits = _LOCAL.str.contains(r"\A[0-9]+\z")
    frame = frame.with_columns(
        pl.when(_LOCAL.is_in(sorted(RFC_2142))).then(_LOCAL).otherwise(pl.col("own")).alias("own"),
        _LOCAL.is_in(sorted(roles())).alias("is_role"),
        _LOCAL.str.len_bytes().alias("bytes"),
        (digits & pl.col("free")).alias("number"),
        (pl.col("free") & _LOCAL.str.starts_with("www.") & (_LOCAL.str.len_bytes() > 6)).alias("www"),
    )
    if frame["number"].any():
        frame = frame.with_columns((pl.col("number") & _LOCAL.str.contains(_MOBILE)).alias("is_mobile"))
    else:
        frame = frame.with_columns(pl.lit(value=False).alias("is_mobile"))
    frame = frame.with_columns(_known().alias("known"), *_parts())
    issues = [pl.when(c).then(pl.lit(code)) for code, c in zip(_CODES, _conditions(), strict=True)]
    told = pl.concat_str(issues, separator=" ", ignore_nulls=True)
    return frame.select(
        "known",
        (pl.col("own") + "@" + pl.col("name")).alias("value"),
        "local",
        pl.col("name").alias("domain"),
        "mailbox",
        "own_domain",
        "suggestion",
        _true("is_role").alias("role"),
        _true("free"),
        _true("disposable"),
        "qq",
        "mobile",
        "probable_mobile",
        pl.when(told != "").then(told).alias("issues"),
    )


def _true(column: str) -> pl.Expr:
    return pl.when(pl.col(column)).then(pl.lit("true")).alias(column)


def _hosts(hosts: pl.Series) -> pl.DataFrame:
    """What is known of each domain; those in punycode, of nobody and of fillers alone are left out."""
    found: dict[str, Domain] = {}
    for host in hosts.to_list():
        domain = domain_of(host)
        usual = domain is not None and domain.fillers is not None and domain.ascii == domain.name
        if domain is not None and usual and host[-2:-1] != ".":
            found[host] = domain
    known = found.values()
    return pl.DataFrame(
        {
            "host": pl.Series(list(found), dtype=pl.String),
            "name": pl.Series([d.name for d in known], dtype=pl.String),
            "free": pl.Series([d.free for d in known], dtype=pl.Boolean),
            "disposable": pl.Series([d.disposable for d in known], dtype=pl.Boolean),
            "same_as": pl.Series([d.same_as for d in known], dtype=pl.String),
            "ignored": pl.Series([d.ignored for d in known], dtype=pl.String),
            "plus_tag": pl.Series([d.plus_tag for d in known], dtype=pl.Boolean),
            "meant": pl.Series([d.suggestion for d in known], dtype=pl.String),
            "own_domain": pl.Series([d.own for d in known], dtype=pl.String),
            "label": pl.Series([d.label for d in known], dtype=pl.String),
            "length": pl.Series([d.length for d in known], dtype=pl.UInt32),
            "listed": pl.Series([bool((d.fillers or frozenset()) - {d.label}) for d in known], dtype=pl.Boolean),
            "qq_domain": pl.Series([d.ascii in QQ_DOMAINS for d in known], dtype=pl.Boolean),
            "carrier": pl.Series([d.ascii in CARRIERS for d in known], dtype=pl.Boolean),
            "mobile_too": pl.Series([d.ascii in MOBILE_TOO for d in known], dtype=pl.Boolean),
        }
    )


@cache
def _office_words() -> list[str]:
    """The letters that the mailbox of an office begins with."""
    return sorted({letters[0] for name in roles() | OF_OFFICE if (letters := re.match("[a-z]+", name))})


def _known() -> pl.Expr:
    """Whether the kernel surely finds an address here, and nothing about it that only the kernel looks at."""
    carrier = pl.col("carrier")
    doubtful_number = (
        (pl.col("bytes") < 5)
        | _LOCAL.is_in(sorted(COUNTS))
        | _LOCAL.str.contains(_ONE_DIGIT)
        | (carrier & _LOCAL.str.contains(_DOUBTFUL_AT_CARRIER))
        | ((carrier | pl.col("mobile_too")) & pl.col("is_mobile") & ~_LOCAL.str.contains(_MOBILE_KNOWN))
    )
    some_office = _LOCAL.str.extract(r"\A([a-z]+)[^a-z]", 1).is_in(_office_words()).fill_null(value=False)
    return (
        pl.col("name").is_not_null()
        & (pl.col("bytes") <= _MOST_LOCAL)
        & (pl.col("bytes") + pl.col("length") < _MOST)
        & ~_LOCAL.is_in(sorted(filler_locals()))
        & (pl.col("label") != _LOCAL)
        & ~pl.col("listed")
        & ~(pl.col("number") & doubtful_number)
        & (pl.col("free") | pl.col("is_role") | ~some_office)
        & pl.col("ignored").is_in(["", "."])
        & ~(pl.col("plus_tag") & _LOCAL.str.contains("+", literal=True))
        & ~_LOCAL.str.contains("|", literal=True)
        & (pl.col("free") | ~_LOCAL.is_in(sorted(COUNTS)))
    ).fill_null(value=False)


def _parts() -> list[pl.Expr]:
    name = pl.when(pl.col("ignored") == ".").then(_LOCAL.str.replace_all(".", "", literal=True)).otherwise(_LOCAL)
    number = pl.lit("+86") + _LOCAL
    mobile = pl.col("is_mobile")
    is_qq = pl.col("number") & pl.col("qq_domain") & ~mobile & ~_LOCAL.str.starts_with("0")
    return [
        (name + "@" + pl.col("same_as")).alias("mailbox"),
        pl.when(pl.col("www"))
        .then(pl.col("own").str.slice(4) + "@" + pl.col("name"))
        .otherwise(pl.col("own") + "@" + pl.col("meant"))
        .alias("suggestion"),
        pl.when(is_qq & pl.col("bytes").is_between(5, 11)).then(_LOCAL).alias("qq"),
        pl.when(mobile & pl.col("carrier")).then(number).alias("mobile"),
        pl.when(mobile & pl.col("mobile_too")).then(number).alias("probable_mobile"),
    ]


def _conditions() -> list[pl.Expr]:
    """When each of `_CODES` is told."""
    return [
        pl.col("meant").is_not_null(),
        pl.col("www"),
        pl.col("disposable"),
        pl.col("is_role"),
        _LOCAL.is_in(sorted(UNATTENDED)),
    ]
