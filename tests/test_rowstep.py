"""Row steps: what holds of a step wherever it runs."""

import copy
import json
import pickle
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmquality
from crmquality import rowstep
from crmquality.engines.local import LocalEngine
from crmquality.errors import ConfigError, EngineError, SchemaError
from crmquality.normalizer import Derived, FieldNormalizer, Normalizer
from crmquality.presets import accounts, contacts
from crmquality.rowstep import NormalizeRows, RowStep, ValidateRows
from crmquality.tables import FINDINGS
from crmquality.validator import Matches, Unique, ValidationRule, Validator, column_cells

PIPELINE = contacts(region="CN")
AS_OF = datetime(2025, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
NORMALIZE = NormalizeRows(PIPELINE.normalizer)
VALIDATE = ValidateRows(PIPELINE.validator, as_of=AS_OF, set_rules="skip")
STEPS = {
    "contacts, normalize": NORMALIZE,
    "contacts, validate": VALIDATE,
    "accounts, normalize": NormalizeRows(accounts(region="US").normalizer),
    "accounts, validate": ValidateRows(accounts(region="US").validator, set_rules="skip"),
}
FIELDS = [f.field for f in PIPELINE.normalizer.fields]
SAMPLES = (
    "欧阳娜娜 女士",
    "Dr. John Smith",
    "138 0013 8001",
    "021-54321234转8001",
    "nana@QQ.com",
    "110105198001010010",
    "北京小米科技有限责任公司",
    "杭州余杭区文一西路969号3号楼5单元801",
    "1980-01-01",
    "2031-05-06 07:08:09",
    "男",
    "无",
    "",
)
CELL = st.one_of(st.none(), st.sampled_from(SAMPLES), st.text(max_size=6))
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys((*FIELDS, "source"), CELL)), max_size=6)


