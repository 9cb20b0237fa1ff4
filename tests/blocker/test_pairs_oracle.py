"""The pairs against a slow, obvious oracle, over small tables that hypothesis makes."""

from __future__ import annotations

from itertools import combinations, product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.blocker import Blocker, BlockingKey, BlockingRule

K = BlockingKey

RULES = (
    BlockingRule("a", (K("a"),)),
    BlockingRule("any word", (K("words", "words"),)),
    BlockingRule("a again", (K("a"),)),
    BlockingRule("b and prefix", (K("b"), K("a", "prefix", 1))),
    BlockingRule("a or b, c", (K("a", also=("b",)), K("c"))),
    BlockingRule("c", (K("c", "suffix", 1),)),
    BlockingRule("two words", (K("words", "word_pairs"),)),
    BlockingRule("grams", (K("words", "qgrams", 2), K("b"))),
    BlockingRule("split", (K("words", also=("c",), split=True),)),
)


def key_values(row: dict[str, str | None], key: BlockingKey) -> set[str]:
    cells = [row[c] for c in key.columns if row[c]]
    if key.split:
        cells = [w for c in cells for w in c.split(" ") if w]
    out: set[str] = set()
    for cell in cells:
        length = key.length or 1
        words = [w for w in cell.split(" ") if w]
        if key.transform == "exact":
            out.add(cell)
        elif key.transform == "prefix":
            out.add(cell[:length])
        elif key.transform == "suffix":
            out.add(cell[-length:])
        elif key.transform == "words":
            out |= set(words)
        elif key.transform == "word_pairs":
            out |= {" ".join(sorted(p)) for p in combinations(set(words), 2)} if len(set(words)) > 1 else set(words)
        elif key.transform == "qgrams":
            out |= {cell[i : i + length] for i in range(max(1, len(cell) - length + 1))}
        else:
            raise AssertionError(key.transform)
    return out


def block_values(row: dict[str, str | None], rule: BlockingRule) -> set[tuple[str, ...]]:
    return set(product(*(key_values(row, k) for k in rule.keys)))


def oracle(rows: list[dict[str, str | None]], rules: tuple[BlockingRule, ...], link: str) -> set[tuple[int, int, str]]:
    order = [r for r in rules if not r.several] + [r for r in rules if r.several]
    out: set[tuple[int, int, str]] = set()
    for left, right in combinations(sorted(rows, key=lambda r: r["record_id"]), 2):
        if link == "between" and left["source"] == right["source"]:
            continue
        if link == "within" and left["source"] != right["source"]:
            continue
        for rule in order:
            if block_values(left, rule) & block_values(right, rule):
                out.add((left["record_id"], right["record_id"], rule.name))
                break
    return out


text = st.one_of(st.none(), st.text("xyé里", max_size=2))
words = st.one_of(st.none(), st.lists(st.sampled_from(["x", "xy", "里", "yx", ""]), max_size=4).map(" ".join))
row = st.fixed_dictionaries(
    {"a": text, "b": text, "c": text, "words": words, "source": st.sampled_from([None, "p", "q"])}
)
SCHEMA = {
    "record_id": pl.Int64,
    "a": pl.String,
    "b": pl.String,
    "c": pl.String,
    "words": pl.String,
    "source": pl.String,
}


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, str | None]]:
    rows = draw(st.lists(row, max_size=14))
    ids = draw(st.permutations(range(len(rows))))
    return [{"record_id": i, **r} for i, r in zip(ids, rows, strict=True)]


def triples(blocker: Blocker, rows: list[dict[str, str | None]]) -> list[tuple[int, int, str]]:
    return blocker.pairs_frame(pl.DataFrame(rows, schema=SCHEMA)).rows()


@settings(max_examples=150, deadline=None)
@given(
    tables(), st.lists(st.sampled_from(RULES), min_size=1, unique=True), st.sampled_from(["all", "between", "within"])
)
def test_pairs_and_their_rules_are_those_of_the_oracle(rows, rules, link) -> None:
    blocker = Blocker(tuple(rules), link=link, source="source")
    made = triples(blocker, rows)
    assert len(made) == len(set(made))
    assert all(left < right for left, right, _ in made)
    assert set(made) == oracle(rows, tuple(rules), link)


@settings(max_examples=60, deadline=None)
@given(tables(), st.randoms(), st.integers(1, 20), st.sampled_from(["all", "between", "within"]), st.integers(2, 4))
def test_neither_row_order_nor_chunking_matters(rows, random, chunk_size, link, max_block_size) -> None:
    blocker = Blocker(RULES, link=link, source="source", max_block_size=max_block_size, window=1)
    expected = triples(blocker, rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert triples(blocker, shuffled) == expected
    plan = blocker.plan(pl.DataFrame(rows, schema=SCHEMA))
    ids = plan.record_ids
    chunks = [
        (ids[int(a)], ids[int(b)], plan.rule_names[r])
        for left, right, r in plan.pairs(chunk_size)
        for a, b in zip(left, right, strict=True)
    ]
    assert sorted(chunks) == sorted(expected)


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from(["all", "between", "within"]), st.integers(1, 5), st.integers(1, 3))
def test_cutting_only_takes_away_and_counts_are_exact(rows, link, max_block_size, window) -> None:
    narrow = (K("b"), K("c"))
    rules = (BlockingRule("a", (K("a"),), narrow), BlockingRule("w", (K("words", "words"),), narrow))
    blocker = Blocker(rules, link=link, source="source", max_block_size=max_block_size, window=window)
    made = {(a, b) for a, b, _ in triples(blocker, rows)}
    assert made <= {(a, b) for a, b, _ in oracle(rows, rules, link)}
    frame = pl.DataFrame(rows, schema=SCHEMA)
    single = Blocker(rules[:1], link=link, source="source", max_block_size=max_block_size, window=window)
    report = single.report(frame)
    assert report.rules[0].n_pairs == report.n_pairs == len(triples(single, rows))
    assert report.rules[0].n_pairs_before == len(oracle(rows, rules[:1], link))
    assert blocker.report(frame).n_pairs == len(made)
    assert report.n_possible_pairs == sum(
        link == "all" or (x["source"] == y["source"]) == (link == "within") for x, y in combinations(rows, 2)
    )


def test_a_pair_of_a_cut_block_is_still_made_by_another_rule() -> None:
    rows = [{"record_id": i, "a": "junk", "b": "same" if i in {0, 40} else f"{i}", "c": f"{i:02}"} for i in range(41)]
    frame = pl.DataFrame(rows)
    for link, source in (("all", None), ("between", "source")):
        frame = frame.with_columns(source=pl.col("record_id") // 20)
        # the neighborhood is in the order of c
        rules = (BlockingRule("a", (K("a"),)), BlockingRule("c", (K("c"),)), BlockingRule("b", (K("b"),)))
        blocker = Blocker(rules, max_block_size=5, window=1, link=link, source=source)
        assert (0, 40, "b") in blocker.pairs_frame(frame).rows()
