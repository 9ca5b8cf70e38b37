"""How requests about complaints, cases and tasks are drawn. Knows nothing but HTTP."""

from __future__ import annotations

from tests.territory.dice import Dice
from tests.territory.draws import API
from tests.territory.oracle import Ref, Step

_LONG_ANSWER = "您好，路灯已经报修，预计三个工作日内修复，感谢您的反映。"


def queue(dice: Dice) -> Step:
    """Draw: a page of a queue."""
    operation = f"GET {API}/cases"
    queue = dice.rarely("lost", dice.one_of("to_accept", "accepted", "ended"))
    return Step(
        actor=dice.desk(),
        operation=operation,
        query=dice.page(operation, queue=queue, scope=dice.rarely("all", dice.one_of("own", "below"))),
    )


def case(dice: Dice) -> Step:
    """Draw: one case."""
    return Step(actor=dice.desk(), operation=f"GET {API}/cases/{{number}}", ref=dice.thing("case"))


def ledger(dice: Dice) -> Step:
    """Draw: the ledger of a case."""
    return Step(actor=dice.desk(), operation=f"GET {API}/cases/{{number}}/ledger", ref=dice.thing("case"))


def move(dice: Dice) -> Step:
    """Draw: a move of a case."""
    body = dice.one_of(
        {"action": "accept"},
        {"action": "accept", "note": "已核实"},
        {"action": "answer_directly", "answer": dice.rarely("短", _LONG_ANSWER)},
        {"action": "reject", "ground": dice.rarely("no_such_ground", "no_substance")},
        {"action": "withdraw", "note": "市民来电撤销"},
        {"action": "request_supplement", "missing": [dice.rarely("nothing", "address")]},
        {"action": "dispatch", "dispatch": dice.rarely({"unit": "NOBODY"}, {})},
        {"action": "sign"},
        {"action": "fly"},
    )
    return Step(
        actor=dice.desk(),
        operation=f"POST {API}/cases/{{number}}/moves",
        ref=dice.thing("case"),
        body=dice.odd(body),
        key=dice.key(),
        version=dice.rarely(dice.one_of(None, "v1", '"v9"', '"v0"', "*"), "seen"),
    )


def file(dice: Dice) -> Step:
    """Draw: a new complaint."""
    tree, code = dice.random.choice(dice.cast.categories)
    body = {
        "request_type": dice.rarely("XX", dice.one_of("QZ", "TS", "ZX")),
        "category": {"tree": tree, "code": dice.rarely("H999999", code)},
        "title": dice.one_of("路灯不亮", "井盖破损", "垃圾无人清运"),
        "description": "晚上看不见路，请尽快处理。",
        "division": dice.random.choice(dice.cast.divisions),
        "address": "海阳路 8 号",
        "identity_shown": dice.one_of("named", "confidential", "anonymous"),
    }
    return Step(actor=dice.citizen(), operation=f"POST {API}/complaints", body=dice.odd(body), key=dice.key())


def complaints(dice: Dice) -> Step:
    """Draw: a page of one's own complaints."""
    operation = f"GET {API}/complaints"
    return Step(actor=dice.citizen(), operation=operation, query=dice.page(operation))


def complaint(dice: Dice) -> Step:
    """Draw: one complaint."""
    return Step(actor=dice.citizen(), operation=f"GET {API}/complaints/{{number}}", ref=dice.thing("complaint"))


def timeline(dice: Dice) -> Step:
    """Draw: the way of a complaint."""
    operation = f"GET {API}/complaints/{{number}}/timeline"
    return Step(actor=dice.citizen(), operation=operation, ref=dice.thing("complaint"))


def withdraw(dice: Dice) -> Step:
    """Draw: the end of a complaint by its reporter."""
    return Step(
        actor=dice.citizen(),
        operation=f"POST {API}/complaints/{{number}}/withdrawal",
        ref=dice.thing("complaint"),
        body=dice.odd(dice.one_of({}, {"note": "已经自行解决"})),
        key=dice.key(),
    )


def supplement(dice: Dice) -> Step:
    """Draw: what a reporter adds."""
    body = {"text": "在菜场东门往南第三根灯杆。", "evidence_ids": []}
    return Step(
        actor=dice.citizen(),
        operation=f"POST {API}/complaints/{{number}}/supplements",
        ref=dice.thing("complaint"),
        body=dice.odd(body),
        key=dice.key(),
    )


def reopen(dice: Dice) -> Step:
    """Draw: another round."""
    return Step(
        actor=dice.citizen(),
        operation=f"POST {API}/complaints/{{number}}/reopenings",
        ref=dice.thing("complaint"),
        body=dice.odd({"reason": "又坏了。"}),
        key=dice.key(),
    )


