"""The numbers people read out: two letters, the day, six digits, and an ISO 7064 MOD 37-2 check character."""

from __future__ import annotations

import re
from datetime import date

from stdnum.iso7064 import mod_37_2

COMPLAINT_PREFIX = "NT"  # 南通
CASE_PREFIX = "AJ"  # 案卷
GRID_REPORT_PREFIX = "WG"  # 网格
SERIALS_A_DAY = 1_000_000
NUMBER_PATTERN = r"^[A-Z]{2}[0-9]{12}[0-9A-Z*]$"

_SHAPE = re.compile(NUMBER_PATTERN)
_ASTERISK = "*"


def compose_number(prefix: str, filed_on: date, serial: int) -> str | None:
    """Return the number of a serial, or None for a serial whose check character is an asterisk.

    MOD 37-2 has 37 check characters: ten digits, 26 letters and ``*``. Nobody can say an asterisk on the phone, so
    such serials are left out: one in 37.
    """
    body = f"{prefix}{filed_on:%y%m%d}{serial % SERIALS_A_DAY:06d}"
    check: str = mod_37_2.calc_check_digit(body)
    return None if check == _ASTERISK else body + check


def is_number(text: str, prefix: str) -> bool:
    """Tell whether a text is a well-formed number with the right check character."""
    return bool(_SHAPE.fullmatch(text)) and text.startswith(prefix) and bool(mod_37_2.is_valid(text))
