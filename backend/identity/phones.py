"""The one form of a phone number: E.164, so that equal numbers have equal blind indexes."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from backend.identity.errors import PhoneInvalid

_REGION = "CN"
# The library reads letters as the keys they stand on, and finds a number within other text.
_TYPED_FORM = re.compile(r"[0-9０-９+＋ ().-]*")


def mobile_number(text: str) -> str:
    """Return a mobile number of the mainland as E.164 (``+8613812345678``). Raises PhoneInvalid for any other."""
    if _TYPED_FORM.fullmatch(text) is None:
        raise PhoneInvalid
    try:
        number = phonenumbers.parse(text, _REGION)
    except NumberParseException:
        raise PhoneInvalid from None
    is_mobile = phonenumbers.number_type(number) is PhoneNumberType.MOBILE
    if not is_mobile or not phonenumbers.is_valid_number_for_region(number, _REGION) or number.extension:
        raise PhoneInvalid
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
