"""Nothing of a person reaches the logs, the queue or the outbox, whatever they do and whatever is refused (S39)."""

from __future__ import annotations

import io
import logging

import structlog
from sqlalchemy import text

from backend.infrastructure.logs import configure_logs
from tests.callers import Callers
from tests.complaint_bodies import HAIAN, RUGAO, complaint

SECRETS = (
    "井盖标记甲", "描述标记乙", "地址标记丙", "答复标记丁", "120.5734", "32.3708", "催办标记戊", "评价标记己",
)  # fmt: skip


def test_a_complaint_its_moves_and_their_refusals_leave_nothing_personal_behind(callers: Callers, services):
    stream, before = io.StringIO(), logging.getLogger().handlers
    configure_logs("DEBUG", stream)
    try:
        phone, query_code = act(callers)
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
    assert not any(query_code in rows for rows in kept)
    for secret in (*SECRETS, phone, phone[3:], query_code):
        assert secret not in logged, secret
        if not secret[0].isdigit():
            assert not any(secret in rows for rows in kept), secret


def act(callers: Callers) -> tuple[str, str]:
    """File, read, say, move, be refused; return the citizen's phone and query code."""
    citizen, acceptor = callers.citizen(), callers.operator(("acceptor", RUGAO))
    body = complaint(
        category={"tree": "12345", "code": "H030402"}, title=SECRETS[0], description=SECRETS[1], address=SECRETS[2]
    )
    receipt = citizen.post("/complaints", body).json
    case = f"/cases/{receipt['case_number']}"
    citizen.get(f"/complaints/{receipt['number']}")
    own, anybody = f"/complaints/{receipt['number']}", callers.nobody()
    for _ in range(2):
        citizen.post(f"{own}/urges", {"text": SECRETS[6]})
        citizen.post(f"{own}/ratings", {"is_solved": True, "stars": 9, "comment": SECRETS[7]})
    anybody.get(f"/public{own}", code=receipt["query_code"])
    anybody.get(f"/public{own}", code="22222222")
    acceptor.get(case)
    callers.operator(("acceptor", HAIAN)).get(case)
    citizen.post("/complaints", body | {"surprise": SECRETS[0]})
    citizen.post("/complaints", body | {"division": "999999"})
    answer = {"action": "answer_directly", "answer": SECRETS[3] + "字" * 20}
    acceptor.post(f"{case}/moves", answer | {"ground": "x y"}, if_match='"v1"')
    acceptor.post(f"{case}/moves", answer, if_match='"v9"')
    acceptor.post(f"{case}/moves", answer, if_match='"v2"')
    rating = {"is_solved": True, "stars": 4, "comment": SECRETS[7]}
    assert [citizen.post(f"{own}/ratings", rating).status_code for _ in range(2)] == [201, 409]
    assert citizen.phone is not None
    return citizen.phone, receipt["query_code"]
