"""An explanation as lines that a colleague can read, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

from crmquality.tables import RuleTried, Standing

if TYPE_CHECKING:
    from crmquality.comparator.explain import Explanation, Part

PRIOR: Final = "prior"
RELATED: Final = "related"
TOGETHER: Final = "together"
MOST_NAMED: Final = 3
"""So many counter-arguments, and rules that nearly made a pair, are named; the fields hold all of them."""

_NAME_ZH: Final = {PRIOR: "先验", TOGETHER: "联动", RELATED: "关联"}
_DECISION_ZH: Final = {"link": "同一实体", "review": "待人工确认", "non-link": "不同实体"}


def explanation_text(e: Explanation, language: Literal["en", "zh"]) -> str:
    """The head, the parts that add up, and in words what is missing, whether it was compared, what became of it."""
    zh = language == "zh"
    weight, p = f"{e.match_weight:+.1f}", f"{e.match_probability:.3f}"
    head = f"match weight {weight} bits, probability {p}: {e.decision}"
    if zh:
        head = f"匹配权重 {weight} 比特，概率 {p}：{_DECISION_ZH[e.decision]}"
    lines = [head, *(_part(x, zh) for x in e.parts if x.level != "missing")]
    if e.missing:
        lines.append(f"          {'缺失' if zh else 'missing on a side'}: {', '.join(e.missing)}")
    lines += _wanting(e, zh)
    lines += _compared(e, zh)
    if e.standing is not None:
        lines += _standing(e, e.standing, zh)
    return "\n".join(lines)


def _name(comparison: str, zh: bool) -> str:
    return _NAME_ZH.get(comparison, comparison) if zh else comparison


def _part(part: Part, zh: bool) -> str:
    rare = f"  ({'词频' if zh else 'value frequency'} {part.tf_bits:+.1f})" if abs(part.tf_bits) >= 0.05 else ""
    bits = part.bits + part.tf_bits + 0.0  # no minus zero
    return f"  {bits:+6.1f}  {_name(part.comparison, zh)}: {_level(part, zh)}{rare}"


def _level(part: Part, zh: bool) -> str:
    return part.level_zh if zh else "different" if part.level == "else" else part.level


def _wanting(e: Explanation, zh: bool) -> Iterator[str]:
    if e.decision == "link":
        return
    named = e.against[:MOST_NAMED]
    said = ", ".join(f"{_name(x.comparison, zh)}: {_level(x, zh)} ({x.bits + x.tf_bits:+.1f})" for x in named)
    if zh:
        against = f"；最强的反面证据：{said}" if said else "；没有反面证据，只是正面证据不足"
        yield f"未达到关联线，差 {e.bits_to_link:.1f} 比特{against}"
    else:
        against = f"; strongest against: {said}" if said else "; nothing speaks against it, too little speaks for it"
        yield f"not a link: lacks {e.bits_to_link:.1f} bits{against}"


def _compared(e: Explanation, zh: bool) -> Iterator[str]:
    if not e.rules:
        return
    if e.blocking_rule is not None:
        yield f"已比较：由分块规则“{e.blocking_rule}”找到" if zh else f"compared: found by rule {e.blocking_rule!r}"
        return
    nearest = [r for r in e.nearly if r.n_shared or r.outcome == "missing"][:MOST_NAMED]
    said = ("；" if zh else "; ").join(_tried(r, zh) for r in nearest)
    if zh:
        yield "未比较：没有分块规则找到这一对" + (f"；最接近的：{said}" if said else "；没有任何共同的分块键")
    else:
        yield "not compared: no blocking rule made the pair" + (f"; nearest: {said}" if said else "; no key in common")


def _tried(r: RuleTried, zh: bool) -> str:
    if r.outcome == "cut":
        block, limit = f"{r.block_size or 0:,}", f"{r.limit or 0:,}"
        if zh:
            return f"“{r.rule}”（同一分块有 {block} 条记录，超过上限 {limit}，被拆分）"
        return f"{r.rule!r} (their block of {block} records is over the limit of {limit} and was cut)"
    if r.outcome == "sources":
        return f"“{r.rule}”（来源不符合关联范围）" if zh else f"{r.rule!r} (not of the sources that are linked)"
    said = []
    if r.missing:
        said.append(f"{', '.join(r.missing)} {'有一方缺失' if zh else 'missing on a side'}")
    if r.different:
        said.append(f"{', '.join(r.different)} {'不同' if zh else 'different'}")
    return f"“{r.rule}”（{'，'.join(said)}）" if zh else f"{r.rule!r} ({', '.join(said)})"


def _standing(e: Explanation, s: Standing, zh: bool) -> Iterator[str]:
    way = ", ".join(
        f"{x.record_id_l} - {x.record_id_r} "
        + (("（人工）" if zh else "(a person)") if x.match_weight is None else f"({x.match_weight:+.1f})")
        for x in s.chain
    )
    what = _refusal(s.guard, zh)
    never = e.decision == "link" and e.rules and e.blocking_rule is None
    if s.together:
        together = {
            "link": ("同属一个实体：直接关联", "together: linked directly"),
            "decision": ("同属一个实体：人工决定", "together: a person said so"),
            "chain": (
                f"同属一个实体：没有直接关联，经由 {len(s.chain)} 个关联：{way}",
                f"together: no link of their own, but through {len(s.chain)}: {way}",
            ),
        }
        yield together[s.reason][not zh]
        return
    apart = {
        "decision": ("分属两个实体：人工决定", "apart: a person said so"),
        "guard": (f"得分达到关联线，但分属两个实体：{what}", f"apart although a link: {what}"),
        "evidence": (
            "得分达到关联线，但分属两个实体：两个实体之间的其他记录对合计为反面证据",
            "apart although a link: the other pairs of the two entities together speak against it",
        ),
        "no_link": (
            ("分属两个实体：得分足够，但未被比较", "apart: it would be a link, had the two been compared")
            if never
            else ("分属两个实体：没有关联", "apart: no link")
        ),
    }
    yield apart[s.reason][not zh]


def _refusal(guard: str | None, zh: bool) -> str:
    kind, _, of = (guard or "").partition(":")
    known = {
        "contradiction": (f"{of} 的值互相矛盾", f"the two entities have different values of {of}"),
        "one_to_one": (f"{of} 相同的记录不能合并", f"two records of one {of} are never merged"),
    }
    return known.get(kind, (f"被约束 {guard} 拒绝", f"guard {guard} refused it"))[not zh]
