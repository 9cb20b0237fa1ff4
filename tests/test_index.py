"""A check finds what a run over the table with the record would find; changes take effect at once, in all threads."""

import pickle
import threading
from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality import index as index_module
from crmquality import known as known_module
from crmquality.checked import Checked, Match, Policy, Reason, gravest
from crmquality.comparator import Encoded
from crmquality.comparator.weights import Scorer
from crmquality.index import Index
from crmquality.validator import CATALOG

FAMILY = ("王", "李", "张", "刘", "欧阳", "Smith")
GIVEN = ("伟", "娜", "芳", "建国", "娜娜", "John")
IDS = ("110101199003074530", "110101199003072818", "11010119900307299X", "110101199003074531")
SCHEMA = cq.Schema(
    cq.PersonName("name", required=True),
    cq.Phone("mobile", region="CN"),
    cq.Email("email"),
    cq.NationalId("id_number", scheme="cn.ric"),
    cq.BirthDate("birth"),
    cq.OrganizationName("company"),
    source="source",
)


def people(n, seed):
    """Records of some persons of a few names, each seen three times, with gaps and slips."""
    rng = np.random.default_rng(7)

    def pick(pool):
        return str(pool[rng.integers(len(pool))])

    persons = [
        {
            "name": pick(FAMILY) + pick(GIVEN),
            "mobile": f"138{rng.integers(10**8):08}",
            "email": f"user{k}@qq.com",
            "id_number": pick(IDS) if k % 5 == 0 else None,
            "birth": pick(("1990-03-07", "1985-01-01", "1985-01-02", "1971-12-31")),
            "company": pick(("杭州鼎盛科技有限公司", "鼎盛科技", "杭州恒泰贸易有限公司")),
        }
        for k in range(n // 3)
    ]
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        row = {k: None if rng.random() < 0.25 else v for k, v in persons[i % len(persons)].items()}
        if row["mobile"] and rng.random() < 0.2:
            row["mobile"] = row["mobile"][:-1] + "7"
        rows.append({"record_id": f"r{i:04}", "source": pick(("crm", "web", "shop")), "owner": "sales", **row})
    return rows


KNOWN = people(150, 1)
NEW = people(150, 2)[:7]


@pytest.fixture(scope="module")
def fitted():
    return cq.Pipeline.from_schema(SCHEMA).fit(KNOWN)


def with_small_caps(fitted):
    blocker = fitted.pipeline.blocker
    caps = tuple(5 if r.rare_only else 12 for r in blocker.rules)
    return replace(fitted, pipeline=replace(fitted.pipeline, blocker=replace(blocker, caps=caps)))


def build(fitted, rows=KNOWN, **options):
    options.setdefault("carry", ("source", "owner"))
    return Index.build(fitted, fitted.pipeline.normalizer.normalize_frame(pl.DataFrame(rows)), **options)


def by_the_table(fitted, rows, record):
    """The records that a run over the table with this record would link it with, or send to review."""
    frame = fitted.pipeline.normalizer.normalize_frame(
        pl.DataFrame([*rows, {**dict.fromkeys(rows[0]), **record, "record_id": "~"}])
    ).sort("record_id")
    plan, comparator, table = fitted.pipeline.blocker.plan(frame), fitted.pipeline.comparator, Encoded(frame)
    pairs = comparator.compare_chunks(table, plan.pairs())
    scorer = Scorer(fitted.model, comparator.comparisons, table, fitted.frequencies)
    links, _ = comparator.links_frame(frame["record_id"], pairs, scorer, plan.rule_names)
    mine = links.filter(pl.col("record_id_r") == "~")
    return {x["record_id_l"]: (x["match_weight"], x["decision"]) for x in mine.iter_rows(named=True)}


def assert_same(checked, expected):
    found = {m.record_id: (m.match_weight, m.decision) for m in checked.rows if m.decision != "non-link"}
    assert found.keys() == expected.keys()
    for record_id, (weight, decision) in expected.items():
        assert found[record_id][0] == pytest.approx(weight, abs=1e-6)
        assert found[record_id][1] == decision
    assert all(m.same for m in checked.rows if m.decision == "non-link")


@pytest.mark.parametrize("small", [False, True])
def test_check_finds_what_a_run_would_find(fitted, small, monkeypatch):
    monkeypatch.setattr(index_module, "READ_AT_ONCE", 0 if small else 20)  # fingerprints are asked, or hardly ever
    fitted = with_small_caps(fitted) if small else fitted
    index = build(fitted)
    n_found = 0
    for record in [{k: v for k, v in r.items() if k != "record_id"} for r in NEW]:
        checked = index.check(record)
        expected = by_the_table(fitted, KNOWN, record)
        assert_same(checked, expected)
        n_found += len(expected)
        assert checked.record == fitted.pipeline.normalizer.normalize_record(record)
        assert checked.findings == fitted.pipeline.validator.validate_record(checked.record)
    assert n_found > 5


@pytest.mark.parametrize("folds", [False, True])
def test_added_and_removed_records_take_effect_at_once(fitted, folds):
    index = build(fitted, KNOWN[:100])
    replaced = {**KNOWN[3], "mobile": "13900139000", "name": "司马光"}
    index.add(KNOWN[100])
    index.add(KNOWN[101:])
    index.add(replaced)
    assert index.remove(["r0001", "r0120", "nobody", 7, None, ["r"]]) == 2
    assert index.remove("r0001") == 0
    if folds:
        index.settle()
        assert index.remove("r0002") == 1
        index.add(KNOWN[2])
        index.settle()
    rows = [replaced if r["record_id"] == "r0003" else r for r in KNOWN if r["record_id"] not in ("r0001", "r0120")]
    assert len(index) == len(rows)
    assert all(r["record_id"] in index for r in rows)
    assert not {"r0001", "r0120", "nobody"} & {i for i in ("r0001", "r0120", "nobody") if i in index}
    for record in NEW[:5]:
        record = {k: v for k, v in record.items() if k != "record_id"}
        assert_same(index.check(record), by_the_table(fitted, rows, record))
    assert index.check({"name": "司马光", "mobile": "139-0013-9000"}).matches[0].record_id == "r0003"


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 149), min_size=1, max_size=4, unique=True)),
        st.tuples(st.just("remove"), st.lists(st.integers(0, 149), min_size=1, max_size=60, unique=True)),
        st.tuples(st.just("settle"), st.just([])),
    ),
    max_size=6,
)


