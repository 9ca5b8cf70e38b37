"""Somebody at a client who signs in over HTTP, and what a refusal must look like to them."""

from __future__ import annotations

import re
import uuid

from backend.infrastructure.fakes.sms_mailbox import SmsMailbox
from tests.totp import App

PHONE, OTHER_PHONE = "13812345678", "13912345678"
DEVICE = {"id": "device-of-a-test", "name": "张三的手机"}
CODES, SESSIONS, OPERATOR = "/api/v1/sessions/codes", "/api/v1/sessions", "/api/v1/sessions/operator"
FACTOR = f"{OPERATOR}/second-factor"
REFRESH, CURRENT, ME = "/api/v1/sessions/refresh", "/api/v1/sessions/current", "/api/v1/me"


class Browser:
    """Somebody at a client, from an address of their own."""

    def __init__(self, client, settings, *, address: str = "203.0.113.7", clock=None) -> None:
        self._client, self._mailbox = client, SmsMailbox(settings.sms_mailbox)
        self.clock, self.apps = clock, {}
        self._environ = {"REMOTE_ADDR": address}

    def post(self, path, body, **headers):
        return self._client.post(path, json=body, headers=headers, environ_base=self._environ)

    def ask(self, phone=PHONE, *, device_id="device-of-a-test", **headers):
        return self.post(CODES, {"phone": phone, "device_id": device_id}, **headers)

    def code_of(self, phone=PHONE) -> str:
        return re.search(r"\d{6}", self._mailbox.last(f"+86{phone}"))[0]

    def try_code(self, challenge, code, phone=PHONE, **device):
        body = {"challenge_id": challenge["challenge_id"], "phone": phone, "code": code, "device": DEVICE | device}
        return self.post(SESSIONS, body)

    def sign_in(self, phone=PHONE, **device):
        challenge = self.ask(phone, device_id=uuid.uuid4().hex).json
        return self.try_code(challenge, self.code_of(phone), phone, **device).json

    def try_password(self, login_name, password):
        return self.post(OPERATOR, {"login_name": login_name, "password": password, "device_id": DEVICE["id"]})

    def try_factor(self, challenge, code, **device):
        return self.post(FACTOR, {"challenge": challenge["challenge"], "code": code, "device": DEVICE | device})

    def sign_in_operator(self, login_name, password):
        """Do both steps with the right code of the account's app, which is enrolled now if it must be."""
        challenge = self.try_password(login_name, password).json
        if challenge["enrolment"]:
            self.apps[login_name] = App(challenge["enrolment"]["secret"])
        code = self.apps[login_name].next_code(self.clock.now().timestamp())
        return self.try_factor(challenge, code)

    def refresh(self, refresh_token):
        return self.post(REFRESH, {"refresh_token": refresh_token})

    def get(self, path, tokens):
        return self._client.get(path, headers=_signed(tokens), environ_base=self._environ)

    def delete(self, path, tokens):
        return self._client.delete(path, headers=_signed(tokens), environ_base=self._environ)

    def me(self, tokens):
        return self.get(ME, tokens)

    def sign_out(self, tokens):
        return self.delete(CURRENT, tokens)


def _signed(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def assert_problem(answer, status, code):
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["code"] == code
    assert answer.json["type"] == f"/problems/{code}"
    assert answer.json["status"] == status
    assert answer.json["trace_id"] == answer.headers["X-Request-Id"]