def urge(dice: Dice) -> Step:
    """Draw: a wish that somebody hurries."""
    return Step(
        actor=dice.citizen(),
        operation=f"POST {API}/complaints/{{number}}/urges",
        ref=dice.thing("complaint"),
        body=dice.odd(dice.one_of({}, {"text": "请快些。"})),
        key=dice.key(),
    )


def rate(dice: Dice) -> Step:
    """Draw: what a reporter thinks of a round."""
    body = {"is_solved": dice.one_of(True, False), "stars": dice.rarely(6, dice.one_of(1, 5)), "comment": "还行。"}
    return Step(
        actor=dice.citizen(),
        operation=f"POST {API}/complaints/{{number}}/ratings",
        ref=dice.thing("complaint"),
        body=dice.odd(body),
        key=dice.key(),
    )


def public_status(dice: Dice) -> Step:
    """Draw: a public status, with a code that nobody was given, or with the own one."""
    ref = Ref(kind="complaint", source="own", place=dice.random.randrange(50))
    code = Ref(kind="query_code", source="own", place=ref.place)
    wrong = {"ref": dice.thing("complaint"), "query": {"code": dice.rarely("0", "22222222")}}
    asked = dice.one_of(wrong, {"ref": ref, "query": {"code": code}})
    return Step(actor="nobody", operation=f"GET {API}/public/complaints/{{number}}", **asked)


def tasks(dice: Dice) -> Step:
    """Draw: a page of tasks."""
    operation = f"GET {API}/tasks"
    waits = dice.rarely("perhaps", dice.one_of("true", "false"))
    return Step(actor=dice.desk(), operation=operation, query=dice.page(operation, open=waits))


def report_from_grid(dice: Dice) -> Step:
    """Draw: a report from the spot; now and then one that came before, or another under its id."""
    body = {
        "client_id": f"0192f000-0000-4000-8000-{dice.random.randrange(6):012x}",
        "captured_at": dice.rarely("2020-01-01T00:00:00Z", "2026-11-24T07:00:00Z"),
        "category": {"tree": "12345", "code": dice.rarely("H999999", "H040303")},
        "title": dice.rarely("另一件事", "杨絮堆积"),
        "description": "道路两侧杨絮堆积较多，需要清扫。",
        "division": dice.random.choice([*dice.cast.divisions, None]),
        "location": {"longitude": 120.5734, "latitude": 32.3708, "system": "WGS-84"},
    }
    if dice.one_of(True, False):
        body["handled"] = {"public_answer": dice.rarely("短", _LONG_ANSWER), "is_solved": True}
    return Step(actor=dice.grid_worker(), operation=f"POST {API}/grid-reports", body=dice.odd(body), key=dice.key())


def grid_reports(dice: Dice) -> Step:
    """Draw: a page of one's own reports from the spot."""
    operation = f"GET {API}/grid-reports"
    return Step(actor=dice.grid_worker(), operation=operation, query=dice.page(operation))


def supplement_from_grid(dice: Dice) -> Step:
    """Draw: what a grid worker adds to a report."""
    return Step(
        actor=dice.grid_worker(),
        operation=f"POST {API}/grid-reports/{{number}}/supplements",
        ref=dice.thing("grid-report"),
        body=dice.odd({"text": "在菜场东门往南第三根灯杆。", "evidence_ids": []}),
        key=dice.key(),
    )


def grid_tasks(dice: Dice) -> Step:
    """Draw: a page of what one is to verify."""
    operation = f"GET {API}/grid/tasks"
    return Step(actor=dice.grid_worker(), operation=operation, query=dice.page(operation))


def reveal(dice: Dice) -> Step:
    """Draw: what is masked, in full."""
    body = {"fields": [dice.one_of("address", "description", "age")], "reason": dice.rarely("看", "电话核实具体位置")}
    ref = dice.thing("case")
    return Step(actor=dice.desk(), operation=f"POST {API}/cases/{{number}}/reveals", ref=ref, body=dice.odd(body))


def reveal_marks(dice: Dice) -> Step:
    """Draw: who saw a case in full."""
    return Step(actor=dice.desk(), operation=f"GET {API}/cases/{{number}}/reveals", ref=dice.thing("case"))


def reveal_audit(dice: Dice) -> Step:
    """Draw: who saw what in full."""
    operation = f"GET {API}/audit/reveals"
    return Step(actor=dice.desk(), operation=operation, query=dice.page(operation))
