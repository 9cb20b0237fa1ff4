"""One pair by itself has the levels, the weight and the explanation that it has in a table."""

import math
import random
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.comparator import Comparator, Comparison, ComparisonLevel, Edits, Encoded, Equal, LinkModel
from crmquality.comparator.labels import MAX_SCALE
from crmquality.comparator.model import Change
from crmquality.comparator.one_pair import PairScorer
from crmquality.comparator.term_frequency import Counted, TermFrequencies
from crmquality.comparator.weights import Scorer
from crmquality.errors import ModelError
from crmquality.lift import text_series
from crmquality.presets import accounts, contacts

FIELDS = ("name", "sound", "phone", "city")


def comparison(name, *, shared, related=False):
    levels = (
        ComparisonLevel("same", Equal(name), 0.7, 0.01, tf=name),
        # its frequency is of a column that may be missing, or differ, where the level's own is equal
        ComparisonLevel("one edit", Edits(name, 1, 3), 0.1, 0.01, tf="sound", related=related),
        ComparisonLevel("alike", Edits(name, 2, 3), 0.1, 0.02),
    )
    return Comparison(name, levels, present=(name,), shared=shared)


COMPARISONS = (
    comparison("name", shared=False, related=True),
    comparison("phone", shared=True),
    comparison("city", shared=True),
)
STAGE = Comparator(COMPARISONS)
CELL = st.one_of(st.none(), st.sampled_from(["anna", "anne", "anan", "bert", "berta", "carl", ""]))
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, CELL)), min_size=2, max_size=10)
SHARE = st.one_of(st.just(0.0), st.floats(0.01, 0.95))


@st.composite
def models(draw):
    """Any model of the comparisons: learned, declared, or corrected by labels."""

    def shares_of_one(n):
        x = [draw(st.floats(1e-6, 1)) for _ in range(n)]
        return tuple(v / sum(x) for v in x)

    model = LinkModel.default(COMPARISONS)
    numbers = []
    for c in model.comparisons:
        scale = draw(st.one_of(st.just(1.0), st.floats(0, MAX_SCALE)))
        kin = draw(st.sampled_from([None, c.kin, c.m])) and shares_of_one(len(c.m))
        numbers.append(replace(c, m=shares_of_one(len(c.m)), u=shares_of_one(len(c.u)), kin=kin, scale=scale))
    relations = [
        replace(r, prior=draw(st.floats(1e-6, 0.1)), shares=tuple(draw(SHARE) for _ in numbers))
        for r in model.relations
    ]
    change = draw(st.sampled_from([None, 0.1, 0.7]))
    return replace(
        model,
        match_prior=draw(st.floats(1e-7, 0.3)),
        comparisons=tuple(numbers),
        relations=tuple(relations[: draw(st.integers(0, len(relations)))]),
        change=None if change is None else Change(change, tuple(draw(SHARE) for _ in numbers)),
        offset=draw(st.floats(-3, 3)),
    )


class InFull:
    """Frequencies for the column form in 64 bits: it counts in 32, which is a ten millionth of a bit."""

    def __init__(self, frequencies):
        self._frequencies = frequencies

    def of(self, table, column):
        found = self._frequencies.of(table, column)
        return found._replace(counts=found.counts.astype(np.float64))


def every_pair(comparisons, model, frame, frequencies=None):
    """The scorers, and all pairs of a table: rows, records, levels and weights by the column form."""
    table = Encoded(frame)
    frequencies = frequencies or Counted().kept(comparisons, table)
    columns = dict.fromkeys(x for c in comparisons for x in c.columns)
    rows = frame.select(text_series(frame[c]) for c in columns).to_dicts()
    left, right = (x.astype(np.int32) for x in np.triu_indices(frame.height, k=1))
    gammas = np.column_stack([c.gammas(table, left, right) for c in comparisons])
    in_table = Scorer(model, comparisons, table, InFull(frequencies))
    pairs = list(zip(left.tolist(), right.tolist(), gammas, in_table.weights(gammas, left, right), strict=True))
    return PairScorer(model, comparisons, frequencies), in_table, rows, pairs


