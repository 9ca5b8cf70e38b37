"""A client of the running product over a real socket: the standard library alone, as a phone's would be."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.run_product import Product
from tests.totp import code_at

CODE_PAUSE_S = 61

TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Answer:
    """A status and its document."""

    status: int
    body: Any


class Broken(Exception):
    """The connection ended before an answer came: nobody knows whether the write was made."""


@dataclass
class Api:
    """The product's address."""

    port: int

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Answer:
        """Ask once. Raises Broken when no whole answer comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        sent = {"Content-Type": "application/json", "Connection": "close"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        try:
            raw = json.dumps(body).encode() if body is not None else None
            connection.request(method, f"/api/v1{path}", body=raw, headers=sent)
            answer = connection.getresponse()
            text = answer.read()
            return Answer(answer.status, json.loads(text) if text else None)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Broken from error
        finally:
            connection.close()

    def patiently(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> Answer:
        """Ask until something other than silence or a passing refusal comes."""
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = self.call(method, path, body, token=token, **headers)
                if answer.status < 500 and answer.status != 429:
                    return answer
            except Broken:
                pass
            assert time.monotonic() < deadline, f"no answer to {method} {path}"
            time.sleep(0.1)


def sign_in_citizen(product: Product, phone: str) -> str:
    """Sign a citizen in by the code of the development mailbox; return the access token."""
    api = Api(product.port)
    device = f"phone-{phone}"
    challenge = api.call("POST", "/sessions/codes", {"phone": phone, "device_id": device})
    if challenge.status == 429:
        # One code a minute for a phone, also for one that signed in before a restart or a restore.
        time.sleep(CODE_PAUSE_S)
        challenge = api.call("POST", "/sessions/codes", {"phone": phone, "device_id": device})
    assert challenge.status == 201, challenge
    code = last_code(product.data_dir / "sms-mailbox.jsonl", phone)
    body = {"challenge_id": challenge.body["challenge_id"], "phone": phone, "code": code, "device": {"id": device}}
    signed_in = api.call("POST", "/sessions", body)
    assert signed_in.status == 201, signed_in
    return signed_in.body["access_token"]


def sign_in_operator(product: Product, login_name: str) -> str:
    """Sign a demo account in by its password and the code of its authenticator app; return the access token."""
    lines = (product.data_dir / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
    accounts = {login: (password, secret) for login, password, *_, secret in (line.split("\t") for line in lines)}
    password, secret = accounts[login_name]
    api, device = Api(product.port), {"id": f"desk-{uuid.uuid4()}"}
    body = {"login_name": login_name, "password": password, "device_id": device["id"]}
    challenge = api.patiently("POST", "/sessions/operator", body)
    assert challenge.status == 201, challenge
    body = {"challenge": challenge.body["challenge"], "code": code_at(secret, time.time()), "device": device}
    signed_in = api.patiently("POST", "/sessions/operator/second-factor", body)
    assert signed_in.status == 201, signed_in
    return signed_in.body["access_token"]


def register_phone(product: Product, token: str, phone: str) -> None:
    """Let the citizen's phone be rung."""
    address = {"kind": "fcm_token", "value": f"address-of-{phone}"}
    body = {"platform": "android", "app_version": "1.0.0", "address": address}
    assert Api(product.port).call("PUT", f"/devices/phone-{phone}", body, token=token).status == 200


def last_code(mailbox: Path, phone: str) -> str:
    """Return the newest code that was sent to a phone."""
    for line in reversed(mailbox.read_text(encoding="utf-8").splitlines()):
        message = json.loads(line)
        if message["phone"].endswith(phone):
            return "".join(character for character in message["text"] if character.isdigit())[:6]
    raise AssertionError(f"no code for {phone}")
