"""Schemathesis over the whole document, over a socket, with the tokens of four roles.

No call is an error of ours, every answer is one that the document names, and at least half of the calls of each
operation reach its view with a valid token and an existing object: a search that only meets refusals searches nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.makers.calls import Call
from tests.makers.document import DOCUMENT, Leaf, Operation, operations
from tests.makers.table import HOW_TO_ADD, MAKERS, Maker
from tests.makers.world import Role, World
from tests.sign_in_desk import HandClock
from tests.web_process import HOST, REACHED, web_process

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("schemathesis")]
SEED = 20261125
# Of one operation: calls by the roles that may make them, and by each that may not.
CALLS, FOREIGN_CALLS = 24, 2
LEAST_SHARE = 0.5
ENVIRONMENT = {
    "BAITONG_LOG_LEVEL": "ERROR",
    "BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000",
    "BAITONG_COMPLAINT_DAILY_QUOTA": "1000000",
}
CHECK_NAMES = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "positive_data_acceptance",
    "negative_data_rejection",
]
# Of a sound call only the form is promised: it may meet a rule, a limit, or nothing there. A wild one is refused.
REFUSALS = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428", "429"]
CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "304", *REFUSALS]},
        "negative_data_rejection": {"expected-statuses": REFUSALS},
    }
}
# What people type, by the formats of the document; the classes of odd characters are tried one by one elsewhere.
_LETTERS = st.characters(
    categories=("L", "N", "P", "S"), exclude_characters="\u115f\u1160\u2800\u3164\uffa0\ufffc\ufffd"
)
_LINE = st.text(_LETTERS | st.sampled_from("井盖路灯 ·👍"), min_size=1, max_size=60).map(str.strip).filter(bool)


@pytest.fixture(scope="module")
def port(environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The web server of this module."""
    home = tmp_path_factory.mktemp("web")
    with web_process(dict(environment) | ENVIRONMENT, home, app="tests.telling_web:edge") as number:
        yield number


@pytest.fixture(scope="module")
def searched() -> Any:
    """The document, with strategies for our formats."""
    load_all_checks()
    schemathesis.openapi.format("text-line", _LINE)
    schemathesis.openapi.format("text-lines", _LINE.map(lambda line: f"{line}\n{line}"))
    return schemathesis.openapi.from_dict(dict(DOCUMENT), config=schemathesis.Config.from_dict(CONFIG))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("operation", operations(), ids=str)
def test_no_call_is_an_error_of_ours_and_half_of_them_reach_their_view(
    operation, searched, port, world, clock, record_property
):
    assert operation.key in MAKERS, HOW_TO_ADD
    maker = MAKERS[operation.key]
    calls: Counter[Role] = Counter()
    reached: Counter[Role] = Counter()

    for role in Role:
        search = Search(
            operation=operation,
            maker=maker,
            role=role,
            api=searched[operation.path][operation.method.upper()],
            base_url=f"http://{HOST}:{port}",
            world=world,
            clock=clock,
        )
        search.run()
        calls[role], reached[role] = search.calls, search.reached

    share = reached.total() / calls.total()
    of_roles = ", ".join(f"{role} {reached[role]}/{calls[role]}" for role in Role)
    figure = f"reached their view, seed {SEED}: {share:4.0%} {operation.key} ({of_roles})"
    record_property("figure", figure)
    assert share >= LEAST_SHARE, figure


@dataclass
class Search:
    """The calls of one role to one operation."""

    operation: Operation
    maker: Maker
    role: Role
    api: Any
    base_url: str
    world: World
    clock: HandClock
    calls: int = 0
    reached: int = 0

    def run(self) -> None:
        """Call it so often as the role is to: three of four calls sound, a generated part or two in what exists."""
        if self.role not in self.maker.roles:
            self._search(FOREIGN_CALLS, is_sound=False)
            return
        of_role = CALLS // len(self.maker.roles)
        wild = of_role // 4
        self._search(of_role - wild, is_sound=True)
        self._search(wild, is_sound=False)

    def _search(self, examples: int, *, is_sound: bool) -> None:
        # Each role searches elsewhere.
        @seed(SEED + list(Role).index(self.role))
        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.data())
        def search(data: st.DataObject) -> None:
            # Tells apart calls of which nothing is generated: each is made anew all the same.
            data.draw(st.integers())
            self._call(data, is_sound=is_sound)

        search()

    def _call(self, data: st.DataObject, *, is_sound: bool) -> None:
        # The server's clock runs; what the makers make must not be of the past or the future.
        self.clock.instant = datetime.now(UTC)
        whole = self.maker.make(self.world, self.role if self.role in self.maker.roles else self._somebody_fit())
        token = whole.token if self.role in self.maker.roles else self.world.somebody(self.role).token
        mode = GenerationMode.POSITIVE if is_sound else data.draw(st.sampled_from(list(GenerationMode)))
        case = data.draw(self.api.as_strategy(mode, **(self._overrides(data, whole) if is_sound else {})))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.calls += 1
        if is_sound and whole.raw is not None:
            answer = self._uploaded(whole)
        else:
            answer = case.call(base_url=self.base_url, headers=headers, timeout=20)
        case.validate_response(answer, checks=CHECKS.get_by_names(CHECK_NAMES))
        self.reached += is_sound and REACHED.lower() in answer.headers

    def _uploaded(self, whole: Call) -> requests.Response:
        """Send bytes that no generator makes, such as a photo."""
        url = self.base_url + whole.url(self.operation.path)
        return requests.request(
            self.operation.method.upper(), url, data=whole.raw, headers=whole.all_headers(), timeout=20
        )

    def _somebody_fit(self) -> Role:
        return min(self.maker.roles)

    def _overrides(self, data: st.DataObject, whole: Call) -> dict[str, Any]:
        """Return what is not generated: the object, the headers, and a body of which some texts are."""
        sound: dict[str, Any] = {"path_parameters": dict(whole.path), "headers": whole.all_headers()}
        sound["headers"].pop("Authorization", None)
        if whole.body is not None:
            texts = [leaf for leaf in self.operation.leaves if str(leaf) in self.maker.stored]
            for leaf in texts:
                if data.draw(st.booleans()):
                    whole = whole.with_leaf(leaf.place, data.draw(_fitting(leaf)))
            sound["body"] = whole.body
        return sound


def _fitting(leaf: Leaf) -> st.SearchStrategy[str]:
    least, most = int(leaf.schema.get("minLength", 1)), int(leaf.schema["maxLength"])
    # Cut where a space may stand, and filled with what no rule of ours minds.
    return _LINE.map(lambda text: text[:most].strip().ljust(least, "井"))
