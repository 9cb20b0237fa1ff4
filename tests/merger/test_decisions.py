"""Decisions: which one counts, against a slow oracle; nothing is forgotten, nothing kept twice."""

import random
from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import SchemaError
from crmquality.merger.decisions import (
    SAID,
    _instant,
    add_decisions,
    add_frame,
    effective_decisions,
    effective_frame,
    instants,
    read_decisions,
)

IDS = {"record_id_l": pl.Int64, "record_id_r": pl.Int64}
ROW = st.tuples(
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(["link", "non-link", "review", None]),
    st.sampled_from([None, "li", "wang", "rule:a", "rule:b"]),
    st.sampled_from([None, "2025-03-01", "2025-03-01T09:00", "2025-03-01T09:30:00+08:00", "2025-03-02"]),
    st.none(),
)
ROWS = st.lists(ROW, max_size=14)


def table(rows):
    return pl.DataFrame(rows, schema={**SAID, **IDS}, orient="row")


def _moment(at):
    moment = datetime.fromisoformat(at)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _oracle(rows):
    """Row by row: the answers of one pair in order of arrival, persons apart from rules."""
    heard = {}
    for i, (a, b, decision, by, at, _) in enumerate(rows):
        if a == b or decision is None or (at is not None and rows[i] in rows[:i]):
            continue
        person = not (by or "").startswith("rule:")
        earlier = heard.setdefault((min(a, b), max(a, b)), {True: [], False: []})[person]
        start = datetime.min.replace(tzinfo=UTC)
        late = _moment(at) if at else max([m for m, timed, _ in earlier if timed], default=start)
        earlier.append((late, at is not None, (decision, by, at)))
    out = {}
    for pair, said in heard.items():
        latest = None
        for late, _, row in said[True] or said[False]:
            if latest is None or late >= latest[0]:
                latest = (late, row)
        out[pair] = latest[1]
    return out


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_the_decision_that_counts_is_that_of_the_oracle(rows):
    found = effective_frame(table(rows))
    assert {(a, b): (d, by, at) for a, b, d, by, at, _ in found.rows()} == _oracle(rows)
    assert found.select(list(IDS)).rows() == sorted(_oracle(rows))
    assert effective_frame(found).equals(found)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_with_a_time_of_its_own_for_each_row_the_order_of_arrival_is_nothing(rows, rng):
    timed = [(*row[:4], f"2025-03-01T09:{i:02}", None) for i, row in enumerate(rows)]
    shuffled = random.Random(rng.random()).sample(timed, len(timed))
    assert effective_frame(table(shuffled)).equals(effective_frame(table(timed)))


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(0, 14))
def test_what_is_added_is_kept_and_counts_as_if_it_came_at_once(rows, cut):
    cut = min(cut, len(rows))
    once = add_frame(pl.DataFrame(), table(rows))
    step = add_frame(add_frame(pl.DataFrame(), table(rows[:cut])), table(rows[cut:]))
    assert effective_frame(once).equals(effective_frame(table(rows)))
    assert effective_frame(step).equals(effective_frame(once))
    assert set(once.rows()) == set(step.rows()) == set(rows)
    assert add_frame(once, table(rows)).equals(once)
    assert add_frame(step, table(rows[cut:])).equals(step)


def test_unsure_takes_an_answer_back_and_who_has_no_time_speaks_after_who_was_there():
    rows = [(1, 2, "link", "li", "2025-03-05", None), (1, 2, "review", "li", None, None)]
    assert effective_frame(table(rows))["decision"].to_list() == ["review"]
    rows.append((1, 2, "link", "wang", "2025-03-04", "found an older note"))
    assert effective_frame(table(rows))["decision"].to_list() == ["review"]
    rows.append((1, 2, "non-link", "wang", "2025-03-06", None))
    assert effective_frame(table(rows))["by"].to_list() == ["wang"]


def test_a_time_for_rows_that_have_none():
    new = [{"record_id_l": 1, "record_id_r": 2, "decision": "link"}]
    for at in ("2025-03-01", date(2025, 3, 1)):
        assert [x["at"] for x in add_decisions([], new, at=at)] == ["2025-03-01"]
    moment = datetime(2025, 3, 1, 9, tzinfo=timezone(timedelta(hours=8)))
    (kept,) = add_decisions([], new, at=moment)
    assert _moment(kept["at"]) == moment
    assert add_decisions([kept], [{**new[0], "at": "2025-01-01"}], at=moment)[1]["at"] == "2025-01-01"