@settings(max_examples=10, deadline=None)
@given(changes=CHANGES)
def test_any_history_of_changes_is_an_index_built_anew(declared, changes):
    index, rows = build(declared, KNOWN[:75]), {r["record_id"]: r for r in KNOWN[:75]}
    for n, (what, chosen) in enumerate(changes):
        if what == "add":
            more = [{**KNOWN[i], "owner": f"owner {n}"} for i in chosen]
            index.add(more)
            rows.update({r["record_id"]: r for r in more})
        elif what == "remove":
            ids = [KNOWN[i]["record_id"] for i in chosen]
            assert index.remove(ids) == len(rows.keys() & set(ids))
            rows = {k: v for k, v in rows.items() if k not in ids}
        else:
            index.settle()
    assert len(index) == len(rows)
    assert all((r["record_id"] in index) == (r["record_id"] in rows) for r in KNOWN)
    if not rows:
        return
    anew = build(declared, sorted(rows.values(), key=lambda r: r["record_id"]))
    for record in KNOWN[:140:20]:
        record = {k: v for k, v in record.items() if k != "record_id"}
        assert index.check(record) == anew.check(record)


def test_many_changes_are_folded(fitted, monkeypatch):
    monkeypatch.setattr(known_module, "FOLD_AT", 5)
    index = build(fitted, KNOWN[:100])
    for row in KNOWN[100:112]:
        index.add(row)
    assert len(index._snapshot.recent) < 6
    index.remove([r["record_id"] for r in KNOWN[:20]])
    assert not index._snapshot.gone
    assert len(index) == 92
    assert "r0000" not in index
    assert all(r["record_id"] in index for r in KNOWN[20:112])


def test_an_empty_index_learns_its_first_records():
    fitted = cq.Pipeline.from_schema(SCHEMA).with_default_model()
    index = build(fitted, pl.DataFrame(KNOWN[:1]).clear(), carry=())
    assert (len(index), index.check(KNOWN[0]).matches) == (0, ())
    index.add([{**r, "record_id": i} for i, r in enumerate(KNOWN[:30])])
    assert 7 in index
    assert "7" in index
    assert 7.5 not in index
    index.add({**KNOWN[30], "record_id": 99})
    assert index.check({k: v for k, v in KNOWN[30].items() if k != "record_id"}).rows[0].record_id is not None
    with pytest.raises(cq.SchemaError, match="1 record ids are missing"):
        index.add({"name": "王伟"})


