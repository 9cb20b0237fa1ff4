"""What checking one record against those that are known gives: a verdict with its reasons, and who it could be.

No value of another record is in any of it, but for columns that were asked for; what a salesman may not know of a
colleague's customer, `Checked.redacted` leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias, get_args

from crmquality.comparator import Explanation
from crmquality.declarations import Declaration
from crmquality.errors import SchemaError, unknown
from crmquality.lift import as_text
from crmquality.results import CheckedRecord
from crmquality.tables import Decision
from crmquality.validator import Finding

Verdict: TypeAlias = Literal["allow", "warn", "block"]
Language: TypeAlias = Literal["en", "zh"]
ReasonCode: TypeAlias = Literal[
    "same_identifier", "duplicate", "possible_duplicate", "other_identifier", "invalid", "doubtful"
]

_ORDER: Final[tuple[Verdict, ...]] = ("block", "warn", "allow")


@dataclass(frozen=True)
class Policy(Declaration):
    """When a form is let through, when it is told to look again, and when it is stopped.

    The defaults are the pipeline's own thresholds, so that a form says beforehand what the next run would do: from the
    link threshold on the record would be merged into the customer that it is like, and entering it as a new one only
    makes work; from the review threshold on a person would be asked. Both are Fellegi and Sunter's bands (A theory for
    record linkage, 1969).

    Attributes:
        block_probability: from here on a duplicate stops the form; None for the comparator's `link_probability`.
        warn_probability: from here on it is shown; None for the comparator's `review_probability`.
        same_identifier: what an equal, sound, unique identifier does, such as an identity number: there is no second
            person of one number, so it stops the form whatever else differs.
        invalid: what findings that are errors do. A value that is wrong is no duplicate: the reasons say which it was.
        doubtful: what findings that are warnings do.

    >>> Policy(block_probability=0.2, warn_probability=0.5).faults()
    ['probabilities must fulfil 0 < warn_probability <= block_probability <= 1']
    """

    block_probability: float | None = None
    warn_probability: float | None = None
    same_identifier: Verdict = "block"
    invalid: Verdict = "warn"
    doubtful: Verdict = "allow"

    def faults(self) -> list[str]:
        """Probabilities that are none or the wrong way round, verdicts that are none."""
        low = self.warn_probability if self.warn_probability is not None else 0.0
        high = self.block_probability if self.block_probability is not None else 1.0
        low_is_sound = self.warn_probability is None or low > 0
        out = []
        if not (low_is_sound and low <= high and 0 < high <= 1):
            out.append("probabilities must fulfil 0 < warn_probability <= block_probability <= 1")
        given = (self.same_identifier, self.invalid, self.doubtful)
        return out + [unknown("verdict", str(v), get_args(Verdict)) for v in given if v not in get_args(Verdict)]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict.

    Attributes:
        code: `same_identifier`: somebody else has this unique identifier; `duplicate`, `possible_duplicate`: the record
            is like a known one; `other_identifier`: it is, and the unique identifiers contradict that; `invalid`,
            `doubtful`: findings that are errors, or warnings.
        verdict: what it leads to.
        message: in words.
        message_zh: the same in Chinese.
        fields: which fields it is about; empty where it is about the record.
    """

    code: ReasonCode
    verdict: Verdict
    message: str
    message_zh: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A known record that the checked one could be.

    Attributes:
        record_id: its id.
        golden_id: of the customer it belongs to; None where that is not known yet.
        match_weight: in bits.
        match_probability: of the two being one entity.
        decision: `link` or `review`; `non-link` where nothing but a unique identifier agrees.
        same: the fields of unique identifiers that are sound on both sides and agree.
        different: those that are sound on both sides and contradict each other; such records are never merged.
        shown: the columns of the record that were asked for, such as source and owner.
        also: further records of the same customer that the checked one is like, best first.
    """

    record_id: object
    golden_id: object
    match_weight: float
    match_probability: float
    decision: Decision
    same: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    shown: Mapping[str, object] = field(default_factory=dict, repr=False)
    also: tuple[Match, ...] = field(default=(), repr=False)
    _explain: Callable[[], Explanation] | None = field(default=None, repr=False, compare=False)

    def explain(self) -> Explanation:
        """Why it could be: the parts of the match weight, in English and Chinese. Worked out when it is asked for."""
        if self._explain is None:
            raise SchemaError("this match was not made by an index: nothing is known of its two records")
        return self._explain()


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody may know of a duplicate who may not see it.

    Attributes:
        decision: as in `Match`.
        shown: the columns that may be seen.
        message: in words: "A duplicate exists, owned by sales."
        message_zh: the same in Chinese.
    """

    decision: Decision
    shown: Mapping[str, object]
    message: str
    message_zh: str


