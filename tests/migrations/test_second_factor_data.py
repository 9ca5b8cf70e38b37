"""Revision 0009 keeps what it finds, on the way up and on the way down."""

from __future__ import annotations

import psycopg

from backend.infrastructure import migrating
from tests.servers import DatabaseUrls

PERSON = "01a2110a-1066-7a5d-8a84-568444a75d24"
SESSIONS = ("01a2110a-1066-7a5d-8a84-568444a75d25", "01a2110a-1066-7a5d-8a84-568444a75d26")


def put_in(connection: psycopg.Connection, session_id: str, reason: str, number: str | None) -> None:
    """Write a session that ended for this reason, and a message with this number."""
    connection.execute(
        "INSERT INTO device_session (id, person_id, device_id, created_at, last_seen_at, expires_at, ended_at,"
        " end_reason) VALUES (%s, %s, 'device-of-a-test', now(), now(), now(), now(), %s)",
        (session_id, PERSON, reason),
    )
    connection.execute(
        "INSERT INTO notification (id, person_id, event_id, kind, number, case_number, title, body, push_body,"
        " created_at) VALUES (%s, %s, %s, 'a.kind', %s, %s, 't', 'b', 'p', now())",
        (session_id, PERSON, session_id, number, number),
    )


def test_sessions_and_messages_survive_the_way_up_and_the_way_down(empty_database_urls: DatabaseUrls):
    url = empty_database_urls.owner
    migrating.upgrade(url, revision="0008_grid")
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO person (id, kind, login_name, password_hash, created_at) VALUES (%s, 'operator', 'a', 'h',"
            " now())",
            (PERSON,),
        )
        put_in(connection, SESSIONS[0], "signed_out", "NT1")

    migrating.upgrade(url, revision="0009_second_factor")
    with psycopg.connect(url) as connection:
        put_in(connection, SESSIONS[1], "credentials_changed", None)
    migrating.downgrade(url, revision="0008_grid")

    with psycopg.connect(url) as connection:
        reasons = connection.execute("SELECT end_reason FROM device_session ORDER BY id").fetchall()
        numbers = connection.execute("SELECT number, case_number FROM notification ORDER BY id").fetchall()
    assert reasons == [("signed_out",), ("signed_out",)]
    assert numbers == [("NT1", "NT1"), ("", "")]
