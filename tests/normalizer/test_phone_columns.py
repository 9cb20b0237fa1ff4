"""Phones by the column: what it answers, it answers as the kernel does."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.normalizer.phone_columns import PARTS, normalize_phone_column
from crmquality.normalizer.phones import normalize_phone
from crmquality.reference import read_table

_AREAS = [row["area_code"] for row in read_table("area_codes_cn.csv")]
_CODES = st.sampled_from(["", "", "+86", "86", "0086", "+86 ", "86-", "0086 ", "+", "0", "(86)", "８６", "085"])
_GAP = st.sampled_from(["", "", " ", "-", "  ", ")", "."])


def _digits(n: int) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from("0123456789"), min_size=n, max_size=n)


_NEAR = st.one_of(
    st.builds("{}1{}{}{}{}{}".format, _CODES, _digits(2), _GAP, _digits(4), _GAP, _digits(4)),
    st.builds("{}13800{}".format, _CODES, st.sampled_from(["000000", "138000", "13800", "1380001", "138001"])),
    st.builds(
        "{}{}{}{}{}{}".format,
        _CODES,
        st.sampled_from(["", "("]),
        st.sampled_from(_AREAS) | st.sampled_from([a[1:] for a in _AREAS]) | _digits(3),
        _GAP,
        _digits(3) | _digits(4) | st.sampled_from(["222", "2222", "3333"]),
        st.builds("{}{}".format, _GAP, _digits(4) | st.sampled_from(["2222", "3333"])),
    ),
    st.builds("{}{}{}{}{}{}".format, _CODES, st.sampled_from(["400", "800"]), _GAP, _digits(3), _GAP, _digits(4)),
    st.text(st.sampled_from("0123456789+- ()转x*"), max_size=16),
)


def held(cells: list[str], region: str | None) -> int:
    """How many cells the column form answers, every one of them as the kernel does."""
    answers = normalize_phone_column(pl.Series(cells, dtype=pl.String), region=region)
    assert answers.columns == ["known", "value", *PARTS, "issues"]
    assert len(answers) == len(cells)
    assert answers["known"].null_count() == 0
    for cell, row in zip(cells, answers.rows(named=True), strict=True):
        if not row.pop("known"):
            continue
        answer = normalize_phone(cell, region=region)
        assert set(answer.parts) <= set(PARTS), cell
        assert row == {
            "value": answer.value,
            "issues": " ".join(answer.issues) or None,
            **{part: answer.parts.get(part) for part in PARTS},
        }, cell
    return int(answers["known"].sum())


@settings(max_examples=40, deadline=None)
@given(st.lists(_NEAR, unique=True, min_size=10, max_size=40), st.sampled_from(["CN", "CN", "CN", "US", None]))
def test_the_column_is_the_kernel(cells: list[str], region: str | None) -> None:
    held(cells, region)


def test_every_prefix_and_every_area_is_the_kernel() -> None:
    cells = [f"{prefix}12345678" for prefix in range(100, 200)]
    cells += [f"{prefix}-0000-0000" for prefix in range(130, 200)]
    for area in _AREAS:
        for local in ("2345678", "23456789", "62781234", "1234567", "22222222", "2222222"):
            cells += [f"{area}-{local}", f"({area}) {local}", f"+86 {area[1:]} {local}", f"{area}{local}"]
    assert held(list(dict.fromkeys(cells)), "CN") > 2_000


def test_plain_numbers_are_answered() -> None:
    cells = ["13812345678", "+8613812345678", "0086-138-1234-5678", "86 138 1234 5678", "010-62781234", "4008108888"]
    assert held(cells, "CN") == len(cells)
    assert held(cells, None) == 0
    assert held([], "CN") == 0


_AROUND = st.sampled_from(
    [
        *(
            "",
            "电话:",
            "手机：",
            "张三 ",
            "(",
            "微信同号",
            "传真：",
            "Tel: ",
            "\ufeff",
            " ",
            "'",
            "=",
            "/王先生",
            "（本人）",
            "空号",
        ),
        *(
            "转8001",
            "-8001",
            "-1",
            " ext. 22",
            "*5",
            "#33",
            "分机7",
            ".0",
            "12",
            "x3",
            "*",
            "@qq.com",
            "。",
            "；",
            "１",
            "O",
            "%2B",
        ),
        *("至", "年", "号", "_", ";ext=12", "和", "&#", "1.", "E+10", "QQ", "零", "--", "+86", "（"),
    ]
)
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)} | {" ": "\u3000"})
_FRAMED = st.builds(
    lambda before, number, behind, more, wide: (before + number + behind + more).translate(_WIDE if wide else {}),
    _AROUND,
    _NEAR,
    _AROUND,
    _AROUND,
    st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(_FRAMED, unique=True, min_size=10, max_size=40))
def test_numbers_in_a_frame_are_the_kernel(cells: list[str]) -> None:
    held(cells, "CN")


def test_what_columns_of_real_systems_hold_is_answered() -> None:
    cells = [
        "电话:13812345678",
        "13812345678/张经理",
        "１３８１２３４５６７８",
        "'13812345678",
        "13812345678.0",
        "1.3812345678E+10",
        "138 1234 5678（微信同号）",
        "０１０－６２７８１２３４",
        "010-62781234转8001",
        "（0755）26781234 分机 12",
        "传真:0854-8227134",
        "手机：+86 13812345678",
    ]
    assert held(cells, "CN") == len(cells)
