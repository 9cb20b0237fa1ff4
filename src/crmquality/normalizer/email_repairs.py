"""What is put right in an email cell before addresses are looked for, and what may have been meant where none is.

A repair is certain: the text can be no address as it stands, and there is one way to read it (zhang (at) qq.com,
zhang@qq。com, mailto:zhang@qq.com?subject=x). What has a second reading is only suggested (zhang#qq.com, zhang@qq,com).
Every pattern is bounded, so that time stays linear in the length of the cell.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final
from urllib.parse import unquote

__all__ = ["broken_domain", "repair_cell", "without_at"]

_HAN: Final = "\u3400-\u9fff"
_ENDINGS: Final = "com|net|org|edu|gov|cn|cc|co|info|biz|io|me|hk|tw|uk|de|fr|jp|kr|au|us|ca|eu|ru|sg|my|in"
_LARGE: Final = (
    "qq|163|126|139|189|188|sina|sohu|yeah|aliyun|foxmail|gmail|googlemail|hotmail|outlook|yahoo|icloud|live|msn|21cn"
)
_LARGE_DOMAIN: Final = (
    r"(?:vip\.)?(?:(?:qq|163|126|139|188|sina|sohu|aliyun|foxmail|gmail|googlemail|hotmail|outlook|yahoo|icloud|live"
    r"|msn|21cn)\.com(?:\.cn)?|189\.cn|yeah\.net)"
)
_ENCODED: Final = re.compile(r"=\?[\w\-]{3,20}\?[bq]\?[^?\s]{1,300}\?=", re.IGNORECASE)
# A link as pages and mail programs write it: the address in it stands in the text as well, or is all there is.
_LINK: Final = re.compile(r"<a\s[^<>]{0,300}?href=[\"']?mailto:([^\"'?<>\s]{1,320})[^<>]{0,600}>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?(?:a|b|br|p|span|div|td|font)\s?/?>", re.IGNORECASE)
_SCHEME: Final = re.compile(
    r"(?:mail\s?to|smtp|sip|e-?mail to)\s?:\s?(?://)?|https?:/{1,2}(?=[\w.+\-]{1,64}@)", re.IGNORECASE
)
_HEADERS: Final = re.compile(r"(@[^\s?<>]{1,253})\?[a-z\-]{1,20}=[^\s>\])]{0,2000}", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"%(?:40|2B|2D|2E|5F)", re.IGNORECASE)

# Disguises against harvesters. A bare # is left alone: john#example.com may be a slip for anything.
_AT: Final = re.compile(r"\s?[(\[{<【「《]{1,2}\s?(?:at|a|艾特|爱特|圈a|@)\s?[)\]}>】」》]{1,2}\s?", re.IGNORECASE)
_AT_SIGNS: Final = re.compile(r"\s?(?:[#_*|](?:at|艾特|爱特)[#_*|]|#at(?=[a-z0-9]))\s?", re.IGNORECASE)
_AT_HAN: Final = re.compile(r"\s?(?:艾特|爱特|圈a|小老鼠)\s?", re.IGNORECASE)
_AT_WORD: Final = re.compile(
    r"(?<=[\w.\-+])\s(?:at|AT|At)\s(?=[A-Za-z0-9][A-Za-z0-9\-]{0,62}\s?(?:\.|[(\[{]?dot|[点點]))", re.IGNORECASE
)
_AT_GLUED: Final = re.compile(r"([a-z0-9._+\-]{1,64})AT([a-z0-9\-]{1,63}(?:(?:\.|DOT)[a-z0-9\-]{1,63}){1,4})\Z")
_DOT: Final = re.compile(r"\s?[(\[{<【「《]\s?(?:dot|点|點|\.)\s?[)\]}>】」》]\s?", re.IGNORECASE)
_DOT_HAN: Final = re.compile(r"(?<=[A-Za-z0-9])\s?[点點]\s?(?=[A-Za-z0-9])")
_DOT_WORD: Final = re.compile(r"(?<=[A-Za-z0-9])\sdot\s(?=[A-Za-z0-9])", re.IGNORECASE)
_DOT_GLUED: Final = re.compile(r"(?<=[a-z0-9])DOT(?=[a-z])")

# The full stop of Chinese: a dot before letters and before the endings in Han, else the end of a sentence.
_STOP_APART: Final = re.compile(r"(@[^\s@。]{1,253})。(?=[^\s@]{1,64}@)")
_STOP_DOT: Final = re.compile(
    r"(?<=[^\s@。])。(?=[A-Za-z0-9]|(?:中国|中國|公司|网络|網絡|网址|集团|商城|政务|公益|中文网|在线|手机|企业)"
    r"(?:[^\u3400-\u9fff]|\Z))"
)
_AROUND_AT: Final = re.compile(r" ?@ ?")
_BLANK_IN_DOMAIN: Final = re.compile(
    rf"(@[A-Za-z0-9\-]{{1,63}})(?: \. ?|\. )((?:{_ENDINGS})(?:\.[A-Za-z]{{2}})?)(?![A-Za-z0-9\-@])", re.IGNORECASE
)
_BLANK_IN_ENDING: Final = re.compile(
    r"(@[A-Za-z0-9\-]{1,63}\.(?:com|net|org|edu|gov|co|ac))(?: \. ?|\. )([A-Za-z]{2})(?![A-Za-z0-9\-@])", re.IGNORECASE
)
_COMMENT_BEFORE: Final = re.compile(r"(?<=[\w.+\-])\(([^()@<>]{0,80})\)(?=@)")
_COMMENT_AFTER: Final = re.compile(r"(?<=@)\(([^()@<>]{0,80})\)")

# Words stuck to an address: 张三zhangsan@qq.com, zhangsan@qq.com手机. Addresses of both scripts are hardly in use.
_STUCK_BEFORE: Final = re.compile(
    r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[/|\\\-_:~·—.]{0,2}(?=[A-Za-z0-9][\w.+\-]{0,63}@[A-Za-z0-9\-]{1,63}\.)"
)
_STUCK_AFTER: Final = re.compile(
    r"(@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,4}?\.[A-Za-z]{2,6})"
    r"(?:[\-_~—–·]{0,3}|\.(?=[^\s.]{1,64}(?:\s|\Z)))(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
_PHONE_BEFORE: Final = re.compile(r"(?<!\d)(\d{7,15})[/|](?=[^@\s]{1,64}@)", re.ASCII)
_STUCK_DIGITS: Final = re.compile(r"(@[A-Za-z0-9\-]{1,63}\.(?:com|cn|net|com\.cn))(?=\d{5,20}(?![A-Za-z0-9.\-@]))")
# Signs that no domain holds, after a domain and before a further address; and those that only a known ending ends.
_APART: Final = re.compile(r"(@[A-Za-z0-9.\-]{1,253}?)[.\-]{0,2}[^\w.\-@\s<>()]{1,10}(?=[^@\s]{1,64}@)")
_APART_AFTER_ENDING: Final = re.compile(
    rf"(@[A-Za-z0-9\-]{{1,63}}(?:\.[A-Za-z0-9\-]{{1,63}}){{0,3}}?\.(?:{_ENDINGS}))[_\-.]{{1,3}}"
    r"(?=[A-Za-z0-9][^@\s._\-]{0,62}@)",
    re.IGNORECASE,
)
_AFTER_DOMAIN: Final = re.compile(r"(@[A-Za-z0-9.\-]{1,253}[A-Za-z])[/|\\+=~*&#!%^]{1,3}(?=[^@\s]{1,200}(?:\s|\Z))")

_WRONG_SIGN: Final = re.compile(
    rf"([\w.\-+]{{2,64}}?)\s?[#$%^&*!~=:;,?¥¢\"'|/\\ ]\s?({_LARGE_DOMAIN})\Z", re.IGNORECASE | re.ASCII
)
_HASH: Final = re.compile(r"([\w.\-+]{1,64})#([\w\-]{1,60}(?:\.[A-Za-z\-]{2,10}){1,3})\Z")
_NO_AT: Final = re.compile(rf"(?!www\.|https?:)([\w.\-+]{{2,64}}?[^\W.\-])({_LARGE_DOMAIN})\Z", re.IGNORECASE)
_NO_AT_DIGITS: Final = re.compile(r"([1-9]\d{4,10})[.,。、]{1,2}(qq\.com)\Z", re.IGNORECASE | re.ASCII)
_AT_IN_HYPHENS: Final = re.compile(
    r"([a-z0-9_+\-]{1,64}?)[.\-]at[.\-]([a-z0-9\-]{2,63}(?:\.[a-z]{2,10}){1,2})\Z", re.IGNORECASE
)
_BROKEN: Final = re.compile(
    r"(@(?:vip[.,])?[A-Za-z0-9\-]{1,60})[.]?[,，、;:·'/\\ 。*`]{1,2}[.]?"
    r"(com?|con|net|org|cn|edu|gov|cmo|comm|cm)(?:[.,，、 。]([a-z]{2}))?(?![\w@\-]|\.\w)",
    re.IGNORECASE,
)
# zhang@sina.com,cn: the country behind another sign than a dot
_BROKEN_COUNTRY: Final = re.compile(
    r"(@[A-Za-z0-9\-]{1,60}(?:\.[A-Za-z0-9\-]{1,60})?)\.(com|net|org|edu|gov|co|ac)[,，、;:·'/\\。*`]{1,2}(cn|hk|tw|uk|jp)"
    r"(?![\w@\-]|\.\w)",
    re.IGNORECASE,
)
_LOCAL_AT_END: Final = re.compile(r"[\w.+\-]{1,64}\Z")
_BROKEN_LARGE: Final = re.compile(rf"(@(?:vip\.)?(?:{_LARGE}))[_\-]{{1,2}}(com|net|cn)(?![\w@\-]|\.\w)", re.IGNORECASE)


def repair_cell(text: str) -> tuple[str, list[str], bool]:
    """A cell with everything put right that has one reading, the comments in it, and whether an address was changed.

    Addresses that stood together with another sign than a blank have one between them.

    >>> repair_cell("zhang [at] qq [dot] com")
    ('zhang@qq.com', [], True)
    >>> repair_cell("mailto:john(work)@example.com?subject=Hi")
    ('john@example.com', ['work'], True)
    """
    whole = text
    text = _unwrap(text)
    text = _undisguise(text)
    if "@" not in text:
        return text, [], text != whole
    if _is_spelled_out(text):
        text = text.replace(" ", "")
    comments: list[str] = []
    if "。" in text:
        text = _STOP_DOT.sub(".", _STOP_APART.sub(r"\1 ", text)).replace("。", " ").strip()
    if " " in text:
        text = _AROUND_AT.sub("@", text)
        text = _BLANK_IN_ENDING.sub(r"\1.\2", _BLANK_IN_DOMAIN.sub(r"\1.\2", text))
    if "(" in text:
        for pattern in (_COMMENT_BEFORE, _COMMENT_AFTER):
            comments += [c for c in pattern.findall(text) if c]
            text = pattern.sub("", text)
    if not text.isascii():
        text = _STUCK_AFTER.sub(r"\1 ", _STUCK_BEFORE.sub(r"\1 ", text))
    text = _PHONE_BEFORE.sub(r"\1 ", text)
    text = _STUCK_DIGITS.sub(r"\1 ", text)
    repaired = text != whole
    if text.count("@") > 1:
        text = _APART_AFTER_ENDING.sub(r"\1 ", _APART.sub(r"\1 ", text))
    return _AFTER_DOMAIN.sub(r"\1 ", text), comments, repaired


def _unwrap(text: str) -> str:
    """Links, schemes and their headers."""
    if "=?" in text:
        text = _ENCODED.sub(lambda m: _decoded(m[0]), text)
    if "&commat;" in text:
        text = text.replace("&commat;", "@")
    if "<" in text:
        text = _TAG.sub(" ", _LINK.sub(r" \1 ", text))
    if ":" in text:
        bare = _SCHEME.sub(" ", text)
        if bare != text:
            text = _HEADERS.sub(r"\1", bare)
    if "%" in text and (_ESCAPED.search(text) and ("@" not in text or "%40" not in text)):
        text = unquote(text, errors="replace") if "@" not in text else _ESCAPED.sub(lambda m: unquote(m[0]), text)
    return " ".join(text.split())


def _decoded(word: str) -> str:
    """A word of a mail's header in its own script (RFC 2047)."""
    try:
        ((raw, charset),) = decode_header(word)
        decoded = raw.decode(charset or "ascii") if isinstance(raw, bytes) else raw
    except (ValueError, LookupError, HeaderParseError):  # UnicodeError is a ValueError
        return word
    return decoded if decoded.isprintable() and "@" not in decoded else word


