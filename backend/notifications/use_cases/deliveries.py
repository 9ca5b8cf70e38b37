"""One message to one phone: claimed before the provider is asked, settled after it answered."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.infrastructure.crypto import Sealer
from backend.infrastructure.push import PushMessage, PushOutcome, PushResult
from backend.infrastructure.retry import NeverRetry, RetryLater
from backend.notifications.messages import PUSH_TITLE
from backend.notifications.models import DeliveryStatus, Notification, PushDelivery, PushDevice
from backend.notifications.rules import lease_left_s
from backend.notifications.use_cases.devices import address_of, forget_dead_address
from backend.organization.queries.actors import actor_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPush:
    """A message that one try may hand to the provider now. ``try_number`` fences what the try reports later."""

    delivery_id: uuid.UUID
    try_number: int
    claimed_at: datetime
    device_id: str
    address_digest: bytes
    message: PushMessage


def claim_delivery(session: Session, *, delivery_id: uuid.UUID, sealer: Sealer, now: datetime) -> ClaimedPush | None:
    """Take the message for one try, or return None when there is nothing to send any more.

    Raises RetryLater while another try may still be sending it.
    """
    delivery = session.scalars(select(PushDelivery).where(PushDelivery.id == delivery_id).with_for_update()).one()
    if delivery.status in {DeliveryStatus.SENT, DeliveryStatus.DROPPED}:
        return None
    _wait_for_other_try(delivery, now)
    notification = session.scalars(select(Notification).where(Notification.id == delivery.notification_id)).one()
    # Shared: whoever takes the phone over waits until the claim is committed, and then sees it.
    device = session.scalar(
        select(PushDevice).where(PushDevice.device_id == delivery.device_id).with_for_update(read=True)
    )
    reason = _reason_to_drop(session, notification, device, now)
    if device is None or reason is not None:
        delivery.status = DeliveryStatus.DROPPED
        delivery.result_code = reason
        delivery.settled_at = now
        return None
    delivery.status = DeliveryStatus.SENDING
    delivery.tries += 1
    delivery.claimed_at = now
    return ClaimedPush(
        delivery_id=delivery.id,
        try_number=delivery.tries,
        claimed_at=now,
        device_id=device.device_id,
        address_digest=device.address_digest,
        message=_message(delivery, notification, device, sealer),
    )


def settle_delivery(
    session: Session, *, claimed: ClaimedPush, result: PushResult, is_last_try: bool, now: datetime
) -> RetryLater | NeverRetry | None:
    """Record what came of a try, and return what the queue shall do: nothing, try again, or give up.

    What a try reports after another one has claimed the message is refused. The last try is the queue's to know:
    a message that is redone by hand has been claimed more often than its job was tried.
    """
    status = _status_after(result.outcome, is_last_try=is_last_try)
    settled = session.scalar(
        update(PushDelivery)
        .where(
            PushDelivery.id == claimed.delivery_id,
            PushDelivery.status == DeliveryStatus.SENDING,
            PushDelivery.tries == claimed.try_number,
        )
        .values(
            status=status,
            settled_at=now,
            result_code=result.code,
            provider_message_id=result.provider_message_id,
        )
        .returning(PushDelivery.id)
    )
    if settled is None:
        log.warning("late push result refused", extra={"delivery_id": str(claimed.delivery_id)})
        return None
    if result.outcome is PushOutcome.DEAD_ADDRESS:
        forget_dead_address(session, device_id=claimed.device_id, address_digest=claimed.address_digest, now=now)
    if result.outcome is PushOutcome.RETRY:
        return RetryLater(result.code, retry_after_s=result.retry_after_s)
    return NeverRetry(result.code) if result.outcome is PushOutcome.REFUSED else None


def _wait_for_other_try(delivery: PushDelivery, now: datetime) -> None:
    if delivery.status == DeliveryStatus.SENDING and delivery.claimed_at is not None:
        left_s = lease_left_s(claimed_at=delivery.claimed_at, now=now)
        if left_s > 0:
            raise RetryLater("sending", retry_after_s=left_s)


def _reason_to_drop(
    session: Session, notification: Notification, device: PushDevice | None, now: datetime
) -> str | None:
    if device is None:
        return "device-removed"
    if device.person_id != notification.person_id:
        return "handed-over"
    actor = actor_of(session, person_id=device.person_id, session_id=device.session_id, now=now)
    return "signed-out" if actor is None else None


def _message(delivery: PushDelivery, notification: Notification, device: PushDevice, sealer: Sealer) -> PushMessage:
    return PushMessage(
        message_id=str(delivery.id),
        address=address_of(device, sealer),
        title=PUSH_TITLE,
        body=notification.push_body,
        data={
            "notification_id": str(notification.id),
            "kind": notification.kind,
            "number": notification.number or "",
            "occurred_at": notification.created_at.isoformat(),
        },
    )


def _status_after(outcome: PushOutcome, *, is_last_try: bool) -> DeliveryStatus:
    if outcome is PushOutcome.RETRY:
        return DeliveryStatus.FAILED if is_last_try else DeliveryStatus.PENDING
    return {
        PushOutcome.DELIVERED: DeliveryStatus.SENT,
        PushOutcome.DEAD_ADDRESS: DeliveryStatus.DROPPED,
        PushOutcome.REFUSED: DeliveryStatus.FAILED,
    }[outcome]
