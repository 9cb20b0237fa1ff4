"""Write the pages that are made from the code: kinds.md and reference.md.

    python docs/generate.py

`tests/test_docs.py` fails while a page is not what this script would write.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from importlib import import_module
from pathlib import Path

import crmquality as cq
from crmquality.blocker import BlockingKey
from crmquality.kinds import Kind
from crmquality.lift import load_kernel
from crmquality.merger import SurvivorshipRule
from crmquality.validator import meaning

DOCS = Path(__file__).parent
SEVERITIES = ("error", "warning", "info")
ATTRIBUTE = re.compile(r"^    (\w+): ((?:.|\n(?!    \w+: |\Z))*)", re.MULTILINE)

# Every kind, and what it makes of a few cells; all of them are made up.
EXAMPLES: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (cq.PersonName("name"), ("歐陽娜娜 女士", "Dr. Juanli LI", "王总", "测试")),
    (cq.GivenName("given_name"), ("娜娜", "Mary-Ann")),
    (cq.FamilyName("family_name"), ("歐陽", "O’Brien")),
    (cq.OrganizationName("company"), ("深圳市晨曦科技有限公司（原晨光）", "Acme (UK) Manufacturing Ltd")),
    (cq.Phone("mobile", region="CN"), ("0086-138 1234 5678", "010-62781234转8001", "138****5678", "62781234")),
    (cq.Email("email"), ("Li Juan <Li.Juan+crm@Gmail.com>", "juan@gmial.com", "juan#qq.com")),
    (cq.Address("address", region="CN"), ("海淀区中关村大街１号院8号楼2单元501", "上海市南京路步行街")),
    (cq.Address("address", region="US"), ("123 Main Street Apt 4, Springfield, IL 62701",)),
    (cq.NationalId("id_number", scheme="cn.ric"), ("11010519491231002x", "110105194912310021", "110105********002X")),
    (cq.NationalId("uscc", scheme="cn.uscc"), ("91110000600037341l", "91110000600037341")),
    (cq.BirthDate("birth_date"), ("1990年2月3日", "90/2/3", "1900-01-01")),
    (cq.Date("signed_on"), ("03/04/2020", "20240229", "2023-02-29")),
    (cq.Url("website"), ("WWW.Example.com.cn/about/?utm_source=x", "see brochure")),
    (cq.Text("title"), ("  Ｓａｌｅｓ   Director ", "N/A")),
    (cq.Category("stage"), (" Ｌｅａｄ", "潛在客戶")),
    (cq.Code("customer_no"), ("ab-001 234", "--")),
    (cq.Number("employees"), ("1,200", "about ten")),
)
KINDS_HEAD = """# Kinds

A kind says what a column means: how it is normalized, checked, blocked on, compared, and which value survives a merge.
This page is written by `docs/generate.py` from the code; the numbers are the declared ones, before anything is learned.

- **Columns**: a field `x` gives `norm_x`, one `norm_x_<part>` per part, and `issues_x`, the codes with a space between.
- **m** and **u** of a level: the probability that two records of one customer, or two records of different ones, are at
  this level. **Bits** are log2(m/u): what the level adds to the match weight before values' frequencies are counted.
  A pair that is at no level is at "else"; a missing value is no evidence.
- Every kind takes `required=True` (a missing cell is an error) and `match=False` (no evidence about identity).
- **Issue codes** are those that the kernel's module can give, by how much they matter; the last section says what each
  means. Rules of your own can weigh them otherwise.
- **Blocked**: two records become a candidate pair when they share a value of such a key.
- What survives a merge is the best value by this order of criteria, unless a kind says otherwise, and the last tie goes
  to the smallest record id: {order}.
