"""The shapes of cases."""

from __future__ import annotations

from marshmallow import fields

from backend.cases.queries import Queue, Scope
from backend.cases.rules import TaskKind, TaskStatus
from mobile_api.cases.move_schemas import PossibleMoveSchema
from mobile_api.evidence.schemas import PhotoSchema
from mobile_api.naming import LocationShownSchema, NamedCategorySchema, NamedSchema, RejectionSchema, instant
from mobile_api.pagination import PageQuery
from mobile_api.schema import ResponseSchema


class QueueQuery(PageQuery):
    """Which queue of which centres."""

    queue = fields.Enum(
        Queue,
        by_value=True,
        load_default=Queue.TO_ACCEPT,
        metadata={"description": "待受理、待补充、待派遣、处置中、待审核、核查中、待回访、已办结"},
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
    is_flagged = fields.Boolean(required=True, metadata={"description": "核查结果存疑，等待审核人员认可"})
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


class ReporterUrgeSchema(ResponseSchema):
    """An urge by the report with this number."""

    number = fields.String(required=True)
    round = fields.Integer(required=True)
    urged_at = instant()
    text = fields.String(required=True, allow_none=True)


class ReporterRatingSchema(ResponseSchema):
    """What the reporter with this number thinks of a round; apart from the outcome that the callback found."""

    number = fields.String(required=True)
    round = fields.Integer(required=True)
    is_solved = fields.Boolean(required=True)
    stars = fields.Integer(required=True)
    comment = fields.String(required=True, allow_none=True)
    rated_at = instant()


class TaskSchema(ResponseSchema):
    """A task of a case. Without a unit the centre itself handles; a verification has none."""

    id = fields.UUID(required=True)
    kind = fields.Enum(TaskKind, by_value=True, required=True)
    status = fields.Enum(TaskStatus, by_value=True, required=True)
    round = fields.Integer(required=True)
    unit = fields.Nested(NamedSchema(), required=True, allow_none=True)
    centre = fields.Nested(NamedSchema(), required=True)
    due_at = instant()
    signed_at = instant(allow_none=True)
    is_auto_signed = fields.Boolean(required=True, metadata={"description": "到期由系统代为签收"})
    done_at = instant(allow_none=True)


class TaskLineSchema(ResponseSchema):
    """A task in a list, with its case."""

    task = fields.Nested(TaskSchema(), required=True)
    line = fields.Nested(CaseLineSchema(), required=True, data_key="case")


class TaskPageSchema(ResponseSchema):
    """A page of tasks, nearest deadline first."""

    items = fields.List(fields.Nested(TaskLineSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class FeedbackShownSchema(ResponseSchema):
    """What the unit reported last, masked."""

    is_true = fields.Boolean(required=True)
    is_contacted = fields.Boolean(required=True)
    contacted_at = instant(allow_none=True)
    contact_result = fields.String(required=True, allow_none=True)
    is_solved = fields.Boolean(required=True)
    unsolved_reason = fields.String(required=True, allow_none=True)


class VerificationShownSchema(ResponseSchema):
    """What a verifier found last."""

    distance_m = fields.Integer(required=True, allow_none=True, metadata={"description": "与事发位置的距离，米"})
    accuracy_m = fields.Integer(required=True, allow_none=True)
    verified_at = instant()
    photo_captured_at = instant(allow_none=True)
    no_position_reason = fields.String(required=True, allow_none=True)


class HandlingSchema(ResponseSchema):
    """What was told of the handling: the last of each, or null."""

    feedback = fields.Nested(FeedbackShownSchema(), required=True, allow_none=True)
    verification = fields.Nested(VerificationShownSchema(), required=True, allow_none=True)
    send_back_reason = fields.String(required=True, allow_none=True, metadata={"description": "退回补办的原因代码"})
    dispatch_reason = fields.String(required=True, allow_none=True, metadata={"description": "改派的原因"})


class OutcomeSchema(ResponseSchema):
    """How a case ended: four facts; null is not known, and never counts as yes."""

    is_contacted = fields.Boolean(required=True)
    is_solved = fields.Boolean(required=True, allow_none=True)
    is_satisfied = fields.Boolean(required=True, allow_none=True)
    is_true = fields.Boolean(required=True, allow_none=True)


class CaseDetailSchema(ResponseSchema):
    """A whole case."""

    line = fields.Nested(CaseLineSchema(), required=True, data_key="case")
    description = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True, metadata={"example": "海阳路***"})
    answer = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    supplement = fields.String(required=True, allow_none=True, metadata={"description": "诉求人补充的内容"})
    reopening_reason = fields.String(
        required=True, allow_none=True, metadata={"description": "诉求人要求重新办理的理由"}
    )
    handling = fields.Nested(HandlingSchema(), required=True)
    round = fields.Integer(required=True, metadata={"description": "第几轮办理；重办一次加一"})
    is_hard = fields.Boolean(required=True, metadata={"description": "第三轮起为疑难"})
    outcome = fields.Nested(OutcomeSchema(), required=True, allow_none=True)
    location = fields.Nested(LocationShownSchema(), required=True, allow_none=True)
    photos = fields.List(fields.Nested(PhotoSchema()), required=True)
    due_rule = fields.String(required=True)
    urgency_rule = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "判定紧急程度的规则", "example": "danger_word:gas_leak"},
    )
    safety_rule = fields.String(
        required=True, allow_none=True, metadata={"description": "判定涉及安全的规则，如类别或危险词"}
    )
    routing_rule = fields.String(required=True, allow_none=True, metadata={"description": "系统建议承办单位的依据"})
    proposed_unit = fields.Nested(NamedSchema(), required=True, allow_none=True)
    tasks = fields.List(fields.Nested(TaskSchema()), required=True)
    accepted_at = instant(allow_none=True)
    ended_at = instant(allow_none=True)
    rejection = fields.Nested(RejectionSchema(), required=True, allow_none=True)
    reporters = fields.List(fields.Nested(ReporterSchema()), required=True)
    urges = fields.List(fields.Nested(ReporterUrgeSchema()), required=True)
    ratings = fields.List(fields.Nested(ReporterRatingSchema()), required=True)
    possible_moves = fields.List(fields.Nested(PossibleMoveSchema()), required=True)


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
