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
from crmquality.normalizer.person_names_cells_latin import (
    is_pinyin_surname,
    read_latin_cell,
    same_sound,
    set_pinyin_family,
)
from crmquality.normalizer.person_names_eastern import read_eastern
from crmquality.normalizer.person_names_han import fill, is_full_name, no_names, simplify_name, split_name
from crmquality.normalizer.person_names_han_reading import read_han, read_masked, read_plain_han
from crmquality.normalizer.person_names_orders import hong_kong
from crmquality.normalizer.person_names_pinyin import name_key, read_pinyin
from crmquality.normalizer.person_names_words import (
    COMMON_SURNAME,
    TRANSCRIPTION,
    Found,
    han_words,
    japanese_surnames,
    latin_words,
    surname_frequencies,
    words_of_classes,
)
from crmquality.normalizer.transliteration import HAN, HAN_CHARACTER, fold, to_ascii

_BETWEEN_PEOPLE: Final = re.compile(r"\s*([/、&,;+|\\])\s*")
_BEFORE_REMARK: Final = re.compile(r"\s*[-:~>=−–—‐‑]+\s*")
# the initials of a foreign name belong to it: 乔治·W·布什
_RUN: Final = re.compile(f"(?:[A-Za-z]{{1,2}}·)*[{HAN}·]+(?:[A-Za-z]{{1,2}}·[{HAN}·]+)*|[^\\s{HAN}·][^{HAN}·]*")
_AND: Final = re.compile("[和与及跟代替转]")
_JOINERS: Final = frozenset("和与及跟")
_FOR: Final = frozenset("代替转")
_SPLIT_SURNAME: Final = re.compile(f"([{HAN}]{{1,2}})\\s*[-,，_]\\s*([{HAN}]{{1,2}})\\Z")
_FOREIGN_PAIR: Final = re.compile(f"([{HAN}]{{2,5}})\\s*[-\\s]\\s*([{HAN}]{{3,6}})\\Z")
# single characters that remark on a name they stand apart from
_SINGLE_REMARKS: Final = frozenset("男女收启")
_ALIASES: Final = ("又名", "原名", "别名", "曾用名", "化名", "笔名", "小名", "昵称", "英文名", "艺名", "网名", "乳名")


def read_cell(text: str) -> Found:
    """Everything that a cell says of a person's name.

    >>> read_cell("张伟(老客户) 13800138000").value, read_cell('Robert "Bob" Jones').nickname
    ('张伟', 'Bob')
    >>> read_cell("王伟/李娜").other, read_cell("John and Mary Smith").other
    ('李娜', 'Mary Smith')
    """
    found = Found()
    if HAN_CHARACTER.match(text) or text[0] in "*×○●□?":
        masked = read_masked(simplify_name(text)) if len(text) <= 8 and not _is_starred(text) else None
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
    eastern = read_eastern(core, found)
    if eastern:
        for aside in asides:
            found.set_note(aside.text)
        return found
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
    apart: bool = False
    """Whether a sign that stands between people came before it: 王伟/李娜."""


def _read_han_cell(core: str, asides: Sequence[Aside], found: Found) -> Found:
    simple = simplify_name(core)
    if simple != core:
        found.issue("traditional")
    tokens = _han_tokens(_joined_halves(_drop_label(simple, found)))
    best = max((t.rank for t in tokens), default=0)
    if best == 0:
        tokens, asides, best = _name_in_brackets(tokens, asides)
    if best == 0 and any(_is_latin_name(t.text) for t in tokens if not HAN_CHARACTER.search(t.text)):
        return _latin_with_han_words(tokens, asides, found)
    primary = next((t for t in tokens if t.rank == best and HAN_CHARACTER.search(t.text)), tokens[0])
    if best:
        found.absorb(read_han(primary.text))
    else:
        primary = _absorb_unknown(tokens, primary, found)
    behind = alias = False
    for token in tokens:
        if token is primary:
            behind = True
        elif HAN_CHARACTER.search(token.text):
            _take_han(token.text, found, second=best >= 1 and behind and _is_second(token, alias))
            alias = token.text in _ALIASES
        else:
            _take_latin(token, found, inside=False)
    for aside in asides:
        _take_han_aside(simplify_name(aside.text), found)
    return found