@settings(deadline=None, max_examples=40)
@given(ROWS, models())
def test_levels_and_weight_are_those_of_the_table(rows, model):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))
    scorer, _, records, pairs = every_pair(COMPARISONS, model, frame)
    for a, b, gammas, weight in pairs:
        one, other = records[a], records[b]
        assert scorer.gammas(one, other) == scorer.gammas(other, one) == tuple(gammas.tolist())
        assert scorer.weight(one, other) == scorer.weight(other, one) == pytest.approx(weight, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(ROWS, models(), st.floats(-60, 60))
def test_only_what_is_below_the_floor_is_given_up(rows, model, floor):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))
    scorer, _, records, pairs = every_pair(COMPARISONS, model, frame)
    for a, b, _, _ in pairs:
        weight = scorer.weight(records[a], records[b])
        for bound in (floor, weight, math.nextafter(weight, math.inf)):
            expected = weight if weight >= bound else None
            assert scorer.weight_at_least(records[a], records[b], bound) == expected


def test_a_common_value_may_weigh_most_where_labels_let_nothing_count():
    only = COMPARISONS[1:2]
    model = LinkModel.default(only)
    numbers = replace(model.comparisons[0], m=(0.05, 0.02, 0.03, 0.9), u=(0.9, 0.05, 0.0499, 0.0001), scale=0.0)
    model = replace(model, comparisons=(numbers,), change=Change(0.95, (0.94,)), relations=())
    frequencies = TermFrequencies(pl.DataFrame({"column": ["phone"], "value": ["1"], "n_entities": [1e6]}), {})
    scorer, one = PairScorer(model, only, frequencies), {"phone": "1", "sound": None}
    weight = scorer.weight(one, one)
    assert scorer.weight_at_least(one, one, weight) == weight


@settings(deadline=None, max_examples=25)
@given(ROWS, models())
def test_an_explanation_has_the_numbers_of_the_table(rows, model):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))
    scorer, in_table, records, pairs = every_pair(COMPARISONS, model, frame)
    for a, b, _, weight in pairs[:10]:
        expected = STAGE.explain_rows(frame, in_table, a, b)
        found = scorer.explain(records[a], records[b], expected.decision, STAGE.link_weight)
        assert found.match_weight == pytest.approx(weight, abs=1e-9)
        assert found.bits_to_link == pytest.approx(expected.bits_to_link, abs=1e-9)
        for x, y in zip(found.parts, expected.parts, strict=True):
            assert (x.comparison, x.level, x.level_zh) == (y.comparison, y.level, y.level_zh)
            assert (x.bits, x.tf_bits) == pytest.approx((y.bits, y.tf_bits), abs=1e-9)


def test_numbers_beyond_what_a_float_holds():
    names = [f"f{i}" for i in range(39)]
    levels = [ComparisonLevel("same", Equal(n), 0.9, 1e-12, tf=n) for n in names]
    comparisons = tuple(Comparison(n, (x,), present=(n,)) for n, x in zip(names, levels, strict=True))
    frame = pl.DataFrame([dict.fromkeys(names, "x"), dict.fromkeys(names, "x"), dict.fromkeys(names, "y")])
    scorer, _, records, pairs = every_pair(comparisons, LinkModel.default(comparisons), frame)
    for a, b, _, weight in pairs:
        assert math.isfinite(weight)
        assert scorer.weight(records[a], records[b]) == pytest.approx(weight, abs=1e-9)


def test_a_value_that_nobody_knows_is_held_by_one():
    seen = pl.DataFrame({f: ["anna"] * 8 + ["bert", None] for f in FIELDS})
    frequencies = Counted().kept(COMPARISONS, Encoded(seen))
    new = pl.DataFrame({f: ["anna", "anna", "new", "new", None] for f in FIELDS})
    model = LinkModel.default(COMPARISONS)
    scorer, _, records, pairs = every_pair(COMPARISONS, model, new, frequencies)
    for a, b, _, weight in pairs:
        assert scorer.weight(records[a], records[b]) == pytest.approx(weight, abs=1e-9)
    assert scorer.weight(records[2], records[3]) > scorer.weight(records[0], records[1]) + 1


def test_a_model_of_other_comparisons_is_refused():
    with pytest.raises(ModelError, match="learned with other comparisons"):
        PairScorer(LinkModel.default(COMPARISONS[:2]), COMPARISONS, Counted().kept((), Encoded(pl.DataFrame())))


