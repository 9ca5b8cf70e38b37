"""What a complaint must look like before anybody asks what it means: every odd shape is told where it is odd."""

from __future__ import annotations

import uuid

import pytest

from tests.callers import Callers
from tests.complaint_bodies import complaint


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "井盖\x00"},
        {"title": "井盖\u202e"},
        {"title": "   "},
        {"title": "长" * 61},
        {"description": "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace") + "\x07"},
        {"location": {"longitude": "120.5", "latitude": 32.4, "system": "WGS-84"}},
        {"location": {"longitude": True, "latitude": 32.4, "system": "WGS-84"}},
        {"location": {"longitude": 10**30, "latitude": 32.4, "system": "WGS-84"}},
        {"location": {"longitude": 120.5, "latitude": 32.4, "system": "火星"}},
        {"location": {"longitude": 120.5, "latitude": 32.4}},
        {"identity_shown": "masked"},
        {"surprise": 1},
        {"category": "H030404"},
        {"division": ["320682"]},
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_body_of_the_wrong_shape_is_told_where_it_is_wrong(callers: Callers, changes):
    answer = callers.citizen().post("/complaints", complaint(**changes))

    assert (answer.status_code, answer.json["code"]) == (422, "validation-failed")
    told = str(answer.json["errors"]["json"])
    assert next(iter(changes)) in told
    assert any("\u4e00" <= character <= "\u9fff" for character in told), told


@pytest.mark.parametrize("raw", [b"", b"{", b"[1", b"[]", b"null", b'"\xed\xa0\x80"', b'{"a":' * 100_000, b"\xff"])
def test_a_body_that_is_no_json_object_is_refused_and_never_an_error_of_ours(callers: Callers, raw):
    citizen = callers.citizen()

    answer = citizen.client.post(
        "/api/v1/complaints",
        data=raw,
        content_type="application/json",
        headers={"Authorization": f"Bearer {citizen.token}", "Idempotency-Key": str(uuid.uuid4())},
    )

    assert answer.status_code in {400, 422}
    assert answer.content_type == "application/problem+json"
