"""The query code 查询码 of a complaint: who was given it may ask for the complaint's status without signing in.

It is derived from the number with a key that lies outside the database: nothing is stored, and complaints of before
have one too.
"""

from __future__ import annotations

import hmac

from backend.infrastructure.crypto import Sealer

LENGTH = 8
# Digits and capitals without those that are taken for others when copied or read out: 0 O, 1 I L, and U for V.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_PURPOSE = "complaint-query-code"


def query_code_of(number: str, sealer: Sealer) -> str:
    """Return the query code of a complaint's number: eight characters, some 39 bits."""
    rest = int.from_bytes(sealer.keyed_digest(number, purpose=_PURPOSE), "big")
    code = []
    for _ in range(LENGTH):
        rest, place = divmod(rest, len(ALPHABET))
        code.append(ALPHABET[place])
    return "".join(code)


def is_query_code(code: str, number: str, sealer: Sealer) -> bool:
    """Tell whether a code, in either case, is that of the number. Takes as long whatever it differs in."""
    return hmac.compare_digest(code.upper().encode(), query_code_of(number, sealer).encode())
