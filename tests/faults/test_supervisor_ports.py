"""The port of an installation: the first that is free, kept, and refused by name where somebody else holds it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from backend.infrastructure.embedded.processes import listeners
from tests.faults.run_product import Product, new_product, wait_until

pytestmark = pytest.mark.faults


@pytest.fixture
def product() -> Iterator[Product]:
    with new_product() as made:
        yield made


def test_a_foreign_holder_of_the_kept_port_is_named_and_then_left_alone(product: Product) -> None:
    product.start()
    product.await_ready()
    product.stop()
    stranger = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(product.port), "--bind", "127.0.0.1"],
        cwd=product.home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: listeners(product.port), within_s=10, what="the stranger")
        product.start()
        code = product.await_end()

        assert code == 1
        assert f"{product.port}" in product.output
        assert f"pid {stranger.pid}: " in product.output
        assert "http.server" in product.output
        assert str(product.data_dir / "port") in product.output
        assert stranger.poll() is None
        assert not product.members
    finally:
        stranger.kill()
        stranger.wait()


def test_the_first_start_passes_over_ports_that_are_taken(product: Product) -> None:
    taken = []
    for number in (product.first_port, product.first_port + 1):
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", number))
        except OSError:
            holder.close()  # somebody else holds it already, which serves as well
        else:
            holder.listen(1)
            taken.append(holder)

    product.start()
    product.await_ready()

    assert product.port > product.first_port + 1
    for holder in taken:
        holder.close()


def test_the_first_port_is_8700_or_one_soon_after_it_where_nobody_says_another(product: Product) -> None:
    product.start(BAITONG_FIRST_PORT="")
    product.await_ready()

    assert product.port in range(8700, 8800)


def test_a_kept_port_that_is_no_number_is_refused_by_the_files_name(product: Product) -> None:
    product.data_dir.mkdir(mode=0o711)
    (product.data_dir / "port").write_text("eight\n", encoding="utf-8")

    product.start()

    assert product.await_end() == 1
    assert str(product.data_dir / "port") in product.output
    assert "Traceback" not in product.output


def test_a_neighbour_that_has_claimed_the_kept_port_and_does_not_listen_yet_is_named() -> None:
    with new_product() as product, socket.socket(socket.AF_UNIX) as claim:
        product.start()
        product.await_ready()
        product.stop()
        # As a neighbour does at its first start, seconds before its web server listens.
        claim.bind(f"\0baitong-port-{product.port}")

        product.start()
        code = product.await_end()

        assert code == 1
        assert f"pid {os.getpid()}: " in product.output
        assert str(product.data_dir / "port") in product.output
        assert not product.members
