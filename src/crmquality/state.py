"""State: all that lasts between runs, as tables that the caller stores wherever they store tables.

| table | a row is | columns |
|---|---|---|
| `records` | a record | the caller's columns, and beside each field `norm_…` (comparable values) and `issues_…` |
| `entities` | a record | `record_id`, `golden_id`, `home_id` (the golden id that it was first given) |
| `golden_ids` | a golden id that was ever given | `golden_id`, `born` (the step), `successor_id` (who took it over) |
| `links` | a pair that matters: review and above | `record_id_l`, `record_id_r`, `match_weight` |
| `decisions` | an answer of a person or a rule | `arrival`, and the columns of `merger.decisions` |
| `fixed_values` | a golden value that a steward has fixed | `arrival`, `golden_id`, `field`, `value`, `by`, `at` |
| `deletions` | a record that was deleted | `record_id`, `updated_at`, `home_id` (its golden id, should it come back) |
| `events` | what became of a record's golden id | `step`, `at`, `record_id`, `event`, `golden_id`, `from_golden_id` |
| `frequencies` | a value that several entities had when the model was fitted | `column`, `value`, `n_entities` |
| `settings` | what the state was linked with | `key`, `value` (JSON) |

Blocking keys are not kept: they are a function of the comparable values, forty to a record, and their hashes differ
between versions. They are made when a state is first updated or looked up in, and then go along from state to state.

A state is a value: nothing changes it, and an older one stays what it was.

**Without values.** With `update(..., key=...)` the state holds keyed hashes (`privacy.pseudonym`) in place of every
value and of every part that the normalizer made of it; ids, sources, times of change and issue codes stay. Records then
meet only where something about them is exactly the same once it is normalized, golden records are made of hashes, and
nobody without the key can tell what any of it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.term_frequency import FREQUENCIES, TermFrequencies
from crmquality.declarations import JSON
from crmquality.frames import to_polars
from crmquality.merger.decisions import SAID
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R, TableSchema

if TYPE_CHECKING:
    from crmquality.blocker.lookup import BlockIndex

Int32: TypeAlias = NDArray[np.int32]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

VERSION: Final = 1
NONE: Final = -1

GOLDEN_IDS: Final[TableSchema] = {"golden_id": pl.String, "born": pl.Int64, "successor_id": pl.String}
FIXED: Final[TableSchema] = {
    "arrival": pl.Int64,
    "golden_id": pl.String,
    "field": pl.String,
    "value": pl.String,
    "by": pl.String,
    "at": pl.String,
}
SETTINGS: Final[TableSchema] = {"key": pl.String, "value": pl.String}
ENTITIES: Final[TableSchema] = {RECORD_ID: pl.String, "golden_id": pl.String, "home_id": pl.String}
STATE_LINKS: Final[TableSchema] = {RECORD_ID_L: pl.String, RECORD_ID_R: pl.String, "match_weight": pl.Float64}
DECIDED: Final[TableSchema] = {"arrival": pl.Int64, **SAID}
DELETIONS: Final[TableSchema] = {RECORD_ID: pl.String, "updated_at": pl.String, "home_id": pl.String}
EVENTS: Final[TableSchema] = {
    "step": pl.Int64,
    "at": pl.String,
    RECORD_ID: pl.String,
    "event": pl.String,
    "golden_id": pl.String,
    "from_golden_id": pl.String,
}
EVENT_WORDS: Final = ("created", "joined", "moved", "merged", "split", "deleted")
TABLES: Final[dict[str, TableSchema]] = {
    "records": {},
    "entities": ENTITIES,
    "golden_ids": GOLDEN_IDS,
    "links": STATE_LINKS,
    "decisions": DECIDED,
    "fixed_values": FIXED,
    "deletions": DELETIONS,
    "events": EVENTS,
    "frequencies": FREQUENCIES,
    "settings": SETTINGS,
}
"""The tables of a state and their columns; `records` has the caller's."""
ORDER: Final[dict[str, tuple[str, ...]]] = {
    "entities": (RECORD_ID,),
    "golden_ids": ("born", "golden_id"),
    "links": (RECORD_ID_L, RECORD_ID_R),
    "decisions": ("arrival",),
    "fixed_values": ("arrival",),
    "deletions": (RECORD_ID,),
    "events": ("step", RECORD_ID),
    "frequencies": ("column", "value"),
    "settings": ("key",),
}
KEYS: Final[dict[str, tuple[str, ...]]] = {**ORDER, "golden_ids": ("golden_id",)}
"""What tells the rows of a table apart; of `records` it is the caller's record id."""
_ID_COLUMNS: Final = {RECORD_ID, RECORD_ID_L, RECORD_ID_R}


