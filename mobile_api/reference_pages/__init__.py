"""The pages of ``docs/`` that nobody writes by hand: printed from the tables that the product itself obeys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from mobile_api.reference_pages.indexes import decisions_index, problems_index
from mobile_api.reference_pages.permissions import permissions_page
from mobile_api.reference_pages.workflow import workflow_page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def reference_pages(app: Flask) -> Mapping[str, str]:
    """Return each page by its path below ``docs/``."""
    return {
        "workflow-table.md": workflow_page(),
        "permissions.md": permissions_page(app),
        "adr/README.md": decisions_index(DOCS / "adr"),
        "problems/README.md": problems_index(DOCS / "problems"),
    }
