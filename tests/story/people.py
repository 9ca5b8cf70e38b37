"""Who plays: citizens with new phones, and the demo accounts of a development installation."""

from __future__ import annotations

import io
import json
import random
import re
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from tests.story.telling import Actor, Server, StoryBroken
from tests.totp import App

LONGITUDE, LATITUDE = 120.5734, 32.3708
_PATIENCE_S = 75.0


@dataclass
class Cast:
    """Signs people in, from what a development installation keeps beside its data."""

    server: Server
    data_dir: Path

    def citizen(self, name: str) -> Actor:
        """Return somebody with a new phone, who agreed that positions are kept."""
        phone, device = f"139{random.randrange(10**8):08d}", f"phone-{uuid.uuid4()}"
        challenge = self.server.call("POST", "/sessions/codes", body={"phone": phone, "device_id": device})
        body = {
            "challenge_id": challenge["challenge_id"],
            "phone": phone,
            "code": self._code_of(phone),
            "device": {"id": device},
        }
        actor = Actor(self.server, name, self.server.call("POST", "/sessions", body=body)["access_token"])
        text = next(one for one in actor.get("/consents/texts")["items"] if one["purpose"] == "precise_location")
        consent = {"purpose": "precise_location", "version": text["version"], "given": True}
        actor.post("/me/consents", consent, expect=200)
        address = {"kind": "fcm_token", "value": f"address-of-{device}"}
        registration = {"platform": "android", "app_version": "1.0.0", "address": address}
        self.server.call(
            "PUT", f"/devices/{device}", body=registration, headers={"Authorization": f"Bearer {actor.token}"}
        )
        return actor

    def staff(self, login_name: str, name: str) -> Actor:
        """Return a demo account, signed in by its password and the code of its authenticator app."""
        password, secret = self._accounts()[login_name]
        device = {"id": f"desk-{uuid.uuid4()}"}
        app, deadline = App(secret), time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            body = {"login_name": login_name, "password": password, "device_id": device["id"]}
            challenge = self.server.call("POST", "/sessions/operator", body=body)
            if challenge.status == 201:
                proof = {
                    "challenge": challenge["challenge"],
                    "code": app.next_code(time.time()),
                    "device": device,
                }
                session = self.server.call("POST", "/sessions/operator/second-factor", body=proof)
                if session.status == 201:
                    return Actor(self.server, name, session["access_token"])
            time.sleep(5)  # the code of this half minute was used before: a code is good once
        raise StoryBroken(f"{login_name} 不能登录")

    def _accounts(self) -> dict[str, tuple[str, str]]:
        lines = (self.data_dir / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
        return {login: (password, secret) for login, password, *_, secret in (line.split("\t") for line in lines)}

    def _code_of(self, phone: str) -> str:
        for line in reversed((self.data_dir / "sms-mailbox.jsonl").read_text(encoding="utf-8").splitlines()):
            message = json.loads(line)
            found = re.search(r"\d{6}", message["text"])
            if message["phone"].endswith(phone) and found:
                return found[0]
        raise StoryBroken(f"没有发给 {phone} 的验证码")


def photo(colour: str) -> bytes:
    """Return a photo as a phone takes it: with the place in its EXIF, which must not survive."""
    image = Image.new("RGB", (1200, 900), colour)
    ImageDraw.Draw(image).ellipse((400, 250, 800, 650), fill="black")
    exif = Image.Exif()
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (32.0, 22.0, 14.88)
    place[3], place[4] = "E", (120.0, 34.0, 24.24)
    into = io.BytesIO()
    image.save(into, "JPEG", exif=exif, quality=85)
    return into.getvalue()
