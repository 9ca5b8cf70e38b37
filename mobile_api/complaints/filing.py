"""How a complaint is filed over HTTP: in one statement where it is plain, else by the use case (ADR 0036)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, json

from backend.cases.filing import Filing
from backend.complaints.filing_at_once import AnswerOnce, Hands, file_at_once
from backend.complaints.use_cases import FilingReceipt, file_complaint
from backend.infrastructure.idempotency import Kept, WriteKey
from backend.organization.statements.asking import Presumed
from mobile_api.access import presumed_asker
from mobile_api.at_once import NotAtOnce
from mobile_api.complaints.schemas import FilingReceiptSchema
from mobile_api.idempotency import key_at_once
from mobile_api.readers import desk, desk_in_memory
from mobile_api.services import services
from mobile_api.transactions import current_session

_SCHEMA = FilingReceiptSchema()
# Opens the public status: a stored answer does not hold it.
_NOT_KEPT = "query_code"


def filed(filing: Filing) -> FilingReceipt | Response:
    """File a complaint. Raises NotAtOnce, or the error of the guard that refuses."""
    write, asker, quota = key_at_once(), presumed_asker(), services().settings.complaint_daily_quota
    if write is not None and asker is not None:
        return _at_once(filing, quota, write, asker)
    return file_complaint(current_session(), filing=filing, daily_quota=quota, desk=desk())


def _at_once(filing: Filing, daily_quota: int, write: WriteKey, asker: Presumed) -> Response:
    told: dict[str, Any] = {}

    def keep(receipt: FilingReceipt) -> Kept:
        told.update(_SCHEMA.dump(receipt))
        kept = {name: value for name, value in told.items() if name != _NOT_KEPT}
        return Kept(status=HTTPStatus.CREATED, receipt=orjson.dumps(kept).decode())

    hands = Hands(database=services().database, session=current_session, asker=asker)
    once = AnswerOnce(write=write, keep=keep)
    if not file_at_once(hands, filing=filing, daily_quota=daily_quota, desk=desk_in_memory(), once=once):
        raise NotAtOnce
    return Response(json.dumps(told), HTTPStatus.CREATED, mimetype="application/json")
