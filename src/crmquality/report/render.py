"""The scorecard as text and as HTML: all sources together, and whatever has a target."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final
from unicodedata import east_asian_width

import polars as pl

from crmquality.report.targets import Target, Verdict
from crmquality.tables import SOURCE

_HEADER: Final = ("metric", "field", "source", "value", "95 % interval", "of", "target", "verdict")
_COLORS: Final = {"met": "#1a7f37", "missed": "#b42318", "not shown": "#6b7280"}


def share(value: float | None) -> str:
    """A share in percent. Only what is all looks like all, and only what is nothing looks like nothing.

    >>> share(0.5), share(0.9996), share(0.999999), share(1.0), share(0.00001), share(None)
    ('50.00 %', '99.96 %', '> 99.99 %', '100 %', '< 0.01 %', '')
    """
    if value is None:
        return ""
    if value in (0.0, 1.0):
        return "100 %" if value else "0 %"
    percent = f"{value:.2%}".replace("%", " %")
    return {"100.00 %": "> 99.99 %", "0.00 %": "< 0.01 %"}.get(percent, percent)


def lines(table: pl.DataFrame, targets: Sequence[Target]) -> list[tuple[str, ...]]:
    """The rows a person reads first: those over all sources, and those that have a target.

    Args:
        table: `tables.REPORT`.
        targets: the targets; the table has their bounds only, not their direction.
    """
    direction = {(t.metric, t.field, t.source): "≤" if t.at_least is None else "≥" for t in targets}
    out: list[tuple[str, ...]] = []
    for row in table.filter(pl.col(SOURCE).is_null() | pl.col("target").is_not_null()).iter_rows(named=True):
        interval = "" if row["low"] is None else f"{share(row['low'])} – {share(row['high'])}"
        sign = direction.get((row["metric"], row["field"], row[SOURCE]), "")
        counted = "" if row["denominator"] is None else f"{row['numerator']:,} / {row['denominator']:,}"
        target = "" if row["target"] is None else f"{sign} {share(row['target'])}"
        names = (row["metric"], row["field"] or "", row[SOURCE] or "")
        out.append((*names, share(row["value"]), interval, counted, target, row["verdict"] or ""))
    return out


def headline(table: pl.DataFrame, verdict: Verdict) -> str:
    """One line: the verdict, and how many targets it comes from.

    Args:
        table: `tables.REPORT`.
        verdict: of all targets together.
    """
    judged = table.filter(pl.col("target").is_not_null())["verdict"].to_list()
    told = ", ".join(f"{judged.count(name)} {name}" for name in _COLORS)
    return f"Scorecard: {verdict} (targets: {told})"


def footnote(table: pl.DataFrame) -> str:
    """What is left out of the text, or an empty string.

    Args:
        table: `tables.REPORT`.
    """
    hidden = table.filter(pl.col(SOURCE).is_not_null() & pl.col("target").is_null()).height
    return f"{hidden:,} more rows by source in .table" if hidden else ""


def as_text(table: pl.DataFrame, targets: Sequence[Target], verdict: Verdict) -> str:
    """The scorecard as lines of text.

    Args:
        table: `tables.REPORT`.
        targets: what the verdicts were judged by.
        verdict: of all targets together.
    """
    rows = [_HEADER, *lines(table, targets)]
    used = [i for i, name in enumerate(_HEADER) if name == "metric" or any(row[i] for row in rows[1:])]
    width = {i: max(_width(row[i]) for row in rows) for i in used}
    body = ["  ".join(_padded(row[i], width[i], right=i in (3, 5)) for i in used).rstrip() for row in rows]
    return "\n".join(line for line in (headline(table, verdict), "", *body, "", footnote(table))).rstrip()


def as_html(table: pl.DataFrame, targets: Sequence[Target], verdict: Verdict) -> str:
    """The scorecard as one HTML table, escaped, without scripts and style sheets.

    Args:
        table: `tables.REPORT`.
        targets: what the verdicts were judged by.
        verdict: of all targets together.
    """
    head = "".join(f"<th style='text-align:left'>{escape(name)}</th>" for name in _HEADER)
    body = "".join(
        "<tr>" + "".join(_cell(text, name) for name, text in zip(_HEADER, row, strict=True)) + "</tr>"
        for row in lines(table, targets)
    )
    note = footnote(table)
    return (
        f"<p><b>{escape(headline(table, verdict))}</b></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        + (f"<p>{escape(note)}</p>" if note else "")
    )


def _cell(text: str, name: str) -> str:
    color = f" style='color:{_COLORS[text]}'" if name == "verdict" and text in _COLORS else ""
    return f"<td{color}>{escape(text)}</td>"


def _width(text: str) -> int:
    """Columns on a terminal: Han and full-width characters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, *, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap
