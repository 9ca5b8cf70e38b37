"""The product as a newcomer meets it: started once, for the README's calls and for the page at /docs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.run_product import PRODUCT, Product, new_product


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """A product of its own, with the demo accounts."""
    with new_product(module=PRODUCT) as made:
        made.start()
        made.await_ready(within_s=180)
        yield made
