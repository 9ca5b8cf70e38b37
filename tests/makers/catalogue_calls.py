"""Calls of the catalogue, as the operations accept them."""

from __future__ import annotations

from tests.complaint_bodies import RUGAO
from tests.makers.calls import Call
from tests.makers.world import Role, World
from tests.small_catalogue import SOME_SERVICE


def services(_world: World, _role: Role) -> Call:
    query = {"app": "A04", "topic": "U15", "audience": "person", "area": RUGAO, "depth": "1", "limit": "5"}
    return Call(query=query)


def service(_world: World, _role: Role) -> Call:
    return Call(path={"service_code": SOME_SERVICE})


def sub_app(_world: World, _role: Role) -> Call:
    return Call(path={"app_code": "A04"}, query={"area": RUGAO})


def suggestions(_world: World, _role: Role) -> Call:
    return Call(query={"q": "社保"})
