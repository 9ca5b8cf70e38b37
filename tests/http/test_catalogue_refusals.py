"""Tests of what the catalogue refuses: always a problem in words, never an error of ours, kept by no cache."""

from __future__ import annotations

import pytest

from mobile_api.pagination import encode_cursor
from service_catalog.browsing.listing import ServiceFilter

API = "/api/v1/catalogue"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/apps/A99", "sub-app-unknown"),
        ("/apps/A13", "sub-app-unknown"),  # nothing of it is in the small catalogue
        ("/apps/A04?area=320699", "division-unknown"),
        ("/services/NT-0000000000-320600", "service-unknown"),
        ("/services?app=A99", "sub-app-unknown"),
        ("/services?topic=U99", "topic-unknown"),
        ("/services?area=320699", "division-unknown"),
    ],
)
def test_what_does_not_exist_is_a_problem_that_no_cache_keeps(client, path, code):
    for answer in (client.get(API + path), client.get(API + path)):
        assert (answer.status_code, answer.mimetype, answer.json["code"]) == (404, "application/problem+json", code)
        assert answer.cache_control.no_store
        assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    "query",
    [{"q": "字" * 51}, {"q": ""}, {"q": "\u200b"}, {"depth": "0"}, {"depth": "8"}, {"audience": "自然人"}, {"x": "1"}],
    ids=str,
)
def test_a_query_of_another_shape_is_refused(client, query):
    answer = client.get(f"{API}/services", query_string=query)

    assert (answer.status_code, answer.json["code"]) == (422, "validation-failed")


@pytest.mark.parametrize("cursor", ["QQ", "!!", "QTA0H3gfenp6enp6enp6eg"])
def test_a_cursor_that_nobody_gave_is_refused(client, cursor):
    answer = client.get(f"{API}/services", query_string={"cursor": cursor})

    assert (answer.status_code, answer.json["code"]) == (422, "cursor-refused")


@pytest.mark.parametrize(
    "other", [{"q": "退休"}, {"app": "A05"}, {"topic": "C01"}, {"area": "320685"}, {"audience": "person"}, {"depth": 2}]
)
def test_a_cursor_of_one_list_is_none_of_another(client, other):
    cursor = client.get(f"{API}/services", query_string={"limit": 1}).json["next_cursor"]

    answer = client.get(f"{API}/services", query_string={**other, "cursor": cursor})

    assert (answer.status_code, answer.json["code"]) == (422, "cursor-refused")


def test_beyond_the_end_of_a_list_nothing_is_said_to_be_missing(client, services):
    """A list may have become shorter between two pages."""
    first = client.get(f"{API}/services", query_string={"limit": 1}).json
    place = services.catalogue.current().items[-1].sort_key
    cursor = encode_cursor(*place, ServiceFilter().mark)

    beyond = client.get(f"{API}/services", query_string={"cursor": cursor}).json

    assert first["message"] is None
    assert (beyond["items"], beyond["next_cursor"], beyond["message"]) == ([], None, None)


def test_whoever_demands_another_version_than_there_is_is_refused(client):
    answer = client.get(f"{API}/apps", headers={"If-Match": '"other"'})

    assert (answer.status_code, answer.json["code"]) == (412, "precondition-failed")


def test_whoever_looks_around_needs_no_token_and_a_wrong_one_does_not_matter(client):
    assert client.get(f"{API}/apps", headers={"Authorization": "Bearer nonsense"}).status_code == 200
