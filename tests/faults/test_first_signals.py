"""A Ctrl-C that comes before the supervisor listens."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from backend.infrastructure.embedded.data_dir import PROJECT_DIR

pytestmark = pytest.mark.faults
# As in a callback of the import machinery: an exception that is raised there is printed, and the program goes on.
STARTING = """
import time
from backend.infrastructure.embedded.first_signals import end_at_once_when_asked
end_at_once_when_asked()
class Busy:
    def __del__(self):
        print("in a finaliser", flush=True)
        time.sleep(5)
Busy()
time.sleep(60)
"""


def test_a_ctrl_c_where_python_would_lose_it_ends_a_start_that_still_imports() -> None:
    starting = subprocess.Popen([sys.executable, "-c", STARTING], cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True)
    assert starting.stdout is not None
    with starting.stdout:
        assert starting.stdout.readline() == "in a finaliser\n"

        starting.send_signal(signal.SIGINT)

        assert starting.wait(20) == 128 + signal.SIGINT
