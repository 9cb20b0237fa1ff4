"""Text that was read in the wrong encoding, and text that HTML escaped: put right where only one reading makes sense.

Four kinds of damage are known: UTF-8 read as Windows-1252 (å¼ ä¼Ÿ), GBK read as Latin-1 (±±¾©), UTF-8 read as GBK
(寮犱紵), and HTML entities (&#24352;). A repair is made only when the whole text decodes without a fault and the
outcome is what people write; anything else stays as it is. What no longer holds the text (锟斤拷, 烫烫烫, U+FFFD) is
recognized as lost.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Final

_ENTITY: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
# A lead byte of UTF-8 and a continuation byte, both as Windows-1252 or Latin-1 shows them
_UTF8_AS_1252: Final = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_SPACE_IN_CHARACTER: Final = re.compile("([\u00e0-\u00ef][\u0080-\u00bf]|[\u00c2-\u00df]) ")
_GBK_AS_LATIN1: Final = re.compile(
    "[\x20-\x40\x5b-\x60\x7b-\x7e]*(?:[\u00a1-\u00fe]{2}[\x20-\x40\x5b-\x60\x7b-\x7e]*){2,}\\Z"
)
_SYMBOL: Final = re.compile("[\u00a1-\u00bf\u00d7\u00f7]")
# What repaired text is made of: western letters and signs, Han, kana, emoji; not some rare script by chance
_PLAUSIBLE: Final = re.compile(
    "[\x20-\x7e\xa0-\u017f\u2010-\u2122\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef\U0001f300-\U0001faff]+\\Z"
)
_LOST: Final = re.compile("[锟斤拷烫屯\ufffd?\\s]+\\Z")
_LOST_SIGN: Final = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯")
# Han and ASCII, without the characters of lost text and the sign of an entity
_SOUND: Final = re.compile(
    "[\x20-\x25\x27-\x7e\u3001\u3002\u3008-\u3011\u4e00-\u5c6e\u5c70-\u70ea\u70ec-\u951e\u9520-\u9fff]+\\Z"
)
_HAN: Final = re.compile("[\u4e00-\u9fff]+\\Z")


def is_lost(text: str) -> bool:
    """Whether nothing of a text is left but the signs of a failed conversion.

    >>> is_lost("锟斤拷"), is_lost("\ufffd\ufffd"), is_lost("烫烫烫"), is_lost("烫发")
    (True, True, True, False)
    """
    return _LOST.match(text) is not None and _LOST_SIGN.search(text) is not None


def is_sound(text: str) -> bool:
    """Whether a text of Han and ASCII shows no sign of damage, in one look.

    >>> is_sound("张伟"), is_sound("寮犱紵"), is_sound("é")
    (True, False, False)
    """
    return bool(_SOUND.match(text)) and text[0] not in _utf8_as_gbk_starts()


def is_damaged(text: str) -> bool:
    """Whether a text holds a sign that stands for a lost character.

    >>> is_damaged("Jos\ufffd"), is_damaged("José")
    (True, False)
    """
    return _LOST_SIGN.search(text) is not None


def repair(text: str) -> str:
    """A text with its damage repaired; the same object where there is none that is certain.

    >>> repair("å¼\xa0ä¼Ÿ"), repair("±±¾©"), repair("寮犱紵"), repair("&#24352;&#20255;")
    ('张伟', '北京', '张伟', '张伟')
    >>> repair("café"), repair("Ã"), repair("ÄÖÜ"), repair("AT&T")
    ('café', 'Ã', 'ÄÖÜ', 'AT&T')
    """
    if "&" in text and _ENTITY.search(text):
        text = _ENTITY.sub(lambda m: html.unescape(m.group()), text)
    if text.isascii():
        return text
    if _UTF8_AS_1252.search(text):
        # a space may have been the no-break space that ended a character
        spaced = _SPACE_IN_CHARACTER.sub("\\1\xa0", text)
        decoded = _decoded(_sloppy_1252(text), "utf-8") or _decoded(_sloppy_1252(spaced), "utf-8")
        if decoded is not None and _PLAUSIBLE.match(decoded):
            return decoded
    if _GBK_AS_LATIN1.match(text):
        return _gbk(text)
    if text[0] in _utf8_as_gbk_starts():
        return _utf8_as_gbk(text)
    return text


def _decoded(data: bytes | None, encoding: str) -> str | None:
    try:
        return None if data is None else data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sloppy_1252(text: str) -> bytes | None:
    """The bytes that Windows-1252 showed as this text; the five that it leaves undefined as Latin-1 has them."""
    out = bytearray()
    for c in text:
        try:
            out += c.encode("cp1252")
        except UnicodeEncodeError:
            if ord(c) > 0xFF:
                return None
            out.append(ord(c))
    return bytes(out)


def _gbk(text: str) -> str:
    """GBK read as Latin-1: accepted when all of it is Han, and no western word could have been meant."""
    decoded = _decoded(text.encode("latin-1"), "gbk")
    if decoded is None or not _HAN.match("".join(c for c in decoded if not c.isascii())):
        return text
    # Without a symbol among the letters (ÀîÄÈ) only the characters of everyday use count: GB 2312, first level
    common = all(c.isascii() or 0xB0 <= c.encode("gbk")[0] <= 0xD7 for c in decoded)
    return decoded if _SYMBOL.search(text) or common else text


@cache
def _utf8_as_gbk_starts() -> frozenset[str]:
    """The characters that GBK shows for the first two bytes of a Han character in UTF-8."""
    pairs = (bytes((lead, second)) for lead in range(0xE4, 0xEA) for second in range(0x80, 0xC0))
    return frozenset(c for c in (_decoded(p, "gbk") for p in pairs) if c)


def _utf8_as_gbk(text: str) -> str:
    try:
        data = text.encode("gbk")
    except UnicodeEncodeError:
        return text
    decoded = _decoded(data, "utf-8")
    return decoded if decoded is not None and len(decoded) > 1 and _HAN.match(decoded) else text
