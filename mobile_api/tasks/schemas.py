"""The shapes of task lists."""

from __future__ import annotations

from mobile_api.fields import QuerySwitch
from mobile_api.pagination import PageQuery


class TaskQuery(PageQuery):
    """Which tasks: those that wait, or those that were done."""

    open = QuerySwitch(load_default=True, metadata={"description": "true 待办，false 已办"})
