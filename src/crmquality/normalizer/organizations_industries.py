"""Words for what an organization does, at the end of a Chinese name: 腾讯 | 计算机系统."""

from __future__ import annotations

from functools import cache
from typing import Final

from crmquality.reference import read_lines

_LONGEST_NAME: Final = 24
"""Longer cores are never only words of trades."""


@cache
def _industries() -> tuple[frozenset[str], dict[str, tuple[int, ...]], frozenset[str]]:
    """The words of trades; by their last two characters the lengths they come in, longest first; how they begin."""
    words = frozenset(read_lines("industries_zh.txt"))
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[-2:], set()).add(len(word))
    ordered = {end: tuple(sorted(sizes, reverse=True)) for end, sizes in lengths.items()}
    return words, ordered, frozenset(word[:2] for word in words)


def split_industry(core: str) -> tuple[str, str]:
    """Trade name and industry of a core: words of trades at its end, as long as two characters stay.

    >>> split_industry("腾讯计算机系统"), split_industry("华为"), split_industry("百度网讯科技")
    (('腾讯', '计算机系统'), ('华为', ''), ('百度网讯', '科技'))
    """
    words, lengths, _ = _industries()
    end = len(core)
    least = 4 if core.startswith("中国") else 2
    while end > least + 1:
        for size in lengths.get(core[end - 2 : end], ()):
            if end - size >= least and core[end - size : end] in words:
                end -= size
                break
        else:
            break
    return core[:end], core[end:]


def is_generic(core: str) -> bool:
    """Whether a core is nothing but words of trades.

    >>> is_generic("石油天然气"), is_generic("汽车"), is_generic("第三建筑工程"), is_generic("腾讯科技")
    (True, True, True, False)
    """
    words, lengths, starts = _industries()
    if core.startswith("第"):  # 第三建筑工程公司: a number is no name
        core = core[2:]
    if core[:2] not in starts or len(core) > 24:
        return False
    ends = [len(core)]
    for end in ends:  # grows while it is read: every place where a word may end
        for size in lengths.get(core[end - 2 : end], ()) if end > 1 else ():
            if size <= end and end - size not in ends and core[end - size : end] in words:
                ends.append(end - size)
    return 0 in ends


_VAGUE: Final = frozenset({
    "科技", "技术", "贸易", "商贸", "网络", "网络科技", "信息", "信息技术", "信息科技", "企业", "咨询", "服务",
    "电子商务", "企业管理", "文化传播", "文化传媒", "科技发展", "进出口",
})  # fmt: skip


def is_vague(core: str) -> bool:
    """Whether a core is a trade that everybody has, so that a place in front makes no name of it: 深圳市科技.

    >>> is_vague("科技"), is_vague("汽车")
    (True, False)
    """
    return core in _VAGUE


def ends_with_industry(text: str) -> bool:
    """Whether a text ends with the word of a trade.

    >>> ends_with_industry("小米科技"), ends_with_industry("小米")
    (True, False)
    """
    words, lengths, _ = _industries()
    return any(text[-size:] in words for size in lengths.get(text[-2:], ()))