def _is_second(token: _Token, alias: bool) -> bool:
    """Whether a run of Han behind a name is another person: a whole name, or a surname with a title."""
    if token.remark or alias or token.text.startswith(_ALIASES):
        return False
    if token.rank >= 3 or (token.rank == 2 and token.apart and token.text in surname_frequencies()):
        return is_full_name(token.text) or (token.apart and len(token.text) <= 4)
    name = read_han(token.text)
    return token.rank >= 1 and name.family is not None and (name.title is not None or name.nickname is not None)


def _joined_halves(text: str) -> str:
    """张-伟 and 张,小明 as one name, 威廉 莎士比亚 as one with a dot."""
    halves = _SPLIT_SURNAME.match(text)
    if halves:
        family, given = halves.groups()
        known = surname_frequencies().get(family, 0) >= COMMON_SURNAME or (
            len(family) == 2 and family in surname_frequencies()
        )
        other = given in surname_frequencies() or given in han_words("title") or is_full_name(given)
        if known and not other and not _is_remark(given):
            return family + given
    foreign = _FOREIGN_PAIR.match(text)
    if foreign and TRANSCRIPTION.issuperset(foreign[1] + foreign[2]) and not is_full_name(foreign[1]):
        return f"{foreign[1]}·{foreign[2]}"
    return text


def _is_starred(text: str) -> bool:
    """*张伟: a mark before a whole name hides nothing."""
    return text[0] in "*●○□" and is_full_name(text[1:])


def _is_remark(text: str) -> bool:
    return text in no_names() or text in _SINGLE_REMARKS


def _name_in_brackets(tokens: list[_Token], asides: Sequence[Aside]) -> tuple[list[_Token], Sequence[Aside], int]:
    """(张伟)经理: the name stands in the brackets, and no other does outside."""
    for i, aside in enumerate(asides):
        name = simplify_name(aside.text)
        if is_full_name(name):
            return [_Token(name, False, 4), *tokens], [*asides[:i], *asides[i + 1 :]], 4
    return tokens, asides, 0


def _absorb_unknown(tokens: Sequence[_Token], first: _Token, found: Found) -> _Token:
    """No token is a name: a title alone, a department, a remark."""
    primary = next((t for t in tokens if HAN_CHARACTER.search(t.text) and t.text not in han_words("title")), first)
    found.absorb(read_han(primary.text))
    return primary


def _take_han(text: str, found: Found, *, second: bool) -> None:
    """A run of Han beside the name: a title, a second person, a remark."""
    if text in han_words("title") and text not in han_words("note"):
        found.set_title(text)
    elif second and found.other is None:
        name = read_han(text)
        found.set_other(name.value or text, text if name.title or name.nickname else None)
    else:
        found.set_note(text)
        if text in {"家人", "家属", "全家"}:
            found.issue("several_people")


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
    pieces = _BETWEEN_PEOPLE.split(text)
    for k in range(0, len(pieces), 2):
        for n, part in enumerate(p for p in _BEFORE_REMARK.split(pieces[k]) if p):
            tokens = _split_and(_merge(_RUN.findall(part)))
            out += [_Token(t, n > 0, _rank(t) if HAN_CHARACTER.search(t) else 0, k > 0) for t in tokens]
    return out


def _merge(runs: Sequence[str]) -> list[str]:
    """Pieces of one name that a space set apart: 李 雷, 王 小 明, 小明 王, 山田 太郎."""
    out: list[str] = []
    pieces = [r for r in (r.strip(" .,'") for r in runs) if r]
    for k, run in enumerate(pieces):
        if _AND.fullmatch(run) and out and k + 1 < len(pieces) and _rank(out[-1]) >= 2 and _rank(pieces[k + 1]) >= 2:
            out.append(run)  # 王五 代 李四
            continue
        last = out[-1] if out and HAN_CHARACTER.match(out[-1]) else ""
        joiner = last and _AND.fullmatch(last) and len(out) > 1
        if last and not joiner and HAN_CHARACTER.match(run) and not (run in _SINGLE_REMARKS and is_full_name(last)):
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
        if cut is None:
            out.append(token)
        else:
            acts = [token[cut]] if token[cut] in _FOR else []  # who acts for whom is kept
            out += [token[:cut], *acts, token[cut + 1 :]]
    return [t for t in out if t not in _JOINERS] if len(out) > 2 else out


