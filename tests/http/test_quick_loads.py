"""A body loaded field by field is what its schema would load; where the schema refuses, so does the quick way."""

from __future__ import annotations

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mobile_api.complaints.schemas import EXAMPLE, CategoryChosenSchema, ComplaintSchema
from mobile_api.quick_loads import QuickLoad
from tests.callers import Caller, Callers
from tests.complaint_bodies import complaint

SCHEMA = ComplaintSchema()
QUICK = QuickLoad(SCHEMA)
ABSENT = object()
# Of every field what is right, what its schema changes, and what it refuses.
ODD = (ABSENT, None, "", " ", 0, 1.5, True, [], ["x"], {}, {"code": "H030404"}, "长" * 9000, "\u202e", float("nan"))
RIGHT = {
    "request_type": ("QZ", "长", "Q Z"),
    "category": ({"code": "H030404"}, {"tree": "1", "code": "H"}, {"tree": None, "code": "H"}, {"code": "H", "x": 1}),
    "title": (" 井盖 ", "e\u0301", "长" * 60, "长" * 61, "两\n行"),
    "description": ("两\r\n行", "长" * 2000, "长" * 2001),
    "division": ("320682", "3" * 33),
    "location": (
        {"longitude": 120.5, "latitude": 32, "system": "GCJ-02"},
        {"longitude": 190.0, "latitude": 32.4, "system": "GCJ-02"},
        {"longitude": 120.5, "latitude": 32.4, "system": "gcj"},
        {"longitude": 120.5, "latitude": 32.4},
    ),
    "address": ("海阳路", "长" * 201),
    "evidence_ids": ([str(uuid.UUID(int=7))], ["7"], [str(uuid.UUID(int=n)) for n in range(30)], [7]),
    "identity_shown": ("named", "anonymous", "masked"),
    "surprise": (),
}


def bodies() -> st.SearchStrategy[dict[str, object]]:
    """Return bodies of which any field may be anything of the above, most of them with few faults."""
    good = EXAMPLE | {"surprise": ABSENT, "evidence_ids": ABSENT, "identity_shown": ABSENT}
    of_fields = {
        name: st.one_of(st.just(good[name]), st.sampled_from([good[name], *RIGHT[name]]), st.sampled_from(ODD))
        for name in RIGHT
    }
    mixed = st.fixed_dictionaries(of_fields)
    one_changed = st.sampled_from(list(RIGHT)).flatmap(lambda name: of_fields[name].map(lambda v: good | {name: v}))
    either = st.one_of(one_changed, mixed)
    return either.map(lambda body: {name: value for name, value in body.items() if value is not ABSENT})


def outcome(load, body) -> object:
    try:
        return load(body)
    except ValidationError:
        return "refused"


@given(body=bodies())
def test_a_body_is_loaded_as_its_schema_loads_it_and_refused_where_it_refuses(body):
    assert outcome(QUICK.load, body) == outcome(SCHEMA.load, body)


@pytest.mark.parametrize("name", RIGHT)
def test_each_odd_value_of_a_field_is_judged_as_the_schema_judges_it(name):
    for value in (*RIGHT[name], *ODD):
        body = {key: old for key, old in (EXAMPLE | {name: value}).items() if old is not ABSENT}

        assert outcome(QUICK.load, body) == outcome(SCHEMA.load, body), value


@pytest.mark.parametrize("body", [None, [], [EXAMPLE], "x", 7, {}, {"x": 1}])
def test_what_is_no_such_object_is_refused(body):
    assert outcome(QUICK.load, body) == "refused"


class Nothing(Schema):
    """A schema with a hook."""

    @validates_schema
    def _refuse(self, _data, **_options):
        raise ValidationError("nothing is right")


class Holder(Schema):
    """A schema whose field asks more of what is nested than its own schema does."""

    part = fields.Nested(CategoryChosenSchema(), validate=validate.Equal({}))
    names = fields.Pluck(CategoryChosenSchema, "code")


def test_a_schema_with_hooks_is_not_loaded_quickly():
    with pytest.raises(TypeError, match="Nothing has hooks"):
        QuickLoad(Nothing())


@pytest.mark.parametrize("body", [{"part": {"code": "H"}}, {"names": {"code": "H"}}, {"names": "H"}])
def test_a_nested_field_with_more_to_it_is_loaded_by_itself(body):
    assert outcome(QuickLoad(Holder()).load, body) == outcome(Holder().load, body)


def sent(citizen: Caller, content_type: str) -> tuple[int, str | None]:
    """File a complaint that says so of its body; return the status and, of a refusal, its code."""
    answer = citizen.client.post(
        "/api/v1/complaints",
        data=json.dumps(complaint()),
        content_type=content_type,
        headers={"Authorization": f"Bearer {citizen.token}", "Idempotency-Key": str(uuid.uuid4())},
    )
    return answer.status_code, answer.json.get("code")


@pytest.mark.parametrize(
    "spoken", ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/vnd.x+json"]
)
def test_a_body_is_taken_under_every_name_of_json_and_under_no_other(callers: Callers, spoken):
    citizen = callers.citizen()

    assert sent(citizen, spoken) == (201, None)
    assert sent(citizen, "text/plain") == (415, "json-required")
