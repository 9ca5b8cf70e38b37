"""The register of phones: a phone is rung for the person who registered it last, and for nobody before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from backend.identity.actor import Actor
from backend.infrastructure.crypto import Sealed, Sealer
from backend.infrastructure.push import AddressKind, PushAddress
from backend.notifications.errors import DeviceBusy, DeviceIdRefused, DeviceNotFound
from backend.notifications.models import DeliveryStatus, PushDelivery, PushDevice
from backend.notifications.rules import LEASE, MAX_DEVICES_PER_PERSON, Platform, device_id_is_sound

_DIGEST_PURPOSE = "push-address"
_BUSY_RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What an app says about its phone."""

    device_id: str
    platform: Platform
    app_version: str
    address: PushAddress


def register_device(
    session: Session, *, actor: Actor, registration: Registration, sealer: Sealer, now: datetime
) -> PushDevice:
    """Register the phone for the actor and this sign-in, whoever had it before. Repeating changes nothing.

    Raises DeviceBusy while a message to the previous person is on its way to the phone.
    """
    if not device_id_is_sound(registration.device_id):
        raise DeviceIdRefused(errors={"path": {"device_id": [DeviceIdRefused.default_detail]}})
    digest = sealer.keyed_digest(registration.address.value, purpose=_DIGEST_PURPOSE)
    device = _take_over(session, registration.device_id, digest, actor, now)
    sealed = sealer.seal(registration.address.value, context=_context(registration.device_id))
    device.person_id = actor.person_id
    device.session_id = actor.session_id
    device.platform = registration.platform
    device.app_version = registration.app_version
    device.address_kind = registration.address.kind
    device.address_sealed, device.address_key_id = sealed.ciphertext, sealed.key_id
    device.address_digest = digest
    device.updated_at = now
    session.add(device)
    # Written now, so that it counts among the newest below.
    session.flush()
    _keep_newest(session, actor)
    return device


def remove_device(session: Session, *, actor: Actor, device_id: str) -> None:
    """Forget a phone of the actor. Raises DeviceNotFound for any other."""
    removed = session.scalar(
        delete(PushDevice)
        .where(PushDevice.device_id == device_id, PushDevice.person_id == actor.person_id)
        .returning(PushDevice.device_id)
    )
    if removed is None:
        raise DeviceNotFound


def address_of(device: PushDevice, sealer: Sealer) -> PushAddress:
    """Open the address of a phone."""
    sealed = Sealed(device.address_key_id, device.address_sealed)
    value = sealer.open(sealed, context=_context(device.device_id))
    return PushAddress(kind=AddressKind(device.address_kind), value=value)


def _take_over(session: Session, device_id: str, digest: bytes, actor: Actor, now: datetime) -> PushDevice:
    """Return the row of the phone, locked. Rows of the same address under another id are the same phone: they go."""
    rows = session.scalars(
        select(PushDevice)
        .where(or_(PushDevice.device_id == device_id, PushDevice.address_digest == digest))
        .order_by(PushDevice.device_id)
        .with_for_update()
    ).all()
    for row in rows:
        if row.person_id != actor.person_id and _is_receiving(session, row.device_id, now):
            raise DeviceBusy(retry_after_s=_BUSY_RETRY_AFTER_S)
        if row.device_id != device_id:
            session.delete(row)
    # The address is unique: the old row must be gone before the new one is written.
    session.flush()
    return next((row for row in rows if row.device_id == device_id), PushDevice(device_id=device_id))


def _is_receiving(session: Session, device_id: str, now: datetime) -> bool:
    """Tell whether a try is at this moment handing the provider a message for the phone."""
    sending = select(PushDelivery.id).where(
        PushDelivery.device_id == device_id,
        PushDelivery.status == DeliveryStatus.SENDING,
        PushDelivery.claimed_at > now - LEASE,
    )
    return session.scalar(sending.limit(1)) is not None


def _keep_newest(session: Session, actor: Actor) -> None:
    surplus = (
        select(PushDevice.device_id)
        .where(PushDevice.person_id == actor.person_id)
        .order_by(PushDevice.updated_at.desc(), PushDevice.device_id)
        .offset(MAX_DEVICES_PER_PERSON)
    )
    session.execute(delete(PushDevice).where(PushDevice.device_id.in_(surplus)))


def _context(device_id: str) -> str:
    """Bind a sealed address to its row, so that it does not open in another."""
    return f"push_device.address:{device_id}"
