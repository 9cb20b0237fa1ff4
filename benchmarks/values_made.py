"""Distinct values made from a seed: what clean columns and the columns of real systems hold, kind by kind.

Everything comes from a seed, the package's reference lists (surnames with their frequencies, divisions, area codes) and
the lists below; no file is needed. A clean value is one in the form that its system asks for. Of a dirty mix three in
ten are clean, five have one noise of the kind, two have two. All values of a mix differ.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from typing import TypeAlias

import opencc

from crmquality.reference import read_lines, read_table

Make: TypeAlias = Callable[[random.Random], str]
Noise: TypeAlias = Callable[[random.Random, str], str]


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉红建文辉力健俊帆雪荣飞燕鑫波宇浩凯佳颖琳婷欣怡晨阳子涵梓轩"
    "思雨嘉诗梦琪瑶慧宁博天翔志国庆春梅海东晓峰丹彬斌成龙云松林凤珍莉萍玲淑贵福生元全胜学祥才发武新利清彪顺信义兴良"
    "永康星光达安岩中茂进有坚和彰致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘之先敬振壮会思群豪心邦承乐绍功松善厚庆礼馨薇"
)
MOBILE = (
    "138",
    "139",
    "136",
    "137",
    "135",
    "158",
    "159",
    "150",
    "151",
    "186",
    "185",
    "133",
    "189",
    "177",
    "199",
    "166",
)
AREA_CODES = ("010", "021", "020", "0755", "028", "023", "022", "027", "025", "029", "0571", "0512", "0532", "0592")
DOMAINS = ("qq.com", "qq.com", "qq.com", "163.com", "163.com", "126.com", "gmail.com", "sina.com", "foxmail.com")
DOMAINS_TOO = ("outlook.com", "hotmail.com", "139.com", "yahoo.com", "icloud.com", "aliyun.com", "sohu.com")
TLD = (".com", ".com", ".com.cn", ".cn", ".net", ".com", ".cn")
COMPANIES = 50_000  # with a mail domain of their own
TRADE = "鼎盛恒泰华信中科新创联合天元金茂瑞丰东方国宏远嘉诚博雅永利安达顺通万佳百川三和四海九州一品云智数聚源德润禾立邦"
BUSINESS = words(
    "科技|信息技术|网络科技|贸易|进出口|国际贸易|电子商务|电子|建材|装饰工程|建筑工程|食品|餐饮管理|"
    "物流|供应链管理|医疗器械|生物科技|机械设备|自动化设备|文化传媒|广告|企业管理咨询|教育咨询|"
    "人力资源|投资管理|房地产开发|物业管理|汽车销售服务|服饰|纺织品|化工|环保科技|新能源|农业发展|"
    "五金制品|塑胶制品|包装材料|印刷|家具|酒店管理"
)
FORMS = ("有限公司",) * 14 + ("有限责任公司",) * 3 + ("股份有限公司",) * 2 + ("集团有限公司", "厂", "经营部")
ROADS = words("中山|人民|解放|建设|文化|科技|新华|和平|长江|黄河|学院|创新|滨江|朝阳|迎宾")
ROAD_TYPES = ("路", "路", "路", "大道", "街", "东路", "西路", "南路", "北路", "中路", "大街")
ESTATES = ("花园", "小区", "家园", "大厦", "国际中心", "商务楼", "工业园", "公馆", "广场", "苑")
ENGLISH = words(
    "Summit|Apex|Pioneer|Global|United|Northern|Pacific|Blue|River|Stone|Silver|Eagle|Harbor|Crown|"
    "Green|Valley|Bright|Horizon|Delta|Nova|Prime|Core|Alpha|Atlas|Falcon|Iron|Oak|Cedar|Maple|Lake|"
    "Sun|Star|Metro|Liberty|Royal|Anchor"
)
TRADES_EN = words(
    "Trading|Logistics|Technologies|Foods|Consulting|Systems|Manufacturing|Electronics|Industries|"
    "Partners|Solutions|Holdings|Design|Media|Pharma|Energy|Textiles|Packaging|Tools|Services"
)
FORMS_EN = ("Ltd", "Inc", "LLC", "Limited", "Corp", "GmbH", "Co., Ltd.", "PLC", "S.A.", "Pty Ltd", "B.V.", "Inc.")
STREETS = ("St", "Ave", "Rd", "Dr", "Ln", "Blvd", "Ct", "Way", "Pl", "Street", "Avenue", "Road", "Drive")
CITIES = words(
    "Springfield IL 627|Austin TX 787|Boston MA 021|Portland OR 972|Columbus OH 432|Denver CO 802|Seattle WA 981|"
    "New York NY 100|San Diego CA 921|Los Angeles CA 900|Chicago IL 606|Houston TX 770|Salt Lake City UT 841"
)
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def full_width(_: random.Random, text: str) -> str:
    return text.translate(FULL_WIDTH)


def padded(rng: random.Random, text: str) -> str:
    return rng.choice((f" {text}", f"{text}  ", f"\u3000{text}", f"{text}\u200b", f"\ufeff{text}"))


@cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(_: random.Random, text: str) -> str:
    return str(_traditional().convert(text))


def affixes(*choices: str) -> Noise:
    """Something before or behind: `{}` is the value."""
    return lambda rng, text: rng.choice(choices).format(text)


@cache
def _surnames() -> tuple[tuple[str, ...], tuple[float, ...]]:
    rows = read_table("han_surnames.csv")
    return tuple(r["surname"] for r in rows), tuple(accumulate(float(r["frequency"] or 1) for r in rows))


def surname(rng: random.Random) -> str:
    names, weights = _surnames()
    return rng.choices(names, cum_weights=weights)[0]


def syllable(rng: random.Random) -> str:
    return rng.choice(read_lines("pinyin_syllables.txt"))


@cache
def _divisions() -> tuple[tuple[str, str, str, str], ...]:
    """Code, province, city (its own name where there is none between) and district of every county of the mainland."""
    names = {r["code"]: r["name"] for r in read_table("divisions.csv")}
    rows = []
    for code, name in names.items():
        if code.isdigit() and not code.endswith("00") and code[:2] < "66":
            province = names[code[:2] + "0000"]
            rows.append((code, province, names.get(code[:4] + "00", province), name))
    return tuple(rows)


def mobile(rng: random.Random) -> str:
    return rng.choice(MOBILE) + f"{rng.randrange(10**8):08}"


def grouped(rng: random.Random, text: str) -> str:
    return rng.choice(("{} {} {}", "{}-{}-{}", "{} {}-{}")).format(text[:3], text[3:7], text[7:])


def excel(rng: random.Random, text: str) -> str:
    return rng.choice((f"{text}.0", f"'{text}", f"{text[0]}.{text[1:]}E+10"))


def landline(rng: random.Random) -> str:
    rows = read_table("area_codes_cn.csv")
    area = rng.choice(AREA_CODES) if rng.random() < 0.5 else rng.choice(rows)["area_code"]
    lengths = next(r["lengths"] for r in rows if r["area_code"] == area)
    digits = int(lengths.split()[-1])
    return f"{area}-{rng.randrange(2, 9)}{rng.randrange(10 ** (digits - 1)):0{digits - 1}}"


def respelled(rng: random.Random, text: str) -> str:
    area, _, number = text.partition("-")
    return rng.choice(("({}){}", "（{}）{}", "{} {}", "{}{}", "{}－{}")).format(area, number)


def international(rng: random.Random, text: str) -> str:
    return rng.choice(("+86-", "0086", "86-", "+86 ")) + text.lstrip("0")


def extended(rng: random.Random, text: str) -> str:
    return text + rng.choice(("转", "-", " ext. ", "分机", " 转 ", "*", "#")) + str(rng.randrange(1, 9999))


NOTES = ("{}/张经理", "{}(微信同号)", "手机：{}", "{} 王先生", "{}（本人）", "电话:{}", "{} 晚上打")


def email(rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.3:
        return f"{rng.randrange(10**7, 4 * 10**9)}@qq.com"
    local = syllable(rng) + rng.choice(("", ".", "_", "")) + syllable(rng)
    if draw < 0.7:
        domain = rng.choice(DOMAINS if rng.random() < 0.8 else DOMAINS_TOO)
        return f"{local}{syllable(rng)}{rng.randrange(1, 9999)}@{domain}"
    return f"{local}{rng.choice(('', syllable(rng)))}@{company_domain(int(COMPANIES * rng.random() ** 2))}"


def company_domain(number: int) -> str:
    """The domain of one of `COMPANIES` companies: some have many customers in the list, most have one."""
    syllables = read_lines("pinyin_syllables.txt")
    high, low = divmod(number, len(syllables))
    name = syllables[high] + syllables[low] + ("", "tech", "group", "cn", "china")[number % 5]
    return name + TLD[number % len(TLD)]


def mistyped(rng: random.Random, text: str) -> str:
    return rng.choice((text.replace(".c", ",c"), text.replace(".com", ".con"), text.replace("@", "@@"), text + "。"))


def capital(rng: random.Random, text: str) -> str:
    return rng.choice((text.upper(), text.capitalize(), text.title()))


def birthday(rng: random.Random) -> tuple[int, int, int]:
    return rng.randrange(1940, 2008), rng.randrange(1, 13), rng.randrange(1, 29)


def resident(rng: random.Random) -> str:
    retired = read_table("retired_divisions.csv")
    code = rng.choice(retired)["code"] if rng.random() < 0.1 else rng.choice(_divisions())[0]
    year, month, day = birthday(rng)
    body = f"{code}{year}{month:02}{day:02}{rng.randrange(1, 1000):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def pieces(rng: random.Random, text: str) -> str:
    return rng.choice(("{} {} {}", "{}-{}-{}")).format(text[:6], text[6:14], text[14:])


def old_number(_: random.Random, text: str) -> str:
    return text[:6] + text[8:17]


def hidden(_: random.Random, text: str) -> str:
    return f"{text[:6]}********{text[-4:]}"


def credit_code(rng: random.Random) -> str:
    """GB 32100: 91, division, organization code with its check character (GB 11714), check character."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    head = f"MA{''.join(rng.choice(signs) for _ in range(6))}" if rng.random() < 0.5 else f"{rng.randrange(10**8):08}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(c, 36) * w for c, w in zip(head, weights, strict=True)) % 11
    body = f"91{rng.choice(_divisions())[0]}{head}{'0123456789X'[rest % 11]}"
    total = sum(signs.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + signs[(31 - total % 31) % 31]


def birth_date(rng: random.Random) -> str:
    year, month, day = birthday(rng)
    return f"{year}-{month:02}-{day:02}"


def date_form(rng: random.Random, text: str) -> str:
    if len(text) != len("2000-01-01") or not text.isascii() or text[4] != "-":
        return text
    y, m, d = (int(part) for part in text.split("-"))
    forms = ("{y}年{m}月{d}日", "{y}/{m}/{d}", "{y}.{m:02}.{d:02}", "{y}{m:02}{d:02}", "{y}-{m}-{d}", "{s}-{m}-{d}")
    return rng.choice(forms).format(y=y, m=m, d=d, s=y % 100)


def date_time(rng: random.Random, text: str) -> str:
    return f"{text} {rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"


def han_name(rng: random.Random) -> str:
    n = 1 if rng.random() < 0.12 else 2
    return surname(rng) + "".join(GIVEN[int(len(GIVEN) * rng.random() ** 1.6)] for _ in range(n))


def latin_name(rng: random.Random) -> str:
    given, family = rng.choice(read_lines("english_given_names.txt")), rng.choice(read_lines("us_surnames.txt"))
    draw = rng.random()
    if draw < 0.15:
        return f"{syllable(rng).title()}{syllable(rng)} {syllable(rng).title()}"
    middle = "" if draw < 0.6 else f"{chr(65 + rng.randrange(26))}. "
    if draw > 0.85:
        middle = rng.choice(read_lines("english_given_names.txt")).title() + " "
    return f"{given.title()} {middle}{family.title()}"


def comma(_: random.Random, text: str) -> str:
    return ", ".join(reversed(text.rsplit(" ", 1)))


def chinese_company(rng: random.Random) -> str:
    _, province, city, district = rng.choice(_divisions())
    place = rng.choice((city[:2], city, city[:2], district, province[:2], ""))
    trade = "".join(rng.choice(TRADE) for _ in range(rng.choice((2, 2, 3, 4))))
    industry, form = rng.choice(BUSINESS), rng.choice(FORMS)
    return f"{trade}{industry}（{city[:2]}）{form}" if rng.random() < 0.15 else f"{place}{trade}{industry}{form}"


def half_brackets(_: random.Random, text: str) -> str:
    return text.replace("（", "(").replace("）", ")").replace("有限公司", "有限责任公司")


def english_company(rng: random.Random) -> str:
    names = [rng.choice(ENGLISH) if rng.random() < 0.5 else rng.choice(read_lines("us_surnames.txt")).title()]
    if rng.random() < 0.5:
        names.append(rng.choice((rng.choice(ENGLISH), "& " + rng.choice(read_lines("us_surnames.txt")).title())))
    if rng.random() < 0.8:
        names.append(rng.choice(TRADES_EN))
    return " ".join(names) + " " + rng.choice(FORMS_EN)


def chinese_address(rng: random.Random) -> str:
    _, province, city, district = rng.choice(_divisions())
    place = province if city == province else province + city
    road = rng.choice(ROADS) if rng.random() < 0.6 else rng.choice(TRADE) + rng.choice(TRADE)
    street = f"{road}{rng.choice(ROAD_TYPES)}{rng.randrange(1, 2000)}号"
    town = rng.choice(TRADE) + rng.choice(GIVEN) + rng.choice(("镇", "街道")) if rng.random() < 0.25 else ""
    draw = rng.random()
    estate = rng.choice(TRADE) + rng.choice(TRADE) + rng.choice(ESTATES) if draw < 0.6 else ""
    door = f"{rng.randrange(1, 40)}栋{rng.randrange(101, 3000)}室" if draw < 0.8 else ""
    return f"{place}{district}{town}{street}{estate}{door}"


def missing_levels(rng: random.Random, text: str) -> str:
    for mark in rng.choice((("省", "自治区"), ("市", "州"))):
        head, found, tail = text.partition(mark)
        if found and len(head) < 8:
            return tail
    return text


def door_marks(rng: random.Random, text: str) -> str:
    building = rng.choice(("号楼", "幢", "#", "座", "-"))
    return text.replace("栋", building).replace("室", rng.choice(("", "号", "房"))).replace("号", rng.choice("号#"), 1)


def american_address(rng: random.Random) -> str:
    city, state, area = rng.choice(CITIES).rsplit(" ", 2)
    name = rng.choice(
        (rng.choice(read_lines("us_surnames.txt")).title(), rng.choice(ENGLISH), f"{rng.randrange(2, 90)}th")
    )
    way = f"{rng.choice(('', '', 'N ', 'W ', 'SE '))}{name} {rng.choice(STREETS)}"
    unit = rng.choice(
        ("", "", f" Apt {rng.randrange(1, 99)}", f", Suite {rng.randrange(100, 999)}", f" #{rng.randrange(9)}")
    )
    return f"{rng.randrange(1, 9999)} {way}{unit}, {city}, {state} {area}{rng.randrange(100):02}"


def no_commas(_: random.Random, text: str) -> str:
    return text.replace(",", "")


KINDS: dict[str, tuple[Make, tuple[Noise, ...]]] = {
    "mobile": (mobile, (grouped, excel, international, full_width, padded, affixes(*NOTES))),
    "landline": (landline, (respelled, extended, extended, international, full_width, affixes(*NOTES))),
    "email": (email, (capital, full_width, padded, mistyped, affixes("mailto:{}", "<{}>", "{};", "邮箱：{}"))),
    "resident id": (
        resident,
        (pieces, full_width, padded, old_number, hidden, affixes("身份证号：{}", "{}(本人)", "'{}")),
    ),
    "USCC": (credit_code, (lambda _, t: t.lower(), full_width, padded, pieces, affixes("统一社会信用代码：{}", "'{}"))),
    "birth date": (birth_date, (date_form, date_form, date_time, full_width, padded)),
    "Han name": (
        han_name,
        (
            traditional,
            padded,
            lambda _, t: f"{t[0]} {t[1:]}",
            affixes("{}先生", "{}女士", "{}总", "{}经理", "{}老师"),
            affixes("{}(老客户)", "{}（本人）", "{}13812345678", "客户{}", "{}/李娜"),
        ),
    ),
    "Latin name": (
        latin_name,
        (comma, capital, padded, affixes("Mr. {}", "Dr {}", "{}, Jr.", "{} PhD", "Ms {}"), affixes("{} (Sales)")),
    ),
    "Chinese company": (
        chinese_company,
        (
            traditional,
            padded,
            half_brackets,
            lambda _, t: t.removesuffix("有限公司"),
            affixes("{}(老客户)", "{}-采购部", "{}（已开票）"),
            affixes("{}北京分公司", "{}上海办事处"),
        ),
    ),
    "English company": (
        english_company,
        (capital, padded, full_width, affixes("The {}", "{} (UK)", "{} (old customer)", "{} t/a Rocket")),
    ),
    "Chinese address": (
        chinese_address,
        (
            missing_levels,
            door_marks,
            traditional,
            full_width,
            padded,
            affixes("中国{}", "地址：{}", "{} 510620", "{}(前台代收)", "张三 13812345678 {}"),
        ),
    ),
    "US address": (american_address, (capital, no_commas, padded, affixes("{}, USA", "Attn: Sales, {}", "{} (rear)"))),
}
MOST_TRIES = 6  # a kind with fewer values than asked for (birthdays) gives what it has


def values(kind: str, n: int, *, dirty: bool, seed: int = 7) -> list[str]:
    """`n` distinct values of a kind, or as many as there are."""
    make, noises = KINDS[kind]
    rng = random.Random(f"{kind} {dirty} {seed}")
    found: dict[str, None] = {}
    for _ in range(n * MOST_TRIES):
        value = make(rng)
        for _ in range(rng.choices((0, 1, 2), (3, 5, 2))[0] if dirty else 0):
            value = rng.choice(noises)(rng, value)
        found[value] = None
        if len(found) == n:
            break
    return list(found)
