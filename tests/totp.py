"""An authenticator app in ten lines of the standard library, written from RFC 6238 and RFC 4226 alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct

STEP_S = 30


def code_at(secret: str, unix_s: float, *, digits: int = 6) -> str:
    """Return the code that an app shows at this second for a secret in base32."""
    counter = struct.pack(">Q", int(unix_s) // STEP_S)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


class App:
    """Somebody's authenticator app, and whether its codes were used."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._used = 0

    def next_code(self, unix_s: float) -> str:
        """Return the code of now, or the next one when that was used; one step ahead is taken too."""
        self._used = max(int(unix_s) // STEP_S, self._used + 1)
        return code_at(self.secret, self._used * STEP_S)

    def wait_s(self, unix_s: float) -> int:
        """Return in how many seconds the next unused code will be taken."""
        return max(0, self._used * STEP_S - int(unix_s))
