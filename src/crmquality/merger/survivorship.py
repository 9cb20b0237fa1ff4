"""Survivorship: which member of a cluster gives the golden record its value of a field.

A rule is a chain of criteria. All members that have a value start; each criterion lets only the best of those that are
left go on, until one record is left. Whoever is equal to the end yields to the smallest record id, so there always is
one answer, and it does not depend on the order of rows. The chain also explains: a value that lost, lost at one
criterion, and a value that won, won by the criterion that put its last rival out.

**Trust.** A record is trusted by the weight of its source, halved for every half-life that it is old. The trust of two
records has the same ratio on whatever day they are compared, since both have aged by the same days. So nobody needs to
know what day it is, and no golden value changes because time goes by. A source of twice the weight is worth one
half-life: with `trust=(("crm", 2), ("web", 1))` and `half_life_days=365` a record of crm gives way to one of web that
is more than a year younger. A record that does not say how old it is counts as old as the oldest of its cluster, and
where none says it, weights alone decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final, Literal, TypeAlias, get_args

from crmquality.declarations import Declaration
from crmquality.errors import unknown

Criterion: TypeAlias = Literal[
    "valid",
    "verified",
    "most_restrictive",
    "trust",
    "most_recent",
    "source",
    "most_complete",
    "most_frequent",
    "longest",
]
Place: TypeAlias = str | tuple[str, ...]
"""One place in an order of values: a value, or several that mean the same."""
Strategy: TypeAlias = Literal["one", "union"]

ORDER: Final[tuple[Criterion, ...]] = (
    "valid",
    "trust",
    "most_recent",
    "most_complete",
    "most_frequent",
    "longest",
    "source",
)
GROUP_ORDER: Final[tuple[Criterion, ...]] = (
    "valid",
    "most_complete",
    "trust",
    "most_recent",
    "most_frequent",
    "longest",
    "source",
)
"""Fields that come from one record together: the fullest record first, because its gaps come along."""
INVALID: Final = (
    "ambiguous_division",
    "division_conflict",
    "incomplete_date",
    "invalid_birth_date",
    "invalid_check_digit",
    "invalid_code",
    "invalid_date",
    "invalid_email",
    "invalid_format",
    "invalid_length",
    "invalid_number",
    "invalid_phone",
    "invalid_url",
    "masked",
    "missing_area_code",
    "mojibake",
    "not_a_person",
    "only_generic",
    "placeholder",
    "spreadsheet_damage",
    "too_long",
    "unreadable",
)
"""Issue codes of values that are wrong, damaged or cut: any other member's value is the better one."""
SEPARATOR: Final = "; "

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class SurvivorshipRule(Declaration):
    """How one field of the golden record is chosen.

    Criteria, each of which lets the best go on:

    - `valid`: the value has a canonical form and none of `invalid_codes` among its issues;
    - `verified`: the column `verified` of the record is true;
    - `most_restrictive`: the place of the value in `restrictive`, whatever the case of its letters;
    - `trust`: the weight of the record's source in `trust`, others last, halved for every `half_life_days` that the
      record is old by the merger's `updated_at`; see this module;
    - `most_recent`: the merger's `updated_at`, unknown last;
    - `source`: the place of the record's source in `source_priority`, others last;
    - `most_complete`: the record with the most fields filled (of a group: of the group's fields);
    - `most_frequent`: the value that most members of the cluster have;
    - `longest`: the value with the most characters.

    A criterion whose column the merger does not have decides nothing. The smallest record id breaks every tie.

    Attributes:
        field: the column.
        order: the chain of criteria.
        strategy: "one" value, or the "union" of the members' different values in the order of the chain, with "; "
            between. A union leaves out invalid values where there are valid ones and `order` asks for "valid".
        limit: how many values a union holds at most; None for all.
        invalid_codes: the issue codes that make a value invalid.
        source_priority: sources, best first; empty for the merger's.
        verified: a column of booleans that says whether a person has confirmed the record or the value.
        restrictive: values, the most restrictive first and the least restrictive last; a tuple of values that mean the
            same has one place. A value that is not named is no permission: it stands before the last place. In a group
            the values are those of `field`.
        trust: sources and the weights of their records, such as `(("crm", 2.0), ("web", 0.5))`; empty for the
            merger's. A weight of 0 is that of a source that is not named.
        half_life_days: after how many days a record is trusted half as much; None for the merger's.

    >>> consent = SurvivorshipRule("newsletter", ("valid", "most_restrictive"), restrictive=("false", "true"))
    >>> consent.faults()
    []
    >>> SurvivorshipRule("email", ("valid", "most_frequent")).faults()
    []
    """

    field: str
    order: tuple[Criterion, ...] = ORDER
    strategy: Strategy = "one"
    limit: int | None = None
    invalid_codes: tuple[str, ...] = INVALID
    source_priority: tuple[str, ...] = ()
    verified: str | None = None
    restrictive: tuple[Place, ...] = ()
    trust: tuple[tuple[str, float], ...] = ()
    half_life_days: float | None = None

    def faults(self) -> list[str]:
        """Criteria that are unknown, repeated or without a column, and values out of range."""
        known = get_args(Criterion)
        faults = [unknown("criterion", str(c), known) for c in self.order if c not in known]
        faults += [f"criterion {c!r} is repeated" for c in sorted({c for c in self.order if self.order.count(c) > 1})]
        if self.strategy not in get_args(Strategy):
            faults.append(unknown("strategy", self.strategy, get_args(Strategy)))
        if self.limit is not None and (self.limit < 1 or self.strategy != "union"):
            faults.append(f"limit is {self.limit}, expected at least 1, and only with the strategy 'union'")
        faults += [f"{c!r} is not an issue code" for c in self.invalid_codes if not _CODE.match(c)]
        if "verified" in self.order and self.verified is None:
            faults.append("the criterion 'verified' needs the name of a column in 'verified'")
        if self.verified is not None and "verified" not in self.order:
            faults.append("a column 'verified' is named, but 'verified' is not in the order")
        faults += [f"source {s!r} is repeated" for s in sorted(_repeated(self.source_priority))]
        faults += self._restrictive_faults() + trust_faults(self.trust, self.half_life_days)
        if (self.trust or self.half_life_days is not None) and "trust" not in self.order:
            faults.append("'trust' or 'half_life_days' is given, but 'trust' is not in the order")
        return [f"survivorship of {self.field!r}: {fault}" for fault in faults]

    def _restrictive_faults(self) -> list[str]:
        asked = "most_restrictive" in self.order
        said = [w for place in self.restrictive for w in words_of(place)]
        words = [w.strip().lower() for w in said if isinstance(w, str)]
        faults = [f"value {w!r} is repeated in 'restrictive'" for w in sorted(_repeated(words))]
        if len(words) != len(said):
            faults.append("'restrictive' must be text: values as the golden record shows them, such as 'true'")
        if asked and len(self.restrictive) < 2:
            faults.append("the criterion 'most_restrictive' needs at least two values in 'restrictive'")
        if self.restrictive and not asked:
            faults.append("values are given in 'restrictive', but 'most_restrictive' is not in the order")
        return faults

    def with_defaults(self, other: SurvivorshipRule) -> SurvivorshipRule:
        """This rule with the sources, the trust and the half-life of another where it has none of its own.

        >>> merger = SurvivorshipRule("", trust=(("crm", 2.0),), half_life_days=365)
        >>> rule = SurvivorshipRule("email", half_life_days=90).with_defaults(merger)
        >>> rule.field, rule.trust, rule.half_life_days
        ('email', (('crm', 2.0),), 90)
        """
        return replace(
            self,
            source_priority=self.source_priority or other.source_priority,
            trust=self.trust or other.trust,
            half_life_days=other.half_life_days if self.half_life_days is None else self.half_life_days,
        )


