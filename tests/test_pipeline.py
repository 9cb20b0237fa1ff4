"""The whole way: what holds of every run."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality as cq
from crmquality.comparator import Equal
from crmquality.normalizer.text import normalize_text
from crmquality.tables import Normalized
from crmquality.validator import Matches

SCHEMA = cq.Schema(
    cq.PersonName("name"),
    cq.Phone("mobile", region="CN"),
    cq.Email("email"),
    cq.NationalId("id_number", scheme="cn.ric"),
    cq.OrganizationName("company"),
    cq.Address("address", region="CN"),
    cq.BirthDate("birth_date"),
    source="source",
    updated_at="updated_at",
)
PIPELINE = cq.Pipeline.from_schema(SCHEMA)
ROWS = [
    {
        "record_id": "a1",
        "source": "crm",
        "name": "欧阳娜娜",
        "mobile": "138 1234 5678",
        "email": "nana@qq.com",
        "id_number": "110105198001010016",
        "company": "北京小米科技有限责任公司",
        "address": "浙江省杭州市余杭区文一西路969号3幢5单元801室",
        "birth_date": "1980-01-01",
        "updated_at": "2024-05-01 10:00:00",
    },
    {
        "record_id": "a2",
        "source": "shop",
        "name": "歐陽娜娜 女士",
        "mobile": "0086-13812345678",
        "email": "NaNa@QQ.com",
        "id_number": None,
        "company": "小米科技（北京）有限公司",
        "address": "杭州余杭区文一西路969号3号楼5单元801",
        "birth_date": None,
        "updated_at": "2024-06-01 10:00:00",
    },
    {
        "record_id": "a3",
        "source": "shop",
        "name": "张伟",
        "mobile": "13900001111",
        "email": None,
        "id_number": None,
        "company": None,
        "address": "北京市朝阳区建国路88号",
        "birth_date": "1990-02-03",
        "updated_at": "2023-06-01 10:00:00",
    },
]
FIELDS = [k.name for k in SCHEMA.fields]


@pytest.fixture(scope="module")
def result():
    return PIPELINE.run(ROWS)


def test_duplicates_are_found_in_three_rows_without_labels(result):
    assert [(x["record_id"], x["golden_id"], x["event"]) for x in result.xref] == [
        ("a1", "a1", "created"),
        ("a2", "a1", "joined"),
        ("a3", "a3", "created"),
    ]
    golden = {g["golden_id"]: g for g in result.golden}
    assert golden["a1"]["mobile"] == "+8613812345678"
    assert golden["a1"]["mobile_from"] == "a2"  # the most recent
    assert golden["a1"]["birth_date_from"] == "a1"  # the only one
    assert result.n_golden == 2


def test_explanations_add_up_and_hold_no_value(result):
    explanation = result.explain("a1", "a2")
    assert explanation.decision == "link"
    assert explanation.match_weight == pytest.approx(sum(p.bits + p.tf_bits for p in explanation.parts))
    link = result.links[0]
    assert link["match_weight"] == pytest.approx(explanation.match_weight)
    for language in ("en", "zh"):
        text = explanation.text(language)
        assert not any(v in text for row in ROWS for k, v in row.items() if v and k in FIELDS)
    with pytest.raises(cq.SchemaError, match="not in the table"):
        result.explain("a1", "nobody")


def test_no_value_in_any_message_or_repr(result):
    said = repr(result) + result._repr_html_() + str(result.model) + repr(result.model)
    said += "".join(f"{f['message']}{f['message_zh']}{f['suggestion']}" for f in result.findings)
    assert not any(v in said for row in ROWS for k, v in row.items() if v and k in FIELDS)


def test_every_missing_column_is_named_before_anything_is_read():
    with pytest.raises(cq.SchemaError) as caught:
        PIPELINE.run([{"record_id": 1, "nmae": "x", "mobile": "y", "source": "s"}])
    text = str(caught.value)
    assert len(caught.value.faults) == 7
    assert "Did you mean 'nmae'?" in text


def test_ids_must_be_there_and_unique():
    rows = [dict(ROWS[0]), dict(ROWS[1], record_id="a1"), dict(ROWS[2], record_id=None)]
    with pytest.raises(cq.SchemaError, match="1 record ids are missing") as caught:
        PIPELINE.run(rows)
    assert "2 rows share a record id" in str(caught.value)
    assert "a1" not in str(caught.value)


def test_an_empty_table_and_a_single_row_run():
    empty = pl.DataFrame(schema=dict.fromkeys(ROWS[0], pl.String))
    assert PIPELINE.run(empty).golden.height == 0
    assert [g["golden_id"] for g in PIPELINE.run(ROWS[:1]).golden] == ["a1"]


CELL = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.text(max_size=12),
    st.sampled_from([v for row in ROWS for v in row.values()]),
    st.datetimes(),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=2),
)
TABLES = st.lists(
    st.fixed_dictionaries(dict.fromkeys((*FIELDS, "source", "updated_at"), CELL)), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=12)  # any cell is put to each stage where that costs less; here they meet
@given(TABLES, st.randoms())
def test_any_cell_yields_a_row_and_order_does_not_matter(table, rng):
    rows = [{**row, "record_id": i} for i, row in enumerate(table)]
    one = PIPELINE.run(rows)
    assert sorted(x["record_id"] for x in one.xref) == list(range(len(rows)))
    golden = {g["golden_id"] for g in one.golden}
    assert {x["golden_id"] for x in one.xref} == golden
    shuffled = list(rows)
    rng.shuffle(shuffled)
    other = PIPELINE.run(shuffled)
    assert one.xref == other.xref
    assert one.findings == other.findings
    assert one.links == other.links
    assert one.model == other.model


RECORD = st.fixed_dictionaries({f: st.one_of(st.none(), st.text(max_size=12), CELL) for f in (*FIELDS, "updated_at")})


@settings(deadline=None, max_examples=10)
@given(st.lists(RECORD, min_size=3, max_size=12))
def test_one_record_at_a_form_is_its_row_of_a_table(records):
    columns = {f: pl.Series([r[f] for r in records], dtype=pl.Object) for f in (*FIELDS, "updated_at")}
    table = PIPELINE.normalizer.normalize_frame(pl.DataFrame(columns))
    table = table.with_columns(record_id=pl.int_range(pl.len()), source=pl.lit("form"))
    row_rules = replace(PIPELINE.validator, rules=tuple(r for r in PIPELINE.validator.rules if r.grain == "row"))
    found = row_rules.validate_frame(table)
    made = [c for c in table.columns if c not in (*columns, "record_id", "source")]
    for i, record in enumerate(records):
        normalized, findings = PIPELINE.check_record({**record, "record_id": i, "source": "form"})
        assert {c: normalized[c] for c in made} == {c: table[c][i] for c in made}
        of_row = found.filter(pl.col("record_id") == i).select("field", "code", "severity").rows()
        assert sorted((f.field, f.code, f.severity) for f in findings) == sorted(of_row)


def test_a_model_is_kept_and_used_again(result):
    model = cq.LinkModel.from_dict(result.model.to_dict())
    again = PIPELINE.with_model(model).run(ROWS)
    assert again.xref == result.xref
    assert PIPELINE.fit(ROWS).model == result.model
    with pytest.raises(cq.ModelError):
        cq.Pipeline.from_schema(cq.Schema(cq.Email("email"))).with_model(model)


def test_two_records_can_be_scored_before_anything_was_learned():
    fitted = PIPELINE.with_default_model()
    assert fitted.run(ROWS[:2]).n_golden == 1
    assert fitted.run([ROWS[0], ROWS[2]]).n_golden == 2


def test_people_decide():
    apart = [{"record_id_l": "a1", "record_id_r": "a2", "decision": "non-link"}]
    assert PIPELINE.run(ROWS, decisions=apart).n_golden == 3
    together = [{"record_id_l": "a1", "record_id_r": "a3", "decision": "link"}]
    assert PIPELINE.run(ROWS, decisions=together).n_golden == 1


def test_changes_can_be_undone(result):
    from crmquality.merger.changes import apply_changes

    frame = pl.DataFrame(ROWS)
    changes = PIPELINE.run(frame).changes
    assert changes.height > 0
    applied = apply_changes(frame, changes)
    assert not applied.equals(frame)
    assert cq.undo(applied, changes).equals(frame)


def test_a_contradicting_id_keeps_records_apart_and_sends_them_to_review():
    rows = [ROWS[0], {**ROWS[1], "id_number": "110105198001010024"}]
    result = PIPELINE.with_default_model().run(rows)
    assert result.n_golden == 2
    assert [(r["record_id_l"], r["guard"]) for r in result.review] == [("a1", "contradiction:norm_id_number_key")]


def test_stages_are_swapped_and_rules_added_in_one_line():
    rule = cq.BlockingRule("company", (cq.BlockingKey("norm_company_key"),))
    fewer = replace(PIPELINE, blocker=cq.Blocker((rule,)))
    assert {r.rule for r in fewer.run(ROWS).blocking.rules} == {"company"}
    checked = replace(PIPELINE, validator=PIPELINE.validator.with_rules(Matches("name", r"\w\w\w+")))
    assert "pattern_mismatch" in [f["code"] for f in checked.run(ROWS).findings]
    longest = replace(PIPELINE, merger=PIPELINE.merger.with_rules(cq.SurvivorshipRule("company", ("longest",))))
    golden = next(g for g in longest.run(ROWS).golden if g["golden_id"] == "a1")
    assert golden["company_from"] == "a1"
    level = cq.ComparisonLevel("same day", Equal("updated_at"), 0.5, 0.1)
    comparator = PIPELINE.comparator.with_comparisons(cq.Comparison("day", (level,), present=("updated_at",)))
    parts = replace(PIPELINE, comparator=comparator).run(ROWS).explain("a1", "a2").parts
    assert "day" in [p.comparison for p in parts]


def test_a_pipeline_with_faults_is_refused_with_all_of_them():
    with pytest.raises(cq.ConfigError) as caught:
        replace(
            PIPELINE,
            blocker=cq.Blocker(()),
            comparator=replace(PIPELINE.comparator, link_probability=2.0),
        )
    assert len(caught.value.faults) == 2


def normalize_plate(value: str | None) -> Normalized:
    """A license plate: a kernel of a user's."""
    text = normalize_text(value).value
    plate = "".join(c for c in text.upper() if c.isalnum()) if text else None
    return Normalized(plate or None, {"key": plate or None})


