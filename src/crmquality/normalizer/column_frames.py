"""What stands around a number, a column at a time: the frame of a cell is asked of the kernel once for all its numbers.

Of `电话:138-1234-5678` and `电话:139-8765-4321` the kernel says the same thing but for the digits. A column form finds
the digits, puts a stand-in in their place, and asks the kernel about each frame once; then the digits go back. That is
right where an answer depends on the digits in ways the form itself has checked, and the property tests hold it to that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from crmquality.lift import call
from crmquality.tables import Kernel

__all__ = ["AROUND", "ask"]

AROUND: Final = (
    r"[ !$'()+,\-./:;<=>@A-WYZ\[\]a-wyz{|}~\u3000-\u3006\u3008-\u3011\u4e00-\u67cf\u67d1-\u9fff"
    r"\uff01-\uff04\uff07-\uff09\uff0b-\uff0f\uff1a-\uff1e\uff20-\uff37\uff39-\uff3b\uff3d\uff41-\uff57\uff59-\uff5e\u200b\ufeff]"
)
"""Signs that may stand around a number and not touch its digits: none that hides one (* x ? # 某) or escapes (& %)."""


def ask(frames: pl.Series, kernel: Kernel, parts: Sequence[str]) -> pl.DataFrame:
    """What a kernel says of frames.

    Args:
        frames: frames, missing and repeated ones among them.
        kernel: the scalar rule.
        parts: the parts to give.

    Returns:
        `frame`, each once; `a_value`, `a_issues`, `a_<part>`; `a_more`, whether there are parts beside these.

    >>> from crmquality.normalizer.text import normalize_code
    >>> ask(pl.Series(["a-1", "a-1", None]), normalize_code, ["key"]).rows()
    [('a-1', 'A1', None, 'A1', False)]
    """
    names = frames.drop_nulls().unique().sort()
    answers = [call(kernel, name) for name in names.to_list()]
    kept = set(parts)
    return pl.DataFrame(
        {
            "frame": names,
            "a_value": pl.Series([a.value for a in answers], dtype=pl.String),
            "a_issues": pl.Series([" ".join(a.issues) or None for a in answers], dtype=pl.String),
            **{f"a_{p}": pl.Series([a.parts.get(p) for a in answers], dtype=pl.String) for p in parts},
            "a_more": pl.Series(
                [any(v is not None and p not in kept for p, v in a.parts.items()) for a in answers], dtype=pl.Boolean
            ),
        }
    )
