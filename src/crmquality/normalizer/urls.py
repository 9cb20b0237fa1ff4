"""Web addresses: one spelling, and the name that links a site to the company behind it.

The order of the steps: text, scheme, host, port, path. What a browser ignores is dropped (the fragment, a slash at the
end, a default port); what only follows the visitor is dropped too (utm_source and its like). The host is in lower case
and in readable Unicode (xn--fiqs8s is 中国), because people write both.

The registrable domain is found by rule, not by the Public Suffix List: a country's two letters take one more label
where that label is a generic one (com.cn, co.uk, bj.cn). The list's further entries (blogspot.com, github.io) are the
hosts in `SHARED_HOSTS`, whose name says nothing about the customer.
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.text import clean
from crmquality.tables import Normalized

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "invalid_url",
    "repaired",
    "annotation_removed",
)

# The labels that registries of countries put below their two letters (from their own registration pages).
_SECOND_LEVEL: Final = frozenset(
    """ac co com edu gob gouv gov govt go id idv info ind ltd me mil net ne nhs nom or org plc police sch school web gen
    asn game ebiz club firm press""".split()  # noqa: SIM905 - a list of words reads better as words
)
# CNNIC's domains of provinces: bj.cn, sh.cn ...
_CN_PROVINCES: Final = frozenset(
    """bj sh tj cq he sx nm ln jl hl js zj ah fj jx sd ha hb hn gd gx hi sc gz yn xz sn gs qh nx xj tw hk
    mo""".split()  # noqa: SIM905
)
SHARED_HOSTS: Final = frozenset(
    """1688.com alibaba.com amazon.com baidu.com bilibili.com blogspot.com facebook.com github.com github.io gitee.com
    google.com instagram.com jd.com linkedin.com made-in-china.com pinduoduo.com qcc.com qq.com sina.com.cn sohu.com
    taobao.com tianyancha.com tiktok.com tmall.com twitter.com weebly.com weibo.com weidian.com wikipedia.org wix.com
    wixsite.com wordpress.com x.com xiaohongshu.com yelp.com youtube.com youzan.com zhihu.com
    """.split()  # noqa: SIM905
)
"""Registrable domains where anybody has a page: two customers there have nothing in common."""

_SCHEME: Final = re.compile(r"(https?|htt?ps?|hxxps?)\s*[:;]?\s*/+", re.IGNORECASE)
_GIVEN_SCHEME: Final = re.compile(r"(https?)://", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d{1,5}(?:/|\Z))", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"(?:网址|网站|官网|主页|website|web|url|homepage|site)\s*[:：]?\s*(?=[a-z0-9])", re.IGNORECASE
)
_PLAIN: Final = re.compile(r"(?:(https?)://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/?\Z")
_HOST: Final = re.compile(r"(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?\Z")
_DOTS: Final = str.maketrans("。．｡", "...")
_AFTER_HOST: Final = re.compile("[ ,;|、()\\[\\]]+")
_PORT: Final = re.compile(r":(\d{0,5})\Z", re.ASCII)
_TRACKING: Final = re.compile(r"(?:utm_\w+|spm|scm|gclid|fbclid|msclkid|yclid|bd_vid|from|ref|sessionid|jsessionid)\Z")
_START_PAGE: Final = re.compile(r"/(?:index|default|home)\.(?:html?|php|aspx?|jsp|shtml)\Z", re.IGNORECASE)


def normalize_url(value: str | None) -> Normalized:
    """A web address in one spelling.

    Returns:
        `http(s)://host/path?query`, the scheme as given and `http` where none was, no slash at the end. Parts: `host`
        (no `www.`), `domain` (what somebody registered), `name` (its label before the public suffix; absent on hosts
        that many share), `own_host` (the host, absent there too), `path`, `shared` ("true" on such hosts).

    >>> answer = normalize_url("WWW.Heibainengliangcn.com.cn/")
    >>> answer.value, answer.parts["domain"], answer.parts["name"]
    ('http://www.heibainengliangcn.com.cn', 'heibainengliangcn.com.cn', 'heibainengliangcn')
    >>> normalize_url("https://www.acme.co.uk/about/index.html?utm_source=x#top").value
    'https://www.acme.co.uk/about'
    >>> normalize_url("acme").issues, normalize_url("a@b.com").issues
    (('invalid_url',), ('invalid_url',))
    """
    if value is not None and (plain := _PLAIN.match(value)):  # most cells, at a third of the cost
        answer = _assemble(plain[1] or "http", _readable(plain[2]), None, "", ())
        if answer is not None:
            return answer
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues)
    label = _LABEL.match(text)
    if label and not text[: label.end()].strip().isalnum():
        text, issues = text[label.end() :], (*issues, "annotation_removed")
    scheme, rest, repaired = _split_scheme(text)
    if repaired:
        issues = (*issues, "repaired")
    answer = _read(scheme, rest, issues) if scheme else None
    return answer if answer is not None else Normalized(None, {}, (*issues, "invalid_url"))


def _split_scheme(text: str) -> tuple[str, str, bool]:
    """The scheme (empty for one that is no web address), the rest, and whether the scheme had to be mended."""
    given = _GIVEN_SCHEME.match(text)
    if given:
        rest = text[given.end() :]
        again = _GIVEN_SCHEME.match(rest)  # http://https://acme.com
        return (again[1].lower(), rest[again.end() :], True) if again else (given[1].lower(), rest, False)
    mended = _SCHEME.match(text)
    if mended:
        return ("https" if "s" in mended[1].lower() else "http"), text[mended.end() :], True
    if text.startswith("//"):
        return "http", text[2:], False
    return ("", text, False) if _OTHER_SCHEME.match(text) else ("http", text, False)


def _read(scheme: str, rest: str, issues: tuple[str, ...]) -> Normalized | None:
    rest = rest.split("#", 1)[0].strip()
    cut = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=len(rest))
    host, tail = rest[:cut].translate(_DOTS).lower().rstrip("."), rest[cut:]
    host, what = _mend_host(host)
    issues += what
    port = _PORT.search(host)
    number = None
    if port:
        host = host[: port.start()]
        number = port[1] if port[1] not in {"", "80" if scheme == "http" else "443"} else None
    if " " in tail:
        tail = tail.split(" ", 1)[0]  # what follows is a remark
        issues = (*issues, "annotation_removed")
    unique = tuple(dict.fromkeys(issues))
    return _assemble(scheme, _readable(host), number, _canonical_tail(tail), unique)


def _mend_host(host: str) -> tuple[str, tuple[str, ...]]:
    """A host without what was typed into it or after it, and what was done."""
    issues: tuple[str, ...] = ()
    if "," in host and "." not in host.split(",", 1)[0].removeprefix("www"):  # www,acme.com
        host, issues = host.replace(",", "."), ("repaired",)
    first = _AFTER_HOST.split(host, maxsplit=1)[0]
    if first != host and "." in first and first[-1] != ".":  # a second address, a remark
        return first, (*issues, "annotation_removed")
    if " " in host:
        return host.replace(" ", ""), ("repaired",)
    return host, issues


def _canonical_tail(tail: str) -> str:
    path, _, query = tail.partition("?")
    path = _START_PAGE.sub("", path).rstrip("/")
    kept = [q for q in query.split("&") if q and not _TRACKING.match(q.split("=", 1)[0].lower())]
    return path + ("?" + "&".join(kept) if kept else "")


def _readable(host: str) -> str:
    if "xn--" not in host:
        return host
    labels = []
    for label in host.split("."):
        try:
            decoded = label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
        except (UnicodeError, OverflowError):
            decoded = label
        sound = _HOST.match(decoded) and decoded[:4] != "xn--" and clean(decoded.lower())[0] == decoded.lower()
        labels.append(decoded.lower() if sound else label)
    return ".".join(labels)


def _assemble(scheme: str, host: str, port: str | None, tail: str, issues: tuple[str, ...]) -> Normalized | None:
    labels = host.split(".")
    if len(labels) < 2 or len(host) > 253 or not all(map(_HOST.match, labels)):
        return None
    parts: dict[str, str | None] = {}
    if host.replace(".", "").isdigit():
        if len(labels) != 4 or not all(label.isascii() and int(label) < 256 for label in labels):
            return None
        parts["host"] = parts["domain"] = host
    else:
        if len(labels[-1]) < 2 or any(c.isdigit() for c in labels[-1]):
            return None
        bare = host.removeprefix("www.") if len(labels) > 2 else host
        domain = _registrable(bare)
        parts.update(host=bare, domain=domain)
        if domain in SHARED_HOSTS:
            parts["shared"] = "true"
        else:
            parts.update(name=domain.split(".", 1)[0], own_host=bare)
    if tail:
        parts["path"] = tail.split("?", 1)[0] or None
    return Normalized(f"{scheme}://{host}{':' + port if port else ''}{tail}", parts, issues)


def _registrable(host: str) -> str:
    """The domain that somebody registered: the public suffix and one label more.

    >>> _registrable("shop.acme.com.cn"), _registrable("a.b.acme.io"), _registrable("com.cn")
    ('acme.com.cn', 'acme.io', 'com.cn')
    """
    labels = host.split(".")
    if len(labels) > 2 and len(labels[-1]) == 2:
        second = labels[-2]
        if second in _SECOND_LEVEL or (labels[-1] == "cn" and second in _CN_PROVINCES):
            return ".".join(labels[-3:])
    return ".".join(labels[-2:])
