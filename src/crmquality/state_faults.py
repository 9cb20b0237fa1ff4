"""What stored tables can have wrong with them: each said once, with its table and column, and never a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final, cast

import polars as pl

from crmquality.declarations import JSON
from crmquality.errors import SchemaError
from crmquality.merger.decisions import SAID, read_decisions, read_times
from crmquality.state import EVENT_WORDS, TABLES, VERSION, Settings
from crmquality.tables import RECORD_ID, RECORD_ID_L, RECORD_ID_R

NEVER_NULL: Final = {
    "golden_ids": ("golden_id", "born"),
    "decisions": ("arrival",),
    "fixed_values": ("arrival", "golden_id", "field"),
    "deletions": (RECORD_ID,),
    "events": ("step", RECORD_ID, "event"),
    "frequencies": ("column", "value", "n_entities"),
}
"""Cells that nobody can do without; those of entities and links are looked up anyway."""
ONCE: Final = {
    "golden_ids": ("golden_id",),
    "decisions": ("arrival",),
    "fixed_values": ("arrival",),
    "deletions": (RECORD_ID,),
    "links": (RECORD_ID_L, RECORD_ID_R),
    "frequencies": ("column", "value"),
}


@dataclass(frozen=True)
class Stored:
    """What the table of settings says.

    Attributes:
        settings: of the state.
        n_rows: how many rows each other table was stored with.
        columns: the columns of the records, in their order.
    """

    settings: Settings
    n_rows: Mapping[str, int]
    columns: tuple[str, ...]


def read_settings(table: pl.DataFrame) -> Stored:
    """The settings, and what they say of the other tables.

    Raises:
        SchemaError: for another version, and for what is no settings.
    """
    damaged = "settings: a key is missing or damaged; expected the table as to_tables wrote it"
    if table["key"].is_duplicated().any():
        raise SchemaError("settings: a key is there twice")
    try:
        cells = zip(table["key"].to_list(), table["value"].to_list(), strict=True)
        # pandas reads the word null in a CSV as a missing cell
        said = {k: None if v is None else cast("JSON", json.loads(v)) for k, v in cells}
    except (TypeError, ValueError):
        raise SchemaError("settings: column 'value' must hold JSON, as to_tables wrote it") from None
    if said.get("version") != VERSION:
        raise SchemaError(f"settings: this is not a state of version {VERSION}; make it again with run or update")
    try:
        settings = Settings(
            record_id=_text(said["record_id"]),
            linked_with=_text(said["linked_with"]),
            caps=tuple(_whole(x) for x in _list(said["caps"])),
            link_probability=_number(said["link_probability"]),
            review_probability=_number(said["review_probability"]),
            means={k: _number(v) for k, v in _dict(said["means"]).items()},
            step=_whole(said["step"]),
            columns=tuple(_text(x) for x in _list(said["columns"])),
            hidden=None if said["hidden"] is None else _text(said["hidden"]),
        )
        n_rows = {name: _whole(_dict(said["n_rows"])[name]) for name in TABLES if name != "settings"}
        columns = tuple(_text(x) for x in _list(said["record_columns"]))
    except (KeyError, TypeError):
        raise SchemaError(damaged) from None
    known = {*columns} if columns else {settings.record_id, *settings.columns}
    if not {settings.record_id, *settings.columns} <= known or not all(0 <= p <= 1 for p in _bands(settings)):
        raise SchemaError(damaged)
    return Stored(settings, n_rows, columns)


def _bands(settings: Settings) -> tuple[float, float]:
    return settings.link_probability, settings.review_probability


def _text(value: JSON) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: JSON) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


def _number(value: JSON) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise TypeError
    return float(value)


def _list(value: JSON) -> list[JSON]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _dict(value: JSON) -> dict[str, JSON]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def read_faults(frames: Mapping[str, pl.DataFrame], ids: pl.Series, settings: Settings) -> list[str]:
    """What is wrong with tables whose columns are there and of the right types.

    Args:
        frames: the tables of a state.
        ids: the ids of its records.
        settings: of it.
    """
    faults = [
        f"{name}: {n:,} cells of column {c!r} are missing"
        for name, columns in NEVER_NULL.items()
        for c in columns
        if (n := frames[name][c].null_count())
    ]
    for name, columns in ONCE.items():
        if n := int(frames[name].select(pl.struct(columns).is_duplicated()).to_series().sum()):
            faults.append(f"{name}: {n:,} rows share their {' and '.join(columns)}; expected each once")
    golden_ids, links, fixed = frames["golden_ids"], frames["links"], frames["fixed_values"]
    named = golden_ids["golden_id"]
    if not frames["entities"][RECORD_ID].equals(ids.alias(RECORD_ID)):
        faults.append("entities: expected one row for each record")
    for name, column in (("golden_ids", "successor_id"), ("fixed_values", "golden_id")):
        faults += _counted(f"{name}: {{n:,}} rows of column {column!r} name no golden id", frames[name][column], named)
    faults += _counted(
        "fixed_values: {n:,} rows of column 'field' name no column of the records", fixed["field"], settings.columns
    )
    faults += _counted(
        "events: {n:,} rows of column 'event' hold no known word", frames["events"]["event"], EVENT_WORDS
    )
    if there := int(frames["deletions"][RECORD_ID].is_in(ids.implode()).sum()):
        faults.append(f"deletions: {there:,} rows name a record that is there")
    if itself := int((links[RECORD_ID_L] == links[RECORD_ID_R]).sum()):
        faults.append(f"links: {itself:,} rows link a record with itself")
    weight = links["match_weight"]
    if weight.null_count() or not weight.is_finite().all():
        faults.append("links: column 'match_weight' must hold numbers")
    for read in (
        lambda: read_decisions(frames["decisions"].select(list(SAID))),
        lambda: read_times(fixed["at"], "fixed_values: {n:,} rows of column 'at'"),
    ):
        try:
            read()
        except SchemaError as error:
            faults += error.faults
    return faults


def _counted(said: str, cells: pl.Series, known: pl.Series | tuple[str, ...]) -> list[str]:
    among = pl.Series(known, dtype=pl.String)
    n = int((~cells.drop_nulls().is_in(among.implode())).sum())
    return [said.format(n=n)] if n else []
