"""From the results of sign-in to answers: a refusal is returned, not raised, so that what it counted is kept."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Response, request

from backend.identity.use_cases.codes import CodeRequest
from backend.identity.use_cases.operator_sign_in import CodeOfFactorTry, PasswordTry
from backend.identity.use_cases.sessions import Device, Doors
from backend.identity.use_cases.sign_in import CodeTry
from backend.kernel.errors import DomainError
from mobile_api.problems import refusal
from mobile_api.services import services

T = TypeVar("T")


def kept(result: T | DomainError) -> T | Response:
    """Return the result, or the answer for a refusal; either way the transaction commits."""
    return refusal(result) if isinstance(result, DomainError) else result


def doors() -> Doors:
    """Return the doors that sign-in goes through."""
    return Doors(sealer=services().sealer, tokens=services().tokens)


def code_request(body: dict[str, Any]) -> CodeRequest:
    """Return who asks for a code, from a body whose shape was checked."""
    return CodeRequest(phone=body["phone"], device_id=body["device_id"], address=request.remote_addr)


def code_try(body: dict[str, Any]) -> CodeTry:
    """Return a citizen's try, from a body whose shape was checked."""
    return CodeTry(
        challenge_id=body["challenge_id"], phone=body["phone"], code=body["code"], device=Device(**body["device"])
    )


def factor_try(body: dict[str, Any]) -> CodeOfFactorTry:
    """Return the second half of an operator's try, from a body whose shape was checked."""
    return CodeOfFactorTry(challenge=body["challenge"], code=body["code"], device=Device(**body["device"]))


def password_try(body: dict[str, Any]) -> PasswordTry:
    """Return the first half of an operator's try, from a body whose shape was checked."""
    return PasswordTry(login_name=body["login_name"], password=body["password"], device_id=body["device_id"])
