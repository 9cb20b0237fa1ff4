"""Speed and memory on synthetic contacts: seconds and CPU seconds per stage, peak memory of the process.

    python benchmarks/scale.py [N ...]          (default: 10000 100000 1000000)

Each size runs in a process of its own, so that the peak is its own. The contacts are made up from a seed: names with
a long tail, 30 % duplicates with typos and gaps, a mailbox and a switchboard that a thousand records share.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time

import polars as pl

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余"
    "于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷"
    "龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉红建文辉力健俊帆雪荣飞燕鑫波"
    "宇浩凯佳颖琳婷欣怡晨阳子涵梓轩思雨嘉诗梦琪瑶慧宁博天翔志国庆春梅海东晓峰丹彬斌"
)
DOMAINS = ("qq.com", "163.com", "126.com", "gmail.com", "sina.com", "outlook.com", "139.com")
CITIES = (
    ("浙江省", "杭州市", "余杭区"),
    ("广东省", "深圳市", "南山区"),
    ("江苏省", "苏州市", "吴中区"),
    ("四川省", "成都市", "武侯区"),
    ("湖北省", "武汉市", "洪山区"),
    ("山东省", "青岛市", "市南区"),
    ("福建省", "厦门市", "思明区"),
    ("北京市", "北京市", "海淀区"),
)
ROADS = (
    "中山路",
    "人民路",
    "解放路",
    "建设路",
    "文化路",
    "科技路",
    "新华路",
    "和平路",
    "长江路",
    "黄河路",
    "学院路",
    "创新大道",
)
TRADES = "鼎盛恒泰华信中科新创联合天元金茂瑞丰东方国泰宏远嘉诚博雅永利安达顺通万佳百川三和四海九州一品"
INDUSTRIES = ("科技", "贸易", "电子", "建材", "食品", "物流", "医疗器械", "信息技术", "机械设备", "文化传媒")


def person(rng: random.Random) -> dict[str, str | None]:
    surname = SURNAMES[int(len(SURNAMES) * rng.random() ** 2)]
    given = "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
    province, city, district = rng.choice(CITIES)
    company = city[:2] + "".join(rng.choice(TRADES) for _ in range(3)) + rng.choice(INDUSTRIES) + "有限公司"
    number = str(rng.randrange(10**8)).zfill(8)
    door = f"{rng.randrange(1, 30)}幢{rng.randrange(101, 2999)}室"
    return {
        "name": surname + given,
        "mobile": rng.choice(("138", "139", "150", "186", "177", "199")) + number,
        "email": f"u{rng.randrange(10**9)}@{rng.choice(DOMAINS)}",
        "birth_date": f"{rng.randrange(1950, 2005)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
        "company": company,
        "address": f"{province}{city}{district}{rng.choice(ROADS)}{rng.randrange(1, 999)}号{door}",
    }


def again(original: dict[str, str | None], rng: random.Random) -> dict[str, str | None]:
    """The same person as another system has it."""
    out = dict(original)
    name, mobile = original["name"] or "", original["mobile"] or ""
    if rng.random() < 0.1:
        out["name"] = name[0] + rng.choice(("先生", "女士", "总", "经理"))
    elif rng.random() < 0.1:
        out["name"] = name + rng.choice((" 先生", "（老客户）"))
    if rng.random() < 0.3:
        out["mobile"] = rng.choice((f"+86 {mobile}", f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}", f"0086{mobile}"))
    elif rng.random() < 0.1:
        at = rng.randrange(4, 11)
        out["mobile"] = mobile[:at] + str(rng.randrange(10)) + mobile[at + 1 :]
    if rng.random() < 0.3:
        out["address"] = (original["address"] or "")[3:].replace("幢", "号楼")
    if rng.random() < 0.3:
        out["company"] = (original["company"] or "").replace("有限公司", "有限责任公司")
    for field in ("mobile", "email", "birth_date", "company", "address"):
        if rng.random() < 0.3:
            out[field] = None
    return out


def contacts(n: int, seed: int = 7) -> pl.DataFrame:
    rng = random.Random(seed)
    rows: list[dict[str, str | None]] = []
    entities: list[int] = []
    while len(rows) < n:
        one = person(rng)
        rows.append(one)
        entities.append(len(rows))
        while len(rows) < n and rng.random() < 0.25:
            rows.append(again(one, rng))
            entities.append(entities[-1])
    for i in rng.sample(range(n), n // 1000):
        rows[i]["email"] = "noreply@example.com"
    for i in rng.sample(range(n), n // 1000):
        rows[i]["mobile"] = "4008123123"
    frame = pl.DataFrame(rows).with_columns(entity_id=pl.Series(entities))
    order = list(range(n))
    rng.shuffle(order)
    return frame[order].with_row_index("record_id")


def run(n: int) -> None:
    import crmquality as cq

    frame = contacts(n)
    truth = frame.select("record_id", "entity_id")
    schema = cq.Schema(
        cq.PersonName("name"),
        cq.Phone("mobile", region="CN"),
        cq.Email("email"),
        cq.BirthDate("birth_date"),
        cq.OrganizationName("company"),
        cq.Address("address", region="CN"),
    )
    pipeline = cq.Pipeline.from_schema(schema)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    last = [time.perf_counter(), time.process_time()]
    first = list(last)

    def say(event: cq.Event) -> None:
        now = [time.perf_counter(), time.process_time()]
        counts = ", ".join(f"{v:,} {k}" for k, v in event.counts.items())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        wall, cpu = now[0] - last[0], now[1] - last[1]
        print(f"{n:>9,} {event.stage:<18}{wall:>8.1f} s{cpu:>8.1f} CPU s  peak {peak:5.2f} GB  {counts}", flush=True)
        last[:] = now

    result = pipeline.run(frame.drop("entity_id"), on_event=say)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    e = cq.evaluate(result.clusters, truth)
    wall, cpu = last[0] - first[0], last[1] - first[1]
    print(
        f"{n:>9,} {'all':<18}{wall:>8.1f} s{cpu:>8.1f} CPU s  peak {peak / 1024**2:5.2f} GB"
        f" (before: {before / 1024**2:.2f})  precision {e.precision:.4f} recall {e.recall:.4f} F1 {e.f1:.4f}",
        flush=True,
    )


if __name__ == "__main__":
    sizes = [int(a) for a in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    if len(sizes) == 1:
        run(sizes[0])
    else:
        for size in sizes:
            subprocess.run([sys.executable, __file__, str(size)], check=True)
