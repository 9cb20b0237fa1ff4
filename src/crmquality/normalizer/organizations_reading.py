"""What a grammar says of one organization's name, whatever its language, and how a note beside a name is known."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmquality.reference import read_table


class Reading(NamedTuple):
    """One name, taken apart.

    Attributes:
        value: the whole name as it should be written.
        core: trade name and industry as they stand in the name, without place, legal form, branch and notes.
        trade_name: what tells the organization from others of its trade.
        industry: what it does, empty where the name does not say.
        place: where it is.
        place_key: the same as it is compared, in every language alike.
        legal_form: the canonical form.
        legal_class: what kind of form that is in every country.
        branch: the part that is named beside the whole (北京分公司).
        note: what somebody wrote beside the name.
        other: a second name in the cell.
        script: han, latin, mixed or other.
        key: what other spellings share with it.
        trade_key: what other languages share with its trade name.
        core_key: the same of the core.
        short: what people may call it.
        issues: what was done and found.
    """

    value: str
    core: str
    trade_name: str
    industry: str = ""
    place: str = ""
    place_key: str = ""
    legal_form: str = ""
    legal_class: str = ""
    branch: str = ""
    note: str = ""
    other: str = ""
    script: str = ""
    key: str = ""
    trade_key: str = ""
    core_key: str = ""
    short: str = ""
    issues: tuple[str, ...] = ()


_NOTE_PATTERNS: Final = (
    "[\\w-]{{0,8}}?(?:{departments})(?:部门?|处|科|室|组|中心|办公室|办|岗|专员|主管|经理|总监|人员|员)[\\w-]{{0,6}}",
    "(?:总经办|总经理办公室|办公室|前台|业务员?|联系人|收件人|对接人|负责人)\\w{{0,6}}",
    "(?:原名?|曾用名?)[:]?.{{1,40}}",
    "(?:现|已)?(?:更名|改名)(?:为)?.{{0,40}}",
    "(?:联系人|电话|手机|座机|传真|地址|邮箱|微信|QQ|法人|法定代表人|备注|税号|开户行|账号|客户)号?[:].{{0,60}}",
    "\\w{{1,4}}(?:先生|女士|小姐|经理|总监|老师|老板|主任|处长)",
    "[\\d+() -]{{7,40}}",
    "(?:股票代码|证券代码)[:]?\\d{{6}}(?:\\.[A-Z]{{2}})?",
    "[\\w.+-]{{1,40}}@[\\w.-]{{3,40}}",
)


@cache
def _note() -> re.Pattern[str]:
    rows = read_table("organization_words.csv")
    words = "|".join(sorted((r["word"] for r in rows if r["kind"] == "note"), key=len, reverse=True))
    departments = "|".join(sorted((r["word"] for r in rows if r["kind"] == "department"), key=len, reverse=True))
    patterns = "|".join(_NOTE_PATTERNS).format(departments=departments)
    return re.compile(f"(?:{words}|{patterns})\\Z")


def is_note(text: str) -> bool:
    """Whether a text beside a Chinese name is somebody's note: a department, a state, a person, a number.

    >>> is_note("采购部"), is_note("已注销"), is_note("13800138000"), is_note("科技")
    (True, True, True, False)
    """
    return len(text) <= 64 and bool(_note().match(text))
