"""What a cell with a person's name holds beside the name: brackets, phones, remarks, second persons, two scripts.

A cell is taken apart from the outside in: electronic addresses and digits, brackets and quotes, signs that are no
part of a name; then what is left is read in its script.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crmquality.normalizer.person_names_apart import (
    LATIN,
    OTHER_SCRIPT,
    Aside,
    has_letters,
    repair_lookalikes,
    take_apart,
)
from crmquality.normalizer.person_names_casing import cased
from crmquality.normalizer.person_names_cells_latin import read_latin_cell, same_sound
from crmquality.normalizer.person_names_han import (
    fill,
    is_full_name,
    read_han,
    read_masked,
    read_plain_han,
    simplify_name,
    split_name,
)
from crmquality.normalizer.person_names_pinyin import name_key
from crmquality.normalizer.person_names_words import (
    Found,
    han_words,
    japanese_surnames,
    latin_words,
    surname_frequencies,
)
from crmquality.normalizer.transliteration import HAN, HAN_CHARACTER, fold, to_ascii

_BETWEEN_PEOPLE: Final = re.compile(r"\s*[/、&,;+|\\]\s*")
_BEFORE_REMARK: Final = re.compile(r"\s*[-:~>=−–—‐‑]+\s*")
_RUN: Final = re.compile(f"[{HAN}·]+|[^\\s{HAN}·][^{HAN}·]*")
_AND: Final = re.compile("[和与及跟]")


def read_cell(text: str) -> Found:
    """Everything that a cell says of a person's name.

    >>> read_cell("张伟(老客户) 13800138000").value, read_cell('Robert "Bob" Jones').nickname
    ('张伟', 'Bob')
    >>> read_cell("王伟/李娜").other, read_cell("John and Mary Smith").other
    ('李娜', 'Mary Smith')
    """
    found = Found()
    if HAN_CHARACTER.match(text):
        masked = read_masked(simplify_name(text)) if len(text) <= 8 else None
        if masked is not None:
            return masked
    core, asides = take_apart(repair_lookalikes(text, found), found)
    if not has_letters(core):
        # all of it stood in brackets: 【张伟】
        core, asides = next((a.text for a in asides if has_letters(a.text)), ""), []
    if not has_letters(core):
        found.issue("not_a_person")
        return found
    if HAN_CHARACTER.search(core) and not OTHER_SCRIPT.search(core):
        return _read_han_cell(core, asides, found)
    if LATIN.search(core) and not OTHER_SCRIPT.search(core) and not HAN_CHARACTER.search(core):
        return read_latin_cell(core, asides, found)
    return _read_other(core, asides, found)


def read_spaced_han(text: str) -> Found | None:
    """Han with spaces in it that is one name: 李 雷, 王伟 先生; None where it could be more than that.

    >>> read_spaced_han("李 雷").value, read_spaced_han("张伟 李娜")
    ('李雷', None)
    """
    simple = simplify_name(text)
    tokens = _merge(simple.split(" "))
    found = None
    if len(tokens) == 1:
        found = read_plain_han(tokens[0])
    elif len(tokens) == 2 and tokens[1] in han_words("title") and tokens[0] not in han_words("title"):
        found = read_plain_han(tokens[0])
        if found is not None and found.family:
            found.set_title(tokens[1])
        else:
            found = None
    if found is not None and simple != text:
        found.issues.insert(0, "traditional")
    return found


def _read_other(core: str, asides: Sequence[Aside], found: Found) -> Found:
    """Another script: nothing is known of its order, and the key is what its letters sound like."""
    found.script = "mixed" if LATIN.search(core) or HAN_CHARACTER.search(core) else "other"
    found.value = core
    found.issue("family_name_unknown")
    found.issue("given_name_unknown")
    found.initials = "".join(w[:1] for w in fold(to_ascii(core)).split())
    for aside in asides:
        found.set_note(aside.text)
    return found


# ---------------------------------------------------------------------------------------------------------- Han


@dataclass(frozen=True, slots=True)
class _Token:
    """A run of one script, and whether it stood behind a sign that begins a remark (张伟-采购部)."""

    text: str
    remark: bool
    rank: int


def _read_han_cell(core: str, asides: Sequence[Aside], found: Found) -> Found:
    simple = simplify_name(core)
    if simple != core:
        found.issue("traditional")
    tokens = _han_tokens(_drop_label(simple, found))
    best = max((t.rank for t in tokens), default=0)
    if best == 0 and any(_is_latin_name(t.text) for t in tokens if not HAN_CHARACTER.search(t.text)):
        return _latin_with_han_words(tokens, asides, found)
    primary = next((t for t in tokens if t.rank == best and HAN_CHARACTER.search(t.text)), tokens[0])
    if best:
        found.absorb(read_han(primary.text))
    else:
        primary = _absorb_unknown(tokens, primary, found)
    behind = False
    for token in tokens:
        if token is primary:
            behind = True
        elif HAN_CHARACTER.search(token.text):
            second = best >= 1 and token.rank >= 2 and behind and not token.remark and found.other is None
            _take_han(token.text, found, second=second)
        else:
            _take_latin(token.text, found, inside=False)
    for aside in asides:
        _take_han_aside(simplify_name(aside.text), found)
    return found


def _absorb_unknown(tokens: Sequence[_Token], first: _Token, found: Found) -> _Token:
    """No token is a name: a title alone, a department, a remark."""
    primary = next((t for t in tokens if HAN_CHARACTER.search(t.text) and t.text not in han_words("title")), first)
    name = read_han(primary.text)
    if primary.text in han_words("note") or primary.text in han_words("place"):
        name = Found(value=primary.text, script="han", issues=["not_a_person"])
    found.absorb(name)
    return primary


def _take_han(text: str, found: Found, *, second: bool) -> None:
    """A run of Han beside the name: a title, a second person, a remark."""
    if text in han_words("title"):
        found.set_title(text)
    elif second:
        found.other = read_han(text).value
        found.issue("several_people")
    else:
        found.set_note(text)


def _drop_label(text: str, found: Found) -> str:
    """姓名:张伟, 联系人 张伟 without their label."""
    for label in han_words("label") if len(text) > 2 else ():
        if text.startswith(label):
            rest = text[len(label) :].lstrip(" :-")
            if len(rest) < len(text) - len(label) and rest:
                found.issue("annotation_removed")
                return rest
    return text


def _han_tokens(text: str) -> list[_Token]:
    """The runs of Han and of Latin words in a cell."""
    out: list[_Token] = []
    for piece in _BETWEEN_PEOPLE.split(text):
        for n, part in enumerate(p for p in _BEFORE_REMARK.split(piece) if p):
            tokens = _split_and(_merge(_RUN.findall(part)))
            out += [_Token(t, n > 0, _rank(t) if HAN_CHARACTER.search(t) else 0) for t in tokens]
    return out


def _merge(runs: Sequence[str]) -> list[str]:
    """Pieces of one name that a space set apart: 李 雷, 王 小 明, 小明 王, 山田 太郎."""
    out: list[str] = []
    for run in (r.strip(" .,'") for r in runs):
        if not run:
            continue
        last = out[-1] if out and HAN_CHARACTER.match(out[-1]) else ""
        if last and HAN_CHARACTER.match(run):
            surnames = surname_frequencies()
            if (last in surnames or last in japanese_surnames()) and len(run) <= 5 and not is_full_name(run):
                out[-1] = last + run
                continue
            if last in surnames and len(run) <= 2:
                out[-1] = last + run
                continue
            if len(run) == 1 and len(last) <= 3 and (split_name(last) or len(last) == 1):
                out[-1] = last + run
                continue
            if run in surnames and len(last) <= 2 and not split_name(last):
                out[-1] = run + last
                continue
        out.append(run)
    return out


def _split_and(tokens: Sequence[str]) -> list[str]:
    """王伟和李娜 as two tokens, 王和平 as one: what stands on both sides has to be a name."""
    out: list[str] = []
    for token in tokens:
        cut = next((m.start() for m in _AND.finditer(token) if _both_names(token, m.start())), None)
        out += [token] if cut is None else [token[:cut], token[cut + 1 :]]
    return out


def _both_names(token: str, i: int) -> bool:
    """Whether there is a person on both sides of a place: a surname alone is none."""
    return all(len(t) >= 2 and t not in surname_frequencies() and _rank(t) >= 2 for t in (token[:i], token[i + 1 :]))


def _rank(token: str) -> int:
    """How much a run of Han looks like a person: 4 a whole name, 1 a surname with a title, 0 a word."""
    if token in han_words("title") or token in han_words("note") or token in han_words("place") or not token:
        return 0
    if is_full_name(token):
        return 4
    name = read_han(token)
    if name.full:
        return 3
    if name.family:
        return 2
    return 1 if name.given else 0


def _take_latin(token: str, found: Found, *, inside: bool) -> None:
    """Latin letters beside a Han name: its pinyin, a title, a western name, or a remark."""
    plain = token.strip(" .,'-")
    bare = plain.replace(".", "").lower()
    if bare in latin_words("title"):
        found.set_title(latin_words("title")[bare])
    elif not _is_latin_name(plain):
        found.set_note(plain)
    elif found.family and found.given and same_sound(plain, found):
        pass
    elif found.family and not found.given and not found.title and not inside and plain.isalpha():
        found.given = cased(plain, first=True)
        found.given_key, found.script = name_key(plain), "mixed"
        found.value = f"{found.given} {found.family}"
        found.initials = fold(plain)[:1] + found.initials
        found.issues.remove("given_name_unknown")
    elif found.nickname is None:
        found.nickname = " ".join(cased(w, first=True) for w in plain.split())
    else:
        found.set_note(plain)


def _is_latin_name(token: str) -> bool:
    """Whether Latin letters look like a name and not like a remark: no role, no organization, no run of one letter."""
    words = [w.strip(".,'").lower() for w in token.split()]
    known = latin_words("role").keys() | latin_words("organization").keys() | latin_words("label").keys()
    letters = fold(token).replace(" ", "")
    return (
        bool(words)
        and len(words) <= 4
        and len(set(letters)) > 1
        and not any(w in known or w in latin_words("title") for w in words)
        and (
            not token.isupper() or len(letters) > 4 or name_key(letters) != letters or any(c in "AEIOUY" for c in token)
        )
    )


def _take_han_aside(text: str, found: Found) -> None:
    if text in han_words("title"):
        found.set_title(text)
    elif not HAN_CHARACTER.search(text):
        _take_latin(text, found, inside=True)
    elif found.family and not found.given and is_full_name(text) and text.startswith(found.family):
        # 王总(王伟): the brackets say who it is
        split = split_name(text)
        found.issues = [c for c in found.issues if c != "given_name_unknown"]
        fill(found, *(split or (found.family, None)))
    else:
        found.set_note(text)


def _latin_with_han_words(tokens: Sequence[_Token], asides: Sequence[Aside], found: Found) -> Found:
    """David 经理, Zhang Wei 采购部: the name is in Latin letters."""
    name = next(t for t in tokens if not HAN_CHARACTER.search(t.text) and _is_latin_name(t.text))
    for token in tokens:
        if token is not name:
            _take_han(token.text, found, second=False)
    return read_latin_cell(name.text, asides, found)
