"""The register of phones: a phone is rung for the person who registered it last, and for nobody before them.

While a message is on its way to a phone, its row is what stands between the message and a new owner: until then the
row neither goes nor changes its owner or its address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from backend.identity.actor import Actor
from backend.identity.queries import lock_person
from backend.infrastructure.crypto import Sealed, Sealer
from backend.infrastructure.push import AddressKind, PushAddress
from backend.notifications.errors import DeviceBusy, DeviceIdRefused, DeviceNotFound
from backend.notifications.models import DeliveryStatus, PushDelivery, PushDevice
from backend.notifications.rules import LEASE, MAX_DEVICES_PER_PERSON, Platform, device_id_is_sound

_DIGEST_PURPOSE = "push-address"
_BUSY_RETRY_AFTER_S = 5
# Binds a sealed address to its row, so that it does not open in another.
ADDRESS_CONTEXT = "push_device.address:{}"


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

    Raises DeviceBusy while a message is on its way to the phone as it was registered before.
    """
    if not device_id_is_sound(registration.device_id):
        raise DeviceIdRefused(errors={"path": {"device_id": [DeviceIdRefused.default_detail]}})
    lock_person(session, actor.person_id)  # whoever is being erased registers no phone behind it
    digest = sealer.keyed_digest(registration.address.value, purpose=_DIGEST_PURPOSE)
    device = _take_over(session, registration.device_id, digest, actor, now)
    sealed = sealer.seal(registration.address.value, context=ADDRESS_CONTEXT.format(registration.device_id))
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
    _keep_newest(session, actor, now)
    return device


def remove_device(session: Session, *, actor: Actor, device_id: str, now: datetime) -> None:
    """Forget a phone of the actor. Raises DeviceNotFound for any other, DeviceBusy while a message is on its way."""
    if not device_id_is_sound(device_id):
        raise DeviceNotFound
    device = session.scalar(
        select(PushDevice)
        .where(PushDevice.device_id == device_id, PushDevice.person_id == actor.person_id)
        .with_for_update()
    )
    if device is None:
        raise DeviceNotFound
    _refuse_while_receiving(session, device, now)
    session.delete(device)


def forget_dead_address(session: Session, *, device_id: str, address_digest: bytes, now: datetime) -> None:
    """Remove the phone, unless it has been registered with another address since.

    While another message is on its way there it stays: that one's answer will remove it.
    """
    dead = and_(PushDevice.device_id == device_id, PushDevice.address_digest == address_digest)
    _forget_unless_receiving(session, dead, now)


def address_of(device: PushDevice, sealer: Sealer) -> PushAddress:
    """Open the address of a phone."""
    sealed = Sealed(device.address_key_id, device.address_sealed)
    value = sealer.open(sealed, context=ADDRESS_CONTEXT.format(device.device_id))
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
        if (row.person_id, row.device_id, row.address_digest) != (actor.person_id, device_id, digest):
            _refuse_while_receiving(session, row, now)
        if row.device_id != device_id:
            session.delete(row)
    # The address is unique: the old row must be gone before the new one is written.
    session.flush()
    return next((row for row in rows if row.device_id == device_id), PushDevice(device_id=device_id))


def _refuse_while_receiving(session: Session, device: PushDevice, now: datetime) -> None:
    if session.scalar(select(_is_receiving(now)).where(PushDevice.device_id == device.device_id)):
        raise DeviceBusy(retry_after_s=_BUSY_RETRY_AFTER_S)


def _is_receiving(now: datetime) -> ColumnElement[bool]:
    """Tell of a phone whether a try is at this moment handing the provider a message for it."""
    return exists().where(
        PushDelivery.device_id == PushDevice.device_id,
        PushDelivery.status == DeliveryStatus.SENDING,
        PushDelivery.claimed_at > now - LEASE,
    )


def _keep_newest(session: Session, actor: Actor, now: datetime) -> None:
    """Remove the person's surplus phones; one that is receiving makes room the next time."""
    surplus = (
        select(PushDevice.device_id)
        .where(PushDevice.person_id == actor.person_id)
        .order_by(PushDevice.updated_at.desc(), PushDevice.device_id)
        .offset(MAX_DEVICES_PER_PERSON)
    )
    _forget_unless_receiving(session, PushDevice.device_id.in_(surplus), now)


def _forget_unless_receiving(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    # Locked first, so that a claim under way is committed, and seen by the second statement.
    locked = select(PushDevice.device_id).where(which).order_by(PushDevice.device_id).with_for_update()
    device_ids = session.scalars(locked).all()
    if device_ids:
        session.execute(delete(PushDevice).where(PushDevice.device_id.in_(device_ids), ~_is_receiving(now)))
