"""On Spark itself: local = Spark, row for row (law 13). Needs pyspark and Java; one small session for all tests."""

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

import crmquality
from crmquality.engines.spark import SparkEngine
from crmquality.errors import ConfigError, SchemaError
from crmquality.normalizer import FieldNormalizer, Normalizer
from crmquality.presets import contacts
from crmquality.rowstep import NormalizeRows, ValidateRows
from crmquality.tables import FINDINGS
from crmquality.validator import Required, Validator

pytest.importorskip("pyspark")
pytest.importorskip("pyarrow")
pd = pytest.importorskip("pandas")
if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
    pytest.skip("Spark needs Java", allow_module_level=True)

PIPELINE = contacts(region="CN")
NORMALIZE = NormalizeRows(PIPELINE.normalizer)
VALIDATE = ValidateRows(
    PIPELINE.validator, as_of=datetime(2025, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")), set_rules="skip"
)
CELLS = {
    "name": ["欧阳娜娜 女士", "Dr. John Smith", "王总", None, "测试", "Ｏ’Brien, Pat"],
    "mobile": ["138 0013 8001", "0086-13912345678", "1380013", None, "无"],
    "landline": ["021-54321234转8001", None, "(010)12345678"],
    "email": ["nana@QQ.com", "a@gmial.com", "not an email", None],
    "id_number": ["110105198001010010", "11010519491231002X", None],
    "gender": ["男", "F", None],
    "birth_date": ["1980-01-01", "2031-05-06", "31/12/1949", None, "05/06/07"],
    "company": ["北京小米科技有限责任公司", "ACME Inc. \U0001f600", None],
    "title": ["CEO", None],
    "address": ["杭州余杭区文一西路969号3号楼5单元801", "北京市朝阳区建国路88号", None],
    "created_at": ["2024-05-03 06:12:00", None],
    "updated_at": ["2024-05-02 06:12:00", "2031-01-01T00:00:00Z", None],
    "source": ["crm", "shop", None],
}
N_ROWS = 30
ROWS = [{"record_id": i, **{k: v[i % len(v)] for k, v in CELLS.items()}} for i in range(N_ROWS)]
LOCAL = PIPELINE.normalizer.normalize_frame(pl.DataFrame(ROWS))
KEY = ["record_id", "field", "code"]


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    # A worker is a process of its own: it must run this Python and find this crmquality.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else Spark asks the network for this machine's name
    source = str(Path(crmquality.__file__).parents[1])
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.executorEnv.PYTHONPATH", source)
        .config("spark.executorEnv.POLARS_MAX_THREADS", "1")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "600m")
        .config("spark.sql.session.timeZone", "Asia/Shanghai")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def customers(spark):
    schema = "record_id long, " + ", ".join(f"{name} string" for name in CELLS)
    return spark.createDataFrame([tuple(row.values()) for row in ROWS], schema)


def as_polars(frame):
    """The rows that a Spark frame computes to, as Python sees them; `toArrow` is new in Spark 4."""
    return pl.DataFrame([row.asDict() for row in frame.collect()], schema=frame.columns, infer_schema_length=None)


def batch_rows(session, n):
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(n))


@pytest.mark.parametrize(("n_partitions", "n_batch"), [(1, 10_000), (3, 5)])
def test_local_equals_spark_row_for_row(spark, customers, n_partitions, n_batch):
    batch_rows(spark, n_batch)
    engine = SparkEngine()
    normalized = engine.run(NORMALIZE, customers.repartition(n_partitions)).persist()
    assert normalized.columns == LOCAL.columns
    assert as_polars(normalized).sort("record_id").equals(LOCAL.cast({"record_id": pl.Int64}))
    findings = engine.run(VALIDATE, normalized)
    local = VALIDATE.run_frame(LOCAL)
    assert local["code"].n_unique() > 8
    assert as_polars(findings).sort(KEY).equals(local.sort(KEY))
    normalized.unpersist()


