"""The roles of the command system and what each may do (workflow, sections 1.3 and 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from backend.identity.permissions import Permission


class Role(StrEnum):
    """Who a person is to the workflow. Each is bound to a command centre, but the reporter, who is bound to nothing."""

    REPORTER = "reporter"  # 诉求人
    CO_SIGNER = "co_signer"  # 附议人
    AGENT = "agent"  # 坐席
    ACCEPTOR = "acceptor"  # 受理员
    REVIEWER = "reviewer"  # 预审/审核员
    DISPATCHER = "dispatcher"  # 派遣员
    DUTY_LEADER = "duty_leader"  # 值班长
    CALLBACK_AGENT = "callback_agent"  # 回访员
    QUALITY_INSPECTOR = "quality_inspector"  # 质检员
    GRID_WORKER = "grid_worker"  # 网格员
    GRID_LEADER = "grid_leader"  # 网格长
    SUPERVISOR = "supervisor"  # 监督员
    LIAISON = "liaison"  # 承办单位联络员
    HANDLER = "handler"  # 经办人
    UNIT_LEADER = "unit_leader"  # 承办单位负责人
    SENIOR_LEADER = "senior_leader"  # 分管领导
    ENFORCEMENT_OFFICER = "enforcement_officer"  # 执法人员
    OVERSIGHT_OFFICER = "oversight_officer"  # 督查员
    MODEL_OPERATOR = "model_operator"  # 模型运营员
    CATALOGUE_MANAGER = "catalogue_manager"  # 目录管理员
    PARTNER_APP = "partner_app"  # 合作应用
    AUDITOR = "auditor"  # 审计员
    SYSTEM = "system"  # 系统


_NOTHING_YET: frozenset[Permission] = frozenset()
_DESK = frozenset({Permission.READ_CASE, Permission.READ_LEDGER, Permission.USE_INBOX})
# Whoever handles, verifies or calls back calls the reporter or goes to the place: of the cases in their hands alone.
_UNIT = frozenset({Permission.READ_TASK, Permission.ADD_EVIDENCE, Permission.REVEAL_IN_HANDS, Permission.USE_INBOX})
_VERIFIER = frozenset(
    {Permission.VERIFY_CASE, Permission.ADD_EVIDENCE, Permission.REVEAL_IN_HANDS, Permission.USE_INBOX}
)

# A role without a permission is one whose work the product does not hold yet; the table grows with the workflow.
GRANTS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    dict.fromkeys(Role, _NOTHING_YET)
    | {
        Role.REPORTER: frozenset(
            {
                Permission.FILE_COMPLAINT,
                Permission.MANAGE_OWN_DATA,
                Permission.ADD_EVIDENCE,
                Permission.RATE_OWN_COMPLAINT,
                Permission.READ_OWN_COMPLAINT,
                Permission.REOPEN_OWN_COMPLAINT,
                Permission.SUPPLEMENT_OWN_COMPLAINT,
                Permission.URGE_OWN_COMPLAINT,
                Permission.USE_INBOX,
                Permission.WITHDRAW_OWN_COMPLAINT,
            }
        ),
        Role.AGENT: _DESK | {Permission.ANSWER_CASE, Permission.SUPPLEMENT_CASE},  # T03 T05 坐席
        Role.ACCEPTOR: _DESK
        | {
            Permission.ACCEPT_CASE,
            Permission.ANSWER_CASE,
            Permission.REJECT_CASE,
            Permission.CANCEL_CASE,
            Permission.REQUEST_SUPPLEMENT,
            Permission.REVEAL_PERSONAL_DATA,  # calls the reporter back, goes to the place
        },  # T02 T05 T06 T08 T31 受理员
        Role.REVIEWER: _DESK | {Permission.REVIEW_FEEDBACK},  # T20 T22 审核员
        Role.DISPATCHER: _DESK | {Permission.DISPATCH_CASE, Permission.ORDER_VERIFICATION},  # T09 T21 派遣员
        Role.DUTY_LEADER: _DESK | {Permission.REVEAL_PERSONAL_DATA},
        Role.CALLBACK_AGENT: _DESK | {Permission.CLOSE_CASE, Permission.REVEAL_IN_HANDS},  # T25 T26 回访员
        Role.OVERSIGHT_OFFICER: _DESK | {Permission.REOPEN_CASE},  # T28 督查员
        Role.LIAISON: _UNIT | {Permission.SIGN_TASK},  # T11 联络员
        Role.HANDLER: _UNIT | {Permission.REPORT_BACK},  # T19 主办单位
        Role.UNIT_LEADER: _UNIT | {Permission.REPORT_BACK},  # T19 主办单位
        Role.GRID_WORKER: _VERIFIER | {Permission.REPORT_FROM_GRID},  # T01 T23 T24 网格员
        Role.SUPERVISOR: _VERIFIER,  # T23 T24 监督员
        # read-only, all; sees who looked at what, and looks at nothing in full
        Role.AUDITOR: _DESK | {Permission.READ_REVEALS},
    }
)

ROLE_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.REPORTER: "诉求人",
        Role.CO_SIGNER: "附议人",
        Role.AGENT: "坐席",
        Role.ACCEPTOR: "受理员",
        Role.REVIEWER: "审核员",
        Role.DISPATCHER: "派遣员",
        Role.DUTY_LEADER: "值班长",
        Role.CALLBACK_AGENT: "回访员",
        Role.QUALITY_INSPECTOR: "质检员",
        Role.GRID_WORKER: "网格员",
        Role.GRID_LEADER: "网格长",
        Role.SUPERVISOR: "监督员",
        Role.LIAISON: "承办单位联络员",
        Role.HANDLER: "经办人",
        Role.UNIT_LEADER: "承办单位负责人",
        Role.SENIOR_LEADER: "分管领导",
        Role.ENFORCEMENT_OFFICER: "执法人员",
        Role.OVERSIGHT_OFFICER: "督查员",
        Role.MODEL_OPERATOR: "模型运营员",
        Role.CATALOGUE_MANAGER: "目录管理员",
        Role.PARTNER_APP: "合作应用",
        Role.AUDITOR: "审计员",
        Role.SYSTEM: "系统",
    }
)