def test_a_customer_is_one_match_and_its_records_can_be_reached(fitted):
    record = {k: v for k, v in KNOWN[5].items() if k != "record_id"}
    alone = build(fitted).check(record)
    assert len(alone.rows) > 2
    together = {m.record_id: "g1" for m in alone.rows[:3]}
    index = build(fitted, golden_of=together)
    checked = index.check(record)
    first = next(m for m in checked.matches if m.golden_id == "g1")
    assert [m.record_id for m in (first, *first.also)] == [m.record_id for m in alone.rows if m.record_id in together]
    assert len(checked.matches) == len(alone.matches) - 2
    assert [m.record_id for m in checked.rows] == [m.record_id for m in alone.rows]
    table = pl.DataFrame({"record_id": list(together), "golden_id": ["g1"] * 3})
    assert build(fitted, golden_of=table).check(record).matches == checked.matches


def test_who_is_edited_does_not_match_itself_nor_others_of_its_customer(fitted):
    record = {k: v for k, v in KNOWN[5].items() if k != "record_id"}
    own, other, *_ = build(fitted).check(record).rows
    index = build(fitted)
    assert own.record_id not in [m.record_id for m in index.check(record, ignore=own.record_id).rows]
    assert own.record_id not in [m.record_id for m in index.check({**record, "record_id": own.record_id}).rows]
    index = build(fitted, golden_of={own.record_id: 1, other.record_id: 1})
    assert not {own.record_id, other.record_id} & {m.record_id for m in index.check(record, ignore=own.record_id).rows}
    assert other.record_id in [m.record_id for m in index.check(record, ignore="new").rows]


NUMBER = "11010119900307299X"
ONE = {
    "record_id": "a",
    "source": "crm",
    "owner": "sales",
    "name": "李娜",
    "mobile": "13800138001",
    "id_number": NUMBER,
}


@pytest.fixture(scope="module")
def declared():
    return cq.Pipeline.from_schema(SCHEMA).with_default_model()


def one(declared, row=ONE, **options):
    row = {**dict.fromkeys(KNOWN[0]), **row}
    return build(declared, pl.DataFrame([row], schema=dict.fromkeys(row, pl.String)), **options)


@pytest.mark.parametrize("read_at_once", [0, 20])
def test_the_same_unique_identifier_blocks_whatever_else_differs(declared, monkeypatch, read_at_once):
    monkeypatch.setattr(index_module, "READ_AT_ONCE", read_at_once)
    checked = one(declared).check({"name": "张伟", "mobile": "13900139000", "id_number": "110101 19900307 299x"})
    (match,) = checked.matches
    assert match.same == ("id_number",)
    assert (checked.verdict, checked.duplicate) == ("block", "block")
    assert checked.reasons[0].code == "same_identifier"
    assert checked.text().splitlines()[0] == "A customer with the same id_number exists."
    assert checked.text("zh").splitlines()[0] == "已有id_number相同的客户。"
    lenient = one(declared, policy=Policy(same_identifier="warn", block_probability=1.0))
    assert lenient.check({"name": "张伟", "mobile": "13900139000", "id_number": NUMBER}).verdict == "warn"


def test_a_damaged_identifier_is_no_proof(declared):
    damaged = {**ONE, "id_number": "110101199003072991"}
    checked = one(declared, damaged).check({"name": "张伟", "mobile": "13900139000", "id_number": "110101199003072991"})
    assert not any(m.same for m in checked.rows)
    assert "invalid" in [r.code for r in checked.reasons]


def test_another_sound_identifier_warns_and_does_not_block(declared):
    checked = one(declared).check({"name": "李娜", "mobile": "13800138001", "id_number": "110101199003072818"})
    (match,) = checked.matches
    assert match.different == ("id_number",)
    assert [r.code for r in checked.reasons] == ["other_identifier"]
    assert checked.verdict == "warn"


def test_a_customer_of_whom_one_record_contradicts_is_another(declared):
    rows = [{**dict.fromkeys(KNOWN[0]), **ONE}, {**dict.fromkeys(KNOWN[0]), **ONE, "record_id": "b", "id_number": None}]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    record = {"name": "李娜", "mobile": "13800138001", "id_number": "110101199003072818"}
    assert build(declared, frame).check(record).verdict == "block"
    together = build(declared, frame, golden_of={"a": 1, "b": 1}).check(record)
    assert (together.verdict, [r.code for r in together.reasons]) == ("warn", ["other_identifier"])
    assert len(together.matches) == 1


