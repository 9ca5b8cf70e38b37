"""Keeps the snapshot of this process fresh: a thread asks for the version each second and builds beside the requests.

Requests always find the last good snapshot, while another is built and while the database is away.
"""

from __future__ import annotations

import gc
import logging
import threading

from backend.infrastructure.database import Database
from backend.infrastructure.memory import give_back_memory
from backend.kernel.errors import Unavailable
from service_catalog.browsing.answers import Answer
from service_catalog.browsing.reading import read_snapshot, stored_version
from service_catalog.browsing.snapshot import Snapshot
from service_catalog.errors import CatalogueNotLoaded

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
# A process begins to serve with its snapshot, if the database is there at all.
_FIRST_WITHIN_S = 10.0
_RETRY_AFTER_S = 2


class CatalogueKeeper:
    """The one place of a process where the catalogue is. ``watch`` starts its thread; without it, ``refresh`` looks.

    ``taken`` is set once there is a snapshot.
    """

    def __init__(self, database: Database, *, look_every_s: float = LOOK_EVERY_S) -> None:
        self._database = database
        self._look_every_s = look_every_s
        self._snapshot: Snapshot | None = None
        self._first_look = threading.Event()
        self._stopped = threading.Event()
        self._building = threading.Lock()
        self.taken = threading.Event()

    def current(self) -> Snapshot:
        """Return the last good snapshot. Raises CatalogueNotLoaded while there was none yet."""
        if self._snapshot is None:
            raise CatalogueNotLoaded(retry_after_s=_RETRY_AFTER_S)
        return self._snapshot

    def remembered(self, request: str) -> Answer | None:
        """Return the answer to a request that the snapshot in force was asked before."""
        return None if self._snapshot is None else self._snapshot.answers.get(request)

    def refresh(self) -> bool:
        """Look for another version and take it; tell whether there was one. Raises Unavailable."""
        with self._building:
            kept = self._snapshot
            with self._database.transaction() as session:
                version = stored_version(session)
            if version is None or (kept is not None and kept.key == version):
                return False
            # What lives already is not looked through again and again while thousands of rows are made.
            gc.freeze()
            with self._database.transaction() as session:
                self._snapshot = read_snapshot(session) or kept
            gc.freeze()
            give_back_memory()
        if self._snapshot is None:
            return False
        self.taken.set()
        log.info("catalogue taken", extra={"number": self._snapshot.number, "items": len(self._snapshot.items)})
        return True

    def watch(self) -> None:
        """Start to look each second, and wait for the first look."""
        threading.Thread(target=self._look, name="catalogue", daemon=True).start()
        self._first_look.wait(_FIRST_WITHIN_S)

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def _look(self) -> None:
        while not self._stopped.is_set():
            try:
                self.refresh()
            except Unavailable:
                log.debug("catalogue not looked for: the database is away")
            except Exception:
                # A row that cannot be read must not end the looking: the next load may mend it.
                log.exception("catalogue not taken")
            self._first_look.set()
            self._stopped.wait(self._look_every_s)
