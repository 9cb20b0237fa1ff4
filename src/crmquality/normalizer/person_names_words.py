"""What the readers of person names share: the record they fill, and the words they know.

Every list is reference data with its origin in `reference/SOURCES.md`; here it gets the shape that a reader asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, TypeAlias

from crmquality.reference import read_lines, read_table

Script: TypeAlias = Literal["han", "latin", "mixed", "other"]

COMMON_SURNAME: Final = 100
"""A surname is common from this frequency on, which is one bearer in a thousand of the list's population."""


SAMPLES: Final = frozenset(
    {
        *("张三", "李四", "王五", "赵六", "王二麻子", "王小二", "山田太郎", "John Doe", "Jane Doe", "Joe Bloggs"),
        *("Richard Roe", "Jane Roe", "Max Mustermann", "Erika Mustermann", "Mickey Mouse", "Donald Duck", "San Zhang"),
        *("Si Li", "Joe Blow"),
    }
)
"""The names of forms' examples: perhaps a person, so the value stays, but worth a look."""


@dataclass(slots=True)
class Found:
    """What a reader has found of one person's name so far; the kernel makes parts of it."""

    value: str | None = None
    family: str | None = None
    given: str | None = None
    middle: str | None = None
    title: str | None = None
    suffix: str | None = None
    nickname: str | None = None
    other: str | None = None
    script: Script = "other"
    family_key: str = ""
    given_key: str = ""
    middle_keys: tuple[str, ...] = ()
    initials: str = ""
    notes: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    alternative_key: str | None = None
    settled: bool = False
    """Whether the value is known to read as itself."""

    def issue(self, code: str) -> None:
        """Note a code, once."""
        if code not in self.issues:
            self.issues.append(code)

    def set_title(self, title: str) -> None:
        """Add a title that was taken off the name."""
        self.title = title if self.title is None or self.title == title else f"{self.title} {title}"
        self.issue("title_removed")

    def set_note(self, note: str) -> None:
        """Add an annotation that was taken off the name."""
        note = note.strip(" -:,.;/|")
        if note:
            self.notes.append(note)
            self.issue("annotation_removed")

    def set_other(self, name: str, written: str | None = None) -> None:
        """Note a second person; `written` is kept too where it says more than the name: 李女士."""
        self.other = name
        if written is not None and written != name:
            self.notes.append(written)
        self.issue("several_people")

    def absorb(self, name: Found) -> None:
        """Take over what was read of the name itself, and what was found on the way."""
        self.value, self.family, self.given, self.middle = name.value, name.family, name.given, name.middle
        self.family_key, self.given_key, self.middle_keys = name.family_key, name.given_key, name.middle_keys
        self.script, self.suffix, self.initials = name.script, name.suffix, name.initials
        self.nickname = self.nickname or name.nickname
        self.alternative_key = name.alternative_key
        self.other = self.other or name.other
        if name.title is not None:
            self.set_title(name.title)
        self.notes += name.notes
        for code in name.issues:
            self.issue(code)

    @property
    def full(self) -> bool:
        """Whether both family and given name are known."""
        return bool(self.family and self.given)


@cache
def surname_frequencies() -> Mapping[str, int]:
    """Every known Chinese surname, of one character and of more, with its frequency."""
    return {row["surname"]: int(row["frequency"]) for row in read_table("han_surnames.csv")}


@cache
def surname_readings() -> Mapping[str, tuple[str, ...]]:
    """The syllables of every known Chinese surname: 单 is shan, 尉迟 is yu chi."""
    return {row["surname"]: tuple(row["pinyin"].split()) for row in read_table("han_surnames.csv")}


@cache
def compound_lengths() -> tuple[int, ...]:
    """The lengths of surnames of more than one character, longest first."""
    return tuple(sorted({len(s) for s in surname_frequencies() if len(s) > 1}, reverse=True))


@cache
def pinyin_surnames() -> Mapping[str, int]:
    """Every surname in pinyin without spaces, with the summed frequency of the surnames that sound so."""
    out: dict[str, int] = {}
    frequencies = surname_frequencies()
    for surname, reading in surname_readings().items():
        key = "".join(reading)
        out[key] = out.get(key, 0) + frequencies[surname]
    # a reading that not all bearers use counts for a third of them: Dan for 单
    for surname, reading in other_readings().items():
        key = "".join(reading)
        out[key] = out.get(key, 0) + frequencies[surname] // 3
    return out


