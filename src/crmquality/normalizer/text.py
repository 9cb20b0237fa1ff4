"""Plain text: the first step of every kernel, and the kernels of fields that are nothing but text.

The order of the steps is a contract: missing, length, Unicode form, control characters, white space, placeholder.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from crmquality.reference import read_lines
from crmquality.tables import Normalized

ISSUES: Final = ("placeholder", "too_long", "full_width", "control_characters")
MAX_LENGTH: Final = 10_000
"""Longer cells are documents or damage, not fields: a cell of Excel holds 32,767 characters, a name never 10,000."""

# Controls, surrogates, zero-width and bidirectional marks: never part of a customer's value.
_INVISIBLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb\ud800-\udfff]")
_SPACE: Final = re.compile(r"\s+")
_FULL_WIDTH: Final = re.compile("[\uff01-\uff5e\u3000]")
_ONLY_MARKS: Final = re.compile(r"[\W_]*\Z")
_REPEATED: Final = re.compile(r"([xX*?？·.无])\1*\Z")


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(read_lines("placeholders.txt"))


def is_placeholder(text: str) -> bool:
    """Whether a cleaned text only fills a box: 无, 测试, N/A, null, xxx, -, 未知 ...

    >>> is_placeholder("N/A"), is_placeholder("测试"), is_placeholder("--"), is_placeholder("吴测")
    (True, True, True, False)
    """
    folded = text.replace(" ", "").lower()
    return folded in _placeholders() or bool(_ONLY_MARKS.match(folded)) or bool(_REPEATED.match(folded))


def clean(value: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The first step of every kernel: one Unicode form, no invisible characters, single spaces, no placeholder.

    Returns:
        The text, or None where nothing is left, and the codes of what was done.

    >>> clean(" Ｈｅｌｌｏ　 world ")
    ('Hello world', ('full_width',))
    >>> clean("N/A"), clean(""), clean(None)
    ((None, ('placeholder',)), (None, ()), (None, ()))
    """
    if not value:
        return None, ()
    if len(value) > MAX_LENGTH:
        return None, ("too_long",)
    issues: list[str] = []
    text = value
    if not text.isascii():
        if _FULL_WIDTH.search(text):
            issues.append("full_width")
        text = unicodedata.normalize("NFKC", text)
    if _INVISIBLE.search(text):
        issues.append("control_characters")
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = _SPACE.sub(" ", text).strip()
    if not text:
        return None, tuple(issues)
    if is_placeholder(text):
        return None, (*issues, "placeholder")
    return text, tuple(issues)


def normalize_text(value: str | None) -> Normalized:
    """A text as one would want to read it.

    >>> normalize_text(" Ｈｅｌｌｏ　 world ").value
    'Hello world'
    """
    text, issues = clean(value)
    return Normalized(text, {}, issues)
