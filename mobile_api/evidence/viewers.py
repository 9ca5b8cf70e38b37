"""Who looks at photos in this request."""

from __future__ import annotations

from backend.evidence.queries import Viewer
from mobile_api.access import current_actor
from mobile_api.services import services


def viewer() -> Viewer:
    """Return what it takes to give links to whoever asks."""
    return Viewer(actor=current_actor(), sealer=services().sealer, now=services().clock.now())