@pytest.mark.parametrize("days", [pl.Date, pl.Datetime("us"), pl.Datetime("ns"), pl.Datetime("ms", "Asia/Shanghai")])
def test_times_of_any_type_are_text_that_orders_as_they_do(days):
    at = pl.Series("at", [datetime(2025, 3, d) for d in (2, 1, 3)]).cast(pl.Datetime("us"))
    at = at.dt.replace_time_zone("Asia/Shanghai").cast(days) if getattr(days, "time_zone", None) else at.cast(days)
    frame = pl.DataFrame({"record_id_l": [1] * 3, "record_id_r": [2] * 3, "decision": ["link", "non-link", "review"]})
    read = read_decisions(frame.with_columns(at))
    assert read.schema["at"] == pl.String
    assert effective_frame(read)["decision"].to_list() == ["review"]
    assert effective_frame(read[:2])["decision"].to_list() == ["link"]


@pytest.mark.parametrize(
    ("left", "right"),
    [([1, 2], ["2", "1"]), ([1, 2], [2.0, 1.0]), ([b"a", b"b"], [b"b", b"a"]), ([None, None], [1, 2]), ([], [])],
)
def test_ids_of_any_types_can_be_paired(left, right):
    frame = pl.DataFrame({"record_id_l": left, "record_id_r": right})
    frame = frame.with_columns(decision=pl.Series(["link", "non-link"][: len(left)], dtype=pl.String))
    found = effective_frame(frame)
    known = len(left) and left[0] is not None
    assert found["decision"].to_list() == (["non-link"] if known else ["link", "non-link"][: len(left)])


CELLS = st.one_of(
    st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=8))])).map(str),
    st.datetimes(timezones=st.sampled_from([None, UTC])).map(lambda m: m.isoformat().replace("+00:00", "Z")),
    st.dates().map(str),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?Z?)?", fullmatch=True),
    st.text("0123456789-:T Z+.", max_size=12),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=20))
def test_a_column_of_times_is_read_as_each_cell_alone(cells):
    read = instants(pl.Series("at", cells, dtype=pl.String)).to_list()
    assert read == [_instant(c) for c in cells]


def test_times_beyond_the_calendar_are_none():
    days = pl.Series("at", [0, 5_000_000, None], dtype=pl.Int32).cast(pl.Date)
    frame = pl.DataFrame({"record_id_l": [1] * 3, "record_id_r": [2] * 3, "decision": ["link"] * 3})
    for at in (days, days.cast(pl.Datetime("ms")), days.cast(pl.Datetime("ms")).dt.replace_time_zone("UTC")):
        with pytest.raises(SchemaError, match="1 rows of column 'at' hold no time"):
            read_decisions(frame.with_columns(at))
        assert read_decisions(frame.with_columns(at)[[0, 2]])["at"].to_list()[1] is None


def test_the_kind_of_table_comes_back_and_ids_of_a_category_are_text():
    rows = [{"record_id_l": "b", "record_id_r": "a", "decision": "link"}]
    for frame in (pd.DataFrame(rows), pd.DataFrame(rows).astype("category"), pl.DataFrame(rows)):
        found = effective_decisions(frame)
        assert type(found) is type(frame)
        assert list(found["record_id_l"]) == ["a"]
    assert effective_decisions([]) == []
    assert effective_frame(pl.DataFrame()).columns == list(SAID)


def test_what_cannot_be_read_is_refused_without_its_value():
    rows = [{"record_id_l": 1, "record_id_r": 2, "decision": "link", "at": at} for at in ("secret", "2025-03-01", "")]
    with pytest.raises(SchemaError, match=r"decisions: 1 rows of column 'at' hold no time; expected") as caught:
        effective_decisions(rows)
    assert "secret" not in str(caught.value)
    with pytest.raises(SchemaError, match=r"decisions: 1 rows of column 'decision' hold none of: link, review"):
        effective_decisions([{"record_id_l": 1, "record_id_r": 2, "decision": "same"}])
    with pytest.raises(SchemaError, match=r"decisions: unknown column 'decision'"):
        effective_decisions([{"record_id_l": 1, "record_id_r": 2}])
    with pytest.raises(SchemaError, match=r"^at hold no time"):
        add_decisions([], rows[1:2], at="tomorrow")