def test_the_schema_is_known_before_anything_runs(customers):
    from pyspark.sql import types as t

    engine = SparkEngine()
    normalized = engine.run(NORMALIZE, customers)
    assert normalized.schema.fields[: len(customers.columns)] == customers.schema.fields
    assert {f.dataType for f in normalized.schema.fields[len(customers.columns) :]} == {t.StringType()}
    findings = engine.run(VALIDATE, normalized)
    assert findings.columns == list(FINDINGS)
    assert findings.schema["record_id"].dataType == t.LongType()
    with pytest.raises(SchemaError) as caught:
        engine.run(NORMALIZE, customers.withColumnRenamed("mobile", "moblie").drop("email"))
    assert len(caught.value.faults) == 2
    with pytest.raises(ConfigError, match="set_rules='skip'"):
        engine.run(ValidateRows(PIPELINE.validator), normalized)


def test_columns_of_any_type_pass_through(spark):
    batch_rows(spark, 2)
    frame = spark.sql(
        """
        SELECT id AS `编号`, concat(' Ａ', id) AS note, CAST(id AS DECIMAL(38, 18)) AS money,
               map('k', id) AS `m.x`, array(named_struct('b', CAST('x' AS BINARY))) AS nested,
               TIMESTAMP '2024-01-01 00:00:00' AS seen, TIMESTAMP_NTZ '2024-01-01 00:00:00' AS clock,
               INTERVAL '3' DAY AS days,
               CAST(NULL AS STRING) AS source, NULL AS nothing
        FROM range(0, 5, 1, 3)
        """
    )
    step = NormalizeRows(Normalizer((FieldNormalizer("note"), FieldNormalizer("seen"), FieldNormalizer("m.x"))))
    out = SparkEngine().run(step, frame)
    assert out.select(*(f"`{c}`" for c in frame.columns)).schema == frame.schema
    rows = sorted(out.collect(), key=lambda r: r["编号"])
    given = sorted(frame.collect(), key=lambda r: r["编号"])
    assert [r[: len(frame.columns)] for r in rows] == [tuple(g) for g in given]
    assert [r["norm_note"] for r in rows] == ["A0", "A1", "A2", "A3", "A4"]
    rules = Validator((Required("source"), Required("m.x")), record_id="编号")
    findings = SparkEngine().run(ValidateRows(rules), out)
    assert sorted((r["record_id"], r["field"]) for r in findings.collect()) == [(i, "source") for i in range(5)]


def test_types_of_ids_are_kept(spark):
    from pyspark.sql import functions as f

    rules = ValidateRows(Validator((Required("a"),)))
    for kind, value in (("string", f.lit("a")), ("decimal(20,0)", f.lit(7)), ("timestamp", f.lit("2024-05-03"))):
        frame = spark.range(0, 1, 1, 1).select(
            value.cast(kind).alias("record_id"), f.lit(None).cast("string").alias("a")
        )
        out = SparkEngine().run(rules, frame)
        assert out.schema["record_id"].dataType == frame.schema["record_id"].dataType
        assert out.first()["record_id"] == frame.first()["record_id"]


def test_empty_frames_and_empty_partitions(spark, customers):
    assert SparkEngine().run(VALIDATE, SparkEngine().run(NORMALIZE, customers.limit(0))).collect() == []
    batch_rows(spark, 10_000)
    few = SparkEngine().run(NORMALIZE, customers.filter("record_id < 3").repartition(5, "record_id"))
    findings = SparkEngine().run(VALIDATE, few)
    assert {r["record_id"] for r in findings.collect()} == {0, 1, 2}


def test_a_stream_is_a_frame_too(spark, customers, tmp_path):
    customers.limit(6).coalesce(1).write.parquet(str(tmp_path / "in"))
    stream = spark.readStream.schema(customers.schema).parquet(str(tmp_path / "in"))
    findings = SparkEngine().run(VALIDATE, SparkEngine().run(NORMALIZE, stream))
    query = findings.writeStream.format("memory").queryName("found").trigger(availableNow=True).start()
    query.awaitTermination()
    ids = [row["record_id"] for row in spark.table("found").collect()]
    local = VALIDATE.run_frame(LOCAL.filter(pl.col("record_id").is_in(set(range(6)))))
    assert sorted(ids) == sorted(local["record_id"])


def test_names_that_occur_twice_are_refused(customers):
    with pytest.raises(SchemaError, match="'name' occurs more than once"):
        SparkEngine().run(NORMALIZE, customers.select("*", "name"))