CHINESE = [
    ("欧阳娜娜", "13812345678", "028-87654321-801", "ouyangnana@qq.com", "11010519491231002X", "成都传威科技有限公司"),
    ("歐陽娜娜 女士", "138 1234 5687", None, "nana.ouyang@acme.cn", None, "传威科技（集团）股份有限公司"),
    ("Ouyang Nana", "+86 138-1234-5678", "13812345678", None, "1101054912310021", "Chuanwei Technology Co., Ltd."),
    ("李晴", "139****5678", None, "liqing88@163.com", "110105********002X", "北京小米科技有限责任公司上海分公司"),
    ("李睛", "13912345678", "010-65551234", "li.qing@163.com", "110105194912310020", "小米科技"),
    ("王总", "13700001111; 13700002222", "65551234", "sales@acme.cn", None, "北京大米商贸有限公司"),
    ("王伟", "13700002222", None, "wangw@acme.cn", "440524188001010014", None),
]
ENGLISH = [
    ("Robert Smith", "(415) 555-2671", "415-555-0100 x12", "bob.smith@acme.com", None, "Acme Widgets, Inc."),
    ("Bob Smith", "+1 415 555 2617", "415-555-0100", "bsmith@acme.com", None, "ACME Widgets"),
    ("Smith, Robert J.", None, "4155552671", "robert.smith@gmail.com", None, "Acme Holdings LLC (London)"),
    ("R. Smyth", "415-***-2671", None, None, None, "Widgets of Acme"),
    ("María José O'Neill", "020 7946 0958", None, "mj@example.org", None, None),
]
PLACES = [
    ("1949-12-31", "四川省成都市高新区天府大道998号8栋2单元45号", "男", "销售经理"),
    ("1949-12-13", "成都高新区天府大道998号", "male", "经理"),
    ("31/12/1949", "天府大道998号8-2-54", None, "Sales Manager"),
    ("1949", "北京市朝阳区建国路88号", "女", None),
    (None, "Flat 3, 221B Baker Street, London NW1 6XE", "F", "manager, sales"),
    ("1950-01-12", "221b Baker St, London", "unknown", "Mgr"),
    (None, None, None, None),
]
SITES = ["https://www.acme.com/about", "acme.cn", None, "http://qq.com"]


@cache
def noisy(chinese, n=30, seed=7):
    """Records as people type them: of a few customers, with values lost, taken from others, and mistyped."""
    chance = random.Random(seed)
    people = CHINESE if chinese else [*ENGLISH, *CHINESE[:2]]

    def typed(value):
        if value is None or chance.random() < 0.15:
            return None
        if chance.random() < 0.3 and len(value) > 1:
            i = chance.randrange(len(value) - 1)
            return chance.choice(
                [value[:i] + value[i + 1 :], value[:i] + value[i + 1] + value[i] + value[i + 2 :], value.upper()]
            )
        return value

    rows = []
    for i in range(n):
        who, where = chance.choice(people), chance.choice(PLACES)
        values = (*who, *where, chance.choice(SITES), chance.choice([None, "91510100MA61TEST0X", "MA61TEST-0"]))
        name, mobile, landline, email, id_number, company, birth, address, sex, title, site, uscc = map(typed, values)
        rows.append(
            {"record_id": str(i), "source": "a", "created_at": None, "updated_at": None, "name": name}
            | {"mobile": mobile, "landline": landline, "email": email, "id_number": id_number, "gender": sex}
            | {"birth_date": birth, "company": company, "title": title, "address": address, "uscc": uscc}
            | {"phone": mobile or landline, "website": site, "contact": name}
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))


@pytest.mark.parametrize("region", ["CN", "US"])
@pytest.mark.parametrize("preset", [contacts, accounts])
def test_the_comparisons_of_the_presets(preset, region):
    pipeline = preset(region=region)
    comparisons = pipeline.comparator.comparisons
    frame = pipeline.normalizer.normalize_frame(noisy(region == "CN"))
    scorer, _, records, pairs = every_pair(comparisons, LinkModel.default(comparisons), frame)
    floor = pipeline.comparator.review_weight
    levels_seen = set()
    for a, b, gammas, weight in pairs:
        one, other = records[a], records[b]
        assert scorer.gammas(one, other) == tuple(gammas.tolist())
        assert scorer.weight(one, other) == pytest.approx(weight, abs=1e-9)
        assert (scorer.weight_at_least(one, other, floor) is None) == (weight < floor)
        levels_seen |= set(enumerate(gammas.tolist()))
    assert len(levels_seen) > sum(len(c.levels) for c in comparisons) / 2 + len(comparisons)
