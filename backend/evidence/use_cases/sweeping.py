"""The sweeper: removes the objects of evidence that is deleted, was abandoned or waited too long, then its rows."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from backend.evidence.models import Evidence
from backend.evidence.rules import IN_HAND_FOR, KEY_FOLDER, KEY_PARTS, WAITS_FOR, State
from backend.infrastructure.object_store import Listed, ObjectStore

log = logging.getLogger(__name__)

# Few at a time: the objects are removed within the transaction that holds their rows.
_BATCH = 20
_STRAY_AFTER = timedelta(hours=24)
_HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSweeper:
    """Sweeps one store. ``in_hand_for`` is how long an upload may take before it counts as abandoned."""

    store: ObjectStore
    in_hand_for: timedelta = IN_HAND_FOR
    stray_after: timedelta = _STRAY_AFTER

    def prune(self, session: Session, *, now: datetime) -> bool:
        """Sweep one batch, and on the last one what no row names. True when there may be more."""
        if self.sweep_rows(session, now=now) >= _BATCH:
            return True
        # A 256th of all keys each hour: everything is looked at within eleven days, however much there is.
        self.sweep_strays(session, part=int(now.timestamp() // _HOUR_S) % KEY_PARTS, now=now)
        self.store.clear_unfinished(before=now - self.stray_after)
        return False

    def sweep_rows(self, session: Session, *, now: datetime) -> int:
        """Remove the objects of one batch of rows, then the rows; those that a ledger names stay without objects."""
        rows = session.scalars(
            select(Evidence)
            .where(Evidence.full_key.is_not(None), self._is_over(now))
            .order_by(Evidence.created_at)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            for key in (row.full_key, row.thumbnail_key):
                if key is not None:
                    self.store.delete(key)
            if row.attached_to is None:
                session.delete(row)
            else:
                row.full_key = row.thumbnail_key = None
        if rows:
            log.info("evidence swept", extra={"rows": len(rows)})
        return len(rows)

    def sweep_strays(self, session: Session, *, part: int, now: datetime) -> int:
        """Remove old objects of one part of the keys that no row names, as there are after a restore."""
        removed = 0
        batch: list[Listed] = []
        for listed in self.store.listed(f"{KEY_FOLDER}/{part:02x}"):
            if listed.written_at < now - self.stray_after:
                batch.append(listed)
            if len(batch) >= _BATCH:
                removed += self._remove_strays(session, batch)
                batch = []
        removed += self._remove_strays(session, batch)
        if removed:
            log.warning("objects without a row removed", extra={"objects": removed})
        return removed

    def _remove_strays(self, session: Session, batch: Sequence[Listed]) -> int:
        keys = {listed.key for listed in batch}
        if not keys:
            return 0
        named = session.execute(
            select(Evidence.full_key, Evidence.thumbnail_key).where(
                or_(Evidence.full_key.in_(keys), Evidence.thumbnail_key.in_(keys))
            )
        )
        strays = keys - {key for row in named for key in row}
        for key in strays:
            self.store.delete(key)
        return len(strays)

    def _is_over(self, now: datetime) -> ColumnElement[bool]:
        """Tell which rows are to go: the three cases of the index ix_evidence_sweep."""
        return or_(
            Evidence.state == State.DELETED.value,
            and_(Evidence.state == State.RECEIVED.value, Evidence.created_at < now - self.in_hand_for),
            and_(
                Evidence.state == State.READY.value,
                Evidence.attached_to.is_(None),
                Evidence.created_at < now - WAITS_FOR,
            ),
        )
