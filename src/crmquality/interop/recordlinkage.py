"""To and from recordlinkage (Python Record Linkage Toolkit 0.16), in both directions.

    ours -> theirs     pairs_to_multiindex, features_from_vectors; BlockerIndex and KernelFeature, which stand wherever
                       recordlinkage takes an index algorithm or a compare feature
    theirs -> ours     pairs_from_multiindex, links_from_predictions

recordlinkage names a record by its label in the index of a pandas frame, and a pair by two labels in a MultiIndex. Our
pairs are ordered by id, smaller first. Its pairs within one frame are ordered by row, later first, and its classifiers
know a pair in that order only; its links between two frames have the label of the first frame first. So give these
functions the frames: `frame` alone for duplicates within it, `frame` and `other` for links between two. The id of a row
is its `record_id` column where there is one, else its label. Without a frame the ids are the labels.

Compute features through `recordlinkage.Compare`: the `compute` of a single feature, on one frame, takes the left record
for both sides (recordlinkage 0.16, base.py).

Install with `pip install 'crmquality[recordlinkage]'`; recordlinkage 0.16 needs pandas 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

import polars as pl

from crmquality.comparator import Comparison
from crmquality.errors import ConfigError, SchemaError, unknown
from crmquality.frames import column_of, to_polars
from crmquality.lift import text_series
from crmquality.tables import LINKS, RECORD_ID, RECORD_ID_L, RECORD_ID_R

if TYPE_CHECKING:
    import pandas as pd

    from crmquality.interop.recordlinkage_classes import BlockerIndex as BlockerIndex
    from crmquality.interop.recordlinkage_classes import KernelFeature as KernelFeature

__all__ = [
    "BlockerIndex",
    "KernelFeature",
    "features_from_vectors",
    "links_from_predictions",
    "pairs_from_multiindex",
    "pairs_to_multiindex",
]

Encoding: TypeAlias = Literal["scaled", "levels"]

_GAMMA: Final = "gamma_"
_ENDS: Final = (RECORD_ID_L, RECORD_ID_R)
_NEAREST: Final = 1e-12
"""A probability of 0 or 1 counts as this near to it: 40 bits, so that no weight is infinite."""


def __getattr__(name: str) -> object:
    """The two classes that inherit from recordlinkage's: it is imported when one of them is asked for."""
    if name not in {"BlockerIndex", "KernelFeature"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    load("recordlinkage")
    return cast(object, getattr(import_module("crmquality.interop.recordlinkage_classes"), name))


def load(name: str) -> Any:
    """A module of the extra `crmquality[recordlinkage]`.

    Raises:
        ConfigError: when it is not installed.

    >>> load("no_such_module")
    Traceback (most recent call last):
    crmquality.errors.ConfigError: cannot import no_such_module: pip install 'crmquality[recordlinkage]'
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError(f"cannot import {name}: pip install 'crmquality[recordlinkage]'") from error


def pairs_to_multiindex(
    pairs: object, frame: pd.DataFrame | None = None, other: pd.DataFrame | None = None, *, record_id: str = RECORD_ID
) -> pd.MultiIndex:
    """Our candidate pairs (or links) as recordlinkage takes them, for example into `recordlinkage.Compare`.

    Args:
        pairs: a table with `record_id_l` and `record_id_r`, of any kind.
        frame: the frame whose labels the pairs get.
        other: the second frame, for links between two; pairs within one of them are then left out.
        record_id: the column with the ids.

    Raises:
        ConfigError: when pandas is not installed.
        SchemaError: for ids that no frame has or that stand twice, with how many.

    >>> import pandas as pd
    >>> people = pd.DataFrame({"record_id": [10, 11, 12]}, index=["a", "b", "c"])
    >>> pairs_to_multiindex([{"record_id_l": 10, "record_id_r": 12}], people).tolist()
    [('c', 'a')]
    """
    return _labels(_with_ends(pairs), frame, other, record_id)[0]


def pairs_from_multiindex(
    index: pd.MultiIndex,
    frame: pd.DataFrame | None = None,
    other: pd.DataFrame | None = None,
    *,
    record_id: str = RECORD_ID,
    rule: str = "recordlinkage",
) -> pd.DataFrame:
    """What a recordlinkage indexer made, as candidate pairs for our Comparator.

    Args:
        index: the pairs. A record with itself is left out, a pair that stands there twice counts once.
        frame: the frame whose labels the pairs hold.
        other: the second frame, where the pairs are links between two.
        record_id: the column with the ids.
        rule: what `blocking_rule` says.

    Returns:
        `record_id_l`, `record_id_r`, `blocking_rule`; l < r; in the order of the ids.

    Raises:
        ConfigError: when pandas is not installed.
        SchemaError: when the index has not two levels, or labels are in no frame.

    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_tuples([("c", "a"), ("a", "c"), ("b", "b")])
    >>> pairs_from_multiindex(index).values.tolist()
    [['a', 'c', 'recordlinkage']]
    """
    pairs = _ids(index, frame, other, record_id).unique(_ENDS).sort(_ENDS)
    return _to_pandas(pairs.with_columns(blocking_rule=pl.lit(rule)))


def features_from_vectors(
    vectors: object,
    frame: pd.DataFrame | None = None,
    other: pd.DataFrame | None = None,
    *,
    missing_value: float,
    comparisons: Sequence[Comparison] = (),
    encoding: Encoding = "scaled",
    record_id: str = RECORD_ID,
) -> pd.DataFrame:
    """Our comparison vectors as features for recordlinkage's classifiers.

    Args:
        vectors: a table with `record_id_l`, `record_id_r` and `gamma_<comparison>`, as `Comparator.compare` gives it.
        frame: the frame whose labels the pairs get.
        other: the second frame, for links between two.
        missing_value: what a missing comparison is worth, because the classifiers have none: 0 says "different", and
            for `ECMClassifier` it must be 0 or 1.
        comparisons: those of the Comparator, which know how many levels each has; without them the highest level in
            the table counts as full agreement.
        encoding: "scaled": a column per comparison, its level over its highest level, 0 to 1. "levels": a column per
            level, `<comparison>>=<level>`, 0 or 1, as `ECMClassifier` and `NaiveBayesClassifier` want them.
        record_id: the column with the ids.

    Returns:
        A row per pair, labelled as `pairs_to_multiindex` does it; float columns, nothing missing.

    Raises:
        ConfigError: when pandas is not installed, or there is no such encoding.
        SchemaError: when there is no `gamma_` column; for ids that no frame has.

    >>> vectors = [{"record_id_l": 1, "record_id_r": 2, "gamma_name": 2, "gamma_phone": -1}]
    >>> features_from_vectors(vectors, missing_value=0.5).to_dict("list")
    {'name': [1.0], 'phone': [0.5]}
    """
    if encoding not in {"scaled", "levels"}:
        raise ConfigError(unknown("encoding", encoding, ["scaled", "levels"]))
    table = _with_ends(vectors)
    names = [c.removeprefix(_GAMMA) for c in table.columns if c.startswith(_GAMMA)]
    if not names:
        raise SchemaError("no gamma_<comparison> column: expected what Comparator.compare gives")
    top = {name: max(1, cast(int, table[_GAMMA + name].max() or 1)) for name in names}
    top |= {c.name: len(c.levels) for c in comparisons if c.name in top}
    features = table.select(f for name in names for f in _features(name, top[name], missing_value, encoding))
    index, kept = _labels(table, frame, other, record_id)
    return _to_pandas(features[kept]).set_index(index)


def _features(name: str, top: int, missing_value: float, encoding: Encoding) -> list[pl.Expr]:
    gamma = pl.col(_GAMMA + name)
    if encoding == "scaled":
        columns = {name: gamma / top}
    else:
        columns = {f"{name}>={level}": gamma >= level for level in range(1, top + 1)}
    there = gamma.is_not_null() & (gamma >= 0)
    return [
        pl.when(there).then(value.cast(pl.Float64)).otherwise(missing_value).alias(column)
        for column, value in columns.items()
    ]


def links_from_predictions(
    predictions: pd.Series | pd.MultiIndex,
    frame: pd.DataFrame | None = None,
    other: pd.DataFrame | None = None,
    *,
    probabilities: pd.Series | None = None,
    record_id: str = RECORD_ID,
) -> pd.DataFrame:
    """What a recordlinkage classifier found, as our Links table: for the merger, or as decisions of `update`.

    Args:
        predictions: the matches as a MultiIndex (what `predict` gives by default), or a Series of 0 and 1 for all
            pairs (`recordlinkage.set_option("classification.return_type", "series")`).
        frame: the frame whose labels the pairs hold.
        other: the second frame, where the pairs are links between two.
        probabilities: what the classifier's `prob` gives; looked up by pair.
        record_id: the column with the ids.

    Returns:
        `record_id_l`, `record_id_r`, `match_weight` (bits) and `match_probability` (both missing where the pair has no
        probability), `decision` (link or non-link); each pair once, a link if any of its rows is one.

    Raises:
        ConfigError: when pandas is not installed.
        SchemaError: when an index has not two levels, or labels are in no frame.

    >>> import pandas as pd
    >>> links_from_predictions(pd.MultiIndex.from_tuples([("c", "a")]))["decision"].tolist()
    ['link']
    """
    pairs = _ids(_index_of(predictions), frame, other, record_id, _values_of(predictions))
    links = pairs.group_by(_ENDS).agg(pl.col("value").max().alias("matched"))
    if probabilities is None:
        links = links.with_columns(match_probability=pl.lit(None, dtype=pl.Float64))
    else:
        chances = _ids(_index_of(probabilities), frame, other, record_id, _values_of(probabilities))
        chances = chances.group_by(_ENDS).agg(pl.col("value").max().alias("match_probability"))
        links = links.join(chances, on=_ENDS, how="left")
    near = pl.col("match_probability").clip(_NEAREST, 1 - _NEAREST)
    links = links.with_columns(
        match_weight=(near / (1 - near)).log(2),
        decision=pl.when(pl.col("matched") > 0).then(pl.lit("link")).otherwise(pl.lit("non-link")),
    )
    return _to_pandas(links.select(list(LINKS)).sort(_ENDS))


# ---- pairs of ours <-> labels of theirs ------------------------------------------------------------------------------


def _with_ends(pairs: object) -> pl.DataFrame:
    table, _ = to_polars(pairs)
    missing = [unknown("column", c, table.columns) for c in _ENDS if c not in table.columns]
    if missing and table.width:
        raise SchemaError(missing)
    return table if table.width else pl.DataFrame(schema=dict.fromkeys(_ENDS, pl.String))


def _to_pandas(table: pl.DataFrame) -> pd.DataFrame:
    """The table as a pandas frame: what an empty frame's way back makes of it."""
    return cast("pd.DataFrame", to_polars(load("pandas").DataFrame())[1](table))


def _index_of(predictions: Any) -> Any:
    """The pairs: of a Series its index, a MultiIndex itself."""
    return predictions if hasattr(predictions, "nlevels") else getattr(predictions, "index", predictions)


def _values_of(predictions: Any) -> pl.Series:
    """The values of a Series; 1 for each pair of a MultiIndex."""
    values = [1.0] * len(predictions) if hasattr(predictions, "nlevels") else list(predictions)
    return pl.Series("value", values, dtype=pl.Float64, strict=False)


def _ids(index: Any, frame: Any, other: Any, record_id: str, value: pl.Series | None = None) -> pl.DataFrame:
    """The ids that the labels of pairs stand for, smaller first, without records paired with themselves."""
    load("pandas")
    if getattr(index, "nlevels", 0) != 2:
        raise SchemaError(f"expected a pandas MultiIndex of two levels, got a {type(index).__name__}")
    sides = [index.get_level_values(level) for level in (0, 1)]
    frames = [frame, frame if other is None else other]
    left, right = (_ids_of_labels(s, f, record_id) for s, f in zip(sides, frames, strict=True))
    if left.dtype != right.dtype:
        left, right = text_series(left), text_series(right)
    ends = pl.DataFrame({RECORD_ID_L: left, RECORD_ID_R: right})
    if value is not None:
        ends = ends.with_columns(value)
    smaller, larger = pl.min_horizontal(_ENDS), pl.max_horizontal(_ENDS)
    return ends.filter(pl.col(RECORD_ID_L) != pl.col(RECORD_ID_R)).with_columns(
        smaller.alias(RECORD_ID_L), larger.alias(RECORD_ID_R)
    )


def _ids_of_labels(labels: Any, frame: Any, record_id: str) -> pl.Series:
    if frame is None:
        return column_of(RECORD_ID, labels.to_list())
    if not frame.index.is_unique:
        raise SchemaError(f"{int(frame.index.duplicated().sum()):,} labels of the frame's index repeat another")
    rows = frame.index.get_indexer(labels)
    if (rows < 0).any():
        raise SchemaError(f"{int((rows < 0).sum()):,} of {len(rows):,} pairs have a label that is not in the frame")
    return _ids_of_rows(frame, record_id).gather(rows)


def _ids_of_rows(frame: Any, record_id: str) -> pl.Series:
    source = frame[record_id] if record_id in frame.columns else frame.index
    return column_of(RECORD_ID, source.to_list())


def _labels(table: pl.DataFrame, frame: Any, other: Any, record_id: str) -> tuple[pd.MultiIndex, pl.Series]:
    """The labels of pairs in recordlinkage's order, and which rows of `table` they are."""
    pandas = load("pandas")
    every = pl.int_range(table.height, eager=True)
    if frame is None:
        both = [table[c].to_list() for c in _ENDS]
        return pandas.MultiIndex.from_arrays(both, names=["record_id_1", "record_id_2"]), every
    rows = _rows_by_id(frame, other, record_id)
    ends = [_look_up(table[c], rows) for c in _ENDS]
    place = pl.DataFrame({"kept": every, "l": ends[0], "r": ends[1]})
    n = len(frame)
    if other is None:  # the later row first
        place = place.with_columns(first=pl.max_horizontal("l", "r"), second=pl.min_horizontal("l", "r"))
        second = frame
    else:  # rows of `other` are counted on from those of `frame`
        place = place.filter((pl.col("l") < n) != (pl.col("r") < n)).with_columns(
            first=pl.min_horizontal("l", "r"), second=pl.max_horizontal("l", "r") - n
        )
        second = other
    both = [frame.index.take(place["first"].to_numpy()), second.index.take(place["second"].to_numpy())]
    return pandas.MultiIndex.from_arrays(both, names=_level_names(frame.index.name, second.index.name)), place["kept"]


def _level_names(first: object, second: object) -> list[object]:
    """As recordlinkage names its levels."""
    return [f"{first}_1", f"{second}_2"] if first is not None and first == second else [first, second]


def _rows_by_id(frame: Any, other: Any, record_id: str) -> pl.DataFrame:
    """Row number by id; ids compare as text. Rows of `other` are counted on from those of `frame`."""
    ids = [text_series(_ids_of_rows(f, record_id)) for f in (frame, other) if f is not None]
    rows = pl.DataFrame({"id": pl.concat(ids)}).with_row_index("row").cast({"row": pl.Int64})
    twice = rows.height - rows["id"].n_unique()
    if twice:
        raise SchemaError(f"{twice:,} of {rows.height:,} rows repeat the id of another: expected unique ids")
    return rows


def _look_up(ids: pl.Series, rows: pl.DataFrame) -> pl.Series:
    wanted = pl.DataFrame({"id": text_series(ids)})
    found = wanted.join(rows, on="id", how="left", maintain_order="left")["row"]
    if found.null_count():
        raise SchemaError(f"{found.null_count():,} of {len(found):,} pairs name a {ids.name} that no row has")
    return found
