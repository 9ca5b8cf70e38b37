"""The inbox over HTTP: pages, the unread count, read marks, and nobody else's messages."""

from __future__ import annotations

import uuid

import pytest

from backend.kernel.ids import uuid7
from backend.notifications.models import Notification
from mobile_api.services import Services
from tests.callers import Caller, Callers
from tests.sign_in_desk import HandClock


@pytest.fixture
def reader(callers: Callers) -> Caller:
    """A citizen with an inbox."""
    return callers.citizen()


def put_in_inbox(services: Services, owner: Caller, *, count: int) -> list[str]:
    """Put messages in somebody's inbox and return their ids, the newest first."""
    ids = []
    for _ in range(count):
        message_id = uuid7()
        with services.database.transaction() as session:
            session.add(
                Notification(
                    id=message_id,
                    person_id=owner.person_id,
                    event_id=uuid.uuid4(),
                    kind="complaint.accepted",
                    number="NT2611240000017",
                    case_number="320682261124000001",
                    title="诉求已受理",
                    body="您的诉求 NT2611240000017 已受理。",
                    push_body="您的诉求有新进展（NT2611240000017）",
                    created_at=services.clock.now(),
                )
            )
        ids.append(str(message_id))
    return sorted(ids, reverse=True)


def mark(caller: Caller, message_id: str):
    return caller.client.put(f"/api/v1/notifications/{message_id}/read", headers=caller._headers())


def test_a_message_shows_what_happened_and_when(services: Services, reader: Caller):
    [message_id] = put_in_inbox(services, reader, count=1)

    answer = reader.get("/notifications")

    assert answer.json == {
        "items": [
            {
                "id": message_id,
                "kind": "complaint.accepted",
                "number": "NT2611240000017",
                "case_number": "320682261124000001",
                "title": "诉求已受理",
                "body": "您的诉求 NT2611240000017 已受理。",
                "created_at": "2026-11-24T08:00:00+00:00",
                "read_at": None,
            }
        ],
        "next_cursor": None,
    }


def test_pages_show_every_message_once_the_newest_first(services: Services, reader: Caller):
    ids = put_in_inbox(services, reader, count=5)

    seen, cursor = [], None
    while True:
        query = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page = reader.get("/notifications", **query).json
        seen.append([message["id"] for message in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert seen == [ids[:2], ids[2:4], ids[4:]]


def test_a_read_message_keeps_the_time_of_its_first_reading(services: Services, reader: Caller, clock: HandClock):
    [message_id] = put_in_inbox(services, reader, count=1)

    first = mark(reader, message_id).json["read_at"]
    clock.advance(minutes=5)
    second = mark(reader, message_id)

    assert second.status_code == 200
    assert second.json["read_at"] == first == "2026-11-24T08:00:00+00:00"


def test_the_unread_count_and_the_unread_page_leave_out_what_was_read(services: Services, reader: Caller):
    newest, middle, oldest = put_in_inbox(services, reader, count=3)
    mark(reader, middle)

    count = reader.get("/notifications/unread-count").json
    page = reader.get("/notifications", unread_only="true").json

    assert count == {"unread": 2}
    assert [message["id"] for message in page["items"]] == [newest, oldest]


def test_a_read_mark_covers_the_message_and_all_older_ones_and_no_newer(services: Services, reader: Caller):
    newest, middle, oldest = put_in_inbox(services, reader, count=3)
    mark(reader, oldest)

    answer = reader.post("/notifications/read-marks", {"up_to_id": middle})

    unread = reader.get("/notifications", unread_only="true").json["items"]
    assert answer.json == {"marked": 1}
    assert [message["id"] for message in unread] == [newest]


def test_another_persons_message_is_as_none(services: Services, callers: Callers, reader: Caller):
    stranger = callers.citizen()
    [message_id] = put_in_inbox(services, stranger, count=1)

    answers = [
        mark(reader, message_id),
        mark(reader, str(uuid.uuid4())),
        reader.post("/notifications/read-marks", {"up_to_id": message_id}),
    ]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(404, "notification-not-found")] * 3
    assert reader.get("/notifications").json["items"] == []
    assert reader.get("/notifications/unread-count").json == {"unread": 0}
    assert stranger.get("/notifications/unread-count").json == {"unread": 1}


def test_a_read_mark_leaves_other_peoples_messages_alone(services: Services, callers: Callers, reader: Caller):
    stranger = callers.citizen()
    put_in_inbox(services, stranger, count=2)
    [own] = put_in_inbox(services, reader, count=1)

    reader.post("/notifications/read-marks", {"up_to_id": own})

    assert stranger.get("/notifications/unread-count").json == {"unread": 2}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 0}, "validation-failed"),
        ({"limit": 101}, "validation-failed"),
        ({"unknown": 1}, "validation-failed"),
        ({"cursor": "!"}, "cursor-refused"),
        ({"cursor": "bm90LWFuLWlk"}, "cursor-refused"),
    ],
)
def test_a_page_that_cannot_be_is_refused(reader: Caller, query: dict[str, object], code: str):
    answer = reader.get("/notifications", **query)

    assert (answer.status_code, answer.json["code"]) == (422, code)


@pytest.mark.parametrize("path", ["/notifications", "/notifications/unread-count"])
def test_nobody_reads_an_inbox_without_signing_in(callers: Callers, path: str):
    assert callers.nobody().get(path).status_code == 401
