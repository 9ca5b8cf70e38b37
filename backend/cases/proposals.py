"""What the city's rules say of a case by the category it was filed under: its limits, and whom to dispatch it to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.cases import errors
from backend.cases.deadlines import NamedLimit, Policies
from backend.cases.models import Case
from backend.organization.queries.city import Category, City
from backend.organization.rules.categories import RequestType, Urgency
from backend.organization.rules.routing import Post, Route, route_of


def rule_of(category: Category, lead: Post) -> str:
    """Return the name of the rule that proposed a post: the category's usual department, and where it stands."""
    unit = lead.unit.code if lead.unit else "centre"
    return f"usual_dept:{category.tree}:{category.version}:{category.code}>{unit}@{lead.centre.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Whom the city's rules propose today, and the name of the rule."""

    route: Route
    rule: str


def proposal_of(case: Case, city: City) -> Proposal:
    """Return the proposal by the version of the category that the case was filed under.

    Raises UnitRefused where the category is gone in every version.
    """
    category = _category_of(case, city)
    route = route_of(city, category, case.division_code)
    return Proposal(route=route, rule=rule_of(category, route.lead))


def code_of(post: Post) -> str | None:
    """Return the code of a post's unit; None where the centre itself handles."""
    return post.unit.code if post.unit else None


def limits_of(
    category: Category, request_type: RequestType | None, policies: Policies, urgency: Urgency
) -> list[NamedLimit]:
    """Return the limits that hold: the category's, the request type's, and that of urgency."""
    return [_limit_of_category(category), *_other_limits(request_type, policies, urgency)]


def limits_of_case(case: Case, city: City, policies: Policies) -> list[NamedLimit]:
    """Return the limits of a case in the order of filing, so that of two equal dues the same row decides.

    A row that is gone has none: neither a category in the version it was filed under, nor a request type.
    """
    category = next((one for one in _versions(case, city) if one.version == case.category_version), None)
    request_type = city.request_type(case.request_type)
    limits = [_limit_of_category(category)] if category is not None else []
    return [*limits, *_other_limits(request_type, policies, Urgency(case.urgency))]


def _limit_of_category(category: Category) -> NamedLimit:
    return NamedLimit(rule=f"category:{category.tree}:{category.version}:{category.code}", limit=category.limit)


def _other_limits(request_type: RequestType | None, policies: Policies, urgency: Urgency) -> list[NamedLimit]:
    limits = []
    if request_type is not None:
        limits.append(NamedLimit(rule=f"request_type:{request_type.code}", limit=request_type.limit))
    return limits if urgency is Urgency.NONE else [*limits, policies.limit_of_urgency(urgency)]


def _versions(case: Case, city: City) -> Sequence[Category]:
    return city.categories_by_key.get((case.category_tree, case.category_code), ())


def _category_of(case: Case, city: City) -> Category:
    """Return the category in the version it was filed under, or in the newest there is when that one is gone."""
    versions = _versions(case, city)
    found = next((one for one in versions if one.version == case.category_version), None)
    if found is None and not versions:
        raise errors.UnitRefused(errors={"json": {"dispatch": {"unit": ["该事项类别已不在，请先改类。"]}}})
    return found or versions[-1]
