"""What people of a world do over HTTP, and what is noted of it: our own things and the neighbours'."""

from __future__ import annotations

import random
import re
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.photos import encoded, form, form_type, picture
from tests.territory.dice import SHARED_KEYS
from tests.territory.draws import API
from tests.territory.oracle import Answer

_ANSWER = "您好，已经安排人员到场处理，感谢您的反映与监督。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The people of a part of the city: desks by name with their (role, centre[, unit]); where its citizens file."""

    desks: Mapping[str, Sequence[tuple[str, ...]]]
    divisions: Sequence[str]
    categories: Sequence[tuple[str, str]]

    @property
    def grid_workers(self) -> Sequence[str]:
        """Return the desks, so to speak, of those who report from the spot."""
        return [name for name, bound in self.desks.items() if bound[0][0] == "grid_worker"]


class Asked(Protocol):
    """A world that can be asked, and that keeps what is known."""

    known: defaultdict[tuple[str, str], list[str]]

    def call(self, actor: str, method: str, path: str, body: Any, **headers: str) -> Answer:
        """Ask as somebody, with a JSON body."""
        ...

    def answer(
        self, actor: str, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Ask as somebody."""
        ...


@dataclass
class Deeds:
    """The deeds, in one world."""

    world: Asked

    def file(self, drawn: random.Random, citizen: str, part: Part, source: str) -> None:
        """File a complaint."""
        tree, code = drawn.choice(part.categories)
        body = {
            "request_type": drawn.choice(["QZ", "TS", "ZX"]),
            "category": {"tree": tree, "code": code},
            "title": drawn.choice(["路灯不亮", "积水很深", "噪声扰民"]),
            "description": drawn.choice(["晚上看不见路。", "请尽快处理，谢谢。"]),
            "division": drawn.choice(part.divisions),
            "address": f"海阳路 {drawn.randrange(500)} 号",
            "identity_shown": drawn.choice(["named", "confidential", "anonymous"]),
        }
        key = f"shared-key-{drawn.randrange(SHARED_KEYS)}" if source == "foreign" else f"file-{uuid.uuid4()}"
        answer = self.world.call(citizen, "POST", "/complaints", body, **{"Idempotency-Key": self._not_used_up(key)})
        if answer.status == 201:
            self.world.known["complaint", source].append(answer.json()["number"])
            self.world.known["case", source].append(answer.json()["case_number"])
            self.world.known["query_code", source].append(answer.json()["query_code"])

    def _not_used_up(self, key: str) -> str:
        """Return the key, or a new one: somebody who has used it up goes on filing."""
        used = self.world.known["key", "used"]
        used.append(key)
        return key if used.count(key) == 1 else f"file-{uuid.uuid4()}"

    def move(self, drawn: random.Random, desks: Sequence[str], source: str) -> None:
        """Move a case."""
        cases = self.world.known["case", source]
        desk, place = drawn.choice(desks), drawn.random()
        body = drawn.choice(
            [
                {"action": "accept"},
                {"action": "answer_directly", "answer": _ANSWER},
                {"action": "reject", "ground": "no_substance"},
                {"action": "request_supplement", "missing": ["address"]},
                {"action": "dispatch", "dispatch": {}},
                {"action": "dispatch", "dispatch": {}},
                {"action": "sign"},
            ]
        )
        # The way to a unit: accepted as the first version, dispatched as the second, signed as the third.
        version = {"dispatch": 2, "sign": 3}.get(body["action"], 1)
        if cases:
            headers = {"Idempotency-Key": f"move-{uuid.uuid4()}", "If-Match": f'"v{version}"'}
            self.world.call(desk, "POST", f"/cases/{cases[int(place * len(cases))]}/moves", body, **headers)

    def report_from_grid(self, drawn: random.Random, part: Part) -> None:
        """Report something from the spot, under an id that our people's phones make too."""
        body = {
            "client_id": f"0192f000-0000-4000-8000-{drawn.randrange(6):012x}",
            "captured_at": f"2026-11-24T07:{drawn.randrange(60):02d}:00Z",
            "category": {"tree": "12345", "code": "H040303"},
            "title": "杨絮堆积",
            "description": "道路两侧杨絮堆积较多，需要清扫。",
            "division": drawn.choice(part.divisions),
            "address": "海阳路",
        }
        headers = {"Idempotency-Key": f"grid-{uuid.uuid4()}"}
        answer = self.world.call(drawn.choice(part.grid_workers), "POST", "/grid-reports", body, **headers)
        if answer.status == 201:
            self.world.known["case", "foreign"].append(answer.json()["case_number"])
            self.world.known["grid-report", "foreign"].append(answer.json()["number"])

    def register(self, citizen: str, device_id: str, source: str) -> None:
        """Register a phone."""
        address = {"kind": "fcm_fid", "value": f"address-of-{device_id}"}
        body = {"platform": "android", "app_version": "1.0.0", "address": address}
        answer = self.world.call(citizen, "PUT", f"/devices/{device_id}", body)
        if answer.status == 200 and device_id not in self.world.known["device", source]:
            self.world.known["device", source].append(device_id)

    def reveal(self, drawn: random.Random, desks: Sequence[str], source: str) -> None:
        """See an address in full."""
        cases, desk, place = self.world.known["case", source], drawn.choice(desks), drawn.random()
        body = {"fields": ["address"], "reason": "电话核实具体位置"}
        if cases:
            self.world.call(desk, "POST", f"/cases/{cases[int(place * len(cases))]}/reveals", body)

    def ask_for_data(self, citizen: str, source: str) -> None:
        """Ask for one's own data."""
        headers = {"Idempotency-Key": f"data-{uuid.uuid4()}"}
        answer = self.world.call(citizen, "POST", "/me/data-requests", {"kind": "export"}, **headers)
        if answer.status == 201:
            self.world.known["data_request", source].append(answer.json()["id"])

    def upload(self, citizen: str, source: str) -> None:
        """Upload a photo."""
        headers = {"Idempotency-Key": f"photo-{uuid.uuid4()}", "Content-Type": form_type()}
        answer = self.world.answer(citizen, "POST", f"{API}/evidence", {}, headers, form(encoded(picture(32, 32))))
        if answer.status == 201:
            self.world.known["evidence", source].append(answer.json()["id"])
            self.world.known["link", source] += re.findall(r"/evidence/files/([\w-]+)", answer.body.decode())

    def send_code(self, phone: str) -> None:
        """Have a sign-in code sent."""
        self.world.call("nobody", "POST", "/sessions/codes", {"phone": phone, "device_id": f"device-{phone}"})