@dataclass(frozen=True)
class Plate(cq.Code):
    """A kind of a user's own: one class of the same form."""

    kernel: ClassVar[str] = f"{__name__}:normalize_plate"


def test_a_kind_of_ones_own(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or sys.modules[normalize_plate.__module__])
    schema = cq.Schema(cq.PersonName("name"), Plate("plate", unique=True))
    assert cq.Schema.from_dict(schema.to_dict()) == schema
    rows = [
        {"record_id": 1, "name": "张伟", "plate": "京A·12345"},
        {"record_id": 2, "name": "张伟", "plate": "京a12345"},
    ]
    normalized = cq.Pipeline.from_schema(schema).run(rows).normalized
    assert {r["norm_plate"] for r in normalized} == {"京A12345"}


def test_events_tell_of_every_stage():
    seen = []
    PIPELINE.run(ROWS, on_event=lambda e: seen.append(e.stage))
    assert seen == ["normalize", "block_and_compare", "validate", "learn", "link", "cluster", "merge", "report"]


def test_events_count_what_the_result_has():
    said = {}
    result = PIPELINE.run(ROWS, on_event=lambda e: said.update({e.stage: dict(e.counts)}))
    decided = [link["decision"] for link in result.links]
    assert said["link"] == {"links": decided.count("link"), "review": decided.count("review")}
    assert said["normalize"] == {"records": 3}
    assert said["cluster"] == {"entities": 2}
    assert said["merge"] == {"golden": 2, "changes": len(result.changes)}
    assert said["validate"] == {"findings": len(result.findings)}
    assert said["block_and_compare"]["pairs"] == result.blocking.n_pairs


