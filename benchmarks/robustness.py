"""What the one default does with tables that are unlike any labelled set: one row per case.

    python benchmarks/robustness.py [--seeds 5] [--shuffles 5] [CASE ...]

Every table is made here, from a seed; a case is named `<what> <condition>`, and part of a name chooses. The columns are
declared and nothing else. A row gives the means over the seeds, how far F1 spreads over them, and whether the clusters
are the same however the rows are shuffled.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import polars as pl

import crmquality as cq

Row = dict[str, str | None]
Kinds = tuple[cq.Kind, ...]


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN_EN = words("""
    James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph
    Jessica Thomas Karen Christopher Sarah Charles Lisa Daniel Nancy Matthew Sandra Anthony Betty Mark Ashley Donald
    Emily Steven Kimberly Andrew Margaret Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa
    Timothy Deborah Ronald Stephanie George Rebecca Jason Sharon Edward Laura Jeffrey Cynthia Ryan Dorothy Jacob Amy
    Nicholas Kathleen Gary Angela Eric Shirley Jonathan Brenda Stephen Emma Larry Anna Justin Pamela Scott Nicole
    Brandon Samantha Benjamin Katherine
""")
FAMILY_EN = words("""
    Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson
    Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson
    Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell
    Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris
    Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward
    Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel
    Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes
    Gonzales Fisher Vasquez Simmons Stokes Jordan Wallace Hawkins Blackwood Fairchild Lindqvist Okafor Castellano
    Winterbourne Halloran Pembroke Szymanski Delacroix
""")
STREETS = words("""
    Oak Maple Cedar Pine Elm Washington Lake Hill Walnut Spring North Ridge Church Willow Mill Sunset Railroad
    Jackson Highland Forest River Meadow Broad Chestnut Lincoln Park Center Cherry Dogwood Hickory Franklin Madison
    Jefferson Prospect Locust Valley Poplar Sycamore Birch Magnolia Laurel Orchard Summit Juniper Aspen Victoria
    Albany Harbor
""")
CITIES_EN = words("""
    Springfield Franklin Greenville Bristol Clinton Fairview Salem Madison Georgetown Arlington Ashland Dover Oxford
    Jackson Burlington Manchester Milton Newport Auburn Centerville
""")
FAMILY_ZH = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
)
GIVEN_ZH = tuple("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉玲红志梅鑫波宇浩凯雪琳佳慧雨晨欣怡子涵梓轩思")
TRADE_ZH = tuple("华盛鼎恒瑞泰安信达博远鸿宏源德润嘉禾兴隆金汇通创新科联智慧云飞腾龙海天星河東方中正和美康健益民旭日")
PLACES_ZH = ("北京市", "上海市", "广州市", "深圳市", "杭州市", "成都市", "武汉市", "南京市", "苏州市", "西安市")
INDUSTRIES_ZH = ("科技", "贸易", "信息技术", "生物科技", "建筑工程", "物流", "食品", "机械制造", "文化传媒", "餐饮管理")
ROADS_ZH = words("人民 解放 中山 建设 和平 文化 新华 胜利 长江 黄河 光明 朝阳 迎宾 学府 滨江 环城 青年 东风 友谊 幸福")
DISTRICTS_ZH = {
    "北京市": "朝阳区",
    "上海市": "浦东新区",
    "广州市": "天河区",
    "深圳市": "南山区",
    "杭州市": "西湖区",
    "成都市": "武侯区",
    "武汉市": "洪山区",
    "南京市": "鼓楼区",
    "苏州市": "姑苏区",
    "西安市": "雁塔区",
}
WORDS_EN = words("""
    Summit Pioneer Atlas Horizon Beacon Sterling Granite Falcon Cascade Evergreen Liberty Keystone Vertex Nimbus
    Orion Apex Harbor Crescent Phoenix Delta Lakeside Redwood Silverline Bluewater Northstar Ironwood Clearview
    Brightside Meridian Quantum Paragon Zenith Monarch Aspen Cobalt Emerald Sierra Tundra Vanguard Juniper
""")
TRADES_EN = words("""
    Logistics Foods Systems Plumbing Consulting Textiles Analytics Robotics Furniture Printing Packaging Dental
    Motors Energy Media Software Bakery Electronics Roofing Landscaping Interiors Shipping
