"""The indexes of the decisions and of the problems: every file of the folder, by its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType

from mobile_api.reference_pages.markdown import GENERATED, page, table

_STATUS = re.compile(r"^HTTP (\d{3})", re.MULTILINE)
_MEANING = re.compile(r"^\*\*含义\*\*：(.+?。)", re.MULTILINE)
_BY_COMMAND = "只出现在命令"
# What an app does with a status whose code it does not know.
_ADVICE: Mapping[int, str] = MappingProxyType(
    {
        400: "应用的缺陷：检查请求的写法，不要重试。A mistake of the app: mend the request, do not repeat it.",
        401: "`token-refused` 时刷新令牌一次；其他情况请用户重新登录。Refresh once, else sign in anew.",
        403: "不显示该操作，不要重试。Do not offer the action.",
        404: "按不存在处理；无权查看的回答相同。Treat it as not there; what may not be seen answers alike.",
        409: "状态已不允许：重新读取，再让用户决定。Read again, and let the user decide.",
        412: "已被他人更新：重新读取并显示变化。Somebody was faster: read again and show what changed.",
        413: "缩小内容后再提交。Send less.",
        415: "改用所要求的格式。Send the media type that is asked for.",
        422: "把 `errors` 显示在相应的字段旁，请用户修改。Show `errors` beside the fields.",
        428: "先读取，再带上 `If-Match`。Read first, then send `If-Match`.",
        429: "按 `Retry-After` 等待。Wait for `Retry-After`.",
        500: "保留内容，稍后以同一 `Idempotency-Key` 重试；报告 `trace_id`。Keep it, retry with the same key.",
        503: "按 `Retry-After` 等待，以同一 `Idempotency-Key` 重试。Wait, then send the same again.",
        507: "保留内容，较久之后再试。Keep it and try much later.",
    }
)


def decisions_index(folder: Path) -> str:
    """Return the list of all decisions, by number."""
    rows = []
    for file in sorted(folder.glob("[0-9]*.md")):
        number, _, title = file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").partition(" ")
        rows.append((f"[{number}]({file.name})", title))
    return page(
        "# Decisions",
        GENERATED,
        "Each is half a page; a decision that was replaced stays, marked so.",
        table(("number", "decision"), rows),
    )


def problems_index(folder: Path) -> str:
    """Return every problem by its status, each with the first sentence of its meaning."""
    found: dict[int, list[tuple[str, str]]] = {}
    for file in sorted(folder.glob("[a-z]*.md")):
        text = file.read_text(encoding="utf-8")
        status, meaning = _STATUS.search(text), _MEANING.search(text)
        assert status is not None, file  # noqa: S101 - a page of another form has to be seen at once
        assert meaning is not None, file  # noqa: S101
        by_command = "（仅命令 by a command alone）" if _BY_COMMAND in text else ""
        found.setdefault(int(status[1]), []).append((f"[{file.stem}]({file.name})", meaning[1] + by_command))
    return page(
        "# Problems 错误代码",
        GENERATED,
        "Every refusal is `application/problem+json`. Decide by `code`; one that the app does not know is treated by "
        "its status, as the line under each heading says. `/problems/{code}` of a running product shows the page.",
        *(_of_status(status, rows) for status, rows in sorted(found.items())),
    )


def _of_status(status: int, rows: list[tuple[str, str]]) -> str:
    return "\n\n".join(
        part
        for part in (f"## {status} {HTTPStatus(status).phrase}", _ADVICE.get(status, ""), table(("code", "含义"), rows))
        if part
    )
