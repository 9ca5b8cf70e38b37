"""The web's composition root: settings, services, application.

Granian serves ``wsgi:edge``, which reads bodies in time (ADR 0016); ``wsgi:app`` is the same without, for development.
"""

# ruff: noqa: E402 - armed before the long imports: until then a killed supervisor would leave this process behind.
from backend.infrastructure.embedded.die_with_parent import arm

arm()

from backend.infrastructure.heap import settle
from backend.infrastructure.logs import configure_logs
from backend.infrastructure.roles_check import refuse_unsafe_role
from backend.infrastructure.settings import default_env_files, load_settings, read_environment
from mobile_api.app import create_app
from mobile_api.composition import open_services
from mobile_api.edge.server import Edge
from mobile_api.edge.uploads import UploadPlaces, signed_for
from mobile_api.metrics import SHED

settings = load_settings(read_environment(*default_env_files()[:1]))
configure_logs(settings.log_level, is_patient=True)
services = open_services(settings)
refuse_unsafe_role(services.database)
services.catalogue.watch()
app = create_app(services)
places = UploadPlaces(lambda token: signed_for(services.tokens, token, services.clock.now()))
edge = Edge(app, body_limit_bytes=settings.body_limit_bytes, on_full=SHED.inc, place_for=places.place_for)
settle()
