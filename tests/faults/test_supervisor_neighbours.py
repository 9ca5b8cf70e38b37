"""Another supervisor on this machine may hold the kept port before anything of it listens there: it is named too."""

from __future__ import annotations

import os
import socket

from tests.faults.run_product import new_product


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