""")
FORMS_EN = ("Inc.", "LLC", "Ltd", "Corp.", "Company", "")
AREA_CODES = ("212", "312", "415", "617", "713", "206", "303", "404", "512", "702")
PLACEHOLDERS = ("N/A", "unknown", "-", "test", "xxx")
PLACEHOLDERS_ZH = ("无", "未知", "测试", "-", "N/A")

PEOPLE_EN: Kinds = (
    cq.GivenName("given"),
    cq.FamilyName("family"),
    cq.BirthDate("born"),
    cq.Phone("phone", region="US"),
    cq.Email("email"),
    cq.Address("street", region="US"),
    cq.Category("city"),
)
PEOPLE_ZH: Kinds = (
    cq.PersonName("name"),
    cq.BirthDate("born"),
    cq.Phone("mobile", region="CN"),
    cq.Email("email"),
    cq.Address("address", region="CN"),
)
COMPANIES_EN: Kinds = (
    cq.OrganizationName("company"),
    cq.Phone("phone", region="US"),
    cq.Url("website"),
    cq.Address("street", region="US"),
    cq.Category("city"),
)
COMPANIES_ZH: Kinds = (
    cq.OrganizationName("company"),
    cq.Phone("phone", region="CN"),
    cq.Url("website"),
    cq.Address("address", region="CN"),
)


@dataclass
class World:
    """One seed's dice."""

    dice: Random

    def pick(self, of: list[str] | tuple[str, ...]) -> str:
        """One of some."""
        return self.dice.choice(of)

    def skewed(self, of: list[str] | tuple[str, ...]) -> str:
        """The first ones most often, as names are."""
        return of[
            min(int(self.dice.paretovariate(0.7)) - 1, len(of) - 1)
            if self.dice.random() < 0.5
            else self.dice.randrange(len(of))
        ]

    def born(self) -> str:
        """An ISO date."""
        return f"{self.dice.randint(1940, 2004)}-{self.dice.randint(1, 12):02d}-{self.dice.randint(1, 28):02d}"

    def phone_us(self) -> str:
        """As Americans write it."""
        return f"({self.pick(AREA_CODES)}) {self.dice.randint(220, 989)}-{self.dice.randint(0, 9999):04d}"

    def mobile_cn(self) -> str:
        """Eleven digits."""
        return self.pick(("138", "139", "136", "186", "158", "177")) + f"{self.dice.randint(0, 99_999_999):08d}"

    def street(self) -> str:
        """Number, name, kind."""
        kind = self.pick(("St", "Ave", "Rd", "Ln", "Dr"))
        return f"{self.dice.randint(1, 1999)} {self.pick(STREETS)} {kind}"

    def address_zh(self) -> str:
        """Down to the room."""
        city = self.pick(PLACES_ZH)
        place = f"{city}{DISTRICTS_ZH[city]}{self.pick(ROADS_ZH)}路{self.dice.randint(1, 400)}号"
        room = f"{self.dice.randint(1, 30)}0{self.dice.randint(1, 4)}室"
        return f"{place}{self.dice.randint(1, 30)}栋{self.dice.randint(1, 6)}单元{room}"

    def person_en(self) -> Row:
        """A customer."""
        given, family = self.skewed(GIVEN_EN), self.skewed(FAMILY_EN)
        domain = self.pick(("gmail.com", "yahoo.com", "outlook.com"))
        mail = f"{given}.{family}{self.dice.randint(1, 999)}@{domain}".lower()
        return {
            "given": given,
            "family": family,
            "born": self.born(),
            "phone": self.phone_us(),
            "email": mail,
            "street": self.street(),
            "city": self.skewed(CITIES_EN),
        }

    def person_zh(self) -> Row:
        """A customer."""
        name = self.skewed(FAMILY_ZH) + self.pick(GIVEN_ZH) + (self.pick(GIVEN_ZH) if self.dice.random() < 0.8 else "")
        mobile = self.mobile_cn()
        mail = f"{self.dice.randint(10**7, 10**10)}@qq.com" if self.dice.random() < 0.6 else f"{mobile}@163.com"
        return {"name": name, "born": self.born(), "mobile": mobile, "email": mail, "address": self.address_zh()}

    def company_en(self) -> Row:
        """A customer."""
        first, second = self.pick(WORDS_EN), self.pick((*WORDS_EN, *FAMILY_EN))
        trade = self.pick(TRADES_EN)
        return {
            "company": f"{first} {second} {trade} {self.pick(FORMS_EN)}".strip(),
            "phone": self.phone_us(),
            "website": f"www.{first}{second}{trade}.com".lower(),
            "street": self.street(),
            "city": self.skewed(CITIES_EN),
        }

    def company_zh(self) -> Row:
        """A customer."""
        city = self.pick(PLACES_ZH)
        trade = "".join(self.dice.sample(TRADE_ZH, self.dice.choice((2, 2, 3, 4))))
        form = self.pick(("有限公司", "有限责任公司", "股份有限公司", "有限公司"))
        return {
            "company": f"{city}{trade}{self.pick(INDUSTRIES_ZH)}{form}",
            "phone": f"010-{self.dice.randint(60_000_000, 89_999_999)}",
            "website": f"www.{''.join(self.dice.choice('abcdefghijklmnopqrstuvwxyz') for _ in range(7))}.com.cn",
            "address": self.address_zh(),
        }

    def typo(self, value: str) -> str:
        """One character lost, doubled, swapped or struck beside its key."""
        if len(value) < 3:
            return value
        i = self.dice.randrange(len(value) - 1)
        kind = self.dice.randrange(4)
        if kind == 0:
            return value[:i] + value[i + 1 :]
        if kind == 1:
            return value[: i + 1] + value[i:]
        if kind == 2:
            return value[:i] + value[i + 1] + value[i] + value[i + 2 :]
        letter = "0123456789" if value[i].isdigit() else "abcdefghijklmnopqrstuvwxyz" if value[i].isascii() else value
        return value[:i] + self.dice.choice(letter) + value[i + 1 :]

    def copy(self, row: Row, missing: float, typos: float, placeholders: float) -> Row:
        """Another record of one customer."""
        out: Row = {}
        filler = PLACEHOLDERS_ZH if "address" in row else PLACEHOLDERS
        for column, value in row.items():
            x = self.dice.random()
            if value is None or x < missing:
                out[column] = None
            elif x < missing + placeholders:
                out[column] = self.pick(filler)
            else:
                out[column] = self.typo(value) if self.dice.random() < typos else value
        return out