"""


def kinds_page() -> str:
    """One section per kind, and all issue codes at the end."""
    parts = [KINDS_HEAD.format(order=_order(SurvivorshipRule("x")))]
    seen: set[type[Kind]] = set()
    for kind, cells in EXAMPLES:
        if type(kind) in seen:
            parts.append("\n".join([f"With `{_call(kind)}`:\n", *_examples(kind, cells)]))
        else:
            parts.append("\n".join(_section(kind, cells)))
        seen.add(type(kind))
    codes = sorted({c for kind, _ in EXAMPLES for c in _codes(kind)})
    parts.append("\n".join(["## Issue codes", "", *_glossary(codes)]))
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(p.strip() for p in parts)) + "\n"


def _section(kind: Kind, cells: tuple[str, ...]) -> Iterator[str]:
    doc = inspect.cleandoc(type(kind).__doc__ or "")
    yield f"## {type(kind).__name__}"
    yield ""
    yield doc.partition("\n\nAttributes:")[0]
    yield ""
    yield from _options(kind)
    yield f"`{_call(kind)}` makes `{kind.norm()}`, `{kind.issues}`" + (
        f" and the parts {_code_list(kind.parts)}." if kind.parts else "."
    )
    yield ""
    yield from _examples(kind, cells)
    yield ""
    yield "**Checked**: " + "; ".join(f"`{rule!r}`" for rule in kind.rules()) + "."
    yield ""
    yield "**Issue codes**"
    yield ""
    for severity in SEVERITIES:
        codes = [c for c in _codes(kind) if meaning(c).severity == severity]
        if codes:
            yield f"- {severity}: {_code_list(codes)}"
    yield ""
    yield from _blocking(kind)
    yield "**Compared**"
    yield ""
    yield from _levels(kind)
    rule = kind.survivorship()
    if rule != SurvivorshipRule(kind.name):
        every = ", every different value" if rule.strategy == "union" else ""
        yield f"\n**Survives**, by this order{every}: {_order(rule)}."
    for guard in kind.guards():
        yield f"\n**Forbids a merge**: `{guard!r}`."


def _options(kind: Kind) -> Iterator[str]:
    common = {f.name for f in fields(Kind)}
    told: dict[str, str] = {}
    # what one kind says of an option holds for another that has it and says nothing
    for cls in (*(type(other) for other, _ in EXAMPLES), *reversed(type(kind).__mro__)):
        told |= dict(ATTRIBUTE.findall(inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")[2]))
    for field in fields(kind):
        if field.name not in common:
            default = "" if field.default is MISSING else f" (default `{field.default!r}`)"
            yield f"- `{field.name}`{default}: {' '.join(told[field.name].split())}"
    yield ""


def _examples(kind: Kind, cells: tuple[str, ...]) -> Iterator[str]:
    kernel = load_kernel(kind.kernel, kind.parameters())
    yield "| cell | value | parts | issues |"
    yield "|---|---|---|---|"
    for cell in cells:
        answer = kernel(cell)
        parts = [f"{p} `{answer.parts[p]}`" for p in kind.parts if answer.parts.get(p) is not None]
        value = "" if answer.value is None else f"`{answer.value}`"
        yield _row(f"`{cell}`", value, ", ".join(parts), _code_list(answer.issues))


def _blocking(kind: Kind) -> Iterator[str]:
    keys = kind.keys()
    yield "**Blocked**"
    yield ""
    for title, found in (
        ("on its own", keys.strong),
        ("together with another field", keys.weak),
        ("splits blocks that are too big", keys.narrow),
    ):
        if found:
            yield f"- {title}: {'; '.join(map(_key, found))}"
    yield ""


def _key(key: BlockingKey) -> str:
    how = "" if key.transform == "exact" else f" ({key.transform}{f' {key.length}' if key.length else ''})"
    return f"`{key.column}`{how}"


def _levels(kind: Kind) -> Iterator[str]:
    comparison = kind.comparison()
    if comparison is None:
        yield "Not at all."
        return
    yield "| gamma | level | | m | u | bits |"
    yield "|--:|---|---|--:|--:|--:|"
    levels = comparison.levels
    for gamma, level in zip(range(len(levels), 0, -1), levels, strict=True):
        bits = math.log2(level.m / level.u)
        yield _row(str(gamma), level.label, level.label_zh, f"{level.m:g}", f"{level.u:g}", f"{bits:+.1f}")
    m, u = 1 - sum(level.m for level in levels), 1 - sum(level.u for level in levels)
    yield _row("0", "else", "不同", f"{m:.4g}", f"{u:.4g}", f"{math.log2(m / u):+.1f}")


def _order(rule: SurvivorshipRule) -> str:
    return ", ".join(c.replace("_", " ") for c in rule.order)


def _codes(kind: Kind) -> tuple[str, ...]:
    module, _, _ = kind.kernel.partition(":")
    return tuple(dict.fromkeys(import_module(module).ISSUES))


def _glossary(codes: list[str]) -> Iterator[str]:
    yield "| code | severity | meaning | 含义 | what to do | 建议 |"
    yield "|---|---|---|---|---|---|"
    for code in codes:
        m = meaning(code)
        yield _row(f"`{code}`", m.severity, m.message, m.message_zh, m.suggestion, m.suggestion_zh)


def _row(*cells: str) -> str:
    return f"| {' | '.join(c.replace('|', chr(92) + '|') for c in cells)} |"


def _code_list(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{n}`" for n in names)


def _call(kind: Kind) -> str:
    given = [repr(kind.name)]
    given += [f"{f.name}={getattr(kind, f.name)!r}" for f in fields(kind)[1:] if getattr(kind, f.name) != f.default]
    return f"cq.{type(kind).__name__}({', '.join(given)})".replace("'", '"')


REFERENCE_HEAD = """# Reference

`import crmquality as cq` gives the names below; this page is written by `docs/generate.py` from their docstrings, which
are the reference: `help(cq.Pipeline)` in Python, or `python -m pydoc crmquality.normalizer.phones` for a kernel's page.
"""
KERNELS = """## Kernels

One contract for all: `normalize_<kind>(value: str | None, ...) -> Normalized`, with `value` (the canonical string or
None), `parts` and `issues`. Pure, total, idempotent.
"""


def reference_page() -> str:
    """The public names, and the kernels."""
    rows = [_row(f"`{name}`", _first_sentence(getattr(cq, name))) for name in cq.__all__]
    kernels = sorted({kind.kernel for kind, _ in EXAMPLES})
    functions = [(k, getattr(import_module(k.partition(":")[0]), k.partition(":")[2])) for k in kernels]
    listed = [_row(f"`{k.replace(':', '.')}{_arguments(f)}`", _first_sentence(f)) for k, f in functions]
    names = "\n".join(["| name | |", "|---|---|", *rows])
    table = "\n".join(["| function | |", "|---|---|", *listed])
    return f"{REFERENCE_HEAD}\n{names}\n\n{KERNELS}\n{table}\n"


def _arguments(function: Callable[..., object]) -> str:
    return str(inspect.signature(function)).replace("'", "").replace(" -> Normalized", "")


def _first_sentence(thing: object) -> str:
    first = inspect.cleandoc(getattr(thing, "__doc__", None) or "").partition("\n\n")[0]
    return " ".join(first.split())


def pages() -> dict[str, str]:
    """Every page this script writes, by its file name."""
    return {"kinds.md": kinds_page(), "reference.md": reference_page()}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
