"""One phone cell being read: its runs become numbers, with what stands beside them, or a reason why there is none."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.phone_cells import Cell, Run, is_joiner, is_of_fax, note_of, says_dead
from crmquality.normalizer.phone_numbers import (
    CN_MOBILE,
    Number,
    area_of,
    by_library,
    completed,
    is_filler,
    is_filler_number,
    is_nobodys,
    is_possible,
    is_relay,
    is_short_number,
    lacks_area_code,
    repair,
    resolve,
)
from crmquality.normalizer.text import is_placeholder
from crmquality.tables import Normalized

_GROUPS: Final = re.compile(r"([/ ]+|(?<=\d)(?=\+))")
_FINE_GROUPS: Final = re.compile(r"([/ \-.]+)")
_GLUED: Final = re.compile(rf"({CN_MOBILE}\d{{8}})({CN_MOBILE}\d{{8}})\Z", re.ASCII)
# 1) and 2) before the numbers of a list; a list starts with 1, and (2) before a number may be its area code.
_LISTED: Final = re.compile(r"(?:\A|(?<=[ /]))(?:\([1-9]\)|[1-9][.)]) ?(?=[+(]?\d{3})|(?<=\d)\([2-9]\)(?=[+(]?\d{3})")
_LIST: Final = re.compile(r"\(?1[.)]")
_MOBILE: Final = re.compile(rf"{CN_MOBILE}\d{{8}}\Z", re.ASCII)
_LOCAL: Final = re.compile(r"[2-8]\d{6,7}\Z")
_VANITY: Final = re.compile(r"\+?[\d\-. ()]{3,}[A-Z][A-Z\d-]{3,}\Z")
_LOOKALIKES: Final = re.compile(r"[^A-Z][OIL]+\Z")  # 415-555-OOOO: zeros, or the letters of a name?
_BUSINESS: Final = ("toll_free", "shared_cost", "service", "premium")
_TAILS: Final = re.compile(
    r"(\(?0\d{2,3}\)?-?[2-8]\d{2,3}-?\d{4}|[48]00-?\d{3}-?\d{4}|[48]00-?\d{4}-?\d{3})((?:-\d{1,6}){2,4})\Z", re.ASCII
)
_MAX_GROUPS: Final = 24


class Reading:
    """One cell being read: the numbers found so far and what was noticed on the way."""

    def __init__(self, region: str | None) -> None:
        self.region = region
        self.numbers: list[Number] = []
        self.doubtful: list[Number] = []
        self.fillers: list[str] = []
        self.completed = False
        self.faxes: list[str] = []

    def answer(self, text: str, cell: Cell, issues: tuple[str, ...]) -> Normalized:
        """What the cell says, once every run has been read."""
        words = [cell.words[0]]
        for i, run in enumerate(cell.runs):
            joined = i > 0 and cell.words[i].strip(" ") == "/"
            n_before = len(self.numbers)
            left = self._take(run, joined=joined)
            if is_of_fax(words[-1], cell.words[i + 1], last=i == len(cell.runs) - 1):
                self.faxes += [n.e164 for n in self.numbers[n_before:]]
            if i > 0 and is_joiner(words[-1]):
                words[-1] = ""
            words += [*left, cell.words[i + 1]]
        if self.faxes:  # whoever calls wants to talk
            self.numbers.sort(key=lambda number: number.e164 in self.faxes)
        vanity = False
        if not self._found and not cell.letters and not self._filled and len(text) <= 40 and _VANITY.match(text):
            vanity = self._take_vanity(text)
            if not vanity and _LOOKALIKES.search(text):
                cell = cell._replace(letters=True)
        codes = dict.fromkeys(issues)
        if cell.damaged or cell.truncated:
            codes["spreadsheet_damage"] = None
        if self._filled:
            codes["placeholder"] = None
        note, annotated = ("", False) if vanity else note_of(tuple(words if self._found else cell.words))
        if self._found and annotated:
            codes["annotation_removed"] = None
        parts = self._describe(codes) if self._found else self._explain(cell, codes)
        if cell.masked:
            codes["masked"] = None
            parts["masked"] = cell.masked
        if note:
            parts["note"] = note
            if says_dead(note):
                codes["out_of_service"] = None
        return Normalized(self._found[0].value if self._found else None, parts, tuple(codes))

    @property
    def _found(self) -> list[Number]:
        return self.numbers or self.doubtful

    @property
    def _filled(self) -> bool:
        return bool(self.fillers or self.doubtful)

    def _describe(self, codes: dict[str, None]) -> dict[str, str | None]:
        first, *others = self._found
        parts = parts_of(first)
        codes |= dict.fromkeys(extension_issue(first))
        if others:
            codes["several_phones"] = None
            parts["others"] = " ".join(n.value for n in others)
            parts["all"] = " ".join(n.value for n in self._found)
        if self.faxes:
            parts["fax"] = " ".join(self.faxes)
            if first.e164 in self.faxes:
                codes["fax_number"] = None
        if self.completed:
            codes["completed_phone"] = None
        if self._filled:
            parts["placeholder"] = self.fillers[0] if self.fillers else self.doubtful[0].value
            if not self.numbers:
                del parts["all"]  # records never meet by it
        return parts

    def _explain(self, cell: Cell, codes: dict[str, None]) -> dict[str, str | None]:
        """Why there is no number: the most telling reason, and the digits as typed."""
        if self.fillers:
            return {"placeholder": self.fillers[0]}
        if cell.letters:
            codes["letters_for_digits"] = None
        longest = max(cell.runs, key=lambda run: len(run.digits), default=Run("", None))
        digits = longest.digits
        if cell.letters or cell.truncated or (cell.masked and len(digits) < 7):
            return {}
        parts: dict[str, str | None] = {"digits": digits} if digits else {}
        if is_relay(longest.base.replace(" ", "").replace("-", ""), self.region):
            codes["virtual_number"] = None
            parts |= {"kind": "virtual", "region": "CN"}
            if longest.extension:
                parts["extension"] = longest.extension
        elif service := self._service(longest):
            codes["service_number"] = None
            parts |= {"kind": "service"} | service
        elif lacks_area_code(digits, self.region):
            codes["missing_area_code"] = None
        elif digits and is_possible(longest.base, self.region):
            codes["possible_phone"] = None
        elif digits or not self._says_none(cell):
            codes["invalid_phone"] = None
        else:
            codes["placeholder"] = None
        return parts

    @staticmethod
    def _says_none(cell: Cell) -> bool:
        """Whether a cell without digits says that there is no number: 无电话, or a label and nothing behind it."""
        note, annotated = note_of(cell.words)
        return is_placeholder(note) or says_dead(note) if note else annotated

    def _service(self, run: Run) -> dict[str, str | None] | None:
        """The digits of a short number, 95555, and its extension; None where a run is none."""
        region, digits = self.region, run.digits
        if len(digits) > 16:
            return None
        if run.base.startswith(("+86", "0086", "86 ", "86-")):
            region, digits = "CN", digits.lstrip("0").removeprefix("86")
        extension = run.extension
        if not is_short_number(digits, region):
            head, hyphen, tail = run.base.rpartition("-")
            if not hyphen or not 4 < len(head) < 7 or len(tail) > 5 or not is_short_number(head, region):
                return None
            digits, extension = head, tail
        elif extension is None:
            head, hyphen, tail = run.base.rpartition("-")
            if hyphen and len(head) == 5 and is_short_number(head, region):
                digits, extension = head, tail
        parts: dict[str, str | None] = {"digits": digits, "region": region}
        return parts if extension is None else parts | {"extension": extension}

    def _take(self, run: Run, *, joined: bool) -> list[str]:
        """Keeps the numbers of a run; gives back what of it belongs to none of them."""
        digits = run.digits
        if number := self._whole(run):
            self._keep(number)
            weak = run.weak and number.extension is None and run.extension is not None
            return [run.extension or ""] if weak else []
        if _is_typed_filler(run.base, digits):
            self.fillers.append(digits)
            return []
        found: list[Number] = []
        left: list[str] = []
        if not run.base.isdecimal():
            found, left = self._divide(run)
        if not found and (glued := _GLUED.match(run.base)):
            found = [n for n in (resolve(glued[1], "CN"), resolve(glued[2], "CN")) if n and self.region == "CN"]
        if not found:
            found = self._further(run, joined=joined)
        for each in found:
            self._keep(each)
        if found:
            self.fillers += filter(is_filler, left)
            return [each for each in left if not is_filler(each)]
        return [run.base] if run.extension is None else [run.base, run.extension]

    def _further(self, run: Run, *, joined: bool) -> list[Number]:
        """What a run means beside the number before it; 转8001/8002/8003 says it several times."""
        found: list[Number] = []
        for base in run.base.split("/") if joined else [run.base]:
            beside = self._beside(base, run, [*self.numbers, *found], joined=joined)
            if beside is None:
                return []
            found.append(beside)
        return found

    def _whole(self, run: Run) -> Number | None:
        number = one_number(run.base, self.region, None if run.weak else run.extension)
        if number is None and (repaired := repair(run.base, self.region)):
            number = extended(repaired, None if run.weak else run.extension)
        if number is None or not run.weak or number.extension or (_is_relay(number) and len(run.extension or "") < 3):
            return number
        return extended(number, run.extension)

    def _keep(self, number: Number) -> None:
        if is_nobodys(number):
            self.fillers.append(number.national)
        elif is_filler_number(number):
            self.doubtful += [number] if number not in self.doubtful else []
        elif number not in self.numbers:
            self.numbers.append(number)

    def _divide(self, run: Run) -> tuple[list[Number], list[str]]:
        """The numbers of a run with marks between them: slashes and spaces, then any mark, then a 1) before each."""
        if found := self._extensions(run):
            return found, []
        found, left = self._split(run, _GROUPS)
        if found:
            return found, left
        found, left = self._split(run, _FINE_GROUPS)
        if found and all(len(each) <= 2 for each in left):
            return found, left
        listed = _LISTED.sub("/", run.base) if _LIST.match(run.base) else run.base
        found, left = ([], []) if listed == run.base else self._split(run._replace(base=listed.strip(" /")), _GROUPS)
        return ([], []) if left else (found, left)

    def _extensions(self, run: Run) -> list[Number]:
        """010-62781234-8001-8002 is two desks; 400-810-8888-1-2 is the keys of a menu, pressed one after another."""
        match = _TAILS.match(run.base)
        if match is None or run.extension is not None or self.region != "CN":
            return []
        number = resolve(match[1], "CN")
        if number is None or number.kind not in ("fixed_line", "shared_cost", "toll_free"):
            return []
        tails = match[2].strip("-").split("-")
        if len({len(tail) for tail in tails}) == 1 and len(tails[0]) >= 3:
            return [extended(number, tail) for tail in tails]
        return [extended(number, "".join(tails))] if max(map(len, tails)) < 3 else []

    def _split(self, run: Run, marks: re.Pattern[str]) -> tuple[list[Number], list[str]]:
        """The numbers of a run that holds several, and the groups that belong to none; nothing if it does not.

        The longest groups that make a number together come first. A group too short to be a number may stand behind
        one that was typed in one piece: "13812345678 2" is a number and a note, "138 1234 5678 9" is a mistake. Before
        one it may change its meaning, as an area code would: only a slash, or the count of a list, sets it apart.
        """
        pieces = marks.split(run.base.strip())
        groups, between = pieces[::2][:_MAX_GROUPS], ["", *pieces[1::2], ""]
        found: list[Number] = []
        left: list[str] = []
        whole = True
        at = 0
        while len(groups) > 1 and at < len(groups):
            number, end = self._longest(groups, between, at)
            if number is not None:
                found.append(number)
                whole = whole and end == at + 1
                at = end
                continue
            last = run if at == len(groups) - 1 else Run(groups[at], None)
            beside = self._beside(groups[at], last, found, joined="/" in between[at])
            if beside is None:
                left.append(groups[at])
                before = "/" in between[at + 1] or _is_count(groups, at)
                behind = "/" in between[at] or _may_follow(groups[at - 1], groups[at].strip("()"))
                if not (behind if found else before):
                    return [], []
            else:
                found.append(beside)
            at += 1
        if not found or (left and not whole and "/" not in run.base):
            return [], []
        if at and run.extension and found[-1].extension is None:
            found[-1] = extended(found[-1], run.extension)
        return found, left

    def _longest(self, groups: list[str], between: list[str], at: int) -> tuple[Number | None, int]:
        first = groups[at].lstrip("+") if at and between[at] == "" else groups[at]
        if len(first) >= 10 and self.region == "CN" and (number := resolve(first, "CN")):
            return number, at + 1
        for end in range(min(len(groups), at + 5), at, -1):
            text = " ".join((groups[at], *(g.lstrip("+") for g in groups[at + 1 : end])))
            if sum(c.isdecimal() for c in text) >= 5 and (number := one_number(text, self.region, None)):
                return number, end
        return None, at

    def _beside(self, base: str, run: Run, before: list[Number], *, joined: bool) -> Number | None:
        """What a group too short to be a number means beside the number before it.

        010-62781234/62785678: a second landline of the same area, whose code nobody types twice. 010-62345678/79: one
        that differs in its last digits. 010-62781234转8001/8002: a second extension.
        """
        if not before:
            return None
        last = before[-1]
        digits = base.replace("-", "").replace(" ", "").strip("()")
        if _LOCAL.match(digits) and (area := area_of(last)) and (number := resolve(area[0] + digits, "CN")):
            return extended(number, run.extension)
        if not joined or run.counted or not digits.isdecimal():
            return None
        if last.extension is not None:
            alike = len(digits) == len(last.extension)
            return last._replace(extension=digits) if alike and run.extension is None else None
        if len(digits) > 4 and len(last.national) > 10 and last.region == "CN":
            return None
        number = completed(last, digits)
        if number is None:
            return None
        self.completed = self.completed or number != last
        return extended(number, run.extension)

    def _take_vanity(self, text: str) -> bool:
        """1-800-FLOWERS: letters of a dial, where they make a number that nobody but a company has."""
        if _LOOKALIKES.search(text):
            return False
        number = by_library(text, self.region)
        if number is None or (number.region == "CN" and number.kind not in _BUSINESS):
            return False
        self._keep(number)
        return bool(self._found)


def _is_count(groups: list[str], at: int) -> bool:
    """Whether a group is the count of a list: one digit before a mobile of mainland China."""
    return len(groups[at]) == 1 and at + 1 < len(groups) and _MOBILE.match(groups[at + 1]) is not None


def _may_follow(number: str, digits: str) -> bool:
    """Whether digits behind a number typed in one piece are a note, and not the rest of a longer number."""
    whole = 13 >= sum(c.isdecimal() for c in number) >= 10
    return len(digits) <= (4 if whole else 2)


def _is_typed_filler(base: str, digits: str) -> bool:
    if is_filler(digits):
        return True
    code = base.lstrip("( ").startswith(("+", "00")) or len(digits) > 11
    bare = digits.removeprefix("0").removeprefix("0")
    return is_filler(bare) or (code and is_filler(bare.removeprefix("86")))


def parts_of(number: Number) -> dict[str, str | None]:
    """What a cell of one number says of it: the parts of `normalize_phone`.

    >>> parts_of(Number("+8613812345678", "13812345678", "mobile", "CN"))["kind"]
    'mobile'
    """
    parts: dict[str, str | None] = {
        "e164": number.e164,
        "national": number.national,
        "kind": number.kind,
        "region": number.region,
        "all": number.value,
    }
    if area := area_of(number):
        parts["area"], parts["city"] = area
    if number.extension is not None:
        parts["extension"] = number.extension
    return parts


def one_number(text: str, region: str | None, extension: str | None) -> Number | None:
    """The one number a text is: as it stands, or with its extension behind a hyphen or in brackets, as in China.

    >>> one_number("010-62781234-8001", "CN", None).value, one_number("010-62781234(8001)", "CN", None).value
    ('+861062781234;ext=8001', '+861062781234;ext=8001')
    """
    number = resolve(text, region)
    if number is not None:
        return extended(number, extension)
    at = max(text.rfind("-"), text.rfind("("))
    head, tail = text[: max(at, 0)], text[at + 1 :].strip(" )")
    if (
        at < 7
        or (text[at] == "(" and text[-1] != ")")
        or extension is not None
        or not 1 <= len(tail) <= 6
        or not tail.isdecimal()
    ):
        return None
    bracket = text[at] == "("
    number = resolve(head, region)
    if number is None or number.region != "CN" or (len(tail) < 3 and (bracket or number.kind == "mobile")):
        return None
    return extended(number, tail)


def _is_relay(number: Number) -> bool:
    return number.region == "CN" and (number.kind == "mobile" or number.national.startswith("950"))


def extended(number: Number, extension: str | None) -> Number:
    """The number with an extension; a mobile of mainland China becomes a relay's virtual number by it.

    >>> extended(Number("+8613812345678", "13812345678", "mobile", "CN"), "1234").kind
    'virtual'
    """
    if extension is None:
        return number
    return number._replace(extension=extension, kind="virtual" if _is_relay(number) else number.kind)


def extension_issue(number: Number) -> tuple[str, ...]:
    """What is said of a number's extension.

    >>> extension_issue(Number("+861062781234", "1062781234", "fixed_line", "CN", "8001"))
    ('extension',)
    """
    if number.kind == "service" and number.region == "CN":
        return ("service_number",) if number.extension is None else ("service_number", "extension")
    if number.extension is None:
        return ()
    return ("virtual_number",) if number.kind == "virtual" else ("extension",)
