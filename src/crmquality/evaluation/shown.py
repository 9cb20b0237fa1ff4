"""Rows of a measure as text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from crmquality.evaluation.truth import Interval


def share(value: float | None) -> str:
    """A share, or a dash where nothing was counted.

    >>> share(0.25), share(None)
    ('0.2500', '-')
    """
    return "-" if value is None else f"{value:.4f}"


def share_of(part: int, whole: int) -> float | None:
    """The share, or None where there is no whole."""
    return part / whole if whole else None


def interval(ends: Interval) -> str:
    """The two ends.

    >>> interval((0.0, 0.5))
    '0.0000 to 0.5000'
    """
    return f"{ends[0]:.4f} to {ends[1]:.4f}"


def text_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns under their heads, the first to the left, the others to the right; Han characters are two wide.

    >>> print(text_table(("field", "n"), [("name", "12"), ("手机", "3")]))
    field   n
    name   12
    手机    3
    """
    lines = [tuple(head), *(tuple(r) for r in rows)]
    widths = [max(_width(line[k]) for line in lines) for k in range(len(head))]
    return "\n".join(
        "  ".join(
            cell + " " * (w - _width(cell)) if k == 0 else " " * (w - _width(cell)) + cell
            for k, (cell, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The same for a notebook.

    >>> html_table("pairs", ("n",), [("<1",)])
    '<table><caption>pairs</caption><thead><tr><th>n</th></tr></thead><tbody><tr><td>&lt;1</td></tr></tbody></table>'
    """
    heads = "".join(f"<th>{html.escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    caption = html.escape(caption)
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _width(text: str) -> int:
    return sum(1 + (east_asian_width(c) in "WF") for c in text)