def table(rows):
    """The rows as text, with a whole number as id."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys((*FIELDS, "source"), pl.String))
    return frame.select(pl.int_range(pl.len()).alias("record_id"), pl.all())


SAMPLE = table([{name: SAMPLES[(i * 5 + j) % len(SAMPLES)] for j, name in enumerate(FIELDS)} for i in range(13)])


def row_rules(validator):
    """The validator without rules about the whole table: what a row step must agree with."""
    return replace(validator, rules=tuple(rule for rule in validator.rules if rule.grain == "row"))


@settings(deadline=None, max_examples=12)
@given(ROWS, st.integers(1, 8), st.randoms())
def test_neither_batches_nor_order_change_a_row(rows, batch_rows, rng):
    raw = table(rows)
    normalized = PIPELINE.normalizer.normalize_frame(raw)
    findings = row_rules(PIPELINE.validator).validate_frame(normalized, as_of=AS_OF)
    shuffled = raw.sample(fraction=1, shuffle=True, seed=rng.randrange(99))
    engine = LocalEngine(batch_rows)
    cleaned = engine.run(NORMALIZE, shuffled)
    assert cleaned.sort("record_id").equals(normalized)
    order = ["record_id", "field", "code"]
    assert engine.run(VALIDATE, cleaned).sort(order).equals(findings.sort(order))


def test_the_schema_is_known_before_a_row_is_read():
    normalized = PIPELINE.normalizer.normalize_frame(SAMPLE)
    assert NORMALIZE.schema(SAMPLE.schema) == normalized.schema
    findings = row_rules(PIPELINE.validator).validate_frame(normalized, as_of=AS_OF)
    assert VALIDATE.schema(normalized.schema) == findings.schema


def test_the_sample_has_findings_of_many_rules():
    findings = VALIDATE(NORMALIZE(SAMPLE))
    assert findings["code"].n_unique() > 8
    assert "in_future" in findings["code"]


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_step_goes_to_json_and_through_pickle(step):
    assert step.faults() == []
    assert RowStep.from_dict(json.loads(json.dumps(step.to_dict()))) == step
    sent = pickle.dumps(step)
    assert pickle.loads(sent) == step
    assert copy.deepcopy(step) == step
    assert len(sent) < 10_000
    step._require_no_faults()  # fills a cache
    assert pickle.dumps(step) == sent


def test_a_step_through_pickle_gives_the_same_rows():
    normalize, validate = pickle.loads(pickle.dumps((NORMALIZE, VALIDATE)))
    assert validate(normalize(SAMPLE)).equals(VALIDATE(NORMALIZE(SAMPLE)))


def test_an_empty_batch_has_the_whole_schema():
    cleaned = NORMALIZE(SAMPLE.clear())
    assert cleaned.schema == NORMALIZE(SAMPLE).schema
    assert VALIDATE(cleaned).schema == VALIDATE(NORMALIZE(SAMPLE)).schema
    assert LocalEngine().run(VALIDATE, LocalEngine().run(NORMALIZE, SAMPLE.clear())).height == 0


def test_the_plan_is_what_the_stage_makes():
    plan = NORMALIZE.plan(SAMPLE.columns)
    made = [c for c in PIPELINE.normalizer.normalize_frame(SAMPLE).columns if c not in SAMPLE.columns]
    assert list(plan.names) == made
    assert set(plan.reads) == set(FIELDS)
    assert plan.keeps_rows
    plan = VALIDATE.plan(NORMALIZE(SAMPLE).columns)
    assert plan.names == tuple(FINDINGS)
    assert not plan.keeps_rows
    assert {"record_id", "source", "norm_birth_date", "issues_mobile"} <= set(plan.reads)
    assert "mobile" not in plan.reads
    assert "norm_name_given" not in plan.reads


def test_normalizing_what_is_normalized_makes_no_second_column():
    once = NORMALIZE(SAMPLE)
    assert NORMALIZE.schema(once.schema) == once.schema
    assert LocalEngine(7).run(NORMALIZE, once).equals(once)


def test_a_step_is_a_function_for_lazy_polars():
    lazy = SAMPLE.lazy()
    cleaned = lazy.map_batches(NORMALIZE, schema=NORMALIZE.schema(lazy.collect_schema()))
    findings = cleaned.map_batches(VALIDATE, schema=VALIDATE.schema(cleaned.collect_schema()))
    assert cleaned.collect().equals(NORMALIZE(SAMPLE))
    assert findings.collect().equals(VALIDATE(NORMALIZE(SAMPLE)))


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "dicts"])
def test_the_same_kind_of_table_comes_back(kind):
    if kind == "dicts":
        given_table = SAMPLE.to_dicts()
    else:
        pytest.importorskip("pyarrow")
        pytest.importorskip(kind)
        given_table = SAMPLE.to_pandas() if kind == "pandas" else SAMPLE.to_arrow()
    expected = VALIDATE(NORMALIZE(SAMPLE)).height
    for run in (lambda step, t: step(t), LocalEngine(5).run):
        findings = run(VALIDATE, run(NORMALIZE, given_table))
        assert type(findings) is type(given_table)
        assert len(findings) == expected


def test_every_fault_is_named_before_a_row_is_read():
    with pytest.raises(SchemaError) as caught:
        NORMALIZE.plan(["record_id", "nmae", "mobile"])
    assert len(caught.value.faults) == len(FIELDS) - 1
    assert "Did you mean 'nmae'?" in str(caught.value)
    with pytest.raises(SchemaError, match="'norm_id'"):
        ValidateRows(Validator((Matches("id", "x"),))).plan(["norm_id"])  # no record_id
    broken = NormalizeRows(Normalizer((FieldNormalizer("a", "nowhere:nothing"), FieldNormalizer("a"))))
    with pytest.raises(ConfigError) as config:
        broken(pl.DataFrame({"a": ["x"]}))
    assert len(config.value.faults) == 2
    assert "without fields" in NormalizeRows(Normalizer()).faults()[0]


def test_rules_about_the_whole_table_are_refused_or_skipped_and_named():
    refused = ValidateRows(PIPELINE.validator)
    with pytest.raises(ConfigError, match=r"SharedByTooMany\(field='mobile', limit=.*set_rules='skip'"):
        refused.plan(SAMPLE.columns)
    assert len(refused.faults()) == 1
    assert {rule.grain for rule in VALIDATE.skipped} == {"set", "entity"}
    assert len(VALIDATE.skipped) == sum(rule.grain != "row" for rule in PIPELINE.validator.rules)
    without_present = replace(VALIDATE, as_of=None)
    assert len(without_present.skipped) > len(VALIDATE.skipped)
    assert "in_future" not in without_present(NORMALIZE(SAMPLE))["code"]
    assert "unknown choice of set_rules 'drop'" in replace(VALIDATE, set_rules="drop").faults()[0]
    assert ValidateRows(Validator((Unique("id"),)), set_rules="skip")(SAMPLE.lazy().collect()).height == 0


@pytest.mark.parametrize(
    "time",
    [
        datetime(2025, 1, 1),
        datetime(2025, 1, 1, 12, 30, 15, 250, UTC),
        datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        AS_OF,
        datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Paris"), fold=0),
        datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Paris"), fold=1),
    ],
)
def test_the_present_stays_the_present_with_its_zone(time):
    step = replace(VALIDATE, as_of=time)
    assert isinstance(step.as_of, str)
    assert step.faults() == []
    read = pickle.loads(pickle.dumps(step))._present
    assert (read, read.fold, read.utcoffset()) == (time, time.fold, time.utcoffset())
    summer = datetime(2024, 7, 1)  # the zone itself, not only its offset of that day
    assert (read.tzinfo and read.tzinfo.utcoffset(summer)) == (time.tzinfo and time.tzinfo.utcoffset(summer))


class NamelessZone(tzinfo):
    """A zone that cannot be written down."""

    def utcoffset(self, dt):
        return timedelta(hours=1)

    def dst(self, dt):
        return timedelta()


@pytest.mark.parametrize("text", ["soon", "2025-13-01", "2025-01-01[Nowhere/None]", "2025-01-01[../x]", "", "[UTC]"])
def test_a_present_that_is_none_is_a_fault(text):
    assert "as_of" in replace(VALIDATE, as_of=text).faults()[0]
    assert "zoneinfo" in replace(VALIDATE, as_of=datetime(2025, 1, 1, tzinfo=NamelessZone())).faults()[0]


def test_a_present_without_an_offset_never_asks_the_machine_for_its_zone():
    present = replace(VALIDATE, as_of="2025-07-01T08:00:00[Europe/Paris]")._present
    assert present.isoformat() == "2025-07-01T08:00:00+02:00"


@dataclass(frozen=True)
class Nosy(ValidationRule):
    """A rule of a user's own that would like to see more than it declares."""

    field: str

    @property
    def columns(self):
        return (self.field,)

    def check(self, frame, as_of):
        assert set(frame.columns) <= {"record_id", "norm_name"}
        return self.flagged(self.field, "nosy", column_cells(frame, self.field).is_not_null())


