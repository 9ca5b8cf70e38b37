"""The limit of an act: bare's own statement by pgbench, without a web server, with as many at once as do best."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dotenv import dotenv_values

from backend.infrastructure.embedded.binaries import postgres_bin_dir
from bench.bare import statements
from bench.installation import Installation
from bench.load import CONNECTIONS, LoadFailed

_SLACK_S = 30.0
# Sixteen at once wait for one another at the commit of a NOTIFY: fewer may do more.
_CONNECTIONS = (2, 4, CONNECTIONS)
_DRAWN = r"""\set high random(1, 4611686018427387904)
\set low random(1, 1152921504606846976)
\set person random(0, 49)
\set number random(0, 199)
"""


def _id(place: int) -> str:
    """Return an id of the drawn numbers: the same for a place wherever it stands in the statement."""
    return f"(lpad(to_hex(:high::bigint), 16, '0') || lpad(to_hex(:low::bigint + {place}), 16, '0'))::uuid"


_PERSON = "(SELECT id FROM person OFFSET :person LIMIT 1)"
# Given to pgbench from outside: a plan for an id that is looked up first is another plan.
_CENTRE = ":centre::uuid"
_FILED: Mapping[int, str] = MappingProxyType(
    {
        1: _id(0),
        2: "'BA' || to_hex(:low::bigint)",
        3: "'QZ'",
        4: "'12345'",
        5: "'H030402'",
        6: "'320682'",
        7: _CENTRE,
        8: "now()",
        9: "now() + interval '5 days'",
        10: _id(1),
        11: "'BR' || to_hex(:low::bigint)",
        12: _PERSON,
        13: _id(2),
        14: f"jsonb_build_object('reporter_number', 'BR' || to_hex(:low::bigint), 'case_id', {_id(0)})",
        15: f"'relay:' || {_id(0)}",
        16: f"jsonb_build_object('event_id', {_id(2)})",
        17: f"'limit-' || {_id(0)}",
        18: "sha256('a body'::bytea)",
        19: "json_build_object('number', 'BR' || to_hex(:low::bigint), 'state', 'submitted')",
        20: "120.5734",
        21: "32.3708",
        22: "'WGS-84'",
    }
)
_NUMBER = "(SELECT number FROM complaint OFFSET :number LIMIT 1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A statement of bare, and what stands for each of its values."""

    statement: str
    values: Mapping[int, str]

    def script(self) -> str:
        """Return it as pgbench takes it."""
        filled = re.sub(r"\$(\d+)", lambda match: self.values[int(match[1])], self.statement)
        return f"{_DRAWN}{filled.strip()};\n"


LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "file": Limit(statement=statements.FILE, values=_FILED),
        "status": Limit(statement=statements.STATUS, values={1: _NUMBER}),
        "queue": Limit(statement=statements.QUEUE, values={1: _CENTRE, 2: "20"}),
    }
)


def limit_of(installation: Installation, name: str, *, seconds: int) -> float | None:
    """Return how often a second the statement of an act is run, as many at once as do best; None without one.

    Raises LoadFailed.
    """
    if name not in LIMITS:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        file.write(LIMITS[name].script())
        file.flush()
        return max(_spell(installation, file.name, seconds, connections) for connections in _CONNECTIONS)


def _spell(installation: Installation, script: str, seconds: int, connections: int) -> float:
    url = str(dotenv_values(installation.data.serve_env)["DATABASE_URL"])
    with installation.owner() as owner:
        [(centre_id,)] = owner.execute("SELECT id FROM centre WHERE code = '320682'").fetchall()
    shape = ("-n", "-M", "prepared", "-c", str(connections), "-T", str(seconds), "-D", f"centre={centre_id}")
    done = subprocess.run(
        (_pgbench(), *shape, "-f", script, url),
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=seconds + _SLACK_S,
        check=False,
    )
    return rate_in(done.stdout, done.stderr)


def rate_in(output: str, errors: str = "") -> float:
    """Return the rate that pgbench has printed. Raises LoadFailed when there is none, or anything failed."""
    rate = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)
    failed = re.search(r"^number of failed transactions: (\d+)", output, re.MULTILINE)
    if rate is None or (failed is not None and int(failed[1])):
        raise LoadFailed(f"pgbench: {output[-1000:]} {errors[-1000:]}")
    return float(rate[1])


def _pgbench() -> str:
    beside = postgres_bin_dir() / "pgbench"
    return str(beside) if beside.exists() else shutil.which("pgbench") or "pgbench"
