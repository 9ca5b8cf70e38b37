"""The desk: who sees which case, what a move needs, and what the ledger keeps."""

from __future__ import annotations

import itertools
import uuid

import pytest
from sqlalchemy import text

from tests.callers import Caller, Callers
from tests.complaint_bodies import CITY, HAIAN, RUGAO, complaint

STREET_LAMP = {"tree": "12345", "code": "H030402"}
ANSWER = "您好，路灯已报修，预计三个工作日内修复，感谢您的反映。"


@pytest.fixture
def citizen(callers: Callers) -> Caller:
    return callers.citizen()


@pytest.fixture
def acceptor(callers: Callers) -> Caller:
    return callers.operator(("acceptor", RUGAO))


def filed(citizen: Caller, **changes) -> str:
    answer = citizen.post("/complaints", complaint(category=STREET_LAMP, **changes))
    assert answer.status_code == 201, answer.json
    return answer.json["case_number"]


def test_the_county_centre_of_the_chosen_division_sees_the_case_and_its_neighbour_sees_nothing(callers, citizen):
    receipt = citizen.post("/complaints", complaint()).json
    number, second = receipt["case_number"], filed(citizen)
    rugao, haian = (callers.operator(("acceptor", centre)) for centre in (RUGAO, HAIAN))

    seen = [item["number"] for item in rugao.get("/cases").json["items"]]
    elsewhere = [haian.get("/cases").json["items"], haian.get("/cases", scope="below").json["items"]]
    doors = [
        haian.get(f"/cases/{number}"),
        haian.get(f"/cases/{number}/ledger"),
        haian.post(f"/cases/{number}/moves", {"action": "accept"}, if_match='"v1"'),
        haian.get(f"/cases/{receipt['number']}"),
    ]
    # By what links to it: the complaint's own door is for its reporter, and a cursor that names it opens nothing.
    own_door = haian.get(f"/complaints/{receipt['number']}")
    first_page = rugao.get("/cases", limit=1)
    by_cursor = haian.get("/cases", cursor=first_page.json["next_cursor"]).json["items"]

    assert own_door.status_code == 403
    assert by_cursor == []
    assert seen == [number, second]
    assert elsewhere == [[], []]
    assert {(door.status_code, door.json["code"]) for door in doors} == {(404, "case-not-found")}


def test_a_foreign_case_is_refused_with_the_very_words_of_an_unknown_one(callers, citizen):
    number = filed(citizen)
    haian = callers.operator(("acceptor", HAIAN))
    unknown = "AJ2611240000037"

    answers = [haian.get(f"/cases/{one}").json for one in (number, unknown)]

    assert [{**answer, "trace_id": ""} for answer in answers] == [{**answers[0], "trace_id": ""}] * 2


def test_the_city_centre_sees_every_county_but_not_in_its_own_queue(callers, citizen):
    numbers = {filed(citizen, division=RUGAO), filed(citizen, division=HAIAN, location=None)}
    city = callers.operator(("duty_leader", CITY))

    below = {item["number"] for item in city.get("/cases", scope="below").json["items"]}

    assert below == numbers
    assert city.get("/cases").json["items"] == []


def test_someone_bound_to_two_centres_sees_both_queues_as_one(callers, citizen):
    numbers = {filed(citizen, division=RUGAO), filed(citizen, division=HAIAN, location=None)}
    both = callers.operator(("acceptor", RUGAO), ("agent", HAIAN))

    assert {item["number"] for item in both.get("/cases").json["items"]} == numbers


def test_a_permission_at_one_centre_does_not_reach_a_case_that_another_one_lets_read(callers, citizen):
    number = filed(citizen, division=HAIAN, location=None)
    both = callers.operator(("acceptor", RUGAO), ("agent", HAIAN))

    answer = both.post(f"/cases/{number}/moves", {"action": "accept"}, if_match='"v1"')

    assert (answer.status_code, answer.json["code"]) == (403, "case-action-not-permitted")


