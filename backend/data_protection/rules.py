"""The rules of what citizens ask of their data: kinds, states, reasons and times. Pure.

Sources: PIPL 44-50 (copy, erasure, an answer in time); S37 of the requirements (15 working days).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from backend.identity.rules import Guard
from backend.kernel.due import Limit, LimitUnit

ANSWER_WITHIN = Limit(value=15, unit=LimitUnit.WORKING_DAYS)
DOCUMENT_KEPT = timedelta(days=7)
# An erasure cannot be undone: whoever asks must have proved just now who they are.
SIGNED_IN_WITHIN = timedelta(minutes=10)
REQUESTS_A_DAY = Guard(name="data_request_day", limit=5, window=timedelta(days=1))
DOCUMENT_CONTEXT = "data_request.document:{}"


class RequestKind(StrEnum):
    """What is asked for."""

    EXPORT = "export"  # 副本
    ERASURE = "erasure"  # 注销并删除


class RequestState(StrEnum):
    """How far a request is."""

    RECEIVED = "received"  # 已收到
    RUNNING = "running"  # 处理中
    DONE = "done"  # 已完成
    REFUSED = "refused"  # 已拒绝


class Refusal(StrEnum):
    """The closed list of reasons for which a request is refused, by a person, one by one."""

    LEGAL_HOLD = "legal_hold"
    NOT_THE_PERSON = "not_the_person"


STATE_NAMES: Mapping[RequestState, str] = MappingProxyType(
    {
        RequestState.RECEIVED: "已收到",
        RequestState.RUNNING: "处理中",
        RequestState.DONE: "已完成",
        RequestState.REFUSED: "未予办理",
    }
)
REFUSAL_WORDS: Mapping[Refusal, str] = MappingProxyType(
    {
        Refusal.LEGAL_HOLD: "有关案件正在依法调查或诉讼中，相关信息须依法保存；程序结束后可再次申请。",
        Refusal.NOT_THE_PERSON: "无法确认申请人就是本人，请到政务服务窗口核验身份后再申请。",
    }
)
OPEN_STATES = frozenset({RequestState.RECEIVED, RequestState.RUNNING})
