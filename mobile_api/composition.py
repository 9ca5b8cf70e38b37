"""How both composition roots open the doors: the web (wsgi.py) and the commands (cli)."""

from __future__ import annotations

from backend.evidence.darkroom import Darkroom
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.infrastructure.object_store import make_object_store
from backend.infrastructure.passwords import PasswordHasher
from backend.infrastructure.redis_store import RedisStore
from backend.infrastructure.settings import Settings
from backend.infrastructure.sms import make_sms_sender
from backend.infrastructure.tokens import TokenIssuer
from backend.kernel.clock import Clock, SystemClock
from backend.organization.known_actors import KnownActors
from mobile_api.services import Services
from service_catalog.browsing.keeper import CatalogueKeeper


def open_services(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Open every door as the settings say. Nothing connects yet: each door connects when it is first used."""
    opened_clock = clock or SystemClock()
    database = Database(settings.database_url, schema=settings.database_schema, pool_size=settings.database_pool_size)
    return Services(
        settings=settings,
        clock=opened_clock,
        database=database,
        redis=RedisStore(settings.redis_url),
        sealer=Sealer(
            keys=settings.personal_data_keys,
            current_key_id=settings.personal_data_key_id,
            blind_index_key=settings.blind_index_key,
            algorithm=settings.cipher,
        ),
        tokens=TokenIssuer(
            private_key_pem=settings.token_private_key_pem,
            issuer=settings.token_issuer,
            audience=settings.token_audience,
        ),
        passwords=PasswordHasher(),
        sms=make_sms_sender(settings),
        objects=make_object_store(settings, opened_clock),
        darkroom=Darkroom(),
        catalogue=CatalogueKeeper(database),
        actors=KnownActors(),
    )
