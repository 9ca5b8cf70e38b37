"""The chapters of the story. Each plays on the same cast; what a step must answer is written beside it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.story.people import LATITUDE, LONGITUDE, Cast, photo
from tests.story.telling import Actor, Answer, StoryBroken

MANHOLE = {"tree": "12345", "code": "H030404"}
PENSION = {"tree": "12345", "code": "H010101"}
LAMP = {"tree": "12345", "code": "H030402"}
RUGAO = "320682"
_TOLD_WITHIN_S = 20.0


@dataclass
class Stage:
    """Who is there, and what has come of it so far."""

    cast: Cast
    people: dict[str, Actor] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)

    def of(self, login_name: str, name: str) -> Actor:
        """Return a demo account, signed in when first asked for."""
        if login_name not in self.people:
            self.people[login_name] = self.cast.staff(login_name, name)
        return self.people[login_name]

    @property
    def second_citizen(self) -> Actor:
        """The citizen of the smaller chapters."""
        if "citizen-b" not in self.people:
            self.people["citizen-b"] = self.cast.citizen("市民乙")
        return self.people["citizen-b"]

    @property
    def desk(self) -> Actor:
        """The county's desk: accepts, dispatches, reviews, calls back."""
        return self.of("rugao.desk", "如皋中心")


def ago(minutes: float) -> str:
    """Return the instant so many minutes ago."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="seconds")


def manhole(stage: Stage) -> None:
    """A manhole at the county seat: filed in the rain, refuted once, confirmed, called back, rated."""
    server = stage.cast.server
    server.chapter("一、雨夜的井盖：从手机到结案")
    citizen = stage.cast.citizen("市民甲")
    before = citizen.upload(photo("gray"), stage="before")
    complaint = {
        "request_type": "QZ",
        "category": MANHOLE,
        "title": "人行道上的井盖不见了",
        "description": "公交站旁，雨天看不清，很危险。",
        "division": RUGAO,
        "address": "海阳路 12 号",
        "location": {"longitude": LONGITUDE, "latitude": LATITUDE, "system": "WGS-84"},
        "evidence_ids": [before],
    }
    key = str(uuid.uuid4())
    first = citizen.post("/complaints", complaint, key=key, show=("number", "case_number", "due_at"))
    server.say("网络断了，手机没有收到回答：以同一 Idempotency-Key 再次提交")
    second = citizen.post("/complaints", complaint, key=key, show=("number",))
    must(first.body == second.body and second.headers.get("idempotent-replayed") == "true", "重试得到同一编号")
    number, case = first["number"], first["case_number"]
    stage.cases["manhole"] = case
    handled = _handled(stage, case)
    neighbour(stage, case)
    _urged(citizen, number)
    _refuted(stage, case, handled)
    _confirmed(stage, case, handled)
    _ended(stage, citizen, number, case)
    _asked_by_anybody(stage, first)


def _urged(citizen: Actor, number: str) -> None:
    citizen.server.say("市民催办：每天一次")
    citizen.post(f"/complaints/{number}/urges", {"text": "晚上有孩子经过，请快些。"}, show=("urged_at",))
    citizen.post(f"/complaints/{number}/urges", {}, expect=409, show=("code", "errors.possible_from"))


def _handled(stage: Stage, case: str) -> Actor:
    """Accepted, dispatched, signed; and reported back, at first without the photo that is asked for."""
    stage.desk.get("/cases?queue=to_accept&scope=own&limit=5")
    stage.desk.move(case, "accept")
    stage.desk.move(case, "dispatch", dispatch={})
    handler = stage.of("rugao.ylj", "市政经办")
    handler.get("/tasks?limit=5")
    handler.move(case, "sign")
    stage.cast.server.say("没有处置后的照片，反馈被拒绝")
    handler.move(case, "report_back", feedback=feedback("井盖已补装，现场已清理干净，感谢您的反映。"), expect=422)
    _report(handler, case)
    return handler


def _report(handler: Actor, case: str) -> None:
    after = handler.upload(photo("green"), stage="after")
    told = feedback("井盖已补装牢固，现场已清理干净，感谢您的监督。")
    handler.move(case, "report_back", feedback=told, evidence_ids=[after])


def _refuted(stage: Stage, case: str, handler: Actor) -> None:
    stage.cast.server.say("网格员到场核查：井盖仍然松动，退回重办（第 2 轮）")
    stage.desk.move(case, "order_verification")
    worker = stage.of("rugao.grid", "网格员一")
    worker.get("/tasks?limit=5")
    worker.move(case, "refute_fixed", verification=on_the_spot(), note="盖板未固定，踩上去会晃。")
    handler.move(case, "sign")
    _report(handler, case)


def _confirmed(stage: Stage, case: str, handler: Actor) -> None:
    stage.desk.move(case, "order_verification")
    stage.cast.server.say("经办人不能核查自己处置的工单")
    handler.move(case, "confirm_fixed", verification=on_the_spot(), expect=403)
    worker = stage.of("rugao.grid2", "网格员二")
    seen = worker.upload(photo("olive"), stage="after")
    worker.move(case, "confirm_fixed", verification=on_the_spot(), evidence_ids=[seen])


def _ended(stage: Stage, citizen: Actor, number: str, case: str) -> None:
    said = {"is_solved": True, "stars": 5, "comment": "第二次修得很牢，谢谢。"}
    citizen.post(f"/complaints/{number}/ratings", said, show=("round", "state"))
    stage.cast.server.say("评价不办结工单：由回访办结，四个事实分别记录")
    told = {"is_contacted": True, "is_solved": True, "is_satisfied": True, "is_true": True}
    stage.desk.move(case, "close", callback=told)
    detail = stage.desk.get(f"/cases/{case}", show=("round", "outcome", "ratings.0.stars"))
    must(detail["round"] == 2, "第 2 轮结案")
    steps = citizen.get(f"/complaints/{number}/timeline")["items"]
    for step in steps:
        stage.cast.server.say(f"{step['title']}：{step['text']}")
    _await_news(citizen, number)


def _asked_by_anybody(stage: Stage, receipt: Answer) -> None:
    stage.cast.server.say("家人凭编号和查询码查询，不用登录")
    anybody = Actor(stage.cast.server, "家人")
    path = f"/public/complaints/{receipt['number']}"
    anybody.get(f"{path}?code={receipt['query_code']}", show=("state_name", "changed_at"))
    anybody.get(f"{path}?code=22222222", expect=404)


def consultation(stage: Stage) -> None:
    """A question that is answered at once."""
    stage.cast.server.chapter("三、咨询：直接答复")
    citizen = stage.second_citizen
    filed = citizen.post("/complaints", _plain("ZX", PENSION, "养老金什么时候到账"), show=("number",))
    answer = "您好，养老金每月 15 日前发放；如仍未到账，请携带身份证到社保窗口查询。"
    stage.desk.move(filed["case_number"], "answer_directly", answer=answer)
    citizen.get(f"/complaints/{filed['number']}", show=("answer",))
    stage.cases["consultation"] = filed["case_number"]


def rejection(stage: Stage) -> None:
    """A complaint that is not for this house: the ground and another door are told."""
    stage.cast.server.chapter("四、不予受理：说明理由和别的渠道")
    citizen = stage.second_citizen
    filed = citizen.post("/complaints", _plain("TS", LAMP, "法院判决我不服"), show=("number",))
    stage.desk.move(filed["case_number"], "reject", ground="judicial")
    shown = citizen.get(f"/complaints/{filed['number']}", show=("rejection.name", "rejection.other_door"))
    must(bool(shown["rejection"]["other_door"]), "告知其他渠道")
    stage.cases["rejection"] = filed["case_number"]


def neighbour(stage: Stage, case: str) -> None:
    """A neighbour centre tries eleven ways to see a case that waits for its review, and gets nothing."""
    stage.cast.server.say("邻县中心用十一种办法看如皋的工单，一样也看不到")
    stranger, lists = stage.of("haian.acceptor", "海安中心"), "/cases?queue=to_review&limit=100&scope="
    must(case in str(stage.desk.peek(f"{lists}own").body), "如皋的待审核队列里有它")
    ours = stage.desk.peek(f"/cases/{case}")
    number, photo_id = ours["reporters"][0]["number"], ours["photos"][0]["id"]
    for path in (f"{lists}own", f"{lists}below", "/notifications?limit=100"):
        must(case not in str(stranger.get(path).body), f"{path} 里没有 {case}")
    stranger.get(f"/cases/{case}", expect=404)
    stranger.get(f"/cases/{case}/ledger", expect=404)
    stranger.get(f"/cases/{case}/reveals", expect=404)
    stranger.move(case, "withdraw", expect=404)
    stranger.post(f"/cases/{case}/reveals", {"fields": ["address"], "reason": "电话核实具体位置"}, expect=404)
    # These doors are closed to every desk: whose complaint it is does not matter.
    stranger.get(f"/complaints/{number}", expect=403)
    stranger.get(f"/complaints/{number}/timeline", expect=403)
    stranger.get(f"/evidence/{photo_id}", expect=403)


def must(true: bool, what: str) -> None:
    """Break the story unless it is so."""
    if not true:
        raise StoryBroken(what)


def feedback(public_answer: str) -> Mapping[str, Any]:
    """Return what a unit reports of something solved."""
    return {
        "is_true": True,
        "is_contacted": True,
        "contacted_at": ago(1),
        "contact_result": "已电话告知。",
        "is_solved": True,
        "public_answer": public_answer,
    }


def on_the_spot() -> Mapping[str, Any]:
    """Return what somebody finds at the very place, a moment ago."""
    return {
        "longitude_wgs84": LONGITUDE,
        "latitude_wgs84": LATITUDE,
        "accuracy_m": 8.0,
        "verified_at": ago(0.1),
        "photo_captured_at": ago(1),
    }


def _plain(request_type: str, category: Mapping[str, str], title: str) -> Mapping[str, Any]:
    return {
        "request_type": request_type,
        "category": category,
        "title": title,
        "description": "请尽快回复，谢谢。",
        "division": RUGAO,
        "address": "海阳路 12 号",
    }


def _await_news(citizen: Actor, number: str) -> None:
    """Wait until the worker has told the last step, as a phone would."""
    deadline = time.monotonic() + _TOLD_WITHIN_S
    while time.monotonic() < deadline:
        inbox = citizen.peek("/notifications?limit=100")
        titles = [message["title"] for message in inbox["items"] if message["number"] == number]
        if any("办结" in message["body"] or "办结" in message["title"] for message in inbox["items"]):
            citizen.server.say(f"手机上的消息：{'、'.join(reversed(titles))}")
            return
        time.sleep(0.5)
    raise StoryBroken("结案的消息没有到")
