"""States that hold keyed hashes in place of values."""

from __future__ import annotations

import polars as pl
import pytest

import crmquality as cq
from crmquality.errors import ConfigError
from crmquality.hiding import hidden_rows, hider
from crmquality.linking import Linking

KEY = b"a key of the tests, 32 bytes long"
SCHEMA = cq.Schema(
    cq.PersonName("name"),
    cq.Phone("mobile", region="CN"),
    cq.Email("email"),
    cq.Address("address", region="CN"),
    source="source",
    updated_at="updated_at",
)
ROWS = [
    {
        "record_id": i,
        "source": "crm" if i % 2 else "web",
        "name": name,
        "mobile": mobile,
        "email": email,
        "address": "浙江省杭州市余杭区文一西路969号",
        "note": f"remark {i}",
        "updated_at": f"2025-01-0{i}",
    }
    for i, (name, mobile, email) in enumerate(
        [
            ("欧阳娜娜", "138 0013 8001", "nana@example.org"),
            ("歐陽娜娜 女士", "0086-138-0013-8001", None),
            ("张伟", "13912345678 / 13700001111", "zw@example.org"),
            ("张 伟", "137-0000-1111", "ZW@example.org"),
            ("李秀英", None, "lxy@example.org"),
        ],
        start=1,
    )
]
SAID = ("欧阳娜娜", "13800138001", "nana@", "文一西路", "remark", "李秀英", "example.org", "杭州", "1111")


@pytest.fixture(scope="module")
def fitted() -> cq.FittedPipeline:
    return cq.Pipeline.from_schema(SCHEMA).with_default_model().with_frequencies(ROWS)


def parts(state: cq.State) -> list[list[int]]:
    goldens: dict[str, list[int]] = {}
    for record, golden, _ in state.entities.rows():
        goldens.setdefault(golden, []).append(record)
    return sorted(goldens.values())


def test_no_value_is_in_any_table_and_records_still_meet(fitted: cq.FittedPipeline) -> None:
    assert fitted.frequencies.table.height
    step = fitted.update(cq.State(), ROWS, key=KEY)
    assert parts(step.state) == parts(fitted.update(cq.State(), ROWS).state) == [[1, 2], [3, 4], [5]]
    text = "".join(str(table.rows()) for table in step.state._tables.values())
    text += str(step.golden_changes) + str(step.source_changes) + str(step.review)
    assert not [value for value in SAID if value in text]
    assert step.state.records["source"].to_list() == ["crm", "web", "crm", "web", "crm"]
    assert step.state.records["updated_at"].to_list() == [f"2025-01-0{i}" for i in range(1, 6)]


def test_any_cutting_gives_the_same_and_the_same_again_nothing(fitted: cq.FittedPipeline) -> None:
    once = fitted.update(cq.State(), ROWS, key=KEY).state
    cut = fitted.update(fitted.update(cq.State(), ROWS[3:], key=KEY).state, ROWS[:3], key=KEY).state
    assert parts(once) == parts(cut)
    again = fitted.update(once, ROWS, key=KEY)
    assert again.state == once
    assert again.n_unchanged == len(ROWS)
    assert cq.State.from_tables(once.to_tables()) == once


def test_a_state_without_values_wants_its_own_key(fitted: cq.FittedPipeline) -> None:
    hidden, plain = fitted.update(cq.State(), ROWS, key=KEY).state, fitted.update(cq.State(), ROWS).state
    with pytest.raises(ConfigError, match="give the key that it was begun with"):
        fitted.update(hidden, ROWS)
    with pytest.raises(ConfigError, match="give the key that it was begun with"):
        fitted.update(hidden, ROWS, key=KEY[::-1])
    with pytest.raises(ConfigError, match="only be given when a state is begun"):
        fitted.update(plain, ROWS, key=KEY)
    with pytest.raises(ConfigError, match="at least 16"):
        fitted.update(cq.State(), ROWS, key=b"short")


def test_what_a_steward_says_needs_no_values(fitted: cq.FittedPipeline) -> None:
    state = fitted.update(cq.State(), ROWS, key=KEY).state
    golden_id = state.entities["golden_id"][0]
    apart = fitted.unmerge(state, 2, by="li")
    assert parts(apart.state) == [[1], [2], [3, 4], [5]]
    with pytest.raises(ConfigError):
        fitted.update(state, None, fixed=[{"golden_id": golden_id, "field": "name", "value": "欧阳娜"}])
    fixed = fitted.update(state, None, fixed=[{"golden_id": golden_id, "field": "name", "value": "欧阳娜"}], key=KEY)
    assert "欧阳娜" not in str(fixed.state.fixed_values.rows())
    assert parts(fitted.relink(state).state) == parts(state)
    assert fitted.forget(state, [1, 2]).state.n_records == 3


def test_one_record_is_checked_against_hashes(fitted: cq.FittedPipeline) -> None:
    state = fitted.update(cq.State(), ROWS, key=KEY).state
    with pytest.raises(ConfigError, match="give the key"):
        fitted.index(state)
    index = fitted.index(state, key=KEY)
    checked = index.check({"name": "欧阳 娜娜", "mobile": "+86 13800138001"})
    assert {m.record_id for x in checked.matches for m in (x, *x.also)} == {1, 2}
    assert checked.record["norm_mobile"] == "+8613800138001"
    index.add({**ROWS[4], "record_id": 6})
    assert {m.record_id for m in index.check({**ROWS[4], "record_id": 7}).matches} == {5, 6}


def test_a_record_is_hidden_as_its_row_is(fitted: cq.FittedPipeline) -> None:
    linking = Linking.of(fitted, cq.State())
    normalizer = fitted.pipeline.normalizer
    fields = list(ROWS[0])
    rows = hidden_rows(linking, normalizer.normalize_frame(pl.DataFrame(ROWS)), fields, KEY)
    hide = hider(linking, fields, KEY)
    assert rows.to_dicts() == [{**hide(normalizer.normalize_record(row))} for row in ROWS]
