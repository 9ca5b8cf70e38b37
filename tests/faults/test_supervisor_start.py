"""`make run` starts, refuses, and stops: the supervisor itself, around a tiny product."""

from __future__ import annotations

import http.client
import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.infrastructure.embedded.processes import listeners
from backend.infrastructure.embedded.readiness import answering_worker
from tests.faults.processes import environment_of
from tests.faults.run_product import Product, new_product, wait_until

pytestmark = pytest.mark.faults


@pytest.fixture
def product() -> Iterator[Product]:
    with new_product() as made:
        yield made


def ask(port: int, method: str, path: str) -> object:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path, headers={"Connection": "close"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, body
    return json.loads(body)


def test_a_second_start_is_ready_in_seconds_with_the_data_and_the_port_kept(product: Product) -> None:
    product.start()
    first_s = product.await_ready()
    ask(product.port, "POST", "/notes/7")
    port = product.port
    assert product.stop() == 0

    product.start()
    second_s = product.await_ready()

    print(f"ready after {first_s:.1f} s, the second time after {second_s:.1f} s")
    assert product.port == port
    assert ask(port, "GET", "/notes") == [7]


def test_two_clones_at_once_take_different_ports_and_stopping_one_leaves_the_other(product: Product) -> None:
    with new_product() as other:
        product.start()
        other.start()
        product.await_ready()
        other.await_ready()
        before = {seen.pid for seen in other.tree()}

        assert product.stop() == 0

        assert product.port != other.port
        assert not product.members
        assert answering_worker(product.port) is None
        assert {seen.pid for seen in other.tree()} == before
        assert answering_worker(other.port) is not None


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_ends_everything_it_started(product: Product, how: signal.Signals) -> None:
    product.start()
    product.await_ready()
    tree = product.tree()

    code = product.stop(how)

    assert code == 0
    assert len(tree) > 6
    assert [seen for seen in tree if seen.runs()] == []
    assert not product.members
    assert not listeners(product.port)


def test_asking_twice_to_stop_does_not_cut_the_stopping_short(product: Product) -> None:
    product.start()
    product.await_ready()
    tree = product.tree()
    assert product.process is not None

    product.process.send_signal(signal.SIGINT)
    product.process.send_signal(signal.SIGHUP)
    product.process.send_signal(signal.SIGINT)
    code = product.await_end()

    assert code == 0
    assert "已全部停止" in product.output
    assert [seen for seen in tree if seen.runs()] == []


def test_a_product_started_under_nohup_outlives_its_terminal(product: Product) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        product.start()
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    product.await_ready()
    assert product.process is not None

    product.process.send_signal(signal.SIGHUP)

    assert len(product.web_workers()) == 2
    assert not product.has_ended()


def test_ctrl_c_in_the_middle_of_the_set_up_leaves_nothing(product: Product) -> None:
    product.start(TINY_PLAN_SETUP="dawdles")
    wait_until(lambda: "tiny_plan.setup" in str(product.tree()), within_s=60, what="the set-up")
    tree = product.tree()

    code = product.stop()

    assert code == 0
    assert [seen for seen in tree if seen.runs()] == []


def test_a_second_start_on_one_folder_is_refused_with_the_pid_and_disturbs_nothing(product: Product) -> None:
    product.start()
    product.await_ready()
    figures = product.data_dir / "metrics" / "counter_1.db"
    figures.write_bytes(b"figures of the running web")
    second = Product(product.home)
    second._starts = 1  # its output goes to a file of its own

    second.start()
    code = second.await_end()

    assert code == 1
    assert f"pid {product.process.pid}:" in second.output
    assert "kill" in second.output
    assert "已全部停止" not in second.output
    assert figures.exists()
    assert len(product.web_workers()) == 2


def test_a_failing_set_up_stops_everything_and_shows_its_reason(product: Product) -> None:
    product.start(TINY_PLAN_SETUP="fails")

    code = product.await_end()

    assert code == 1
    assert "units.csv:12" in product.output
    assert "再次运行 make run" in product.output
    assert not product.members


def test_a_web_that_cannot_be_imported_is_shown_with_its_reason_and_everything_stops(product: Product) -> None:
    product.start(TINY_PLAN_APP="tests.faults.tiny_plan.broken:app")

    code = product.await_end(within_s=100)

    assert code == 1
    assert "the reason stands here" in product.output
    assert not product.members


def test_no_process_that_serves_is_given_the_owners_password(product: Product) -> None:
    product.start()
    product.await_ready()
    password = (product.data_dir / "postgres" / "secrets" / "owner.password").read_bytes().strip()

    environments = {seen.command: environment_of(seen.pid) for seen in product.tree()}
    names = ask(product.port, "GET", "/environment")

    assert len(password) >= 24
    assert [command for command, given in environments.items() if password in given] == []
    assert "DATABASE_OWNER_URL" not in names["process"] + names["settings"]
    assert "DATABASE_URL" in names["settings"]


def test_secrets_are_for_their_owner_alone_whatever_the_umask(product: Product) -> None:
    before = os.umask(0)
    try:
        product.start()
    finally:
        os.umask(before)
    product.await_ready()

    modes = {
        name: stat.S_IMODE((product.data_dir / name).stat().st_mode)
        for name in (".", "logs", "metrics", "valkey", "postgres/secrets", "serve.env", "owner.env")
    }

    private = {"logs": 0o700, "metrics": 0o700, "valkey": 0o700, "postgres/secrets": 0o700}
    assert modes == {".": 0o711, "serve.env": 0o600, "owner.env": 0o600} | private


def test_compiled_modules_are_kept_and_old_figures_are_not(product: Product) -> None:
    product.data_dir.mkdir(mode=0o711)
    (product.data_dir / "metrics").mkdir()
    (product.data_dir / "metrics" / "counter_99.db").write_bytes(b"of a run before")

    product.start(PYTHONDONTWRITEBYTECODE="1")
    product.await_ready()

    names = ask(product.port, "GET", "/environment")
    assert "PYTHONDONTWRITEBYTECODE" not in names["process"]
    assert "PROMETHEUS_MULTIPROC_DIR" in names["process"]
    assert not (product.data_dir / "metrics" / "counter_99.db").exists()


def test_a_deep_folder_with_spaces_and_chinese_letters_serves_as_well() -> None:
    with new_product() as short:
        deep = short.home / "一个 有空格的目录" / ("很深" * 20)
        deep.mkdir(parents=True)
        product = Product(deep)
        try:
            product.start()
            product.await_ready()
            ask(product.port, "POST", "/notes/1")

            assert ask(product.port, "GET", "/notes") == [1]
            assert len(product.web_workers()) == 2
        finally:
            product.remove()


def test_a_folder_that_cannot_be_made_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    product = Product(tmp_path, environment={"BAITONG_DATA_DIR": str(tmp_path / "file" / ".data")})

    product.start()

    assert product.await_end() == 1
    assert "BAITONG_DATA_DIR" in product.output
    assert "Traceback" not in product.output
