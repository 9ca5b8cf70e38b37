"""Tests of the seal: what it opens, and everything it must not open."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from backend.infrastructure import settings as settings_module
from backend.infrastructure.crypto import Algorithm, SealBroken, Sealed, Sealer
from backend.infrastructure.embedded.first_secrets import make_secrets
from backend.infrastructure.settings import SettingRefused, load_settings
from backend.infrastructure.sm4 import Sm4Gcm, sm4_key_from

PHONE = "+8613812345678"
OLD_KEY, NEW_KEY, INDEX_KEY = bytes(32), bytes([1] * 32), bytes([2] * 32)


KEYS = {"old": OLD_KEY, "new": NEW_KEY}
NEEDED = {"DATABASE_URL": "postgresql://app@/baitong", "REDIS_URL": "redis://127.0.0.1"}


def sealer_by(algorithm: Algorithm) -> Sealer:
    return Sealer(KEYS, current_key_id="new", blind_index_key=INDEX_KEY, algorithm=algorithm)


@pytest.fixture(params=Algorithm, ids=lambda algorithm: algorithm.title)
def sealer(request) -> Sealer:
    return sealer_by(request.param)


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


@pytest.mark.parametrize(("algorithm", "first_byte"), [(Algorithm.AES_256_GCM, 1), (Algorithm.SM4_GCM, 2)])
def test_the_first_byte_names_the_cipher_whatever_the_setting_is_later(algorithm, first_byte):
    sealed = sealer_by(algorithm).seal(PHONE, context="person.phone")

    assert sealed.ciphertext[0] == first_byte
    assert [sealer_by(other).open(sealed, context="person.phone") for other in Algorithm] == [PHONE, PHONE]


def test_a_ciphertext_that_names_the_other_cipher_does_not_open(sealer):
    sealed = sealer.seal(PHONE, context="person.phone")
    other = bytes([3 - sealed.ciphertext[0]]) + sealed.ciphertext[1:]

    with pytest.raises(SealBroken):
        sealer.open(Sealed("new", other), context="person.phone")


def test_sm4_gcm_gives_the_vector_of_rfc_8998():
    # RFC 8998, appendix A.1, letter by letter.
    cipher = Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex("AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8)
    expected = (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )

    assert cipher.encrypt(nonce, plain, associated).hex().upper() == expected
    assert cipher.decrypt(nonce, bytes.fromhex(expected), associated) == plain


def test_the_sm4_key_is_derived_so_that_no_key_serves_two_ciphers():
    # HKDF-SHA-256 by hand (RFC 5869): extract with an empty salt, expand once.
    extracted = hmac.digest(bytes(32), NEW_KEY, hashlib.sha256)
    expanded = hmac.digest(extracted, b"baitong sm4-gcm v1" + b"\x01", hashlib.sha256)

    assert sm4_key_from(NEW_KEY) == expanded[:16]


def test_the_cipher_is_a_setting():
    chosen = [
        load_settings(make_secrets() | NEEDED | more).cipher
        for more in ({}, {"BAITONG_CIPHER": "aes-256-gcm"}, {"BAITONG_CIPHER": "sm4-gcm"})
    ]

    assert chosen == [Algorithm.AES_256_GCM, Algorithm.AES_256_GCM, Algorithm.SM4_GCM]


def test_a_cipher_that_nobody_knows_or_this_machine_lacks_stops_the_start_by_the_settings_name(monkeypatch):
    with pytest.raises(SettingRefused, match="BAITONG_CIPHER"):
        load_settings(make_secrets() | NEEDED | {"BAITONG_CIPHER": "rot13"})

    # No OpenSSL without SM4 is at hand.
    monkeypatch.setattr(settings_module, "sm4_is_available", lambda: False)
    with pytest.raises(SettingRefused, match="BAITONG_CIPHER"):
        load_settings(make_secrets() | NEEDED | {"BAITONG_CIPHER": "sm4-gcm"})


def test_a_sealer_without_its_current_key_does_not_start():
    with pytest.raises(SealBroken):
        Sealer({"old": OLD_KEY}, current_key_id="new", blind_index_key=INDEX_KEY)


def test_the_blind_index_is_equal_for_equal_texts_and_hangs_on_its_own_key(sealer):
    other_index_key = Sealer({"new": NEW_KEY}, current_key_id="new", blind_index_key=bytes([3] * 32))
    other_seal_key = Sealer({"old": OLD_KEY}, current_key_id="old", blind_index_key=INDEX_KEY)

    assert sealer.blind_index(PHONE) == other_seal_key.blind_index(PHONE)
    assert sealer.blind_index(PHONE) != other_index_key.blind_index(PHONE)
    assert sealer.blind_index(PHONE) != sealer.blind_index("+8613812345679")


def test_digests_are_the_hmacs_that_are_stored_already_however_often_they_are_made(sealer):
    purpose_key = hmac.digest(INDEX_KEY, b"purpose:sign-in-code", "sha256")

    for _ in range(3):
        assert sealer.blind_index(PHONE) == hmac.digest(INDEX_KEY, PHONE.encode(), "sha256")
        said = sealer.keyed_digest(PHONE, purpose="sign-in-code")
        assert said == hmac.digest(purpose_key, PHONE.encode(), "sha256")


def test_digests_of_two_purposes_never_meet(sealer):
    digests = {sealer.blind_index(PHONE), *(sealer.keyed_digest(PHONE, purpose=purpose) for purpose in ("a", "b"))}

    assert len(digests) == 3
