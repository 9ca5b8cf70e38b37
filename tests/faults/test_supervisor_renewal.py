"""A new web in place of the old one, around a tiny product: what it reads anew, and what a broken one does: nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from backend.infrastructure.embedded.renewal import ASKED_BY
from tests.faults.notes import Writers, request, stored_notes
from tests.faults.run_product import Product, new_product, wait_until

pytestmark = pytest.mark.faults


@pytest.fixture
def product() -> Iterator[Product]:
    with new_product() as made:
        made.start()
        made.await_ready()
        yield made


def set_anew(product: Product, line: str) -> None:
    """Add a line to serve.env, and ask for a new web."""
    with (product.data_dir / "serve.env").open("a", encoding="utf-8") as settings:
        settings.write(line + "\n")
    assert product.process is not None
    os.kill(product.process.pid, ASKED_BY)


def settings_of_the_web(product: Product) -> list[str]:
    """Return the names of the settings that the web has read."""
    return json.loads(request(product.port, "GET", "/environment") or "{}").get("settings", [])


def servers(product: Product) -> int:
    """Count the web servers that run."""
    return sum("--interface rsgi" in seen.command and seen.session == seen.pid for seen in product.tree())


def test_a_new_web_reads_its_settings_anew_and_loses_no_write(product: Product) -> None:
    old = product.web_workers()

    with Writers(product.port) as writers:
        wait_until(lambda: len(writers.acknowledged) > 20, within_s=30, what="writes")
        set_anew(product, "TINY_PLAN_NOTE='new'")
        wait_until(lambda: "renewed" in product.output, within_s=60, what="a new web")
        known = len(writers.acknowledged)
        wait_until(lambda: len(writers.acknowledged) > known + 20, within_s=30, what="writes")

    assert writers.refused == 0
    assert not product.web_workers().keys() & old.keys()
    assert "TINY_PLAN_NOTE" in settings_of_the_web(product)
    assert sorted(writers.acknowledged.keys() - set(stored_notes(product.port))) == []
    assert servers(product) == 1


def test_a_new_web_that_cannot_start_leaves_the_old_one_as_it_was(product: Product) -> None:
    old = product.web_workers()

    with Writers(product.port) as writers:
        set_anew(product, "TINY_PLAN_WEB='broken'")
        wait_until(lambda: "did not come up" in product.output, within_s=60, what="the verdict")
        wait_until(lambda: servers(product) == 1, within_s=60, what="the end of the broken one")
        known = len(writers.acknowledged)
        wait_until(lambda: len(writers.acknowledged) > known + 20, within_s=30, what="writes")

    assert writers.refused == 0
    assert product.web_workers().keys() == old.keys()
