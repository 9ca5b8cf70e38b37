"""The chapter of a grid worker: found in a street, sent three times from a bad network, handled, verified."""

from __future__ import annotations

import uuid

from tests.story.chapters import Stage, ago, feedback, must, on_the_spot
from tests.story.people import LATITUDE, LONGITUDE, photo

RUBBISH = {"tree": "CJT214-事件", "code": "0102"}  # 暴露垃圾: a street handles it
STREET = "320682001"


def rubbish(stage: Stage) -> None:
    """Rubbish in a street of the county seat."""
    server = stage.cast.server
    server.chapter("二、网格员上报暴露垃圾：弱网重发三次仍是一件")
    worker = stage.of("rugao.grid", "网格员一")
    report = {
        "client_id": str(uuid.uuid4()),
        "captured_at": ago(3),
        "category": RUBBISH,
        "title": "巷口堆放垃圾",
        "description": "巷口堆放生活垃圾和纸箱，占了半条路。",
        "division": STREET,
        "location": {"longitude": LONGITUDE, "latitude": LATITUDE, "system": "WGS-84"},
        "evidence_ids": [worker.upload(photo("brown"), stage="before")],
    }
    receipts = [worker.post("/grid-reports", report, show=("number", "state")).body for _ in range(3)]
    must(len({str(receipt) for receipt in receipts}) == 1, "三次得到同一回执")
    case = receipts[0]["case_number"]
    stage.cases["rubbish"] = case
    street = stage.of("rucheng.desk", "如城中心")
    street.move(case, "dispatch", dispatch={})
    handler = stage.of("rugao.cgj", "城管经办")
    handler.move(case, "sign")
    after = handler.upload(photo("white"), stage="after")
    handler.move(
        case, "report_back", feedback=feedback("垃圾已清运，地面已冲洗，感谢网格员及时上报。"), evidence_ids=[after]
    )
    street.move(case, "order_verification")
    server.say("上报人不能核查自己上报的事项")
    worker.get("/grid/tasks?limit=5")
    seen = worker.upload(photo("white"), stage="after")
    worker.move(case, "confirm_fixed", verification=on_the_spot(), evidence_ids=[seen], expect=403)
    supervisor = stage.of("rugao.supervisor", "监督员")
    seen = supervisor.upload(photo("white"), stage="after")
    supervisor.move(case, "confirm_fixed", verification=on_the_spot(), evidence_ids=[seen])
    told = {"is_contacted": True, "is_solved": True, "is_satisfied": True, "is_true": True}
    street.move(case, "close", callback=told)
    worker.get("/grid-reports?limit=5", show=("items.0.state",))
