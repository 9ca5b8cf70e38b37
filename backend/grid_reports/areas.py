"""Where a report belongs: the division that the position proposes, and the centre for which its reporter works."""

from __future__ import annotations

from backend.cases import errors
from backend.cases.filing import Place, position_of
from backend.identity.actor import Actor, Binding
from backend.identity.permissions import Permission
from backend.kernel.geography import Finding
from backend.organization.queries.city import City
from backend.organization.rules.grid import propose


def division_for(chosen: str | None, place: Place | None, city: City) -> str:
    """Return the division that was chosen, else the one that the position proposes.

    A sample cell was invented until the city supplies its own: it proposes no more than its county.
    Raises PlaceRefused outside the city, DivisionRefused where nothing is proposed.
    """
    if chosen is not None:
        return chosen
    if place is None:
        raise errors.DivisionRefused(errors={"json": {"division": ["没有位置时，须选择区划。"]}})
    found = propose(city, position_of(place))
    if found.finding is Finding.OUTSIDE:
        raise errors.PlaceRefused(errors={"json": {"location": ["位置不在南通市范围内。"]}})
    if found.cell is not None and not found.cell.is_sample:
        division = city.divisions_by_id[found.cell.division_id]
        if division.is_pickable:
            return division.code
    if found.county is None:
        raise errors.DivisionRefused(errors={"json": {"division": ["该位置没有可推荐的区划，请选择。"]}})
    return found.county.code


def binding_for(actor: Actor, owner_path: str) -> Binding:
    """Return the role by which the actor reports what a centre owns: one on its line, if they have such a one."""
    bindings = actor.bindings_with(Permission.REPORT_FROM_GRID)
    return next((one for one in bindings if is_on_the_line(owner_path, one)), bindings[0])


def is_on_the_line(owner_path: str, binding: Binding) -> bool:
    """Tell whether a centre is the binding's own, above it, or below it."""
    return owner_path.startswith(binding.centre_path) or binding.centre_path.startswith(owner_path)
