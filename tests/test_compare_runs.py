from __future__ import annotations

import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import SchemaError
from crmquality.evaluation import compare_runs, wilson_interval

RUN = st.dictionaries(st.integers(0, 10), st.sampled_from("abcd"), min_size=1, max_size=11)


def _table(run, column="cluster_id"):
    return [{"record_id": i, column: g} for i, g in run.items()]


def _oracle(before, after, truth):
    records = sorted(set(before) & set(after))
    sets = [{frozenset(r for r in records if run[r] == run[x]) for x in records} for run in (before, after)]
    one, two = sets
    out = {"stayed": len(one & two), "split": 0, "merged": 0, "rearranged": 0}
    for c in one - two:
        touched = [d for d in two if c & d]
        if all(d < c for d in touched):
            out["split"] += 1
        elif not (len(touched) == 1 and all(b <= touched[0] for b in one if b & touched[0])):
            out["rearranged"] += 1
    for d in two - one:
        out["merged"] += all(c < d for c in one if c & d)
    pairs = {"kept": 0, "won": [0, 0, 0], "lost": [0, 0, 0]}
    for a, b in itertools.combinations(records, 2):
        was, is_now = before[a] == before[b], after[a] == after[b]
        pairs["kept"] += was and is_now
        for name, changed in (("won", is_now and not was), ("lost", was and not is_now)):
            pairs[name][0] += changed
            if a in truth and b in truth:
                pairs[name][1] += changed and truth[a] == truth[b]
                pairs[name][2] += changed and truth[a] != truth[b]
    return records, sets, out, pairs


@settings(max_examples=250, deadline=None)
@given(RUN, RUN, RUN)
def test_it_is_what_the_definitions_say(before, after, truth):
    records, (one, two), events, pairs = _oracle(before, after, truth)
    if not records:
        return
    found = compare_runs(_table(before), _table(after, "golden_id"), _table(truth, "entity_id"))
    assert found.n_records == len(records)
    assert (found.n_clusters_before, found.n_clusters_after) == (len(one), len(two))
    assert {name: getattr(found, f"n_{name}") for name in events} == events
    assert found.n_pairs_kept == pairs["kept"]
    for name in ("won", "lost"):
        changed = getattr(found, name)
        assert [changed.n_pairs, changed.n_true, changed.n_false] == pairs[name]
        n_known = changed.n_true + changed.n_false
        assert changed.true_share == (changed.n_true / n_known if n_known else None)
        assert changed.true_share_interval == wilson_interval(changed.n_true, n_known)
    assert found.n_records_only_before == len(set(before) - set(after))
    assert found.n_records_only_after == len(set(after) - set(before))
    assert found.table["n_records"].sum() <= len(records)


@settings(max_examples=60, deadline=None)
@given(RUN, RUN)
def test_seen_from_the_other_side_all_is_reversed(before, after):
    if not set(before) & set(after):
        return
    there, back = compare_runs(_table(before), _table(after)), compare_runs(_table(after), _table(before))
    assert (there.won, there.lost, there.n_stayed) == (back.lost, back.won, back.n_stayed)
    assert (there.n_split, there.n_merged) == (back.n_merged, back.n_split)
    assert there.won.n_true is there.won.true_share is None


@settings(max_examples=30, deadline=None)
@given(RUN)
def test_a_run_is_like_itself_whatever_its_clusters_are_called(run):
    renamed = {r: f"other {g}" for r, g in run.items()}
    found = compare_runs(_table(run), pl.DataFrame(_table(renamed)))
    assert found.n_stayed == found.n_clusters_before == found.n_clusters_after == len(set(run.values()))
    assert found.won.n_pairs == found.lost.n_pairs == found.table.height == 0


def test_the_table_names_what_changed_and_the_text_names_nobody():
    before = _table(dict(enumerate("AABBCCD")))
    after = _table(dict(enumerate("PQRRSSS")))
    found = compare_runs(before, after)
    assert found.table.rows() == [
        ("split", "A", "P", 1),
        ("split", "A", "Q", 1),
        ("merged", "C", "S", 2),
        ("merged", "D", "S", 1),
    ]
    assert not set("ABCDPQRS") & set(str(found).replace("\n", " "))
    assert "cluster_before" not in repr(found)
    assert found._repr_html_().startswith("<table>")


def test_what_cannot_be_read_is_said_at_once():
    with pytest.raises(SchemaError) as caught:
        compare_runs([{"record_id": 1, "group": 1}], [{"record_id": 1, "golden_id": None}], [{"record_id": 1}])
    assert len(caught.value.faults) == 3
    with pytest.raises(SchemaError, match="no record_id in common"):
        compare_runs(_table({1: "a"}), _table({2: "a"}))
    assert compare_runs([], []).n_records == 0
