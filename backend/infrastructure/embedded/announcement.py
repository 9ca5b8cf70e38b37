"""The last lines of a start: where everything is, who may sign in, and how to stop."""

from __future__ import annotations

from backend.infrastructure.embedded.data_dir import DataDir
from backend.infrastructure.embedded.ports import HOST


def announcement(data: DataDir, *, port: int, elapsed_s: float) -> str:
    """Return the text that ``make run`` ends its start with."""
    address = f"http://{HOST}:{port}"
    accounts = data.demo_accounts.read_text(encoding="utf-8").strip() if data.demo_accounts.exists() else "—"
    indented = "\n".join(f"    {line}" for line in accounts.splitlines())
    return f"""
南通百通已就绪，用时 {elapsed_s:.1f} 秒 (Nantong Baitong is ready)

  接口 API       {address}/api/v1
  文档 docs      {address}/docs   ({address}/openapi.json)
  健康 health    {address}/livez   {address}/readyz

  在另一个终端试用 to try it in a second terminal
    export BASE={address}/api/v1

  演示账号 demo accounts（{data.demo_accounts}）
{indented}

  短信 text messages   .venv/bin/flask sms last 手机号
  日志 logs            {data.root / "logs"}/*.log
  停止 stop            Ctrl-C
"""
