"""Actor: who asks, with which permissions, over which area."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from backend.identity.permissions import Permission


class PersonKind(StrEnum):
    """How a person signs in: citizens by a code to their phone, operators by account and password."""

    CITIZEN = "citizen"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One role of a person at one command centre, or in the unit that stands beside it.

    ``centre_path`` is the centre's place in the tree, such as ``320600/320682/``; whatever begins with it lies
    below the centre.
    """

    role: str
    centre_id: uuid.UUID
    centre_path: str
    permissions: frozenset[Permission]
    unit_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in person for the time of one request.

    ``own_permissions`` hold for the person's own things (a citizen's complaints); those of a binding hold for what
    lies in the binding's area.
    """

    person_id: uuid.UUID
    session_id: uuid.UUID
    kind: PersonKind
    own_role: str | None
    own_permissions: frozenset[Permission]
    bindings: tuple[Binding, ...] = ()

    def holds(self, permission: Permission) -> bool:
        """Tell whether the permission is held anywhere at all; the area is decided by the query."""
        return permission in self.own_permissions or any(permission in b.permissions for b in self.bindings)

    def bindings_with(self, permission: Permission) -> tuple[Binding, ...]:
        """Return the bindings that hold the permission."""
        return tuple(binding for binding in self.bindings if permission in binding.permissions)

    def paths_with(self, permission: Permission) -> tuple[str, ...]:
        """Return the path of every centre at and below which the permission is held: a role in a unit gives no area."""
        return tuple(binding.centre_path for binding in self.bindings_with(permission) if binding.unit_code is None)
