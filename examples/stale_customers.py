"""Which customers are active, stale or out of reach, and whom to ask first: two thousand Chinese contacts.

    python examples/stale_customers.py

Cleans and merges the contacts, then classifies records and golden records by the day of last contact and by what is
left of their phones, emails and addresses. Prints tables; writes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl

import crmquality as cq
from crmquality.report import Activity, activity_summary, days_until_decayed, due_for_confirmation

DATA = Path(__file__).parent / "data"
TODAY = datetime(2026, 1, 1)

SCHEMA = cq.Schema(
    cq.PersonName("name"),
    cq.Phone("mobile", region="CN"),
    cq.Phone("landline", region="CN"),
    cq.Email("email"),
    cq.NationalId("id_number", scheme="cn.ric"),
    cq.OrganizationName("company"),
    cq.Address("address", region="CN"),
    record_id="record_id",
    source="source",
    updated_at="updated_at",
)

# Suppose that 2.5 % of what was confirmed has changed a month later: measure this on your own customers.
ACTIVITY = Activity.from_schema(
    SCHEMA,
    confirm_after_days=days_until_decayed(0.25, per_month=0.025),
    stale_after_days=days_until_decayed(0.50, per_month=0.025),
    dates=["last_contacted_at"],
)


def main() -> None:
    """Classify, and print who is due."""
    customers = pl.read_csv(DATA / "customers.csv", infer_schema=False)
    result = cq.Pipeline.from_schema(SCHEMA).with_default_model().run(customers, as_of=TODAY)

    heading("The rules")
    print(f"to confirm after {ACTIVITY.confirm_after_days} days, stale after {ACTIVITY.stale_after_days}")
    print("contact points: " + ", ".join(f"{p.field} ({p.channel})" for p in ACTIVITY.contact_points))

    records = ACTIVITY.classify(result.normalized, as_of=TODAY, findings=result.findings)
    heading("Records, by source")
    for row in activity_summary(records).iter_rows(named=True):
        if row["source"] is not None:
            share = f"{row['share']:6.1%}  ({row['low']:.1%} – {row['high']:.1%})"
            print(f"{row['source']:<10} {row['status']:<12} {row['numerator']:>5}  {share}")

    golden = ACTIVITY.classify_golden(result.normalized, result.xref, as_of=TODAY, findings=result.findings)
    heading("Customers, after merging")
    for row in activity_summary(golden).iter_rows(named=True):
        print(f"{row['status']:<12} {row['numerator']:>5} of {row['denominator']:,}")
    heading("Why")
    why = golden.group_by("status", "message", "message_zh").len().sort(["len", "message"], descending=[True, False])
    for row in why.head(8).iter_rows(named=True):
        print(f"{row['len']:>5}  {row['status']:<12} {row['message']} {row['message_zh']}")

    # The most valuable first: here those of whom most records are held
    due = due_for_confirmation(golden, before=date(2026, 2, 1), weight="n_records")
    heading("Due for confirmation before February")
    print(f"{due.height:,} customers; the first five:")
    for row in due.head(5).iter_rows(named=True):
        print(f"{row['golden_id']}  {row['n_records']} records, due on {row['due_on']}, by {row['reachable_by']}")


def heading(text: str) -> None:
    """A line between the parts of the story."""
    print(f"\n== {text} ==")


if __name__ == "__main__":
    main()
