"""Filing a complaint and following it, as a citizen's app does."""

from __future__ import annotations

import uuid

import prcoords
import pytest
from sqlalchemy import text

from tests.callers import Callers
from tests.complaint_bodies import HAIAN, RUGAO, complaint

STREET_LAMP = {"tree": "12345", "code": "H030402"}


def test_a_complaint_is_filed_and_read_again_with_its_number(callers: Callers):
    citizen = callers.citizen()

    receipt = citizen.post("/complaints", complaint())

    assert receipt.status_code == 201, receipt.json
    assert receipt.json["number"].startswith("NT261124")
    assert receipt.json["case_number"].startswith("AJ261124")
    assert receipt.json["state"] == "submitted"
    detail = citizen.get(f"/complaints/{receipt.json['number']}").json
    assert detail["complaint"]["state_name"] == "已提交"
    assert detail["complaint"]["category"]["name"] == "无主井盖缺损"
    assert detail["complaint"]["division"] == {"code": RUGAO, "name": "如皋市"}
    assert detail["centre"]["code"] == RUGAO


def test_the_same_key_gives_the_same_answer_and_one_complaint(callers: Callers):
    citizen, key = callers.citizen(), str(uuid.uuid4())

    first = citizen.post("/complaints", complaint(), key=key)
    second = citizen.post("/complaints", complaint(), key=key)

    assert (second.status_code, second.get_data()) == (first.status_code, first.get_data())
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(citizen.get("/complaints").json["items"]) == 1


def test_the_same_key_with_another_body_is_refused(callers: Callers):
    citizen, key = callers.citizen(), str(uuid.uuid4())
    citizen.post("/complaints", complaint(), key=key)

    other = citizen.post("/complaints", complaint(title="另一件事"), key=key)

    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")


def test_the_same_key_of_two_people_is_two_keys(callers: Callers):
    key = str(uuid.uuid4())

    numbers = {callers.citizen().post("/complaints", complaint(), key=key).json["number"] for _ in range(2)}

    assert len(numbers) == 2


def test_a_complaint_without_a_key_is_refused(callers: Callers):
    answer = callers.citizen().post("/complaints", complaint(), key=None)

    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-missing")


def test_a_refused_complaint_uses_up_nothing_and_its_key_may_be_used_again(callers: Callers):
    citizen, key = callers.citizen(), str(uuid.uuid4())

    refused = citizen.post("/complaints", complaint(division="999999"), key=key)
    accepted = citizen.post("/complaints", complaint(), key=key)

    assert (refused.status_code, accepted.status_code) == (422, 201)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": {"tree": "12345", "code": "H999999"}}, "category-refused"),
        ({"category": {"tree": "nowhere", "code": "H030404"}}, "category-refused"),
        ({"request_type": "XX"}, "request-type-refused"),
        ({"division": "320500"}, "division-refused"),
        ({"location": None, "address": None}, "place-refused"),
        ({"location": {"longitude": 116.4, "latitude": 39.9, "system": "WGS-84"}}, "place-refused"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_guard_of_filing_refuses_alone_what_would_otherwise_be_taken(callers: Callers, changes, code):
    citizen = callers.citizen()

    answer = citizen.post("/complaints", complaint(**changes))

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["errors"]["json"]
    assert citizen.get("/complaints").json["items"] == []


def test_an_address_alone_is_enough_and_so_is_a_position_alone(callers: Callers):
    citizen = callers.citizen()

    by_address = citizen.post("/complaints", complaint(location=None))
    by_position = citizen.post("/complaints", complaint(address=None))

    assert (by_address.status_code, by_position.status_code) == (201, 201)


@pytest.mark.parametrize(
    ("system", "shift"),
    [
        ("WGS-84", lambda point: point),
        ("CGCS2000", lambda point: point),
        ("GCJ-02", prcoords.wgs_gcj),
        ("BD-09", prcoords.wgs_bd),
    ],
)
def test_one_place_in_four_coordinate_systems_is_one_place(callers: Callers, system, shift):
    citizen = callers.citizen()

    latitude, longitude = shift(prcoords.Coords(32.3708, 120.5734))
    place = {"longitude": longitude, "latitude": latitude, "system": system}
    number = citizen.post("/complaints", complaint(location=place)).json["number"]

    shown = citizen.get(f"/complaints/{number}").json["location"]
    # 0.000005 degrees are half a metre; the shift that must be undone is 466 m for GCJ-02 and 1,092 m for BD-09.
    assert shown["longitude_wgs84"] == pytest.approx(120.5734, abs=0.000005)
    assert shown["latitude_wgs84"] == pytest.approx(32.3708, abs=0.000005)


def test_the_address_is_masked_in_every_answer_and_ciphertext_in_every_row(callers: Callers, services):
    citizen = callers.citizen()

    number = citizen.post("/complaints", complaint()).json["number"]

    assert citizen.get(f"/complaints/{number}").json["address"] == "如皋市如城街道海阳路***"
    with services.database.transaction() as session:
        rows = session.execute(text("SELECT field, text_key_id, text_sealed FROM case_text")).all()
        everything = str(session.execute(text("SELECT * FROM case_ledger")).all())
    assert {row.field for row in rows} == {"title", "description", "address", "location"}
    assert all(row.text_key_id for row in rows)
    assert not any("海阳路".encode() in row.text_sealed for row in rows)
    assert "海阳路" not in everything


def test_the_way_of_a_complaint_is_told_in_the_citizens_words(callers: Callers):
    citizen, acceptor = callers.citizen(), callers.operator(("acceptor", RUGAO))
    receipt = citizen.post("/complaints", complaint(category=STREET_LAMP)).json
    case = f"/cases/{receipt['case_number']}"
    answer = "您好，路灯已报修，预计三个工作日内修复，感谢您的反映。"

    acceptor.post(f"{case}/moves", {"action": "answer_directly", "answer": answer}, if_match='"v1"')

    steps = citizen.get(f"/complaints/{receipt['number']}/timeline").json["items"]
    assert [step["title"] for step in steps] == ["已提交", "已答复"]
    assert steps[1]["text"].endswith(f"已答复：{answer}")
    assert citizen.get(f"/complaints/{receipt['number']}").json["answer"] == answer


def test_a_rejection_tells_the_ground_and_the_other_door(callers: Callers):
    citizen, acceptor = callers.citizen(), callers.operator(("acceptor", RUGAO))
    receipt = citizen.post("/complaints", complaint(category=STREET_LAMP)).json
    move = {"action": "reject", "ground": "not_local", "note": "已核实在外市"}

    acceptor.post(f"/cases/{receipt['case_number']}/moves", move, if_match='"v1"')

    shown = citizen.get(f"/complaints/{receipt['number']}").json
    assert shown["rejection"]["name"] == "非本市"
    assert "12345" in shown["rejection"]["other_door"]
    assert "已核实在外市" not in str(shown)
    steps = citizen.get(f"/complaints/{receipt['number']}/timeline").json["items"]
    assert "非本市" in steps[-1]["text"]


def test_a_citizen_withdraws_and_nothing_more_can_be_done(callers: Callers):
    citizen = callers.citizen()
    number = citizen.post("/complaints", complaint(category=STREET_LAMP)).json["number"]

    withdrawn = citizen.post(f"/complaints/{number}/withdrawal", {"note": "已自行解决"})
    again = citizen.post(f"/complaints/{number}/withdrawal", {})

    assert (withdrawn.status_code, withdrawn.json["state"]) == (200, "cancelled")
    assert (again.status_code, again.json["code"]) == (409, "case-transition-not-allowed")
    assert not citizen.get(f"/complaints/{number}").json["is_withdrawable"]


def test_a_danger_to_others_cannot_be_withdrawn(callers: Callers):
    citizen = callers.citizen()
    number = citizen.post("/complaints", complaint()).json["number"]

    answer = citizen.post(f"/complaints/{number}/withdrawal", {})

    assert (answer.status_code, answer.json["code"]) == (409, "case-safety-not-withdrawable")
    assert citizen.get(f"/complaints/{number}").json["complaint"]["state"] == "submitted"


def test_the_list_is_paged_newest_first_and_holds_each_complaint_once(callers: Callers, clock):
    citizen = callers.citizen()
    numbers = []
    for _ in range(5):
        clock.advance(seconds=1)
        numbers.append(citizen.post("/complaints", complaint()).json["number"])
    # Two filed at one instant must not hide each other at the edge of a page.
    numbers.append(citizen.post("/complaints", complaint()).json["number"])

    seen, cursor = [], None
    while True:
        page = citizen.get("/complaints", limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == 6
    assert set(seen) == set(numbers)
    assert seen[2:] == numbers[3::-1]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "MjAyNi0xMS0yNFQwODowMDowMB94", "MjAyNi0xMS0yNFQwODowMDowMA"])