def _undisguise(text: str) -> str:
    """(at), [dot], 艾特, and the words at and dot between what can only be the two sides of an address."""
    hidden = text
    text = _AT.sub("@", text)
    if "@" not in text:
        text = _AT_SIGNS.sub("@", text, count=1)
    if "@" not in text:
        text = _AT_HAN.sub("@", text, count=1)
    if "@" not in text:
        text = _AT_WORD.sub("@", text, count=1)
    if "@" not in text and (glued := _AT_GLUED.match(text)):
        text = f"{glued[1]}@{_DOT_GLUED.sub('.', glued[2])}"
    if text != hidden or "@" in text:
        text = _DOT_HAN.sub(".", _DOT.sub(".", text))
        if "." not in text.rpartition("@")[2] or text != hidden:
            text = _DOT_WORD.sub(".", text)
    return text


def _is_spelled_out(text: str) -> bool:
    """z h a n g @ q q . c o m."""
    return text.count(" ") * 2 + 1 == len(text) and len(text) > 8


def without_at(text: str) -> str | None:
    """The address that may have been meant where the @ was forgotten or is another sign.

    >>> without_at("john#example.com"), without_at("1784106170qq.com"), without_at("zhang gmail.com")
    ('john@example.com', '1784106170@qq.com', 'zhang@gmail.com')
    """
    if len(text) > 320:
        return None
    for pattern in (_HASH, _NO_AT_DIGITS, _WRONG_SIGN, _NO_AT, _AT_IN_HYPHENS):
        if match := pattern.match(text):
            return f"{match[1]}@{match[2]}"
    return None


def broken_domain(text: str) -> tuple[str, str] | None:
    """An address whose domain has another sign for its dot, as it stands and as it was meant.

    >>> broken_domain("john@example,com"), broken_domain("zhang@sina,com,cn"), broken_domain("a@b.com,c@d.com")
    (('john@example,com', 'john@example.com'), ('zhang@sina,com,cn', 'zhang@sina.com.cn'), None)
    >>> broken_domain("zhang@sina.com,cn")
    ('zhang@sina.com,cn', 'zhang@sina.com.cn')
    """
    match = _BROKEN.search(text) or _BROKEN_COUNTRY.search(text) or _BROKEN_LARGE.search(text)
    local = None if match is None else _LOCAL_AT_END.search(text[max(match.start() - 64, 0) : match.start()])
    if match is None or local is None:
        return None
    country = None if match.re is _BROKEN_LARGE else match[3]
    meant = match[1].replace("@vip,", "@vip.") + "." + match[2] + (f".{country}" if country else "")
    return local[0] + match[0], local[0] + meant
