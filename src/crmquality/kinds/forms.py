"""The simple rules as JSON Schema, so that a web form checks what the validator will check.

The schema is of a record of canonical values by field name, in the dialect of draft 2020-12. It is never stricter than
the validator: what it refuses, a rule of severity "error" refuses too. What JSON Schema cannot say, or says otherwise
than the rule (a regular expression with \\d is Unicode's here and ASCII's there), is not exported; `left_out` names it,
and so does `x-not-exported` in the schema itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from crmquality.declarations import JSON
from crmquality.kinds.base import Kind
from crmquality.kinds.birth_date import Date
from crmquality.kinds.email import Email
from crmquality.kinds.text import Number
from crmquality.kinds.url import Url
from crmquality.validator import AnyOf, Between, Matches, OneOf, Required, ValidationRule
from crmquality.validator.findings import Flag

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_NOT_BLANK: Final = r"[^ \t\r\n\u00a0\u3000]"
# What Rust's regex and ECMA-262 read alike: no classes of Unicode's making, flags, anchors, names, or sets in sets
_ALIKE: Final = re.compile(
    r"(?:[^\\\[\](){}^$?*+]|\\[.*+?(){}\[\]\\|/^$\-]|\(\?:|\((?!\?)|\)|\[\^?(?:[^\\\[\]&~\-]|\\[\]\\\-^]|\w-\w|-(?=\]))+\]"
    r"|\{[0-9]+(?:,[0-9]*)?\}|[?*+]\??)*\Z",
    re.ASCII,
)


@dataclass(frozen=True)
class FormSchema:
    """A JSON Schema, and what it does not say.

    Attributes:
        schema: the schema, JSON-ready.
        left_out: the rules that are not in it.
    """

    schema: dict[str, JSON]
    left_out: tuple[ValidationRule, ...]


def form_schema(kinds: Sequence[Kind], rules: Iterable[ValidationRule]) -> FormSchema:
    """The JSON Schema of a form with these fields.

    Each property has a `title` (the field), its constraints, and `x-messages`: for each keyword the finding that the
    validator would give, with `code`, `severity`, and `en` and `zh`, the words of both languages.

    Args:
        kinds: the fields, in the form's order.
        rules: the rules; those of severity "error" that JSON Schema can say become constraints.

    >>> from crmquality.kinds import Code, Email, Number
    >>> form = form_schema((Email("email"), Number("age")), (Required("email"), Between("age", 0, 150)))
    >>> form.schema["required"], form.schema["properties"]["age"]["maximum"], form.left_out
    (['email'], 150, ())
    >>> form.schema["properties"]["email"]["x-messages"]["required"]["zh"]
    '缺少必填的值。'
    """
    properties: dict[str, dict[str, JSON]] = {k.name: _of_kind(k) for k in kinds}
    required: list[JSON] = []
    together: list[JSON] = []
    left = [rule for rule in rules if not _is_error(rule) or not _export(rule, properties, required, together)]
    schema: dict[str, JSON] = {"$schema": DIALECT, "type": "object", "properties": dict(properties)}
    if required:
        schema["required"] = required
    if together:
        schema["allOf"] = together
    schema["x-not-exported"] = [repr(rule) for rule in left]
    return FormSchema(schema, tuple(left))


def _is_error(rule: ValidationRule) -> bool:
    return len(rule.checks) == 1 and Flag.of(*rule.checks[0], severity=rule.severity).severity == "error"


def _of_kind(kind: Kind) -> dict[str, JSON]:
    """What every canonical value of a kind is; a missing value is null, or left out."""
    types: list[JSON] = ["string", "number", "null"] if isinstance(kind, Number) else ["string", "null"]
    out: dict[str, JSON] = {"title": kind.name, "type": types}
    if isinstance(kind, Email):
        out["format"] = "idn-email"
    elif isinstance(kind, Date):
        out["anyOf"] = [{"format": "date"}, {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2})?$"}]
    elif isinstance(kind, Url):
        out["pattern"] = "^https?://"
    out["x-messages"] = {}
    return out


def _export(
    rule: ValidationRule, properties: dict[str, dict[str, JSON]], required: list[JSON], together: list[JSON]
) -> bool:
    """Put a rule into the schema; False where that cannot be."""
    if isinstance(rule, AnyOf):
        one_of: list[JSON] = [
            {"required": [n], "properties": {n: {"not": {"type": "null"}, "pattern": _NOT_BLANK}}} for n in rule.fields
        ]
        together.append({"anyOf": one_of, "x-messages": {"anyOf": _words(rule)}})
        return True
    if not isinstance(rule, Required | OneOf | Matches | Between) or rule.field not in properties:
        return False
    of = properties[rule.field]
    if isinstance(rule, Required):
        if rule.field in required:
            return True
        required.append(rule.field)
        of["type"] = [t for t in _types(of) if t != "null"]
        _say(rule, of, {"pattern": _NOT_BLANK, "minLength": 1}, "required")
        return True
    if isinstance(rule, OneOf):
        # a missing value is for Required to refuse
        _say(rule, of, {"enum": [*rule.values, None, ""]}, "enum")
        return True
    if isinstance(rule, Matches):
        if not _ALIKE.match(rule.pattern):
            return False
        _say(rule, of, {"pattern": f"^(?:(?:{rule.pattern})|[ \\t\\r\\n\\u00a0\\u3000]*)$"}, "pattern")
        return True
    bounds = {"minimum": rule.low, "maximum": rule.high}
    if any(isinstance(b, str) for b in bounds.values()):
        return False
    of["type"] = list(dict.fromkeys([*_types(of), "number"]))
    for keyword, bound in bounds.items():
        if bound is not None:
            _say(rule, of, {keyword: bound}, keyword)
    return True


def _types(of: dict[str, JSON]) -> list[JSON]:
    types = of["type"]
    return types if isinstance(types, list) else [types]


def _say(rule: ValidationRule, of: dict[str, JSON], constraints: dict[str, JSON], keyword: str) -> None:
    """Add constraints, beside those of the same keyword that are there already, and the words for them."""
    again = {k: v for k, v in constraints.items() if k in of}
    of.update({k: v for k, v in constraints.items() if k not in again})
    if again:
        more = of.setdefault("allOf", [])
        assert isinstance(more, list)
        more.append(again)
    messages = of["x-messages"]
    assert isinstance(messages, dict)
    for name in dict.fromkeys((keyword, *constraints)):
        messages.setdefault(name, _words(rule))


def _words(rule: ValidationRule) -> JSON:
    field, code = rule.checks[0]
    flag = Flag.of(field, code, getattr(rule, "expected", ""), rule.severity)
    return {
        "code": code,
        "severity": flag.severity,
        "en": flag.message,
        "zh": flag.message_zh,
        "suggestion": flag.suggestion,
        "suggestion_zh": flag.suggestion_zh,
    }
