"""Somebody at a client who signs in over HTTP, and what a refusal must look like to them."""

from __future__ import annotations

import re

from backend.infrastructure.fakes.sms_mailbox import SmsMailbox

PHONE, OTHER_PHONE = "13812345678", "13912345678"
DEVICE = {"id": "device-of-a-test", "name": "张三的手机"}
CODES, SESSIONS, OPERATOR = "/api/v1/sessions/codes", "/api/v1/sessions", "/api/v1/sessions/operator"
REFRESH, CURRENT, ME = "/api/v1/sessions/refresh", "/api/v1/sessions/current", "/api/v1/me"


class Browser:
    """Somebody at a client, from an address of their own."""

    def __init__(self, client, settings, *, address: str = "203.0.113.7") -> None:
        self._client, self._mailbox = client, SmsMailbox(settings.sms_mailbox)
        self._environ = {"REMOTE_ADDR": address}

    def post(self, path, body, **headers):
        return self._client.post(path, json=body, headers=headers, environ_base=self._environ)

    def ask(self, phone=PHONE, *, device_id="device-of-a-test", **headers):
        return self.post(CODES, {"phone": phone, "device_id": device_id}, **headers)

    def code_of(self, phone=PHONE) -> str:
        return re.search(r"\d{6}", self._mailbox.last(f"+86{phone}"))[0]

    def try_code(self, challenge, code, phone=PHONE):
        body = {"challenge_id": challenge["challenge_id"], "phone": phone, "code": code, "device": DEVICE}
        return self.post(SESSIONS, body)

    def sign_in(self, phone=PHONE):
        challenge = self.ask(phone).json
        return self.try_code(challenge, self.code_of(phone), phone).json

    def try_password(self, login_name, password):
        return self.post(OPERATOR, {"login_name": login_name, "password": password, "device": DEVICE})

    def refresh(self, refresh_token):
        return self.post(REFRESH, {"refresh_token": refresh_token})

    def me(self, tokens):
        return self._client.get(ME, headers={"Authorization": f"Bearer {tokens['access_token']}"})

    def sign_out(self, tokens):
        return self._client.delete(CURRENT, headers={"Authorization": f"Bearer {tokens['access_token']}"})


def assert_problem(answer, status, code):
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["code"] == code
    assert answer.json["type"] == f"/problems/{code}"
    assert answer.json["status"] == status
    assert answer.json["trace_id"] == answer.headers["X-Request-Id"]
