"""Rows of divisions, command centres, boundaries and grid cells; ``rules.places`` says what the columns mean."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class Division(Base):
    """A city, county, town or village."""

    __tablename__ = "division"
    __table_args__ = (
        CheckConstraint("level IN ('city', 'county', 'town', 'village')", name="level"),
        CheckConstraint("(level = 'city') = (parent_id IS NULL)", name="parent"),
        CheckConstraint("valid_to IS NULL OR NOT is_pickable", name="retired"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    nbs_code: Mapped[str | None]
    name: Mapped[str]
    level: Mapped[str]
    kind: Mapped[str]
    unit_type: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("division.id"), index=True)
    admin_parent_code: Mapped[str | None]
    managing_body: Mapped[str | None]
    is_pickable: Mapped[bool]
    source: Mapped[str]
    as_of: Mapped[str]
    note: Mapped[str | None]
    valid_to: Mapped[date | None]


class Centre(Base):
    """A command centre of the city, a county or a town."""

    __tablename__ = "centre"
    __table_args__ = (
        CheckConstraint("level IN ('city', 'county', 'town')", name="level"),
        CheckConstraint("(level = 'city') = (parent_id IS NULL)", name="parent"),
        CheckConstraint("right(path, length(code) + 1) = code || '/'", name="path"),
        # Whoever may see an area asks for paths that begin with its centre's.
        Index("ix_centre_path", "path", unique=True, postgresql_ops={"path": "text_pattern_ops"}),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[str]
    division_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"), unique=True)
    division_code: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("centre.id"), index=True)
    path: Mapped[str]
    active_from: Mapped[date]
    is_assumed: Mapped[bool]
    valid_to: Mapped[date | None]


class Boundary(Base):
    """The polygon of a county, as GeoJSON text."""

    __tablename__ = "boundary"
    __table_args__ = (
        CheckConstraint("tolerance_m BETWEEN 0 AND 20000", name="tolerance"),
        CheckConstraint("origin IN ('project', 'operator')", name="origin"),
    )

    division_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"), primary_key=True)
    geometry: Mapped[str]
    tolerance_m: Mapped[int]
    source: Mapped[str]
    origin: Mapped[str]


class GridCell(Base):
    """A grid cell, its polygon as GeoJSON text where one is known."""

    __tablename__ = "grid_cell"
    __table_args__ = (
        CheckConstraint("tolerance_m BETWEEN 0 AND 20000", name="tolerance"),
        CheckConstraint("origin IN ('project', 'operator')", name="origin"),
        CheckConstraint("is_sample = (origin = 'project')", name="sample"),
        CheckConstraint("valid_to >= valid_from", name="valid_to"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    division_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"), index=True)
    geometry: Mapped[str | None]
    tolerance_m: Mapped[int]
    is_sample: Mapped[bool]
    source: Mapped[str]
    origin: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