@cache
def other_readings() -> Mapping[str, tuple[str, ...]]:
    """The other reading of a surname that has two, by bearers or by mistake: 单 dan, 曾 ceng, 区 qu."""
    return {row["surname"]: tuple(row["pinyin"].split()) for row in read_table("surname_readings.csv")}


@cache
def canonical_readings() -> Mapping[str, str]:
    """What a surname in pinyin is in the reading that its Han form gets, where only one is meant: ceng is zeng."""
    known = {"".join(reading) for reading in surname_readings().values()}
    meant: dict[str, set[str]] = {}
    for surname, other in other_readings().items():
        meant.setdefault("".join(other), set()).add("".join(surname_readings()[surname]))
    return {key: next(iter(one)) for key, one in meant.items() if len(one) == 1 and key not in known}


@cache
def given_roots() -> Mapping[str, str]:
    """The given name behind a short form or another spelling: bob is robert, kate is catherine."""
    return {row["name"]: row["root"] for row in read_table("nicknames.csv")}


@cache
def japanese_surnames() -> frozenset[str]:
    """Common Japanese family names of two and more characters, in simplified Han."""
    return frozenset(read_lines("japanese_surnames.txt"))


@cache
def han_words(word_class: str) -> frozenset[str]:
    """The Han words of one class: title, short_title, relation, label, note, organization, industry, place, ..."""
    return frozenset(row["word"] for row in read_table("person_words_han.csv") if row["class"] == word_class)


@cache
def latin_words(word_class: str) -> Mapping[str, str]:
    """The Latin words of one class with their canonical form: title, suffix, suffix_marked, particle, ..."""
    rows = read_table("person_words_latin.csv")
    return {row["word"]: row["canonical"] for row in rows if row["class"] == word_class}


@cache
def special_latin_words() -> frozenset[str]:
    """Every Latin word that is more, or less, than a piece of a name: titles, suffixes, particles, roles, labels."""
    rows = read_table("person_words_latin.csv")
    ordinary = {"compound_surname", "brand", "spanish_given"}
    known = frozenset(row["word"].split()[-1] for row in rows if row["class"] not in ordinary)
    return known | {"and", "und", "or", "nee", "aka", "formerly", "o", "test", "testing", "tester", "dummy", "the"}


@cache
def words_of_classes(*word_classes: str) -> frozenset[str]:
    """The Latin words of some classes, see `latin_words`."""
    return frozenset(w for c in word_classes for w in latin_words(c))


@cache
def english_given_names() -> frozenset[str]:
    """Given names common in English-language files, in lower case."""
    return frozenset(read_lines("english_given_names.txt"))


@cache
def us_surnames() -> frozenset[str]:
    """The 5,000 most common surnames of the US census of 2010, in lower case."""
    return frozenset(read_lines("us_surnames.txt"))


@cache
def romanized_surnames(*traditions: str) -> frozenset[str]:
    """Surnames in Latin letters by tradition: korean, cantonese, taiwan, hokkien, japanese, vietnamese, hispanic."""
    return frozenset(row["surname"] for row in read_table("romanized_surnames.csv") if row["tradition"] in traditions)


TRANSCRIPTION: Final = frozenset(
    "阿埃艾爱安昂奥澳巴拜班邦保鲍贝本比彼毕波伯勃博布策茨次达戴丹当道德登邓狄迪蒂丁东杜敦顿多厄恩尔法凡范菲费芬丰弗夫福盖冈高戈哥格葛根古"
    "哈海汉豪赫黑亨洪胡怀霍基吉加贾简杰金京卡凯坎康考柯科克肯孔库夸拉莱赖兰朗劳勒雷黎里理利莉丽力连廉列林琳龙隆卢鲁路露伦罗洛马玛迈麦曼芒"
    "毛梅门蒙米密明缪摩莫墨默姆木慕穆娜纳乃奈南内尼涅宁努诺欧帕潘庞培佩彭蓬皮平朴珀普奇恰乔切琼让热仁日荣茹瑞若萨塞桑瑟森沙莎珊山尚绍舍申"
    "生圣施诗史士斯丝松苏索塔泰坦汤唐特提廷通透图托瓦万旺威韦维卫魏温文翁沃伍西希锡夏肖歇谢辛兴休许逊雅亚延扬耶叶伊依因英雍尤于约赞泽曾扎"
    "詹珍治兹朱卓宗佐翰奎治央巧措卓玛吾买提合江艳赛甫肉孜依古丽再娜孜艾力热依汗买尔吐逊衮琴高娃乌嘎格日勒其木图赤朝鲁巴特呼和哈斯卜"
)
"""The characters that foreign and minority names are written with by sound, after the tables of Xinhua."""
