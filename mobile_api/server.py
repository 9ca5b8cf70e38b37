"""granian with the application imported before it forks: its workers share those pages, and a new one starts at once.

Called with granian's own arguments: ``python -m mobile_api.server --interface rsgi … wsgi:edge``. Modules alone are
imported here; whatever opens a connection, a thread or a file of a process's own is the worker's (``wsgi``).
"""

import gc

from granian.cli import entrypoint

import mobile_api.app
import mobile_api.composition  # noqa: F401 - imported for the workers

if __name__ == "__main__":
    gc.collect()
    # What is frozen is not written to by a collection, and stays one page for all.
    gc.freeze()
    entrypoint()  # type: ignore[no-untyped-call]  # upstream
