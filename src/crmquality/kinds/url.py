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
    parts: ClassVar[tuple[str, ...]] = ("host", "own_host", "domain", "name", "path", "shared")

    def keys(self) -> Keys:
        """The host, where it is the customer's own."""
        return Keys(
            strong=(BlockingKey(self.norm("own_host")),),
            weak=(BlockingKey(self.norm()),),
            narrow=(BlockingKey(self.norm("name"), "prefix", 2),),
        )

    def comparison(self) -> Comparison:
        """The same page, the same site, the same name under another suffix, one character wrong.

        A host that many customers share, such as weibo.com, is no evidence; a page of it is.
        """
        value, host, name = self.norm(), self.norm("own_host"), self.norm("name")
        return Comparison(
            self.name,
            (
                ComparisonLevel("same page", Equal(value), 0.4, 0.001, tf=value, label_zh="网址相同"),
                ComparisonLevel("same site", Equal(host), 0.5, 0.001, tf=host, label_zh="网站相同"),
                ComparisonLevel(
                    "same name, other suffix", Equal(name), 0.002, 0.00001, tf=name, label_zh="名称相同，后缀不同"
                ),
                ComparisonLevel("one character differs", Edits(host, 1, 6), 0.01, 0.0001, label_zh="一个字符不同"),
            ),
            present=(value,),
        )