def _both_names(token: str, i: int) -> bool:
    """Whether there is a person on both sides of a place: a surname alone is none."""
    sides = (token[:i], token[i + 1 :])
    return all(len(t) >= 2 and t not in surname_frequencies() and _rank(t) >= 2 for t in sides) or (
        is_full_name(sides[0]) and sides[1] in {"家人", "家属", "全家"}
    )


def _rank(token: str) -> int:
    """How much a run of Han looks like a person: 4 a whole name, 1 a surname with a title, 0 a word."""
    if not token or token in han_words("title") or _is_remark(token):
        return 0
    if is_full_name(token):
        return 4
    name = read_han(token)
    if name.full:
        return 3
    if name.family:
        return 2
    return 1 if name.given else 0


def _take_latin(token: _Token, found: Found, *, inside: bool) -> None:
    """Latin letters beside a Han name: its pinyin, a title, a degree, a western name, or a remark."""
    plain = token.text.strip(" .,'-")
    bare = plain.replace(".", "").lower()
    suffix = latin_words("suffix").get(bare) or (latin_words("suffix_marked").get(bare) if plain.isupper() else None)
    if bare in latin_words("title"):
        found.set_title(latin_words("title")[bare])
    elif suffix and found.full and len(bare) > 1:
        found.suffix = f"{found.suffix}, {suffix}" if found.suffix else suffix
        found.issue("title_removed")
    elif token.apart and found.full and found.other is None and _is_other_pinyin(plain, found):
        found.set_other(read_latin_cell(plain, [], Found()).value or plain)
    elif not _is_latin_name(plain):
        found.set_note(plain)
    elif found.family and found.given and same_sound(plain, found):
        found.set_note(plain)  # its pinyin
    elif found.given and not found.family and not inside and is_pinyin_surname(plain, found):
        set_pinyin_family(found, plain)
    elif found.family and not found.given and not found.title and not inside and plain.isalpha():
        found.given = cased(plain, first=True)
        found.given_key, found.script = name_key(plain), "mixed"
        found.value = f"{found.given} {found.family}"
        found.initials = fold(plain)[:1] + found.initials
        found.issues.remove("given_name_unknown")
    elif found.nickname is None and hong_kong(plain.split()) is None:
        found.nickname = " ".join(cased(w, first=True) for w in plain.split())
    else:
        found.set_note(plain)


def _is_other_pinyin(text: str, found: Found) -> bool:
    """王伟/Li Na: a whole Chinese name of another family."""
    words = text.split()
    return (
        2 <= len(words) <= 3
        and read_pinyin(words) is not None
        and not same_sound(text, found)
        and found.family_key not in {name_key(w) for w in words}
    )


def _is_latin_name(token: str) -> bool:
    """Whether Latin letters look like a name and not like a remark: no role, no organization, no run of one letter."""
    words = [w.strip(".,'").lower() for w in token.split()]
    known = words_of_classes("role", "organization", "label", "brand")
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
        _take_latin(_Token(text, False, 0), found, inside=True)
    elif found.family and not found.given and is_full_name(text) and text.startswith(found.family):
        # 王总(王伟): the brackets say who it is
        split = split_name(text)
        found.issues = [c for c in found.issues if c != "given_name_unknown"]
        fill(found, *(split or (found.family, None)))
    elif text[0] in _FOR and found.other is None and is_full_name(text[1:]):
        found.set_other(text[1:], text)  # 王五(代李四)
    else:
        found.set_note(text)


def _latin_with_han_words(tokens: Sequence[_Token], asides: Sequence[Aside], found: Found) -> Found:
    """David 经理, Zhang Wei 采购部: the name is in Latin letters."""
    name = next(t for t in tokens if not HAN_CHARACTER.search(t.text) and _is_latin_name(t.text))
    for token in tokens:
        if token is not name:
            _take_han(token.text, found, second=False)
    return read_latin_cell(name.text, asides, found)
