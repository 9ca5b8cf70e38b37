"""The shapes of cases."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.cases.queries import Queue, Scope
from backend.cases.rules import Action
from mobile_api.fields import Text
from mobile_api.naming import LocationShownSchema, NamedCategorySchema, NamedSchema, RejectionSchema, instant
from mobile_api.pagination import PageQuery
from mobile_api.schema import RequestSchema, ResponseSchema


class QueueQuery(PageQuery):
    """Which queue of which centres."""

    queue = fields.Enum(
        Queue, by_value=True, load_default=Queue.TO_ACCEPT, metadata={"description": "待受理、已受理、已办结"}
    )
    scope = fields.Enum(
        Scope, by_value=True, load_default=Scope.OWN, metadata={"description": "own 本中心，below 下级中心"}
    )


class CaseLineSchema(ResponseSchema):
    """A case in a queue."""

    number = fields.String(required=True, metadata={"example": "AJ261125000042P"})
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    request_type = fields.Nested(NamedSchema(), required=True)
    category = fields.Nested(NamedCategorySchema(), required=True)
    division = fields.Nested(NamedSchema(), required=True)
    centre = fields.Nested(NamedSchema(), required=True)
    urgency = fields.String(required=True, metadata={"description": "none 一般、urgent 紧急、life 危及生命"})
    is_safety = fields.Boolean(required=True)
    submitted_at = instant()
    due_at = instant()
    due_is_provisional = fields.Boolean(required=True)
    next_due_at = instant(metadata={"description": "当前环节的期限，队列按它排序"})
    is_overdue = fields.Boolean(required=True)


class CasePageSchema(ResponseSchema):
    """A page of a queue, nearest deadline first."""

    items = fields.List(fields.Nested(CaseLineSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ReporterSchema(ResponseSchema):
    """A reporter as far as they let themselves be seen, masked."""

    number = fields.String(required=True)
    identity_shown = fields.String(required=True)
    channel = fields.String(required=True)
    reported_at = instant()
    name = fields.String(required=True, allow_none=True, metadata={"example": "张*"})
    phone = fields.String(required=True, allow_none=True, metadata={"example": "138****5678"})


class PossibleMoveSchema(ResponseSchema):
    """What the reader may do now."""

    action = fields.Enum(Action, by_value=True, required=True)
    name = fields.String(required=True)
    takes = fields.List(fields.String(), required=True)


class CaseDetailSchema(ResponseSchema):
    """A whole case."""

    line = fields.Nested(CaseLineSchema(), required=True, data_key="case")
    description = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True, metadata={"example": "海阳路***"})
    answer = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    location = fields.Nested(LocationShownSchema(), required=True, allow_none=True)
    due_rule = fields.String(required=True)
    accepted_at = instant(allow_none=True)
    ended_at = instant(allow_none=True)
    rejection = fields.Nested(RejectionSchema(), required=True, allow_none=True)
    reporters = fields.List(fields.Nested(ReporterSchema()), required=True)
    possible_moves = fields.List(fields.Nested(PossibleMoveSchema()), required=True)


class MoveSchema(RequestSchema):
    """A move. Which fields belong to which action is told by ``possible_moves``."""

    action = fields.Enum(Action, by_value=True, required=True)
    answer = Text(max_length=4000, multiline=True, load_default=None, allow_none=True)
    ground = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp("^[a-z_]{1,32}$", error="理由代码无效。")
    )
    note = Text(max_length=1000, multiline=True, load_default=None, allow_none=True)


class MoveReceiptSchema(ResponseSchema):
    """Where a case stands after a move."""

    number = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    moved_at = instant()


class LedgerEntrySchema(ResponseSchema):
    """One event of a case. People are shown by their role; a reporter is never told from another."""

    seq = fields.Integer(required=True)
    at = instant()
    transition = fields.String(required=True, metadata={"example": "T08"})
    action = fields.String(required=True)
    action_name = fields.String(required=True)
    from_state = fields.String(required=True, allow_none=True)
    to_state = fields.String(required=True)
    role = fields.String(required=True)
    role_name = fields.String(required=True)
    centre = fields.Nested(NamedSchema(), required=True, allow_none=True)
    digests = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    previous_hash = fields.String(required=True)
    hash = fields.String(required=True)


class LedgerSchema(ResponseSchema):
    """The ledger of a case, first entry first."""

    items = fields.List(fields.Nested(LedgerEntrySchema()), required=True)
