"""Tests of what apps choose from: public, kept by caches, and free of what nobody may choose."""

from __future__ import annotations

import pytest

from backend.kernel.clock import SHANGHAI
from tests.real_city import CITY

API = "/api/v1/reference"
PATHS = ["/divisions", "/divisions?parent=320682", "/categories?tree=12345", "/request-types", "/centres"]


@pytest.mark.parametrize("path", PATHS)
def test_the_answer_is_public_and_may_be_kept_for_five_minutes(client, path):
    answer = client.get(API + path)

    assert answer.status_code == 200
    assert (answer.cache_control.public, answer.cache_control.max_age) == (True, 300)


@pytest.mark.parametrize("path", PATHS)
def test_whoever_has_the_answer_is_told_so_with_304_and_no_body(client, path):
    tag = client.get(API + path).headers["ETag"]

    again = client.get(API + path, headers={"If-None-Match": tag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.cache_control.max_age == 300


@pytest.mark.parametrize("path", PATHS)
def test_whoever_has_another_answer_gets_this_one(client, path):
    assert client.get(API + path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_another_text_has_another_etag(client):
    tags = {client.get(API + path).headers["ETag"] for path in PATHS}

    assert len(tags) == len(PATHS)


def test_divisions_begin_with_the_counties_of_the_city(client):
    body = client.get(f"{API}/divisions").json

    assert body["parent"] == {"code": "320600", "name": "南通市", "level": "city"}
    assert [item["code"] for item in body["items"]] == [one.code for one in CITY.pickable_children("320600")]
    rugao = next(item for item in body["items"] if item["code"] == "320682")
    assert rugao == {
        "code": "320682",
        "name": "如皋市",
        "level": "county",
        "unit_type": "县级市",
        "has_children": True,
    }


def test_divisions_end_with_villages_and_show_no_virtual_ones(client):
    towns = client.get(f"{API}/divisions?parent=320682").json["items"]
    villages = client.get(f"{API}/divisions?parent=320682103").json["items"]

    assert villages
    assert not any(item["has_children"] for item in villages)
    assert not any("虚拟" in item["unit_type"] or "农场" in item["unit_type"] for item in (*towns, *villages))


def test_a_town_without_villages_says_so(client):
    haian = client.get(f"{API}/divisions?parent=320685").json["items"]

    assert next(item for item in haian if item["code"] == "320685002")["has_children"] is False


def test_categories_hold_limits_marks_and_who_handles_them(client):
    items = client.get(f"{API}/categories?tree=12345").json["items"]

    assert next(item for item in items if item["code"] == "H030404") == {
        "code": "H030404",
        "version": "2024",
        "name": "无主井盖缺损",
        "level1": "住房城建",
        "level2": "市政管理",
        "level3": "无主井盖缺损",
        "kind": "诉求",
        "limit": {"value": 5, "unit": "working_days"},
        "limit_basis": "默认值(general knowledge): 咨询1/求助3/投诉举报建议5~15工作日,可延一次",
        "level_default": "县",
        "unit_names": ["市政和园林局"],
        "is_physical": True,
        "urgency": "urgent",
        "is_safety": True,
    }


def test_categories_are_those_of_the_citizens_tree_unless_another_is_named(client):
    default = client.get(f"{API}/categories").json
    parts = client.get(f"{API}/categories", query_string={"tree": "CJT214-部件"}).json

    assert default["tree"] == "12345"
    assert {item["kind"] for item in parts["items"]} == {"部件"}


def test_categories_are_those_that_hold_today(client, clock):
    today = clock.now().astimezone(SHANGHAI).date()

    items = client.get(f"{API}/categories").json["items"]

    assert [item["code"] for item in items] == [leaf.code for leaf in CITY.categories("12345", today)]


def test_request_types_come_with_the_most_frequent_first(client):
    items = client.get(f"{API}/request-types").json["items"]

    assert [item["code"] for item in items] == ["ZX", "QZ", "JB", "TS", "QT", "JY"]
    assert items[0] == {"code": "ZX", "name": "咨询", "limit": {"value": 1, "unit": "working_days"}}


def test_centres_come_with_those_above_them_first_and_say_which_are_assumed(client):
    items = client.get(f"{API}/centres").json["items"]

    assert len(items) == len(CITY.centres_by_id)
    seen = set()
    for item in items:
        assert item["parent_code"] is None or item["parent_code"] in seen
        assert item["is_assumed"] is (item["level"] == "town")
        seen.add(item["code"])


@pytest.mark.parametrize(
    ("path", "code"),
    [("/divisions?parent=320699", "division-unknown"), ("/categories?tree=54321", "category-tree-unknown")],
)
def test_what_does_not_exist_is_a_problem_that_no_cache_keeps(client, path, code):
    answer = client.get(API + path)

    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (404, "application/problem+json", code)
    assert answer.cache_control.no_store
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("query", ["parent=", "parent=%00", "parent=1234567890123", "town=320682"])
def test_a_query_of_another_shape_is_refused(client, query):
    answer = client.get(f"{API}/divisions?{query}")

    assert (answer.status_code, answer.json["code"]) == (422, "validation-failed")


def test_whoever_looks_around_needs_no_token_and_a_wrong_one_does_not_matter(client):
    assert client.get(f"{API}/divisions", headers={"Authorization": "Bearer nonsense"}).status_code == 200
