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
    Found,
    compound_lengths,
    han_words,
    japanese_surnames,
    surname_frequencies,
    surname_readings,
)
from crmquality.normalizer.transliteration import HAN, to_pinyin, to_simplified

MIDDLE_DOTS: Final = "·•・‧∙⋅●▪˙."
"""Signs written between the parts of a foreign or minority name; a full stop too."""

_DOT_IN_NAME: Final = re.compile(f"(?<=[{HAN}])[ ]?[{MIDDLE_DOTS}][ ]?(?=[{HAN}])")
_MASK: Final = re.compile(f"([{HAN}]{{1,2}})[*×xX○◯?]+[{HAN}]?\\Z")
_NICKNAME_PREFIXES: Final = frozenset("小老大")
# 和 joins two people, 某 hides a name
_JOINERS: Final = frozenset("和与及跟某")
# Characters that OpenCC replaces, and that are name characters of their own in the People's Republic: the list of
# 2013 (通用规范汉字表) restored 昇, 陞, 祕 and 氾 for names, and 乾 (qián) is never 干 in one.
_KEPT_IN_NAMES: Final = frozenset("乾昇陞祕氾")


def simplify_name(text: str) -> str:
    """A name in simplified characters, with those kept that differ in names.

    >>> [simplify_name(name) for name in ("歐陽修", "張乾", "於文", "於謙", "鮮於")]
    ['欧阳修', '张乾', '於文', '于谦', '鲜于']
    """
    simple = to_simplified(text)
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
    """
    surnames = surname_frequencies()
    if name in surnames:
        return name, ""
    length = len(name)
    for n in compound_lengths():
        if 1 <= length - n <= 3 and name[:n] in surnames:
            return name[:n], name[n:]
    if length > 4 or name[:1] not in surnames:
        return None
    if length < 4:
        return name[0], name[1:]
    # Four characters: a Japanese name, or two surnames of a couple or of both parents (林郑月娥, 范徐丽泰)
    if name[:2] in japanese_surnames():
        return name[:2], name[2:]
    both = min(surnames[name[0]], surnames.get(name[1], 0)) >= COMMON_SURNAME
    return (name[:2], name[2:]) if both else (name[0], name[1:])


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
    return _title_at_end(name) is None and not _is_organization(name)


@cache
def _title_guard() -> frozenset[str]:
    """Last characters of every word that may follow a name: one look tells that a name ends in none of them."""
    words = han_words("title") | han_words("relation") | han_words("organization") | han_words("plural")
    return frozenset(w[-1] for w in words) | han_words("short_title") | han_words("masked")


@cache
def _plural_guard() -> frozenset[str]:
    return frozenset(w[-1] for w in han_words("plural"))


@cache
def _label_guard() -> frozenset[str]:
    """First two characters of every word that may stand before a name."""
    return frozenset(w[:2] for w in han_words("label") | han_words("title"))


@cache
def _longest_title() -> int:
    return max(len(w) for w in han_words("title"))


def read_plain_han(text: str) -> Found | None:
    """A short run of simplified Han that is one name with perhaps a title; None where it could be more than that.

    >>> read_plain_han("王小明先生").value, read_plain_han("客户王伟"), read_plain_han("王伟和李娜")
    ('王小明', None, None)
    """
    if text[:2] in _label_guard() or not _JOINERS.isdisjoint(text) or text in han_words("note") | han_words("place"):
        return None
    found = read_han(text)
    # the value has to read as itself: the whole text, a surname alone, or a name with nothing more to take off
    name = found.value
    if name is None or not (name == text or (found.family and (name in surname_frequencies() or fast_split(name)))):
        return None
    found.settled = True
    return found


def fast_split(name: str) -> tuple[str, str] | None:
    """Surname and given name of a name that is nothing but these two, in one look; None where more care is needed."""
    surnames = surname_frequencies()
    length = len(name)
    if name[-1] in _title_guard() or not 2 <= length <= 4:
        return None
    if length > 2 and name[:2] in surnames:
        return name[:2], name[2:]
    # two and three characters with one surname; 某, and 小王 or 老李, need care
    if (
        length < 4
        and name[0] in surnames
        and name not in surnames
        and name[1] != "某"
        and name not in han_words("place")
    ):
        return name[0], name[1:]
    return None


def fill(found: Found, family: str | None, given: str | None, middle: tuple[str, ...] = ()) -> None:
    """Put a Chinese name into `found`, with the syllables that make its keys."""
    families = surname_pinyin(family) if family else ()
    givens = to_pinyin(given, simplified=True) if given else ()
    found.family, found.given = family or None, given or None
    found.family_key, found.given_key = "".join(families), "".join(givens)
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


def join_dots(text: str) -> str:
    """Every middle dot between Han characters as `·`.

    >>> join_dots("威廉•莎士比亚"), join_dots("阿卜杜拉 . 买买提")
    ('威廉·莎士比亚', '阿卜杜拉·买买提')
    """
    return _DOT_IN_NAME.sub("·", text)


def read_han(text: str) -> Found:
    """What a run of simplified Han, with `·` perhaps, says of a person.

    >>> name = read_han("欧阳娜娜女士")
    >>> name.family, name.given, name.title
    ('欧阳', '娜娜', '女士')
    >>> read_han("王总").family, read_han("王总").given, read_han("威廉·莎士比亚").family
    ('王', None, '莎士比亚')
    """
    found = Found(script="han")
    rest = _without_label(found, text)
    if rest[-1:] in _plural_guard():
        for word in han_words("plural"):
            if rest.endswith(word) and len(rest) > len(word):
                rest = rest.removesuffix(word)
                found.issue("several_people")
    if "·" in rest:
        _read_dotted(found, rest)
    elif rest in han_words("title"):
        found.set_title(rest)
        found.issue("family_name_unknown")
    elif _is_relative(rest):
        # 王小明妈妈 is not 王小明: nothing is known of her name, and the words tell her from others
        _unknown(found, rest)
    else:
        _read_titled(found, rest)
    return found


def read_masked(text: str) -> Found | None:
    """A name with its given name hidden (王*, 王某某, 张XX), or None."""
    masked = _MASK.match(text)
    family = masked.group(1) if masked else text.rstrip("人").rstrip("某") if "某" in text[1:] else ""
    if not family or family not in surname_frequencies() or (not masked and text.rstrip("人")[-1:] != "某"):
        return None
    found = Found(issues=["masked"])
    fill(found, family, None)
    return found


def _unknown(found: Found, text: str) -> None:
    found.value = text
    found.issue("family_name_unknown")
    found.issue("given_name_unknown")


def _without_label(found: Found, text: str) -> str:
    """A name without a word for its role before it: 客户王伟, 总经理王伟."""
    if text[:2] not in _label_guard():
        return text
    for n in range(min(5, len(text) - 2), 1, -1):
        word, rest = text[:n], text[n:]
        if not is_full_name(rest) and not _title_at_end(rest):
            continue
        if word in han_words("title"):
            found.set_title(word)
            return rest
        if word in han_words("label"):
            found.issue("annotation_removed")
            return rest
    return text


def _title_at_end(name: str) -> str | None:
    """The longest title that a name ends in, where something is left before it."""
    for n in range(min(_longest_title(), len(name) - 1), 1, -1):
        word = name[-n:]
        # 王妈妈 is what a Mrs Wang is called, 王小明妈妈 somebody else
        if word in han_words("title") or (word in han_words("relation") and name[:-n] in surname_frequencies()):
            return word
    rest = name[:-1]
    if not rest or name[-1] not in han_words("short_title"):
        return None
    # 王总, 欧阳工: a title of one character after a bare surname; 王小明总, 李娜姐: only these two after a full name
    bare = rest in surname_frequencies() or (len(rest) == 2 and rest[0] in _NICKNAME_PREFIXES)
    return name[-1] if bare or (name[-1] in "总姐" and len(rest) >= 2 and bool(split_name(rest))) else None


def _is_relative(name: str) -> bool:
    for n in (1, 2, 3):
        word, rest = name[-n:], name[:-n]
        if len(rest) >= 2 and rest not in surname_frequencies() and rest[0] in surname_frequencies():
            if word in han_words("relation") or (n == 1 and word in "妈爸" and len(rest) >= 3):
                return True
            if n > 1 and word[0] == "的":
                return True
    return False


def _is_organization(name: str) -> bool:
    for n in range(min(4, len(name)), 0, -1):
        if name[-n:] in han_words("organization"):
            # one character (部, 店) can end a given name: then what stands before has to be no name
            before = name[:-n]
            return n > 1 or len(name) > 4 or before in han_words("note") | han_words("place") or not split_name(name)
    return False


def _read_titled(found: Found, text: str) -> None:
    rest = text
    title = _title_at_end(rest)
    if title is not None:
        found.set_title(title)
        rest = rest[: -len(title)]
        second = _title_at_end(rest)
        if second is not None and len(second) > 1:
            found.set_title(second)
            rest = rest[: -len(second)]
    if _is_organization(rest):
        found.value = text
        found.issue("not_a_person")
        return
    if len(rest) == 2 and rest[0] in _NICKNAME_PREFIXES and surname_frequencies().get(rest[1], 0) >= COMMON_SURNAME:
        found.nickname = rest
        fill(found, rest[1], None)
        return
    if len(rest) >= 4 and _cut_remark(found, rest):
        return
    _read_bare(found, rest)


def _read_bare(found: Found, name: str) -> None:
    split = split_name(name)
    if split:
        fill(found, split[0], split[1])
    elif len(name) == 3 and name[0] not in _NICKNAME_PREFIXES and name[0] not in "阿亲":
        # 里娟丽: three characters are a whole name, its surname rare or mistyped (李), far oftener than a given name
        fill(found, name[0], name[1:])
    elif len(name) <= 3:
        fill(found, None, name)
    else:
        _unknown(found, name)


def _cut_remark(found: Found, text: str) -> bool:
    """张伟微信同号, 李经理华为: the name is what stands before the first word that is no name."""
    for i in range(1, min(5, len(text) - 1)):
        before = split_name(text[:i])
        if not before:
            continue
        after = text[i:]
        for n in (4, 3, 2):
            if after[:n] in han_words("title") and len(after) > n:
                found.set_title(after[:n])
                found.set_note(after[n:])
                fill(found, *before)
                return True
            if before[1] and after[:n] in han_words("note"):
                found.set_note(after)
                fill(found, *before)
                return True
    return False


# Manchu and Mongol clans, which stand before the given name and its dot
_CLANS: Final = frozenset(
    {
        *("爱新觉罗", "叶赫那拉", "乌拉那拉", "钮祜禄", "瓜尔佳", "赫舍里", "博尔济吉特", "富察", "那拉"),
    }
)


def _read_dotted(found: Found, text: str) -> None:
    """威廉·莎士比亚: given name first, family (or father's) name last; a Manchu clan stands first."""
    pieces = [p for p in text.split("·") if p]
    title = _title_at_end(pieces[-1]) if pieces else None
    if title is not None and len(title) > 1:
        found.set_title(title)
        pieces[-1] = pieces[-1][: -len(title)]
    if len(pieces) < 2:
        _read_bare(found, "".join(pieces))
        return
    if pieces[0] in _CLANS:
        fill(found, pieces[0], "·".join(pieces[1:]))
    else:
        fill(found, None, pieces[0], tuple(pieces[1:-1]))
        found.issues.remove("family_name_unknown")
        syllables = to_pinyin(pieces[-1], simplified=True)
        found.family, found.family_key = pieces[-1], "".join(syllables)
        found.initials = "".join(s[0] for p in pieces for s in to_pinyin(p, simplified=True)[:1])
    found.value = "·".join(pieces)
