"""Names in kana and Hangul: Japanese ones behind a known surname, Korean ones with a surname of the common ones."""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.person_names_han import fill, simplify_name, surname_pinyin
from crmquality.normalizer.person_names_words import Found, japanese_surnames, surname_frequencies
from crmquality.normalizer.transliteration import HAN, fold, to_ascii

_HONORIFIC: Final = re.compile("(さん|様|さま|殿|君|くん|ちゃん|先生|先輩|氏|님|씨|선생님)\\Z")
_KANA_GIVEN: Final = re.compile(f"([{HAN}]{{1,3}})[ ]?([\u3041-\u3096\u30a1-\u30fa\u30fc]{{2,6}})\\Z")
_HANGUL: Final = re.compile("([\uac00-\ud7a3]{1,2}?)[ ]?([\uac00-\ud7a3]{1,2})\\Z")
# The common surnames of Korea as their bearers spell them; the given name is spelled by its letters.
_KOREAN_WORDS: Final = """
    김 kim 이 lee 박 park 최 choi 정 jung 강 kang 조 cho 윤 yoon 장 jang 임 lim 한 han 오 oh 서 seo
    신 shin 권 kwon 황 hwang 안 ahn 송 song 전 jeon 홍 hong 유 yoo 고 ko 문 moon 양 yang 손 son 배 bae
    백 baek 허 heo 남 nam 심 shim 노 noh 하 ha 곽 kwak 성 sung 차 cha 주 joo 우 woo 구 koo 민 min
    나 na 진 jin 지 ji 엄 um 채 chae 원 won 천 cheon 방 bang 공 kong 현 hyun 함 ham 변 byun 염 yeom
    여 yeo 추 choo 도 do 소 so 석 seok 선 sun 설 seol 마 ma 길 gil 연 yeon 위 wi 표 pyo 명 myung
    기 ki 반 ban 왕 wang 금 keum 옥 ok 육 yook 인 in 맹 maeng 제 je 모 mo 탁 tak 국 kook 남궁 namkung
    황보 hwangbo 제갈 jegal 선우 sunwoo
"""
_KOREAN: Final = dict(zip(_KOREAN_WORDS.split()[::2], _KOREAN_WORDS.split()[1::2], strict=True))


def read_eastern(text: str, found: Found) -> bool:
    """Fill `found` with a name in kana or Hangul, where its halves can be told.

    >>> found = Found()
    >>> read_eastern("김민준", found), found.family, found.given, found.family_key, found.given_key
    (True, '김', '민준', 'kim', 'minjun')
    """
    honorific = _HONORIFIC.search(text)
    rest = text[: honorific.start()].rstrip() if honorific else text
    if not rest:
        return False
    done = _read_hangul(rest, found) or _read_kana(rest, found) or (bool(honorific) and _read_surname(rest, found))
    if done and honorific:
        found.set_title(honorific.group())
    return done


def _read_hangul(text: str, found: Found) -> bool:
    match = _HANGUL.match(text)
    if match is None:
        return False
    whole = match.group(1) + match.group(2)
    family = next((whole[:n] for n in (2, 1) if whole[:n] in _KOREAN and 1 <= len(whole) - n <= 2), None)
    if family is None:
        return False
    given = whole[len(family) :]
    found.family, found.given, found.value, found.script = family, given, whole, "other"
    found.family_key, found.given_key = _KOREAN[family], _sound(given)
    found.initials = "".join([found.family_key[:1], *[_sound(c)[:1] for c in given]])
    return True


def _sound(hangul: str) -> str:
    return fold(to_ascii(hangul)).replace(" ", "")


def _read_kana(text: str, found: Found) -> bool:
    match = _KANA_GIVEN.match(simplify_name(text))
    if match is None or not (match.group(1) in japanese_surnames() or match.group(1) in surname_frequencies()):
        return False
    family, given = match.groups()
    families = surname_pinyin(family)
    found.family, found.given, found.value, found.script = family, given, family + given, "mixed"
    found.family_key, found.given_key = "".join(families), _sound(given)
    found.initials = "".join([*[s[0] for s in families], found.given_key[:1]])
    return True


def _read_surname(text: str, found: Found) -> bool:
    simple = simplify_name(text)
    if simple not in japanese_surnames() and simple not in surname_frequencies():
        return False
    fill(found, simple, None)
    return True
