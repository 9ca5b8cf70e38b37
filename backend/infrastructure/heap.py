"""How the memory of a web process is looked through: what is there for good, never; the rest less often."""

from __future__ import annotations

import gc

# A request makes some thousand objects and hardly ever a ring of them: Python's own 700 would look twice a request.
_LOOK_AFTER = 20_000


def settle() -> None:
    """Take what a process holds now as there for good. Called once it has begun, before its first request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_LOOK_AFTER, 10, 10)
