"""Every permission of the product. Grammar: ``<resource>:<action>``. Kept in alphabetical order."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing that a person may be allowed to do; roles grant them (``backend.organization.roles``)."""

    ACCEPT_CASE = "case:accept"
    ADD_EVIDENCE = "evidence:add"
    ANSWER_CASE = "case:answer"
    CANCEL_CASE = "case:cancel"
    CLOSE_CASE = "case:close"
    DISPATCH_CASE = "case:dispatch"
    FILE_COMPLAINT = "complaint:file"
    MANAGE_OWN_DATA = "own_data:manage"
    ORDER_VERIFICATION = "case:order_verification"
    RATE_OWN_COMPLAINT = "complaint:rate_own"
    READ_CASE = "case:read"
    READ_LEDGER = "case:read_ledger"
    READ_OWN_COMPLAINT = "complaint:read_own"
    READ_REVEALS = "audit:read_reveals"
    READ_TASK = "task:read"
    REJECT_CASE = "case:reject"
    REOPEN_CASE = "case:reopen"
    REOPEN_OWN_COMPLAINT = "complaint:reopen_own"
    REPORT_BACK = "task:report_back"
    REPORT_FROM_GRID = "grid_report:file"
    REQUEST_SUPPLEMENT = "case:request_supplement"
    REVEAL_IN_HANDS = "task:reveal"
    REVEAL_PERSONAL_DATA = "case:reveal"
    REVIEW_FEEDBACK = "case:review_feedback"
    SIGN_TASK = "task:sign"
    SUPPLEMENT_CASE = "case:supplement"
    SUPPLEMENT_OWN_COMPLAINT = "complaint:supplement_own"
    URGE_OWN_COMPLAINT = "complaint:urge_own"
    USE_INBOX = "notification:use"
    VERIFY_CASE = "task:verify"
    WITHDRAW_OWN_COMPLAINT = "complaint:withdraw_own"
