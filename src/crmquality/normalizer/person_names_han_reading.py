"""What a run of Han says of a person: a title behind the name, words before it, two names in one, hidden characters.

A word is taken off only where a name is left, and what is taken off is kept.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.person_names_han import (
    JOINERS,
    NICKNAME_PREFIXES,
    SURELY_FIRST,
    fast_split,
    fill,
    is_full_name,
    is_organization,
    label_guard,
    no_names,
    plural_guard,
    read_bare,
    set_unknown,
    split_name,
    title_at_end,
    unlike_names,
)
from crmquality.normalizer.person_names_words import (
    COMMON_SURNAME,
    TRANSCRIPTION,
    Found,
    han_words,
    surname_frequencies,
)
from crmquality.normalizer.transliteration import HAN, to_pinyin

_MASK: Final = re.compile(f"([{HAN}]{{1,3}})([*×xX○◯●□■?_]+)([{HAN}]?)\\Z")
_MASKED_HEAD: Final = re.compile(f"[*×○◯●□■?]+([{HAN}]{{1,2}})\\Z")


def read_plain_han(text: str) -> Found | None:
    """A short run of simplified Han that is one name with perhaps a title; None where it could be more than that.

    >>> read_plain_han("王小明先生").value, read_plain_han("客户王伟").value, read_plain_han("王伟和李娜")
    ('王小明', '王伟', None)
    """
    if not JOINERS.isdisjoint(text) or text in no_names():
        return None
    found = Found()
    found.absorb(read_han(text))
    # the value has to read as itself: the whole text, a surname alone, or a name with nothing more to take off
    name = found.value
    if name is None or not (name == text or (found.family and (name in surname_frequencies() or fast_split(name)))):
        return None
    found.settled = True
    return found


def read_han(text: str) -> Found:
    """What a run of simplified Han, with `·` perhaps, says of a person.

    >>> name = read_han("欧阳娜娜女士")
    >>> name.family, name.given, name.title
    ('欧阳', '娜娜', '女士')
    >>> read_han("王总").family, read_han("王总").given, read_han("威廉·莎士比亚").family
    ('王', None, '莎士比亚')
    """
    found = Found(script="han")
    rest = _without_plural(found, _without_label(found, text))
    if "·" in rest:
        _read_dotted(found, rest)
    elif rest in no_names():
        found.value = rest
        found.issue("not_a_person")
    elif rest in han_words("title"):
        found.set_title(rest)
        found.issue("not_a_person")
    elif _is_relative(rest):
        # 王小明妈妈 is not 王小明: nothing is known of her name, and the words tell her from others
        set_unknown(found, rest)
    else:
        _read_titled(found, rest)
    return found


def _without_plural(found: Found, text: str) -> str:
    """王伟夫妇, 王伟等: more people than one."""
    if text[-1:] in plural_guard():
        for word in han_words("plural"):
            if text.endswith(word) and len(text) > len(word):
                text = text.removesuffix(word)
                found.issue("several_people")
    elif text[-1:] == "等" and text[-2:] not in {"平等", "高等"} and is_full_name(text[:-1]):
        text = text[:-1]
        found.issue("several_people")
    return text


def read_masked(text: str) -> Found | None:
    """A name with some of its characters hidden (王*, 王某某, 张XX, 王小*, *小明), or None.

    >>> read_masked("王小*").value, read_masked("*小明").given, read_masked("张伟")
    ('王', '小明', None)
    """
    found = Found(issues=["masked"])
    head = _MASKED_HEAD.match(text)
    if head:
        fill(found, None, head.group(1))
        return found
    masked = _MASK.match(text)
    if masked is None:
        family = text.rstrip("人").rstrip("某") if "某" in text[1:] else ""
        if family not in surname_frequencies() or text.rstrip("人")[-1:] != "某":
            return None
        fill(found, family, None)
        return found
    shown, hidden, _ = masked.groups()
    split = (shown, "") if shown in surname_frequencies() else split_name(shown)
    if split is None or (split[1] and hidden in {"x", "X", "_"}):
        return None
    if split[1]:
        found.set_note(text)
    fill(found, split[0], None)
    return found


def _without_label(found: Found, text: str) -> str:
    """A name without the words before it for its role or place: 客户王伟, 总经理王伟, 采购部张伟, 前台小王."""
    for _ in range(3):
        cut = _label_length(text)
        if not cut:
            break
        word, text = text[:cut], text[cut:]
        if word in han_words("title") and word not in han_words("note"):
            found.set_title(word)
        elif word in han_words("label"):
            found.issue("annotation_removed")
        else:
            found.set_note(word)
    return text


def _label_length(text: str) -> int:
    if text[:2] in label_guard():
        for n in range(min(6, len(text) - 2), 1, -1):
            word = text[:n]
            known = word in unlike_names() or word in han_words("label") or (n > 2 and is_organization(word))
            if known and _begins_name(text[n:]):
                return n
    # 致张伟先生: a word of one character is one only before a titled name
    if text[:1] in "致呈寄" and len(text) > 4 and (title_at_end(text[1:]) or "") in {"先生", "女士", "小姐"}:
        return 1
    return 0


def _begins_name(text: str) -> bool:
    """Whether what stands behind a label is a person: a full name, a title, a form of address, a further label."""
    if text in unlike_names():
        return False
    common = surname_frequencies().get(text[1:], 0) >= COMMON_SURNAME
    if is_full_name(text) or (len(text) == 2 and text[0] in NICKNAME_PREFIXES and common):
        return True
    title = title_at_end(text)
    if title is not None:
        rest = text[: -len(title)]
        return surname_frequencies().get(rest, 0) >= 20 or is_full_name(rest) or bool(_label_length(rest))
    return len(text) > 3 and bool(_label_length(text))


def _is_relative(name: str) -> bool:
    for n in (1, 2, 3):
        word, rest = name[-n:], name[:-n]
        if len(rest) >= 2 and rest not in surname_frequencies() and rest[0] in surname_frequencies():
            if word in han_words("relation") or (n == 1 and word in "妈爸" and len(rest) >= 3):
                return True
            if n > 1 and word[0] == "的":
                return True
    return False


_ADDRESSED: Final = ("亲收", "亲启", "敬启", "敬上", "台启", "惠存", "收", "启")


def _read_titled(found: Found, text: str) -> None:
    rest = text
    for word in _ADDRESSED:
        # 张伟先生收; but 丰收 is a given name
        before = rest.removesuffix(word)
        if before != rest and len(before) > 1 and (len(word) > 1 or len(title_at_end(before) or "") > 1):
            found.set_note(word)
            rest = before
    employer = _employer_length(rest)
    before, rest = rest[:employer], rest[employer:]
    title = title_at_end(rest)
    if title is not None:
        found.set_title(title)
        rest = rest[: -len(title)]
        second = title_at_end(rest)
        if rest in han_words("title") and len(rest) > 1:
            # 董事长秘书 alone
            found.title = f"{rest}{title}"
            found.issue("not_a_person")
            return
        if second is not None and len(second) > 1:
            found.set_title(second)
            rest = rest[: -len(second)]
    found.set_note(before)
    if "测试" in rest:
        found.issues, found.title = ["placeholder"], None
        found.notes.append(text)
        return
    department = _department_length(rest)
    if department:
        found.set_note(rest[-department:])
        rest = rest[:-department]
    if rest in no_names() or (is_organization(rest) and not department):
        found.value = text
        found.issue("not_a_person")
        return
    if len(rest) == 2 and rest[0] in NICKNAME_PREFIXES and surname_frequencies().get(rest[1], 0) >= COMMON_SURNAME:
        found.nickname = rest
        fill(found, rest[1], None)
        return
    if len(rest) == 3 and title and rest[1] in han_words("short_title") and rest[2] in surname_frequencies():
        found.title = rest[1]  # 王总李总
        found.set_other(rest[2], rest[2] + title)
        rest = rest[0]
    if len(rest) >= 4 and (_cut_remark(found, rest) or _two_names(found, rest)):
        return
    read_bare(found, rest)


# Common surnames that hardly any given name ends in: who is called 腾讯李总 is not called 讯李
_SURELY_LAST: Final = frozenset(
    "王李张刘陈赵周吴徐孙朱郭何罗郑谢许邓冯曹彭曾蔡潘袁董苏吕魏蒋杜丁卢姚钟崔谭陆范汪廖贾韦薛侯邹熊孟阎郝邵顾毛钱贺龚黄胡梁宋韩唐于傅黎"
)
_OFFICES: Final = frozenset("总工董局处导队")


def _employer_length(text: str) -> int:
    """腾讯李总, 阿里巴巴王经理: how long the word is before a surname with a title, where the two are no name."""
    title = title_at_end(text) or (text[-1:] if text[-1:] in _OFFICES else "")
    head, family = text[: -len(title) - 1], text[-len(title) - 1 : -len(title) or None]
    if not title or len(head) < 2 or family not in _SURELY_LAST:
        return 0
    if title not in _OFFICES and (len(title) < 2 or title in han_words("relation")):
        return 0
    if is_full_name(head) or title_at_end(head) or _ends_in_compound(head + family):
        return 0
    if head[0] in NICKNAME_PREFIXES and len(head) == 2 and surname_frequencies().get(head[1], 0) >= COMMON_SURNAME:
        return 0  # 小王李总
    first = surname_frequencies().get(head[0], 0)
    if len(head) == 2:
        return 2 if first < SURELY_FIRST or head in han_words("place") else 0
    return 0 if len(head) == 3 and split_name(head + family) == (head[:2], head[2:] + family) else len(head)


def _ends_in_compound(name: str) -> bool:
    return name[-2:] in surname_frequencies() or name[:2] in surname_frequencies()


def _department_length(text: str) -> int:
    """张伟采购部: how long the department is behind a name."""
    if text[-1:] in "部室科处组":
        for i in (2, 3, 4):
            if text[i:-1] in han_words("note") and is_full_name(text[:i]):
                return len(text) - i
    return 0


def _cut_remark(found: Found, text: str) -> bool:
    """张伟微信同号, 李经理华为, 王先生李女士: the name is what stands before the first word that is no name."""
    for i in range(1, min(5, len(text) - 1)):
        before = split_name(text[:i])
        if not before:
            continue
        after = text[i:]
        for n in (4, 3, 2):
            if after[:n] in han_words("title") and len(after) > n:
                if found.title:
                    found.title = f"{after[:n]} {found.title}"
                else:
                    found.set_title(after[:n])
                _take_behind(found, after[n:])
                fill(found, *before)
                return True
            if before[1] and after[:n] in han_words("note"):
                found.set_note(after)
                fill(found, *before)
                return True
    return False


def _take_behind(found: Found, text: str) -> None:
    """What stands behind a title: a second person (王先生李女士) or a remark (李经理华为)."""
    if text in surname_frequencies() and " " in (found.title or ""):
        found.title, _, second = (found.title or "").partition(" ")
        found.set_other(text, text + second)
    elif is_full_name(text):
        found.set_other(text)
    else:
        found.set_note(text)


def _two_names(found: Found, text: str) -> bool:
    """王伟李娜 without a sign between them: two common names and only one way to cut, and no double surname."""
    common = surname_frequencies()
    if not 4 <= len(text) <= 6 or split_name(text[:4]) == (text[:2], text[2:4]):
        return False
    cuts = [
        i
        for i in (2, 3)
        if 2 <= len(text) - i <= 3 and min(common.get(text[0], 0), common.get(text[i], 0)) >= 2 * COMMON_SURNAME
    ]
    if len(cuts) != 1 or not (is_full_name(text[: cuts[0]]) and is_full_name(text[cuts[0] :])):
        return False
    fill(found, *(split_name(text[: cuts[0]]) or (None, None)))
    found.set_other(text[cuts[0] :])
    return True


# Manchu and Mongol clans, which stand before the given name and its dot
_CLANS: Final = frozenset(
    {
        *("爱新觉罗", "叶赫那拉", "乌拉那拉", "钮祜禄", "瓜尔佳", "赫舍里", "博尔济吉特", "富察", "那拉"),
    }
)


def _read_dotted(found: Found, text: str) -> None:
    """威廉·莎士比亚: given name first, family (or father's) name last; a clan or a Chinese surname stands first."""
    pieces = [p for p in text.split("·") if p]
    title = title_at_end(pieces[-1]) if pieces else None
    if title is not None and len(title) > 1:
        found.set_title(title)
        pieces[-1] = pieces[-1][: -len(title)]
    if len(pieces) < 2:
        read_bare(found, "".join(pieces))
        return
    if pieces[0] in _CLANS:
        fill(found, pieces[0], "·".join(pieces[1:]))
    elif len(pieces) == 2 and _read_chinese_dot(found, pieces[0], pieces[1]):
        return
    else:
        fill(found, None, pieces[0], tuple(pieces[1:-1]))
        found.issues.remove("family_name_unknown")
        found.given_key, found.middle_keys = _sound(pieces[0]), tuple(map(_sound, pieces[1:-1]))
        found.family, found.family_key = pieces[-1], _sound(pieces[-1])
        found.initials = "".join([_sound(p)[:1] for p in pieces])
        found.alternative_key = None
    found.value = "·".join(pieces)


def _sound(piece: str) -> str:
    """The key of one half: pinyin of Han, lower case of an initial."""
    return "".join(to_pinyin(piece, simplified=True)) or piece.lower()


def _read_chinese_dot(found: Found, first: str, second: str) -> bool:
    """A dot as a mere separator: 张·小明 is one Chinese name, 王伟·李娜 two; 金·凯瑞 and 大卫·李 are foreign."""
    surnames = surname_frequencies()
    if first.isascii() and second and not second.isascii():
        if is_full_name(second):  # A·张伟, for the order in a telephone
            found.set_note(first)
            fill(found, *(split_name(second) or (None, None)))
            return True
        return False
    if first in surnames and (surnames[first] >= COMMON_SURNAME or len(first) > 1) and len(second) <= 2:
        foreign = len(first + second) > 2 and TRANSCRIPTION.issuperset(first + second)
        if foreign:
            found.issue("order_uncertain")
            return False
        fill(found, first, second)
        return True
    if is_full_name(first) and is_full_name(second) and not TRANSCRIPTION.issuperset(first):
        fill(found, *(split_name(first) or (None, None)))
        found.set_other(second)
        return True
    return False
