"""What fingerprints say of a candidate never falls short of its weight, and leaves most candidates out."""

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.comparator import (
    Comparison,
    ComparisonLevel,
    Contains,
    Different,
    Edits,
    Encoded,
    Equal,
    EqualAcross,
    Every,
    InitialOf,
    LinkModel,
    Missing,
    Near,
    SharesWord,
    Similar,
    Some,
    Swapped,
)
from crmquality.comparator.closeness import Closeness, close_columns
from crmquality.comparator.conditions import AsShown, CommonWords, LooksAlike, Spells
from crmquality.comparator.model import Change
from crmquality.comparator.prints import Prints, Seen, bag_of, length_of, mark_of
from crmquality.comparator.screen import Screen, _compile
from crmquality.comparator.term_frequency import Counted
from crmquality.comparator.weights import Scorer

WORDS = ["li", "li wei", "wei li", "liwei", "l", "lì", "zhang", "zhang wei", "zhangwei88", "李晴", "李睛", "李"]
CODES = ["13800138000", "13800138001", "13800183001", "138****8000", "2020-01-31", "2020-02-01", "2021-02-01", "1\x1f2"]
CELLS = st.one_of(st.none(), st.sampled_from(WORDS + CODES), st.text(max_size=6))
ROWS = st.fixed_dictionaries({"a": CELLS, "b": CELLS, "c": CELLS})

CONDITIONS = [
    Equal("a"),
    EqualAcross(("a", "b")),
    Swapped("a", "b"),
    Similar("a", "jaro_winkler", 0.9),
    Similar("a", "ratio", 0.7),
    Similar("a", "token_sort", 0.8),
    Similar("a", "token_set", 0.9),
    Edits("a", 1, 3),
    Edits("a", 2, 8),
    Contains("a", 4),
    SharesWord("a"),
    InitialOf("a"),
    Near("a", 31, "days"),
    Near("a", 5),
    Missing("a"),
    Different("a"),
    LooksAlike("a"),
    CommonWords("a", 0.6),
    AsShown("a", "b"),
    Spells("a", "b", "c"),
    Every((Equal("a"), Missing("b"))),
    Every((Similar("a", "ratio", 0.7), Some((Different("b"), Edits("c", 1))))),
    Some((Missing("b"), Swapped("a", "c"), Contains("c"))),
]


def frame_of(rows):
    return pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String, "c": pl.String})


@pytest.mark.parametrize("condition", CONDITIONS, ids=repr)
@settings(max_examples=25, deadline=None)
@given(rows=st.lists(ROWS, min_size=2, max_size=8))
def test_what_surely_holds_holds_and_what_may_not_does_not(condition, rows):
    columns = ("a", "b", "c")
    close = close_columns((Comparison("x", (ComparisonLevel("x", condition, 0.9, 0.1),), present=("a",)),))
    frame = frame_of(rows)
    left = np.zeros(len(rows) - 1, np.int32)
    right = np.arange(1, len(rows), dtype=np.int32)
    truth = condition.holds(Encoded(frame), left, right)
    seen = Seen(Prints.of(frame[1:], columns, close), rows[0], columns, close)
    at = {c: i for i, c in enumerate(columns)}
    closeness = Closeness(at, {c: i for i, c in enumerate(close)})
    ask = _compile(condition, at, closeness)
    sure, maybe = ask(seen, closeness.asked(seen))
    assert not (truth & ~(np.zeros(len(truth), np.bool_) if maybe is None else maybe)).any()
    assert sure is None or not (sure & ~truth).any()


@settings(max_examples=40, deadline=None)
@given(values=st.lists(CELLS, min_size=1, max_size=8))
def test_columns_and_values_have_the_same_fingerprints(values):
    prints = Prints.of(pl.DataFrame({"a": values}, schema={"a": pl.String}), ("a",), ("a",))
    assert prints.marks[:, 0].tolist() == [mark_of(v) for v in values]
    assert prints.bags[:, 0].tolist() == [bag_of(v) for v in values]
    assert [n >> 1 for n in prints.lengths[:, 0].tolist()] == [length_of(v) >> 1 for v in values]


@settings(deadline=None)
@given(one=st.text(max_size=20), other=st.text(max_size=3), at=st.integers(0, 20))
def test_an_edit_changes_one_bit_each_way(one, other, at):
    edited = one[:at] + other[:1] + one[at + 1 :]
    a, b = bag_of(one), bag_of(edited)
    assert (a & ~b).bit_count() <= 1
    assert (b & ~a).bit_count() <= 1


