"""Text that was read in the wrong encoding, and text that HTML escaped: put right where only one reading makes sense.

Damage of Latin letters (å¼ ä¼Ÿ, JosÃ©, once or several times over, in part of a cell or all of it, by way of
Windows-1252, Latin-1, CP437 or Mac Roman) is ftfy's field. What ftfy leaves to others is here: GBK read as Latin-1
(±±¾©), Big5 read as Latin-1 (¤ý¤p©ú), UTF-8 read as GBK (寮犱紵, Garc铆a), the byte order mark in each of these, and
HTML entities (&#24352;). A repair is made only when the text decodes without a fault and the outcome is what people
write; anything else stays as it is. What no longer holds the text (锟斤拷, 烫烫烫, U+FFFD) is recognized as lost.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import cache
from typing import Final

_ENTITY: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
# A lead byte of UTF-8 and a continuation byte, both as Windows-1252 or Latin-1 shows them
_UTF8_AS_1252: Final = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
# What CP437 and Mac Roman show for such bytes: frames and signs of mathematics, beside letters
_UTF8_AS_DOS_OR_MAC: Final = re.compile(
    "[\u2500-\u259f\u2310\u20a7\u2030\u2202\u220f\u2211\u221a\u221e\u222b\u2248\u2260\u2264\u2265\u25ca]"
    "|[\u0393\u0398\u03a3\u03a6\u03a9\u03c3\u03c4][\u00a0-\u00ff\u0152\u0192]"
)
_SPACE_IN_CHARACTER: Final = re.compile("([\u00e0-\u00ef][\u0080-\u00bf]|[\u00c2-\u00df]) ")
_GBK_AS_LATIN1: Final = re.compile(
    "[\x20-\x40\x5b-\x60\x7b-\x7e]*(?:[\u00a1-\u00fe]{2}[\x20-\x40\x5b-\x60\x7b-\x7e]*){2,}\\Z"
)
# The everyday characters of Big5 begin with a byte from A4 to C6; their second byte may be ASCII
_BIG5_AS_LATIN1: Final = re.compile("(?:[\u00a4-\u00c6][\x40-\x7e\u00a1-\u00fe]){2,}\\Z")
_BYTE_ORDER_MARKS: Final = ("\ufeff", "\u00ef\u00bb\u00bf")
_SYMBOL: Final = re.compile("[\u00a1-\u00bf\u00d7\u00f7]")
# What repaired text is made of: western letters and signs, Han, kana, emoji; not some rare script by chance
_PLAUSIBLE: Final = re.compile(
    "[\x20-\x7e\xa0-\u017f\u2010-\u2122\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef\U0001f300-\U0001faff]+\\Z"
)
_LOST: Final = re.compile("[锟斤拷烫屯\ufffd?\\s]+\\Z")
_LOST_SIGN: Final = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯")
# A Latin letter of UTF-8 that GBK shows as a Han character inside a word (Garc铆a), where the character is one that
# nobody writes between small Latin letters; 鈥 is what is left of a curly quotation mark
_LATIN_AS_GBK: Final = re.compile(
    "(?<=[A-Za-z])[茅眉铆谩莽枚茂锚卯贸艡膷艩艂艅艣臋艧臒脽酶]{1,2}(?=[a-z])|(?<=[A-Za-z])鈥[\u4e00-\u9fff]"
)
# Han and ASCII, without the characters of lost text and the sign of an entity
_SOUND: Final = re.compile(
    "[\x20-\x25\x27-\x7e\u3001\u3002\u3008-\u3011\u4e00-\u5c6e\u5c70-\u70ea\u70ec-\u9224\u9226-\u9517\u9519-\u951e"
    "\u9520-\u9fff]+\\Z"
)
# The same without ASCII letters, among which a Han character can be a broken Latin one
_SOUND_HAN: Final = re.compile(
    "[\x20-\x25\x27-\x40\u3001\u3002\u3008-\u3011\u4e00-\u5c6e\u5c70-\u70ea\u70ec-\u9224\u9226-\u9517\u9519-\u951e"
    "\u9520-\u9fff]+\\Z"
)
# Letters with accents one by one among ASCII, as words have them; broken text has them in rows
_HARMLESS: Final = re.compile("(?:[\x00-\x7f]++|[\u00c0-\u024f](?![\u0080-\uffff]))+\\Z")
_HAN: Final = re.compile("[\u4e00-\u9fff]+\\Z")
_HAN_AND_SIGNS: Final = re.compile("[\u3001\u3002\u3008-\u3011\uff01-\uff5e\u00b7\u4e00-\u9fff]+\\Z")
_MOST_ROUNDS: Final = 4
"""Text that went through a wrong encoding more often than this is not worth a further look."""


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
    if _SOUND_HAN.match(text):
        return text[0] not in _utf8_as_gbk_starts()
    return (
        _SOUND.match(text) is not None and text[0] not in _utf8_as_gbk_starts() and _LATIN_AS_GBK.search(text) is None
    )


def is_damaged(text: str) -> bool:
    """Whether a text holds a sign that stands for a lost character.

    >>> is_damaged("Jos\ufffd"), is_damaged("José"), is_damaged("涓?浗")
    (True, False, True)
    """
    # UTF-8 read as GBK loses the bytes that are no character there
    return _LOST_SIGN.search(text) is not None or ("?" in text and text[0] in _utf8_as_gbk_starts())


def repair(text: str) -> str:
    """A text with its damage repaired; the same object where there is none that is certain.

    >>> repair("å¼\xa0ä¼Ÿ"), repair("±±¾©"), repair("寮犱紵"), repair("&#24352;&#20255;")
    ('张伟', '北京', '张伟', '张伟')
    >>> repair("JosÃƒÂ© Ã‰douard"), repair("张伟 CafÃ©"), repair("¤ý¤p©ú"), repair("Garc铆a"), repair("ï»¿张伟")
    ('José Édouard', '张伟 Café', '王小明', 'García', '张伟')
    >>> repair("café"), repair("Ã"), repair("ÄÖÜ"), repair("AT&T")
    ('café', 'Ã', 'ÄÖÜ', 'AT&T')
    """
    if "&" in text and _ENTITY.search(text):
        text = _ENTITY.sub(lambda m: html.unescape(m.group()), text)
    if _HARMLESS.match(text):
        return text
    for _ in range(_MOST_ROUNDS):
        before = text
        if text.isascii():
            break
        text = _decode_once(text)
        if text == before:
            break
    return text


def _decode_once(text: str) -> str:
    for mark in _BYTE_ORDER_MARKS:
        text = text.removeprefix(mark)
    if _UTF8_AS_1252.search(text):
        # a space may have been the no-break space that ended a character
        spaced = _SPACE_IN_CHARACTER.sub("\\1\xa0", text)
        decoded = _decoded(_sloppy_1252(text), "utf-8") or _decoded(_sloppy_1252(spaced), "utf-8")
        if decoded is not None and _PLAUSIBLE.match(decoded):
            return decoded
    if _GBK_AS_LATIN1.match(text):
        repaired = _gbk(text)
        if repaired != text:
            return repaired
    if _BIG5_AS_LATIN1.match(text):
        data = text.encode("latin-1")
        decoded, other = _decoded(data, "big5"), _decoded(data, "gbk")
        # Cyrillic, Greek and kana of GBK are Han in Big5
        if decoded is not None and _HAN.match(decoded) and (other is None or _HAN_AND_SIGNS.match(other)):
            return decoded
    if _LATIN_AS_GBK.search(text):
        text = _LATIN_AS_GBK.sub(lambda m: _decoded(m.group().encode("gbk"), "utf-8") or m.group(), text)
    if text[:1] in _utf8_as_gbk_starts():
        return _utf8_as_gbk(text)
    if _UTF8_AS_1252.search(text) or _UTF8_AS_DOS_OR_MAC.search(text):
        return _fix_encoding()(text)
    return text


@cache
def _fix_encoding() -> Callable[[str], str]:
    from ftfy import fix_encoding

    return fix_encoding


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
    if decoded is None or not _HAN_AND_SIGNS.match("".join(c for c in decoded if not c.isascii())):
        return text
    # Without a symbol among the letters (ÀîÄÈ) only the characters of everyday use count: GB 2312, first level
    common = all(c.isascii() or 0xB0 <= c.encode("gbk")[0] <= 0xD7 or c.encode("gbk")[0] <= 0xA3 for c in decoded)
    return decoded if _SYMBOL.search(text) or common else text


@cache
def _utf8_as_gbk_starts() -> frozenset[str]:
    """The characters that GBK shows for the first two bytes of a Han character in UTF-8, or of a byte order mark."""
    pairs = [bytes((lead, second)) for lead in range(0xE4, 0xEA) for second in range(0x80, 0xC0)]
    return frozenset(c for c in (_decoded(p, "gbk") for p in (*pairs, b"\xef\xbb")) if c)


def _utf8_as_gbk(text: str) -> str:
    try:
        data = text.encode("gb18030")  # bytes that are no character of GBK were shown as private ones
    except UnicodeEncodeError:
        return text
    decoded = (_decoded(data, "utf-8") or "").removeprefix("\ufeff")
    n_han = sum(1 for c in decoded if "\u4e00" <= c <= "\u9fff")
    marked = data.startswith(b"\xef\xbb\xbf")
    return decoded if _PLAUSIBLE.match(decoded) and (n_han > 1 or marked) else text
