"""The acts that are measured: a table. Each makes its requests to the product, and those of its reference to bare."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from sqlalchemy import select

from backend.complaints.models import Complaint
from backend.complaints.query_codes import query_code_of
from bench.catalogue_search import read_queries
from bench.load import NUMBER, Line
from bench.memory_acts import Kept
from bench.people import World

API = "/api/v1"
_DIVISIONS = ("320682", "320685", "320681", "320613", "320623", "320612", "320614")
_ASKED_NUMBERS = 1_000
# A lamp that does not burn: handled by the county, no danger, in words of common length.
_COMPLAINT = {
    "request_type": "QZ",
    "category": {"tree": "12345", "code": "H030402"},
    "title": f"菜场门口的路灯不亮 {NUMBER}",
    "description": "海阳路菜场门口，路灯坏了一周，晚上没有灯，老人小孩走路不便，请尽快安排维修，谢谢。",
    "address": "如皋市如城街道海阳路 128 号菜场东门",
    "location": {"longitude": 120.5734, "latitude": 32.3708, "system": "WGS-84"},
    "identity_shown": "named",
}
Lines = Callable[[World], Sequence[Line]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act, and what it is measured against: ``rounds`` of ``seconds`` each, the worker held meanwhile.

    ``product`` is None for whole lifecycles, which are no lines and have no reference. ``reference`` gives bare's
    requests; None where the product's own will do. ``counted`` requests are asked to count their SQL statements.
    ``kept`` is what bare must have in memory.
    """

    name: str
    title: str
    product: Lines | None
    reference: Lines | None = None
    kept: Kept | None = None
    counted: int = 40
    expected: int = HTTPStatus.OK
    rounds: int = 5
    seconds: int = 3


def complaint(division: str) -> str:
    """Return a complaint as an app sends it, with a hole for its number."""
    return json.dumps(_COMPLAINT | {"division": division}, ensure_ascii=False)


def filings(world: World) -> Sequence[Line]:
    """Every citizen once, in turn, over seven counties: a token comes again after as many requests as there are."""
    return [
        Line(
            method="POST",
            path=f"{API}/complaints",
            token=world.token_of(citizen),
            body=complaint(_DIVISIONS[number % len(_DIVISIONS)]),
        )
        for number, citizen in enumerate(world.citizens)
    ]


def _filed_numbers(world: World) -> Sequence[str]:
    newest = select(Complaint.number).where(Complaint.number.like("NT%")).order_by(Complaint.id.desc())
    with world.services.database.transaction() as session:
        return session.scalars(newest.limit(_ASKED_NUMBERS)).all()


def _statuses(world: World) -> Sequence[Line]:
    sealer = world.services.sealer
    return [
        Line(path=f"{API}/public/complaints/{number}?code={query_code_of(number, sealer)}")
        for number in _filed_numbers(world)
    ]


def _queue(world: World) -> Sequence[Line]:
    token = world.token_of(world.operator("rugao.desk"))
    return [Line(path=f"{API}/cases?queue=to_accept&scope=own&limit=20", token=token)]


def _bare_queue(_world: World) -> Sequence[Line]:
    return [Line(path=f"{API}/cases?centre=320682&limit=20")]


def _searches(_world: World) -> Sequence[Line]:
    """Every committed query in three areas: more addresses than a worker keeps answers, so that each is searched."""
    queries = [quote(query) for query in read_queries()]
    return [Line(path=f"{_SEARCH}{query}&area={area}&limit=20") for area in _DIVISIONS[:3] for query in queries]


_SEARCH = f"{API}/catalogue/services?q="
_FOUND = Kept(name="found", path=f"{_SEARCH}{quote('公积金')}&area={_DIVISIONS[0]}&limit=20")
_PAGE = Kept(name="page", path=f"{API}/catalogue/services?app=A05&limit=20")
_TREE = Kept(name="tree", path=f"{API}/catalogue/apps/A05")

ACTS: tuple[Act, ...] = (
    Act(
        name="hello",
        title="hello (the floor)",
        product=lambda _world: [Line(path="/livez")],
        reference=lambda _world: [Line(path="/hello")],
        rounds=3,
    ),
    Act(
        name="file",
        title="file a complaint",
        product=filings,
        expected=HTTPStatus.CREATED,
        rounds=10,
        seconds=5,
    ),
    Act(name="status", title="public status", product=_statuses),
    Act(name="queue", title="centre queue, 20 rows", product=_queue, reference=_bare_queue),
    Act(name="page", title="catalogue page", product=_PAGE.asked, reference=_PAGE.asked_of_bare, kept=_PAGE),
    Act(name="tree", title="catalogue tree", product=_TREE.asked, reference=_TREE.asked_of_bare, kept=_TREE),
    Act(
        name="tree-304",
        title="catalogue tree, unchanged (304)",
        product=_TREE.asked_again,
        reference=_TREE.asked_again_of_bare,
        kept=_TREE,
        expected=HTTPStatus.NOT_MODIFIED,
    ),
    Act(
        name="search-http",
        title="catalogue search over HTTP, against bytes from memory",
        product=_searches,
        reference=_FOUND.asked_of_bare,
        kept=_FOUND,
    ),
    Act(name="lifecycle", title="whole lifecycle", product=None, counted=5, seconds=5),
)
