"""Web addresses: one spelling, and the name that links a site to the company behind it.

The order of the steps: text, labels and words around it, scheme, user, host, port, path. What a browser ignores is
dropped (the fragment, a slash at the end, a default port, a final dot of the host); what only follows the visitor is
dropped too (utm_source and its like). The host is in lower case and in readable Unicode (xn--fiqs8s is 中国), because
people write both; part `host_ascii` has the other form.

Which part of the host somebody registered, and whether its name says anything of the customer, `web_hosts` knows.

Parts:

| part | what it is |
|---|---|
| `host` | the host without `www.` |
| `host_ascii` | the same in ASCII (punycode), where that differs |
| `domain` | what somebody registered: public suffix and one label; an IP address itself |
| `name` | the label of the domain before the public suffix; absent on hosts that many share |
| `own_host`, `own_domain` | host and domain, where they are one customer's own; acme.github.io is a host of one's own |
| `path` | the path, without what only opens the start page |
| `shared` | `true` where anybody has a page or host: weibo.com, 1688.com, github.io |
| `others` | further addresses of the cell, with spaces between |
| `email` | an email address that stands in the cell |
| `suggestion` | the address that was probably meant: acme.con |
| `placeholder` | the address that only fills the box (www.xxx.com); then there is no value |
| `note` | other words of the cell |
| `user` | what stood before an @ in the host: it is no part of the address, and may be a secret's first half |

Sources: RFC 3986 (syntax), RFC 1123 and 5891 (hosts), the Public Suffix List's facts, WHATWG's URL standard where
people's spellings go beyond (full-width dots, one slash for two).
"""

from __future__ import annotations

import re
from typing import Final

from crmquality.normalizer.email_typos import suggest_ending
from crmquality.normalizer.text import clean, is_placeholder
from crmquality.normalizer.web_hosts import describe_host
from crmquality.tables import Normalized

__all__ = ["ISSUES", "normalize_url"]

ISSUES: Final = (
    "placeholder",
    "too_long",
    "full_width",
    "control_characters",
    "mojibake",
    "invalid_url",
    "repaired",
    "annotation_removed",
    "several_urls",
    "email_in_url",
    "domain_typo",
)

