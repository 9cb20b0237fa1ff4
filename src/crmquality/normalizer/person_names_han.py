"""Names in Han script: surname and given name, titles and annotations, names of other peoples.

The family name is a surname of the table, the compound ones first (司马光 is 司马 + 光). What a title, a department or
a remark adds is taken off by word lists that are read from the end of the name, and only where a name is left. All of
it works on simplified characters: `simplify_name` comes first.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from crmquality.normalizer.person_names_words import (
    COMMON_SURNAME,
    TRANSCRIPTION,
    Found,
    compound_lengths,
    han_words,
    japanese_surnames,
    other_readings,
    surname_frequencies,
    surname_readings,
)
from crmquality.normalizer.transliteration import HAN, to_pinyin, to_simplified

MIDDLE_DOTS: Final = "·•・‧∙⋅●▪˙.。ꞏ⸱⸳◦∘⦁․ᐧ᛫"
"""Signs written between the parts of a foreign or minority name; a full stop too."""

# between Han characters, and between them and the initials of 乔治·W·布什 and J.K.罗琳
_DOT: Final = f"[ ]?[{MIDDLE_DOTS}][ ]?"
_DOT_IN_NAME: Final = re.compile(
    f"(?<=[{HAN}]){_DOT}(?=[{HAN}]|[A-Za-z]{{1,2}}{_DOT}[{HAN}A-Za-z])"
    f"|(?<=(?<![A-Za-z])[A-Za-z]){_DOT}(?=[{HAN}]|[A-Za-z]{_DOT}[{HAN}])"
)
SURELY_FIRST: Final = 60
"""From this frequency on a surname of one character is one, whatever else its name could be."""

NICKNAME_PREFIXES: Final = frozenset("小老大")
# 和 joins two people, 某 hides a name
JOINERS: Final = frozenset("和与及跟代替转某")
# Characters that OpenCC replaces, and that are name characters of their own in the People's Republic: the list of
# 2013 (通用规范汉字表) restored 昇, 陞, 祕 and 氾 for names, and 乾 (qián) is never 干 in one.
_KEPT_IN_NAMES: Final = frozenset("乾昇陞祕氾")


# Characters of Japan that neither simplified nor traditional Chinese has
_JAPANESE: Final = str.maketrans(
    "髙﨑嵜辺沢斎桜広関竜栄恵渋黒徳仏円塩壱実歩歳瀬県総縄聡蔵薫訳鉄静頼顕鶏戸浅姫姉児闘戦収気楽斉粛効験読芸図巌槙"
    "桧亀圏団対帰拝曽検満渓滝焼継経絵覚軽転巻隣駅黙𠮷𣘺𡈽𥔎",
    "高崎崎边泽斋樱广关龙荣惠涩黑德佛圆盐壹实步岁濑县总绳聪藏薰译铁静赖显鸡户浅姬姊儿斗战收气乐齐肃效验读艺图岩槇"
    "桧龟圈团对归拜曾检满溪泷烧继经绘觉轻转卷邻驿默吉桥土崎",
)
_JAPANESE_FOUND: Final = re.compile("[" + "".join(map(chr, _JAPANESE)) + "]")


def simplify_name(text: str) -> str:
    """A name in simplified characters, with those kept that differ in names.

    >>> [simplify_name(name) for name in ("歐陽修", "張乾", "於文", "於謙", "鮮於")]
    ['欧阳修', '张乾', '於文', '于谦', '鲜于']
    """
    simple = to_simplified(text)
    if not text.isascii() and _JAPANESE_FOUND.search(simple):
        simple = simple.translate(_JAPANESE)
    if simple == text or len(simple) != len(text):
        return simple
    if not _KEPT_IN_NAMES.isdisjoint(text):
        simple = "".join(old if old in _KEPT_IN_NAMES else new for old, new in zip(text, simple, strict=True))
    # 於 is a surname in simplified text; among traditional characters it is 于 that a converter spoilt
    return text if simple == "于" + text[1:] else simple


def surname_pinyin(surname: str) -> tuple[str, ...]:
    """The toneless syllables of a surname in its reading as a surname, ü as u.

    >>> surname_pinyin("单"), surname_pinyin("尉迟"), surname_pinyin("吕"), surname_pinyin("陈方")
    (('shan',), ('yu', 'chi'), ('lu',), ('chen', 'fang'))
    """
    known = surname_readings().get(surname)
    if known is not None:
        return known
    return tuple([s for c in surname for s in surname_readings().get(c) or to_pinyin(c, simplified=True)])


def split_name(name: str) -> tuple[str, str] | None:
    """Surname and given name of a Chinese name of up to five characters; None where it begins with no known surname.

    >>> split_name("司马光"), split_name("王小明"), split_name("欧阳"), split_name("林郑月娥"), split_name("铁木真")
    (('司马', '光'), ('王', '小明'), ('欧阳', ''), ('林郑', '月娥'), ('铁', '木真'))
    >>> split_name("村上春树"), split_name("宫崎骏"), split_name("特朗普")
    (('村上', '春树'), ('宫崎', '骏'), None)
    """
    surnames = surname_frequencies()
    if name in surnames:
        return name, ""
    length = len(name)
    for n in compound_lengths():
        if 1 <= length - n <= 3 and name[:n] in surnames:
            return name[:n], name[n:]
    first = surnames.get(name[:1], 0)
    japanese = _split_japanese(name, first)
    if japanese is not None:
        return japanese
    if length > 4 or not first or _is_transcribed(name, first):
        return None
    if length < 4:
        return name[0], name[1:]
    if name[1:3] in surnames:
        return name[0], name[1:]  # 王欧阳娜: the compound surname is the mother's
    # Four characters: two surnames of a couple or of both parents (林郑月娥, 范徐丽泰)
    both = min(surnames[name[0]], surnames.get(name[1], 0)) >= COMMON_SURNAME
    return (name[:2], name[2:]) if both else (name[0], name[1:])


def _split_japanese(name: str, first: int) -> tuple[str, str] | None:
    """村上春树, 长谷川一郎, 宫崎骏: but 高桥 is Mr Gao, because many are called so; a surname alone gives no name."""
    for n in (2, 3):
        left = len(name) - n
        if name[:n] in japanese_surnames() and 0 <= left <= 3 and (len(name) > 3 or first < (20 if not left else 60)):
            return name[:n], name[n:]
    return None


def _is_transcribed(name: str, first: int) -> bool:
    """特朗普, 次仁央金: a foreign or minority name by sound, whose first character is by chance a rare surname."""
    return len(name) > 2 and first < (30 if len(name) == 3 else COMMON_SURNAME) and TRANSCRIPTION.issuperset(name)


def is_full_name(name: str) -> bool:
    """Whether a run of Han reads as a whole Chinese name: a common surname, a given name, no other common word.

    >>> is_full_name("王伟"), is_full_name("采购部"), is_full_name("苏州"), is_full_name("王总")
    (True, False, False, False)
    """
    split = split_name(name)
    if not split or not split[1] or len(split[1]) > 2 or name in han_words("place") or name in han_words("note"):
        return False
    if len(split[0]) == 1 and surname_frequencies().get(split[0], 0) < COMMON_SURNAME:
        return False
    return title_at_end(name) is None and not is_organization(name)


@cache
def title_guard() -> frozenset[str]:
    """Last characters of every word that may follow a name: one look tells that a name ends in none of them.

    >>> "总" in title_guard(), "娜" in title_guard()
    (True, False)
    """
    words = han_words("title") | han_words("relation") | han_words("organization") | han_words("plural")
    return frozenset(w[-1] for w in words) | han_words("short_title") | han_words("masked") | {"等"}


@cache
def plural_guard() -> frozenset[str]:
    """The last characters of the words for more than one person.

    >>> "妇" in plural_guard()
    True
    """
    return frozenset(w[-1] for w in han_words("plural"))


@cache
def label_guard() -> frozenset[str]:
    """First two characters of every word that may stand before a name.

    >>> "客户" in label_guard(), "王伟" in label_guard()
    (True, False)
    """
    return frozenset(w[:2] for w in han_words("label") | han_words("title") | no_names())


@cache
def no_names() -> frozenset[str]:
    """Words that stand in a cell and are no name: remarks, departments, places, firms.

    >>> "前台" in no_names(), "王伟" in no_names()
    (True, False)
    """
    return han_words("note") | han_words("place")


@cache
def _longest_title() -> int:
    return max(len(w) for w in han_words("title"))


def fast_split(name: str) -> tuple[str, str] | None:
    """Surname and given name of a name that is nothing but these two, in one look; None where more care is needed."""
    surnames = surname_frequencies()
    length = len(name)
    if name[-1] in title_guard() or not 2 <= length <= 4 or name in unlike_names():
        return None
    if length > 2 and name[:2] in surnames:
        return name[:2], name[2:]
    # two and three characters with one surname; 某, and 小王 or 老李, need care
    if length < 4 and name not in surnames and name[1] != "某" and "测" not in name:
        first = surnames.get(name[0], 0)
        if first >= SURELY_FIRST or (first and not _split_japanese(name, first) and not _is_transcribed(name, first)):
            return name[0], name[1:]
    return None


@cache
def unlike_names() -> frozenset[str]:
    """Words that are no name by themselves: remarks, places and titles.

    >>> "经理" in unlike_names()
    True
    """
    return no_names() | han_words("title")


def fill(found: Found, family: str | None, given: str | None, middle: tuple[str, ...] = ()) -> None:
    """Put a Chinese name into `found`, with the syllables that make its keys."""
    families = surname_pinyin(family) if family else ()
    givens = to_pinyin(given, simplified=True) if given else ()
    found.family, found.given = family or None, given or None
    found.family_key, found.given_key = "".join(families), "".join(givens)
    found.alternative_key = alternative_key(family, found.given_key) if family else None
    found.initials = "".join([s[0] for s in (*families, *givens)])
    found.value = (family or "") + (given or "") or None
    found.script = "han"
    if middle:
        found.middle = "·".join(middle)
        found.middle_keys = tuple("".join(to_pinyin(m, simplified=True)) for m in middle)
    if not given:
        found.issue("given_name_unknown")
    if not family:
        found.issue("family_name_unknown")


def alternative_key(family: str, given_key: str) -> str | None:
    """The key of a name under the other reading of its surname, or None where it has one only.

    >>> alternative_key("单", "tianfang"), alternative_key("王", "wei")
    ('dan tianfang', None)
    """
    other = other_readings().get(family)
    return " ".join(sorted(["".join(other), given_key])).strip() if other else None


def join_dots(text: str) -> str:
    """Every middle dot between Han characters as `·`.

    >>> join_dots("威廉•莎士比亚"), join_dots("阿卜杜拉 . 买买提")
    ('威廉·莎士比亚', '阿卜杜拉·买买提')
    """
    return _DOT_IN_NAME.sub("·", text)


def title_at_end(name: str) -> str | None:
    """The longest title that a name ends in, where something is left before it.

    >>> title_at_end("王总经理"), title_at_end("王总"), title_at_end("王伟")
    ('总经理', '总', None)
    """
    if name[-1:] not in title_guard():
        return None
    for n in range(min(_longest_title(), len(name) - 1), 1, -1):
        word = name[-n:]
        # 王妈妈 is what a Mrs Wang is called, 王小明妈妈 somebody else
        if word in han_words("title") or (word in han_words("relation") and name[:-n] in surname_frequencies()):
            return word
    rest = name[:-1]
    if not rest or name[-1] not in han_words("short_title"):
        return None
    # 王总, 欧阳工: a title of one character after a bare surname; 王小明总, 李娜姐: only these two after a full name
    bare = rest in surname_frequencies() or (len(rest) == 2 and rest[0] in NICKNAME_PREFIXES)
    return name[-1] if bare or (name[-1] in "总姐" and len(rest) >= 2 and bool(split_name(rest))) else None


def is_organization(name: str) -> bool:
    """Whether a run of Han ends as the name of an organization or a department does.

    >>> is_organization("采购部"), is_organization("小米科技"), is_organization("王建国")
    (True, True, False)
    """
    for n in range(min(4, len(name)), 0, -1):
        if name[-n:] in han_words("organization"):
            # one character (部, 店) can end a given name: then what stands before has to be no name
            before = name[:-n]
            return n > 1 or len(name) > 4 or before in no_names() or not split_name(name)
        if len(name) > 3 and name[-n:] in han_words("industry"):
            return True
    return len(name) > 2 and name.startswith(("中国", "中华")) and name[2:] not in surname_frequencies()


def read_bare(found: Found, name: str) -> None:
    """Fill `found` with a name that nothing more can be taken off.

    >>> found = Found()
    >>> read_bare(found, "王伟"), found.family
    (None, '王')
    """
    split = split_name(name)
    western = _western_length(name) if len(name) > 2 and not is_plain_split(split) else 0
    if western:
        fill(found, name[western:], name[:western])
        found.value = name
        found.initials = "".join([s[0] for s in (*to_pinyin(name[:western], simplified=True), found.family_key)])
        found.issue("order_uncertain")
    elif split:
        fill(found, split[0], split[1])
        if len(name) == 4 and len(split[0]) == 1 and name[1:3] in surname_frequencies():
            found.issue("order_uncertain")  # 王欧阳娜
    elif len(name) == 3 and name[0] not in "小老大阿亲" and not TRANSCRIPTION.issuperset(name):
        # 里娟丽: three characters are a whole name, its surname rare or mistyped (李), far oftener than a given name
        fill(found, name[0], name[1:])
    elif len(name) <= 2 or (len(name) == 3 and name[0] in "小老大阿亲"):
        fill(found, None, name)
    else:
        set_unknown(found, name)


def is_plain_split(split: tuple[str, str] | None) -> bool:
    """Whether a name begins with a surname that is surely one.

    >>> is_plain_split(("王", "伟")), is_plain_split(("大", "卫张")), is_plain_split(None)
    (True, False, False)
    """
    return split is not None and surname_frequencies().get(split[0], 0) >= SURELY_FIRST


def _western_length(name: str) -> int:
    """大卫张, 迈克尔王: how long the western given name is that stands before a common Chinese surname."""
    head = name[:-1]
    return len(head) if head in han_words("western") and surname_frequencies().get(name[-1], 0) >= COMMON_SURNAME else 0


def set_unknown(found: Found, text: str) -> None:
    """Keep a text whose halves are not known.

    >>> found = Found()
    >>> set_unknown(found, "特朗普"), found.issues
    (None, ['family_name_unknown', 'given_name_unknown'])
    """
    found.value = text
    found.issue("family_name_unknown")
    found.issue("given_name_unknown")
