"""R9: filing while the push provider hangs, beside filing while it answers. Runs about two minutes.

`.venv/bin/python -m bench.push_provider_hung` starts a product of its own, with phones that are rung at each step. In
each of five rounds the provider answers for six seconds and hangs for six (the process is stopped by SIGSTOP, as a
provider that accepts connections and says nothing). It prints the p95 of filing on each side and the median of the
rounds' ratios; the goal is 1.15. At the end the provider goes on, and every message must have reached its phone.
"""

from __future__ import annotations

import os
import signal
import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import psycopg
from dotenv import dotenv_values

from tests.faults.api import Api, register_phone, sign_in_citizen
from tests.faults.run_product import PRODUCT, Product, new_product, wait_until

ROUNDS, SPELL_S, CLIENTS = 5, 6.0, 4
GOAL = 1.15
QUIET = {"BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000", "BAITONG_COMPLAINT_DAILY_QUOTA": "100000"}
COMPLAINT = {
    "request_type": "QZ",
    "category": {"tree": "12345", "code": "H030402"},
    "title": "路灯不亮",
    "description": "晚上不亮，请尽快修复。",
    "division": "320682",
    "address": "海阳路 12 号",
}
UNRUNG = "SELECT count(*) FROM push_delivery WHERE status <> 'sent'"


def filing_times_s(product: Product, token: str, until_s: float) -> list[float]:
    """File one complaint after another until the moment, and return how long each took."""
    api, times = Api(product.port), []
    while time.monotonic() < until_s:
        begun_s = time.monotonic()
        answer = api.call("POST", "/complaints", COMPLAINT, token=token, Idempotency_Key=str(uuid.uuid4()))
        if answer.status != HTTPStatus.CREATED:
            raise SystemExit(f"a filing was refused: {answer}")
        times.append(time.monotonic() - begun_s)
        time.sleep(0.02)
    return times


def p95_s(product: Product, tokens: list[str]) -> tuple[float, int]:
    """Let every client file for a spell. Returns the p95, and how many were filed."""
    until_s = time.monotonic() + SPELL_S
    with ThreadPoolExecutor(CLIENTS) as clients:
        spells = clients.map(lambda token: filing_times_s(product, token, until_s), tokens)
    times = sorted(taken for spell in spells for taken in spell)
    return times[int(len(times) * 0.95)], len(times)


def main() -> None:
    """Measure and print."""
    with new_product(module=PRODUCT, environment=QUIET) as product:
        product.start()
        product.await_ready(within_s=120)
        phones = [f"1370000{number:04d}" for number in range(CLIENTS)]
        tokens = [sign_in_citizen(product, phone) for phone in phones]
        for phone, token in zip(phones, tokens, strict=True):
            register_phone(product, token, phone)
        provider = product.one("fcm serve")
        ratios = []
        p95_s(product, tokens)  # warm
        for turn in range(ROUNDS):
            answers_s, answered = p95_s(product, tokens)
            os.kill(provider.pid, signal.SIGSTOP)
            hangs_s, hung = p95_s(product, tokens)
            os.kill(provider.pid, signal.SIGCONT)
            ratios.append(hangs_s / answers_s)
            sides = f"answers {answers_s * 1000:.1f} ms ({answered}), hangs {hangs_s * 1000:.1f} ms ({hung})"
            print(f"round {turn}: {sides}", flush=True)
        ratio = statistics.median(ratios)
        print(f"p95 of filing, hung / answering, median of {ROUNDS} rounds: {ratio:.2f} (goal {GOAL})")
        owner = dotenv_values(product.data_dir / "owner.env")["DATABASE_OWNER_URL"]
        with psycopg.connect(str(owner), autocommit=True) as database:
            took_s = wait_until(
                lambda: database.execute(UNRUNG).fetchone() == (0,), within_s=900, what="every message on its phone"
            )
        print(f"lost 0; the last message reached its phone {took_s:.0f} s after the end")


if __name__ == "__main__":
    main()
