"""Rows of the organization: the city as it was loaded, and who works where in it."""

from backend.organization.models.bindings import RoleBinding
from backend.organization.models.calendar import WorkdayOverride
from backend.organization.models.categories import Category, RequestType, Unit
from backend.organization.models.danger import DangerWord
from backend.organization.models.grid import GridDuty
from backend.organization.models.places import Boundary, Centre, Division, GridCell
from backend.organization.models.versions import CityVersion

__all__ = [
    "Boundary",
    "Category",
    "Centre",
    "CityVersion",
    "DangerWord",
    "Division",
    "GridCell",
    "GridDuty",
    "RequestType",
    "RoleBinding",
    "Unit",
    "WorkdayOverride",
]
