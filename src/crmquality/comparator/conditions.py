"""Conditions that look into a value: its words, its hidden digits, the name that it spells, look-alike characters.

Each is symmetric by its definition, and decided once per distinct pair of values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crmquality.comparator.basic_conditions import OfColumn, Row
from crmquality.comparator.encoded import Encoded
from crmquality.comparator.similarity import EPSILON, Codes, Dictionary, Mask, distinct_pairs
from crmquality.declarations import Declaration

Spelling: TypeAlias = Literal["whole", "initial"]

_NO_LETTERS: Final = re.compile(r"[\W\d_]+")
# Han characters that are taken for one another when a form is copied by hand or read by a machine (形近字): groups of a
# few, typed from common knowledge, as far as they stand in names of persons, companies and places.
_LOOK_ALIKES: Final = (
    "未末朱 己已巳 戊戌戍成 晴睛 土士 日曰 千干于 天夭夫 王玉壬 大太犬 今令 刀力 人入八 由甲申田 巾币 乌鸟 "
    "兔免 折拆析 侯候 矛予 治冶 准淮 沾沽 汩汨 情清请 梅海 桃挑 材村 杨扬 杭抗 柏拍 柳抑 梁粱 菜莱 芋芊 茶荼 "
    "蓝篮 薄簿 芬分 芳方 若苦 英央 莹萤营荧 玲铃 瑞端 淇琪 琦倚 璐露 琳淋 伟玮炜 辉晖 俊峻骏竣 佳住 代伐 "
    "休体 健建 侠狭 俭险 偏编 傅博搏 陈阵 陆陕 阮院 邢刑 邹郑 郭廓 郎朗 宇字 宣宜 豪毫 官宫 风凤 凌陵 昊吴 "
    "昌晶 明朋 昕听 连莲 迅讯 彬杉 彤丹 徐除 悦说 惠慧 恒桓 怡治 丽两 云去 享亨 利刹 历厉 司可 各名 同周 "
    "城诚 培陪 媛缓 孟盂 李季 孙逊 尚向 尹伊 屈届 岭岑 岚风 峰锋烽 崔催 州洲 师帅 廉谦 延廷 张涨 揭竭 新亲 "
    "曹槽 曾增 杜社 枫飒 楠喃 榕蓉 樊攀 江汇 池他 沪护 浩皓 涛寿 涵函 润闰 湘相 源原 滨宾 烨晔 焕换 牛午 "
    "珂柯 班斑 白百 盈盆 直真 石右 碧璧 祁祈 程呈 秦泰奏 童章 粤奥 红纽 纪记 组祖 绍给 维唯 耿聪 胡湖 腾滕 "
    "良娘 荣劳 蔡葵 蒋浆 袁哀 龚袭 褚诸 覃谭潭 谊宜 贺货 贾贸 赵起 辰展 辛幸 钟种 钱线 锦棉 镇填 闫闰 闻问 "
    "闽闵 雪雷 静净 项顶 颖颍 饶晓 驰弛 魏巍 鲁曾 鸿鹄 黄寅 刘浏 徽微 恩思 兴光 仓仑 沧沦 抢抡 冉再 肖尚 "
    "毛手 贝见 元无 戴载 崇祟 裴斐 韦书 栗粟 庞宠 卢户 邱丘"
)


@cache
def _alike() -> frozenset[frozenset[str]]:
    groups = _LOOK_ALIKES.split()
    return frozenset(frozenset((a, b)) for g in groups for a in g for b in g if a != b)


def _on_distinct(a: Codes, b: Codes, test: Callable[[int, int], bool]) -> Mask:
    """A test of two codes, once per distinct pair; of one column: unordered."""
    low, high, inverse = distinct_pairs(a, b)
    found = np.fromiter((test(x, y) for x, y in zip(low.tolist(), high.tolist(), strict=True)), np.bool_, len(low))
    out: Mask = found[inverse]
    return out


@dataclass(frozen=True)
class LooksAlike(OfColumn):
    """Values of one length that differ in one character, and those two look alike: 未 and 末, 晴 and 睛.

    >>> import polars as pl
    >>> table = Encoded(pl.DataFrame({"name": ["李晴", "李睛", "李静"]}))
    >>> LooksAlike("name").holds(table, np.array([0, 0], np.int32), np.array([1, 2], np.int32)).tolist()
    [True, False]
    """

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Character by character, on distinct pairs of values."""
        codes, words = table.codes(self.column), table.words(self.column)
        a, b = codes[left], codes[right]
        out: Mask = (a >= 0) & (b >= 0) & (a != b)
        todo = np.flatnonzero(out)
        out[:] = False
        todo = todo[words.lengths[a[todo]] == words.lengths[b[todo]]]
        used, at = np.unique(np.concatenate([a[todo], b[todo]]), return_inverse=True)
        folded = _folded(words.values.gather(used))[at]
        todo = todo[folded[: len(todo)] == folded[len(todo) :]]  # before a look at any two strings
        strings = words.strings
        out[todo] = _on_distinct(a[todo], b[todo], lambda x, y: looks_alike(strings[x], strings[y]))
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """Character by character."""
        x, y = left[self.column], right[self.column]
        return x is not None and y is not None and looks_alike(x, y)