@dataclass(frozen=True)
class Settings:
    """What a state was linked with: everything that a pair's fate depends on beside its records.

    Attributes:
        record_id: the column of the record ids.
        linked_with: a fingerprint of the blocking rules, the comparisons and the model.
        caps: the largest block that each blocking rule keeps whole.
        link_probability: from here on a pair is a link.
        review_probability: from here on, below a link, a person should look.
        means: per column of `frequencies`, how many others have the value of whoever has one.
        step: how many updates there were.
        columns: the caller's columns of the records.
        hidden: of a state that holds keyed hashes in place of values, the hash by which its key is known again.
    """

    record_id: str = RECORD_ID
    linked_with: str = ""
    caps: tuple[int, ...] = ()
    link_probability: float = 0.5
    review_probability: float = 0.1
    means: Mapping[str, float] = field(default_factory=dict)
    step: int = 0
    columns: tuple[str, ...] = ()
    hidden: str | None = None

    def rows(self, counts: Mapping[str, int], columns: Sequence[str]) -> pl.DataFrame:
        """As the table `settings`, with the number of rows of the other tables, and the columns of the records."""
        said: dict[str, JSON] = {
            "version": VERSION,
            "record_id": self.record_id,
            "linked_with": self.linked_with,
            "caps": list(self.caps),
            "link_probability": self.link_probability,
            "review_probability": self.review_probability,
            "means": dict(self.means),
            "step": self.step,
            "columns": list(self.columns),
            "hidden": self.hidden,
            "n_rows": dict(counts),
            "record_columns": list(columns),
        }
        values = [json.dumps(v, ensure_ascii=False, sort_keys=True) for v in said.values()]
        return pl.DataFrame({"key": list(said), "value": values}, schema=SETTINGS).sort("key")