def test_a_callback_can_stop_the_run():
    class StopError(Exception):
        pass

    def stop(event):
        raise StopError

    with pytest.raises(StopError):
        PIPELINE.run(ROWS, on_event=stop)


def test_nothing_in_common_is_not_merged():
    rng = np.random.default_rng(3)
    rows = [
        {
            **dict.fromkeys(ROWS[0]),
            "record_id": i,
            "source": "s",
            "name": "".join(rng.choice(list("王李张刘陈伟芳娜敏静丽强磊军洋"), 3)),
            "mobile": f"13{rng.integers(10**8, 10**9)}",
            "birth_date": f"19{rng.integers(50, 99)}-0{rng.integers(1, 9)}-1{rng.integers(0, 9)}",
        }
        for i in range(600)
    ]
    assert PIPELINE.run(rows, as_of=datetime(2025, 1, 1)).n_golden >= 597


LABELLED = [
    {"id": i, "name": name, "email": f"a{i // 2}@example.org"}
    for i, name in enumerate(["王芳", "王芳", "李娜", "李娜娜", "张伟", "赵敏", "周杰", "周杰伦"])
]


def test_labels_of_pairs_and_of_entities_say_the_same():
    pipeline = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"), record_id="id"))
    plain = pipeline.fit(LABELLED).model
    entities = [{"record_id": i, "entity_id": i // 2 if i != 5 else 9} for i in range(8)]
    of_entities = pipeline.fit(LABELLED, labels=entities).model
    asked = pipeline.run(LABELLED).links
    pairs = [
        {
            "record_id_l": x["record_id_l"],
            "record_id_r": x["record_id_r"],
            "decision": "link"
            if x["record_id_l"] // 2 == x["record_id_r"] // 2 and x["record_id_r"] != 5
            else "non-link",
        }
        for x in asked
    ]
    assert of_entities.offset != plain.offset == 0
    taught = pipeline.fit(LABELLED, labels=pairs).model
    assert taught.match_prior == plain.match_prior
    assert taught.offset != 0
    assert pipeline.fit(LABELLED, labels=[]).model == plain


def test_a_label_that_was_corrected_teaches_what_was_said_last():
    pipeline = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"), record_id="id"))
    pair = {"record_id_l": 1, "record_id_r": 0}
    first, last = (pair | {"decision": d, "at": f"2025-03-0{n}"} for n, d in enumerate(("link", "non-link"), start=1))
    assert pipeline.fit(LABELLED, labels=[last, first]).model == pipeline.fit(LABELLED, labels=[last]).model


@pytest.mark.parametrize(
    ("labels", "fault"),
    [
        ([{"record_id": 1}], "labels: unknown column 'entity_id'"),
        ([{"record_id_l": 1, "record_id_r": 2, "decision": "same"}], "decisions: 1 rows of column 'decision'"),
        ([{"record_id": 77, "entity_id": 1}], "labels: 1 rows name a record_id that no record has"),
    ],
)
def test_labels_that_say_nothing_are_refused(labels, fault):
    pipeline = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"), record_id="id"))
    with pytest.raises(cq.SchemaError, match=fault):
        pipeline.fit(LABELLED, labels=labels)


def test_pairs_with_an_answer_are_not_asked_about_again():
    pipeline = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"), record_id="id"))
    result = pipeline.run(LABELLED)
    asked = result.next_to_label(2)
    turned = [{"record_id_l": x["record_id_r"], "record_id_r": x["record_id_l"]} for x in asked]
    again = result.next_to_label(100, labelled=turned)
    pairs = {(x["record_id_l"], x["record_id_r"]) for x in again}
    assert len(pairs) == len(result.links) - 2
    assert not pairs & {(x["record_id_l"], x["record_id_r"]) for x in asked}


@pytest.mark.parametrize("link", ["all", "within", "between"])
def test_recall_of_blocking_is_estimated_inside_customers_of_three_records(link):
    rows = [
        {"id": i, "source": "ab"[i % 2], "name": f"{'王李张赵'[i // 4]}{'伟芳娜敏'[i // 4]}", "email": email}
        for i, email in enumerate(["a@b.org", "a@b.org", None, "a@b.org"] * 2 + ["c@b.org", None] * 4)
    ]
    schema = cq.Schema(cq.PersonName("name"), cq.Email("email"), record_id="id", source="source", link=link)
    pipeline = cq.Pipeline.from_schema(schema)
    result = pipeline.with_default_model().run(rows)
    candidates = {
        (x["record_id_l"], x["record_id_r"]) for x in pipeline.blocker.block(pipeline.normalizer.normalize(rows))
    }
    entity = {x["record_id"]: x["entity_id"] for x in result.clusters}
    members = list(entity.values())
    same = [
        (a, b)
        for a in range(len(rows))
        for b in range(a + 1, len(rows))
        if entity[a] == entity[b] and (link == "all" or (rows[a]["source"] == rows[b]["source"]) == (link == "within"))
    ]
    large = [(a, b) for a, b in same if members.count(entity[a]) > 2]
    blocking = result.blocking
    assert blocking.n_pairs_of_three == len(large)
    assert blocking.n_candidates_of_three == len(candidates & set(large))
    assert sum(r.n_merged_pairs for r in blocking.rules) == len(candidates & set(same))
    assert blocking.estimated_recall == (len(candidates & set(large)) / len(large) if large else None)


def test_a_fitted_pipeline_gives_the_table_it_was_fitted_on_what_run_gives() -> None:
    names = ["王芳", "李娜", "张伟", "赵敏", "钱学", "孙丽"]
    rows = [
        {"record_id": i, "name": names[i % 6], "email": f"{'abcdefgh'[i // 3 % 8]}{i // 3}@example.org"}
        for i in range(90)
    ]
    pipeline = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email")))
    once, fitted = pipeline.run(rows), pipeline.fit(rows)
    again = fitted.run(rows)
    assert again.links == once.links
    assert again.clusters == once.clusters
    kept = fitted.pipeline.with_model(fitted.model)
    assert kept.with_frequencies(rows).frequencies == fitted.frequencies
    assert len(fitted.pipeline.blocker.caps) == len(pipeline.blocker.rules)


def test_a_column_of_durations_survives_as_any_other():
    pipeline = cq.Pipeline.from_schema(cq.Schema(cq.PersonName("name"), cq.Email("email"))).with_default_model()
    rows = {"record_id": [1, 2], "name": ["王芳"] * 2, "email": ["a@example.org"] * 2}
    frame = pl.DataFrame({**rows, "spent": [timedelta(1), timedelta(2)]})
    assert pipeline.run(frame).golden.height == 1
