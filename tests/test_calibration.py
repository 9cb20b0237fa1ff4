from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.errors import ConfigError, SchemaError
from crmquality.evaluation import calibration, wilson_interval
from crmquality.evaluation.probabilities import EDGES, calibration_error

ENTITY = ["a", "a", "a", "b", "b", "c", "d", "d"]
TRUTH = [{"record_id": i, "entity_id": e} for i, e in enumerate(ENTITY)]
LINK = st.fixed_dictionaries(
    {
        "record_id_l": st.integers(0, 8),  # 8 is not in the truth
        "record_id_r": st.integers(0, 8),
        "match_probability": st.one_of(st.sampled_from([0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0]), st.floats(0, 1)),
        "decision": st.sampled_from(["link", "review", "non-link"]),
    }
)
STRENGTH = {"non-link": 0, "review": 1, "link": 2}


def _oracle(links, clusters, edges):
    """Pair by pair: the strongest decision, the highest probability, the band by looking through all."""
    pairs = {}
    for x in links:
        key = tuple(sorted((x["record_id_l"], x["record_id_r"])))
        if key[0] == key[1] or 8 in key:
            continue
        p, decision = pairs.get(key, (0.0, "non-link"))
        pairs[key] = (max(p, x["match_probability"]), max(decision, x["decision"], key=STRENGTH.__getitem__))
    out = {}
    for (a, b), (p, decision) in pairs.items():
        band = next(k for k in range(len(edges) - 1) if p < edges[k + 1] or k == len(edges) - 2)
        which = ["scored"]
        if decision == "link":
            which.append("accepted" if clusters[a] == clusters[b] else "refused")
        for w in which:
            n, true, total = out.get((w, band), (0, 0, 0.0))
            out[w, band] = (n + 1, true + (ENTITY[a] == ENTITY[b]), total + p)
    return out


@settings(max_examples=150, deadline=None)
@given(
    st.lists(LINK, max_size=25),
    st.lists(st.sampled_from("xyz"), min_size=8, max_size=8),
    st.sampled_from([EDGES, (0, 1), (0, 0.5, 1), (0.0, 0.25, 0.5, 0.75, 1.0)]),
)
def test_it_is_what_counting_pair_by_pair_gives(links, groups, edges):
    clusters = [{"record_id": i, "cluster_id": g} for i, g in enumerate(groups)]
    found = calibration(links, TRUTH, clusters=clusters, edges=edges)
    expected = _oracle(links, groups, edges)
    for which in ("scored", "accepted", "refused"):
        bands = getattr(found, which)
        assert [(b.low, b.high) for b in bands] == list(pairwise(edges))
        for k, b in enumerate(bands):
            n, true, total = expected.get((which, k), (0, 0, 0.0))
            assert (b.n_pairs, b.n_true) == (n, true)
            assert b.mean_probability == (pytest.approx(total / n) if n else None)
            assert b.true_share == (true / n if n else None)
            assert b.true_share_interval == wilson_interval(true, n)
    linked = sum(b.n_pairs for b in (*found.accepted, *found.refused))
    assert linked <= sum(b.n_pairs for b in found.scored)
    assert 0 <= found.error <= 1
    assert found.table.height == len(expected)
    assert len(str(found).splitlines()) == len(expected) + 1
    assert found == calibration(list(reversed(links)), TRUTH, clusters=clusters, edges=edges)


def test_probabilities_that_mean_what_they_say_have_no_error():
    truth = [{"record_id": i, "entity_id": i // 2 if i < 18 else i} for i in range(20)]
    links = [{"record_id_l": 2 * i, "record_id_r": 2 * i + 1, "match_probability": 0.9} for i in range(10)]
    found = calibration(links, truth)
    assert found.error == pytest.approx(0.0)
    assert found.accepted == found.refused == ()
    sure = calibration([{**x, "match_probability": 1.0} for x in links], truth)
    assert sure.error == pytest.approx(0.1)
    assert calibration_error(sure.scored) == sure.error


def test_links_may_be_any_table_or_none():
    links = pl.DataFrame({"record_id_l": ["0"], "record_id_r": ["1"], "match_probability": [0.95]})
    (row,) = calibration(links.lazy(), pl.DataFrame(TRUTH)).table.to_dicts()
    assert (row["pairs"], row["n_pairs"], row["true_share"]) == ("scored", 1, 1.0)
    nothing = calibration([], TRUTH)
    assert nothing.error == 0.0
    assert nothing.table.height == 0
    assert nothing._repr_html_().startswith("<table>")


def test_what_cannot_be_read():
    with pytest.raises(SchemaError, match="match_probability"):
        calibration([{"record_id_l": 1, "record_id_r": 2}], TRUTH)
    with pytest.raises(SchemaError, match="entity_id"):
        calibration([], [{"record_id": 1}])
    for edges in ((), (0, 0.5), (0.1, 1), (0, 0.5, 0.5, 1)):
        with pytest.raises(ConfigError, match="rise from 0 to 1"):
            calibration([], TRUTH, edges=edges)


def test_the_benchmark_runs_as_a_user_starts_it(tmp_path):
    folder = tmp_path / "splink_fake_1000"
    folder.mkdir()
    people = [("Mary", "Shaw"), ("John", "Smith"), ("Li", "Na"), ("Omar", "Haddad")]
    rows = [
        {
            "record_id": i,
            "source": "a",
            "first_name": people[i // 2 % 4][0],
            "surname": people[i // 2 % 4][1],
            "dob": f"19{50 + i // 2}-01-02",
            "city": "Leeds",
            "email": f"m{i // 2}@example.org",
        }
        for i in range(40)
    ]
    pl.DataFrame(rows).write_parquet(folder / "records.parquet")
    truth = pl.DataFrame({"record_id": range(40), "entity_id": [i // 2 for i in range(40)]})
    truth.write_parquet(folder / "truth.parquet")
    script = Path(__file__).parents[1] / "benchmarks" / "calibration.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "splink"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("== splink_fake_1000: calibration error 0.")
    assert "accepted 0.999 to 1" in done.stdout
    assert "at most 1% wrong: link from" in done.stdout
