"""Tests of the seal: what it opens, and everything it must not open."""

from __future__ import annotations

import pytest

from backend.infrastructure.crypto import Algorithm, SealBroken, Sealed, Sealer

PHONE = "+8613812345678"
OLD_KEY, NEW_KEY, INDEX_KEY = bytes(32), bytes([1] * 32), bytes([2] * 32)


@pytest.fixture
def sealer() -> Sealer:
    return Sealer({"old": OLD_KEY, "new": NEW_KEY}, current_key_id="new", blind_index_key=INDEX_KEY)


def test_a_sealed_text_opens_in_its_context(sealer):
    sealed = sealer.seal(PHONE, context="person.phone")

    assert sealer.open(sealed, context="person.phone") == PHONE
    assert sealed.key_id == "new"


def test_a_sealed_text_holds_nothing_of_the_text(sealer):
    sealed = sealer.seal(PHONE, context="person.phone")

    assert PHONE.encode() not in sealed.ciphertext
    assert b"138" not in sealed.ciphertext[13:]


def test_the_same_text_is_sealed_differently_every_time(sealer):
    sealed = {sealer.seal(PHONE, context="person.phone").ciphertext for _ in range(50)}

    assert len(sealed) == 50


def test_a_text_sealed_with_an_older_key_still_opens(sealer):
    before = Sealer({"old": OLD_KEY}, current_key_id="old", blind_index_key=INDEX_KEY)

    sealed = before.seal("张三", context="person.name")

    assert sealer.open(sealed, context="person.name") == "张三"


def test_a_sealed_text_moved_to_another_column_does_not_open(sealer):
    sealed = sealer.seal(PHONE, context="person.phone")

    with pytest.raises(SealBroken):
        sealer.open(sealed, context="person.name")


def test_a_sealed_text_under_another_key_id_does_not_open(sealer):
    sealed = sealer.seal(PHONE, context="person.phone")

    for key_id in ("old", "unknown"):
        with pytest.raises(SealBroken):
            sealer.open(Sealed(key_id, sealed.ciphertext), context="person.phone")


def test_a_sealed_text_with_any_byte_changed_does_not_open(sealer):
    sealed = sealer.seal(PHONE, context="person.phone")

    for place in range(len(sealed.ciphertext)):
        changed = bytearray(sealed.ciphertext)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            sealer.open(Sealed(sealed.key_id, bytes(changed)), context="person.phone")


def test_a_cut_or_empty_ciphertext_does_not_open(sealer):
    sealed = sealer.seal("", context="person.phone")

    for length in range(len(sealed.ciphertext)):
        with pytest.raises(SealBroken):
            sealer.open(Sealed(sealed.key_id, sealed.ciphertext[:length]), context="person.phone")


def test_the_first_byte_names_the_algorithm_so_that_another_can_come(sealer):
    assert sealer.seal(PHONE, context="person.phone").ciphertext[0] == Algorithm.AES_256_GCM


def test_a_sealer_without_its_current_key_does_not_start():
    with pytest.raises(SealBroken):
        Sealer({"old": OLD_KEY}, current_key_id="new", blind_index_key=INDEX_KEY)


def test_the_blind_index_is_equal_for_equal_texts_and_hangs_on_its_own_key(sealer):
    other_index_key = Sealer({"new": NEW_KEY}, current_key_id="new", blind_index_key=bytes([3] * 32))
    other_seal_key = Sealer({"old": OLD_KEY}, current_key_id="old", blind_index_key=INDEX_KEY)

    assert sealer.blind_index(PHONE) == other_seal_key.blind_index(PHONE)
    assert sealer.blind_index(PHONE) != other_index_key.blind_index(PHONE)
    assert sealer.blind_index(PHONE) != sealer.blind_index("+8613812345679")


def test_digests_of_two_purposes_never_meet(sealer):
    digests = {sealer.blind_index(PHONE), *(sealer.keyed_digest(PHONE, purpose=purpose) for purpose in ("a", "b"))}

    assert len(digests) == 3
