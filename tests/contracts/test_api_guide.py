"""What the guide tells app developers, against what the product does: codes, statuses, lives, limits, anchors."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from backend.cases.reveals import REVEALS_A_DAY
from backend.complaints.rules import NUMBER_TRIES, SOURCE_TRIES
from backend.consents.rules import CHANGES_A_DAY
from backend.data_protection.rules import REQUESTS_A_DAY
from backend.evidence.rules import MAX_PHOTO_BYTES, MAX_PHOTOS, MAX_PIXELS, MAX_WAITING_BYTES
from backend.grid_reports.rules import CLOCK_SKEW, MAX_AGE
from backend.identity.actor import PersonKind
from backend.identity.rules import (
    CODE_LIFE,
    CODE_TRIES,
    DEVICE_SENDS,
    LOGIN_TRIES,
    PHONE_SENDS,
    PHONE_TRIES,
    REFRESH_GRACE,
    SECOND_FACTOR_LIFE,
    SESSION_LIVES,
)
from backend.infrastructure.settings import load_settings
from backend.infrastructure.tokens import ACCESS_LIFE
from mobile_api.json_bodies import MAX_DEPTH
from mobile_api.pagination import MAX_LIMIT
from mobile_api.reference.freshness import MAX_AGE_S

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "api-guide.md").read_text(encoding="utf-8")
PROBLEMS = {page.stem: page.read_text(encoding="utf-8") for page in (DOCS / "problems").glob("[a-z]*.md")}
STATUS_AND_CODE = re.compile(r"\b(\d{3}) ((?:`[a-z0-9-]+`(?:, )?)+)")
TRIES = (PHONE_TRIES, LOGIN_TRIES)
HOUR, DAY, MIB = timedelta(hours=1), timedelta(days=1), 1024 * 1024


def anchor(heading: str) -> str:
    """Return how a heading is linked to on the pages of a forge."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_link_within_the_guide_leads_to_a_heading():
    headings = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)}

    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= headings


@pytest.mark.parametrize("page", ["README.md", "docs/api-guide.md"])
def test_every_address_that_is_called_with_curl_is_one_of_the_api(page):
    text = (DOCS.parent / page).read_text(encoding="utf-8")
    paths = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))["paths"]
    shapes = [re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)) for path in paths]

    # A number that the shell works out stands for one.
    text = re.sub(r"\$\(echo [^)]*\)", "x", text)
    called = [re.sub(r"\$\w+", "x", path) for path in re.findall(r"\$BASE(/[^\s\"?]+)", text)]
    assert len(called) >= 8
    assert [path for path in called if not any(shape.fullmatch(f"/api/v1{path}") for shape in shapes)] == []


def test_every_refusal_of_the_guide_has_a_page_and_the_status_that_stands_there():
    named = [
        (status, code)
        for status, codes in STATUS_AND_CODE.findall(GUIDE)
        for code in re.findall(r"`([a-z0-9-]+)`", codes)
    ]

    assert len(named) >= 30
    wrong = [(status, code) for status, code in named if f"\nHTTP {status}" not in PROBLEMS.get(code, "")]
    assert wrong == []


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ("| access token | 10 minutes | 10 minutes |", timedelta(minutes=10) == ACCESS_LIFE),
        ("within 30 seconds", timedelta(seconds=30) == REFRESH_GRACE),
        ("good for five minutes and five tries", (timedelta(minutes=5), 5) == (CODE_LIFE, CODE_TRIES)),
        ("a `challenge`\nof five minutes", timedelta(minutes=5) == SECOND_FACTOR_LIFE),
        ("1 a minute, 5 an hour, 10 a day", [guard.limit for guard in PHONE_SENDS] == [1, 5, 10]),
        ("10 an hour from one device", (DEVICE_SENDS[0].limit, DEVICE_SENDS[0].window) == (10, HOUR)),
        ("5, then a quarter of an hour of quiet", {(g.limit, g.window) for g in TRIES} == {(5, HOUR / 4)}),
        ("10 an hour for a number, 100 for an address", (NUMBER_TRIES.limit, SOURCE_TRIES.limit) == (10, 100)),
        ("| 50 in 24 hours |", (REVEALS_A_DAY.limit, REVEALS_A_DAY.window) == (50, DAY)),
        ("| 5, 100 in 24 hours |", (REQUESTS_A_DAY.limit, CHANGES_A_DAY.limit) == (5, 100)),
        ("at most 20 MB and 50 million pixels", (20 * MIB, 50_000_000) == (MAX_PHOTO_BYTES, MAX_PIXELS)),
        ("at most nine for a complaint", MAX_PHOTOS == 9),
        ("100 MB that nothing names yet", 100 * MIB == MAX_WAITING_BYTES),
        ("At most seven days old and five minutes ahead", (7 * DAY, timedelta(minutes=5)) == (MAX_AGE, CLOCK_SKEW)),
        ("`limit` (1 to 100, else 20)", MAX_LIMIT == 100),
        ("| anybody, for five minutes |", MAX_AGE_S == 300),
        ("| 1 MiB, 32 levels |", MAX_DEPTH == 32),
    ],
    ids=lambda said: said if isinstance(said, str) else "",
)  # fmt: skip
def test_a_figure_of_the_guide_is_the_one_that_the_product_keeps_to(said, is_so):
    assert said in GUIDE
    assert is_so


def test_the_lives_of_sessions_are_those_of_the_rules():
    citizen, operator = SESSION_LIVES[PersonKind.CITIZEN], SESSION_LIVES[PersonKind.OPERATOR]

    assert "| session, unused | 30 days | 30 minutes |" in GUIDE
    assert "| session, at most | 90 days | 12 hours |" in GUIDE
    assert (citizen.idle, citizen.absolute) == (30 * DAY, 90 * DAY)
    assert (operator.idle, operator.absolute) == (HOUR / 2, 12 * HOUR)


def test_the_quotas_of_the_guide_are_the_defaults_of_the_settings(environment):
    settings = load_settings({name: value for name, value in environment.items() if "LIMIT" not in name})

    assert f"| {settings.traffic_limit_per_minute} a minute |" in GUIDE
    kept = (settings.complaint_daily_quota, settings.grid_report_daily_quota, settings.evidence_daily_quota)
    assert [f"| {quota} in 24 hours" in GUIDE for quota in kept] == [True, True, True]