@dataclass(frozen=True)
class Redacted:
    """A checked record without anything of others but what may be seen.

    Attributes:
        record: what was entered, normalized.
        findings: what is wrong with it.
        verdict: as before.
        reasons: as before; they name fields, never records.
        notices: one for each customer that it could be, without ids, weights and explanations; alike ones once.
    """

    record: Mapping[str, object] = field(repr=False)
    findings: tuple[Finding, ...]
    verdict: Verdict
    reasons: tuple[Reason, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class Checked:
    """What checking one record gives.

    Attributes:
        record: the record with canonical values, parts and issue codes beside every field.
        findings: what is wrong with it by itself.
        matches: who it could be, best first: one entry for each customer, with the record of it that is likest;
            `also` has its others. Those with the same unique identifier come first.
        verdict: `allow`, `warn` or `block`: the gravest of the reasons.
        reasons: why, gravest first; empty where nothing speaks against it.
    """

    record: Mapping[str, object] = field(repr=False)
    findings: tuple[Finding, ...]
    matches: tuple[Match, ...]
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def rows(self) -> tuple[Match, ...]:
        """Every record that it could be, best first."""
        found = [row for match in self.matches for row in (replace(match, also=()), *match.also)]
        return tuple(sorted(found, key=lambda m: -m.match_weight))

    @property
    def by_field(self) -> dict[str, tuple[Finding, ...]]:
        """For each field that has any its findings, errors first: what a form shows beside its boxes."""
        return CheckedRecord(dict(self.record), self.findings).by_field

    @property
    def duplicate(self) -> Verdict:
        """The verdict of duplicates alone."""
        return gravest(r.verdict for r in self.reasons if r.code not in ("invalid", "doubtful"))

    def text(self, language: Language = "en") -> str:
        """The reasons as lines of text."""
        return "\n".join(r.message_zh if language == "zh" else r.message for r in self.reasons)

    def redacted(self, show: Iterable[str] | Mapping[str, tuple[str, str]] = ()) -> Redacted:
        """The same for somebody who may not see the other records.

        Args:
            show: columns of them that may be seen, of those that the index carries; or for each how it is said in
                English and Chinese, with {} for the value.

        Raises:
            SchemaError: for a column that the index does not carry.

        >>> match = Match(7, 7, 9.0, 0.998, "link", shown={"owner": "sales"})
        >>> seen = Checked({}, (), (match,), "block", ()).redacted({"owner": ("owned by {}", "由{}负责")})
        >>> seen.notices[0].message, seen.notices[0].message_zh
        ('A duplicate exists, owned by sales.', '已有重复客户，由sales负责。')
        """
        phrases = dict(show) if isinstance(show, Mapping) else {c: (f"{c} {{}}", f"{c}：{{}}") for c in _names(show)}
        known = self.matches[0].shown if self.matches else phrases
        if faults := [unknown("column", c, known) for c in phrases if c not in known]:
            raise SchemaError([f"{fault} Name it in `carry` when the index is built." for fault in faults])
        notices = [_notice(match, phrases) for match in self.matches]
        distinct = {(n.message, n.decision): n for n in reversed(notices)}.values()
        return Redacted(self.record, self.findings, self.verdict, self.reasons, tuple(reversed(list(distinct))))


def _names(show: Iterable[str]) -> list[str]:
    return [show] if isinstance(show, str) else list(show)


def _notice(match: Match, phrases: Mapping[str, tuple[str, str]]) -> Notice:
    seen = {c: match.shown[c] for c in phrases if match.shown[c] is not None}
    en, zh = ([phrases[c][i].replace("{}", as_text(value) or "") for c, value in seen.items()] for i in (0, 1))
    sure = match.decision == "link" or bool(match.same)
    return Notice(
        match.decision,
        seen,
        ", ".join(["A duplicate exists" if sure else "A possible duplicate exists", *en]) + ".",
        "，".join(["已有重复客户" if sure else "可能已有重复客户", *zh]) + "。",
    )


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of some verdicts.

    >>> gravest(["warn", "block", "allow"]), gravest([])
    ('block', 'allow')
    """
    return min(verdicts, key=_ORDER.index, default="allow")


def judge(
    findings: Iterable[Finding], matches: Iterable[Match], policy: Policy, block: float, warn: float
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict on a record, and why.

    Args:
        findings: on the record itself.
        matches: the customers that it could be.
        policy: what leads to what.
        block: from which probability on a duplicate stops the form.
        warn: from which on it is shown.
    """
    errors = tuple(sorted({f.field for f in findings if f.severity == "error"}))
    doubts = tuple(sorted({f.field for f in findings if f.severity == "warning"}))
    reasons: dict[ReasonCode, Reason] = {}
    for match in matches:
        rows = (match, *match.also)
        p = max(row.match_probability for row in rows)
        same = tuple(dict.fromkeys(name for row in rows for name in row.same))
        different = tuple(dict.fromkeys(name for row in rows for name in row.different if name not in same))
        if same:
            _add(reasons, "same_identifier", policy.same_identifier, same)
        if different:  # one record that contradicts, and the whole customer is another: guards say so, too
            if p >= warn and not same:
                _add(reasons, "other_identifier", "warn", different)
        elif p >= block:
            _add(reasons, "duplicate", "block", ())
        elif p >= warn:
            _add(reasons, "possible_duplicate", "warn", ())
    if "duplicate" in reasons:
        reasons.pop("possible_duplicate", None)
    if errors:
        _add(reasons, "invalid", policy.invalid, errors)
    if doubts:
        _add(reasons, "doubtful", policy.doubtful, doubts)
    found = sorted(reasons.values(), key=lambda r: _ORDER.index(r.verdict))
    kept = tuple(r for r in found if r.verdict != "allow")
    return gravest(r.verdict for r in kept), kept


def _add(reasons: dict[ReasonCode, Reason], code: ReasonCode, verdict: Verdict, fields: tuple[str, ...]) -> None:
    known = reasons[code].fields if code in reasons else ()
    fields = tuple(dict.fromkeys((*known, *fields)))
    en, zh = _WORDS[code]
    reasons[code] = Reason(code, verdict, en.format(", ".join(fields)), zh.format("、".join(fields)), fields)


_WORDS: Final[Mapping[ReasonCode, tuple[str, str]]] = {
    "same_identifier": ("A customer with the same {} exists.", "已有{}相同的客户。"),
    "duplicate": ("This customer exists.", "该客户已存在。"),
    "possible_duplicate": ("A customer who could be the same exists.", "可能已有同一客户。"),
    "other_identifier": (
        "A customer who could be the same exists, but with another {}.",
        "可能已有同一客户，但{}不同。",
    ),
    "invalid": ("Please correct: {}.", "请更正：{}。"),
    "doubtful": ("Please look again at: {}.", "请核对：{}。"),
}
