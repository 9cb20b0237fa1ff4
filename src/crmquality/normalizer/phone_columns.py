"""Phones by the column: numbers of mainland China, in column expressions.

What most cells of a phone column hold is one number in plain digits, perhaps with its country code, and a mark between
its groups. These are answered here, numbers with something around them in `phone_frames`; every other value is left to
the kernel. Prefixes, area codes and their lengths are the kernel's own tables.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from crmquality.normalizer.phone_frames import FILLERS, FRAME_PARTS, framed_phones
from crmquality.normalizer.phone_numbers import CN_MOBILE, areas_of_china

__all__ = ["PARTS", "normalize_phone_column"]

PARTS: Final = FRAME_PARTS
"""The parts that are told here."""

_CODE: Final = r"^(?:(?:\+|00)?86[ -]?)?"
_PREFIX: Final = CN_MOBILE.replace(r"\d", "[0-9]")
_MOBILE: Final = rf"{_CODE}{_PREFIX}(?:[0-9]{{8}}|-[0-9]{{4}}-[0-9]{{4}}| [0-9]{{4}} [0-9]{{4}})$"
_LANDLINE: Final = (
    rf"{_CODE}(?:\(0?(?:10|2[0-9]|[3-9][0-9]{{2}})\)[ -]?|0?(?:10|2[0-9]|[3-9][0-9]{{2}})[ -]?)"
    r"[2-8][0-9]{2,3}[ -]?[0-9]{4}$"
)
_HOTLINE: Final = rf"{_CODE}[48]00[ -]?(?:[0-9]{{3}}[ -]?[0-9]{{4}}|[0-9]{{4}}[ -]?[0-9]{{3}})$"
# The greatest part before the area code first, as the kernel reads it
_NATIONAL: Final = r"^(?:(?:\+|00)?86)?0?((?:10|2[0-9])[2-8][0-9]{6,7}|[3-9][0-9]{2}[2-8][0-9]{6,7})$"


def normalize_phone_column(values: pl.Series, *, region: str | None) -> pl.DataFrame:
    """`normalize_phone` for a column of distinct texts: the answers it is sure of, and `known` false for all others.

    Args:
        values: the cells, text, none missing.
        region: the kernel's. Only CN has plain numbers here.

    Returns:
        One row per value, in order: `known`, `value`, the parts, `issues`.

    >>> cells = pl.Series(["0086 138 1234 5678", "010-62781234", "138****8001"])
    >>> normalize_phone_column(cells, region="CN").select("known", "value", "area").rows()
    [(True, '+8613812345678', None), (True, '+861062781234', '010'), (False, None, None)]
    """
    if region != "CN":
        null = pl.lit(None, dtype=pl.String)
        none = (null.alias(c) for c in ("value", *PARTS, "issues"))
        return values.alias("v").to_frame().with_columns(pl.lit(value=False).alias("known"), *none).drop("v")
    told = _plain(values)
    if told["known"].all():
        return told
    framed = framed_phones(values.filter(~told["known"]))
    if framed.is_empty():
        return told
    plain = told.with_columns(values.alias("v")).filter("known").select(framed.columns)
    told = values.alias("v").to_frame().join(pl.concat([plain, framed]), on="v", how="left", maintain_order="left")
    return told.select(pl.col("value").is_not_null().alias("known"), "value", *PARTS, "issues")


def _plain(values: pl.Series) -> pl.DataFrame:
    """Plain numbers; `issues` is null for all of them."""
    null = pl.lit(None, dtype=pl.String)
    frame = values.alias("v").to_frame()
    v = pl.col("v")
    frame = frame.select(v, mobile=v.str.contains(_MOBILE))
    if frame["mobile"].all():
        frame = frame.with_columns(other=null, area=null, city=null)
    else:
        frame = frame.join(_others(frame.filter(~pl.col("mobile"))["v"]), on="v", how="left", maintain_order="left")
    compact = v.str.replace_all("-", "", literal=True).str.replace_all(" ", "", literal=True)
    national = pl.when("mobile").then(compact.str.slice(-11)).otherwise(pl.col("other"))
    filler = national.is_in(FILLERS) | (pl.col("mobile") & national.str.ends_with("00000000"))
    frame = frame.with_columns(national=pl.when(~filler).then(national))
    known = pl.col("national").is_not_null()
    e164 = "+86" + pl.col("national")
    other = (
        pl.when(pl.col("area").is_not_null())
        .then(pl.lit("fixed_line"))
        .when(pl.col("national").str.starts_with("4"))
        .then(pl.lit("shared_cost"))
        .otherwise(pl.lit("toll_free"))
    )
    return frame.select(
        known=known,
        value=e164,
        e164=e164,
        national="national",
        kind=pl.when(known).then(pl.when("mobile").then(pl.lit("mobile")).otherwise(other)),
        region=pl.when(known).then(pl.lit("CN")),
        all=e164,
        area=pl.when(known).then("area"),
        city=pl.when(known).then("city"),
        extension=null,
        note=null,
        fax=null,
        issues=null,
    )


def _others(values: pl.Series) -> pl.DataFrame:
    """Landlines and hotlines among cells: the national number in `other`, the area code and its cities, else null."""
    v = pl.col("v")
    compact = v.str.replace_all(r"[ ()-]", "")
    frame = values.to_frame().with_columns(
        land=pl.when(v.str.contains(_LANDLINE)).then(compact.str.extract(_NATIONAL)),
        hot=pl.when(v.str.contains(_HOTLINE)).then(compact.str.slice(-10)),
    )
    land = pl.col("land")
    start = pl.when(land.str.contains("^(?:10|2)")).then(land.str.slice(0, 2)).otherwise(land.str.slice(0, 3))
    frame = frame.with_columns(key=start + "-" + land.str.len_bytes().cast(pl.String))
    frame = frame.join(_areas(), on="key", how="left", maintain_order="left")
    plain = pl.when(pl.col("city").is_not_null() & ~land.str.contains("^(?:98765|87654)")).then(land)
    return frame.select("v", "area", "city", other=plain.fill_null(pl.col("hot")))


@cache
def _areas() -> pl.DataFrame:
    """Area code and length of the national number as one key, the area code with its 0, its cities."""
    rows = [
        (f"{area}-{len(area) + length}", f"0{area}", cities)
        for area, (lengths, cities) in areas_of_china().items()
        for length in lengths
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("key", "area", "city"), pl.String), orient="row")
