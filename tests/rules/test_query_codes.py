"""Query codes: derived from number and key, of characters that nobody takes for others."""

from __future__ import annotations

from collections import Counter

from backend.complaints.query_codes import ALPHABET, LENGTH, is_query_code, query_code_of
from backend.infrastructure.crypto import Sealer

NUMBERS = [f"NT261124{serial:06}X" for serial in range(2000)]


def sealer(key: bytes) -> Sealer:
    return Sealer({"k": bytes(32)}, current_key_id="k", blind_index_key=key)


OURS, OTHER = sealer(b"a" * 32), sealer(b"b" * 32)


def test_a_code_is_the_same_every_time_and_another_for_each_number_and_key():
    codes = [query_code_of(number, OURS) for number in NUMBERS]

    assert codes == [query_code_of(number, OURS) for number in NUMBERS]
    assert len(set(codes)) == len(NUMBERS)
    assert not set(codes) & {query_code_of(number, OTHER) for number in NUMBERS}


def test_a_code_has_eight_characters_none_of_which_is_taken_for_another():
    assert (LENGTH, len(ALPHABET), len(set(ALPHABET))) == (8, 30, 30)
    assert not set(ALPHABET) & set("0O1ILU")
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in (query_code_of(n, OURS) for n in NUMBERS))


def test_every_character_comes_as_often_as_any_other_at_every_place():
    codes = [query_code_of(number, OURS) for number in NUMBERS]

    for place in range(LENGTH):
        counts = Counter(code[place] for code in codes)
        # 2000 codes over 30 characters: 67 each, and 8 of deviation.
        assert set(counts) == set(ALPHABET)
        assert all(27 < count < 107 for count in counts.values())


def test_a_code_is_known_in_either_case_and_no_other_code_is():
    code = query_code_of(NUMBERS[0], OURS)

    assert is_query_code(code, NUMBERS[0], OURS)
    assert is_query_code(code.lower(), NUMBERS[0], OURS)
    assert not is_query_code(code, NUMBERS[1], OURS)
    assert not is_query_code(code[:-1], NUMBERS[0], OURS)


def test_a_code_is_no_blind_index_and_no_digest_of_another_purpose():
    number, code = NUMBERS[0], query_code_of(NUMBERS[0], OURS)
    others = [OURS.blind_index(number), OURS.keyed_digest(number, purpose="sign-in-code")]

    for digest in others:
        rest, made = int.from_bytes(digest, "big"), ""
        for _ in range(LENGTH):
            rest, place = divmod(rest, len(ALPHABET))
            made += ALPHABET[place]
        assert made != code