def test_thresholds(declared):
    record = {"name": "李娜", "mobile": "13800138001"}
    p = one(declared).check(record).matches[0].match_probability
    assert one(declared).check(record).verdict == "block"
    careful = one(declared, policy=Policy(block_probability=1.0))
    assert (careful.check(record).verdict, careful.check(record).reasons[0].code) == ("warn", "possible_duplicate")
    assert one(declared, policy=Policy(1.0, (1 + p) / 2)).check(record).verdict == "allow"
    few = one(declared, policy=Policy(warn_probability=1e-9)).check({"name": "李娜", "email": "x@example.org"})
    assert (few.verdict, few.matches[0].decision) == ("warn", "non-link")
    with pytest.raises(cq.ConfigError, match="policy: probabilities"):
        one(declared, policy=Policy(0.2, 0.5))
    with pytest.raises(cq.ConfigError, match="unknown verdict 'stop'"):
        one(declared, policy=Policy(invalid="stop"))


def test_what_is_invalid_is_a_reason_of_its_own(declared):
    checked = one(declared).check({"name": "张伟", "mobile": "1381234567"})
    assert (checked.verdict, checked.duplicate) == ("warn", "allow")
    assert [(r.code, r.fields) for r in checked.reasons] == [("invalid", ("mobile",))]
    assert "invalid_phone" in [f.code for f in checked.by_field["mobile"]]
    for verdict in ("block", "allow"):
        index = one(declared, policy=Policy(invalid=verdict))
        assert index.check({"name": "张伟", "mobile": "1381234567"}).verdict == verdict


def test_half_a_form_is_not_told_what_it_lacks(declared):
    index = one(declared)
    assert "any_of_missing" in [f.code for f in index.check({"name": "李娜"}).findings]
    assert index.check({"name": "李娜"}, partial=True).findings == ()
    checked = index.check({"mobile": "13800138001", "name": "李娜"}, partial=True)
    assert (checked.findings, checked.matches[0].record_id) == ((), "a")
    assert index.check({}, partial=True).verdict == "allow"
    assert [f.code for f in index.check({"mobile": "138", "name": " "}, partial=True).findings] == ["invalid_phone"]
    for n in range(1, 5):
        typed = dict(
            list({"name": "李娜", "email": "li@example.org", "birth": "1990-03-07", "company": "甲"}.items())[:n]
        )
        assert_same(
            index.check(typed, partial=True), by_the_table(declared, [{**dict.fromkeys(KNOWN[0]), **ONE}], typed)
        )


def test_explanations_add_up_in_both_languages(declared):
    (match,) = one(declared).check({"name": "李娜", "mobile": "13800138001"}).matches
    why = match.explain()
    assert why.match_weight == pytest.approx(match.match_weight)
    assert sum(p.bits + p.tf_bits for p in why.parts) == pytest.approx(match.match_weight)
    assert "same number" in why.text()
    assert "号码相同" in why.text("zh")
    assert "李娜" not in why.text() + why.text("zh") + repr(match) + repr(why)
    with pytest.raises(cq.SchemaError, match="was not made by an index"):
        Match(1, None, 1.0, 0.5, "link").explain()


def test_nobody_reads_a_value_in_a_repr(declared):
    checked = one(declared).check({"name": "李娜", "mobile": "13800138001"})
    seen = repr(checked) + repr(checked.redacted(("owner",)).reasons) + repr(checked.redacted()) + repr(one(declared))
    assert not [v for v in ("李娜", "1380013", NUMBER, "sales") if v in seen]
    assert repr(one(declared)) == "Index(1 records)"


def test_redacted_for_somebody_who_may_not_see_the_other_record(declared):
    checked = one(declared).check({"name": "李娜", "mobile": "13800138001"})
    assert checked.matches[0].shown == {"source": "crm", "owner": "sales"}
    redacted = checked.redacted({"owner": ("owned by {}", "由{}负责")})
    (notice,) = redacted.notices
    assert (notice.message, notice.message_zh) == ("A duplicate exists, owned by sales.", "已有重复客户，由sales负责。")
    assert (redacted.verdict, redacted.reasons) == (checked.verdict, checked.reasons)
    said = repr(redacted.notices) + repr(redacted.reasons)
    assert not [v for v in ("'a'", "crm", "李娜", "1380013") if v in said]
    assert not hasattr(notice, "record_id")
    assert [n.message for n in checked.redacted("source").notices] == ["A duplicate exists, source crm."]
    assert [n.message for n in checked.redacted().notices] == ["A duplicate exists."]
    with pytest.raises(cq.SchemaError, match=r"unknown column 'ower'.*Did you mean 'owner'"):
        checked.redacted(("ower",))


