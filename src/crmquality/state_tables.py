"""Tables that somebody stored, back into a state: checked before anything is done with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import polars as pl

from crmquality.comparator.term_frequency import TermFrequencies
from crmquality.errors import SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.state import ENTITIES, ORDER, TABLES, Settings, State
from crmquality.state_faults import read_faults, read_settings
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R

_IDS = (RECORD_ID, RECORD_ID_L, RECORD_ID_R)


def read_tables(tables: Mapping[str, object]) -> State:
    """See `State.from_tables`."""
    if not isinstance(cast(object, tables), Mapping):
        raise SchemaError(
            f"expected the tables of a state by name, as to_tables gave them, got a {type(tables).__name__}"
        )
    faults = [f"table {name!r} is missing" for name in TABLES if name not in tables]
    faults += [unknown("table of a state", str(name), TABLES) for name in tables if name not in TABLES]
    if faults:
        raise SchemaError(faults)
    frames = {name: to_polars(tables[name])[0] for name in TABLES}
    for name, schema in TABLES.items():
        if frames[name].height or frames[name].width:
            faults += [
                f"{name}: {unknown('column', c, frames[name].columns)}" for c in schema if c not in frames[name].columns
            ]
        elif schema:
            frames[name] = pl.DataFrame(schema=schema)
    if faults:
        raise SchemaError(faults)
    stored = read_settings(frames["settings"])
    records = frames["records"]
    if not records.height:  # where rows are dicts there are no columns without a row
        text, ids = pl.Series([], dtype=pl.String), _no_ids(frames)
        none = {c: ids if c == stored.settings.record_id else text for c in stored.columns}
        records = pl.DataFrame({c: records[c] if c in records.columns else none[c] for c in none})
    faults += [
        f"table {name!r} has {frames[name].height:,} rows; it was stored with {n:,}"
        for name, n in stored.n_rows.items()
        if frames[name].height != n
    ]
    faults += [f"records: {unknown('column', c, records.columns)}" for c in stored.columns if c not in records.columns]
    if faults:
        raise SchemaError(faults)
    return _built(frames | {"records": records.select(stored.columns)}, stored.settings)


def _no_ids(frames: Mapping[str, pl.DataFrame]) -> pl.Series:
    """No record ids, of the type that they have where the tables still name some."""
    named = (frames[t][RECORD_ID] for t in ("events", "deletions"))
    return next((ids.clear() for ids in named if len(ids)), pl.Series([], dtype=pl.String))


def _built(frames: dict[str, pl.DataFrame], settings: Settings) -> State:
    """The state.

    Raises:
        SchemaError: for tables that contradict each other.
    """
    records, faults = frames["records"], []
    dtype = records.schema[settings.record_id] if records.width else pl.String()
    if dtype == pl.Categorical or isinstance(dtype, pl.Enum):
        dtype = pl.String()
        records = records.with_columns(pl.col(settings.record_id).cast(dtype))
    for name, schema in TABLES.items():
        named = [c for c in _IDS if c in schema]
        others = {c: t for c, t in schema.items() if c not in named}
        table = frames[name].select(list(schema)) if schema else records
        cast_to = {**others, **dict.fromkeys(named, dtype)}
        made = table.cast(cast_to, strict=False) if cast_to else table  # type: ignore[arg-type]
        faults += [
            f"{name}: {n:,} cells of column {c!r} are not of the type that a state has"
            for c in cast_to
            if (n := made[c].null_count() - table[c].null_count())
        ]
        frames[name] = made.sort(ORDER[name], maintain_order=True) if name in ORDER else made
    frames["records"] = records = records.sort(settings.record_id) if records.width else records
    ids = records[settings.record_id] if records.width else pl.Series(RECORD_ID, [], dtype=dtype)
    if ids.null_count() or ids.is_duplicated().any():
        faults.append(f"records: column {settings.record_id!r} must hold every id once and none that is missing")
    faults += read_faults(frames, ids, settings)
    entities, golden_ids, links = frames["entities"], frames["golden_ids"], frames["links"]
    number_of = golden_ids.select("golden_id").unique(maintain_order=True).with_row_index("n")
    numbers = {}
    for column in list(ENTITIES)[1:]:
        found = entities.select(pl.col(column).alias("golden_id")).join(
            number_of, on="golden_id", how="left", maintain_order="left"
        )
        faults += [
            f"entities: {n:,} rows of column {column!r} name no golden id" for n in [found["n"].null_count()] if n
        ]
        numbers[column] = found["n"].fill_null(0).to_numpy().astype(np.int64)
    slots = ids.alias("id").to_frame().with_row_index("slot")
    sides = []
    for side in (RECORD_ID_L, RECORD_ID_R):
        places = links.select(pl.col(side).alias("id")).join(slots, on="id", how="left", maintain_order="left")["slot"]
        faults += [f"links: {n:,} rows name a {side} that no record has" for n in [places.null_count()] if n]
        sides.append(places.fill_null(0).to_numpy().astype(np.int32))
    if faults:
        raise SchemaError(faults)
    return State(
        _rows=records,
        _alive=np.ones(records.height, np.bool_),
        _golden=numbers["golden_id"],
        _home=numbers["home_id"],
        _left=np.minimum(*sides),
        _right=np.maximum(*sides),
        _weight=links["match_weight"].to_numpy(),
        golden_ids=golden_ids,
        decisions=frames["decisions"],
        fixed_values=frames["fixed_values"],
        deletions=frames["deletions"],
        events=frames["events"],
        term_frequencies=TermFrequencies(frames["frequencies"], settings.means),
        settings=settings,
    )
