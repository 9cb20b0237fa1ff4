"""What stands around a name in Latin letters: titles, suffixes and degrees, and words that say something of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from crmquality.normalizer.person_names_orders import is_initial, is_particle, low
from crmquality.normalizer.person_names_pinyin import word_syllables
from crmquality.normalizer.person_names_words import Found, english_given_names, latin_words, us_surnames

_WORD: Final = re.compile(r"[^\s,]+|,")
_INITIALS_RUN: Final = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?\.?\Z")
_TITLE_AND_NAME: Final = re.compile(r"([^\W\d_]{2,4})\.(?=[^\W\d_]{2})")
_APOSTROPHE: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'"})
_HYPHEN: Final = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"})
_DOCTORS: Final = frozenset(
    {*("med", "jur", "phil", "rer", "nat", "hc", "ing", "oec", "theol", "vet", "habil", "pol", "dent")}
)
_SAMPLE_WORDS: Final = frozenset({"test", "testing", "tester", "dummy"})


def words_of(text: str) -> list[str]:
    """The words of a name, commas as words of their own, runs of initials apart.

    >>> words_of("Smith, J.R.")
    ['Smith', ',', 'J.', 'R.']
    """
    plain = text.translate(_APOSTROPHE).translate(_HYPHEN)
    plain = _TITLE_AND_NAME.sub(_set_off_title, plain)
    out: list[str] = []
    for word in _WORD.findall(plain):
        if _INITIALS_RUN.match(word) and not _is_abbreviation(folded(word), first=not out):
            out += [f"{c}." for c in word if c != "."]
        else:
            stripped = word if word in {",", "'t", "'s"} else word.strip("-'\"_:;!").rstrip("/\\")
            if stripped.strip("."):
                out.append(stripped)
    return out


def _is_abbreviation(bare: str, *, first: bool) -> bool:
    """M.D., Ph.D., H.E.: letters with dots that are no initials; M.A. Smith and J.R. are initials."""
    if first:
        return bare in latin_words("title_dotted")
    return bare not in {"jr", "sr"} and (bare in latin_words("suffix_marked") or bare in latin_words("suffix"))


def take_special(words: list[str], found: Found) -> list[str]:
    """Take off the words that say something of the name: The Smith Family, FNU Smith; O Neill is O'Neill.

    >>> take_special(["The", "Smith", "Family"], Found()), take_special(["FNU", "Smith"], Found())
    (['Smith'], ['Smith'])
    """
    words = _without_roles(words, found)
    lower = [folded(w) for w in words]
    families, unknown = latin_words("family_word"), latin_words("placeholder_name")
    if len(words) > 1 and (lower[-1] in families or (lower[0] in families and lower[0] != "estate")):
        k = len(words) - 1 if lower[-1] in families else 0
        found.issue("several_people")
        found.set_note(words[k])
        words = [w for i, w in enumerate(words) if i != k and not (i == 0 and lower[0] == "the")]
    elif len(words) == 2 and lower[0] == "the" and lower[1].endswith("s") and lower[1][:-1] in us_surnames():
        found.issue("several_people")
        found.set_note(" ".join(words))
        words = [words[1][:-1]]
    elif any(w in unknown for w in lower) and not (len(words) == 2 and any(is_initial(w) for w in words)):
        for w in words:
            if folded(w) in unknown:
                found.set_note(w)
        words = [w for w in words if folded(w) not in unknown]
        if not any(w != "," for w in words):
            found.issue("placeholder")
    if not _SAMPLE_WORDS.isdisjoint(lower):
        found.issue("sample_name")
    return _joined_o(words) if "o" in lower else words


def _without_roles(words: list[str], found: Found) -> list[str]:
    """CEO John Smith; John Smith, Acme Ltd."""
    roles = latin_words("role")
    while len(words) > 2 and folded(words[0]) in roles and words[1] != ",":
        more = folded(words[1]) in roles or folded(words[1]) in latin_words("title")
        if not more and (folded(words[0]) in english_given_names() or folded(words[0]) in us_surnames()):
            break
        if all(folded(w) in roles for w in words[1:]):
            break
        found.set_note(words[0])
        words = take_titles(words[1:], found)
    if "," in words[2:]:
        comma = words.index(",")
        left, right = words[:comma], words[comma + 1 :]
        if is_organization(right) and not is_organization(left) and low(left[0]) in english_given_names():
            found.set_note(" ".join(right))
            return left
    return words


def _joined_o(words: list[str]) -> list[str]:
    """Sean O Brien as Sean O'Brien, where that is a family name."""
    out: list[str] = []
    for word in words:
        if out and out[-1] in {"O", "o"} and f"o{low(word)}" in us_surnames():
            out[-1] = f"O'{word[0].upper()}{word[1:]}"
        else:
            out.append(word)
    return out


