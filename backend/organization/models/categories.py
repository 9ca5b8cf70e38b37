"""Rows of categories, request types and units; ``rules.categories`` says what the columns mean."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ARRAY, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base

_LIMIT_UNITS = "limit_unit IN ('working_hours', 'working_days', 'natural_hours', 'natural_days')"


class Category(Base):
    """A leaf of a category tree in one version."""

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("tree", "version", "code"),
        CheckConstraint("level_default IN ('县', '镇', '村')", name="level_default"),
        CheckConstraint("limit_value BETWEEN 1 AND 10000", name="limit_value"),
        CheckConstraint(_LIMIT_UNITS, name="limit_unit"),
        CheckConstraint("urgency IN ('none', 'urgent', 'life')", name="urgency"),
        CheckConstraint("valid_to >= valid_from", name="valid_to"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    tree: Mapped[str]
    version: Mapped[str]
    code: Mapped[str]
    level1: Mapped[str]
    level2: Mapped[str | None]
    level3: Mapped[str | None]
    kind: Mapped[str]
    usual_dept: Mapped[str]
    unit_codes: Mapped[tuple[str, ...]] = mapped_column(ARRAY(String, as_tuple=True))
    level_default: Mapped[str]
    limit_value: Mapped[int]
    limit_unit: Mapped[str]
    limit_basis: Mapped[str]
    source: Mapped[str]
    confidence: Mapped[str]
    is_physical: Mapped[bool]
    urgency: Mapped[str]
    is_safety: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class RequestType(Base):
    """What a citizen wants."""

    __tablename__ = "request_type"
    __table_args__ = (
        CheckConstraint("limit_value BETWEEN 1 AND 10000", name="limit_value"),
        CheckConstraint(_LIMIT_UNITS, name="limit_unit"),
        CheckConstraint("weight >= 0", name="weight"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    limit_value: Mapped[int]
    limit_unit: Mapped[str]
    weight: Mapped[int]
    source: Mapped[str]
    valid_to: Mapped[date | None]


class Unit(Base):
    """A kind of handling unit."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("cardinality(levels) >= 1", name="levels"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    levels: Mapped[tuple[str, ...]] = mapped_column(ARRAY(String, as_tuple=True))
    aliases: Mapped[tuple[str, ...]] = mapped_column(ARRAY(String, as_tuple=True))
    valid_to: Mapped[date | None]
