"""What stands around a Chinese name: brackets, branches, second names, notes, and the person who works there."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from crmquality.normalizer.organizations_branches import BRANCH, unit_of_branch
from crmquality.normalizer.organizations_forms import PARTNERSHIPS, find_form, is_form_only
from crmquality.normalizer.organizations_industries import ends_with_industry, is_generic
from crmquality.normalizer.organizations_places import Place, place_at_start, place_of_bracket
from crmquality.normalizer.organizations_reading import is_note, second_name
from crmquality.normalizer.transliteration import HAN_RUN
from crmquality.reference import read_table

EDGES: Final = " .,;:、。·-_/|\\'!?~+=—–"
_SEPARATOR: Final = re.compile(r"\s*[-—–_/|,;、:+@~]+\s*|\s+")
_GROUPS: Final = frozenset({"集团", "控股集团"})
_MOST_NOTES: Final = 4
_MOST_PIECES: Final = 6


class Around:
    """What has been found so far; one name's worth of state."""

    __slots__ = (
        "branch", "branch_in_brackets", "front", "group", "issues", "notes", "other", "other_kind", "partnership",
        "place", "place_behind", "short",
    )  # fmt: skip

    def __init__(self) -> None:
        self.place: Place | None = None
        self.place_behind = self.partnership = self.branch = self.other = self.other_kind = self.short = self.front = ""
        self.group = self.branch_in_brackets = False
        self.notes: list[str] = []
        self.issues: list[str] = []

    def found(self) -> tuple[object, ...]:
        """What would be lost from the value: to see whether a bracket was taken off."""
        return len(self.notes), self.other, self.partnership, self.short

    def take_second(self, text: str) -> bool:
        """A second name with its label, if the text is one."""
        name, kind = second_name(text)
        if not name:
            return False
        if kind == "short" and not self.short:
            self.short = name
        elif not self.other:
            self.other, self.other_kind = name, kind
        else:
            self.notes.append(text)
        return True

    def take_other(self, name: str, kind: str) -> None:
        """Another name in the cell; a note where one is there already."""
        if self.other:
            self.notes.append(name)
        else:
            self.other, self.other_kind = name, kind

    def take_bracket(self, inside: str, *, at_end: bool) -> str:
        """What a bracket holds, unless it is a part of another kind; then that part is kept, and nothing returned."""
        inside = inside.strip(EDGES)
        place = place_of_bracket(inside)
        if place is not None:
            if self.place is None:
                self.place, self.place_behind = place, inside if at_end else ""
        elif inside in PARTNERSHIPS:
            self.partnership = inside
        elif inside in _GROUPS:
            self.group = True
        elif is_note(inside):
            self.notes.append(inside)
        elif self.take_second(inside):
            pass
        elif at_end and BRANCH.search(inside):
            self.branch_in_brackets = not self.branch
            self.branch = self.branch or inside
        elif inside.isascii() and any(c.isalpha() for c in inside):
            self.take_other(inside, "foreign")
        elif at_end and inside:
            self.notes.append(inside)
        else:
            return inside
        return ""

    def take_tail(self, tail: str) -> None:
        """What stands behind the legal form."""
        rest, brackets = without_brackets(tail)
        for inside in brackets:
            self.take_bracket(inside, at_end=True)
        rest = rest.strip(EDGES)
        if not rest or rest == "公司" or self.take_second(rest):
            return
        if is_form_only(rest):  # 有限公司有限公司
            self.issues.append("repaired")
        elif not self._take_branch(rest.replace(" ", ""), spaced=_SEPARATOR.search(rest) is not None):
            self._take_rest(rest)

    def _take_branch(self, text: str, *, spaced: bool) -> bool:
        """A branch behind a legal form, and a department or a person behind it."""
        unit = ""
        if not _is_branch(text, spaced=spaced):
            text, unit = unit_of_branch(text)
            if not is_note(unit) and not _may_be_person(unit):
                return False
        self.branch, self.branch_in_brackets = text, False
        if unit:
            self.notes.append(unit)
        return True

    def _take_rest(self, rest: str) -> None:
        if (rest.isascii() and sum(c.isalpha() for c in rest) >= 4 and not is_note(rest)) or find_form(rest):
            self.take_other(rest, "foreign" if rest.isascii() else "second")
        elif (place := place_of_bracket(rest)) is not None:
            if self.place is None:
                self.place, self.place_behind = place, rest
        elif " " in rest and not is_note(rest):  # 深圳 张三
            for piece in rest.split()[:_MOST_PIECES]:
                if self.place is None and (place := place_of_bracket(piece)) is not None:
                    self.place, self.place_behind = place, piece
                else:
                    self.notes.append(piece)
            self.notes += rest.split(maxsplit=_MOST_PIECES)[_MOST_PIECES:]
        else:
            self.notes.append(rest)