def test_a_cursor_that_is_none_of_ours_is_refused(callers: Callers, cursor):
    answer = callers.citizen().get("/complaints", cursor=cursor)

    assert (answer.status_code, answer.json["code"]) == (422, "cursor-refused")


def test_another_persons_complaint_is_as_none_at_all(callers: Callers):
    owner, other = callers.citizen(), callers.citizen()
    number = owner.post("/complaints", complaint(category=STREET_LAMP)).json["number"]
    unknown = number[:-2] + "Z9"

    answers = [
        other.get(f"/complaints/{number}"),
        other.get(f"/complaints/{number}/timeline"),
        other.post(f"/complaints/{number}/withdrawal", {}),
        other.get(f"/complaints/{unknown}"),
        other.get("/complaints/%00"),
    ]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "complaint-not-found")}
    assert other.get("/complaints").json["items"] == []


def test_filing_needs_so_many_statements_and_no_more(callers: Callers, statements):
    citizen = callers.citizen()
    for _ in range(2):
        citizen.post("/complaints", complaint())

    with statements.counting() as counted:
        citizen.post("/complaints", complaint())

    assert len([one for one in counted if "nextval" not in one]) == 1, counted


def test_a_page_of_complaints_needs_as_many_statements_as_a_short_one(callers: Callers, statements):
    citizen = callers.citizen()
    counts = []

    for _ in range(2):
        citizen.post("/complaints", complaint())
        citizen.post("/complaints", complaint(division=HAIAN))
        with statements.counting() as counted:
            citizen.get("/complaints")
        counts.append(len(counted))

    assert counts == [4, 4]


def test_a_danger_in_the_text_makes_any_category_urgent_and_keeps_the_complaint_open(callers: Callers):
    citizen, auditor = callers.citizen(), callers.operator(("auditor", "320600"))
    body = complaint(category=STREET_LAMP, title="灯杆漏电", description="雨后路灯杆漏电，有人触电。")

    receipt = citizen.post("/complaints", body).json
    refused = citizen.post(f"/complaints/{receipt['number']}/withdrawal", {})
    case = auditor.get(f"/cases/{receipt['case_number']}").json

    assert (case["case"]["urgency"], case["case"]["is_safety"]) == ("life", True)
    assert (case["due_rule"], case["urgency_rule"]) == ("sla:total:life", "danger_word:electric_leak")
    assert case["safety_rule"] == "danger_word:electric_leak"
    assert refused.json["code"] == "case-safety-not-withdrawable"