def words_of(place: Place) -> tuple[str, ...]:
    """The values of one place in an order of values.

    >>> words_of("no"), words_of(("no", "n"))
    (('no',), ('no', 'n'))
    """
    return place if isinstance(place, tuple) else (place,)


def trust_faults(trust: Sequence[tuple[str, float]], half_life_days: float | None) -> list[str]:
    """What is wrong with weights of sources and with a half-life.

    >>> trust_faults((("crm", -1.0),), 0)
    ["the trust in source 'crm' must be a number of at least 0", 'half_life_days must be more than 0']
    """
    pairs = [p for p in trust if isinstance(p, tuple | list) and len(p) == 2 and isinstance(p[0], str)]
    faults = [f"source {s!r} is repeated in 'trust'" for s in sorted(_repeated([p[0] for p in pairs]))]
    if len(pairs) != len(trust):
        faults.append("'trust' must be pairs of a source and its weight, such as (('crm', 2.0), ('web', 0.5))")
    faults += [f"the trust in source {s!r} must be a number of at least 0" for s, w in pairs if not _is_number(w)]
    if pairs and all(_is_number(w) and w == 0 for _, w in pairs):
        faults.append("'trust' needs a source with a weight of more than 0")
    if half_life_days is not None and not (_is_number(half_life_days) and half_life_days > 0):
        faults.append("half_life_days must be more than 0")
    return faults


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf


def _repeated(names: Sequence[str]) -> set[str]:
    return {n for n in names if names.count(n) > 1}
