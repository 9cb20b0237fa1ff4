"""Phones by the column, with something around them: labels, names, extensions, full width, a spreadsheet's damage.

A mobile or a landline of mainland China whose prefix or area is known is one number like any other: what its cell says
besides is asked of the kernel once, with a number that stands for all (see `column_frames`).
"""

from __future__ import annotations

from functools import partial
from typing import Final

import polars as pl

from crmquality.normalizer.column_frames import AROUND, ask
from crmquality.normalizer.phone_numbers import CN_DOUBTFUL, CN_MOBILE, CN_NOBODYS, areas_of_china
from crmquality.normalizer.phones import normalize_phone

__all__ = ["FRAME_PARTS", "framed_phones"]

FRAME_PARTS: Final = ("e164", "national", "kind", "region", "all", "area", "city", "extension", "note", "fax")
"""The parts that numbers in a frame have."""

FILLERS: Final = (*(d * n for d in "2345678" for n in (9, 10, 11)), *CN_DOUBTFUL, *CN_NOBODYS)
_WIDE_DIGIT: Final = "[０-９]"
_STAND_IN: Final = "13926481537"
_EXTENSIONS: Final = ("", "7", "73", "738", "7386", "73864", "738642")
_TO_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_MARK: Final = "[ \\-－\u3000]?"
_BEHIND: Final = (
    rf"(?P<cents>(?:\.0{{1,3}})?)(?P<mid>(?:{AROUND}{{0,12}}?)?)"
    r"(?P<by>(?:[ \u3000]?(?:转|分机|[eｅ][xｘ][tｔ][.．]?|-|－|\*|#|＊|＃)[ \u3000]?)?)(?P<ext>[0-9０-９]{0,6})"
    rf"(?P<back>{AROUND}{{0,40}})$"
)
_CODE: Final = r"(?P<code>(?:(?:\+|＋|00|００)?(?:86|８６)[ \-－\u3000]?)?)"
_FRONT: Final = rf"^(?P<front>{AROUND}{{0,40}}?){_CODE}"
_MOBILE: Final = rf"{_FRONT}(?P<n1>[1１][3-9３-９]D)(?P<m1>{_MARK})(?P<n2>DDDD)(?P<m2>{_MARK})(?P<n3>DDDD){_BEHIND}"
_LAND: Final = (
    rf"{_FRONT}(?P<m1>[(（]?)(?P<zero>[0０]?)(?P<n1>[1１][0０]|[2２]D|[3-9３-９]DD)"
    rf"(?P<m2>[)）]?{_MARK})(?P<n2>[2-8２-８]D{{2,3}})(?P<m3>{_MARK})(?P<n3>DDDD){_BEHIND}"
)
_SCIENTIFIC: Final = r"^1\.[0-9]{9}[1-9]E\+10$"
_KERNEL: Final = partial(normalize_phone, region="CN")


def framed_phones(values: pl.Series) -> pl.DataFrame:
    """What the kernel says of numbers in a frame, for region CN.

    Args:
        values: cells, none missing, each once.

    Returns:
        `v`, `value`, the parts, `issues`: a row for each cell that is answered here, and for no other.

    >>> told = framed_phones(pl.Series(["电话:138-1234-5678", "（010）62781234转8001", "张三"]))
    >>> told.sort("v").select("value", "issues").rows()
    [('+8613812345678', 'annotation_removed'), ('+861062781234;ext=8001', 'full_width extension')]
    """
    v = pl.col("v")
    wide = v.str.contains(_WIDE_DIGIT)
    frame = values.alias("v").to_frame().with_columns(wide=wide)
    pieces = []
    for is_wide, part in ((False, frame.filter(~pl.col("wide"))), (True, frame.filter("wide"))):
        digit = _WIDE_DIGIT if is_wide else "[0-9]"
        if not len(part):
            continue
        mobiles = _mobiles(part.select("v"), digit, is_wide=is_wide)
        pieces.append(mobiles)
        rest = part.select("v").join(mobiles, on="v", how="anti")
        if len(rest):
            pieces.append(_landlines(rest, digit, is_wide=is_wide))
    if not pieces:
        return pl.DataFrame(schema=dict.fromkeys(("v", "value", *FRAME_PARTS, "issues"), pl.String))
    return pl.concat(pieces)


def _groups(frame: pl.DataFrame, pattern: str, digit: str) -> pl.DataFrame:
    found = frame.with_columns(g=pl.col("v").str.extract_groups(pattern.replace("D", digit)))
    return found.unnest("g").filter(pl.col("n1").is_not_null())


def _narrow(text: pl.Expr, *, is_wide: bool) -> pl.Expr:
    return text.str.normalize("NFKC") if is_wide else text


def _stand_in(digits: str, *, is_wide: bool) -> pl.Expr:
    return pl.lit(digits.translate(_TO_WIDE) if is_wide else digits)


def _extension_stand_in() -> pl.Expr:
    """Digits of the same number and width as the extension's."""
    n = pl.col("ext").str.len_chars()
    narrow, wide = (
        n.replace_strict(list(range(7)), names, return_dtype=pl.String)
        for names in (list(_EXTENSIONS), [e.translate(_TO_WIDE) for e in _EXTENSIONS])
    )
    return pl.when(n == pl.col("ext").str.len_bytes()).then(narrow).otherwise(wide)