@dataclass(frozen=True, repr=False, eq=False)
class State:
    """All that lasts between runs; `State()` is empty. See this module for its tables.

    >>> import crmquality as cq
    >>> fitted = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
    >>> step = fitted.update(State(), [{"record_id": 1, "name": "王芳", "email": "wf@example.org"}])
    >>> step.state
    State(1 records, 1 golden records, 1 steps)
    >>> tables = step.state.to_tables()
    >>> State.from_tables(tables) == step.state
    True
    """

    # Records have slots, in the order in which they came; a slot whose record was replaced or deleted is dead.
    _rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    _alive: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    _golden: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))
    _home: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))
    _left: Int32 = field(default_factory=lambda: np.zeros(0, np.int32))
    _right: Int32 = field(default_factory=lambda: np.zeros(0, np.int32))
    _weight: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    golden_ids: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GOLDEN_IDS))
    decisions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DECIDED))
    fixed_values: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FIXED))
    deletions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DELETIONS))
    events: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EVENTS))
    term_frequencies: TermFrequencies = field(default_factory=TermFrequencies)
    settings: Settings = field(default_factory=Settings)
    _blocks: BlockIndex | None = None

    def __repr__(self) -> str:
        n_golden = np.unique(self._golden[self._alive]).size
        return f"State({self.n_records:,} records, {n_golden:,} golden records, {self.settings.step:,} steps)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        mine, theirs = self._tables, other._tables
        return all(mine[name].equals(theirs[name]) for name in TABLES)

    __hash__ = None  # type: ignore[assignment]  # tables have no hash

    @property
    def n_records(self) -> int:
        """Records that are there."""
        return int(self._alive.sum())

    @property
    def record_id(self) -> str:
        """The column of the record ids."""
        return self.settings.record_id

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """Per table the columns that tell its rows apart: for primary keys, and to delete stored rows by.

        >>> State().keys["links"]
        ('record_id_l', 'record_id_r')
        """
        return {name: KEYS.get(name, (self.record_id,)) for name in TABLES}

    @property
    def records(self) -> pl.DataFrame:
        """The normalized records, by record id."""
        return self._tables["records"]

    @property
    def entities(self) -> pl.DataFrame:
        """`record_id`, `golden_id`, `home_id`, by record id."""
        return self._beside_records["entities"]

    @property
    def links(self) -> pl.DataFrame:
        """`record_id_l`, `record_id_r`, `match_weight`, by ids."""
        return self._beside_records["links"]

    def to_tables(self, like: object = None) -> dict[str, object]:
        """All tables, by name.

        Args:
            like: any table of the kind that is wanted, such as an empty pandas frame; polars without it.

        >>> sorted(State().to_tables(like=[]))[:3]
        ['decisions', 'deletions', 'entities']
        """
        restore = to_polars(like)[1] if like is not None else (lambda table: table)
        return {name: restore(table) for name, table in self._tables.items()}

    @classmethod
    def from_tables(cls, tables: Mapping[str, object]) -> State:
        """The state that `to_tables` gave, from tables of any kind and in any order of rows.

        Raises:
            SchemaError: for tables that are missing, damaged or of something else, with every fault at once.
        """
        from crmquality.state_tables import read_tables  # here: it imports this module

        return read_tables(tables)

    @cached_property
    def _tables(self) -> dict[str, pl.DataFrame]:
        rows = np.flatnonzero(self._alive)
        if rows.size:
            records = self._rows[rows].sort(self.record_id)
        else:  # a column without a cell is text, whatever it was before
            text = dict.fromkeys(self._rows.columns, pl.String())
            records = pl.DataFrame(schema={c: self._id_type if c == self.record_id else t for c, t in text.items()})
        return {name: records if name == "records" else self._beside_records[name] for name in TABLES}

    @cached_property
    def _beside_records(self) -> dict[str, pl.DataFrame]:
        """All tables but the records, which are the large one."""
        ids = self.ids
        rows = np.flatnonzero(self._alive)
        names = self.golden_ids["golden_id"]
        entities = pl.DataFrame(
            {
                RECORD_ID: ids.gather(rows),
                "golden_id": names.gather(self._golden[rows]),
                "home_id": names.gather(self._home[rows]),
            }
        )
        one, other = ids.gather(self._left), ids.gather(self._right)
        links = pl.DataFrame({"a": one, "b": other, "match_weight": self._weight}).select(
            pl.min_horizontal("a", "b").alias(RECORD_ID_L),
            pl.max_horizontal("a", "b").alias(RECORD_ID_R),
            "match_weight",
        )
        out = {
            "entities": entities,
            "golden_ids": self.golden_ids,
            "links": links,
            "decisions": self.decisions,
            "fixed_values": self.fixed_values,
            "deletions": self.deletions,
            "events": self.events,
            "frequencies": self.term_frequencies.table,
        }
        counts = {name: table.height for name, table in out.items()}
        out["settings"] = self.settings.rows({"records": self.n_records, **counts}, self._rows.columns)
        return {name: _typed(t, self._id_type).sort(ORDER[name], maintain_order=True) for name, t in out.items()}

    def table(self, name: str) -> pl.DataFrame:
        """One of the tables; for any but `records`, the records need not be put in order."""
        return self._tables[name] if name == "records" else self._beside_records[name]

    @property
    def ids(self) -> pl.Series:
        """The record id of every slot, dead ones included."""
        if not self._rows.width:
            return pl.Series(RECORD_ID, [], dtype=pl.String)
        return self._rows[self.record_id].alias(RECORD_ID)

    @property
    def _id_type(self) -> pl.DataType:
        """The type of the record ids; without records that of the ids that are still named."""
        if self.n_records:
            return self.ids.dtype
        return next((t[RECORD_ID].dtype for t in (self.events, self.deletions) if t.height), pl.String())

    # ------------------------------------------------------------------------------------------------ golden ids

    def resolve(self, golden_id: str) -> str | None:
        """The golden id under which the records of a golden id are now.

        An id that was merged away leads to where most of the records are that were its own, and on from there. None
        for an id whose records are all gone, or that never was.

        >>> State().resolve("g7jl5kzwlaiu5pyvm") is None
        True
        """
        names = self.golden_ids["golden_id"]
        found = self._number_of.get(golden_id)
        seen: set[int] = set()
        while found is not None and found not in seen:
            seen.add(found)
            if self._sizes[found]:
                return str(names[found])
            here = self._golden[self._alive & (self._home == found)]
            if here.size:
                numbers, counts = np.unique(here, return_counts=True)
                return str(names[int(numbers[np.argmax(counts)])])
            successor = self.golden_ids["successor_id"][found]
            found = None if successor is None else self._number_of.get(successor)
        return None

    def members(self, golden_id: str) -> pl.DataFrame:
        """The records of a golden id, wherever they are now: the rows of `records`, by record id."""
        now = self.resolve(golden_id)
        if now is None:
            return self._rows.clear()
        slots = np.flatnonzero(self._alive & (self._golden == self._number_of[now]))
        return self._rows[slots].sort(self.record_id)

    def history(self, golden_id: str) -> pl.DataFrame:
        """What has happened to a golden id: the events of records that came to it or left it, in order.

        Returns:
            `step`, `at`, `record_id`, `event`, `golden_id`, `from_golden_id`. Events are "created", "joined", "moved",
            "merged", "split" and "deleted", of a record that now is under `golden_id` (null once it is deleted).
        """
        mine = (pl.col("golden_id") == golden_id) | (pl.col("from_golden_id") == golden_id)
        return self.events.filter(mine.fill_null(False)).sort("step", RECORD_ID)

    @cached_property
    def _number_of(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.golden_ids["golden_id"].to_list())}

    @cached_property
    def _sizes(self) -> Int64:
        return np.bincount(self._golden[self._alive], minlength=self.golden_ids.height)

    def slots_of(self, record_ids: pl.Series) -> Int64:
        """The slot of each record id, -1 for one that is not there."""
        rows = np.flatnonzero(self._alive)
        ids = self.ids
        known = pl.DataFrame({"id": ids.gather(rows), "slot": rows})
        asked = record_ids.cast(ids.dtype, strict=False).alias("id").to_frame()
        found = asked.join(known, on="id", how="left", maintain_order="left")["slot"]
        return found.fill_null(NONE).to_numpy().astype(np.int64)


def _typed(table: pl.DataFrame, dtype: pl.DataType) -> pl.DataFrame:
    """A table with record ids of one type."""
    return table.with_columns(pl.col(c).cast(dtype, strict=False) for c in table.columns if c in _ID_COLUMNS)
