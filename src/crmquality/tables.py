"""The column contracts: the one thing that the stages share.

Stages never import each other. What one hands to the next is a table with the columns named here. Frames are polars
inside; `frames` takes and gives back the caller's own kind. Rows are in the order of `record_id` inside, so that
nothing depends on the order they came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeAlias

import polars as pl

TableSchema: TypeAlias = "dict[str, pl.DataType | type[pl.DataType]]"

Severity: TypeAlias = Literal["info", "warning", "error"]
Decision: TypeAlias = Literal["link", "review", "non-link"]
Event: TypeAlias = Literal["created", "joined", "moved", "merged", "split"]

RECORD_ID: Final = "record_id"
SOURCE: Final = "source"
RECORD_ID_L: Final = "record_id_l"
RECORD_ID_R: Final = "record_id_r"


@dataclass(frozen=True, slots=True)
class Normalized:
    """What a kernel says of one value.

    Attributes:
        value: the canonical string, or None where nothing usable is left.
        parts: named parts of the value; which ones, each kernel documents. A part that is not known is absent or None.
        issues: codes of what was done to the value or found about it, in the order of finding, each once.
    """

    value: str | None
    parts: Mapping[str, str | None] = field(default_factory=dict)
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTried:
    """What one blocking rule makes of two records: a pair to compare, or why not.

    Attributes:
        rule: its name.
        outcome: `made`: a pair to compare; `cut`: they share a block, which was over the limit and was cut between
            them; `missing`: a record has no value of a key; `different`: both have values, and none in common;
            `sources`: pairs are made between sources, or within one, and this is none.
        missing: the columns of the keys that have no value on a side.
        different: the columns of the keys of which they share no value.
        n_keys: how many keys the rule has; those neither missing nor different are shared.
        block_size: where it was cut, the records in the block.
        limit: where it was cut, the largest block that this rule was left.
    """

    rule: str
    outcome: Literal["made", "cut", "missing", "different", "sources"]
    missing: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    n_keys: int = 1
    block_size: int | None = None
    limit: int | None = None

    @property
    def n_shared(self) -> int:
        """How many keys the two share."""
        return self.n_keys - len(self.missing) - len(self.different)


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One link on the way from a record to another of its entity.

    Attributes:
        record_id_l: the id of one record.
        record_id_r: of the other.
        match_weight: of the link in bits; None where a person's decision is all there is.
        decided: whether a person said so.
    """

    record_id_l: object
    record_id_r: object
    match_weight: float | None
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How two records came out of clustering.

    Attributes:
        together: whether they are one entity.
        reason: together by a `link`, a person's `decision`, or a `chain` of links; apart by a person's `decision`, by a
            `guard` that refused the link, by the `evidence` of the other pairs of the two entities, or because there
            is `no_link`.
        guard: the guard's name, such as `contradiction:norm_id_number`.
        chain: where they are together without a link of their own, the shortest way through links, and of these the
            one whose weakest link is strongest.
    """

    together: bool
    reason: Literal["link", "decision", "chain", "guard", "evidence", "no_link"]
    guard: str | None = None
    chain: tuple[ChainLink, ...] = ()


class Kernel(Protocol):
    """A rule about one value: pure, total, idempotent on its own `value`, linear in the length of its input."""

    def __call__(self, value: str | None, /) -> Normalized:
        """The normalized form of `value`; never raises."""
        ...


def norm_column(name: str, part: str | None = None) -> str:
    """The column of a field's canonical value, or of one of its parts.

    >>> norm_column("mobile"), norm_column("mobile", "area")
    ('norm_mobile', 'norm_mobile_area')
    """
    return f"norm_{name}" if part is None else f"norm_{name}_{part}"


def issues_column(name: str) -> str:
    """The column of a field's issue codes: codes with a space between, null where there is none.

    >>> issues_column("mobile")
    'issues_mobile'
    """
    return f"issues_{name}"


def gamma_column(comparison: str) -> str:
    """The column of a comparison's level: -1 missing, 0 else, higher is closer.

    >>> gamma_column("name")
    'gamma_name'
    """
    return f"gamma_{comparison}"


# `record_id` has the caller's own type; these schemas name it as a string where none is known (an empty table).
FINDINGS: Final[TableSchema] = {
    RECORD_ID: pl.String,
    SOURCE: pl.String,
    "field": pl.String,
    "code": pl.String,
    "severity": pl.String,
    "message": pl.String,
    "message_zh": pl.String,
    "suggestion": pl.String,
    "suggestion_zh": pl.String,
}
CANDIDATE_PAIRS: Final[TableSchema] = {RECORD_ID_L: pl.String, RECORD_ID_R: pl.String, "blocking_rule": pl.String}
LINKS: Final[TableSchema] = {
    RECORD_ID_L: pl.String,
    RECORD_ID_R: pl.String,
    "match_weight": pl.Float64,
    "match_probability": pl.Float64,
    "decision": pl.String,
}
DECISIONS: Final[TableSchema] = {RECORD_ID_L: pl.String, RECORD_ID_R: pl.String, "decision": pl.String}
CLUSTERS: Final[TableSchema] = {RECORD_ID: pl.String, "entity_id": pl.String}
XREF: Final[TableSchema] = {SOURCE: pl.String, RECORD_ID: pl.String, "golden_id": pl.String, "event": pl.String}
CHANGES: Final[TableSchema] = {
    "golden_id": pl.String,
    RECORD_ID: pl.String,
    "field": pl.String,
    "before": pl.String,
    "after": pl.String,
    "rule": pl.String,
}
REPORT: Final[TableSchema] = {
    "metric": pl.String,
    "field": pl.String,
    SOURCE: pl.String,
    "value": pl.Float64,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "low": pl.Float64,
    "high": pl.Float64,
    "target": pl.Float64,
    "verdict": pl.String,
}


def empty(schema: TableSchema, record_id: pl.DataType | None = None) -> pl.DataFrame:
    """An empty table of a contract, with the caller's type of record id where it is known."""
    ids = {RECORD_ID, RECORD_ID_L, RECORD_ID_R, "golden_id", "entity_id"}
    return pl.DataFrame(schema={k: (record_id if record_id is not None and k in ids else v) for k, v in schema.items()})