def _mobiles(frame: pl.DataFrame, digit: str, *, is_wide: bool) -> pl.DataFrame:
    found = _groups(frame, _MOBILE, digit)
    col = pl.col
    if not is_wide:  # 1.3812345678E+10 shows every digit where the last is none of the zeros it leaves out
        science = frame.filter(col("v").str.contains(_SCIENTIFIC))
        whole = col("v").str.slice(0, 1) + col("v").str.slice(2, 10)
        science = science.select("v", national=whole, frame=pl.lit("1.3926481537E+10"), ext=pl.lit(""))
    found = found.select(
        "v",
        national=_narrow(pl.concat_str("n1", "n2", "n3"), is_wide=is_wide),
        frame=pl.concat_str(
            "front",
            "code",
            _stand_in(_STAND_IN[:3], is_wide=is_wide),
            "m1",
            _stand_in(_STAND_IN[3:7], is_wide=is_wide),
            "m2",
            _stand_in(_STAND_IN[7:], is_wide=is_wide),
            "cents",
            "mid",
            "by",
            _extension_stand_in(),
            "back",
        ),
        ext=_narrow(col("ext"), is_wide=is_wide),
    )
    if not is_wide:
        found = pl.concat([found, science])
    national = col("national")
    sound = (
        national.str.contains("^" + CN_MOBILE.replace(r"\d", "[0-9]"))
        & ~national.str.ends_with("00000000")
        & ~national.is_in(sorted(CN_NOBODYS))
    )
    found = found.filter(sound).with_columns(
        stand_in=pl.lit(_STAND_IN), real_area=pl.lit(None, pl.String), real_city=pl.lit(None, pl.String)
    )
    return _answers(found)


def _landlines(frame: pl.DataFrame, digit: str, *, is_wide: bool) -> pl.DataFrame:
    col = pl.col
    found = _groups(frame, _LAND, digit)
    local = pl.concat_str("n2", "n3")
    found = found.with_columns(
        key=_narrow(col("n1"), is_wide=is_wide), local=_narrow(local, is_wide=is_wide)
    ).with_columns(size=col("local").str.len_chars().cast(pl.String))
    found = found.join(_areas(), on=["key", "size"], how="inner")
    found = found.with_columns(
        stand_in=col("stand_area") + col("stand_local"),
        national=col("key") + col("local"),
    )
    wide = {c: (_widened(col(c)) if is_wide else col(c)) for c in ("stand_area", "stand_local")}
    found = found.with_columns(wide["stand_area"], wide["stand_local"])
    split = col("n2").str.len_chars()
    found = found.select(
        "v",
        "national",
        "stand_in",
        "real_area",
        "real_city",
        frame=pl.concat_str(
            "front", "code", "m1", "zero", "stand_area", "m2",
            col("stand_local").str.slice(0, split), "m3", col("stand_local").str.slice(split),
            "cents", "mid", "by", _extension_stand_in(), "back",
        ),
        ext=_narrow(col("ext"), is_wide=is_wide),
    )  # fmt: skip
    filler = col("national").is_in(FILLERS) | col("national").str.contains("^(?:98765|87654)")
    return _answers(found.filter(~filler))


def _widened(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(list("0123456789"), list("０１２３４５６７８９"))


def _areas() -> pl.DataFrame:
    """Area codes whose local numbers have one length: without their 0, with the number that stands for theirs."""
    stand_ins = {(2, 8): ("10", "62781594"), (3, 8): ("755", "26781594"), (3, 7): ("854", "8227594")}
    rows = []
    for area, (lengths, cities) in areas_of_china().items():
        stand = stand_ins.get((len(area), max(lengths)))
        if len(lengths) == 1 and stand is not None:
            rows.append((area, str(max(lengths)), "0" + area, cities, *stand))
    names = ("key", "size", "real_area", "real_city", "stand_area", "stand_local")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _answers(found: pl.DataFrame) -> pl.DataFrame:
    """The frames' answers with the real digits in them, of the frames whose number the kernel finds."""
    col = pl.col
    told = ask(found["frame"], _KERNEL, FRAME_PARTS)
    found = found.join(told, on="frame", how="left")
    e164 = "+86" + col("stand_in")
    stand_extension = (
        col("ext").str.len_chars().replace_strict(list(range(7)), list(_EXTENSIONS), return_dtype=pl.String)
    )
    extended = col("ext") != ""
    known = (
        ~col("a_more")
        & (col("a_e164") == e164)
        & (col("a_all") == col("a_value"))
        & (col("a_fax").is_null() | (col("a_fax") == e164))
        & pl.when(extended).then(col("a_extension") == stand_extension).otherwise(col("a_extension").is_null())
        & (col("real_area").is_null() == col("a_area").is_null())
    ).fill_null(value=False)
    found = found.filter(known)
    real = "+86" + col("national")
    value = pl.when(extended).then(real + ";ext=" + col("ext")).otherwise(real)
    return found.select(
        "v",
        value=value,
        e164=real,
        national="national",
        kind="a_kind",
        region="a_region",
        all=value,
        area="real_area",
        city="real_city",
        extension=pl.when(extended).then("ext"),
        note="a_note",
        fax=pl.when(col("a_fax").is_not_null()).then(real),
        issues="a_issues",
    )
