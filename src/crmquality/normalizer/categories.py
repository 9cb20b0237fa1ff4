"""Categories: one of a few values, and the bundled lists that bring the words for one thing to one code.

| list | codes | words |
|---|---|---|
| `sex` | M, F, X | 男, 女, male, Mr, 先生, 女士 ...; a bare digit is not decided |
| `sex_gbt2261` | M, F, X | the same, and 1 and 2 of GB/T 2261.1 (also ISO/IEC 5218); 0 and 9 are missing |
| `sex_1_0` | M, F, X | the same, and 1 for men and 0 for women |
| `boolean` | true, false | 是, 否, Y, N, 1, 0, 启用, 停用, √, × ... |
| `marital_status` | single, married, divorced, widowed, separated | 未婚, 已婚, 离异, 丧偶 ..., GB/T 2261.2 |

A list of one's own is a mapping from words to codes; it is added to the bundled one, and wins over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, TypeAlias, cast, get_args

from crmquality.errors import ConfigError, unknown
from crmquality.normalizer.text import CLEAN_ISSUES, clean
from crmquality.normalizer.transliteration import fold
from crmquality.tables import Normalized

CategoryList: TypeAlias = Literal["sex", "sex_gbt2261", "sex_1_0", "boolean", "marital_status"]

ISSUES: Final = (*CLEAN_ISSUES, "unknown_category")

_SEX: Final[dict[str, str]] = {
    "M": "m male man boy gentleman sir mr mister 男 男性 男士 男生 男人 男孩 先生",
    "F": "f female woman girl lady madam mrs ms miss mme 女 女性 女士 女生 女人 女孩 小姐 太太 夫人",
    "X": "x nonbinary non-binary diverse 其他 其它 other",
}
_BOOLEAN: Final[dict[str, str]] = {
    "true": """true yes y t 1 on enabled enable active valid checked ok 是 是的 对 真 有 开 开启 开通 启用 已启用 有效
    激活 已激活 同意 已同意 允许 勾选 √ ✓ ✔ ☑ ✅""",
    "false": """false no n f 0 off disabled disable inactive invalid unchecked 否 不是 不 错 假 关 关闭 停用 已停用 禁用
    未启用 无效 未激活 不同意 未同意 拒绝 不允许 × ✗ ✘ ☒ ❌ ☐""",
}
_MARITAL: Final[dict[str, str]] = {
    "single": "single unmarried nevermarried never_married 未婚 单身 10",
    "married": "married 已婚 初婚 再婚 复婚 有配偶 20 21 22 23",
    "widowed": "widowed widow widower 丧偶 30",
    "divorced": "divorced 离婚 离异 已离婚 40",
    "separated": "separated 分居",
}
_BY_ITSELF: Final = {
    **dict.fromkeys("男 男性 男士 male 先生".split(), "M"),  # noqa: SIM905
    **dict.fromkeys("女 女性 女士 female 小姐".split(), "F"),  # noqa: SIM905
}
"""Words that mean a sex in whatever column they stand; M, F, 1 and 0 may mean anything."""
_MISSING: Final = ""
_LISTS: Final[dict[str, dict[str, str]]] = {
    "sex": _SEX,
    "sex_gbt2261": {**_SEX, "M": _SEX["M"] + " 1", "F": _SEX["F"] + " 2", _MISSING: "0 9"},
    "sex_1_0": {**_SEX, "M": _SEX["M"] + " 1", "F": _SEX["F"] + " 0"},
    "boolean": _BOOLEAN,
    "marital_status": _MARITAL,
}


def normalize_category(
    value: str | None, *, mapping: CategoryList | None = None, words: Mapping[str, str] | None = None
) -> Normalized:
    """One of a few values: a status, an industry, a level. As it is written, but without the signs around it.

    Args:
        value: the cell.
        mapping: a bundled list that brings words to codes; see this module. Without a list the few words that mean a
            sex in any column (男, female, 先生) become M and F, so that one column of them has one spelling.
        words: words of one's own to codes. What stands for a missing value is mapped to "".

    Returns:
        The value, or with a list its code; what no list knows stays as it is and is an `unknown_category`. Part `key`,
        the comparable form: VIP客户, vip 客户 and 【VIP客戶】 are one category.

    Raises:
        ConfigError: for a list that does not exist.

    >>> normalize_category("【VIP 客戶】").value, normalize_category("【VIP 客戶】").parts["key"]
    ('VIP 客戶', 'vip客户')
    >>> [normalize_category(v).value for v in ("男", "Female", "先生", "M", "1")]
    ['M', 'F', 'M', 'M', '1']
    >>> [normalize_category(v, mapping="sex").value for v in ("男", "女士", "Mr.", "FEMALE", "先生", "保密")]
    ['M', 'F', 'M', 'F', 'M', None]
    >>> normalize_category("1", mapping="sex")
    Normalized(value='1', parts={'key': '1'}, issues=('unknown_category',))
    >>> [normalize_category(v, mapping="boolean").value for v in ("是", "N", "√", "停用")]
    ['true', 'false', 'true', 'false']
    >>> normalize_category("key account", words={"Key Account": "A", "大客户": "A"}).value
    'A'
    """
    known = _known(mapping, tuple(sorted(words.items())) if words else ())
    if known and value is not None:
        code = known.get(value)  # NA may be a country, × a no: a list goes before what looks like a placeholder
        if code is None and len(value) <= _LONGEST:
            code = known.get(_word(value))
        if code is not None:
            return Normalized(code, {"key": fold(code) or code}, ()) if code else Normalized(None, {}, ("placeholder",))
    text, issues = clean(value)
    if text is None:
        return Normalized(None, {}, issues)
    by_itself = mapping is None and not words
    stripped, more = clean(_strip(text))
    if stripped is None:
        return Normalized(None, {}, (*issues, *more))
    if known:
        code = known.get(_word(stripped))
        if code is not None:
            return Normalized(code, {"key": fold(code) or code}, issues)
        issues = (*issues, "unknown_category")
    if by_itself and len(stripped) <= _LONGEST and (code := _BY_ITSELF.get(_word(stripped))) is not None:
        return Normalized(code, {"key": fold(code)}, issues)
    return Normalized(stripped, {"key": fold(stripped) or stripped}, issues)


def words_for(mapping: CategoryList, code: str) -> tuple[str, ...]:
    """The words that a bundled list brings to a code.

    >>> words_for("marital_status", "separated")
    ('separated', '分居')
    """
    return tuple(_LISTS[mapping][code].split())


_LONGEST: Final = 60


def _strip(text: str) -> str:
    # a sign at the end can be the value's own: A+, C#
    return text.strip(" .,;:、。\"'“”‘’()[]{}<>【】《》「」-_/\\|")


def _word(text: str) -> str:
    """A word as the lists have it: folded, and a sign that folding would lose as it is."""
    text = " ".join(text.split())
    return fold(text).replace(" ", "") or text


@lru_cache(maxsize=64)
def _known(mapping: str | None, words: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    if mapping is not None and mapping not in _LISTS:
        raise ConfigError(unknown("list of categories", str(mapping), get_args(CategoryList)))
    bundled = _LISTS.get(cast(str, mapping), {})
    known = {_word(word): code for code, said in bundled.items() for word in said.split()}
    own = {_word(word): code for word, code in words}
    # a code stands for itself, so that a normalized column can be normalized again
    codes = {_word(code): code for code in [*bundled, *own.values()] if code}
    exact = {code: code for code in codes.values()}
    return {**known, **codes, **own, **exact}
