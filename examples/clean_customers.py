"""The main job: two thousand messy Chinese contacts from four systems, cleaned, checked, deduplicated and merged.

    python examples/clean_customers.py

Prints what went in and what came out, and writes four tables as CSV into the folder it is run in.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl

import crmquality as cq

DATA = Path(__file__).parent / "data"

SCHEMA = cq.Schema(
    cq.PersonName("name", required=True),
    cq.Category("gender", shared=False),
    cq.Phone("mobile", region="CN"),
    cq.Phone("landline", region="CN"),
    cq.Email("email"),
    cq.Code("wechat", unique=True),
    cq.NationalId("id_number", scheme="cn.ric"),
    cq.BirthDate("birth_date"),
    cq.OrganizationName("company"),
    cq.Text("title", match=False),
    cq.Address("address", region="CN"),
    record_id="record_id",
    source="source",
    created_at="created_at",
    updated_at="updated_at",
)


def main() -> None:
    """Run the job and print its story."""
    customers = pl.read_csv(DATA / "customers.csv", infer_schema=False)
    result = cq.Pipeline.from_schema(SCHEMA).run(customers, as_of=datetime(2025, 1, 1))

    heading("What went in, what came out")
    print(result)

    heading("Findings by code")
    codes = result.findings.group_by("severity", "code", "message").agg(
        records=pl.len(), fields=pl.col("field").unique().sort().str.join(", ")
    )
    for row in codes.sort("severity", "records", "code", descending=[False, True, False]).iter_rows(named=True):
        print(f"{row['records']:>6}  {row['severity']:<8} {row['code']:<22} {row['fields']}: {row['message']}")

    heading("Five duplicates, explained part by part")
    for left, right, explanation in result.duplicates(5):
        print(f"{left} = {right}: {explanation}")

    heading("The scorecard")
    print(result.report)

    heading("Against the truth")
    print(cq.evaluate(result.xref, pl.read_csv(DATA / "customers_truth.csv")))

    heading("Written here")
    for name in ("golden", "xref", "findings", "review"):
        path = Path(f"customers_{name}.csv")
        getattr(result, name).write_csv(path)
        print(f"{path}  {getattr(result, name).height:,} rows")


def heading(text: str) -> None:
    """A line between the parts of the story."""
    print(f"\n== {text} ==")


if __name__ == "__main__":
    main()
