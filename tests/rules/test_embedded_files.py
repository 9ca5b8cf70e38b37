"""The files of an installation: its settings, its port, its logs, and the space they need."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values

from backend.infrastructure.embedded.data_dir import DataDir
from backend.infrastructure.embedded.free_space import SpaceWatch, refuse_full_disk
from backend.infrastructure.embedded.kept_numbers import first_port, read_port, write_port
from backend.infrastructure.embedded.log_files import shorten_logs
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.serve_env import write_env_files

ENORMOUS_BYTES = 1 << 60
OWNER_URL = "postgresql://owner:the-owners-password@/baitong"


def test_secrets_are_made_once_and_addresses_are_written_at_every_start(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    write_env_files(data, owner_url=OWNER_URL, addresses={"BAITONG_RUN_ID": "first"})
    first = dotenv_values(data.serve_env)

    write_env_files(data, owner_url=OWNER_URL, addresses={"BAITONG_RUN_ID": "second"})
    second = dotenv_values(data.serve_env)

    assert len(first["BAITONG_BLIND_INDEX_KEY"] or "") >= 40
    assert second == first | {"BAITONG_RUN_ID": "second"}


def test_the_settings_that_serve_do_not_hold_the_owners_password(tmp_path: Path) -> None:
    data = DataDir(tmp_path)

    write_env_files(data, owner_url=OWNER_URL, addresses={"DATABASE_URL": "postgresql://app@/baitong"})

    assert "the-owners-password" not in data.serve_env.read_text(encoding="utf-8")
    assert dotenv_values(data.owner_env) == {"DATABASE_OWNER_URL": OWNER_URL}
    assert [stat.S_IMODE(file.stat().st_mode) for file in (data.serve_env, data.owner_env)] == [0o600, 0o600]


def test_a_line_that_an_operator_added_is_kept(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    data.serve_env.write_text("BAITONG_LOG_LEVEL=DEBUG\n", encoding="utf-8")

    write_env_files(data, owner_url=OWNER_URL, addresses={})

    assert dotenv_values(data.serve_env)["BAITONG_LOG_LEVEL"] == "DEBUG"


@pytest.mark.parametrize("address", ["postgresql://a:it's@/b", "postgresql://a:$b#c@/d", "unix:///一个 目录/x.sock"])
def test_an_address_comes_back_as_it_was_written(tmp_path: Path, address: str) -> None:
    data = DataDir(tmp_path)

    write_env_files(data, owner_url=address, addresses={"DATABASE_URL": address})

    assert dotenv_values(data.serve_env)["DATABASE_URL"] == address
    assert dotenv_values(data.owner_env)["DATABASE_OWNER_URL"] == address


def test_a_kept_port_comes_back(tmp_path: Path) -> None:
    write_port(tmp_path / "port", 8712)

    assert read_port(tmp_path / "port") == 8712
    assert read_port(tmp_path / "none") is None


@pytest.mark.parametrize("text", ["", "eight", "0", "65536", "-1", "8700 8701", "٨٧٠٠"])
def test_a_kept_port_that_is_none_is_refused_with_the_files_name(tmp_path: Path, text: str) -> None:
    kept = tmp_path / "port"
    kept.write_text(text, encoding="utf-8")

    with pytest.raises(StartRefused, match=str(kept)):
        read_port(kept)


@pytest.mark.parametrize("text", ["", "eight", "0", "65001", "-1", "8700.5"])
def test_a_first_port_that_is_none_is_refused_with_the_variables_name(text: str) -> None:
    with pytest.raises(StartRefused, match="BAITONG_FIRST_PORT"):
        first_port(text)


def test_a_long_log_is_put_aside_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old " * 100)

        shorten_logs(tmp_path, longest_bytes=300)
        writer.write(b"new")

    assert log.read_bytes() == b"new"
    assert (tmp_path / "web.log.1").read_bytes() == b"old " * 100
    assert stat.S_IMODE((tmp_path / "web.log.1").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["web.log", "web.log.1"]


def test_a_short_log_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_bytes(b"short")

    shorten_logs(tmp_path, longest_bytes=300)

    assert [path.name for path in tmp_path.iterdir()] == ["web.log"]


def test_a_disk_with_too_little_space_is_refused_with_both_figures(tmp_path: Path) -> None:
    refuse_full_disk(tmp_path, needed_bytes=1)

    with pytest.raises(StartRefused, match=r"MiB.*MiB"):
        refuse_full_disk(tmp_path, needed_bytes=ENORMOUS_BYTES)


def test_space_that_runs_short_is_told_once(tmp_path: Path) -> None:
    watch = SpaceWatch(tmp_path, needed_bytes=ENORMOUS_BYTES)

    assert [watch.ran_short(), watch.ran_short(), watch.ran_short()] == [True, False, False]
    assert not SpaceWatch(tmp_path, needed_bytes=1).ran_short()
