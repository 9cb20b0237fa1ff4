"""Tables that somebody stored, back into a state: checked before anything is done with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

import numpy as np
import polars as pl

from crmquality.comparator.term_frequency import TermFrequencies
from crmquality.declarations import JSON
from crmquality.errors import SchemaError, unknown
from crmquality.frames import to_polars
from crmquality.state import ENTITIES, ORDER, TABLES, VERSION, Settings, State
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R

_IDS = (RECORD_ID, RECORD_ID_L, RECORD_ID_R)


def read_tables(tables: Mapping[str, object]) -> State:
    """See `State.from_tables`."""
    faults = [f"table {name!r} is missing" for name in TABLES if name not in tables]
    faults += [unknown("table of a state", name, TABLES) for name in tables if name not in TABLES]
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
    settings, counts = _settings(frames["settings"])
    if not frames["records"].height and not settings.columns:
        frames["records"] = pl.DataFrame()
    faults += [
        f"table {name!r} has {frames[name].height:,} rows; it was stored with {n:,}"
        for name, n in counts.items()
        if name in frames and frames[name].height != n
    ]
    records = frames["records"]
    if records.width and settings.record_id not in records.columns:
        faults.append(f"records: {unknown('column', settings.record_id, records.columns)}")
    if faults:
        raise SchemaError(faults)
    return _built(frames, settings)


def _settings(table: pl.DataFrame) -> tuple[Settings, dict[str, int]]:
    """The settings, and the number of rows that each table was stored with.

    Raises:
        SchemaError: for another version, and for what is no settings.
    """
    try:
        said = {
            k: cast("JSON", json.loads(v))
            for k, v in zip(table["key"].to_list(), table["value"].to_list(), strict=True)
        }
    except (TypeError, ValueError):
        raise SchemaError("settings: column 'value' must hold JSON, as to_tables wrote it") from None
    if said.get("version") != VERSION:
        raise SchemaError(f"settings: this is not a state of version {VERSION}; make it again with run or update")
    try:
        counts = {str(k): int(cast(int, v)) for k, v in cast("dict[str, JSON]", said["n_rows"]).items()}
        settings = Settings(
            record_id=str(said["record_id"]),
            linked_with=str(said["linked_with"]),
            caps=tuple(int(cast(int, x)) for x in cast("list[JSON]", said["caps"])),
            link_probability=float(cast(float, said["link_probability"])),
            review_probability=float(cast(float, said["review_probability"])),
            means={str(k): float(cast(float, v)) for k, v in cast("dict[str, JSON]", said["means"]).items()},
            step=int(cast(int, said["step"])),
            columns=tuple(str(x) for x in cast("list[JSON]", said["columns"])),
            hidden=None if said["hidden"] is None else str(said["hidden"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SchemaError("settings: a key is missing or damaged; expected the table as to_tables wrote it") from None
    return settings, counts


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
    entities, golden_ids, links = frames["entities"], frames["golden_ids"], frames["links"]
    if not entities[RECORD_ID].equals(ids.alias(RECORD_ID)):
        faults.append("entities: expected one row for each record")
    number_of = golden_ids.select("golden_id").with_row_index("n")
    if golden_ids["golden_id"].is_duplicated().any():
        faults.append("golden_ids: a golden id is there twice")
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
    weight = links["match_weight"]
    if weight.null_count() or not weight.is_finite().all():
        faults.append("links: column 'match_weight' must hold numbers")
    if faults:
        raise SchemaError(faults)
    return State(
        _rows=records,
        _alive=np.ones(records.height, np.bool_),
        _golden=numbers["golden_id"],
        _home=numbers["home_id"],
        _left=np.minimum(*sides),
        _right=np.maximum(*sides),
        _weight=weight.to_numpy(),
        golden_ids=golden_ids,
        decisions=frames["decisions"],
        fixed_values=frames["fixed_values"],
        deletions=frames["deletions"],
        events=frames["events"],
        term_frequencies=TermFrequencies(frames["frequencies"], settings.means),
        settings=settings,
    )
