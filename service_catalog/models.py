"""Rows of the catalogue. What rows of one item share is kept once, under its digest."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class CatalogueVersion(Base):
    """A load that changed something. The one with the highest number is in force.

    ``id`` is random, so that no two databases ever have the same version.
    """

    __tablename__ = "catalogue_version"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[uuid.UUID] = mapped_column(unique=True)
    loaded_at: Mapped[datetime]
    added: Mapped[int]
    changed: Mapped[int]
    withdrawn: Mapped[int]


class SubApp(Base):
    """A sub-app; ``position`` is its place in the list."""

    __tablename__ = "sub_app"

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    department: Mapped[str]
    is_supposed: Mapped[bool]
    evidence: Mapped[str | None]


class ServiceTopic(Base):
    """A topic; ``audience`` is empty where it is for both."""

    __tablename__ = "service_topic"
    __table_args__ = (CheckConstraint("audience IN ('person', 'company')", name="audience"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    name: Mapped[str]
    audience: Mapped[str | None]
    source: Mapped[str]


class ServiceItem(Base):
    """An item by its name, with the reading of the name: one syllable a character."""

    __tablename__ = "service_item"

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(unique=True)
    syllables: Mapped[list[str]] = mapped_column(ARRAY(String))


class ServiceContent(Base):
    """Fields, materials, fees, questions and steps of a service, as canonical JSON under its SHA-256."""

    __tablename__ = "service_content"

    digest: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]


class Service(Base):
    """An item where it is offered. ``place_fields``, ``own_fields`` and ``sync_fields`` are canonical JSON.

    ``withdrawn_in`` is the version that no longer offered it; such a row is history and is not shown.
    """

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("audience IN ('person', 'company')", name="audience"),
        CheckConstraint("depth BETWEEN 1 AND 7", name="depth"),
        CheckConstraint("code = 'NT-' || item_key || '-' || division_code", name="identity"),
        Index("ix_service_in_force", "code", postgresql_where=text("withdrawn_in IS NULL")),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    item_key: Mapped[str] = mapped_column(ForeignKey("service_item.key"), index=True)
    division_code: Mapped[str]
    sub_app: Mapped[str] = mapped_column(ForeignKey("sub_app.code"))
    audience: Mapped[str]
    item_type: Mapped[str]
    depth: Mapped[int] = mapped_column(SmallInteger)
    topics: Mapped[list[str]] = mapped_column(ARRAY(String))
    origin: Mapped[str]
    source: Mapped[str]
    origin_code: Mapped[str | None]
    is_sample: Mapped[bool]
    place_fields: Mapped[str]
    own_fields: Mapped[str]
    sync_fields: Mapped[str]
    content_digest: Mapped[str] = mapped_column(ForeignKey("service_content.digest"), index=True)
    changed_in: Mapped[int] = mapped_column(Integer, ForeignKey("catalogue_version.number"))
    withdrawn_in: Mapped[int | None] = mapped_column(Integer, ForeignKey("catalogue_version.number"))
