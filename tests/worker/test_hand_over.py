"""A phone that changes hands: what is addressed to one person never reaches the other, whatever the order of steps."""

from __future__ import annotations

import pytest

from backend.infrastructure.push import PUSH_TIMEOUT_S, PushOutcome
from backend.notifications.errors import DeviceBusy
from backend.notifications.rules import HAND_OVER_WITHIN, LEASE
from tests.street import Street
from tests.worker.hands import FREE_AGAIN_S, HAND_OVER_S, SENDING_S, Hands, Walk

WALKS, STEPS = 25, 60


@pytest.fixture
def hands(street: Street) -> Hands:
    return Hands(street)


def test_in_no_order_of_steps_does_a_message_reach_whom_it_is_not_for(hands: Hands):
    for seed in range(WALKS):
        Walk(hands, seed).go(STEPS)

    # A walk on which no phone could ring would prove nothing.
    assert hands.rung > WALKS


def test_a_message_that_failed_and_waits_is_not_sent_to_the_new_owner(hands: Hands):
    old, new = hands.street.person(), hands.street.person()
    hands.register(old, "phone-0001", "address-1")
    [delivery] = hands.news(old)
    claimed = hands.claim(delivery)
    hands.settle(claimed, PushOutcome.RETRY)

    hands.register(new, "phone-0001", "address-1")

    assert hands.claim(delivery) is None


@pytest.mark.parametrize("deed", ["signs out", "registers again"])
def test_whatever_the_new_owner_does_the_old_message_stays_away(hands: Hands, deed: str):
    old, new = hands.street.person(), hands.street.person()
    hands.register(old, "phone-0001", "address-1")
    [delivery] = hands.news(old)
    hands.register(new, "phone-0001", "address-1")

    again = hands.signed_in_anew(new)
    if deed == "registers again":
        hands.register(again, "phone-0001", "address-1")

    assert hands.claim(delivery) is None


def test_the_old_owner_who_gets_the_phone_back_gets_the_news_again(hands: Hands):
    old, new = hands.street.person(), hands.street.person()
    hands.register(old, "phone-0001", "address-1")
    [delivery] = hands.news(old)
    hands.register(new, "phone-0001", "address-1")

    hands.register(old, "phone-0001", "address-1")

    assert hands.claim(delivery) is not None


@pytest.mark.parametrize(
    ("device_id", "address"), [("phone-0001", "address-1"), ("phone-0001", "address-2"), ("phone-0002", "address-1")]
)
def test_a_phone_that_is_receiving_is_taken_over_once_the_message_is_settled(
    hands: Hands, device_id: str, address: str
):
    old, new = hands.street.person(), hands.street.person()
    hands.register(old, "phone-0001", "address-1")
    claimed = hands.claim(*hands.news(old))

    with pytest.raises(DeviceBusy):
        hands.register(new, device_id, address)
    hands.settle(claimed)
    hands.register(new, device_id, address)

    assert [row.person_id for row in hands.street.rows("SELECT person_id FROM push_device")] == [new.person_id]


def test_a_phone_whose_worker_died_is_taken_over_once_its_time_is_over(hands: Hands):
    old, new = hands.street.person(), hands.street.person()
    hands.register(old, "phone-0001", "address-1")
    hands.claim(*hands.news(old))
    hands.clock.advance(seconds=FREE_AGAIN_S)

    hands.register(new, "phone-0001", "address-1")

    assert [row.person_id for row in hands.street.rows("SELECT person_id FROM push_device")] == [new.person_id]


def test_a_phone_is_free_again_only_after_the_provider_can_have_nothing_for_it_any_more():
    assert HAND_OVER_WITHIN.total_seconds() + PUSH_TIMEOUT_S < LEASE.total_seconds()


def test_a_message_handed_over_at_the_last_moment_keeps_the_phone_until_its_time_is_over(hands: Hands):
    old, new = hands.street.person(), hands.street.person()
    hands.register(old, "phone-0001", "address-1")
    claimed = hands.claim(*hands.news(old))
    hands.clock.advance(seconds=HAND_OVER_S - 0.1)
    hands.perform(claimed)
    hands.clock.advance(seconds=SENDING_S - 0.1)

    with pytest.raises(DeviceBusy):
        hands.register(new, "phone-0001", "address-1")


def test_a_phone_that_is_receiving_is_not_removed_or_the_next_owner_would_be_rung(hands: Hands):
    old = hands.street.person()
    hands.register(old, "phone-0001", "address-1")
    claimed = hands.claim(*hands.news(old))

    with pytest.raises(DeviceBusy):
        hands.remove(old, "phone-0001")
    hands.settle(claimed)
    hands.remove(old, "phone-0001")

    assert hands.street.rows("SELECT 1 FROM push_device") == []


@pytest.mark.parametrize(("device_id", "address"), [("phone-0001", "address-2"), ("phone-0002", "address-1")])
def test_nor_does_its_own_owner_change_it_meanwhile(hands: Hands, device_id: str, address: str):
    owner = hands.street.person()
    hands.register(owner, "phone-0001", "address-1")
    hands.claim(*hands.news(owner))

    with pytest.raises(DeviceBusy):
        hands.register(owner, device_id, address)


def test_its_owner_may_register_it_again_as_it_is_at_any_time(hands: Hands):
    owner = hands.street.person()
    hands.register(owner, "phone-0001", "address-1")
    hands.claim(*hands.news(owner))

    hands.register(owner, "phone-0001", "address-1")


def test_the_eleventh_phone_does_not_push_out_one_that_is_receiving(hands: Hands):
    owner = hands.street.person()
    hands.register(owner, "phone-0000", "address-0")
    hands.claim(*hands.news(owner))

    for number in range(1, 11):
        hands.clock.advance(seconds=0.1)
        hands.register(owner, f"phone-{number:04d}", f"address-{number}")

    kept = {row.device_id for row in hands.street.rows("SELECT device_id FROM push_device")}
    assert kept == {f"phone-{number:04d}" for number in range(11)}


def test_a_dead_address_is_not_forgotten_when_the_phone_has_a_new_one_by_then(hands: Hands):
    owner = hands.street.person()
    hands.register(owner, "phone-0001", "address-1")
    claimed = hands.claim(*hands.news(owner))
    hands.clock.advance(seconds=FREE_AGAIN_S)
    hands.register(owner, "phone-0001", "address-2")

    hands.settle(claimed, PushOutcome.DEAD_ADDRESS)

    assert len(hands.street.rows("SELECT 1 FROM push_device")) == 1


def test_a_dead_address_is_forgotten_by_the_last_of_the_messages_on_their_way_to_it(hands: Hands):
    owner = hands.street.person()
    hands.register(owner, "phone-0001", "address-1")
    first, second = hands.claim(*hands.news(owner)), hands.claim(*hands.news(owner))

    hands.settle(first, PushOutcome.DEAD_ADDRESS)
    between = len(hands.street.rows("SELECT 1 FROM push_device"))
    hands.settle(second, PushOutcome.DEAD_ADDRESS)

    assert (between, len(hands.street.rows("SELECT 1 FROM push_device"))) == (1, 0)