def _set_off_title(match: re.Match[str]) -> str:
    return f"{match.group(1)}. " if match.group(1).lower() in latin_words("title") else match.group()


def folded(word: str) -> str:
    """A word without full stops, in lower case.

    >>> folded("Ph.D."), folded("Mr")
    ('phd', 'mr')
    """
    return word.replace(".", "").lower()


def take_titles(words: list[str], found: Found) -> list[str]:
    """Take off the titles before a name, and Mr or Dr behind it.

    >>> take_titles(["Prof.", "Dr.", "Hans", "Müller"], Found())
    ['Hans', 'Müller']
    """
    titles, dotted = latin_words("title"), latin_words("title_dotted")
    words = _without_style(words, found)
    while words and not (len(words) == 1 and word_syllables(words[0])):
        # `Dr` before a name; a title that is all there is stays a title
        bare = folded(words[0])
        title = titles.get(bare) or (dotted.get(bare) if words[0].endswith(".") and len(words) > 1 else None)
        if title is None and found.title and bare in _DOCTORS and words[0].endswith(".") and len(words) > 1:
            title = bare  # Dr. med.
        if title is None:
            break
        found.set_title(title)
        words = words[1:]
    last = folded(words[-1]) if len(words) > 1 else ""
    if last in {"mr", "mrs", "ms", "miss", "dr", "prof", "madam", "sir"}:
        found.set_title(titles[last])
        words = words[:-1]
    return words


def _without_style(words: list[str], found: Found) -> list[str]:
    """The Honorable John Smith, His Excellency John Smith, The Most Rev. John Smith: a style of several words."""
    article = 1 if len(words) > 2 and words[0].lower() == "the" else 0
    if len(words) > article + 2:
        style = latin_words("title_phrase").get(f"{folded(words[article])} {folded(words[article + 1])}")
        if style is not None:
            found.set_title(style)
            return words[article + 2 :]
    return words[1:] if article and folded(words[1]) in latin_words("title") else words


def take_suffixes(words: list[str], found: Found) -> list[str]:
    """Take off Jr, III, PhD from the end, and from the end of the family name before a comma (Smith Jr, John).

    >>> found = Found()
    >>> take_suffixes(["John", "Smith", ",", "Ph.D."], found), found.suffix
    (['John', 'Smith'], 'PhD')
    """
    suffixes, marked = latin_words("suffix"), latin_words("suffix_marked")
    taken: list[str] = []

    def strip(end: int) -> int:
        while end > 1:
            word, before = words[end - 1], words[end - 2]
            bare = folded(word)
            behind_comma = before == "," and end > 2
            dotted = word.count(".") >= 2
            # Jack Ma is no master of arts: what is also a name needs a comma or dots, and capitals
            known = suffixes.get(bare) or (marked.get(bare) if dotted or (behind_comma and word.isupper()) else None)
            if known is None or (not behind_comma and len(before) > 1 and is_particle(before)):
                break
            taken.insert(0, known)
            del words[end - 1]
            end -= 1
            if behind_comma:
                del words[end - 1]
                end -= 1
        return end

    strip(len(words))
    if words.count(",") >= 2:
        # Smith, Jr., John
        first = words.index(",")
        second = words.index(",", first + 1)
        if second == first + 2 and (folded(words[first + 1]) in suffixes or folded(words[first + 1]) in marked):
            word = folded(words[first + 1])
            taken.append(suffixes.get(word) or marked[word])
            del words[first + 1 : second + 1]
    fifth = len(words) > 2 and words[-1] == "V" and "," not in words and len(words[-2].strip(".")) > 1
    if fifth and low(words[0]) in english_given_names():
        taken.append("V")
        words.pop()
    if "," in words:
        strip(words.index(","))
    if taken:
        found.suffix = ", ".join(taken)
    return words


def split_suffix(text: str) -> tuple[str, str | None]:
    """A family name in a column of its own, without Jr or PhD behind it.

    >>> split_suffix("Smith Jr."), split_suffix("van der Berg"), split_suffix("Ma")
    (('Smith', 'Jr'), ('van der Berg', None), ('Ma', None))
    """
    found = Found()
    words = take_suffixes(words_of(text), found)
    return (" ".join(w for w in words if w != ","), found.suffix) if found.suffix else (text, None)


def is_organization(words: Sequence[str]) -> bool:
    """Whether words name an organization or a role: Acme Ltd, Sales.

    >>> is_organization(["Acme", "Ltd"]), is_organization(["Sales"]), is_organization(["Charlotte", "Church"])
    (True, True, False)
    """
    known = latin_words("organization")
    bare = [folded(w) for w in words]
    roles = latin_words("role")
    if len(words) == 2 and bare[0] in english_given_names() and bare[1] in us_surnames():
        return False  # Charlotte Church
    return any(w in known for w in bare[1:]) or bare[0] in known or all(w in roles or w in known for w in bare)