@cache
def _representatives() -> dict[str, str]:
    """Each look-alike character to one for all that it is connected with, through others too: more than look alike."""
    first: dict[str, str] = {}
    for group in _LOOK_ALIKES.split():
        known = sorted({first[c] for c in group if c in first})
        one = known[0] if known else group[0]
        first.update(dict.fromkeys(group, one))
        first.update({c: one for c, other in first.items() if other in known})
    return first


def _folded(values: pl.Series) -> NDArray[np.uint32]:
    """A number per value, the same for values that could look alike."""
    fold = _representatives()
    texts = values.alias("v").to_frame().select(pl.col("v").str.replace_many(list(fold), list(fold.values())))
    return texts.to_series().rank("dense").to_numpy()


def looks_alike(one: str, other: str) -> bool:
    """Whether two strings of one length differ in one character, by one that looks alike."""
    if len(one) != len(other):
        return False
    differ = [(x, y) for x, y in zip(one, other, strict=True) if x != y]
    return len(differ) == 1 and frozenset(differ[0]) in _alike()


@dataclass(frozen=True)
class CommonWords(OfColumn):
    """So large a share of the words of the value with fewer of them is in the other; single letters do not count.

    Names of persons in a list meet their short forms: "Y. Cui, J. Widom" has two words, and both are in "Jennifer
    Widom, Yingwei Cui".
    """

    at_least: float

    def faults(self) -> list[str]:
        """A share outside 0 to 1."""
        return [] if 0 < self.at_least <= 1 else [f"at_least of {self.column} must be above 0 and at most 1"]

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Counted for distinct pairs of values, by the numbers of their words."""
        codes = table.codes(self.column)
        a, b = codes[left], codes[right]
        out: Mask = (a >= 0) & (b >= 0)
        todo = np.flatnonzero(out)
        low, high, inverse = distinct_pairs(a[todo], b[todo])
        out[todo] = share_of_words(table.words(self.column), low, high, self.at_least)[inverse]
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """The words of both."""
        x, y = left[self.column], right[self.column]
        if x is None or y is None:
            return False
        one, other = ({w for w in v.split(" ") if len(w) > 1} for v in (x, y))
        n_common = len(one & other)
        return n_common > 0 and n_common >= self.at_least * min(len(one), len(other)) - EPSILON


def share_of_words(words: Dictionary, a: Codes, b: Codes, at_least: float) -> Mask:
    """Which pairs of values have so large a share of the shorter one's words in common."""
    out = np.zeros(len(a), dtype=np.bool_)
    if not len(a):
        return out
    held = words.word_sets
    n_words = held.sum(axis=1)
    fewer = np.minimum(n_words[a], n_words[b])
    for begin in range(0, len(a), 100_000):
        part = slice(begin, begin + 100_000)
        common = held[a[part]].multiply(held[b[part]]).sum(axis=1)
        out[part] = (common > 0) & (common >= at_least * fewer[part] - EPSILON)
    return out


@dataclass(frozen=True)
class AsShown(Declaration):
    """A value and a masked one, 138****5678, agree in every sign that is shown; or two masked ones do, from the end.

    Attributes:
        column: the column of whole values.
        masked: the column of masked ones, with * for what is hidden.

    >>> import polars as pl
    >>> table = Encoded(pl.DataFrame({"e164": ["+8613812345678", None], "masked": [None, "138****5678"]}))
    >>> AsShown("e164", "masked").holds(table, np.array([0], np.int32), np.array([1], np.int32)).tolist()
    [True]
    """

    column: str
    masked: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Both."""
        return (self.column, self.masked)

    def faults(self) -> list[str]:
        """None."""
        return []

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Sign by sign from the end, on distinct pairs."""
        whole, hidden = table.codes(self.column), table.codes(self.masked)
        shown = table.words(self.masked).strings
        full = table.words(self.column).strings
        out = np.zeros(len(left), dtype=np.bool_)
        for one, other in ((left, right), (right, left)):
            at = np.flatnonzero((whole[one] >= 0) & (hidden[other] >= 0) & ~out)
            packed, inverse = _distinct(whole[one[at]], hidden[other[at]])
            out[at] = np.array([as_shown(full[x], shown[y]) for x, y in packed], dtype=np.bool_)[inverse]
        at = np.flatnonzero((hidden[left] >= 0) & (hidden[right] >= 0) & ~out)
        packed, inverse = _distinct(hidden[left[at]], hidden[right[at]])
        out[at] = np.array([as_shown(shown[x], shown[y]) for x, y in packed], dtype=np.bool_)[inverse]
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """Sign by sign from the end."""
        x, y = left[self.masked], right[self.masked]
        if x is None and y is None:
            return False
        one, other = left[self.column], right[self.column]
        if one is not None and y is not None and as_shown(one, y):
            return True
        if x is None:
            return False
        return (other is not None and as_shown(other, x)) or (y is not None and as_shown(x, y))


