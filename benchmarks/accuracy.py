"""Accuracy on labelled sets, at the one default: one row per set.

    python benchmarks/accuracy.py DATA [SET ...]

DATA is a folder of sets, each a folder with `records.parquet` (`record_id`, `source`, fields) and `truth.parquet`
(`record_id`, `entity_id`); `zh_crm` holds `contacts.parquet`, `accounts.parquet` and their truths. The script declares
what each column is, and nothing else: no threshold, no rule, no weight. It also prints the peers' figures that the
data's README gives: the best of four thresholds, picked with the truth in hand.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import polars as pl

import crmquality as cq

PEOPLE_AU = (
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
)
CENSUS = (
    cq.GivenName("first_name"),
    cq.Category("middle_initial", shared=False),
    cq.FamilyName("last_name"),
    cq.Number("age"),
    cq.BirthDate("date_of_birth", order="MDY"),
    cq.Code("street_number"),
    cq.Text("street_name"),
    cq.Code("unit_number"),
    cq.Category("city"),
    cq.Category("state"),
    cq.Code("zipcode"),
    cq.Category("housing_type"),
    cq.Category("relationship_to_reference_person", shared=False),
    cq.Category("sex", shared=False),
    cq.Category("race_ethnicity"),
)
SETS: dict[str, tuple[tuple[cq.Kind, ...], str, float]] = {
    # set: its columns, which pairs are linked, the best peer's F1
    "febrl3": (PEOPLE_AU, "all", 0.9999),
    "febrl4": (PEOPLE_AU, "between", 0.9996),
    "splink_fake_1000": (
        (
            cq.GivenName("first_name"),
            cq.FamilyName("surname"),
            cq.BirthDate("dob"),
            cq.Text("city"),
            cq.Email("email"),
        ),
        "all",
        0.917,
    ),
    "pp_census_dedup_default": (CENSUS, "all", 0.979),
    "pp_census_2020_2030_default": (CENSUS, "between", 0.982),
    "orgs_hard_uk": (
        (
            cq.OrganizationName("org_name"),
            cq.Address("street", region="GB"),
            cq.Text("city"),
            cq.Code("postcode"),
            cq.Url("website"),
            cq.Phone("phone", region="GB"),
            cq.Category("industry"),
        ),
        "all",
        0.912,
    ),
    "wikidata_company_aliases": ((cq.OrganizationName("name"),), "all", float("nan")),
    "dblp_acm": (
        (
            cq.Text("title", shared=False),
            cq.Text("authors"),
            cq.Text("venue"),
            cq.Number("year"),
        ),
        "between",
        0.986,
    ),
    "zh_crm contacts": (
        (
            cq.PersonName("name"),
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
        ),
        "all",
        0.884,
    ),
    "zh_crm accounts": (
        (
            cq.OrganizationName("company"),
            cq.NationalId("uscc", scheme="cn.uscc"),
            cq.Phone("phone", region="CN"),
            cq.Url("website"),
            cq.Address("address", region="CN"),
            cq.PersonName("contact", match=False),
        ),
        "all",
        0.872,
    ),
}


def read(data: Path, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    folder, _, table = name.partition(" ")
    stem = table or "records"
    truth = f"{table}_truth" if table else "truth"
    return pl.read_parquet(data / folder / f"{stem}.parquet"), pl.read_parquet(data / folder / f"{truth}.parquet")


def pipeline(name: str) -> cq.Pipeline:
    kinds, link, _ = SETS[name]
    times = {"created_at": "created_at", "updated_at": "updated_at"} if name == "zh_crm contacts" else {}
    made = cq.Pipeline.from_schema(cq.Schema(*kinds, source="source", **times))
    return replace(made, blocker=replace(made.blocker, link=link))


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    data, wanted = Path(sys.argv[1]), sys.argv[2:]
    heads = ("records", "prec", "recall", "F1", "B3 F1", "peer F1", "pairs", "seconds")
    print(f"{'set':<28}" + "".join(f"{h:>9}" for h in heads))
    for name in SETS:
        if wanted and not any(w in name for w in wanted):
            continue
        records, truth = read(data, name)
        begin = time.perf_counter()
        result = pipeline(name).run(records)
        seconds = time.perf_counter() - begin
        e = cq.evaluate(result.clusters, truth)
        print(
            f"{name:<28}{records.height:>9}{e.precision:>9.4f}{e.recall:>9.4f}{e.f1:>9.4f}{e.b_cubed_f1:>9.4f}"
            f"{SETS[name][2]:>9.4f}{result.blocking.n_pairs:>9}{seconds:>9.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
