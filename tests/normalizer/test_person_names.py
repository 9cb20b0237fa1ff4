"""Names of persons: hard cases, one name in many spellings, and the laws of every kernel."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmquality.normalizer import person_names
from crmquality.normalizer.person_names import (
    ISSUES,
    normalize_family_name,
    normalize_given_name,
    normalize_person_name,
)
from crmquality.normalizer.person_names_cells import read_cell, read_spaced_han
from crmquality.normalizer.person_names_columns import normalize_person_name_column
from crmquality.normalizer.person_names_common import read_common
from crmquality.normalizer.person_names_han import simplify_name, surname_pinyin
from crmquality.normalizer.person_names_han_reading import read_plain_han
from crmquality.normalizer.person_names_latin import read_plain_latin
from crmquality.normalizer.person_names_words import Found, given_roots, surname_frequencies
from crmquality.normalizer.text import MAX_LENGTH, clean
from crmquality.tables import Normalized

KERNELS = [normalize_person_name, normalize_given_name, normalize_family_name]


def parts(raw: str, *names: str) -> tuple[str | None, ...]:
    answer = normalize_person_name(raw)
    return tuple(answer.parts.get(name) for name in names)


# ---------------------------------------------------------------------------------------------------------------- Han


@pytest.mark.parametrize(
    ("raw", "family", "given"),
    [tuple(line.split()) for line in """
        王小明 王 小明
        司马光 司马 光
        诸葛亮 诸葛 亮
        上官婉儿 上官 婉儿
        慕容复 慕容 复
        令狐冲 令狐 冲
        长孙无忌 长孙 无忌
        尉迟恭 尉迟 恭
        皇甫嵩 皇甫 嵩
        夏侯惇 夏侯 惇
        公孙瓒 公孙 瓒
        东方朔 东方 朔
        南宫适 南宫 适
        宇文泰 宇文 泰
        呼延灼 呼延 灼
        西门庆 西门 庆
        歐陽修 欧阳 修
        諸葛亮 诸葛 亮
        陳大文 陈 大文
        仇英 仇 英
        盖叫天 盖 叫天
        万俟卨 万俟 卨
        张王李 张 王李
        高山 高 山
        方正 方 正
        爱新觉罗·溥仪 爱新觉罗 溥仪
        王小明先生 王 小明
        曾国藩 曾 国藩
        解晓东 解 晓东
        查良镛 查 良镛
        里娟丽 里 娟丽
        林郑月娥 林郑 月娥
        张乾 张 乾
        张伟平 张 伟平
        王和平 王 和平
        张建工 张 建工
        威廉·莎士比亚 莎士比亚 威廉
        威廉•莎士比亚 莎士比亚 威廉
        阿卜杜拉·买买提 买买提 阿卜杜拉
        田中角荣 田中 角荣
    """.strip().splitlines()],
)  # fmt: skip
def test_family_and_given_name(raw: str, family: str, given: str) -> None:
    assert parts(raw, "family", "given") == (family, given)


def test_middle_names_of_foreigners_in_han() -> None:
    assert parts("让·雅克·卢梭", "given", "middle", "family") == ("让", "雅克", "卢梭")


@pytest.mark.parametrize(
    ("raw", "value", "title"),
    [
        ("王总", "王", "总"),
        ("李经理", "李", "经理"),
        ("张老师", "张", "老师"),
        ("欧阳女士", "欧阳", "女士"),
        ("王 先生", "王", "先生"),
        ("王小明先生", "王小明", "先生"),
        ("张伟（女士）", "张伟", "女士"),
        ("总经理 王伟", "王伟", "总经理"),
        ("总经理王伟", "王伟", "总经理"),
        ("总经理：王伟", "王伟", "总经理"),
        ("王伟/总经理", "王伟", "总经理"),
        ("王总经理", "王", "总经理"),
        ("王总(王伟)", "王伟", "总"),
        ("陈太", "陈", "太"),
        ("王妈妈", "王", "妈妈"),
        ("Mrs. 陈", "陈", "Mrs"),
        ("王Sir", "王", "Sir"),
        ("丽丽老师", "丽丽", "老师"),
    ],
)
def test_titles_come_off(raw: str, value: str, title: str) -> None:
    answer = normalize_person_name(raw)
    assert (answer.value, answer.parts["title"]) == (value, title)
    assert "title_removed" in answer.issues


@pytest.mark.parametrize(("raw", "family"), [("小王", "王"), ("老李", "李"), ("小王总", "王")])
def test_forms_of_address_tell_the_family_name_only(raw: str, family: str) -> None:
    answer = normalize_person_name(raw)
    assert answer.value == answer.parts["family"] == family
    assert answer.parts["nickname"] == raw[:2]
    assert "given" not in answer.parts
    assert "given_name_unknown" in answer.issues


def test_a_given_name_alone() -> None:
    answer = normalize_person_name("小明")
    assert answer.value == answer.parts["given"] == "小明"
    assert answer.issues == ("family_name_unknown",)


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ("张伟(老客户)", "老客户"),
        ("张伟（老客户", "老客户"),
        ("张伟【VIP】", "VIP"),
        ("张伟-采购部", "采购部"),
        ("采购部-张伟", "采购部"),
        ("张伟 微信同号", "微信同号"),
        ("张伟微信同号", "微信同号"),
        ("张伟13800138000", "13800138000"),
        ("张伟 138-0013-8000", "138-0013-8000"),
        ("张伟2", "2"),
        ("A张伟", "A"),
        ("AAA张伟", "AAA"),
        ("张伟 苏州", "苏州"),
        ("苏州-张伟", "苏州"),
        ("张伟 zw@example.com", "zw@example.com"),
        ("【张伟】(已离职)", None),
    ],
)
def test_annotations_come_off(raw: str, note: str | None) -> None:
    answer = normalize_person_name(raw)
    if note is None:
        return
    assert (answer.value, answer.parts["note"]) == ("张伟", note)
    assert "annotation_removed" in answer.issues
    assert ("phone_in_name" in answer.issues) == (sum(c.isdigit() for c in note) > 6)


@pytest.mark.parametrize(
    "raw", ["李雷", "李 雷", "李\u3000雷", "李\u200b雷", " 李雷 ", "姓名：李雷", "客户李雷", "李雷😊"]
)
def test_spaces_and_signs_do_not_matter(raw: str) -> None:
    assert normalize_person_name(raw).value == "李雷"


@pytest.mark.parametrize(
    ("raw", "value", "other"),
    [
        ("王伟/李娜", "王伟", "李娜"),
        ("王伟、李娜", "王伟", "李娜"),
        ("王伟，李娜", "王伟", "李娜"),
        ("王伟 李娜", "王伟", "李娜"),
        ("王伟和李娜", "王伟", "李娜"),
        ("王先生/李女士", "王", "李"),
        ("John and Mary Smith", "John Smith", "Mary Smith"),
        ("John Smith & Mary Jones", "John Smith", "Mary Jones"),
        ("Smith, John and Mary", "John Smith", "Mary Smith"),
    ],
)
def test_two_people_in_a_cell(raw: str, value: str, other: str) -> None:
    answer = normalize_person_name(raw)
    assert (answer.value, answer.parts["other"]) == (value, other)
    assert "several_people" in answer.issues


def test_somebody_s_mother_is_not_somebody() -> None:
    answer = normalize_person_name("王小明妈妈")
    assert answer.value == "王小明妈妈"
    assert "family" not in answer.parts
    assert answer.parts["key"] != normalize_person_name("王小明").parts["key"]


@pytest.mark.parametrize("raw", ["王*", "王*明", "王＊＊", "王某", "王某某", "王某人", "王XX"])
def test_masked_names_keep_the_family_name(raw: str) -> None:
    answer = normalize_person_name(raw)
    assert (answer.value, answer.issues[-2:]) == ("王", ("masked", "given_name_unknown"))


@pytest.mark.parametrize(
    "raw", ["北京华为科技有限公司", "采购部", "Acme Inc", "Sales", "info@example.com", "13800138000", "老客户"]
)
def test_what_is_no_person(raw: str) -> None:
    answer = normalize_person_name(raw)
    assert "not_a_person" in answer.issues
    assert "family" not in answer.parts
    assert "given" not in answer.parts


@pytest.mark.parametrize(
    "raw", ["未知", "测试", "无名氏", "某某", "先生", "Test Test", "N/A", "", "   ", "测试(张)", "-"]
)
def test_no_name_at_all(raw: str) -> None:
    assert normalize_person_name(raw).value is None


@pytest.mark.parametrize("raw", ["张三", "John Doe"])
def test_sample_names_stay_and_are_told(raw: str) -> None:
    assert normalize_person_name(raw).value == raw
    assert "sample_name" in normalize_person_name(raw).issues


SURNAMES = """
    单 shan 区 ou 查 zha 朴 piao 盖 ge 翟 zhai 任 ren 澹台 tan,tai 晁 chao 黑 he 燕 yan 华 hua 种 chong
    覃 qin 洗 xian 葛 ge 句 gou 车 che 藏 zang 臧 zang 卜 bu 过 guo 干 gan 会 gui 祭 zhai 佴 nai
    洪 hong 吕 lu 牟 mu 能 nai 乜 nie 殳 shu 褚 chu 咸 xian 相 xiang 於 yu 虞 yu 郁 yu 恽 yun 郓 yun
    昝 zan 占 zhan 重 chong 幺 yao 眭 sui 贲 ben 薄 bo 钭 tou 曾 zeng 仇 qiu 解 xie 尉迟 yu,chi 乐 yue
    缪 miao 冼 xian 员 yun 宓 mi 万俟 mo,qi 长孙 zhang,sun 令狐 ling,hu 那 na 欧阳 ou,yang
