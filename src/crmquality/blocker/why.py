"""Why two records are a candidate pair, or are not: every rule is asked again, for these two alone.

Nothing is kept for it. Whether two records share the keys of a rule, they say themselves. Where a rule was cut, only
the blocks that the two share are made again, and cut under the cap that the rule had, by the code that cut them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl

from crmquality.blocker.budget import Blocks, Int64
from crmquality.blocker.keys import BlockingKey, BlockingRule, Mask, one_value, values
from crmquality.blocker.pairs import Partition
from crmquality.tables import RuleTried


def rule_tried(rule: BlockingRule, frame: pl.DataFrame, left: int, right: int) -> RuleTried:
    """What a rule makes of two rows as long as no block is cut: whether they share its keys, and which not.

    >>> rule = BlockingRule("m + n", (BlockingKey("m"), BlockingKey("n")))
    >>> frame = pl.DataFrame({"m": ["a", "a", "b"], "n": ["x", None, "x"]})
    >>> rule_tried(rule, frame, 0, 1).missing, rule_tried(rule, frame, 0, 2).different
    (('n',), ('m',))
    """
    missing: list[str] = []
    different: list[str] = []
    for key in rule.keys:
        one, other = (_values_of(frame[[row]], key) for row in (left, right))
        if not one or not other:
            missing.append(key.column)
        elif one.isdisjoint(other):
            different.append(key.column)
    outcome: Literal["missing", "different", "made"] = "missing" if missing else "different" if different else "made"
    return RuleTried(rule.name, outcome, tuple(missing), tuple(different), len(rule.keys))


def rows_of_shared_blocks(rule: BlockingRule, frame: pl.DataFrame, left: int, right: int) -> Mask:
    """Which rows are in a block of a rule that two rows share; they share every key."""
    out = np.ones(frame.height, dtype=np.bool_)
    for key in rule.keys:
        shared = list(_values_of(frame[[left]], key) & _values_of(frame[[right]], key))
        mine = np.zeros(frame.height, dtype=np.bool_)
        if key.several:
            table = values(frame, key)
            mine[table["record"].to_numpy()[table["v"].is_in(shared).to_numpy()]] = True
        else:
            mine = one_value(frame[key.column], key).is_in(shared).fill_null(False).to_numpy()
        out &= mine
    return out


def smallest_shared(blocks: Blocks, a: int, b: int) -> int:
    """The records in the smallest of the blocks that hold both records; 0 where none does."""
    shared = _holding(blocks, a, b)
    return int(blocks.size[shared].min()) if shared.size else 0


def makes(part: Partition, a: int, b: int) -> bool:
    """Whether the blocks of a rule, as cut, make a pair of two records: in one whole, or near each other in order."""
    if _holding(part.whole, a, b).size:
        return True
    near = part.near
    for block in _holding(near, a, b).tolist():
        members = near.record[near.start[block] : near.start[block + 1]]
        if abs(int(np.flatnonzero(members == a)[0]) - int(np.flatnonzero(members == b)[0])) <= part.window:
            return True
    return False


def _values_of(row: pl.DataFrame, key: BlockingKey) -> set[str]:
    if key.several:
        return set(values(row, key)["v"].to_list())
    return set(one_value(row[key.column], key).drop_nulls().to_list())


def _holding(blocks: Blocks, a: int, b: int) -> Int64:
    """The numbers of the blocks with both records."""
    one, other = (np.searchsorted(blocks.start, np.flatnonzero(blocks.record == x), "right") - 1 for x in (a, b))
    return np.intersect1d(one, other).astype(np.int64)
