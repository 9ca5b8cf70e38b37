"""What the routes and commands work with: made once by a composition root, found through the Flask application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app

from backend.evidence.darkroom import Darkroom
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.infrastructure.object_store import ObjectStore
from backend.infrastructure.passwords import PasswordHasher
from backend.infrastructure.redis_store import RedisStore
from backend.infrastructure.settings import Settings
from backend.infrastructure.sms import SmsSender
from backend.infrastructure.tokens import TokenIssuer
from backend.kernel.clock import Clock
from backend.organization.known_actors import KnownActors
from service_catalog.browsing.keeper import CatalogueKeeper

_EXTENSION = "baitong-services"
# What stands behind it is asked for once: each name asked of it would cost three calls.
_current_app: Any = current_app


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The open doors of this process."""

    settings: Settings
    clock: Clock
    database: Database
    redis: RedisStore
    sealer: Sealer
    tokens: TokenIssuer
    passwords: PasswordHasher
    sms: SmsSender
    objects: ObjectStore
    darkroom: Darkroom
    catalogue: CatalogueKeeper
    actors: KnownActors


def install(extensions: dict[str, object], made: Services) -> None:
    """Put the services where ``services()`` finds them."""
    extensions[_EXTENSION] = made


def services() -> Services:
    """Return the services of the running application."""
    made: Services = _current_app._get_current_object().extensions[_EXTENSION]
    return made
