"""`make run` for other accounts and in other places: an ordinary user, a closed folder, servers of somebody else's."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from backend.infrastructure.embedded.accounts import Account, ProcessIdentity
from backend.infrastructure.embedded.data_dir import PROJECT_DIR
from tests.faults.notes import request, stored_notes
from tests.faults.processes import environment_of
from tests.faults.run_product import Product, new_product
from tests.servers import DatabaseUrls

pytestmark = pytest.mark.faults
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start it as somebody else")


@pytest.fixture
def nobody() -> ProcessIdentity:
    found = pwd.getpwnam("nobody")
    return ProcessIdentity(user=found.pw_uid, group=found.pw_gid, extra_groups=[])


@pytest.fixture
def python_of_nobody(nobody: ProcessIdentity) -> str:
    """A Python that the ordinary account may run: the virtual environment's, or the system's of the same version."""
    account = Account(uid=nobody["user"], gid=nobody["group"])
    system = shutil.which(f"python{sys.version_info.major}.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    for python in (sys.executable, system):
        if python is not None and account.reaches(Path(python)) and account.reaches(PROJECT_DIR):
            return python
    pytest.skip(f"no Python {sys.version_info.major}.{sys.version_info.minor} that an ordinary account may run")


@pytest.fixture
def home_of_nobody(nobody: ProcessIdentity) -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="baitong-nobody-"))
    os.chown(home, nobody["user"], nobody["group"])
    yield home
    shutil.rmtree(home, ignore_errors=True)


def packages() -> dict[str, str]:
    """Where the system's Python finds what the virtual environment holds."""
    return {"PYTHONPATH": next(path for path in sys.path if path.endswith("site-packages")), "HOME": "/nonexistent"}


@needs_root
def test_an_ordinary_user_has_the_product_with_everything_running_as_that_user(
    nobody: ProcessIdentity, python_of_nobody: str, home_of_nobody: Path
) -> None:
    product = Product(home_of_nobody, python=python_of_nobody, identity=nobody, environment=packages())
    try:
        product.start()
        product.await_ready()
        assert request(product.port, "POST", "/notes/1") is not None
        owners = {Path(f"/proc/{seen.pid}").stat().st_uid for seen in product.tree()}
        assert product.stop() == 0
        product.start()
        product.await_ready()

        assert owners == {nobody["user"]}
        assert stored_notes(product.port) == [1]
        assert not (product.data_dir / "postgres" / "server" / "outside").exists()
    finally:
        product.remove()


@needs_root
def test_an_ordinary_user_in_a_folder_of_roots_is_told_whose_it_is(
    nobody: ProcessIdentity, python_of_nobody: str
) -> None:
    with new_product() as roots:
        roots.start()
        roots.await_ready()
        roots.stop()
        product = Product(roots.home, python=python_of_nobody, identity=nobody, environment=packages())
        product._starts = 1  # its output goes to a file of its own

        product.start()

        assert product.await_end() == 1
        assert "root" in product.output
        assert "BAITONG_DATA_DIR" in product.output
        assert "Traceback" not in product.output


@needs_root
def test_a_user_number_without_a_name_is_told_that_postgresql_needs_one(python_of_nobody: str) -> None:
    number = 54_321
    home = Path(tempfile.mkdtemp(prefix="baitong-nameless-"))
    os.chown(home, number, number)
    nameless = ProcessIdentity(user=number, group=number, extra_groups=[])
    product = Product(home, python=python_of_nobody, identity=nameless, environment=packages())
    try:
        product.start()

        assert product.await_end() == 1
        assert f"{number}" in product.output
        assert "DATABASE_URL" in product.output
    finally:
        product.remove()


@needs_root
def test_root_in_a_closed_folder_keeps_the_database_where_its_account_reaches_it_and_opens_nothing() -> None:
    home = Path(tempfile.mkdtemp(prefix="baitong-closed-"))
    product = Product(home)
    try:
        product.start()
        product.await_ready()
        request(product.port, "POST", "/notes/5")
        product.stop()
        product.start()
        product.await_ready()

        assert stored_notes(product.port) == [5]
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        outside = (product.data_dir / "postgres" / "server" / "outside").read_text(encoding="utf-8")
        assert stat.S_IMODE((Path("/var/lib/baitong") / outside).stat().st_mode) == 0o700
    finally:
        product.remove()


@needs_root
def test_the_database_of_root_runs_as_an_account_without_rights() -> None:
    with new_product() as product:
        product.start()
        product.await_ready()

        assert Path(f"/proc/{product.postgres.pid}").stat().st_uid != 0


def test_servers_named_by_the_environment_replace_the_embedded_ones_and_outlive_them(
    fresh_database_urls: DatabaseUrls, valkey_url: str
) -> None:
    named = {
        "DATABASE_URL": fresh_database_urls.serving,
        "DATABASE_OWNER_URL": fresh_database_urls.owner,
        "REDIS_URL": valkey_url,
    }
    with new_product(environment=named) as product:
        product.start()
        product.await_ready()
        assert request(product.port, "POST", "/notes/3") is not None
        commands = " ".join(seen.command for seen in product.tree())
        given = b" ".join(environment_of(seen.pid) for seen in product.tree())
        assert product.stop() == 0

        assert "postgres" not in commands
        assert "valkey" not in commands
        assert fresh_database_urls.owner.encode() not in given
        assert not (product.data_dir / "postgres").exists()
        with psycopg.connect(fresh_database_urls.owner) as connection:
            assert connection.execute("SELECT id FROM note").fetchall() == [(3,)]
        with redis.Redis.from_url(valkey_url) as client:
            assert client.ping()
        assert fresh_database_urls.owner not in (product.data_dir / "serve.env").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
def test_one_database_address_without_the_other_is_refused(name: str) -> None:
    with new_product(environment={name: "postgresql://somebody@127.0.0.1/baitong"}) as product:
        product.start()

        assert product.await_end() == 1
        assert "DATABASE_OWNER_URL" in product.output
        assert not product.members


def test_empty_addresses_count_as_none() -> None:
    empty = dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"), "")
    with new_product(environment=empty) as product:
        product.start()
        product.await_ready()

        assert request(product.port, "POST", "/notes/1") is not None


def test_a_full_disk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(small)], check=False, capture_output=True
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("a small disk can be made by root with the right to mount alone")
    product = Product(tmp_path, environment={"BAITONG_DATA_DIR": str(small / ".data")})
    try:
        product.start()

        assert product.await_end() == 1
        assert "磁盘空间不足" in product.output
        assert [path.name for path in (small / ".data").iterdir()] == ["logs"]
    finally:
        subprocess.run(["umount", str(small)], check=False)