"""


@pytest.mark.parametrize(("surname", "reading"), list(zip(SURNAMES.split()[::2], SURNAMES.split()[1::2], strict=True)))
def test_surnames_have_readings_of_their_own(surname: str, reading: str) -> None:
    assert ",".join(surname_pinyin(surname)) == reading
    assert normalize_family_name(surname).parts["key"] == reading.replace(",", "")


# -------------------------------------------------------------------------------------------------------------- Latin


@pytest.mark.parametrize(
    ("raw", "title", "given", "middle", "family", "suffix"),
    [
        ("John Smith", None, "John", None, "Smith", None),
        ("SMITH, JOHN", None, "John", None, "Smith", None),
        ("Ludwig van Beethoven", None, "Ludwig", None, "van Beethoven", None),
        ("Gabriel García Márquez", None, "Gabriel", None, "García Márquez", None),
        ("O'Brien, Siobhán", None, "Siobhán", None, "O'Brien", None),
        ("Conan O’Brien", None, "Conan", None, "O'Brien", None),
        ("Mary-Kate Olsen-Smith", None, "Mary-Kate", None, "Olsen-Smith", None),
        ("John Smith, Jr.", None, "John", None, "Smith", "Jr"),
        ("John Smith III", None, "John", None, "Smith", "III"),
        ("John Smith, M.D., Ph.D.", None, "John", None, "Smith", "MD, PhD"),
        ("Smith Jr, John", None, "John", None, "Smith", "Jr"),
        ("Sir Ian McKellen", "Sir", "Ian", None, "McKellen", None),
        ("Mr. & Mrs. John Smith", "Mr & Mrs", "John", None, "Smith", None),
        ('Robert "Bob" Jones', None, "Robert", None, "Jones", None),
        ("Bob (Robert) Jones", None, "Bob", None, "Jones", None),
        ("J. R. R. Tolkien", None, "J.", "R. R.", "Tolkien", None),
        ("J.R.R. Tolkien", None, "J.", "R. R.", "Tolkien", None),
        ("Leonardo da Vinci", None, "Leonardo", None, "da Vinci", None),
        ("Vincent van Gogh", None, "Vincent", None, "van Gogh", None),
        ("Charles de Gaulle", None, "Charles", None, "de Gaulle", None),
        ("WANG Xiaoming", None, "Xiaoming", None, "Wang", None),
        ("Xiaoming WANG", None, "Xiaoming", None, "Wang", None),
        ("Chan Tai Man, Peter", None, "Tai Man", None, "Chan", None),
        ("Kim Min-jun", None, "Min-jun", None, "Kim", None),
        ("john smith", None, "John", None, "Smith", None),
        ("Jack Ma", None, "Jack", None, "Ma", None),
        ("Yo-Yo Ma", None, "Yo-Yo", None, "Ma", None),
        ("John Smith (Sales)", None, "John", None, "Smith", None),
        ("John  Smith\xa0", None, "John", None, "Smith", None),
        ("J\u043ehn Smith", None, "John", None, "Smith", None),  # Cyrillic о
        ("José Ángel de los Santos", None, "José", "Ángel", "de los Santos", None),
        ("Otto von und zu Guttenberg", None, "Otto", None, "von und zu Guttenberg", None),
        ("VAN DER BERG, JOHAN", None, "Johan", None, "van der Berg", None),
        ("Nguyễn Văn An", None, "An", "Văn", "Nguyễn", None),
        ("ronald mcdonald", None, "Ronald", None, "McDonald", None),
        ("JOHN MACDONALD", None, "John", None, "MacDonald", None),
        ("Dr.Smith", "Dr", None, None, "Smith", None),
        ("john.smith", None, "John", None, "Smith", None),
        ("Attn: John Smith", None, "John", None, "Smith", None),
        ("Jane Smith née Doe", None, "Jane", None, "Smith", None),
        ("John Smith - Acme Ltd", None, "John", None, "Smith", None),
    ],
)
def test_latin_names(
    raw: str, title: str | None, given: str | None, middle: str | None, family: str | None, suffix: str | None
) -> None:
    expected = (title, given, middle, family, suffix)
    assert parts(raw, "title", "given", "middle", "family", "suffix") == expected


def test_codes_of_latin_names() -> None:
    assert "mixed_script" in normalize_person_name("J\u043ehn Smith").issues
    assert parts('Robert "Bob" Jones', "nickname") == ("Bob",)
    assert parts("Bob (Robert) Jones", "nickname") == ("Robert",)
    assert parts("Chan Tai Man, Peter", "nickname") == ("Peter",)
    assert parts("John Smith (Sales)", "note") == ("Sales",)
    assert normalize_person_name("Madonna").issues == ("given_name_unknown", "family_name_unknown")


@pytest.mark.parametrize(
    "spellings",
    [
        ["李娟丽", "Li Juanli", "Juanli Li", "LiJuanli", "LI, Juan-Li", "Li Juan Li", "李 娟丽", "李娟麗女士"],
        [
            "张小明",
            "Zhang Xiao-ming",
            "ZHANG, Xiaoming",
            "XiaomingZhang",
            "zhang xiao ming",
            "Xiaoming ZHANG",
            "Zhāng Xiǎomíng",
        ],
        [
            "张伟",
            "WeiZhang",
            "zhangwei",
            "Zhang Wei",
            "wei zhang",
            "张伟(Zhang Wei)",
            "Zhang Wei (张伟)",
            "张伟 David",
            "张偉",
        ],
        ["吕布", "Lü Bu", "Lv Bu", "LV, BU", "Lyu Bu", "Bu Lü", "呂布"],
        ["欧阳娜娜", "Ouyang Nana", "Nana Ouyang", "Ou Yang Na Na", "OuyangNana", "歐陽娜娜"],
        ["单田芳", "Shan Tianfang", "單田芳"],
        ["曾志伟", "Zeng Zhiwei", "Zhiwei Zeng"],
        ["王西安", "Wang Xi'an", "Xi-an Wang"],
        ["John Smith", "SMITH, John", "Smith John", "Mr. John Smith Jr.", "smith john"],
        ["José García", "Jose Garcia", "GARCÍA, JOSÉ"],
        ["Siobhan O'Brien", "OBRIEN, SIOBHAN", "O’Brien, Siobhán"],
        ["David 张", "张David", "David Zhang", "Zhang, David"],
    ],
)
def test_spellings_of_one_name_have_one_key(spellings: list[str]) -> None:
    assert len({normalize_person_name(s).parts["key"] for s in spellings}) == 1


def test_different_people_have_different_keys() -> None:
    names = ["张伟", "张薇薇", "李伟", "章薇", "王伟", "Wang Lei", "John Smith", "Jon Smith", "张", "伟"]
    keys = [normalize_person_name(n).parts["key"] for n in names]
    # 章薇 sounds like 张伟; a key tells what sounds alike, and the parts tell them apart
    assert len(set(keys)) == len(names) - 1


def test_initials_agree_between_scripts() -> None:
    assert parts("王小明", "initials") == parts("Wang Xiaoming", "initials") == ("wxm",)
    assert parts("John Quincy Adams", "initials") == ("jqa",)


def test_an_uncertain_order_is_told() -> None:
    assert "order_uncertain" in normalize_person_name("Yang Li").issues
    assert "order_uncertain" not in normalize_person_name("Wang Xiaoming").issues
    assert normalize_person_name("Wei, Zhang").value == "Wei, Zhang"  # a comma says what the words would not
    assert parts("Wei, Zhang", "family", "given") == ("Wei", "Zhang")


def test_given_and_family_names_in_columns_of_their_own() -> None:
    assert normalize_given_name("小明").parts["key"] == normalize_given_name("Xiao Ming").parts["key"] == "xiaoming"
    assert normalize_given_name("Mary Ann").parts["key"] == normalize_given_name("MARY-ANN").parts["key"]
    assert normalize_given_name("John A.").parts["key"] == "john"
    assert normalize_family_name("O’BRIEN").value == "O'Brien"
    assert normalize_family_name("de la cruz").parts["key"] == "delacruz"
    assert normalize_family_name("王先生").parts == {"title": "先生", "key": "wang", "script": "han", "initials": "w"}
    assert normalize_family_name("Smith Jr.").value == "Smith"
    assert normalize_family_name("Lv").parts["key"] == normalize_family_name("吕").parts["key"]


# ------------------------------------------------------------------------------------------- clause by clause, literals


@pytest.mark.parametrize(
    ("raw", "value", "part", "kept"),
    [
        ("销售总监张伟", "张伟", "title", "销售总监"),
        ("张伟(销售总监)", "张伟", "title", "销售总监"),
        ("市场部经理张伟", "张伟", "title", "经理"),
        ("王院士", "王", "title", "院士"),
        ("陈院", "陈", "title", "院"),
        ("王伟PhD", "王伟", "suffix", "PhD"),
        ("王伟 MBA", "王伟", "suffix", "MBA"),
        ("(张伟)经理", "张伟", "title", "经理"),
        ("采购张伟", "张伟", "note", "采购"),
        ("财务李娜", "李娜", "note", "财务"),
        ("前台小王", "王", "note", "前台"),
        ("客服小李", "李", "nickname", "小李"),
        ("技术部张伟", "张伟", "note", "技术部"),
        ("张伟采购部", "张伟", "note", "采购部"),
        ("张伟 技术部经理", "张伟", "note", "技术部经理"),
        ("新客户张伟", "张伟", "note", "新客户"),
        ("北京张伟", "张伟", "note", "北京"),
        ("华为-张伟", "张伟", "note", "华为"),
        ("张伟@华为", "张伟", "note", "@华为"),
        ("张伟先生收", "张伟", "note", "收"),
        ("张伟 收", "张伟", "note", "收"),
        ("张伟 敬启", "张伟", "note", "敬启"),
        ("致张伟先生", "张伟", "note", "致"),
        ("张伟 男", "张伟", "note", "男"),
        ("张伟(2)", "张伟", "note", "2"),
        ("张伟（138****8001）", "张伟", "note", "138****8001"),
        ("张伟 微信:zw123", "张伟", "note", "zw123 微信"),
        ("张伟 又名 张卫", "张伟", "note", "又名 张卫"),
        ("张伟 身份证", "张伟", "note", "身份证"),
        ("歐陽娜娜（VIP客戶）13800138001", "欧阳娜娜", "note", "13800138001 VIP客户"),
        ("陈大文 Chan Tai Man", "陈大文", "note", "Chan Tai Man"),
        ("A·张伟", "张伟", "note", "A"),
        ("CEO John Smith", "John Smith", "note", "CEO"),
        ("John Smith, Acme Technologies", "John Smith", "note", "Acme Technologies"),
        ("John Smith c/o Jane Roe", "John Smith", "note", "c/o Jane Roe"),
        ("FNU Smith", "Smith", "note", "FNU"),
        ("John Smith (MD)", "John Smith", "suffix", "MD"),
        ("Sr. Juan Garcia", "Juan Garcia", "title", "Sr"),
        ("Dott.ssa Maria Rossi", "Maria Rossi", "title", "Dott.ssa"),
        ("Prof. Dr. med. Hans Müller", "Hans Müller", "title", "Prof Dr med"),
        ("H.E. John Smith", "John Smith", "title", "HE"),
        ("Mme Curie", "Curie", "title", "Mme"),
        ("John Smith RN BSN", "John Smith RN, BSN", "suffix", "RN, BSN"),
        ("Smith, Jr., John", "John Smith Jr", "suffix", "Jr"),
        ("田中さん", "田中", "title", "さん"),
    ],
)
def test_what_is_taken_off_is_kept(raw: str, value: str, part: str, kept: str) -> None:
    answer = normalize_person_name(raw)
    assert (answer.value, answer.parts.get(part)) == (value, kept)


@pytest.mark.parametrize(
    ("raw", "value", "family", "given", "note"),
    [
        # what digits count or number goes with them
        ("王总（18楼）", "王", "王", None, "18楼"),
        ("王总(十八楼)", "王", "王", None, "十八楼"),
        ("李四8号", "李四", "李", "四", "8号"),
        ("李四 8 号", "李四", "李", "四", "8 号"),
        ("王大锤（3单元）", "王大锤", "王", "大锤", "3单元"),
        ("3栋502王大锤", "王大锤", "王", "大锤", "3栋502"),
        ("王总A座1201", "王", "王", None, "A座1201"),
        ("张伟(86届)", "张伟", "张", "伟", "86届"),
        ("第3组组长李娜", "李娜", "李", "娜", "第3组"),
        ("张伟2娜", "张伟", "张", "伟", "2 娜"),
        ("Mr Smith (2nd floor)", "Smith", "Smith", None, "2nd floor"),
        ("Mr Smith (3rd floor)", "Smith", "Smith", None, "3rd floor"),
        ("(2nd floor) Mr Smith", "Smith", "Smith", None, "2nd floor"),
        ("John Smith, 4th Floor", "John Smith", "Smith", "John", "4th Floor"),
        ("John Smith ext 123", "John Smith", "Smith", "John", "ext 123"),
        ("John Smith Room 302", "John Smith", "Smith", "John", "Room 302"),
        ("John Smith (2nd wife)", "John Smith", "Smith", "John", "2nd wife"),
        ("John Smith 3rd", "John Smith III", "Smith", "John", None),
        # an employer before a surname with a title
        ("腾讯李总13800138001", "李", "李", None, "13800138001 腾讯"),
        ("阿里巴巴王总", "王", "王", None, "阿里巴巴"),
        ("字节跳动王经理", "王", "王", None, "字节跳动"),
        ("小米王经理", "王", "王", None, "小米"),
        ("华为张工", "张", "张", None, "华为"),
        ("王小明总", "王小明", "王", "小明", None),
        ("欧阳王总", "欧阳王", "欧阳", "王", None),
        ("腾明总", "腾明", "腾", "明", None),
        # one name in two scripts
        ("Li 娜", "Li 娜", "Li", "娜", None),
        ("Wang 小明", "Wang 小明", "Wang", "小明", None),
        ("李 Na", "Na 李", "李", "Na", None),
        ("王小明 WANG XIAOMING", "王小明", "王", "小明", "WANG XIAOMING"),
        ("李娜Lina", "李娜", "李", "娜", "Lina"),
        ("张伟 Huawei", "张伟", "张", "伟", "Huawei"),
        # surnames of both parents
        ("王欧阳娜", "王欧阳娜", "王", "欧阳娜", None),
        ("林郑月娥", "林郑月娥", "林郑", "月娥", None),
        ("Liu-Wang Xiaoming", "Xiaoming Liu-Wang", "Liu-Wang", "Xiaoming", None),
        ("Xiao-Ming Liu", "Xiaoming Liu", "Liu", "Xiaoming", None),
        ("José Luis Rodríguez Zapatero", "José Luis Rodríguez Zapatero", "Rodríguez Zapatero", "José", None),
        ("Gabriel García Márquez", "Gabriel García Márquez", "García Márquez", "Gabriel", None),
        ("Maria Garcia Smith", "Maria Garcia Smith", "Smith", "Maria", None),
        ("Maria del Carmen García-López", "Maria del Carmen García-López", "García-López", "Maria", None),
        ("MARIA DE LOS ANGELES PEREZ", "Maria de los Angeles Perez", "Perez", "Maria", None),
        ("María de la Cruz", "María de la Cruz", "de la Cruz", "María", None),
        # styles of several words
        ("The Honorable John Smith", "John Smith", "Smith", "John", None),
        ("The Right Honourable Boris Johnson", "Boris Johnson", "Johnson", "Boris", None),
        ("His Excellency John Smith", "John Smith", "Smith", "John", None),
        ("The Rev. John Smith", "John Smith", "Smith", "John", None),
        # a western given name by sound before a Chinese surname
        ("大卫张", "大卫张", "张", "大卫", None),
        # letters that nothing tells to be initials, a form of a character that no table has
        ("X Æ A-12", "X Æ", None, None, "A-12"),
        ("𠮷田太郎", "吉田太郎", "吉田", "太郎", None),
        ("𠮷野家", "吉野家", "吉野", "家", None),
    ],
)
def test_what_a_strict_reader_found(
    raw: str, value: str, family: str | None, given: str | None, note: str | None
) -> None:
    answer = normalize_person_name(raw)
    found = (answer.value, *(answer.parts.get(name) for name in ("family", "given", "note")))
    assert found == (value, family, given, note)
    assert normalize_person_name(answer.value).value == answer.value
    assert ("annotation_removed" in answer.issues) is (note is not None)


def test_uncertain_orders_of_han_are_told() -> None:
    for name in ("王欧阳娜", "大卫张"):
        assert "order_uncertain" in normalize_person_name(name).issues
    for name in ("王小明", "欧阳娜娜", "林郑月娥"):
        assert "order_uncertain" not in normalize_person_name(name).issues


@pytest.mark.parametrize(
    ("raw", "value", "other", "note"),
    [
        ("张先生/李女士", "张", "李", "李女士"),
        ("小王/老李", "王", "李", "老李"),
        ("王总李总", "王", "李", "李总"),
        ("王先生李女士", "王", "李", "李女士"),
        ("张伟/李娜经理", "张伟", "李娜", "李娜经理"),
        ("Mr. Wang & Mrs. Li", "Wang", "Li", "Mrs. Li"),
        ("王五 代 李四", "王五", "李四", "代"),
        ("王五代李四", "王五", "李四", "代"),
        ("王五转李四", "王五", "李四", "转"),
        ("王五（代李四）", "王五", "李四", "代李四"),
        ("王伟 和 李娜", "王伟", "李娜", None),
        ("张伟13800138000李娜", "张伟", "李娜", "13800138000"),
    ],
)
def test_the_second_person_is_kept_as_written(raw: str, value: str, other: str, note: str | None) -> None:
    answer = normalize_person_name(raw)
    assert (answer.value, answer.parts.get("other"), answer.parts.get("note")) == (value, other, note)
    assert "several_people" in answer.issues


@pytest.mark.parametrize("name", ["王转运", "李代明", "张建代", "王和平", "陈转", "王替"])
def test_words_that_join_people_are_given_names_too(name: str) -> None:
    assert parts(name, "family", "given", "other") == (name[0], name[1:], None)


@pytest.mark.parametrize("dot", list("·•・‧∙⋅●.。ꞏ⸱･．-"))
def test_every_dot_in_a_foreign_name(dot: str) -> None:
    assert normalize_person_name(f"威廉{dot}莎士比亚").value == "威廉·莎士比亚"


@pytest.mark.parametrize(
    ("raw", "family", "given"),
    [
        ("威廉 莎士比亚", "莎士比亚", "威廉"),
        ("威廉·J·莎士比亚", "莎士比亚", "威廉"),
        ("J.K.罗琳", "罗琳", "J"),
        ("乔治·W·布什", "布什", "乔治"),
        ("大卫·李", "李", "大卫"),
        ("张·小明", "张", "小明"),
        ("张.伟", "张", "伟"),
        ("张-伟", "张", "伟"),
        ("张，小明", "张", "小明"),
        ("乔·拜登", "拜登", "乔"),
        ("特朗普", None, None),
        ("次仁央金", None, None),
        ("阿卜杜拉买买提", None, None),
        ("长谷川一郎", "长谷川", "一郎"),
        ("渡邊直美", "渡边", "直美"),
        ("渡辺直美", "渡边", "直美"),
        ("村上春樹", "村上", "春树"),
        ("宫崎骏", "宫崎", "骏"),
        ("高桥", "高", "桥"),
        ("山田たろう", "山田", "たろう"),
        ("김민준", "김", "민준"),
        ("阮文绍", "阮", "文绍"),
        ("朴智星", "朴", "智星"),
        ("Wang X.M.", "Wang", "X. M."),
        ("X.M. Wang", "Wang", "X. M."),
        ("Wang XM", "Wang", "X. M."),
        ("Smith JQ", "Smith", "J."),
        ("Smith, J.R.", "Smith", "J."),
        ("XiaoMing.Wang", "Wang", "Xiaoming"),
        ("xiaomingwang", "Wang", "Xiaoming"),
        ("Xiaoming", None, "Xiaoming"),
        ("Wang2 Xiao3ming2", "Wang", "Xiaoming"),
        ("lu:3 bu4", "Lü", "Bu"),
        ("David Zhang Wei", "Zhang", "Wei"),
        ("David Wei Zhang", "Zhang", "David"),
        ("CHAN Tai Man", "Chan", "Tai Man"),
        ("Peter Chan Tai-man", "Chan", "Tai-man"),
        ("Au Yeung Chi Wai", "Au Yeung", "Chi Wai"),
        ("Carrie Lam Cheng Yuet-ngor", "Lam Cheng", "Yuet-ngor"),
        ("Chiang Kai-shek", "Chiang", "Kai-shek"),
        ("Ip Man", "Ip", "Man"),
        ("Goh Chok Tong", "Goh", "Chok Tong"),
        ("Kim Minjun", "Kim", "Minjun"),
        ("Kim Min Jun", "Kim", "Min Jun"),
        ("Tran Hung Dao", "Tran", "Dao"),
        ("Yamada Taro", "Yamada", "Taro"),
        ("Beethoven, Ludwig van", "van Beethoven", "Ludwig"),
        ("van Gogh", "van Gogh", None),
        ("Van Morrison", "Morrison", "Van"),
        ("José Ortega y Gasset", "Ortega y Gasset", "José"),
        ("Ole van 't Hof", "van 't Hof", "Ole"),
        ("Jill St. John", "St. John", "Jill"),
        ("Ahmed Al Mansouri", "Al Mansouri", "Ahmed"),
        ("Seán Ó Briain", "Ó Briain", "Seán"),
        ("Sean O Brien", "O'Brien", "Sean"),
        ("Sean O´Brien", "O'Brien", "Sean"),
        ("MARIO DELL'ACQUA", "Dell'Acqua", "Mario"),
        ("jOHN sMITH", "Smith", "John"),
        ("Charlotte Church", "Church", "Charlotte"),
        ("Mary Ann S.", "S.", "Mary"),
    ],
)
def test_the_halves_of_names_of_many_peoples(raw: str, family: str | None, given: str | None) -> None:
    assert parts(raw, "family", "given") == (family, given)


@pytest.mark.parametrize(
    ("raw", "value", "other"),
    [
        ("王伟李娜", "王伟", "李娜"),
        ("王伟・李娜", "王伟", "李娜"),
        ("王先生李女士", "王", "李"),
        ("王总李总", "王", "李"),
        ("王/李", "王", "李"),
        ("王伟/Li Na", "王伟", "Na Li"),
        ("Mr. Wang & Mrs. Li", "Wang", "Li"),
        ("Mr John and Mrs Jane Smith", "John Smith", "Jane Smith"),
        ("John Smith, Jane Jones", "John Smith", "Jane Jones"),
        ("John Smith or Jane Jones", "John Smith", "Jane Jones"),
        ("The Smith Family", "Smith", None),
        ("The Smiths", "Smith", None),
        ("John Smith et al.", "John Smith", None),
        ("王伟等", "王伟", None),
        ("王伟及家人", "王伟", None),
        ("Mr and Mrs Smith", "Smith", None),
    ],
)
def test_more_than_one_person(raw: str, value: str, other: str | None) -> None:
    answer = normalize_person_name(raw)
    assert (answer.value, answer.parts.get("other")) == (value, other)
    assert "several_people" in answer.issues


@pytest.mark.parametrize(
    "raw",
    [
        *("财务部", "前台", "客服", "采购", "总机", "保安", "仓库", "传达室", "技术支持", "总经理", "董事长秘书"),
        *("小米科技", "中国移动", "王府井百货", "李宁公司", "市场部经理", "Front Desk", "Customer Service"),
        *("Johnson & Johnson", "Smith & Sons", "Acme Ltd", "经理"),
    ],
)
def test_roles_and_firms_are_no_persons(raw: str) -> None:
    answer = normalize_person_name(raw)
    assert "not_a_person" in answer.issues
    assert "family" not in answer.parts
    assert "given" not in answer.parts


@pytest.mark.parametrize("raw", ["张伟*", "王小*", "*小明", "**明", "张＊＊", "王某某"])
def test_hidden_characters_are_never_guessed(raw: str) -> None:
    answer = normalize_person_name(raw)
    assert "masked" in answer.issues
    assert not (answer.parts.get("family") and answer.parts.get("given"))


@pytest.mark.parametrize("raw", ["测试张三", "张三测试", "张测试", "测试测试", "Test Test", "FNU LNU", "Test User"])
def test_tests_are_placeholders(raw: str) -> None:
    answer = normalize_person_name(raw)
    assert answer.value is None
    assert "placeholder" in answer.issues


def test_short_forms_have_the_root_of_the_full_name() -> None:
    for names in ("Bob Rob Robert Bobby", "Bill William Will", "Liz Beth Elizabeth", "Kate Kathy Catherine Katherine"):
        assert len({parts(f"{n} Smith", "given_root") for n in names.split()}) == 1
    assert parts("Bob Smith", "given", "given_key", "given_root") == ("Bob", "bob", "robert")
    assert normalize_person_name("Bob Smith").value == "Bob Smith"
    assert normalize_given_name("Bill").parts["root"] == "william"
    assert set(given_roots().values()).isdisjoint(given_roots())


@pytest.mark.parametrize(
    ("han", "latin"), [("单田芳", "Dan Tianfang"), ("区志强", "Qu Zhiqiang"), ("查良镛", "Cha Liangyong")]
)
def test_the_other_reading_of_a_surname(han: str, latin: str) -> None:
    assert parts(han, "alternative_key") == parts(latin, "key")
    assert (
        normalize_family_name(han[0]).parts["alternative_key"] == normalize_family_name(latin.split()[0]).parts["key"]
    )


def test_a_reading_that_only_one_surname_has_is_that_surname() -> None:
    assert parts("曾国藩", "key") == parts("Ceng Guofan", "key")
    assert parts("王伟", "alternative_key") == (None,)


def test_null_and_blank_are_family_names() -> None:
    assert normalize_family_name("Null").value == "Null"
    assert normalize_family_name("null").value is None


# --------------------------------------------------------------------------------------------------------------- laws

HAN = "王李张刘陈欧阳司马单曾小老伟明娜丽和与先生女士经理总师客户部公司·的妈某阿华为於乾等夫妇葉蕭麗代转号楼腾讯大卫"
WORD_LIST = """
    Zhang wei LI Yang Smith JOHN Mary van der de la O'Brien Mr. Dr Jr III PhD Wang xiaoming ZhangWei
    McDonald Kim Min-jun Chan Tai Man Peter and & J. Q Inc Sales Nguyễn Văn García Lopez Ma X. Lü ouyang
    née VAN st David Sir Jr. M.D. Madonna und y al Miss Lee Xi'an test Иван Jоhn 김민준 はな a JP NG lv
    Xiao-Ming V Co 1 VIP 8 3rd floor The Honorable Huawei Liu-Wang del Carmen José