_SCHEME: Final = re.compile(
    r"(h{1,2}t{1,4}p{1,2}s?|hptts?|httsp|tt?ps?|hxxps?)\s*(?:[:;.]?\s*[/\\]+|[:;](?!\d)(?=[^\s/@]{1,80}\.[a-z]))\s*",
    re.IGNORECASE,
)
_GIVEN_SCHEME: Final = re.compile(r"(https?)://(?=[^/\s])", re.IGNORECASE)
_FILES: Final = re.compile(r"(s?ftps?)://(?=[^/\s])", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{0,20}:(?!\d{1,5}(?:[/?#]|\Z))", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"(?:公司|企业|官方|我的|个人|英文|中文)?(?:网址|网站|官网|主页|网页|站点|店铺|網址|網站|官網|地址|链接)(?:地址|链接)?(?:是|为)?"
    r"|(?:web\s?(?:site|page|addr(?:ess)?)?|url|home\s?page|site|link|www)(?=\s*[:：]|\s+(?:https?:|www))",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"(?:(https?)://)?((?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,63})/?\Z")
_HOST: Final = re.compile(r"(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?\Z")
_DOTS: Final = str.maketrans("。．｡", "...")
_PORT: Final = re.compile(r":(\d{0,5})\Z", re.ASCII)
_TRACKING: Final = re.compile(
    r"(?:utm_\w+|spm|scm|gclid|gbraid|wbraid|dclid|fbclid|msclkid|yclid|bd_vid|qhclickid|sogou_\w+|hmsr|hmpl|hmcu|hmkw"
    r"|hmci|_ga|_gl|mc_cid|mc_eid|igshid|share_token|from|ref|sessionid|jsessionid|phpsessid)\Z"
)
_SLASHES: Final = re.compile(r"(?<!:)/{2,}")
_START_PAGE: Final = re.compile(r"/(?:index|default|home|main)\.(?:html?|php|aspx?|jsp|shtml|cgi|do)\Z", re.IGNORECASE)
_SESSION: Final = re.compile(r";(?:jsessionid|phpsessid)=[^/?]*", re.IGNORECASE)
_EMAIL: Final = re.compile(r"(?<![\w.+\-/@])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}(?![\w@:/])")
_WORD: Final = re.compile(r"([\s,;，；、]+)")
_MAIL_LABEL: Final = re.compile(r"(?:e-?mail|mail\s?to|(?:电子)?邮箱|邮件)[:：]?", re.IGNORECASE)
# A web address inside a text: with a scheme, with www., or a host with an ending that companies' sites have.
_INSIDE: Final = re.compile(
    r"https?://[^\s\u3400-\u9fff，。；、（）()<>|《》\"'“”]{4,2000}"
    r"|(?<![A-Za-z0-9@._-])www\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}(?:[:/?][^\s\u3400-\u9fff，。；、（）()<>|《》\"'“”,;]{0,2000})?"
    r"|(?<![A-Za-z0-9@._-])[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,3}\.(?:com|cn|net|org|hk|tw|io|cc|co|info|biz|top|vip|xyz"
    r"|shop|site|tech|edu|gov|me|tv|asia|de|uk|jp|fr|us|eu|kr|sg|au|ca)(?![A-Za-z0-9@_-])"
    r"(?:[:/?][^\s\u3400-\u9fff，。；、（）()<>|《》\"'“”,;]{0,2000})?",
    re.IGNORECASE,
)
# A host with a label of Han and ASCII letters: such names exist, but words stuck to a host are far commoner.
_MIXED: Final = re.compile(r"[^/?#]*(?:[\u3400-\u9fff][a-z0-9-]|[a-z0-9-][\u3400-\u9fff])", re.IGNORECASE)
_AROUND: Final = " \t,;.、。，；：:|()[]{}<>《》【】「」\"'`“”‘’!?！？*"
_SPACED_DOT: Final = re.compile(r"(?<=[a-z0-9]) ?[.。] ?(?=[a-z0-9-]{1,63}(?:[ .。/:?]|\Z))", re.IGNORECASE)
_EMPTY_START: Final = re.compile(r"\A(?:https?:?/*)?(?:www\.?(?=\Z|/))?|\b(?:website|site|homepage)\b", re.IGNORECASE)
_NONE: Final = frozenset("no not without 无 没 没有 暂无 未有 无需 不用 不要 建设中".split())  # noqa: SIM905
# Templates of forms. example.com is left: it is what people write where they mean a real one.
_TEMPLATE: Final = re.compile(
    r"(?:x{2,}|your(?:company|domain|site|website|name)|none|null|no-?(?:web|website|site))\.(?:com|cn|net|com\.cn)\Z"
)
_FILES_OF_DISK: Final = frozenset(
    """pdf doc docx xls xlsx ppt pptx jpg jpeg png gif bmp txt html htm php asp aspx jsp exe csv rar
    wps""".split()  # noqa: SIM905 - a list of words reads better as words
)
"""Endings of files, none of them a top-level domain."""
_MOST_INSIDE: Final = 50


def normalize_url(value: str | None) -> Normalized:
    """A web address in one spelling.

    Returns:
        `http(s)://host/path?query`, the scheme as given and `http` where none was, no slash at the end; parts as in
        this module's table.

    >>> answer = normalize_url("WWW.Heibainengliangcn.com.cn/")
    >>> answer.value, answer.parts["domain"], answer.parts["name"]
    ('http://www.heibainengliangcn.com.cn', 'heibainengliangcn.com.cn', 'heibainengliangcn')
    >>> normalize_url("https://www.acme.co.uk/about/index.html?utm_source=x#top").value
    'https://www.acme.co.uk/about'
    >>> answer = normalize_url("公司网址：www.acme.com，店铺 acme.1688.com")
    >>> answer.value, answer.parts["others"]
    ('http://www.acme.com', 'http://acme.1688.com')
    >>> normalize_url("acme").issues, normalize_url("a@b.com").issues
    (('invalid_url',), ('email_in_url', 'invalid_url'))
    """
    if value is not None and (plain := _PLAIN.match(value)):  # most cells, at a third of the cost
        answer = _assemble(plain[1] or "http", _readable(plain[2]), None, "", {}, ())
        if answer is not None:
            return answer
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues)
    codes = dict.fromkeys(issues)
    parts: dict[str, str | None] = {}
    text = _without_emails(text, codes, parts)
    whole = text
    text = _unlabeled(text, codes) if text else ""
    if _says_none(text):
        if "email_in_url" not in codes:
            codes.pop("annotation_removed", None)
            codes.pop("repaired", None)
            codes["placeholder"] = None
            return Normalized(None, parts, tuple(codes))
    else:
        answer = _one(text, parts, codes)
        if answer is None and not _is_other_scheme(whole):
            answer = _several(whole, parts, codes)
        if answer is not None:
            return answer
    return Normalized(None, parts, (*codes, "invalid_url"))


def _says_none(text: str) -> bool:
    """无网站, no website, and what a form shows before anything is entered: http://, www."""
    bare = _EMPTY_START.sub("", _LABEL.sub(" ", text)).strip(_AROUND + "/ ").lower()
    return not bare or bare in _NONE or is_placeholder(bare)


def _without_emails(text: str, codes: dict[str, None], parts: dict[str, str | None]) -> str:
    """A cell without the email addresses in it."""
    if "@" not in text:
        return text
    kept: list[str] = []
    found: list[str] = []
    for word in _WORD.split(text):
        mails = [] if "//" in word else _EMAIL.findall(word)
        found += mails
        kept.append(_MAIL_LABEL.sub("", _EMAIL.sub("", word)) if mails else word)
    if not found:
        return text
    parts["email"] = " ".join(dict.fromkeys(found))
    codes["email_in_url"] = None
    return " ".join("".join(kept).split()).strip(_AROUND)


def _unlabeled(text: str, codes: dict[str, None]) -> str:
    """A cell without its label and the marks around it."""
    if text[0] in _AROUND:
        text = text.lstrip(_AROUND)
        codes["repaired"] = None
    label = _LABEL.match(text)
    if label:
        text = text[label.end() :].lstrip(" :：-—=")
        codes["annotation_removed"] = None
    stripped = text.rstrip(_AROUND)
    if stripped != text and not text[len(stripped) :].strip(". "):
        return stripped  # the root's dot
    if stripped != text and text.endswith(")") and stripped.count("(") > stripped.count(")"):
        return stripped + ")"
    if stripped != text:
        codes["repaired"] = None
    return stripped


def _one(text: str, parts: dict[str, str | None], codes: dict[str, None]) -> Normalized | None:
    """The answer where the whole cell is one address."""
    scheme, rest, repaired = _split_scheme(text)
    if not scheme or any(c in rest for c in '；，、<>|《》"') or "@@" in rest:
        return None
    if rest == text and not rest.isascii() and _MIXED.match(rest) and _INSIDE.search(rest):
        return None  # words stuck to an address: 请访问www.acme.com了解
    return _read(scheme, rest, parts, (*codes, "repaired") if repaired else tuple(codes))


def _several(text: str, parts: dict[str, str | None], codes: dict[str, None]) -> Normalized | None:
    """The answer where addresses stand among words, or beside each other."""
    text = _SPACED_DOT.sub(".", text) if "." in text or "。" in text else text
    matches = list(_INSIDE.finditer(text))[:_MOST_INSIDE]
    found: list[Normalized] = []
    for match in matches:
        scheme, rest, _ = _split_scheme(match[0].rstrip(_AROUND))
        answer = _read(scheme, rest, {}, ()) if scheme else None
        if answer is not None and answer.value not in {a.value for a in found}:
            found.append(answer)
    if not found:
        return None
    note = _LABEL.sub(" ", _INSIDE.sub(" ", text))
    note = " ".join(w for w in note.strip(_AROUND).split() if w.strip(_AROUND)).strip(_AROUND + "/-—=")
    more: dict[str, str | None] = {}
    if note:
        more["note"] = note
    if len(found) > 1:
        codes["several_urls"] = None
        more["others"] = " ".join(str(a.value) for a in found[1:])
    if note or len(found) == 1:
        codes["annotation_removed"] = None
    return Normalized(found[0].value, {**found[0].parts, **parts, **more}, tuple(codes))


def _is_other_scheme(text: str) -> bool:
    """mailto:a@b.com, javascript:..., tel:123: an address, but none of the web."""
    return " " not in text and text.isascii() and _OTHER_SCHEME.match(text) is not None and not _SCHEME.match(text)


def _split_scheme(text: str) -> tuple[str, str, bool]:
    """The scheme (empty for one that is no web address), the rest, and whether the scheme had to be mended."""
    given = _GIVEN_SCHEME.match(text)
    if given:
        rest = text[given.end() :]
        again = _SCHEME.match(rest)  # http://https://acme.com
        if again:
            return ("https" if "s" in again[1].lower() else "http"), rest[again.end() :], True
        return given[1].lower(), rest, False
    if files := _FILES.match(text):
        return files[1].lower(), text[files.end() :], False
    mended = _SCHEME.match(text)
    if mended:
        return ("https" if "s" in mended[1].lower() else "http"), text[mended.end() :], True
    if text.startswith("//"):
        return "http", text[2:], False
    return ("", text, False) if _OTHER_SCHEME.match(text) else ("http", text, False)


def _read(scheme: str, rest: str, parts: dict[str, str | None], issues: tuple[str, ...]) -> Normalized | None:
    rest = rest.split("#", 1)[0].strip().replace("\\", "/")
    cut = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=len(rest))
    host, tail = rest[:cut].translate(_DOTS).lower().rstrip("."), rest[cut:]
    if "@" in host:
        user, _, host = host.rpartition("@")
        if not user or "@" in user or " " in user:
            return None
        parts = {**parts, "user": user.partition(":")[0]}
    host, what = _mend_host(host)
    issues += what
    port = _PORT.search(host)
    number = None
    if port:
        host = host[: port.start()].rstrip(".")
        if port[1] and int(port[1]) > 65_535:
            return None
        number = str(int(port[1])) if port[1] and int(port[1]) != (80 if scheme == "http" else 443) else None
    if " " in tail or (not tail.isascii() and "(" in tail):
        first = re.split(r"[ (]", tail, maxsplit=1)[0]
        note = tail[len(first) :].strip(_AROUND)
        if _INSIDE.search(note):
            return None  # a second address
        tail = first
        if note:
            parts = {**parts, "note": note}
        issues = (*issues, "annotation_removed")
    unique = tuple(dict.fromkeys(issues))
    return _assemble(scheme, _readable(host), number, _canonical_tail(tail), parts, unique)


def _mend_host(host: str) -> tuple[str, tuple[str, ...]]:
    """A host without what was typed into it, and what was done; words behind it are not of this function."""
    if host.startswith("www ") and host.count(" ") in (2, 3) and host.replace(" ", "").replace("-", "").isalnum():
        return host.replace(" ", "."), ("repaired",)  # www acme com
    if "," in host and "." not in host.split(",", 1)[0].removeprefix("www"):  # www,acme.com
        host = host.replace(",", ".")
        return host.replace(" ", ""), ("repaired",)
    if "." in host and " " in host and (spaced := re.sub(r" ?\. ?", ".", host)) != host and " " not in spaced:
        return spaced, ("repaired",)
    if ".." in host and "..." not in host:
        return host.replace("..", "."), ("repaired",)
    return host, ()


def _canonical_tail(tail: str) -> str:
    path, _, query = tail.partition("?")
    path = _SESSION.sub("", path)
    path = _START_PAGE.sub("", path)
    path = _SLASHES.sub("/", path)
    path = _trimmed(path)
    kept = [q for q in query.split("&") if q and not _TRACKING.match(q.split("=", 1)[0].lower())]
    return _trimmed(path + "?" + "&".join(kept)) if kept else path


def _trimmed(text: str) -> str:
    """A path or query without the marks behind it; a bracket that is opened in it stays closed."""
    while True:
        stripped = text.rstrip("/" + _AROUND)
        closing = text[len(stripped) : len(stripped) + 1]
        if closing == ")" and stripped.count("(") > stripped.count(")"):
            return stripped + closing
        if stripped == text:
            return text
        text = stripped


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


def _ascii(host: str) -> str:
    return ".".join(x if x.isascii() else "xn--" + x.encode("punycode").decode("ascii") for x in host.split("."))


def _assemble(
    scheme: str, host: str, port: str | None, tail: str, others: dict[str, str | None], issues: tuple[str, ...]
) -> Normalized | None:
    labels = host.split(".")
    if len(labels) < 2 or len(host) > 253 or not all(map(_HOST.match, labels)):
        return None
    parts: dict[str, str | None] = {}
    if host.replace(".", "").isdigit():
        if len(labels) != 4 or not all(label.isascii() and int(label) < 256 for label in labels):
            return None
        parts["host"] = parts["domain"] = host
    else:
        if len(labels[-1]) < 2 or any(c.isdigit() for c in labels[-1]) or labels[-1] in _FILES_OF_DISK:
            return None
        if not labels[-1].isascii() and any("a" <= c <= "z" for c in labels[-1]):
            return None  # words behind a host
        if not host.isascii():
            if len(encoded := _ascii(host)) > 253 or any(len(x) > 63 for x in encoded.split(".")):
                return None
            parts["host_ascii"] = encoded[4:] if host.startswith("www.") else encoded
        known = describe_host(host)
        if not tail and _TEMPLATE.match(known.bare):
            return Normalized(None, {"placeholder": f"{scheme}://{host}"}, ("placeholder",))
        parts["host"], parts["domain"] = known.bare, known.domain
        if (meant := suggest_ending(host)) is not None:
            parts["suggestion"] = f"{scheme}://{meant}{':' + port if port else ''}{tail}"
            issues = (*issues, "domain_typo")
        if known.shared:
            parts["shared"] = "true"
        else:
            parts["name"] = known.domain.partition(".")[0]
            parts["own_domain"] = known.domain
        if known.own is not None:
            parts["own_host"] = known.own
    if tail:
        parts["path"] = tail.partition("?")[0] or None
    if others:
        parts |= others
    return Normalized(f"{scheme}://{host}{':' + port if port else ''}{tail}", parts, issues)
