"""What the command workflow refuses."""

from __future__ import annotations

from backend.kernel.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed, TooMany, Unavailable


class CaseNotFound(NotFound):
    """No such case, or it lies in another centre's area."""

    code = "case-not-found"
    default_detail = "没有找到该工单。"


class CaseChanged(PreconditionFailed):
    """Somebody moved the case since the caller read it."""

    code = "case-changed"
    default_detail = "该工单已被他人更新，请刷新后再操作。"


class TransitionNotAllowed(Conflict):
    """The table has no such move from the present state."""

    code = "case-transition-not-allowed"
    default_detail = "工单当前状态不允许此操作。"


class ActionNotPermitted(Forbidden):
    """The caller may read the case, and not do this to it."""

    code = "case-action-not-permitted"
    default_detail = "您的角色不能对该工单执行此操作。"


class AnswerTooShort(Invalid):
    """T05 needs an answer that answers."""

    code = "case-answer-too-short"
    default_detail = "直接答复至少需要 20 个字。"


class GroundRequired(Invalid):
    """T06 needs one of the grounds of the closed list."""

    code = "case-ground-required"
    default_detail = "不予受理须选择列明的理由。"


class FieldNotOfThisAction(Invalid):
    """A field came with an action that has no use for it: most likely the wrong action was chosen."""

    code = "case-field-not-of-action"
    default_detail = "提交了此操作不需要的内容，请确认操作是否正确。"


class SafetyNotWithdrawable(Conflict):
    """A danger to others stays reported (T31)."""

    code = "case-safety-not-withdrawable"
    default_detail = "涉及公共安全的诉求不能撤销；如情况已消除，请联系受理人员说明。"


class CategoryRefused(Invalid):
    """G-cat: the category is unknown or not active on the day."""

    code = "category-refused"
    default_detail = "诉求类别不存在或已停用，请重新选择。"


class RequestTypeRefused(Invalid):
    """The request type is none of the list."""

    code = "request-type-refused"
    default_detail = "诉求类型不存在，请重新选择。"


class PlaceRefused(Invalid):
    """G-loc: neither a point in the city nor an address with a chosen division."""

    code = "place-refused"
    default_detail = "请提供南通市内的位置，或填写详细地址。"


class DivisionRefused(Invalid):
    """The chosen division is none that a case can lie in."""

    code = "division-refused"
    default_detail = "所选区划不存在或不能选择，请重新选择。"


class QuotaReached(TooMany):
    """G-rate: the person has filed as much as one person may in a day."""

    code = "complaint-quota-reached"
    default_detail = "您 24 小时内提交的诉求已达上限，请稍后再试；紧急情况请拨打 110、119 或 120。"


class RulesNotLoaded(Unavailable):
    """The database has no deadlines for the day: ``flask rules load`` has not run."""

    code = "case-rules-not-loaded"
    default_detail = "办理时限规则尚未加载，请运维人员运行 flask rules load。"
