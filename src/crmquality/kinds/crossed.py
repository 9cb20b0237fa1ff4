"""Comparisons between two fields: what one record says in one of them, the other record in the other.

Each is asked only where the two records have nothing more direct to compare, so that no evidence counts twice: a
mailbox that spells a name says nothing new of two records that both have the name, or both the mailbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from crmquality.comparator import Comparison, ComparisonLevel, EqualAcross, Spells
from crmquality.kinds.base import Kind
from crmquality.kinds.email import Email
from crmquality.kinds.organization_name import OrganizationName
from crmquality.kinds.person_name import FamilyName, GivenName, PersonName
from crmquality.kinds.phone import Phone
from crmquality.kinds.text import Code
from crmquality.kinds.url import Url

QQ_HEADERS: Final = ("qq", "wechat", "weixin", "微信")
"""What a column's header says where it may hold the number of a QQ mailbox: accounts of WeChat began as those."""


def crossed(kinds: Sequence[Kind]) -> tuple[Comparison, ...]:
    """The comparisons between the fields of a schema that know of each other.

    >>> [c.name for c in crossed((PersonName("name"), Email("email"), Phone("mobile", region="CN")))]
    ['name ~ email']
    """
    found = (_name_and_mailbox(kinds), _phones(kinds), _mailbox_and_account(kinds), _domains(kinds))
    return tuple(c for c in found if c is not None)


def _name_and_mailbox(kinds: Sequence[Kind]) -> Comparison | None:
    """A mailbox is often the name of its owner: zhangwei@, wei.zhang@, zhangw@."""
    email = next((k for k in kinds if isinstance(k, Email)), None)
    whole = next((k for k in kinds if isinstance(k, PersonName)), None)
    given = next((k for k in kinds if isinstance(k, GivenName)), None)
    family = next((k for k in kinds if isinstance(k, FamilyName)), None)
    if email is None:
        return None
    direct: tuple[str, ...]
    if whole is not None:
        name, columns, direct = whole.name, (whole.norm("family_key"), whole.norm("given_key")), (whole.norm(),)
    elif given is not None and family is not None:
        name, columns = family.name, (family.norm("key"), given.norm("key"))
        direct = columns
    else:
        return None
    local = email.norm("local")
    return Comparison(
        f"{name} ~ {email.name}",
        (
            ComparisonLevel("mailbox spells the name", Spells(*columns, local), 0.45, 0.00002, label_zh="邮箱拼出姓名"),
            ComparisonLevel(
                "mailbox spells a name and an initial",
                Spells(*columns, local, "initial"),
                0.3,
                0.0003,
                label_zh="邮箱拼出姓（或名）与首字母",
            ),
        ),
        across=((columns[1], local),),
        unless=(*direct, email.norm("mailbox")),
        shared=False,
    )


def _phones(kinds: Sequence[Kind]) -> Comparison | None:
    """A mobile that stands in the landline's column is still the same number."""
    phones = [k for k in kinds if isinstance(k, Phone)]
    if len(phones) < 2:
        return None
    columns = tuple(p.norm("e164") for p in phones)
    return Comparison(
        " ~ ".join(p.name for p in phones),
        (
            ComparisonLevel(
                "same number in another column", EqualAcross(columns), 0.05, 0.000003, label_zh="号码相同但栏位不同"
            ),
        ),
        across=tuple(combinations(columns, 2)),
        unless=tuple(p.norm("all") for p in phones[:-1]),
    )


def _mailbox_and_account(kinds: Sequence[Kind]) -> Comparison | None:
    """The number of a QQ mailbox stands in a column of QQ or WeChat accounts."""
    email = next((k for k in kinds if isinstance(k, Email)), None)
    codes = [k for k in kinds if isinstance(k, Code) and any(h in k.name.lower() for h in QQ_HEADERS)]
    if email is None or not codes:
        return None
    code = codes[0]
    pair = (code.norm("key"), email.norm("qq"))
    return Comparison(
        f"{code.name} ~ {email.name}",
        (ComparisonLevel("account of the mailbox", EqualAcross(pair), 0.2, 0.000001, label_zh="与邮箱的QQ号相同"),),
        across=(pair,),
        unless=(code.norm("key"), email.norm("mailbox")),
        shared=False,
    )


def _domains(kinds: Sequence[Kind]) -> Comparison | None:
    """An organization's website and its mailboxes have one domain; persons who share it are colleagues."""
    email = next((k for k in kinds if isinstance(k, Email)), None)
    site = next((k for k in kinds if isinstance(k, Url)), None)
    if email is None or site is None or not any(isinstance(k, OrganizationName) for k in kinds):
        return None
    pair = (email.norm("own_domain"), site.norm("domain"))
    return Comparison(
        f"{site.name} ~ {email.name}",
        (
            ComparisonLevel(
                "mailbox at the website's domain", EqualAcross(pair), 0.6, 0.0001, label_zh="邮箱与网站域名相同"
            ),
        ),
        across=(pair,),
        unless=(site.norm("own_host"), email.norm("mailbox")),
    )
