"""The sample catalogue for tests, made once a process from the project's own files."""

from __future__ import annotations

from dataclasses import replace

from service_catalog.files import item_fields
from service_catalog.rules.checks import Breach, Reference, breaches
from service_catalog.rules.feed import Feed, Service
from service_catalog.sampling.generator import sample_feed
from service_catalog.sampling.sources import project_sources

SOURCES = project_sources()
FEED = sample_feed(SOURCES)
REFERENCE = Reference.of(FEED, item_fields())


def only(*services: Service) -> Feed:
    """Return the feed with these rows alone."""
    return replace(FEED, services=services)


def broken_rules(*services: Service) -> list[str]:
    """Return the names of the rules that these rows break."""
    return [breach.check for breach in found_in(only(*services))]


def found_in(feed: Feed) -> list[Breach]:
    """Return the breaches of a feed."""
    return list(breaches(feed, REFERENCE))


def with_fields(service: Service, **fields: str | int | None) -> Service:
    """Return a row with some of its fields changed."""
    return replace(service, fields={**service.fields, **fields})