def test_a_rule_sees_what_it_declares_and_no_more():
    step = ValidateRows(Validator((Nosy("name"),)))
    rows = pl.DataFrame({"record_id": [1, 2], "norm_name": ["a", None], "name": ["b", "c"], "age": [1, 2]})
    assert step(rows)["record_id"].to_list() == [1]
    assert step.plan(rows.columns).reads == ("record_id", "norm_name")


def test_what_another_process_would_not_find_is_a_fault(monkeypatch):
    kernel = FieldNormalizer("plate", "__main__:normalize_plate")
    assert any("script or a notebook" in fault for fault in NormalizeRows(Normalizer((kernel,))).faults())
    monkeypatch.setattr(Nosy, "__module__", "__main__")
    step = ValidateRows(Validator((Nosy("name"),)))
    assert any(fault.startswith("Nosy is declared in a script") for fault in step.faults())


def test_a_rule_of_ones_own_is_imported_where_it_is_needed():
    step = ValidateRows(Validator((Nosy("name"),)))
    function, (version, modules, text) = step.__reduce__()
    assert modules == (__name__,)
    with pytest.raises(ModuleNotFoundError):
        function(version, ("no_such_module_of_rules",), text)


def test_another_version_of_crmquality_is_refused(monkeypatch):
    monkeypatch.setattr(crmquality, "__version__", "9.1", raising=False)
    sent = pickle.dumps(NORMALIZE)
    monkeypatch.setattr(crmquality, "__version__", "9.2")
    with pytest.raises(EngineError, match=r"9\.1 reached a process with crmquality 9\.2"):
        pickle.loads(sent)


def test_a_derived_column_of_something_that_is_not_made_is_a_fault():
    stage = Normalizer((FieldNormalizer("a"),), (Derived("b", ("norm_a", "raw")),))
    assert "'raw'" in NormalizeRows(stage).faults()[0]


def test_no_value_in_what_is_said():
    said = repr(NORMALIZE) + repr(VALIDATE) + "".join(VALIDATE(NORMALIZE(SAMPLE))["message"])
    assert not any(value in said for value in SAMPLES if len(value) > 2)
    assert rowstep._version() == getattr(crmquality, "__version__", "")
