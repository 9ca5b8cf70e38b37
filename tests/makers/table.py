"""For every operation of the API document: how to make a call that it accepts. A new operation needs a row here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.data_protection.use_cases import work_on
from tests.complaint_bodies import RUGAO
from tests.makers import case_calls, catalogue_calls
from tests.makers.calls import KEY, Call
from tests.makers.world import Role, World, new_device, new_phone
from tests.photos import encoded, form, form_type, picture, upload
from tests.totp import code_at

EVERYBODY = frozenset(Role)
DESKS = EVERYBODY - {Role.CITIZEN, Role.LIAISON, Role.GRID_WORKER}
CITIZEN = frozenset({Role.CITIZEN})
PHOTOGRAPHERS = frozenset({Role.CITIZEN, Role.LIAISON, Role.GRID_WORKER})
GRID_WORKERS = frozenset({Role.GRID_WORKER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """How a call is made, and by whom. ``stored`` names the texts of its body that are kept and can be read again.

    ``compared`` names those that are only compared with what is there; ``judged_later`` those whose comparison a later
    call tells, so that this one answers alike whatever they hold.
    """

    make: Callable[[World, Role], Call]
    roles: frozenset[Role] = EVERYBODY
    stored: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()
    judged_later: frozenset[str] = frozenset()


def _read(world: World, role: Role) -> Call:
    return Call(token=world.somebody(role).token)


def _read_page(world: World, role: Role) -> Call:
    return Call(token=world.somebody(role).token, query={"limit": "5"})


def _read_inbox(world: World, role: Role) -> Call:
    return Call(token=world.somebody(role).token, query={"limit": "5", "unread_only": "true"})


def _add_photo(world: World, role: Role) -> Call:
    return Call(
        token=world.new(role).token, headers={KEY: "", "Content-Type": form_type()}, raw=form(encoded(picture()))
    )


def _waiting_photo(world: World, role: Role) -> Call:
    citizen = world.new(role)
    return Call(token=citizen.token, path={"evidence_id": upload(citizen, encoded(picture())).json["id"]})


def _linked_file(world: World, role: Role) -> Call:
    href = upload(world.new(Role.CITIZEN), encoded(picture())).json["full"]["href"]
    return Call(path={"token": href.rpartition("/")[2]})


def _register_device(world: World, role: Role) -> Call:
    address = {"kind": "fcm_token", "value": f"address-of-{new_device()}"}
    body = {"platform": "android", "app_version": "1.4.0", "address": address}
    # Somebody new: a person has ten phones at most.
    return Call(token=world.new(role).token, path={"device_id": new_device()}, body=body)


def _remove_device(world: World, role: Role) -> Call:
    registration = _register_device(world, role)
    answer = registration.send(world.callers.client, "put", "/api/v1/devices/{device_id}")
    assert answer.status_code == 200, answer.json
    return Call(token=registration.token, path=registration.path)


def _ask_for_copy(world: World, role: Role) -> Call:
    return Call(token=world.new(role).token, headers={KEY: ""}, body={"kind": "export"})


def _read_data_request(world: World, role: Role) -> Call:
    asked = _ask_for_copy(world, role)
    answer = asked.send(world.callers.client, "post", "/api/v1/me/data-requests")
    assert answer.status_code == 201, answer.json
    with world.services.database.transaction() as session:
        work_on(
            session,
            request_id=uuid.UUID(answer.json["id"]),
            sealer=world.services.sealer,
            now=world.services.clock.now(),
        )
    return Call(token=asked.token, path={"request_id": answer.json["id"]})


def _answer_consent(world: World, role: Role) -> Call:
    body = {"purpose": "precise_location", "version": "2026-11", "given": True}
    return Call(token=world.somebody(role).token, body=body)


def _read_notification(world: World, role: Role) -> Call:
    person = world.somebody(role)
    return Call(token=person.token, path={"notification_id": world.notification(person)})


def _mark_read(world: World, role: Role) -> Call:
    person = world.somebody(role)
    return Call(token=person.token, body={"up_to_id": world.notification(person)})


def _ask_code(_world: World, _role: Role) -> Call:
    return Call(body={"phone": new_phone(), "device_id": new_device()})


def _sign_in(world: World, role: Role) -> Call:
    asked = _ask_code(world, role)
    challenge = asked.send(world.callers.client, "post", "/api/v1/sessions/codes").json["challenge_id"]
    phone = asked.body["phone"]
    device = {"id": asked.body["device_id"], "name": "张三的手机"}
    return Call(body={"challenge_id": challenge, "phone": phone, "code": world.code_of(phone), "device": device})


def _sign_in_operator(world: World, _role: Role) -> Call:
    login_name, password = world.hired()
    return Call(body={"login_name": login_name, "password": password, "device_id": new_device()})


def _prove_second_factor(world: World, role: Role) -> Call:
    asked = _sign_in_operator(world, role)
    challenge = asked.send(world.callers.client, "post", "/api/v1/sessions/operator").json
    code = code_at(challenge["enrolment"]["secret"], world.services.clock.now().timestamp())
    device = {"id": asked.body["device_id"], "name": "一号台"}
    return Call(body={"challenge": challenge["challenge"], "code": code, "device": device})


def _refresh(world: World, role: Role) -> Call:
    answer = _sign_in(world, role).send(world.callers.client, "post", "/api/v1/sessions")
    return Call(body={"refresh_token": answer.json["refresh_token"]})


def _sign_out(world: World, role: Role) -> Call:
    return Call(token=world.new(role).token)


def _sign_out_everywhere(world: World, role: Role) -> Call:
    return Call(token=world.new(role).token, query={"keep_current": "true"})


def _sign_out_one(world: World, role: Role) -> Call:
    person = world.new(role)
    own = person.get("/sessions").json["items"][0]
    return Call(token=person.token, path={"session_id": own["id"]})


def _divisions(_world: World, _role: Role) -> Call:
    return Call(query={"parent": RUGAO})


def _categories(_world: World, _role: Role) -> Call:
    return Call(query={"tree": "12345"})


def _cells(_world: World, _role: Role) -> Call:
    return Call(query={"division": RUGAO, "limit": "5"})


def _propose(_world: World, _role: Role) -> Call:
    return Call(body={"longitude": 120.5734, "latitude": 32.3708, "system": "WGS-84"})


def _nothing(_world: World, _role: Role) -> Call:
    return Call()


_V1 = "/api/v1"
MAKERS: Mapping[str, Maker] = {
    f"GET {_V1}/catalogue/apps": Maker(make=_nothing),
    f"GET {_V1}/catalogue/apps/{{app_code}}": Maker(make=catalogue_calls.sub_app),
    f"GET {_V1}/catalogue/services": Maker(make=catalogue_calls.services),
    f"GET {_V1}/catalogue/services/{{service_code}}": Maker(make=catalogue_calls.service),
    f"GET {_V1}/catalogue/topics": Maker(make=_nothing),
    f"GET {_V1}/catalogue/suggestions": Maker(make=catalogue_calls.suggestions),
    f"GET {_V1}/cases": Maker(make=case_calls.read_cases, roles=DESKS),
    f"GET {_V1}/cases/{{number}}": Maker(make=case_calls.read_case, roles=DESKS),
    f"GET {_V1}/cases/{{number}}/ledger": Maker(make=case_calls.read_case, roles=DESKS),
    f"POST {_V1}/cases/{{number}}/moves": Maker(
        make=case_calls.move_case,
        roles=frozenset({Role.ACCEPTOR, Role.TOWN_ACCEPTOR}),
        stored=frozenset({"note"}),
        # These belong to other actions than the one that is made here.
        compared=frozenset(
            {
                "answer",
                "supplement",
                "dispatch.reason",
                "feedback.contact_result",
                "feedback.public_answer",
                "feedback.unsolved_reason",
                "verification.no_position_reason",
            }
        ),
    ),
    f"POST {_V1}/evidence": Maker(make=_add_photo, roles=PHOTOGRAPHERS),
    f"GET {_V1}/evidence/{{evidence_id}}": Maker(make=_waiting_photo, roles=PHOTOGRAPHERS),
    f"DELETE {_V1}/evidence/{{evidence_id}}": Maker(make=_waiting_photo, roles=PHOTOGRAPHERS),
    f"GET {_V1}/evidence/files/{{token}}": Maker(make=_linked_file),
    f"GET {_V1}/complaints": Maker(make=_read_page, roles=CITIZEN),
    f"POST {_V1}/complaints": Maker(
        make=case_calls.file_complaint,
        roles=CITIZEN,
        stored=frozenset({"title", "description", "address"}),
        compared=frozenset({"category.tree"}),
    ),
    f"GET {_V1}/complaints/{{number}}": Maker(make=case_calls.read_complaint, roles=CITIZEN),
    f"GET {_V1}/complaints/{{number}}/timeline": Maker(make=case_calls.read_complaint, roles=CITIZEN),
    f"POST {_V1}/complaints/{{number}}/withdrawal": Maker(
        make=case_calls.withdraw_complaint, roles=CITIZEN, stored=frozenset({"note"})
    ),
    f"POST {_V1}/complaints/{{number}}/supplements": Maker(
        make=case_calls.supplement, roles=CITIZEN, stored=frozenset({"text"})
    ),
    f"POST {_V1}/complaints/{{number}}/reopenings": Maker(
        make=case_calls.reopen, roles=CITIZEN, stored=frozenset({"reason"})
    ),
    f"GET {_V1}/tasks": Maker(make=case_calls.read_tasks, roles=frozenset({Role.LIAISON, Role.GRID_WORKER})),
    f"POST {_V1}/complaints/{{number}}/urges": Maker(make=case_calls.urge, roles=CITIZEN, stored=frozenset({"text"})),
    f"POST {_V1}/complaints/{{number}}/ratings": Maker(
        make=case_calls.rate, roles=CITIZEN, stored=frozenset({"comment"})
    ),
    f"GET {_V1}/public/complaints/{{number}}": Maker(make=case_calls.ask_status),
    f"PUT {_V1}/devices/{{device_id}}": Maker(make=_register_device, stored=frozenset({"app_version"})),
    f"DELETE {_V1}/devices/{{device_id}}": Maker(make=_remove_device),
    f"GET {_V1}/cases/{{number}}/reveals": Maker(make=case_calls.read_case, roles=DESKS),
    f"POST {_V1}/cases/{{number}}/reveals": Maker(
        make=case_calls.reveal, roles=frozenset({Role.ACCEPTOR, Role.TOWN_ACCEPTOR}), stored=frozenset({"reason"})
    ),
    f"GET {_V1}/audit/reveals": Maker(make=_read_page, roles=frozenset({Role.AUDITOR})),
    f"GET {_V1}/consents/texts": Maker(make=_nothing),
    f"GET {_V1}/grid/cells": Maker(make=_cells),
    f"POST {_V1}/grid/proposals": Maker(make=_propose),
    f"GET {_V1}/grid/tasks": Maker(make=_read_page, roles=GRID_WORKERS),
    f"GET {_V1}/grid-reports": Maker(make=_read_page, roles=GRID_WORKERS),
    f"POST {_V1}/grid-reports": Maker(
        make=case_calls.report_from_grid,
        roles=GRID_WORKERS,
        stored=frozenset({"title", "description", "address"}),
        # A public answer of a few characters is none.
        compared=frozenset({"category.tree", "handled.public_answer"}),
    ),
    f"POST {_V1}/grid-reports/{{number}}/supplements": Maker(
        make=case_calls.supplement_from_grid, roles=GRID_WORKERS, stored=frozenset({"text"})
    ),
    f"GET {_V1}/me": Maker(make=_read),
    f"GET {_V1}/me/data-requests": Maker(make=_read, roles=CITIZEN),
    f"POST {_V1}/me/data-requests": Maker(make=_ask_for_copy, roles=CITIZEN),
    f"GET {_V1}/me/data-requests/{{request_id}}": Maker(make=_read_data_request, roles=CITIZEN),
    f"GET {_V1}/me/data-requests/{{request_id}}/document": Maker(make=_read_data_request, roles=CITIZEN),
    f"GET {_V1}/me/consents": Maker(make=_read, roles=CITIZEN),
    f"POST {_V1}/me/consents": Maker(make=_answer_consent, roles=CITIZEN, compared=frozenset({"version"})),
    f"GET {_V1}/notifications": Maker(make=_read_inbox),
    f"GET {_V1}/notifications/unread-count": Maker(make=_read),
    f"PUT {_V1}/notifications/{{notification_id}}/read": Maker(make=_read_notification),
    f"POST {_V1}/notifications/read-marks": Maker(make=_mark_read),
    f"GET {_V1}/reference/categories": Maker(make=_categories),
    f"GET {_V1}/reference/centres": Maker(make=_nothing),
    f"GET {_V1}/reference/divisions": Maker(make=_divisions),
    f"GET {_V1}/reference/request-types": Maker(make=_nothing),
    f"POST {_V1}/sessions": Maker(make=_sign_in, stored=frozenset({"device.name"}), compared=frozenset({"phone"})),
    f"GET {_V1}/sessions": Maker(make=_read),
    f"DELETE {_V1}/sessions": Maker(make=_sign_out_everywhere),
    f"DELETE {_V1}/sessions/{{session_id}}": Maker(make=_sign_out_one),
    f"POST {_V1}/sessions/codes": Maker(make=_ask_code, compared=frozenset({"phone"})),
    f"DELETE {_V1}/sessions/current": Maker(make=_sign_out),
    f"POST {_V1}/sessions/operator": Maker(make=_sign_in_operator, judged_later=frozenset({"login_name", "password"})),
    f"POST {_V1}/sessions/operator/second-factor": Maker(make=_prove_second_factor, stored=frozenset({"device.name"})),
    f"POST {_V1}/sessions/refresh": Maker(make=_refresh),
}
HOW_TO_ADD = (
    "tests/makers/table.py has no maker for these operations. Add a row for each: a function that returns a Call which "
    "the operation accepts (token, path, query, body, Idempotency-Key as an empty text, If-Match), the roles that may "
    "make it, and which texts of its body are stored (World.stored_texts must find them) or only compared."
)


def fit_role(maker: Maker) -> Role:
    """Return the first role that may make the call."""
    return next(role for role in Role if role in maker.roles)
