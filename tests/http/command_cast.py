"""The people of a county's command system, and the way on which they bring a case to a state over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from tests.callers import Caller, Callers
from tests.complaint_bodies import RUGAO, complaint
from tests.ready_photos import ready_photo

# 路灯破损: a thing at a place, no danger to others; the city file gives it to 市政和园林局 of the county.
STREET_LAMP = {"tree": "12345", "code": "H030402"}
# 树木飘絮: nothing to look at afterwards; the same unit.
CATKINS = {"tree": "12345", "code": "H040303"}
LAMP_UNIT = "YLJ"
UNIT_ROLES = ("liaison", "handler", "unit_leader")
POSITION = {"longitude_wgs84": 120.5734, "latitude_wgs84": 32.3708, "accuracy_m": 8.0}
FRESH_LOOK = {
    **POSITION,
    "verified_at": "2026-11-24T08:05:00Z",
    "photo_captured_at": "2026-11-24T08:04:00Z",
}
FAR_LOOK = {**FRESH_LOOK, "latitude_wgs84": 32.38}
FEEDBACK = {
    "is_true": True,
    "is_contacted": True,
    "contacted_at": "2026-11-24T07:00:00Z",
    "contact_result": "已电话告知诉求人。",
    "is_solved": True,
    "public_answer": "您好，路灯已修复并恢复照明，感谢您的反映与监督。",
}
CONTENT = {"is_contacted": True, "is_solved": True, "is_satisfied": True, "is_true": True}
UNSOLVED = {"is_contacted": True, "is_solved": False, "is_satisfied": False, "is_true": True}
BODIES: dict[str, dict[str, Any]] = {
    "answer_directly": {"answer": "您好，路灯已报修，预计三个工作日内修复，感谢您的反映。"},
    "reject": {"ground": "no_request"},
    "accept": {},
    "withdraw": {},
    "request_supplement": {"missing": ["address"]},
    "supplement": {"supplement": "在菜场东门往南第三根灯杆。"},
    "lapse_supplement": {},
    "dispatch": {"dispatch": {}},
    "sign": {},
    "report_back": {"feedback": FEEDBACK},
    "send_back": {"reason": "unclear_answer"},
    "order_verification": {},
    "skip_verification": {},
    "confirm_fixed": {"verification": FRESH_LOOK},
    "flag_verification": {"verification": FAR_LOOK},
    "uphold_verification": {"note": "照片清楚，可以认可。"},
    "refute_fixed": {"verification": FRESH_LOOK},
    "close": {"callback": CONTENT},
    "redo": {"callback": UNSOLVED},
    "reopen": {"note": "又坏了。"},
}
# A thing at a place is reported and verified with a photo of how it is now.
WITH_A_PHOTO = frozenset({"report_back", "confirm_fixed", "flag_verification", "refute_fixed"})
# By whom, and by which action, a case comes from submitted to each state.
WAY_TO: dict[str, list[tuple[str, str]]] = {
    "submitted": [],
    "supplement": [("acceptor", "request_supplement")],
    "accepted": [("acceptor", "accept")],
    "rejected": [("acceptor", "reject")],
    "cancelled": [("acceptor", "withdraw")],
    "closed": [("acceptor", "answer_directly")],
}
WAY_TO["dispatched"] = [*WAY_TO["accepted"], ("dispatcher", "dispatch")]
WAY_TO["handling"] = [*WAY_TO["dispatched"], ("liaison", "sign")]
WAY_TO["feedback"] = [*WAY_TO["handling"], ("handler", "report_back")]
WAY_TO["verifying"] = [*WAY_TO["feedback"], ("dispatcher", "order_verification")]
WAY_TO["callback"] = [*WAY_TO["feedback"], ("reviewer", "skip_verification")]


@dataclass
class Cast:
    """One person for each role, hired when first asked for."""

    callers: Callers
    hired: dict[str, Caller] = field(default_factory=dict)
    reporters: dict[str, Caller] = field(default_factory=dict)

    def of(self, role: str) -> Caller:
        """Return the person of a role: units' staff of the lamp's unit, all at the county."""
        if role not in self.hired:
            unit = (LAMP_UNIT,) if role in UNIT_ROLES else ()
            self.hired[role] = self.callers.operator((role, RUGAO, *unit))
        return self.hired[role]

    def reporter(self, number: str) -> Caller:
        """Return who filed a complaint, or has a case by it."""
        return self.reporters[number]

    def filed(self, **changes: Any) -> tuple[str, str]:
        """File a complaint of somebody new, who has their quota still; return its number and its case's."""
        citizen = self.callers.citizen()
        answer = citizen.post("/complaints", complaint(**{"category": STREET_LAMP, **changes}))
        assert answer.status_code == 201, answer.json
        number, case_number = answer.json["number"], answer.json["case_number"]
        self.reporters |= {number: citizen, case_number: citizen}
        return number, case_number

    def version(self, case_number: str) -> str:
        """Return the ETag of a case."""
        return self.of("acceptor").get(f"/cases/{case_number}").headers["ETag"]

    def move(self, role: str, case_number: str, action: str, *, version: str = "", **changes: Any) -> TestResponse:
        """Make a move, with the version that is current unless one is given."""
        body = {"action": action, **BODIES[action], **self._photos(role, action), **changes}
        if_match = version or self.version(case_number)
        return self.of(role).post(f"/cases/{case_number}/moves", body, if_match=if_match)

    def bring(self, case_number: str, *way: tuple[str, str]) -> None:
        """Lead a case along a way; each step must succeed."""
        for role, action in way:
            answer = self.move(role, case_number, action)
            assert answer.status_code == 201, (action, answer.json)

    def brought_to(self, state: str, **changes: Any) -> tuple[str, str]:
        """File a complaint and bring its case to the state."""
        numbers = self.filed(**changes)
        self.bring(numbers[1], *WAY_TO[state])
        return numbers

    def _photos(self, role: str, action: str) -> dict[str, Any]:
        """Return the photo after handling that a thing at a place is reported and verified with."""
        if action not in WITH_A_PHOTO:
            return {}
        person_id = self.of(role).person_id
        return {"evidence_ids": [ready_photo(self.callers.services, person_id, stage="after")]}
