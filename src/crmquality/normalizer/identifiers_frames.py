"""Resident numbers and credit codes by the column, with something around them: labels, notes, full width, old ones.

What a cell says beside its number is asked of the kernel once, with a number that stands for all (see `column_frames`);
what the number says is for the plain column form. Only sound numbers are taken here: what a wrong check digit means may
depend on every digit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import polars as pl

from crmquality.normalizer.column_frames import AROUND, ask
from crmquality.normalizer.identifiers import normalize_identifier

__all__ = ["framed_organizations", "framed_residents", "masked_residents"]

_TO_WIDE: Final = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
_MARK: Final = "[ \\-－\u3000]?"
_NO_LETTER: Final = AROUND.replace("A-WYZ", "").replace("a-wyz", "").replace(
    r"\uff20-\uff37\uff39-\uff3b", r"\uff20\uff3b"
).replace(r"\uff41-\uff57\uff59-\uff5e", r"\uff5b-\uff5e")  # fmt: skip
_RIC: Final = (
    rf"^(?P<front>{AROUND}{{0,40}}?)(?P<a>D{{6}})(?P<m1>{_MARK})(?P<b>D{{8}})(?P<m2>{_MARK})(?P<c>D{{3}})(?P<check>[DXx])"
    rf"(?P<back>{AROUND}{{0,40}})$"
)
_OLD: Final = rf"^(?P<front>{AROUND}{{0,40}}?)(?P<a>D{{15}})(?P<back>{AROUND}{{0,40}})$"
_USCC: Final = (
    rf"^(?P<front>{_NO_LETTER}{{0,40}}?)(?P<a>DC{{5}})(?P<m1>{_MARK})(?P<b>C{{8}})(?P<m2>{_MARK})(?P<c>C{{4}})"
    rf"(?P<back>{_NO_LETTER}{{0,40}})$"
)
_HIDDEN: Final = r"^[1-9][0-9]{5}\*{8}[0-9]{3}[0-9X]$"
_RIC_STAND_INS: Final = {"X": "11010519491231002X", "x": "11010519491231002x", "0": "110105194912310089"}
_OLD_STAND_IN: Final = "110105491231002"
_USCC_STAND_IN: Final = "91110000600037341L"

Plain = Callable[[pl.DataFrame], pl.DataFrame]
"""The plain column form: of a column `v`, a row each."""


def framed_residents(values: pl.Series, scheme: str, plain: Plain, check: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Resident numbers in a frame, and those of 15 digits.

    Args:
        values: cells, none missing, each once.
        scheme: cn.ric or cn.person.
        plain: the column form of bare numbers.
        check: the check digit of a number of 17 digits.

    Returns:
        `v` and what `plain` gives, a row for each cell that is answered here; `note` and `issues` of the frame too.
    """
    whole, old = _both_widths(values, _RIC), _both_widths(values, _OLD)
    col = pl.col
    whole = whole.select(
        "v",
        code=_narrow(pl.concat_str("a", "b", "c", "check")).str.to_uppercase(),
        frame=_ric_frame(),
        stand_in=pl.when(_narrow(col("check")).is_in(["X", "x"]))
        .then(pl.lit(_RIC_STAND_INS["X"]))
        .otherwise(pl.lit(_RIC_STAND_INS["0"])),
    )
    digits = _narrow(col("a"))
    longer = digits.str.slice(0, 6) + "19" + digits.str.slice(6)
    usual = (digits.str.slice(12) < "996") & ~digits.is_in([d * 15 for d in "123456789"])
    old = old.filter(usual & digits.str.contains("^[1-9]")).select(
        "v",
        code=longer + check(longer.cast(pl.Int64)),
        frame=pl.concat_str("front", _stand_in(_OLD_STAND_IN), "back"),
        stand_in=pl.lit(_RIC_STAND_INS["X"]),
    )
    return _answers(pl.concat([whole, old]), scheme, plain)


def framed_organizations(values: pl.Series, scheme: str, plain: Plain) -> pl.DataFrame:
    """Credit codes in a frame; see `framed_residents`."""
    found = _both_widths(values, _USCC)
    col = pl.col
    code = _narrow(pl.concat_str("a", "b", "c"))
    found = found.with_columns(code=code).filter(
        (col("code") == col("code").str.to_uppercase()) | (col("code") == col("code").str.to_lowercase())
    )
    lower = col("code") != col("code").str.to_uppercase()
    stand = [
        pl.when(lower).then(_stand_in(part.lower())).otherwise(_stand_in(part))
        for part in (_USCC_STAND_IN[:6], _USCC_STAND_IN[6:14], _USCC_STAND_IN[14:])
    ]
    found = found.select(
        "v",
        code=col("code").str.to_uppercase(),
        frame=pl.concat_str("front", stand[0], "m1", stand[1], "m2", stand[2], "back"),
        stand_in=pl.lit(_USCC_STAND_IN),
    )
    return _answers(found, scheme, plain)