def test_a_queue_is_ordered_by_the_nearest_deadline_and_paged_without_a_gap(callers, citizen, acceptor, clock):
    urgent = citizen.post("/complaints", complaint()).json["case_number"]
    rest = []
    for _ in range(5):
        clock.advance(minutes=1)
        rest.append(filed(citizen))

    seen, cursor = [], None
    while True:
        page = acceptor.get("/cases", limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert [item["number"] for item in seen] == [urgent, *rest]
    assert all(one["next_due_at"] <= two["next_due_at"] for one, two in itertools.pairwise(seen))


def test_an_accepted_case_leaves_one_queue_and_enters_the_other(citizen, acceptor):
    number = filed(citizen)

    accepted = acceptor.post(f"/cases/{number}/moves", {"action": "accept"}, if_match='"v1"')

    assert (accepted.status_code, accepted.json["state"], accepted.headers["ETag"]) == (201, "accepted", '"v2"')
    assert acceptor.get("/cases").json["items"] == []
    assert [item["number"] for item in acceptor.get("/cases", queue="accepted").json["items"]] == [number]


def test_a_move_without_the_version_seen_is_refused(citizen, acceptor):
    number = filed(citizen)

    missing = acceptor.post(f"/cases/{number}/moves", {"action": "accept"})
    malformed = acceptor.post(f"/cases/{number}/moves", {"action": "accept"}, if_match="*")

    assert (missing.status_code, missing.json["code"]) == (428, "if-match-required")
    assert (malformed.status_code, malformed.json["code"]) == (400, "if-match-malformed")


def test_a_move_on_an_older_version_is_refused_with_the_present_state(citizen, acceptor):
    number = filed(citizen)
    acceptor.post(f"/cases/{number}/moves", {"action": "accept"}, if_match='"v1"')

    stale = acceptor.post(f"/cases/{number}/moves", {"action": "withdraw"}, if_match='"v1"')

    assert (stale.status_code, stale.json["code"]) == (412, "case-changed")
    assert stale.json["errors"] == {"version": 2, "state": "accepted"}


def test_a_move_that_the_table_does_not_have_is_refused(citizen, acceptor):
    number = filed(citizen)
    acceptor.post(f"/cases/{number}/moves", {"action": "accept"}, if_match='"v1"')

    again = acceptor.post(f"/cases/{number}/moves", {"action": "accept"}, if_match='"v2"')

    assert (again.status_code, again.json["code"]) == (409, "case-transition-not-allowed")


@pytest.mark.parametrize(
    ("move", "code"),
    [
        ({"action": "answer_directly"}, "case-answer-too-short"),
        ({"action": "answer_directly", "answer": "字" * 19}, "case-answer-too-short"),
        ({"action": "answer_directly", "answer": "好" + "\n" * 18 + "。"}, "case-answer-too-short"),
        ({"action": "reject"}, "case-ground-required"),
        ({"action": "reject", "ground": "because"}, "case-ground-required"),
        ({"action": "accept", "answer": ANSWER}, "case-field-not-of-action"),
        ({"action": "accept", "ground": "not_local"}, "case-field-not-of-action"),
        ({"action": "withdraw", "answer": ANSWER}, "case-field-not-of-action"),
        ({"action": "answer_directly", "answer": ANSWER, "note": "x"}, "case-field-not-of-action"),
    ],
    ids=str,
)
def test_each_guard_of_a_move_refuses_alone(citizen, acceptor, move, code):
    number = filed(citizen)

    answer = acceptor.post(f"/cases/{number}/moves", move, if_match='"v1"')

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert acceptor.get(f"/cases/{number}").json["case"]["version"] == 1


def test_an_answer_of_twenty_characters_is_enough(citizen, acceptor):
    number = filed(citizen)

    answer = acceptor.post(
        f"/cases/{number}/moves", {"action": "answer_directly", "answer": "字" * 20}, if_match='"v1"'
    )

    assert (answer.status_code, answer.json["state"]) == (201, "closed")


def test_a_desk_cannot_withdraw_what_is_a_danger_to_others(citizen, acceptor):
    number = citizen.post("/complaints", complaint()).json["case_number"]

    answer = acceptor.post(f"/cases/{number}/moves", {"action": "withdraw"}, if_match='"v1"')

    assert (answer.status_code, answer.json["code"]) == (409, "case-safety-not-withdrawable")
    offered = acceptor.get(f"/cases/{number}").json["possible_moves"]
    assert {move["action"] for move in offered} == {"accept", "reject", "answer_directly", "request_supplement"}


def test_a_submission_cannot_be_made_as_a_move(citizen, acceptor):
    number = filed(citizen)

    answer = acceptor.post(f"/cases/{number}/moves", {"action": "submit"}, if_match='"v1"')

    assert (answer.status_code, answer.json["code"]) == (403, "case-action-not-permitted")


def test_a_move_whose_answer_was_lost_is_asked_again_with_its_key_and_done_once(citizen, acceptor):
    number, key = filed(citizen), str(uuid.uuid4())

    answers = [
        acceptor.post(f"/cases/{number}/moves", {"action": "accept"}, key=key, if_match='"v1"') for _ in range(2)
    ]

    assert [(one.status_code, one.json, one.headers["ETag"]) for one in answers] == [(201, answers[0].json, '"v2"')] * 2
    assert acceptor.get(f"/cases/{number}").json["case"]["version"] == 2


@pytest.mark.parametrize(
    ("identity_shown", "is_seen"), [("named", True), ("confidential", False), ("anonymous", False)]
)
def test_the_desk_sees_of_a_reporter_what_they_chose_to_show_and_that_masked(
    citizen, acceptor, identity_shown, is_seen
):
    number = filed(citizen, identity_shown=identity_shown)

    reporter = acceptor.get(f"/cases/{number}").json["reporters"][0]

    masked = f"{citizen.phone[3:6]}****{citizen.phone[-4:]}"
    assert reporter["phone"] == (masked if is_seen else None)
    assert citizen.phone[3:] not in str(reporter)
    assert str(citizen.person_id) not in str(reporter)


def test_the_ledger_shows_each_move_by_role_and_centre_and_nobody_by_name_or_id(citizen, acceptor):
    number = filed(citizen)
    acceptor.post(f"/cases/{number}/moves", {"action": "accept", "note": "请尽快"}, if_match='"v1"')

    answer = acceptor.get(f"/cases/{number}/ledger")

    first, second = answer.json["items"]
    assert (first["transition"], first["role"], first["centre"]) == ("T01", "reporter", None)
    assert (second["transition"], second["role"], second["centre"]["code"]) == ("T08", "acceptor", RUGAO)
    assert second["previous_hash"] == first["hash"]
    assert set(first["digests"]) == {"title", "description", "address", "location"}
    assert set(second["digests"]) == {"note"}
    for secret in (str(citizen.person_id), str(acceptor.person_id), "请尽快", "海阳路"):
        assert secret not in answer.get_data(as_text=True)


def test_a_queue_page_needs_as_many_statements_as_a_short_one(citizen, acceptor, statements):
    counts = []

    for _ in range(2):
        filed(citizen)
        filed(citizen)
        with statements.counting() as counted:
            acceptor.get("/cases")
        counts.append(len(counted))

    # The first time it is asked who they are; from then on the page itself asks whether they still are.
    assert counts == [2, 1]


def test_no_queue_counts_or_skips_rows(citizen, acceptor, statements):
    filed(citizen)

    with statements.counting() as counted:
        acceptor.get("/cases", queue="ended", scope="below")

    asked = " ".join(counted).lower()
    assert "offset" not in asked
    assert "count(" not in asked


def test_history_cannot_be_changed_by_the_one_who_serves_nor_by_the_owner(citizen, services, owner_database):
    filed(citizen)

    for database, statement in itertools.product(
        (services.database, owner_database),
        ("UPDATE case_ledger SET entry = ''", "DELETE FROM case_ledger", "TRUNCATE case_ledger CASCADE"),
    ):
        with pytest.raises(Exception, match=r"permission denied|append-only"), database.transaction() as session:
            session.execute(text(statement))
