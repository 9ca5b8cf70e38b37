"""How a complaint is filed over HTTP: in one statement where it is plain, else by the use case (ADR 0036)."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from flask import Response

from backend.cases.filing import Filing
from backend.complaints.filing_at_once import AnswerOnce, Hands, file_at_once
from backend.complaints.use_cases import FilingReceipt, file_complaint
from backend.infrastructure.idempotency import Kept, WriteKey
from backend.organization.statements.asking import Presumed
from mobile_api.access import presumed_asker
from mobile_api.at_once import NotAtOnce
from mobile_api.idempotency import key_at_once
from mobile_api.readers import desk, desk_in_memory
from mobile_api.services import services
from mobile_api.transactions import current_session


def filed(filing: Filing) -> Response:
    """File a complaint, and return its receipt. Raises NotAtOnce, or the error of the guard that refuses."""
    quota = services().settings.complaint_daily_quota
    write, asker = key_at_once(), presumed_asker()
    if write is not None and asker is not None:
        return _at_once(filing, quota, write, asker)
    return _answer(file_complaint(current_session(), filing=filing, daily_quota=quota, desk=desk()))


def _at_once(filing: Filing, daily_quota: int, write: WriteKey, asker: Presumed) -> Response:
    hands = Hands(database=services().database, session=current_session, asker=asker)
    once = AnswerOnce(write=write, keep=_kept)
    receipt = file_at_once(hands, filing=filing, daily_quota=daily_quota, desk=desk_in_memory(), once=once)
    if receipt is None:
        raise NotAtOnce
    return _answer(receipt)


def _kept(receipt: FilingReceipt) -> Kept:
    """Return the receipt as it is kept: without the code, which opens the public status."""
    return Kept(status=int(HTTPStatus.CREATED), receipt=orjson.dumps(_told(receipt)).decode())


def _answer(receipt: FilingReceipt) -> Response:
    told = receipt_json(receipt)
    return Response(told, HTTPStatus.CREATED, mimetype="application/json")


def receipt_json(receipt: FilingReceipt) -> bytes:
    """Return a receipt as ``FilingReceiptSchema`` would write it."""
    return orjson.dumps(_told(receipt) | {"query_code": receipt.query_code})


def _told(receipt: FilingReceipt) -> dict[str, object]:
    return {
        "number": receipt.number,
        "case_number": receipt.case_number,
        "state": receipt.state,
        "filed_at": receipt.filed_at,
        "due_at": receipt.due_at,
        "location_kept": receipt.location_kept,
    }
