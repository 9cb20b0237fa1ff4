"""Resident numbers and credit codes a column at a time: the sound ones, which are nearly all; the rest is left alone.

The digits of a number of 17 places fit into an integer of 64 bits, so its check digit is arithmetic on a column. What
the first six say is worked out once for each division.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Final

import polars as pl

from crmquality.normalizer.identifiers_frames import framed_organizations, framed_residents, masked_residents
from crmquality.normalizer.identifiers_residents import EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR, head_of

_PLAIN: Final = "^[0-9A-Za-z '-]{18,30}$"
_RIC: Final = "^[1-9][0-9]{16}[0-9X]$"
_USCC: Final = "^[1-9ANY][0-9A-HJ-NP-RTUWXY][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}$"
_RIC_CHECK: Final = "10X98765432"
_LEFT_OUT: Final = (18, 24, 28, 31)
"""I, O, S and V in base 36: letters behind them come one earlier in the alphabet of GB 32100; Z ends it."""
_RESIDENT_SCHEMES: Final = frozenset({"cn.ric", "cn.person"})
_ORGANIZATION_SCHEMES: Final = frozenset({"cn.uscc", "cn.organization"})


def normalize_identifier_column(values: pl.Series, *, scheme: str) -> pl.DataFrame:
    """The column form of `normalize_identifier`: sound numbers of 18 places, whatever spaces and hyphens they have.

    Args:
        values: distinct values, none missing.
        scheme: as of the kernel; of the schemes without a column form no value is known.

    Returns:
        `known`, `value`, the parts, `issues`; one row for each value, in order.

    >>> told = normalize_identifier_column(pl.Series(["110105 19491231 002x", "110105"]), scheme="cn.ric")
    >>> told.select("known", "value", "birth_date", "sex").rows()
    [(True, '11010519491231002X', '1949-12-31', 'F'), (False, None, None, None)]
    """
    frame = values.alias("v").to_frame()
    if scheme in _RESIDENT_SCHEMES:
        told = _residents(frame)
        rest = values.filter(~told["known"])
        pieces = [framed_residents(rest, scheme, _residents, _check_digit), masked_residents(rest)] if len(rest) else []
        return _together(values, told, pieces)
    if scheme in _ORGANIZATION_SCHEMES:
        told = _organizations(frame)
        rest = values.filter(~told["known"])
        return _together(values, told, [framed_organizations(rest, scheme, _organizations)] if len(rest) else [])
    nothing = pl.lit(None, dtype=pl.String)
    return frame.with_columns(known=pl.lit(False), value=nothing, issues=nothing).drop("v")


def _together(values: pl.Series, plain: pl.DataFrame, pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """What is known of all values, in their order."""
    known = pl.lit(value=True).alias("known")
    rows = [plain.with_columns(values.alias("v")).filter("known"), *(p.with_columns(known) for p in pieces)]
    told = pl.concat(rows, how="diagonal")
    told = values.alias("v").to_frame().join(told, on="v", how="left", maintain_order="left")
    return told.select(pl.col("known").fill_null(value=False), pl.exclude("v", "known"))


def _compact(pattern: str) -> pl.Expr:
    """The compact code of a value that has the form, null for every other."""
    code = pl.col("v").str.replace_all("[ '-]", "").str.to_uppercase()
    return pl.when(pl.col("v").str.contains(_PLAIN) & code.str.contains(pattern)).then(code)


def _heads(codes: pl.Series) -> pl.DataFrame:
    """What each division among the codes says."""
    names = codes.drop_nulls().unique().to_list()
    heads = [head_of(name) for name in names]
    return pl.DataFrame(
        {
            "head": pl.Series(names, dtype=pl.String),
            "division": pl.Series([h.division for h in heads], dtype=pl.String),
            "division_status": pl.Series([h.status for h in heads], dtype=pl.String),
            "kind": pl.Series([h.kind for h in heads], dtype=pl.String),
            "nationality": pl.Series([h.nationality for h in heads], dtype=pl.String),
            "ended": pl.Series([int(h.ended) for h in heads], dtype=pl.Int32),
            "issues": pl.Series([" ".join(h.issues) or None for h in heads], dtype=pl.String),
        }
    )


def _check_digit(number: pl.Expr) -> pl.Expr:
    """The check digit of 17 digits."""
    total = reduce(add, (number // 10 ** (16 - i) % 10 * (2 ** (17 - i) % 11) for i in range(17)))
    digit: pl.Expr = (total % 11).replace_strict(
        list(range(11)), list(_RIC_CHECK), default=None, return_dtype=pl.String
    )
    return digit


def _residents(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.select(_compact(_RIC).alias("value"))
    code = pl.col("value")
    number = code.str.slice(0, 17).cast(pl.Int64)
    check = _check_digit(number)
    born = code.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    year = code.str.slice(6, 4).cast(pl.Int32)
    plausible = year.is_between(EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR)
    sound = (check == code.str.slice(17)) & born.is_not_null() & plausible
    frame = frame.with_columns(pl.when(sound).then(code)).with_columns(
        head=code.str.slice(0, 6), year=year, born=code.str.slice(6, 8)
    )
    frame = frame.join(_heads(frame["head"]), on="head", how="left", maintain_order="left")
    digits = pl.col("born")
    late = pl.col("year") >= pl.col("ended")
    return frame.select(
        code.is_not_null().alias("known"),
        "value",
        code.alias("key"),
        pl.concat_str(digits.str.slice(0, 4), digits.str.slice(4, 2), digits.str.slice(6), separator="-").alias(
            "birth_date"
        ),
        pl.when(code.str.contains("[13579].$"))
        .then(pl.lit("M"))
        .when(code.is_not_null())
        .then(pl.lit("F"))
        .alias("sex"),
        "division",
        "division_status",
        "kind",
        "nationality",
        pl.when(late).then(pl.lit("region_before_birth")).otherwise("issues").alias("issues"),
    )


def _value(digit: pl.Expr) -> pl.Expr:
    """A character's value in GB 32100, from its value in base 36."""
    return digit - reduce(add, ((digit > left_out).cast(pl.Int64) for left_out in _LEFT_OUT))


