"""Single hard values: what each field's expectation means, and the table of those that pass.

A case has `id`, `field`, `raw`, `context` (the region of a phone, the order of a date, the scheme of an id, what an
email is told of), `expected` and `agreed`. Meaning is compared, not letters: case, dots and marks inside a name or a
street are ours to choose, and so are `ü` as `u` and spaces between syllables. `expected` None means: refuse or flag.

Every adapter gives what is said and what is expected in one form; a case passes where the two are equal.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict, cast

from crmquality.intervals import wilson
from crmquality.normalizer.addresses import normalize_address
from crmquality.normalizer.dates import DateOrder, normalize_date
from crmquality.normalizer.emails import normalize_email
from crmquality.normalizer.identifiers import normalize_identifier
from crmquality.normalizer.mojibake import repair
from crmquality.normalizer.organizations import normalize_organization_name
from crmquality.normalizer.person_names import normalize_family_name, normalize_person_name
from crmquality.normalizer.phones import normalize_phone
from crmquality.normalizer.text import normalize_text
from crmquality.normalizer.transliteration import to_ascii, to_simplified
from crmquality.tables import Normalized
from crmquality.validator.codes import meaning


class Case(TypedDict):
    """One hard value, as the file has it."""

    id: str
    field: str
    raw: str
    context: str
    expected: str | list[str | None] | None
    note: str
    agreed: bool


Pair = tuple[object, object]
"""What is said, what is expected: equal where the case passes."""

REFUSED = "refused or flagged"
SCHEMES = {
    "cn_id": "cn.ric",
    "uscc": "cn.uscc",
    "cn_orgcode": "cn.org_code",
    "cn_bizlicence": "cn.registration_no",
    "tw_id": "tw.id",
    "hk_id": "hk.id",
    "us_ssn": "us.ssn",
    "us_ein": "us.ein",
    "iban": "iban",
    "vat": "vatin",
    "luhn": "luhn",
}


def letters(text: object) -> str:
    """Letters and digits in lower case: what is left of a name when case, dots and marks are ours to choose."""
    return "".join(c for c in str(text or "").casefold() if c.isalnum())


def is_refused(answer: Normalized) -> bool:
    """No value, or one that a code of severity error says not to use."""
    return answer.value is None or any(meaning(code).severity == "error" for code in answer.issues)


def is_flagged_filler(answer: Normalized, case: Case) -> bool:
    """A placeholder that the case wants flagged. Ours counts it as missing and says so; the value may be a part."""
    flag = any(word in case["note"] + case["context"] for word in ("flag", "placeholder"))
    return flag and "placeholder" in answer.issues


def single(answer: Normalized, case: Case) -> Pair:
    """The plain comparison of a value, with refusals and placeholders."""
    if case["expected"] is None:
        return (REFUSED if is_refused(answer) else answer.value), REFUSED
    if is_flagged_filler(answer, case):
        return case["expected"], case["expected"]
    return answer.value, case["expected"]


def phone(case: Case) -> Pair:
    return single(normalize_phone(case["raw"], region=case["context"] or None), case)


def email(case: Case) -> Pair:
    """The address, and what the context asks for beside it: a class, a suggestion, the mailbox to compare."""
    answer = normalize_email(case["raw"])
    parts = answer.parts
    said, expected = single(answer, case)
    if said is not None and said != REFUSED:
        said, expected = str(said).casefold(), str(expected).casefold()
    word, _, wanted = case["context"].partition(" ")
    if word in ("role", "disposable", "free") and parts.get(word) != "true":
        return f"not {word}", expected
    if word == "suggest" and wanted and not (parts.get("suggestion") or "").endswith(f"@{wanted}"):
        return f"suggestion {parts.get('suggestion')}", expected
    if word == "multiple" and not parts.get("others"):
        return "no others", expected
    key = re.search(r"key (\S+)", case["note"])
    if key is not None and unicodedata.normalize("NFC", key[1]).casefold() not in (
        parts.get("mailbox"),
        parts.get("suggestion"),
        parts.get("ascii"),
    ):
        return f"mailbox {parts.get('mailbox')}", expected
    return said, expected


def person_en(case: Case) -> Pair:
    answer = normalize_person_name(case["raw"])
    if is_flagged_filler(answer, case):
        return "flagged", "flagged"
    names = ("title", "given", "middle", "family", "suffix")
    expected = cast("list[str | None]", case["expected"])
    # A Cyrillic о among Latin letters is flagged, and read as the Latin letter it looks like
    alike = to_ascii if "mixed_script" in answer.issues else str
    said = [letters(answer.parts.get(name)) for name in names]
    return [alike(s) for s in said], [alike(letters(part)) for part in expected]


def person_zh(case: Case) -> Pair:
    """Ours is the simplified form; the original stays in the raw column."""
    parts = normalize_person_name(case["raw"]).parts
    expected = cast("list[str | None]", case["expected"])
    said = [to_simplified(parts.get(name) or "") for name in ("family", "given")]
    return said, [to_simplified(part or "") for part in expected]


def surname_pinyin(case: Case) -> Pair:
    """One toneless word: ü is u."""
    expected = str(case["expected"]).replace(" ", "").replace("ü", "u")
    return normalize_family_name(case["raw"]).parts.get("key"), expected


def company(case: Case) -> Pair:
    """The core, with & for and."""
    core = normalize_organization_name(case["raw"]).parts.get("core") or ""
    return re.sub(r"\band\b", "&", core.casefold()), str(case["expected"] or "")


def identifier(case: Case) -> Pair:
    answer = normalize_identifier(case["raw"], scheme=SCHEMES[case["context"]])
    if case["expected"] is not None and is_refused(answer):
        return REFUSED, case["expected"]
    return single(answer, case)


def date(case: Case) -> Pair:
    """A month or a year stays one: no full date is the refusal that a missing day asks for."""
    order = cast("DateOrder | None", case["context"].upper() if case["context"] in ("mdy", "dmy") else None)
    answer = normalize_date(case["raw"], order=order, serial="unix" if case["context"] == "unix" else None)
    if case["expected"] is None and len(answer.value or "") < len("2024-01-05"):
        return REFUSED, REFUSED
    return single(answer, case)


def transliteration(case: Case) -> Pair:
    """What the note calls a surname is read as one, which is another function of ours."""
    if case["note"] == "surname":
        return surname_pinyin(case)
    return to_ascii(case["raw"]).casefold(), str(case["expected"]).replace("ü", "u")


def mojibake(case: Case) -> Pair:
    """The repair alone: as a field, a text that is nothing but a sign is a placeholder."""
    if case["expected"] is None:
        return single(normalize_text(case["raw"]), case)
    return repair(case["raw"]), case["expected"]


def address_us(case: Case) -> Pair:
    """ZIP codes by their five digits."""
    parts = normalize_address(case["raw"], region="US").parts
    said = [parts.get(name) or "" for name in ("number", "street", "unit", "city", "state")]
    expected = [part or "" for part in cast("Sequence[str | None]", case["expected"])]
    return (
        [*(" ".join(s.upper().split()) for s in said), (parts.get("postcode") or "")[:5]],
        [*(" ".join(e.upper().split()) for e in expected[:5]), expected[5][:5]],
    )


def address_zh(case: Case) -> Pair:
    """The divisions as parts; the rest is what the canonical line has behind them."""
    answer = normalize_address(case["raw"], region="CN")
    divisions = [answer.parts.get(name) for name in ("province", "city", "district")]
    head = "".join(dict.fromkeys(name for name in divisions if name))
    line = answer.value or ""
    rest = line[len(head) :] if line.startswith(head) else line
    return [*divisions, rest], list(cast("list[str | None]", case["expected"]))


ADAPTERS: dict[str, Callable[[Case], Pair]] = {
    "phone": phone,
    "email": email,
    "person_en": person_en,
    "person_zh": person_zh,
    "surname_pinyin": surname_pinyin,
    "company": company,
    "id": identifier,
    "date": date,
    "transliteration": transliteration,
    "mojibake": mojibake,
    "address_us": address_us,
    "address_zh": address_zh,
}


def print_cases(path: Path, *, show: bool) -> None:
    """One line per field: agreed and disputed cases that pass, and the ids of those that fail."""
    cases = cast("list[Case]", json.loads(path.read_text(encoding="utf-8")))
    print(f"\n{'hard cases':<16}{'agreed':>12}{'disputed':>12}  {'95 % interval':<18}fail (* agreed)")
    for field, adapter in ADAPTERS.items():
        found = [(case, adapter(case)) for case in cases if case["field"] == field]
        failed = [(case, pair) for case, pair in found if pair[0] != pair[1]]
        agreed, disputed = (
            (sum(pair[0] == pair[1] for case, pair in found if case["agreed"] is side), side) for side in (True, False)
        )
        counts = [f"{good}/{sum(case['agreed'] is side for case, _ in found)}" for good, side in (agreed, disputed)]
        ends = wilson(len(found) - len(failed), len(found))
        interval = "" if ends is None else f"{ends[0]:.3f} to {ends[1]:.3f}"
        ids = " ".join(case["id"].split("-")[-1] + "*" * case["agreed"] for case, _ in failed)
        print(f"{field:<16}{counts[0]:>12}{counts[1]:>12}  {interval:<18}{ids}")
        if show:
            for case, (said, expected) in failed:
                print(f"    {case['id']} {case['raw']!r} -> {said!r}, {expected!r}")
