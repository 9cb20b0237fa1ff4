"""PersonName, GivenName and FamilyName."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from crmquality.blocker import BlockingKey
from crmquality.comparator import (
    Comparison,
    ComparisonLevel,
    Edits,
    Equal,
    Every,
    InitialOf,
    LooksAlike,
    Missing,
    Similar,
)
from crmquality.kinds.base import SELDOM_CHANGES, Keys, Kind
from crmquality.merger import SurvivorshipRule


@dataclass(frozen=True)
class PersonName(Kind):
    """A whole name in one cell, Han or Latin, in any order, with titles and notes around it."""

    kernel: ClassVar[str] = "crmquality.normalizer.person_names:normalize_person_name"
    parts: ClassVar[tuple[str, ...]] = (
        "family",
        "given",
        "middle",
        "title",
        "suffix",
        "nickname",
        "note",
        "other",
        "script",
        "family_key",
        "given_key",
        "given_root",
        "key",
    )

    def keys(self) -> Keys:
        """The name in any script and order; the family name, or the given name, with something else."""
        return Keys(
            strong=(BlockingKey(self.norm("key")),),
            weak=(BlockingKey(self.norm("family_key")), BlockingKey(self.norm("given_key"))),
            narrow=(BlockingKey(self.norm("family_key"), "prefix", 1),),
        )

    def comparison(self) -> Comparison:
        """From the same signs down to a family name alone; homophones and pinyin meet in the key."""
        value, key, family, given = (self.norm(p) for p in (None, "key", "family_key", "given_key"))
        root = self.norm("given_root")
        return Comparison(
            self.name,
            (
                ComparisonLevel("same name", Equal(value), 0.645, 0.00007, tf=value, label_zh="姓名相同"),
                ComparisonLevel(
                    "same sound, or another script or order",
                    Equal(key),
                    0.175,
                    0.00002,
                    tf=key,
                    label_zh="读音相同或文字、顺序不同",
                ),
                ComparisonLevel(
                    "same given and family name, another middle name",
                    Every((Equal(family), Equal(given))),
                    0.005,
                    0.00001,
                    tf=family,
                    label_zh="姓与名相同，中间名不同",
                ),
                ComparisonLevel(
                    "nickname", Every((Equal(family), Equal(root))), 0.005, 0.00001, tf=family, label_zh="昵称与本名"
                ),
                ComparisonLevel("look-alike character", LooksAlike(value), 0.01, 0.00005, label_zh="形近字"),
                ComparisonLevel("one character differs", Edits(value, 1, 3), 0.05, 0.0003, label_zh="一个字不同"),
                ComparisonLevel(
                    "close spelling", Similar(key, "jaro_winkler", 0.93), 0.005, 0.0003, label_zh="拼写相近"
                ),
                ComparisonLevel(
                    "same family name, given name unknown",
                    Every((Equal(family), Missing(given))),
                    0.08,
                    0.002,
                    tf=family,
                    label_zh="同姓，名未知",
                ),
                ComparisonLevel(
                    "same given name, family name unknown",
                    Every((Equal(given), Missing(family))),
                    0.018,
                    0.00002,
                    tf=given,
                    label_zh="同名，姓未知",
                ),
                ComparisonLevel("same given name", Equal(given), 0.002, 0.0007, tf=given, label_zh="同名不同姓"),
                ComparisonLevel(
                    "same family name", Equal(family), 0.004, 0.023, tf=family, related=True, label_zh="同姓不同名"
                ),
            ),
            present=(value,),
            shared=False,
        )

    def survivorship(self) -> SurvivorshipRule:
        """What most records say."""
        return SurvivorshipRule(self.name, SELDOM_CHANGES)


@dataclass(frozen=True)
class GivenName(Kind):
    """A given name by itself."""

    kernel: ClassVar[str] = "crmquality.normalizer.person_names:normalize_given_name"
    parts: ClassVar[tuple[str, ...]] = ("key", "root", "script")

    def keys(self) -> Keys:
        """With anything else, by its letters or by its sound."""
        return Keys(weak=(BlockingKey(self.norm("key")),), narrow=(BlockingKey(self.norm("key"), "prefix", 1),))

    def comparison(self) -> Comparison:
        """Equal, another form of one name (Bob, Robert), initial, close and near spelling."""
        same, *rest = _name_part(self, "given name", "名", shared=False).levels
        root = self.norm("root")
        nickname = ComparisonLevel("nickname", Equal(root), 0.01, 0.0009, tf=root, label_zh="昵称与本名")
        return Comparison(self.name, (same, nickname, *rest), present=(self.norm("key"),), shared=False)

    def survivorship(self) -> SurvivorshipRule:
        """What most records say."""
        return SurvivorshipRule(self.name, SELDOM_CHANGES)


@dataclass(frozen=True)
class FamilyName(Kind):
    """A family name by itself."""

    kernel: ClassVar[str] = "crmquality.normalizer.person_names:normalize_family_name"
    parts: ClassVar[tuple[str, ...]] = ("key", "script")

    def keys(self) -> Keys:
        """With anything else, by its letters or by its sound."""
        return Keys(weak=(BlockingKey(self.norm("key")),), narrow=(BlockingKey(self.norm("key"), "prefix", 1),))

    def comparison(self) -> Comparison:
        """Equal, initial, close and near spelling; families share it."""
        return _name_part(self, "family name", "姓", shared=True)


def _name_part(kind: Kind, what: str, what_zh: str, *, shared: bool) -> Comparison:
    key = kind.norm("key")
    return Comparison(
        kind.name,
        (
            ComparisonLevel(f"same {what}", Equal(key), 0.73, 0.0025, tf=key, label_zh=f"{what_zh}相同"),
            ComparisonLevel("close spelling", Similar(key, "jaro_winkler", 0.92), 0.1, 0.001, label_zh="拼写相近"),
            ComparisonLevel("initial", InitialOf(key), 0.005, 0.0001, label_zh="首字母相同"),
            ComparisonLevel("near spelling", Similar(key, "jaro_winkler", 0.8), 0.035, 0.0045, label_zh="拼写近似"),
        ),
        present=(key,),
        shared=shared,
    )
