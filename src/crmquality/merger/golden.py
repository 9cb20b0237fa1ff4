"""Golden records: one row per cluster, every value with the record it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
import polars as pl

from crmquality.errors import SchemaError, unknown
from crmquality.lift import text_series
from crmquality.merger.cells import PER_SECOND, encode, is_plain, nulled
from crmquality.merger.choice import (
    BoolArray,
    Candidates,
    Choice,
    FloatArray,
    IntArray,
    Members,
    choose,
    ranked,
)
from crmquality.merger.guards import has_issue
from crmquality.merger.survivorship import (
    GROUP_ORDER,
    ORDER,
    SEPARATOR,
    Criterion,
    SurvivorshipRule,
)
from crmquality.tables import RECORD_ID, issues_column, norm_column

GOLDEN_ID: Final = "golden_id"
N_RECORDS: Final = "n_records"
PLACEHOLDER: Final = "placeholder"
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}
_ISO_LIKE: Final = r"^\d{4}(-\d{2}(-\d{2}([ ].*)?)?)?$"


@dataclass(frozen=True)
class Unit:
    """Fields that are decided together: one alone, or a group.

    Attributes:
        fields: the fields, in the order of the table.
        rule: the rule that ranks the members.
        grouped: whether all fields come from one record.
    """

    fields: tuple[str, ...]
    rule: SurvivorshipRule
    grouped: bool = False

    def candidates(self, cells: Sequence[Cells]) -> Candidates:
        """What the members offer for the fields together."""
        present = np.logical_or.reduce([c.present for c in cells])
        valid = np.logical_and.reduce([c.valid | ~c.present for c in cells])
        lead = self.fields.index(self.rule.field)
        return Candidates(tuple(c.shown for c in cells), present, valid, self.grouped, lead)


@dataclass(frozen=True)
class Cells:
    """One field of all members, rows as in `Members`.

    Attributes:
        raw: the caller's cells.
        shown: what a golden record shows of each: the canonical value, or the raw one where there is none and the cell
            holds more than a placeholder.
        present: whether there is anything to show.
        valid: whether it is canonical and free of the rule's invalid codes.
    """

    raw: pl.Series
    shown: pl.Series
    present: BoolArray
    valid: BoolArray


@dataclass(frozen=True)
class Decided:
    """One field after survivorship.

    Attributes:
        field: the column.
        rule: the rule that decided.
        cells: what the members had.
        golden: the value of each cluster.
        origin: the record that each value came from; several, with "; " between, for a union; null where it is fixed.
        choice: winners and losers; None for a union.
        fixed: the clusters whose value a person has fixed, shape (n_clusters,); None where there are none.
    """

    field: str
    rule: SurvivorshipRule
    cells: Cells
    golden: pl.Series
    origin: pl.Series
    choice: Choice | None
    fixed: BoolArray | None = None


def field_names(records: pl.DataFrame, not_fields: Sequence[str | None]) -> list[str]:
    """The caller's fields: every plain column that is neither named in `not_fields` nor made by the normalizer.

    >>> table = pl.DataFrame({"record_id": [1], "name": ["a"], "norm_name": ["A"], "norm_x": ["x"]})
    >>> field_names(table, ["record_id"])
    ['name', 'norm_x']
    """
    names = [c for c in records.columns if c not in not_fields]
    made = {issues_column(n) for n in names} | {norm_column(n) for n in names}
    prefixes = tuple(norm_column(n) + "_" for n in names)
    return [n for n in names if n not in made and not n.startswith(prefixes) and is_plain(records.schema[n])]


def check_names(fields: Sequence[str], ruled: Sequence[str] = ()) -> None:
    """Whether the fields can be columns of a golden table.

    Args:
        fields: the fields of the table.
        ruled: the columns that have a rule or are in a group.

    Raises:
        SchemaError: for fields with the name of a column that the golden table adds, and for rules about no field.
    """
    added = {GOLDEN_ID, N_RECORDS, *(f"{f}_from" for f in fields)}
    taken = sorted(added.intersection(fields))
    faults = [f"the golden table has a column {n!r} of its own: rename that column" for n in taken]
    faults += [
        f"column {n!r} cannot survive: expected a caller's own column of single values (no lists, structs or objects)"
        for n in sorted(set(ruled) - set(fields))
    ]
    if faults:
        raise SchemaError(faults)


def units_of(
    fields: Sequence[str],
    rules: Sequence[SurvivorshipRule],
    groups: Sequence[tuple[str, ...]],
    fallback: SurvivorshipRule,
) -> list[Unit]:
    """Every field in exactly one unit; fields without a rule get the default one, rules the fallback's sources."""
    by_field = {r.field: r for r in rules}

    def rule_of(field: str, default: tuple[Criterion, ...]) -> SurvivorshipRule:
        return by_field.get(field, SurvivorshipRule(field, default)).with_defaults(fallback)

    together = {f for group in groups for f in group}
    units = [Unit(tuple(f for f in fields if f in g), rule_of(g[0], GROUP_ORDER), grouped=True) for g in groups]
    return units + [Unit((f,), rule_of(f, ORDER)) for f in fields if f not in together]


