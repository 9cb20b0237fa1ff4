"""Email: a mailbox."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from crmquality.blocker import BlockingKey
from crmquality.comparator import Comparison, ComparisonLevel, Edits, Equal, Every, Similar
from crmquality.kinds.base import Keys, Kind
from crmquality.validator import SharedByTooMany, ValidationRule


@dataclass(frozen=True)
class Email(Kind):
    """An email address.

    Attributes:
        shared_limit: more records than this with one mailbox is a finding.
    """

    _: KW_ONLY
    shared_limit: int = 10
    kernel: ClassVar[str] = "crmquality.normalizer.emails:normalize_email"
    parts: ClassVar[tuple[str, ...]] = (
        "local",
        "domain",
        "own_domain",
        "mailbox",
        "suggestion",
        "others",
        "role",
        "free",
        "disposable",
        "qq",
        "mobile",
    )

    def rules(self) -> tuple[ValidationRule, ...]:
        """Its issues, and a mailbox that stands in too many records."""
        return (*super().rules(), SharedByTooMany(self.name, self.shared_limit))

    def keys(self) -> Keys:
        """The mailbox; the local part with something else."""
        return Keys(
            strong=(BlockingKey(self.norm("mailbox")),),
            weak=(BlockingKey(self.norm("local")),),
            narrow=(BlockingKey(self.norm("local"), "prefix", 2),),
        )

    def comparison(self) -> Comparison:
        """The same mailbox, one character wrong, the same local part elsewhere, close spelling."""
        mailbox, local, domain = self.norm("mailbox"), self.norm("local"), self.norm("domain")
        return Comparison(
            self.name,
            (
                ComparisonLevel("same mailbox", Equal(mailbox), 0.7, 0.000004, tf=mailbox, label_zh="邮箱相同"),
                ComparisonLevel("one character differs", Edits(mailbox, 1, 8), 0.12, 0.000004, label_zh="一个字符不同"),
                ComparisonLevel(
                    "same name at another domain",
                    Equal(local),
                    0.065,
                    0.00004,
                    tf=local,
                    label_zh="用户名相同，域名不同",
                ),
                ComparisonLevel(
                    "close spelling at the same domain",
                    Every((Equal(domain), Similar(local, "jaro_winkler", 0.9))),
                    0.005,
                    0.00001,
                    label_zh="域名相同，用户名相近",
                ),
                ComparisonLevel(
                    "close spelling", Similar(mailbox, "jaro_winkler", 0.88), 0.06, 0.0003, label_zh="拼写相近"
                ),
            ),
            present=(mailbox,),
        )
