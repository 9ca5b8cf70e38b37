"""The web's composition root: settings, services, application. Served by granian as ``wsgi:app``."""

# ruff: noqa: E402 - armed before the long imports: until then a killed supervisor would leave this process behind.
from backend.infrastructure.embedded.die_with_parent import arm

arm()

from backend.infrastructure.logs import configure_logs
from backend.infrastructure.roles_check import refuse_unsafe_role
from backend.infrastructure.settings import default_env_files, load_settings, read_environment
from mobile_api.app import create_app
from mobile_api.composition import open_services

settings = load_settings(read_environment(*default_env_files()[:1]))
configure_logs(settings.log_level)
services = open_services(settings)
refuse_unsafe_role(services.database)
app = create_app(services)