def arrange(
    records: pl.DataFrame,
    clusters: pl.DataFrame,
    fields: Sequence[str],
    *,
    record_id: str,
    source: str | None,
    updated_at: str | None,
    verified: Sequence[str] = (),
    aging: bool = False,
) -> Members:
    """The records sorted by cluster and record id, with all that rules ask of a record.

    Raises:
        SchemaError: for records without a cluster, and where a rule asks for the age of records whose column of times
            holds numbers or spans.
    """
    ids = records[record_id]
    wanted = clusters.select(pl.col(RECORD_ID).cast(ids.dtype, strict=False), "entity_id")
    table = pl.DataFrame({RECORD_ID: ids, "row": np.arange(len(ids), dtype=np.int64)})
    table = table.join(wanted, on=RECORD_ID, how="left")
    if lost := table["entity_id"].null_count():
        raise SchemaError(f"{lost} records have no cluster; expected every record in the clusters exactly once")
    if table.height != len(ids):
        raise SchemaError(f"{table.height - len(ids)} records are in two clusters; expected each in one")
    table = table.sort("entity_id", RECORD_ID)
    order = table["row"]
    cluster = table["entity_id"].rle_id().cast(pl.Int64).to_numpy()
    moments = None if updated_at is None else _moments_of(records, updated_at).gather(order)
    return Members(
        order=order,
        ids=table[RECORD_ID],
        golden_ids=table["entity_id"].unique(maintain_order=True),
        cluster=cluster,
        recency=None if moments is None else moments.rank("dense").cast(pl.Int64).fill_null(0).to_numpy(),
        source=None if source is None else text_series(records[source]).gather(order),
        filled=_filled(records, fields).gather(order).to_numpy(),
        verified={c: _true(records[c]).gather(order).to_numpy() for c in verified},
        days=_days(moments, cluster) if aging and moments is not None else None,
    )


def decide(records: pl.DataFrame, unit: Unit, members: Members) -> list[Decided]:
    """The golden values of a unit's fields."""
    cells = [read_cells(records, f, members.order, unit.rule.invalid_codes) for f in unit.fields]
    if unit.rule.strategy == "union" and not unit.grouped:
        return [_united(unit.fields[0], unit.rule, cells[0], members)]
    choice = choose(unit.rule, unit.candidates(cells), members)
    out = []
    for field, cell in zip(unit.fields, cells, strict=True):
        golden = take(cell.shown, choice.winner)
        origin = take(members.ids, np.where(golden.is_null().to_numpy(), -1, choice.winner))
        out.append(Decided(field, unit.rule, cell, golden, origin, choice))
    return out


def golden_table(
    members: Members, golden: Mapping[str, pl.Series], origin: Mapping[str, pl.Series], fields: Sequence[str]
) -> pl.DataFrame:
    """The golden records by golden id: `golden_id`, the fields, `<field>_from`, `n_records`."""
    sizes = np.bincount(members.cluster, minlength=len(members.golden_ids))
    return pl.DataFrame(
        [
            members.golden_ids.alias(GOLDEN_ID),
            *(golden[f].alias(f) for f in fields),
            *(origin[f].alias(f"{f}_from") for f in fields),
            pl.Series(N_RECORDS, sizes, dtype=pl.Int64),
        ]
    )


def read_cells(records: pl.DataFrame, field: str, order: pl.Series, invalid_codes: Sequence[str]) -> Cells:
    """One column of the records as members' cells."""
    raw = records[field].gather(order)
    usable = records.select(_usable(records, field)).to_series().gather(order)
    issues = issues_column(field)
    clean = ~has_issue(records[issues].gather(order), invalid_codes) if issues in records.columns else None
    if norm_column(field) not in records.columns:
        shown = nulled(raw, ~usable)
        valid = usable if clean is None else usable & clean
        return Cells(raw, shown, usable.to_numpy(), valid.to_numpy())
    norm = text_series(records[norm_column(field)]).gather(order)
    canonical = norm.is_not_null()
    shown = norm.clone()
    rows = (~canonical & usable).arg_true()
    if len(rows):
        rest = raw.gather(rows)
        shown = shown.scatter(rows, encode(rest) if rest.dtype.is_temporal() else text_series(rest))
    valid = canonical if clean is None else canonical & clean
    return Cells(raw, shown, shown.is_not_null().to_numpy(), valid.to_numpy())


def _usable(records: pl.DataFrame, field: str) -> pl.Expr:
    """Whether a raw cell holds more than nothing, white space or a placeholder."""
    cell, dtype = pl.col(field), records.schema[field]
    usable = cell.is_not_null()
    if dtype == pl.String:
        usable &= cell.str.strip_chars() != ""
    elif dtype.is_float():
        usable &= cell.is_not_nan()
    issues = issues_column(field)
    if issues in records.columns:
        usable &= ~pl.col(issues).cast(pl.String).str.contains(f"(?:^| ){PLACEHOLDER}(?: |$)").fill_null(False)
    return usable.fill_null(False)


