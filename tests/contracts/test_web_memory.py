"""What a web process does not load: libraries of other processes, which would cost each worker their memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Pushes are sent by the worker, photos developed by a child, pinyin made by the loader, migrations run by the owner.
OF_OTHERS = {"firebase_admin", "google", "grpc", "PIL", "pi_heif", "pypinyin", "alembic", "hypothesis", "flask_limiter"}
PROGRAM = """
import sys
import mobile_api.app, mobile_api.composition, mobile_api.edge.server, mobile_api.edge.uploads
import backend.infrastructure.logs, backend.infrastructure.roles_check, backend.infrastructure.settings
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_a_web_process_loads_no_library_of_another_process():
    run = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = set(run.stdout.split())
    assert "flask" in loaded
    assert loaded & OF_OTHERS == set()
