"""What the part before the @ says: one mailbox under several spellings, an office, a filled box, a QQ or mobile number.

All rules here are about a lower-case local part and a known domain; none changes the address.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from crmquality.normalizer.email_domains import COUNTS, Domain, filler_locals
from crmquality.normalizer.phone_numbers import is_filler, resolve
from crmquality.normalizer.text import is_placeholder
from crmquality.reference import read_lines

__all__ = [
    "CARRIERS",
    "MOBILE_TOO",
    "OF_OFFICE",
    "QQ_DOMAINS",
    "RFC_2142",
    "UNATTENDED",
    "is_filler_address",
    "is_masked",
    "is_role",
    "mailbox",
    "numbers",
    "roles",
]

RFC_2142: Final = frozenset(
    """info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp
    ftp""".split()  # noqa: SIM905 - a list of words reads better as words
)
"""Mailboxes whose case nobody may tell apart; email-validator writes them in lower case, and so does the value."""
UNATTENDED: Final = frozenset(
    """auto-reply autoreply bounce bounces devnull do-not-reply do_not_reply donotreply mailer-daemon mailerdaemon
    no-reply no.reply no_reply nobody noreply noreplay notreply""".split()  # noqa: SIM905
)
"""Mailboxes that send and are not read."""
QQ_DOMAINS: Final = frozenset({"qq.com", "vip.qq.com"})
CARRIERS: Final = frozenset({"139.com", "189.cn", "wo.cn", "wo.com.cn"})
"""Providers that are the carrier itself: eleven digits are the subscriber's number."""
MOBILE_TOO: Final = frozenset(
    {"163.com", "126.com", "yeah.net", "qq.com", "sina.com", "sina.cn", "sohu.com", "21cn.com", "tom.com", "aliyun.com"}
)
"""Providers where one may register a mobile number, proven once by a text message: probably still the person's."""
# 11 digits of a mobile are no QQ number: those have ten at most as yet, and eleven are its holder's alias.
_EXAMPLE: Final = "13800138000"
_QQ: Final = re.compile(r"[1-9]\d{4,10}\Z", re.ASCII)
_MOBILE: Final = re.compile(r"1[3-9]\d{9}\Z", re.ASCII)
_MASK: Final = re.compile(r"\*{2,}|[•●○■□▇█＊×…]{2,}|…|\.{3,}|[•●█]")
_DIVIDER: Final = re.compile(r"[._\-]+")
# Beside the name of an office they say which: sales.cn, info-beijing, hr_dept.
OF_OFFICE: Final = frozenset(
    """and apac asia au beijing bj branch ca center centre chengdu china cn de department dept desk emea en eu europe fr
    global group guangzhou gz hangzhou head hk hongkong hq intl jp kr line nanjing north online request room sg
    shanghai shenzhen sh sz south team the tw uk us usa wuhan zh""".split()  # noqa: SIM905
)


@cache
def roles() -> frozenset[str]:
    """Names of mailboxes of an office."""
    return frozenset(read_lines("role_mailboxes.txt")) | UNATTENDED


def is_filler_address(local: str, domain: Domain) -> bool:
    """Whether an address only fills a box: a listed one, a@a.com, 123456@qq.com, or a QQ number that cannot be."""
    if local in filler_locals() or domain.fillers is None or local in domain.fillers:
        return True
    if local.isdecimal():
        return _is_filler_number(local, domain)
    return not local.isascii() and _says_none(local)


def _says_none(local: str) -> bool:
    """无@qq.com, 没有邮箱@163.com."""
    bare = local.replace("电子", "").replace("邮箱", "").replace("邮件", "")
    return not bare or is_placeholder(bare)


def _is_filler_number(local: str, domain: Domain) -> bool:
    if domain.ascii in CARRIERS and (local == _EXAMPLE or local.endswith("00000000") or is_filler(local)):
        return True
    if domain.label in COUNTS and local in COUNTS:
        return True
    if not domain.free or domain.label == "vip":
        return False
    if domain.ascii == "qq.com":  # QQ numbers have five digits or more, and 88888 belongs to somebody
        return len(local) < 5 or local in COUNTS or (local[0] in "01" and not local.strip(local[0]))
    return local == local[0] * len(local) or local in COUNTS


def is_masked(local: str, free: bool) -> bool:
    """Whether part of an address is hidden: zh***@qq.com. A star is a letter to the RFC, but to no free provider.

    >>> is_masked("138****8001", True), is_masked("z*", True), is_masked("a*b", False), is_masked("zhang", True)
    (True, True, False, False)
    """
    return _MASK.search(local) is not None or (free and "*" in local)


def is_role(local: str, free: bool) -> bool:
    """Whether a mailbox is an office's: a listed name; at a domain of one's own also with a number, a place, a second.

    >>> is_role("sales", True), is_role("sales2", False), is_role("info.cn", False), is_role("hr_dept+x", False)
    (True, True, True, True)
    >>> is_role("hr2008", True), is_role("info.zhang", False)
    (False, False)
    """
    known = roles()
    if local in known:
        return True
    if free or local.isalpha():
        return False
    base = local.partition("+")[0].rstrip("0123456789").rstrip("._-")
    if base in known:
        return True
    words = _DIVIDER.split(base)
    return len(words) > 1 and any(w in known for w in words) and all(w in known or w in OF_OFFICE for w in words)


def mailbox(local: str, domain: Domain) -> str:
    """The form that is equal for one mailbox: without what its provider ignores, under one name of the provider."""
    name = local
    if domain.plus_tag and "+" in name:
        name = name.partition("+")[0] or name
    for sign in domain.ignored:
        if sign in name:
            name = name.replace(sign, "") or name
    return f"{name}@{domain.same_as}"


def numbers(local: str, domain: str, parts: dict[str, str | None]) -> None:
    """The QQ or mobile number that a provider makes into a mailbox."""
    if len(local) == 11 and _MOBILE.match(local):
        if domain in CARRIERS or domain in MOBILE_TOO:
            number = resolve(local, "CN")
            if number is not None:
                parts["mobile" if domain in CARRIERS else "probable_mobile"] = number.e164
    elif domain in QQ_DOMAINS and _QQ.match(local):
        parts["qq"] = local
