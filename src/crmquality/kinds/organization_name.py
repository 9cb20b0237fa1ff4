"""OrganizationName: a company, a branch, an institution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from crmquality.blocker import BlockingKey
from crmquality.comparator import (
    Comparison,
    ComparisonLevel,
    Contains,
    Different,
    Edits,
    Equal,
    Every,
    Similar,
    Some,
)
from crmquality.kinds.base import Keys, Kind
from crmquality.merger import SurvivorshipRule


@dataclass(frozen=True)
class OrganizationName(Kind):
    """The name of an organization, compared by the roles of its parts and never as one string.

    北京小米 and 北京大米 are alike as strings and have nothing in common; 北京小米 and 小米科技 may be one company.
    So a trade name is compared with a trade name; a different region, branch or industry is evidence against; the
    legal form hardly counts. A branch is never its parent: a name without a branch has the branch key `whole`.
    """

    kernel: ClassVar[str] = "crmquality.normalizer.organizations:normalize_organization_name"
    parts: ClassVar[tuple[str, ...]] = (
        "region",
        "region_key",
        "trade_name",
        "industry",
        "legal_form",
        "legal_class",
        "branch",
        "branch_key",
        "note",
        "other",
        "script",
        "core",
        "key",
        "short",
        "trade_key",
    )

    def keys(self) -> Keys:
        """The core, and the trade name by its sound: 传威股份 meets Chuanwei Trading."""
        return Keys(
            strong=(BlockingKey(self.norm("key")), BlockingKey(self.norm("trade_key"))),
            weak=(BlockingKey(self.norm("key"), "prefix", 4),),
            rare=(BlockingKey(self.norm("key"), "words"),),
            narrow=(BlockingKey(self.norm("region_key")), BlockingKey(self.norm("trade_key"), "prefix", 2)),
        )

    def comparison(self) -> Comparison:
        """From the same name down to a trade name that sounds the same."""
        value, key, trade = self.norm(), self.norm("key"), self.norm("trade_key")
        elsewhere = Some((Different(self.norm("region_key")), Different(self.norm("branch_key"))))
        return Comparison(
            self.name,
            (
                ComparisonLevel("same name", Equal(value), 0.27, 0.00014, tf=key, label_zh="名称相同"),
                ComparisonLevel(
                    "same name in another region or branch",
                    Every((Equal(key), elsewhere)),
                    0.005,
                    0.00001,
                    tf=key,
                    related=True,
                    label_zh="名称相同，地区或分支不同",
                ),
                ComparisonLevel(
                    "same trade name and industry", Equal(key), 0.35, 0.0007, tf=key, label_zh="字号和行业相同"
                ),
                ComparisonLevel(
                    "same trade name, industry on one side only",
                    Every((Equal(trade), Contains(key, 2))),
                    0.06,
                    0.00001,
                    tf=trade,
                    label_zh="字号相同，一方无行业",
                ),
                ComparisonLevel(
                    "same trade name in another industry",
                    Every((Equal(trade), Different(self.norm("industry")), Equal(self.norm("script")))),
                    0.003,
                    0.0065,
                    tf=trade,
                    related=True,
                    label_zh="字号相同，行业不同",
                ),
                ComparisonLevel("close spelling", Similar(key, "ratio", 0.88), 0.03, 0.00005, label_zh="拼写相近"),
                ComparisonLevel(
                    "same sound of the trade name",
                    Equal(trade),
                    0.02,
                    0.00002,
                    tf=trade,
                    related=True,
                    label_zh="字号读音相同",
                ),
                ComparisonLevel("same words", Similar(key, "token_set", 0.9), 0.035, 0.00002, label_zh="词语相同"),
                ComparisonLevel(
                    "trade name with one sign different", Edits(trade, 1, 4), 0.002, 0.0007, label_zh="字号一个字符不同"
                ),
                ComparisonLevel("alike", Similar(key, "ratio", 0.7), 0.025, 0.005, label_zh="名称相似"),
            ),
            present=(key,),
            shared=False,
        )

    def survivorship(self) -> SurvivorshipRule:
        """What most records say, then the fullest form: 小米科技 says less than 北京小米科技有限责任公司."""
        return SurvivorshipRule(
            self.name, ("valid", "trust", "most_frequent", "longest", "most_recent", "most_complete", "source")
        )
