"""Host names: what somebody registered, and whether its name says whose it is.

The registrable domain is the public suffix and one label more. Suffixes of one label need no list; those of two
(com.cn, co.uk, bj.cn) are facts of the registries, in `reference/public_suffixes.txt`, and so are the few that a
company sells below a domain of its own (uk.com). Hosting services are no suffixes here but a class of their own: on
some everybody has a host (acme.github.io, shop123.taobao.com), on others a page (weibo.com/acme), and the registrable
domain of neither says whose it is.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final, NamedTuple

from crmquality.reference import read_lines, read_table

__all__ = ["Host", "describe_host", "is_shared", "registrable_domain"]

# Sold like a registry's own: the private section of the Public Suffix List names them.
_SOLD: Final = frozenset(
    """ae.org br.com cn.com co.com com.de com.se de.com eu.com gb.net gr.com hu.com hu.net in.net jp.net jpn.com
    mex.com nl.com no.com ru.com sa.com se.com se.net uk.com uk.net us.com us.org za.com
    co.no""".split()  # noqa: SIM905 - a list of words reads better as words
)
# Hosts of a service itself on domains where customers have hosts of their own.
_OF_THE_SERVICE: Final = frozenset(
    """account accounts api app blog bbs cart company corp detail docs help item list login m mail mobile my news pages
    passport s search seller shop store support user wap work world www www2 show page home sale trade s3 china
    offer item-list trademanager""".split()  # noqa: SIM905
)


class Host(NamedTuple):
    """What a host name says.

    Attributes:
        bare: the host without `www.`.
        domain: what somebody registered.
        shared: whether many have pages or hosts under that domain.
        own: the host that is one customer's own, None where it is everybody's.
    """

    bare: str
    domain: str
    shared: bool
    own: str | None


@cache
def _second_level() -> dict[str, frozenset[str]]:
    lines = (line.split() for line in read_lines("public_suffixes.txt"))
    table = {words[0]: frozenset(words[1:]) for words in lines}
    return table | {_to_ascii(k): v for k, v in table.items() if not k.isascii()}


def _to_ascii(label: str) -> str:
    return "xn--" + label.encode("punycode").decode("ascii")


@cache
def _services() -> dict[str, bool]:
    """Domains that many share, and whether each customer has a host there."""
    return {row["domain"]: row["own"] == "yes" for row in read_table("shared_hosts.csv")}


def is_shared(domain: str) -> bool:
    """Whether a registrable domain belongs to a service where anybody has a page or a host.

    >>> is_shared("weibo.com"), is_shared("github.io"), is_shared("acme.com")
    (True, True, False)
    """
    return domain in _services()


def registrable_domain(host: str) -> str:
    """The domain that somebody registered: the public suffix and one label more.

    Args:
        host: lower case, labels in Unicode or ASCII.

    >>> [registrable_domain(h) for h in ("shop.acme.com.cn", "a.b.acme.io", "www.acme.bj.cn", "acme.uk.com", "com.cn")]
    ['acme.com.cn', 'acme.io', 'acme.bj.cn', 'acme.uk.com', 'com.cn']
    """
    labels = host.rsplit(".", 3)
    if len(labels) < 3:
        return host
    second, top = labels[-2], labels[-1]
    below = _second_level().get(top)
    if (below is not None and (second in below or "*" in below)) or f"{second}.{top}" in _SOLD:
        return f"{labels[-3]}.{second}.{top}"
    return f"{second}.{top}"


@lru_cache(maxsize=4096)
def describe_host(host: str) -> Host:
    """What a host name says of whose it is.

    >>> describe_host("www.acme.com.cn")
    Host(bare='acme.com.cn', domain='acme.com.cn', shared=False, own='acme.com.cn')
    >>> describe_host("acme.github.io").own, describe_host("detail.1688.com").own, describe_host("weibo.com").own
    ('acme.github.io', None, None)
    """
    bare = host[4:] if host.startswith("www.") and host.count(".") > 1 else host
    domain = registrable_domain(bare)
    own_hosts = _services().get(domain)
    if own_hosts is None:
        return Host(bare, domain, False, bare)
    below = bare.removesuffix(domain).rstrip(".")
    mine = own_hosts and below and below.rpartition(".")[2] not in _OF_THE_SERVICE
    return Host(bare, domain, True, bare if mine else None)
