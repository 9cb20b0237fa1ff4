"""Text, Category, Code and Number: fields that mean nothing more than what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar, get_args

from crmquality.blocker import BlockingKey
from crmquality.comparator import CommonWords, Comparison, ComparisonLevel, Edits, Equal, Near, Similar
from crmquality.declarations import JSON
from crmquality.errors import unknown
from crmquality.kinds.base import Keys, Kind
from crmquality.merger import SurvivorshipRule
from crmquality.merger.survivorship import ORDER, Place
from crmquality.normalizer.categories import CategoryList
from crmquality.normalizer.numbers import DecimalMark


@dataclass(frozen=True)
class Text(Kind):
    """Free text: a title, a street, a note.

    Attributes:
        shared: whether different entities that belong together often share it: a street, but not a title.
    """

    _: KW_ONLY
    shared: bool = True
    kernel: ClassVar[str] = "crmquality.normalizer.text:normalize_text"
    parts: ClassVar[tuple[str, ...]] = ("key",)

    def keys(self) -> Keys:
        """The text, or its beginning, with anything else; a rare word of it, wherever it stands."""
        key = self.norm("key")
        return Keys(
            weak=(BlockingKey(key), BlockingKey(key, "prefix", 6)),
            rare=(BlockingKey(key, "words"),),
            narrow=(BlockingKey(key, "prefix", 2),),
        )

    def comparison(self) -> Comparison:
        """Equal, close spelling, same words in another order or with some left out, half of them.

        Lists of authors shorten given names to letters: without these, the surnames are all that is left of them.
        """
        key = self.norm("key")
        return Comparison(
            self.name,
            (
                ComparisonLevel("same text", Equal(key), 0.6, 0.01, tf=key, label_zh="文本相同"),
                ComparisonLevel(
                    "close spelling", Similar(key, "jaro_winkler", 0.92), 0.18, 0.0035, label_zh="拼写相近"
                ),
                ComparisonLevel("same words", Similar(key, "token_set", 0.9), 0.06, 0.0045, label_zh="词语相同"),
                ComparisonLevel(
                    "same words but for single letters",
                    CommonWords(key, 1.0),
                    0.015,
                    0.001,
                    label_zh="除单个字母外词语相同",
                ),
                ComparisonLevel("alike", Similar(key, "token_sort", 0.7), 0.015, 0.0035, label_zh="文本相似"),
                ComparisonLevel(
                    "half of the words in common", CommonWords(key, 0.5), 0.015, 0.004, label_zh="半数词语相同"
                ),
            ),
            present=(key,),
            shared=self.shared,
        )


@dataclass(frozen=True)
class Category(Kind):
    """One of few values: a sex, a state, an industry.

    Attributes:
        shared: whether different entities that belong together often share it.
        mapping: a bundled list that brings the words for one thing to one code, such as "sex" or "boolean"; see
            `normalizer.categories`.
        words: words of one's own to codes.
        restrictive: values, the most restrictive first, for a consent: the most restrictive one that any record has
            survives a merge. A schema knows it of columns of yes and no that are called `opt_out`, 订阅 and the like.
    """

    _: KW_ONLY
    shared: bool = True
    mapping: CategoryList | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    restrictive: tuple[Place, ...] = ()
    kernel: ClassVar[str] = "crmquality.normalizer.categories:normalize_category"
    parts: ClassVar[tuple[str, ...]] = ("key",)

    def faults(self) -> list[str]:
        """A list that does not exist, words that are no words."""
        out = []
        if self.mapping is not None and self.mapping not in get_args(CategoryList):
            out.append(f"Category {self.name!r}: {unknown('mapping', str(self.mapping), get_args(CategoryList))}")
        if not all(isinstance(x, str) for pair in self.words.items() for x in pair):
            out.append(f"Category {self.name!r}: words must map words to codes, both of them text")
        return out

    def parameters(self) -> dict[str, JSON]:
        """The lists."""
        out: dict[str, JSON] = {} if self.mapping is None else {"mapping": self.mapping}
        return {**out, "words": dict(self.words)} if self.words else out

    def keys(self) -> Keys:
        """Too common to find anything by; splits blocks."""
        return Keys(narrow=(BlockingKey(self.norm("key")),))

    def comparison(self) -> Comparison:
        """Equal or not; a rare category counts more."""
        key = self.norm("key")
        return Comparison(
            self.name,
            (ComparisonLevel("same category", Equal(key), 0.92, 0.4, tf=key, label_zh="类别相同"),),
            present=(key,),
            shared=self.shared,
        )

    def survivorship(self) -> SurvivorshipRule:
        """The most restrictive value, where it is said which that is."""
        if not self.restrictive:
            return super().survivorship()
        return SurvivorshipRule(self.name, ("valid", "most_restrictive", *ORDER[1:]), restrictive=self.restrictive)


@dataclass(frozen=True)
class Code(Kind):
    """A code of letters and digits: a postcode, a customer number, an account.

    Attributes:
        unique: whether no two entities share it; then it is evidence of identity, not of belonging together.
    """

    _: KW_ONLY
    unique: bool = False
    kernel: ClassVar[str] = "crmquality.normalizer.text:normalize_code"
    parts: ClassVar[tuple[str, ...]] = ("key",)

    def keys(self) -> Keys:
        """A unique code finds its record alone."""
        key = BlockingKey(self.norm("key"))
        return Keys(strong=(key,)) if self.unique else Keys(weak=(key,), narrow=(key,))

    def comparison(self) -> Comparison:
        """Equal, one sign wrong or two swapped."""
        key = self.norm("key")
        chance = 0.00001 if self.unique else 0.01
        return Comparison(
            self.name,
            (
                ComparisonLevel("same code", Equal(key), 0.89, chance, tf=key, label_zh="代码相同"),
                ComparisonLevel("one sign differs", Edits(key, 1, 4), 0.04, chance, label_zh="一个字符不同"),
            ),
            present=(key,),
            shared=not self.unique,
        )


@dataclass(frozen=True)
class Number(Kind):
    """A number: a year, an age, an amount.

    Attributes:
        decimal: the sign before the decimals, where the column is known to have it; without it 1,234 is a thousand and
            12,5 is doubtful.
    """

    _: KW_ONLY
    decimal: DecimalMark | None = None
    kernel: ClassVar[str] = "crmquality.normalizer.numbers:normalize_number"

    def faults(self) -> list[str]:
        """A sign that is neither a point nor a comma."""
        if self.decimal not in (None, ".", ","):
            return [f"Number {self.name!r}: decimal must be '.' or ',' or None"]
        return []

    def parameters(self) -> dict[str, JSON]:
        """The decimal sign."""
        return {} if self.decimal is None else {"decimal": self.decimal}

    def keys(self) -> Keys:
        """Splits blocks."""
        return Keys(narrow=(BlockingKey(self.norm()),))

    def comparison(self) -> Comparison:
        """Equal, one apart, or one digit inserted."""
        value = self.norm()
        return Comparison(
            self.name,
            (
                ComparisonLevel("same number", Equal(value), 0.7, 0.04, tf=value, label_zh="数值相同"),
                ComparisonLevel("one apart", Near(value, 1), 0.01, 0.08, label_zh="相差一"),
                ComparisonLevel("one digit differs", Edits(value, 1, 3), 0.01, 0.08, label_zh="一位数字不同"),
            ),
            present=(value,),
            shared=False,
        )