def test_faults_before_any_work(fitted):
    frame = fitted.pipeline.normalizer.normalize_frame(pl.DataFrame(KNOWN[:3]))
    with pytest.raises(cq.SchemaError, match="unknown column 'onwer'"):
        Index.build(fitted, frame, carry=("onwer",))
    with pytest.raises(cq.SchemaError, match="2 rows share a record id"):
        Index.build(fitted, frame.with_columns(record_id=pl.Series(["a", "a", "b"])))
    with pytest.raises(cq.SchemaError, match="golden_of: unknown column 'golden_id'"):
        Index.build(fitted, frame, pl.DataFrame({"record_id": ["a"]}))
    index = Index.build(fitted, frame)
    with pytest.raises(cq.SchemaError, match="one record as a dict, got a list"):
        index.check([{"name": "王伟"}])
    with pytest.raises(TypeError, match="lives in one process"):
        pickle.dumps(index)
    assert index.n_bytes > 0


def test_the_present_is_the_callers(declared):
    codes = [f.code for f in one(declared).check({"name": "李娜", "birth": "2031-01-01"}).findings]
    later = one(declared).check({"name": "李娜", "birth": "2031-01-01"}, as_of=datetime(2026, 1, 1)).findings
    assert set(codes) <= {f.code for f in later}


def test_no_pair_inside_a_source_where_only_other_sources_are_looked_at():
    schema = cq.Schema(cq.PersonName("name"), cq.Phone("mobile", region="CN"), source="source", link="between")
    fitted = cq.Pipeline.from_schema(schema).with_default_model()
    rows = [
        {"record_id": i, "source": s, "name": "李娜", "mobile": "13800138001"} for i, s in enumerate(("crm", "web"))
    ]
    index = Index.build(fitted, fitted.pipeline.normalizer.normalize_frame(pl.DataFrame(rows)))
    assert [m.record_id for m in index.check({**rows[0], "record_id": None}).rows] == [1]
    index.add({**rows[0], "record_id": 2, "source": "shop"})
    assert [m.record_id for m in index.check({**rows[0], "record_id": None}).rows] == [1, 2]


def test_readers_see_whole_snapshots_while_a_writer_writes(fitted):
    index = build(fitted, KNOWN[:80], carry=())
    probe = {"name": "司马相如", "mobile": "13712345678", "email": "sima@example.org"}
    halves = [{**dict.fromkeys(KNOWN[0]), **probe, "record_id": f"s{i}"} for i in range(2)]
    faults, done = [], threading.Event()

    def read():
        while not done.is_set():
            try:
                found = sorted(m.record_id for m in index.check(probe).rows)
                if found not in ([], ["s0", "s1"]):  # both were added, and removed, in one step
                    faults.append(found)
            except Exception as error:
                faults.append(error)
            done.wait(0.002)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for r in readers:
        r.start()
    for row in KNOWN[80:84]:
        index.add(halves)
        index.add(row)
        index.remove(["s0", "s1"])
        index.settle()
    done.set()
    for r in readers:
        r.join()
    assert faults == []
    assert len(index) == 84


@pytest.mark.parametrize("name", ["\ud800", "李\ud83d娜", "\x00\x1f\x1b1", "😀" * 5000, 7, 1.5, b"\xff", [1], {"a": 1}])
def test_any_cell_is_a_record(declared, name):
    index = one(declared)
    index.add({"record_id": "b", "name": name, "mobile": "13700137000", "company": name, "owner": name})
    assert "b" in index
    index.check({"name": name, "mobile": "13700137000", "company": name})
    assert index.remove("b") == 1


def test_words():
    assert gravest([]) == "allow"
    assert Checked({}, (), (), "allow", ()).text() == ""
    assert Policy.from_dict(Policy(block_probability=0.9).to_dict()) == Policy(block_probability=0.9)
    assert Reason("invalid", "warn", "", "").fields == ()
    assert set(CATALOG) >= index_module.ABSENT
