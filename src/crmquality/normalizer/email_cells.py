"""An email cell, as people fill it: addresses, names, labels, disguises, slips. Finds them; judges no address.

One pass over the cell with bounded patterns, so that time stays linear in its length.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


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


_MAILTO: Final = re.compile(r"mailto:([^?\s]{1,320})(?:\?\S{0,500})?", re.IGNORECASE)
# Disguises against harvesters. A bare # is left alone: john#example.com may be a slip for anything.
_AT: Final = re.compile(r"\s?(?:[(\[{<#](?:at|a|艾特)[)\]}>#]|#at#?)\s?", re.IGNORECASE)
_AT_WORD: Final = re.compile(r"\sat\s", re.IGNORECASE)
_DOT: Final = re.compile(r"\s?(?:[(\[{<](?:dot|点)[)\]}>]|\sdot\s)\s?", re.IGNORECASE)
# Words stuck to an address: 张三zhangsan@qq.com, zhangsan@qq.com手机. Addresses of both scripts are hardly in use.
_STUCK_BEFORE: Final = re.compile(r"([\u3400-\u9fff])(?=[A-Za-z0-9][\w.+\-]{0,63}@[A-Za-z0-9\-]{1,63}\.)")
_STUCK_AFTER: Final = re.compile(
    r"(@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,4}\.[A-Za-z]{2,6})(?=[\u3400-\u9fff])"
)
_AROUND_AT: Final = re.compile(r" ?@ ?")
_BLANK_BEFORE_ENDING: Final = re.compile(r"(@[\w\-.]{1,60}) ?\. ?([A-Za-z]{2,6}(?:\.[A-Za-z]{2})?)\Z")
_ANGLE: Final = re.compile(r"<([^<>]{3,320})>")
_COMMA: Final = re.compile(r"(@[\w\-]{1,60})[,，、;]([A-Za-z]{2,3})(?![\w.@\-])")
_HASH: Final = re.compile(r"([\w.\-+]{1,64})#([\w\-]{1,60}(?:\.[A-Za-z\-]{2,10}){1,3})\Z")
_NO_AT: Final = re.compile(
    r"(?!www\.|https?:)([\w.\-+]{2,60}?[^\W.\-])((?:vip\.)?(?:qq|163|126|139|sina|sohu|foxmail|gmail|hotmail|outlook|yahoo)"
    r"\.com|189\.cn|yeah\.net)\Z",
    re.IGNORECASE,
)
_SLASH: Final = re.compile(r"(@[^/|\s@]{1,253})[/|](?=[^/|\s@]{1,64}@)")
_BREAK: Final = re.compile(r"[\s;,，、；。<>()\[\]{}\"“”《》|]+")
_LABEL: Final = re.compile(
    r"(?:电子)?(?:邮箱|邮件|信箱|郵箱|郵件|邮址)(?:地址)?\d?|e-?mail(?: ?address)?\d?|(?<![A-Za-z])mail"
    r"|qq(?:号|邮箱)?(?=[: ])",
    re.IGNORECASE,
)
_LEADING: Final = "'\"`‘’“”*:,;-=><"
_TRAILING: Final = ".,;:!?'\"`‘’“”*-=><。"


def read_cell(text: str) -> Cell:
    """The candidates and words of a cell that `text.clean` has cleaned.

    >>> read_cell("邮箱: zhangsan (at) qq.com;lisi@163.com.").candidates
    ('zhangsan@qq.com', 'lisi@163.com')
    >>> read_cell("john@example,com").suggestion
    'john@example.com'
    """
    whole = text
    text = _MAILTO.sub(r"\1", text)
    text = text.replace("。", ".").replace("．", ".").replace("｡", ".")
    hidden = text
    text = _AT.sub("@", text)
    if "@" not in text:
        text = _AT_WORD.sub("@", text, count=1)
    if text != hidden:
        text = _DOT.sub(".", text)
    text = _BLANK_BEFORE_ENDING.sub(r"\1.\2", _AROUND_AT.sub("@", text))
    if not text.isascii():
        text = _STUCK_AFTER.sub(r"\1 ", _STUCK_BEFORE.sub(r"\1 ", text))
    if "@" not in text:
        return Cell((), _without_at(text), note=_note(text))
    repaired = text != whole
    if (angle := _ANGLE.search(text)) and "@" in angle[1]:
        return _angled(text, repaired)
    if comma := _COMMA.search(text):
        meant = text[: comma.start()] + comma[1] + "." + comma[2]
        return Cell((), _BREAK.split(meant)[-1], wrong_domain=True)
    return _spread(text, repaired)


def _angled(text: str, repaired: bool) -> Cell:
    """Name <address>, Name <address>: as mail programs write it."""
    candidates = tuple(_strip(m[1]) for m in _ANGLE.finditer(text) if "@" in m[1])
    name = _note(text[: text.index("<")].strip(" \"'"))
    rest = _note(text[text.index(">") + 1 :]) if len(candidates) == 1 else ""
    return Cell(candidates, None, name, rest, bool(rest), repaired or not name)


def _spread(text: str, repaired: bool) -> Cell:
    """Addresses with separators, labels and words between them."""
    words = [w for w in _BREAK.split(_SLASH.sub(r"\1 ", text)) if w]
    candidates: list[str] = []
    others: list[str] = []
    doubtful = False
    for word in words:
        stripped = _strip(_unlabeled(word))
        if stripped.count("@") != 1 or stripped.startswith("@") or stripped.endswith("@"):
            others.append(word)
            continue
        # "zhang san@qq.com": san@qq.com may be somebody else, unless the word before is a name of the same person.
        before = others[-1] if others and not candidates else ""
        if before.isascii() and before.isalpha() and not _LABEL.search(before):
            doubtful = before.lower() not in stripped.lower()
        repaired = repaired or stripped != word
        candidates.append(stripped)
    note = _note(" ".join(others))
    if doubtful:
        return Cell((), candidates[0], note=note)
    if not candidates:
        return Cell((), _doubled(text), note=note)
    alone = len(candidates) == 1 and not others
    return Cell(tuple(candidates), None, "", note, bool(others), repaired or (alone and candidates[0] != text))


def _strip(word: str) -> str:
    return word.strip().lstrip(_LEADING).rstrip(_TRAILING)


def _unlabeled(word: str) -> str:
    """Email:zhang@qq.com without its label."""
    label, colon, rest = word.partition(":")
    return rest if colon and "@" in rest and "@" not in label else word


def _note(text: str) -> str:
    return " ".join(_LABEL.sub(" ", text).split()).strip(" ,;:.、-/|()<>\"'")


def _without_at(text: str) -> str | None:
    """What may have been meant where the @ was forgotten or is another sign."""
    text = _strip(text)
    if len(text) > 320 or " " in text:
        return None
    if match := _HASH.match(text):
        return f"{match[1]}@{match[2]}"
    if match := _NO_AT.match(text):
        return f"{match[1]}@{match[2]}"
    return None


def _doubled(text: str) -> str | None:
    """john@@example.com."""
    single = re.sub(r"@{2,5}", "@", text)
    return single if single != text and single.count("@") == 1 and " " not in single else None
