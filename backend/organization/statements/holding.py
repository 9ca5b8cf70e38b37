"""The part of a hot statement that asks whether the city in memory is still the one that is loaded."""

from __future__ import annotations

CITY_HOLDS = "EXISTS (SELECT FROM city_version WHERE version = :city.version::uuid)"
