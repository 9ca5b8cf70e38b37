"""Health and figures: alive is not ready, Valkey is no reason, and figures ask for their token."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.infrastructure.database import Database
from backend.infrastructure.redis_store import RedisStore
from mobile_api.app import create_app

NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"


@pytest.fixture
def away(services):
    """A client of an application whose database is away."""
    database = Database(NOWHERE, pool_size=1)
    yield create_app(replace(services, database=database)).test_client()
    database.dispose()


def test_a_process_tells_its_run_and_itself(client, services):
    answer = client.get("/livez").json

    assert answer["run_id"] == services.settings.run_id
    assert answer["worker_pid"] > 0


def test_it_is_ready_when_the_database_answers(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["parts"]) == (200, {"database": "ok", "valkey": "ok"})


def test_without_the_database_it_is_alive_and_not_ready(away):
    alive, ready = away.get("/livez"), away.get("/readyz")

    assert alive.status_code == 200
    assert (ready.status_code, ready.json["parts"]["database"]) == (503, "down")


def test_without_the_database_a_request_is_told_to_come_again_soon(away, services):
    answer = away.get("/api/v1/reference/request-types")

    assert (answer.status_code, answer.json["code"], answer.json["retryable"]) == (503, "database-unavailable", True)
    assert int(answer.headers["Retry-After"]) > 0


def test_without_valkey_it_is_ready_all_the_same(services):
    app = create_app(replace(services, redis=RedisStore("redis://127.0.0.1:1")))

    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["parts"]["valkey"]) == (200, "down")


def test_the_figures_ask_for_their_token_and_name_routes_not_paths(client, services):
    client.get("/api/v1/complaints/NT261124000001F")

    refused = client.get("/metrics")
    shown = client.get("/metrics", headers={"Authorization": f"Bearer {services.settings.metrics_token}"})

    assert refused.status_code == 401
    assert shown.status_code == 200
    text = shown.get_data(as_text=True)
    assert 'route="/api/v1/complaints/<string:number>"' in text
    assert "NT261124000001F" not in text


def test_without_the_database_the_figures_are_shown_and_say_so(away, services):
    shown = away.get("/metrics", headers={"Authorization": f"Bearer {services.settings.metrics_token}"})

    text = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "baitong_database_up 0.0" in text
    assert "baitong_jobs_dead" not in text
