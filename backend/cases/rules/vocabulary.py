"""The words of the command workflow: states, actions, clocks, and the doors a move may come through (workflow, 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a case stands."""

    SUBMITTED = "submitted"  # 待受理
    SUPPLEMENT = "supplement"  # 待补充
    ACCEPTED = "accepted"  # 已受理·待派遣
    DISPATCHED = "dispatched"  # 已派遣·待签收
    HANDLING = "handling"  # 处置中
    FEEDBACK = "feedback"  # 已反馈·待核查
    VERIFYING = "verifying"  # 核查中
    CALLBACK = "callback"  # 待回访
    CLOSED = "closed"  # 已结案
    REJECTED = "rejected"  # 不予受理
    CANCELLED = "cancelled"  # 已撤销


class Action(StrEnum):
    """What is done to a case."""

    SUBMIT = "submit"  # 提交
    REQUEST_SUPPLEMENT = "request_supplement"  # 要求补充
    SUPPLEMENT = "supplement"  # 补充
    LAPSE_SUPPLEMENT = "lapse_supplement"  # 超期未补充
    ANSWER_DIRECTLY = "answer_directly"  # 直接答复
    REJECT = "reject"  # 不予受理
    ACCEPT = "accept"  # 受理
    DISPATCH = "dispatch"  # 派遣
    SIGN = "sign"  # 签收
    REPORT_BACK = "report_back"  # 反馈
    SEND_BACK = "send_back"  # 退回补办
    ORDER_VERIFICATION = "order_verification"  # 派核查
    SKIP_VERIFICATION = "skip_verification"  # 免核查
    CONFIRM_FIXED = "confirm_fixed"  # 核查通过
    FLAG_VERIFICATION = "flag_verification"  # 核查存疑
    UPHOLD_VERIFICATION = "uphold_verification"  # 认可核查
    REFUTE_FIXED = "refute_fixed"  # 核查不通过
    CLOSE = "close"  # 回访办结
    REDO = "redo"  # 重办
    REOPEN = "reopen"  # 复发或不满重办
    WITHDRAW = "withdraw"  # 撤销


class Clock(StrEnum):
    """The clocks of a case; each runs from the event that opens its stage."""

    ACCEPTANCE = "acceptance"  # 受理
    SUPPLEMENT = "supplement"  # 补充
    DISPATCH = "dispatch"  # 派遣
    SIGNING = "signing"  # 签收
    REVIEW = "review"  # 审核
    VERIFICATION = "verification"  # 核查 (街道)
    VERIFICATION_RURAL = "verification_rural"  # 核查 (镇)
    CALLBACK = "callback"  # 回访
    REOPENING = "reopening"  # 重办窗口
    RATING = "rating"  # 评价窗口
    TOTAL = "total"  # 总


class Door(StrEnum):
    """By what somebody may make a move: what they are to the case."""

    REPORTER = "reporter"  # their own complaint
    DESK = "desk"  # a role at the owning centre or above it
    UNIT = "unit"  # a role in the unit that has the main task
    VERIFIER = "verifier"  # a verification task that is theirs to do
    FINDER = "finder"  # they report it from the spot, and may put it right there and then
    SYSTEM = "system"  # a clock ran out


class TaskKind(StrEnum):
    """What a task asks for."""

    LEAD = "lead"  # 主办
    ASSIST = "assist"  # 协办
    VERIFICATION = "verification"  # 核查


class TaskStatus(StrEnum):
    """Where a task stands."""

    TODO = "todo"  # 待签收
    SIGNED = "signed"  # 已签收
    DONE = "done"  # 已反馈
    ACCEPTED = "accepted"  # 已认可
    RETURNED = "returned"  # 已退回
    VOID = "void"  # 已撤回


class ChoiceKind(StrEnum):
    """The closed lists that operators choose from, beside the grounds of rejection."""

    MISSING = "missing"  # 缺少的内容 (T02)
    SEND_BACK = "send_back"  # 退回原因 (T20)


# What operators read (workflow, 1.2 and 1.3).
STATE_NAMES: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "待受理",
        State.SUPPLEMENT: "待补充",
        State.ACCEPTED: "已受理·待派遣",
        State.DISPATCHED: "已派遣·待签收",
        State.HANDLING: "处置中",
        State.FEEDBACK: "已反馈·待核查",
        State.VERIFYING: "核查中",
        State.CALLBACK: "待回访",
        State.CLOSED: "已结案",
        State.REJECTED: "不予受理",
        State.CANCELLED: "已撤销",
    }
)
ACTION_NAMES: Mapping[Action, str] = MappingProxyType(
    {
        Action.SUBMIT: "提交",
        Action.REQUEST_SUPPLEMENT: "要求补充",
        Action.SUPPLEMENT: "补充",
        Action.LAPSE_SUPPLEMENT: "超期未补充",
        Action.ANSWER_DIRECTLY: "直接答复",
        Action.REJECT: "不予受理",
        Action.ACCEPT: "受理",
        Action.DISPATCH: "派遣",
        Action.SIGN: "签收",
        Action.REPORT_BACK: "反馈",
        Action.SEND_BACK: "退回补办",
        Action.ORDER_VERIFICATION: "派核查",
        Action.SKIP_VERIFICATION: "免核查",
        Action.CONFIRM_FIXED: "核查通过",
        Action.FLAG_VERIFICATION: "核查存疑",
        Action.UPHOLD_VERIFICATION: "认可核查",
        Action.REFUTE_FIXED: "核查不通过",
        Action.CLOSE: "回访办结",
        Action.REDO: "重办",
        Action.REOPEN: "重新办理",
        Action.WITHDRAW: "撤销",
    }
)
