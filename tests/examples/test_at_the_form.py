"""The service at the form, asked as a browser asks it."""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
from fastapi.testclient import TestClient

EXAMPLE = Path(__file__).parents[2] / "examples" / "at_the_form.py"
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}


@pytest.fixture
def client():
    spec = importlib.util.spec_from_file_location("at_the_form", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return TestClient(module.make_app())


def test_a_duplicate_is_stopped_and_says_only_who_owns_it(client):
    posted = client.post("/contacts", json={"name": "歐陽娜娜 女士", "mobile": "0086-138-0013-8001"})
    assert posted.status_code == 409
    said = posted.json()
    assert (said["verdict"], said["can_be_confirmed"]) == ("block", False)
    assert said["duplicates"] == ["A duplicate exists, owned by sales."]
    assert said["reasons"] == [{"code": "duplicate", "text": "This customer exists."}]
    assert said["values"] | {"name": "欧阳娜娜", "mobile": "+8613800138001"} == said["values"]
    assert "c1" not in posted.text
    assert "鼎盛" not in posted.text


def test_in_chinese(client):
    posted = client.post("/contacts", json={"name": "欧阳娜娜", "mobile": "13800138001"}, headers=CHINESE)
    assert posted.json()["duplicates"] == ["已有重复客户，由sales负责。"]
    assert posted.json()["reasons"][0]["text"] == "该客户已存在。"
    english = client.post("/contacts/check", json={"mobile": "13800"}, headers={"Accept-Language": "en, zh;q=0.8"})
    assert "phone" in english.json()["findings"]["mobile"][0]["text"]


def test_the_same_identity_number_is_stopped_under_any_name(client):
    posted = client.post("/contacts", json={"name": "张伟", "mobile": "13912345678", "id_number": "11010119900307299x"})
    assert posted.status_code == 409
    assert [r["code"] for r in posted.json()["reasons"]] == ["same_identifier"]


def test_what_was_entered_is_known_at_once(client):
    contact = {"name": "司马相如", "mobile": "139 1234 5678", "email": "sima＠example.org", "owner": "service"}
    posted = client.post("/contacts", json=contact)
    assert (posted.status_code, posted.json()["record_id"]) == (201, "c4")
    assert posted.json()["values"]["email"] == "sima@example.org"
    again = client.post("/contacts", json={"name": "司馬相如", "mobile": "+86 13912345678"})
    assert again.status_code == 409
    assert again.json()["duplicates"] == ["A duplicate exists, owned by service."]


def test_while_somebody_types(client):
    checked = client.post("/contacts/check", json={"name": "欧阳娜娜"}).json()
    assert (checked["verdict"], checked["findings"], checked["duplicates"]) == ("allow", {}, [])
    typed = {"name": "欧阳娜娜", "company": "鼎盛科技", "mobile": "13800138001"}
    checked = client.post("/contacts/check", json=typed).json()
    assert (checked["verdict"], [*checked["findings"]]) == ("block", ["company"])
    assert len(checked["duplicates"]) == 1


def test_what_is_wrong_is_no_duplicate(client):
    posted = client.post("/contacts", json={"name": "张伟", "mobile": "1381234567"})
    assert posted.status_code == 409
    assert [r["code"] for r in posted.json()["reasons"]] == ["invalid"]
    assert "mobile" in posted.json()["findings"]
    assert posted.json()["duplicates"] == []


def test_a_warning_can_be_confirmed(client):
    other = {"name": "李娜", "email": "lina@example.org", "id_number": "110101199003072818"}
    posted = client.post("/contacts", json=other)
    assert (posted.status_code, posted.json()["can_be_confirmed"]) == (409, True)
    assert [r["code"] for r in posted.json()["reasons"]] == ["other_identifier"]
    assert client.post("/contacts?confirmed=true", json=other).status_code == 201
    assert client.post("/contacts", json={**other, "nickname": "娜娜"}).status_code == 422
