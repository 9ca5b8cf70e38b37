"""The start is refused when the serving role could rewrite history (architecture, two database roles)."""

from __future__ import annotations

from sqlalchemy import text

from backend.infrastructure.database import Database
from backend.infrastructure.grants import APPEND_ONLY


class UnsafeServingRole(RuntimeError):
    """DATABASE_URL names a role that may do more than serve."""


def refuse_unsafe_role(database: Database) -> None:
    """Raise UnsafeServingRole when the role is a superuser, owns our tables, or may change an append-only one."""
    with database.transaction() as session:
        role = session.execute(
            text("SELECT current_user AS name, rolsuper FROM pg_roles WHERE rolname = current_user")
        ).one()
        if role.rolsuper:
            raise UnsafeServingRole(f"DATABASE_URL: {role.name} 是超级用户，请改用服务角色 (is a superuser)")
        for table in sorted(APPEND_ONLY):
            verdict = session.execute(
                text(
                    # Whoever is a member of the owner, or owns the schema, may drop the table or its guard.
                    "SELECT pg_has_role(c.relowner, 'MEMBER') OR pg_has_role(n.nspowner, 'MEMBER') AS owns, "
                    "has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') "
                    "OR has_any_column_privilege(c.oid, 'UPDATE') AS may_change "
                    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(:table)"
                ),
                {"table": table},
            ).one_or_none()
            if verdict is None:
                raise UnsafeServingRole(f"表 {table} 不存在：先运行 flask db upgrade (table is missing)")
            if verdict.owns or verdict.may_change:
                raise UnsafeServingRole(f"DATABASE_URL: {role.name} 可以改动 {table} (may change history)")
