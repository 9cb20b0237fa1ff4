"""An email cell, as people fill it: addresses, names, labels, disguises, slips. Finds them; judges no address.

One pass over the cell with bounded patterns, so that time stays linear in its length.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, NamedTuple

from crmquality.normalizer.email_repairs import broken_domain, repair_cell, without_at
from crmquality.normalizer.email_typos import is_free

__all__ = ["Cell", "read_cell"]


class Cell(NamedTuple):
    """What a cell holds.

    Attributes:
        candidates: what may be addresses, in order, each with an @.
        suggestion: what may have been meant where the cell as it stands can be no address.
        display_name: the name before `<...>`.
        note: other words, without labels such as 邮箱 or Email.
        annotated: whether there were other words at all, labels too.
        repaired: whether something around or inside an address was put right: a blank, a final dot, (at), mailto.
        wrong_domain: whether what was put right in the suggestion is the domain.
    """

    candidates: tuple[str, ...]
    suggestion: str | None = None
    display_name: str = ""
    note: str = ""
    annotated: bool = False
    repaired: bool = False
    wrong_domain: bool = False


_ANGLE: Final = re.compile(r"<\s?([^<>]{3,320}?)\s?(?:>|\Z)")
_BREAK: Final = re.compile(r"[\s;,，、；。<>()\[\]{}\"“”《》【】「」『』〈〉|…]+")
_LABEL: Final = re.compile(
    r"(?:常用|个人|工作|公司|办公|私人|备用|联系|电子|我的|企业|qq|外贸|商务){0,2}"
    r"(?:邮箱|邮件|信箱|郵箱|郵件|邮址|邮件地址|伊妹儿)(?:地址|号|帐号|账号)?\d?(?:是|为)?"
    r"|(?<![A-Za-z])e[-_. ]?mails?(?: ?addr(?:ess)?)?\d?(?:地址)?(?![A-Za-z])"
    r"|(?<![A-Za-z])mails?(?: ?addr(?:ess)?)?(?![A-Za-z.])"
    r"|(?<![A-Za-z])(?:qq|msn)号?(?=[: ]*\Z)|メール(?:アドレス)?|이메일",
    re.IGNORECASE,
)
_CONJUNCTIONS: Final = frozenset("和 或 及 与 以及 或者 and or & + und et".split())  # noqa: SIM905
# Before an address these are no part of it: a word beside an address may else be the first half of its name.
_NEUTRAL: Final = frozenset(
    """address addr and at bcc business cc cell contact dear email e-mail fax from hi home is mail main me mobile msn my
    new note office old or other personal phone please pls primary private qq reply secondary send skype tel the to
    via web website wechat weixin work wx""".split()  # noqa: SIM905
)
_COUNTER: Final = re.compile(r"\d{1,2}[.)、]?\Z", re.ASCII)
_LEADING: Final = "'\"`‘’“”*:,;-=><!?/\\~·•.．|+&^#"
_TRAILING: Final = ".,;:!?'\"`‘’“”*-=><。/\\~·•|+&^#_"
_KEPT_LEADING: Final = _LEADING.replace(".", "").replace("+", "").replace("~", "").replace("!", "")
_AROUND_NOTE: Final = " ,;:.、-/|()<>\"'*=~·•&+"


def read_cell(text: str) -> Cell:
    """The candidates and words of a cell that `text.clean` has cleaned.

    >>> read_cell("邮箱: zhangsan (at) qq.com;lisi@163.com.").candidates
    ('zhangsan@qq.com', 'lisi@163.com')
    >>> read_cell("john@example,com").suggestion
    'john@example.com'
    """
    text, comments, repaired = repair_cell(text)
    if "@" not in text:
        bare = _LABEL.sub(" ", text).strip(" .,;:!?'\"`‘’“”*-=><。，；：")
        meant = without_at(bare)
        return Cell((), meant, note="" if meant else _note(text))
    broken = broken_domain(text)
    if broken is not None:
        if text.count("@") == 1:
            return Cell((), broken[1], note=_note(text.replace(broken[0], " ")), wrong_domain=True)
        text = text.replace(broken[0], " ; ", 1)
        comments.append(broken[0])
    if (angle := _ANGLE.search(text)) and "@" in angle[1]:
        cell = _angled(text, repaired)
    else:
        cell = _spread(text, repaired)
    if broken is not None and cell.suggestion is None:
        cell = cell._replace(suggestion=broken[1], wrong_domain=True)
    if comments:
        cell = cell._replace(note=" ".join((*comments, cell.note)).strip(), annotated=True)
    return cell


def _angled(text: str, repaired: bool) -> Cell:
    """Name <address>, Name <address>: as mail programs write it."""
    matches = [m for m in _ANGLE.finditer(text) if "@" in m[1]]
    candidates = [_strip(m[1]) for m in matches]
    before = text[: matches[0].start()]
    rest = "".join(text[a.end() : b.start()] + " " for a, b in pairwise(matches))
    rest += text[matches[-1].end() :]
    if "@" in before:  # zhang@qq.com<zhang@qq.com>, or addresses with and without names
        spread = _spread(before, False)
        candidates = [*spread.candidates, *candidates]
        before, rest = "", f"{spread.note} {rest}"
    if "@" in rest:
        spread = _spread(rest, False)
        candidates += spread.candidates
        rest = spread.note
    name, note = _note(before.strip(" \"'")), _note(rest)
    joined = candidates[0].replace(" ", "") if " " in candidates[0] else None
    return Cell(tuple(candidates), joined, name, note, bool(note), repaired or not name)


def _spread(text: str, repaired: bool) -> Cell:
    """Addresses with separators, labels and words between them."""
    words = [w for w in _BREAK.split(text) if w]
    candidates: list[str] = []
    others: list[str] = []
    doubtful: str | None = None
    for word in words:
        label, address = _unlabeled(word)
        stripped = _strip(address)
        if stripped.count("@") != 1 or stripped.startswith("@") or stripped.endswith("@"):
            others.append(word)
            continue
        if label and _note(label):
            others.append(label)
        elif not label and others and not candidates and f"{others[-1]} {word}" in text:
            doubtful = _doubt(others, stripped)
        elif not label and others and not candidates and _is_glued(others[-1], word, text):
            doubtful = f"{others[-1]}.{stripped}"
        repaired = repaired or stripped != address
        candidates.append(stripped)
    if len(candidates) > 1:
        others = [w for w in others if not _COUNTER.match(w)]
    note = _note(" ".join(w for w in others if w.lower() not in _CONJUNCTIONS))
    if len(candidates) == 1 and doubtful is None and others and "." not in candidates[0].rpartition("@")[2]:
        doubtful = _broken_off(candidates[0], others[-1])
    if doubtful is not None and len(candidates) == 1:
        return Cell((), doubtful, note=note)
    if not candidates:
        doubled = _doubled(text)
        return Cell((), doubled, note="" if doubled else note)
    alone = len(candidates) == 1 and not others
    return Cell(tuple(candidates), None, "", note, bool(others), repaired or (alone and candidates[0] != text))


_GLUE: Final = (",", ";", "、", ";;", ",,")


def _is_glued(before: str, word: str, text: str) -> bool:
    """Whether a word may be the first half of the address behind its comma: zhang,wei@qq.com is not of wei's.

    A name with its capital (John,jsmith@...), a label and a number say something of their own.
    """
    if not (before.isascii() and before[:1].isalpha() and before.islower()) or "@" in before:
        return False
    local = word.partition("@")[0].lower()
    if before in _NEUTRAL or _LABEL.search(before) or before in local:
        return False
    return any(f"{before}{sign}{word}" in text for sign in _GLUE)


def _doubt(before: list[str], address: str) -> str | None:
    """What was meant, where the word before an address may be the first half of it: zhang san@qq.com, 1234 567@qq.com.

    A name of the same person is no doubt (John jsmith@...), nor is a whole telephone number or a label.
    """
    word = before[-1]
    local = address.partition("@")[0]
    if not word.isascii() or word.lower() in _NEUTRAL or _LABEL.search(word):
        return None
    if word.isdigit():
        digits = "".join(w for w in before if w.isdigit())
        return digits + address if local.isdigit() and len(digits + local) < 12 else None
    if word[-1] in "_-.+" and word[:-1].isalnum() and len(before) == 1:
        return word + address
    if not word.isalpha() or any(w.lower() in local.lower() for w in before):
        return None
    if len(before) > 1 and all(w[0].isupper() for w in before):  # a whole name
        return None
    return word + address if word.islower() and len(before) == 1 else address


def _broken_off(address: str, rest: str) -> str | None:
    """zhang@q q.com: a domain with a blank in it, if it is a known one without."""
    meant = f"{address}{rest}".lower()
    return meant if is_free(meant.rpartition("@")[2]) else None


def _strip(word: str) -> str:
    return word.strip().lstrip(_KEPT_LEADING).rstrip(_TRAILING)


def _unlabeled(word: str) -> tuple[str, str]:
    """Email:zhang@qq.com as its label and the rest; likewise 张三:zhang@qq.com."""
    label, colon, rest = word.rpartition(":")
    if colon and "@" in rest and "@" not in label:
        return label, rest
    if "@" in label and "@" not in rest:  # zhang@qq.com:张三 is broken up by the caller's patterns or stays as it is
        return rest, label
    return "", word


def _note(text: str) -> str:
    return " ".join(_LABEL.sub(" ", text).split()).strip(_AROUND_NOTE)


def _doubled(text: str) -> str | None:
    """john@@example.com, @john@example.com."""
    single = re.sub(r"@{2,5}", "@", text)
    if single.count("@") == 2 and single.startswith("@"):
        single = single[1:]
    if single.count("@") == 2 and single.endswith("@"):
        single = single[:-1]
    return single if single != text and single.count("@") == 1 and " " not in single else None
