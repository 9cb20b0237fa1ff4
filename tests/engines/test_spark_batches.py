"""What Spark's workers call, without Spark: Arrow batches in, Arrow batches of exactly the planned schema out."""

import datetime as dt
import pickle
import sys
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import ClassVar

import pytest

from crmquality.engines.spark import SparkEngine, _quoted, _run_batches
from crmquality.errors import ConfigError, SchemaError
from crmquality.normalizer import FieldNormalizer, Normalizer
from crmquality.rowstep import NormalizeRows, ValidateRows
from crmquality.validator import IssueCodes, Required, Validator

pa = pytest.importorskip("pyarrow")

NORMALIZE = NormalizeRows(Normalizer((FieldNormalizer("note"), FieldNormalizer("amount"))))
VALIDATE = ValidateRows(Validator((Required("note"), IssueCodes("note")), record_id="编号", source="system"))
SCHEMA = pa.schema(
    [
        pa.field("编号", pa.decimal128(20, 0), nullable=False),
        pa.field("system", pa.string()),
        pa.field("note", pa.string()),
        pa.field("amount", pa.decimal128(10, 2)),
        pa.field("seen", pa.timestamp("us", tz="Asia/Shanghai")),
        pa.field("tags", pa.map_(pa.string(), pa.int32())),
        pa.field("span", pa.month_day_nano_interval()),
        pa.field("a.b", pa.list_(pa.struct([("x", pa.binary())]))),
    ]
)
N_ROWS = 11
COLUMNS = [
    [Decimal(10**19 + i) for i in range(N_ROWS)],
    ["crm", None, "shop"] * 3 + ["crm", "crm"],
    [" Ａ  b ", None, "无", "x"] * 2 + ["", "x", "plain"],
    [Decimal("12.50"), None] * 5 + [Decimal("0.00")],
    [dt.datetime(2025, 1, 1, tzinfo=dt.UTC)] * N_ROWS,
    [[("k", 1)], None] * 5 + [[]],
    [pa.scalar((1, 2, 3), type=pa.month_day_nano_interval()).as_py()] * N_ROWS,
    [[{"x": b"\x00\xff"}]] * N_ROWS,
]
TABLE = pa.table([pa.array(c, type=f.type) for c, f in zip(COLUMNS, SCHEMA, strict=True)], schema=SCHEMA)


def run(step, table, batch_rows):
    """The whole of a partition, with the function sent through pickle as Spark does."""
    names = tuple(table.column_names)
    function = pickle.loads(pickle.dumps(partial(_run_batches, step, step.plan(names), names)))
    numbered = table.rename_columns([str(i) for i in range(len(names))])
    return list(function(iter(numbered.to_batches(max_chunksize=batch_rows))))


@pytest.mark.parametrize("batch_rows", [1, 4, 100])
def test_columns_that_are_not_read_stay_as_they_are(batch_rows):
    out = pa.Table.from_batches(run(NORMALIZE, TABLE, batch_rows))
    made_names = ["norm_note", "issues_note", "norm_amount", "issues_amount"]
    made = [pa.field(name, pa.string()) for name in made_names]
    assert out.schema == pa.schema([*SCHEMA, *made])
    assert out.select(SCHEMA.names).equals(TABLE)
    local = NORMALIZE(TABLE.select(["note", "amount"]))
    assert (
        out.select(["norm_note", "norm_amount"]).to_pydict() == local.select(["norm_note", "norm_amount"]).to_pydict()
    )
    assert out["norm_amount"][0].as_py() == "12.50"


@pytest.mark.parametrize("batch_rows", [1, 4, 100])
def test_findings_have_the_caller_s_type_of_id(batch_rows):
    normalized = pa.Table.from_batches(run(NORMALIZE, TABLE, 3))
    batches = run(VALIDATE, normalized.select(VALIDATE.plan(normalized.column_names).reads), batch_rows)
    out = pa.Table.from_batches(batches)
    assert out.schema.field("record_id").type == pa.decimal128(20, 0)
    assert {f.type for f in out.schema if f.name != "record_id"} == {pa.string()}
    local = VALIDATE(normalized)
    assert sorted(map(str, out.to_pylist())) == sorted(map(str, local.to_pylist()))
    assert out.num_rows > N_ROWS // 2


def test_an_empty_partition_and_an_empty_batch_give_nothing():
    for step in (NORMALIZE, VALIDATE):
        table = TABLE if step is NORMALIZE else pa.Table.from_batches(run(NORMALIZE, TABLE, 3))
        names = tuple(table.column_names)
        plan = step.plan(names)
        assert list(_run_batches(step, plan, names, iter([]))) == []
        assert list(_run_batches(step, plan, names, iter([pa.RecordBatch.from_pylist([], table.schema)]))) == []


def test_a_batch_without_findings_has_the_schema():
    normalized = pa.Table.from_batches(run(NORMALIZE, TABLE.slice(10, 1), 1))
    (batch,) = run(VALIDATE, normalized, 1)
    assert batch.num_rows == 0
    assert batch.schema.field("record_id").type == pa.decimal128(20, 0)


def test_what_is_made_again_stands_in_its_old_place():
    once = pa.Table.from_batches(run(NORMALIZE, TABLE, 100))
    assert pa.Table.from_batches(run(NORMALIZE, once, 2)).equals(once)


def test_only_a_spark_frame_is_run(monkeypatch):
    monkeypatch.setattr("crmquality.engines.spark.find_spec", lambda name: name)
    with pytest.raises(SchemaError, match="not on a Table: use LocalEngine"):
        SparkEngine().run(NORMALIZE, TABLE)


class SparkFrame:
    """What a Spark DataFrame is asked for."""

    columns: ClassVar = ["编号", "system", "note", "norm_note", "issues_note", "a.b"]
    schema = SimpleNamespace(fields=[])

    def select(self, *names):
        raise KeyError(names)

    def mapInArrow(self, function, schema):  # noqa: N802 -- Spark's name
        raise AssertionError("columns that are not read must not be sent to Python")


def test_only_columns_that_are_read_leave_the_jvm(monkeypatch):
    monkeypatch.setattr("crmquality.engines.spark.find_spec", lambda name: name)
    with pytest.raises(KeyError) as caught:
        SparkEngine().run(VALIDATE, SparkFrame())
    assert caught.value.args[0] == ("`编号`", "`system`", "`norm_note`", "`issues_note`")


def test_without_pyspark_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(ConfigError, match=r"crmquality\[spark\]"):
        SparkEngine()


def test_names_are_names():
    assert _quoted("a.b") == "`a.b`"
    assert _quoted("a`b") == "`a``b`"