def _is_branch(text: str, *, spaced: bool) -> bool:
    """Whether what stands behind a legal form names a part of the organization: 北京分公司, 杭州供电公司, 深圳工厂.

    A department in a place is one (广州研发中心), a department alone is a note; so are words apart (深圳 张三).
    """
    if len(text) > 24 or "有限" in text:
        return False
    place = place_at_start(text)
    if is_note(text) and (place is None or not BRANCH.search(text) or place.end == len(text)):
        return False
    behind = text[place.end :] if place and not spaced else ""
    return bool(BRANCH.search(text)) or text.endswith("公司") or (len(behind) > 1 and not is_note(behind))


def without_brackets(text: str) -> tuple[str, list[str]]:
    """A text without its brackets, and what they held; a bracket that never closes counts as closed by the end.

    >>> without_brackets("上海分公司(已注销)(旧")
    ('上海分公司', ['已注销', '旧'])
    """
    if "(" not in text:
        return text.replace(")", ""), []
    outside: list[str] = []
    inside: list[str] = []
    for i, piece in enumerate(text.split("(")):
        if i == 0:
            outside.append(piece.replace(")", ""))
            continue
        held, closed, after = piece.partition(")")
        inside.append(held)
        outside.append(after.replace(")", "") if closed else "")
    return " ".join(o for o in outside if o), inside


def drop_notes(text: str, around: Around) -> str:
    """A name without 有限, without the brackets and pieces at its end that are no part of it."""
    for _ in range(_MOST_NOTES):
        if text.endswith(")"):
            opening = text.rfind("(")
            inside = text[opening + 1 : -1]
            if opening <= 0 or inside == "集团":
                return text
            around.take_bracket(inside, at_end=True)
        else:
            pieces = list(_SEPARATOR.finditer(text))
            opening = pieces[-1].start() if pieces else 0
            piece = text[pieces[-1].end() :] if pieces else ""
            if opening <= 0:
                return text
            if is_note(piece) or _is_person(piece, text[:opening]):
                around.notes.append(piece)
            elif not around.take_second(piece):
                return text
        text = text[:opening].strip(EDGES)
    return text


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row["surname"] for row in read_table("han_surnames.csv"))


def _is_person(text: str, name: str) -> bool:
    """Whether a piece behind a company is the name of a person: 小米科技 张伟."""
    if not 2 <= len(text) <= 3 or not HAN_RUN.fullmatch(text) or not ends_with_industry(name.rstrip(EDGES)):
        return False
    return _may_be_person(text)


def _may_be_person(text: str) -> bool:
    """Whether a short text can be a person's name: a surname first, and neither a trade nor a place."""
    if not 2 <= len(text) <= 3 or text[0] not in _surnames():
        return False
    return not ends_with_industry(text) and not is_generic(text) and place_of_bracket(text) is None


def legal_name_in_brackets(text: str, start: int, end: int) -> tuple[str, str]:
    """A name whose form, from `start` to `end`, stands in a bracket: the name in it, and the one before it.

    >>> legal_name_in_brackets("小米(北京小米科技有限公司)", 9, 13)
    ('北京小米科技有限公司', '小米')
    """
    opening = text.rfind("(", 0, start)
    if opening < 0 or start < opening + 3 or text.rfind(")", 0, start) > opening or not text.startswith(")", end):
        return text, ""
    inner, rest = text[opening + 1 : end], text[end + 1 :]
    return inner + rest, text[:opening].strip(EDGES)
