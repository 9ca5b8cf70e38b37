"""The story of `make demo`, played against a product of its own; and what the ledger says of it afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from dotenv import dotenv_values

from tests.faults.run_product import PRODUCT, Product, new_product
from tests.replay import replayed, stored
from tests.story.__main__ import play

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]
FLASK = Path(sys.executable).parent / "flask"


@pytest.fixture
def product() -> Iterator[Product]:
    with new_product(module=PRODUCT) as made:
        made.start()
        made.await_ready(within_s=120)
        yield made


def test_the_whole_story_is_played_its_ledger_is_sound_and_replays_to_what_is_stored(product: Product) -> None:
    server = play(product.data_dir)

    verified = subprocess.run(
        [str(FLASK), "ledger", "verify"],
        env={"BAITONG_DATA_DIR": str(product.data_dir), "PATH": ""},
        check=False,
        capture_output=True,
        text=True,
    )
    assert verified.returncode == 0, verified.stderr
    assert "发现问题 0 处" in verified.stdout
    owner = dotenv_values(product.data_dir / "owner.env")["DATABASE_OWNER_URL"]
    assert owner is not None
    with psycopg.connect(owner) as database:
        entries = database.execute("SELECT case_id::text, entry FROM case_ledger ORDER BY case_id, seq").fetchall()
        cases = replayed([(case_id, json.loads(entry)) for case_id, entry in entries])
        assert cases == stored(database)
    assert len(cases) >= 4
    assert server.steps >= 60
