"""Our blocker and our kernels as parts of recordlinkage. Ask `crmquality.interop.recordlinkage` for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import pandas as pd
import polars as pl
from recordlinkage.base import BaseCompareFeature, BaseIndexAlgorithm

from crmquality.blocker import Blocker
from crmquality.frames import to_polars
from crmquality.lift import lift, load_kernel
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R, Kernel, norm_column

RowNumbers: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.int64]]"

_SIDE: Final = "crmquality_side"


class Blocks(Protocol):
    """Whatever makes candidate pairs of a table, as our `Blocker` does."""

    def block(self, records: object, /) -> object:
        """The pairs, `record_id_l` and `record_id_r`, of a table with a column `record_id`."""
        ...


class BlockerIndex(BaseIndexAlgorithm):  # type: ignore[misc]  # recordlinkage has no types
    """A blocker as a recordlinkage index algorithm: for `recordlinkage.Index().add(...)`, or by itself.

    The frames must have the columns that the blocker's rules read; normalize them first. Labels may be of any kind:
    the blocker sees the place of a label among the sorted labels as its `record_id`, so that the pairs do not depend
    on the order of rows.

    Args:
        blocker: a `Blocker`, or any object with such a `block`. Between two frames a `Blocker` is asked for pairs
            between sources only; of another object's pairs those within one frame are dropped.
        verify_integrity: whether labels that repeat are an error (recordlinkage's).
        suffixes: how two levels of one name are told apart (recordlinkage's).

    >>> import pandas as pd
    >>> from crmquality.blocker import BlockingKey, BlockingRule
    >>> blocker = Blocker((BlockingRule("mobile", (BlockingKey("norm_mobile"),)),))
    >>> people = pd.DataFrame({"norm_mobile": ["1", "1", "2"]}, index=["a", "b", "c"])
    >>> BlockerIndex(blocker).index(people).tolist()
    [('b', 'a')]
    """

    def __init__(
        self, blocker: Blocks, verify_integrity: bool = True, suffixes: tuple[str, str] = ("_1", "_2")
    ) -> None:
        super().__init__(verify_integrity=verify_integrity, suffixes=suffixes)
        self.blocker = blocker

    def _dedup_index(self, df_a: Any) -> Any:
        blocker = replace(self.blocker, record_id=RECORD_ID) if isinstance(self.blocker, Blocker) else self.blocker
        order = _sorted_rows(df_a.index)
        left, right = _pairs(blocker, df_a.iloc[order])
        first, second = order[left], order[right]
        later, earlier = np.maximum(first, second), np.minimum(first, second)
        return _multiindex(df_a.index, df_a.index, later, earlier)

    def _link_index(self, df_a: Any, df_b: Any) -> Any:
        blocker = self.blocker
        if isinstance(blocker, Blocker):
            blocker = replace(blocker, record_id=RECORD_ID, source=_SIDE, link="between")
        order_a, order_b = _sorted_rows(df_a.index), _sorted_rows(df_b.index)
        sides = [
            df.iloc[order].assign(**{_SIDE: side}) for df, order, side in ((df_a, order_a, "a"), (df_b, order_b, "b"))
        ]
        left, right = _pairs(blocker, pd.concat(sides, ignore_index=True))
        between = (left < len(df_a)) & (right >= len(df_a))  # left < right, and the rows of `df_a` stand first
        return _multiindex(df_a.index, df_b.index, order_a[left[between]], order_b[right[between] - len(df_a)])


def _sorted_rows(index: Any) -> RowNumbers:
    """The rows in the order of their labels; labels of several types in the order of their text."""
    try:
        return np.asarray(index.argsort(), dtype=np.int64)
    except TypeError:
        return np.asarray(index.map(str).argsort(kind="stable"), dtype=np.int64)


def _pairs(blocker: Blocks, frame: Any) -> tuple[RowNumbers, RowNumbers]:
    """The pairs of the rows of `frame`, as row numbers, smaller first."""
    numbered = frame.reset_index(drop=True).assign(**{RECORD_ID: np.arange(len(frame))})
    table, _ = to_polars(blocker.block(numbered))
    if not table.height:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    smaller, larger = pl.min_horizontal(RECORD_ID_L, RECORD_ID_R), pl.max_horizontal(RECORD_ID_L, RECORD_ID_R)
    ends = table.select(smaller=smaller.cast(pl.Int64), larger=larger.cast(pl.Int64)).unique().sort("smaller", "larger")
    return ends["smaller"].to_numpy(), ends["larger"].to_numpy()


def _multiindex(a: Any, b: Any, first: object, second: object) -> Any:
    return pd.MultiIndex.from_arrays([a.take(first), b.take(second)])


class KernelFeature(BaseCompareFeature):  # type: ignore[misc]  # recordlinkage has no types
    """Whether two cells are the same once normalized, as a recordlinkage compare feature: 1 or 0.

    Args:
        left_on: the column of the left frame.
        right_on: the column of the right frame.
        kernel: a kernel (`phones.normalize_phone` with its region bound by functools.partial), or its name,
            `"crmquality.normalizer.phones:normalize_phone"`.
        parameters: the kernel's keyword arguments, where it is given by name.
        part: the part of the normalized value to compare, for example `key`; the value itself without it.
        missing_value: the feature where either side has no normalized value. recordlinkage's own features say 0 there,
            which is "different"; here it must be said.
        label: the name of the feature's column.

    >>> import pandas as pd, recordlinkage
    >>> compare = recordlinkage.Compare()
    >>> kernel = "crmquality.normalizer.text:normalize_text"
    >>> compare.add(KernelFeature("name", "name", kernel, missing_value=0.5, label="same"))
    >>> people = pd.DataFrame({"name": ["Ａ b", "A  b", None]})
    >>> compare.compute(pd.MultiIndex.from_tuples([(1, 0), (2, 0)]), people)["same"].tolist()
    [1.0, 0.5]
    """

    name = "crmquality"
    description = "Equal after crmquality's normalization."

    def __init__(
        self,
        left_on: str,
        right_on: str,
        kernel: Kernel | str,
        *,
        missing_value: float,
        parameters: Mapping[str, Any] | None = None,
        part: str | None = None,
        label: str | None = None,
    ) -> None:
        super().__init__(left_on, right_on, label=label)
        self.kernel = load_kernel(kernel, parameters) if isinstance(kernel, str) else kernel
        self.part = part
        self.missing_value = missing_value

    def _compute_vectorized(self, left: Any, right: Any) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        a, b = self._normalized(left), self._normalized(right)
        return (a == b).cast(pl.Float64).fill_null(self.missing_value).to_numpy(writable=True)

    def _normalized(self, cells: Any) -> pl.Series:
        frame, _ = to_polars(pd.DataFrame({"cell": cells.reset_index(drop=True)}))
        parts = () if self.part is None else (self.part,)
        return lift(frame["cell"], self.kernel, "cell", parts)[norm_column("cell", self.part)]
