"""The benchmarks of values run to their end on a few cells, as a user starts them."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

CONTACTS = {
    "mobile": [
        ("138 0013 8001/张经理", "+8613800138001", "annotation"),
        ("13800138000", "", "placeholder"),
        (None, "", "missing"),
    ],
    "landline": [
        ("010-62781234转8001", "+861062781234;ext=8001", "landline"),
        ("无", "", "missing"),
        (None, "", "missing"),
    ],
    "email": [
        ("Wang.Wei＠Example-Mail.com", "wang.wei@example-mail.com", "at"),
        ("a@a.com", "", "placeholder"),
        (None, "", "missing"),
    ],
    "id_number": [
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", "fullwidth"),
        ("110105491231002", "11010519491231002X", "15digit"),
        ("无", "", "missing"),
    ],
    "birth_date": [("1966年5月8日", "1966-05-08", "fmt"), ("1966.5.8", "1966-05-08", "fmt"), ("无", "", "missing")],
    "address": [
        ("浙江杭州余杭区文一西路969#", "浙江省|杭州市|余杭区", "fmt"),
        ("苏州工业园区星湖街1号", "江苏省|苏州市|苏州工业园区", "fmt"),
        ("", "", "missing"),
    ],
    "name": [("王小明先生", "王小明", "honorific"), ("吳英", "吴英", "traditional"), ("测试", "", "placeholder")],
    "company": [
        ("腾讯科技（深圳）有限公司", "腾讯科技", "width"),
        ("北京百度网讯科技有限公司（已开票）", "百度网讯科技", "annotation"),
        ("测试", "", "placeholder"),
    ],
}
ACCOUNTS = {
    "phone": [("(029)88047724 ext.4126", "+862988047724;ext=4126", "landline")],
    "uscc": [("91110000600037341l", "91110000600037341L", "fmt")],
    "address": [("北京市海淀区中关村大街27号", "北京市|北京市|海淀区", "fmt")],
    "company": [("华为技术有限公司", "华为技术", "clean")],
}
CASES = [
    ("phone-1", "phone", "010-62781234-8001", "CN", "+861062781234;ext=8001", True),
    ("phone-2", "phone", "1381234567", "CN", None, True),
    ("email-1", "email", "john@gmial.com", "suggest gmail.com", "john@gmial.com", True),
    ("person_zh-1", "person_zh", "歐陽修", "family|given", ["歐陽", "修"], True),
    ("company-1", "company", "Acme Inc.", "", "acme", False),
    ("address_zh-1", "address_zh", "上海市", "province|city|district|rest", ["上海市", "上海市", None, "?"], True),
]


def run(script, *arguments):
    done = subprocess.run(
        [sys.executable, BENCHMARKS / script, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def run_here(monkeypatch, capsys, script, *arguments):
    """As `run`, without an interpreter of its own that has to load every library again."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
    try:
        runpy.run_path(str(BENCHMARKS / script), run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code
    return code, *capsys.readouterr()


def write(folder, table, columns):
    ids = [f"{table[0]}{i}" for i in range(len(next(iter(columns.values()))))]
    records = pl.DataFrame({"record_id": ids, **{name: [cell[0] for cell in cells] for name, cells in columns.items()}})
    records.write_parquet(folder / f"{table}.parquet")
    truth = [
        {"record_id": i, "field": name, "expected": expected, "kind": kind}
        for name, cells in columns.items()
        for i, (_, expected, kind) in zip(ids, cells, strict=True)
    ]
    pl.DataFrame(truth).write_parquet(folder / f"{table}_truth_values.parquet")


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "zh_crm"
    folder.mkdir()
    write(folder, "contacts", CONTACTS)
    write(folder, "accounts", ACCOUNTS)
    return tmp_path


def test_values_reach_their_floors_and_say_so(data):
    cases = data / "cases.json"
    names = ("id", "field", "raw", "context", "expected", "agreed")
    cases.write_text(json.dumps([{**dict(zip(names, c, strict=True)), "note": ""} for c in CASES]), encoding="utf-8")
    code, out, err = run("values.py", data, cases)
    assert code == 0, out + err
    assert out.count("reached") == 7
    lines = {line.split()[0]: line.split() for line in out.splitlines() if line}
    assert lines["phone"][1:3] == ["2/2", "0/0"]
    assert lines["company"][1:3] == ["0/0", "1/1"]
    assert lines["address_zh"][1] == "0/1"
    assert lines["address_zh"][-1] == "1*"
    assert "歐陽" not in out  # no value of a cell unless asked


def test_values_say_that_a_floor_is_missed(data, monkeypatch, capsys):
    path = data / "zh_crm" / "contacts_truth_values.parquet"
    truth = pl.read_parquet(path)
    wrong = pl.when(pl.col("field") == "name").then(pl.lit("李四")).otherwise("expected")
    truth.with_columns(expected=wrong).write_parquet(path)
    code, out, _ = run_here(monkeypatch, capsys, "values.py", data, "--show")
    assert code == 1
    assert "-> '王小明', expected '李四'" in out
    assert [line.split()[:2] for line in out.splitlines() if line.endswith("MISSED")] == [["person", "name"]]


def test_values_speed_measures_every_kind(monkeypatch, capsys):
    code, out, err = run_here(monkeypatch, capsys, "values_speed.py", 30)
    assert code == 0, err
    lines = [line for line in out.splitlines() if " clean " in line or " dirty " in line]
    assert len(lines) == 24
    assert all(" 30 " in line for line in lines)
