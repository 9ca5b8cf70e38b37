"""The edge takes the large body of an upload from somebody who is signed in, into a file, and so many at once."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from pathlib import Path

import pytest

from mobile_api.edge import uploads
from mobile_api.edge.server import Edge
from mobile_api.edge.uploads import MAX_FORM_BYTES, PATH, UploadPlaces, signed_for
from tests.callers import Callers
from tests.http.test_edge import LIMIT, Exchange, Headers, Scope, echo

PERSON = uuid.uuid4()


def whose(token: str) -> uuid.UUID | None:
    """Know one token."""
    return PERSON if token == "good" else None


def upload_scope(token: str | None = "good", **changes) -> Scope:
    """Return the head of an upload."""
    pairs = [("host", "baitong.example"), ("content-length", "300")] + (
        [("authorization", f"Bearer {token}")] if token else []
    )
    return Scope(**{"headers": Headers(pairs), "path": PATH, "method": "POST"} | changes)


def asked(scope: Scope, app=echo, places: UploadPlaces | None = None) -> tuple[int, dict[str, str], bytes]:
    """Return the edge's answer to a body of three pieces, larger than others may be."""
    exchange = Exchange([b"a" * 100, b"b" * 100, b"c" * 100])
    place_for = (places or UploadPlaces(whose)).place_for
    asyncio.run(Edge(app, body_limit_bytes=LIMIT, place_for=place_for).__rsgi__(scope, exchange))
    return exchange.answers[0]


def refused_or_read(environ, start_response):
    """Answer with the kind of refusal that stands in the place of the body."""
    try:
        content = environ["wsgi.input"].read()
    except Exception as error:
        content = type(error).__name__.encode()
    start_response("200 OK", [])
    return [content]


def test_somebody_who_is_signed_in_uploads_more_than_other_bodies_may_have():
    status, _, content = asked(upload_scope())

    assert (status, content) == (201, b"a" * 100 + b"b" * 100 + b"c" * 100 + b"!")


@pytest.mark.parametrize(
    "scope",
    [
        upload_scope(None),
        upload_scope("forged"),
        upload_scope(path="/api/v1/complaints"),
        upload_scope(method="PUT"),
        upload_scope(path=f"{PATH}/files/x"),
    ],
    ids=["no token", "a forged token", "another path", "another method", "a path below"],
)
def test_every_other_body_keeps_the_limit_of_others(scope):
    assert asked(scope, refused_or_read)[2] == b"RequestEntityTooLarge"


def test_a_full_disk_under_the_small_pieces_of_a_slow_phone_is_told_and_the_answer_leaves(monkeypatch):
    # Small pieces wait in a buffer: a full disk shows when it is written out, and again when the file is closed.
    with Path("/dev/full").open("w+b") as full:
        monkeypatch.setattr(uploads, "SpooledTemporaryFile", lambda **_: full)

        assert asked(upload_scope(), refused_or_read)[2] == b"ObjectsFull"


def test_one_person_sends_a_few_photos_at_once_and_others_still_find_a_place():
    places = UploadPlaces(lambda token: uuid.UUID(int=int(token)), at_once=5, at_once_of_one=2)
    with contextlib.ExitStack() as held:
        for _ in range(2):
            held.enter_context(places.place_for(upload_scope("1")))

        third = asked(upload_scope("1"), refused_or_read, places)[2]
        others = asked(upload_scope("2"), refused_or_read, places)[2]

    assert third == b"EvidenceBusy"
    assert len(others) == 300
    assert len(asked(upload_scope("1"), refused_or_read, places)[2]) == 300


def test_no_more_than_so_many_large_bodies_are_taken_at_once():
    places = UploadPlaces(lambda token: uuid.UUID(int=int(token)), at_once=2, at_once_of_one=2)
    with (
        places.place_for(upload_scope("1")),
        places.place_for(upload_scope("2")),
    ):
        assert asked(upload_scope("3"), refused_or_read, places)[2] == b"EvidenceBusy"


def test_a_token_counts_by_its_signature_and_its_dates(callers: Callers, services):
    citizen = callers.citizen()
    now = services.clock.now()

    assert signed_for(services.tokens, citizen.token, now) == citizen.person_id
    assert signed_for(services.tokens, citizen.token[:-4] + "AAAA", now) is None


def test_the_path_is_that_of_the_upload_and_its_limit_holds_a_whole_photo(app):
    with app.test_request_context():
        assert app.url_for("evidence.Uploads") == PATH
    assert MAX_FORM_BYTES > 20 * 1024 * 1024
