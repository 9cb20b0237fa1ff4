"""What three systems deliver in a week, for `nightly_batches.py`: the sample of customers, cut into nights.

There are new, corrected and deleted records, records that arrive late, a file that is delivered twice, and one that is
broken. The files are the same every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

Row = dict[str, str | None]

DATA = Path(__file__).parent / "data"
NIGHTS = ("2025-01-06", "2025-01-07", "2025-01-08", "2025-01-09", "2025-01-10")
SYSTEMS = {"sales": "crm", "web": "shop", "service": "call_centre"}
FIELDS = (
    "name",
    "gender",
    "mobile",
    "landline",
    "email",
    "wechat",
    "id_number",
    "birth_date",
    "company",
    "title",
    "address",
)
FIRST_SHARE = 0.6  # of a system's records are there on the first night
N_CORRECTED, N_DELETED = 15, 4  # a night and system

COLLEAGUES = ("D0000001", "D0000002")  # two of one name: a salesman had one number for both
SON = "D0000005"  # he called from his father's telephone, and gave his father's name
PEOPLE: tuple[Row, ...] = (
    {
        "record_id": "D0000001",
        "source": "crm",
        "name": "王芳",
        "mobile": "13881230401",
        "company": "成都锦江宴餐饮有限公司",
    },
    {"record_id": "D0000002", "source": "shop", "name": "王芳", "mobile": "138 8123 0401", "company": "锦江宴餐饮"},
    {
        "record_id": "D0000003",
        "source": "crm",
        "name": "刘建国",
        "mobile": "13908170562",
        "address": "成都市桐梓林北路12号",
    },
    {"record_id": "D0000004", "source": "shop", "name": "刘建国", "mobile": "+86 139 0817 0562"},
    {"record_id": "D0000005", "source": "call_centre", "name": "刘建国", "mobile": "13908170562"},
)


def deliver(folder: Path) -> None:
    """Write the files: a folder for each night, a CSV for each system, and `shop.csv`, the last one as it should be.

    Each row says with `op` whether its record is there ("upsert") or gone ("delete"), and since when: `updated_at`.
    """
    rng = random.Random(5)
    customers = pl.read_csv(DATA / "customers.csv", infer_schema=False).filter(pl.col("updated_at") < NIGHTS[0])
    customers = customers.select("record_id", "source", *FIELDS, "updated_at").with_columns(
        pl.col("source").replace(SYSTEMS), op=pl.lit("upsert")
    )
    same = customers.join(pl.read_csv(DATA / "customers_truth.csv"), on="record_id").partition_by("entity_id")
    others = {record_id: rows.to_dicts() for rows in same for record_id in rows["record_id"]}
    files: dict[str, list[Row]] = {}
    for system in SYSTEMS.values():
        rows = customers.filter(pl.col("source") == system).sort("record_id").to_dicts()
        rng.shuffle(rows)
        for night, batch in zip(NIGHTS, cut(rows, others, rng), strict=True):
            files[f"{night}/{system}"] = batch
    _, tuesday, wednesday, thursday, friday = NIGHTS
    for person in PEOPLE:
        files[f"{NIGHTS[0]}/{person['source']}"].append({"op": "upsert", **person, "updated_at": "2024-12-02 09:30:00"})

    files[f"{wednesday}/crm_again"] = files[f"{tuesday}/crm"]
    since = {row["record_id"] for row in files[f"{wednesday}/call_centre"]}
    files[f"{thursday}/call_centre_late"] = [x for x in files[f"{NIGHTS[0]}/call_centre"] if x["record_id"] in since]
    everybody = {row["record_id"]: row for night in NIGHTS for row in files[f"{night}/shop"]}.values()
    mobiles = [row.get("mobile") for row in everybody]
    files["shop"] = list(everybody)
    files[f"{friday}/shop"] = [
        {**row, "mobile": mobile} for row, mobile in zip(everybody, [mobiles[-1], *mobiles[:-1]], strict=True)
    ]

    for name, batch in files.items():
        path = folder / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        pl.DataFrame(batch, schema=dict.fromkeys(["op", *customers.columns[:-1]], pl.String)).write_csv(path)


def cut(rows: list[Row], others: Mapping[str | None, list[Row]], rng: random.Random) -> Iterator[list[Row]]:
    """The rows of a system as it delivers them night by night."""
    n, nights = int(FIRST_SHARE * len(rows)), NIGHTS[1:]
    known = {row["record_id"]: row for row in rows[:n]}
    yield rows[:n]
    for i, night in enumerate(nights):
        now = {"updated_at": f"{night} 18:00:00"}
        changed = [known.pop(x) for x in rng.sample(list(known), N_CORRECTED + N_DELETED)]
        gone = [{**row, "op": "delete", **now} for row in changed[:N_DELETED]]
        better = [{**row, **learned(rng.choice(others[row["record_id"]]), rng), **now} for row in changed[N_DELETED:]]
        new = rows[n + i :: len(nights)]
        known |= {row["record_id"]: row for row in [*better, *new]}
        yield [*gone, *better, *new]


def learned(other: Row, rng: random.Random) -> Row:
    """What a correction says: a new mobile, or what another record of the customer says."""
    if rng.random() < 0.4:
        return {"mobile": f"139{rng.randrange(10**8):08}"}
    return {field: other[field] for field in ("name", "mobile", "email", "id_number") if other[field]}
