"""Every permission of the product. Grammar: ``<resource>:<action>``. Kept in alphabetical order."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing that a person may be allowed to do; roles grant them (``backend.organization.roles``)."""

    ACCEPT_CASE = "case:accept"
    ANSWER_CASE = "case:answer"
    CANCEL_CASE = "case:cancel"
    FILE_COMPLAINT = "complaint:file"
    READ_CASE = "case:read"
    READ_LEDGER = "case:read_ledger"
    READ_OWN_COMPLAINT = "complaint:read_own"
    REJECT_CASE = "case:reject"
    USE_INBOX = "notification:use"
    WITHDRAW_OWN_COMPLAINT = "complaint:withdraw_own"
