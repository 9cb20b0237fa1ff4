"""Url: a website."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from crmquality.blocker import BlockingKey
from crmquality.comparator import Comparison, ComparisonLevel, Edits, Equal
from crmquality.kinds.base import Keys, Kind


@dataclass(frozen=True)
class Url(Kind):
    """A website, compared by its host."""

    kernel: ClassVar[str] = "crmquality.normalizer.urls:normalize_url"
    parts: ClassVar[tuple[str, ...]] = ("host", "domain", "name", "path")

    def keys(self) -> Keys:
        """The host."""
        return Keys(strong=(BlockingKey(self.norm("host")),), narrow=(BlockingKey(self.norm("name"), "prefix", 2),))

    def comparison(self) -> Comparison:
        """The same host, the same domain, the same name under another suffix, one character wrong."""
        host, domain, name = self.norm("host"), self.norm("domain"), self.norm("name")
        return Comparison(
            self.name,
            (
                ComparisonLevel("same host", Equal(host), 0.9, 0.002, tf=host, label_zh="网站相同"),
                ComparisonLevel("same domain", Equal(domain), 0.002, 0.00001, tf=domain, label_zh="域名相同"),
                ComparisonLevel(
                    "same name, other suffix", Equal(name), 0.002, 0.00001, tf=name, label_zh="名称相同，后缀不同"
                ),
                ComparisonLevel("one character differs", Edits(host, 1, 6), 0.01, 0.0001, label_zh="一个字符不同"),
            ),
            present=(host,),
        )
