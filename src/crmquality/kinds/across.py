"""Evidence across kinds: what one field knows of another.

A schema hands its kinds over; each function here looks for kinds that belong together and answers in the stages' own
declarations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import prod
from typing import Final

from crmquality.blocker import BlockingKey, BlockingRule
from crmquality.blocker.stage import MAX_RULES
from crmquality.comparator import Comparison, ComparisonLevel, Swapped
from crmquality.comparator.pairs import MAX_PATTERNS
from crmquality.kinds.base import Kind
from crmquality.kinds.birth_date import BirthDate
from crmquality.kinds.crossed import crossed
from crmquality.kinds.national_id import NationalId
from crmquality.kinds.organization_name import OrganizationName
from crmquality.kinds.person_name import FamilyName, GivenName, PersonName
from crmquality.kinds.phone import Phone
from crmquality.normalizer import Derived

MAX_NARROWERS: Final = 4
"""Further keys that may split a block that is too big: four of ten values each split it by ten thousand."""
MAX_WEAK: Final = 9
"""Fields whose weak keys are paired: nine make 36 rules by their first keys."""
KNOWS_BIRTH_DATE: Final = frozenset({"cn.ric", "cn.person", "cn.tax"})


def derived_columns(kinds: Sequence[Kind]) -> tuple[Derived, ...]:
    """A birth date that stands in the resident id when its own column is empty."""
    ids = [k.norm("birth_date") for k in residents(kinds)]
    births = [k for k in kinds if isinstance(k, BirthDate)]
    return tuple(Derived(known_birth(b), (b.norm(), *ids)) for b in births if ids)


def comparisons(kinds: Sequence[Kind]) -> tuple[Comparison, ...]:
    """Each field's comparison; given and family name also the wrong way round, birth dates also from the id.

    An organization beside a person's name is an employer, and colleagues share it. Without that, the pairs of one
    switchboard and one company are links: pairwise F1 of a labelled set of Chinese contacts was 0.888 then, and 0.935
    with it.

    At the end come comparisons between fields, see `crossed`, as many as a pattern has room for.
    """
    swapped = _swapped(kinds)
    persons = any(isinstance(k, PersonName | FamilyName) and k.match for k in kinds)
    known = {d.columns[0]: d.column for d in derived_columns(kinds)}
    out = []
    for kind in kinds:
        if not kind.match:
            continue
        if isinstance(kind, BirthDate) and kind.norm() in known:
            out.append(kind.comparison_of(known[kind.norm()]))
            continue
        comparison = kind.comparison()
        if comparison is None:
            continue
        if persons and isinstance(kind, OrganizationName):
            comparison = replace(comparison, shared=True)
        if swapped is not None and isinstance(kind, GivenName | FamilyName):
            first, *rest = comparison.levels
            comparison = replace(comparison, levels=(first, swapped, *rest))
        out.append(comparison)
    for extra in crossed([k for k in kinds if k.match]):
        if prod(len(c.levels) + 2 for c in (*out, extra)) <= MAX_PATTERNS:
            out.append(extra)
    return tuple(out)


def blocking_rules(kinds: Sequence[Kind]) -> tuple[BlockingRule, ...]:
    """A rule for each strong key, for each two weak keys of different fields, and for rare values of a weak key.

    Phones of all columns share one rule: a mobile in the landline's column is still the same number. A table of many
    columns gets as many rules as the blocker takes.
    """
    matched = [k for k in kinds if k.match]
    narrow = {k.name: k.keys().narrow for k in matched}

    def narrowers(*names: str) -> tuple[BlockingKey, ...]:
        found = [key for name, keys in narrow.items() if name not in names for key in keys[:1]]
        return tuple(found[:MAX_NARROWERS])

    rules: list[BlockingRule] = []
    phones = [k for k in matched if isinstance(k, Phone)]
    if phones:
        key = BlockingKey(phones[0].norm("all"), also=tuple(p.norm("all") for p in phones[1:]), split=True)
        rules.append(BlockingRule("phone", (key,), narrowers(*(p.name for p in phones))))
    for kind in matched:
        if isinstance(kind, Phone):
            continue
        rules += [BlockingRule(_label(key), (key,), narrowers(kind.name)) for key in kind.keys().strong]
    weak = [
        (k.name, i, key)
        for k in [k for k in matched if k.keys().weak][:MAX_WEAK]
        for i, key in enumerate(k.keys().weak)
    ]
    optional: list[tuple[int, BlockingRule]] = []
    for (a, i, first), (b, j, second) in combinations(weak, 2):
        if a != b and not (first.several and second.several):
            rule = BlockingRule(f"{_label(first)} + {_label(second)}", (first, second), narrowers(a, b))
            optional.append((i + j, rule))
    rare = [(i, key) for _, i, key in weak] + [(0, key) for k in matched for key in k.keys().rare]
    optional += [(i, BlockingRule(f"rare {_label(key)}", (key,), rare_only=True)) for i, key in rare]
    return (*rules, *_first(optional, MAX_RULES - len(rules)))


def _first(ranked: Sequence[tuple[int, BlockingRule]], n: int) -> list[BlockingRule]:
    """As many rules as there is room for, in their order; those of first keys go before those of second ones."""
    chosen = sorted(range(len(ranked)), key=lambda i: ranked[i][0])[: max(n, 0)]
    return [ranked[i][1] for i in sorted(chosen)]


def residents(kinds: Sequence[Kind]) -> list[NationalId]:
    """The fields whose numbers tell a birth date."""
    return [k for k in kinds if isinstance(k, NationalId) and k.scheme in KNOWS_BIRTH_DATE]


def known_birth(birth: BirthDate) -> str:
    """The column of the birth date as its own field or the identity number knows it."""
    return birth.norm("known")


def _swapped(kinds: Sequence[Kind]) -> ComparisonLevel | None:
    given = [k for k in kinds if isinstance(k, GivenName) and k.match]
    family = [k for k in kinds if isinstance(k, FamilyName) and k.match]
    if len(given) != 1 or len(family) != 1:
        return None
    return ComparisonLevel(
        "given and family name swapped",
        Swapped(given[0].norm("key"), family[0].norm("key")),
        0.035,
        0.000001,
        label_zh="姓名颠倒",
    )


def _label(key: BlockingKey) -> str:
    name = key.column.removeprefix("norm_")
    if key.transform == "exact":
        return name
    return f"{name} {key.transform} {key.length}" if key.length else f"{name} {key.transform}"
