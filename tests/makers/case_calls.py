"""Calls about complaints, cases and tasks, as the operations accept them."""

from __future__ import annotations

from tests.complaint_bodies import complaint
from tests.grid_bodies import CATKINS, grid_report
from tests.makers.calls import KEY, Call
from tests.makers.world import COUNTY_CATEGORY, Role, World


def read_cases(world: World, role: Role) -> Call:
    query = {"limit": "5", "queue": "to_accept", "scope": "own"}
    return Call(token=world.somebody(role).token, query=query)


def read_case(world: World, role: Role) -> Call:
    return Call(token=world.somebody(role).token, path={"number": world.case_number(role)})


def move_case(world: World, role: Role) -> Call:
    body = {"action": "accept", "note": "请现场核实。"}
    return Call(
        token=world.somebody(role).token,
        path={"number": world.case_number(role)},
        headers={"If-Match": '"v1"', KEY: ""},
        body=body,
    )


def file_complaint(world: World, role: Role) -> Call:
    return Call(token=world.somebody(role).token, headers={KEY: ""}, body=complaint(category=COUNTY_CATEGORY))


def read_complaint(world: World, role: Role) -> Call:
    citizen = world.somebody(role)
    return Call(token=citizen.token, path={"number": world.complaint(citizen)["number"]})


def withdraw_complaint(world: World, role: Role) -> Call:
    citizen = world.somebody(role)
    number = world.complaint(citizen)["number"]
    return Call(token=citizen.token, path={"number": number}, headers={KEY: ""}, body={"note": "已经修好了。"})


def supplement(world: World, role: Role) -> Call:
    citizen = world.somebody(role)
    filed = world.complaint(citizen)
    world.move(filed["case_number"], {"action": "request_supplement", "missing": ["address"]})
    body = {"text": "在菜场东门往南第三根灯杆。", "evidence_ids": []}
    return Call(token=citizen.token, path={"number": filed["number"]}, headers={KEY: ""}, body=body)


def reopen(world: World, role: Role) -> Call:
    citizen = world.somebody(role)
    filed = world.complaint(citizen)
    world.move(filed["case_number"], {"action": "answer_directly", "answer": "路灯已报修，" * 4})
    body = {"reason": "灯还是不亮。", "evidence_ids": []}
    return Call(token=citizen.token, path={"number": filed["number"]}, headers={KEY: ""}, body=body)


def urge(world: World, role: Role) -> Call:
    citizen = world.somebody(role)
    number = world.complaint(citizen)["number"]
    return Call(token=citizen.token, path={"number": number}, headers={KEY: ""}, body={"text": "晚上太黑，请快些。"})


def rate(world: World, role: Role) -> Call:
    citizen = world.somebody(role)
    filed = world.complaint(citizen)
    world.move(filed["case_number"], {"action": "answer_directly", "answer": "路灯已报修，" * 4})
    body = {"is_solved": True, "stars": 5, "comment": "很快就亮了。"}
    return Call(token=citizen.token, path={"number": filed["number"]}, headers={KEY: ""}, body=body)


def ask_status(world: World, _role: Role) -> Call:
    filed = world.complaint(world.somebody(Role.CITIZEN))
    return Call(path={"number": filed["number"]}, query={"code": filed["query_code"]})


def read_tasks(world: World, role: Role) -> Call:
    return Call(token=world.somebody(role).token, query={"limit": "5", "open": "true"})


def report_from_grid(world: World, role: Role) -> Call:
    body = grid_report(world.services.clock.now(), category=CATKINS, address="海阳路 128 号")
    return Call(token=world.somebody(role).token, headers={KEY: ""}, body=body)


def supplement_from_grid(world: World, role: Role) -> Call:
    worker = world.somebody(role)
    report = report_from_grid(world, role)
    filed = worker.post("/grid-reports", {**report.body, "location": None}).json
    world.move(filed["case_number"], {"action": "request_supplement", "missing": ["address"]})
    body = {"text": "在菜场东门往南第三根灯杆。", "evidence_ids": []}
    return Call(token=worker.token, path={"number": filed["number"]}, headers={KEY: ""}, body=body)


def reveal(world: World, role: Role) -> Call:
    body = {"fields": ["reporter_phone"], "reason": "电话核实准确的位置"}
    return Call(token=world.new(role).token, path={"number": world.case_number(role)}, body=body)
