"""A report as the phone sends it, and how two that came under one id are told apart."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.cases import chain
from backend.cases.filing import Place
from backend.cases.ledger import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What was put right on the spot: the answer that everybody may read."""

    public_answer: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a grid worker reports. ``texts`` are title, description and, if given, address.

    ``captured_at`` is the phone's instant of seeing. Without ``division_code`` the position proposes one.
    """

    client_id: uuid.UUID
    captured_at: datetime
    category_tree: str
    category_code: str
    division_code: str | None
    place: Place | None
    texts: Mapping[str, str] = field(repr=False)
    evidence_ids: Sequence[uuid.UUID]
    handled: Handled | None


def content_of(report: Report) -> str:
    """Return the one text of what a report says: equal for two that say the same."""
    place, handled = report.place, report.handled
    return chain.canonical(
        {
            "captured_at": plain(report.captured_at),
            "category": [report.category_tree, report.category_code],
            "division": report.division_code,
            "place": [place.longitude, place.latitude, place.system.value] if place else None,
            "texts": dict(report.texts),
            "evidence_ids": [str(evidence_id) for evidence_id in report.evidence_ids],
            "public_answer": handled.public_answer if handled else None,
        }
    )
