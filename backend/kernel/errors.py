"""What can go wrong, as classes with a stable code; HTTP turns the class into a status, clients read the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """A refusal that a person or a program must be told about.

    ``code`` is stable for ever and unique in the product; ``detail`` is Chinese text for people and never holds
    personal data; ``errors`` maps a field to its complaints, under the part of the request it came in.
    """

    code: ClassVar[str]
    default_detail: ClassVar[str] = "请求无法完成。"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Mapping[str, object] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        self.detail = detail or self.default_detail
        self.errors = errors
        self.retry_after_s = retry_after_s
        super().__init__(self.detail)


class Malformed(DomainError):
    """The request cannot be read at all."""


class Invalid(DomainError):
    """The request can be read, and breaks a rule of meaning."""


class Unauthenticated(DomainError):
    """Nobody we know is asking."""


class Forbidden(DomainError):
    """Somebody we know asks for what their permissions do not hold."""


class NotFound(DomainError):
    """It does not exist, or not for the one who asks: the two are never told apart."""


class Conflict(DomainError):
    """The state of things does not allow it now."""


class PreconditionFailed(DomainError):
    """The caller saw an older version."""


class PreconditionRequired(DomainError):
    """The caller must say which version it saw."""


class TooMany(DomainError):
    """A limit that guards people or machines is reached. It always says when to come again."""

    retryable = True

    def __init__(self, detail: str | None = None, *, retry_after_s: int) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)


class Unavailable(DomainError):
    """A part we need does not answer; the same request may work later."""

    retryable = True


class NoSpace(DomainError):
    """There is no room to keep what came; the same request may work once there is."""

    retryable = True