"""
WORDS = WORD_LIST.split()
SIGNS = [
    " ",
    " ",
    " ",
    ", ",
    ",",
    "-",
    " - ",
    "/",
    "、",
    "(",
    ")",
    "【",
    "】",
    '"',
    "'",
    ".",
    "·",
    "&",
    ":",
    "+",
    "*",
    "|",
    "_",
]
SIGNS += ["13800138000", "😊", "\u200b", "\u3000", "，", "“", "”", "@x.com", "\n", ""]
PIECES = st.one_of(
    st.text(st.sampled_from(HAN), min_size=1, max_size=4), st.sampled_from(WORDS), st.sampled_from(SIGNS)
)
CELLS = st.lists(PIECES, max_size=8).map("".join)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
LATIN_NAMES = st.lists(st.sampled_from([w for w in WORDS if w.isascii() and w.isalpha()]), min_size=1, max_size=3)


@pytest.mark.parametrize("kernel", KERNELS)
@settings(deadline=None, max_examples=300)
@given(value=st.one_of(CELLS, CELLS, ANY_TEXT))
@example("la NG Kim")
@example('"III\né-é')
@example("test - 张")
def test_kernels_are_total_idempotent_and_keep_to_their_codes(kernel: object, value: str) -> None:
    assert callable(kernel)
    answer: Normalized = kernel(value)
    assert set(answer.issues) <= set(ISSUES)
    assert len(set(answer.issues)) == len(answer.issues)
    assert all(part is None or part for part in answer.parts.values())
    if answer.value is not None:
        assert kernel(answer.value).value == answer.value
        assert answer.parts["key"]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["Li", "Yang", "Wei", "Zhang", "Xiaoming", "Na", "Ouyang", "Lü", "Xi'an"]),
        min_size=2,
        max_size=2,
    )
)
def test_the_order_of_two_pinyin_words_does_not_matter(words: list[str]) -> None:
    one, two = (normalize_person_name(" ".join(w)) for w in (words, words[::-1]))
    assert one.value == two.value or words[0] == words[1]
    assert one.parts["key"] == two.parts["key"]


def _facts(found: Found) -> tuple[object, ...]:
    names = (
        "value",
        "family",
        "given",
        "title",
        "nickname",
        "family_key",
        "given_key",
        "initials",
        "script",
        "issues",
        "notes",
    )
    return tuple(getattr(found, name) for name in names)


@settings(deadline=None, max_examples=400)
@given(st.text(st.sampled_from(HAN.replace("·", "")), min_size=2, max_size=8))
@example("王小明先生")
@example("王和平")
def test_the_short_way_of_plain_han_is_the_long_one(name: str) -> None:
    fast = person_names._read_plain_han(name)
    if fast is not None:
        slow = person_names._answer(person_names._settled(read_cell(name), name), ())
        assert (fast.value, dict(fast.parts), fast.issues) == (slow.value, dict(slow.parts), slow.issues)
    found = read_plain_han(simplify_name(name))
    if found is not None:
        assert _facts(found) == _facts(read_cell(simplify_name(name)))


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(sorted(surname_frequencies())),
    st.text(st.sampled_from("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文生师理长"), min_size=1, max_size=2),
)
def test_every_surname_is_found_and_fast_is_slow(surname: str, given_name: str) -> None:
    name = surname + given_name
    answer = normalize_person_name(name)
    slow = person_names._answer(person_names._settled(read_cell(name), name), ())
    assert (answer.value, dict(answer.parts), answer.issues) == (slow.value, dict(slow.parts), slow.issues)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.text(st.sampled_from(HAN.replace("·", "")), min_size=1, max_size=3), min_size=2, max_size=3).map(
        " ".join
    )
)
def test_the_short_way_of_spaced_han_is_the_long_one(text: str) -> None:
    found = read_spaced_han(text)
    if found is not None and clean(text)[0] == text:
        assert _facts(found) == _facts(read_cell(text))


@settings(deadline=None, max_examples=300)
@given(LATIN_NAMES, st.booleans())
def test_the_short_way_of_plain_latin_is_the_long_one(words: list[str], comma: bool) -> None:
    text = " ".join(words)
    if comma:
        text = text.replace(" ", ", ", 1)
    found = read_plain_latin(text)
    if found is not None:
        assert _facts(found) == _facts(read_cell(text))
        if found.settled:
            assert read_cell(found.value or "").value == found.value


@pytest.mark.parametrize("unit", ["张", "张伟/", "(", "a ", "Van ", "zhang", "A.", "王·", "1", "'", "a-", "和", "，"])
def test_long_cells_are_refused_at_once(unit: str) -> None:
    for kernel in KERNELS:
        assert kernel(unit * (MAX_LENGTH // len(unit))).value is None
        kernel(unit * (200 // len(unit)))


# ------------------------------------------------------------------------------------------- fast ways and column form

COMMON = ["John", "SMITH", "Smith", "smith", "Linda", "Lee", "Lin", "Kim", "Mary", "O'Neill", "Olsen-Smith", "Scott"]
COMMON += ["james", "Test", "Blank", "Nat", "Church", "Garcia", "Le", "Van", "Nguyen", "Tanaka", "Doe", "Jane", "Silva"]
TITLES = st.sampled_from(["", "", "Dr. ", "Mr ", "MRS. ", "Prof. "])
SUFFIXES = st.sampled_from(["", "", " Jr.", ", Jr", " III", ", PhD", " MD", " SR"])


@settings(deadline=None, max_examples=500)
@given(
    TITLES,
    st.sampled_from(COMMON),
    st.sampled_from(["", "", " A.", " B", " O", " O.", " V", " e"]),
    st.sampled_from([" ", ", ", ","]),
    st.sampled_from(COMMON),
    SUFFIXES,
)
@example("", "Blank", "", ", ", "Nat", "")
@example("Dr. ", "Lara", " O", " ", "Sullivan", " Jr")
@example("", "Linda", " A.", " ", "James", "")
def test_the_short_way_of_common_names_is_the_long_one(
    title: str, one: str, initial: str, sign: str, two: str, suffix: str
) -> None:
    text = f"{title}{one}{initial}{sign}{two}{suffix}"
    fast = read_common(text)
    if fast is not None:
        cleaned, issues = clean(text)
        assert cleaned is not None
        found = person_names._read(cleaned)
        slow = person_names._answer(found if found.settled else person_names._settled(found, cleaned), issues)
        assert (fast.value, dict(fast.parts), fast.issues) == (slow.value, dict(slow.parts), slow.issues)


def long_way(cell: str) -> Normalized:
    """The answer without any short way."""
    text, issues = clean(cell)
    if text is None:
        return Normalized(None, {}, issues)
    return person_names._answer(person_names._settled(read_cell(text), text), issues)


SHORT = [
    "Xiaoming",
    "WANG",
    "Wang",
    "wei",
    "Zhang",
    "Shane",
    "Keenan",
    "Kee",
    "Jacqui",
    "Han",
    "Deng",
    "SYD",
    "Mei",
    "Na",
]


@settings(deadline=None, max_examples=500)
@given(
    st.lists(st.sampled_from([*COMMON, *SHORT]), min_size=2, max_size=3),
    st.sampled_from([" ", " ", " ", ", "]),
    st.sampled_from(["", "", " (Sales)", " (VIP)", " (MD)", " Jr"]),
    st.sampled_from(["", "", "  ", "\u200b"]),
)
@example(["Jacqui", "Han", "Janice"], ", ", "", "")
@example(["SPENCER", "SYD"], " ", "", "")
def test_the_short_ways_of_latin_names_are_the_long_one(words: list[str], sign: str, remark: str, noise: str) -> None:
    cell = noise + sign.join(words) + remark
    answer, slow = normalize_person_name(cell), long_way(cell)
    assert (answer.value, dict(answer.parts), answer.issues) == (slow.value, dict(slow.parts), slow.issues)


HAN_NAMES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from([*"王李张刘陈安平", "欧阳", "单", "歐陽"]),
        st.text(st.sampled_from("伟芳明超某测总生代转和工妈部平国麗王李安"), min_size=1, max_size=2),
    ),
)
HAN_WORDS = st.sampled_from(
    ["客户", "经理", "老客户", "先生", "公司", "采购部", "代王伟", "北京", "本人", "等", "王明", "某"]
)


@settings(deadline=None, max_examples=500)
@given(
    HAN_NAMES,
    HAN_NAMES,
    HAN_WORDS,
    st.sampled_from(
        ["{0}({2})", "{0}（{2}）", "{0}13812345678", "{0} 13812345678", "{0}/{1}", "{2}{0}", "{0}{2}", "\u200b{0}"]
    ),
)
def test_the_short_ways_of_han_with_one_remark_are_the_long_one(one: str, two: str, word: str, form: str) -> None:
    cell = form.format(one, two, word)
    answer, slow = normalize_person_name(cell), long_way(cell)
    assert (answer.value, dict(answer.parts), answer.issues) == (slow.value, dict(slow.parts), slow.issues)


@settings(deadline=None, max_examples=300)
@given(HAN_NAMES, st.integers(1, 3))
def test_the_short_way_of_two_halves_of_han_is_the_long_one(name: str, cut: int) -> None:
    cell = f"{name[:cut]} {name[cut:]}".strip()
    answer, slow = normalize_person_name(cell), long_way(cell)
    assert (answer.value, dict(answer.parts), answer.issues) == (slow.value, dict(slow.parts), slow.issues)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.builds(
            "".join,
            st.tuples(
                st.sampled_from([*sorted(surname_frequencies()), *"王李张刘陈", "测试", "小", "老", "北京", "张三"]),
                st.text(st.sampled_from("伟芳娜敏静丽强某测总生师等收一三乾於後麗们重庆长乐行朝阳组处"), max_size=3),
            ),
        ),
        min_size=15,
        max_size=50,
    )
)
def test_the_column_form_is_the_kernel(cells: list[str]) -> None:
    _column_is_kernel(cells)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.builds(
            "".join,
            st.tuples(
                st.sampled_from([*COMMON, *SHORT]),
                st.sampled_from(
                    [" ", " ", " A. ", " B ", " O ", " O. ", " E ", " x ", ", ", " Ann ", " Scott ", " WEI "]
                ),
                st.sampled_from([*COMMON, *SHORT]),
            ),
        ),
        min_size=15,
        max_size=50,
    )
)
@example(["Linda A. James", "John Doe", "SPENCER SYD", "Lin Shane", "Bob SMITH"])
def test_the_column_form_of_latin_names_is_the_kernel(cells: list[str]) -> None:
    _column_is_kernel(cells)


def _column_is_kernel(cells: list[str]) -> None:
    values = pl.Series(sorted(set(cells)), dtype=pl.String)
    table = normalize_person_name_column(values)
    assert len(table) == len(values)
    for raw, row in zip(values.to_list(), table.to_dicts(), strict=True):
        if row.pop("known"):
            answer = normalize_person_name(raw)
            told = {"value": answer.value, **answer.parts, "issues": " ".join(answer.issues) or None}
            assert {k: v for k, v in row.items() if v is not None} == {k: v for k, v in told.items() if v is not None}


def test_the_column_form_knows_the_plain_names() -> None:
    values = pl.Series(
        ["王伟", "欧阳娜娜", "单田芳", "王总", "John Smith", "里娟丽", "王某伟", "Bob A. O'Neill", "Li Na"]
    )
    known = [True, True, True, False, True, False, False, True, False]
    assert normalize_person_name_column(values)["known"].to_list() == known
    assert normalize_person_name_column(values[:0]).height == 0
