"""The usual English company name in one look: Langmere | Chemicals | Ltd., nothing before, behind or inside.

It answers what `organizations_latin` would and leaves every name that could be anything else to it; that the two agree
is a property test.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from crmquality.normalizer.organizations_latin import MARKS, read_simple_name
from crmquality.normalizer.organizations_places import country_words
from crmquality.normalizer.organizations_reading import Reading
from crmquality.normalizer.organizations_words_latin import (
    ARTICLES,
    LatinForm,
    Word,
    cut_forms,
    may_begin_form,
    only_form,
    words_in_forms,
    words_of,
)
from crmquality.reference import read_lines, read_table

_LETTERS: Final = re.compile("[A-Z](?:[a-z]|[A-Za-z]{2,20})\\Z")
_MOST_WORDS: Final = 6
_LETTERS_IN_TAILS: Final = re.compile("[A-Za-z.,]{2,12}(?: [A-Za-z.]{2,12})?\\Z")


@cache
def _fillers() -> frozenset[str]:
    """Words that fill a box, or begin a text that does."""
    texts = [*read_lines("placeholders.txt")]
    texts += [row["word"] for row in read_table("organization_words.csv") if row["kind"] == "nobody"]
    found = {text.lower().split(" ")[0] for text in texts if text}
    return frozenset(found | {"please", "pls", "my", "no", "not", "any", "each", "abc", "abcd", "xyz", "company"})


@lru_cache(maxsize=16_384)
def _word(token: str) -> Word | None:
    """A word that can be nothing but a word of a name, or of a trade; None for every other one."""
    if token == "&":
        return words_of(token)[0]
    if not _LETTERS.match(token):
        return None
    word = words_of(token)[0]
    plain = word.plain
    special = plain in words_in_forms() or plain in ARTICLES or plain in MARKS or may_begin_form(plain)
    if special or plain in country_words() or word.in_place or only_form([word]) is not None or not word.canonical:
        return None
    return word


@lru_cache(maxsize=16_384)
def _first(token: str) -> Word | None:
    low = token.lower()
    is_filler = low in _fillers() or low.startswith(("test", "demo", "asd", "qwe", "zxc", "sdf", "abc", "please"))
    return None if is_filler or token == "&" else _word(token)


@lru_cache(maxsize=4096)
def _tail(tail: str) -> tuple[LatinForm, ...] | None:
    """The forms that a tail is, by itself and whatever stands before it; None for every other tail."""
    if not _LETTERS_IN_TAILS.match(tail) or ".." in tail or tail.count(",") > 1:
        return None
    words = words_of(f"Langmere {tail}")
    if any(w.plain not in words_in_forms() or len(w.plain) < 2 for w in words[1:]):
        return None
    name, forms = cut_forms(words)
    upper, _ = cut_forms(words_of(f"LANGMERE HOLDINGS {tail}"))
    return tuple(forms) if len(name) == 1 and len(upper) == 2 else None


def read_plain_latin_name(text: str) -> Reading | None:
    """A usual name; None where it may be an unusual one.

    >>> read_plain_latin_name("Langmere Chemicals Ltd.").parts["industry"]
    'Chemicals'
    >>> read_plain_latin_name("Acme China Ltd"), read_plain_latin_name("The Acme Ltd"), read_plain_latin_name("Acme")
    (None, None, None)
    """
    tokens = text.split()
    size = len(tokens)
    if not 1 < size <= _MOST_WORDS:
        return None
    first = _first(tokens[0])
    if first is None:
        return None
    words = [first]
    at = 1
    while at < size:
        word = _word(tokens[at])
        if word is None:
            break
        words.append(word)
        at += 1
    if size - at > 2 or at == size or words[-1].plain == "&":
        return None
    forms = _tail(tokens[at] if size - at == 1 else f"{tokens[at]} {tokens[at + 1]}")
    return read_simple_name(" ".join(tokens), words, forms) if forms else None
