"""A citizen who uses everything, and where traces of them are looked for afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
from psycopg import sql
from sqlalchemy import text

from backend.data_protection.fields import SEALED_FIELDS
from backend.data_protection.use_cases import work_on
from backend.infrastructure.crypto import Sealed
from tests.callers import Caller, Callers
from tests.complaint_bodies import RUGAO, complaint

LAMP = {"tree": "12345", "code": "H030402"}
MARKS = (
    "独标题甲", "独描述乙", "独地址丙路", "独撤销丁", "独设备戊", "own-address-of-somebody", "独催办己", "独评价庚",
)  # fmt: skip
RATING = {"is_solved": True, "stars": 4, "comment": MARKS[7]}
EVIDENCE_CONTEXT = next(one.context for one in SEALED_FIELDS if one.name == "evidence.capture_sealed")
ANSWER = "已安排专人到现场处理，感谢您的反映和监督，请放心。"


def ask(caller: Caller, kind: str, **more):
    return caller.post("/me/data-requests", {"kind": kind}, **more)


def work(services, answer) -> None:
    """Do what the worker does when the event is told."""
    with services.database.transaction() as session:
        request_id = uuid.UUID(answer.json["id"])
        work_on(session, request_id=request_id, sealer=services.sealer, now=services.clock.now())


def state(caller: Caller, answer) -> dict:
    return caller.get(f"/me/data-requests/{answer.json['id']}").json


def file(citizen: Caller, **changes) -> dict:
    return citizen.post("/complaints", complaint(category=LAMP, **changes)).json


def move(callers: Callers, receipt: dict, action: str, version: int = 1, **more) -> None:
    desk = callers.operator(("acceptor", RUGAO))
    body = {"action": action, **more}
    answer = desk.post(f"/cases/{receipt['case_number']}/moves", body, if_match=f'"v{version}"')
    assert answer.status_code == 201, answer.json


def live_fully(callers: Callers, citizen: Caller, services) -> list[dict]:
    """Leave traces everywhere: complaints in every state, a phone, a name, a reveal, messages; return the receipts."""
    address = {"kind": "fcm_token", "value": MARKS[5]}
    device = {"platform": "ios", "app_version": "1", "address": address}
    headers = {"Authorization": f"Bearer {citizen.token}"}
    assert citizen.client.put("/api/v1/devices/the-own-phone-1", json=device, headers=headers).status_code == 200
    with services.database.transaction() as session:
        name = services.sealer.seal(MARKS[4], context="person.name")
        session.execute(
            text("UPDATE person SET name_sealed = :s, name_key_id = :k WHERE id = :id"),
            {"s": name.ciphertext, "k": name.key_id, "id": citizen.person_id},
        )
        session.execute(
            text(
                "INSERT INTO notification "
                "(id, person_id, event_id, kind, number, case_number, title, body, push_body, created_at) "
                "VALUES (gen_random_uuid(), :id, gen_random_uuid(), 'complaint.received', "
                "'NT1', 'AJ1', :t, :t, :t, now())"
            ),
            {"id": citizen.person_id, "t": MARKS[0]},
        )
    take_photo(citizen, services)
    filed = [file(citizen, title=MARKS[0], description=MARKS[1], address=MARKS[2]) for _ in range(5)]
    move(callers, filed[1], "accept", note="请联系" + str(citizen.phone)[3:])
    assert citizen.post(f"/complaints/{filed[1]['number']}/urges", {"text": MARKS[6]}).status_code == 201
    move(callers, filed[2], "answer_directly", answer=ANSWER + MARKS[0])
    move(callers, filed[3], "reject", ground="judicial", note=MARKS[1])
    citizen.post(f"/complaints/{filed[4]['number']}/withdrawal", {"note": MARKS[3]})
    assert citizen.post(f"/complaints/{filed[2]['number']}/ratings", RATING).status_code == 201
    body = {"fields": ["reporter_phone"], "reason": "电话核实准确的位置"}
    desk = callers.operator(("acceptor", RUGAO))
    assert desk.post(f"/cases/{filed[2]['case_number']}/reveals", body, key=None).status_code == 200
    return filed


def take_photo(citizen: Caller, services) -> None:
    """Keep the row of a photo that is ready, with the place where it was taken."""
    photo_id = uuid.uuid4()
    capture = services.sealer.seal(MARKS[4], context=EVIDENCE_CONTEXT.format(photo_id))
    with services.database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO evidence (id, person_id, kind, stage, state, full_key, thumbnail_key, sha256, byte_size, "
                "width, height, capture_sealed, capture_key_id, created_at) VALUES (:id, :person, 'photo', 'before', "
                "'ready', 'a', 'b', :sha, 1, 1, 1, :capture, :key, now())"
            ),
            {
                "id": photo_id, "person": citizen.person_id, "sha": bytes(32), "capture": capture.ciphertext,
                "key": capture.key_id,
            },
        )  # fmt: skip


def everything(url: str, services) -> Iterator[tuple[str, str]]:
    """Yield every value of every column of the database as text, and every sealed one opened."""
    sealed = {(one.table.__tablename__, one.column): one for one in SEALED_FIELDS}
    with psycopg.connect(url) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
        for table, column in columns:
            query = sql.SQL("SELECT {} FROM {} WHERE {} IS NOT NULL")
            names = (sql.Identifier(column), sql.Identifier(table), sql.Identifier(column))
            for (value,) in connection.execute(query.format(*names)).fetchall():
                shown = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                yield f"{table}.{column}", shown
        for (table, column), one in sealed.items():
            [key] = one.table.__table__.primary_key.columns.keys()
            rows = connection.execute(
                f"SELECT {key}, {column}, {one.key_column} FROM {table} WHERE {column} IS NOT NULL"
            ).fetchall()
            for row, data, key_id in rows:
                opened = services.sealer.open(Sealed(key_id, bytes(data)), context=one.context.format(row))
                yield f"{table}.{column} opened", opened


def traces(url: str, services, citizen: Caller) -> dict[str, set[str]]:
    """Return where anything that tells who the citizen was still stands."""
    index = services.sealer.blind_index(citizen.phone).decode("latin-1")
    wanted = {*MARKS, citizen.phone, citizen.phone[3:], index, "120.5734", "32.3708", "the-own-phone-1"}
    found: dict[str, set[str]] = {}
    for place, value in everything(url, services):
        for mark in wanted:
            if mark in value:
                found.setdefault(place, set()).add(mark)
    return found