def people(n, seed):
    rng = np.random.default_rng(seed)

    def some(pool, missing=0.2):
        return [None if rng.random() < missing else str(rng.choice(pool)) for _ in range(n)]

    phones = [f"138{x:08}" for x in rng.integers(0, 10**8, 6)]
    mails = ["zhangwei88@qq.com", "zhangwei@qq.com", "wei.zhang@163.com", "lina@qq.com", "lin@x.org"]
    return pl.DataFrame(
        {
            "record_id": np.arange(n),
            "name": some(["张伟", "张玮", "李娜", "Li Na", "王总", "John A Smith", "Jon Smith", "欧阳娜娜"]),
            "mobile": some([*phones, phones[0][:-1] + "0", "138****" + phones[1][-4:]]),
            "email": some(mails),
            "id_number": some(["110101199003074571", "110101199003074539", "11010119900307453X"], 0.7),
            "birth": some(["1990-03-07", "1990-07-03", "1990-03", "1985-01-01"]),
            "company": some(["杭州鼎盛科技有限公司", "鼎盛科技", "杭州鼎盛贸易有限公司", "Acme Inc", "Acme Trading"]),
            "address": some(
                ["浙江省杭州市余杭区文一西路969号3幢101室", "杭州余杭文一西路969号", "北京市海淀区学院路1号"]
            ),
        }
    )


SCHEMA = cq.Schema(
    cq.PersonName("name"),
    cq.Phone("mobile", region="CN"),
    cq.Email("email"),
    cq.NationalId("id_number", scheme="cn.ric"),
    cq.BirthDate("birth"),
    cq.OrganizationName("company"),
    cq.Address("address", region="CN"),
)


@pytest.mark.parametrize("scale", [1.0, 0.5, 1.7])
@pytest.mark.parametrize("changes", [True, False])
def test_no_weight_is_above_its_bound(scale, changes):
    pipeline = cq.Pipeline.from_schema(SCHEMA)
    frame = pipeline.normalizer.normalize_frame(people(40, 1))
    comparisons = pipeline.comparator.comparisons
    model = LinkModel.default(comparisons)
    scaled = tuple(replace(c, scale=scale) for c in model.comparisons)
    change = (model.change or Change(0.1, (0.5,) * len(comparisons))) if changes else None
    model = replace(model, comparisons=scaled, change=change)
    table, frequencies = Encoded(frame), Counted()
    kept = frequencies.kept(comparisons, table)
    scorer = Scorer(model, comparisons, table, kept)

    def rarity(column, value):
        return math.log(kept.mean(column)) - math.log(max(kept.count(column, value) - 1, 1.0))

    screen = Screen(model, comparisons, rarity, lambda column: math.log(kept.mean(column)))
    prints, tight = screen.prints(frame), []
    for i in range(frame.height):
        right = np.array([j for j in range(frame.height) if j != i], np.int32)
        left = np.full(len(right), i, np.int32)
        weights = scorer.weights(np.column_stack([c.gammas(table, left, right) for c in comparisons]), left, right)
        bounds = screen.bounds(prints.take(right), frame.row(i, named=True))
        assert (bounds >= weights - 1e-6).all()
        tight += ((bounds >= -3) & (weights < -3)).tolist()
    assert np.mean(tight) < 0.5


def test_a_condition_of_ones_own_may_hold():
    class Odd:
        columns = ("a",)

    at = {"a": 0}
    seen = Seen(Prints.of(frame_of([{"a": "x", "b": None, "c": None}]), ("a",), ()), {"a": "y"}, ("a",), ())
    sure, maybe = _compile(Odd(), at, Closeness(at, {}))(seen, [])
    assert sure is None
    assert maybe.all()


def test_nobody_to_look_at():
    pipeline = cq.Pipeline.from_schema(SCHEMA)
    model = LinkModel.default(pipeline.comparator.comparisons)
    screen = Screen(model, pipeline.comparator.comparisons, lambda c, v: 0.0, lambda c: 0.0)
    frame = pipeline.normalizer.normalize_frame(people(3, 1))
    assert screen.bounds(screen.prints(frame.clear()), frame.row(0, named=True)).shape == (0,)
    nothing = dict.fromkeys(screen.columns)
    assert np.allclose(
        screen.bounds(screen.prints(frame), nothing), screen.bounds(screen.prints(frame[:1]), nothing)[0]
    )
