"""The worker of the tiny product: it does nothing until it is told to stop."""

from __future__ import annotations

import threading

if __name__ == "__main__":
    threading.Event().wait()
