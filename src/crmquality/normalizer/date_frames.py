"""Dates by the column, with something around them: full width, labels, notes, a time of day.

What a cell says besides its day is asked of the kernel once, with a day that stands for all (see `column_frames`); what
the day is, the plain column form says. Only whole days with their year first, of 1850 to 2099, are taken here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from crmquality.normalizer.column_frames import AROUND, ask
from crmquality.tables import Kernel

__all__ = ["framed_dates"]

_PATTERN: Final = (
    rf"^(?P<front>{AROUND}{{0,30}}?)(?P<y>D{{4}})(?P<s1>[-/.年－／．])(?P<m>D{{1,2}})(?P<s2>[-/.月－／．])(?P<d>D{{1,2}})"
    rf"(?P<s3>日?)(?P<gap>[ T\u3000]?)(?P<time>(?:[0-2０-２]D[:：][0-5０-５]D[:：][0-5０-５]D)?)"
    rf"(?P<back>{AROUND}{{0,30}})$"
)
_COMPACT: Final = rf"^(?P<front>{AROUND}{{0,30}}?)(?P<y>D{{4}})(?P<m>DD)(?P<d>DD)(?P<back>{AROUND}{{0,30}})$"
_TO_WIDE: Final = {ord(c): ord(c) + 0xFEE0 for c in "0123456789:"}
_STAND_IN: Final = {"m1": "8", "m2": "08", "d1": "4", "d2": "23"}

Plain = Callable[[pl.Series], pl.DataFrame]
"""The column form of bare dates."""


def framed_dates(values: pl.Series, kernel: Kernel, plain: Plain) -> pl.DataFrame:
    """Days in a frame: `v`, what the plain form gives, and `note`, a row for each cell that is answered here.

    Args:
        values: cells, none missing, each once.
        kernel: the scalar rule, its parameters bound.
        plain: the column form of bare dates.
    """
    col = pl.col
    rows = values.alias("v").to_frame()
    wide = col("v").str.contains("[０-９]")
    mixed = wide & col("v").str.contains("[0-9]")
    pieces = [_found(rows.filter(~wide), wide=False), _found(rows.filter(wide & ~mixed), wide=True)]
    found = pl.concat(pieces).filter(col("iso").str.contains("^(?:18[5-9]|19|20)"))
    told = _told(found["iso"].unique(), plain)
    parts = [c for c in told.columns if c not in ("iso", "value", "issues")]
    frames = ask(found["frame"], kernel, [*parts, "note"])
    alone = _told(found["stand_in"].unique(), plain).select(pl.all().name.prefix("s_"))
    found = found.join(frames, on="frame", how="left").join(alone, left_on="stand_in", right_on="s_iso")
    same = [col(f"a_{name}").eq_missing(col(f"s_{name}")) for name in ("value", *parts)]
    found = found.filter(~col("a_more"), *same).join(told, on="iso")
    return found.select("v", "value", *parts, note="a_note", issues="a_issues")


def _found(rows: pl.DataFrame, *, wide: bool) -> pl.DataFrame:
    digit = "[０-９]" if wide else "[0-9]"
    col = pl.col

    def narrow(text: pl.Expr) -> pl.Expr:
        return text.str.normalize("NFKC") if wide else text

    def lit(text: str) -> pl.Expr:
        return pl.lit(text.translate(_TO_WIDE) if wide else text)

    pieces = []
    for pattern in (_PATTERN, _COMPACT):
        found = rows.with_columns(g=col("v").str.extract_groups(pattern.replace("D", digit))).unnest("g")
        found = found.filter(col("y").is_not_null())
        if pattern is _COMPACT:
            found = found.with_columns(pl.lit("").alias(name) for name in ("s1", "s2", "s3", "gap", "time"))
        month, day, time = col("m").str.len_chars() == 1, col("d").str.len_chars() == 1, narrow(col("time"))
        valid = (time == "") | (time < "24")
        clock = pl.when((time == "") | (time == "00:00:00")).then(col("time")).otherwise(lit("13:20:45"))
        pieces.append(
            found.filter(valid).select(
                "v",
                iso=narrow(col("y")) + "-" + narrow(col("m")).str.zfill(2) + "-" + narrow(col("d")).str.zfill(2),
                frame=pl.concat_str(
                    "front",
                    lit("1979"),
                    "s1",
                    pl.when(month).then(lit(_STAND_IN["m1"])).otherwise(lit(_STAND_IN["m2"])),
                    "s2",
                    pl.when(day).then(lit(_STAND_IN["d1"])).otherwise(lit(_STAND_IN["d2"])),
                    "s3",
                    "gap",
                    clock,
                    "back",
                ),
                stand_in=pl.lit("1979-08-") + pl.when(day).then(pl.lit("04")).otherwise(pl.lit("23")),
            )
        )
    return pl.concat(pieces)


def _told(days: pl.Series, plain: Plain) -> pl.DataFrame:
    return plain(days).with_columns(days.alias("iso")).filter("known").drop("known")
