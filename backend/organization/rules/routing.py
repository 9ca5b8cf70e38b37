"""Which units handle a case, and where they stand: a rule over the city alone (the data's README, row of the units).

A unit stands beside a command centre, in the centre's area. One that does not stand at the level of the case's centre
is looked for above, in the same area; one that stands only below, in the area of the case; and where it stands
nowhere, the centre itself handles: somebody always does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from backend.organization.errors import DivisionUnknown
from backend.organization.rules.categories import Category, Unit
from backend.organization.rules.city import City
from backend.organization.rules.places import Centre, Level

# How the file of units writes the level of a centre.
LEVEL_NAMES: Mapping[Level, str] = MappingProxyType({Level.CITY: "市", Level.COUNTY: "县", Level.TOWN: "镇"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A unit where it stands: beside this centre. ``unit`` is None where the centre itself handles."""

    unit: Unit | None
    centre: Centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who handles a case: one leads 主办, the others assist 协办."""

    lead: Post
    assistants: tuple[Post, ...]


def route_of(city: City, category: Category, division_code: str) -> Route:
    """Return who handles a case of this category in this division. Raises DivisionUnknown.

    The first unit of the category leads. Units that were retired are passed over; two that come to the same post
    count once.
    """
    centre = city.owner_centre(division_code, category.level_default)
    units = [unit for code in category.unit_codes if (unit := city.units_by_code[code]).valid_to is None]
    posts = [post_of(city, unit, centre, division_code) for unit in units] or [Post(unit=None, centre=centre)]
    lead, *assistants = dict.fromkeys(posts)
    return Route(lead=lead, assistants=tuple(assistants))


def post_of(city: City, unit: Unit, centre: Centre, division_code: str) -> Post:
    """Return where a unit handles a case that this centre owns. Raises DivisionUnknown."""
    for place in _ways(city, centre, division_code):
        if LEVEL_NAMES[place.level] in unit.levels:
            return Post(unit=unit, centre=place)
    return Post(unit=None, centre=centre)


def may_dispatch_to(centre: Centre, post: Post) -> bool:
    """Tell whether a centre may dispatch to a post: below it, or above it in its own county and city, never sideways.

    A town's centre may so dispatch to the offices of its county; those of another town are its county's to ask.
    """
    return post.centre.path.startswith(centre.path) or centre.path.startswith(post.centre.path)


def _ways(city: City, centre: Centre, division_code: str) -> Iterator[Centre]:
    """Give the centres upwards, then those downwards; the way down is worked out only where it is needed."""
    yield from _upwards(city, centre)
    yield from _downwards(city, centre, division_code)


def _upwards(city: City, centre: Centre) -> Iterator[Centre]:
    above: Centre | None = centre
    while above is not None:
        yield above
        above = None if above.parent_id is None else city.centre(above.parent_id)


def _downwards(city: City, centre: Centre, division_code: str) -> Sequence[Centre]:
    """Return the centres between this one and the division of the case, the nearest to this one first."""
    division = city.division(division_code)
    if division is None:
        raise DivisionUnknown
    on_the_way = [city.centre_of_division(place.code) for place in reversed(city.ancestry(division))]
    return [one for one in on_the_way if one is not None and one != centre and one.path.startswith(centre.path)]
