"""The page at /docs in a real browser: three clicks from opening it to an answer, and nothing amiss in its console."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, sync_playwright

from tests.faults.run_product import Product

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: the page at /docs was not looked at"),
]


class Visit:
    """A page that counts its clicks and keeps what its console says."""

    def __init__(self, page: Page, product: Product) -> None:
        self.page, self.clicks = page, 0
        self.complaints: list[str] = []
        page.on("console", lambda said: said.type in {"error", "warning"} and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"http://127.0.0.1:{product.port}/docs")
        page.locator("#demo button").first.wait_for()
        page.locator(".opblock").first.wait_for()

    def click(self, place: Locator) -> None:
        """Click, and count it."""
        place.click()
        self.clicks += 1

    def choose(self, login: str, name: str) -> None:
        """Choose a demo account, and see it signed in."""
        self.click(self.page.locator(f"#demo button[data-login='{login}']"))
        self.page.locator("#demo [role=status]", has_text=name).wait_for()

    def execute(self, method: str, path: str) -> str:
        """Open an operation, execute it as it stands, and return the status that it shows."""
        summary = self.page.locator(f".opblock-summary-path[data-path='{path}']")
        operation = self.page.locator(f".opblock-{method}", has=summary)
        self.click(operation.locator(".opblock-summary-control"))
        self.click(operation.locator("button.execute"))
        status = operation.locator(".live-responses-table tbody .response-col_status").first
        status.wait_for()
        return status.inner_text().strip()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        # Tests may run as root, where Chromium's own sandbox refuses to start.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(locale="zh-CN")
        browser.close()


def test_three_clicks_lead_from_the_page_to_the_queue_of_a_desk(page: Page, product: Product) -> None:
    visit = Visit(page, product)

    visit.choose("rugao.acceptor", "演示如皋受理员")
    status = visit.execute("get", "/api/v1/cases")

    assert (status, visit.clicks) == ("200", 3)
    assert visit.complaints == []


def test_three_clicks_file_a_complaint_with_the_example_that_the_page_shows(page: Page, product: Product) -> None:
    visit = Visit(page, product)

    visit.choose("citizen", "演示市民")
    status = visit.execute("post", "/api/v1/complaints")

    assert (status, visit.clicks) == ("201", 3)
    assert visit.complaints == []


def test_a_key_that_the_page_filled_in_is_new_for_every_call(page: Page, product: Product) -> None:
    visit = Visit(page, product)
    keys = []
    page.on("request", lambda request: keys.append(request.headers.get("idempotency-key")))
    visit.choose("citizen", "演示市民")
    visit.execute("post", "/api/v1/complaints")

    with page.expect_response("**/api/v1/complaints") as answered:
        page.locator("button.execute").click()

    assert answered.value.status == 201
    assert "idempotent-replayed" not in answered.value.headers
    filed = [key for key in keys if key]
    assert len(set(filed)) == 2