@dataclass
class Table:
    """Records as they are made, and who they are."""

    rows: list[Row] = field(default_factory=list)
    entities: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def add(self, row: Row, entity: int, source: str = "a") -> None:
        """One more record."""
        self.rows.append(row)
        self.entities.append(entity)
        self.sources.append(source)

    def frames(self, dice: Random) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The records in random order under ids that say nothing, and their truth."""
        order = list(range(len(self.rows)))
        dice.shuffle(order)
        columns = {c: [self.rows[i].get(c) for i in order] for c in self.rows[0]}
        ids = [f"r{i:06d}" for i in range(len(order))]
        text = dict.fromkeys(columns, pl.String)
        records = pl.DataFrame(columns, schema=text).with_columns(
            pl.Series("record_id", ids), pl.Series("source", [self.sources[i] for i in order])
        )
        return records, pl.DataFrame({"record_id": ids, "entity_id": [self.entities[i] for i in order]})


WHO: dict[str, tuple[Kinds, Callable[[World], Row]]] = {
    "people en": (PEOPLE_EN, World.person_en),
    "people zh": (PEOPLE_ZH, World.person_zh),
    "companies en": (COMPANIES_EN, World.company_en),
    "companies zh": (COMPANIES_ZH, World.company_zh),
}
CLEAN = (0.05, 0.05, 0.0)
FILTHY = (0.30, 0.20, 0.03)
Noise = tuple[float, float, float]


def copies(world: World, make: Callable[[World], Row], n: int, noise: Noise = CLEAN, twice: float = 0.4) -> Table:
    """About `n` records; a customer has another record with probability `twice`, and so on."""
    table = Table()
    while len(table.rows) < n:
        truth, entity = make(world), len(table.rows)
        table.add(world.copy(truth, *noise), entity)
        while len(table.rows) < n and world.dice.random() < twice:
            table.add(world.copy(truth, *noise), entity)
    return table


def filthy(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 3000, FILTHY)


def clean(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 3000)


def no_duplicates(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 3000, twice=0.0)


def no_duplicates_filthy(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 3000, FILTHY, twice=0.0)


def one_entity(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 300, twice=1.0)


def one_entity_filthy(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 300, FILTHY, twice=1.0)


def records_2(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 2, twice=1.0)


def records_20(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 20)


def records_200(world: World, make: Callable[[World], Row]) -> Table:
    return copies(world, make, 200)


def clusters_of_twenty(world: World, make: Callable[[World], Row]) -> Table:
    table = Table()
    for entity in range(2500):
        truth = make(world)
        for _ in range(20):
            table.add(world.copy(truth, 0.1, 0.1, 0.01), entity)
    return table


def shared(world: World, make: Callable[[World], Row]) -> Table:
    """A switchboard and a mailbox that stands for none, each on one record in twenty."""
    table = clean(world, make)
    phone = next(c for c in ("phone", "mobile") if c in table.rows[0])
    number = world.phone_us() if "street" in table.rows[0] else "010-62345678"
    other = "email" if "email" in table.rows[0] else "website"
    for row in table.rows:
        if world.dice.random() < 0.05:
            row[phone] = number
        if world.dice.random() < 0.05:
            row[other] = "noemail@company.com" if other == "email" else "www.yellowpages.com"
    return table


def families(world: World, make: Callable[[World], Row]) -> Table:
    """Three at each address and phone, of one family name."""
    table, entity = Table(), 0
    for _ in range(500):
        head = make(world)
        for _ in range(3):
            one = {**make(world), **{c: head[c] for c in ("street", "city", "address", "phone") if c in head}}
            if "family" in head:
                one["family"] = head["family"]
                one["email"] = f"{one['given']}{head['family']}{world.dice.randint(1, 99)}@gmail.com".lower()
            elif "name" in head:
                one["name"] = f"{head['name']}"[:1] + f"{one['name']}"[1:]
            entity += 1
            for _ in range(world.dice.choice((1, 1, 2, 3))):
                table.add(world.copy(one, *CLEAN), entity)
    return table


def namesakes(world: World, make: Callable[[World], Row]) -> Table:
    """Fifty names for a thousand customers."""
    names = [make(world) for _ in range(50)]
    keys = [c for c in ("given", "family", "name", "company") if c in names[0]]
    table = Table()
    for entity in range(1000):
        name = world.dice.choice(names)
        one = {**make(world), **{c: name[c] for c in keys}}
        for _ in range(world.dice.choice((1, 2, 3))):
            table.add(world.copy(one, *CLEAN), entity)
    return table


def twins(world: World, make: Callable[[World], Row]) -> Table:
    """One customer in ten has a twin: the same family name, birth date and address."""
    table, entity = Table(), 0
    for _ in range(1200):
        one = make(world)
        pair = [one]
        if world.dice.random() < 0.1:
            other = make(world)
            same = {c: one[c] for c in ("family", "born", "street", "city", "address") if c in one}
            name = {"name": f"{one['name']}"[:1] + f"{other['name']}"[1:]} if "name" in one else {}
            pair.append({**other, **same, **name})
        for each in pair:
            entity += 1
            for _ in range(world.dice.choice((1, 2, 3))):
                table.add(world.copy(each, *CLEAN), entity)
    return table


def two_files(world: World, make: Callable[[World], Row]) -> Table:
    """Two files without duplicates inside, half of the customers in both."""
    table = Table()
    for entity in range(2000):
        truth = make(world)
        for source in world.dice.choice((("a", "b"), ("a", "b"), ("a",), ("b",))):
            table.add(world.copy(truth, 0.1, 0.1, 0.01), entity, source)
    return table


def two_files_duplicates(world: World, make: Callable[[World], Row]) -> Table:
    """Two files with duplicates inside and across."""
    table = clean(world, make)
    table.sources = [world.pick(("a", "b")) for _ in table.rows]
    return table


def columns_missing(world: World, make: Callable[[World], Row]) -> Table:
    """All columns but the first two, or a company's name and phone, empty."""
    table = clean(world, make)
    kept = list(table.rows[0])[:3]
    table.rows = [{c: v if c in kept else None for c, v in row.items()} for row in table.rows]
    return table


