"""The real city as a frozen value, made of the project's own files without a database."""

from __future__ import annotations

import uuid

from backend.organization.rules.city import City
from backend.organization.rules.sources.city import rows_of
from backend.organization.use_cases.city_files import city_source

SOURCE = city_source()
ROWS = rows_of(SOURCE)
CITY = City.of(uuid.UUID(int=1), ROWS)