def as_shown(value: str, masked: str) -> bool:
    """Whether two values agree from the end in all that both show, and show at least four signs.

    >>> as_shown("+8613812345678", "138****5678"), as_shown("138****5679", "138****5678"), as_shown("138", "1*8")
    (True, False, False)
    """
    if abs(len(value) - len(masked)) > 3:  # a country's code, not half of a number
        return False
    pairs = [(x, y) for x, y in zip(reversed(value), reversed(masked), strict=False) if "*" not in (x, y)]
    return len(pairs) >= 4 and all(x == y for x, y in pairs)


def _distinct(a: Codes, b: Codes) -> tuple[list[list[int]], NDArray[np.intp]]:
    """Each ordered pair of codes once, and where each input pair went."""
    keys, inverse = np.unique(a.astype(np.int64) << 32 | b, return_inverse=True)
    return np.column_stack([keys >> 32, keys & 0xFFFFFFFF]).tolist(), inverse


@dataclass(frozen=True)
class Spells(Declaration):
    """The mailbox of one record spells the name of the other: zhangwei@, zhang.wei88@, wei_zhang@; zhangw@, wzhang@.

    Attributes:
        family: the column of family names by their letters: pinyin without tones and spaces.
        given: the column of given names.
        mailbox: the column of what stands before the @.
        spelling: `whole`: both names; `initial`: one of them, and the first letter of the other, or of each syllable.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"f": ["zhang", None], "g": ["wei", None], "m": [None, "zhang.wei88"]})
    >>> Spells("f", "g", "m", "whole").holds(Encoded(frame), np.array([1], np.int32), np.array([0], np.int32)).tolist()
    [True]
    """

    family: str
    given: str
    mailbox: str
    spelling: Spelling = "whole"

    @property
    def columns(self) -> tuple[str, ...]:
        """All three."""
        return (self.family, self.given, self.mailbox)

    def faults(self) -> list[str]:
        """A spelling that is not known."""
        return [] if self.spelling in ("whole", "initial") else ["spelling must be 'whole' or 'initial'"]

    def holds(self, table: Encoded, left: Codes, right: Codes) -> Mask:
        """Either side's name against the other's mailbox, once per distinct name and mailbox."""
        family, given, mailbox = (table.codes(c) for c in self.columns)
        names_of = [table.words(c).strings for c in self.columns]
        out = np.zeros(len(left), dtype=np.bool_)
        for one, other in ((left, right), (right, left)):
            at = np.flatnonzero((family[one] >= 0) & (given[one] >= 0) & (mailbox[other] >= 0) & ~out)
            rows = np.column_stack([family[one[at]], given[one[at]], mailbox[other[at]]])
            distinct, inverse = np.unique(rows, axis=0, return_inverse=True)
            found = [
                spells(*(words[code] for words, code in zip(names_of, row, strict=True))) == self.spelling
                for row in distinct.tolist()
            ]
            out[at] = np.array(found, dtype=np.bool_)[inverse.reshape(-1)]
        return out

    def holds_for(self, left: Row, right: Row) -> bool:
        """Either record's name against the other's mailbox."""
        for one, other in ((left, right), (right, left)):
            mailbox, family, given = other[self.mailbox], one[self.family], one[self.given]
            if mailbox is None or family is None or given is None:
                continue
            if spells(family, given, mailbox) == self.spelling:
                return True
        return False


def spells(family: str, given: str, mailbox: str) -> Spelling | None:
    """How much of a name a mailbox spells, None for nothing.

    >>> [spells("zhang", "wei", x) for x in ("wei.zhang", "zhangwei1990", "zhangw", "w_zhang", "lilei", "zw1990")]
    ['whole', 'whole', 'initial', 'initial', None, None]
    >>> spells("ni", "yichun", "niyc")
    'initial'
    """
    family, given = family.replace(" ", ""), given.replace(" ", "")
    if not (family.isascii() and given.isascii()) or len(family) + len(given) < 4:
        return None
    letters = _NO_LETTERS.sub("", mailbox.lower())
    if letters in (family + given, given + family):
        return "whole"
    if letters in (family + given[:1], given[:1] + family, given + family[:1], family[:1] + given) and len(letters) > 2:
        return "initial"
    rest = letters.removeprefix(family)
    two = len(rest) == 2 and len(letters) > 2 and rest[0] == given[:1] and rest[1] in given[1:]
    return "initial" if two and rest != letters else None
