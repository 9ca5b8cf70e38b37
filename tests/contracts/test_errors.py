"""Every refusal of the product: one code each, one page each, and an answer at the address that it names."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest

import backend
import mobile_api
import service_catalog
from backend.kernel.errors import DomainError
from mobile_api.problems import FRAMEWORK_PROBLEMS, STATUS_OF_CLASS, status_of

PAGES = Path(__file__).resolve().parents[2] / "docs" / "problems"


def all_errors() -> list[type[DomainError]]:
    """Return every refusal class that has a code of its own."""
    for package in (backend, mobile_api, service_catalog):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # The command line of the embedded parts runs when it is imported as a program, and the migrations only by
            # alembic.
            if not module.name.endswith("__main__") and ".migrations" not in module.name:
                importlib.import_module(module.name)
    found, waiting = [], [DomainError]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        waiting += kinds
        ours = ("backend", "mobile_api", "service_catalog")
        found += [kind for kind in kinds if "code" in vars(kind) and kind.__module__.startswith(ours)]
    return sorted(found, key=lambda kind: kind.code)


ERRORS = all_errors()
CODES = {kind.code for kind in ERRORS} | {code for code, _ in FRAMEWORK_PROBLEMS.values()}


def test_no_two_refusals_have_one_code():
    twice = [code for code, count in Counter(kind.code for kind in ERRORS).items() if count > 1]

    assert twice == []


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.code)
def test_every_refusal_has_a_class_with_a_status_and_a_chinese_detail(kind):
    assert any(issubclass(kind, known) for known in STATUS_OF_CLASS)
    assert any("\u4e00" <= character <= "\u9fff" for character in kind.default_detail)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_page_that_says_what_the_app_should_do(code):
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")

    assert page.startswith(f"# {code}\n")
    assert "HTTP " in page
    assert "**含义**" in page
    assert "**应用应当**" in page


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.code)
def test_the_page_of_a_refusal_names_the_status_it_is_answered_with(kind):
    page = (PAGES / f"{kind.code}.md").read_text(encoding="utf-8")

    assert re.search(r"^HTTP (\d{3})", page, re.MULTILINE)[1] == str(int(status_of(kind.__new__(kind))))


def test_no_page_is_left_of_a_code_that_is_gone():
    assert {page.stem for page in PAGES.glob("[a-z]*.md")} - CODES == set()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/api/v1/cases", {}, 401), ("/docs/assets/swagger-ui.css", {"Range": "bytes=9-1"}, 416)],
)
def test_the_type_of_a_problem_is_an_address_that_answers(client, path, headers, status):
    problem = client.get(path, headers=headers).json

    assert problem["status"] == status

    page = client.get(problem["type"])

    assert page.status_code == 200
    assert f"# {problem['code']}" in page.get_data(as_text=True)
