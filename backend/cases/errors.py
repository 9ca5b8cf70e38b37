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


class FieldOfThisActionMissing(Invalid):
    """The action needs a part that did not come with it."""

    code = "case-field-of-action-missing"
    default_detail = "此操作缺少必填内容。"


class MissingItemsRequired(Invalid):
    """T02 needs a list of what is missing, each from the closed list."""

    code = "case-missing-items-required"
    default_detail = "要求补充时，须从列表中选择缺少的内容。"


class ReasonRequired(Invalid):
    """T20 needs one of the reasons of the closed list."""

    code = "case-reason-required"
    default_detail = "退回补办须选择列明的原因。"


class FeedbackIncomplete(Invalid):
    """G-fb: contact or outcome of the handling is not told."""

    code = "case-feedback-incomplete"
    default_detail = "反馈内容不完整：请填写联系情况和处理结果。"


class AfterPhotoRequired(Invalid):
    """G-fb: a thing at a place is shown as it is after the handling."""

    code = "case-after-photo-required"
    default_detail = "该类事项反馈时须附处置后的照片。"


class VerificationByCategory(Conflict):
    """A thing at a place is verified on the spot, always; what is no thing cannot be."""

    code = "case-verification-by-category"
    default_detail = "部件、事件类须现场核查；其他类别不需要。"


class VerificationNotDoubtful(Conflict):
    """The result of the verifier is still awaited, and theirs to give."""

    code = "case-verification-not-doubtful"
    default_detail = "核查结果尚未提交或没有疑问，不能由审核人员处理。"


class VerificationPositionMissing(Invalid):
    """G-verify: a result without a position needs a reason."""

    code = "case-verification-position-missing"
    default_detail = "核查结果缺少位置：请打开定位，或说明没有位置的原因。"


class RefutationUnproved(Invalid):
    """A refutation came without a photo and without a word."""

    code = "case-refutation-unproved"
    default_detail = "核查不通过须附现场照片，或在说明中写明原因。"


class VerifierNotIndependent(Forbidden):
    """G-sod: nobody verifies what they found or handled, or their unit."""

    code = "case-verifier-not-independent"
    default_detail = "上报人、处置人员及其单位不能核查本工单。"


class CallbackUnclear(Invalid):
    """G-cb: whether it is solved, and whether the reporter is content, must be known."""

    code = "case-callback-unclear"
    default_detail = "回访结果不完整：请记录是否联系、是否解决、是否满意。"


class ReopeningOver(Conflict):
    """The window of T28 is over."""

    code = "case-reopening-over"
    default_detail = "已超过重新办理的期限，请重新提交诉求。"


class UrgedToday(Conflict):
    """A reporter urges once a calendar day; ``errors.possible_from`` says from when on it is possible again."""

    code = "case-urged-today"
    default_detail = "今天已经催办过，请明天再催办。"


class RatingOver(Conflict):
    """The window for rating a closed case is over."""

    code = "case-rating-over"
    default_detail = "已超过评价期限。"


class RatedAlready(Conflict):
    """A reporter rates each round of handling once."""

    code = "case-rated-already"
    default_detail = "本轮办理已评价过，每轮只能评价一次。"


class UnitRefused(Invalid):
    """G-route, G-active-unit: the unit does not exist, is not active, or does not stand in the centre's area."""

    code = "case-unit-refused"
    default_detail = "所选单位不存在、已停用，或不在本中心辖区内。"


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


class ReporterHidden(Forbidden):
    """Every reporter of the case wished to stay unknown to the handling side: their data is shown to nobody."""

    code = "reporter-hidden"
    default_detail = "诉求人选择了保密或匿名，不能查看其姓名和电话。"


class RevealsLimited(TooMany):
    """One person has looked at as much in full as one may in a day."""

    code = "reveals-limited"
    default_detail = "您 24 小时内查看完整信息的次数已达上限，请联系值班长或稍后再试。"


class LocationConsentRequired(Invalid):
    """Only a position was given to find the place by, and the reporter has not agreed that positions are kept."""

    code = "location-consent-required"
    default_detail = "请同意使用精确位置，或填写详细地址后提交。"


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
