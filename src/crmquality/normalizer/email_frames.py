"""Emails by the column, with something around them: labels, brackets, full width, a comma for a dot, two @.

What a cell says besides its address is asked of the kernel once, with an address that stands for all (see
`column_frames`); what the address says is for the plain column form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from crmquality.normalizer.column_frames import ask
from crmquality.normalizer.emails import normalize_email

__all__ = ["framed_emails"]

_AROUND: Final = (
    r"[ !'(),:;<>\[\]{}\u3000-\u3006\u3008-\u3011\u4e00-\u9fff"
    r"\uff01\uff07-\uff09\uff0c\uff1a\uff1b\uff1c\uff1e\u200b\ufeff]"
)
_LABEL: Final = "(?:mailto|MAILTO|Mailto|Email|EMAIL|E-mail|email|e-mail|ｍａｉｌｔｏ|Ｅｍａｉｌ)[:：]"
_FRONT: Final = rf"^(?P<front>{_AROUND}{{0,30}}?(?:{_LABEL})?{_AROUND}{{0,10}}?)"
_NARROW: Final = (
    rf"{_FRONT}(?P<own>[0-9A-Za-z](?:[0-9A-Za-z._+\-]{{0,58}}[0-9A-Za-z])?)(?P<at>@@?)(?P<label>[0-9A-Za-z]{{1,50}})"
    rf"(?P<dot>[.,])(?P<tail>(?:[0-9A-Za-z]{{1,50}}\.){{0,2}}[A-Za-z]{{2,6}})(?P<back>\.?{_AROUND}{{0,30}})$"
)
_WIDE: Final = (
    rf"{_FRONT}(?P<own>[０-９Ａ-Ｚａ-ｚ](?:[０-９Ａ-Ｚａ-ｚ．＿＋－]{{0,58}}[０-９Ａ-Ｚａ-ｚ])?)(?P<at>＠＠?)(?P<label>[０-９Ａ-Ｚａ-ｚ]{{1,50}})"
    rf"(?P<dot>[．，])(?P<tail>(?:[０-９Ａ-Ｚａ-ｚ]{{1,50}}．){{0,2}}[Ａ-Ｚａ-ｚ]{{2,6}})(?P<back>．?{_AROUND}{{0,30}})$"
)
_LOCAL: Final = "zhaoqiangwei"
_HOST: Final = "zhongxinkeji"
_TO_WIDE: Final = {ord(c): ord(c) + 0xFEE0 for c in "abcdefghijklmnopqrstuvwxyz"}
_PARTS: Final = ("suggestion", "note", "display_name")

Plain = Callable[[pl.Series], pl.DataFrame]
"""The column form of bare addresses."""


def framed_emails(values: pl.Series, plain: Plain) -> pl.DataFrame:
    """Addresses in a frame: `v` and what the plain form gives, with `note` and `display_name`, a row for each cell
    that is answered here.

    Args:
        values: cells, none missing, each once.
        plain: the column form of bare addresses.
    """
    col = pl.col
    rows = values.alias("v").to_frame()
    is_wide = col("v").str.contains("＠", literal=True)
    all_wide = is_wide & ~col("v").str.contains("[0-9A-Za-z]")
    found = pl.concat([_found(rows.filter(~is_wide), wide=False), _found(rows.filter(all_wide), wide=True)])
    found = found.filter(~col("address").str.contains("(?i)^www"))
    told = _told(found["address"].unique(), plain)
    parts = [c for c in told.columns if c not in ("address", "value", "issues")]
    frames = ask(found["frame"], normalize_email, list(dict.fromkeys((*parts, *_PARTS))))
    alone = _told(found["stand_in"].unique(), plain).filter(col("issues").is_null()).select(pl.all().name.prefix("s_"))
    found = found.join(frames, on="frame", how="left").join(alone, left_on="stand_in", right_on="s_address")
    found = found.join(told, on="address").filter(~col("a_more"))
    same = [col(f"a_{name}").eq_missing(col(f"s_{name}")) for name in ("value", *parts)]
    issues = pl.concat_str("a_issues", "issues", separator=" ", ignore_nulls=True)
    whole = found.filter(*same).select(
        "v", "value", *parts, note="a_note", display_name="a_display_name", issues=pl.when(issues != "").then(issues)
    )
    nothing = [col(f"a_{name}").is_null() for name in ("value", *parts, "display_name") if name != "suggestion"]
    sound = col("issues").is_null()  # what else is odd about an address, the kernel weighs against the frame
    meant = found.filter(*nothing, sound, col("a_suggestion") == col("stand_in")).select(
        "v",
        suggestion="value",
        note="a_note",
        issues="a_issues",
    )
    return pl.concat([whole, meant], how="diagonal")


def _found(rows: pl.DataFrame, *, wide: bool) -> pl.DataFrame:
    """The addresses, their frames and what stands in for them there."""
    col = pl.col
    found = rows.with_columns(g=col("v").str.extract_groups(_WIDE if wide else _NARROW)).unnest("g")
    found = found.filter(col("own").is_not_null())

    def narrow(text: pl.Expr) -> pl.Expr:
        return text.str.normalize("NFKC") if wide else text

    local, host = (pl.lit(text.translate(_TO_WIDE) if wide else text) for text in (_LOCAL, _HOST))
    tail = narrow(col("tail"))
    return found.select(
        "v",
        address=narrow(pl.concat_str("own", pl.lit("@"), "label", pl.lit("."), "tail")),
        frame=pl.concat_str("front", local, "at", host, "dot", col("tail").str.to_lowercase(), "back"),
        stand_in=pl.lit(f"{_LOCAL}@{_HOST}.") + tail.str.to_lowercase(),
    )


def _told(addresses: pl.Series, plain: Plain) -> pl.DataFrame:
    return plain(addresses).with_columns(addresses.alias("address")).filter("known").drop("known")