def columns_constant(world: World, make: Callable[[World], Row]) -> Table:
    """City, street and web site or mailbox the same everywhere."""
    table = clean(world, make)
    one = make(world)
    same = [c for c in ("city", "street", "address", "website") if c in one]
    table.rows = [{**row, **{c: one[c] for c in same}} for row in table.rows]
    return table


def columns_idle(world: World, make: Callable[[World], Row]) -> Table:
    """Further columns that say nothing: a flag, a random code, a score, a salesman."""
    table = clean(world, make)
    for row in table.rows:
        row["flag"] = world.pick(("yes", "no"))
        row["batch"] = f"{world.dice.randint(1, 40)}"
        row["score"] = f"{world.dice.randint(1, 100)}"
        row["owner"] = world.pick(("anna", "bert", "carl", "dora", "emil"))
    return table


def name_only(world: World, make: Callable[[World], Row]) -> Table:
    table = clean(world, make)
    kept = [c for c in ("given", "family", "name", "company") if c in table.rows[0]]
    table.rows = [{c: row[c] for c in kept} for row in table.rows]
    return table


IDLE: Kinds = (cq.Category("flag"), cq.Code("batch"), cq.Number("score"), cq.Category("owner"))
CONDITIONS: dict[str, Callable[[World, Callable[[World], Row]], Table]] = {
    f.__name__: f
    for f in (
        clean,
        filthy,
        no_duplicates,
        no_duplicates_filthy,
        one_entity,
        one_entity_filthy,
        records_2,
        records_20,
        records_200,
        shared,
        families,
        namesakes,
        twins,
        two_files,
        two_files_duplicates,
        columns_missing,
        columns_constant,
        columns_idle,
        name_only,
        clusters_of_twenty,
    )
}
PERSONS_ONLY = {"families", "namesakes", "twins"}