def masked_residents(values: pl.Series) -> pl.DataFrame:
    """Resident numbers whose birth date is hidden by eight stars: `v`, `masked`, `division`, `sex`, `issues`."""
    v = pl.col("v")
    found = values.alias("v").to_frame().filter(v.str.contains(_HIDDEN))
    return found.select(
        "v",
        masked="v",
        division=pl.when(~v.str.starts_with("9")).then(v.str.slice(0, 6)),
        sex=pl.when(v.str.contains("[13579].$")).then(pl.lit("M")).otherwise(pl.lit("F")),
        issues=pl.lit("masked"),
    )


def _both_widths(values: pl.Series, pattern: str) -> pl.DataFrame:
    """The groups of a pattern in narrow and in full width signs, and which it was in `wide`."""
    frame = values.alias("v").to_frame()
    narrow = pattern.replace("[DXx]", "[0-9Xx]").replace("D", "[0-9]").replace("C", "[0-9A-HJ-NP-RTUWXYa-hj-np-rtuwxy]")
    wide = pattern.replace("[DXx]", "[０-９Ｘｘ]").replace("D", "[０-９]")
    wide = wide.replace("C", "[０-９Ａ-ＨＪ-ＮＰ-ＲＴＵＷＸＹａ-ｈｊ-ｎｐ-ｒｔｕｗｘｙ]")
    pieces = []
    is_wide = pl.col("v").str.contains("[０-９]")
    for flag, rows, expression in ((False, frame.filter(~is_wide), narrow), (True, frame.filter(is_wide), wide)):
        found = rows.with_columns(g=pl.col("v").str.extract_groups(expression), wide=pl.lit(value=flag))
        pieces.append(found.unnest("g").filter(pl.col("a").is_not_null()))
    return pl.concat(pieces)


def _narrow(text: pl.Expr) -> pl.Expr:
    return pl.when("wide").then(text.str.normalize("NFKC")).otherwise(text)


def _stand_in(text: str) -> pl.Expr:
    return pl.when("wide").then(pl.lit(text.translate(_TO_WIDE))).otherwise(pl.lit(text))


def _ric_frame() -> pl.Expr:
    """The cell with a sound number in the place of its own, whose last sign is of the same sort."""
    check = _narrow(pl.col("check"))

    def piece(start: int, end: int) -> pl.Expr:
        capital, small, digit = (_stand_in(_RIC_STAND_INS[sort][start:end]) for sort in ("X", "x", "0"))
        return pl.when(check == "X").then(capital).when(check == "x").then(small).otherwise(digit)

    return pl.concat_str("front", piece(0, 6), "m1", piece(6, 14), "m2", piece(14, 18), "back")


def _answers(found: pl.DataFrame, scheme: str, plain: Plain) -> pl.DataFrame:
    told = _told(found["code"].unique(), plain)
    parts = [c for c in told.columns if c not in ("code", "value", "issues")]
    frames = ask(found["frame"], partial(normalize_identifier, scheme=scheme), [*parts, "note"])
    # a frame that makes another document of the number (台胞证) is no frame around this one
    alone = _told(found["stand_in"].unique(), plain).select(pl.all().name.prefix("s_"))
    found = found.join(frames, on="frame", how="left").join(alone, left_on="stand_in", right_on="s_code", how="left")
    same = [pl.col(f"a_{name}").eq_missing(pl.col(f"s_{name}")) for name in ("value", *parts)]
    found = found.filter(~pl.col("a_more"), *same).select("v", "code", "a_issues", note="a_note")
    found = found.join(told, on="code", how="inner")
    issues = pl.concat_str("a_issues", "issues", separator=" ", ignore_nulls=True)
    return found.select("v", "value", *parts, "note", issues=pl.when(issues != "").then(issues))


def _told(codes: pl.Series, plain: Plain) -> pl.DataFrame:
    told = plain(codes.alias("v").to_frame()).with_columns(codes.alias("code"))
    return told.filter("known").drop("known")
