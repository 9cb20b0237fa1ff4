"""Accuracy on labelled sets, at the one default: one row per set.

    python benchmarks/accuracy.py [--labels N] [--shuffles N] DATA [SET ...]

DATA is a folder of sets, each a folder with `records.parquet` (`record_id`, `source`, fields) and `truth.parquet`
(`record_id`, `entity_id`); `zh_crm` holds `contacts.parquet`, `accounts.parquet` and their truths. The script declares
what each column is, and nothing else: no threshold, no rule, no weight. It also prints the peers' figures that the
data's README gives: the best of four thresholds, picked with the truth in hand.

With `--labels N` the truth answers N questions that `Result.next_to_label` asks, ten at a time; the answers teach the
model and are followed. With `--shuffles N` the rows are shuffled and the record ids replaced N times, so that every
sample is another one, and the spread of F1 is printed.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import polars as pl

import crmquality as cq

QUESTIONS = 10
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
    return cq.Pipeline.from_schema(cq.Schema(*kinds, source="source", link=link, **times))


def run(name: str, records: pl.DataFrame, truth: pl.DataFrame, n_labels: int) -> cq.Result[pl.DataFrame]:
    """One set resolved, with as many questions answered from the truth."""
    made = pipeline(name)
    result = made.run(records)
    entity = dict(truth.select("record_id", "entity_id").iter_rows())
    answers: list[dict[str, object]] = []
    while len(answers) < n_labels:
        asked = result.next_to_label(min(QUESTIONS, n_labels - len(answers)), answers or None)
        if asked.is_empty():
            break
        for a, b in asked.select("record_id_l", "record_id_r").iter_rows():
            same = entity[a] == entity[b]
            answers.append({"record_id_l": a, "record_id_r": b, "decision": "link" if same else "non-link"})
        result = made.fit(records, labels=answers).run(records, decisions=answers)
    return result


def shuffled(records: pl.DataFrame, truth: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same rows in another order, under other ids."""
    ids = records["record_id"].to_list()
    random.Random(seed).shuffle(ids)
    new = pl.DataFrame({"record_id": ids, "new": [f"{i:08}" for i in range(len(ids))]})
    order = new.join(records, on="record_id", maintain_order="left").drop("record_id").rename({"new": "record_id"})
    return order, truth.join(new, on="record_id").drop("record_id").rename({"new": "record_id"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--labels", type=int, default=0)
    parser.add_argument("--shuffles", type=int, default=0)
    given = parser.parse_args()
    heads = ("records", "prec", "recall", "F1", "B3 F1", "peer F1", "pairs", "seconds")
    print(f"{'set':<28}" + "".join(f"{h:>9}" for h in heads))
    for name in SETS:
        if given.sets and not any(w in name for w in given.sets):
            continue
        records, truth = read(given.data, name)
        begin = time.perf_counter()
        result = run(name, records, truth, given.labels)
        seconds = time.perf_counter() - begin
        e = cq.evaluate(result.clusters, truth)
        spread = ""
        if given.shuffles:
            others = [shuffled(records, truth, seed) for seed in range(given.shuffles)]
            f1 = [cq.evaluate(run(name, r, t, given.labels).clusters, t).f1 for r, t in others]
            spread = f"   F1 {min(f1):.4f} to {max(f1):.4f} in {len(f1)} shuffles"
        print(
            f"{name:<28}{records.height:>9}{e.precision:>9.4f}{e.recall:>9.4f}{e.f1:>9.4f}{e.b_cubed_f1:>9.4f}"
            f"{SETS[name][2]:>9.4f}{result.blocking.n_pairs:>9}{seconds:>9.1f}{spread}",
            flush=True,
        )


if __name__ == "__main__":
    main()
