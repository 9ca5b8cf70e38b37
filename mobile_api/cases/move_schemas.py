"""The shapes of what comes with a move; which part belongs to which action is told by ``possible_moves``."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from backend.cases.rules import Action, Callback, DispatchOrder, Feedback, Move, Verification
from mobile_api.evidence.fields import photo_ids
from mobile_api.fields import Code, Degrees, Flag, Instant, Number, Text
from mobile_api.naming import instant
from mobile_api.schema import RequestSchema, ResponseSchema

_MAX_UNITS = 5
_MAX_MISSING = 10
_MAX_ACCURACY_M = 100_000


def _code(pattern: str = "^[a-z_]{1,32}$", **options: Any) -> Code:
    return Code(pattern, max_length=32, error="代码无效。", **options)


def _optional_text(max_length: int) -> Text:
    return Text(max_length=max_length, multiline=True, load_default=None, allow_none=True)


class DispatchOrderSchema(RequestSchema):
    """Whom to dispatch to."""

    unit = _code(
        "^[A-Z]{1,32}$",
        load_default=None,
        allow_none=True,
        metadata={"description": "承办单位代码；不填则采用系统建议的主办和协办单位", "example": "SZGL"},
    )
    assisting = fields.List(
        _code("^[A-Z]{1,32}$"), load_default=list, validate=validate.Length(max=_MAX_UNITS), metadata={"example": []}
    )
    reason = _optional_text(500)

    @post_load
    def _made(self, data: dict[str, Any], **_options: Any) -> DispatchOrder:
        return DispatchOrder(unit=data["unit"], assisting=tuple(data["assisting"]), reason=data["reason"])


class FeedbackSchema(RequestSchema):
    """What the unit reports of its handling."""

    is_true = Flag(required=True, metadata={"description": "诉求是否属实"})
    is_contacted = Flag(required=True, metadata={"description": "是否已联系诉求人"})
    contacted_at = Instant(load_default=None, allow_none=True)
    contact_result = _optional_text(500)
    is_solved = Flag(required=True, metadata={"description": "是否解决"})
    unsolved_reason = _optional_text(500)
    public_answer = Text(
        required=True, max_length=4000, multiline=True, metadata={"description": "公开答复，诉求人可见，至少 20 个字"}
    )

    @post_load
    def _made(self, data: dict[str, Any], **_options: Any) -> Feedback:
        return Feedback(**data)


class VerificationSchema(RequestSchema):
    """What was found on the spot. Positions are WGS-84 of the phone's own receiver."""

    longitude_wgs84 = Degrees(load_default=None, allow_none=True)
    latitude_wgs84 = Degrees(most=90, load_default=None, allow_none=True)
    accuracy_m = Number(least=0, most=_MAX_ACCURACY_M, load_default=None, allow_none=True, metadata={"example": 12.5})
    no_position_reason = _optional_text(200)
    verified_at = Instant(required=True, metadata={"description": "核查时间，手机时钟"})
    photo_captured_at = Instant(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_options: Any) -> Verification:
        return Verification(**data)


class CallbackSchema(RequestSchema):
    """Four facts of a callback; what is not known stays out."""

    is_contacted = Flag(required=True)
    is_solved = Flag(load_default=None, allow_none=True)
    is_satisfied = Flag(load_default=None, allow_none=True)
    is_true = Flag(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_options: Any) -> Callback:
        return Callback(**data)


class MoveSchema(RequestSchema):
    """A move. Which parts belong to which action is told by ``possible_moves``."""

    action = fields.Enum(Action, by_value=True, required=True)
    answer = _optional_text(4000)
    ground = _code(load_default=None, allow_none=True)
    note = _optional_text(1000)
    missing = fields.List(
        _code(), load_default=None, allow_none=True, validate=validate.Length(min=1, max=_MAX_MISSING)
    )
    supplement = _optional_text(2000)
    dispatch = fields.Nested(DispatchOrderSchema(), load_default=None, allow_none=True)
    feedback = fields.Nested(FeedbackSchema(), load_default=None, allow_none=True)
    reason = _code(load_default=None, allow_none=True)
    verification = fields.Nested(VerificationSchema(), load_default=None, allow_none=True)
    callback = fields.Nested(CallbackSchema(), load_default=None, allow_none=True)
    evidence_ids = photo_ids()

    @post_load
    def _made(self, data: dict[str, Any], **_options: Any) -> Move:
        lists = {name: tuple(data.pop(name)) or None for name in ("missing", "evidence_ids") if data[name] is not None}
        return Move(**data | lists)


class MoveReceiptSchema(ResponseSchema):
    """Where a case stands after a move."""

    number = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    moved_at = instant()


class PossibleMoveSchema(ResponseSchema):
    """What the reader may do now: the parts that must come with it, and those that may."""

    action = fields.Enum(Action, by_value=True, required=True)
    name = fields.String(required=True)
    needs = fields.List(fields.String(), required=True)
    takes = fields.List(fields.String(), required=True)