def _filled(records: pl.DataFrame, fields: Sequence[str]) -> pl.Series:
    """How many fields each record has filled."""
    counts = np.zeros(records.height, dtype=np.int64)
    for field in fields:
        present = _usable(records, field)
        if norm_column(field) in records.columns:
            present |= pl.col(norm_column(field)).is_not_null()
        counts += records.select(present).to_series().to_numpy()
    return pl.Series(counts)


def _moments_of(records: pl.DataFrame, column: str) -> pl.Series:
    """The column's canonical moments where it has such, else its own."""
    return moments(records[norm_column(column) if norm_column(column) in records.columns else column])


def moments(cells: pl.Series) -> pl.Series:
    """Cells that sort by time: dates, numbers, ISO 8601 text; null for anything else.

    >>> moments(pl.Series(["2024/05/01", "2024-05-01T10:00", "May"])).to_list()
    ['2024-05-01', '2024-05-01 10:00', None]
    """
    if not (cells.dtype.is_numeric() or cells.dtype.is_temporal()):
        text = text_series(cells).str.strip_chars().str.replace_all("/", "-").str.replace("T", " ", literal=True)
        return nulled(text, ~text.str.contains(_ISO_LIKE).fill_null(False))
    return cells.fill_nan(None) if cells.dtype.is_float() else cells


def _days(moments: pl.Series, cluster: IntArray) -> FloatArray:
    """Moments in days since 1970; unknown ones are those of the first record of the cluster, or 0 where all are."""
    days = _day_numbers(moments).cast(pl.Float64).fill_null(inf).to_numpy()
    if not days.size:
        return days
    starts = np.flatnonzero(np.diff(cluster, prepend=-1))
    first = np.minimum.reduceat(days, starts)[cluster]
    return np.where(np.isfinite(days), days, np.where(np.isfinite(first), first, 0.0))


def _day_numbers(moments: pl.Series) -> pl.Series:
    dtype = moments.dtype
    if isinstance(dtype, pl.Datetime):
        return moments.to_physical() / (86_400 * PER_SECOND[dtype.time_unit])
    if dtype == pl.Date or dtype == pl.Null:
        return moments.to_physical()
    if dtype != pl.String:
        raise SchemaError(
            f"half_life_days: the column of times is of type {dtype}, which tells no age; expected dates, moments or "
            "ISO 8601 text"
        )
    day = moments.str.slice(0, 10)
    missing = pl.when(pl.col("length") == 4).then(pl.lit("-01-01")).when(pl.col("length") == 7).then(pl.lit("-01"))
    rest = pl.DataFrame({"length": day.str.len_chars()}).select(missing.otherwise(pl.lit(""))).to_series()
    clock = moments.str.extract_groups(r" (?<h>\d{2}):(?<m>\d{2})(?::(?<s>\d{2}))?").struct.unnest()
    seconds = clock.select(pl.sum_horizontal(pl.col(c).cast(pl.Int64) * n for c, n in _SECONDS.items())).to_series()
    return (day + rest).str.to_date("%Y-%m-%d", strict=False).to_physical() + seconds / 86_400


def _true(flags: pl.Series) -> pl.Series:
    if flags.dtype == pl.Boolean:
        return flags.fill_null(False)
    return text_series(flags).str.to_lowercase().is_in(["true", "1", "yes", "是"]).fill_null(False)


def take(series: pl.Series, rows: IntArray) -> pl.Series:
    """The cells at some rows, null for -1.

    >>> take(pl.Series(["a", "b"]), np.array([1, -1])).to_list()
    ['b', None]
    """
    at = pl.Series(rows)
    return series.gather(nulled(at, at < 0))


def _united(field: str, rule: SurvivorshipRule, cells: Cells, members: Members) -> Decided:
    candidates = Candidates((cells.shown,), cells.present, cells.valid)
    table = ranked(rule, candidates, members)
    joined = (
        table.with_columns(encode(table["value"]), encode(members.ids.gather(table["row"])).alias("origin"))
        .group_by("cluster", maintain_order=True)
        .agg(pl.col("value", "origin").str.join(SEPARATOR))
    )
    at = np.full(len(members.golden_ids), -1, dtype=np.int64)
    at[joined["cluster"].to_numpy()] = np.arange(joined.height)
    return Decided(field, rule, cells, take(joined["value"], at), take(joined["origin"], at), None)


def check_columns(records: pl.DataFrame, needed: Sequence[tuple[str, str]]) -> None:
    """Whether the table has the columns that a declaration names.

    Args:
        records: the table.
        needed: who asks, and for which column.

    Raises:
        SchemaError: with every column that is missing.
    """
    missing = [f"{who}: {unknown('column', c, records.columns)}" for who, c in needed if c not in records.columns]
    if missing:
        raise SchemaError(missing)
