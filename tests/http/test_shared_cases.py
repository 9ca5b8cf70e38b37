"""Two reporters of one case: each urges and rates for themselves, and reads nothing that the other said."""

from __future__ import annotations

import json
import uuid

import pytest

from backend.cases.models import CaseReporter
from backend.cases.numbering import COMPLAINT_PREFIX, compose_number
from backend.complaints.models import Complaint
from backend.kernel.ids import uuid7
from tests.callers import Caller, Callers
from tests.http.command_cast import CATKINS, WAY_TO, Cast
from tests.http.whole_life import ask, work

GOOD, BAD = (
    {"is_solved": True, "stars": 5, "comment": "甲说很好"},
    {"is_solved": False, "stars": 1, "comment": "乙说不好"},
)


@pytest.fixture
def cast(callers: Callers) -> Cast:
    return Cast(callers)


def join(services, case_number: str, cast: Cast) -> tuple[str, Caller]:
    """Let a second citizen have reported the case; return the number that they were given, and the citizen."""
    second, now = cast.callers.citizen(), services.clock.now()
    number = next(filter(None, (compose_number(COMPLAINT_PREFIX, now.date(), serial) for serial in (999_000, 999_001))))
    case_id = cast_case_id(services, cast.reporter(case_number).person_id)
    row = {"case_id": case_id, "person_id": second.person_id, "identity_shown": "named", "number": number}
    with services.database.transaction() as session:
        session.add(CaseReporter(id=uuid7(), channel="app", reported_at=now, **row))
        session.add(Complaint(id=uuid7(), filed_at=now, **row))
    return number, second


def cast_case_id(services, person_id: uuid.UUID) -> uuid.UUID:
    with services.database.transaction() as session:
        return session.query(Complaint.case_id).filter_by(person_id=person_id).scalar()


def test_each_reporter_urges_once_a_day_for_themselves(cast, services):
    number, case_number = cast.filed()
    other_number, other = join(services, case_number, cast)

    answers = [
        caller.post(f"/complaints/{one}/urges", {}).status_code
        for one, caller in [(number, cast.reporter(number)), (other_number, other), (other_number, other)]
    ]

    assert answers == [201, 201, 409]
    urges = cast.of("auditor").get(f"/cases/{case_number}").json["urges"]
    assert [one["number"] for one in urges] == [number, other_number]


def test_each_reporter_rates_for_themselves_and_sees_their_own_rating_alone(cast, services):
    number, case_number = cast.filed(category=CATKINS)
    other_number, other = join(services, case_number, cast)
    cast.bring(case_number, *WAY_TO["callback"])
    first = cast.reporter(number).post(f"/complaints/{number}/ratings", GOOD)
    before = other.get(f"/complaints/{other_number}").json

    second = other.post(f"/complaints/{other_number}/ratings", BAD)

    assert (first.status_code, second.status_code) == (201, 201)
    assert (before["rating"], before["possible_actions"]) == (None, ["rate"])
    assert cast.reporter(number).get(f"/complaints/{number}").json["rating"]["comment"] == GOOD["comment"]
    assert other.get(f"/complaints/{other_number}").json["rating"]["comment"] == BAD["comment"]
    ratings = cast.of("auditor").get(f"/cases/{case_number}").json["ratings"]
    assert [(one["number"], one["stars"]) for one in ratings] == [(number, 5), (other_number, 1)]


def test_the_copy_of_one_reporter_holds_nothing_that_the_other_said_of_the_handling(cast, services):
    number, case_number = cast.filed(category=CATKINS)
    other_number, other = join(services, case_number, cast)
    cast.reporter(number).post(f"/complaints/{number}/urges", {"text": "甲请快些"})
    cast.bring(case_number, *WAY_TO["callback"])
    cast.reporter(number).post(f"/complaints/{number}/ratings", GOOD)
    other.post(f"/complaints/{other_number}/ratings", BAD)
    asked = ask(other, "export")
    work(services, asked)

    copy = json.loads(other.get(f"/me/data-requests/{asked.json['id']}/document").get_data())

    [told] = copy["complaints"]
    assert [one["stars"] for one in told["ratings"]] == [1]
    words = {one["text"] for one in told["texts"]}
    assert BAD["comment"] in words
    assert not {GOOD["comment"], "甲请快些"} & words