@dataclass(frozen=True)
class Outcome:
    """One run."""

    precision: float
    recall: float
    f1: float
    b_cubed: float
    merged: float
    pairs: float
    seconds: float
    same: bool
    notes: tuple[str, ...]


def pipeline(kinds: Kinds, columns: list[str], condition: str) -> cq.Pipeline:
    """The default for what columns there are."""
    named = [k for k in (*kinds, *IDLE) if k.name in columns]
    made = cq.Pipeline.from_schema(cq.Schema(*named, source="source"))
    return replace(made, blocker=replace(made.blocker, link="between")) if condition == "two_files" else made


def run(who: str, condition: str, seed: int, n_shuffles: int) -> Outcome:
    """One case of one seed."""
    kinds, make = WHO[who]
    dice = Random(f"{who} {condition} {seed}")
    records, truth = CONDITIONS[condition](World(dice), make).frames(dice)
    pipe = pipeline(kinds, records.columns, condition)
    begin = time.perf_counter()
    result = pipe.run(records)
    seconds = time.perf_counter() - begin
    found = cq.evaluate(result.clusters, truth)
    clusters = result.clusters.sort("record_id")
    same = True
    for i in range(n_shuffles):
        again = pipe.run(records.sample(fraction=1.0, shuffle=True, seed=i))
        same = same and again.clusters.sort("record_id").equals(clusters)
    diagnostics = result.model.diagnostics
    return Outcome(
        found.precision,
        found.recall,
        found.f1,
        found.b_cubed_f1,
        (records.height - result.n_golden) / records.height,
        result.blocking.n_pairs / records.height,
        seconds,
        same,
        tuple(f"{m}" for m in diagnostics.messages) if diagnostics else (),
    )


def cases(wanted: list[str]) -> list[tuple[str, str]]:
    """Who and condition, those asked for."""
    every = [(w, c) for c in CONDITIONS for w in WHO if not (c in PERSONS_ONLY and w.startswith("companies"))]
    return [(w, c) for w, c in every if not wanted or any(x in f"{w} {c}" for x in wanted)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--shuffles", type=int, default=5, help="row orders tried, of the first seed")
    parser.add_argument("--notes", action="store_true", help="also what the model says of itself")
    parser.add_argument("case", nargs="*")
    options = parser.parse_args()
    heads = ("prec", "recall", "F1", "+-", "B3 F1", "merged", "pairs/r", "seconds")
    print(f"{'case':<34}" + "".join(f"{h:>9}" for h in heads) + "  same")
    for who, condition in cases(options.case):
        out = [run(who, condition, s, options.shuffles if s == 0 else 0) for s in range(options.seeds)]
        f1 = [o.f1 for o in out]
        n = len(out)
        means = [sum(getattr(o, x) for o in out) / n for x in ("precision", "recall", "f1")]
        rest = [sum(getattr(o, x) for o in out) / n for x in ("b_cubed", "merged", "pairs", "seconds")]
        print(
            f"{who + ' ' + condition:<34}"
            + "".join(f"{x:>9.4f}" for x in (*means, max(f1) - min(f1), rest[0], rest[1]))
            + f"{rest[2]:>9.1f}{rest[3]:>9.2f}  {'yes' if out[0].same else 'NO'}",
            flush=True,
        )
        if options.notes:
            for note in dict.fromkeys(m for o in out for m in o.notes):
                print(f"    {note}", flush=True)


if __name__ == "__main__":
    main()
