"""Each kind: which level two raw values are at, through its own kernel."""

import numpy as np
import polars as pl
import pytest

import crmquality as cq
from crmquality.comparator import Encoded

NAME, PHONE, EMAIL = cq.PersonName("x"), cq.Phone("x", region="CN"), cq.Email("x")
COMPANY, ADDRESS, RIC = cq.OrganizationName("x"), cq.Address("x", region="CN"), cq.NationalId("x", scheme="cn.ric")
USCC = cq.NationalId("x", scheme="cn.uscc")


def level_of(kind, left, right):
    comparison = kind.comparison()
    frame = kind.normalizer()
    records = pl.DataFrame({"x": [left, right]}, schema={"x": pl.String})
    table = Encoded(cq.Normalizer((frame,)).normalize_frame(records))
    a, b = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    gamma, back = int(comparison.gammas(table, a, b)[0]), int(comparison.gammas(table, b, a)[0])
    assert gamma == back
    return "missing" if gamma < 0 else comparison.labels[gamma]


@pytest.mark.parametrize(
    ("kind", "left", "right", "label"),
    [
        (NAME, "欧阳娜娜", "歐陽 娜娜女士", "same name"),
        (NAME, "里娟丽", "LiJuanli", "same sound, or another script or order"),
        (NAME, "张璐佳", "张佳璐", "one character differs"),
        (NAME, "王总", "王晓峰", "same family name, given name unknown"),
        (NAME, "王晓峰", "王丽", "same family name"),
        (NAME, "John Smith", "Jonh Smith", "one character differs"),
        (NAME, "张伟", "李娜", "else"),
        (NAME, "张伟", "测试", "missing"),
        (PHONE, "138 1234 5678", "0086-13812345678", "same number"),
        (PHONE, "13812345678/13987654321", "13987654321", "a number in common"),
        (PHONE, "010-65551234转8001", "010-65551234", "same line, other extension"),
        (PHONE, "13812345678", "13812345687", "one digit wrong or two swapped"),
        (PHONE, "13812345678", "13987654321", "else"),
        (PHONE, "138****5678", "13812345678", "same as far as it is shown"),
        (EMAIL, "Nana.Li+crm@gmail.com", "nanali@googlemail.com", "same mailbox"),
        (EMAIL, "lijuanli54@163.com", "lijuanli45@163.com", "one character differs"),
        (EMAIL, "lijuanli54@163.com", "lijuanli54@qq.com", "same name at another domain"),
        (COMPANY, "北京小米科技有限责任公司", "小米科技（北京）有限公司", "same trade name and industry"),
        (COMPANY, "北京小米科技有限公司", "上海小米科技有限公司", "same name in another region or branch"),
        (COMPANY, "小米", "小米科技有限公司", "same trade name, industry on one side only"),
        (COMPANY, "北京小米科技有限公司", "北京大米科技有限公司", "else"),
        (COMPANY, "盐城传威股份有限公司", "Chuanwei Trading Limited", "same sound of the trade name"),
        (COMPANY, "Langmere Chemicals Ltd.", "Chemicals, Langmere Limited", "same trade name and industry"),
        (ADDRESS, "宁波北仑区天府大道998号8#245", "浙江省宁波市北仑区天府大道９９８号8号楼245室", "same door"),
        (ADDRESS, "宁波北仑区天府大道998号", "宁波北仑区天府大道998号8号楼245室", "same street number, room unknown"),
        (ADDRESS, "宁波北仑区天府大道998号101室", "宁波北仑区天府大道998号102室", "same street number, other room"),
        (ADDRESS, "宁波北仑区天府大道998号", "杭州西湖区天府大道998号", "else"),
        (ADDRESS, "宁波市北仑区", "宁波市北仑区天府大道1号", "same district"),
        (RIC, "130503861029061", "13050319861029061X", "one digit wrong or two swapped"),
        (USCC, "91620121022552295D", "02255229-5", "same number"),
        (cq.BirthDate("x"), "1979年8月4日", "19790804", "same date"),
        (cq.BirthDate("x", order="DMY"), "04/08/1979", "08/04/1979", "day and month swapped"),
        (cq.BirthDate("x"), "1954-11", "1954-11-01", "as far as it is known"),
        (cq.BirthDate("x"), "1954-11-01", "1954-11-07", "one digit differs"),
        (cq.Url("x"), "http://www.jinhong.com/", "https://jinhong.com/about", "same site"),
        (cq.Url("x"), "jinhong.com", "jinhong.cn", "same name, other suffix"),
        (cq.Url("x"), "https://weibo.com/u/1", "https://weibo.com/u/2", "else"),
        (cq.Text("x"), "Melton South", "melton  south", "same text"),
        (cq.Text("x"), "slessor crescent", "slesor crescent", "close spelling"),
        (cq.Category("x"), "WA", "wa", "same category"),
        (cq.Code("x"), "G11 8FE", "g118fe", "same code"),
        (cq.Number("x"), "1,994", "1994", "same number"),
        (cq.Number("x"), "1994", "1995", "one apart"),
        (NAME, "Bob Smith", "Robert Smith", "nickname"),
        (NAME, "Smith, Kate", "Catherine Smith", "nickname"),
        (NAME, "Bob Smith", "Robert Jones", "else"),
        (NAME, "John Smith", "John A. Smith", "same given and family name, another middle name"),
        (cq.GivenName("x"), "Bob", "Robert", "nickname"),
        (cq.GivenName("x"), "J", "Jane", "initial"),
        (cq.FamilyName("x"), "McDonald", "MacDonald", "close spelling"),
    ],
)
def test_level(kind, left, right, label):
    assert level_of(kind, left, right) == label


@pytest.mark.parametrize(
    "kind", [NAME, PHONE, EMAIL, COMPANY, ADDRESS, RIC, cq.BirthDate("x"), cq.Url("x"), cq.Text("x"), cq.Code("x")]
)
def test_declared_numbers_are_probabilities_and_closer_levels_weigh_more(kind):
    comparison = kind.comparison()
    assert comparison.faults() == []
    weights = [level.m / level.u for level in comparison.levels]
    assert weights[0] > 100 * (1 - sum(x.m for x in comparison.levels)) / (1 - sum(x.u for x in comparison.levels))
    assert kind.rules()
    assert kind.survivorship().field == "x"