def _organizations(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.select(_compact(_USCC).alias("value"))
    code = pl.col("value")
    frame = frame.with_columns(
        head=code.str.slice(2, 6),
        first=code.str.slice(0, 9).str.to_integer(base=36, strict=False),
        last=code.str.slice(9).str.to_integer(base=36, strict=False),
    )
    # with its check character as an eighteenth place of weight 1, the sum is divisible
    first = [pl.col("first") // 36 ** (8 - i) % 36 for i in range(9)]
    last = [pl.col("last") // 36 ** (8 - i) % 36 for i in range(9)]
    weights = [*(pow(3, i, 31) for i in range(17)), 1]
    total = reduce(add, (_value(digit) * weight for digit, weight in zip(first + last, weights, strict=True)))
    frame = frame.with_columns(pl.when(total % 31 == 0).then(code))
    frame = frame.join(_heads(frame["head"]), on="head", how="left", maintain_order="left")
    whole = pl.col("head") == "100000"  # the whole country: a ministry registered it
    known = code.is_not_null() & (whole | (pl.col("division_status") != "unknown"))
    known = known.fill_null(value=False)
    code = pl.when(known).then(code)
    return frame.select(
        known.alias("known"),
        code.alias("value"),
        code.str.slice(8, 9).alias("key"),
        code.str.slice(8, 9).alias("org_code"),
        code.str.slice(0, 1).alias("authority"),
        code.str.slice(1, 1).alias("category"),
        code.str.slice(2, 6).alias("division"),
        pl.when(known & whole).then(pl.lit("current")).when(known).then("division_status").alias("division_status"),
        pl.when(known).then(pl.lit("uscc")).alias("kind"),
        pl.when(known & whole.not_()).then("issues").alias("issues"),
    )
