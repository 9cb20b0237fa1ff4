"""Address: where a customer lives, works or receives."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from crmquality.blocker import BlockingKey
from crmquality.comparator import Comparison, ComparisonLevel, Different, Equal, Every, Missing, Similar, Some
from crmquality.declarations import JSON
from crmquality.kinds.base import Keys, Kind


@dataclass(frozen=True)
class Address(Kind):
    """A postal address in one cell, compared level by level.

    Attributes:
        region: of the grammar, ISO 3166 alpha-2; without it the script decides, and nothing is guessed beyond it.
    """

    _: KW_ONLY
    region: str | None = None
    kernel: ClassVar[str] = "crmquality.normalizer.addresses:normalize_address"
    parts: ClassVar[tuple[str, ...]] = (
        "country",
        "state",
        "province",
        "city",
        "district",
        "zone",
        "town",
        "street",
        "road",
        "number",
        "estate",
        "building",
        "unit",
        "room",
        "detail",
        "postcode",
        "adcode",
        "candidates",
        "note",
        "others",
        "key",
        "street_key",
        "room_key",
    )

    def parameters(self) -> dict[str, JSON]:
        """The region."""
        return {"region": self.region}

    def keys(self) -> Keys:
        """The whole address; street and number with something else."""
        return Keys(
            weak=(BlockingKey(self.norm("street_key")),),
            narrow=(BlockingKey(self.norm("district")), BlockingKey(self.norm("city"))),
        )

    def comparison(self) -> Comparison:
        """The same door, the same street number, close spelling, the same district, the same city."""
        street, room, city = self.norm("street_key"), self.norm("room_key"), self.norm("city")
        district, key, number = self.norm("district"), self.norm("key"), self.norm("number")
        near = Some((Equal(city), Missing(city)))  # 新华路126号 stands in hundreds of cities
        return Comparison(
            self.name,
            (
                ComparisonLevel(
                    "same door", Every((Equal(street), Equal(room), near)), 0.5, 0.00001, tf=key, label_zh="门牌相同"
                ),
                ComparisonLevel(
                    "same street number, room unknown",
                    Every((Equal(street), Missing(room), near)),
                    0.35,
                    0.0004,
                    tf=street,
                    label_zh="路名门牌号相同，房号未知",
                ),
                ComparisonLevel(
                    "same street number, other room",
                    Every((Equal(street), Different(room), near)),
                    0.01,
                    0.00003,
                    tf=street,
                    label_zh="路名门牌号相同，房号不同",
                ),
                ComparisonLevel(
                    "close spelling, same number",
                    Every((Similar(key, "ratio", 0.85), Equal(number), near)),
                    0.02,
                    0.0005,
                    label_zh="拼写相近，门牌号相同",
                ),
                ComparisonLevel("same district", Equal(district), 0.005, 0.0005, tf=district, label_zh="区县相同"),
                ComparisonLevel("same city", Equal(city), 0.005, 0.003, tf=city, label_zh="城市相同"),
            ),
            present=(key, district, city),
        )
