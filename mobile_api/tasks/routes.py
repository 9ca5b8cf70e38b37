"""What a unit, or a verifier, has to do."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.cases.task_lists import task_page
from backend.identity.permissions import Permission
from mobile_api.access import requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.cases.schemas import TaskPageSchema
from mobile_api.pagination import decode_cursor, page_document
from mobile_api.readers import reader
from mobile_api.tasks.positions import task_position
from mobile_api.tasks.schemas import TaskQuery
from mobile_api.transactions import current_session

blp = ApiBlueprint("tasks", url_prefix="/tasks", description="承办单位与核查员的任务")


@blp.route("")
class Tasks(MethodView):
    """One's tasks."""

    @requires(Permission.READ_TASK, Permission.VERIFY_CASE)
    @blp.arguments(TaskQuery(), location="query")
    @blp.response(200, TaskPageSchema())
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """本单位的任务，或待我核查的任务，期限最近的在前。"""
        page = task_page(
            current_session(),
            reader=reader(),
            is_open=query["open"],
            limit=query["limit"],
            after=decode_cursor(query["cursor"], parse=task_position, parts=2),
        )
        return page_document(page, lambda line: (line.task.due_at.isoformat(), str(line.task.id)))
