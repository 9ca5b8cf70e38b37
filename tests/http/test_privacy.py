"""Nothing of a person reaches the logs, the queue or the outbox, whatever they do and whatever is refused (S39)."""

from __future__ import annotations

import io
import logging

import structlog
from sqlalchemy import text

from backend.infrastructure.logs import configure_logs
from tests.callers import Callers
from tests.complaint_bodies import HAIAN, RUGAO, complaint

SECRETS = ("井盖标记甲", "描述标记乙", "地址标记丙", "答复标记丁", "120.5734", "32.3708")


def test_a_complaint_its_moves_and_their_refusals_leave_nothing_personal_behind(callers: Callers, services):
    stream, before = io.StringIO(), logging.getLogger().handlers
    configure_logs("DEBUG", stream)
    try:
        phone = act(callers)
    finally:
        logging.getLogger().handlers = before
        structlog.contextvars.clear_contextvars()

    with services.database.transaction() as session:
        kept = [
            str(session.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("procrastinate_jobs", "outbox_event", "idempotency_record", "case_ledger", "command_case")
        ]
    logged = stream.getvalue()
    assert "answered" in logged
    for secret in (*SECRETS, phone, phone[3:]):
        assert secret not in logged, secret
        if not secret[0].isdigit():
            assert not any(secret in rows for rows in kept), secret


def act(callers: Callers) -> str:
    """File, read, move, be refused; return the citizen's phone."""
    citizen, acceptor = callers.citizen(), callers.operator(("acceptor", RUGAO))
    body = complaint(
        category={"tree": "12345", "code": "H030402"}, title=SECRETS[0], description=SECRETS[1], address=SECRETS[2]
    )
    receipt = citizen.post("/complaints", body).json
    case = f"/cases/{receipt['case_number']}"
    citizen.get(f"/complaints/{receipt['number']}")
    acceptor.get(case)
    callers.operator(("acceptor", HAIAN)).get(case)
    citizen.post("/complaints", body | {"surprise": SECRETS[0]})
    citizen.post("/complaints", body | {"division": "999999"})
    answer = {"action": "answer_directly", "answer": SECRETS[3] + "字" * 20}
    acceptor.post(f"{case}/moves", answer | {"ground": "x y"}, if_match='"v1"')
    acceptor.post(f"{case}/moves", answer, if_match='"v9"')
    acceptor.post(f"{case}/moves", answer, if_match='"v1"')
    assert citizen.phone is not None
    return citizen.phone
